//! The pages for a class, in a real browser: typed at, marked, looked at.

#[allow(dead_code)]
mod browser;

use std::path::{Path, PathBuf};
use std::process::Command;

use hangtime::practice::answer::Answer;
use hangtime::practice::mark::mark;
use hangtime::practice::misread::broken_bills;
use hangtime::practice::{Case, Tally, samples};
use hangtime::{Reference, show};
use serde_json::json;

fn page(name: &str, args: &[&str]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hangtime-practice-{name}-{}.html", std::process::id()));
    let done = Command::new(env!("CARGO_BIN_EXE_hangtime"))
        .args(["practice", "--no-progress", "-o", &path.display().to_string()])
        .args(args)
        .output()
        .expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    path
}

/// Types into what has the focus.
fn types(browser: &browser::Browser, text: &str) {
    browser.ask("Input.insertText", json!({ "text": text }));
}

fn presses(browser: &browser::Browser, key: &str) {
    let (code, text) = match key {
        "Tab" => (9, ""),
        "Enter" => (13, "\r"),
        _ => panic!("no such key"),
    };
    for kind in ["keyDown", "keyUp"] {
        let mut event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code });
        if kind == "keyDown" && !text.is_empty() {
            event["text"] = json!(text);
        }
        browser.ask("Input.dispatchKeyEvent", event);
    }
}

/// Fills the first exercise by keyboard alone and hands it in.
fn answers(browser: &browser::Browser, lines: &[(&str, &str)]) -> String {
    browser.value("document.querySelectorAll('#exercise-1 input').forEach(input => { input.value = ''; })");
    browser.value("document.querySelector('#exercise-1 input').focus()");
    for (code, units) in lines {
        types(browser, code);
        presses(browser, "Tab");
        types(browser, units);
        presses(browser, "Tab");
    }
    browser.value("document.querySelector('#exercise-1 input').focus()");
    presses(browser, "Enter");
    browser.value("document.querySelector('#exercise-1 .marks').innerText").as_str().expect("text").to_owned()
}

fn picture(browser: &browser::Browser, name: &str) {
    if let Some(folder) = std::env::var_os("PICTURES") {
        browser.picture(&Path::new(&folder).join(format!("practice-{name}.png")));
    }
}

#[test]
fn right_wrong_and_half_right_answers_are_marked_by_keyboard() {
    let Some(browser) = browser::browser("practice") else { return };
    let page = page("marks", &["ed-0417", "--interactive", "--sheet", "1"]);
    let html = std::fs::read_to_string(&page).expect("a page");
    assert!(!html.contains("Full: earned"), "the picture tells what earned");
    for (width, scheme) in [(390, "light"), (1200, "dark")] {
        browser.media("screen", scheme);
        browser.open(&page, width);
        let right = [("96365", "1"), ("96361", "x2"), ("96367", ""), ("96372-59", "1"), ("96375", "1")];
        assert!(answers(&browser, &right).starts_with("All right."));
        assert!(browser.value("document.querySelector('.score').textContent").as_str().expect("text").starts_with("1 marked of 1, 1"));
        let half = answers(&browser, &[("96365", "1"), ("96360", "1"), ("96361", "1"), ("96367", "1"), ("96375", "2")]);
        for said in
            ["Not yet.", "96365 x1: right", "96360 x1: the log does not support it", "96361 x1: too few, 2 are right", "96372 x0: missing"]
        {
            assert!(half.contains(said), "`{said}` is not in {half}");
        }
        let suggested = "[...document.querySelectorAll('#exercise-1 .suggests')].map(one => one.dataset.id)";
        assert_eq!(browser.value(suggested), json!(["hydration-as-initial", "injection-in-hierarchy"]));
        let wrong = answers(&browser, &[("hello", "1")]);
        assert!(wrong.contains("This is no code"), "{wrong}");
        assert_eq!(browser.value("document.activeElement.getAttribute('aria-invalid')"), json!("true"));
        let wrong = answers(&browser, &[("96365", "two")]);
        assert!(wrong.contains("whole number"), "{wrong}");
        let none = answers(&browser, &[]);
        assert!(none.contains("96365 x0: missing, 1 is right"), "{none}");
        browser.value("document.querySelector('#exercise-1 .more').click()");
        assert_eq!(browser.value("document.querySelectorAll('#exercise-1 .row').length"), json!(6));
        answers(&browser, &half_right());
        assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(width), "the page is wider than its window");
        picture(&browser, &format!("{width}-{scheme}"));
    }
    let _ = std::fs::remove_file(page);
    assert_eq!(browser.logged(), Vec::<String>::new());
}

fn half_right() -> [(&'static str, &'static str); 4] {
    [("96365", "1"), ("96361", "3"), ("96367", "1"), ("96372", "1")]
}

fn written(tally: &Tally) -> serde_json::Value {
    json!(tally.iter().map(|(item, units)| (item.to_string(), json!(units))).collect::<serde_json::Map<_, _>>())
}

/// The script says what the engine says: of every sample, every answer that a misconception leads to, and
/// those with a unit more.
#[test]
fn the_script_marks_as_the_engine_does() {
    let Some(browser) = browser::browser("practice-same") else { return };
    let cases: Vec<Case> = samples::all()
        .iter()
        .filter(|exercise| exercise.level < hangtime::practice::HIGHEST_LEVEL)
        .step_by(2)
        .map(|exercise| Case::new(exercise.clone(), Reference::embedded()).expect("billed"))
        .collect();
    let path = std::env::temp_dir().join(format!("hangtime-practice-same-{}.html", std::process::id()));
    std::fs::write(&path, show::practice::interactive(&cases)).expect("written");
    browser.open(&path, 800);
    let fill = "((number, lines) => { const form = document.querySelectorAll('form')[number];
        const rows = () => [...form.querySelectorAll('.row')];
        while (rows().length < lines.length) form.querySelector('.more').click();
        rows().forEach((row, at) => { const [code, units] = row.querySelectorAll('input'); code.value = lines[at] ? lines[at][0] : ''; units.value = lines[at] ? lines[at][1] : ''; });
        form.requestSubmit();
        return [[...form.querySelectorAll('.verdicts li')].map(one => one.textContent.endsWith(': right')), [...form.querySelectorAll('.suggests')].map(one => one.dataset.id)]; })";
    let mut asked = 0;
    for (number, case) in cases.iter().enumerate() {
        let mut tallies: Vec<Tally> = vec![case.right(false)];
        for misread in broken_bills(case) {
            let mut more = misread.tally.clone();
            if let Some(units) = more.values_mut().next() {
                *units += 1;
            }
            tallies.extend([misread.tally, more]);
        }
        for tally in tallies {
            let lines: Vec<String> = tally.iter().map(|(item, units)| format!("{item} {units}")).collect();
            let marked = mark(case, &Answer::read(&lines.join(",")).expect("readable"));
            let rights: Vec<bool> = marked.marks.iter().map(|mark| mark.given == mark.right).collect();
            let ids: Vec<&str> = marked.recognised.iter().map(|one| one.misconception.id.as_str()).collect();
            let given: Vec<(String, usize)> = tally.iter().map(|(item, units)| (item.to_string(), *units)).collect();
            let said = browser.value(&format!("{fill}({number}, {})", json!(given)));
            assert_eq!(said, json!([rights, ids]), "{}: {}", case.exercise.name, written(&tally));
            asked += 1;
        }
    }
    assert!(asked > 100, "{asked}");
    let _ = std::fs::remove_file(path);
    assert_eq!(browser.logged(), Vec::<String>::new());
}

#[test]
fn sheets_and_keys_fit_paper_and_telephones() {
    let Some(browser) = browser::browser("practice-sheet") else { return };
    for (name, args) in [("sheet", vec!["--sheet", "4", "--seed", "7"]), ("key", vec!["--sheet", "4", "--seed", "7", "--answers"])] {
        let page = page(name, &args);
        browser.media("screen", "light");
        browser.open(&page, 390);
        assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(390), "{name} is wider than its window");
        assert_eq!(browser.value("document.querySelectorAll('section.session').length"), json!(4));
        let has_code = browser.value("/\\b96[0-9]{3}\\b/.test(document.querySelector('main').textContent)");
        assert_eq!(has_code, json!(name == "key"), "{name}: a sheet tells no code, a key does");
        picture(&browser, name);
        let _ = std::fs::remove_file(page);
    }
    assert_eq!(browser.logged(), Vec::<String>::new());
}
