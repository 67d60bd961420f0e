//! The contested points as `policies.ron` tells them, and the named sets of `profiles.ron` or of a
//! user's own file.

use std::path::Path;
use std::sync::OnceLock;

use serde::Deserialize;

use super::packed::{packed, read};
use super::policies::UnknownPolicy;
use crate::session::log::Entries;

/// A contested point.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename = "Policy")]
pub struct PolicyEntry {
    /// How it is named on the command line.
    pub name: String,
    /// What it decides, as a question.
    pub question: String,
    /// The value that holds unless another is chosen.
    pub default: String,
    /// What may be chosen.
    pub values: Vec<PolicyValue>,
    /// Why it is contested.
    pub why: String,
    /// The rules it belongs to.
    pub rules: Vec<super::Rule>,
    /// Who says what.
    pub sources: Vec<String>,
}

/// One reading of a contested point.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename = "Value")]
pub struct PolicyValue {
    /// How it is named on the command line.
    pub name: String,
    /// What it means.
    pub says: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Policies")]
struct PoliciesFile {
    policies: Vec<PolicyEntry>,
}

impl PolicyEntry {
    /// Every policy, in the order of the file.
    #[must_use]
    pub fn all() -> &'static [PolicyEntry] {
        static ALL: OnceLock<Vec<PolicyEntry>> = OnceLock::new();
        ALL.get_or_init(|| read::<PoliciesFile>("policies.ron", packed!("policies.packed")).policies)
    }
}

/// A named set of policies: a payer, a contractor, a hospital.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Whose practice it is.
    #[serde(default)]
    pub about: String,
    /// The profile it changes; absent, the defaults.
    #[serde(default)]
    pub based_on: Option<String>,
    /// What it sets.
    #[serde(default)]
    pub policies: Entries<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Profiles")]
struct ProfilesFile {
    profiles: Vec<Profile>,
}

impl Profile {
    /// The profiles that come with the program.
    #[must_use]
    pub fn all() -> &'static [Profile] {
        static ALL: OnceLock<Vec<Profile>> = OnceLock::new();
        ALL.get_or_init(|| read::<ProfilesFile>("profiles.ron", packed!("profiles.packed")).profiles)
    }

    pub(super) fn read(path: &Path) -> Result<Self, UnknownPolicy> {
        let problem = |why: String| UnknownPolicy { message: format!("profile {} cannot be used", path.display()), help: why };
        let text = std::fs::read_to_string(path).map_err(|e| problem(e.to_string()))?;
        let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
        let profile: Profile = options.from_str(&text).map_err(|e| {
            problem(format!("{e}; expected Profile(name: \"mine\", based_on: \"medicare\", policies: {{\"overlap\": \"any\"}})"))
        })?;
        Ok(profile)
    }
}
