//! Files, folders and standard input to texts.

use std::io::Read;
use std::path::{Path, PathBuf};

use hangtime::{Form, Source};

/// The texts found, and what could not be read.
#[derive(Debug, Default)]
pub struct Inputs {
    pub sources: Vec<Source>,
    pub problems: Vec<String>,
}

/// Reads every log named: files as they are, of folders all `.ron` files below, in order.
pub fn read(paths: &[PathBuf]) -> Inputs {
    let mut inputs = Inputs::default();
    for path in paths {
        if path.as_os_str() == "-" {
            inputs.standard_input();
        } else if path.is_dir() {
            inputs.folder(path);
        } else {
            inputs.file(path);
        }
    }
    inputs
}

impl Inputs {
    fn standard_input(&mut self) {
        let mut bytes = Vec::new();
        match std::io::stdin().lock().read_to_end(&mut bytes) {
            Ok(_) => self.sources.push(Source::of("<stdin>", &bytes, Form::Stream)),
            Err(problem) => self.problems.push(format!("standard input cannot be read: {problem}")),
        }
    }

    fn folder(&mut self, folder: &Path) {
        let before = self.sources.len() + self.problems.len();
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if entry.path().extension().is_some_and(|ending| ending == "ron") => self.file(entry.path()),
                Ok(_) => {}
                Err(problem) => self.problems.push(format!("{problem}")),
            }
        }
        if self.sources.len() + self.problems.len() == before {
            self.problems.push(format!("{} holds no .ron file", folder.display()));
        }
    }

    fn file(&mut self, path: &Path) {
        match std::fs::read(path) {
            Ok(bytes) => self.sources.push(Source::new(path.display().to_string(), &bytes)),
            Err(problem) => self.problems.push(format!("{} cannot be read: {problem}", path.display())),
        }
    }
}

/// The present, in minutes of universal time.
pub fn now() -> hangtime::timeline::calendar::Minute {
    const SECONDS_A_MINUTE: u64 = 60;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    hangtime::timeline::calendar::Minute(i64::try_from(since.as_secs() / SECONDS_A_MINUTE).unwrap_or(i64::MAX))
}
