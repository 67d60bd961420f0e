//! Exercises for those who learn to code: a session, an answer, its marks, and what a wrong answer
//! suggests was misunderstood.
//!
//! Nothing here knows a rule. What is right is what the engine bills; a misconception is the same
//! engine with one rule broken, and is recognised by what that bills.

pub mod answer;
pub mod generate;
pub mod mark;
pub mod misread;
pub mod progress;
pub mod samples;

use std::collections::BTreeMap;

use crate::coding::argument::{Measure, Measured};
use crate::reference::{Reference, Rule};
use crate::session::finding::Finding;
use crate::session::log::Session;
use crate::{Bill, Options, Source, Status, bill_sessions, read};

/// The level at which modifiers are asked for, given or not.
pub const HIGHEST_LEVEL: u8 = 6;

/// A session to be coded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// What it is called, unlike every other.
    pub name: String,
    /// What it is about: a folder of the samples, a regimen.
    pub topic: String,
    /// From 1 to [`HIGHEST_LEVEL`].
    pub level: u8,
    /// What happened, in a sentence or three.
    pub story: String,
    /// The log.
    pub source: Source,
    /// How it is to be billed.
    pub options: Options,
}

/// A code, with its modifiers in order where those are asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// Its code.
    pub code: String,
    /// Its modifiers, in order of their letters.
    pub modifiers: Vec<String>,
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let parts: Vec<&str> = std::iter::once(&self.code).chain(&self.modifiers).map(String::as_str).collect();
        f.pad(&parts.join("-"))
    }
}

/// Units by item, whatever their dates.
pub type Tally = BTreeMap<Item, usize>;

/// An exercise that the engine has billed.
#[derive(Debug)]
pub struct Case<'r> {
    /// The exercise.
    pub exercise: Exercise,
    /// Its sessions.
    pub sessions: Vec<Session>,
    /// What is right, session by session.
    pub bills: Vec<Bill>,
    /// The facts it was billed by.
    pub reference: &'r Reference,
}

impl<'r> Case<'r> {
    /// Bills an exercise.
    ///
    /// # Errors
    /// All that is wrong with its log.
    pub fn new(exercise: Exercise, reference: &'r Reference) -> Result<Self, Vec<Finding>> {
        let sessions = read(&exercise.source)?;
        let bills = bill_sessions(sessions.clone(), &exercise.options, reference);
        let errors: Vec<Finding> =
            bills.iter().filter(|bill| bill.status == Status::Error).flat_map(|bill| bill.findings.clone()).collect();
        if errors.is_empty() { Ok(Case { exercise, sessions, bills, reference }) } else { Err(errors) }
    }

    /// What is right.
    #[must_use]
    pub fn right(&self, with_modifiers: bool) -> Tally {
        tally(&self.bills, self.reference, with_modifiers)
    }

    /// Every rule on which a unit, an unbilled minute, a modifier or a finding of its bills rests.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for bill in &self.bills {
            if let Some(claim) = &bill.claim {
                let charges = || claim.lines.iter().flat_map(|line| &line.charges);
                rules.extend(charges().map(|charge| charge.unit.rule));
                rules.extend(charges().filter_map(|charge| counted_by(&charge.unit.measure?)));
                rules.extend(charges().flat_map(|charge| charge.modifiers.iter().map(|(_, rule)| *rule)));
                rules.extend(claim.unbilled.iter().map(|left| left.rule));
                rules.extend(claim.coded.overlaps.iter().map(|overlap| overlap.rule));
            }
            rules.extend(Rule::ALL.iter().filter(|rule| bill.findings.iter().any(|finding| finding.id == rule.id())));
        }
        rules.sort_unstable();
        rules.dedup();
        rules
    }
}

/// The rule by which minutes were counted.
fn counted_by(measure: &Measure) -> Option<Rule> {
    match measure.of {
        Measured::Sum => Some(Rule::T2),
        Measured::ShortRun => Some(Rule::T1),
        Measured::Pump | Measured::Apart => None,
    }
}

/// The units of bills by item, summed over their dates and sessions.
#[must_use]
pub fn tally(bills: &[Bill], reference: &Reference, with_modifiers: bool) -> Tally {
    let mut tally = Tally::new();
    for line in bills.iter().filter_map(|bill| bill.claim.as_ref()).flat_map(|claim| &claim.lines) {
        let code = reference.codes.get(line.code).code.clone();
        let mut modifiers: Vec<String> = Vec::new();
        if with_modifiers {
            modifiers.extend(line.modifiers.iter().map(|id| reference.modifiers.get(*id).code.clone()));
            modifiers.sort_unstable();
        }
        *tally.entry(Item { code, modifiers }).or_default() += line.units();
    }
    tally
}
