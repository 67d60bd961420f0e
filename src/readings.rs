//! Contested points: on which of them does a bill depend? Found by trying, not by thinking: each
//! policy with each of its other values, all sessions billed again.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::claim::Status;
use crate::reference::{PolicyEntry, Reference, Rule};
use crate::session::log::Session;
use crate::{Bill, Options, bill_sessions};

/// A contested point on which a bill depends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contested {
    /// The policy.
    pub policy: &'static PolicyEntry,
    /// Its value in force.
    pub in_force: String,
    /// The other values that bill otherwise.
    pub otherwise: Vec<Otherwise>,
}

/// Another reading, and what it bills otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Otherwise {
    /// The value.
    pub value: &'static str,
    /// What differs.
    pub changes: Vec<Change>,
}

/// Units of one code, date and set of modifiers under two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which line.
    pub line: LineKey,
    /// Units under the reading in force.
    pub here: usize,
    /// Units under the other.
    pub there: usize,
    /// What was given, on the side that has more.
    pub drugs: Vec<String>,
    /// The rules of those units.
    pub rules: Vec<Rule>,
}

/// What makes a line of a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineKey {
    /// Date of service.
    pub date: NaiveDate,
    /// Code.
    pub code: String,
    /// Modifiers, in the order of the line.
    pub modifiers: Vec<String>,
}

/// One line as a reading bills it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LineUnits {
    /// How many.
    pub units: usize,
    /// What was given.
    pub drugs: Vec<String>,
    /// The rules that earned them.
    pub rules: Vec<Rule>,
}

/// The lines of a bill by what makes them; none where it has no claim.
pub type Lines = BTreeMap<LineKey, LineUnits>;

/// The lines of a bill.
#[must_use]
pub fn lines(bill: &Bill, reference: &Reference) -> Lines {
    let mut lines = Lines::new();
    let Some(claim) = &bill.claim else { return lines };
    for line in &claim.lines {
        let modifiers = line.modifiers.iter().map(|id| reference.modifiers.get(*id).code.clone()).collect();
        let key = LineKey { date: line.date, code: reference.codes.get(line.code).code.clone(), modifiers };
        let mut rules: Vec<Rule> = Vec::new();
        for charge in &line.charges {
            if !rules.contains(&charge.unit.rule) {
                rules.push(charge.unit.rule);
            }
        }
        let drugs = line.drugs().into_iter().map(|drug| claim.coded.drugs[drug.0 as usize].name.clone()).collect();
        lines.insert(key, LineUnits { units: line.units(), drugs, rules });
    }
    lines
}

/// What two readings bill differently.
#[must_use]
pub fn changes(here: &Lines, there: &Lines) -> Vec<Change> {
    let none = LineUnits::default();
    let keys: std::collections::BTreeSet<&LineKey> = here.keys().chain(there.keys()).collect();
    let change = |key: &LineKey| {
        let (one, other) = (here.get(key).unwrap_or(&none), there.get(key).unwrap_or(&none));
        let more = if one.units >= other.units { one } else { other };
        let (drugs, rules) = (more.drugs.clone(), more.rules.clone());
        (one.units != other.units).then(|| Change { line: key.clone(), here: one.units, there: other.units, drugs, rules })
    };
    keys.into_iter().filter_map(change).collect()
}

/// For each bill, the contested points on which it depends: those that change units before those
/// that change only modifiers or dates. `bills` are those of `options`.
///
/// A session with an error depends on nothing.
#[must_use]
pub fn contested(bills: &[Bill], options: &Options, reference: &Reference) -> Vec<Vec<Contested>> {
    let sessions: Vec<(usize, &Session)> =
        bills.iter().enumerate().filter_map(|(at, bill)| Some((at, bill.session.as_ref().filter(|_| bill.claim.is_some())?))).collect();
    let here: Vec<Lines> = sessions.iter().map(|(at, _)| lines(&bills[*at], reference)).collect();
    let mut found: Vec<Vec<Contested>> = bills.iter().map(|_| Vec::new()).collect();
    for policy in PolicyEntry::all() {
        for value in &policy.values {
            let in_force =
                |at: usize| bills[at].claim.as_ref().and_then(|claim| claim.coded.policies.value(&policy.name)).unwrap_or_default();
            if sessions.iter().all(|(at, _)| in_force(*at) == value.name) {
                continue;
            }
            let tried = under(&sessions, &policy.name, &value.name, options, reference);
            for (((at, _), here), tried) in sessions.iter().zip(&here).zip(&tried) {
                let changes = changes(here, &lines(tried, reference));
                let same_status = tried.status == bills[*at].status || tried.status == Status::Error;
                if (changes.is_empty() && same_status) || in_force(*at) == value.name {
                    continue;
                }
                let points = &mut found[*at];
                let otherwise = Otherwise { value: &value.name, changes };
                match points.last_mut().filter(|point| point.policy.name == policy.name) {
                    Some(point) => point.otherwise.push(otherwise),
                    None => points.push(Contested { policy, in_force: in_force(*at), otherwise: vec![otherwise] }),
                }
            }
        }
    }
    for points in &mut found {
        points.sort_by_key(|point| !point.changes_units());
    }
    found
}

fn under(sessions: &[(usize, &Session)], policy: &str, value: &str, options: &Options, reference: &Reference) -> Vec<Bill> {
    let mut other = options.clone();
    other.policies.push(format!("{policy}={value}"));
    // What is denied stays an error of the bill at hand; a reading is tried for its units.
    other.deny.clear();
    bill_sessions(sessions.iter().map(|(_, session)| (*session).clone()).collect(), &other, reference)
}

impl Contested {
    /// Whether a reading changes the units of a code on any date, not merely modifiers or dates.
    #[must_use]
    pub fn changes_units(&self) -> bool {
        self.otherwise.iter().any(|other| {
            let mut by_code: BTreeMap<&str, i64> = BTreeMap::new();
            for change in &other.changes {
                let more = i64::try_from(change.there).unwrap_or(0) - i64::try_from(change.here).unwrap_or(0);
                *by_code.entry(&change.line.code).or_default() += more;
            }
            other.changes.is_empty() || by_code.values().any(|units| *units != 0)
        })
    }
}
