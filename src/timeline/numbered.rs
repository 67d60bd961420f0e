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

/// What was found before, by what was asked: few are looked through, of many there is a table.
#[derive(Debug)]
pub struct Known<K, V> {
    few: SmallVec<[(K, V); 8]>,
    table: HashMap<K, V>,
}

impl<K, V> Default for Known<K, V> {
    fn default() -> Self {
        Known { few: SmallVec::new(), table: HashMap::default() }
    }
}

impl<K: Copy + Eq + Hash, V: Copy> Known<K, V> {
    /// What was found for this.
    pub fn find(&self, asked: &K) -> Option<V> {
        let few = self.few.iter().find(|(known, _)| known == asked).map(|(_, found)| *found);
        few.or_else(|| if self.table.is_empty() { None } else { self.table.get(asked).copied() })
    }

    /// Notes what was found for what was not asked before.
    pub fn note(&mut self, asked: K, found: V) {
        if self.few.len() < self.few.inline_size() {
            self.few.push((asked, found));
        } else {
            self.table.insert(asked, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_are_known() {
        for many in [0, 7, 8, 9, 100] {
            let mut known = Known::default();
            (0..many).for_each(|thing| known.note(thing, 7 * thing));
            assert!((0..many).all(|thing| known.find(&thing) == Some(7 * thing)), "of {many}");
            assert_eq!(known.find(&many), None);
        }
    }

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
