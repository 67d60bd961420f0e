//! What a log does not know and whoever bills may say: revenue codes, charges, the date of writing.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{Account, Item, Remark, some_of};
use crate::money::Rates;

/// What is said beside the logs.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// The hospital's revenue codes.
    pub revenue: RevenueCodes,
    /// The charge of one unit, by code.
    pub charges: Option<Rates>,
    /// The day of writing; none is taken from the clock.
    pub dated: Option<NaiveDate>,
}

/// Revenue codes of a hospital's lines, four figures each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevenueCodes {
    /// Of services.
    pub services: String,
    /// Of drugs.
    pub drugs: String,
    /// Of single procedure codes, before both.
    pub of: BTreeMap<String, String>,
}

impl Default for RevenueCodes {
    /// Intravenous therapy, general; drugs that are billed by a code of their own.
    fn default() -> Self {
        RevenueCodes { services: "0260".to_owned(), drugs: "0636".to_owned(), of: BTreeMap::new() }
    }
}

impl RevenueCodes {
    /// The revenue code of a line.
    #[must_use]
    pub fn of(&self, item: &Item) -> &str {
        let usual = if item.drug.is_some() { &self.drugs } else { &self.services };
        self.of.get(item.code).unwrap_or(usual)
    }
}

impl Terms {
    /// What a unit is charged, where it is known.
    #[must_use]
    pub fn price(&self, item: &Item) -> Option<Decimal> {
        self.charges.as_ref()?.of(item.code)?.usd
    }

    /// What a line is charged, in whole cents.
    #[must_use]
    pub fn amount(&self, item: &Item) -> Option<Decimal> {
        let amount = self.price(item)?.checked_mul(Decimal::from(item.units))?;
        Some(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    }

    /// Of the codes whose charge is not known, what is written in its place.
    pub(super) fn uncharged(&self, accounts: &[Account], written: &str) -> Option<Remark> {
        let items = accounts.iter().flat_map(|account| &account.items);
        let mut codes: Vec<&str> = items.filter(|item| self.amount(item).is_none()).map(|item| item.code).collect();
        codes.sort_unstable();
        codes.dedup();
        match &self.charges {
            _ if codes.is_empty() => None,
            None => Some(Remark::warning(format!("no charge is known, and {written}: --charges FILE.csv says what a unit costs"))),
            Some(rates) => Some(Remark::warning(format!("{} has no charge for {}, and {written}", rates.name, some_of(&codes)))),
        }
    }
}
