//! Pairs of codes that may not stand side by side on a date, or only with a modifier (E3, M3), and
//! visits beside them (M4).

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;

use super::{Account, Charge, contested};
use crate::reference::{CodeId, Kind, Pair, Reference, Rule};
use crate::session::finding::{Finding, Place};

/// Goes through the pairs of a patient's day: first those that nothing bypasses, then those that
/// are marked.
pub fn resolve(accounts: &mut [Account], reference: &Reference) {
    let mut standing = Standing::of(accounts);
    for at in 0..accounts.len() {
        remove_second_columns(accounts, at, &mut standing, reference);
    }
    for at in 0..accounts.len() {
        mark_second_columns(accounts, at, &standing, reference);
        find_services(accounts, at, reference);
    }
}

/// What stands on each date in any of the sessions: how many charges, and other services.
struct Standing {
    charges: HashMap<(CodeId, NaiveDate), usize>,
    services: HashSet<(String, NaiveDate)>,
}

impl Standing {
    fn of(accounts: &[Account]) -> Self {
        let mut standing = Standing { charges: HashMap::new(), services: HashSet::new() };
        for account in accounts {
            for charge in &account.charges {
                *standing.charges.entry((charge.unit.code, charge.unit.date)).or_default() += 1;
            }
            let services = account.coded.services.iter();
            standing.services.extend(services.map(|service| (service.code.clone(), account.coded.calendar.date(service.at))));
        }
        standing
    }

    /// Whether a code stands on a date, as a line or as another service.
    fn has(&self, code: &str, date: NaiveDate, reference: &Reference) -> bool {
        let as_line = reference.codes.find(code).and_then(|id| self.charges.get(&(id, date))).is_some_and(|count| *count > 0);
        as_line || self.services.contains(&(code.to_owned(), date))
    }
}

/// The pairs of a charge whose first column stands that day, with whether a modifier bypasses each.
fn pairs_of<'r>(account: &Account, charge: &Charge, standing: &Standing, reference: &'r Reference) -> Vec<(&'r Pair, bool)> {
    let second = &reference.codes.get(charge.unit.code).code;
    reference
        .facts
        .pairs_against(second)
        .filter_map(|pair| pair.bypassable(account.coded.setting).map(|bypassable| (pair, bypassable)))
        .filter(|(pair, _)| standing.has(&pair.first, charge.unit.date, reference))
        .collect()
}

fn remove_second_columns(accounts: &mut [Account], at: usize, standing: &mut Standing, reference: &Reference) {
    let mut gone: HashSet<(CodeId, NaiveDate)> = HashSet::new();
    let mut found = Vec::new();
    for charge in &accounts[at].charges {
        let unit = &charge.unit;
        let never = pairs_of(&accounts[at], charge, standing, reference).into_iter().find(|(_, bypassable)| !bypassable);
        if let Some((pair, _)) = never
            && gone.insert((unit.code, unit.date))
        {
            found.push(
                Finding::warning(
                    Rule::M3.id(),
                    accounts[at].place(unit),
                    format!("{} is never billed beside {} on one date: it goes", pair.second, pair.first),
                )
                .label(format!("pair {} / {}", pair.first, pair.second)),
            );
        }
    }
    accounts[at].findings.extend(found);
    for charge in &accounts[at].charges {
        let key = (charge.unit.code, charge.unit.date);
        if gone.contains(&key)
            && let Some(count) = standing.charges.get_mut(&key)
        {
            *count -= 1;
        }
    }
    accounts[at].remove(Rule::M3, |charge| gone.contains(&(charge.unit.code, charge.unit.date)));
}

fn mark_second_columns(accounts: &mut [Account], at: usize, standing: &Standing, reference: &Reference) {
    let mut told: HashSet<(String, NaiveDate)> = HashSet::new();
    for position in 0..accounts[at].charges.len() {
        let charge = &accounts[at].charges[position];
        if charge.modifiers.iter().any(|(modifier, _)| reference.modifiers.get(*modifier).kind == Kind::Distinct) {
            continue;
        }
        let pairs = pairs_of(&accounts[at], charge, standing, reference);
        let Some((pair, _)) = pairs.first() else { continue };
        let (date, place) = (charge.unit.date, accounts[at].place(&charge.unit));
        let modifier = contested::pair_modifier(&mut accounts[at], date, reference);
        accounts[at].charges[position].modifiers.push((modifier, Rule::M3));
        if told.insert((pair.second.clone(), date)) {
            let firsts: Vec<&str> = pairs.iter().map(|(pair, _)| pair.first.as_str()).collect();
            let carried = &reference.modifiers.get(modifier).code;
            accounts[at].find(
                Finding::warning(
                    Rule::M3.id(),
                    place,
                    format!("{} beside {} carries {carried}: the record must show it separate", pair.second, firsts.join(", ")),
                )
                .label("must be separate"),
            );
        }
    }
}

/// Other services of the day: a pair's second column that is none of our lines, and visits.
fn find_services(accounts: &mut [Account], at: usize, reference: &Reference) {
    let account = &accounts[at];
    let mut found = Vec::new();
    let lines: HashSet<(CodeId, NaiveDate)> = account.charges.iter().map(|charge| (charge.unit.code, charge.unit.date)).collect();
    let dates: HashSet<NaiveDate> = lines.iter().map(|(_, date)| *date).collect();
    for service in &account.coded.services {
        let date = account.coded.calendar.date(service.at);
        let place = Place::EventField(service.event, "code");
        let is_a_line = reference.codes.find(&service.code).is_some_and(|code| lines.contains(&(code, date)));
        if is_a_line {
            continue;
        }
        let billed_that_day = dates.contains(&date);
        for pair in reference.facts.pairs_against(&service.code) {
            let Some(bypassable) = pair.bypassable(account.coded.setting) else { continue };
            let first = reference.codes.find(&pair.first);
            if !first.is_some_and(|first| lines.contains(&(first, date))) {
                continue;
            }
            let (what, help) = if bypassable {
                ("needs a modifier", "only where the record shows it separate")
            } else {
                ("is not paid", "no modifier bypasses this pair")
            };
            found.push(
                Finding::warning(Rule::M3.id(), place.clone(), format!("{} {what} beside {}", service.code, pair.first))
                    .label(format!("pair {} / {}", pair.first, pair.second))
                    .help(help),
            );
        }
        if billed_that_day && reference.facts.is_evaluation(&service.code) {
            found.push(
                Finding::warning(Rule::M4.id(), place, format!("the visit {} needs 25 beside these services", service.code))
                    .label("a visit")
                    .help("only where the record shows a visit of its own, beyond the infusion"),
            );
        }
    }
    accounts[at].findings.extend(found);
}
