//! CSV for spreadsheets: one row a line of a claim, one a drug's own line, and one a stretch that earned nothing.

use super::Exporter;
use super::view::Sheet;
use crate::Bill;

/// Comma-separated, with a header.
pub struct Csv;

const HEADER: [&str; 13] =
    ["session", "setting", "profile", "status", "kind", "date", "code", "modifiers", "units", "drugs", "minutes", "rules", "text"];

impl Exporter for Csv {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        table(&HEADER, sheets.iter().flat_map(rows))
    }
}

/// A header and rows, each cell safe to open in a spreadsheet.
#[must_use]
pub fn table<const N: usize>(header: &[&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(header).expect("memory holds");
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless_cell(cell))).expect("memory holds");
    }
    String::from_utf8(writer.into_inner().expect("memory holds")).expect("text stays text")
}

fn rows(sheet: &Sheet) -> Vec<[String; 13]> {
    let row = |kind: &str, rest: [String; 8]| {
        let [date, code, modifiers, units, drugs, minutes, rules, text] = rest;
        [
            sheet.session.clone(),
            sheet.setting.unwrap_or_default().to_owned(),
            sheet.profile.clone(),
            sheet.status.to_owned(),
            kind.to_owned(),
            date,
            code,
            modifiers,
            units,
            drugs,
            minutes,
            rules,
            text,
        ]
    };
    let none = String::new;
    let lines = sheet.lines.iter().map(|line| {
        let (units, minutes) = (line.units.to_string(), line.minutes().to_string());
        let cells = [line.date.clone(), line.code.clone(), line.modifiers.join(" "), units, line.drugs.join("; ")];
        let [date, code, modifiers, units, drugs] = cells;
        row("line", [date, code, modifiers, units, drugs, minutes, line.rules().join(" "), line.label.clone()])
    });
    let drugs = sheet.drug_lines.iter().map(|line| {
        let cells = [line.date.clone(), line.code.clone(), line.modifiers.join(" "), line.units.to_string(), line.drugs.join("; ")];
        let [date, code, modifiers, units, drugs] = cells;
        row("drug", [date, code, modifiers, units, drugs, none(), line.rules().join(" "), line.sum().to_owned()])
    });
    let unbilled = sheet.unbilled.iter().map(|left| {
        let date = left.from.chars().take(10).collect();
        row(
            "unbilled",
            [date, none(), none(), none(), left.drug.clone(), left.minutes.to_string(), left.rule.to_owned(), left.text.clone()],
        )
    });
    let findings = sheet.findings.iter().map(|finding| {
        let text = format!("{}: {}", finding.severity, finding.message);
        row("finding", [none(), none(), none(), none(), none(), none(), finding.id.to_owned(), text])
    });
    lines.chain(drugs).chain(unbilled).chain(findings).collect()
}

/// A cell that a spreadsheet would run as a formula is made text; control characters go.
fn harmless_cell(cell: &str) -> String {
    let clean = super::excerpt::harmless(cell);
    if clean.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{clean}") } else { clean.into_owned() }
}

#[cfg(test)]
mod tests {
    use super::harmless_cell;

    #[test]
    fn a_formula_is_made_text() {
        for formula in ["=1+1", "+1", "-1", "@sum"] {
            assert_eq!(harmless_cell(formula), format!("'{formula}"));
        }
        assert_eq!(harmless_cell("ceftriaxone"), "ceftriaxone");
    }
}
