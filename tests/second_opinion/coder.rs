//! Runs to units: what each run is, which is the initial, and the minutes that each unit rests on.

use super::runs::{Access, Chart, Given, Minute, Run, Wrong, canonical, class_of, components, is_chemo, is_drug};
use super::{Policies, Unbilled, facts};
use chrono::NaiveDate;
use hangtime::session::log::{Cavity, Class, Pump, Route, Session, Setting};
use std::collections::{BTreeMap, BTreeSet};

type Minutes = BTreeSet<Minute>;

/// One unit of one code.
#[derive(Debug, Clone)]
pub struct Unit {
    pub code: &'static str,
    pub date: NaiveDate,
    pub begins: Minute,
    /// The last minute it holds.
    pub ends: Minute,
    /// The drugs it is for, and their minutes.
    pub drugs: BTreeMap<String, u32>,
    /// An initial service (its first unit).
    pub is_initial: bool,
    /// Belongs to the initial that stands plain: the initial itself and its further hours.
    pub of_plain_initial: bool,
    /// Belongs to another access's initial (M1).
    pub of_other_initial: bool,
    /// Stopped early for a reaction: 53.
    pub broken_off: bool,
    /// 59, XS, XE, XU; settled by the claim.
    pub mark: Option<String>,
}

#[derive(Debug, Clone)]
pub struct Coded {
    pub held: bool,
    pub units: Vec<Unit>,
    pub unbilled: Unbilled,
}

pub fn add(unbilled: &mut Unbilled, drug: &str, rule: &str, minutes: u32) {
    *unbilled.entry((drug.to_owned(), rule.to_owned())).or_default() += minutes;
}

/// T2: further hours beyond the first code.
fn further_hours(t: u32) -> u32 {
    if t <= 90 { 0 } else { (t - 90).div_ceil(60) }
}

/// T4, T5: hours where there is no first code.
fn hours_alone(t: u32) -> u32 {
    (t + 29) / 60
}

fn count(minutes: &Minutes) -> u32 {
    u32::try_from(minutes.len()).expect("few minutes")
}

/// A push that has been judged.
#[derive(Debug, Clone)]
struct Push {
    given: Given,
    role: PushRole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PushRole {
    /// The first of its drug.
    New,
    /// 96376.
    Repeat,
    /// Earns nothing, under this rule.
    Nothing(&'static str),
}

/// All infusion runs of one drug at one access: what S4 judges.
#[derive(Debug, Clone)]
struct Infusion {
    drug: String,
    access: Access,
    chemo: bool,
    runs: Vec<Run>,
    minutes: Minutes,
}

impl Infusion {
    fn start(&self) -> Minute {
        self.runs[0].start
    }
    fn stop(&self) -> Minute {
        self.runs.iter().map(|run| run.stop).max().expect("has a run")
    }
    fn order(&self) -> usize {
        self.runs[0].order
    }
    fn twice(&self) -> u32 {
        self.runs.iter().map(|run| run.twice).sum()
    }
}

/// The one sum of hydration.
#[derive(Debug, Default)]
struct Hydration {
    /// Credited minutes, and which run holds each.
    credited: BTreeMap<Minute, Run>,
    stretches: Vec<(Minute, Minute)>,
    units: u32,
}

/// What may be initial.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Service {
    Infusion { drug: String, access: Access },
    Push(usize),
    Hydration,
}

struct Desk<'a> {
    session: &'a Session,
    chart: &'a Chart,
    policies: &'a Policies,
    pushes: Vec<Push>,
    infusions: Vec<Infusion>,
    /// Prolonged pumps that earn a code.
    pumps: Vec<Run>,
    hydration: Hydration,
}

pub fn code(session: &Session, chart: &Chart, policies: &Policies) -> Result<Coded, Wrong> {
    let mut done = Coded { held: false, units: Vec::new(), unbilled: Unbilled::new() };
    let office = session.setting == Setting::Office;

    // --- Runs joined, in the order that the rules give: pumps among themselves, O3, then all, then T1.
    let (on_pump, by_hand): (Vec<Run>, Vec<Run>) = chart.runs.iter().cloned().partition(|run| run.pump);
    let mut on_pump = join(on_pump);
    for run in &mut on_pump {
        let may = match run.route {
            Route::IV => is_drug(run.class),
            // O2: therapy in an artery has no code for a long pump; one that went home is none of the runs there.
            Route::IA => is_chemo(run.class, run.route) || run.prolonged,
            _ => false,
        };
        run.prolonged = may && (run.prolonged || run.minutes.len() > 480);
    }
    let (prolonged, short_pumps): (Vec<Run>, Vec<Run>) = on_pump.into_iter().partition(|run| run.prolonged);
    let ordinary = join([by_hand, short_pumps].concat());

    // --- U1: chemo without a proven stop, or proven for 15 minutes or less, holds the session.
    let held = chart.unproven.iter().any(|run| is_chemo(run.class, run.route) && run.route == Route::IV)
        || ordinary.iter().any(|run| is_chemo(run.class, run.route) && run.route == Route::IV && run.estimated && run.minutes.len() <= 15);
    if held {
        return Ok(hold(chart));
    }

    let mut ordinary = ordinary;
    for run in &mut ordinary {
        run.broken_off = broken_off(run, session, chart, policies);
    }
    let ordinary = take_in_short_runs(ordinary, policies);

    // --- What each run is.
    let mut infusing = Vec::new();
    let mut arterial = Vec::new();
    let mut fluids = Vec::new();
    let mut under_skin = Vec::new();
    let mut pumps = Vec::new();
    let mut given_pushes = Vec::new();
    let as_given = |run: &Run| Given {
        drug: run.drug.clone(),
        class: run.class,
        route: run.route,
        access: run.access.clone(),
        at: run.start,
        minutes: count(&run.minutes),
        order: run.order,
        assumed: false,
    };
    for run in ordinary {
        let minutes = count(&run.minutes);
        let long = minutes > 15;
        match (run.class, run.route) {
            (Class::NotSeparate, _) => add(&mut done.unbilled, &run.drug, "T0", minutes + run.twice),
            (Class::Hydration, Route::IV) => fluids.push(run),
            (Class::Hydration, _) => add(&mut done.unbilled, &run.drug, "T3", minutes + run.twice),
            (_, Route::IV) if long || run.broken_off => infusing.push(run),
            (_, Route::IV) => {
                add_twice(&mut done.unbilled, &run, "T5");
                given_pushes.push(as_given(&run));
            }
            (class, Route::SC) if is_chemo(class, Route::SC) => {
                add_twice(&mut done.unbilled, &run, "T5");
                alone(&mut done, chart, "96401", &as_given(&run));
            }
            (Class::Hormonal, Route::SC) => {
                add_twice(&mut done.unbilled, &run, "T5");
                alone(&mut done, chart, "96402", &as_given(&run));
            }
            (_, Route::SC) if long => under_skin.push(run),
            (_, Route::SC) => {
                add_twice(&mut done.unbilled, &run, "T5");
                alone(&mut done, chart, "96372", &as_given(&run));
            }
            (class, Route::IA) if is_chemo(class, Route::IA) && long => arterial.push(run),
            (class, Route::IA) if is_chemo(class, Route::IA) => {
                add_twice(&mut done.unbilled, &run, "T5");
                alone(&mut done, chart, "96420", &as_given(&run));
            }
            (_, Route::IA) if long => add(&mut done.unbilled, &run.drug, "O2", minutes + run.twice),
            (_, Route::IA) => {
                add_twice(&mut done.unbilled, &run, "T5");
                alone(&mut done, chart, "96373", &as_given(&run));
            }
            (_, Route::IM) => unreachable!("refused when read"),
        }
    }
    for run in prolonged {
        let code = match (run.route, is_chemo(run.class, run.route)) {
            (Route::IA, true) => Some("96425"),
            (Route::IA, false) => None,
            (_, true) if run.home && policies.home_pump == "g0498" => Some("G0498"),
            (_, true) => Some("96416"),
            (_, false) if office => None,
            (_, false) => Some("C8957"),
        };
        let Some(code) = code else {
            add(&mut done.unbilled, &run.drug, "O3", count(&run.minutes) + run.twice);
            continue;
        };
        alone(&mut done, chart, code, &as_given(&run));
        add_twice(&mut done.unbilled, &run, "T5");
        if run.route == Route::IV {
            pumps.push(run);
        }
    }
    for run in &chart.home_unproven {
        add(&mut done.unbilled, &run.drug, "O3", count(&run.minutes));
    }

    // --- U1 (3): without a proven stop.
    for run in &chart.unproven {
        let never = components(&run.drug).iter().any(|part| facts::never_pushed(part));
        if run.route == Route::IV && is_drug(run.class) && policies.missing_stop == "push" && !never {
            given_pushes.push(Given { minutes: 0, assumed: true, ..as_given(run) });
        } else {
            add(&mut done.unbilled, &run.drug, "U1", 0);
        }
    }

    // --- Pushes written as such; fluids and flushes earn nothing.
    for push in &chart.pushes {
        match push.class {
            Class::NotSeparate => add(&mut done.unbilled, &push.drug, "T0", push.minutes),
            Class::Hydration => add(&mut done.unbilled, &push.drug, "T3", push.minutes),
            _ => given_pushes.push(push.clone()),
        }
    }

    let pushes = judge_pushes(given_pushes, &infusing, office, policies);
    let hydration = sum_hydration(fluids, chart, policies, &mut done.unbilled);
    let infusions = by_drug_and_access(infusing);

    under_the_skin(&under_skin, chart, policies, &mut done);
    into_arteries(&by_drug_and_access(arterial), chart, policies, &mut done);
    single_events(chart, &mut done);

    // --- The hierarchy: an office's reason is tried first, and yields where it must (I3).
    let desk = Desk { session, chart, policies, pushes, infusions, pumps, hydration };
    let plan = match desk.reason() {
        Some(reason) => desk.carry_out(Some(&reason)).filter(Coded::no_chemo_add_on_alone),
        None => None,
    };
    let plan = plan.or_else(|| desk.carry_out(None)).expect("without a reason nothing yields");
    done.units.extend(plan.units);
    for ((drug, rule), minutes) in plan.unbilled {
        add(&mut done.unbilled, &drug, &rule, minutes);
    }
    Ok(done)
}

impl Coded {
    /// I3: 96417 and 96415 need 96413; 96411 needs 96409 or 96413.
    fn no_chemo_add_on_alone(&self) -> bool {
        let has = |code: &str| self.units.iter().any(|unit| unit.code == code);
        let infused_without = (has("96417") || has("96415")) && !has("96413");
        let pushed_without = has("96411") && !has("96409") && !has("96413");
        !infused_without && !pushed_without
    }
}

/// U1: a held session has no lines, and every minute of it is unbilled.
fn hold(chart: &Chart) -> Coded {
    let mut unbilled = Unbilled::new();
    for run in chart.runs.iter().chain(&chart.home_unproven) {
        add(&mut unbilled, &run.drug, "U1", count(&run.minutes));
    }
    for run in &chart.unproven {
        add(&mut unbilled, &run.drug, "U1", 0);
    }
    for push in &chart.pushes {
        add(&mut unbilled, &push.drug, "U1", push.minutes);
    }
    Coded { held: true, units: Vec::new(), unbilled }
}

// ---------------------------------------------------------------------- runs

/// Runs of one drug at one access, given one way, that touch or overlap are one run.
fn join(mut runs: Vec<Run>) -> Vec<Run> {
    runs.sort_by_key(|run| (run.start, run.order));
    let mut joined: Vec<Run> = Vec::new();
    for run in runs {
        let host = joined
            .iter_mut()
            .find(|host| host.drug == run.drug && host.access == run.access && host.route == run.route && run.start <= host.stop);
        match host {
            Some(host) => host.take_in(&run),
            None => joined.push(run),
        }
    }
    joined
}

trait TakeIn {
    fn take_in(&mut self, run: &Run);
}

impl TakeIn for Run {
    fn take_in(&mut self, run: &Run) {
        self.twice += run.twice + count(&self.minutes.intersection(&run.minutes).copied().collect());
        self.minutes.extend(&run.minutes);
        self.reaction = match self.stop.cmp(&run.stop) {
            std::cmp::Ordering::Less => run.reaction,
            std::cmp::Ordering::Equal => self.reaction || run.reaction,
            std::cmp::Ordering::Greater => self.reaction,
        };
        if run.start < self.start {
            self.start = run.start;
            self.order = run.order;
        }
        self.stop = self.stop.max(run.stop);
        self.estimated |= run.estimated;
        self.prolonged |= run.prolonged;
        self.home |= run.home;
    }
}

/// `intended_53`: an office's infusion stopped early for a reaction and not begun again.
fn broken_off(run: &Run, session: &Session, chart: &Chart, policies: &Policies) -> bool {
    let all = chart.runs.iter().chain(&chart.unproven).chain(&chart.home_unproven);
    policies.stopped_early == "intended_53"
        && session.setting == Setting::Office
        && run.route == Route::IV
        && is_drug(run.class)
        && run.reaction
        && run.minutes.len() <= 15
        && !all.into_iter().any(|other| other.drug == run.drug && other.route == Route::IV && other.start >= run.stop)
}

/// T1's exception: a short run in a vein, near a long one of its drug, is part of it.
fn take_in_short_runs(runs: Vec<Run>, policies: &Policies) -> Vec<Run> {
    let near: Minute = policies.repeat_push_after.parse().expect("a number");
    let concerns = |run: &Run| run.route == Route::IV && is_drug(run.class);
    let (long, short): (Vec<Run>, Vec<Run>) = runs.into_iter().partition(|run| !concerns(run) || run.minutes.len() > 15 || run.broken_off);
    let mut result = long.clone();
    for run in short {
        let gap = |host: &Run| if run.stop <= host.start { host.start - run.stop } else { run.start - host.stop };
        let host = (0..long.len())
            .filter(|i| long[*i].drug == run.drug && long[*i].access == run.access && long[*i].route == Route::IV)
            .filter(|i| gap(&long[*i]) < near)
            .min_by_key(|i| (gap(&long[*i]), long[*i].start));
        match host {
            Some(host) => result[host].take_in(&run),
            None => result.push(run),
        }
    }
    result.sort_by_key(|run| (run.start, run.order));
    result
}

fn add_twice(unbilled: &mut Unbilled, run: &Run, rule: &str) {
    if run.twice > 0 {
        add(unbilled, &run.drug, rule, run.twice);
    }
}

fn by_drug_and_access(runs: Vec<Run>) -> Vec<Infusion> {
    let mut infusions: Vec<Infusion> = Vec::new();
    for run in runs {
        let found = infusions.iter_mut().find(|i| i.drug == run.drug && i.access == run.access);
        match found {
            Some(infusion) => {
                infusion.minutes.extend(&run.minutes);
                infusion.runs.push(run);
            }
            None => infusions.push(Infusion {
                drug: run.drug.clone(),
                access: run.access.clone(),
                chemo: is_chemo(run.class, run.route),
                minutes: run.minutes.clone(),
                runs: vec![run],
            }),
        }
    }
    infusions
}

// -------------------------------------------------------------------- pushes

/// P1 to P4, push by push in the order of the clock.
fn judge_pushes(mut given: Vec<Given>, infusing: &[Run], office: bool, policies: &Policies) -> Vec<Push> {
    let near: Minute = policies.repeat_push_after.parse().expect("a number");
    given.sort_by_key(|push| (push.at, push.order));
    let mut judged: Vec<Push> = Vec::new();
    for push in given {
        let chemo = is_chemo(push.class, Route::IV);
        let runs: Vec<&Run> = infusing.iter().filter(|run| run.drug == push.drug).collect();
        let before: Vec<&Push> = judged.iter().filter(|p| p.given.drug == push.drug && !matches!(p.role, PushRole::Nothing(_))).collect();
        let distance = |run: &Run| {
            if push.at < run.start {
                run.start - push.at
            } else if push.at >= run.stop {
                push.at - run.stop
            } else {
                -1
            }
        };
        let near_run = runs.iter().any(|run| distance(run) < near);
        let near_push = before.last().is_some_and(|last| push.at - last.given.at < near);
        let role = if runs.is_empty() && before.is_empty() {
            PushRole::New
        } else if chemo {
            PushRole::Nothing("P4")
        } else if near_run || near_push {
            PushRole::Nothing("P3")
        } else if office {
            PushRole::Nothing("P2")
        } else {
            PushRole::Repeat
        };
        judged.push(Push { given: push, role });
    }
    judged
}

// ----------------------------------------------------------------- hydration

/// The minutes in which a drug's run stands in hydration's way (S1).
fn minutes_of_drugs(chart: &Chart) -> Minutes {
    let mut minutes = Minutes::new();
    for run in chart.runs.iter().chain(&chart.home_unproven).filter(|run| is_drug(run.class)) {
        minutes.extend(&run.minutes);
    }
    for run in chart.unproven.iter().filter(|run| is_drug(run.class)) {
        minutes.extend(run.start..run.stop);
    }
    minutes
}

fn sum_hydration(fluids: Vec<Run>, chart: &Chart, policies: &Policies, unbilled: &mut Unbilled) -> Hydration {
    let blocked = minutes_of_drugs(chart);
    let mut pushed = Minutes::new();
    if policies.push_minutes == "deduct" {
        for push in &chart.pushes {
            pushed.extend(push.at..push.at + Minute::from(push.minutes));
        }
    }
    // S1, S2, and each clock minute once.
    let mut credited: BTreeMap<Minute, Run> = BTreeMap::new();
    for run in &fluids {
        add_twice(unbilled, run, "S3");
        for minute in &run.minutes {
            if blocked.contains(minute) {
                add(unbilled, &run.drug, "S1", 1);
            } else if pushed.contains(minute) {
                add(unbilled, &run.drug, "S2", 1);
            } else if credited.contains_key(minute) {
                add(unbilled, &run.drug, "S3", 1);
            } else {
                credited.insert(*minute, run.clone());
            }
        }
    }
    let stretches = stretches_of(&fluids);

    // Segments, where each is judged alone.
    if policies.hydration_gaps == "each_segment" {
        let mut segments: Vec<Vec<Minute>> = Vec::new();
        for (from, to) in &stretches {
            segments.push(Vec::new());
            for minute in *from..*to {
                if blocked.contains(&minute) {
                    segments.push(Vec::new());
                } else if credited.contains_key(&minute) {
                    segments.last_mut().expect("one is open").push(minute);
                }
            }
        }
        for minute in segments.into_iter().filter(|segment| segment.len() < 31).flatten() {
            let run = credited.remove(&minute).expect("credited above");
            add(unbilled, &run.drug, "S3", 1);
        }
    }

    // T3.
    let total = u32::try_from(credited.len()).expect("few");
    if total <= 30 {
        for run in credited.values() {
            add(unbilled, &run.drug, "T3", 1);
        }
        return Hydration::default();
    }
    Hydration { credited, stretches, units: 1 + further_hours(total) }
}

/// From a start to a stop after which nothing of these runs; pauses inside.
fn stretches_of(runs: &[Run]) -> Vec<(Minute, Minute)> {
    let mut spans: Vec<(Minute, Minute)> = runs.iter().map(|run| (run.start, run.stop)).collect();
    spans.sort_unstable();
    let mut stretches: Vec<(Minute, Minute)> = Vec::new();
    for (from, to) in spans {
        match stretches.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => stretches.push((from, to)),
        }
    }
    stretches
}

// ------------------------------------------------------------ alone services

pub fn unit(code: &'static str, chart: &Chart, at: Minute, drugs: BTreeMap<String, u32>) -> Unit {
    Unit {
        code,
        date: chart.calendar.date_of(at),
        begins: at,
        ends: at,
        drugs,
        is_initial: false,
        of_plain_initial: false,
        of_other_initial: false,
        broken_off: false,
        mark: None,
    }
}

fn alone(done: &mut Coded, chart: &Chart, code: &'static str, given: &Given) {
    done.units.push(unit(code, chart, given.at, [(given.drug.clone(), given.minutes)].into()));
}

/// O1: one sum of all therapy under the skin.
fn under_the_skin(runs: &[Run], chart: &Chart, policies: &Policies, done: &mut Coded) {
    let mut holder: BTreeMap<Minute, String> = BTreeMap::new();
    for run in runs {
        add_twice(&mut done.unbilled, run, "O1");
        for minute in &run.minutes {
            if holder.contains_key(minute) {
                add(&mut done.unbilled, &run.drug, "O1", 1);
            } else {
                holder.insert(*minute, run.drug.clone());
            }
        }
    }
    if holder.is_empty() {
        return;
    }
    let minutes: Vec<Minute> = holder.keys().copied().collect();
    let units = 1 + further_hours(u32::try_from(minutes.len()).expect("few"));
    let stretches = stretches_of(runs);
    for (k, part) in parts(&minutes, units).into_iter().enumerate() {
        let drugs = tally(part.iter().map(|minute| holder[minute].clone()));
        let mut unit = unit(if k == 0 { "96369" } else { "96370" }, chart, part[0], drugs);
        if policies.midnight == "service_start" {
            unit.date = chart.calendar.date_of(stretch_holding(&stretches, part[0]));
        }
        done.units.push(unit);
    }
}

fn stretch_holding(stretches: &[(Minute, Minute)], minute: Minute) -> Minute {
    let holds = stretches.iter().find(|s| s.0 <= minute && minute < s.1);
    holds.expect("every minute lies in a stretch").0
}

fn tally(drugs: impl Iterator<Item = String>) -> BTreeMap<String, u32> {
    let mut tally = BTreeMap::new();
    for drug in drugs {
        *tally.entry(drug).or_default() += 1;
    }
    tally
}

/// D1: unit k begins at the minute numbered 60(k-1); the last takes the rest.
fn parts(minutes: &[Minute], units: u32) -> Vec<Vec<Minute>> {
    let mut parts = Vec::new();
    for k in 0..units as usize {
        let end = if k + 1 == units as usize { minutes.len() } else { 60 * (k + 1) };
        parts.push(minutes[60 * k..end].to_vec());
    }
    parts
}

/// O2: per drug and access, pooled by T5.
fn into_arteries(infusions: &[Infusion], chart: &Chart, policies: &Policies, done: &mut Coded) {
    for infusion in infusions {
        let units = timed_units(infusion, &infusion.minutes, ("96422", "96423"), chart, policies, &mut done.unbilled);
        done.units.extend(units);
    }
}

fn single_events(chart: &Chart, done: &mut Coded) {
    for given in &chart.injections {
        let code = match (given.class, given.route) {
            (Class::NotSeparate, _) => Err("T0"),
            (Class::Hydration, _) => Err("T3"),
            (class, Route::IA) => Ok(if is_chemo(class, Route::IA) { "96420" } else { "96373" }),
            (Class::Hormonal, _) => Ok("96402"),
            (Class::Therapeutic, _) => Ok("96372"),
            _ => Ok("96401"),
        };
        match code {
            Ok(code) => alone(done, chart, code, given),
            Err(rule) => add(&mut done.unbilled, &given.drug, rule, 0),
        }
    }
    for given in &chart.on_body {
        match given.class {
            Class::NotSeparate => add(&mut done.unbilled, &given.drug, "T0", 0),
            Class::Hydration => add(&mut done.unbilled, &given.drug, "T3", 0),
            _ => alone(done, chart, "96377", given),
        }
    }
    // O1: part of the sum under the skin, which is therapy alone. T0, T3: fluids and flushes earn nothing there.
    let mut set_ups = chart.set_ups.clone();
    set_ups.sort_by_key(|given| (given.at, given.order));
    let first = set_ups.iter().position(|given| given.class == Class::Therapeutic);
    for (i, given) in set_ups.iter().enumerate() {
        match given.class {
            Class::NotSeparate => add(&mut done.unbilled, &given.drug, "T0", 0),
            Class::Hydration => add(&mut done.unbilled, &given.drug, "T3", 0),
            _ if first == Some(i) => alone(done, chart, "96371", given),
            _ => add(&mut done.unbilled, &given.drug, "O1", 0),
        }
    }
    for (at, pump) in &chart.refills {
        let code = if *pump == Pump::Portable { "96521" } else { "96522" };
        done.units.push(unit(code, chart, *at, BTreeMap::new()));
    }
    // Once a date, dated by the first.
    let mut transfusions = chart.transfusions.clone();
    transfusions.sort_unstable();
    transfusions.dedup_by_key(|at| chart.calendar.date_of(*at));
    for at in transfusions {
        done.units.push(unit("36430", chart, at, BTreeMap::new()));
    }
    instillations(chart, done);
}

/// O7: one unit a cavity and date, the lesions of a date added first.
fn instillations(chart: &Chart, done: &mut Coded) {
    let mut instilled = chart.instilled.clone();
    instilled.sort_by_key(|i| i.0);
    let mut lesions: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    for (at, _, class, cavity) in &instilled {
        if let (Cavity::Lesions(n), true) = (cavity, is_chemo(*class, Route::SC)) {
            *lesions.entry(chart.calendar.date_of(*at)).or_default() += n;
        }
    }
    for (at, drug, class, cavity) in instilled {
        if !is_chemo(class, Route::SC) {
            add(&mut done.unbilled, &drug, "O7", 0);
            continue;
        }
        let date = chart.calendar.date_of(at);
        let code = match cavity {
            Cavity::Pleural => "96440",
            Cavity::Peritoneal => "96446",
            Cavity::Intrathecal => "96450",
            Cavity::Reservoir => "96542",
            Cavity::Lesions(_) if lesions[&date] <= 7 => "96405",
            Cavity::Lesions(_) => "96406",
        };
        match done.units.iter_mut().find(|unit| unit.code == code && unit.date == date) {
            Some(unit) => {
                unit.drugs.entry(drug).or_default();
            }
            None => done.units.push(unit(code, chart, at, [(drug, 0)].into())),
        }
    }
}

// ------------------------------------------------------------ infusion units

/// T5, T2, D1: the units of one drug at one access from its credited minutes.
fn timed_units(
    infusion: &Infusion,
    credited: &Minutes,
    (first, hour): (&'static str, &'static str),
    chart: &Chart,
    policies: &Policies,
    unbilled: &mut Unbilled,
) -> Vec<Unit> {
    let mut groups: Vec<(Option<NaiveDate>, Vec<&Run>)> = Vec::new();
    for run in &infusion.runs {
        add_twice(unbilled, run, "T5");
        if run.minutes.is_disjoint(credited) {
            continue;
        }
        let day = chart.calendar.date_of(run.start);
        let key = if policies.same_drug == "add_per_day" { Some(day) } else { None };
        match groups.last_mut() {
            Some(group) if group.0 == key && policies.same_drug != "each_run" => group.1.push(run),
            _ => groups.push((key, vec![run])),
        }
    }
    let mut units = Vec::new();
    for (g, (_, runs)) in groups.iter().enumerate() {
        let of_group: Minutes = runs.iter().flat_map(|run| run.minutes.intersection(credited)).copied().collect();
        let minutes: Vec<Minute> = of_group.iter().copied().collect();
        let t = count(&of_group);
        let number = if g == 0 { 1 + further_hours(t) } else { hours_alone(t) };
        if number == 0 {
            add(unbilled, &infusion.drug, "T5", t);
        }
        for (k, part) in parts(&minutes, number).into_iter().enumerate() {
            let code = if g == 0 && k == 0 { first } else { hour };
            let drugs = [(infusion.drug.clone(), u32::try_from(part.len()).expect("few"))].into();
            let mut unit = unit(code, chart, part[0], drugs);
            unit.ends = part[part.len() - 1];
            if policies.midnight == "service_start" {
                let run = runs.iter().find(|run| run.minutes.contains(&part[0])).expect("a run holds it");
                unit.date = chart.calendar.date_of(run.start);
            }
            units.push(unit);
        }
    }
    units
}

// ----------------------------------------------------------------- hierarchy

enum Verdict {
    Sequential(Minutes),
    Concurrent,
    Nothing,
}

/// A drug that S4 has placed: where it lay, and the minutes it holds.
struct Placed {
    start: Minute,
    stop: Minute,
    holds: Minutes,
}

impl Desk<'_> {
    /// I3: the one service that the office's reason means, if it can be initial.
    fn reason(&self) -> Option<Service> {
        if self.session.setting == Setting::Hospital {
            return None;
        }
        let reason = canonical(self.session.reason.as_ref()?);
        let hydration = (self.hydration.units > 0).then_some(Service::Hydration);
        if class_of(self.session, &reason, Route::IV, self.policies).is_ok_and(|class| class == Class::Hydration) {
            return hydration;
        }
        let named = |drug: &str| drug == reason || components(drug).contains(&reason);
        let mut services: Vec<Service> = self.candidates(None).into_iter().filter(|service| named(self.drug_of(service))).collect();
        // The salt of a bag of fluid: the bag is hydration.
        let in_fluid = self.chart.runs.iter().any(|run| run.class == Class::Hydration && run.route == Route::IV && named(&run.drug));
        if services.is_empty() && in_fluid {
            services.extend(hydration);
        }
        self.best(&services)
    }

    fn drug_of<'s>(&'s self, service: &'s Service) -> &'s str {
        match service {
            Service::Infusion { drug, .. } => drug,
            Service::Push(i) => &self.pushes[*i].given.drug,
            Service::Hydration => "",
        }
    }

    fn infusion(&self, drug: &str, access: &Access) -> &Infusion {
        let found = self.infusions.iter().find(|i| i.drug == drug && i.access == *access);
        found.expect("a service names an infusion that is there")
    }

    /// Whatever could be initial at this access (`None`: at any), hydration apart.
    fn candidates(&self, at: Option<&Access>) -> Vec<Service> {
        let here = |access: &Access| at.is_none_or(|at| at == access);
        let mut services = Vec::new();
        for infusion in self.infusions.iter().filter(|i| here(&i.access)) {
            if infusion.chemo || !self.concurrent_with_pumps(infusion) {
                services.push(Service::Infusion { drug: infusion.drug.clone(), access: infusion.access.clone() });
            }
        }
        for (i, push) in self.pushes.iter().enumerate() {
            if here(&push.given.access) && push.role == PushRole::New {
                services.push(Service::Push(i));
            }
        }
        services
    }

    /// I2: lower is higher.
    fn rank(&self, service: &Service) -> u8 {
        match service {
            Service::Infusion { drug, access } if self.infusion(drug, access).chemo => 1,
            Service::Push(i) if is_chemo(self.pushes[*i].given.class, Route::IV) => 2,
            Service::Infusion { .. } => 3,
            Service::Push(_) => 4,
            Service::Hydration => 5,
        }
    }

    fn start_and_order(&self, service: &Service) -> (Minute, usize) {
        match service {
            Service::Infusion { drug, access } => {
                let infusion = self.infusion(drug, access);
                (infusion.start(), infusion.order())
            }
            Service::Push(i) => (self.pushes[*i].given.at, self.pushes[*i].given.order),
            Service::Hydration => {
                let run = self.hydration.credited.values().next().expect("hydration that earned a unit");
                (run.start, run.order)
            }
        }
    }

    fn access_of(&self, service: &Service) -> Access {
        match service {
            Service::Infusion { access, .. } => access.clone(),
            Service::Push(i) => self.pushes[*i].given.access.clone(),
            Service::Hydration => self.hydration.credited.values().next().expect("as above").access.clone(),
        }
    }

    /// I2 and I4: the highest, then the longest or the earliest.
    fn best(&self, services: &[Service]) -> Option<Service> {
        let key = |service: &Service| {
            let (start, order) = self.start_and_order(service);
            let tie = match service {
                Service::Infusion { drug, access } => {
                    let short = -i64::from(count(&self.infusion(drug, access).minutes));
                    if self.policies.initial_tie == "longest" { (short, start) } else { (start, short) }
                }
                Service::Push(i) => (i64::from(self.pushes[*i].given.assumed), start),
                Service::Hydration => (0, start),
            };
            (self.rank(service), tie, order)
        };
        services.iter().min_by_key(|service| key(service)).cloned()
    }

    fn pumps_at(&self, access: &Access) -> Vec<Placed> {
        let mut placed: Vec<Placed> = Vec::new();
        let mut drugs: Vec<&str> = Vec::new();
        for run in self.pumps.iter().filter(|run| run.access == *access) {
            match drugs.iter().position(|drug| *drug == run.drug) {
                Some(i) => {
                    placed[i].stop = placed[i].stop.max(run.stop);
                    placed[i].holds.extend(&run.minutes);
                }
                None => {
                    drugs.push(&run.drug);
                    placed.push(Placed { start: run.start, stop: run.stop, holds: run.minutes.clone() });
                }
            }
        }
        placed
    }

    /// I4's last sentence.
    fn concurrent_with_pumps(&self, infusion: &Infusion) -> bool {
        matches!(self.judge(infusion, &self.pumps_at(&infusion.access)), Verdict::Concurrent)
    }

    /// S4, S4a, S4b, S6: one drug against those placed before it.
    fn judge(&self, infusion: &Infusion, placed: &[Placed]) -> Verdict {
        let held: Minutes = placed.iter().flat_map(|p| &p.holds).copied().collect();
        let all = &infusion.minutes;
        let together: Minutes = all.intersection(&held).copied().collect();
        let remaining: Minutes = all.difference(&held).copied().collect();
        let sequential = |minutes: &Minutes| Verdict::Sequential(minutes.clone());
        if infusion.chemo {
            let enough = remaining.len() >= 16 || together.is_empty();
            return if enough { sequential(&remaining) } else { Verdict::Nothing };
        }
        let minimum: usize = self.policies.concurrent_minimum.parse().expect("a number");
        if self.policies.overlap != "none" && together.len() < minimum {
            return sequential(all);
        }
        let concurrent = match self.policies.overlap.as_str() {
            "deduct" => {
                if remaining.len() >= 16 {
                    return sequential(&remaining);
                }
                true
            }
            "majority" => 2 * together.len() > all.len(),
            "any" => !together.is_empty(),
            _ => placed.iter().any(|p| (p.start - infusion.start()).abs() <= 5 && (p.stop - infusion.stop()).abs() <= 5),
        };
        if concurrent { Verdict::Concurrent } else { sequential(all) }
    }

    /// Gives every access its initial and every minute its place. `None`: the reason must yield.
    fn carry_out(&self, reason: Option<&Service>) -> Option<Coded> {
        let mut done = Coded { held: false, units: Vec::new(), unbilled: Unbilled::new() };
        let mut accesses: BTreeSet<Access> = BTreeSet::new();
        accesses.extend(self.infusions.iter().map(|i| i.access.clone()));
        accesses.extend(self.pushes.iter().map(|p| p.given.access.clone()));

        let mut initials: Vec<Service> = Vec::new();
        for access in &accesses {
            match reason {
                Some(reason) if self.access_of(reason) == *access => {}
                _ => initials.extend(self.best(&self.candidates(Some(access)))),
            }
        }
        initials.extend(reason.cloned());
        if initials.is_empty() && self.hydration.units > 0 {
            initials.push(Service::Hydration);
        }
        // M1: which of them stands plain.
        let plain = reason.cloned().or_else(|| {
            let key = |s: &Service| (self.rank(s), self.access_of(s).is_some(), self.start_and_order(s));
            initials.iter().min_by_key(|service| key(service)).cloned()
        });
        let settle = |mut units: Vec<Unit>, service: &Service| {
            if initials.contains(service) {
                for (k, unit) in units.iter_mut().enumerate() {
                    unit.is_initial = k == 0;
                    unit.of_plain_initial = plain.as_ref() == Some(service);
                    unit.of_other_initial = !unit.of_plain_initial;
                }
            }
            units
        };

        // Infusions, access by access.
        let mut concurrent: Vec<(&Infusion, Minute)> = Vec::new();
        for access in &accesses {
            let is_initial = |infusion: &Infusion| initials.contains(&service_of(infusion));
            let mut here: Vec<&Infusion> = self.infusions.iter().filter(|i| i.access == *access).collect();
            here.sort_by_key(|i| (!i.chemo, !is_initial(i), i.start(), -i64::from(count(&i.minutes)), i.order()));
            let mut placed: Vec<Placed> = Vec::new();
            let mut pumps_placed = false;
            for infusion in here {
                if !infusion.chemo && !pumps_placed {
                    placed.extend(self.pumps_at(access));
                    pumps_placed = true;
                }
                let service = service_of(infusion);
                let held: Minutes = placed.iter().flat_map(|p| &p.holds).copied().collect();
                let verdict = self.judge(infusion, &placed);
                let holds = match &verdict {
                    Verdict::Sequential(_) => infusion.minutes.clone(),
                    _ => Minutes::new(),
                };
                placed.push(Placed { start: infusion.start(), stop: infusion.stop(), holds });
                let all = count(&infusion.minutes);
                match verdict {
                    Verdict::Sequential(credited) => {
                        let lost = all - count(&credited);
                        if lost > 0 {
                            add(&mut done.unbilled, &infusion.drug, if infusion.chemo { "S6" } else { "S4" }, lost);
                        }
                        let codes = match (infusion.chemo, is_initial(infusion)) {
                            (true, true) => ("96413", "96415"),
                            (true, false) => ("96417", "96415"),
                            (false, true) => ("96365", "96366"),
                            (false, false) => ("96367", "96366"),
                        };
                        let mut units = timed_units(infusion, &credited, codes, self.chart, self.policies, &mut done.unbilled);
                        mark_broken_off(infusion, &credited, &mut units);
                        done.units.extend(settle(units, &service));
                    }
                    // The reason cannot be initial after all.
                    Verdict::Concurrent if is_initial(infusion) => return None,
                    Verdict::Concurrent => {
                        let first = infusion.minutes.iter().find(|minute| held.contains(minute));
                        let first = first.or(infusion.minutes.first()).expect("an infusion has minutes");
                        concurrent.push((infusion, *first));
                        infusion.runs.iter().for_each(|run| add_twice(&mut done.unbilled, run, "T5"));
                    }
                    Verdict::Nothing => add(&mut done.unbilled, &infusion.drug, "S6", all + infusion.twice()),
                }
            }
        }
        done.units.extend(self.concurrent_unit(&concurrent));

        // Pushes.
        for (i, push) in self.pushes.iter().enumerate() {
            let service = Service::Push(i);
            let chemo = is_chemo(push.given.class, Route::IV);
            let code = match (push.role, chemo, initials.contains(&service)) {
                (PushRole::Nothing(rule), ..) => {
                    add(&mut done.unbilled, &push.given.drug, rule, push.given.minutes);
                    continue;
                }
                (PushRole::Repeat, ..) => "96376",
                (PushRole::New, true, true) => "96409",
                (PushRole::New, true, false) => "96411",
                (PushRole::New, false, true) => "96374",
                (PushRole::New, false, false) => "96375",
            };
            let drugs = [(push.given.drug.clone(), push.given.minutes)].into();
            done.units.extend(settle(vec![unit(code, self.chart, push.given.at, drugs)], &service));
        }

        // Hydration.
        let minutes: Vec<Minute> = self.hydration.credited.keys().copied().collect();
        let initial = initials.contains(&Service::Hydration);
        let mut units = Vec::new();
        for (k, part) in parts(&minutes, self.hydration.units).into_iter().enumerate() {
            let drugs = tally(part.iter().map(|minute| self.hydration.credited[minute].drug.clone()));
            let mut unit = unit(if k == 0 && initial { "96360" } else { "96361" }, self.chart, part[0], drugs);
            if self.policies.midnight == "service_start" {
                unit.date = self.chart.calendar.date_of(stretch_holding(&self.hydration.stretches, part[0]));
            }
            units.push(unit);
        }
        done.units.extend(settle(units, &Service::Hydration));
        Some(done)
    }

    /// 96368: once an encounter, whatever the number of drugs.
    fn concurrent_unit(&self, concurrent: &[(&Infusion, Minute)]) -> Option<Unit> {
        let (drug, begins) = concurrent.iter().min_by_key(|(i, _)| (i.start(), i.order()))?;
        let mut drugs: BTreeMap<String, u32> = BTreeMap::new();
        for (infusion, _) in concurrent {
            *drugs.entry(infusion.drug.clone()).or_default() += count(&infusion.minutes);
        }
        let mut unit = unit("96368", self.chart, *begins, drugs);
        if self.policies.midnight == "service_start" {
            let run = drug.runs.iter().find(|run| run.minutes.contains(begins)).expect("a run holds it");
            unit.date = self.chart.calendar.date_of(run.start);
        }
        Some(unit)
    }
}

/// `intended_53`: the first unit that rests on the run stopped early; none where the run earned none.
fn mark_broken_off(infusion: &Infusion, credited: &Minutes, units: &mut [Unit]) {
    for run in infusion.runs.iter().filter(|run| run.broken_off) {
        let Some(first) = run.minutes.intersection(credited).next() else { continue };
        if let Some(unit) = units.iter_mut().find(|unit| unit.begins <= *first && *first <= unit.ends) {
            unit.broken_off = true;
        }
    }
}

fn service_of(infusion: &Infusion) -> Service {
    Service::Infusion { drug: infusion.drug.clone(), access: infusion.access.clone() }
}
