//! `hangtime log` alone: a screen on which a log is written as it happens.
//!
//! [`state`] turns keys into effects, [`draw`] a state into a frame; both need no terminal.
//! [`terminal`] is the loop between them and [`desk`], which alone touches the log.

mod body;
mod chart;
mod chooser;
mod deeds;
mod desk;
mod draw;
mod draw_form;
mod form;
mod ink;
mod names;
mod plain;
mod state;
mod terminal;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use hangtime::Reference;
use hangtime::writing::{Log, Present, search};

use super::super::output::Output;
use super::super::{Outcome, clock};
use super::args::FileArgs;
use super::write::existing;
use chooser::{Chooser, Entry};
use ink::Manner;
use state::{Mode, Place, Screen};

/// Shows the screen; without a terminal it says what to do instead.
pub fn run(file: &FileArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    if let Err(problem) = terminal::is_fit() {
        output.complain(problem);
        output.tell("  = help: the verbs do the same: hangtime log new|start|stop|pause|resume|push|inject|check|rate|note|undo|status,\n");
        output.tell("    such as `hangtime log start Rocephin`; `hangtime log --help` has examples\n");
        return Ok(Outcome::FileError);
    }
    let screen = first(file, clock::now()?, reference)?;
    terminal::show(screen, Manner { color: output.shows_color(), ascii: is_ascii() })?;
    Ok(Outcome::Fine)
}

/// The screen as it begins: on the log that is meant, or asking which.
fn first<'r>(file: &FileArgs, present: Present, reference: &'r Reference) -> Result<Screen<'r>, String> {
    let today = present.date();
    let choose = |chooser| Ok(Screen::new(reference, present, Mode::Choose(chooser)));
    let path = match &file.file {
        Some(file) => existing(file),
        None => match search::open_log(Path::new("."), present, reference) {
            Ok(path) => bare(path),
            Err(refusal) => {
                let choices = search::choices(Path::new("."), present, reference);
                let entry = |choice: search::Choice| Entry { place: Place { path: bare(choice.path), session: None }, told: choice.told };
                let why = plain::sentence(&refusal.message);
                return choose(Chooser::of_folder(why, choices.into_iter().map(entry).collect(), today));
            }
        },
    };
    if !path.exists() {
        return choose(Chooser::of_new(&path, today));
    }
    let bytes = desk::read(&path).map_err(|refusal| refusal.message)?;
    if let Some(chooser) = sessions(&bytes, &path, file, today, reference) {
        return choose(chooser);
    }
    let mut screen = Screen::new(reference, present, Mode::Watch);
    screen.place = Some(Place { path, session: file.session.clone() });
    Ok(screen)
}

/// Where a file holds several sessions and it is not clear which is meant.
fn sessions(bytes: &[u8], path: &Path, file: &FileArgs, today: chrono::NaiveDate, reference: &Reference) -> Option<Chooser> {
    let refusal = Log::read(bytes, file.session.as_deref(), reference).err()?;
    let source = hangtime::Source::new("", bytes);
    let ids: Vec<String> = hangtime::read(&source).ok()?.into_iter().map(|session| session.id).collect();
    (ids.len() > 1).then(|| Chooser::of_sessions(plain::sentence(&refusal.message), path, &ids, today))
}

fn bare(path: PathBuf) -> PathBuf {
    path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
}

/// Whether the place says that its terminals know nothing but ASCII; where it says nothing, they do.
fn is_ascii() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    said.is_some_and(|said| {
        let said = said.to_ascii_lowercase().replace('-', "");
        !said.contains("utf8")
    })
}
