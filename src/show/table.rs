//! The table in the terminal: lines, what earned nothing and why, the sum of minutes.

use std::fmt::Write as _;

use chrono::NaiveDate;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Row, Table as Grid, Width, presets};

use super::Exporter;
use super::drugs::SheetDrugLine;
use super::excerpt::harmless;
use super::findings::Drawer;
use super::points::contested_line;
use super::view::{Left, Sheet, SheetLine};
use crate::readings::Contested;
use crate::{Bill, Source};

/// Tables for people.
pub struct Table<'s> {
    /// The texts that findings point into.
    pub sources: &'s [Source],
    /// Columns of the terminal; `None` where nothing limits them.
    pub width: Option<u16>,
    /// Whether to colour.
    pub color: bool,
    /// Errors only, of the findings.
    pub quiet: bool,
    /// The contested points of each bill; empty where nobody asked.
    pub contested: &'s [Vec<Contested>],
}

/// Below this many columns the service and the drug share one.
const NARROW: u16 = 92;

const BOLD: &str = "\u{1b}[1m";
const DIM: &str = "\u{1b}[2m";
const PLAIN: &str = "\u{1b}[0m";

impl Exporter for Table<'_> {
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String {
        let mut drawers: Vec<Drawer> = self.sources.iter().map(|source| Drawer::new(source, self.color)).collect();
        let mut text = String::new();
        for (at, (bill, sheet)) in bills.iter().zip(sheets).enumerate() {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&self.session(bill, sheet));
            let heard = bill.findings.iter().filter(|finding| !self.quiet || finding.is_error());
            text.push_str(&drawers[bill.source].draw(heard, bill.number));
            if let Some(line) = self.contested.get(at).and_then(|points| contested_line(points)) {
                let _ = writeln!(text, "{}", self.dim(&line));
            }
        }
        text
    }
}

impl Table<'_> {
    fn session(&self, bill: &Bill, sheet: &Sheet) -> String {
        let mut text = String::new();
        let name = harmless(&sheet.session);
        let mut head = vec![if self.color { format!("{BOLD}{name}{PLAIN}") } else { name.into_owned() }];
        head.extend(sheet.setting.map(str::to_owned));
        head.extend(bill.session.as_ref().and_then(|session| long_date(&session.date)));
        head.push(format!("profile {}", harmless(&sheet.profile)));
        let _ = writeln!(text, "{}\n", head.join("   "));
        match sheet.status {
            "error" => text.push_str(" Not billed: the log has an error.\n\n"),
            "held" => text.push_str(" Held: nothing is billed until the record is complete.\n\n"),
            _ if sheet.lines.is_empty() => text.push_str(" Nothing here earns a unit.\n\n"),
            _ => {}
        }
        if !sheet.lines.is_empty() {
            text.push_str(&self.lines(sheet));
            text.push('\n');
        }
        if !sheet.drug_lines.is_empty() {
            let _ = writeln!(text, " The drugs themselves:\n");
            text.push_str(&self.drugs(&sheet.drug_lines));
            text.push('\n');
        }
        if !sheet.unbilled.is_empty() {
            let _ = writeln!(text, " Earned nothing:\n");
            text.push_str(&self.unbilled(&sheet.unbilled));
            text.push('\n');
        }
        if bill.claim.is_some() {
            let _ = writeln!(text, "{}\n", self.dim(&sums(sheet)));
        }
        text
    }

    fn lines(&self, sheet: &Sheet) -> String {
        let narrow = self.width.is_some_and(|width| width < NARROW);
        let mut grid = self.grid();
        if narrow {
            grid.set_header(["Date", "Code", "Mod", "Units", "Service", "Min", "Rule"]);
        } else {
            grid.set_header(["Date", "Code", "Mod", "Units", "Service", "Drug", "Minutes", "Rule"]);
        }
        for line in &sheet.lines {
            let minutes = shown_minutes(line);
            let drugs = harmless(&line.drugs.join(", ")).into_owned();
            let mut cells = vec![line.date.clone(), line.code.clone(), line.modifiers.join(" "), line.units.to_string()];
            if narrow {
                cells.push(if drugs.is_empty() { line.label.clone() } else { format!("{}: {drugs}", line.label) });
            } else {
                cells.extend([line.label.clone(), drugs]);
            }
            cells.extend([minutes, line.rules().join(" ")]);
            grid.add_row(Row::from(cells));
        }
        let wraps: &[usize] = if narrow { &[4] } else { &[4, 5] };
        let last = if narrow { 6 } else { 7 };
        finish(&mut grid, wraps, &[3, last - 1], last)
    }

    fn drugs(&self, lines: &[SheetDrugLine]) -> String {
        let mut grid = self.grid();
        grid.set_header(["Date", "Code", "Mod", "Units", "Drug", "Given", "Rule"]);
        for line in lines {
            let drugs = harmless(&line.drugs.join(", ")).into_owned();
            let cells = [line.date.clone(), line.code.clone(), line.modifiers.join(" "), line.units.to_string()];
            grid.add_row(cells.into_iter().chain([drugs, line.sum().to_owned(), line.rules().join(" ")]));
        }
        finish(&mut grid, &[4, 5], &[3], 6)
    }

    fn unbilled(&self, unbilled: &[Left]) -> String {
        let mut grid = self.grid();
        grid.set_header(["Drug", "From", "To", "Min", "Rule", "Why"]);
        let one_day = unbilled.iter().all(|left| day(&left.from) == day(&unbilled[0].from) && day(&left.to) == day(&left.from));
        let clock = |stamp: &str| if one_day { stamp[11..].to_owned() } else { stamp[5..].replace('T', " ") };
        for left in unbilled {
            let to = if left.from == left.to { String::new() } else { clock(&left.to) };
            let drug = if left.drug.is_empty() { "-".to_owned() } else { harmless(&left.drug).into_owned() };
            grid.add_row([drug, clock(&left.from), to, left.minutes.to_string(), left.rule.to_owned(), left.text.clone()]);
        }
        finish(&mut grid, &[0, 5], &[3], 5)
    }

    fn grid(&self) -> Grid {
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).force_no_tty();
        match self.width {
            Some(width) => grid.set_width(width).set_content_arrangement(ContentArrangement::Dynamic),
            None => grid.set_content_arrangement(ContentArrangement::Disabled),
        };
        grid
    }

    fn dim(&self, text: &str) -> String {
        if self.color { format!("{DIM}{text}{PLAIN}") } else { text.to_owned() }
    }
}

/// Narrow columns keep their width, a few wrap; numbers stand to the right; no blanks end a line.
fn finish(grid: &mut Grid, wraps: &[usize], right: &[usize], last: usize) -> String {
    for at in 0..=last {
        let Some(column) = grid.column_mut(at) else { continue };
        if !wraps.contains(&at) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        } else if at == last {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(14)));
        }
        if right.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    grid.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

/// Minutes of a line; nothing for what has none.
fn shown_minutes(line: &SheetLine) -> String {
    match line.minutes() {
        0 => String::new(),
        minutes => minutes.to_string(),
    }
}

/// "159 minutes ran: 159 in lines, 0 unbilled.  6 units."
fn sums(sheet: &Sheet) -> String {
    let billed: i64 = sheet.lines.iter().map(SheetLine::minutes).sum();
    let unbilled: i64 = sheet.unbilled.iter().map(|left| left.minutes).sum();
    let units: usize = sheet.lines.iter().map(|line| line.units).sum();
    let plural = |count: i64, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    let ran = plural(billed + unbilled, "minute");
    format!("{ran} ran: {billed} in lines, {unbilled} unbilled.  {}.", plural(i64::try_from(units).unwrap_or(0), "unit"))
}

fn day(stamp: &str) -> &str {
    stamp.split('T').next().unwrap_or(stamp)
}

/// "Mon 2 Mar 2026".
fn long_date(date: &str) -> Option<String> {
    date.parse::<NaiveDate>().ok().map(|date| date.format("%a %-d %b %Y").to_string())
}
