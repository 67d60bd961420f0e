//! `hangtime report`: one self-contained page.

use std::path::PathBuf;

use clap::Args;
use hangtime::show::html::report;
use hangtime::{Reference, bill};

use super::bill::{options, outcome};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct ReportArgs {
    #[command(flatten)]
    logs: Logs,
    /// The file to write; without it, or with -, standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(args: &ReportArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let inputs = inputs::read(&args.logs.paths);
    let bills = bill(&inputs.sources, &options, reference);
    let page = report(&bills, &inputs.sources, reference);
    let printed = output.save(args.output.as_deref(), page.as_bytes())?;
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(outcome(&bills, &inputs.problems)))
}
