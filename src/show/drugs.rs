//! Drug lines in words: which doses they sum, and the arithmetic to the units.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::claim::doses::{Dose, Quantified, Waste};
use crate::claim::{Claim, DrugLine};
use crate::coding::Coded;
use crate::reference::{Amount, Reference, Rule, push_grouped};
use crate::timeline::calendar::day;

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
    let mut sum = String::new();
    push_sum(line, claim, reference, &mut sum);
    let sum = reason(sum_rule(line), sum);
    let modifiers = line.modifiers.iter().map(|(modifier, rule)| reason(*rule, reference.modifiers.get(*modifier).words()));
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
    SheetDose {
        at: coded.calendar.stamp(dose.at),
        given: dose.given.map(words).unwrap_or_default(),
        thrown_away: thrown_away(dose).map(words),
    }
}

/// What was thrown away of a dose, where that is clear.
pub(super) fn thrown_away(dose: &Dose) -> Option<Quantified> {
    match dose.waste {
        Waste::Some(waste) => Some(waste),
        Waste::Nothing | Waste::Unclear => None,
    }
}

/// The rule by which a line has its units.
pub(super) fn sum_rule(line: &DrugLine) -> Rule {
    if line.discarded { Rule::J2 } else { Rule::J1 }
}

/// Puts the arithmetic from the doses to the units behind a text.
pub(super) fn push_sum(line: &DrugLine, claim: &Claim, reference: &Reference, text: &mut String) {
    let mut sum = Sum { line, reference, text };
    if line.discarded { sum.thrown_away() } else { sum.given(claim) }
}

/// A line's arithmetic as it is put into words.
struct Sum<'s> {
    line: &'s DrugLine,
    reference: &'s Reference,
    text: &'s mut String,
}

impl Sum<'_> {
    /// "09:05 1 g + 14:00 500 mg = 1,500 mg; unit 250 mg: 6".
    fn given(&mut self, claim: &Claim) {
        let line = self.line;
        let all = || claim.doses(line).iter().filter_map(|dose| Some((dose, dose.given?.written)));
        for (at, (dose, given)) in all().enumerate() {
            self.raw(if at == 0 { "" } else { " + " });
            claim.coded.calendar.push_clock(dose.at, self.text);
            self.raw(" ").amount(given);
        }
        let mut all = all();
        let only = all.next().filter(|_| all.next().is_none());
        if only.is_none_or(|(_, given)| given.measure != line.unit.measure) {
            self.raw(" = ").in_unit(line.given);
        }
        self.raw("; unit ").amount(line.unit).raw(": ").quotient(line.given, "up");
    }

    /// "95 units and 5 units of waste = 100 units; unit 1 unit: 100, less 95 given".
    fn thrown_away(&mut self) {
        let line = self.line;
        let sum = line.given + line.wasted;
        let given = line.given.checked_div(line.unit.number).map_or(Decimal::ZERO, |units| units.ceil());
        self.in_unit(line.given).raw(" given and ").in_unit(line.wasted).raw(" thrown away = ").in_unit(sum);
        self.raw("; unit ").amount(line.unit).raw(": ").quotient(sum, "down");
        self.raw(", less ").number(given).raw(" given");
    }

    fn raw(&mut self, words: &str) -> &mut Self {
        self.text.push_str(words);
        self
    }

    fn number(&mut self, number: Decimal) -> &mut Self {
        push_grouped(number, self.text);
        self
    }

    fn amount(&mut self, amount: Amount) -> &mut Self {
        self.reference.measures.push_words(amount, self.text);
        self
    }

    fn in_unit(&mut self, number: Decimal) -> &mut Self {
        self.amount(Amount { number, measure: self.line.unit.measure })
    }

    /// "67.9, rounded up to 68"; a quotient without end is cut behind the third decimal.
    fn quotient(&mut self, number: Decimal, way: &str) {
        if let Some(whole) = whole_quotient(number, self.line.unit.number) {
            self.number(whole);
            return;
        }
        let Some(exact) = number.checked_div(self.line.unit.number) else { return };
        let whole = if way == "up" { exact.ceil() } else { exact.floor() };
        if exact == whole {
            self.number(whole);
            return;
        }
        let cut = exact.trunc_with_scale(3);
        // So near to a whole number that the decimals shown would hide what was rounded.
        let shown = if cut.fract().is_zero() { exact } else { cut };
        self.number(shown).raw(", rounded ").raw(way).raw(" to ").number(whole);
    }
}

/// How many times it goes without a remainder: so it mostly does, and decimals need not be divided.
fn whole_quotient(number: Decimal, unit: Decimal) -> Option<Decimal> {
    let scaled = |one: Decimal, other: Decimal| {
        let scale = 10_u64.checked_pow(other.scale())?;
        u64::try_from(one.mantissa()).ok()?.checked_mul(scale)
    };
    let (number, unit) = (scaled(number, unit)?, scaled(unit, number)?);
    (unit > 0 && number % unit == 0).then(|| Decimal::from(number / unit))
}
