//! Drugs: the same taken for new, different ones for the same, overlaps, classes.

use std::collections::BTreeSet;

use super::fluids::{is_drug, settled};
use super::lab::{Inputs, Keep, Part, Told, drug, kept, reclass, rename, times, told};
use crate::coding::argument::Outcome;
use crate::practice::Case;
use crate::reference::{CodeId, Family, Role, Rule, Way};
use crate::session::log::{Class, DrugNote, Event, Route, Session};
use crate::timeline::DrugId;

/// A drug's name for its second bag or dose: one that the list does not know, of the same class.
fn anew(session: &mut Session, told: &Told, drug: DrugId, number: usize) -> String {
    let name = format!("{}, number {number}", told.name(drug).replace('+', "with"));
    let note = DrugNote { class: Some(told.class(drug, Route::IV)), code: None, unit: None };
    if !session.drugs.0.iter().any(|(known, _)| *known == name) {
        session.drugs.0.push((name.clone(), note));
    }
    name
}

/// T5: each bag of a drug is a new drug.
pub fn new_bag_new_drug(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let mut bags: Vec<DrugId> = Vec::new();
        for hung in told.hung().iter().filter(|hung| is_drug(told, hung.event)) {
            bags.push(hung.drug);
            let number = bags.iter().filter(|drug| **drug == hung.drug).count();
            if number > 1 {
                let name = anew(session, told, hung.drug, number);
                for place in told.events_of(hung.administration) {
                    rename(&mut session.events[place], &name);
                }
            }
        }
    })
}

/// T5: all drugs share one clock.
pub fn pooled(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let hung = told.hung();
        let mut therapeutic = hung.iter().filter(|hung| told.class(hung.drug, Route::IV) == Class::Therapeutic && !hung.ran.is_empty());
        let Some(first) = therapeutic.next() else { return };
        for other in therapeutic.filter(|other| other.drug != first.drug) {
            for place in told.events_of(other.administration) {
                rename(&mut session.events[place], told.name(first.drug));
            }
        }
    })
}

/// T5: every run of a drug is counted by itself.
pub fn each_run_alone(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "same_drug=each_run")
}

/// P2: a drug pushed again is a further drug.
pub fn repeat_as_new(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let mut seen: Vec<DrugId> =
            told.hung().iter().filter(|hung| hung.ran.len() + hung.credited.len() > 0).map(|hung| hung.drug).collect();
        for place in 0..session.events.len() {
            let (Event::Push(_), true) = (&session.events[place], is_drug(told, &session.events[place])) else { continue };
            let Some(drug) = drug(&session.events[place]).and_then(|written| told.drug(written)) else { continue };
            if seen.contains(&drug) {
                let name = anew(session, told, drug, place + 2);
                rename(&mut session.events[place], &name);
            }
            seen.push(drug);
        }
    })
}

/// P3: a repeat that lies too near to the last.
pub fn repeat_too_near(case: &Case) -> Option<Inputs> {
    /// Days between what is moved, so that each stands alone.
    const APART: i64 = 24 * 60;
    Inputs::with_logs(case, |session, told| {
        let near: Vec<usize> = told
            .claim
            .unbilled
            .iter()
            .filter(|left| left.rule == Rule::P3)
            .map(|left| told.claim.coded.administrations[left.given.0 as usize].event)
            .filter(|place| matches!(told.session.events[*place], Event::Push(_)))
            .collect();
        if near.is_empty() {
            return;
        }
        // Fluids keep what they earned, though a push be moved out of them.
        let mut settled = settled(told);
        settled.events.retain(|event| !near.iter().any(|place| told.session.events[*place] == *event));
        for (nth, place) in (1i64..).zip(&near) {
            let mut event = told.session.events[*place].clone();
            for time in times(&mut event) {
                let Some(minute) = told.minute(time) else { continue };
                *time = told.stamp(minute.plus(nth * APART));
            }
            settled.events.push(event);
        }
        *session = settled;
    })
}

/// P2, E4: a repeat in an office.
pub fn repeat_in_office(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| {
        facts.codes.office_as_hospital();
        facts.facts.forget_primaries();
    })
}

/// S4: minutes that another drug holds are counted a second time.
pub fn overlap_counted_twice(case: &Case) -> Option<Inputs> {
    let mut inputs = Inputs::with_policy(case, "overlap=none")?;
    // Not even the same timing is together.
    inputs.reference.facts.limits.same_timing = -1;
    Some(inputs)
}

/// S4a: a single minute together is a concurrency.
pub fn any_overlap_concurrent(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "overlap=any")
}

/// The drugs that a bill holds to be concurrent.
fn concurrent(told: &Told) -> BTreeSet<DrugId> {
    told.claim.coded.overlaps.iter().filter(|overlap| overlap.outcome == Outcome::Concurrent).map(|overlap| overlap.drug).collect()
}

fn concurrent_code(case: &Case, session: &Session) -> Option<CodeId> {
    case.reference.codes.at(Family::Therapeutic, Way::Concurrent, Role::Alone, session.setting).ok()
}

/// The session with only those bags that are of a drug, or not of some.
fn with_bags(told: &Told, keep: impl Fn(DrugId) -> bool) -> Session {
    let hung = told.hung();
    told.without(&hung.iter().filter(|hung| !keep(hung.drug)).collect::<Vec<_>>())
}

/// S4, I6: a concurrent unit for every drug that ran beside others.
pub fn concurrent_each(case: &Case) -> Option<Inputs> {
    let mut inputs = Inputs::of(case);
    for (told, session) in told(case).zip(&case.sessions) {
        let Some(told) = told else { continue };
        let code = concurrent_code(case, session)?;
        let all = concurrent(&told);
        for one in all.iter().skip(1) {
            let alone = with_bags(&told, |drug| drug == *one || !all.contains(&drug));
            inputs.parts.push(Part { sessions: vec![alone], keep: Keep::Only(vec![code]) });
        }
    }
    (inputs.parts.len() > 1).then_some(inputs)
}

/// S4, I6: a concurrent unit for every hour together.
pub fn concurrent_hours(case: &Case) -> Option<Inputs> {
    let mut inputs = Inputs::of(case);
    for (told, session) in told(case).zip(&case.sessions) {
        let Some(told) = told else { continue };
        let code = concurrent_code(case, session)?;
        for one in concurrent(&told) {
            let mut alone = with_bags(&told, |drug| drug == one);
            alone.events = kept(&alone.events, |_, event| drug(event).and_then(|written| told.drug(written)) == Some(one));
            alone.events.retain(|event| !matches!(event, Event::Push(_) | Event::Inject(_)));
            alone.reason = None;
            inputs.parts[0].keep = Keep::Except(vec![code]);
            inputs.parts.push(Part { sessions: vec![alone], keep: Keep::Under(code) });
        }
    }
    (inputs.parts.len() > 1).then_some(inputs)
}

/// S6: chemo beside chemo has a concurrent unit.
pub fn chemo_concurrent(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        for overlap in told.claim.coded.overlaps.iter().filter(|overlap| overlap.outcome == Outcome::Nothing) {
            reclass(session, told, overlap.drug, Class::Therapeutic);
        }
    })
}

fn is_chemo(class: Class) -> bool {
    matches!(class, Class::Antineoplastic | Class::ComplexBiologic | Class::Hormonal)
}

/// I6: what is given before or beside chemo is chemo.
pub fn premed_as_chemo(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        if !told.drugs().any(|drug| is_chemo(told.class(drug, Route::IV))) {
            return;
        }
        let by_vein = |event: &Event| matches!(event, Event::Start(_) | Event::Infuse(_) | Event::Push(_));
        for event in told.session.events.iter().filter(|event| by_vein(event)) {
            let Some(drug) = drug(event).and_then(|written| told.drug(written)) else { continue };
            if told.class(drug, Route::IV) == Class::Therapeutic {
                reclass(session, told, drug, Class::Antineoplastic);
            }
        }
    })
}

/// I2: a complex biologic goes by the codes of therapy.
pub fn biologic_as_therapy(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "complex_biologics=therapeutic")
}

/// P5: a chemo or hormonal injection goes by the code of therapy.
pub fn chemo_injection_plain(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        for event in &told.session.events {
            let Event::Inject(inject) = event else { continue };
            let Some(drug) = told.drug(&inject.drug) else { continue };
            if is_chemo(told.class(drug, inject.route)) {
                reclass(session, told, drug, Class::Therapeutic);
            }
        }
    })
}

/// T0: a flush or the like that is pushed or injected is a push or an injection.
pub fn not_separate_push(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        for event in &told.session.events {
            let (written, route) = match event {
                Event::Push(push) => (&push.drug, Route::IV),
                Event::Inject(inject) => (&inject.drug, inject.route),
                _ => continue,
            };
            if let Some(drug) = told.drug(written).filter(|drug| told.class(*drug, route) == Class::NotSeparate) {
                reclass(session, told, drug, Class::Therapeutic);
            }
        }
    })
}
