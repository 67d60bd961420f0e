//! Findings as rustc shows them: the line, the value underlined, how to mend it.

use super::excerpt::{self, Excerpt};
use super::spot::Spotter;
use crate::Source;
use crate::session::finding::Finding;

/// Findings of a session, in order, each ended by a blank line.
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
    excerpt::draw(&excerpt, color).trim_end().to_owned()
}
