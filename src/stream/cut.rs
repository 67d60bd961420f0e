//! Bytes as they come to chunks of whole records: lines, or the elements of one RON list.
//!
//! Nothing is read twice: what one read gave is looked through once, and only the piece of a record
//! at its end is carried into the next chunk. Where a chunk ends changes no record.

use std::io::{self, ErrorKind, Read};
use std::mem;
use std::ops::Range;

use ron::extensions::Extensions;

use super::list::List;
use crate::Form;
use crate::session::parse::TOP;
use crate::session::tokens::{Kind as Token, Tokens, skip_attributes};

/// The mark that some editors put in front of UTF-8.
pub(crate) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// A record's place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Its bytes in the chunk.
    pub range: Range<usize>,
    /// Line and column, from 1, of the stream at which it begins.
    pub line: usize,
    pub column: usize,
    pub kind: Kind,
}

impl Piece {
    /// A whole text.
    pub(crate) fn whole(length: usize) -> Self {
        Piece { range: 0..length, line: TOP.0, column: TOP.1, kind: Kind::Record }
    }
}

/// Whether a record stands where one may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Record,
    /// No comma stands between it and the record before.
    NoComma,
    /// A comma where a record should be.
    Comma,
    /// Something behind the end of the list.
    Behind,
    /// The end of a stream whose list is not closed.
    Unclosed,
}

/// Some records that follow each other.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub bytes: Vec<u8>,
    pub pieces: Vec<Piece>,
    /// The one piece is all of a stream that is no list.
    pub is_whole: bool,
}

/// Cuts what a reader gives.
pub(crate) struct Cutter<R> {
    read: R,
    /// What was read and is not handed on; room behind `filled`.
    bytes: Vec<u8>,
    filled: usize,
    size: usize,
    scan: Scan,
    place: Walk,
    is_end: bool,
}

enum Scan {
    /// Not yet known whether a list begins; not looked at again before there is so much.
    Opening {
        form: Form,
        from: usize,
    },
    Lines {
        looked: usize,
    },
    List(List),
    /// No list: one piece.
    Whole,
    Done,
}

impl<R: Read> Cutter<R> {
    /// `size`: so many bytes are asked for at once.
    pub(crate) fn new(read: R, form: Form, size: usize) -> Self {
        let size = size.max(1);
        let scan = Scan::Opening { form, from: 0 };
        Cutter { read, bytes: vec![0; size], filled: 0, size, scan, place: Walk::default(), is_end: false }
    }

    /// The next records, as soon as there are some; `None` at the end.
    pub(crate) fn next(&mut self) -> io::Result<Option<Chunk>> {
        while !matches!(self.scan, Scan::Done) {
            if !self.is_end {
                self.fill()?;
            }
            let mut chunk = self.cut();
            if self.is_end {
                self.scan = Scan::Done;
            }
            if !chunk.pieces.is_empty() {
                self.hand_over(&mut chunk);
                return Ok(Some(chunk));
            }
            // Blank lines and comments, however many, are not kept.
            if self.keeps_from() > self.size {
                self.hand_over(&mut chunk);
            }
        }
        Ok(None)
    }

    fn fill(&mut self) -> io::Result<()> {
        // A record longer than the buffer doubles it.
        let most = self.size.max(self.filled);
        if self.bytes.len() < self.filled + most {
            self.bytes.resize(self.filled + most, 0);
        }
        loop {
            match self.read.read(&mut self.bytes[self.filled..]) {
                Ok(0) => self.is_end = true,
                Ok(read) => self.filled += read,
                Err(problem) if problem.kind() == ErrorKind::Interrupted => continue,
                Err(problem) => {
                    self.scan = Scan::Done;
                    return Err(problem);
                }
            }
            return Ok(());
        }
    }

    /// Looks through what is new.
    fn cut(&mut self) -> Chunk {
        let mut chunk = Chunk::default();
        let bytes = &self.bytes[..self.filled];
        if let Scan::Opening { form, from } = self.scan {
            match opening(bytes, form, from, self.is_end) {
                Opening::Unknown { from } => self.scan = Scan::Opening { form, from },
                Opening::Known(scan) => self.scan = scan,
            }
        }
        match &mut self.scan {
            Scan::Opening { .. } | Scan::Done => {}
            Scan::Whole if self.is_end => {
                chunk.is_whole = true;
                chunk.pieces.push(Piece::whole(bytes.len()));
            }
            Scan::Whole => {}
            Scan::Lines { looked } => lines(bytes, looked, self.is_end, &mut self.place, &mut chunk.pieces),
            Scan::List(list) => {
                list.scan(bytes, self.is_end, &mut |range, kind| chunk.pieces.push(self.place.piece(bytes, range, kind)));
            }
        }
        chunk
    }

    /// The first byte that belongs to the next chunk.
    fn keeps_from(&self) -> usize {
        match &self.scan {
            Scan::Lines { .. } => self.place.at,
            Scan::List(list) => list.keeps_from(),
            Scan::Opening { .. } | Scan::Whole | Scan::Done => 0,
        }
    }

    /// Gives the chunk its bytes, and keeps what belongs to the next.
    fn hand_over(&mut self, chunk: &mut Chunk) {
        let keep = self.keeps_from();
        match &mut self.scan {
            Scan::Lines { looked } => *looked -= keep,
            Scan::List(list) => {
                self.place.walk(&self.bytes, keep);
                list.forget(keep);
                // What stands behind the end of a list is told once, and not read.
                if list.is_done() {
                    self.scan = Scan::Done;
                }
            }
            Scan::Opening { .. } | Scan::Whole | Scan::Done => {}
        }
        self.place.at = 0;
        let rest = self.filled - keep;
        let mut next = if matches!(self.scan, Scan::Done) { Vec::new() } else { vec![0; self.size + rest] };
        if rest > 0 && !next.is_empty() {
            next[..rest].copy_from_slice(&self.bytes[keep..self.filled]);
        }
        chunk.bytes = mem::replace(&mut self.bytes, next);
        chunk.bytes.truncate(chunk.pieces.last().map_or(0, |piece| piece.range.end));
        self.filled = rest;
    }
}

/// The records of a text at hand; `None` where it is no list.
pub(crate) fn pieces(text: &str, form: Form) -> Option<Vec<Piece>> {
    let bytes = text.as_bytes().to_vec();
    let mut cutter = Cutter { filled: bytes.len(), bytes, is_end: true, ..Cutter::new(io::empty(), form, 1) };
    let chunk = cutter.cut();
    (!chunk.is_whole).then_some(chunk.pieces)
}

enum Opening {
    Unknown { from: usize },
    Known(Scan),
}

/// How a stream begins.
fn opening(bytes: &[u8], form: Form, from: usize, is_end: bool) -> Opening {
    if !is_end && (bytes.len() < from || bytes.len() < MARK.len() && MARK.starts_with(bytes)) {
        return Opening::Unknown { from };
    }
    let behind_mark = if bytes.starts_with(MARK) { MARK.len() } else { 0 };
    if form == Form::Lines {
        return Opening::Known(Scan::Lines { looked: behind_mark });
    }
    let (text, is_broken) = match str::from_utf8(&bytes[behind_mark..]) {
        Ok(text) => (text, false),
        // A character at the end may be on its way.
        Err(broken) => {
            let valid = &bytes[behind_mark..behind_mark + broken.valid_up_to()];
            (str::from_utf8(valid).unwrap_or_default(), broken.error_len().is_some())
        }
    };
    let attributes = skip_attributes(text);
    match Tokens::new(text, attributes).next() {
        Some(token) if token.kind == Token::Open('[') && are_known(&text[..attributes]) => {
            Opening::Known(Scan::List(List::new(behind_mark + token.end)))
        }
        // A hash may open attributes that are on their way.
        None if !is_end && !is_broken => Opening::Unknown { from: again(bytes.len()) },
        Some(token) if !is_end && matches!(token.kind, Token::OpenComment | Token::Other('#' | '/')) && !is_broken => {
            Opening::Unknown { from: again(bytes.len()) }
        }
        _ => Opening::Known(Scan::Whole),
    }
}

/// A long opening is not looked at again for every read.
fn again(length: usize) -> usize {
    const LONG: usize = 1 << 20;
    if length < LONG { 0 } else { 2 * length }
}

/// Whether `ron` takes these `#![enable(...)]` lines.
fn are_known(attributes: &str) -> bool {
    let options = ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME);
    attributes.trim().is_empty() || options.from_str::<()>(&format!("{attributes}()")).is_ok()
}

/// The lines in which something stands.
fn lines(bytes: &[u8], looked: &mut usize, is_end: bool, place: &mut Walk, pieces: &mut Vec<Piece>) {
    // A mark in front of the first line is none of it.
    if place.line == 1 && place.at == 0 && bytes.starts_with(MARK) {
        place.at = MARK.len();
    }
    let mut tell = |start: usize, end: usize, line: usize| {
        let end = if bytes[start..end].ends_with(b"\r") { end - 1 } else { end };
        if !bytes[start..end].iter().all(u8::is_ascii_whitespace) {
            pieces.push(Piece { range: start..end, line, column: 1, kind: Kind::Record });
        }
    };
    for end in memchr::memchr_iter(b'\n', &bytes[*looked..]) {
        let end = *looked + end;
        tell(place.at, end, place.line);
        place.at = end + 1;
        place.line += 1;
    }
    *looked = bytes.len();
    if is_end && place.at < bytes.len() {
        tell(place.at, bytes.len(), place.line);
        place.at = bytes.len();
    }
}

/// A place in the stream that only moves on.
struct Walk {
    /// The byte of the buffer.
    at: usize,
    line: usize,
    column: usize,
}

impl Default for Walk {
    fn default() -> Self {
        Walk { at: 0, line: TOP.0, column: TOP.1 }
    }
}

impl Walk {
    fn walk(&mut self, bytes: &[u8], to: usize) {
        let passed = &bytes[self.at..to];
        let passed = if (self.line, self.column) == TOP { passed.strip_prefix(MARK).unwrap_or(passed) } else { passed };
        let begun = match memchr::memrchr(b'\n', passed) {
            Some(last) => {
                self.line += memchr::memchr_iter(b'\n', passed).count();
                self.column = 1;
                &passed[last + 1..]
            }
            None => passed,
        };
        self.column += begun.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        self.at = to;
    }

    fn piece(&mut self, bytes: &[u8], range: Range<usize>, kind: Kind) -> Piece {
        self.walk(bytes, range.start);
        Piece { range, line: self.line, column: self.column, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::locate;

    /// Gives so many bytes at a time.
    struct Drops<'t>(&'t [u8], usize);

    impl Read for Drops<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(count);
            into[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    type Told = (String, usize, usize, Kind);

    fn told(bytes: &[u8], form: Form, drop: usize, size: usize) -> (Vec<Told>, bool) {
        let mut cutter = Cutter::new(Drops(bytes, drop), form, size);
        let (mut all, mut is_whole) = (Vec::new(), false);
        while let Some(chunk) = cutter.next().expect("no trouble") {
            is_whole |= chunk.is_whole;
            all.extend(chunk.pieces.iter().map(|piece| {
                let text = String::from_utf8_lossy(&chunk.bytes[piece.range.clone()]).into_owned();
                (text, piece.line, piece.column, piece.kind)
            }));
        }
        (all, is_whole)
    }

    /// However it comes, a stream holds the same records.
    fn records(text: &str, form: Form) -> Vec<Told> {
        let whole = told(text.as_bytes(), form, usize::MAX, text.len() + 1);
        for drop in (1..=text.len().min(70)).chain([text.len()]) {
            for size in [1, 7, 64, 4096] {
                assert_eq!(told(text.as_bytes(), form, drop, size), whole, "{drop} bytes at a time, room for {size}: {text}");
            }
        }
        whole.0
    }

    const RECORDS: &str = r###"// [ a list
#![enable(implicit_some)] /* [ /* ( */ " */
[Session(id: "a, \" (b", x: r##"]"# y"##, // ), (
    c: '(', d: '\'', e: b'"', f: b"(", g: br#"""#, h: '\u{28}', bar"x", drugs: {"\u{4B}": (class: A)}
), (id: "é — b") , Session/* ( */(id: 3,),
  7, "x", Pause, ]
// the end
"###;

    #[test]
    fn the_elements_of_a_list_are_its_records() {
        let records = records(RECORDS, Form::Stream);
        let found: Vec<&str> = records.iter().map(|(text, ..)| text.as_str()).collect();
        let expected: Vec<&str> = locate::sessions(RECORDS).into_iter().map(|range| &RECORDS[range]).collect();
        assert_eq!(found.len(), 6);
        assert_eq!(found.iter().map(|text| text.trim_end()).collect::<Vec<_>>(), expected);
        let mut behind = 0;
        for (text, line, column, kind) in &records {
            let at = behind + RECORDS[behind..].find(text.as_str()).expect("it is there");
            behind = at + text.len();
            assert_eq!(((*line, *column), *kind), (locate::line_column(RECORDS, at), Kind::Record), "{text}");
        }
    }

    #[test]
    fn a_list_that_is_unsound_is_cut_where_the_next_session_begins() {
        let kinds = |text: &str| records(text, Form::Stream).into_iter().map(|(text, .., kind)| (text, kind)).collect::<Vec<_>>();
        let piece = |text: &str, kind| (text.to_owned(), kind);
        use Kind::{Behind, Comma, NoComma, Record, Unclosed};
        assert_eq!(kinds("[A(1) A(2), A(3)]"), [piece("A(1)", Record), piece("A(2)", NoComma), piece("A(3)", Record)]);
        assert_eq!(kinds("[A(1),,A(2)]"), [piece("A(1)", Record), piece(",", Comma), piece("A(2)", Record)]);
        assert_eq!(kinds("[A(1)] A(2) A(3)"), [piece("A(1)", Record), piece("", Behind)]);
        assert_eq!(kinds("[A(1)] // x\n"), [piece("A(1)", Record)]);
        assert_eq!(kinds("[A(1), "), [piece("A(1)", Record), piece("", Unclosed)]);
        assert_eq!(kinds("[A(1), A("), [piece("A(1)", Record), piece("A(", Record)]);
        assert_eq!(kinds("[), A(1)]"), [piece(")", Record), piece("A(1)", Record)]);
        let first = "Session(id: \"a\", events: [Start(at: \"1\"],\n";
        let second = "Session(id: \"b\")";
        assert_eq!(kinds(&format!("[{first}{second}]")), [piece(first, Record), piece(second, Record)]);
        let unquoted = "Session(id: \"a\", events: [Start(at: \"1, x: \"2\")]),\n";
        assert_eq!(
            kinds(&format!("[{unquoted} , {second},{second}]")),
            [piece(unquoted, Record), piece(second, Record), piece(second, Record)]
        );
        let quoting = "Session(id: \"a\n Session(id: 3)\", x: 1)";
        assert_eq!(kinds(&format!("[{quoting},{second}]")), [piece(quoting, Record), piece(second, Record)]);
    }

    #[test]
    fn what_is_no_list_is_one_piece() {
        for text in ["Session(id: 1)", "// x\nSession(id: \"[\")", "", " \n", "#![enable(nonsense)] [A(1)]", "{\"id\": 1}", "\0["] {
            for drop in [1, 3, 100] {
                let (records, is_whole) = told(text.as_bytes(), Form::Stream, drop, 4);
                assert!(is_whole, "{text}");
                assert_eq!(records, [(text.to_owned(), 1, 1, Kind::Record)]);
            }
        }
        assert_eq!(records("\u{feff}[]", Form::Stream), []);
        assert_eq!(records("\u{feff}[é, x]", Form::Stream)[1], ("x".to_owned(), 1, 5, Kind::Record));
    }

    #[test]
    fn lines_are_records() {
        let line = |text: &str, line| (text.to_owned(), line, 1, Kind::Record);
        let text = "\u{feff}{\"a\": 1}\r\n\n  \r\n{\"b\": \"é\"}\n {}";
        assert_eq!(records(text, Form::Lines), [line("{\"a\": 1}", 1), line("{\"b\": \"é\"}", 4), line(" {}", 5)]);
        assert_eq!(records("", Form::Lines), []);
        assert_eq!(records("\n\r\n", Form::Lines), []);
        assert_eq!(records(&"x".repeat(999), Form::Lines).len(), 1);
    }

    #[test]
    fn the_logs_of_the_tests_are_cut_as_the_scanner_finds_them() {
        for folder in ["tests/bad", "sessions/1-basics"] {
            for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
                let Some(pieces) = pieces(&text, Form::Stream) else { continue };
                let found: Vec<&str> = pieces.iter().map(|piece| &text[piece.range.clone()]).collect();
                let sound = crate::session::unsound::unpaired(&text, TOP).is_none() && crate::session::unsound::stranger(&text).is_none();
                if sound && pieces.iter().all(|piece| piece.kind == Kind::Record) {
                    let expected: Vec<&str> = locate::sessions(&text).into_iter().map(|range| &text[range]).collect();
                    assert_eq!(found, expected, "{:?}", file.path());
                }
            }
        }
    }
}
