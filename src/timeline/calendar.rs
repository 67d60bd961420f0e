//! Wall clock to real minutes and back (D2).

use chrono::{DateTime, Datelike, Duration, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::session::dates::{as_clock, read_date, shown, year_first};

/// A minute on the real clock: whole minutes since the start of 1970, by universal time where the
/// session has a zone, else by its own wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Minute(pub i64);

impl Minute {
    /// Whole minutes from `earlier` to this one, negative where it lies before.
    #[must_use]
    pub fn since(self, earlier: Minute) -> i64 {
        self.0 - earlier.0
    }

    /// This many minutes later.
    #[must_use]
    pub fn plus(self, minutes: i64) -> Minute {
        Minute(self.0 + minutes)
    }
}

/// Why a time cannot be read, and how to write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadTime {
    /// What is the matter.
    pub message: String,
    /// What stands under it.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Whether the time reads well but is twice or never on that day (D2).
    pub clock_change: bool,
}

impl BadTime {
    fn new(message: impl Into<String>, label: impl Into<String>) -> Self {
        BadTime { message: message.into(), label: label.into(), help: None, clock_change: false }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

const MINUTES_A_DAY: i64 = 24 * 60;

/// The session's day and zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    date: NaiveDate,
    zone: Option<Tz>,
    /// When the session's date begins on the wall clock.
    midnight: Minute,
}

/// A wall-clock time as written, and its offset from universal time in minutes where one is given.
struct Written {
    wall: NaiveDateTime,
    offset: Option<i32>,
}

impl Calendar {
    /// The calendar of a session of this date and zone.
    #[must_use]
    pub fn new(date: NaiveDate, zone: Option<Tz>) -> Self {
        Calendar { date, zone, midnight: minute_of(date.and_hms_opt(0, 0, 0).unwrap_or_default()) }
    }

    /// The session's own date.
    #[must_use]
    pub fn session_date(&self) -> NaiveDate {
        self.date
    }

    /// The present as this calendar counts: by universal time where it has a zone, else by the wall
    /// clock of the place.
    #[must_use]
    pub fn present(&self, universal: Minute, wall: Minute) -> Minute {
        if self.zone.is_some() { universal } else { wall }
    }

    /// Reads a time of the log: `HH:MM`, `+1 HH:MM` or `YYYY-MM-DD HH:MM`, with an offset or none.
    ///
    /// # Errors
    /// Says what was expected, and for a wall-clock time that comes twice or never, both readings.
    pub fn read(&self, text: &str) -> Result<Minute, BadTime> {
        if let Some(minute) = self.plain(text) {
            return Ok(minute);
        }
        let written = self.parse(text)?;
        let Some(zone) = self.zone else {
            if written.offset.is_some() {
                return Err(BadTime::new(format!("`{text}` carries an offset, and the session has no zone"), "offset without a zone")
                    .help("add `zone: \"America/Chicago\"` (or yours) to the session, or leave the offset out"));
            }
            return Ok(minute_of(written.wall));
        };
        match zone.from_local_datetime(&written.wall) {
            MappedLocalTime::Single(time) => settle(text, &written, &[time]),
            MappedLocalTime::Ambiguous(first, second) if written.offset.is_none() => Err(twice(text, zone, first, second)),
            MappedLocalTime::Ambiguous(first, second) => settle(text, &written, &[first, second]),
            MappedLocalTime::None => Err(never(text, zone, written.wall)),
        }
    }

    /// What nearly every time is: a clock time of the session's own day, where no zone moves the clock.
    fn plain(&self, text: &str) -> Option<Minute> {
        let (hour, minute) = plain_clock(text)?;
        self.zone.is_none().then(|| self.midnight.plus(i64::from(60 * hour + minute)))
    }

    /// The wall clock at a minute.
    #[must_use]
    pub fn wall(&self, minute: Minute) -> NaiveDateTime {
        let universal = DateTime::UNIX_EPOCH.naive_utc() + Duration::minutes(minute.0);
        match self.zone {
            Some(zone) => zone.from_utc_datetime(&universal).naive_local(),
            None => universal,
        }
    }

    /// The date at a minute, by the wall clock.
    #[must_use]
    pub fn date(&self, minute: Minute) -> NaiveDate {
        // Mostly the session's own, without a zone: no calendar is needed to tell.
        if self.zone.is_none() && (0..MINUTES_A_DAY).contains(&minute.since(self.midnight)) {
            return self.date;
        }
        self.wall(minute).date()
    }

    /// `2026-03-02T09:05`; in the hour that comes twice, with its offset.
    #[must_use]
    pub fn stamp(&self, minute: Minute) -> String {
        let mut stamp = String::with_capacity("2026-03-02T09:05".len());
        self.push_stamp(minute, &mut Days::default(), &mut stamp);
        stamp
    }

    /// Puts a minute's [`stamp`](Self::stamp) behind a text.
    pub fn push_stamp(&self, minute: Minute, days: &mut Days, stamp: &mut String) {
        days.push(self.date(minute), stamp);
        stamp.push('T');
        self.push_clock(minute, stamp);
    }

    /// Puts behind a text what follows the date in a minute's [`stamp`](Self::stamp): `09:05`.
    pub fn push_clock(&self, minute: Minute, text: &mut String) {
        let Some(zone) = self.zone else { return text.push_str(clock(minute)) };
        let wall = self.wall(minute);
        text.push_str(clock(minute_of(wall)));
        if let MappedLocalTime::Ambiguous(..) = zone.from_local_datetime(&wall) {
            let universal = DateTime::UNIX_EPOCH.naive_utc() + Duration::minutes(minute.0);
            let _ = write!(text, "{}", zone.offset_from_utc_datetime(&universal).fix());
        }
    }

    /// `2026-03-02T09:05:00-06:00`; absent without a zone, for then the offset is not known.
    #[must_use]
    pub fn instant(&self, minute: Minute) -> Option<String> {
        let universal = DateTime::UNIX_EPOCH.naive_utc() + Duration::minutes(minute.0);
        self.zone.map(|zone| zone.from_utc_datetime(&universal).format("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }

    fn parse(&self, text: &str) -> Result<Written, BadTime> {
        if let Some(wall) = plain_stamp(text, self.date) {
            return Ok(Written { wall, offset: None });
        }
        let whole = text.trim();
        if whole.ends_with(['m', 'M', '.']) {
            let lower = whole.to_ascii_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
            if let Some(bare) = lower.strip_suffix("am").or_else(|| lower.strip_suffix("pm")) {
                return Err(twelve_hour(text, bare.trim(), lower.ends_with("pm")));
            }
        }
        if read_date(whole).is_ok() {
            return Err(not_a_time(text).help(format!("write the time too: \"{whole} 09:05\"")));
        }
        let (day, rest) = self.split_day(text, whole)?;
        let (clock, offset) = split_offset(text, rest)?;
        let (hour, minute) = read_clock(text, clock)?;
        let wall = day
            .and_hms_opt(0, 0, 0)
            .and_then(|midnight| midnight.checked_add_signed(Duration::minutes(i64::from(hour * 60 + minute))))
            .ok_or_else(|| BadTime::new(format!("`{text}` lies beyond the calendar"), "no such day"))?;
        Ok(Written { wall, offset })
    }

    /// Takes `+1 ` or a date off the front.
    fn split_day<'t>(&self, text: &str, whole: &'t str) -> Result<(NaiveDate, &'t str), BadTime> {
        if let Some(rest) = whole.strip_prefix('+') {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let days: Option<i64> = rest[..digits].parse().ok().filter(|d| (0..=999).contains(d));
            let (Some(days), true) = (days, rest[digits..].starts_with(' ')) else {
                return Err(not_a_time(text).help("the day after is written \"+1 01:20\""));
            };
            let day = self
                .date
                .checked_add_signed(Duration::days(days))
                .ok_or_else(|| BadTime::new(format!("`{text}` lies beyond the calendar"), "no such day"))?;
            return Ok((day, rest[digits..].trim_start()));
        }
        if whole.len() > 10 && whole.is_char_boundary(10) && whole.as_bytes()[4] == b'-' {
            let (date, rest) = whole.split_at(10);
            let clock = rest.strip_prefix(['T', 't', ' ']).ok_or_else(|| not_a_time(text))?;
            return Ok((read_date(date).map_err(|m| BadTime::new(m, "no such date"))?, clock.trim_start()));
        }
        Ok((self.date, whole))
    }
}

/// What people in the United States call their zones. Their letters mean other zones elsewhere, so
/// they are offered, never taken.
const SHORT_ZONES: [(&str, &str); 14] = [
    ("est", "America/New_York"),
    ("edt", "America/New_York"),
    ("eastern", "America/New_York"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("central", "America/Chicago"),
    ("mst", "America/Denver"),
    ("mdt", "America/Denver"),
    ("mountain", "America/Denver"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("pacific", "America/Los_Angeles"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
];

/// Reads a zone's name.
///
/// # Errors
/// Names the nearest zone.
pub fn read_zone(text: &str) -> Result<Tz, (String, Option<String>)> {
    text.parse().map_err(|_| {
        let short = text.to_lowercase();
        let short = SHORT_ZONES.iter().find(|(letters, _)| short.split_whitespace().next() == Some(*letters)).map(|(_, name)| *name);
        let names = || chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        let nearest = short.or_else(|| crate::reference::nearest(text, names()).first().copied());
        let help = nearest.map(|near| format!("did you mean \"{near}\"?"));
        (format!("{} is not a time zone: expected a name such as \"America/Chicago\"", shown(text)), help)
    })
}

/// `09:05`, or `2026-03-03 09:05`, as nearly every time is written: the rest of the ways need a closer look.
fn plain_stamp(text: &str, session_date: NaiveDate) -> Option<NaiveDateTime> {
    let (date, clock) = match text.split_at_checked("2026-03-03 ".len()) {
        Some((date, clock)) => (read_date(date.strip_suffix([' ', 'T'])?).ok()?, clock),
        None => (session_date, text),
    };
    let (hour, minute) = plain_clock(clock)?;
    date.and_hms_opt(hour, minute, 0)
}

/// `09:05`, on the clock.
fn plain_clock(text: &str) -> Option<(u32, u32)> {
    let &[h, hour, b':', m, minute] = text.as_bytes() else { return None };
    let number =
        |tens: u8, ones: u8| (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'));
    let (hour, minute) = (number(h, hour)?, number(m, minute)?);
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// Takes an offset such as `-05:00` or `Z` off the end.
fn split_offset<'t>(text: &str, rest: &'t str) -> Result<(&'t str, Option<i32>), BadTime> {
    if let Some(clock) = rest.strip_suffix(['Z', 'z']) {
        return Ok((clock.trim_end(), Some(0)));
    }
    let Some(at) = rest.rfind(['+', '-']) else { return Ok((rest, None)) };
    let (clock, signed) = rest.split_at(at);
    let is_clock = |text: &str| clock_digits(text.trim()).is_some();
    if !is_clock(clock) {
        return Err(not_a_time(text));
    }
    let bad = || match &signed[1..] {
        stop if signed.starts_with('-') && read_clock(stop, stop.trim()).is_ok() => {
            not_a_time(text).help("a start and a stop are two: Infuse(from: ..., to: ..., drug: ...)")
        }
        _ => not_a_time(text).help("an offset is written \"01:30 -05:00\""),
    };
    let digits: String = signed[1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    let hours: i32 = digits[..2].parse().map_err(|_| bad())?;
    let minutes: i32 = digits[2..].parse().map_err(|_| bad())?;
    if hours > 14 || minutes > 59 || minutes % 15 != 0 {
        return Err(bad());
    }
    let sign = if signed.starts_with('-') { -1 } else { 1 };
    Ok((clock.trim_end(), Some(sign * (hours * 60 + minutes))))
}

/// Reads `9:05`, `09:05`, `0905` or `09:05:30`; `24:00` ends the day.
fn read_clock(text: &str, clock: &str) -> Result<(u32, u32), BadTime> {
    match clock_digits(clock) {
        None => Err(not_a_time(text)),
        Some((h, m, s)) if m > 59 || s > 59 || h > 24 || (h == 24 && m > 0) => {
            Err(BadTime::new(format!("`{text}` is not on the clock: hours run to 24:00, minutes to 59"), "no such time"))
        }
        Some((h, m, _)) => Ok((h, m)),
    }
}

/// Hours, minutes and seconds of what looks like a time.
fn clock_digits(clock: &str) -> Option<(u32, u32, u32)> {
    let mut parts = clock.split(':');
    let (hour, minute, second) = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(four), None, None, None) if four.len() == 4 && four.is_char_boundary(2) => (&four[..2], &four[2..], "0"),
        (Some(hour), Some(minute), None, None) => (hour, minute, "0"),
        (Some(hour), Some(minute), Some(second), None) if second.len() == 2 => (hour, minute, second),
        _ => return None,
    };
    let number = |digits: &str| if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse::<u32>().ok() } else { None };
    let digits = (number(hour)?, number(minute)?, number(second)?);
    ((1..=2).contains(&hour.len()) && minute.len() == 2).then_some(digits)
}

const TIME_FORMS: &str = "expected \"HH:MM\", \"+1 HH:MM\" or \"YYYY-MM-DD HH:MM\"";

/// Not a time, and what it may have been.
fn not_a_time(text: &str) -> BadTime {
    let bad = BadTime::new(format!("{} is not a time", shown(text)), TIME_FORMS);
    let bare = text.trim();
    let letters = bare.trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    if let Some(clock) = as_clock(text) {
        bad.help(format!("write \"{clock}\""))
    } else if letters.len() < bare.len() && clock_digits(letters).is_some() {
        bad.help(format!("write \"{letters}\"; the session's `zone` says which clock it is"))
    } else if let Some((day, clock)) = bare.split_once(' ')
        && let (Some(day), Some(_)) = (year_first(day), clock_digits(clock))
    {
        bad.help(format!("write \"{day} {clock}\""))
    } else {
        bad
    }
}

fn twelve_hour(text: &str, bare: &str, afternoon: bool) -> BadTime {
    let bad = BadTime::new(format!("`{text}` is a 12-hour time; the log is kept in 24 hours"), "expected 24-hour time");
    let clock = if bare.contains(':') { bare.to_owned() } else { format!("{bare}:00") };
    match read_clock(text, &clock) {
        Ok((hour @ 1..=12, minute)) => {
            let hour = hour % 12 + if afternoon { 12 } else { 0 };
            bad.help(format!("write \"{hour:02}:{minute:02}\""))
        }
        Ok((hour @ 13..=23, minute)) if afternoon => bad.help(format!("write \"{hour:02}:{minute:02}\"")),
        _ => bad,
    }
}

/// Every minute of a day, one behind the other: `00:0000:01...`. A long log's result is mostly stamps.
static CLOCKS: LazyLock<String> = LazyLock::new(|| {
    let mut clocks = String::with_capacity(CLOCK * 24 * 60);
    for (hour, minute) in (0..24).flat_map(|hour| (0..60).map(move |minute| (hour, minute))) {
        let ([h, hour], [m, minute]) = (two(hour), two(minute));
        push_ascii(&[h, hour, b':', m, minute], &mut clocks);
    }
    clocks
});

/// The length of `09:05`.
const CLOCK: usize = 5;

/// `09:05`, of a minute by the wall clock.
fn clock(wall: Minute) -> &'static str {
    let at = usize::try_from(wall.0.rem_euclid(MINUTES_A_DAY)).unwrap_or(0) * CLOCK;
    &CLOCKS[at..at + CLOCK]
}

/// `2026-03-02`.
#[must_use]
pub fn day(date: NaiveDate) -> String {
    let mut text = String::with_capacity("2026-03-02".len());
    push_day(date, &mut text);
    text
}

/// Puts a [`day`] behind a text.
fn push_day(date: NaiveDate, text: &mut String) {
    let Some(year) = u32::try_from(date.year()).ok().filter(|year| *year <= 9999) else {
        text.push_str(&date.to_string());
        return;
    };
    let ([c, century], [y, year]) = (two(year / 100), two(year % 100));
    let ([m, month], [d, day]) = (two(date.month()), two(date.day()));
    push_ascii(&[c, century, y, year, b'-', m, month, b'-', d, day], text);
}

/// Two digits.
fn two(number: u32) -> [u8; 2] {
    [number / 10, number % 10].map(|digit| b'0' + u8::try_from(digit % 10).unwrap_or(0))
}

fn push_ascii(ascii: &[u8], text: &mut String) {
    text.push_str(str::from_utf8(ascii).unwrap_or_default());
}

/// Writes days. That of a session is mostly the same time and again: it is put into words once.
#[derive(Debug, Default)]
pub struct Days {
    date: NaiveDate,
    text: String,
}

impl Days {
    /// Puts a [`day`] behind a text.
    pub fn push(&mut self, date: NaiveDate, text: &mut String) {
        if self.date != date || self.text.is_empty() {
            (self.date, self.text) = (date, day(date));
        }
        text.push_str(&self.text);
    }
}

fn minute_of(wall: NaiveDateTime) -> Minute {
    Minute(wall.and_utc().timestamp().div_euclid(60))
}

/// Chooses the reading that the written offset names; without an offset there is only one.
fn settle(text: &str, written: &Written, readings: &[DateTime<Tz>]) -> Result<Minute, BadTime> {
    let offset = |time: &DateTime<Tz>| time.offset().fix().local_minus_utc() / 60;
    let fits = readings.iter().find(|time| written.offset.is_none_or(|o| o == offset(time)));
    match fits {
        Some(time) => Ok(Minute(time.timestamp().div_euclid(60))),
        None => Err(BadTime::new(format!("`{text}` has an offset that its zone does not have at that time"), "wrong offset")
            .help(readings.iter().map(|t| format!("the zone has {} there", t.offset().fix())).collect::<Vec<_>>().join("; "))),
    }
}

fn twice(text: &str, zone: Tz, first: DateTime<Tz>, second: DateTime<Tz>) -> BadTime {
    let mut bad = BadTime::new(
        format!(
            "`{text}` comes twice: the clock in {zone} goes back, so it is {} or, an hour of real time later, {}",
            first.format("%Y-%m-%d %H:%M %Z"),
            second.format("%Y-%m-%d %H:%M %Z")
        ),
        "which of the two?",
    )
    .help(format!(
        "write \"{} {}\" or \"{} {}\"",
        first.format("%Y-%m-%d %H:%M"),
        first.offset().fix(),
        second.format("%Y-%m-%d %H:%M"),
        second.offset().fix()
    ));
    bad.clock_change = true;
    bad
}

/// The hour skipped in spring: read by the clock before the change it is later, by the one after it
/// is earlier.
fn never(text: &str, zone: Tz, wall: NaiveDateTime) -> BadTime {
    let far = Duration::hours(24);
    let before = zone.from_local_datetime(&(wall - far)).latest().map(|t| t.offset().fix());
    let after = zone.from_local_datetime(&(wall + far)).earliest().map(|t| t.offset().fix());
    let reading = |offset: Option<FixedOffset>| {
        offset
            .and_then(|o| o.from_local_datetime(&wall).single())
            .map(|t| t.with_timezone(&zone))
            .map_or_else(|| "?".to_owned(), |t| t.format("%Y-%m-%d %H:%M %Z").to_string())
    };
    let mut bad = BadTime::new(
        format!(
            "`{text}` never was: the clock in {zone} goes forward over it, so it is {} (old clock) or {} (new clock)",
            reading(before),
            reading(after)
        ),
        "not on the clock that day",
    )
    .help("write the time that the clock on the wall showed");
    bad.clock_change = true;
    bad
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_what_the_calendar_would_write() {
        for date in ["2026-03-02", "0001-01-01", "0987-12-31", "9999-12-31", "2024-02-29"] {
            let calendar = Calendar::new(read_date(date).unwrap(), None);
            let stamped = format!("{date} 09:05");
            for time in ["00:00", "09:05", "23:59", "24:00", "+1 12:30", &stamped] {
                let minute = calendar.read(time).unwrap();
                assert_eq!(calendar.stamp(minute), calendar.wall(minute).format("%Y-%m-%dT%H:%M").to_string(), "{date} {time}");
                assert_eq!(calendar.date(minute), calendar.wall(minute).date(), "{date} {time}");
                assert_eq!(day(calendar.date(minute)), calendar.date(minute).to_string(), "{date} {time}");
            }
        }
    }

    #[test]
    fn a_stamp_tells_the_two_hours_apart() {
        let calendar = Calendar::new(read_date("2026-11-01").unwrap(), read_zone("America/Chicago").ok());
        let stamp = |text: &str| calendar.stamp(calendar.read(text).unwrap());
        assert_eq!(stamp("00:30"), "2026-11-01T00:30");
        assert_eq!(stamp("01:30 -05:00"), "2026-11-01T01:30-05:00");
        assert_eq!(stamp("01:30 -06:00"), "2026-11-01T01:30-06:00");
        assert_eq!(stamp("02:30"), "2026-11-01T02:30");
    }
}
