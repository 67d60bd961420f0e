//! The drugs' own lines, beside the lines of giving: in every format, and without touching those.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use hangtime::reference::Bag;
use hangtime::session::finding::Place;
use hangtime::session::log::{Event, Session};
use hangtime::{Bill, Options, Reference, Source, Status, bill, bill_sessions};

fn every_log() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["sessions", "tests/cases", "tests/bad"] {
        for entry in walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).sort_by_file_name() {
            let path = entry.expect("it can be read").into_path();
            if path.extension().is_some_and(|ending| ending == "ron") {
                sources.push(Source::new(path.display().to_string(), &std::fs::read(&path).expect("a file")));
            }
        }
    }
    sources
}

fn billed(text: &str) -> Bill {
    bill(&[Source::new("a.ron", text.as_bytes())], &Options::default(), Reference::embedded()).remove(0)
}

fn events(events: &str) -> Bill {
    billed(&format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: [{events}])"))
}

/// "J0696 x4" of each drug line.
fn lines(bill: &Bill) -> Vec<String> {
    let claim = bill.claim.as_ref().expect("nothing is wrong with it");
    claim.drug_lines.iter().map(|line| format!("{} x{}", line.code, line.units)).collect()
}

fn dose_of(event: &Event) -> Option<&String> {
    match event {
        Event::Start(e) => e.dose.as_ref(),
        Event::Infuse(e) => e.dose.as_ref(),
        Event::Push(e) => e.dose.as_ref(),
        Event::Inject(e) => e.dose.as_ref(),
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => e.dose.as_ref(),
        Event::Instill(e) => e.dose.as_ref(),
        _ => None,
    }
}

fn drug_of(event: &Event) -> Option<Bag> {
    let drug = match event {
        Event::Start(e) => &e.drug,
        Event::Infuse(e) => &e.drug,
        Event::Push(e) => &e.drug,
        Event::Inject(e) => &e.drug,
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => &e.drug,
        Event::Instill(e) => &e.drug,
        _ => return None,
    };
    Some(Bag::read(drug, &Reference::embedded().drugs))
}

fn without_doses(session: &Session) -> Session {
    let mut session = session.clone();
    for event in &mut session.events {
        let (dose, waste, container) = match event {
            Event::Start(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            Event::Infuse(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            Event::Push(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            Event::Inject(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            Event::OnBodyInjector(e) | Event::PumpSetup(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            Event::Instill(e) => (&mut e.dose, &mut e.waste, &mut e.container),
            _ => continue,
        };
        (*dose, *waste, *container) = (None, None, None);
    }
    session
}

#[test]
fn every_dose_is_in_a_line_or_in_a_finding() {
    let mut seen = 0;
    for bill in bill(&every_log(), &Options::default(), Reference::embedded()) {
        let (Some(claim), Some(session)) = (&bill.claim, &bill.session) else { continue };
        if bill.status != Status::Billable {
            assert!(claim.drug_lines.is_empty(), "{}", bill.id);
            continue;
        }
        let in_lines: BTreeSet<usize> = claim.drug_lines.iter().flat_map(|line| claim.doses(line).iter().map(|dose| dose.event)).collect();
        let about_doses = ["J1", "J3", "E5", "T0", "P5"];
        let places = bill.findings.iter().filter(|finding| about_doses.contains(&finding.id));
        let told: BTreeSet<usize> = places
            .flat_map(|finding| [Some(&finding.place), finding.second.as_ref().map(|(place, _)| place)])
            .filter_map(|place| match place {
                Some(Place::Event(event) | Place::EventField(event, _)) => Some(*event),
                _ => None,
            })
            .collect();
        for (at, event) in session.events.iter().enumerate().filter(|(_, event)| dose_of(event).is_some()) {
            // What bars a drug is said once, and a dose that cannot be read takes the others of its line with it.
            let excused = told.iter().filter_map(|at| drug_of(&session.events[*at])).any(|drug| Some(drug) == drug_of(event));
            assert!(in_lines.contains(&at) || excused, "{}: the dose of event {at} is lost: {event:?}", bill.id);
            seen += 1;
        }
    }
    assert!(seen > 300, "{seen} doses");
}

#[test]
fn doses_change_nothing_of_the_lines_of_giving() {
    let told = |bill: &Bill| {
        let claim = bill.claim.as_ref()?;
        let lines = claim.lines.iter().map(|line| (line.date, line.code, line.units()));
        let unbilled = claim.unbilled.iter().map(|left| (left.rule, left.minutes.total()));
        Some((claim.status, lines.collect::<Vec<_>>(), unbilled.collect::<Vec<_>>()))
    };
    for whole in bill(&every_log(), &Options::default(), Reference::embedded()) {
        let Some(session) = &whole.session else { continue };
        // A visit among others is judged with them; here each stands by itself.
        let alone = bill_sessions(vec![session.clone()], &Options::default(), Reference::embedded()).remove(0);
        let plain = bill_sessions(vec![without_doses(session)], &Options::default(), Reference::embedded()).remove(0);
        if alone.findings.iter().any(|finding| finding.is_error() && finding.id == "M5") {
            continue; // a fact that contradicts another on the drug's line alone
        }
        assert_eq!(told(&alone), told(&plain), "{}", whole.id);
        assert!(plain.claim.is_none_or(|claim| claim.drug_lines.is_empty()), "{}", whole.id);
    }
}

#[test]
fn units_are_the_doses_in_thousandths_of_a_milligram_rounded_up_once() {
    let mut lot: u64 = 7;
    let mut draw = |below: u64| {
        lot = lot.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (lot >> 33) % below
    };
    for _ in 0..200 {
        let micrograms: Vec<u64> = (0..=draw(5)).map(|_| 1 + draw(2_000_000)).collect();
        let pushes: Vec<String> = micrograms
            .iter()
            .enumerate()
            .map(|(at, dose)| {
                let dose = match dose % 3 {
                    0 => format!("{dose} mcg"),
                    1 => format!("{}.{:03} mg", dose / 1000, dose % 1000),
                    _ => format!("{}.{:06} g", dose / 1_000_000, dose % 1_000_000),
                };
                format!("Push(at: \"{:02}:00\", drug: \"ceftriaxone\", dose: \"{dose}\")", 8 + at)
            })
            .collect();
        let sum: u64 = micrograms.iter().sum();
        assert_eq!(lines(&events(&pushes.join(", "))), [format!("J0696 x{}", sum.div_ceil(250_000))], "{pushes:?}");
    }
}

#[test]
fn a_number_too_long_or_too_large_ends_in_a_finding() {
    let long = "9".repeat(400);
    for dose in [&*format!("{long} g"), &format!("0.{long} g"), "9999999999.999999 million units", "9999999999 g"] {
        let bill =
            events(&format!("Push(at: \"08:00\", drug: \"ceftriaxone\", dose: \"{dose}\", waste: \"{dose}\", container: SingleDose)"));
        assert!(lines(&bill).is_empty(), "{dose}");
        assert!(bill.findings.iter().any(|finding| ["J1", "J3"].contains(&finding.id)), "{dose}: {:?}", bill.findings);
    }
}

/// What `hangtime` prints of a log.
fn printed(arguments: &str, path: &str) -> String {
    let done = Command::new(env!("CARGO_BIN_EXE_hangtime"))
        .args(arguments.split_whitespace())
        .arg(path)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("it runs");
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).expect("text")
}

const SAMPLE: &str = "sessions/6-hard/infliximab-reaction.ron";

#[test]
fn json_keeps_them_apart_from_the_lines_of_giving() {
    let value: serde_json::Value = serde_json::from_str(&printed("bill --format json", SAMPLE)).expect("JSON");
    let codes = |key: &str| -> Vec<String> {
        let lines = value[0][key].as_array().expect("a list").iter();
        lines.map(|line| line["code"].as_str().expect("a code").to_owned()).collect()
    };
    assert!(codes("lines").iter().all(|code| !code.starts_with('J')));
    assert_eq!(codes("drug_lines"), ["J1200", "J1720", "J1745", "J1745"]);
    let thrown = &value[0]["drug_lines"][3];
    assert_eq!((&thrown["units"], &thrown["modifiers"]), (&37.into(), &serde_json::json!(["JW"])));
    assert_eq!((&thrown["unit"], &thrown["drugs"]), (&"10 mg".into(), &serde_json::json!(["infliximab"])));
    assert_eq!(thrown["doses"], serde_json::json!([{"at": "2026-07-15T10:00", "given": "30 mg", "thrown_away": "370 mg"}]));
    assert_eq!(thrown["reasons"][0]["rule"], "J2");
    assert_eq!(thrown["reasons"][0]["text"], "30 mg given and 370 mg thrown away = 400 mg; unit 10 mg: 40, less 3 given");
}

#[test]
fn every_other_format_and_the_argument_tell_them() {
    let csv = printed("bill --format csv", SAMPLE);
    assert!(csv.contains(",drug,2026-07-15,J1745,JW,37,infliximab,,J2,\"30 mg given"), "{csv}");
    let markdown = printed("bill --format markdown", SAMPLE);
    assert!(markdown.contains("| 2026-07-15 | J1745 | JW | 37 | infliximab | 30 mg given and 370 mg"), "{markdown}");
    let table = printed("bill --width 100", SAMPLE);
    assert!(table.contains(" The drugs themselves:\n"), "{table}");
    let path = std::env::temp_dir().join(format!("hangtime-drug-lines-{}.html", std::process::id()));
    printed(&format!("report -o {}", path.display()), SAMPLE);
    let page = std::fs::read_to_string(&path).expect("the page");
    let _ = std::fs::remove_file(&path);
    assert!(page.contains("<td class=\"code\">J1745</td><td class=\"code\">JW</td><td class=\"number\">37</td>"), "{page}");
    let argument = printed("explain --width 200", SAMPLE);
    assert!(argument.contains("J1745 (infliximab) on 2026-07-15, 3 units: 10:00 30 mg; unit 10 mg: 3. [J1;"), "{argument}");
    assert!(argument.contains("carries JW: drug thrown away. [J2;"), "{argument}");
}

#[test]
fn the_sum_shows_its_rounding() {
    let sum = |pushes: &str| {
        let bill = events(pushes);
        let claim = bill.claim.expect("a claim");
        hangtime::show::drugs::line(&claim.drug_lines[0], &claim, Reference::embedded()).sum().to_owned()
    };
    let push = |at: &str, dose: &str| format!("Push(at: \"{at}\", drug: \"ceftriaxone\", dose: \"{dose}\"), ");
    assert_eq!(sum(&push("09:05", "250 mg")), "09:05 250 mg; unit 250 mg: 1");
    assert_eq!(sum(&push("09:05", "1 g")), "09:05 1 g = 1,000 mg; unit 250 mg: 4");
    assert_eq!(
        sum(&[push("09:05", "1 g"), push("14:00", "600 mg")].concat()),
        "09:05 1 g + 14:00 600 mg = 1,600 mg; unit 250 mg: 6.4, rounded up to 7"
    );
    assert_eq!(sum(&push("09:05", "500.0001 mg")), "09:05 500.0001 mg; unit 250 mg: 2.0000004, rounded up to 3");
}
