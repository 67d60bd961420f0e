//! Days, nights, and more than one line.

use super::super::chart::{Chart, at};

pub fn transfusion(chart: &mut Chart, level: u8) {
    chart.unit = "Day unit";
    let now = chart.dice.between(at(7, 45), at(9, 30));
    let bags = chart.dice.between(1, 3);
    chart.tell(format!("Red cells on the day unit, {bags} of them, and the saline on the line is there for the blood."));
    chart.says.push("drugs: { \"normal saline\": (class: NotSeparate) }".to_owned());
    if chart.dice.percent(70) {
        chart.push(now - 12, 2, "diphenhydramine", "25 mg");
    }
    let mut next = now + 5;
    for bag in 1..=bags {
        chart.other(next, "Transfuse", &format!("product: \"red cells, unit {bag}\""));
        next += chart.dice.between(105, 170);
        if bag < bags || level > 5 {
            chart.push(next, 2, "furosemide", "20 mg");
            next += chart.dice.between(12, 45);
        }
    }
    chart.infuse(now, next - now, "normal saline", "volume_ml: 500");
}

pub fn observation(chart: &mut Chart, level: u8) {
    chart.unit = "Observation";
    let come = chart.dice.between(at(17, 0), at(19, 30));
    let why = *chart.dice.pick(&["cellulitis of the leg", "diverticulitis", "a kidney infection"]);
    chart.tell(format!("In observation overnight with {why}; home the next day."));
    chart.push(come, 2, "morphine", "4 mg");
    let doses = chart.dice.between(2, 3);
    let mut next = come + chart.dice.between(10, 25);
    for _ in 0..doses {
        let minutes = chart.dice.about(30);
        chart.infuse(next, minutes, "cefazolin", "volume_ml: 100, dose: \"2 g\"");
        next += 480 + chart.dice.between(-15, 20);
    }
    let fluid = come + chart.dice.between(70, 110);
    let hours = chart.dice.between(3, 7);
    let minutes = chart.dice.about(hours * 60);
    chart.infuse(fluid, minutes, "normal saline", "volume_ml: 1000, rate_ml_per_h: 125");
    chart.tell("Saline into the night.");
    let again = chart.dice.between(2, 3 + i64::from(level > 5));
    for nth in 1..=again {
        let moment = chart.dice.between(150, 200);
        chart.push(come + nth * moment, 2, "morphine", "2 mg");
    }
    if chart.dice.percent(40) {
        chart.push(come + 30, 2, "ondansetron", "4 mg");
    }
}

pub fn two_lines(chart: &mut Chart, _level: u8) {
    chart.unit = "ED";
    let come = chart.dice.between(at(7, 0), at(17, 0));
    let separate = chart.dice.percent(65);
    chart.says.push(if separate {
        "sites: { \"R forearm\": (), \"L hand\": (separate: \"incompatible drugs, a second line ordered\") }".to_owned()
    } else {
        "sites: { \"R forearm\": (), \"L hand\": () }".to_owned()
    });
    chart.tell(if separate {
        "Two drugs that may not meet: a second line was ordered for one of them."
    } else {
        "A second needle, since the first ran slowly."
    });
    let first = *chart.dice.pick(&[("ceftriaxone", 30, "2 g"), ("cefepime", 30, "2 g"), ("pantoprazole", 20, "80 mg")]);
    let second = *chart.dice.pick(&[("calcium gluconate", 60, "2 g"), ("magnesium sulfate", 60, "2 g"), ("vancomycin", 90, "1250 mg")]);
    let (one, two) = (chart.dice.about(first.1), chart.dice.about(second.1));
    chart.infuse(come, one, first.0, &format!("site: \"R forearm\", volume_ml: 100, dose: \"{}\"", first.2));
    let start = come + chart.dice.between(0, 50);
    chart.infuse(start, two, second.0, &format!("site: \"L hand\", volume_ml: 250, dose: \"{}\"", second.2));
    if chart.dice.percent(50) {
        chart.push(come - 6, 2, "ondansetron", "4 mg");
    }
}
