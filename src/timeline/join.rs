//! Runs that touch or overlap are one run, before any rule judges them.

use super::minutes::Minutes;
use super::{Administration, Proof, Run};

/// Joins runs of one drug at one access and route that touch or overlap (a new bag) into the one
/// that began first; a minute counts once. Returns the runs, and what ran twice.
///
/// A run on a pump joins only runs on a pump, unless `pumps_apart` is false.
pub fn join(mut runs: Vec<Run>, pumps_apart: bool, administrations: &mut [Administration]) -> (Vec<Run>, Minutes) {
    runs.sort_by_key(|run| (run.drug, run.access, run.route, pumps_apart && run.pump.is_some(), run.start, run.order));
    let mut joined: Vec<Run> = Vec::with_capacity(runs.len());
    let mut twice = Minutes::none();
    for run in runs {
        match joined.last_mut() {
            Some(host) if touches(host, &run, pumps_apart) => {
                let again = take_in(host, run);
                let entry = &mut administrations[host.given.0 as usize];
                entry.stop = host.stop;
                twice = twice.with(again);
            }
            _ => joined.push(run),
        }
    }
    joined.sort_by_key(|run| (run.start, run.order));
    (joined, twice)
}

/// Makes a short run part of an infusion it does not touch, minutes and all: the infusion begins
/// and ends with it (T1).
pub fn absorb(host: &mut Run, run: Run, administrations: &mut [Administration]) {
    host.start = host.start.min(run.start);
    let again = take_in(host, run);
    debug_assert!(again.is_none(), "runs of one drug at one access do not overlap once joined");
    host.minutes = std::mem::take(&mut host.minutes).with(again);
    let entry = &mut administrations[host.given.0 as usize];
    (entry.start, entry.stop) = (host.start, host.stop);
}

fn touches(host: &Run, run: &Run, pumps_apart: bool) -> bool {
    let same_kind = !pumps_apart || host.pump.is_some() == run.pump.is_some();
    same_kind && (host.drug, host.access, host.route) == (run.drug, run.access, run.route) && run.start <= host.stop
}

/// Adds a run to the one it touches, in that one's name; returns what ran twice.
fn take_in(host: &mut Run, run: Run) -> Minutes {
    let held = std::mem::take(&mut host.minutes);
    let (once, again) = if run.start < host.stop {
        Minutes::pool([held, run.minutes.renamed(host.given)])
    } else {
        (held.with(run.minutes.renamed(host.given)), Minutes::none())
    };
    host.minutes = once;
    if run.stop >= host.stop {
        host.reaction = run.reaction;
    }
    host.stop = host.stop.max(run.stop);
    host.derived |= run.derived;
    host.home |= run.home;
    host.pump = host.pump.or(run.pump);
    host.proof = join_proofs(host.proof, run.proof);
    again
}

/// A bag that went home carries its proof to the whole.
fn join_proofs(one: Proof, other: Proof) -> Proof {
    [Proof::AtHome, Proof::AtHomeUnproven, Proof::Derived]
        .into_iter()
        .find(|proof| *proof == one || *proof == other)
        .unwrap_or(Proof::Charted)
}
