//! Doses to the drugs' own lines: units of a drug and date, rounded up once over the sum (J1);
//! what was thrown away of single-dose containers, or that nothing was (J2).

use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::doses::{Dose, Waste};
use super::{Account, Marks, circumstances, modifiers};
use crate::reference::{Amount, Bag, Kind, Name, Reference, Rule, grouped};
use crate::session::finding::{Finding, Place};
use crate::session::log::Container;

/// A drug's own line.
#[derive(Debug, Clone)]
pub struct DrugLine {
    /// Date of service.
    pub date: NaiveDate,
    /// The drug's code.
    pub code: Name,
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
    /// The doses it sums, in clock order: their places among those of the claim.
    pub doses: Range<usize>,
}

/// The drug lines of a session: by date, then by code. Two drugs that share an unclassified code
/// keep a line each.
///
/// The doses of the account are put in the order of the lines.
pub(super) fn gather(account: &mut Account, reference: &Reference) -> Vec<DrugLine> {
    let mut doses = std::mem::take(&mut account.doses);
    // Stable: the doses of one line stay in clock order.
    doses.sort_by(|one, other| line_of(one).cmp(&line_of(other)));
    let mut lines: Vec<DrugLine> = Vec::with_capacity(doses.len());
    let mut from = 0;
    for of_line in doses.chunk_by(|one, other| line_of(one) == line_of(other)) {
        let places = from..from + of_line.len();
        from = places.end;
        add_lines(account, of_line, places, &mut lines, reference);
    }
    let mut left_out = Vec::new();
    for line in &mut lines {
        let facts = circumstances::of_drug_line(account, &doses[line.doses.clone()]);
        line.modifiers.extend(facts.into_iter().map(|modifier| (modifier, Rule::M5)));
        modifiers::order(&mut line.modifiers, &mut left_out, reference);
    }
    modifiers::warn_of_left_out(account, &left_out, reference);
    account.doses = doses;
    circumstances::doubt_drug_lines(account, &lines, reference);
    lines
}

/// Doses of one date, code and drug are one line's.
fn line_of(dose: &Dose) -> (NaiveDate, &Name, &Bag) {
    (dose.date, &dose.code, &dose.drug)
}

/// The line of some doses, and that of what was thrown away of them.
fn add_lines(account: &mut Account, doses: &[Dose], places: Range<usize>, lines: &mut Vec<DrugLine>, reference: &Reference) {
    // An amount that nobody can read leaves the sum unknown; its finding is told already.
    let Some(given) = sum(doses.iter().map(|dose| dose.given.map(|given| given.number))) else { return };
    let Dose { event, date, ref code, ref drug, unit, .. } = doses[0];
    let most = reference.facts.limits.most_drug_units;
    let Some(units) = rounded_up(given, unit.number).filter(|units| (1..=most).contains(units)) else {
        account.find(
            Finding::warning(
                Rule::J1.id(),
                Place::EventField(event, "dose"),
                format!("{} would have more than {} units of {code}: no drug line", drug.name(), grouped(most.into())),
            )
            .label("a mistyped dose?")
            .help("check the number and its unit"),
        );
        return;
    };
    let line = |units, discarded, kind: Option<Kind>, wasted| DrugLine {
        date,
        code: code.clone(),
        modifiers: kind.and_then(|kind| reference.modifiers.of_kind_on(kind, date)).map(|id| (id, Rule::J2)).into_iter().collect(),
        units,
        drug: drug.clone(),
        unit,
        discarded,
        given,
        wasted,
        doses: places.clone(),
    };
    let Some(wasted) = judge_waste(account, doses) else { return lines.push(line(units, false, None, Decimal::ZERO)) };
    let whole = given.checked_add(wasted).and_then(|sum| rounded_down(sum, unit.number)).filter(|whole| *whole <= most);
    match whole.map_or(0, |whole| whole.saturating_sub(units)) {
        0 => lines.push(line(units, false, Some(Kind::NoWaste), wasted)),
        thrown => lines.extend([line(units, false, None, wasted), line(thrown, true, Some(Kind::Waste), wasted)]),
    }
}

/// What was thrown away, where every dose came in a single-dose container and says it; `None` where
/// neither JW nor JZ can be said (J2).
fn judge_waste(account: &mut Account, doses: &[Dose]) -> Option<Decimal> {
    let single = |dose: &&Dose| dose.container == Some(Container::SingleDose);
    if let Some(other) = doses.iter().find(|dose| !single(dose)) {
        let drug = || other.drug.name();
        let wasted = doses.iter().find(|dose| !single(dose) && matches!(dose.waste, Waste::Some(_)));
        if let Some(dose) = wasted {
            let (message, help) = match dose.container {
                Some(_) => (
                    format!("{} of a shared container was thrown away: that is not billed", drug()),
                    "only a single-dose container has waste that can be billed",
                ),
                None => (
                    format!("{} was thrown away, and its container is not written: not billed", drug()),
                    "add container: SingleDose where it was one",
                ),
            };
            account.find(Finding::warning(Rule::J2.id(), Place::EventField(dose.event, "waste"), message).label("not billed").help(help));
        } else if let Some(first) = doses.iter().find(single) {
            account.find(
                Finding::warning(
                    Rule::J2.id(),
                    Place::EventField(other.event, "dose"),
                    format!("not every dose of {} on {} came in a single-dose container: neither JW nor JZ", drug(), other.date),
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

/// Whole units.
fn rounded_down(amount: Decimal, unit: Decimal) -> Option<u64> {
    let [amount, unit] = in_whole_numbers(amount, unit)?;
    amount.checked_div(unit)?.try_into().ok()
}

/// Units begun.
fn rounded_up(amount: Decimal, unit: Decimal) -> Option<u64> {
    let whole = rounded_down(amount, unit)?;
    let [amount, unit] = in_whole_numbers(amount, unit)?;
    Some(whole + u64::from(amount % unit != 0))
}

/// Two numbers, both as many times as large as makes them whole.
fn in_whole_numbers(one: Decimal, other: Decimal) -> Option<[i128; 2]> {
    const TEN: i128 = 10;
    let decimals = one.scale().max(other.scale());
    let whole = |number: Decimal| number.mantissa().checked_mul(TEN.checked_pow(decimals - number.scale())?);
    Some([whole(one)?, whole(other)?])
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
