//! Clocks, limits, add-on primaries and procedure-to-procedure pairs.

use chrono::NaiveDate;
use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use super::codes::{CodeId, CodeSet, Codes, Family, Way};
use crate::session::dates::read_date;
use crate::session::log::Setting;

/// Turns minutes into units (T2, T3, T4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Whose clock it is.
    pub family: Family,
    /// For which way of giving.
    pub way: Way,
    /// Least minutes of a first unit.
    pub least: i64,
    /// Minutes of a unit.
    pub hour: i64,
    /// A further unit needs more than this many.
    pub over: i64,
}

impl Clock {
    /// Units of a first stretch: none below `least`, then every begun hour of which more than
    /// `over` minutes ran, the first needing only `least`.
    #[must_use]
    pub fn units(&self, minutes: i64) -> i64 {
        if minutes < self.least { 0 } else { self.hours(minutes).max(1) }
    }

    /// Least minutes that earn so many units of a first stretch.
    #[must_use]
    pub fn least_for(&self, units: i64) -> i64 {
        if units <= 1 { self.least } else { self.least_for_hours(units) }
    }

    /// Least minutes that make so many begun hours.
    #[must_use]
    pub fn least_for_hours(&self, hours: i64) -> i64 {
        (hours - 1) * self.hour + self.over + 1
    }

    /// Begun hours of which more than `over` minutes ran.
    #[must_use]
    pub fn hours(&self, minutes: i64) -> i64 {
        (minutes + self.hour - self.over - 1) / self.hour
    }
}

/// Numbers that belong to no single code; each is cited in `limits.ron`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Limits {
    pub source: String,
    pub vintage: String,
    pub prolonged_pump: i64,
    pub same_timing: i64,
    pub few_lesions: u32,
    pub injection_up_to: i64,
    pub long_push: u32,
    pub one_stay_hours: i64,
    pub long_run_hours: i64,
    pub long_gap_hours: i64,
    pub longest_run_days: i64,
    pub keep_open_ml_per_h: i64,
    pub short_run: i64,
    pub most_drug_units: u64,
    pub modifiers_a_line: usize,
    pub x_modifiers_from: String,
    pub plain_separate: String,
    pub evaluation_codes: Vec<(String, String)>,
    pub visits_in_pairs: Vec<String>,
    pub served_elsewhere: String,
    pub unlisted_therapeutic: String,
    pub unlisted_chemo: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Clocks")]
pub(super) struct ClocksFile {
    pub source: String,
    pub vintage: String,
    pub clocks: Vec<Clock>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Primary")]
pub(super) struct PrimaryRow {
    pub addon: String,
    pub primary: String,
    pub from: String,
    pub until: Option<String>,
    pub setting: Option<Setting>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Primaries")]
pub(super) struct PrimariesFile {
    pub source: String,
    pub vintage: String,
    pub primaries: Vec<PrimaryRow>,
}

/// A primary that an add-on may stand beside (E1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Primary {
    /// The primary's code.
    pub primary: CodeId,
    /// First day of the edit.
    pub from: NaiveDate,
    /// Last day of the edit.
    pub until: Option<NaiveDate>,
    /// Only in this setting.
    pub setting: Option<Setting>,
}

impl Primary {
    /// Whether the edit is in force on a date in a setting.
    #[must_use]
    pub fn in_force(&self, date: NaiveDate, setting: Setting) -> bool {
        self.from <= date && self.until.is_none_or(|last| date <= last) && self.setting.is_none_or(|s| s == setting)
    }
}

/// Two codes that may not stand side by side, or only with a modifier (E3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// Column 1: stands.
    pub first: String,
    /// Column 2: goes, or is marked.
    pub second: String,
    /// 0 never together, 1 with a modifier, absent no pair.
    pub hospital: Option<u8>,
    /// The same for practitioners.
    pub office: Option<u8>,
}

impl Pair {
    /// Whether a modifier may bypass the pair in a setting; `None` where there is no pair.
    #[must_use]
    pub fn bypassable(&self, setting: Setting) -> Option<bool> {
        let indicator = match setting {
            Setting::Hospital => self.hospital,
            Setting::Office => self.office,
        };
        indicator.map(|i| i == 1)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Pairs")]
pub(super) struct PairsFile {
    pub source: String,
    pub vintage: String,
    pub others: Vec<String>,
    pub pairs: Vec<Pair>,
}

/// The facts that edits and clocks look up.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Numbers that belong to no single code.
    pub limits: Limits,
    /// From when X modifiers may be written.
    pub x_modifiers_from: NaiveDate,
    /// Where the add-on edits are from, and their vintage.
    pub primaries_source: (String, String),
    /// Where the pairs are from, and their vintage.
    pub pairs_source: (String, String),
    clocks: Vec<Clock>,
    /// By add-on.
    primaries: Vec<Vec<Primary>>,
    pairs: Vec<Pair>,
    /// The first column of each pair, where `codes.ron` knows it.
    firsts: Vec<Option<CodeId>>,
    second_columns: HashMap<String, Vec<usize>>,
    /// The pairs whose second column is a code, by code.
    against: Vec<Vec<usize>>,
    /// The first columns of these, by code.
    firsts_of: Vec<CodeSet>,
    in_force: Vec<(NaiveDate, Option<NaiveDate>)>,
}

impl Facts {
    /// Of files that the checks have passed.
    pub(super) fn of(codes: &Codes, clocks: ClocksFile, limits: Limits, primaries: PrimariesFile, pairs: PairsFile) -> Self {
        let day = |text: &str| read_date(text).unwrap_or_else(|problem| panic!("reference data: {problem}"));
        let code = |name: &str| codes.find(name).unwrap_or_else(|| panic!("primaries.ron names {name}, codes.ron does not"));
        let mut by_addon: Vec<Vec<Primary>> = vec![Vec::new(); codes.all().len()];
        for row in &primaries.primaries {
            by_addon[usize::from(code(&row.addon).0)].push(Primary {
                primary: code(&row.primary),
                from: day(&row.from),
                until: row.until.as_deref().map(day),
                setting: row.setting,
            });
        }
        let mut second_columns: HashMap<String, Vec<usize>> = HashMap::default();
        for (at, pair) in pairs.pairs.iter().enumerate() {
            second_columns.entry(pair.second.clone()).or_default().push(at);
        }
        let firsts: Vec<Option<CodeId>> = pairs.pairs.iter().map(|pair| codes.find(&pair.first)).collect();
        let against: Vec<Vec<usize>> = codes.all().iter().map(|code| second_columns.get(&code.code).cloned().unwrap_or_default()).collect();
        Facts {
            x_modifiers_from: day(&limits.x_modifiers_from),
            limits,
            primaries_source: (primaries.source, primaries.vintage),
            pairs_source: (pairs.source, pairs.vintage),
            clocks: clocks.clocks,
            primaries: by_addon,
            pairs: pairs.pairs,
            firsts_of: against.iter().map(|pairs| pairs.iter().filter_map(|at| firsts[*at]).collect()).collect(),
            firsts,
            against,
            second_columns,
            in_force: codes.all().iter().map(|c| (day(&c.from), c.until.as_deref().map(day))).collect(),
        }
    }

    /// The clock of a family and way of giving.
    ///
    /// # Panics
    /// Where `clocks.ron` has none, which a test bars.
    #[must_use]
    pub fn clock(&self, family: Family, way: Way) -> Clock {
        let found = self.clocks.iter().find(|c| c.way == way && (c.family == family || c.family == Family::Any));
        *found.unwrap_or_else(|| panic!("clocks.ron has no clock for {family:?} {way:?}"))
    }

    /// Changes every clock of a way of giving, to ask what a misread threshold would earn.
    pub fn change_clocks(&mut self, way: Way, change: impl Fn(&mut Clock)) {
        self.clocks.iter_mut().filter(|clock| clock.way == way).for_each(change);
    }

    /// Lets every add-on stand alone, to ask what a bill without that edit would be.
    pub fn forget_primaries(&mut self) {
        self.primaries.iter_mut().for_each(Vec::clear);
    }

    /// The primaries of an add-on; empty for a code that is none.
    #[must_use]
    pub fn primaries(&self, addon: CodeId) -> &[Primary] {
        &self.primaries[usize::from(addon.0)]
    }

    /// Every pair.
    #[must_use]
    pub fn pairs(&self) -> &[Pair] {
        &self.pairs
    }

    /// The pairs whose second column is this code.
    pub fn pairs_against(&self, second: &str) -> impl Iterator<Item = &Pair> {
        self.second_columns.get(second).into_iter().flatten().map(|at| &self.pairs[*at])
    }

    /// The pairs whose second column is one of our codes, each with its first column where that is one too.
    pub fn pairs_of(&self, second: CodeId) -> impl Iterator<Item = (&Pair, Option<CodeId>)> {
        self.against[usize::from(second.0)].iter().map(|at| (&self.pairs[*at], self.firsts[*at]))
    }

    /// The codes that are first columns of pairs with a code.
    #[must_use]
    pub fn first_columns(&self, second: CodeId) -> &CodeSet {
        &self.firsts_of[usize::from(second.0)]
    }

    /// Whether a code is in force on a date (D3).
    #[must_use]
    pub fn in_force(&self, code: CodeId, date: NaiveDate) -> bool {
        let (from, until) = self.in_force[usize::from(code.0)];
        from <= date && until.is_none_or(|last| date <= last)
    }

    /// Whether a second column is a visit: then 25 bypasses the pair, and no modifier of separate services (M4).
    #[must_use]
    pub fn is_visit_in_pairs(&self, code: &str) -> bool {
        self.limits.visits_in_pairs.iter().any(|visit| visit == code)
    }

    /// Whether a `Service` code is a visit that needs 25 beside these lines (M4).
    #[must_use]
    pub fn is_evaluation(&self, code: &str) -> bool {
        self.limits.evaluation_codes.iter().any(|(first, last)| first.as_str() <= code && code <= last.as_str())
    }
}
