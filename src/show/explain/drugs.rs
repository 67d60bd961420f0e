//! Each drug's own line: the doses it sums, and what set its modifiers.

use super::super::drugs;
use super::{Argument, Part, Told};
use crate::reference::Rule;
use crate::session::finding::Place;

/// One step a line, and one a modifier of it.
pub(super) fn tell(argument: &mut Argument, told: &Told) {
    for line in &told.claim.drug_lines {
        let shown = drugs::line(line, told.claim, told.reference);
        let field = if line.discarded { "waste" } else { "dose" };
        let places = || told.claim.doses(line).iter().map(|dose| Place::EventField(dose.event, field));
        let rule = if line.discarded { Rule::J2 } else { Rule::J1 };
        let said = format!("{} ({}) on {}, {}: {}", shown.code, shown.drugs.join(", "), shown.date, units(shown.units), shown.sum());
        argument.step(Part::Drugs, said, &[rule], places());
        for ((_, rule), reason) in line.modifiers.iter().zip(shown.reasons.iter().skip(1)) {
            argument.step(Part::Drugs, format!("{} of {} carries {}", shown.code, shown.date, reason.text), &[*rule], places());
        }
    }
}

fn units(count: u64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}
