//! `hangtime bill --format ndjson` on a stream: sessions as they come, results as they are ready.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Read, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::time::Duration;

use hangtime::stream::{Input, Settings, Tally, Unpacked};
use hangtime::{Form, Options, Reference, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::output::Output;
use super::{Outcome, inputs};

/// Bills standard input, or files of one session a line.
pub fn run(
    paths: &[PathBuf],
    form: Form,
    jobs: Option<NonZeroUsize>,
    options: &Options,
    output: &Output,
    reference: &Reference,
) -> Result<Outcome, String> {
    let jobs = jobs.or_else(|| std::thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN);
    let settings = Settings { form, options, reference, clock: || Some(inputs::now()), jobs, chunk: Settings::CHUNK };
    let signals = Signals::watch().map_err(|problem| format!("signals cannot be watched: {problem}"))?;
    let bar = Bar::new(paths, output);
    let inputs = paths.iter().map(|path| bar.input(path, form)).collect();
    let mut out = io::stdout().lock();
    let billed = stream::bill(inputs, &settings, &signals.stop, |lines, tally| {
        out.write_all(lines).and_then(|()| out.flush())?;
        bar.tell(tally);
        Ok(())
    });
    bar.clear();
    let tally = match billed {
        Ok(tally) => tally,
        Err(problem) if problem.kind() == ErrorKind::BrokenPipe => return Ok(Outcome::Fine),
        Err(problem) => return Err(format!("the result cannot be written: {problem}")),
    };
    tally.problems.iter().for_each(|problem| output.complain(problem));
    conclude(&tally, output);
    Ok(match signals.seen().filter(|_| tally.stopped) {
        Some(signal) => Outcome::Signal(signal),
        None if !tally.problems.is_empty() => Outcome::FileError,
        None if tally.errors > 0 => Outcome::SessionError,
        None => Outcome::Fine,
    })
}

/// One line for a person: how many, and what became of them.
fn conclude(tally: &Tally, output: &Output) {
    let of = if tally.results == 1 { "1 session".to_owned() } else { format!("{} sessions", tally.results) };
    let held = if tally.held > 0 { format!(", {} held", tally.held) } else { String::new() };
    if tally.errors > 0 {
        output.complain(&format!("{of}: {} in error{held}; what is wrong is in each one's `findings`", tally.errors));
    } else if !output.quiet && io::stderr().is_terminal() {
        output.remark("note", &format!("{of}: none in error{held}"));
    }
}

/// A file, opened when it is its turn.
enum Turn {
    Waits(PathBuf),
    Reads(File),
}

impl Read for Turn {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Turn::Waits(path) = self {
            *self = Turn::Reads(File::open(path)?);
        }
        match self {
            Turn::Reads(file) => file.read(into),
            Turn::Waits(_) => Ok(0),
        }
    }
}

/// Progress on standard error, where a person looks at it and the results go elsewhere.
struct Bar {
    bar: ProgressBar,
    /// It counts bytes, since their number is known; else results.
    of_bytes: bool,
}

impl Bar {
    fn new(paths: &[PathBuf], output: &Output) -> Bar {
        let is_seen = io::stderr().is_terminal() && !io::stdout().is_terminal() && !output.quiet;
        let sizes = paths.iter().map(|path| path.metadata().ok().filter(|known| known.is_file()).map(|known| known.len()));
        let all: Option<u64> = sizes.sum();
        let bar = match (is_seen, all) {
            (false, _) => ProgressBar::hidden(),
            (true, Some(all)) => ProgressBar::new(all).with_style(style("{bar:24} {bytes} of {total_bytes}  {msg}  {eta} left")),
            (true, None) => ProgressBar::no_length().with_style(style("{spinner} {pos} sessions  {rate}  {msg}")),
        };
        if is_seen {
            const RATE: u8 = 5;
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(RATE));
            bar.enable_steady_tick(Duration::from_millis(500));
        }
        Bar { bar, of_bytes: all.is_some() }
    }

    fn input(&self, path: &Path, form: Form) -> Input {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let read: Box<dyn Read + Send> = match (is_stdin, self.of_bytes) {
            (true, _) => Box::new(io::stdin()),
            (false, true) => Box::new(self.bar.wrap_read(Turn::Waits(path.to_owned()))),
            (false, false) => Box::new(Turn::Waits(path.to_owned())),
        };
        // A log in RON is read as it is, in any format.
        Input { name, read: if form == Form::Lines { Box::new(Unpacked::new(read)) } else { read } }
    }

    fn tell(&self, tally: &Tally) {
        if !self.of_bytes {
            self.bar.set_position(tally.results);
        }
        if tally.errors > 0 && !self.bar.is_hidden() {
            self.bar.set_message(format!("{} in error", tally.errors));
        }
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()).with_key("rate", rate)
}

/// The signals that end a stream behind a whole line. A second one ends the program at once.
struct Signals {
    stop: Arc<AtomicBool>,
    seen: Arc<AtomicUsize>,
}

impl Signals {
    #[cfg(unix)]
    fn watch() -> io::Result<Signals> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        use signal_hook::flag;
        let signals = Signals { stop: Arc::default(), seen: Arc::default() };
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            flag::register_conditional_default(signal, Arc::clone(&signals.stop))?;
            flag::register_usize(signal, Arc::clone(&signals.seen), signal as usize)?;
            flag::register(signal, Arc::clone(&signals.stop))?;
        }
        Ok(signals)
    }

    #[cfg(not(unix))]
    fn watch() -> io::Result<Signals> {
        Ok(Signals { stop: Arc::default(), seen: Arc::default() })
    }

    fn seen(&self) -> Option<u8> {
        u8::try_from(self.seen.load(std::sync::atomic::Ordering::Relaxed)).ok().filter(|signal| *signal > 0)
    }
}
