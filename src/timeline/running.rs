//! What runs at a minute, for those who are still writing the log: errors elsewhere in it do not hide it.

use super::calendar::{Calendar, Minute};
use super::{events, names, pair, proof};
use crate::reference::{Bag, Policies, Reference};
use crate::session::finding::Finding;
use crate::session::log::{Class, Event, Session};

/// A run that has begun and not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    /// The drug as its Start writes it.
    pub written: String,
    /// Its generic name, "a + b" for a bag.
    pub name: String,
    /// Its components.
    pub bag: Bag,
    /// Its site as its Start writes it.
    pub site: Option<String>,
    /// When it began.
    pub since: Minute,
    /// Since when it is held.
    pub paused: Option<Minute>,
    /// By which event it is held.
    pub paused_by: Option<usize>,
    /// It goes home on its pump and needs no stop (O3).
    pub home: bool,
    /// It hydrates.
    pub fluid: bool,
    /// When its volume has run off, where volume and rate are charted (U1).
    pub runs_off: Option<Minute>,
    /// When it was last charted as running.
    pub last_check: Option<Minute>,
    /// Its Start, by order in the file.
    pub event: usize,
}

/// A log at a minute.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// The session's day and zone.
    pub calendar: Calendar,
    /// What runs, in the order of the file.
    pub running: Vec<Running>,
    /// First and last minute of the whole log; absent where it has no events.
    pub extent: Option<(Minute, Minute)>,
}

/// What runs by the events up to a minute; without one, at the end of the log.
///
/// # Errors
/// Where the session's date or zone cannot be read: then no time of it can.
pub fn snapshot(session: &Session, policies: &Policies, reference: &Reference, until: Option<Minute>) -> Result<Snapshot, Vec<Finding>> {
    let mut findings = Vec::new();
    let calendar = events::calendar(session, &mut findings);
    if !findings.is_empty() {
        return Err(findings);
    }
    let mut names = names::Names::new(session, policies, reference, &mut findings);
    let events = events::read(session, &calendar, &mut names, &mut findings);
    let (drugs, _) = names.finish();
    let until = until.unwrap_or(Minute(i64::MAX));
    let (open, drugs) = pair::open_at(until, calendar, drugs, &events, reference);
    let running = open.iter().filter_map(|run| {
        let infusate = &drugs[run.drug.0 as usize];
        let (written, site) = match &session.events[run.event] {
            Event::Start(start) => (&start.drug, &start.site),
            Event::Infuse(infuse) => (&infuse.drug, &infuse.site),
            _ => return None,
        };
        Some(Running {
            written: written.clone(),
            name: infusate.name.to_string(),
            bag: infusate.bag.clone(),
            site: site.clone(),
            since: run.start,
            paused: run.paused().map(|(at, _)| at),
            paused_by: run.paused().map(|(_, event)| event),
            home: run.home,
            fluid: infusate.class(run.route) == Class::Hydration,
            runs_off: proof::runs_off(run),
            last_check: run.last_check.map(|(at, _)| at),
            event: run.event,
        })
    });
    Ok(Snapshot { calendar, running: running.collect(), extent: events.extent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_on_one_line_runs_until_its_end_and_a_fluid_is_known_for_one() {
        let text = r#"Session(id: "a", setting: Hospital, date: "2026-03-02", events: [
            Infuse(from: "09:00", to: "10:00", drug: "ceftriaxone"),
            Start(at: "09:10", drug: "normal saline"),
        ])"#;
        let session = &crate::session::parse::sessions(text).expect("it can be read")[0];
        let running = |until| {
            let snapshot = snapshot(session, &Policies::default(), Reference::embedded(), until).expect("its date is one");
            snapshot.running.into_iter().map(|run| (run.name, run.fluid)).collect::<Vec<_>>()
        };
        let at = |time| Some(Calendar::new(chrono::NaiveDate::from_ymd_opt(2026, 3, 2).expect("a day"), None).read(time).expect("a time"));
        let (drug, fluid) = (("ceftriaxone".to_owned(), false), ("normal saline".to_owned(), true));
        assert_eq!(running(at("09:30")), [drug, fluid.clone()]);
        assert_eq!(running(None), [fluid]);
    }
}
