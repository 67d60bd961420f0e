//! A real browser, spoken to over its debugging pipe: no driver and no port.

use std::cell::RefCell;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page.
pub struct Browser {
    child: Child,
    folder: PathBuf,
    to: RefCell<File>,
    from: RefCell<BufReader<File>>,
    next: RefCell<u64>,
    page: String,
    /// What the page logged: warnings and errors of the console, scripts, policy and network.
    logged: RefCell<Vec<String>>,
    loads: RefCell<usize>,
}

/// A browser, where one is there or may be installed (`CI` or `INSTALL_BROWSER` is set); else says
/// that the test was skipped.
pub fn browser(test: &str) -> Option<Browser> {
    let found = find().or_else(|| install().and_then(|()| find()));
    if found.is_none() {
        // Past the capture of the test's output, so that it is always seen.
        let _ = writeln!(std::io::stderr(), "SKIPPED {test}: no Chromium is here; tests/browser/install.sh installs one");
    }
    found.map(|name| Browser::start(name, test))
}

fn find() -> Option<&'static str> {
    NAMES
        .into_iter()
        .find(|name| Command::new(name).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success()))
}

fn install() -> Option<()> {
    let may = ["CI", "INSTALL_BROWSER"].iter().any(|name| std::env::var_os(name).is_some());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/install.sh");
    (may && Command::new(script).stdout(Stdio::null()).status().is_ok_and(|status| status.success())).then_some(())
}

impl Browser {
    fn start(name: &str, test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("hangtime-browser-{test}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let (to, from) = (folder.join("to"), folder.join("from"));
        for pipe in [&to, &from] {
            assert!(Command::new("mkfifo").arg(pipe).status().expect("mkfifo").success());
        }
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run --remote-debugging-pipe \"--user-data-dir=$3\" about:blank 3<\"$1\" 4>\"$2\""])
            .arg(name)
            .args([&to, &from, &folder.join("profile")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a browser");
        let to = File::options().write(true).open(&to).expect("the browser reads");
        let from = File::open(&from).expect("the browser writes");
        let mut browser = Browser {
            child,
            folder,
            to: RefCell::new(to),
            from: RefCell::new(BufReader::new(from)),
            next: RefCell::new(0),
            page: String::new(),
            logged: RefCell::default(),
            loads: RefCell::new(0),
        };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.ask("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        attached["sessionId"].as_str().expect("a session").clone_into(&mut browser.page);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.ask(domain, json!({}));
        }
        browser
    }

    /// Sends a command and waits for its answer; what the page logs meanwhile is kept.
    pub fn ask(&self, method: &str, params: Value) -> Value {
        *self.next.borrow_mut() += 1;
        let id = *self.next.borrow();
        let mut message = json!({ "id": id, "method": method, "params": params });
        if !self.page.is_empty() {
            message["sessionId"] = json!(self.page);
        }
        let mut bytes = serde_json::to_vec(&message).expect("JSON");
        bytes.push(0);
        self.to.borrow_mut().write_all(&bytes).expect("the browser reads");
        loop {
            let message = self.hear();
            if message["id"] == json!(id) {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
        }
    }

    fn hear(&self) -> Value {
        let mut bytes = Vec::new();
        self.from.borrow_mut().read_until(0, &mut bytes).expect("the browser writes");
        assert!(!bytes.is_empty(), "the browser went away");
        bytes.pop();
        let message: Value = serde_json::from_slice(&bytes).expect("JSON");
        let params = &message["params"];
        match message["method"].as_str() {
            Some("Page.loadEventFired") => *self.loads.borrow_mut() += 1,
            Some("Log.entryAdded") => self.logged.borrow_mut().push(params["entry"]["text"].to_string()),
            Some("Runtime.consoleAPICalled") => self.logged.borrow_mut().push(params["args"].to_string()),
            Some("Runtime.exceptionThrown") => self.logged.borrow_mut().push(params["exceptionDetails"].to_string()),
            _ => {}
        }
        message
    }

    /// Opens a file at a window's width, in points.
    pub fn open(&self, path: &Path, width: u32) {
        self.ask("Emulation.setDeviceMetricsOverride", json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }));
        let before = *self.loads.borrow();
        self.ask("Page.navigate", json!({ "url": format!("file://{}", path.display()) }));
        let begun = Instant::now();
        while *self.loads.borrow() == before {
            assert!(begun.elapsed() < PATIENCE, "the page does not load");
            self.hear();
        }
    }

    /// What an expression is in the page.
    pub fn value(&self, expression: &str) -> Value {
        let answer = self.ask("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }));
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The whole page as a picture, for a person to look at.
    pub fn picture(&self, path: &Path) {
        let shot = self.ask("Page.captureScreenshot", json!({ "format": "png", "captureBeyondViewport": true }));
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().expect("a picture")).expect("base 64");
        std::fs::write(path, bytes).expect("a file");
    }

    /// Light or dark, screen or paper.
    pub fn media(&self, media: &str, scheme: &str) {
        self.ask(
            "Emulation.setEmulatedMedia",
            json!({ "media": media, "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
    }

    /// What the page logged so far.
    pub fn logged(&self) -> Vec<String> {
        self.logged.borrow().clone()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
