//! Hydration: one sum an encounter, of the minutes in which nothing else infuses (S1 to S3, T3, T4).

use super::argument::{Measure, Measured};
use super::contested;
use super::initial::{Initial, Plan};
use super::ledger::{Entry, Ledger};
use crate::reference::{Family, Role, Rule, Way};
use crate::session::finding::{Finding, Place};
use crate::timeline::calendar::Minute;
use crate::timeline::cover::Cover;
use crate::timeline::minutes::Minutes;
use crate::timeline::numbered::{Few, Numbered};
use crate::timeline::{AccessId, DrugId, Given, Run, join};

/// The hydration sum.
#[derive(Debug, Default)]
pub struct Fluid {
    /// The minutes that count.
    pub minutes: Minutes,
    /// From a Start to a Stop after which no fluid runs (D1).
    stretches: Cover,
    /// How many units they earn.
    pub units: i64,
    /// The access of the run that holds the first of them.
    pub access: Option<AccessId>,
    /// The fluids that hung, whatever of them counts.
    pub drugs: Few<DrugId>,
}

/// Adds up the fluids: each clock minute once, less drug runs (S1), less pushes (S2), less short
/// segments where the policy drops them (S3); thirty minutes or less are nothing (T3).
pub fn sum(ledger: &mut Ledger, fluids: Vec<Run>, blocks: &Cover, hand_pushes: &Cover) -> Fluid {
    if fluids.is_empty() {
        return Fluid::default();
    }
    let (fluids, twice) = join(fluids, false, &mut ledger.timeline.administrations);
    ledger.leave(Rule::S3, twice);
    let drugs = fluids.iter().map(|run| run.drug).collect::<Numbered<_>>().into_all();
    let mut stretches = Cover::new();
    for run in &fluids {
        stretches.add(run.start, run.stop);
    }
    let (kept, twice) = Minutes::pool(fluids.into_iter().map(|run| alone(ledger, run.minutes, blocks, hand_pushes)));
    ledger.leave(Rule::S3, twice);
    let clock = ledger.clock(Family::Hydration, Way::Infusion);
    let short = short_segments(&stretches, blocks, &kept, clock.least);
    let minutes = if short.total() > 0 && contested::short_segments_drop(ledger) {
        let (dropped, kept) = kept.cut(&short);
        ledger.leave(Rule::S3, dropped);
        kept
    } else {
        warn_of_short_segments(ledger, &kept, &short, clock.units(kept.total()), clock.least);
        kept
    };
    let units = clock.units(minutes.total());
    if units == 0 {
        let measure = Measure::short_of(Measured::Sum, minutes.total(), clock.least);
        ledger.leave_short(Rule::T3, minutes, measure);
        return Fluid::default();
    }
    let access = minutes.slices().first().map(|slice| ledger.timeline.administrations[slice.given().0 as usize].access);
    Fluid { minutes, stretches, units, access, drugs }
}

/// What is left of a fluid's minutes beside drug runs (S1) and pushes (S2).
fn alone(ledger: &mut Ledger, minutes: Minutes, blocks: &Cover, hand_pushes: &Cover) -> Minutes {
    let (beside_drugs, alone) = minutes.cut(blocks);
    ledger.leave(Rule::S1, beside_drugs);
    if hand_pushes.first().is_none() || !contested::pushes_take_minutes(ledger) {
        return alone;
    }
    let (pushed, kept) = alone.cut(hand_pushes);
    ledger.leave(Rule::S2, pushed);
    kept
}

/// Segments of fewer minutes than a first unit needs. A segment ends at another drug's run, or at a
/// stop after which no fluid runs; a pause, a push or a touching bag does not end it (S3).
fn short_segments(stretches: &Cover, blocks: &Cover, kept: &Minutes, least: i64) -> Cover {
    let running = kept.cover();
    let mut short = Cover::new();
    for (from, to) in stretches.stretches() {
        for (from, to) in blocks.gaps(from, to) {
            let ran: i64 = running.within(from, to).map(|(from, to)| to.since(from)).sum();
            if ran < least {
                short.add(from, to);
            }
        }
    }
    short
}

fn warn_of_short_segments(ledger: &mut Ledger, kept: &Minutes, short: &Cover, units: i64, least: i64) {
    if short.total() == 0 {
        return;
    }
    let clock = ledger.clock(Family::Hydration, Way::Infusion);
    let in_short = kept.cover().shared(short);
    let without = clock.units(kept.total() - in_short);
    let Some(first) = kept.slices().iter().find(|slice| short.within(slice.from(), slice.to()).next().is_some()) else { return };
    if without < units {
        let event = ledger.timeline.administrations[first.given().0 as usize].event;
        ledger.find(
            Finding::warning(
                "S3",
                Place::Event(event),
                format!("hydration earns {units} units with its segments of fewer than {least} minutes, {without} without them"),
            )
            .label("in short segments")
            .help("payers differ: see `hangtime policies hydration_gaps`"),
        );
    }
}

/// Enters the hydration units: the first as the initial service, or all as secondary hours (T4).
pub fn carry_out(ledger: &mut Ledger, fluid: Fluid, plan: &Plan) {
    let Some(access) = fluid.access else { return };
    let initial = plan.initials.iter().find(|(_, initial)| matches!(initial, Initial::Hydration)).map(|(access, _)| *access);
    let clock = ledger.clock(Family::Hydration, Way::Infusion);
    let stretches = fluid.stretches;
    let (ran, units) = (fluid.minutes.total(), fluid.units);
    for (unit, minutes) in (0..).zip(fluid.minutes.shares(units, clock.hour)) {
        let (role, rule) = match (initial, unit) {
            (Some(access), 0) => (Role::Initial, plan.rule_at(access)),
            (Some(_), _) => (Role::Hour, Rule::T2),
            (None, 0) => (Role::Subsequent, Rule::T4),
            (None, _) => (Role::Hour, Rule::T4),
        };
        let code = match ledger.place(Family::Hydration, Way::Infusion, role) {
            Ok(code) => code,
            Err(rule) => {
                ledger.leave(rule, minutes);
                continue;
            }
        };
        let mut entry = Entry::new(code, rule, initial.unwrap_or(access), minutes).measured(Measure::of_clock(ran, unit, units, &clock));
        entry.service_date = entry.minutes.first().and_then(|begins| {
            let began = stretch_start(&stretches, begins)?;
            contested::service_date(ledger, began, begins)
        });
        let entered = ledger.bill(entry);
        entered.initial = initial;
        entered.opens = initial.is_some() && unit == 0;
    }
}

/// When the unbroken stretch that holds a minute began (D1).
pub fn stretch_start(stretches: &Cover, minute: Minute) -> Option<Minute> {
    stretches.last_start(minute)
}

impl Fluid {
    /// The administration that holds the first minute of the sum.
    pub fn first(&self) -> Option<(Given, Minute)> {
        self.minutes.slices().first().map(|slice| (slice.given(), slice.from()))
    }
}
