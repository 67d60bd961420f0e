//! How each thing was given: infusion, push, prolonged pump, under the skin, in an artery. Length
//! changes the way of giving (T1, O1 to O3); a missing stop decides here too (U1).

use super::argument::{Measure, Measured};
use super::contested;
use super::ledger::Ledger;
use crate::reference::{Family, Role, Rule, Way};
use crate::session::finding::{Finding, Place};
use crate::session::log::Route;
use crate::timeline::calendar::Minute;
use crate::timeline::cover::Cover;
use crate::timeline::minutes::Minutes;
use crate::timeline::numbered::Few;
use crate::timeline::{AccessId, DrugId, Proof, Run, Single, Unstopped, What, absorb, join};
use smallvec::SmallVec;

/// A drug infusion into a vein.
#[derive(Debug)]
pub struct Infusion {
    pub run: Run,
    pub family: Family,
    /// Broken off for a reaction before it was long enough, and counted as meant (`stopped_early`).
    pub reduced: bool,
}

/// A push: by hand, a run too short for an infusion, or a run without a stop.
#[derive(Debug)]
pub struct Push {
    pub drug: DrugId,
    pub access: AccessId,
    pub family: Family,
    pub at: Minute,
    pub order: usize,
    pub minutes: Minutes,
    /// False where it rests on a missing stop (U1).
    pub charted: bool,
    /// Where it is a run too short for an infusion (T1).
    pub short_run: Option<Measure>,
}

/// A run in another way, with its family.
#[derive(Debug)]
pub struct Other {
    pub run: Run,
    pub family: Family,
    pub way: Way,
}

/// Everything given, by way.
#[derive(Debug, Default)]
pub struct Sorted {
    pub infusions: Vec<Infusion>,
    /// Prolonged pumps into a vein.
    pub pumps: Vec<Other>,
    pub pushes: Vec<Push>,
    /// Fluids into a vein.
    pub hydration: Vec<Run>,
    pub skin: Vec<Other>,
    pub arteries: Vec<Other>,
    pub singles: Vec<Single>,
    /// Where a drug runs, or may run, so that hydration earns nothing (S1).
    pub blocks: Cover,
    /// Where a push was given by hand (S2).
    pub hand_pushes: Cover,
}

impl Sorted {
    /// All minutes, for a session that is held.
    pub fn into_minutes(self) -> Vec<Minutes> {
        let runs = self.infusions.into_iter().map(|i| i.run).chain(self.hydration);
        let others = self.pumps.into_iter().chain(self.skin).chain(self.arteries).map(|o| o.run);
        let runs = runs.chain(others).map(|run| run.minutes);
        runs.chain(self.pushes.into_iter().map(|push| push.minutes)).chain(self.singles.into_iter().map(|s| s.minutes)).collect()
    }
}

/// Sorts what was given; leaves what no rule can bill.
pub fn sort(ledger: &mut Ledger) -> Sorted {
    let mut sorted = Sorted { blocks: block_hydration(ledger), ..Sorted::default() };
    let last_starts = LastStarts::of(ledger);
    for missing in std::mem::take(&mut ledger.timeline.unstopped) {
        without_stop(ledger, missing, &mut sorted);
    }
    let drugs = fluids_apart(ledger, &mut sorted);
    let (joined, twice) = join(drugs, true, &mut ledger.timeline.administrations);
    ledger.leave(Rule::T5, twice);
    // Without a pump they are joined as far as they can be.
    let ordinary = if joined.iter().any(|run| run.pump.is_some()) { off_pumps(ledger, joined, &mut sorted) } else { joined };
    let mut short = Vec::new();
    sorted.infusions.reserve(ordinary.len());
    for run in ordinary {
        match run.route {
            Route::IV => by_length(ledger, run, &last_starts, &mut sorted, &mut short),
            Route::SC | Route::IM => under_the_skin(ledger, run, &mut sorted),
            Route::IA => in_artery(ledger, run, &mut sorted),
        }
    }
    near_or_pushed(ledger, short, &mut sorted);
    sorted.singles = std::mem::take(&mut ledger.timeline.singles);
    let by_hand: Few<Single> = sorted.singles.extract_if(.., |single| matches!(single.what, What::Push(_))).collect();
    for single in by_hand {
        pushed(ledger, single, &mut sorted);
    }
    sorted
}

/// S1: a logged run of any drug, of any length, route or access, blocks hydration; one without a
/// proven stop to the next event of its drug.
fn block_hydration(ledger: &Ledger) -> Cover {
    let all = &ledger.timeline.runs;
    // Only a fluid asks.
    if all.iter().all(|run| ledger.family(run.drug, run.route) != Some(Family::Hydration)) {
        return Cover::new();
    }
    let runs = all.iter().filter(|run| is_drug(ledger, run.drug, run.route));
    let ran = runs.flat_map(|run| run.minutes.slices()).map(|slice| (slice.from(), slice.to()));
    let missing = ledger.timeline.unstopped.iter().filter(|missing| is_drug(ledger, missing.drug, missing.route));
    Cover::of(ran.chain(missing.map(|missing| (missing.start, missing.blocks_until))))
}

/// U1: nothing proves when it ended.
fn without_stop(ledger: &mut Ledger, missing: Unstopped, sorted: &mut Sorted) {
    let name = ledger.name(missing.drug).to_owned();
    let lacks = "the record lacks the stop, a check, or volume and rate";
    let finding = |message: String| Finding::warning("U1", Place::Event(missing.order), message).label("no stop").help(lacks);
    match (ledger.family(missing.drug, missing.route), missing.route) {
        (None, _) => {
            ledger.find(
                Finding::note("U1", Place::Event(missing.order), format!("{name} has no stop; it is never billed here")).label("no stop"),
            );
            ledger.leave(Rule::T0, missing.minutes);
        }
        (Some(Family::Therapeutic), Route::IV) if contested::missing_stop_is_push(ledger, missing.drug) => {
            ledger.find(finding(format!("{name} has no stop, and nothing proves how long it ran: it is billed as one push")));
            sorted.pushes.push(Push {
                drug: missing.drug,
                access: missing.access,
                family: Family::Therapeutic,
                at: missing.start,
                order: missing.order,
                minutes: missing.minutes,
                charted: false,
                short_run: None,
            });
        }
        (Some(Family::Chemo), Route::IV) => {
            ledger.find(finding(format!("{name} has no stop, and nothing proves how long it ran: the session is held")));
            ledger.held = true;
            ledger.leave(Rule::U1, missing.minutes);
        }
        (Some(family), route) => {
            ledger.find(finding(format!("{name} has no stop, and nothing proves how long it ran: it is not billed")));
            let under = if family == Family::Hydration && route != Route::IV { Rule::T3 } else { Rule::U1 };
            ledger.leave(under, missing.minutes);
        }
    }
}

/// A pump that went home, and nothing proves a prolonged infusion: unbilled, and part of nothing.
fn gone_without_proof(ledger: &mut Ledger, run: Run) {
    let rule = if run.route == Route::IA { Rule::O2 } else { Rule::O3 };
    flag_unlisted(ledger, rule, &run, "went home on a pump, and volume and rate do not prove a prolonged infusion");
    ledger.leave(rule, run.minutes);
}

/// Takes out what is no drug, T0 and hydration, and pumps without proof; returns the drugs.
fn fluids_apart(ledger: &mut Ledger, sorted: &mut Sorted) -> Vec<Run> {
    let mut runs = std::mem::take(&mut ledger.timeline.runs);
    let stays = |run: &Run| is_drug(ledger, run.drug, run.route) && run.proof != Proof::AtHomeUnproven;
    let others: Few<Run> = runs.extract_if(.., |run| !stays(run)).collect();
    for run in others {
        match ledger.family(run.drug, run.route) {
            None => ledger.leave(Rule::T0, run.minutes),
            Some(Family::Hydration) if run.route == Route::IV => sorted.hydration.push(run),
            Some(Family::Hydration) => ledger.leave(Rule::T3, run.minutes),
            Some(_) => gone_without_proof(ledger, run),
        }
    }
    runs
}

/// Whether a drug runs by a route: neither a fluid, nor what has no family.
fn is_drug(ledger: &Ledger, drug: DrugId, route: Route) -> bool {
    !matches!(ledger.family(drug, route), None | Some(Family::Hydration))
}

/// What is left without the prolonged pumps: there a pump no longer keeps runs apart.
fn off_pumps(ledger: &mut Ledger, runs: Vec<Run>, sorted: &mut Sorted) -> Vec<Run> {
    let ordinary = prolonged_apart(ledger, runs, sorted);
    let (joined, twice) = join(ordinary, false, &mut ledger.timeline.administrations);
    ledger.leave(Rule::T5, twice);
    joined
}

/// O3, and in an artery O2: takes out the pumps that ran long enough; returns the rest. In an artery
/// only what has a code for it is prolonged by its length.
fn prolonged_apart(ledger: &mut Ledger, runs: Vec<Run>, sorted: &mut Sorted) -> Vec<Run> {
    let long = ledger.reference.facts.limits.prolonged_pump;
    let mut ordinary = Vec::new();
    for run in runs {
        let on_pump = run.pump.is_some() && run.route != Route::SC;
        let is_long = run.minutes.total() > long && (run.route != Route::IA || has_artery_pump(ledger, &run));
        if on_pump && (run.proof == Proof::AtHome || is_long) {
            long_pump(ledger, run, sorted);
        } else {
            ordinary.push(run);
        }
    }
    ordinary
}

fn has_artery_pump(ledger: &Ledger, run: &Run) -> bool {
    ledger.family(run.drug, run.route).is_some_and(|family| ledger.place(family, Way::ArteryPump, Role::Alone).is_ok())
}

fn long_pump(ledger: &mut Ledger, run: Run, sorted: &mut Sorted) {
    let Some(family) = ledger.family(run.drug, run.route) else { return ledger.leave(Rule::T0, run.minutes) };
    match run.route {
        Route::IA => sorted.arteries.push(Other { run, family, way: Way::ArteryPump }),
        _ => {
            let way = contested::pump_way(ledger, run.home);
            sorted.pumps.push(Other { run, family, way });
        }
    }
}

fn under_the_skin(ledger: &mut Ledger, run: Run, sorted: &mut Sorted) {
    let Some(family) = ledger.family(run.drug, run.route) else { return ledger.leave(Rule::T0, run.minutes) };
    let short = run.minutes.total() <= ledger.reference.facts.limits.injection_up_to;
    let way = if family == Family::Therapeutic && !short { Way::SkinInfusion } else { Way::Injection };
    sorted.skin.push(Other { run, family, way });
}

fn in_artery(ledger: &mut Ledger, run: Run, sorted: &mut Sorted) {
    let Some(family) = ledger.family(run.drug, run.route) else { return ledger.leave(Rule::T0, run.minutes) };
    let short = run.minutes.total() <= ledger.reference.facts.limits.injection_up_to;
    let way = if short { Way::ArteryPush } else { Way::ArteryInfusion };
    sorted.arteries.push(Other { run, family, way });
}

/// T1: a run of less than an infusion's least is none, unless it was broken off.
fn by_length(ledger: &mut Ledger, run: Run, last_starts: &LastStarts, sorted: &mut Sorted, short: &mut Vec<(Run, Family)>) {
    let Some(family) = ledger.family(run.drug, run.route) else { return ledger.leave(Rule::T0, run.minutes) };
    if run.minutes.total() >= ledger.clock(family, Way::Infusion).least {
        sorted.infusions.push(Infusion { run, family, reduced: false });
    } else if contested::counts_as_meant(ledger, &run, last_starts.of_drug(run.drug)) {
        sorted.infusions.push(Infusion { run, family, reduced: true });
    } else if family == Family::Chemo && run.derived {
        hold_short_chemo(ledger, run);
    } else {
        short.push((run, family));
    }
}

/// T1: a short run is a push, unless it lies near an infusion of its drug at its access and so is
/// part of that.
fn near_or_pushed(ledger: &mut Ledger, short: Vec<(Run, Family)>, sorted: &mut Sorted) {
    let hosts = if short.is_empty() { Hosts::default() } else { Hosts::of(&sorted.infusions) };
    for (run, family) in short {
        if let Some(host) = hosts.nearest(&run, contested::near(ledger)) {
            absorb(&mut sorted.infusions[host].run, run, &mut ledger.timeline.administrations);
        } else {
            let least = ledger.clock(family, Way::Infusion).least;
            let short_run = Some(Measure::short_of(Measured::ShortRun, run.minutes.total(), least));
            sorted.pushes.push(Push {
                drug: run.drug,
                access: run.access,
                family,
                at: run.start,
                order: run.order,
                minutes: run.minutes,
                charted: true,
                short_run,
            });
        }
    }
    sorted.infusions.sort_by_key(|infusion| (infusion.run.start, infusion.run.order));
}

/// U1: chemo that the record proves only for a few minutes is not taken for a push.
fn hold_short_chemo(ledger: &mut Ledger, run: Run) {
    let name = ledger.name(run.drug).to_owned();
    let ran = run.minutes.total();
    ledger.find(
        Finding::warning("U1", Place::Event(run.order), format!("the record proves only {ran} minutes of {name}: the session is held"))
            .label("no stop")
            .help("the record lacks the stop"),
    );
    ledger.held = true;
    ledger.leave(Rule::U1, run.minutes);
}

fn pushed(ledger: &mut Ledger, single: Single, sorted: &mut Sorted) {
    let What::Push(drug) = single.what else { return };
    for slice in single.minutes.slices() {
        sorted.hand_pushes.add(slice.from(), slice.to());
    }
    match ledger.family(drug, Route::IV) {
        None => ledger.leave(Rule::T0, single.minutes),
        Some(Family::Hydration) => ledger.leave(Rule::T3, single.minutes),
        Some(family) => sorted.pushes.push(Push {
            drug,
            access: ledger.timeline.administrations[single.given.0 as usize].access,
            family,
            at: single.at,
            order: single.order,
            minutes: single.minutes,
            charted: true,
            short_run: None,
        }),
    }
}

/// Names the unlisted code in a warning; it is never billed by itself.
pub fn flag_unlisted(ledger: &mut Ledger, rule: Rule, run: &Run, what: &str) {
    let unlisted = ledger.reference.facts.limits.unlisted_therapeutic.clone();
    let name = ledger.name(run.drug).to_owned();
    ledger.find(
        Finding::warning(rule.id(), Place::Event(run.order), format!("{name} {what}: not billed"))
            .label("no code of its own")
            .help(format!("review by hand: {unlisted} may apply")),
    );
}

/// When each drug was last begun by vein, on a pump or not, with a stop or without; by `DrugId`.
/// Only of a session with a reaction is it asked.
struct LastStarts(Vec<Option<Minute>>);

impl LastStarts {
    fn of(ledger: &Ledger) -> Self {
        let timeline = &ledger.timeline;
        if !timeline.runs.iter().any(|run| run.reaction) {
            return LastStarts(Vec::new());
        }
        let mut last = vec![None; timeline.drugs.len()];
        let runs = timeline.runs.iter().map(|run| (run.drug, run.route, run.start));
        let unstopped = timeline.unstopped.iter().map(|missing| (missing.drug, missing.route, missing.start));
        for (drug, _, start) in runs.chain(unstopped).filter(|(_, route, _)| *route == Route::IV) {
            let latest = &mut last[drug.0 as usize];
            *latest = Some(start).max(*latest);
        }
        LastStarts(last)
    }

    fn of_drug(&self, drug: DrugId) -> Option<Minute> {
        *self.0.get(drug.0 as usize)?
    }
}

/// The long runs that short ones may be part of, by drug and access, then in clock order.
#[derive(Default)]
struct Hosts(SmallVec<[Host; 4]>);

/// Whose, start, stop, and the place among the long runs.
type Host = ((DrugId, AccessId), Minute, Minute, usize);

impl Hosts {
    fn of(long: &[Infusion]) -> Self {
        let host = |(at, infusion): (usize, &Infusion)| {
            let run = &infusion.run;
            ((run.drug, run.access), run.start, run.stop, at)
        };
        let mut hosts: SmallVec<_> = long.iter().enumerate().map(host).collect();
        hosts.sort_unstable();
        Hosts(hosts)
    }

    /// The nearest long run within less than `near` minutes, stop to start; of two the earlier.
    fn nearest(&self, run: &Run, near: i64) -> Option<usize> {
        let whose = (run.drug, run.access);
        let after = self.0.partition_point(|(host, start, ..)| (*host, *start) < (whose, run.start));
        let (earlier, later) = self.0.split_at(after);
        let its_own = |host: &&Host| host.0 == whose;
        let before = earlier.last().filter(its_own).map(|(_, _, stop, at)| (run.start.since(*stop), *at));
        let next = later.first().filter(its_own).map(|(_, start, _, at)| (start.since(run.stop), *at));
        let (distance, host) = before.into_iter().chain(next).min_by_key(|(distance, _)| *distance)?;
        (distance < near).then_some(host)
    }
}
