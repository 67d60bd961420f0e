//! HL7 v2.5.1: a message DFT^P03 for each session, with an FT1 a line.

use std::fmt::Write as _;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::{Account, ClaimFormat, Item, Remark, Terms, accounts, is_cpt_modifier, some_of};
use crate::Bill;
use crate::show::Exporter;
use crate::show::excerpt::harmless;
use crate::show::view::Sheet;

/// HL7's names of the code systems, table 0396: CPT-4, HCPCS, and CPT's modifiers.
const CPT: &str = "C4";
const HCPCS: &str = "HPC";
const CPT_MODIFIER: &str = "CPTM";

/// DFT^P03 messages.
#[derive(Debug)]
pub struct Ft1<'t> {
    /// What is said beside the logs.
    pub terms: &'t Terms,
    /// What ends a segment: a carriage return by the standard; on a terminal that hides all but the last.
    pub end: &'static str,
}

impl Exporter for Ft1<'_> {
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String {
        let mut text = String::new();
        for account in accounts(bills, sheets) {
            for segment in self.message(&account) {
                text.push_str(&segment);
                text.push_str(self.end);
            }
        }
        text
    }
}

impl ClaimFormat for Ft1<'_> {
    fn remarks(&self, accounts: &[Account]) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if self.terms.charges.is_some() {
            remarks.extend(self.terms.uncharged(accounts, "FT1-11 and FT1-12 are empty"));
        }
        let nameless: Vec<&str> = accounts.iter().filter(|account| account.patient.is_none()).map(|account| account.session).collect();
        if !nameless.is_empty() {
            remarks.push(Remark::warning(format!("no patient is named, and PID-3 is empty: {}", some_of(&nameless))));
        }
        remarks
    }
}

impl Ft1<'_> {
    fn message(&self, account: &Account) -> Vec<String> {
        let day = compact(self.terms.dated.unwrap_or(account.dates().1));
        let session = escaped(account.session);
        // The log's patient is a pseudonym, S; of an unknown one the name is unspecified, U.
        let name = if account.patient.is_some() { "^^^^^^S" } else { "^^^^^^U" };
        let patient = account.patient.map(escaped).unwrap_or_default();
        let unit = account.unit.map(escaped).unwrap_or_default();
        let mut rest = vec![
            segment("EVN", &[(1, "P03"), (2, &day)]),
            segment("PID", &[(1, "1"), (3, &patient), (5, name), (18, &session)]),
            segment("PV1", &[(1, "1"), (2, "O"), (3, &unit), (19, &session)]),
        ];
        rest.extend(account.items.iter().enumerate().map(|(at, item)| self.charge(at + 1, item)));
        let header = format!("MSH|^~\\&|HANGTIME||||{day}||DFT^P03^DFT_P03|{}|P|2.5.1||||||UNICODE UTF-8", control(&rest));
        rest.insert(0, header);
        rest
    }

    fn charge(&self, n: usize, item: &Item) -> String {
        let day = compact(item.date);
        let posted = self.terms.dated.map(compact).unwrap_or_default();
        let code =
            format!("{}^{}^{}", escaped(item.code), item.drug.map(escaped).unwrap_or_default(), if item.is_cpt() { CPT } else { HCPCS });
        let modifiers: Vec<String> = item.modifiers.iter().map(|modifier| coded_modifier(modifier)).collect();
        let money = |usd: rust_decimal::Decimal| format!("{usd}&USD");
        let amount = self.terms.amount(item);
        let price = amount.and_then(|_| self.terms.price(item)).map(money).unwrap_or_default();
        segment(
            "FT1",
            &[
                (1, &n.to_string()),
                (4, &day),
                (5, &posted),
                (6, "CG"),
                (7, &code),
                (10, &item.units.to_string()),
                (11, &amount.map(money).unwrap_or_default()),
                (12, &price),
                (25, &code),
                (26, &modifiers.join("~")),
            ],
        )
    }
}

fn coded_modifier(modifier: &str) -> String {
    let system = if is_cpt_modifier(modifier) { CPT_MODIFIER } else { HCPCS };
    format!("{}^^{system}", escaped(modifier))
}

/// A segment of the fields that have something, by their numbers.
fn segment(name: &str, fields: &[(usize, &str)]) -> String {
    let mut text = name.to_owned();
    let mut written = 0;
    for (number, field) in fields.iter().filter(|(_, field)| !field.is_empty()) {
        text.push_str(&"|".repeat(number - written));
        text.push_str(field);
        written = *number;
    }
    text
}

/// The same content has the same control id in every run, and no other has it: a receiver that
/// remembers them does not charge twice.
fn control(segments: &[String]) -> String {
    const LONGEST: usize = 20;
    let hash = Sha256::digest(segments.join("\r").as_bytes());
    let mut id: String = hash.iter().map(|byte| format!("{byte:02X}")).collect();
    id.truncate(LONGEST);
    id
}

/// Text in which nothing parts fields or segments.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for c in text.chars() {
        match c {
            '|' => safe.push_str("\\F\\"),
            '^' => safe.push_str("\\S\\"),
            '&' => safe.push_str("\\T\\"),
            '~' => safe.push_str("\\R\\"),
            '\\' => safe.push_str("\\E\\"),
            c => {
                let c: &str = c.encode_utf8(&mut bytes);
                if harmless(c) == c {
                    safe.push_str(c);
                } else {
                    let hex: String = c.bytes().map(|byte| format!("{byte:02X}")).collect();
                    let _ = write!(safe, "\\X{hex}\\");
                }
            }
        }
    }
    safe
}

fn compact(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}
