//! What each verb may be told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use hangtime::session::log;
use hangtime::writing::{Verb, Which};

/// Which log and when.
#[derive(Debug, Args)]
pub struct Where {
    /// When: 09:05, 905, "9:05 pm", "2026-03-02 21:05"; else now.
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub at: Option<String>,
    #[command(flatten)]
    pub file: FileArgs,
    /// Write it though it contradicts the log.
    #[arg(long)]
    pub anyway: bool,
}

/// Which log.
#[derive(Debug, Clone, Args)]
pub struct FileArgs {
    /// The log; else the open one of this folder.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Which session of the file, by its id, where it holds several.
    #[arg(long, value_name = "ID")]
    pub session: Option<String>,
}

#[derive(Debug, Args)]
pub struct NewArgs {
    /// The file to make; `.ron` is added where it is missing.
    pub file: PathBuf,
    /// Where the session takes place.
    #[arg(long, value_enum, default_value_t = Setting::Hospital, ignore_case = true)]
    pub setting: Setting,
    /// Its name; else made of the date and the file's name.
    #[arg(long)]
    pub id: Option<String>,
    /// Its day, YYYY-MM-DD; else today.
    #[arg(long)]
    pub date: Option<String>,
    /// The zone of the clock on the wall, such as America/Chicago.
    #[arg(long)]
    pub zone: Option<String>,
    /// A pseudonym of your own, such as p-1093; never a name.
    #[arg(long)]
    pub patient: Option<String>,
    /// The drug that an office visit is for.
    #[arg(long, value_name = "DRUG")]
    pub reason: Option<String>,
    /// The ward or clinic.
    #[arg(long)]
    pub unit: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Setting {
    /// Outpatient or emergency department, observation.
    Hospital,
    /// A practice that bills for itself.
    Office,
}

/// Dose, waste and container.
#[derive(Debug, Args)]
pub struct Packed {
    /// What the patient gets, such as "1 g".
    #[arg(long)]
    dose: Option<String>,
    /// What is thrown away of the container, such as "45 mg".
    #[arg(long)]
    waste: Option<String>,
    /// How it came packed.
    #[arg(long, value_enum)]
    container: Option<Container>,
}

impl Packed {
    fn container(&self) -> Option<log::Container> {
        self.container.map(|container| match container {
            Container::Single => log::Container::SingleDose,
            Container::Multi => log::Container::MultiDose,
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Container {
    /// One patient, the rest is thrown away.
    Single,
    /// Shared.
    Multi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Pump {
    /// Carried.
    Portable,
    /// Implanted.
    Implantable,
}

impl From<Pump> for log::Pump {
    fn from(pump: Pump) -> Self {
        match pump {
            Pump::Portable => log::Pump::Portable,
            Pump::Implantable => log::Pump::Implantable,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Flow {
    /// Into a vein.
    Iv,
    /// Under the skin.
    Sc,
    /// Into an artery.
    Ia,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Needle {
    /// Into a muscle.
    Im,
    /// Under the skin.
    Sc,
    /// Into an artery.
    Ia,
}

#[derive(Debug, Args)]
pub struct StartArgs {
    /// What hangs, by any of its names; "a + b" is one bag.
    #[arg(required = true)]
    drug: Vec<String>,
    #[command(flatten)]
    packed: Packed,
    /// Where it runs, such as "R forearm".
    #[arg(long)]
    site: Option<String>,
    /// How it enters the body.
    #[arg(long, value_enum, default_value_t = Flow::Iv)]
    route: Flow,
    /// What hangs, in millilitres.
    #[arg(long, value_name = "ML", value_parser = millilitres)]
    volume: Option<f64>,
    /// How fast it runs, in millilitres an hour.
    #[arg(long, value_name = "ML_PER_H", value_parser = millilitres)]
    rate: Option<f64>,
    /// A pump apart from the bedside.
    #[arg(long, value_enum)]
    pump: Option<Pump>,
    /// The pump goes home with the patient.
    #[arg(long, requires = "pump")]
    home: bool,
    #[command(flatten)]
    pub where_: Where,
}

impl StartArgs {
    pub fn verb(&self) -> Verb {
        Verb::Start(log::Start {
            at: String::new(),
            drug: self.drug.join(" "),
            site: self.site.clone(),
            route: match self.route {
                Flow::Iv => log::Route::IV,
                Flow::Sc => log::Route::SC,
                Flow::Ia => log::Route::IA,
            },
            pump: self.pump.map(Into::into),
            continues_at_home: self.home,
            volume_ml: self.volume,
            rate_ml_per_h: self.rate,
            dose: self.packed.dose.clone(),
            waste: self.packed.waste.clone(),
            container: self.packed.container(),
        })
    }
}

#[derive(Debug, Args)]
pub struct StopArgs {
    /// What ends; needless where one drug runs.
    drug: Vec<String>,
    /// Where, if it runs at two places.
    #[arg(long)]
    site: Option<String>,
    /// A pump is taken off.
    #[arg(long, value_enum)]
    pump: Option<Pump>,
    /// Stopped because the patient reacted.
    #[arg(long)]
    reaction: bool,
    #[command(flatten)]
    pub where_: Where,
}

impl StopArgs {
    pub fn verb(&self) -> Verb {
        Verb::Stop { which: which(&self.drug, self.site.as_ref()), pump: self.pump.map(Into::into), reaction: self.reaction }
    }
}

#[derive(Debug, Args)]
pub struct MarkArgs {
    /// What; needless where only one drug can be meant.
    drug: Vec<String>,
    /// Where, if it runs at two places.
    #[arg(long)]
    site: Option<String>,
    #[command(flatten)]
    pub where_: Where,
}

impl MarkArgs {
    pub fn which(&self) -> Which {
        which(&self.drug, self.site.as_ref())
    }
}

#[derive(Debug, Args)]
pub struct RateArgs {
    /// What, where more than one drug runs; then the new rate in millilitres an hour.
    #[arg(required = true, value_name = "[DRUG] ML_PER_H")]
    words: Vec<String>,
    /// Where, if it runs at two places.
    #[arg(long)]
    site: Option<String>,
    #[command(flatten)]
    pub where_: Where,
}

impl RateArgs {
    pub fn verb(&self) -> Result<Verb, String> {
        let rate = self.words.last().map(String::as_str).unwrap_or_default();
        let ml_per_h = millilitres(rate).map_err(|problem| format!("the new rate comes last: {problem}"))?;
        let drug = &self.words[..self.words.len().saturating_sub(1)];
        Ok(Verb::Rate { which: which(drug, self.site.as_ref()), ml_per_h })
    }
}

#[derive(Debug, Args)]
pub struct PushArgs {
    /// What, by any of its names.
    #[arg(required = true)]
    drug: Vec<String>,
    #[command(flatten)]
    packed: Packed,
    /// How long it took.
    #[arg(long)]
    minutes: Option<u32>,
    /// Where, such as "R forearm".
    #[arg(long)]
    site: Option<String>,
    #[command(flatten)]
    pub where_: Where,
}

impl PushArgs {
    pub fn verb(&self) -> Verb {
        Verb::Push(log::Push {
            at: String::new(),
            drug: self.drug.join(" "),
            site: self.site.clone(),
            minutes: self.minutes,
            dose: self.packed.dose.clone(),
            waste: self.packed.waste.clone(),
            container: self.packed.container(),
        })
    }
}

#[derive(Debug, Args)]
pub struct InjectArgs {
    /// What, by any of its names.
    #[arg(required = true)]
    drug: Vec<String>,
    /// Into what.
    #[arg(long, value_enum)]
    route: Needle,
    #[command(flatten)]
    packed: Packed,
    /// Where, such as "L deltoid".
    #[arg(long)]
    site: Option<String>,
    #[command(flatten)]
    pub where_: Where,
}

impl InjectArgs {
    pub fn verb(&self) -> Verb {
        Verb::Inject(log::Inject {
            at: String::new(),
            drug: self.drug.join(" "),
            route: match self.route {
                Needle::Im => log::Route::IM,
                Needle::Sc => log::Route::SC,
                Needle::Ia => log::Route::IA,
            },
            site: self.site.clone(),
            dose: self.packed.dose.clone(),
            waste: self.packed.waste.clone(),
            container: self.packed.container(),
        })
    }
}

#[derive(Debug, Args)]
pub struct NoteArgs {
    /// What there is to say.
    #[arg(required = true)]
    text: Vec<String>,
    #[command(flatten)]
    pub where_: Where,
}

impl NoteArgs {
    pub fn verb(&self) -> Verb {
        Verb::Note(self.text.join(" "))
    }
}

#[derive(Debug, Args)]
pub struct UndoArgs {
    #[command(flatten)]
    pub file: FileArgs,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    #[command(flatten)]
    pub file: FileArgs,
    /// How to print it.
    #[arg(long, short, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object.
    Json,
}

fn which(drug: &[String], site: Option<&String>) -> Which {
    Which { drug: (!drug.is_empty()).then(|| drug.join(" ")), site: site.cloned() }
}

/// A number, with or without its unit.
pub fn millilitres(text: &str) -> Result<f64, String> {
    let lower = text.trim().to_ascii_lowercase();
    let bare = ["ml/hr", "ml/h", "ml"].iter().find_map(|unit| lower.strip_suffix(unit)).unwrap_or(&lower);
    let is_number = bare.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number = if is_number { bare.trim().parse::<f64>().ok() } else { None };
    number.filter(|number| *number > 0.0).ok_or_else(|| format!("`{text}` is not an amount: expected a number above 0, such as 125"))
}
