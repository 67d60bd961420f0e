//! FHIR R4 ChargeItem: one a line, with its reasons as notes.

use serde::Serialize;

use super::fhir::{Concept, Extension, Identifier, Money, Named, Period, Quantity, Required};
use super::fhir::{bundle, identifier, money, named, required};
use super::{Account, ClaimFormat, Item, Remark, Terms, accounts};
use crate::Bill;
use crate::show::Exporter;
use crate::show::view::Sheet;

/// R4's ChargeItem has no element for a modifier: it takes that of a Claim, by the name that FHIR
/// gives an element of another place.
const MODIFIER: &str = "http://hl7.org/fhir/4.0/StructureDefinition/extension-Claim.item.modifier";

/// ChargeItems in a Bundle.
#[derive(Debug)]
pub struct ChargeItems<'t> {
    /// What is said beside the logs.
    pub terms: &'t Terms,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ChargeItem {
    resource_type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<Extension>,
    identifier: [Identifier; 1],
    status: &'static str,
    code: Concept,
    subject: Required,
    context: Named,
    occurrence_period: Period,
    quantity: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    price_override: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    note: Vec<Note>,
}

#[derive(Debug, Serialize)]
struct Note {
    text: String,
}

impl Exporter for ChargeItems<'_> {
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String {
        let accounts = accounts(bills, sheets);
        let items = accounts.iter().flat_map(|account| account.items.iter().enumerate().map(move |(at, item)| (account, at + 1, item)));
        bundle("ChargeItem", items.map(|(account, n, item)| (format!("{}\n{n}", account.session), self.charge(account, n, item))))
    }
}

impl ClaimFormat for ChargeItems<'_> {
    fn remarks(&self, accounts: &[Account]) -> Vec<Remark> {
        let asked = self.terms.charges.is_some();
        self.terms.uncharged(accounts, "the items have no `priceOverride`").filter(|_| asked).into_iter().collect()
    }
}

impl ChargeItems<'_> {
    fn charge(&self, account: &Account, n: usize, item: &Item) -> ChargeItem {
        ChargeItem {
            resource_type: "ChargeItem",
            extension: item.modifiers.iter().map(|modifier| Extension::concept(MODIFIER, Concept::modifier(modifier))).collect(),
            identifier: [identifier(&format!("{}/{n}", account.session))],
            status: "billable",
            code: Concept::product(item).text(Some(words(item))),
            subject: required(account.patient),
            context: named(account.session),
            occurrence_period: period(item),
            quantity: Quantity { value: item.units },
            price_override: self.terms.amount(item).map(money),
            entered_date: self.terms.dated.map(|dated| dated.to_string()),
            note: item.reasons.iter().map(|text| Note { text: text.clone() }).collect(),
        }
    }
}

/// "96372-59", "J0696 ceftriaxone": whoever passes over the modifiers' extension still sees them.
fn words(item: &Item) -> String {
    let mut words = std::iter::once(item.code).chain(item.modifiers.iter().map(String::as_str)).collect::<Vec<_>>().join("-");
    if let Some(drug) = item.drug {
        words.push(' ');
        words.push_str(drug);
    }
    words
}

/// An hour of the day needs an offset in FHIR: without a zone only the days are known.
fn period(item: &Item) -> Period {
    let tell = |minute| item.calendar.instant(minute).unwrap_or_else(|| item.calendar.date(minute).to_string());
    Period { start: tell(item.from), end: tell(item.to) }
}
