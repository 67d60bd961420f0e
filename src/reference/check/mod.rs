//! What holds the files of facts together: each value in its range, and what one file names, the
//! other knows. Run over a folder's files when they are loaded, and over the built-in ones by a test.

mod codes;
mod drugs;
mod edits;
mod modifiers;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::files::{Files, Part};
use crate::session::dates::read_date;
use crate::session::locate::Step;

/// One thing that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which file.
    pub part: Part,
    /// Where in it.
    pub path: Vec<Step<'static>>,
    /// What is wrong.
    pub message: String,
    /// What was expected, in a few words.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Fault {
    fn help(&mut self, help: impl Into<String>) {
        self.help = Some(help.into());
    }
}

/// All faults, in the order of the files.
pub(super) fn faults(files: &Files) -> Vec<Fault> {
    let mut book = Book { part: Part::Codes, faults: Vec::new() };
    codes::check(files, &mut book);
    edits::check(files, &mut book);
    modifiers::check(files, &mut book);
    drugs::check(files, &mut book);
    let mut faults = book.faults;
    faults.sort_by_key(|fault| fault.part);
    faults
}

/// Faults as they are found, of one file after the other.
struct Book {
    part: Part,
    faults: Vec<Fault>,
}

/// Where a value stands: the file's list, which entry, and the fields within.
type Path<'p> = &'p [Step<'static>];

impl Book {
    /// Goes on with another file, and looks at what each has: who says it, and as of when.
    fn open(&mut self, part: Part, source: &str, vintage: &str) {
        self.part = part;
        self.filled(&[Step::Field("source")], "source", source);
        self.day(&[Step::Field("vintage")], vintage);
    }

    fn find(&mut self, path: Path, message: impl Into<String>, label: impl Into<String>) -> &mut Fault {
        self.faults.push(Fault { part: self.part, path: path.to_vec(), message: message.into(), label: label.into(), help: None });
        self.faults.last_mut().expect("just found")
    }

    fn filled(&mut self, path: Path, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.find(path, format!("`{field}` is empty"), "expected words");
        }
    }

    fn day(&mut self, path: Path, text: &str) -> Option<NaiveDate> {
        match read_date(text) {
            Ok(day) => Some(day),
            Err(why) => {
                self.find(path, why, "expected YYYY-MM-DD");
                None
            }
        }
    }

    /// A first and a last day, in order. Returns them where both can be read; open ends are far away.
    fn days(&mut self, entry: Path, from: Option<&str>, until: Option<&str>) -> Option<(NaiveDate, NaiveDate)> {
        let first = from.map_or(Some(NaiveDate::MIN), |day| self.day(&then(entry, "from"), day));
        let last = until.map_or(Some(NaiveDate::MAX), |day| self.day(&then(entry, "until"), day));
        let (first, last) = (first?, last?);
        if last < first {
            let from = from.unwrap_or_default();
            self.find(&then(entry, "until"), format!("`until` lies before `from`, {from}"), "the last day in force");
            return None;
        }
        Some((first, last))
    }

    /// A whole number from least to most.
    fn within(&mut self, path: Path, field: &str, number: i128, least: i128, most: i128) {
        if !(least..=most).contains(&number) {
            self.find(path, format!("`{field}` is {number}"), format!("expected {least} to {most}"));
        }
    }

    /// An amount of money or units, where there is one.
    fn decimal(&mut self, path: Path, field: &str, text: Option<&String>) {
        let Some(text) = text else { return };
        let most = Decimal::from(1_000_000_000);
        match text.parse::<Decimal>() {
            Ok(number) if !number.is_sign_negative() && number <= most => {}
            _ => {
                self.find(path, format!("`{field}` is `{text}`"), "expected a number in quotes, such as \"33.40\"");
            }
        }
    }

    /// A code of five capital letters and digits.
    fn code(&mut self, path: Path, code: &str) -> bool {
        let well = is_code(code);
        if !well {
            self.find(path, format!("`{code}` is no code"), "expected five letters and digits, such as \"96365\" or \"J1745\"");
        }
        well
    }
}

fn is_code(code: &str) -> bool {
    code.len() == 5 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn then(entry: Path, field: &'static str) -> Vec<Step<'static>> {
    entry.iter().copied().chain([Step::Field(field)]).collect()
}

/// Whether two stretches of days, ends included, share one.
fn overlap(one: (NaiveDate, NaiveDate), other: (NaiveDate, NaiveDate)) -> bool {
    one.0 <= other.1 && other.0 <= one.1
}

#[cfg(test)]
mod tests {
    use super::super::files::Files;

    #[test]
    fn the_built_in_files_hold_together() {
        assert_eq!(super::faults(&Files::built_in()), []);
    }
}
