//! The argument for a bill: a numbered chain from what the record shows to every unit and every
//! minute that earns none, each step with its rules and the log's lines it rests on.

mod drugs;
mod given;
mod markdown;
mod text;
mod units;
mod words;

use serde::Serialize;

use super::spot::Spotter;
use super::view::{setting_word, status_word};
use crate::claim::Claim;
use crate::reference::{Reference, Rule};
use crate::session::finding::Place;
use crate::session::log::{Event, Session};
use crate::{Bill, Source};

pub use markdown::markdown;
pub use text::text;

/// The argument for one session's bill; printed as it stands it is the JSON.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The session's name.
    pub session: String,
    /// Hospital or office.
    pub setting: Option<&'static str>,
    /// The policies in force.
    pub profile: String,
    /// Billable, held or error.
    pub status: &'static str,
    /// The log.
    pub file: String,
    /// The steps, numbered through.
    pub steps: Vec<Step>,
    /// Every rule that a step rests on, with who published it.
    pub rules: Vec<Cited>,
}

/// One step of an argument.
#[derive(Debug, Clone, Serialize)]
pub struct Step {
    /// From 1, through all parts.
    pub number: usize,
    /// The part of the argument it belongs to.
    pub part: Part,
    /// What it says.
    pub text: String,
    /// Things of a kind that it lists.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
    /// Where a minute or two would change the bill: which threshold is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub near: Option<String>,
    /// The rules it rests on.
    pub rules: Vec<&'static str>,
    /// The lines of the log it rests on, from 1.
    pub lines: Vec<usize>,
    /// The code of the unit that it is about.
    #[serde(skip)]
    pub code: Option<String>,
}

/// The parts of an argument, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// What was given, from the log.
    Record,
    /// The choice of the initial service.
    Initial,
    /// What ran beside what.
    Overlap,
    /// Each unit.
    Units,
    /// Each drug's own line.
    Drugs,
    /// Each minute that earns nothing.
    Unbilled,
    /// What the coder should look at.
    Findings,
}

impl Part {
    /// Its heading.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Part::Record => "What the record shows",
            Part::Initial => "The initial service",
            Part::Overlap => "What ran together",
            Part::Units => "Each unit",
            Part::Drugs => "The drugs themselves",
            Part::Unbilled => "What earned nothing",
            Part::Findings => "To look at",
        }
    }
}

/// A rule that an argument rests on.
#[derive(Debug, Clone, Serialize)]
pub struct Cited {
    /// Its id.
    pub rule: &'static str,
    /// Its heading.
    pub title: String,
    /// Who published it.
    pub source: String,
}

/// Makes the argument for one bill.
#[must_use]
pub fn explanation(bill: &Bill, sources: &[Source], spotter: &Spotter, reference: &Reference) -> Explanation {
    let mut argument = Argument { steps: Vec::new(), bill, spotter };
    if let (Some(claim), Some(session)) = (&bill.claim, &bill.session) {
        let told = Told { claim, session, reference };
        given::tell(&mut argument, &told);
        units::initial(&mut argument, &told);
        units::overlaps(&mut argument, &told);
        units::units(&mut argument, &told);
        drugs::tell(&mut argument, &told);
        units::unbilled(&mut argument, &told);
    }
    for finding in &bill.findings {
        let rules: Vec<Rule> = Rule::ALL.iter().copied().filter(|rule| rule.id() == finding.id).collect();
        let mut said = format!("{}: {}", finding.severity.word(), finding.message);
        if let Some(help) = &finding.help {
            said = format!("{said} ({help})");
        }
        let places = std::iter::once(&finding.place).chain(finding.second.iter().map(|(place, _)| place));
        argument.step(Part::Findings, said, &rules, places.cloned());
    }
    Explanation {
        session: bill.id.clone(),
        setting: bill.setting.map(setting_word),
        profile: bill.profile.to_string(),
        status: status_word(bill.status),
        file: sources[bill.source].name.clone(),
        rules: cited(&argument.steps),
        steps: argument.steps,
    }
}

fn cited(steps: &[Step]) -> Vec<Cited> {
    let rests_on = |rule: &&Rule| steps.iter().any(|step| step.rules.contains(&rule.id()));
    let cite = |rule: &Rule| Cited { rule: rule.id(), title: rule.entry().title.clone(), source: rule.entry().source.clone() };
    Rule::ALL.iter().filter(rests_on).map(cite).collect()
}

/// What an argument is about.
struct Told<'t> {
    claim: &'t Claim,
    session: &'t Session,
    reference: &'t Reference,
}

impl Told<'_> {
    fn event(&self, at: usize) -> Option<&Event> {
        self.session.events.get(at)
    }
}

/// The steps as they grow.
struct Argument<'a, 's> {
    steps: Vec<Step>,
    bill: &'a Bill,
    spotter: &'a Spotter<'s>,
}

impl Argument<'_, '_> {
    fn step(&mut self, part: Part, text: String, rules: &[Rule], places: impl IntoIterator<Item = Place>) -> &mut Step {
        let line = |place: &Place| self.spotter.line_column(self.bill.number, place).map(|(line, _)| line);
        let mut lines: Vec<usize> = places.into_iter().filter_map(|place| line(&place)).collect();
        lines.sort_unstable();
        lines.dedup();
        let mut ids: Vec<&'static str> = Vec::new();
        for rule in rules {
            if !ids.contains(&rule.id()) {
                ids.push(rule.id());
            }
        }
        let number = self.steps.len() + 1;
        self.steps.push(Step { number, part, text, items: Vec::new(), near: None, rules: ids, lines, code: None });
        self.steps.last_mut().expect("just pushed")
    }
}
