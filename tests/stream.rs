//! Streams: what is billed does not depend on how the bytes come, how many work, or what the output is.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use hangtime::session::locate;
use hangtime::show::json::NdJson;
use hangtime::show::{Exporter, sheets};
use hangtime::stream::{Input, Settings, Tally};
use hangtime::{Form, Options, Reference, Source, bill, read, stream};
use serde_json::Value;

/// Gives so many bytes at a time.
struct Drops(io::Cursor<Vec<u8>>, usize);

impl Read for Drops {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.1.min(into.len());
        self.0.read(&mut into[..count])
    }
}

/// What a stream gives that comes so many bytes at a time.
fn streamed(texts: &[&str], form: Form, jobs: usize, drop: usize, chunk: usize) -> (String, Tally) {
    let (options, reference) = (Options::default(), Reference::embedded());
    let jobs = NonZeroUsize::new(jobs).expect("some");
    let settings = Settings { form, options: &options, reference, clock: || None, jobs, chunk };
    let inputs = texts.iter().enumerate().map(|(at, text)| {
        let read = Drops(io::Cursor::new(text.as_bytes().to_vec()), drop);
        Input { name: format!("stream-{at}"), read: Box::new(read) }
    });
    let mut out = Vec::new();
    let tally = stream::bill(inputs.collect(), &settings, &AtomicBool::new(false), |lines, _| {
        assert!(lines.ends_with(b"\n"), "whole lines only");
        out.extend_from_slice(lines);
        Ok(())
    });
    (String::from_utf8(out).expect("text"), tally.expect("memory takes all"))
}

/// What the ordinary way gives for the same texts, read whole.
fn whole(texts: &[&str], form: Form) -> String {
    let sources: Vec<Source> =
        texts.iter().enumerate().map(|(at, text)| Source::of(format!("stream-{at}"), text.as_bytes(), form)).collect();
    let bills = bill(&sources, &Options::default(), Reference::embedded());
    NdJson.export(&bills, &sheets(&bills, &sources, Reference::embedded()))
}

/// However it comes and whoever works, the result is that of reading it whole.
fn is_the_same(texts: &[&str], form: Form) -> String {
    let expected = whole(texts, form);
    let length = texts.iter().map(|text| text.len()).sum::<usize>();
    for (jobs, drop, chunk) in [(1, usize::MAX, 1 << 17), (2, usize::MAX, 1 + length / 3), (5, 37, 64), (2, 500, 200), (1, 1, 1)] {
        if drop == 1 && length > 20_000 {
            continue;
        }
        let (came, tally) = streamed(texts, form, jobs, drop, chunk);
        assert!(came == expected, "{jobs} jobs, {drop} bytes at a time, chunks of {chunk}:\n{}", first_difference(&came, &expected));
        assert_eq!(tally.results, expected.lines().count() as u64);
        assert_eq!(tally.errors, expected.lines().filter(|line| line.contains(r#""status":"error""#)).count() as u64);
    }
    expected
}

fn first_difference(came: &str, expected: &str) -> String {
    let pair = came.lines().zip(expected.lines()).find(|(one, other)| one != other);
    pair.map_or_else(|| "one is longer".to_owned(), |(came, expected)| format!("came     {came}\nexpected {expected}"))
}

/// The texts of all sessions in a folder's logs, in order.
fn sessions_of(folder: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for file in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
        if file.path().extension().is_some_and(|ending| ending == "ron") {
            let text = std::fs::read_to_string(file.path()).unwrap_or_default();
            if read(&Source::new("a", text.as_bytes())).is_ok() {
                texts.extend(locate::sessions(&text).into_iter().map(|range| text[range].to_owned()));
            }
        }
    }
    texts
}

fn as_json(texts: &[String]) -> String {
    let line = |text: &String| {
        let session = read(&Source::new("a", text.as_bytes())).expect("it is sound").remove(0);
        serde_json::to_string(&session).expect("plain data") + "\n"
    };
    texts.iter().map(line).collect()
}

fn as_list(texts: &[String]) -> String {
    format!("// All of them.\n[\n{}\n]\n", texts.join(",\n"))
}

/// Results without the places of their findings.
fn without_places(lines: &str) -> Vec<Value> {
    let one = |line: &str| {
        let mut result: Value = serde_json::from_str(line).expect("a line is an object");
        for finding in result["findings"].as_array_mut().expect("a list") {
            for place in ["file", "line", "column"] {
                finding.as_object_mut().expect("an object").remove(place);
            }
        }
        result
    };
    lines.lines().map(one).collect()
}

fn session(id: &str, patient: &str, date: &str, from: u32) -> String {
    format!(
        "Session(id: \"{id}\", setting: Hospital, date: \"{date}\", patient: \"{patient}\", events: [\n    \
         Infuse(from: \"{from:02}:00\", to: \"{:02}:10\", drug: \"ceftriaxone\"),\n    Inject(at: \"{from:02}:30\", drug: \"ketorolac\", route: IM)])",
        from + 1
    )
}

/// Three sessions of one patient a day, some without, some that cannot be read.
fn days() -> Vec<String> {
    let mut texts = Vec::new();
    for day in 1..=9 {
        let date = format!("2026-03-{day:02}");
        for visit in 0..3 {
            texts.push(session(&format!("{day}-{visit}"), &format!("p{}", day / 2), &date, 8 + 3 * visit));
        }
        texts.push(session(&format!("{day}-alone"), "", &date, 8).replace("patient: \"\", ", ""));
        if day % 3 == 0 {
            texts.push(session(&format!("{day}-bad"), "p9", &date, 8).replace("drug", "durg"));
            texts.push(session(&format!("{day}-after"), "p9", &date, 12));
        }
    }
    texts
}

#[test]
fn groups_are_whole_however_the_chunks_fall() {
    let texts = days();
    let expected = is_the_same(&[&as_list(&texts)], Form::Stream);
    assert_eq!(expected.matches(r#""modifiers":["XE"]"#).count(), 2 * 9, "the second and third visit of each day");
    let (one, other) = texts.split_at(17);
    is_the_same(&[&as_list(one), &as_list(other)], Form::Stream);
    // In JSON the lines of the sound ones, and a bad one of its patient between.
    let sound: Vec<String> = texts.iter().filter(|text| !text.contains("durg")).cloned().collect();
    let mut lines: Vec<String> = as_json(&sound).lines().map(str::to_owned).collect();
    lines.insert(1, r#"{"id": "bad", "patient": "p0", "events": 7}"#.to_owned());
    let expected = is_the_same(&[&(lines.join("\n") + "\n")], Form::Lines);
    assert_eq!(expected.matches(r#""modifiers":["XE"]"#).count(), 2 * 9, "a bad record whose patient can be read parts no group");
    assert!(expected.lines().nth(1).expect("a line").starts_with(r#"{"session":"bad","setting":null"#));
    // One whose patient cannot be read does.
    lines[1] = r#"{"id": "bad", "patient": "p0", "events": "#.to_owned();
    let expected = is_the_same(&[&lines.join("\r\n")], Form::Lines);
    assert_eq!(expected.matches(r#""modifiers":["XE"]"#).count(), 2 * 9 - 1);
    assert!(expected.lines().nth(1).expect("a line").starts_with(r#"{"session":"stream-0:2","setting":null"#));
}

#[test]
fn one_patient_through_the_whole_stream_is_one_group() {
    let texts: Vec<String> = (1..=28).map(|day| session(&format!("{day}"), "p", &format!("2026-02-{day:02}"), 9)).collect();
    is_the_same(&[&as_list(&texts)], Form::Stream);
    is_the_same(&[&as_json(&texts)], Form::Lines);
}

#[test]
fn the_samples_and_cases_are_billed_as_they_are_whole() {
    for folder in ["sessions", "tests/cases"] {
        let texts = sessions_of(folder);
        assert!(texts.len() > 10, "{folder}");
        let list = is_the_same(&[&as_list(&texts)], Form::Stream);
        let lines = is_the_same(&[&as_json(&texts)], Form::Lines);
        for (list, lines) in without_places(&list).into_iter().zip(without_places(&lines)) {
            assert_eq!(list, lines);
        }
    }
}

#[test]
fn a_broken_log_is_told_of_as_it_is_whole() {
    for folder in ["tests/bad", "fuzz/corpus"] {
        for file in walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().flatten() {
            let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
            if text.len() > 20_000 || !file.file_type().is_file() || file.path().extension().is_some_and(|ending| ending != "ron") {
                continue;
            }
            is_the_same(&[&text], Form::Stream);
            let lines = text.replace(['\u{0}', '\u{feff}'], "");
            is_the_same(&[&lines], Form::Lines);
            let good = session("good", "p", "2026-03-02", 9);
            // A file with such a byte is none; in a stream, only its record is none.
            if !text.contains('\0') {
                is_the_same(&[&format!("[{good}, {text}, {good}]")], Form::Stream);
            }
        }
    }
}

#[test]
fn a_finding_points_into_the_stream() {
    let sound = session("a", "p", "2026-03-02", 9);
    let places = |text: &str, form| {
        let told = is_the_same(&[text], form);
        let one = |line: &str| {
            let result: Value = serde_json::from_str(line).expect("an object");
            let finding = result["findings"].as_array().expect("a list").first().cloned();
            finding.map(|finding| (finding["line"].as_u64().unwrap_or(0), finding["column"].as_u64().unwrap_or(0)))
        };
        told.lines().map(one).collect::<Vec<_>>()
    };
    let alone = session("b", "q", "2026-03-02", 9).replace("ceftriaxone", "nosuchdrug");
    let list = format!("/* é */ [{sound}, {alone},\n\n  {}]", sound.replace("id:", "di:"));
    let at = |text: &str, what: &str, nth: usize| {
        let found = text.match_indices(what).nth(nth).expect("it is there").0;
        let (line, column) = locate::line_column(text, found);
        Some((line as u64, column as u64))
    };
    let told = places(&list, Form::Stream);
    assert_eq!(told[1], at(&list, "\"nosuchdrug\"", 0));
    assert_eq!(told[2], at(&list, "di:", 0));
    let lines = format!(
        "\n{}\n{}",
        as_json(&[alone]).trim_end(),
        r#"{"id": "é", "setting": "Office", "date": "2026-03-02", "events": [{"Pusch": {}}]}"#
    );
    let told = places(&lines, Form::Lines);
    assert_eq!(told, [at(&lines, "\"nosuchdrug\"", 0), at(&lines, "\"Pusch\"", 0)]);
}

#[test]
fn bytes_that_are_no_text_are_an_error_of_their_record() {
    let line = as_json(&[session("a", "p", "2026-03-02", 9)]);
    let mut bytes = line.clone().into_bytes();
    bytes.extend_from_slice(b"{\"id\": \"\xE9\"}\n");
    bytes.extend_from_slice(line.as_bytes());
    let done = hangtime("bill --from ndjson --format ndjson -", &bytes);
    assert_eq!((done.status, done.out.lines().count()), (1, 3));
    assert!(done.out.contains(r#"a character is not UTF-8 (0xE9)","file":"<stdin>","line":2,"column":9"#), "{}", done.out);
}

struct Done {
    out: String,
    err: String,
    status: i32,
}

fn start(line: &str) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangtime"));
    command.args(line.split_whitespace()).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

fn hangtime(line: &str, input: &[u8]) -> Done {
    let mut child = start(line);
    let (mut pipe, input) = (child.stdin.take().expect("a pipe"), input.to_vec());
    let feed = std::thread::spawn(move || drop(pipe.write_all(&input)));
    let done = child.wait_with_output().expect("it ends");
    feed.join().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Done { out: text(done.stdout), err: text(done.stderr), status: done.status.code().expect("no signal") }
}

#[test]
fn the_command_gives_what_files_give() {
    let files = hangtime("bill --format ndjson sessions", b"");
    let texts = sessions_of("sessions");
    for (line, input) in [
        ("bill --format ndjson -", as_list(&texts)),
        ("bill --from ndjson --format ndjson --jobs 1 -", as_json(&texts)),
        ("bill --from ndjson --format ndjson --jobs 5 -", as_json(&texts)),
    ] {
        let done = hangtime(line, input.as_bytes());
        assert_eq!(without_places(&done.out), without_places(&files.out), "{line}");
        assert_eq!(done.status, files.status);
        assert!(done.err.contains("in error") && done.err.lines().count() == 1, "{}", done.err);
    }
}

#[test]
fn what_is_billed_together_does_not_depend_on_the_format() {
    let visits = [session("a", "p", "2026-03-02", 8), session("b", "q", "2026-03-02", 8), session("c", "p", "2026-03-02", 12)];
    let has_xe = |line: &str, input: &str| hangtime(line, input.as_bytes()).out.contains("XE");
    for format in ["table", "json", "ndjson", "csv", "markdown"] {
        let apart = as_list(&visits);
        let together = as_list(&[visits[0].clone(), visits[2].clone(), visits[1].clone()]);
        assert!(!has_xe(&format!("bill --format {format} -"), &apart), "{format}");
        assert!(has_xe(&format!("bill --format {format} -"), &together), "{format}");
        let lines = as_json(&[visits[0].clone(), visits[2].clone()]);
        assert!(has_xe(&format!("bill --from ndjson --format {format} -"), &lines), "{format}");
    }
}

#[test]
fn other_formats_read_a_session_a_line_too() {
    let line = as_json(&[session("a", "p", "2026-03-02", 8).replace("ketorolac", "nosuchdrug")]);
    let done = hangtime("bill --from ndjson --color never -", format!("{line}\n{{\"id\": 1}}\n").as_bytes());
    assert_eq!(done.status, 1);
    assert!(done.out.contains("<stdin>:3:8") && done.out.contains("`id` takes a name"), "{}", done.out);
    assert!(done.out.contains("<stdin>:1:169") && done.out.contains("^^^^^^^^^^^^ not in the drug list"), "{}", done.out);
}

#[test]
fn nothing_gives_nothing() {
    for line in ["bill --from ndjson --format ndjson -", "bill --from ndjson -"] {
        let done = hangtime(line, b"\n  \n");
        assert_eq!((done.out.trim(), done.status), ("", 0), "{line}: {}", done.err);
    }
    let done = hangtime("bill --format ndjson -", b"[]");
    assert_eq!((done.out.as_str(), done.err.as_str(), done.status), ("", "", 0));
    let done = hangtime("bill --format ndjson -", b"");
    assert!(done.out.contains("the file is empty") && done.status == 1, "{}", done.out);
}

#[test]
fn a_file_that_cannot_be_read_ends_with_two_and_the_rest_is_billed() {
    let file = std::env::temp_dir().join(format!("hangtime-stream-{}.ndjson", std::process::id()));
    std::fs::write(&file, as_json(&[session("a", "p", "2026-03-02", 9)])).expect("a file");
    let path = file.display();
    let done = hangtime(&format!("bill --from ndjson --format ndjson nowhere.ndjson {path} {path}"), b"");
    std::fs::remove_file(&file).expect("it is there");
    assert_eq!((done.status, done.out.lines().count()), (2, 2), "{}", done.err);
    assert!(done.err.contains("nowhere.ndjson cannot be read"), "{}", done.err);
    let done = hangtime("bill --from ndjson --format ndjson --setting office -", b"");
    assert!(done.status == 2 && done.err.contains("--setting"), "{}", done.err);
}

#[test]
fn a_full_disk_is_an_error() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").expect("it is there");
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangtime"));
    let done = command.args(["bill", "--format", "ndjson", "-"]).stdin(Stdio::null()).stdout(full).output().expect("it starts");
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("the result cannot be written"));
}

/// Waits for a while; a program that hangs is ended.
fn status_within(mut child: Child, most: Duration) -> i32 {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if let Some(status) = child.try_wait().expect("it is ours") {
            return status.code().expect("no signal");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("it is ours");
    panic!("it does not end");
}

#[test]
fn a_live_stream_is_answered_at_once_and_a_closed_pipe_ends_it() {
    let line = as_json(&[session("a", "", "2026-03-02", 9).replace("patient: \"\", ", "")]);
    let mut child = start("bill --from ndjson --format ndjson -");
    let (mut feed, out) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
    let mut results = BufReader::new(out);
    for _ in 0..3 {
        feed.write_all(line.as_bytes()).expect("it reads");
        let mut result = String::new();
        results.read_line(&mut result).expect("it answers");
        assert!(result.contains("96365") && result.ends_with("}\n"), "{result}");
    }
    drop(results);
    feed.write_all(line.as_bytes()).expect("it reads");
    // Standard input stays open, and nothing more comes.
    assert_eq!(status_within(child, Duration::from_secs(20)), 0);
    drop(feed);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_an_idle_stream_behind_a_whole_line() {
    let line = as_json(&[session("a", "", "2026-03-02", 9).replace("patient: \"\", ", "")]);
    let mut child = start("bill --from ndjson --format ndjson -");
    let mut feed = child.stdin.take().expect("a pipe");
    let mut results = BufReader::new(child.stdout.take().expect("a pipe"));
    feed.write_all(line.repeat(20).as_bytes()).expect("it reads");
    let mut first = String::new();
    results.read_line(&mut first).expect("it answers");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill is there");
    assert!(sent.success());
    assert_eq!(status_within(child, Duration::from_secs(20)), 130);
    let mut rest = String::new();
    results.read_to_string(&mut rest).expect("text");
    assert!(rest.is_empty() || rest.ends_with("}\n"), "{rest}");
    drop(feed);
}

/// The most memory that a program had, in kB, while it billed so many lines.
#[cfg(target_os = "linux")]
fn peak(line: &str, count: usize) -> u64 {
    let mut child = start("bill --from ndjson --format ndjson --jobs 2 -");
    let mut feed = child.stdin.take().expect("a pipe");
    let out = child.stdout.take().expect("a pipe");
    let drain = std::thread::spawn(move || BufReader::new(out).lines().map_while(Result::ok).count());
    let many = line.repeat(100);
    for _ in 0..count / 100 {
        feed.write_all(many.as_bytes()).expect("it reads");
    }
    // It waits for more, and holds what it will hold.
    std::thread::sleep(Duration::from_millis(300));
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).expect("it runs");
    drop(feed);
    assert!(child.wait().expect("it ends").success());
    assert_eq!(drain.join().expect("it ends"), count);
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux tells it");
    peak.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_stream() {
    // Long lines, cheap to bill.
    let text = "x".repeat(10_000);
    let line = format!(
        r#"{{"id": "a", "setting": "Office", "date": "2026-03-02", "events": [{{"Note": {{"at": "09:00", "text": "{text}"}}}}]}}{}"#,
        "\n"
    );
    let (small, large) = (peak(&line, 500), peak(&line, 5000));
    assert!(large < small + small / 2, "5 MB took {small} kB, 50 MB {large} kB");
}
