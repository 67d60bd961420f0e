//! JSON: one array of sessions, or one object a line.

use std::fmt::Write as _;
use std::ops::Range;

use chrono::NaiveDate;

use super::Exporter;
use super::drugs;
use super::excerpt::{harmless, tame};
use super::spot::Spotter;
use super::view::{Sheet, Teller, Why, Words, setting_word, status_word};
use crate::claim::doses::Dose;
use crate::claim::{Claim, DrugLine, Line};
use crate::reference::{Amount, Bag, Rule};
use crate::session::finding::Finding;
use crate::timeline::calendar::{Days, Minute};
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
    let mut out = Out { text, days: Days::default() };
    out.raw("{\"session\":").quoted(&bill.id);
    match bill.setting {
        Some(setting) => out.raw(",\"setting\":").plain(setting_word(setting)),
        None => out.raw(",\"setting\":null"),
    };
    out.raw(",\"profile\":").quoted(&bill.profile).raw(",\"status\":").plain(status_word(bill.status));
    match &bill.claim {
        Some(claim) => out.claim(claim, &Teller { coded: &claim.coded, reference }),
        None => out.raw(",\"lines\":[],\"drug_lines\":[],\"unbilled\":[]"),
    };
    out.raw(",\"findings\":").list(&bill.findings, |out, finding| {
        let at = spotter.line_column(bill.number, &finding.place);
        out.finding(finding, &sources[bill.source].name, at);
    });
    out.raw("}\n");
}

/// JSON as it is put down.
struct Out<'t> {
    text: &'t mut String,
    days: Days,
}

impl Out<'_> {
    fn raw(&mut self, json: &str) -> &mut Self {
        self.text.push_str(json);
        self
    }

    /// A word of ours, that needs no look.
    fn plain(&mut self, word: &'static str) -> &mut Self {
        self.raw("\"").raw(word).raw("\"")
    }

    fn quoted(&mut self, text: &str) -> &mut Self {
        self.raw("\"").escaped(text).raw("\"")
    }

    /// What is put together in its place, and looked through there.
    fn written(&mut self, write: impl FnOnce(&mut String)) -> &mut Self {
        self.raw("\"");
        let before = self.text.len();
        write(self.text);
        if !self.text.as_bytes()[before..].iter().all(|byte| is_plain(*byte)) {
            let text = self.text.split_off(before);
            self.escaped(&text);
        }
        self.raw("\"")
    }

    /// Copies whole stretches that need no escape.
    fn escaped(&mut self, text: &str) -> &mut Self {
        let mut rest = text;
        while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
            let (plain, odd) = rest.split_at(at);
            let mut odd = odd.chars();
            self.raw(plain);
            odd.next().into_iter().for_each(|c| self.escape(c));
            rest = odd.as_str();
        }
        self.raw(rest)
    }

    fn escape(&mut self, c: char) {
        match c {
            '"' => self.text.push_str("\\\""),
            '\\' => self.text.push_str("\\\\"),
            '\n' => self.text.push_str("\\n"),
            '\r' => self.text.push_str("\\r"),
            '\t' => self.text.push_str("\\t"),
            '\u{8}' => self.text.push_str("\\b"),
            '\u{c}' => self.text.push_str("\\f"),
            c if tame(c) == c => self.text.push(c),
            c => push_units(c, self.text),
        }
    }

    fn number(&mut self, number: impl itoa::Integer) -> &mut Self {
        self.raw(itoa::Buffer::new().format(number))
    }

    fn day(&mut self, date: NaiveDate) -> &mut Self {
        self.raw("\"");
        self.days.push(date, self.text);
        self.raw("\"")
    }

    fn stamp(&mut self, minute: Minute, teller: &Teller) -> &mut Self {
        self.raw("\"");
        teller.coded.calendar.push_stamp(minute, &mut self.days, self.text);
        self.raw("\"")
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

    fn claim(&mut self, claim: &Claim, teller: &Teller) -> &mut Self {
        self.raw(",\"lines\":").list(&claim.lines, |out, line| out.line(line, teller));
        self.raw(",\"drug_lines\":").list(&claim.drug_lines, |out, line| out.drug_line(line, claim, teller));
        self.raw(",\"unbilled\":").list(teller.unbilled(claim), |out, why| {
            out.raw("{\"drug\":").quoted(teller.name(why.drug)).raw(",\"rule\":").plain(why.rule.id()).why(&why, teller);
        })
    }

    fn line(&mut self, line: &Line, teller: &Teller) {
        self.raw("{\"date\":").day(line.date);
        self.raw(",\"code\":").quoted(&teller.reference.codes.get(line.code).code);
        self.raw(",\"modifiers\":").list(&line.modifiers, |out, modifier| {
            out.quoted(&teller.reference.modifiers.get(*modifier).code);
        });
        self.raw(",\"units\":").number(line.units());
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
        self.raw(",\"text\":").words(&why.words);
        let (from, to) = (why.from(), why.to());
        let first = self.raw(",\"from\":").place_of_stamp(from, teller);
        let last = self.raw(",\"to\":").place_of_stamp(to, teller);
        self.raw(",\"minutes\":").number(why.minutes());
        self.raw(",\"ran\":").list(why.ran(), |out, ran| {
            if ran == [from, to] {
                // Most ran in one stretch, that is in words already.
                out.raw("[").again(first.clone()).raw(",").again(last.clone()).raw("]");
            } else {
                out.raw("[").stamp(ran[0], teller).raw(",").stamp(ran[1], teller).raw("]");
            }
        });
        self.raw("}");
    }

    fn place_of_stamp(&mut self, minute: Minute, teller: &Teller) -> Range<usize> {
        let before = self.text.len();
        self.stamp(minute, teller);
        before..self.text.len()
    }

    fn again(&mut self, written: Range<usize>) -> &mut Self {
        self.text.extend_from_within(written);
        self
    }

    fn words(&mut self, words: &Words) -> &mut Self {
        match words {
            Words::Ours(words) => self.plain(words),
            Words::Of(modifier) => self.written(|text| modifier.push_words(text)),
        }
    }

    fn drug_line(&mut self, line: &DrugLine, claim: &Claim, teller: &Teller) {
        let reference = teller.reference;
        self.raw("{\"date\":").day(line.date);
        self.raw(",\"code\":").quoted(&line.code);
        self.raw(",\"modifiers\":").list(&line.modifiers, |out, (modifier, _)| {
            out.quoted(&reference.modifiers.get(*modifier).code);
        });
        self.raw(",\"units\":").number(line.units);
        self.raw(",\"drugs\":[").bag(&line.drug).raw("]");
        self.raw(",\"unit\":").amount(line.unit, reference);
        self.raw(",\"doses\":").list(claim.doses(line), |out, dose| out.dose(dose, teller));
        self.raw(",\"reasons\":[").drug_reason(drugs::sum_rule(line), line);
        self.written(|text| drugs::push_sum(line, claim, reference, text)).raw("}");
        for (modifier, rule) in &line.modifiers {
            self.raw(",").drug_reason(*rule, line);
            self.written(|text| reference.modifiers.get(*modifier).push_words(text)).raw("}");
        }
        self.raw("]}");
    }

    fn dose(&mut self, dose: &Dose, teller: &Teller) {
        self.raw("{\"at\":").stamp(dose.at, teller).raw(",\"given\":");
        match dose.given {
            Some(given) => self.amount(given.written, teller.reference),
            None => self.raw("\"\""),
        };
        if let Some(waste) = drugs::thrown_away(dose) {
            self.raw(",\"thrown_away\":").amount(waste.written, teller.reference);
        }
        self.raw("}");
    }

    fn bag(&mut self, bag: &Bag) -> &mut Self {
        match bag.0.as_slice() {
            [only] => self.quoted(only),
            _ => self.quoted(&bag.name()),
        }
    }

    fn amount(&mut self, amount: Amount, reference: &Reference) -> &mut Self {
        self.written(|text| reference.measures.push_words(amount, text))
    }

    /// Up to its text.
    fn drug_reason(&mut self, rule: Rule, line: &DrugLine) {
        self.raw("{\"rule\":").plain(rule.id());
        self.raw(",\"drug\":").bag(&line.drug).raw(",\"text\":");
    }

    fn finding(&mut self, finding: &Finding, file: &str, at: Option<(usize, usize)>) {
        self.raw("{\"severity\":").plain(finding.severity.word()).raw(",\"id\":").plain(finding.id);
        self.raw(",\"message\":").quoted(&finding.message).raw(",\"file\":").quoted(file);
        match at {
            Some((line, column)) => self.raw(",\"line\":").number(line).raw(",\"column\":").number(column).raw("}"),
            None => self.raw(",\"line\":null,\"column\":null}"),
        };
    }
}

/// What JSON and a terminal take as it stands.
fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte < 0x7f {
        plain[byte as usize] = byte != b'"' && byte != b'\\';
        byte += 1;
    }
    plain
};

/// `\u009b`; of a character beyond the first plane both halves.
fn push_units(c: char, json: &mut String) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        let _ = write!(json, "\\u{unit:04x}");
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
            push_units(c, &mut text);
        } else {
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::show::sheets;
    use crate::{Options, bill};

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
    fn words_of_ours_need_no_escape() {
        for rule in Rule::ALL {
            assert!(rule.entry().reason.bytes().all(is_plain), "{rule}");
        }
    }

    #[test]
    fn a_text_is_escaped_as_the_sheet_would_be() {
        let every: String = ('\0'..'\u{3000}').chain(['\u{feff}', '\u{1f600}', '\u{e0041}', '\u{10ffff}']).collect();
        for text in [every.as_str(), "", "plain", "\"", "a\"b\\", "\u{e9}\u{9b}", "\u{1b}[31m"] {
            let (mut quoted, mut written) = (String::new(), String::new());
            Out { text: &mut quoted, days: Days::default() }.quoted(text);
            Out { text: &mut written, days: Days::default() }.written(|end| end.push_str(text));
            assert_eq!(quoted, escaped(serde_json::to_string(text).expect("plain data")));
            assert_eq!(written, quoted);
        }
    }

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_comes_back() {
        let name = "a\u{9b}31m\u{7f}\u{202E}\u{E0041}\u{1b}\u{e9}\n";
        let json = escaped(serde_json::to_string(name).expect("plain data"));
        assert_eq!(json, r#""a\u009b31m\u007f\u202e\udb40\udc41\u001b\u00e9\n""#.replace("\\u00e9", "\u{e9}"));
        assert_eq!(serde_json::from_str::<String>(&json).expect("it parses"), name);
    }
}
