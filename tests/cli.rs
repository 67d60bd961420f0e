//! The program as its users run it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A command line that is tried; reads as a sentence.
struct Hangtime {
    command: Command,
    input: Option<String>,
}

/// What it did.
struct Done(Output);

fn hangtime(line: &str) -> Hangtime {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangtime"));
    command.args(line.split_whitespace()).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    Hangtime { command, input: None }
}

impl Hangtime {
    fn reads(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    fn with(mut self, path: &Path) -> Self {
        self.command.arg(path);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn runs(mut self) -> Done {
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        let mut pipe = child.stdin.take().expect("a pipe");
        if let Some(text) = self.input {
            // A command line that is refused is refused before the log is read.
            let _ = pipe.write_all(text.as_bytes());
        }
        drop(pipe);
        Done(child.wait_with_output().expect("it ends"))
    }
}

impl Done {
    fn exits(self, status: i32) -> Self {
        assert_eq!(self.0.status.code(), Some(status), "stdout:\n{}\nstderr:\n{}", self.out(), self.err());
        self
    }

    fn says(self, text: &str) -> Self {
        assert!(self.out().contains(text), "`{text}` is not in:\n{}", self.out());
        self
    }

    fn complains(self, text: &str) -> Self {
        assert!(self.err().contains(text), "`{text}` is not in:\n{}", self.err());
        self
    }

    fn out(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).expect("text")
    }

    fn err(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).expect("text")
    }
}

const GOOD: &str =
    r#"Session(id: "good", setting: Hospital, date: "2026-03-02", events: [Infuse(from: "09:00", to: "09:30", drug: "ceftriaxone")])"#;
const BAD: &str = r#"Session(id: "bad", setting: Hospital, date: "2026-03-02", events: [Stop(at: "09:00", drug: "ceftriaxone")])"#;

/// A folder of its own for a test, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hangtime-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn the_samples_are_billed_table_by_table() {
    // Two of them are samples of mistakes, hence 1.
    hangtime("bill sessions/").runs().exits(1).says("2026-03-02-ed-0417   hospital").says("Earned nothing:");
}

#[test]
fn standard_input_is_a_log() {
    hangtime("bill -").reads(GOOD).runs().exits(0).says("96365").says("30 minutes ran: 30 in lines, 0 unbilled.  1 unit.");
}

#[test]
fn one_bad_log_stops_no_other() {
    let folder = Folder::new("one-bad");
    folder.file("a.ron", BAD);
    folder.file("b.ron", GOOD);
    folder.file("c.ron", [0xff, 0xfe, 0x00]);
    let done = hangtime("bill").with(&folder.0).runs().exits(1);
    let done = done.says("Stop of ceftriaxone without a Start").says("96365");
    assert!(done.out().contains("c.ron"), "{}", done.out());
}

#[test]
fn a_file_that_cannot_be_read_ends_with_two_and_the_rest_is_billed() {
    let folder = Folder::new("no-file");
    let good = folder.file("good.ron", GOOD);
    hangtime("bill nowhere.ron").with(&good).runs().exits(2).says("96365").complains("nowhere.ron cannot be read");
}

#[test]
fn an_unknown_policy_value_or_profile_gets_the_nearest_name() {
    hangtime("bill - --policy overlp=any").reads(GOOD).runs().exits(2).complains("did you mean `overlap`?");
    hangtime("bill - --policy overlap=majorty").reads(GOOD).runs().exits(2).complains("did you mean `majority`?");
    hangtime("bill - --policy overlap").reads(GOOD).runs().exits(2).complains("name=value");
    hangtime("bill - --profile medicar").reads(GOOD).runs().exits(2).complains("did you mean `medicare`?");
}

#[test]
fn a_users_own_profile_is_a_file() {
    let folder = Folder::new("profile");
    let mine = folder.file("mine.ron", r#"Profile(name: "mine", based_on: "conservative", policies: {"mue": "flag"})"#);
    let line = format!("bill - --profile {}", mine.display());
    hangtime(&line).reads(GOOD).runs().exits(0).says("profile mine");
    let broken = folder.file("broken.ron", r#"Profile(name: "mine", policies: {"mue": "flg"})"#);
    hangtime(&format!("bill - --profile {}", broken.display())).reads(GOOD).runs().exits(2).complains("did you mean `flag`?");
}

#[test]
fn a_policy_on_the_command_line_shows_in_the_profile() {
    hangtime("bill - --policy mue=cap").reads(GOOD).runs().says("profile default + mue=cap");
}

#[test]
fn the_table_fits_sixty_columns() {
    let done = hangtime("bill --width 60 --quiet sessions/2-several-drugs sessions/3-hydration sessions/6-hard/long-night.ron").runs();
    let tables = done.out();
    let wide: Vec<&str> =
        tables.lines().filter(|line| line.chars().count() > 60 && !line.contains("profile ") && !line.contains(" ran: ")).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn a_pipe_gets_no_colour_unless_it_is_asked_for() {
    let escape = '\u{1b}';
    assert!(!hangtime("bill -").reads(BAD).runs().out().contains(escape));
    assert!(hangtime("bill - --color always").reads(BAD).runs().out().contains(escape));
    assert!(!hangtime("bill - --color never").env("CLICOLOR_FORCE", "1").reads(BAD).runs().out().contains(escape));
    assert!(!hangtime("bill -").env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1").reads(BAD).runs().out().contains(escape));
}

#[test]
fn no_control_character_of_a_log_reaches_the_terminal() {
    let log = GOOD.replace("\"good\"", "\"go\\u{1b}[31mod\\u{202e}\\u{7}\"").replace("\"ceftriaxone\"", "\"cef\\u{1b}]0;x\\u{7}\"");
    for format in ["table", "csv", "markdown"] {
        let done = hangtime(&format!("bill - --format {format}")).reads(&log).runs().exits(1);
        let told = done.out() + &done.err();
        assert!(!told.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{format}: {told:?}");
    }
}

#[test]
fn json_has_the_keys_of_the_format_in_their_order() {
    let text = hangtime("bill - --format json").reads(GOOD).runs().exits(0).out();
    let keys = [
        "session",
        "setting",
        "profile",
        "status",
        "lines",
        "date",
        "code",
        "modifiers",
        "units",
        "drugs",
        "reasons",
        "unbilled",
        "findings",
    ];
    let places: Vec<usize> = keys.iter().map(|key| text.find(&format!("\"{key}\"")).unwrap_or_else(|| panic!("no {key}"))).collect();
    assert!(places.is_sorted(), "{text}");
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let reason = &value[0]["lines"][0]["reasons"][0];
    assert_eq!(reason["from"], "2026-03-02T09:00");
    assert_eq!(reason["to"], "2026-03-02T09:30");
    assert_eq!(reason["minutes"], 30);
    assert_eq!(reason["ran"], serde_json::json!([["2026-03-02T09:00", "2026-03-02T09:30"]]));
}

#[test]
fn ndjson_is_one_object_a_line_and_an_error_is_one_too() {
    let both = format!("[{GOOD}, {BAD}]");
    let text = hangtime("bill - --format ndjson").reads(&both).runs().exits(1).out();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["status"], "error");
    assert_eq!(lines[1]["lines"], serde_json::json!([]));
    assert_eq!(lines[1]["findings"][0]["id"], "U2");
    assert_eq!(lines[1]["findings"][0]["line"], 1);
}

#[test]
fn csv_makes_a_formula_harmless() {
    let log = GOOD.replace("\"good\"", "\"=HYPERLINK(1)\"");
    hangtime("bill - --format csv").reads(&log).runs().exits(0).says("'=HYPERLINK(1)");
}

#[test]
fn check_bills_nothing_and_sums_up() {
    let done = hangtime("check -").reads(BAD).runs().exits(1).says("1 session in 1 file: 1 error, no warnings, no notes.");
    assert!(!done.out().contains("96365"));
    hangtime("check -").reads(GOOD).runs().exits(0);
}

#[test]
fn quiet_tells_errors_only() {
    let warns =
        r#"Session(id: "w", setting: Office, date: "2026-03-02", events: [Infuse(from: "09:00", to: "09:30", drug: "ceftriaxone")])"#;
    assert!(hangtime("bill -").reads(warns).runs().exits(0).out().contains("warning"));
    assert!(!hangtime("bill - --quiet").reads(warns).runs().exits(0).out().contains("warning"));
}

#[test]
fn a_warning_can_be_allowed_or_denied_by_its_id() {
    let warns =
        r#"Session(id: "w", setting: Office, date: "2026-03-02", events: [Infuse(from: "09:00", to: "09:30", drug: "ceftriaxone")])"#;
    hangtime("bill -").reads(warns).runs().exits(0).says("warning[I3]");
    assert!(!hangtime("bill - --allow i3").reads(warns).runs().exits(0).says("96365").out().contains("I3]"));
    let denied = hangtime("bill - --deny I3").reads(warns).runs().exits(1).says("error[I3]");
    assert!(!denied.out().contains("96365"), "{}", denied.out());
    hangtime("bill - --deny I33").reads(warns).runs().exits(2).complains("did you mean `I3`?");
}

#[test]
fn a_log_cannot_name_a_file_as_its_profile() {
    let log = GOOD.replace("setting:", "profile: \"/etc/passwd\", setting:");
    hangtime("bill -").reads(&log).runs().exits(1).says("profile `/etc/passwd` is not known");
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hangtime"))
        .args(["bill", "sessions/", "--format", "json"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(child.stdout.take());
    let done = child.wait_with_output().expect("it ends");
    assert!(!String::from_utf8_lossy(&done.stderr).contains("cannot be written"), "{done:?}");
    assert_ne!(done.status.code(), Some(101));
}

#[test]
fn every_command_helps_with_an_example() {
    for command in [
        "bill",
        "audit",
        "compare",
        "explain",
        "report",
        "check",
        "timeline",
        "codes",
        "rules",
        "drugs",
        "policies",
        "modifiers",
        "completions",
        "man",
    ] {
        hangtime(&format!("{command} --help")).runs().exits(0).says("Example").says(&format!("hangtime {command}"));
    }
}

#[test]
fn the_reference_answers_and_names_the_nearest() {
    hangtime("codes 96367").runs().exits(0).says("MUE").says("ZZZ");
    hangtime("rules t2").runs().exits(0).says("Further hours");
    hangtime("drugs zofran").runs().exits(0).says("ondansetron").says("J2405");
    hangtime("policies overlap").runs().exits(0).says("majority");
    hangtime("modifiers GA").runs().exits(0).says("waiver");
    hangtime("codes 96376x").runs().exits(2).complains("did you mean");
    hangtime("drugs zofrn").runs().exits(2).complains("Zofran");
}

#[test]
fn completions_and_the_manual_are_made() {
    hangtime("completions bash").runs().exits(0).says("_hangtime");
    hangtime("completions zsh").runs().exits(0).says("#compdef hangtime");
    hangtime("man").runs().exits(0).says(".TH").says("policy");
}

const OVERLAPPING: &str = r#"Session(id: "overlapping", setting: Hospital, date: "2026-03-02", events: [
    Infuse(from: "09:00", to: "10:00", drug: "vancomycin"),
    Infuse(from: "09:45", to: "10:30", drug: "cefepime"),
])"#;

#[test]
fn the_readme_shows_how_readings_are_compared() {
    let shown = blocks("README.md", "text").into_iter().find(|block| block.starts_with("overlapping")).expect("a comparison");
    let printed = hangtime("compare --vary overlap -").reads(OVERLAPPING).runs().exits(0).out();
    assert_eq!(printed.trim(), shown.trim());
}

#[test]
fn readings_are_compared_as_table_json_csv_and_markdown() {
    let json = hangtime("compare --vary overlap --format json -").reads(OVERLAPPING).runs().exits(0).out();
    let compared: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(compared["readings"], serde_json::json!(["deduct", "majority", "any", "none"]));
    assert_eq!(compared["totals"][1], serde_json::json!({ "code": "96367", "units": [1, 1, 0, 1] }));
    assert_eq!(compared["sessions"][0]["differences"][0]["reading"], "any");
    let csv = hangtime("compare --vary overlap --format csv -").reads(OVERLAPPING).runs().exits(0);
    csv.says("session,reading,date,code,modifiers,units\n").says("overlapping,any,2026-03-02,96368,,1\n");
    hangtime("compare --format markdown -")
        .reads(OVERLAPPING)
        .runs()
        .exits(0)
        .says("| Date | Code | Mod | default | medicare | conservative |");
    hangtime("compare --profiles conservative,default -").reads(OVERLAPPING).runs().exits(0).says("Mod  conservative  default");
}

#[test]
fn a_folder_sums_on_how_many_sessions_each_point_bears() {
    let folder = Folder::new("contested");
    folder.file("a.ron", OVERLAPPING);
    folder.file("b.ron", OVERLAPPING.replace("\"overlapping\"", "\"b\"").replace("09:45", "09:40"));
    folder.file("c.ron", GOOD);
    let all = hangtime("compare --all").with(&folder.0).runs().exits(0);
    all.says("overlap: of 3 sessions, 2 depend on it: overlapping and b").says("Sources:").says("MedLearn, 2022-01-31");
    hangtime("compare --all -").reads(GOOD).runs().exits(0).says("This bill depends on no contested point.");
    hangtime("compare --vary overlap").with(&folder.0).runs().exits(0).says("Of 3 sessions, 2 differ: overlapping and b.");
    hangtime("compare --vary overlapp -").reads(GOOD).runs().exits(2).complains("did you mean `overlap`?");
    hangtime("compare --profiles nobody -").reads(GOOD).runs().exits(2).complains("nobody");
    hangtime("compare --all -").reads(BAD).runs().exits(1).complains("error[U2]");
}

/// Worked out by hand: `overlapping` and `b` each have a first hour (96365) and a further drug, which
/// keeps 30 and 25 of its minutes under deduct and majority, is concurrent under any, and starts and stops at other
/// minutes for none; `good` has a first hour alone, and `bad` an error.
#[test]
fn a_folder_has_totals_and_names_what_it_left_out() {
    let folder = Folder::new("totals");
    folder.file("a.ron", OVERLAPPING);
    folder.file("b.ron", OVERLAPPING.replace("\"overlapping\"", "\"b\"").replace("09:45", "09:40").replace("10:30", "10:25"));
    folder.file("c.ron", GOOD);
    folder.file("d.ron", BAD);
    let json = hangtime("compare --vary overlap --format json").with(&folder.0).runs().exits(1).out();
    let compared: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let totals = serde_json::json!([
        { "code": "96365", "units": [3, 3, 3, 3] },
        { "code": "96367", "units": [2, 2, 0, 2] },
        { "code": "96368", "units": [0, 0, 2, 0] },
    ]);
    assert_eq!(compared["totals"], totals);
    assert_eq!(compared["left_out"], serde_json::json!(["bad"]));
    let all = hangtime("compare --all --format json").with(&folder.0).runs().exits(1).out();
    let points: serde_json::Value = serde_json::from_str(&all).expect("JSON");
    assert_eq!((&points["sessions"], &points["depend"]), (&serde_json::json!(3), &serde_json::json!(2)));
    assert_eq!(points["left_out"], serde_json::json!(["bad"]));
    let all = hangtime("compare --all").with(&folder.0).runs().exits(1);
    all.says("Of 3 sessions, 2 depend on one contested point.\nLeft out, for an error: bad.\n");
    hangtime("compare -").reads(BAD).runs().exits(1).says("No session could be billed.\nLeft out, for an error: bad.\n");
}

#[test]
fn of_many_sessions_that_differ_the_first_are_shown_and_all_are_counted() {
    let folder = Folder::new("many");
    for number in 1..=9 {
        folder.file(&format!("{number}.ron"), OVERLAPPING.replace("\"overlapping\"", &format!("\"s{number}\"")));
    }
    let done = hangtime("compare --vary overlap").with(&folder.0).runs().exits(0);
    let done = done.says("Of 9 sessions, 9 differ: s1, s2, s3, s4, s5 and 4 more.").says(" 96367       9         9    -     9\n");
    assert!(done.out().contains("\ns3\n") && !done.out().contains("\ns4\n"), "{}", done.out());
}

#[test]
fn what_differs_by_its_modifier_alone_is_told_as_one() {
    let log = GOOD.replace("drug: \"ceftriaxone\")", "drug: \"ceftriaxone\"), Inject(at: \"09:40\", drug: \"ketorolac\", route: IM)");
    let done = hangtime("compare --all -").reads(&log).runs().exits(0);
    done.says("  XU in place of 59: 2026-03-02 96372: XU in place of 59 (ketorolac; P5 M3)\n");
}

#[test]
fn a_session_that_a_reading_frees_or_holds_is_told_so() {
    let log = r#"Session(id: "held", setting: Hospital, date: "2026-03-02", events: [Start(at: "08:00", drug: "infliximab")])"#;
    let done = hangtime("compare --width 100 --all -").reads(log).runs().exits(0);
    done.says("therapeutic in place of cms_2024: billable: 2026-03-02 96374: 1 in place of 0");
    let done = hangtime("compare --all --policy complex_biologics=therapeutic -").reads(log).runs().exits(0);
    done.says("cms_2024 in place of therapeutic: held, nothing is billed\n");
    let done = hangtime("compare --vary complex_biologics -").reads(log).runs().exits(0);
    done.says("cms_2024: held, therapeutic: billable");
}

/// 91 minutes of saline with a push of 5 among them, and after a drug another 20: 111 are two
/// units, and so are 106 without the push and 91 without the short stretch, but not 86 without either.
#[test]
fn policies_that_bill_otherwise_only_together_are_named_together() {
    let log = r#"Session(id: "fluid", setting: Hospital, date: "2026-03-02", events: [
        Infuse(from: "09:00", to: "10:31", drug: "NS"),
        Push(at: "09:30", drug: "ondansetron", minutes: 5),
        Infuse(from: "10:31", to: "11:00", drug: "ceftriaxone"),
        Infuse(from: "11:00", to: "11:20", drug: "NS"),
    ])"#;
    let folder = Folder::new("together");
    let keep = folder.file("keep.ron", r#"Profile(name: "keep", policies: {"push_minutes": "keep"})"#);
    let each = folder.file("each.ron", r#"Profile(name: "each", policies: {"hydration_gaps": "each_segment"})"#);
    let done = hangtime(&format!("compare - --profiles {},{}", keep.display(), each.display())).reads(log).runs().exits(0);
    done.says("96361: 1 in place of 2").says("  by hydration_gaps=each_segment and push_minutes=deduct together\n");
}

#[test]
fn the_profile_of_other_commands_is_not_taken_for_one_to_compare() {
    hangtime("compare --profile conservative -").reads(GOOD).runs().exits(2).complains("name the profiles to compare with --profiles");
    hangtime("compare --vary home_pump --profile medicare -").reads(GOOD).runs().exits(0).says("g0498  96416");
}

#[test]
fn a_bill_ends_with_the_contested_points_it_depends_on() {
    hangtime("bill -").reads(OVERLAPPING).runs().says("\nContested: overlap=deduct (hangtime compare --all)\n");
    hangtime("bill --format markdown -").reads(OVERLAPPING).runs().says("Contested: overlap=deduct");
    for silent in ["bill --quiet -", "bill --format json -", "bill --format csv -"] {
        assert!(!hangtime(silent).reads(OVERLAPPING).runs().exits(0).out().contains("ontested"), "{silent}");
    }
    assert!(!hangtime("bill -").reads(GOOD).runs().out().contains("Contested"));
}

#[test]
fn the_readme_shows_an_audit() {
    let log = blocks("README.md", "ron").into_iter().find(|block| block.contains("Session(")).expect("a session");
    let claim = blocks("README.md", "csv").into_iter().find(|block| block.starts_with("account,")).expect("charges");
    let shown = blocks("README.md", "text").into_iter().find(|block| block.contains(" Charged ")).expect("an audit");
    let folder = Folder::new("readme-audit");
    let (log, claim) = (folder.file("monday.ron", log), folder.file("charges.csv", claim));
    let line = format!("audit --rates opps-2026 --width 80 --claim {}", claim.display());
    assert_eq!(hangtime(&line).with(&log).runs().exits(1).out().trim(), shown.trim());
}

#[test]
fn a_report_is_one_file_or_standard_output() {
    let folder = Folder::new("report");
    let (log, page) = (folder.file("good.ron", GOOD), folder.0.join("page.html"));
    hangtime("report -o").with(&page).with(&log).runs().exits(0);
    let written = std::fs::read_to_string(&page).expect("a page");
    assert!(written.starts_with("<!DOCTYPE html>") && written.contains("96365"));
    for foreign in ["<script", "http://", "https://", "url(", "@import", " style="] {
        assert!(!written.contains(foreign), "{foreign}");
    }
    assert_eq!(hangtime("report").with(&log).runs().exits(0).out(), written);
    hangtime("report -o").with(&folder.0.join("no/such/page.html")).with(&log).runs().exits(2).complains("cannot be written");
    hangtime("report -").reads(BAD).runs().exits(1).says("Not billed:");
}

#[test]
fn an_argument_comes_as_text_markdown_and_json() {
    hangtime("explain -").reads(GOOD).runs().exits(0).says("Each unit").says("[I2 T2; <stdin>:1]");
    hangtime("explain - --format markdown").reads(GOOD).runs().exits(0).says("### Each unit").says("- **T2** Further hours.");
    let json = hangtime("explain - --format json").reads(GOOD).runs().exits(0).out();
    let argument: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(argument[0]["steps"][2]["rules"], serde_json::json!(["I2", "T2"]));
    hangtime("explain -").reads(BAD).runs().exits(1).says("Nothing is billed").says("error: ");
}

/// The fenced blocks of a page in a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(page)).expect("the page");
    let opening = format!("```{language}\n");
    text.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_readme_shows_what_the_program_prints() {
    let log = blocks("README.md", "ron").into_iter().find(|block| block.contains("Session(")).expect("a session");
    let shown = blocks("README.md", "text").into_iter().find(|block| block.contains("minutes ran")).expect("a table");
    let folder = Folder::new("readme");
    let path = folder.file("monday.ron", log);
    let printed = hangtime("bill").with(&path).runs().exits(0).out().replace(&path.display().to_string(), "monday.ron");
    assert_eq!(printed.trim(), shown.trim());
    let argued = blocks("README.md", "text").into_iter().find(|block| block.starts_with("The initial service")).expect("an argument");
    hangtime("explain").with(&path).runs().exits(0).says(argued.trim_end());
}

#[test]
fn the_readme_draws_what_the_program_draws() {
    let log = blocks("README.md", "ron").into_iter().find(|block| block.contains("Session(")).expect("a session");
    let shown = blocks("README.md", "text").into_iter().find(|block| block.contains("a column:")).expect("a picture");
    let printed = hangtime("timeline -").reads(&log).runs().exits(0).out();
    assert_eq!(printed.trim(), shown.trim());
}

#[test]
fn a_log_with_an_error_is_not_drawn_and_stops_no_other() {
    let both = format!("[{GOOD}, {BAD}]");
    let done = hangtime("timeline -").reads(&both).runs().exits(1).says("█").says("Not drawn: the log has an error.");
    let done = done.says("error[U2]: Stop of ceftriaxone without a Start");
    assert!(done.out().lines().filter(|line| line.contains("96365")).count() == 1, "{}", done.out());
    let folder = Folder::new("no-picture");
    let good = folder.file("good.ron", GOOD);
    hangtime("timeline nowhere.ron").with(&good).runs().exits(2).says("96365").complains("nowhere.ron cannot be read");
    hangtime("timeline - --policy overlp=any").reads(GOOD).runs().exits(2).complains("did you mean `overlap`?");
    hangtime("timeline - --deny U4 --width 39").reads(GOOD).runs().exits(2).complains("39");
}

#[test]
fn every_session_on_the_formats_page_bills() {
    let sessions: Vec<String> = blocks("sessions/README.md", "ron").into_iter().filter(|block| block.contains("Session(")).collect();
    assert!(sessions.len() > 5, "the page shows sessions");
    for session in sessions {
        hangtime("bill -").reads(&session).runs().exits(0);
    }
}
