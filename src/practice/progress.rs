//! What a learner got right and wrong, by rule: a small file, written whole or not at all.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Case;
use super::mark::{Marked, Verdict};
use crate::reference::Rule;

const VERSION: u32 = 1;

/// How often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Score {
    pub right: u32,
    pub wrong: u32,
}

/// All that is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    version: u32,
    /// Exercises done, by name, each once.
    pub done: Vec<String>,
    /// By a rule's id.
    pub rules: BTreeMap<String, Score>,
    /// How often each misconception was suggested, by its id.
    pub misconceptions: BTreeMap<String, u32>,
}

/// What the file held.
#[derive(Debug)]
pub enum Kept {
    /// This, or nothing yet.
    Progress(Progress),
    /// Something else: why it cannot be read.
    Broken(String),
}

/// Reads what is kept at a path.
#[must_use]
pub fn read(path: &Path) -> Kept {
    match fs::read(path) {
        Ok(bytes) => match serde_json::from_slice::<Progress>(&bytes) {
            Ok(progress) if progress.version <= VERSION => Kept::Progress(progress),
            Ok(progress) => Kept::Broken(format!("it is of version {}, this program knows {VERSION}", progress.version)),
            Err(problem) => Kept::Broken(problem.to_string()),
        },
        Err(problem) if problem.kind() == ErrorKind::NotFound => Kept::Progress(Progress::default()),
        Err(problem) => Kept::Broken(problem.to_string()),
    }
}

/// Where a broken file is put, so that nothing of it is lost.
#[must_use]
pub fn aside(path: &Path) -> PathBuf {
    path.with_extension("broken.json")
}

impl Progress {
    /// Adds an exercise that was marked: every item to the rules of its units, what is unsupported to
    /// the rules that were misread.
    pub fn add(&mut self, case: &Case, marked: &Marked) {
        self.version = VERSION;
        if !self.done.contains(&case.exercise.name) {
            self.done.push(case.exercise.name.clone());
        }
        for mark in &marked.marks {
            let right = mark.verdict() == Verdict::Right;
            for rule in rules_of(case, &mark.item.code, marked.with_modifiers) {
                self.count(rule, right);
            }
        }
        let unsupported = marked.marks.iter().any(|mark| mark.verdict() == Verdict::Unsupported);
        for recognised in &marked.recognised {
            *self.misconceptions.entry(recognised.misconception.id.clone()).or_default() += 1;
            if unsupported {
                recognised.misconception.rules.iter().for_each(|rule| self.count(*rule, false));
            }
        }
    }

    fn count(&mut self, rule: Rule, right: bool) {
        let score = self.rules.entry(rule.id().to_owned()).or_default();
        let side = if right { &mut score.right } else { &mut score.wrong };
        *side = side.saturating_add(1);
    }

    /// Writes it; the old file stands until the new one is whole.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), fs::create_dir_all)?;
        let part = path.with_extension(format!("{}.part", std::process::id()));
        let write = || {
            let mut file = fs::File::create(&part)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&part, path)
        };
        let written = write();
        if written.is_err() {
            let _ = fs::remove_file(&part);
        }
        written
    }
}

/// The rules on which a code's units rest.
fn rules_of(case: &Case, code: &str, with_modifiers: bool) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for line in case.bills.iter().filter_map(|bill| bill.claim.as_ref()).flat_map(|claim| &claim.lines) {
        if case.reference.codes.get(line.code).code == code {
            for charge in &line.charges {
                rules.push(charge.unit.rule);
                rules.extend(charge.modifiers.iter().filter(|_| with_modifiers).map(|(_, rule)| *rule));
            }
        }
    }
    rules.sort_unstable();
    rules.dedup();
    rules
}
