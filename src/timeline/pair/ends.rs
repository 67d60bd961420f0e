//! How runs end: by a charted stop, by what proves one (U1), at home on a pump (O3), or not at all.

use super::{Open, Pairing};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, Route};
use crate::timeline::calendar::Minute;
use crate::timeline::minutes::Minutes;
use crate::timeline::proof::{self, Derived};
use crate::timeline::{DrugId, Proof, Run, Unstopped};
use foldhash::{HashMap, HashSet};
use std::cell::OnceCell;

const MINUTES_A_DAY: i64 = 24 * 60;

impl Pairing<'_> {
    /// At the end of the log: a pause never resumed ends its run, a pump may go home, the rest must
    /// be proved (U1, O3).
    pub(super) fn close_what_is_open(&mut self) {
        let left = self.hung.end_all();
        if left.is_empty() {
            return;
        }
        let named = OnceCell::new();
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
                self.leave_unstopped(run, named.get_or_init(|| self.events.minutes_named()));
            }
        }
    }

    /// A pump that continues at home needs no stop: chemo counts as prolonged unless volume and
    /// rate say less, another drug only when they say more (O3). `None`: an ordinary run.
    fn goes_home(&self, run: &Open) -> Option<Proof> {
        if !run.home || run.pump.is_none() || run.route == Route::SC {
            return None;
        }
        let proven = proof::runs_off(run).map(|end| minutes_of(run.spans_until(end)));
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

    pub(super) fn finish_derived(&mut self, run: Open, derived: Derived) {
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
        let rates = run.rates.iter().map(|(at, _, event)| (*at, *event));
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

    pub(super) fn warn_ended_at_pause(&mut self, run: &Open, pause: usize, then: usize, word: &str) {
        let name = self.name(run.drug);
        let finding = Finding::warning("U2", Place::Event(pause), format!("{name} was paused and not resumed: it ends at the pause"))
            .label("paused here")
            .help("chart the Resume if it ran again");
        self.findings.push(if then == pause { finding } else { finding.beside(Place::Event(then), word) });
    }

    pub(super) fn finish(&mut self, run: Open, stop: Minute, proof: Proof, stop_event: Option<usize>, reaction: bool) {
        if stop.since(run.start) > self.longest_run * MINUTES_A_DAY {
            return self.refuse_years(&run, stop, stop_event);
        }
        let given = self.administer(Some(run.drug), run.access, run.event, stop_event, run.start, stop);
        self.administrations[given.0 as usize].proof = Some(proof);
        let mut minutes = Minutes::made(given, run.spans_until(stop));
        if minutes.is_none() {
            // A pump hung as the last thing before it went home: its slice is empty, but is there.
            minutes = Minutes::made(given, [(run.start, run.start)]);
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
            minutes,
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

    /// `named` are the minutes at which each drug is named.
    fn leave_unstopped(&mut self, run: Open, named: &HashMap<DrugId, Vec<Minute>>) {
        let given = self.administer(Some(run.drug), run.access, run.event, None, run.start, run.start);
        let named = &named[&run.drug];
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
}

fn minutes_of(spans: impl Iterator<Item = (Minute, Minute)>) -> i64 {
    spans.map(|(from, to)| to.since(from)).sum()
}
