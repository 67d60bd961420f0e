//! A bill in words and numbers, as every format shows it; printed as it stands it is the JSON.

use serde::Serialize;

use super::drugs::{self, SheetDrugLine};
use super::spot::Spotter;
use crate::claim::{Charge, Line};
use crate::coding::{Coded, Unbilled};
use crate::reference::{Reference, Rule};
use crate::session::log::Setting;
use crate::timeline::calendar::day;
use crate::timeline::minutes::Minutes;
use crate::timeline::numbered::Numbered;
use crate::timeline::{DrugId, Given};
use crate::{Bill, Source, Status};

/// One session's result, its keys in the order of the format.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Sheet {
    pub session: String,
    pub setting: Option<&'static str>,
    pub profile: String,
    pub status: &'static str,
    pub lines: Vec<SheetLine>,
    pub drug_lines: Vec<SheetDrugLine>,
    pub unbilled: Vec<Left>,
    pub findings: Vec<SheetFinding>,
}

/// One line of the claim.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetLine {
    pub date: String,
    pub code: String,
    pub modifiers: Vec<String>,
    pub units: usize,
    pub drugs: Vec<String>,
    pub reasons: Vec<Reason>,
    /// What the code is, in own words.
    #[serde(skip)]
    pub label: String,
}

/// Why minutes are where they are.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Reason {
    pub rule: &'static str,
    /// Empty where nothing was given: a flush, a refill.
    pub drug: String,
    pub text: String,
    pub from: String,
    pub to: String,
    pub minutes: i64,
    pub ran: Vec<[String; 2]>,
}

/// Minutes that earn nothing.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct Left {
    /// Empty where nothing was given: a flush, a refill.
    pub drug: String,
    pub rule: &'static str,
    pub text: String,
    pub from: String,
    pub to: String,
    pub minutes: i64,
    pub ran: Vec<[String; 2]>,
}

/// A finding with its place in the file.
#[derive(Debug, Clone, Serialize)]
#[allow(missing_docs)]
pub struct SheetFinding {
    pub severity: &'static str,
    pub id: &'static str,
    pub message: String,
    pub file: String,
    pub line: Option<usize>,
    pub column: Option<usize>,
}

impl SheetLine {
    /// Minutes that the line holds.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.reasons.iter().map(|reason| reason.minutes).sum()
    }

    /// The rules of its reasons, each once.
    #[must_use]
    pub fn rules(&self) -> Vec<&'static str> {
        let mut rules = Vec::new();
        for reason in &self.reasons {
            if !rules.contains(&reason.rule) {
                rules.push(reason.rule);
            }
        }
        rules
    }
}

/// Makes the sheet of one bill.
#[must_use]
pub fn sheet(bill: &Bill, sources: &[Source], spotter: &Spotter, reference: &Reference) -> Sheet {
    let (mut lines, mut drug_lines, mut unbilled) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(claim) = &bill.claim {
        let teller = Teller { coded: &claim.coded };
        lines = claim.lines.iter().map(|line| teller.line(line, reference)).collect();
        drug_lines = claim.drug_lines.iter().map(|line| drugs::line(line, &claim.coded, reference)).collect();
        unbilled = claim.unbilled.iter().map(|left| teller.unbilled(left)).collect();
        unbilled.sort_by(|a, b| (&a.from, a.rule).cmp(&(&b.from, b.rule)));
    }
    Sheet {
        session: bill.id.clone(),
        setting: bill.setting.map(setting_word),
        profile: bill.profile.clone(),
        status: status_word(bill.status),
        lines,
        drug_lines,
        unbilled,
        findings: bill
            .findings
            .iter()
            .map(|finding| {
                let at = spotter.line_column(bill.number, &finding.place);
                SheetFinding {
                    severity: finding.severity.word(),
                    id: finding.id,
                    message: finding.message.clone(),
                    file: sources[bill.source].name.clone(),
                    line: at.map(|(line, _)| line),
                    column: at.map(|(_, column)| column),
                }
            })
            .collect(),
    }
}

/// "hospital", "office".
#[must_use]
pub fn setting_word(setting: Setting) -> &'static str {
    match setting {
        Setting::Hospital => "hospital",
        Setting::Office => "office",
    }
}

/// "billable", "held", "error".
#[must_use]
pub fn status_word(status: Status) -> &'static str {
    match status {
        Status::Billable => "billable",
        Status::Held => "held",
        Status::Error => "error",
    }
}

/// From and to, in minutes.
type Stretches = Vec<(i64, i64)>;

/// Makes words of a coded session.
struct Teller<'c> {
    coded: &'c Coded,
}

impl Teller<'_> {
    fn line(&self, line: &Line, reference: &Reference) -> SheetLine {
        let code = reference.codes.get(line.code);
        let mut reasons: Vec<Reason> = line.charges.iter().flat_map(|charge| self.unit_reasons(charge)).collect();
        reasons.extend(self.modifier_reasons(line, reference));
        SheetLine {
            date: day(line.date),
            code: code.code.clone(),
            modifiers: line.modifiers.iter().map(|m| reference.modifiers.get(*m).code.clone()).collect(),
            units: line.units(),
            drugs: line.drugs().into_iter().map(|drug| self.name(drug)).collect(),
            reasons,
            label: code.label.clone(),
        }
    }

    /// A unit's minutes, drug by drug.
    fn unit_reasons(&self, charge: &Charge) -> Vec<Reason> {
        let unit = &charge.unit;
        let mut by_drug: Vec<(Option<DrugId>, Stretches)> = Vec::new();
        let mut known = Numbered::default();
        for slice in unit.minutes.slices() {
            let drug = self.drug_of(slice.given());
            let stretch = (slice.from().0, slice.to().0);
            let at = known.number(drug);
            if at == by_drug.len() {
                by_drug.push((drug, Vec::new()));
            }
            by_drug[at].1.push(stretch);
        }
        by_drug.into_iter().map(|(drug, stretches)| self.reason(unit.rule, drug, &stretches)).collect()
    }

    /// One reason for each modifier, without minutes of its own.
    fn modifier_reasons(&self, line: &Line, reference: &Reference) -> Vec<Reason> {
        let Some(charge) = line.charges.first() else { return Vec::new() };
        let at = charge.unit.begins.0;
        let told = charge.modifiers.iter().map(|(modifier, rule)| {
            let page = reference.modifiers.get(*modifier);
            let mut reason = self.reason(*rule, charge.unit.drugs.first().copied(), &[(at, at)]);
            reason.text = format!("{}: {}", page.code, page.title);
            reason
        });
        told.collect()
    }

    fn unbilled(&self, left: &Unbilled) -> Left {
        let Reason { rule, drug, mut text, from, to, minutes, ran } =
            self.reason(left.rule, self.drug_of(left.given), &stretches(&left.minutes));
        if self.coded.held {
            "the session is held until the record is complete".clone_into(&mut text);
        }
        Left { drug, rule, text, from, to, minutes, ran }
    }

    fn reason(&self, rule: Rule, drug: Option<DrugId>, stretches: &[(i64, i64)]) -> Reason {
        let stamp = |minute: i64| self.coded.calendar.stamp(crate::timeline::calendar::Minute(minute));
        let minutes: i64 = stretches.iter().map(|(from, to)| to - from).sum();
        let from = stretches.iter().map(|(from, _)| *from).min().unwrap_or(0);
        let to = stretches.iter().map(|(_, to)| *to).max().unwrap_or(0);
        Reason {
            rule: rule.id(),
            drug: drug.map(|drug| self.name(drug)).unwrap_or_default(),
            text: rule.entry().reason.clone(),
            from: stamp(from),
            to: stamp(to),
            minutes,
            ran: joined(stretches).into_iter().map(|(from, to)| [stamp(from), stamp(to)]).collect(),
        }
    }

    fn drug_of(&self, given: Given) -> Option<DrugId> {
        self.coded.administrations[given.0 as usize].drug
    }

    fn name(&self, drug: DrugId) -> String {
        self.coded.drugs[drug.0 as usize].name.clone()
    }
}

fn stretches(minutes: &Minutes) -> Stretches {
    minutes.slices().iter().map(|slice| (slice.from().0, slice.to().0)).collect()
}

/// Touching stretches as one; those without minutes left out.
fn joined(stretches: &[(i64, i64)]) -> Stretches {
    let mut sorted: Stretches = stretches.iter().filter(|(from, to)| from < to).copied().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut joined: Stretches = Vec::with_capacity(sorted.len());
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => joined.push((from, to)),
        }
    }
    joined
}
