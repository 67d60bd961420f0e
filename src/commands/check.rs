//! `hangtime check`: what is wrong with a log, nothing billed.

use clap::Args;
use hangtime::session::finding::Severity;
use hangtime::show::findings::Drawer;
use hangtime::{Bill, Reference, bill};

use super::bill::{options, outcome};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    logs: Logs,
}

pub fn run(args: &CheckArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let options = options(&args.logs)?;
    let inputs = inputs::read(&args.logs.paths);
    let bills = bill(&inputs.sources, &options, reference);
    let mut drawers: Vec<Drawer> = inputs.sources.iter().map(|source| Drawer::new(source, output.color())).collect();
    let mut text = String::new();
    for bill in &bills {
        let heard = bill.findings.iter().filter(|finding| !output.quiet || finding.is_error());
        text.push_str(&drawers[bill.source].draw(heard, bill.number));
    }
    text.push_str(&summary(&bills, inputs.sources.len()));
    let printed = output.print(&text)?;
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(outcome(&bills, &inputs.problems)))
}

/// "3 sessions in 2 files: 1 error, 2 warnings, no notes."
fn summary(bills: &[Bill], files: usize) -> String {
    let count = |severity: Severity| bills.iter().flat_map(|bill| &bill.findings).filter(|f| f.severity == severity).count();
    let plural = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let read = bills.iter().filter(|bill| bill.session.is_some()).count();
    format!(
        "{} in {}: {}, {}, {}.\n",
        plural(read, "session"),
        plural(files, "file"),
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
        plural(count(Severity::Note), "note")
    )
}
