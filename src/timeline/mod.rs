//! Events to runs: what ran, from when to when, with its pauses and its proof. Knows the calendar
//! and the record's gaps; knows no codes and no thresholds of billing.

pub mod calendar;
pub mod cover;
mod doubts;
mod events;
mod join;
pub mod minutes;
mod names;
pub mod numbered;
mod pair;
mod proof;
mod running;

use std::ops::Index;

use crate::reference::{Bag, Name, Parts, Policies, Reference};
use crate::session::finding::Finding;
use crate::session::log::{Cavity, Class, Pump, Route, Session, Setting};
use calendar::{Calendar, Minute};
use minutes::Minutes;

pub use join::{absorb, join};
pub use running::{Running, Snapshot, snapshot};

/// An administration, by its place in [`Timeline::administrations`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Given(pub u32);

/// A drug of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DrugId(pub u32);

/// An access: the main one, or a site that the session lists as separate (M1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessId(pub u32);

impl AccessId {
    /// The access of every site that is not listed as separate.
    pub const MAIN: AccessId = AccessId(0);

    /// Its place among the separate ones; absent for the main one.
    #[must_use]
    pub fn separate(self) -> Option<usize> {
        self.0.checked_sub(1).map(|at| at as usize)
    }
}

/// A drug as the session knows it: one component or a bag of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Infusate {
    /// Its components.
    pub bag: Bag,
    /// "a + b", generic names.
    pub name: Name,
    classes: [Class; 4],
    /// Never given as a push (U1).
    pub never_pushed: bool,
    /// The components that only carry the others: fluids and what is not separate.
    pub carriers: Parts,
    /// The code that serves it instead of an injection's (P5).
    pub instead: Option<Name>,
}

impl Infusate {
    /// Its class by a route.
    #[must_use]
    pub fn class(&self, route: Route) -> Class {
        self.classes[route as usize]
    }
}

/// Where something given stands in the log, for reasons and findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administration {
    /// What; absent for a flush or a refill.
    pub drug: Option<DrugId>,
    /// Where.
    pub access: AccessId,
    /// Its first event, by order in the file.
    pub event: usize,
    /// The event that ends it.
    pub stop_event: Option<usize>,
    /// When it began.
    pub start: Minute,
    /// When it ended: for a run its stop, pauses inside.
    pub stop: Minute,
    /// The administration it is part of: a touching bag's, a near infusion's (T1, T5).
    pub part_of: Option<Given>,
    /// What proves its end; absent for what has none: one minute's doings, a run without a stop.
    pub proof: Option<Proof>,
}

/// What proves a run's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A charted stop or pause.
    Charted,
    /// Volume and rates, or a last check (U1).
    Derived,
    /// It went home, and counts as prolonged (O3).
    AtHome,
    /// It went home, and nothing proves it prolonged (O3).
    AtHomeUnproven,
}

/// One run with its minutes: a Start to its Stop, or several that touch.
#[derive(Debug)]
pub struct Run {
    /// Its name in the table of administrations.
    pub given: Given,
    /// What.
    pub drug: DrugId,
    /// Where.
    pub access: AccessId,
    /// By which route.
    pub route: Route,
    /// On a pump.
    pub pump: Option<Pump>,
    /// The pump goes home.
    pub home: bool,
    /// First minute.
    pub start: Minute,
    /// Its stop, pauses inside.
    pub stop: Minute,
    /// The minutes that ran.
    pub minutes: Minutes,
    /// What proves its end.
    pub proof: Proof,
    /// Whether a part of it rests on U1.
    pub derived: bool,
    /// Stopped for a reaction.
    pub reaction: bool,
    /// Order in the file.
    pub order: usize,
}

/// A run whose end nothing proves (U1).
#[derive(Debug)]
pub struct Unstopped {
    /// Its name in the table of administrations.
    pub given: Given,
    /// What.
    pub drug: DrugId,
    /// Where.
    pub access: AccessId,
    /// By which route.
    pub route: Route,
    /// When it began.
    pub start: Minute,
    /// Until when it blocks hydration: the drug's next event, else the end of the log (S1).
    pub blocks_until: Minute,
    /// An empty slice, so that it has its place in the balance.
    pub minutes: Minutes,
    /// Order in the file.
    pub order: usize,
}

/// Something that has a minute but no run.
#[derive(Debug)]
pub struct Single {
    /// Its name in the table of administrations.
    pub given: Given,
    /// What was done.
    pub what: What,
    /// When.
    pub at: Minute,
    /// What ran: of a push its documented minutes, else an empty slice.
    pub minutes: Minutes,
    /// Order in the file.
    pub order: usize,
}

/// What was done at one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A hand push (T6).
    Push(DrugId),
    /// An injection.
    Inject(DrugId, Route),
    /// An on-body injector.
    OnBody(DrugId),
    /// A further set-up under the skin.
    SkinSetup(DrugId),
    /// A drug into a cavity or lesions.
    Instill(DrugId, Cavity),
    /// A port flush.
    Flush,
    /// A refill.
    Refill(Pump),
    /// A transfusion.
    Transfuse,
}

/// A service recorded beside the infusions (E3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherService {
    /// When.
    pub at: Minute,
    /// Its code.
    pub code: String,
    /// The event, by order in the file.
    pub event: usize,
}

/// A drug that the office came for (I3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// As written.
    pub written: String,
    /// Its components.
    pub bag: Bag,
    /// It names a fluid, so the hydration sum.
    pub fluid: bool,
}

/// All that a session did, in real minutes.
#[derive(Debug)]
pub struct Timeline {
    /// Hospital or office.
    pub setting: Setting,
    /// The session's day and zone.
    pub calendar: Calendar,
    /// The drugs, by `DrugId`.
    pub drugs: Vec<Infusate>,
    /// The accesses beside the main one, by [`AccessId::separate`].
    pub accesses: Vec<String>,
    /// Everything given, by `Given`.
    pub administrations: Vec<Administration>,
    /// Runs with a proven end.
    pub runs: Vec<Run>,
    /// Runs without.
    pub unstopped: Vec<Unstopped>,
    /// Pushes, injections and other things of one minute.
    pub singles: Vec<Single>,
    /// Other services of the day.
    pub services: Vec<OtherService>,
    /// Whether a pump was taken off that this session did not start (O4).
    pub disconnect: bool,
    /// The office's reason.
    pub reason: Option<Reason>,
    /// The drug that each event names, by order in the file.
    pub named: Vec<Option<DrugId>>,
    /// First and last minute of the log; absent where it has no events.
    pub extent: Option<(Minute, Minute)>,
}

impl Index<DrugId> for Timeline {
    type Output = Infusate;
    fn index(&self, id: DrugId) -> &Infusate {
        &self.drugs[id.0 as usize]
    }
}

/// Reads a session's events into runs.
///
/// `now` is the present in minutes of universal time, for the warning about the future (U4).
///
/// # Errors
/// All the findings, where one of them is an error: such a session must not be coded.
pub fn pair(
    session: &Session,
    policies: &Policies,
    reference: &Reference,
    now: Option<Minute>,
) -> Result<(Timeline, Vec<Finding>), Vec<Finding>> {
    let mut findings = Vec::new();
    let calendar = events::calendar(session, &mut findings);
    let mut names = names::Names::new(session, policies, reference, &mut findings);
    let events = events::read(session, &calendar, &mut names, &mut findings);
    let reason = names.reason(session);
    let (drugs, accesses) = names.finish();
    let mut timeline = pair::pair(session, calendar, drugs, accesses, events, reference, &mut findings);
    if findings.iter().any(Finding::is_error) {
        return Err(findings);
    }
    timeline.reason = reason;
    doubts::look(session, &timeline, reference, now, &mut findings);
    Ok((timeline, findings))
}

impl Timeline {
    /// Minutes that ran, of runs and of documented pushes, each bag by itself.
    #[must_use]
    pub fn minutes_ran(&self) -> i64 {
        let runs: i64 = self.runs.iter().map(|run| run.minutes.total()).sum();
        let singles: i64 = self.singles.iter().map(|single| single.minutes.total()).sum();
        runs + singles
    }
}
