//! Where a value stands in a log's text.
//!
//! The `ron` crate gives no positions for what it read, so a finding names a place (session,
//! event, field) and this scanner walks the text to it, only when it is shown. It knows RON's
//! tokens and brackets, nothing of logs, and takes any text: one that `ron` refuses is walked as
//! far as it makes sense. Every walk is linear and keeps no more than one frame a bracket.

use std::borrow::Cow;
use std::ops::Range;

/// Nothing is followed deeper than this, where `ron` stops too.
const DEEPEST: usize = 128;

/// A step into a value. `Some(...)` is looked through at every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// The nth value of a list or tuple, from 0.
    Item(usize),
    /// The value of a named field.
    Field(&'a str),
    /// The value of the first map entry with this key.
    Key(&'a str),
    /// The nth occurrence, from 0, of a map key: the key itself.
    KeyName(&'a str, usize),
    /// The struct's or variant's name, or the opening bracket where none is written.
    Name,
}

/// Byte range of the value at `path`, from the file's top-level value. Where that is a single
/// session instead of a list, it is its own item 0.
#[must_use]
pub fn find(text: &str, path: &[Step]) -> Option<Range<usize>> {
    let top = Tokens::new(text, skip_attributes(text)).value()?;
    match path.split_first() {
        Some((Step::Item(0), rest)) if !text[top.clone()].starts_with('[') => find_in(text, top, rest),
        _ => find_in(text, top, path),
    }
}

/// The byte ranges of all top-level sessions, so that a search in session i can start there.
#[must_use]
pub fn sessions(text: &str) -> Vec<Range<usize>> {
    let Some(top) = Tokens::new(text, skip_attributes(text)).value() else {
        return Vec::new();
    };
    if text[top.clone()].starts_with('[') {
        Parts::of(text, &top).into_iter().flatten().map(|part| part.value).collect()
    } else {
        vec![top]
    }
}

/// As [`find`], within one session's range.
#[must_use]
pub fn find_in(text: &str, session: Range<usize>, path: &[Step]) -> Option<Range<usize>> {
    text.get(session.clone())?;
    let mut value = session;
    for (done, step) in path.iter().enumerate() {
        value = without_some(text, value);
        let parts = Parts::of(text, &value);
        value = match *step {
            Step::Item(n) => parts?.nth(n)?.value,
            Step::Field(name) => {
                let named = |key: &Range<usize>| text[key.clone()].trim_start_matches("r#") == name;
                parts?.find(|part| part.key.as_ref().is_some_and(named))?.value
            }
            Step::Key(key) => parts?.find(|part| is_key(text, part, key))?.value,
            Step::KeyName(key, n) => parts?.filter(|part| is_key(text, part, key)).nth(n)?.key?,
            Step::Name => Tokens::within(text, &value).next().and_then(Token::name)?,
        };
        if matches!(step, Step::Name | Step::KeyName(..)) && done + 1 < path.len() {
            return None;
        }
    }
    Some(without_some(text, value))
}

/// 1-based line and column (in characters) of a byte offset.
#[must_use]
pub fn line_column(text: &str, offset: usize) -> (usize, usize) {
    let before = &text[..text.floor_char_boundary(offset)];
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    let line = 1 + before.bytes().filter(|&b| b == b'\n').count();
    (line, 1 + before[line_start..].chars().count())
}

/// The byte offset of a 1-based line and column (in characters): [`line_column`] backwards.
#[must_use]
pub fn offset(text: &str, line: usize, column: usize) -> usize {
    let line_start = match line.checked_sub(2) {
        None => 0,
        Some(n) => text.match_indices('\n').nth(n).map_or(text.len(), |(at, _)| at + 1),
    };
    let rest = &text[line_start..];
    line_start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

/// What a quoted text says, its escapes undone; `None` where it is no complete text.
#[must_use]
pub fn unquoted(quoted: &str) -> Option<Cow<'_, str>> {
    if let Some(raw) = quoted.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw.get(hashes + 1..raw.len().checked_sub(hashes + 1)?)?;
        return Some(Cow::Borrowed(inner));
    }
    let inner = quoted.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    let mut said = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        said.extend_from_slice(&rest.as_bytes()[..at]);
        let escape = rest[at + 1..].chars().next()?;
        rest = &rest[at + 1 + escape.len_utf8()..];
        match escape {
            'n' => said.push(b'\n'),
            'r' => said.push(b'\r'),
            't' => said.push(b'\t'),
            '0' => said.push(0),
            'x' => {
                said.push(u8::from_str_radix(rest.get(..2)?, 16).ok()?);
                rest = &rest[2..];
            }
            'u' => {
                let (digits, after) = rest.strip_prefix('{')?.split_once('}')?;
                let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
                said.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = after;
            }
            '\n' | '\r' => rest = rest.trim_start_matches([' ', '\t', '\n', '\r']),
            '"' | '\'' | '\\' => said.push(escape as u8),
            _ => return None,
        }
    }
    said.extend_from_slice(rest.as_bytes());
    String::from_utf8(said).ok().map(Cow::Owned)
}

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open(char),
    Close(char),
    Comma,
    Colon,
    /// A text, a byte text or a character, with its quotes.
    Quoted,
    /// A quote that the end of the file closes.
    OpenQuote,
    /// A comment that the end of the file closes.
    OpenComment,
    /// A name or a number.
    Word,
    /// Anything else, one character long.
    Other(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The name that this first token of a value gives to it.
    fn name(self) -> Option<Range<usize>> {
        matches!(self.kind, Kind::Word | Kind::Open(_)).then(|| self.range())
    }
}

/// The tokens of a text, blanks and comments left out.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Tokens<'t> {
    /// From `at`, which must not stand within a token.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Tokens { text, at: text.ceil_char_boundary(at) }
    }

    fn within(text: &'t str, range: &Range<usize>) -> Self {
        Tokens { text: &text[..range.end], at: range.start }
    }

    fn peek(&self) -> Option<Token> {
        self.clone().next()
    }

    /// The value that begins here; nothing before a comma, a colon or a closing bracket.
    pub(crate) fn value(&mut self) -> Option<Range<usize>> {
        let first = self.peek()?;
        if matches!(first.kind, Kind::Comma | Kind::Colon | Kind::Close(_)) {
            return None;
        }
        self.next();
        let mut end = match (first.kind, self.peek().map(|t| t.kind)) {
            (Kind::Open(_), _) => self.group_end(),
            (Kind::Word, Some(Kind::Open('(' | '{'))) => {
                self.next();
                self.group_end()
            }
            _ => first.end,
        };
        let inclusive = first.kind == Kind::Word && self.text[..end].ends_with("..");
        if inclusive && self.text[end..].starts_with('=') {
            self.next(); // `1..=2` is one value
            end = self.next().map_or(end, |t| t.end);
        }
        Some(first.start..end)
    }

    /// Goes behind the bracket that closes the one just read.
    fn group_end(&mut self) -> usize {
        let mut depth = 1_usize;
        for token in self.by_ref() {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return token.end;
            }
        }
        self.text.len()
    }

    /// Behind the quote that closes a text whose inside begins at `from`.
    fn quote_end(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            at += bytes.get(at..)?.iter().position(|&b| b == b'"' || b == b'\\')?;
            if bytes[at] == b'"' {
                return Some(at + 1);
            }
            at += 2;
        }
    }

    /// Behind a character literal such as `'x'` or `'\u{E9}'` that begins at `from`.
    fn char_end(&self, from: usize) -> Option<usize> {
        let inner = self.text[from..].strip_prefix('\'')?;
        let mut chars = inner.char_indices();
        let (_, c) = chars.next()?;
        if c == '\\' {
            match chars.next()?.1 {
                'x' => drop(chars.nth(1)?),
                'u' => drop(chars.by_ref().take(9).find(|(_, c)| *c == '}')?),
                _ => {}
            }
        }
        let (at, close) = chars.next()?;
        (close == '\'').then_some(from + 1 + at + 1)
    }

    /// The end of a text or character that begins at `from`, and whether it is closed.
    fn quoted(&self, from: usize) -> Option<(Kind, usize)> {
        let closed = |end: Option<usize>| match end {
            Some(end) => (Kind::Quoted, end),
            None => (Kind::OpenQuote, self.text.len()),
        };
        let bare = &self.text[from..];
        let unprefixed = bare.strip_prefix('b').unwrap_or(bare);
        let prefix = bare.len() - unprefixed.len();
        if unprefixed.starts_with('"') {
            return Some(closed(self.quote_end(from + prefix + 1)));
        }
        if unprefixed.starts_with('\'') {
            return self.char_end(from + prefix).map(|end| (Kind::Quoted, end));
        }
        let raw = unprefixed.strip_prefix('r')?;
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let closing = format!("\"{}", &raw[..hashes]);
        let start = self.text.len() - inside.len();
        Some(closed(inside.find(&closing).map(|n| start + n + closing.len())))
    }

    /// Behind the nested comment whose inside begins at `from`.
    fn block_comment_end(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (from, 1_usize);
        while depth > 0 {
            at += bytes.get(at..)?.iter().position(|&b| b == b'/' || b == b'*')?;
            match (bytes[at], bytes.get(at + 1)) {
                (b'/', Some(b'*')) => depth += 1,
                (b'*', Some(b'/')) => depth -= 1,
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
        Some(at)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let (start, c) = loop {
            let rest = self.text.get(self.at..)?;
            let start = self.text.len() - rest.trim_start_matches(is_blank).len();
            let rest = &self.text[start..];
            if rest.starts_with("//") {
                self.at = rest.find('\n').map_or(self.text.len(), |n| start + n);
            } else if rest.starts_with("/*") {
                let Some(end) = self.block_comment_end(start + 2) else {
                    self.at = self.text.len();
                    return Some(Token { kind: Kind::OpenComment, start, end: self.at });
                };
                self.at = end;
            } else {
                break (start, rest.chars().next()?);
            }
        };
        let one = start + c.len_utf8();
        let (kind, end) = match c {
            '(' | '[' | '{' => (Kind::Open(c), one),
            ')' | ']' | '}' => (Kind::Close(c), one),
            ',' => (Kind::Comma, one),
            ':' => (Kind::Colon, one),
            '"' | '\'' => self.quoted(start).unwrap_or((Kind::Other(c), one)),
            _ if is_word(c) => {
                let quoted = if matches!(c, 'b' | 'r') { self.quoted(start) } else { None };
                let raw = if self.text[start..].starts_with("r#") { 2 } else { 0 };
                let word = &self.text[start + raw..];
                let end = self.text.len() - word.trim_start_matches(is_word).len();
                quoted.unwrap_or((Kind::Word, end))
            }
            _ => (Kind::Other(c), one),
        };
        self.at = end;
        Some(Token { kind, start, end })
    }
}

/// What `ron` takes for a blank.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// Names and numbers; a little more than `ron` allows, so that a bad one stays in one piece.
pub(crate) fn is_word(c: char) -> bool {
    match c {
        '_' | '.' | '+' | '-' => true,
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{BF}' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{3020}' => {
            c.is_alphanumeric() || matches!(c, '\u{B7}' | '\u{203F}' | '\u{2040}' | '\u{2054}')
        }
        '\u{2190}'..='\u{2BFF}' | '\u{FE30}'..='\u{FFFF}' => c.is_alphanumeric(),
        _ => !c.is_whitespace(),
    }
}

/// Behind the `#![enable(...)]` lines that a file may open with.
pub(crate) fn skip_attributes(text: &str) -> usize {
    let mut at = 0;
    loop {
        let mut tokens = Tokens::new(text, at);
        let opening = [Kind::Other('#'), Kind::Other('!'), Kind::Open('[')];
        if !opening.iter().all(|kind| tokens.next().is_some_and(|t| t.kind == *kind)) {
            return at;
        }
        at = tokens.group_end();
    }
}

/// One value in brackets, with its key where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
}

/// The values within a value's brackets. Commas may be missing.
#[derive(Debug)]
pub(crate) struct Parts<'t>(Tokens<'t>);

impl<'t> Parts<'t> {
    /// `None` where the value has no brackets.
    pub(crate) fn of(text: &'t str, value: &Range<usize>) -> Option<Self> {
        let mut tokens = Tokens::within(text, value);
        let mut first = tokens.next()?;
        if first.kind == Kind::Word {
            first = tokens.next()?;
        }
        matches!(first.kind, Kind::Open(_)).then_some(Parts(tokens))
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let tokens = &mut self.0;
        while let Some(Kind::Comma | Kind::Colon) = tokens.peek().map(|t| t.kind) {
            tokens.next();
        }
        let first = tokens.value()?;
        match tokens.peek() {
            Some(colon) if colon.kind == Kind::Colon => {
                tokens.next();
                let value = tokens.value().unwrap_or(colon.end..colon.end);
                Some(Part { key: Some(first), value })
            }
            _ => Some(Part { key: None, value: first }),
        }
    }
}

fn is_key(text: &str, part: &Part, key: &str) -> bool {
    part.key.as_ref().and_then(|k| unquoted(&text[k.clone()])).is_some_and(|k| k == key)
}

/// The x of `Some(x)`.
fn without_some(text: &str, value: Range<usize>) -> Range<usize> {
    let mut inner = value;
    for _ in 0..4 {
        let name = Tokens::within(text, &inner).next().map(|t| &text[t.range()]);
        let only = if name == Some("Some") { Parts::of(text, &inner) } else { None };
        match only.and_then(|mut parts| parts.next()) {
            Some(Part { key: None, value }) => inner = value,
            _ => break,
        }
    }
    inner
}

/// A bracket that is open at some place of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The name before the bracket, or the bracket.
    pub name: Range<usize>,
    /// The bracket.
    pub open: Token,
    /// The key whose value stands at the place, or comes next.
    pub key: Option<Range<usize>>,
    /// Where that value (or, before a colon, the key) began, if it did.
    pub began: Option<usize>,
}

/// The brackets open at `offset`, outermost first.
pub(crate) fn frames(text: &str, offset: usize) -> Vec<Frame> {
    let mut open: Vec<Frame> = Vec::new();
    let mut last: Option<Token> = None;
    for token in Tokens::new(text, skip_attributes(text)).take_while(|t| t.start < offset) {
        let top = open.last_mut();
        match token.kind {
            Kind::Open(_) => {
                if let Some(top) = top {
                    top.began.get_or_insert(token.start);
                }
                if open.len() == DEEPEST {
                    break;
                }
                let word = last.filter(|t| t.kind == Kind::Word && token.kind == Kind::Open('('));
                let name = word.unwrap_or(token).range();
                open.push(Frame { name, open: token, key: None, began: None });
            }
            Kind::Close(_) => drop(open.pop()),
            Kind::Comma => {
                if let Some(top) = top {
                    (top.key, top.began) = (None, None);
                }
            }
            Kind::Colon => {
                if let Some(top) = top {
                    (top.key, top.began) = (last.map(Token::range), None);
                }
            }
            _ => {
                if let Some(top) = top {
                    top.began.get_or_insert(token.start);
                }
            }
        }
        last = Some(token);
    }
    open
}

/// What keeps a text's brackets and quotes from being sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclosed {
    /// The text opened here ends where another should begin, or never.
    Quote { opened: usize, ran_on_to: usize },
    /// Never closed.
    Bracket { opened: usize, open: char },
    /// Closed by a bracket of another kind.
    Mismatch { opened: usize, open: char, closed_by: usize, close: char },
    /// Closes nothing.
    Stray { at: usize, close: char },
    /// A block comment that is never closed.
    Comment { opened: usize },
}

/// The first unclosed or mismatched quote or bracket, if any; nothing in a text that `ron` reads.
///
/// A missing quote turns all later ones inside out, so its sign is a text with a word on its heels,
/// as `x` is in `"09:05, drug: "x`.
#[must_use]
pub fn unclosed(text: &str) -> Option<Unclosed> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut tokens = Tokens::new(text, skip_attributes(text));
    let mut last: Option<Token> = None;
    while let Some(token) = tokens.next() {
        let quote = |t: Token| Some(Unclosed::Quote { opened: t.start, ran_on_to: t.end });
        if let Some(last) = last {
            let glued = last.end == token.start;
            let is_text = |t: Token| is_quote(t.kind) && !text[..t.end].ends_with('\'');
            if glued && is_text(last) && !may_follow(text, token, tokens.peek()) {
                return quote(last);
            }
            if glued && last.kind == Kind::Word && is_text(token) {
                return quote(token);
            }
        }
        match token.kind {
            Kind::OpenQuote => return quote(token),
            Kind::OpenComment => {
                return Some(Unclosed::Comment { opened: token.start });
            }
            Kind::Open(bracket) => {
                if open.len() == DEEPEST {
                    return None;
                }
                open.push((token.start, bracket));
            }
            Kind::Close(close) => {
                let closed_by = token.start;
                match open.pop() {
                    None => {
                        return Some(Unclosed::Stray { at: closed_by, close });
                    }
                    Some((_, '(')) if close == ')' => {}
                    Some((_, '[')) if close == ']' => {}
                    Some((_, '{')) if close == '}' => {}
                    Some((opened, open)) => {
                        return Some(Unclosed::Mismatch { opened, open, closed_by, close });
                    }
                }
            }
            _ => {}
        }
        last = Some(token);
    }
    open.pop().map(|(opened, open)| Unclosed::Bracket { opened, open })
}

/// Whether a token may stand right behind a text. A name with its colon or bracket may: there, only
/// a comma is missing.
fn may_follow(text: &str, token: Token, next: Option<Token>) -> bool {
    match token.kind {
        Kind::Word => {
            let named = text[token.start..].starts_with(|c: char| c.is_alphabetic() || c == '_');
            let next = next.map(|t| t.kind);
            named && matches!(next, Some(Kind::Colon | Kind::Open('(') | Kind::Other('=')))
        }
        Kind::Open(_) => false,
        kind => !is_quote(kind),
    }
}

fn is_quote(kind: Kind) -> bool {
    matches!(kind, Kind::Quoted | Kind::OpenQuote)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Step::{Field, Item, Key, KeyName, Name};

    const LOG: &str = r###"// Session(
#![enable(implicit_some)] /* [ /* ( */ " */
[Session(id: "a, \" (b", r#date: r##"x"# y"##, // events: [
    drugs: {"\u{4B}Cl \x41": (class: Hydration), r"b": (), "KCl A": ("'",)},
    sites: Some({"R": Some((separate: Some("w")))}), tag: ('"', b'\'', '\u{2019}', -1.5e3, 1..=2, b"("),
    events: [Start (at: "09:05"), Stop/**/(drug: "x", at: "08:37",), Pause],
), (id: "b")]"###;

    fn at(path: &[Step]) -> Option<&'static str> {
        find(LOG, path).map(|range| &LOG[range])
    }

    #[test]
    fn a_path_leads_to_its_value() {
        for (path, found) in [
            (&[Item(0), Field("id")][..], r#""a, \" (b""#),
            (&[Item(0), Field("date")], r###"r##"x"# y"##"###),
            (&[Item(0), Field("drugs"), Key("KCl A"), Field("class")], "Hydration"),
            (&[Item(0), Field("drugs"), KeyName("KCl A", 1)], r#""KCl A""#),
            (&[Item(0), Field("drugs"), Key("b")], "()"),
            (&[Item(0), Field("sites"), Key("R"), Field("separate")], r#""w""#),
            (&[Item(0), Field("tag"), Item(2)], r"'\u{2019}'"),
            (&[Item(0), Field("tag"), Item(4)], "1..=2"),
            (&[Item(0), Field("tag"), Item(5)], r#"b"(""#),
            (&[Item(0), Field("events"), Item(0), Field("at")], r#""09:05""#),
            (&[Item(0), Field("events"), Item(1), Field("at")], r#""08:37""#),
            (&[Item(0), Field("events"), Item(1), Name], "Stop"),
            (&[Item(0), Field("events"), Item(2)], "Pause"),
            (&[Item(0), Field("events"), Item(2), Name], "Pause"),
            (&[Item(1)], r#"(id: "b")"#),
            (&[Item(1), Name], "("),
        ] {
            assert_eq!(at(path), Some(found), "{path:?}");
        }
        for path in [
            &[Item(2)][..],
            &[Item(0), Field("zone")],
            &[Item(0), Field("id"), Field("x")],
            &[Item(0), Field("id"), Name],
            &[Item(0), Field("drugs"), KeyName("b", 1)],
            &[Item(0), Field("drugs"), KeyName("b", 0), Name],
        ] {
            assert_eq!(at(path), None, "{path:?}");
        }
    }

    #[test]
    fn a_single_session_is_item_0() {
        let text = "  Session(id: 1) ";
        assert_eq!(find(text, &[Item(0)]), Some(2..16));
        assert_eq!(find(text, &[Item(0), Field("id")]), Some(14..15));
        assert_eq!(sessions(text), vec![2..16]);
        assert_eq!(find_in(text, 2..16, &[Field("id")]), Some(14..15));
        assert_eq!(sessions(LOG).len(), 2);
        assert_eq!(sessions(" // \n"), vec![]);
        assert_eq!(find_in(text, 5..900, &[Name]), None);
    }

    #[test]
    fn lines_and_columns_count_characters() {
        let text = "a\u{e9}\r\n\u{1F600}x\n";
        for (offset_of, place) in [(0, (1, 1)), (3, (1, 3)), (5, (2, 1)), (9, (2, 2)), (11, (3, 1))] {
            assert_eq!(line_column(text, offset_of), place);
            assert_eq!(offset(text, place.0, place.1), offset_of);
        }
        assert_eq!(line_column(text, 99), (3, 1));
        assert_eq!(line_column(text, 7), (2, 1), "within a character");
        assert_eq!((offset(text, 9, 9), offset(text, 0, 0)), (11, 0));
    }

    #[test]
    fn escapes_are_undone_as_ron_does() {
        for quoted in
            [r#""plain""#, r#""\n\r\t\0\'\"\\""#, r#""\x41\xC3\xA9\u{1F600}""#, "\"a\\\n   b\\\r\n\tc\"", r##"r#"a"b\n"#"##, r#"r"""#]
        {
            let said = ron::from_str::<String>(quoted).expect(quoted);
            assert_eq!(unquoted(quoted).as_deref(), Some(&*said), "{quoted}");
        }
        for quoted in ["", "\"", "r", "r#\"", "x", r#""\q""#, r#""\u{""#, r#""\x4\u{e9}""#, r#""\xFF""#] {
            assert_eq!(unquoted(quoted), None, "{quoted}");
        }
    }

    #[test]
    fn what_is_not_closed_is_found_where_it_opened() {
        use Unclosed::{Bracket, Comment, Mismatch, Quote, Stray};
        for (text, found) in [
            (LOG, None),
            ("#![type = \"x\"] A('(', \"a\nb\", 'x)", None),
            ("A([)", Some(Mismatch { opened: 2, open: '[', closed_by: 3, close: ')' })),
            ("A([]", Some(Bracket { opened: 1, open: '(' })),
            ("A()}", Some(Stray { at: 3, close: '}' })),
            ("A(/* /* */", Some(Comment { opened: 2 })),
            ("A(\"x)", Some(Quote { opened: 2, ran_on_to: 5 })),
            ("A(r#\"x\")", Some(Quote { opened: 2, ran_on_to: 8 })),
            ("A(\"9, b: \"x\")", Some(Quote { opened: 2, ran_on_to: 10 })),
            ("A(9\", b: \"x\")", Some(Quote { opened: 3, ran_on_to: 10 })),
            ("A(a: \"9\" b: \"x\")", None),
        ] {
            assert_eq!(unclosed(text), found, "{text}");
        }
    }

    #[test]
    fn any_text_is_walked() {
        let mut text = LOG.to_owned();
        for deep in ["(", "Some(", "[{", "/*", "'\\u{", "r#", "b'", "\"", "\u{e9}:", "\\"] {
            text.insert_str(text.len() / 2, deep);
            for path in [&[Item(0), Field("events"), Item(1), Name][..], &[Key("x")], &[]] {
                let long = deep.repeat(20_000);
                let _ = (find(&text, path), find(&long, path), unclosed(&long), frames(&long, 90_000));
            }
            let _ = (sessions(&text), unclosed(&text), frames(&text, text.len()));
        }
    }
}
