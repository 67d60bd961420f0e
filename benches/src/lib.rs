//! Sessions to measure with, the same on every machine: made from a seed, written as NDJSON or RON.

pub mod dice;
pub mod mix;
pub mod shapes;
pub mod text;
pub mod times;

use hangtime::reference::PolicyEntry;
use hangtime::session::log::Session;
use hangtime::{Bill, Options, Reference, bill_sessions};

/// As the program has it, for what parses alone too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The seed of every measurement that names none.
pub const SEED: u64 = 96365;

/// Every policy value that can be chosen, as the command line takes it.
#[must_use]
pub fn policy_values() -> Vec<String> {
    let values = |entry: &'static PolicyEntry| entry.values.iter().map(move |value| format!("{}={}", entry.name, value.name));
    PolicyEntry::all().iter().flat_map(values).collect()
}

/// The engine alone: sessions in memory to claims, a patient at a time, as a stream does it.
/// Returns how many lines the claims have, so that no work can be left out.
pub fn lines_of(patients: Vec<Vec<Session>>, options: &Options, reference: &Reference) -> usize {
    let lines = |bill: &Bill| bill.claim.as_ref().map_or(0, |claim| claim.lines.len());
    let bill = |sessions| bill_sessions(sessions, options, reference).iter().map(lines).sum::<usize>();
    patients.into_iter().map(bill).sum()
}

/// Sessions of one patient that follow each other, together.
#[must_use]
pub fn by_patient(sessions: Vec<Session>) -> Vec<Vec<Session>> {
    let mut patients: Vec<Vec<Session>> = Vec::new();
    for session in sessions {
        match patients.last_mut() {
            Some(last) if session.patient.is_some() && last[0].patient == session.patient => last.push(session),
            _ => patients.push(vec![session]),
        }
    }
    patients
}
