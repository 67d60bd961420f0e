//! Runs that touch or overlap are one run, before any rule judges them.

use std::cmp::Ordering;
use std::{iter, mem};

use super::minutes::Minutes;
use super::{Administration, Given, Proof, Run};

/// Joins runs of one drug at one access and route that touch or overlap (a new bag) into the one
/// that began first; a minute counts once. Returns the runs, and what ran twice.
///
/// A run on a pump joins only runs on a pump, unless `pumps_apart` is false.
pub fn join(mut runs: Vec<Run>, pumps_apart: bool, administrations: &mut [Administration]) -> (Vec<Run>, Minutes) {
    if runs.len() < 2 {
        return (runs, Minutes::none());
    }
    runs.sort_unstable_by_key(|run| (run.drug, run.access, run.route, pumps_apart && run.pump.is_some(), run.start, run.order));
    let mut parts: Vec<(Given, Minutes)> = Vec::new();
    runs.dedup_by(|run, host| {
        let joins = touches(host, run, pumps_apart);
        if joins {
            administrations[run.given.0 as usize].part_of = Some(host.given);
            parts.push((host.given, take_in(host, run)));
            administrations[host.given.0 as usize].stop = host.stop;
        }
        joins
    });
    let twice = pool(&mut runs, parts);
    runs.sort_unstable_by_key(|run| (run.start, run.order));
    (runs, twice)
}

/// Gives each run the minutes of its parts, which stand in the order of the runs; returns what ran twice.
fn pool(hosts: &mut [Run], parts: Vec<(Given, Minutes)>) -> Minutes {
    let mut parts = parts.into_iter().peekable();
    let mut twice = Vec::new();
    for host in hosts {
        if parts.peek().is_none_or(|(given, _)| *given != host.given) {
            continue;
        }
        let own = mem::take(&mut host.minutes);
        let of_host = iter::from_fn(|| parts.next_if(|(given, _)| *given == host.given));
        let (once, again) = Minutes::pool(iter::once(own).chain(of_host.map(|(_, minutes)| minutes)));
        host.minutes = once;
        twice.push(again);
    }
    Minutes::all(twice)
}

/// Makes a short run part of an infusion it does not touch, minutes and all: the infusion begins
/// and ends with it (T1), in the log too.
pub fn absorb(host: &mut Run, mut run: Run, administrations: &mut [Administration]) {
    administrations[run.given.0 as usize].part_of = Some(host.given);
    if run.start < host.start {
        (host.start, host.order) = (run.start, run.order);
    }
    let more = take_in(host, &mut run);
    host.minutes = mem::take(&mut host.minutes).with(more);
    let entry = &mut administrations[host.given.0 as usize];
    (entry.start, entry.stop) = (host.start, host.stop);
}

fn touches(host: &Run, run: &Run, pumps_apart: bool) -> bool {
    let same_kind = !pumps_apart || host.pump.is_some() == run.pump.is_some();
    same_kind && (host.drug, host.access, host.route) == (run.drug, run.access, run.route) && run.start <= host.stop
}

/// Takes on what a run says of the whole; takes its minutes out, in the host's name.
fn take_in(host: &mut Run, run: &mut Run) -> Minutes {
    // Its last stop counts; of two in one minute that for a reaction.
    host.reaction = match run.stop.cmp(&host.stop) {
        Ordering::Greater => run.reaction,
        Ordering::Equal => host.reaction || run.reaction,
        Ordering::Less => host.reaction,
    };
    host.stop = host.stop.max(run.stop);
    host.derived |= run.derived;
    host.home |= run.home;
    host.pump = host.pump.or(run.pump);
    host.proof = join_proofs(host.proof, run.proof);
    mem::take(&mut run.minutes).renamed(host.given)
}

/// A bag that went home carries its proof to the whole.
fn join_proofs(one: Proof, other: Proof) -> Proof {
    [Proof::AtHome, Proof::AtHomeUnproven, Proof::Derived]
        .into_iter()
        .find(|proof| *proof == one || *proof == other)
        .unwrap_or(Proof::Charted)
}
