//! Logs that grow in one way each, to see that time and memory grow no faster.

use std::fmt::Write as _;

/// A way to grow.
pub struct Kind {
    /// What there are many of.
    pub name: &'static str,
    /// The log with so many.
    pub make: fn(usize) -> String,
}

/// Every way that a log of many events has been seen to grow, and some more.
pub const KINDS: [Kind; 20] = [
    Kind { name: "touching bags", make: touching },
    Kind { name: "bags apart", make: apart },
    Kind { name: "drugs at once", make: at_once },
    Kind { name: "pushes of one drug", make: pushes },
    Kind { name: "pauses of one run", make: pauses },
    Kind { name: "rates of one run", make: rates },
    Kind { name: "sites of one drug", make: sites },
    Kind { name: "separate accesses", make: accesses },
    Kind { name: "fluids and pushes", make: fluids },
    Kind { name: "unknown drugs", make: unknown },
    Kind { name: "unlisted sites", make: unlisted_sites },
    Kind { name: "bad times", make: bad_times },
    Kind { name: "bad times, one line", make: bad_times_on_one_line },
    Kind { name: "unknown events", make: unknown_events },
    Kind { name: "starts without a stop", make: starts },
    Kind { name: "stops without a start", make: stops },
    Kind { name: "one key again", make: one_key },
    Kind { name: "components of a bag", make: bag },
    Kind { name: "services and injections", make: services },
    Kind { name: "sessions of one patient", make: patient },
];

/// A session with these events, under these other fields.
#[must_use]
pub fn session(fields: &str, events: impl Iterator<Item = String>) -> String {
    let mut text = format!("Session(id: \"large\", setting: Hospital, date: \"2020-03-02\", {fields} events: [\n");
    for event in events {
        let _ = writeln!(text, "    {event},");
    }
    text.push_str("])\n");
    text
}

/// The nth minute of the log, as a time; after 999 days it begins anew.
fn time(minute: usize) -> String {
    let (day, minute) = (minute / 1440 % 999, minute % 1440);
    format!("+{day} {:02}:{:02}", minute / 60, minute % 60)
}

fn drugs(count: usize) -> String {
    let mut map = "drugs: {".to_owned();
    for n in 0..count {
        let _ = write!(map, "\"drug {n}\": (class: Therapeutic), ");
    }
    map + "},"
}

fn touching(count: usize) -> String {
    let bag = |n| format!("Infuse(from: \"{}\", to: \"{}\", drug: \"ceftriaxone\")", time(10 * n), time(10 * n + 10));
    session("", (0..count).map(bag))
}

fn apart(count: usize) -> String {
    let bag = |n| format!("Infuse(from: \"{}\", to: \"{}\", drug: \"ceftriaxone\")", time(60 * n), time(60 * n + 20));
    session("", (0..count).map(bag))
}

fn at_once(count: usize) -> String {
    let bag = |n| {
        let (from, to) = (time(n % 1000), time(n % 1000 + 40 + n % 77));
        format!("Infuse(from: \"{from}\", to: \"{to}\", drug: \"drug {n}\")")
    };
    session(&drugs(count), (0..count).map(bag))
}

fn pushes(count: usize) -> String {
    session("", (0..count).map(|n| format!("Push(at: \"{}\", drug: \"ondansetron\", minutes: 1)", time(n))))
}

fn pauses(count: usize) -> String {
    let pause = |n| {
        let (from, to) = (time(2 * n + 1), time(2 * n + 2));
        format!("Pause(at: \"{from}\", drug: \"ceftriaxone\"), Resume(at: \"{to}\", drug: \"ceftriaxone\")")
    };
    let start = std::iter::once("Start(at: \"00:00\", drug: \"ceftriaxone\")".to_owned());
    let stop = std::iter::once(format!("Stop(at: \"{}\", drug: \"ceftriaxone\")", time(2 * count + 2)));
    session("", start.chain((0..count).map(pause)).chain(stop))
}

fn rates(count: usize) -> String {
    let start = "Start(at: \"00:00\", drug: \"normal saline\", volume_ml: 200000, rate_ml_per_h: 30)".to_owned();
    let rate = |n| format!("Rate(at: \"{}\", drug: \"normal saline\", ml_per_h: {})", time(n + 1), 30 + n % 3);
    session("", std::iter::once(start).chain((0..count).map(rate)))
}

fn sites(count: usize) -> String {
    let start = |n| format!("Start(at: \"{}\", drug: \"ceftriaxone\", site: \"s{n}\")", time(n));
    let stop = move |n| format!("Stop(at: \"{}\", drug: \"ceftriaxone\", site: \"s{n}\")", time(n + count + 20));
    session("", (0..count).map(start).chain((0..count).map(stop)))
}

fn accesses(count: usize) -> String {
    let mut map = "sites: {".to_owned();
    for n in 0..count {
        let _ = write!(map, "\"s{n}\": (separate: \"x\"), ");
    }
    let bag = |n| format!("Infuse(from: \"{}\", to: \"{}\", drug: \"ceftriaxone\", site: \"s{n}\")", time(n), time(n + 100));
    session(&(map + "},"), (0..count).map(bag))
}

fn fluids(count: usize) -> String {
    let bag = |n| {
        let (from, at, to) = (time(100 * n), time(100 * n + 9), time(100 * n + 90));
        format!("Infuse(from: \"{from}\", to: \"{to}\", drug: \"NS\"), Push(at: \"{at}\", drug: \"ondansetron\", minutes: 5)")
    };
    session("", (0..count).map(bag))
}

fn unknown(count: usize) -> String {
    session("", (0..count).map(|n| format!("Push(at: \"09:05\", drug: \"unheard of {n}\")")))
}

fn unlisted_sites(count: usize) -> String {
    session("sites: {\"R\": ()},", (0..count).map(|n| format!("Push(at: \"09:05\", drug: \"ondansetron\", site: \"s{n}\")")))
}

fn bad_times(count: usize) -> String {
    session("", (0..count).map(|n| format!("Push(at: \"{n}:99\", drug: \"ondansetron\")")))
}

fn bad_times_on_one_line(count: usize) -> String {
    bad_times(count).replace('\n', " ")
}

fn unknown_events(count: usize) -> String {
    session("", (0..count).map(|n| format!("Pash(at: \"{}\", drug: \"ondansetron\")", time(n))))
}

fn starts(count: usize) -> String {
    session("", (0..count).map(|n| format!("Start(at: \"{}\", drug: \"ceftriaxone\")", time(n))))
}

fn stops(count: usize) -> String {
    let infuse = "Infuse(from: \"00:00\", to: \"00:20\", drug: \"ceftriaxone\")".to_owned();
    let stop = |n| format!("Stop(at: \"{}\", drug: \"ceftriaxone\")", time(n + 30));
    session("", std::iter::once(infuse).chain((0..count).map(stop)))
}

fn one_key(count: usize) -> String {
    let map = format!("drugs: {{{}}},", "\"drug\": (class: Therapeutic), ".repeat(count));
    session(&map, std::iter::once("Push(at: \"9:05\", drug: \"drug\")".to_owned()))
}

fn bag(count: usize) -> String {
    let parts: Vec<String> = (0..count).map(|n| format!("drug {n}")).collect();
    session(&drugs(count), std::iter::once(format!("Push(at: \"9:05\", drug: \"{}\")", parts.join(" + "))))
}

fn services(count: usize) -> String {
    let pair = |n| {
        let at = time(n);
        format!("Service(at: \"{at}\", code: \"99213\"), Inject(at: \"{at}\", drug: \"ketorolac\", route: IM)")
    };
    session("", (0..count).map(pair))
}

fn patient(count: usize) -> String {
    let visit = |n: usize| {
        let (year, month, day) = (2010 + n / 336, n / 28 % 12 + 1, n % 28 + 1);
        let events = "Infuse(from: \"9:00\", to: \"11:00\", drug: \"ceftriaxone\"), Push(at: \"9:30\", drug: \"ondansetron\")";
        format!("Session(id: \"{n}\", patient: \"p\", setting: Hospital, date: \"{year:04}-{month:02}-{day:02}\", events: [{events}])")
    };
    let sessions: Vec<String> = (0..count).map(visit).collect();
    format!("[{}]", sessions.join(",\n"))
}
