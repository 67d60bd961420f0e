//! One record of a stream: its session, or what is wrong with it and whose it is all the same.

use crate::bills::text_finding;
use crate::session::finding::{Finding, Place};
use crate::session::log::Session;
use crate::session::parse::TextProblem;
use crate::session::tokens::Tokens;
use crate::session::unsound::{stranger, unpaired};
use crate::session::{json, locate, parse};
use crate::{Form, Source};

use super::cut::{self, Kind, Piece};

/// A record that cannot be read.
#[derive(Debug)]
pub(crate) struct Bad {
    /// Its session's name, where that can be read.
    pub id: Option<String>,
    /// Its patient, where that can be read: it then stands among the patient's sessions.
    pub patient: Option<String>,
    /// What is wrong, with places in the record's text.
    pub findings: Vec<Finding>,
}

impl Bad {
    fn new(problems: Vec<TextProblem>) -> Self {
        Bad { id: None, patient: None, findings: problems.into_iter().map(text_finding).collect() }
    }
}

/// Reads a record's bytes.
pub(crate) fn read(bytes: &[u8], piece: &Piece, form: Form) -> Result<Session, Bad> {
    match str::from_utf8(bytes) {
        Ok(text) => read_text(text, piece, form),
        Err(broken) => {
            let at = broken.valid_up_to();
            let message = format!("a character is not UTF-8 (0x{:02X})", bytes[at]);
            let problem = TextProblem::new(at..at, message).label("here").help("the stream is UTF-8 text");
            Err(Bad::new(vec![problem]))
        }
    }
}

/// Reads a record's text.
pub(crate) fn read_text(text: &str, piece: &Piece, form: Form) -> Result<Session, Bad> {
    if let Some(problem) = out_of_order(text, piece.kind) {
        return Err(Bad::new(vec![problem]));
    }
    if form == Form::Lines {
        return json::session(text).map_err(|bad| {
            let said = |field| bad.is_json.then(|| json::text_of(text, field)).flatten();
            Bad { id: said("id"), patient: said("patient"), ..Bad::new(bad.problems) }
        });
    }
    parse::session(text, (piece.line, piece.column)).map_err(|problems| {
        let is_sound = stranger(text).is_none() && unpaired(text, parse::TOP).is_none();
        let said = |field| {
            let value = locate::find(text, &[locate::Step::Item(0), locate::Step::Field(field)]).filter(|_| is_sound)?;
            locate::unquoted(&text[value]).map(|said| said.into_owned())
        };
        Bad { id: said("id"), patient: said("patient"), ..Bad::new(problems) }
    })
}

/// What is wrong with where a record stands.
fn out_of_order(text: &str, kind: Kind) -> Option<TextProblem> {
    let first = || Tokens::new(text, 0).next().map_or(0..0, |token| token.range());
    match kind {
        Kind::Record => None,
        Kind::NoComma => Some(TextProblem::new(0..0, "a comma is missing between two sessions").label("here")),
        Kind::Comma => Some(TextProblem::new(first(), "there is a comma too many").label("nothing stands before it")),
        Kind::Behind => Some(
            TextProblem::new(first(), "there is more text behind the end of the list")
                .label("the list ended before this")
                .help("all sessions of a stream go in one list; the rest is not read"),
        ),
        Kind::Unclosed => Some(
            TextProblem::new(0..0, "the list is never closed")
                .label("the text ends here")
                .help("write its `]` where it ends; where the stream was cut off, sessions are missing"),
        ),
    }
}

/// A bad record is named by its place where its session has no name.
pub(crate) fn name(id: Option<&String>, source: &str, line: usize) -> String {
    id.map_or_else(|| format!("{source}:{line}"), Clone::clone)
}

/// The records of a text at hand, each with its name should it be bad; places are those of the whole text.
pub(crate) fn all(source: &Source) -> Vec<(Result<Session, Bad>, String)> {
    let Some(pieces) = cut::pieces(&source.text, source.form) else {
        let read = parse::sessions(&source.text).map(|mut sessions| sessions.remove(0)).map_err(Bad::new);
        return vec![(read, source.name.clone())];
    };
    let read = pieces.into_iter().map(|piece| {
        let begins = piece.range.start;
        let read = read_text(&source.text[piece.range.clone()], &piece, source.form).map_err(|mut bad| {
            bad.findings.iter_mut().for_each(|finding| shift(finding, begins));
            bad
        });
        let id = name(read.as_ref().err().and_then(|bad| bad.id.as_ref()), &source.name, piece.line);
        (read, id)
    });
    read.collect()
}

/// Reads a text with one session a line.
///
/// # Errors
/// All that is wrong with the first lines that are.
pub(crate) fn lines(text: &str) -> Result<Vec<Session>, Vec<Finding>> {
    let mut sessions = Vec::new();
    for piece in cut::pieces(text, Form::Lines).into_iter().flatten() {
        match read_text(&text[piece.range.clone()], &piece, Form::Lines) {
            Ok(session) => sessions.push(session),
            Err(mut bad) => {
                bad.findings.iter_mut().for_each(|finding| shift(finding, piece.range.start));
                return Err(bad.findings);
            }
        }
    }
    Ok(sessions)
}

fn shift(finding: &mut Finding, by: usize) {
    let places = [Some(&mut finding.place), finding.second.as_mut().map(|(place, _)| place)];
    for place in places.into_iter().flatten() {
        if let Place::Text(range) = place {
            *range = range.start + by..range.end + by;
        }
    }
}

/// Whether a stream's bytes hold no record.
pub(crate) fn is_blank(bytes: &[u8]) -> bool {
    bytes.strip_prefix(cut::MARK).unwrap_or(bytes).iter().all(u8::is_ascii_whitespace)
}
