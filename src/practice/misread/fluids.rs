//! Fluids: hydration where there is none, or more of it, or in the wrong place.

use super::lab::{Hung, Inputs, Keep, Part, Stretch, Told, beside, reclass, told};
use crate::practice::Case;
use crate::reference::{CodeId, Family, Role, Way};
use crate::session::log::{Class, Event, Route, Session};

/// So many days later nothing runs that could block a fluid or be blocked; the encounter is the same.
const LATER: i64 = 60 * 24 * 60;

/// What hung to hydrate.
fn fluids<'h>(told: &Told, hung: &'h [Hung<'h>]) -> Vec<&'h Hung<'h>> {
    hung.iter().filter(|hung| told.class(hung.drug, Route::IV) == Class::Hydration).collect()
}

/// A session whose fluids ran in these minutes alone, out of reach of everything else.
fn moved(told: &Told, minutes: impl Fn(&Hung) -> Vec<Stretch>) -> Session {
    let hung = told.hung();
    let fluids = fluids(told, &hung);
    let mut session = told.without(&fluids);
    for fluid in fluids {
        let later = |(from, to): Stretch| (from.plus(LATER), to.plus(LATER));
        session.events.extend(minutes(fluid).into_iter().map(|stretch| told.infuse(fluid, later(stretch))));
    }
    session
}

/// The session with hydration as it was earned, whatever else is told otherwise of it.
pub fn settled(told: &Told) -> Session {
    moved(told, |fluid| fluid.credited.clone())
}

/// S1: hydration earns beside a drug that runs.
pub fn beside_drugs(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| *session = moved(told, |fluid| beside(&fluid.ran, &told.pushed())))
}

/// S2: pushes take no minutes from hydration.
pub fn push_time_kept(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "push_minutes=keep")
}

/// S3: short stretches of hydration are dropped.
pub fn short_stretches_dropped(case: &Case) -> Option<Inputs> {
    Inputs::with_policy(case, "hydration_gaps=each_segment")
}

/// The codes of hydration.
fn codes(case: &Case, session: &Session) -> Vec<CodeId> {
    let at = |role| case.reference.codes.at(Family::Hydration, Way::Infusion, role, session.setting).ok();
    [Role::Initial, Role::Subsequent, Role::Hour].into_iter().filter_map(at).collect()
}

/// T4: hydration has a first hour of its own beside another initial.
pub fn as_initial(case: &Case) -> Option<Inputs> {
    let mut parts = Vec::new();
    for (told, session) in told(case).zip(&case.sessions) {
        let Some(told) = told else { continue };
        let hung = told.hung();
        let fluids = fluids(&told, &hung);
        parts.push(Part::of(vec![told.without(&fluids)]));
        let mut alone = session.clone();
        alone.reason = None;
        alone.events = fluids.iter().flat_map(|fluid| fluid.credited.iter().map(|stretch| told.infuse(fluid, *stretch))).collect();
        parts.push(Part::of(vec![alone]));
    }
    Inputs::in_parts(case, parts)
}

/// S3: every bag of fluid is counted by itself.
pub fn each_bag(case: &Case) -> Option<Inputs> {
    let mut parts = Vec::new();
    for told in told(case).flatten() {
        let hung = told.hung();
        let fluids = fluids(&told, &hung);
        if fluids.len() < 2 {
            return None;
        }
        let bare = told.without(&fluids);
        let codes = codes(case, &bare);
        for fluid in &fluids {
            let mut session = bare.clone();
            session.events.extend(fluid.credited.iter().map(|(from, to)| told.infuse(fluid, (from.plus(LATER), to.plus(LATER)))));
            parts.push(Part { sessions: vec![session], keep: Keep::Only(codes.clone()) });
        }
        parts.push(Part::of(vec![bare]));
    }
    Inputs::in_parts(case, parts)
}

/// T0: what carries or keeps a line open is hydration.
pub fn carrier(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        for hung in told.hung().iter().filter(|hung| told.class(hung.drug, Route::IV) == Class::NotSeparate) {
            reclass(session, told, hung.drug, Class::Hydration);
        }
    })
}

/// T3: a fluid with a salt in it is a drug.
pub fn additive(case: &Case) -> Option<Inputs> {
    Inputs::with_logs(case, |session, told| {
        let hung = told.hung();
        for fluid in fluids(told, &hung).into_iter().filter(|fluid| told.claim.coded.drugs[fluid.drug.0 as usize].bag.0.len() > 1) {
            reclass(session, told, fluid.drug, Class::Therapeutic);
        }
    })
}

/// Whether an event is no bag of fluid.
pub fn is_drug(told: &Told, event: &Event) -> bool {
    let class = super::lab::drug(event).and_then(|written| told.drug(written)).map(|drug| told.class(drug, Route::IV));
    class.is_some_and(|class| !matches!(class, Class::Hydration | Class::NotSeparate))
}
