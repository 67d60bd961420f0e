//! Patterns of documentation that an auditor would look at. A pattern is a place to look, no more:
//! a pump that is set to the full hour stops on the full hour.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike;
use serde::Serialize;

use crate::Bill;
use crate::reference::{Family, Reference, Way};
use crate::session::log::Event;
use crate::timeline::Proof;
use crate::timeline::calendar::Minute;

/// Minutes shown and compared on either side of a threshold.
const AROUND: i64 = 5;
/// Rarer than this by chance is named.
const RARE: f64 = 0.01;
const MINUTES_AN_HOUR: u32 = 60;
/// So many groups of identical times are named.
const MOST: usize = 20;

/// What was looked at.
#[derive(Debug, Clone, Serialize)]
pub struct Patterns {
    /// Lengths of runs around each threshold of a unit.
    pub thresholds: Vec<Heap>,
    /// Stops on the full hour.
    pub full_hours: Test,
    /// Runs of different patients that began and ended in the same minutes.
    pub identical: Vec<Identical>,
    /// How many more groups of such runs there are.
    pub identical_more: usize,
}

/// Lengths of runs around one threshold.
#[derive(Debug, Clone, Serialize)]
pub struct Heap {
    /// The least minutes of a unit.
    pub threshold: i64,
    /// Minutes and how many runs have that length.
    pub lengths: Vec<(i64, u64)>,
    /// Whether more lie on the threshold than chance explains.
    pub test: Test,
}

/// An exact binomial test, one-sided: so many or more of so many, were each as likely.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Test {
    /// How many were found.
    pub found: u64,
    /// Of how many.
    pub of: u64,
    /// How many chance alone would give.
    pub expected: f64,
    /// How often chance gives as many or more, from 0 to 1.
    pub chance: f64,
    /// Whether that is rarer than one in a hundred.
    pub beyond_chance: bool,
}

/// Runs of different patients with one start and one stop.
#[derive(Debug, Clone, Serialize)]
pub struct Identical {
    /// First minute.
    pub from: String,
    /// The minute after the last.
    pub to: String,
    /// The sessions, of different patients.
    pub sessions: Vec<String>,
}

/// One run with a charted stop.
struct Run<'b> {
    bill: &'b Bill,
    from: Minute,
    to: Minute,
    minutes: i64,
    stop_minute: u32,
    stamps: (String, String),
}

/// Looks at the runs of all bills whose start and stop are charted.
#[must_use]
pub fn patterns(bills: &[Bill], reference: &Reference) -> Patterns {
    let runs: Vec<Run> = bills.iter().flat_map(runs).collect();
    let on_the_hour = runs.iter().filter(|run| run.stop_minute == 0).count() as u64;
    let (identical, identical_more) = identical(&runs);
    Patterns {
        thresholds: thresholds(reference).into_iter().map(|threshold| heap(threshold, &runs)).collect(),
        full_hours: Test::of(on_the_hour, runs.len() as u64, 1.0 / f64::from(MINUTES_AN_HOUR)),
        identical,
        identical_more,
    }
}

/// The least minutes of the first three units of drugs, and of the first of hydration.
fn thresholds(reference: &Reference) -> BTreeSet<i64> {
    let drug = reference.facts.clock(Family::Therapeutic, Way::Infusion);
    let fluid = reference.facts.clock(Family::Hydration, Way::Infusion);
    (1..=3).map(|units| drug.least_for(units)).chain([fluid.least]).collect()
}

fn runs(bill: &Bill) -> Vec<Run<'_>> {
    let (Some(claim), Some(session)) = (&bill.claim, &bill.session) else { return Vec::new() };
    let ran = claim.ran();
    let calendar = &claim.coded.calendar;
    let charted = claim.coded.administrations.iter().enumerate().filter(|(_, administration)| {
        let is_run = matches!(session.events.get(administration.event), Some(Event::Start(_) | Event::Infuse(_)));
        is_run && administration.proof == Some(Proof::Charted) && administration.part_of.is_none()
    });
    charted
        .map(|(at, administration)| Run {
            bill,
            from: administration.start,
            to: administration.stop,
            minutes: u32::try_from(at).ok().and_then(|at| ran.get(&crate::timeline::Given(at))).copied().unwrap_or(0),
            stop_minute: calendar.wall(administration.stop).minute(),
            stamps: (calendar.stamp(administration.start), calendar.stamp(administration.stop)),
        })
        .collect()
}

fn heap(threshold: i64, runs: &[Run]) -> Heap {
    let mut lengths: BTreeMap<i64, u64> = (threshold - AROUND..=threshold + AROUND).map(|minutes| (minutes, 0)).collect();
    for run in runs {
        if let Some(count) = lengths.get_mut(&run.minutes) {
            *count += 1;
        }
    }
    let of = lengths.values().sum();
    let test = Test::of(lengths[&threshold], of, 1.0 / lengths.len() as f64);
    Heap { threshold, lengths: lengths.into_iter().collect(), test }
}

/// Groups of runs with one start and stop, of more patients than one.
fn identical(runs: &[Run]) -> (Vec<Identical>, usize) {
    let mut groups: BTreeMap<(Minute, Minute), Vec<&Run>> = BTreeMap::new();
    for run in runs {
        groups.entry((run.from, run.to)).or_default().push(run);
    }
    let whose = |run: &&Run| {
        let patient = run.bill.session.as_ref().and_then(|session| session.patient.clone());
        patient.unwrap_or_else(|| format!("session {}", run.bill.id))
    };
    let mut found: Vec<Identical> = Vec::new();
    for group in groups.into_values() {
        let patients: BTreeSet<String> = group.iter().map(whose).collect();
        if patients.len() > 1 {
            let sessions: BTreeSet<String> = group.iter().map(|run| run.bill.id.clone()).collect();
            let (from, to) = group[0].stamps.clone();
            found.push(Identical { from, to, sessions: sessions.into_iter().collect() });
        }
    }
    found.sort_by_key(|group| std::cmp::Reverse(group.sessions.len()));
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    (found, more)
}

impl Test {
    fn of(found: u64, of: u64, likely: f64) -> Self {
        let chance = at_least(found, of, likely);
        Test { found, of, expected: of as f64 * likely, chance, beyond_chance: chance < RARE }
    }
}

/// How likely `found` or more of `of` are, each with this likelihood: the upper tail of the binomial
/// distribution, summed term by term.
fn at_least(found: u64, of: u64, likely: f64) -> f64 {
    if found == 0 {
        return 1.0;
    }
    // ln of the first term; then each term from the one before.
    let mut term: f64 = (0..found).map(|k| ((of - k) as f64).ln() - ((k + 1) as f64).ln()).sum();
    term += found as f64 * likely.ln() + (of - found) as f64 * (1.0 - likely).ln();
    let mut sum = 0.0;
    for k in found..=of {
        let add = term.exp();
        sum += add;
        if add < sum * f64::EPSILON && k as f64 > of as f64 * likely {
            break;
        }
        term += ((of - k) as f64).ln() - ((k + 1) as f64).ln() + likely.ln() - (1.0 - likely).ln();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: f64, other: f64) -> bool {
        (one - other).abs() <= other * 1e-9
    }

    #[test]
    fn the_tail_is_the_binomial_one() {
        assert!(near(at_least(2, 2, 0.5), 0.25));
        assert!(near(at_least(1, 2, 0.5), 0.75));
        assert!(near(at_least(0, 9, 0.1), 1.0));
        // 3 or more of 10 at 1/11: 1 - P(0) - P(1) - P(2).
        let p: f64 = 1.0 / 11.0;
        let q = 1.0 - p;
        let rest = q.powi(10) + 10.0 * p * q.powi(9) + 45.0 * p * p * q.powi(8);
        assert!(near(at_least(3, 10, p), 1.0 - rest));
    }

    #[test]
    fn a_million_runs_are_no_trouble() {
        let chance = at_least(91_500, 1_000_000, 1.0 / 11.0);
        assert!(chance > 0.0 && chance < 0.05, "{chance}");
        assert!(at_least(200_000, 1_000_000, 1.0 / 11.0) < 1e-300);
    }

    #[test]
    fn the_thresholds_are_those_of_the_clocks() {
        assert_eq!(thresholds(Reference::embedded()).into_iter().collect::<Vec<_>>(), [16, 31, 91, 151]);
    }
}
