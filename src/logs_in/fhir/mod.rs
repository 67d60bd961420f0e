//! FHIR R4 `MedicationAdministration` resources to logs: alone, in a Bundle, in an array, or one a
//! line; the Medications that they point to may stand anywhere in the files.

mod documents;
mod read;
mod resource;

use std::collections::HashMap;

use super::report::{Report, Spot};
use super::sessions::{self, Gathered};
use super::{Choices, File, Import};
use crate::reference::Reference;
use documents::Found;
use read::Reader;
use resource::{Administration, Medication, Versioned};

/// Reads all files together and writes a log for each visit.
#[must_use]
pub fn read(files: &[File], choices: &Choices, reference: &Reference) -> Import {
    let mut report = Report { unit: "administration", ..Report::default() };
    let unpacked: Vec<_> = files.iter().map(File::unpacked).collect();
    let mut medications: HashMap<String, Medication> = HashMap::new();
    let mut administrations = Vec::new();
    for (file, (bytes, problem)) in files.iter().zip(&unpacked) {
        let found = documents::find(&file.name, bytes, &mut report);
        for one in found {
            sort(&one, &mut medications, &mut administrations, &mut report);
        }
        if let Some(problem) = problem {
            let lines = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
            report.fault(Spot { file: file.name.clone(), line: lines, column: None }, problem.clone());
        }
    }
    report.seen = administrations.len();
    let administrations = newest(administrations, &mut report);
    let reader = Reader { medications: &medications, choices, drugs: &reference.drugs };
    let mut gathered = Gathered::default();
    for (spot, administration) in administrations {
        reader.read(spot, &administration, &mut gathered, &mut report);
    }
    sessions::write(gathered, choices, &reference.drugs, report)
}

/// Keeps the two kinds of resources that matter.
fn sort(
    one: &Found,
    medications: &mut HashMap<String, Medication>,
    administrations: &mut Vec<(Spot, Administration)>,
    report: &mut Report,
) {
    match one.kind.as_deref() {
        Some("Medication") => match serde_json::from_str::<Medication>(one.text) {
            Ok(medication) => {
                let by_id = medication.id.as_ref().map(|id| format!("Medication/{id}"));
                for name in by_id.into_iter().chain(one.full_url.clone()) {
                    medications.insert(name, medication.clone());
                }
            }
            Err(problem) => one.fault(&problem, "Medication", report),
        },
        Some("MedicationAdministration") => match serde_json::from_str::<Administration>(one.text) {
            Ok(administration) => administrations.push((one.spot(), administration)),
            Err(problem) => one.fault(&problem, "MedicationAdministration", report),
        },
        _ => {}
    }
}

/// An administration that comes twice is one: the newer version, where that can be told.
fn newest(all: Vec<(Spot, Administration)>, report: &mut Report) -> Vec<(Spot, Administration)> {
    let mut kept: Vec<(Spot, Administration)> = Vec::with_capacity(all.len());
    let mut known: HashMap<(String, Option<String>), usize> = HashMap::new();
    for (spot, administration) in all {
        let Some(id) = &administration.id else {
            kept.push((spot, administration));
            continue;
        };
        let subject = administration.subject.as_ref().and_then(resource::Reference::named);
        let at = *known.entry((id.clone(), subject)).or_insert(kept.len());
        if at == kept.len() {
            kept.push((spot, administration));
            continue;
        }
        let what = format!("MedicationAdministration/{id}");
        match administration.version_against(&kept[at].1) {
            Versioned::Same => report.ignore(spot, what, "the same resource again"),
            Versioned::Older => report.ignore(spot, what, "an older version of a resource"),
            Versioned::Newer => {
                let (older, _) = std::mem::replace(&mut kept[at], (spot, administration));
                report.ignore(older, what, "an older version of a resource");
            }
            Versioned::Unknown => {
                let first = kept[at].0.clone();
                report.fault(
                    spot,
                    format!("{what} stands at {first} too, with other contents and no version to tell which holds: the first is read"),
                );
            }
        }
    }
    kept
}
