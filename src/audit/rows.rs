//! Units of one account, matched one by one.

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::accounts::Account;
use super::{Row, Side, Verdict};
use crate::Bill;
use crate::reference::Reference;
use crate::timeline::calendar::Minute;

/// A side with the units that are not yet matched.
struct Open {
    side: Side,
    /// The last date it may be for: a charge over several days.
    through: NaiveDate,
    bill: Option<usize>,
    left: Decimal,
    /// Units that found their like exactly.
    exact: Decimal,
}

/// How alike two sides are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Alike {
    Whole,
    ButModifiers,
    ButDate,
}

/// What lines are compared by.
pub struct Lines<'a> {
    pub bills: &'a [Bill],
    /// The codes of the drug list.
    pub of_drugs: HashSet<&'a str>,
    /// Whether drugs' own lines are compared.
    pub with_drugs: bool,
    pub reference: &'a Reference,
}

impl Lines<'_> {
    /// The rows of one account, without reasons and amounts.
    pub fn compare(&self, account: &Account) -> Vec<Row> {
        let supported = account.bills.iter().flat_map(|bill| supported(*bill, self.bills, self.with_drugs, self.reference)).collect();
        joined(self.matched(account, supported))
    }

    /// Codes of drug administration, and those of drugs that a log's doses could support.
    fn is_judged(&self, code: &str, supported: &[Open]) -> bool {
        let listed = self.reference.codes.find(code).is_some() || self.of_drugs.contains(code);
        listed || supported.iter().any(|open| open.side.code == code)
    }

    fn matched(&self, account: &Account, mut supported: Vec<Open>) -> Vec<Row> {
        let (bills, reference) = (self.bills, self.reference);
        let mut charged = charged(account);
        let row = |charged: Option<Side>, supported: Option<Side>, bill: Option<usize>, verdict: Verdict| Row {
            account: bill.map_or_else(|| account.name.clone(), |bill| bills[bill].id.clone()),
            bill: bill.or(account.bills.first().copied()),
            charged,
            supported,
            verdict,
            rule: None,
            why: String::new(),
            amount: None,
        };
        let mut rows = Vec::new();
        for alike in [Alike::Whole, Alike::ButModifiers, Alike::ButDate] {
            for one in &mut charged {
                for other in supported.iter_mut().filter(|other| other.left > Decimal::ZERO) {
                    if one.left <= Decimal::ZERO {
                        break;
                    }
                    if !is_alike(one, other, alike, reference) {
                        continue;
                    }
                    let units = one.left.min(other.left);
                    one.left -= units;
                    other.left -= units;
                    if alike == Alike::Whole {
                        one.exact += units;
                        other.exact += units;
                    }
                    let verdict = match alike {
                        Alike::Whole => Verdict::Agrees,
                        Alike::ButModifiers => Verdict::WrongModifier,
                        Alike::ButDate => Verdict::WrongDate,
                    };
                    rows.push(row(Some(of(one, units)), Some(of(other, units)), other.bill, verdict));
                }
            }
        }
        for one in charged.iter().filter(|one| one.left != Decimal::ZERO) {
            let verdict = if account.bills.is_empty() {
                Verdict::NoLog
            } else if !self.is_judged(&one.side.code, &supported) {
                Verdict::Outside
            } else if one.exact > Decimal::ZERO {
                Verdict::Overcharged
            } else {
                Verdict::NotSupported
            };
            rows.push(row(Some(of(one, one.left)), None, None, verdict));
        }
        for other in supported.iter().filter(|other| other.left > Decimal::ZERO) {
            let verdict = if other.exact > Decimal::ZERO { Verdict::Undercharged } else { Verdict::Missing };
            rows.push(row(None, Some(of(other, other.left)), other.bill, verdict));
        }
        rows
    }
}

fn of(open: &Open, units: Decimal) -> Side {
    Side { units, ..open.side.clone() }
}

/// Too much or too little of a line that is else exact stands in one row with it.
fn joined(rows: Vec<Row>) -> Vec<Row> {
    let mut kept: Vec<Row> = Vec::new();
    for row in rows {
        let same = |kept: &Row, side: fn(&Row) -> Option<&Side>| match (side(kept), side(&row)) {
            (Some(one), Some(other)) => (one.date, &one.code, &one.modifiers) == (other.date, &other.code, &other.modifiers),
            _ => false,
        };
        let host = kept.iter_mut().find(|host| {
            let agreed = matches!(host.verdict, Verdict::Agrees | Verdict::Overcharged | Verdict::Undercharged);
            agreed
                && match row.verdict {
                    Verdict::Overcharged => same(host, |row| row.charged.as_ref()),
                    Verdict::Undercharged => host.bill == row.bill && same(host, |row| row.supported.as_ref()),
                    _ => false,
                }
        });
        match host {
            Some(host) => {
                if let (Some(one), Some(more)) = (&mut host.charged, &row.charged) {
                    one.units += more.units;
                }
                if let (Some(one), Some(more)) = (&mut host.supported, &row.supported) {
                    one.units += more.units;
                }
                host.verdict = row.verdict;
            }
            None => kept.push(row),
        }
    }
    kept
}

/// Charged lines of one date, code and modifiers are one, credits taken off.
fn charged(account: &Account) -> Vec<Open> {
    let mut lines: BTreeMap<(NaiveDate, NaiveDate, String, Vec<String>), Open> = BTreeMap::new();
    for line in &account.charged {
        let through = line.through.unwrap_or(line.date);
        let open = lines.entry((line.date, through, line.code.clone(), line.modifiers.clone())).or_insert_with(|| Open {
            side: Side {
                date: line.date,
                code: line.code.clone(),
                modifiers: line.modifiers.clone(),
                units: Decimal::ZERO,
                lines: Vec::new(),
                ran: None,
                events: Vec::new(),
                drugs: Vec::new(),
            },
            through,
            bill: None,
            left: Decimal::ZERO,
            exact: Decimal::ZERO,
        });
        open.side.lines.push(line.spot.line);
        open.left += line.units;
    }
    lines.into_values().collect()
}

/// The lines that a bill supports.
fn supported(at: usize, bills: &[Bill], with_drugs: bool, reference: &Reference) -> Vec<Open> {
    let Some(claim) = &bills[at].claim else { return Vec::new() };
    let open = |date, code: String, modifiers, units: Decimal, ran, events, drugs| Open {
        side: Side { date, code, modifiers, units, lines: Vec::new(), ran, events, drugs },
        through: date,
        bill: Some(at),
        left: units,
        exact: Decimal::ZERO,
    };
    let code_of = |id| reference.modifiers.get(id).code.clone();
    let mut all = Vec::new();
    for line in &claim.lines {
        let slices = || line.charges.iter().flat_map(|charge| charge.unit.minutes.slices());
        let first: Option<Minute> = slices().map(|slice| slice.from()).min();
        let last: Option<Minute> = slices().map(|slice| slice.to()).max();
        let calendar = &claim.coded.calendar;
        let ran = first.zip(last).map(|(from, to)| (calendar.stamp(from), calendar.stamp(to)));
        let mut events: Vec<usize> = slices().map(|slice| claim.coded.administrations[slice.given().0 as usize].event).collect();
        events.sort_unstable();
        events.dedup();
        let drugs = line.drugs().into_iter().map(|drug| claim.coded.drugs[drug.0 as usize].name.to_string()).collect();
        let modifiers = line.modifiers.iter().map(|id| code_of(*id)).collect();
        all.push(open(line.date, reference.codes.get(line.code).code.clone(), modifiers, Decimal::from(line.units()), ran, events, drugs));
    }
    for line in claim.drug_lines.iter().filter(|_| with_drugs) {
        let modifiers = line.modifiers.iter().map(|(id, _)| code_of(*id)).collect();
        let mut events: Vec<usize> = claim.doses(line).iter().map(|dose| dose.event).collect();
        events.sort_unstable();
        events.dedup();
        all.push(open(
            line.date,
            line.code.to_string(),
            modifiers,
            Decimal::from(line.units),
            None,
            events,
            vec![line.drug.name().into_owned()],
        ));
    }
    all
}

fn is_alike(charged: &Open, supported: &Open, alike: Alike, reference: &Reference) -> bool {
    let on_date = charged.side.date <= supported.side.date && supported.side.date <= charged.through;
    let modifiers = || judged(&charged.side.modifiers, reference) == judged(&supported.side.modifiers, reference);
    charged.side.code == supported.side.code
        && match alike {
            Alike::Whole => on_date && modifiers(),
            Alike::ButModifiers => on_date,
            Alike::ButDate => true,
        }
}

/// The modifiers that a log can speak of, whatever their order; what only the hospital knows (the
/// place, the department) is not judged.
pub fn judged<'m>(modifiers: &'m [String], reference: &Reference) -> Vec<&'m str> {
    let mut known: Vec<&str> = modifiers.iter().map(String::as_str).filter(|code| reference.modifiers.find(code).is_some()).collect();
    known.sort_unstable();
    known
}
