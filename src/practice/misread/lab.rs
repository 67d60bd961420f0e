//! Logs told otherwise: what an event is of, what ran, and the ways to change a session.

use std::collections::BTreeMap;

use crate::claim::Claim;
use crate::practice::Case;
use crate::reference::{Bag, CodeId, Reference};
use crate::session::log::{Class, DrugNote, Event, Infuse, Route, Session};
use crate::timeline::calendar::Minute;
use crate::timeline::{Administration, DrugId, Given};
use crate::{Bill, Options};

/// Inputs to be billed in the place of a case's own.
pub struct Inputs {
    /// Sessions that are billed apart from each other; their units add up.
    pub parts: Vec<Part>,
    pub options: Options,
    pub reference: Reference,
}

/// Sessions that are billed together.
pub struct Part {
    pub sessions: Vec<Session>,
    pub keep: Keep,
}

/// Which of a part's units count.
pub enum Keep {
    All,
    Only(Vec<CodeId>),
    Except(Vec<CodeId>),
    /// All, under this code.
    Under(CodeId),
}

impl Part {
    pub fn of(sessions: Vec<Session>) -> Self {
        Part { sessions, keep: Keep::All }
    }
}

impl Inputs {
    /// A case's own.
    pub fn of(case: &Case) -> Self {
        Inputs { parts: vec![Part::of(case.sessions.clone())], options: case.exercise.options.clone(), reference: case.reference.clone() }
    }

    /// With another reading of a contested point.
    pub fn with_policy(case: &Case, policy: &str) -> Option<Self> {
        let mut inputs = Self::of(case);
        inputs.options.policies.push(policy.to_owned());
        Some(inputs)
    }

    /// With other facts.
    pub fn with_facts(case: &Case, change: impl FnOnce(&mut Reference)) -> Option<Self> {
        let mut inputs = Self::of(case);
        change(&mut inputs.reference);
        Some(inputs)
    }

    /// With sessions told otherwise; nothing where no session is.
    pub fn with_logs(case: &Case, change: impl Fn(&mut Session, &Told)) -> Option<Self> {
        let mut sessions = case.sessions.clone();
        for (session, told) in sessions.iter_mut().zip(told(case)) {
            if let Some(told) = told {
                change(session, &told);
            }
        }
        (sessions != case.sessions).then(|| Inputs { parts: vec![Part::of(sessions)], ..Self::of(case) })
    }

    /// With parts, each made of the sessions told otherwise.
    pub fn in_parts(case: &Case, parts: Vec<Part>) -> Option<Self> {
        (!parts.is_empty()).then(|| Inputs { parts, ..Self::of(case) })
    }
}

/// A session with its bill.
pub struct Told<'c> {
    pub session: &'c Session,
    pub claim: &'c Claim,
    reference: &'c Reference,
}

/// Each session with its bill, where it has one.
pub fn told<'c>(case: &'c Case) -> impl Iterator<Item = Option<Told<'c>>> {
    let told =
        |(session, bill): (&'c Session, &'c Bill)| bill.claim.as_ref().map(|claim| Told { session, claim, reference: case.reference });
    case.sessions.iter().zip(&case.bills).map(told)
}

/// From and to.
pub type Stretch = (Minute, Minute);

impl<'c> Told<'c> {
    pub fn drugs(&self) -> impl Iterator<Item = DrugId> {
        (0u32..).map(DrugId).take(self.claim.coded.drugs.len())
    }

    pub fn name(&self, drug: DrugId) -> &str {
        &self.claim.coded.drugs[drug.0 as usize].name
    }

    pub fn class(&self, drug: DrugId, route: Route) -> Class {
        self.claim.coded.drugs[drug.0 as usize].class(route)
    }

    /// The drug that a written name means.
    pub fn drug(&self, written: &str) -> Option<DrugId> {
        let bag = Bag::read(written, &self.reference.drugs);
        self.drugs().find(|drug| self.claim.coded.drugs[drug.0 as usize].bag == bag)
    }

    pub fn minute(&self, at: &str) -> Option<Minute> {
        self.claim.coded.calendar.read(at).ok()
    }

    pub fn stamp(&self, minute: Minute) -> String {
        self.claim.coded.calendar.stamp(minute)
    }

    /// What was hung into a vein, in clock order.
    pub fn hung(&self) -> Vec<Hung<'c>> {
        let (events, claim) = (&self.session.events, self.claim);
        let ran = ran(claim, true);
        let credited = ran_in_lines(claim);
        let mut hung = Vec::new();
        for (given, administration) in (0u32..).map(Given).zip(&claim.coded.administrations) {
            let (Some(drug), Some(event)) = (administration.drug, events.get(administration.event)) else { continue };
            let (Event::Start(_) | Event::Infuse(_)) = event else { continue };
            if route(event) == Route::IV {
                let of = |all: &BTreeMap<Given, Vec<Stretch>>| all.get(&given).cloned().unwrap_or_default();
                hung.push(Hung { drug, administration, event, ran: of(&ran), credited: of(&credited) });
            }
        }
        hung.sort_by_key(|hung| (hung.administration.start, hung.administration.event));
        hung
    }

    /// The events of one administration, by their places in the log.
    pub fn events_of(&self, administration: &Administration) -> Vec<usize> {
        let mut places = vec![administration.event];
        let site = self.session.events.get(administration.event).and_then(site);
        for (place, event) in self.session.events.iter().enumerate() {
            let (Event::Pause(_) | Event::Resume(_) | Event::Check(_) | Event::Rate(_) | Event::Stop(_)) = event else { continue };
            let of_it = drug(event).is_some_and(|written| self.drug(written) == administration.drug);
            let there = self.minute(event.at()).is_some_and(|at| administration.start < at && at <= administration.stop);
            let is_stop = matches!(event, Event::Stop(_)) && administration.stop_event != Some(place);
            let elsewhere = self::site(event).is_some_and(|own| Some(own) != site);
            if of_it && there && !is_stop && !elsewhere {
                places.push(place);
            }
        }
        places
    }

    /// When hand pushes were at work.
    pub fn pushed(&self) -> Vec<Stretch> {
        let pushed = self.session.events.iter().filter_map(|event| match event {
            Event::Push(push) => {
                let from = self.minute(&push.at)?;
                Some((from, from.plus(push.minutes.unwrap_or(0).into())))
            }
            _ => None,
        });
        pushed.collect()
    }

    /// The log without some administrations.
    pub fn without(&self, gone: &[&Hung]) -> Session {
        let places: Vec<usize> = gone.iter().flat_map(|hung| self.events_of(hung.administration)).collect();
        let mut session = self.session.clone();
        session.events = kept(&session.events, |place, _| !places.contains(&place));
        session
    }

    /// A bag from one minute to another, otherwise as it was hung.
    pub fn infuse(&self, hung: &Hung, (from, to): Stretch) -> Event {
        let (from, to) = (self.stamp(from), self.stamp(to));
        let mut infuse = match hung.event {
            Event::Start(start) => Infuse {
                from: String::new(),
                to: String::new(),
                drug: start.drug.clone(),
                site: start.site.clone(),
                route: start.route,
                pump: start.pump,
                continues_at_home: false,
                volume_ml: None,
                rate_ml_per_h: None,
                dose: None,
                waste: None,
                container: None,
            },
            Event::Infuse(infuse) => infuse.clone(),
            _ => unreachable!("what hangs was started"),
        };
        (infuse.from, infuse.to) = (from, to);
        Event::Infuse(infuse)
    }
}

/// A bag that was hung into a vein.
pub struct Hung<'c> {
    pub drug: DrugId,
    pub administration: &'c Administration,
    pub event: &'c Event,
    /// When it ran.
    pub ran: Vec<Stretch>,
    /// Which of it earned.
    pub credited: Vec<Stretch>,
}

/// The events that are kept, by place.
pub fn kept(events: &[Event], keep: impl Fn(usize, &Event) -> bool) -> Vec<Event> {
    events.iter().enumerate().filter(|(place, event)| keep(*place, event)).map(|(_, event)| event.clone()).collect()
}

/// What the session says of a drug, in the place of what it said.
pub fn reclass(session: &mut Session, told: &Told, drug: DrugId, class: Class) {
    session.drugs.0.retain(|(written, _)| told.drug(written) != Some(drug));
    session.drugs.0.push((told.name(drug).to_owned(), DrugNote { class: Some(class), code: None, unit: None }));
}

/// When each administration ran, in lines or not.
fn ran(claim: &Claim, with_unbilled: bool) -> BTreeMap<Given, Vec<Stretch>> {
    let mut ran: BTreeMap<Given, Vec<Stretch>> = BTreeMap::new();
    let billed = claim.lines.iter().flat_map(|line| &line.charges).map(|charge| &charge.unit.minutes);
    let unbilled = claim.unbilled.iter().filter(|_| with_unbilled).map(|left| &left.minutes);
    for slice in billed.chain(unbilled).flat_map(|minutes| minutes.slices()).filter(|slice| !slice.is_empty()) {
        ran.entry(slice.given()).or_default().push((slice.from(), slice.to()));
    }
    for stretches in ran.values_mut() {
        stretches.sort_unstable();
        *stretches = joined(stretches);
    }
    ran
}

fn ran_in_lines(claim: &Claim) -> BTreeMap<Given, Vec<Stretch>> {
    ran(claim, false)
}

/// Touching stretches as one.
fn joined(sorted: &[Stretch]) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> = Vec::new();
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if last.1 >= *from => last.1 = last.1.max(*to),
            _ => joined.push((*from, *to)),
        }
    }
    joined
}

/// What is left of stretches beside others.
pub fn beside(stretches: &[Stretch], others: &[Stretch]) -> Vec<Stretch> {
    let mut left = stretches.to_vec();
    for (from, to) in others.iter().filter(|(from, to)| from < to) {
        let cut = |(start, stop): Stretch| [(start, stop.min(*from)), (start.max(*to), stop)];
        left = left.into_iter().flat_map(cut).filter(|(start, stop)| start < stop).collect();
        left.sort_unstable();
    }
    left
}

/// Every time that an event bears.
pub fn times(event: &mut Event) -> Vec<&mut String> {
    match event {
        Event::Start(e) => vec![&mut e.at],
        Event::Infuse(e) => vec![&mut e.from, &mut e.to],
        Event::Stop(e) => vec![&mut e.at],
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => vec![&mut e.at],
        Event::Rate(e) => vec![&mut e.at],
        Event::Push(e) => vec![&mut e.at],
        Event::Inject(e) => vec![&mut e.at],
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => vec![&mut e.at],
        Event::FlushPort(e) => vec![&mut e.at],
        Event::PumpRefill(e) => vec![&mut e.at],
        Event::Transfuse(e) => vec![&mut e.at],
        Event::Instill(e) => vec![&mut e.at],
        Event::Service(e) => vec![&mut e.at],
        Event::Note(e) => vec![&mut e.at],
    }
}

/// The drug that an event names.
pub fn drug(event: &Event) -> Option<&str> {
    Some(match event {
        Event::Start(e) => &e.drug,
        Event::Infuse(e) => &e.drug,
        Event::Stop(e) => &e.drug,
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => &e.drug,
        Event::Rate(e) => &e.drug,
        Event::Push(e) => &e.drug,
        Event::Inject(e) => &e.drug,
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => &e.drug,
        Event::Instill(e) => &e.drug,
        Event::FlushPort(_) | Event::PumpRefill(_) | Event::Transfuse(_) | Event::Service(_) | Event::Note(_) => return None,
    })
}

/// Gives an event another drug.
pub fn rename(event: &mut Event, name: &str) {
    let written = match event {
        Event::Start(e) => &mut e.drug,
        Event::Infuse(e) => &mut e.drug,
        Event::Stop(e) => &mut e.drug,
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => &mut e.drug,
        Event::Rate(e) => &mut e.drug,
        Event::Push(e) => &mut e.drug,
        Event::Inject(e) => &mut e.drug,
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => &mut e.drug,
        Event::Instill(e) => &mut e.drug,
        Event::FlushPort(_) | Event::PumpRefill(_) | Event::Transfuse(_) | Event::Service(_) | Event::Note(_) => return,
    };
    name.clone_into(written);
}

/// Where an event says that it was.
pub fn site(event: &Event) -> Option<&str> {
    match event {
        Event::Start(e) => e.site.as_deref(),
        Event::Infuse(e) => e.site.as_deref(),
        Event::Stop(e) => e.site.as_deref(),
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => e.site.as_deref(),
        Event::Rate(e) => e.site.as_deref(),
        Event::Push(e) => e.site.as_deref(),
        Event::Inject(e) => e.site.as_deref(),
        _ => None,
    }
}

/// How a bag was hung.
pub fn route(event: &Event) -> Route {
    match event {
        Event::Start(e) => e.route,
        Event::Infuse(e) => e.route,
        _ => Route::IV,
    }
}
