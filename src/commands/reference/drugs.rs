//! `hangtime drugs [NAME]`: the drug list, or one drug by any of its names.

use hangtime::Reference;
use hangtime::reference::{Drug, DrugCode, Drugs};
use hangtime::session::log::{Class, Route};

use super::UnknownName;
use hangtime::show::page::{Page, listed};

/// The drugs, or one of them by generic name, brand or short form.
///
/// # Errors
/// Names the nearest drugs.
pub fn drugs(reference: &Reference, name: Option<&str>, width: usize) -> Result<String, UnknownName> {
    let drugs = &reference.drugs;
    let Some(name) = name else { return Ok(list(drugs, width)) };
    let unknown = || UnknownName::new("drug", name, drugs.names(), "drugs");
    drugs.find(name).map(|drug| page(drugs, drug, width)).ok_or_else(unknown)
}

fn list(drugs: &Drugs, width: usize) -> String {
    let mut list = Page::new("Drugs: generic name, class, codes. `hangtime drugs zofran` tells one in full, by any of its names.", width);
    list.paragraph("A class with a star changes with the route.");
    list.heading("Drugs");
    let mut rows: Vec<[String; 3]> = drugs
        .all()
        .map(|drug| {
            let class = drug.class.map_or("say it", class_word);
            let star = if drug.by_route.values().any(|by_route| Some(*by_route) != drug.class) { "*" } else { "" };
            let codes: Vec<&str> = drug.codes.iter().map(|code| &*code.code).collect();
            let codes = if codes.is_empty() { "-".to_owned() } else { codes.join(" ") };
            [drug.name.to_string(), format!("{class}{star}"), codes]
        })
        .collect();
    rows.sort_by_cached_key(|row| row[0].to_lowercase());
    list.table(&rows);
    list.finish()
}

fn page(drugs: &Drugs, drug: &Drug, width: usize) -> String {
    let mut page = Page::new(&drug.name, width);
    names(&mut page, drug);
    class(&mut page, drug);
    codes(&mut page, drug);
    let marks = marks(drug);
    if !marks.is_empty() {
        page.heading("Mind");
        page.items(&marks);
    }
    page.section("Source", &format!("{}; as of {}", drugs.source, drugs.vintage));
    if let Some(since) = &drug.since {
        page.words(&format!("This entry is known to be right from {since}."));
    }
    page.finish()
}

fn names(page: &mut Page, drug: &Drug) {
    let brands = drug.codes.iter().flat_map(|code| &code.brands);
    let mut others: Vec<&str> = Vec::new();
    for name in drug.also.iter().chain(brands) {
        if !others.contains(&name.as_str()) {
            others.push(name);
        }
    }
    if !others.is_empty() {
        page.section("Also written", &others.join(", "));
    }
}

fn class(page: &mut Page, drug: &Drug) {
    let says = drug.class.map_or("None of its own: the log must say it.", class_says);
    let mut by_route: Vec<(Route, Class)> = drug.by_route.iter().map(|(route, class)| (*route, *class)).collect();
    by_route.retain(|(_, class)| Some(*class) != drug.class);
    by_route.sort_unstable();
    if by_route.is_empty() {
        page.section("Class", says);
        return;
    }
    page.heading("Class, by the route");
    let changed = by_route.into_iter().map(|(route, class)| [route_word(route).to_owned(), class_says(class).to_owned()]);
    let rows: Vec<[String; 2]> = changed.chain([["otherwise".to_owned(), says.to_owned()]]).collect();
    page.table(&rows);
}

fn codes(page: &mut Page, drug: &Drug) {
    page.heading("Codes of the drug line");
    if drug.codes.is_empty() {
        page.words("None in the list: `code` and `unit` in the log's `drugs` give it one.");
        return;
    }
    let rows: Vec<[String; 4]> = drug
        .codes
        .iter()
        .map(|code| {
            let limit = code.limit.as_ref().map_or("no limit".to_owned(), |limit| format!("${limit}"));
            [code.code.to_string(), format!("per {}", code.unit), limit, chosen(code)]
        })
        .collect();
    page.table(&rows);
    if drug.codes.iter().any(|code| code.limit.is_some()) {
        page.words("The dollars are Medicare's payment limit for one unit; they promise no coverage.");
    }
    if drug.codes.iter().all(|code| !code.brands.is_empty()) {
        page.words("Each belongs to a product: the name alone chooses none, so the log must name the product that was given.");
    }
}

/// What chooses a code, the days it is good for, and what else to know of it.
fn chosen(code: &DrugCode) -> String {
    let mut parts: Vec<String> = Vec::new();
    if !code.brands.is_empty() {
        parts.push(format!("for {}", code.brands.join(", ")));
    }
    if !code.routes.is_empty() {
        parts.push(listed(&code.routes.iter().map(|route| route_word(*route)).collect::<Vec<_>>()));
    }
    if let Some(volume) = code.volume_ml {
        parts.push(format!("a bag of {volume} mL"));
    }
    parts.extend(code.equals.iter().map(|(one, other)| format!("{one} is {other}")));
    match (&code.from, &code.until) {
        (Some(from), Some(until)) => parts.push(format!("from {from} until {until}")),
        (Some(from), None) => parts.push(format!("from {from}")),
        (None, Some(until)) => parts.push(format!("until {until}")),
        (None, None) => {}
    }
    parts.extend(code.note.clone());
    parts.join("; ")
}

fn marks(drug: &Drug) -> Vec<String> {
    let mut marks = Vec::new();
    if let Some(why) = &drug.needs_class {
        marks.push(format!("The log must give its class: {why}. Write it so: `drugs: {{\"{}\": (class: Therapeutic)}}`.", drug.name));
    }
    if drug.never_pushed {
        marks.push("Never pushed by hand: a run whose stop nothing proves bills nothing (U1).".to_owned());
    }
    if drug.additive {
        marks.push("In a bag with hydration fluid only, the bag counts as hydration unless the log gives it a class.".to_owned());
    }
    if let Some(code) = &drug.instead {
        marks.push(format!("Giving it belongs to {code}, which is not billed here (P5)."));
    }
    marks.extend(drug.note.as_ref().map(|note| format!("{note}.")));
    marks
}

fn class_word(class: Class) -> &'static str {
    match class {
        Class::NotSeparate => "never billed",
        Class::Hydration => "hydration",
        Class::Therapeutic => "therapeutic",
        Class::Hormonal => "hormonal",
        Class::ComplexBiologic => "biologic",
        Class::Antineoplastic => "chemo",
    }
}

fn class_says(class: Class) -> &'static str {
    match class {
        Class::NotSeparate => "Part of giving something else, or given under a code outside these families: never billed here (T0).",
        Class::Hydration => "Hydration: fluid given because the patient needs fluid.",
        Class::Therapeutic => "Therapeutic: treats, prevents or diagnoses.",
        Class::Hormonal => "Hormone against cancer: codes of its own under the skin or into a muscle, chemo codes into a vein.",
        Class::ComplexBiologic => "Complex biologic: given under the chemo codes, unless the policy complex_biologics says therapeutic.",
        Class::Antineoplastic => "Antineoplastic: given under the chemo codes.",
    }
}

fn route_word(route: Route) -> &'static str {
    match route {
        Route::IV => "by vein",
        Route::SC => "under the skin",
        Route::IM => "into a muscle",
        Route::IA => "into an artery",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_leads_to_the_drug() {
        for name in ["zofran", "Zofran", "ondansetron"] {
            assert!(drugs(Reference::embedded(), Some(name), 80).expect("a known drug").starts_with("ondansetron\n"));
        }
    }

    #[test]
    fn marks_are_told() {
        let cases = [
            ("vancomycin", "Never pushed"),
            ("alteplase", "The log must give its class"),
            ("influenza vaccine", "90471"),
            ("potassium chloride", "counts as hydration"),
        ];
        for (name, part) in cases {
            let page = drugs(Reference::embedded(), Some(name), 200).expect("a known drug");
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn the_route_changes_class_and_code() {
        let page = drugs(Reference::embedded(), Some("Stelara"), 100).expect("a known drug");
        for part in ["by vein    Complex biologic", "J3357", "under the skin", "for Wezlana"] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }
}
