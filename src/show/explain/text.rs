//! An argument for a terminal.

use std::path::Path;

use super::super::excerpt::harmless;
use super::super::page::Page;
use super::{Explanation, Step};

/// Arguments laid out to a width, one after the other.
#[must_use]
pub fn text(explanations: &[Explanation], width: usize) -> String {
    explanations.iter().map(|explanation| one(explanation, width)).collect::<Vec<_>>().join("\n")
}

fn one(explanation: &Explanation, width: usize) -> String {
    let file = Path::new(&explanation.file).file_name().map_or(explanation.file.clone().into(), |name| name.to_string_lossy());
    let setting = explanation.setting.unwrap_or("setting unknown");
    let (name, profile) = (harmless(&explanation.session), harmless(&explanation.profile));
    let mut page = Page::new(&format!("{name}: {setting}, profile {profile}, {}", explanation.status), width);
    if explanation.status == "error" {
        page.paragraph("Nothing is billed: the log has an error.");
    }
    for part in explanation.steps.chunk_by(|one, next| one.part == next.part) {
        page.heading(part[0].part.heading());
        for step in part {
            page.numbered(step.number, &harmless(&sentence(step, &file)));
            page.inner_items(step.items.iter().map(|item| harmless(item).into_owned()));
        }
    }
    if !explanation.rules.is_empty() {
        page.heading("Rules and their sources (`hangtime rules ID` tells each in full)");
        let rows: Vec<[String; 2]> =
            explanation.rules.iter().map(|cited| [cited.rule.to_owned(), format!("{}. {}", cited.title, cited.source)]).collect();
        page.table(&rows);
    }
    page.finish()
}

/// "ceftriaxone ran 09:05 to 09:37: 32 minutes. [T2; monday.ron:8, 9]"
pub(super) fn sentence(step: &Step, file: &str) -> String {
    let mut text = step.text.trim_end_matches('.').to_owned();
    text.push(if step.items.is_empty() { '.' } else { ':' });
    if let Some(near) = &step.near {
        text = format!("{text} Near a threshold: {near}.");
    }
    let lines: Vec<String> = step.lines.iter().map(ToString::to_string).collect();
    let mut rests = step.rules.join(" ");
    if !lines.is_empty() {
        let shown = if lines.len() > 12 { format!("{} to {}", lines[0], lines[lines.len() - 1]) } else { lines.join(", ") };
        rests = if rests.is_empty() { format!("{file}:{shown}") } else { format!("{rests}; {file}:{shown}") };
    }
    if rests.is_empty() { text } else { format!("{text} [{rests}]") }
}
