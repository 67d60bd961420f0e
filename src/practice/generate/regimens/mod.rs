//! The regimens: what hangs, in what order, in what doses and for how long. Doses and times are those
//! of common practice, so that a log reads as one from a ward; no rule is known here.

mod emergency;
mod infusion;
mod oncology;
mod stay;

use super::chart::Chart;

/// A kind of encounter.
pub struct Regimen {
    pub name: &'static str,
    /// The level at which it is met first.
    pub level: u8,
    /// The topic of the samples that it is like.
    pub topic: &'static str,
    /// Writes it, with more twists at a higher level.
    pub write: fn(&mut Chart, u8),
}

/// Drugs whose bag, without a stop, could also have been a push: the gap that the highest level makes.
pub const PUSHED_WITHOUT_A_STOP: &[&str] = &[
    "ceftriaxone",
    "cefepime",
    "cefazolin",
    "famotidine",
    "ondansetron",
    "dexamethasone",
    "azithromycin",
    "pantoprazole",
    "magnesium sulfate",
    "ertapenem",
];

/// Every regimen, by level.
pub const ALL: &[Regimen] = &[
    Regimen { name: "infliximab-clinic", level: 1, topic: "one-drug", write: infusion::infliximab },
    Regimen { name: "iron", level: 1, topic: "one-drug", write: infusion::iron },
    Regimen { name: "antibiotic-clinic", level: 1, topic: "one-drug", write: infusion::antibiotic },
    Regimen { name: "migraine", level: 2, topic: "several-drugs", write: emergency::migraine },
    Regimen { name: "pneumonia", level: 2, topic: "several-drugs", write: emergency::pneumonia },
    Regimen { name: "hyperemesis", level: 3, topic: "hydration", write: emergency::hyperemesis },
    Regimen { name: "sepsis", level: 3, topic: "hydration", write: emergency::sepsis },
    Regimen { name: "dka", level: 3, topic: "hydration", write: emergency::ketoacidosis },
    Regimen { name: "folfox", level: 4, topic: "chemo", write: oncology::folfox },
    Regimen { name: "r-chop", level: 4, topic: "chemo", write: oncology::r_chop },
    Regimen { name: "paclitaxel-carboplatin", level: 4, topic: "chemo", write: oncology::paclitaxel_carboplatin },
    Regimen { name: "transfusion-day", level: 5, topic: "sites-days-visits", write: stay::transfusion },
    Regimen { name: "observation", level: 5, topic: "sites-days-visits", write: stay::observation },
    Regimen { name: "two-lines", level: 5, topic: "sites-days-visits", write: stay::two_lines },
];
