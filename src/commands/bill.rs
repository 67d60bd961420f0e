//! `hangtime bill`: the table of billable units.

use std::num::NonZeroUsize;

use clap::{Args, ValueEnum};
use hangtime::readings::contested;
use hangtime::show::csv::Csv;
use hangtime::show::findings::Drawer;
use hangtime::show::json::{Json, NdJson};
use hangtime::show::markdown::Markdown;
use hangtime::show::table::Table;
use hangtime::show::{Exporter, sheets};
use hangtime::{Bill, Form, Options, Reference, Source, Status, bill};

use super::output::Output;
use super::{Logs, Outcome, export, import, inputs, stream};

#[derive(Debug, Args)]
pub struct BillArgs {
    #[command(flatten)]
    logs: Logs,
    /// How to print it.
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// How many threads work on a stream; else one a core.
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    from: import::From,
    #[command(flatten)]
    export: export::ExportArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One array.
    Json,
    /// One object a line.
    Ndjson,
    /// For spreadsheets.
    Csv,
    /// For a note.
    Markdown,
    /// FHIR R4: a Claim for each session, in a Bundle.
    FhirClaim,
    /// FHIR R4: a ChargeItem for each line, in a Bundle.
    FhirChargeitem,
    /// X12 837: each session's claim and service lines, in a bare interchange.
    #[value(name = "837")]
    X12,
    /// HL7 v2.5.1: a message DFT^P03 for each session, an FT1 for each line.
    Ft1,
}

pub fn run(args: &BillArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let terms = args.export.terms(args.format)?;
    let claim_format = export::format(args.format, &terms);
    if let Some(form) = stream_of(args) {
        if form == Form::Lines {
            args.from.without_choices()?;
        }
        return stream::run(&args.logs.paths, form, args.jobs, &options, output, reference);
    }
    let (inputs, imported) = match args.from.from {
        Some(kind) => import::sources(&args.from, kind, &args.logs.paths, output, reference)?,
        None => (inputs::read(&args.logs.paths), Outcome::Fine),
    };
    let bills = bill(&inputs.sources, &options, reference);
    // Formats for programs stay fast and leave the readings to `compare`.
    let asked = matches!(args.format, Format::Table | Format::Markdown) && !output.quiet;
    let contested = if asked { contested(&bills, &options, reference) } else { Vec::new() };
    let table =
        Table { sources: &inputs.sources, width: output.width(), color: output.color(), quiet: output.quiet, contested: &contested };
    let markdown = Markdown { contested: &contested };
    let exporter: &dyn Exporter = match args.format {
        Format::Table => &table,
        Format::Json => &Json,
        Format::Ndjson => &NdJson,
        Format::Csv => &Csv,
        Format::Markdown => &markdown,
        Format::FhirClaim | Format::FhirChargeitem | Format::X12 | Format::Ft1 => claim_format.as_deref().expect("it is one of those"),
    };
    let sheets = sheets(&bills, &inputs.sources, reference);
    let printed = output.print(&exporter.export(&bills, &sheets))?;
    if let Some(format) = &claim_format {
        export::tell(&**format, &bills, &sheets, output);
    }
    if args.format != Format::Table {
        tell_errors(&bills, &inputs.sources, output);
    }
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(imported).max(outcome(&bills, &inputs.problems)))
}

/// How sessions come one by one, where they are also written one by one.
fn stream_of(args: &BillArgs) -> Option<Form> {
    match args.from.from {
        _ if args.format != Format::Ndjson => None,
        Some(import::Kind::Ndjson) => Some(Form::Lines),
        None if args.logs.paths.iter().all(|path| path.as_os_str() == "-") => Some(Form::Stream),
        _ => None,
    }
}

/// The policies that the command line asks for, refused before any log is read.
pub fn options(logs: &Logs) -> Result<Options, String> {
    let options = Options {
        profile: logs.profile.clone(),
        policies: logs.policies.clone(),
        allow: logs.allow.clone(),
        deny: logs.deny.clone(),
        now: Some(super::inputs::now()),
    };
    options.policies(None).and_then(|_| options.known_ids()).map_err(|unknown| unknown.to_string())?;
    Ok(options)
}

/// What the bills tell the shell.
pub fn outcome(bills: &[Bill], problems: &[String]) -> Outcome {
    if !problems.is_empty() {
        Outcome::FileError
    } else if bills.iter().any(|bill| bill.status == Status::Error) {
        Outcome::SessionError
    } else {
        Outcome::Fine
    }
}

/// Formats for programs hold the findings; a person at the terminal is told of the errors too.
pub fn tell_errors(bills: &[Bill], sources: &[Source], output: &Output) {
    let mut drawers: Vec<Drawer> = sources.iter().map(|source| Drawer::new(source, output.color())).collect();
    for bill in bills.iter().filter(|bill| bill.status == Status::Error) {
        let errors = bill.findings.iter().filter(|finding| finding.is_error());
        output.tell(&drawers[bill.source].draw(errors, bill.number));
    }
}
