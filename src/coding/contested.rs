//! The contested points, one small function a policy, named for the question. No other file of
//! the engine reads a policy; `claim/contested.rs` is its like for the claim. What can be settled
//! without a policy does not ask for it: what was not asked for is not contested ([`Policies::was_asked`]).

use std::cmp::Reverse;

use chrono::NaiveDate;
use smallvec::SmallVec;

use super::ledger::Ledger;
use crate::reference::{
    Clock, Family, HomePump, HydrationGaps, InitialTie, Midnight, MissingStop, Overlap, Policies, PushMinutes, Rule, SameDrug,
    StoppedEarly, Way,
};
use crate::session::log::{Route, Setting};
use crate::timeline::calendar::Minute;
use crate::timeline::cover::Cover;
use crate::timeline::{DrugId, Run};

/// `missing_stop`: is a therapeutic infusion without a stop one push (U1)?
pub fn missing_stop_is_push(ledger: &Ledger, drug: DrugId) -> bool {
    !ledger.timeline[drug].never_pushed && *ledger.policies.missing_stop() == MissingStop::Push
}

/// `home_pump`: which place does a prolonged pump fill (O3)?
pub fn pump_way(ledger: &Ledger, goes_home: bool) -> Way {
    if goes_home && *ledger.policies.home_pump() == HomePump::Medicare { Way::HomePump } else { Way::Pump }
}

/// `repeat_push_after`: nearer than this many minutes belongs to what it is near (T1, P2, P3).
pub fn near(ledger: &Ledger) -> i64 {
    *ledger.policies.repeat_push_after()
}

/// `stopped_early`: does an office's run that was broken off for a reaction, and not begun again,
/// count as the infusion that was meant?
pub fn counts_as_meant(ledger: &Ledger, run: &Run, last_start: Option<Minute>) -> bool {
    ledger.timeline.setting == Setting::Office
        && run.reaction
        && run.route == Route::IV
        && last_start.is_none_or(|last| last < run.stop)
        && *ledger.policies.stopped_early() == StoppedEarly::Intended
}

/// `push_minutes`: do pushes take minutes from hydration (S2)?
pub fn pushes_take_minutes(ledger: &Ledger) -> bool {
    *ledger.policies.push_minutes() == PushMinutes::Deduct
}

/// `hydration_gaps`: are short segments of hydration dropped (S3)?
pub fn short_segments_drop(ledger: &Ledger) -> bool {
    *ledger.policies.hydration_gaps() == HydrationGaps::EachSegment
}

/// `same_drug`: by what do the runs of one drug add up (T5)? Runs of one key are one group.
pub fn group_key(ledger: &Ledger, run_started: Minute) -> GroupKey {
    match ledger.policies.same_drug() {
        SameDrug::AddPerDay => GroupKey::Day(ledger.date(run_started)),
        SameDrug::AddPerStay => GroupKey::Stay,
        SameDrug::EachRun => GroupKey::Run(run_started),
    }
}

/// What makes two runs of one drug one group (T5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupKey {
    Day(NaiveDate),
    Stay,
    Run(Minute),
}

/// `midnight`: which date does a unit bear, that of its service's start or its own (D1)? `None`:
/// its own.
pub fn service_date(ledger: &Ledger, service_started: Minute, unit_begins: Minute) -> Option<NaiveDate> {
    if ledger.date(service_started) == ledger.date(unit_begins) {
        return None;
    }
    match ledger.policies.midnight() {
        Midnight::ServiceStart => Some(ledger.date(service_started)),
        Midnight::UnitStart => None,
    }
}

/// `initial_tie`: among infusions of one rank, which is the initial (I4)? The least key wins.
pub fn tie_key(policies: &Policies, minutes: i64, start: Minute, order: usize) -> (i64, i64, usize) {
    match policies.initial_tie() {
        InitialTie::Longest => (-minutes, start.0, order),
        InitialTie::First => (start.0, -minutes, order),
    }
}

/// A drug's infusion minutes at an access, as S4 judges them.
#[derive(Debug, Clone)]
pub struct Extent {
    pub family: Family,
    pub cover: Cover,
    pub start: Minute,
    pub stop: Minute,
    pub order: usize,
}

impl Extent {
    /// Where a drug stands among those of its family: by first start, then more minutes, then
    /// order in the file (S4).
    pub fn placing(&self) -> (Minute, Reverse<i64>, usize) {
        (self.start, Reverse(self.cover.total()), self.order)
    }
}

/// A verdict, and the minutes that the drug shares with those placed before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    pub together: i64,
}

impl Judgement {
    /// Of a drug that nothing was placed before.
    pub const ALONE: Judgement = Judgement { verdict: Verdict::Whole, together: 0 };
}

/// What overlap makes of a drug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It keeps all its minutes.
    Whole,
    /// It keeps those that no placed drug holds.
    Less(Cover),
    /// Concurrent, with the first minute that it shares with a placed drug where there is one.
    Concurrent(Option<Minute>),
    /// Chemo beside chemo with too little left: nothing (S6).
    Nothing,
}

impl Verdict {
    /// Whether the drug is sequential.
    pub fn is_sequential(&self) -> bool {
        matches!(self, Verdict::Whole | Verdict::Less(_))
    }
}

/// The drugs placed before one at its access, and the minutes they hold.
#[derive(Debug, Default)]
pub struct Placed {
    pub held: Cover,
    /// Starts and stops, in order.
    extents: SmallVec<[(Minute, Minute); 4]>,
}

impl Placed {
    /// Notes when a placed drug began and ended.
    pub fn add_extent(&mut self, start: Minute, stop: Minute) {
        let at = self.extents.partition_point(|known| *known <= (start, stop));
        self.extents.insert(at, (start, stop));
    }

    /// Takes on what others hold.
    pub fn add_all(&mut self, others: &Placed) {
        self.held.add_all(&others.held);
        others.extents.iter().for_each(|(start, stop)| self.add_extent(*start, *stop));
    }

    /// Whether one began and ended within so many minutes of these: looked for start by start, since
    /// many may begin at once.
    fn has_like(&self, start: Minute, stop: Minute, within: i64) -> bool {
        let mut rest = &self.extents[self.extents.partition_point(|(one, _)| *one < start.plus(-within))..];
        while let Some((one, _)) = rest.first().copied().filter(|(one, _)| *one <= start.plus(within)) {
            let (here, after) = rest.split_at(rest.partition_point(|(other, _)| *other == one));
            let near = here.partition_point(|(_, end)| *end < stop.plus(-within));
            if here.get(near).is_some_and(|(_, end)| *end <= stop.plus(within)) {
                return true;
            }
            rest = after;
        }
        false
    }
}

/// `overlap`, `concurrent_minimum`: is a drug sequential or concurrent beside those placed before
/// it (S4, S4a, S4b)? Chemo always loses what is held (S6).
pub fn overlap(policies: &Policies, same_timing: i64, clock: Clock, drug: &Extent, placed: &Placed) -> Judgement {
    let together = drug.cover.shared(&placed.held);
    Judgement { verdict: verdict(policies, same_timing, clock, drug, placed, together), together }
}

fn verdict(policies: &Policies, same_timing: i64, clock: Clock, drug: &Extent, placed: &Placed, together: i64) -> Verdict {
    let left = drug.cover.total() - together;
    let less = || Verdict::Less(placed.held.clone());
    if drug.family == Family::Chemo {
        return match together {
            0 => Verdict::Whole,
            _ if left >= clock.least => less(),
            _ => Verdict::Nothing,
        };
    }
    if placed.extents.is_empty() {
        return Verdict::Whole;
    }
    let concurrent = || Verdict::Concurrent(drug.cover.first_shared(&placed.held));
    if *policies.overlap() == Overlap::None {
        return if placed.has_like(drug.start, drug.stop, same_timing) { concurrent() } else { Verdict::Whole };
    }
    if together == 0 || together < *policies.concurrent_minimum() {
        return Verdict::Whole;
    }
    match policies.overlap() {
        Overlap::Deduct if left >= clock.least => less(),
        Overlap::Majority if together * 2 <= drug.cover.total() => Verdict::Whole,
        _ => concurrent(),
    }
}

/// Which rule names a concurrency, and the minutes it costs.
pub fn overlap_rule(policies: &Policies) -> Rule {
    if *policies.overlap() == Overlap::Deduct { Rule::S4 } else { Rule::S4a }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_timing_is_what_a_look_at_each_would_find() {
        let mut placed = Placed::default();
        let mut all = Vec::new();
        for at in 0..60 {
            let (start, stop) = (Minute(at * 37 % 50), Minute(60 + at * 29 % 40));
            placed.add_extent(start, stop);
            all.push((start, stop));
        }
        for (start, stop, within) in (0..400).map(|at| (Minute(at * 7 % 70 - 10), Minute(40 + at * 13 % 80), at % 8 - 1)) {
            let near = |one: Minute, other: Minute| one.since(other).abs() <= within;
            let like = all.iter().any(|(one, other)| near(start, *one) && near(stop, *other));
            assert_eq!(placed.has_like(start, stop, within), like, "{start:?} {stop:?} within {within}");
        }
    }
}
