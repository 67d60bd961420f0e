//! What a drug is called in the log: a name that the drug list knows where the source has one, else
//! the source's own words.

use std::collections::HashMap;

use serde::Deserialize;

use crate::reference::Drugs;
use crate::session::log::{Class, Entries};

/// What a hospital's own name means.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meaning {
    /// The name for the log; absent, the written one stands.
    pub name: Option<String>,
    /// What it is given for.
    pub class: Option<Class>,
}

/// A hospital's own names and codes of drugs, in a RON map.
#[derive(Debug, Clone, Default)]
pub struct Formulary(HashMap<String, Meaning>);

impl Formulary {
    /// Reads `{ "written": (name: "ceftriaxone"), ... }`.
    ///
    /// # Errors
    /// Says what is wrong, with line and column.
    pub fn read(text: &str) -> Result<Formulary, String> {
        let entries: Entries<Meaning> = super::ron_options().from_str(text).map_err(|problem| problem.to_string())?;
        let mut known = HashMap::new();
        for (written, meaning) in entries.0 {
            if known.insert(key(&written), meaning).is_some() {
                return Err(format!("`{written}` stands there twice"));
            }
        }
        Ok(Formulary(known))
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, written: &str) -> Option<&Meaning> {
        if self.0.is_empty() { None } else { self.0.get(&key(written)) }
    }
}

fn key(written: &str) -> String {
    written.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A name, and whether it is RxNorm's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called<'t> {
    /// The words, or a code.
    pub text: &'t str,
    /// RxNorm's names hold strength and form, which can be taken off by its own grammar.
    pub rxnorm: bool,
}

/// The drug's name for the log and the class that the formulary gives, of all that it is called;
/// `None` where it is called nothing.
pub fn choose(called: &[Called], codes: &[String], formulary: &Formulary, drugs: &Drugs) -> Option<(String, Option<Class>)> {
    let first =
        called.iter().map(|one| one.text.trim()).find(|text| !text.is_empty()).map(str::to_owned).or_else(|| codes.first().cloned())?;
    for text in called.iter().map(|one| one.text).chain(codes.iter().map(String::as_str)) {
        if let Some(meaning) = formulary.find(text) {
            let name = meaning.name.clone().unwrap_or_else(|| text.trim().to_owned());
            return Some((name, meaning.class));
        }
    }
    if let Some(known) = called.iter().find(|one| is_known(one.text, drugs)) {
        return Some((known.text.trim().to_owned(), None));
    }
    let plain = called.iter().filter(|one| one.rxnorm).find_map(|one| without_strength(one.text, drugs));
    Some((plain.unwrap_or(first), None))
}

/// Whether the list knows every part of a bag.
pub fn is_known(name: &str, drugs: &Drugs) -> bool {
    name.split('+').map(str::trim).all(|part| !part.is_empty() && drugs.find(part).is_some())
}

/// The name within an RxNorm name such as "ceftriaxone 1000 MG Injection [Rocephin]": the brand
/// where the list knows it, since a brand may choose the code, else the ingredients.
fn without_strength(text: &str, drugs: &Drugs) -> Option<String> {
    let (text, brand) = match text.trim().strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        Some((rest, brand)) => (rest.trim(), Some(brand.trim())),
        None => (text.trim(), None),
    };
    if let Some(brand) = brand.filter(|brand| drugs.find(brand).is_some()) {
        return Some(brand.to_owned());
    }
    let text = without_volume(text);
    let parts: Option<Vec<String>> = text.split(" / ").map(|part| ingredient(part, drugs)).collect();
    parts.map(|parts| parts.join(" + "))
}

/// Without a container's size in front: "1000 ML sodium chloride 9 MG/ML Injection".
fn without_volume(text: &str) -> &str {
    let mut words = text.splitn(3, ' ');
    match (words.next(), words.next(), words.next()) {
        (Some(number), Some(unit), Some(rest)) if unit.eq_ignore_ascii_case("ml") && number.parse::<f64>().is_ok() => rest,
        _ => text,
    }
}

/// One ingredient with its strength. A sugar or salt is what its strength makes it, so it is looked
/// up with its percentage and never without.
fn ingredient(part: &str, drugs: &Drugs) -> Option<String> {
    const SOLUTIONS: [&str; 3] = ["sodium chloride", "glucose", "dextrose"];
    let words: Vec<&str> = part.split_whitespace().collect();
    let strength = words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit())).unwrap_or(words.len());
    let name = words[..strength].join(" ");
    if SOLUTIONS.iter().any(|solution| name.eq_ignore_ascii_case(solution)) {
        let per_ml = words.get(strength + 1).is_some_and(|unit| unit.eq_ignore_ascii_case("mg/ml"));
        let milligrams = super::draft::number(words.get(strength).filter(|_| per_ml)?, '.')?;
        let percent = (milligrams / rust_decimal::Decimal::TEN).normalize();
        let substance = if name.eq_ignore_ascii_case("sodium chloride") { "sodium chloride" } else { "dextrose" };
        return drugs.find(&format!("{percent}% {substance}")).map(|drug| drug.name.to_string());
    }
    drugs.find(&name).is_some().then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference::Reference;

    fn plain(text: &str) -> Option<String> {
        without_strength(text, &Reference::embedded().drugs)
    }

    #[test]
    fn rxnorm_names_lose_strength_and_form() {
        assert_eq!(plain("ceftriaxone 1000 MG Injection").as_deref(), Some("ceftriaxone"));
        assert_eq!(plain("ceftriaxone 1000 MG Injection [Rocephin]").as_deref(), Some("Rocephin"));
        assert_eq!(plain("1000 ML sodium chloride 9 MG/ML Injection").as_deref(), Some("normal saline"));
        assert_eq!(plain("glucose 50 MG/ML Injectable Solution").as_deref(), Some("5% dextrose"));
    }

    #[test]
    fn a_strength_that_makes_the_drug_is_never_dropped() {
        assert_eq!(plain("sodium chloride 30 MG/ML Injection").as_deref(), Some("hypertonic saline"));
        assert_eq!(plain("sodium chloride 77 MG/ML Injection"), None);
        assert_eq!(plain("sodium chloride 1 MEQ/ML Injection"), None);
        assert_eq!(plain("study drug 7 MG Injection"), None);
    }

    #[test]
    fn what_nobody_knows_is_kept_as_written() {
        let called = [Called { text: " Study drug 7 ", rxnorm: false }];
        let chosen = choose(&called, &["NDC 1".to_owned()], &Formulary::default(), &Reference::embedded().drugs);
        assert_eq!(chosen, Some(("Study drug 7".to_owned(), None)));
        assert_eq!(choose(&[], &[], &Formulary::default(), &Reference::embedded().drugs), None);
    }
}
