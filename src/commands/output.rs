//! What is written where: results on standard output, everything else on standard error.

use std::io::{ErrorKind, IsTerminal, Write};
use std::path::Path;

use hangtime::show::excerpt::harmless;

use super::{Color, Outcome};

/// How to write.
pub struct Output {
    color: bool,
    width: Option<u16>,
    pub quiet: bool,
}

/// A terminal narrower than this tells nonsense of itself.
const LEAST_WIDTH: u16 = 40;

impl Output {
    pub fn new(color: Color, width: Option<u16>, quiet: bool) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        let terminal = || terminal_size::terminal_size().map(|(width, _)| width.0).filter(|width| *width >= LEAST_WIDTH);
        let on_terminal = std::io::stdout().is_terminal();
        Output { color: color != Color::Never, width: width.or_else(|| on_terminal.then(terminal).flatten()), quiet }
    }

    /// Columns for tables; `None` where nothing limits them.
    pub fn width(&self) -> Option<u16> {
        self.width
    }

    /// Columns for running text.
    pub fn page_width(&self) -> usize {
        const PAGE: u16 = 80;
        usize::from(self.width.unwrap_or(PAGE))
    }

    /// Columns for a table that wraps: a pipe gets a wide one.
    pub fn table_width(&self) -> usize {
        const PIPE: u16 = 160;
        usize::from(self.width.unwrap_or(PIPE))
    }

    /// Whether to make colours at all; the stream takes out what the terminal would not show.
    pub fn color(&self) -> bool {
        self.color
    }

    /// Whether standard output shows colours and is asked to.
    #[cfg(feature = "screen")]
    pub fn shows_color(&self) -> bool {
        self.color && anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never
    }

    /// Writes a result. A reader that went away is no error.
    pub fn print(&self, text: &str) -> Result<Outcome, String> {
        let mut out = anstream::AutoStream::auto(std::io::stdout());
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Ok(()) => Ok(Outcome::Fine),
            Err(problem) if problem.kind() == ErrorKind::BrokenPipe => Ok(Outcome::Fine),
            Err(problem) => Err(format!("the result cannot be written: {problem}")),
        }
    }

    /// Writes a result into a file, whole or not at all; without one, or for `-`, to standard output.
    pub fn save(&self, path: Option<&Path>, bytes: &[u8]) -> Result<Outcome, String> {
        match path.filter(|path| path.as_os_str() != "-") {
            Some(path) => write_whole(path, bytes).map_err(|problem| format!("{} cannot be written: {problem}", path.display()))?,
            None => return self.print(&String::from_utf8_lossy(bytes)),
        }
        Ok(Outcome::Fine)
    }

    /// Writes to standard error; where that fails there is nobody left to tell.
    pub fn tell(&self, text: &str) {
        let mut err = anstream::AutoStream::auto(std::io::stderr());
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Something to know that is no error.
    pub fn note(&self, words: &str) {
        self.tell(&format!("\u{1b}[1;32mnote\u{1b}[0m: {}\n", harmless(words)));
    }

    /// An error that belongs to no line of a log.
    pub fn complain(&self, problem: &str) {
        self.tell(&format!("\u{1b}[1;31merror\u{1b}[0m: {}\n", harmless(problem)));
    }

    /// A warning or note that belongs to no line of a log.
    pub fn remark(&self, word: &str, message: &str) {
        self.tell(&format!("\u{1b}[1m{word}\u{1b}[0m: {}\n", harmless(message)));
    }
}

/// A device or pipe is written as it is; of a file, the old one stands until the new one is whole.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if path.metadata().is_ok_and(|known| !known.is_file()) {
        return std::fs::write(path, bytes);
    }
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let written = std::fs::write(&part, bytes).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}
