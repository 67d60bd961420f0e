//! Stretches of one order that are one bag: a rate that changes begins a new stretch in the other
//! system, a pause ends one. In the log it is one run with a rate and a pause, so that the engine
//! judges it as one (T1).

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::draft::{Amount, Draft, Ending, Kind};
use crate::session::log::Route;
use crate::timeline::calendar::Minute;

/// A draft whose times are minutes.
#[derive(Debug, Clone)]
pub struct Timed {
    pub draft: Draft,
    pub at: Minute,
    pub to: Option<Minute>,
    /// The rate at its end, in millilitres an hour.
    pub rate_now: Option<Decimal>,
}

/// Joins what is one bag; in the order of time.
pub fn join(mut all: Vec<Timed>) -> Vec<Timed> {
    all.sort_by_key(|timed| timed.at);
    let mut joined: Vec<Timed> = Vec::with_capacity(all.len());
    let mut last: HashMap<(String, String, Option<String>, Route), usize> = HashMap::new();
    let mut marks = Vec::new();
    for mut timed in all {
        let key = match (&timed.draft.link, timed.draft.kind) {
            (Some(link), Kind::Run) if timed.to.is_some() => {
                (link.clone(), timed.draft.drug.clone(), timed.draft.site.clone(), timed.draft.route)
            }
            _ => {
                joined.push(timed);
                continue;
            }
        };
        if let Some(before) = last.get(&key).map(|at| &mut joined[*at])
            && let Some(end) = goes_on(before, &timed)
        {
            take_over(before, &mut timed, end, &mut marks);
            continue;
        }
        last.insert(key, joined.len());
        joined.push(timed);
    }
    joined.append(&mut marks);
    joined.sort_by_key(|timed| timed.at);
    joined
}

/// The end of the stretch that `next` carries on.
fn goes_on(before: &Timed, next: &Timed) -> Option<Minute> {
    let end = before.to?;
    let held = before.draft.ending == Ending::Pauses && next.at > end;
    (next.at == end || held).then_some(end)
}

fn take_over(before: &mut Timed, next: &mut Timed, end: Minute, marks: &mut Vec<Timed>) {
    let mark = |kind, at, rate_ml_per_h| {
        let draft =
            Draft { kind, rate_ml_per_h, dose: None, waste: None, volume_ml: None, remarks: Vec::new(), to: None, ..next.draft.clone() };
        Timed { draft, at, to: None, rate_now: None }
    };
    if next.at > end {
        marks.push(mark(Kind::Pause, end, None));
        marks.push(mark(Kind::Resume, next.at, None));
    }
    if next.draft.rate_ml_per_h.is_some() && next.draft.rate_ml_per_h != before.rate_now {
        marks.push(mark(Kind::Rate, next.at, next.draft.rate_ml_per_h));
        before.rate_now = next.draft.rate_ml_per_h;
    }
    before.to = next.to;
    before.draft.ending = next.draft.ending;
    before.draft.volume_ml = before.draft.volume_ml.zip(next.draft.volume_ml).and_then(|(one, two)| one.checked_add(two));
    before.draft.dose = add(before.draft.dose.take(), next.draft.dose.take(), &mut before.draft.remarks);
    before.draft.waste = match (before.draft.waste.take(), next.draft.waste.take()) {
        (None, one) | (one, None) => one,
        (one, two) => add(one, two, &mut before.draft.remarks),
    };
    before.draft.remarks.append(&mut next.draft.remarks);
}

/// The doses of a bag's stretches add up; where one of them is not known, their sum is not.
fn add(one: Option<Amount>, two: Option<Amount>, remarks: &mut Vec<String>) -> Option<Amount> {
    match (one, two) {
        (None, None) => None,
        (Some(one), Some(two)) if one.unit == two.unit => Some(Amount { value: one.value.checked_add(two.value)?, unit: one.unit }),
        (one, two) => {
            let told: Vec<String> = one.into_iter().chain(two).map(|amount| amount.to_string()).collect();
            remarks.push(format!("dose of one part: {}", told.join(", ")));
            None
        }
    }
}
