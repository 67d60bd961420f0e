//! Events that fit no run, told at the end, when all that might explain them is known (U2).

use super::{Happening, Pairing};
use crate::reference::nearest;
use crate::session::finding::{Finding, Place};
use crate::timeline::DrugId;
use crate::timeline::calendar::Minute;
use crate::timeline::events::{Verb, before_that, next_day_help};
use crate::timeline::names::SiteId;
use foldhash::{HashMap, HashSet};

/// A stop, pause, check or rate that fits no run.
pub(super) struct Orphan {
    event: usize,
    at: Minute,
    pub(super) drug: DrugId,
    site: Option<SiteId>,
    word: &'static str,
    pub(super) is_stop: bool,
    /// Of a bag on one line.
    is_infuse: bool,
}

impl Pairing<'_> {
    pub(super) fn orphan(&mut self, h: &Happening, word: &'static str, is_stop: bool) {
        if matches!(h.verb, Verb::Pause) {
            self.stray_pauses.insert(h.drug);
        }
        let is_infuse = matches!(h.verb, Verb::Stop { of_one_line: true, .. });
        self.orphans.push(Orphan { event: h.event, at: h.at, drug: h.drug, site: h.site, word, is_stop, is_infuse });
    }

    pub(super) fn tell_orphans(&mut self) {
        if self.orphans.is_empty() {
            return;
        }
        let (starts, of_drugs) = (self.starts_by_drug(), by_drug(&self.events.happenings));
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
            && let Some(stop) = before().find(|h| matches!(h.verb, Verb::Stop { of_one_line: false, .. }))
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
        let drugs = (0..).map(DrugId).zip(&self.drugs);
        drugs.filter(|(id, _)| self.hung.has_started(*id)).map(|(_, drug)| &*drug.name).take(MOST)
    }

    /// The starts that no stop closed, by drug.
    fn starts_by_drug(&self) -> HashMap<DrugId, Vec<(Minute, usize, Option<SiteId>)>> {
        let closed: HashSet<usize> = self.administrations.iter().map(|a| a.event).collect();
        let mut starts: HashMap<DrugId, Vec<_>> = HashMap::default();
        for h in &self.events.happenings {
            if matches!(h.verb, Verb::Start(_)) && !closed.contains(&h.event) {
                starts.entry(h.drug).or_default().push((h.at, h.event, h.site));
            }
        }
        starts
    }
}

/// What happened to each drug, in time order.
fn by_drug(happenings: &[Happening]) -> HashMap<DrugId, Vec<&Happening>> {
    let mut of_drugs: HashMap<DrugId, Vec<&Happening>> = HashMap::default();
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
