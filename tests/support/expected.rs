//! What a case file or an answer file says must come out, and whether it does.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hangtime::timeline::calendar::Minute;
use hangtime::{Bill, Options, Reference, Source, bill};

use crate::told::{cited, drug_lines, lines, status_word, unbilled};

/// The present for every case, so that the future stays where it is: 2030-01-01.
const PRESENT: Minute = Minute(31_557_600);

/// The expectations of one file, as its `key: value` lines state them.
#[derive(Debug, Default, Clone)]
pub struct Expected {
    pub rules: Vec<String>,
    pub source: Option<String>,
    pub options: Options,
    /// `(session, line)`; the session is empty where the file holds one.
    bills: Vec<(String, String)>,
    /// The drugs' own lines: all of a session's, where it has any here; `none` says that it has none.
    drugs: Vec<(String, String)>,
    unbilled: Vec<(String, String)>,
    finds: Vec<(String, String)>,
    /// Findings that must not be there.
    silent: Vec<(String, String)>,
    /// "96401 O1": a unit of that code that this rule earned, or to which it gave a modifier.
    cites: Vec<(String, String)>,
    status: Vec<(String, String)>,
}

impl Expected {
    /// Reads `key: value` lines; other lines are the story.
    pub fn read<'t>(lines: impl Iterator<Item = &'t str>) -> Result<Self, String> {
        let mut expected = Expected::default();
        expected.options.now = Some(PRESENT);
        for line in lines {
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            let (rest, session) = match value.rsplit_once(" in ") {
                Some((rest, session)) if !session.contains(' ') => (rest.trim().to_owned(), session.to_owned()),
                _ => (value.to_owned(), String::new()),
            };
            match key.trim() {
                "rules" => expected.rules.extend(value.split([' ', ',']).filter(|id| !id.is_empty()).map(str::to_owned)),
                "source" => expected.source = Some(value.to_owned()),
                "policy" => expected.options.policies.push(value.to_owned()),
                "profile" => expected.options.profile = Some(value.to_owned()),
                "bills" => expected.bills.push((session, line_key(&rest)?)),
                "drugs" if rest == "none" => expected.drugs.push((session, rest)),
                "drugs" => expected.drugs.push((session, line_key(&rest)?)),
                "unbilled" => expected.unbilled.push((session, rest)),
                "finds" => expected.finds.push((session, rest)),
                "silent" => expected.silent.push((session, rest)),
                "cites" => expected.cites.push((session, rest)),
                "status" => expected.status.push((session, rest)),
                _ => {}
            }
        }
        Ok(expected)
    }

    /// Bills the log and tells every difference.
    pub fn check(&self, path: &Path, text: &str) -> Result<Vec<Bill>, String> {
        let source = Source::new(path.display().to_string(), text.as_bytes());
        let bills = bill(std::slice::from_ref(&source), &self.options, Reference::embedded());
        let mut wrong = String::new();
        for bill in &bills {
            self.check_one(bill, bills.len() == 1, &mut wrong);
        }
        let named = self.bills.iter().chain(&self.drugs).chain(&self.finds).chain(&self.silent).chain(&self.cites);
        for (session, _) in named.chain(&self.unbilled).chain(&self.status) {
            if !session.is_empty() && bills.iter().all(|bill| bill.id != *session) {
                let _ = writeln!(wrong, "there is no session {session}");
            }
        }
        if wrong.is_empty() { Ok(bills) } else { Err(format!("{}\nrules: {}\n{wrong}", path.display(), self.rules.join(" "))) }
    }

    fn check_one(&self, bill: &Bill, only: bool, wrong: &mut String) {
        let mine = |list: &[(String, String)]| -> Vec<String> {
            list.iter().filter(|(session, _)| *session == bill.id || (only && session.is_empty())).map(|(_, v)| v.clone()).collect()
        };
        let status = mine(&self.status).pop().unwrap_or_else(|| "billable".to_owned());
        if status != status_word(bill.status) {
            let _ = writeln!(wrong, "{}: expected {status}, came {}", bill.id, status_word(bill.status));
        }
        let (mut want, mut have) = (mine(&self.bills), lines(bill));
        want.sort();
        have.sort();
        if want != have {
            let _ = writeln!(wrong, "{}: expected\n    {}\n  came\n    {}", bill.id, want.join("\n    "), have.join("\n    "));
        }
        let mut want = mine(&self.drugs);
        if !want.is_empty() {
            want.retain(|line| line != "none");
            let mut have = drug_lines(bill);
            want.sort();
            have.sort();
            if want != have {
                let _ = writeln!(wrong, "{}: drugs expected\n    {}\n  came\n    {}", bill.id, want.join("\n    "), have.join("\n    "));
            }
        }
        let want = mine(&self.unbilled);
        if !want.is_empty() {
            let (mut want, mut have): (Vec<String>, Vec<String>) =
                (want.into_iter().filter(|w| w != "none").map(|w| w.to_lowercase()).collect(), unbilled(bill));
            want.sort();
            have.sort();
            if want != have {
                let _ = writeln!(wrong, "{}: unbilled expected\n    {}\n  came\n    {}", bill.id, want.join("\n    "), have.join("\n    "));
            }
        }
        for want in mine(&self.finds) {
            let found = bill.findings.iter().any(|f| want == f.id || want == format!("{} {}", f.severity.word(), f.id));
            if !found {
                let _ = writeln!(wrong, "{}: expected a finding {want}", bill.id);
            }
        }
        for unwanted in mine(&self.silent) {
            if bill.findings.iter().any(|f| unwanted == f.id) {
                let _ = writeln!(wrong, "{}: expected no finding {unwanted}", bill.id);
            }
        }
        for want in mine(&self.cites) {
            if !cited(bill).contains(&want) {
                let _ = writeln!(wrong, "{}: expected {want} to be cited, came {:?}", bill.id, cited(bill));
            }
        }
        if !wrong.is_empty() {
            for finding in &bill.findings {
                let _ = writeln!(wrong, "  {} {}: {}", finding.severity.word(), finding.id, finding.message);
            }
        }
    }
}

/// `2026-03-02 96372-59 x1`, with modifiers in any order.
fn line_key(line: &str) -> Result<String, String> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let [date, code, units] = parts[..] else { return Err(format!("`{line}` is not a line: expected DATE CODE xN")) };
    Ok(format!("{date} {code} {units}"))
}

/// Every file below a folder with this ending, in order.
pub fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    walk.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == ending)).collect()
}

/// The comment lines that open a case.
pub fn header(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map_while(|line| line.trim_start().strip_prefix("//"))
}
