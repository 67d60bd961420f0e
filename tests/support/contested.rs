//! A policy decides its contested point and nothing else: a session that lacks the point gets the
//! same bill, whatever the value.

use std::collections::{BTreeMap, BTreeSet};

use hangtime::Status;
use hangtime::reference::Rule;
use hangtime::session::log::{Class, Event, Route, Session, Setting};

use crate::encounter::{Encounter, Verdict, findings, same, story};
use crate::log_texts::drug;
use crate::second_opinion::VALUES;
use crate::second_opinion::runs::{Access, Chart, Minute, Run, class_of, is_drug};

/// An encounter whose sessions can all be read.
pub struct Read {
    encounter: Encounter,
    charts: Vec<Chart>,
}

/// Policy, the point it decides, and whether an encounter lacks it.
pub type Point = (&'static str, &'static str, fn(&Read) -> bool);

pub const POINTS: &[Point] = &[
    ("overlap", "no two drugs run beside each other at an access", Read::nothing_runs_beside),
    ("concurrent_minimum", "no minute at an access is two drugs'", Read::no_minute_is_shared),
    ("initial_tie", "one drug is infused at one access at most", Read::one_course_at_most),
    ("same_drug", "no drug has two runs", Read::no_drug_runs_twice),
    ("hydration_gaps", "no fluid runs", Read::no_fluid),
    ("push_minutes", "no push with minutes falls inside hydration", Read::no_push_in_hydration),
    ("missing_stop", "every drug into a vein has a proven stop", Read::no_stop_is_missing),
    ("repeat_push_after", "no drug is given into a vein twice", Read::nothing_given_twice),
    ("midnight", "all minutes of a session are of one date", Read::one_date),
    ("site_modifier", "no site is separate", Read::no_separate_site),
    ("encounter_modifier", "no patient has two sessions", Read::one_session_a_patient),
    ("ptp_modifier", "no line is marked for a pair", Read::no_pair_is_marked),
    ("home_pump", "no pump goes home", Read::no_pump_goes_home),
    ("complex_biologics", "no drug is a complex biologic", Read::no_complex_biologic),
    ("stopped_early", "nothing is stopped for a reaction in an office", Read::no_reaction_in_office),
    ("mue", "no date has too many units of a code", Read::nothing_over_its_limit),
];

/// Bills the encounter by every value of the policy.
pub fn decides_nothing_else(encounter: &Encounter, (policy, _, lacks): Point) -> Verdict {
    let Some(charts) = encounter.charts() else { return Verdict::DoesNotApply };
    if !lacks(&Read { encounter: encounter.clone(), charts }) {
        return Verdict::DoesNotApply;
    }
    let tell = |encounter: &Encounter| encounter.bills().iter().map(|bill| [story(bill), findings(bill)].concat()).collect::<Vec<_>>();
    let before = tell(encounter);
    let (_, values) = VALUES.iter().find(|(name, _)| *name == policy).expect("a policy");
    for value in values.iter().filter(|value| **value != encounter.policies.get(policy)) {
        if let Verdict::Broken(difference) = same(&before, &tell(&encounter.with(policy, value))) {
            return Verdict::Broken(format!("{policy}={value}: {difference}"));
        }
    }
    Verdict::Holds
}

impl Read {
    /// From first start to last stop of each drug at each access; S4a judges by that too.
    fn nothing_runs_beside(&self) -> bool {
        self.charts.iter().all(|chart| {
            let mut spans: Vec<(Access, Minute, Minute)> = Vec::new();
            for ((_, _, access), runs) in courses(chart) {
                let start = runs.iter().map(|run| run.start).min().unwrap_or(0);
                spans.push((access, start, runs.iter().map(|run| run.stop).max().unwrap_or(0)));
            }
            spans.sort();
            spans.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].2 <= pair[1].1)
        })
    }

    fn no_minute_is_shared(&self) -> bool {
        self.charts.iter().all(|chart| {
            let mut seen: BTreeSet<(Access, Minute)> = BTreeSet::new();
            courses(chart).into_iter().all(|((_, _, access), runs)| {
                let minutes: BTreeSet<Minute> = runs.iter().flat_map(|run| &run.minutes).copied().collect();
                minutes.into_iter().all(|minute| seen.insert((access.clone(), minute)))
            })
        })
    }

    fn one_course_at_most(&self) -> bool {
        self.charts.iter().all(|chart| courses(chart).len() < 2)
    }

    fn no_drug_runs_twice(&self) -> bool {
        self.charts.iter().all(|chart| {
            let mut drugs = BTreeSet::new();
            chart.runs.iter().filter(|run| is_drug(run.class)).all(|run| drugs.insert(&run.drug))
        })
    }

    fn no_fluid(&self) -> bool {
        self.charts.iter().all(|chart| chart.runs.iter().all(|run| run.class != Class::Hydration))
    }

    fn no_push_in_hydration(&self) -> bool {
        self.charts.iter().all(|chart| {
            let fluids = chart.runs.iter().filter(|run| run.class == Class::Hydration);
            let minutes: BTreeSet<Minute> = fluids.flat_map(|run| &run.minutes).copied().collect();
            chart.pushes.iter().all(|push| minutes.range(push.at..push.at + i64::from(push.minutes)).next().is_none())
        })
    }

    fn no_stop_is_missing(&self) -> bool {
        self.charts.iter().all(|chart| chart.unproven.iter().all(|run| run.route != Route::IV || !is_drug(run.class)))
    }

    fn nothing_given_twice(&self) -> bool {
        self.charts.iter().all(|chart| {
            let runs = chart.runs.iter().chain(&chart.unproven).chain(&chart.home_unproven);
            let by_vein = runs.filter(|run| run.route == Route::IV).map(|run| &run.drug);
            let mut drugs = BTreeSet::new();
            by_vein.chain(chart.pushes.iter().map(|push| &push.drug)).all(|drug| drugs.insert(drug))
        })
    }

    fn one_date(&self) -> bool {
        self.charts.iter().all(|chart| {
            let runs = chart.runs.iter().chain(&chart.home_unproven);
            let minutes = runs.flat_map(|run| [run.start, (run.stop - 1).max(run.start)]);
            let dates: BTreeSet<_> = minutes.chain([chart.first, chart.end]).map(|at| chart.calendar.date_of(at)).collect();
            dates.len() < 2
        })
    }

    fn no_separate_site(&self) -> bool {
        let sites = self.sessions().filter_map(|session| session.sites.as_ref());
        sites.flat_map(|sites| &sites.0).all(|(_, note)| note.separate.is_none())
    }

    fn one_session_a_patient(&self) -> bool {
        let mut patients = BTreeSet::new();
        self.sessions().filter_map(|session| session.patient.as_ref()).all(|patient| patients.insert(patient))
    }

    /// A limit may take a marked line off again; its finding stays.
    fn no_pair_is_marked(&self) -> bool {
        self.encounter.with("mue", "flag").bills().iter().filter_map(|bill| bill.claim.as_ref()).all(|claim| {
            let charges = claim.lines.iter().flat_map(|line| &line.charges);
            charges.flat_map(|charge| &charge.modifiers).all(|(_, rule)| *rule != Rule::M3)
        })
    }

    fn no_pump_goes_home(&self) -> bool {
        self.events().all(|event| match event {
            Event::Start(e) => !e.continues_at_home,
            Event::Infuse(e) => !e.continues_at_home,
            _ => true,
        })
    }

    fn no_complex_biologic(&self) -> bool {
        let by_list = self.encounter.with("complex_biologics", "cms_2024").policies;
        self.sessions().all(|session| {
            session.events.iter().filter_map(|event| drug(&mut event.clone()).cloned()).all(|drug| {
                let routes = [Route::IV, Route::SC, Route::IM, Route::IA];
                routes.iter().all(|route| !matches!(class_of(session, &drug, *route, &by_list), Ok(Class::ComplexBiologic)))
            })
        })
    }

    fn no_reaction_in_office(&self) -> bool {
        let offices = self.sessions().filter(|session| session.setting == Setting::Office);
        offices.flat_map(|session| &session.events).all(|event| !matches!(event, Event::Stop(stop) if stop.reaction))
    }

    /// Any limit that is broken is a finding under either value.
    fn nothing_over_its_limit(&self) -> bool {
        self.encounter.bills().iter().all(|bill| bill.status != Status::Error && bill.findings.iter().all(|finding| finding.id != "E2"))
    }

    fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.encounter.sessions.iter()
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        self.sessions().flat_map(|session| &session.events)
    }
}

/// What overlap is judged between: the runs of each drug into a vein, by access, apart from those on
/// a pump, which may be prolonged and never pool with the others (O3).
fn courses(chart: &Chart) -> BTreeMap<(String, bool, Access), Vec<&Run>> {
    let mut courses: BTreeMap<_, Vec<&Run>> = BTreeMap::new();
    for run in chart.runs.iter().filter(|run| run.route == Route::IV && is_drug(run.class)) {
        courses.entry((run.drug.clone(), run.pump, run.access.clone())).or_default().push(run);
    }
    courses
}
