//! Every log of `tests/bad` holds one mistake that people make, and beside it stands the exact
//! message that they get. `BLESS=1 cargo test --test bad` writes the messages anew: read the
//! difference before you keep it.

#[path = "support/expected.rs"]
#[allow(dead_code)] // only its walk over a folder
mod expected;
#[path = "support/told.rs"]
#[allow(dead_code)]
mod told;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use hangtime::session::finding::{Finding, Severity};
use hangtime::session::locate;
use hangtime::show::findings::Drawer;
use hangtime::show::spot::Spotter;
use hangtime::timeline::calendar::Minute;
use hangtime::{Bill, Options, Reference, Source, Status, bill};
use libtest_mimic::{Arguments, Failed, Trial};

/// The present for every log, so that the future stays where it is: 2030-01-01.
const PRESENT: Minute = Minute(31_557_600);

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("every message belongs to a log", every_message_belongs_to_a_log),
        Trial::test("check prints the same", check_prints_the_same),
    ];
    for path in expected::files("tests/bad", "ron") {
        trials.push(Trial::test(name(&path), move || mistake(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn mistake(path: &Path) -> Result<(), Failed> {
    let bytes = std::fs::read(path)?;
    let source = Source::new(format!("{}.ron", name(path)), &bytes);
    if source.damage.is_none() && !source.text.starts_with("//") {
        return Err("a log here begins with a comment that names its mistake".into());
    }
    let options = Options { now: Some(PRESENT), ..Options::default() };
    let bills = bill(std::slice::from_ref(&source), &options, Reference::embedded());
    is_as_bad_as_its_name(&name(path), &bills)?;
    points_into_the_file(&source, &bills)?;
    let drawn = drawn(&source, &bills);
    let beside = path.with_extension("expected");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(beside, drawn)?;
        return Ok(());
    }
    let wanted = std::fs::read_to_string(beside)?;
    if wanted == drawn { Ok(()) } else { Err(format!("expected\n{wanted}\ncame\n{drawn}").into()) }
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// An error bars its session from being billed; `warn-` and `note-` in a name promise that there is
/// none, and something of that weight.
fn is_as_bad_as_its_name(name: &str, bills: &[Bill]) -> Result<(), Failed> {
    let heaviest = bills.iter().flat_map(|bill| &bill.findings).map(|finding| finding.severity).min();
    let promised = match name.split('-').next() {
        Some("warn") => Severity::Warning,
        Some("note") => Severity::Note,
        _ => Severity::Error,
    };
    if heaviest != Some(promised) {
        return Err(format!("the heaviest finding is {heaviest:?}, and the name says {promised:?}").into());
    }
    for bill in bills {
        let wrong = bill.findings.iter().any(Finding::is_error);
        if wrong != (bill.status == Status::Error) || wrong == bill.claim.is_some() {
            return Err(format!("{} has the status {:?}, and a claim: {}", bill.id, bill.status, bill.claim.is_some()).into());
        }
    }
    Ok(())
}

/// A finding on a whole file that is no text points at its first character.
fn points_into_the_file(source: &Source, bills: &[Bill]) -> Result<(), Failed> {
    let spotter = Spotter::new(source);
    for bill in bills {
        for finding in &bill.findings {
            let at = spotter.find(bill.number, &finding.place).map(|range| (range.end, locate::line_column(&source.text, range.start)));
            match at {
                Some((end, (1.., 1..))) if end <= source.text.len() => {}
                _ => return Err(format!("`{}` points nowhere: {at:?}", finding.message).into()),
            }
        }
    }
    Ok(())
}

/// What `hangtime check` prints.
fn drawn(source: &Source, bills: &[Bill]) -> String {
    let mut drawer = Drawer::new(source, false);
    let mut text: String = bills.iter().map(|bill| drawer.draw(bill.findings.iter(), bill.number)).collect();
    let counted = |count: usize, word: &str| match count {
        0 => format!("no {word}s"),
        1 => format!("1 {word}"),
        _ => format!("{count} {word}s"),
    };
    let found = |severity| bills.iter().flat_map(|bill| &bill.findings).filter(|finding| finding.severity == severity).count();
    let sessions = counted(bills.iter().filter(|bill| bill.session.is_some()).count(), "session");
    let [errors, warnings, notes] = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .map(|(kind, word)| counted(found(kind), word));
    text.push_str(&format!("{sessions} in 1 file: {errors}, {warnings}, {notes}.\n"));
    text
}

/// The messages are drawn by the library above; here the command itself draws some of them.
fn check_prints_the_same() -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        return Ok(());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad");
    for name in ["several-kinds", "two-sessions-one-bad", "encoding-utf16", "warn-long-push"] {
        let ran = Command::new(env!("CARGO_BIN_EXE_hangtime"))
            .args(["check", "--color", "never", &format!("{name}.ron")])
            .current_dir(&folder)
            .output()?;
        let (wanted, came) = (std::fs::read_to_string(folder.join(format!("{name}.expected")))?, String::from_utf8(ran.stdout)?);
        if wanted != came {
            return Err(format!("{name}: expected\n{wanted}\ncame\n{came}").into());
        }
        let status = i32::from(!name.starts_with("warn-"));
        if ran.status.code() != Some(status) {
            return Err(format!("{name}: the exit status is {}, not {status}", ran.status).into());
        }
    }
    Ok(())
}

fn every_message_belongs_to_a_log() -> Result<(), Failed> {
    let names = |ending| expected::files("tests/bad", ending).iter().map(|path| name(path)).collect::<BTreeSet<_>>();
    let (logs, messages) = (names("ron"), names("expected"));
    let alone: Vec<_> = messages.difference(&logs).collect();
    if alone.is_empty() { Ok(()) } else { Err(format!("messages without a log: {alone:?}").into()) }
}
