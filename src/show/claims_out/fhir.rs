//! The parts that FHIR R4 resources share, and a Bundle of them.

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{Item, is_cpt_modifier};
use crate::show::json;

const CPT: &str = "http://www.ama-assn.org/go/cpt";
const HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";

/// Resources together, for no purpose but that.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Bundle<R> {
    resource_type: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    entry: Vec<Entry<R>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<R> {
    full_url: String,
    resource: R,
}

/// A Bundle of resources, each under a name of its own that is the same in every run.
pub(super) fn bundle<R: Serialize>(kind: &str, resources: impl Iterator<Item = (String, R)>) -> String {
    let mut met: HashMap<String, usize> = HashMap::new();
    let entry = resources.map(|(key, resource)| {
        let nth = met.entry(key.clone()).and_modify(|nth| *nth += 1).or_insert(0);
        Entry { full_url: format!("urn:uuid:{}", uuid(&format!("{kind}\n{key}\n{nth}"))), resource }
    });
    json::object(&Bundle { resource_type: "Bundle", r#type: "collection", entry: entry.collect() })
}

/// A UUID made of a text, of version 8: the maker's own way.
fn uuid(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Extension {
    url: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_codeable_concept: Option<Concept>,
}

impl Extension {
    pub(super) fn concept(url: &'static str, concept: Concept) -> Self {
        Extension { url, value_code: None, value_codeable_concept: Some(concept) }
    }
}

/// An element that must be there, and of which nothing is known.
#[derive(Debug, Serialize)]
pub(super) struct Absent {
    extension: [Extension; 1],
}

pub(super) fn absent() -> Absent {
    Absent { extension: [Extension { url: ABSENT, value_code: Some("unknown"), value_codeable_concept: None }] }
}

#[derive(Debug, Serialize)]
pub(super) struct Concept {
    coding: [Coding; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

#[derive(Debug, Serialize)]
struct Coding {
    system: &'static str,
    code: String,
}

impl Concept {
    pub(super) fn of(system: &'static str, code: &str) -> Self {
        Concept { coding: [Coding { system, code: code.to_owned() }], text: None }
    }

    /// A line's code; the descriptors are the American Medical Association's, so a service has none.
    pub(super) fn product(item: &Item) -> Self {
        Concept::of(if item.is_cpt() { CPT } else { HCPCS }, item.code)
    }

    pub(super) fn modifier(modifier: &str) -> Self {
        Concept::of(if is_cpt_modifier(modifier) { CPT } else { HCPCS }, modifier)
    }

    pub(super) fn text(self, text: Option<String>) -> Self {
        Concept { text: text.filter(|text| !text.trim().is_empty()), ..self }
    }
}

/// Something named, as addresses are the server's to give.
#[derive(Debug, Serialize)]
pub(super) struct Named {
    identifier: Identifier,
}

pub(super) fn named(value: &str) -> Named {
    Named { identifier: identifier(value) }
}

#[derive(Debug, Serialize)]
pub(super) struct Identifier {
    value: String,
}

pub(super) fn identifier(value: &str) -> Identifier {
    Identifier { value: value.to_owned() }
}

/// A reference that must be there, whether or not it is known.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Required {
    Named(Named),
    Absent(Absent),
}

pub(super) fn required(value: Option<&str>) -> Required {
    value.map_or_else(|| Required::Absent(absent()), |value| Required::Named(named(value)))
}

#[derive(Debug, Serialize)]
pub(super) struct Period {
    pub(super) start: String,
    pub(super) end: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Quantity {
    pub(super) value: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Money {
    value: Box<RawValue>,
    currency: &'static str,
}

/// US dollars, to the last figure as they are known.
pub(super) fn money(usd: Decimal) -> Money {
    Money { value: RawValue::from_string(usd.to_string()).expect("a number"), currency: "USD" }
}
