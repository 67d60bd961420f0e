//! Why a value was refused, and in which words a person is told.

use std::fmt;
use std::ops::Range;

use serde::de;

use super::super::explain::{a_thing, amount, clipped, did_you_mean, listed, quoted, wanted};
use super::super::locate;
use super::super::parse::TextProblem;
use super::super::tokens::Tokens;

/// What was refused, and where.
#[derive(Debug)]
pub(super) struct Refusal {
    what: What,
    /// The innermost value that it concerns.
    at: Option<Range<usize>>,
    /// The field or name that the value belongs to.
    field: Option<String>,
    /// The struct or enum that holds it.
    outer: Option<&'static str>,
}

#[derive(Debug)]
pub(super) enum What {
    NoField(String, &'static [&'static str]),
    NoVariant(String, &'static [&'static str]),
    Lacks(&'static str),
    /// A field that stands twice, and where it stood first.
    Twice(&'static str, Option<Range<usize>>),
    /// A name that stands alone.
    Plain(String),
    /// A name without the fields that it needs.
    Bare(String),
    /// A check of our own, in its own words.
    Message(String),
    Other,
}

impl Refusal {
    pub(super) fn new(what: What) -> Self {
        Refusal { what, at: None, field: None, outer: None }
    }

    /// The innermost place counts.
    pub(super) fn at(mut self, range: &Range<usize>) -> Self {
        self.at.get_or_insert_with(|| range.clone());
        self
    }

    pub(super) fn of(mut self, field: &str) -> Self {
        self.field.get_or_insert_with(|| field.to_owned());
        self
    }

    pub(super) fn within(mut self, outer: &'static str) -> Self {
        self.outer.get_or_insert(outer);
        self
    }

    /// What lacks a field is underlined by its name.
    pub(super) fn lacking(mut self, name: &Range<usize>) -> Self {
        if matches!(self.what, What::Lacks(_)) {
            self.at = Some(name.clone());
        }
        self
    }

    /// Of the keys seen, the last is the one that stood before.
    pub(super) fn twice(mut self, text: &str, seen: &[Range<usize>]) -> Self {
        if let (What::Twice(_, first), None, Some((last, before))) = (&mut self.what, &self.at, seen.split_last()) {
            *first = before.iter().find(|key| text[(*key).clone()] == text[last.clone()]).cloned();
            self.at = Some(last.clone());
        }
        self
    }

    pub(super) fn explain(self, text: &str) -> TextProblem {
        let range = self.at.clone().unwrap_or(0..0);
        let outer = self.outer;
        match &self.what {
            What::NoField(found, expected) => {
                let help = match (outer, found.as_str()) {
                    (Some("Start"), "to" | "from" | "stop" | "end") => {
                        r#"a bag with both its times is written {"Infuse": {"from": ..., "to": ..., "drug": ...}}"#.to_owned()
                    }
                    _ => format!("it takes {}", listed(expected)),
                };
                let message = format!("{} has no field `{}`", a_thing(outer), clipped(found));
                TextProblem::new(range, message).label(did_you_mean(found, expected)).help(help)
            }
            What::NoVariant(found, expected) => {
                let kind = outer.unwrap_or("value").to_lowercase();
                TextProblem::new(range, format!("there is no {kind} `{}`", clipped(found)))
                    .label(did_you_mean(found, expected))
                    .help(format!("expected {}", listed(expected)))
            }
            What::Lacks(field) => {
                TextProblem::new(range, format!("{} lacks `{field}`", a_thing(outer))).label(format!("`{field}` takes {}", takes(field)))
            }
            What::Twice(field, first) => {
                let problem = TextProblem::new(range, format!("{} has `{field}` twice", a_thing(outer))).label("given again");
                match first {
                    Some(first) => problem.second(first.clone(), "first given here"),
                    None => problem,
                }
            }
            What::Plain(name) => TextProblem::new(range, format!("`{}` stands alone", clipped(name))).label(format!("write \"{name}\"")),
            What::Bare(name) => {
                TextProblem::new(range, format!("`{}` needs its fields", clipped(name))).label(format!("write {{\"{name}\": {{...}}}}"))
            }
            What::Message(message) => TextProblem::new(range, message.clone()),
            What::Other => match (outer, &self.field) {
                (Some("Event"), _) | (_, None) => {
                    TextProblem::new(range, "an event is one name and its fields").label(r#"write {"Start": {...}}"#)
                }
                (_, Some(field)) => wrong_value(text, field, range),
            },
        }
    }
}

/// A value of another kind than its field takes.
fn wrong_value(text: &str, field: &str, range: Range<usize>) -> TextProblem {
    let found = &text[range.clone()];
    let takes = takes(field);
    let inner = found.trim_matches('"');
    let is_plain = !found.starts_with(['{', '[']);
    let label = match takes {
        _ if found == "null" && matches!(field, "id" | "setting" | "date" | "events" | "at" | "from" | "to" | "drug") => {
            "nothing is given".to_owned()
        }
        _ if found == "null" => "leave the field out".to_owned(),
        "true or false" if matches!(&*inner.to_lowercase(), "yes" | "true" | "y") => "write true".to_owned(),
        "true or false" if matches!(&*inner.to_lowercase(), "no" | "false" | "n") => "write false".to_owned(),
        _ if takes.contains("in quotes") && is_plain => quoted(field, inner),
        _ if takes.starts_with("a list") && is_plain => format!("write [{}]", clipped(found)),
        "whole minutes, such as 2" | "how many, such as 4" if inner.starts_with('-') => "less than 0".to_owned(),
        _ if is_plain => match amount(field, inner) {
            Some(n) if field == "minutes" && n > 0.0 && n.fract() != 0.0 => format!("write {}: seconds are dropped", n.trunc()),
            Some(n) if n > f64::from(u32::MAX) => "out of range".to_owned(),
            Some(n) => format!("write {n}"),
            None => String::new(),
        },
        _ => String::new(),
    };
    TextProblem::new(range, format!("`{}` takes {takes}", clipped(field))).label(label)
}

/// What a field's value looks like in JSON.
fn takes(field: &str) -> &'static str {
    match field {
        "setting" => r#""Hospital" or "Office""#,
        "route" => r#""IV", "SC", "IM" or "IA""#,
        "pump" => r#""Portable" or "Implantable""#,
        "container" => r#""SingleDose" or "MultiDose""#,
        "cavity" => r#""Pleural", "Peritoneal", "Intrathecal", "Reservoir" or {"Lesions": 4}"#,
        "class" => r#"a class of drug, such as "Therapeutic""#,
        "drugs" => r#"a map, such as {"study drug 7": {"class": "Antineoplastic"}}"#,
        "sites" => r#"a map, such as {"R forearm": {}}"#,
        "circumstances" => r#"a list in square brackets, such as ["Disaster"]"#,
        "events" => r#"a list in square brackets, such as [{"FlushPort": {"at": "09:05"}}]"#,
        // The name of an event, a drug or a site.
        name if name.starts_with(char::is_uppercase) && name != "Lesions" || wanted(name) == "another value" => {
            r#"its fields, such as {"at": "09:05"}"#
        }
        name => wanted(name),
    }
}

/// A line that is JSON, and no object.
pub(super) fn no_object(text: &str) -> TextProblem {
    let first = Tokens::new(text, 0).next().map_or(0..0, |token| token.range());
    let problem = TextProblem::new(first.clone(), "a line holds one session, `{...}`");
    match &text[first] {
        "[" => problem.label("this is a list").help("`jq -c '.[]'` takes a list apart, one session a line"),
        _ => problem.label("this is no session"),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for Refusal {}

impl de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Refusal::new(What::Message(message.to_string()))
    }

    fn invalid_type(_: de::Unexpected, _: &dyn de::Expected) -> Self {
        Refusal::new(What::Other)
    }

    fn invalid_value(_: de::Unexpected, _: &dyn de::Expected) -> Self {
        Refusal::new(What::Other)
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Refusal::new(What::Other)
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        Refusal::new(What::NoVariant(found.to_owned(), expected))
    }

    fn unknown_field(found: &str, expected: &'static [&'static str]) -> Self {
        Refusal::new(What::NoField(found.to_owned(), expected))
    }

    fn missing_field(field: &'static str) -> Self {
        Refusal::new(What::Lacks(field))
    }

    fn duplicate_field(field: &'static str) -> Self {
        Refusal::new(What::Twice(field, None))
    }
}

/// A place in the text where `serde_json` stopped: the token there, or the end.
pub(super) fn here(text: &str, at: usize) -> Range<usize> {
    let end = text.trim_end().len();
    Tokens::new(text, at).next().map_or(end..end, |token| token.range())
}

/// The byte at which `serde_json` stopped; it counts lines and, within one, bytes, from 1.
pub(super) fn stopped(text: &str, error: &serde_json::Error) -> usize {
    let line = locate::offset(text, error.line(), 1);
    text.floor_char_boundary((line + error.column().saturating_sub(1)).min(text.len()))
}
