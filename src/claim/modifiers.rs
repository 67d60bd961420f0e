//! Modifiers of separate accesses (M1), further encounters (M2) and infusions broken off, and the
//! order of all on a line (M6).

use super::{Account, Marks, contested};
use crate::reference::{CodeSet, Kind, Reference, Rule};
use crate::session::finding::{Finding, Place};
use foldhash::HashSet;

/// M1: of the initials of an encounter one stands plain; the initial of every other access, and its
/// further hours, carry the site modifier.
pub fn mark_accesses(accounts: &mut [Account], reference: &Reference) {
    for account in accounts {
        let plain = account.coded.plain;
        for at in 0..account.charges.len() {
            let unit = &account.charges[at].unit;
            if unit.initial.is_some() && unit.initial != plain {
                let date = unit.date;
                let modifier = contested::site_modifier(account, date, reference);
                account.charges[at].modifiers.push((modifier, Rule::M1));
            }
        }
        flag_two_of_one(account, reference);
    }
}

/// Two initials of a code of which a date allows one.
fn flag_two_of_one(account: &mut Account, reference: &Reference) {
    let (mut opened, mut told) = (CodeSet::default(), CodeSet::default());
    let mut found = Vec::new();
    for charge in account.charges.iter().filter(|charge| charge.unit.opens) {
        let is_second = !opened.add(charge.unit.code) && told.add(charge.unit.code);
        if is_second && reference.codes.mue(charge.unit.code, account.coded.setting).units == 1 {
            let code = &reference.codes.get(charge.unit.code).code;
            found.push(
                Finding::warning(
                    Rule::M1.id(),
                    account.place(&charge.unit),
                    format!("{code} is the initial of two accesses, and a date allows one"),
                )
                .label("second initial")
                .help("the record must show why two accesses were needed"),
            );
        }
    }
    account.findings.extend(found);
}

/// M2: a session is a further encounter of the day when an earlier one has an initial on the date
/// of its initial; then its plain initial and that initial's further hours carry the modifier.
pub fn mark_encounters(accounts: &mut [Account], reference: &Reference) {
    if accounts.len() < 2 {
        return;
    }
    let mut order: Vec<usize> = (0..accounts.len()).collect();
    order.sort_by_key(|at| (accounts[*at].coded.extent.map(|(first, _)| first), *at));
    let mut opened = HashSet::default();
    for at in order {
        let account = &mut accounts[at];
        let plain = account.coded.plain;
        let date = account.charges.iter().find(|c| c.unit.opens && c.unit.initial == plain).map(|c| c.unit.date);
        if date.is_some_and(|date| opened.contains(&date)) {
            for at in 0..account.charges.len() {
                let unit = &account.charges[at].unit;
                if unit.initial.is_some() && unit.initial == plain {
                    let date = unit.date;
                    let modifier = contested::encounter_modifier(account, date, reference);
                    account.charges[at].modifiers.push((modifier, Rule::M2));
                }
            }
        }
        opened.extend(account.charges.iter().filter(|c| c.unit.opens).map(|c| c.unit.date));
    }
    warn_of_one_stay(accounts, reference);
}

/// Two sessions of one patient within a few hours: one stay, or two visits?
fn warn_of_one_stay(accounts: &mut [Account], reference: &Reference) {
    const MINUTES_AN_HOUR: i64 = 60;
    let hours = reference.facts.limits.one_stay_hours;
    let mut order: Vec<usize> = (0..accounts.len()).filter(|at| accounts[*at].coded.extent.is_some()).collect();
    order.sort_by_key(|at| (accounts[*at].coded.extent.map(|(first, _)| first), *at));
    let mut last = None;
    for at in order {
        let Some((first, end)) = accounts[at].coded.extent else { continue };
        if let Some(last) = last
            && first.since(last) < hours * MINUTES_AN_HOUR
        {
            accounts[at].find(
                Finding::warning(
                    Rule::M2.id(),
                    Place::Field("patient"),
                    format!("this session begins less than {hours} hours after the patient's last one"),
                )
                .label("one stay or two visits?")
                .help("one stay is one session; two visits need a record of each"),
            );
        }
        last = last.max(Some(end));
    }
}

/// The first unit of an infusion broken off for a reaction says so.
pub fn mark_reduced(account: &mut Account, reference: &Reference) {
    for charge in account.charges.iter_mut().filter(|charge| charge.unit.reduced) {
        charge.modifiers.extend(reference.modifiers.of_kind(Kind::Reduced).map(|reduced| (reduced, Rule::T1)));
    }
}

/// M6: in the order payers read them, at most so many a line.
pub fn put_in_order(account: &mut Account, reference: &Reference) {
    let mut left_out = Vec::new();
    for charge in account.charges.iter_mut().filter(|charge| charge.modifiers.len() > 1) {
        order(&mut charge.modifiers, &mut left_out, reference);
    }
    warn_of_left_out(account, &left_out, reference);
}

/// Puts the modifiers of one line in order; adds those for which it has no room, the last first.
pub fn order(modifiers: &mut Marks, left_out: &mut Vec<String>, reference: &Reference) {
    let most = reference.facts.limits.modifiers_a_line;
    modifiers.sort_by(|(one, _), (other, _)| {
        let (one, other) = (reference.modifiers.get(*one), reference.modifiers.get(*other));
        (one.rank, &one.code).cmp(&(other.rank, &other.code))
    });
    modifiers.dedup_by_key(|(modifier, _)| *modifier);
    for (modifier, _) in modifiers.iter().skip(most).rev() {
        let code = &reference.modifiers.get(*modifier).code;
        if !left_out.contains(code) {
            left_out.push(code.clone());
        }
    }
    modifiers.truncate(most);
}

/// Says which modifiers found no room, once for the lines of a kind.
pub fn warn_of_left_out(account: &mut Account, left_out: &[String], reference: &Reference) {
    if left_out.is_empty() {
        return;
    }
    let most = reference.facts.limits.modifiers_a_line;
    let message = format!("a line has room for {most} modifiers; left out: {}", left_out.join(", "));
    if account.findings.iter().any(|finding| finding.message == message) {
        return;
    }
    account.find(Finding::warning(Rule::M6.id(), Place::Field("circumstances"), message).label("too many for one line"));
}
