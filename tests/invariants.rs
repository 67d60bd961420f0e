//! What holds of every bill, whatever the log: each is tried on random encounters, and none of them
//! needs to know what the right bill is.
//!
//! `ENCOUNTERS=100000 cargo test --release --test invariants` tries each on that many; `FROM=17`
//! begins at that seed; a word of a name tries that one alone. A failure prints the seed and the
//! smallest log that still fails.

#[path = "support/contested.rs"]
mod contested;
#[path = "support/earned.rs"]
mod earned;
#[path = "support/encounter.rs"]
mod encounter;
#[path = "support/log_texts.rs"]
mod log_texts;
#[path = "support/longer.rs"]
mod longer;
#[path = "support/retold.rs"]
mod retold;
mod second_opinion;

use std::panic::{AssertUnwindSafe, catch_unwind};

use encounter::{Encounter, Verdict};
use libtest_mimic::{Arguments, Failed, Trial};

/// Encounters drawn for each by an ordinary test run.
const ENCOUNTERS: u64 = 3_000;

/// From so many on, one that never applied has proved nothing and fails.
const ENOUGH: u64 = 1_000;

type Invariant = fn(&Encounter) -> Verdict;

const INVARIANTS: &[(&str, Invariant)] = &[
    ("the order of events changes nothing", retold::order),
    ("other days change only the dates", retold::days),
    ("other names change nothing", retold::names),
    ("an encounter billed again, or read from a text, is billed the same", retold::again),
    ("another patient's sessions change nothing", retold::company),
    ("no minute of a drug is credited twice", earned::once_a_drug),
    ("no minute of an access is two infusions'", earned::once_an_access),
    ("hydration earns no minute in which a drug ran", earned::hydration_alone),
    ("what ran is in a unit or unbilled", earned::balance),
    ("an access has one initial, an encounter one that stands plain", earned::initials),
    ("every add-on has a primary", earned::primaries),
    ("what is held or an error bills nothing", earned::nothing_of_what_is_barred),
];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = INVARIANTS.iter().map(|(name, holds)| Trial::test(*name, move || of_all(holds))).collect();
    for point in contested::POINTS {
        let (policy, lacks, _) = point;
        let name = format!("policy {policy} changes nothing where {lacks}");
        trials.push(Trial::test(name, move || of_all(&|encounter| contested::decides_nothing_else(encounter, *point))));
    }
    trials.push(Trial::test("a longer run never bills less", longer::never_less));
    libtest_mimic::run(&arguments, trials).exit();
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Tries an invariant on every encounter, up to the first that breaks it.
fn of_all(holds: &dyn Fn(&Encounter) -> Verdict) -> Result<(), Failed> {
    let (from, count) = (number("FROM", 0), number("ENCOUNTERS", ENCOUNTERS));
    let mut applied = 0;
    for seed in from..from + count {
        match tried(holds, &Encounter::drawn(seed)) {
            Verdict::DoesNotApply => {}
            Verdict::Holds => applied += 1,
            Verdict::Broken(_) => return Err(told(holds, seed).into()),
        }
    }
    if applied == 0 && count >= ENOUGH {
        return Err(format!("none of {count} encounters has what this speaks of").into());
    }
    Ok(())
}

/// An engine that panics breaks whatever was asked of it.
fn tried(holds: &dyn Fn(&Encounter) -> Verdict, encounter: &Encounter) -> Verdict {
    catch_unwind(AssertUnwindSafe(|| holds(encounter))).unwrap_or_else(|_| Verdict::Broken("a panic".to_owned()))
}

fn told(holds: &dyn Fn(&Encounter) -> Verdict, seed: u64) -> String {
    let smallest = Encounter::drawn(seed).shrunk(|smaller| matches!(tried(holds, smaller), Verdict::Broken(_)));
    let why = match tried(holds, &smallest) {
        Verdict::Broken(why) => why,
        _ => "only at times: the same log once holds and once does not".to_owned(),
    };
    format!("{}{why}", smallest.tell())
}
