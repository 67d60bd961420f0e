//! What people misread. A misconception is a small function that makes other inputs of a case: one
//! rule broken by another threshold, another place, another policy, or a log told otherwise. They are
//! billed as ever; what comes out is what somebody with that misconception writes down.
//!
//! Names and words are in `reference/misconceptions.ron`.

mod counts;
mod drugs;
mod fluids;
mod lab;
mod order;
mod pumps;

use super::{Case, Item, Tally, tally};
use crate::reference::{CodeId, Misconception};
use crate::{Status, bill_sessions};

use lab::{Inputs, Keep};

/// A misconception at work on a case: what it would bill.
#[derive(Debug)]
pub struct Misread {
    /// Which.
    pub misconception: &'static Misconception,
    /// Units by code, without modifiers.
    pub tally: Tally,
}

/// Makes the inputs of a misconception; nothing where it finds no hold on the case.
type Alter = fn(&Case) -> Option<Inputs>;

/// Every misconception by its id. Of two that lead to the same lines the first is named: what turns on
/// something particular in the log before what counts all hours otherwise, and readings that some payer
/// shares last.
const ALL: &[(&str, Alter)] = &[
    ("hour-at-30", counts::hour_at_30),
    ("fifteen-is-infusion", counts::fifteen_is_infusion),
    ("short-runs-added-up", counts::short_runs_added_up),
    ("slow-push-as-infusion", counts::slow_push_as_infusion),
    ("pauses-counted", counts::pauses_counted),
    ("hydration-of-30", counts::hydration_of_30),
    ("hydration-beside-drug", fluids::beside_drugs),
    ("hydration-as-initial", fluids::as_initial),
    ("push-time-kept", fluids::push_time_kept),
    ("each-fluid-bag", fluids::each_bag),
    ("carrier-as-hydration", fluids::carrier),
    ("additive-as-drug", fluids::additive),
    ("first-hung", order::first_hung),
    ("office-hierarchy", order::office_hierarchy),
    ("midnight-reset", order::midnight_reset),
    ("initial-per-site", order::initial_per_site),
    ("one-access", order::one_access),
    ("visits-as-one", order::visits_as_one),
    ("injection-in-hierarchy", order::injection_in_hierarchy),
    ("new-bag-new-drug", drugs::new_bag_new_drug),
    ("drugs-pooled", drugs::pooled),
    ("repeat-as-new", drugs::repeat_as_new),
    ("repeat-too-near", drugs::repeat_too_near),
    ("repeat-in-office", drugs::repeat_in_office),
    ("overlap-counted-twice", drugs::overlap_counted_twice),
    ("concurrent-each", drugs::concurrent_each),
    ("concurrent-hours", drugs::concurrent_hours),
    ("chemo-concurrent", drugs::chemo_concurrent),
    ("premed-as-chemo", drugs::premed_as_chemo),
    ("chemo-injection-plain", drugs::chemo_injection_plain),
    ("not-separate-push", drugs::not_separate_push),
    ("pump-of-eight", pumps::of_eight),
    ("any-pump-prolonged", pumps::any_prolonged),
    ("pump-as-infusion", pumps::as_infusion),
    ("disconnect-as-flush", pumps::disconnect_as_flush),
    ("flush-billed", pumps::flush_billed),
    ("missing-stop-as-infusion", pumps::missing_stop_as_infusion),
    ("transfusion-per-unit", pumps::transfusion_per_unit),
    ("every-begun-hour", counts::every_begun_hour),
    ("full-hours-only", counts::full_hours_only),
    ("short-stretches-dropped", fluids::short_stretches_dropped),
    ("earliest-initial", order::earliest_initial),
    ("each-run-alone", drugs::each_run_alone),
    ("any-overlap-concurrent", drugs::any_overlap_concurrent),
    ("biologic-as-therapy", drugs::biologic_as_therapy),
    ("missing-stop-as-nothing", pumps::missing_stop_as_nothing),
];

/// The ids that have a function, for the test that they are those that have words.
pub fn ids() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(id, _)| *id)
}

/// What every misconception would bill, where that is not what is right.
#[must_use]
pub fn broken_bills(case: &Case) -> Vec<Misread> {
    let right = case.right(false);
    let broken = ALL.iter().filter_map(|(id, alter)| {
        let tally = billed(&alter(case)?, case)?;
        (tally != right).then(|| Misread { misconception: Misconception::named(id), tally })
    });
    broken.collect()
}

/// Bills other inputs as ever. None where the altered log is no log.
fn billed(inputs: &Inputs, case: &Case) -> Option<Tally> {
    let mut sum = Tally::new();
    for part in &inputs.parts {
        let bills = bill_sessions(part.sessions.clone(), &inputs.options, &inputs.reference);
        if bills.iter().any(|bill| bill.status == Status::Error) {
            return None;
        }
        for (item, units) in tally(&bills, &inputs.reference, false) {
            if let Some(code) = kept(&part.keep, &item, case) {
                *sum.entry(Item { code, modifiers: Vec::new() }).or_default() += units;
            }
        }
    }
    Some(sum)
}

/// Under which code an item of a part counts, if it does.
fn kept(keep: &Keep, item: &Item, case: &Case) -> Option<String> {
    let is = |code: &CodeId| case.reference.codes.get(*code).code == item.code;
    match keep {
        Keep::All => Some(item.code.clone()),
        Keep::Only(codes) => codes.iter().any(is).then(|| item.code.clone()),
        Keep::Except(codes) => (!codes.iter().any(is)).then(|| item.code.clone()),
        Keep::Under(code) => Some(case.reference.codes.get(*code).code.clone()),
    }
}
