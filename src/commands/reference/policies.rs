//! `hangtime policies [NAME]`: contested points, and the profiles that settle them.

use hangtime::Policies;
use hangtime::reference::{PolicyEntry, Profile};

use super::UnknownName;
use hangtime::show::page::Page;

/// The policies and profiles, or one of them; a profile may be a file of the user's own.
///
/// # Errors
/// Names the nearest policies and profiles, or says what is wrong with the file.
pub fn policies(name: Option<&str>, width: usize) -> Result<String, UnknownName> {
    let Some(name) = name else { return Ok(list(width)) };
    let name = name.trim();
    if let Some(entry) = PolicyEntry::all().iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) {
        return Ok(policy_page(entry, width));
    }
    let shipped = Profile::all().iter().find(|profile| profile.name.eq_ignore_ascii_case(name));
    if shipped.is_none() && !(name.ends_with(".ron") || name.contains(['/', '\\'])) {
        let names = PolicyEntry::all().iter().map(|entry| &entry.name).chain(Profile::all().iter().map(|profile| &profile.name));
        return Err(UnknownName::new("policy or profile", name, names.map(String::as_str), "policies"));
    }
    let values = Policies::profile(name).map_err(|unknown| UnknownName { message: unknown.message, help: unknown.help })?;
    Ok(profile_page(&values, shipped, width))
}

fn list(width: usize) -> String {
    let mut list = Page::new("Policies: points that public rules leave open. `hangtime policies overlap` tells one in full.", width);
    list.heading("Policy: default value, then the others");
    let rows: Vec<[String; 3]> = PolicyEntry::all()
        .iter()
        .map(|entry| {
            let others = entry.values.iter().map(|value| value.name.as_str()).filter(|value| *value != entry.default);
            [entry.name.clone(), entry.default.clone(), others.collect::<Vec<_>>().join(", ")]
        })
        .collect();
    list.table(&rows);
    list.heading("Profiles: `--profile NAME`, or `profile: \"NAME\"` in a log");
    let rows: Vec<[String; 2]> = Profile::all().iter().map(|profile| [profile.name.clone(), profile.about.clone()]).collect();
    list.table(&rows);
    list.finish()
}

fn policy_page(entry: &PolicyEntry, width: usize) -> String {
    let mut page = Page::new(&entry.name, width);
    page.paragraph(&entry.question);
    page.heading("Values");
    let rows: Vec<[String; 2]> = entry
        .values
        .iter()
        .map(|value| {
            let default = if value.name == entry.default { "Default. " } else { "" };
            [value.name.clone(), format!("{default}{}", value.says)]
        })
        .collect();
    page.table(&rows);
    page.section("Why it is contested", &entry.why);
    page.heading("Rules");
    let rows: Vec<[String; 2]> = entry.rules.iter().map(|rule| [rule.id().to_owned(), rule.entry().title.clone()]).collect();
    page.table(&rows);
    page.heading("Who says what");
    page.items(&entry.sources);
    page.heading("How to choose it");
    let other = entry.values.iter().find(|value| value.name != entry.default).map_or(entry.default.as_str(), |value| value.name.as_str());
    page.words(&format!("On the command line: `--policy {}={other}`.", entry.name));
    page.words(&format!("In a profile of your own: `policies: {{\"{}\": \"{other}\"}}`.", entry.name));
    let rows: Vec<[String; 2]> = Profile::all()
        .iter()
        .filter_map(|profile| {
            let (_, value) = profile.policies.0.iter().find(|(name, _)| *name == entry.name)?;
            Some([format!("`--profile {}`", profile.name), format!("sets it to {value}")])
        })
        .collect();
    if rows.is_empty() {
        page.words("No profile that comes with the program sets it.");
    }
    page.table(&rows);
    page.finish()
}

fn profile_page(values: &Policies, shipped: Option<&Profile>, width: usize) -> String {
    let mut page = Page::new(&format!("{}: a profile", values.name), width);
    if let Some(profile) = shipped {
        page.paragraph(&profile.about);
    }
    let value = |entry: &PolicyEntry| values.value(&entry.name).unwrap_or_default();
    let (kept, changed): (Vec<&PolicyEntry>, Vec<&PolicyEntry>) =
        PolicyEntry::all().iter().partition(|entry| value(entry) == entry.default);
    if !changed.is_empty() {
        page.heading("What it sets");
        let rows: Vec<[String; 2]> = changed
            .iter()
            .map(|entry| {
                let chosen = value(entry);
                let says = entry.values.iter().find(|v| v.name == chosen).map_or("", |v| v.says.as_str());
                [format!("{}={chosen}", entry.name), says.to_owned()]
            })
            .collect();
        page.table(&rows);
    }
    page.heading("What stays at its default");
    let rows: Vec<[String; 2]> = kept.iter().map(|entry| [entry.name.clone(), entry.default.clone()]).collect();
    page.table(&rows);
    page.heading("How to choose it");
    let name = &values.name;
    match shipped {
        Some(_) => page.words(&format!("`--profile {name}` on the command line, or `profile: \"{name}\"` in a log.")),
        None => page.words("`--profile FILE` on the command line."),
    }
    page.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_the_profiles_that_set_it() {
        let page = policies(Some("overlap"), 80).expect("a policy");
        for part in ["--policy overlap=majority", "--profile conservative", "sets it to any", "Default.", "S4a"] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
        let page = policies(Some("midnight"), 80).expect("a policy");
        assert!(page.contains("No profile"), "{page}");
    }

    #[test]
    fn a_profile_shows_what_it_sets_and_what_it_leaves() {
        let page = policies(Some("conservative"), 80).expect("a profile");
        for part in ["overlap=any", "mue=cap", "What stays at its default", "push_minutes"] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn a_profile_of_ones_own_that_is_not_there_is_said_to_be_unusable() {
        let unknown = policies(Some("nowhere/mine.ron"), 80).expect_err("no such file");
        assert!(unknown.message.contains("mine.ron"), "{unknown}");
    }
}
