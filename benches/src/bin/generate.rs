//! `generate N --ndjson|--ron [--events K] [--shape NAME] [--seed S]`: N sessions to standard output,
//! the same for a seed on every machine.

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use hangtime_benches::SEED;
use hangtime_benches::shapes::Shape;
use hangtime_benches::text::{Text, write};

struct Wish {
    count: u64,
    text: Text,
    events: usize,
    shape: Shape,
    seed: u64,
}

fn main() -> ExitCode {
    let Some(wish) = wish(std::env::args().skip(1)) else {
        let shapes: Vec<&str> = Shape::ALL.into_iter().map(Shape::name).collect();
        eprintln!("usage: generate N --ndjson|--ron [--events K] [--shape {}] [--seed S]", shapes.join("|"));
        return ExitCode::from(2);
    };
    eprintln!("seed {}", wish.seed);
    let mut out = BufWriter::new(io::stdout().lock());
    let sessions = (0..wish.count).map(|number| wish.shape.session(wish.seed, number, wish.events));
    match write(wish.text, sessions, &mut out).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) if problem.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("generate: {problem}");
            ExitCode::from(2)
        }
    }
}

fn wish(mut words: impl Iterator<Item = String>) -> Option<Wish> {
    let (mut count, mut text, mut events, mut shape, mut seed) = (None, None, 8, Shape::Mixed, SEED);
    while let Some(word) = words.next() {
        match word.as_str() {
            "--ndjson" => text = Some(Text::NdJson),
            "--ron" => text = Some(Text::Ron),
            "--events" => events = words.next()?.parse().ok().filter(|events| *events >= 2)?,
            "--shape" => shape = Shape::named(&words.next()?)?,
            "--seed" => seed = words.next()?.parse().ok()?,
            _ => count = Some(word.parse().ok()?),
        }
    }
    Some(Wish { count: count?, text: text?, events, shape, seed })
}
