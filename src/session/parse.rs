//! From a file's bytes to its sessions, or to what is wrong with the text.
//!
//! The `ron` crate stops at its first error. Where the brackets are sound, each session and each
//! event is then read by itself, so that one reading tells of all of them.

use std::borrow::Cow;
use std::ops::Range;

use ron::error::{Error, SpannedError, SpannedResult};
use ron::extensions::Extensions;
use serde::de::DeserializeOwned;

use super::locate::{self, Frame, Kind, Parts, Step, Token, Tokens, Unclosed};
use super::log::{Event, Session};

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
    fn shifted(mut self, by: usize) -> Self {
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
    let save = "save the file as UTF-8";
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
            let place = format!("byte {} (0x{byte:02X}, on line {line})", at + 1);
            return whole(format!("{place} is not UTF-8"), save);
        }
    };
    if text.trim().is_empty() {
        return whole("the file is empty".to_owned(), "a session log holds `Session(...)`");
    }
    Ok(Cow::Borrowed(text))
}

/// Reads one session, or a list of them.
///
/// # Errors
/// All that can be told apart of what is wrong, in the order of the text.
pub fn sessions(text: &str) -> Result<Vec<Session>, Vec<TextProblem>> {
    let first = Tokens::new(text, locate::skip_attributes(text)).next();
    let is_list = first.is_some_and(|t| t.kind == Kind::Open('['));
    let read = if is_list { read(text) } else { read(text).map(|session| vec![session]) };
    read.map_err(|error| {
        let mut problems = match stranger(text).or_else(|| unclosed(text)) {
            Some(problem) => vec![problem],
            None if first.is_none() => {
                vec![TextProblem::new(0..0, "the file holds nothing but comments")]
            }
            None => in_sessions(text, is_list),
        };
        if problems.is_empty() {
            problems.push(explain(text, &error));
        }
        problems.sort_by_key(|problem| problem.range.start);
        problems
    })
}

fn read<T: DeserializeOwned>(text: &str) -> SpannedResult<T> {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES).from_str(text)
}

/// What each session's own text says, the brackets being sound.
fn in_sessions(text: &str, is_list: bool) -> Vec<TextProblem> {
    let ranges = locate::sessions(text);
    let mut problems = if is_list { missing_commas(text, &ranges, "sessions") } else { Vec::new() };
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
    let events: Vec<_> = Parts::of(text, &list).into_iter().flatten().map(|part| part.value).collect();
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

/// The first character outside texts and comments that only looks like one of RON's.
fn stranger(text: &str) -> Option<TextProblem> {
    let outside = Tokens::new(text, locate::skip_attributes(text))
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Other(_)))
        .flat_map(|token| text[token.range()].char_indices().map(move |(n, c)| (token.start + n, c)));
    let mut strangers = outside.filter_map(|(at, c)| Some((at, c, name_stranger(c)?)));
    let (at, c, (name, meant)) = strangers.next()?;
    let range = at..at + c.len_utf8();
    let message = match c {
        '#' | ';' | '/' => format!("`{c}` is no part of a log"),
        _ => format!("{name} (U+{:04X}) stands outside any text", c as u32),
    };
    let label = meant.map_or("delete it".to_owned(), |plain| format!("write {plain} instead"));
    let problem = TextProblem::new(range, message).label(label);
    Some(match strangers.count() {
        0 => problem,
        more => problem.help(format!("{more} more such characters follow")),
    })
}

/// What a character that RON has no use for is called, and what was meant by it.
fn name_stranger(c: char) -> Option<(&'static str, Option<String>)> {
    let (name, plain) = match c {
        '#' => ("a hash", "`//` before a comment".to_owned()),
        '/' => ("a single slash", "`//` before a comment".to_owned()),
        ';' => ("a semicolon", "`,`".to_owned()),
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => ("a curly quote", "`\"`".to_owned()),
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2039}' | '\u{203A}' | '\u{B4}' => ("a curly single quote", "`\"`".to_owned()),
        '\u{A0}' | '\u{2007}' | '\u{202F}' => ("a no-break space", "a plain space".to_owned()),
        '\u{2000}'..='\u{200A}' | '\u{205F}' | '\u{3000}' => ("a space of unusual width", "a plain space".to_owned()),
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {
            return Some(("an invisible character", None));
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => ("a dash", "`-`".to_owned()),
        '\u{3001}' | '\u{3002}' | '\u{60C}' => ("a foreign comma", "`,`".to_owned()),
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = char::from_u32(c as u32 - 0xFEE0)?;
            ("a full-width character", format!("`{plain}`"))
        }
        _ => return None,
    };
    Some((name, Some(plain)))
}

/// An unsound bracket or quote, in words.
fn unclosed(text: &str) -> Option<TextProblem> {
    let place = |at| {
        let (line, column) = locate::line_column(text, at);
        format!("{line}:{column}")
    };
    let one = |at: usize| at..at + 1;
    Some(match locate::unclosed(text)? {
        Unclosed::Quote { opened, ran_on_to } => {
            let before = text[..opened].chars().next_back();
            let first_line = text[opened..ran_on_to].lines().next().unwrap_or_default();
            let range = opened..opened + first_line.len();
            if before.is_some_and(locate::is_word) {
                TextProblem::new(one(opened), "a text has no opening quote").label("this would close it")
            } else if ran_on_to == text.len() {
                TextProblem::new(range, "a text is never closed").label("opened here")
            } else if first_line.contains(['\u{201C}', '\u{201D}', '\u{201E}']) {
                let message = format!("the text opened here runs on to {}", place(ran_on_to));
                TextProblem::new(range, message).label("a curly quote does not close it")
            } else {
                let message = format!("the text opened here runs on to {}", place(ran_on_to));
                TextProblem::new(range, message)
                    .label("is a closing `\"` missing?")
                    .second(ran_on_to - 1..ran_on_to, "this quote ends it")
                    .help("a quote within a text is written `\\\"`")
            }
        }
        Unclosed::Bracket { opened, open } => TextProblem::new(one(opened), format!("`{open}` is never closed")).label("opened here"),
        Unclosed::Mismatch { opened, open, closed_by, close } => {
            let message = format!("`{open}` opened at {} is closed by `{close}`", place(opened));
            TextProblem::new(one(closed_by), message).label(format!("closes the `{open}`")).second(one(opened), "opened here")
        }
        Unclosed::Stray { at, close } => TextProblem::new(one(at), format!("`{close}` closes nothing")).label("one too many"),
        Unclosed::Comment { opened } => TextProblem::new(opened..opened + 2, "a comment is never closed")
            .label("opened here")
            .help("comments nest: each `/*` needs its own `*/`"),
    })
}

/// What `ron` refused, with the value itself underlined.
fn explain(text: &str, error: &SpannedError) -> TextProblem {
    let start = locate::offset(text, error.span.start.line, error.span.start.col);
    let end = locate::offset(text, error.span.end.line, error.span.end.col);
    let scene = Scene { text, at: end, frames: locate::frames(text, end) };
    match &error.code {
        Error::NoSuchStructField { expected, found, outer } => {
            let message = format!("{} has no field `{}`", a_thing(outer.as_deref()), clipped(found));
            TextProblem::new(start..end, message).label(did_you_mean(found, expected)).help(format!("it takes {}", listed(expected)))
        }
        Error::NoSuchEnumVariant { expected, found, outer } => {
            let kind = outer.as_deref().unwrap_or("value").to_lowercase();
            TextProblem::new(start..end, format!("there is no {kind} `{}`", clipped(found)))
                .label(did_you_mean(found, expected))
                .help(format!("expected {}", listed(expected)))
        }
        Error::MissingStructField { field, outer } => {
            let range = scene.frames.last().map_or(0..0, |frame| frame.name.clone());
            TextProblem::new(range, format!("{} lacks `{field}`", a_thing(outer.as_deref())))
                .label(format!("`{field}` takes {}", wanted(field)))
        }
        Error::DuplicateStructField { field, outer } => {
            let message = format!("{} has `{field}` twice", a_thing(outer.as_deref()));
            let problem = TextProblem::new(start..end, message).label("given again");
            match scene.earlier_key(field, start) {
                Some(first) => problem.second(first, "first given here"),
                None => problem,
            }
        }
        Error::ExpectedDifferentStructName { expected, found } => {
            let message = match *expected {
                "Session" => format!("a log holds `Session(...)`, not `{}`", clipped(found)),
                _ => format!("`{}` cannot stand here", clipped(found)),
            };
            let label = match *expected {
                "Session" => did_you_mean(found, &["Session"]),
                _ => "expected fields in round brackets".to_owned(),
            };
            TextProblem::new(start..end, message).label(label)
        }
        Error::SuggestRawIdentifier(_) if scene.splits_a_number() => {
            let message = "a number takes no comma between its thousands";
            TextProblem::new(scene.here(), message).label("this is read as a field")
        }
        Error::SuggestRawIdentifier(found) => {
            let meant = found.replace('-', "_");
            TextProblem::new(scene.here(), format!("`{}` is no name", clipped(found))).label(format!("did you mean `{}`?", clipped(&meant)))
        }
        Error::InvalidEscape(_) => {
            let text_start = scene.frames.last().and_then(|frame| frame.began);
            TextProblem::new(text_start.unwrap_or(start)..end, "a backslash escapes nothing here").label("write `\\\\` for one backslash")
        }
        Error::ExceededRecursionLimit => TextProblem::new(scene.here(), "the brackets nest too deep to read"),
        Error::TrailingCharacters => TextProblem::new(scene.here(), "there is more text behind the end of the session")
            .label("the session ended before this")
            .help("several sessions go in a list: `[Session(...), Session(...)]`"),
        Error::ExpectedComma => scene.no_comma(),
        Error::ExpectedMapColon => scene.no_colon(),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => scene.no_brackets(),
        Error::ExpectedIdentifier => scene.no_name(),
        Error::Eof => TextProblem::new(scene.here(), "the text ends too soon"),
        Error::Message(message) => TextProblem::new(scene.here(), message.clone()),
        Error::ExpectedString if scene.is_map_key() => {
            let found = clipped(&text[scene.here()]).into_owned();
            TextProblem::new(scene.here(), "a name in a map stands in quotes").label(format!("write \"{found}\""))
        }
        code if scene.field().is_some() => scene.wrong_value(code),
        code => TextProblem::new(start..end, code.to_string().to_lowercase()),
    }
}

/// Where `ron` stopped, and the brackets around.
struct Scene<'t> {
    text: &'t str,
    at: usize,
    frames: Vec<Frame>,
}

impl Scene<'_> {
    /// The token at or after the place, or the end of what stands before it.
    fn here(&self) -> Range<usize> {
        let end = self.text[..self.at].trim_end().len();
        Tokens::new(self.text, self.at).next().map_or(end..end, Token::range)
    }

    /// The field whose value stands here, or the variant.
    fn field(&self) -> Option<&str> {
        let named = |frame: &Frame| match &self.text[frame.name.clone()] {
            "Lesions" => Some(frame.name.clone()),
            _ => frame.key.clone(),
        };
        Some(&self.text[self.frames.iter().rev().find_map(named)?])
    }

    /// The value here, up to its comma: `09:05` and `normal saline` are no values, yet in one piece.
    fn value(&self) -> Range<usize> {
        let start = self.frames.last().and_then(|frame| frame.began).unwrap_or(self.here().start);
        let mut tokens = Tokens::new(self.text, start);
        let mut end = tokens.value().map_or(start, |value| value.end);
        while let Some(token) = tokens.next() {
            let mut ahead = tokens.clone();
            let starts_field = token.kind == Kind::Word
                && self.text[token.start..].starts_with(char::is_alphabetic)
                && ahead.next().is_some_and(|t| matches!(t.kind, Kind::Colon | Kind::Open('(')));
            let ends = matches!(token.kind, Kind::Comma | Kind::Close(_) | Kind::Quoted);
            if ends || starts_field || self.text[end..token.start].contains('\n') {
                break;
            }
            end = token.end;
        }
        start..end
    }

    /// Whether `1,000` was written for 1000.
    fn splits_a_number(&self) -> bool {
        let before = self.text[..self.at].strip_suffix(',').unwrap_or_default();
        let digit = |c: char| c.is_ascii_digit();
        before.ends_with(digit) && self.text[self.at..].starts_with(digit)
    }

    fn is_map_key(&self) -> bool {
        self.frames.last().is_some_and(|f| f.open.kind == Kind::Open('{') && f.key.is_none())
    }

    fn earlier_key(&self, name: &str, before: usize) -> Option<Range<usize>> {
        let group = self.frames.last()?.open.start..self.text.len();
        let mut keys = Parts::of(self.text, &group)?.filter_map(|part| part.key);
        keys.find(|key| self.text[key.clone()] == *name && key.start < before)
    }

    fn wrong_value(&self, code: &Error) -> TextProblem {
        let field = self.field().unwrap_or_default();
        let range = self.value();
        let found = &self.text[range.clone()];
        let inner = found.trim_matches(['"', '\'']);
        let shown = clipped(inner);
        let number = |text: &str| text.split(' ').next().and_then(|n| n.parse::<f64>().ok());
        let label = match code {
            _ if found.is_empty() => "nothing is given".to_owned(),
            Error::ExpectedString if !found.contains(['"', '(', '[', '{', '\n']) => {
                format!("write \"{shown}\"")
            }
            Error::ExpectedBoolean if matches!(&*inner.to_lowercase(), "yes" | "true" | "y") => "write true".to_owned(),
            Error::ExpectedBoolean if matches!(&*inner.to_lowercase(), "no" | "false" | "n") => "write false".to_owned(),
            Error::ExpectedArray if found.len() == shown.len() && !found.contains(['(', '{']) => {
                format!("write [{shown}]")
            }
            Error::IntegerOutOfBounds if inner.starts_with('-') => "less than 0".to_owned(),
            Error::IntegerOutOfBounds => "out of range".to_owned(),
            Error::ExpectedIdentifier if found.starts_with('"') => {
                format!("write {shown} without quotes")
            }
            Error::ExpectedFloat | Error::ExpectedInteger | Error::ExpectedComma => match number(inner) {
                Some(n) if n.fract() == 0.0 || matches!(code, Error::ExpectedFloat) => {
                    format!("write {n}")
                }
                _ => String::new(),
            },
            _ => String::new(),
        };
        TextProblem::new(range, format!("`{}` takes {}", clipped(field), wanted(field))).label(label)
    }

    fn no_comma(&self) -> TextProblem {
        let value = self.value();
        // A number that runs on, such as `2.5` for whole minutes or `2 min`.
        if value.start < self.at && self.at < value.end && self.field().is_some() {
            return self.wrong_value(&Error::ExpectedComma);
        }
        let end = Tokens::new(self.text, value.start).value().map_or(self.at, |value| value.end);
        let message = match self.frames.last().and_then(|frame| frame.key.clone()) {
            Some(key) => format!("a comma is missing after `{}`", clipped(&self.text[key])),
            None => "a comma is missing".to_owned(),
        };
        TextProblem::new(end..end, message).label("here")
    }

    fn no_colon(&self) -> TextProblem {
        let key = self.frames.last().and_then(|frame| frame.began).unwrap_or(self.at);
        let key = Tokens::new(self.text, key).value().unwrap_or(self.at..self.at);
        let shown = clipped(&self.text[key.clone()]);
        let here = self.here();
        if self.text[here.clone()].starts_with('=') {
            return TextProblem::new(here, format!("`=` stands where `{shown}` needs a colon")).label("write `:`");
        }
        TextProblem::new(key.clone(), format!("a colon is missing after `{shown}`")).label(format!("write `{shown}: ` and its value"))
    }

    /// Round brackets were expected.
    fn no_brackets(&self) -> TextProblem {
        let here = self.here();
        let name = self.frames.last().map_or(Some(0), |frame| frame.began);
        let name = name.and_then(|at| Tokens::new(self.text, at).next());
        let is_name = |t: &Token| t.kind == Kind::Word && self.text[t.start..].starts_with(char::is_alphabetic);
        match name.filter(is_name) {
            Some(name) => {
                let shown = clipped(&self.text[name.range()]);
                TextProblem::new(name.range(), format!("`{shown}` takes round brackets")).label(format!("write `{shown}(...)`"))
            }
            None if self.frames.is_empty() => TextProblem::new(here, "a log holds `Session(...)`").label("this is no session"),
            None => TextProblem::new(here, "expected fields in round brackets").label("write `(...)` here"),
        }
    }

    /// A name was expected: of an event, a field, or one of a few values.
    fn no_name(&self) -> TextProblem {
        let here = self.here();
        let found = Tokens::new(self.text, here.start).next().map(|t| t.kind);
        match self.frames.last() {
            None => TextProblem::new(here, "an event begins with its name, such as `Start(`").label("this is no event"),
            Some(frame) if frame.key.is_some() => self.wrong_value(&Error::ExpectedIdentifier),
            Some(_) if found == Some(Kind::Comma) => TextProblem::new(here, "there is a comma too many").label("nothing stands before it"),
            Some(frame) => {
                let mut tokens = Tokens::new(self.text, here.start);
                tokens.next();
                let quoted_key = tokens.next().is_some_and(|t| t.kind == Kind::Colon);
                let owner = clipped(&self.text[frame.name.clone()]);
                let label = if quoted_key { "write it without quotes" } else { "of which field?" };
                let message = match &*owner {
                    "(" => "each value here needs the name of its field".to_owned(),
                    _ => format!("each value in `{owner}` needs the name of its field"),
                };
                TextProblem::new(here, message).label(label).help("such as `at: \"09:05\"`")
            }
        }
    }
}

/// What a field's value looks like.
fn wanted(field: &str) -> &'static str {
    match field {
        "at" | "from" | "to" => "a time in quotes, such as \"09:05\"",
        "date" => "a date in quotes, such as \"2026-03-02\"",
        "drug" | "reason" => "a drug in quotes, such as \"ceftriaxone\"",
        "dose" | "waste" | "unit" => "a text in quotes, such as \"1 g\"",
        "code" => "a code in quotes, such as \"99213\"",
        "minutes" => "whole minutes, such as 2",
        "volume_ml" => "millilitres as a number, such as 1000",
        "rate_ml_per_h" | "ml_per_h" => "millilitres an hour as a number, such as 125",
        "continues_at_home" | "reaction" => "true or false",
        "setting" => "Hospital or Office",
        "route" => "IV, SC, IM or IA",
        "pump" => "Portable or Implantable",
        "container" => "SingleDose or MultiDose",
        "cavity" => "Pleural, Peritoneal, Intrathecal, Reservoir or Lesions(n)",
        "Lesions" => "how many, such as 4",
        "class" => "a class of drug, such as Therapeutic",
        "drugs" => "a map, such as { \"study drug 7\": (class: Antineoplastic) }",
        "sites" => "a map, such as { \"R forearm\": () }",
        "circumstances" => "a list in square brackets, such as [Disaster]",
        "events" => "a list in square brackets, such as [Start(...), Stop(...)]",
        "id" | "zone" | "patient" | "profile" | "site" | "separate" | "product" | "text" => "a text in quotes",
        name if name.contains('"') => "fields in round brackets, such as ()",
        _ => "another value",
    }
}

/// How a struct or an event is spoken of.
fn a_thing(outer: Option<&str>) -> String {
    match outer {
        None => "this".to_owned(),
        Some("Session") => "the session".to_owned(),
        Some("DrugNote") => "an entry of `drugs`".to_owned(),
        Some("SiteNote") => "an entry of `sites`".to_owned(),
        Some(event) => format!("`{event}`"),
    }
}

/// The nearest of the names, as a question; empty where none is near.
fn did_you_mean(found: &str, names: &[&str]) -> String {
    let plain = found.to_lowercase();
    if plain.len() > 64 {
        return String::new();
    }
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        let begins = plain.len() >= 3 && name.starts_with(&plain);
        if begins { 1.0 } else { strsim::normalized_damerau_levenshtein(&plain, &name) }
    };
    let near = names.iter().map(|name| (likeness(name), name)).filter(|(like, _)| *like >= 0.6);
    near.reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map_or_else(String::new, |(_, name)| format!("did you mean `{name}`?"))
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        [most @ .., last] => format!("`{}` or `{last}`", most.join("`, `")),
    }
}

/// The first words of a long text.
fn clipped(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A session with this in its list of events.
    fn with_events(events: &str) -> String {
        format!("Session(id: \"\u{e9}\", setting: Office, date: \"2026-03-02\", events: [\n{events}\n])")
    }

    /// Each problem as `underlined | message | label`.
    fn problems(text: &str) -> Vec<String> {
        let told = |p: TextProblem| format!("{} | {} | {}", &text[p.range], p.message, p.label);
        sessions(text).expect_err(text).into_iter().map(told).collect()
    }

    #[test]
    fn each_mistake_in_an_event_is_named_under_its_own_words() {
        for (event, told) in [
            (r#"Start(at: "9", durg: "x")"#, "durg | `Start` has no field `durg` | did you mean `drug`?"),
            (r#"Start(at: "9", drug: "x", volume: 5)"#, "volume | `Start` has no field `volume` | did you mean `volume_ml`?"),
            (r#"Start(at: "9", drug: "x", zzz: 5)"#, "zzz | `Start` has no field `zzz` | "),
            (r#"Strat(at: "9")"#, "Strat | there is no event `Strat` | did you mean `Start`?"),
            (r#"Start(at: "9")"#, "Start | `Start` lacks `drug` | `drug` takes a drug in quotes, such as \"ceftriaxone\""),
            (r#"Start(at: "9", drug: "x", at: "8")"#, "at | `Start` has `at` twice | given again"),
            (r#"Start(at: 09:05, drug: "x")"#, "09:05 | `at` takes a time in quotes, such as \"09:05\" | write \"09:05\""),
            (
                r#"Start(at: 2026-03-02T09:05, drug: "x")"#,
                "2026-03-02T09:05 | `at` takes a time in quotes, such as \"09:05\" | write \"2026-03-02T09:05\"",
            ),
            (
                r#"Start(at: "9", drug: normal saline, site: "R")"#,
                "normal saline | `drug` takes a drug in quotes, such as \"ceftriaxone\" | write \"normal saline\"",
            ),
            (
                r#"Start(at: "9", drug: ceftriaxone site: "R")"#,
                "ceftriaxone | `drug` takes a drug in quotes, such as \"ceftriaxone\" | write \"ceftriaxone\"",
            ),
            (r#"Start(at: "9", drug: 'x')"#, "'x' | `drug` takes a drug in quotes, such as \"ceftriaxone\" | write \"x\""),
            (r#"Start(at: "9", drug: )"#, " | `drug` takes a drug in quotes, such as \"ceftriaxone\" | nothing is given"),
            (
                r#"Start(at: "9", drug: "x", volume_ml: "1000")"#,
                "\"1000\" | `volume_ml` takes millilitres as a number, such as 1000 | write 1000",
            ),
            (
                r#"Start(at: "9", drug: "x", volume_ml: 1000 mL)"#,
                "1000 mL | `volume_ml` takes millilitres as a number, such as 1000 | write 1000",
            ),
            (
                r#"Start(at: "9", drug: "x", volume_ml: 1,000)"#,
                "000 | a number takes no comma between its thousands | this is read as a field",
            ),
            (r#"Start(at: "9", drug: "x", route: iv)"#, "iv | there is no route `iv` | did you mean `IV`?"),
            (r#"Start(at: "9", drug: "x", route: "IV")"#, "\"IV\" | `route` takes IV, SC, IM or IA | write IV without quotes"),
            (r#"Start(at: "9", drug: "x", continues_at_home: yes)"#, "yes | `continues_at_home` takes true or false | write true"),
            (
                r#"Start(at: "9", drug: "x", continues-at-home: true)"#,
                "continues-at-home | `continues-at-home` is no name | did you mean `continues_at_home`?",
            ),
            (r#"Push(at: "9", drug: "x", minutes: -2)"#, "-2 | `minutes` takes whole minutes, such as 2 | less than 0"),
            (r#"Push(at: "9", drug: "x", minutes: 5000000000)"#, "5000000000 | `minutes` takes whole minutes, such as 2 | out of range"),
            (r#"Push(at: "9", drug: "x", minutes: 2.5)"#, "2.5 | `minutes` takes whole minutes, such as 2 | "),
            (r#"Instill(at: "9", drug: "x", cavity: Lesions(-1))"#, "-1 | `Lesions` takes how many, such as 4 | less than 0"),
            (r#"Start(at: "9" drug: "x")"#, " | a comma is missing after `at` | here"),
            (r#"Start(at: "9", , drug: "x")"#, ", | there is a comma too many | nothing stands before it"),
            (r#"Start(at = "9", drug: "x")"#, "= | `=` stands where `at` needs a colon | write `:`"),
            (r#"Start(at "9", drug: "x")"#, "at | a colon is missing after `at` | write `at: ` and its value"),
            (r#"Start("9", "x")"#, "\"9\" | each value in `Start` needs the name of its field | of which field?"),
            (r#"Start("at": "9")"#, "\"at\" | each value in `Start` needs the name of its field | write it without quotes"),
            ("FlushPort", "FlushPort | `FlushPort` takes round brackets | write `FlushPort(...)`"),
            (r#"FlushPort{at: "9"}"#, "FlushPort | `FlushPort` takes round brackets | write `FlushPort(...)`"),
            (r#"Note(at: "9", text: "a\c")"#, "\"a\\c | a backslash escapes nothing here | write `\\\\` for one backslash"),
            (r#""x""#, "\"x\" | an event begins with its name, such as `Start(` | this is no event"),
        ] {
            assert_eq!(problems(&with_events(event)), [told], "{event}");
        }
    }

    #[test]
    fn each_mistake_around_the_events_is_named() {
        let open = "Session(id: \"a\", setting: Office, date: \"2026-03-02\", events: []";
        for (text, told) in [
            ("Sesion(id: \"a\")".to_owned(), "Sesion | a log holds `Session(...)`, not `Sesion` | did you mean `Session`?"),
            ("{\"id\": 1}".to_owned(), "{ | a log holds `Session(...)` | this is no session"),
            ("// nothing\n".to_owned(), " | the file holds nothing but comments | "),
            (
                "Session(id: \"a\", setting: Office, date: \"b\")".to_owned(),
                "Session | the session lacks `events` | `events` takes a list in square brackets, such as [Start(...), Stop(...)]",
            ),
            (
                format!("{open}, circumstances: Disaster)"),
                "Disaster | `circumstances` takes a list in square brackets, such as [Disaster] | write [Disaster]",
            ),
            (format!("{open}, drugs: {{x: ()}})"), "x | a name in a map stands in quotes | write \"x\""),
            (format!("{open}, drugs: {{\"x\" ()}})"), "\"x\" | a colon is missing after `\"x\"` | write `\"x\": ` and its value"),
            (format!("{open}, drugs: {{\"x\": (clas: 1)}})"), "clas | an entry of `drugs` has no field `clas` | did you mean `class`?"),
            (format!("{open}) Session()"), "Session | there is more text behind the end of the session | the session ended before this"),
            (format!("{open}, circumstances: [{}1{}])", "(".repeat(200), ")".repeat(200)), "( | the brackets nest too deep to read | "),
            (open.to_owned(), "( | `(` is never closed | opened here"),
            (format!("{open})]"), "] | `]` closes nothing | one too many"),
            (format!("{open}, circumstances: [A(B]))"), "] | `(` opened at 1:84 is closed by `]` | closes the `(`"),
            (format!("{open} /* x)"), "/* | a comment is never closed | opened here"),
            (
                format!("{open}, zone: \u{201C}UTC\u{201D})"),
                "\u{201C} | a curly quote (U+201C) stands outside any text | write `\"` instead",
            ),
            (
                format!("{open},\u{a0}zone: \"UTC\")"),
                "\u{a0} | a no-break space (U+00A0) stands outside any text | write a plain space instead",
            ),
            (
                format!("{open}\u{ff0c} zone: \"UTC\")"),
                "\u{ff0c} | a full-width character (U+FF0C) stands outside any text | write `,` instead",
            ),
            (format!("{open}, # zone\n)"), "# | `#` is no part of a log | write `//` before a comment instead"),
        ] {
            assert_eq!(problems(&text), [told], "{text}");
        }
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
            (b"a\n\x93b", "byte 3 (0x93, on line 2) is not UTF-8"),
            (b"\xEF\xBB\xBF \n", "the file is empty"),
            (b"", "the file is empty"),
        ] {
            assert_eq!(decode(bytes).expect_err(told).message, told);
        }
        assert_eq!(decode(b"\xEF\xBB\xBFx").as_deref(), Ok("x"));
    }
}
