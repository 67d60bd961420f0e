//! The way that any bytes take: decoded, read, billed, written in every format; and what must hold
//! for all bytes.

use std::time::{Duration, Instant};

use hangtime::reference::PolicyEntry;
use hangtime::session::log::Session;
use hangtime::session::{locate, parse};
use hangtime::show::claims_out::{ChargeItems, FhirClaims, Ft1, Terms, X12};
use hangtime::show::csv::Csv;
use hangtime::show::json::{Json, NdJson};
use hangtime::show::markdown::Markdown;
use hangtime::show::table::Table;
use hangtime::show::view::Sheet;
use hangtime::show::{Exporter, sheets};
use hangtime::timeline;
use hangtime::{Bill, Options, Reference, Source, Status, bill};

use crate::pages;

/// An input of up to this many bytes...
const SMALL: usize = 64 * 1024;

/// ...takes no longer than this; tests are slower, being built to be built fast.
const LIMIT: Duration = Duration::from_secs(if cfg!(test) { 10 } else { 1 });

/// Columns of a terminal; `None` is a pipe.
const WIDTHS: [Option<u16>; 5] = [Some(40), Some(80), Some(91), Some(200), None];

/// A day in 2026, so that no result hangs on the day of the run.
pub const NOW: timeline::calendar::Minute = timeline::calendar::Minute(29_700_000);

/// Reads the bytes; where they hold sessions, every event is found again in the text, and the
/// session survives being written down.
///
/// # Panics
/// Where something that must hold does not.
pub fn reader(bytes: &[u8]) {
    in_time(bytes, || {
        let Ok(text) = parse::decode(bytes) else { return 0 };
        match parse::sessions(&text) {
            Ok(sessions) => places(&text, &sessions),
            Err(problems) => {
                assert!(!problems.is_empty(), "what cannot be read has a reason");
                for problem in problems {
                    let ranges = std::iter::once(&problem.range).chain(problem.second.as_ref().map(|(range, _)| range));
                    for range in ranges {
                        assert!(text.get(range.clone()).is_some(), "{range:?} is no part of the text: {}", problem.message);
                    }
                }
            }
        }
        0
    });
}

fn places(text: &str, sessions: &[Session]) {
    let found = locate::sessions(text);
    assert_eq!(found.len(), sessions.len(), "every session has its place");
    for (range, session) in found.iter().zip(sessions) {
        let id = locate::find_in(text, range.clone(), &[locate::Step::Field("id")]).expect("a session has an id");
        assert_eq!(locate::unquoted(&text[id]).as_deref(), Some(session.id.as_str()), "the id stands where it was read");
        let events = locate::find_in(text, range.clone(), &[locate::Step::Field("events")]).expect("a session has events");
        for at in [0, session.events.len().saturating_sub(1)] {
            let event = locate::find_in(text, events.clone(), &[locate::Step::Item(at), locate::Step::Name]);
            assert_eq!(event.is_some(), at < session.events.len(), "event {at} of {}", session.events.len());
        }
    }
}

/// Takes the bytes all the way, under policies that hang on the bytes alone.
///
/// # Panics
/// Where something that must hold does not.
pub fn whole(bytes: &[u8]) {
    let chance = hash(bytes);
    let options = options(chance);
    in_time(bytes, || {
        let bills = take(bytes, &options, Reference::embedded(), chance);
        units_of(&bills)
    });
}

/// Takes the bytes all the way under the default policies, however long that takes.
///
/// # Panics
/// Where something that must hold does not.
pub fn untimed(bytes: &[u8]) -> Vec<Bill> {
    take(bytes, &Options { now: Some(NOW), ..Options::default() }, Reference::embedded(), 4)
}

/// Of small inputs, the readings on which they depend, which bills them some thirty times more.
///
/// # Panics
/// Where something that must hold does not.
pub fn readings(bytes: &[u8]) {
    const SMALL: usize = 6 * 1024;
    const FEW: usize = 300;
    if bytes.len() > SMALL {
        return;
    }
    let (chance, reference) = (hash(bytes), Reference::embedded());
    let (options, sources) = (options(chance), [Source::new("any.ron", bytes)]);
    let bills = bill(&sources, &options, reference);
    if units_of(&bills) <= FEW {
        in_time(bytes, || {
            pages::readings(&bills, &sources, &options, reference, chance);
            units_of(&bills)
        });
    }
}

/// Holds that work on a small input does not take long, whatever it says; every unit told of may
/// take its time, since a run of 999 days is one line of the log and 24,000 units.
pub fn in_time(bytes: &[u8], work: impl FnOnce() -> usize) {
    const A_UNIT: Duration = Duration::from_micros(200);
    let (start, busy) = (Instant::now(), busy());
    let units = u32::try_from(work()).unwrap_or(u32::MAX);
    // Others may keep the machine from it.
    let took = busy.and_then(|busy| Some(self::busy()?.saturating_sub(busy))).unwrap_or_else(|| start.elapsed());
    assert!(bytes.len() > SMALL || took < LIMIT + A_UNIT * units, "{} bytes took {took:?}", bytes.len());
}

/// How long this thread has worked; absent where the system does not tell.
fn busy() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// Units billed, and those that are not.
pub fn units_of(bills: &[Bill]) -> usize {
    let claims = bills.iter().filter_map(|bill| bill.claim.as_ref());
    claims.map(|claim| claim.unbilled.len() + claim.lines.iter().map(hangtime::claim::Line::units).sum::<usize>()).sum()
}

/// Bills by some facts, and writes it in every form.
///
/// # Panics
/// Where something that must hold does not.
pub fn take(bytes: &[u8], options: &Options, reference: &Reference, chance: u64) -> Vec<Bill> {
    let sources = [Source::new("any.ron", bytes)];
    let bills = bill(&sources, options, reference);
    let sheets = sheets(&bills, &sources, reference);
    for (bill, sheet) in bills.iter().zip(&sheets) {
        balance(bill, sheet, options, reference);
    }
    let csv = Csv.export(&bills, &sheets);
    let markdown = Markdown { contested: &[] }.export(&bills, &sheets);
    tame("csv", &csv, false);
    tame("markdown", &markdown, false);
    for color in [false, true] {
        let width = WIDTHS[usize::try_from(chance % 5).unwrap_or(0)];
        let table = Table { sources: &sources, width, color, quiet: chance.is_multiple_of(7), contested: &[] };
        tame("table", &table.export(&bills, &sheets), color);
    }
    parses_back(&bills, &sheets);
    for_billing_systems(&bills, &sheets);
    // The page of a hundred thousand events is no page to read; tests leave long ones to the fuzzers.
    if bytes.len() <= SMALL && (!cfg!(test) || units_of(&bills) < 2_000) {
        pages::write(&bills, &sources, reference, chance);
    }
    bills
}

fn for_billing_systems(bills: &[Bill], sheets: &[Sheet]) {
    let terms = Terms::default();
    tame("837", &X12 { terms: &terms }.export(bills, sheets), false);
    tame("ft1", &Ft1 { terms: &terms, end: "\n" }.export(bills, sheets), false);
    for json in [FhirClaims { terms: &terms }.export(bills, sheets), ChargeItems { terms: &terms }.export(bills, sheets)] {
        tame("fhir", &json, false);
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON parses");
    }
}

/// Every minute that ran lies in a line or in `unbilled`; a session with an error has neither.
fn balance(bill: &Bill, sheet: &Sheet, options: &Options, reference: &Reference) {
    let billed: i64 = sheet.lines.iter().map(hangtime::show::view::SheetLine::minutes).sum();
    let unbilled: i64 = sheet.unbilled.iter().map(|left| left.minutes).sum();
    let has_error = bill.findings.iter().any(hangtime::session::finding::Finding::is_error);
    assert_eq!(has_error, bill.status == Status::Error, "an error bars the session, and nothing else does");
    match bill.status {
        Status::Error => assert!(sheet.lines.is_empty() && sheet.unbilled.is_empty(), "a wrong log bills nothing"),
        Status::Held => assert!(sheet.lines.is_empty(), "a held session bills nothing"),
        Status::Billable => {}
    }
    if bill.status != Status::Error {
        let session = bill.session.as_ref().expect("it could be read");
        let policies = options.policies(session.profile.as_deref()).expect("it was billed under them");
        let (timeline, _) = timeline::pair(session, &policies, reference, options.now).expect("it was billed");
        assert_eq!(billed + unbilled, timeline.minutes_ran(), "no minute is lost or made");
        assert!(sheet.lines.iter().all(|line| line.units > 0), "a line holds at least a unit");
        assert!(sheet.lines.iter().flat_map(|line| &line.reasons).all(|reason| reason.minutes >= 0), "no minute is negative");
    }
}

/// Nothing that a terminal, a browser or a spreadsheet would obey or hide; of escapes only colours.
///
/// # Panics
/// Where there is.
pub fn tame(what: &str, text: &str, color: bool) {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' && color {
            assert_eq!(chars.next(), Some('['), "{what}: an escape that is no colour");
            let end = chars.find(|c| !c.is_ascii_digit() && *c != ';');
            assert_eq!(end, Some('m'), "{what}: an escape that is no colour");
            continue;
        }
        let unseen = matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        assert!(c == '\n' || !(c.is_control() || unseen), "{what}: {c:?} reaches the output");
    }
}

fn parses_back(bills: &[Bill], sheets: &[Sheet]) {
    let json = Json.export(bills, sheets);
    tame("json", &json, false);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON parses");
    let array = json.as_array().expect("an array");
    assert_eq!(array.len(), bills.len());
    let lines = NdJson.export(bills, sheets);
    tame("ndjson", &lines, false);
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a line parses")).collect();
    assert_eq!(array, &lines, "both formats say the same");
    for (value, bill) in array.iter().zip(bills) {
        assert_eq!(value["session"].as_str(), Some(bill.id.as_str()), "the name comes back as it was written");
    }
}

/// Policies picked by chance: a profile, and now and then a value of one policy on top.
fn options(chance: u64) -> Options {
    let pick = |from: u64, count: usize| usize::try_from(from % count.max(1) as u64).unwrap_or(0);
    let profile = [None, None, Some("medicare"), Some("conservative")][pick(chance, 4)].map(str::to_owned);
    let every = PolicyEntry::all();
    let (mut policies, mut rest) = (Vec::new(), chance >> 8);
    while rest % 4 != 0 && policies.len() < 4 {
        let entry = &every[pick(rest >> 2, every.len())];
        let value = &entry.values[pick(rest >> 7, entry.values.len())];
        policies.push(format!("{}={}", entry.name, value.name));
        rest >>= 11;
    }
    Options { profile, policies, now: Some(NOW), ..Options::default() }
}

/// FNV-1a: the same on every machine.
#[must_use]
pub fn hash(bytes: &[u8]) -> u64 {
    let mixed = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    mixed ^ (mixed >> 29)
}
