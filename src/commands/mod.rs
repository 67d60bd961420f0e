//! One file a subcommand: read, call, show. No rules here.

mod audit;
mod bill;
mod check;
mod clock;
mod compare;
mod explain;
mod export;
mod facts;
mod import;
mod inputs;
mod log;
mod output;
mod practice;
mod reference;
mod report;
mod shell;
mod stream;
mod timeline;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use hangtime::Reference;
use output::Output;

/// Reads infusion session logs and prints the billable units that they support, with the reason
/// for every unit and every minute.
#[derive(Debug, Parser)]
#[command(name = "hangtime", version, max_term_width = 100, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Colour on the terminal.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    color: Color,
    /// Columns to write for; else the terminal's, and no limit in a pipe.
    #[arg(long, global = true, value_name = "COLUMNS", value_parser = clap::value_parser!(u16).range(40..))]
    width: Option<u16>,
    /// Tell errors only, no warnings and notes.
    #[arg(long, short, global = true)]
    quiet: bool,
    /// A folder whose files replace the program's own facts, such as next quarter's codes.ron.
    #[arg(long, global = true, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    reference: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  hangtime bill sessions/                          every log of a folder
  hangtime bill --format csv monday.ron > monday.csv
  hangtime bill --policy overlap=any monday.ron    under another reading
  hangtime timeline monday.ron                     what ran when, as a picture
  hangtime check monday.ron                        what is wrong with a log
  hangtime log start Rocephin                      write one as it happens
  hangtime rules T2                                what a rule says, and why
  hangtime codes 96367                             a code's fact sheet
  hangtime bill --reference q1/ monday.ron         under another quarter's facts

Exit status: 0 nothing wrong, 1 a session has an error, 2 the command line or a file could not be used.";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// Where it is a terminal that shows it, and NO_COLOR is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the table of billable units: what, how many, why, and what earned nothing.
    #[command(after_help = BILL_EXAMPLES)]
    Bill(bill::BillArgs),
    /// Bill the same sessions under several profiles or policies, and say what makes the difference.
    #[command(after_help = COMPARE_EXAMPLES)]
    Compare(compare::CompareArgs),
    /// Give the argument for a bill: every unit and every unbilled minute, with its rule and lines.
    #[command(after_help = EXPLAIN_EXAMPLES)]
    Explain(explain::ExplainArgs),
    /// Write one self-contained page: picture, lines, reasons, findings, policies.
    #[command(after_help = REPORT_EXAMPLES)]
    Report(report::ReportArgs),
    /// Lay what was charged beside what the logs support, line by line.
    #[command(after_help = AUDIT_EXAMPLES)]
    Audit(audit::AuditArgs),
    /// Say what is wrong with a log, without billing it.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(check::CheckArgs),
    /// Write a log as it happens: what hangs, what stops, what is pushed.
    #[command(after_help = log::EXAMPLES)]
    Log(log::LogArgs),
    /// Draw the session: hours along the top, what ran when, and what each stretch earned.
    #[command(after_help = TIMELINE_EXAMPLES)]
    Timeline(timeline::TimelineArgs),
    /// Write logs from another system's records: FHIR resources, or a table of a MAR or pump.
    #[command(subcommand)]
    Import(import::ImportArgs),
    /// Exercises: code a session, get it marked, and learn what was misunderstood.
    #[command(after_help = practice::EXAMPLES)]
    Practice(practice::PracticeArgs),
    /// Show the codes, or one code's fact sheet.
    #[command(after_help = CODES_EXAMPLES)]
    Codes(Codes),
    /// Show the rules, or one rule with its reason, example and source.
    #[command(after_help = "Examples:\n  hangtime rules\n  hangtime rules T2")]
    Rules(Name),
    /// Show the drug list, or one drug by any of its names.
    #[command(after_help = "Examples:\n  hangtime drugs\n  hangtime drugs zofran")]
    Drugs(Name),
    /// Show the contested points and profiles, or one of them.
    #[command(after_help = "Examples:\n  hangtime policies\n  hangtime policies overlap\n  hangtime policies conservative")]
    Policies(Name),
    /// Show the modifiers and circumstances, or one modifier.
    #[command(after_help = "Examples:\n  hangtime modifiers\n  hangtime modifiers XS")]
    Modifiers(Name),
    /// Print the completions of a shell.
    #[command(after_help = "Example:\n  hangtime completions bash > ~/.local/share/bash-completion/completions/hangtime")]
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(after_help = "Example:\n  hangtime man | man -l -")]
    Man,
}

const BILL_EXAMPLES: &str = "\
Examples:
  hangtime bill monday.ron
  hangtime bill sessions/ --format json
  hangtime bill --profile conservative monday.ron
  hangtime bill --profile mine.ron --policy mue=cap monday.ron
  cat monday.ron | hangtime bill -
  hangtime bill --format 837 --charges charges.csv --revenue-code 96413=0335 logs/ > march.837
  hangtime bill --format fhir-claim --dated 2026-03-05 logs/ > march.json
  hangtime bill --format ft1 monday.ron | tr '\\r' '\\n'            the segments, a line each

A stream: one session a line in, one result a line out, as they come, on all cores:
  feed | hangtime bill --from ndjson --format ndjson - > bills.ndjson
  hangtime bill --from ndjson --format ndjson may.ndjson.gz > bills.ndjson
  hangtime bill --format ndjson - < list.ron       a RON list, session by session
Sessions of one patient are billed together where they follow each other, so sort a stream by patient.

Exit status: 0 nothing wrong, 1 a session has an error, 2 the command line or a file could not be used.";

const EXPLAIN_EXAMPLES: &str = "\
Examples:
  hangtime explain monday.ron
  hangtime explain --format markdown monday.ron > appeal.md";

const REPORT_EXAMPLES: &str = "\
Examples:
  hangtime report monday.ron -o monday.html
  hangtime report sessions/ -o all.html";

const COMPARE_EXAMPLES: &str = "\
Examples:
  hangtime compare monday.ron                      under each profile
  hangtime compare --vary overlap monday.ron       under each value of one policy
  hangtime compare --all sessions/                 every contested point that matters";

const AUDIT_EXAMPLES: &str = "\
Examples:
  hangtime audit monday.ron --claim charges.csv
  hangtime audit sessions/ --claim may.837 --rates opps-2026 -o audit.xlsx
  hangtime audit sessions/ --claims may.csv --summary

Exit status: 0 all agrees, 1 there is a difference or an error, 2 the command line or a file could not be used.";

const CHECK_EXAMPLES: &str = "\
Examples:
  hangtime check monday.ron
  hangtime check sessions/ && echo all is well";

const TIMELINE_EXAMPLES: &str = "\
Examples:
  hangtime timeline monday.ron
  hangtime timeline --policy overlap=any monday.ron   under another reading
  hangtime timeline --width 120 --ascii monday.ron > monday.txt";

const CODES_EXAMPLES: &str = "\
Examples:
  hangtime codes
  hangtime codes 96367
  hangtime codes --write q1/                       the program's own facts, to edit
  hangtime codes --check q1/                       what is wrong with a folder, or what it changes
  hangtime bill --reference q1/ monday.ron";

/// What to show a page of, or which folder of facts to look at.
#[derive(Debug, Args)]
struct Codes {
    /// Which; without it, all in a list.
    name: Option<String>,
    /// Check a folder of facts, and tell what it changes against the program's own.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with_all = ["name", "write"])]
    check: Option<PathBuf>,
    /// Write the program's own facts into a folder, to be edited.
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath, conflicts_with = "name")]
    write: Option<PathBuf>,
}

/// What to show a page of.
#[derive(Debug, Args)]
struct Name {
    /// Which; without it, all in a list.
    name: Option<String>,
}

/// Which logs, and under which policies.
#[derive(Debug, Args)]
struct Logs {
    /// Logs: files, folders, or - for standard input.
    #[arg(required = true, value_name = "SESSION")]
    paths: Vec<PathBuf>,
    /// A named set of policies, or the file of your own; goes before the session's own.
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// One policy on top of the profile; may stand several times.
    #[arg(long = "policy", value_name = "NAME=VALUE")]
    policies: Vec<String>,
    /// A warning or note that is not to be told, such as U4; may stand several times.
    #[arg(long, value_name = "ID")]
    allow: Vec<String>,
    /// A warning or note that is to be an error, such as U1: then nothing is billed for its session.
    #[arg(long, value_name = "ID")]
    deny: Vec<String>,
}

/// Runs the command line; returns what to tell the shell.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let output = Output::new(cli.color, cli.width, cli.quiet);
    let done = match &cli.command {
        Command::Codes(codes) if cli.reference.is_some() && (codes.check.is_some() || codes.write.is_some()) => {
            Err("--check and --write are about a folder of their own: leave --reference out".to_owned())
        }
        Command::Completions { shell } => shell::completions(*shell, &output),
        Command::Man => shell::manual(&output),
        Command::Codes(Codes { check, write, .. }) if cli.reference.is_some() && (check.is_some() || write.is_some()) => {
            Err("--check and --write go by the program's own facts: leave --reference out".to_owned())
        }
        Command::Codes(Codes { check: Some(folder), .. }) => facts::check(folder, &output),
        Command::Codes(Codes { write: Some(folder), .. }) => facts::write(folder, &output),
        _ => facts::reference(cli.reference.as_deref(), &output).and_then(|reference| with(cli.command, &output, reference)),
    };
    match done {
        Ok(outcome) => outcome.into(),
        Err(problem) => {
            output.complain(&problem);
            ExitCode::from(2)
        }
    }
}

/// Runs a command that looks facts up.
fn with(command: Command, output: &Output, facts: &Reference) -> Result<Outcome, String> {
    match command {
        Command::Bill(args) => bill::run(&args, output, facts),
        Command::Explain(args) => explain::run(&args, output, facts),
        Command::Report(args) => report::run(&args, output, facts),
        Command::Compare(args) => compare::run(&args, output, facts),
        Command::Audit(args) => audit::run(&args, output, facts),
        Command::Check(args) => check::run(&args, output, facts),
        Command::Log(args) => log::run(args, output, facts),
        Command::Timeline(args) => timeline::run(&args, output, facts),
        Command::Import(args) => import::run(&args, output, facts),
        Command::Practice(args) => practice::run(&args, output, facts),
        Command::Codes(Codes { name, .. }) => page(output, reference::codes(facts, name.as_deref(), output.page_width())),
        Command::Rules(name) => page(output, reference::rules(facts, name.name.as_deref(), output.page_width())),
        Command::Drugs(name) => page(output, reference::drugs(facts, name.name.as_deref(), output.page_width())),
        Command::Policies(name) => page(output, reference::policies(name.name.as_deref(), output.page_width())),
        Command::Modifiers(name) => page(output, reference::modifiers(facts, name.name.as_deref(), output.page_width())),
        Command::Completions { shell } => shell::completions(shell, output),
        Command::Man => shell::manual(output),
    }
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing wrong.
    Fine,
    /// A session has an error, or a check found one.
    SessionError,
    /// A file could not be used.
    FileError,
    /// It was told to stop by a signal of this number.
    Signal(u8),
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        /// As a shell reports a program that a signal ended.
        const BY_SIGNAL: u8 = 128;
        ExitCode::from(match outcome {
            Outcome::Fine => 0,
            Outcome::SessionError => 1,
            Outcome::FileError => 2,
            Outcome::Signal(signal) => BY_SIGNAL + signal,
        })
    }
}

fn page(output: &Output, page: Result<String, reference::UnknownName>) -> Result<Outcome, String> {
    match page {
        Ok(text) => output.print(&text),
        Err(unknown) => Err(unknown.to_string()),
    }
}
