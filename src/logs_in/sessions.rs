//! Drafts to sessions: one visit each, its times on one clock.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::chain::{self, Timed};
use super::draft::{Draft, Kind, Who};
use super::report::{Ignored, Report, Spot};
use super::stamp::offset_text;
use super::write::{self, Written};
use super::{Choices, Import, Log, names};
use crate::reference::{Bag, Drugs};
use crate::session::log::Class;
use crate::timeline::calendar::{Calendar, Minute};

/// What was read, and what was left out of a visit though it may bear on its bill.
#[derive(Debug, Default)]
pub struct Gathered {
    pub drafts: Vec<Draft>,
    /// Left out because the source leaves something open or has a fault, and of whom.
    pub open: HashMap<Who, Vec<Open>>,
}

/// Something left out that may bear on a visit's bill.
#[derive(Debug, Clone)]
pub struct Open {
    pub what: Ignored,
    /// It could not be read; else the source leaves it open.
    pub fault: bool,
}

impl Gathered {
    pub fn left_out(&mut self, who: Who, spot: Spot, what: &str, why: &str, fault: bool) {
        let what = Ignored { spot, what: what.to_owned(), why: why.to_owned() };
        self.open.entry(who).or_default().push(Open { what, fault });
    }
}

/// A log tells of so many that were left out.
const MOST_TOLD: usize = 20;

/// Which session a draft belongs to: the visit and its patient, or the patient and the day.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    who: Who,
    day: Option<NaiveDate>,
}

/// A visit in the making.
struct Visit {
    key: Key,
    events: Vec<Timed>,
    open: Vec<Open>,
}

/// Writes a log for each visit.
pub fn write(gathered: Gathered, choices: &Choices, drugs: &Drugs, mut report: Report) -> Import {
    tell_unknown(&gathered.drafts, choices, drugs, &mut report);
    let mut names = Names { choices, taken: HashSet::new(), patients: HashMap::new() };
    let visits = by_visit(gathered, choices, &mut report);
    let mut logs = Vec::new();
    for visit in visits {
        if visit.events.is_empty() {
            continue;
        }
        let id = names.session(&visit, &mut report);
        let faults = visit.open.iter().filter(|open| open.fault).count();
        let text = session(visit, &id, choices, drugs, &mut report);
        logs.push(Log { id, text, faults });
    }
    report.sort();
    Import { logs, report }
}

/// What the list does not know needs a class before it can be billed: told once a name.
fn tell_unknown(drafts: &[Draft], choices: &Choices, drugs: &Drugs, report: &mut Report) {
    let mut told: HashSet<&str> = HashSet::new();
    for draft in drafts {
        let named = !matches!(draft.kind, Kind::Note | Kind::FlushPort | Kind::Transfuse);
        if named && draft.class.is_none() && told.insert(&draft.drug) && !names::is_known(&draft.drug, drugs) {
            let how = if choices.formulary.is_empty() {
                "give it a meaning with --drugs, or a class in the log's `drugs`"
            } else {
                "--drugs does not have it either"
            };
            report.doubt(draft.spot.clone(), format!("`{}` is not in the drug list and is kept as written: {how}", draft.drug));
        }
    }
}

fn by_visit(mut gathered: Gathered, choices: &Choices, report: &mut Report) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    let mut known: HashMap<Key, usize> = HashMap::new();
    let calendar = Calendar::new(NaiveDate::MIN, choices.zone);
    for draft in std::mem::take(&mut gathered.drafts) {
        let (at, to) = match (draft.at.minute(&calendar), draft.to.map(|to| to.minute(&calendar)).transpose()) {
            (Ok(at), Ok(to)) => (at, to),
            (Err(problem), _) | (_, Err(problem)) => {
                gathered.left_out(draft.who, draft.spot.clone(), &draft.drug, &problem, true);
                report.fault(draft.spot, problem);
                continue;
            }
        };
        let day = match (&draft.who.encounter, choices.zone) {
            (Some(_), _) => None,
            (None, Some(_)) => Some(calendar.date(at)),
            (None, None) => Some(draft.at.wall.date()),
        };
        let key = Key { who: draft.who.clone(), day };
        let place = *known.entry(key.clone()).or_insert(visits.len());
        if place == visits.len() {
            visits.push(Visit { key, events: Vec::new(), open: Vec::new() });
        }
        let rate_now = draft.rate_ml_per_h;
        visits[place].events.push(Timed { draft, at, to, rate_now });
    }
    for visit in &mut visits {
        visit.open = gathered.open.get(&visit.key.who).cloned().unwrap_or_default();
        visit.settle_clock(choices, report);
        visit.drop_empty(report);
    }
    visits
}

impl Visit {
    /// Without a zone the log's clock keeps one offset, so that minutes between two times are real
    /// ones: that of the earliest event.
    fn settle_clock(&mut self, choices: &Choices, report: &mut Report) {
        if choices.zone.is_some() {
            return;
        }
        let first = self.events.iter().filter(|timed| timed.draft.at.offset.is_some()).min_by_key(|timed| timed.at);
        let Some((kept, spot)) = first.and_then(|timed| Some((timed.draft.at.offset?, timed.draft.spot.clone()))) else { return };
        let mut offsets = BTreeSet::new();
        self.events.retain_mut(|timed| {
            let stamps = || std::iter::once(&timed.draft.at).chain(&timed.draft.to);
            if stamps().any(|stamp| stamp.offset.is_none()) {
                let why = "a time without an offset, in a visit whose other times have one: give --zone";
                let what = Ignored { spot: timed.draft.spot.clone(), what: timed.draft.drug.clone(), why: why.to_owned() };
                self.open.push(Open { what, fault: true });
                report.fault(timed.draft.spot.clone(), why);
                return false;
            }
            offsets.extend(stamps().filter_map(|stamp| stamp.offset));
            timed.at = timed.at.plus(i64::from(kept));
            timed.to = timed.to.map(|to| to.plus(i64::from(kept)));
            true
        });
        if offsets.len() > 1 {
            let all: Vec<String> = offsets.iter().map(|offset| offset_text(*offset)).collect();
            report.doubt(
                spot,
                format!(
                    "the visit's times have the offsets {}: its log keeps {} throughout, so that minutes are real ones; --zone gives the clock on the wall",
                    all.join(" and "),
                    offset_text(kept)
                ),
            );
        } else if kept == 0 {
            report.note("times are in universal time, and so are the dates on the bill: --zone gives the clock on the wall".to_owned());
        }
    }

    /// A run that ends in the minute in which it began has no minute to bill.
    fn drop_empty(&mut self, report: &mut Report) {
        let open = &mut self.open;
        self.events.retain(|timed| {
            let empty = timed.draft.kind == Kind::Run && timed.to == Some(timed.at);
            if empty {
                let why = "no minute between its start and its end, and no push by its method".to_owned();
                let what = Ignored { spot: timed.draft.spot.clone(), what: timed.draft.drug.clone(), why: why.clone() };
                open.push(Open { what, fault: false });
                report.ignore(timed.draft.spot.clone(), &timed.draft.drug, why);
            }
            !empty
        });
    }
}

/// Ids that are given out, none of them twice.
struct Names<'c> {
    choices: &'c Choices,
    taken: HashSet<String>,
    /// The patient of each visit so far.
    patients: HashMap<String, Option<String>>,
}

impl Names<'_> {
    fn session(&mut self, visit: &Visit, report: &mut Report) -> String {
        let who = &visit.key.who;
        if let Some(encounter) = &who.encounter {
            let spot = &visit.events[0].draft.spot;
            let other = self.patients.insert(encounter.clone(), who.subject.clone());
            if other.is_some_and(|other| other != who.subject) {
                report.doubt(spot.clone(), "one visit, and two patients: each has a log of its own");
            }
        }
        let wanted = match (&who.encounter, &who.subject, visit.key.day) {
            (Some(encounter), ..) => self.choices.ids.name("e", encounter),
            (None, Some(subject), Some(day)) => format!("{}-{day}", self.choices.ids.name("p", subject)),
            _ => "unnamed".to_owned(),
        };
        let mut id = wanted.clone();
        let mut further = 1;
        while !self.taken.insert(id.clone()) {
            further += 1;
            id = format!("{wanted}-{further}");
        }
        id
    }
}

fn session(visit: Visit, id: &str, choices: &Choices, drugs: &Drugs, report: &mut Report) -> String {
    let notes = drug_notes(&visit.events, drugs, report);
    let who = visit.key.who;
    let events = chain::join(visit.events);
    let calendar = Calendar::new(NaiveDate::MIN, choices.zone);
    let date = calendar.date(events[0].at);
    let calendar = Calendar::new(date, choices.zone);
    let told = visit.open.iter().take(MOST_TOLD).map(|Open { what, .. }| format!("left out: {}: {} ({})", what.what, what.why, what.spot));
    let mut open: Vec<String> = told.collect();
    if visit.open.len() > MOST_TOLD {
        open.push(format!("left out: {} more", visit.open.len() - MOST_TOLD));
    }
    write::session(&Written {
        id,
        setting: choices.setting,
        zone: choices.zone.map(|zone| zone.name()),
        patient: who.subject.map(|subject| choices.ids.name("p", &subject)).as_deref(),
        unit: events.iter().find_map(|timed| timed.draft.unit.as_deref()),
        drugs: &notes,
        remarks: &open,
        calendar: &calendar,
        events: &events,
    })
}

/// The classes that the source gives, by the first writing of each drug.
fn drug_notes(events: &[Timed], drugs: &Drugs, report: &mut Report) -> Vec<(String, Class)> {
    let mut notes: BTreeMap<Bag, Option<(String, Class, Spot)>> = BTreeMap::new();
    for draft in events.iter().map(|timed| &timed.draft) {
        let Some(class) = draft.class else { continue };
        let entry = notes.entry(Bag::read(&draft.drug, drugs)).or_insert_with(|| Some((draft.drug.clone(), class, draft.spot.clone())));
        if entry.as_ref().is_some_and(|(_, first, _)| *first != class) {
            report.doubt(draft.spot.clone(), format!("`{}` has two classes in one visit: its log says neither", draft.drug));
            *entry = None;
        }
    }
    notes.into_values().flatten().map(|(name, class, _)| (name, class)).collect()
}

/// How the log writes a minute: bare on the session's date, `+1` on the day after, else with the date.
pub fn time_text(minute: Minute, calendar: &Calendar) -> String {
    const LENGTH: usize = "2026-03-02T09:05".len();
    let stamp = calendar.stamp(minute);
    let (wall, offset) = stamp.split_at(stamp.len().min(LENGTH));
    let clock: NaiveDateTime = calendar.wall(minute);
    let text = match clock.date().signed_duration_since(calendar.session_date()).num_days() {
        0 => clock.format("%H:%M").to_string(),
        1 => clock.format("+1 %H:%M").to_string(),
        _ => wall.replace('T', " "),
    };
    if offset.is_empty() { text } else { format!("{text} {offset}") }
}
