//! `mutate SECONDS SEED`: changed logs through the whole path for so many seconds; what fails is
//! written to `artifacts/`. `mutate show SEED NUMBER` prints one input, `mutate shrink FILE` makes a
//! file that fails small.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use hangtime_fuzz::make::{Chance, mutated, seeds};
use hangtime_fuzz::through;

const USAGE: &str = "usage: mutate SECONDS [SEED], mutate show SEED NUMBER, or mutate shrink FILE";

/// An input that runs longer than this hangs.
const HANGS: Duration = Duration::from_secs(30);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().ok();
    match words.as_slice() {
        ["shrink", file] => shrink(Path::new(file)),
        ["show", seed, nth] if number(seed).is_some() && number(nth).is_some() => {
            let mut chance = Chance::new(number(seed).unwrap_or(0), number(nth).unwrap_or(0));
            let input = mutated(&mut chance, &seeds(&root()));
            std::io::stdout().write_all(&input).map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
        }
        [seconds] if number(seconds).is_some() => run(number(seconds).unwrap_or(0), fresh_seed()),
        [seconds, seed] if number(seconds).is_some() && number(seed).is_some() => {
            run(number(seconds).unwrap_or(0), number(seed).unwrap_or(0))
        }
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// The project's folder.
fn root() -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    home.parent().unwrap_or(home).to_owned()
}

fn fresh_seed() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn run(seconds: u64, seed: u64) -> ExitCode {
    let artifacts = root().join("fuzz/artifacts");
    let seeds = seeds(&root());
    println!("seed {seed}: {seconds} s over {} logs", seeds.len());
    let end = Instant::now() + Duration::from_secs(seconds);
    let current = Arc::new(Mutex::new((Instant::now(), Vec::new())));
    watch(&current, artifacts.clone());
    let (mut done, mut failed, mut slowest) = (0_u64, 0_u64, (Duration::ZERO, 0));
    while Instant::now() < end {
        let input = mutated(&mut Chance::new(seed, done), &seeds);
        if let Ok(mut current) = current.lock() {
            *current = (Instant::now(), input.clone());
        }
        // Written first, since an overflowing stack leaves no time to.
        let last = keep(&artifacts, "last", &input);
        let start = Instant::now();
        if fails(&input) {
            failed += 1;
            println!("input {done} of seed {seed} fails: {}", keep(&artifacts, &format!("{seed}-{done}"), &input));
        }
        let _ = std::fs::remove_file(last);
        slowest = slowest.max((start.elapsed(), done));
        done += 1;
    }
    println!("seed {seed}: {done} inputs, {failed} failed; the slowest, input {}, took {} ms", slowest.1, slowest.0.as_millis());
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fails(input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        through::reader(input);
        through::whole(input);
    }))
    .is_err()
}

/// Writes down an input that never comes to its end, and gives up.
fn watch(current: &Arc<Mutex<(Instant, Vec<u8>)>>, folder: PathBuf) {
    let current = Arc::clone(current);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let Ok(current) = current.lock() else { continue };
            if current.0.elapsed() > HANGS {
                println!("an input hangs: {}", keep(&folder, "hang", &current.1));
                std::process::exit(1);
            }
        }
    });
}

fn keep(folder: &Path, name: &str, input: &[u8]) -> String {
    let path = folder.join(format!("{name}.ron"));
    match std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, input)) {
        Ok(()) => path.display().to_string(),
        Err(problem) => format!("(it cannot be written: {problem})"),
    }
}

/// Takes out ever smaller pieces while the rest still fails.
fn shrink(file: &Path) -> ExitCode {
    let Ok(mut input) = std::fs::read(file) else {
        eprintln!("{} cannot be read", file.display());
        return ExitCode::from(2);
    };
    if !fails(&input) {
        println!("it does not fail");
        return ExitCode::FAILURE;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let mut size = input.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < input.len() {
            let mut less = input.clone();
            less.drain(at..input.len().min(at + size));
            if fails(&less) {
                input = less;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    println!("{} bytes: {}", input.len(), keep(file.parent().unwrap_or(Path::new(".")), "small", &input));
    ExitCode::SUCCESS
}
