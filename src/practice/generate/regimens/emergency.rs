//! The emergency department: fluids, pushes, antibiotics.

use super::super::chart::{Chart, at};

/// When a patient is put to bed there.
fn arrival(chart: &mut Chart) -> i64 {
    chart.unit = "ED";
    chart.dice.between(at(6, 30), at(16, 30))
}

/// A litre at a believable speed; returns when it ends.
fn litre(chart: &mut Chart, begin: i64, fluid: &str) -> i64 {
    let minutes = *chart.dice.pick(&[30, 31, 45, 60, 60, 75, 92, 120, 152]);
    let minutes = chart.dice.about(minutes);
    chart.infuse(begin, minutes, fluid, "volume_ml: 1000")
}

pub fn migraine(chart: &mut Chart, level: u8) {
    let come = arrival(chart);
    let hours = chart.dice.between(6, 40);
    chart.tell(format!("Migraine for {hours} hours, vomiting, no relief at home."));
    let first = *chart.dice.pick(&[("metoclopramide", "10 mg"), ("prochlorperazine", "10 mg"), ("droperidol", "2.5 mg")]);
    let mut now = chart.push(come, 2, first.0, first.1) + 1;
    now = chart.push(now, 2, "diphenhydramine", "25 mg") + 1;
    if chart.dice.percent(50) {
        now = chart.push(now, 1, "ketorolac", "15 mg") + 3;
    } else {
        chart.inject(now, "ketorolac", "IM", "30 mg");
        now += 3;
        chart.tell("Ketorolac went into the muscle.");
    }
    if chart.dice.percent(60) {
        litre(chart, now, "normal saline");
        now += chart.dice.between(5, 25);
    }
    match chart.dice.between(1, 3) {
        1 => {
            let minutes = chart.dice.about(60);
            now = chart.infuse(now, minutes, "magnesium sulfate", "volume_ml: 50, dose: \"2 g\"");
        }
        2 => {
            let minutes = chart.dice.about(20);
            now = chart.infuse(now, minutes, "valproate", "volume_ml: 100, dose: \"1000 mg\"");
        }
        _ => now = chart.push(now, 3, "dihydroergotamine", "1 mg"),
    }
    if level > 2 || chart.dice.percent(40) {
        let later = chart.dice.between(12, 55);
        chart.push(now + later, 2, first.0, first.1);
        chart.tell(format!("A second dose of {} before going home.", first.0));
    }
}

pub fn pneumonia(chart: &mut Chart, level: u8) {
    let come = arrival(chart);
    let age = chart.dice.between(44, 88);
    chart.tell(format!("Pneumonia, {age} years old, two antibiotics."));
    let (one, two) = (chart.dice.about(30), chart.dice.about(60));
    let first = chart.infuse(come, one, "ceftriaxone", "volume_ml: 50, dose: \"1 g\"");
    let together = level > 2 || chart.dice.percent(35);
    let second = if together { come + chart.dice.between(0, 12) } else { first + chart.dice.between(2, 15) };
    let end = chart.infuse(second, two, "azithromycin", "volume_ml: 250, dose: \"500 mg\"");
    if together {
        chart.tell("Both ran together for a while, by a Y on one line.");
    }
    if chart.dice.percent(50) {
        chart.push(come - 10, 2, "methylprednisolone", "125 mg");
    }
    if chart.dice.percent(40) {
        chart.push(end.max(first) + 5, 2, "ondansetron", "4 mg");
    }
    if level > 2 {
        litre(chart, end.max(first) + 10, "normal saline");
    }
}

pub fn hyperemesis(chart: &mut Chart, level: u8) {
    let come = arrival(chart);
    let week = chart.dice.between(7, 15);
    chart.tell(format!("{week} weeks pregnant and keeping nothing down."));
    let end = litre(chart, come, "lactated Ringer's");
    let moment = chart.dice.between(4, 12);
    chart.push(come + moment, 2, "ondansetron", "4 mg");
    if chart.dice.percent(50) {
        let moment = chart.dice.between(14, 20);
        chart.push(come + moment, 5, "thiamine", "100 mg");
    }
    let fluid = *chart.dice.pick(&["D5LR", "normal saline", "D5NS + potassium chloride"]);
    if fluid.contains("potassium") {
        chart.says.push(format!("drugs: {{ \"{fluid}\": (class: Hydration) }}"));
        chart.tell("The second bag has potassium in it, and was hung to hydrate.");
    }
    let between = chart.dice.between(0, 9);
    let end = litre(chart, end + between, fluid);
    if chart.dice.percent(50) {
        let minutes = chart.dice.about(15);
        chart.infuse(come + 25, minutes, "famotidine", "volume_ml: 50, dose: \"20 mg\"");
    }
    if level > 3 || chart.dice.percent(35) {
        let moment = chart.dice.between(2, 8);
        chart.push(end - moment, 2, "ondansetron", "4 mg");
        chart.tell("A second dose of ondansetron late on.");
    }
}

pub fn sepsis(chart: &mut Chart, level: u8) {
    let come = arrival(chart);
    let from = *chart.dice.pick(&["the urine", "the lungs", "the bile ducts", "a foot ulcer"]);
    chart.tell(format!("Sepsis from {from}: fluid from the door, cultures, two antibiotics."));
    let first = litre(chart, come, "lactated Ringer's");
    let second = litre(chart, first, "lactated Ringer's");
    let start = come + chart.dice.between(15, 40);
    let (one, two) = (chart.dice.about(30), chart.dice.about(90));
    let end = chart.infuse(start, one, "cefepime", "volume_ml: 100, dose: \"2 g\"");
    let gap = chart.dice.between(2, 10);
    let end = chart.infuse(end + gap, two, "vancomycin", "volume_ml: 250, dose: \"1500 mg\"");
    if level > 3 || chart.dice.percent(30) {
        let minutes = chart.dice.between(50, 170);
        chart.infuse(end.max(second), minutes, "norepinephrine", "volume_ml: 250, rate_ml_per_h: 15, dose: \"4 mg\"");
        chart.tell("Norepinephrine in the end, then intensive care.");
    }
    if chart.dice.percent(40) {
        chart.push(come + 8, 2, "ondansetron", "4 mg");
    }
}

pub fn ketoacidosis(chart: &mut Chart, level: u8) {
    let come = arrival(chart);
    let sugar = chart.dice.between(410, 790);
    chart.tell(format!("Diabetic ketoacidosis, glucose {sugar}: fluid first, then insulin by pump."));
    let bolus = *chart.dice.pick(&[60, 60, 45, 75]);
    let bolus = chart.dice.about(bolus);
    let insulin = chart.infuse(come, bolus, "normal saline", "volume_ml: 1000");
    if chart.dice.percent(60) {
        let moment = chart.dice.between(10, 30);
        chart.push(come + moment, 1, "insulin", "8 units");
        chart.tell("A first dose of insulin by hand.");
    }
    let hours = chart.dice.between(2, 6);
    let drip = chart.dice.about(hours * 60);
    chart.start(insulin, "insulin", "volume_ml: 100, rate_ml_per_h: 8, dose: \"100 units\"");
    chart.infuse(insulin, drip.min(240), "normal saline", "volume_ml: 1000, rate_ml_per_h: 250");
    if level > 3 || chart.dice.percent(60) {
        let minutes = chart.dice.about(60);
        let moment = chart.dice.between(10, 30);
        chart.infuse(insulin + moment, minutes, "potassium chloride", "volume_ml: 100, dose: \"10 mEq\"");
        chart.tell("Potassium beside it.");
    }
    chart.stop(insulin + drip, "insulin");
}
