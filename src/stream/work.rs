//! A chunk's records to results.

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::cut::{Chunk, Piece};
use super::record::{self, Bad};
use super::{Settings, Tally};
use crate::bills::{LastPolicies, code, read, settle_patient, sort_findings, unread};
use crate::claim::Record;
use crate::session::finding::{Finding, Place};
use crate::session::locate;
use crate::session::log::Session;
use crate::show::json;
use crate::show::spot::Spotter;
use crate::{Bill, Options, Source, Status};

/// What became of a chunk. Its first and last group may go on in its neighbours.
#[derive(Default)]
pub(super) struct Done {
    pub first: Option<Group>,
    /// The results of the groups between.
    pub lines: String,
    pub last: Option<Group>,
    /// Of these results.
    pub tally: Tally,
}

/// Sessions that are billed together, coded and not yet settled.
#[derive(Default)]
pub(super) struct Group {
    /// Absent, it is one session by itself.
    patient: Option<String>,
    bills: Vec<Bill>,
    /// What is ready to be billed, each by the place of its bill.
    coded: Vec<(usize, Record)>,
    /// Where each bill's record stands.
    spots: Vec<Spot>,
}

/// A record's text.
struct Spot {
    bytes: Arc<Vec<u8>>,
    piece: Piece,
}

impl Spot {
    /// As much of it as is text.
    fn text(&self) -> &str {
        let bytes = &self.bytes[self.piece.range.clone()];
        str::from_utf8(bytes).unwrap_or_else(|broken| str::from_utf8(&bytes[..broken.valid_up_to()]).unwrap_or_default())
    }
}

impl Group {
    fn takes(&self, patient: Option<&str>) -> bool {
        patient.is_some() && self.patient.as_deref() == patient
    }

    /// Whether the other, which follows, is of the same patient.
    pub(super) fn goes_on_with(&self, other: &Group) -> bool {
        self.takes(other.patient.as_deref())
    }

    /// Takes up the group that follows.
    pub(super) fn append(&mut self, mut other: Group) {
        let before = self.bills.len();
        self.bills.append(&mut other.bills);
        self.coded.extend(other.coded.into_iter().map(|(place, ready)| (before + place, ready)));
        self.spots.append(&mut other.spots);
    }

    fn clear(&mut self) {
        self.bills.clear();
        self.coded.clear();
        self.spots.clear();
    }

    fn push(&mut self, (bill, ready): (Bill, Option<Record>), spot: Spot) {
        self.coded.extend(ready.map(|ready| (self.bills.len(), ready)));
        self.bills.push(bill);
        self.spots.push(spot);
    }
}

/// Works on one chunk after the other.
pub(super) struct Worker<'s> {
    settings: &'s Settings<'s>,
    sources: &'s [Source],
    options: Options,
    policies: LastPolicies,
    /// A group that was settled: the next takes its place in memory.
    spare: Group,
}

impl<'s> Worker<'s> {
    pub(super) fn new(settings: &'s Settings<'s>, sources: &'s [Source]) -> Self {
        Worker { settings, sources, options: settings.options.clone(), policies: LastPolicies::default(), spare: Group::default() }
    }

    /// Reads and codes all records, and settles all groups but the first and the last.
    pub(super) fn work(&mut self, source: usize, chunk: Chunk) -> Done {
        self.options.now = (self.settings.clock)();
        let Chunk { bytes, pieces, is_whole } = chunk;
        if is_whole {
            return self.whole(source, &bytes);
        }
        let bytes = Arc::new(bytes);
        // Looked through once, not record by record.
        let text = str::from_utf8(&bytes).ok();
        // A result is some six times as long as its session; a chunk that is one long session tells less.
        let mut done = Done { lines: String::with_capacity(8 * bytes.len().min(Settings::CHUNK)), ..Done::default() };
        let mut open: Option<Group> = None;
        for piece in pieces {
            let form = self.settings.form;
            let read = guarded(|| match text {
                Some(text) => record::read_text(&text[piece.range.clone()], &piece, form),
                None => record::read(&bytes[piece.range.clone()], &piece, form),
            });
            let read = read.unwrap_or_else(|fault| Err(Bad { id: None, patient: None, findings: vec![*fault] }));
            let patient = match &read {
                Ok(session) => session.patient.clone(),
                Err(bad) => bad.patient.clone(),
            };
            let coded = match read {
                Ok(session) => self.code(source, &session),
                Err(bad) => {
                    let id = record::name(bad.id.as_ref(), &self.sources[source].name, piece.line);
                    (unread(source, id, bad.findings, &self.options), None)
                }
            };
            if !open.as_ref().is_some_and(|group| group.takes(patient.as_deref())) {
                let next = Group { patient, ..mem::take(&mut self.spare) };
                self.put_aside(open.replace(next), &mut done);
            }
            if let Some(group) = &mut open {
                group.push(coded, Spot { bytes: Arc::clone(&bytes), piece });
            }
        }
        let is_only = done.first.is_none() && done.lines.is_empty();
        match open {
            Some(group) if group.patient.is_some() && !is_only => done.last = Some(group),
            group => self.put_aside(group, &mut done),
        }
        done
    }

    /// A group to which nothing more comes within its chunk: kept where it may go on from the chunk before.
    fn put_aside(&mut self, group: Option<Group>, done: &mut Done) {
        match group {
            Some(group) if group.patient.is_some() && done.first.is_none() && done.lines.is_empty() => done.first = Some(group),
            Some(group) => done.tally.add(&self.settle(group, &mut done.lines)),
            None => {}
        }
    }

    /// A stream that is no list, read as a file is.
    fn whole(&mut self, source: usize, bytes: &[u8]) -> Done {
        let name = self.sources[source].name.as_str();
        let text = Source::new(name, bytes);
        let (patient, coded) = match read(&text).as_deref() {
            Ok([session]) => (session.patient.clone(), self.code(source, session)),
            Ok(_) => return Done::default(),
            Err(findings) => (None, (unread(source, name.to_owned(), findings.to_vec(), &self.options), None)),
        };
        // What stands before the session is none of it.
        let session = locate::sessions(&text.text).into_iter().next().filter(|_| coded.0.setting.is_some());
        let range = session.unwrap_or(0..text.text.len());
        let (line, column) = locate::line_column(&text.text, range.start);
        let piece = Piece { range, line, column, ..Piece::whole(0) };
        let mut group = Group { patient, ..Group::default() };
        group.push(coded, Spot { bytes: Arc::new(text.text.into_bytes()), piece });
        let mut done = Done::default();
        self.put_aside(Some(group), &mut done);
        done
    }

    fn code(&mut self, source: usize, session: &Session) -> (Bill, Option<Record>) {
        let policies = self.policies.of(session.profile.as_deref(), &self.options);
        let coded = guarded(|| code(source, 0, session, policies, &self.options, self.settings.reference));
        coded.unwrap_or_else(|fault| (unread(source, session.id.clone(), vec![*fault], &self.options), None))
    }

    /// Bills a group and writes its results.
    pub(super) fn settle(&mut self, mut group: Group, lines: &mut String) -> Tally {
        let (before, reference) = (lines.len(), self.settings.reference);
        let settled = guarded(|| {
            settle_patient(&mut group.bills, group.coded.drain(..), &self.options, reference);
            group.bills.iter_mut().for_each(|bill| sort_findings(&mut bill.findings));
            self.write(&group, lines);
        });
        if let Err(fault) = settled {
            lines.truncate(before);
            for bill in &mut group.bills {
                (bill.status, bill.claim, bill.findings) = (Status::Error, None, vec![(*fault).clone()]);
            }
            self.write(&group, lines);
        }
        let count = |status| group.bills.iter().filter(|bill| bill.status == status).count() as u64;
        let results = group.bills.len() as u64;
        let tally = Tally { results, errors: count(Status::Error), held: count(Status::Held), ..Tally::default() };
        group.clear();
        self.spare = group;
        tally
    }

    fn write(&self, group: &Group, lines: &mut String) {
        for (bill, spot) in group.bills.iter().zip(&group.spots) {
            let begins = (spot.piece.line, spot.piece.column);
            let spotter = Spotter::of_record(spot.text(), self.settings.form, begins);
            json::line(bill, self.sources, &spotter, self.settings.reference, lines);
        }
    }
}

/// One session must not end a stream: a fault of this program becomes its finding.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Box<Finding>> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let told = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let message = format!("a fault of this program, please report it with this session: {}", told.unwrap_or("it does not say which"));
        Box::new(Finding::error("fault", Place::Session, message))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_becomes_a_finding() {
        assert_eq!(guarded(|| 1).ok(), Some(1));
        let fault = guarded(|| panic!("of {}", "glass")).expect_err("it does");
        assert!(fault.is_error() && fault.message.ends_with("with this session: of glass"), "{}", fault.message);
    }
}
