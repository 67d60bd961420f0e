//! What travels beside the data: errors, warnings and notes, each with its place in the log.

use std::ops::Range;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is billed for the session.
    Error,
    /// Billed, but the record must be looked at.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word that stands before a finding.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A place in a session, by name; the bytes are looked for only when it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The session as a whole.
    Session,
    /// A field of the session, such as `zone`.
    Field(&'static str),
    /// The nth writing of a key of a map: field, key, n.
    Key(&'static str, String, usize),
    /// A field of a map's entry: field, key, field within.
    Entry(&'static str, String, &'static str),
    /// The nth circumstance.
    Circumstance(usize),
    /// The nth event: the name of its kind.
    Event(usize),
    /// A field of the nth event.
    EventField(usize, &'static str),
    /// A stretch of the file's text, in bytes.
    Text(Range<usize>),
}

impl Place {
    /// The event that it is in.
    #[must_use]
    pub fn event(&self) -> Option<usize> {
        match self {
            Place::Event(at) | Place::EventField(at, _) => Some(*at),
            _ => None,
        }
    }
}

/// One thing to tell the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The rule or check that found it, such as `U1`.
    pub id: &'static str,
    /// What is the matter, in one sentence.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What stands under the underlined value.
    pub label: String,
    /// A second place, where two events are involved, and what stands under it.
    pub second: Option<(Place, String)>,
    /// How to mend it.
    pub help: Option<String>,
}

impl Finding {
    fn new(severity: Severity, id: &'static str, place: Place, message: impl Into<String>) -> Self {
        Finding { severity, id, message: message.into(), place, label: String::new(), second: None, help: None }
    }

    /// A finding that bars the session from being billed.
    #[must_use]
    pub fn error(id: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, id, place, message)
    }

    /// A finding to look at before the bill goes out.
    #[must_use]
    pub fn warning(id: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, id, place, message)
    }

    /// A finding worth knowing.
    #[must_use]
    pub fn note(id: &'static str, place: Place, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, id, place, message)
    }

    /// Adds the words under the underlined value.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Adds the other event that is involved.
    #[must_use]
    pub fn beside(mut self, place: Place, label: impl Into<String>) -> Self {
        self.second = Some((place, label.into()));
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it bars the session from being billed.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
