//! The manner in which a file writes its events, read off those that it has.

use std::collections::BTreeMap;
use std::ops::Range;

use super::edit::line_start;
use crate::session::locate;

/// The longest name that a command writes, `Resume`: in a new list the brackets stand behind it.
const LONGEST_NAME: usize = 6;

/// How an event looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    pad: Pad,
    /// Between a field's name and its value.
    pub colon: &'static str,
    /// Between fields.
    pub comma: &'static str,
    /// Just within the brackets.
    pub inside: &'static str,
    /// Texts are `r"..."`.
    pub raw: bool,
}

/// What stands between an event's name and its bracket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pad {
    /// Blanks, so that the bracket stands in this column behind the name's first letter.
    Column(usize),
    /// So many blanks.
    Blanks(usize),
}

impl Style {
    /// Of the events at these places; of none, that of the format's own page.
    pub fn of(text: &str, events: &[Range<usize>], on_one_line: bool) -> Style {
        let last = events.last().map(|event| &text[event.clone()]);
        let bracket = |event: &str| event.find('(').map_or("", |at| &event[at + 1..]).to_owned();
        let inner = last.map(bracket).unwrap_or_default();
        let fields = events.last().map(|event| locate::entries(text, event.clone())).unwrap_or_default();
        let first = fields.first().and_then(|field| Some((field.key.clone()?, field.value.clone())));
        let starts_with_blank = |from: usize, mark: char| {
            let after = text[from..].trim_start().strip_prefix(mark);
            after.is_none_or(|after| after.starts_with(|c: char| c.is_whitespace()))
        };
        Style {
            pad: if events.is_empty() && !on_one_line { Pad::Column(LONGEST_NAME) } else { pad(text, events) },
            colon: if first.as_ref().is_none_or(|(key, _)| starts_with_blank(key.end, ':')) { ": " } else { ":" },
            comma: match fields.as_slice() {
                [first, _, ..] if !starts_with_blank(first.value.end, ',') => ",",
                _ => ", ",
            },
            inside: if inner.starts_with(' ') && inner.ends_with(" )") { " " } else { "" },
            raw: first.is_some_and(|(_, value)| text[value].starts_with('r')),
        }
    }

    /// An event's name with the blanks behind it.
    pub fn name(&self, name: &str) -> String {
        match self.pad {
            Pad::Column(column) => format!("{name:column$}"),
            Pad::Blanks(blanks) => format!("{name}{:blanks$}", ""),
        }
    }
}

/// Blanks where any event has them: up to the column in which most brackets stand, unless it is
/// always the same number of blanks.
fn pad(text: &str, events: &[Range<usize>]) -> Pad {
    let measured = |event: &Range<usize>| {
        let event = &text[event.clone()];
        let name = event.find(|c: char| !c.is_ascii_alphanumeric())?;
        let blanks = event[name..].find('(')?;
        event[name..name + blanks].chars().all(|c| c == ' ').then_some((name, blanks))
    };
    let all: Vec<(usize, usize)> = events.iter().filter_map(measured).collect();
    let Some((_, blanks)) = all.iter().find(|(_, blanks)| *blanks > 0) else {
        return Pad::Blanks(0);
    };
    let names: std::collections::BTreeSet<usize> = all.iter().map(|(name, _)| *name).collect();
    if names.len() > 1 && all.iter().all(|(_, other)| other == blanks) {
        return Pad::Blanks(*blanks);
    }
    let mut columns: BTreeMap<usize, usize> = BTreeMap::new();
    for (name, blanks) in &all {
        *columns.entry(name + blanks).or_default() += 1;
    }
    let most = columns.iter().max_by_key(|(_, times)| **times);
    most.map_or(Pad::Blanks(0), |(column, _)| Pad::Column(*column))
}

/// How the lines of a text end at a place: as the line before does, else as the first of the file.
pub fn line_end(text: &str, at: usize) -> &'static str {
    let before = text[..line_start(text, at)].strip_suffix('\n');
    let ends_with_return = match (before, text.split_once('\n')) {
        (Some(before), _) => before.ends_with('\r'),
        (None, Some((first, _))) => first.ends_with('\r'),
        (None, None) => false,
    };
    if ends_with_return { "\r\n" } else { "\n" }
}

/// The blanks that a step to the right takes: those before the session's first field beyond those
/// of its own line.
pub fn step(text: &str, session: &Range<usize>) -> String {
    const FOUR: &str = "    ";
    let outer = indent(text, session.start);
    let fields = locate::entries(text, session.clone());
    let first = fields.iter().filter_map(|field| field.key.as_ref()).find(|key| begins_line(text, key.start));
    let inner = first.and_then(|key| indent(text, key.start).strip_prefix(outer));
    inner.filter(|step| !step.is_empty()).unwrap_or(FOUR).to_owned()
}

/// The blanks that the line of a place begins with.
pub fn indent(text: &str, at: usize) -> &str {
    let line = &text[line_start(text, at)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Whether nothing but blanks stands before a place on its line.
pub fn begins_line(text: &str, at: usize) -> bool {
    text[line_start(text, at)..at].trim_matches([' ', '\t']).is_empty()
}
