//! Facts from a folder: what is read, what is refused, and that the engine sees no others.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hangtime::reference::changes::changes;
use hangtime::reference::{Part, Problem};
use hangtime::{Bill, Options, Reference, Source, bill};

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hangtime-reference-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.0.join(name), text).expect("a file");
        self
    }

    /// The built-in file with one stretch of it replaced.
    fn with(&self, part: Part, old: &str, new: &str) -> &Self {
        let text = part.built_in();
        assert!(text.contains(old), "{} has no {old}", part.file());
        self.file(part.file(), text.replacen(old, new, 1))
    }

    fn load(&self) -> Result<Reference, Vec<Problem>> {
        Reference::load(&self.0)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn told(problems: &[Problem]) -> String {
    problems.iter().map(|p| format!("{}:{}: {} | {} | {:?}\n", p.file, p.line_column().0, p.message, p.label, p.help)).collect()
}

fn hangtime(folder: &Path, line: &str) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangtime"));
    command.args(line.split_whitespace()).current_dir(folder).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.output().expect("it starts")
}

/// "96365 x1, 96361 x2" of each session.
fn billed(log: &str, reference: &Reference) -> Vec<String> {
    let bills = bill(&[Source::new("a.ron", log.as_bytes())], &Options::default(), reference);
    bills.iter().map(|bill| lines(bill, reference)).collect()
}

fn lines(bill: &Bill, reference: &Reference) -> String {
    let Some(claim) = &bill.claim else { return format!("{:?}", bill.findings.iter().map(|f| f.id).collect::<Vec<_>>()) };
    let mut text = Vec::new();
    for line in &claim.lines {
        let marks = line.modifiers.iter().fold(String::new(), |marks, id| marks + "-" + &reference.modifiers.get(*id).code);
        text.push(format!("{}{marks} x{}", reference.codes.get(line.code).code, line.units()));
    }
    text.extend(claim.drug_lines.iter().map(|line| format!("{} x{}", line.code, line.units)));
    text.join(", ")
}

fn session(events: &str) -> String {
    format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: [{events}])")
}

#[test]
fn a_folder_of_the_built_in_files_changes_nothing() {
    let folder = Folder::new("same");
    for part in Part::ALL {
        folder.file(part.file(), part.built_in());
    }
    folder.file("README.md", "Notes.").file(".DS_Store", [0u8, 1]);
    let found = changes(&folder.0).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    assert_eq!(found.len(), Part::ALL.len());
    assert!(found.iter().all(|file| file.changes.is_empty()), "{found:?}");
    assert_eq!(folder.load().expect("it loads").replaced, Part::ALL);
    assert!(Reference::embedded().replaced.is_empty());
}

#[test]
fn each_file_of_a_folder_reaches_the_engine() {
    let clock = "family: Hydration, way: Infusion, least: 31";
    let place = "Place(family: Therapeutic, way: Infusion, role: Initial, code: \"96365\")";
    let primary = "        Primary(addon: \"96366\", primary: \"96365\", from: \"2014-01-01\"),\n";
    let pair = "Pair(first: \"96365\", second: \"96372\", hospital: 1, office: 1)";
    let short = "name: \"ceftriaxone\", also: [";
    let two = r#"Infuse(from: "09:00", to: "11:00", drug: "ceftriaxone"), Inject(at: "12:00", drug: "ketorolac", route: IM)"#;
    for (part, old, new, events, before, after) in [
        (Part::Clocks, clock, clock.replace("31", "20"), r#"Infuse(from: "09:00", to: "09:25", drug: "NS")"#, "", "96360 x1"),
        (Part::Places, place, place.replace("96365", "96374"), two, "96365 x1, 96366 x1, 96372-59 x1", "96374 x1, 96372-59 x1"),
        (Part::Primaries, primary, String::new(), two, "96365 x1, 96366 x1, 96372-59 x1", "96365 x1, 96372-59 x1"),
        (Part::Pairs, pair, pair.replace("hospital: 1", "hospital: 0"), two, "96365 x1, 96366 x1, 96372-59 x1", "96365 x1, 96366 x1"),
        (
            Part::Limits,
            "plain_separate: \"59\"",
            "plain_separate: \"XU\"".to_owned(),
            two,
            "96365 x1, 96366 x1, 96372-59 x1",
            "96365 x1, 96366 x1, 96372-59 x1",
        ),
        (
            Part::Codes,
            "from: \"2009-01-01\"",
            "from: \"2026-06-01\"".to_owned(),
            r#"Infuse(from: "09:00", to: "10:00", drug: "NS")"#,
            "96360 x1",
            "[\"E5\"]",
        ),
        (
            Part::Drugs,
            short,
            format!("{short}\"Newname\", "),
            r#"Push(at: "09:00", drug: "Newname", dose: "1 g")"#,
            "[\"drug\"]",
            "96374 x1, J0696 x4",
        ),
        (
            Part::Measures,
            "also: [\"gm\"",
            "also: [\"gramme\", \"gm\"".to_owned(),
            r#"Push(at: "09:00", drug: "ceftriaxone", dose: "1 gramme")"#,
            "96374 x1",
            "96374 x1, J0696 x4",
        ),
        (
            Part::Modifiers,
            "Circumstance(name: \"Disaster\"",
            "Circumstance(name: \"Flood\", modifier: \"CR\", lines: All),\n        Circumstance(name: \"Disaster\"".to_owned(),
            r#"Push(at: "09:00", drug: "ceftriaxone")], circumstances: [Flood"#,
            "[\"M5\"]",
            "96374-CR x1",
        ),
    ] {
        let folder = Folder::new(&format!("reaches-{}", part.file()));
        let reference = folder.with(part, old, &new).load().unwrap_or_else(|problems| panic!("{}", told(&problems)));
        let log = session(events);
        assert_eq!(billed(&log, Reference::embedded()), [before], "{}, built in", part.file());
        assert_eq!(billed(&log, &reference), [after], "{}, replaced", part.file());
    }
}

/// The limits of a date are the file's too, and so is what a claim says of them.
#[test]
fn a_limit_that_is_lowered_is_flagged() {
    let folder = Folder::new("mue");
    folder.with(Part::Codes, "(units: 24, mai: 3", "(units: 1, mai: 2");
    let reference = folder.load().expect("it loads");
    let log = session(r#"Infuse(from: "09:00", to: "12:00", drug: "NS")"#);
    let bills = bill(&[Source::new("a.ron", log.as_bytes())], &Options::default(), &reference);
    let messages: Vec<&str> = bills[0].findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(messages, ["96361 x2 on 2026-03-02 is over its limit of 1 a day (MAI 2): all are reported"]);
}

#[test]
fn what_does_not_hold_is_told_at_its_place() {
    let clock = "        Clock(family: Hydration, way: Infusion, least: 31, hour: 60, over: 30),\n";
    let primary = "Primary(addon: \"96361\", primary: \"96365\", from: \"2013-04-01\"),";
    for (part, old, new, message) in [
        (Part::Codes, "            rank: 5,\n", "", "96360 is an initial without a rank"),
        (Part::Codes, "rank: 5,", "rank: 3,", "96360 and 96365 have one rank"),
        (Part::Codes, "units: 24, mai: 3", "units: 24, mai: 7", "`mai` is 7"),
        (Part::Codes, "units: 24", "units: -4", "`units` takes another value"),
        (Part::Codes, "code: \"96361\"", "code: \"96360\"", "96360 stands twice"),
        (Part::Codes, "code: \"96361\"", "code: \"96361 \"", "`96361 ` is no code"),
        (Part::Codes, "vintage: \"2026-10-01\"", "vintage: \"October\"", "`October` is not a date"),
        (Part::Codes, "from: \"2009-01-01\",", "from: \"2009-01-01\", until: \"2008-12-31\",", "`until` lies before `from`, 2009-01-01"),
        (Part::Codes, "from: \"2009-01-01\",", "from: \"2009-02-30\",", "is not a day of the calendar"),
        (Part::Codes, "rate_usd: \"217.31\"", "rate_usd: \"lots\"", "`rate_usd` is `lots`"),
        (Part::Codes, "label: \"hydration, hour\"", "lable: \"hydration, hour\"", "`Code` has no field `lable`"),
        (Part::Codes, "label: \"hydration, hour\"", "label: \" \"", "`label` is empty"),
        (Part::Codes, "rules: [T4, ", "rules: [T9, ", "there is no rule `T9`"),
        (Part::Places, "code: \"96365\"", "code: \"96356\"", "codes.ron has no 96356"),
        (Part::Places, "role: Initial, code: \"96365\"", "role: Initial, code: \"96366\"", "codes.ron does not call it one"),
        (Part::Places, "role: Initial, code: \"96365\"", "role: Initial, none: T1", "Therapeutic, Infusion, Initial has no code"),
        (Part::Places, "role: Initial, code: \"96365\"", "role: Initial", "has both a code and a rule, or neither"),
        (Part::Places, "setting: Hospital, code: \"96376\"", "code: \"96376\"", "stands twice"),
        (Part::Places, "way: OnBody", "way: Flush", "the place Any, Flush, Alone stands twice"),
        (Part::Places, "way: OnBody", "way: Reservoir", "the place Any, OnBody, Alone is not filled"),
        (
            Part::Places,
            "family: Hormonal, way: ArteryInfusion, role: Alone, none: O2",
            "family: Hormonal, way: ArteryInfusion, role: Alone, code: \"96422\"",
            "clocks.ron has no clock of Hormonal, ArteryInfusion",
        ),
        (Part::Clocks, clock, "", "there is no clock of Hydration, Infusion"),
        (Part::Clocks, clock, &clock.repeat(2), "the clock of Hydration, Infusion stands twice"),
        (Part::Clocks, "least: 31, hour: 60, over: 30", "least: 31, hour: 60, over: 60", "`over` is 60"),
        (Part::Clocks, "least: 31, hour: 60", "least: 31, hour: 0", "`hour` is 0"),
        (Part::Limits, "longest_run_days: 999", "longest_run_days: 100000", "`longest_run_days` is 100000"),
        (Part::Limits, "modifiers_a_line: 4", "modifiers_a_line: 9", "`modifiers_a_line` is 9"),
        (Part::Limits, "prolonged_pump: 480", "prolonged_pump: \"480\"", "`prolonged_pump` takes another value"),
        (Part::Limits, "longest_run_days: 999,", "", "`Limits` lacks `longest_run_days`"),
        (Part::Limits, "unlisted_chemo: \"96549\"", "unlisted_chemo: \"96594\"", "codes.ron has no 96594"),
        (Part::Limits, "(\"92002\", \"92014\")", "(\"92014\", \"92002\")", "92002 comes before 92014"),
        (Part::Limits, "plain_separate: \"59\"", "plain_separate: \"95X\"", "modifiers.ron has no 95X"),
        (Part::Primaries, primary, &primary.replace("\"96365\"", "\"96356\""), "codes.ron has no 96356"),
        (
            Part::Primaries,
            primary,
            &format!("{primary} {}", primary.replace("2013-04-01", "2020-04-01")),
            "96361 beside 96365 is in force twice on some days",
        ),
        (Part::Primaries, primary, &primary.replace("\"96365\"", "\"96361\""), "96361 is its own primary"),
        (Part::Pairs, "second: \"96372\"", "second: \"96327\"", "96327 is neither in codes.ron nor among this file's `others`"),
        (Part::Pairs, "second: \"96372\", hospital: 1", "second: \"96372\", hospital: 2", "`hospital` is 2"),
        (
            Part::Pairs,
            "second: \"96374\", hospital: 1, office: 1",
            "second: \"96372\", hospital: 1, office: 1",
            "the pair 96360 / 96372 stands twice",
        ),
        (Part::Pairs, "second: \"96374\", hospital: 1, office: 1", "second: \"96374\"", "the pair 96360 / 96374 holds in no setting"),
        (Part::Modifiers, "modifier: \"Q0\"", "modifier: \"Q9\"", "there is no modifier Q9"),
        (Part::Modifiers, "excludes: [\"GZ\", \"GY\"]", "excludes: [\"GZ\", \"GX\"]", "there is no modifier GX"),
        (Part::Modifiers, "code: \"XS\"", "code: \"XT\"", "XS is missing, and the policy site_modifier may choose it"),
        (Part::Modifiers, "kind: Waste", "kind: NoWaste", "no modifier is of the kind Waste"),
        (Part::Modifiers, "name: \"Disaster\"", "name: \"Excluded\"", "the circumstance Excluded stands twice"),
        (Part::Drugs, "unit: \"1000 mL\"", "unit: \"1000 xL\"", "`1000 xL` is in no known unit"),
        (Part::Drugs, "unit: \"1000 mL\"", "unit: \"0 mL\"", "`unit` is nothing"),
        (Part::Drugs, "class: Hydration, codes", "class: Hydraton, codes", "there is no class `Hydraton`"),
        (Part::Drugs, "class: Hydration, codes", "codes", "normal saline has no class"),
        (Part::Drugs, "name: \"ringer's\"", "name: \"N S\"", "`N S` means both normal saline and N S"),
        (Part::Drugs, "name: \"ringer's\"", "name: \"ringer's + lactate\"", "has a plus"),
        (
            Part::Drugs,
            "code: \"J7040\", unit: \"500 mL\", limit: \"1.350\", volume_ml: 500",
            "code: \"J7030\", unit: \"500 mL\", volume_ml: 1000",
            "J7030 of normal saline is in force twice",
        ),
        (Part::Drugs, "by_route: {", "by_route: { IV: Therapeutic, IV: Hydration, ", "`by_route` has IV twice"),
        (Part::Measures, "size: \"1000\"", "size: \"0\"", "`size` is `0`"),
        (Part::Measures, "\"mgs\"", "\"g\"", "`g` names two measures"),
        (Part::Pairs, "Pairs(", "Pairz(", "this file holds `Pairs(...)`"),
        (Part::Pairs, "    pairs: [", "    pairs: ", "`(` opened at"),
        (Part::Pairs, "vintage: \"2026-10-01\",", "vintage: \"2026-10-01\"", "a comma is missing after `vintage`"),
    ] {
        let folder = Folder::new("broken");
        let problems = folder.with(part, old, new).load().expect_err(message);
        let here: Vec<&Problem> = problems.iter().filter(|problem| problem.message.contains(message)).collect();
        assert!(!here.is_empty(), "{message}:\n{}", told(&problems));
        let problem = here[0];
        assert!(problem.file.ends_with(part.file()) && !problem.file.starts_with("built-in"), "{message}: {}", problem.file);
        let (line, column) = problem.line_column();
        let helps = !problem.label.is_empty() || problem.help.is_some();
        assert!(line > 1 && column >= 1 && helps, "{message}: {line}:{column} {}", problem.label);
    }
}

#[test]
fn what_a_file_breaks_in_a_built_in_one_is_told_once_there() {
    let folder = Folder::new("beside");
    let text = Part::Codes.built_in().replacen("code: \"96368\"", "code: \"96367\"", 1);
    let problems = folder.file("codes.ron", text).load().expect_err("96368 is missing");
    let files: Vec<&str> = problems.iter().map(|p| p.file.as_str()).filter(|file| file.starts_with("built-in")).collect();
    assert_eq!(files, ["built-in places.ron", "built-in primaries.ron", "built-in pairs.ron"], "{}", told(&problems));
    assert!(problems[1].help.as_deref().is_some_and(|help| help.contains("put a places.ron that fits into the folder")));
}

#[test]
fn a_file_that_replaces_nothing_is_an_error() {
    for (name, message, help) in [
        ("code.ron", "`code.ron` replaces no file of facts", "did you mean `codes.ron`?"),
        ("Drugs.ron", "`Drugs.ron` replaces no file of facts", "did you mean `drugs.ron`?"),
        ("codes.ron.txt", "`codes.ron.txt` replaces no file of facts", "did you mean `codes.ron`?"),
        ("holidays", "`holidays` replaces no file of facts", "a folder may hold codes.ron"),
        ("rules.ron", "rules.ron cannot be replaced", "its words tell what the program does"),
        ("policies.ron", "policies.ron cannot be replaced", "its words tell what the program does"),
        ("profiles.ron", "profiles.ron cannot be replaced", "--profile mine.ron"),
    ] {
        let folder = Folder::new("stranger");
        folder.file("clocks.ron", Part::Clocks.built_in()).file(name, "x");
        let problems = folder.load().expect_err(name);
        assert_eq!(problems.len(), 1, "{}", told(&problems));
        assert_eq!(problems[0].message, message);
        assert!(problems[0].help.as_deref().is_some_and(|told| told.contains(help)), "{}", told(&problems));
    }
}

#[test]
fn bytes_that_are_no_facts_are_called_what_they_are() {
    for (bytes, message) in [
        (&b""[..], "the file is empty"),
        (b"\xff\xfeC\0", "the file is UTF-16, not UTF-8"),
        (b"Clocks(\x00)", "this is no text file"),
        (b"Clocks(\xe9)", "is not UTF-8"),
        (b"{}", "this file holds `Clocks(...)`"),
        (b"// nothing\n", "this file holds `Clocks(...)`"),
        (b"Session(id: \"a\")", "this file holds `Clocks(...)`"),
        (b"[[[[[[[[[[", "`[` is never closed"),
    ] {
        let folder = Folder::new("bytes");
        let problems = folder.file("clocks.ron", bytes).load().expect_err(message);
        assert!(problems[0].message.contains(message), "{}", told(&problems));
        let help = problems[0].help.as_deref().unwrap_or_default();
        assert!(!help.contains("session"), "{help}");
    }
    let folder = Folder::new("no-file");
    std::fs::create_dir(folder.0.join("codes.ron")).expect("a folder");
    assert_eq!(folder.load().expect_err("no file")[0].message, "this is no file");
    let folder = Folder::new("empty");
    assert_eq!(folder.load().expect_err("empty")[0].message, "the folder holds no file of facts");
    let missing = Reference::load(Path::new("nowhere/at/all")).expect_err("missing");
    assert!(missing[0].unread && missing[0].message.starts_with("the folder cannot be read"));
}

/// Facts spoilt at random either are refused with a place, or do no harm: no panic, whatever is billed by them.
#[test]
fn spoilt_facts_never_break_the_program() {
    let logs: Vec<Source> = samples();
    let mut dice = 0x2545_F491_4F6C_DD1D_u64;
    let mut roll = move |sides: usize| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        usize::try_from(dice % sides as u64).expect("small")
    };
    let (mut refused, mut taken) = (0, 0);
    for round in 0..153 {
        let part = Part::ALL[round % Part::ALL.len()];
        let text = spoil(part.built_in(), &mut roll);
        let folder = Folder::new(&format!("spoilt-{}", part.file()));
        folder.file(part.file(), &text);
        match folder.load() {
            Err(problems) => {
                refused += 1;
                assert!(problems.iter().all(|problem| problem.range.end <= problem.text.len()), "{}", told(&problems));
            }
            Ok(reference) => {
                taken += 1;
                if taken % 3 == 0 {
                    let billed = std::panic::catch_unwind(|| bill(&logs, &Options::default(), &reference).len());
                    assert!(billed.is_ok(), "{} makes the program break:\n{}", part.file(), difference(part.built_in(), &text));
                }
            }
        }
    }
    assert!(refused > 45 && taken > 25, "{refused} refused, {taken} taken: the spoiling is too rough or too mild");
}

fn samples() -> Vec<Source> {
    let mut paths = Vec::new();
    let mut folders = vec![PathBuf::from("sessions")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "ron") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| Source::new(path.display().to_string(), &std::fs::read(path).expect("a log"))).collect()
}

/// One line taken out, doubled or moved, or one of its words made another.
fn spoil(text: &str, roll: &mut impl FnMut(usize) -> usize) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = roll(lines.len());
    match roll(6) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => {
            let other = roll(lines.len());
            lines.swap(at, other);
        }
        _ => {
            let line = lines[at].clone();
            let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
            let starts: Vec<usize> =
                line.char_indices().filter(|(i, c)| is_word(*c) && !line[..*i].ends_with(is_word)).map(|(i, _)| i).collect();
            if let Some(start) = starts.get(roll(starts.len().max(1))) {
                let end = start + line[*start..].find(|c: char| !is_word(c)).unwrap_or(line.len() - start);
                let others =
                    ["0", "1", "7", "60", "99999999999999999999", "Hydration", "Office", "None", "", "X", "2030", "96365", "e\u{301}"];
                lines[at].replace_range(*start..end, others[roll(others.len())]);
            }
        }
    }
    lines.join("\n")
}

fn difference(old: &str, new: &str) -> String {
    let old: BTreeSet<&str> = old.lines().collect();
    new.lines().filter(|line| !old.contains(line)).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    })
}

/// A command or a room that looked past the facts it was given would bill by two quarters at once.
#[test]
fn nothing_looks_past_the_facts_it_is_given() {
    // A seed makes one exercise everywhere, whatever facts it is then billed under.
    let allowed = ["src/lib.rs", "src/commands/facts.rs", "src/reference/mod.rs", "src/practice/generate/mod.rs"];
    let mut folders = vec![PathBuf::from("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_code = path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs");
            if !is_code || allowed.iter().any(|name| path.ends_with(name)) {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a file");
            let own = text.split("#[cfg(test)]").next().unwrap_or_default();
            assert!(!own.contains("Reference::embedded()"), "{}: take the facts as an argument", path.display());
        }
    }
}

#[test]
fn the_exit_status_tells_what_became_of_a_folder() {
    let folder = Folder::new("status");
    std::fs::create_dir(folder.0.join("q1")).expect("a folder");
    let file = |text: &str| std::fs::write(folder.0.join("q1/clocks.ron"), text).expect("a file");
    folder.file("log.ron", session(r#"Infuse(from: "09:00", to: "09:25", drug: "NS")"#));
    file(&Part::Clocks.built_in().replace("least: 31", "least: 20"));
    let run = |line: &str| {
        let done = hangtime(&folder.0, line);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.code(), text(&done.stdout), text(&done.stderr))
    };
    let (status, out, _) = run("codes --check q1");
    assert_eq!(status, Some(0));
    assert!(out.contains("Hydration, Infusion  least  31 -> 20"), "{out}");
    for (line, shows) in [
        ("bill --reference q1 log.ron", "96360"),
        ("--reference q1 explain log.ron", "96360"),
        ("timeline log.ron --reference q1", "96360"),
        ("compare log.ron --reference q1", "96360"),
        ("report log.ron --reference q1", "96360"),
        ("check log.ron --reference q1", "no errors"),
        ("codes 96360 --reference q1", "96360"),
        ("rules T3 --reference q1", "T3"),
        ("drugs NS --reference q1", "normal saline"),
        ("policies overlap --reference q1", "deduct"),
        ("modifiers GA --reference q1", "GA"),
        ("log status --file log.ron --reference q1", "nothing runs"),
    ] {
        let (status, out, err) = run(line);
        assert!(out.to_lowercase().contains(&shows.to_lowercase()), "{line}: {status:?}\n{out}\n{err}");
        assert!(err.contains("facts from q1: clocks.ron"), "{line}: {err}");
        let (_, quiet, err) = run(&format!("{line} --quiet"));
        assert!(!quiet.is_empty() && !err.contains("facts from"), "{line}: {err}");
    }
    let (status, out, _) = run("bill log.ron --format csv");
    assert!(status == Some(0) && !out.contains("96360"), "{out}");

    file(&Part::Clocks.built_in().replace("least: 31", "least: 0"));
    let (status, out, _) = run("codes --check q1");
    assert!(status == Some(1) && out.contains("`least` is 0") && out.contains("q1/clocks.ron:9:"), "{status:?}\n{out}");
    let (status, out, err) = run("bill --reference q1 log.ron");
    assert!(status == Some(2) && out.is_empty() && err.contains("`least` is 0"), "{status:?}\n{out}\n{err}");
    for line in
        ["codes --check q2", "bill --reference q2 log.ron", "codes 96365 --check q1", "codes --check q1 --reference q1", "codes --write q1"]
    {
        let (status, ..) = run(line);
        assert_eq!(status, Some(2), "{line}");
    }
}

// ------------------------------------------------------------- the page on the files

const PAGE: &str = include_str!("../src/reference/README.md");

/// The page's fenced blocks: what stands behind the fence, and the lines.
fn blocks() -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in PAGE.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(""), Some(_)) => blocks.extend(open.take()),
            (Some(info), None) => open = Some((info.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            _ => {}
        }
    }
    blocks
}

/// A folder follows the page: files are written, changes made, commands run; what they print is what stands there.
#[test]
fn the_page_s_example_runs_as_it_stands() {
    let folder = Folder::new("page");
    let mut commands = 0;
    for (info, text) in blocks() {
        match info.split_once(' ') {
            Some(("ron", name)) => drop(folder.file(name, &text)),
            Some(("diff", name)) => edit(&folder.0.join(name), &text),
            None if info == "console" => commands += console(&folder.0, &text),
            _ => panic!("nobody knows what to do with ```{info}"),
        }
    }
    assert!(commands >= 5, "{commands}");
}

/// Takes the `-` lines out and puts the `+` lines in; the others stand around them.
fn edit(path: &Path, diff: &str) {
    let kept = |sign: char| -> String {
        let lines = diff.lines().filter(|line| line.starts_with(sign) || line.starts_with(' '));
        lines.map(|line| line[1..].to_owned() + "\n").collect()
    };
    let text = std::fs::read_to_string(path).expect("a file");
    let (old, new) = (kept('-'), kept('+'));
    assert_eq!(text.matches(&old).count(), 1, "{} has once:\n{old}", path.display());
    std::fs::write(path, text.replacen(&old, &new, 1)).expect("a file");
}

fn console(folder: &Path, text: &str) -> usize {
    let mut commands = 0;
    for told in text.split("$ ").skip(1) {
        let (line, expected) = told.split_once('\n').expect("a line");
        match line.split_once(' ').expect("a command and more") {
            ("rm", files) => files.split(' ').for_each(|file| std::fs::remove_file(folder.join(file)).expect("a file")),
            ("hangtime", line) => {
                let done = hangtime(folder, line);
                assert_eq!(String::from_utf8_lossy(&done.stdout), expected, "{line}\n{}", String::from_utf8_lossy(&done.stderr));
                commands += 1;
            }
            (other, _) => panic!("{other} is no command of this page"),
        }
    }
    commands
}

/// Every field that a built-in file uses has its words on the page.
#[test]
fn the_page_names_every_field() {
    for part in Part::ALL {
        let heading = format!("\n## {}\n", part.file());
        assert!(PAGE.contains(&heading), "{} has no part of the page", part.file());
        for field in fields(part.built_in()) {
            assert!(PAGE.contains(&format!("`{field}`")) || PAGE.contains(&format!("`{field}: ")), "{}: {field}", part.file());
        }
    }
}

/// Words before a colon, outside texts and comments.
fn fields(text: &str) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    for line in text.lines() {
        let bare: String = line.split('"').step_by(2).collect::<Vec<_>>().join("\"");
        let code = bare.split("//").next().unwrap_or_default();
        for (at, _) in code.match_indices(':') {
            let word: String = code[..at].chars().rev().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            let word: String = word.chars().rev().collect();
            fields.extend((!word.is_empty() && !code[..at].ends_with(':')).then_some(word));
        }
    }
    fields
}

/// The modifiers that these lines may carry or are often seen to carry: each has its page, with when it is set or why never.
#[test]
fn every_modifier_in_question_has_its_page() {
    const SET: [&str; 24] = [
        "59", "XE", "XS", "XP", "XU", "53", "25", "JW", "JZ", "Q1", "Q0", "GW", "GV", "CR", "PO", "PN", "GA", "GZ", "GY", "KX", "Q5", "Q6",
        "SA", "PD",
    ];
    const NEVER: [&str; 9] = ["22", "57", "76", "77", "79", "95", "RT", "X2", "CC"];
    for code in SET.iter().chain(&NEVER) {
        let done = hangtime(Path::new("."), &format!("modifiers {code} --width 100"));
        let page = String::from_utf8_lossy(&done.stdout);
        assert_eq!(done.status.code(), Some(0), "{code}");
        for part in [format!("{code}: "), "When it is set".to_owned(), "Rules".to_owned(), "Source".to_owned()] {
            assert!(page.contains(&part), "{code}: {part} is missing:\n{page}");
        }
        let never = page.contains("Never on these lines") || page.contains("Never on a first claim");
        assert_eq!(never, NEVER.contains(code) || *code == "25", "{code}:\n{page}");
    }
    let all: BTreeSet<&str> = Reference::embedded().modifiers.all().iter().map(|modifier| modifier.code.as_str()).collect();
    assert_eq!(all, SET.into_iter().chain(NEVER).collect(), "a page too many or too few");
}
