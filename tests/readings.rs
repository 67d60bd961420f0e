//! What a bill is said to depend on, it depends on; what is not said changes nothing.

#[path = "support/expected.rs"]
#[allow(dead_code)] // cases are billed here, not checked
mod expected;
#[path = "support/told.rs"]
#[allow(dead_code)]
mod told;

use std::collections::BTreeSet;

use expected::{Expected, files, header};
use hangtime::readings::{Contested, contested};
use hangtime::reference::PolicyEntry;
use hangtime::show::points::contested_line;
use hangtime::{Bill, Options, Reference, Source, Status, bill};

fn bills(log: &str, options: &Options) -> (Vec<Bill>, Vec<Vec<Contested>>) {
    let bills = bill(&[Source::new("log.ron", log.as_bytes())], options, Reference::embedded());
    let found = contested(&bills, options, Reference::embedded());
    (bills, found)
}

fn with(options: &Options, policy: &str, value: &str) -> Options {
    let mut other = options.clone();
    other.policies.push(format!("{policy}={value}"));
    other
}

/// What a bill comes to, in the words of the case files and by none of the code that is tried here.
fn outcome(bill: &Bill) -> (&'static str, Vec<String>, Vec<String>) {
    (told::status_word(bill.status), told::lines(bill), told::drug_lines(bill))
}

/// Holds the contested points of a log to its bills under every other value. Returns the policies that matter.
fn hold(log: &str, options: &Options, name: &str) -> BTreeSet<&'static str> {
    let (here, found) = bills(log, options);
    let mut matter = BTreeSet::new();
    for policy in PolicyEntry::all() {
        for value in &policy.values {
            let there = bill(&[Source::new(name, log.as_bytes())], &with(options, &policy.name, &value.name), Reference::embedded());
            for ((here, there), found) in here.iter().zip(&there).zip(&found) {
                let both = here.status != Status::Error && there.status != Status::Error;
                let differs = both && outcome(here) != outcome(there);
                let said = found.iter().filter(|point| point.policy.name == policy.name);
                let said = said.flat_map(|point| &point.otherwise).any(|other| other.value == value.name);
                assert_eq!(differs, said, "{name}: {} under {}={}", here.id, policy.name, value.name);
                if said {
                    matter.insert(policy.name.as_str());
                }
            }
        }
    }
    matter
}

/// A file at a time, since the patients of two cases may share a name.
#[test]
fn a_policy_that_is_not_named_changes_nothing_and_one_that_is_does() {
    let mut matter = BTreeSet::new();
    for path in files("sessions", "ron").into_iter().chain(files("tests/cases", "ron")) {
        let log = std::fs::read_to_string(&path).expect("a log");
        matter.extend(hold(&log, &Options::default(), &path.display().to_string()));
    }
    assert_eq!(matter.len(), PolicyEntry::all().len(), "every contested point bears on some case: {matter:?}");
}

#[test]
fn so_it_is_beside_other_policies_than_the_default() {
    let mut tried = 0;
    for path in files("tests/cases", "ron") {
        let log = std::fs::read_to_string(&path).expect("a log");
        let options = Expected::read(header(&log)).expect("a header").options;
        if !options.policies.is_empty() || options.profile.is_some() {
            hold(&log, &options, &path.display().to_string());
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried} cases name a policy");
}

#[test]
fn one_drug_alone_asks_for_next_to_nothing_and_so_costs_next_to_nothing() {
    let (bills, found) = bills(
        r#"Session(id: "a", setting: Hospital, date: "2026-03-02", events: [Infuse(from: "09:00", to: "09:30", drug: "ceftriaxone")])"#,
        &Options::default(),
    );
    let policies = &bills[0].claim.as_ref().expect("a claim").coded.policies;
    let asked: Vec<&str> = PolicyEntry::all().iter().map(|policy| policy.name.as_str()).filter(|name| policies.was_asked(name)).collect();
    assert_eq!(asked, ["initial_tie"]);
    assert!(found[0].is_empty());
}

/// What a policy makes of one session may show in another of the same patient.
#[test]
fn a_visit_depends_on_what_another_visit_of_the_patient_is() {
    let log = r#"[
        Session(id: "morning", setting: Hospital, patient: "p", date: "2026-03-02", events: [
            Start(at: "08:00", drug: "ceftriaxone"),
        ]),
        Session(id: "evening", setting: Hospital, patient: "p", date: "2026-03-02", events: [
            Infuse(from: "18:00", to: "18:30", drug: "vancomycin"),
        ]),
    ]"#;
    let (_, found) = bills(log, &Options::default());
    let names = |at: usize| found[at].iter().map(|point| point.policy.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names(0), ["missing_stop", "ptp_modifier"]);
    assert_eq!(names(1), ["missing_stop", "encounter_modifier"], "without the morning's push the evening is the first visit");
}

/// A warning that is denied comes after the claim was made: its session has touched the others.
#[test]
fn a_session_that_is_denied_still_touches_the_others_of_its_patient() {
    let log = r#"[
        Session(id: "morning", setting: Office, patient: "p", reason: "vancomycin", date: "2026-03-02", events: [
            Infuse(from: "08:00", to: "09:00", drug: "vancomycin"),
            Inject(at: "09:10", drug: "ketorolac", route: IM),
        ]),
        Session(id: "evening", setting: Office, patient: "p", reason: "vancomycin", date: "2026-03-02", events: [
            Infuse(from: "18:00", to: "18:30", drug: "vancomycin"),
        ]),
    ]"#;
    let options = Options { deny: vec!["M3".to_owned()], ..Options::default() };
    let (here, _) = bills(log, &options);
    assert_eq!([here[0].status, here[1].status], [Status::Error, Status::Billable]);
    assert_eq!(told::lines(&here[1]), ["2026-03-02 96365-XE x1"]);
    let matter = hold(log, &options, "denied");
    assert_eq!(matter.into_iter().collect::<Vec<_>>(), ["encounter_modifier", "mue"], "two first hours on one date");
}

#[test]
fn a_session_that_one_reading_holds_depends_on_it_with_its_drug_lines() {
    let log = r#"Session(id: "held", setting: Hospital, date: "2026-03-02", events: [
        Start(at: "08:00", drug: "infliximab", dose: "400 mg", container: SingleDose),
    ])"#;
    let (here, found) = bills(log, &Options::default());
    assert_eq!(here[0].status, Status::Held);
    let [point] = found[0].as_slice() else { panic!("{found:?}") };
    assert_eq!(point.policy.name, "complex_biologics");
    let other = &point.otherwise[0];
    assert_eq!(other.status, Some(Status::Billable));
    let codes: Vec<(&str, u64)> = other.changes.iter().map(|change| (change.line.code.as_str(), change.there)).collect();
    assert_eq!(codes, [("96374", 1), ("J1745", 40)]);
}

/// G0498 is of 2016: before that the other reading is an error, and so no reading.
#[test]
fn a_reading_that_is_an_error_is_none() {
    let pump = |date: &str| {
        format!(
            r#"Session(id: "pump", setting: Hospital, date: "{date}", events: [
                Start(at: "10:00", drug: "fluorouracil", pump: Portable, continues_at_home: true),
            ])"#
        )
    };
    let names =
        |date: &str| bills(&pump(date), &Options::default()).1[0].iter().map(|point| point.policy.name.as_str()).collect::<Vec<_>>();
    assert_eq!(names("2026-03-02"), ["home_pump"]);
    assert_eq!(names("2014-03-03"), [""; 0]);
}

#[test]
fn the_line_names_what_changes_units_first_and_keeps_to_eighty_columns() {
    let (_, mut found) = bills(
        r#"Session(id: "bad-day", setting: Hospital, date: "2026-03-02", events: [
            Infuse(from: "09:00", to: "10:00", drug: "vancomycin"),
            Infuse(from: "09:30", to: "10:30", drug: "cefepime"),
            Start(at: "11:00", drug: "famotidine"),
            Infuse(from: "23:30", to: "+1 02:00", drug: "vancomycin"),
            Inject(at: "11:50", drug: "ketorolac", route: IM),
        ])"#,
        &Options::default(),
    );
    let all = found.remove(0);
    let line = |most: usize| contested_line(&all[..most]);
    assert_eq!(line(0), None);
    assert_eq!(line(1).as_deref(), Some("Contested: overlap=deduct (hangtime compare --all)"));
    assert_eq!(line(2).as_deref(), Some("Contested: overlap=deduct, missing_stop=push (hangtime compare --all)"));
    assert_eq!(line(3).as_deref(), Some("Contested: overlap, missing_stop, midnight (hangtime compare --all)"));
    assert_eq!(line(4).as_deref(), Some("Contested: overlap, missing_stop, midnight, 1 more (hangtime compare --all)"));
    assert_eq!(all.iter().map(Contested::changes_units).collect::<Vec<_>>(), [true, true, false, false], "dates and modifiers come last");
}
