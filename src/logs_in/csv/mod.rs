//! Tables of a MAR or a pump to logs, by a map that says what each column and word means.

mod columns;
pub mod map;
mod row;
mod rows;

use super::report::Report;
use super::sessions::{self, Gathered};
use super::{Choices, File, Import};
use crate::reference::Reference;
pub use map::{Lookup, Map, embedded};
use row::{Left, RowReader};

/// Reads all files by one map and writes a log for each visit.
#[must_use]
pub fn read(files: &[File], map: &Map, lookup: &Lookup, choices: &Choices, reference: &Reference) -> Import {
    let mut report = Report { unit: "row", ..Report::default() };
    let mut gathered = Gathered::default();
    for file in files {
        each(file, map, lookup, choices, reference, &mut report, &mut |read, report| {
            keep(read, &mut gathered, report);
            true
        });
    }
    sessions::write(gathered, choices, &reference.drugs, report)
}

/// How the first rows of a file would be read, one a line.
#[must_use]
pub fn preview(file: &File, most: usize, map: &Map, lookup: &Lookup, choices: &Choices, reference: &Reference) -> (String, Report) {
    let mut report = Report { unit: "row", ..Report::default() };
    let mut text = String::new();
    let mut shown = 0;
    each(file, map, lookup, choices, reference, &mut report, &mut |read, _| {
        text.push_str(&read.told());
        text.push('\n');
        shown += 1;
        shown < most
    });
    (text, report)
}

/// One row, read or not.
struct Read {
    spot: super::Spot,
    who: super::draft::Who,
    what: String,
    draft: Result<super::draft::Draft, Left>,
}

impl Read {
    fn told(&self) -> String {
        let line = match &self.draft {
            Ok(draft) => {
                let minutes = draft.to.map(|to| to.minutes_since(&draft.at));
                let (name, fields) =
                    super::write::event(draft, &draft.at.to_string(), draft.to.map(|to| to.to_string()).as_deref(), minutes);
                let remarks = if draft.remarks.is_empty() { String::new() } else { format!("   // {}", draft.remarks.join("; ")) };
                format!("{name}({fields}){remarks}")
            }
            Err(Left::Out(why) | Left::Open(why)) => format!("ignored: {why}  {}", self.what),
            Err(Left::Fault(problem, column)) => {
                format!("error: {}{problem}", column.as_ref().map(|c| format!("{c}: ")).unwrap_or_default())
            }
        };
        crate::show::excerpt::harmless(&format!("{:>5}  {line}", self.spot.line)).into_owned()
    }
}

fn keep(read: Read, gathered: &mut Gathered, report: &mut Report) {
    let Read { spot, who, what, draft } = read;
    let open = |why: &str, fault| gathered.left_out(who, spot.clone(), &what, why, fault);
    match draft {
        Ok(draft) => gathered.drafts.push(draft),
        Err(Left::Out(why)) => report.ignore(spot, what, why),
        Err(Left::Open(why)) => {
            open(&why, false);
            report.ignore(spot, what, why);
        }
        Err(Left::Fault(problem, column)) => {
            open(&problem, true);
            let spot = super::Spot { column: column.as_ref().map(|column| column.number), ..spot };
            report.fault(spot, column.map(|column| format!("{column}: {problem}")).unwrap_or(problem));
        }
    }
}

/// Reads row by row until `take` has had enough.
fn each(
    file: &File,
    map: &Map,
    lookup: &Lookup,
    choices: &Choices,
    reference: &Reference,
    report: &mut Report,
    take: &mut dyn FnMut(Read, &mut Report) -> bool,
) {
    let (bytes, problem) = file.unpacked();
    let mut reader: Option<RowReader> = None;
    rows::each(&file.name, &bytes, map.delimiter, report, &mut |header, spot, fields, report| {
        if reader.is_none() {
            match RowReader::new(header, map, lookup, choices, &reference.drugs) {
                Ok(found) => reader = Some(found),
                Err(problem) => report.fault(super::Spot { line: 1, column: None, ..spot.clone() }, problem),
            }
        }
        let Some(reader) = &reader else { return false };
        report.seen += 1;
        take(reader.read(spot, fields), report)
    });
    if let Some(problem) = problem {
        let line = bytes.iter().filter(|byte| **byte == b'\n').count() + 1;
        report.fault(super::Spot { file: file.name.clone(), line, column: None }, problem);
    }
}
