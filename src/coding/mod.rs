//! Runs to services: each minute goes into one unit or into `unbilled`, under one rule.
//!
//! Knows no numbers and no codes of its own: thresholds are clocks, codes are places, contested
//! points are policies (all in `reference/`).

mod alone;
pub mod argument;
mod contested;
mod hydration;
mod infusions;
mod initial;
mod ledger;
mod pushes;
mod ways;

use std::sync::Arc;

use chrono::NaiveDate;

use crate::reference::{CodeId, Policies, Reference, Rule};
use crate::session::finding::Finding;
use crate::session::log::Setting;
use crate::timeline::calendar::{Calendar, Minute};
use crate::timeline::minutes::{Minutes, Slice};
use crate::timeline::numbered::Few;
use crate::timeline::{AccessId, Administration, DrugId, Given, Infusate, OtherService, Timeline};
use argument::{Candidate, Measure, Overlap};
use ledger::Ledger;

/// One unit of one code, with the minutes that earned it.
#[derive(Debug)]
pub struct Unit {
    /// Its code.
    pub code: CodeId,
    /// The rule that earned it.
    pub rule: Rule,
    /// What was given.
    pub drugs: Few<DrugId>,
    /// Where.
    pub access: AccessId,
    /// The administration it begins with.
    pub given: Given,
    /// Its first minute.
    pub begins: Minute,
    /// Its date of service (D1).
    pub date: NaiveDate,
    /// The date of its own first minute, for the finding where the policy alone breaks an MUE (D1).
    pub own_date: NaiveDate,
    /// The minutes it holds.
    pub minutes: Minutes,
    /// The access whose initial service it belongs to, first hour or further (M1).
    pub initial: Option<AccessId>,
    /// Whether it is the initial itself.
    pub opens: bool,
    /// The infusion was broken off for a reaction.
    pub reduced: bool,
    /// What was counted for it.
    pub measure: Option<Measure>,
}

/// Minutes that earn nothing, and the rule by which they do not.
#[derive(Debug)]
pub struct Unbilled {
    /// Why.
    pub rule: Rule,
    /// The administration it begins with.
    pub given: Given,
    /// When.
    pub at: Minute,
    /// What ran; an empty slice for a push without minutes.
    pub minutes: Minutes,
    /// What was counted in vain.
    pub measure: Option<Measure>,
}

impl Unbilled {
    /// Minutes left under a rule, one entry an administration.
    pub fn each(rule: Rule, minutes: Minutes) -> impl Iterator<Item = Unbilled> {
        let entry = move |minutes: Minutes| {
            let first = minutes.slices().first()?;
            let (given, at) = (first.given(), first.from());
            Some(Unbilled { rule, given, at, minutes, measure: None })
        };
        minutes.part_by(Slice::given).into_iter().filter_map(entry)
    }
}

/// A session, coded: every minute in a unit or in `unbilled`.
#[derive(Debug)]
pub struct Coded {
    /// Hospital or office.
    pub setting: Setting,
    /// The policies it was coded under.
    pub policies: Arc<Policies>,
    /// The session's day and zone.
    pub calendar: Calendar,
    /// The drugs, by `DrugId`.
    pub drugs: Vec<Infusate>,
    /// The accesses beside the main one, by [`AccessId::separate`].
    pub accesses: Vec<String>,
    /// Everything given, by `Given`.
    pub administrations: Vec<Administration>,
    /// Other services of the day.
    pub services: Vec<OtherService>,
    /// Whether a pump was taken off that this session did not start (O4).
    pub disconnect: bool,
    /// Whether something was transfused, for the flush (O5).
    pub transfused: bool,
    /// First and last minute of the log.
    pub extent: Option<(Minute, Minute)>,
    /// What may be billed, before edits.
    pub units: Vec<Unit>,
    /// What may not.
    pub unbilled: Vec<Unbilled>,
    /// What could be initial (I1 to I4).
    pub candidates: Vec<Candidate>,
    /// What ran beside other drugs (S4, S6).
    pub overlaps: Vec<Overlap>,
    /// The access whose initial stands plain (M1).
    pub plain: Option<AccessId>,
    /// A record is missing that bars the whole session (U1).
    pub held: bool,
    /// What the coder should look at.
    pub findings: Vec<Finding>,
}

impl Coded {
    /// Minutes in units and in `unbilled` together.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        let billed: i64 = self.units.iter().map(|unit| unit.minutes.total()).sum();
        let unbilled: i64 = self.unbilled.iter().map(|left| left.minutes.total()).sum();
        billed + unbilled
    }
}

/// Codes a session.
///
/// # Panics
/// Where minutes are lost on the way, which would be a fault of the engine, not of the log.
#[must_use]
pub fn code(timeline: Timeline, policies: Arc<Policies>, reference: &Reference) -> Coded {
    let ran = timeline.minutes_ran();
    let mut ledger = Ledger::new(timeline, policies, reference);
    let sorted = ways::sort(&mut ledger);
    if ledger.held {
        ledger.hold(sorted);
    } else {
        ledger.make_room(ran);
        earn(&mut ledger, sorted);
    }
    let coded = ledger.close();
    assert_eq!(ran, coded.minutes(), "every minute that ran lies in a unit or in unbilled");
    coded
}

/// Looks at what was given, chooses the initial services, then hands every minute on.
fn earn(ledger: &mut Ledger, sorted: ways::Sorted) {
    let fluid = hydration::sum(ledger, sorted.hydration, &sorted.blocks, &sorted.hand_pushes);
    let pushes = pushes::judge(ledger, sorted.pushes, &sorted.infusions);
    let courses = infusions::courses(sorted.infusions);
    let plan = initial::plan(ledger, &courses, &pushes, &sorted.pumps, &fluid);
    ledger.plain = plan.plain;
    infusions::carry_out(ledger, courses, &plan);
    pushes::carry_out(ledger, pushes, &plan);
    hydration::carry_out(ledger, fluid, &plan);
    alone::pumps(ledger, sorted.pumps);
    alone::skin(ledger, sorted.skin);
    alone::arteries(ledger, sorted.arteries);
    alone::singles(ledger, sorted.singles);
    ledger.once();
}
