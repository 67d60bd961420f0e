//! An argument in Markdown, to paste into an appeal.

use std::fmt::Write as _;
use std::path::Path;

use super::super::markdown::cell;
use super::Explanation;
use super::text::sentence;

/// Arguments one after the other, each a section.
#[must_use]
pub fn markdown(explanations: &[Explanation]) -> String {
    explanations.iter().map(section).collect::<Vec<_>>().join("\n")
}

fn section(explanation: &Explanation) -> String {
    let file = Path::new(&explanation.file).file_name().map_or(explanation.file.clone().into(), |name| name.to_string_lossy());
    let mut text = format!("## {}\n\n", cell(&explanation.session));
    let setting = explanation.setting.unwrap_or("setting unknown");
    let _ = writeln!(text, "{setting}, profile {}, {}", cell(&explanation.profile), explanation.status);
    for part in explanation.steps.chunk_by(|one, next| one.part == next.part) {
        let _ = writeln!(text, "\n### {}\n", part[0].part.heading());
        for step in part {
            let _ = writeln!(text, "{}. {}", step.number, cell(&sentence(step, &file)));
            for item in &step.items {
                let _ = writeln!(text, "    - {}", cell(item));
            }
        }
    }
    if !explanation.rules.is_empty() {
        text.push_str("\n### Rules and their sources\n\n");
        for cited in &explanation.rules {
            let _ = writeln!(text, "- **{}** {}. {}", cited.rule, cell(&cited.title), cell(&cited.source));
        }
    }
    text
}
