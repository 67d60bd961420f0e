//! How inputs are made without a fuzzer's engine: the project's own logs, changed by chance. The
//! same seed and number always make the same input.

use std::ops::Range;
use std::path::{Path, PathBuf};

use hangtime::reference::Part;
use hangtime::session::locate::{self, Step};

/// What an input is to be read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A session log.
    Log,
    /// What was charged.
    Claim,
    /// Records of another system.
    Import,
    /// A file of facts.
    Facts,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 4] = [Kind::Log, Kind::Claim, Kind::Import, Kind::Facts];

    /// Its name, by which an artifact's name begins.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Log => "log",
            Kind::Claim => "claim",
            Kind::Import => "import",
            Kind::Facts => "facts",
        }
    }

    /// The kind of a file: by the name of an artifact, else by the folder in which it lies.
    #[must_use]
    pub fn of(path: &Path) -> Kind {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let named = Kind::ALL.into_iter().find(|kind| name.starts_with(&format!("{}-", kind.name())) && lies_in(path, "artifacts"));
        let held = |(folder, kind)| lies_in(path, folder).then_some(kind);
        let folders = [
            ("claims", Kind::Claim),
            ("import", Kind::Import),
            ("imports", Kind::Import),
            ("reference", Kind::Facts),
            ("facts", Kind::Facts),
        ];
        named.or_else(|| folders.into_iter().find_map(held)).unwrap_or(Kind::Log)
    }
}

fn lies_in(path: &Path, folder: &str) -> bool {
    path.parent().is_some_and(|parents| parents.components().any(|part| part.as_os_str() == folder))
}

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
const TOKENS: [&str; 78] = [
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
    "SingleDose",
    "MultiDose",
    "dose: \"1 g\",",
    "waste: \"5 mg\",",
    "container: SingleDose,",
    "code: \"J3490\",",
];

/// Amounts, from plain to hardly one, in the measures of the drug list and in others.
const AMOUNTS: [&str; 40] = [
    "4 mg",
    "300 mg",
    "1 g",
    "0.5 g",
    "679 mg",
    "1000 mcg",
    "2.5 ug",
    "0.001 mg",
    "10 mL",
    "1,000 mL",
    "500 ml",
    "1 L",
    "250 units",
    "5 IU",
    "5000 U",
    "40 mEq",
    "8 mmol",
    "1 vial",
    "1 dose",
    "2 g + 20 mg",
    "20 mEq + 1 L",
    "1 mg + 1 mg + 1 mg",
    "10 mCi",
    "0 mg",
    "0",
    "mg",
    "1 e3 mg",
    "1.0000000000000000000000000001 mg",
    "79228162514264337593543950335 mg",
    "79228162514264337593543950336 g",
    "999999999 g",
    "0.0000000000000000000000000001 mg",
    "1/2 mg",
    "5 mg/kg",
    "70 mg (1 mg/kg)",
    "1.5.2 mg",
    "1 \u{b5}g",
    "1\u{a0}mg",
    "+",
    " + 5 mg",
];

/// Marks that part and end things in tables, 837 and JSON, and values that are trouble there.
const FOREIGN: [&str; 57] = [
    ",",
    ";",
    "\t",
    "\"",
    "\"\"",
    "\n",
    "\r\n",
    "\r",
    "~",
    "*",
    ":",
    "^",
    ">",
    "|",
    "ISA*00*",
    "ST*837*2*005010X223A2~",
    "SE*3*1~",
    "CLM*A*1~",
    "LX*2~",
    "SV1*HC:96365:59*100*UN*2***1~",
    "SV2*0260*HC:96367*50*UN*1~",
    "DTP*472*D8*20260302~",
    "DTP*472*RD8*20260302-20260305~",
    "REF*6R*1~",
    "HL*2*1*22*0~",
    "NM1*IL*1*X*Y****MI*1~",
    "96365",
    "J1745",
    "9636",
    "2026-03-02",
    "3/2/2026",
    "20260302",
    "20260230",
    "-1",
    "0",
    "1.5",
    "1e9",
    "1e400",
    "99999999999999999999999999999999",
    "79228162514264337593543950335",
    "NaN",
    "null",
    "true",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    "\"resourceType\":\"Bundle\",",
    "\"resourceType\":\"MedicationAdministration\",",
    "2026-03-08T02:30:00",
    "2026-11-01T01:30:00-06:00",
    "2026-03-02T09:05:00Z",
    "mg",
    "mL/h",
    "\u{202E}",
];

/// The project's own logs: samples, cases, bad logs, and the corpus.
///
/// # Panics
/// Where a folder cannot be read.
#[must_use]
pub fn seeds(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths = Vec::new();
    for folder in ["sessions", "tests/cases", "tests/bad", "fuzz/corpus"] {
        walk(&root.join(folder), &mut paths, |path| ends_in(path, &["ron"]) && Kind::of(path) == Kind::Log);
    }
    read_all(paths)
}

/// Small claims, records of other systems and files of facts: those of the tests, and the corpus.
///
/// # Panics
/// Where a folder cannot be read.
#[must_use]
pub fn foreign(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = Part::ALL.iter().map(|part| root.join("src/reference").join(part.file())).collect();
    for folder in ["tests/claims", "tests/import", "fuzz/corpus"] {
        let kinds = ["csv", "txt", "837", "json", "ndjson", "gz"];
        walk(&root.join(folder), &mut paths, |path| ends_in(path, &kinds) || Kind::of(path) == Kind::Facts);
    }
    read_all(paths)
}

fn ends_in(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one))
}

fn read_all(mut paths: Vec<PathBuf>) -> Vec<(PathBuf, Vec<u8>)> {
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), std::fs::read(&path).expect("a file of the project"))).collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>, wanted: impl Fn(&Path) -> bool + Copy) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("a folder of the project").path();
        if path.is_dir() {
            walk(&path, found, wanted);
        } else if wanted(&path) {
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
        bytes = match chance.below(4) {
            0 => by_byte(chance, bytes),
            1 => by_text(chance, bytes, by_token),
            2 => by_text(chance, bytes, by_dose),
            _ => by_text(chance, bytes, |chance, text| by_event(chance, text, &other)),
        };
        bytes.truncate(MOST);
    }
    bytes
}

/// One claim, record or file of facts, changed once to a few times, and what it is to be read as.
#[must_use]
pub fn mutated_foreign(chance: &mut Chance, seeds: &[(PathBuf, Vec<u8>)]) -> (Kind, Vec<u8>) {
    const MOST: usize = 48 * 1024;
    // Facts take long to load.
    let wanted = *chance.pick(&[Kind::Claim, Kind::Claim, Kind::Claim, Kind::Import, Kind::Import, Kind::Import, Kind::Facts]);
    let seeds: Vec<&(PathBuf, Vec<u8>)> = seeds.iter().filter(|(path, _)| Kind::of(path) == wanted).collect();
    let mut bytes = chance.pick(&seeds).1.clone();
    for _ in 0..=chance.below(if wanted == Kind::Facts { 2 } else { 6 }) {
        let other = chance.pick(&seeds).1.clone();
        bytes = match chance.below(6) {
            0 if wanted != Kind::Facts => by_byte(chance, bytes),
            1 if wanted != Kind::Facts => spliced(chance, bytes, &other),
            2 | 3 => by_text(chance, bytes, by_word),
            _ => by_text(chance, bytes, by_line),
        };
        if wanted != Kind::Facts {
            bytes.truncate(MOST);
        }
    }
    (wanted, bytes)
}

/// A stretch of another input comes in.
fn spliced(chance: &mut Chance, mut bytes: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let at = chance.below(bytes.len() + 1);
    bytes.splice(at..at, other[chance.stretch(other.len())].to_vec());
    bytes
}

/// A word or sign becomes another of the text or one that is trouble, a number the next.
fn by_word(chance: &mut Chance, text: &str) -> String {
    let words = words(text);
    if words.is_empty() {
        return (*chance.pick(&FOREIGN)).to_owned();
    }
    let word = chance.pick(&words).clone();
    let found = &text[word.clone()];
    let new = match chance.below(6) {
        0 => String::new(),
        1 => text[chance.pick(&words).clone()].to_owned(),
        2 => (*chance.pick(&FOREIGN)).to_owned(),
        3 => (*chance.pick(&TEXTS)).to_owned(),
        4 => format!("{found}{}", chance.pick(&FOREIGN)),
        _ => nudged(chance, found),
    };
    format!("{}{new}{}", &text[..word.start], &text[word.end..])
}

/// Words and single signs, those in quotes too.
fn words(text: &str) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(c) = text[at..].chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '.';
        let length = if word(c) { text[at..].find(|c| !word(c)).unwrap_or(text.len() - at) } else { c.len_utf8() };
        if !c.is_whitespace() {
            found.push(at..at + length);
        }
        at += length;
    }
    found
}

/// A line, or a segment of an 837, goes, comes again, or changes places with another.
fn by_line(chance: &mut Chance, text: &str) -> String {
    let sign = if text.contains('~') { '~' } else { '\n' };
    let mut lines: Vec<&str> = text.split(sign).collect();
    let (one, other) = (chance.below(lines.len()), chance.below(lines.len()));
    match chance.below(4) {
        0 => drop(lines.remove(one)),
        1 => lines.insert(other, lines[one]),
        2 => {
            for _ in 0..chance.below(60) {
                lines.insert(one, lines[one]);
            }
        }
        _ => lines.swap(one, other),
    }
    lines.join(&sign.to_string())
}

/// An event gets a dose, and perhaps waste, a container and a bag's worth of them.
fn by_dose(chance: &mut Chance, text: &str) -> String {
    let events = events(text);
    if events.is_empty() {
        return by_token(chance, text);
    }
    let event = chance.pick(&events).clone();
    let Some(inside) = text[event.clone()].strip_suffix(')') else { return by_token(chance, text) };
    let mut said = inside.trim_end().trim_end_matches(',').to_owned();
    for field in ["dose", "waste"] {
        if !said.contains(&format!("{field}:")) && (field == "dose" || chance.below(2) == 0) {
            said += &format!(", {field}: {:?}", chance.pick(&AMOUNTS));
        }
    }
    if !said.contains("container:") && chance.below(3) > 0 {
        said += *chance.pick(&[", container: SingleDose", ", container: SingleDose", ", container: MultiDose"]);
    }
    format!("{}{said}){}", &text[..event.start], &text[event.end..])
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
