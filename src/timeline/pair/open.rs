//! A run that has begun and not ended, as far as it is charted.

use smallvec::SmallVec;

use super::{Hang, Happening};
use crate::session::log::{Pump, Route};
use crate::timeline::calendar::Minute;
use crate::timeline::events::Thousandths;
use crate::timeline::names::SiteId;
use crate::timeline::{AccessId, DrugId};

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
    /// A bag on one line, which holds its own end.
    pub of_one_line: bool,
    pub volume: Option<Thousandths>,
    /// The rate with which it was hung.
    pub rate: Option<Thousandths>,
    /// Charted changes of it, an hour, with their events, in time order.
    pub rates: Vec<(Minute, Thousandths, usize)>,
    /// The stretches run before each pause, with the pause's event.
    pub spans: SmallVec<[(Minute, Minute, usize); 1]>,
    /// Since when it runs; `None` while it is paused.
    pub since: Option<Minute>,
    pub last_check: Option<(Minute, usize)>,
}

impl Open {
    pub(super) fn begin(happening: &Happening, hang: &Hang) -> Self {
        Open {
            drug: happening.drug,
            site: happening.site,
            access: happening.access,
            route: hang.route,
            pump: hang.pump,
            home: hang.home,
            start: happening.at,
            event: happening.event,
            of_one_line: hang.of_one_line,
            volume: hang.volume,
            rate: hang.rate,
            rates: Vec::new(),
            spans: SmallVec::new(),
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
    pub fn rate_at(&self, at: Minute) -> Option<Thousandths> {
        let after = self.rates.partition_point(|(from, _, _)| *from <= at);
        self.rates[..after].last().map(|(_, rate, _)| *rate).or(self.rate)
    }

    /// The next charted change of the rate.
    pub fn next_rate_change(&self, at: Minute) -> Option<Minute> {
        let after = self.rates.partition_point(|(from, _, _)| *from <= at);
        self.rates.get(after).map(|(from, _, _)| *from)
    }

    /// The event of its last pause; of one never paused, its Start.
    pub(super) fn last_pause(&self) -> usize {
        self.spans.last().map_or(self.event, |(_, _, event)| *event)
    }

    /// The pause it is in: when, and by which event.
    pub fn paused(&self) -> Option<(Minute, usize)> {
        match self.since {
            None => self.spans.last().map(|(_, to, event)| (*to, *event)),
            Some(_) => None,
        }
    }

    /// What ran up to a minute.
    pub(super) fn spans_until(&self, stop: Minute) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        self.running().map(move |(from, to)| (from, to.map_or(stop, |to| to.min(stop)))).filter(|(from, to)| from < to)
    }
}
