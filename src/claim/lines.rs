//! Units of one code, date and set of modifiers are one line.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;

use super::Charge;
use crate::reference::{CodeId, ModifierId, Reference};
use crate::timeline::DrugId;

/// One line of a claim.
#[derive(Debug)]
pub struct Line {
    /// Date of service.
    pub date: NaiveDate,
    /// What was done.
    pub code: CodeId,
    /// In the order of the line (M6).
    pub modifiers: Vec<ModifierId>,
    /// Its units, in clock order.
    pub charges: Vec<Charge>,
}

impl Line {
    /// How many units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.charges.len()
    }

    /// What was given, in clock order.
    #[must_use]
    pub fn drugs(&self) -> Vec<DrugId> {
        let mut seen = HashSet::new();
        let drugs = self.charges.iter().flat_map(|charge| &charge.unit.drugs).copied();
        drugs.filter(|drug| seen.insert(*drug)).collect()
    }
}

/// Lines by date, initial services first, then by code and modifiers.
pub fn gather(mut charges: Vec<Charge>, reference: &Reference) -> Vec<Line> {
    charges.sort_by_key(|charge| charge.unit.begins);
    let mut lines: BTreeMap<(NaiveDate, bool, String, Vec<ModifierId>), Line> = BTreeMap::new();
    for charge in charges {
        let (date, code) = (charge.unit.date, charge.unit.code);
        let facts = reference.codes.get(code);
        let modifiers: Vec<ModifierId> = charge.modifiers.iter().map(|(modifier, _)| *modifier).collect();
        lines
            .entry((date, !facts.initial, facts.code.clone(), modifiers.clone()))
            .or_insert_with(|| Line { date, code, modifiers, charges: Vec::new() })
            .charges
            .push(charge);
    }
    lines.into_values().collect()
}
