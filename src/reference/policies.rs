//! Policies: every contested point of the rules as a named choice.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::nearest;
use super::profiles::{PolicyEntry, Profile};

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$variant),)* _ => None }
            }
            fn text(self) -> &'static str {
                match self { $($name::$variant => $text),* }
            }
        }
    )*};
}

choices! {
    /// How overlapping drugs are told apart (S4, S4a).
    Overlap {
        /// A drug loses the minutes that placed drugs hold.
        Deduct = "deduct",
        /// Concurrent when more than half is held.
        Majority = "majority",
        /// Concurrent when any minute is held.
        Any = "any",
        /// Concurrent only when both ends coincide.
        None = "none",
    }
    /// Which of two infusions of one rank is the initial (I4).
    InitialTie {
        /// Most minutes.
        Longest = "longest",
        /// Earliest start.
        First = "first",
    }
    /// How the runs of one drug add up (T5).
    SameDrug {
        /// Within a date.
        AddPerDay = "add_per_day",
        /// Over the stay.
        AddPerStay = "add_per_stay",
        /// Each alone.
        EachRun = "each_run",
    }
    /// Whether short pieces of hydration count (S3).
    HydrationGaps {
        /// All minutes add up.
        Add = "add",
        /// Segments under the least are dropped.
        EachSegment = "each_segment",
    }
    /// Whether pushes take minutes from hydration (S2).
    PushMinutes {
        /// They do.
        Deduct = "deduct",
        /// They do not.
        Keep = "keep",
    }
    /// What a therapeutic infusion without a stop is (U1).
    MissingStop {
        /// One push.
        Push = "push",
        /// Nothing.
        NotBillable = "not_billable",
    }
    /// Which date a unit after midnight bears (D1).
    Midnight {
        /// The day its run began.
        ServiceStart = "service_start",
        /// The day it began itself.
        UnitStart = "unit_start",
    }
    /// What a pump that goes home is (O3).
    HomePump {
        /// A prolonged pump like others.
        Ordinary = "96416",
        /// Medicare's code.
        Medicare = "g0498",
    }
    /// Whether complex biologics are of the chemo family.
    ComplexBiologics {
        /// By the drug list.
        DrugList = "cms_2024",
        /// They are therapeutic.
        Therapeutic = "therapeutic",
    }
    /// What a run stopped early for a reaction is.
    StoppedEarly {
        /// What ran.
        Elapsed = "elapsed",
        /// The infusion that was meant, reduced.
        Intended = "intended_53",
    }
    /// What happens to units over the limit of a date (E2).
    Mues {
        /// Reported and flagged.
        Flag = "flag",
        /// Removed.
        Cap = "cap",
    }
}

/// Which policies the engine asked for. The engine is deterministic, so that a policy which it did
/// not ask for while it made a bill could have had any value: nothing in the bill depends on it.
#[derive(Debug, Default)]
struct Asked(AtomicU32);

impl Clone for Asked {
    /// A copy of the policies has not been asked anything.
    fn clone(&self) -> Self {
        Asked::default()
    }
}

impl PartialEq for Asked {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Asked {}

macro_rules! policies {
    ($($(#[$doc:meta])* $name:ident: $stored:ty => $read:ty),* $(,)?) => {
        /// The reading of every contested point that a bill is made under.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Policies {
            /// Name of the profile, with what was changed on top of it.
            pub name: Cow<'static, str>,
            asked: Asked,
            $($name: $stored),*
        }

        #[allow(non_camel_case_types)]
        enum Number { $($name),* }

        impl Policies {
            $($(#[$doc])*
            pub fn $name(&self) -> &$read {
                self.asked.0.fetch_or(1 << Number::$name as u32, Ordering::Relaxed);
                &self.$name
            })*

            /// Whether the engine asked for a policy since these were made; of a policy that does not exist, no.
            #[must_use]
            pub fn was_asked(&self, name: &str) -> bool {
                let bit = match name {
                    $(stringify!($name) => Number::$name as u32,)*
                    _ => return false,
                };
                self.asked.0.load(Ordering::Relaxed) & (1 << bit) != 0
            }
        }
    };
}

policies! {
    /// `overlap` (S4, S4a).
    overlap: Overlap => Overlap,
    /// Least minutes together that make a concurrency (S4b).
    concurrent_minimum: i64 => i64,
    /// `initial_tie` (I4).
    initial_tie: InitialTie => InitialTie,
    /// `same_drug` (T5).
    same_drug: SameDrug => SameDrug,
    /// `hydration_gaps` (S3).
    hydration_gaps: HydrationGaps => HydrationGaps,
    /// `push_minutes` (S2).
    push_minutes: PushMinutes => PushMinutes,
    /// `missing_stop` (U1).
    missing_stop: MissingStop => MissingStop,
    /// Least minutes between reported pushes of one drug (P2, P3, T1).
    repeat_push_after: i64 => i64,
    /// `midnight` (D1).
    midnight: Midnight => Midnight,
    /// Modifier of a separate access (M1).
    site_modifier: &'static str => &'static str,
    /// Modifier of a further encounter (M2).
    encounter_modifier: &'static str => &'static str,
    /// Modifier that bypasses a pair (M3).
    ptp_modifier: &'static str => &'static str,
    /// `home_pump` (O3).
    home_pump: HomePump => HomePump,
    /// `complex_biologics`.
    complex_biologics: ComplexBiologics => ComplexBiologics,
    /// `stopped_early` (M6).
    stopped_early: StoppedEarly => StoppedEarly,
    /// `mue` (E2).
    mue: Mues => Mues,
}

/// A policy, value or profile that does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownPolicy {
    /// What is the matter.
    pub message: String,
    /// The nearest names, or all there are.
    pub help: String,
}

impl fmt::Display for UnknownPolicy {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for UnknownPolicy {}

fn unknown<'n>(what: &str, name: &str, all: impl IntoIterator<Item = &'n str> + Clone) -> UnknownPolicy {
    let near = nearest(name, all.clone());
    let help = match near.first() {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", all.into_iter().collect::<Vec<_>>().join(", ")),
    };
    UnknownPolicy { message: format!("{what} `{name}` is not known"), help }
}

impl Policies {
    /// A profile that comes with the program.
    ///
    /// # Errors
    /// Names the nearest profile.
    pub fn named(name: &str) -> Result<Self, UnknownPolicy> {
        // Each is read once: a stream asks for one a session.
        static READ: OnceLock<Vec<OnceLock<Policies>>> = OnceLock::new();
        let profiles = Profile::all();
        let read = READ.get_or_init(|| profiles.iter().map(|_| OnceLock::new()).collect());
        let unknown = || unknown("profile", name, profiles.iter().map(|p| p.name.as_str()));
        let at = profiles.iter().position(|profile| profile.name.eq_ignore_ascii_case(name)).ok_or_else(unknown)?;
        if let Some(policies) = read[at].get() {
            return Ok(policies.clone());
        }
        let policies = Policies { name: Cow::Borrowed(&profiles[at].name), ..Self::of(&profiles[at])? };
        Ok(read[at].get_or_init(|| policies).clone())
    }

    /// A profile that comes with the program, or the file of a user's own.
    ///
    /// # Errors
    /// Names the nearest profile, or says what is wrong in the file.
    pub fn profile(name: &str) -> Result<Self, UnknownPolicy> {
        let is_file = name.ends_with(".ron") || name.contains(['/', '\\']);
        if is_file { Self::of(&Profile::read(Path::new(name))?) } else { Self::named(name) }
    }

    fn of(profile: &Profile) -> Result<Self, UnknownPolicy> {
        let mut policies = match &profile.based_on {
            Some(base) => Self::named(base)?,
            None => Self::defaults(),
        };
        for (name, value) in &profile.policies.0 {
            policies.choose(name, value)?;
        }
        policies.name = Cow::Owned(profile.name.clone());
        Ok(policies)
    }

    fn defaults() -> Self {
        let mut policies = Policies {
            name: Cow::Borrowed("default"),
            asked: Asked::default(),
            overlap: Overlap::Deduct,
            concurrent_minimum: 0,
            initial_tie: InitialTie::Longest,
            same_drug: SameDrug::AddPerDay,
            hydration_gaps: HydrationGaps::Add,
            push_minutes: PushMinutes::Deduct,
            missing_stop: MissingStop::Push,
            repeat_push_after: 0,
            midnight: Midnight::ServiceStart,
            site_modifier: "",
            encounter_modifier: "",
            ptp_modifier: "",
            home_pump: HomePump::Ordinary,
            complex_biologics: ComplexBiologics::DrugList,
            stopped_early: StoppedEarly::Elapsed,
            mue: Mues::Flag,
        };
        for entry in PolicyEntry::all() {
            let chosen = policies.choose(&entry.name, &entry.default);
            chosen.unwrap_or_else(|problem| panic!("policies.ron: {problem}"));
        }
        policies
    }

    /// Sets one policy on top of the profile, and says so in the name.
    ///
    /// # Errors
    /// Names the nearest policy or value.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), UnknownPolicy> {
        let before = self.value(name);
        self.choose(name, value)?;
        if self.value(name) != before {
            self.name = Cow::Owned(format!("{} + {name}={value}", self.name));
        }
        Ok(())
    }

    /// Sets a policy from `name=value`.
    ///
    /// # Errors
    /// Names the nearest policy or value, or says that there is no `=`.
    pub fn set_pair(&mut self, pair: &str) -> Result<(), UnknownPolicy> {
        let Some((name, value)) = pair.split_once('=') else {
            let message = format!("`{pair}` sets no policy");
            return Err(UnknownPolicy { message, help: "write name=value, such as overlap=any".to_owned() });
        };
        self.set(name.trim(), value.trim())
    }

    fn choose(&mut self, name: &str, value: &str) -> Result<(), UnknownPolicy> {
        let entry = PolicyEntry::all()
            .iter()
            .find(|entry| entry.name == name)
            .ok_or_else(|| unknown("policy", name, PolicyEntry::all().iter().map(|e| e.name.as_str())))?;
        let known = entry.values.iter().find(|v| v.name.eq_ignore_ascii_case(value));
        let value =
            known.ok_or_else(|| unknown(&format!("value of `{name}`"), value, entry.values.iter().map(|v| v.name.as_str())))?.name.as_str();
        self.take(name, value).unwrap_or_else(|| panic!("policies.ron offers {name}={value}, which the engine does not know"));
        Ok(())
    }

    fn take(&mut self, name: &str, value: &'static str) -> Option<()> {
        match name {
            "overlap" => self.overlap = Overlap::read(value)?,
            "concurrent_minimum" => self.concurrent_minimum = value.parse().ok()?,
            "initial_tie" => self.initial_tie = InitialTie::read(value)?,
            "same_drug" => self.same_drug = SameDrug::read(value)?,
            "hydration_gaps" => self.hydration_gaps = HydrationGaps::read(value)?,
            "push_minutes" => self.push_minutes = PushMinutes::read(value)?,
            "missing_stop" => self.missing_stop = MissingStop::read(value)?,
            "repeat_push_after" => self.repeat_push_after = value.parse().ok()?,
            "midnight" => self.midnight = Midnight::read(value)?,
            "site_modifier" => self.site_modifier = value,
            "encounter_modifier" => self.encounter_modifier = value,
            "ptp_modifier" => self.ptp_modifier = value,
            "home_pump" => self.home_pump = HomePump::read(value)?,
            "complex_biologics" => self.complex_biologics = ComplexBiologics::read(value)?,
            "stopped_early" => self.stopped_early = StoppedEarly::read(value)?,
            "mue" => self.mue = Mues::read(value)?,
            _ => return None,
        }
        Some(())
    }

    /// The value in force, as written.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        let text = match name {
            "overlap" => self.overlap.text(),
            "concurrent_minimum" => return Some(self.concurrent_minimum.to_string()),
            "initial_tie" => self.initial_tie.text(),
            "same_drug" => self.same_drug.text(),
            "hydration_gaps" => self.hydration_gaps.text(),
            "push_minutes" => self.push_minutes.text(),
            "missing_stop" => self.missing_stop.text(),
            "repeat_push_after" => return Some(self.repeat_push_after.to_string()),
            "midnight" => self.midnight.text(),
            "site_modifier" => self.site_modifier,
            "encounter_modifier" => self.encounter_modifier,
            "ptp_modifier" => self.ptp_modifier,
            "home_pump" => self.home_pump.text(),
            "complex_biologics" => self.complex_biologics.text(),
            "stopped_early" => self.stopped_early.text(),
            "mue" => self.mue.text(),
            _ => return None,
        };
        Some(text.to_owned())
    }
}

impl Default for Policies {
    fn default() -> Self {
        static DEFAULTS: OnceLock<Policies> = OnceLock::new();
        DEFAULTS.get_or_init(Policies::defaults).clone()
    }
}
