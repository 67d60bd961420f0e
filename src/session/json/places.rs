//! Where a value stands in a line of JSON that has been read: what [`locate`](crate::session::locate)
//! finds there too, in a fraction of the time, since the line is known to be JSON. Results of a
//! stream name the places of their findings, and most sessions have some.

use std::ops::Range;
use std::slice::Iter;

use crate::session::locate::Entry;

/// The values within a list or object, each with its key where it has one; as far as the text makes sense.
pub(crate) fn entries<'t>(text: &'t str, value: &Range<usize>) -> impl Iterator<Item = Entry> + use<'t> {
    Walk::into(text, value).into_iter().flatten()
}

/// The value of an object's first field of this name.
pub(crate) fn field(text: &str, object: &Range<usize>, name: &str) -> Option<Range<usize>> {
    Walk::into(text, object)?.to(text, name)?.value()
}

/// The [`entries`] of the value of an object's first field of this name, in one walk.
pub(crate) fn entries_of<'t>(text: &'t str, object: &Range<usize>, name: &str) -> impl Iterator<Item = Entry> + use<'t> {
    let found = Walk::into(text, object).and_then(|walk| walk.to(text, name));
    found.and_then(|walk| Walk::into(text, &(walk.at..object.end))).into_iter().flatten()
}

fn is_key(quoted: &str, name: &str) -> bool {
    match quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => plain == name,
        _ => serde_json::from_str::<String>(quoted).is_ok_and(|key| key == name),
    }
}

/// Goes through the entries of one list or object.
struct Walk<'t> {
    bytes: &'t [u8],
    at: usize,
    keyed: bool,
}

impl<'t> Walk<'t> {
    fn into(text: &'t str, value: &Range<usize>) -> Option<Self> {
        let bytes = text.as_bytes().get(..value.end)?;
        let opening = *bytes.get(value.start)?;
        matches!(opening, b'[' | b'{').then_some(Walk { bytes, at: value.start + 1, keyed: opening == b'{' })
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.byte().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// To the value of an object's first field of this name.
    fn to(mut self, text: &str, name: &str) -> Option<Self> {
        while let Some(key) = self.key()? {
            if is_key(&text[key], name) {
                return Some(self);
            }
            self.value()?;
        }
        None
    }

    /// To the next value, past its key where it has one; absent at the end.
    fn key(&mut self) -> Option<Option<Range<usize>>> {
        self.blanks();
        if self.byte()? == b',' {
            self.at += 1;
            self.blanks();
        }
        if !self.keyed {
            return (self.byte()? != b']').then_some(None);
        }
        let start = self.at;
        (self.byte()? == b'"').then(|| self.text())??;
        let key = start..self.at;
        self.blanks();
        (self.byte()? == b':').then(|| self.at += 1)?;
        self.blanks();
        Some(Some(key))
    }

    fn value(&mut self) -> Option<Range<usize>> {
        let start = self.at;
        match self.byte()? {
            b'"' => self.text()?,
            b'[' | b'{' => self.nested()?,
            _ => {
                while self.byte().is_some_and(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b']' | b'}')) {
                    self.at += 1;
                }
            }
        }
        (self.at > start).then_some(start..self.at)
    }

    fn text(&mut self) -> Option<()> {
        self.skip(|rest| {
            rest.next()?;
            skip_text(rest)
        })
    }

    fn nested(&mut self) -> Option<()> {
        self.skip(skip_nested)
    }

    /// Goes as far as something goes.
    fn skip(&mut self, skip: impl FnOnce(&mut Iter<u8>) -> Option<()>) -> Option<()> {
        let mut rest = self.bytes.get(self.at..)?.iter();
        skip(&mut rest)?;
        self.at = self.bytes.len() - rest.len();
        Some(())
    }
}

/// To the end of a text that is open.
fn skip_text(rest: &mut Iter<u8>) -> Option<()> {
    loop {
        match rest.next()? {
            b'"' => return Some(()),
            b'\\' => drop(rest.next()),
            _ => {}
        }
    }
}

/// To the end of a list or object that begins here.
fn skip_nested(rest: &mut Iter<u8>) -> Option<()> {
    let mut depth = 0;
    loop {
        match rest.next()? {
            b'"' => skip_text(rest)?,
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth == 1 => return Some(()),
            b']' | b'}' => depth -= 1,
            _ => {}
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let key = self.key()?;
        self.value().map(|value| Entry { key, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::locate::{self, Step};

    const LINE: &str = r#" { "id" : "a \"b\" \\", "n": [ ], "o": {}, "\u0069d": 7, "events": [ {"Push": {"at": "9]:{", "drug": "x"}},
        {"Note":{"at":"1","text":"\\"}} , -1.5e3 ,true] } "#;

    #[test]
    fn entries_are_those_of_a_closer_look() {
        let whole = 1..LINE.len() - 1;
        let mut open = vec![whole.clone()];
        let mut seen = 0;
        while let Some(value) = open.pop() {
            let found: Vec<Entry> = entries(LINE, &value).collect();
            assert_eq!(found, locate::entries(LINE, value.clone()), "{}", &LINE[value]);
            seen += found.len();
            open.extend(found.into_iter().map(|entry| entry.value));
        }
        assert_eq!(seen, 15);
        for name in ["id", "n", "o", "events", "no"] {
            assert_eq!(field(LINE, &whole, name), locate::find_in(LINE, whole.clone(), &[Step::Key(name)]), "{name}");
            let within = field(LINE, &whole, name).into_iter().flat_map(|value| entries(LINE, &value).collect::<Vec<_>>());
            assert!(entries_of(LINE, &whole, name).eq(within), "{name}");
        }
    }

    #[test]
    fn what_is_cut_off_ends_the_walk() {
        let whole = LINE.trim();
        for end in 0..whole.len() {
            let Some(cut) = whole.get(..end) else { continue };
            assert!(entries(cut, &(0..end)).all(|entry| cut.get(entry.value.clone()).is_some()), "{cut}");
        }
    }
}
