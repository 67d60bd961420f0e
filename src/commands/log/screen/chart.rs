//! What a log says at a minute, worked out once for all drawings of it.

use hangtime::Source;
use hangtime::reference::Reference;
use hangtime::show::picture::Picture;
use hangtime::show::spot::Spotter;
use hangtime::show::view::{Sheet, sheet};
use hangtime::timeline::Running;
use hangtime::writing::handover::{self, Handover};
use hangtime::writing::times::{lasting, told};
use hangtime::writing::{Log, Present, Refusal, meanwhile};

/// A log at a minute.
#[derive(Debug)]
pub struct Chart {
    /// The session's id.
    pub id: String,
    /// Setting, patient, ward.
    pub about: Vec<String>,
    pub handover: Handover,
    /// The last event as the file writes it.
    pub last: Option<String>,
    /// Which sessions the file holds.
    pub sessions: Vec<String>,
    pub picture: Option<Picture>,
    pub sheet: Sheet,
    /// Picture and bill suppose that what runs stops now.
    pub supposes_stops: bool,
}

/// How much a run wants to be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// All is well.
    Fine,
    /// Nothing says when it ends.
    Open,
    /// It should have been stopped or resumed.
    Due,
}

impl Chart {
    /// Reads a log.
    ///
    /// # Errors
    /// Where the session's date or zone cannot be read.
    pub fn of(log: &Log, present: Present, reference: &Reference) -> Result<Chart, Refusal> {
        let session = log.session();
        let now = meanwhile::bill(log, present, reference)?;
        let source = Source::new("", log.text().as_bytes());
        let sources = [source];
        let spotter = Spotter::new(&sources[0]);
        let about = [Some(format!("{:?}", session.setting).to_lowercase()), session.patient.clone(), session.unit.clone()];
        Ok(Chart {
            id: session.id.clone(),
            about: about.into_iter().flatten().collect(),
            handover: handover::look(log, present, reference)?,
            last: log.undo().ok().map(|taken| taken.line),
            sessions: log.sessions().iter().map(|session| session.id.clone()).collect(),
            picture: Picture::of(&now.bill, reference),
            sheet: sheet(&now.bill, &sources, &spotter, reference),
            supposes_stops: now.supposes_stops,
        })
    }

    /// What a run's line says behind its drug and site, and whether it is to be looked at.
    pub fn state(&self, run: &Running) -> (String, String, Mark) {
        let (now, calendar) = (self.handover.now, &self.handover.calendar);
        let since = format!("since {}", told(run.since, calendar));
        let lasts = lasting(now.since(run.since).max(0));
        if let Some(paused) = run.paused {
            let held = format!("held since {}, {}", told(paused, calendar), lasting(now.since(paused).max(0)));
            return (since, held, Mark::Due);
        }
        match run.runs_off {
            Some(off) if off <= now => (since, format!("{lasts}; ran off {}, no stop", told(off, calendar)), Mark::Due),
            Some(off) => (since, format!("{lasts}; until {}", told(off, calendar)), Mark::Fine),
            None if run.last_check.is_some() => (since, lasts, Mark::Fine),
            None => (since, format!("{lasts}; no end ordered"), Mark::Open),
        }
    }
}
