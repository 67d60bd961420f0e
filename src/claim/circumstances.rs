//! Facts stated beside the infusions put their modifiers on lines (M5).

use super::doses::Dose;
use super::{Account, DrugLine};
use crate::reference::{Bag, CircumstanceEntry, Lines, ModifierId, Reference, Rule, nearest};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Session, Setting};
use crate::timeline::Infusate;

/// A fact that was understood: its modifier, for the session or for one drug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    modifier: ModifierId,
    lines: Lines,
    drug: Option<Bag>,
    excludes: Vec<String>,
    at: usize,
}

/// Reads a session's circumstances; those that cannot be understood leave an error.
#[must_use]
pub fn read(session: &Session, reference: &Reference) -> (Vec<Stated>, Vec<Finding>) {
    let (mut stated, mut findings) = (Vec::new(), Vec::new());
    for at in 0..session.circumstances.len() {
        match understand(session, at, reference) {
            Ok((fact, note)) => {
                stated.push(fact);
                findings.extend(note);
            }
            Err(problem) => findings.push(*problem),
        }
    }
    (stated, findings)
}

fn understand(session: &Session, at: usize, reference: &Reference) -> Result<(Stated, Option<Finding>), Box<Finding>> {
    let place = || Place::Circumstance(at);
    let fact = session.circumstances[at].read().map_err(|why| Finding::error("M5", place(), why).label("not understood"))?;
    let all = reference.modifiers.circumstances();
    let named: Vec<&CircumstanceEntry> = all.iter().filter(|entry| entry.name == fact.name).collect();
    if named.is_empty() {
        let help = match nearest(&fact.name, all.iter().map(|entry| entry.name.as_str())).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`hangtime modifiers` lists the circumstances".to_owned(),
        };
        return Err(Box::new(
            Finding::error("M5", place(), format!("`{}` is not a known circumstance", fact.name)).label("not known").help(help),
        ));
    }
    let Some(entry) = named.iter().find(|entry| entry.kind == fact.kind) else {
        let kinds: Vec<&str> = named.iter().filter_map(|entry| entry.kind.as_deref()).collect();
        let label = match kinds.as_slice() {
            [] => format!("write {}", fact.name),
            kinds => format!("write {}", kinds.iter().map(|kind| format!("{}({kind})", fact.name)).collect::<Vec<_>>().join(" or ")),
        };
        let message = match &fact.kind {
            Some(kind) => format!("`{}` has no kind `{kind}`", fact.name),
            None => format!("`{}` needs its kind", fact.name),
        };
        return Err(Box::new(Finding::error("M5", place(), message).label(label)));
    };
    if let Some(only) = entry.setting.filter(|only| *only != session.setting) {
        let (only, here) = (setting_word(only), setting_word(session.setting));
        return Err(Box::new(
            Finding::error("M5", place(), format!("{} belongs on {only} claims, and this session is {here}", entry.name))
                .label(format!("only on {only} claims"))
                .help("take it out, or correct `setting`"),
        ));
    }
    let modifier = reference.modifiers.find(&entry.modifier).unwrap_or_else(|| panic!("modifiers.ron lacks {}", entry.modifier));
    let drug = fact.drug.as_deref().map(|drug| Bag::read(drug, &reference.drugs));
    let note = entry.note.as_ref().map(|note| Finding::note("M5", place(), format!("{}: {note}", entry.modifier)).label("stated here"));
    Ok((Stated { modifier, lines: entry.lines, drug, excludes: entry.excludes.clone(), at }, note))
}

/// M5: a fact about a drug that the session did not give lands on no line.
#[must_use]
pub fn doubt(stated: &[Stated], drugs: &[Infusate]) -> Vec<Finding> {
    let named = stated.iter().filter_map(|fact| fact.drug.as_ref().map(|drug| (fact.at, drug)));
    let idle = named.filter(|(_, drug)| !is_given(drug, drugs)).map(|(at, drug)| {
        let finding =
            Finding::warning("M5", Place::Circumstance(at), format!("{} is not in the log, so this fact marks no line", drug.name()));
        match nearest(&drug.name(), drugs.iter().map(|given| &*given.name)).first() {
            Some(near) => finding.label("not given").help(format!("did you mean \"{near}\"?")),
            None => finding.label("not given"),
        }
    });
    idle.collect()
}

fn is_given(drug: &Bag, drugs: &[Infusate]) -> bool {
    drugs.iter().any(|given| given.bag == *drug || drug.0.iter().any(|part| given.bag.0.contains(part)))
}

fn setting_word(setting: Setting) -> &'static str {
    match setting {
        Setting::Hospital => "a hospital's",
        Setting::Office => "an office's",
    }
}

/// Puts the modifiers of the stated facts on the charges.
pub(super) fn mark(account: &mut Account) {
    if account.stated.is_empty() {
        return;
    }
    for at in 0..account.charges.len() {
        let facts = account.stated.iter().filter(|fact| concerns(account, fact, at));
        let modifiers: Vec<ModifierId> = facts.map(|fact| fact.modifier).collect();
        account.charges[at].modifiers.extend(modifiers.into_iter().map(|modifier| (modifier, Rule::M5)));
    }
}

/// The modifiers of the stated facts for a drug's own line.
pub(super) fn of_drug_line(account: &Account, doses: &[Dose]) -> Vec<ModifierId> {
    let facts = account.stated.iter().filter(|fact| doses.iter().any(|dose| concerns_dose(account, fact, dose)));
    facts.map(|fact| fact.modifier).collect()
}

/// M5: a fact that marks the drug's own line marks none where there is no such line.
pub(super) fn doubt_drug_lines(account: &mut Account, lines: &[DrugLine], reference: &Reference) {
    let marks =
        |fact: &Stated| lines.iter().any(|line| account.doses[line.doses.clone()].iter().any(|dose| concerns_dose(account, fact, dose)));
    // Of a drug that was not given at all it is told before.
    let given = |fact: &Stated| fact.drug.as_ref().is_none_or(|drug| is_given(drug, &account.coded.drugs));
    let idle = account.stated.iter().filter(|fact| fact.lines == Lines::DrugLine && given(fact) && !marks(fact));
    let found = idle.map(|fact| {
        let code = &reference.modifiers.get(fact.modifier).code;
        let whose = fact.drug.as_ref().map_or("a drug".into(), Bag::name);
        Finding::note("M5", Place::Circumstance(fact.at), format!("{code} stands on the line of {whose}, and there is none"))
            .label("marks no line")
            .help("a drug has its own line where its `dose` is written")
    });
    let found: Vec<Finding> = found.collect();
    account.findings.extend(found);
}

/// Two facts whose modifiers exclude each other on one line are an error. Returns whether there are.
pub(super) fn contradict(account: &mut Account, reference: &Reference) -> bool {
    if account.stated.len() < 2 {
        return false;
    }
    let code = |fact: &Stated| reference.modifiers.get(fact.modifier).code.clone();
    let excluding = |facts: Vec<&Stated>| {
        let pairs = facts.iter().flat_map(|one| facts.iter().map(move |other| (*one, *other)));
        pairs
            .into_iter()
            .find(|(one, other)| one.at < other.at && other.excludes.contains(&code(one)))
            .map(|(one, other)| (one.clone(), other.clone()))
    };
    let held: &Account = account;
    let of_charge = |at| excluding(held.stated.iter().filter(|fact| concerns(held, fact, at)).collect());
    let of_dose = |dose: &Dose| excluding(held.stated.iter().filter(|fact| concerns_dose(held, fact, dose)).collect());
    let found = (0..held.charges.len()).find_map(of_charge).or_else(|| held.doses.iter().find_map(of_dose));
    let Some((one, other)) = found else { return false };
    account.find(
        Finding::error("M5", Place::Circumstance(other.at), format!("{} and {} cannot stand on one line", code(&one), code(&other)))
            .label(format!("puts {} on the line", code(&other)))
            .beside(Place::Circumstance(one.at), format!("puts {} on the line", code(&one)))
            .help("keep the one that is true"),
    );
    true
}

/// D3: a fact whose modifier did not exist yet on the date of a line is an error. Returns whether there is one.
pub(super) fn bar_before_their_time(account: &mut Account, reference: &Reference) -> bool {
    let mut found: Vec<Finding> = Vec::new();
    for fact in &account.stated {
        let Some(from) = reference.modifiers.from(fact.modifier) else { continue };
        let dates = (0..account.charges.len()).filter(|at| concerns(account, fact, *at)).map(|at| account.charges[at].unit.date);
        let Some(date) = dates.min().filter(|date| *date < from) else { continue };
        let code = &reference.modifiers.get(fact.modifier).code;
        found.push(
            Finding::error(Rule::D3.id(), Place::Circumstance(fact.at), format!("{code} is not in force on {date}"))
                .label(format!("in force from {from}"))
                .help("check the date, or take the fact out"),
        );
    }
    let barred = !found.is_empty();
    account.findings.extend(found);
    barred
}

/// Whether a fact concerns an administration: the session's all, or its drug's.
fn concerns(account: &Account, fact: &Stated, charge: usize) -> bool {
    if fact.lines == Lines::DrugLine {
        return false;
    }
    let Some(drug) = &fact.drug else { return true };
    account.charges[charge].unit.drugs.iter().any(|id| {
        // A fluid in a drug's bag is its carrier: a fact about the fluid is none about the bag.
        let given = &account.coded.drugs[id.0 as usize];
        given.bag == *drug || matches!(drug.0.as_slice(), [only] if given.bag.0.contains(only) && !given.carriers.contains(only))
    })
}

/// Whether a fact concerns the line of a dose: the session's, its drug's or its bag's.
fn concerns_dose(account: &Account, fact: &Stated, dose: &Dose) -> bool {
    if fact.lines == Lines::Administration {
        return false;
    }
    let Some(drug) = &fact.drug else { return true };
    let hung = &account.coded.drugs[dose.hung.0 as usize].bag;
    *drug == dose.drug || drug == hung || matches!(drug.0.as_slice(), [only] if dose.drug.0.contains(only))
}
