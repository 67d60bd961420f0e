//! The rules by id; their words are in `rules.ron`.

use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

use super::packed::{packed, read};

macro_rules! rules {
    ($($id:ident),* $(,)?) => {
        /// A rule of coding, by its id. `hangtime rules ID` tells each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub enum Rule { $($id),* }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Rule] = &[$(Rule::$id),*];

            /// Its id, as an explanation cites it.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self { $(Rule::$id => stringify!($id)),* }
            }
        }
    };
}

rules!(
    T0, T1, T2, T3, T4, T5, T6, S1, S2, S3, S4, S4a, S4b, S5, S6, I1, I2, I3, I4, I5, I6, P1, P2, P3, P4, P5, P6, O1, O2, O3, O4, O5, O6,
    O7, M1, M2, M3, M4, M5, M6, M7, D1, D2, D3, J1, J2, J3, U1, U2, U3, U4, E1, E2, E3, E4, E5,
);

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.pad(self.id())
    }
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename = "Rule")]
pub struct RuleEntry {
    /// Its id.
    pub id: Rule,
    /// A heading.
    pub title: String,
    /// The whole rule.
    pub says: String,
    /// The reason behind it.
    pub why: String,
    /// A short example with minutes and codes.
    pub example: String,
    /// Who published it.
    pub source: String,
    /// One line for a claim's reasons.
    pub reason: String,
    /// How an ambiguity was read, where there is one.
    pub choice: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Rules")]
struct RulesFile {
    rules: Vec<RuleEntry>,
}

impl Rule {
    /// Every rule's entry, in the order of the file.
    #[must_use]
    pub fn entries() -> &'static [RuleEntry] {
        static ENTRIES: OnceLock<Vec<RuleEntry>> = OnceLock::new();
        ENTRIES.get_or_init(|| read::<RulesFile>("rules.ron", packed!("rules.packed")).rules)
    }

    /// This rule's entry.
    ///
    /// # Panics
    /// Where `rules.ron` has none, which a test bars.
    #[must_use]
    pub fn entry(self) -> &'static RuleEntry {
        static BY_RULE: OnceLock<Vec<&RuleEntry>> = OnceLock::new();
        let find = |rule: &Rule| Self::entries().iter().find(|entry| entry.id == *rule).unwrap_or_else(|| panic!("rules.ron lacks {rule}"));
        BY_RULE.get_or_init(|| Self::ALL.iter().map(find).collect())[self as usize]
    }
}
