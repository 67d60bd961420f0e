//! `hangtime explain`: the argument for a bill.

use clap::{Args, ValueEnum};
use hangtime::show::explain::{Explanation, explanation, markdown, text};
use hangtime::show::json;
use hangtime::show::spot::Spotter;
use hangtime::{Reference, bill};

use super::bill::{options, outcome};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct ExplainArgs {
    #[command(flatten)]
    logs: Logs,
    /// How to print it.
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For an appeal.
    Markdown,
    /// One array.
    Json,
}

pub fn run(args: &ExplainArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let inputs = inputs::read(&args.logs.paths);
    let bills = bill(&inputs.sources, &options, reference);
    let spotters: Vec<Spotter> = inputs.sources.iter().map(Spotter::new).collect();
    let explanations: Vec<Explanation> =
        bills.iter().map(|bill| explanation(bill, &inputs.sources, &spotters[bill.source], reference)).collect();
    let printed = output.print(&match args.format {
        Format::Text => text(&explanations, output.page_width()),
        Format::Markdown => markdown(&explanations),
        Format::Json => json::array(&explanations),
    })?;
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(outcome(&bills, &inputs.problems)))
}
