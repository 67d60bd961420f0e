//! Logs from other systems. Each line of `tests/import/commands` is a case: `NAME: command`. What it
//! prints stands in `NAME.ron`, what it tells beside it in `NAME.told`, and there too what the written
//! logs bill. `BLESS=1 cargo test --test import` writes them anew: read the difference before you keep it.

#[path = "support/told.rs"]
#[allow(dead_code)] // only its lines
mod told;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hangtime::logs_in::csv::{self, Lookup, Map};
use hangtime::logs_in::{Choices, File, Formulary, Ids, Import, fhir};
use hangtime::session::log::Setting;
use hangtime::timeline::calendar::Minute;
use hangtime::{Options, Reference, Source, Status, bill, read};

/// The present for every log: 2030-01-01.
const PRESENT: Minute = Minute(31_557_600);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import")
}

fn hangtime(line: &str, input: Option<&[u8]>) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hangtime"))
        .args(line.split_whitespace())
        .current_dir(folder())
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut pipe = child.stdin.take().expect("a pipe");
    let _ = pipe.write_all(input.unwrap_or_default());
    drop(pipe);
    child.wait_with_output().expect("it ends")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn cases() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(folder().join("commands")).expect("the list of cases");
    text.lines().filter_map(|line| line.split_once(':')).map(|(name, command)| (name.to_owned(), command.trim().to_owned())).collect()
}

#[test]
fn every_case_writes_and_tells_what_stands_beside_it() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    for (name, command) in cases() {
        let output = hangtime(&command, None);
        let written = out(&output);
        let mut told = format!("exit {}\n{}", output.status.code().unwrap_or(-1), err(&output));
        if !command.contains("--preview") {
            told.push_str(&billed(&written));
        }
        for (ending, came) in [("ron", written), ("told", told)] {
            let path = folder().join(format!("{name}.{ending}"));
            if bless {
                std::fs::write(&path, came).expect("it is written");
            } else {
                let wanted = std::fs::read_to_string(&path).unwrap_or_default();
                if wanted != came {
                    let _ = write!(wrong, "{}: expected\n{wanted}\ncame\n{came}\n", path.display());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What the written logs bill, in short.
fn billed(written: &str) -> String {
    let source = Source::new("written.ron", written.as_bytes());
    let options = Options { now: Some(PRESENT), ..Options::default() };
    let mut text = String::new();
    for bill in bill(&[source], &options, Reference::embedded()) {
        let status = match bill.status {
            Status::Billable => "billable",
            Status::Held => "held",
            Status::Error => "error",
        };
        let _ = writeln!(text, "bill {}: {status}", bill.id);
        for line in told::lines(&bill) {
            let _ = writeln!(text, "  {line}");
        }
        for error in bill.findings.iter().filter(|finding| finding.is_error()) {
            let _ = writeln!(text, "  error {}: {}", error.id, error.message);
        }
    }
    text
}

fn choices() -> Choices {
    Choices { setting: Setting::Hospital, zone: None, ids: Ids::Kept, formulary: Formulary::default() }
}

fn map(name: &str) -> Map {
    Map::read(csv::embedded(name).expect("a map that comes with the program")).expect("it is sound")
}

/// Reads some bytes as the files of that name are read.
fn import(name: &str, bytes: Vec<u8>) -> Import {
    let files = [File::new(name, bytes)];
    let table = |map: &Map| csv::read(&files, map, &Lookup::default(), &choices(), Reference::embedded());
    match name {
        "events.csv" | "bad-rows.csv" => table(&map("events")),
        "intervals.csv" => table(&map("intervals")),
        "mimic.csv" => table(&map("mimic-iv")),
        _ => fhir::read(&files, &choices(), Reference::embedded()),
    }
}

const SAMPLES: [&str; 11] = [
    "ward.json",
    "rate-change.json",
    "alone.json",
    "clock.ndjson",
    "bulk.ndjson.gz",
    "broken.ndjson",
    "broken.json",
    "events.csv",
    "bad-rows.csv",
    "intervals.csv",
    "mimic.csv",
];

/// A small generator, the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % most.max(1)
    }
}

#[test]
fn damaged_files_neither_panic_nor_make_a_log_that_cannot_be_read() {
    let mut dice = Dice(7);
    let rounds: usize = std::env::var("DAMAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(150);
    for name in SAMPLES {
        let whole = std::fs::read(folder().join(name)).expect("a sample");
        for round in 0..rounds {
            let mut bytes = whole.clone();
            match round % 4 {
                0 => bytes.truncate(dice.below(whole.len())),
                1 => drop(bytes.remove(dice.below(whole.len()))),
                2 => {
                    let (from, to) = (dice.below(whole.len()), dice.below(whole.len()));
                    bytes.copy_within(from.min(to)..from.min(to) + (whole.len() - from.max(to)).min(40), from.max(to));
                }
                _ => {}
            }
            for _ in 0..=dice.below(3) {
                if !bytes.is_empty() && round % 4 != 0 {
                    let at = dice.below(bytes.len());
                    let marks = b"\"\\{}[],:0-9eE\n\r\t;'\x00\x1f\xff\xe2T+Z";
                    bytes[at] =
                        if dice.below(2) == 0 { marks[dice.below(marks.len())] } else { u8::try_from(dice.below(256)).unwrap_or(0) };
                }
            }
            let import = import(name, bytes.clone());
            let source = Source::new(name, import.text().as_bytes());
            match read(&source) {
                Ok(sessions) => assert_eq!(sessions.len(), import.logs.len(), "{name} round {round}"),
                Err(problems) => panic!("{name} round {round}: {problems:?}\n{}\nfrom\n{}", import.text(), String::from_utf8_lossy(&bytes)),
            }
            let _ = bill(&[source], &Options::default(), Reference::embedded());
        }
    }
}

#[test]
fn a_file_of_four_times_the_size_takes_no_sixteen_times_as_long() {
    let administration = |at: usize, visit: &str| {
        format!(
            r#"{{"resourceType":"MedicationAdministration","id":"{at}","status":"completed","medicationCodeableConcept":{{"text":"Zosyn"}},"context":{{"reference":"Encounter/{visit}"}},"request":{{"reference":"r"}},"effectivePeriod":{{"start":"2026-03-02T{:02}:{:02}:00Z","end":"2026-03-02T{:02}:{:02}:00Z"}},"dosage":{{"route":{{"text":"iv"}},"rateQuantity":{{"value":{at}.5,"unit":"mL/h"}}}}}}"#,
            at / 60 % 24,
            at % 60,
            (at + 1) / 60 % 24,
            (at + 1) % 60
        )
    };
    type Written<'t> = &'t dyn Fn(usize) -> String;
    let kinds: [(&str, &str, Written); 5] = [
        ("one visit", "a.ndjson", &|n| (0..n).map(|at| administration(at, "1") + "\n").collect()),
        ("many visits", "a.ndjson", &|n| (0..n).map(|at| administration(at, &at.to_string()) + "\n").collect()),
        ("all broken", "a.ndjson", &|n| administration(0, "1") + "\n" + &"{\"resourceType\":\n".repeat(n)),
        ("open brackets", "a.json", &|n| "[".repeat(n)),
        ("open quotes", "events.csv", &|n| {
            let header = std::fs::read_to_string(folder().join("events.csv")).expect("a sample");
            header.lines().next().expect("a header").to_owned() + "\n" + &"7001,P55,\"2026\n".repeat(n)
        }),
    ];
    for (what, name, text) in kinds {
        let time = |n: usize| {
            let bytes = text(n).into_bytes();
            (0..2)
                .map(|_| {
                    let start = Instant::now();
                    import(name, bytes.clone());
                    start.elapsed()
                })
                .min()
                .unwrap_or_default()
        };
        let (one, four) = (time(1_500), time(6_000));
        assert!(four < one * 10 + Duration::from_millis(400), "{what}: {one:?}, then {four:?}");
    }
}

#[test]
fn folders_get_one_file_a_visit_and_no_file_is_lost() {
    let folder = std::env::temp_dir().join(format!("hangtime-import-{}", std::process::id()));
    let line = format!("import fhir --key-file key -o {} bulk.ndjson.gz bulk-medications.ndjson", folder.display());
    assert_eq!(hangtime(&line, None).status.code(), Some(0));
    let written = || std::fs::read_dir(&folder).expect("the folder").count();
    assert_eq!(written(), 2);
    let again = hangtime(&line, None);
    assert_eq!(again.status.code(), Some(2));
    assert!(err(&again).contains("is there already: --force writes over it"), "{}", err(&again));
    assert_eq!(hangtime(&format!("{line} --force"), None).status.code(), Some(0));
    assert_eq!(hangtime(&format!("check {}", folder.display()), None).status.code(), Some(1), "the study drug has no class");
    std::fs::remove_dir_all(&folder).expect("it goes");
}

#[test]
fn names_of_people_and_visits_do_not_come_through() {
    for key in ["--key-file key", ""] {
        let output = hangtime(&format!("import fhir {key} ward.json"), None);
        assert!(!out(&output).contains("1093") && !out(&output).contains("0417"), "{}", out(&output));
        assert_eq!(key.is_empty(), err(&output).contains("random key"), "{}", err(&output));
    }
    assert_ne!(hangtime("import fhir ward.json", None).stdout, hangtime("import fhir ward.json", None).stdout);
}

/// Two patients whose names differ in what nobody sees, or in the kind of a blank, stay two: else the
/// second visit of the day would be billed as a further encounter of one patient.
#[test]
fn names_that_look_alike_stay_apart() {
    let table = std::fs::read(folder().join("../../fuzz/corpus/imports/names-that-look-alike.csv")).expect("a table");
    let import = import("events.csv", table);
    let sessions = read(&Source::new("written.ron", import.text().as_bytes())).expect("it can be read");
    let patients: Vec<&str> = sessions.iter().filter_map(|session| session.patient.as_deref()).collect();
    assert_eq!(patients, ["P\u{202E}", "P\u{202D}", "P\t1", "P 1"]);
    let ids: Vec<&str> = sessions.iter().map(|session| session.id.as_str()).collect();
    assert_eq!(ids, import.logs.iter().map(|log| log.id.as_str()).collect::<Vec<_>>());
    assert!(import.text().is_ascii() || !import.text().contains('\u{202E}'), "{}", import.text());
}

#[test]
fn standard_input_is_read_packed_or_not() {
    for name in ["bulk.ndjson.gz", "clock.ndjson"] {
        let bytes = std::fs::read(folder().join(name)).expect("a sample");
        let output = hangtime("import fhir --keep-ids - bulk-medications.ndjson", Some(&bytes));
        assert!(out(&output).contains("Infuse"), "{name}: {}", err(&output));
    }
}

#[test]
fn a_medication_that_is_in_no_file_is_asked_for() {
    let output = hangtime("import fhir --keep-ids bulk.ndjson.gz", None);
    assert!(err(&output).contains("2  its Medication is in none of the files"), "{}", err(&output));
}

#[test]
fn a_bill_comes_straight_from_the_other_system() {
    let straight = hangtime("bill --from csv --map events --keep-ids --format csv events.csv", None);
    let logs = hangtime("import csv --map events --keep-ids events.csv", None);
    let by_way_of_logs = hangtime("bill --format csv -", Some(&logs.stdout));
    assert_eq!(straight.status.code(), Some(0), "{}", err(&straight));
    assert!(out(&straight).contains("96365"));
    assert_eq!(straight.stdout, by_way_of_logs.stdout);
}

#[test]
fn a_visit_with_an_unreadable_record_is_not_billed() {
    let output = hangtime("bill --from csv --map events --keep-ids --format csv bad-rows.csv events.csv", None);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("7001 is not billed: 6 records of it could not be read"), "{}", err(&output));
    assert!(out(&output).contains("7002") && !out(&output).contains("7001"), "{}", out(&output));
}

#[test]
fn wrong_command_lines_say_how_to_mend_them() {
    let wrong = [
        ("import csv --map event events.csv", "did you mean `events`?"),
        ("import csv --map nowhere.ron events.csv", "nowhere.ron cannot be read"),
        ("import csv --map intervals events.csv", "the table has no column `drug`"),
        ("import csv --map semicolons-map.ron events.csv", "the table has no column"),
        ("import csv --map our-names.ron events.csv", "our-names.ron: "),
        ("import csv --map events --lookup d_items.csv events.csv", "has no `lookup`"),
        ("import fhir --zone Chicago ward.json", "did you mean \"America/Chicago\"?"),
        ("import fhir --key-file d_items.csv nothing.json", "nothing.json cannot be read"),
        ("import fhir --key-file commands --keep-ids ward.json", "cannot be used with"),
        ("import fhir events.csv", "not JSON"),
        ("bill --from csv events.csv", "--from csv needs --map"),
        ("bill --from fhir --map events ward.json", "--map is for --from csv"),
    ];
    for (line, says) in wrong {
        let output = hangtime(line, None);
        assert_eq!(output.status.code(), Some(2), "{line}: {}", err(&output));
        assert!(err(&output).contains(says), "{line}: {}", err(&output));
    }
}

/// Each ```console block of the page is run and must come out as it stands there; each map must be one.
#[test]
fn the_page_says_what_is_true() {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/import.md")).expect("the page");
    let (mut run, mut maps) = (0, 0);
    for block in page.split("\n```").skip(1).step_by(2) {
        let (kind, body) = block.split_once('\n').unwrap_or((block, ""));
        if let Some((line, wanted)) = body.strip_prefix("$ hangtime ").and_then(|body| body.split_once('\n').or(Some((body, "")))) {
            let output = hangtime(line, None);
            let came = out(&output) + &err(&output);
            assert_eq!(came.trim_end(), wanted.trim_end(), "{line}");
            run += 1;
        } else if kind == "ron" && body.contains("Map(") {
            Map::read(body).expect("a map");
            maps += 1;
        }
    }
    assert!(run >= 4 && maps >= 1, "{run} commands, {maps} maps");
}
