//! How inputs are made without a fuzzer's engine: the project's own logs, changed by chance. The
//! same seed and number always make the same input.

use std::ops::Range;
use std::path::{Path, PathBuf};

use hangtime::session::locate::{self, Step};

/// Numbers by chance (splitmix64): small, and the same on every machine.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The chance of the nth input of a seed.
    #[must_use]
    pub fn new(seed: u64, nth: u64) -> Self {
        let mut chance = Chance(seed);
        Chance(chance.next() ^ nth.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    fn pick<'i, T>(&mut self, items: &'i [T]) -> &'i T {
        &items[self.below(items.len())]
    }

    /// A stretch of a text or list of this length, seldom a long one.
    fn stretch(&mut self, length: usize) -> Range<usize> {
        let from = self.below(length + 1);
        let most = if self.below(4) == 0 { length } else { 12 };
        from..length.min(from + self.below(most + 1))
    }
}

/// Texts that have been trouble in one program or another.
const TEXTS: [&str; 64] = [
    "",
    " ",
    "+",
    "a + a",
    "ceftriaxone",
    "Rocephin",
    "normal saline",
    "NS",
    "saline flush",
    "KCl",
    "normal saline + KCl 20 mEq",
    "paclitaxel",
    "infliximab",
    "leucovorin",
    "ondansetron",
    "vancomycin",
    "leuprolide",
    "unheard of",
    "09:05",
    "9:05",
    "0905",
    "24:00",
    "24:01",
    "00:00",
    "+0 00:00",
    "+1 01:20",
    "+999 24:00",
    "+1000 00:00",
    "9:05 PM",
    "0000-01-01",
    "0000-01-01 00:00",
    "9999-12-31",
    "9999-12-31 24:00",
    "2026-02-29",
    "2024-02-29 23:59:59",
    "2026-03-08 02:30",
    "2026-11-01 01:30",
    "01:30 -05:00",
    "2026-11-01 01:30 -06:00",
    "12:00Z",
    "America/Chicago",
    "Africa/Monrovia",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Antarctica/Troll",
    "UTC",
    "R forearm",
    "L port",
    "99213",
    "36000",
    "1 g",
    "0.0000001 mg",
    "-5 mL",
    "1e309 mg",
    "medicare",
    "conservative",
    "p-1",
    "\u{202E}x\u{2069}",
    "\u{9b}31m",
    "\u{0}\u{1b}]0;t\u{7}",
    "\u{e9}\u{1F600}\u{200B}",
    "=1+1|`<b>",
];

/// Words, numbers and marks of the format, and some that are none.
const TOKENS: [&str; 72] = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "'",
    "\\",
    "//",
    "/*",
    "*/",
    "\n",
    "Some(",
    "None",
    "()",
    "r#\"",
    "\"#",
    "#",
    "#![enable(",
    "Session(",
    "Start",
    "Stop",
    "Pause",
    "Resume",
    "Check",
    "Rate",
    "Push",
    "Inject",
    "Infuse",
    "OnBodyInjector",
    "FlushPort",
    "PumpRefill",
    "PumpSetup",
    "Transfuse",
    "Instill",
    "Service",
    "Note",
    "IV",
    "SC",
    "IM",
    "IA",
    "Portable",
    "Implantable",
    "Hospital",
    "Office",
    "true",
    "false",
    "NaN",
    "inf",
    "-inf",
    "-0.0",
    "1e308",
    "1e-308",
    "0",
    "-1",
    "1",
    "15",
    "16",
    "481",
    "1000000",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "340282366920938463463374607431768211456",
    "Lesions(4294967295)",
    "continues_at_home: true,",
    "pump: Portable,",
    "reaction: true,",
    "circumstances: [Disaster],",
];

/// The project's own logs: samples, cases, bad logs, and the corpus.
///
/// # Panics
/// Where a folder cannot be read.
#[must_use]
pub fn seeds(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths = Vec::new();
    for folder in ["sessions", "tests/cases", "tests/bad", "fuzz/corpus"] {
        walk(&root.join(folder), &mut paths);
    }
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("a file of the project"))).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder of the project").path();
        if path.is_dir() {
            walk(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "ron") {
            found.push(path);
        }
    }
}

/// One log, changed once to a few times.
#[must_use]
pub fn mutated(chance: &mut Chance, seeds: &[(PathBuf, Vec<u8>)]) -> Vec<u8> {
    const MOST: usize = 48 * 1024;
    let mut bytes = chance.pick(seeds).1.clone();
    for _ in 0..=chance.below(5) {
        let other = chance.pick(seeds).1.clone();
        bytes = match chance.below(3) {
            0 => by_byte(chance, bytes),
            1 => by_text(chance, bytes, by_token),
            _ => by_text(chance, bytes, |chance, text| by_event(chance, text, &other)),
        };
        bytes.truncate(MOST);
    }
    bytes
}

fn by_text(chance: &mut Chance, bytes: Vec<u8>, change: impl FnOnce(&mut Chance, &str) -> String) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => change(chance, &text).into_bytes(),
        Err(no_text) => by_byte(chance, no_text.into_bytes()),
    }
}

fn by_byte(chance: &mut Chance, mut bytes: Vec<u8>) -> Vec<u8> {
    let at = chance.below(bytes.len());
    match chance.below(6) {
        0 => drop(bytes.drain(chance.stretch(bytes.len()))),
        1 => {
            let again = bytes[chance.stretch(bytes.len())].to_vec();
            bytes.splice(at..at, again);
        }
        2 => bytes.truncate(at),
        3 => {
            let some = [b'"', b'(', b')', b'\\', 0, 0xFF, 0xC2, 0x9B, b'/', b'9'];
            bytes.insert(at, *chance.pick(&some));
        }
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << chance.below(8);
            }
        }
    }
    bytes
}

/// A text in quotes, a number or a word becomes another, or a token comes in between.
fn by_token(chance: &mut Chance, text: &str) -> String {
    let quoted = |c: &str| c.starts_with('"');
    let tokens = tokens(text);
    if tokens.is_empty() {
        return (*chance.pick(&TOKENS)).to_owned();
    }
    let token = chance.pick(&tokens).clone();
    let found = &text[token.clone()];
    let new = if quoted(found) && chance.below(8) > 0 {
        let known: Vec<&str> = tokens.iter().map(|token| &text[token.clone()]).filter(|other| quoted(other)).collect();
        match chance.below(3) {
            0 => (*chance.pick(&known)).to_owned(),
            1 => nudged(chance, found),
            _ => format!("{:?}", chance.pick(&TEXTS)),
        }
    } else if found.starts_with(|c: char| c.is_ascii_digit()) && chance.below(8) > 0 {
        nudged(chance, found)
    } else {
        let token = *chance.pick(&TOKENS);
        if chance.below(3) == 0 { format!("{found}{token}") } else { token.to_owned() }
    };
    format!("{}{new}{}", &text[..token.start], &text[token.end..])
}

/// The same with one digit changed: a time becomes another, a date the next.
fn nudged(chance: &mut Chance, found: &str) -> String {
    let digits: Vec<usize> = found.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at).collect();
    if digits.is_empty() {
        return format!("{found}0");
    }
    let at = *chance.pick(&digits);
    format!("{}{}{}", &found[..at], chance.below(10), &found[at + 1..])
}

/// Quoted texts, words and single marks; blanks left out.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at + c.len_utf8()..];
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let length = match c {
            '"' => rest.find('"').map_or(rest.len(), |n| n + 1),
            c if word(c) => rest.find(|c| !word(c)).unwrap_or(rest.len()),
            _ => 0,
        };
        let end = at + c.len_utf8() + length;
        if !c.is_whitespace() {
            found.push(at..end);
        }
        at = end;
    }
    found
}

/// Events go, come twice, change places, or come in from another log.
fn by_event(chance: &mut Chance, text: &str, other: &[u8]) -> String {
    let events = events(text);
    let Some(last) = events.last() else { return by_token(chance, text) };
    let one = chance.pick(&events).clone();
    let put = |at: usize, new: &str| format!("{}{new}, {}", &text[..at], &text[at..]);
    match chance.below(6) {
        0 => format!("{}{}", &text[..one.start], text[one.end..].trim_start_matches(',')),
        1 => put(one.start, &text[chance.pick(&events).clone()]),
        2 => {
            let many = format!("{}, ", &text[one.clone()]).repeat(chance.below(60));
            format!("{}{many}{}", &text[..one.start], &text[one.start..])
        }
        3 => {
            let list = format!("[{text}, {text}]");
            if text.trim_start().starts_with('[') { text.to_owned() } else { list }
        }
        _ => {
            let other = String::from_utf8_lossy(other);
            let theirs = self::events(&other);
            let some = &theirs[chance.stretch(theirs.len())];
            let new = some.iter().map(|event| &other[event.clone()]).collect::<Vec<_>>().join(", ");
            if new.is_empty() { put(one.start, &text[last.clone()]) } else { put(one.start, &new) }
        }
    }
}

/// Where the events of the first session stand.
fn events(text: &str) -> Vec<Range<usize>> {
    const MOST: usize = 200;
    let Some(list) = locate::find(text, &[Step::Item(0), Step::Field("events")]) else { return Vec::new() };
    (0..MOST).map_while(|nth| locate::find_in(text, list.clone(), &[Step::Item(nth)])).collect()
}
