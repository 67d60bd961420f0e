//! `hangtime practice` as its users run it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

struct Desk {
    folder: PathBuf,
}

impl Desk {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hangtime-desk-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        Desk { folder }
    }

    fn progress(&self) -> PathBuf {
        self.folder.join("progress.json")
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, &[])
    }

    fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_hangtime"))
            .arg("practice")
            .args(args)
            .env("HANGTIME_DATA_DIR", &self.folder)
            .env_remove("HANGTIME_NO_PROGRESS")
            .envs(env.iter().copied())
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .stdin(Stdio::null())
            .output()
            .expect("it runs")
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn without_a_terminal_it_says_what_it_needs() {
    let desk = Desk::new("piped");
    let done = desk.run(&["migraine"]);
    assert_eq!(done.status.code(), Some(2));
    assert!(err(&done).contains("--answer"), "{}", err(&done));
    assert!(!desk.progress().exists());
}

#[test]
fn an_answer_on_the_command_line_is_marked_and_recorded() {
    let desk = Desk::new("answer");
    let right = desk.run(&["migraine", "--answer", "96365 1, 96375 x3, 96361 1"]);
    assert_eq!((right.status.code(), out(&right).starts_with("All right.")), (Some(0), true), "{}", err(&right));
    let wrong = desk.run(&["ed-0417", "--answer", "96365 1, 96361 2, 96367 1, 96375 2"]);
    assert_eq!(wrong.status.code(), Some(1));
    for said in ["Not yet.", "96372 x0", "missing, 1 is right", "an injection was taken for a push", "Why 96372", "[P5"] {
        assert!(out(&wrong).contains(said), "`{said}` is not in:\n{}", out(&wrong));
    }
    assert!(out(&wrong).lines().all(|line| line.chars().count() <= 80), "{}", out(&wrong));
    let progress = out(&desk.run(&["--progress"]));
    for said in ["2 exercises done", "P5", "0 right", "1 wrong", "1 times", "an injection was taken for a push"] {
        assert!(progress.contains(said), "`{said}` is not in:\n{progress}");
    }
}

#[test]
fn what_cannot_be_read_or_found_is_told() {
    let desk = Desk::new("unknown");
    for (args, said) in [
        (vec!["migraine", "--answer", "9636 1"], "is no code"),
        (vec!["migrane"], "did you mean `migraine`"),
        (vec!["O7", "--seed", "1"], "without --seed"),
        (vec!["--answers"], "--sheet"),
        (vec!["migraine", "-o", "x.html"], "-o is for pages"),
        (vec!["--level", "7"], "1..=6"),
    ] {
        let done = desk.run(&args);
        assert_eq!(done.status.code(), Some(2), "{args:?}");
        assert!(err(&done).contains(said), "{args:?}: {}", err(&done));
    }
}

#[test]
fn no_record_is_kept_where_none_is_wanted() {
    let desk = Desk::new("none");
    let answer = ["migraine", "--answer", "96365"];
    desk.run(&[&answer[..], &["--no-progress"]].concat());
    desk.run_with(&answer, &[("HANGTIME_NO_PROGRESS", "1")]);
    assert!(!desk.folder.exists());
    desk.run(&answer);
    assert!(desk.progress().exists());
}

#[test]
fn a_broken_record_is_told_and_set_aside_and_the_marks_stand() {
    let desk = Desk::new("broken");
    std::fs::create_dir_all(&desk.folder).expect("a folder");
    for broken in ["{ not json", "", "{\"version\": 99, \"done\": [], \"rules\": {}, \"misconceptions\": {}}"] {
        std::fs::write(desk.progress(), broken).expect("written");
        let done = desk.run(&["migraine", "--answer", "96365 1, 96375 x3, 96361 1"]);
        assert_eq!(done.status.code(), Some(0));
        assert!(out(&done).starts_with("All right."));
        assert!(err(&done).contains("cannot be read"), "{}", err(&done));
        assert_eq!(std::fs::read_to_string(desk.folder.join("progress.broken.json")).expect("kept"), broken);
        assert!(out(&desk.run(&["--progress"])).starts_with("1 exercises done"));
    }
    // A folder in the record's place cannot be written over.
    std::fs::remove_file(desk.progress()).expect("removed");
    std::fs::create_dir_all(desk.progress().join("in the way")).expect("a folder");
    std::fs::create_dir_all(desk.folder.join("progress.broken.json.d")).expect("a folder");
    let done = desk.run(&["migraine", "--answer", "96365 1, 96375 x3, 96361 1"]);
    assert_eq!(done.status.code(), Some(0), "{}", err(&done));
    assert!(out(&done).starts_with("All right."));
}

#[test]
fn a_sheet_is_the_same_for_the_same_seed() {
    let desk = Desk::new("sheet");
    let args = ["--sheet", "5", "--seed", "7"];
    let (one, two) = (out(&desk.run(&args)), out(&desk.run(&args)));
    assert!(one.starts_with("<!DOCTYPE html>"));
    assert_eq!(one, two);
    assert_ne!(one, out(&desk.run(&["--sheet", "5", "--seed", "8"])));
    assert!(!one.contains("<script"));
}

#[test]
fn the_readme_shows_what_it_does() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("a text");
    let (_, after) = readme.split_once("`hangtime practice ed-0417 --answer \"").expect("the sample");
    let (answer, after) = after.split_once("\"`:").expect("the answer");
    let (_, after) = after.split_once("```text\n").expect("what it says");
    let (says, _) = after.split_once("```").expect("its end");
    let done = out(&Desk::new("readme").run(&["ed-0417", "--answer", answer]));
    assert!(done.starts_with(says), "{done}");
}
