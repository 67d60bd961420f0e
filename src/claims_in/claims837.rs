//! Charges as an X12 837, professional or institutional (005010X222, 005010X223).

use super::cells::{self, Bad};
use super::intake::Intake;
use super::loops::Claim;
use super::segments::{Segment, Segments};
use super::text::quoted;
use super::withdrawal::Withdrawal;

use std::ops::Range;

/// Reads all claims of all interchanges; what is wrong is told.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let mut segments = Segments::new(text);
    let mut reader = Reader::default();
    while let Some(segment) = segments.next(intake) {
        reader.last = segment.range.clone();
        reader.take(&segment, intake);
    }
    reader.end(segments.cut, intake);
}

/// Where in an interchange the reading stands.
#[derive(Debug, Default)]
struct Reader {
    /// Whether the open transaction is an 837; absent outside of one.
    is_837: Option<bool>,
    /// How many were one.
    claims: usize,
    segments: usize,
    last: Range<usize>,
    subscriber: Option<String>,
    patient: Option<String>,
    is_dependent: bool,
    claim: Option<Claim>,
    withdrawal: Withdrawal,
    /// Service lines without a procedure code, and the first of them.
    without_code: Vec<Range<usize>>,
}

impl Reader {
    fn take(&mut self, segment: &Segment, intake: &mut Intake) {
        self.segments += 1;
        match segment.id() {
            "ISA" | "GS" | "GE" | "IEA" => self.break_off(segment, intake),
            "ST" => self.start(segment, intake),
            "SE" => self.finish(segment, intake),
            _ if self.is_837 == Some(false) => {}
            _ if self.is_837.is_none() => stray(segment, intake),
            "HL" => self.level(segment, intake),
            "NM1" => self.name(segment, intake),
            "CLM" => {
                self.close_claim(true, intake);
                self.claim = Some(Claim::open(segment, self.account(), intake));
                self.claims += 1;
            }
            "LX" | "SV1" | "SV2" => match &mut self.claim {
                Some(claim) => claim.line(segment, &mut self.without_code, intake),
                None => intake
                    .error(segment.range.clone(), Bad::new(format!("{} stands outside a claim", segment.id())).label("is CLM missing?")),
            },
            "REF" | "HI" | "DTP" => {
                if let Some(claim) = &mut self.claim {
                    claim.fact(segment, intake);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, segment: &Segment, intake: &mut Intake) {
        self.break_off(segment, intake);
        let kind = segment.text(1).unwrap_or("");
        let version = segment.text(3).unwrap_or("");
        self.is_837 = Some(kind == "837");
        self.segments = 1;
        (self.subscriber, self.patient, self.is_dependent) = (None, None, false);
        if kind != "837" {
            let bad = Bad::new(format!("transaction {} is no claim and is not read", quoted(kind)));
            intake.warning(segment.range.clone(), bad.help("claims are transaction 837; an 835 is what the payer answered"));
        } else if !version.is_empty() && !version.starts_with("005010X222") && !version.starts_with("005010X223") {
            let bad = Bad::new(format!("the version {} is read as 005010", quoted(version)));
            intake.warning(segment.range.clone(), bad.help("005010X222 (837P) and 005010X223 (837I) are known"));
        }
    }

    fn finish(&mut self, segment: &Segment, intake: &mut Intake) {
        self.close_claim(true, intake);
        match self.is_837.take() {
            None => stray(segment, intake),
            Some(false) => {}
            Some(true) => {
                let Some(count) = segment.element(1) else { return };
                if count.text.parse() != Ok(self.segments) {
                    let message = format!("the transaction has {} segments, and SE says {}", self.segments, quoted(count.text));
                    intake.warning(count.range, Bad::new(message).label("are some missing?"));
                }
            }
        }
    }

    /// A transaction that another begins before its end: what is missing may be a line's date.
    fn break_off(&mut self, at: &Segment, intake: &mut Intake) {
        let is_open = self.is_837.take() == Some(true);
        self.close_claim(!is_open, intake);
        if is_open {
            let bad = Bad::new(format!("{} comes before the transaction's SE", at.id())).label("what stood before this is missing");
            intake.error(at.range.clone(), bad);
        }
    }

    fn level(&mut self, segment: &Segment, intake: &mut Intake) {
        self.close_claim(true, intake);
        self.is_dependent = segment.text(3) == Some("23");
        self.patient = None;
        if !self.is_dependent {
            self.subscriber = None;
        }
    }

    /// The member's number, and the patient's own. Behind a CLM a name is another payer's.
    fn name(&mut self, segment: &Segment, intake: &mut Intake) {
        let Some(number) = segment.element(9).filter(|_| self.claim.is_none()) else { return };
        let whose = match segment.text(1) {
            Some("IL") => &mut self.subscriber,
            Some("QC") => &mut self.patient,
            _ => return,
        };
        match cells::name(number.text) {
            Ok(name) => *whose = Some(name),
            Err(bad) => intake.warning(number.range, bad),
        }
    }

    /// A member number names a family: it is the patient's only where the patient is the member.
    fn account(&self) -> Option<String> {
        if self.is_dependent { self.patient.clone() } else { self.subscriber.clone() }
    }

    fn close_claim(&mut self, is_whole: bool, intake: &mut Intake) {
        if let Some(claim) = self.claim.take() {
            claim.close(is_whole, &mut self.withdrawal, &mut self.without_code, intake);
        }
    }

    fn end(mut self, is_cut: bool, intake: &mut Intake) {
        let is_open = self.is_837.take() == Some(true);
        self.close_claim(!is_open, intake);
        if is_open && !is_cut {
            let bad = Bad::new("the file ends before the transaction's SE").label("what follows this is missing");
            intake.error(self.last.clone(), bad);
        } else if self.claims == 0 && intake.left_out == 0 {
            intake.error(0..0, Bad::new("the file holds no claim").help("a claim begins with CLM, in a transaction 837"));
        }
        self.withdrawal.carry_out(intake);
        let lines = self.without_code.len();
        if let Some(first) = self.without_code.into_iter().next() {
            let (what, label) = if lines == 1 {
                ("1 service line has no procedure code and is".to_owned(), "")
            } else {
                (format!("{lines} service lines have no procedure code and are"), "the first")
            };
            intake.note(first, Bad::new(format!("{what} not read")).label(label));
        }
    }
}

/// A part of a claim where no transaction is open.
fn stray(segment: &Segment, intake: &mut Intake) {
    if matches!(segment.id(), "CLM" | "SV1" | "SV2" | "SE") {
        intake.error(segment.range.clone(), Bad::new(format!("{} stands outside a transaction", segment.id())).label("is ST missing?"));
    }
}
