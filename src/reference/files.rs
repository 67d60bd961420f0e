//! The files that facts come from: those built in, and those of a folder that replace them one by
//! one.

use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::codes::{CodesFile, PlacesFile};
use super::drugs::{Drugs, DrugsFile};
use super::facts::{ClocksFile, Limits, PairsFile, PrimariesFile};
use super::measures::MeasuresFile;
use super::modifiers::ModifiersFile;
use super::packed::{packed, read};
use super::{check, nearest};
use crate::session::locate::{Step, find, line_column};
use crate::session::parse::{self, TextProblem};

/// A file of facts that a folder may replace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Part {
    Codes,
    Places,
    Clocks,
    Limits,
    Primaries,
    Pairs,
    Modifiers,
    Drugs,
    Measures,
}

impl Part {
    /// Every one.
    pub const ALL: [Part; 9] =
        [Part::Codes, Part::Places, Part::Clocks, Part::Limits, Part::Primaries, Part::Pairs, Part::Modifiers, Part::Drugs, Part::Measures];

    /// The file's name.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Part::Codes => "codes.ron",
            Part::Places => "places.ron",
            Part::Clocks => "clocks.ron",
            Part::Limits => "limits.ron",
            Part::Primaries => "primaries.ron",
            Part::Pairs => "pairs.ron",
            Part::Modifiers => "modifiers.ron",
            Part::Drugs => "drugs.ron",
            Part::Measures => "measures.ron",
        }
    }

    /// The file as it is built in.
    #[must_use]
    pub fn built_in(self) -> &'static str {
        match self {
            Part::Codes => include_str!("codes.ron"),
            Part::Places => include_str!("places.ron"),
            Part::Clocks => include_str!("clocks.ron"),
            Part::Limits => include_str!("limits.ron"),
            Part::Primaries => include_str!("primaries.ron"),
            Part::Pairs => include_str!("pairs.ron"),
            Part::Modifiers => include_str!("modifiers.ron"),
            Part::Drugs => include_str!("drugs.ron"),
            Part::Measures => include_str!("measures.ron"),
        }
    }

    fn packed(self) -> &'static str {
        match self {
            Part::Codes => packed!("codes.packed"),
            Part::Places => packed!("places.packed"),
            Part::Clocks => packed!("clocks.packed"),
            Part::Limits => packed!("limits.packed"),
            Part::Primaries => packed!("primaries.packed"),
            Part::Pairs => packed!("pairs.packed"),
            Part::Modifiers => packed!("modifiers.packed"),
            Part::Drugs => unreachable!("the list of drugs is packed drug by drug"),
            Part::Measures => packed!("measures.packed"),
        }
    }

    fn named(file: &str) -> Option<Part> {
        Part::ALL.into_iter().find(|part| part.file() == file)
    }
}

/// Something wrong with a folder of facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, or the folder where it concerns no file of it.
    pub file: String,
    /// The file's text; empty where it could not be read.
    pub text: Arc<str>,
    /// Bytes of the text; `0..0` where it concerns the whole file.
    pub range: Range<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// A few words under the range; may be empty.
    pub label: String,
    /// What to do about it.
    pub help: Option<String>,
    /// Whether the folder or file could not be read at all.
    pub unread: bool,
}

impl Problem {
    fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Problem {
            file: file.display().to_string(),
            text: Arc::from(""),
            range: 0..0,
            message: message.into(),
            label: String::new(),
            help: None,
            unread: false,
        }
    }

    fn in_text(file: &Path, text: &Arc<str>, problem: TextProblem) -> Self {
        let TextProblem { range, message, label, help, .. } = problem;
        Problem { text: Arc::clone(text), range, label, help, ..Problem::of_file(file, message) }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Problem { help: Some(help.into()), ..self }
    }

    /// 1-based line and column (in characters).
    #[must_use]
    pub fn line_column(&self) -> (usize, usize) {
        line_column(&self.text, self.range.start)
    }
}

/// The files as read.
pub(super) struct Files {
    pub codes: CodesFile,
    pub places: PlacesFile,
    pub clocks: ClocksFile,
    pub limits: Limits,
    pub primaries: PrimariesFile,
    pub pairs: PairsFile,
    pub modifiers: ModifiersFile,
    pub drugs: Drugs,
    pub measures: MeasuresFile,
    own: Vec<(Part, String, Arc<str>)>,
}

impl Files {
    /// Those built in; a test holds them to the same checks.
    pub fn built_in() -> Self {
        Files {
            codes: built_in(Part::Codes),
            places: built_in(Part::Places),
            clocks: built_in(Part::Clocks),
            limits: built_in(Part::Limits),
            primaries: built_in(Part::Primaries),
            pairs: built_in(Part::Pairs),
            modifiers: built_in(Part::Modifiers),
            drugs: Drugs::built_in(),
            measures: built_in(Part::Measures),
            own: Vec::new(),
        }
    }

    /// Those of a folder, else those built in; all fit each other.
    pub fn of_folder(folder: &Path) -> Result<Self, Vec<Problem>> {
        let mut files = Files::built_in();
        let mut problems = Vec::new();
        for (part, path) in parts_of(folder, &mut problems) {
            match text_of(&path) {
                Ok(text) => files.take(part, &path, text, &mut problems),
                Err(problem) => problems.push(*problem),
            }
        }
        // What cannot be read leaves the built-in file in its place, which the others need not fit.
        if problems.is_empty() {
            problems = files.faults();
        }
        if problems.is_empty() { Ok(files) } else { Err(problems) }
    }

    fn take(&mut self, part: Part, path: &Path, text: Arc<str>, problems: &mut Vec<Problem>) {
        let read = match part {
            Part::Codes => put(&mut self.codes, &text, "Codes"),
            Part::Places => put(&mut self.places, &text, "Places"),
            Part::Clocks => put(&mut self.clocks, &text, "Clocks"),
            Part::Limits => put(&mut self.limits, &text, "Limits"),
            Part::Primaries => put(&mut self.primaries, &text, "Primaries"),
            Part::Pairs => put(&mut self.pairs, &text, "Pairs"),
            Part::Modifiers => put(&mut self.modifiers, &text, "Modifiers"),
            Part::Drugs => parse::facts(&text, "Drugs").map(|file: DrugsFile| self.drugs = Drugs::of(file)),
            Part::Measures => put(&mut self.measures, &text, "Measures"),
        };
        match read {
            Ok(()) => self.own.push((part, path.display().to_string(), text)),
            Err(problem) => problems.push(Problem::in_text(path, &text, *problem)),
        }
    }

    /// The files that a folder gave.
    pub fn replaced(&self) -> Vec<Part> {
        self.own.iter().map(|(part, ..)| *part).collect()
    }

    /// What does not hold. Of a built-in file, what a folder's file breaks in it is told once.
    fn faults(&self) -> Vec<Problem> {
        let mut told: HashSet<(Part, String)> = HashSet::new();
        let own = self.replaced();
        let faults = check::faults(self).into_iter();
        let first = faults.filter(|fault| own.contains(&fault.part) || told.insert((fault.part, fault.message.clone())));
        first.map(|fault| self.placed(fault)).collect()
    }

    fn placed(&self, fault: check::Fault) -> Problem {
        let check::Fault { part, path, message, label, help } = fault;
        let own = self.own.iter().find(|(own, ..)| *own == part);
        let (file, text, help) = match own {
            Some((_, file, text)) => (file.clone(), Arc::clone(text), help),
            None => {
                let help = format!("this file is the program's own; put a {} that fits into the folder", part.file());
                (format!("built-in {}", part.file()), Arc::from(part.built_in()), Some(help))
            }
        };
        let range = nearest_range(&text, &path);
        Problem { text, range, label, help, ..Problem::of_file(Path::new(&file), message) }
    }
}

/// Where a path leads, or as far as it leads: a field that is left out has no place of its own.
fn nearest_range(text: &str, path: &[Step]) -> Range<usize> {
    let found = (0..=path.len()).rev().find_map(|length| find(text, &path[..length]));
    let range = found.unwrap_or(0..0);
    // Of an entry with several lines its first says enough.
    let first = text[range.clone()].find('\n').map_or(range.end, |line| range.start + line);
    range.start..first
}

/// What a built-in file holds, other than that of drugs.
pub(super) fn built_in<T: DeserializeOwned>(part: Part) -> T {
    read(part.file(), part.packed())
}

/// The files of a folder that replace one; the rest are problems.
fn parts_of(folder: &Path, problems: &mut Vec<Problem>) -> Vec<(Part, std::path::PathBuf)> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) => {
            problems.push(Problem { unread: true, ..Problem::of_file(folder, format!("the folder cannot be read: {why}")) });
            return Vec::new();
        }
    };
    let mut paths: Vec<std::path::PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    let mut parts = Vec::new();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match Part::named(&name) {
            Some(_) if !path.is_file() => problems.push(Problem::of_file(&path, "this is no file")),
            Some(part) => parts.push((part, path)),
            None if name.starts_with('.') || name.starts_with("README") => {}
            None => problems.push(stranger(&path, &name)),
        }
    }
    parts.sort();
    if parts.is_empty() && problems.is_empty() {
        let known = Part::ALL.map(Part::file).join(", ");
        problems.push(Problem::of_file(folder, "the folder holds no file of facts").help(format!("it may hold {known}")));
    }
    parts
}

/// A file that replaces nothing: nobody should think that it did.
fn stranger(path: &Path, name: &str) -> Problem {
    match name {
        "rules.ron" | "policies.ron" => Problem::of_file(path, format!("{name} cannot be replaced"))
            .help("its words tell what the program does, and a file cannot change that; take it out"),
        "profiles.ron" => Problem::of_file(path, format!("{name} cannot be replaced"))
            .help("a profile of your own is a file by itself: --profile mine.ron; take this one out"),
        _ => {
            let help = match nearest(name, Part::ALL.map(Part::file)).first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("a folder may hold {}; take this one out", Part::ALL.map(Part::file).join(", ")),
            };
            Problem::of_file(path, format!("`{name}` replaces no file of facts")).help(help)
        }
    }
}

fn text_of(path: &Path) -> Result<Arc<str>, Box<Problem>> {
    let unread = |why: std::io::Error| Box::new(Problem { unread: true, ..Problem::of_file(path, format!("it cannot be read: {why}")) });
    let bytes = std::fs::read(path).map_err(unread)?;
    match parse::decode(&bytes) {
        Ok(text) => Ok(Arc::from(text.as_ref())),
        Err(problem) => {
            // The help of a log's text speaks of sessions, but for that on encodings.
            let help = problem.help.filter(|help| help.contains("UTF-8"));
            Err(Box::new(Problem { help, ..Problem::of_file(path, problem.message) }))
        }
    }
}

fn put<T: DeserializeOwned>(place: &mut T, text: &str, holds: &'static str) -> Result<(), Box<TextProblem>> {
    *place = parse::facts(text, holds)?;
    Ok(())
}
