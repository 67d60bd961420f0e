//! What was charged beside what the logs support, line by line.
//!
//! Bills and charged lines meet by account: the session's own name, else the patient. Within an
//! account the units are matched one by one, first exactly, then but for their modifiers, then but
//! for their date; what is left over on either side is too much, too little, or not supported.

mod accounts;
mod amounts;
pub mod patterns;
mod readings;
mod reasons;
mod rows;
pub mod summary;

use std::collections::HashSet;
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::claims_in::{Charged, ClaimFile};
use crate::money::Rates;
use crate::reference::{Reference, Rule};
use crate::{Bill, Options};

/// The comparison of claims with the bills of logs.
#[derive(Debug)]
pub struct Audit {
    /// One row a match or a difference, by account, date and code.
    pub rows: Vec<Row>,
    /// The rates of the amounts, where they were asked for.
    pub rates: Option<Rates>,
    /// Whether drugs' own lines were compared: they are where any was charged, since many a hospital
    /// charges them elsewhere.
    pub with_drugs: bool,
}

/// One line of the audit's worksheet.
#[derive(Debug, Clone)]
pub struct Row {
    /// The session, or the account as charged where there is no log of it.
    pub account: String,
    /// Its bill, by place among those given.
    pub bill: Option<usize>,
    /// What was charged.
    pub charged: Option<Side>,
    /// What the log supports.
    pub supported: Option<Side>,
    /// What comes of the comparison.
    pub verdict: Verdict,
    /// The rule that says so.
    pub rule: Option<Rule>,
    /// Why, in one sentence; empty where both agree.
    pub why: String,
    /// Charged less supported in US dollars, an estimate; absent without rates, or where they lack the code.
    pub amount: Option<Decimal>,
}

/// One side of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// Date of service.
    pub date: NaiveDate,
    /// Code.
    pub code: String,
    /// Modifiers, in their order.
    pub modifiers: Vec<String>,
    /// Units of this row.
    pub units: Decimal,
    /// Lines of the claim file, from 1; none on the supported side.
    pub lines: Vec<usize>,
    /// First minute and the one after the last, as stamps; none on the charged side.
    pub ran: Option<(String, String)>,
    /// Lines of the log that it rests on, from 1 where they are known.
    pub events: Vec<usize>,
    /// What was given; empty on the charged side.
    pub drugs: Vec<String>,
}

/// What comes of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Code, date, modifiers and units agree.
    Agrees,
    /// More units were charged than the log supports.
    Overcharged,
    /// Fewer units were charged than the log supports.
    Undercharged,
    /// The log supports it, and it was not charged.
    Missing,
    /// Code and date agree, the modifiers do not.
    WrongModifier,
    /// The code agrees, the date does not.
    WrongDate,
    /// The log does not support it.
    NotSupported,
    /// It is as charged under another reading of a contested point.
    OtherPolicy {
        /// Which.
        policy: String,
        /// The value under which the charge is supported.
        value: String,
    },
    /// No log of the account was given.
    NoLog,
    /// A code that hangtime does not judge.
    Outside,
}

impl Verdict {
    /// A word for machines and filters.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Agrees => "agrees",
            Verdict::Overcharged => "overcharged",
            Verdict::Undercharged => "undercharged",
            Verdict::Missing => "missing",
            Verdict::WrongModifier => "wrong modifier",
            Verdict::WrongDate => "wrong date",
            Verdict::NotSupported => "not supported",
            Verdict::OtherPolicy { .. } => "other policy",
            Verdict::NoLog => "no log",
            Verdict::Outside => "not judged",
        }
    }

    /// Whether the two sides differ; what is not judged does not.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        !matches!(self, Verdict::Agrees | Verdict::Outside)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Verdict::OtherPolicy { policy, value } => write!(f, "supported under {policy}={value}"),
            other => f.write_str(other.word()),
        }
    }
}

/// Lays what was charged beside what the bills support.
///
/// `bills` are those of `options`; where they differ from the claim, each contested point is tried
/// with its other values.
#[must_use]
pub fn audit(bills: &[Bill], claims: &[ClaimFile], options: &Options, rates: Option<Rates>, reference: &Reference) -> Audit {
    let charged: Vec<&Charged> = claims.iter().flat_map(|file| &file.lines).collect();
    let accounts = accounts::gather(bills, &charged);
    let listed = reference.drugs.all().flat_map(|drug| &drug.codes).map(|code| &*code.code);
    // A log may give a drug a code that the list does not have.
    let of_logs = bills.iter().filter_map(|bill| bill.claim.as_ref()).flat_map(|claim| &claim.drug_lines).map(|line| &*line.code);
    let of_drugs: HashSet<&str> = listed.chain(of_logs).collect();
    let with_drugs = charged.iter().any(|line| of_drugs.contains(line.code.as_str()));
    let lines = rows::Lines { bills, of_drugs, with_drugs, reference };
    let mut rows = Vec::new();
    for account in &accounts {
        let mut of_account = lines.compare(account);
        reasons::give(&mut of_account, account, bills, reference);
        if let Some(rates) = &rates {
            amounts::set(&mut of_account, rates);
        }
        rows.append(&mut of_account);
    }
    readings::look(&mut rows, bills, options, reference);
    rows.sort_by(|a, b| order(a).cmp(&order(b)));
    Audit { rows, rates, with_drugs }
}

/// By account, date and code.
fn order(row: &Row) -> (&str, NaiveDate, &str) {
    let side = row.charged.as_ref().or(row.supported.as_ref());
    let (date, code) = side.map_or((NaiveDate::MIN, ""), |side| (side.date, side.code.as_str()));
    (&row.account, date, code)
}

impl Audit {
    /// All amounts above nothing, all below it, and both together; an estimate in US dollars.
    #[must_use]
    pub fn totals(&self) -> (Decimal, Decimal, Decimal) {
        let amounts = || self.rows.iter().filter_map(|row| row.amount);
        let over: Decimal = amounts().filter(|usd| usd.is_sign_positive()).sum();
        let under: Decimal = amounts().filter(|usd| usd.is_sign_negative()).sum();
        (over, under, over + under)
    }
}
