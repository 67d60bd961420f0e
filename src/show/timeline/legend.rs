//! What the marks and rules mean, of those that appear.

use std::collections::BTreeSet;

use super::ink::{Glyphs, Ink, MANY};
use super::{Style, flow};
use crate::reference::Rule;
use crate::show::page::wrap;
use crate::show::picture::{Fate, Picture, Row};

/// The legend of a picture in which a column is so many minutes.
pub fn write(picture: &Picture, seen: &BTreeSet<char>, step: i64, style: Style) -> String {
    let glyphs = style.glyphs();
    let mut text = String::new();
    for line in flow(&signs(picture, seen, step, glyphs), style.width - 1) {
        text.push_str(&format!(" {line}\n"));
    }
    for shift in picture.axis.shifts() {
        let clock = picture.calendar.wall(shift.at).format("%H:%M");
        let way = if shift.forward > 0 { "forward" } else { "back" };
        let words = format!("The clock goes {way} {} minutes, to {clock}; minutes here are real ones.", shift.forward.abs());
        wrap(&words, style.width - 1).iter().for_each(|line| text.push_str(&format!(" {line}\n")));
    }
    for rule in rules(picture) {
        for (at, line) in wrap(&rule.entry().reason, style.width - 5).iter().enumerate() {
            let id = if at == 0 { rule.id() } else { "" };
            let padding = " ".repeat(3_usize.saturating_sub(id.len()));
            text.push_str(&format!(" {}{padding} {}\n", Ink::Nothing.paint(id, style.color), glyphs.text(line)));
        }
    }
    text
}

/// The signs that are in the drawing, and what no single sign stands for.
fn signs(picture: &Picture, seen: &BTreeSet<char>, step: i64, glyphs: &Glyphs) -> Vec<String> {
    let fates = || picture.rows.iter().flat_map(|row| &row.lane).map(|stretch| (&stretch.fate, stretch.units));
    let ran = if fates().next().is_some() { "earned" } else { "ran" };
    let all = [
        (glyphs.earned, ran),
        (glyphs.nothing, "earned nothing"),
        (glyphs.paused, "paused"),
        (glyphs.new_bag, "new bag"),
        (glyphs.unknown, "no stop charted"),
        (glyphs.home, "goes on at home"),
        (glyphs.push[0], "push"),
        (glyphs.push[1], "push that earned nothing"),
        (glyphs.injection[0], "injection"),
        (glyphs.injection[1], "injection that earned nothing"),
        (glyphs.other[0], "given"),
        (glyphs.other[1], "given, earned nothing"),
        (glyphs.service, "other service"),
        (glyphs.cut, "hours without events"),
    ];
    let mut signs: Vec<String> =
        all.into_iter().filter(|(glyph, _)| seen.contains(glyph)).map(|(glyph, words)| format!("{glyph} {words}")).collect();
    if seen.iter().any(|glyph| glyph.is_ascii_digit() || *glyph == MANY) {
        signs.push(format!("2-9 {MANY} several marks at once"));
    }
    if fates().any(|(fate, units)| units == 0 && matches!(fate, Fate::Earned(_))) {
        signs.push("(code) in a unit begun elsewhere".to_owned());
    }
    signs.push(format!("a column: {}", span(step)));
    signs
}

/// "6 min", "2 h", "1 day".
fn span(minutes: i64) -> String {
    match minutes {
        ..60 => format!("{minutes} min"),
        60..1440 if minutes % 60 == 0 => format!("{} h", minutes / 60),
        60..1440 => format!("{minutes} min"),
        1440 => "1 day".to_owned(),
        _ => format!("{} days", minutes / 1440),
    }
}

/// The rules by which something earned nothing, in their order.
fn rules(picture: &Picture) -> Vec<Rule> {
    let fates = |row: &Row| -> Vec<Rule> {
        let of = row.bars.iter().flat_map(|bar| &bar.segments).map(|segment| &segment.fate);
        let told = of.chain(row.marks.iter().map(|mark| &mark.fate));
        told.filter_map(|fate| if let Fate::Nothing(rule) = fate { Some(*rule) } else { None }).collect()
    };
    let mut rules: Vec<Rule> = picture.rows.iter().flat_map(fates).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}
