//! Exercises: samples, misconceptions, generated encounters.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use hangtime::practice::answer::Answer;
use hangtime::practice::generate::{Wanted, exercise, regimens};
use hangtime::practice::mark::{Verdict, mark, recognise};
use hangtime::practice::misread::{broken_bills, ids};
use hangtime::practice::{Case, Exercise, Tally, samples};
use hangtime::reference::Misconception;
use hangtime::{Options, Reference, Source};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn case(exercise: Exercise) -> Case<'static> {
    let name = exercise.name.clone();
    Case::new(exercise, Reference::embedded()).unwrap_or_else(|problems| panic!("{name}: {problems:?}"))
}

fn written(tally: &Tally) -> String {
    let lines: Vec<String> = tally.iter().map(|(item, units)| format!("{item} x{units}")).collect();
    if lines.is_empty() { "nothing".to_owned() } else { lines.join(", ") }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root(folder)).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

#[test]
fn every_sample_is_an_exercise_and_none_is_forgotten() {
    let listed: BTreeSet<String> = samples::names().collect();
    let folders = files("sessions").into_iter().filter(|path| path.is_dir());
    let logs = folders.flat_map(|folder| files(&folder.display().to_string())).filter(|path| path.extension().is_some_and(|e| e == "ron"));
    let name = |path: PathBuf| {
        let folder = path.parent().and_then(Path::file_name).expect("a folder").to_string_lossy().into_owned();
        format!("{folder}/{}", path.file_stem().expect("a name").to_string_lossy())
    };
    assert_eq!(listed, logs.map(name).collect(), "src/practice/samples.rs lists the samples");
    for exercise in samples::all() {
        assert!(exercise.story.len() > 20, "{}: no story", exercise.name);
        let case = case(exercise.clone());
        let right = case.right(true);
        let marked = mark(&case, &Answer::read(&written(&right)).expect("readable"));
        assert!(marked.all_right() && marked.recognised.is_empty(), "{}: {marked:?}", exercise.name);
    }
}

#[test]
fn every_misconception_has_words_a_function_and_a_session() {
    let words: BTreeSet<&str> = Misconception::all().iter().map(|one| one.id.as_str()).collect();
    assert_eq!(words, ids().collect());
    let named = files("tests/practice").into_iter().filter_map(|path| {
        let text = std::fs::read_to_string(path).expect("text");
        text.lines().find_map(|line| line.strip_prefix("// suggests: ").map(str::to_owned))
    });
    let named: BTreeSet<String> = named.collect();
    assert_eq!(words, named.iter().map(String::as_str).collect(), "each has a file in tests/practice");
}

/// Each file: a log headed by `// answer:`, what a learner wrote, and `// suggests:`, what it suggests.
/// After a change `BLESS=1` writes each answer anew, as its misconception bills it; review them.
#[test]
fn each_misconception_is_recognised_by_what_it_bills() {
    let mut failures = Vec::new();
    for path in files("tests/practice") {
        let text = std::fs::read_to_string(&path).expect("text");
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("// {key}: ")).map(str::to_owned));
        let policies = value("policy").into_iter().collect();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let case = case(Exercise {
            name: name.clone(),
            topic: String::new(),
            level: 1,
            story: String::new(),
            source: Source::new(name.clone(), text.as_bytes()),
            options: Options { policies, ..Options::default() },
        });
        let id = value("suggests").unwrap_or_else(|| panic!("{name}: no `suggests`"));
        if std::env::var_os("BLESS").is_some() {
            let broken = broken_bills(&case);
            match broken.iter().find(|misread| misread.misconception.id == id) {
                Some(misread) => {
                    let head = format!("// answer: {}\n", written(&misread.tally));
                    let rest: Vec<&str> = text.lines().filter(|line| !line.starts_with("// answer: ")).collect();
                    std::fs::write(&path, format!("{head}{}\n", rest.join("\n"))).expect("written");
                }
                None => failures.push(format!("{name}: {id} changes nothing; right is {}", written(&case.right(false)))),
            }
        }
        let Some(answer) = value("answer").filter(|answer| answer != "?") else { continue };
        let marked = mark(&case, &Answer::read(&answer).expect("readable"));
        let found: Vec<&str> = marked.recognised.iter().map(|one| one.misconception.id.as_str()).collect();
        if found != [id.as_str()] {
            failures.push(format!("{name}: {answer} suggests {found:?}; right is {}", written(&case.right(false))));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn sample(name: &str) -> Case<'static> {
    case(samples::all().iter().find(|exercise| exercise.name == name).expect("a sample").clone())
}

#[test]
fn marks_tell_right_wrong_missing_and_unsupported() {
    let case = sample("ed-0417");
    assert_eq!(written(&case.right(false)), "96361 x2, 96365 x1, 96367 x1, 96372 x1, 96375 x1");
    let marked = mark(&case, &Answer::read("96365 1, 96361 1, 96367 2, 96360 1, 96372").expect("readable"));
    let verdicts: Vec<(String, Verdict)> = marked.marks.iter().map(|mark| (mark.item.to_string(), mark.verdict())).collect();
    let expected = [
        ("96360", Verdict::Unsupported),
        ("96361", Verdict::TooFew),
        ("96365", Verdict::Right),
        ("96367", Verdict::TooMany),
        ("96372", Verdict::Right),
        ("96375", Verdict::Missing),
    ];
    assert_eq!(verdicts, expected.map(|(item, verdict)| (item.to_owned(), verdict)));
}

#[test]
fn modifiers_count_when_given_and_at_the_highest_level() {
    let case = sample("ed-0417");
    let answer = |text: &str| Answer::read(text).expect("readable");
    assert!(mark(&case, &answer("96365 1, 96361 2, 96367 1, 96372 1, 96375 1")).all_right());
    assert!(mark(&case, &answer("96365 1, 96361 2, 96367 1, 96372-59 1, 96375 1")).all_right());
    let wrong = mark(&case, &answer("96365 1, 96361 2, 96367 1, 96372-XU 1, 96375 1"));
    assert!(!wrong.all_right() && wrong.recognised.is_empty(), "{wrong:?}");
    let mut hard = case.exercise.clone();
    hard.level = hangtime::practice::HIGHEST_LEVEL;
    let hard = self::case(hard);
    assert!(!mark(&hard, &answer("96365 1, 96361 2, 96367 1, 96372 1, 96375 1")).all_right());
}

#[test]
fn two_misconceptions_at_once_are_both_named() {
    let case = sample("ed-0417");
    let broken = broken_bills(&case);
    // An injection as a push, and hydration as an initial of its own.
    let given = Answer::read("96360 1, 96361 1, 96365 1, 96367 1, 96375 2").expect("readable").tally(false);
    let found = recognise(&case.right(false), &given, &broken);
    let ids: Vec<&str> = found.iter().map(|one| one.misconception.id.as_str()).collect();
    assert_eq!(ids, ["hydration-as-initial", "injection-in-hierarchy"]);
}

/// Findings that a regimen means to raise: a modifier that the record must support, hydration in short
/// stretches, a stop that nobody wrote, two initials of a limit of one, a pump that goes home; and
/// doses of half an hour that make a further hour together (U4).
const MEANT: [&str; 5] = ["M3", "S3", "U1", "M1", "O3"];

fn wanted(topic: &str, level: Option<u8>) -> Wanted {
    Wanted { topic: Some(topic.to_owned()), level }
}

#[test]
fn generated_exercises_bill_without_error_or_odd_findings() {
    let count: u64 = std::env::var("ENCOUNTERS").ok().and_then(|text| text.parse().ok()).unwrap_or(2000).min(2000);
    for (name, level, topic) in regimens() {
        for number in 1..=count {
            // Every other one at the highest level, where the record has a gap.
            let level = if number % 2 == 0 { Some(hangtime::practice::HIGHEST_LEVEL) } else { Some(level) };
            let made = exercise(&wanted(name, level), 42, number).expect("made");
            assert_eq!(made.topic, topic);
            let log = made.source.text.clone();
            let case = Case::new(made, Reference::embedded()).unwrap_or_else(|problems| panic!("{name}: {problems:?}\n{log}"));
            for finding in &case.bills[0].findings {
                let meant = MEANT.contains(&finding.id) || finding.message.contains("rests on runs");
                let odd = !meant || finding.id == "U1" && level != Some(hangtime::practice::HIGHEST_LEVEL);
                assert!(!odd, "{name}: {}: {}\n{log}", finding.id, finding.message);
            }
            assert!(!case.right(false).is_empty(), "{name}: nothing is billed\n{log}");
        }
    }
}

#[test]
fn a_seed_gives_the_same_exercise_on_every_machine() {
    use std::fmt::Write as _;
    let mut sums = String::new();
    for (name, ..) in regimens() {
        // FNV-1a, over the story and the log of three numbers.
        let mut sum: u64 = 0xcbf2_9ce4_8422_2325;
        for number in 1..=3 {
            let made = exercise(&wanted(name, None), 7, number).expect("made");
            for byte in made.story.bytes().chain(made.source.text.bytes()) {
                sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        let _ = writeln!(sums, "{name} {sum:016x}");
    }
    let path = root("tests/support/practice-sums.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &sums).expect("written");
    }
    assert_eq!(sums, std::fs::read_to_string(path).unwrap_or_default(), "a change here changes every class's sheets");
}

#[test]
fn a_rule_that_is_asked_for_is_in_the_exercise() {
    for rule in ["T1", "T2", "T3", "T4", "S1", "S2", "S4", "I2", "I3", "I6", "P1", "P2", "P3", "P5", "M1", "M3", "O3", "O6", "T0", "U1"] {
        for number in 1..=3 {
            let made =
                exercise(&wanted(rule, (rule == "U1").then_some(6)), 3, number).unwrap_or_else(|problem| panic!("{rule}: {problem}"));
            let case = case(made);
            assert!(case.rules().iter().any(|one| one.id() == rule), "{rule}:\n{}", case.exercise.source.text);
        }
    }
    let unknown = exercise(&wanted("folfax", None), 1, 1).expect_err("no such regimen");
    assert!(unknown.contains("did you mean `folfox`"), "{unknown}");
    assert!(exercise(&wanted("O7", None), 1, 1).is_err(), "no regimen fills a cavity");
}

#[test]
fn an_exercise_shows_its_log_line_by_line_and_no_code() {
    let text = hangtime::show::practice::task(&sample("migraine"), 80);
    assert!(text.contains("\n  3      setting: Hospital,\n"), "{text}");
    assert!(text.contains("magnesium sulfate       ·"), "{text}");
    let (shown, _) = text.split_once("Which codes").expect("the question");
    assert!(!shown.contains("963"), "{shown}");
}
