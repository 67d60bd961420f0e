//! JSON: one array of sessions, or one object a line.

use std::fmt::Write as _;

use super::Exporter;
use super::drugs;
use super::excerpt::harmless;
use super::spot::Spotter;
use super::view::{self, Sheet, Teller, Why, setting_word, status_word};
use crate::claim::Line;
use crate::timeline::calendar::{Minute, push_day};
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
///
/// The same bytes as the sheet's, without making one: a stream's time goes into its results.
pub fn line(bill: &Bill, sources: &[Source], spotter: &Spotter, reference: &Reference, text: &mut String) {
    let mut out = Out(text);
    out.raw("{\"session\":").quoted(&bill.id);
    match bill.setting {
        Some(setting) => out.raw(",\"setting\":").plain(setting_word(setting)),
        None => out.raw(",\"setting\":null"),
    };
    out.raw(",\"profile\":").quoted(&bill.profile).raw(",\"status\":").plain(status_word(bill.status));
    let (claim, none) = (bill.claim.as_ref(), Vec::new);
    let teller = claim.map(|claim| Teller { coded: &claim.coded, reference });
    let told = claim.zip(teller.as_ref());
    out.raw(",\"lines\":").list(
        told.into_iter().flat_map(|(claim, teller)| claim.lines.iter().map(move |line| (line, teller))),
        |out, (line, teller)| {
            out.line(line, teller);
        },
    );
    let drug_lines = claim.into_iter().flat_map(|claim| claim.drug_lines.iter().map(|line| drugs::line(line, claim, reference)));
    out.raw(",\"drug_lines\":").list(drug_lines, |out, line| out.serde(&line));
    let unbilled = told.map_or_else(none, |(claim, teller)| teller.unbilled(claim));
    out.raw(",\"unbilled\":").list(unbilled, |out, why| {
        if let Some(teller) = &teller {
            out.raw("{\"drug\":").quoted(teller.name(why.drug)).raw(",\"rule\":").plain(why.rule.id()).why(&why, teller);
        }
    });
    let findings = bill.findings.iter().map(|found| view::finding(found, bill, sources, spotter));
    out.raw(",\"findings\":").list(findings, |out, finding| out.serde(&finding));
    out.raw("}\n");
}

/// JSON as it is put down.
struct Out<'t>(&'t mut String);

impl Out<'_> {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.0.push_str(json);
        self
    }

    fn quoted(&mut self, text: &str) -> &mut Self {
        let is_plain = text.bytes().all(|byte| (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\');
        if !is_plain {
            self.serde(text);
            return self;
        }
        self.raw("\"").raw(text).raw("\"")
    }

    /// A word of ours, that needs no look.
    fn plain(&mut self, word: &'static str) -> &mut Self {
        self.raw("\"").raw(word).raw("\"")
    }

    fn number(&mut self, number: i64) -> &mut Self {
        if let digit @ 0..10 = number {
            self.0.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
        } else {
            let _ = write!(self.0, "{number}");
        }
        self
    }

    /// What is rare, or long to tell.
    fn serde<T: serde::Serialize + ?Sized>(&mut self, value: &T) {
        self.raw(&escaped(serde_json::to_string(value).expect("plain data")));
    }

    fn list<T>(&mut self, items: impl IntoIterator<Item = T>, mut item: impl FnMut(&mut Self, T)) -> &mut Self {
        let mut between = "[";
        for one in items {
            self.raw(between);
            item(self, one);
            between = ",";
        }
        self.raw(if between == "[" { "[]" } else { "]" })
    }

    fn line(&mut self, line: &Line, teller: &Teller) {
        self.raw("{\"date\":\"");
        push_day(line.date, self.0);
        self.raw("\",\"code\":").quoted(&teller.reference.codes.get(line.code).code);
        self.raw(",\"modifiers\":").list(&line.modifiers, |out, modifier| {
            out.quoted(&teller.reference.modifiers.get(*modifier).code);
        });
        self.raw(",\"units\":").number(i64::try_from(line.units()).unwrap_or(i64::MAX));
        self.raw(",\"drugs\":").list(line.drugs(), |out, drug| {
            out.quoted(teller.name(Some(drug)));
        });
        self.raw(",\"reasons\":").list(teller.line(line), |out, why| {
            out.raw("{\"rule\":").plain(why.rule.id()).raw(",\"drug\":").quoted(teller.name(why.drug)).why(&why, teller);
        });
        self.raw("}");
    }

    /// From its text on to its end.
    fn why(&mut self, why: &Why, teller: &Teller) {
        self.raw(",\"text\":").quoted(&why.text);
        self.raw(",\"from\":").stamp(why.from(), teller).raw(",\"to\":").stamp(why.to(), teller);
        self.raw(",\"minutes\":").number(why.minutes());
        self.raw(",\"ran\":").list(why.ran(), |out, [from, to]| {
            out.raw("[").stamp(from, teller).raw(",").stamp(to, teller).raw("]");
        });
        self.raw("}");
    }

    fn stamp(&mut self, minute: Minute, teller: &Teller) -> &mut Self {
        self.raw("\"");
        teller.coded.calendar.push_stamp(minute, self.0);
        self.raw("\"")
    }
}

/// The same JSON with what a terminal would obey, or a stream take out, written as `\u009b`.
pub(super) fn escaped(json: String) -> String {
    let is_odd = |byte: u8| byte != b'\n' && !(b' '..0x7f).contains(&byte);
    // To the end, whatever comes: so it is done many bytes at a time.
    if !json.bytes().fold(false, |odd, byte| odd | is_odd(byte)) {
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
    use super::{Exporter, NdJson, Spotter, escaped, line};
    use crate::show::sheets;
    use crate::{Options, Reference, Source, bill};

    #[test]
    fn a_line_is_what_the_sheet_would_be() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let logs = ["sessions", "tests/cases", "tests/bad"].into_iter().flat_map(|folder| walkdir::WalkDir::new(root.join(folder)));
        let logs = logs.filter_map(Result::ok).filter(|entry| entry.path().extension().is_some_and(|ending| ending == "ron"));
        let mut compared = 0;
        for log in logs {
            let bytes = std::fs::read(log.path()).expect("it is there");
            for policy in ["overlap=deduct", "overlap=any"] {
                let options = Options { policies: vec![policy.to_owned()], ..Options::default() };
                let sources = [Source::new("a \u{e9}\u{9b}.ron", &bytes)];
                let (bills, reference) = (bill(&sources, &options, Reference::embedded()), Reference::embedded());
                let (spotter, mut lines) = (Spotter::new(&sources[0]), String::new());
                bills.iter().for_each(|bill| line(bill, &sources, &spotter, reference, &mut lines));
                assert_eq!(lines, NdJson.export(&bills, &sheets(&bills, &sources, reference)), "{}", log.path().display());
                compared += bills.len();
            }
        }
        assert!(compared > 1000, "only {compared} bills were compared");
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_comes_back() {
        let name = "a\u{9b}31m\u{7f}\u{202E}\u{E0041}\u{1b}\u{e9}\n";
        let json = escaped(serde_json::to_string(name).expect("plain data"));
        assert_eq!(json, r#""a\u009b31m\u007f\u202e\udb40\udc41\u001b\u00e9\n""#.replace("\\u00e9", "\u{e9}"));
        assert_eq!(serde_json::from_str::<String>(&json).expect("it parses"), name);
    }
}
