//! Other people's claim formats to charged lines: CSV exports, X12 837, FHIR claims.
//!
//! What a hospital charged is read here, as written, so that it can be laid beside what a log
//! supports; nothing is judged. A row, segment or item that cannot be read is left out and told,
//! and the rest is read on. `docs/claims.md` is the formats' page for a coder.
//!
//! ```
//! let claim = hangtime::claims_in::read("may.csv", b"account,dos,hcpcs,units\nA-1,2026-03-02,96365,1\n");
//! assert_eq!((claim.lines[0].code.as_str(), claim.findings.len()), ("96365", 0));
//! ```

mod cells;
mod claims837;
mod csv;
mod fhir;
mod headers;
mod intake;
mod items;
mod loops;
mod resources;
mod rows;
mod segments;
mod text;
mod withdrawal;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::Source;
use crate::reference::nearest;
use crate::session::finding::{Finding, Place};
use intake::Intake;

pub use headers::{Column, accepted};

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table with a header, parted by comma, semicolon or tab.
    Csv,
    /// 837P or 837I, 005010.
    X12,
    /// FHIR R4 Claim and ExplanationOfBenefit, as JSON or one JSON a line.
    Fhir,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 3] = [Format::Csv, Format::X12, Format::Fhir];

    /// Its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::X12 => "x12",
            Format::Fhir => "fhir",
        }
    }

    /// What a text looks like, by its first characters.
    #[must_use]
    pub fn of(text: &str) -> Format {
        let start = text.trim_start();
        let isa = start.get(..3).is_some_and(|id| id.eq_ignore_ascii_case("ISA"));
        if isa && start[3..].starts_with(|c: char| !c.is_alphanumeric() && c != '_') {
            Format::X12
        } else if start.starts_with(['{', '[']) {
            Format::Fhir
        } else {
            Format::Csv
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(text));
        named.ok_or_else(|| {
            let near = nearest(text, Format::ALL.map(Format::name)).first().map(|near| format!(": did you mean `{near}`?"));
            format!("there is no claim format {}{}", text::quoted(text), near.unwrap_or_else(|| ": it is csv, x12 or fhir".to_owned()))
        })
    }
}

/// Whose charge it is, every name as written in the claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Account {
    /// The encounter: account or visit number, 837 CLM01, FHIR encounter (else the claim's
    /// identifier).
    pub session: Option<String>,
    /// The patient: record number, 837 REF\*EA (else the member number of NM1), FHIR patient.
    pub patient: Option<String>,
    /// Further names by which the account may go: other account columns, REF\*D9, member number.
    pub also: Vec<String>,
}

/// Where something stands in the claim's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// Bytes of [`Source::text`].
    pub range: Range<usize>,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// One line that was charged.
#[derive(Debug, Clone, PartialEq)]
pub struct Charged {
    /// Whose it is.
    pub account: Account,
    /// Date of service; the first where there are several.
    pub date: NaiveDate,
    /// The last date of service, where it is another than the first.
    pub through: Option<NaiveDate>,
    /// CPT or HCPCS code, five characters, in capitals.
    pub code: String,
    /// As many as are written, in their order, none twice.
    pub modifiers: Vec<String>,
    /// Units, exactly as written: whole as a rule, negative for a credit.
    pub units: Decimal,
    /// What was asked for it, in the claim's currency.
    pub amount: Option<Decimal>,
    /// Diagnosis codes that belong to the line, as written.
    pub diagnoses: Vec<String>,
    /// The row, segment or item.
    pub spot: Spot,
}

/// What one file of claims holds.
#[derive(Debug)]
pub struct ClaimFile {
    /// The file's name and text; findings and spots point into it.
    pub source: Source,
    /// How it was read; absent where the bytes are no text.
    pub format: Option<Format>,
    /// What could be read, in the order of the file.
    pub lines: Vec<Charged>,
    /// What is wrong, in the order of the file: errors left a line out, warnings did not. Each stands
    /// at a [`Place::Text`] of the source.
    pub findings: Vec<Finding>,
    /// Findings beyond the first thousand of each weight, only counted.
    pub untold: usize,
    /// Lines, claims and other parts that were left out because of an error.
    pub left_out: usize,
}

impl ClaimFile {
    /// Whether anything was left out: what is charged is then not known in full.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.left_out == 0
    }

    /// The bytes of a finding.
    #[must_use]
    pub fn range(finding: &Finding) -> Range<usize> {
        match &finding.place {
            Place::Text(range) => range.clone(),
            _ => 0..0,
        }
    }
}

/// Reads a claim file in the format that its first characters show.
#[must_use]
pub fn read(name: &str, bytes: &[u8]) -> ClaimFile {
    read_in(None, name, bytes)
}

/// Reads a claim file in a given format.
#[must_use]
pub fn read_as(format: Format, name: &str, bytes: &[u8]) -> ClaimFile {
    read_in(Some(format), name, bytes)
}

fn read_in(format: Option<Format>, name: &str, bytes: &[u8]) -> ClaimFile {
    let (text, mut intake) = match text::decode(bytes) {
        Ok(decoded) => decoded,
        Err(finding) => {
            let source = Source { name: name.to_owned(), text: String::new(), damage: None, form: crate::Form::Log };
            return ClaimFile { source, format: None, lines: Vec::new(), findings: vec![*finding], untold: 0, left_out: 1 };
        }
    };
    let format = format.unwrap_or_else(|| Format::of(&text));
    match format {
        Format::Csv => csv::read(&text, &mut intake),
        Format::X12 => claims837::read(&text, &mut intake),
        Format::Fhir => fhir::read(&text, &mut intake),
    }
    let Intake { lines, findings, untold, left_out, .. } = intake.settled(&text);
    ClaimFile {
        source: Source { name: name.to_owned(), text, damage: None, form: crate::Form::Log },
        format: Some(format),
        lines,
        findings,
        untold,
        left_out,
    }
}
