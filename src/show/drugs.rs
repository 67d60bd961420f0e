//! Drug lines in words: which doses they sum, and the arithmetic to the units.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::claim::doses::{Dose, Quantified, Waste};
use crate::claim::{Claim, DrugLine};
use crate::coding::Coded;
use crate::reference::{Amount, Reference, Rule, grouped};
use crate::timeline::calendar::{Minute, day};

/// One drug's own line.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetDrugLine {
    pub date: String,
    pub code: String,
    pub modifiers: Vec<String>,
    pub units: u64,
    pub drugs: Vec<String>,
    /// One billing unit.
    pub unit: String,
    pub doses: Vec<SheetDose>,
    pub reasons: Vec<DrugReason>,
}

/// One dose that a line sums.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetDose {
    pub at: String,
    pub given: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thrown_away: Option<String>,
}

/// Why a line has its units, or a modifier.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct DrugReason {
    pub rule: &'static str,
    pub drug: String,
    pub text: String,
}

impl SheetDrugLine {
    /// The arithmetic.
    #[must_use]
    pub fn sum(&self) -> &str {
        self.reasons.first().map_or("", |reason| &reason.text)
    }

    /// The rules of its reasons, each once.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static str> {
        let mut rules = Vec::new();
        for reason in &self.reasons {
            if !rules.contains(&reason.rule) {
                rules.push(reason.rule);
            }
        }
        rules
    }
}

/// A drug line in words.
#[must_use]
pub fn line(line: &DrugLine, claim: &Claim, reference: &Reference) -> SheetDrugLine {
    let drug = line.drug.name().into_owned();
    let reason = |rule: Rule, text: String| DrugReason { rule: rule.id(), drug: drug.clone(), text };
    let sum = if line.discarded { reason(Rule::J2, thrown_away(line, reference)) } else { reason(Rule::J1, given(line, claim, reference)) };
    let modifiers = line.modifiers.iter().map(|(modifier, rule)| {
        let page = reference.modifiers.get(*modifier);
        reason(*rule, format!("{}: {}", page.code, page.title))
    });
    SheetDrugLine {
        date: day(line.date),
        code: line.code.to_string(),
        modifiers: line.modifiers.iter().map(|(modifier, _)| reference.modifiers.get(*modifier).code.clone()).collect(),
        units: line.units,
        unit: reference.measures.words(line.unit),
        doses: claim.doses(line).iter().map(|dose| sheet_dose(dose, &claim.coded, reference)).collect(),
        reasons: std::iter::once(sum).chain(modifiers).collect(),
        drugs: vec![drug],
    }
}

fn sheet_dose(dose: &Dose, coded: &Coded, reference: &Reference) -> SheetDose {
    let words = |amount: Quantified| reference.measures.words(amount.written);
    let thrown_away = match dose.waste {
        Waste::Some(waste) => Some(words(waste)),
        Waste::Nothing | Waste::Unclear => None,
    };
    SheetDose { at: coded.calendar.stamp(dose.at), given: dose.given.map(words).unwrap_or_default(), thrown_away }
}

/// "09:05 1 g + 14:00 500 mg = 1,500 mg; unit 250 mg: 6".
fn given(line: &DrugLine, claim: &Claim, reference: &Reference) -> String {
    let clock = |minute: Minute| claim.coded.calendar.stamp(minute).split_off("2026-03-02T".len());
    let all: Vec<(&Dose, Quantified)> = claim.doses(line).iter().filter_map(|dose| Some((dose, dose.given?))).collect();
    let parts: Vec<String> =
        all.iter().map(|(dose, given)| format!("{} {}", clock(dose.at), reference.measures.words(given.written))).collect();
    let mut text = parts.join(" + ");
    let plain = matches!(all.as_slice(), [(_, only)] if only.written.measure == line.unit.measure);
    if !plain {
        text = format!("{text} = {}", in_unit(line, line.given, reference));
    }
    format!("{text}; unit {}: {}", reference.measures.words(line.unit), quotient(line.given, line, "up"))
}

/// "95 units and 5 units of waste = 100 units; unit 1 unit: 100, less 95 given".
fn thrown_away(line: &DrugLine, reference: &Reference) -> String {
    let sum = line.given + line.wasted;
    let given = line.given.checked_div(line.unit.number).map_or(Decimal::ZERO, |units| units.ceil());
    format!(
        "{} given and {} thrown away = {}; unit {}: {}, less {} given",
        in_unit(line, line.given, reference),
        in_unit(line, line.wasted, reference),
        in_unit(line, sum, reference),
        reference.measures.words(line.unit),
        quotient(sum, line, "down"),
        grouped(given)
    )
}

fn in_unit(line: &DrugLine, number: Decimal, reference: &Reference) -> String {
    reference.measures.words(Amount { number, measure: line.unit.measure })
}

/// "67.9, rounded up to 68"; a quotient without end is cut behind the third decimal.
fn quotient(number: Decimal, line: &DrugLine, way: &str) -> String {
    let Some(exact) = number.checked_div(line.unit.number) else { return String::new() };
    let whole = if way == "up" { exact.ceil() } else { exact.floor() };
    if exact == whole {
        return grouped(whole);
    }
    let cut = exact.trunc_with_scale(3);
    // So near to a whole number that the decimals shown would hide what was rounded.
    let shown = if cut.fract().is_zero() { exact } else { cut };
    format!("{}, rounded {way} to {}", grouped(shown), grouped(whole))
}
