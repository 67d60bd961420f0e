//! FHIR R4 Claim: one a session. It is a draft, for what R4 asks for and no log knows is marked absent.

use rust_decimal::Decimal;
use serde::Serialize;

use super::fhir::{Absent, Concept, Identifier, Money, Named, Period, Quantity, Required};
use super::fhir::{absent, bundle, identifier, money, named, required};
use super::{Account, ClaimFormat, Item, Remark, Terms, accounts};
use crate::Bill;
use crate::session::log::Setting;
use crate::show::Exporter;
use crate::show::view::Sheet;

const TYPES: &str = "http://terminology.hl7.org/CodeSystem/claim-type";
const REVENUE: &str = "https://www.nubc.org/CodeSystem/RevenueCodes";

/// Claims in a Bundle.
#[derive(Debug)]
pub struct FhirClaims<'t> {
    /// What is said beside the logs.
    pub terms: &'t Terms,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Claim {
    resource_type: &'static str,
    identifier: [Identifier; 1],
    status: &'static str,
    r#type: Concept,
    r#use: &'static str,
    patient: Required,
    billable_period: Period,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(rename = "_created", skip_serializing_if = "Option::is_none")]
    created_absent: Option<Absent>,
    provider: Absent,
    priority: Absent,
    insurance: [Insurance; 1],
    item: Vec<ClaimItem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<Money>,
}

#[derive(Debug, Serialize)]
struct Insurance {
    sequence: u8,
    focal: bool,
    coverage: Absent,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ClaimItem {
    sequence: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue: Option<Concept>,
    product_or_service: Concept,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    modifier: Vec<Concept>,
    serviced_date: String,
    quantity: Quantity,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_price: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    net: Option<Money>,
    encounter: [Named; 1],
}

impl Exporter for FhirClaims<'_> {
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String {
        bundle("Claim", accounts(bills, sheets).iter().map(|account| (account.session.to_owned(), self.claim(account))))
    }
}

impl ClaimFormat for FhirClaims<'_> {
    fn remarks(&self, accounts: &[Account]) -> Vec<Remark> {
        let asked = self.terms.charges.is_some();
        self.terms.uncharged(accounts, "the items have no `net`").filter(|_| asked).into_iter().collect()
    }
}

impl FhirClaims<'_> {
    fn claim(&self, account: &Account) -> Claim {
        let (first, last) = account.dates();
        let dated = self.terms.dated.map(|dated| dated.to_string());
        Claim {
            resource_type: "Claim",
            identifier: [identifier(account.session)],
            status: "draft",
            r#type: Concept::of(
                TYPES,
                match account.setting {
                    Setting::Hospital => "institutional",
                    Setting::Office => "professional",
                },
            ),
            r#use: "claim",
            patient: required(account.patient),
            billable_period: Period { start: first.to_string(), end: last.to_string() },
            created_absent: dated.is_none().then(absent),
            created: dated,
            provider: absent(),
            priority: absent(),
            insurance: [Insurance { sequence: 1, focal: true, coverage: absent() }],
            item: account.items.iter().enumerate().map(|(at, item)| self.item(at + 1, item, account)).collect(),
            total: self.total(account).map(money),
        }
    }

    fn item(&self, sequence: usize, item: &Item, account: &Account) -> ClaimItem {
        let revenue = (account.setting == Setting::Hospital).then(|| Concept::of(REVENUE, self.terms.revenue.of(item)));
        let amount = self.terms.amount(item);
        ClaimItem {
            sequence,
            revenue,
            product_or_service: Concept::product(item).text(item.drug.map(str::to_owned)),
            modifier: item.modifiers.iter().map(|modifier| Concept::modifier(modifier)).collect(),
            serviced_date: item.date.to_string(),
            quantity: Quantity { value: item.units },
            unit_price: amount.and_then(|_| self.terms.price(item)).map(money),
            net: amount.map(money),
            encounter: [named(account.session)],
        }
    }

    /// Absent where the charge of a single line is.
    fn total(&self, account: &Account) -> Option<Decimal> {
        account.items.iter().try_fold(Decimal::ZERO, |sum, item| sum.checked_add(self.terms.amount(item)?))
    }
}
