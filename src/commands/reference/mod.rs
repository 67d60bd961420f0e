//! The reference in words: `hangtime codes`, `rules`, `drugs`, `policies`, `modifiers`. Without a
//! name a list, with one its page, as plain text that fits a width.

mod codes;
mod drugs;
mod modifiers;
mod policies;
mod rules;

pub use codes::codes;
pub use drugs::drugs;
pub use modifiers::modifiers;
pub use policies::policies;
pub use rules::rules;

use std::fmt;

use hangtime::reference::nearest;

/// A name of which there is no page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// What is the matter.
    pub message: String,
    /// The nearest names, or how to see all.
    pub help: String,
}

impl UnknownName {
    /// `command` is the subcommand that lists what there is.
    fn new<'n>(what: &str, name: &str, names: impl IntoIterator<Item = &'n str>, command: &str) -> Self {
        let near: Vec<String> = nearest(name.trim(), names).into_iter().map(|near| format!("`{near}`")).collect();
        let help = match near.as_slice() {
            [] => format!("`hangtime {command}` lists all"),
            [only] => format!("did you mean {only}?"),
            [first @ .., last] => format!("did you mean {} or {last}?", first.join(", ")),
        };
        UnknownName { message: format!("there is no {what} `{}`", name.trim()), help }
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::UnknownName;
    use hangtime::Reference;
    use hangtime::reference::{PolicyEntry, Profile, Rule};

    type Command = fn(Option<&str>, usize) -> Result<String, UnknownName>;

    fn codes(name: Option<&str>, width: usize) -> Result<String, UnknownName> {
        super::codes(Reference::embedded(), name, width)
    }

    fn rules(name: Option<&str>, width: usize) -> Result<String, UnknownName> {
        super::rules(Reference::embedded(), name, width)
    }

    fn drugs(name: Option<&str>, width: usize) -> Result<String, UnknownName> {
        super::drugs(Reference::embedded(), name, width)
    }

    fn modifiers(name: Option<&str>, width: usize) -> Result<String, UnknownName> {
        super::modifiers(Reference::embedded(), name, width)
    }

    const WIDTHS: [usize; 4] = [40, 60, 80, 200];

    /// Every name that should have a page, by subcommand.
    fn all() -> Vec<(Command, Vec<String>)> {
        let reference = Reference::embedded();
        let policies = PolicyEntry::all().iter().map(|entry| entry.name.clone());
        let profiles = Profile::all().iter().map(|profile| profile.name.clone());
        let marks = reference.modifiers.all().iter().map(|modifier| modifier.code.clone());
        let circumstances = reference.modifiers.circumstances().iter().map(|entry| entry.name.clone());
        vec![
            (codes, reference.codes.all().iter().map(|code| code.code.clone()).collect()),
            (rules, Rule::ALL.iter().map(|rule| rule.id().to_owned()).collect()),
            (drugs, reference.drugs.names().map(str::to_owned).collect()),
            (super::policies, policies.chain(profiles).collect()),
            (modifiers, marks.chain(circumstances).collect()),
        ]
    }

    fn assert_fits(page: &str, width: usize, what: &str) {
        for line in page.lines() {
            let unbreakable = !line.trim().contains(' ');
            assert!(line.chars().count() <= width || unbreakable, "{what} at {width}: {line:?}");
            assert_eq!(line, line.trim_end(), "{what} at {width} trails blanks");
        }
        assert!(page.ends_with('\n') && !page.ends_with("\n\n"), "{what} at {width}: one newline ends a page");
        assert!(!page.contains("\n\n\n"), "{what} at {width} has two empty lines together");
    }

    #[test]
    fn every_list_fits_its_width() {
        for (command, names) in all() {
            for width in WIDTHS {
                let list = command(None, width).expect("a list needs no name");
                assert_fits(&list, width, &names[0]);
            }
        }
    }

    #[test]
    fn every_entry_has_a_page_that_fits_its_width() {
        for (command, names) in all() {
            for name in names {
                for width in WIDTHS {
                    let page = command(Some(&name), width).unwrap_or_else(|unknown| panic!("{unknown}"));
                    assert_fits(&page, width, &name);
                }
            }
        }
    }

    #[test]
    fn every_entry_stands_in_its_list() {
        let reference = Reference::embedded();
        let listed = |list: &str, name: &str| {
            list.lines().any(|line| line.split_whitespace().next().map(|word| word.trim_end_matches(':')) == Some(name))
        };
        let list = codes(None, 80).expect("a list");
        assert!(reference.codes.all().iter().all(|code| listed(&list, &code.code)));
        let list = rules(None, 80).expect("a list");
        assert!(Rule::ALL.iter().all(|rule| listed(&list, rule.id())));
        let list = super::policies(None, 80).expect("a list");
        assert!(PolicyEntry::all().iter().all(|entry| listed(&list, &entry.name)));
        assert!(Profile::all().iter().all(|profile| listed(&list, &profile.name)));
        let list = modifiers(None, 80).expect("a list");
        assert!(reference.modifiers.all().iter().all(|modifier| listed(&list, &modifier.code)));
        let list = drugs(None, 200).expect("a list");
        assert!(reference.drugs.all().all(|drug| list.contains(&*drug.name)));
    }

    #[test]
    fn no_page_shows_the_program_from_inside() {
        for (command, names) in all() {
            for name in names {
                let page = command(Some(&name), 80).unwrap_or_else(|unknown| panic!("{unknown}"));
                for inside in ["Some(", "DrugAndItsAdministration", "DrugLine", "IV:"] {
                    assert!(!page.contains(inside), "{name} shows {inside}:\n{page}");
                }
            }
        }
    }

    #[test]
    fn a_near_miss_is_answered_with_the_nearest_names() {
        let cases: [(Command, &str, &str); 6] = [
            (codes, "96376x", "`96376`"),
            (rules, "T22", "`T2`"),
            (drugs, "zofrn", "`Zofran`"),
            (super::policies, "overlpa", "`overlap`"),
            (super::policies, "conservativ", "`conservative`"),
            (modifiers, "Disastr", "`Disaster`"),
        ];
        for (command, wrong, near) in cases {
            let unknown = command(Some(wrong), 80).expect_err("a near miss is no name");
            assert!(unknown.help.contains(near), "{wrong}: {unknown}");
            assert!(unknown.message.contains(wrong), "{unknown}");
        }
    }

    #[test]
    fn a_far_miss_names_the_list() {
        let commands: [(Command, &str); 5] =
            [(codes, "codes"), (rules, "rules"), (drugs, "drugs"), (super::policies, "policies"), (modifiers, "modifiers")];
        for (command, name) in commands {
            let unknown = command(Some("qqqqqqqq"), 80).expect_err("no such name");
            assert_eq!(unknown.help, format!("`hangtime {name}` lists all"));
        }
    }

    #[test]
    fn names_are_found_whatever_their_case() {
        assert!(codes(Some("g0498"), 80).is_ok());
        assert!(rules(Some("s4a"), 80).expect("S4a").starts_with("S4a"));
        assert!(drugs(Some("ZOFRAN"), 80).is_ok());
        assert!(super::policies(Some("Overlap"), 80).is_ok());
        assert!(super::policies(Some("MEDICARE"), 80).is_ok());
        assert!(modifiers(Some("xs"), 80).is_ok());
    }
}
