//! A second opinion: the same rules, worked out minute by minute in plain and slow code that shares
//! nothing with the engine but the shape of the log. Where the two disagree, one of them is wrong.
//!
//! Read in this order: `runs` (events to runs), `coder` (runs to units), `claim` (units to lines).
//! It gives no messages, and no drug lines.
#![allow(dead_code, unused_imports)]

pub mod claim;
pub mod coder;
pub mod facts;
pub mod generate;
#[cfg(test)]
mod published;
pub mod runs;

use chrono::NaiveDate;
use hangtime::session::log::Session;
use std::collections::BTreeMap;

/// The contested points, by name.
#[derive(Debug, Clone)]
pub struct Policies {
    pub overlap: String,
    pub concurrent_minimum: String,
    pub initial_tie: String,
    pub same_drug: String,
    pub hydration_gaps: String,
    pub push_minutes: String,
    pub missing_stop: String,
    pub repeat_push_after: String,
    pub midnight: String,
    pub site_modifier: String,
    pub encounter_modifier: String,
    pub ptp_modifier: String,
    pub home_pump: String,
    pub complex_biologics: String,
    pub stopped_early: String,
    pub mue: String,
}

/// Each policy with its values, the default first.
pub const VALUES: &[(&str, &[&str])] = &[
    ("overlap", &["deduct", "majority", "any", "none"]),
    ("concurrent_minimum", &["1", "16"]),
    ("initial_tie", &["longest", "first"]),
    ("same_drug", &["add_per_day", "add_per_stay", "each_run"]),
    ("hydration_gaps", &["add", "each_segment"]),
    ("push_minutes", &["deduct", "keep"]),
    ("missing_stop", &["push", "not_billable"]),
    ("repeat_push_after", &["31", "30"]),
    ("midnight", &["service_start", "unit_start"]),
    ("site_modifier", &["XS", "59"]),
    ("encounter_modifier", &["XE", "59"]),
    ("ptp_modifier", &["59", "XS", "XU"]),
    ("home_pump", &["96416", "g0498"]),
    ("complex_biologics", &["cms_2024", "therapeutic"]),
    ("stopped_early", &["elapsed", "intended_53"]),
    ("mue", &["flag", "cap"]),
];

impl Default for Policies {
    fn default() -> Self {
        let first = |name: &str| {
            let found = VALUES.iter().find(|v| v.0 == name).expect("a policy");
            found.1[0].to_owned()
        };
        Policies {
            overlap: first("overlap"),
            concurrent_minimum: first("concurrent_minimum"),
            initial_tie: first("initial_tie"),
            same_drug: first("same_drug"),
            hydration_gaps: first("hydration_gaps"),
            push_minutes: first("push_minutes"),
            missing_stop: first("missing_stop"),
            repeat_push_after: first("repeat_push_after"),
            midnight: first("midnight"),
            site_modifier: first("site_modifier"),
            encounter_modifier: first("encounter_modifier"),
            ptp_modifier: first("ptp_modifier"),
            home_pump: first("home_pump"),
            complex_biologics: first("complex_biologics"),
            stopped_early: first("stopped_early"),
            mue: first("mue"),
        }
    }
}

impl Policies {
    pub fn set(&mut self, name: &str, value: &str) {
        let known = VALUES.iter().find(|v| v.0 == name).unwrap_or_else(|| panic!("no policy `{name}`"));
        assert!(known.1.contains(&value), "policy `{name}` has no value `{value}`");
        *self.field(name) = value.to_owned();
    }

    pub fn get(&self, name: &str) -> String {
        self.clone().field(name).clone()
    }

    fn field(&mut self, name: &str) -> &mut String {
        match name {
            "overlap" => &mut self.overlap,
            "concurrent_minimum" => &mut self.concurrent_minimum,
            "initial_tie" => &mut self.initial_tie,
            "same_drug" => &mut self.same_drug,
            "hydration_gaps" => &mut self.hydration_gaps,
            "push_minutes" => &mut self.push_minutes,
            "missing_stop" => &mut self.missing_stop,
            "repeat_push_after" => &mut self.repeat_push_after,
            "midnight" => &mut self.midnight,
            "site_modifier" => &mut self.site_modifier,
            "encounter_modifier" => &mut self.encounter_modifier,
            "ptp_modifier" => &mut self.ptp_modifier,
            "home_pump" => &mut self.home_pump,
            "complex_biologics" => &mut self.complex_biologics,
            "stopped_early" => &mut self.stopped_early,
            "mue" => &mut self.mue,
            _ => panic!("no policy `{name}`"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Billable,
    Held,
    Error,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    pub date: NaiveDate,
    pub code: String,
    pub modifiers: Vec<String>,
    pub units: u32,
}

/// Drug and rule, and the minutes that went there.
pub type Unbilled = BTreeMap<(String, String), u32>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: Status,
    pub lines: Vec<Line>,
    pub unbilled: Unbilled,
}

/// Codes sessions that were given together, one answer each, in the order given.
pub fn code(sessions: &[Session], policies: &Policies) -> Vec<Answer> {
    let coded = sessions.iter().map(|session| {
        let chart = runs::read(session, policies)?;
        let coded = coder::code(session, &chart, policies)?;
        Ok((chart, coded))
    });
    claim::bill(sessions, coded.collect(), policies)
}

pub use generate::random_encounter;
