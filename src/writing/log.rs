//! A file's text and the session in it that is being written.

use super::edit::Place;
use super::{Present, Refusal, policies};
use crate::Source;
use crate::reference::{Policies, Reference, nearest};
use crate::session::finding::Finding;
use crate::session::log::{Event, Session};
use crate::session::parse;
use crate::timeline::{Snapshot, calendar, snapshot};

/// The mark that some editors put in front of a text.
const MARK: &str = "\u{FEFF}";

/// A log that can be written.
#[derive(Debug, Clone)]
pub struct Log {
    has_mark: bool,
    text: String,
    sessions: Vec<Session>,
    number: usize,
}

/// What an undo took out.
#[derive(Debug, Clone, PartialEq)]
pub struct Taken {
    /// The file's new text.
    pub text: String,
    /// The event as it was written.
    pub line: String,
}

impl Log {
    /// Reads a file's bytes. Of several sessions it is the one of this id; without an id the only one in
    /// which something runs.
    ///
    /// # Errors
    /// Where the text is no log, or it is not clear which session is meant.
    pub fn read(bytes: &[u8], id: Option<&str>, reference: &Reference) -> Result<Log, Refusal> {
        let source = Source::new("", bytes);
        let sessions = crate::read(&source).map_err(|findings| Refusal {
            findings,
            ..Refusal::new("the log cannot be read, so nothing is written to it").help("mend it in an editor first")
        })?;
        let has_mark = bytes.starts_with(MARK.as_bytes());
        let mut log = Log { has_mark, text: source.text, sessions, number: 0 };
        log.number = log.choose(id, reference)?;
        Ok(log)
    }

    /// The session that is being written.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.sessions[self.number]
    }

    /// All sessions of the file.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// Which session of the file it is, from 0.
    #[must_use]
    pub fn number(&self) -> usize {
        self.number
    }

    /// The text as findings see it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    fn choose(&self, id: Option<&str>, reference: &Reference) -> Result<usize, Refusal> {
        let ids = || self.sessions.iter().map(|session| session.id.as_str());
        if let Some(id) = id {
            return ids().position(|other| other == id).ok_or_else(|| {
                let refusal = Refusal::new(format!("no session of this file is called `{id}`"));
                match nearest(id, ids()).first() {
                    Some(near) => refusal.help(format!("did you mean `{near}`?")),
                    None => refusal.help(format!("there is {}", listed(ids()))),
                }
            });
        }
        let runs = |session: &Session| snapshot(session, &policies(session), reference, None).is_ok_and(|now| !now.running.is_empty());
        let open: Vec<usize> = (0..self.sessions.len()).filter(|at| runs(&self.sessions[*at])).collect();
        match (self.sessions.len(), open.as_slice()) {
            (0, _) => Err(Refusal::new("the file holds no session").help("make one with `hangtime log new FILE`")),
            (1, _) => Ok(0),
            (_, [only]) => Ok(*only),
            _ => {
                Err(Refusal::new("the file holds several sessions: which is meant?").help(format!("--session names it: {}", listed(ids()))))
            }
        }
    }

    /// What runs by the events up to a minute; without one, at the end of the log.
    pub(super) fn snapshot(
        &self,
        policies: &Policies,
        reference: &Reference,
        until: Option<calendar::Minute>,
    ) -> Result<Snapshot, Refusal> {
        snapshot(self.session(), policies, reference, until).map_err(no_time)
    }

    /// What runs once an event more has happened.
    pub(super) fn snapshot_with(&self, event: &Event, policies: &Policies, reference: &Reference) -> Result<Snapshot, Refusal> {
        let mut session = self.session().clone();
        session.events.push(event.clone());
        snapshot(&session, policies, reference, None).map_err(no_time)
    }

    /// What runs at the end of the log.
    ///
    /// # Errors
    /// Where the session's date or zone cannot be read.
    pub fn state(&self, reference: &Reference) -> Result<Snapshot, Refusal> {
        self.snapshot(&policies(self.session()), reference, None)
    }

    /// What runs now.
    ///
    /// # Errors
    /// Where the session's date or zone cannot be read.
    pub fn state_at(&self, present: Present, reference: &Reference) -> Result<Snapshot, Refusal> {
        let end = self.state(reference)?;
        let now = end.calendar.present(present.universal, present.wall);
        self.snapshot(&policies(self.session()), reference, Some(now))
    }

    /// The file's text with one more event, and the event as written. What comes out must read as the
    /// old log and the event, and as nothing else.
    pub(super) fn add(&self, event: &Event) -> Result<(String, String), Refusal> {
        let (text, line) = Place::find(&self.text, self.number).and_then(|place| place.with(event)).ok_or_else(cannot_be_edited)?;
        let mut wanted = self.sessions.clone();
        wanted[self.number].events.push(event.clone());
        Ok((self.checked(text, &wanted)?, line))
    }

    /// The file's text without its last event.
    ///
    /// # Errors
    /// Where it has none.
    pub fn undo(&self) -> Result<Taken, Refusal> {
        if self.session().events.is_empty() {
            return Err(Refusal::new("the log has no event: there is nothing to take out"));
        }
        let place = Place::find(&self.text, self.number);
        let (text, line) = place.as_ref().and_then(Place::without_last).ok_or_else(cannot_be_edited)?;
        let mut wanted = self.sessions.clone();
        wanted[self.number].events.pop();
        Ok(Taken { text: self.checked(text, &wanted)?, line: line.to_owned() })
    }

    fn checked(&self, text: String, wanted: &[Session]) -> Result<String, Refusal> {
        match parse::sessions(&text) {
            Ok(sessions) if sessions == wanted => Ok(if self.has_mark { format!("{MARK}{text}") } else { text }),
            _ => Err(cannot_be_edited()),
        }
    }
}

fn no_time(findings: Vec<Finding>) -> Refusal {
    let refusal = Refusal::new("no time of this log can be read, so nothing is written to it").help("mend it in an editor first");
    Refusal { findings, ..refusal }
}

fn cannot_be_edited() -> Refusal {
    Refusal::new("the list of events is written in a manner that no command can add to; nothing is changed").help("write this line by hand")
}

/// "a, b, c".
pub(super) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
