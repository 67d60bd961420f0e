//! Findings as rustc shows them: the line, the value underlined, how to mend it.

use std::fmt::Write as _;

use super::excerpt::{self, Excerpt};
use super::spot::Spotter;
use crate::Source;
use crate::session::finding::Finding;

/// So many errors of a source are drawn, and so many others; nobody reads further.
const MOST: usize = 50;

/// Draws the findings of one source.
pub struct Drawer<'s> {
    source: &'s Source,
    spotter: Spotter<'s>,
    color: bool,
    errors: usize,
    others: usize,
}

impl<'s> Drawer<'s> {
    /// For a source of which nothing is drawn yet.
    #[must_use]
    pub fn new(source: &'s Source, color: bool) -> Self {
        Drawer { source, spotter: Spotter::new(source), color, errors: 0, others: 0 }
    }

    /// Findings of a session, in order, each ended by a blank line; then how many were too many.
    pub fn draw<'f>(&mut self, findings: impl Iterator<Item = &'f Finding>, session: usize) -> String {
        let mut text = String::new();
        let mut more = 0;
        for finding in findings {
            let drawn = if finding.is_error() { &mut self.errors } else { &mut self.others };
            if *drawn == MOST {
                more += 1;
                continue;
            }
            *drawn += 1;
            text.push_str(&draw(finding, session, self.source, &self.spotter, self.color));
            text.push_str("\n\n");
        }
        if more > 0 {
            let _ = writeln!(text, "and {more} more: `hangtime bill --format json` lists all.\n");
        }
        text
    }
}

/// All findings of a session, however many.
pub fn draw_all<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    session: usize,
    source: &Source,
    spotter: &Spotter,
    color: bool,
) -> String {
    findings.map(|finding| draw(finding, session, source, spotter, color) + "\n\n").collect()
}

fn draw(finding: &Finding, session: usize, source: &Source, spotter: &Spotter, color: bool) -> String {
    let primary = spotter.find(session, &finding.place);
    let second = finding.second.as_ref().and_then(|(place, label)| Some((spotter.find(session, place)?, label.as_str())));
    // Two labels on one value would read as one.
    let second = second.filter(|(range, _)| primary.as_ref() != Some(range));
    let excerpt = Excerpt {
        severity: finding.severity,
        id: finding.id,
        message: &finding.message,
        path: &source.name,
        text: &source.text,
        primary: primary.map(|range| (range, finding.label.as_str())),
        second,
        help: finding.help.as_deref(),
    };
    excerpt::draw_with(&excerpt, color, &|offset| spotter.line_column_at(offset)).trim_end().to_owned()
}
