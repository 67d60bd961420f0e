//! The contested points on which bills depend: what they are, who says what, and what other readings bill.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use super::excerpt::harmless;
use super::markdown::cell;
use super::page::{Page, listed};
use super::view::status_word;
use crate::readings::{Change, Contested, LineKey};
use crate::reference::PolicyEntry;
use crate::{Bill, Status};

/// Every contested point of every session; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Points {
    /// How many sessions were billed.
    pub sessions: usize,
    /// How many of them depend on any contested point.
    pub depend: usize,
    /// The sessions that were not billed, for an error.
    pub left_out: Vec<String>,
    /// The points on which any of them depends.
    pub points: Vec<Point>,
}

/// One contested point.
#[derive(Debug, Clone, Serialize)]
pub struct Point {
    /// The policy.
    pub policy: String,
    /// What it decides.
    pub question: String,
    /// The rules it belongs to.
    pub rules: Vec<&'static str>,
    /// Why it is contested.
    pub why: String,
    /// Who says what.
    pub sources: Vec<String>,
    /// The sessions whose bill depends on it.
    pub sessions: Vec<Depends>,
}

/// A session that depends on a point.
#[derive(Debug, Clone, Serialize)]
pub struct Depends {
    /// Its name.
    pub session: String,
    /// The value in force.
    pub in_force: String,
    /// What other values bill.
    pub otherwise: Vec<Reading>,
}

/// What another value bills.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Reading {
    pub value: String,
    pub says: String,
    /// What becomes of the session, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    pub changes: Vec<String>,
}

/// Gathers the contested points of all sessions by policy, those that most depend on first.
#[must_use]
pub fn points(bills: &[Bill], contested: &[Vec<Contested>]) -> Points {
    let mut points: Vec<Point> = Vec::new();
    for (bill, found) in bills.iter().zip(contested) {
        for point in found {
            let policy = point.policy;
            let otherwise = point.otherwise.iter().map(|other| Reading {
                value: other.value.to_owned(),
                says: says(policy, other.value).to_owned(),
                status: other.status.map(status_word),
                changes: words(&other.changes),
            });
            let depends = Depends { session: bill.id.clone(), in_force: point.in_force.clone(), otherwise: otherwise.collect() };
            match points.iter_mut().find(|known| known.policy == policy.name) {
                Some(known) => known.sessions.push(depends),
                None => points.push(Point {
                    policy: policy.name.clone(),
                    question: policy.question.clone(),
                    rules: policy.rules.iter().map(|rule| rule.id()).collect(),
                    why: policy.why.clone(),
                    sources: policy.sources.clone(),
                    sessions: vec![depends],
                }),
            }
        }
    }
    points.sort_by_key(|point| std::cmp::Reverse(point.sessions.len()));
    let (errors, billed): (Vec<&Bill>, Vec<&Bill>) = bills.iter().partition(|bill| bill.status == Status::Error);
    Points {
        sessions: billed.len(),
        depend: contested.iter().filter(|found| !found.is_empty()).count(),
        left_out: errors.into_iter().map(|bill| bill.id.clone()).collect(),
        points,
    }
}

impl Points {
    /// For a terminal.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let mut page = Page::new(&self.title(), width);
        if let Some(left_out) = left_out(&self.left_out) {
            page.words_at_edge(&harmless(&left_out));
        }
        for point in &self.points {
            page.heading(&self.heading(point));
            page.words(&format!("{} ({}) {}", point.question, point.rules.join(" "), point.why));
            let details: Vec<String> = point.sessions.iter().take(DETAILED).flat_map(|depends| depends.words(self.sessions > 1)).collect();
            page.items(&details.iter().map(|line| harmless(line).into_owned()).collect::<Vec<_>>());
            page.words("Sources:");
            page.items(&point.sources);
        }
        page.finish()
    }

    fn title(&self) -> String {
        let points = match self.points.len() {
            1 => "one contested point".to_owned(),
            points => format!("{points} contested points"),
        };
        match (self.sessions, self.depend) {
            (0, _) => "No session could be billed.".to_owned(),
            (1, 0) => "This bill depends on no contested point.".to_owned(),
            (1, _) => format!("This bill depends on {points}."),
            (many, 0) => format!("None of {many} sessions depends on a contested point."),
            (many, 1) => format!("Of {many} sessions, 1 depends on {points}."),
            (many, depend) => format!("Of {many} sessions, {depend} depend on {points}."),
        }
    }

    /// "overlap: of 412 sessions, 31 depend on it".
    fn heading(&self, point: &Point) -> String {
        if self.sessions == 1 {
            return format!("{} (in force: {})", point.policy, point.sessions[0].in_force);
        }
        let names: Vec<String> = point.sessions.iter().map(|depends| depends.session.clone()).collect();
        let verb = if names.len() == 1 { "depends" } else { "depend" };
        harmless(&format!("{}: of {} sessions, {} {verb} on it: {}", point.policy, self.sessions, names.len(), named(&names))).into_owned()
    }

    /// For a note.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("{}\n", cell(&self.title()));
        if let Some(left_out) = left_out(&self.left_out) {
            let _ = writeln!(text, "\n{}", cell(&left_out));
        }
        for point in &self.points {
            let _ = writeln!(
                text,
                "\n### {}\n\n{} ({}) {}\n",
                cell(&self.heading(point)),
                cell(&point.question),
                point.rules.join(" "),
                cell(&point.why)
            );
            for line in point.sessions.iter().flat_map(|depends| depends.words(self.sessions > 1)) {
                let _ = writeln!(text, "- {}", cell(&line));
            }
            text.push_str("\nSources:\n\n");
            point.sources.iter().for_each(|source| {
                let _ = writeln!(text, "- {}", cell(source));
            });
        }
        text
    }

    /// For a spreadsheet: one row a session, point and value.
    #[must_use]
    pub fn csv(&self) -> String {
        let rows = self.points.iter().flat_map(|point| {
            point.sessions.iter().flat_map(move |depends| {
                depends.otherwise.iter().map(move |other| {
                    [depends.session.clone(), point.policy.clone(), depends.in_force.clone(), other.value.clone(), other.told()]
                })
            })
        });
        super::csv::table(&["session", "policy", "in_force", "value", "changes"], rows)
    }
}

/// The line that ends a bill which depends on contested points. Where a terminal's line does not
/// hold their values, it has their names, and as many of them as it holds.
///
/// What changes units comes first. Points of modifiers alone (59 or XS) are named too, behind them:
/// they move no unit, but a payer that takes only the other modifier denies the line, and that is a
/// unit lost all the same.
#[must_use]
pub fn contested_line(contested: &[Contested]) -> Option<String> {
    const COLUMNS: usize = 80;
    let with_values = contested.iter().map(|point| format!("{}={}", point.policy.name, point.in_force)).collect();
    let names: Vec<String> = contested.iter().map(|point| point.policy.name.clone()).collect();
    let shorter = (1..names.len()).rev().map(|most| {
        let more = format!("{} more", names.len() - most);
        names[..most].iter().cloned().chain([more]).collect()
    });
    let line = |points: Vec<String>| format!("Contested: {} (hangtime compare --all)", points.join(", "));
    let mut lines = [with_values, names.clone()].into_iter().chain(shorter).filter(|points| !points.is_empty()).map(line);
    lines.find(|line| line.chars().count() <= COLUMNS)
}

/// Each line that differs: "2026-03-02 96368: 1 in place of 0 (famotidine; S4a)", and where only
/// the modifier does, "2026-03-02 96372: XS in place of 59 (ketorolac; P5 M3)".
pub(super) fn words(changes: &[Change]) -> Vec<String> {
    let of_line = |change: &Change| (change.line.date, change.line.code.clone());
    let mut lines: BTreeMap<_, Vec<&Change>> = BTreeMap::new();
    for change in changes {
        lines.entry(of_line(change)).or_default().push(change);
    }
    let say = |of_one: Vec<&Change>| match of_one.as_slice() {
        [one, other] if (one.here, one.there) == (other.there, other.here) && one.here * one.there == 0 => {
            let (lost, gained) = if one.there == 0 { (*one, *other) } else { (*other, *one) };
            vec![format!("{} {}: {} in place of {} {}", gained.line.date, gained.line.code, marks(gained), marks(lost), what(gained))]
        }
        all => all.iter().map(|change| units(change)).collect(),
    };
    lines.into_values().flat_map(say).collect()
}

fn units(change: &Change) -> String {
    let LineKey { date, code, modifiers } = &change.line;
    let code = std::iter::once(code).chain(modifiers).cloned().collect::<Vec<_>>().join("-");
    format!("{date} {code}: {} in place of {} {}", change.there, change.here, what(change))
}

fn marks(change: &Change) -> String {
    if change.line.modifiers.is_empty() { "no modifier".to_owned() } else { change.line.modifiers.join(" ") }
}

/// "(famotidine; S4a)".
fn what(change: &Change) -> String {
    let rules: Vec<&str> = change.rules.iter().map(|rule| rule.id()).collect();
    let drugs = if change.drugs.is_empty() { String::new() } else { format!("{}; ", listed(&change.drugs)) };
    format!("({drugs}{})", rules.join(" "))
}

/// What a value of a policy says.
pub(super) fn says<'p>(policy: &'p PolicyEntry, value: &str) -> &'p str {
    policy.values.iter().find(|known| known.name == value).map_or("", |known| known.says.as_str())
}

/// "a, b, c and 9 more".
pub(super) fn named(names: &[String]) -> String {
    const MOST: usize = 5;
    if names.len() <= MOST {
        return listed(names);
    }
    format!("{} and {} more", names[..MOST].join(", "), names.len() - MOST)
}

/// Names the sessions that have an error.
pub(super) fn left_out(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("Left out, for an error: {}.", named(names)))
}

/// So many sessions of a folder are told line by line on a terminal.
const DETAILED: usize = 3;

impl Depends {
    /// "any: 2026-03-02 96368: 1 in place of 0 (famotidine; S4a)", one a value.
    fn words(&self, named: bool) -> Vec<String> {
        let front = if named { format!("{}: ", self.session) } else { String::new() };
        let word = |other: &Reading| format!("{front}{} in place of {}: {}", other.value, self.in_force, other.told());
        self.otherwise.iter().map(word).collect()
    }
}

impl Reading {
    /// What it bills otherwise, in a line.
    fn told(&self) -> String {
        let changes = self.changes.join("; ");
        match self.status {
            Some("held") => "held, nothing is billed".to_owned(),
            Some(status) if changes.is_empty() => format!("{status}, without a line"),
            Some(status) => format!("{status}: {changes}"),
            None => changes,
        }
    }
}
