//! Units of one code, date and set of modifiers are one line.

use chrono::NaiveDate;

use super::Charge;
use crate::reference::{CodeId, ModifierId, Reference};
use crate::timeline::DrugId;
use crate::timeline::numbered::{Few, Numbered};

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

    /// Whether a charge is a further unit of this line.
    fn takes(&self, charge: &Charge) -> bool {
        charge.unit.code == self.code && charge.unit.date == self.date && modifiers(charge).eq(self.modifiers.iter().copied())
    }

    /// What was given, in clock order.
    #[must_use]
    pub fn drugs(&self) -> Few<DrugId> {
        let drugs: Numbered<DrugId> = self.charges.iter().flat_map(|charge| &charge.unit.drugs).copied().collect();
        drugs.into_all()
    }
}

/// Lines by date, initial services first, then by code and modifiers.
pub fn gather(mut charges: Vec<Charge>, reference: &Reference) -> Vec<Line> {
    charges.sort_by(|one, other| {
        let place = |charge: &Charge| (charge.unit.date, !reference.codes.get(charge.unit.code).initial);
        let name = |charge: &Charge| reference.codes.get(charge.unit.code).code.as_str();
        let in_order = place(one).cmp(&place(other)).then_with(|| name(one).cmp(name(other)));
        in_order.then_with(|| modifiers(one).cmp(modifiers(other))).then_with(|| one.unit.begins.cmp(&other.unit.begins))
    });
    let mut lines: Vec<Line> = Vec::new();
    for charge in charges {
        match lines.last_mut() {
            Some(line) if line.takes(&charge) => line.charges.push(charge),
            _ => lines.push(Line {
                date: charge.unit.date,
                code: charge.unit.code,
                modifiers: modifiers(&charge).collect(),
                charges: vec![charge],
            }),
        }
    }
    lines
}

fn modifiers(charge: &Charge) -> impl Iterator<Item = ModifierId> {
    charge.modifiers.iter().map(|(modifier, _)| *modifier)
}
