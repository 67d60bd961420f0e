//! The page, read by a real browser.

mod browser;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

const SAMPLES: [&str; 6] = [
    "sessions/3-hydration/ed-0417.ron",
    "sessions/4-chemo/r-chop.ron",
    "sessions/5-sites-days-visits/two-ed-visits.ron",
    "sessions/6-hard/docetaxel-no-stop.ron",
    "sessions/6-hard/half-past-two.ron",
    "sessions/6-hard/three-in-a-chain.ron",
];

fn hangtime(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_hangtime")).args(args).current_dir(env!("CARGO_MANIFEST_DIR")).output().expect("it runs");
    String::from_utf8(output.stdout).expect("text")
}

fn written(name: &str, args: &[&str]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("hangtime-{name}-{}.html", std::process::id()));
    let file = path.display().to_string();
    hangtime(&[&["report", "-o", &file], args].concat());
    path
}

fn cells(selector: &str) -> String {
    format!("[...document.querySelectorAll('{selector} tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))")
}

/// The rows that the page must show, from the JSON.
fn expected() -> (Vec<Value>, Vec<Value>) {
    let bills: Value = serde_json::from_str(&hangtime(&[&["bill", "--format", "json"], &SAMPLES[..]].concat())).expect("JSON");
    let (mut lines, mut unbilled) = (Vec::new(), Vec::new());
    for bill in bills.as_array().expect("an array") {
        for line in bill["lines"].as_array().expect("lines") {
            let minutes: i64 = line["reasons"].as_array().expect("reasons").iter().filter_map(|reason| reason["minutes"].as_i64()).sum();
            let words =
                |key: &str, by: &str| line[key].as_array().expect("words").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(by);
            lines.push(json!([
                line["date"],
                line["code"],
                words("modifiers", " "),
                line["units"].to_string(),
                words("drugs", ", "),
                if minutes > 0 { minutes.to_string() } else { String::new() }
            ]));
        }
        for left in bill["unbilled"].as_array().expect("unbilled") {
            unbilled.push(json!([left["drug"], left["minutes"].to_string(), left["rule"]]));
        }
    }
    (lines, unbilled)
}

fn columns(rows: &Value, wanted: &[usize]) -> Vec<Value> {
    let row = |row: &Value| json!(wanted.iter().map(|at| row[at].clone()).collect::<Vec<_>>());
    rows.as_array().expect("rows").iter().map(row).collect()
}

#[test]
fn the_page_shows_the_numbers_of_the_json_without_overflow_or_error() {
    let Some(browser) = browser::browser("report") else { return };
    let page = written("numbers", &SAMPLES);
    let (lines, unbilled) = expected();
    for width in [390, 1400] {
        browser.open(&page, width);
        assert_eq!(columns(&browser.value(&cells("table.lines")), &[0, 1, 2, 3, 5, 6]), lines);
        assert_eq!(columns(&browser.value(&cells("table.unbilled")), &[0, 3, 4]), unbilled);
        let wide = browser.value("document.documentElement.scrollWidth");
        assert_eq!(wide, json!(width), "the page is wider than its window");
        if let Some(folder) = std::env::var_os("PICTURES") {
            browser.picture(&Path::new(&folder).join(format!("report-{width}.png")));
        }
    }
    let _ = std::fs::remove_file(page);
    assert_eq!(browser.logged(), Vec::<String>::new());
}

/// WCAG's contrast of two colours, of each text against the nearest painted ground behind it.
const CONTRAST: &str = r"(() => {
    const parts = colour => colour.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = node => { for (; node; node = node.parentElement) { const c = parts(getComputedStyle(node).backgroundColor);
        if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
    let worst = [99, ''];
    for (const node of document.querySelectorAll('body *:not(title, desc)')) {
        if (![...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim())) continue;
        const svg = node.namespaceURI.endsWith('svg'), style = getComputedStyle(node);
        const colour = svg ? style.fill : style.color;
        if (!colour.startsWith('rgb')) continue;
        const [a, b] = [light(parts(colour)), light(ground(svg ? node.closest('svg').parentElement : node))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < worst[0]) worst = [ratio, node.outerHTML.slice(0, 120)];
    }
    return worst;
})()";

#[test]
fn its_text_has_contrast_in_light_and_dark() {
    let Some(browser) = browser::browser("contrast") else { return };
    let page = written("contrast", &SAMPLES);
    for scheme in ["light", "dark"] {
        browser.media("screen", scheme);
        browser.open(&page, 1000);
        let worst = browser.value(CONTRAST);
        assert!(worst[0].as_f64().is_some_and(|ratio| (4.5..99.0).contains(&ratio)), "{scheme}: {worst}");
        if let Some(folder) = std::env::var_os("PICTURES") {
            browser.picture(&Path::new(&folder).join(format!("report-{scheme}.png")));
        }
    }
    let _ = std::fs::remove_file(page);
}

#[test]
fn it_is_read_by_keyboard_and_by_ear() {
    let Some(browser) = browser::browser("keyboard") else { return };
    let page = written("keyboard", &SAMPLES);
    browser.open(&page, 390);
    let unreachable =
        "[...document.querySelectorAll('.scroll, pre')].filter(box => box.tabIndex < 0 || !box.getAttribute('aria-label')).length";
    assert_eq!(browser.value(unreachable), json!(0), "what scrolls must be reached by keyboard");
    let nameless =
        "[...document.querySelectorAll('svg')].filter(svg => !svg.querySelector('title') || svg.getAttribute('role') !== 'img').length";
    assert_eq!(browser.value(nameless), json!(0), "each picture has a text in its place");
    let lost = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(a => !document.querySelector(a.getAttribute('href'))).length";
    assert_eq!(browser.value(lost), json!(0), "each link leads somewhere");
    let sessions = browser.value("document.querySelectorAll('section.session').length");
    assert_eq!(browser.value("document.querySelectorAll('nav a').length"), sessions);
    assert_eq!(sessions, json!(7), "one sample holds two visits");
    assert_eq!(browser.value("document.documentElement.lang"), json!("en"));
    let _ = std::fs::remove_file(page);
}

#[test]
fn nothing_of_a_log_becomes_markup_and_the_policy_stands() {
    let Some(browser) = browser::browser("escape") else { return };
    let log = std::env::temp_dir().join(format!("hangtime-escape-{}.ron", std::process::id()));
    let evil = r#"</title></style><script>console.log('ran')</script><img src=x onerror=console.log('ran')>\u{202e}"#;
    let text = format!(
        "Session(id: \"{evil}\", setting: Hospital, date: \"2026-03-02\", patient: \"{evil}\", drugs: {{ \"{evil}\": (class: Therapeutic) }},\n\
         events: [Infuse(from: \"09:00\", to: \"09:30\", drug: \"{evil}\", site: \"{evil}\"), Note(at: \"09:00\", text: \"{evil}\")])"
    );
    std::fs::write(&log, text).expect("a file");
    let page = written("escape", &[&log.display().to_string()]);
    browser.open(&page, 800);
    assert_eq!(browser.value("document.querySelectorAll('script, img').length"), json!(0));
    assert!(browser.value("document.querySelector('h2').textContent").as_str().expect("a name").contains("<script>"));
    assert_eq!(browser.value("document.body.textContent.includes('\\u202e')"), json!(false));
    assert_eq!(browser.logged(), Vec::<String>::new());
    // A script that did find its way in would be barred.
    browser
        .value("(() => { const s = document.createElement('script'); s.textContent = 'window.ran = true'; document.body.append(s); })()");
    assert_eq!(browser.value("window.ran === undefined"), json!(true));
    assert!(browser.logged().iter().any(|entry| entry.contains("Content Security Policy")), "{:?}", browser.logged());
    for path in [log, page] {
        let _ = std::fs::remove_file(path);
    }
}

#[test]
fn the_audits_page_holds_its_worksheet_without_overflow_or_error() {
    let Some(browser) = browser::browser("audit") else { return };
    let name = |end: &str| std::env::temp_dir().join(format!("hangtime-page-{}.{end}", std::process::id()));
    let (claim, page) = (name("csv"), name("html"));
    std::fs::write(&claim, "account,dos,hcpcs,units\n2026-03-02-ed-0417,2026-03-02,96365,2\n<b>x</b>,2026-03-02,96365,1\n")
        .expect("a file");
    let (claim_path, page_path) = (claim.display().to_string(), page.display().to_string());
    let args = [&["audit", "--claim", &claim_path, "--summary", "--rates", "opps-2026"], &SAMPLES[..]].concat();
    hangtime(&[&args[..], &["-o", &page_path]].concat());
    let sheet: Value = serde_json::from_str(&hangtime(&[&args[..], &["--format", "json"]].concat())).expect("JSON");
    let amounts: Vec<String> =
        sheet["rows"].as_array().expect("rows").iter().map(|row| row["amount"].as_str().unwrap_or_default().to_owned()).collect();
    for width in [390, 1400] {
        browser.open(&page, width);
        let shown = columns(&browser.value(&cells("table.audit")), &[17]);
        assert_eq!(shown, amounts.iter().map(|usd| json!([usd])).collect::<Vec<_>>());
        assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(width));
        assert_eq!(browser.value("document.querySelectorAll('b').length"), json!(0));
    }
    assert_eq!(browser.logged(), Vec::<String>::new());
    for path in [claim, page] {
        let _ = std::fs::remove_file(path);
    }
}
