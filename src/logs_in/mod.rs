//! Logs from other systems: what FHIR resources and tables of a MAR or pump say was given, written
//! as session logs. Nothing is coded here, and nothing is guessed: what the source leaves open is
//! left out and said.
//!
//! ```text
//! bytes --fhir, csv--> Drafts --sessions--> one visit each --chain, write--> RON logs
//!                      (times as written)   (minutes)
//! ```

mod bytes;
mod chain;
pub mod csv;
mod draft;
pub mod fhir;
mod names;
mod pseudonym;
mod report;
mod sessions;
mod stamp;
mod terms;
mod wording;
mod write;

pub use bytes::File;
pub use names::Formulary;
pub use pseudonym::Ids;
pub use report::{Ignored, Remark, Report, Spot, counted};
pub use terms::Terms;

use crate::session::log::Setting;
use chrono_tz::Tz;

/// What the source does not say.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Where it took place.
    pub setting: Setting,
    /// The zone of the clock on the wall.
    pub zone: Option<Tz>,
    /// How visits and patients are named.
    pub ids: Ids,
    /// The hospital's own names of drugs.
    pub formulary: Formulary,
}

/// A session log as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Log {
    /// The session's id.
    pub id: String,
    /// One `Session(...)`.
    pub text: String,
    /// How many records of this visit could not be read: its bill may be wrong.
    pub faults: usize,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// A log for each visit, in the order in which they first come.
    pub logs: Vec<Log>,
    /// What is to be told beside them.
    pub report: Report,
}

impl Import {
    /// All logs as one file.
    #[must_use]
    pub fn text(&self) -> String {
        write::list(self.logs.iter())
    }

    /// The logs of visits of which everything could be read, as one file.
    #[must_use]
    pub fn sound(&self) -> Option<String> {
        let sound = || self.logs.iter().filter(|log| log.faults == 0);
        sound().next().map(|_| write::list(sound()))
    }
}

fn ron_options() -> ron::Options {
    ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME)
}
