//! Where units and unbilled minutes are entered, and what the rules look up while they work.

use foldhash::HashSet;
use std::sync::Arc;

use chrono::NaiveDate;

use super::argument::{Candidate, Measure, Overlap};
use super::ways::Sorted;
use super::{Coded, Unbilled, Unit};
use crate::reference::{Clock, CodeId, Family, Once, Policies, Reference, Role, Rule, Way};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, Route};
use crate::timeline::calendar::Minute;
use crate::timeline::minutes::Minutes;
use crate::timeline::numbered::{Few, Numbered};
use crate::timeline::{AccessId, DrugId, Given, Timeline};

/// The books of one session.
pub struct Ledger<'r> {
    pub timeline: Timeline,
    pub policies: Arc<Policies>,
    pub reference: &'r Reference,
    pub held: bool,
    pub plain: Option<AccessId>,
    transfused: bool,
    units: Vec<Unit>,
    unbilled: Vec<Unbilled>,
    findings: Vec<Finding>,
    pub candidates: Vec<Candidate>,
    pub overlaps: Vec<Overlap>,
}

/// What a unit is for; the ledger adds the rest.
pub struct Entry {
    pub code: CodeId,
    pub rule: Rule,
    pub access: AccessId,
    pub minutes: Minutes,
    /// The date that `midnight: service_start` gives; absent, that of its first minute.
    pub service_date: Option<NaiveDate>,
    /// What was counted for it.
    pub measure: Option<Measure>,
}

impl Entry {
    pub fn new(code: CodeId, rule: Rule, access: AccessId, minutes: Minutes) -> Self {
        Entry { code, rule, access, minutes, service_date: None, measure: None }
    }

    pub fn measured(self, measure: impl Into<Option<Measure>>) -> Self {
        Entry { measure: measure.into(), ..self }
    }
}

impl<'r> Ledger<'r> {
    pub fn new(timeline: Timeline, policies: Arc<Policies>, reference: &'r Reference) -> Self {
        Ledger {
            timeline,
            policies,
            reference,
            held: false,
            plain: None,
            transfused: false,
            units: Vec::new(),
            unbilled: Vec::new(),
            findings: Vec::new(),
            candidates: Vec::new(),
            overlaps: Vec::new(),
        }
    }

    /// Makes room for as many units as these minutes may earn: one for each thing given, and one for each hour.
    pub fn make_room(&mut self, minutes: i64) {
        const MINUTES_AN_HOUR: i64 = 60;
        let hours = usize::try_from(minutes / MINUTES_AN_HOUR).unwrap_or_default();
        self.units.reserve(self.timeline.administrations.len() + hours);
    }

    /// Enters a unit; returns it for what only some units have.
    pub fn bill(&mut self, entry: Entry) -> &mut Unit {
        let first = entry.minutes.slices().first().expect("a unit holds at least an empty slice");
        let (given, begins) = (first.given(), first.from());
        let own_date = self.date(begins);
        let drugs = self.drugs_in(&entry.minutes);
        self.units.push(Unit {
            code: entry.code,
            rule: entry.rule,
            drugs,
            access: entry.access,
            given,
            begins,
            date: entry.service_date.unwrap_or(own_date),
            own_date,
            minutes: entry.minutes,
            initial: None,
            opens: false,
            reduced: false,
            measure: entry.measure,
        });
        self.units.last_mut().expect("just entered")
    }

    /// What was given in these minutes, each drug once.
    fn drugs_in(&self, minutes: &Minutes) -> Few<DrugId> {
        match minutes.slices() {
            [only] => self.drug_of(only.given()).into_iter().collect(),
            slices => slices.iter().filter_map(|slice| self.drug_of(slice.given())).collect::<Numbered<_>>().into_all(),
        }
    }

    /// Enters minutes that earn nothing, by administration.
    pub fn leave(&mut self, rule: Rule, minutes: Minutes) {
        if minutes.is_none() {
            return;
        }
        self.unbilled.extend(Unbilled::each(rule, minutes));
    }

    /// Enters minutes that fall short of a threshold.
    pub fn leave_short(&mut self, rule: Rule, minutes: Minutes, measure: impl Into<Option<Measure>>) {
        let measure = measure.into();
        self.unbilled.extend(Unbilled::each(rule, minutes).map(|left| Unbilled { measure, ..left }));
    }

    /// Tells the reader something.
    pub fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// A warning at the event with which an administration begins.
    pub fn warn(&mut self, rule: Rule, given: Given, message: String, label: &str) {
        let place = Place::Event(self.timeline.administrations[given.0 as usize].event);
        self.findings.push(Finding::warning(rule.id(), place, message).label(label));
    }

    /// A session is held: all its minutes are unbilled, for want of a record (U1).
    pub fn hold(&mut self, sorted: Sorted) {
        self.units.clear();
        for minutes in sorted.into_minutes() {
            self.leave(Rule::U1, minutes);
        }
        for left in &mut self.unbilled {
            left.rule = Rule::U1;
        }
    }

    /// Codes that stand once a session or once a date: the first stays, the others earn nothing.
    pub fn once(&mut self) {
        let codes = &self.reference.codes;
        self.units.sort_by_key(|unit| unit.begins);
        if self.units.iter().all(|unit| codes.get(unit.code).once.is_none()) {
            return;
        }
        let mut seen: HashSet<(CodeId, Option<NaiveDate>)> = HashSet::default();
        let mut is_first = |unit: &Unit| match codes.get(unit.code).once {
            None => true,
            Some(Once::Session) => seen.insert((unit.code, None)),
            Some(Once::Date) => seen.insert((unit.code, Some(unit.date))),
        };
        let again: Vec<Unit> = self.units.extract_if(.., |unit| !is_first(unit)).collect();
        for unit in again {
            self.leave(unit.rule, unit.minutes);
        }
    }

    pub fn note_transfusion(&mut self) {
        self.transfused = true;
    }

    pub fn close(self) -> Coded {
        let timeline = self.timeline;
        Coded {
            setting: timeline.setting,
            policies: self.policies,
            calendar: timeline.calendar,
            drugs: timeline.drugs,
            accesses: timeline.accesses,
            administrations: timeline.administrations,
            services: timeline.services,
            disconnect: timeline.disconnect,
            transfused: self.transfused,
            extent: timeline.extent,
            units: self.units,
            unbilled: self.unbilled,
            candidates: self.candidates,
            overlaps: self.overlaps,
            plain: self.plain,
            held: self.held,
            findings: self.findings,
        }
    }

    /// The date at a minute, by the session's clock.
    pub fn date(&self, at: Minute) -> NaiveDate {
        self.timeline.calendar.date(at)
    }

    /// When an administration began.
    pub fn start_of(&self, given: Given) -> Minute {
        self.timeline.administrations[given.0 as usize].start
    }

    pub fn drug_of(&self, given: Given) -> Option<DrugId> {
        self.timeline.administrations[given.0 as usize].drug
    }

    pub fn name(&self, drug: DrugId) -> &str {
        &self.timeline[drug].name
    }

    /// The family of a drug by a route: a hormonal antineoplastic is chemo in a vein and has codes
    /// of its own in muscle and under the skin.
    pub fn family(&self, drug: DrugId, route: Route) -> Option<Family> {
        match (self.timeline[drug].class(route), route) {
            (Class::Antineoplastic | Class::ComplexBiologic, _) | (Class::Hormonal, Route::IV) => Some(Family::Chemo),
            (Class::Hormonal, Route::SC | Route::IM) => Some(Family::Hormonal),
            (Class::Hormonal, Route::IA) | (Class::Therapeutic, _) => Some(Family::Therapeutic),
            (Class::Hydration, _) => Some(Family::Hydration),
            (Class::NotSeparate, _) => None,
        }
    }

    pub fn place(&self, family: Family, way: Way, role: Role) -> Result<CodeId, Rule> {
        self.reference.codes.at(family, way, role, self.timeline.setting)
    }

    pub fn clock(&self, family: Family, way: Way) -> Clock {
        self.reference.facts.clock(family, way)
    }
}
