//! A random encounter, the bill it gets, and how both are told when something is wrong with them.

use hangtime::session::log::Session;
use hangtime::timeline::Given;
use hangtime::timeline::minutes::Minutes;
use hangtime::{Bill, Options, Reference, Status, bill_sessions};
use ron::extensions::Extensions;

use crate::second_opinion::runs::{self, Chart};
use crate::second_opinion::{Policies, VALUES, random_encounter};

/// Sessions that are billed together, and the policies they are billed by.
#[derive(Clone)]
pub struct Encounter {
    pub seed: u64,
    pub sessions: Vec<Session>,
    pub policies: Policies,
}

/// What an invariant says of an encounter.
pub enum Verdict {
    Holds,
    /// The encounter has nothing that the invariant speaks of.
    DoesNotApply,
    Broken(String),
}

impl Encounter {
    pub fn drawn(seed: u64) -> Self {
        let (sessions, policies) = random_encounter(seed);
        Encounter { seed, sessions, policies }
    }

    pub fn by_default(&self) -> Self {
        Encounter { policies: Policies::default(), ..self.clone() }
    }

    pub fn with(&self, policy: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.policies.set(policy, value);
        other
    }

    pub fn told_as(&self, sessions: Vec<Session>) -> Self {
        Encounter { sessions, policies: self.policies.clone(), ..*self }
    }

    pub fn options(&self) -> Options {
        let pairs = VALUES.iter().map(|(name, _)| format!("{name}={}", self.policies.get(name)));
        Options { policies: pairs.collect(), ..Options::default() }
    }

    pub fn bills(&self) -> Vec<Bill> {
        bill_sessions(self.sessions.clone(), &self.options(), Reference::embedded())
    }

    /// What was given, as the second opinion reads it; `None` where a session is an error.
    pub fn charts(&self) -> Option<Vec<Chart>> {
        self.sessions.iter().map(|session| runs::read(session, &self.policies).ok()).collect()
    }

    /// The sessions as a file that `hangtime bill` reads.
    pub fn text(&self) -> String {
        let extensions = Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES;
        let pretty = ron::ser::PrettyConfig::new().compact_structs(true).struct_names(true).extensions(extensions);
        let text = ron::ser::to_string_pretty(&self.sessions, pretty).expect("a session can be written");
        text.lines().filter(|line| !line.starts_with("#![")).map(|line| line.to_owned() + "\n").collect()
    }

    pub fn tell(&self) -> String {
        let usual = Policies::default();
        let others = VALUES.iter().map(|(name, _)| *name).filter(|name| self.policies.get(name) != usual.get(name));
        let others: String = others.map(|name| format!(" {name}={}", self.policies.get(name))).collect();
        format!("seed {}, policies:{others}\n{}", self.seed, self.text())
    }

    /// Takes away what the failure does not need, a piece at a time.
    pub fn shrunk(self, still_broken: impl Fn(&Encounter) -> bool) -> Self {
        let mut smallest = self;
        loop {
            match smallest.smaller().into_iter().find(|smaller| still_broken(smaller)) {
                Some(smaller) => smallest = smaller,
                None => return smallest,
            }
        }
    }

    /// The encounter less one session, event, fact, note, site or policy.
    fn smaller(&self) -> Vec<Encounter> {
        let mut all: Vec<Encounter> = Vec::new();
        let mut without = |change: &dyn Fn(&mut Encounter)| {
            let mut smaller = self.clone();
            change(&mut smaller);
            all.push(smaller);
        };
        for (at, session) in self.sessions.iter().enumerate() {
            if self.sessions.len() > 1 {
                without(&|e| drop(e.sessions.remove(at)));
            }
            for event in 0..session.events.len() {
                without(&|e| drop(e.sessions[at].events.remove(event)));
            }
            for fact in 0..session.circumstances.len() {
                without(&|e| drop(e.sessions[at].circumstances.remove(fact)));
            }
            for note in 0..session.drugs.0.len() {
                without(&|e| drop(e.sessions[at].drugs.0.remove(note)));
            }
            if session.sites.is_some() {
                without(&|e| e.sessions[at].sites = None);
            }
            if session.reason.is_some() {
                without(&|e| e.sessions[at].reason = None);
            }
        }
        let usual = Policies::default();
        for (name, _) in VALUES {
            if self.policies.get(name) != usual.get(name) {
                without(&|e| e.policies.set(name, &usual.get(name)));
            }
        }
        all
    }
}

/// How one telling differs from another by design: so many days later, and with other names.
pub struct Otherwise<'o> {
    pub days: i64,
    pub name: &'o dyn Fn(&str) -> String,
}

/// All that a bill says, a line a unit and a line for what earned nothing; an error says only that.
pub fn story(bill: &Bill) -> Vec<String> {
    story_of(bill, &Otherwise { days: 0, name: &str::to_owned })
}

/// The same with the days taken off again and the names as the other telling has them.
pub fn story_of(bill: &Bill, otherwise: &Otherwise) -> Vec<String> {
    let reference = Reference::embedded();
    let mut told = vec![format!("{} {:?}", bill.id, bill.status)];
    let Some(claim) = &bill.claim else { return told };
    for line in &claim.lines {
        let date = line.date - chrono::TimeDelta::days(otherwise.days);
        let modifiers: String = line.modifiers.iter().map(|m| format!("-{}", reference.modifiers.get(*m).code)).collect();
        for charge in &line.charges {
            let unit = &charge.unit;
            let ran = ran(bill, &unit.minutes, otherwise);
            told.push(format!("{date} {}{modifiers} by {}: {ran}", reference.codes.get(unit.code).code, unit.rule));
        }
    }
    told.extend(claim.unbilled.iter().map(|left| format!("unbilled by {}: {}", left.rule, ran(bill, &left.minutes, otherwise))));
    told.sort();
    told
}

/// What the reader is told beside the lines.
pub fn findings(bill: &Bill) -> Vec<String> {
    if bill.status == Status::Error {
        return Vec::new();
    }
    let mut told: Vec<String> = bill.findings.iter().map(|f| format!("{} {}: {}", f.severity.word(), f.id, f.message)).collect();
    told.sort();
    told
}

fn ran(bill: &Bill, minutes: &Minutes, otherwise: &Otherwise) -> String {
    const MINUTES_A_DAY: i64 = 24 * 60;
    let Some(claim) = &bill.claim else { return String::new() };
    let mut told: Vec<String> = Vec::new();
    for slice in minutes.slices() {
        let [from, to] = [slice.from(), slice.to()].map(|at| claim.coded.calendar.stamp(at.plus(-otherwise.days * MINUTES_A_DAY)));
        let drug = drug_of(bill, slice.given()).map_or_else(|| "-".to_owned(), otherwise.name);
        told.push(format!("{drug} {from} to {to}"));
    }
    told.sort();
    told.join(", ")
}

/// The drug of an administration.
pub fn drug_of(bill: &Bill, given: Given) -> Option<&str> {
    let coded = &bill.claim.as_ref()?.coded;
    let drug = coded.administrations[given.0 as usize].drug?;
    Some(&coded.drugs[drug.0 as usize].name)
}

/// Compares what came with what should have, session by session.
pub fn same(expected: &[Vec<String>], came: &[Vec<String>]) -> Verdict {
    if expected == came {
        return Verdict::Holds;
    }
    let (expected, came) = (expected.concat(), came.concat());
    let lacks: Vec<&String> = expected.iter().filter(|line| !came.contains(line)).collect();
    let has: Vec<&String> = came.iter().filter(|line| !expected.contains(line)).collect();
    Verdict::Broken(format!("before {lacks:#?}\nafter {has:#?}"))
}
