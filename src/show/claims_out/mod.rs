//! Bills as billing systems take them: FHIR R4, X12 837, HL7 v2. `docs/export.md` is the formats' page.
//!
//! Only what a log supports is written: a session that is held or wrong has no line in any of them.
//! What a log does not know (payers, providers, diagnoses) is left out or marked as absent.

mod charge_items;
mod fhir;
mod fhir_claim;
mod ft1;
mod terms;
mod x12;

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::Exporter;
use super::view::{Reason, Sheet};
use crate::claim::{Claim, Status};
use crate::session::finding::Severity;
use crate::session::log::Setting;
use crate::timeline::calendar::{Calendar, Minute};
use crate::{Bill, show::drugs::DrugReason};

pub use charge_items::ChargeItems;
pub use fhir_claim::FhirClaims;
pub use ft1::Ft1;
pub use terms::{RevenueCodes, Terms};
pub use x12::X12;

/// A format that a billing system takes; it has no place for remarks, so they are told apart.
pub trait ClaimFormat: Exporter {
    /// What whoever sends it on should know, of the sessions that it holds.
    fn remarks(&self, accounts: &[Account]) -> Vec<Remark>;
}

/// Something to know beside what is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// A warning or a note.
    pub severity: Severity,
    /// One sentence.
    pub text: String,
}

impl Remark {
    fn warning(text: impl Into<String>) -> Self {
        Remark { severity: Severity::Warning, text: text.into() }
    }

    fn note(text: impl Into<String>) -> Self {
        Remark { severity: Severity::Note, text: text.into() }
    }
}

/// A session that has something to bill.
#[derive(Debug)]
pub struct Account<'b> {
    /// Its own name.
    pub session: &'b str,
    /// The patient's pseudonym.
    pub patient: Option<&'b str>,
    /// The hospital's unit.
    pub unit: Option<&'b str>,
    /// Where it took place.
    pub setting: Setting,
    /// Services first, then the drugs themselves, both in the order of the claim; never none.
    pub items: Vec<Item<'b>>,
}

/// One line of a claim, a service or a drug.
#[derive(Debug)]
pub struct Item<'b> {
    /// Date of service.
    pub date: NaiveDate,
    /// CPT or HCPCS code.
    pub code: &'b str,
    /// In the order of the line (M6).
    pub modifiers: &'b [String],
    /// Units.
    pub units: u64,
    /// The drug of a drug's own line; absent on a service.
    pub drug: Option<&'b str>,
    /// First and last minute.
    pub from: Minute,
    /// The same where it has no length.
    pub to: Minute,
    /// What tells a minute's date and hour.
    pub calendar: &'b Calendar,
    /// Why, a sentence each.
    pub reasons: Vec<String>,
}

impl Account<'_> {
    /// First and last date of service.
    #[must_use]
    pub fn dates(&self) -> (NaiveDate, NaiveDate) {
        let dates = || self.items.iter().map(|item| item.date);
        (dates().min().unwrap_or_default(), dates().max().unwrap_or_default())
    }
}

impl Item<'_> {
    /// Whether the code is the American Medical Association's; else it is of HCPCS level II.
    #[must_use]
    pub fn is_cpt(&self) -> bool {
        self.code.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Whether a modifier is the American Medical Association's: those are two figures.
#[must_use]
pub fn is_cpt_modifier(modifier: &str) -> bool {
    modifier.bytes().all(|b| b.is_ascii_digit())
}

/// The sessions that have something to bill, in their order.
#[must_use]
pub fn accounts<'b>(bills: &'b [Bill], sheets: &'b [Sheet]) -> Vec<Account<'b>> {
    let mut accounts = Vec::new();
    for (bill, sheet) in bills.iter().zip(sheets) {
        let (Status::Billable, Some(claim), Some(session)) = (bill.status, &bill.claim, &bill.session) else { continue };
        let items = items(claim, sheet);
        if items.is_empty() {
            continue;
        }
        accounts.push(Account {
            session: &bill.id,
            patient: stated(session.patient.as_deref()),
            unit: stated(session.unit.as_deref()),
            setting: session.setting,
            items,
        });
    }
    accounts
}

/// A text without a letter says nothing.
fn stated(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn items<'b>(claim: &'b Claim, sheet: &'b Sheet) -> Vec<Item<'b>> {
    let calendar = &claim.coded.calendar;
    let services = claim.lines.iter().zip(&sheet.lines).map(|(line, told)| {
        let slices = || line.charges.iter().flat_map(|charge| charge.unit.minutes.slices());
        let begins = line.charges.iter().map(|charge| charge.unit.begins);
        let from = slices().map(|slice| slice.from()).chain(begins.clone()).min().unwrap_or(Minute(0));
        let to = slices().map(|slice| slice.to()).chain(begins).max().unwrap_or(from);
        let reasons = told.reasons.iter().map(because).collect();
        let units = line.units() as u64;
        Item { date: line.date, code: &told.code, modifiers: &told.modifiers, units, drug: None, from, to, calendar, reasons }
    });
    let drugs = claim.drug_lines.iter().zip(&sheet.drug_lines).map(|(line, told)| {
        let at = || claim.doses(line).iter().map(|dose| dose.at);
        let (from, to) = (at().min().unwrap_or(Minute(0)), at().max().unwrap_or(Minute(0)));
        let reasons = told.reasons.iter().map(because_of_dose).collect();
        let drug = told.drugs.first().map(String::as_str).or(Some(""));
        Item { date: line.date, code: &told.code, modifiers: &told.modifiers, units: line.units, drug, from, to, calendar, reasons }
    });
    services.chain(drugs).collect()
}

/// "I2: the highest service of the session is its initial (ceftriaxone, 2026-03-02T09:05 to
/// 2026-03-02T09:37, 32 minutes)".
fn because(reason: &Reason) -> String {
    let Reason { rule, drug, text, from, to, minutes, .. } = reason;
    let drug = if drug.is_empty() { String::new() } else { format!("{drug}, ") };
    match minutes {
        0 => format!("{rule}: {text} ({drug}{from})"),
        1 => format!("{rule}: {text} ({drug}{from} to {to}, 1 minute)"),
        _ => format!("{rule}: {text} ({drug}{from} to {to}, {minutes} minutes)"),
    }
}

fn because_of_dose(reason: &DrugReason) -> String {
    format!("{}: {} ({})", reason.rule, reason.text, reason.drug)
}

/// Which sessions have no line in the export, and why; a person must know before it goes out.
#[must_use]
pub fn without_lines(bills: &[Bill]) -> Vec<Remark> {
    let mut why: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for bill in bills {
        let reason = match (bill.status, &bill.claim) {
            (Status::Error, _) | (_, None) => "wrong",
            (Status::Held, _) => "held until the record is complete",
            (Status::Billable, Some(claim)) if claim.lines.is_empty() && claim.drug_lines.is_empty() => "nothing is earned",
            (Status::Billable, _) => continue,
        };
        why.entry(reason).or_default().push(&bill.id);
    }
    why.into_iter().map(|(reason, ids)| Remark::warning(format!("not written, {reason}: {}", some_of(&ids)))).collect()
}

/// The first few of many names.
fn some_of(names: &[&str]) -> String {
    const SHOWN: usize = 6;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
