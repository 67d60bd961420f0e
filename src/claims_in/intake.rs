//! What has been read so far, and what was wrong with it.

use std::ops::Range;

use crate::session::finding::{Finding, Place, Severity};

use super::cells::Bad;
use super::{Charged, ClaimFile};

/// So many findings of one weight are kept; a file of a million bad rows says no more with all.
const MOST: usize = 1000;

/// What stands in a finding's brackets.
pub(super) const ID: &str = "claim";

/// Lines and findings, as they come.
#[derive(Debug)]
pub(super) struct Intake {
    pub(super) lines: Vec<Charged>,
    pub(super) findings: Vec<Finding>,
    pub(super) untold: usize,
    pub(super) left_out: usize,
    told: [usize; 3],
}

impl Intake {
    pub(super) fn new() -> Self {
        Intake { lines: Vec::new(), findings: Vec::new(), untold: 0, left_out: 0, told: [0; 3] }
    }

    pub(super) fn tell(&mut self, finding: Finding) {
        let told = match finding.severity {
            Severity::Error => {
                self.left_out += 1;
                &mut self.told[0]
            }
            Severity::Warning => &mut self.told[1],
            Severity::Note => &mut self.told[2],
        };
        if *told < MOST {
            *told += 1;
            self.findings.push(finding);
        } else {
            self.untold += 1;
        }
    }

    /// Something cannot be read and is left out.
    pub(super) fn error(&mut self, range: Range<usize>, bad: Bad) {
        self.tell(bad.finding(Severity::Error, range));
    }

    /// Something is read, and should be looked at.
    pub(super) fn warning(&mut self, range: Range<usize>, bad: Bad) {
        self.tell(bad.finding(Severity::Warning, range));
    }

    /// Something is passed over on purpose.
    pub(super) fn note(&mut self, range: Range<usize>, bad: Bad) {
        self.tell(bad.finding(Severity::Note, range));
    }

    /// Takes a line; what is odd about it, but no fault of its writing, is told.
    pub(super) fn take(&mut self, line: Charged) {
        let range = line.spot.range.clone();
        if !line.units.fract().is_zero() {
            let message = format!("{} has {} units: units are whole", line.code, line.units.normalize());
            self.warning(range.clone(), Bad::new(message));
        } else if line.units.is_zero() {
            self.warning(range.clone(), Bad::new(format!("{} is charged with 0 units", line.code)));
        }
        if let Some(through) = line.through {
            let message = format!("{} covers {} to {through}: its units count on the first day", line.code, line.date);
            self.warning(range, Bad::new(message));
        }
        self.lines.push(line);
    }

    /// Everything in the order of the text, each line with its line and column.
    pub(super) fn settled(mut self, text: &str) -> Self {
        self.lines.sort_by_key(|line| line.spot.range.start);
        self.findings.sort_by_key(|finding| ClaimFile::range(finding).start);
        let (mut at, mut line_no, mut column) = (0, 1, 1);
        for line in &mut self.lines {
            for c in text[at..line.spot.range.start].chars() {
                (line_no, column) = if c == '\n' { (line_no + 1, 1) } else { (line_no, column + 1) };
            }
            at = line.spot.range.start;
            (line.spot.line, line.spot.column) = (line_no, column);
        }
        self
    }
}

impl Bad {
    fn finding(self, severity: Severity, range: Range<usize>) -> Finding {
        let mut finding = Finding::error(ID, Place::Text(range), self.message).label(self.label);
        finding.severity = severity;
        finding.help = self.help;
        finding
    }
}
