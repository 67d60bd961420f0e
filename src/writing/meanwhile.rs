//! The bill of a log that is still being written.

use super::times::written;
use super::{Log, Present, Refusal};
use crate::reference::Reference;
use crate::session::log::{Event, Session, Stop};
use crate::timeline::Running;
use crate::timeline::calendar::Calendar;
use crate::{Bill, Options, bill_sessions};

/// A bill at a minute.
#[derive(Debug)]
pub struct Meanwhile {
    /// The bill of the session that is being written, beside the others of its file.
    pub bill: Bill,
    /// Whether it supposes that what runs stops now.
    pub supposes_stops: bool,
}

/// Bills a log as if what runs stopped now; what has run off by its volume and rate ends where it did,
/// what is held where it was held (U1, U2). Where that contradicts the log, the log stands as it is.
///
/// # Errors
/// Where the session's date or zone cannot be read.
pub fn bill(log: &Log, present: Present, reference: &Reference) -> Result<Meanwhile, Refusal> {
    let state = log.state(reference)?;
    let now = present.of(&state.calendar);
    let runs_on = |run: &&Running| !run.home && run.paused.is_none() && run.runs_off.is_none_or(|off| off > now);
    let open: Vec<&Running> = state.running.iter().filter(runs_on).collect();
    let as_written = || bill_of(log, log.session().clone(), present, reference);
    if open.is_empty() {
        return Ok(Meanwhile { bill: as_written(), supposes_stops: false });
    }
    let mut stopped = log.session().clone();
    for run in &open {
        stopped.events.push(stop(run, present, &state.calendar, log.session()));
    }
    let supposed = bill_of(log, stopped, present, reference);
    if supposed.claim.is_some() {
        return Ok(Meanwhile { bill: supposed, supposes_stops: true });
    }
    Ok(Meanwhile { bill: as_written(), supposes_stops: false })
}

/// A stop in the minute of its start would be none, so that what hangs since this minute has one.
fn stop(run: &Running, present: Present, calendar: &Calendar, session: &Session) -> Event {
    let at = present.of(calendar).max(run.since.plus(1));
    Event::Stop(Stop { at: written(at, calendar, session), drug: run.written.clone(), site: run.site.clone(), pump: None, reaction: false })
}

/// Findings about events that are only supposed are not told.
fn bill_of(log: &Log, session: Session, present: Present, reference: &Reference) -> Bill {
    let options = Options { now: Some(present.universal), ..Options::default() };
    let mut sessions = log.sessions().to_vec();
    sessions[log.number()] = session;
    let mut bill = bill_sessions(sessions, &options, reference).swap_remove(log.number());
    let events = log.session().events.len();
    bill.findings.retain(|finding| finding.place.event().is_none_or(|at| at < events));
    bill
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::dates::read_date;
    use crate::timeline::calendar::Minute;

    fn at(time: &str) -> Present {
        let calendar = Calendar::new(read_date("2026-03-02").expect("a date"), None);
        let now = calendar.read(time).expect("a time");
        Present { universal: now, wall: Minute(now.0) }
    }

    fn lines(events: &str, time: &str) -> (Vec<(String, usize)>, bool) {
        let reference = Reference::embedded();
        let text = format!(r#"Session(id: "a", setting: Hospital, date: "2026-03-02", events: [{events}])"#);
        let log = Log::read(text.as_bytes(), None, reference).expect("a log");
        let now = bill(&log, at(time), reference).expect("a bill");
        let claim = now.bill.claim.expect("a claim");
        let code = |line: &crate::claim::Line| (reference.codes.get(line.code).code.clone(), line.units());
        (claim.lines.iter().map(code).collect(), now.supposes_stops)
    }

    #[test]
    fn what_runs_is_billed_up_to_now() {
        let start = r#"Start(at: "09:05", drug: "ceftriaxone")"#;
        assert_eq!(lines(start, "09:05"), (vec![("96374".to_owned(), 1)], true), "a minute, as a push");
        assert_eq!(lines(start, "09:21"), (vec![("96365".to_owned(), 1)], true));
        assert_eq!(lines(start, "10:36"), (vec![("96365".to_owned(), 1), ("96366".to_owned(), 1)], true));
    }

    #[test]
    fn what_ran_off_or_is_held_ends_there() {
        let start = r#"Start(at: "09:05", drug: "ceftriaxone", volume_ml: 50, rate_ml_per_h: 100)"#;
        assert_eq!(lines(start, "12:00"), (vec![("96365".to_owned(), 1)], false));
        let held = r#"Start(at: "09:05", drug: "ceftriaxone"), Pause(at: "09:35", drug: "ceftriaxone")"#;
        assert_eq!(lines(held, "12:00"), (vec![("96365".to_owned(), 1)], false));
    }

    #[test]
    fn a_later_event_leaves_the_log_as_it_is() {
        let later = r#"Start(at: "09:05", drug: "ceftriaxone"), Check(at: "11:00", drug: "ceftriaxone")"#;
        assert!(!lines(later, "09:30").1);
    }
}
