//! Read under the lock, apply, write, and say what was written where.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use hangtime::session::dates::read_date;
use hangtime::session::log::Setting;
use hangtime::show::excerpt::harmless;
use hangtime::show::findings::Drawer;
use hangtime::show::handover::Shown;
use hangtime::timeline::Snapshot;
use hangtime::writing::fresh::{Fresh, id_of};
use hangtime::writing::store::{self, Held};
use hangtime::writing::times::told;
use hangtime::writing::{Log, Present, Verb, apply, handover, search};
use hangtime::{Reference, Source};

use super::super::output::Output;
use super::super::{Outcome, clock};
use super::args::{self, FileArgs, Format, NewArgs, StatusArgs, UndoArgs, Where};
use super::refuse;

pub fn new(args: &NewArgs, output: &Output) -> Result<Outcome, String> {
    let path = with_ending(&args.file);
    let today = clock::now()?.date();
    let date = args.date.clone().unwrap_or_else(|| today.to_string());
    let fresh = Fresh {
        id: args.id.clone().unwrap_or_else(|| id_of(&path, read_date(&date).unwrap_or(today))),
        setting: match args.setting {
            args::Setting::Hospital => Setting::Hospital,
            args::Setting::Office => Setting::Office,
        },
        date,
        zone: args.zone.clone(),
        patient: args.patient.clone(),
        unit: args.unit.clone(),
        reason: args.reason.clone(),
    };
    let text = match fresh.text() {
        Ok(text) => text,
        Err(refusal) => {
            refuse(&refusal, None, output);
            return Ok(Outcome::FileError);
        }
    };
    match store::create(&path, &text) {
        Ok(()) => {}
        Err(problem) if problem.kind() == ErrorKind::AlreadyExists => {
            return Err(format!("{} is there already, and stays as it is: to write to it, --file {}", path.display(), path.display()));
        }
        Err(problem) => return Err(format!("{} cannot be written: {problem}", path.display())),
    }
    if fresh.setting == Setting::Office && fresh.reason.is_none() && !output.quiet {
        output.tell("warning: an office visit has a reason, the drug that it is for; add a line such as reason: \"infliximab\",\n");
    }
    let setting = format!("{:?}", fresh.setting).to_lowercase();
    output.print(&format!("{}: a new log, {}, {setting}\n", shown(&path), harmless(&fresh.id)))
}

pub fn event(place: &Where, verb: &Verb, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let present = clock::now()?;
    let Some(path) = find(&place.file, present, output, reference)? else { return Ok(Outcome::FileError) };
    let held = take(&path)?;
    let Some(log) = read(&path, held.bytes(), &place.file, output, reference) else { return Ok(Outcome::SessionError) };
    let change = match apply(&log, verb, place.at.as_deref(), present, place.anyway, reference) {
        Ok(change) => change,
        Err(refusal) => {
            refuse(&refusal, Some((&Source::new(shown(&path), held.bytes()), log.number())), output);
            return Ok(Outcome::SessionError);
        }
    };
    replace(&path, held, &change.text)?;
    let source = Source::new(shown(&path), change.text.as_bytes());
    if !output.quiet {
        output.tell(&Drawer::new(&source, output.color()).draw(change.doubts.iter(), log.number()));
    }
    let runs = runs(&change.state);
    let head = format!("{} ({}):", shown(&path), harmless(&log.session().id));
    output.print(&format!("{head}\n    {}\n{runs}", harmless(&change.line)))
}

pub fn undo(args: &UndoArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let Some(path) = find(&args.file, clock::now()?, output, reference)? else { return Ok(Outcome::FileError) };
    let held = take(&path)?;
    let Some(log) = read(&path, held.bytes(), &args.file, output, reference) else { return Ok(Outcome::SessionError) };
    match log.undo() {
        Ok(taken) => {
            replace(&path, held, &taken.text)?;
            let head = format!("{} ({}), taken out:", shown(&path), harmless(&log.session().id));
            output.print(&format!("{head}\n    {}\n", harmless(&taken.line)))
        }
        Err(refusal) => {
            refuse(&refusal, None, output);
            Ok(Outcome::SessionError)
        }
    }
}

pub fn status(args: &StatusArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let present = clock::now()?;
    let Some(path) = find(&args.file, present, output, reference)? else { return Ok(Outcome::FileError) };
    let bytes = store::read(&path).map_err(|problem| format!("{} cannot be read: {problem}", path.display()))?;
    let Some(log) = read(&path, &bytes, &args.file, output, reference) else { return Ok(Outcome::SessionError) };
    let source = Source::new(shown(&path), &bytes);
    let handover = match handover::look(&log, present, reference) {
        Ok(handover) => handover,
        Err(refusal) => {
            refuse(&refusal, Some((&source, log.number())), output);
            return Ok(Outcome::SessionError);
        }
    };
    let shown = Shown { source: &source, number: log.number(), session: log.session(), handover: &handover };
    output.print(&match args.format {
        Format::Text => shown.text(output.page_width()),
        Format::Json => shown.json(),
    })
}

/// The log that is named, else the open one of this folder; `None` where that was refused.
fn find(file: &FileArgs, present: Present, output: &Output, reference: &Reference) -> Result<Option<PathBuf>, String> {
    if let Some(file) = &file.file {
        return Ok(Some(existing(file)));
    }
    match search::open_log(Path::new("."), present, reference) {
        Ok(path) => Ok(Some(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))),
        Err(refusal) => {
            refuse(&refusal, None, output);
            Ok(None)
        }
    }
}

fn take(path: &Path) -> Result<Held, String> {
    Held::take(path).map_err(|problem| match problem.kind() {
        ErrorKind::NotFound => format!("{} is not there: hangtime log new {} begins it", path.display(), path.display()),
        _ => format!("{} cannot be written: {problem}", path.display()),
    })
}

fn replace(path: &Path, held: Held, text: &str) -> Result<(), String> {
    held.replace(text).map_err(|problem| format!("{} cannot be written, and stays as it was: {problem}", path.display()))
}

/// The log in a file's bytes; `None` where it was refused.
fn read(path: &Path, bytes: &[u8], file: &FileArgs, output: &Output, reference: &Reference) -> Option<Log> {
    match Log::read(bytes, file.session.as_deref(), reference) {
        Ok(log) => Some(log),
        Err(refusal) => {
            refuse(&refusal, Some((&Source::new(shown(path), bytes), 0)), output);
            None
        }
    }
}

/// "running: ceftriaxone since 09:05".
fn runs(state: &Snapshot) -> String {
    let run = |run: &hangtime::timeline::Running| {
        let since = told(run.since, &state.calendar);
        let held = run.paused.map(|at| format!(", held since {}", told(at, &state.calendar))).unwrap_or_default();
        format!("{} since {since}{held}", harmless(&run.written))
    };
    let running: Vec<String> = state.running.iter().filter(|run| !run.home).map(run).collect();
    if running.is_empty() { "nothing runs\n".to_owned() } else { format!("running: {}\n", running.join("; ")) }
}

/// A log as it is named, or with the ending that was left out.
pub fn existing(file: &Path) -> PathBuf {
    let ended = with_ending(file);
    if !file.exists() && ended.exists() { ended } else { file.to_owned() }
}

pub fn with_ending(path: &Path) -> PathBuf {
    if path.extension().is_some_and(|ending| ending == "ron") {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".ron");
    PathBuf::from(name)
}

fn shown(path: &Path) -> String {
    harmless(&path.display().to_string()).into_owned()
}
