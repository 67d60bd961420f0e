//! Exercises as learners and trainers see them: at the terminal, on paper, on a page that marks.

mod page;
mod picture;
mod text;

pub use page::{interactive, sheet};
pub use picture::picture;
pub use text::{marks, progress, task};

use super::excerpt::harmless;
use super::explain::{Part, Step, explanation};
use super::spot::Spotter;
use crate::practice::mark::{Mark, Recognised, Verdict};
use crate::practice::{Case, Item};
use crate::reference::Misconception;

/// The argument for all bills of a case.
fn steps(case: &Case) -> Vec<Step> {
    let sources = [case.exercise.source.clone()];
    let spotter = Spotter::new(&sources[0]);
    case.bills.iter().flat_map(|bill| explanation(bill, &sources, &spotter, case.reference).steps).collect()
}

/// The steps for the units of a code.
fn of_code<'s>(steps: &'s [Step], code: &str) -> Vec<&'s Step> {
    steps.iter().filter(|step| step.code.as_deref() == Some(code)).collect()
}

/// The steps beside the units that bear on a misconception.
fn of_misconception<'s>(steps: &'s [Step], misconception: &Misconception) -> Vec<&'s Step> {
    let bears = |step: &&Step| misconception.rules.iter().any(|rule| step.rules.contains(&rule.id()));
    steps.iter().filter(|step| is_beside(step)).filter(bears).collect()
}

/// Why something is not there: the choice of the initial, what ran together, what earned nothing.
fn is_beside(step: &Step) -> bool {
    matches!(step.part, Part::Initial | Part::Overlap | Part::Unbilled)
}

/// "Text. [T2; lines 8, 9]"
fn said(step: &Step) -> String {
    let mut text = step.text.trim_end_matches('.').to_owned();
    if !step.items.is_empty() {
        text = format!("{text}: {}", step.items.join("; "));
    }
    text.push('.');
    if let Some(near) = &step.near {
        text = format!("{text} Near a threshold: {near}.");
    }
    let lines: Vec<String> = step.lines.iter().map(ToString::to_string).collect();
    let lines = match lines.as_slice() {
        [] => String::new(),
        [line] => format!("line {line}"),
        lines => format!("lines {}", lines.join(", ")),
    };
    let rests: Vec<String> = [step.rules.join(" "), lines].into_iter().filter(|part| !part.is_empty()).collect();
    if rests.is_empty() { text } else { format!("{text} [{}]", rests.join("; ")) }
}

/// "right", "2 given, 1 is right".
fn verdict(mark: &Mark) -> String {
    match mark.verdict() {
        Verdict::Right => "right".to_owned(),
        Verdict::TooMany => format!("too many, {} {} right", mark.right, if mark.right == 1 { "is" } else { "are" }),
        Verdict::TooFew => format!("too few, {} are right", mark.right),
        Verdict::Missing => format!("missing, {} {} right", mark.right, if mark.right == 1 { "is" } else { "are" }),
        Verdict::Unsupported => "the log does not support it".to_owned(),
    }
}

/// "It looks as if ..."
fn suggestion(recognised: &Recognised) -> String {
    let perhaps = if recognised.whole { "It looks as if" } else { "Perhaps" };
    let other = match &recognised.misconception.policy {
        Some(policy) => format!(" Payers differ on it: see `hangtime policies {policy}`."),
        None => String::new(),
    };
    let mut text = format!("{perhaps} {}. {}{other}", recognised.misconception.name, recognised.misconception.says);
    for other in &recognised.or {
        text = format!("{text} Or {}.", other.name);
    }
    text
}

/// The log's lines behind their numbers.
fn numbered(log: &str) -> String {
    log.trim_end().lines().enumerate().map(|(at, line)| format!("{:>3}  {}\n", at + 1, harmless(line))).collect()
}

/// "x2".
fn units(item: &Item, units: usize) -> String {
    format!("{item} x{units}")
}
