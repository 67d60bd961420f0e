//! `hangtime rules [ID]`.

use hangtime::Reference;
use hangtime::reference::{PolicyEntry, Rule, RuleEntry};

use super::UnknownName;
use hangtime::show::page::Page;

/// The rules, or one of them.
///
/// # Errors
/// Names the nearest rules.
pub fn rules(reference: &Reference, name: Option<&str>, width: usize) -> Result<String, UnknownName> {
    let Some(name) = name else { return Ok(list(width)) };
    let found = Rule::ALL.iter().find(|rule| rule.id().eq_ignore_ascii_case(name.trim()));
    let unknown = || UnknownName::new("rule", name, Rule::ALL.iter().map(|rule| rule.id()), "rules");
    found.map(|rule| page(reference, rule.entry(), width)).ok_or_else(unknown)
}

fn list(width: usize) -> String {
    let mut list = Page::new("Rules. `hangtime rules T2` tells one in full.", width);
    for group in Rule::entries().chunk_by(|one, next| letter(one.id) == letter(next.id)) {
        list.heading(group_name(letter(group[0].id)));
        let rows: Vec<[String; 2]> = group.iter().map(|entry| [entry.id.id().to_owned(), entry.title.clone()]).collect();
        list.table(&rows);
    }
    list.finish()
}

fn letter(rule: Rule) -> &'static str {
    &rule.id()[..1]
}

fn group_name(letter: &str) -> &'static str {
    match letter {
        "T" => "Time",
        "S" => "Overlap and hydration",
        "I" => "The initial service",
        "P" => "Pushes and injections",
        "O" => "Other services",
        "M" => "Sites, encounters, modifiers",
        "D" => "Dates",
        "J" => "The drugs themselves",
        "U" => "Missing documentation",
        "E" => "Edits",
        _ => "More",
    }
}

fn page(reference: &Reference, entry: &RuleEntry, width: usize) -> String {
    let mut page = Page::new(&format!("{}: {}", entry.id, entry.title), width);
    page.paragraph(&entry.says);
    page.section("Why", &entry.why);
    page.section("Example", &entry.example);
    if let Some(choice) = &entry.choice {
        page.section("How an open point was read", choice);
    }
    table(&mut page, "Policies that touch it", policies(entry.id));
    table(&mut page, "Codes it assigns", codes(reference, entry.id));
    table(&mut page, "Modifiers it sets", modifiers(reference, entry.id));
    page.section("Source", &entry.source);
    page.finish()
}

fn table(page: &mut Page, heading: &str, rows: Vec<[String; 2]>) {
    if !rows.is_empty() {
        page.heading(heading);
        page.table(&rows);
    }
}

fn policies(rule: Rule) -> Vec<[String; 2]> {
    let touching = PolicyEntry::all().iter().filter(|entry| entry.rules.contains(&rule));
    touching.map(|entry| [entry.name.clone(), entry.question.clone()]).collect()
}

fn codes(reference: &Reference, rule: Rule) -> Vec<[String; 2]> {
    let assigned = reference.codes.all().iter().filter(|code| code.rules.contains(&rule));
    assigned.map(|code| [code.code.clone(), code.label.clone()]).collect()
}

/// A rule that only bars or orders modifiers names all of them in its own words.
fn modifiers(reference: &Reference, rule: Rule) -> Vec<[String; 2]> {
    if matches!(rule, Rule::M4 | Rule::M6 | Rule::M7) {
        return Vec::new();
    }
    let set = reference.modifiers.all().iter().filter(|modifier| modifier.rules.contains(&rule));
    set.map(|modifier| [modifier.code.clone(), modifier.title.clone()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_tells_the_policies_and_codes_of_its_rule() {
        let page = rules(Reference::embedded(), Some("S4"), 80).expect("S4 is a rule");
        for part in ["S4:", "Why", "Example", "Source", "overlap", "concurrent_minimum", "96368"] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn every_group_has_a_name() {
        assert!(Rule::entries().iter().all(|entry| group_name(letter(entry.id)) != "More"));
    }
}
