//! Markdown, for a note or an appeal.

use std::fmt::Write as _;

use super::Exporter;
use super::excerpt::harmless;
use super::points::contested_line;
use super::view::Sheet;
use crate::Bill;
use crate::readings::Contested;

/// One section a session.
pub struct Markdown<'b> {
    /// The contested points of each bill; empty where nobody asked.
    pub contested: &'b [Vec<Contested>],
}

impl Exporter for Markdown<'_> {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        let sections = sheets.iter().enumerate().map(|(at, sheet)| {
            let line = self.contested.get(at).and_then(|points| contested_line(points));
            section(sheet) + &line.map(|line| format!("\n{}\n", cell(&line))).unwrap_or_default()
        });
        sections.collect::<Vec<_>>().join("\n")
    }
}

fn section(sheet: &Sheet) -> String {
    let mut text = format!("## {}\n\n", cell(&sheet.session));
    let _ = writeln!(text, "{}, profile {}, {}", sheet.setting.unwrap_or("setting unknown"), cell(&sheet.profile), sheet.status);
    if !sheet.lines.is_empty() {
        text.push_str("\n| Date | Code | Mod | Units | Service | Drug | Minutes | Rule |\n|---|---|---|--:|---|---|--:|---|\n");
        for line in &sheet.lines {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                line.date,
                line.code,
                line.modifiers.join(" "),
                line.units,
                cell(&line.label),
                cell(&line.drugs.join(", ")),
                line.minutes(),
                line.rules().join(" ")
            );
        }
    }
    if !sheet.drug_lines.is_empty() {
        text.push_str("\nThe drugs themselves:\n\n| Date | Code | Mod | Units | Drug | Given | Rule |\n|---|---|---|--:|---|---|---|\n");
        for line in &sheet.drug_lines {
            let (modifiers, drugs, rules) = (line.modifiers.join(" "), cell(&line.drugs.join(", ")), line.rules().join(" "));
            let _ = writeln!(
                text,
                "| {} | {} | {modifiers} | {} | {drugs} | {} | {rules} |",
                line.date,
                cell(&line.code),
                line.units,
                cell(line.sum())
            );
        }
    }
    if !sheet.unbilled.is_empty() {
        text.push_str("\nEarned nothing:\n\n| Drug | From | To | Minutes | Rule | Why |\n|---|---|---|--:|---|---|\n");
        for left in &sheet.unbilled {
            let (from, to) = (left.from.replace('T', " "), left.to.replace('T', " "));
            let _ = writeln!(text, "| {} | {from} | {to} | {} | {} | {} |", cell(&left.drug), left.minutes, left.rule, cell(&left.text));
        }
    }
    if !sheet.findings.is_empty() {
        text.push('\n');
        for finding in &sheet.findings {
            let place = finding.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let _ =
                writeln!(text, "- **{} {}**: {} ({}{place})", finding.severity, finding.id, cell(&finding.message), cell(&finding.file));
        }
    }
    text
}

/// Text from a log, with what Markdown would read as its own made plain.
pub(super) fn cell(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in harmless(text).chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '#' | '\\' => {
                plain.push('\\');
                plain.push(c);
            }
            '\n' | '\r' => plain.push(' '),
            _ => plain.push(c),
        }
    }
    plain
}
