//! A session as a log's text, in the manner of the samples.

use std::fmt::Write as _;

use rust_decimal::Decimal;

use super::Log;
use super::chain::Timed;
use super::draft::{Draft, Kind};
use super::sessions::time_text;
use crate::session::log::{Class, Route, Setting};
use crate::show::excerpt::{harmless, tame};
use crate::timeline::calendar::Calendar;

/// What a session's text is made of.
pub struct Written<'s> {
    pub id: &'s str,
    pub setting: Setting,
    pub zone: Option<&'static str>,
    pub patient: Option<&'s str>,
    pub unit: Option<&'s str>,
    pub drugs: &'s [(String, Class)],
    /// Comments that stand in front.
    pub remarks: &'s [String],
    pub calendar: &'s Calendar,
    pub events: &'s [Timed],
}

/// One `Session(...)`, without a new line at its end.
pub fn session(written: &Written) -> String {
    let mut text = String::new();
    for remark in written.remarks {
        let _ = writeln!(text, "// {}", harmless(remark));
    }
    let _ = writeln!(text, "Session(\n    id: {},\n    setting: {:?},", exact(written.id), written.setting);
    let _ = writeln!(text, "    date: \"{}\",", written.calendar.session_date());
    for (field, value) in [("zone", written.zone), ("patient", written.patient), ("unit", written.unit)] {
        if let Some(value) = value {
            let _ = writeln!(text, "    {field}: {},", exact(value));
        }
    }
    if !written.drugs.is_empty() {
        text.push_str("    drugs: {\n");
        for (name, class) in written.drugs {
            let _ = writeln!(text, "        {}: (class: {class:?}),", quoted(name));
        }
        text.push_str("    },\n");
    }
    text.push_str("    events: [\n");
    let lines: Vec<(&str, String, String)> = written.events.iter().map(|timed| line(timed, written.calendar)).collect();
    let width = lines.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    for (name, fields, remark) in lines {
        let _ = write!(text, "        {name:width$}({fields}),");
        text.push_str(if remark.is_empty() { "" } else { "   // " });
        text.push_str(&remark);
        text.push('\n');
    }
    text.push_str("    ],\n)");
    text
}

/// A list of logs as one file.
pub fn list<'l>(logs: impl Iterator<Item = &'l Log>) -> String {
    let mut text = String::from("[\n");
    for log in logs {
        for line in log.text.lines() {
            let _ = writeln!(text, "    {line}");
        }
        text.truncate(text.len() - 1);
        text.push_str(",\n");
    }
    text.push_str("]\n");
    text
}

fn line<'t>(timed: &'t Timed, calendar: &Calendar) -> (&'t str, String, String) {
    let times = (time_text(timed.at, calendar), timed.to.map(|to| time_text(to, calendar)));
    let (name, fields) = event(&timed.draft, &times.0, times.1.as_deref(), timed.to.map(|to| to.since(timed.at)));
    let remarks: Vec<_> = timed.draft.remarks.iter().map(|remark| harmless(remark).into_owned()).collect();
    (name, fields, remarks.join("; "))
}

/// An event's name and its fields.
pub fn event(draft: &Draft, at: &str, to: Option<&str>, minutes: Option<i64>) -> (&'static str, String) {
    let mut fields = Fields(String::new());
    let name = match (draft.kind, to) {
        (Kind::Run, Some(_)) => "Infuse",
        (Kind::Run, None) => "Start",
        (Kind::Stop, _) => "Stop",
        (Kind::Pause, _) => "Pause",
        (Kind::Resume, _) => "Resume",
        (Kind::Check, _) => "Check",
        (Kind::Rate, _) => "Rate",
        (Kind::Push, _) => "Push",
        (Kind::Inject, _) => "Inject",
        (Kind::OnBodyInjector, _) => "OnBodyInjector",
        (Kind::FlushPort, _) => "FlushPort",
        (Kind::Transfuse, _) => "Transfuse",
        (Kind::Note, _) => "Note",
    };
    match to.filter(|_| draft.kind == Kind::Run) {
        Some(to) => fields.text("from", Some(at)).text("to", Some(to)),
        None => fields.text("at", Some(at)),
    };
    let site = draft.site.as_deref();
    match draft.kind {
        Kind::FlushPort => {}
        Kind::Transfuse => drop(fields.text("product", Some(&draft.drug))),
        Kind::Note => drop(fields.text("text", Some(&draft.drug))),
        Kind::Stop | Kind::Pause | Kind::Resume | Kind::Check => drop(fields.text("drug", Some(&draft.drug)).text("site", site)),
        Kind::Rate => drop(fields.text("drug", Some(&draft.drug)).number("ml_per_h", draft.rate_ml_per_h).text("site", site)),
        Kind::Push => {
            let minutes = minutes.filter(|minutes| *minutes > 0).map(Decimal::from);
            fields.text("drug", Some(&draft.drug)).text("site", site).number("minutes", minutes).amounts(draft);
        }
        Kind::OnBodyInjector => fields.text("drug", Some(&draft.drug)).text("site", site).amounts(draft),
        Kind::Inject => {
            fields.text("drug", Some(&draft.drug)).word("route", Some(format!("{:?}", draft.route))).text("site", site).amounts(draft)
        }
        Kind::Run => {
            let route = (draft.route != Route::IV).then(|| format!("{:?}", draft.route));
            fields.text("drug", Some(&draft.drug)).text("site", site).word("route", route);
            fields.number("volume_ml", draft.volume_ml).number("rate_ml_per_h", draft.rate_ml_per_h).amounts(draft);
        }
    }
    (name, fields.0)
}

/// Fields in the making, each `name: value`.
struct Fields(String);

impl Fields {
    fn word(&mut self, name: &str, value: Option<String>) -> &mut Self {
        if let Some(value) = value {
            let comma = if self.0.is_empty() { "" } else { ", " };
            let _ = write!(self.0, "{comma}{name}: {value}");
        }
        self
    }

    fn text(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        self.word(name, value.map(quoted))
    }

    fn number(&mut self, name: &str, value: Option<Decimal>) -> &mut Self {
        self.word(name, value.map(|value| value.normalize().to_string()))
    }

    fn amounts(&mut self, draft: &Draft) {
        self.text("dose", draft.dose.as_ref().map(ToString::to_string).as_deref());
        self.text("waste", draft.waste.as_ref().map(ToString::to_string).as_deref());
    }
}

/// A text as RON writes it, on one line and with nothing that a terminal would obey.
fn quoted(text: &str) -> String {
    exact(&text.chars().map(|c| if tame(c) == ' ' { ' ' } else { c }).collect::<String>())
}

/// The same to the character: of two names that differ, what is written differs too.
fn exact(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if tame(c) == c => quoted.push(c),
            c => quoted.extend(c.escape_unicode()),
        }
    }
    quoted.push('"');
    quoted
}
