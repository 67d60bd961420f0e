//! What a folder of facts changes against the built-in ones, entry by entry and field by field.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use super::files::{Files, Part, Problem};

/// What one file of a folder changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChanges {
    /// Which file.
    pub part: Part,
    /// What differs, in the order of the file; what is gone comes last.
    pub changes: Vec<Change>,
}

/// One entry that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which, such as `96365` or `96365 / 96372`; empty for what belongs to the whole file.
    pub entry: String,
    /// How it differs.
    pub what: Difference,
}

/// How an entry differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// It is new: its fields.
    Added(Vec<(String, String)>),
    /// It is gone: what its fields were.
    Removed(Vec<(String, String)>),
    /// Some fields are others: field, old and new, each empty where there is none.
    Fields(Vec<(String, String, String)>),
}

/// Loads a folder and compares each of its files with the built-in one.
///
/// # Errors
/// All that is wrong with the folder.
pub fn changes(folder: &Path) -> Result<Vec<FileChanges>, Vec<Problem>> {
    let new = Files::of_folder(folder)?;
    let old = Files::built_in();
    let compared = new.replaced().into_iter().map(|part| FileChanges { part, changes: compare(part, &old, &new) });
    Ok(compared.collect())
}

fn compare(part: Part, old: &Files, new: &Files) -> Vec<Change> {
    match part {
        Part::Codes => between(&old.codes, &new.codes),
        Part::Places => between(&old.places, &new.places),
        Part::Clocks => between(&old.clocks, &new.clocks),
        Part::Limits => between(&old.limits, &new.limits),
        Part::Primaries => between(&old.primaries, &new.primaries),
        Part::Pairs => between(&old.pairs, &new.pairs),
        Part::Modifiers => between(&old.modifiers, &new.modifiers),
        Part::Drugs => between(&old.drugs.file(), &new.drugs.file()),
        Part::Measures => between(&old.measures, &new.measures),
    }
}

/// The fields of an entry by name; a field without a value is not there.
type Fields = BTreeMap<String, Leaf>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Leaf {
    Text(String),
    /// Of which the order says nothing.
    List(Vec<String>),
}

fn between<T: Serialize>(old: &T, new: &T) -> Vec<Change> {
    let (old, new) = (entries(old), entries(new));
    let before: HashMap<&str, &Fields> = old.iter().map(|(name, fields)| (name.as_str(), fields)).collect();
    let after: HashMap<&str, &Fields> = new.iter().map(|(name, fields)| (name.as_str(), fields)).collect();
    let mut changes = Vec::new();
    for (name, fields) in &new {
        let what = match before.get(name.as_str()) {
            None => Difference::Added(told(fields)),
            Some(before) if *before == fields => continue,
            Some(before) => Difference::Fields(fields_between(before, fields)),
        };
        changes.push(Change { entry: name.clone(), what });
    }
    let gone = old.iter().filter(|(name, _)| !after.contains_key(name.as_str()));
    changes.extend(gone.map(|(name, fields)| Change { entry: name.clone(), what: Difference::Removed(told(fields)) }));
    changes.retain(|change| change.what != Difference::Fields(Vec::new()));
    changes
}

fn told(fields: &Fields) -> Vec<(String, String)> {
    fields.iter().map(|(name, leaf)| (name.clone(), leaf.words())).collect()
}

fn fields_between(old: &Fields, new: &Fields) -> Vec<(String, String, String)> {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    let words = |leaf: Option<&Leaf>| leaf.map_or(String::new(), Leaf::words);
    let differing = names.into_iter().filter_map(|name| match (old.get(name), new.get(name)) {
        (one, other) if one == other => None,
        (Some(Leaf::List(one)), Some(Leaf::List(other))) => {
            let only = |one: &[String], other: &[String]| one.iter().filter(|item| !other.contains(item)).cloned().collect::<Vec<_>>();
            let (gone, come) = (only(one, other), only(other, one));
            let moved = gone.is_empty() && come.is_empty();
            (!moved).then(|| (name.clone(), gone.join(", "), come.join(", ")))
        }
        (one, other) => Some((name.clone(), words(one), words(other))),
    });
    differing.collect()
}

impl Leaf {
    fn words(&self) -> String {
        match self {
            Leaf::Text(text) => text.clone(),
            Leaf::List(items) => items.join(", "),
        }
    }
}

/// The entries of a file's lists, and one without a name for the rest of the file.
fn entries<T: Serialize>(file: &T) -> Vec<(String, Fields)> {
    let Ok(Value::Object(file)) = serde_json::to_value(file) else { return Vec::new() };
    let mut whole = Fields::new();
    let mut entries = vec![(String::new(), Fields::new())];
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (field, value) in &file {
        match value {
            Value::Array(rows) if rows.iter().any(Value::is_object) => {
                for row in rows {
                    let mut fields = Fields::new();
                    flatten("", row, &mut fields);
                    entries.push((numbered(name(row), &mut seen), fields));
                }
            }
            value => flatten(field, value, &mut whole),
        }
    }
    entries[0].1 = whole;
    entries
}

/// What an entry goes by: its code, its pair, its place, its name.
fn name(row: &Value) -> String {
    let text = |field: &str| row.get(field).and_then(Value::as_str);
    let with = |name: String, field: &str, open: &str, close: &str| match text(field) {
        Some(more) => format!("{name}{open}{more}{close}"),
        None => name,
    };
    match row {
        _ if row.get("addon").is_some() => {
            let name = format!("{} beside {}", text("addon").unwrap_or_default(), text("primary").unwrap_or_default());
            with(name, "setting", ", ", "")
        }
        _ if row.get("first").is_some() => format!("{} / {}", text("first").unwrap_or_default(), text("second").unwrap_or_default()),
        _ if row.get("way").is_some() => {
            let name = format!("{}, {}", text("family").unwrap_or_default(), text("way").unwrap_or_default());
            with(with(name, "role", ", ", ""), "setting", ", ", "")
        }
        // A circumstance: its own kind is a name, a modifier's kind is none.
        _ if row.get("modifier").is_some() => with(text("name").unwrap_or_default().to_owned(), "kind", "(", ")"),
        _ => text("code").or(text("name")).unwrap_or_default().to_owned(),
    }
}

/// A name that came before carries its number.
fn numbered(name: String, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(name.clone()).or_default();
    *count += 1;
    if *count == 1 { name } else { format!("{name} (no. {count})") }
}

fn flatten(path: &str, value: &Value, fields: &mut Fields) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Null | Value::Bool(false) => {}
        Value::Object(inner) => inner.iter().for_each(|(name, value)| flatten(&under(name), value, fields)),
        Value::Array(rows) if rows.iter().any(Value::is_object) => {
            let mut seen = HashMap::new();
            let names: Vec<String> = rows.iter().map(|row| numbered(name(row), &mut seen)).collect();
            for (name, row) in names.iter().zip(rows) {
                flatten(&under(name), row, fields);
            }
            // Of a drug's codes the first that fits is taken.
            fields.insert(format!("{path}, in order"), Leaf::Text(names.join(", ")));
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            fields.insert(path.to_owned(), Leaf::List(items.iter().map(plain).collect()));
        }
        value => {
            fields.insert(path.to_owned(), Leaf::Text(plain(value)));
        }
    }
}

/// A value as it is read aloud.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" - "),
        Value::Bool(true) => "yes".to_owned(),
        other => other.to_string(),
    }
}
