//! Writing a log as it happens: the nurse's file, edited in place, one event a line.
//!
//! A [`Log`] is a file's text and the session in it that is being written. A [`Verb`] is what the
//! nurse does; [`apply`] finds out what it means in this log and returns the new text. Nothing here
//! knows of a command line or a screen. [`store`] alone touches the disk.

mod edit;
pub mod fresh;
pub mod handover;
mod judge;
mod log;
pub mod meanwhile;
pub mod search;
pub mod store;
mod style;
pub mod times;
mod verbs;
mod which;
mod words;

use crate::reference::{Policies, Reference};
use crate::session::finding::Finding;
use crate::session::log::{Event, Session};
use crate::timeline::Snapshot;
use crate::timeline::calendar::Minute;

pub use log::{Log, Taken};
pub use verbs::{Verb, Which};

/// The present, by both clocks: a session with a zone counts by the first, one without by the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    /// Minutes of universal time.
    pub universal: Minute,
    /// Minutes of the wall clock of the place.
    pub wall: Minute,
}

/// Why something is not written, and how to mend it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusal {
    /// What is the matter, in one sentence.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
    /// It contradicts the log or is not known, and could be written all the same.
    pub can_be_forced: bool,
    /// What is wrong in the text, where it cannot be read.
    pub findings: Vec<Finding>,
}

impl Refusal {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Refusal { message: message.into(), ..Refusal::default() }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn forcible(mut self) -> Self {
        self.can_be_forced = true;
        self
    }
}

/// A log with one more event.
#[derive(Debug, Clone)]
pub struct Change {
    /// The file's new text.
    pub text: String,
    /// The event.
    pub event: Event,
    /// The event as it was written.
    pub line: String,
    /// When it happened.
    pub at: Minute,
    /// What runs by the new log.
    pub state: Snapshot,
    /// Warnings about it: written, but to be looked at.
    pub doubts: Vec<Finding>,
}

/// Writes what a nurse does into a log: at a time as it was said, else at the present.
///
/// # Errors
/// Where it contradicts the log, and `anyway` is not set; where it is not clear what is meant.
pub fn apply(log: &Log, verb: &Verb, said: Option<&str>, present: Present, anyway: bool, reference: &Reference) -> Result<Change, Refusal> {
    let session = log.session();
    let policies = policies(session);
    let end = log.snapshot(&policies, reference, None)?;
    let now = end.calendar.present(present.universal, present.wall);
    let at = match said {
        Some(said) => times::read(said, &end, now)?,
        None => now,
    };
    judge::future(at, now, &end.calendar, anyway)?;
    let then = log.snapshot(&policies, reference, Some(at))?;
    let written = times::written(at, &end.calendar, session);
    let ward = which::Ward { at, then: &then, end: &end, reference, session, anyway };
    let event = verb.event(written, &ward)?;
    let doubts = judge::event(session, &event, &policies, reference, present.universal, anyway)?;
    let (text, line) = log.add(&event)?;
    let state = log.snapshot_with(&event, &policies, reference)?;
    Ok(Change { text, event, line, at, state, doubts })
}

/// The policies that a session names; those of nobody where it names none that exists.
fn policies(session: &Session) -> Policies {
    Policies::named(session.profile.as_deref().unwrap_or("default")).unwrap_or_default()
}
