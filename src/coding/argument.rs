//! What the engine weighed on its way, in numbers, for whoever asks why. It decides nothing; the
//! words are made in `show/explain`.

pub use super::initial::Initial;
use crate::reference::{Clock, CodeId, Rule};
use crate::timeline::calendar::Minute;
use crate::timeline::{AccessId, DrugId};

/// Minutes that a rule held against its thresholds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// What was measured.
    pub of: Measured,
    /// Whole minutes.
    pub minutes: i64,
    /// The threshold that is met: with fewer minutes the unit would not stand.
    pub reached: Option<i64>,
    /// The threshold that is not: with so many minutes there would be one unit more, or another service.
    pub next: Option<i64>,
}

/// What a measure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// What ran and counts together: a drug's group of runs, the hydration sum (T2 to T5, O1, O2).
    Sum,
    /// One run, that is a push or an injection for want of minutes (T1, O1).
    ShortRun,
    /// One run on a pump, that is prolonged (O3, O2).
    Pump,
    /// From the last reported push or infusion of the drug (P2, P3).
    Apart,
}

impl Measure {
    /// Of a sum: the unit of this place, from 0, of so many.
    pub(super) fn of_sum(minutes: i64, unit: i64, units: i64, least_for: impl Fn(i64) -> i64) -> Self {
        let reached = least_for(unit + 1);
        let next = (unit + 1 == units).then(|| least_for(units + 1));
        Measure { of: Measured::Sum, minutes, reached: (reached <= minutes).then_some(reached), next }
    }

    /// Of a first sum under a clock.
    pub(super) fn of_clock(minutes: i64, unit: i64, units: i64, clock: &Clock) -> Self {
        Self::of_sum(minutes, unit, units, |units| clock.least_for(units))
    }

    /// Minutes that do not reach the first threshold.
    pub(super) fn short_of(of: Measured, minutes: i64, next: i64) -> Self {
        Measure { of, minutes, reached: None, next: Some(next) }
    }

    /// Minutes that reach the only threshold.
    pub(super) fn past(of: Measured, minutes: i64, reached: i64) -> Self {
        Measure { of, minutes, reached: Some(reached), next: None }
    }
}

/// A service that could be the initial of its access (I1 to I4).
#[derive(Debug, Clone, Copy)]
pub struct Candidate {
    /// Which.
    pub initial: Initial,
    /// Where.
    pub access: AccessId,
    /// What; absent for the hydration sum.
    pub drug: Option<DrugId>,
    /// The code it would have.
    pub code: CodeId,
    /// Its rank, 1 the highest (I2), then what decides among equals (I4): the least wins.
    pub key: (u8, (i64, i64, usize)),
    /// Its first minute, and its first event by order in the file.
    pub start: (i64, usize),
    /// Minutes that ran.
    pub minutes: i64,
    /// The rule by which it became the initial of its access.
    pub chosen: Option<Rule>,
}

/// A drug that ran beside others placed before it (S4, S6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap {
    /// What.
    pub drug: DrugId,
    /// Where.
    pub access: AccessId,
    /// When it began.
    pub start: Minute,
    /// Its first event, by order in the file.
    pub event: usize,
    /// Minutes that it ran.
    pub ran: i64,
    /// Minutes of them that drugs placed before it hold.
    pub together: i64,
    /// The least that an infusion needs.
    pub least: i64,
    /// What came of it.
    pub outcome: Outcome,
    /// The rule that says so.
    pub rule: Rule,
}

/// What overlap made of a drug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Sequential, with all its minutes.
    Whole,
    /// Sequential, with what is left.
    Less,
    /// Concurrent.
    Concurrent,
    /// Chemo with too little left.
    Nothing,
}
