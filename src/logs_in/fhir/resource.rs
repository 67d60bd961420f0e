//! The parts of R4 resources that a log needs; everything else in them is passed over.

use serde::Deserialize;
use serde_json::Number;

/// `MedicationAdministration`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "a MedicationAdministration")]
pub struct Administration {
    pub id: Option<String>,
    pub meta: Option<Meta>,
    #[serde(default)]
    pub contained: Vec<Contained>,
    pub status: Option<String>,
    #[serde(default)]
    pub status_reason: Vec<Concept>,
    pub medication_codeable_concept: Option<Concept>,
    pub medication_reference: Option<Reference>,
    pub subject: Option<Reference>,
    pub context: Option<Reference>,
    pub effective_date_time: Option<String>,
    pub effective_period: Option<Period>,
    pub request: Option<Reference>,
    pub dosage: Option<Dosage>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "`meta`")]
pub struct Meta {
    pub version_id: Option<String>,
    pub last_updated: Option<String>,
}

/// A resource within another; only Medications matter.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "a contained resource")]
pub struct Contained {
    pub resource_type: Option<String>,
    pub id: Option<String>,
    pub code: Option<serde_json::Value>,
}

/// `Medication`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Medication")]
pub struct Medication {
    pub id: Option<String>,
    pub code: Option<Concept>,
}

/// `CodeableConcept`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(expecting = "a CodeableConcept")]
pub struct Concept {
    #[serde(default)]
    pub coding: Vec<Coding>,
    pub text: Option<String>,
}

/// `Coding`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Coding")]
pub struct Coding {
    pub system: Option<String>,
    pub code: Option<String>,
    pub display: Option<String>,
}

/// `Reference`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Reference")]
pub struct Reference {
    pub reference: Option<String>,
    pub identifier: Option<Identifier>,
    pub display: Option<String>,
}

/// `Identifier`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "an Identifier")]
pub struct Identifier {
    pub system: Option<String>,
    pub value: Option<String>,
}

impl Reference {
    /// What it points to, as a name: without the version, which names the same thing.
    pub fn named(&self) -> Option<String> {
        if let Some(reference) = self.reference.as_deref().map(str::trim).filter(|reference| !reference.is_empty()) {
            return Some(reference.split("/_history/").next().unwrap_or(reference).to_owned());
        }
        let identifier = self.identifier.as_ref()?;
        let value = identifier.value.as_deref().filter(|value| !value.trim().is_empty())?;
        Some(identifier.system.as_ref().map_or_else(|| value.to_owned(), |system| format!("{system}|{value}")))
    }
}

/// `Period`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Period")]
pub struct Period {
    pub start: Option<String>,
    pub end: Option<String>,
}

/// `dosage`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[serde(expecting = "`dosage`")]
pub struct Dosage {
    pub text: Option<String>,
    pub site: Option<Concept>,
    pub route: Option<Concept>,
    pub method: Option<Concept>,
    pub dose: Option<Quantity>,
    pub rate_ratio: Option<Ratio>,
    pub rate_quantity: Option<Quantity>,
}

/// `Quantity`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Quantity")]
pub struct Quantity {
    pub value: Option<Number>,
    pub unit: Option<String>,
    pub code: Option<String>,
}

impl Quantity {
    /// Its unit, as people write it where both are there.
    pub fn unit(&self) -> Option<&str> {
        [&self.unit, &self.code].into_iter().flatten().map(|unit| unit.trim()).find(|unit| !unit.is_empty())
    }

    /// "500 mg", "4".
    pub fn words(&self) -> String {
        let value = self.value.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{value} {}", self.unit().unwrap_or_default()).trim().to_owned()
    }
}

/// `Ratio`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(expecting = "a Ratio")]
pub struct Ratio {
    pub numerator: Option<Quantity>,
    pub denominator: Option<Quantity>,
}

/// What a second writing of a resource is to the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Versioned {
    Same,
    Older,
    Newer,
    Unknown,
}

impl Administration {
    /// How this writing stands to another of the same resource.
    pub fn version_against(&self, other: &Administration) -> Versioned {
        let without_meta = |one: &Administration| Administration { meta: None, ..one.clone() };
        if without_meta(self) == without_meta(other) {
            return Versioned::Same;
        }
        let number = |one: &Administration| one.meta.as_ref()?.version_id.as_ref()?.parse::<u64>().ok();
        let updated = |one: &Administration| {
            let text = one.meta.as_ref()?.last_updated.as_deref()?;
            chrono::DateTime::parse_from_rfc3339(text).ok()
        };
        let order = match (number(self), number(other), updated(self), updated(other)) {
            (_, _, Some(mine), Some(theirs)) if mine != theirs => mine.cmp(&theirs),
            (Some(mine), Some(theirs), ..) => mine.cmp(&theirs),
            _ => std::cmp::Ordering::Equal,
        };
        match order {
            std::cmp::Ordering::Less => Versioned::Older,
            std::cmp::Ordering::Greater => Versioned::Newer,
            std::cmp::Ordering::Equal => Versioned::Unknown,
        }
    }
}
