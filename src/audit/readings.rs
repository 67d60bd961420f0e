//! Differences that another reading of a contested point would explain.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::rows::judged;
use super::{Row, Verdict};
use crate::bills::bill_again;
use crate::reference::{PolicyEntry, Reference};
use crate::{Bill, Options};

/// Units by code, date and judged modifiers.
type Units = BTreeMap<(String, NaiveDate, Vec<String>), Decimal>;

/// Marks each difference that is none under one other value of one policy: what is charged of its
/// code, date and modifiers is then just what is supported.
pub fn look(rows: &mut [Row], bills: &[Bill], options: &Options, reference: &Reference) {
    if !rows.iter().any(may_be_a_reading) {
        return;
    }
    let asked = charged(rows, reference);
    let held: BTreeMap<usize, Units> = bills.iter().enumerate().map(|(at, bill)| (at, supported(bill, reference))).collect();
    let sessions: Vec<(usize, &Bill)> = bills.iter().enumerate().filter(|(_, bill)| bill.session.is_some()).collect();
    for entry in PolicyEntry::all() {
        for value in &entry.values {
            if !rows.iter().any(may_be_a_reading) {
                return;
            }
            let mut other = options.clone();
            other.policies.push(format!("{}={}", entry.name, value.name));
            let tried = bill_again(sessions.iter().map(|(_, bill)| *bill), &other, reference);
            let in_force = |bill: usize| bills[bill].claim.as_ref().and_then(|claim| claim.coded.policies.value(&entry.name));
            let units: BTreeMap<usize, Units> =
                sessions.iter().zip(&tried).map(|((at, _), bill)| (*at, supported(bill, reference))).collect();
            for row in rows.iter_mut().filter(|row| may_be_a_reading(row)) {
                let Some(bill) = row.bill.filter(|bill| in_force(*bill).is_some_and(|held| held != value.name)) else { continue };
                let empty = Units::new();
                let (asked, given) = (asked.get(&bill).unwrap_or(&empty), units.get(&bill).unwrap_or(&empty));
                let sides = row.charged.iter().chain(&row.supported);
                let held = held.get(&bill).unwrap_or(&empty);
                let of_code = |all: &Units, code: &str| {
                    all.iter().filter(|((one, ..), _)| one == code).map(|(k, v)| (k.clone(), *v)).collect::<Units>()
                };
                let agrees = |code: &str| of_code(asked, code) == of_code(given, code) && of_code(held, code) != of_code(given, code);
                if sides.into_iter().all(|side| agrees(&side.code)) {
                    row.why = format!(
                        "a contested point: as charged where {} is {}, here it is {}",
                        entry.name,
                        value.name,
                        in_force(bill).unwrap_or_default()
                    );
                    row.rule = entry.rules.first().copied();
                    row.verdict = Verdict::OtherPolicy { policy: entry.name.clone(), value: value.name.clone() };
                }
            }
        }
    }
}

fn may_be_a_reading(row: &Row) -> bool {
    row.verdict.is_difference() && !matches!(row.verdict, Verdict::NoLog | Verdict::OtherPolicy { .. })
}

fn charged(rows: &[Row], reference: &Reference) -> BTreeMap<usize, Units> {
    let mut all: BTreeMap<usize, Units> = BTreeMap::new();
    for row in rows {
        if let (Some(bill), Some(side)) = (row.bill, &row.charged) {
            *all.entry(bill).or_default().entry(key(&side.code, side.date, &side.modifiers, reference)).or_default() += side.units;
        }
    }
    all
}

fn supported(bill: &Bill, reference: &Reference) -> Units {
    let mut units = Units::new();
    let lines = bill.claim.iter().flat_map(|claim| &claim.lines);
    for line in lines {
        let modifiers: Vec<String> = line.modifiers.iter().map(|id| reference.modifiers.get(*id).code.clone()).collect();
        let code = &reference.codes.get(line.code).code;
        *units.entry(key(code, line.date, &modifiers, reference)).or_default() += Decimal::from(line.units());
    }
    units
}

fn key(code: &str, date: NaiveDate, modifiers: &[String], reference: &Reference) -> (String, NaiveDate, Vec<String>) {
    (code.to_owned(), date, judged(modifiers, reference).into_iter().map(str::to_owned).collect())
}
