//! The drug list: names that nurses write to generic drugs, their class by route, their codes.

use std::borrow::Cow;
use std::sync::OnceLock;

use foldhash::HashMap;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use smallvec::{SmallVec, smallvec};

use super::measures::{Amount, Measures};
use super::names::{self, Names, is_same, squash};
use super::packed::{packed, read, table};
use crate::session::log::{Class, Route};

/// A drug's name or code. The built-in list lives as long as the program and lends its own, so that no
/// bill copies them.
pub type Name = Cow<'static, str>;

/// One HCPCS code of a drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugCode {
    /// Five characters.
    pub code: Name,
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
    /// Its amounts, read when they are first asked for.
    #[serde(skip)]
    amounts: OnceLock<Amounts>,
}

/// What a drug's code says in amounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amounts {
    /// One billing unit.
    pub unit: Amount,
    /// Amounts of the product that are the same in two measures.
    pub equals: Vec<(Amount, Amount)>,
}

/// One drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drug {
    /// Its generic name, in lower case.
    pub name: Name,
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
    pub instead: Option<Name>,
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

    /// Its name, its brands and its short forms.
    fn own_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&*self.name).chain(self.also.iter().map(String::as_str))
    }

    /// The brands of its codes.
    fn brands(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().flat_map(|code| &code.brands).map(String::as_str)
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Drugs")]
pub(super) struct DrugsFile {
    pub source: String,
    pub vintage: String,
    pub drugs: Vec<Drug>,
}

/// Where the built-in list is from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    source: String,
    vintage: String,
}

/// All drugs, found by any name.
#[derive(Debug, Clone)]
pub struct Drugs {
    /// Where the facts are from.
    pub source: String,
    /// The day they are good for.
    pub vintage: String,
    /// Those of the built-in list are read when they are first asked for.
    all: Vec<OnceLock<Box<Drug>>>,
    names: Names,
}

impl Drugs {
    /// The built-in list.
    pub(super) fn built_in() -> Self {
        let Head { source, vintage } = read("drugs.ron", packed!("drugs.head"));
        let names = Names { places: Cow::Borrowed(table!("drugs.places")), entries: Cow::Borrowed(table!("drugs.names")) };
        Drugs { source, vintage, all: vec![OnceLock::new(); ENDS.len() / WORD], names }
    }

    /// Of a folder's file.
    pub(super) fn of(file: DrugsFile) -> Self {
        let names = Names::of(&names::all(file.drugs.iter().map(|drug| (drug.own_names().collect(), drug.brands().collect()))));
        let all = file.drugs.into_iter().map(|drug| OnceLock::from(Box::new(drug))).collect();
        Drugs { source: file.source, vintage: file.vintage, all, names }
    }

    /// The list as a file has it.
    pub(super) fn file(&self) -> DrugsFile {
        DrugsFile { source: self.source.clone(), vintage: self.vintage.clone(), drugs: self.all().cloned().collect() }
    }

    /// Every drug, in the order of the file.
    pub fn all(&self) -> impl ExactSizeIterator<Item = &Drug> {
        (0..self.all.len()).map(|at| self.get(at))
    }

    fn get(&self, at: usize) -> &Drug {
        self.all[at].get_or_init(|| Box::new(built_in(at)))
    }

    /// The drug that a nurse's name means, whatever its case, blanks and hyphens.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Drug> {
        let at = self.names.find(name).or_else(|| self.names.find(&squash(name)));
        at.map(|at| self.get(at))
    }

    /// Every name of every drug.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all().flat_map(|drug| drug.own_names().chain(drug.brands()))
    }
}

/// Where each entry of the built-in list ends, four bytes each.
const ENDS: &[u8] = table!("drugs.ends");
const WORD: usize = size_of::<u32>();

/// An entry of the built-in list.
fn built_in(at: usize) -> Drug {
    let end = |at: usize| ENDS[at * WORD..][..WORD].try_into().map(u32::from_le_bytes).expect("four bytes") as usize;
    let start = at.checked_sub(1).map_or(0, end);
    let mut drug: Drug = read("drugs.ron", &packed!("drugs.entries")[start..end(at)]);
    let codes = drug.codes.iter_mut().map(|code| &mut code.code);
    for name in std::iter::once(&mut drug.name).chain(&mut drug.instead).chain(codes) {
        // Read once, and never given back.
        *name = Cow::Borrowed(Box::leak(std::mem::take(name).into_owned().into_boxed_str()));
    }
    drug
}

impl DrugCode {
    /// Whether a nurse's name is one of the brands that choose this code.
    #[must_use]
    pub fn is_branded(&self, name: &str) -> bool {
        self.brands.iter().any(|brand| is_same(brand, name))
    }

    /// Its amounts.
    ///
    /// # Panics
    /// Where a text of the list is no amount, which its checks exclude.
    #[must_use]
    pub fn amounts(&self, measures: &Measures) -> &Amounts {
        let amount = |text: &String| measures.read(text).unwrap_or_else(|_| panic!("drugs.ron: {} has the amount {text}", self.code));
        self.amounts.get_or_init(|| Amounts {
            unit: amount(&self.unit),
            equals: self.equals.iter().map(|(one, other)| (amount(one), amount(other))).collect(),
        })
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

/// The components of a bag "a + b" as canonical names: the list's generic name where it is known,
/// else the text in lower case; in order and without repeats, so that spelling and order of a bag
/// do not matter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Bag(pub Parts);

/// Names of drugs that hang together: mostly one.
pub type Parts = SmallVec<[Name; 1]>;

impl Bag {
    /// A bag of one drug.
    #[must_use]
    pub fn of(name: Name) -> Bag {
        Bag(smallvec![name])
    }

    /// Takes a written name apart.
    #[must_use]
    pub fn read(written: &str, drugs: &Drugs) -> Bag {
        let mut components: Parts = written
            .split('+')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| drugs.find(part).map_or_else(|| plain(part).into(), |drug| drug.name.clone()))
            .collect();
        components.sort();
        components.dedup();
        if components.is_empty() {
            components.push(plain(written).into());
        }
        Bag(components)
    }

    /// "a + b".
    #[must_use]
    pub fn name(&self) -> Name {
        match self.0.as_slice() {
            [only] => only.clone(),
            parts => parts.join(" + ").into(),
        }
    }
}

/// Lower case, single blanks.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        plain.push_str(if plain.is_empty() { "" } else { " " });
        plain.push_str(word);
    }
    if plain.is_ascii() {
        plain.make_ascii_lowercase();
        return plain;
    }
    plain.to_lowercase()
}
