//! An audit as people and programs read it: a worksheet with one row a match or difference, its
//! sums, and the patterns of documentation.

mod page;
mod table;
mod workbook;

use rust_decimal::Decimal;
use serde::Serialize;

use super::spot::Spotter;
use crate::audit::patterns::Patterns;
use crate::audit::summary::Summary;
use crate::audit::{Audit, Row, Side, Verdict};
use crate::reference::Rule;
use crate::session::finding::Place;
use crate::{Bill, Source};

pub use page::page;
pub use table::table;
pub use workbook::workbook;

/// The columns of an auditor's worksheet, in their order.
pub const COLUMNS: [&str; 18] = [
    "account",
    "code charged",
    "modifiers charged",
    "units charged",
    "date charged",
    "code supported",
    "modifiers supported",
    "units supported",
    "date supported",
    "start",
    "stop",
    "drugs",
    "finding",
    "rule",
    "why",
    "claim lines",
    "log lines",
    "amount",
];

/// An audit in words and numbers; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Worksheet {
    /// The rates of the amounts, an estimate; absent where none were asked for.
    pub rates: Option<String>,
    /// Whose the rates are.
    pub source_of_rates: Option<String>,
    /// Whether drugs' own lines were compared: they are where any was charged.
    pub drug_lines_compared: bool,
    /// One a match or a difference.
    pub rows: Vec<SheetRow>,
    /// The sums.
    pub summary: Summary,
    /// Patterns of documentation, where they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Patterns>,
}

/// One row.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetRow {
    pub account: String,
    pub charged: Option<SheetSide>,
    pub supported: Option<SheetSide>,
    /// Stamps of the first minute and the one after the last.
    pub start: Option<String>,
    pub stop: Option<String>,
    pub drugs: Vec<String>,
    /// `agrees`, `overcharged`, ...
    pub finding: &'static str,
    /// The policy under which it would agree, as `overlap=any`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    pub rule: Option<&'static str>,
    pub why: String,
    /// Lines of the claim file, from 1.
    pub claim_lines: Vec<usize>,
    /// Lines of the log, from 1.
    pub log_lines: Vec<usize>,
    /// Charged less supported in dollars, an estimate.
    pub amount: Option<Decimal>,
    #[serde(skip)]
    pub is_difference: bool,
}

/// What was charged, or what is supported.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetSide {
    pub date: String,
    pub code: String,
    pub modifiers: Vec<String>,
    pub units: Decimal,
}

/// Makes the worksheet of an audit.
#[must_use]
pub fn worksheet(audit: &Audit, bills: &[Bill], sources: &[Source], summary: Summary, patterns: Option<Patterns>) -> Worksheet {
    let spotters: Vec<Spotter> = sources.iter().map(Spotter::new).collect();
    Worksheet {
        rates: audit.rates.as_ref().map(|rates| rates.name.clone()),
        source_of_rates: audit.rates.as_ref().map(|rates| rates.source.clone()),
        drug_lines_compared: audit.with_drugs,
        rows: audit.rows.iter().map(|row| sheet_row(row, bills, &spotters)).collect(),
        summary,
        patterns,
    }
}

fn sheet_row(row: &Row, bills: &[Bill], spotters: &[Spotter]) -> SheetRow {
    let supported = row.supported.as_ref();
    let line = |event: &usize| {
        let bill = &bills[row.bill?];
        spotters[bill.source].line_column(bill.number, &Place::Event(*event)).map(|(line, _)| line)
    };
    let mut log_lines: Vec<usize> = supported.iter().flat_map(|side| &side.events).filter_map(line).collect();
    log_lines.sort_unstable();
    log_lines.dedup();
    let (start, stop) = supported.and_then(|side| side.ran.clone()).unzip();
    SheetRow {
        account: row.account.clone(),
        charged: row.charged.as_ref().map(side),
        supported: supported.map(side),
        start,
        stop,
        drugs: supported.map(|side| side.drugs.clone()).unwrap_or_default(),
        finding: row.verdict.word(),
        policy: match &row.verdict {
            Verdict::OtherPolicy { policy, value } => Some(format!("{policy}={value}")),
            _ => None,
        },
        rule: row.rule.map(Rule::id),
        why: row.why.clone(),
        claim_lines: row.charged.as_ref().map(|side| side.lines.clone()).unwrap_or_default(),
        log_lines,
        amount: row.amount,
        is_difference: row.verdict.is_difference(),
    }
}

fn side(side: &Side) -> SheetSide {
    SheetSide { date: side.date.to_string(), code: side.code.clone(), modifiers: side.modifiers.clone(), units: side.units.normalize() }
}

impl SheetRow {
    /// Its cells, in the order of [`COLUMNS`].
    #[must_use]
    pub fn cells(&self) -> [String; 18] {
        let of = |side: &Option<SheetSide>| match side {
            Some(side) => [side.code.clone(), side.modifiers.join(" "), side.units.to_string(), side.date.clone()],
            None => Default::default(),
        };
        let numbers = |lines: &[usize]| lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let time = |stamp: &Option<String>| stamp.as_deref().unwrap_or_default().replace('T', " ");
        let ([code, modifiers, units, date], [code2, modifiers2, units2, date2]) = (of(&self.charged), of(&self.supported));
        [
            self.account.clone(),
            code,
            modifiers,
            units,
            date,
            code2,
            modifiers2,
            units2,
            date2,
            time(&self.start),
            time(&self.stop),
            self.drugs.join("; "),
            self.finding_words(),
            self.rule.unwrap_or_default().to_owned(),
            self.why.clone(),
            numbers(&self.claim_lines),
            numbers(&self.log_lines),
            self.amount.map(dollars).unwrap_or_default(),
        ]
    }

    /// The finding, with the policy under which it would agree.
    #[must_use]
    pub fn finding_words(&self) -> String {
        match &self.policy {
            Some(policy) => format!("supported under {policy}"),
            None => self.finding.to_owned(),
        }
    }
}

impl Worksheet {
    /// For a spreadsheet.
    #[must_use]
    pub fn csv(&self) -> String {
        super::csv::table(&COLUMNS, self.rows.iter().map(SheetRow::cells))
    }

    /// "12 rows: 8 agree, 2 overcharged. 3 of 5 sessions differ."
    #[must_use]
    pub fn counts(&self) -> String {
        let counts: Vec<String> = self
            .summary
            .verdicts
            .iter()
            .map(|count| format!("{} {}", count.rows, if count.rows > 1 && count.verdict == "agrees" { "agree" } else { &count.verdict }))
            .collect();
        let sessions = format!("{} of {} sessions differ", self.summary.sessions_that_differ, self.summary.sessions);
        let drugs = if self.drug_lines_compared { "" } else { " Drug lines were not compared: none was charged." };
        let rows = if counts.is_empty() { "Nothing was charged and nothing is supported".to_owned() } else { counts.join(", ") };
        format!("{rows}. {sessions}.{drugs}")
    }

    /// "An estimate at opps-2026: 434.62 over, 47.84 under, 386.78 in all."
    #[must_use]
    pub fn amounts(&self) -> Option<String> {
        let (rates, over, under, net) =
            (self.rates.as_ref()?, dollars(self.summary.over?), dollars(-self.summary.under?), dollars(self.summary.net?));
        let unknown = self.rows.iter().filter(|row| row.amount.is_none() && row.finding != "not judged").count();
        let unknown = if unknown > 0 { format!("; {unknown} rows without a rate are not in it") } else { String::new() };
        Some(format!("An estimate at {rates}, in US dollars: {over} charged over what is supported, {under} under, {net} in all{unknown}."))
    }
}

/// "-73.56".
pub(super) fn dollars(usd: Decimal) -> String {
    format!("{:.2}", usd.round_dp(2))
}

/// A chance as a share: "0.8 %", "under 0.01 %".
pub(super) fn share(chance: f64) -> String {
    let percent = chance * 100.0;
    if percent < 0.01 { "under 0.01 %".to_owned() } else { format!("{percent:.2} %") }
}
