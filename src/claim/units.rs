//! Most units of a code a date (E2), over modifiers and over the patient's sessions of that date.

use foldhash::HashSet;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::standing::Standing;
use super::{Account, contested};
use crate::reference::{CodeId, Reference, Rule};
use crate::session::finding::Finding;
use crate::session::log::Setting;

/// Flags the units over each limit, or removes them.
pub fn limit(accounts: &mut [Account], standing: &Standing, reference: &Reference) {
    if standing.keeps_limits(reference) {
        return;
    }
    let mut units: Vec<(Setting, CodeId, NaiveDate, usize, usize)> = Vec::new();
    for (at, account) in accounts.iter().enumerate() {
        for (position, charge) in account.charges.iter().enumerate() {
            units.push((account.coded.setting, charge.unit.code, charge.unit.date, at, position));
        }
    }
    units.sort_unstable();
    let mut removed: HashSet<(usize, usize)> = HashSet::default();
    for same in units.chunk_by(|one, other| (one.0, one.1, one.2) == (other.0, other.1, other.2)) {
        let (setting, code, date, ..) = same[0];
        let most = reference.codes.mue(code, setting).units as usize;
        if same.len() > most {
            let units = same.iter().map(|(.., at, position)| (*at, *position)).collect();
            over_limit(accounts, reference, code, date, units, most, &mut removed);
        }
    }
    if removed.is_empty() {
        return;
    }
    for (at, account) in accounts.iter_mut().enumerate() {
        let charges = std::mem::take(&mut account.charges).into_iter().enumerate();
        let (out, kept): (Vec<_>, Vec<_>) = charges.partition(|(position, _)| removed.contains(&(at, *position)));
        account.charges = out.into_iter().map(|(_, charge)| charge).collect();
        account.remove(Rule::E2, |_| true);
        account.charges = kept.into_iter().map(|(_, charge)| charge).collect();
    }
}

/// Modified units go first, then the latest, of one minute those of a separate access; their
/// add-ons stand.
fn over_limit(
    accounts: &mut [Account],
    reference: &Reference,
    code: CodeId,
    date: NaiveDate,
    mut units: Vec<(usize, usize)>,
    most: usize,
    removed: &mut HashSet<(usize, usize)>,
) {
    let setting = accounts[units[0].0].coded.setting;
    let mue = reference.codes.mue(code, setting);
    let name = &reference.codes.get(code).code;
    units.sort_by_key(|(at, position)| {
        let charge = &accounts[*at].charges[*position];
        (charge.modifiers.is_empty(), Reverse(charge.unit.begins), Reverse(*at), Reverse(charge.unit.access), Reverse(*position))
    });
    let over = units.len() - most;
    let (last_at, last_position) = units[0];
    let own_dates = dates_of_their_own(accounts, &units, most);
    let capped = contested::excess_is_removed(&accounts[last_at]);
    let what = if capped { format!("{over} are removed") } else { "all are reported".to_owned() };
    let place = accounts[last_at].place(&accounts[last_at].charges[last_position].unit);
    let mut finding = Finding::warning(
        Rule::E2.id(),
        place,
        format!("{name} x{} on {date} is over its limit of {most} a day (MAI {}): {what}", units.len(), mue.mai),
    )
    .label(format!("{over} over the limit"));
    finding.help = Some(match (own_dates, mue.mai) {
        (Some(dates), _) => format!("midnight=unit_start would date them {dates}"),
        (None, 2) => "the limit is absolute: units over it are denied".to_owned(),
        (None, _) => "units over the limit are denied unless records support them on appeal".to_owned(),
    });
    accounts[last_at].find(finding);
    for (at, position) in units.into_iter().take(over) {
        if contested::excess_is_removed(&accounts[at]) {
            removed.insert((at, position));
        }
    }
}

/// Where the dates of the units' own minutes would keep the limit: those dates with their counts.
fn dates_of_their_own(accounts: &[Account], units: &[(usize, usize)], most: usize) -> Option<String> {
    let mut own: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    for (at, position) in units {
        *own.entry(accounts[*at].charges[*position].unit.own_date).or_default() += 1;
    }
    let keeps = own.values().all(|count| *count <= most);
    keeps.then(|| own.iter().map(|(date, count)| format!("{date} x{count}")).collect::<Vec<_>>().join(", "))
}
