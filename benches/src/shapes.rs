//! Ways in which a session grows.

use hangtime::session::log::{Class, DrugNote, Entries, Event, Infuse, Mark, Push, Route, Session, Setting, Start, Stop};

use crate::mix;
use crate::times::{FIRST_DAY, date, time};

/// What there is more of in a longer session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// All that a day at the ward brings.
    Mixed,
    /// Some twenty drugs by turns, eight at once.
    Overlap,
    /// Every event another drug, all within a day.
    Drugs,
    /// One drug, pushed.
    Pushes,
    /// One run, paused.
    Pauses,
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 5] = [Shape::Mixed, Shape::Overlap, Shape::Drugs, Shape::Pushes, Shape::Pauses];

    /// How the command line names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Shape::Mixed => "mixed",
            Shape::Overlap => "overlap",
            Shape::Drugs => "drugs",
            Shape::Pushes => "pushes",
            Shape::Pauses => "pauses",
        }
    }

    /// The shape of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The nth session of a seed, of exactly so many events.
    #[must_use]
    pub fn session(self, seed: u64, number: u64, events: usize) -> Session {
        match self {
            Shape::Mixed => mix::session(seed, number, events),
            Shape::Overlap => alone(number, overlap(events)),
            Shape::Drugs => with_drugs(alone(number, at_once(events)), events),
            Shape::Pushes => alone(number, (0..events).map(push).collect()),
            Shape::Pauses => alone(number, pauses(events)),
        }
    }
}

const TURNS: [&str; 20] = [
    "ceftriaxone",
    "vancomycin",
    "cefepime",
    "metronidazole",
    "levofloxacin",
    "azithromycin",
    "acyclovir",
    "magnesium sulfate",
    "potassium chloride",
    "iron sucrose",
    "pantoprazole",
    "famotidine",
    "infliximab",
    "oxaliplatin",
    "paclitaxel",
    "carboplatin",
    "dexamethasone",
    "piperacillin-tazobactam",
    "normal saline",
    "lactated ringer's",
];

/// A session of a patient who comes once.
fn alone(number: u64, events: Vec<Event>) -> Session {
    Session {
        id: format!("visit-{number}"),
        setting: Setting::Hospital,
        date: date(FIRST_DAY),
        zone: None,
        patient: Some(format!("p-{number}")),
        unit: None,
        reason: None,
        profile: None,
        drugs: Entries::default(),
        sites: None,
        circumstances: Vec::new(),
        events,
    }
}

fn with_drugs(session: Session, drugs: usize) -> Session {
    let note = || DrugNote { class: Some(Class::Therapeutic), code: None, unit: None };
    Session { drugs: Entries((0..drugs).map(|n| (format!("study drug {n}"), note())).collect()), ..session }
}

fn infuse(from: usize, to: usize, drug: String) -> Event {
    Event::Infuse(Infuse {
        from: minute(from),
        to: minute(to),
        drug,
        site: None,
        route: Route::IV,
        pump: None,
        continues_at_home: false,
        volume_ml: None,
        rate_ml_per_h: None,
        dose: None,
        waste: None,
        container: None,
    })
}

/// Every 8 minutes a bag of about an hour; a drug comes again after 160.
fn overlap(events: usize) -> Vec<Event> {
    (0..events).map(|n| infuse(8 * n, 8 * n + 35 + n * 7 % 60, TURNS[n % TURNS.len()].to_owned())).collect()
}

fn at_once(events: usize) -> Vec<Event> {
    (0..events).map(|n| infuse(n * 7 % 1000, n * 7 % 1000 + 40 + n % 77, format!("study drug {n}"))).collect()
}

fn push(n: usize) -> Event {
    let at = minute(n * 11);
    Event::Push(Push { at, drug: "ondansetron".to_owned(), site: None, minutes: Some(2), dose: None, waste: None, container: None })
}

/// A start, pauses of five minutes every twenty, a stop; where the number is odd, a check before it.
fn pauses(events: usize) -> Vec<Event> {
    let drug = || "ceftriaxone".to_owned();
    let mark = |at: usize| Mark { at: minute(at), drug: drug(), site: None };
    let pairs = events.saturating_sub(2) / 2;
    let start = Start {
        at: minute(0),
        drug: drug(),
        site: None,
        route: Route::IV,
        pump: None,
        continues_at_home: false,
        volume_ml: None,
        rate_ml_per_h: None,
        dose: None,
        waste: None,
        container: None,
    };
    let mut all = vec![Event::Start(start)];
    for n in 0..pairs {
        all.push(Event::Pause(mark(20 * n + 15)));
        all.push(Event::Resume(mark(20 * n + 20)));
    }
    if events % 2 == 1 {
        all.push(Event::Check(mark(20 * pairs + 5)));
    }
    all.push(Event::Stop(Stop { at: minute(20 * pairs + 15), drug: drug(), site: None, pump: None, reaction: false }));
    all
}

fn minute(n: usize) -> String {
    time(FIRST_DAY, n as u64)
}

#[cfg(test)]
mod tests {
    use super::Shape;
    use crate::{SEED, by_patient};
    use hangtime::{Options, Reference, Status, bill_sessions};

    #[test]
    fn a_session_has_the_events_that_were_asked_for() {
        for shape in Shape::ALL {
            for events in [8, 10, 11, 1000] {
                assert_eq!(shape.session(SEED, 3, events).events.len(), events, "{}", shape.name());
            }
        }
    }

    /// A session that is refused costs nothing, and would make every figure a lie.
    #[test]
    fn every_session_is_billed() {
        for shape in Shape::ALL {
            for events in [8, 1000] {
                let sessions = (0..200).map(|n| shape.session(SEED, n, events)).collect();
                for patient in by_patient(sessions) {
                    for bill in bill_sessions(patient, &Options::default(), Reference::embedded()) {
                        assert_eq!(bill.status, Status::Billable, "{} {}: {:?}", shape.name(), bill.id, bill.findings);
                        assert!(bill.claim.is_some_and(|claim| !claim.lines.is_empty()), "{} {}", shape.name(), bill.id);
                    }
                }
            }
        }
    }

    #[test]
    fn a_seed_makes_the_same_sessions_again() {
        assert_eq!(Shape::Mixed.session(7, 11, 50), Shape::Mixed.session(7, 11, 50));
        assert_ne!(Shape::Mixed.session(7, 11, 50), Shape::Mixed.session(8, 11, 50));
    }

    #[test]
    fn some_patients_come_twice_on_a_day() {
        let sessions: Vec<_> = (0..2100).map(|n| Shape::Mixed.session(SEED, n, 8)).collect();
        let patients = by_patient(sessions);
        assert_eq!(patients.iter().filter(|patient| patient.len() == 2).count(), 100);
        assert!(patients.iter().all(|patient| patient.iter().all(|s| s.date == patient[0].date && s.setting == patient[0].setting)));
    }
}
