//! The initial service of each access (I1 to I5), planned on borrowed data: an office's reason that
//! yields needs a second trial, and goods cannot be tried twice.

use std::collections::BTreeMap;

use smallvec::{SmallVec, smallvec};

use super::argument::Candidate;
use super::contested::{self, Extent, Judgement, Placed};
use super::hydration::Fluid;
use super::infusions::Course;
use super::ledger::Ledger;
use super::pushes::{Judged, Standing};
use super::ways::Other;
use crate::reference::{CodeId, Family, Role, Rule, Way, nearest};
use crate::session::finding::{Finding, Place};
use crate::session::log::Setting;
use crate::timeline::numbered::Few;
use crate::timeline::{AccessId, DrugId, Reason};

/// A service that is the initial of its access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Initial {
    /// A drug infused there, by its place among the courses.
    Course(usize),
    /// A push, by its place among the pushes.
    Push(usize),
    /// The hydration sum.
    Hydration,
}

/// What is the initial at each access, and what overlap makes of each drug.
#[derive(Debug)]
pub struct Plan {
    /// The initial of each access that has one, by access.
    pub initials: Few<(AccessId, Initial)>,
    /// The access whose initial stands plain (M1).
    pub plain: Option<AccessId>,
    /// What overlap makes of each course.
    pub judgements: Judgements,
    /// The access at which the office's reason rules (I3).
    reason_at: Option<AccessId>,
}

/// One for each course.
type Judgements = SmallVec<[Judgement; 4]>;

impl Plan {
    /// The rule by which the initial of an access was chosen.
    pub fn rule_at(&self, access: AccessId) -> Rule {
        if self.reason_at == Some(access) { Rule::I3 } else { Rule::I2 }
    }

    /// The access, where a service given there is its initial.
    pub fn opens(&self, service: Initial, access: AccessId) -> Option<AccessId> {
        let at = self.initials.binary_search_by_key(&access, |(access, _)| *access).ok()?;
        (self.initials[at].1 == service).then_some(access)
    }
}

/// The best candidate of each access, by access.
#[derive(Default)]
struct Best<'c>(Few<&'c Candidate>);

impl<'c> Best<'c> {
    fn place(&self, access: AccessId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&access, |best| best.access)
    }

    fn at(&self, access: AccessId) -> Option<&'c Candidate> {
        self.place(access).ok().map(|at| self.0[at])
    }

    /// Takes a candidate, whatever its access had.
    fn put(&mut self, candidate: &'c Candidate) {
        match self.place(candidate.access) {
            Ok(at) => self.0[at] = candidate,
            Err(at) => self.0.insert(at, candidate),
        }
    }

    /// Takes a candidate that is better than what its access had.
    fn consider(&mut self, candidate: &'c Candidate) {
        if self.at(candidate.access).is_none_or(|best| candidate.key < best.key) {
            self.put(candidate);
        }
    }
}

struct Planner<'p, 'r> {
    ledger: &'p Ledger<'r>,
    courses: &'p [Course],
    pushes: &'p [Judged],
    extents: SmallVec<[Extent; 4]>,
    pumps: BTreeMap<AccessId, Placed>,
}

/// Plans the initials and the overlaps of a session.
pub fn plan(ledger: &mut Ledger, courses: &[Course], pushes: &[Judged], pumps: &[Other], fluid: &Fluid) -> Plan {
    let planner =
        Planner { ledger, courses, pushes, extents: courses.iter().map(Course::extent).collect(), pumps: placed_pumps(ledger, pumps) };
    let mut candidates = planner.candidates(fluid);
    let (plan, finding) = match (ledger.timeline.setting, &ledger.timeline.reason) {
        (Setting::Hospital, _) => (planner.trial(&candidates, None), None),
        (Setting::Office, Some(reason)) => planner.by_reason(&candidates, reason, fluid),
        (Setting::Office, None) => (planner.trial(&candidates, None), no_reason(&candidates)),
    };
    if let Some(finding) = finding {
        ledger.find(finding);
    }
    for candidate in &mut candidates {
        candidate.chosen = plan.opens(candidate.initial, candidate.access).map(|access| plan.rule_at(access));
    }
    ledger.candidates = candidates;
    plan
}

fn no_reason(candidates: &[Candidate]) -> Option<Finding> {
    let finding =
        Finding::warning("I3", Place::Session, "no reason for the visit is recorded: the highest service is taken as the initial")
            .label("no `reason`")
            .help("add reason: \"infliximab\", the drug that the patient came for");
    (!candidates.is_empty()).then_some(finding)
}

/// The prolonged pumps that earn a code, by access: they are placed without being judged (S4).
fn placed_pumps(ledger: &Ledger, pumps: &[Other]) -> BTreeMap<AccessId, Placed> {
    let mut placed: BTreeMap<AccessId, Placed> = BTreeMap::new();
    for pump in pumps {
        if ledger.place(pump.family, pump.way, Role::Alone).is_ok() {
            let at = placed.entry(pump.run.access).or_default();
            at.held.add_all(&pump.run.minutes.cover());
            at.add_extent(pump.run.start, pump.run.stop);
        }
    }
    placed
}

impl Planner<'_, '_> {
    /// Everything that could be an initial, at any access.
    fn candidates(&self, fluid: &Fluid) -> Vec<Candidate> {
        let mut all = Vec::with_capacity(self.courses.len() + self.pushes.len() + 1);
        for (at, course) in self.courses.iter().enumerate() {
            if self.is_candidate(at)
                && let Some((code, rank)) = self.initial_code(course.family, Way::Infusion)
            {
                let tie = contested::tie_key(&self.ledger.policies, course.minutes.total(), course.start, course.order);
                let start = (course.start.0, course.order);
                all.push(Candidate {
                    initial: Initial::Course(at),
                    access: course.access,
                    drug: Some(course.drug),
                    code,
                    key: (rank, tie),
                    start,
                    minutes: course.minutes.total(),
                    chosen: None,
                });
            }
        }
        for (at, judged) in self.pushes.iter().enumerate() {
            let push = &judged.push;
            if judged.standing == Standing::New
                && let Some((code, rank)) = self.initial_code(push.family, Way::Push)
            {
                let key = (rank, (i64::from(!push.charted), push.at.0, push.order));
                let start = (push.at.0, push.order);
                all.push(Candidate {
                    initial: Initial::Push(at),
                    access: push.access,
                    drug: Some(push.drug),
                    code,
                    key,
                    start,
                    minutes: push.minutes.total(),
                    chosen: None,
                });
            }
        }
        if let (Some(access), Some((given, begins))) = (fluid.access, fluid.first())
            && let Some((code, rank)) = self.initial_code(Family::Hydration, Way::Infusion)
        {
            let order = self.ledger.timeline.administrations[given.0 as usize].event;
            all.push(Candidate {
                initial: Initial::Hydration,
                access,
                drug: None,
                code,
                key: (rank, (0, 0, 0)),
                start: (begins.0, order),
                minutes: fluid.minutes.total(),
                chosen: None,
            });
        }
        all
    }

    fn initial_code(&self, family: Family, way: Way) -> Option<(CodeId, u8)> {
        let code = self.ledger.place(family, way, Role::Initial).ok()?;
        self.ledger.reference.codes.get(code).rank.map(|rank| (code, rank))
    }

    /// A therapeutic infusion that the prolonged pumps of its access alone make concurrent is no
    /// candidate (I4).
    fn is_candidate(&self, course: usize) -> bool {
        let access = self.courses[course].access;
        self.courses[course].family == Family::Chemo
            || self.pumps.get(&access).is_none_or(|pumps| self.judge(course, pumps).verdict.is_sequential())
    }

    fn judge(&self, course: usize, placed: &Placed) -> Judgement {
        let extent = &self.extents[course];
        let clock = self.ledger.clock(extent.family, Way::Infusion);
        contested::overlap(&self.ledger.policies, self.ledger.reference.facts.limits.same_timing, clock, extent, placed)
    }

    /// The plan in which one candidate rules at its access, and everywhere else the highest (I2).
    fn trial(&self, candidates: &[Candidate], ruling: Option<&Candidate>) -> Plan {
        let mut best = Best::default();
        for candidate in candidates.iter().filter(|c| c.initial != Initial::Hydration) {
            best.consider(candidate);
        }
        if let Some(ruling) = ruling {
            best.put(ruling);
        }
        if best.0.is_empty()
            && let Some(hydration) = candidates.iter().find(|c| c.initial == Initial::Hydration)
        {
            best.put(hydration);
        }
        let plain = match ruling {
            Some(ruling) => Some(ruling.access),
            None => best.0.iter().min_by_key(|c| (c.key.0, c.access != AccessId::MAIN, c.start)).map(|c| c.access),
        };
        Plan {
            judgements: self.judge_all(&best),
            initials: best.0.into_iter().map(|c| (c.access, c.initial)).collect(),
            plain,
            reason_at: ruling.map(|ruling| ruling.access),
        }
    }

    /// S4: at each access chemo infusions, then prolonged pumps, then therapeutic infusions; within
    /// each the initial first, then by first start, then more minutes, then order in the file.
    fn judge_all(&self, initials: &Best) -> Judgements {
        let access_of = |at: usize| self.courses[at].access;
        let mut by_access: SmallVec<[usize; 8]> = (0..self.courses.len()).collect();
        by_access.sort_by_key(|at| access_of(*at));
        let mut judgements = smallvec![Judgement::ALONE; self.courses.len()];
        for here in by_access.chunk_by_mut(|one, other| access_of(*one) == access_of(*other)) {
            let access = access_of(here[0]);
            // Where one drug is all that was infused, nothing runs beside it.
            if here.len() == 1 && !self.pumps.contains_key(&access) {
                continue;
            }
            let initial = initials.at(access).map(|c| c.initial);
            here.sort_by_key(|at| {
                (self.courses[*at].family != Family::Chemo, initial != Some(Initial::Course(*at)), self.extents[*at].placing())
            });
            let chemo = here.iter().take_while(|at| self.courses[**at].family == Family::Chemo).count();
            let mut placed = Placed::default();
            for (position, at) in here.iter().enumerate() {
                if position == chemo {
                    self.place_pumps(access, &mut placed);
                }
                let judgement = self.judge(*at, &placed);
                let extent = &self.extents[*at];
                placed.add_extent(extent.start, extent.stop);
                if judgement.verdict.is_sequential() {
                    placed.held.add_all(&extent.cover);
                }
                judgements[*at] = judgement;
            }
        }
        judgements
    }

    fn place_pumps(&self, access: AccessId, placed: &mut Placed) {
        if let Some(pumps) = self.pumps.get(&access) {
            placed.add_all(pumps);
        }
    }

    /// I3: the office's reason rules at its access, unless it is not in the log, earned nothing, or
    /// would leave a chemo add-on without its primary.
    fn by_reason(&self, candidates: &[Candidate], reason: &Reason, fluid: &Fluid) -> (Plan, Option<Finding>) {
        let yields = |why: String| Finding::warning("I3", Place::Field("reason"), why).label("the highest service is taken instead");
        let meant = candidates.iter().filter(|c| self.is_meant(c, reason, fluid)).min_by_key(|c| c.key);
        let Some(meant) = meant else {
            let why = if self.is_in_log(reason, fluid) { "earned no unit that can be initial" } else { "is not in the log" };
            let mut finding = yields(format!("the reason for the visit, {}, {why}", reason.written));
            if !self.is_in_log(reason, fluid) {
                let names = self.ledger.timeline.drugs.iter().map(|drug| &*drug.name);
                finding.help = nearest(&reason.written, names).first().map(|near| format!("did you mean \"{near}\"?"));
            }
            return (self.trial(candidates, None), Some(finding));
        };
        let plan = self.trial(candidates, Some(meant));
        let why = if !self.earns(&plan, meant) {
            "runs beside chemo and earns no unit that can be initial"
        } else if self.leaves_an_addon_alone(&plan, candidates) {
            "as initial would leave a chemo service without its primary"
        } else {
            return (plan, None);
        };
        let finding = yields(format!("the reason for the visit, {}, {why}", reason.written));
        (self.trial(candidates, None), Some(finding))
    }

    /// The name of any fluid means the hydration sum; so does a salt that hangs in one.
    fn is_meant(&self, candidate: &Candidate, reason: &Reason, fluid: &Fluid) -> bool {
        match candidate.drug {
            None => reason.fluid || fluid.drugs.iter().any(|drug| self.matches(*drug, reason)),
            Some(drug) => !reason.fluid && self.matches(drug, reason),
        }
    }

    fn drugs(&self) -> impl Iterator<Item = DrugId> {
        (0u32..).zip(&self.ledger.timeline.drugs).map(|(at, _)| DrugId(at))
    }

    /// A bag matches by any component.
    fn matches(&self, drug: DrugId, reason: &Reason) -> bool {
        let bag = &self.ledger.timeline[drug].bag;
        bag == &reason.bag || matches!(reason.bag.0.as_slice(), [only] if bag.0.contains(only))
    }

    fn is_in_log(&self, reason: &Reason, fluid: &Fluid) -> bool {
        let named = self.drugs().any(|drug| self.matches(drug, reason));
        named || (reason.fluid && fluid.units > 0)
    }

    fn earns(&self, plan: &Plan, candidate: &Candidate) -> bool {
        match candidate.initial {
            Initial::Course(at) => plan.judgements[at].verdict.is_sequential(),
            Initial::Push(_) | Initial::Hydration => true,
        }
    }

    /// Whether a chemo service that is no initial finds none of its primaries among the initials.
    fn leaves_an_addon_alone(&self, plan: &Plan, candidates: &[Candidate]) -> bool {
        let codes = &self.ledger.reference.codes;
        let is_initial = |one: Initial| plan.initials.iter().any(|(_, initial)| *initial == one);
        let standing: Vec<CodeId> = candidates.iter().filter(|c| is_initial(c.initial)).map(|c| c.code).collect();
        let courses = self
            .courses
            .iter()
            .enumerate()
            .filter(|(at, _)| !is_initial(Initial::Course(*at)) && plan.judgements[*at].verdict.is_sequential());
        let pushes =
            self.pushes.iter().enumerate().filter(|(at, judged)| judged.standing == Standing::New && !is_initial(Initial::Push(*at)));
        let addons = courses
            .map(|(_, course)| (course.family, Way::Infusion))
            .chain(pushes.map(|(_, judged)| (judged.push.family, Way::Push)))
            .filter_map(|(family, way)| self.ledger.place(family, way, Role::Subsequent).ok());
        addons.filter(|code| codes.is_binding(*code)).any(|code| {
            let primaries = self.ledger.reference.facts.primaries(code);
            !primaries.iter().any(|primary| standing.contains(&primary.primary))
        })
    }
}
