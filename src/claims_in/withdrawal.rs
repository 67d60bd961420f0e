//! Claims that a later one replaces or voids.

use std::collections::HashMap;
use std::ops::Range;

use super::cells::Bad;
use super::intake::Intake;

/// Which lines each claim number gave, and which of them no longer stand.
#[derive(Debug, Default)]
pub(super) struct Withdrawal {
    lines: HashMap<String, Vec<Range<usize>>>,
    withdrawn: Vec<Range<usize>>,
}

impl Withdrawal {
    /// Notes the lines of a claim. An original that is there already may count twice.
    pub(super) fn note(&mut self, number: &str, lines: Range<usize>, at: Range<usize>, is_original: bool, intake: &mut Intake) {
        if number.is_empty() {
            return;
        }
        let known = self.lines.entry(number.to_owned()).or_default();
        if is_original && !known.is_empty() {
            intake.warning(at, Bad::new("a claim of this number stands in the file already: both are read"));
        }
        known.push(lines);
    }

    /// Takes back what claims of this number gave so far; whether there was any.
    pub(super) fn withdraw(&mut self, number: &str) -> bool {
        let lines = self.lines.remove(number).unwrap_or_default();
        let found = !lines.is_empty();
        self.withdrawn.extend(lines);
        found
    }

    /// Takes back these lines.
    pub(super) fn take_back(&mut self, lines: Range<usize>) {
        self.withdrawn.push(lines);
    }

    /// Takes the lines out.
    pub(super) fn carry_out(self, intake: &mut Intake) {
        let mut stands = vec![true; intake.lines.len()];
        for at in self.withdrawn.into_iter().flatten() {
            stands[at] = false;
        }
        let mut at = stands.into_iter();
        intake.lines.retain(|_| at.next().unwrap_or(true));
    }
}
