//! `hangtime modifiers [NAME]`: modifiers, and the circumstances that a log may state.

use hangtime::Reference;
use hangtime::reference::{CircumstanceEntry, Kind, Lines, Modifier, Modifiers};
use hangtime::session::log::Setting;

use super::UnknownName;
use hangtime::show::page::{Page, listed};

/// The modifiers and circumstances, or one of them.
///
/// # Errors
/// Names the nearest ones.
pub fn modifiers(reference: &Reference, name: Option<&str>, width: usize) -> Result<String, UnknownName> {
    let all = &reference.modifiers;
    let Some(name) = name else { return Ok(list(all, width)) };
    let name = name.trim();
    if let Some(modifier) = all.find(name) {
        return Ok(page(all, all.get(modifier), width));
    }
    let set_by_it = all.circumstances().iter().filter(|entry| entry.name.eq_ignore_ascii_case(name));
    let pages: Vec<String> = set_by_it.filter_map(|entry| all.find(&entry.modifier)).map(|id| page(all, all.get(id), width)).collect();
    if pages.is_empty() {
        let codes = all.all().iter().map(|modifier| modifier.code.as_str());
        let names = codes.chain(all.circumstances().iter().map(|entry| entry.name.as_str()));
        return Err(UnknownName::new("modifier or circumstance", name, names, "modifiers"));
    }
    Ok(pages.join("\n"))
}

fn list(all: &Modifiers, width: usize) -> String {
    let mut list = Page::new("Modifiers. `hangtime modifiers XS` tells one in full.", width);
    let groups: [(&str, &[Kind]); 3] = [
        ("Set by what the log shows", &[Kind::Distinct, Kind::Reduced, Kind::Visit, Kind::Waste, Kind::NoWaste]),
        ("Set by a circumstance that the log states", &[Kind::Fact]),
        ("Never on these lines", &[Kind::Never]),
    ];
    for (heading, kinds) in groups {
        list.heading(heading);
        let of_these = all.all().iter().filter(|modifier| kinds.contains(&modifier.kind));
        let rows: Vec<[String; 2]> = of_these.map(|modifier| [modifier.code.clone(), modifier.title.clone()]).collect();
        list.table(&rows);
    }
    list.heading("Circumstances, as the log states them: `circumstances: [Disaster]`");
    let rows: Vec<[String; 3]> =
        all.circumstances().iter().map(|entry| [spelled(entry), entry.modifier.clone(), lines_and_setting(entry)]).collect();
    list.table(&rows);
    list.finish()
}

fn page(all: &Modifiers, modifier: &Modifier, width: usize) -> String {
    let mut page = Page::new(&format!("{}: {}", modifier.code, modifier.title), width);
    page.paragraph(&modifier.says);
    page.section("When it is set", &modifier.set_when);
    let mut stated = all.circumstances().iter().filter(|entry| entry.modifier == modifier.code).peekable();
    if stated.peek().is_none() {
        page.section("The fact in the log", &modifier.facts);
    }
    for entry in stated {
        circumstance(&mut page, entry);
    }
    if let Some(from) = &modifier.from {
        page.section("In force", &format!("from {from}"));
    }
    page.heading("Rules");
    let rows: Vec<[String; 2]> = modifier.rules.iter().map(|rule| [rule.id().to_owned(), rule.entry().title.clone()]).collect();
    page.table(&rows);
    page.section("Source", &format!("{}; as of {}", all.source, all.vintage));
    page.finish()
}

fn circumstance(page: &mut Page, entry: &CircumstanceEntry) {
    page.heading("The fact in the log");
    let whole = ["for the session".to_owned(), format!("circumstances: [{}]", spelled(entry))];
    let one = ["for one drug".to_owned(), format!("circumstances: [{}]", spelled_for_a_drug(entry))];
    page.table(&[whole, one]);
    page.section("On which lines", &format!("{}. A fact that names a drug narrows them to that drug's.", capital(lines(entry.lines))));
    page.section(
        "Setting",
        match entry.setting {
            None => "hospital and office",
            Some(Setting::Hospital) => "hospital only: in an office's log it is an error",
            Some(Setting::Office) => "office only: in a hospital's log it is an error",
        },
    );
    if !entry.excludes.is_empty() {
        page.section("Never beside", &format!("{}: both on one line are an error.", listed(&entry.excludes)));
    }
    if let Some(note) = &entry.note {
        page.section("Mind", &format!("{}.", capital(note)));
    }
}

/// As the log writes it for the whole session.
fn spelled(entry: &CircumstanceEntry) -> String {
    match &entry.kind {
        Some(kind) => format!("{}({kind})", entry.name),
        None => entry.name.clone(),
    }
}

fn spelled_for_a_drug(entry: &CircumstanceEntry) -> String {
    match &entry.kind {
        Some(kind) => format!("{}(kind: {kind}, drug: \"infliximab\")", entry.name),
        None => format!("{}(drug: \"infliximab\")", entry.name),
    }
}

fn lines(lines: Lines) -> &'static str {
    match lines {
        Lines::All => "all lines",
        Lines::Administration => "the lines of giving, not the drug's own",
        Lines::DrugAndItsAdministration => "the drug's line and those of giving it",
        Lines::DrugLine => "the drug's line",
    }
}

fn lines_and_setting(entry: &CircumstanceEntry) -> String {
    match entry.setting {
        None => lines(entry.lines).to_owned(),
        Some(Setting::Hospital) => format!("{}; hospital only", lines(entry.lines)),
        Some(Setting::Office) => format!("{}; office only", lines(entry.lines)),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use hangtime::{Options, Source, Status, bill};

    #[test]
    fn a_page_tells_how_the_fact_is_written_and_what_it_excludes() {
        let page = modifiers(Reference::embedded(), Some("GA"), 100).expect("a modifier");
        for part in ["Waiver(OnFile)", "Waiver(kind: OnFile, drug: \"infliximab\")", "GZ and GY", "the drug's line"] {
            assert!(page.to_lowercase().contains(&part.to_lowercase()), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn a_circumstance_leads_to_the_modifiers_it_sets() {
        let page = modifiers(Reference::embedded(), Some("clinicaltrial"), 80).expect("a circumstance");
        assert!(page.contains("Q1:") && page.contains("Q0:"), "{page}");
    }

    #[test]
    fn both_ways_of_writing_a_fact_are_read() {
        for entry in Reference::embedded().modifiers.circumstances() {
            let setting = if entry.setting == Some(Setting::Office) { "Office" } else { "Hospital" };
            for fact in [spelled(entry), spelled_for_a_drug(entry)] {
                let log = format!(
                    "Session(id: \"a\", setting: {setting}, date: \"2026-03-02\", reason: \"infliximab\", circumstances: [{fact}], \
                     events: [Infuse(from: \"09:00\", to: \"11:00\", drug: \"infliximab\")])"
                );
                let bills = bill(&[Source::new("a.ron", log.as_bytes())], &Options::default(), Reference::embedded());
                assert_eq!(bills[0].status, Status::Billable, "{fact}: {:?}", bills[0].findings);
            }
        }
    }
}
