//! JSON: one array of sessions, or one object a line.

use std::fmt::Write as _;

use super::Exporter;
use super::excerpt::harmless;
use super::spot::Spotter;
use super::view::{self, Sheet};
use crate::{Bill, Reference, Source};

/// An array with one object a session.
pub struct Json;

impl Exporter for Json {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        array(sheets)
    }
}

/// Plain data as one array.
#[must_use]
pub fn array<T: serde::Serialize>(all: &[T]) -> String {
    escaped(serde_json::to_string_pretty(all).expect("plain data")) + "\n"
}

/// Plain data as one object.
#[must_use]
pub fn object<T: serde::Serialize>(one: &T) -> String {
    escaped(serde_json::to_string_pretty(one).expect("plain data")) + "\n"
}

/// One object a line.
pub struct NdJson;

impl Exporter for NdJson {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        sheets.iter().map(|sheet| escaped(serde_json::to_string(sheet).expect("plain data")) + "\n").collect()
    }
}

/// Writes one bill as one object on a line of its own: all of NDJSON that a stream needs.
pub fn line(bill: &Bill, sources: &[Source], spotter: &Spotter, reference: &Reference, text: &mut String) {
    let sheet = view::sheet(bill, sources, spotter, reference);
    text.push_str(&escaped(serde_json::to_string(&sheet).expect("plain data")));
    text.push('\n');
}

/// The same JSON with what a terminal would obey, or a stream take out, written as `\u009b`.
pub(super) fn escaped(json: String) -> String {
    let is_plain = |byte: u8| byte == b'\n' || (b' '..0x7f).contains(&byte);
    if json.bytes().all(is_plain) {
        return json;
    }
    let mut bytes = [0; 4];
    let mut is_odd = |c: char| {
        let c: &str = c.encode_utf8(&mut bytes);
        c != "\n" && harmless(c) != c
    };
    if !json.chars().any(&mut is_odd) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_odd(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_comes_back() {
        let name = "a\u{9b}31m\u{7f}\u{202E}\u{E0041}\u{1b}\u{e9}\n";
        let json = escaped(serde_json::to_string(name).expect("plain data"));
        assert_eq!(json, r#""a\u009b31m\u007f\u202e\udb40\udc41\u001b\u00e9\n""#.replace("\\u00e9", "\u{e9}"));
        assert_eq!(serde_json::from_str::<String>(&json).expect("it parses"), name);
    }
}
