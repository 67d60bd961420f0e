//! What other systems call a route, a method and a code system.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::session::log::{Entries, Route};

/// How a thing was given.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub enum Way {
    /// By a route that the log knows.
    Into(Route),
    /// By one that bills nothing here, and its name.
    Other(String),
}

/// What was done at the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Method {
    /// Pushed by hand.
    Push,
    /// Run in.
    Infuse,
}

/// A route as a system names it; some names hold the method too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The way in.
    pub way: Way,
    /// The method that the name says.
    pub method: Option<Method>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RouteTerm {
    way: Way,
    method: Option<Method>,
    #[serde(default)]
    codes: Vec<String>,
    words: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MethodTerm {
    method: Method,
    codes: Vec<String>,
    words: Vec<String>,
}

/// By how much two lengths may differ and still be the same.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerance {
    minutes: i64,
    percent: i64,
}

impl Tolerance {
    /// Whether the written minutes and the charted ones contradict each other.
    #[must_use]
    pub fn exceeded(&self, written: i64, charted: i64) -> bool {
        let apart = (written - charted).abs();
        apart > self.minutes && apart.saturating_mul(100) > written.saturating_mul(self.percent)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename = "Terms")]
struct TermsFile {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "vintage")]
    _vintage: String,
    systems: Entries<String>,
    routes: Vec<RouteTerm>,
    methods: Vec<MethodTerm>,
    length_differs_by: Tolerance,
}

/// All terms, found by word and by code.
#[derive(Debug)]
pub struct Terms {
    systems: HashMap<String, String>,
    routes: HashMap<String, Taken>,
    methods: HashMap<String, Method>,
    /// When a written length and a charted one are two.
    pub length: Tolerance,
}

impl Terms {
    /// The terms that come with the program.
    #[must_use]
    pub fn embedded() -> &'static Terms {
        static EMBEDDED: OnceLock<Terms> = OnceLock::new();
        EMBEDDED.get_or_init(|| {
            Terms::read(super::ron_options().from_str(include_str!("../reference/terms.ron")).expect("src/reference/terms.ron is sound"))
        })
    }

    fn read(file: TermsFile) -> Terms {
        let mut routes = HashMap::new();
        for term in file.routes {
            for key in term.codes.iter().chain(&term.words) {
                routes.insert(plain(key), Taken { way: term.way.clone(), method: term.method });
            }
        }
        let methods = file.methods.iter().flat_map(|term| term.codes.iter().chain(&term.words).map(|key| (plain(key), term.method)));
        Terms { systems: file.systems.0.into_iter().collect(), routes, methods: methods.collect(), length: file.length_differs_by }
    }

    /// The short name of a code system, where it is known.
    #[must_use]
    pub fn system(&self, url: &str) -> Option<&str> {
        self.systems.get(url).map(String::as_str)
    }

    /// The route that a word or `system code` means.
    #[must_use]
    pub fn route(&self, word: &str) -> Option<&Taken> {
        self.routes.get(&plain(word))
    }

    /// The method that a word or `system code` means.
    #[must_use]
    pub fn method(&self, word: &str) -> Option<Method> {
        self.methods.get(&plain(word)).copied()
    }
}

/// Lower case, single blanks, without SNOMED's "(qualifier value)".
fn plain(word: &str) -> String {
    let lower = word.to_lowercase();
    let bare = lower.trim();
    let bare = bare.strip_suffix("(qualifier value)").unwrap_or(bare);
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}
