//! Exercises without end: believable encounters, the same for the same seed on every machine.

mod chart;
mod dice;
mod regimens;

use super::{Case, Exercise, HIGHEST_LEVEL};
use crate::reference::{Reference, Rule, nearest};
use crate::{Options, Source};
use chart::Chart;
use dice::Dice;
use regimens::{ALL, Regimen};

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A regimen, a topic of the samples, or a rule; anything where it is absent.
    pub topic: Option<String>,
    /// From 1 to [`HIGHEST_LEVEL`]; the regimen's own where it is absent.
    pub level: Option<u8>,
}

/// More tries than this find a rule nowhere.
const TRIES: u64 = 3000;

/// The names of the regimens, with their level and topic.
pub fn regimens() -> impl Iterator<Item = (&'static str, u8, &'static str)> {
    ALL.iter().map(|regimen| (regimen.name, regimen.level, regimen.topic))
}

/// The rule of this id.
#[must_use]
pub fn rule_named(id: &str) -> Option<Rule> {
    Rule::ALL.iter().copied().find(|rule| rule.id().eq_ignore_ascii_case(id))
}

/// One exercise of a seed by its number.
///
/// # Errors
/// Where nothing of that topic, level or rule can be made, with the nearest name.
pub fn exercise(wanted: &Wanted, seed: u64, number: u64) -> Result<Exercise, String> {
    let rule = wanted.topic.as_deref().and_then(rule_named);
    let named = |regimen: &&Regimen| match (&wanted.topic, rule) {
        (Some(topic), None) => regimen.name.eq_ignore_ascii_case(topic) || regimen.topic.eq_ignore_ascii_case(topic),
        _ => true,
    };
    let of_topic: Vec<&Regimen> = ALL.iter().filter(named).collect();
    if of_topic.is_empty() {
        return Err(unknown(wanted.topic.as_deref().unwrap_or_default()));
    }
    let exact = of_topic.len() == 1;
    let of_level = |regimen: &&&Regimen| match wanted.level {
        Some(level) => exact || level >= HIGHEST_LEVEL || regimen.level == level,
        None => true,
    };
    let fitting: Vec<&Regimen> = of_topic.iter().filter(of_level).copied().collect();
    let level = wanted.level.unwrap_or(0);
    if fitting.is_empty() {
        return Err(format!("nothing of `{}` is of level {level}", wanted.topic.as_deref().unwrap_or_default()));
    }
    for attempt in 0..TRIES {
        let mut dice = Dice::new(seed, number, attempt);
        let regimen = *dice.pick(&fitting);
        let made = make(regimen, level, dice, seed, number);
        let Some(rule) = rule else { return Ok(made) };
        // By the program's own facts: a seed makes one exercise everywhere.
        if Case::new(made.clone(), Reference::embedded()).is_ok_and(|case| case.rules().contains(&rule)) {
            return Ok(made);
        }
    }
    let id = rule.map_or("", Rule::id);
    Err(format!("no generated exercise turns on {id}; `hangtime practice {id}` without --seed looks among the samples"))
}

fn unknown(topic: &str) -> String {
    let names = || ALL.iter().flat_map(|regimen| [regimen.name, regimen.topic]);
    match nearest(topic, names()).first() {
        Some(near) => format!("there are no exercises on `{topic}`: did you mean `{near}`?"),
        None => {
            let mut all: Vec<&str> = names().collect();
            all.sort_unstable();
            all.dedup();
            format!("there are no exercises on `{topic}`: there are {}, and the rules by their ids", all.join(", "))
        }
    }
}

fn make(regimen: &Regimen, level: u8, dice: Dice, seed: u64, number: u64) -> Exercise {
    let mut chart = Chart::new(dice);
    (regimen.write)(&mut chart, level.max(regimen.level));
    if level >= HIGHEST_LEVEL
        && let Some(drug) = chart.lose_a_stop(regimens::PUSHED_WITHOUT_A_STOP)
    {
        chart.tell(format!("Nobody wrote down when the {drug} ended."));
    }
    let id = format!("{}-{seed}-{number}", regimen.name);
    let date = chart.date();
    let story = chart.story.join(" ");
    let log = chart.text(&id, date);
    Exercise {
        name: id.clone(),
        topic: regimen.topic.to_owned(),
        level: if level == 0 { regimen.level } else { level },
        story,
        source: Source::new(format!("{id}.ron"), log.as_bytes()),
        options: Options::default(),
    }
}
