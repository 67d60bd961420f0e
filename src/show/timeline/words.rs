//! What the lane and the label column say.

use chrono::Duration;

use crate::session::log::Route;
use crate::show::picture::{Bar, End, Fate, Kind, Mark, Stretch};
use crate::timeline::calendar::{Calendar, Minute};

/// `96365, 96366 x2, (96361), S1`: codes with their units, in brackets where the units began
/// elsewhere, and rules.
pub fn told<'s>(stretches: impl Iterator<Item = &'s Stretch>) -> String {
    let mut sums: Vec<(&Fate, usize, usize)> = Vec::new();
    for stretch in stretches {
        match sums.iter_mut().find(|(known, _, _)| *known == &stretch.fate) {
            Some((_, sum, count)) => {
                *sum += stretch.units;
                *count += 1;
            }
            None => sums.push((&stretch.fate, stretch.units, 1)),
        }
    }
    let word = |(fate, units, count): (&Fate, usize, usize)| match fate {
        Fate::Earned(code) if units == 0 => format!("({code})"),
        Fate::Earned(code) => times(code, units),
        Fate::Nothing(rule) => times(rule.id(), count),
        Fate::Ran | Fate::Paused => String::new(),
    };
    sums.into_iter().map(word).collect::<Vec<_>>().join(", ")
}

fn times(word: &str, count: usize) -> String {
    if count > 1 { format!("{word} x{count}") } else { word.to_owned() }
}

/// "09:05-09:37, 32 min", and without the minutes.
pub fn bar_times(bar: &Bar, calendar: &Calendar) -> [String; 2] {
    let from = clock(bar.from, calendar, None);
    let to = match bar.end {
        End::Charted => clock(bar.to, calendar, Some(bar.from)),
        End::Derived => clock(bar.to, calendar, Some(bar.from)) + "?",
        End::Home => "home".to_owned(),
        End::Unknown => "?".to_owned(),
    };
    let route = route_word(bar.route);
    let short = format!("{route}{}{from}-{to}", if route.is_empty() { "" } else { " " });
    let long = if bar.end == End::Unknown { short.clone() } else { format!("{short}, {} min", bar.minutes()) };
    [long, short]
}

/// "09:02 push, 2 min", and without the minutes.
pub fn mark_times(mark: &Mark, calendar: &Calendar) -> [String; 2] {
    let short = format!("{} {}", clock(mark.at, calendar, None), kind_word(mark.kind));
    [if mark.minutes > 0 { format!("{short}, {} min", mark.minutes) } else { short.clone() }, short]
}

/// As the log writes it: `09:05`, on a day after the session's own `+1 09:05`. Behind a start of the
/// same day the day is not told again, and its end is `24:00`.
fn clock(at: Minute, calendar: &Calendar, behind: Option<Minute>) -> String {
    let days = |at: Minute| (calendar.date(at) - calendar.session_date()).num_days();
    let wall = calendar.wall(at);
    let time = wall.format("%H:%M").to_string();
    match behind.map(days) {
        Some(day) if day == days(at) => time,
        Some(day)
            if day + 1 == days(at)
                && wall.date().and_hms_opt(0, 0, 0) == Some(wall)
                && wall - calendar.wall(at.plus(-1)) == Duration::minutes(1) =>
        {
            "24:00".to_owned()
        }
        _ if days(at) == 0 => time,
        _ => format!("{:+} {time}", days(at)),
    }
}

fn route_word(route: Route) -> &'static str {
    match route {
        Route::IV => "",
        Route::SC => "SC",
        Route::IM => "IM",
        Route::IA => "IA",
    }
}

/// What was done, in a word.
fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Push => "push",
        Kind::Injection(route) => route_word(route),
        Kind::OnBody => "on-body",
        Kind::SetUp => "set-up",
        Kind::Cavity => "cavity",
        Kind::Lesions => "lesions",
        Kind::Flush => "flush",
        Kind::Refill => "refill",
        Kind::Transfusion => "transfused",
        Kind::Service => "service",
    }
}
