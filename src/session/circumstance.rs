//! A fact stated beside the infusions, such as `PolicyMet(drug: "infliximab")` (M5).
//!
//! A fact may stand with or without brackets, with a kind, with a drug, or with both, which no
//! derived enum reads. So its text is taken raw and split here; whether the fact exists is for
//! the reference to say.

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::{Serialize, Serializer};
use std::fmt;

/// The name under which the `ron` crate hands over a value's text untouched.
const RAW_TEXT: &str = "$ron::private::RawValue";

/// A fact's text, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Circumstance(String);

/// A fact taken apart: `Name`, `Name(Kind)`, `Name(drug: "x")` or
/// `Name(kind: Kind, drug: "x")` (`Name(Kind, "x")` is the same).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// `ClinicalTrial`, `Waiver`, ...
    pub name: String,
    /// `Routine`, `OnFile`, ... where the fact has kinds.
    pub kind: Option<String>,
    /// The drug it concerns; absent, the whole session.
    pub drug: Option<String>,
}

impl Circumstance {
    /// Takes the text apart.
    ///
    /// # Errors
    /// Says what was expected where the text has another shape.
    pub fn read(&self) -> Result<Fact, String> {
        Fact::parse(&self.0)
    }
}

impl Fact {
    fn parse(text: &str) -> Result<Self, String> {
        let text = without_comments(text.trim_start()).trim();
        let (name, rest) = split_word(text);
        if name.is_empty() {
            return Err(format!("`{text}` is not a circumstance: expected a name such as `Disaster` or `PolicyMet(drug: \"infliximab\")`"));
        }
        let mut fact = Fact { name: name.to_owned(), kind: None, drug: None };
        let rest = rest.trim();
        if rest.is_empty() {
            return Ok(fact);
        }
        let inner = rest.strip_prefix('(').and_then(|r| r.strip_suffix(')')).ok_or_else(|| format!("expected `{name}(...)`"))?;
        let mut left = inner.trim();
        while !left.is_empty() {
            left = fact.take_argument(left)?;
        }
        Ok(fact)
    }

    fn take_argument<'t>(&mut self, text: &'t str) -> Result<&'t str, String> {
        let (word, rest) = split_word(text);
        let rest = rest.trim_start();
        let (slot, rest) = match word {
            "" => (&mut self.drug, text),
            "drug" if rest.starts_with(':') => (&mut self.drug, &rest[1..]),
            "kind" if rest.starts_with(':') => (&mut self.kind, &rest[1..]),
            _ if rest.starts_with(':') => {
                return Err(format!("unknown field `{word}` of `{}`: expected `drug`", self.name));
            }
            _ => (&mut self.kind, text),
        };
        let rest = rest.trim_start();
        let (value, rest) = if rest.starts_with('"') {
            split_quoted(rest)?
        } else {
            let (word, rest) = split_word(rest);
            (word.to_owned(), rest)
        };
        if value.is_empty() || slot.replace(value).is_some() {
            return Err(format!("expected `{0}`, `{0}(Kind)` or `{0}(drug: \"name\")`", self.name));
        }
        let rest = rest.trim_start();
        match rest.strip_prefix(',') {
            Some(next) => Ok(next.trim_start()),
            None if rest.is_empty() => Ok(rest),
            None => Err(format!("expected a comma before `{rest}`")),
        }
    }
}

/// The text behind any comments it opens with.
fn without_comments(text: &str) -> &str {
    let mut text = text;
    loop {
        let end = if text.starts_with("//") {
            text.find('\n').map(|n| n + 1)
        } else if text.starts_with("/*") {
            text.find("*/").map(|n| n + 2)
        } else {
            return text;
        };
        text = end.map_or("", |n| text[n..].trim_start());
    }
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at(end)
}

fn split_quoted(text: &str) -> Result<(String, &str), String> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => {
                let (quoted, rest) = text.split_at(at + 1);
                let value = ron::from_str(quoted).map_err(|e| e.code.to_string())?;
                return Ok((value, rest));
            }
            _ => {}
        }
    }
    Err("a quote is not closed".to_owned())
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.name)?;
        match (&self.kind, &self.drug) {
            (None, None) => Ok(()),
            (Some(kind), None) => write!(f, "({kind})"),
            (None, Some(drug)) => write!(f, "(drug: {drug:?})"),
            (Some(kind), Some(drug)) => write!(f, "(kind: {kind}, drug: {drug:?})"),
        }
    }
}

impl Serialize for Circumstance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(RAW_TEXT, &self.0)
    }
}

impl<'de> Deserialize<'de> for Circumstance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(RAW_TEXT, FactVisitor)
    }
}

/// Takes RON's raw text, or JSON's `"Disaster"` and `{"PolicyMet": {"drug": "x"}}`.
struct FactVisitor;

impl<'de> Visitor<'de> for FactVisitor {
    type Value = Circumstance;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a circumstance, such as `Disaster` or `PolicyMet(drug: \"infliximab\")`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Circumstance, E> {
        Ok(Circumstance(text.to_owned()))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Circumstance, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Circumstance, A::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Argument {
            Kind(String),
            Fields { kind: Option<String>, drug: Option<String> },
            Nothing(()),
        }
        let Some((name, argument)) = map.next_entry::<String, Argument>()? else {
            return Err(de::Error::custom("an empty circumstance"));
        };
        let (kind, drug) = match argument {
            Argument::Kind(kind) => (Some(kind), None),
            Argument::Fields { kind, drug } => (kind, drug),
            Argument::Nothing(()) => (None, None),
        };
        Ok(Circumstance(Fact { name, kind, drug }.to_string()))
    }
}
