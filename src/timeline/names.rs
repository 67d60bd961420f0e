//! Names to drugs and accesses: what the session says of a drug goes before what the list says.

use foldhash::HashMap;
use smallvec::SmallVec;
use std::cell::Cell;

use super::numbered::{Few, Known};
use super::{AccessId, DrugId, Infusate, Reason};
use crate::reference::{Bag, ComplexBiologics, Drug, Name, Parts, Policies, Reference, nearest};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, DrugNote, Route, Session};

/// A site as written; pairing goes by it, coding by its access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SiteId(u32);

/// What was looked up so far.
pub struct Names<'s> {
    policies: &'s Policies,
    reference: &'s Reference,
    notes: Vec<Noted<'s>>,
    /// The place of each bag among the notes.
    noted: HashMap<Bag, usize>,
    /// How many names were guessed at.
    guesses: Cell<usize>,
    drugs: Vec<Infusate>,
    /// Bags of which the session has no word.
    by_bag: HashMap<Bag, DrugId>,
    /// Drugs of the list, where the session has no word of its own; there are never many.
    by_listing: SmallVec<[(&'s Drug, DrugId); 8]>,
    /// What each text means.
    by_text: Known<&'s str, Option<DrugId>>,
    sites: HashMap<String, (SiteId, AccessId)>,
    site_by_text: Known<&'s str, (SiteId, AccessId)>,
    listed_sites: Option<Vec<&'s str>>,
    accesses: Vec<String>,
}

/// What the session says of a bag.
struct Noted<'s> {
    key: &'s str,
    note: &'s DrugNote,
    /// The drug that it is, once an event names it.
    drug: Option<DrugId>,
    /// Whether it was told that the list does not know it.
    told: bool,
}

/// A component of a bag, with what the session and the list say of it: looked up once, and asked for every route.
struct Part<'b, 'r> {
    name: &'b Name,
    /// Its place among the notes.
    noted: Option<usize>,
    said: Option<Class>,
    listed: Option<&'r Drug>,
}

/// A name with more bytes is none that could be guessed.
const LONGEST_GUESS: usize = 200;

/// Of so many unknown names in a session it is said what each may mean.
const MOST_GUESSES: usize = 50;

/// More drugs than this are rare in a session.
const MOST_DRUGS: usize = 6;

const ROUTES: [Route; 4] = [Route::IV, Route::SC, Route::IM, Route::IA];

impl<'s> Names<'s> {
    /// Reads the session's `drugs` and `sites`.
    pub fn new(session: &'s Session, policies: &'s Policies, reference: &'s Reference, findings: &mut Vec<Finding>) -> Self {
        let mut names = Names {
            policies,
            reference,
            notes: Vec::new(),
            noted: HashMap::default(),
            guesses: Cell::new(0),
            drugs: Vec::with_capacity(MOST_DRUGS),
            by_bag: HashMap::default(),
            by_listing: SmallVec::new(),
            by_text: Known::default(),
            sites: HashMap::default(),
            site_by_text: Known::default(),
            listed_sites: None,
            accesses: Vec::new(),
        };
        names.note_drugs(session, findings);
        names.list_sites(session, findings);
        names
    }

    fn note_drugs(&mut self, session: &'s Session, findings: &mut Vec<Finding>) {
        let mut written: HashMap<&str, usize> = HashMap::default();
        for (key, note) in &session.drugs.0 {
            let again = *written.entry(key).and_modify(|times| *times += 1).or_insert(0);
            let bag = Bag::read(key, &self.reference.drugs);
            if let Some(first) = self.noted.get(&bag).map(|at| self.notes[*at].key) {
                findings.push(
                    Finding::error("key", Place::Key("drugs", key.clone(), again), format!("`drugs` names {} twice", bag.name()))
                        .label("named again here")
                        .beside(Place::Key("drugs", first.to_owned(), 0), "first named here")
                        .help("keep one of the two"),
                );
                continue;
            }
            self.noted.insert(bag, self.notes.len());
            self.notes.push(Noted { key, note, drug: None, told: false });
        }
    }

    fn list_sites(&mut self, session: &'s Session, findings: &mut Vec<Finding>) {
        let Some(sites) = &session.sites else { return };
        self.listed_sites = Some(sites.0.iter().map(|(name, _)| name.as_str()).collect());
        let mut written: HashMap<&str, usize> = HashMap::default();
        for (at, (name, note)) in sites.0.iter().enumerate() {
            let times = *written.entry(name).and_modify(|times| *times += 1).or_insert(0);
            let site = SiteId(u32::try_from(at).unwrap_or(u32::MAX));
            let access = match &note.separate {
                Some(why) => {
                    if why.trim().is_empty() {
                        findings.push(
                            Finding::warning(
                                "M1",
                                Place::Entry("sites", name.clone(), "separate"),
                                format!("`{name}` is listed as separate without a reason"),
                            )
                            .label("why is it separate?")
                            .help("the record must show why a second access was needed, such as \"incompatible drugs\""),
                        );
                    }
                    self.accesses.push(name.clone());
                    AccessId(u32::try_from(self.accesses.len()).unwrap_or(u32::MAX))
                }
                None => AccessId::MAIN,
            };
            if self.sites.insert(site_key(name), (site, access)).is_some() {
                let first = sites
                    .0
                    .iter()
                    .find(|(other, _)| site_key(other) == site_key(name))
                    .map_or_else(String::new, |(first, _)| first.clone());
                findings.push(
                    Finding::error("key", Place::Key("sites", name.clone(), times), format!("`sites` names `{name}` twice"))
                        .label("named again here")
                        .beside(Place::Key("sites", first, 0), "first named here")
                        .help("keep one of the two"),
                );
            }
        }
    }

    /// The drug that a text means; an error once for each text that means none.
    pub fn drug(&mut self, text: &'s str, place: impl Fn() -> Place, findings: &mut Vec<Finding>) -> Option<DrugId> {
        if let Some(known) = self.by_text.find(&text) {
            return known;
        }
        let id = match self.listed(text) {
            Some(listed) => Some(self.add_listed(listed)),
            None => self.other(text, place, findings),
        };
        self.by_text.note(text, id);
        id
    }

    /// A drug of the list, where the session says nothing of its own about any.
    fn listed(&self, text: &str) -> Option<&'s Drug> {
        if !self.notes.is_empty() {
            return None;
        }
        self.reference.drugs.find(text).filter(|drug| ROUTES.iter().all(|route| drug.class_by(*route).is_some()))
    }

    fn add_listed(&mut self, listed: &'s Drug) -> DrugId {
        if let Some((_, id)) = self.by_listing.iter().find(|(known, _)| std::ptr::eq(*known, listed)) {
            return *id;
        }
        let class = |route| listed.class_by(route).map_or(Class::NotSeparate, |class| self.by_policy(class));
        let classes = ROUTES.map(class);
        let id = self.number();
        self.drugs.push(Infusate {
            name: listed.name.clone(),
            classes,
            never_pushed: listed.never_pushed,
            carriers: carries(classes[Route::IV as usize]).then(|| listed.name.clone()).into_iter().collect(),
            instead: listed.instead.clone(),
            bag: Bag::of(listed.name.clone()),
        });
        self.by_listing.push((listed, id));
        id
    }

    fn number(&self) -> DrugId {
        DrugId(u32::try_from(self.drugs.len()).unwrap_or(u32::MAX))
    }

    fn other(&mut self, text: &'s str, place: impl Fn() -> Place, findings: &mut Vec<Finding>) -> Option<DrugId> {
        let bag = Bag::read(text, &self.reference.drugs);
        if let [only] = bag.0.as_slice()
            && let Some(listed) = self.listed(only)
        {
            return Some(self.add_listed(listed));
        }
        let noted = self.noted.get(&bag).copied();
        let known = match noted {
            Some(at) => self.notes[at].drug,
            None => self.by_bag.get(&bag).copied(),
        };
        if known.is_some() {
            return known;
        }
        let infusate = self.infusate(bag, noted, text, place, findings)?;
        let id = self.number();
        match noted {
            Some(at) => self.notes[at].drug = Some(id),
            None => {
                self.by_bag.insert(infusate.bag.clone(), id);
            }
        }
        self.drugs.push(infusate);
        Some(id)
    }

    /// The drug of a text that was looked up before.
    pub fn known(&self, text: &'s str) -> Option<DrugId> {
        self.by_text.find(&text).flatten()
    }

    /// What the session and the list say of a bag; an error where a component of it is not known.
    fn infusate(
        &mut self,
        bag: Bag,
        noted: Option<usize>,
        text: &str,
        place: impl Fn() -> Place,
        findings: &mut Vec<Finding>,
    ) -> Option<Infusate> {
        if text.trim().is_empty() {
            findings.push(Finding::error("drug", place(), "a drug has no name").label("expected a name"));
            return None;
        }
        let parts = self.parts(&bag, noted);
        let said = noted.and_then(|at| self.notes[at].note.class);
        let mut classes = [Class::NotSeparate; 4];
        for route in ROUTES {
            match self.class(said, &parts, route) {
                Ok(class) => classes[route as usize] = class,
                Err(part) => {
                    findings.push(self.unknown(part, text, place()));
                    return None;
                }
            }
        }
        if said.is_none() && parts.len() > 1 && self.is_potassium_in_fluid(&parts, Route::IV) {
            findings.push(
                Finding::warning("U4", place(), format!("{} counts as hydration: its purpose is not stated", bag.name()))
                    .label("potassium in hydration fluid")
                    .help(format!("if it treats a low potassium, say so: drugs: {{ \"{}\": (class: Therapeutic) }}", text.trim())),
            );
        }
        let mut concerned: Few<usize> = parts.iter().filter_map(|part| part.noted).chain(noted).collect();
        let only_carries = |part: &&Part| self.part_class(part, Route::IV).is_some_and(carries);
        let never_pushed = parts.iter().filter_map(|part| part.listed).any(|drug| drug.never_pushed);
        let carriers = parts.iter().filter(only_carries).map(|part| part.name.clone()).collect();
        let instead = parts.iter().filter_map(|part| part.listed).find_map(|drug| drug.instead.clone());
        drop(parts);
        concerned.sort_unstable();
        concerned.dedup();
        self.say_what_is_not_listed(&concerned, findings);
        Some(Infusate { name: bag.name(), bag, classes, never_pushed, carriers, instead })
    }

    /// U4: a drug that only the session knows, by its place among the notes.
    fn say_what_is_not_listed(&mut self, concerned: &[usize], findings: &mut Vec<Finding>) {
        let is_listed = |part: &Name| self.reference.drugs.find(part).is_some();
        for at in concerned {
            let noted = &mut self.notes[*at];
            if noted.told {
                continue;
            }
            let bag = Bag::read(noted.key, &self.reference.drugs);
            if !bag.0.iter().all(is_listed) {
                noted.told = true;
                let place = Place::Key("drugs", noted.key.to_owned(), 0);
                findings.push(
                    Finding::warning("U4", place, format!("{} is not in the drug list: its class is the session's word", bag.name()))
                        .label("not in the list"),
                );
            }
        }
    }

    /// A product that is transfused; never the same as a drug of that name.
    pub fn product(&mut self, text: &str) -> DrugId {
        let bag = Bag::of(text.trim().to_lowercase().into());
        let id = self.number();
        self.drugs.push(Infusate {
            name: bag.name(),
            classes: [Class::NotSeparate; 4],
            never_pushed: false,
            carriers: Parts::new(),
            instead: None,
            bag,
        });
        id
    }

    /// The components of a bag whose own place among the notes is given.
    fn parts<'b>(&self, bag: &'b Bag, noted: Option<usize>) -> SmallVec<[Part<'b, 's>; 1]> {
        let is_one = bag.0.len() == 1;
        let part = |name: &'b Name| {
            let noted = if is_one { noted } else { self.noted.get(&Bag::of(name.clone())).copied() };
            Part { name, noted, said: noted.and_then(|at| self.notes[at].note.class), listed: self.reference.drugs.find(name) }
        };
        bag.0.iter().map(part).collect()
    }

    /// A bag's class: the session's word for the whole, else the highest of its components, but
    /// hydration fluid with potassium chloride only stays hydration. Names the component that has none.
    fn class<'b>(&self, said: Option<Class>, parts: &[Part<'b, '_>], route: Route) -> Result<Class, &'b str> {
        if let Some(class) = said {
            return Ok(self.by_policy(class));
        }
        let mut highest = Class::NotSeparate;
        for part in parts {
            highest = highest.max(self.part_class(part, route).ok_or(&**part.name)?);
        }
        Ok(if self.is_potassium_in_fluid(parts, route) { Class::Hydration } else { highest })
    }

    fn part_class(&self, part: &Part, route: Route) -> Option<Class> {
        let listed = || part.listed.and_then(|drug| drug.class_by(route));
        part.said.or_else(listed).map(|class| self.by_policy(class))
    }

    fn by_policy(&self, class: Class) -> Class {
        let becomes_therapeutic = class == Class::ComplexBiologic && *self.policies.complex_biologics() == ComplexBiologics::Therapeutic;
        if becomes_therapeutic { Class::Therapeutic } else { class }
    }

    fn is_potassium_in_fluid(&self, parts: &[Part], route: Route) -> bool {
        let additive = |part: &Part| part.listed.is_some_and(|drug| drug.additive);
        let fluid = |part: &Part| self.part_class(part, route) == Some(Class::Hydration);
        parts.iter().any(additive) && parts.iter().any(fluid) && parts.iter().all(|part| additive(part) || fluid(part))
    }

    fn unknown(&self, part: &str, text: &str, place: Place) -> Finding {
        if let Some(drug) = self.reference.drugs.find(part) {
            let why = drug.needs_class.as_deref().unwrap_or("its purpose decides");
            return Finding::error("drug", place, format!("{part} has no class of its own: {why}"))
                .label("needs a class")
                .help(format!("say what it was given for: drugs: {{ \"{part}\": (class: Therapeutic) }}"));
        }
        let written = text.split('+').map(str::trim).find(|written| written.to_lowercase() == *part).unwrap_or(part);
        if let Some(at) = self.noted.get(&Bag::of(part.to_owned().into())) {
            let key = self.notes[*at].key;
            return Finding::error("drug", place, format!("`{written}` is not in the drug list, and the session gives it no class"))
                .label("needs a class")
                .beside(Place::Key("drugs", key.to_owned(), 0), "no class is given here")
                .help("add its class, such as class: Therapeutic");
        }
        Finding::error("drug", place, format!("`{written}` is not a known drug, and the session gives it no class"))
            .label("not in the drug list")
            .help(self.what_was_meant(written, text))
    }

    /// A dose or a second drug within the name, a misspelling, or a drug that needs a class.
    fn what_was_meant(&self, written: &str, text: &str) -> String {
        let give_class = || format!("if it is right, give its class: drugs: {{ \"{}\": (class: Therapeutic) }}", text.trim());
        if written.len() > LONGEST_GUESS || self.has_guessed_enough() {
            return give_class();
        }
        let is_known = |name: &str| self.reference.drugs.find(name.trim()).is_some();
        let dose = written
            .match_indices(' ')
            .map(|(at, _)| written.split_at(at))
            .find(|(drug, dose)| is_known(drug) && dose.trim_start().starts_with(|c: char| c.is_ascii_digit()));
        if let Some((drug, dose)) = dose {
            return format!("write drug: \"{drug}\", dose: \"{}\"", dose.trim());
        }
        for between in [" and ", " & ", " with ", " w/ ", "/", ","] {
            let drugs: Vec<&str> = written.split(between).map(str::trim).collect();
            if drugs.len() > 1 && drugs.iter().all(|drug| is_known(drug)) {
                return format!("one bag of both is written \"{}\"; given apart, each has its own event", drugs.join(" + "));
            }
        }
        let session_names: Vec<Name> = self.notes.iter().map(|noted| Bag::read(noted.key, &self.reference.drugs).name()).collect();
        let all = self.reference.drugs.names().chain(session_names.iter().map(|name| &**name));
        let mut near = nearest(written, all);
        if let Some(best) = near.first().copied() {
            let far = |name: &str| strsim::damerau_levenshtein(&written.to_lowercase(), &name.to_lowercase());
            // Another name of the same drug, or one much farther off, helps nobody.
            let same = |name: &str| self.reference.drugs.find(name).is_some_and(|drug| self.reference.drugs.find(best) == Some(drug));
            near.retain(|name| *name == best || (!same(name) && far(name) <= far(best) + 1));
        }
        match near.as_slice() {
            [] => give_class(),
            many => format!("did you mean {}?", many.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(" or ")),
        }
    }

    /// A guess compares a name with all others: after so many, nobody reads on, and each takes its time.
    fn has_guessed_enough(&self) -> bool {
        self.guesses.set(self.guesses.get() + 1);
        self.guesses.get() > MOST_GUESSES
    }

    /// The site and access that a text means; an error where the session lists sites and not this one.
    pub fn site(&mut self, text: Option<&'s str>, place: impl Fn() -> Place, findings: &mut Vec<Finding>) -> (Option<SiteId>, AccessId) {
        let Some(text) = text else { return (None, AccessId::MAIN) };
        let found = self.site_by_text.find(&text).unwrap_or_else(|| {
            let found = self.named_site(text, place, findings);
            self.site_by_text.note(text, found);
            found
        });
        (Some(found.0), found.1)
    }

    fn named_site(&mut self, text: &str, place: impl Fn() -> Place, findings: &mut Vec<Finding>) -> (SiteId, AccessId) {
        let key = site_key(text);
        if let Some(known) = self.sites.get(&key) {
            return *known;
        }
        if let Some(listed) = &self.listed_sites {
            let near = if self.has_guessed_enough() { Vec::new() } else { nearest(text, listed.iter().copied()) };
            let help = match near.first() {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("add it: sites: {{ \"{text}\": () }}"),
            };
            findings.push(
                Finding::error("site", place(), format!("`{text}` is not among the session's `sites`")).label("not listed").help(help),
            );
        }
        let site = SiteId(u32::try_from(self.sites.len()).unwrap_or(u32::MAX));
        self.sites.insert(key, (site, AccessId::MAIN));
        (site, AccessId::MAIN)
    }

    /// The name of a site as it was first written.
    pub fn reason(&self, session: &Session) -> Option<Reason> {
        let written = session.reason.as_ref()?;
        let bag = Bag::read(written, &self.reference.drugs);
        let noted = self.noted.get(&bag).copied();
        let said = noted.and_then(|at| self.notes[at].note.class);
        let fluid = self.class(said, &self.parts(&bag, noted), Route::IV) == Ok(Class::Hydration);
        Some(Reason { written: written.clone(), bag, fluid })
    }

    /// The drugs found, and the accesses beside the main one.
    pub fn finish(self) -> (Vec<Infusate>, Vec<String>) {
        (self.drugs, self.accesses)
    }
}

/// Fluids, and what is not separate.
fn carries(class: Class) -> bool {
    matches!(class, Class::Hydration | Class::NotSeparate)
}

fn site_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
