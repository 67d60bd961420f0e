//! A bill in words and numbers, as every format shows it; printed as it stands it is the JSON.

use serde::Serialize;
use smallvec::SmallVec;

use super::drugs::{self, SheetDrugLine};
use super::spot::Spotter;
use crate::claim::{Charge, Claim, Line};
use crate::coding::{Coded, Unbilled};
use crate::reference::{Modifier, Reference, Rule};
use crate::session::finding::Finding;
use crate::session::log::Setting;
use crate::timeline::calendar::{Minute, day};
use crate::timeline::numbered::{Few, Numbered};
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

impl From<Reason> for Left {
    fn from(Reason { rule, drug, text, from, to, minutes, ran }: Reason) -> Self {
        Left { drug, rule, text, from, to, minutes, ran }
    }
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
        let teller = Teller { coded: &claim.coded, reference };
        lines = claim.lines.iter().map(|line| teller.sheet_line(line)).collect();
        drug_lines = claim.drug_lines.iter().map(|line| drugs::line(line, claim, reference)).collect();
        unbilled = teller.unbilled(claim).into_iter().map(|why| teller.reason(why).into()).collect();
    }
    Sheet {
        session: bill.id.clone(),
        setting: bill.setting.map(setting_word),
        profile: bill.profile.to_string(),
        status: status_word(bill.status),
        lines,
        drug_lines,
        unbilled,
        findings: bill.findings.iter().map(|found| finding(found, bill, sources, spotter)).collect(),
    }
}

/// A finding with its place.
pub(super) fn finding(finding: &Finding, bill: &Bill, sources: &[Source], spotter: &Spotter) -> SheetFinding {
    let at = spotter.line_column(bill.number, &finding.place);
    SheetFinding {
        severity: finding.severity.word(),
        id: finding.id,
        message: finding.message.clone(),
        file: sources[bill.source].name.clone(),
        line: at.map(|(line, _)| line),
        column: at.map(|(_, column)| column),
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
type Stretches = SmallVec<[(i64, i64); 2]>;

/// What a reason says.
pub(super) enum Words<'c> {
    /// Words of ours.
    Ours(&'static str),
    /// Those of the modifier that it is the reason of.
    Of(&'c Modifier),
}

impl Words<'_> {
    fn told(&self) -> String {
        match self {
            Words::Ours(words) => (*words).to_owned(),
            Words::Of(modifier) => modifier.words(),
        }
    }
}

/// Why minutes are where they are, before it is put into words.
pub(super) struct Why<'c> {
    pub rule: Rule,
    /// Absent where nothing was given: a flush, a refill.
    pub drug: Option<DrugId>,
    pub words: Words<'c>,
    stretches: Stretches,
}

impl Why<'_> {
    /// First minute.
    pub fn from(&self) -> Minute {
        Minute(self.stretches.iter().map(|(from, _)| *from).min().unwrap_or(0))
    }

    /// The minute after the last.
    pub fn to(&self) -> Minute {
        Minute(self.stretches.iter().map(|(_, to)| *to).max().unwrap_or(0))
    }

    /// How many.
    pub fn minutes(&self) -> i64 {
        self.stretches.iter().map(|(from, to)| to - from).sum()
    }

    /// When they ran.
    pub fn ran(&self) -> impl Iterator<Item = [Minute; 2]> {
        joined(&self.stretches).into_iter().map(|(from, to)| [Minute(from), Minute(to)])
    }
}

/// Knows why, of a coded session.
pub(super) struct Teller<'c> {
    pub coded: &'c Coded,
    pub reference: &'c Reference,
}

impl<'c> Teller<'c> {
    /// A line's reasons: each unit's minutes, drug by drug, then what set its modifiers.
    pub fn line(&self, line: &'c Line) -> Few<Why<'c>> {
        let mut whys = Few::new();
        for charge in &line.charges {
            self.unit(charge, &mut whys);
        }
        whys.extend(self.modifiers(line));
        whys
    }

    fn unit(&self, charge: &Charge, whys: &mut Few<Why<'c>>) {
        let rule = charge.unit.rule;
        let before = whys.len();
        let mut known = Numbered::default();
        for slice in charge.unit.minutes.slices() {
            let drug = self.drug_of(slice.given());
            let at = before + known.number(drug);
            if at == whys.len() {
                whys.push(Why { rule, drug, words: Words::Ours(&rule.entry().reason), stretches: Stretches::new() });
            }
            whys[at].stretches.push((slice.from().0, slice.to().0));
        }
    }

    /// One for each modifier, without minutes of its own.
    fn modifiers(&self, line: &'c Line) -> impl Iterator<Item = Why<'c>> {
        let (first, reference) = (line.charges.first(), self.reference);
        first.into_iter().flat_map(move |charge| {
            let (drug, at) = (charge.unit.drugs.first().copied(), charge.unit.begins.0);
            charge.modifiers.iter().map(move |(modifier, rule)| {
                let page = reference.modifiers.get(*modifier);
                Why { rule: *rule, drug, words: Words::Of(page), stretches: Stretches::from_slice(&[(at, at)]) }
            })
        })
    }

    /// What earns nothing, in clock order.
    pub fn unbilled(&self, claim: &'c Claim) -> Vec<Why<'c>> {
        let mut whys: Vec<Why> = claim.unbilled.iter().map(|left| self.left(left)).collect();
        whys.sort_by_key(|why| (why.from(), why.rule.id()));
        whys
    }

    fn left(&self, left: &Unbilled) -> Why<'c> {
        let held = "the session is held until the record is complete";
        let words = Words::Ours(if self.coded.held { held } else { &left.rule.entry().reason });
        let stretches = left.minutes.slices().iter().map(|slice| (slice.from().0, slice.to().0)).collect();
        Why { rule: left.rule, drug: self.drug_of(left.given), words, stretches }
    }

    /// A drug's name; empty where there is none.
    pub fn name(&self, drug: Option<DrugId>) -> &'c str {
        drug.map_or("", |drug| &self.coded.drugs[drug.0 as usize].name)
    }

    fn drug_of(&self, given: Given) -> Option<DrugId> {
        self.coded.administrations[given.0 as usize].drug
    }

    fn sheet_line(&self, line: &'c Line) -> SheetLine {
        let code = self.reference.codes.get(line.code);
        SheetLine {
            date: day(line.date),
            code: code.code.clone(),
            modifiers: line.modifiers.iter().map(|m| self.reference.modifiers.get(*m).code.clone()).collect(),
            units: line.units(),
            drugs: line.drugs().into_iter().map(|drug| self.name(Some(drug)).to_owned()).collect(),
            reasons: self.line(line).into_iter().map(|why| self.reason(why)).collect(),
            label: code.label.clone(),
        }
    }

    fn reason(&self, why: Why) -> Reason {
        let stamp = |minute| self.coded.calendar.stamp(minute);
        Reason {
            rule: why.rule.id(),
            drug: self.name(why.drug).to_owned(),
            from: stamp(why.from()),
            to: stamp(why.to()),
            minutes: why.minutes(),
            ran: why.ran().map(|ends| ends.map(stamp)).collect(),
            text: why.words.told(),
        }
    }
}

/// Touching stretches as one; those without minutes left out.
fn joined(stretches: &[(i64, i64)]) -> Stretches {
    if let [(from, to)] = stretches {
        return if from < to { Stretches::from_slice(stretches) } else { Stretches::new() };
    }
    let mut sorted: Stretches = stretches.iter().filter(|(from, to)| from < to).copied().collect();
    sorted.sort_unstable();
    sorted.dedup();
    let mut joined = Stretches::new();
    for (from, to) in sorted {
        match joined.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => joined.push((from, to)),
        }
    }
    joined
}
