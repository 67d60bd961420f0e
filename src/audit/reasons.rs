//! Why a row differs: the rule, the missing record, the minutes that fall short.

use super::accounts::Account;
use super::rows::judged;
use super::{Row, Side, Verdict};
use crate::Bill;
use crate::claim::{Claim, Status};
use crate::coding::Unbilled;
use crate::coding::argument::{Measure, Measured};
use crate::reference::{Code, Family, Reference, Rule};
use crate::session::finding::Finding;
use crate::session::log::{Class, Route};

/// Gives every row of an account its rule and reason.
pub fn give(rows: &mut [Row], account: &Account, bills: &[Bill], reference: &Reference) {
    for row in rows {
        let (rule, why) = reason(row, account, bills, reference);
        row.rule = rule;
        row.why = why;
    }
}

fn reason(row: &Row, account: &Account, bills: &[Bill], reference: &Reference) -> (Option<Rule>, String) {
    let supported_rule = || rule_of(row, bills, reference);
    match &row.verdict {
        Verdict::Agrees => (supported_rule(), String::new()),
        Verdict::NoLog => (None, format!("no log of {} was given", account.name)),
        Verdict::Outside => (None, "no code of drug administration or of a drug in the log: not judged".to_owned()),
        Verdict::Missing if account.charged.is_empty() => (supported_rule(), "nothing of this session was charged".to_owned()),
        Verdict::Missing => (supported_rule(), "the log supports it, and it was not charged".to_owned()),
        Verdict::WrongDate => {
            let date = row.supported.as_ref().map(|side| side.date.to_string()).unwrap_or_default();
            (Some(Rule::D1), format!("the log dates it {date}"))
        }
        Verdict::WrongModifier => (modifier_rule(row, bills, reference), modifiers_differ(row, reference)),
        Verdict::Undercharged => {
            let (one, other) = (units(row.charged.as_ref()), units(row.supported.as_ref()));
            (supported_rule(), format!("the log supports {other}, {one} charged"))
        }
        Verdict::Overcharged => match row.charged.as_ref().and_then(|side| short(side, row.bill, bills, reference)) {
            Some((rule, why)) => (Some(rule), why),
            None => (supported_rule(), format!("the log supports {}", units(row.supported.as_ref()))),
        },
        Verdict::NotSupported | Verdict::OtherPolicy { .. } => match &row.charged {
            Some(side) => unsupported(side, account, bills, reference),
            None => (None, String::new()),
        },
    }
}

fn units(side: Option<&Side>) -> String {
    let units = side.map(|side| side.units.normalize()).unwrap_or_default();
    if units == rust_decimal::Decimal::ONE { "1 unit".to_owned() } else { format!("{units} units") }
}

/// The rule of the first unit of the supported line.
fn rule_of(row: &Row, bills: &[Bill], reference: &Reference) -> Option<Rule> {
    let (side, claim) = (row.supported.as_ref()?, claim(row.bill, bills)?);
    if claim.drug_lines.iter().any(|line| line.code == side.code && line.date == side.date) {
        return Some(Rule::J1);
    }
    let is_it = |code: &str, date| code == side.code && date == side.date;
    claim.lines.iter().find(|line| is_it(&reference.codes.get(line.code).code, line.date)).map(|line| line.charges[0].unit.rule)
}

/// The rule that set the first modifier that was not charged, else that of modifiers at all.
fn modifier_rule(row: &Row, bills: &[Bill], reference: &Reference) -> Option<Rule> {
    let (side, claim) = (row.supported.as_ref()?, claim(row.bill, bills)?);
    let lines = claim.lines.iter().filter(|line| reference.codes.get(line.code).code == side.code && line.date == side.date);
    let of_drugs = claim.drug_lines.iter().filter(|line| line.code == side.code && line.date == side.date);
    let set = lines.flat_map(|line| &line.charges).flat_map(|charge| &charge.modifiers).chain(of_drugs.flat_map(|line| &line.modifiers));
    let asked = row.charged.as_ref().map(|side| side.modifiers.clone()).unwrap_or_default();
    let mut missing = set.filter(|(id, _)| !asked.contains(&reference.modifiers.get(*id).code));
    missing.next().map(|(_, rule)| *rule).or(Some(Rule::M7))
}

fn modifiers_differ(row: &Row, reference: &Reference) -> String {
    let (Some(asked), Some(given)) = (&row.charged, &row.supported) else { return String::new() };
    let (asked, given) = (judged(&asked.modifiers, reference), judged(&given.modifiers, reference));
    let lacks: Vec<&str> = given.iter().filter(|code| !asked.contains(code)).copied().collect();
    let more: Vec<&str> = asked.iter().filter(|code| !given.contains(code)).copied().collect();
    match (lacks.as_slice(), more.as_slice()) {
        ([], more) => format!("nothing in the log calls for {}", more.join(" ")),
        (lacks, []) => format!("{} is lacking", lacks.join(" ")),
        (lacks, more) => format!("{} in place of {}", lacks.join(" "), more.join(" ")),
    }
}

fn claim(bill: Option<usize>, bills: &[Bill]) -> Option<&Claim> {
    bills[bill?].claim.as_ref()
}

/// How many minutes short of one unit more the last supported unit of the code, or of the code it
/// adds to, falls.
fn short(side: &Side, bill: Option<usize>, bills: &[Bill], reference: &Reference) -> Option<(Rule, String)> {
    let claim = claim(bill, bills)?;
    let asked = reference.codes.find(&side.code).map(|id| reference.codes.get(id))?;
    let units = claim.lines.iter().flat_map(|line| &line.charges).map(|charge| &charge.unit);
    let of_family = units.filter(|unit| reference.codes.get(unit.code).family == asked.family);
    let measured = of_family.filter_map(|unit| unit.measure.filter(|measure| measure.next.is_some()).map(|measure| (unit, measure)));
    let is_hour = |code: &Code| !code.initial && code.rank.is_none();
    let (unit, measure) = measured
        .filter(|(unit, measure)| measure.of == Measured::Sum && (reference.codes.get(unit.code).code == side.code || is_hour(asked)))
        .min_by_key(|(_, measure)| measure.next.unwrap_or_default() - measure.minutes)?;
    let drugs: Vec<&str> = unit.drugs.iter().map(|id| &*claim.coded.drugs[id.0 as usize].name).collect();
    Some((if unit.rule == Rule::T4 { Rule::T4 } else { Rule::T2 }, short_words(&drugs.join(", "), &measure)))
}

fn short_words(name: &str, measure: &Measure) -> String {
    let next = measure.next.unwrap_or_default();
    match measure.of {
        Measured::Sum => format!("{name}: {} minutes count, one unit more needs {next}", measure.minutes),
        Measured::ShortRun => format!("{name} ran {} minutes, an infusion needs {next}", measure.minutes),
        Measured::Pump => format!("{name} ran {} minutes on the pump", measure.minutes),
        Measured::Apart => format!("{name} lies {} minutes from its last reported push or infusion, a unit needs {next}", measure.minutes),
    }
}

/// Why nothing of a charge stands: the log's error, the record that is lacking, the rule that took
/// the service's minutes, or that there is no such service.
fn unsupported(side: &Side, account: &Account, bills: &[Bill], reference: &Reference) -> (Option<Rule>, String) {
    let of_account = || account.bills.iter().map(|at| &bills[*at]);
    if let Some(bill) = of_account().find(|bill| bill.status == Status::Error) {
        let first = bill.findings.iter().find(|finding| finding.is_error()).map(|finding| finding.message.clone());
        return (None, format!("the log of {} has an error: {}", bill.id, first.unwrap_or_default()));
    }
    if let Some(bill) = of_account().find(|bill| bill.status == Status::Held) {
        let lacks = bill.findings.iter().find(|finding| finding.id == "U1").map(record_lacking);
        return (Some(Rule::U1), lacks.unwrap_or_else(|| "the session is held".to_owned()));
    }
    let code = reference.codes.find(&side.code).map(|id| reference.codes.get(id));
    let Some(code) = code else { return (Some(Rule::J3), "no dose in the log supports it".to_owned()) };
    for bill in of_account() {
        let Some(claim) = &bill.claim else { continue };
        let of_family = |left: &&Unbilled| family(claim, left).is_some_and(|family| family == code.family);
        let mut left: Vec<&Unbilled> = claim.unbilled.iter().filter(of_family).collect();
        left.sort_by_key(|left| (left.rule != Rule::U1, left.measure.is_none(), -left.minutes.total()));
        if let Some(left) = left.first() {
            let name = claim.coded.administrations[left.given.0 as usize].drug.map_or("", |id| &claim.coded.drugs[id.0 as usize].name);
            let why = match &left.measure {
                Some(measure) => short_words(name, measure),
                None if left.rule == Rule::U1 => format!("{name} has no stop: the record lacks it"),
                None => format!("{name}: {}", left.rule.entry().reason),
            };
            return (Some(left.rule), why);
        }
        if let Some((rule, why)) = short(side, Some(account.bills[0]), bills, reference) {
            return (Some(rule), why);
        }
        if let Some(finding) = bill.findings.iter().find(|finding| finding.id == "U1") {
            return (Some(Rule::U1), record_lacking(finding));
        }
    }
    (None, format!("nothing in the log is such a service ({})", code.label))
}

fn record_lacking(finding: &Finding) -> String {
    match &finding.help {
        Some(help) => format!("{}: {help}", finding.message),
        None => finding.message.clone(),
    }
}

fn family(claim: &Claim, left: &Unbilled) -> Option<Family> {
    let drug = claim.coded.administrations[left.given.0 as usize].drug?;
    match claim.coded.drugs[drug.0 as usize].class(Route::IV) {
        Class::Antineoplastic | Class::ComplexBiologic | Class::Hormonal => Some(Family::Chemo),
        Class::Therapeutic => Some(Family::Therapeutic),
        Class::Hydration => Some(Family::Hydration),
        Class::NotSeparate => None,
    }
}
