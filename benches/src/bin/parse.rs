//! `parse ndjson|ron FILE`: reads sessions and does nothing with them. What billing costs on top of
//! reading is measured against this.

use std::fs::{self, File};
use std::io::{self, BufReader};
use std::process::ExitCode;

use hangtime_benches::text::{parse_ndjson, parse_ron};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let events = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ndjson", file] => ndjson(file),
        ["ron", file] => fs::read_to_string(file).and_then(|text| parse_ron(&text)),
        _ => {
            eprintln!("usage: parse ndjson|ron FILE");
            return ExitCode::from(2);
        }
    };
    match events {
        Ok(events) => {
            println!("{events} events");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("parse: {problem}");
            ExitCode::from(2)
        }
    }
}

fn ndjson(file: &str) -> io::Result<usize> {
    parse_ndjson(BufReader::with_capacity(1 << 16, File::open(file)?))
}
