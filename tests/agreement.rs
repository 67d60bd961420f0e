//! A second opinion: random encounters, coded by the engine and by a reference coder that was
//! written from the rules alone, minute by minute, must come to the same lines.
//!
//! `ENCOUNTERS=1000000 cargo test --release --test agreement` draws a million; `FROM=17` begins at
//! that seed. A failure prints the seed, the log and both answers.

mod second_opinion;
#[path = "support/told.rs"]
#[allow(dead_code)] // it compares no rules of lines
mod told;

use std::collections::BTreeMap;

use hangtime::{Bill, Options, Reference, bill_sessions};
use libtest_mimic::{Arguments, Failed, Trial};
use second_opinion::{Answer, Policies, Status, VALUES, code, random_encounter};

/// Encounters drawn by an ordinary test run.
const ENCOUNTERS: u64 = 20_000;

/// Differences shown before the rest is only counted.
const SHOWN: usize = 20;

fn main() {
    let arguments = Arguments::from_args();
    let agreement = Trial::test("the engine and the second opinion agree", agree);
    libtest_mimic::run(&arguments, vec![agreement]).exit();
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn agree() -> Result<(), Failed> {
    let (from, count) = (number("FROM", 0), number("ENCOUNTERS", ENCOUNTERS));
    println!("seeds {from} to {}", from + count);
    let (mut different, mut shown) = (0, String::new());
    for seed in from..from + count {
        if let Some(difference) = difference(seed) {
            different += 1;
            if different <= SHOWN {
                shown += &difference;
            }
        }
    }
    if different == 0 { Ok(()) } else { Err(format!("{different} of {count} encounters differ\n{shown}").into()) }
}

fn difference(seed: u64) -> Option<String> {
    let (sessions, policies) = random_encounter(seed);
    let options = Options { policies: pairs(&policies), ..Options::default() };
    let answers = code(&sessions, &policies);
    let bills = bill_sessions(sessions.clone(), &options, Reference::embedded());
    let is_tie = |bill, answer| policies.get("mue") == "cap" && units_a_day(&engine(bill)) == units_a_day(&opinion(answer));
    let differs = bills.iter().zip(&answers).any(|(bill, answer)| engine(bill) != opinion(answer) && !is_tie(bill, answer));
    differs.then(|| tell(seed, &sessions, &options, &bills, &answers))
}

/// Units by date and code. Of units that begin in one minute the rules do not say which goes over a
/// limit, so under `mue: cap` the two may remove different ones, but as many.
fn units_a_day(told: &Told) -> BTreeMap<String, u32> {
    let mut units: BTreeMap<String, u32> = BTreeMap::new();
    for line in &told.1 {
        let parts: Vec<&str> = line.split(' ').collect();
        let [date, code, count] = parts[..] else { continue };
        let code = code.split('-').next().unwrap_or(code);
        *units.entry(format!("{date} {code}")).or_default() += count.trim_start_matches('x').parse::<u32>().unwrap_or(0);
    }
    units
}

fn pairs(policies: &Policies) -> Vec<String> {
    VALUES.iter().map(|(name, _)| format!("{name}={}", policies.get(name))).collect()
}

/// The two name a few things differently: a fluid by its short form, and which of the rules for
/// pushes that earn nothing (P2 to P4) is cited where several fit. Of two fluids that run in one minute, either may be the one that
/// counts, so minutes that hydration lost (S1 to S3, T3) are compared as one sum.
fn in_common_words(what: &str) -> String {
    let mut parts: Vec<&str> = what.rsplitn(2, ' ').collect();
    parts.reverse();
    let [drug, rule] = parts[..] else { return what.to_owned() };
    let mut components: Vec<&str> = drug.split(" + ").map(|part| if part == "d5w" { "5% dextrose" } else { part }).collect();
    components.sort_unstable();
    match rule {
        "p2" | "p3" | "p4" => format!("{} p2-p4", components.join(" + ")),
        "o1" | "o2" | "o3" | "s6" | "t5" => format!("{} o1-t5", components.join(" + ")),
        "s1" | "s2" | "s3" | "t3" => "fluids s1-s3".to_owned(),
        _ => format!("{} {rule}", components.join(" + ")),
    }
}

/// Status, lines and unbilled minutes by drug and rule, as both sides are compared.
type Told = (String, Vec<String>, BTreeMap<String, u32>);

fn engine(bill: &Bill) -> Told {
    let status = told::status_word(bill.status).to_owned();
    let mut lines = told::lines(bill);
    lines.sort();
    let mut unbilled: BTreeMap<String, u32> = BTreeMap::new();
    for line in told::unbilled(bill) {
        let (what, minutes) = line.rsplit_once(' ').expect("drug, rule, minutes");
        let minutes: u32 = minutes.parse().expect("a number");
        if minutes > 0 {
            *unbilled.entry(in_common_words(what)).or_default() += minutes;
        }
    }
    (status, lines, unbilled)
}

fn opinion(answer: &Answer) -> Told {
    let status = match answer.status {
        Status::Billable => "billable",
        Status::Held => "held",
        Status::Error => "error",
    };
    let mut lines: Vec<String> = answer
        .lines
        .iter()
        .map(|line| {
            let modifiers: String = line.modifiers.iter().map(|m| format!("-{m}")).collect();
            format!("{} {}{modifiers} x{}", line.date, line.code, line.units)
        })
        .collect();
    lines.sort();
    let mut unbilled: BTreeMap<String, u32> = BTreeMap::new();
    for ((drug, rule), minutes) in answer.unbilled.iter().filter(|(_, minutes)| **minutes > 0) {
        *unbilled.entry(in_common_words(&format!("{} {}", drug.to_lowercase(), rule.to_lowercase()))).or_default() += minutes;
    }
    (status.to_owned(), lines, unbilled)
}

fn tell(seed: u64, sessions: &[hangtime::session::log::Session], options: &Options, bills: &[Bill], answers: &[Answer]) -> String {
    let pretty = ron::ser::PrettyConfig::new().compact_structs(true).struct_names(true);
    let log = ron::ser::to_string_pretty(sessions, pretty).unwrap_or_default();
    let changed: Vec<&String> = options.policies.iter().filter(|pair| !is_default(pair)).collect();
    let mut text = format!("\nseed {seed}, policies {changed:?}\n{log}\n");
    for (bill, answer) in bills.iter().zip(answers) {
        let findings: Vec<String> = bill.findings.iter().map(|f| format!("{} {}: {}", f.severity.word(), f.id, f.message)).collect();
        text += &format!("{}\n  engine         {:?}\n  second opinion {:?}\n  {findings:#?}\n", bill.id, engine(bill), opinion(answer));
    }
    text
}

fn is_default(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').expect("name=value");
    hangtime::Policies::default().value(name).as_deref() == Some(value)
}
