//! What the log says of doses, waste and containers, each dose with the code it is billed by.
//! What cannot be billed as written leaves a finding and is never guessed (J3).

use chrono::NaiveDate;
use foldhash::{HashMap, HashSet};
use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use super::product::{self, Lack, Product};
use crate::reference::{Amount, Bag, Name, Quantity, Reference, Rule};
use crate::session::finding::{Finding, Place};
use crate::session::log::{Class, Container, DrugNote, Event, Route, Session};
use crate::timeline::calendar::Minute;
use crate::timeline::{DrugId, Infusate, Timeline};

/// One dose of one drug.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dose {
    /// Its event, by order in the file.
    pub event: usize,
    /// When it was given, or began to run.
    pub at: Minute,
    /// The date of that minute.
    pub date: NaiveDate,
    /// What it is a dose of: a drug, or a bag that the session gives a code as a whole.
    pub drug: Bag,
    /// What hung: the drug, or the bag that held it.
    pub hung: DrugId,
    /// Its code, five characters.
    pub code: Name,
    /// One billing unit of that.
    pub unit: Amount,
    /// How much; absent where the log does not say it well.
    pub given: Option<Quantified>,
    /// What was thrown away.
    pub waste: Waste,
    /// How it came packed.
    pub container: Option<Container>,
}

/// An amount as written, and in the measure of the billing unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantified {
    /// As written.
    pub written: Amount,
    /// In the measure of the billing unit.
    pub number: Decimal,
}

/// What was thrown away of a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waste {
    /// Nothing is written, so nothing was.
    Nothing,
    /// So much.
    Some(Quantified),
    /// Something is written that cannot be read.
    Unclear,
}

/// What an event says of a dose, before anything is looked up.
struct Written<'s> {
    event: usize,
    at: &'s str,
    drug: &'s str,
    route: Option<Route>,
    volume_ml: Option<f64>,
    dose: Option<&'s str>,
    waste: Option<&'s str>,
    container: Option<Container>,
}

/// Reads the doses of a session that paired without error, in clock order.
#[must_use]
pub fn read(session: &Session, timeline: &Timeline, reference: &Reference) -> (Vec<Dose>, Vec<Finding>) {
    let written = || session.events.iter().enumerate().filter_map(|(event, written)| written_dose(event, written));
    if !written().any(|written| written.dose.is_some() || written.waste.is_some()) {
        return (Vec::new(), Vec::new());
    }
    let mut reader = Reader::new(session, timeline, reference);
    for written in written() {
        reader.event(&written);
    }
    reader.doses.sort_by_key(|dose| (dose.at, dose.event));
    (reader.doses, reader.findings)
}

fn written_dose(event: usize, written: &Event) -> Option<Written<'_>> {
    macro_rules! dose {
        ($e:ident, $at:ident, $route:expr, $volume:expr) => {
            Written {
                event,
                at: &$e.$at,
                drug: &$e.drug,
                route: $route,
                volume_ml: $volume,
                dose: $e.dose.as_deref(),
                waste: $e.waste.as_deref(),
                container: $e.container,
            }
        };
    }
    Some(match written {
        Event::Start(e) => dose!(e, at, Some(e.route), e.volume_ml),
        Event::Infuse(e) => dose!(e, from, Some(e.route), e.volume_ml),
        Event::Push(e) => dose!(e, at, Some(Route::IV), None),
        Event::Inject(e) => dose!(e, at, Some(e.route), None),
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => dose!(e, at, Some(Route::SC), None),
        Event::Instill(e) => dose!(e, at, None, None),
        _ => return None,
    })
}

/// A component of a bag.
struct Part<'s> {
    written: &'s str,
    name: Name,
    carries: bool,
}

/// Most bags hold one drug and have one dose.
type One<T> = SmallVec<[T; 1]>;

struct Reader<'r> {
    timeline: &'r Timeline,
    reference: &'r Reference,
    notes: HashMap<Bag, (&'r str, &'r DrugNote)>,
    doses: Vec<Dose>,
    findings: Vec<Finding>,
    /// What was said once of a drug or a note, and is not said of each of its doses.
    told: HashSet<String>,
}

impl<'r> Reader<'r> {
    fn new(session: &'r Session, timeline: &'r Timeline, reference: &'r Reference) -> Self {
        let note = |(key, note): &'r (String, DrugNote)| (Bag::read(key, &reference.drugs), (key.as_str(), note));
        Reader {
            timeline,
            reference,
            notes: session.drugs.0.iter().map(note).collect(),
            doses: Vec::with_capacity(session.events.len()),
            findings: Vec::new(),
            told: HashSet::default(),
        }
    }

    fn event(&mut self, written: &Written) {
        let place = |field| Place::EventField(written.event, field);
        let Some(dose) = written.dose else {
            if written.waste.is_some() {
                self.findings.push(
                    Finding::warning(
                        Rule::J2.id(),
                        place("waste"),
                        "something was thrown away of a drug whose dose is not written: no drug line",
                    )
                    .label("and how much was given?")
                    .help("add `dose`: what the patient was given"),
                );
            }
            return;
        };
        let timeline = self.timeline;
        let (Some(hung), Ok(at)) = (timeline.named[written.event], timeline.calendar.read(written.at)) else { return };
        let infusate = &timeline[hung];
        let bag = &infusate.bag;
        if infusate.class(written.route.unwrap_or_default()) == Class::NotSeparate {
            self.never_billed(infusate, place("dose"));
            return;
        }
        let parts = self.parts(written.drug, infusate);
        let is_whole = parts.len() > 1 && self.notes.get(bag).is_some_and(|(_, note)| note.code.is_some());
        let shares = if is_whole { one(dose, 0) } else { shares(dose, &parts) };
        let Some(shares) = shares else {
            self.findings.push(not_attributable(dose, &parts, is_whole, place("dose")));
            return;
        };
        let wastes = written.waste.map(|waste| {
            let whole = || one(waste, 0).map(|_| smallvec![Some(waste)]);
            if is_whole { whole() } else { wastes(waste, &parts, &shares) }
        });
        if wastes == Some(None) {
            self.findings.push(
                Finding::warning(Rule::J2.id(), place("waste"), "it is not clear which drug of the bag was thrown away: neither JW nor JZ")
                    .label("of which drug?")
                    .help("write as many amounts as the dose has, in the same order"),
            );
        }
        let fluid_counts = infusate.class(written.route.unwrap_or_default()) == Class::Hydration;
        for (share, (part, dose)) in shares.iter().enumerate() {
            let part = &parts[*part];
            if !is_whole && parts.len() > 1 && part.carries && !fluid_counts {
                continue;
            }
            let drug = if is_whole { bag.clone() } else { Bag::of(part.name.clone()) };
            let waste = match &wastes {
                None => Ok(None),
                Some(None) => Err(()),
                Some(Some(wastes)) => Ok(wastes.get(share).copied().flatten()),
            };
            let brand = if is_whole { written.drug } else { part.written };
            self.dose(written, at, hung, drug, brand, dose, waste);
        }
    }

    fn parts<'w>(&self, written: &'w str, infusate: &Infusate) -> One<Part<'w>> {
        if !written.contains('+') {
            return smallvec![Part {
                written: written.trim(),
                name: infusate.name.clone(),
                carries: infusate.carriers.contains(&infusate.name),
            }];
        }
        let part = |written: &'w str| {
            let name = Bag::read(written, &self.reference.drugs).name();
            Part { carries: infusate.carriers.contains(&name), written, name }
        };
        written.split('+').map(str::trim).filter(|part| !part.is_empty()).map(part).collect()
    }

    #[allow(clippy::too_many_arguments)] // what is known of one dose, used once
    fn dose(&mut self, written: &Written, at: Minute, hung: DrugId, drug: Bag, brand: &str, dose: &str, waste: Result<Option<&str>, ()>) {
        let place = |field| Place::EventField(written.event, field);
        let date = self.timeline.calendar.date(at);
        let amount = self.amount(dose, Rule::J3, place("dose"));
        let dose_ml = amount.filter(|amount| self.reference.measures.kind(*amount) == Quantity::Volume).and_then(|amount| {
            let millilitre = self.reference.measures.read("1 mL").ok()?;
            self.reference.measures.number_in(amount, millilitre.measure)
        });
        let name = drug.name();
        let given = product::Given { name: &name, written: brand, route: written.route, volume_ml: written.volume_ml, dose_ml, date };
        let note = self.notes.get(&drug).copied();
        let product = match product::choose(&given, note.map(|(_, note)| note), self.reference) {
            Ok(product) => product,
            Err(lack) => {
                self.lacks(&name, note.map(|(key, _)| key), lack, written.event);
                return;
            }
        };
        if let Some((key, note)) = note {
            self.doubt_unit(key, note);
        }
        let given = amount.and_then(|amount| self.quantify(&product, &name, amount, Rule::J3, place("dose")));
        let waste = match waste {
            Ok(None) => Waste::Nothing,
            Ok(Some(waste)) => {
                let amount = self.amount(waste, Rule::J2, place("waste"));
                let quantified = amount.and_then(|amount| self.quantify(&product, &name, amount, Rule::J2, place("waste")));
                match quantified {
                    Some(some) if some.number.is_zero() => Waste::Nothing,
                    Some(some) => Waste::Some(some),
                    None => Waste::Unclear,
                }
            }
            Err(()) => Waste::Unclear,
        };
        self.doses.push(Dose {
            event: written.event,
            at,
            date,
            drug,
            hung,
            code: product.code,
            unit: product.unit,
            given,
            waste,
            container: written.container,
        });
    }

    /// An amount as written; a dose must be above nothing, waste need not.
    fn amount(&mut self, text: &str, rule: Rule, place: Place) -> Option<Amount> {
        let tail = tail(rule);
        let what = text.trim();
        match self.reference.measures.read(text) {
            Ok(amount) if rule == Rule::J3 && amount.number.is_zero() => {
                self.findings.push(
                    Finding::warning(rule.id(), place, format!("a dose of nothing was not given: {tail}"))
                        .label("nothing was given")
                        .help("write what was given, or take the event out"),
                );
                None
            }
            Ok(amount) => Some(amount),
            Err(bad) => {
                let finding = Finding::warning(rule.id(), place, format!("`{what}` {}: {tail}", bad.message)).label(bad.label);
                let usual = || "write a number and its unit, such as \"500 mg\"".to_owned();
                self.findings.push(finding.help(bad.help.unwrap_or_else(usual)));
                None
            }
        }
    }

    fn quantify(&mut self, product: &Product, name: &str, written: Amount, rule: Rule, place: Place) -> Option<Quantified> {
        // What is billed by the dose is billed whole: nothing of it is left to bill as waste.
        if rule == Rule::J2 && product.is_by_the_dose(self.reference) {
            return Some(Quantified { written, number: Decimal::ZERO });
        }
        let measures = &self.reference.measures;
        if let Some(number) = product.count(written, self.reference) {
            return Some(Quantified { written, number });
        }
        let wanted = measures.names_of(measures.get(product.measure()).kind).join(", ");
        let (counted, in_what) = (measures.words(product.unit), measures.words(written));
        self.findings.push(
            Finding::warning(
                rule.id(),
                place,
                format!("{} is billed by {counted}, and {in_what} of {name} cannot be turned into that: {}", product.code, tail(rule)),
            )
            .label("the strength is not known")
            .help(format!("write it in {wanted}")),
        );
        None
    }

    /// T0: a dose of what is never billed here. Where another code serves it, P5 tells that.
    fn never_billed(&mut self, infusate: &Infusate, place: Place) {
        if infusate.instead.is_none() && self.told.insert(format!("T0 {}", infusate.name)) {
            self.findings.push(
                Finding::note(
                    Rule::T0.id(),
                    place,
                    format!("{} is part of giving something else here: it has no drug line", infusate.name),
                )
                .label("not billed"),
            );
        }
    }

    fn lacks(&mut self, name: &str, key: Option<&str>, lack: Lack, event: usize) {
        if !self.told.insert(format!("{name}: {}", lack.message)) {
            return;
        }
        let dose = Place::EventField(event, "dose");
        let message = format!("{}: no drug line", lack.message);
        let finding = match (lack.field, key) {
            (Some(field), Some(key)) => Finding::warning(lack.rule.id(), Place::Entry("drugs", key.to_owned(), field), message)
                .label(lack.label)
                .beside(dose, "a dose of it"),
            _ => Finding::warning(lack.rule.id(), dose, message).label("not billed").beside(Place::EventField(event, "drug"), lack.label),
        };
        self.findings.push(finding.help(lack.help));
    }

    fn doubt_unit(&mut self, key: &str, note: &DrugNote) {
        let Some((code, listed)) = product::another_unit(note, self.reference) else { return };
        if self.told.insert(format!("unit {key}")) {
            let listed = self.reference.measures.words(listed);
            self.findings.push(
                Finding::warning(
                    Rule::J1.id(),
                    Place::Entry("drugs", key.to_owned(), "unit"),
                    format!("one unit of {code} is {listed} in the drug list, and the session says otherwise"),
                )
                .label("billed by this")
                .help("leave `unit` out where the list is right"),
            );
        }
    }
}

/// What follows where a dose, or waste, is not understood.
fn tail(rule: Rule) -> &'static str {
    if rule == Rule::J2 { "neither JW nor JZ" } else { "no drug line" }
}

/// The one amount of the one thing that hung.
fn one(text: &str, part: usize) -> Option<One<(usize, &str)>> {
    (!text.contains('+')).then(|| smallvec![(part, text)])
}

/// Which amount is of which part: as many as the bag has parts, or drugs, in the order of its name.
fn shares<'t>(text: &'t str, parts: &[Part]) -> Option<One<(usize, &'t str)>> {
    if parts.len() == 1 {
        return one(text, 0);
    }
    let amounts: Vec<&str> = text.split('+').map(str::trim).collect();
    let drugs: Vec<usize> = (0..parts.len()).filter(|at| !parts[*at].carries).collect();
    let order = if amounts.len() == parts.len() { (0..parts.len()).collect() } else { drugs };
    (amounts.len() == order.len()).then(|| order.into_iter().zip(amounts).collect())
}

/// The waste of each share of the dose; a fluid that carries has none where none is written.
fn wastes<'t>(text: &'t str, parts: &[Part], doses: &[(usize, &str)]) -> Option<One<Option<&'t str>>> {
    let wastes = shares(text, parts)?;
    let of = |part: usize| wastes.iter().find(|(of, _)| *of == part).map(|(_, waste)| *waste);
    let is_told = |part: usize| of(part).is_some() || (parts.len() > 1 && parts[part].carries);
    doses.iter().all(|(part, _)| is_told(*part)).then(|| doses.iter().map(|(part, _)| of(*part)).collect())
}

fn not_attributable(dose: &str, parts: &[Part], whole: bool, place: Place) -> Finding {
    let finding = |message: String| Finding::warning(Rule::J3.id(), place.clone(), message);
    if whole || parts.len() == 1 {
        return finding(format!("`{}` are several amounts of one thing: no drug line", dose.trim()))
            .label("expected one amount")
            .help("write their sum, or an event for each");
    }
    let names: Vec<&str> = parts.iter().map(|part| &*part.name).collect();
    finding(format!("it is not clear what `{}` is a dose of: no drug line", dose.trim()))
        .label(format!("of {}?", names.join(" or ")))
        .help("write an amount for each, in the order of the name: drug: \"a + b\", dose: \"8 mg + 10 mg\"")
}
