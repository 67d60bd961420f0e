//! The data files hold together: what one names, the other knows.

use super::names::Names;
use super::*;
use crate::session::dates::read_date;
use crate::session::log::Setting;

/// What a RON file says, as a folder's file is read.
fn ron<T: serde::de::DeserializeOwned>(text: &str) -> T {
    let options = ron::Options::default().with_default_extension(ron::extensions::Extensions::IMPLICIT_SOME);
    options.from_str(text).expect("it is sound")
}

#[test]
fn what_is_packed_is_what_the_files_say() {
    fn same<T: serde::de::DeserializeOwned + serde::Serialize>(part: Part) {
        let read = |file: &T| serde_json::to_value(file).expect("it is data");
        assert_eq!(read(&files::built_in(part)), read(&ron(part.built_in())), "{}", part.file());
    }
    for part in Part::ALL {
        match part {
            Part::Codes => same::<codes::CodesFile>(part),
            Part::Places => same::<codes::PlacesFile>(part),
            Part::Clocks => same::<facts::ClocksFile>(part),
            Part::Limits => same::<Limits>(part),
            Part::Primaries => same::<facts::PrimariesFile>(part),
            Part::Pairs => same::<facts::PairsFile>(part),
            Part::Modifiers => same::<modifiers::ModifiersFile>(part),
            Part::Measures => same::<measures::MeasuresFile>(part),
            Part::Drugs => {
                let [packed, read] = [Drugs::built_in().file(), ron(part.built_in())];
                assert_eq!((packed.source, packed.vintage), (read.source, read.vintage));
                assert_eq!(packed.drugs, read.drugs);
            }
        }
    }
}

#[test]
fn what_is_packed_of_words_is_what_the_files_say() {
    #[derive(serde::Deserialize)]
    struct Words<T> {
        #[serde(alias = "rules", alias = "policies", alias = "profiles", alias = "misconceptions")]
        entries: Vec<T>,
    }
    fn of<T: serde::de::DeserializeOwned>(text: &str) -> Vec<T> {
        // The structure's name is another in each file.
        ron::<Words<T>>(&text[text.find("(\n").expect("a bracket")..]).entries
    }
    assert_eq!(Rule::entries(), of::<RuleEntry>(include_str!("rules.ron")));
    assert_eq!(PolicyEntry::all(), of::<PolicyEntry>(include_str!("policies.ron")));
    assert_eq!(Profile::all(), of::<Profile>(include_str!("profiles.ron")));
    assert_eq!(Misconception::all(), of::<Misconception>(include_str!("misconceptions.ron")));
}

#[test]
fn a_folder_s_drugs_are_found_as_the_built_in_ones_are() {
    let built_in = Drugs::built_in();
    let loaded = Drugs::of(built_in.file());
    let others = ["", "zofra", "no such drug", "ceftriaxone ceftriaxone", "\u{130}"];
    for name in built_in.names().map(str::to_uppercase).chain(others.map(str::to_owned)) {
        assert_eq!(loaded.find(&name), built_in.find(&name), "{name}");
        assert_eq!(built_in.find(&name).is_none(), others.contains(&name.as_str()), "{name}");
    }
    assert_eq!(Names::of(&[]).find("a"), None);
}

#[test]
fn every_rule_has_its_page() {
    for rule in Rule::ALL {
        let entry = rule.entry();
        for (field, text) in
            [("says", &entry.says), ("why", &entry.why), ("example", &entry.example), ("source", &entry.source), ("reason", &entry.reason)]
        {
            assert!(!text.trim().is_empty(), "{rule} has no `{field}`");
        }
    }
    assert_eq!(Rule::entries().len(), Rule::ALL.len(), "an entry twice");
}

#[test]
fn every_offered_policy_value_can_be_chosen_and_is_kept() {
    for entry in PolicyEntry::all() {
        assert_eq!(Policies::default().value(&entry.name).as_deref(), Some(entry.default.as_str()), "{}", entry.name);
        for value in &entry.values {
            let mut policies = Policies::default();
            policies.set(&entry.name, &value.name).expect("it is offered");
            assert_eq!(policies.value(&entry.name).as_deref(), Some(value.name.as_str()));
        }
        assert!(!entry.sources.is_empty(), "{} cites nobody", entry.name);
    }
}

#[test]
fn every_profile_can_be_chosen() {
    for profile in Profile::all() {
        Policies::profile(&profile.name).expect("it is offered");
    }
}

#[test]
fn modifiers_that_policies_choose_exist() {
    let modifiers = &Reference::embedded().modifiers;
    for name in ["site_modifier", "encounter_modifier", "ptp_modifier"] {
        let entry = PolicyEntry::all().iter().find(|entry| entry.name == name).expect("the policy");
        assert!(entry.values.iter().all(|value| modifiers.find(&value.name).is_some()), "{name}");
    }
    assert!(modifiers.circumstances().iter().all(|circumstance| modifiers.find(&circumstance.modifier).is_some()));
    assert!(modifiers.of_kind(Kind::Reduced).is_some());
}

#[test]
fn every_code_is_dated_labelled_in_few_words_and_assigned_by_a_rule() {
    let codes = &Reference::embedded().codes;
    for code in codes.all() {
        assert!(read_date(&code.from).is_ok(), "{}", code.code);
        assert!((3..=36).contains(&code.label.chars().count()), "{}: {}", code.code, code.label);
        assert!(!code.rules.is_empty(), "{}", code.code);
        assert_eq!(code.initial, code.rank.is_some(), "{}: an initial has a rank", code.code);
    }
}

#[test]
fn every_initial_place_has_a_ranked_code_in_both_settings() {
    let codes = &Reference::embedded().codes;
    for setting in [Setting::Hospital, Setting::Office] {
        for (family, way) in [
            (Family::Chemo, Way::Infusion),
            (Family::Chemo, Way::Push),
            (Family::Therapeutic, Way::Infusion),
            (Family::Therapeutic, Way::Push),
            (Family::Hydration, Way::Infusion),
        ] {
            let code = codes.at(family, way, Role::Initial, setting).expect("an initial");
            assert!(codes.get(code).rank.is_some());
        }
    }
}

#[test]
fn the_drug_list_is_long_and_no_name_means_two_drugs() {
    let drugs = &Reference::embedded().drugs;
    assert!(drugs.all().len() >= 300);
    for drug in drugs.all() {
        let brands = drug.codes.iter().flat_map(|code| &code.brands);
        for name in std::iter::once(&*drug.name).chain(drug.also.iter().map(String::as_str)).chain(brands.map(String::as_str)) {
            assert_eq!(drugs.find(name).map(|found| &found.name), Some(&drug.name), "{name}");
            assert!(!name.contains('+'), "{name}: a plus makes a bag");
        }
        assert_eq!(drug.class.is_none(), drug.needs_class.is_some(), "{}", drug.name);
    }
}

#[test]
fn an_unrelated_name_has_no_nearest() {
    assert!(nearest("zzzzzzzz", ["overlap", "mue"]).is_empty());
    assert_eq!(nearest("ceftriaxne", ["cefepime", "ceftriaxone"]).first(), Some(&"ceftriaxone"));
}

#[test]
fn every_billing_unit_and_every_label_is_an_amount() {
    let reference = Reference::embedded();
    let is_amount = |text: &String| reference.measures.read(text).is_ok_and(|amount| !amount.number.is_zero());
    for code in reference.drugs.all().flat_map(|drug| &drug.codes) {
        assert!(is_amount(&code.unit), "{}: {}", code.code, code.unit);
        assert!(code.equals.iter().all(|(one, other)| is_amount(one) && is_amount(other)), "{}: {:?}", code.code, code.equals);
        assert!([&code.from, &code.until].into_iter().flatten().all(|day| read_date(day).is_ok()), "{}", code.code);
    }
    for kind in [Kind::Waste, Kind::NoWaste] {
        assert!(reference.modifiers.of_kind(kind).is_some());
    }
}

#[test]
fn a_set_of_codes_says_what_is_new_and_what_it_holds() {
    let mut set = CodeSet::default();
    let code = CodeId(130);
    assert!(set.is_empty() && !set.has(code));
    assert!(set.add(code) && !set.add(code));
    assert!(set.has(code) && !set.has(CodeId(2)) && !set.is_empty());
    set.remove(code);
    assert!(set.is_empty() && set.add(code));
}

#[test]
fn lines_stand_by_initial_services_then_by_name() {
    let codes = &Reference::embedded().codes;
    let mut all: Vec<CodeId> = (0u16..).zip(codes.all()).map(|(at, _)| CodeId(at)).collect();
    all.sort_by_key(|code| codes.line_order(*code));
    let places: Vec<_> = all.iter().map(|code| codes.get(*code)).map(|code| (!code.initial, &code.code)).collect();
    assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
}
