//! An event as text, in the manner of the file.

use std::fmt::Write as _;

use super::style::Style;
use crate::session::log::{Container, Event, Pump, Route};

/// A field's value.
enum Value {
    Text(String),
    Word(String),
}

/// The fields of an event, those left out that say nothing.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn text(self, name: &'static str, text: &str) -> Self {
        self.maybe(name, Some(text))
    }

    fn maybe(mut self, name: &'static str, text: Option<&str>) -> Self {
        self.0.extend(text.map(|text| (name, Value::Text(text.to_owned()))));
        self
    }

    fn word(mut self, name: &'static str, word: Option<impl ToString>) -> Self {
        self.0.extend(word.map(|word| (name, Value::Word(word.to_string()))));
        self
    }

    fn flag(self, name: &'static str, is: bool) -> Self {
        self.word(name, is.then_some("true"))
    }

    fn packed(self, dose: Option<&str>, waste: Option<&str>, container: Option<Container>) -> Self {
        let container = container.map(|container| format!("{container:?}"));
        self.maybe("dose", dose).maybe("waste", waste).word("container", container)
    }
}

/// The event as one line, without indentation and comma; `None` for a kind that no command writes.
pub fn line(event: &Event, style: &Style) -> Option<String> {
    let (name, fields) = fields(event)?;
    let mut line = style.name(name);
    line.push('(');
    line.push_str(style.inside);
    for (nth, (name, value)) in fields.0.iter().enumerate() {
        let between = if nth > 0 { style.comma } else { "" };
        let _ = write!(line, "{between}{name}{}", style.colon);
        match value {
            Value::Text(text) => line.push_str(&quoted(text, style.raw)),
            Value::Word(word) => line.push_str(word),
        }
    }
    line.push_str(style.inside);
    line.push(')');
    Some(line)
}

fn fields(event: &Event) -> Option<(&'static str, Fields)> {
    let when = |at: &str, drug: &str| Fields::default().text("at", at).text("drug", drug);
    let pump = |pump: Option<Pump>| pump.map(|pump| format!("{pump:?}"));
    Some(match event {
        Event::Start(e) => {
            let route = (e.route != Route::default()).then(|| format!("{:?}", e.route));
            let hung = when(&e.at, &e.drug).maybe("site", e.site.as_deref()).word("route", route).word("pump", pump(e.pump));
            let flows = hung.flag("continues_at_home", e.continues_at_home).word("volume_ml", e.volume_ml);
            let flows = flows.word("rate_ml_per_h", e.rate_ml_per_h);
            ("Start", flows.packed(e.dose.as_deref(), e.waste.as_deref(), e.container))
        }
        Event::Stop(e) => {
            let ended = when(&e.at, &e.drug).maybe("site", e.site.as_deref()).word("pump", pump(e.pump));
            ("Stop", ended.flag("reaction", e.reaction))
        }
        Event::Pause(e) => ("Pause", when(&e.at, &e.drug).maybe("site", e.site.as_deref())),
        Event::Resume(e) => ("Resume", when(&e.at, &e.drug).maybe("site", e.site.as_deref())),
        Event::Check(e) => ("Check", when(&e.at, &e.drug).maybe("site", e.site.as_deref())),
        Event::Rate(e) => ("Rate", when(&e.at, &e.drug).word("ml_per_h", Some(e.ml_per_h)).maybe("site", e.site.as_deref())),
        Event::Push(e) => {
            let pushed = when(&e.at, &e.drug).maybe("site", e.site.as_deref()).word("minutes", e.minutes);
            ("Push", pushed.packed(e.dose.as_deref(), e.waste.as_deref(), e.container))
        }
        Event::Inject(e) => {
            let route = format!("{:?}", e.route);
            let given = when(&e.at, &e.drug).word("route", Some(route)).maybe("site", e.site.as_deref());
            ("Inject", given.packed(e.dose.as_deref(), e.waste.as_deref(), e.container))
        }
        Event::Note(e) => ("Note", Fields::default().text("at", &e.at).text("text", &e.text)),
        _ => return None,
    })
}

/// A text in quotes. What an editor would not show, or a terminal obey, is written as an escape.
pub fn quoted(text: &str, raw: bool) -> String {
    let tame = crate::show::excerpt::harmless(text) == text;
    if raw && tame && !text.contains('"') {
        return format!("r\"{text}\"");
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if !tame && crate::show::excerpt::harmless(c.encode_utf8(&mut [0; 4])) != c.to_string() => {
                let _ = write!(quoted, "\\u{{{:X}}}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
