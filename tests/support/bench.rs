//! A folder in which a nurse writes, at a time of the test's choosing.

use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A log in which ceftriaxone runs.
pub const LOG: &str = r#"// ED bed 4
Session(
    id: "a",
    setting: Hospital,
    date: "2026-03-02",
    events: [
        Start(at: "09:05", drug: "ceftriaxone"),
        // more
    ],
)
"#;

/// The folder; gone when the test ends.
pub struct Bench(PathBuf);

/// A time at which commands are given.
pub struct At<'b> {
    bench: &'b Bench,
    now: String,
    under: Option<String>,
}

/// What a command did.
pub struct Done {
    output: Output,
    log: PathBuf,
}

impl Bench {
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("hangtime-writing-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Bench(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).expect("a file");
        self.path(name)
    }

    pub fn at(&self, now: &str) -> At<'_> {
        At { bench: self, now: now.to_owned(), under: None }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl At<'_> {
    /// In a shell that was told this first.
    pub fn under(mut self, shell: &str) -> Self {
        self.under = Some(shell.to_owned());
        self
    }

    fn command(&self, line: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_hangtime");
        let mut command = match &self.under {
            Some(first) => {
                let mut shell = Command::new("bash");
                shell.arg("-c").arg(format!("{first}; exec {program} log {line}"));
                shell
            }
            None => {
                let mut command = Command::new(program);
                command.arg("log").args(words(line));
                command
            }
        };
        command.current_dir(&self.bench.0).env("HANGTIME_NOW", &self.now).env_remove("CLICOLOR_FORCE");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Gives a command and waits for it.
    pub fn log(&self, line: &str) -> Done {
        let output = self.command(line).output().expect("the program starts");
        Done { output, log: self.bench.path("a.ron") }
    }

    /// Gives a command.
    pub fn start(&self, line: &str) -> Child {
        self.command(line).spawn().expect("the program starts")
    }
}

/// The words of a command line, those in double quotes as one.
fn words(line: &str) -> Vec<String> {
    let is_quoted = line.split(' ').any(|word| word.starts_with('"'));
    if !is_quoted {
        return line.split_whitespace().map(str::to_owned).collect();
    }
    let parts = line.split('"').enumerate();
    let all = parts.flat_map(|(nth, part)| match nth % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect::<Vec<_>>(),
        _ => vec![part.to_owned()],
    });
    all.collect()
}

impl Done {
    pub fn status(&self) -> i32 {
        self.output.status.code().unwrap_or(-1)
    }

    pub fn exits(self, status: i32) -> Self {
        assert_eq!(self.status(), status, "stdout:\n{}\nstderr:\n{}", self.out(), self.err());
        self
    }

    pub fn says(self, text: &str) -> Self {
        assert!(self.out().contains(text), "`{text}` is not in:\n{}", self.out());
        self
    }

    pub fn complains(self, text: &str) -> Self {
        assert!(self.err().contains(text), "`{text}` is not in:\n{}", self.err());
        self
    }

    pub fn out(&self) -> String {
        String::from_utf8(self.output.stdout.clone()).expect("text")
    }

    pub fn err(&self) -> String {
        String::from_utf8(self.output.stderr.clone()).expect("text")
    }

    /// What `a.ron` is then.
    pub fn file(&self) -> Vec<u8> {
        fs::read(&self.log).expect("a log")
    }
}
