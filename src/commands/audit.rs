//! `hangtime audit`: what was charged beside what the logs support.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hangtime::audit::patterns::patterns;
use hangtime::audit::summary::summary;
use hangtime::audit::{Audit, audit};
use hangtime::claims_in::{self, ClaimFile};
use hangtime::money::Rates;
use hangtime::show::audit::{Worksheet, page, table, workbook, worksheet};
use hangtime::show::findings::Drawer;
use hangtime::show::json;
use hangtime::{Reference, bill};

use super::bill::{options, outcome, tell_errors};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    logs: Logs,
    /// What was charged: CSV, X12 837P or 837I, FHIR R4; may stand several times.
    #[arg(long, visible_alias = "claims", required = true, value_name = "FILE")]
    claim: Vec<PathBuf>,
    /// The claims' format, where the file does not show it.
    #[arg(long, value_name = "csv|x12|fhir")]
    claim_format: Option<claims_in::Format>,
    /// Estimate amounts: opps-2026, pfs-2026, or a CSV file with the columns code,usd.
    #[arg(long, value_name = "NAME|FILE")]
    rates: Option<String>,
    /// The differences alone, in the table.
    #[arg(long)]
    differences: bool,
    /// Sums instead of lines, and patterns of documentation to look at.
    #[arg(long)]
    summary: bool,
    /// How to print it; else as the output's name ends: .json, .csv, .xlsx, .html.
    #[arg(long, short, value_enum)]
    format: Option<Format>,
    /// The file to write; without it standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One object.
    Json,
    /// The worksheet's columns.
    Csv,
    /// An Excel workbook.
    Xlsx,
    /// One self-contained page.
    Html,
}

pub fn run(args: &AuditArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let rates = args.rates.as_deref().map(|name| Rates::named(name, reference)).transpose()?;
    let format = format(args)?;
    let inputs = inputs::read(&args.logs.paths);
    let mut problems = inputs.problems;
    let claims = claims(args, &mut problems);
    let bills = bill(&inputs.sources, &options, reference);
    let audit = audit(&bills, &claims, &options, rates, reference);
    let patterns = args.summary.then(|| patterns(&bills, reference));
    let sheet = worksheet(&audit, &bills, &inputs.sources, summary(&audit, &bills), patterns);
    let written = written(&sheet, format, args, output)?;
    let printed = output.save(args.output.as_deref(), &written)?;
    tell_errors(&bills, &inputs.sources, output);
    for file in &claims {
        tell(file, output);
    }
    problems.iter().for_each(|problem| output.complain(problem));
    Ok(printed.max(outcome(&bills, &problems)).max(found(&audit, &claims)))
}

/// A check that found something ends with 1, as `check` does.
fn found(audit: &Audit, claims: &[ClaimFile]) -> Outcome {
    let differs = audit.rows.iter().any(|row| row.verdict.is_difference());
    if differs || !claims.iter().all(ClaimFile::is_whole) { Outcome::SessionError } else { Outcome::Fine }
}

fn claims(args: &AuditArgs, problems: &mut Vec<String>) -> Vec<ClaimFile> {
    let mut claims = Vec::new();
    for path in &args.claim {
        let name = path.display().to_string();
        match (std::fs::read(path), args.claim_format) {
            (Ok(bytes), Some(format)) => claims.push(claims_in::read_as(format, &name, &bytes)),
            (Ok(bytes), None) => claims.push(claims_in::read(&name, &bytes)),
            (Err(problem), _) => problems.push(format!("{name} cannot be read: {problem}")),
        }
    }
    claims
}

/// What could not be read of a claim file, each at its line; the rest was read on.
fn tell(file: &ClaimFile, output: &Output) {
    let heard = file.findings.iter().filter(|finding| !output.quiet || finding.is_error());
    output.tell(&Drawer::new(&file.source, output.color()).draw(heard, 0));
    if file.left_out > 0 {
        let parts = if file.left_out == 1 { "1 part".to_owned() } else { format!("{} parts", file.left_out) };
        output.complain(&format!("{parts} of {} could not be read: what was charged is not known in full", file.source.name));
    }
}

fn format(args: &AuditArgs) -> Result<Format, String> {
    if let Some(format) = args.format {
        if format == Format::Xlsx && args.output.is_none() {
            return Err("a workbook is written to a file: add -o audit.xlsx".to_owned());
        }
        return Ok(format);
    }
    let ending = args.output.as_deref().and_then(Path::extension).and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    match ending.as_deref() {
        None | Some("txt") => Ok(Format::Table),
        Some("json") => Ok(Format::Json),
        Some("csv") => Ok(Format::Csv),
        Some("xlsx") => Ok(Format::Xlsx),
        Some("html" | "htm") => Ok(Format::Html),
        Some(other) => {
            Err(format!("a file that ends in .{other} is of no known format: .txt, .json, .csv, .xlsx or .html, or say --format"))
        }
    }
}

fn written(sheet: &Worksheet, format: Format, args: &AuditArgs, output: &Output) -> Result<Vec<u8>, String> {
    Ok(match format {
        Format::Table => table(sheet, output.table_width(), args.differences, args.summary).into_bytes(),
        Format::Json => json::object(sheet).into_bytes(),
        Format::Csv => sheet.csv().into_bytes(),
        Format::Html => page(sheet).into_bytes(),
        Format::Xlsx => workbook(sheet)?,
    })
}
