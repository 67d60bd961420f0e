//! What a day at the ward brings: several drugs, fluids, pushes, an injection, now and then two
//! drugs at once, a bag that is held, a second access.

use hangtime::session::log::{Entries, Event, Infuse, Inject, Mark, Push, Route, Session, Setting, SiteNote, Start, Stop};

use crate::dice::Dice;
use crate::times::{FIRST_DAY, date, time};

/// A drug as a nurse writes it, its dose, and for how long it runs.
type Bag = (&'static str, &'static str, u64);

const BAGS: [Bag; 16] = [
    ("Rocephin", "1 g", 30),
    ("vancomycin", "1 g", 75),
    ("cefepime", "2 g", 30),
    ("Zosyn", "3.375 g", 30),
    ("Flagyl", "500 mg", 60),
    ("Levaquin", "750 mg", 90),
    ("azithromycin", "500 mg", 60),
    ("acyclovir", "500 mg", 60),
    ("magnesium sulfate", "2 g", 120),
    ("KCl", "20 mEq", 120),
    ("Venofer", "200 mg", 20),
    ("pantoprazole", "80 mg", 20),
    ("infliximab", "400 mg", 130),
    ("oxaliplatin", "150 mg", 120),
    ("paclitaxel", "130 mg", 60),
    ("carboplatin", "450 mg", 45),
];

const FLUIDS: [&str; 3] = ["NS", "LR", "D5 1/2 NS"];
const PUSHES: [(&str, &str); 7] = [
    ("Zofran", "4 mg"),
    ("morphine", "4 mg"),
    ("Dilaudid", "1 mg"),
    ("Lasix", "40 mg"),
    ("Benadryl", "25 mg"),
    ("Pepcid", "20 mg"),
    ("dexamethasone", "10 mg"),
];
const SHOTS: [(&str, &str, Route); 3] =
    [("Toradol", "30 mg", Route::IM), ("Lovenox", "40 mg", Route::SC), ("cyanocobalamin", "1000 mcg", Route::IM)];
const SECOND_ACCESS: &str = "L forearm";

/// The nth session of a seed, of exactly so many events. Of every twenty patients one comes twice on a day.
#[must_use]
pub fn session(seed: u64, number: u64, events: usize) -> Session {
    let returns = number % 21 == 20;
    let patient = number - number / 21 - u64::from(returns);
    let day = FIRST_DAY + patient % 300;
    let mut dice = Dice::new(seed, number);
    let in_office = Dice::new(seed ^ 1, patient).percent(20);
    let two_accesses = dice.percent(8);
    let begins = if returns { 19 * 60 } else { dice.between(7 * 60, 10 * 60) };
    let mut chart = Chart { day, now: begins, dice, busy: Vec::new(), two_accesses, events: Vec::with_capacity(events) };
    while chart.events.len() < events {
        chart.deed(events - chart.events.len());
    }
    let second = SiteNote { separate: Some("incompatible drugs, two lines ordered".to_owned()) };
    let sites = vec![("R forearm".to_owned(), SiteNote { separate: None }), (SECOND_ACCESS.to_owned(), second)];
    Session {
        id: format!("visit-{number}"),
        setting: if in_office { Setting::Office } else { Setting::Hospital },
        date: date(day),
        zone: None,
        patient: Some(format!("p-{patient}")),
        unit: None,
        reason: None,
        profile: None,
        drugs: Entries::default(),
        sites: two_accesses.then_some(Entries(sites)),
        circumstances: Vec::new(),
        events: chart.events,
    }
}

/// A session in the making.
struct Chart {
    day: u64,
    now: u64,
    dice: Dice,
    /// Which drugs run, and until when: none is hung twice at once.
    busy: Vec<(&'static str, u64)>,
    two_accesses: bool,
    events: Vec<Event>,
}

impl Chart {
    /// One thing that is done, in at most so many events.
    fn deed(&mut self, room: usize) {
        match self.dice.below(100) {
            0..50 => self.bag(room),
            50..65 => self.fluid(room),
            65..92 => self.push(),
            _ => self.shot(),
        }
    }

    fn bag(&mut self, room: usize) {
        let now = self.now;
        self.busy.retain(|(_, until)| *until >= now);
        let (drug, dose, ordered) = *self.dice.pick(&BAGS);
        if self.busy.iter().any(|(running, _)| *running == drug) {
            return self.push();
        }
        let minutes = ordered + self.dice.below(ordered / 5 + 4);
        let site = (self.two_accesses && self.dice.percent(30)).then_some(SECOND_ACCESS);
        self.run(room, drug, Some(dose), None, minutes, site);
    }

    fn fluid(&mut self, room: usize) {
        let now = self.now;
        self.busy.retain(|(_, until)| *until >= now);
        let fluid = *self.dice.pick(&FLUIDS);
        if self.busy.iter().any(|(running, _)| FLUIDS.contains(running)) {
            return self.push();
        }
        let minutes = self.dice.between(20, 150);
        self.run(room, fluid, None, Some(1000.0), minutes, None);
    }

    /// A bag in one line, as start and stop, or held for a while.
    fn run(&mut self, room: usize, drug: &'static str, dose: Option<&str>, volume_ml: Option<f64>, minutes: u64, site: Option<&str>) {
        let (from, held) = (self.now, room >= 4 && self.dice.percent(15));
        let to = from + minutes + if held { 15 } else { 0 };
        let (drug_name, site, dose) = (drug.to_owned(), site.map(str::to_owned), dose.map(str::to_owned));
        if room < 2 || self.dice.percent(30) {
            let (from, to) = (self.time(from), self.time(to));
            self.events.push(Event::Infuse(Infuse {
                from,
                to,
                drug: drug_name,
                site,
                route: Route::IV,
                pump: None,
                continues_at_home: false,
                volume_ml,
                rate_ml_per_h: None,
                dose,
                waste: None,
                container: None,
            }));
        } else {
            self.events.push(Event::Start(Start {
                at: self.time(from),
                drug: drug_name.clone(),
                site: site.clone(),
                route: Route::IV,
                pump: None,
                continues_at_home: false,
                volume_ml,
                rate_ml_per_h: None,
                dose,
                waste: None,
                container: None,
            }));
            if held {
                let middle = from + minutes / 2;
                let mark = |at| Mark { at, drug: drug_name.clone(), site: site.clone() };
                self.events.push(Event::Pause(mark(self.time(middle))));
                self.events.push(Event::Resume(mark(self.time(middle + 15))));
            }
            self.events.push(Event::Stop(Stop { at: self.time(to), drug: drug_name, site, pump: None, reaction: false }));
        }
        self.busy.push((drug, to));
        // Most bags wait for the one before; some are hung while it runs.
        self.now = if self.dice.percent(25) { from + self.dice.between(5, minutes) } else { to + self.dice.below(15) };
    }

    fn push(&mut self) {
        let (drug, dose) = *self.dice.pick(&PUSHES);
        let minutes = self.dice.percent(70).then(|| u32::try_from(self.dice.between(1, 5)).expect("few minutes"));
        let (at, drug, dose) = (self.time(self.now), drug.to_owned(), Some(dose.to_owned()));
        self.events.push(Event::Push(Push { at, drug, site: None, minutes, dose, waste: None, container: None }));
        self.now += self.dice.between(3, 20);
    }

    fn shot(&mut self) {
        let (drug, dose, route) = *self.dice.pick(&SHOTS);
        let (at, drug, dose) = (self.time(self.now), drug.to_owned(), Some(dose.to_owned()));
        self.events.push(Event::Inject(Inject { at, drug, route, site: None, dose, waste: None, container: None }));
        self.now += self.dice.between(3, 20);
    }

    fn time(&self, minute: u64) -> String {
        time(self.day, minute)
    }
}
