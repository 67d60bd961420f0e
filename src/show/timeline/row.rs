//! One row: its bars and marks, the lane below, its name and its times.

use super::ink::{Cells, Glyphs, Ink, MANY};
use super::lane::{self, Label};
use super::scale::Panel;
use super::words;
use crate::show::picture::{Bar, End, Fate, HOLE, Mark, Row, Segment, Stretch};
use crate::timeline::calendar::{Calendar, Minute};

/// More times than these are not listed one by one.
const MOST_TIMES: usize = 4;

/// What a row is drawn on.
pub struct Sheet<'s> {
    pub panel: &'s Panel,
    pub ticks: &'s [usize],
    pub glyphs: &'s Glyphs,
    /// Columns of the drawing.
    pub columns: usize,
}

impl Sheet<'_> {
    /// The row's lines: bars and marks first, then the lane.
    pub fn draw(&self, row: &Row) -> Vec<Cells> {
        let mut first = Cells::default();
        self.bars(row, &mut first);
        self.marks(row, &mut first);
        for tick in self.ticks.iter().copied() {
            if first.is_free(tick) {
                first.set(tick, self.glyphs.grid, Ink::Dim);
            }
        }
        let mut lines = vec![first];
        lines.extend(self.lane(row));
        for line in &mut lines {
            for cut in self.panel.cuts() {
                // A pause goes on over hours that are cut, and so does the lane of what was paused.
                if line.is_free(cut) || line.is_ink(cut, Ink::Dim) {
                    line.set(cut, self.glyphs.cut, Ink::Dim);
                }
            }
        }
        lines
    }

    fn bars(&self, row: &Row, cells: &mut Cells) {
        let places: Vec<(usize, usize)> = row.bars.iter().map(|bar| self.place(bar.from, bar.to)).collect();
        for (at, bar) in row.bars.iter().enumerate() {
            if !self.panel.shows(bar.from, bar.to) {
                continue;
            }
            let (from, mut to) = places[at];
            // Two bars with a gap between are two bars, however small the gap.
            let next = row.bars.get(at + 1).filter(|next| next.from > bar.to);
            if next.is_some() && places[at + 1].0 <= to && to > from + 1 {
                to -= 1;
            }
            for (column, fate) in (from..to).zip(self.fates(bar, from, to)) {
                let (glyph, ink) = self.fill(fate);
                cells.set(column, glyph, ink);
            }
            for bag in &bar.bags {
                let column = self.panel.column(*bag);
                if column > from && column < to {
                    cells.set(column, self.glyphs.new_bag, Ink::Earned);
                }
            }
            match bar.end {
                End::Charted => {}
                End::Unknown => cells.set(from, self.glyphs.unknown, Ink::Mark),
                End::Derived => cells.set(to, self.glyphs.unknown, Ink::Mark),
                End::Home => cells.set(to, self.glyphs.home, Ink::Mark),
            }
        }
    }

    /// The columns of a stretch; one at least.
    fn place(&self, from: Minute, to: Minute) -> (usize, usize) {
        let (from, to) = (self.panel.column(from), self.panel.column(to));
        (from, to.max(from + 1))
    }

    /// The fate that each column of a bar shows. A segment too short for a column of its own takes
    /// one of a neighbour that has several: nothing that ran goes unseen.
    fn fates<'b>(&self, bar: &'b Bar, from: usize, to: usize) -> Vec<&'b Fate> {
        let mut owners: Vec<usize> = vec![usize::MAX; to - from];
        let mut squeezed = Vec::new();
        for (at, segment) in bar.segments.iter().enumerate() {
            let (a, b) = (self.panel.column(segment.from), self.panel.column(segment.to));
            let (a, b) = (a.clamp(from, to) - from, b.clamp(from, to) - from);
            owners[a..b].fill(at);
            if a == b && !segment_is_seen_beside(&bar.segments, at) {
                squeezed.push((at, a));
            }
        }
        let wide = |owners: &[usize], owner: usize| owner == usize::MAX || owners.iter().filter(|o| **o == owner).take(2).count() > 1;
        for (at, column) in squeezed {
            let beside = [column.min(owners.len() - 1), column.saturating_sub(1)];
            if let Some(column) = beside.into_iter().find(|column| wide(&owners, owners[*column])) {
                owners[column] = at;
            }
        }
        owners.iter().map(|owner| bar.segments.get(*owner).map_or(&bar.segments[0].fate, |segment| &segment.fate)).collect()
    }

    fn fill(&self, fate: &Fate) -> (char, Ink) {
        match fate {
            Fate::Earned(_) | Fate::Ran => (self.glyphs.earned, Ink::Earned),
            Fate::Nothing(_) => (self.glyphs.nothing, Ink::Nothing),
            Fate::Paused => (self.glyphs.paused, Ink::Dim),
        }
    }

    /// Marks of one column share it: then it shows how many.
    fn marks(&self, row: &Row, cells: &mut Cells) {
        let shown: Vec<(usize, &Mark)> = self.shown_marks(row).map(|mark| (self.panel.column(mark.at), mark)).collect();
        for same in shown.chunk_by(|(one, _), (next, _)| one == next) {
            let (column, mark) = same[0];
            let glyph = match same.len() {
                1 => self.glyphs.mark(mark.kind, &mark.fate),
                count @ 2..=9 => char::from_digit(u32::try_from(count).unwrap_or(9), 10).unwrap_or('9'),
                _ => MANY,
            };
            cells.set(column, glyph, Ink::Mark);
        }
    }

    fn shown_marks<'r>(&self, row: &'r Row) -> impl Iterator<Item = &'r Mark> {
        row.marks.iter().filter(|mark| self.panel.shows(mark.at, mark.at))
    }

    fn lane(&self, row: &Row) -> Vec<Cells> {
        let shown = row.lane.iter().filter(|stretch| self.panel.shows(stretch.from, stretch.to));
        let placed: Vec<(usize, usize, &Stretch)> = shown
            .map(|stretch| {
                let (from, to) = self.place(stretch.from, stretch.to);
                (from, if stretch.from == stretch.to { from } else { to }, stretch)
            })
            .collect();
        let Some((first, _, _)) = placed.first() else { return Vec::new() };
        let label = |same: &[(usize, usize, &Stretch)]| {
            let earned = same.iter().any(|(_, _, stretch)| matches!(stretch.fate, Fate::Earned(_)));
            // A hole that shares its column with a code is for the bar to show.
            let told = same.iter().map(|(_, _, stretch)| *stretch).filter(|stretch| !(earned && is_hole(stretch)));
            let to = same.iter().map(|(_, to, _)| *to).max().unwrap_or(same[0].0);
            Label { from: same[0].0, to, text: words::told(told), ink: if earned { Ink::Plain } else { Ink::Nothing } }
        };
        let labels: Vec<Label> = placed.chunk_by(|one, next| one.0 == next.0).map(label).collect();
        if let Some(lines) = lane::write(&labels, self.columns, self.glyphs) {
            return lines;
        }
        let all = self.glyphs.fit(&words::told(placed.iter().map(|(_, _, stretch)| *stretch)), self.columns);
        let mut line = Cells::default();
        line.write((*first).min(self.columns.saturating_sub(all.chars().count())), &all, Ink::Plain);
        vec![line]
    }

    /// When it ran and what was done when, a line each.
    pub fn times(&self, row: &Row, calendar: &Calendar, columns: usize) -> Vec<String> {
        let bars = row.bars.iter().filter(|bar| self.panel.shows(bar.from, bar.to)).map(|bar| (bar.from, words::bar_times(bar, calendar)));
        let marks = self.shown_marks(row).map(|mark| (mark.at, words::mark_times(mark, calendar)));
        let mut times: Vec<(Minute, [String; 2])> = bars.chain(marks).collect();
        times.sort_by_key(|(at, _)| *at);
        let mut lines: Vec<String> = times.into_iter().map(|(_, [long, short])| if long.len() <= columns { long } else { short }).collect();
        if lines.len() > MOST_TIMES {
            let left = lines.len() - (MOST_TIMES - 1);
            lines.splice(2..2 + left, [format!("{} {left} more", self.glyphs.more)]);
        }
        lines
    }
}

/// Whether a segment next to this one looks the same, so that it need not be seen by itself.
fn segment_is_seen_beside(segments: &[Segment], at: usize) -> bool {
    let same = |other: Option<&Segment>| other.is_some_and(|other| looks(&other.fate) == looks(&segments[at].fate));
    segments[at].from == segments[at].to || same(at.checked_sub(1).and_then(|before| segments.get(before))) || same(segments.get(at + 1))
}

fn looks(fate: &Fate) -> u8 {
    match fate {
        Fate::Earned(_) | Fate::Ran => 0,
        Fate::Nothing(_) => 1,
        Fate::Paused => 2,
    }
}

/// Minutes of a bar too few to part a lane.
fn is_hole(stretch: &Stretch) -> bool {
    stretch.from < stretch.to && stretch.to.since(stretch.from) <= HOLE && matches!(stretch.fate, Fate::Nothing(_))
}
