//! A log as it grows: events of any order, written in clock order.

use std::fmt::Write as _;

use chrono::{Days, NaiveDate};

use super::dice::Dice;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// A chart that a nurse keeps. Minutes are those from the midnight before the session.
pub struct Chart {
    pub dice: Dice,
    /// What happened, sentence by sentence.
    pub story: Vec<String>,
    pub office: bool,
    pub unit: &'static str,
    pub reason: Option<&'static str>,
    /// What the session says of drugs and sites, each a line.
    pub says: Vec<String>,
    events: Vec<(i64, String, Kind)>,
}

/// What a line may be chosen by, when the record gets a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Stop(String),
    Other,
}

impl Chart {
    pub fn new(dice: Dice) -> Self {
        Chart { dice, story: Vec::new(), office: false, unit: "Infusion centre", reason: None, says: Vec::new(), events: Vec::new() }
    }

    pub fn tell(&mut self, sentence: impl Into<String>) {
        self.story.push(sentence.into());
    }

    fn event(&mut self, at: i64, kind: Kind, line: String) {
        self.events.push((at, line, kind));
    }

    /// A bag that hangs; `more` are further fields.
    pub fn start(&mut self, at: i64, drug: &str, more: &str) {
        self.event(at, Kind::Other, format!("Start (at: \"{}\", drug: \"{drug}\"{})", clock(at), fields(more)));
    }

    pub fn stop(&mut self, at: i64, drug: &str) {
        self.event(at, Kind::Stop(drug.to_owned()), format!("Stop  (at: \"{}\", drug: \"{drug}\")", clock(at)));
    }

    /// A bag that runs for so long; returns when it ends.
    pub fn infuse(&mut self, at: i64, minutes: i64, drug: &str, more: &str) -> i64 {
        self.start(at, drug, more);
        self.stop(at + minutes, drug);
        at + minutes
    }

    pub fn pause(&mut self, at: i64, minutes: i64, drug: &str) {
        self.event(at, Kind::Other, format!("Pause (at: \"{}\", drug: \"{drug}\")", clock(at)));
        self.event(at + minutes, Kind::Other, format!("Resume(at: \"{}\", drug: \"{drug}\")", clock(at + minutes)));
    }

    /// A push; returns when it is done.
    pub fn push(&mut self, at: i64, minutes: i64, drug: &str, dose: &str) -> i64 {
        let line = format!("Push  (at: \"{}\", drug: \"{drug}\", minutes: {minutes}, dose: \"{dose}\")", clock(at));
        self.event(at, Kind::Other, line);
        at + minutes
    }

    pub fn inject(&mut self, at: i64, drug: &str, route: &str, dose: &str) {
        let line = format!("Inject(at: \"{}\", drug: \"{drug}\", route: {route}, dose: \"{dose}\")", clock(at));
        self.event(at, Kind::Other, line);
    }

    pub fn other(&mut self, at: i64, name: &str, more: &str) {
        self.event(at, Kind::Other, format!("{name}(at: \"{}\"{})", clock(at), fields(more)));
    }

    pub fn note(&mut self, at: i64, text: &str) {
        self.other(at, "Note  ", &format!("text: \"{text}\""));
    }

    /// Leaves out one stop of a drug that would be a push without it; returns which.
    pub fn lose_a_stop(&mut self, of: &[&str]) -> Option<String> {
        let is_one = |kind: &Kind| matches!(kind, Kind::Stop(drug) if of.contains(&drug.as_str()));
        // A drug that hangs again would contradict itself without the stop between.
        let is_only = |at: usize| self.events.iter().filter(|(.., kind)| *kind == self.events[at].2).count() == 1;
        let places: Vec<usize> = (0..self.events.len()).filter(|at| is_one(&self.events[*at].2) && is_only(*at)).collect();
        if places.is_empty() {
            return None;
        }
        let place = *self.dice.pick(&places);
        match self.events.remove(place) {
            (_, _, Kind::Stop(drug)) => Some(drug),
            _ => None,
        }
    }

    /// The log.
    pub fn text(mut self, id: &str, date: NaiveDate) -> String {
        self.events.sort_by_key(|(at, ..)| *at);
        let setting = if self.office { "Office" } else { "Hospital" };
        let mut text = format!("Session(\n    id: \"{id}\",\n    setting: {setting},\n    date: \"{date}\",\n");
        let _ = writeln!(text, "    unit: \"{}\",", self.unit);
        if let Some(reason) = self.reason.filter(|_| self.office) {
            let _ = writeln!(text, "    reason: \"{reason}\",");
        }
        for said in &self.says {
            let _ = writeln!(text, "    {said},");
        }
        text.push_str("    events: [\n");
        for (_, line, _) in &self.events {
            let _ = writeln!(text, "        {line},");
        }
        text.push_str("    ],\n)\n");
        text
    }

    /// A day of the year in which the codes and edits are those at hand.
    pub fn date(&mut self) -> NaiveDate {
        let day = u64::try_from(self.dice.between(0, 270)).unwrap_or(0);
        let first = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default();
        first.checked_add_days(Days::new(day)).unwrap_or(first)
    }
}

/// "09:05", the day after "+1 09:05".
fn clock(at: i64) -> String {
    let (day, minute) = (at.div_euclid(DAY), at.rem_euclid(DAY));
    let time = format!("{:02}:{:02}", minute / 60, minute % 60);
    if day == 0 { time } else { format!("+{day} {time}") }
}

fn fields(more: &str) -> String {
    if more.is_empty() { String::new() } else { format!(", {more}") }
}

/// A time of day.
pub const fn at(hour: i64, minute: i64) -> i64 {
    hour * 60 + minute
}
