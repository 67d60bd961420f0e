//! What a bill is said to depend on, it depends on; what is not said changes nothing.

use hangtime::readings::{contested, lines};
use hangtime::reference::PolicyEntry;
use hangtime::{Bill, Options, Reference, Source, bill};

fn logs() -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in ["sessions", "tests/cases"] {
        for entry in walkdir::WalkDir::new(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).sort_by_file_name() {
            let path = entry.expect("it can be read").into_path();
            if path.extension().is_some_and(|ending| ending == "ron") {
                sources.push(Source::new(path.display().to_string(), &std::fs::read(&path).expect("a file")));
            }
        }
    }
    sources
}

/// A file at a time, since the patients of two cases may share a name.
#[test]
fn a_policy_that_is_not_named_changes_nothing_and_one_that_is_does() {
    let reference = Reference::embedded();
    let mut named = std::collections::BTreeSet::new();
    for source in logs() {
        let sources = [source];
        let options = Options::default();
        let bills = bill(&sources, &options, reference);
        let found = contested(&bills, &options, reference);
        for policy in PolicyEntry::all() {
            for value in &policy.values {
                let other = Options { policies: vec![format!("{}={}", policy.name, value.name)], ..Options::default() };
                let units = |bill: &Bill| lines(bill, reference).into_iter().map(|(line, of)| (line, of.units)).collect::<Vec<_>>();
                let differs = |(one, other): (&Bill, &Bill)| (one.status, units(one)) != (other.status, units(other));
                let tried = bill(&sources, &other, reference);
                for (at, pair) in bills.iter().zip(&tried).enumerate() {
                    if bills[at].claim.is_none() || tried[at].claim.is_none() {
                        continue;
                    }
                    let point = found[at].iter().find(|point| point.policy.name == policy.name);
                    let said = point.is_some_and(|point| point.otherwise.iter().any(|other| other.value == value.name));
                    assert_eq!(differs(pair), said, "{} {}={}", bills[at].id, policy.name, value.name);
                    if said {
                        named.insert(policy.name.clone());
                    }
                }
            }
        }
    }
    assert_eq!(named.len(), PolicyEntry::all().len(), "every contested point bears on some case: {named:?}");
}
