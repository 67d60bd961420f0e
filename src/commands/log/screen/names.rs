//! Drug names as they are typed: what begins so, by any name, then what is near.

use std::collections::HashSet;

use hangtime::reference::{Drugs, nearest};

/// More are not read.
const MOST: usize = 6;

/// Shorter texts are near to too much.
const LEAST_FOR_NEAR: usize = 4;

/// A name that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// As the list writes it.
    pub name: String,
    /// The drug's generic name, where that is another.
    pub generic: Option<String>,
    /// It goes on from what was typed; else it is only near.
    pub continues: bool,
}

/// The names that the typed text may become; of a bag "a + b" those of its last drug.
pub fn complete(typed: &str, drugs: &Drugs) -> Vec<Name> {
    let last = last_of(typed).trim();
    if last.is_empty() {
        return Vec::new();
    }
    let wanted = last.to_lowercase();
    let mut begins: Vec<&str> = drugs.names().filter(|name| name.to_lowercase().starts_with(&wanted)).collect();
    begins.sort_by_key(|name| (name.chars().count(), name.to_lowercase()));
    let inside = drugs.names().filter(|name| name.to_lowercase().split([' ', '-']).skip(1).any(|word| word.starts_with(&wanted)));
    let mut inside: Vec<&str> = inside.collect();
    inside.sort_by_key(|name| (name.chars().count(), name.to_lowercase()));
    let near = if last.chars().count() < LEAST_FOR_NEAR { Vec::new() } else { nearest(last, drugs.names()) };
    let mut known = HashSet::new();
    let all = begins.into_iter().map(|name| (name, true)).chain(inside.into_iter().chain(near).map(|name| (name, false)));
    let new = all.filter(|(name, _)| known.insert(name.to_lowercase()));
    new.take(MOST).map(|(name, continues)| of_list(name, continues, drugs)).collect()
}

/// The typed text with its last drug's name in full.
pub fn put(typed: &str, name: &str) -> String {
    match typed.rsplit_once('+') {
        Some((before, _)) => format!("{} + {name}", before.trim_end()),
        None => name.to_owned(),
    }
}

/// Whether the last drug is on the list as it is typed.
pub fn is_whole(typed: &str, drugs: &Drugs) -> bool {
    drugs.find(last_of(typed).trim()).is_some()
}

fn of_list(name: &str, continues: bool, drugs: &Drugs) -> Name {
    let generic = drugs.find(name).map(|drug| drug.name.to_string()).filter(|generic| !generic.eq_ignore_ascii_case(name));
    Name { name: name.to_owned(), generic, continues }
}

fn last_of(typed: &str) -> &str {
    typed.rsplit('+').next().unwrap_or(typed)
}

#[cfg(test)]
mod tests {
    use hangtime::Reference;

    use super::*;

    fn first(typed: &str) -> Option<Name> {
        complete(typed, &Reference::embedded().drugs).into_iter().next()
    }

    #[test]
    fn a_brand_completes_and_says_what_it_is() {
        let name = first("roce").expect("a name");
        assert_eq!((name.name.as_str(), name.generic.as_deref(), name.continues), ("Rocephin", Some("ceftriaxone"), true));
    }

    #[test]
    fn a_misspelt_name_has_near_ones_that_do_not_go_on_from_it() {
        let name = first("ceftrioxone").expect("a name");
        assert_eq!((name.name.as_str(), name.continues), ("ceftriaxone", false));
        assert_eq!(first("qqqqqqqq"), None);
        assert_eq!(first("  "), None);
    }

    #[test]
    fn the_last_drug_of_a_bag_completes() {
        assert_eq!(first("NS + potassium c").map(|name| put("NS + potassium c", &name.name)), Some("NS + potassium chloride".to_owned()));
        assert!(is_whole("NS + kcl", &Reference::embedded().drugs));
    }
}
