//! The contested points of the claim, one small function a policy; the engine's are in
//! `coding/contested.rs`.

use chrono::NaiveDate;

use super::Account;
use crate::reference::{ModifierId, Mues, Reference, Rule};
use crate::session::finding::{Finding, Place};

/// `site_modifier`: what does the initial of a separate access carry (M1)?
pub fn site_modifier(account: &mut Account, date: NaiveDate, reference: &Reference) -> ModifierId {
    let chosen = *account.coded.policies.site_modifier();
    as_of(account, chosen, date, reference)
}

/// `encounter_modifier`: what does a further encounter of the day carry (M2)?
pub fn encounter_modifier(account: &mut Account, date: NaiveDate, reference: &Reference) -> ModifierId {
    let chosen = *account.coded.policies.encounter_modifier();
    as_of(account, chosen, date, reference)
}

/// `ptp_modifier`: what does the second column of a pair carry (M3)?
pub fn pair_modifier(account: &mut Account, date: NaiveDate, reference: &Reference) -> ModifierId {
    let chosen = *account.coded.policies.ptp_modifier();
    as_of(account, chosen, date, reference)
}

/// `mue`: are units over the limit of a date taken off (E2)?
pub fn excess_is_removed(account: &Account) -> bool {
    *account.coded.policies.mue() == Mues::Cap
}

/// Before the X modifiers were in force the plain one is written, with a note (D3).
fn as_of(account: &mut Account, chosen: &str, date: NaiveDate, reference: &Reference) -> ModifierId {
    let find = |code: &str| reference.modifiers.find(code).unwrap_or_else(|| panic!("modifiers.ron lacks {code}"));
    let modifier = find(chosen);
    if reference.modifiers.from(modifier).is_none_or(|from| from <= date) {
        return modifier;
    }
    let plain = &reference.facts.limits.plain_separate;
    let message = format!("{chosen} was not in force on {date}: {plain} is written");
    if !account.findings.iter().any(|finding| finding.message == message) {
        account.find(Finding::note(Rule::D3.id(), Place::Session, message).label("before the X modifiers"));
    }
    find(plain)
}
