//! Drug infusions into a vein: what each drug earns at each access, first hour and further hours
//! (T2, T5, S4, I6). 96366 and its like are counted in `hours`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Unit;
use super::argument::{Measure, Measured, Outcome, Overlap};
use super::contested::{self, Extent, Judgement, Verdict};
use super::initial::{Initial, Plan};
use super::ledger::{Entry, Ledger};
use super::ways::Infusion;
use crate::reference::{Clock, CodeId, Family, Role, Rule, Way};
use crate::session::finding::{Finding, Place};
use crate::timeline::calendar::Minute;
use crate::timeline::minutes::{Minutes, Slice};
use crate::timeline::numbered::Numbered;
use crate::timeline::{AccessId, DrugId, Given};

/// One drug infused at one access: all its runs there.
#[derive(Debug)]
pub struct Course {
    pub drug: DrugId,
    pub access: AccessId,
    pub family: Family,
    pub minutes: Minutes,
    pub start: Minute,
    pub stop: Minute,
    pub order: usize,
    /// The run that was broken off for a reaction and counts as meant.
    pub reduced: Option<Given>,
}

impl Course {
    /// What overlap is judged by.
    pub fn extent(&self) -> Extent {
        Extent { family: self.family, cover: self.minutes.cover(), start: self.start, stop: self.stop, order: self.order }
    }
}

/// Gathers infusions, in clock order, by drug and access.
pub fn courses(infusions: Vec<Infusion>) -> Vec<Course> {
    let mut courses: Vec<Course> = Vec::with_capacity(infusions.len());
    let mut known = Numbered::default();
    for Infusion { run, family, reduced } in infusions {
        let reduced = reduced.then_some(run.given);
        let at = known.number((run.access, run.drug));
        if let Some(course) = courses.get_mut(at) {
            course.minutes = std::mem::take(&mut course.minutes).with(run.minutes);
            course.stop = course.stop.max(run.stop);
            course.reduced = course.reduced.or(reduced);
        } else {
            let (drug, access, start, stop, order) = (run.drug, run.access, run.start, run.stop, run.order);
            courses.push(Course { drug, access, family, minutes: run.minutes, start, stop, order, reduced });
        }
    }
    courses
}

/// Enters each drug by its verdict: sequential with its hours, concurrent, or nothing.
pub fn carry_out(ledger: &mut Ledger, courses: Vec<Course>, plan: &Plan) {
    let mut together = Vec::new();
    for (at, mut course) in courses.into_iter().enumerate() {
        let judgement = &plan.judgements[at];
        note_overlap(ledger, &course, judgement);
        let opens = plan.opens(Initial::Course(at), course.access);
        match &judgement.verdict {
            Verdict::Whole => sequential(ledger, course, opens, plan),
            Verdict::Less(held) => {
                let (lost, kept) = course.minutes.cut(held);
                ledger.leave(if course.family == Family::Chemo { Rule::S6 } else { Rule::S4 }, lost);
                course.minutes = kept;
                sequential(ledger, course, opens, plan);
            }
            Verdict::Concurrent(shared) => together.push((course, *shared)),
            Verdict::Nothing => too_little_beside_chemo(ledger, course),
        }
    }
    concurrent(ledger, together);
}

/// For the explanation: what ran together, and what came of it.
fn note_overlap(ledger: &mut Ledger, course: &Course, judgement: &Judgement) {
    let (verdict, together) = (&judgement.verdict, judgement.together);
    if matches!(verdict, Verdict::Whole) && together == 0 {
        return;
    }
    let concurrent = contested::overlap_rule(&ledger.policies);
    let chemo = course.family == Family::Chemo;
    let (outcome, rule) = match verdict {
        Verdict::Whole => (Outcome::Whole, if chemo { Rule::S6 } else { concurrent }),
        Verdict::Less(_) => (Outcome::Less, if chemo { Rule::S6 } else { Rule::S4 }),
        Verdict::Concurrent(_) => (Outcome::Concurrent, concurrent),
        Verdict::Nothing => (Outcome::Nothing, Rule::S6),
    };
    let least = ledger.clock(course.family, Way::Infusion).least;
    let (drug, access, start, event, ran) = (course.drug, course.access, course.start, course.order, course.minutes.total());
    ledger.overlaps.push(Overlap { drug, access, start, event, ran, together, least, outcome, rule });
}

/// A drug of its own: the initial of its access, or a further one (I6).
fn sequential(ledger: &mut Ledger, course: Course, opens: Option<AccessId>, plan: &Plan) {
    let (role, rule) = match opens {
        Some(access) => (Role::Initial, plan.rule_at(access)),
        None => (Role::Subsequent, Rule::I6),
    };
    let series = Series {
        first: ledger.place(course.family, Way::Infusion, role),
        rule,
        hour: ledger.place(course.family, Way::Infusion, Role::Hour),
        clock: ledger.clock(course.family, Way::Infusion),
        access: course.access,
        opens,
        reduced: course.reduced,
    };
    hours(ledger, course.minutes, &series);
}

/// The codes that a drug's hours fill.
pub struct Series {
    pub first: Result<CodeId, Rule>,
    /// The rule of the first unit.
    pub rule: Rule,
    pub hour: Result<CodeId, Rule>,
    pub clock: Clock,
    pub access: AccessId,
    /// The access whose initial this is.
    pub opens: Option<AccessId>,
    pub reduced: Option<Given>,
}

/// Counts first and further hours: the first group of runs by T2, each later one by its further
/// hours alone (T5).
pub fn hours(ledger: &mut Ledger, minutes: Minutes, series: &Series) {
    let broken_off = minutes.slices().iter().find(|slice| Some(slice.given()) == series.reduced).map(Slice::from);
    // However the runs of a drug add up, one adds up to itself.
    if minutes.are_alike(Slice::given) {
        return group_hours(ledger, minutes, true, broken_off, series);
    }
    let groups = minutes.part_by(|slice| contested::group_key(ledger, ledger.start_of(slice.given())));
    for (at, group) in groups.into_iter().enumerate() {
        group_hours(ledger, group, at == 0, broken_off, series);
    }
}

fn group_hours(ledger: &mut Ledger, group: Minutes, is_first: bool, broken_off: Option<Minute>, series: &Series) {
    let ran = group.total();
    let units_of = |ran: i64| if is_first { series.clock.units(ran).max(1) } else { series.clock.hours(ran) };
    let units = units_of(ran);
    let further_from = i64::from(is_first);
    if units > further_from {
        warn_of_short_runs(ledger, &group, |in_short| units_of(ran - in_short) < units);
    }
    enter_group(ledger, group, units, is_first, broken_off, series);
}

/// Cuts a group into one stretch a unit, the last taking the rest.
fn enter_group(ledger: &mut Ledger, group: Minutes, units: i64, is_first: bool, broken_off: Option<Minute>, series: &Series) {
    let ran = group.total();
    let least_for = |units| if is_first { series.clock.least_for(units) } else { series.clock.least_for_hours(units) };
    if units == 0 {
        ledger.leave_short(Rule::T5, group, Measure::short_of(Measured::Sum, ran, least_for(1)));
        return;
    }
    for (unit, minutes) in (0..).zip(group.shares(units, series.clock.hour)) {
        let opens = is_first && unit == 0;
        let place = if opens { series.first } else { series.hour };
        let rule = match (opens, is_first) {
            (true, _) => series.rule,
            (false, true) => Rule::T2,
            (false, false) => Rule::T5,
        };
        match place {
            Ok(code) => {
                let reduced = broken_off.is_some_and(|at| minutes.slices().iter().any(|slice| slice.from() <= at && at < slice.to()));
                let entry = Entry::new(code, rule, series.access, minutes).measured(Measure::of_sum(ran, unit, units, least_for));
                enter(ledger, entry, opens, series).reduced = reduced;
            }
            Err(none) => ledger.leave(none, minutes),
        }
    }
}

fn enter<'l>(ledger: &'l mut Ledger, mut entry: Entry, opens: bool, series: &Series) -> &'l mut Unit {
    entry.service_date = service_date(ledger, &entry.minutes);
    let unit = ledger.bill(entry);
    unit.initial = series.opens;
    unit.opens = opens && series.opens.is_some();
    unit
}

/// D1: the date on which the run that holds a unit's first minute began.
fn service_date(ledger: &Ledger, minutes: &Minutes) -> Option<NaiveDate> {
    let first = minutes.slices().first()?;
    contested::service_date(ledger, ledger.start_of(first.given()), first.from())
}

/// U4: a further hour that the group would lose without its short runs.
fn warn_of_short_runs(ledger: &mut Ledger, group: &Minutes, loses_a_unit: impl Fn(i64) -> bool) {
    let most = ledger.reference.facts.limits.short_run;
    if group.slices().iter().all(|slice| slice.len() > most) {
        return;
    }
    let mut by_run: BTreeMap<Given, i64> = BTreeMap::new();
    for slice in group.slices() {
        *by_run.entry(slice.given()).or_default() += slice.len();
    }
    let in_short: i64 = by_run.values().filter(|ran| **ran <= most).sum();
    if loses_a_unit(in_short) {
        let given = group.slices()[0].given();
        let name = ledger.drug_of(given).map(|drug| ledger.name(drug).to_owned()).unwrap_or_default();
        let event = ledger.timeline.administrations[given.0 as usize].event;
        ledger.find(
            Finding::warning("U4", Place::Event(event), format!("a further hour of {name} rests on runs of {most} minutes or less"))
                .label("the first of them")
                .help("payers ask whether such runs were one infusion"),
        );
    }
}

/// One unit an encounter, whatever the number of drugs; it begins with the first shared minute of
/// the drug that started first (I6, D1).
fn concurrent(ledger: &mut Ledger, mut together: Vec<(Course, Option<Minute>)>) {
    together.sort_by_key(|(course, _)| (course.start, course.order));
    let Some((first, shared)) = together.first() else { return };
    let (access, family) = (first.access, first.family);
    let begins = shared.unwrap_or(first.start);
    let run = first
        .minutes
        .slices()
        .iter()
        .rev()
        .find(|slice| slice.from() <= begins)
        .map_or(first.start, |slice| ledger.start_of(slice.given()));
    let rule = contested::overlap_rule(&ledger.policies);
    let minutes = Minutes::all(together.into_iter().map(|(course, _)| course.minutes));
    match ledger.place(family, Way::Concurrent, Role::Alone) {
        Ok(code) => {
            let mut entry = Entry::new(code, rule, access, minutes);
            let own = ledger.date(begins);
            entry.service_date = Some(contested::service_date(ledger, run, begins).unwrap_or(own));
            let unit = ledger.bill(entry);
            unit.begins = begins;
            unit.own_date = own;
        }
        Err(none) => ledger.leave(none, minutes),
    }
}

/// S6: chemo beside chemo with too few minutes of its own.
fn too_little_beside_chemo(ledger: &mut Ledger, course: Course) {
    let unlisted = ledger.reference.facts.limits.unlisted_chemo.clone();
    let name = ledger.name(course.drug).to_owned();
    ledger.find(
        Finding::warning(
            "S6",
            Place::Event(course.order),
            format!("{name} ran beside another chemo drug and keeps too few minutes of its own: not billed"),
        )
        .label("no code of its own")
        .help(format!("review by hand: {unlisted} may apply")),
    );
    let rule = ledger.place(Family::Chemo, Way::Concurrent, Role::Alone).err().unwrap_or(Rule::S6);
    ledger.leave(rule, course.minutes);
}
