//! Where on the clock something stands: a set of stretches that neither overlap nor touch.

use smallvec::SmallVec;

use super::calendar::Minute;

/// Half-open stretches of the clock in clock order, joined where they overlap or touch.
///
/// Most hold one or two. What is added lies mostly at the end; much of it that lies elsewhere is
/// added at once, by [`Cover::of`] and [`Cover::add_all`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cover(SmallVec<[(Minute, Minute); 2]>);

impl Cover {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Cover::default()
    }

    /// All of these, in any order.
    #[must_use]
    pub fn of(stretches: impl IntoIterator<Item = (Minute, Minute)>) -> Self {
        let mut sorted: SmallVec<[(Minute, Minute); 4]> = stretches.into_iter().collect();
        sorted.sort();
        let mut cover = Cover::new();
        for (from, to) in sorted {
            cover.add(from, to);
        }
        cover
    }

    /// Adds `[from, to)`; nothing where it is empty.
    pub fn add(&mut self, from: Minute, to: Minute) {
        if from >= to {
            return;
        }
        if self.0.last().is_none_or(|(_, end)| *end < from) {
            self.0.push((from, to));
            return;
        }
        let first = self.0.partition_point(|(_, end)| *end < from);
        let after = first + self.0[first..].partition_point(|(start, _)| *start <= to);
        if first == after {
            self.0.insert(first, (from, to));
            return;
        }
        self.0[first] = (from.min(self.0[first].0), to.max(self.0[after - 1].1));
        if after > first + 1 {
            self.0.drain(first + 1..after);
        }
    }

    /// Adds all of another.
    pub fn add_all(&mut self, other: &Cover) {
        const FEW: usize = 32;
        if other.0.len() > FEW {
            *self = Cover::of(self.stretches().chain(other.stretches()));
        } else {
            other.stretches().for_each(|(from, to)| self.add(from, to));
        }
    }

    /// Its stretches in clock order.
    pub fn stretches(&self) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        self.0.iter().copied()
    }

    /// The parts of `[from, to)` that it holds, in clock order.
    pub fn within(&self, from: Minute, to: Minute) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        let first = self.0.partition_point(|(_, end)| *end <= from);
        let here = self.0[first..].iter().take_while(move |(start, _)| *start < to);
        here.map(move |(start, end)| ((*start).max(from), (*end).min(to))).filter(|(a, b)| a < b)
    }

    /// The parts of `[from, to)` that it does not hold, in clock order.
    pub fn gaps(&self, from: Minute, to: Minute) -> impl Iterator<Item = (Minute, Minute)> + '_ {
        let mut at = from;
        let ends = self.within(from, to).chain(std::iter::once((to, to)));
        ends.filter_map(move |(start, end)| {
            let gap = (at, start);
            at = end;
            (gap.0 < gap.1).then_some(gap)
        })
    }

    /// Whether it holds a part of `[from, to)`.
    #[must_use]
    pub fn touches(&self, from: Minute, to: Minute) -> bool {
        self.within(from, to).next().is_some()
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
        self.0[..self.0.partition_point(|(from, _)| *from <= minute)].last().map(|(from, _)| *from)
    }

    /// Minutes held.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.stretches().map(|(from, to)| to.since(from)).sum()
    }

    /// First minute held.
    #[must_use]
    pub fn first(&self) -> Option<Minute> {
        self.0.first().map(|(from, _)| *from)
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
    fn many_are_added_as_one_by_one() {
        let one: Vec<_> = (0..100).map(|at| (at * 7, at * 7 + 3)).collect();
        let other: Vec<_> = (0..90).rev().map(|at| (at * 11 + 1, at * 11 + 2 + at % 9)).collect();
        let one_by_one = cover(&[one.as_slice(), &other].concat());
        let mut at_once = cover(&one);
        at_once.add_all(&Cover::of(other.iter().map(|(from, to)| (Minute(*from), Minute(*to)))));
        assert_eq!(at_once, one_by_one);
        assert!(one_by_one.0.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn shared_minutes_are_counted_once() {
        let (a, b) = (cover(&[(0, 60)]), cover(&[(50, 70), (80, 90)]));
        assert_eq!((a.shared(&b), b.shared(&a)), (10, 10));
        assert_eq!(a.first_shared(&b), Some(Minute(50)));
    }
}
