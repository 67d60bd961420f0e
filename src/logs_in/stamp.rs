//! A time as another system writes it, and the minute that it means.

use chrono::format::{Item, Parsed, StrftimeItems, parse};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::session::dates::read_date;
use crate::timeline::calendar::{Calendar, Minute};

/// A wall clock to the minute, and how far it is from universal time where that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// What the clock showed; seconds are dropped.
    pub wall: NaiveDateTime,
    /// Minutes ahead of universal time.
    pub offset: Option<i32>,
}

/// The furthest zones, in minutes from universal time.
const FURTHEST: i32 = 14 * 60;

impl Stamp {
    /// Whether it is a FHIR `dateTime` to the day, the month or the year.
    #[must_use]
    pub fn is_date(text: &str) -> bool {
        matches!(text.len(), 4 | 7 | 10) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    }

    /// Reads a FHIR `dateTime` that has a time of day.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn fhir(text: &str) -> Result<Stamp, String> {
        let bad = || format!("`{text}` is not a FHIR dateTime such as 2026-03-02T09:05:00-06:00");
        if Stamp::is_date(text) {
            return Err(format!("`{text}` has no time of day"));
        }
        if !text.is_ascii() || text.len() < 16 || text.as_bytes()[10] != b'T' {
            return Err(bad());
        }
        let date = read_date(&text[..10])?;
        let rest = &text[11..];
        let (clock, offset) = match rest.strip_suffix('Z') {
            Some(clock) => (clock, Some(0)),
            None => match rest.rfind(['+', '-']) {
                Some(at) => (&rest[..at], Some(offset(&rest[at..]).ok_or_else(bad)?)),
                None => (rest, None),
            },
        };
        let time = clock_time(clock).ok_or_else(bad)?;
        Ok(Stamp { wall: date.and_time(time), offset })
    }

    /// The minute it means: universal where the zone or an offset is known, else of the wall clock.
    ///
    /// # Errors
    /// Where the zone's clock never shows it, or shows it twice.
    pub fn minute(&self, calendar: &Calendar) -> Result<Minute, String> {
        match self.offset {
            Some(offset) => Ok(Minute(minutes(self.wall) - i64::from(offset))),
            None => calendar.read(&self.wall.format("%Y-%m-%d %H:%M").to_string()).map_err(|bad| bad.message),
        }
    }
}

impl Stamp {
    /// Real minutes since an earlier time; of the wall clock where no offset is written.
    #[must_use]
    pub fn minutes_since(&self, earlier: &Stamp) -> i64 {
        let real = |stamp: &Stamp| minutes(stamp.wall) - i64::from(stamp.offset.unwrap_or(0));
        real(self) - real(earlier)
    }

    /// So many minutes later, on the same clock.
    #[must_use]
    pub fn later(&self, minutes: i64) -> Option<Stamp> {
        let wall = self.wall.checked_add_signed(chrono::Duration::try_minutes(minutes)?)?;
        Some(Stamp { wall, ..*self })
    }
}

impl std::fmt::Display for Stamp {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}", self.wall.format("%Y-%m-%d %H:%M"))?;
        self.offset.map_or(Ok(()), |offset| write!(f, " {}", offset_text(offset)))
    }
}

fn minutes(wall: NaiveDateTime) -> i64 {
    const SECONDS_A_MINUTE: i64 = 60;
    wall.and_utc().timestamp().div_euclid(SECONDS_A_MINUTE)
}

/// "-05:00".
#[must_use]
pub fn offset_text(offset: i32) -> String {
    format!("{}{:02}:{:02}", if offset < 0 { '-' } else { '+' }, offset.abs() / 60, offset.abs() % 60)
}

/// Reads "-05:00".
fn offset(text: &str) -> Option<i32> {
    let (sign, digits) = text.split_at(1);
    let (hours, minutes) = digits.split_once(':')?;
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    let ahead = i32::try_from(hours * 60 + minutes).ok().filter(|ahead| *ahead <= FURTHEST && minutes < 60)?;
    Some(if sign == "-" { -ahead } else { ahead })
}

/// Reads `09:05`, `09:05:48` or `09:05:48.250`; a leap second is the minute's.
fn clock_time(text: &str) -> Option<NaiveTime> {
    let mut parts = text.split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    if let Some(seconds) = parts.next() {
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let fits = two_digits(whole)? <= 60 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        fits.then_some(())?;
    }
    if parts.next().is_some() {
        return None;
    }
    NaiveTime::from_hms_opt(hour, minute, 0)
}

fn two_digits(text: &str) -> Option<u32> {
    (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A stated form of times, such as `%Y-%m-%d %H:%M:%S`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form(String);

impl Form {
    /// Takes a form.
    ///
    /// # Errors
    /// Where a `%` letter is not one, or the form lacks the day or the time.
    pub fn new(text: &str) -> Result<Form, String> {
        if StrftimeItems::new(text).any(|item| matches!(item, Item::Error)) {
            return Err(format!("`{text}` is not a form of times: write it with %Y %m %d %H %M %S, such as \"%Y-%m-%d %H:%M:%S\""));
        }
        let form = Form(text.to_owned());
        let probe = NaiveDate::from_ymd_opt(2026, 3, 29).and_then(|day| day.and_hms_opt(14, 37, 0)).map(|wall| wall.and_utc());
        let written = probe.map(|probe| probe.format(text).to_string()).unwrap_or_default();
        match form.read(&written) {
            Ok(stamp) if Some(stamp.wall) == probe.map(|probe| probe.naive_utc()) => Ok(form),
            _ => {
                Err(format!("`{text}` does not give the year, the day and the minute of a time; without AM and PM (%I %p) the hour is %H"))
            }
        }
    }

    /// The form as it was stated.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Reads a time of this form.
    ///
    /// # Errors
    /// Says that it has another.
    pub fn read(&self, text: &str) -> Result<Stamp, String> {
        const YEARS: std::ops::RangeInclusive<i32> = 1900..=2999;
        let mut parsed = Parsed::new();
        let bad = || format!("`{text}` is not a time of the form {}", self.0);
        parse(&mut parsed, text.trim(), StrftimeItems::new(&self.0)).map_err(|_| bad())?;
        let (date, time) = (parsed.to_naive_date().map_err(|_| bad())?, parsed.to_naive_time().map_err(|_| bad())?);
        if !YEARS.contains(&date.year()) {
            return Err(format!("`{text}` is of the year {}: a year of two digits is %y", date.year()));
        }
        let minute = time.with_second(0).and_then(|time| time.with_nanosecond(0)).ok_or_else(bad)?;
        let offset = parsed.offset().map(|seconds| seconds / 60).filter(|offset| offset.abs() <= FURTHEST);
        Ok(Stamp { wall: date.and_time(minute), offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fhir_times_keep_their_offset_and_drop_seconds() {
        let stamp = Stamp::fhir("2026-11-01T01:30:59.9-05:00").expect("a time");
        assert_eq!(stamp.to_string(), "2026-11-01 01:30 -05:00");
        assert_eq!(Stamp::fhir("2026-03-02T09:05Z").expect("a time").offset, Some(0));
        assert_eq!(Stamp::fhir("2026-03-02T09:05:00").expect("a time").offset, None);
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let all = [
            "",
            "2026",
            "2026-03-02",
            "2026-03-02T9:05Z",
            "2026-03-02T25:00Z",
            "2026-02-30T09:05Z",
            "2026-03-02T09:05+15:00",
            "2026-03-02T09:05-0500",
            "2026-03-02 09:05",
            "2026-03-02T09:05:61Z",
            "2026-03-02T09:05:00.Z",
            "2026-03-02T09:05:00:00Z",
            "２０２６-03-02T09:05",
        ];
        for text in all {
            assert!(Stamp::fhir(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_form_must_give_day_and_minute() {
        for text in ["%Y-%m-%d", "%H:%M", "%Y-%m-%d %I:%M", "%Q", "%y-%m-%d %H", ""] {
            assert!(Form::new(text).is_err(), "{text}");
        }
        for text in ["%Y-%m-%d %H:%M:%S", "%m/%d/%y %I:%M %p", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S%:z"] {
            assert!(Form::new(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_is_no_year_of_four() {
        let form = Form::new("%Y-%m-%d %H:%M").expect("a form");
        assert!(form.read("26-03-02 09:05").is_err());
        assert!(form.read("2026-03-02 09:05").is_ok());
        assert!(form.read("03/02/2026 09:05").is_err());
    }
}
