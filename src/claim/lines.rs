//! Units of one code, date and set of modifiers are one line.

use chrono::NaiveDate;
use smallvec::{SmallVec, smallvec};

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
    pub modifiers: SmallVec<[ModifierId; 4]>,
    /// Its units, in clock order; mostly one.
    pub charges: SmallVec<[Charge; 1]>,
}

impl Line {
    /// How many units.
    #[must_use]
    pub fn units(&self) -> usize {
        self.charges.len()
    }

    /// Whether a charge is a further unit of this line.
    fn takes(&self, charge: &Charge) -> bool {
        are_of_one_line(&self.charges[0], charge)
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
        let place = |charge: &Charge| (charge.unit.date, reference.codes.line_order(charge.unit.code));
        let in_order = place(one).cmp(&place(other)).then_with(|| modifiers(one).cmp(modifiers(other)));
        in_order.then_with(|| one.unit.begins.cmp(&other.unit.begins))
    });
    let mut lines: Vec<Line> = Vec::with_capacity(charges.chunk_by(are_of_one_line).count());
    for charge in charges {
        match lines.last_mut() {
            Some(line) if line.takes(&charge) => line.charges.push(charge),
            _ => lines.push(Line {
                date: charge.unit.date,
                code: charge.unit.code,
                modifiers: modifiers(&charge).collect(),
                charges: smallvec![charge],
            }),
        }
    }
    lines
}

fn are_of_one_line(one: &Charge, other: &Charge) -> bool {
    one.unit.code == other.unit.code && one.unit.date == other.unit.date && modifiers(one).eq(modifiers(other))
}

fn modifiers(charge: &Charge) -> impl Iterator<Item = ModifierId> {
    charge.modifiers.iter().map(|(modifier, _)| *modifier)
}
