//! The engine alone, sessions in memory to claims, on one core.
//!
//! `engine rate SECONDS`: sessions of 8 events a second.
//! `engine length SHORT LONG TIMES [SHAPE]`: seconds for one session of either length, under every policy value.
//!
//! For `table.py`: numbers parted by tabs.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use hangtime::session::log::Session;
use hangtime::{Options, Reference};
use hangtime_benches::shapes::Shape;
use hangtime_benches::{SEED, by_patient, lines_of, policy_values};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
    match (words.first().map(String::as_str), number(1), number(2), number(3)) {
        (Some("rate"), Some(seconds), ..) => rate(Duration::from_secs(seconds.into())),
        (Some("length"), Some(short), Some(long), Some(times)) => {
            let shape = words.get(4).and_then(|name| Shape::named(name));
            let shapes = shape.map_or(Shape::ALL.to_vec(), |shape| vec![shape]);
            shapes.into_iter().for_each(|shape| length(shape, [short as usize, long as usize], times));
        }
        _ => {
            eprintln!("usage: engine rate SECONDS | engine length SHORT LONG TIMES [SHAPE]");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

/// Rounds over 10,000 sessions until the time is up; the median round counts.
fn rate(limit: Duration) {
    let sessions: Vec<Session> = (0..10_000).map(|number| Shape::Mixed.session(SEED, number, 8)).collect();
    let count = sessions.len();
    let patients = by_patient(sessions);
    let (options, reference) = (Options::default(), Reference::embedded());
    let begun = Instant::now();
    let mut rounds = Vec::new();
    while begun.elapsed() < limit || rounds.len() < 3 {
        let patients = patients.clone();
        rounds.push(seconds(|| lines_of(patients, &options, reference)));
    }
    println!("{:.0}", count as f64 / median(rounds));
}

/// A line a policy value: the shape, the value, and the fewest seconds of either length. What else the
/// machine does only adds, and the worst of many values would else be the one that met the most of it.
fn length(shape: Shape, events: [usize; 2], times: u32) {
    let sessions = events.map(|events| shape.session(SEED, 0, events));
    let reference = Reference::embedded();
    for value in policy_values() {
        let options = Options { policies: vec![value.clone()], ..Options::default() };
        let mut taken = [Vec::new(), Vec::new()];
        for _ in 0..times {
            for (session, taken) in sessions.iter().zip(&mut taken) {
                let patients = vec![vec![session.clone()]];
                taken.push(seconds(|| lines_of(patients, &options, reference)));
            }
        }
        let [short, long] = taken.map(|all| all.into_iter().fold(f64::INFINITY, f64::min));
        println!("{}\t{value}\t{short:.6}\t{long:.6}", shape.name());
    }
}

fn seconds(work: impl FnOnce() -> usize) -> f64 {
    let begun = Instant::now();
    std::hint::black_box(work());
    begun.elapsed().as_secs_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
