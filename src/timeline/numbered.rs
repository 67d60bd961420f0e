//! Things numbered in the order in which they first come.

use std::hash::Hash;

use foldhash::HashMap;
use smallvec::SmallVec;

/// Numbers each thing once, from 0. A session has few of everything, and few are found faster by
/// looking through them; of many there is a table.
#[derive(Debug)]
pub struct Numbered<T> {
    all: Few<T>,
    table: HashMap<T, usize>,
}

/// Up to four of a kind need no place on the heap.
pub type Few<T> = SmallVec<[T; 4]>;

/// So many are looked through.
const FEW: usize = 16;

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Numbered { all: Few::new(), table: HashMap::default() }
    }
}

impl<T: Copy + Eq + Hash> Numbered<T> {
    /// The number of a thing: its own where it came before, else the next.
    pub fn number(&mut self, thing: T) -> usize {
        if let Some(known) = self.find(&thing) {
            return known;
        }
        let next = self.all.len();
        self.all.push(thing);
        if next == FEW {
            self.table = self.all.iter().copied().zip(0..).collect();
        } else if next > FEW {
            self.table.insert(thing, next);
        }
        next
    }

    /// The number of a thing that came before.
    pub fn find(&self, thing: &T) -> Option<usize> {
        if self.all.len() <= FEW { self.all.iter().position(|one| one == thing) } else { self.table.get(thing).copied() }
    }

    /// Each thing once, in the order in which they first came.
    pub fn into_all(self) -> Few<T> {
        self.all
    }
}

impl<T: Copy + Eq + Hash> FromIterator<T> for Numbered<T> {
    fn from_iter<I: IntoIterator<Item = T>>(things: I) -> Self {
        let mut numbered = Numbered::default();
        for thing in things {
            numbered.number(thing);
        }
        numbered
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_numbered_alike() {
        for many in [3, FEW, FEW + 1, FEW + 2, 100] {
            let mut numbered = Numbered::default();
            for round in 0..3 {
                for thing in 0..many {
                    assert_eq!(numbered.number(thing * 7), thing, "{thing} of {many} in round {round}");
                }
            }
            assert_eq!(numbered.into_all().len(), many);
        }
    }
}
