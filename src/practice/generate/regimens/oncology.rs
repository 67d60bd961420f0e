//! Chemotherapy.

use super::super::chart::{Chart, at};

/// Body surface in hundredths of a square metre.
fn surface(chart: &mut Chart) -> i64 {
    chart.dice.between(150, 215)
}

fn begin(chart: &mut Chart) -> i64 {
    chart.unit = "Infusion centre";
    chart.dice.between(at(8, 0), at(10, 30))
}

pub fn folfox(chart: &mut Chart, level: u8) {
    let now = begin(chart);
    let (square, cycle) = (surface(chart), chart.dice.between(1, 11));
    chart.office = chart.dice.percent(50);
    chart.unit = if chart.office { "Oncology" } else { "Infusion centre" };
    chart.reason = Some("oxaliplatin");
    chart.tell(format!("Colon cancer, FOLFOX, cycle {cycle}, through the port."));
    let after = chart.push(now, 1, "palonosetron", "250 mcg") + 4;
    let minutes = chart.dice.about(16);
    let after = chart.infuse(after, minutes, "dexamethasone", "volume_ml: 50, dose: \"12 mg\"") + chart.dice.between(3, 12);
    let minutes = chart.dice.about(120);
    let platin = square * 85 / 100;
    chart.start(after, "oxaliplatin", &format!("volume_ml: 500, dose: \"{platin} mg\""));
    if level > 4 || chart.dice.percent(75) {
        chart.start(after, "leucovorin", &format!("volume_ml: 250, dose: \"{} mg\"", square * 4));
        chart.stop(after + minutes, "leucovorin");
        chart.tell("Leucovorin runs beside the oxaliplatin.");
    } else {
        let alone = chart.dice.about(30);
        chart.infuse(after + minutes + 2, alone, "leucovorin", &format!("volume_ml: 100, dose: \"{} mg\"", square * 4));
    }
    chart.stop(after + minutes, "oxaliplatin");
    let end = after + minutes + 45;
    chart.push(end, 4, "fluorouracil", &format!("{} mg", square * 4));
    let pump = square * 24;
    chart.start(
        end + 8,
        "fluorouracil",
        &format!("pump: Portable, continues_at_home: true, volume_ml: 92, rate_ml_per_h: 2, dose: \"{pump} mg\""),
    );
    chart.note(end + 15, "Pump running, back in 46 hours.");
}

pub fn r_chop(chart: &mut Chart, level: u8) {
    let now = begin(chart);
    let (square, cycle) = (surface(chart), chart.dice.between(2, 6));
    chart.tell(format!("Lymphoma, R-CHOP, cycle {cycle}. Prednisone at home."));
    chart.push(now, 2, "diphenhydramine", "50 mg");
    let minutes = *chart.dice.pick(&[90, 90, 150, 195, 240]);
    let minutes = chart.dice.about(minutes);
    let start = now + 30;
    let mut end = start + minutes;
    chart.start(start, "rituximab", &format!("volume_ml: 500, dose: \"{} mg\"", square * 375 / 100));
    if level > 4 || chart.dice.percent(25) {
        let held = chart.dice.between(15, 40);
        chart.pause(start + 45, held, "rituximab");
        chart.tell("Rituximab was held for chills and went on.");
        end += held;
    }
    chart.stop(end, "rituximab");
    let minutes = chart.dice.about(16);
    let end = chart.infuse(end + 3, minutes, "ondansetron", "volume_ml: 50, dose: \"16 mg\"") + chart.dice.between(3, 9);
    let moment = chart.dice.between(6, 14);
    let end = chart.push(end, moment, "doxorubicin", &format!("{} mg", square / 2)) + 5;
    let minutes = chart.dice.between(7, 12);
    let end = chart.infuse(end, minutes, "vincristine", "volume_ml: 50, dose: \"2 mg\"") + 5;
    let minutes = *chart.dice.pick(&[30, 60, 60]);
    let minutes = chart.dice.about(minutes);
    let end = chart.infuse(end, minutes, "cyclophosphamide", &format!("volume_ml: 250, dose: \"{} mg\"", square * 15 / 2));
    if chart.dice.percent(60) {
        chart.other(end + 8, "OnBodyInjector", "drug: \"pegfilgrastim\", dose: \"6 mg\"");
        chart.tell("An on-body injector before leaving.");
    }
}

pub fn paclitaxel_carboplatin(chart: &mut Chart, level: u8) {
    let now = begin(chart);
    let (square, cycle) = (surface(chart), chart.dice.between(1, 6));
    let of = *chart.dice.pick(&["Ovarian", "Lung", "Endometrial"]);
    chart.tell(format!("{of} cancer, paclitaxel and carboplatin, cycle {cycle}."));
    let apart = level > 4 || chart.dice.percent(60);
    let (one, two, three) = (chart.dice.about(20), chart.dice.about(20), chart.dice.about(16));
    let first = chart.infuse(now, one, "dexamethasone", "volume_ml: 50, dose: \"20 mg\"");
    let second_start = if apart { first + 2 } else { first - 6 };
    let second = chart.infuse(second_start, two, "famotidine", "volume_ml: 50, dose: \"20 mg\"");
    let end = if chart.dice.percent(50) {
        chart.push(second + 2, 2, "diphenhydramine", "50 mg")
    } else {
        chart.infuse(second + 2, three, "diphenhydramine", "volume_ml: 50, dose: \"50 mg\"")
    };
    let weekly = chart.dice.percent(35);
    let (length, per) = if weekly { (60, 80) } else { (180, 175) };
    let minutes = chart.dice.about(length);
    let end = chart.infuse(end + 10, minutes, "paclitaxel", &format!("volume_ml: 500, dose: \"{} mg\"", square * per / 100));
    let minutes = *chart.dice.pick(&[30, 60]);
    let minutes = chart.dice.about(minutes);
    let dose = if weekly { 200 + chart.dice.between(0, 9) * 10 } else { 450 + chart.dice.between(0, 25) * 10 };
    chart.infuse(end + 4, minutes, "carboplatin", &format!("volume_ml: 250, dose: \"{dose} mg\""));
    if weekly {
        chart.tell("The weekly scheme.");
    }
}
