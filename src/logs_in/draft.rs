//! One line of a log in the making: what another system says was done, its times still as they
//! were written there.

use rust_decimal::Decimal;

use super::report::Spot;
use super::stamp::Stamp;
use crate::session::log::{Class, Route};

/// Whose it is, as the other system names them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Who {
    /// The visit or stay.
    pub encounter: Option<String>,
    /// The patient.
    pub subject: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A bag ran, or began to where there is no end.
    Run,
    /// It ended.
    Stop,
    /// It was held.
    Pause,
    /// It ran again.
    Resume,
    /// It was seen running.
    Check,
    /// Its rate was changed.
    Rate,
    /// Pushed by hand.
    Push,
    /// Injected.
    Inject,
    /// An on-body injector was put on.
    OnBodyInjector,
    /// A port was flushed.
    FlushPort,
    /// Blood was given.
    Transfuse,
    /// Words.
    Note,
}

/// What became of a bag at the end of its stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ending {
    /// It ended, or went on in the next stretch where that begins in the same minute.
    #[default]
    Ends,
    /// It was held; the next stretch of the same order is the same bag.
    Pauses,
}

/// A number and its unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amount {
    /// How much.
    pub value: Decimal,
    /// Of what, as written.
    pub unit: String,
}

/// One line of a log in the making.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Where it was read.
    pub spot: Spot,
    /// Whose it is.
    pub who: Who,
    /// The ward.
    pub unit: Option<String>,
    /// What was given, or the words of a note.
    pub drug: String,
    /// What it was given for, where the source says so.
    pub class: Option<Class>,
    /// What was done.
    pub kind: Kind,
    /// When.
    pub at: Stamp,
    /// Until when.
    pub to: Option<Stamp>,
    /// The order it belongs to: stretches of one order may be one bag.
    pub link: Option<String>,
    /// What became of the bag at the end of the stretch.
    pub ending: Ending,
    /// Where it entered.
    pub site: Option<String>,
    /// How.
    pub route: Route,
    /// What was given.
    pub dose: Option<Amount>,
    /// What was thrown away.
    pub waste: Option<Amount>,
    /// What hung, in millilitres.
    pub volume_ml: Option<Decimal>,
    /// How fast it ran, in millilitres an hour.
    pub rate_ml_per_h: Option<Decimal>,
    /// What the log has no field for; a comment on its line.
    pub remarks: Vec<String>,
}

impl Amount {
    /// Reads "1 g", "600mg", "1,5 g" where the comma is the decimal sign.
    #[must_use]
    pub fn read(text: &str, decimal: char) -> Option<Amount> {
        let text = text.trim();
        let end = text.find(|c: char| !c.is_ascii_digit() && c != decimal && c != '.').unwrap_or(text.len());
        let unit = text[end..].trim();
        let value = number(&text[..end], decimal)?;
        (!unit.is_empty()).then(|| Amount { value, unit: unit.to_owned() })
    }

    /// Millilitres, where it is a volume.
    #[must_use]
    pub fn millilitres(&self) -> Option<Decimal> {
        match self.unit.to_ascii_lowercase().as_str() {
            "ml" | "milliliter" | "millilitre" | "milliliters" | "millilitres" | "cc" => Some(self.value),
            "l" | "liter" | "litre" | "liters" | "litres" => self.value.checked_mul(Decimal::ONE_THOUSAND),
            _ => None,
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{} {}", self.value.normalize(), self.unit)
    }
}

/// Reads a plain number; one that is not is none.
#[must_use]
pub fn number(text: &str, decimal: char) -> Option<Decimal> {
    let text = text.trim();
    let plain = if decimal == '.' { text.to_owned() } else { text.replace('.', "?").replace(decimal, ".") };
    Decimal::from_str_exact(&plain).ok().or_else(|| Decimal::from_scientific(&plain).ok())
}

/// Reads a JSON number, which binary fractions may have left with a long tail.
#[must_use]
pub fn measured(value: &serde_json::Number) -> Option<Decimal> {
    const PLACES: u32 = 6;
    number(&value.to_string(), '.').map(|value| value.round_dp(PLACES))
}

/// Millilitres an hour of "so many of this unit in that time", where it is a volume.
#[must_use]
pub fn per_hour(volume: &Amount, time: Decimal, unit: &str) -> Option<Decimal> {
    const PLACES: u32 = 3;
    const MINUTES: u32 = 60;
    let hours = match unit.to_ascii_lowercase().as_str() {
        "h" | "hr" | "hour" | "hours" => time,
        "min" | "minute" | "minutes" => time.checked_div(Decimal::from(MINUTES))?,
        "d" | "day" | "days" => time.checked_mul(Decimal::from(24))?,
        _ => return None,
    };
    volume.millilitres()?.checked_div(hours).map(|rate| rate.round_dp(PLACES))
}

/// Millilitres an hour of a value and a unit such as "mL/h".
#[must_use]
pub fn rate_of(value: Decimal, unit: &str) -> Option<Decimal> {
    let unit = unit.to_ascii_lowercase().replace("/hour", "/h").replace("/hr", "/h");
    let (volume, time) = unit.split_once('/')?;
    per_hour(&Amount { value, unit: volume.trim().to_owned() }, Decimal::ONE, time.trim().trim_matches(['[', ']']))
}
