//! What is no JSON at all, in a person's words.

use super::super::explain::clipped;
use super::super::parse::TextProblem;
use super::refusal::{here, stopped};

/// What `serde_json` stopped at.
pub(super) fn explain(text: &str, error: &serde_json::Error) -> TextProblem {
    let at = stopped(text, error);
    let place = here(text, at);
    let told = error.to_string();
    let end = text.trim_end().len();
    let last = text[..end].char_indices().next_back().map_or(0..0, |(at, _)| at..end);
    let whole = "one whole session a line: `jq -c .` writes JSON so";
    if told.starts_with("EOF while parsing a string") {
        return TextProblem::new(last, "a text is never closed").label("a `\"` is missing").help(whole);
    }
    if told.starts_with("EOF while parsing") {
        let label = match open_bracket(text) {
            Some('[') => "a `]` is missing",
            Some(_) => "a `}` is missing",
            None => "its value is missing",
        };
        return TextProblem::new(last, "the line ends too soon").label(label).help(whole);
    }
    let problem = |message: &str| TextProblem::new(place.clone(), message);
    match told.split(" at line ").next().unwrap_or_default() {
        "expected `:`" => problem("a colon is missing").label("before this"),
        "expected `,` or `}`" | "expected `,` or `]`" => problem("a comma is missing").label("before this"),
        "trailing comma" => problem("there is a comma too many").label("before this"),
        "key must be a string" => {
            let found = clipped(&text[place.clone()]).into_owned();
            problem("a name needs quotes").label(format!("write \"{}\"", found.trim_matches('\'')))
        }
        "trailing characters" => {
            problem("there is more text behind the end of the session").label("the session ended before this").help("one session a line")
        }
        "invalid escape" => TextProblem::new(at..at, "a backslash escapes nothing here").label("write `\\\\` for one backslash"),
        "recursion limit exceeded" => problem("the brackets nest too deep to read"),
        told if told.starts_with("control character") => {
            TextProblem::new(at..at, "a control character stands in a text").label("write it as an escape, such as \\t")
        }
        _ if text[..at].trim().is_empty() || text[..place.start].trim().is_empty() => {
            let first = here(text, 0);
            let problem = TextProblem::new(first, "this is no JSON").label("a session is written `{\"id\": ...}`");
            if text.trim_start().starts_with("Session") { problem.help("a log in RON is read without `--from ndjson`") } else { problem }
        }
        told => problem(&format!("this is no JSON: {told}")),
    }
}

/// The innermost bracket that is open at the end.
fn open_bracket(text: &str) -> Option<char> {
    use super::super::tokens::{Kind, frames};
    match frames(text, text.len()).last()?.open.kind {
        Kind::Open(bracket) => Some(bracket),
        _ => None,
    }
}
