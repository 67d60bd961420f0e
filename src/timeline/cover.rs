//! Where on the clock something stands: a set of stretches that neither overlap nor touch.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use super::calendar::Minute;

/// Half-open stretches of the clock, joined where they overlap or touch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover(BTreeMap<Minute, Minute>);

impl Cover {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Cover::default()
    }

    /// Adds `[from, to)`; nothing where it is empty.
    pub fn add(&mut self, from: Minute, to: Minute) {
        if from >= to {
            return;
        }
        let (mut low, mut high) = (from, to);
        if let Some((&before, &end)) = self.0.range(..from).next_back()
            && end >= from
        {
            low = before;
            high = high.max(end);
        }
        while let Some((&next, &end)) = self.0.range(low..).next()
            && next <= high
        {
            high = high.max(end);
            self.0.remove(&next);
        }
        self.0.insert(low, high);
    }

    /// Adds all of another.
    pub fn add_all(&mut self, other: &Cover) {
        for (from, to) in other.stretches() {
            self.add(from, to);
        }
    }

    /// Its stretches in clock order.
    pub fn stretches(&self) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        self.0.iter().map(|(from, to)| (*from, *to))
    }

    /// The parts of `[from, to)` that it holds, in clock order.
    pub fn within(&self, from: Minute, to: Minute) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        let first = self.0.range(..=from).next_back().filter(|(_, end)| **end > from);
        let rest = self.0.range((Excluded(from), Unbounded)).take_while(move |(start, _)| **start < to);
        first.into_iter().chain(rest).map(move |(start, end)| ((*start).max(from), (*end).min(to))).filter(|(a, b)| a < b)
    }

    /// The parts of `[from, to)` that it does not hold, in clock order.
    #[must_use]
    pub fn gaps(&self, from: Minute, to: Minute) -> Vec<(Minute, Minute)> {
        let mut free = Vec::new();
        let mut at = from;
        for (start, end) in self.within(from, to) {
            if at < start {
                free.push((at, start));
            }
            at = end;
        }
        if at < to {
            free.push((at, to));
        }
        free
    }

    /// Minutes that both hold.
    #[must_use]
    pub fn shared(&self, other: &Cover) -> i64 {
        self.stretches().flat_map(|(from, to)| other.within(from, to)).map(|(from, to)| to.since(from)).sum()
    }

    /// The first minute that both hold.
    #[must_use]
    pub fn first_shared(&self, other: &Cover) -> Option<Minute> {
        self.stretches().find_map(|(from, to)| other.within(from, to).next().map(|(start, _)| start))
    }

    /// Where the last stretch that begins at a minute or before it begins.
    #[must_use]
    pub fn last_start(&self, minute: Minute) -> Option<Minute> {
        self.0.range(..=minute).next_back().map(|(from, _)| *from)
    }

    /// Minutes held.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.stretches().map(|(from, to)| to.since(from)).sum()
    }

    /// First minute held.
    #[must_use]
    pub fn first(&self) -> Option<Minute> {
        self.0.keys().next().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(stretches: &[(i64, i64)]) -> Cover {
        let mut cover = Cover::new();
        for (from, to) in stretches {
            cover.add(Minute(*from), Minute(*to));
        }
        cover
    }

    fn numbers(stretches: impl IntoIterator<Item = (Minute, Minute)>) -> Vec<(i64, i64)> {
        stretches.into_iter().map(|(from, to)| (from.0, to.0)).collect()
    }

    #[test]
    fn touching_stretches_are_one() {
        assert_eq!(numbers(cover(&[(0, 5), (10, 15), (5, 10)]).stretches()), [(0, 15)]);
        assert_eq!(numbers(cover(&[(0, 5), (7, 9), (3, 8), (20, 21), (4, 4)]).stretches()), [(0, 9), (20, 21)]);
    }

    #[test]
    fn gaps_and_parts_fill_the_stretch() {
        let held = cover(&[(0, 5), (10, 15), (20, 30)]);
        assert_eq!(numbers(held.within(Minute(3), Minute(22))), [(3, 5), (10, 15), (20, 22)]);
        assert_eq!(numbers(held.gaps(Minute(3), Minute(22))), [(5, 10), (15, 20)]);
        assert_eq!(numbers(held.gaps(Minute(5), Minute(10))), [(5, 10)]);
        assert_eq!(numbers(held.within(Minute(5), Minute(10))), []);
    }

    #[test]
    fn shared_minutes_are_counted_once() {
        let (a, b) = (cover(&[(0, 60)]), cover(&[(50, 70), (80, 90)]));
        assert_eq!((a.shared(&b), b.shared(&a)), (10, 10));
        assert_eq!(a.first_shared(&b), Some(Minute(50)));
    }
}
