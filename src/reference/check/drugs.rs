//! Drugs, and what they are measured in.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::codes::overlapping;
use super::{Book, is_code, then};
use crate::reference::drugs::{Drug, DrugCode};
use crate::reference::files::{Files, Part};
use crate::reference::measures::{Measures, MeasuresFile};
use crate::reference::names::squash;
use crate::session::locate::Step;

/// Measures have a number of a byte in the engine.
const MOST_MEASURES: usize = 200;

pub fn check(files: &Files, book: &mut Book) {
    book.open(Part::Measures, &files.measures.source, &files.measures.vintage);
    let sound = measures(&files.measures, book);
    book.open(Part::Drugs, &files.drugs.source, &files.drugs.vintage);
    // Amounts can be read only where the measures can.
    let measures = sound.then(|| Measures::of(files.measures.clone()));
    drugs(&files.drugs.all().collect::<Vec<_>>(), measures.as_ref(), book);
}

fn measures(file: &MeasuresFile, book: &mut Book) -> bool {
    let before = book.faults.len();
    if file.measures.len() > MOST_MEASURES {
        let message = format!("{} measures are too many", file.measures.len());
        book.find(&[Step::Field("measures")], message, format!("expected at most {MOST_MEASURES}"));
    }
    let (least, most) = (Decimal::new(1, 6), Decimal::from(1_000_000));
    let mut names: HashMap<String, usize> = HashMap::new();
    for (at, measure) in file.measures.iter().enumerate() {
        let entry = [Step::Field("measures"), Step::Item(at)];
        let size = measure.size.parse::<Decimal>().ok().filter(|size| (least..=most).contains(size) && size.normalize().scale() <= 6);
        if size.is_none() {
            book.find(&then(&entry, "size"), format!("`size` is `{}`", measure.size), "expected \"0.000001\" to \"1000000\"");
        }
        for name in std::iter::once(&measure.name).chain(&measure.many).chain(&measure.also) {
            book.filled(&then(&entry, "name"), "name", name);
            if names.insert(name.to_lowercase(), at).is_some_and(|other| other != at) {
                book.find(&then(&entry, "name"), format!("`{name}` names two measures"), "expected one");
            }
        }
    }
    book.faults.len() == before
}

fn drugs(drugs: &[&Drug], measures: Option<&Measures>, book: &mut Book) {
    let mut names: HashMap<String, usize> = HashMap::new();
    for (at, drug) in drugs.iter().enumerate() {
        let entry = [Step::Field("drugs"), Step::Item(at)];
        let brands = drug.codes.iter().flat_map(|code| &code.brands);
        for name in std::iter::once(&*drug.name).chain(drug.also.iter().map(String::as_str)).chain(brands.map(String::as_str)) {
            if squash(name).is_empty() {
                book.find(&then(&entry, "name"), format!("{} has an empty name", drug.name), "expected a name");
            }
            if name.contains('+') {
                book.find(&then(&entry, "name"), format!("`{name}` has a plus, which makes a bag of two"), "expected a name without it");
            }
            if let Some(other) = names.insert(squash(name), at).filter(|other| *other != at) {
                let message = format!("`{name}` means both {} and {}", drugs[other].name, drug.name);
                book.find(&then(&entry, "name"), message, "expected one drug for each name");
            }
        }
        match (drug.class, &drug.needs_class) {
            (None, None) => {
                let help = "expected `class`, or `needs_class` with why the session must say it";
                book.find(&then(&entry, "name"), format!("{} has no class", drug.name), help);
            }
            (Some(_), Some(_)) => {
                let message = format!("{} has a class, and needs one from the session", drug.name);
                book.find(&then(&entry, "needs_class"), message, "expected one of the two");
            }
            _ => {}
        }
        if let Some(since) = &drug.since {
            book.day(&then(&entry, "since"), since);
        }
        codes(drug, &entry, measures, book);
    }
}

fn codes(drug: &Drug, entry: &[Step<'static>], measures: Option<&Measures>, book: &mut Book) {
    let mut dated = Vec::new();
    for (at, code) in drug.codes.iter().enumerate() {
        let path = [entry, &[Step::Field("codes"), Step::Item(at)]].concat();
        if !is_code(&code.code) {
            book.code(&then(&path, "code"), &code.code);
        }
        book.decimal(&then(&path, "limit"), "limit", code.limit.as_ref());
        if let Some(measures) = measures {
            amounts(code, &path, measures, book);
        }
        if code.volume_ml == Some(0) {
            book.find(&then(&path, "volume_ml"), "a bag of 0 mL", "expected its size");
        }
        if let Some(days) = book.days(&path, code.from.as_deref(), code.until.as_deref()) {
            dated.push(((&code.code, &code.brands, &code.routes, code.volume_ml), days, at));
        }
    }
    for ((code, ..), at) in overlapping(dated.into_iter()) {
        let path = [entry, &[Step::Field("codes"), Step::Item(at), Step::Field("code")]].concat();
        book.find(&path, format!("{code} of {} is in force twice on some days", drug.name), "expected one entry for each day");
    }
}

fn amounts(code: &DrugCode, path: &[Step<'static>], measures: &Measures, book: &mut Book) {
    let pairs = code.equals.iter().flat_map(|(one, other)| [("equals", one), ("equals", other)]);
    for (field, text) in std::iter::once(("unit", &code.unit)).chain(pairs) {
        match measures.read(text) {
            Ok(amount) if amount.number.is_zero() => {
                book.find(&then(path, field), format!("`{field}` is nothing"), "expected more than 0");
            }
            Ok(_) => {}
            Err(bad) => {
                let help = bad.help;
                let fault = book.find(&then(path, field), format!("`{text}` {}", bad.message), "expected an amount, such as \"10 mg\"");
                if let Some(help) = help {
                    fault.help(help);
                }
            }
        }
    }
}
