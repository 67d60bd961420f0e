//! The second opinion is itself held against published answers, and against its own books.

use super::{Answer, Policies, Status, code, coder, random_encounter, runs};
use hangtime::session::log::Session;

fn read(text: &str) -> Vec<Session> {
    use ron::extensions::Extensions as Leave;
    let options = ron::Options::default().with_default_extension(Leave::IMPLICIT_SOME | Leave::UNWRAP_VARIANT_NEWTYPES);
    let text = if text.trim_start().starts_with('[') { text.to_owned() } else { format!("[{text}]") };
    options.from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn hospital(events: &str) -> String {
    format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: [{events}])")
}

fn office(reason: &str, events: &str) -> String {
    format!("Session(id: \"a\", setting: Office, date: \"2026-03-02\", reason: \"{reason}\", events: [{events}])")
}

fn shown(answer: &Answer) -> String {
    let line = |l: &super::Line| {
        let day = l.date.format("%d").to_string();
        let code = [vec![l.code.clone()], l.modifiers.clone()].concat().join("-");
        let day = if day == "02" { String::new() } else { format!("{day}:") };
        if l.units == 1 { format!("{day}{code}") } else { format!("{day}{code} x{}", l.units) }
    };
    match answer.status {
        Status::Billable => answer.lines.iter().map(line).collect::<Vec<_>>().join(", "),
        other => format!("{other:?}"),
    }
}

#[track_caller]
fn bills_under(policies: &[(&str, &str)], text: &str, expected: &[&str]) {
    let mut chosen = Policies::default();
    policies.iter().for_each(|(name, value)| chosen.set(name, value));
    let answers = code(&read(text), &chosen);
    let lines: Vec<String> = answers.iter().map(shown).collect();
    assert_eq!(lines, expected, "{text}\n{answers:#?}");
}

#[track_caller]
fn bills(text: &str, expected: &str) {
    bills_under(&[], text, &[expected]);
}

fn ran(from: &str, to: &str, drug: &str) -> String {
    format!("Infuse(from: \"{from}\", to: \"{to}\", drug: \"{drug}\"),")
}

fn pushed(at: &str, drug: &str) -> String {
    format!("Push(at: \"{at}\", drug: \"{drug}\", minutes: 5),")
}

#[test]
fn one_drug_alone() {
    bills(&office("ceftriaxone", &ran("08:00", "09:45", "ceftriaxone")), "96365, 96366");
    bills(&office("paclitaxel", &ran("08:00", "09:33", "paclitaxel")), "96413, 96415");
    bills(&office("paclitaxel", &ran("08:00", "09:30", "paclitaxel")), "96413");
    bills(&hospital(&ran("08:00", "09:15", "D5W + potassium chloride")), "96360");
    bills(&hospital(&ran("08:00", "11:00", "normal saline")), "96360, 96361 x2");
    bills(&hospital(&ran("08:00", "10:31", "normal saline")), "96360, 96361 x2");
    bills(&hospital(&ran("08:00", "10:01", "normal saline")), "96360, 96361");
    bills(&hospital(&ran("23:00", "+1 02:00", "normal saline")), "96360, 96361 x2");
    bills(&hospital(&ran("08:00", "09:00", "potassium chloride")), "96365");
    let paused = ran("11:20", "12:40", "rituximab") + &ran("13:55", "16:40", "rituximab");
    bills(&office("rituximab", &paused), "96413, 96415 x3");
    let four = ["08:00", "10:00", "12:00", "14:00"].map(|from| ran(from, &format!("{}:16", &from[..2]), "ceftriaxone")).concat();
    bills(&hospital(&four), "96365");
}

#[test]
fn several_drugs() {
    let two = ran("08:00", "09:45", "ceftriaxone") + &ran("09:45", "10:20", "famotidine");
    bills(&hospital(&two), "96365, 96366, 96367");
    let chemo = ran("08:00", "10:00", "paclitaxel") + &ran("10:00", "12:00", "carboplatin");
    bills(&office("paclitaxel", &chemo), "96413, 96415 x2, 96417");
    let overlapping = ran("06:00", "07:30", "ceftriaxone") + &ran("07:00", "16:00", "famotidine");
    bills(&hospital(&overlapping), "96365, 96366 x8, 96367");
    let before_chemo = ran("12:40", "13:00", "dexamethasone")
        + &ran("12:55", "13:15", "diphenhydramine")
        + &ran("13:10", "13:30", "famotidine")
        + &ran("13:26", "14:30", "paclitaxel");
    bills(&hospital(&before_chemo), "96367 x2, 96368, 96413");
    let together = ran("08:00", "09:00", "ceftriaxone") + &ran("08:00", "09:00", "famotidine");
    bills(&hospital(&together), "96365, 96368");
    let folfox = ran("08:00", "10:00", "oxaliplatin")
        + &ran("08:00", "10:00", "leucovorin")
        + &pushed("10:05", "fluorouracil")
        + "Infuse(from: \"10:10\", to: \"+1 08:10\", drug: \"fluorouracil\", pump: Portable),";
    bills(&office("oxaliplatin", &folfox), "96368, 96411, 96413, 96415, 96416");
}

#[test]
fn pushes() {
    let during = ran("08:00", "11:10", "normal saline") + &pushed("09:00", "morphine") + &pushed("10:00", "ondansetron");
    bills(&hospital(&during), "96361 x3, 96374, 96375");
    let over_midnight = pushed("20:00", "ondansetron") + &ran("23:48", "+1 01:30", "normal saline");
    bills(&hospital(&over_midnight), "96361 x2, 96374");
    bills(&hospital(&(pushed("22:00", "morphine") + &pushed("+1 02:00", "morphine"))), "96374, 03:96376");
    let later = ran("08:00", "10:00", "morphine") + &pushed("11:00", "morphine");
    bills(&hospital(&later), "96365, 96366, 96376");
    let short = ran("07:00", "07:20", "normal saline") + &pushed("07:15", "morphine");
    bills(&hospital(&short), "96374");
    let stay = pushed("10:00", "morphine") + &ran("+1 08:00", "+1 09:00", "famotidine");
    bills(&hospital(&stay), "96375, 03:96365");
    let biologic = pushed("08:00", "diphenhydramine") + &ran("08:30", "10:43", "infliximab");
    bills(&office("infliximab", &biologic), "96375, 96413, 96415");
    let mixed = pushed("08:00", "vincristine") + &ran("08:10", "09:10", "paclitaxel") + &ran("09:10", "09:30", "famotidine");
    bills(&office("paclitaxel", &mixed), "96367, 96411, 96413");
}

#[test]
fn injections_flushes_and_sites() {
    let twice = "Inject(at: \"13:31\", drug: \"ceftriaxone\", route: IM), Inject(at: \"15:40\", drug: \"ceftriaxone\", route: IM)";
    bills(&hospital(twice), "96372 x2");
    bills(&hospital("FlushPort(at: \"08:00\")"), "96523");
    bills(&hospital(&(ran("08:00", "09:00", "ceftriaxone") + "FlushPort(at: \"10:00\")")), "96365");
    let two_sites = "Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", sites: {\"one\": (), \"two\": (separate: \"incompatible\")}, events: [
        Infuse(from: \"08:00\", to: \"09:00\", drug: \"ceftriaxone\", site: \"one\"), Infuse(from: \"08:00\", to: \"09:00\", drug: \"famotidine\", site: \"two\")])";
    bills(two_sites, "96365, 96365-XS");
    let visit = |from: &str, to: &str| {
        format!("Session(id: \"a\", setting: Hospital, patient: \"p\", date: \"2026-03-02\", events: [{}])", ran(from, to, "ceftriaxone"))
    };
    let two_visits = format!("[{}, {}]", visit("07:00", "08:00"), visit("19:00", "20:00"));
    bills_under(&[], &two_visits, &["96365", "96365-XE"]);
}

#[test]
fn missing_stops_and_reactions() {
    let check = "Start(at: \"08:00\", drug: \"ceftriaxone\"), Check(at: \"09:31\", drug: \"ceftriaxone\")";
    bills(&hospital(check), "96365, 96366");
    let volume = "Start(at: \"08:00\", drug: \"normal saline\", volume_ml: 1000, rate_ml_per_h: 250)";
    bills(&hospital(volume), "96360, 96361 x3");
    bills(&hospital("Start(at: \"08:00\", drug: \"ceftriaxone\")"), "96374");
    bills(&hospital("Start(at: \"08:00\", drug: \"vancomycin\")"), "");
    bills(&hospital("Start(at: \"08:00\", drug: \"paclitaxel\")"), "Held");
    let reaction =
        office("rituximab", "Start(at: \"08:00\", drug: \"rituximab\"), Stop(at: \"08:15\", drug: \"rituximab\", reaction: true)");
    bills(&reaction, "96409");
    bills_under(&[("stopped_early", "intended_53")], &reaction, &["96413-53"]);
}

/// Every minute that ran lies in a unit or is unbilled, none twice and none lost.
#[test]
fn the_books_balance() {
    for seed in 0..3000 {
        let (sessions, policies) = random_encounter(seed);
        for session in &sessions {
            let Ok(chart) = runs::read(session, &policies) else { continue };
            let Ok(coded) = coder::code(session, &chart, &policies) else { continue };
            let of_runs: usize = chart.runs.iter().chain(&chart.home_unproven).map(|run| run.minutes.len()).sum();
            let of_pushes: u32 = chart.pushes.iter().map(|push| push.minutes).sum();
            let in_units: u32 = coded.units.iter().flat_map(|unit| unit.drugs.values()).sum();
            let unbilled: u32 = coded.unbilled.values().sum();
            let all = u32::try_from(of_runs).unwrap() + of_pushes;
            assert_eq!(all, in_units + unbilled, "seed {seed}\n{session:#?}\n{coded:#?}");
        }
    }
}
