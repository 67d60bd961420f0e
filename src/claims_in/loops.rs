//! One claim of an 837: its own segments, and its service lines.

use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::cells::{self, Bad};
use super::intake::Intake;
use super::segments::{Part, Segment};
use super::text::quoted;
use super::withdrawal::Withdrawal;
use super::{Account, Charged, Spot};

type Wrong = (Range<usize>, Bad);

/// First and last day, or why they cannot be read.
type Days = Result<(NaiveDate, NaiveDate), Wrong>;

/// A claim as it is being read.
#[derive(Debug)]
pub(super) struct Claim {
    range: Range<usize>,
    account: Account,
    /// CLM05-3.
    frequency: String,
    /// CLM02, and what the service lines add up to; absent where it cannot be known.
    total: Option<Total>,
    sum: Option<Decimal>,
    diagnoses: Vec<String>,
    /// DTP*472 of the claim, and DTP*434.
    days: Option<Days>,
    statement: Option<Days>,
    service: Option<Service>,
    lines: Vec<Charged>,
    undated: usize,
}

/// An amount and where it stands.
type Total = (Decimal, Range<usize>);

/// A service line as it is being read.
#[derive(Debug)]
struct Service {
    range: Range<usize>,
    said: Said,
    days: Option<Days>,
}

/// What SV1 or SV2 says.
#[derive(Debug)]
enum Said {
    NotYet,
    /// No procedure code: a room, a pharmacy's sum.
    NoCode,
    Wrong(Wrong),
    Line {
        code: String,
        modifiers: Vec<String>,
        units: Decimal,
        amount: Option<Decimal>,
        diagnoses: Vec<String>,
    },
}

impl Claim {
    pub(super) fn open(clm: &Segment, patient: Option<String>, intake: &mut Intake) -> Claim {
        let mut account = Account { patient, ..Account::default() };
        match clm.element(1) {
            None => intake.warning(clm.range.clone(), Bad::new("the claim has no number").label("CLM01 is empty")),
            Some(number) => match cells::name(number.text) {
                Ok(number) => account.session = Some(number),
                Err(bad) => intake.warning(number.range, bad),
            },
        }
        let total = clm.element(2).and_then(|total| Some((cells::number(total.text)?, total.range)));
        Claim {
            range: clm.range.clone(),
            account,
            frequency: clm.components(5).get(2).map_or(String::new(), |part| part.text.to_owned()),
            total,
            sum: Some(Decimal::ZERO),
            diagnoses: Vec::new(),
            days: None,
            statement: None,
            service: None,
            lines: Vec::new(),
            undated: 0,
        }
    }

    fn is_void(&self) -> bool {
        self.frequency == "8"
    }

    /// LX, SV1 or SV2. Those of a voided claim charge nothing.
    pub(super) fn line(&mut self, segment: &Segment, without_code: &mut Vec<Range<usize>>, intake: &mut Intake) {
        if self.is_void() {
            return;
        }
        if segment.id() == "LX" {
            self.close_service(true, without_code, intake);
            self.service = Some(Service { range: segment.range.clone(), said: Said::NotYet, days: None });
            return;
        }
        let is_expected = self.service.as_ref().is_some_and(|service| matches!(service.said, Said::NotYet));
        if !is_expected {
            self.close_service(true, without_code, intake);
            let bad = Bad::new(format!("{} comes without an LX of its own", segment.id()));
            intake.warning(segment.range.clone(), bad.label("read as a further line"));
        }
        let amount = segment.element(if segment.id() == "SV1" { 2 } else { 3 });
        let amount = amount.map(|part| cells::number(part.text));
        self.sum = self.sum.zip(amount.unwrap_or(Some(Decimal::ZERO))).and_then(|(sum, amount)| sum.checked_add(amount));
        let said = self.said(segment, amount.flatten()).unwrap_or_else(Said::Wrong);
        self.service = Some(Service { range: segment.range.clone(), said, days: None });
    }

    fn said(&self, segment: &Segment, amount: Option<Decimal>) -> Result<Said, Wrong> {
        let is_professional = segment.id() == "SV1";
        let at = if is_professional { 1 } else { 2 };
        let parts = segment.components(at);
        let [qualifier, code, rest @ ..] = &parts[..] else {
            return match segment.element(at) {
                None if !is_professional => Ok(Said::NoCode),
                None => Err((segment.range.clone(), Bad::new("SV1 has no procedure code").label("SV101 is empty"))),
                Some(part) => {
                    Err((part.range, Bad::new("the procedure has no qualifier in front of its code").help("it is written HC:96365:59")))
                }
            };
        };
        // Health insurance rate codes, home infusion and other sets are none of HCPCS.
        if qualifier.text != "HC" {
            return Ok(Said::NoCode);
        }
        let name = code.text.to_ascii_uppercase();
        if !cells::is_code(&name) {
            return Err((code.range.clone(), Bad::new(format!("{} is no CPT or HCPCS code", quoted(code.text)))));
        }
        let mut modifiers = Vec::new();
        for part in rest.iter().take(4).filter(|part| !part.text.is_empty()) {
            cells::add_modifier(&mut modifiers, part.text).map_err(|bad| (part.range.clone(), bad))?;
        }
        let units = units(segment, at + 2, &name)?;
        let diagnoses = if is_professional { self.pointed_at(&segment.components(7)) } else { self.diagnoses.clone() };
        Ok(Said::Line { code: name, modifiers, units, amount, diagnoses })
    }

    /// SV107 counts the diagnoses of HI, from 1.
    fn pointed_at(&self, pointers: &[Part]) -> Vec<String> {
        let number = |part: &Part| part.text.parse::<usize>().ok()?.checked_sub(1);
        pointers.iter().filter_map(|part| self.diagnoses.get(number(part)?).cloned()).collect()
    }

    /// REF, HI and DTP, of the line where one is open.
    pub(super) fn fact(&mut self, segment: &Segment, intake: &mut Intake) {
        match (segment.id(), segment.text(1), &mut self.service) {
            ("DTP", Some("472"), Some(service)) => service.days = Some(days(segment)),
            ("DTP", Some("472"), None) => self.days = Some(days(segment)),
            ("DTP", Some("434"), None) => self.statement = Some(days(segment)),
            ("REF", Some(kind @ ("EA" | "D9")), None) => {
                let Some(number) = segment.element(2) else { return };
                match cells::name(number.text) {
                    Err(bad) => intake.warning(number.range, bad),
                    Ok(number) if kind == "D9" => self.account.also.push(number),
                    Ok(number) => self.account.also.extend(self.account.patient.replace(number)),
                }
            }
            ("HI", _, None) => {
                for n in 1..=12 {
                    let parts = segment.components(n);
                    if let [kind, code, ..] = &parts[..]
                        && matches!(kind.text, "ABK" | "ABF" | "BK" | "BF")
                    {
                        self.diagnoses.push(code.text.to_owned());
                    }
                }
            }
            _ => {}
        }
    }

    /// The line that is open becomes a charged one. Where segments may be missing behind it, the
    /// claim's date is no stand-in for its own.
    fn close_service(&mut self, is_whole: bool, without_code: &mut Vec<Range<usize>>, intake: &mut Intake) {
        let Some(Service { range, said, days }) = self.service.take() else { return };
        let (code, modifiers, units, amount, diagnoses) = match said {
            Said::NotYet if !is_whole => return,
            Said::NotYet => {
                self.sum = None;
                return intake.error(range, Bad::new("a line has neither SV1 nor SV2").label("begins here"));
            }
            Said::NoCode => return without_code.push(range),
            Said::Wrong((at, bad)) => return intake.error(at, bad),
            Said::Line { code, modifiers, units, amount, diagnoses } => (code, modifiers, units, amount, diagnoses),
        };
        let days = match days {
            None if !is_whole => return intake.error(range, Bad::new(format!("{code} breaks off before its date"))),
            None => self.days_of_claim(&code, &range),
            Some(days) => days,
        };
        match days {
            Err((at, bad)) => intake.error(at, bad),
            Ok((date, last)) => {
                let (account, through) = (self.account.clone(), Some(last).filter(|last| *last > date));
                let spot = Spot { range, ..Spot::default() };
                self.lines.push(Charged { account, date, through, code, modifiers, units, amount, diagnoses, spot });
            }
        }
    }

    fn days_of_claim(&mut self, code: &str, range: &Range<usize>) -> Days {
        let nowhere = Bad::new(format!("{code} has no date")).label("neither DTP*472 nor a date of the claim");
        let days = self.days.as_ref().or(self.statement.as_ref()).cloned();
        let (first, last) = days
            .ok_or((range.clone(), nowhere))?
            .map_err(|(_, bad)| (range.clone(), Bad::new(format!("{code} has no date, and of the claim's {}", bad.message))))?;
        if first != last {
            let bad = Bad::new(format!("{code} has no date, and the claim covers {first} to {last}"));
            return Err((range.clone(), bad.help("DTP*472 behind the line says its day")));
        }
        self.undated += 1;
        Ok((first, last))
    }

    /// Hands its lines on, as its frequency says.
    pub(super) fn close(mut self, is_whole: bool, withdrawal: &mut Withdrawal, without_code: &mut Vec<Range<usize>>, intake: &mut Intake) {
        self.close_service(is_whole, without_code, intake);
        let number = self.account.session.clone().unwrap_or_default();
        if self.is_void() {
            let gone = withdrawal.withdraw(&number);
            let bad = Bad::new("the claim voids another and charges nothing");
            let label = if gone { "the claim of this number before it does not count" } else { "the voided claim is not in this file" };
            return intake.note(self.range, bad.label(label));
        }
        if self.frequency == "7" {
            let gone = withdrawal.withdraw(&number);
            let label = if gone { "the claim of this number before it does not count" } else { "the replaced claim is not in this file" };
            intake.note(self.range.clone(), Bad::new("the claim replaces another").label(label));
        }
        if self.undated > 0 {
            let what = if self.undated == 1 {
                "1 line without a date takes".to_owned()
            } else {
                format!("{} lines without a date take", self.undated)
            };
            intake.note(self.range.clone(), Bad::new(format!("{what} the claim's only day")));
        }
        if let (Some((total, range)), Some(sum), true) = (&self.total, self.sum, is_whole)
            && *total != sum
        {
            let message = format!("the lines add up to {}, and CLM02 says {}", sum.normalize(), total.normalize());
            intake.warning(range.clone(), Bad::new(message).label("is a line missing?"));
        }
        let from = intake.lines.len();
        for line in self.lines {
            intake.take(line);
        }
        withdrawal.note(&number, from..intake.lines.len(), self.range, matches!(&*self.frequency, "" | "1"), intake);
    }
}

/// Units, if their basis is units.
fn units(segment: &Segment, at: usize, code: &str) -> Result<Decimal, Wrong> {
    let id = segment.id();
    let Some(count) = segment.element(at + 1) else {
        return Err((segment.range.clone(), Bad::new(format!("{code} has no units")).label(format!("{id}{:02} is empty", at + 1))));
    };
    match segment.element(at) {
        Some(basis) if basis.text == "UN" => {}
        Some(basis) => {
            let what = match basis.text {
                "MJ" => " (minutes)",
                "DA" => " (days)",
                "F2" => " (international units)",
                _ => "",
            };
            return Err((
                basis.range,
                Bad::new(format!("{code} is charged in {}{what}, not in units", quoted(basis.text))).label("UN is units"),
            ));
        }
        None => {
            return Err((
                segment.range.clone(),
                Bad::new(format!("{code} does not say what its quantity counts")).label(format!("{id}{at:02} is empty")),
            ));
        }
    }
    let units = cells::units(count.text).map_err(|bad| (count.range.clone(), bad))?;
    if units.is_sign_negative() && !units.is_zero() {
        return Err((
            count.range,
            Bad::new(format!("{code} has {units} units")).help("a credit is a claim that replaces or voids, CLM05-3 being 7 or 8"),
        ));
    }
    Ok(units)
}

/// A day (D8) or several (RD8).
fn days(dtp: &Segment) -> Days {
    let Some(value) = dtp.element(3) else {
        return Err((dtp.range.clone(), Bad::new("a date is empty").label("DTP03 is empty")));
    };
    let day = |text: &str| {
        let eight = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
        let bad = || Bad::new(format!("{} is no date", quoted(text))).help("a date is CCYYMMDD, several are CCYYMMDD-CCYYMMDD");
        if eight { cells::date(text) } else { Err(bad()) }
    };
    let read = match dtp.text(2) {
        Some("D8") => day(value.text).map(|day| (day, day)),
        Some("RD8") => match value.text.split_once('-') {
            Some((first, last)) => day(first).and_then(|first| Ok((first, day(last)?))),
            None => day(value.text).map(|day| (day, day)),
        },
        other => Err(Bad::new(format!("the date's format {} is none of D8 and RD8", quoted(other.unwrap_or(""))))),
    };
    match read {
        Ok((first, last)) if last < first => Err((value.range, Bad::new(format!("the last day, {last}, lies before the first, {first}")))),
        Ok(days) => Ok(days),
        Err(bad) => Err((value.range, bad)),
    }
}
