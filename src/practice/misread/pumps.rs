//! Pumps, ports, gaps in the record, blood.

use super::lab::{Inputs, Part};
use crate::practice::Case;
use crate::reference::{Family, Way};
use crate::session::log::{At, Event, Route, Session, Stop};

/// O3: prolonged from eight hours on, in the place of more than eight.
pub fn of_eight(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| facts.facts.limits.prolonged_pump -= 1)
}

/// O3: whatever runs on a pump is prolonged.
pub fn any_prolonged(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| facts.facts.limits.prolonged_pump = 0)
}

/// O3: a prolonged pump is an infusion of many hours.
pub fn as_infusion(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let hung = told.hung();
        let stopped = |at: usize| hung.iter().any(|hung| hung.administration.event == at && !hung.ran.is_empty());
        for (at, event) in session.events.iter_mut().enumerate() {
            match event {
                Event::Start(start) if start.route != Route::SC && !start.continues_at_home && stopped(at) => start.pump = None,
                Event::Infuse(infuse) if infuse.route != Route::SC && !infuse.continues_at_home => infuse.pump = None,
                Event::Stop(stop) if hung.iter().any(|hung| hung.administration.stop_event == Some(at)) => stop.pump = None,
                _ => {}
            }
        }
    })
}

/// O4: taking off a pump is a flush.
pub fn disconnect_as_flush(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let ends = |at: usize| told.claim.coded.administrations.iter().any(|given| given.stop_event == Some(at));
        for (at, event) in session.events.iter_mut().enumerate() {
            match event {
                Event::Stop(Stop { at: time, pump: Some(_), .. }) if !ends(at) => *event = Event::FlushPort(At { at: time.clone() }),
                _ => {}
            }
        }
    })
}

/// O5: a flush beside other services.
pub fn flush_billed(case: &Case) -> Option<Inputs> {
    let is_flush = |event: &Event| matches!(event, Event::FlushPort(_));
    apart(case, is_flush, true)
}

/// O6: a transfusion for every bag of blood.
pub fn transfusion_per_unit(case: &Case) -> Option<Inputs> {
    let is_blood = |event: &Event| matches!(event, Event::Transfuse(_));
    apart(case, is_blood, false)
}

/// Events of a kind each in a session of its own, or all together, and the rest in another.
fn apart(case: &Case, of_kind: impl Fn(&Event) -> bool, together: bool) -> Option<Inputs> {
    let mut parts = Vec::new();
    let mut rest = case.sessions.clone();
    for session in &mut rest {
        let alone: Vec<Event> = session.events.iter().filter(|event| of_kind(event)).cloned().collect();
        session.events.retain(|event| !of_kind(event));
        let size = if together { alone.len() } else { 1 };
        let part = |events: &[Event]| Part::of(vec![Session { events: events.to_vec(), reason: None, ..session.clone() }]);
        parts.extend(alone.chunks(size.max(1)).map(part));
    }
    if parts.is_empty() {
        return None;
    }
    parts.push(Part::of(rest));
    Inputs::in_parts(case, parts)
}

/// U1: a bag without a stop is an infusion all the same.
pub fn missing_stop_as_infusion(case: &Case) -> Option<Inputs> {
    let least = case.reference.facts.clock(Family::Therapeutic, Way::Infusion).least;
    Inputs::with_logs(case, |session, told| {
        for hung in told.hung().iter().filter(|hung| hung.ran.is_empty() && hung.administration.stop_event.is_none()) {
            let Event::Start(start) = hung.event else { continue };
            if start.continues_at_home || hung.administration.part_of.is_some() {
                continue;
            }
            let at = told.stamp(hung.administration.start.plus(least));
            session.events.push(Event::Stop(Stop {
                at,
                drug: start.drug.clone(),
                site: start.site.clone(),
                pump: start.pump,
                reaction: false,
            }));
        }
    })
}

/// U1: a bag without a stop is nothing.
pub fn missing_stop_as_nothing(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "missing_stop=not_billable")
}
