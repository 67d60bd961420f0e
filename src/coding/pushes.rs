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
use smallvec::{SmallVec, smallvec};

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
    // By drug: whether it was pushed, and when it was last reported.
    let mut last_reported: SmallVec<[Option<Option<Minute>>; 8]> = smallvec![None; ledger.timeline.drugs.len()];
    let mut judged = Vec::with_capacity(pushes.len());
    for push in pushes {
        let seen = last_reported[push.drug.0 as usize];
        let runs = infused.of_drug(push.drug);
        let since_last = seen.flatten().map(|last| push.at.since(last));
        let apart = apart(runs, push.at).into_iter().chain(since_last).min();
        let standing = if apart.is_some_and(|apart| apart < contested::near(ledger)) {
            Standing::Nothing(Rule::P3)
        } else if seen.is_none() && runs.is_empty() {
            Standing::New
        } else {
            match ledger.place(push.family, Way::Push, Role::Repeat) {
                Ok(code) => Standing::Repeat(code),
                Err(rule) => Standing::Nothing(rule),
            }
        };
        let reported = if matches!(standing, Standing::Nothing(_)) { seen.flatten() } else { Some(push.at) };
        last_reported[push.drug.0 as usize] = Some(reported);
        judged.push(Judged { push, standing, apart });
    }
    judged
}

/// Where each drug's infusions lie, Start to Stop, pauses inside, at any access: by drug, then in
/// clock order.
struct Infused(SmallVec<[(DrugId, Minute, Minute); 4]>);

impl Infused {
    fn of(infusions: &[Infusion]) -> Self {
        let runs = infusions.iter().map(|infusion| &infusion.run);
        let mut infused: SmallVec<[_; 4]> = runs.map(|run| (run.drug, run.start, run.stop)).collect();
        infused.sort_unstable();
        for runs in infused.chunk_by_mut(|(one, ..), (other, ..)| one == other) {
            // A run's stop may lie within an earlier one at another access: carry the farthest on.
            let mut farthest = Minute(i64::MIN);
            for (.., stop) in runs {
                farthest = farthest.max(*stop);
                *stop = farthest;
            }
        }
        Infused(infused)
    }

    fn of_drug(&self, drug: DrugId) -> &[(DrugId, Minute, Minute)] {
        let from = &self.0[self.0.partition_point(|(infused, ..)| *infused < drug)..];
        &from[..from.partition_point(|(infused, ..)| *infused == drug)]
    }
}

/// Minutes from a minute to the nearest of a drug's infusions; none or fewer within one.
fn apart(runs: &[(DrugId, Minute, Minute)], at: Minute) -> Option<i64> {
    let after = runs.partition_point(|(_, start, _)| *start <= at);
    let past = after.checked_sub(1).map(|last| at.since(runs[last].2));
    let coming = runs.get(after).map(|(_, start, _)| start.since(at));
    past.into_iter().chain(coming).min()
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
