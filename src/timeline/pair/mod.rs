//! Starts to their stops (U1, U2): every run gets its minutes, its end and what proves it.

mod ends;
mod hung;
mod open;
mod orphans;

use super::calendar::{Calendar, Minute};
use super::events::{Events, Hang, Happening, Verb};
use super::minutes::Minutes;
use super::proof;
use super::{AccessId, Administration, DrugId, Given, Infusate, Proof, Run, Single, Timeline, Unstopped, What};
use crate::reference::{Name, Reference};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Pump, Session};
use foldhash::HashSet;
use hung::Hung;
pub use open::Open;
use orphans::Orphan;
use std::mem;

struct Pairing<'p> {
    calendar: Calendar,
    drugs: Vec<Infusate>,
    events: &'p Events,
    prolonged: i64,
    /// Days; no run is longer (U2).
    longest_run: i64,
    hung: Hung,
    orphans: Vec<Orphan>,
    /// Bags on one line whose run was refused, so that their end is not told too.
    refused: HashSet<usize>,
    /// Drugs of which an event could not be read: its own error says enough.
    lost: HashSet<DrugId>,
    /// Drugs of which a Pause fits no run: their Resume is not told too.
    stray_pauses: HashSet<DrugId>,
    administrations: Vec<Administration>,
    runs: Vec<Run>,
    unstopped: Vec<Unstopped>,
    disconnect: bool,
    end_of_log: Minute,
    findings: &'p mut Vec<Finding>,
}

/// Pairs the happenings of a session into runs, and lays the things of one minute beside them.
pub fn pair(
    session: &Session,
    calendar: Calendar,
    drugs: Vec<Infusate>,
    accesses: Vec<String>,
    mut events: Events,
    reference: &Reference,
    findings: &mut Vec<Finding>,
) -> Timeline {
    let services = mem::take(&mut events.services);
    let mut pairing = Pairing::new(calendar, drugs, &events, reference, findings);
    pairing.make_room();
    for happening in &events.happenings {
        pairing.take(happening);
    }
    pairing.close_what_is_open();
    pairing.tell_orphans();
    let singles = pairing.singles();
    Timeline {
        setting: session.setting,
        calendar,
        drugs: pairing.drugs,
        accesses,
        administrations: pairing.administrations,
        runs: pairing.runs,
        unstopped: pairing.unstopped,
        singles,
        services,
        disconnect: pairing.disconnect,
        reason: None,
        extent: events.extent,
        named: events.named,
    }
}

impl<'p> Pairing<'p> {
    /// Nothing runs yet.
    fn new(calendar: Calendar, drugs: Vec<Infusate>, events: &'p Events, reference: &Reference, findings: &'p mut Vec<Finding>) -> Self {
        Pairing {
            calendar,
            events,
            prolonged: reference.facts.limits.prolonged_pump,
            longest_run: reference.facts.limits.longest_run_days,
            hung: Hung::nothing(drugs.len()),
            orphans: Vec::new(),
            refused: HashSet::default(),
            lost: events.lost_drugs(&drugs),
            drugs,
            stray_pauses: HashSet::default(),
            administrations: Vec::new(),
            runs: Vec::new(),
            unstopped: Vec::new(),
            disconnect: false,
            end_of_log: events.extent.map_or(Minute(0), |(_, last)| last),
            findings,
        }
    }
}

/// The runs that have begun and not ended by what is charted up to a minute, in the order of the file,
/// and the drugs; what contradicts itself is passed over.
pub fn open_at(
    until: Minute,
    calendar: Calendar,
    drugs: Vec<Infusate>,
    events: &Events,
    reference: &Reference,
) -> (Vec<Open>, Vec<Infusate>) {
    let mut passed_over = Vec::new();
    let mut pairing = Pairing::new(calendar, drugs, events, reference, &mut passed_over);
    for happening in events.happenings.iter().take_while(|happening| happening.at <= until) {
        pairing.take(happening);
    }
    (pairing.hung.end_all(), pairing.drugs)
}

impl Pairing<'_> {
    /// For all that will be found, so that nothing has to move when more of it comes.
    fn make_room(&mut self) {
        let starts = self.events.happenings.iter().filter(|h| matches!(h.verb, Verb::Start(_))).count();
        self.runs.reserve(starts);
        self.administrations.reserve(starts + self.events.ones.len());
    }

    fn take(&mut self, h: &Happening) {
        match &h.verb {
            Verb::Start(hang) => self.start(h, hang),
            Verb::Stop { pump, reaction, of_one_line } => self.stop(h, *pump, *reaction, *of_one_line),
            Verb::Pause => self.pause(h),
            Verb::Resume => self.resume(h),
            Verb::Check => self.check(h),
            Verb::Rate(rate) => {
                if let Some(run) = self.meant(h, "Rate") {
                    run.rates.push((h.at, *rate, h.event));
                }
            }
        }
    }

    fn start(&mut self, h: &Happening, hang: &Hang) {
        if let Some(nth) = self.hung.which(h.drug, |run| run.site == h.site) {
            let before = self.hung.end(h.drug, nth);
            self.end_before_second_start(before, h);
        }
        self.hung.begin(Open::begin(h, hang));
    }

    /// A bag hung while the same drug still runs at that site: the first must have a proven end.
    fn end_before_second_start(&mut self, run: Open, h: &Happening) {
        if run.of_one_line {
            let name = self.name(run.drug);
            let finding = Finding::error("U2", Place::Event(h.event), format!("two bags of {name} run at once"))
                .label("begins before the first ends")
                .beside(Place::Event(run.event), "the first")
                .help("check their times, or give each its own site");
            self.refused.insert(run.event);
            self.contradiction(run.drug, finding);
            return;
        }
        if let Some((at, pause)) = run.paused() {
            self.warn_ended_at_pause(&run, pause, h.event, "started again here");
            self.finish(run, at, Proof::Charted, None, false);
            return;
        }
        match proof::derive(&run) {
            Some(derived) if derived.stop <= h.at => self.finish_derived(run, derived),
            _ => {
                let name = self.name(run.drug);
                let finding = Finding::error("U2", Place::Event(h.event), format!("{name} is started twice without a stop between"))
                    .label("started again here")
                    .beside(Place::Event(run.event), "still running from here")
                    .help("chart the first bag's Stop, or give the second its own site");
                self.contradiction(run.drug, finding);
            }
        }
    }

    /// An error that another event of the drug may have caused by being unreadable is not told.
    fn contradiction(&mut self, drug: DrugId, finding: Finding) {
        if !self.lost.contains(&drug) {
            self.findings.push(finding);
        }
    }

    fn stop(&mut self, h: &Happening, pump: Option<Pump>, reaction: bool, of_one_line: bool) {
        if pump.is_some() && !of_one_line && !self.hung.has_started(h.drug) {
            self.disconnect = true;
            return;
        }
        let own = || Fit::one(self.hung.which(h.drug, |run| run.event == h.event));
        let run = match if of_one_line { own() } else { self.find(h) } {
            Fit::One(nth) => self.hung.end(h.drug, nth),
            Fit::Two => return,
            Fit::None if of_one_line && self.refused.contains(&h.event) => return,
            Fit::None => return self.orphan(h, "Stop", true),
        };
        match run.paused() {
            Some((at, pause)) => {
                self.warn_ended_at_pause(&run, pause, h.event, "stopped here");
                self.finish(run, at, Proof::Charted, Some(h.event), reaction);
            }
            None => self.finish(run, h.at, Proof::Charted, Some(h.event), reaction),
        }
    }

    /// The run that a pause, check or rate means; where it means none, that is told.
    fn meant(&mut self, h: &Happening, word: &'static str) -> Option<&mut Open> {
        match self.find(h) {
            Fit::None => {
                self.orphan(h, word, false);
                None
            }
            Fit::Two => None,
            Fit::One(nth) => Some(self.hung.change(h.drug, nth)),
        }
    }

    fn pause(&mut self, h: &Happening) {
        let Some(run) = self.meant(h, "Pause") else { return };
        match run.since.take() {
            Some(since) => run.spans.push((since, h.at, h.event)),
            None => {
                let pause = run.last_pause();
                self.contradicts(h, pause, "is paused twice", "paused again here", "already paused here");
            }
        }
    }

    fn resume(&mut self, h: &Happening) {
        let Some(run) = self.meant(h, "Resume") else { return };
        if run.since.is_none() {
            run.since = Some(h.at);
            return;
        }
        let (start, pause) = (run.event, run.spans.last().map(|(_, _, pause)| *pause));
        if !self.stray_pauses.contains(&h.drug) {
            self.resumed_while_running(h, start, pause);
        }
    }

    /// A Resume of what runs: since its Start, or since the Resume after its last Pause.
    fn resumed_while_running(&mut self, h: &Happening, start: usize, pause: Option<usize>) {
        let name = self.name(h.drug);
        let before = pause.and_then(|pause| self.resumed_after(h, pause));
        let (since, word) = before.map_or((start, "running since here"), |event| (event, "already resumed here"));
        let finding = Finding::error("U2", Place::Event(h.event), format!("{name} is resumed and was not paused"))
            .label("resumed here")
            .beside(Place::Event(since), word)
            .help("chart the Pause, or take this Resume out");
        self.contradiction(h.drug, finding);
    }

    /// The Resume before this one that ended a pause.
    fn resumed_after(&self, h: &Happening, pause: usize) -> Option<usize> {
        let mut between =
            self.events.happenings.iter().skip_while(|before| before.event != pause).take_while(|before| before.event != h.event);
        between.find(|before| before.drug == h.drug && matches!(before.verb, Verb::Resume)).map(|before| before.event)
    }

    fn check(&mut self, h: &Happening) {
        let Some(run) = self.meant(h, "Check") else { return };
        match run.since {
            Some(_) => run.last_check = Some((h.at, h.event)),
            None => {
                let pause = run.last_pause();
                self.contradicts(h, pause, "is charted as running while it is paused", "seen running here", "paused here");
            }
        }
    }

    fn contradicts(&mut self, h: &Happening, pause: usize, what: &str, here: &str, there: &str) {
        let name = self.name(h.drug);
        let finding = Finding::error("U2", Place::Event(h.event), format!("{name} {what}")).label(here);
        let finding = finding.beside(Place::Event(pause), there).help("chart the Resume between the two, or take one of them out");
        self.contradiction(h.drug, finding);
    }

    /// The open run that an event means: at its site, or the drug's only one.
    fn find(&mut self, h: &Happening) -> Fit {
        if h.site.is_some() {
            return Fit::one(self.hung.which(h.drug, |run| run.site == h.site));
        }
        let (one, other) = {
            let mut runs = self.hung.of(h.drug);
            match (runs.next(), runs.next()) {
                (None, _) => return Fit::None,
                (Some(_), None) => return Fit::One(0),
                (Some(one), Some(other)) => (one, other),
            }
        };
        let clock = |run: &Open| self.calendar.wall(run.start).format("%H:%M");
        let message = format!(
            "{} runs at two sites, from {} and from {}: which is meant?",
            self.drugs[h.drug.0 as usize].name,
            clock(one),
            clock(other)
        );
        let finding = Finding::error("U2", Place::Event(h.event), message)
            .label("fits two runs")
            .beside(Place::Event(one.event), "one started here")
            .help("add `site` to this event");
        self.contradiction(h.drug, finding);
        Fit::Two
    }

    fn administer(
        &mut self,
        drug: Option<DrugId>,
        access: AccessId,
        event: usize,
        stop_event: Option<usize>,
        start: Minute,
        stop: Minute,
    ) -> Given {
        let given = Given(u32::try_from(self.administrations.len()).unwrap_or(u32::MAX));
        self.administrations.push(Administration { drug, access, event, stop_event, start, stop, part_of: None, proof: None });
        given
    }

    fn singles(&mut self) -> Vec<Single> {
        let events = self.events;
        let mut singles = Vec::with_capacity(events.ones.len());
        for one in &events.ones {
            let stop = one.at.plus(i64::from(one.minutes));
            let given = self.administer(one.drug, one.access, one.event, None, one.at, stop);
            let ran = if matches!(one.what, What::Push(_)) { stop } else { one.at };
            singles.push(Single { given, what: one.what, at: one.at, minutes: Minutes::made(given, [(one.at, ran)]), order: one.event });
        }
        singles
    }

    /// The drug as the session shows it.
    fn name(&self, drug: DrugId) -> Name {
        self.drugs[drug.0 as usize].name.clone()
    }
}

/// Which open run an event means.
enum Fit {
    None,
    One(usize),
    /// More than one, which has been told.
    Two,
}

impl Fit {
    fn one(found: Option<usize>) -> Self {
        found.map_or(Fit::None, Fit::One)
    }
}
