//! The log's events, each turned once into a minute, a drug, a site and a verb.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use foldhash::{HashMap, HashSet};
use smallvec::SmallVec;

use super::calendar::{BadTime, Calendar, Minute, read_zone};
use super::names::{Names, SiteId};
use super::{AccessId, DrugId, Infusate, OtherService, What};
use crate::reference::nearest;
use crate::session::dates::{read_date, year_first};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Cavity, Event, Pump, Route, Session};

/// What a run does at a minute.
#[derive(Debug, Clone)]
pub enum Verb {
    /// Begins.
    Start(Hang),
    /// Ends.
    Stop { pump: Option<Pump>, reaction: bool, of_one_line: bool },
    /// Is held.
    Pause,
    /// Runs again.
    Resume,
    /// Was seen running.
    Check,
    /// Changes its rate.
    Rate(Thousandths),
}

/// Thousandths of a millilitre, or of one an hour: so that what runs off is exact.
pub type Thousandths = NonZeroU32;

/// What hangs.
#[derive(Debug, Clone)]
pub struct Hang {
    pub route: Route,
    pub pump: Option<Pump>,
    pub home: bool,
    pub volume: Option<Thousandths>,
    /// An hour.
    pub rate: Option<Thousandths>,
    /// A bag on one line, which holds its own end.
    pub of_one_line: bool,
}

/// One thing that happened to a run.
#[derive(Debug, Clone)]
pub struct Happening {
    pub at: Minute,
    pub event: usize,
    pub drug: DrugId,
    pub site: Option<SiteId>,
    pub access: AccessId,
    pub verb: Verb,
}

impl Happening {
    /// At one minute: what ends or is seen, then what begins, then the rest.
    fn group(&self) -> u8 {
        match self.verb {
            Verb::Stop { .. } | Verb::Pause | Verb::Check => 0,
            Verb::Start(_) | Verb::Resume => 1,
            Verb::Rate(_) => 2,
        }
    }
}

/// Something of one minute.
#[derive(Debug, Clone)]
pub struct OneMinute {
    pub at: Minute,
    pub event: usize,
    pub drug: Option<DrugId>,
    pub access: AccessId,
    pub what: What,
    /// Documented minutes of a push.
    pub minutes: u32,
}

/// All events, read.
#[derive(Debug, Default)]
pub struct Events {
    /// In time order, then by group, then by order in the file.
    pub happenings: Vec<Happening>,
    pub ones: SmallVec<[OneMinute; 4]>,
    pub services: Vec<OtherService>,
    /// First and last minute of the log.
    pub extent: Option<(Minute, Minute)>,
    /// The drug that each event names, by order in the file.
    pub named: Vec<Option<DrugId>>,
    /// Of what run an event is that could not be read, so that its other events are not told too.
    pub lost: HashSet<Lost>,
}

impl Events {
    /// Every minute at which an event names a drug, in clock order, for the block of a missing stop (S1).
    pub fn minutes_named(&self) -> HashMap<DrugId, Vec<Minute>> {
        let mut named: HashMap<DrugId, Vec<Minute>> = HashMap::default();
        let happenings = self.happenings.iter().map(|happening| (Some(happening.drug), happening.at));
        let ones = self.ones.iter().filter(|one| one.what != What::Transfuse).map(|one| (one.drug, one.at));
        for (drug, at) in happenings.chain(ones) {
            if let Some(drug) = drug {
                named.entry(drug).or_default().push(at);
            }
        }
        named.values_mut().for_each(|minutes| minutes.sort_unstable());
        named
    }

    /// The drugs of which an event could not be read, where its own name was the matter, by
    /// likeness.
    pub fn lost_drugs(&self, drugs: &[Infusate]) -> HashSet<DrugId> {
        let like = |text: &str, drug: &Infusate| !nearest(text, [&*drug.name]).is_empty();
        let ids = || (0..).map(DrugId).zip(drugs);
        self.lost
            .iter()
            .flat_map(|lost| match lost {
                Lost::Known(id) => vec![*id],
                Lost::Unknown(text) => ids().filter(|(_, drug)| like(text, drug)).map(|(id, _)| id).collect(),
            })
            .collect()
    }
}

/// The drug of an event that left an error.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum Lost {
    /// One that is known.
    Known(DrugId),
    /// A text that means none.
    Unknown(String),
}

/// The session's date and zone. Where one of them cannot be read, an error is left and another
/// stands in, so that the events can still be looked through.
pub fn calendar(session: &Session, findings: &mut Vec<Finding>) -> Calendar {
    let date = read_date(&session.date).unwrap_or_else(|message| {
        let finding = Finding::error("date", Place::Field("date"), message);
        findings.push(match year_first(&session.date) {
            Some(date) if date != session.date => finding.label("not a date").help(format!("write \"{date}\"")),
            _ if session.date.trim().is_empty() => finding.label("nothing is given"),
            _ => finding.label("not a date"),
        });
        NaiveDate::default()
    });
    let zone = session.zone.as_deref().and_then(|zone| {
        let read = read_zone(zone);
        read.map_err(|(message, help)| {
            let finding = Finding::error("zone", Place::Field("zone"), message).label("not a zone");
            findings.push(match help {
                Some(help) => finding.help(help),
                None => finding,
            });
        })
        .ok()
    });
    Calendar::new(date, zone)
}

/// Reads every event; those that cannot be read leave an error and are passed over.
pub fn read<'s>(session: &'s Session, calendar: &Calendar, names: &mut Names<'s>, findings: &mut Vec<Finding>) -> Events {
    let count = session.events.len();
    let on_one_line = session.events.iter().filter(|event| matches!(event, Event::Infuse(_))).count();
    let events = Events { named: vec![None; count], happenings: Vec::with_capacity(count + on_one_line), ..Events::default() };
    let mut reader = Reader { calendar, names, findings, events };
    for (at, event) in session.events.iter().enumerate() {
        let before = reader.findings.len();
        reader.event(at, event);
        if reader.findings[before..].iter().any(Finding::is_error) {
            reader.lose(event);
        }
    }
    let mut events = reader.events;
    // No two are alike in these.
    events.happenings.sort_unstable_by_key(|h| (h.at, h.group(), h.event));
    events.ones.sort_unstable_by_key(|one| (one.at, one.event));
    events
}

struct Reader<'r, 's> {
    calendar: &'r Calendar,
    names: &'r mut Names<'s>,
    findings: &'r mut Vec<Finding>,
    events: Events,
}

impl<'s> Reader<'_, 's> {
    fn event(&mut self, event: usize, written: &'s Event) {
        match written {
            Event::Start(e) => {
                let hang = self.hang(event, e.route, e.pump, e.continues_at_home, e.volume_ml, e.rate_ml_per_h);
                let at = self.minute(event, "at", &e.at);
                let drug = self.drug(event, &e.drug);
                let (site, access) = self.site(event, e.site.as_deref());
                if let (Some(hang), Some(at), Some(drug)) = (hang, at, drug) {
                    self.happens(Happening { at, event, drug, site, access, verb: Verb::Start(hang) });
                }
            }
            Event::Infuse(e) => {
                let hang = self.hang(event, e.route, e.pump, e.continues_at_home, e.volume_ml, e.rate_ml_per_h);
                let hang = hang.map(|hang| Hang { of_one_line: true, ..hang });
                let (from, to) = (self.minute(event, "from", &e.from), self.minute(event, "to", &e.to));
                let drug = self.drug(event, &e.drug);
                let (site, access) = self.site(event, e.site.as_deref());
                let (Some(hang), Some(from), Some(to), Some(drug)) = (hang, from, to, drug) else { return };
                if from >= to {
                    self.ends_before_it_begins(event, &e.drug, from, to);
                    return;
                }
                self.happens(Happening { at: from, event, drug, site, access, verb: Verb::Start(hang) });
                let verb = Verb::Stop { pump: e.pump, reaction: false, of_one_line: true };
                self.happens(Happening { at: to, event, drug, site, access, verb });
            }
            Event::Stop(e) => {
                let verb = Verb::Stop { pump: e.pump, reaction: e.reaction, of_one_line: false };
                self.verb(event, &e.at, &e.drug, e.site.as_deref(), verb);
            }
            Event::Pause(e) => self.verb(event, &e.at, &e.drug, e.site.as_deref(), Verb::Pause),
            Event::Resume(e) => self.verb(event, &e.at, &e.drug, e.site.as_deref(), Verb::Resume),
            Event::Check(e) => self.verb(event, &e.at, &e.drug, e.site.as_deref(), Verb::Check),
            Event::Rate(e) => {
                if let Some(rate) = self.amount(event, "ml_per_h", e.ml_per_h) {
                    self.verb(event, &e.at, &e.drug, e.site.as_deref(), Verb::Rate(rate));
                }
            }
            Event::Push(e) => {
                if e.minutes.is_some_and(|minutes| minutes > MINUTES_A_DAY) {
                    self.findings.push(
                        Finding::error("value", Place::EventField(event, "minutes"), "no push takes more than a day")
                            .label("more than a day")
                            .help("give the minutes of the push; a bag that hung is an Infuse"),
                    );
                    return;
                }
                self.one(event, &e.at, &e.drug, e.site.as_deref(), e.minutes.unwrap_or(0), What::Push);
            }
            Event::Inject(e) => {
                if e.route == Route::IV {
                    self.findings.push(
                        Finding::error("route", Place::EventField(event, "route"), "an injection into a vein is a push")
                            .label("expected IM, SC or IA")
                            .help("write it as Push(at: ..., drug: ...)"),
                    );
                    return;
                }
                self.one(event, &e.at, &e.drug, e.site.as_deref(), 0, |drug| What::Inject(drug, e.route));
            }
            Event::OnBodyInjector(e) => self.one(event, &e.at, &e.drug, e.site.as_deref(), 0, What::OnBody),
            Event::PumpSetup(e) => self.one(event, &e.at, &e.drug, e.site.as_deref(), 0, What::SkinSetup),
            Event::Instill(e) => {
                if e.cavity == Cavity::Lesions(0) {
                    self.findings.push(
                        Finding::error("value", Place::EventField(event, "cavity"), "an injection into no lesion is none")
                            .label("expected how many lesions, such as Lesions(3)"),
                    );
                    return;
                }
                self.one(event, &e.at, &e.drug, None, 0, |drug| What::Instill(drug, e.cavity));
            }
            Event::FlushPort(e) => self.nameless(event, &e.at, None, What::Flush),
            Event::PumpRefill(e) => self.nameless(event, &e.at, None, What::Refill(e.pump)),
            Event::Transfuse(e) => {
                let product = self.names.product(&e.product);
                self.nameless(event, &e.at, Some(product), What::Transfuse);
            }
            Event::Service(e) => {
                let code = e.code.trim().to_ascii_uppercase();
                if code.len() != 5 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    self.findings.push(
                        Finding::error("code", Place::EventField(event, "code"), format!("`{}` is not a procedure code", e.code))
                            .label("expected five characters, such as \"99213\""),
                    );
                }
                if let Some(at) = self.minute(event, "at", &e.at) {
                    self.spans(at);
                    self.events.services.push(OtherService { at, code, event });
                }
            }
            Event::Note(e) => {
                if let Some(at) = self.minute(event, "at", &e.at) {
                    self.spans(at);
                }
            }
        }
    }

    /// Remembers the run of an event that left an error.
    fn lose(&mut self, written: &'s Event) {
        let drug = match written {
            Event::Start(e) => &e.drug,
            Event::Infuse(e) => &e.drug,
            Event::Stop(e) => &e.drug,
            Event::Pause(e) | Event::Resume(e) | Event::Check(e) => &e.drug,
            Event::Rate(e) => &e.drug,
            _ => return,
        };
        self.events.lost.insert(match self.names.known(drug) {
            Some(id) => Lost::Known(id),
            None => Lost::Unknown(drug.clone()),
        });
    }

    fn hang(&mut self, event: usize, route: Route, pump: Option<Pump>, home: bool, volume: Option<f64>, rate: Option<f64>) -> Option<Hang> {
        let before = self.findings.len();
        let volume = volume.and_then(|volume| self.amount(event, "volume_ml", volume));
        let rate = rate.and_then(|rate| self.amount(event, "rate_ml_per_h", rate));
        if route == Route::IM {
            self.findings.push(
                Finding::error("route", Place::EventField(event, "route"), "nothing runs into a muscle")
                    .label("expected IV, SC or IA")
                    .help("an injection is written Inject(at: ..., drug: ..., route: IM)"),
            );
            return None;
        }
        if home && pump.is_none() {
            self.findings.push(
                Finding::error(
                    "pump",
                    Place::EventField(event, "continues_at_home"),
                    "what continues at home runs on a pump, and none is named",
                )
                .label("on which pump?")
                .help("add pump: Portable or pump: Implantable"),
            );
            return None;
        }
        // A volume or rate that cannot be has left its error.
        (self.findings.len() == before).then_some(Hang { route, pump, home, volume, rate, of_one_line: false })
    }

    /// A volume or rate.
    fn amount(&mut self, event: usize, field: &'static str, value: f64) -> Option<Thousandths> {
        const MOST: f64 = 1_000_000.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // at most a thousand million; below 0 it becomes 0
        let read = if value <= MOST { Thousandths::new((value * 1000.0).round() as u32) } else { None };
        if read.is_none() {
            let finding = Finding::error("value", Place::EventField(event, field), format!("`{field}` cannot be {value}"));
            let unit = if field == "volume_ml" { "millilitres" } else { "millilitres an hour" };
            let finding = finding.label(format!("expected {unit}, above 0 and at most {MOST}"));
            self.findings.push(match (field, value == 0.0) {
                ("volume_ml", true) => finding.help("leave `volume_ml` out where it is not known"),
                (_, true) => finding.help("a rate of nothing is charted as a Pause or a Stop"),
                _ => finding,
            });
        }
        read
    }

    fn verb(&mut self, event: usize, at: &str, drug: &'s str, site: Option<&'s str>, verb: Verb) {
        let at = self.minute(event, "at", at);
        let drug = self.drug(event, drug);
        let (site, access) = self.site(event, site);
        if let (Some(at), Some(drug)) = (at, drug) {
            self.happens(Happening { at, event, drug, site, access, verb });
        }
    }

    fn one(&mut self, event: usize, at: &str, drug: &'s str, site: Option<&'s str>, minutes: u32, what: impl Fn(DrugId) -> What) {
        let at = self.minute(event, "at", at);
        let drug = self.drug(event, drug);
        let (_, access) = self.site(event, site);
        let (Some(at), Some(drug)) = (at, drug) else { return };
        self.spans(at);
        self.events.ones.push(OneMinute { at, event, drug: Some(drug), access, what: what(drug), minutes });
    }

    fn nameless(&mut self, event: usize, at: &str, drug: Option<DrugId>, what: What) {
        let Some(at) = self.minute(event, "at", at) else { return };
        self.spans(at);
        self.events.ones.push(OneMinute { at, event, drug, access: AccessId::MAIN, what, minutes: 0 });
    }

    fn happens(&mut self, happening: Happening) {
        self.spans(happening.at);
        self.events.happenings.push(happening);
    }

    fn spans(&mut self, at: Minute) {
        let (first, last) = self.events.extent.unwrap_or((at, at));
        self.events.extent = Some((first.min(at), last.max(at)));
    }

    fn minute(&mut self, event: usize, field: &'static str, text: &str) -> Option<Minute> {
        self.calendar.read(text).map_err(|bad| self.findings.push(bad_time(bad, Place::EventField(event, field)))).ok()
    }

    fn drug(&mut self, event: usize, text: &'s str) -> Option<DrugId> {
        let drug = self.names.drug(text, || Place::EventField(event, "drug"), self.findings);
        self.events.named[event] = drug;
        drug
    }

    fn site(&mut self, event: usize, text: Option<&'s str>) -> (Option<SiteId>, AccessId) {
        self.names.site(text, || Place::EventField(event, "site"), self.findings)
    }

    fn ends_before_it_begins(&mut self, event: usize, drug: &str, from: Minute, to: Minute) {
        let place = Place::EventField(event, "to");
        let finding = if from == to {
            Finding::error("U2", place, format!("{drug} stops in the minute in which it starts"))
                .label("no minute ran")
                .help("chart the minute in which it stopped")
        } else {
            Finding::error("U2", place, format!("{drug} stops before it starts"))
                .label(before_that(from.since(to)))
                .help(next_day_help(self.calendar, to))
        };
        self.findings.push(finding.beside(Place::EventField(event, "from"), "started here"));
    }
}

/// No hand push takes longer than this many minutes.
const MINUTES_A_DAY: u32 = 24 * 60;

/// "28 minutes before that".
pub fn before_that(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, 1) => "1 minute before that".to_owned(),
        (0 | 1, _) => format!("{minutes} minutes before that"),
        (hours, 0) => format!("{hours} hours before that"),
        (hours, minutes) => format!("{hours} h {minutes} min before that"),
    }
}

/// Offers the stop on the day after.
pub fn next_day_help(calendar: &Calendar, stop: Minute) -> String {
    let wall = calendar.wall(stop);
    let next = wall.date().succ_opt().unwrap_or(wall.date());
    format!("if it ran past midnight, write the date too: \"{next} {}\"", wall.format("%H:%M"))
}

fn bad_time(bad: BadTime, place: Place) -> Finding {
    let id = if bad.clock_change { "D2" } else { "time" };
    let finding = Finding::error(id, place, bad.message).label(bad.label);
    match bad.help {
        Some(help) => finding.help(help),
        None => finding,
    }
}
