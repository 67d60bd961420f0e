//! Cost against the length of a session: items a second are events a second, and should stay what they are.
//!
//! All of it takes minutes; `cargo bench --manifest-path benches/Cargo.toml --bench length -- SHAPE` is a part.

use std::time::Duration;

use divan::Bencher;
use divan::counter::ItemsCount;
use hangtime::{Options, Reference};
use hangtime_benches::shapes::Shape;
use hangtime_benches::{SEED, lines_of, policy_values};

const LENGTHS: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

fn main() {
    println!("seed {SEED}");
    divan::Divan::from_args().max_time(Duration::from_millis(500)).sample_count(20).main();
}

fn bill(bencher: Bencher, shape: Shape, events: usize, options: &Options) {
    let session = shape.session(SEED, 0, events);
    let reference = Reference::embedded();
    bencher
        .counter(ItemsCount::new(events))
        .with_inputs(|| vec![vec![session.clone()]])
        .bench_values(|patients| lines_of(patients, options, reference));
}

/// A policy value, and whoever wants it as a word.
#[derive(Clone)]
struct Policy(String);

impl std::fmt::Display for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn policies() -> impl Iterator<Item = Policy> {
    policy_values().into_iter().map(Policy)
}

macro_rules! shapes {
    ($($name:ident: $shape:expr),*) => {$(
        mod $name {
            use super::{Bencher, LENGTHS, Options, Policy, bill, policies};
            use hangtime_benches::shapes::Shape;

            #[divan::bench(args = LENGTHS)]
            fn by_length(bencher: Bencher, events: usize) {
                bill(bencher, $shape, events, &Options::default());
            }

            #[divan::bench(args = policies(), consts = LENGTHS)]
            fn by_policy<const EVENTS: usize>(bencher: Bencher, policy: &Policy) {
                bill(bencher, $shape, EVENTS, &Options { policies: vec![policy.0.clone()], ..Options::default() });
            }
        }
    )*};
}

shapes! { mixed: Shape::Mixed, overlap: Shape::Overlap, drugs: Shape::Drugs, pushes: Shape::Pushes, pauses: Shape::Pauses }
