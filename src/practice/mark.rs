//! An answer beside what is right.

use std::collections::BTreeSet;

use super::answer::Answer;
use super::misread::{Misread, broken_bills};
use super::{Case, HIGHEST_LEVEL, Item, Tally};
use crate::reference::Misconception;

/// One item of an answer or of what is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Which.
    pub item: Item,
    /// Units that the learner gave.
    pub given: usize,
    /// Units that the log supports.
    pub right: usize,
}

/// What a mark says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As many as there are.
    Right,
    /// More than there are.
    TooMany,
    /// Fewer than there are.
    TooFew,
    /// Not in the answer.
    Missing,
    /// Nothing of the log supports it.
    Unsupported,
}

impl Mark {
    /// What it says.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.given, self.right) {
            (given, right) if given == right => Verdict::Right,
            (0, _) => Verdict::Missing,
            (_, 0) => Verdict::Unsupported,
            (given, right) if given > right => Verdict::TooMany,
            _ => Verdict::TooFew,
        }
    }
}

/// An answer, marked.
#[derive(Debug)]
pub struct Marked {
    /// Every item of the answer and of what is right, by code.
    pub marks: Vec<Mark>,
    /// Whether modifiers count.
    pub with_modifiers: bool,
    /// What the wrong items suggest.
    pub recognised: Vec<Recognised>,
}

impl Marked {
    /// Whether everything is right.
    #[must_use]
    pub fn all_right(&self) -> bool {
        self.marks.iter().all(|mark| mark.verdict() == Verdict::Right)
    }
}

/// A misconception that an answer suggests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// Which.
    pub misconception: &'static Misconception,
    /// The codes that it explains.
    pub codes: Vec<String>,
    /// Whether the answer agrees with it, or with it and another, in all that changes.
    pub whole: bool,
    /// Others that lead to the same answer.
    pub or: Vec<&'static Misconception>,
}

/// Marks an answer.
#[must_use]
pub fn mark(case: &Case, answer: &Answer) -> Marked {
    let with_modifiers = answer.has_modifiers() || case.exercise.level >= HIGHEST_LEVEL;
    let (right, given) = (case.right(with_modifiers), answer.tally(with_modifiers));
    let items: BTreeSet<&Item> = right.keys().chain(given.keys()).collect();
    let units = |tally: &Tally, item: &Item| tally.get(item).copied().unwrap_or(0);
    let marks = items.into_iter().map(|item| Mark { item: item.clone(), given: units(&given, item), right: units(&right, item) });
    let marks: Vec<Mark> = marks.collect();
    let (right, given) = (case.right(false), answer.tally(false));
    let recognised = if right == given { Vec::new() } else { recognise(&right, &given, &broken_bills(case)) };
    Marked { marks, with_modifiers, recognised }
}

/// More suggestions than this help nobody.
const MOST: usize = 3;

/// What wrong lines suggest: the misconception that leads to the very answer; else the two that do
/// together; else those that agree with it in half or more of what they change. The page's own
/// script does the same.
#[must_use]
pub fn recognise(right: &Tally, given: &Tally, broken: &[Misread]) -> Vec<Recognised> {
    let exact: Vec<&Misread> = broken.iter().filter(|misread| misread.tally == *given).collect();
    if let Some((first, others)) = exact.split_first() {
        let or = others.iter().map(|misread| misread.misconception).take(MOST - 1).collect();
        return vec![Recognised { or, ..told(right, given, first, &differing(right, given)) }];
    }
    for (at, one) in broken.iter().enumerate() {
        for other in &broken[at + 1..] {
            if together(right, one, other).is_some_and(|both| both == *given) {
                let wrong = differing(right, given);
                return [one, other].map(|misread| Recognised { whole: true, ..told(right, given, misread, &wrong) }).to_vec();
            }
        }
    }
    greedily(right, given, broken)
}

/// What two misconceptions lead to, each adding what it changes.
fn together(right: &Tally, one: &Misread, other: &Misread) -> Option<Tally> {
    let mut both = Tally::new();
    for item in right.keys().chain(one.tally.keys()).chain(other.tally.keys()) {
        let units = |tally: &Tally| tally.get(item).copied().unwrap_or(0);
        let sum = (units(&one.tally) + units(&other.tally)).checked_sub(units(right))?;
        if sum > 0 {
            both.insert(item.clone(), sum);
        }
    }
    Some(both)
}

/// The best that is left, until none explains anything more; of equals the first.
fn greedily(right: &Tally, given: &Tally, broken: &[Misread]) -> Vec<Recognised> {
    let mut found: Vec<Recognised> = Vec::new();
    let mut left = differing(right, given);
    while found.len() < MOST {
        let mut best: Option<(usize, usize, &Misread)> = None;
        for misread in broken {
            let changed = differing(right, &misread.tally);
            let hits = changed.iter().filter(|item| left.contains(*item) && agree(given, &misread.tally, item)).count();
            let misses = changed.iter().filter(|item| !agree(given, &misread.tally, item)).count();
            let better = best.is_none_or(|(most, fewest, _)| hits + fewest > most + misses);
            if hits > 0 && hits >= misses && better {
                best = Some((hits, misses, misread));
            }
        }
        let Some((_, _, misread)) = best else { break };
        let mut one = told(right, given, misread, &left);
        one.codes.retain(|code| left.iter().any(|item| item.code == *code && agree(given, &misread.tally, item)));
        left.retain(|item| !one.codes.contains(&item.code));
        found.push(one);
    }
    found
}

fn told(right: &Tally, given: &Tally, misread: &Misread, wrong: &BTreeSet<Item>) -> Recognised {
    let changed = differing(right, &misread.tally);
    let whole = changed.iter().all(|item| agree(given, &misread.tally, item));
    let codes = changed.iter().filter(|item| wrong.contains(*item)).map(|item| item.code.clone()).collect();
    Recognised { misconception: misread.misconception, codes, whole, or: Vec::new() }
}

fn agree(one: &Tally, other: &Tally, item: &Item) -> bool {
    one.get(item) == other.get(item)
}

/// The items of which two tallies have different numbers.
fn differing(one: &Tally, other: &Tally) -> BTreeSet<Item> {
    one.keys().chain(other.keys()).filter(|item| !agree(one, other, item)).cloned().collect()
}
