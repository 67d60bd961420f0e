//! Places named by a finding to the bytes they stand at, looked for only when shown.

use foldhash::HashMap;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::ops::Range;
use std::rc::Rc;

use crate::session::finding::Place;
use crate::session::json::places;
use crate::session::locate::{self, Entry, Step};
use crate::session::parse::TOP;
use crate::stream::cut;
use crate::{Form, Source};

/// A source's text. Its sessions, what their lists and maps hold, and its lines are indexed once:
/// a walk from the top for every finding would be quadratic.
pub struct Spotter<'s> {
    text: &'s str,
    form: Form,
    /// Line and column at which the text begins: it may be a record of a stream.
    begins: (usize, usize),
    /// It is one session, without a list around it.
    is_record: bool,
    sessions: OnceCell<Vec<Range<usize>>>,
    fields: RefCell<HashMap<(usize, &'static str), Rc<Held>>>,
    lines: OnceCell<Lines>,
}

impl<'s> Spotter<'s> {
    /// For the places of one source.
    #[must_use]
    pub fn new(source: &'s Source) -> Self {
        Self::of(&source.text, source.form, TOP, false)
    }

    /// For the places of one session, its number 0, that stands at this line and column of a longer text.
    #[must_use]
    pub fn of_record(text: &'s str, form: Form, begins: (usize, usize)) -> Self {
        Self::of(text, form, begins, true)
    }

    fn of(text: &'s str, form: Form, begins: (usize, usize), is_record: bool) -> Self {
        Spotter { text, form, begins, is_record, sessions: OnceCell::new(), fields: RefCell::default(), lines: OnceCell::new() }
    }

    /// The bytes of a place in the nth session; a field that is not written falls back to what
    /// holds it.
    #[must_use]
    pub fn find(&self, session: usize, place: &Place) -> Option<Range<usize>> {
        if let Place::Text(range) = place {
            return Some(range.clone());
        }
        let sessions = self.sessions.get_or_init(|| self.sessions());
        let within = sessions.get(session)?.clone();
        let held = |field| self.held(session, &within, field);
        let find = |value, field| self.field(&value, field);
        let found = match place {
            Place::Text(_) | Place::Session => None,
            Place::Field(field) => find(within.clone(), field),
            Place::Key(map, key, nth) => held(map).key(key, *nth).and_then(|entry| entry.key),
            Place::Entry(map, key, field) => held(map).key(key, 0).map(|Entry { value, .. }| {
                let inner = find(value.clone(), field);
                inner.unwrap_or(value)
            }),
            Place::Circumstance(nth) => held("circumstances").item(*nth),
            Place::Event(nth) => held("events").item(*nth).map(|event| self.name_and_fields(event)).and_then(|(name, _)| name),
            Place::EventField(nth, field) => {
                held("events").item(*nth).map(|event| self.name_and_fields(event)).and_then(|(name, fields)| {
                    let in_event = |field| find(fields.clone(), field);
                    in_event(field).or_else(|| in_event("from")).or(name)
                })
            }
        };
        found.or_else(|| locate::find_in(self.text, within.clone(), &[Step::Name]))
    }

    /// Line and column of a place, from 1.
    #[must_use]
    pub fn line_column(&self, session: usize, place: &Place) -> Option<(usize, usize)> {
        self.find(session, place).map(|range| self.line_column_at(range.start))
    }

    /// Line and column of an offset, from 1.
    pub(super) fn line_column_at(&self, offset: usize) -> (usize, usize) {
        let lines = self.lines.get_or_init(|| Lines::of(self.text));
        locate::behind(self.begins, lines.line_column(self.text, offset))
    }

    fn sessions(&self) -> Vec<Range<usize>> {
        if self.is_record {
            let whole = 0..self.text.len();
            return vec![whole];
        }
        // What is wrong with a stream counts among its sessions.
        let pieces = if self.form == Form::Log { None } else { cut::pieces(self.text, self.form) };
        match pieces {
            Some(pieces) => pieces.into_iter().map(|piece| piece.range).collect(),
            None => locate::sessions(self.text),
        }
    }

    /// The value of a field: in JSON that of a key.
    fn field(&self, value: &Range<usize>, name: &str) -> Option<Range<usize>> {
        match self.form {
            Form::Lines => places::field(self.text, value, name),
            Form::Log | Form::Stream => locate::find_in(self.text, value.clone(), &[Step::Field(name)]),
        }
    }

    /// Where an event's name stands, and what holds its fields: in JSON the one key of a map, and its value.
    fn name_and_fields(&self, event: Range<usize>) -> (Option<Range<usize>>, Range<usize>) {
        if self.form == Form::Lines {
            return match places::entries(self.text, &event).next() {
                Some(Entry { key, value }) => (key, value),
                None => (None, event),
            };
        }
        (locate::find_in(self.text, event.clone(), &[Step::Name]), event)
    }

    /// What a list or map of the nth session holds.
    fn held(&self, session: usize, within: &Range<usize>, field: &'static str) -> Rc<Held> {
        let mut fields = self.fields.borrow_mut();
        let held = fields.entry((session, field)).or_insert_with(|| {
            let entries = match self.form {
                Form::Lines => places::entries_of(self.text, within, field).collect(),
                Form::Log | Form::Stream => self.field(within, field).map(|value| locate::entries(self.text, value)).unwrap_or_default(),
            };
            Rc::new(Held::of(self.text, entries, self.form))
        });
        Rc::clone(held)
    }
}

/// The values of a list or map, and where each key stands.
struct Held {
    entries: Vec<Entry>,
    by_key: HashMap<String, Vec<usize>>,
}

impl Held {
    fn of(text: &str, entries: Vec<Entry>, form: Form) -> Self {
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::default();
        for (at, entry) in entries.iter().enumerate() {
            let key = entry.key.as_ref().and_then(|key| match form {
                Form::Lines => serde_json::from_str(&text[key.clone()]).ok(),
                Form::Log | Form::Stream => locate::unquoted(&text[key.clone()]).map(Cow::into_owned),
            });
            if let Some(key) = key {
                by_key.entry(key).or_default().push(at);
            }
        }
        Held { entries, by_key }
    }

    fn item(&self, nth: usize) -> Option<Range<usize>> {
        self.entries.get(nth).map(|entry| entry.value.clone())
    }

    /// The nth writing of a key.
    fn key(&self, key: &str, nth: usize) -> Option<Entry> {
        let at = self.by_key.get(key)?.get(nth)?;
        Some(self.entries[*at].clone())
    }
}

/// Where the lines begin, and how many characters stand before every so many bytes, so that even
/// a long line is not counted through for every finding.
struct Lines {
    starts: Vec<usize>,
    characters: Vec<usize>,
}

impl Lines {
    const EVERY: usize = 4096;

    fn of(text: &str) -> Self {
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        let mut characters = vec![0];
        let mut before = 0;
        for chunk in text.as_bytes().chunks_exact(Self::EVERY) {
            before += characters_begun(chunk);
            characters.push(before);
        }
        Lines { starts, characters }
    }

    fn line_column(&self, text: &str, offset: usize) -> (usize, usize) {
        let at = text.floor_char_boundary(offset);
        let line = self.starts.partition_point(|start| *start <= at);
        (line, 1 + self.characters_before(text, at) - self.characters_before(text, self.starts[line - 1]))
    }

    fn characters_before(&self, text: &str, at: usize) -> usize {
        let chunk = at / Self::EVERY;
        self.characters[chunk] + characters_begun(&text.as_bytes()[chunk * Self::EVERY..at])
    }
}

/// How many characters begin in these bytes.
fn characters_begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_are_those_of_a_count_from_the_top() {
        let long = "\u{e9}x".repeat(5000);
        for text in ["", "\n", "a\u{e9}\r\n\u{1F600}x\n", "x\n\ny", &long, &format!("{long}\n{long}\n")] {
            let lines = Lines::of(text);
            for offset in (0..text.len() + 3).step_by(1 + text.len() / 999) {
                assert_eq!(lines.line_column(text, offset), locate::line_column(text, offset), "{offset} of {}", text.len());
            }
        }
    }
}
