//! One set of sessions under several readings, side by side, and what makes the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets};
use serde::Serialize;

use super::excerpt::harmless;
use super::markdown::cell;
use super::page::{Page, listed};
use super::view::status_word;
use crate::readings::{Change, Contested, LineKey, Lines, changes, lines};
use crate::reference::{Policies, PolicyEntry, Reference};
use crate::{Bill, Status};

/// Sessions under several readings; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The readings: profiles, or the values of one policy. The first is what the others are compared with.
    pub readings: Vec<String>,
    /// Each session.
    pub sessions: Vec<Compared>,
    /// All sessions together, by code.
    pub totals: Vec<Total>,
}

/// One session under all readings.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// Its name.
    pub session: String,
    /// What becomes of it under each reading.
    pub status: Vec<&'static str>,
    /// Its lines.
    pub lines: Vec<ComparedLine>,
    /// Where a reading bills otherwise than the first: which, what, and by which policies.
    pub differences: Vec<Difference>,
}

/// One line with its units under each reading.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct ComparedLine {
    pub date: String,
    pub code: String,
    pub modifiers: Vec<String>,
    pub units: Vec<usize>,
}

/// What one reading bills otherwise than the first.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The reading.
    pub reading: String,
    /// Each line that differs, in words.
    pub changes: Vec<String>,
    /// The policies, each enough by itself to bill otherwise: `overlap=any`, with what it says.
    pub by: Vec<String>,
}

/// Units of a code, all sessions together.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Total {
    pub code: String,
    pub units: Vec<usize>,
}

/// Puts the bills of one list of sessions under each reading beside each other. `contested` are the
/// contested points of the first reading's bills; `policies` those of each reading, where they are whole profiles.
#[must_use]
pub fn comparison(readings: &[(String, Vec<Bill>)], contested: &[Vec<Contested>], reference: &Reference) -> Comparison {
    let columns: Vec<Vec<Lines>> = readings.iter().map(|(_, bills)| bills.iter().map(|bill| lines(bill, reference)).collect()).collect();
    let count = readings.first().map_or(0, |(_, bills)| bills.len());
    let session = |at: usize| {
        let of_each: Vec<&Lines> = columns.iter().map(|column| &column[at]).collect();
        let keys: BTreeSet<&LineKey> = of_each.iter().flat_map(|lines| lines.keys()).collect();
        let units = |key: &LineKey| of_each.iter().map(|lines| lines.get(key).map_or(0, |line| line.units)).collect();
        let line = |key: &LineKey| ComparedLine {
            date: key.date.to_string(),
            code: key.code.clone(),
            modifiers: key.modifiers.clone(),
            units: units(key),
        };
        let mut differences = Vec::new();
        for ((name, bills), lines) in readings.iter().zip(&of_each).skip(1) {
            let changes = changes(of_each[0], lines);
            if !changes.is_empty() || bills[at].status != readings[0].1[at].status {
                let by = by(&bills[at], contested.get(at).map_or(&[], Vec::as_slice));
                differences.push(Difference { reading: name.clone(), changes: changes.iter().map(words).collect(), by });
            }
        }
        Compared {
            session: readings[0].1[at].id.clone(),
            status: readings.iter().map(|(_, bills)| status_word(bills[at].status)).collect(),
            lines: keys.into_iter().map(line).collect(),
            differences,
        }
    };
    let sessions: Vec<Compared> = (0..count).map(session).collect();
    let mut totals: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for line in sessions.iter().flat_map(|session| &session.lines) {
        let total = totals.entry(&line.code).or_insert_with(|| vec![0; readings.len()]);
        total.iter_mut().zip(&line.units).for_each(|(total, units)| *total += units);
    }
    let totals = totals.into_iter().map(|(code, units)| Total { code: code.to_owned(), units }).collect();
    Comparison { readings: readings.iter().map(|(name, _)| name.clone()).collect(), sessions, totals }
}

/// The contested points of the first reading that the other one decides otherwise, and to effect.
fn by(other: &Bill, contested: &[Contested]) -> Vec<String> {
    let policies = other.claim.as_ref().map(|claim| claim.coded.policies.clone());
    let value = |point: &Contested| policies.as_deref().and_then(|policies: &Policies| policies.value(&point.policy.name));
    let decided = contested.iter().filter_map(|point| {
        let value = value(point)?;
        point.otherwise.iter().find(|otherwise| *otherwise.value == value)?;
        Some(format!("{}={value}: {}", point.policy.name, says(point.policy, &value)))
    });
    decided.collect()
}

fn says<'p>(policy: &'p PolicyEntry, value: &str) -> &'p str {
    policy.values.iter().find(|known| known.name == value).map_or("", |known| known.says.as_str())
}

/// "96368: 1 in place of 0 (famotidine; S4a)".
fn words(change: &Change) -> String {
    let LineKey { date, code, modifiers } = &change.line;
    let code = std::iter::once(code).chain(modifiers).cloned().collect::<Vec<_>>().join("-");
    let rules: Vec<&str> = change.rules.iter().map(|rule| rule.id()).collect();
    let drugs = if change.drugs.is_empty() { String::new() } else { format!("{}; ", listed(&change.drugs)) };
    format!("{date} {code}: {} in place of {} ({drugs}{})", change.there, change.here, rules.join(" "))
}

impl Comparison {
    /// For a terminal.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        let shown: Vec<&Compared> = match self.sessions.as_slice() {
            [only] => vec![only],
            many => many.iter().filter(|session| !session.differences.is_empty()).collect(),
        };
        for session in &shown {
            text.push_str(&self.session(session, width));
            text.push('\n');
        }
        if self.sessions.len() != 1 {
            let _ = writeln!(text, "{}\n", harmless(&self.sum()));
            if !self.totals.is_empty() {
                let _ = writeln!(text, "All sessions, units by code:\n");
                let rows = self.totals.iter().map(|total| (vec![total.code.clone()], total.units.as_slice()));
                text.push_str(&self.grid(&["Code"], rows, width));
            }
        }
        while text.ends_with("\n\n") {
            text.pop();
        }
        text
    }

    fn session(&self, session: &Compared, width: usize) -> String {
        let mut text = format!("{}\n\n", harmless(&session.session));
        if session.lines.is_empty() {
            text.push_str(" Nothing is billed under any of these readings.\n");
        } else {
            let rows = session
                .lines
                .iter()
                .map(|line| (vec![line.date.clone(), line.code.clone(), line.modifiers.join(" ")], line.units.as_slice()));
            text.push_str(&self.grid(&["Date", "Code", "Mod"], rows, width));
        }
        let mut page = Page::bare(width);
        if session.status.iter().any(|status| *status != "billable") {
            let status: Vec<String> = self.readings.iter().zip(&session.status).map(|(name, status)| format!("{name}: {status}")).collect();
            page.section("Status", &harmless(&status.join(", ")));
        }
        for difference in &session.differences {
            page.heading(&harmless(&difference.reading));
            page.items(&difference.changes.iter().map(|change| harmless(change).into_owned()).collect::<Vec<_>>());
            page.items(&difference.by.iter().map(|by| format!("by {}", harmless(by))).collect::<Vec<_>>());
        }
        if session.differences.is_empty() {
            page.paragraph("These readings bill it alike.");
        }
        text + &page.finish()
    }

    fn grid<'r>(&self, fixed: &[&str], rows: impl Iterator<Item = (Vec<String>, &'r [usize])>, width: usize) -> String {
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty();
        grid.set_width(u16::try_from(width).unwrap_or(u16::MAX)).set_content_arrangement(ContentArrangement::Dynamic);
        grid.set_header(fixed.iter().map(|name| (*name).to_owned()).chain(self.readings.iter().map(|name| harmless(name).into_owned())));
        for (mut cells, units) in rows {
            cells.extend(units.iter().map(|units| if *units == 0 { "-".to_owned() } else { units.to_string() }));
            grid.add_row(cells);
        }
        for at in fixed.len()..fixed.len() + self.readings.len() {
            if let Some(column) = grid.column_mut(at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        grid.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }

    /// "Of 12 sessions, 3 differ: a, b, c."
    fn sum(&self) -> String {
        let differ: Vec<String> = self.sessions.iter().filter(|s| !s.differences.is_empty()).map(|s| s.session.clone()).collect();
        let of = format!("Of {} sessions, {}", self.sessions.len(), differ.len());
        match differ.len() {
            0 => format!("{of} differ."),
            1 => format!("{of} differs: {}.", differ[0]),
            _ => format!("{of} differ: {}.", named(&differ)),
        }
    }

    /// For a note.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        let heads = |text: &mut String, fixed: &[&str]| {
            let _ = writeln!(
                text,
                "| {} | {} |",
                fixed.join(" | "),
                self.readings.iter().map(|name| cell(name)).collect::<Vec<_>>().join(" | ")
            );
            let _ = writeln!(text, "|{}{}", "---|".repeat(fixed.len()), "--:|".repeat(self.readings.len()));
        };
        for session in &self.sessions {
            let _ = writeln!(text, "## {}\n", cell(&session.session));
            if !session.lines.is_empty() {
                heads(&mut text, &["Date", "Code", "Mod"]);
                for line in &session.lines {
                    let units: Vec<String> = line.units.iter().map(ToString::to_string).collect();
                    let _ = writeln!(text, "| {} | {} | {} | {} |", line.date, line.code, line.modifiers.join(" "), units.join(" | "));
                }
                text.push('\n');
            }
            for difference in &session.differences {
                let _ = writeln!(text, "- **{}**: {}", cell(&difference.reading), cell(&difference.changes.join("; ")));
                difference.by.iter().for_each(|by| {
                    let _ = writeln!(text, "    - by {}", cell(by));
                });
            }
            text.push('\n');
        }
        if self.sessions.len() > 1 {
            let _ = writeln!(text, "{}\n", cell(&self.sum()));
            heads(&mut text, &["Code"]);
            for total in &self.totals {
                let units: Vec<String> = total.units.iter().map(ToString::to_string).collect();
                let _ = writeln!(text, "| {} | {} |", total.code, units.join(" | "));
            }
        }
        text.trim_end().to_owned() + "\n"
    }

    /// For a spreadsheet: one row a session, reading and line.
    #[must_use]
    pub fn csv(&self) -> String {
        let rows = self.sessions.iter().flat_map(|session| {
            session.lines.iter().flat_map(move |line| {
                self.readings.iter().zip(&line.units).map(move |(reading, units)| {
                    [
                        session.session.clone(),
                        reading.clone(),
                        line.date.clone(),
                        line.code.clone(),
                        line.modifiers.join(" "),
                        units.to_string(),
                    ]
                })
            })
        });
        super::csv::table(&["session", "reading", "date", "code", "modifiers", "units"], rows)
    }
}

/// "a, b, c and 9 more".
fn named(names: &[String]) -> String {
    const MOST: usize = 5;
    if names.len() <= MOST {
        return listed(names);
    }
    format!("{} and {} more", names[..MOST].join(", "), names.len() - MOST)
}

/// Every contested point of every session; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Points {
    /// How many sessions were billed; those with an error are not.
    pub sessions: usize,
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
                changes: other.changes.iter().map(words).collect(),
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
    Points { sessions: bills.iter().filter(|bill| bill.status != Status::Error).count(), points }
}

impl Points {
    /// For a terminal.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let mut page = Page::new(&self.title(), width);
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
        match (self.sessions, self.points.len()) {
            (1, 0) => "This bill depends on no contested point.".to_owned(),
            (many, 0) => format!("None of {many} sessions depends on a contested point."),
            (1, 1) => "This bill depends on one contested point.".to_owned(),
            (1, points) => format!("This bill depends on {points} contested points."),
            (many, points) => format!("{many} sessions depend on {points} contested points."),
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
                    [depends.session.clone(), point.policy.clone(), depends.in_force.clone(), other.value.clone(), other.changes.join("; ")]
                })
            })
        });
        super::csv::table(&["session", "policy", "in_force", "value", "changes"], rows)
    }
}

/// The line that ends a bill which depends on contested points; what changes units comes first.
/// Modifiers alone count too: a payer denies for them as well.
#[must_use]
pub fn contested_line(contested: &[Contested]) -> Option<String> {
    const MOST: usize = 3;
    if contested.is_empty() {
        return None;
    }
    let mut names: Vec<String> = contested.iter().take(MOST).map(|point| format!("{}={}", point.policy.name, point.in_force)).collect();
    if contested.len() > MOST {
        names.push(format!("{} more", contested.len() - MOST));
    }
    Some(format!("Contested: {} (hangtime compare --all)", names.join(", ")))
}

/// So many sessions of a folder are told line by line on a terminal.
const DETAILED: usize = 3;

impl Depends {
    /// "any: 2026-03-02 96368: 1 in place of 0 (famotidine; S4a)", one a value.
    fn words(&self, named: bool) -> Vec<String> {
        let front = if named { format!("{}: ", self.session) } else { String::new() };
        let word = |other: &Reading| {
            let changes = if other.changes.is_empty() { "another status".to_owned() } else { other.changes.join("; ") };
            format!("{front}{} in place of {}: {changes}", other.value, self.in_force)
        };
        self.otherwise.iter().map(word).collect()
    }
}
