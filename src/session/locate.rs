//! Where a value stands in a log's text.
//!
//! The `ron` crate gives no positions for what it read, so a finding names a place (session,
//! event, field) and this scanner walks the text to it, only when it is shown. It knows RON's
//! tokens and brackets, nothing of logs, and takes any text: one that `ron` refuses is walked as
//! far as it makes sense. Every walk is linear and keeps no more than one frame a bracket.

use std::borrow::Cow;
use std::ops::Range;

use super::tokens::{Part, Parts, Token, Tokens, skip_attributes};

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

/// One of the values within a list, map or struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key or field name, where it has one.
    pub key: Option<Range<usize>>,
    /// The value.
    pub value: Range<usize>,
}

/// All that a list, map or struct holds, in one walk; nothing where it has no brackets.
#[must_use]
pub fn entries(text: &str, value: Range<usize>) -> Vec<Entry> {
    let parts = Parts::of(text, &without_some(text, value));
    parts.into_iter().flatten().map(|Part { key, value }| Entry { key, value: without_some(text, value) }).collect()
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

/// The line and column in a longer text, of a place in a text that begins there.
#[must_use]
pub fn behind(begins: (usize, usize), (line, column): (usize, usize)) -> (usize, usize) {
    if line == 1 { (begins.0, begins.1 + column - 1) } else { (begins.0 + line - 1, column) }
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

fn is_key(text: &str, part: &Part, key: &str) -> bool {
    part.key.as_ref().and_then(|k| unquoted(&text[k.clone()])).is_some_and(|k| k == key)
}

/// The x of `Some(x)`.
fn without_some(text: &str, value: Range<usize>) -> Range<usize> {
    let mut inner = value;
    for _ in 0..4 {
        let mut tokens = Tokens::within(text, &inner);
        if tokens.next().is_none_or(|t| &text[t.range()] != "Some") {
            break;
        }
        let only = Parts::of(text, &inner).and_then(|mut parts| parts.next());
        let Some(x) = only.map(|part| part.value).or_else(|| tokens.value()) else {
            break;
        };
        inner = x;
    }
    inner
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::session::tokens::frames;
    use crate::session::unsound::unclosed;
    use Step::{Field, Item, Key, KeyName, Name};

    pub(crate) const LOG: &str = r###"// Session(
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
