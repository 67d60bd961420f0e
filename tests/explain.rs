//! The argument for a bill: complete, cited, and exact about thresholds.

use std::path::Path;

use hangtime::show::explain::{Explanation, Part, Step, explanation, text};
use hangtime::show::spot::Spotter;
use hangtime::{Bill, Options, Reference, Source, bill};

/// Bills logs and argues each bill.
fn argued(sources: &[Source]) -> Vec<(Bill, Explanation)> {
    let bills = bill(sources, &Options::default(), Reference::embedded());
    let spotters: Vec<Spotter> = sources.iter().map(Spotter::new).collect();
    let argue = |bill: Bill| {
        let argument = explanation(&bill, sources, &spotters[bill.source], Reference::embedded());
        (bill, argument)
    };
    bills.into_iter().map(argue).collect()
}

/// The argument for events of a hospital's session.
fn events(events: &str) -> Explanation {
    let log = format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: [\n{events}\n])");
    let (_, argument) = argued(&[Source::new("a.ron", log.as_bytes())]).remove(0);
    assert_ne!(argument.status, "error", "{events}");
    argument
}

fn part(argument: &Explanation, part: Part) -> Vec<&Step> {
    argument.steps.iter().filter(|step| step.part == part).collect()
}

fn every_log() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["sessions", "tests/cases"] {
        for entry in walkdir::WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).sort_by_file_name() {
            let path = entry.expect("it can be read").into_path();
            if path.extension().is_some_and(|ending| ending == "ron") {
                sources.push(Source::new(path.display().to_string(), &std::fs::read(&path).expect("a file")));
            }
        }
    }
    assert!(sources.len() > 300, "{} logs", sources.len());
    sources
}

#[test]
fn every_unit_and_every_unbilled_entry_has_its_step_with_rule_and_lines() {
    let sources = every_log();
    for (bill, argument) in argued(&sources) {
        let Some(claim) = &bill.claim else { continue };
        let steps = part(&argument, Part::Units);
        for line in &claim.lines {
            let code = &Reference::embedded().codes.get(line.code).code;
            let told =
                steps.iter().filter(|step| step.text.starts_with(&format!("{code} (")) && step.text.contains(&line.date.to_string()));
            assert!(told.count() >= line.units(), "{}: {code} of {} lacks a step", bill.id, line.date);
        }
        let units: usize = claim.lines.iter().map(hangtime::claim::Line::units).sum();
        let modifiers: usize = claim.lines.iter().map(|line| line.modifiers.len()).sum();
        assert_eq!(steps.len(), units + modifiers, "{}", bill.id);
        assert_eq!(part(&argument, Part::Unbilled).len(), claim.unbilled.len(), "{}", bill.id);
        for step in part(&argument, Part::Units).into_iter().chain(part(&argument, Part::Unbilled)) {
            assert!(!step.rules.is_empty() && !step.lines.is_empty(), "{}: {}", bill.id, step.text);
        }
    }
}

#[test]
fn every_rule_that_a_step_names_is_cited_with_its_source_and_every_line_exists() {
    let sources = every_log();
    for (bill, argument) in argued(&sources) {
        let lines = sources[bill.source].text.lines().count();
        for (at, step) in argument.steps.iter().enumerate() {
            assert_eq!(step.number, at + 1);
            assert!(step.lines.iter().all(|line| (1..=lines).contains(line)), "{}: {step:?}", bill.id);
            for rule in &step.rules {
                assert!(argument.rules.iter().any(|cited| cited.rule == *rule && !cited.source.is_empty()), "{}: {rule}", bill.id);
            }
        }
    }
}

#[test]
fn near_a_threshold_it_says_how_near() {
    let near = |minutes: u32| {
        let stop = 9 * 60 + minutes;
        let argument = events(&format!("Infuse(from: \"09:00\", to: \"{:02}:{:02}\", drug: \"ceftriaxone\")", stop / 60, stop % 60));
        let near: Vec<String> = part(&argument, Part::Units).into_iter().filter_map(|step| step.near.clone()).collect();
        assert!(near.len() <= 1, "{minutes}: {near:?}");
        near.into_iter().next().unwrap_or_default()
    };
    assert_eq!(near(13), "");
    assert_eq!(near(14), "14 minutes: two short of an infusion");
    assert_eq!(near(15), "15 minutes: one short of an infusion");
    assert_eq!(near(16), "16 minutes: one minute less would not earn this unit");
    assert_eq!(near(17), "17 minutes: two minutes less would not earn this unit");
    assert_eq!(near(18), "");
    assert_eq!(near(88), "");
    assert_eq!(near(90), "90 minutes: one short of a further hour");
    assert_eq!(near(91), "91 minutes: one minute less would not earn this unit");
    assert_eq!(near(150), "150 minutes: one short of a further hour");
    assert_eq!(near(151), "151 minutes: one minute less would not earn this unit");
}

#[test]
fn hydration_one_minute_short_says_so() {
    let argument = events(r#"Infuse(from: "09:00", to: "09:30", drug: "NS")"#);
    let [step] = part(&argument, Part::Unbilled)[..] else { panic!("{argument:?}") };
    assert_eq!(step.near.as_deref(), Some("30 minutes: one short of a unit"));
    assert_eq!((step.rules.as_slice(), step.lines.as_slice()), (&["T3"][..], &[2][..]));
}

#[test]
fn a_repeat_tells_how_far_it_lies_from_the_last() {
    let argument = events(
        "Push(at: \"09:00\", drug: \"morphine\"),\nPush(at: \"09:30\", drug: \"morphine\"),\nPush(at: \"09:31\", drug: \"morphine\"),",
    );
    let unbilled = part(&argument, Part::Unbilled);
    assert_eq!(unbilled[0].near.as_deref(), Some("30 minutes: one short of a unit of its own"));
    let repeat = part(&argument, Part::Units).into_iter().find(|step| step.text.starts_with("96376")).expect("a repeat");
    assert_eq!(repeat.near.as_deref(), Some("31 minutes: one minute less would not earn this unit"));
    assert_eq!(repeat.lines, [4]);
}

#[test]
fn the_choice_of_the_initial_shows_every_candidate_in_rank() {
    let argument = events(
        "Push(at: \"08:50\", drug: \"ondansetron\"),\nInfuse(from: \"09:00\", to: \"09:40\", drug: \"vancomycin\"),\n\
         Infuse(from: \"10:00\", to: \"11:00\", drug: \"ceftriaxone\"),\nInfuse(from: \"11:00\", to: \"12:00\", drug: \"NS\"),",
    );
    let [step] = part(&argument, Part::Initial)[..] else { panic!("{argument:?}") };
    assert!(step.text.contains("is ceftriaxone by infusion"), "{}", step.text);
    assert_eq!(step.rules, ["I2", "I4"]);
    let starts: Vec<&str> = step.items.iter().map(|item| &item[..13]).collect();
    assert_eq!(starts, ["rank 3, 96365", "rank 3, 96365", "rank 4, 96374", "rank 5, 96360"]);
}

#[test]
fn an_overlap_names_the_other_drug_and_what_is_left() {
    let argument = events(
        "Infuse(from: \"09:00\", to: \"10:00\", drug: \"vancomycin\"),\nInfuse(from: \"09:45\", to: \"10:15\", drug: \"ceftriaxone\"),",
    );
    let [step] = part(&argument, Part::Overlap)[..] else { panic!("{argument:?}") };
    let said = "ceftriaxone: 15 of its 30 minutes lie beside vancomycin; 15 are left, an infusion needs 16: it is concurrent";
    assert_eq!(step.text, said);
    assert_eq!(step.near.as_deref(), Some("15 left: 1 minute short of an infusion of its own"));
}

#[test]
fn a_pause_rests_on_its_own_lines() {
    let argument = events(
        "Start(at: \"09:00\", drug: \"NS\"),\nPause(at: \"10:00\", drug: \"NS\"),\nResume(at: \"10:20\", drug: \"NS\"),\nStop(at: \"11:00\", drug: \"NS\"),",
    );
    let step = part(&argument, Part::Record)[0];
    assert_eq!(step.text, "normal saline ran 09:00 to 11:00, not running 10:00 to 10:20: 100 minutes");
    assert_eq!(step.lines, [2, 3, 4, 5]);
}

#[test]
fn the_text_fits_every_width() {
    let sources = every_log();
    let arguments: Vec<Explanation> = argued(&sources).into_iter().map(|(_, argument)| argument).collect();
    for width in [40, 60, 80, 100] {
        for line in text(&arguments, width).lines() {
            // A path and a line number are not broken.
            assert!(line.chars().count() <= width || !line.trim_start().contains(' '), "{width}: {line}");
        }
    }
}
