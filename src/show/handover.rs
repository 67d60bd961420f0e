//! The hand-over of a log, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::excerpt::harmless;
use super::spot::Spotter;
use crate::Source;
use crate::session::log::Session;
use crate::timeline::Running;
use crate::writing::handover::{Handover, Lack};
use crate::writing::times::{lasting, told};

/// A log whose hand-over is shown.
pub struct Shown<'h> {
    /// The file and its text.
    pub source: &'h Source,
    /// Which session of the file.
    pub number: usize,
    /// The session.
    pub session: &'h Session,
    /// Its state.
    pub handover: &'h Handover,
}

impl Shown<'_> {
    /// For people, in lines of at most this width.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let (session, handover) = (self.session, self.handover);
        let mut head = vec![self.source.name.clone(), session.id.clone(), format!("{:?}", session.setting).to_lowercase()];
        head.extend(session.patient.clone());
        head.push(handover.calendar.wall(handover.now).format("%a %-d %b %Y %H:%M").to_string());
        let mut text = format!("{}\n\n", harmless(&head.join("   ")));
        if handover.running.is_empty() {
            text.push_str("Nothing runs.\n");
        } else {
            text.push_str("Running:\n");
            self.runs(&mut text);
        }
        for run in &handover.at_home {
            let line = format!("  {} went home on its pump, since {}", run.written, told(run.since, &handover.calendar));
            let _ = writeln!(text, "{}", harmless(&line));
        }
        if handover.lacks.is_empty() {
            text.push_str("\nThe record lacks nothing that can be seen from here.\n");
            return text;
        }
        text.push_str("\nTo look at before you hand over:\n");
        let spotter = Spotter::new(self.source);
        for lack in &handover.lacks {
            let line = self.line(lack, &spotter).map(|line| format!(" (line {line})")).unwrap_or_default();
            wrap(&mut text, "  - ", &format!("{}{line}", lack.text), width);
            if let Some(help) = &lack.help {
                wrap(&mut text, "      ", help, width);
            }
        }
        text
    }

    fn runs(&self, text: &mut String) {
        let handover = self.handover;
        let name = |run: &Running| harmless(&run.written).into_owned();
        let site = |run: &Running| run.site.as_deref().map(|site| harmless(site).into_owned()).unwrap_or_default();
        let widest = |of: &dyn Fn(&Running) -> String| handover.running.iter().map(|run| of(run).chars().count()).max().unwrap_or(0);
        let (names, sites) = (widest(&name), widest(&site));
        for run in &handover.running {
            let since = told(run.since, &handover.calendar);
            let state = match run.paused {
                Some(paused) => format!("held since {}", told(paused, &handover.calendar)),
                None => lasting(handover.now.since(run.since).max(0)),
            };
            let site = if sites > 0 { format!("{:sites$}  ", site(run)) } else { String::new() };
            let _ = writeln!(text, "  {:names$}  {site}since {since}, {state}", name(run));
        }
    }

    fn line(&self, lack: &Lack, spotter: &Spotter) -> Option<usize> {
        spotter.line_column(self.number, &lack.place).map(|(line, _)| line)
    }

    /// For programs: one object.
    #[must_use]
    pub fn json(&self) -> String {
        let handover = self.handover;
        let spotter = Spotter::new(self.source);
        let object = Object {
            file: &self.source.name,
            session: &self.session.id,
            setting: format!("{:?}", self.session.setting).to_lowercase(),
            patient: self.session.patient.as_deref(),
            now: handover.calendar.stamp(handover.now),
            running: handover.running.iter().map(|run| RunObject::of(run, handover)).collect(),
            at_home: handover.at_home.iter().map(|run| RunObject::of(run, handover)).collect(),
            lacks: handover
                .lacks
                .iter()
                .map(|lack| LackObject { what: lack.what, text: &lack.text, help: lack.help.as_deref(), line: self.line(lack, &spotter) })
                .collect(),
        };
        super::json::escaped(serde_json::to_string_pretty(&object).unwrap_or_default()) + "\n"
    }
}

/// What programs read, its keys in this order.
#[derive(Serialize)]
struct Object<'h> {
    file: &'h str,
    session: &'h str,
    setting: String,
    patient: Option<&'h str>,
    now: String,
    running: Vec<RunObject<'h>>,
    at_home: Vec<RunObject<'h>>,
    lacks: Vec<LackObject<'h>>,
}

#[derive(Serialize)]
struct RunObject<'h> {
    drug: &'h str,
    written: &'h str,
    site: Option<&'h str>,
    since: String,
    minutes_since: i64,
    held_since: Option<String>,
    runs_off: Option<String>,
    last_check: Option<String>,
}

#[derive(Serialize)]
struct LackObject<'h> {
    what: &'static str,
    text: &'h str,
    help: Option<&'h str>,
    line: Option<usize>,
}

impl<'h> RunObject<'h> {
    fn of(run: &'h Running, handover: &Handover) -> Self {
        let stamp = |at| handover.calendar.stamp(at);
        RunObject {
            drug: &run.name,
            written: &run.written,
            site: run.site.as_deref(),
            since: stamp(run.since),
            minutes_since: handover.now.since(run.since),
            held_since: run.paused.map(stamp),
            runs_off: run.runs_off.map(stamp),
            last_check: run.last_check.map(stamp),
        }
    }
}

/// Words in lines of at most a width, the first behind a mark, the others below its end.
fn wrap(text: &mut String, mark: &str, words: &str, width: usize) {
    let words = harmless(words);
    let mut line = mark.to_owned();
    for word in words.split(' ') {
        let is_first = line.trim_end().len() <= mark.trim_end().len();
        if !is_first && line.chars().count() + 1 + word.chars().count() > width {
            let _ = writeln!(text, "{line}");
            line = " ".repeat(mark.len());
        } else if !is_first {
            line.push(' ');
        }
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}
