//! Sessions as they come, billed as they come: in order, on all cores, in constant memory.
//!
//! ```text
//! bytes --cut--> chunks of whole records --work--> lines, and the groups at a chunk's ends --join--> lines in order
//! ```
//!
//! One thread reads and cuts, some work, the caller's joins and writes. Sessions of one patient that
//! follow each other are billed together (M2, M3, E2). A chunk's first and last group may go on in its
//! neighbours; they are coded where they are read and settled where they are joined. So much is held
//! at a time: a few chunks, and the longest run of one patient's sessions.

pub(crate) mod cut;
mod list;
pub(crate) mod record;
mod unpack;
mod work;

use std::collections::VecDeque;
use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::timeline::calendar::Minute;
use crate::{Form, Options, Reference, Source};
use cut::{Chunk, Cutter};
pub use unpack::Unpacked;
use work::{Done, Group, Worker};

/// A stream's bytes, and how findings name it.
pub struct Input {
    /// Its name.
    pub name: String,
    /// What gives its bytes; it may wait for them.
    pub read: Box<dyn Read + Send>,
}

/// How to bill a stream.
pub struct Settings<'s> {
    /// [`Form::Stream`] or [`Form::Lines`].
    pub form: Form,
    /// Profile, policies and warnings; its `now` gives way to `clock`.
    pub options: &'s Options,
    /// The facts.
    pub reference: &'s Reference,
    /// The present: a stream may run for weeks.
    pub clock: fn() -> Option<Minute>,
    /// How many threads work.
    pub jobs: NonZeroUsize,
    /// So many bytes are asked for at once. What one read gives is answered before the next.
    pub chunk: usize,
}

impl Settings<'_> {
    /// Large enough that handing over costs nothing, small enough to be held many times.
    pub const CHUNK: usize = 1 << 16;
}

/// How far it came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Results written, one a session or a record that is none.
    pub results: u64,
    /// Of these, errors.
    pub errors: u64,
    /// Of these, held.
    pub held: u64,
    /// What could not be read to its end.
    pub problems: Vec<String>,
    /// It was told to stop.
    pub stopped: bool,
}

impl Tally {
    fn add(&mut self, more: &Tally) {
        self.results += more.results;
        self.errors += more.errors;
        self.held += more.held;
    }
}

/// How soon it is seen that it is to stop.
const TICK: Duration = Duration::from_millis(100);

/// Bills what the inputs give, one after the other as one stream. Whole lines of NDJSON, one a
/// result, go to `write` in order, with the tally so far. It returns when all is written, soon after `stop` is set, or
/// when `write` fails; a reader that waits for input is then left behind, waiting.
///
/// # Errors
/// What `write` fails with, or that no thread could be had.
pub fn bill(
    inputs: Vec<Input>,
    settings: &Settings,
    stop: &AtomicBool,
    mut write: impl FnMut(&[u8], &Tally) -> io::Result<()>,
) -> io::Result<Tally> {
    let sources: Vec<Source> = inputs.iter().map(|input| Source::named(&*input.name, settings.form)).collect();
    let (events, news) = mpsc::channel();
    let (permits, permitted) = mpsc::channel();
    let (jobs, work) = mpsc::channel();
    let work = Mutex::new(work);
    // Some are worked on, some wait to be, and some to be written in their turn.
    for _ in 0..settings.jobs.get() * 3 {
        let _ = permits.send(());
    }
    let reader = Reader { events: events.clone(), permitted, form: settings.form, chunk: settings.chunk };
    thread::Builder::new().name("reader".to_owned()).spawn(move || reader.read_all(inputs))?;
    thread::scope(|scope| {
        for _ in 0..settings.jobs.get() {
            let (events, work, sources) = (events.clone(), &work, &sources);
            thread::Builder::new().spawn_scoped(scope, move || {
                let mut worker = Worker::new(settings, sources);
                while let Some(job) = next_job(work) {
                    let done = Box::new(worker.work(job.source, job.chunk));
                    if events.send(News::Done(job.number, done)).is_err() {
                        break;
                    }
                }
            })?;
        }
        drop(events);
        let writer = Writer {
            worker: Worker::new(settings, &sources),
            jobs,
            permits,
            waiting: VecDeque::new(),
            written: 0,
            open: None,
            lines: String::new(),
            tally: Tally::default(),
        };
        // Dropping the writer ends the workers.
        writer.run(&news, stop, &mut write)
    })
}

/// What the writer hears.
enum News {
    Read(usize, Chunk),
    Done(usize, Box<Done>),
    Problem(String),
    End,
}

struct Job {
    number: usize,
    source: usize,
    chunk: Chunk,
}

fn next_job(work: &Mutex<Receiver<Job>>) -> Option<Job> {
    work.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

/// Reads and cuts, as far ahead as it is permitted.
struct Reader {
    events: Sender<News>,
    permitted: Receiver<()>,
    form: Form,
    chunk: usize,
}

impl Reader {
    fn read_all(self, inputs: Vec<Input>) {
        let read = || {
            for (source, Input { name, read }) in inputs.into_iter().enumerate() {
                let mut cutter = Cutter::new(read, self.form, self.chunk);
                loop {
                    let news = match cutter.next() {
                        Ok(Some(chunk)) => News::Read(source, chunk),
                        Ok(None) => break,
                        Err(problem) => News::Problem(format!("{name} cannot be read: {problem}")),
                    };
                    let is_chunk = matches!(news, News::Read(..));
                    if self.events.send(news).is_err() || is_chunk && self.permitted.recv().is_err() {
                        return;
                    }
                    if !is_chunk {
                        break;
                    }
                }
            }
        };
        // Were it silent, the writer would wait for ever.
        let fault = catch_unwind(AssertUnwindSafe(read)).is_err();
        if fault {
            let _ = self.events.send(News::Problem("reading failed by a fault of this program, please report it".to_owned()));
        }
        let _ = self.events.send(News::End);
    }
}

/// Brings what the workers did into its order, and joins it.
struct Writer<'s> {
    worker: Worker<'s>,
    jobs: Sender<Job>,
    permits: Sender<()>,
    /// What is under way: the first is number `written`.
    waiting: VecDeque<Option<Box<Done>>>,
    written: usize,
    /// The group that may go on.
    open: Option<Group>,
    lines: String,
    tally: Tally,
}

impl Writer<'_> {
    fn run(
        mut self,
        news: &Receiver<News>,
        stop: &AtomicBool,
        write: &mut dyn FnMut(&[u8], &Tally) -> io::Result<()>,
    ) -> io::Result<Tally> {
        let mut is_end = false;
        while !(is_end && self.waiting.is_empty()) {
            if stop.load(Ordering::Relaxed) {
                self.tally.stopped = true;
                return Ok(self.tally);
            }
            match news.recv_timeout(TICK) {
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return Err(io::Error::other("a fault of this program, please report it")),
                Ok(News::End) => is_end = true,
                Ok(News::Problem(problem)) => self.tally.problems.push(problem),
                Ok(News::Read(source, chunk)) => {
                    let number = self.written + self.waiting.len();
                    self.waiting.push_back(None);
                    let _ = self.jobs.send(Job { number, source, chunk });
                }
                Ok(News::Done(number, done)) => {
                    self.waiting[number - self.written] = Some(done);
                    while let Some(Some(done)) = self.waiting.front_mut().map(Option::take) {
                        self.waiting.pop_front();
                        self.written += 1;
                        self.join(*done, write)?;
                        self.hand_out(write)?;
                        let _ = self.permits.send(());
                    }
                }
            }
        }
        self.close();
        self.hand_out(write)?;
        Ok(self.tally)
    }

    /// Puts a chunk's results behind those before it.
    fn join(&mut self, done: Done, write: &mut dyn FnMut(&[u8], &Tally) -> io::Result<()>) -> io::Result<()> {
        let Done { first, lines, last, tally } = done;
        if let Some(group) = first {
            match &mut self.open {
                Some(open) if open.goes_on_with(&group) => open.append(group),
                _ => {
                    self.close();
                    self.open = Some(group);
                }
            }
        }
        // The whole chunk may be of the group that is open.
        if lines.is_empty() && last.is_none() {
            return Ok(());
        }
        self.close();
        // What is many lines long is not copied behind the few that come before it.
        self.hand_out(write)?;
        self.lines = lines;
        self.tally.add(&tally);
        self.open = last;
        Ok(())
    }

    /// Settles the group that is open: no more of it will come.
    fn close(&mut self) {
        if let Some(group) = self.open.take() {
            let tally = self.worker.settle(group, &mut self.lines);
            self.tally.add(&tally);
        }
    }

    fn hand_out(&mut self, write: &mut dyn FnMut(&[u8], &Tally) -> io::Result<()>) -> io::Result<()> {
        if !self.lines.is_empty() {
            write(self.lines.as_bytes(), &self.tally)?;
            self.lines.clear();
        }
        Ok(())
    }
}
