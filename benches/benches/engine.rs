//! The engine alone: sessions of eight events in memory to claims, on one core.

use divan::Bencher;
use divan::counter::ItemsCount;
use hangtime::session::log::Session;
use hangtime::{Options, Reference};
use hangtime_benches::shapes::Shape;
use hangtime_benches::{SEED, by_patient, lines_of};

const SESSIONS: usize = 2_000;

fn main() {
    println!("seed {SEED}");
    divan::main();
}

/// Sessions a second are the items a second of this.
#[divan::bench(args = Shape::ALL.map(Shape::name))]
fn sessions_of_8_events(bencher: Bencher, shape: &str) {
    let shape = Shape::named(shape).expect("a shape");
    let sessions: Vec<Session> = (0..SESSIONS as u64).map(|number| shape.session(SEED, number, 8)).collect();
    let patients = by_patient(sessions);
    let (options, reference) = (Options::default(), Reference::embedded());
    bencher
        .counter(ItemsCount::new(SESSIONS))
        .with_inputs(|| patients.clone())
        .bench_values(|patients| lines_of(patients, &options, reference));
}
