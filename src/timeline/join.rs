//! Runs that touch or overlap are one run, before any rule judges them.

use std::cmp::Ordering;

use super::minutes::Minutes;
use super::{Administration, Proof, Run};

/// Joins runs of one drug at one access and route that touch or overlap (a new bag) into the one
/// that began first; a minute counts once. Returns the runs, and what ran twice.
///
/// A run on a pump joins only runs on a pump, unless `pumps_apart` is false.
pub fn join(mut runs: Vec<Run>, pumps_apart: bool, administrations: &mut [Administration]) -> (Vec<Run>, Minutes) {
    if runs.len() < 2 {
        return (runs, Minutes::none());
    }
    runs.sort_by_key(|run| (run.drug, run.access, run.route, pumps_apart && run.pump.is_some(), run.start, run.order));
    // Of runs in this order that touch, two that follow each other do.
    if !runs.windows(2).any(|pair| touches(&pair[0], &pair[1], pumps_apart)) {
        runs.sort_by_key(|run| (run.start, run.order));
        return (runs, Minutes::none());
    }
    let mut joined: Vec<(Run, Vec<Minutes>)> = Vec::with_capacity(runs.len());
    for run in runs {
        match joined.last_mut() {
            Some((host, parts)) if touches(host, &run, pumps_apart) => {
                administrations[run.given.0 as usize].part_of = Some(host.given);
                parts.push(take_in(host, run));
                administrations[host.given.0 as usize].stop = host.stop;
            }
            _ => joined.push((run, Vec::new())),
        }
    }
    let (mut whole, mut twice) = (Vec::with_capacity(joined.len()), Vec::new());
    for (mut host, parts) in joined {
        if parts.is_empty() {
            whole.push(host);
            continue;
        }
        let own = std::mem::take(&mut host.minutes);
        let (once, again) = Minutes::pool(std::iter::once(own).chain(parts));
        host.minutes = once;
        twice.push(again);
        whole.push(host);
    }
    whole.sort_by_key(|run| (run.start, run.order));
    (whole, Minutes::all(twice))
}

/// Makes a short run part of an infusion it does not touch, minutes and all: the infusion begins
/// and ends with it (T1), in the log too.
pub fn absorb(host: &mut Run, run: Run, administrations: &mut [Administration]) {
    administrations[run.given.0 as usize].part_of = Some(host.given);
    if run.start < host.start {
        (host.start, host.order) = (run.start, run.order);
    }
    let more = take_in(host, run);
    host.minutes = std::mem::take(&mut host.minutes).with(more);
    let entry = &mut administrations[host.given.0 as usize];
    (entry.start, entry.stop) = (host.start, host.stop);
}

fn touches(host: &Run, run: &Run, pumps_apart: bool) -> bool {
    let same_kind = !pumps_apart || host.pump.is_some() == run.pump.is_some();
    same_kind && (host.drug, host.access, host.route) == (run.drug, run.access, run.route) && run.start <= host.stop
}

/// Takes on what a run says of the whole; returns its minutes, in the host's name.
fn take_in(host: &mut Run, run: Run) -> Minutes {
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
    run.minutes.renamed(host.given)
}

/// A bag that went home carries its proof to the whole.
fn join_proofs(one: Proof, other: Proof) -> Proof {
    [Proof::AtHome, Proof::AtHomeUnproven, Proof::Derived]
        .into_iter()
        .find(|proof| *proof == one || *proof == other)
        .unwrap_or(Proof::Charted)
}
