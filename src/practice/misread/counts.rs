//! Minutes miscounted: thresholds one off, pauses left in, short runs added up.

use super::fluids::is_drug;
use super::lab::{Hung, Inputs, kept};
use crate::practice::Case;
use crate::reference::{Clock, Family, Reference, Way};
use crate::session::log::{Event, Infuse, Route};

/// Every clock that counts hours.
fn clocks(reference: &mut Reference, change: impl Fn(&mut Clock)) {
    for way in [Way::Infusion, Way::SkinInfusion, Way::ArteryInfusion] {
        reference.facts.change_clocks(way, &change);
    }
}

/// T2, T4: a further hour from its thirtieth minute on, in the place of its thirty-first.
pub fn hour_at_30(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| clocks(facts, |clock| clock.over -= 1))
}

/// T2, T4: a further hour for every hour begun.
pub fn every_begun_hour(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| clocks(facts, |clock| clock.over = 0))
}

/// T2, T4: a further hour only when it is full.
pub fn full_hours_only(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| clocks(facts, |clock| clock.over = clock.hour - 1))
}

/// T1, O1: an infusion from the last minute of a push on.
pub fn fifteen_is_infusion(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| {
        clocks(facts, |clock| clock.least -= i64::from(clock.family != Family::Hydration));
        facts.facts.limits.injection_up_to -= 1;
    })
}

/// T3: hydration from its thirtieth minute on, in the place of its thirty-first.
pub fn hydration_of_30(case: &Case) -> Option<Inputs> {
    Inputs::with_facts(case, |facts| clocks(facts, |clock| clock.least -= i64::from(clock.family == Family::Hydration)))
}

/// T0: minutes in which a bag was held.
pub fn pauses_counted(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, _| {
        session.events = kept(&session.events, |_, event| !matches!(event, Event::Pause(_) | Event::Resume(_)));
    })
}

/// T6: a hand push that took as long as an infusion.
pub fn slow_push_as_infusion(case: &Case) -> Option<Inputs> {
    let least = case.reference.facts.clock(Family::Therapeutic, Way::Infusion).least;
    Inputs::with_logs(case, |session, told| {
        for event in &mut session.events {
            let Event::Push(push) = event else { continue };
            let (Some(minutes), Some(from)) = (push.minutes, told.minute(&push.at)) else { continue };
            if i64::from(minutes) < least {
                continue;
            }
            *event = Event::Infuse(Infuse {
                from: push.at.clone(),
                to: told.stamp(from.plus(minutes.into())),
                drug: push.drug.clone(),
                site: push.site.clone(),
                route: Route::IV,
                pump: None,
                continues_at_home: false,
                volume_ml: None,
                rate_ml_per_h: None,
                dose: push.dose.clone(),
                waste: push.waste.clone(),
                container: push.container,
            });
        }
    })
}

/// T1: the short runs of a drug as one infusion of all their minutes.
pub fn short_runs_added_up(case: &Case) -> Option<Inputs> {
    let least = case.reference.facts.clock(Family::Therapeutic, Way::Infusion).least;
    Inputs::with_logs(case, |session, told| {
        let hung = told.hung();
        let ran = |bag: &Hung| bag.ran.iter().map(|(from, to)| to.since(*from)).sum::<i64>();
        let is_short = |bag: &Hung| is_drug(told, bag.event) && ran(bag) > 0 && ran(bag) < least && bag.administration.part_of.is_none();
        let mut gone = Vec::new();
        let mut added = Vec::new();
        for drug in told.drugs() {
            let short: Vec<_> = hung.iter().filter(|bag| bag.drug == drug && is_short(bag)).collect();
            if let [first, _, ..] = short.as_slice() {
                let start = first.administration.start;
                added.push(told.infuse(first, (start, start.plus(short.iter().map(|bag| ran(bag)).sum()))));
                gone.extend(short);
            }
        }
        if !gone.is_empty() {
            *session = told.without(&gone);
            session.events.extend(added);
        }
    })
}
