//! A map: which column holds what, and what the words in it mean.

use std::collections::HashMap;

use chrono_tz::Tz;
use serde::Deserialize;

use crate::logs_in::File;
use crate::logs_in::stamp::Form;
use crate::reference::nearest;
use crate::session::log::{Class, Entries, Route, Setting};
use crate::timeline::calendar;

/// What one row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Rows {
    /// One event: a start, a stop, a push.
    Events,
    /// A stretch from its start to its end.
    Intervals,
}

/// What the word of an action means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // the events of the log, each by its own name
pub enum Action {
    Start,
    Infuse,
    Stop,
    Pause,
    Resume,
    Check,
    Rate,
    Push,
    Inject,
    OnBodyInjector,
    FlushPort,
    Transfuse,
    Note,
    /// Passed over, and said.
    Ignore,
}

/// What became of a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Status {
    /// It ended, or goes on in the next stretch of its order.
    Ends,
    /// It was held; the next stretch of its order is the same bag.
    Pauses,
    /// It was not given as written: passed over, and said.
    Ignore,
}

/// What the word of a route means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // the routes of the log, each by its own name
pub enum RouteWord {
    IV,
    IM,
    SC,
    IA,
    /// Blood and blood products.
    Transfusion,
    /// Passed over, and said with these words.
    Ignore(String),
}

impl RouteWord {
    /// The log's route.
    #[must_use]
    pub fn route(&self) -> Option<Route> {
        match self {
            RouteWord::IV | RouteWord::Transfusion => Some(Route::IV),
            RouteWord::IM => Some(Route::IM),
            RouteWord::SC => Some(Route::SC),
            RouteWord::IA => Some(Route::IA),
            RouteWord::Ignore(_) => None,
        }
    }
}

/// Columns by their names in the first line; "a + b" joins two with a blank between.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)] // docs/import.md tells each
pub struct Columns {
    pub encounter: Option<String>,
    pub patient: Option<String>,
    pub unit: Option<String>,
    pub drug: String,
    pub at: String,
    pub to: Option<String>,
    pub action: Option<String>,
    pub status: Option<String>,
    pub route: Option<String>,
    pub site: Option<String>,
    pub class: Option<String>,
    pub dose: Option<String>,
    pub dose_unit: Option<String>,
    pub waste: Option<String>,
    pub volume_ml: Option<String>,
    pub rate: Option<String>,
    pub rate_unit: Option<String>,
    pub order: Option<String>,
    pub note: Option<String>,
}

/// A second table that holds the drugs' names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupColumns {
    /// The column of the rows that points to it.
    pub column: String,
    /// The column of the second table that holds the same.
    pub key: String,
    /// The column of the second table that holds the name.
    pub value: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename = "Map")]
struct MapFile {
    rows: Rows,
    time: String,
    #[serde(default = "comma")]
    delimiter: char,
    #[serde(default = "point")]
    decimal: char,
    setting: Option<Setting>,
    zone: Option<String>,
    columns: Columns,
    #[serde(default)]
    actions: Entries<Action>,
    #[serde(default)]
    statuses: Entries<Status>,
    route: Option<RouteWord>,
    #[serde(default)]
    routes: Entries<RouteWord>,
    #[serde(default)]
    classes: Entries<Class>,
    lookup: Option<LookupColumns>,
}

fn comma() -> char {
    ','
}

fn point() -> char {
    '.'
}

/// A map, ready to read rows by.
#[derive(Debug, Clone)]
#[allow(missing_docs)] // docs/import.md tells each
pub struct Map {
    pub rows: Rows,
    pub time: Form,
    pub delimiter: char,
    pub decimal: char,
    pub setting: Option<Setting>,
    pub zone: Option<Tz>,
    pub columns: Columns,
    pub actions: HashMap<String, Action>,
    pub statuses: HashMap<String, Status>,
    pub route: Option<RouteWord>,
    pub routes: HashMap<String, RouteWord>,
    pub classes: HashMap<String, Class>,
    pub lookup: Option<LookupColumns>,
}

/// Maps that come with the program: name and text.
const EMBEDDED: [(&str, &str); 3] = [
    ("events", include_str!("../../../maps/events.ron")),
    ("intervals", include_str!("../../../maps/intervals.ron")),
    ("mimic-iv", include_str!("../../../maps/mimic-iv.ron")),
];

/// The text of a map that comes with the program.
///
/// # Errors
/// Names those there are.
pub fn embedded(name: &str) -> Result<&'static str, String> {
    let names = || EMBEDDED.iter().map(|(name, _)| *name);
    EMBEDDED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text).ok_or_else(|| {
        let near = nearest(name, names()).first().map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        format!("there is no map `{name}`{near} A map is a file, or one of {}", names().collect::<Vec<_>>().join(", "))
    })
}

impl Map {
    /// Reads a map.
    ///
    /// # Errors
    /// Says what is wrong, with line and column where RON gives them.
    pub fn read(text: &str) -> Result<Map, String> {
        let file: MapFile = crate::logs_in::ron_options().from_str(text).map_err(|problem| problem.to_string())?;
        let zone = file.zone.as_deref().map(calendar::read_zone).transpose();
        let zone =
            zone.map_err(|(message, help)| format!("zone: {message}{}", help.map(|help| format!("; {help}")).unwrap_or_default()))?;
        let map = Map {
            rows: file.rows,
            time: Form::new(&file.time).map_err(|problem| format!("time: {problem}"))?,
            delimiter: file.delimiter,
            decimal: file.decimal,
            setting: file.setting,
            zone,
            columns: file.columns,
            actions: words("actions", file.actions)?,
            statuses: words("statuses", file.statuses)?,
            route: file.route,
            routes: words("routes", file.routes)?,
            classes: words("classes", file.classes)?,
            lookup: file.lookup,
        };
        map.is_whole()?;
        Ok(map)
    }

    fn is_whole(&self) -> Result<(), String> {
        let columns = &self.columns;
        let missing = match self.rows {
            _ if columns.encounter.is_none() && columns.patient.is_none() => {
                "columns: `encounter` or `patient` must be there: whose is a row?"
            }
            Rows::Events if columns.action.is_none() => "columns: rows of events need `action`",
            Rows::Events if columns.to.is_some() => "columns: `to` is for rows: Intervals",
            Rows::Intervals if columns.to.is_none() => "columns: rows of intervals need `to`",
            _ if columns.action.is_some() && self.actions.is_empty() => "`actions` must say what the words of the action column mean",
            _ if columns.status.is_some() && self.statuses.is_empty() => "`statuses` must say what the words of the status column mean",
            _ if columns.route.is_none() && self.route.is_none() => {
                "say how the drugs were given: `route: IV`, or name the column in `columns`"
            }
            _ if columns.rate.is_some() && columns.rate_unit.is_none() => "columns: `rate` needs `rate_unit`; its unit is not guessed",
            _ if columns.dose_unit.is_some() && columns.dose.is_none() => "columns: `dose_unit` without `dose`",
            _ if !self.delimiter.is_ascii() => "the delimiter must be one plain character",
            _ if !matches!(self.decimal, '.' | ',') => "`decimal` is '.' or ','",
            _ => return Ok(()),
        };
        Err(missing.to_owned())
    }
}

/// Words as they are compared: no case, single blanks.
pub fn word(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn words<V>(field: &str, entries: Entries<V>) -> Result<HashMap<String, V>, String> {
    let mut all = HashMap::new();
    for (written, value) in entries.0 {
        if all.insert(word(&written), value).is_some() {
            return Err(format!("{field}: `{written}` stands there twice"));
        }
    }
    Ok(all)
}

/// Names of drugs by the key of a second table.
#[derive(Debug, Clone, Default)]
pub struct Lookup(HashMap<String, String>);

impl Lookup {
    /// Reads a second table.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn read(file: &File, columns: &LookupColumns, delimiter: char) -> Result<Lookup, String> {
        let (bytes, problem) = file.unpacked();
        if let Some(problem) = problem {
            return Err(problem);
        }
        let delimiter = u8::try_from(delimiter).map_err(|_| "the delimiter must be one plain character".to_owned())?;
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(bytes.as_ref());
        let header = reader.headers().map_err(|problem| problem.to_string())?.clone();
        let column =
            |name: &str| header.iter().position(|column| column.trim() == name).ok_or_else(|| format!("it has no column `{name}`"));
        let (key, value) = (column(&columns.key)?, column(&columns.value)?);
        let mut names = HashMap::new();
        for record in reader.records() {
            let record = record.map_err(|problem| problem.to_string())?;
            names.insert(record[key].trim().to_owned(), record[value].trim().to_owned());
        }
        Ok(Lookup(names))
    }

    /// The name behind a key.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}
