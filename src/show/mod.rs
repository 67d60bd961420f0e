//! Bills as people and programs read them. Words are made here, from the rules' entries and the
//! numbers; nothing is decided.

pub mod audit;
pub mod changes;
pub mod claims_out;
pub mod compare;
pub mod csv;
pub mod drugs;
pub mod excerpt;
pub mod explain;
pub mod findings;
pub mod handover;
pub mod html;
pub mod json;
pub mod markdown;
pub mod page;
pub mod picture;
pub mod points;
pub mod practice;
pub mod spot;
pub mod table;
pub mod timeline;
pub mod view;

use crate::{Bill, Reference, Source};
use spot::Spotter;
use view::Sheet;

/// One format of bills.
pub trait Exporter {
    /// Writes all bills.
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String;
}

/// The sheets of all bills, in order.
#[must_use]
pub fn sheets(bills: &[Bill], sources: &[Source], reference: &Reference) -> Vec<Sheet> {
    let spotters: Vec<Spotter> = sources.iter().map(Spotter::new).collect();
    bills.iter().map(|bill| view::sheet(bill, sources, &spotters[bill.source], reference)).collect()
}
