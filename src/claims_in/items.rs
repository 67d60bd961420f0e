//! One item of a FHIR claim to a charged line.

use std::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::value::RawValue;

use super::cells::{self, Bad};
use super::intake::Intake;
use super::resources::{Claim, Coding, Concept, Item, Money, Period, Quantity, Reference, range, read};
use super::text::quoted;
use super::{Account, Charged, Spot};

type Wrong = (Range<usize>, Bad);

/// What all items of a claim share.
pub(super) struct Frame {
    account: Account,
    diagnoses: Vec<(Option<u64>, String)>,
    /// The claim's only day.
    day: Option<NaiveDate>,
    covers: Option<String>,
}

impl Frame {
    /// A claim without an encounter goes by its identifier.
    pub(super) fn of(claim: &Claim) -> Result<Frame, Bad> {
        let mut names = Vec::new();
        for identifier in claim.identifier.iter().filter_map(|identifier| identifier.value.as_deref()) {
            names.push(cells::name(identifier)?);
        }
        let patient = claim.patient.as_ref();
        let key = patient.and_then(Reference::name).map(|name| cells::name(&name)).transpose()?;
        names.extend(patient.and_then(Reference::second_name));
        let diagnoses = claim.diagnosis.iter().filter_map(|diagnosis| {
            let code = diagnosis.diagnosis_codeable_concept.as_ref()?.coding.iter().find_map(|coding| coding.code.clone())?;
            Some((diagnosis.sequence, code))
        });
        let period = claim.billable_period.as_ref().map(span);
        let (day, covers) = match period {
            Some(Ok((first, last))) if first == last => (Some(first), None),
            Some(Ok((first, last))) => (None, Some(format!("{first} to {last}"))),
            _ => (None, None),
        };
        Ok(Frame { account: Account { session: None, patient: key, also: names }, diagnoses: diagnoses.collect(), day, covers })
    }

    /// The account of an item: its encounter, else the claim's first identifier.
    fn account(&self, encounters: &[Reference]) -> Result<Account, Bad> {
        let mut account = self.account.clone();
        for encounter in encounters {
            for name in encounter.name().into_iter().chain(encounter.second_name()) {
                let name = cells::name(&name)?;
                if account.session.is_none() {
                    account.session = Some(name);
                } else {
                    account.also.push(name);
                }
            }
        }
        if account.session.is_none() && !account.also.is_empty() {
            account.session = Some(account.also.remove(0));
        }
        Ok(account)
    }
}

/// One item's line; none where it has no CPT or HCPCS code.
pub(super) fn charged(text: &str, raw: &RawValue, frame: &Frame, intake: &mut Intake) -> Result<Option<Charged>, Wrong> {
    let item: Item = read(text, raw.get())?;
    let place = range(text, raw);
    let opening = place.start..place.start + 1;
    let Some(code) = item.product_or_service.map(|raw| code_of(text, raw)).transpose()?.flatten() else { return Ok(None) };
    let mut modifiers = Vec::new();
    for raw in &item.modifier {
        add_modifiers(text, raw, &mut modifiers)?;
    }
    let (date, last) = days(text, &item, frame, &code, &opening)?;
    let units = match item.quantity {
        Some(raw) => units(text, raw)?,
        None => {
            let bad = Bad::new(format!("{code} has no quantity: it is read as 1 unit"));
            intake.warning(opening.clone(), bad);
            Decimal::ONE
        }
    };
    let account = frame.account(&item.encounter).map_err(|bad| (opening.clone(), bad))?;
    if account.session.is_none() && account.patient.is_none() {
        return Err((opening, Bad::new(format!("{code} has neither encounter nor patient, and its claim no identifier"))));
    }
    if !item.detail.is_empty() {
        intake.warning(range(text, item.detail[0]), Bad::new(format!("the details of {code} are not read, only the item itself")));
    }
    let amount = amount(text, &item, units).unwrap_or_else(|(at, bad)| {
        intake.warning(at, Bad { message: format!("{}: the line is read without", bad.message), ..bad });
        None
    });
    let wanted =
        |sequence: &Option<u64>| item.diagnosis_sequence.is_empty() || sequence.is_some_and(|n| item.diagnosis_sequence.contains(&n));
    let diagnoses = frame.diagnoses.iter().filter(|(sequence, _)| wanted(sequence)).map(|(_, code)| code.clone()).collect();
    let spot = Spot { range: place, ..Spot::default() };
    Ok(Some(Charged { account, date, through: Some(last).filter(|last| *last > date), code, modifiers, units, amount, diagnoses, spot }))
}

/// Whether a code's system may be CPT or HCPCS: it says so, or says nothing that is known to be
/// another. Five digits are a drug in RxNorm, and much else elsewhere.
fn is_ours(coding: &Coding) -> bool {
    const OTHERS: [&str; 10] = ["snomed", "rxnorm", "loinc", "ndc", "icd", "nubc", "ada.org", "cvx", "atc", "unii"];
    let system = coding.system.as_deref().unwrap_or("").to_ascii_lowercase();
    system.contains("cpt") || system.contains("hcpcs") || !OTHERS.iter().any(|other| system.contains(other))
}

fn says_ours(coding: &Coding) -> bool {
    let system = coding.system.as_deref().unwrap_or("").to_ascii_lowercase();
    // The object identifiers of CPT and of HCPCS level II.
    const OIDS: [&str; 3] = ["urn:oid:2.16.840.1.113883.6.12", "urn:oid:2.16.840.1.113883.6.285", "urn:oid:2.16.840.1.113883.6.14"];
    system.contains("/cpt") || system.contains("hcpcs") || OIDS.contains(&&*system)
}

fn code_of(text: &str, raw: &RawValue) -> Result<Option<String>, Wrong> {
    let concept: Concept = read(text, raw.get())?;
    let mut found: Option<String> = None;
    for coding in concept.coding.iter().filter(|coding| is_ours(coding)) {
        let Some(written) = coding.code.as_deref() else { continue };
        let code = written.trim().to_ascii_uppercase();
        if !cells::is_code(&code) {
            if says_ours(coding) {
                return Err((range(text, raw), Bad::new(format!("{} is no CPT or HCPCS code", quoted(written)))));
            }
            continue;
        }
        match &found {
            Some(first) if *first != code => {
                return Err((range(text, raw), Bad::new(format!("the item has two codes: {first} and {code}"))));
            }
            _ => found = Some(code),
        }
    }
    Ok(found)
}

fn add_modifiers(text: &str, raw: &RawValue, to: &mut Vec<String>) -> Result<(), Wrong> {
    let concept: Concept = read(text, raw.get())?;
    let mut codes = concept.coding.iter().filter_map(|coding| coding.code.as_deref()).peekable();
    if codes.peek().is_none() {
        return Err((range(text, raw), Bad::new("a modifier has no code")));
    }
    codes.try_for_each(|code| cells::add_modifier(to, code)).map_err(|bad| (range(text, raw), bad))
}

/// The days of an item, else the claim's only one.
fn days(text: &str, item: &Item, frame: &Frame, code: &str, opening: &Range<usize>) -> Result<(NaiveDate, NaiveDate), Wrong> {
    if let Some(raw) = item.serviced_date {
        let date: String = read(text, raw.get())?;
        return cells::date(&date).map(|date| (date, date)).map_err(|bad| (range(text, raw), fhir_date(bad)));
    }
    if let Some(raw) = item.serviced_period {
        let period: Period = read(text, raw.get())?;
        return span(&period).map_err(|bad| (range(text, raw), fhir_date(bad)));
    }
    match (frame.day, &frame.covers) {
        (Some(day), _) => Ok((day, day)),
        (None, Some(covers)) => {
            let bad = Bad::new(format!("{code} has no date, and the claim covers {covers}"));
            Err((opening.clone(), bad.help("servicedDate says the day of an item")))
        }
        (None, None) => Err((opening.clone(), Bad::new(format!("{code} has no date")).help("servicedDate or servicedPeriod says it"))),
    }
}

fn fhir_date(bad: Bad) -> Bad {
    if bad.message.ends_with("is no date") { bad.help("the day must be whole: 2026-03-02") } else { bad }
}

/// First and last day of a period; an open end is its first day only if nothing runs on.
fn span(period: &Period) -> Result<(NaiveDate, NaiveDate), Bad> {
    let (Some(start), Some(end)) = (&period.start, &period.end) else {
        return Err(Bad::new("a period lacks its start or its end"));
    };
    let (first, last) = (cells::date(start)?, cells::date(end)?);
    if last < first { Err(Bad::new(format!("the period ends on {last}, before it starts on {first}"))) } else { Ok((first, last)) }
}

/// A count. A quantity of minutes or millilitres is none.
fn units(text: &str, raw: &RawValue) -> Result<Decimal, Wrong> {
    const COUNTS: [&str; 9] = ["", "1", "un", "unit", "units", "each", "ea", "{unit}", "{units}"];
    let quantity: Quantity = read(text, raw.get())?;
    for unit in [&quantity.unit, &quantity.code].into_iter().flatten() {
        if !COUNTS.contains(&unit.trim().to_ascii_lowercase().as_str()) {
            return Err((range(text, raw), Bad::new(format!("the quantity is in {}, not in units", quoted(unit)))));
        }
    }
    let value = quantity.value.ok_or_else(|| (range(text, raw), Bad::new("the quantity has no value")))?;
    cells::units(value.get()).map_err(|bad| (range(text, value), bad))
}

/// `net`, else the price of a unit by the units.
fn amount(text: &str, item: &Item, units: Decimal) -> Result<Option<Decimal>, Wrong> {
    if let Some(raw) = item.net {
        return money(text, raw);
    }
    let Some(raw) = item.unit_price else { return Ok(None) };
    let Some(price) = money(text, raw)? else { return Ok(None) };
    let factor = match item.factor {
        Some(raw) => cells::number(raw.get()).ok_or_else(|| (range(text, raw), Bad::new(format!("{} is no factor", quoted(raw.get())))))?,
        None => Decimal::ONE,
    };
    Ok(price.checked_mul(units).and_then(|amount| amount.checked_mul(factor)))
}

fn money(text: &str, raw: &RawValue) -> Result<Option<Decimal>, Wrong> {
    let money: Money = read(text, raw.get())?;
    money
        .value
        .map(|value| {
            cells::number(value.get()).ok_or_else(|| (range(text, value), Bad::new(format!("{} is no amount", quoted(value.get())))))
        })
        .transpose()
}
