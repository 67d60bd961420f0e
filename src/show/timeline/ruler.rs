//! The top of the drawing: dates, hours, and the line on which they stand.

use super::ink::{Cells, Glyphs, Ink};
use super::scale::{Panel, Placed};
use crate::show::picture::Picture;
use crate::timeline::calendar::Minute;

/// Columns of an hour such as 09:00, and a blank.
const HOUR: usize = 6;

/// Columns of a short date such as 12 Mar, and a blank.
const DATE: usize = 7;

const DAY: i64 = 24 * 60;

/// The lines of the ruler, and the columns of its ticks.
pub fn draw(panel: &Panel, picture: &Picture, columns: usize, glyphs: &Glyphs) -> (Vec<Cells>, Vec<usize>) {
    let hourly = panel.tick < DAY;
    let (mut hours, mut rule) = (Cells::default(), Cells::default());
    let mut ticks = Vec::new();
    let mut free = 0;
    for piece in &panel.pieces {
        (piece.column..piece.column + piece.columns).for_each(|column| rule.set(column, glyphs.axis, Ink::Dim));
        for at in labelled(piece, panel, picture) {
            let column = panel.column(at);
            ticks.push(column);
            rule.set(column, glyphs.tick, Ink::Dim);
            if column >= free && column + HOUR <= columns + 1 {
                free = column + HOUR;
                hours.write(column, &picture.calendar.wall(at).format("%H:%M").to_string(), Ink::Plain);
            }
        }
    }
    panel.cuts().for_each(|cut| rule.set(cut, glyphs.cut, Ink::Dim));
    let mut lines = Vec::new();
    if picture.axis.several_days() || !hourly {
        lines.push(dates(panel, picture, columns));
    }
    if hourly {
        lines.push(hours);
    }
    lines.push(rule);
    (lines, ticks)
}

/// The ticks of a piece; before the first of them its own beginning, where there is room for both.
fn labelled(piece: &Placed, panel: &Panel, picture: &Picture) -> Vec<Minute> {
    let mut ticks = picture.axis.ticks(piece.from, piece.to, panel.tick);
    let room = ticks.first().map_or(HOUR, |first| panel.column(*first) - piece.column);
    let leads = ticks.is_empty() || panel.pieces[0].from == piece.from;
    if panel.tick < DAY && leads && room >= HOUR && ticks.first() != Some(&piece.from) {
        ticks.insert(0, piece.from);
    }
    ticks
}

/// Each date where it begins, as far as there is room.
fn dates(panel: &Panel, picture: &Picture, columns: usize) -> Cells {
    let mut begins: Vec<Minute> = Vec::new();
    for piece in &panel.pieces {
        begins.push(piece.from);
        if panel.tick < DAY {
            begins.extend(picture.axis.days(piece.from, piece.to));
        } else {
            begins.extend(picture.axis.ticks(piece.from, piece.to, panel.tick));
        }
    }
    begins.dedup_by_key(|at| picture.calendar.date(*at));
    let mut cells = Cells::default();
    let mut free = 0;
    for (at, minute) in begins.iter().enumerate() {
        let column = panel.column(*minute);
        let next = begins.get(at + 1).map_or(columns + 1, |next| panel.column(*next));
        if column < free || next < column + DATE {
            continue;
        }
        let date = picture.calendar.date(*minute);
        let forms = ["%a %-d %b", "%-d %b"].map(|form| date.format(form).to_string());
        if let Some(form) = forms.iter().find(|form| column + form.len() < next) {
            cells.write(column, form, Ink::Bold);
            free = column + form.len() + 1;
        }
    }
    cells
}
