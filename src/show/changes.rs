//! A folder of facts in words: what is wrong with it, or what it changes.

use super::excerpt::{self, Excerpt, harmless};
use super::page::{Page, listed};
use crate::reference::changes::{Change, Difference, FileChanges};
use crate::reference::{Part, Problem};
use crate::session::finding::Severity;

/// So many problems are drawn; nobody reads further.
const MOST: usize = 50;

/// Characters of what a new entry holds that are told.
const GIST: usize = 160;

/// Each problem over the line that it concerns, ended by a blank line.
#[must_use]
pub fn problems(problems: &[Problem], color: bool) -> String {
    let mut text: String = problems.iter().take(MOST).map(|problem| draw(problem, color) + "\n\n").collect();
    if problems.len() > MOST {
        text.push_str(&format!("and {} more.\n\n", problems.len() - MOST));
    }
    text
}

fn draw(problem: &Problem, color: bool) -> String {
    let at_a_place = !problem.range.is_empty() || problem.range.start > 0;
    let excerpt = Excerpt {
        severity: Severity::Error,
        id: "reference",
        message: &problem.message,
        path: &problem.file,
        text: &problem.text,
        primary: at_a_place.then(|| (problem.range.clone(), problem.label.as_str())),
        second: None,
        help: problem.help.as_deref(),
    };
    excerpt::draw(&excerpt, color).trim_end().to_owned()
}

/// What changes, file by file.
#[must_use]
pub fn page(folder: &str, changes: &[FileChanges], width: usize) -> String {
    let mut page = Page::new(&harmless(&format!("{folder}: in order. Against the program's own facts:")), width);
    for file in changes.iter().filter(|file| !file.changes.is_empty()) {
        page.heading(&format!("{}: {}", file.part.file(), sum(&file.changes)));
        let rows: Vec<[String; 3]> = file.changes.iter().flat_map(rows).collect();
        page.table(&rows);
    }
    let same: Vec<&str> = changes.iter().filter(|file| file.changes.is_empty()).map(|file| file.part.file()).collect();
    if !same.is_empty() {
        page.section("Nothing changes in", &listed(&same));
    }
    let given: Vec<Part> = changes.iter().map(|file| file.part).collect();
    let kept: Vec<&str> = Part::ALL.iter().filter(|part| !given.contains(part)).map(|part| part.file()).collect();
    if !kept.is_empty() {
        page.section("Not in the folder, so the program's own", &listed(&kept));
    }
    page.finish()
}

/// "1 added, 2 removed, 1 changed".
fn sum(changes: &[Change]) -> String {
    let count = |is: fn(&Difference) -> bool| changes.iter().filter(|change| is(&change.what)).count();
    let counts = [
        (count(|what| matches!(what, Difference::Added(_))), "added"),
        (count(|what| matches!(what, Difference::Removed(_))), "removed"),
        (count(|what| matches!(what, Difference::Fields(_))), "changed"),
    ];
    let some = counts.iter().filter(|(count, _)| *count > 0);
    some.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

fn rows(change: &Change) -> Vec<[String; 3]> {
    let entry = if change.entry.is_empty() { "the file".to_owned() } else { harmless(&change.entry).into_owned() };
    match &change.what {
        Difference::Added(fields) => vec![[entry, "added".to_owned(), gist(fields)]],
        Difference::Removed(fields) => vec![[entry, "removed".to_owned(), gist(fields)]],
        Difference::Fields(fields) => fields
            .iter()
            .enumerate()
            .map(|(at, (field, old, new))| {
                let entry = if at == 0 { entry.clone() } else { String::new() };
                [entry, harmless(field).into_owned(), format!("{} -> {}", value(old), value(new))]
            })
            .collect(),
    }
}

fn value(text: &str) -> String {
    if text.is_empty() { "nothing".to_owned() } else { harmless(text).into_owned() }
}

/// The first of what an entry holds.
fn gist(fields: &[(String, String)]) -> String {
    let told = fields.iter().filter(|(field, _)| !field.ends_with(", in order") && !field.ends_with(".code"));
    let all = told.map(|(field, value)| format!("{field}: {value}")).collect::<Vec<_>>().join("; ");
    let all = harmless(&all);
    match all.char_indices().nth(GIST) {
        Some((end, _)) => format!("{}...", &all[..end]),
        None => all.into_owned(),
    }
}
