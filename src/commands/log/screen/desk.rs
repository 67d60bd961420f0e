//! The screen's hands: reads the log, writes it through the store, and says what came of it.

use std::path::Path;

use hangtime::Reference;
use hangtime::writing::fresh::Fresh;
use hangtime::writing::store::{self, Held};
use hangtime::writing::{Log, Present, Refusal, apply};

use super::chart::Chart;
use super::state::{Outcome, Place, Told};

/// Reads the log's bytes.
pub fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    store::read(path).map_err(|problem| Refusal { message: format!("{} cannot be read: {problem}", path.display()), ..Refusal::default() })
}

/// What the bytes say.
pub fn chart(bytes: &[u8], place: &Place, present: Present, reference: &Reference) -> Result<Chart, Refusal> {
    let log = Log::read(bytes, place.session.as_deref(), reference)?;
    Chart::of(&log, present, reference)
}

/// Writes an event. What contradicts the log is written only where the nurse has read that very
/// refusal: another program may have changed the log since.
pub fn write(place: &Place, told: &Told, present: Present, reference: &Reference) -> Outcome {
    let (held, log) = match take(place, reference) {
        Ok(taken) => taken,
        Err(outcome) => return outcome,
    };
    let tried = |anyway: bool| apply(&log, &told.verb, told.said.as_deref(), present, anyway, reference);
    let change = match tried(false) {
        Err(refusal) if refusal.can_be_forced && told.anyway.as_deref() == Some(refusal.message.as_str()) => tried(true),
        other => other,
    };
    match change {
        Ok(change) => match held.replace(&change.text) {
            Ok(()) => Outcome::Written(change.line, change.doubts.into_iter().map(|doubt| doubt.message).collect()),
            Err(problem) => not_written(place, &problem),
        },
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// Takes the last event out, if it is still the one that was shown.
pub fn undo(place: &Place, line: &str, reference: &Reference) -> Outcome {
    let (held, log) = match take(place, reference) {
        Ok(taken) => taken,
        Err(outcome) => return outcome,
    };
    match log.undo() {
        Ok(taken) if taken.line != line => Outcome::Failed(format!("The last event is another one by now, and stays: {}", taken.line)),
        Ok(taken) => match held.replace(&taken.text) {
            Ok(()) => Outcome::Undone(taken.line),
            Err(problem) => not_written(place, &problem),
        },
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// Begins a log; one that is there already stays as it is.
pub fn create(path: &Path, fresh: &Fresh) -> Outcome {
    let text = match fresh.text() {
        Ok(text) => text,
        Err(refusal) => return Outcome::Refused(refusal),
    };
    match store::create(path, &text) {
        Ok(()) => Outcome::Opened(Place { path: path.to_owned(), session: None }),
        Err(problem) if problem.kind() == std::io::ErrorKind::AlreadyExists => {
            Outcome::Failed(format!("{} is there already, and stays as it is: take another name", path.display()))
        }
        Err(problem) => Outcome::Failed(format!("{} cannot be written: {problem}", path.display())),
    }
}

fn take(place: &Place, reference: &Reference) -> Result<(Held, Log), Outcome> {
    let held = Held::take(&place.path).map_err(|problem| not_written(place, &problem))?;
    let log = Log::read(held.bytes(), place.session.as_deref(), reference).map_err(Outcome::Refused)?;
    Ok((held, log))
}

fn not_written(place: &Place, problem: &std::io::Error) -> Outcome {
    Outcome::Failed(format!("{} cannot be written, and stays as it was: {problem}", place.path.display()))
}
