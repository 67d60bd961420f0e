//! One session in JSON: the same fields, read by `serde_json`.
//!
//! `serde_json` tells neither where a value stands nor what was expected there, other than in one
//! sentence. What it refuses is therefore read again, value by value, by a reader that keeps both.

pub(crate) mod places;
mod refusal;
mod syntax;
mod value;

use std::ops::Range;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::locate::{self, Step};
use super::log::{Event, Session};
use super::parse::TextProblem;
use super::tokens::{DEEPEST, Kind, Tokens};
use refusal::Refusal;
use value::Value;

/// Why a text is no session, and what it still says.
pub(crate) struct Bad {
    /// All that can be told apart, in the order of the text.
    pub problems: Vec<TextProblem>,
    /// Whether it is JSON all the same.
    pub is_json: bool,
}

/// Reads one session.
///
/// # Errors
/// All that is wrong with it.
pub(crate) fn session(text: &str) -> Result<Session, Bad> {
    let is_object = text.trim_start().starts_with('{');
    let error = match serde_json::from_str(text) {
        Ok(session) if is_object => return Ok(session),
        Ok(_) => None,
        Err(error) => Some(error),
    };
    // The first value of a wrong kind ends a reading: what follows may not even be JSON.
    if let Err(broken) = serde_json::from_str::<IgnoredAny>(text) {
        return Err(Bad { problems: vec![syntax::explain(text, &broken)], is_json: false });
    }
    let problems = match too_deep(text) {
        Some(problem) => vec![problem],
        None if is_object => in_session(text),
        None => vec![refusal::no_object(text)],
    };
    // What serde_json alone refuses, such as a number beyond all measure.
    let problems = if problems.is_empty() { error.iter().map(|error| syntax::explain(text, error)).collect() } else { problems };
    Err(Bad { problems, is_json: true })
}

/// Brackets that nest deeper than any session's, where `serde_json` stops too.
fn too_deep(text: &str) -> Option<TextProblem> {
    let mut depth = 0;
    let deepest = Tokens::new(text, 0).find(|token| {
        match token.kind {
            Kind::Open(_) => depth += 1,
            Kind::Close(_) => depth -= 1,
            _ => {}
        }
        depth > DEEPEST
    });
    deepest.map(|bracket| TextProblem::new(bracket.range(), "the brackets nest too deep to read"))
}

/// The text of a field of the session, where it has one.
pub(crate) fn text_of(text: &str, field: &str) -> Option<String> {
    let value = locate::find(text, &[Step::Item(0), Step::Key(field)])?;
    serde_json::from_str(&text[value]).ok()
}

/// What a session says wrong: its own first problem and each event's.
fn in_session(text: &str) -> Vec<TextProblem> {
    let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    let whole = text.len() - text.trim_start_matches(blank).len()..text.trim_end_matches(blank).len();
    let list = locate::find_in(text, whole.clone(), &[Step::Key("events")]).filter(|list| text[list.clone()].starts_with('['));
    let mut problems = Vec::new();
    let mut tell = |refused: Result<(), Refusal>| problems.extend(refused.err().map(|refusal| refusal.explain(text)));
    for event in list.iter().flat_map(|list| locate::entries(text, list.clone())) {
        tell(Event::deserialize(Value::new(text, event.value)).map(drop));
    }
    let without = list.map_or_else(|| text.to_owned(), |list| blanked(text, list.start + 1..list.end - 1));
    tell(Session::deserialize(Value::new(&without, whole)).map(drop));
    problems.sort_by_key(|problem| problem.range.start);
    problems
}

/// The same text with nothing in a stretch of it, every byte in place.
fn blanked(text: &str, inner: Range<usize>) -> String {
    let blanks = " ".repeat(inner.len());
    [&text[..inner.start], &blanks, &text[inner.end..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_events(events: &str) -> String {
        format!(r#"{{"id": "a", "setting": "Office", "date": "2026-03-02", "events": [{events}]}}"#)
    }

    fn told(text: &str) -> Vec<String> {
        let bad = session(text).map(drop).expect_err(text);
        bad.problems.into_iter().map(|p| format!("{} | {} | {}", &text[p.range], p.message, p.label)).collect()
    }

    #[test]
    fn what_is_written_as_json_is_read_back() {
        for file in ["sessions/3-hydration/ed-0417.ron"] {
            let text = std::fs::read_to_string(file).expect(file);
            for one in crate::session::parse::sessions(&text).expect(file) {
                let line = serde_json::to_string(&one).expect("plain data");
                assert_eq!(session(&line).map_err(|bad| bad.problems), Ok(one));
            }
        }
    }

    #[test]
    fn each_mistake_in_an_event_is_named_under_its_own_words() {
        for (event, expected) in [
            (r#"{"Start": {"at": "9", "durg": "x"}}"#, r#""durg" | `Start` has no field `durg` | did you mean `drug`?"#),
            (r#"{"Strat": {"at": "9"}}"#, r#""Strat" | there is no event `Strat` | did you mean `Start`?"#),
            (r#"{"Start": {"at": "9"}}"#, r#""Start" | `Start` lacks `drug` | `drug` takes a drug in quotes, such as "ceftriaxone""#),
            (r#"{"Start": {"at": "9", "drug": "x", "at": "8"}}"#, r#""at" | `Start` has `at` twice | given again"#),
            (r#"{"Push": {"at": 905, "drug": "x"}}"#, r#"905 | `at` takes a time in quotes, such as "09:05" | write "09:05""#),
            (
                r#"{"Start": {"at": "9", "drug": "x", "volume_ml": "1000 mL"}}"#,
                r#""1000 mL" | `volume_ml` takes millilitres as a number, such as 1000 | write 1000"#,
            ),
            (
                r#"{"Push": {"at": "9", "drug": "x", "minutes": 2.5}}"#,
                "2.5 | `minutes` takes whole minutes, such as 2 | write 2: seconds are dropped",
            ),
            (r#"{"Push": {"at": "9", "drug": "x", "minutes": -2}}"#, "-2 | `minutes` takes whole minutes, such as 2 | less than 0"),
            (
                r#"{"Push": {"at": "9", "drug": "x", "minutes": 5000000000}}"#,
                "5000000000 | `minutes` takes whole minutes, such as 2 | out of range",
            ),
            (r#"{"Start": {"at": "9", "drug": "x", "route": "iv"}}"#, r#""iv" | there is no route `iv` | did you mean `IV`?"#),
            (
                r#"{"Start": {"at": "9", "drug": "x", "route": null}}"#,
                r#"null | `route` takes "IV", "SC", "IM" or "IA" | leave the field out"#,
            ),
            (
                r#"{"Start": {"at": "9", "drug": "x", "continues_at_home": "yes"}}"#,
                r#""yes" | `continues_at_home` takes true or false | write true"#,
            ),
            (
                r#"{"Instill": {"at": "9", "drug": "x", "cavity": {"Lesions": -1}}}"#,
                "-1 | `Lesions` takes how many, such as 4 | less than 0",
            ),
            (r#"{"at": "9", "Start": {}}"#, r#"{"at": "9", "Start": {}} | an event is one name and its fields | write {"Start": {...}}"#),
            (r#""FlushPort""#, r#""FlushPort" | `FlushPort` needs its fields | write {"FlushPort": {...}}"#),
            ("7", r#"7 | an event is one name and its fields | write {"Start": {...}}"#),
        ] {
            assert_eq!(told(&with_events(event)), [expected], "{event}");
        }
    }

    #[test]
    fn each_mistake_around_the_events_is_named() {
        let open = r#"{"id": "a", "setting": "Office", "date": "2026-03-02", "events": []"#;
        for (text, expected) in [
            (
                r#"{"id": 7, "setting": "Office", "date": "b", "events": []}"#.to_owned(),
                r#"7 | `id` takes a name in quotes, such as "2026-03-02-ed-0417" | write "7""#,
            ),
            (
                r#"{"id": "a", "setting": "Office", "date": "b"}"#.to_owned(),
                r#"{ | the session lacks `events` | `events` takes a list in square brackets, such as [{"FlushPort": {"at": "09:05"}}]"#,
            ),
            (
                format!(r#"{open}, "circumstances": "Disaster"}}"#),
                r#""Disaster" | `circumstances` takes a list in square brackets, such as ["Disaster"] | write ["Disaster"]"#,
            ),
            (
                format!(r#"{open}, "drugs": {{"x": {{"clas": 1}}}}}}"#),
                r#""clas" | an entry of `drugs` has no field `clas` | did you mean `class`?"#,
            ),
            (open.to_owned(), "} | the line ends too soon | a `}` is missing"),
            ("[]".to_owned(), "[ | a line holds one session, `{...}` | this is a list"),
            (format!("{open}}} {{}}"), "{ | there is more text behind the end of the session | the session ended before this"),
            (open.replace(r#""a","#, r#""a""#) + "}", r#""setting" | a comma is missing | before this"#),
            ("Session(id: \"a\")".to_owned(), "Session | this is no JSON | a session is written `{\"id\": ...}`"),
        ] {
            let told = told(&text);
            if expected.starts_with("} ") {
                assert!(told[0].ends_with(&expected[1..]), "{told:?}");
            } else {
                assert_eq!(told, [expected], "{text}");
            }
        }
    }

    #[test]
    fn what_is_beyond_all_measure_is_told() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let text = with_events("").replace("[]}", &format!("[], \"circumstances\": [{deep}]}}"));
        assert_eq!(told(&text), ["[ | the brackets nest too deep to read | "]);
        let text = with_events(r#"{"Rate": {"at": "9", "drug": "x", "ml_per_h": 1e999}}"#);
        assert!(told(&text)[0].ends_with("number out of range | "), "{:?}", told(&text));
    }

    #[test]
    fn every_problem_of_a_line_is_told_at_once() {
        let text = with_events(r#"{"Strat": {}}, {"FlushPort": {"at": "9"}}, {"FlushPort": {"at": 9}}"#).replace("Office", "Offce");
        let told = told(&text);
        assert_eq!(told.len(), 3, "{told:#?}");
        assert!(told[0].starts_with("\"Offce\" | there is no setting") && told[2].starts_with("9 | `at` takes"), "{told:#?}");
    }
}
