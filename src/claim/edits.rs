//! Edits on one session's units: codes in force (E5), add-ons beside their primaries (E1), refills
//! (O4), the flush (O5).

use super::{Account, Charge};
use crate::reference::{CodeSet, Reference, Rule};
use crate::session::finding::Finding;
use foldhash::HashSet;

/// E5, D3: a code that is not in force on its date is an error. Returns whether there is one.
pub fn bar_codes_out_of_force(account: &mut Account, reference: &Reference) -> bool {
    let mut told = CodeSet::default();
    let mut found = Vec::new();
    for charge in &account.charges {
        let unit = &charge.unit;
        if reference.facts.in_force(unit.code, unit.date) || !told.add(unit.code) {
            continue;
        }
        let code = reference.codes.get(unit.code);
        let until = code.until.as_ref().map(|last| format!(" to {last}")).unwrap_or_default();
        found.push(
            Finding::error(Rule::E5.id(), account.place(unit), format!("{} is not in force on {}", code.code, unit.date))
                .label(format!("in force from {}{until}", code.from))
                .help("check the date; a service of that day has another code"),
        );
    }
    let barred = !found.is_empty();
    account.findings.extend(found);
    barred
}

/// E1: an add-on stands only beside one of its primaries, sought in the whole encounter. An add-on
/// that goes may have been another's primary, so this is done until nothing goes.
pub fn require_primaries(account: &mut Account, reference: &Reference) {
    loop {
        let standing: CodeSet = account.charges.iter().map(|charge| charge.unit.code).collect();
        let setting = account.coded.setting;
        let is_alone = |charge: &Charge| {
            let rows = reference.facts.primaries(charge.unit.code);
            let date = charge.unit.date;
            // Before the first edit of an add-on took effect, there was none to break.
            let began = || rows.iter().any(|row| row.from <= date);
            !rows.iter().any(|row| standing.has(row.primary) && row.in_force(date, setting)) && began()
        };
        if !account.charges.iter().any(is_alone) {
            return;
        }
        let mut told = CodeSet::default();
        let mut found = Vec::new();
        for charge in account.charges.iter().filter(|charge| is_alone(charge)) {
            if told.add(charge.unit.code) {
                let code = &reference.codes.get(charge.unit.code).code;
                let rows = reference.facts.primaries(charge.unit.code).iter().filter(|row| row.in_force(charge.unit.date, setting));
                let names: Vec<&str> = rows.map(|row| reference.codes.get(row.primary).code.as_str()).collect();
                found.push(
                    Finding::warning(
                        Rule::E1.id(),
                        account.place(&charge.unit),
                        format!("{code} stands beside none of its primaries: not billed"),
                    )
                    .label("add-on without a primary")
                    .help(format!("it needs one of {}", names.join(", "))),
                );
            }
        }
        account.remove(Rule::E1, is_alone);
        account.findings.extend(found);
    }
}

/// O4: a refill is not billed on the date on which a pump was started.
pub fn refuse_refills(account: &mut Account, reference: &Reference) {
    if !account.charges.iter().any(|charge| charge.unit.rule == Rule::O4) {
        return;
    }
    let starts: HashSet<_> = account
        .charges
        .iter()
        .filter(|charge| reference.codes.get(charge.unit.code).initiates_pump)
        .map(|charge| charge.unit.date)
        .collect();
    account.remove(Rule::O4, |charge| charge.unit.rule == Rule::O4 && starts.contains(&charge.unit.date));
}

/// O5: a flush is billed only where the session has nothing else of these families, no other
/// service, no transfusion, and no pump was taken off (O4).
pub fn refuse_flush(account: &mut Account) {
    let coded = &account.coded;
    let others = account.charges.iter().any(|charge| charge.unit.rule != Rule::O5);
    if others || !coded.services.is_empty() || coded.transfused || coded.disconnect {
        account.remove(Rule::O5, |charge| charge.unit.rule == Rule::O5);
    }
}
