//! Minutes as goods: made once, by pairing; cut and handed on, never copied. At the end each part
//! lies in a unit or in `unbilled`, so a minute cannot be billed twice.

use smallvec::{SmallVec, smallvec};
use std::hash::Hash;

use super::Given;
use super::calendar::Minute;
use super::cover::Cover;
use super::numbered::Numbered;

/// A stretch of one administration; empty for a push without minutes.
#[derive(Debug, PartialEq, Eq)]
pub struct Slice {
    given: Given,
    from: Minute,
    to: Minute,
}

impl Slice {
    /// The administration these minutes are of.
    #[must_use]
    pub fn given(&self) -> Given {
        self.given
    }

    /// First minute.
    #[must_use]
    pub fn from(&self) -> Minute {
        self.from
    }

    /// The minute after the last.
    #[must_use]
    pub fn to(&self) -> Minute {
        self.to
    }

    /// How many minutes.
    #[must_use]
    pub fn len(&self) -> i64 {
        self.to.since(self.from)
    }

    /// Whether it holds no minute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from == self.to
    }

    /// A part of it. Private: whoever cuts hands on every part.
    fn piece(&self, from: Minute, to: Minute) -> Slice {
        Slice { given: self.given, from, to }
    }
}

/// Minutes that ran, in clock order.
#[must_use = "minutes go into a unit or into `unbilled`, never away"]
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Minutes(Slices);

/// Most minutes are one stretch, which needs no place on the heap.
type Slices = SmallVec<[Slice; 1]>;

impl Minutes {
    /// None.
    pub fn none() -> Self {
        Minutes(Slices::new())
    }

    /// The minutes of one administration: the only way to make any.
    pub(super) fn made(given: Given, spans: impl IntoIterator<Item = (Minute, Minute)>) -> Self {
        Minutes(spans.into_iter().map(|(from, to)| Slice { given, from, to }).collect())
    }

    /// The slices, in clock order.
    #[must_use]
    pub fn slices(&self) -> &[Slice] {
        &self.0
    }

    /// How many minutes.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.0.iter().map(Slice::len).sum()
    }

    /// Whether there is not even an empty slice.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// First minute.
    #[must_use]
    pub fn first(&self) -> Option<Minute> {
        self.0.first().map(Slice::from)
    }

    /// The minute after the last.
    #[must_use]
    pub fn last(&self) -> Option<Minute> {
        self.0.iter().map(Slice::to).max()
    }

    /// Where they lie on the clock.
    #[must_use]
    pub fn cover(&self) -> Cover {
        let mut cover = Cover::new();
        for slice in &self.0 {
            cover.add(slice.from, slice.to);
        }
        cover
    }

    /// Parts them into those inside the cover and those outside; an empty slice stays outside.
    pub fn cut(self, cover: &Cover) -> (Minutes, Minutes) {
        if !self.0.iter().any(|slice| cover.touches(slice.from, slice.to)) {
            return (Minutes::none(), self);
        }
        let (mut inside, mut outside) = (Slices::new(), Slices::new());
        for slice in self.0 {
            let mut at = slice.from;
            for (from, to) in cover.within(slice.from, slice.to) {
                if at < from {
                    outside.push(slice.piece(at, from));
                }
                inside.push(slice.piece(from, to));
                at = to;
            }
            if at < slice.to || slice.is_empty() {
                outside.push(slice.piece(at, slice.to));
            }
        }
        (Minutes(inside), Minutes(outside))
    }

    /// Parts them into shares of `share` minutes each, `count` in all; the last takes the rest.
    pub fn shares(self, count: i64, share: i64) -> Shares {
        let mut rest = self.0;
        rest.reverse();
        Shares { rest, to_come: count.max(1), share }
    }

    /// Parts them by what each slice answers, in the order in which the answers first come.
    pub fn part_by<K: Copy + Eq + Hash>(self, answer: impl Fn(&Slice) -> K) -> SmallVec<[Minutes; 1]> {
        if self.are_alike(&answer) {
            return smallvec![self];
        }
        let mut parts: SmallVec<[Minutes; 1]> = SmallVec::new();
        let mut answers = Numbered::default();
        for slice in self.0 {
            let part = answers.number(answer(&slice));
            if part == parts.len() {
                parts.push(Minutes::none());
            }
            parts[part].0.push(slice);
        }
        parts
    }

    /// Whether there are slices, and all answer the same.
    pub fn are_alike<K: Eq>(&self, answer: impl Fn(&Slice) -> K) -> bool {
        let mut answers = self.0.iter().map(answer);
        answers.next().is_some_and(|first| answers.all(|other| other == first))
    }

    /// Both together, in clock order.
    pub fn with(mut self, other: Minutes) -> Minutes {
        let sorted = self.0.last().is_none_or(|last| other.0.first().is_none_or(|first| last.from <= first.from));
        self.0.extend(other.0);
        if !sorted {
            self.0.sort_by_key(|slice| slice.from);
        }
        self
    }

    /// Many together, in clock order; of one minute, those that come first stand first.
    pub fn all(many: impl IntoIterator<Item = Minutes>) -> Minutes {
        let mut slices: Slices = many.into_iter().flat_map(|minutes| minutes.0).collect();
        slices.sort_by_key(|slice| slice.from);
        Minutes(slices)
    }

    /// Many together, in clock order; those that come first keep a minute that several hold. Returns
    /// what is held once, and what ran again in a minute already held.
    pub fn pool(many: impl IntoIterator<Item = Minutes>) -> (Minutes, Minutes) {
        let mut held = Cover::new();
        let (mut once, mut again) = (Slices::new(), Slices::new());
        for minutes in many {
            let (double, fresh) = minutes.cut(&held);
            held.add_all(&fresh.cover());
            once.extend(fresh.0);
            again.extend(double.0);
        }
        once.sort_by_key(|slice| slice.from);
        again.sort_by_key(|slice| slice.from);
        (Minutes(once), Minutes(again))
    }

    /// The same minutes in the name of another administration: of a touching bag, its host's.
    pub(super) fn renamed(mut self, host: Given) -> Self {
        for slice in &mut self.0 {
            slice.given = host;
        }
        self
    }
}

/// Minutes on their way into shares, one after the other.
#[must_use = "what is not taken is lost"]
#[derive(Debug)]
pub struct Shares {
    /// What is not yet taken: the next slice is the last.
    rest: Slices,
    to_come: i64,
    share: i64,
}

impl Shares {
    fn take(&mut self) -> Slices {
        let (mut taken, mut wanted) = (Slices::new(), self.share);
        while wanted > 0
            && let Some(slice) = self.rest.pop()
        {
            if slice.len() <= wanted {
                wanted -= slice.len();
                taken.push(slice);
            } else {
                let at = slice.from.plus(wanted);
                taken.push(slice.piece(slice.from, at));
                self.rest.push(slice.piece(at, slice.to));
                wanted = 0;
            }
        }
        taken
    }

    fn take_rest(&mut self) -> Slices {
        let mut rest = std::mem::take(&mut self.rest);
        rest.reverse();
        rest
    }
}

impl Iterator for Shares {
    type Item = Minutes;

    fn next(&mut self) -> Option<Minutes> {
        let share = match self.to_come {
            ..=0 => return None,
            1 => self.take_rest(),
            _ => self.take(),
        };
        self.to_come -= 1;
        Some(Minutes(share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(given: u32, spans: &[(i64, i64)]) -> Minutes {
        Minutes::made(Given(given), spans.iter().map(|(from, to)| (Minute(*from), Minute(*to))))
    }

    fn numbers(minutes: &Minutes) -> Vec<(u32, i64, i64)> {
        minutes.slices().iter().map(|s| (s.given.0, s.from.0, s.to.0)).collect()
    }

    #[test]
    fn a_cut_loses_nothing() {
        let mut cover = Cover::new();
        cover.add(Minute(5), Minute(10));
        cover.add(Minute(30), Minute(40));
        let (inside, outside) = minutes(1, &[(0, 20), (25, 35)]).cut(&cover);
        assert_eq!(numbers(&inside), [(1, 5, 10), (1, 30, 35)]);
        assert_eq!(numbers(&outside), [(1, 0, 5), (1, 10, 20), (1, 25, 30)]);
    }

    #[test]
    fn a_push_without_minutes_stays_whole_in_a_cut() {
        let mut cover = Cover::new();
        cover.add(Minute(0), Minute(10));
        let (inside, outside) = minutes(1, &[(5, 5)]).cut(&cover);
        assert!(inside.is_none());
        assert_eq!(numbers(&outside), [(1, 5, 5)]);
    }

    #[test]
    fn the_first_sixty_minutes_may_span_a_pause() {
        let shares = minutes(1, &[(0, 40), (50, 100), (110, 150)]).shares(2, 60);
        let numbers: Vec<_> = shares.map(|share| numbers(&share)).collect();
        assert_eq!(numbers, [vec![(1, 0, 40), (1, 50, 70)], vec![(1, 70, 100), (1, 110, 150)]]);
    }

    #[test]
    fn a_pooled_minute_counts_once() {
        let (once, again) = Minutes::pool([minutes(1, &[(0, 60)]), minutes(2, &[(30, 90)])]);
        assert_eq!(numbers(&once), [(1, 0, 60), (2, 60, 90)]);
        assert_eq!(numbers(&again), [(2, 30, 60)]);
    }
}
