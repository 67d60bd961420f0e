//! Pairs of codes that may not stand side by side on a date, or only with a modifier (E3, M3), and
//! visits beside them (M4).

use chrono::NaiveDate;
use foldhash::HashSet;

use super::standing::Standing;
use super::{Account, Charge, contested};
use crate::reference::{CodeId, Kind, Pair, Reference, Rule};
use crate::session::finding::{Finding, Place};
use crate::session::log::Setting;

/// Goes through the pairs of a patient's day: first those that nothing bypasses, then those that
/// are marked.
pub fn resolve(accounts: &mut [Account], standing: &mut Standing, reference: &Reference) {
    if standing.may_pair(reference) {
        for at in 0..accounts.len() {
            remove_second_columns(accounts, at, standing, reference);
        }
        for at in 0..accounts.len() {
            mark_second_columns(accounts, at, standing, reference);
        }
    }
    for at in 0..accounts.len() {
        find_services(accounts, at, standing, reference);
    }
}

/// The pairs of a charge whose first column stands that day, with whether a modifier bypasses each.
fn pairs_of<'p>(
    setting: Setting,
    charge: &Charge,
    standing: &'p Standing,
    reference: &'p Reference,
) -> impl Iterator<Item = (&'p Pair, bool)> + use<'p> {
    let code = charge.unit.code;
    let day = standing.on(charge.unit.date).filter(|day| day.may_pair(code, reference));
    let standing = day.into_iter().flat_map(move |day| reference.facts.pairs_of(code).filter(|(pair, first)| day.has_first(pair, *first)));
    standing.filter_map(move |(pair, _)| pair.bypassable(setting).map(|bypassable| (pair, bypassable)))
}

fn remove_second_columns(accounts: &mut [Account], at: usize, standing: &mut Standing, reference: &Reference) {
    let mut gone: HashSet<(CodeId, NaiveDate)> = HashSet::default();
    let mut found = Vec::new();
    for charge in &accounts[at].charges {
        let unit = &charge.unit;
        let never = pairs_of(accounts[at].coded.setting, charge, standing, reference).find(|(_, bypassable)| !bypassable);
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
    if gone.is_empty() {
        return;
    }
    for charge in &accounts[at].charges {
        let key = (charge.unit.code, charge.unit.date);
        if gone.contains(&key) {
            standing.take(key.0, key.1);
        }
    }
    accounts[at].remove(Rule::M3, |charge| gone.contains(&(charge.unit.code, charge.unit.date)));
}

fn mark_second_columns(accounts: &mut [Account], at: usize, standing: &Standing, reference: &Reference) {
    let mut told: HashSet<(CodeId, NaiveDate)> = HashSet::default();
    for position in 0..accounts[at].charges.len() {
        let charge = &accounts[at].charges[position];
        if charge.modifiers.iter().any(|(modifier, _)| reference.modifiers.get(*modifier).kind == Kind::Distinct) {
            continue;
        }
        let mut pairs = pairs_of(accounts[at].coded.setting, charge, standing, reference).map(|(pair, _)| pair);
        let Some(pair) = pairs.next() else { continue };
        let (code, date, place) = (charge.unit.code, charge.unit.date, accounts[at].place(&charge.unit));
        let modifier = contested::pair_modifier(&mut accounts[at], date, reference);
        accounts[at].charges[position].modifiers.push((modifier, Rule::M3));
        if told.insert((code, date)) {
            let firsts: Vec<&str> = std::iter::once(pair).chain(pairs).map(|pair| pair.first.as_str()).collect();
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

/// Other services of the day, in any of its sessions beside lines of any: a pair's second column
/// that is none of our lines, and visits.
fn find_services(accounts: &mut [Account], at: usize, standing: &Standing, reference: &Reference) {
    for position in 0..accounts[at].coded.services.len() {
        let account = &accounts[at];
        let service = &account.coded.services[position];
        let date = account.coded.calendar.date(service.at);
        let is_a_line = |charge: &Charge| charge.unit.date == date && reference.codes.get(charge.unit.code).code == service.code;
        if account.charges.iter().any(is_a_line) {
            continue;
        }
        let other = Other { code: service.code.clone(), date, place: Place::EventField(service.event, "code") };
        tell_pair(&mut accounts[at], &other, standing, reference);
        if standing.billed_on(date) && reference.facts.is_evaluation(&other.code) {
            let finding = needs_visit_modifier(&other, "these services", reference).label("a visit");
            accounts[at].find(finding);
        }
    }
}

/// A service of the day that is none of our lines.
struct Other {
    code: String,
    date: NaiveDate,
    place: Place,
}

/// Says that a service goes, or what it must carry, beside the lines that stand as its first columns.
fn tell_pair(account: &mut Account, other: &Other, standing: &Standing, reference: &Reference) {
    let of_setting = |pair: &&Pair| pair.bypassable(account.coded.setting).is_some();
    let pairs = reference.facts.pairs_against(&other.code).filter(of_setting);
    let pairs: Vec<&Pair> = pairs.filter(|pair| standing.has_line(&pair.first, other.date, reference)).collect();
    let never: Vec<&Pair> = pairs.iter().copied().filter(|pair| pair.bypassable(account.coded.setting) == Some(false)).collect();
    let told = if never.is_empty() { &pairs } else { &never };
    let Some(pair) = told.first() else { return };
    let label = format!("pair {} / {}", pair.first, pair.second);
    let firsts = told.iter().map(|pair| pair.first.as_str()).collect::<Vec<_>>().join(", ");
    let finding = if !never.is_empty() {
        Finding::warning(Rule::M3.id(), other.place.clone(), format!("{} is not paid beside {firsts}", other.code))
            .help("no modifier bypasses this pair")
    } else if reference.facts.is_visit_in_pairs(&other.code) {
        needs_visit_modifier(other, &firsts, reference)
    } else {
        let carried = separate(other.date, reference);
        Finding::warning(Rule::M3.id(), other.place.clone(), format!("{} needs {carried} beside {firsts}", other.code))
            .help("only where the record shows it separate")
    };
    account.find(finding.label(label));
}

/// "59, XE or XS": what may say on a date that a service is separate. A policy chooses for lines, not
/// for a service that somebody else writes.
fn separate(date: NaiveDate, reference: &Reference) -> String {
    let known = reference.modifiers.all().iter().filter(|page| page.kind == Kind::Distinct);
    let in_force = known.filter(|page| {
        let from = reference.modifiers.find(&page.code).and_then(|id| reference.modifiers.from(id));
        from.is_none_or(|from| from <= date)
    });
    let codes: Vec<&str> = in_force.map(|page| page.code.as_str()).collect();
    match codes.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} or {last}", first.join(", ")),
        _ => codes.concat(),
    }
}

/// M4: a visit beside these lines.
fn needs_visit_modifier(visit: &Other, beside: &str, reference: &Reference) -> Finding {
    let code = reference.modifiers.of_kind(Kind::Visit).map_or("", |id| reference.modifiers.get(id).code.as_str());
    let message = format!("the visit {} needs {code} beside {beside}", visit.code);
    Finding::warning(Rule::M4.id(), visit.place.clone(), message)
        .help("only where the record shows a visit of its own, beyond the infusion")
}
