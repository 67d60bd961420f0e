//! Modifiers, and the circumstances that set them.

use std::collections::HashSet;

use super::{Book, then};
use crate::reference::PolicyEntry;
use crate::reference::files::{Files, Part};
use crate::reference::modifiers::{CircumstanceEntry, Kind};
use crate::session::locate::Step;

pub fn check(files: &Files, book: &mut Book) {
    let file = &files.modifiers;
    book.open(Part::Modifiers, &file.source, &file.vintage);
    let mut known: HashSet<&str> = HashSet::new();
    for (at, modifier) in file.modifiers.iter().enumerate() {
        let entry = [Step::Field("modifiers"), Step::Item(at)];
        let code = modifier.code.as_str();
        if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            book.find(&then(&entry, "code"), format!("`{code}` is no modifier"), "expected two capital letters or digits");
        }
        if !known.insert(code) {
            book.find(&then(&entry, "code"), format!("{code} stands twice"), "expected each modifier once");
        }
        for (field, text) in [("title", &modifier.title), ("says", &modifier.says), ("set_when", &modifier.set_when)] {
            book.filled(&then(&entry, field), field, text);
        }
        book.days(&entry, modifier.from.as_deref(), None);
        book.within(&then(&entry, "rank"), "rank", modifier.rank.into(), 1, 99);
    }
    for kind in [Kind::Reduced, Kind::Visit, Kind::Waste, Kind::NoWaste] {
        let of_kind: Vec<usize> = (0..file.modifiers.len()).filter(|at| file.modifiers[*at].kind == kind).collect();
        match of_kind.as_slice() {
            [] => drop(book.find(&[Step::Field("modifiers")], format!("no modifier is of the kind {kind:?}"), "expected one")),
            [_] => {}
            [_, more @ ..] => more.iter().for_each(|at| {
                let path = [Step::Field("modifiers"), Step::Item(*at), Step::Field("kind")];
                book.find(&path, format!("a second modifier of the kind {kind:?}"), "expected one");
            }),
        }
    }
    chosen_by_policies(&known, book);
    circumstances(&file.circumstances, &known, book);
}

/// What `site_modifier` and its like offer must be there to be written.
fn chosen_by_policies(known: &HashSet<&str>, book: &mut Book) {
    let mut told = HashSet::new();
    for policy in PolicyEntry::all().iter().filter(|policy| policy.name.ends_with("_modifier")) {
        for value in &policy.values {
            if !known.contains(value.name.as_str()) && told.insert(&value.name) {
                let message = format!("{} is missing, and the policy {} may choose it", value.name, policy.name);
                book.find(&[Step::Field("modifiers")], message, "expected it");
            }
        }
    }
}

fn circumstances(entries: &[CircumstanceEntry], known: &HashSet<&str>, book: &mut Book) {
    let mut seen = HashSet::new();
    for (at, entry) in entries.iter().enumerate() {
        let path = [Step::Field("circumstances"), Step::Item(at)];
        book.filled(&then(&path, "name"), "name", &entry.name);
        if !seen.insert((&entry.name, &entry.kind)) {
            book.find(&then(&path, "name"), format!("the circumstance {} stands twice", entry.name), "expected once, or once a kind");
        }
        let codes = std::iter::once(("modifier", &entry.modifier)).chain(entry.excludes.iter().map(|code| ("excludes", code)));
        for (field, code) in codes {
            if !known.contains(code.as_str()) {
                book.find(&then(&path, field), format!("there is no modifier {code}"), "expected one of this file");
            }
        }
    }
}
