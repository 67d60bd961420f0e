//! Times, numbers and names in words.

use crate::claim::Claim;
use crate::coding::argument::{Measure, Measured};
use crate::timeline::calendar::Minute;
use crate::timeline::{AccessId, DrugId};

/// So near to a threshold the log's two ends, each a minute off, would change the bill.
const NEAR: i64 = 2;

/// "1 minute", "32 minutes".
pub fn minutes(count: i64) -> String {
    plural(count, "minute")
}

/// "1 unit", "3 units".
pub fn plural(count: i64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

/// Clock times of one session.
pub struct Clocks<'c> {
    claim: &'c Claim,
}

impl<'c> Clocks<'c> {
    pub fn of(claim: &'c Claim) -> Self {
        Clocks { claim }
    }

    /// "09:05"; on another day than the session's "3 Mar 09:05"; in an hour that comes twice with
    /// its offset.
    pub fn at(&self, minute: Minute) -> String {
        let calendar = &self.claim.coded.calendar;
        let stamp = calendar.stamp(minute);
        let clock = stamp.split('T').nth(1).unwrap_or(&stamp).to_owned();
        let date = calendar.date(minute);
        if date == calendar.session_date() { clock } else { format!("{} {clock}", date.format("%-d %b")) }
    }

    /// "09:05 to 09:37", or one minute alone.
    pub fn stretch(&self, from: Minute, to: Minute) -> String {
        if from == to { self.at(from) } else { format!("{} to {}", self.at(from), self.at(to)) }
    }

    /// Stretches that follow each other: "09:05 to 09:37 and 10:00 to 10:20". Of very many, the
    /// first and last.
    pub fn stretches(&self, all: &[(Minute, Minute)]) -> String {
        const MOST: usize = 8;
        let word = |(from, to): &(Minute, Minute)| self.stretch(*from, *to);
        if all.len() > MOST {
            let (first, last) = (word(&all[0]), word(&all[all.len() - 1]));
            return format!("{} stretches, from {first} on until {last}", all.len());
        }
        listed(&all.iter().map(word).collect::<Vec<_>>())
    }
}

/// "a, b and c".
pub fn listed(all: &[String]) -> String {
    super::super::page::listed(all)
}

/// A drug's name.
pub fn drug(claim: &Claim, drug: DrugId) -> &str {
    &claim.coded.drugs[drug.0 as usize].name
}

/// " at the main access", where the session uses more than one.
pub fn place(claim: &Claim, access: AccessId) -> String {
    let accesses = &claim.coded.accesses;
    if claim.coded.administrations.iter().all(|administration| administration.access == access) {
        return String::new();
    }
    match access.separate() {
        None => " at the main access".to_owned(),
        Some(at) => format!(" at the access \"{}\"", accesses[at]),
    }
}

/// What a measure says of something with so many minutes of its own: "; 105 minutes count together;
/// this unit is earned from 91 on, 14 past that".
pub fn measure(measure: &Measure, own: i64) -> String {
    let Measure { of, minutes: ran, reached, next } = *measure;
    let so_many = match of {
        Measured::Sum if own == ran => String::new(),
        Measured::Sum => format!("{} count together", minutes(ran)),
        Measured::ShortRun => format!("it ran {}", minutes(ran)),
        Measured::Pump => format!("it ran {} on the pump", minutes(ran)),
        Measured::Apart if ran <= 0 => "it lies within an infusion of the drug".to_owned(),
        Measured::Apart => format!("it lies {} from the drug's last reported push or its infusion", minutes(ran)),
    };
    let mut parts = vec![so_many];
    if let Some(reached) = reached {
        let past = match ran - reached {
            0 => "just reached".to_owned(),
            more => format!("{more} past that"),
        };
        parts.push(match of {
            Measured::Sum => format!("this unit is earned from {reached} on, {past}"),
            Measured::Pump => format!("prolonged from {reached} on, {past}"),
            Measured::Apart => format!("reported from {reached} on, {past}"),
            Measured::ShortRun => format!("{past} {reached}"),
        });
    }
    if let Some(next) = next {
        let short = next - ran;
        parts.push(match of {
            Measured::Sum if reached.is_some() => format!("one more would need {next}, {short} short"),
            Measured::Sum => format!("a unit needs {next}, {short} short"),
            Measured::ShortRun => format!("an infusion needs {next}, {short} short"),
            Measured::Apart | Measured::Pump => format!("a unit of its own needs {next}, {short} short"),
        });
    }
    parts.iter().filter(|part| !part.is_empty()).map(|part| format!("; {part}")).collect()
}

/// Says so, neutrally, where a minute or two would change the bill.
pub fn near(measure: &Measure) -> Option<String> {
    let ran = measure.minutes;
    if let Some(short) = measure.next.map(|next| next - ran).filter(|short| (1..=NEAR).contains(short)) {
        let what = match (measure.of, measure.reached) {
            (Measured::Sum, Some(_)) => "a further hour",
            (Measured::Sum, None) => "a unit",
            (Measured::ShortRun, _) => "an infusion",
            (Measured::Apart | Measured::Pump, _) => "a unit of its own",
        };
        return Some(format!("{}: {} short of {what}", minutes(ran), number(short)));
    }
    let past = measure.reached.map(|reached| ran - reached).filter(|past| (0..NEAR).contains(past))?;
    let less = if past == 0 { "one minute less".to_owned() } else { format!("{} minutes less", number(past + 1)) };
    let lost = match measure.of {
        Measured::Pump => "would not be prolonged",
        _ => "would not earn this unit",
    };
    Some(format!("{}: {less} {lost}", minutes(ran)))
}

fn number(count: i64) -> String {
    match count {
        1 => "one".to_owned(),
        2 => "two".to_owned(),
        more => more.to_string(),
    }
}
