//! Units to lines: edits on the units (E1, O4, O5, E3, E2), then modifiers (M1 to M6).

use super::coder::{Coded, Unit, add};
use super::facts::{self, Together};
use super::runs::{Chart, Wrong, canonical, class_of, wrong};
use super::{Answer, Line, Policies, Status, Unbilled};
use chrono::NaiveDate;
use hangtime::session::log::{Class, Route, Session, Setting};
use std::collections::{BTreeMap, BTreeSet};

/// Codes that put a prolonged pump on (O4).
const INITIATIONS: [&str; 4] = ["96416", "C8957", "G0498", "96425"];

pub fn bill(sessions: &[Session], coded: Vec<Result<(Chart, Coded), Wrong>>, policies: &Policies) -> Vec<Answer> {
    // Each session by itself.
    let mut desk: Vec<Result<(Chart, Coded), Wrong>> = Vec::new();
    for (session, result) in sessions.iter().zip(coded) {
        desk.push(result.and_then(|(chart, coded)| Ok((chart.clone(), alone(session, &chart, coded)?))));
    }
    mark_initials(sessions, &mut desk, policies);
    for group in groups(sessions) {
        pairs(sessions, &group, &mut desk, policies);
        units_a_day(sessions, &group, &mut desk, policies);
    }
    sessions.iter().zip(desk).map(|(session, result)| answer(session, result)).collect()
}

/// What can be edited without looking at other sessions.
fn alone(session: &Session, chart: &Chart, mut coded: Coded) -> Result<Coded, Wrong> {
    let facts = circumstances(session)?;
    if coded.held {
        return Ok(coded);
    }
    add_ons_alone(session, &mut coded);

    // O4: no refill on the date on which a pump was put on.
    let put_on: Vec<NaiveDate> = coded.units.iter().filter(|unit| INITIATIONS.contains(&unit.code)).map(|unit| unit.date).collect();
    drop_units(&mut coded, "O4", |unit| matches!(unit.code, "96521" | "96522") && put_on.contains(&unit.date));

    // O5: a flush, only where it is all there was.
    if let Some(first) = chart.flushes.iter().min() {
        let all = coded.units.is_empty() && chart.services.is_empty() && chart.transfusions.is_empty() && !chart.disconnect;
        for (i, _) in chart.flushes.iter().enumerate() {
            if i == 0 && all {
                coded.units.push(super::coder::unit("96523", chart, *first, BTreeMap::new()));
            } else {
                add(&mut coded.unbilled, "", "O5", 0);
            }
        }
    }
    for unit in &coded.units {
        if !facts::in_force(unit.code, &unit.date.to_string()) {
            return wrong(format!("{} is not in force on {}", unit.code, unit.date));
        }
        let on_it: BTreeSet<&str> = facts.iter().filter(|fact| fact.touches(unit)).map(|fact| fact.modifier).collect();
        for opposites in [&["GA", "GZ", "GY"][..], &["PO", "PN"], &["Q5", "Q6"]] {
            if opposites.iter().filter(|modifier| on_it.contains(**modifier)).count() > 1 {
                return wrong(format!("{opposites:?} exclude each other"));
            }
        }
        // Q0 and Q1 from 2008, PD from 2012, PO from 2015, PN from 2017.
        for (modifier, year) in [("Q0", 2008), ("Q1", 2008), ("PD", 2012), ("PO", 2015), ("PN", 2017)] {
            if on_it.contains(modifier) && unit.date.to_string().as_str() < format!("{year}-01-01").as_str() {
                return wrong(format!("{modifier} is not in force on {}", unit.date));
            }
        }
    }
    Ok(coded)
}

/// E1: an add-on stands only beside a primary, and falls with it.
fn add_ons_alone(session: &Session, coded: &mut Coded) {
    loop {
        let present: BTreeSet<&str> = coded.units.iter().map(|unit| unit.code).collect();
        let before = coded.units.len();
        drop_units(coded, "E1", |unit| {
            let primaries = facts::primaries(unit.code, &unit.date.to_string(), session.setting);
            !primaries.is_empty() && !primaries.iter().any(|primary| present.contains(primary))
        });
        if coded.units.len() == before {
            return;
        }
    }
}

/// Takes units out of the claim and puts their minutes under a rule.
fn drop_units(coded: &mut Coded, rule: &str, goes: impl Fn(&Unit) -> bool) {
    let (gone, kept): (Vec<Unit>, Vec<Unit>) = std::mem::take(&mut coded.units).into_iter().partition(|u| goes(u));
    coded.units = kept;
    for unit in gone {
        give_back(&mut coded.unbilled, &unit, rule);
    }
}

fn give_back(unbilled: &mut Unbilled, unit: &Unit, rule: &str) {
    for (drug, minutes) in &unit.drugs {
        add(unbilled, drug, rule, *minutes);
    }
    if unit.drugs.is_empty() {
        add(unbilled, "", rule, 0);
    }
}

/// Sessions of one patient in one setting, whose days are judged together; others each alone.
fn groups(sessions: &[Session]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (i, session) in sessions.iter().enumerate() {
        let same = |j: usize| {
            let other = &sessions[j];
            session.patient.is_some() && other.patient == session.patient && other.setting == session.setting
        };
        match groups.iter_mut().find(|group| same(group[0])) {
            Some(group) => group.push(i),
            None => groups.push(vec![i]),
        }
    }
    groups
}

/// Before 2015 there were no X modifiers.
fn as_of(modifier: &str, date: NaiveDate) -> String {
    let x = modifier.starts_with('X');
    let early = date < NaiveDate::from_ymd_opt(2015, 1, 1).expect("a date");
    if x && early { "59".to_owned() } else { modifier.to_owned() }
}

/// M1 and M2.
fn mark_initials(sessions: &[Session], desk: &mut [Result<(Chart, Coded), Wrong>], policies: &Policies) {
    for group in groups(sessions) {
        let mut in_order: Vec<usize> = group.iter().copied().filter(|i| desk[*i].is_ok()).collect();
        in_order.sort_by_key(|i| (desk[*i].as_ref().ok().map(|(chart, _)| chart.first), *i));
        let mut days_with_initial: BTreeSet<NaiveDate> = BTreeSet::new();
        for i in in_order {
            let Ok((_, coded)) = &mut desk[i] else { continue };
            let own = coded.units.iter().find(|unit| unit.is_initial && unit.of_plain_initial).map(|unit| unit.date);
            let further = own.is_some_and(|date| days_with_initial.contains(&date));
            for unit in &mut coded.units {
                if unit.of_other_initial {
                    unit.mark = Some(as_of(&policies.site_modifier, unit.date));
                } else if unit.of_plain_initial && further {
                    unit.mark = Some(as_of(&policies.encounter_modifier, unit.date));
                }
            }
            days_with_initial.extend(coded.units.iter().filter(|unit| unit.is_initial).map(|unit| unit.date));
        }
    }
}

/// E3 and M3.
fn pairs(sessions: &[Session], group: &[usize], desk: &mut [Result<(Chart, Coded), Wrong>], policies: &Policies) {
    // What stands on each date, lines and recorded services.
    let mut on_date: BTreeMap<NaiveDate, BTreeSet<String>> = BTreeMap::new();
    for i in group {
        let Ok((chart, coded)) = &desk[*i] else { continue };
        for unit in &coded.units {
            on_date.entry(unit.date).or_default().insert(unit.code.to_owned());
        }
        for (at, code) in &chart.services {
            on_date.entry(chart.calendar.date_of(*at)).or_default().insert(code.clone());
        }
    }
    for i in group {
        let setting = sessions[*i].setting;
        let Ok((_, coded)) = &mut desk[*i] else { continue };
        let paired =
            |unit: &Unit, how: Together| on_date[&unit.date].iter().any(|column1| facts::together(column1, unit.code, setting) == how);
        drop_units(coded, "M3", |unit| paired(unit, Together::Never));
        for unit in &mut coded.units {
            if unit.mark.is_none() && paired(unit, Together::Apart) {
                unit.mark = Some(as_of(&policies.ptp_modifier, unit.date));
            }
        }
    }
}

/// E2: flagged and left, or capped: marked units go first, then the latest.
fn units_a_day(sessions: &[Session], group: &[usize], desk: &mut [Result<(Chart, Coded), Wrong>], policies: &Policies) {
    if policies.mue == "flag" {
        return;
    }
    let setting = sessions[group[0]].setting;
    type Units = Vec<(bool, i64, usize, usize)>;
    let mut by_code: BTreeMap<(NaiveDate, &'static str), Units> = BTreeMap::new();
    for i in group {
        let Ok((_, coded)) = &desk[*i] else { continue };
        for (u, unit) in coded.units.iter().enumerate() {
            let key = (unit.mark.is_some(), unit.begins, *i, u);
            by_code.entry((unit.date, unit.code)).or_default().push(key);
        }
    }
    let mut gone: BTreeSet<(usize, usize)> = BTreeSet::new();
    for ((_, code), mut units) in by_code {
        let most = facts::most_a_day(code, setting) as usize;
        units.sort_unstable();
        // Unmarked and early ones stand first.
        gone.extend(units.iter().skip(most).map(|(_, _, i, u)| (*i, *u)));
    }
    for i in group {
        let Ok((_, coded)) = &mut desk[*i] else { continue };
        let units = std::mem::take(&mut coded.units);
        for (u, unit) in units.into_iter().enumerate() {
            if gone.contains(&(*i, u)) {
                give_back(&mut coded.unbilled, &unit, "E2");
            } else {
                coded.units.push(unit);
            }
        }
    }
}

// ----------------------------------------------------------------- modifiers

/// A circumstance, as the modifier that it puts on lines.
struct Stated {
    modifier: &'static str,
    lines: On,
}

enum On {
    /// Every line.
    All,
    /// The lines of giving this drug; whether it is a fluid, which in a drug's bag only carries.
    Giving(String, bool),
    /// Drug lines only, which are not written here.
    DrugLines,
}

impl Stated {
    fn touches(&self, unit: &Unit) -> bool {
        match &self.lines {
            On::All => true,
            On::Giving(drug, carrier) => {
                unit.drugs.keys().any(|given| given == drug || (!carrier && given.split(" + ").any(|part| part == drug)))
            }
            On::DrugLines => false,
        }
    }
}

/// M5: what the session states beside its events.
fn circumstances(session: &Session) -> Result<Vec<Stated>, Wrong> {
    use Setting::{Hospital, Office};
    let mut stated = Vec::new();
    for circumstance in &session.circumstances {
        let fact = circumstance.read().map_err(Wrong)?;
        let carries = |drug: &str| {
            class_of(session, drug, Route::IV, &Policies::default())
                .is_ok_and(|class| matches!(class, Class::Hydration | Class::NotSeparate))
        };
        let giving = || fact.drug.as_ref().map_or(On::All, |drug| On::Giving(canonical(drug), carries(drug)));
        let drug_line = || fact.drug.as_ref().map_or(On::All, |_| On::DrugLines);
        let (modifier, lines, only) = match (fact.name.as_str(), fact.kind.as_deref()) {
            ("ClinicalTrial", Some("Routine")) => ("Q1", drug_line(), None),
            ("ClinicalTrial", Some("Investigational")) => ("Q0", drug_line(), None),
            ("Hospice", Some("Unrelated")) => ("GW", On::All, None),
            ("Hospice", Some("AttendingNotEmployed")) => ("GV", On::All, Some(Office)),
            ("Disaster", None) => ("CR", On::All, None),
            ("OffCampus", Some("Excepted")) => ("PO", On::All, Some(Hospital)),
            ("OffCampus", Some("NonExcepted")) => ("PN", On::All, Some(Hospital)),
            ("Waiver", Some("OnFile")) => ("GA", giving(), None),
            ("Waiver", Some("Missing")) => ("GZ", giving(), None),
            ("Excluded", None) => ("GY", giving(), None),
            ("PolicyMet", None) => ("KX", On::DrugLines, None),
            ("Substitute", Some("Reciprocal")) => ("Q5", On::All, Some(Office)),
            ("Substitute", Some("FeeForTime")) => ("Q6", On::All, Some(Office)),
            ("NursePractitioner", None) => ("SA", On::All, Some(Office)),
            ("BeforeAdmission", None) => ("PD", On::All, Some(Office)),
            _ => return wrong("no such circumstance"),
        };
        if only.is_some_and(|only| only != session.setting) {
            return wrong("a circumstance of the other setting");
        }
        stated.push(Stated { modifier, lines });
    }
    Ok(stated)
}

/// M6: 59 or an X first, then 53, then the rest by code, four at most.
fn modifiers(unit: &Unit, stated: &[Stated]) -> Vec<String> {
    let mut modifiers: Vec<String> = unit.mark.iter().cloned().collect();
    if unit.broken_off {
        modifiers.push("53".to_owned());
    }
    let rest: BTreeSet<&str> = stated.iter().filter(|s| s.touches(unit)).map(|s| s.modifier).collect();
    modifiers.extend(rest.into_iter().map(str::to_owned));
    modifiers.truncate(4);
    modifiers
}

fn answer(session: &Session, result: Result<(Chart, Coded), Wrong>) -> Answer {
    let Ok((_, coded)) = result else {
        return Answer { status: Status::Error, lines: Vec::new(), unbilled: Unbilled::new() };
    };
    if coded.held {
        return Answer { status: Status::Held, lines: Vec::new(), unbilled: coded.unbilled };
    }
    let stated = circumstances(session).expect("read before");
    let mut lines: BTreeMap<(NaiveDate, String, Vec<String>), u32> = BTreeMap::new();
    for unit in &coded.units {
        *lines.entry((unit.date, unit.code.to_owned(), modifiers(unit, &stated))).or_default() += 1;
    }
    let line = |((date, code, modifiers), units)| Line { date, code, modifiers, units };
    Answer { status: Status::Billable, lines: lines.into_iter().map(line).collect(), unbilled: coded.unbilled }
}
