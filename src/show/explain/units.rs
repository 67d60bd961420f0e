//! The choice of the initial, what ran together, each unit, and what earns nothing.

use super::words::{Clocks, drug, listed, measure, minutes, near, place, plural};
use super::{Argument, Part, Told};
use crate::claim::Charge;
use crate::coding::argument::{Candidate, Initial, Measured, Outcome, Overlap};
use crate::coding::{Unbilled, Unit};
use crate::reference::Rule;
use crate::session::finding::Place;
use crate::session::log::Setting;
use crate::timeline::calendar::Minute;
use crate::timeline::minutes::Minutes;
use crate::timeline::{AccessId, DrugId};

/// One step an access: what could be the initial there, and which is; then which of them stands plain.
pub fn initial(argument: &mut Argument, told: &Told) {
    let claim = told.claim;
    let mut accesses: Vec<AccessId> = claim.coded.candidates.iter().map(|candidate| candidate.access).collect();
    accesses.sort_unstable();
    accesses.dedup();
    for access in &accesses {
        at_access(argument, told, *access);
    }
    let initials = claim.coded.candidates.iter().filter(|candidate| candidate.chosen.is_some()).count();
    if let (true, Some(plain)) = (initials > 1, claim.coded.plain) {
        let text = format!(
            "{} accesses have an initial service each; the one{} stands plain, the others carry a modifier",
            initials,
            place(claim, plain)
        );
        argument.step(Part::Initial, text, &[Rule::M1], []);
    }
}

fn at_access(argument: &mut Argument, told: &Told, access: AccessId) {
    let claim = told.claim;
    let mut here: Vec<&Candidate> = claim.coded.candidates.iter().filter(|candidate| candidate.access == access).collect();
    here.sort_by_key(|candidate| candidate.key);
    let chosen = here.iter().find(|candidate| candidate.chosen.is_some());
    let (text, rules) = match chosen {
        Some(chosen) => {
            let rule = chosen.chosen.unwrap_or(Rule::I2);
            let why = match (rule, claim.coded.setting, here.as_slice()) {
                (_, _, [_]) => "nothing else could be".to_owned(),
                (Rule::I3, ..) => "it is the reason for the visit".to_owned(),
                (_, _, [_, second, ..]) if second.key.0 == chosen.key.0 => {
                    let tie = claim.coded.policies.value("initial_tie").unwrap_or_default();
                    format!("of one rank with the next, it goes before that by the policy initial_tie, {tie}")
                }
                (_, Setting::Hospital, _) => "a hospital's initial is the service of highest rank".to_owned(),
                (_, Setting::Office, _) => "it has the highest rank".to_owned(),
            };
            let tied = here.get(1).is_some_and(|second| second.key.0 == chosen.key.0);
            let rules = if tied && rule == Rule::I2 { vec![rule, Rule::I4] } else { vec![rule] };
            (format!("The initial service{} is {}: {why}", place(claim, access), service(told, chosen)), rules)
        }
        None => (format!("Nothing{} is an initial service: another access holds it", place(claim, access)), vec![Rule::I1]),
    };
    let items = here.iter().map(|candidate| ranked(told, candidate)).collect();
    let places: Vec<Place> = here.iter().map(|candidate| Place::Event(candidate.start.1)).collect();
    argument.step(Part::Initial, text, &rules, places).items = items;
}

/// "ceftriaxone by infusion".
fn service(told: &Told, candidate: &Candidate) -> String {
    match (candidate.drug, candidate.initial) {
        (Some(id), Initial::Push(_)) => format!("{} by push", drug(told.claim, id)),
        (Some(id), _) => format!("{} by infusion", drug(told.claim, id)),
        (None, _) => "the hydration sum".to_owned(),
    }
}

fn ranked(told: &Told, candidate: &Candidate) -> String {
    let code = &told.reference.codes.get(candidate.code).code;
    let clocks = Clocks::of(told.claim);
    let ran = if candidate.minutes > 0 { format!(", {}", minutes(candidate.minutes)) } else { String::new() };
    let began = clocks.at(Minute(candidate.start.0));
    format!("rank {}, {code}: {} from {began}{ran}", candidate.key.0, service(told, candidate))
}

/// One step a drug that ran beside others placed before it.
pub fn overlaps(argument: &mut Argument, told: &Told) {
    for overlap in &told.claim.coded.overlaps {
        let beside = beside(told, overlap);
        let beside = if beside.is_empty() { "drugs placed before it".to_owned() } else { listed(&beside) };
        let left = overlap.ran - overlap.together;
        let what = match overlap.outcome {
            Outcome::Whole => "it stays sequential, with its whole run".to_owned(),
            Outcome::Less => format!("{left} are left, an infusion needs {}: it is sequential with what is left", overlap.least),
            Outcome::Concurrent if overlap.rule == Rule::S4 => {
                format!("{left} are left, an infusion needs {}: it is concurrent", overlap.least)
            }
            Outcome::Concurrent => "it is concurrent".to_owned(),
            Outcome::Nothing => format!("{left} are left, an infusion needs {}: it earns nothing", overlap.least),
        };
        let text = format!(
            "{}{}: {} of its {} lie beside {beside}; {what}",
            drug(told.claim, overlap.drug),
            place(told.claim, overlap.access),
            overlap.together,
            minutes(overlap.ran)
        );
        let short = overlap.least - left;
        let step = argument.step(Part::Overlap, text, &[overlap.rule], [Place::Event(overlap.event)]);
        step.near = match short {
            _ if overlap.rule == Rule::S4a => None,
            1 | 2 => Some(format!("{left} left: {} short of an infusion of its own", plural(short, "minute"))),
            0 => Some(format!("{left} left: one minute less would not be sequential")),
            _ => None,
        };
    }
}

/// The other drugs that hold, at its access, minutes in which it ran.
fn beside(told: &Told, overlap: &Overlap) -> Vec<String> {
    let claim = told.claim;
    let of_this = |id: &DrugId| *id == overlap.drug;
    let units = || claim.lines.iter().flat_map(|line| &line.charges).map(|charge| &charge.unit);
    let drug_of = |given: crate::timeline::Given| claim.coded.administrations[given.0 as usize].drug;
    let unbilled = claim.unbilled.iter().map(|left| &left.minutes);
    let mut own: Vec<(Minute, Minute)> = units()
        .map(|unit| &unit.minutes)
        .chain(unbilled)
        .flat_map(Minutes::slices)
        .filter(|slice| drug_of(slice.given()).as_ref().is_some_and(of_this))
        .map(|slice| (slice.from(), slice.to()))
        .collect();
    own.sort_unstable();
    let mut names: Vec<String> = Vec::new();
    for unit in units().filter(|unit| unit.access == overlap.access) {
        for slice in unit.minutes.slices() {
            let Some(id) = drug_of(slice.given()).filter(|id| !of_this(id)) else { continue };
            if slice.is_empty() || claim.coded.overlaps.iter().any(|other| other.drug == id && other.outcome == Outcome::Concurrent) {
                continue;
            }
            let name = drug(claim, id);
            let shares = own.iter().any(|(from, to)| slice.from() < *to && *from < slice.to());
            if shares && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// One step a unit, then one a modifier.
pub fn units(argument: &mut Argument, told: &Told) {
    for line in &told.claim.lines {
        for (at, charge) in line.charges.iter().enumerate() {
            let of = if line.charges.len() > 1 { format!(", unit {} of {}", at + 1, line.charges.len()) } else { String::new() };
            unit(argument, told, charge, &of);
        }
        for charge in line.charges.iter().take(1) {
            modifiers(argument, told, charge);
        }
    }
}

fn unit(argument: &mut Argument, told: &Told, charge: &Charge, of: &str) {
    let (unit, claim) = (&charge.unit, told.claim);
    let code = told.reference.codes.get(unit.code);
    let names: Vec<String> = unit.drugs.iter().map(|id| drug(claim, *id).to_owned()).collect();
    let what = if names.is_empty() { String::new() } else { format!(" for {}", listed(&names)) };
    let stretches = stretches(&unit.minutes);
    let total = unit.minutes.total();
    let when = match total {
        0 => Clocks::of(claim).at(unit.begins),
        _ => format!("{}, {}", Clocks::of(claim).stretches(&stretches), minutes(total)),
    };
    let mut text = format!("{} ({}){of}{what}{}, {}: {when}", code.code, code.label, place(claim, unit.access), unit.date);
    if let Some(of) = &unit.measure {
        text.push_str(&measure(of, total));
    }
    text = format!("{text}. By {}: {}", unit.rule.id(), unit.rule.entry().reason);
    let mut rules = vec![unit.rule];
    rules.extend(counted_by(unit));
    if unit.date != unit.own_date {
        text = format!("{text}. It bears the date on which its run began");
        rules.push(Rule::D1);
    }
    let places = places(told, &unit.minutes);
    let step = argument.step(Part::Units, text, &rules, places);
    step.near = unit.measure.as_ref().and_then(near);
    step.code = Some(code.code.clone());
}

/// The rule of the count, where the unit's own is that of its choice.
fn counted_by(unit: &Unit) -> Option<Rule> {
    let measure = unit.measure.as_ref()?;
    match measure.of {
        Measured::ShortRun if unit.rule != Rule::P5 && unit.rule != Rule::O2 => Some(Rule::T1),
        Measured::Sum if matches!(unit.rule, Rule::I2 | Rule::I3 | Rule::I6) => Some(Rule::T2),
        _ => None,
    }
}

fn modifiers(argument: &mut Argument, told: &Told, charge: &Charge) {
    let code = &told.reference.codes.get(charge.unit.code).code;
    for (id, rule) in &charge.modifiers {
        let page = told.reference.modifiers.get(*id);
        let text = format!("{code} carries {}: {}. By {}: {}", page.code, page.title, rule.id(), rule.entry().reason);
        argument.step(Part::Units, text, &[*rule], places(told, &charge.unit.minutes)).code = Some(code.clone());
    }
}

/// One step an entry of what earns nothing.
pub fn unbilled(argument: &mut Argument, told: &Told) {
    let mut left: Vec<&Unbilled> = told.claim.unbilled.iter().collect();
    left.sort_by_key(|left| (left.at, left.rule));
    for left in left {
        let claim = told.claim;
        let administration = &claim.coded.administrations[left.given.0 as usize];
        let name = administration.drug.map_or("what was done", |id| drug(claim, id));
        let clocks = Clocks::of(claim);
        let when = match left.minutes.total() {
            0 => clocks.at(left.at),
            total => format!("{}, {}", clocks.stretches(&stretches(&left.minutes)), minutes(total)),
        };
        let why = if claim.coded.held { "the session is held until the record is complete" } else { &left.rule.entry().reason };
        let mut text = format!("{name}{}: {when}", place(claim, administration.access));
        if let Some(of) = &left.measure {
            text.push_str(&measure(of, left.minutes.total()));
        }
        text = format!("{text}. By {}: {why}", left.rule.id());
        let rule = if claim.coded.held { Rule::U1 } else { left.rule };
        let places = places(told, &left.minutes);
        argument.step(Part::Unbilled, text, &[rule], places).near = left.measure.as_ref().and_then(near);
    }
}

fn stretches(minutes: &Minutes) -> Vec<(Minute, Minute)> {
    let mut joined: Vec<(Minute, Minute)> = Vec::new();
    let mut all: Vec<(Minute, Minute)> = minutes.slices().iter().map(|slice| (slice.from(), slice.to())).collect();
    all.sort_unstable();
    for (from, to) in all {
        match joined.last_mut() {
            Some(last) if last.1 >= from => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

/// Where the minutes' administrations begin and end in the log.
fn places(told: &Told, minutes: &Minutes) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for slice in minutes.slices() {
        let administration = &told.claim.coded.administrations[slice.given().0 as usize];
        for event in std::iter::once(administration.event).chain(administration.stop_event) {
            let place = Place::Event(event);
            if places.last() != Some(&place) && !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}
