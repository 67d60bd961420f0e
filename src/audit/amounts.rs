//! What each row's difference comes to.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Row, Side, Verdict};
use crate::money::{Payment, Rates};

/// Sets the amounts of one account's rows: each side's day is paid by itself, since a code may be
/// packaged beside another.
pub fn set(rows: &mut [Row], rates: &Rates) {
    let charged = day_prices(rows, rates, |row| row.charged.as_ref());
    let supported = day_prices(rows, rates, |row| row.supported.as_ref());
    for row in rows {
        if row.verdict == Verdict::Outside {
            continue;
        }
        let price = |side: &Option<Side>, prices: &Prices| match side {
            None => Some(Decimal::ZERO),
            Some(side) => prices.get(&(side.date, side.code.clone())).copied().flatten().map(|usd| usd * side.units),
        };
        row.amount = price(&row.charged, &charged).zip(price(&row.supported, &supported)).map(|(one, other)| cents(one - other));
    }
}

/// Whole cents, written with both figures.
fn cents(usd: Decimal) -> Decimal {
    let mut usd = usd;
    usd.rescale(2);
    usd
}

/// Dollars a unit, by date and code; `None` where the rates lack it.
type Prices = BTreeMap<(NaiveDate, String), Option<Decimal>>;

fn day_prices(rows: &[Row], rates: &Rates, side: impl Fn(&Row) -> Option<&Side>) -> Prices {
    let mut days: BTreeMap<NaiveDate, BTreeMap<&str, Decimal>> = BTreeMap::new();
    for side in rows.iter().filter_map(&side) {
        *days.entry(side.date).or_default().entry(&side.code).or_default() += side.units;
    }
    let mut prices = Prices::new();
    for (date, codes) in days {
        let day: Vec<(&str, Decimal)> = codes.into_iter().collect();
        for ((code, units), payment) in day.iter().zip(rates.pay(&day)) {
            let a_unit = match payment {
                Payment::Unknown => None,
                _ if units.is_zero() => Some(Decimal::ZERO),
                other => Some(other.usd() / units),
            };
            prices.insert((date, (*code).to_owned()), a_unit);
        }
    }
    prices
}
