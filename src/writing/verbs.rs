//! What a nurse does, as values: each becomes one event of the log.

use super::Refusal;
use super::times::told;
use super::which::{Ward, is_same};
use crate::reference::Bag;
use crate::session::log::{Event, Inject, Mark, Note, Pump, Push, Rate, Start, Stop};
use crate::timeline::Running;

/// Which run is meant. Both may be left out where it is the only one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Which {
    /// By any of its names.
    pub drug: Option<String>,
    /// Where it runs.
    pub site: Option<String>,
}

/// One thing done at the bedside. The times within are filled when it is applied.
#[derive(Debug, Clone, PartialEq)]
pub enum Verb {
    /// A bag begins to run.
    Start(Start),
    /// It ends.
    Stop {
        /// What ends.
        which: Which,
        /// A pump is taken off, which another session may have started.
        pump: Option<Pump>,
        /// The patient reacted.
        reaction: bool,
    },
    /// It is held.
    Pause(Which),
    /// It runs again.
    Resume(Which),
    /// It was seen running.
    Check(Which),
    /// Its rate changes.
    Rate {
        /// Of what.
        which: Which,
        /// Millilitres an hour.
        ml_per_h: f64,
    },
    /// A push by hand.
    Push(Push),
    /// An injection.
    Inject(Inject),
    /// Free words.
    Note(String),
}

impl Verb {
    /// The event, at a time as the log writes it.
    pub(super) fn event(&self, at: String, ward: &Ward) -> Result<Event, Refusal> {
        Ok(match self {
            Verb::Start(start) => {
                has_no_dose_in_it(&start.drug, ward)?;
                starts_afresh(start, ward)?;
                Event::Start(Start { at, ..start.clone() })
            }
            Verb::Stop { which, pump, reaction } => {
                let (drug, site) = match (&which.drug, pump) {
                    (Some(drug), Some(_)) if !runs(drug, ward) => (drug.clone(), which.site.clone()),
                    _ => meant(which, "stop", ward, |_| true)?,
                };
                Event::Stop(Stop { at, drug, site, pump: *pump, reaction: *reaction })
            }
            Verb::Pause(which) => Event::Pause(mark(at, which, "pause", ward, |run| run.paused.is_none())?),
            Verb::Resume(which) => Event::Resume(mark(at, which, "resume", ward, |run| run.paused.is_some())?),
            Verb::Check(which) => Event::Check(mark(at, which, "check", ward, |run| run.paused.is_none())?),
            Verb::Rate { which, ml_per_h } => {
                let (drug, site) = meant(which, "rate", ward, |_| true)?;
                Event::Rate(Rate { at, drug, ml_per_h: *ml_per_h, site })
            }
            Verb::Push(push) => {
                has_no_dose_in_it(&push.drug, ward)?;
                Event::Push(Push { at, ..push.clone() })
            }
            Verb::Inject(inject) => {
                has_no_dose_in_it(&inject.drug, ward)?;
                Event::Inject(Inject { at, ..inject.clone() })
            }
            Verb::Note(text) if text.trim().is_empty() => {
                return Err(Refusal::new("the note says nothing").help("hangtime log note Site looks well."));
            }
            Verb::Note(text) => Event::Note(Note { at, text: text.clone() }),
        })
    }
}

fn meant(which: &Which, verb: &str, ward: &Ward, could_be: impl Fn(&Running) -> bool) -> Result<(String, Option<String>), Refusal> {
    let meant = ward.find(which.drug.as_deref(), which.site.as_deref(), verb, could_be)?;
    Ok((meant.drug, meant.site))
}

fn mark(at: String, which: &Which, verb: &str, ward: &Ward, could_be: impl Fn(&Running) -> bool) -> Result<Mark, Refusal> {
    let (drug, site) = meant(which, verb, ward, could_be)?;
    Ok(Mark { at, drug, site })
}

fn runs(drug: &str, ward: &Ward) -> bool {
    let bag = Bag::read(drug, &ward.reference.drugs);
    ward.then.running.iter().any(|run| run.bag == bag)
}

/// "Zofran 4 mg" is a drug and its dose, unless the list or the session knows a drug of that name.
fn has_no_dose_in_it(drug: &str, ward: &Ward) -> Result<(), Refusal> {
    let drugs = &ward.reference.drugs;
    let bag = Bag::read(drug, drugs);
    let is_noted = || ward.session.drugs.0.iter().any(|(key, _)| Bag::read(key, drugs) == bag);
    if ward.anyway || drugs.find(drug).is_some() || is_noted() {
        return Ok(());
    }
    let parts = drug.match_indices(' ').map(|(at, _)| (&drug[..at], drug[at..].trim()));
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match parts.into_iter().find(|(name, rest)| drugs.find(name).is_some() && starts_with_digit(rest)) {
        Some((name, dose)) => Err(Refusal::new(format!("`{drug}` is a drug and how much of it"))
            .help(format!("write \"{name}\" --dose \"{dose}\"; of a fluid --volume, in mL"))
            .forcible()),
        None => Ok(()),
    }
}

/// What runs at that site is not started once more (U2), also where its volume would have run off by then:
/// at the bedside its stop can still be charted.
fn starts_afresh(start: &Start, ward: &Ward) -> Result<(), Refusal> {
    let bag = Bag::read(&start.drug, &ward.reference.drugs);
    let same = |run: &&Running| run.bag == bag && is_same(run.site.as_deref(), start.site.as_deref());
    let Some(run) = ward.then.running.iter().find(same).filter(|_| !ward.anyway) else { return Ok(()) };
    let since = told(run.since, &ward.then.calendar);
    let (state, other) = match run.paused {
        Some(paused) => (format!("was held at {}", told(paused, &ward.then.calendar)), "resume"),
        None => (format!("runs since {since}"), "check"),
    };
    let what = &run.written;
    Err(Refusal::new(format!("{what} {state}: it cannot start once more"))
        .help(format!("if a new bag was hung, first: hangtime log stop \"{what}\"; if it is the same: hangtime log {other} \"{what}\"; at another place: --site"))
        .forcible())
}
