//! What a learner writes: `96365 1`, `96366 x2`, `96372-59`; several with commas between.

use super::{Item, Tally};

/// An answer as written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer(Tally);

/// Words that say that nothing is billed.
const NOTHING: [&str; 3] = ["nothing", "none", "0"];

/// More units of a code than this are a slip of the finger.
const MOST: usize = 999;

impl Answer {
    /// Reads a whole answer, its lines parted by commas, semicolons or line ends.
    ///
    /// # Errors
    /// Says which line cannot be read, and how to write it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut answer = Answer::default();
        for line in text.split([',', ';', '\n']) {
            answer.add(line)?;
        }
        Ok(answer)
    }

    /// Adds one line; an empty one adds nothing.
    ///
    /// # Errors
    /// Says what cannot be read, and how to write it.
    pub fn add(&mut self, line: &str) -> Result<(), String> {
        let line = line.trim();
        if line.is_empty() || NOTHING.contains(&line.to_lowercase().as_str()) {
            return Ok(());
        }
        let mut words = line.split_whitespace();
        let what = words.next().unwrap_or_default();
        let rest: String = words.collect();
        let item = item(what).ok_or_else(|| format!("`{what}` is no code: write a code and its units, such as {EXAMPLE}"))?;
        let units = units(&rest).ok_or_else(|| format!("`{rest}` is no number of units: write a whole number, such as {EXAMPLE}"))?;
        let all = self.0.entry(item).or_default();
        *all = (*all + units).min(MOST);
        Ok(())
    }

    /// Whether any line bears a modifier.
    #[must_use]
    pub fn has_modifiers(&self) -> bool {
        self.0.keys().any(|item| !item.modifiers.is_empty())
    }

    /// Its units by item; without modifiers those of one code are one.
    #[must_use]
    pub fn tally(&self, with_modifiers: bool) -> Tally {
        let mut tally = Tally::new();
        for (item, units) in self.0.iter().filter(|(_, units)| **units > 0) {
            let modifiers = if with_modifiers { item.modifiers.clone() } else { Vec::new() };
            *tally.entry(Item { code: item.code.clone(), modifiers }).or_default() += units;
        }
        tally
    }
}

/// How a line is written.
const EXAMPLE: &str = "`96365 1` or `96372-59 x2`";

/// Code and modifiers, parted by hyphens.
fn item(text: &str) -> Option<Item> {
    const CODE: usize = 5;
    const MODIFIER: usize = 2;
    let text = text.to_uppercase();
    let mut parts = text.split('-');
    let is_word = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_alphanumeric());
    let code = parts.next().filter(|code| is_word(code, CODE) && code.bytes().any(|b| b.is_ascii_digit()))?.to_owned();
    let mut modifiers: Vec<String> = parts.map(str::to_owned).collect();
    modifiers.sort_unstable();
    modifiers.iter().all(|modifier| is_word(modifier, MODIFIER)).then_some(Item { code, modifiers })
}

/// "2", "x2", "2x", "× 2"; nothing is one.
fn units(text: &str) -> Option<usize> {
    let text = text.to_lowercase();
    let number = text.trim_matches(['x', '×', '*']);
    if text.is_empty() { Some(1) } else { number.parse().ok().filter(|units| *units <= MOST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Vec<(String, usize)>, String> {
        Ok(Answer::read(text)?.tally(true).into_iter().map(|(item, units)| (item.to_string(), units)).collect())
    }

    #[test]
    fn answers_are_read_as_people_write_them() {
        let all = told("96365 1, 96366 x2;96372-59\n g0498 × 1\n96366 1x").expect("readable");
        let expected = [("96365", 1), ("96366", 3), ("96372-59", 1), ("G0498", 1)];
        assert_eq!(all, expected.map(|(item, units)| (item.to_owned(), units)));
        assert_eq!(told("nothing"), Ok(vec![]));
        assert_eq!(told("96365 0"), Ok(vec![]));
    }

    #[test]
    fn what_is_no_code_or_no_number_is_told() {
        for wrong in ["9636 1", "96365 two", "96365 -1", "hello", "96365-5 1", "96365 99999999999999999999"] {
            assert!(told(wrong).is_err(), "{wrong}");
        }
    }
}
