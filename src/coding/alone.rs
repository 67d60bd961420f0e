//! Services that neither take nor need the initial place (I5): pumps, injections, infusions under
//! the skin and in arteries, cavities, refills, flushes, transfusions (O1 to O7, P5, P6).

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::argument::{Measure, Measured};
use super::contested;
use super::hydration::stretch_start;
use super::infusions::{Course, Series, courses, hours};
use super::ledger::{Entry, Ledger};
use super::ways::{Infusion, Other, flag_unlisted};
use crate::reference::{Family, Role, Rule, Way};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Cavity, Class, Pump, Route};
use crate::timeline::cover::Cover;
use crate::timeline::minutes::Minutes;
use crate::timeline::{AccessId, DrugId, Single, What};

/// O3: one unit a prolonged pump, no hours.
pub fn pumps(ledger: &mut Ledger, pumps: Vec<Other>) {
    for pump in pumps {
        whole_run(ledger, pump, Rule::O3, "ran on a pump, and this setting has no code for it");
    }
}

/// O1 and P5: an infusion under the skin is one sum; a short run, and any of chemo, an injection.
pub fn skin(ledger: &mut Ledger, runs: Vec<Other>) {
    let (injections, infusions): (Vec<_>, Vec<_>) = runs.into_iter().partition(|other| other.way == Way::Injection);
    for other in injections {
        flag_long_injection(ledger, &other);
        let rule = if other.family == Family::Therapeutic { Rule::P5 } else { Rule::O1 };
        whole_run(ledger, other, rule, "has no code as an injection");
    }
    skin_sum(ledger, infusions);
}

fn flag_long_injection(ledger: &mut Ledger, other: &Other) {
    let most = ledger.reference.facts.limits.injection_up_to;
    let ran = other.run.minutes.total();
    if ran > most {
        let name = ledger.name(other.run.drug).to_owned();
        ledger.find(
            Finding::warning(
                "O1",
                Place::Event(other.run.order),
                format!("{name} ran under the skin for {ran} minutes and counts as one injection"),
            )
            .label(format!("over {most} minutes"))
            .help("chemo under the skin has no code by time"),
        );
    }
}

/// O1: the minutes of all drugs add up, each clock minute once.
fn skin_sum(ledger: &mut Ledger, infusions: Vec<Other>) {
    let Some(first) = infusions.first() else { return };
    let (access, family) = (first.run.access, first.family);
    let mut stretches = Cover::new();
    for other in &infusions {
        stretches.add(other.run.start, other.run.stop);
    }
    let (left, twice) = Minutes::pool(infusions.into_iter().map(|other| other.run.minutes));
    ledger.leave(Rule::O1, twice);
    let clock = ledger.clock(family, Way::SkinInfusion);
    let units = clock.units(left.total());
    let ran = left.total();
    if units == 0 {
        return ledger.leave_short(Rule::O1, left, Measure::short_of(Measured::Sum, ran, clock.least));
    }
    for (unit, minutes) in (0..).zip(left.shares(units, clock.hour)) {
        let (role, rule) = if unit == 0 { (Role::Alone, Rule::O1) } else { (Role::Hour, Rule::T2) };
        match ledger.place(family, Way::SkinInfusion, role) {
            Ok(code) => {
                let mut entry = Entry::new(code, rule, access, minutes).measured(Measure::of_clock(ran, unit, units, &clock));
                entry.service_date = entry.minutes.first().and_then(|begins| {
                    let began = stretch_start(&stretches, begins)?;
                    contested::service_date(ledger, began, begins)
                });
                ledger.bill(entry);
            }
            Err(none) => ledger.leave(none, minutes),
        }
    }
}

/// O2: into an artery, pushes and prolonged pumps each by themselves, infusions per drug and access.
pub fn arteries(ledger: &mut Ledger, runs: Vec<Other>) {
    let mut infusions = Vec::new();
    for other in runs {
        let has_code = ledger.place(other.family, other.way, Role::Alone).is_ok();
        if other.way == Way::ArteryInfusion && has_code {
            infusions.push(Infusion { run: other.run, family: other.family, reduced: false });
        } else {
            whole_run(ledger, other, Rule::O2, "ran into an artery and has no code of its own");
        }
    }
    for course in courses(infusions) {
        artery_course(ledger, course);
    }
}

fn artery_course(ledger: &mut Ledger, course: Course) {
    let series = Series {
        first: ledger.place(course.family, Way::ArteryInfusion, Role::Alone),
        rule: Rule::O2,
        hour: ledger.place(course.family, Way::ArteryInfusion, Role::Hour),
        clock: ledger.clock(course.family, Way::ArteryInfusion),
        access: course.access,
        opens: None,
        reduced: None,
    };
    hours(ledger, course.minutes, &series);
}

/// One unit for a whole run, or none and a flag.
fn whole_run(ledger: &mut Ledger, other: Other, rule: Rule, lacks: &str) {
    match ledger.place(other.family, other.way, Role::Alone) {
        Ok(code) => {
            let measure = length(ledger, &other);
            let mut entry = Entry::new(code, rule, other.run.access, other.run.minutes).measured(measure);
            entry.service_date = Some(ledger.date(other.run.start));
            ledger.bill(entry);
        }
        Err(none) => {
            flag_unlisted(ledger, none, &other.run, lacks);
            ledger.leave(none, other.run.minutes);
        }
    }
}

/// For the explanation: the length that made a run what it is.
fn length(ledger: &Ledger, other: &Other) -> Option<Measure> {
    let limits = &ledger.reference.facts.limits;
    let (ran, is_therapeutic) = (other.run.minutes.total(), other.family == Family::Therapeutic);
    match other.way {
        Way::Injection if is_therapeutic => Some(Measure::short_of(Measured::ShortRun, ran, limits.injection_up_to + 1)),
        Way::ArteryPush => Some(Measure::short_of(Measured::ShortRun, ran, limits.injection_up_to + 1)),
        Way::Pump | Way::HomePump | Way::ArteryPump if ran > limits.prolonged_pump => {
            Some(Measure::past(Measured::Pump, ran, limits.prolonged_pump + 1))
        }
        _ => None,
    }
}

/// Everything of one minute but pushes.
pub fn singles(ledger: &mut Ledger, singles: Vec<Single>) {
    let mut lesions: BTreeMap<NaiveDate, (u32, Minutes)> = BTreeMap::new();
    for single in singles {
        match single.what {
            What::Push(_) => unreachable!("pushes are sorted apart"),
            What::Inject(drug, Route::IA) => by_family(ledger, single, drug, Route::IA, Way::ArteryPush, Rule::P6),
            What::Inject(drug, route) => by_family(ledger, single, drug, route, Way::Injection, Rule::P5),
            What::OnBody(drug) => by_family(ledger, single, drug, Route::SC, Way::OnBody, Rule::P6),
            What::SkinSetup(drug) => by_family(ledger, single, drug, Route::SC, Way::SkinSetup, Rule::O1),
            What::Instill(drug, Cavity::Lesions(count)) if is_chemo(ledger, drug) => {
                let date = ledger.date(single.at);
                let (total, minutes) = lesions.entry(date).or_default();
                *total = total.saturating_add(count);
                *minutes = std::mem::take(minutes).with(single.minutes);
            }
            What::Instill(drug, cavity) => into_cavity(ledger, single, drug, cavity),
            What::Flush => of_any(ledger, single, Way::Flush, Rule::O5),
            What::Refill(Pump::Portable) => of_any(ledger, single, Way::RefillPortable, Rule::O4),
            What::Refill(Pump::Implantable) => of_any(ledger, single, Way::RefillImplantable, Rule::O4),
            What::Transfuse => {
                ledger.note_transfusion();
                of_any(ledger, single, Way::Transfusion, Rule::O6);
            }
        }
    }
    let few = ledger.reference.facts.limits.few_lesions;
    for (count, minutes) in lesions.into_values() {
        let way = if count <= few { Way::FewLesions } else { Way::ManyLesions };
        match ledger.place(Family::Chemo, way, Role::Alone) {
            Ok(code) => {
                ledger.bill(Entry::new(code, Rule::O7, AccessId::MAIN, minutes));
            }
            Err(none) => ledger.leave(none, minutes),
        }
    }
}

/// A cavity is no route of its own: the drug's class is that by vein, but a hormonal drug is chemo
/// only there.
fn is_chemo(ledger: &Ledger, drug: DrugId) -> bool {
    matches!(ledger.timeline[drug].class(Route::IV), Class::Antineoplastic | Class::ComplexBiologic)
}

/// O7: chemo only; for another drug the place names the rule, and a flag is raised.
fn into_cavity(ledger: &mut Ledger, single: Single, drug: DrugId, cavity: Cavity) {
    let way = match cavity {
        Cavity::Pleural => Way::Pleural,
        Cavity::Peritoneal => Way::Peritoneal,
        Cavity::Intrathecal => Way::Intrathecal,
        Cavity::Reservoir => Way::Reservoir,
        Cavity::Lesions(_) => Way::FewLesions,
    };
    if is_chemo(ledger, drug) {
        match ledger.place(Family::Chemo, way, Role::Alone) {
            Ok(code) => {
                ledger.bill(Entry::new(code, Rule::O7, AccessId::MAIN, single.minutes));
            }
            Err(none) => ledger.leave(none, single.minutes),
        }
        return;
    }
    let name = ledger.name(drug).to_owned();
    ledger.warn(Rule::O7, single.given, format!("{name} is no chemo: its instillation is not billed here"), "review by hand");
    ledger.leave(Rule::O7, single.minutes);
}

/// P5, P6: a drug of one minute, by its family. Hydration and NotSeparate earn nothing (T3, T0).
fn by_family(ledger: &mut Ledger, single: Single, drug: DrugId, route: Route, way: Way, rule: Rule) {
    let Some(family) = ledger.family(drug, route) else {
        say_what_serves_instead(ledger, &single, drug);
        return ledger.leave(Rule::T0, single.minutes);
    };
    if family == Family::Hydration {
        return ledger.leave(Rule::T3, single.minutes);
    }
    let access = ledger.timeline.administrations[single.given.0 as usize].access;
    match ledger.place(family, way, Role::Alone) {
        Ok(code) => {
            ledger.bill(Entry::new(code, rule, access, single.minutes));
        }
        Err(none) => ledger.leave(none, single.minutes),
    }
}

fn say_what_serves_instead(ledger: &mut Ledger, single: &Single, drug: DrugId) {
    let name = ledger.name(drug).to_owned();
    let instead = match &ledger.timeline[drug].instead {
        Some(code) => format!("its administration has a code of its own, {code}"),
        None => ledger.reference.facts.limits.served_elsewhere.clone(),
    };
    ledger.find(
        Finding::note("P5", Place::Event(single.order), format!("{name} is not billed with these codes: {instead}")).label("not separate"),
    );
}

/// Something that has no drug.
fn of_any(ledger: &mut Ledger, single: Single, way: Way, rule: Rule) {
    match ledger.place(Family::Any, way, Role::Alone) {
        Ok(code) => {
            ledger.bill(Entry::new(code, rule, AccessId::MAIN, single.minutes));
        }
        Err(none) => ledger.leave(none, single.minutes),
    }
}
