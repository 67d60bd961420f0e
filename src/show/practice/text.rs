//! An exercise at the terminal.

use super::super::excerpt::harmless;
use super::super::page::Page;
use super::super::view::setting_word;
use super::{is_beside, numbered, of_code, of_misconception, picture, said, steps, suggestion, units, verdict};
use crate::practice::mark::{Marked, Verdict};
use crate::practice::progress::Progress;
use crate::practice::{Case, HIGHEST_LEVEL};
use crate::reference::{Misconception, Rule};

/// The story, the log, the picture.
#[must_use]
pub fn task(case: &Case, width: usize) -> String {
    let exercise = &case.exercise;
    let setting = case.sessions.first().map_or("", |session| setting_word(session.setting));
    let mut page = Page::new(&format!("{}   {setting}, level {}, {}", harmless(&exercise.name), exercise.level, exercise.topic), width);
    page.paragraph(&harmless(&exercise.story));
    let pictures: String = case.bills.iter().map(|bill| picture(bill, case.reference, width)).collect::<Vec<_>>().join("\n");
    let modifiers = if exercise.level >= HIGHEST_LEVEL { " Modifiers count at this level." } else { "" };
    let mut end = Page::bare(width);
    end.paragraph(&format!(
        "Which codes does this log support, and how many units of each?{modifiers} One line a code, such as 96365 1, 96375 x2 or 96372-59; an empty line ends; `nothing` where nothing is billed."
    ));
    format!("{}\n{}\n{pictures}{}", page.finish(), numbered(&exercise.source.text), end.finish())
}

/// The marks, the argument for what is wrong, and what it suggests.
#[must_use]
pub fn marks(case: &Case, marked: &Marked, width: usize) -> String {
    let steps = steps(case);
    let title = match (marked.all_right(), marked.marks.len()) {
        (true, 0) => "Right: nothing is billed.",
        (true, _) => "All right.",
        _ => "Not yet.",
    };
    let mut page = Page::new(title, width);
    let row = |mark: &crate::practice::mark::Mark| [units(&mark.item, mark.given), verdict(mark)];
    let rows: Vec<[String; 2]> = marked.marks.iter().map(row).collect();
    page.table(&rows);
    if marked.all_right() {
        return page.finish();
    }
    for recognised in &marked.recognised {
        page.paragraph(&suggestion(recognised));
    }
    let mut told: Vec<usize> = Vec::new();
    let mut wrong: Vec<&str> =
        marked.marks.iter().filter(|mark| mark.verdict() != Verdict::Right).map(|mark| mark.item.code.as_str()).collect();
    wrong.dedup();
    for code in wrong {
        let of_code = of_code(&steps, code);
        if !of_code.is_empty() {
            page.heading(&format!("Why {code}"));
            page.items(&of_code.iter().map(|step| said(step)).map(|text| harmless(&text).into_owned()).collect::<Vec<_>>());
        }
    }
    let mut beside: Vec<&super::Step> = Vec::new();
    if marked.recognised.is_empty() {
        beside.extend(steps.iter().filter(|step| is_beside(step)));
    }
    for recognised in &marked.recognised {
        beside.extend(of_misconception(&steps, recognised.misconception));
    }
    beside.retain(|step| {
        let new = !told.contains(&step.number);
        told.push(step.number);
        new
    });
    if !beside.is_empty() {
        page.heading("What bears on it");
        page.items(&beside.iter().map(|step| harmless(&said(step)).into_owned()).collect::<Vec<_>>());
    }
    page.finish()
}

/// Right and wrong by rule, then what was misread.
#[must_use]
pub fn progress(progress: &Progress, width: usize) -> String {
    let mut page = Page::new(&format!("{} exercises done", progress.done.len()), width);
    if progress.rules.is_empty() {
        page.paragraph("Nothing is marked yet: `hangtime practice` begins.");
        return page.finish();
    }
    page.heading("By rule (`hangtime practice T2` has more of one)");
    let score = |rule: &&Rule| progress.rules.contains_key(rule.id());
    let row = |rule: &Rule| {
        let score = progress.rules[rule.id()];
        [rule.id().to_owned(), format!("{} right", score.right), format!("{} wrong", score.wrong), rule.entry().title.clone()]
    };
    page.table(&Rule::ALL.iter().filter(score).map(row).collect::<Vec<_>>());
    let mut misread: Vec<(&Misconception, u32)> =
        Misconception::all().iter().filter_map(|one| Some((one, *progress.misconceptions.get(&one.id)?))).collect();
    misread.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    if !misread.is_empty() {
        page.heading("What your answers suggested");
        page.table(
            &misread.iter().map(|(one, times)| [format!("{times} times"), format!("{}. {}", one.name, one.says)]).collect::<Vec<_>>(),
        );
    }
    page.finish()
}
