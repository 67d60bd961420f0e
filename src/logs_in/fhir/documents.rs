//! JSON texts to the resources in them, each with its place.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::logs_in::report::{Report, Spot};

/// Bundles within bundles are looked into so deep.
const DEEPEST: usize = 4;

/// A resource as text.
pub struct Found<'t> {
    /// Its `resourceType`.
    pub kind: Option<String>,
    /// The bundle's own name for it.
    pub full_url: Option<String>,
    /// Its JSON.
    pub text: &'t str,
    file: Arc<str>,
    line: usize,
    column: usize,
}

impl Found<'_> {
    /// Where it begins.
    pub fn spot(&self) -> Spot {
        Spot { file: self.file.clone(), line: self.line, column: Some(self.column) }
    }

    /// Tells of a resource that has another shape than its type.
    pub fn fault(&self, problem: &serde_json::Error, kind: &str, report: &mut Report) {
        let (line, column) = within((self.line, self.column), problem);
        report.fault(Spot { file: self.file.clone(), line, column: Some(column) }, format!("not a {kind}: {}", words(problem)));
    }
}

#[derive(Deserialize)]
#[serde(expecting = "a FHIR resource")]
struct Head<'t> {
    #[serde(rename = "resourceType")]
    kind: Option<String>,
    #[serde(borrow)]
    entry: Option<&'t RawValue>,
}

#[derive(Deserialize)]
#[serde(expecting = "an entry of a bundle")]
struct Entry<'t> {
    #[serde(rename = "fullUrl")]
    full_url: Option<String>,
    #[serde(borrow)]
    resource: Option<&'t RawValue>,
}

/// All resources of a file; what cannot be read is a fault, and the rest is read on.
pub fn find<'t>(file: &Arc<str>, bytes: &'t [u8], report: &mut Report) -> Vec<Found<'t>> {
    let valid = valid_utf8(bytes);
    let lines = Lines::new(bytes);
    let mut finder = Finder { file, bytes, lines: &lines, found: Vec::new(), report };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let spot = Spot { file: file.clone(), line: 1, column: None };
        finder.report.fault(spot, "the file is empty");
        return finder.found;
    }
    match valid {
        Ok(text) => match serde_json::from_str::<&RawValue>(text) {
            Ok(whole) => finder.document(whole.get(), None, 0),
            Err(_) if is_one_a_line(bytes) => finder.each_line(),
            Err(problem) => finder.bad_json(&problem, (1, 1)),
        },
        Err(_) if is_one_a_line(bytes) => finder.each_line(),
        Err(at) => {
            let (line, column) = lines.place(at);
            finder.report.fault(Spot { file: file.clone(), line, column: Some(column) }, NOT_UTF8);
        }
    }
    finder.found
}

const NOT_UTF8: &str = "this is not UTF-8, which JSON is written in";

fn valid_utf8(bytes: &[u8]) -> Result<&str, usize> {
    std::str::from_utf8(bytes).map_err(|problem| problem.valid_up_to())
}

/// Whether the file holds one resource a line: its first line is one, or half of its lines are.
fn is_one_a_line(bytes: &[u8]) -> bool {
    let full = |line: &&[u8]| !line.trim_ascii().is_empty();
    let is_resource = |line: &[u8]| serde_json::from_slice::<Head>(line).is_ok_and(|head| head.kind.is_some());
    let mut lines = bytes.split(|byte| *byte == b'\n').filter(full);
    if lines.next().is_some_and(is_resource) {
        return true;
    }
    let (all, resources) = lines.fold((1, 0), |(all, resources), line| (all + 1, resources + usize::from(is_resource(line))));
    resources > 0 && resources * 2 >= all
}

struct Finder<'f, 't> {
    file: &'f Arc<str>,
    bytes: &'t [u8],
    lines: &'f Lines,
    found: Vec<Found<'t>>,
    report: &'f mut Report,
}

impl<'t> Finder<'_, 't> {
    fn each_line(&mut self) {
        for (number, line) in self.bytes.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match valid_utf8(line) {
                Ok(text) => match serde_json::from_str::<&RawValue>(text) {
                    Ok(whole) => self.document(whole.get(), None, 0),
                    Err(problem) => self.bad_json(&problem, (number + 1, 1)),
                },
                Err(at) => self.report.fault(Spot { file: self.file.clone(), line: number + 1, column: Some(at + 1) }, NOT_UTF8),
            }
        }
    }

    /// A resource, a bundle or an array of either.
    fn document(&mut self, text: &'t str, full_url: Option<String>, depth: usize) {
        let place = self.place_of(text);
        if text.starts_with('[') {
            match serde_json::from_str::<Vec<&RawValue>>(text) {
                Ok(all) if depth < DEEPEST => all.into_iter().for_each(|one| self.document(one.get(), None, depth + 1)),
                Ok(_) => self.fault_at(place, "arrays and bundles are nested too deep"),
                Err(problem) => self.bad_json(&problem, place),
            }
            return;
        }
        let head: Head = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(problem) => return self.bad_json(&problem, place),
        };
        match (head.kind.as_deref(), head.entry) {
            (Some("Bundle"), Some(entries)) if depth < DEEPEST => self.entries(entries.get(), depth),
            (Some("Bundle"), Some(_)) => self.fault_at(place, "arrays and bundles are nested too deep"),
            (None, _) => self.fault_at(place, "this is JSON and no FHIR resource: it has no `resourceType`"),
            _ => self.found.push(Found { kind: head.kind, full_url, text, file: self.file.clone(), line: place.0, column: place.1 }),
        }
    }

    fn entries(&mut self, text: &'t str, depth: usize) {
        let place = self.place_of(text);
        match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(entries) => {
                for entry in entries {
                    match serde_json::from_str::<Entry>(entry.get()) {
                        Ok(Entry { full_url, resource: Some(resource) }) => self.document(resource.get(), full_url, depth + 1),
                        Ok(_) => {}
                        Err(problem) => {
                            let place = self.place_of(entry.get());
                            self.bad_json(&problem, place);
                        }
                    }
                }
            }
            Err(problem) => self.bad_json(&problem, place),
        }
    }

    /// Line and column of a part of the file's own text.
    fn place_of(&self, part: &str) -> (usize, usize) {
        self.lines.place((part.as_ptr() as usize).saturating_sub(self.bytes.as_ptr() as usize))
    }

    fn bad_json(&mut self, problem: &serde_json::Error, start: (usize, usize)) {
        let what = if problem.is_data() { "not FHIR: " } else { "not JSON: " };
        self.fault_at(within(start, problem), &format!("{what}{}", words(problem)));
    }

    fn fault_at(&mut self, (line, column): (usize, usize), message: &str) {
        self.report.fault(Spot { file: self.file.clone(), line, column: Some(column) }, message);
    }
}

/// The problem's place in the file, of a text that begins at `start`.
fn within((line, column): (usize, usize), problem: &serde_json::Error) -> (usize, usize) {
    match problem.line() {
        0 => (line, column),
        1 => (line, column + problem.column().saturating_sub(1)),
        further => (line + further - 1, problem.column().max(1)),
    }
}

/// The problem without its place, which is counted from the part's own start.
fn words(problem: &serde_json::Error) -> String {
    let text = problem.to_string();
    text.rfind(" at line ").map_or(text.clone(), |at| text[..at].to_owned())
}

/// Where each line begins.
struct Lines(Vec<usize>);

impl Lines {
    fn new(bytes: &[u8]) -> Lines {
        let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        Lines(std::iter::once(0).chain(ends).collect())
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.0.partition_point(|start| *start <= at);
        (line, at - self.0[line - 1] + 1)
    }
}
