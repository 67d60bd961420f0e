//! Contested points: on which of them does a bill depend? Found by trying, not by thinking: each
//! policy that the engine asked for with each of its other values, the patient's sessions billed again.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;

use crate::bills::bill_patient;
use crate::claim::Status;
use crate::reference::{ModifierId, PolicyEntry, Reference, Rule};
use crate::session::log::Session;
use crate::{Bill, Options};

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
    /// What becomes of the session, where that differs.
    pub status: Option<Status>,
    /// What differs.
    pub changes: Vec<Change>,
}

/// Units of one code, date and set of modifiers under two readings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which line.
    pub line: LineKey,
    /// Units under the reading in force.
    pub here: u64,
    /// Units under the other.
    pub there: u64,
    /// What was given, on the side that has more.
    pub drugs: Vec<String>,
    /// The rules of those units, and of the modifiers.
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
    pub units: u64,
    /// What was given.
    pub drugs: Vec<String>,
    /// The rules that earned them and set their modifiers.
    pub rules: Vec<Rule>,
    /// Whether it is a drug's own line.
    pub of_drug: bool,
}

/// The lines of a bill by what makes them; none where it has no claim.
pub type Lines = BTreeMap<LineKey, LineUnits>;

/// The lines of a bill, those of giving and the drugs' own.
#[must_use]
pub fn lines(bill: &Bill, reference: &Reference) -> Lines {
    let mut lines = Lines::new();
    let Some(claim) = &bill.claim else { return lines };
    let modifier = |id: ModifierId| reference.modifiers.get(id).code.clone();
    for line in &claim.lines {
        let modifiers = line.modifiers.iter().map(|id| modifier(*id)).collect();
        let key = LineKey { date: line.date, code: reference.codes.get(line.code).code.clone(), modifiers };
        let drugs = line.drugs().into_iter().map(|drug| claim.coded.drugs[drug.0 as usize].name.to_string());
        let earned = line.charges.iter().map(|charge| charge.unit.rule);
        let marked = line.charges.iter().flat_map(|charge| charge.modifiers.iter().map(|(_, rule)| *rule));
        lines.entry(key).or_default().add(line.units() as u64, drugs, earned.chain(marked));
    }
    for line in &claim.drug_lines {
        let modifiers = line.modifiers.iter().map(|(id, _)| modifier(*id)).collect();
        let key = LineKey { date: line.date, code: line.code.to_string(), modifiers };
        let rule = if line.discarded { Rule::J2 } else { Rule::J1 };
        let rules = [rule].into_iter().chain(line.modifiers.iter().map(|(_, rule)| *rule));
        // Two drugs may share an unclassified code.
        let of = lines.entry(key).or_default();
        of.add(line.units, [line.drug.name().into_owned()], rules);
        of.of_drug = true;
    }
    lines
}

impl LineUnits {
    fn add(&mut self, units: u64, drugs: impl IntoIterator<Item = String>, rules: impl IntoIterator<Item = Rule>) {
        self.units += units;
        for drug in drugs {
            if !self.drugs.contains(&drug) {
                self.drugs.push(drug);
            }
        }
        for rule in rules {
            if !self.rules.contains(&rule) {
                self.rules.push(rule);
            }
        }
    }
}

/// What two readings bill differently.
#[must_use]
pub fn changes(here: &Lines, there: &Lines) -> Vec<Change> {
    let none = LineUnits::default();
    let keys: BTreeSet<&LineKey> = here.keys().chain(there.keys()).collect();
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
/// A reading under which the session has an error is no bill to set beside this one and is left
/// out, and a session with an error depends on nothing. A policy that the engine did not ask for
/// while it billed a patient is not tried: it could change nothing.
#[must_use]
pub fn contested(bills: &[Bill], options: &Options, reference: &Reference) -> Vec<Vec<Contested>> {
    let mut found: Vec<Vec<Contested>> = bills.iter().map(|_| Vec::new()).collect();
    for patient in by_group(bills, options) {
        let bills: Vec<&Bill> = patient.iter().map(|at| &bills[*at]).collect();
        for (at, points) in patient.iter().zip(of_patient(&bills, options, reference)) {
            found[*at] = points;
        }
    }
    found
}

/// The bills that were made together, by their places: those of a patient, or one by itself.
/// Sessions with an error are among them, since warnings that are denied come late and may have touched others.
fn by_group(bills: &[Bill], options: &Options) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::new();
    for (at, bill) in bills.iter().enumerate() {
        let Some(session) = &bill.session else { continue };
        if bill.claim.is_none() && options.policies(session.profile.as_deref()).is_err() {
            continue;
        }
        let group = *known.entry(bill.group).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

fn of_patient(bills: &[&Bill], options: &Options, reference: &Reference) -> Vec<Vec<Contested>> {
    let here: Vec<Lines> = bills.iter().map(|bill| lines(bill, reference)).collect();
    let mut found: Vec<Vec<Contested>> = bills.iter().map(|_| Vec::new()).collect();
    for policy in PolicyEntry::all().iter().filter(|policy| may_matter(bills, policy)) {
        for value in &policy.values {
            let otherwise = |bill: &&Bill| in_force(bill, policy).is_some_and(|in_force| in_force != value.name);
            if !bills.iter().any(otherwise) {
                continue;
            }
            let tried = under(bills, &policy.name, &value.name, options, reference);
            for (at, tried) in tried.iter().enumerate().filter(|(_, tried)| tried.claim.is_some()) {
                let Some(in_force) = in_force(bills[at], policy).filter(|in_force| *in_force != value.name) else { continue };
                let changes = changes(&here[at], &lines(tried, reference));
                let status = (tried.status != bills[at].status).then_some(tried.status);
                if changes.is_empty() && status.is_none() {
                    continue;
                }
                let otherwise = Otherwise { value: &value.name, status, changes };
                match found[at].last_mut().filter(|point| point.policy.name == policy.name) {
                    Some(point) => point.otherwise.push(otherwise),
                    None => found[at].push(Contested { policy, in_force, otherwise: vec![otherwise] }),
                }
            }
        }
    }
    for points in &mut found {
        points.sort_by_key(|point| !point.changes_units());
    }
    found
}

/// Whether the engine asked for a policy while it made one of these bills. A session that an error
/// kept from its claim does not tell, but may have touched the others of its patient.
fn may_matter(bills: &[&Bill], policy: &PolicyEntry) -> bool {
    let asked = |bill: &&Bill| bill.claim.as_ref().is_none_or(|claim| claim.coded.policies.was_asked(&policy.name));
    bills.iter().any(|bill| bill.claim.is_some()) && bills.iter().any(asked)
}

fn in_force(bill: &Bill, policy: &PolicyEntry) -> Option<String> {
    bill.claim.as_ref()?.coded.policies.value(&policy.name)
}

/// A patient's sessions billed again with one policy at another value, all else alike.
fn under(bills: &[&Bill], policy: &str, value: &str, options: &Options, reference: &Reference) -> Vec<Bill> {
    let policies = |bill: &Bill, session: &Session| match &bill.claim {
        Some(claim) => claim.coded.policies.as_ref().clone(),
        None => options.policies(session.profile.as_deref()).unwrap_or_default(),
    };
    let sessions = bills.iter().filter_map(|bill| {
        let session = bill.session.as_ref()?;
        let mut policies = policies(bill, session);
        policies.set(policy, value).unwrap_or_else(|problem| panic!("policies.ron: {problem}"));
        Some((session, policies))
    });
    bill_patient(sessions.collect(), options, reference)
}

impl Contested {
    /// Whether a reading changes the units of a code, or whether anything is billed at all, and not
    /// merely modifiers or dates.
    #[must_use]
    pub fn changes_units(&self) -> bool {
        self.otherwise.iter().any(|other| {
            let mut by_code: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
            for change in &other.changes {
                let (here, there) = by_code.entry(&change.line.code).or_default();
                *here += change.here;
                *there += change.there;
            }
            other.status.is_some() || by_code.values().any(|(here, there)| here != there)
        })
    }
}
