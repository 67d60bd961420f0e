//! Codes, and the place that each fills: (family, way of giving, role, setting) to a code, or to
//! the rule that says there is none.

use foldhash::HashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use super::rules::Rule;
use crate::session::log::Setting;

/// A code by its position in `codes.ron`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CodeId(pub u16);

/// Some of the codes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeSet(SmallVec<[u64; 2]>);

impl CodeSet {
    /// Where a code's bit stands.
    fn bit(code: CodeId) -> (usize, u64) {
        (usize::from(code.0) / 64, 1 << (code.0 % 64))
    }

    /// Takes a code up; returns whether it is new.
    pub fn add(&mut self, code: CodeId) -> bool {
        let (at, bit) = Self::bit(code);
        while self.0.len() <= at {
            self.0.push(0);
        }
        let word = &mut self.0[at];
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether it holds a code.
    #[must_use]
    pub fn has(&self, code: CodeId) -> bool {
        let (word, bit) = Self::bit(code);
        self.0.get(word).is_some_and(|word| word & bit != 0)
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Puts a code out.
    pub fn remove(&mut self, code: CodeId) {
        let (word, bit) = Self::bit(code);
        if let Some(word) = self.0.get_mut(word) {
            *word &= !bit;
        }
    }

    /// Whether both hold one code.
    #[must_use]
    pub fn meets(&self, other: &CodeSet) -> bool {
        self.0.iter().zip(&other.0).any(|(here, there)| here & there != 0)
    }
}

impl FromIterator<CodeId> for CodeSet {
    fn from_iter<I: IntoIterator<Item = CodeId>>(codes: I) -> Self {
        let mut set = CodeSet::default();
        for code in codes {
            set.add(code);
        }
        set
    }
}

/// The family of codes that a drug's class leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// Antineoplastics, complex biologics, and hormonal antineoplastics into a vein.
    Chemo,
    /// Hormonal antineoplastics under the skin or into a muscle.
    Hormonal,
    /// Therapy, prophylaxis, diagnosis.
    Therapeutic,
    /// Hydration.
    Hydration,
    /// Pump care; `Any` in the places table.
    Pump,
    /// Whatever the drug.
    Any,
    /// Outside the families.
    Other,
}

/// How something was given, as the places table names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Way {
    Infusion,
    Push,
    Concurrent,
    Pump,
    HomePump,
    Injection,
    OnBody,
    SkinInfusion,
    SkinSetup,
    ArteryPush,
    ArteryInfusion,
    ArteryPump,
    RefillPortable,
    RefillImplantable,
    Flush,
    Transfusion,
    Pleural,
    Peritoneal,
    Intrathecal,
    Reservoir,
    FewLesions,
    ManyLesions,
}

/// The part a unit plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// The one service of an access that the others are added to (I1).
    Initial,
    /// A further drug (I6).
    Subsequent,
    /// The same drug pushed again (P2).
    Repeat,
    /// A further hour (T2).
    Hour,
    /// Takes no part in the hierarchy (I5).
    Alone,
}

/// How often a code may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Once {
    /// Once a session.
    Session,
    /// Once a date.
    Date,
}

/// Most units of a code a date (E2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mue {
    /// Units a patient and date.
    pub units: u32,
    /// Adjudication indicator: 2 is absolute, 3 may be appealed with records.
    pub mai: u8,
    /// The published rationale.
    pub why: String,
}

/// Both settings' limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mues {
    /// Hospital outpatient.
    pub hospital: Mue,
    /// Practitioner.
    pub office: Mue,
}

/// Indicators of the physician fee schedule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Pfs {
    pub status: String,
    pub global_days: String,
    pub pctc: String,
    pub mult_proc: String,
    pub bilateral: String,
    pub assistant: String,
    pub co_surgeon: String,
    pub team: String,
    pub phys_supervision: String,
    pub imaging_family: String,
    pub work_rvu: String,
    pub nonfac_pe_rvu: String,
    pub fac_pe_rvu: String,
    #[serde(default)]
    pub fac_na: bool,
    pub mp_rvu: String,
    pub nonfac_total_rvu: String,
    pub fac_total_rvu: String,
    pub amount_usd: Option<String>,
}

/// Status and group of the outpatient payment system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Opps {
    pub si: String,
    pub apc: Option<String>,
    pub weight: Option<String>,
    pub rate_usd: Option<String>,
}

/// Where the code stands in CMS's grouping of services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct Rbcs {
    pub category: String,
    pub subcategory: String,
    pub family: String,
}

/// One code's fact sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    /// Five characters.
    pub code: String,
    /// Its family.
    pub family: Family,
    /// Starts a prolonged pump, so bars a refill that day (O4).
    #[serde(default)]
    pub initiates_pump: bool,
    /// Can be the initial service (I1).
    #[serde(default)]
    pub initial: bool,
    /// Billed once a session or date, where it is.
    pub once: Option<Once>,
    /// Rank among the initials, 1 the highest (I2).
    pub rank: Option<u8>,
    /// What it is, in a few words of our own.
    pub label: String,
    /// What it is, at more length.
    pub about: String,
    /// When it is assigned.
    pub when: String,
    /// The rules that assign it.
    pub rules: Vec<Rule>,
    /// First day in force (D3).
    pub from: String,
    /// Last day in force.
    pub until: Option<String>,
    /// Most units a date.
    pub mue: Mues,
    /// Physician fee schedule.
    pub pfs: Option<Pfs>,
    /// CMS's grouping.
    pub rbcs: Option<Rbcs>,
    /// The older grouping.
    pub betos: Option<String>,
    /// Outpatient payment.
    pub opps: Option<Opps>,
    /// What changed when.
    #[serde(default)]
    pub history: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Codes")]
pub(super) struct CodesFile {
    pub source: String,
    pub vintage: String,
    pub codes: Vec<Code>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub family: Family,
    pub way: Way,
    pub role: Role,
    pub setting: Option<Setting>,
    pub code: Option<String>,
    pub none: Option<Rule>,
    #[serde(default)]
    pub binding: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Places")]
pub(super) struct PlacesFile {
    pub source: String,
    pub vintage: String,
    pub places: Vec<Place>,
}

/// How many families, ways, roles and settings there are.
const FAMILIES: usize = Family::Other as usize + 1;
const WAYS: usize = Way::ManyLesions as usize + 1;
const ROLES: usize = Role::Alone as usize + 1;
const SETTINGS: usize = Setting::Office as usize + 1;
const PLACES: usize = FAMILIES * WAYS * ROLES * SETTINGS;

/// Where a place stands in the table: the engine asks for places many times a session.
fn place_number(family: Family, way: Way, role: Role, setting: Setting) -> usize {
    ((family as usize * WAYS + way as usize) * ROLES + role as usize) * SETTINGS + setting as usize
}

fn line_order(codes: &[Code]) -> Vec<u16> {
    let mut in_order: Vec<usize> = (0..codes.len()).collect();
    in_order.sort_by_key(|at| (!codes[*at].initial, &codes[*at].code));
    let mut orders = vec![0; codes.len()];
    for (order, at) in (0..).zip(in_order) {
        orders[at] = order;
    }
    orders
}

/// All codes and the places they fill.
#[derive(Debug, Clone)]
pub struct Codes {
    /// Where the facts are from.
    pub source: String,
    /// The day they are good for.
    pub vintage: String,
    all: Vec<Code>,
    by_name: HashMap<String, CodeId>,
    /// What fills each place, by [`place_number`]; absent where `places.ron` says nothing of it.
    places: Vec<Option<Result<CodeId, Rule>>>,
    binding: Vec<CodeId>,
    /// Where the lines of each code stand on a claim.
    line_order: Vec<u16>,
}

impl Codes {
    /// Of files that the checks have passed.
    pub(super) fn of(file: CodesFile, places: PlacesFile) -> Self {
        let by_name: HashMap<String, CodeId> = (0u16..).zip(&file.codes).map(|(at, code)| (code.code.clone(), CodeId(at))).collect();
        let mut codes = Codes {
            source: file.source,
            vintage: file.vintage,
            line_order: line_order(&file.codes),
            all: file.codes,
            by_name,
            places: vec![None; PLACES],
            binding: Vec::new(),
        };
        for place in places.places {
            codes.fill(&place);
        }
        codes
    }

    fn fill(&mut self, place: &Place) {
        let what = match (&place.code, place.none) {
            (Some(code), None) => Ok(self.find(code).unwrap_or_else(|| panic!("places.ron names {code}, codes.ron does not"))),
            (None, Some(rule)) => Err(rule),
            _ => panic!("places.ron: a place has a code or the rule that says there is none"),
        };
        if let (true, Ok(code)) = (place.binding, what) {
            self.binding.push(code);
        }
        for setting in [Setting::Hospital, Setting::Office] {
            if place.setting.is_none_or(|s| s == setting) {
                self.places[place_number(place.family, place.way, place.role, setting)] = Some(what);
            }
        }
    }

    /// Every code, in the order of the file.
    #[must_use]
    pub fn all(&self) -> &[Code] {
        &self.all
    }

    /// The code of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<CodeId> {
        self.by_name.get(name).copied()
    }

    /// A code's facts.
    #[must_use]
    pub fn get(&self, id: CodeId) -> &Code {
        &self.all[usize::from(id.0)]
    }

    /// The code that fills a place, or the rule that says there is none.
    ///
    /// # Errors
    /// The rule by which nothing is billed there.
    pub fn at(&self, family: Family, way: Way, role: Role, setting: Setting) -> Result<CodeId, Rule> {
        let of = |family| self.places[place_number(family, way, role, setting)];
        of(family).or_else(|| of(Family::Any)).unwrap_or(Err(Rule::E4))
    }

    /// Fills an office's places as a hospital's, to ask what a mistaken setting would earn.
    pub fn office_as_hospital(&mut self) {
        for both in self.places.chunks_exact_mut(SETTINGS) {
            both[Setting::Office as usize] = both[Setting::Hospital as usize].or(both[Setting::Office as usize]);
        }
    }

    /// Lets no add-on hold an office's reason back, to ask what a bill without I3's clause would be.
    pub fn unbind(&mut self) {
        self.binding.clear();
    }

    /// Whether an office's reason must yield to keep this add-on's primary (I3).
    #[must_use]
    pub fn is_binding(&self, code: CodeId) -> bool {
        self.binding.contains(&code)
    }

    /// Where a code's lines stand among those of a date: initial services first, then by name.
    #[must_use]
    pub fn line_order(&self, code: CodeId) -> u16 {
        self.line_order[usize::from(code.0)]
    }

    /// Most units a date, whatever the setting.
    #[must_use]
    pub fn least_limit(&self, code: CodeId) -> usize {
        let mues = &self.get(code).mue;
        mues.hospital.units.min(mues.office.units) as usize
    }

    /// Most units a date, in a setting (E2).
    #[must_use]
    pub fn mue(&self, code: CodeId, setting: Setting) -> &Mue {
        let mues = &self.get(code).mue;
        match setting {
            Setting::Hospital => &mues.hospital,
            Setting::Office => &mues.office,
        }
    }
}
