//! The facts: codes, clocks, pairs, rules, policies, drugs, modifiers, each entry dated and cited
//! in a RON file beside this one, embedded when the program is built. Nothing here decides.

mod codes;
mod drugs;
mod facts;
mod measures;
mod modifiers;
mod policies;
mod rules;
#[cfg(test)]
mod tests;

pub use codes::{Code, CodeId, Family, Mue, Once, Opps, Pfs, Role, Way};
pub use drugs::{Bag, Drug, DrugCode, Drugs};
pub use facts::{Clock, Limits, Pair, Primary};
pub use measures::{Amount, BadAmount, Measure, MeasureId, Measures, Quantity, grouped};
pub use modifiers::{CircumstanceEntry, Kind, Lines, Modifier, ModifierId};
pub use policies::{
    ComplexBiologics, HomePump, HydrationGaps, InitialTie, Midnight, MissingStop, Mues, Overlap, Policies, PolicyEntry, Profile,
    PushMinutes, SameDrug, StoppedEarly, UnknownPolicy,
};
pub use rules::{Rule, RuleEntry};

use std::sync::OnceLock;

use serde::de::DeserializeOwned;

/// Every fact the engine looks up.
#[derive(Debug)]
pub struct Reference {
    /// Codes and the places they fill.
    pub codes: codes::Codes,
    /// Clocks, limits, add-on primaries and pairs.
    pub facts: facts::Facts,
    /// Modifiers and the circumstances that set them.
    pub modifiers: modifiers::Modifiers,
    /// Drugs by name.
    pub drugs: Drugs,
    /// What doses and billing units are measured in.
    pub measures: Measures,
}

impl Reference {
    /// The facts that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Reference {
        static EMBEDDED: OnceLock<Reference> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            let codes = codes::Codes::embedded();
            let facts = facts::Facts::embedded(&codes);
            Reference {
                facts,
                codes,
                modifiers: modifiers::Modifiers::embedded(),
                drugs: Drugs::embedded(),
                measures: Measures::embedded(),
            }
        })
    }
}

/// Reads one embedded file; the files are held to their shape by a test, so a fault here is a
/// fault of the build.
fn embedded<T: DeserializeOwned>(name: &str, text: &str) -> T {
    let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
    options.from_str(text).unwrap_or_else(|problem| panic!("src/reference/{name} is damaged: {problem}"))
}

/// Up to three names that are near to `name`, the nearest first.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    const NEAR: f64 = 0.84;
    // A longer text is no name, and to compare it with every one takes long.
    const LONGEST: usize = 200;
    if name.len() > LONGEST {
        return Vec::new();
    }
    let wanted = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|candidate| {
            let lower = candidate.to_lowercase();
            let contained = wanted.len() >= 4 && lower.len() >= 4 && (wanted.contains(&lower) || lower.contains(&wanted));
            let score = strsim::jaro_winkler(&wanted, &lower).max(if contained { 0.9 } else { 0.0 });
            let typo = strsim::damerau_levenshtein(&wanted, &lower);
            (if typo <= 1 + wanted.len() / 6 { score.max(0.95 - typo as f64 / 100.0) } else { score }, candidate)
        })
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by_key(|(_, candidate)| *candidate);
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}
