//! Charges as FHIR R4 Claim and ExplanationOfBenefit: alone, in a list, in a Bundle, one a line.

use std::collections::HashSet;
use std::ops::Range;

use serde_json::value::RawValue;

use super::cells::Bad;
use super::intake::Intake;
use super::items::{self, Frame};
use super::resources::{self, Bundle, Claim, Entry, Head, range};
use super::text::quoted;
use super::withdrawal::Withdrawal;

/// Reads all resources; what is wrong is told.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let mut reader = Reader {
        text,
        claims: 0,
        others: 0,
        without_code: Vec::new(),
        read: HashSet::new(),
        explained: Vec::new(),
        withdrawal: Withdrawal::default(),
    };
    if is_one_a_line(text) {
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            reader.document(line, intake);
        }
    } else {
        reader.document(text.trim(), intake);
    }
    reader.end(intake);
}

/// Whether each line is a value of its own: the whole is none, but one of the first lines is.
fn is_one_a_line(text: &str) -> bool {
    let is_value = |text: &str| text.starts_with('{') && serde_json::from_str::<&RawValue>(text).is_ok();
    let text = text.trim();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(3);
    text.starts_with('{') && !is_value(text) && lines.any(is_value)
}

struct Reader<'t> {
    text: &'t str,
    claims: usize,
    others: usize,
    without_code: Vec<Range<usize>>,
    /// The ids of the Claims that were read.
    read: HashSet<String>,
    /// Benefits: the claim that each explains, its lines, its place.
    explained: Vec<(String, Range<usize>, Range<usize>)>,
    withdrawal: Withdrawal,
}

/// A bundle in a bundle is not FHIR, and a deep one would be an endless way down.
const DEEPEST: usize = 3;

impl<'t> Reader<'t> {
    /// A value at the top: a resource, or a list of them.
    fn document(&mut self, value: &'t str, intake: &mut Intake) {
        if value.starts_with('[') {
            match resources::read::<Vec<&RawValue>>(self.text, value) {
                Ok(all) => all.into_iter().for_each(|resource| self.resource(resource.get(), 0, intake)),
                Err((at, bad)) => intake.error(at, bad),
            }
        } else {
            self.resource(value, 0, intake);
        }
    }

    fn resource(&mut self, value: &'t str, depth: usize, intake: &mut Intake) {
        let head = match resources::read::<Head>(self.text, value) {
            Ok(head) => head,
            Err((at, bad)) => return intake.error(at, bad),
        };
        let start = resources::offset(self.text, value);
        let opening = start..start + 1;
        match head.resource_type.as_deref() {
            Some("Bundle") if depth < DEEPEST => self.bundle(value, depth, intake),
            Some(kind @ ("Claim" | "ExplanationOfBenefit")) => self.claim(value, kind, intake),
            Some(_) => self.others += 1,
            None => {
                intake.error(opening, Bad::new("a value has no `resourceType`").help("a claim is a resource Claim or ExplanationOfBenefit"))
            }
        }
    }

    fn bundle(&mut self, value: &'t str, depth: usize, intake: &mut Intake) {
        let bundle = match resources::read::<Bundle>(self.text, value) {
            Ok(bundle) => bundle,
            Err((at, bad)) => return intake.error(at, bad),
        };
        for entry in bundle.entry {
            match resources::read::<Entry>(self.text, entry.get()) {
                Ok(Entry { resource: Some(resource) }) => self.resource(resource.get(), depth + 1, intake),
                Ok(Entry { resource: None }) => {}
                Err((at, bad)) => intake.error(at, bad),
            }
        }
    }

    fn claim(&mut self, value: &'t str, kind: &str, intake: &mut Intake) {
        self.claims += 1;
        let start = resources::offset(self.text, value);
        let place = start..start + 1;
        let claim = match resources::read::<Claim>(self.text, value) {
            Ok(claim) => claim,
            Err((at, bad)) => return intake.error(at, bad),
        };
        if let Some(why) = no_charge(&claim) {
            return intake.note(place, Bad::new(format!("a {kind} is not read: {why}")));
        }
        if claim.status.as_deref() == Some("draft") {
            intake.note(place.clone(), Bad::new(format!("a {kind} is a draft; its lines are read")));
        }
        let frame = match Frame::of(&claim) {
            Ok(frame) => frame,
            Err(bad) => return intake.error(place, bad),
        };
        let from = intake.lines.len();
        for item in &claim.item {
            match items::charged(self.text, item, &frame, intake) {
                Ok(Some(line)) => intake.take(line),
                Ok(None) => self.without_code.push(range(self.text, item)),
                Err((at, bad)) => intake.error(at, bad),
            }
        }
        let lines = from..intake.lines.len();
        if claim.item.is_empty() {
            intake.warning(place.clone(), Bad::new(format!("a {kind} has no item")));
        }
        let id = claim.id.unwrap_or_default();
        if let Some(explains) = claim.claim.and_then(|claim| claim.name()).filter(|_| kind != "Claim") {
            self.explained.push((explains, lines.clone(), place.clone()));
        }
        if !id.is_empty() {
            self.withdrawal.note(&format!("{kind}/{id}"), lines, place, true, intake);
            if kind == "Claim" {
                self.read.insert(id);
            }
        }
    }

    fn end(mut self, intake: &mut Intake) {
        for (claim, lines, place) in self.explained {
            if self.read.contains(&claim) {
                let bad = Bad::new("an ExplanationOfBenefit is not read: the Claim that it explains is in the file");
                intake.note(place, bad.label(format!("explains {}", quoted(&claim))));
                self.withdrawal.take_back(lines);
            }
        }
        self.withdrawal.carry_out(intake);
        if self.claims == 0 && intake.left_out == 0 {
            let what = if self.others == 0 { "no resource" } else { "neither a Claim nor an ExplanationOfBenefit" };
            intake.error(0..0, Bad::new(format!("the file holds {what}")));
        } else if self.others > 0 {
            let what = if self.others == 1 { "1 other resource is".to_owned() } else { format!("{} other resources are", self.others) };
            intake.note(0..0, Bad::new(format!("{what} not read")));
        }
        let lines = self.without_code.len();
        if let Some(first) = self.without_code.into_iter().next() {
            let (what, label) = if lines == 1 {
                ("1 item has no CPT or HCPCS code and is".to_owned(), "")
            } else {
                (format!("{lines} items have no CPT or HCPCS code and are"), "the first")
            };
            intake.note(first, Bad::new(format!("{what} not read")).label(label));
        }
    }
}

/// Why a resource charges nothing.
fn no_charge(claim: &Claim) -> Option<String> {
    match (claim.status.as_deref(), claim.purpose.as_deref()) {
        (Some(status @ ("cancelled" | "entered-in-error")), _) => Some(format!("its status is {status}")),
        (_, Some(purpose @ ("preauthorization" | "predetermination"))) => Some(format!("it is a {purpose}, not a claim")),
        _ => None,
    }
}
