//! Starts to their stops (U1, U2): every run gets its minutes, its end and what proves it.

mod ends;
mod open;
mod orphans;

use super::calendar::{Calendar, Minute};
use super::events::{Events, Hang, Happening, Verb};
use super::minutes::Minutes;
use super::proof;
use super::{AccessId, Administration, DrugId, Given, Infusate, OtherService, Proof, Run, Single, Timeline, Unstopped, What};
use crate::reference::{Name, Reference};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Pump, Session};
use foldhash::HashSet;
pub use open::Open;
use orphans::Orphan;

struct Pairing<'p> {
    calendar: Calendar,
    drugs: Vec<Infusate>,
    events: &'p Events,
    prolonged: i64,
    /// Days; no run is longer (U2).
    longest_run: i64,
    open: Vec<Vec<Open>>,
    started: Vec<bool>,
    orphans: Vec<Orphan>,
    /// Bags on one line whose run was refused, so that their end is not told too.
    refused: HashSet<usize>,
    /// The events that hold their own end.
    infuses: HashSet<usize>,
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
    events: Events,
    reference: &Reference,
    findings: &mut Vec<Finding>,
) -> Timeline {
    let mut pairing = Pairing::new(calendar, drugs, &events, reference, findings);
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
        services: events.services.iter().map(|(at, code, event)| OtherService { at: *at, code: code.clone(), event: *event }).collect(),
        disconnect: pairing.disconnect,
        reason: None,
        extent: events.extent,
        named: events.named,
    }
}

impl<'p> Pairing<'p> {
    /// Nothing runs yet.
    fn new(calendar: Calendar, drugs: Vec<Infusate>, events: &'p Events, reference: &Reference, findings: &'p mut Vec<Finding>) -> Self {
        let count = drugs.len();
        let infuses = events.happenings.iter().filter_map(|h| if let Verb::Stop { of, .. } = h.verb { of } else { None }).collect();
        Pairing {
            calendar,
            events,
            prolonged: reference.facts.limits.prolonged_pump,
            longest_run: reference.facts.limits.longest_run_days,
            open: (0..count).map(|_| Vec::new()).collect(),
            started: vec![false; count],
            orphans: Vec::new(),
            refused: HashSet::default(),
            infuses,
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
    let mut open: Vec<Open> = pairing.open.iter_mut().flat_map(std::mem::take).collect();
    open.sort_by_key(|run| run.event);
    (open, pairing.drugs)
}

impl Pairing<'_> {
    fn take(&mut self, h: &Happening) {
        match &h.verb {
            Verb::Start(hang) => self.start(h, hang),
            Verb::Stop { pump, reaction, of } => self.stop(h, *pump, *reaction, *of),
            Verb::Pause => self.change(h, "Pause", |p, run| p.pause(h, run)),
            Verb::Resume => self.change(h, "Resume", |p, run| p.resume(h, run)),
            Verb::Check => self.change(h, "Check", |p, run| p.check(h, run)),
            Verb::Rate(rate) => self.change(h, "Rate", |_, run| run.rates.push((h.at, *rate, Some(h.event)))),
        }
    }

    fn start(&mut self, h: &Happening, hang: &Hang) {
        let place = h.drug.0 as usize;
        if let Some(at) = self.open[place].iter().position(|run| run.site == h.site) {
            let before = self.open[place].remove(at);
            self.end_before_second_start(before, h);
        }
        self.started[place] = true;
        self.open[place].push(Open::begin(h, hang));
    }

    /// A bag hung while the same drug still runs at that site: the first must have a proven end.
    fn end_before_second_start(&mut self, run: Open, h: &Happening) {
        if self.infuses.contains(&run.event) {
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

    fn stop(&mut self, h: &Happening, pump: Option<Pump>, reaction: bool, of: Option<usize>) {
        if pump.is_some() && of.is_none() && !self.started[h.drug.0 as usize] {
            self.disconnect = true;
            return;
        }
        let place = h.drug.0 as usize;
        let found = match of {
            Some(event) => Fit::one(self.open[place].iter().position(|run| run.event == event)),
            None => self.find(h),
        };
        let run = match found {
            Fit::One(found) => self.open[place].remove(found),
            Fit::Two => return,
            Fit::None if of.is_some_and(|event| self.refused.contains(&event)) => return,
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

    fn change(&mut self, h: &Happening, word: &'static str, change: impl Fn(&mut Self, &mut Open)) {
        let place = h.drug.0 as usize;
        match self.find(h) {
            Fit::None => self.orphan(h, word, false),
            Fit::Two => {}
            Fit::One(found) => {
                let mut run = self.open[place].swap_remove(found);
                change(self, &mut run);
                self.open[place].push(run);
            }
        }
    }

    fn pause(&mut self, h: &Happening, run: &mut Open) {
        match run.since {
            Some(since) => {
                run.spans.push((since, h.at, h.event));
                run.since = None;
            }
            None => self.contradicts(h, run, "is paused twice", "paused again here", "already paused here"),
        }
    }

    fn resume(&mut self, h: &Happening, run: &mut Open) {
        match run.since {
            None => run.since = Some(h.at),
            Some(_) if self.stray_pauses.contains(&h.drug) => {}
            Some(_) => {
                let name = self.name(h.drug);
                let before = run.spans.last().and_then(|(_, _, pause)| self.resumed_after(h, *pause));
                let (since, word) = before.map_or((run.event, "running since here"), |event| (event, "already resumed here"));
                let finding = Finding::error("U2", Place::Event(h.event), format!("{name} is resumed and was not paused"))
                    .label("resumed here")
                    .beside(Place::Event(since), word)
                    .help("chart the Pause, or take this Resume out");
                self.contradiction(h.drug, finding);
            }
        }
    }

    /// The Resume before this one that ended a pause.
    fn resumed_after(&self, h: &Happening, pause: usize) -> Option<usize> {
        let mut between =
            self.events.happenings.iter().skip_while(|before| before.event != pause).take_while(|before| before.event != h.event);
        between.find(|before| before.drug == h.drug && matches!(before.verb, Verb::Resume)).map(|before| before.event)
    }

    fn check(&mut self, h: &Happening, run: &mut Open) {
        match run.since {
            Some(_) => run.last_check = Some((h.at, h.event)),
            None => self.contradicts(h, run, "is charted as running while it is paused", "seen running here", "paused here"),
        }
    }

    fn contradicts(&mut self, h: &Happening, run: &Open, what: &str, here: &str, there: &str) {
        let name = self.name(h.drug);
        let finding = Finding::error("U2", Place::Event(h.event), format!("{name} {what}")).label(here);
        let (_, pause) = run.paused().unwrap_or((run.start, run.event));
        let finding = finding.beside(Place::Event(pause), there).help("chart the Resume between the two, or take one of them out");
        self.contradiction(h.drug, finding);
    }

    /// The open run that an event means: at its site, or the drug's only one.
    fn find(&mut self, h: &Happening) -> Fit {
        let runs = &self.open[h.drug.0 as usize];
        if h.site.is_some() {
            return Fit::one(runs.iter().position(|run| run.site == h.site));
        }
        match runs.as_slice() {
            [] => return Fit::None,
            [_] => return Fit::One(0),
            _ => {}
        }
        let clock = |run: &Open| self.calendar.wall(run.start).format("%H:%M");
        let message = format!(
            "{} runs at two sites, from {} and from {}: which is meant?",
            self.drugs[h.drug.0 as usize].name,
            clock(&runs[0]),
            clock(&runs[1])
        );
        let finding = Finding::error("U2", Place::Event(h.event), message)
            .label("fits two runs")
            .beside(Place::Event(runs[0].event), "one started here")
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
