//! Texts to bills: every session of every text, those of one patient together.

use foldhash::HashMap;
use std::mem;
use std::sync::Arc;

use crate::claim::{self, Claim, Record, Status, circumstances, doses};
use crate::coding;
use crate::reference::{Policies, Reference, Rule, UnknownPolicy, nearest};
use crate::session::finding::{Finding, Place, Severity};
use crate::session::log::{Session, Setting};
use crate::session::parse;
use crate::stream::record;
use crate::timeline::{self, calendar::Minute};

/// A text that holds sessions: a file, or standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// How findings name it.
    pub name: String,
    /// Its bytes, as read.
    pub text: String,
    /// What is wrong with the bytes themselves.
    pub damage: Option<Finding>,
    /// How its sessions are written, and which of them belong together.
    pub form: Form,
}

/// How a text holds its sessions, and which of one patient's are billed together (M2, M3, E2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// A log: all of a patient's, in all logs that are given together. It is read whole or not at all.
    #[default]
    Log,
    /// A log that comes as a stream: those of a patient that follow each other. One that cannot be
    /// read stops no other.
    Stream,
    /// A stream with one session a line, in JSON (NDJSON).
    Lines,
}

impl Source {
    /// Takes a text's bytes; those that are no text leave a finding, told when it is billed.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Self {
        Self::of(name, bytes, Form::Log)
    }

    /// As [`Source::new`], in another form than a log.
    #[must_use]
    pub fn of(name: impl Into<String>, bytes: &[u8], form: Form) -> Self {
        match parse::decode(bytes) {
            Ok(text) => Source { text: text.into_owned(), ..Self::named(name, form) },
            // A stream may hold nothing.
            Err(_) if form == Form::Lines && record::is_blank(bytes) => Self::named(name, form),
            Err(problem) => Source { damage: Some(text_finding(*problem)), ..Self::named(name, form) },
        }
    }

    /// One without a text.
    #[must_use]
    pub fn named(name: impl Into<String>, form: Form) -> Self {
        Source { name: name.into(), text: String::new(), damage: None, form }
    }
}

/// How to bill.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The profile for every session; absent, each session's own, else `default`.
    pub profile: Option<String>,
    /// Policies on top of the profile, each `name=value`.
    pub policies: Vec<String>,
    /// Warnings and notes that are not told, by id.
    pub allow: Vec<String>,
    /// Warnings and notes that are errors, by id.
    pub deny: Vec<String>,
    /// The present in minutes of universal time, for the warning about the future (U4).
    pub now: Option<Minute>,
}

impl Options {
    /// The policies of a session.
    ///
    /// # Errors
    /// Where the profile or a policy does not exist, with the nearest name.
    pub fn policies(&self, session_profile: Option<&str>) -> Result<Policies, UnknownPolicy> {
        // A log names a profile; only the command line may name a file.
        let mut policies = match &self.profile {
            Some(profile) => Policies::profile(profile)?,
            None => Policies::named(session_profile.unwrap_or("default"))?,
        };
        for pair in &self.policies {
            policies.set_pair(pair)?;
        }
        Ok(policies)
    }

    /// Whether every id that is allowed or denied is one.
    ///
    /// # Errors
    /// Names the nearest id.
    pub fn known_ids(&self) -> Result<(), UnknownPolicy> {
        let ids = Rule::ALL.iter().map(|rule| rule.id());
        for id in self.allow.iter().chain(&self.deny) {
            if !ids.clone().any(|known| known.eq_ignore_ascii_case(id)) {
                let near = nearest(id, ids.clone()).first().map(|near| format!("did you mean `{near}`?"));
                let help = near.unwrap_or_else(|| "warnings go by the ids of rules, see `hangtime rules`".to_owned());
                return Err(UnknownPolicy { message: format!("there is no warning `{id}`"), help });
            }
        }
        Ok(())
    }

    /// Takes out what is allowed and makes errors of what is denied. Returns whether there is an error.
    fn switch(&self, findings: &mut Vec<Finding>) -> bool {
        let named = |ids: &[String], finding: &Finding| ids.iter().any(|id| id.eq_ignore_ascii_case(finding.id));
        findings.retain(|finding| finding.is_error() || named(&self.deny, finding) || !named(&self.allow, finding));
        for finding in findings.iter_mut().filter(|finding| named(&self.deny, finding)) {
            finding.severity = Severity::Error;
        }
        findings.iter().any(Finding::is_error)
    }
}

/// What became of one session, or of a text in which none could be read.
#[derive(Debug)]
pub struct Bill {
    /// Which text, by its place among those given.
    pub source: usize,
    /// Which session of the text; 0 where it could not be read.
    pub number: usize,
    /// Bills with one group were made together: those of one patient.
    pub group: usize,
    /// The session's own name, or the text's where it could not be read.
    pub id: String,
    /// Where it took place; absent where it could not be read.
    pub setting: Option<Setting>,
    /// The name of the policies in force.
    pub profile: String,
    /// What becomes of it.
    pub status: Status,
    /// The claim; absent where the log is wrong.
    pub claim: Option<Claim>,
    /// Errors, warnings and notes, in the order of the log.
    pub findings: Vec<Finding>,
    /// The session as written; absent where it could not be read.
    pub session: Option<Session>,
}

/// Bills all sessions of all texts, in their order.
#[must_use]
pub fn bill(sources: &[Source], options: &Options, reference: &Reference) -> Vec<Bill> {
    let mut desk = Desk::new(options, reference);
    for (source, text) in sources.iter().enumerate() {
        match (text.form, read(text)) {
            (form, Ok(sessions)) => desk.take_all(source, sessions, form),
            (Form::Stream | Form::Lines, Err(_)) if text.damage.is_none() => desk.take_records(source, text),
            (form, Err(problems)) => {
                let group = desk.groups.next(form, None);
                desk.bills.push(Bill { group, ..unread(source, text.name.clone(), problems, options) });
            }
        }
    }
    desk.settle()
}

/// Bills sessions that are at hand without a text.
#[must_use]
pub fn bill_sessions(sessions: Vec<Session>, options: &Options, reference: &Reference) -> Vec<Bill> {
    let mut desk = Desk::new(options, reference);
    desk.take_all(0, sessions, Form::Log);
    desk.settle()
}

/// Bills again, under other options, what could be read: the same sessions together.
pub(crate) fn bill_again<'b>(bills: impl Iterator<Item = &'b Bill>, options: &Options, reference: &Reference) -> Vec<Bill> {
    let mut desk = Desk::new(options, reference);
    for bill in bills {
        if let Some(session) = &bill.session {
            desk.take(bill.source, bill.number, bill.group, session.clone());
        }
    }
    desk.settle()
}

/// Bills in the making: sessions coded one by one, then billed patient by patient.
struct Desk<'d> {
    options: &'d Options,
    reference: &'d Reference,
    bills: Vec<Bill>,
    coded: Vec<(usize, Record)>,
    groups: Groups,
}

impl<'d> Desk<'d> {
    fn new(options: &'d Options, reference: &'d Reference) -> Self {
        Desk { options, reference, bills: Vec::new(), coded: Vec::new(), groups: Groups::default() }
    }

    fn take_all(&mut self, source: usize, sessions: Vec<Session>, form: Form) {
        for (number, session) in sessions.into_iter().enumerate() {
            let group = self.groups.next(form, session.patient.as_deref());
            self.take(source, number, group, session);
        }
    }

    /// The records of a stream one by one: those that can be read, and what is wrong with the others.
    fn take_records(&mut self, source: usize, text: &Source) {
        for (number, (read, id)) in record::all(text).into_iter().enumerate() {
            match read {
                Ok(session) => {
                    let group = self.groups.next(text.form, session.patient.as_deref());
                    self.take(source, number, group, session);
                }
                Err(bad) => {
                    let group = self.groups.next(text.form, bad.patient.as_deref());
                    self.bills.push(Bill { number, group, ..unread(source, id, bad.findings, self.options) });
                }
            }
        }
    }

    fn take(&mut self, source: usize, number: usize, group: usize, session: Session) {
        let policies = self.options.policies(session.profile.as_deref());
        let (mut bill, ready) = code(source, number, &session, policies, self.options, self.reference);
        bill.group = group;
        bill.session = Some(session);
        self.coded.extend(ready.map(|ready| (self.bills.len(), ready)));
        self.bills.push(bill);
    }

    fn settle(mut self) -> Vec<Bill> {
        for patient in by_group(self.coded, &self.bills) {
            settle_patient(&mut self.bills, patient, self.options, self.reference);
        }
        for bill in &mut self.bills {
            sort_findings(&mut bill.findings);
        }
        self.bills
    }
}

/// Hands out the groups of sessions that are billed together.
#[derive(Default)]
struct Groups {
    count: usize,
    of_logs: HashMap<String, usize>,
    /// The patient of the session that a stream brought last.
    last: Option<String>,
}

impl Groups {
    /// The group of the session that comes next. A log between two streams parts them.
    fn next(&mut self, form: Form, patient: Option<&str>) -> usize {
        let before = mem::replace(&mut self.last, patient.filter(|_| form != Form::Log).map(str::to_owned));
        let known = patient.and_then(|patient| match form {
            Form::Log => self.of_logs.get(patient).copied(),
            Form::Stream | Form::Lines => (before.as_deref() == Some(patient)).then(|| self.count - 1),
        });
        let group = known.unwrap_or(self.count);
        if let (Form::Log, Some(patient)) = (form, patient) {
            self.of_logs.insert(patient.to_owned(), group);
        }
        self.count = self.count.max(group + 1);
        group
    }
}

/// Bills the sessions of one patient again, each under policies of its own; the bills are those that
/// [`bill`] would make, without the sessions and with findings in no order.
pub(crate) fn bill_patient(sessions: Vec<(&Session, Policies)>, options: &Options, reference: &Reference) -> Vec<Bill> {
    let (mut bills, mut coded) = (Vec::new(), Vec::new());
    for (number, (session, policies)) in sessions.into_iter().enumerate() {
        let (bill, ready) = code(0, number, session, Ok(policies), options, reference);
        coded.extend(ready.map(|ready| (number, ready)));
        bills.push(bill);
    }
    settle_patient(&mut bills, coded, options, reference);
    bills
}

pub(crate) fn settle_patient(
    bills: &mut [Bill],
    patient: impl IntoIterator<Item = (usize, Record)>,
    options: &Options,
    reference: &Reference,
) {
    let (places, sessions): (Vec<usize>, Vec<_>) = patient.into_iter().unzip();
    for (place, mut claim) in places.into_iter().zip(claim::bill(sessions, reference)) {
        let bill = &mut bills[place];
        bill.status = claim.status;
        bill.findings.append(&mut claim.findings);
        if options.switch(&mut bill.findings) {
            bill.status = Status::Error;
        }
        bill.claim = (bill.status != Status::Error).then_some(claim);
    }
}

/// Reads the sessions of a text.
///
/// # Errors
/// All that is wrong with the text.
pub fn read(source: &Source) -> Result<Vec<Session>, Vec<Finding>> {
    if let Some(damage) = &source.damage {
        return Err(vec![damage.clone()]);
    }
    if source.form == Form::Lines {
        return record::lines(&source.text);
    }
    parse::sessions(&source.text).map_err(|problems| problems.into_iter().map(text_finding).collect())
}

pub(crate) fn text_finding(problem: parse::TextProblem) -> Finding {
    let mut finding = Finding::error("read", Place::Text(problem.range), problem.message).label(problem.label);
    finding.second = problem.second.map(|(range, label)| (Place::Text(range), label));
    finding.help = problem.help;
    finding
}

pub(crate) fn unread(source: usize, id: String, findings: Vec<Finding>, options: &Options) -> Bill {
    Bill {
        source,
        number: 0,
        group: 0,
        id,
        setting: None,
        profile: options.profile.clone().unwrap_or_else(|| "default".to_owned()),
        status: Status::Error,
        claim: None,
        findings,
        session: None,
    }
}

/// Pairs and codes one session; without an error it is ready to be billed. The bill is not given the session.
pub(crate) fn code(
    source: usize,
    number: usize,
    session: &Session,
    policies: Result<Policies, UnknownPolicy>,
    options: &Options,
    reference: &Reference,
) -> (Bill, Option<Record>) {
    let mut bill = Bill {
        source,
        number,
        group: 0,
        id: session.id.clone(),
        setting: Some(session.setting),
        profile: String::new(),
        status: Status::Error,
        claim: None,
        findings: Vec::new(),
        session: None,
    };
    let policies = policies.unwrap_or_else(|unknown| {
        bill.findings.push(Finding::error("profile", Place::Field("profile"), unknown.message).label("not known").help(unknown.help));
        Policies::default()
    });
    bill.profile.clone_from(&policies.name);
    let (stated, mut of_facts) = circumstances::read(session, reference);
    bill.findings.append(&mut of_facts);
    let timeline = match timeline::pair(session, &policies, reference, options.now) {
        Ok((timeline, mut findings)) => {
            bill.findings.append(&mut findings);
            timeline
        }
        Err(mut findings) => {
            bill.findings.append(&mut findings);
            options.switch(&mut bill.findings);
            return (bill, None);
        }
    };
    let (doses, mut of_doses) = doses::read(session, &timeline, reference);
    bill.findings.append(&mut of_doses);
    bill.findings.extend(circumstances::doubt(&stated, &timeline.drugs));
    if options.switch(&mut bill.findings) {
        return (bill, None);
    }
    let mut coded = coding::code(timeline, Arc::new(policies), reference);
    if options.switch(&mut coded.findings) {
        bill.findings.append(&mut coded.findings);
        return (bill, None);
    }
    (bill, Some(Record { coded, stated, doses }))
}

/// Sessions that are billed together, in the order in which each group first comes.
fn by_group(coded: Vec<(usize, Record)>, bills: &[Bill]) -> Vec<Vec<(usize, Record)>> {
    let mut groups: Vec<Vec<(usize, Record)>> = Vec::new();
    let mut known: HashMap<usize, usize> = HashMap::default();
    for (place, ready) in coded {
        let at = *known.entry(bills[place].group).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push((place, ready)),
            None => groups.push(vec![(place, ready)]),
        }
    }
    groups
}

/// Errors first, then in the order of the log.
pub(crate) fn sort_findings(findings: &mut [Finding]) {
    let place = |place: &Place| match place {
        Place::Text(range) => (0, range.start),
        Place::Session => (1, 0),
        Place::Field(_) | Place::Key(..) | Place::Entry(..) => (2, 0),
        Place::Circumstance(at) => (3, *at),
        Place::Event(at) | Place::EventField(at, _) => (4, *at),
    };
    findings.sort_by_key(|finding| (finding.severity, place(&finding.place)));
}
