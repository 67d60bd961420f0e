//! Writing a log with commands: each file of `tests/writing/` before and after a verb, byte by byte.
//!
//! A file begins with `// log: ` and the rest of the command line, and `// now: ` and the present. Beside it
//! lies `.after`, what the file must be then; or the head says `// refused: ` and words of the reason.
//! `BLESS=1 cargo test --test writing` writes the `.after` files anew.

#[path = "support/bench.rs"]
mod bench;
#[path = "support/written.rs"]
mod written;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::{Bench, LOG};
use hangtime::writing::store::Held;

struct Case {
    name: String,
    path: PathBuf,
    before: Vec<u8>,
    command: String,
    now: String,
    refused: Option<String>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/writing");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ron"));
    paths.sort();
    paths.into_iter().map(case).collect()
}

fn case(path: PathBuf) -> Case {
    let before = fs::read(&path).expect("a file");
    let text = String::from_utf8(before.clone()).expect("text");
    let said = |key: &str| {
        let line = text.lines().find_map(|line| line.trim_start_matches('\u{FEFF}').strip_prefix(&format!("// {key}: ")));
        line.map(str::to_owned)
    };
    let need = |key: &str| said(key).unwrap_or_else(|| panic!("{} has no `// {key}: `", path.display()));
    let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
    Case { name, command: need("log"), now: need("now"), refused: said("refused"), before, path }
}

#[test]
fn every_file_is_after_a_verb_what_it_must_be() {
    let mut wrong = Vec::new();
    for case in cases() {
        let bench = Bench::new();
        let log = bench.file("a.ron", &case.before);
        let done = bench.at(&case.now).log(&format!("{} --file a.ron", case.command));
        let after = fs::read(&log).expect("a log");
        if let Some(refused) = &case.refused {
            if !done.err().contains(refused.as_str()) || done.status() == 0 || after != case.before {
                wrong.push(format!("{}: not refused with `{refused}`: {}{}", case.name, done.out(), done.err()));
            }
            continue;
        }
        let answer = case.path.with_extension("after");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&answer, &after).expect("a file");
        }
        if done.status() != 0 || fs::read(&answer).unwrap_or_default() != after {
            wrong.push(format!("{}: {}\n{}", case.name, done.err(), String::from_utf8_lossy(&after)));
        }
        let is_undo = case.command.starts_with("undo");
        let undone = if is_undo { after } else { bench.at(&case.now).log(&format!("undo --file a.ron{}", case.session())).file() };
        if !is_undo && undone != case.before {
            wrong.push(format!("{}: an undo does not give back what was:\n{}", case.name, String::from_utf8_lossy(&undone)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Case {
    /// The undo must be told the session where the verb was.
    fn session(&self) -> String {
        let id = self.command.split_once("--session ").map(|(_, id)| id);
        // What ran has stopped, so that of several sessions none is open any more.
        let id = id.or_else(|| (self.name == "list-of-sessions").then_some("b"));
        id.map(|id| format!(" --session {id}")).unwrap_or_default()
    }
}

#[test]
fn the_open_log_of_the_folder_is_found_and_between_two_it_is_asked() {
    let bench = Bench::new();
    bench.at("2026-03-02 09:00").log("start ceftriaxone").exits(2).complains("no log of this folder is open");
    bench.at("2026-03-02 09:00").log("new bed-4 --patient p-1").exits(0).says("bed-4.ron: a new log, 2026-03-02-bed-4, hospital");
    bench.at("2026-03-02 09:05").log("start Rocephin").exits(0).says("bed-4.ron").says("running: Rocephin since 09:05");
    bench.at("2026-03-02 09:10").log("new bed-7").exits(0);
    bench.at("2026-03-02 09:11").log("start NS").exits(2).complains("bed-4.ron (Rocephin since 09:05), bed-7.ron (no event yet)");
    bench.at("2026-03-02 09:11").log("start NS --file bed-7").exits(0).says("bed-7.ron");
    bench.at("2026-03-02 09:12").log("stop NS").exits(2).complains("say which: --file NAME");
    bench.at("2026-03-02 09:40").log("stop --file bed-7.ron").exits(0).says("nothing runs");
    bench.at("2026-03-02 09:41").log("stop").exits(0).says("bed-4.ron");
    bench.file("profile.ron", br#"Profile(name: "mercy", based_on: "medicare", policies: {})"#);
    // Both of today, nothing runs in either.
    bench.at("2026-03-02 09:42").log("note Well.").exits(2).complains("2 logs of this folder could be meant");
    // One that is broken may be the one that is meant.
    bench.file("bed-8.ron", b"Session(id: \"b\",");
    bench.at("2026-03-02 09:43").log("note Well.").exits(2).complains("bed-8.ron may be meant, but the log cannot be read");
    std::fs::remove_file(bench.path("bed-8.ron")).expect("a file");
    // A stop forgotten days ago bars nobody.
    bench.at("2026-03-06 09:00").log("new bed-9").exits(0);
    bench.at("2026-03-06 09:00").log("push Zofran").exits(0).says("bed-9.ron");
}

#[test]
fn a_new_log_overwrites_nothing_and_is_one() {
    let bench = Bench::new();
    let there = bench.file("bed-4.ron", LOG.as_bytes());
    bench.at("2026-03-02 09:00").log("new bed-4").exits(2).complains("bed-4.ron is there already, and stays as it is");
    assert_eq!(fs::read(there).expect("a log"), LOG.as_bytes());
    let all =
        "new chair-2.ron --setting office --reason infliximab --date 2026-03-05 --zone America/Chicago --patient p-1 --unit OPD --id x";
    bench.at("2026-03-02 09:00").log(all).exits(0);
    let text = fs::read_to_string(bench.path("chair-2.ron")).expect("a log");
    let session = &hangtime::session::parse::sessions(&text).expect("a log")[0];
    assert_eq!((session.id.as_str(), session.date.as_str()), ("x", "2026-03-05"));
    assert_eq!(session.reason.as_deref(), Some("infliximab"));
    bench.at("2026-03-02 09:00").log("new x --date 3/2/2026").exits(2).complains("is not a date");
    bench.at("2026-03-02 09:00").log("new x --zone Chicago").exits(2).complains("did you mean");
    bench.at("2026-03-02 09:00").log("new nowhere/x").exits(2).complains("cannot be written");
    bench.at("2026-03-02 09:00").log("new 2026-03-02-ed").exits(0).says("a new log, 2026-03-02-ed,");
    let left: Vec<_> = fs::read_dir(bench.path("")).expect("a folder").filter_map(Result::ok).map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn the_status_says_what_runs_and_what_is_missing() {
    let bench = Bench::new();
    bench.file(
        "a.ron",
        br#"Session(id: "a", setting: Hospital, date: "2026-03-02", patient: "p-1", events: [
    Start(at: "09:00", drug: "NS", site: "R forearm", volume_ml: 250, rate_ml_per_h: 125),
    Start(at: "09:30", drug: "vancomycin", site: "R forearm", dose: "1 g"),
    Start(at: "10:00", drug: "cefepime", site: "L hand", dose: "2 g"),
    Pause(at: "10:15", drug: "cefepime"),
    Push (at: "10:20", drug: "Zofran"),
])"#,
    );
    let now = bench.at("2026-03-02 12:00");
    now.log("status")
        .exits(0)
        .says("a.ron   a   hospital   p-1   Mon 2 Mar 2026 12:00")
        .says("  NS          R forearm  since 09:00, 3 h 0 min\n")
        .says("  cefepime    L hand     since 10:00, held since 10:15\n")
        .says("NS had run off at 11:00 by its volume and rate, and no stop is charted")
        .says("hangtime log stop \"NS\" --site \"R forearm\" --at 11:00")
        .says("vancomycin has neither volume and rate nor a check")
        .says("cefepime is held since 10:15, 1 h 45 min by now")
        .says("no site is written for Zofran 10:20 (line 6)")
        .says("no dose is written for Zofran 10:20")
        .says("no length in minutes is written for Zofran 10:20");
    let json: serde_json::Value = serde_json::from_str(&now.log("status --format json").exits(0).out()).expect("JSON");
    assert_eq!(json["running"][0]["runs_off"], "2026-03-02T11:00");
    assert_eq!(json["lacks"][0]["what"], "stop");
    assert_eq!(json["lacks"][0]["line"], 2);
    for line in now.log("status").out().lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    bench.file("a.ron", b"Session(id: \"a\", setting: Office, date: \"2026-03-02\", events: [Stop(at: \"09:00\", drug: \"NS\")])");
    now.log("status").exits(0).says("Nothing runs.").says("Stop of normal saline without a Start").says("reason for the visit");
    bench.file("a.ron", b"Session(");
    now.log("status --file a.ron").exits(1);
    now.log("status --file b.ron").exits(2);
}

#[cfg(not(feature = "screen"))]
#[test]
fn without_a_verb_there_is_help() {
    Bench::new().at("2026-03-02 09:00").log("").exits(0).says("Usage: hangtime log").says("hangtime log new bed-4");
}

#[cfg(unix)]
#[test]
fn a_link_is_followed_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let bench = Bench::new();
    fs::create_dir(bench.path("chart")).expect("a folder");
    let log = bench.file("chart/a.ron", LOG.as_bytes());
    fs::set_permissions(&log, fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("chart/a.ron", bench.path("b.ron")).expect("a link");
    bench.at("2026-03-02 10:00").log("push Zofran --file b.ron").exits(0);
    assert!(fs::symlink_metadata(bench.path("b.ron")).expect("a link").is_symlink());
    assert!(fs::read_to_string(&log).expect("a log").contains("Zofran"));
    assert_eq!(fs::metadata(&log).expect("a log").permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_dir(bench.path("chart")).expect("a folder").count(), 1, "nothing is left beside it");
}

#[test]
fn writers_at_once_lose_no_event() {
    const WRITERS: usize = 8;
    const EACH: usize = 6;
    let bench = Bench::new();
    let log = bench.file("a.ron", LOG.as_bytes());
    let failed = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (bench, failed) = (&bench, &failed);
            scope.spawn(move || {
                for nth in 0..EACH {
                    let done = bench.at("2026-03-02 10:00").log(&format!("note w{writer}n{nth} --file a.ron"));
                    failed.fetch_add(usize::from(done.status() != 0), Ordering::Relaxed);
                }
            });
        }
    });
    let text = fs::read_to_string(log).expect("a log");
    assert_eq!(failed.into_inner(), 0);
    assert_eq!(hangtime::session::parse::sessions(&text).expect("a log")[0].events.len(), 1 + WRITERS * EACH);
}

/// The same without a process for each, so that they meet at every step.
#[test]
fn holders_at_once_lose_no_line() {
    const HOLDERS: usize = 8;
    const EACH: usize = 60;
    let bench = Bench::new();
    let log = bench.file("a.ron", b"");
    std::thread::scope(|scope| {
        for _ in 0..HOLDERS {
            scope.spawn(|| {
                for _ in 0..EACH {
                    let held = Held::take(&log).expect("the log");
                    let longer = String::from_utf8(held.bytes().to_vec()).expect("text") + "line\n";
                    held.replace(&longer).expect("nobody else writes");
                }
            });
        }
    });
    assert_eq!(fs::read_to_string(&log).expect("a log").lines().count(), HOLDERS * EACH);
}

/// `KILLS=2000 SEED=7 cargo test --test writing killed` tries longer, or the same again.
#[test]
fn a_killed_writer_leaves_the_old_file_or_the_new_one() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").subsec_nanos();
    let seed = number("SEED", u64::from(clock) | 1);
    println!("SEED={seed}");
    let mut random = seed;
    let bench = Bench::new();
    let log = bench.file("a.ron", LOG.as_bytes());
    let began = std::time::Instant::now();
    bench.at("2026-03-02 10:00").log("note first --file a.ron").exits(0);
    let whole = u64::try_from(began.elapsed().as_micros()).expect("short");
    let (mut old, mut new) = (0, 0);
    for nth in 0..number("KILLS", 300) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let before = fs::read(&log).expect("a log");
        let mut child = bench.at("2026-03-02 10:00").start(&format!("note n{nth} --file a.ron"));
        std::thread::sleep(std::time::Duration::from_micros(random % (whole + whole / 4)));
        let _ = child.kill();
        child.wait().expect("it ends");
        let after = fs::read(&log).expect("a log");
        if after == before {
            old += 1;
            continue;
        }
        new += 1;
        let line = format!("        Note(at: \"10:00\", text: \"n{nth}\"),\n");
        let without = String::from_utf8(after.clone()).expect("text").replacen(&line, "", 1);
        assert_eq!(without.as_bytes(), before, "neither the old file nor the new one; SEED={seed}");
    }
    println!("{old} times the old file, {new} times the new one");
    // What a killed one left bars no other, and is taken away.
    bench.at("2026-03-02 10:00").log("note last --file a.ron").exits(0);
    assert_eq!(fs::read_dir(bench.path("")).expect("a folder").count(), 1);
}

/// Root may write anywhere, so a disk that is full is one on which no file may grow.
#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_the_old_file_stands() {
    let bench = Bench::new();
    let long = LOG.replace("// ED", &format!("// {}\n// ED", "x".repeat(4096)));
    let log = bench.file("a.ron", long.as_bytes());
    bench.at("2026-03-02 10:00").under("ulimit -f 1; trap '' XFSZ").log("note full --file a.ron").exits(2).complains("stays as it was");
    assert_eq!(fs::read(&log).expect("a log"), long.as_bytes());
    assert_eq!(fs::read_dir(bench.path("")).expect("a folder").count(), 1, "nothing is left beside it");
    bench.at("2026-03-02 10:00").log("note gone --file /").exits(2).complains("it is no file");
    bench.at("2026-03-02 10:00").log("new /proc/x").exits(2).complains("cannot be written");
}

#[test]
fn the_page_on_the_format_shows_what_its_commands_write() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sessions/README.md")).expect("the page");
    let section = page.split("\n## ").find(|section| section.starts_with("Writing it with commands")).expect("the section");
    let block = |kind: &str| {
        let (_, rest) = section.split_once(&format!("```{kind}\n")).expect("a block");
        rest.split_once("```").expect("its end").0
    };
    let bench = Bench::new();
    for line in block("sh").lines() {
        bench.at("2026-03-02 12:00").log(line.strip_prefix("hangtime log ").expect("a command")).exits(0);
    }
    assert_eq!(fs::read_to_string(bench.path("bed-9.ron")).expect("a log"), block("ron"));
}
