//! `--reference DIR`, and what `hangtime codes` does with whole folders of facts: check one, write one.

use std::path::Path;

use hangtime::Reference;
use hangtime::reference::changes::changes;
use hangtime::reference::{Part, Problem};
use hangtime::show::changes::{page, problems};

use super::Outcome;
use super::output::Output;

/// The facts to work with: the program's own, or with a folder's files in their place.
///
/// # Errors
/// Where the folder cannot be used; what is wrong with it has been told.
pub fn reference(folder: Option<&Path>, output: &Output) -> Result<&'static Reference, String> {
    let Some(folder) = folder else { return Ok(Reference::embedded()) };
    match Reference::load(folder) {
        // It is needed until the program ends.
        Ok(reference) => {
            if !output.quiet {
                let files: Vec<&str> = reference.replaced.iter().map(|part| part.file()).collect();
                output.note(&format!("facts from {}: {}", folder.display(), files.join(", ")));
            }
            Ok(Box::leak(Box::new(reference)))
        }
        Err(found) => {
            output.tell(&problems(&found, output.color()));
            Err(format!("the facts of {} cannot be used; `hangtime codes --check` tells the same", folder.display()))
        }
    }
}

/// What is wrong with a folder, or what it changes.
pub fn check(folder: &Path, output: &Output) -> Result<Outcome, String> {
    match changes(folder) {
        Ok(changes) => output.print(&page(&folder.display().to_string(), &changes, output.page_width())),
        Err(found) => {
            let printed = output.print(&(problems(&found, output.color()) + &counted(&found)))?;
            let unread = found.iter().any(|problem| problem.unread);
            Ok(printed.max(if unread { Outcome::FileError } else { Outcome::SessionError }))
        }
    }
}

fn counted(found: &[Problem]) -> String {
    match found.len() {
        1 => "1 error.\n".to_owned(),
        count => format!("{count} errors.\n"),
    }
}

/// Writes the program's own files into a folder, to be edited; never over a file that is there.
pub fn write(folder: &Path, output: &Output) -> Result<Outcome, String> {
    let cannot = |path: &Path, why: std::io::Error| format!("{} cannot be written: {why}", path.display());
    std::fs::create_dir_all(folder).map_err(|why| cannot(folder, why))?;
    if let Some(part) = Part::ALL.iter().find(|part| folder.join(part.file()).symlink_metadata().is_ok()) {
        return Err(format!("{} is there already; choose an empty folder", folder.join(part.file()).display()));
    }
    for part in Part::ALL {
        let path = folder.join(part.file());
        std::fs::write(&path, part.built_in()).map_err(|why| cannot(&path, why))?;
    }
    output.print(&format!(
        "{} files written to {}. Keep those that you change, take the others out;\n`hangtime codes --check {}` says what they change.\n",
        Part::ALL.len(),
        folder.display(),
        folder.display()
    ))
}
