//! A time as it is said at the bedside, to the minute that is meant and to the log's own writing.

use chrono::{Duration, NaiveDate};

use super::{Present, Refusal};
use crate::session::dates::as_clock;
use crate::session::log::Session;
use crate::timeline::Snapshot;
use crate::timeline::calendar::{BadTime, Calendar, Minute};

const FORMS: &str = "write it as 09:05, 905, \"9:05 pm\" or \"2026-03-02 21:05\"";

/// The minute that a said time means. One without a day is the day on which it lies nearest to what
/// the log holds and is not in the future; where two days are as good, it is asked.
///
/// # Errors
/// Where it is no time, or could be of two days.
pub fn read(said: &str, log: &Snapshot, now: Minute) -> Result<Minute, Refusal> {
    let said = said.trim();
    if said.eq_ignore_ascii_case("now") {
        return Ok(now);
    }
    let (day, rest) = split_day(said);
    let (clock, offset) = split_offset(rest);
    let clock = clock_of(clock).ok_or_else(|| Refusal::new(format!("`{said}` is not a time")).help(FORMS))?;
    let on = |day: &str| log.calendar.read(format!("{day} {clock} {offset}").trim());
    match day {
        Some(day) => on(day).map_err(bad),
        None => nearest_day(said, &clock, log, now, on),
    }
}

/// The day of a time that was said without one.
fn nearest_day(
    said: &str,
    clock: &str,
    log: &Snapshot,
    now: Minute,
    on: impl Fn(&str) -> Result<Minute, BadTime>,
) -> Result<Minute, Refusal> {
    let first = log.calendar.session_date();
    let last = log.calendar.date(now).max(first);
    // Whatever an old log may hold, a time without a day means a day near its own or near the present.
    let days = [first, first + Duration::days(1), last - Duration::days(1), last];
    let mut days: Vec<NaiveDate> = days.into_iter().filter(|day| (first..=last).contains(day)).collect();
    days.sort_unstable();
    days.dedup();
    let mut readings = Vec::new();
    for day in &days {
        match on(&day.to_string()) {
            Ok(at) if at <= now => readings.push((distance(at, log, now), at)),
            Ok(_) => {}
            // A clock change is told: the hour has to be named.
            Err(problem) if days.len() == 1 || problem.clock_change => return Err(bad(problem)),
            Err(_) => {}
        }
    }
    readings.sort_unstable();
    match readings.as_slice() {
        [] => on(&first.to_string()).map_err(bad),
        [(_, only)] => Ok(*only),
        [(near, at), (far, _), ..] if near * 2 < *far => Ok(*at),
        [(_, one), (_, other), ..] => {
            let (one, other) = (log.calendar.date(*one.min(other)), log.calendar.date(*one.max(other)));
            Err(Refusal::new(format!("{said} may be of {} or of {}", one.format("%-d %B"), other.format("%-d %B")))
                .help(format!("write the day too: --at \"{one} {clock}\" or --at \"{other} {clock}\"")))
        }
    }
}

/// Minutes between a time and what the log holds, up to now where something runs.
fn distance(at: Minute, log: &Snapshot, now: Minute) -> i64 {
    let Some((first, last)) = log.extent else { return 0 };
    let last = if log.running.iter().any(|run| !run.home) { last.max(now) } else { last };
    first.since(at).max(at.since(last)).max(0)
}

/// Takes a date or `+1` off the front.
fn split_day(said: &str) -> (Option<&str>, &str) {
    let is_day = |day: &str| (day.len() == 10 && day.as_bytes()[4] == b'-') || day.starts_with('+');
    match said.split_once([' ', 'T']) {
        Some((day, rest)) if is_day(day) => (Some(day), rest.trim()),
        _ => (None, said),
    }
}

/// Takes `-05:00` or `Z` off the end.
fn split_offset(rest: &str) -> (&str, &str) {
    match rest.rfind(['+', '-']) {
        Some(at) if at > 0 => (rest[..at].trim_end(), &rest[at..]),
        _ => match rest.strip_suffix(['Z', 'z']) {
            Some(clock) => (clock.trim_end(), "Z"),
            None => (rest, ""),
        },
    }
}

/// `HH:MM` of 9:05, 905, 0905, 9:05:30, 9:05 pm, 9 p.m., 9.05 or 24:00.
fn clock_of(said: &str) -> Option<String> {
    let lower = said.trim().to_ascii_lowercase().replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm");
    let (bare, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(bare), _) => (bare.trim_end(), Some(0)),
        (_, Some(bare)) => (bare.trim_end(), Some(12)),
        _ => (lower.as_str(), None),
    };
    if half.is_none() && matches!(bare, "24:00" | "2400") {
        return Some("24:00".to_owned());
    }
    let bare = without_seconds(bare);
    let is_hour = matches!(bare.len(), 1 | 2) && bare.bytes().all(|b| b.is_ascii_digit());
    let clock = if half.is_some() && is_hour { as_clock(&format!("{bare}:00"))? } else { as_clock(bare)? };
    let Some(half) = half else { return Some(clock) };
    let (hour, minute) = clock.split_once(':')?;
    let hour: u32 = hour.parse().ok().filter(|hour| (1..=12).contains(hour))?;
    Some(format!("{:02}:{minute}", hour % 12 + half))
}

/// `9:05` of `9:05:30`.
fn without_seconds(clock: &str) -> &str {
    match clock.rsplit_once(':') {
        Some((front, seconds)) if front.contains(':') && seconds.len() == 2 && seconds.parse::<u32>().is_ok_and(|s| s < 60) => front,
        _ => clock,
    }
}

fn bad(problem: BadTime) -> Refusal {
    let refusal = Refusal::new(problem.message);
    match problem.help {
        Some(help) => refusal.help(help),
        None => refusal.help(FORMS),
    }
}

/// How a minute is written in a session: bare on its own date; after it as the log writes its other
/// days, else `+1 01:20`; with its offset in the hour that comes twice.
#[must_use]
pub fn written(at: Minute, calendar: &Calendar, session: &Session) -> String {
    let wall = calendar.wall(at);
    let days = (wall.date() - calendar.session_date()).num_days();
    let clock = wall.format("%H:%M");
    let plain = match days {
        0 => clock.to_string(),
        1..=999 if !writes_dates(session) => format!("+{days} {clock}"),
        _ => format!("{} {clock}", wall.date()),
    };
    if calendar.read(&plain).is_ok_and(|read| read == at) {
        return plain;
    }
    let stamp = calendar.stamp(at);
    let offset = stamp.get("2026-03-02T09:05".len()..).unwrap_or_default();
    format!("{plain} {offset}").trim_end().to_owned()
}

/// Whether the last event that names a day names its date.
fn writes_dates(session: &Session) -> bool {
    let is_date = |time: &str| time.as_bytes().get(4) == Some(&b'-');
    let mut times = session.events.iter().rev().map(|event| event.at().trim());
    times.find(|time| is_date(time) || time.starts_with('+')).is_some_and(is_date)
}

/// "1 h 55 min".
#[must_use]
pub fn lasting(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// "09:05" on the session's date, "09:05 on 3 March" on another.
#[must_use]
pub fn told(at: Minute, calendar: &Calendar) -> String {
    let wall = calendar.wall(at);
    if wall.date() == calendar.session_date() { wall.format("%H:%M").to_string() } else { wall.format("%H:%M on %-d %B").to_string() }
}

impl Present {
    /// The date by the clock of the place.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        Calendar::new(NaiveDate::default(), None).date(self.wall)
    }

    /// The present of a session.
    #[must_use]
    pub fn of(self, calendar: &Calendar) -> Minute {
        calendar.present(self.universal, self.wall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::dates::read_date;
    use crate::timeline::calendar::read_zone;

    fn log(zone: Option<&str>, extent: Option<(i64, i64)>) -> Snapshot {
        let date = read_date("2026-03-02").expect("a date");
        let calendar = Calendar::new(date, zone.map(|zone| read_zone(zone).expect("a zone")));
        let midnight = calendar.read("00:00").expect("a time");
        let extent = extent.map(|(first, last)| (midnight.plus(first), midnight.plus(last)));
        Snapshot { calendar, running: Vec::new(), extent }
    }

    fn read_as(said: &str, log: &Snapshot, now: &str) -> Result<String, String> {
        let now = log.calendar.read(now).expect("a time");
        read(said, log, now).map(|at| log.calendar.stamp(at)).map_err(|refusal| refusal.message)
    }

    #[test]
    fn every_spelling_of_a_time_is_read() {
        let log = log(None, None);
        for (said, clock) in [
            ("09:05", "09:05"),
            ("9:05", "09:05"),
            ("905", "09:05"),
            ("0905", "09:05"),
            ("9.05", "09:05"),
            ("0905h", "09:05"),
            ("09:05:30", "09:05"),
            (" 9:05 am ", "09:05"),
            ("9:05 pm", "21:05"),
            ("9:05PM", "21:05"),
            ("905pm", "21:05"),
            ("9 p.m.", "21:00"),
            ("9pm", "21:00"),
            ("12:05 am", "00:05"),
            ("12 pm", "12:00"),
            ("2105", "21:05"),
            ("2026-03-02 21:05", "21:05"),
            ("2026-03-02T21:05", "21:05"),
            ("2026-03-02 9:05 pm", "21:05"),
            ("+0 905", "09:05"),
            ("now", "23:59"),
        ] {
            assert_eq!(read_as(said, &log, "23:59"), Ok(format!("2026-03-02T{clock}")), "{said}");
        }
        assert_eq!(read_as("24:00", &log, "+1 09:00"), Ok("2026-03-03T00:00".to_owned()));
        for said in
            ["", "9", "25:00", "9:5", "9:60", "13 pm", "0 am", "later", "9:05:99", "2026-03-02", "5 minutes ago", "-1", "\u{e9}\u{e9}"]
        {
            assert!(read_as(said, &log, "23:59").is_err(), "{said}");
        }
    }

    #[test]
    fn a_time_without_a_day_is_of_the_day_on_which_it_is_near_to_the_log() {
        let evening = log(None, Some((22 * 60, 23 * 60)));
        assert_eq!(read_as("00:25", &evening, "+1 00:30"), Ok("2026-03-03T00:25".to_owned()));
        assert_eq!(read_as("23:50", &evening, "+1 00:30"), Ok("2026-03-02T23:50".to_owned()));
        let day = log(None, Some((9 * 60 + 5, 15 * 60)));
        assert_eq!(read_as("08:50", &day, "+1 10:00"), Ok("2026-03-02T08:50".to_owned()), "forgotten before the first event");
        assert_eq!(read_as("09:30", &day, "+1 10:00"), Ok("2026-03-02T09:30".to_owned()), "within yesterday's log");
        let noon = log(None, Some((12 * 60, 12 * 60)));
        assert_eq!(read_as("00:30", &noon, "+1 01:00"), Err("00:30 may be of 2 March or of 3 March".to_owned()));
        assert_eq!(read_as("15:00", &day, "14:00"), Ok("2026-03-02T15:00".to_owned()), "in the future, and refused as such");
    }

    #[test]
    fn the_hour_that_comes_twice_carries_its_offset() {
        let date = read_date("2026-10-31").expect("a date");
        let calendar = Calendar::new(date, Some(read_zone("America/Chicago").expect("a zone")));
        let log = Snapshot { calendar, running: Vec::new(), extent: None };
        let session = crate::session::parse::sessions(r#"Session(id: "a", setting: Hospital, date: "2026-10-31", events: [])"#);
        let session = &session.expect("a session")[0];
        for text in ["+1 01:30 -05:00", "+1 01:30 -06:00", "+1 00:30", "23:30", "2026-10-30 12:00"] {
            let at = calendar.read(text).expect(text);
            assert_eq!(written(at, &calendar, session), text);
        }
        let now = calendar.read("+1 09:00").expect("a time");
        assert!(read("01:30", &log, now).is_err_and(|refusal| refusal.help.is_some_and(|help| help.contains("-05:00"))));
        assert_eq!(read("2026-11-01 01:30 -06:00", &log, now), Ok(calendar.read("+1 01:30 -06:00").expect("a time")));
    }
}
