//! Modifiers, and the circumstances of a log that set them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::rules::Rule;
use crate::session::dates::read_date;
use crate::session::log::Setting;

/// A modifier by its position in `modifiers.ron`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModifierId(pub u16);

/// What a modifier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Says that a service is separate: 59 and the X modifiers (M4).
    Distinct,
    /// Says that a service was reduced or broken off.
    Reduced,
    /// Belongs on a visit.
    Visit,
    /// Says that drug was thrown away (J2).
    Waste,
    /// Says that none was (J2).
    NoWaste,
    /// States a circumstance (M5).
    Fact,
    /// Never belongs on these lines (M7).
    Never,
}

/// One modifier's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Modifier {
    /// Two characters.
    pub code: String,
    /// In our own words.
    pub title: String,
    /// What it says.
    pub says: String,
    /// When it is set, or why never.
    pub set_when: String,
    /// The fact in the log that sets it.
    #[serde(default)]
    pub facts: String,
    /// First day it may be written.
    pub from: Option<String>,
    /// What it does.
    pub kind: Kind,
    /// Its place on a line, 1 the first (M6).
    pub rank: u8,
    /// The rules that set it.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

impl Modifier {
    /// Its code and title, as a reason cites it.
    #[must_use]
    pub fn words(&self) -> String {
        let mut text = String::new();
        self.push_words(&mut text);
        text
    }

    /// Puts its [`words`](Self::words) behind a text.
    pub fn push_words(&self, text: &mut String) {
        text.push_str(&self.code);
        text.push_str(": ");
        text.push_str(&self.title);
    }
}

/// Which lines a circumstance marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Lines {
    /// All.
    All,
    /// Those of giving.
    Administration,
    /// The drug's own line, and those of giving it.
    DrugAndItsAdministration,
    /// The drug's own line.
    DrugLine,
}

/// A fact that a log may state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Circumstance")]
pub struct CircumstanceEntry {
    /// `ClinicalTrial`, ...
    pub name: String,
    /// `Routine`, ... where the fact has kinds.
    pub kind: Option<String>,
    /// The modifier it sets.
    pub modifier: String,
    /// On which lines.
    pub lines: Lines,
    /// Only in this setting.
    pub setting: Option<Setting>,
    /// Modifiers that may not stand beside it.
    #[serde(default)]
    pub excludes: Vec<String>,
    /// What else the claim needs.
    pub note: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Modifiers")]
pub(super) struct ModifiersFile {
    pub source: String,
    pub vintage: String,
    pub modifiers: Vec<Modifier>,
    pub circumstances: Vec<CircumstanceEntry>,
}

/// All modifiers and circumstances.
#[derive(Debug, Clone)]
pub struct Modifiers {
    /// Where the facts are from.
    pub source: String,
    /// The day they are good for.
    pub vintage: String,
    all: Vec<Modifier>,
    from: Vec<Option<NaiveDate>>,
    circumstances: Vec<CircumstanceEntry>,
}

impl Modifiers {
    /// Of a file that the checks have passed.
    pub(super) fn of(file: ModifiersFile) -> Self {
        let from = file.modifiers.iter().map(|m| m.from.as_deref().and_then(|day| read_date(day).ok())).collect();
        Modifiers { source: file.source, vintage: file.vintage, all: file.modifiers, from, circumstances: file.circumstances }
    }

    /// Every modifier, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Modifier] {
        &self.all
    }

    /// Every circumstance, in the order of the file.
    #[must_use]
    pub fn circumstances(&self) -> &[CircumstanceEntry] {
        &self.circumstances
    }

    /// The modifier of this code.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<ModifierId> {
        let at = self.all.iter().position(|m| m.code.eq_ignore_ascii_case(code))?;
        u16::try_from(at).ok().map(ModifierId)
    }

    /// The first modifier of a kind.
    #[must_use]
    pub fn of_kind(&self, kind: Kind) -> Option<ModifierId> {
        let at = self.all.iter().position(|m| m.kind == kind)?;
        u16::try_from(at).ok().map(ModifierId)
    }

    /// A modifier's page.
    #[must_use]
    pub fn get(&self, id: ModifierId) -> &Modifier {
        &self.all[usize::from(id.0)]
    }

    /// The first modifier of a kind, where it may be written on a date.
    #[must_use]
    pub fn of_kind_on(&self, kind: Kind, date: NaiveDate) -> Option<ModifierId> {
        self.of_kind(kind).filter(|id| self.from(*id).is_none_or(|from| from <= date))
    }

    /// First day a modifier may be written.
    #[must_use]
    pub fn from(&self, id: ModifierId) -> Option<NaiveDate> {
        self.from[usize::from(id.0)]
    }
}
