//! The drug list: names that nurses write to generic drugs, their class by route, their codes.

use foldhash::HashMap;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::session::log::{Class, Route};

/// One HCPCS code of a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugCode {
    /// Five characters.
    pub code: String,
    /// One billing unit, such as "10 mg".
    pub unit: String,
    /// Medicare's payment limit for one unit, in dollars.
    pub limit: Option<String>,
    /// Brands that choose this code.
    #[serde(default)]
    pub brands: Vec<String>,
    /// Routes that choose this code.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Bag size that chooses this code, in millilitres.
    pub volume_ml: Option<u32>,
    /// Amounts of the product that are the same in two measures, such as 1 mL and 100 mg.
    #[serde(default)]
    pub equals: Vec<(String, String)>,
    /// First day in force, where known.
    pub from: Option<String>,
    /// Last day in force.
    pub until: Option<String>,
    /// What else to know.
    pub note: Option<String>,
}

/// One drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// Its generic name, in lower case.
    pub name: String,
    /// Brands and short forms.
    #[serde(default)]
    pub also: Vec<String>,
    /// Its class; absent where the session must say it.
    pub class: Option<Class>,
    /// Why the session must say the class.
    pub needs_class: Option<String>,
    /// The class by route, where the route changes it.
    #[serde(default, deserialize_with = "each_once")]
    pub by_route: HashMap<Route, Class>,
    /// Never given as a push, so a missing stop bills nothing (U1).
    #[serde(default)]
    pub never_pushed: bool,
    /// In a bag with hydration fluid only it stays hydration.
    #[serde(default)]
    pub additive: bool,
    /// The code that serves it instead of an injection's (P5).
    pub instead: Option<String>,
    /// Its HCPCS codes.
    #[serde(default)]
    pub codes: Vec<DrugCode>,
    /// From when the entry is known to be right.
    pub since: Option<String>,
    /// What else to know.
    pub note: Option<String>,
}

impl Drug {
    /// Its class by a route.
    #[must_use]
    pub fn class_by(&self, route: Route) -> Option<Class> {
        self.by_route.get(&route).copied().or(self.class)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Drugs")]
pub(super) struct DrugsFile {
    pub source: String,
    pub vintage: String,
    pub drugs: Vec<Drug>,
}

/// All drugs, found by any name.
#[derive(Debug, Clone)]
pub struct Drugs {
    /// Where the facts are from.
    pub source: String,
    /// The day they are good for.
    pub vintage: String,
    all: Vec<Drug>,
    by_name: HashMap<String, usize>,
}

impl Drugs {
    /// Of a file that the checks have passed.
    pub(super) fn of(file: DrugsFile) -> Self {
        let mut by_name = HashMap::default();
        for (at, drug) in file.drugs.iter().enumerate() {
            let brands = drug.codes.iter().flat_map(|code| &code.brands);
            for name in std::iter::once(&drug.name).chain(&drug.also).chain(brands) {
                by_name.insert(squash(name), at);
            }
        }
        // As they are written in the list, so that most names of a log are found without being squashed.
        for (at, drug) in file.drugs.iter().enumerate() {
            for name in std::iter::once(&drug.name).chain(&drug.also) {
                by_name.entry(name.clone()).or_insert(at);
            }
        }
        Drugs { source: file.source, vintage: file.vintage, all: file.drugs, by_name }
    }

    /// Every drug, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Drug] {
        &self.all
    }

    /// The drug that a nurse's name means, whatever its case, blanks and hyphens.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Drug> {
        let at = self.by_name.get(name).or_else(|| self.by_name.get(&squash(name)));
        at.map(|at| &self.all[*at])
    }

    /// Every name of every drug.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().flat_map(|drug| {
            let brands = drug.codes.iter().flat_map(|code| &code.brands);
            std::iter::once(&drug.name).chain(&drug.also).chain(brands).map(String::as_str)
        })
    }
}

impl DrugCode {
    /// Whether a nurse's name is one of the brands that choose this code.
    #[must_use]
    pub fn is_branded(&self, name: &str) -> bool {
        if self.brands.is_empty() {
            return false;
        }
        let name = squash(name);
        self.brands.iter().any(|brand| squash(brand) == name)
    }
}

/// A map in which no key stands twice; RON itself would let the last one win.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<HashMap<Route, Class>, D::Error> {
    struct EachOnce;
    impl<'de> Visitor<'de> for EachOnce {
        type Value = HashMap<Route, Class>;

        fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
            f.write_str("a class for each route")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
            let mut map = HashMap::default();
            while let Some((route, class)) = entries.next_entry()? {
                if map.insert(route, class).is_some() {
                    return Err(serde::de::Error::custom(format!("`by_route` has {route:?} twice")));
                }
            }
            Ok(map)
        }
    }
    deserializer.deserialize_map(EachOnce)
}

/// A name as it is compared: no case, blanks, hyphens, commas or apostrophes.
pub(super) fn squash(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | ',' | '\'' | '\u{2019}')).flat_map(char::to_lowercase).collect()
}

/// The components of a bag "a + b" as canonical names: the list's generic name where it is known,
/// else the text in lower case; in order and without repeats, so that spelling and order of a bag
/// do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bag(pub Vec<String>);

impl Bag {
    /// Takes a written name apart.
    #[must_use]
    pub fn read(written: &str, drugs: &Drugs) -> Bag {
        let mut components: Vec<String> = written
            .split('+')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| drugs.find(part).map_or_else(|| plain(part), |drug| drug.name.clone()))
            .collect();
        components.sort();
        components.dedup();
        if components.is_empty() {
            components.push(plain(written));
        }
        Bag(components)
    }

    /// "a + b".
    #[must_use]
    pub fn name(&self) -> String {
        match self.0.as_slice() {
            [only] => only.clone(),
            parts => parts.join(" + "),
        }
    }
}

/// Lower case, single blanks.
fn plain(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
