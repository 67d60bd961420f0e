//! The elements of a RON list, found byte by byte as they come. It knows what
//! [`Tokens`](crate::session::tokens::Tokens) knows, but may stop anywhere and go on when there is more.

use std::ops::Range;

use memchr::{memchr, memchr2};

use super::cut::Kind;
use crate::session::tokens::{behind_char, is_word};

/// How far a list has been looked through.
pub(crate) struct List {
    /// The next byte to look at.
    at: usize,
    mode: Mode,
    /// Brackets that are open within the element.
    depth: usize,
    /// Where the element began in which it stands.
    begun: Option<usize>,
    /// An element stood before, and no comma since.
    needs_comma: bool,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// The list is closed.
    Closed,
    /// Nothing more is looked at.
    Done,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Plain,
    /// Within a name or number.
    Word,
    /// Within a text whose quote stands there.
    Text(usize),
    /// Within a raw text that so many hashes close.
    Raw(usize),
    LineComment,
    /// Within so many comments.
    Comment(usize),
}

/// What the next bytes are.
enum Look {
    /// That cannot be said before there are more.
    More,
    Token(usize, Mode),
}

type Tell<'t> = dyn FnMut(Range<usize>, Kind) + 't;

impl List {
    /// From behind the bracket that opens it.
    pub(crate) fn new(at: usize) -> Self {
        List { at, mode: Mode::Plain, depth: 0, begun: None, needs_comma: false, state: State::Open }
    }

    /// The first byte that is still needed.
    pub(crate) fn keeps_from(&self) -> usize {
        self.begun.unwrap_or(self.at)
    }

    /// The buffer begins so many bytes later.
    pub(crate) fn forget(&mut self, bytes: usize) {
        self.at -= bytes;
        self.begun = self.begun.map(|begun| begun - bytes);
        if let Mode::Text(quote) = &mut self.mode {
            *quote -= bytes;
        }
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Tells of every element that ends in what is new; at the end of the stream of all that is left.
    pub(crate) fn scan(&mut self, bytes: &[u8], is_end: bool, tell: &mut Tell) {
        while self.at < bytes.len() && self.state != State::Done {
            let goes_on = match self.mode {
                Mode::Plain => self.plain(bytes, is_end, tell),
                Mode::Word => self.word(bytes, is_end),
                Mode::Text(quote) => self.text(bytes, quote, is_end, tell),
                Mode::Raw(hashes) => self.raw(bytes, hashes, is_end),
                Mode::LineComment => {
                    self.at = memchr(b'\n', &bytes[self.at..]).map_or(bytes.len(), |n| self.at + n);
                    if self.at < bytes.len() {
                        self.mode = Mode::Plain;
                    }
                    true
                }
                Mode::Comment(depth) => self.comment(bytes, depth, is_end),
            };
            if !goes_on {
                break;
            }
        }
        if is_end && self.state == State::Open {
            match self.begun {
                Some(_) => self.end(bytes.len(), tell),
                None => tell(bytes.len()..bytes.len(), Kind::Unclosed),
            }
            self.state = State::Done;
        }
    }

    fn begin(&mut self) {
        self.begun.get_or_insert(self.at);
    }

    fn end(&mut self, at: usize, tell: &mut Tell) {
        let Some(begun) = self.begun.take() else { return };
        tell(begun..at, if self.needs_comma { Kind::NoComma } else { Kind::Record });
        (self.needs_comma, self.depth, self.mode) = (true, 0, Mode::Plain);
    }

    /// Ends an element that is unsound before the session that begins at `next`.
    fn give_up(&mut self, end: usize, next: usize, tell: &mut Tell) {
        self.end(end, tell);
        self.needs_comma = false;
        self.at = next;
    }

    /// One token that is no text, name or comment, or the beginning of one that is. `false` where
    /// more bytes are needed.
    fn plain(&mut self, bytes: &[u8], is_end: bool, tell: &mut Tell) -> bool {
        let byte = bytes[self.at];
        if matches!(byte, b' ' | b'\t'..=b'\r') {
            self.at += 1;
            return true;
        }
        if byte == b'/' {
            let mode = match bytes.get(self.at + 1) {
                None if !is_end => return false,
                Some(b'/') => Mode::LineComment,
                Some(b'*') => Mode::Comment(1),
                _ => Mode::Plain,
            };
            if mode != Mode::Plain {
                self.at += 2;
                self.mode = mode;
                return true;
            }
        }
        if self.state == State::Closed {
            tell(self.at..self.at, Kind::Behind);
            self.state = State::Done;
            return true;
        }
        match byte {
            b'(' | b'[' | b'{' => {
                self.begin();
                self.depth += 1;
            }
            b']' if self.depth == 0 => {
                self.end(self.at, tell);
                self.state = State::Closed;
            }
            b')' | b']' | b'}' => {
                self.begin();
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.end(self.at + 1, tell);
                }
            }
            b',' if self.depth == 0 => {
                self.end(self.at, tell);
                if !self.needs_comma {
                    tell(self.at..self.at + 1, Kind::Comma);
                }
                self.needs_comma = false;
            }
            b',' | b':' => self.begin(),
            b'S' if self.depth > 0 && is_start_of(&bytes[self.at..], b"Session") => {
                return match session_begins(&bytes[self.at..], is_end) {
                    None => false,
                    Some(true) => {
                        self.give_up(self.at, self.at, tell);
                        true
                    }
                    Some(false) => {
                        self.mode = Mode::Word;
                        true
                    }
                };
            }
            b'"' => {
                self.begin();
                self.mode = Mode::Text(self.at);
            }
            b'\'' | b'b' | b'r' => match quoted(bytes, self.at, is_end) {
                Look::More => return false,
                Look::Token(end, mode) => {
                    self.begin();
                    (self.at, self.mode) = (end, mode);
                    return true;
                }
            },
            b'_' | b'.' | b'+' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.begin();
                self.mode = Mode::Word;
            }
            _ => {
                let Some((length, kind)) = character(&bytes[self.at..], is_end) else { return false };
                if kind != Character::Blank {
                    self.begin();
                }
                if kind == Character::Word {
                    self.mode = Mode::Word;
                }
                self.at += length;
                return true;
            }
        }
        self.at += 1;
        true
    }

    fn word(&mut self, bytes: &[u8], is_end: bool) -> bool {
        while let Some(byte) = bytes.get(self.at) {
            let length = match byte {
                b'_' | b'.' | b'+' | b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => 1,
                0x80.. => match character(&bytes[self.at..], is_end) {
                    None => return false,
                    Some((length, Character::Word)) => length,
                    Some(_) => 0,
                },
                _ => 0,
            };
            if length == 0 {
                self.mode = Mode::Plain;
                return true;
            }
            self.at += length;
        }
        true
    }

    fn text(&mut self, bytes: &[u8], quote: usize, is_end: bool, tell: &mut Tell) -> bool {
        match memchr2(b'"', b'\\', &bytes[self.at..]).map(|n| self.at + n) {
            None => self.at = bytes.len(),
            Some(escape) if bytes[escape] == b'\\' => {
                self.at = escape;
                if escape + 1 >= bytes.len() && !is_end {
                    return false;
                }
                self.at = (escape + 2).min(bytes.len());
            }
            Some(close) => {
                self.at = close;
                // Where a quote is missing, a text runs on into the next session.
                if let Some((end, next)) = session_within(bytes, quote + 1, close) {
                    match may_follow_text(&bytes[close + 1..]) {
                        None if !is_end => return false,
                        Some(true) => {}
                        _ => {
                            self.give_up(end, next, tell);
                            return true;
                        }
                    }
                }
                self.at = close + 1;
                self.mode = Mode::Plain;
            }
        }
        let is_open = is_end && self.at == bytes.len() && self.mode != Mode::Plain;
        if let Some((end, next)) = is_open.then(|| session_within(bytes, quote + 1, bytes.len())).flatten() {
            self.give_up(end, next, tell);
        }
        true
    }

    fn raw(&mut self, bytes: &[u8], hashes: usize, is_end: bool) -> bool {
        let Some(close) = memchr(b'"', &bytes[self.at..]).map(|n| self.at + n) else {
            self.at = bytes.len();
            return true;
        };
        let behind = &bytes[close + 1..];
        if behind.iter().take(hashes).all(|byte| *byte == b'#') {
            if behind.len() < hashes && !is_end {
                self.at = close;
                return false;
            }
            self.mode = Mode::Plain;
            self.at = (close + 1 + hashes).min(bytes.len());
        } else {
            self.at = close + 1;
        }
        true
    }

    fn comment(&mut self, bytes: &[u8], depth: usize, is_end: bool) -> bool {
        let Some(at) = memchr2(b'/', b'*', &bytes[self.at..]).map(|n| self.at + n) else {
            self.at = bytes.len();
            return true;
        };
        self.at = at;
        match (bytes[at], bytes.get(at + 1)) {
            (_, None) if !is_end => return false,
            (b'/', Some(b'*')) => self.mode = Mode::Comment(depth + 1),
            (b'*', Some(b'/')) => self.mode = if depth == 1 { Mode::Plain } else { Mode::Comment(depth - 1) },
            _ => {
                self.at += 1;
                return true;
            }
        }
        self.at += 2;
        true
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Character {
    Word,
    Blank,
    Other,
}

/// The character that begins here and its length; `None` where its last bytes are on their way.
fn character(bytes: &[u8], is_end: bool) -> Option<(usize, Character)> {
    const LONGEST: usize = 4;
    let first = &bytes[..bytes.len().min(LONGEST)];
    let valid = match str::from_utf8(first) {
        Ok(valid) => valid,
        Err(broken) if broken.valid_up_to() > 0 => str::from_utf8(&first[..broken.valid_up_to()]).unwrap_or_default(),
        Err(broken) if broken.error_len().is_none() && !is_end => return None,
        Err(_) => return Some((1, Character::Word)),
    };
    let c = valid.chars().next()?;
    let kind = match c {
        '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' => Character::Blank,
        _ if is_word(c) => Character::Word,
        _ => Character::Other,
    };
    Some((c.len_utf8(), kind))
}

/// What begins with `'`, `b` or `r`: a character, a byte text, a raw text, or a mere name.
fn quoted(bytes: &[u8], at: usize, is_end: bool) -> Look {
    let prefix = usize::from(bytes[at] == b'b');
    let plain = Look::Token(at + 1, if bytes[at] == b'\'' { Mode::Plain } else { Mode::Word });
    match bytes.get(at + prefix) {
        None if !is_end => Look::More,
        Some(b'"') => Look::Token(at + prefix + 1, Mode::Text(at + prefix)),
        Some(b'\'') => match char_end(&bytes[at + prefix + 1..]) {
            None if !is_end && bytes.len() - at < LONGEST_CHAR => Look::More,
            None => plain,
            Some(length) => Look::Token(at + prefix + 1 + length, Mode::Plain),
        },
        Some(b'r') => {
            let from = at + prefix + 1;
            let hashes = bytes[from..].iter().take_while(|byte| **byte == b'#').count();
            match bytes.get(from + hashes) {
                None if !is_end => Look::More,
                Some(b'"') => Look::Token(from + hashes + 1, Mode::Raw(hashes)),
                // `r#name`: the name follows its hash.
                Some(_) if prefix == 0 && hashes > 0 => Look::Token(at + 2, Mode::Word),
                _ => plain,
            }
        }
        _ => plain,
    }
}

/// `b'\u{10FFFF}'` and a little more.
const LONGEST_CHAR: usize = 16;

/// Behind the quote that closes a character.
fn char_end(bytes: &[u8]) -> Option<usize> {
    behind_char(bytes.utf8_chunks().next()?.valid())
}

/// Whether the bytes begin as the word does, as far as they go.
fn is_start_of(bytes: &[u8], word: &[u8]) -> bool {
    let length = bytes.len().min(word.len());
    bytes[..length] == word[..length]
}

/// Whether `Session(` stands here; `None` where that cannot be said yet.
fn session_begins(bytes: &[u8], is_end: bool) -> Option<bool> {
    let unknown = if is_end { Some(false) } else { None };
    let Some(rest) = bytes.strip_prefix(b"Session") else { return unknown };
    match rest.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => unknown,
        Some(byte) => Some(*byte == b'('),
    }
}

/// A line within a text that begins a session: where the line begins, and the session.
fn session_within(bytes: &[u8], from: usize, to: usize) -> Option<(usize, usize)> {
    let text = &bytes[from..to];
    memchr::memchr_iter(b'\n', text).find_map(|newline| {
        let line = &text[newline + 1..];
        let blanks = line.iter().take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b'[')).count();
        let begins = session_begins(&line[blanks..], true) == Some(true);
        begins.then_some((from + newline + 1, from + newline + 1 + blanks))
    })
}

/// Whether what stands behind a text may stand there; `None` where nothing does.
fn may_follow_text(behind: &[u8]) -> Option<bool> {
    let next = behind.iter().find(|byte| !byte.is_ascii_whitespace())?;
    Some(matches!(next, b',' | b')' | b']' | b'}' | b':' | b'/'))
}
