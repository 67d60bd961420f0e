//! Which charged lines belong to which sessions.

use std::collections::{BTreeMap, HashMap};

use crate::Bill;
use crate::claims_in::Charged;

/// Charged lines and the sessions they are laid beside.
#[derive(Debug)]
pub struct Account<'c> {
    /// The session's name, the patient's, or the account's as charged.
    pub name: String,
    /// Bills, by place.
    pub bills: Vec<usize>,
    /// What was charged.
    pub charged: Vec<&'c Charged>,
}

/// One account a session that a charge names, one a patient that it names; sessions without any
/// charge and charges without any session have accounts of their own.
pub fn gather<'c>(bills: &[Bill], charged: &[&'c Charged]) -> Vec<Account<'c>> {
    let index = Index::of(bills);
    let mut by_session: BTreeMap<usize, Vec<&Charged>> = BTreeMap::new();
    let mut by_patient: BTreeMap<String, Vec<&Charged>> = BTreeMap::new();
    let mut without_log: BTreeMap<String, Vec<&Charged>> = BTreeMap::new();
    for line in charged {
        match index.whose(line, bills) {
            Whose::Session(bill) => by_session.entry(bill).or_default().push(line),
            Whose::Patient(patient) => by_patient.entry(patient).or_default().push(line),
            Whose::Nobody(name) => without_log.entry(name).or_default().push(line),
        }
    }
    let mut accounts = Vec::new();
    let mut met: Vec<bool> = vec![false; bills.len()];
    for (bill, charged) in by_session {
        met[bill] = true;
        accounts.push(Account { name: bills[bill].id.clone(), bills: vec![bill], charged });
    }
    for (patient, charged) in by_patient {
        let of_patient: Vec<usize> = index.patients[&patient].iter().copied().filter(|bill| !met[*bill]).collect();
        for bill in &of_patient {
            met[*bill] = true;
        }
        let name = match of_patient.as_slice() {
            [only] => bills[*only].id.clone(),
            _ => patient,
        };
        accounts.push(Account { name, bills: of_patient, charged });
    }
    for (bill, met) in met.iter().enumerate() {
        if !met && bills[bill].session.is_some() {
            accounts.push(Account { name: bills[bill].id.clone(), bills: vec![bill], charged: Vec::new() });
        }
    }
    accounts.extend(without_log.into_iter().map(|(name, charged)| Account { name, bills: Vec::new(), charged }));
    accounts
}

enum Whose {
    Session(usize),
    Patient(String),
    Nobody(String),
}

/// Sessions by name and by patient.
struct Index {
    sessions: HashMap<String, Vec<usize>>,
    patients: HashMap<String, Vec<usize>>,
}

impl Index {
    fn of(bills: &[Bill]) -> Self {
        let mut index = Index { sessions: HashMap::new(), patients: HashMap::new() };
        for (at, bill) in bills.iter().enumerate() {
            let Some(session) = &bill.session else { continue };
            index.sessions.entry(key(&session.id)).or_default().push(at);
            if let Some(patient) = &session.patient {
                index.patients.entry(key(patient)).or_default().push(at);
            }
        }
        index
    }

    /// The session that an account's names name; of several of one name the one of that date; else
    /// the patient.
    fn whose(&self, line: &Charged, bills: &[Bill]) -> Whose {
        let account = &line.account;
        let names = account.session.iter().chain(&account.patient).chain(&account.also);
        for name in names.clone() {
            if let Some(found) = self.sessions.get(&key(name)) {
                let date = line.date.to_string();
                let on_date = found.iter().find(|at| bills[**at].session.as_ref().is_some_and(|session| session.date == date));
                return Whose::Session(*on_date.unwrap_or(&found[0]));
            }
        }
        let patients = account.patient.iter().chain(&account.session).chain(&account.also);
        if let Some(patient) = patients.map(|name| key(name)).find(|name| self.patients.contains_key(name)) {
            return Whose::Patient(patient);
        }
        let name = names.into_iter().next().cloned().unwrap_or_else(|| "(no account)".to_owned());
        Whose::Nobody(name)
    }
}

/// Names differ in case, blanks and FHIR's `Encounter/` in front, and mean the same.
fn key(name: &str) -> String {
    let name = name.trim();
    let bare = ["Encounter/", "Patient/"].iter().find_map(|front| name.strip_prefix(front)).unwrap_or(name);
    bare.to_ascii_lowercase()
}
