//! `large COUNT`: every way in which a log grows, at that size, each in a process of its own;
//! seconds and memory of each. `large COUNT megabytes` takes one log of COUNT megabytes.

use std::process::{Command, ExitCode};
use std::time::Instant;

use hangtime_fuzz::large::{KINDS, session};
use hangtime_fuzz::through;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let count = words.first().and_then(|word| word.parse::<usize>().ok());
    match (count, words.get(1).map(String::as_str)) {
        (Some(count), None) => all(count),
        (Some(count), Some("megabytes")) => one("megabytes", &megabytes(count)),
        (Some(count), Some(name)) => match KINDS.iter().find(|kind| kind.name == name) {
            Some(kind) => one(kind.name, &(kind.make)(count)),
            None => usage(),
        },
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("usage: large COUNT [megabytes | KIND]");
    ExitCode::from(2)
}

fn all(count: usize) -> ExitCode {
    let Ok(own) = std::env::current_exe() else { return usage() };
    let mut fine = true;
    for kind in KINDS {
        let status = Command::new(&own).args([&count.to_string(), kind.name]).status();
        fine &= status.is_ok_and(|status| status.success());
    }
    if fine { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(name: &str, text: &str) -> ExitCode {
    let start = Instant::now();
    let bills = through::untimed(text.as_bytes());
    let took = start.elapsed().as_secs_f64();
    let findings: usize = bills.iter().map(|bill| bill.findings.len()).sum();
    println!("{name:<24} {:>7.1} MB {took:>8.2} s {:>6} MB at most, {findings} findings", text.len() as f64 / 1e6, peak());
    ExitCode::SUCCESS
}

/// The most memory this process has held, in megabytes, where the system tells.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1000
}

/// Notes, and now and then an event.
fn megabytes(count: usize) -> String {
    let words = "Patient resting, line flushed, no complaints. ".repeat(20);
    let note = |n: usize| match n % 50 {
        0 => format!("Push(at: \"+{} 09:05\", drug: \"ondansetron\")", n / 50 % 999),
        _ => format!("Note(at: \"+{} 10:00\", text: \"{words}\")", n / 50 % 999),
    };
    session("", (0..count * 1_000_000 / (words.len() + 40)).map(note))
}
