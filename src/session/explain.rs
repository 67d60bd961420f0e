//! What is wrong with a text, in a nurse's words and with the value itself underlined.

use std::borrow::Cow;
use std::ops::Range;

use ron::error::{Error, SpannedError};

use super::dates::as_clock;
use super::locate;
use super::parse::TextProblem;
use super::tokens::{self, Frame, Kind, Parts, Token, Tokens};

/// What `ron` refused, with the value itself underlined.
pub(crate) fn explain(text: &str, error: &SpannedError) -> TextProblem {
    let start = locate::offset(text, error.span.start.line, error.span.start.col);
    let end = locate::offset(text, error.span.end.line, error.span.end.col);
    let scene = Scene { text, at: end, frames: tokens::frames(text, end) };
    match &error.code {
        Error::NoSuchStructField { expected, found, outer } => {
            let message = format!("{} has no field `{}`", a_thing(outer.as_deref()), clipped(found));
            let help = match (outer.as_deref(), found.as_str()) {
                (Some("Start"), "to" | "from" | "stop" | "end") => {
                    "a bag with both its times is written Infuse(from: ..., to: ..., drug: ...)".to_owned()
                }
                _ => format!("it takes {}", listed(expected)),
            };
            TextProblem::new(start..end, message).label(did_you_mean(found, expected)).help(help)
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
                "DrugNote" => format!("write (class: {})", clipped(found)),
                _ => "expected fields in round brackets".to_owned(),
            };
            TextProblem::new(start..end, message).label(label)
        }
        Error::SuggestRawIdentifier(_) if scene.splits_a_number() => {
            let number = scene.number();
            let plain: String = text[number.clone()].chars().filter(|c| *c != ',').collect();
            TextProblem::new(number, "a number takes no comma between its thousands").label(format!("write {}", clipped(&plain)))
        }
        Error::SuggestRawIdentifier(found) if found.starts_with("--") => {
            TextProblem::new(scene.here(), "`--` begins no comment").label("write `//` instead")
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
            TextProblem::new(scene.here(), "a name in a map needs quotes").label(format!("write \"{found}\""))
        }
        code if scene.field().is_some() => scene.wrong_value(code),
        code => TextProblem::new(start..end, code.to_string().to_lowercase()),
    }
}

/// What `ron` refused in a text of facts: the words of a log's events would mislead there.
pub(crate) fn explain_facts(text: &str, error: &SpannedError, holds: &'static str) -> TextProblem {
    let end = locate::offset(text, error.span.end.line, error.span.end.col);
    let scene = Scene { text, at: end, frames: tokens::frames(text, end) };
    let first = || Tokens::new(text, tokens::skip_attributes(text)).next().map_or(0..0, Token::range);
    let begins = || format!("this file holds `{holds}(...)`");
    match &error.code {
        Error::ExpectedDifferentStructName { expected, found } if *expected == holds => {
            TextProblem::new(first(), begins()).label(did_you_mean(found, &[holds]))
        }
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) | Error::ExpectedIdentifier if scene.frames.is_empty() => {
            TextProblem::new(first(), begins()).label("write it here")
        }
        Error::TrailingCharacters => TextProblem::new(scene.here(), "there is more text behind the end").label("it ended before this"),
        Error::MissingStructField { field, .. } => TextProblem { label: format!("add `{field}`"), ..explain(text, error) },
        Error::NoSuchStructField { .. }
        | Error::NoSuchEnumVariant { .. }
        | Error::DuplicateStructField { .. }
        | Error::SuggestRawIdentifier(_)
        | Error::InvalidEscape(_)
        | Error::ExceededRecursionLimit
        | Error::ExpectedComma
        | Error::ExpectedMapColon
        | Error::ExpectedIdentifier => explain(text, error),
        // A check of our own, in its own words.
        Error::Message(message) => TextProblem::new(scene.here(), message.clone()).label("not so"),
        code => match scene.field() {
            Some(field) => {
                let (message, range) = (format!("`{}` takes another value", clipped(field)), scene.value());
                TextProblem::new(range, message).label(code.to_string().to_lowercase())
            }
            None => TextProblem::new(scene.here(), code.to_string().to_lowercase()),
        },
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

    /// The digits and commas around the place.
    fn number(&self) -> Range<usize> {
        let part = |c: char| c.is_ascii_digit() || c == ',';
        let start = self.text[..self.at].trim_end_matches(part).len();
        let end = self.text.len() - self.text[self.at..].trim_start_matches(|c: char| part(c) || c == '.').len();
        start..self.text[..end].trim_end_matches(',').len()
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
        if found.starts_with(':') {
            return TextProblem::new(range, "there is a colon too many").label("take it out");
        }
        let inner = found.trim_matches(['"', '\'', '`']);
        let shown = clipped(inner);
        let label = match code {
            _ if found.is_empty() => "nothing is given".to_owned(),
            _ if found.starts_with('"') && found.ends_with("\".") => "write a comma for the full stop".to_owned(),
            Error::ExpectedString if !found.contains(['"', '(', '[', '{', '\n']) => quoted(field, inner),
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
            Error::ExpectedFloat | Error::ExpectedInteger | Error::ExpectedComma => match amount(field, inner) {
                Some(n) if n.fract() == 0.0 || matches!(code, Error::ExpectedFloat) => {
                    format!("write {n}")
                }
                Some(n) if field == "minutes" && n > 0.0 => format!("write {}: seconds are dropped", n.trunc()),
                _ => String::new(),
            },
            _ => String::new(),
        };
        TextProblem::new(range, format!("`{}` takes {}", clipped(field), wanted(field))).label(label)
    }

    fn no_comma(&self) -> TextProblem {
        let value = self.value();
        if self.frames.last().is_some_and(|frame| frame.open.kind == Kind::Open('[')) {
            let end = Tokens::new(self.text, value.start).value().map_or(self.at, |value| value.end);
            return TextProblem::new(end..end, "a comma is missing in this list").label("here");
        }
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
            None => TextProblem::new(here, "expected fields in round brackets")
                .label("write `(...)` here")
                .help("such as { \"R forearm\": (), \"L port\": (separate: \"incompatible drugs\") }"),
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
                if tokens.next().is_some_and(|t| t.kind == Kind::Colon) {
                    let plain = self.text[here.clone()].trim_matches(['"', '\'']);
                    let label = format!("write {}", clipped(plain));
                    return TextProblem::new(here, "a field's name takes no quotes").label(label);
                }
                let owner = clipped(&self.text[frame.name.clone()]);
                let message = match &*owner {
                    "(" => "each value here needs the name of its field".to_owned(),
                    _ => format!("each value in `{owner}` needs the name of its field"),
                };
                TextProblem::new(here, message).label("of which field?").help("such as `at: \"09:05\"`")
            }
        }
    }
}

/// What a field's value looks like.
pub(super) fn wanted(field: &str) -> &'static str {
    match field {
        "at" | "from" | "to" => "a time in quotes, such as \"09:05\"",
        "date" => "a date in quotes, such as \"2026-03-02\"",
        "drug" | "reason" => "a drug in quotes, such as \"ceftriaxone\"",
        "dose" | "waste" => "an amount in quotes, such as \"1 g\"",
        "id" => "a name in quotes, such as \"2026-03-02-ed-0417\"",
        "zone" => "a time zone in quotes, such as \"America/Chicago\"",
        "patient" => "a pseudonym in quotes, such as \"p-1093\"",
        "profile" => "a profile in quotes, such as \"medicare\"",
        "site" => "a site in quotes, such as \"R forearm\"",
        "separate" => "a reason in quotes, such as \"incompatible drugs\"",
        "product" => "a blood product in quotes, such as \"red cells\"",
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
        "unit" | "text" => "a text in quotes",
        name if name.contains('"') => "fields in round brackets, such as ()",
        _ => "another value",
    }
}

/// How a struct or an event is spoken of.
pub(super) fn a_thing(outer: Option<&str>) -> String {
    match outer {
        None => "this".to_owned(),
        Some("Session") => "the session".to_owned(),
        Some("DrugNote") => "an entry of `drugs`".to_owned(),
        Some("SiteNote") => "an entry of `sites`".to_owned(),
        Some(event) => format!("`{event}`"),
    }
}

/// What a value without its quotes should have been.
pub(super) fn quoted(field: &str, inner: &str) -> String {
    let is_number = inner.parse::<f64>().is_ok();
    match field {
        "at" | "from" | "to" => match as_clock(inner) {
            Some(clock) => format!("write \"{clock}\""),
            None if is_number => String::new(),
            None => format!("write \"{}\"", clipped(inner)),
        },
        "dose" | "waste" if is_number => format!("write it with its unit, such as \"{} mg\"", clipped(inner)),
        "separate" if matches!(inner, "true" | "false") => "why is it separate?".to_owned(),
        _ => format!("write \"{}\"", clipped(inner)),
    }
}

/// The number in `1000 mL` or `1 L`, in the field's own unit; nothing where the unit is another.
pub(super) fn amount(field: &str, inner: &str) -> Option<f64> {
    let digits = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let number: f64 = inner[..digits].parse().ok()?;
    match (field, inner[digits..].trim().to_lowercase().as_str()) {
        (_, "") => Some(number),
        ("minutes", "m" | "min" | "mins" | "minute" | "minutes") | ("volume_ml", "ml" | "cc") => Some(number),
        ("volume_ml", "l" | "liter" | "liters" | "litre" | "litres") => Some(number * 1000.0),
        ("rate_ml_per_h" | "ml_per_h", "ml/h" | "ml/hr" | "cc/h" | "cc/hr") => Some(number),
        _ => None,
    }
}

/// What people write, and the field or value that it is here.
const OTHER_WORDS: [(&str, &str); 33] = [
    ("time", "at"),
    ("when", "at"),
    ("start", "from"),
    ("begin", "from"),
    ("end", "to"),
    ("stop", "to"),
    ("med", "drug"),
    ("medication", "drug"),
    ("rate", "ml_per_h"),
    ("rate", "rate_ml_per_h"),
    ("amount", "dose"),
    ("hcpcs", "code"),
    ("location", "site"),
    ("reason", "separate"),
    ("hang", "Start"),
    ("begin", "Start"),
    ("end", "Stop"),
    ("hold", "Pause"),
    ("restart", "Resume"),
    ("bolus", "Push"),
    ("injection", "Inject"),
    ("flush", "FlushPort"),
    ("blood", "Transfuse"),
    ("comment", "Note"),
    ("subq", "SC"),
    ("sq", "SC"),
    ("subcut", "SC"),
    ("ed", "Hospital"),
    ("chemo", "Antineoplastic"),
    ("fluid", "Hydration"),
    ("antibiotic", "Therapeutic"),
    ("it", "Intrathecal"),
    ("ommaya", "Reservoir"),
];

/// The nearest of the names, as a question; empty where none is near.
pub(super) fn did_you_mean(found: &str, names: &[&str]) -> String {
    let plain = found.to_lowercase();
    if plain.len() > 64 {
        return String::new();
    }
    if let Some((_, name)) = OTHER_WORDS.iter().find(|(word, name)| *word == plain && names.contains(name)) {
        return format!("did you mean `{name}`?");
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

pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => format!("`{one}`"),
        [most @ .., last] => format!("`{}` or `{last}`", most.join("`, `")),
    }
}

/// The first words of a long text.
pub(super) fn clipped(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(40) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use crate::session::parse::tests::{problems, with_events};

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
            (r#"Start(at: "9", drug: "x", volume_ml: 1,000)"#, "1,000 | a number takes no comma between its thousands | write 1000"),
            (r#"Start(at: "9", drug: "x", route: iv)"#, "iv | there is no route `iv` | did you mean `IV`?"),
            (r#"Start(at: "9", drug: "x", route: "IV")"#, "\"IV\" | `route` takes IV, SC, IM or IA | write IV without quotes"),
            (r#"Start(at: "9", drug: "x", continues_at_home: yes)"#, "yes | `continues_at_home` takes true or false | write true"),
            (
                r#"Start(at: "9", drug: "x", continues-at-home: true)"#,
                "continues-at-home | `continues-at-home` is no name | did you mean `continues_at_home`?",
            ),
            (r#"Push(at: "9", drug: "x", minutes: -2)"#, "-2 | `minutes` takes whole minutes, such as 2 | less than 0"),
            (r#"Push(at: "9", drug: "x", minutes: 5000000000)"#, "5000000000 | `minutes` takes whole minutes, such as 2 | out of range"),
            (r#"Push(at: "9", drug: "x", minutes: 2.5)"#, "2.5 | `minutes` takes whole minutes, such as 2 | write 2: seconds are dropped"),
            (r#"Instill(at: "9", drug: "x", cavity: Lesions(-1))"#, "-1 | `Lesions` takes how many, such as 4 | less than 0"),
            (r#"Push(at: "9", drug: "x", minutes: "2 min")"#, "\"2 min\" | `minutes` takes whole minutes, such as 2 | write 2"),
            (r#"Push(at: "9", drug: "x", minutes: "1 h")"#, "\"1 h\" | `minutes` takes whole minutes, such as 2 | "),
            (
                r#"Start(at: "9", drug: "x", volume_ml: "1 L")"#,
                "\"1 L\" | `volume_ml` takes millilitres as a number, such as 1000 | write 1000",
            ),
            (r#"Push(at: 905, drug: "x")"#, "905 | `at` takes a time in quotes, such as \"09:05\" | write \"09:05\""),
            (r#"Push(at: "9", drug:: "x")"#, ": | there is a colon too many | take it out"),
            (r#"Start(at: "9" drug: "x")"#, " | a comma is missing after `at` | here"),
            (r#"Start(at: "9", , drug: "x")"#, ", | there is a comma too many | nothing stands before it"),
            (r#"Start(at = "9", drug: "x")"#, "= | `=` stands where `at` needs a colon | write `:`"),
            (r#"Start(at "9", drug: "x")"#, "at | a colon is missing after `at` | write `at: ` and its value"),
            (r#"Start("9", "x")"#, "\"9\" | each value in `Start` needs the name of its field | of which field?"),
            (r#"Start("at": "9")"#, "\"at\" | a field's name takes no quotes | write at"),
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
            (format!("{open}, drugs: {{x: ()}})"), "x | a name in a map needs quotes | write \"x\""),
            (format!("{open}, drugs: {{\"x\" ()}})"), "\"x\" | a colon is missing after `\"x\"` | write `\"x\": ` and its value"),
            (format!("{open}, drugs: {{\"x\": (clas: 1)}})"), "clas | an entry of `drugs` has no field `clas` | did you mean `class`?"),
            (format!("{open}) Session()"), "Session | there is more text behind the end of the session | the session ended before this"),
            (format!("{open}, circumstances: [{}1{}])", "(".repeat(200), ")".repeat(200)), "( | the brackets nest too deep to read | "),
            (open.to_owned(), "( | `(` is never closed | opened here"),
            (format!("{open})]"), "] | `]` closes nothing | one too many"),
            (format!("{open}, circumstances: [A(B]))"), "] | `(` opened at 1:84 is closed by `]` | expected `)`"),
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
}
