//! The few fields of FHIR R4 resources that are read. A value whose place a finding may need stays
//! the text that it is, a slice of the file.

use std::ops::Range;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::cells::Bad;
use crate::show::excerpt::harmless;

/// What any resource says of itself.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "a resource")]
pub(super) struct Head {
    pub(super) resource_type: Option<String>,
}

/// A bundle.
#[derive(Debug, Deserialize)]
#[serde(expecting = "a Bundle")]
pub(super) struct Bundle<'t> {
    #[serde(borrow, default)]
    pub(super) entry: Vec<&'t RawValue>,
}

/// An entry of a bundle.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an entry of a Bundle")]
pub(super) struct Entry<'t> {
    #[serde(borrow)]
    pub(super) resource: Option<&'t RawValue>,
}

/// A Claim or an ExplanationOfBenefit.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "a claim")]
pub(super) struct Claim<'t> {
    pub(super) id: Option<String>,
    pub(super) status: Option<String>,
    #[serde(rename = "use")]
    pub(super) purpose: Option<String>,
    pub(super) patient: Option<Reference>,
    #[serde(default)]
    pub(super) identifier: Vec<Identifier>,
    pub(super) billable_period: Option<Period>,
    #[serde(default)]
    pub(super) diagnosis: Vec<Diagnosis>,
    /// The claim that a benefit explains.
    pub(super) claim: Option<Reference>,
    #[serde(borrow, default)]
    pub(super) item: Vec<&'t RawValue>,
}

/// One line of a claim.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "an item of a claim")]
pub(super) struct Item<'t> {
    #[serde(borrow)]
    pub(super) product_or_service: Option<&'t RawValue>,
    #[serde(borrow, default)]
    pub(super) modifier: Vec<&'t RawValue>,
    #[serde(borrow)]
    pub(super) quantity: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) serviced_date: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) serviced_period: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) unit_price: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) factor: Option<&'t RawValue>,
    #[serde(borrow)]
    pub(super) net: Option<&'t RawValue>,
    #[serde(default)]
    pub(super) encounter: Vec<Reference>,
    #[serde(default)]
    pub(super) diagnosis_sequence: Vec<u64>,
    #[serde(borrow, default)]
    pub(super) detail: Vec<&'t RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a Reference")]
pub(super) struct Reference {
    reference: Option<String>,
    identifier: Option<Identifier>,
}

impl Reference {
    /// The name of what is referred to: its identifier, else the last part of the address.
    pub(super) fn name(&self) -> Option<String> {
        let address = self.reference.as_deref().map(|address| {
            let address = address.split("/_history/").next().unwrap_or(address);
            let last = address.rsplit('/').next().unwrap_or(address);
            last.trim_start_matches('#').trim_start_matches("urn:uuid:").trim_start_matches("urn:oid:")
        });
        let own = self.identifier.as_ref().and_then(|identifier| identifier.value.as_deref());
        address.filter(|name| !name.is_empty()).or(own).map(str::to_owned)
    }

    /// The identifier beside an address.
    pub(super) fn second_name(&self) -> Option<String> {
        self.reference.as_ref()?;
        self.identifier.as_ref()?.value.clone()
    }
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "an Identifier")]
pub(super) struct Identifier {
    pub(super) value: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a Period")]
pub(super) struct Period {
    pub(super) start: Option<String>,
    pub(super) end: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "a diagnosis of a claim")]
pub(super) struct Diagnosis {
    pub(super) sequence: Option<u64>,
    pub(super) diagnosis_codeable_concept: Option<Concept>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a CodeableConcept")]
pub(super) struct Concept {
    #[serde(default)]
    pub(super) coding: Vec<Coding>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a Coding")]
pub(super) struct Coding {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(expecting = "a Quantity")]
pub(super) struct Quantity<'t> {
    #[serde(borrow)]
    pub(super) value: Option<&'t RawValue>,
    pub(super) unit: Option<String>,
    pub(super) code: Option<String>,
}

/// Money, of which the currency does not matter here.
#[derive(Debug, Deserialize)]
#[serde(expecting = "Money")]
pub(super) struct Money<'t> {
    #[serde(borrow)]
    pub(super) value: Option<&'t RawValue>,
}

/// Reads a value; an error stands at its place in the whole text.
pub(super) fn read<'t, T: Deserialize<'t>>(text: &str, value: &'t str) -> Result<T, (Range<usize>, Bad)> {
    serde_json::from_str(value).map_err(|error| {
        let base = offset(text, value);
        let line_start = match error.line().checked_sub(2) {
            None => 0,
            Some(n) => value.match_indices('\n').nth(n).map_or(value.len(), |(at, _)| at + 1),
        };
        let at = value.floor_char_boundary((line_start + error.column().saturating_sub(1)).min(value.len()));
        let end = value[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        (base + at..base + end, Bad::new(words(&error)))
    })
}

/// What `serde_json` says, without its place, which is told otherwise.
fn words(error: &serde_json::Error) -> String {
    const MOST: usize = 160;
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let said: String = harmless(said).chars().take(MOST).collect();
    if error.is_data() { format!("the resource cannot be read: {said}") } else { format!("this is no sound JSON: {said}") }
}

/// Where a slice of the text begins in it.
pub(super) fn offset(text: &str, slice: &str) -> usize {
    (slice.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

/// The bytes of a slice of the text.
pub(super) fn range(text: &str, slice: &RawValue) -> Range<usize> {
    let start = offset(text, slice.get());
    start..start + slice.get().len()
}
