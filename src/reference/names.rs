//! A table of names that is looked up as it stands in the program's bytes: that of the drug list is
//! made by `build.rs`, that of a folder's list when it is loaded.

use std::borrow::Cow;

/// Names, each with a number.
#[derive(Debug, Clone)]
pub struct Names {
    /// A power of two of places, each four bytes: where in `entries` a name stands whose hash leads
    /// there or to a full place just before, plus one; zero where there is none.
    pub places: Cow<'static, [u8]>,
    /// The number and the length of each name, four bytes each, and the name.
    pub entries: Cow<'static, [u8]>,
}

const WORD: usize = size_of::<u32>();

impl Names {
    /// Of names of which the first holds where one stands twice.
    #[must_use]
    pub fn of(names: &[(String, u32)]) -> Names {
        // At least half of the places stay empty, so that a search is short and ends.
        let mut table = Names { places: vec![0; (2 * names.len() + 1).next_power_of_two() * WORD].into(), entries: Cow::default() };
        for (name, number) in names {
            table.insert(name, *number);
        }
        table
    }

    fn insert(&mut self, name: &str, number: u32) {
        let Err(free) = self.search(name) else { return };
        let entries = self.entries.to_mut();
        let place = entries.len() as u32 + 1;
        entries.extend(number.to_le_bytes());
        entries.extend((name.len() as u32).to_le_bytes());
        entries.extend(name.as_bytes());
        self.places.to_mut()[free * WORD..][..WORD].copy_from_slice(&place.to_le_bytes());
    }

    /// The number of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        self.search(name).ok().map(|number| number as usize)
    }

    /// The number of a name, or the place where it belongs.
    fn search(&self, name: &str) -> Result<u32, usize> {
        let last = self.places.len() / WORD - 1;
        let mut place = hash(name.as_bytes()) as usize & last;
        while let Some(at) = word(&self.places, place * WORD).checked_sub(1) {
            let at = at as usize;
            let length = word(&self.entries, at + WORD) as usize;
            if length == name.len() && self.entries[at + 2 * WORD..][..length] == *name.as_bytes() {
                return Ok(word(&self.entries, at));
            }
            place = (place + 1) & last;
        }
        Err(place)
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..][..WORD].try_into().map(u32::from_le_bytes).expect("four bytes")
}

/// The same in every build. The list is ours, so nobody can choose names that meet in one place.
fn hash(name: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = name.len() as u64;
    let mut mix = |eight: u64| {
        hash = (hash ^ eight).wrapping_mul(ODD);
        hash ^= hash >> 32;
    };
    let mut eights = name.chunks_exact(8);
    for eight in &mut eights {
        mix(eight.try_into().map(u64::from_le_bytes).expect("eight bytes"));
    }
    mix(eights.remainder().iter().fold(0, |rest, byte| rest << 8 | u64::from(*byte)));
    hash
}

/// A name as it is compared: no case, blanks, hyphens, commas or apostrophes.
#[must_use]
pub fn squash(name: &str) -> String {
    let mut whole = String::with_capacity(name.len());
    if name.is_ascii() {
        whole.extend(name.bytes().map(char::from).filter(|c| is_told_apart_by(*c)).map(|c| c.to_ascii_lowercase()));
    } else {
        whole.extend(squashed(name));
    }
    whole
}

/// Whether two names differ in nothing but that.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || squashed(one).eq(squashed(other))
}

fn squashed(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| is_told_apart_by(*c)).flat_map(char::to_lowercase)
}

fn is_told_apart_by(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '-' | ',' | '\'' | '\u{2019}')
}

/// All names of a list of drugs under which one is looked up: `of` are a drug's name and its other
/// names, `brands` those of its codes.
#[must_use]
pub fn all<'n>(drugs: impl Iterator<Item = (Vec<&'n str>, Vec<&'n str>)>) -> Vec<(String, u32)> {
    let (mut squashed, mut as_written) = (Vec::new(), Vec::new());
    for (number, (of, brands)) in (0..).zip(drugs) {
        for name in of {
            squashed.push((squash(name), number));
            // So that most names of a log are found without being squashed.
            as_written.push((name.to_owned(), number));
        }
        squashed.extend(brands.into_iter().map(|brand| (squash(brand), number)));
    }
    squashed.extend(as_written);
    squashed
}
