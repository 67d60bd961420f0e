//! Pushes: each new drug is a unit; a repeat is one only far enough from the last, and in a
//! hospital (P1 to P4).

use super::argument::{Measure, Measured};
use super::contested;
use super::initial::{Initial, Plan};
use super::ledger::{Entry, Ledger};
use super::ways::{Infusion, Push};
use crate::reference::{CodeId, Role, Rule, Way};
use crate::timeline::DrugId;
use crate::timeline::calendar::Minute;
use foldhash::HashMap;

/// What a push is, before the initial is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A new drug: the initial, or a further one.
    New,
    /// A repeat that is reported.
    Repeat(CodeId),
    /// Nothing, by this rule.
    Nothing(Rule),
}

/// A push and what it is.
#[derive(Debug)]
pub struct Judged {
    pub push: Push,
    pub standing: Standing,
    /// Minutes to what it may belong to (P2, P3).
    pub apart: Option<i64>,
}

/// Judges every push of the encounter, in clock order, whatever the access.
pub fn judge(ledger: &Ledger, mut pushes: Vec<Push>, infusions: &[Infusion]) -> Vec<Judged> {
    if pushes.is_empty() {
        return Vec::new();
    }
    pushes.sort_by_key(|push| (push.at, push.order));
    let infused = Infused::of(infusions);
    let mut last_reported: HashMap<DrugId, Option<Minute>> = HashMap::default();
    let mut judged = Vec::with_capacity(pushes.len());
    for push in pushes {
        let seen = last_reported.get(&push.drug).copied();
        let is_infused = infused.is_infused(push.drug);
        let since_last = seen.flatten().map(|last| push.at.since(last));
        let apart = infused.apart(push.drug, push.at).into_iter().chain(since_last).min();
        let standing = if apart.is_some_and(|apart| apart < contested::near(ledger)) {
            Standing::Nothing(Rule::P3)
        } else if seen.is_none() && !is_infused {
            Standing::New
        } else {
            match ledger.place(push.family, Way::Push, Role::Repeat) {
                Ok(code) => Standing::Repeat(code),
                Err(rule) => Standing::Nothing(rule),
            }
        };
        let reported = if matches!(standing, Standing::Nothing(_)) { seen.flatten() } else { Some(push.at) };
        last_reported.insert(push.drug, reported);
        judged.push(Judged { push, standing, apart });
    }
    judged
}

/// Where each drug's infusions lie, Start to Stop, pauses inside, at any access.
struct Infused(HashMap<DrugId, Vec<(Minute, Minute)>>);

impl Infused {
    fn of(infusions: &[Infusion]) -> Self {
        let mut infused: HashMap<DrugId, Vec<(Minute, Minute)>> = HashMap::default();
        for infusion in infusions {
            infused.entry(infusion.run.drug).or_default().push((infusion.run.start, infusion.run.stop));
        }
        for runs in infused.values_mut() {
            runs.sort_unstable();
            // A run's stop may lie within an earlier one at another access: carry the farthest on.
            let mut farthest = Minute(i64::MIN);
            for (_, stop) in runs.iter_mut() {
                farthest = farthest.max(*stop);
                *stop = farthest;
            }
        }
        Infused(infused)
    }

    fn is_infused(&self, drug: DrugId) -> bool {
        self.0.contains_key(&drug)
    }

    /// Minutes from a minute to the nearest infusion of the drug; none or fewer within one.
    fn apart(&self, drug: DrugId, at: Minute) -> Option<i64> {
        let runs = self.0.get(&drug)?;
        let after = runs.partition_point(|(start, _)| *start <= at);
        let past = after.checked_sub(1).map(|last| at.since(runs[last].1));
        let coming = runs.get(after).map(|(start, _)| start.since(at));
        past.into_iter().chain(coming).min()
    }
}

/// Enters the pushes: the initial of its access, further drugs, repeats, and what earns nothing.
pub fn carry_out(ledger: &mut Ledger, pushes: Vec<Judged>, plan: &Plan) {
    for (at, Judged { push, standing, apart }) in pushes.into_iter().enumerate() {
        let initial = plan.opens(Initial::Push(at), push.access);
        let (place, rule) = match (standing, initial) {
            (Standing::Nothing(rule), _) => {
                let short = apart.and_then(|apart| {
                    let near = contested::near(ledger);
                    (apart < near).then(|| Measure::short_of(Measured::Apart, apart, near))
                });
                ledger.leave_short(rule, push.minutes, short);
                continue;
            }
            (Standing::Repeat(code), _) => (Ok(code), Rule::P2),
            (Standing::New, Some(access)) => (ledger.place(push.family, Way::Push, Role::Initial), plan.rule_at(access)),
            (Standing::New, None) => (ledger.place(push.family, Way::Push, Role::Subsequent), Rule::P1),
        };
        let measure = match standing {
            Standing::Repeat(_) => apart.map(|apart| Measure::past(Measured::Apart, apart, contested::near(ledger))),
            _ => push.short_run,
        };
        match place {
            Ok(code) => {
                let unit = ledger.bill(Entry::new(code, rule, push.access, push.minutes).measured(measure));
                unit.initial = initial;
                unit.opens = initial.is_some();
            }
            Err(none) => ledger.leave(none, push.minutes),
        }
    }
}
