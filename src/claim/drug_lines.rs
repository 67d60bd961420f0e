//! Doses to the drugs' own lines: units of a drug and date, rounded up once over the sum (J1);
//! what was thrown away of single-dose containers, or that nothing was (J2).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::doses::{Dose, Waste};
use super::{Account, Marks, circumstances, modifiers};
use crate::reference::{Amount, Bag, Kind, Reference, Rule, grouped};
use crate::session::finding::{Finding, Place};
use crate::session::log::Container;

/// A drug's own line.
#[derive(Debug, Clone)]
pub struct DrugLine {
    /// Date of service.
    pub date: NaiveDate,
    /// The drug's code.
    pub code: String,
    /// In the order of the line (M6), each with the rule that set it.
    pub modifiers: Marks,
    /// How many units.
    pub units: u64,
    /// The drug.
    pub drug: Bag,
    /// One billing unit.
    pub unit: Amount,
    /// Whether it is the line of what was thrown away.
    pub discarded: bool,
    /// What was given, in the measure of the unit.
    pub given: Decimal,
    /// What was thrown away, in the measure of the unit.
    pub wasted: Decimal,
    /// The doses it sums, in clock order.
    pub doses: Arc<Vec<Dose>>,
}

/// One drug's doses of one date, by one code.
type Groups = BTreeMap<(NaiveDate, String, Bag), Vec<Dose>>;

/// The drug lines of a session: by date, then by code. Two drugs that share an unclassified code
/// keep a line each.
pub(super) fn gather(account: &mut Account, reference: &Reference) -> Vec<DrugLine> {
    let mut groups = Groups::new();
    for dose in std::mem::take(&mut account.doses) {
        groups.entry((dose.date, dose.product.code.clone(), dose.drug.clone())).or_default().push(dose);
    }
    let mut lines: Vec<DrugLine> = Vec::new();
    for ((date, code, drug), doses) in groups {
        lines.extend(lines_of(account, date, &code, &drug, doses, reference));
    }
    let mut left_out = Vec::new();
    for line in &mut lines {
        let facts = circumstances::of_drug_line(account, &line.doses);
        line.modifiers.extend(facts.into_iter().map(|modifier| (modifier, Rule::M5)));
        modifiers::order(&mut line.modifiers, &mut left_out, reference);
    }
    modifiers::warn_of_left_out(account, &left_out, reference);
    circumstances::doubt_drug_lines(account, &lines, reference);
    lines
}

fn lines_of(account: &mut Account, date: NaiveDate, code: &str, drug: &Bag, doses: Vec<Dose>, reference: &Reference) -> Vec<DrugLine> {
    // An amount that nobody can read leaves the sum unknown; its finding is told already.
    let Some(given) = sum(doses.iter().map(|dose| dose.given.map(|given| given.number))) else { return Vec::new() };
    let unit = doses[0].product.unit;
    let most = reference.facts.limits.most_drug_units;
    let Some(units) = rounded_up(given, unit.number).filter(|units| (1..=most).contains(units)) else {
        account.find(
            Finding::warning(
                Rule::J1.id(),
                Place::EventField(doses[0].event, "dose"),
                format!("{} would have more than {} units of {code}: no drug line", drug.name(), grouped(most.into())),
            )
            .label("a mistyped dose?")
            .help("check the number and its unit"),
        );
        return Vec::new();
    };
    let waste = judge_waste(account, &doses);
    let doses = Arc::new(doses);
    let line = |units, discarded, kind: Option<Kind>, wasted| DrugLine {
        date,
        code: code.to_owned(),
        modifiers: kind.and_then(|kind| reference.modifiers.of_kind_on(kind, date)).map(|id| (id, Rule::J2)).into_iter().collect(),
        units,
        drug: drug.clone(),
        unit,
        discarded,
        given,
        wasted,
        doses: Arc::clone(&doses),
    };
    let Some(wasted) = waste else { return vec![line(units, false, None, Decimal::ZERO)] };
    let whole = given.checked_add(wasted).and_then(|sum| rounded_down(sum, unit.number)).filter(|whole| *whole <= most);
    match whole.map_or(0, |whole| whole.saturating_sub(units)) {
        0 => vec![line(units, false, Some(Kind::NoWaste), wasted)],
        thrown => vec![line(units, false, None, wasted), line(thrown, true, Some(Kind::Waste), wasted)],
    }
}

/// What was thrown away, where every dose came in a single-dose container and says it; `None` where
/// neither JW nor JZ can be said (J2).
fn judge_waste(account: &mut Account, doses: &[Dose]) -> Option<Decimal> {
    let single = |dose: &&Dose| dose.container == Some(Container::SingleDose);
    if let Some(other) = doses.iter().find(|dose| !single(dose)) {
        let drug = other.drug.name();
        let wasted = doses.iter().find(|dose| !single(dose) && matches!(dose.waste, Waste::Some(_)));
        if let Some(dose) = wasted {
            let (message, help) = match dose.container {
                Some(_) => (
                    format!("{drug} of a shared container was thrown away: that is not billed"),
                    "only a single-dose container has waste that can be billed",
                ),
                None => (
                    format!("{drug} was thrown away, and its container is not written: not billed"),
                    "add container: SingleDose where it was one",
                ),
            };
            account.find(Finding::warning(Rule::J2.id(), Place::EventField(dose.event, "waste"), message).label("not billed").help(help));
        } else if let Some(first) = doses.iter().find(single) {
            account.find(
                Finding::warning(
                    Rule::J2.id(),
                    Place::EventField(other.event, "dose"),
                    format!("not every dose of {drug} on {} came in a single-dose container: neither JW nor JZ", other.date),
                )
                .label("how was this one packed?")
                .beside(Place::EventField(first.event, "container"), "a single-dose container")
                .help("add `container` to each dose; where both kinds were used, part the line by hand"),
            );
        }
        return None;
    }
    sum(doses.iter().map(|dose| match dose.waste {
        Waste::Nothing => Some(Decimal::ZERO),
        Waste::Some(waste) => Some(waste.number),
        Waste::Unclear => None,
    }))
}

fn sum(numbers: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    for number in numbers {
        sum = sum.checked_add(number?)?;
    }
    Some(sum)
}

fn rounded_down(amount: Decimal, unit: Decimal) -> Option<u64> {
    let rest = amount.checked_rem(unit)?;
    (amount - rest).checked_div(unit)?.to_u64()
}

/// Units begun.
fn rounded_up(amount: Decimal, unit: Decimal) -> Option<u64> {
    let whole = rounded_down(amount, unit)?;
    Some(whole + u64::from(!amount.checked_rem(unit)?.is_zero()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_begun_counts_and_a_whole_number_is_not_rounded() {
        for (amount, unit, up, down) in [
            ("679", "10", 68, 67),
            ("300", "10", 30, 30),
            ("0.000001", "250", 1, 0),
            ("0.3", "0.1", 3, 3),
            ("1.1", "0.1", 11, 11),
            ("2.25", "1.125", 2, 2),
            ("3.375", "1.125", 3, 3),
        ] {
            let [amount, unit]: [Decimal; 2] = [amount, unit].map(|text| text.parse().expect("a number"));
            assert_eq!((rounded_up(amount, unit), rounded_down(amount, unit)), (Some(up), Some(down)), "{amount} / {unit}");
        }
    }
}
