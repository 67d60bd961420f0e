//! The facts: codes, clocks, pairs, rules, policies, drugs, modifiers, each entry dated and cited
//! in a RON file beside this one, packed and built into the program; a folder of newer files may replace those
//! of facts. Nothing here decides.

pub mod changes;
mod check;
mod codes;
mod drugs;
mod facts;
mod files;
mod measures;
mod misconceptions;
mod modifiers;
mod names;
mod packed;
mod policies;
mod profiles;
mod rules;
#[cfg(test)]
mod tests;

pub use codes::{Code, CodeId, CodeSet, Family, Mue, Once, Opps, Pfs, Role, Way};
pub use drugs::{Bag, Drug, DrugCode, Drugs, Name, Parts};
pub use facts::{Clock, Limits, Pair, Primary};
pub use files::{Part, Problem};
pub use measures::{Amount, BadAmount, Measure, MeasureId, Measures, Quantity, grouped, push_grouped};
pub use misconceptions::Misconception;
pub use modifiers::{CircumstanceEntry, Kind, Lines, Modifier, ModifierId, Modifiers};
pub use policies::{
    ComplexBiologics, HomePump, HydrationGaps, InitialTie, Midnight, MissingStop, Mues, Overlap, Policies, PushMinutes, SameDrug,
    StoppedEarly, UnknownPolicy,
};
pub use profiles::{PolicyEntry, PolicyValue, Profile};
pub use rules::{Rule, RuleEntry};

use std::path::Path;
use std::sync::OnceLock;

use files::Files;

/// Every fact the engine looks up. A value: whoever asks "what if" changes a copy.
#[derive(Debug, Clone)]
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
    /// The files that stand in place of the program's own.
    pub replaced: Vec<Part>,
}

impl Reference {
    /// The facts that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Reference {
        static EMBEDDED: OnceLock<Reference> = OnceLock::new();
        EMBEDDED.get_or_init(|| Reference::of(Files::built_in()))
    }

    /// The facts of a folder's files, and the program's own for those that it lacks.
    ///
    /// # Errors
    /// All that is wrong with the folder's files, by themselves and beside the others.
    pub fn load(folder: &Path) -> Result<Reference, Vec<Problem>> {
        Files::of_folder(folder).map(Reference::of)
    }

    fn of(files: Files) -> Reference {
        let replaced = files.replaced();
        let codes = codes::Codes::of(files.codes, files.places);
        Reference {
            facts: facts::Facts::of(&codes, files.clocks, files.limits, files.primaries, files.pairs),
            codes,
            modifiers: modifiers::Modifiers::of(files.modifiers),
            drugs: files.drugs,
            measures: Measures::of(files.measures),
            replaced,
        }
    }
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
