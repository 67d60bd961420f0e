//! Exercises on a page: to print, its key, and one that marks.

use std::collections::BTreeMap;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::picture::untold;
use super::{is_beside, numbered, of_code, said, steps};
use crate::practice::misread::{Misread, broken_bills};
use crate::practice::{Case, HIGHEST_LEVEL, Tally};
use crate::reference::Misconception;
use crate::show::html::{drawing::drawing, page_with};
use crate::show::view::setting_word;

const STYLE: &str = include_str!("practice.css");
const SCRIPT: &str = include_str!("practice.js");

/// A page to print: story, log, picture and an empty table for each; with the key, what is right and why.
#[must_use]
pub fn sheet(cases: &[Case], key: bool) -> String {
    let title = if key { "hangtime practice: the key" } else { "hangtime practice" };
    let body = html! {
        header {
            h1 { (title) }
            @if key { p.soft { "What each log supports, by which rule, and what learners often write instead." } }
            @else { p.soft { "Which codes does each log support, and how many units of each? One line a code." } p.name { "Name" } }
        }
        main #main {
            @for (at, case) in cases.iter().enumerate() {
                section.session {
                    (head(at, case))
                    @if key { (answers(case)) } @else { (log(at, case)) (empty_table()) }
                }
            }
        }
        (foot())
    };
    page_with(title, &body, STYLE, None)
}

/// A page that marks: all that it says was worked out when it was made.
#[must_use]
pub fn interactive(cases: &[Case]) -> String {
    let title = "hangtime practice";
    let data: Vec<Data> = cases.iter().map(Data::of).collect();
    // Within a script's element nothing may look like its end.
    let data = serde_json::to_string(&data).unwrap_or_default().replace('<', "\\u003c");
    let body = html! {
        header {
            h1 { (title) }
            p.soft { "Which codes does each log support, and how many units of each? Nothing that you write leaves this page." }
            noscript { p.failed { "This page marks with a script, and scripts are switched off here." } }
        }
        main #main {
            @for (at, case) in cases.iter().enumerate() {
                section.session.exercise id={ "exercise-" (at + 1) } aria-labelledby={ "name-" (at + 1) } {
                    (head(at, case))
                    (log(at, case))
                    (form(at, case))
                }
            }
            p.score role="status" { "None marked yet of " (cases.len()) "." }
        }
        (foot())
        script #exercises type="application/json" { (PreEscaped(data)) }
    };
    page_with(title, &body, STYLE, Some(SCRIPT))
}

fn foot() -> Markup {
    html! {
        footer { p { "Made by hangtime " (env!("CARGO_PKG_VERSION")) ". No real person: the sessions are made up. Descriptors of CPT codes are the American Medical Association's and are not included." } }
    }
}

fn head(at: usize, case: &Case) -> Markup {
    let exercise = &case.exercise;
    let setting = case.sessions.first().map_or("", |session| setting_word(session.setting));
    html! {
        h2 id={ "name-" (at + 1) } { (at + 1) ". " (exercise.name) }
        p.soft { (setting) ", level " (exercise.level) ", " (exercise.topic) }
        p { (exercise.story) }
    }
}

fn log(at: usize, case: &Case) -> Markup {
    html! {
        h3 { "The log" }
        pre tabindex="0" role="region" aria-label={ "The log of exercise " (at + 1) } { (numbered(&case.exercise.source.text).trim_end()) }
        h3 { "What ran when" }
        @for (session, bill) in case.bills.iter().enumerate() {
            @if let Some(picture) = untold(bill, case.reference) {
                (drawing(&picture, &format!("picture-{}-{}", at + 1, session + 1), &bill.id))
            }
        }
    }
}

fn empty_table() -> Markup {
    const ROWS: usize = 7;
    html! {
        table.answer {
            thead { tr { th scope="col" { "Code" } th scope="col" { "Modifiers" } th scope="col" { "Units" } th scope="col" { "Why" } } }
            tbody { @for _ in 0..ROWS { tr { td {} td {} td {} td {} } } }
        }
    }
}

/// Rows for an answer; the script adds more.
fn form(at: usize, case: &Case) -> Markup {
    const ROWS: usize = 5;
    let modifiers = case.exercise.level >= HIGHEST_LEVEL;
    html! {
        form data-exercise=(at) autocomplete="off" {
            h3 { "Your answer" }
            @if modifiers { p.soft { "Modifiers count at this level: write them behind the code, such as 96372-59." } }
            @else { p.soft { "A modifier may stand behind the code, such as 96372-59. Where nothing is billed, leave all empty." } }
            div.rows {
                @for row in 1..=ROWS {
                    div.row {
                        label { span { "Code " (row) } input.code type="text" maxlength="20" spellcheck="false" autocapitalize="characters"; }
                        label { span { "Units " (row) } input.units type="text" inputmode="numeric" maxlength="4"; }
                    }
                }
            }
            div.buttons {
                button.more type="button" { "Another line" }
                button.check type="submit" { "Check" }
            }
            div.marks role="status" aria-live="polite" {}
        }
    }
}

/// The key of one exercise.
fn answers(case: &Case) -> Markup {
    let steps = steps(case);
    let right = case.right(true);
    let broken = broken_bills(case);
    html! {
        h3 { "What is right" }
        @if right.is_empty() { p { "Nothing is billed." } }
        ul.right { @for (item, units) in &right { li { strong { (item) } " x" (units) } } }
        h3 { "Why" }
        ul.why { @for step in steps.iter().filter(|step| step.code.is_some() || is_beside(step)) { li { (said(step)) } } }
        @if !broken.is_empty() {
            h3 { "What learners may write instead" }
            dl {
                @for misread in &broken {
                    dt { (told(&misread.tally)) }
                    dd { (misread.misconception.name) ". " (misread.misconception.says) }
                }
            }
        }
    }
}

fn told(tally: &Tally) -> String {
    let lines: Vec<String> = tally.iter().map(|(item, units)| format!("{item} x{units}")).collect();
    if lines.is_empty() { "nothing".to_owned() } else { lines.join(", ") }
}

/// What the script knows of an exercise.
#[derive(Serialize)]
struct Data {
    name: String,
    modifiers_count: bool,
    /// Units by code with modifiers, and by code alone.
    right: BTreeMap<String, usize>,
    plain: BTreeMap<String, usize>,
    /// The argument by code.
    why: BTreeMap<String, Vec<String>>,
    /// What explains why something is not there.
    beside: Vec<Beside>,
    misread: Vec<Wrong>,
}

#[derive(Serialize)]
struct Beside {
    text: String,
    rules: Vec<&'static str>,
}

#[derive(Serialize)]
struct Wrong {
    id: &'static str,
    name: &'static str,
    says: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'static str>,
    rules: Vec<&'static str>,
    lines: BTreeMap<String, usize>,
}

impl Wrong {
    fn of(misread: &Misread) -> Self {
        let Misconception { id, name, says, rules, policy } = misread.misconception;
        let rules = rules.iter().map(|rule| rule.id()).collect();
        Wrong { id, name, says, policy: policy.as_deref(), rules, lines: by_name(&misread.tally) }
    }
}

fn by_name(tally: &Tally) -> BTreeMap<String, usize> {
    tally.iter().map(|(item, units)| (item.to_string(), *units)).collect()
}

impl Data {
    fn of(case: &Case) -> Self {
        let steps = steps(case);
        let plain = by_name(&case.right(false));
        let why = plain.keys().map(|code| (code.clone(), of_code(&steps, code).into_iter().map(said).collect())).collect();
        let beside = steps.iter().filter(|step| is_beside(step)).map(|step| Beside { text: said(step), rules: step.rules.clone() });
        Data {
            name: case.exercise.name.clone(),
            modifiers_count: case.exercise.level >= HIGHEST_LEVEL,
            right: by_name(&case.right(true)),
            plain,
            why,
            beside: beside.collect(),
            misread: broken_bills(case).iter().map(Wrong::of).collect(),
        }
    }
}
