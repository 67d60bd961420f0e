//! An audit of many accounts in numbers: error rates by code and by unit of the hospital, missing
//! stops, amounts.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Audit, Row, Verdict};
use crate::Bill;
use crate::timeline::Proof;

/// The numbers of an audit.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// Logs that were given, those with an error among them.
    pub sessions: usize,
    /// Sessions with at least one difference.
    pub sessions_that_differ: usize,
    /// Rows by verdict, the most frequent first.
    pub verdicts: Vec<Count>,
    /// By code, the most differences first.
    pub codes: Vec<OfCode>,
    /// By unit of the hospital, where logs name one.
    pub units: Vec<OfUnit>,
    /// Runs of which no stop is charted, and runs in all.
    pub missing_stops: usize,
    /// Runs in all.
    pub runs: usize,
    /// Dollars charged above what is supported, an estimate; absent without rates.
    pub over: Option<Decimal>,
    /// Dollars below, negative.
    pub under: Option<Decimal>,
    /// Both together.
    pub net: Option<Decimal>,
}

/// How many rows of a verdict.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Count {
    pub verdict: String,
    pub rows: usize,
}

/// The numbers of one code.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OfCode {
    /// The code as charged, else as supported.
    pub code: String,
    /// Rows that are judged.
    pub rows: usize,
    /// Rows that differ.
    pub differences: usize,
    /// Units charged.
    pub charged: Decimal,
    /// Units supported.
    pub supported: Decimal,
    /// Charged less supported in dollars, an estimate.
    pub amount: Decimal,
}

/// The numbers of one unit of the hospital.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OfUnit {
    /// Its name in the logs.
    pub unit: String,
    /// Its sessions.
    pub sessions: usize,
    /// Those with a difference.
    pub sessions_that_differ: usize,
    /// Its runs, and those without a charted stop.
    pub runs: usize,
    /// Runs without a charted stop.
    pub missing_stops: usize,
    /// Charged less supported in dollars, an estimate.
    pub amount: Decimal,
}

/// Sums an audit up.
#[must_use]
pub fn summary(audit: &Audit, bills: &[Bill]) -> Summary {
    let mut differing = vec![false; bills.len()];
    for bill in audit.rows.iter().filter(|row| row.verdict.is_difference()).filter_map(|row| row.bill) {
        differing[bill] = true;
    }
    let stops: Vec<(usize, usize)> = bills.iter().map(stops).collect();
    let (over, under, net) = audit.totals();
    let money = |usd: Decimal| audit.rates.as_ref().map(|_| usd);
    Summary {
        sessions: bills.len(),
        sessions_that_differ: differing.iter().filter(|differs| **differs).count(),
        verdicts: verdicts(&audit.rows),
        codes: codes(&audit.rows),
        units: units(audit, bills, &differing, &stops),
        missing_stops: stops.iter().map(|(missing, _)| missing).sum(),
        runs: stops.iter().map(|(_, runs)| runs).sum(),
        over: money(over),
        under: money(under),
        net: money(net),
    }
}

/// Runs without a charted stop, and runs in all, of one bill.
fn stops(bill: &Bill) -> (usize, usize) {
    let Some(claim) = &bill.claim else { return (0, 0) };
    let runs = claim.coded.administrations.iter().filter_map(|administration| administration.proof.as_ref());
    runs.fold((0, 0), |(missing, all), proof| (missing + usize::from(!matches!(proof, Proof::Charted | Proof::AtHome)), all + 1))
}

fn verdicts(rows: &[Row]) -> Vec<Count> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.verdict.word()).or_default() += 1;
    }
    let mut counts: Vec<Count> = counts.into_iter().map(|(verdict, rows)| Count { verdict: verdict.to_owned(), rows }).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.rows));
    counts
}

fn codes(rows: &[Row]) -> Vec<OfCode> {
    let mut codes: BTreeMap<&str, OfCode> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.verdict != Verdict::Outside) {
        let Some(side) = row.charged.as_ref().or(row.supported.as_ref()) else { continue };
        let of = codes.entry(&side.code).or_insert_with(|| OfCode { code: side.code.clone(), ..OfCode::default() });
        of.rows += 1;
        of.differences += usize::from(row.verdict.is_difference());
        of.charged += row.charged.as_ref().map(|side| side.units).unwrap_or_default();
        of.supported += row.supported.as_ref().map(|side| side.units).unwrap_or_default();
        of.amount += row.amount.unwrap_or_default();
    }
    let mut codes: Vec<OfCode> = codes.into_values().collect();
    codes.sort_by_key(|of| std::cmp::Reverse(of.differences));
    codes
}

fn units(audit: &Audit, bills: &[Bill], differing: &[bool], stops: &[(usize, usize)]) -> Vec<OfUnit> {
    let name = |bill: &Bill| bill.session.as_ref().and_then(|session| session.unit.clone());
    let mut units: BTreeMap<String, OfUnit> = BTreeMap::new();
    for (at, bill) in bills.iter().enumerate() {
        let Some(unit) = name(bill) else { continue };
        let of = units.entry(unit.clone()).or_insert_with(|| OfUnit { unit, ..OfUnit::default() });
        of.sessions += 1;
        of.sessions_that_differ += usize::from(differing[at]);
        of.missing_stops += stops[at].0;
        of.runs += stops[at].1;
    }
    for row in &audit.rows {
        if let Some(unit) = row.bill.and_then(|bill| name(&bills[bill])) {
            units.entry(unit).or_default().amount += row.amount.unwrap_or_default();
        }
    }
    units.into_values().collect()
}
