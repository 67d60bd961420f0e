//! Codes, the places that they fill, and the clocks that count them.

use std::collections::{HashMap, HashSet};

use super::{Book, overlap, then};
use crate::reference::codes::{Code, Family, Mue, Place, PlacesFile, Role, Way};
use crate::reference::facts::ClocksFile;
use crate::reference::files::{Files, Part, built_in};
use crate::session::locate::Step;
use crate::session::log::Setting;

/// The most codes that have a number of their own in the engine.
const MOST_CODES: usize = 10_000;

/// No clock counts in more than a day's minutes.
const DAY: i128 = 24 * 60;

pub fn check(files: &Files, book: &mut Book) {
    book.open(Part::Codes, &files.codes.source, &files.codes.vintage);
    codes(&files.codes.codes, book);
    book.open(Part::Places, &files.places.source, &files.places.vintage);
    places(files, book);
    timed_places(files, book);
    book.open(Part::Clocks, &files.clocks.source, &files.clocks.vintage);
    clocks(files, book);
}

fn codes(codes: &[Code], book: &mut Book) {
    let mut seen = HashSet::new();
    let mut ranks: HashMap<u8, &str> = HashMap::new();
    if codes.len() > MOST_CODES {
        book.find(&[Step::Field("codes")], format!("{} codes are too many", codes.len()), format!("expected at most {MOST_CODES}"));
        return;
    }
    for (at, code) in codes.iter().enumerate() {
        let entry = [Step::Field("codes"), Step::Item(at)];
        let name = code.code.as_str();
        book.code(&then(&entry, "code"), name);
        if !seen.insert(name) {
            book.find(&then(&entry, "code"), format!("{name} stands twice"), "expected each code once");
        }
        for (field, text) in [("label", &code.label), ("about", &code.about), ("when", &code.when)] {
            book.filled(&then(&entry, field), field, text);
        }
        book.days(&entry, Some(&code.from), code.until.as_deref());
        rank(code, &entry, &mut ranks, book);
        mue(&code.mue.hospital, &[&entry[..], &[Step::Field("mue"), Step::Field("hospital")]].concat(), book);
        mue(&code.mue.office, &[&entry[..], &[Step::Field("mue"), Step::Field("office")]].concat(), book);
        if let Some(pfs) = &code.pfs {
            let amount = [&entry[..], &[Step::Field("pfs"), Step::Field("amount_usd")]].concat();
            book.decimal(&amount, "amount_usd", pfs.amount_usd.as_ref());
        }
        if let Some(opps) = &code.opps {
            let inner = [&entry[..], &[Step::Field("opps")]].concat();
            book.decimal(&then(&inner, "weight"), "weight", opps.weight.as_ref());
            book.decimal(&then(&inner, "rate_usd"), "rate_usd", opps.rate_usd.as_ref());
        }
    }
}

/// An initial has a rank of its own, and nothing else has one (I2).
fn rank<'c>(code: &'c Code, entry: &[Step<'static>], ranks: &mut HashMap<u8, &'c str>, book: &mut Book) {
    let name = &code.code;
    match (code.initial, code.rank) {
        (true, None) => {
            book.find(&then(entry, "code"), format!("{name} is an initial without a rank"), "add `rank: 1`, its place among the initials");
        }
        (false, Some(_)) => {
            book.find(&then(entry, "rank"), format!("{name} has a rank and is no initial"), "add `initial: true`, or take it out");
        }
        (true, Some(rank)) => {
            book.within(&then(entry, "rank"), "rank", i128::from(rank), 1, 99);
            if let Some(other) = ranks.insert(rank, name) {
                book.find(&then(entry, "rank"), format!("{other} and {name} have one rank"), "expected one of its own");
            }
        }
        (false, None) => {}
    }
}

fn mue(mue: &Mue, path: &[Step<'static>], book: &mut Book) {
    book.within(&then(path, "units"), "units", i128::from(mue.units), 0, 99_999);
    book.within(&then(path, "mai"), "mai", i128::from(mue.mai), 1, 3);
}

type Key = (Family, Way, Role, Setting);

fn keys(place: &Place) -> impl Iterator<Item = Key> + '_ {
    let settings = [Setting::Hospital, Setting::Office].into_iter();
    settings.filter(|s| place.setting.is_none_or(|only| only == *s)).map(|s| (place.family, place.way, place.role, s))
}

fn words(place: &Place) -> String {
    format!("{:?}, {:?}, {:?}", place.family, place.way, place.role)
}

fn places(files: &Files, book: &mut Book) {
    let codes: HashMap<&str, &Code> = files.codes.codes.iter().map(|code| (code.code.as_str(), code)).collect();
    let mut filled: HashSet<Key> = HashSet::new();
    for (at, place) in files.places.places.iter().enumerate() {
        let entry = [Step::Field("places"), Step::Item(at)];
        match (&place.code, place.none) {
            (Some(code), None) => known(code, &codes, place, &then(&entry, "code"), book),
            (None, Some(_)) if place.role == Role::Initial && place.family != Family::Hydration => {
                let message = format!("the place {} has no code", words(place));
                book.find(&then(&entry, "none"), message, "expected a code: what is initial needs one");
            }
            (None, Some(_)) => {}
            _ => {
                let message = format!("the place {} has both a code and a rule, or neither", words(place));
                book.find(&then(&entry, "family"), message, "expected `code`, or the rule by which there is `none`");
            }
        }
        let twice = keys(place).filter(|key| !filled.insert(*key)).count() > 0;
        if twice {
            book.find(&then(&entry, "family"), format!("the place {} stands twice", words(place)), "expected once in each setting");
        }
    }
    let required: PlacesFile = built_in(Part::Places);
    let missing = required.places.iter().filter(|place| keys(place).any(|key| !filled.contains(&key)));
    for place in missing {
        let message = format!("the place {} is not filled in every setting", words(place));
        book.find(&[Step::Field("places")], message, "expected it, with a code or the rule by which there is none");
    }
}

fn known(name: &str, codes: &HashMap<&str, &Code>, place: &Place, path: &[Step<'static>], book: &mut Book) {
    match codes.get(name) {
        None => unknown_code(name, path, book),
        Some(code) if place.role == Role::Initial && !code.initial => {
            let message = format!("{name} fills an initial's place, and codes.ron does not call it one");
            book.find(path, message, "expected a code with `initial: true`");
        }
        Some(_) => {}
    }
}

/// A code that `codes.ron` lacks.
pub fn unknown_code(name: &str, path: &[Step<'static>], book: &mut Book) {
    // No nearest one is offered: a code's neighbours by spelling are other services.
    book.find(path, format!("codes.ron has no {name}"), "expected a code that it has");
}

fn clocks(files: &Files, book: &mut Book) {
    let clocks = &files.clocks.clocks;
    let mut seen = HashSet::new();
    for (at, clock) in clocks.iter().enumerate() {
        let entry = [Step::Field("clocks"), Step::Item(at)];
        let (family, way) = (clock.family, clock.way);
        if !seen.insert((family, way)) {
            book.find(&then(&entry, "family"), format!("the clock of {family:?}, {way:?} stands twice"), "expected once");
        }
        book.within(&then(&entry, "least"), "least", i128::from(clock.least), 1, DAY);
        book.within(&then(&entry, "hour"), "hour", i128::from(clock.hour), 1, DAY);
        book.within(&then(&entry, "over"), "over", i128::from(clock.over), 0, i128::from(clock.hour).clamp(1, DAY) - 1);
    }
    let required: ClocksFile = built_in(Part::Clocks);
    for clock in required.clocks.iter().filter(|clock| !has_clock(files, clock.family, clock.way)) {
        let message = format!("there is no clock of {:?}, {:?}", clock.family, clock.way);
        book.find(&[Step::Field("clocks")], message, "expected Clock(family: .., way: .., least: .., hour: .., over: ..)");
    }
}

fn has_clock(files: &Files, family: Family, way: Way) -> bool {
    files.clocks.clocks.iter().any(|clock| clock.way == way && (clock.family == family || clock.family == Family::Any))
}

/// A way that is timed for one family is timed for all that get a code in it.
fn timed_places(files: &Files, book: &mut Book) {
    let timed: HashSet<Way> = files.clocks.clocks.iter().map(|clock| clock.way).collect();
    for (at, place) in files.places.places.iter().enumerate() {
        let counted = place.code.is_some() && timed.contains(&place.way);
        if counted && !has_clock(files, place.family, place.way) {
            let path = [Step::Field("places"), Step::Item(at), Step::Field("code")];
            let message = format!("this place has a code, and clocks.ron has no clock of {:?}, {:?}", place.family, place.way);
            book.find(&path, message, "expected a clock, or none");
        }
    }
}

/// Entries of one key whose days overlap.
pub fn overlapping<K: Eq + std::hash::Hash + Clone>(
    rows: impl Iterator<Item = (K, (chrono::NaiveDate, chrono::NaiveDate), usize)>,
) -> Vec<(K, usize)> {
    let mut before: HashMap<K, Vec<(chrono::NaiveDate, chrono::NaiveDate)>> = HashMap::new();
    let mut found = Vec::new();
    for (key, days, at) in rows {
        let known = before.entry(key.clone()).or_default();
        if known.iter().any(|other| overlap(days, *other)) {
            found.push((key, at));
        }
        known.push(days);
    }
    found
}
