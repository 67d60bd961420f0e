//! From a file's bytes to its sessions, or to what is wrong with the text.
//!
//! A plain text is read by [`plain`], any other by the `ron` crate, which stops at its first error.
//! Where the brackets are sound, each session and each event is then read by itself, so that one
//! reading tells of all of them.

use std::borrow::Cow;
use std::ops::Range;

use ron::error::{SpannedError, SpannedResult};
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

use super::explain::{explain, explain_facts};
use super::locate::{self, Step};
use super::log::{Event, Session};
use super::plain;
use super::tokens::{Kind, Parts, Tokens, skip_attributes};
use super::unsound::{stranger, unpaired};

/// Something in the text that cannot be read as a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextProblem {
    /// Bytes of the text; `0..0` where it concerns the whole file.
    pub range: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words under the range; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Another place that belongs to it, with its own label.
    pub second: Option<(Range<usize>, String)>,
}

impl TextProblem {
    pub(crate) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        TextProblem { range, message: message.into(), label: String::new(), help: None, second: None }
    }

    pub(crate) fn label(self, label: impl Into<String>) -> Self {
        TextProblem { label: label.into(), ..self }
    }

    pub(crate) fn help(self, help: impl Into<String>) -> Self {
        TextProblem { help: Some(help.into()), ..self }
    }

    pub(crate) fn second(self, range: Range<usize>, label: impl Into<String>) -> Self {
        TextProblem { second: Some((range, label.into())), ..self }
    }

    /// The same problem in a text that has `by` more bytes in front.
    pub(crate) fn shifted(mut self, by: usize) -> Self {
        let shift = |range: &Range<usize>| range.start + by..range.end + by;
        self.range = shift(&self.range);
        self.second = self.second.map(|(range, label)| (shift(&range), label));
        self
    }
}

/// The file's text, without the mark that some editors put in front.
///
/// # Errors
/// Where the bytes are no UTF-8 text, or there are none.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Box<TextProblem>> {
    let whole = |message: String, help: &str| Err(Box::new(TextProblem::new(0..0, message).help(help)));
    let save = "save the file as UTF-8: most editors ask for the encoding under Save As";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return whole("the file is UTF-16, not UTF-8".to_owned(), save);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return match bytes {
            [0, b, ..] | [b, 0, ..] if b.is_ascii_graphic() || b.is_ascii_whitespace() => {
                whole("the file looks like UTF-16, not UTF-8".to_owned(), save)
            }
            _ => whole(format!("byte {} is NUL: this is no text file", at + 1), "a session log is plain text"),
        };
    }
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let at = e.valid_up_to();
            let line = 1 + bytes[..at].iter().filter(|&&b| b == b'\n').count();
            let byte = bytes[at];
            return whole(format!("a character on line {line} is not UTF-8 (byte {}, 0x{byte:02X})", at + 1), save);
        }
    };
    if text.trim().is_empty() {
        return whole("the file is empty".to_owned(), HOLDS);
    }
    Ok(Cow::Borrowed(text))
}

/// What a file without a session is told.
const HOLDS: &str = "a session log holds `Session(...)`";

/// Reads one session, or a list of them.
///
/// # Errors
/// All that can be told apart of what is wrong, in the order of the text.
pub fn sessions(text: &str) -> Result<Vec<Session>, Vec<TextProblem>> {
    let first = Tokens::new(text, skip_attributes(text)).next();
    let is_list = first.is_some_and(|t| t.kind == Kind::Open('['));
    let read = if is_list { read(text) } else { read(text).map(|session| vec![session]) };
    read.map_err(|error| problems(text, &error, is_list, TOP))
}

/// Reads one session that stands in a longer text, at this line and column of it.
pub(crate) fn session(text: &str, at: (usize, usize)) -> Result<Session, Vec<TextProblem>> {
    read(text).map_err(|error| problems(text, &error, false, at))
}

/// The line and column at which a whole text begins.
pub(crate) const TOP: (usize, usize) = (1, 1);

/// All that is wrong with a text that begins at this line and column.
fn problems(text: &str, error: &SpannedError, is_list: bool, at: (usize, usize)) -> Vec<TextProblem> {
    let mut problems = match stranger(text).or_else(|| unpaired(text, at)) {
        Some(problem) => vec![problem],
        None if Tokens::new(text, skip_attributes(text)).next().is_none() => {
            vec![TextProblem::new(0..0, "the file holds nothing but comments").help(HOLDS)]
        }
        None => in_sessions(text, is_list),
    };
    if problems.is_empty() {
        problems.push(explain(text, error));
    }
    problems.sort_by_key(|problem| problem.range.start);
    problems
}

fn read<T: DeserializeOwned>(text: &str) -> SpannedResult<T> {
    plain::read(text).map_or_else(|| by_crate(text), Ok)
}

/// As the `ron` crate reads it, with the manners of a log.
pub(super) fn by_crate<T: DeserializeOwned>(text: &str) -> SpannedResult<T> {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES).from_str(text)
}

/// Reads a text that holds one `holds(...)`, which is no log: facts, by the same manners.
pub(crate) fn facts<T: DeserializeOwned>(text: &str, holds: &'static str) -> Result<T, Box<TextProblem>> {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    options.from_str(text).map_err(|error| {
        let unsound = stranger(text).or_else(|| unpaired(text, TOP));
        Box::new(unsound.unwrap_or_else(|| explain_facts(text, &error, holds)))
    })
}

/// What each session's own text says, the brackets being sound.
fn in_sessions(text: &str, is_list: bool) -> Vec<TextProblem> {
    let ranges = locate::sessions(text);
    let mut problems = if is_list { missing_commas(text, &ranges, "sessions") } else { Vec::new() };
    let mut loose = ranges.iter().filter(|range| read::<Event>(&text[(*range).clone()]).is_ok());
    if let Some(event) = loose.next() {
        let name = Tokens::within(text, event).next().map_or(event.clone(), |token| token.range());
        return vec![
            TextProblem::new(name, "an event stands outside a session")
                .label("this is no session")
                .help("events go into Session(id: ..., setting: ..., date: ..., events: [...])"),
        ];
    }
    for range in ranges {
        let in_session = in_session(&text[range.clone()]);
        problems.extend(in_session.into_iter().map(|problem| problem.shifted(range.start)));
    }
    problems
}

/// What one session's text says: its own first problem and each event's.
fn in_session(text: &str) -> Vec<TextProblem> {
    let Err(error) = read::<Session>(text) else {
        return Vec::new();
    };
    let list = locate::find_in(text, 0..text.len(), &[Step::Field("events")]);
    let is_list = |list: &Range<usize>| text[list.clone()].strip_prefix('[').is_some_and(|inner| inner.ends_with(']'));
    let Some(list) = list.filter(is_list) else {
        return vec![explain(text, &error)];
    };
    let events = events_of(text, &list);
    let mut problems = missing_commas(text, &events, "events");
    for event in &events {
        if let Err(error) = read::<Event>(&text[event.clone()]) {
            problems.push(explain(&text[event.clone()], &error).shifted(event.start));
        }
    }
    // The same text without its events, every line and column in place.
    let inner = list.start + 1..list.end - 1;
    let blanks = text[inner.clone()].chars().map(|c| if c == '\n' { c } else { ' ' });
    let blanked: String = text[..inner.start].chars().chain(blanks).chain(text[inner.end..].chars()).collect();
    if let Err(error) = read::<Session>(&blanked) {
        problems.push(explain(text, &error));
    }
    if problems.is_empty() {
        problems.push(explain(text, &error));
    }
    problems
}

/// The events of a list. What follows one that has no round brackets, up to the next comma, and a
/// field that stands among events, are pieces of the event before: its own problem says enough.
fn events_of(text: &str, list: &Range<usize>) -> Vec<Range<usize>> {
    let mut events: Vec<Range<usize>> = Vec::new();
    let mut before: Option<Range<usize>> = None;
    for part in Parts::of(text, list).into_iter().flatten() {
        let follows = before.as_ref().is_some_and(|before| {
            let next = Tokens::new(text, before.end).next();
            !text[before.clone()].ends_with(')') && next.is_some_and(|token| token.start == part.value.start)
        });
        if !follows && (part.key.is_none() || events.is_empty()) {
            events.push(part.value.clone());
        }
        before = Some(part.value);
    }
    events
}

/// The places between two bracketed values that lack a comma.
fn missing_commas(text: &str, values: &[Range<usize>], what: &str) -> Vec<TextProblem> {
    let lacks_comma = |pair: &[Range<usize>]| {
        let next = Tokens::new(text, pair[0].end).next();
        text[pair[0].clone()].ends_with(')') && next.is_some_and(|t| t.start == pair[1].start)
    };
    let told = |pair: &[Range<usize>]| {
        let end = pair[0].end;
        TextProblem::new(end..end, format!("a comma is missing between two {what}")).label("here")
    };
    values.windows(2).filter(|pair| lacks_comma(pair)).map(told).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A session with this in its list of events.
    pub(crate) fn with_events(events: &str) -> String {
        format!("Session(id: \"\u{e9}\", setting: Office, date: \"2026-03-02\", events: [\n{events}\n])")
    }

    /// Each problem as `underlined | message | label`.
    pub(crate) fn problems(text: &str) -> Vec<String> {
        let told = |p: TextProblem| format!("{} | {} | {}", &text[p.range], p.message, p.label);
        sessions(text).expect_err(text).into_iter().map(told).collect()
    }

    #[test]
    fn a_missing_quote_is_told_where_the_text_opened() {
        let lines = "Start(at: \"09:05\", drug: \"x),\nStop(at: \"09:37\", drug: \"x\"),";
        assert_eq!(problems(&with_events(lines)), ["\"x), | the text opened here runs on to 3:11 | is a closing `\"` missing?"]);
        let opening = with_events("Start(at: 09:05\", drug: \"x\")");
        assert_eq!(problems(&opening), ["\" | a text has no opening quote | this would close it"]);
        let inner = with_events("Note(at: \"9\", text: \"said \"ow\" twice\")");
        assert!(sessions(&inner).unwrap_err()[0].help.as_deref().unwrap().contains("`\\\"`"));
    }

    #[test]
    fn every_bad_event_of_every_session_is_told_at_once() {
        let one = with_events("Strat(at: \"1\"),\nFlushPort(at: \"2\")\nFlushPort(at: 3),\n");
        let two = with_events("FlushPort(at: \"4\")").replace("Office", "Offce");
        let three = with_events("FlushPort(at: \"5\")");
        let text = format!("// h\u{e9}\n[{one}, {two}\n{three}, 7]");
        let told = problems(&text);
        let starts = [
            "Strat | ",
            " | a comma is missing between two events",
            "3 | `at` takes",
            "Offce | ",
            " | a comma is missing between two sessions",
            "7 | a log holds",
        ];
        assert_eq!(told.len(), starts.len(), "{told:#?}");
        for (told, start) in told.iter().zip(starts) {
            assert!(told.starts_with(start), "{told} should start with {start}");
        }
    }

    #[test]
    fn one_session_or_a_list_is_read() {
        let one = with_events("Start(at: \"9\", drug: \"x\", site: Some(\"R\")),");
        assert_eq!(sessions(&one).map(|s| s.len()), Ok(1));
        assert_eq!(sessions(&format!("// [\n#![enable(implicit_some)]\n[{one}, {one},]")).map(|s| s.len()), Ok(2));
        assert_eq!(sessions("[]"), Ok(vec![]));
    }

    #[test]
    fn bytes_that_are_no_text_are_named() {
        for (bytes, told) in [
            (&b"\xFF\xFEa\0"[..], "the file is UTF-16, not UTF-8"),
            (b"S\0e\0", "the file looks like UTF-16, not UTF-8"),
            (b"ab\0", "byte 3 is NUL: this is no text file"),
            (b"a\n\x93b", "a character on line 2 is not UTF-8 (byte 3, 0x93)"),
            (b"\xEF\xBB\xBF \n", "the file is empty"),
            (b"", "the file is empty"),
        ] {
            assert_eq!(decode(bytes).expect_err(told).message, told);
        }
        assert_eq!(decode(b"\xEF\xBB\xBFx").as_deref(), Ok("x"));
    }
}
