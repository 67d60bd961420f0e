//! An audit on a terminal.

use std::fmt::Write as _;

use comfy_table::{CellAlignment, ContentArrangement, Table as Grid, presets};

use super::super::excerpt::harmless;
use super::super::page::{Page, listed};
use super::{SheetRow, SheetSide, Worksheet, dollars, share};
use crate::audit::patterns::{Heap, Patterns, Test};

/// The rows, the differences alone where asked for, then the sums; with `summary` the sums alone, in
/// full, and the patterns.
#[must_use]
pub fn table(worksheet: &Worksheet, width: usize, differences: bool, summary: bool) -> String {
    let mut text = String::new();
    if !summary {
        let rows: Vec<&SheetRow> = worksheet.rows.iter().filter(|row| !differences || row.is_difference).collect();
        for account in rows.chunk_by(|one, next| one.account == next.account) {
            let _ = writeln!(text, "{}\n", harmless(&account[0].account));
            text.push_str(&lines(account, worksheet.rates.is_some(), width));
            text.push('\n');
        }
    }
    let mut page = Page::bare(width);
    page.words(&worksheet.counts());
    if let Some(amounts) = worksheet.amounts() {
        page.words(&amounts);
    }
    text.push_str(&page.finish());
    if summary {
        text.push_str(&sums(worksheet, width));
    }
    if let Some(patterns) = &worksheet.patterns {
        text.push_str(&self::patterns(patterns, width));
    }
    text
}

fn grid(width: usize) -> Grid {
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING).force_no_tty();
    grid.set_width(u16::try_from(width).unwrap_or(u16::MAX)).set_content_arrangement(ContentArrangement::Dynamic);
    grid
}

fn written(grid: &Grid) -> String {
    grid.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// A row a line, and below it why.
fn lines(rows: &[&SheetRow], with_amounts: bool, width: usize) -> String {
    let row = |cells: [&str; 5], amount: &str| {
        let [date, charged, supported, finding, rule] = cells;
        let line = format!(" {date:<10}  {charged:<14}  {supported:<14}  {finding:<14}  {rule:<4}  {amount:>10}");
        line.trim_end().to_owned() + "\n"
    };
    let mut text = row(["Date", "Charged", "Supported", "Finding", "Rule"], if with_amounts { "Amount" } else { "" });
    for of in rows {
        let date = of.charged.as_ref().or(of.supported.as_ref()).map(|side| side.date.clone()).unwrap_or_default();
        let cell = |side: &Option<SheetSide>| side.as_ref().map_or_else(|| "-".to_owned(), |side| harmless(&units(side)).into_owned());
        let amount = of.amount.filter(|_| with_amounts).map(dollars).unwrap_or_default();
        text.push_str(&row([&date, &cell(&of.charged), &cell(&of.supported), of.finding, of.rule.unwrap_or_default()], &amount));
        if !of.why.is_empty() {
            let mut page = Page::bare(width);
            page.inner(&harmless(&of.why));
            text.push_str(&page.finish());
        }
    }
    text
}

/// "96372-59 x1".
fn units(side: &SheetSide) -> String {
    let code = std::iter::once(&side.code).chain(&side.modifiers).cloned().collect::<Vec<_>>().join("-");
    format!("{code} x{}", side.units)
}

fn sums(worksheet: &Worksheet, width: usize) -> String {
    let summary = &worksheet.summary;
    let mut text = String::from("\nBy code:\n\n");
    let money = worksheet.rates.is_some();
    let mut codes = grid(width);
    codes.set_header(["Code", "Rows", "Differ", "Rate", "Charged", "Supported"].into_iter().chain(money.then_some("Amount")));
    for of in &summary.codes {
        let mut cells = vec![of.code.clone(), of.rows.to_string(), of.differences.to_string(), rate(of.differences, of.rows)];
        cells.extend([of.charged.normalize().to_string(), of.supported.normalize().to_string()]);
        cells.extend(money.then(|| dollars(of.amount)));
        codes.add_row(cells.iter().map(|cell| harmless(cell).into_owned()));
    }
    to_the_right(&mut codes);
    text.push_str(&written(&codes));
    if !summary.units.is_empty() {
        text.push_str("\nBy unit of the hospital:\n\n");
        let mut units = grid(width);
        units.set_header(["Unit", "Sessions", "Differ", "Rate", "Runs", "No stop charted"].into_iter().chain(money.then_some("Amount")));
        for of in &summary.units {
            let mut cells = vec![of.unit.clone(), of.sessions.to_string(), of.sessions_that_differ.to_string()];
            cells.extend([rate(of.sessions_that_differ, of.sessions), of.runs.to_string(), of.missing_stops.to_string()]);
            cells.extend(money.then(|| dollars(of.amount)));
            units.add_row(cells.iter().map(|cell| harmless(cell).into_owned()));
        }
        to_the_right(&mut units);
        text.push_str(&written(&units));
    }
    let _ = writeln!(
        text,
        "\nNo stop is charted for {} of {} runs ({}).",
        summary.missing_stops,
        summary.runs,
        rate(summary.missing_stops, summary.runs)
    );
    text
}

fn to_the_right(grid: &mut Grid) {
    for at in 1..8 {
        if let Some(column) = grid.column_mut(at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
}

/// "12.5 %".
#[allow(clippy::cast_precision_loss)]
fn rate(part: usize, whole: usize) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1} %", part as f64 * 100.0 / whole as f64) }
}

fn patterns(patterns: &Patterns, width: usize) -> String {
    let mut page = Page::bare(width);
    page.heading("Patterns to look at; none of them is an error by itself");
    page.words(&format!("Stops on the full hour: {}", in_words(&patterns.full_hours)));
    for heap in &patterns.thresholds {
        page.words(&format!("Runs of {} minutes, among those of {}: {}", heap.threshold, around(heap), in_words(&heap.test)));
    }
    if patterns.identical.is_empty() {
        page.words("No two patients have a run with the same start and stop.");
    }
    let groups = patterns.identical.iter().map(|group| {
        let sessions: Vec<String> = group.sessions.iter().map(|session| harmless(session).into_owned()).collect();
        format!("{} to {}: {}", group.from.replace('T', " "), group.to.replace('T', " "), listed(&sessions))
    });
    let groups: Vec<String> = groups.collect();
    if !groups.is_empty() {
        page.words("The same start and stop for different patients:");
        page.items(&groups);
    }
    if patterns.identical_more > 0 {
        page.words(&format!("and {} more such groups", patterns.identical_more));
    }
    let mut text = page.finish();
    for heap in patterns.thresholds.iter().filter(|heap| heap.test.of > 0) {
        text.push_str(&chart(heap, width));
    }
    text
}

fn around(heap: &Heap) -> String {
    let (first, last) = (heap.lengths.first(), heap.lengths.last());
    format!("{} to {}", first.map_or(0, |(minutes, _)| *minutes), last.map_or(0, |(minutes, _)| *minutes))
}

/// "7 of 20 where chance gives 1.8; so many or more in 0.12 %: beyond chance".
pub(super) fn in_words(test: &Test) -> String {
    if test.of == 0 {
        return "none to judge by".to_owned();
    }
    let verdict = if test.beyond_chance { "more than chance explains" } else { "no more than chance may give" };
    format!(
        "{} of {} where chance gives {:.1}; so many or more come in {} of such samples: {verdict}",
        test.found,
        test.of,
        test.expected,
        share(test.chance)
    )
}

/// A bar a length, the threshold marked.
fn chart(heap: &Heap, width: usize) -> String {
    let most = heap.lengths.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
    let room = u64::try_from(width.clamp(40, 80) - 20).unwrap_or(40);
    let mut text = format!("\n  runs by length around {} minutes\n", heap.threshold);
    for (minutes, count) in &heap.lengths {
        let mark = if *minutes == heap.threshold { '>' } else { ' ' };
        let bar = "#".repeat(usize::try_from((count * room).div_ceil(most)).unwrap_or(0));
        let _ = writeln!(text, "{}", format!("  {mark}{minutes:>4} {count:>6}  {bar}").trim_end());
    }
    text
}
