//! What was not read, and why; what to look at.

use std::collections::HashMap;
use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::show::excerpt::harmless;

/// A place in a file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file's name.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: usize,
    /// The column in that line, from 1; absent where the whole line is meant.
    pub column: Option<usize>,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)?;
        self.column.map_or(Ok(()), |column| write!(f, ":{column}"))
    }
}

/// Something that was read and is in no log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Where it stands.
    pub spot: Spot,
    /// What it is: the drug as written.
    pub what: String,
    /// Why it is in no log.
    pub why: String,
}

/// Something to tell of one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Where it stands.
    pub spot: Spot,
    /// What is the matter.
    pub message: String,
}

/// All that is to be told beside the logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many administrations or rows were seen.
    pub seen: usize,
    /// What one of them is called.
    pub unit: &'static str,
    /// What could not be read, in the order of the files.
    pub faults: Vec<Remark>,
    /// What was read and looks wrong.
    pub doubts: Vec<Remark>,
    /// What was passed over.
    pub ignored: Vec<Ignored>,
    /// What holds for all.
    pub notes: Vec<String>,
}

/// Of one reason, so many places are named.
const MOST_PLACES: usize = 20;

impl Report {
    pub(super) fn fault(&mut self, spot: Spot, message: impl Into<String>) {
        self.faults.push(Remark { spot, message: message.into() });
    }

    pub(super) fn doubt(&mut self, spot: Spot, message: impl Into<String>) {
        self.doubts.push(Remark { spot, message: message.into() });
    }

    pub(super) fn ignore(&mut self, spot: Spot, what: impl Into<String>, why: impl Into<String>) {
        self.ignored.push(Ignored { spot, what: what.into(), why: why.into() });
    }

    /// A note is told once.
    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// In the order of the files' names and lines.
    pub(super) fn sort(&mut self) {
        let place = |spot: &Spot| (spot.file.clone(), spot.line, spot.column);
        self.faults.sort_by_cached_key(|remark| place(&remark.spot));
        self.doubts.sort_by_cached_key(|remark| place(&remark.spot));
        self.ignored.sort_by_cached_key(|ignored| place(&ignored.spot));
    }

    /// The errors, one a line, to so many.
    #[must_use]
    pub fn told_faults(&self) -> Vec<String> {
        told(&self.faults)
    }

    /// The warnings, one a line, to so many.
    #[must_use]
    pub fn told_doubts(&self) -> Vec<String> {
        told(&self.doubts)
    }

    /// What was passed over, by reason, with counts and places; empty where nothing was.
    #[must_use]
    pub fn told_ignored(&self) -> String {
        if self.ignored.is_empty() {
            return String::new();
        }
        let mut reasons: Vec<(&str, Vec<&Ignored>)> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        for ignored in &self.ignored {
            let at = *known.entry(&ignored.why).or_insert(reasons.len());
            if at == reasons.len() {
                reasons.push((&ignored.why, Vec::new()));
            }
            reasons[at].1.push(ignored);
        }
        let mut text = format!("ignored: {} of {}\n", self.ignored.len(), counted(self.seen, self.unit));
        for (why, all) in reasons {
            let _ = writeln!(text, "{:>5}  {}", all.len(), harmless(why));
            for one in all.iter().take(MOST_PLACES) {
                let _ = writeln!(text, "         {}", harmless(&format!("{}  {}", one.spot, one.what)));
            }
            if all.len() > MOST_PLACES {
                let _ = writeln!(text, "         and {} more", all.len() - MOST_PLACES);
            }
        }
        text
    }
}

fn told(remarks: &[Remark]) -> Vec<String> {
    let mut lines: Vec<String> = remarks.iter().take(MOST_PLACES).map(|remark| format!("{}: {}", remark.spot, remark.message)).collect();
    if remarks.len() > MOST_PLACES {
        lines.push(format!("and {} more like these", remarks.len() - MOST_PLACES));
    }
    lines
}

/// "1 row", "3 rows".
#[must_use]
pub fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
