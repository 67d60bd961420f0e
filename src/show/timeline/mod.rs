//! A session drawn in the terminal: hours along the top, a row a drug and access, under each row
//! the lane of codes.

mod ink;
mod lane;
mod legend;
mod row;
mod ruler;
mod scale;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr;

use super::page::wrap;
use super::picture::{Picture, Row, Site};
use super::view::setting_word;
use crate::{Bill, Reference, Status};
use ink::{ASCII, Glyphs, Ink, UNICODE};
use row::Sheet;
use scale::{Panel, panels};

/// After so many rows the hours are told again.
const ROWS_A_RULER: usize = 24;

/// Columns before the labels, and between labels and drawing.
const INDENT: usize = 1;
const BETWEEN: usize = 2;

/// The label column has room for a start and a stop on another day, indented.
const LEAST_LABEL: usize = 16;

/// And for its share of the width, in percent.
const LABEL_SHARE: usize = 30;

/// The times hang under the name.
const HANG: usize = 2;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns; no line is wider. At least 40.
    pub width: usize,
    /// Whether to colour; nothing depends on it.
    pub color: bool,
    /// Whether to use ASCII only.
    pub ascii: bool,
}

impl Style {
    fn glyphs(self) -> &'static Glyphs {
        if self.ascii { &ASCII } else { &UNICODE }
    }
}

/// A session: its name, whether it is held or wrong, the drawing, the legend.
#[must_use]
pub fn draw(bill: &Bill, reference: &Reference, style: Style) -> String {
    let mut text = head(bill, style);
    let status = match bill.status {
        Status::Error => "Not drawn: the log has an error.",
        Status::Held => "Held: nothing is billed until the record is complete.",
        Status::Billable => "",
    };
    if !status.is_empty() {
        text.push('\n');
        wrap(status, style.width - INDENT).iter().for_each(|line| {
            let _ = writeln!(text, " {line}");
        });
    }
    if let Some(picture) = Picture::of(bill, reference) {
        text.push('\n');
        text.push_str(&drawing(&picture, style));
    }
    text
}

/// A picture and the legend of what is in it.
#[must_use]
pub fn drawing(picture: &Picture, style: Style) -> String {
    if picture.rows.is_empty() {
        return " Nothing was given.\n".to_owned();
    }
    let drawer = Drawer::new(picture, style);
    let mut seen = BTreeSet::new();
    let mut parts: Vec<String> = drawer.panels.iter().map(|panel| drawer.panel(panel, &mut seen)).collect();
    parts.push(legend::write(picture, &seen, drawer.panels[0].step, style));
    parts.join("\n")
}

/// "ed-0417   hospital   Mon 2 Mar 2026   profile default", on as many lines as it takes.
fn head(bill: &Bill, style: Style) -> String {
    let glyphs = style.glyphs();
    let date = bill.session.as_ref().and_then(|session| session.date.parse::<chrono::NaiveDate>().ok());
    let mut parts = vec![glyphs.text(&bill.id)];
    parts.extend(bill.setting.map(|setting| setting_word(setting).to_owned()));
    parts.extend(date.map(|date| date.format("%a %-d %b %Y").to_string()));
    parts.push(format!("profile {}", glyphs.text(&bill.profile)));
    let parts: Vec<String> = parts.iter().map(|part| glyphs.fit(part, style.width)).collect();
    let lines = flow(&parts, style.width);
    let mut text = lines.join("\n");
    if let Some(rest) = text.strip_prefix(parts[0].as_str()) {
        text = Ink::Bold.paint(&parts[0], style.color) + rest;
    }
    text + "\n"
}

/// Parts on lines of at most a width, three blanks between.
fn flow(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.width() + 3 + part.width() <= width => {
                line.push_str("   ");
                line.push_str(part);
            }
            _ => lines.push(part.clone()),
        }
    }
    lines
}

/// All that the panels of a picture share.
struct Drawer<'p> {
    picture: &'p Picture,
    style: Style,
    glyphs: &'static Glyphs,
    /// Columns of the labels.
    label: usize,
    /// Columns of the drawing.
    columns: usize,
    panels: Vec<Panel>,
}

impl<'p> Drawer<'p> {
    fn new(picture: &'p Picture, style: Style) -> Self {
        let glyphs = style.glyphs();
        let most = (style.width * LABEL_SHARE / 100).max(LEAST_LABEL);
        let calendar = &picture.calendar;
        let widest = |row: &Row| {
            let bars = row.bars.iter().flat_map(|bar| words::bar_times(bar, calendar));
            let times = bars.chain(row.marks.iter().flat_map(|mark| words::mark_times(mark, calendar)));
            let times = times.map(|time| time.width() + HANG).filter(|width| *width <= most).max();
            times.unwrap_or(0).max(glyphs.text(&row.name).width())
        };
        let label = picture.rows.iter().map(widest).max().unwrap_or(0).clamp(LEAST_LABEL.min(most), most);
        let columns = style.width.saturating_sub(INDENT + label + BETWEEN).max(1);
        // The last column is for the sign of an open end.
        let panels = panels(&picture.axis, columns.saturating_sub(1).max(1));
        Drawer { picture, style, glyphs, label, columns, panels }
    }

    fn panel(&self, panel: &Panel, seen: &mut BTreeSet<char>) -> String {
        let (lines, ticks) = ruler::draw(panel, self.picture, self.columns, self.glyphs);
        let ruler: String = lines.iter().map(|cells| self.line(0, Ink::Plain, "", &cells.line(self.style.color))).collect();
        let sheet = Sheet { panel, ticks: &ticks, glyphs: self.glyphs, columns: self.columns };
        let shows = |row: &&Row| {
            row.bars.iter().any(|bar| panel.shows(bar.from, bar.to)) || row.marks.iter().any(|mark| panel.shows(mark.at, mark.at))
        };
        let rows: Vec<&Row> = self.picture.rows.iter().filter(shows).collect();
        let several = self.picture.rows.iter().any(|row| row.site != Site::Main);
        let mut text = ruler.clone();
        let mut site = None;
        for (at, row) in rows.iter().enumerate() {
            if at > 0 && at % ROWS_A_RULER == 0 {
                text.push_str(&ruler);
            }
            if several && site != Some(&row.site) {
                text.push_str(&self.site(&row.site));
                site = Some(&row.site);
            }
            text.push_str(&self.row(row, &sheet, seen));
        }
        text
    }

    fn row(&self, row: &Row, sheet: &Sheet, seen: &mut BTreeSet<char>) -> String {
        let drawn = sheet.draw(row);
        seen.extend(drawn[0].glyphs());
        let mut labels = vec![(0, Ink::Plain, self.glyphs.fit(&self.glyphs.text(&row.name), self.label))];
        let times = sheet.times(row, &self.picture.calendar, self.label - HANG);
        labels.extend(times.into_iter().map(|time| (HANG, Ink::Dim, self.glyphs.fit(&time, self.label - HANG))));
        let mut text = String::new();
        for at in 0..drawn.len().max(labels.len()) {
            let (hang, ink, label) = labels.get(at).cloned().unwrap_or_default();
            let cells = drawn.get(at).map(|cells| cells.line(self.style.color)).unwrap_or_default();
            text.push_str(&self.line(hang, ink, &label, &cells));
        }
        text
    }

    fn line(&self, hang: usize, ink: Ink, label: &str, cells: &str) -> String {
        let left = format!("{}{}", " ".repeat(INDENT + hang), ink.paint(label, self.style.color));
        let used = hang + label.width();
        let line = match (cells.is_empty(), label.is_empty()) {
            (true, true) => String::new(),
            (true, false) => left,
            (false, _) => format!("{left}{}{cells}", " ".repeat(self.label.saturating_sub(used) + BETWEEN)),
        };
        line + "\n"
    }

    fn site(&self, site: &Site) -> String {
        let name = match site {
            Site::Main => "main access".to_owned(),
            Site::Separate(_, name) => format!("{}, separate", self.glyphs.text(name)),
        };
        let name = self.glyphs.fit(&name, self.style.width - INDENT);
        format!(" {}\n", Ink::Bold.paint(&name, self.style.color))
    }
}
