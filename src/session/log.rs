//! The log as a nurse writes it: plain structs that serde fills, nothing looked up and nothing
//! decided. Times, doses and drug names are still text here.

use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::marker::PhantomData;

use super::circumstance::Circumstance;

/// One encounter of one patient, as written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// Names the session in every table and finding.
    pub id: String,
    /// Which code set and edits apply.
    pub setting: Setting,
    /// `YYYY-MM-DD`: the day that a bare `HH:MM` belongs to.
    pub date: String,
    /// IANA zone name; with it, minutes are real ones across a clock change (D2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Pseudonym that ties the sessions of one patient together (M2, M3, E2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<String>,
    /// The hospital's unit, for summaries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Office: the drug that is the reason for the visit (I3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Name of a set of policies; without it `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// What this session says of its drugs, beside or against the drug list.
    #[serde(default, skip_serializing_if = "Entries::is_empty")]
    pub drugs: Entries<DrugNote>,
    /// The sites in use; absent, every written site is the one main access (M1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sites: Option<Entries<SiteNote>>,
    /// Facts that put a modifier on lines (M5).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
    /// What happened, in any order.
    pub events: Vec<Event>,
}

/// Where the session took place: it chooses codes, hierarchy and edits (E3, E4, I2, I3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Setting {
    /// Hospital outpatient department.
    Hospital,
    /// A practitioner's own place.
    Office,
}

/// How highly a drug ranks, highest family last so that `max` finds the class of a bag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Keep-open, carrier, flush, contrast, vaccine: never billed here (T0).
    NotSeparate,
    /// Fluid given to hydrate.
    Hydration,
    /// Therapy, prophylaxis, diagnosis.
    Therapeutic,
    /// Antineoplastic hormone: chemo when given into a vein.
    Hormonal,
    /// Monoclonal antibody or other biologic on the payer's complex list.
    ComplexBiologic,
    /// Antineoplastic.
    Antineoplastic,
}

/// What a session says of one drug.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrugNote {
    /// Purpose decides, not chemistry; absent, the drug list's class stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Class>,
    /// HCPCS code for the drug line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// One billing unit, such as "10 mg".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// What a session says of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteNote {
    /// Why the record shows a separate access (M1); absent, the site is the main access.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separate: Option<String>,
}

/// How a drug enters the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Route {
    /// Into a vein.
    #[default]
    IV,
    /// Under the skin.
    SC,
    /// Into a muscle.
    IM,
    /// Into an artery.
    IA,
}

/// A pump that runs apart from the bedside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Pump {
    /// Carried.
    Portable,
    /// Implanted.
    Implantable,
}

/// How a drug came packed; only single-dose containers have billable waste.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Container {
    /// One patient, the rest is thrown away.
    SingleDose,
    /// Shared.
    MultiDose,
}

/// Where an instilled drug goes (O7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cavity {
    /// Chest cavity.
    Pleural,
    /// Abdominal cavity.
    Peritoneal,
    /// Spinal fluid.
    Intrathecal,
    /// Ventricular reservoir.
    Reservoir,
    /// Injected into this many lesions.
    Lesions(u32),
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// A bag begins to run.
    Start(Start),
    /// A bag from its start to its stop, on one line.
    Infuse(Infuse),
    /// A bag ends, or a pump is taken off.
    Stop(Stop),
    /// A bag is held.
    Pause(Mark),
    /// A held bag runs again.
    Resume(Mark),
    /// Charted as still running.
    Check(Mark),
    /// The rate changes.
    Rate(Rate),
    /// A hand push at the bedside (T6).
    Push(Push),
    /// An injection into muscle, skin or artery.
    Inject(Inject),
    /// An on-body injector is put on (P6).
    OnBodyInjector(Dose),
    /// A port is flushed (O5).
    FlushPort(At),
    /// A pump is refilled (O4).
    PumpRefill(PumpRefill),
    /// A further pump set-up with a new site under the skin (O1).
    PumpSetup(Dose),
    /// Blood or a blood product (O6).
    Transfuse(Transfuse),
    /// A drug into a cavity or lesion (O7).
    Instill(Instill),
    /// Something else billed that day, for the edits (E3).
    Service(Service),
    /// Free text; changes nothing.
    Note(Note),
}

impl Event {
    /// When it was, as written; of a bag on one line its start.
    #[must_use]
    pub fn at(&self) -> &str {
        match self {
            Event::Start(e) => &e.at,
            Event::Infuse(e) => &e.from,
            Event::Stop(e) => &e.at,
            Event::Pause(e) | Event::Resume(e) | Event::Check(e) => &e.at,
            Event::Rate(e) => &e.at,
            Event::Push(e) => &e.at,
            Event::Inject(e) => &e.at,
            Event::OnBodyInjector(e) | Event::PumpSetup(e) => &e.at,
            Event::FlushPort(e) => &e.at,
            Event::PumpRefill(e) => &e.at,
            Event::Transfuse(e) => &e.at,
            Event::Instill(e) => &e.at,
            Event::Service(e) => &e.at,
            Event::Note(e) => &e.at,
        }
    }
}

/// A bag begins to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How it enters the body; a vein where nothing is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub route: Route,
    /// The pump it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pump: Option<Pump>,
    /// The pump goes home with the patient and needs no stop here (O3).
    #[serde(default, skip_serializing_if = "is_default")]
    pub continues_at_home: bool,
    /// What hangs, in millilitres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// How fast it runs at first, in millilitres an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_ml_per_h: Option<f64>,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// A bag from its start to its stop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Infuse {
    /// When it began.
    pub from: String,
    /// When it ended.
    pub to: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How it enters the body; a vein where nothing is said.
    #[serde(default, skip_serializing_if = "is_default")]
    pub route: Route,
    /// The pump it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pump: Option<Pump>,
    /// The pump goes home with the patient and needs no stop here (O3).
    #[serde(default, skip_serializing_if = "is_default")]
    pub continues_at_home: bool,
    /// What hangs, in millilitres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_ml: Option<f64>,
    /// How fast it runs at first, in millilitres an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_ml_per_h: Option<f64>,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// A bag ends, or a pump is taken off.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stop {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The pump it runs on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pump: Option<Pump>,
    /// Stopped because the patient reacted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reaction: bool,
}

/// A minute in the life of a run: held, resumed, seen running.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// The rate changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// The new rate, in millilitres an hour.
    pub ml_per_h: f64,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
}

/// A hand push at the bedside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How long it took, where the record says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// An injection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inject {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Muscle, skin or artery.
    pub route: Route,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// A drug at one minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dose {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where, by a name of the nurse's choosing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// A minute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct At {
    /// When.
    pub at: String,
}

/// A pump is refilled.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PumpRefill {
    /// When.
    pub at: String,
    /// Which pump.
    pub pump: Pump,
}

/// Blood or a blood product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfuse {
    /// When.
    pub at: String,
    /// What was transfused.
    pub product: String,
}

/// A drug into a cavity or lesion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instill {
    /// When.
    pub at: String,
    /// What, by generic name, brand or short form; "a + b" is one bag.
    pub drug: String,
    /// Where it goes.
    pub cavity: Cavity,
    /// What was given, such as "1 g".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dose: Option<String>,
    /// What was thrown away of a single-dose container.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waste: Option<String>,
    /// How the drug came packed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<Container>,
}

/// Something else billed that day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// When.
    pub at: String,
    /// Its code, five characters.
    pub code: String,
}

/// Free text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// When.
    pub at: String,
    /// What the nurse wrote.
    pub text: String,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A map in the order it was written, with keys that may (wrongly) stand twice: a plain map would
/// let the last one win in silence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entries<V>(pub Vec<(String, V)>);

impl<V> Default for Entries<V> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<V> Entries<V> {
    /// Whether nothing is written in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for Pairs<V> {
            type Value = Entries<V>;
            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("a map, `{ \"name\": (...) }`")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Entries(pairs))
            }
        }
        deserializer.deserialize_map(Pairs(PhantomData))
    }
}

impl<V: Serialize> Serialize for Entries<V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
