//! The hierarchy: what is the initial, and what begins it anew.

use super::fluids::is_drug;
use super::lab::{Inputs, Part, drug, kept, site, times, told};
use crate::practice::Case;
use crate::reference::Reference;
use crate::session::log::{Class, Entries, Event, Push, Route, Session, Setting, SiteNote};
use crate::timeline::calendar::Minute;

/// Lets any service be the initial, as the reason of an office may be, with a hospital's places.
fn without_hierarchy(facts: &mut Reference) {
    facts.codes.office_as_hospital();
    facts.codes.unbind();
    facts.facts.forget_primaries();
}

/// I2: what hung first is the initial.
pub fn first_hung(case: &Case) -> Option<Inputs> {
    let mut inputs = Inputs::with_logs(case, |session, told| {
        let is_hospital = session.setting == Setting::Hospital;
        let given = |event: &&Event| matches!(event, Event::Start(_) | Event::Infuse(_) | Event::Push(_)) && is_candidate(told, event);
        let first = session.events.iter().filter(given).min_by_key(|event| told.minute(event.at()));
        if let (true, Some(written)) = (is_hospital, first.and_then(drug)) {
            session.reason = Some(written.to_owned());
            session.setting = Setting::Office;
        }
    })?;
    without_hierarchy(&mut inputs.reference);
    Some(inputs)
}

/// A drug, or a fluid of which something was earned.
fn is_candidate(told: &super::lab::Told, event: &Event) -> bool {
    let written = drug(event).and_then(|written| told.drug(written));
    let earned = || told.hung().iter().any(|hung| Some(hung.drug) == written && !hung.credited.is_empty());
    is_drug(told, event) || (written.is_some_and(|drug| told.class(drug, Route::IV) == Class::Hydration) && earned())
}

/// I3: a hospital's hierarchy in an office.
pub fn office_hierarchy(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, _| session.reason = None)
}

/// I4: of two infusions of one rank the earlier is the initial.
pub fn earliest_initial(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "initial_tie=first")
}

/// I1, D1: every date has a hierarchy of its own.
pub fn midnight_reset(case: &Case) -> Option<Inputs> {
    let mut parts = Vec::new();
    for (told, session) in told(case).zip(&case.sessions) {
        let Some(told) = told else { continue };
        let calendar = &told.claim.coded.calendar;
        let hung = told.hung();
        let mut cut = told.without(&hung.iter().collect::<Vec<_>>());
        for bag in &hung {
            cut.events.extend(bag.ran.iter().flat_map(|stretch| by_date(*stretch, calendar)).map(|stretch| told.infuse(bag, stretch)));
        }
        let date = |event: &Event| told.minute(event.at()).map(|minute| calendar.date(minute));
        let mut dates: Vec<_> = cut.events.iter().filter_map(date).collect();
        dates.sort_unstable();
        dates.dedup();
        if dates.len() < 2 {
            continue;
        }
        for day in dates {
            let events = kept(&cut.events, |_, event| date(event) == Some(day));
            parts.push(Part::of(vec![Session { events, patient: None, ..session.clone() }]));
        }
    }
    Inputs::in_parts(case, parts)
}

/// A stretch in parts, none over midnight.
fn by_date((from, to): (Minute, Minute), calendar: &crate::timeline::calendar::Calendar) -> Vec<(Minute, Minute)> {
    let mut parts = Vec::new();
    let mut start = from;
    for minute in from.0 + 1..to.0 {
        if calendar.date(Minute(minute)) != calendar.date(Minute(minute - 1)) {
            parts.push((start, Minute(minute)));
            start = Minute(minute);
        }
    }
    parts.push((start, to));
    parts
}

/// M1: each site, lumen or needle has its own initial.
pub fn initial_per_site(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, _| {
        let mut sites: Vec<String> = Vec::new();
        for written in session.events.iter().filter(|event| !matches!(event, Event::Inject(_))).filter_map(site) {
            if !sites.iter().any(|known| known.eq_ignore_ascii_case(written)) {
                sites.push(written.to_owned());
            }
        }
        if sites.len() > 1 {
            let noted = session.sites.iter().flat_map(|sites| &sites.0).map(|(name, _)| name.clone());
            sites.extend(noted.filter(|name| !session.events.iter().filter_map(site).any(|site| site.eq_ignore_ascii_case(name))));
            let separate = |name| (name, SiteNote { separate: Some("another line".to_owned()) });
            session.sites = Some(Entries(sites.into_iter().map(separate).collect()));
        }
    })
}

/// M1: a separate access belongs to the first.
pub fn one_access(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, _| {
        for (_, note) in session.sites.iter_mut().flat_map(|sites| &mut sites.0) {
            note.separate = None;
        }
    })
}

/// M2: two visits of a day are one.
pub fn visits_as_one(case: &Case) -> Option<Inputs> {
    let mut all = case.sessions.iter();
    let mut whole = all.next()?.clone();
    let mut merged = false;
    for (session, told) in case.sessions.iter().zip(told(case)).skip(1) {
        if session.patient.is_none() || session.patient != whole.patient {
            continue;
        }
        for mut event in session.events.clone() {
            for time in times(&mut event) {
                *time = told.as_ref()?.stamp(told.as_ref()?.minute(time)?);
            }
            whole.events.push(event);
            merged = true;
        }
    }
    if !merged {
        return None;
    }
    Inputs::in_parts(case, vec![Part::of(vec![whole])])
}

/// I5, P5: an injection into muscle or skin is a push of the hierarchy.
pub fn injection_in_hierarchy(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, _| {
        for event in &mut session.events {
            let Event::Inject(inject) = event else { continue };
            if inject.route != Route::IA {
                let (at, drug) = (inject.at.clone(), inject.drug.clone());
                *event = Event::Push(Push { at, drug, site: None, minutes: None, dose: None, waste: None, container: None });
            }
        }
    })
}
