//! Every case file and every sample session is one test, found by walking the folders: a new case
//! needs no Rust. Two more hold that every rule and every value of every policy has a case.
//!
//! `bills` lines are all the lines of giving. `drugs` lines (`// drugs: 2026-03-02 J0696-JZ x4`, or
//! `// drugs: none`) are all the drugs' own; a session without one is not held to any.

#[path = "support/expected.rs"]
mod expected;
#[path = "support/told.rs"]
mod told;

use std::collections::BTreeSet;
use std::path::Path;

use expected::{Expected, files, header};
use hangtime::reference::{PolicyEntry, Rule};
use hangtime::{Bill, Options, Reference, Source, bill};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every rule has a case", every_rule_has_a_case),
        Trial::test("every value of every policy changes a case", every_policy_value_changes_a_case),
    ];
    for path in files("tests/cases", "ron") {
        trials.push(Trial::test(short(&path), move || case(&path)));
    }
    for path in files("sessions", "ron") {
        trials.push(Trial::test(short(&path), move || sample(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn short(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

fn case(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let expected = Expected::read(header(&text))?;
    if expected.source.is_none() {
        return Err("a case names its source".into());
    }
    expected.check(path, &text)?;
    Ok(())
}

fn sample(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let answer = std::fs::read_to_string(path.with_extension("answer"))?;
    let expected = Expected::read(answer.lines())?;
    expected.check(path, &text)?;
    Ok(())
}

/// Rules that decide without being cited on a line, in `unbilled` or in a finding: what they cite is
/// the rule whose outcome they shape. Their cases fail without them all the same.
const SILENT: [Rule; 11] = [
    Rule::T1,  // makes a push of a run; the push is cited by P1 or I2
    Rule::S4b, // leaves a drug whole
    Rule::S5,
    Rule::I1,
    Rule::I4,
    Rule::I5,
    Rule::M7, // what is never set
    Rule::D1, // dates
    Rule::U3, // how findings are worded
    Rule::E3, // pairs, cited by M3
    Rule::E4, // empty places
];

fn every_rule_has_a_case() -> Result<(), Failed> {
    let (mut named, mut cited) = (BTreeSet::new(), BTreeSet::new());
    for path in files("tests/cases", "ron") {
        let text = std::fs::read_to_string(&path)?;
        let expected = Expected::read(header(&text))?;
        let bills = expected.check(&path, &text)?;
        for rule in &expected.rules {
            named.insert(rule.clone());
            if bills.iter().any(|bill| cites(bill, rule)) {
                cited.insert(rule.clone());
            }
        }
    }
    let ids: BTreeSet<String> = Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect();
    let silent: BTreeSet<String> = SILENT.iter().map(|rule| rule.id().to_owned()).collect();
    let unnamed: Vec<&String> = ids.difference(&named).collect();
    let unknown: Vec<&String> = named.difference(&ids).collect();
    let uncited: Vec<&String> = ids.difference(&cited).filter(|id| !silent.contains(*id)).collect();
    if unnamed.is_empty() && unknown.is_empty() && uncited.is_empty() {
        return Ok(());
    }
    Err(format!("rules without a case: {unnamed:?}; named, but no rule: {unknown:?}; named, but cited in no outcome: {uncited:?}").into())
}

fn cites(bill: &Bill, rule: &str) -> bool {
    let in_findings = bill.findings.iter().any(|finding| finding.id == rule);
    let Some(claim) = &bill.claim else { return in_findings };
    let charges = claim.lines.iter().flat_map(|line| &line.charges);
    let on_lines = charges.flat_map(|charge| charge.modifiers.iter().map(|(_, rule)| *rule).chain([charge.unit.rule]));
    let of_drugs = claim.drug_lines.iter().flat_map(|line| line.modifiers.iter().map(|(_, rule)| *rule).chain([Rule::J1]));
    in_findings || on_lines.chain(of_drugs).chain(claim.unbilled.iter().map(|left| left.rule)).any(|cited| cited.id() == rule)
}

fn every_policy_value_changes_a_case() -> Result<(), Failed> {
    let mut decisive: BTreeSet<String> = BTreeSet::new();
    for path in files("tests/cases", "ron") {
        let text = std::fs::read_to_string(&path)?;
        let expected = Expected::read(header(&text))?;
        for pair in &expected.options.policies {
            if another_value_differs(pair, &expected.options, &text) {
                decisive.insert(pair.clone());
            }
        }
    }
    let all = PolicyEntry::all().iter().flat_map(|entry| entry.values.iter().map(|value| format!("{}={}", entry.name, value.name)));
    let idle: Vec<String> = all.filter(|pair| !decisive.contains(pair)).collect();
    if idle.is_empty() { Ok(()) } else { Err(format!("no case depends on {idle:?}").into()) }
}

fn another_value_differs(pair: &str, options: &Options, text: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let Some(entry) = PolicyEntry::all().iter().find(|entry| entry.name == name) else { return false };
    let outcome = |value: &str| {
        let mut options = options.clone();
        options.policies.push(format!("{name}={value}"));
        let bills = bill(&[Source::new("case", text.as_bytes())], &options, Reference::embedded());
        bills.iter().map(|bill| (told::status_word(bill.status), told::lines(bill), told::unbilled(bill))).collect::<Vec<_>>()
    };
    let chosen = outcome(value);
    entry.values.iter().filter(|other| other.name != value).any(|other| outcome(&other.name) != chosen)
}
