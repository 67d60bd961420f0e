//! Whether an event contradicts the log. The engine reads the log with it and without: an error that
//! only the first has is the event's.

use super::Refusal;
use super::times::told;
use crate::reference::{Policies, Reference};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Event, Session};
use crate::timeline::calendar::{Calendar, Minute};
use crate::timeline::pair;

/// Refuses what has not happened yet.
pub fn future(at: Minute, now: Minute, calendar: &Calendar, anyway: bool) -> Result<(), Refusal> {
    if at <= now || anyway {
        return Ok(());
    }
    let (at, now) = (told(at, calendar), told(now, calendar));
    Err(Refusal::new(format!("{at} lies in the future: it is {now}")).help("correct the time; without --at it is now").forcible())
}

/// Refuses an event that brings an error; returns the warnings about it.
pub fn event(
    session: &Session,
    event: &Event,
    policies: &Policies,
    reference: &Reference,
    now: Minute,
    anyway: bool,
) -> Result<Vec<Finding>, Refusal> {
    let read = |session: &Session| match pair(session, policies, reference, Some(now)) {
        Ok((_, findings)) | Err(findings) => findings,
    };
    let before = read(session);
    let mut longer = session.clone();
    longer.events.push(event.clone());
    let mut new: Vec<Finding> = read(&longer).into_iter().filter(|finding| !before.contains(finding)).collect();
    if let Some(error) = new.iter().find(|finding| finding.is_error()).filter(|_| !anyway) {
        let refusal = Refusal::new(error.message.clone()).forcible();
        return Err(match &error.help {
            Some(help) => refusal.help(help.clone()),
            None if error.label.is_empty() => refusal,
            None => refusal.help(error.label.clone()),
        });
    }
    // That a run has no stop yet is no news while it runs; notes are for coders.
    let last = session.events.len();
    let about = |finding: &Finding| match &finding.place {
        Place::Event(at) | Place::EventField(at, _) => *at == last,
        _ => false,
    };
    new.retain(|finding| finding.severity <= crate::session::finding::Severity::Warning && finding.id != "U1");
    new.retain(|finding| about(finding) || finding.id != "U4");
    Ok(new)
}
