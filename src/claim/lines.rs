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

    fn of(charge: Charge) -> Self {
        let modifiers = modifiers(&charge).collect();
        Line { date: charge.unit.date, code: charge.unit.code, modifiers, charges: smallvec![charge] }
    }

    /// What was given, in clock order.
    #[must_use]
    pub fn drugs(&self) -> Few<DrugId> {
        let drugs: Numbered<DrugId> = self.charges.iter().flat_map(|charge| &charge.unit.drugs).copied().collect();
        drugs.into_all()
    }
}

/// Claims mostly have no more lines than this.
const MOST_HAVE: usize = 16;

/// Lines by date, initial services first, then by code and modifiers.
///
/// The charges come in clock order, so that a line's last is its latest, and a new line goes near the end.
pub fn gather(charges: Vec<Charge>, reference: &Reference) -> Vec<Line> {
    debug_assert!(charges.is_sorted_by_key(|charge| charge.unit.begins));
    let mut lines: Vec<Line> = Vec::with_capacity(charges.len().min(MOST_HAVE));
    for charge in charges {
        let place = (charge.unit.date, reference.codes.line_order(charge.unit.code));
        let found = lines.binary_search_by(|line| {
            let of_line = (line.date, reference.codes.line_order(line.code));
            of_line.cmp(&place).then_with(|| line.modifiers.iter().copied().cmp(modifiers(&charge)))
        });
        match found {
            Ok(at) => lines[at].charges.push(charge),
            Err(at) => lines.insert(at, Line::of(charge)),
        }
    }
    lines
}

fn modifiers(charge: &Charge) -> impl Iterator<Item = ModifierId> {
    charge.modifiers.iter().map(|(modifier, _)| *modifier)
}
