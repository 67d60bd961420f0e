//! What the units of a bill owe to each other and to the minutes that ran.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hangtime::claim::Charge;
use hangtime::reference::{Bag, Rule};
use hangtime::session::dates::read_date;
use hangtime::session::log::{Event, Route, Session, Setting};
use hangtime::timeline::calendar::{Calendar, read_zone};
use hangtime::timeline::cover::Cover;
use hangtime::timeline::{AccessId, DrugId, Given};
use hangtime::{Bill, Claim, Reference, Status};

use crate::encounter::{Encounter, Verdict, drug_of};
use crate::log_texts::{drug, times};
use crate::second_opinion::runs::is_drug;

/// Infusions into a vein that are placed one after the other (S4); each minute is one's.
const SEQUENTIAL: &[&str] = &["96413", "96415", "96417", "96365", "96366", "96367"];
const THERAPEUTIC: &[&str] = &["96365", "96366", "96367"];
const HYDRATION: &[&str] = &["96360", "96361"];

/// Services of more than eight hours; chemo infusions run beside them, therapeutic ones lose what they hold.
const PROLONGED: &[&str] = &["96416", "G0498", "C8957"];
/// The same in an artery.
const PROLONGED_IN_ARTERY: &str = "96425";

/// An add-on of the hierarchy, and the initial that it would have been (I6).
const WOULD_OPEN: &[(&str, &str)] = &[("96417", "96413"), ("96411", "96409"), ("96367", "96365"), ("96375", "96374")];

fn charges(claim: &Claim) -> impl Iterator<Item = &Charge> {
    claim.lines.iter().flat_map(|line| &line.charges)
}

fn code_of(charge: &Charge) -> &'static str {
    &Reference::embedded().codes.get(charge.unit.code).code
}

/// Asks a question of every bill with a claim; the first answer that is wrong stands.
fn of_each(bills: &[Bill], ask: impl Fn(usize, &Bill, &Claim) -> Verdict) -> Verdict {
    let mut all = Verdict::DoesNotApply;
    for (at, bill) in bills.iter().enumerate() {
        let Some(claim) = &bill.claim else { continue };
        match ask(at, bill, claim) {
            Verdict::DoesNotApply => {}
            Verdict::Holds => all = Verdict::Holds,
            Verdict::Broken(why) => return Verdict::Broken(format!("{}: {why}", bill.id)),
        }
    }
    all
}

// ---------------------------------------------------------------- minutes

/// A minute of a drug at an access, given one way, is in one unit. A prolonged pump is a way of its
/// own: it never pools with ordinary runs of its drug, and a bolus beside it is a push (O3, P3).
pub fn once_a_drug(encounter: &Encounter) -> Verdict {
    of_each(&encounter.bills(), |_, bill, claim| {
        let mut held: BTreeMap<(DrugId, AccessId, String), Cover> = BTreeMap::new();
        for charge in charges(claim) {
            let code = code_of(charge);
            for slice in charge.unit.minutes.slices() {
                let given = &claim.coded.administrations[slice.given().0 as usize];
                let Some(drug) = given.drug else { continue };
                let prolonged = PROLONGED.contains(&code) || code == PROLONGED_IN_ARTERY;
                let way = format!("{:?} {prolonged}", route_of(bill, slice.given()));
                let held = held.entry((drug, given.access, way)).or_default();
                if held.within(slice.from(), slice.to()).next().is_some() {
                    let (from, to) = (claim.coded.calendar.stamp(slice.from()), claim.coded.calendar.stamp(slice.to()));
                    return Verdict::Broken(format!("{:?} has {from} to {to} twice, again in {code}", drug_of(bill, slice.given())));
                }
                held.add(slice.from(), slice.to());
            }
        }
        if held.is_empty() { Verdict::DoesNotApply } else { Verdict::Holds }
    })
}

fn route_of(bill: &Bill, given: Given) -> Option<Route> {
    let event = bill.claim.as_ref()?.coded.administrations[given.0 as usize].event;
    match &bill.session.as_ref()?.events[event] {
        Event::Start(e) => Some(e.route),
        Event::Infuse(e) => Some(e.route),
        Event::Push(_) => Some(Route::IV),
        Event::Inject(e) => Some(e.route),
        _ => None,
    }
}

/// Where overlaps are deducted, a clock minute of an access is in one sequential infusion (S4), and
/// a therapeutic one has none of a prolonged pump's.
pub fn once_an_access(encounter: &Encounter) -> Verdict {
    of_each(&encounter.by_default().bills(), |_, _, claim| {
        let mut held: BTreeMap<AccessId, Cover> = BTreeMap::new();
        let mut on_pumps: BTreeMap<AccessId, Cover> = BTreeMap::new();
        for charge in charges(claim).filter(|charge| PROLONGED.contains(&code_of(charge))) {
            on_pumps.entry(charge.unit.access).or_default().add_all(&charge.unit.minutes.cover());
        }
        for charge in charges(claim).filter(|charge| SEQUENTIAL.contains(&code_of(charge))) {
            let code = code_of(charge);
            let mine = charge.unit.minutes.cover();
            let held = held.entry(charge.unit.access).or_default();
            if mine.shared(held) > 0 {
                return Verdict::Broken(format!("{code} holds minutes of another infusion"));
            }
            let pump = on_pumps.get(&charge.unit.access).map_or(0, |pump| pump.shared(&mine));
            if THERAPEUTIC.contains(&code) && pump > 0 {
                return Verdict::Broken(format!("{code} holds {pump} minutes of a prolonged pump"));
            }
            held.add_all(&mine);
        }
        if held.is_empty() { Verdict::DoesNotApply } else { Verdict::Holds }
    })
}

/// Hydration has no minute in which a drug ran, by any route, at any access (S1), nor, where the
/// policy says so, one in which a push was given by hand (S2).
pub fn hydration_alone(encounter: &Encounter) -> Verdict {
    let Some(charts) = encounter.charts() else { return Verdict::DoesNotApply };
    of_each(&encounter.bills(), |at, _, claim| {
        let chart = &charts[at];
        let mut busy: BTreeSet<i64> = BTreeSet::new();
        for run in chart.runs.iter().chain(&chart.home_unproven).filter(|run| is_drug(run.class)) {
            busy.extend(&run.minutes);
        }
        for run in chart.unproven.iter().filter(|run| is_drug(run.class)) {
            busy.extend(run.start..run.stop);
        }
        if encounter.policies.push_minutes == "deduct" {
            for push in chart.pushes.iter().filter(|push| !push.assumed) {
                busy.extend(push.at..push.at + i64::from(push.minutes));
            }
        }
        let mut verdict = Verdict::DoesNotApply;
        for charge in charges(claim).filter(|charge| HYDRATION.contains(&code_of(charge))) {
            for slice in charge.unit.minutes.slices() {
                if let Some(minute) = busy.range(slice.from().0..slice.to().0).next() {
                    let when = claim.coded.calendar.stamp(hangtime::timeline::calendar::Minute(*minute));
                    return Verdict::Broken(format!("hydration earns {when}, in which a drug was given"));
                }
            }
            verdict = Verdict::Holds;
        }
        verdict
    })
}

/// All that ran is in a unit or unbilled, drug by drug: the stops less the starts, less the pauses,
/// and the pushes' minutes. Nothing is paired for that sum, so every start must have its stop.
pub fn balance(encounter: &Encounter) -> Verdict {
    of_each(&encounter.bills(), |at, bill, claim| {
        if claim.status == Status::Error {
            return Verdict::DoesNotApply;
        }
        let Some(charted) = charted_minutes(&encounter.sessions[at]) else { return Verdict::DoesNotApply };
        let mut told: BTreeMap<String, i64> = charted.keys().map(|drug| (drug.clone(), 0)).collect();
        let units = charges(claim).map(|charge| &charge.unit.minutes);
        for slice in units.chain(claim.unbilled.iter().map(|left| &left.minutes)).flat_map(|minutes| minutes.slices()) {
            if let Some(drug) = drug_of(bill, slice.given()) {
                *told.entry(drug.to_owned()).or_default() += slice.len();
            }
        }
        told.retain(|drug, minutes| *minutes != 0 || charted.contains_key(drug));
        if told == charted { Verdict::Holds } else { Verdict::Broken(format!("charted {charted:?}\ntold {told:?}")) }
    })
}

/// Minutes by drug; `None` where a start has no stop, a pause no end, or a pump goes home.
fn charted_minutes(session: &Session) -> Option<BTreeMap<String, i64>> {
    let zone = session.zone.as_deref().and_then(|zone| read_zone(zone).ok());
    let calendar = Calendar::new(read_date(&session.date).ok()?, zone);
    let (mut minutes, mut open): (BTreeMap<String, i64>, HashMap<(String, bool), i32>) = Default::default();
    for event in &session.events {
        let mut event = event.clone();
        let at: Vec<i64> = times(&mut event).into_iter().map(|text| calendar.read(text).ok().map(|at| at.0)).collect::<Option<_>>()?;
        let Some(drug) = drug(&mut event).map(|drug| Bag::read(drug, &Reference::embedded().drugs).name().into_owned()) else { continue };
        let (ran, opens) = match &event {
            Event::Infuse(_) => (at[1] - at[0], None),
            Event::Start(_) => (-at[0], Some((false, 1))),
            Event::Stop(_) => (at[0], Some((false, -1))),
            Event::Pause(_) => (at[0], Some((true, 1))),
            Event::Resume(_) => (-at[0], Some((true, -1))),
            Event::Push(push) => (i64::from(push.minutes.unwrap_or(0)), None),
            _ => (0, None),
        };
        *minutes.entry(drug.clone()).or_default() += ran;
        if let Some((is_pause, count)) = opens {
            *open.entry((drug, is_pause)).or_default() += count;
        }
    }
    open.values().all(|count| *count == 0).then_some(minutes)
}

// ---------------------------------------------------------------- initials

/// I1, M1: an access has one initial at most, and whatever is added to one stands where one is; of
/// an encounter's initials one stands plain, and the others, with their hours, carry a modifier. A
/// hospital's is the highest of its access and of the encounter (I2).
///
/// By the default policies, which take no unit away again.
pub fn initials(encounter: &Encounter) -> Verdict {
    of_each(&encounter.by_default().bills(), |_, _, claim| {
        let codes = &Reference::embedded().codes;
        let rank = |code: &str| codes.find(code).and_then(|code| codes.get(code).rank);
        let mut opened: BTreeMap<AccessId, &Charge> = BTreeMap::new();
        for charge in charges(claim).filter(|charge| codes.get(charge.unit.code).initial) {
            if opened.insert(charge.unit.access, charge).is_some() {
                return Verdict::Broken(format!("a second initial, {}, at one access", code_of(charge)));
            }
        }
        for charge in charges(claim) {
            let Some((code, initial)) = WOULD_OPEN.iter().find(|(code, _)| *code == code_of(charge)) else { continue };
            let Some(first) = opened.get(&charge.unit.access) else {
                return Verdict::Broken(format!("{code} at an access without an initial"));
            };
            if claim.coded.setting == Setting::Hospital && rank(initial) < rank(code_of(first)) {
                return Verdict::Broken(format!("{code} beside the lower initial {}", code_of(first)));
            }
        }
        if opened.is_empty() && charges(claim).any(|charge| HYDRATION.contains(&code_of(charge))) {
            return Verdict::Broken("hydration without an initial".to_owned());
        }
        one_stands_plain(claim, &opened, rank)
    })
}

fn one_stands_plain(claim: &Claim, opened: &BTreeMap<AccessId, &Charge>, rank: impl Fn(&str) -> Option<u8>) -> Verdict {
    let is_marked = |charge: &Charge| charge.modifiers.iter().any(|(_, rule)| *rule == Rule::M1);
    let plain: Vec<&&Charge> = opened.values().filter(|charge| !is_marked(charge)).collect();
    let [plain] = plain[..] else {
        return if opened.is_empty() {
            Verdict::DoesNotApply
        } else {
            Verdict::Broken(format!("{} of {} initials stand plain", plain.len(), opened.len()))
        };
    };
    let highest = opened.values().filter_map(|charge| rank(code_of(charge))).min();
    if claim.coded.setting == Setting::Hospital && rank(code_of(plain)) != highest {
        return Verdict::Broken(format!("{} stands plain beside a higher initial", code_of(plain)));
    }
    if opened.len() > 1 && opened.values().any(|charge| code_of(charge) == "96360") && claim.coded.setting == Setting::Hospital {
        return Verdict::Broken("hydration opens a hierarchy beside another".to_owned());
    }
    for charge in charges(claim) {
        let opens_elsewhere = charge.unit.initial.is_some_and(|access| access != plain.unit.access);
        if is_marked(charge) != opens_elsewhere {
            return Verdict::Broken(format!("{} carries the site modifier: {}", code_of(charge), is_marked(charge)));
        }
    }
    Verdict::Holds
}

/// E1: every add-on has one of its primaries beside it in the encounter, from its first edit on.
/// Where a limit or a pair took units away, theirs stand alone (E2, M3).
pub fn primaries(encounter: &Encounter) -> Verdict {
    let facts = &Reference::embedded().facts;
    of_each(&encounter.bills(), |_, _, claim| {
        if claim.unbilled.iter().any(|left| matches!(left.rule, Rule::E2 | Rule::M3)) {
            return Verdict::DoesNotApply;
        }
        let standing: BTreeSet<_> = claim.lines.iter().map(|line| line.code).collect();
        let mut verdict = Verdict::DoesNotApply;
        for line in &claim.lines {
            let rows = facts.primaries(line.code);
            if rows.iter().all(|row| row.from > line.date) {
                continue;
            }
            verdict = Verdict::Holds;
            if !rows.iter().any(|row| row.in_force(line.date, claim.coded.setting) && standing.contains(&row.primary)) {
                let code = &Reference::embedded().codes.get(line.code).code;
                return Verdict::Broken(format!("{code} on {} stands beside none of its primaries", line.date));
            }
        }
        verdict
    })
}

/// What is held or an error bills nothing; what is held keeps its minutes under U1.
pub fn nothing_of_what_is_barred(encounter: &Encounter) -> Verdict {
    let mut verdict = Verdict::DoesNotApply;
    for bill in encounter.bills().iter().filter(|bill| bill.status != Status::Billable) {
        verdict = Verdict::Holds;
        let Some(claim) = &bill.claim else { continue };
        let under_others = claim.unbilled.iter().any(|left| left.rule != Rule::U1);
        if !claim.lines.is_empty() || (bill.status == Status::Held && under_others) {
            return Verdict::Broken(format!("{} is {:?}", bill.id, bill.status));
        }
    }
    verdict
}
