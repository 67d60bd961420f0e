//! What is suspicious but legal (U4).

use chrono::NaiveDate;

use super::calendar::Minute;
use super::cover::Cover;
use super::{Timeline, What};
use crate::reference::Reference;
use crate::session::dates::read_date;
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, Event, Route, Session};

const MINUTES_AN_HOUR: i64 = 60;

/// Looks through a session for what a careful reader would ask about.
pub fn look(session: &Session, timeline: &Timeline, reference: &Reference, now: Option<Minute>, findings: &mut Vec<Finding>) {
    let limits = &reference.facts.limits;
    long_runs(timeline, limits.long_run_hours, findings);
    long_gaps(timeline, limits.long_gap_hours, findings);
    keep_open(session, timeline, reference, findings);
    long_pushes(session, timeline, limits.long_push, findings);
    if let Some(now) = now {
        future(timeline, now, findings);
    }
    if let Some(patient) = &session.patient
        && looks_like_identity(patient)
    {
        findings.push(
            Finding::warning("U4", Place::Field("patient"), "`patient` looks like a social security number or a date of birth")
                .label("is this a pseudonym?")
                .help("write a pseudonym of your own, such as \"p-1093\""),
        );
    }
}

fn long_runs(timeline: &Timeline, hours: i64, findings: &mut Vec<Finding>) {
    for run in &timeline.runs {
        let ran = run.stop.since(run.start);
        if ran > hours * MINUTES_AN_HOUR {
            let name = &timeline[run.drug].name;
            findings.push(
                Finding::warning(
                    "U4",
                    Place::Event(run.order),
                    format!("{name} runs for {} hours and {} minutes", ran / MINUTES_AN_HOUR, ran % MINUTES_AN_HOUR),
                )
                .label(format!("over {hours} hours"))
                .help("check the date of its stop"),
            );
        }
    }
}

fn long_gaps(timeline: &Timeline, hours: i64, findings: &mut Vec<Finding>) {
    if timeline.extent.is_none_or(|(first, last)| last.since(first) <= hours * MINUTES_AN_HOUR) {
        return;
    }
    let given = timeline.administrations.iter().map(|given| (given.start, given.stop, given.event));
    let all = || given.clone().chain(timeline.services.iter().map(|service| (service.at, service.at, service.event)));
    let busy = Cover::of(all().map(|(start, stop, _)| (start, stop.max(start.plus(1)))));
    let mut first_event_after: Vec<(Minute, usize)> = all().map(|(start, _, event)| (start, event)).collect();
    first_event_after.sort_unstable();
    let stretches: Vec<_> = busy.stretches().collect();
    for pair in stretches.windows(2) {
        let gap = pair[1].0.since(pair[0].1);
        if gap > hours * MINUTES_AN_HOUR {
            let at = first_event_after.partition_point(|(at, _)| *at < pair[1].0);
            let event = first_event_after.get(at).map_or(0, |(_, event)| *event);
            findings.push(
                Finding::warning("U4", Place::Event(event), format!("nothing is charted for {} hours before this", gap / MINUTES_AN_HOUR))
                    .label(format!("a gap of over {hours} hours"))
                    .help("check the date, or write a session for each visit"),
            );
        }
    }
}

fn keep_open(session: &Session, timeline: &Timeline, reference: &Reference, findings: &mut Vec<Finding>) {
    let most = reference.facts.limits.keep_open_ml_per_h;
    let hydrates = |event: usize| timeline.named[event].is_some_and(|drug| timeline[drug].class(Route::IV) == Class::Hydration);
    for (at, event) in session.events.iter().enumerate() {
        let (drug, rate, field) = match event {
            Event::Start(e) => (&e.drug, e.rate_ml_per_h, "rate_ml_per_h"),
            Event::Infuse(e) => (&e.drug, e.rate_ml_per_h, "rate_ml_per_h"),
            Event::Rate(e) => (&e.drug, Some(e.ml_per_h), "ml_per_h"),
            _ => continue,
        };
        #[allow(clippy::cast_precision_loss)] // a small number
        let slow = rate.is_some_and(|rate| rate <= most as f64);
        if slow && hydrates(at) {
            findings.push(
                Finding::warning("U4", Place::EventField(at, field), format!("{drug} at this rate may only keep the vein open"))
                    .label(format!("{most} mL/h or less"))
                    .help("if it did, give it the class NotSeparate, or chart a Stop when the rate fell"),
            );
        }
    }
}

fn long_pushes(session: &Session, timeline: &Timeline, most: u32, findings: &mut Vec<Finding>) {
    for single in &timeline.singles {
        let What::Push(drug) = single.what else { continue };
        let minutes = match &session.events[single.order] {
            Event::Push(push) => push.minutes.unwrap_or(0),
            _ => 0,
        };
        if minutes > most {
            findings.push(
                Finding::warning(
                    "T6",
                    Place::EventField(single.order, "minutes"),
                    format!("{} is charted as a push of {minutes} minutes", timeline[drug].name),
                )
                .label(format!("over {most} minutes"))
                .help("a hand push stays a push; if it hung, chart it as Infuse"),
            );
        }
    }
}

/// The present is known by universal time; a session without a zone gets the benefit of the
/// farthest one.
fn future(timeline: &Timeline, now: Minute, findings: &mut Vec<Finding>) {
    const FARTHEST_ZONE: i64 = 14 * MINUTES_AN_HOUR;
    let Some((_, last)) = timeline.extent else { return };
    if last <= now.plus(FARTHEST_ZONE) {
        return;
    }
    let ahead = timeline.administrations.iter().filter(|given| given.start > now.plus(FARTHEST_ZONE)).min_by_key(|given| given.event);
    if let Some(given) = ahead {
        findings.push(Finding::warning("U4", Place::Event(given.event), "this lies in the future").label("not yet").help("check the date"));
    }
}

/// A social security number is nine digits, a date of birth a date.
fn looks_like_identity(patient: &str) -> bool {
    let text = patient.trim();
    if !text.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ' ')) {
        return false;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let only = |marks: &[char]| text.chars().all(|c| c.is_ascii_digit() || marks.contains(&c));
    let social = digits.len() == 9 && only(&['-', ' ']) && (digits.len() == text.len() || text.len() == 11);
    let date_like =
        digits.len() >= 6 && digits.len() <= 8 && only(&['-', '/', '.']) && text.chars().filter(|c| !c.is_ascii_digit()).count() == 2;
    social || date_like || read_date(text).is_ok() || compact_date(&digits, text)
}

/// `19580314`, or `03141958`.
fn compact_date(digits: &str, text: &str) -> bool {
    if digits.len() != 8 || text.len() != 8 {
        return false;
    }
    let number = |range: std::ops::Range<usize>| digits[range].parse::<u32>().unwrap_or(0);
    let plausible = |year: u32, month: u32, day: u32| {
        (1900..=2100).contains(&year) && NaiveDate::from_ymd_opt(i32::try_from(year).unwrap_or(0), month, day).is_some()
    };
    plausible(number(0..4), number(4..6), number(6..8)) || plausible(number(4..8), number(0..2), number(2..4))
}
