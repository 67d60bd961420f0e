//! A form as lines: a question a line, what may be chosen beside it.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::form::{Answer, Field, Form, What};
use super::ink::{Ink, Manner};

/// Columns before an answer.
const LABELS: usize = 13;

/// Narrower than this, choices stand below their question.
const WIDE: usize = 64;

/// Below a question there is room for so many choices.
const MOST_BELOW: usize = 3;

/// Lines, and the cursor's column and line among them.
#[derive(Debug, Default)]
pub struct Drawn {
    pub lines: Vec<Line<'static>>,
    pub cursor: Option<(usize, usize)>,
}

/// Draws a form into at most so many lines; the active question is always among them.
pub fn draw(title: &str, form: &Form, width: usize, most: usize, manner: Manner) -> Drawn {
    let mut drawn = Drawn::default();
    let has_title = most > form.fields.len();
    if has_title {
        drawn.lines.push(manner.rule(title, width));
    }
    let rows = most.saturating_sub(usize::from(has_title)).max(1);
    let choices = choices(form);
    let below = if width < WIDE { choices.len().min(MOST_BELOW).min(rows.saturating_sub(1)) } else { 0 };
    let shown = rows - below;
    let from = (form.active + 1).saturating_sub(shown);
    let column = width / 2;
    for (at, field) in form.fields.iter().enumerate().skip(from).take(shown) {
        let is_active = at == form.active;
        let room = if width < WIDE || choices.is_empty() { width } else { column };
        if is_active {
            drawn.cursor = cursor(field, room).map(|column| (column, drawn.lines.len()));
        }
        drawn.lines.push(question(field, is_active, room, manner));
        if is_active && below > 0 {
            let first = choices.iter().position(|(_, is_chosen)| *is_chosen).unwrap_or(0);
            let seen = choices.iter().skip(first.min(choices.len() - below)).take(below);
            drawn.lines.extend(seen.map(|choice| beside(choice, LABELS, width, manner)));
        }
    }
    if width >= WIDE {
        let first = usize::from(has_title);
        let rows = shown.max(choices.len().min(rows));
        drawn.lines.resize(drawn.lines.len().max(first + choices.len().min(rows)), Line::default());
        for (line, choice) in drawn.lines.iter_mut().skip(first).zip(&choices) {
            let gap = column.saturating_sub(line.width());
            line.push_span(Span::raw(" ".repeat(gap)));
            line.spans.extend(beside(choice, 0, width - column, manner).spans);
        }
    }
    drawn
}

fn question(field: &Field, is_active: bool, room: usize, manner: Manner) -> Line<'static> {
    let sign = if is_active { ">" } else { " " };
    let label = format!(" {sign} {:<width$}", field.what.label(), width = LABELS - 3);
    let room = room.saturating_sub(LABELS + 1);
    let mut line = Line::from(manner.span(&label, if is_active { Ink::Bold } else { Ink::Plain }));
    match &field.answer {
        Answer::Typed(text, _) if text.is_empty() => line.push_span(manner.span(&manner.fit(field.what.example(), room), Ink::Dim)),
        Answer::Typed(text, cursor) => line.push_span(manner.span(&window(text, *cursor, room).0, Ink::Plain)),
        Answer::OneOf(all, chosen) => {
            let many = if all.len() > 1 { format!("  ({} of {})", chosen + 1, all.len()) } else { String::new() };
            line.push_span(
                manner.span(&manner.fit(field.text(), room.saturating_sub(many.len())), if is_active { Ink::Bold } else { Ink::Plain }),
            );
            line.push_span(manner.span(&many, Ink::Dim));
        }
    }
    line
}

/// Where the cursor stands; only words have one.
fn cursor(field: &Field, room: usize) -> Option<usize> {
    match &field.answer {
        Answer::Typed(text, cursor) => Some(LABELS + window(text, *cursor, room.saturating_sub(LABELS + 1)).1),
        Answer::OneOf(..) => None,
    }
}

/// The part of a text that is seen, and the cursor's column in it.
fn window(text: &str, cursor: usize, room: usize) -> (String, usize) {
    let before: Vec<char> = text.chars().take(cursor).collect();
    let mut from = 0;
    let width = |chars: &[char]| chars.iter().collect::<String>().width();
    while from < before.len() && width(&before[from..]) > room {
        from += 1;
    }
    (text.chars().skip(from).collect(), width(&before[from..]))
}

/// What can be chosen at the active question, and which is.
fn choices(form: &Form) -> Vec<(String, bool)> {
    let field = form.field();
    match &field.answer {
        Answer::OneOf(all, chosen) if all.len() > 1 => {
            all.iter().enumerate().map(|(at, one)| (format!("{} {one}", at + 1), at == *chosen)).collect()
        }
        Answer::Typed(..) if matches!(field.what, What::Drug | What::Reason) => {
            let told = form.names.iter().map(|name| match &name.generic {
                Some(generic) => format!("{} ({generic})", name.name),
                None => name.name.clone(),
            });
            told.enumerate().map(|(at, told)| (told, form.chosen == Some(at))).collect()
        }
        _ => Vec::new(),
    }
}

fn beside((words, is_chosen): &(String, bool), indent: usize, width: usize, manner: Manner) -> Line<'static> {
    let words = manner.fit(words, width.saturating_sub(indent + 1));
    Line::from(vec![Span::raw(" ".repeat(indent)), manner.span(&words, if *is_chosen { Ink::Chosen } else { Ink::Dim })])
}
