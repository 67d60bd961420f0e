//! `hangtime log` alone, through a pseudo-terminal: the file's bytes and what stands on the screen.
#![cfg(all(unix, feature = "screen"))]

#[path = "support/bench.rs"]
#[allow(dead_code)] // shared with the tests of the commands
mod bench;
#[path = "support/tty.rs"]
mod tty;

use std::fs;

use bench::{Bench, LOG};
use tty::Tty;

const ESC: &str = "\u{1b}";

#[test]
fn a_log_is_begun_and_written_key_by_key() {
    let bench = Bench::new();
    let mut tty = Tty::at(&bench, "2026-03-02 09:05", &[], &[]);
    tty.shows("No log of this folder is open");
    tty.types("bed-4\r").shows("Nothing runs.");
    tty.types("sroce").shows("Rocephin (ceftriaxone)");
    tty.types("\t1 g\r").shows("Written: Start (at: \"09:05\", drug: \"Rocephin\", dose: \"1 g\")");
    tty.shows("? Rocephin  since 09:05, 0 min; no end ordered");
    let begun = fs::read(bench.path("bed-4.ron")).expect("a log");
    tty.types("t\t09:01\r").shows("Not written: Rocephin starts only at 09:05").shows("W (capital) writes it anyway");
    tty.types(ESC).shows("Enter writes");
    tty.types(ESC).hides("Enter writes");
    tty.types("nFeels better.\r").shows("Written: Note");
    tty.types("u").shows("Take out the last event?");
    tty.types("\r").shows("Taken out: Note");
    assert_eq!(fs::read(bench.path("bed-4.ron")).expect("a log"), begun);
    assert_eq!(tty.types("q").ends(), Some(0));
    let mut later = Tty::at(&bench, "2026-03-02 09:37", &[], &[]);
    later.shows("Rocephin  since 09:05, 32 min").shows("96365 x1 ceftriaxone");
    later.types("t").shows("Stop: a bag ends");
    later.types("\r").shows("Nothing runs.").shows("Bill ──");
    assert_eq!(later.types("\u{3}").ends(), Some(0), "Ctrl-C quits");
    let text = fs::read_to_string(bench.path("bed-4.ron")).expect("a log");
    let events = "events: [\n        Start (at: \"09:05\", drug: \"Rocephin\", dose: \"1 g\"),\n        Stop  (at: \"09:37\", drug: \"Rocephin\"),\n    ],";
    assert!(text.contains(events), "{text}");
}

#[test]
fn what_contradicts_the_log_takes_a_second_key() {
    let bench = Bench::new();
    let log = bench.file("a.ron", LOG.as_bytes());
    let mut tty = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a"], &[]);
    tty.shows("ceftriaxone  since 09:05, 25 min");
    tty.types("sRocephin\r").shows("it cannot start once more").shows("writes it anyway");
    assert_eq!(fs::read(&log).expect("a log"), LOG.as_bytes());
    tty.types("W").shows("Written: Start(at: \"09:30\", drug: \"Rocephin\")");
    assert!(fs::read_to_string(&log).expect("a log").contains("Start(at: \"09:30\", drug: \"Rocephin\"),"));
    assert_eq!(tty.types("q").ends(), Some(0));
}

#[test]
fn a_change_by_another_program_is_seen() {
    let bench = Bench::new();
    bench.file("a.ron", LOG.as_bytes());
    let mut tty = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[]);
    tty.shows("no end ordered");
    // The undo is asked for, then something else is the last event.
    tty.types("u").shows("Take out the last event?");
    bench.at("2026-03-02 09:30").log("check --file a.ron").exits(0);
    tty.types("\r").shows("stays: Check");
    tty.hides("no end ordered");
    bench.at("2026-03-02 09:31").log("stop --file a.ron").exits(0);
    tty.shows("Nothing runs.").shows("Another program has changed the log");
    let whole = fs::read(bench.path("a.ron")).expect("a log");
    bench.file("a.ron", b"Session(");
    tty.shows("the log cannot be read");
    tty.types("s").shows("Nothing can be written");
    bench.file("a.ron", &whole);
    tty.shows("Nothing runs.");
    tty.types("sNS\r").shows("Written: Start(at: \"09:30\", drug: \"NS\")");
    assert_eq!(tty.types("q").ends(), Some(0));
}

#[test]
fn it_is_asked_between_two_logs() {
    let bench = Bench::new();
    bench.at("2026-03-02 09:00").log("new bed-4").exits(0);
    bench.at("2026-03-02 09:00").log("new bed-7").exits(0);
    let mut tty = Tty::at(&bench, "2026-03-02 09:05", &[], &[]);
    tty.shows("2 logs of this folder could be meant").shows("> bed-4.ron (no event yet)");
    tty.types(&format!("{ESC}[B")).shows("> bed-7.ron (no event yet)");
    tty.types("\r").shows("bed-7.ron  2026-03-02-bed-7");
    assert_eq!(tty.types("q").ends(), Some(0));
}

#[test]
fn the_terminal_may_be_small_and_change_its_size() {
    let bench = Bench::new();
    bench.file("a.ron", LOG.as_bytes());
    let mut tty = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[]);
    tty.shows("What ran");
    tty.resize(40, 10).hides("What ran").shows("? ceftriaxone").shows("q quit");
    tty.types("sroce").shows("> drug");
    tty.resize(8, 2);
    tty.resize(80, 24).shows("Rocephin (ceftriaxone)");
    tty.types(ESC).shows("What ran");
    assert_eq!(tty.types("q").ends(), Some(0));
}

#[test]
fn without_colour_there_is_none_and_with_it_there_is() {
    let bench = Bench::new();
    bench.file("a.ron", LOG.as_bytes());
    let mut without = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[("NO_COLOR", "1")]);
    without.shows("96365");
    assert!(!without.is_coloured());
    let mut with = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[]);
    with.shows("96365");
    assert!(with.is_coloured());
    let mut ascii = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[("LC_ALL", "C")]);
    ascii.shows("96365");
    assert!(ascii.text().is_ascii(), "{}", ascii.text());
}

#[test]
fn a_signal_gives_the_terminal_back() {
    for signal in ["TERM", "HUP", "INT"] {
        let bench = Bench::new();
        bench.file("a.ron", LOG.as_bytes());
        let mut tty = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[]);
        tty.shows("What ran");
        assert!(tty.is_taken_over());
        tty.signal(signal);
        assert_ne!(tty.ends(), Some(0), "the shell is told of {signal}");
        assert!(!tty.is_taken_over(), "{signal}");
    }
}

#[test]
fn it_ends_when_its_terminal_goes() {
    let bench = Bench::new();
    bench.file("a.ron", LOG.as_bytes());
    let mut tty = Tty::at(&bench, "2026-03-02 09:30", &["--file", "a.ron"], &[]);
    tty.shows("What ran");
    assert_ne!(tty.goes().ends(), Some(0));
}

#[test]
fn without_a_terminal_it_says_what_to_do_instead() {
    let bench = Bench::new();
    bench.file("a.ron", LOG.as_bytes());
    let piped = bench.at("2026-03-02 09:30").log("").exits(2).complains("no terminal").complains("new|start|stop|pause");
    assert_eq!(piped.out(), "");
    bench.at("2026-03-02 09:30").log("--file a.ron").exits(2).complains("hangtime log start Rocephin");
    let mut dumb = Tty::at(&bench, "2026-03-02 09:30", &[], &[("TERM", "dumb")]);
    dumb.shows("TERM=dumb").shows("hangtime log start Rocephin");
    assert_eq!(dumb.ends(), Some(2));
    assert!(!dumb.is_taken_over());
}
