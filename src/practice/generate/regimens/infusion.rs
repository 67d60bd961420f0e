//! The infusion clinic: one drug a visit.

use super::super::chart::{Chart, at};

/// A flush now and then, which earns nothing beside a drug.
fn flush_after(chart: &mut Chart, end: i64) {
    if chart.dice.percent(40) {
        chart.other(end + 3, "FlushPort", "");
    }
}

pub fn infliximab(chart: &mut Chart, level: u8) {
    let kilos = chart.dice.between(52, 108);
    let why = *chart.dice.pick(&["Crohn's disease", "ulcerative colitis", "rheumatoid arthritis", "psoriatic arthritis"]);
    let per_kilo = *chart.dice.pick(&[3, 5, 5, 5, 10]);
    let dose = (kilos * per_kilo + 99) / 100 * 100;
    chart.office = chart.dice.percent(70);
    chart.unit = if chart.office { "Rheumatology" } else { "Infusion centre" };
    chart.reason = Some("infliximab");
    chart.tell(format!("A maintenance dose of infliximab for {why}, {per_kilo} mg a kilo, {kilos} kg."));
    let begin = chart.dice.between(at(8, 15), at(13, 40));
    if level > 1 || chart.dice.percent(25) {
        let moment = chart.dice.between(12, 25);
        chart.push(begin - moment, 2, "diphenhydramine", "25 mg");
        chart.tell("Diphenhydramine before it, after a rash last time.");
    }
    let minutes = *chart.dice.pick(&[60, 90, 120, 120, 120, 150]);
    let minutes = chart.dice.about(minutes);
    let mut end = begin + minutes;
    chart.start(begin, "infliximab", &format!("volume_ml: 250, dose: \"{dose} mg\", container: SingleDose"));
    if level > 1 && chart.dice.percent(50) {
        let held = chart.dice.between(10, 25);
        let moment = chart.dice.between(20, 40);
        chart.pause(begin + moment, held, "infliximab");
        chart.tell("It was held for itching and went on.");
        end += held;
    }
    chart.stop(end, "infliximab");
}

pub fn iron(chart: &mut Chart, level: u8) {
    chart.unit = "Infusion centre";
    let begin = chart.dice.between(at(8, 30), at(15, 0));
    let why = *chart.dice.pick(&["heavy periods", "kidney disease", "a bypass of the stomach", "an inflamed bowel"]);
    chart.tell(format!("Iron for a deficiency from {why}."));
    let end = match chart.dice.between(1, 4) {
        1 => {
            let minutes = chart.dice.between(3, 6);
            chart.push(begin, minutes, "iron sucrose", "200 mg")
        }
        2 => {
            let minutes = chart.dice.about(90);
            chart.infuse(begin, minutes, "iron sucrose", "volume_ml: 250, dose: \"300 mg\"")
        }
        3 => {
            let minutes = chart.dice.about(15);
            chart.infuse(begin, minutes, "ferric carboxymaltose", "volume_ml: 250, dose: \"750 mg\"")
        }
        _ => {
            let minutes = chart.dice.about(30);
            chart.infuse(begin, minutes, "ferric derisomaltose", "volume_ml: 100, dose: \"1000 mg\"")
        }
    };
    chart.note(end + 30, "Watched for half an hour, no reaction.");
    if level > 1 {
        chart.push(begin - 15, 1, "famotidine", "20 mg");
    }
    flush_after(chart, end);
}

pub fn antibiotic(chart: &mut Chart, level: u8) {
    chart.unit = "Infusion centre";
    let begin = chart.dice.between(at(8, 0), at(16, 0));
    let day = chart.dice.between(2, 12);
    let why = *chart.dice.pick(&[
        "a bone infection of the foot",
        "cellulitis of the leg",
        "an infected wound",
        "a urinary infection with a resistant germ",
    ]);
    chart.tell(format!("Day {day} of antibiotics for {why}, through a PICC."));
    let end = match chart.dice.between(1, 5) {
        1 => {
            let minutes = chart.dice.about(30);
            chart.infuse(begin, minutes, "ertapenem", "volume_ml: 50, dose: \"1 g\"")
        }
        2 => {
            let minutes = chart.dice.about(30);
            chart.infuse(begin, minutes, "ceftriaxone", "volume_ml: 50, dose: \"2 g\"")
        }
        3 => chart.push(begin, 2, "daptomycin", "500 mg"),
        4 => {
            let minutes = chart.dice.about(90);
            chart.infuse(begin, minutes, "vancomycin", "volume_ml: 250, dose: \"1250 mg\"")
        }
        _ => {
            let minutes = chart.dice.about(30);
            chart.infuse(begin, minutes, "dalbavancin", "volume_ml: 250, dose: \"1500 mg\"")
        }
    };
    if level > 1 {
        let minutes = chart.dice.about(16);
        let end = chart.infuse(end + 4, minutes, "famotidine", "volume_ml: 50, dose: \"20 mg\"");
        return flush_after(chart, end);
    }
    flush_after(chart, end);
}
