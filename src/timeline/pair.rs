//! Starts to their stops (U1, U2): every run gets its minutes, its end and what proves it.

use std::collections::{HashMap, HashSet};

use super::calendar::{Calendar, Minute};
use super::events::{Events, Hang, Happening, Verb, before_that, next_day_help};
use super::minutes::Minutes;
use super::names::SiteId;
use super::proof::{self, Derived};
use super::{AccessId, Administration, DrugId, Given, Infusate, OtherService, Proof, Run, Single, Timeline, Unstopped, What};
use crate::reference::{Reference, nearest};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, Pump, Route, Session};

const MINUTES_A_DAY: i64 = 24 * 60;

/// A run that has begun and not ended.
#[derive(Debug)]
pub struct Open {
    pub drug: DrugId,
    pub site: Option<SiteId>,
    pub access: AccessId,
    pub route: Route,
    pub pump: Option<Pump>,
    pub home: bool,
    pub start: Minute,
    pub event: usize,
    /// Thousandths of a millilitre.
    pub volume: Option<i64>,
    /// Charted rates in thousandths of a millilitre an hour, in time order.
    pub rates: Vec<(Minute, i64, Option<usize>)>,
    /// The stretches run before each pause, with the pause's event and that of its resumption.
    pub spans: Vec<(Minute, Minute, usize)>,
    /// Since when it runs; `None` while it is paused.
    pub since: Option<Minute>,
    pub last_check: Option<(Minute, usize)>,
}

impl Open {
    fn begin(happening: &Happening, hang: &Hang) -> Self {
        Open {
            drug: happening.drug,
            site: happening.site,
            access: happening.access,
            route: hang.route,
            pump: hang.pump,
            home: hang.home,
            start: happening.at,
            event: happening.event,
            volume: hang.volume,
            rates: hang.rate.map(|rate| (happening.at, rate, None)).into_iter().collect(),
            spans: Vec::new(),
            since: Some(happening.at),
            last_check: None,
        }
    }

    /// The stretches in which it ran; the last is open while it runs.
    pub fn running(&self) -> impl Iterator<Item = (Minute, Option<Minute>)> + '_ {
        let done = self.spans.iter().map(|(from, to, _)| (*from, Some(*to)));
        done.chain(self.since.map(|since| (since, None)))
    }

    /// The rate in force at a minute.
    pub fn rate_at(&self, at: Minute) -> Option<i64> {
        let after = self.rates.partition_point(|(from, _, _)| *from <= at);
        self.rates[..after].last().map(|(_, rate, _)| *rate)
    }

    /// The next charted change of the rate.
    pub fn next_rate_change(&self, at: Minute) -> Option<Minute> {
        let after = self.rates.partition_point(|(from, _, _)| *from <= at);
        self.rates.get(after).map(|(from, _, _)| *from)
    }

    /// The pause it is in: when, and by which event.
    pub fn paused(&self) -> Option<(Minute, usize)> {
        match self.since {
            None => self.spans.last().map(|(_, to, event)| (*to, *event)),
            Some(_) => None,
        }
    }

    /// What ran up to a minute.
    fn spans_until(&self, stop: Minute) -> Vec<(Minute, Minute)> {
        self.running().map(|(from, to)| (from, to.map_or(stop, |to| to.min(stop)))).filter(|(from, to)| from < to).collect()
    }
}

/// A stop, pause, check or rate that fits no run.
struct Orphan {
    event: usize,
    at: Minute,
    drug: DrugId,
    site: Option<SiteId>,
    word: &'static str,
    is_stop: bool,
    /// Of a bag on one line.
    is_infuse: bool,
}

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
            refused: HashSet::new(),
            infuses,
            lost: events.lost_drugs(&drugs),
            drugs,
            stray_pauses: HashSet::new(),
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

    fn orphan(&mut self, h: &Happening, word: &'static str, is_stop: bool) {
        if matches!(h.verb, Verb::Pause) {
            self.stray_pauses.insert(h.drug);
        }
        let is_infuse = is_stop && self.infuses.contains(&h.event);
        self.orphans.push(Orphan { event: h.event, at: h.at, drug: h.drug, site: h.site, word, is_stop, is_infuse });
    }

    /// At the end of the log: a pause never resumed ends its run, a pump may go home, the rest must
    /// be proved (U1, O3).
    fn close_what_is_open(&mut self) {
        let mut left: Vec<Open> = self.open.iter_mut().flat_map(std::mem::take).collect();
        left.sort_by_key(|run| run.event);
        // A run whose stop stands in the log, but could not be read or found: its error says enough.
        let stops = self.orphans.iter().filter(|orphan| orphan.is_stop).map(|orphan| orphan.drug);
        let told: HashSet<DrugId> = stops.chain(self.lost.iter().copied()).collect();
        for run in left {
            if told.contains(&run.drug) {
                continue;
            }
            if let Some((at, pause)) = run.paused() {
                self.warn_ended_at_pause(&run, pause, pause, "");
                self.finish(run, at, Proof::Charted, None, false);
            } else if let Some(proof) = self.goes_home(&run) {
                let stop = self.end_of_log;
                self.note_home(&run, proof);
                self.finish(run, stop, proof, None, false);
            } else if let Some(derived) = proof::derive(&run) {
                if run.home {
                    self.note_home(&run, Proof::Derived);
                }
                self.finish_derived(run, derived);
            } else {
                self.leave_unstopped(run);
            }
        }
    }

    /// A pump that continues at home needs no stop: chemo counts as prolonged unless volume and
    /// rate say less, another drug only when they say more (O3). `None`: an ordinary run.
    fn goes_home(&self, run: &Open) -> Option<Proof> {
        if !run.home || run.pump.is_none() || run.route == Route::SC {
            return None;
        }
        let proven = proof::runs_off(run).map(|end| minutes_of(&run.spans_until(end)));
        match self.drugs[run.drug.0 as usize].class(run.route) {
            Class::Hydration | Class::NotSeparate => None,
            Class::Antineoplastic | Class::ComplexBiologic => self.chemo_goes_home(proven),
            Class::Hormonal if run.route == Route::IV => self.chemo_goes_home(proven),
            Class::Hormonal | Class::Therapeutic => match proven {
                Some(minutes) if minutes > self.prolonged => Some(Proof::AtHome),
                _ => Some(Proof::AtHomeUnproven),
            },
        }
    }

    /// Says what a pump that goes home counts as; one that proves nothing is flagged when it is coded.
    fn note_home(&mut self, run: &Open, proof: Proof) {
        let (name, most) = (self.name(run.drug), self.prolonged);
        let message = match proof {
            Proof::AtHome => format!("{name} goes home on its pump: it counts as more than {most} minutes"),
            Proof::Derived => {
                format!("{name} goes home on its pump, and volume and rate say {most} minutes or less: it counts as an ordinary infusion")
            }
            Proof::Charted | Proof::AtHomeUnproven => return,
        };
        self.findings.push(Finding::note("O3", Place::Event(run.event), message).label("continues at home"));
    }

    fn chemo_goes_home(&self, proven: Option<i64>) -> Option<Proof> {
        match proven {
            Some(minutes) if minutes <= self.prolonged => None,
            _ => Some(Proof::AtHome),
        }
    }

    fn finish_derived(&mut self, run: Open, derived: Derived) {
        let name = self.name(run.drug);
        let stop = self.calendar.wall(derived.stop).format("%H:%M");
        let (why, beside) = match derived.check {
            Some((at, event)) if at == derived.stop => ("the last check".to_owned(), Some(event)),
            _ => ("when its volume had run off".to_owned(), None),
        };
        let mut finding = Finding::warning("U1", Place::Event(run.event), format!("no stop is charted for {name}: {stop} is taken, {why}"))
            .label("started here")
            .help("the record lacks the stop; chart it if it is known");
        if let Some(event) = beside {
            finding = finding.beside(Place::Event(event), "last seen running here");
        }
        self.findings.push(finding);
        self.warn_of_what_came_after(&run, derived.stop);
        self.finish(run, derived.stop, Proof::Derived, None, false);
    }

    /// Rates, and pauses that were resumed, after the stop that U1 gives change nothing (U2).
    fn warn_of_what_came_after(&mut self, run: &Open, stop: Minute) {
        let rates = run.rates.iter().filter_map(|(at, _, event)| event.map(|event| (*at, event)));
        let pauses = run.spans.iter().map(|(_, at, event)| (*at, *event));
        for (at, event) in rates.chain(pauses) {
            if at >= stop {
                let name = self.name(run.drug);
                self.findings.push(
                    Finding::warning("U2", Place::Event(event), format!("{name} had ended before this and it changes nothing"))
                        .label("charted after its end"),
                );
            }
        }
    }

    fn warn_ended_at_pause(&mut self, run: &Open, pause: usize, then: usize, word: &str) {
        let name = self.name(run.drug);
        let finding = Finding::warning("U2", Place::Event(pause), format!("{name} was paused and not resumed: it ends at the pause"))
            .label("paused here")
            .help("chart the Resume if it ran again");
        self.findings.push(if then == pause { finding } else { finding.beside(Place::Event(then), word) });
    }

    fn finish(&mut self, run: Open, stop: Minute, proof: Proof, stop_event: Option<usize>, reaction: bool) {
        if stop.since(run.start) > self.longest_run * MINUTES_A_DAY {
            return self.refuse_years(&run, stop, stop_event);
        }
        let given = self.administer(Some(run.drug), run.access, run.event, stop_event, run.start, stop);
        self.administrations[given.0 as usize].proof = Some(proof);
        let mut spans = run.spans_until(stop);
        if spans.is_empty() {
            // A pump hung as the last thing before it went home: its slice is empty, but is there.
            spans.push((run.start, run.start));
        }
        self.runs.push(Run {
            given,
            drug: run.drug,
            access: run.access,
            route: run.route,
            pump: run.pump,
            home: run.home,
            start: run.start,
            stop,
            minutes: Minutes::made(given, spans),
            proof,
            derived: proof == Proof::Derived,
            reaction,
            order: run.event,
        });
    }

    /// A mistyped year, or a rate of next to nothing: no run, and no million units.
    fn refuse_years(&mut self, run: &Open, stop: Minute, stop_event: Option<usize>) {
        let (name, days) = (self.name(run.drug), stop.since(run.start) / MINUTES_A_DAY);
        let finding = Finding::error("U2", Place::Event(stop_event.unwrap_or(run.event)), format!("{name} would run for {days} days"))
            .label("no run is that long")
            .help("check the year of its start and stop, or its volume and rate");
        self.findings.push(match stop_event {
            Some(event) if event != run.event => finding.beside(Place::Event(run.event), "started here"),
            _ => finding,
        });
    }

    fn leave_unstopped(&mut self, run: Open) {
        let given = self.administer(Some(run.drug), run.access, run.event, None, run.start, run.start);
        let named = &self.events.named[&run.drug];
        let next = named.get(named.partition_point(|at| *at <= run.start)).copied();
        self.unstopped.push(Unstopped {
            given,
            drug: run.drug,
            access: run.access,
            route: run.route,
            start: run.start,
            blocks_until: next.unwrap_or(self.end_of_log),
            minutes: Minutes::made(given, [(run.start, run.start)]),
            order: run.event,
        });
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

    fn tell_orphans(&mut self) {
        let starts = self.starts_by_drug();
        let of_drugs = if self.orphans.is_empty() { HashMap::new() } else { by_drug(&self.events.happenings) };
        for orphan in std::mem::take(&mut self.orphans) {
            if self.lost.contains(&orphan.drug) {
                continue;
            }
            let name = self.name(orphan.drug);
            let starts = starts.get(&orphan.drug).map(Vec::as_slice).unwrap_or_default();
            let mut later = starts[starts.partition_point(|(at, _, _)| *at < orphan.at)..].iter();
            let start = later.find(|(_, _, site)| orphan.site.is_none() || *site == orphan.site);
            let place = Place::EventField(orphan.event, "at");
            let finding = match start {
                Some((at, event, _)) if orphan.is_stop && *at == orphan.at => {
                    Finding::error("U2", place, format!("{name} stops in the minute in which it starts"))
                        .label("no minute ran")
                        .beside(Place::EventField(*event, "at"), "started here")
                        .help("chart the minute in which it stopped")
                }
                Some((at, event, _)) if orphan.is_stop => Finding::error("U2", place, format!("{name} stops before it starts"))
                    .label(before_that(at.since(orphan.at)))
                    .beside(Place::EventField(*event, "at"), "started here")
                    .help(next_day_help(&self.calendar, orphan.at)),
                _ => self.without_start(&orphan, &name, &of_drugs[&orphan.drug]),
            };
            self.findings.push(finding);
        }
    }

    /// An event of a drug that does not run there then: names where it runs, or what else does.
    fn without_start(&self, orphan: &Orphan, name: &str, of_drug: &[&Happening]) -> Finding {
        let place = || Place::Event(orphan.event);
        let until = of_drug.partition_point(|h| h.at <= orphan.at);
        let before = || of_drug[..until].iter().rev().filter(|h| h.event != orphan.event);
        if orphan.is_infuse
            && let Some(stop) = before().find(|h| matches!(h.verb, Verb::Stop { of: None, .. }))
        {
            return Finding::error("U2", place(), format!("{name} is stopped before its Infuse ends"))
                .label("ends later")
                .beside(Place::Event(stop.event), "stopped here")
                .help("take the Stop out, or correct `to`");
        }
        let finding = Finding::error("U2", place(), format!("{} of {name} without a Start", orphan.word));
        // A Start of the same minute comes after a Pause, a Check or a Stop.
        let last = before().find(|h| match h.verb {
            Verb::Start(_) => h.at < orphan.at,
            Verb::Stop { .. } => true,
            _ => false,
        });
        let later = if last.is_none() { starts_later(orphan, of_drug) } else { None };
        match (last, later) {
            (Some(h), _) if matches!(h.verb, Verb::Start(_)) => {
                Finding::error("U2", place(), format!("{} of {name} at a site where it does not run", orphan.word))
                    .label("not running at this site")
                    .beside(Place::Event(h.event), "it runs from here")
                    .help("give both the same `site`, or leave it out of this one")
            }
            (Some(h), _) => finding
                .label("not running then")
                .beside(Place::Event(h.event), "it had stopped here")
                .help("take one of the two out, or chart the Start between them"),
            (None, Some(start)) => Finding::error("U2", place(), format!("{} of {name} before its Start", orphan.word))
                .label("not running yet")
                .beside(Place::Event(start), "it starts here")
                .help("check the two times"),
            (None, None) => {
                let near = nearest(name, self.names_started().filter(|drug| *drug != name));
                let finding = finding.label("it was never started");
                match near.first() {
                    Some(near) => finding.help(format!("did you mean \"{near}\"?")),
                    None => finding.help("chart its Start, or take this line out"),
                }
            }
        }
    }

    /// The names of the drugs that were started; not of so many that to compare them all takes long.
    fn names_started(&self) -> impl Iterator<Item = &str> {
        const MOST: usize = 200;
        self.drugs.iter().zip(&self.started).filter(|(_, started)| **started).map(|(drug, _)| drug.name.as_str()).take(MOST)
    }

    /// The starts that no stop closed, by drug.
    fn starts_by_drug(&self) -> HashMap<DrugId, Vec<(Minute, usize, Option<SiteId>)>> {
        let closed: HashSet<usize> = self.administrations.iter().map(|a| a.event).collect();
        let mut starts: HashMap<DrugId, Vec<_>> = HashMap::new();
        if self.orphans.is_empty() {
            return starts;
        }
        for h in &self.events.happenings {
            if matches!(h.verb, Verb::Start(_)) && !closed.contains(&h.event) {
                starts.entry(h.drug).or_default().push((h.at, h.event, h.site));
            }
        }
        starts
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
    fn name(&self, drug: DrugId) -> String {
        self.drugs[drug.0 as usize].name.clone()
    }
}

/// What happened to each drug, in time order.
fn by_drug(happenings: &[Happening]) -> HashMap<DrugId, Vec<&Happening>> {
    let mut of_drugs: HashMap<DrugId, Vec<&Happening>> = HashMap::new();
    for happening in happenings {
        of_drugs.entry(happening.drug).or_default().push(happening);
    }
    of_drugs
}

/// The first Start of the drug after an event that fits no run.
fn starts_later(orphan: &Orphan, of_drug: &[&Happening]) -> Option<usize> {
    let from = of_drug.partition_point(|h| h.at < orphan.at);
    of_drug[from..].iter().find(|h| matches!(h.verb, Verb::Start(_))).map(|h| h.event)
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

fn minutes_of(spans: &[(Minute, Minute)]) -> i64 {
    spans.iter().map(|(from, to)| to.since(*from)).sum()
}
