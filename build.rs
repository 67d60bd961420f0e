//! Packs the RON files of facts, which people read and edit, into what the program reads at its
//! start. It knows RON, and nothing of what the files say but where a drug has its names.

#[allow(dead_code)]
#[path = "src/reference/names.rs"]
mod names;
#[path = "src/reference/packed/tags.rs"]
mod tags;
#[allow(dead_code)]
#[path = "src/session/tokens.rs"]
mod tokens;

use std::ops::Range;
use std::path::PathBuf;
use std::{env, fs};

use tokens::{Kind, Parts, Tokens, skip_attributes};

const FILES: [&str; 13] = [
    "clocks",
    "codes",
    "drugs",
    "limits",
    "measures",
    "misconceptions",
    "modifiers",
    "pairs",
    "places",
    "policies",
    "primaries",
    "profiles",
    "rules",
];

fn main() {
    for source in ["src/reference/names.rs", "src/reference/packed/tags.rs", "src/session/tokens.rs", "build.rs"] {
        println!("cargo::rerun-if-changed={source}");
    }
    link_in_place();
    for file in FILES {
        let path = format!("src/reference/{file}.ron");
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
        let facts = whole(&text).unwrap_or_else(|why| panic!("{path}: {why}"));
        match file {
            "drugs" => drugs(&facts),
            _ => write(&format!("{file}.packed"), &packed(&facts)),
        }
    }
}

/// A program that may be loaded anywhere begins by having 39,000 addresses written into its tables,
/// most of them those of time zones: 280 pages, and a third of what it takes to bill one log. One
/// that is linked to its place has none. Its libraries, heap and stack lie anywhere as before.
fn link_in_place() {
    let target = |what: &str| env::var(format!("CARGO_CFG_TARGET_{what}")).unwrap_or_default();
    let is_static = target("FEATURE").split(',').any(|feature| feature == "crt-static");
    if target("OS") == "linux" && target("ENV") == "gnu" && !is_static {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

fn write(name: &str, bytes: &[u8]) {
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    fs::write(folder.join(name), bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
}

/// What a RON text says, as far as the files of facts go.
#[derive(Debug, Clone)]
enum Value {
    Text(String),
    Number(u64),
    Truth(bool),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
}

impl Value {
    /// A field, where there is one.
    fn get(&self, field: &str) -> Option<&Value> {
        let Value::Map(entries) = self else { return None };
        entries.iter().find(|(key, _)| key.text() == Some(field)).map(|(_, value)| value)
    }

    fn text(&self) -> Option<&str> {
        if let Value::Text(text) = self { Some(text) } else { None }
    }

    fn items(&self) -> &[Value] {
        if let Value::List(items) = self { items } else { &[] }
    }

    /// The values of a list that may be left out.
    fn list(&self, field: &str) -> &[Value] {
        self.get(field).map_or(&[], Value::items)
    }
}

fn whole(text: &str) -> Result<Value, String> {
    let range = Tokens::new(text, skip_attributes(text)).value().ok_or("it is empty")?;
    value(text, range)
}

fn value(text: &str, range: Range<usize>) -> Result<Value, String> {
    let first = Tokens::within(text, &range).next().ok_or("a value is missing")?;
    match first.kind {
        Kind::Quoted => unquoted(&text[range]).map(Value::Text),
        Kind::Word if first.range() == range => Ok(word(&text[range])),
        Kind::Word | Kind::Open(_) => {
            let parts = Parts::of(text, &range).ok_or_else(|| unknown(text, &range))?;
            let parts: Vec<tokens::Part> = parts.collect();
            match first.kind {
                Kind::Open('[') => list(text, parts).map(Value::List),
                _ if parts.iter().all(|part| part.key.is_some()) => map(text, parts).map(Value::Map),
                Kind::Open('(') if parts.iter().all(|part| part.key.is_none()) => list(text, parts).map(Value::List),
                _ => Err(unknown(text, &range)),
            }
        }
        _ => Err(unknown(text, &range)),
    }
}

fn list(text: &str, parts: Vec<tokens::Part>) -> Result<Vec<Value>, String> {
    parts.into_iter().map(|part| value(text, part.value)).collect()
}

fn map(text: &str, parts: Vec<tokens::Part>) -> Result<Vec<(Value, Value)>, String> {
    let keyed = parts.into_iter().filter_map(|part| part.key.map(|key| (key, part.value)));
    keyed.map(|(key, of_key)| Ok((value(text, key)?, value(text, of_key)?))).collect()
}

fn word(word: &str) -> Value {
    match word {
        "true" => Value::Truth(true),
        "false" => Value::Truth(false),
        _ => word.parse().map_or_else(|_| Value::Text(word.to_owned()), Value::Number),
    }
}

/// A text without its quotes.
fn unquoted(quoted: &str) -> Result<String, String> {
    let other = || format!("`{quoted}` is not written as the other texts are");
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(other)?;
    let mut text = String::new();
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|c| matches!(c, '"' | '\\')).ok_or_else(other)?),
            _ => text.push(c),
        }
    }
    Ok(text)
}

fn unknown(text: &str, range: &Range<usize>) -> String {
    format!("`{}` is not of a shape that build.rs knows", &text[range.clone()])
}

fn packed(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    pack(value, &mut bytes);
    bytes
}

fn pack(value: &Value, bytes: &mut Vec<u8>) {
    match value {
        Value::Text(text) => {
            bytes.push(tags::TEXT);
            size(text.len() as u64, bytes);
            bytes.extend(text.as_bytes());
        }
        Value::Number(number) => {
            bytes.push(tags::NUMBER);
            size(*number, bytes);
        }
        Value::Truth(truth) => bytes.push(if *truth { tags::TRUE } else { tags::FALSE }),
        Value::List(items) => {
            bytes.push(tags::LIST);
            size(items.len() as u64, bytes);
            items.iter().for_each(|item| pack(item, bytes));
        }
        Value::Map(entries) => {
            bytes.push(tags::MAP);
            size(entries.len() as u64, bytes);
            for (key, value) in entries {
                pack(key, bytes);
                pack(value, bytes);
            }
        }
    }
}

fn size(mut size: u64, bytes: &mut Vec<u8>) {
    while size >= u64::from(tags::MORE) {
        bytes.push((size as u8 % tags::MORE) | tags::MORE);
        size >>= tags::BITS;
    }
    bytes.push(size as u8);
}

/// The drug list is long, and a session names few of it: each drug by itself, where each ends, and
/// a table of their names.
fn drugs(facts: &Value) {
    let list = facts.list("drugs");
    let Value::Map(mut head) = facts.clone() else { panic!("drugs.ron has no fields") };
    head.retain(|(field, _)| field.text() != Some("drugs"));
    let (mut entries, mut ends) = (Vec::new(), Vec::new());
    for drug in list {
        pack(drug, &mut entries);
        ends.extend((entries.len() as u32).to_le_bytes());
    }
    let names = names::Names::of(&names::all(list.iter().map(|drug| {
        let of = drug.get("name").into_iter().chain(drug.list("also"));
        let brands = drug.list("codes").iter().flat_map(|code| code.list("brands"));
        (of.filter_map(Value::text).collect(), brands.filter_map(Value::text).collect())
    })));
    write("drugs.head", &packed(&Value::Map(head)));
    write("drugs.entries", &entries);
    write("drugs.ends", &ends);
    write("drugs.places", &names.places);
    write("drugs.names", &names.entries);
}
