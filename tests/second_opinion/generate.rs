//! Encounters at random: odd, mostly legal, and crowded, so that ties and collisions are frequent.
//! The same seed gives the same encounter.

use super::{Policies, VALUES};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::America::Chicago;
use hangtime::session::circumstance::Circumstance;
use hangtime::session::log::{
    At, Cavity, Class, Dose, DrugNote, Entries, Event, Infuse, Inject, Instill, Mark, Pump, PumpRefill, Push, Rate, Route, Service,
    Session, Setting, SiteNote, Start, Stop, Transfuse,
};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.roll() % n as u64).expect("small")
    }
    fn percent(&mut self, p: u64) -> bool {
        self.roll() % 100 < p
    }
    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.below(from.len())]
    }
    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.roll() % u64::try_from(high - low + 1).expect("ordered")).expect("small")
    }
}

const THERAPY: &[&str] = &[
    "ceftriaxone",
    "vancomycin",
    "ondansetron",
    "morphine",
    "famotidine",
    "diphenhydramine",
    "dexamethasone",
    "ketorolac",
    "leucovorin",
    "potassium chloride",
    "magnesium sulfate",
    "pantoprazole",
    "furosemide",
    "ceftriaxone + normal saline",
    "vancomycin + D5W",
    "ondansetron + dexamethasone",
    "potassium chloride + magnesium sulfate",
];
const CHEMO: &[&str] = &[
    "paclitaxel",
    "oxaliplatin",
    "fluorouracil",
    "carboplatin",
    "doxorubicin",
    "vincristine",
    "infliximab",
    "rituximab",
    "natalizumab",
    "ustekinumab",
    "fulvestrant",
    "degarelix",
    "doxorubicin + vincristine",
    "paclitaxel + normal saline",
];
const FLUIDS: &[&str] = &["normal saline", "lactated Ringer's", "D5W", "normal saline + potassium chloride", "D5W + normal saline"];
const FLUSHES: &[&str] = &["saline flush", "heparin lock flush"];

/// Lengths that rules turn on, and those beside them.
const LENGTHS: &[i64] = &[
    1, 5, 8, 10, 12, 14, 15, 15, 16, 16, 17, 18, 20, 25, 29, 30, 30, 31, 31, 32, 40, 45, 46, 47, 59, 60, 60, 61, 75, 90, 90, 91, 91, 92,
    105, 120, 150, 150, 151, 151, 180, 210, 211,
];
const DAYS_LONG: &[i64] = &[300, 450, 479, 480, 480, 481, 481, 482, 500, 700, 1000, 1320, 1500];
const STEPS: &[i64] = &[
    -60, -32, -31, -30, -29, -20, -16, -15, -10, -6, -5, -4, -1, 0, 0, 0, 0, 1, 4, 5, 6, 10, 15, 16, 20, 28, 29, 30, 31, 32, 33, 34, 45,
    60, 91,
];

/// One session in the making.
struct Sheet<'d> {
    dice: &'d mut Dice,
    date: NaiveDate,
    zone: bool,
    /// Minutes from midnight of the date to the first events.
    origin: i64,
    span: i64,
    sites: Vec<Option<String>>,
    palette: Vec<String>,
    /// Minutes at which something begins or ends, to aim at.
    marks: Vec<i64>,
    /// Drug, site, from, to: a drug is not begun twice at a site.
    taken: Vec<(String, Option<String>, i64, i64)>,
    events: Vec<Event>,
}

/// Sessions of one patient (or two that have nothing to do with each other), and the policies to code them by.
pub fn random_encounter(seed: u64) -> (Vec<Session>, Policies) {
    let mut dice = Dice(seed.wrapping_mul(0x2545_F491_4F6C_DD1D) ^ 0x5EC0_4D0F);
    let mut policies = Policies::default();
    if dice.percent(50) {
        for (name, values) in VALUES {
            if dice.percent(60) {
                let value = *dice.pick(values);
                policies.set(name, value);
            }
        }
    }
    let setting = if dice.percent(60) { Setting::Hospital } else { Setting::Office };
    let (date, zone) = match dice.below(20) {
        0 => (day(2026, 3, 8), true),
        1 => (day(2026, 3, 7), true),
        2 => (day(2026, 11, 1), true),
        3 => (day(2026, 10, 31), true),
        4 => {
            let early = [
                day(2014, 12, 31),
                day(2014, 6, 10),
                day(2015, 1, 1),
                day(2012, 5, 10),
                day(2013, 6, 10),
                day(2016, 12, 31),
                day(2015, 12, 31),
                day(2010, 12, 31),
                day(2008, 12, 31),
            ];
            (*dice.pick(&early), false)
        }
        5 => (day(2026, 3, 2), true),
        _ => (day(2026, 3, 2), false),
    };
    let number = match dice.below(20) {
        0..=12 => 1,
        13..=17 => 2,
        _ => 3,
    };
    let one_patient = dice.percent(90);
    let mut origin = *dice.pick(&[480, 480, 480, 600, 780, 1260, 1350, 1380, 1410, 30, 60, 90]);
    let mut sessions = Vec::new();
    for n in 0..number {
        let mut session = session(&mut dice, setting, date, zone, origin);
        session.id = format!("random-{seed}-{n}");
        if number > 1 && one_patient {
            session.patient = Some("p-1".to_owned());
        }
        sessions.push(session);
        origin += dice.between(30, 500) + if dice.percent(15) { 1440 } else { 0 };
    }
    if sessions.len() > 1 && dice.percent(20) {
        sessions.reverse();
    }
    (sessions, policies)
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

fn session(dice: &mut Dice, setting: Setting, date: NaiveDate, zone: bool, origin: i64) -> Session {
    let mut palette = Vec::new();
    for _ in 0..dice.between(1, 4) {
        let from = match dice.below(10) {
            0..=4 => THERAPY,
            5..=7 => CHEMO,
            8 => FLUIDS,
            _ => FLUSHES,
        };
        palette.push((*dice.pick(from)).to_owned());
    }
    if dice.percent(50) {
        palette.push((*dice.pick(FLUIDS)).to_owned());
    }
    let mut noted = None;
    let sites: Vec<Option<String>> = match dice.below(10) {
        0..=4 => vec![None],
        5 => vec![Some("left".to_owned()), Some("right".to_owned())],
        _ => {
            let names = ["left", "right", "port"];
            let notes = names.map(|name| {
                let separate = (name != "left" && dice.percent(60)).then(|| "two drugs that must not meet".to_owned());
                (name.to_owned(), SiteNote { separate })
            });
            noted = Some(Entries(notes.to_vec()));
            let mut sites: Vec<_> = names.iter().map(|name| Some((*name).to_owned())).collect();
            if dice.percent(40) {
                sites.push(None);
            }
            sites
        }
    };
    let number = dice.between(1, 9);
    let span = *dice.pick(&[90, 150, 240, 240, 400]);
    let mut sheet = Sheet { dice, date, zone, origin, span, sites, palette, marks: vec![0], taken: Vec::new(), events: Vec::new() };
    for _ in 0..number {
        if sheet.events.len() >= 13 {
            break;
        }
        sheet.something();
    }
    if sheet.dice.percent(3) {
        sheet.something_wrong();
    }
    sheet.leave_out_sites();
    let palette = sheet.palette.clone();
    let events = shuffled(std::mem::take(&mut sheet.events), dice);
    let drugs = notes(&palette, dice);
    let circumstances = facts(setting, &palette, dice);
    let reason = (setting == Setting::Office && dice.percent(75)).then(|| {
        let mut named: Vec<String> = palette.clone();
        named.extend(palette.iter().flat_map(|drug| drug.split(" + ").map(str::to_owned)));
        named.retain(|drug| !drug.contains('+') || dice.percent(30));
        named.extend(["normal saline", "furosemide", "rituximab"].map(str::to_owned));
        let most = if dice.percent(90) && named.len() > 3 { named.len() - 3 } else { named.len() };
        named[dice.below(most)].clone()
    });
    Session {
        id: String::new(),
        setting,
        date: date.to_string(),
        zone: zone.then(|| "America/Chicago".to_owned()),
        patient: None,
        unit: None,
        reason,
        profile: None,
        drugs,
        sites: noted,
        circumstances,
        events,
    }
}

/// Events stand in the file in any order; ties hang on it.
fn shuffled(mut events: Vec<Event>, dice: &mut Dice) -> Vec<Event> {
    if dice.percent(30) {
        for i in (1..events.len()).rev() {
            events.swap(i, dice.below(i + 1));
        }
    }
    events
}

fn notes(palette: &[String], dice: &mut Dice) -> Entries<DrugNote> {
    let mut notes: Vec<(String, DrugNote)> = Vec::new();
    if dice.percent(15) {
        let drug = dice.pick(palette).clone();
        let class = *dice.pick(&[
            Class::Therapeutic,
            Class::Therapeutic,
            Class::Hydration,
            Class::NotSeparate,
            Class::Antineoplastic,
            Class::ComplexBiologic,
            Class::Hormonal,
        ]);
        notes.push((drug, DrugNote { class: Some(class), code: None, unit: None }));
    }
    Entries(notes)
}

fn facts(setting: Setting, palette: &[String], dice: &mut Dice) -> Vec<Circumstance> {
    if !dice.percent(15) {
        return Vec::new();
    }
    let mut facts: Vec<String> = Vec::new();
    let drug = dice.pick(palette).clone();
    let liable = [
        format!("Waiver(kind: OnFile, drug: \"{drug}\")"),
        format!("Waiver(kind: Missing, drug: \"{drug}\")"),
        format!("Excluded(drug: \"{drug}\")"),
    ];
    let for_drug = [format!("PolicyMet(drug: \"{drug}\")"), dice.pick(&liable).clone()];
    if dice.percent(3) {
        facts.push(dice.pick(&liable).clone());
    }
    let both = ["Disaster", "ClinicalTrial(Routine)", "ClinicalTrial(Investigational)", "Hospice(Unrelated)"];
    let hospital = ["OffCampus(Excepted)", "OffCampus(NonExcepted)"];
    let office =
        ["Hospice(AttendingNotEmployed)", "Substitute(Reciprocal)", "Substitute(FeeForTime)", "NursePractitioner", "BeforeAdmission"];
    let mut all: Vec<String> = for_drug.to_vec();
    all.extend(both.map(str::to_owned));
    let (own, other): (&[&str], &[&str]) = if setting == Setting::Hospital { (&hospital, &office) } else { (&office, &hospital) };
    all.extend(own.iter().map(|fact| (*fact).to_owned()));
    for _ in 0..dice.between(1, 6) {
        let fact = dice.pick(&all).clone();
        facts.push(fact);
    }
    if dice.percent(3) {
        facts.push((*dice.pick(other)).to_owned());
    }
    facts.sort();
    facts.dedup();
    facts.iter().map(|fact| stated(fact)).collect()
}

/// A circumstance is made from its text as the log's reader makes it.
fn stated(text: &str) -> Circumstance {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).expect("a circumstance")
}

impl Sheet<'_> {
    /// Wall-clock text of the minute so many real minutes after the session's midnight; in the hour that
    /// comes twice with its offset.
    fn text(&mut self, minute: i64) -> Option<String> {
        let midnight = self.date.and_time(NaiveTime::MIN);
        let after = TimeDelta::minutes(self.origin + minute);
        let mut offset = String::new();
        let local = if self.zone {
            let begin = Chicago.from_local_datetime(&midnight).single()?;
            let at: DateTime<_> = begin + after;
            let twice = Chicago.from_local_datetime(&at.naive_local()).single().is_none();
            if twice || self.dice.percent(2) {
                offset = at.format(" %:z").to_string();
            }
            at.naive_local()
        } else {
            midnight + after
        };
        let days = (local.date() - self.date).num_days();
        let clock = match self.dice.below(40) {
            0 => local.format("%H%M").to_string(),
            1 => local.format("%-H:%M").to_string(),
            2 => local.format("%H:%M:30").to_string(),
            _ => local.format("%H:%M").to_string(),
        };
        let written = match days {
            0 => clock,
            1 if local.time() == NaiveTime::MIN && self.dice.percent(50) => "24:00".to_owned(),
            1..=9 if self.dice.percent(50) => format!("+{days} {clock}"),
            _ if offset.is_empty() && self.dice.percent(10) => local.format("%Y-%m-%dT%H:%M").to_string(),
            _ => format!("{} {clock}", local.date()),
        };
        Some(written + &offset)
    }

    /// A minute near something that is there already, or anywhere.
    fn minute(&mut self) -> i64 {
        let minute = if self.dice.percent(65) {
            *self.dice.pick(&self.marks) + *self.dice.pick(STEPS)
        } else {
            5 * self.dice.between(0, self.span / 5)
        };
        minute.max(0)
    }

    fn site(&mut self) -> Option<String> {
        self.dice.pick(&self.sites).clone()
    }

    fn drug(&mut self) -> String {
        self.dice.pick(&self.palette).clone()
    }

    /// Whether a drug may run there then; takes the place if so.
    fn take(&mut self, drug: &str, site: &Option<String>, from: i64, to: i64) -> bool {
        let clash = self.taken.iter().any(|(d, s, f, t)| {
            // A stop without a site must not fit two runs.
            let same_place = s == site || s.is_none() || site.is_none();
            d == drug && same_place && from < *t && *f < to
        });
        if clash && !self.dice.percent(2) {
            return false;
        }
        self.taken.push((drug.to_owned(), site.clone(), from, to));
        true
    }

    /// Adds events whose times can all be written.
    fn write(&mut self, events: Vec<Option<Event>>) {
        if events.iter().all(Option::is_some) {
            self.events.extend(events.into_iter().flatten());
        }
    }

    /// A stop, pause, resume, check or rate needs no site where its drug runs at one.
    fn leave_out_sites(&mut self) {
        for drug in self.palette.clone() {
            let mut sites: Vec<_> = self.taken.iter().filter(|t| t.0 == drug).map(|t| t.1.clone()).collect();
            sites.sort();
            sites.dedup();
            if sites.len() != 1 || self.dice.percent(50) {
                continue;
            }
            for event in &mut self.events {
                match event {
                    Event::Stop(e) if e.drug == drug => e.site = None,
                    Event::Pause(e) | Event::Resume(e) | Event::Check(e) if e.drug == drug => e.site = None,
                    Event::Rate(e) if e.drug == drug => e.site = None,
                    _ => {}
                }
            }
        }
    }

    fn something(&mut self) {
        match self.dice.below(100) {
            0..=44 => self.run(),
            45..=52 => self.bags(),
            53..=60 => self.open_run(),
            61..=64 => self.home_pump(),
            65..=82 => self.pushes(),
            83..=89 => self.injection(),
            _ => self.other(),
        }
    }

    fn length(&mut self) -> i64 {
        *self.dice.pick(LENGTHS)
    }

    fn route(&mut self) -> Route {
        match self.dice.below(25) {
            0..=2 => Route::SC,
            3..=4 => Route::IA,
            _ => Route::IV,
        }
    }

    /// A start and a stop, perhaps with pauses, perhaps on a pump, on one line or two.
    fn run(&mut self) {
        let (drug, site, from, route) = (self.drug(), self.site(), self.minute(), self.route());
        let pump = self.dice.percent(12).then(|| *self.dice.pick(&[Pump::Portable, Pump::Implantable]));
        let long = self.dice.percent(if pump.is_some() { 70 } else { 4 });
        let length = if long { *self.dice.pick(DAYS_LONG) } else { self.length() };
        let mut to = from + length;
        let mut pauses: Vec<(i64, Option<i64>)> = Vec::new();
        let with_pauses = self.dice.percent(25) && length > 2;
        if with_pauses {
            let mut at = from + self.dice.between(1, length - 1);
            for _ in 0..self.dice.between(1, 2) {
                let lasts = *self.dice.pick(&[1, 5, 10, 15, 20, 30, 31, 45]);
                pauses.push((at, Some(at + lasts)));
                to += lasts;
                at += lasts + self.dice.between(1, 20);
            }
            if at >= to {
                to = at + 1;
            }
            if self.dice.percent(8) {
                pauses.push((to - 1, None));
            }
        }
        if !self.take(&drug, &site, from, to) {
            return;
        }
        self.marks.extend([from, to]);
        let home = pump.is_some() && self.dice.percent(20);
        let reaction = length <= 20 && self.dice.percent(25);
        let plain = pauses.is_empty() && !reaction;
        let mut events = Vec::new();
        if plain && self.dice.percent(60) {
            let infuse = self.infuse(from, to, &drug, &site, route, pump, home);
            events.push(infuse);
        } else {
            events.push(self.start(from, &drug, &site, route, pump, home, None));
            for (pause, resume) in &pauses {
                events.push(self.text(*pause).map(|at| Event::Pause(mark(at, &drug, &site))));
                if let Some(resume) = resume {
                    events.push(self.text(*resume).map(|at| Event::Resume(mark(at, &drug, &site))));
                }
            }
            let never_resumed = pauses.last().is_some_and(|p| p.1.is_none());
            if !never_resumed || self.dice.percent(50) {
                let written = pump.filter(|_| self.dice.percent(50));
                events.push(self.stop(to, &drug, &site, written, reaction));
            }
        }
        self.write(events);
    }

    #[allow(clippy::too_many_arguments)]
    fn infuse(
        &mut self,
        from: i64,
        to: i64,
        drug: &str,
        site: &Option<String>,
        route: Route,
        pump: Option<Pump>,
        continues_at_home: bool,
    ) -> Option<Event> {
        Some(Event::Infuse(Infuse {
            from: self.text(from)?,
            to: self.text(to)?,
            drug: drug.to_owned(),
            site: site.clone(),
            route,
            pump,
            continues_at_home,
            volume_ml: None,
            rate_ml_per_h: None,
            dose: None,
            waste: None,
            container: None,
        }))
    }

    #[allow(clippy::too_many_arguments)]
    fn start(
        &mut self,
        at: i64,
        drug: &str,
        site: &Option<String>,
        route: Route,
        pump: Option<Pump>,
        continues_at_home: bool,
        volume_and_rate: Option<(f64, f64)>,
    ) -> Option<Event> {
        Some(Event::Start(Start {
            at: self.text(at)?,
            drug: drug.to_owned(),
            site: site.clone(),
            route,
            pump,
            continues_at_home,
            volume_ml: volume_and_rate.map(|v| v.0),
            rate_ml_per_h: volume_and_rate.map(|v| v.1),
            dose: None,
            waste: None,
            container: None,
        }))
    }

    fn stop(&mut self, at: i64, drug: &str, site: &Option<String>, pump: Option<Pump>, reaction: bool) -> Option<Event> {
        Some(Event::Stop(Stop { at: self.text(at)?, drug: drug.to_owned(), site: site.clone(), pump, reaction }))
    }

    /// Bags of one drug in a row: touching, or with a short gap, at one site or two.
    fn bags(&mut self) {
        let (drug, mut at, route) = (self.drug(), self.minute(), self.route());
        let pump = self.dice.percent(10).then_some(Pump::Portable);
        for _ in 0..self.dice.between(2, 3) {
            let site = self.site();
            let length = if pump.is_some() { 241 } else { self.length() };
            if self.take(&drug, &site, at, at + length) {
                self.marks.extend([at, at + length]);
                let bag = self.infuse(at, at + length, &drug, &site, route, pump, false);
                self.write(vec![bag]);
            }
            at += length + *self.dice.pick(&[0, 0, 0, 1, 10, 20, 29, 30, 31, 32, -5]);
        }
    }

    /// A start without a stop: with volume and rate, with checks, with both or with nothing.
    fn open_run(&mut self) {
        let (drug, site, from) = (self.drug(), self.site(), self.minute());
        let route = if self.dice.percent(90) { Route::IV } else { self.route() };
        let pump = self.dice.percent(5).then_some(Pump::Portable);
        let length = self.length().max(5);
        let ends = if self.dice.percent(85) { 4000 } else { from + length };
        if !self.take(&drug, &site, from, ends) {
            return;
        }
        let chemo = CHEMO.contains(&drug.as_str());
        let with_rate = self.dice.percent(if chemo { 70 } else { 45 });
        let with_check = self.dice.percent(if chemo { 70 } else { 35 });
        let rate = *self.dice.pick(&[60, 120, 240]);
        let volume = rate / 60 * length + if self.dice.percent(30) { rate / 120 } else { 0 };
        #[allow(clippy::cast_precision_loss)]
        let amounts = with_rate.then_some((volume as f64, rate as f64));
        let mut events = vec![self.start(from, &drug, &site, route, pump, false, amounts)];
        if with_rate && self.dice.percent(30) {
            let at = from + self.dice.between(0, length);
            let ml_per_h = *self.dice.pick(&[30.0, 60.0, 90.0, 180.0]);
            let text = self.text(at);
            events.push(text.map(|at| Event::Rate(Rate { at, drug: drug.clone(), ml_per_h, site: site.clone() })));
        }
        let mut check_from = from + 1;
        if (with_rate || with_check) && self.dice.percent(25) && length > 1 {
            let pause = from + self.dice.between(1, length);
            let resume = pause + *self.dice.pick(&[1, 10, 30]);
            events.push(self.text(pause).map(|at| Event::Pause(mark(at, &drug, &site))));
            events.push(self.text(resume).map(|at| Event::Resume(mark(at, &drug, &site))));
            check_from = resume + 1;
        }
        if with_check {
            let at = if self.dice.percent(50) { from + self.length() } else { from + length };
            let at = at.max(check_from);
            self.marks.push(at);
            events.push(self.text(at).map(|at| Event::Check(mark(at, &drug, &site))));
        }
        self.marks.extend([from, from + length]);
        self.write(events);
    }

    fn home_pump(&mut self) {
        let (drug, site, from) = (self.drug(), self.site(), self.minute());
        let route = if self.dice.percent(92) { Route::IV } else { Route::IA };
        if FLUIDS.contains(&drug.as_str()) || FLUSHES.contains(&drug.as_str()) || !self.take(&drug, &site, from, 9000) {
            return;
        }
        let hours = *self.dice.pick(&[120, 479, 480, 481, 482, 1320, 2760]);
        #[allow(clippy::cast_precision_loss)]
        let amounts = self.dice.percent(50).then_some((hours as f64, 60.0));
        self.marks.push(from);
        let start = self.start(from, &drug, &site, route, Some(Pump::Portable), true, amounts);
        self.write(vec![start]);
    }

    /// One push, or several of one drug at telling distances.
    fn pushes(&mut self) {
        let (drug, mut at) = (self.drug(), self.minute());
        let number = if self.dice.percent(30) { self.dice.between(2, 3) } else { 1 };
        for _ in 0..number {
            let site = self.site();
            let minutes = self.dice.percent(60).then(|| u32::try_from(*self.dice.pick(&[1, 2, 2, 5, 5, 10, 20])).unwrap());
            self.marks.push(at);
            let push = self
                .text(at)
                .map(|at| Event::Push(Push { at, drug: drug.clone(), site, minutes, dose: None, waste: None, container: None }));
            self.write(vec![push]);
            at += *self.dice.pick(&[0, 15, 28, 29, 30, 30, 31, 31, 32, 34, 60]);
        }
    }

    fn injection(&mut self) {
        let (drug, at, site) = (self.drug(), self.minute(), self.site());
        let route = *self.dice.pick(&[Route::IM, Route::IM, Route::SC, Route::SC, Route::IA]);
        let injection = self.text(at).map(|at| Event::Inject(Inject { at, drug, route, site, dose: None, waste: None, container: None }));
        let times = if self.dice.percent(10) { 6 } else { 1 };
        self.marks.push(at);
        for _ in 0..times {
            self.write(vec![injection.clone()]);
        }
    }

    fn other(&mut self) {
        let at = self.minute();
        let Some(text) = self.text(at) else { return };
        let drug = self.drug();
        let dose = |at, drug: &str| Dose { at, drug: drug.to_owned(), site: None, dose: None, waste: None, container: None };
        let pump = *self.dice.pick(&[Pump::Portable, Pump::Implantable]);
        let event = match self.dice.below(12) {
            0 => Event::OnBodyInjector(dose(text, "pegfilgrastim")),
            1 | 2 => Event::FlushPort(At { at: text }),
            3 => Event::PumpRefill(PumpRefill { at: text, pump }),
            4 => Event::PumpSetup(dose(text, "morphine")),
            5 => Event::Transfuse(Transfuse { at: text, product: "red cells".to_owned() }),
            6..=8 => {
                let lesions = u32::try_from(self.dice.between(1, 8)).expect("few");
                let cavity = *self.dice.pick(&[
                    Cavity::Pleural,
                    Cavity::Peritoneal,
                    Cavity::Intrathecal,
                    Cavity::Reservoir,
                    Cavity::Lesions(lesions),
                    Cavity::Lesions(lesions),
                ]);
                Event::Instill(Instill { at: text, drug, cavity, dose: None, waste: None, container: None })
            }
            9 => Event::Stop(Stop {
                at: text,
                drug: "carboplatin + fluorouracil".to_owned(),
                site: None,
                pump: Some(Pump::Portable),
                reaction: false,
            }),
            _ => {
                let code = (*self.dice.pick(&["99213", "36000", "96372", "36430"])).to_owned();
                Event::Service(Service { at: text, code })
            }
        };
        self.write(vec![Some(event)]);
    }

    /// Something that no reader may accept.
    fn something_wrong(&mut self) {
        let at = self.minute();
        let Some(text) = self.text(at) else { return };
        let known = "gentle drug of no list".to_owned();
        let drug = if self.dice.percent(20) { known } else { "carboplatin".to_owned() };
        let site = None;
        let lone = Mark { at: text.clone(), drug: drug.clone(), site };
        let wrong = match self.dice.below(6) {
            0 => self.stop(at, "carboplatin + famotidine", &None, None, false),
            1 => Some(Event::Pause(Mark { drug: "famotidine + furosemide".to_owned(), ..lone })),
            2 => Some(Event::Resume(Mark { drug: "famotidine + furosemide".to_owned(), ..lone })),
            3 => Some(Event::Check(Mark { drug: "famotidine + furosemide".to_owned(), ..lone })),
            4 => self.infuse(at, at, &drug, &None, Route::IV, None, false),
            _ => {
                let elsewhere = Some("no such place".to_owned());
                self.infuse(at, at + 20, "gentle drug of no list", &elsewhere, Route::IV, None, false)
            }
        };
        self.write(vec![wrong]);
    }
}

fn mark(at: String, drug: &str, site: &Option<String>) -> Mark {
    Mark { at, drug: drug.to_owned(), site: site.clone() }
}
