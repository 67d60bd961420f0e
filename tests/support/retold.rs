//! The same encounter told otherwise: in another order, on other days, under other names, twice,
//! or beside another patient's. The bill must be the same.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use hangtime::session::circumstance::Circumstance;
use hangtime::session::dates::read_date;
use hangtime::session::log::{DrugNote, Event, Route, Session};
use hangtime::timeline::calendar::{Calendar, Minute, read_zone};
use hangtime::{Bill, Reference, Source, bill};

use crate::encounter::{Encounter, Otherwise, Verdict, findings, same, story, story_of};
use crate::log_texts::{drug, times};

/// A small generator of its own, so that a retelling follows from the seed.
struct Lot(u64);

impl Lot {
    fn of(encounter: &Encounter) -> Self {
        Lot(encounter.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1DEA)
    }

    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % most as u64).expect("below a usize")
    }
}

fn whole(bill: &Bill) -> Vec<String> {
    [story(bill), findings(bill)].concat()
}

// ------------------------------------------------------------------ order

/// Events stand in any order; order in the file breaks ties between events of one minute only.
pub fn order(encounter: &Encounter) -> Verdict {
    let mut lot = Lot::of(encounter);
    let sessions: Option<Vec<Session>> = encounter.sessions.iter().map(|session| shuffled(session, &mut lot)).collect();
    let Some(sessions) = sessions else { return Verdict::DoesNotApply };
    if sessions == encounter.sessions {
        return Verdict::DoesNotApply;
    }
    let shuffled = encounter.told_as(sessions);
    let tell = |encounter: &Encounter| encounter.bills().iter().map(whole).collect::<Vec<_>>();
    same(&tell(encounter), &tell(&shuffled))
}

/// Draws events one by one, never one before an earlier one of the same minute.
fn shuffled(session: &Session, lot: &mut Lot) -> Option<Session> {
    let mut left: Vec<(BTreeSet<Minute>, Event)> = Vec::new();
    for event in &session.events {
        left.push((minutes_of(session, event)?, event.clone()));
    }
    let mut events = Vec::new();
    while !left.is_empty() {
        let is_free = |at: usize| left[..at].iter().all(|(minutes, _)| minutes.is_disjoint(&left[at].0));
        let free: Vec<usize> = (0..left.len()).filter(|at| is_free(*at)).collect();
        events.push(left.remove(free[lot.below(free.len())]).1);
    }
    Some(Session { events, ..session.clone() })
}

fn minutes_of(session: &Session, event: &Event) -> Option<BTreeSet<Minute>> {
    let zone = session.zone.as_deref().and_then(|zone| read_zone(zone).ok());
    let calendar = Calendar::new(read_date(&session.date).ok()?, zone);
    times(&mut event.clone()).into_iter().map(|text| calendar.read(text).ok()).collect()
}

// ------------------------------------------------------------------- days

/// Nothing in 2026 hangs on the day but the dates, where no clock changes.
pub fn days(encounter: &Encounter) -> Verdict {
    const FARTHEST: usize = 200;
    if encounter.sessions.iter().any(|session| session.zone.is_some() || !session.date.starts_with("2026-03")) {
        return Verdict::DoesNotApply;
    }
    let days = 1 + Lot::of(encounter).below(FARTHEST);
    let later = encounter.told_as(encounter.sessions.iter().map(|session| shifted(session, days as u64)).collect());
    let otherwise = Otherwise { days: i64::try_from(days).expect("few"), name: &str::to_owned };
    let before: Vec<_> = encounter.bills().iter().map(story).collect();
    let after: Vec<_> = later.bills().iter().map(|bill| story_of(bill, &otherwise)).collect();
    same(&before, &after)
}

fn shifted(session: &Session, days: u64) -> Session {
    let mut later = session.clone();
    later.date = shift_date(&later.date, days).expect("the date of a random encounter");
    for text in later.events.iter_mut().flat_map(times) {
        let day = text.get(..10).and_then(|date| shift_date(date, days));
        if let Some(day) = day {
            text.replace_range(..10, &day);
        }
    }
    later
}

fn shift_date(text: &str, days: u64) -> Option<String> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some((date + Days::new(days)).to_string())
}

// ------------------------------------------------------------------ names

/// A drug is what its class says, whatever its name; those of which the list says more keep theirs.
pub fn names(encounter: &Encounter) -> Verdict {
    let mut new = NewNames::default();
    let renamed = encounter.told_as(encounter.sessions.iter().map(|session| new.session(session)).collect());
    if renamed.sessions == encounter.sessions {
        return Verdict::DoesNotApply;
    }
    let forward = |name: &str| new.known(name);
    let sorted = |name: &str| sorted_bag(name.split('+').map(|part| part.trim().to_owned()).collect());
    let before: Vec<_> = encounter.bills().iter().map(|bill| story_of(bill, &Otherwise { days: 0, name: &forward })).collect();
    let after: Vec<_> = renamed.bills().iter().map(|bill| story_of(bill, &Otherwise { days: 0, name: &sorted })).collect();
    same(&before, &after)
}

fn sorted_bag(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join(" + ")
}

/// The list's generic names to names of no list.
#[derive(Default)]
struct NewNames(BTreeMap<String, String>);

impl NewNames {
    fn session(&mut self, session: &Session) -> Session {
        let mut renamed = session.clone();
        for text in renamed.events.iter_mut().filter_map(drug).chain(&mut renamed.reason) {
            *text = self.bag(text);
        }
        for (key, _) in &mut renamed.drugs.0 {
            *key = self.bag(key);
        }
        for fact in &mut renamed.circumstances {
            *fact = self.fact(fact);
        }
        for (old, new) in &self.0 {
            let class = Reference::embedded().drugs.find(old).and_then(|drug| drug.class);
            if renamed.drugs.0.iter().all(|(key, _)| key != new) {
                renamed.drugs.0.push((new.clone(), DrugNote { class, code: None, unit: None }));
            }
        }
        renamed
    }

    fn bag(&mut self, written: &str) -> String {
        written.split('+').map(|part| self.part(part.trim())).collect::<Vec<_>>().join(" + ")
    }

    fn part(&mut self, written: &str) -> String {
        let Some(drug) = Reference::embedded().drugs.find(written) else { return written.to_owned() };
        let by_route = [Route::IV, Route::SC, Route::IM, Route::IA].iter().any(|route| drug.class_by(*route) != drug.class);
        if drug.never_pushed || drug.additive || drug.instead.is_some() || by_route {
            return written.to_owned();
        }
        let next = format!("study article {}", self.0.len() + 1);
        self.0.entry(drug.name.to_string()).or_insert(next).clone()
    }

    fn fact(&mut self, fact: &Circumstance) -> Circumstance {
        let mut read = fact.read().expect("a circumstance of a random encounter");
        read.drug = read.drug.map(|drug| self.bag(&drug));
        serde_json::from_value(serde_json::Value::String(read.to_string())).expect("a circumstance")
    }

    /// A bag by its generic names under its new ones.
    fn known(&self, name: &str) -> String {
        sorted_bag(name.split('+').map(|part| self.0.get(part.trim()).map_or(part.trim(), String::as_str).to_owned()).collect())
    }
}

// ---------------------------------------------------------------- company

/// Billed again, and read from a text, an encounter gets the same bill.
pub fn again(encounter: &Encounter) -> Verdict {
    let first: Vec<_> = encounter.bills().iter().map(in_order).collect();
    let second: Vec<_> = encounter.bills().iter().map(in_order).collect();
    if let Verdict::Broken(difference) = same(&first, &second) {
        return Verdict::Broken(format!("billed twice: {difference}"));
    }
    let source = Source::new("encounter.ron", encounter.text().as_bytes());
    let read: Vec<_> = bill(&[source], &encounter.options(), Reference::embedded()).iter().map(in_order).collect();
    same(&first, &read)
}

/// Told in the bill's own order, that of the findings included.
fn in_order(bill: &Bill) -> Vec<String> {
    let findings = bill.findings.iter().map(|f| format!("{} {}: {} {:?}", f.severity.word(), f.id, f.message, f.place));
    let lines = bill.claim.iter().flat_map(|claim| &claim.lines).map(|line| format!("{} {:?} x{}", line.date, line.code, line.units()));
    story(bill).into_iter().chain(lines).chain(findings).collect()
}

/// Another patient's sessions in between change nothing.
pub fn company(encounter: &Encounter) -> Verdict {
    let mine = of_patient(encounter.sessions.clone(), "one");
    let theirs = of_patient(Encounter::drawn(encounter.seed + 1).sessions, "another");
    let apart = [mine.clone(), theirs.clone()].map(|sessions| encounter.told_as(sessions).bills());
    let mut together = encounter.told_as(alternating(mine, theirs)).bills();
    together.sort_by_key(|bill| (bill.session.as_ref().and_then(|s| s.patient.clone()) != Some("one".to_owned()), bill.number));
    let apart: Vec<_> = apart.iter().flatten().map(whole).collect();
    let together: Vec<_> = together.iter().map(whole).collect();
    same(&apart, &together)
}

fn of_patient(mut sessions: Vec<Session>, patient: &str) -> Vec<Session> {
    for session in &mut sessions {
        session.patient = Some(patient.to_owned());
    }
    sessions
}

fn alternating(ones: Vec<Session>, others: Vec<Session>) -> Vec<Session> {
    let (mut ones, mut others) = (ones.into_iter(), others.into_iter());
    let mut mixed = Vec::new();
    loop {
        let pair = [others.next(), ones.next()];
        if pair.iter().all(Option::is_none) {
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}
