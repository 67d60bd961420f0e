//! `mutate SECONDS SEED`: changed logs, claims, records of other systems and files of facts through
//! the whole path for so many seconds; what fails is written to `artifacts/`. `mutate show SEED NUMBER` prints one input, `mutate shrink FILE` makes a
//! file that fails small.

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use hangtime_fuzz::make::{Chance, Kind, foreign, mutated, mutated_foreign, seeds};
use hangtime_fuzz::{foreign as others, through};

const USAGE: &str = "usage: mutate SECONDS [SEED], mutate show SEED NUMBER, or mutate shrink FILE";

/// An input that runs longer than so many seconds hangs.
const HANGS: u32 = 30;

/// No small input needs as much memory as this, in kilobytes: a small log may tell of 24,000 units,
/// and a packed file may hold a thousand times its size.
const SWELLS: u64 = 1_500_000;

/// What inputs are made from.
struct Made {
    logs: Vec<(PathBuf, Vec<u8>)>,
    foreign: Vec<(PathBuf, Vec<u8>)>,
}

impl Made {
    fn from(root: &Path) -> Self {
        Made { logs: seeds(root), foreign: foreign(root) }
    }

    /// The nth input of a seed: two of three are logs.
    fn input(&self, seed: u64, nth: u64) -> (Kind, Vec<u8>) {
        let mut chance = Chance::new(seed, nth);
        if nth % 3 == 2 { mutated_foreign(&mut chance, &self.foreign) } else { (Kind::Log, mutated(&mut chance, &self.logs)) }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse::<u64>().ok();
    match words.as_slice() {
        ["shrink", file] => shrink(Path::new(file)),
        ["show", seed, nth] if number(seed).is_some() && number(nth).is_some() => {
            let (_, input) = Made::from(&root()).input(number(seed).unwrap_or(0), number(nth).unwrap_or(0));
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
    let made = Made::from(&root());
    println!("seed {seed}: {seconds} s over {} logs and {} other files", made.logs.len(), made.foreign.len());
    let end = Instant::now() + Duration::from_secs(seconds);
    let current = Arc::new(Mutex::new((Instant::now(), Kind::Log, Vec::new())));
    watch(&current, artifacts.clone());
    let (mut done, mut failed, mut slowest) = (0_u64, 0_u64, (Duration::ZERO, 0));
    let mut counts = Kind::ALL.map(|kind| (kind, 0_u64));
    while Instant::now() < end {
        let (kind, input) = made.input(seed, done);
        if let Ok(mut current) = current.lock() {
            *current = (Instant::now(), kind, input.clone());
        }
        // Written first, since an overflowing stack leaves no time to.
        let last = keep(&artifacts, kind, "last", &input);
        let start = Instant::now();
        let before = most_memory();
        if fails(kind, &input) || (most_memory() > SWELLS && most_memory() > before) {
            failed += 1;
            println!("input {done} of seed {seed} fails: {}", keep(&artifacts, kind, &format!("{seed}-{done}"), &input));
        }
        let _ = std::fs::remove_file(last);
        slowest = slowest.max((start.elapsed(), done));
        counts.iter_mut().filter(|(counted, _)| *counted == kind).for_each(|(_, count)| *count += 1);
        done += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{count} {}", kind.name())).collect();
    let (took, megabytes) = (slowest.0.as_millis(), most_memory() / 1024);
    println!(
        "seed {seed}: {done} inputs ({}), {failed} failed; the slowest, input {}, took {took} ms; {megabytes} MB",
        counts.join(", "),
        slowest.1
    );
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The most memory that this process has held, in kilobytes; 0 where the system does not tell.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}

fn fails(kind: Kind, input: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| match kind {
        Kind::Log => {
            through::reader(input);
            through::whole(input);
            if through::hash(input).is_multiple_of(4) {
                through::readings(input);
            }
        }
        Kind::Claim => others::claim(input),
        Kind::Import => others::import(input),
        Kind::Facts => others::facts(input),
    }))
    .is_err()
}

/// Writes down an input that never comes to its end, and gives up.
fn watch(current: &Arc<Mutex<(Instant, Kind, Vec<u8>)>>, folder: PathBuf) {
    let current = Arc::clone(current);
    std::thread::spawn(move || {
        let (mut seen, mut ticks) = (None, 0);
        loop {
            std::thread::sleep(Duration::from_secs(1));
            let Ok(current) = current.lock() else { continue };
            // Ticks and not the clock: a machine that stands still is no input that hangs.
            ticks = if seen == Some(current.0) { ticks + 1 } else { 0 };
            seen = Some(current.0);
            if ticks > HANGS {
                println!("an input hangs: {}", keep(&folder, current.1, "hang", &current.2));
                std::process::exit(1);
            }
        }
    });
}

fn keep(folder: &Path, kind: Kind, name: &str, input: &[u8]) -> String {
    let path = folder.join(format!("{}-{name}{}", kind.name(), if kind == Kind::Log { ".ron" } else { "" }));
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
    let kind = Kind::of(&file.canonicalize().unwrap_or_else(|_| file.to_owned()));
    if !fails(kind, &input) {
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
            if fails(kind, &less) {
                input = less;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    println!("{} bytes: {}", input.len(), keep(file.parent().unwrap_or(Path::new(".")), kind, "small", &input));
    ExitCode::SUCCESS
}
