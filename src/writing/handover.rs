//! What the next shift must know: what still runs, and what the record lacks.

use super::times::{lasting, told};
use super::{Log, Present, Refusal, policies};
use crate::reference::Reference;
use crate::session::finding::{Finding, Place, Severity};
use crate::session::log::{Event, Session, Setting};
use crate::timeline::calendar::{Calendar, Minute};
use crate::timeline::{Running, pair};

/// The state of a log at the end of a shift.
#[derive(Debug, Clone)]
pub struct Handover {
    /// The present, as the session counts.
    pub now: Minute,
    /// The session's day and zone.
    pub calendar: Calendar,
    /// What runs or is held, in the order of the file; what went home is not among it.
    pub running: Vec<Running>,
    /// What went home on its pump.
    pub at_home: Vec<Running>,
    /// What the record lacks, what matters most first.
    pub lacks: Vec<Lack>,
}

/// One thing that the record lacks or says wrongly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lack {
    /// What, in a word: `error`, `stop`, `resume`, `proof`, `reason`, `site`, `dose`, `minutes` or `warning`.
    pub what: &'static str,
    /// In a sentence.
    pub text: String,
    /// How to mend it.
    pub help: Option<String>,
    /// Where it stands.
    pub place: Place,
}

impl Lack {
    fn new(what: &'static str, place: Place, text: String) -> Self {
        Lack { what, text, help: None, place }
    }

    fn help(mut self, help: String) -> Self {
        self.help = Some(help);
        self
    }
}

/// Looks through a log for the next shift.
///
/// # Errors
/// Where the session's date or zone cannot be read.
pub fn look(log: &Log, present: Present, reference: &Reference) -> Result<Handover, Refusal> {
    let state = log.state(reference)?;
    let now = present.of(&state.calendar);
    let (at_home, running): (Vec<Running>, Vec<Running>) = state.running.into_iter().partition(|run| run.home);
    let session = log.session();
    let findings = match pair(session, &policies(session), reference, Some(present.universal)) {
        Ok((_, findings)) | Err(findings) => findings,
    };
    let (errors, warnings) = told_of(&findings, &running);
    let mut lacks = errors;
    lacks.extend(running.iter().filter_map(|run| of_run(run, now, &state.calendar)));
    lacks.extend(no_reason(session));
    lacks.extend(no_site(session));
    lacks.extend(no_dose(session));
    lacks.extend(no_minutes(session));
    lacks.extend(warnings);
    Ok(Handover { now, calendar: state.calendar, running, at_home, lacks })
}

/// The findings of a check, without those that only say that a run is open.
fn told_of(findings: &[Finding], running: &[Running]) -> (Vec<Lack>, Vec<Lack>) {
    let is_open = |finding: &Finding| match (&finding.place, finding.id) {
        (Place::Event(at), "U1") => running.iter().any(|run| run.event == *at),
        (Place::Event(at), "U2") => !finding.is_error() && running.iter().any(|run| run.paused_by == Some(*at)),
        _ => false,
    };
    let of = |severity: Severity, what: &'static str| {
        let these = findings.iter().filter(|finding| finding.severity == severity && !is_open(finding));
        these.map(|f| Lack { what, text: f.message.clone(), help: f.help.clone(), place: f.place.clone() }).collect()
    };
    (of(Severity::Error, "error"), of(Severity::Warning, "warning"))
}

/// What an open run lacks: a stop that should have come, a resumption, or what would prove its end (U1).
fn of_run(run: &Running, now: Minute, calendar: &Calendar) -> Option<Lack> {
    let drug = &run.written;
    let site = run.site.as_ref().map(|site| format!(" --site \"{site}\"")).unwrap_or_default();
    let place = Place::Event(run.event);
    if let Some(paused) = run.paused {
        let text = format!("{drug} is held since {}, {} by now", told(paused, calendar), lasting(now.since(paused).max(0)));
        let help = format!("hangtime log resume \"{drug}\"{site}, or stop; without either it ends where it was held");
        return Some(Lack::new("resume", place, text).help(help));
    }
    match (run.runs_off, run.last_check) {
        (Some(off), _) if off <= now => {
            let text = format!("{drug} had run off at {} by its volume and rate, and no stop is charted", told(off, calendar));
            let is_today = calendar.date(off) == calendar.date(now);
            let at = calendar.wall(off).format(if is_today { "%H:%M" } else { "\"%Y-%m-%d %H:%M\"" });
            let help = format!("if it ran off then: hangtime log stop \"{drug}\"{site} --at {at}");
            Some(Lack::new("stop", place, text).help(help))
        }
        (None, None) => {
            let text = format!("{drug} has neither volume and rate nor a check: were its stop forgotten, nothing would prove that it ran");
            Some(Lack::new("proof", place, text).help(format!("if it still runs: hangtime log check \"{drug}\"{site}")))
        }
        _ => None,
    }
}

fn no_reason(session: &Session) -> Option<Lack> {
    let missing = session.setting == Setting::Office && session.reason.is_none() && !session.events.is_empty();
    missing.then(|| {
        let text = "no drug is named as the reason for the visit".to_owned();
        Lack::new("reason", Place::Session, text).help("add a line to the log: reason: \"infliximab\",".to_owned())
    })
}

/// One line for all events that lack something.
fn together(what: &'static str, lack: &str, events: Vec<(usize, &str, &str)>) -> Option<Lack> {
    let first = events.first()?.0;
    let named: Vec<String> = events.iter().map(|(_, drug, at)| format!("{drug} {at}")).collect();
    Some(Lack::new(what, Place::Event(first), format!("no {lack} is written for {}", named.join(", "))))
}

fn no_site<'s>(session: &'s Session) -> Option<Lack> {
    let lacks = |(at, event): (usize, &'s Event)| match event {
        Event::Start(e) if e.site.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        Event::Infuse(e) if e.site.is_none() => Some((at, e.drug.as_str(), e.from.as_str())),
        Event::Push(e) if e.site.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        _ => None,
    };
    together("site", "site", session.events.iter().enumerate().filter_map(lacks).collect())
}

fn no_dose<'s>(session: &'s Session) -> Option<Lack> {
    let lacks = |(at, event): (usize, &'s Event)| match event {
        Event::Start(e) if e.dose.is_none() && e.volume_ml.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        Event::Infuse(e) if e.dose.is_none() && e.volume_ml.is_none() => Some((at, e.drug.as_str(), e.from.as_str())),
        Event::Push(e) if e.dose.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        Event::Inject(e) if e.dose.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        _ => None,
    };
    together("dose", "dose", session.events.iter().enumerate().filter_map(lacks).collect())
}

fn no_minutes<'s>(session: &'s Session) -> Option<Lack> {
    let lacks = |(at, event): (usize, &'s Event)| match event {
        Event::Push(e) if e.minutes.is_none() => Some((at, e.drug.as_str(), e.at.as_str())),
        _ => None,
    };
    together("minutes", "length in minutes", session.events.iter().enumerate().filter_map(lacks).collect())
}
