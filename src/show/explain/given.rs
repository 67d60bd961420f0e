//! What the record shows: everything given, in clock order, with its minutes.

use std::collections::HashMap;

use super::words::{Clocks, drug, listed, minutes, place};
use super::{Argument, Part, Told};
use crate::claim::Claim;
use crate::reference::Rule;
use crate::session::finding::Place;
use crate::session::log::{Cavity, Event, Route, Start};
use crate::timeline::calendar::Minute;
use crate::timeline::{Administration, Given};

type Stretches = Vec<(Minute, Minute)>;

/// One step an administration.
pub fn tell(argument: &mut Argument, told: &Told) {
    let claim = told.claim;
    let ran = ran(claim);
    let mut order: Vec<usize> = (0..claim.coded.administrations.len()).collect();
    order.sort_by_key(|at| (claim.coded.administrations[*at].start, *at));
    let nothing = Stretches::new();
    for at in order {
        let administration = &claim.coded.administrations[at];
        let given = Given(u32::try_from(at).unwrap_or(u32::MAX));
        administered(argument, told, administration, ran.get(&given).unwrap_or(&nothing));
    }
}

/// Which minutes of each administration lie in lines or in unbilled: all that ran.
fn ran(claim: &Claim) -> HashMap<Given, Stretches> {
    let mut ran: HashMap<Given, Stretches> = HashMap::new();
    let billed = claim.lines.iter().flat_map(|line| &line.charges).map(|charge| &charge.unit.minutes);
    for slice in billed.chain(claim.unbilled.iter().map(|left| &left.minutes)).flat_map(|minutes| minutes.slices()) {
        if !slice.is_empty() {
            ran.entry(slice.given()).or_default().push((slice.from(), slice.to()));
        }
    }
    for stretches in ran.values_mut() {
        stretches.sort_unstable();
        *stretches = touching_as_one(stretches);
    }
    ran
}

fn touching_as_one(sorted: &[(Minute, Minute)]) -> Stretches {
    let mut joined: Stretches = Vec::new();
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if last.1 >= *from => last.1 = last.1.max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

fn administered(argument: &mut Argument, told: &Told, administration: &Administration, ran: &[(Minute, Minute)]) {
    let clocks = Clocks::of(told.claim);
    let name = administration.drug.map_or("", |id| drug(told.claim, id));
    let event = told.event(administration.event);
    let mut places = vec![Place::Event(administration.event)];
    places.extend(administration.stop_event.map(Place::Event));
    let at = place(told.claim, administration.access);
    let begun = clocks.at(administration.start);
    let (text, rules): (String, &[Rule]) = match event {
        Some(Event::Start(_) | Event::Infuse(_)) => {
            let route = route_words(event);
            if let Some(host) = administration.part_of {
                let host = &told.claim.coded.administrations[host.0 as usize];
                places.push(Place::Event(host.event));
                let first = clocks.at(host.start);
                (format!("{name}{route}{at} from {begun} on is part of the run that begins {first}"), &[Rule::T1, Rule::T5])
            } else if ran.is_empty() {
                (format!("{name}{route}{at} was started {begun}; no minute of it is proven"), &[Rule::U1])
            } else {
                places.extend(held_lines(told, event, ran));
                let total: i64 = ran.iter().map(|(from, to)| to.since(*from)).sum();
                let span = clocks.stretch(ran[0].0, ran[ran.len() - 1].1);
                let held = held(&clocks, ran);
                let charted = matches!(event, Some(Event::Infuse(_))) || administration.stop_event.is_some();
                let proof = if charted { "" } else { "; no stop is charted, the end is proven otherwise" };
                (
                    format!("{name}{route}{at} ran {span}{held}: {}{proof}", minutes(total)),
                    if charted { &[] } else { &[Rule::U1] as &[Rule] },
                )
            }
        }
        Some(event) => {
            let took: i64 = ran.iter().map(|(from, to)| to.since(*from)).sum();
            let took = if took > 0 { format!(", {}", minutes(took)) } else { String::new() };
            (format!("{}{at} {begun}{took}", done(event, name)), &[])
        }
        None => (format!("{name}{at} {begun}"), &[]),
    };
    argument.step(Part::Record, text, rules, places);
}

/// ", held 10:10 to 10:25".
fn held(clocks: &Clocks, ran: &[(Minute, Minute)]) -> String {
    let gaps: Stretches = ran.windows(2).map(|pair| (pair[0].1, pair[1].0)).collect();
    if gaps.is_empty() { String::new() } else { format!(", not running {}", clocks.stretches(&gaps)) }
}

/// The lines on which it was held and resumed: of its drug, as written, at those minutes.
fn held_lines(told: &Told, begun: Option<&Event>, ran: &[(Minute, Minute)]) -> Vec<Place> {
    let written = match begun {
        Some(Event::Start(Start { drug, .. })) => drug,
        _ => return Vec::new(),
    };
    let calendar = &told.claim.coded.calendar;
    let edges: Vec<Minute> = ran.windows(2).flat_map(|pair| [pair[0].1, pair[1].0]).collect();
    let is_edge = |at: &str| !edges.is_empty() && calendar.read(at).is_ok_and(|minute| edges.contains(&minute));
    let of_this = |drug: &str| drug.trim().eq_ignore_ascii_case(written.trim());
    let events = told.session.events.iter().enumerate();
    let held = events.filter(|(_, event)| match event {
        Event::Pause(mark) | Event::Resume(mark) => of_this(&mark.drug) && is_edge(&mark.at),
        Event::Stop(stop) => of_this(&stop.drug) && is_edge(&stop.at),
        _ => false,
    });
    held.map(|(at, _)| Place::Event(at)).collect()
}

fn route_words(event: Option<&Event>) -> &'static str {
    let (route, pump) = match event {
        Some(Event::Start(start)) => (start.route, start.pump),
        Some(Event::Infuse(infuse)) => (infuse.route, infuse.pump),
        _ => return "",
    };
    match (route, pump.is_some()) {
        (Route::IV, false) => "",
        (Route::IV, true) => " on a pump",
        (Route::SC, false) => " under the skin",
        (Route::SC, true) => " under the skin on a pump",
        (Route::IM, _) => " into a muscle",
        (Route::IA, false) => " into an artery",
        (Route::IA, true) => " into an artery on a pump",
    }
}

/// Something of one minute, in words.
fn done(event: &Event, name: &str) -> String {
    match event {
        Event::Push(_) => format!("{name} was pushed"),
        Event::Inject(inject) => match inject.route {
            Route::IV => format!("{name} was injected"),
            Route::SC => format!("{name} was injected under the skin"),
            Route::IM => format!("{name} was injected into a muscle"),
            Route::IA => format!("{name} was injected into an artery"),
        },
        Event::OnBodyInjector(_) => format!("an on-body injector with {name} was put on"),
        Event::FlushPort(_) => "a port was flushed".to_owned(),
        Event::PumpRefill(_) => "a pump was refilled".to_owned(),
        Event::PumpSetup(_) => format!("a further set-up under the skin for {name}"),
        Event::Transfuse(transfuse) => listed(&[format!("{} was transfused", transfuse.product)]),
        Event::Instill(instill) => match instill.cavity {
            Cavity::Pleural => format!("{name} was put into the chest cavity"),
            Cavity::Peritoneal => format!("{name} was put into the abdominal cavity"),
            Cavity::Intrathecal => format!("{name} was put into the spinal fluid"),
            Cavity::Reservoir => format!("{name} was put into a ventricular reservoir"),
            Cavity::Lesions(count) => format!("{name} was put into {count} lesions"),
        },
        _ => name.to_owned(),
    }
}
