//! Places named by a finding to the bytes they stand at, looked for only when shown.

use std::cell::OnceCell;
use std::ops::Range;

use crate::Source;
use crate::session::finding::Place;
use crate::session::locate::{self, Step};

/// A source's text, its sessions indexed once.
pub struct Spotter<'s> {
    text: &'s str,
    sessions: OnceCell<Vec<Range<usize>>>,
}

impl<'s> Spotter<'s> {
    /// For the places of one source.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Spotter { text: &source.text, sessions: OnceCell::new() }
    }

    /// The bytes of a place in the nth session; a field that is not written falls back to what
    /// holds it.
    #[must_use]
    pub fn find(&self, session: usize, place: &Place) -> Option<Range<usize>> {
        if let Place::Text(range) = place {
            return Some(range.clone());
        }
        let sessions = self.sessions.get_or_init(|| locate::sessions(self.text));
        let within = sessions.get(session)?.clone();
        let find = |path: &[Step]| locate::find_in(self.text, within.clone(), path);
        let found = match place {
            Place::Text(_) | Place::Session => None,
            Place::Field(field) => find(&[Step::Field(field)]),
            Place::Key(map, key, nth) => find(&[Step::Field(map), Step::KeyName(key, *nth)]),
            Place::Entry(map, key, field) => {
                let entry = [Step::Field(map), Step::Key(key)];
                find(&[entry[0], entry[1], Step::Field(field)]).or_else(|| find(&entry))
            }
            Place::Circumstance(nth) => find(&[Step::Field("circumstances"), Step::Item(*nth)]),
            Place::Event(nth) => find(&[Step::Field("events"), Step::Item(*nth), Step::Name]),
            Place::EventField(nth, field) => {
                let event = [Step::Field("events"), Step::Item(*nth)];
                let in_event = |step| find(&[event[0], event[1], step]);
                in_event(Step::Field(field)).or_else(|| in_event(Step::Field("from"))).or_else(|| in_event(Step::Name))
            }
        };
        found.or_else(|| find(&[Step::Name]))
    }

    /// Line and column of a place, from 1.
    #[must_use]
    pub fn line_column(&self, session: usize, place: &Place) -> Option<(usize, usize)> {
        let range = self.find(session, place)?;
        Some(locate::line_column(self.text, range.start))
    }
}
