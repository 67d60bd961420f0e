//! Limits, add-on primaries and pairs.

use std::collections::HashSet;

use super::codes::{overlapping, unknown_code};
use super::{Book, then};
use crate::reference::facts::Limits;
use crate::reference::files::{Files, Part};
use crate::session::locate::Step;
use crate::session::log::Setting;

pub fn check(files: &Files, book: &mut Book) {
    let codes: HashSet<&str> = files.codes.codes.iter().map(|code| code.code.as_str()).collect();
    book.open(Part::Limits, &files.limits.source, &files.limits.vintage);
    limits(files, &codes, book);
    book.open(Part::Primaries, &files.primaries.source, &files.primaries.vintage);
    primaries(files, &codes, book);
    book.open(Part::Pairs, &files.pairs.source, &files.pairs.vintage);
    pairs(files, &codes, book);
}

fn limits(files: &Files, codes: &HashSet<&str>, book: &mut Book) {
    numbers(&files.limits, book);
    let limits = &files.limits;
    book.day(&[Step::Field("x_modifiers_from")], &limits.x_modifiers_from);
    if !files.modifiers.modifiers.iter().any(|modifier| modifier.code == limits.plain_separate) {
        let message = format!("modifiers.ron has no {}", limits.plain_separate);
        book.find(&[Step::Field("plain_separate")], message, "expected a modifier that it has");
    }
    for (field, code) in [("unlisted_therapeutic", &limits.unlisted_therapeutic), ("unlisted_chemo", &limits.unlisted_chemo)] {
        if !codes.contains(code.as_str()) {
            unknown_code(code, &[Step::Field(field)], book);
        }
    }
    book.filled(&[Step::Field("served_elsewhere")], "served_elsewhere", &limits.served_elsewhere);
    for (at, (first, last)) in limits.evaluation_codes.iter().enumerate() {
        let path = [Step::Field("evaluation_codes"), Step::Item(at)];
        if book.code(&path, first) && book.code(&path, last) && last < first {
            book.find(&path, format!("{last} comes before {first}"), "expected the first code, then the last");
        }
    }
    for (at, code) in limits.visits_in_pairs.iter().enumerate() {
        book.code(&[Step::Field("visits_in_pairs"), Step::Item(at)], code);
    }
}

fn numbers(limits: &Limits, book: &mut Book) {
    const YEAR_HOURS: i128 = 366 * 24;
    const MINUTES: i128 = 7 * 24 * 60;
    let numbers: [(&'static str, i128, i128, i128); 13] = [
        ("prolonged_pump", limits.prolonged_pump.into(), 1, MINUTES),
        ("same_timing", limits.same_timing.into(), 0, MINUTES),
        ("few_lesions", limits.few_lesions.into(), 1, 1000),
        ("injection_up_to", limits.injection_up_to.into(), 0, MINUTES),
        ("long_push", limits.long_push.into(), 0, MINUTES),
        ("one_stay_hours", limits.one_stay_hours.into(), 0, YEAR_HOURS),
        ("long_run_hours", limits.long_run_hours.into(), 1, YEAR_HOURS),
        ("long_gap_hours", limits.long_gap_hours.into(), 1, YEAR_HOURS),
        ("longest_run_days", limits.longest_run_days.into(), 1, 999),
        ("keep_open_ml_per_h", limits.keep_open_ml_per_h.into(), 0, 1000),
        ("short_run", limits.short_run.into(), 0, MINUTES),
        ("most_drug_units", limits.most_drug_units.into(), 1, 999_999_999),
        ("modifiers_a_line", limits.modifiers_a_line as i128, 1, 4),
    ];
    for (field, number, least, most) in numbers {
        book.within(&[Step::Field(field)], field, number, least, most);
    }
}

fn primaries(files: &Files, codes: &HashSet<&str>, book: &mut Book) {
    let mut dated = Vec::new();
    for (at, row) in files.primaries.primaries.iter().enumerate() {
        let entry = [Step::Field("primaries"), Step::Item(at)];
        for (field, code) in [("addon", &row.addon), ("primary", &row.primary)] {
            if !codes.contains(code.as_str()) {
                unknown_code(code, &then(&entry, field), book);
            }
        }
        if row.addon == row.primary {
            book.find(&then(&entry, "primary"), format!("{} is its own primary", row.addon), "expected another code");
        }
        if let Some(days) = book.days(&entry, Some(&row.from), row.until.as_deref()) {
            let settings = [Setting::Hospital, Setting::Office].into_iter().filter(|s| row.setting.is_none_or(|only| only == *s));
            dated.extend(settings.map(|setting| ((&row.addon, &row.primary, setting), days, at)));
        }
    }
    let mut told = HashSet::new();
    for ((addon, primary, _), at) in overlapping(dated.into_iter()) {
        if told.insert(at) {
            let path = [Step::Field("primaries"), Step::Item(at), Step::Field("addon")];
            book.find(
                &path,
                format!("{addon} beside {primary} is in force twice on some days"),
                "expected one row for each day and setting",
            );
        }
    }
}

fn pairs(files: &Files, codes: &HashSet<&str>, book: &mut Book) {
    let mut seen = HashSet::new();
    let others: HashSet<&str> = files.pairs.others.iter().map(String::as_str).collect();
    for (at, pair) in files.pairs.pairs.iter().enumerate() {
        let entry = [Step::Field("pairs"), Step::Item(at)];
        for (field, code) in [("first", pair.first.as_str()), ("second", pair.second.as_str())] {
            if !codes.contains(code) && !others.contains(code) && book.code(&then(&entry, field), code) {
                let message = format!("{code} is neither in codes.ron nor among this file's `others`");
                book.find(&then(&entry, field), message, "not known").help("a service beside these codes goes into `others`");
            }
        }
        let (first, second) = (pair.first.as_str(), pair.second.as_str());
        if first == second {
            book.find(&then(&entry, "second"), format!("{first} is a pair with itself"), "expected another code");
        }
        if !seen.insert((first, second)) {
            book.find(&then(&entry, "first"), format!("the pair {first} / {second} stands twice"), "expected once");
        }
        for (field, indicator) in [("hospital", pair.hospital), ("office", pair.office)] {
            if let Some(indicator) = indicator {
                book.within(&then(&entry, field), field, indicator.into(), 0, 1);
            }
        }
        if pair.hospital.is_none() && pair.office.is_none() {
            book.find(
                &then(&entry, "first"),
                format!("the pair {first} / {second} holds in no setting"),
                "expected `hospital`, `office` or both",
            );
        }
    }
}
