//! Any bytes at all go through the whole path: read, billed, written in every format. `fuzz/` holds
//! the fuzzers; here are their corpus, a few hundred of their inputs, and what was worth trying on
//! purpose.

#[path = "../fuzz/src/foreign.rs"]
mod foreign;
#[path = "../fuzz/src/large.rs"]
mod large;
#[path = "../fuzz/src/make.rs"]
mod make;
#[path = "../fuzz/src/pages.rs"]
mod pages;
#[path = "../fuzz/src/through.rs"]
mod through;

use std::path::Path;
use std::time::{Duration, Instant};

use hangtime::{Bill, Status};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn hospital(events: &str) -> String {
    format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: [{events}])")
}

/// Takes a text all the way; its only session.
fn only(text: &str) -> Bill {
    through::reader(text.as_bytes());
    through::whole(text.as_bytes());
    let mut bills = through::untimed(text.as_bytes());
    assert_eq!(bills.len(), 1, "{text}");
    bills.remove(0)
}

fn error_of(text: &str) -> String {
    let bill = only(text);
    let mut errors = bill.findings.iter().filter(|finding| finding.is_error());
    errors.next().unwrap_or_else(|| panic!("nothing is wrong with {text}")).message.clone()
}

#[test]
fn the_corpus_goes_through() {
    let mut count = 0;
    for (path, bytes) in make::seeds(root()) {
        if path.starts_with(root().join("fuzz")) {
            println!("{}", path.display());
            through::reader(&bytes);
            through::whole(&bytes);
            through::readings(&bytes);
            through::untimed(&bytes);
            count += 1;
        }
    }
    assert!(count > 0, "fuzz/corpus is empty");
}

fn read_as(kind: make::Kind, bytes: &[u8]) {
    match kind {
        make::Kind::Log => through::whole(bytes),
        make::Kind::Claim => foreign::claim(bytes),
        make::Kind::Import => foreign::import(bytes),
        make::Kind::Facts => foreign::facts(bytes),
    }
}

#[test]
fn claims_records_of_other_systems_and_facts_go_through() {
    for (path, bytes) in make::foreign(root()) {
        println!("{}", path.display());
        read_as(make::Kind::of(&path), &bytes);
    }
}

#[test]
fn some_changed_claims_records_and_facts_go_through() {
    const SEED: u64 = 20_260_302;
    let seeds = make::foreign(root());
    for nth in 0..150 {
        let (kind, input) = make::mutated_foreign(&mut make::Chance::new(SEED, nth), &seeds);
        println!("input {nth} of seed {SEED}, {}:\n{}", kind.name(), String::from_utf8_lossy(&input));
        read_as(kind, &input);
    }
}

#[test]
fn every_log_of_the_project_goes_through() {
    for (path, bytes) in make::seeds(root()) {
        println!("{}", path.display());
        through::reader(&bytes);
        through::whole(&bytes);
    }
}

#[test]
fn a_few_hundred_changed_logs_go_through() {
    const SEED: u64 = 20_260_302;
    let seeds = make::seeds(root());
    for nth in 0..400 {
        let input = make::mutated(&mut make::Chance::new(SEED, nth), &seeds);
        println!("input {nth} of seed {SEED}:\n{}", String::from_utf8_lossy(&input));
        through::reader(&input);
        through::whole(&input);
        if nth % 8 == 0 {
            through::readings(&input);
        }
    }
}

#[test]
fn a_log_ten_times_as_long_takes_about_ten_times_as_long() {
    const SMALL: usize = 400;
    for kind in &large::KINDS {
        let took = |count: usize| {
            let text = (kind.make)(count);
            let start = Instant::now();
            through::untimed(text.as_bytes());
            start.elapsed()
        };
        let (small, large) = (took(SMALL), took(10 * SMALL));
        // Quadratic would be a hundred times; a busy machine may be slow.
        let most = 40 * small.max(Duration::from_millis(20));
        assert!(large < most, "{}: {SMALL} took {small:?}, {} took {large:?}", kind.name, 10 * SMALL);
    }
}

#[test]
fn a_page_of_ten_times_as_many_findings_takes_about_ten_times_as_long() {
    let kind = large::KINDS.iter().find(|kind| kind.name == "bad times").expect("such a kind");
    let took = |count: usize| {
        let sources = [hangtime::Source::new("any.ron", (kind.make)(count).as_bytes())];
        let reference = hangtime::Reference::embedded();
        let bills = hangtime::bill(&sources, &hangtime::Options::default(), reference);
        let start = Instant::now();
        let _ = hangtime::show::html::report(&bills, &sources, reference);
        start.elapsed()
    };
    let (small, large) = (took(800), took(8_000));
    assert!(large < 40 * small.max(Duration::from_millis(20)), "800 took {small:?}, 8,000 took {large:?}");
}

#[test]
fn a_hundred_thousand_events_are_read_and_billed() {
    let kind = large::KINDS.iter().find(|kind| kind.name == "touching bags").expect("such a kind");
    let start = Instant::now();
    let bills = through::untimed((kind.make)(100_000).as_bytes());
    assert_eq!(bills[0].status, Status::Billable);
    assert!(start.elapsed() < Duration::from_secs(120), "{:?}", start.elapsed());
}

#[test]
fn two_thousand_sessions_of_one_patient_are_billed_together() {
    let kind = large::KINDS.iter().find(|kind| kind.name == "sessions of one patient").expect("such a kind");
    let bills = through::untimed((kind.make)(2_000).as_bytes());
    assert_eq!(bills.len(), 2_000);
    assert!(bills.iter().all(|bill| bill.status == Status::Billable));
}

#[test]
fn brackets_ten_thousand_deep_are_refused() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("Some(", ")"), ("[Session(", ")]"), ("#![enable(", ")]"), ("/*", "")] {
        for close in ["", close, "]"] {
            let text = format!("{}{}", open.repeat(10_000), close.repeat(10_000));
            assert_eq!(only(&text).status, Status::Error, "{open}{close}");
            assert_eq!(only(&hospital(&text)).status, Status::Error, "{open}{close}");
        }
    }
    let facts = format!("circumstances: [{} Disaster], events", "/**/ ".repeat(100_000));
    assert_eq!(through::untimed(hospital("").replace("events", &facts).as_bytes())[0].status, Status::Billable);
    // Comments nest, and are nothing.
    assert_eq!(only(&hospital(&format!("{}{}", "/*".repeat(10_000), "*/".repeat(10_000)))).status, Status::Billable);
}

#[test]
fn a_name_of_ten_thousand_characters_is_a_name() {
    for letter in ["x", "\u{e9}", "x ", "x+", "ceftriaxone ", "\u{1F600}"] {
        let name = letter.repeat(10_000);
        assert_eq!(only(&hospital(&format!("Push(at: \"9:05\", drug: \"{name}\")"))).status, Status::Error);
        let noted = hospital(&format!("Push(at: \"9:05\", drug: \"{name}\")"))
            .replace("events", &format!("drugs: {{\"{name}\": (class: Therapeutic)}}, events"));
        assert_eq!(only(&noted).status, Status::Billable, "{letter}");
    }
    for field in ["zone", "profile", "reason", "patient", "unit"] {
        only(&hospital("FlushPort(at: \"9:05\")").replace("events", &format!("{field}: \"{}\", events", "x/".repeat(5_000))));
    }
}

#[test]
fn the_calendar_has_ends() {
    for date in ["0000-01-01", "0001-01-01", "1583-01-01", "2026-03-02", "9999-12-31"] {
        for zone in ["", "zone: \"America/Chicago\",", "zone: \"Pacific/Kiritimati\","] {
            for from in ["00:00", "+0 24:00", "0000-01-01 00:00"] {
                for to in ["24:00", "+999 24:00", "9999-12-31 24:00", "1970-01-01 00:00"] {
                    let events = format!("Infuse(from: \"{from}\", to: \"{to}\", drug: \"NS\"), Push(at: \"{to}\", drug: \"ondansetron\")");
                    let text = hospital(&events).replace("2026-03-02", date).replace("events", &format!("{zone} events"));
                    through::whole(text.as_bytes());
                }
            }
        }
    }
}

#[test]
fn a_run_of_years_is_a_mistake_and_not_a_million_units() {
    let mistyped = hospital("Infuse(from: \"0026-03-02 08:00\", to: \"2026-03-02 08:15\", drug: \"levetiracetam\")");
    assert_eq!(error_of(&mistyped), "levetiracetam would run for 730485 days");
    let crawling = hospital("Start(at: \"08:00\", drug: \"NS\", volume_ml: 1000000, rate_ml_per_h: 0.001)");
    assert!(error_of(&crawling).ends_with(" days"));
    let long = only(&hospital("Infuse(from: \"08:00\", to: \"+999 08:00\", drug: \"levetiracetam\")"));
    assert_eq!(long.status, Status::Billable);
}

#[test]
fn zones_with_odd_offsets_keep_their_minutes() {
    for (zone, date) in [
        ("Africa/Monrovia", "1900-01-01"),
        ("Africa/Monrovia", "1972-01-07"),
        ("Europe/Amsterdam", "1937-07-01"),
        ("Asia/Kathmandu", "1986-01-01"),
        ("Pacific/Apia", "2011-12-30"),
        ("Pacific/Apia", "2011-12-29"),
        ("Australia/Lord_Howe", "2026-04-05"),
        ("Antarctica/Troll", "2026-03-29"),
        ("America/Chicago", "1883-11-18"),
        ("Africa/Casablanca", "2026-02-15"),
    ] {
        for hour in 0..24 {
            let events =
                format!("Infuse(from: \"{hour:02}:10\", to: \"+1 {hour:02}:50\", drug: \"NS\"), Note(at: \"{hour:02}:30\", text: \"\")");
            only(&hospital(&events).replace("2026-03-02", date).replace("events", &format!("zone: \"{zone}\", events")));
        }
    }
}

#[test]
fn no_number_is_too_odd() {
    for number in ["NaN", "inf", "-inf", "-0.0", "0", "-1", "1e-320", "1e308", "1e400", "4294967295", "4294967296", "18446744073709551616"]
    {
        for event in [
            format!("Start(at: \"9:05\", drug: \"NS\", volume_ml: {number}, rate_ml_per_h: 125)"),
            format!("Start(at: \"9:05\", drug: \"NS\", volume_ml: 1000, rate_ml_per_h: {number})"),
            format!("Start(at: \"9:05\", drug: \"NS\"), Rate(at: \"9:10\", drug: \"NS\", ml_per_h: {number})"),
            format!("Push(at: \"9:05\", drug: \"ondansetron\", minutes: {number})"),
            format!("Instill(at: \"9:05\", drug: \"methotrexate\", cavity: Lesions({number}))"),
            format!("Instill(at: \"9:05\", drug: \"methotrexate\", cavity: Lesions({number})), ").repeat(3),
        ] {
            only(&hospital(&event));
        }
    }
}

/// `through` holds that none of it reaches a terminal, a spreadsheet or a page.
#[test]
fn no_field_steers_the_output() {
    let bad = "\\u{1b}[31m\\u{9b}31m\\u{202E}\\u{2066}\\u{200B}\\u{0}\\u{7}\\u{7f}\\r\\n|`<b>\\u{FEFF}";
    let raw = "\u{1b}[31m\u{9b}31m\u{202E}\u{2066}\u{200B}\u{7}\u{7f}\r|`<b>\u{FEFF}";
    for bad in [bad, raw] {
        let fields = ["id", "date", "zone", "patient", "unit", "reason", "profile"];
        for field in fields {
            let others = [("id", "a"), ("date", "2026-03-02")].into_iter().filter(|(other, _)| *other != field);
            let others: String = others.map(|(other, value)| format!("{other}: \"{value}\", ")).collect();
            let text = format!("Session({others}{field}: \"{bad}\", setting: Office, events: [Push(at: \"9:05\", drug: \"NS\")])");
            only(&text);
        }
        for event in [
            "Push(at: \"BAD\", drug: \"NS\")",
            "Push(at: \"9:05\", drug: \"BAD\")",
            "Push(at: \"9:05\", drug: \"NS\", site: \"BAD\")",
            "Push(at: \"9:05\", drug: \"NS\", dose: \"BAD\", waste: \"BAD\")",
            "Service(at: \"9:05\", code: \"BAD\")",
            "Transfuse(at: \"9:05\", product: \"BAD\")",
            "Note(at: \"9:05\", text: \"BAD\")",
            "Infuse(from: \"9:05\", to: \"9:50\", drug: \"BAD\", site: \"BAD\"), Stop(at: \"9:55\", drug: \"BAD\")",
            "BAD(at: \"9:05\")",
            "Push(BAD: \"9:05\")",
        ] {
            let text = hospital(&event.replace("BAD", bad));
            only(&text);
            for map in ["drugs: {\"BAD\": (class: Therapeutic)},", "sites: {\"BAD\": (separate: \"BAD\"), \"BAD\": ()},"] {
                only(&text.replace("events", &format!("{map} events").replace("BAD", bad)));
            }
            for fact in ["PolicyMet(drug: \"BAD\")", "BAD", "Waiver(BAD)"] {
                only(&text.replace("events", &format!("circumstances: [{fact}], events").replace("BAD", bad)));
            }
        }
    }
}

#[test]
fn a_session_may_hold_nothing_and_names_may_come_twice() {
    let empty = hospital("");
    assert_eq!(only(&empty).status, Status::Billable);
    let two = through::untimed(format!("[{empty}, {empty}]").as_bytes());
    assert_eq!(two.iter().map(|bill| bill.id.as_str()).collect::<Vec<_>>(), ["a", "a"]);
    assert!(through::untimed(b"[]").is_empty());
    for text in ["", " ", "[", "Session", "Session()", "[Session()]", "()", "[()]", "\u{FEFF}", "// \u{e9}"] {
        assert_eq!(only(text).status, Status::Error, "{text}");
    }
}

#[test]
fn a_log_names_no_file_as_its_profile() {
    for path in ["/dev/zero", "/etc/passwd", "./Cargo.toml", "mine.ron", "C:\\mine.ron"] {
        let text = hospital("FlushPort(at: \"9:05\")").replace("events", &format!("profile: {path:?}, events"));
        assert!(error_of(&text).contains("profile"), "{path}");
    }
}

#[test]
fn fifty_findings_of_a_log_are_drawn_and_the_rest_counted() {
    use hangtime::show::{Exporter, sheets, table::Table};
    let text = large::KINDS.iter().find(|kind| kind.name == "bad times").map(|kind| (kind.make)(60)).expect("such a kind");
    let sources = [hangtime::Source::new("any.ron", text.as_bytes())];
    let reference = hangtime::Reference::embedded();
    let bills = hangtime::bill(&sources, &hangtime::Options::default(), reference);
    let table = Table { sources: &sources, width: None, color: false, quiet: false, contested: &[] };
    let drawn = table.export(&bills, &sheets(&bills, &sources, reference));
    assert_eq!(drawn.matches("error[time]").count(), 50);
    assert!(drawn.ends_with("and 10 more: `hangtime bill --format json` lists all.\n\n"), "{drawn}");
}
