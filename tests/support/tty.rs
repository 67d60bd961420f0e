//! A pseudo-terminal of 80 columns and 24 lines on which `hangtime log` runs.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::bench::Bench;

/// A busy machine is slow.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Tty {
    master: Option<Box<dyn MasterPty + Send>>,
    child: Box<dyn Child + Send + Sync>,
    keys: Option<Box<dyn Write + Send>>,
    reader: Option<JoinHandle<()>>,
    /// Nobody reads any more.
    is_closed: Arc<AtomicBool>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
}

fn size(columns: u16, lines: u16) -> PtySize {
    PtySize { rows: lines, cols: columns, pixel_width: 0, pixel_height: 0 }
}

fn some(number: u16) -> NonZero<u16> {
    NonZero::new(number).expect("at least one")
}

impl Tty {
    pub fn at(bench: &Bench, now: &str, args: &[&str], environment: &[(&str, &str)]) -> Tty {
        let pair = native_pty_system().openpty(size(80, 24)).expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_hangtime"));
        command.arg("log");
        command.args(args);
        command.cwd(bench.path(""));
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(name);
        }
        command.env("HANGTIME_NOW", now);
        command.env("TERM", "xterm-256color");
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let (sender, output) = channel();
        let is_closed = Arc::new(AtomicBool::new(false));
        let closed = Arc::clone(&is_closed);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() || closed.load(Ordering::SeqCst) {
                    break;
                }
            }
        });
        let screen = vt100::Parser::new(some(24), some(80), 0);
        Tty { master: Some(pair.master), child, keys: Some(keys), reader: Some(reader), is_closed, output, screen }
    }

    pub fn types(&mut self, keys: &str) -> &mut Self {
        let to = self.keys.as_mut().expect("a terminal");
        to.write_all(keys.as_bytes()).and_then(|()| to.flush()).expect("keys");
        self
    }

    /// The terminal goes, as when its window is closed.
    pub fn goes(&mut self) -> &mut Self {
        self.is_closed.store(true, Ordering::SeqCst);
        // Something to read, so that the reader sees it.
        self.types("z");
        self.reader.take().expect("a reader").join().expect("the reader ends");
        self.keys = None;
        self.master = None;
        self
    }

    pub fn resize(&mut self, columns: u16, lines: u16) -> &mut Self {
        self.screen.screen_mut().set_size(some(lines), some(columns));
        self.master.as_ref().expect("a terminal").resize(size(columns, lines)).expect("a size");
        self
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    /// Waits until a text stands on the screen.
    pub fn shows(&mut self, text: &str) -> &mut Self {
        self.waits(text, true)
    }

    /// Waits until it does not.
    pub fn hides(&mut self, text: &str) -> &mut Self {
        self.waits(text, false)
    }

    fn waits(&mut self, text: &str, shown: bool) -> &mut Self {
        let begun = Instant::now();
        loop {
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
                self.screen.process(&bytes);
                continue;
            }
            if self.text().contains(text) == shown {
                return self;
            }
            let word = if shown { "does not" } else { "still does" };
            assert!(begun.elapsed() < PATIENCE, "`{text}` {word} stand on:\n{}", self.text());
        }
    }

    pub fn is_coloured(&self) -> bool {
        let screen = self.screen.screen();
        let (lines, columns) = screen.size();
        let cells = (0..lines.get()).flat_map(|line| (0..columns.get()).filter_map(move |column| screen.cell(line, column)));
        cells.into_iter().any(|cell| cell.fgcolor() != vt100::Color::Default || cell.bgcolor() != vt100::Color::Default)
    }

    pub fn is_taken_over(&self) -> bool {
        self.screen.screen().alternate_screen()
    }

    pub fn signal(&self, name: &str) {
        let id = self.child.process_id().expect("an id").to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &id]).status().expect("kill");
        assert!(sent.success());
    }

    /// Waits for the program's end; its exit status, where no signal ended it.
    pub fn ends(&mut self) -> Option<u32> {
        let begun = Instant::now();
        loop {
            let ended = self.child.try_wait().expect("a status");
            // Also what it said last.
            while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(100)) {
                self.screen.process(&bytes);
            }
            thread::sleep(Duration::from_millis(20));
            if let Some(status) = ended {
                return status.signal().is_none().then(|| status.exit_code());
            }
            assert!(begun.elapsed() < PATIENCE, "it goes on:\n{}", self.text());
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
