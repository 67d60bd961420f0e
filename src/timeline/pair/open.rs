//! A run that has begun and not ended, as far as it is charted.

use super::{Hang, Happening};
use crate::session::log::{Pump, Route};
use crate::timeline::calendar::Minute;
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
    pub(super) fn spans_until(&self, stop: Minute) -> Vec<(Minute, Minute)> {
        self.running().map(|(from, to)| (from, to.map_or(stop, |to| to.min(stop)))).filter(|(from, to)| from < to).collect()
    }
}
