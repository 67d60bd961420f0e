//! What is made of a bill beside the table: the argument, the picture, the page, the readings; and
//! what must hold of each.

use hangtime::claim::Line;
use hangtime::readings::contested;
use hangtime::show::compare::comparison;
use hangtime::show::explain::{Explanation, Part, explanation, markdown, text};
use hangtime::show::html::report;
use hangtime::show::picture::{Fate, Picture};
use hangtime::show::points::points;
use hangtime::show::spot::Spotter;
use hangtime::show::timeline::{Style, draw};
use hangtime::{Bill, Options, Reference, Source, Status, bill};
use rust_decimal::Decimal;
use unicode_width::UnicodeWidthStr;

use crate::through::tame;

/// Columns of a page.
const WIDTHS: [usize; 8] = [40, 41, 53, 71, 80, 107, 132, 200];

/// Elements without an end.
const VOID: [&str; 2] = ["meta", "br"];

/// Writes all of them, some in one of many widths that `chance` picks.
pub fn write(bills: &[Bill], sources: &[Source], reference: &Reference, chance: u64) {
    let width = WIDTHS[usize::try_from(chance / 3 % 8).unwrap_or(0)];
    argument(bills, sources, reference, width);
    for bill in bills {
        drug_lines(bill, reference);
        picture(bill, reference, width);
    }
    well_formed("report", &report(bills, sources, reference));
}

/// A discarded line stands behind the line of its drug, which says then neither JW nor JZ; the sums
/// are those of the doses, and the units cover what was given with less than one to spare.
fn drug_lines(bill: &Bill, reference: &Reference) {
    let Some(claim) = &bill.claim else { return };
    for (at, line) in claim.drug_lines.iter().enumerate() {
        let named = |code: &str| line.modifiers.iter().any(|(id, _)| reference.modifiers.get(*id).code == code);
        assert!(line.units > 0 && !line.doses.is_empty(), "a drug line has units and doses");
        assert_eq!(named("JW"), line.discarded, "JW is on what was thrown away, and there alone");
        assert!(!(named("JW") && named("JZ")), "not both");
        let given = claim.doses(line).iter().map(|dose| dose.given.expect("it is in a sum").number).sum();
        assert_eq!(line.given, given, "what was given is the sum of the doses");
        if line.discarded {
            let of = &claim.drug_lines[at - 1];
            assert!(of.code == line.code && of.date == line.date && of.drug == line.drug && !of.discarded, "it follows its drug's line");
            let all = Decimal::from(of.units + line.units) * line.unit.number;
            assert!(all <= line.given + line.wasted, "no more is billed than the containers held");
        } else if let Some(covered) = Decimal::from(line.units).checked_mul(line.unit.number) {
            assert!(covered >= given && covered - line.unit.number < given, "units are rounded up once");
        }
    }
}

/// Every unit and every unbilled entry has its step, every step its number, lines that exist and rules that are cited.
fn argument(bills: &[Bill], sources: &[Source], reference: &Reference, width: usize) {
    let spotters: Vec<Spotter> = sources.iter().map(Spotter::new).collect();
    let arguments: Vec<Explanation> = bills.iter().map(|bill| explanation(bill, sources, &spotters[bill.source], reference)).collect();
    for (bill, argument) in bills.iter().zip(&arguments) {
        let lines = sources[bill.source].text.lines().count().max(1);
        for (at, step) in argument.steps.iter().enumerate() {
            assert_eq!(step.number, at + 1);
            assert!(step.lines.iter().all(|line| (1..=lines + 1).contains(line)), "{step:?} rests on a line that is not there");
            assert!(step.rules.iter().all(|rule| argument.rules.iter().any(|cited| cited.rule == *rule)), "{step:?} is not cited");
        }
        let steps = |part: Part| argument.steps.iter().filter(|step| step.part == part).count();
        if let Some(claim) = &bill.claim {
            let modifiers: usize = claim.lines.iter().map(|line| line.modifiers.len()).sum();
            let units: usize = claim.lines.iter().map(Line::units).sum();
            assert_eq!(steps(Part::Units), units + modifiers, "each unit and modifier has its step");
            assert_eq!(steps(Part::Unbilled), claim.unbilled.len(), "what earned nothing has its step");
            assert!(steps(Part::Drugs) >= claim.drug_lines.len(), "a drug line has its step");
        }
    }
    tame("explain", &text(&arguments, width), false);
    tame("explain markdown", &markdown(&arguments), false);
    let value = parses("explain", &hangtime::show::json::array(&arguments));
    assert_eq!(value.as_array().map(Vec::len), Some(bills.len()));
}

/// Every minute is drawn once, every unit is in the lane, and no line is wider than it may be.
fn picture(bill: &Bill, reference: &Reference, width: usize) {
    for (color, ascii) in [(false, false), (true, false), (false, true)] {
        let drawn = draw(bill, reference, Style { width, color, ascii });
        tame("timeline", &drawn, color);
        assert!(!ascii || drawn.is_ascii(), "plain letters and signs only:\n{drawn}");
        if !color {
            for line in drawn.lines() {
                let columns = line.width();
                assert!(columns <= width, "{columns} columns at {width}:\n{line}");
            }
        }
    }
    let (Some(claim), Some(picture)) = (&bill.claim, Picture::of(bill, reference)) else { return };
    let segments = picture.rows.iter().flat_map(|row| &row.bars).flat_map(|bar| &bar.segments);
    let marks = picture.rows.iter().flat_map(|row| &row.marks).map(|mark| (&mark.fate, mark.minutes));
    let (mut earned, mut all) = (0, 0);
    for (fate, minutes) in segments.map(|part| (&part.fate, part.minutes())).chain(marks) {
        if *fate != Fate::Paused {
            all += minutes;
            earned += if matches!(fate, Fate::Earned(_)) { minutes } else { 0 };
        }
    }
    assert_eq!((earned, all), (claim.billed_minutes(), claim.minutes()), "every minute that ran is drawn once");
    let lane: usize = picture.rows.iter().flat_map(|row| &row.lane).map(|stretch| stretch.units).sum();
    assert_eq!(lane, claim.lines.iter().map(Line::units).sum::<usize>(), "every unit is in the lane");
}

/// What the bills are said to depend on, in every form; each reading that is named bills otherwise.
pub fn readings(bills: &[Bill], sources: &[Source], options: &Options, reference: &Reference, chance: u64) {
    let width = WIDTHS[usize::try_from(chance / 5 % 8).unwrap_or(0)];
    let contested = contested(bills, options, reference);
    assert_eq!(contested.len(), bills.len());
    for (bill, found) in bills.iter().zip(&contested) {
        assert!(bill.status != Status::Error || found.is_empty(), "a wrong log depends on nothing");
        for point in found {
            assert!(!point.otherwise.is_empty(), "{}: no other value", point.policy.name);
            for otherwise in &point.otherwise {
                assert!(!otherwise.changes.is_empty() || otherwise.status.is_some(), "{}={}: the same", point.policy.name, otherwise.value);
                assert!(otherwise.changes.iter().all(|change| change.here != change.there));
            }
        }
    }
    let told = points(bills, &contested);
    tame("points", &told.text(width), false);
    tame("points", &told.csv(), false);
    tame("points", &told.markdown(), false);
    parses("points", &hangtime::show::json::object(&told));
    let other = Options { profile: Some("conservative".to_owned()), ..options.clone() };
    let other = bill(sources, &other, reference);
    let clone = bill(sources, options, reference);
    let compared = comparison(&[("these".to_owned(), clone), ("others".to_owned(), other)], &contested, reference);
    tame("compare", &compared.text(width), false);
    tame("compare", &compared.csv(), false);
    tame("compare", &compared.markdown(), false);
    parses("compare", &hangtime::show::json::object(&compared));
}

/// JSON that parses and steers nothing.
///
/// # Panics
/// Where it does not.
pub fn parses(what: &str, json: &str) -> serde_json::Value {
    tame(what, json, false);
    serde_json::from_str(json).unwrap_or_else(|problem| panic!("{what}: {problem}"))
}

/// Every element ends where it must, attributes are in quotes, no script and no address of another page is on it.
///
/// # Panics
/// Where that is not so.
pub fn well_formed(what: &str, page: &str) {
    tame(what, page, false);
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or_else(|| panic!("{what}: no page"));
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(end) = rest.strip_prefix('/') {
            let (name, behind) = end.split_once('>').expect("an end tag ends");
            assert_eq!(open.pop(), Some(name), "{what}: elements cross");
            rest = behind;
            continue;
        }
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).expect("a tag ends");
        let (name, attributes) = rest.split_at(length);
        assert!(name != "script" && name.starts_with(|c: char| c.is_ascii_lowercase()), "{what}: <{name}");
        rest = attributes_of(what, name, attributes);
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{what}: {open:?} never end");
}

/// Behind the attributes of a tag and its end.
fn attributes_of<'p>(what: &str, element: &str, mut rest: &'p str) -> &'p str {
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix('>') {
            return behind;
        }
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':')).expect("an attribute ends");
        let (name, value) = rest.split_at(length);
        assert!(
            !name.is_empty() && !name.starts_with("on"),
            "{what}: an attribute of <{element}> at {:?}",
            rest.chars().take(40).collect::<String>()
        );
        rest = value;
        if let Some(value) = value.strip_prefix("=\"") {
            let (value, behind) = value.split_once('"').expect("a value ends");
            assert!(!value.contains('<'), "{what}: {name} of <{element}>");
            let address = matches!(name, "href" | "src");
            assert!(!address || value.starts_with('#'), "{what}: an address {value}");
            rest = behind;
        }
    }
}
