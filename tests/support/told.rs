//! A bill in the words that case files use.

use std::collections::{BTreeMap, BTreeSet};

use hangtime::{Bill, Reference, Status};

pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Billable => "billable",
        Status::Held => "held",
        Status::Error => "error",
    }
}

/// The lines of a bill, as case files write them.
pub fn lines(bill: &Bill) -> Vec<String> {
    let reference = Reference::embedded();
    let Some(claim) = &bill.claim else { return Vec::new() };
    claim
        .lines
        .iter()
        .map(|line| {
            let modifiers: String = line.modifiers.iter().map(|m| format!("-{}", reference.modifiers.get(*m).code)).collect();
            format!("{} {}{modifiers} x{}", line.date, reference.codes.get(line.code).code, line.units())
        })
        .collect()
}

/// The drugs' own lines of a bill, as case files write them.
#[allow(dead_code)] // not every test tells them
pub fn drug_lines(bill: &Bill) -> Vec<String> {
    let reference = Reference::embedded();
    let Some(claim) = &bill.claim else { return Vec::new() };
    let line = |line: &hangtime::claim::DrugLine| {
        let modifiers: String = line.modifiers.iter().map(|(m, _)| format!("-{}", reference.modifiers.get(*m).code)).collect();
        format!("{} {}{modifiers} x{}", line.date, line.code, line.units)
    };
    claim.drug_lines.iter().map(line).collect()
}

/// What earned nothing, summed by drug and rule, as case files write it.
pub fn unbilled(bill: &Bill) -> Vec<String> {
    let Some(claim) = &bill.claim else { return Vec::new() };
    let mut sums: BTreeMap<(String, String), i64> = BTreeMap::new();
    for left in &claim.unbilled {
        let drug = claim.coded.administrations[left.given.0 as usize].drug;
        let name = drug.map_or("-".to_owned(), |drug| claim.coded.drugs[drug.0 as usize].name.to_lowercase());
        *sums.entry((name, left.rule.id().to_lowercase())).or_default() += left.minutes.total();
    }
    sums.into_iter().map(|((drug, rule), minutes)| format!("{drug} {rule} {minutes}")).collect()
}

/// Each code of a bill with the rules that earned its units or gave them a modifier: "96365 I2".
pub fn cited(bill: &Bill) -> BTreeSet<String> {
    let reference = Reference::embedded();
    let lines = bill.claim.iter().flat_map(|claim| &claim.lines);
    let charges = lines.flat_map(|line| line.charges.iter().map(|charge| (&reference.codes.get(line.code).code, charge)));
    charges
        .flat_map(|(code, charge)| {
            let rules = charge.modifiers.iter().map(|(_, rule)| *rule).chain([charge.unit.rule]);
            rules.map(move |rule| format!("{code} {}", rule.id()))
        })
        .collect()
}
