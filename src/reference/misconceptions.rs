//! What people misread, in words; what each does to a bill is in `practice/misread`.

use std::sync::OnceLock;

use serde::Deserialize;

use super::Rule;
use super::packed::{packed, read};

/// A misconception.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// Its id.
    pub id: String,
    /// What it does, in a few words.
    pub name: String,
    /// What is right, in a sentence.
    pub says: String,
    /// The rules that it breaks.
    pub rules: Vec<Rule>,
    /// The policy under whose other value it would be right.
    pub policy: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Misconceptions")]
struct MisconceptionsFile {
    misconceptions: Vec<Misconception>,
}

impl Misconception {
    /// Every one, in the order of the file.
    #[must_use]
    pub fn all() -> &'static [Misconception] {
        static ALL: OnceLock<Vec<Misconception>> = OnceLock::new();
        ALL.get_or_init(|| read::<MisconceptionsFile>("misconceptions.ron", packed!("misconceptions.packed")).misconceptions)
    }

    /// The one of this id.
    ///
    /// # Panics
    /// Where `misconceptions.ron` has none, which a test bars.
    #[must_use]
    pub fn named(id: &str) -> &'static Misconception {
        Self::all().iter().find(|one| one.id == id).unwrap_or_else(|| panic!("misconceptions.ron lacks {id}"))
    }
}
