//! One set of sessions under several readings, side by side, and what makes the difference.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets};
use serde::Serialize;

use super::excerpt::harmless;
use super::markdown::cell;
use super::page::{Page, listed};
use super::points::{left_out, named, says, words};
use super::view::status_word;
use crate::readings::{Contested, LineKey, Lines, changes, lines};
use crate::reference::{PolicyEntry, Reference};
use crate::session::finding::Finding;
use crate::{Bill, Status};

/// Sessions under several readings; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Comparison {
    /// The readings: profiles, or the values of one policy. The first is what the others are compared with.
    pub readings: Vec<String>,
    /// Each session that can be billed under any of them.
    pub sessions: Vec<Compared>,
    /// All sessions together, by code.
    pub totals: Vec<Total>,
    /// The sessions that have an error under every reading.
    pub left_out: Vec<String>,
}

/// One session under all readings.
#[derive(Debug, Clone, Serialize)]
pub struct Compared {
    /// Its name.
    pub session: String,
    /// What becomes of it under each reading.
    pub status: Vec<&'static str>,
    /// Its lines of giving, and the drugs' own where they differ.
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
    pub units: Vec<u64>,
}

/// What one reading bills otherwise than the first.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// The reading.
    pub reading: String,
    /// Each line that differs, in words.
    pub changes: Vec<String>,
    /// The policies, each enough by itself to bill otherwise: `overlap=any`, with what it says; else
    /// those that do it together.
    pub by: Vec<String>,
}

/// Units of a code, all sessions together.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Total {
    pub code: String,
    pub units: Vec<u64>,
}

/// Puts the bills of one list of sessions under each reading beside each other. `contested` are the
/// contested points of the first reading's bills.
///
/// # Panics
/// Where there is no reading.
#[must_use]
pub fn comparison(readings: &[(String, Vec<Bill>)], contested: &[Vec<Contested>], reference: &Reference) -> Comparison {
    let (mut sessions, mut errors) = (Vec::new(), Vec::new());
    for at in 0..readings[0].1.len() {
        let bills: Vec<&Bill> = readings.iter().map(|(_, bills)| &bills[at]).collect();
        if bills.iter().all(|bill| bill.status == Status::Error) {
            errors.push(bills[0].id.clone());
        } else {
            sessions.push(compared(readings, &bills, contested.get(at).map_or(&[], Vec::as_slice), reference));
        }
    }
    let mut totals: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for line in sessions.iter().flat_map(|session: &Compared| &session.lines) {
        let total = totals.entry(&line.code).or_insert_with(|| vec![0; readings.len()]);
        total.iter_mut().zip(&line.units).for_each(|(total, units)| *total += units);
    }
    let totals = totals.into_iter().map(|(code, units)| Total { code: code.to_owned(), units }).collect();
    Comparison { readings: readings.iter().map(|(name, _)| name.clone()).collect(), sessions, totals, left_out: errors }
}

fn compared(readings: &[(String, Vec<Bill>)], bills: &[&Bill], contested: &[Contested], reference: &Reference) -> Compared {
    let of_each: Vec<Lines> = bills.iter().map(|bill| lines(bill, reference)).collect();
    let keys: BTreeSet<&LineKey> = of_each.iter().flat_map(Lines::keys).collect();
    let line = |key: &LineKey| {
        let units: Vec<u64> = of_each.iter().map(|lines| lines.get(key).map_or(0, |line| line.units)).collect();
        // No reading touches a drug's own line unless it holds the session or frees it.
        let of_drug = of_each.iter().filter_map(|lines| lines.get(key)).any(|line| line.of_drug);
        let shown = !of_drug || units.iter().any(|units_there| *units_there != units[0]);
        shown.then(|| ComparedLine { date: key.date.to_string(), code: key.code.clone(), modifiers: key.modifiers.clone(), units })
    };
    let difference = |at: usize| {
        let changes = changes(&of_each[0], &of_each[at]);
        if changes.is_empty() && bills[at].status == bills[0].status {
            return None;
        }
        let changes = match bills[at].findings.iter().find(|finding| finding.is_error()) {
            Some(Finding { id, message, .. }) => vec![format!("an error: {message} ({id})")],
            None => words(&changes),
        };
        Some(Difference { reading: readings[at].0.clone(), changes, by: by(bills[0], bills[at], contested) })
    };
    Compared {
        session: bills[0].id.clone(),
        status: bills.iter().map(|bill| status_word(bill.status)).collect(),
        lines: keys.into_iter().filter_map(line).collect(),
        differences: (1..bills.len()).filter_map(difference).collect(),
    }
}

/// The contested points of the first reading that the other one decides otherwise, and to effect;
/// where none does by itself, all on which the two part and which the engine asked for.
fn by(first: &Bill, other: &Bill, contested: &[Contested]) -> Vec<String> {
    let (Some(first), Some(other)) = (&first.claim, &other.claim) else { return Vec::new() };
    let (first, other) = (&first.coded.policies, &other.coded.policies);
    let value = |policy: &PolicyEntry| other.value(&policy.name).unwrap_or_default();
    let decided = contested.iter().filter_map(|point| {
        let value = value(point.policy);
        point.otherwise.iter().find(|otherwise| *otherwise.value == value)?;
        Some(format!("{}={value}: {}", point.policy.name, says(point.policy, &value)))
    });
    let decided: Vec<String> = decided.collect();
    if !decided.is_empty() {
        return decided;
    }
    let part = |policy: &&PolicyEntry| first.value(&policy.name) != other.value(&policy.name);
    let asked = |policy: &&PolicyEntry| first.was_asked(&policy.name) || other.was_asked(&policy.name);
    let together = PolicyEntry::all().iter().filter(part).filter(asked).map(|policy| format!("{}={}", policy.name, value(policy)));
    vec![format!("{} together", listed(&together.collect::<Vec<_>>()))]
}

impl Comparison {
    /// For a terminal: one session, or of many the first that differ, then the sum.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let mut text = String::new();
        let differ: Vec<&Compared> = self.sessions.iter().filter(|session| !session.differences.is_empty()).collect();
        let shown = if self.sessions.len() == 1 { self.sessions.iter().collect() } else { differ };
        for session in shown.iter().take(DETAILED) {
            text.push_str(&self.session(session, width));
            text.push('\n');
        }
        let mut page = Page::bare(width);
        if self.sessions.len() != 1 {
            page.words_at_edge(&harmless(&self.sum()));
        }
        if shown.len() > DETAILED {
            page.words_at_edge(&format!("Above stand the first {DETAILED}; --format csv has all, and one alone has its own."));
        }
        if let Some(left_out) = left_out(&self.left_out) {
            page.words_at_edge(&harmless(&left_out));
        }
        text.push_str(&page.finish());
        if self.sessions.len() > 1 && !self.totals.is_empty() {
            text.push_str("\nAll sessions, units by code:\n\n");
            let rows = self.totals.iter().map(|total| (vec![total.code.clone()], total.units.as_slice()));
            text.push_str(&self.grid(&["Code"], rows, width));
        }
        text.trim_end().to_owned() + "\n"
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

    fn grid<'r>(&self, fixed: &[&str], rows: impl Iterator<Item = (Vec<String>, &'r [u64])>, width: usize) -> String {
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
        if self.sessions.is_empty() {
            return "No session could be billed.".to_owned();
        }
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
        if let Some(left_out) = left_out(&self.left_out) {
            let _ = writeln!(text, "\n{}", cell(&left_out));
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

/// So many sessions of a folder are told line by line on a terminal.
const DETAILED: usize = 3;
