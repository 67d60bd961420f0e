//! Which log of a folder is being written.

use std::fs;
use std::path::{Path, PathBuf};

use super::times::told;
use super::{Log, Present, Refusal, store};
use crate::reference::Reference;
use crate::timeline::Snapshot;
use crate::timeline::calendar::Minute;

/// A log whose last event is older is not what a nurse at the bedside means.
const A_DAY: i64 = 24 * 60;

struct Found {
    path: PathBuf,
    state: Snapshot,
    now: Minute,
}

impl Found {
    /// Something runs, or nothing has happened yet.
    fn is_open(&self) -> bool {
        self.is_recent() && (self.state.extent.is_none() || self.state.running.iter().any(|run| !run.home))
    }

    fn is_of_today(&self) -> bool {
        self.state.calendar.session_date() == self.state.calendar.date(self.now)
    }

    fn is_recent(&self) -> bool {
        match self.state.extent {
            Some((_, last)) => self.now.since(last) <= A_DAY,
            None => self.is_of_today(),
        }
    }

    fn told(&self) -> String {
        let name = name(&self.path);
        let running = self.state.running.iter().filter(|run| !run.home);
        let running: Vec<String> = running.map(|run| format!("{} since {}", run.written, told(run.since, &self.state.calendar))).collect();
        match (running.is_empty(), self.state.extent) {
            (false, _) => format!("{name} ({})", running.join(", ")),
            (true, None) => format!("{name} (no event yet)"),
            (true, Some((_, last))) => format!("{name} (last event {})", told(last, &self.state.calendar)),
        }
    }
}

/// The log of a folder that is open: something runs, or it is of today and nothing has happened yet;
/// else the one of today. Between two it is asked: a drug must not come into another patient's log.
///
/// # Errors
/// Where there is none, or more than one.
pub fn open_log(folder: &Path, present: Present, reference: &Reference) -> Result<PathBuf, Refusal> {
    let found = logs(folder, present, reference)?;
    let choose = |fits: &dyn Fn(&Found) -> bool| found.iter().filter(|found| fits(found)).collect::<Vec<_>>();
    let open = choose(&Found::is_open);
    let fit = if open.is_empty() { choose(&Found::is_of_today) } else { open };
    match fit.as_slice() {
        [only] => Ok(only.path.clone()),
        [] => Err(Refusal::new("no log of this folder is open, and none is of today")
            .help("name the file: --file bed-4.ron; or begin one: hangtime log new bed-4")),
        many => {
            let told: Vec<String> = many.iter().map(|found| found.told()).collect();
            Err(Refusal::new(format!("{} logs of this folder could be meant: {}", many.len(), told.join(", ")))
                .help("say which: --file NAME"))
        }
    }
}

/// A log to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its file.
    pub path: PathBuf,
    /// Its name and what is going on in it.
    pub told: String,
    /// Something runs in it, or it is of today.
    pub is_current: bool,
}

/// The logs of a folder to choose from, those first that can be meant; what is no log is left out, and
/// one that cannot be read says so.
#[must_use]
pub fn choices(folder: &Path, present: Present, reference: &Reference) -> Vec<Choice> {
    let mut choices: Vec<Choice> =
        paths(folder).unwrap_or_default().into_iter().filter_map(|path| choice(path, present, reference)).collect();
    choices.sort_by_key(|choice| !choice.is_current);
    choices
}

fn choice(path: PathBuf, present: Present, reference: &Reference) -> Option<Choice> {
    let bytes = store::read(&path).ok()?;
    let read = Log::read(&bytes, None, reference).and_then(|log| log.state(reference));
    match read {
        Ok(state) => {
            let found = Found { now: present.of(&state.calendar), path, state };
            let is_current = found.is_open() || found.is_of_today();
            Some(Choice { told: found.told(), is_current, path: found.path })
        }
        Err(refusal) if String::from_utf8_lossy(&bytes).contains("Session") => {
            Some(Choice { told: format!("{} ({})", name(&path), refusal.message), is_current: false, path })
        }
        Err(_) => None,
    }
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let entries = fs::read_dir(folder).map_err(|problem| Refusal::new(format!("the folder cannot be read: {problem}")))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "ron") && path.is_file()).collect();
    paths.sort();
    Ok(paths)
}

/// All logs of a folder, by name. One that cannot be read may be the one that is meant.
fn logs(folder: &Path, present: Present, reference: &Reference) -> Result<Vec<Found>, Refusal> {
    let mut found = Vec::new();
    for path in paths(folder)? {
        let Ok(bytes) = store::read(&path) else { continue };
        match Log::read(&bytes, None, reference).and_then(|log| log.state(reference)) {
            Ok(state) => found.push(Found { path, now: present.of(&state.calendar), state }),
            Err(refusal) if String::from_utf8_lossy(&bytes).contains("Session") => {
                let name = name(&path);
                return Err(Refusal::new(format!("{name} may be meant, but {}", refusal.message))
                    .help(format!("mend it, or say which log is meant: --file NAME; `hangtime check {name}` tells what is wrong")));
            }
            // Profiles and other things have the same ending.
            Err(_) => {}
        }
    }
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
