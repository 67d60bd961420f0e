//! `hangtime timeline`: the picture of a session in the terminal.

use clap::Args;
use hangtime::show::findings::Drawer;
use hangtime::show::timeline::{Style, draw};
use hangtime::{Reference, bill};

use super::bill::{options, outcome};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct TimelineArgs {
    #[command(flatten)]
    logs: Logs,
    /// Draw with plain letters and signs only.
    #[arg(long)]
    ascii: bool,
}

pub fn run(args: &TimelineArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let inputs = inputs::read(&args.logs.paths);
    let bills = bill(&inputs.sources, &options, reference);
    let style = Style { width: output.page_width(), color: output.color(), ascii: args.ascii };
    let mut drawers: Vec<Drawer> = inputs.sources.iter().map(|source| Drawer::new(source, output.color())).collect();
    let mut text = String::new();
    for bill in &bills {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&draw(bill, reference, style));
        let errors = drawers[bill.source].draw(bill.findings.iter().filter(|finding| finding.is_error()), bill.number);
        if !errors.is_empty() {
            text.push('\n');
            text.push_str(&errors);
        }
    }
    let printed = output.print(&text)?;
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(outcome(&bills, &inputs.problems)))
}
