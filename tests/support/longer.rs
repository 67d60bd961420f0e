//! One drug, one run, longer by a minute at a time: never fewer units, and never two more.

use hangtime::session::log::{Class, DrugNote, Entries, Event, Infuse, Route, Session, Setting};
use hangtime::{Options, Reference, bill_sessions};
use libtest_mimic::Failed;

const LONGEST: i64 = 600;
/// Not at midnight, so that no date parts the units.
const BEGINS: i64 = 8 * 60;

const CLASSES: [Class; 6] =
    [Class::NotSeparate, Class::Hydration, Class::Therapeutic, Class::Hormonal, Class::ComplexBiologic, Class::Antineoplastic];

/// In an artery only chemo has a code for every length (O2); on a pump a run of more than eight
/// hours is one service whatever its hours (O3).
fn counts_by_length(class: Class, route: Route) -> bool {
    match route {
        Route::IV | Route::SC => true,
        Route::IA => matches!(class, Class::Antineoplastic | Class::ComplexBiologic),
        Route::IM => false,
    }
}

pub fn never_less() -> Result<(), Failed> {
    for profile in ["default", "medicare", "conservative"] {
        for setting in [Setting::Hospital, Setting::Office] {
            for route in [Route::IV, Route::SC, Route::IA] {
                for class in CLASSES.into_iter().filter(|class| counts_by_length(*class, route)) {
                    climbs(profile, setting, route, class)?;
                }
            }
        }
    }
    Ok(())
}

fn climbs(profile: &str, setting: Setting, route: Route, class: Class) -> Result<(), Failed> {
    let mut before = 0;
    for length in 1..=LONGEST {
        let units = units(profile, setting, route, class, length);
        if !(before..=before + 1).contains(&units) {
            let what = format!("{class:?} by {route:?} in {setting:?}, profile {profile}");
            return Err(format!("{what}: {} minutes are {before} units, {length} are {units}", length - 1).into());
        }
        before = units;
    }
    Ok(())
}

fn units(profile: &str, setting: Setting, route: Route, class: Class, length: i64) -> usize {
    let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let run = Infuse {
        from: clock(BEGINS),
        to: clock(BEGINS + length),
        drug: "study article".to_owned(),
        site: None,
        route,
        pump: None,
        continues_at_home: false,
        volume_ml: None,
        rate_ml_per_h: None,
        dose: None,
        waste: None,
        container: None,
    };
    let session = Session {
        id: "longer".to_owned(),
        setting,
        date: "2026-03-02".to_owned(),
        zone: None,
        patient: None,
        unit: None,
        reason: Some("study article".to_owned()),
        profile: Some(profile.to_owned()),
        drugs: Entries(vec![("study article".to_owned(), DrugNote { class: Some(class), code: None, unit: None })]),
        sites: None,
        circumstances: Vec::new(),
        events: vec![Event::Infuse(run)],
    };
    let bills = bill_sessions(vec![session], &Options::default(), Reference::embedded());
    let claim = bills[0].claim.as_ref().expect("nothing is wrong with one run");
    claim.lines.iter().map(hangtime::claim::Line::units).sum()
}
