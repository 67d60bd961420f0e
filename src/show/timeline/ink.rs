//! What is drawn with: glyphs of one column each, colours, lines of cells.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::show::excerpt::harmless;
use crate::show::picture::{Fate, Kind};

/// The characters of a drawing; every one takes one column.
#[derive(Debug, Clone, Copy)]
pub struct Glyphs {
    pub earned: char,
    pub nothing: char,
    pub paused: char,
    pub unknown: char,
    pub home: char,
    pub new_bag: char,
    pub cut: char,
    pub grid: char,
    pub axis: char,
    pub tick: char,
    pub left: char,
    pub dash: char,
    pub right: char,
    pub stem: char,
    pub more: &'static str,
    /// What earned a unit, then what did not.
    pub push: [char; 2],
    pub injection: [char; 2],
    pub other: [char; 2],
    pub service: char,
    ascii: bool,
}

pub const UNICODE: Glyphs = Glyphs {
    earned: '█',
    nothing: '░',
    paused: '╌',
    unknown: '?',
    home: '►',
    new_bag: '▌',
    cut: '┊',
    grid: '·',
    axis: '─',
    tick: '┬',
    left: '└',
    dash: '─',
    right: '┘',
    stem: '│',
    more: "…",
    push: ['▼', '▽'],
    injection: ['◆', '◇'],
    other: ['●', '○'],
    service: '+',
    ascii: false,
};

pub const ASCII: Glyphs = Glyphs {
    earned: '#',
    nothing: '-',
    paused: '.',
    unknown: '?',
    home: '>',
    new_bag: '|',
    cut: ':',
    grid: '\'',
    axis: '-',
    tick: '+',
    left: '[',
    dash: '-',
    right: ']',
    stem: '|',
    more: "...",
    push: ['V', 'v'],
    injection: ['I', 'i'],
    other: ['O', 'o'],
    service: '+',
    ascii: true,
};

/// More marks in a column than a digit tells.
pub const MANY: char = '*';

impl Glyphs {
    /// The glyph of a mark.
    pub fn mark(&self, kind: Kind, fate: &Fate) -> char {
        let hollow = usize::from(matches!(fate, Fate::Nothing(_)));
        match kind {
            Kind::Push => self.push[hollow],
            Kind::Injection(_) => self.injection[hollow],
            Kind::Service => self.service,
            _ => self.other[hollow],
        }
    }

    /// A text of a log as it may stand here: harmless, and in ASCII where that is asked for.
    pub fn text(&self, text: &str) -> String {
        let text = harmless(text);
        if self.ascii { text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect() } else { text.into_owned() }
    }

    /// A text cut to so many columns.
    pub fn fit(&self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        let room = columns.saturating_sub(self.more.width());
        let mut kept = String::new();
        let mut used = 0;
        for c in text.chars() {
            used += c.width().unwrap_or(0);
            if used > room {
                break;
            }
            kept.push(c);
        }
        kept.truncate(kept.trim_end().len());
        kept.push_str(self.more);
        kept
    }
}

/// A colour, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ink {
    #[default]
    Plain,
    Bold,
    Dim,
    Earned,
    Nothing,
    Mark,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Ink::Plain => "",
            Ink::Bold => "\u{1b}[1m",
            Ink::Dim => "\u{1b}[2m",
            Ink::Earned => "\u{1b}[32m",
            Ink::Nothing => "\u{1b}[33m",
            Ink::Mark => "\u{1b}[1;36m",
        }
    }

    /// A text in this colour.
    pub fn paint(self, text: &str, color: bool) -> String {
        if color && self != Ink::Plain { format!("{}{text}\u{1b}[0m", self.code()) } else { text.to_owned() }
    }
}

/// One line of the drawing area; a cell is free until something is put there, be it a blank.
#[derive(Debug, Clone, Default)]
pub struct Cells(Vec<Option<(char, Ink)>>);

impl Cells {
    pub fn set(&mut self, column: usize, glyph: char, ink: Ink) {
        if self.0.len() <= column {
            self.0.resize(column + 1, None);
        }
        self.0[column] = Some((glyph, ink));
    }

    /// A text of narrow characters from a column on.
    pub fn write(&mut self, column: usize, text: &str, ink: Ink) {
        text.chars().enumerate().for_each(|(at, c)| self.set(column + at, c, ink));
    }

    /// What is drawn in it.
    pub fn glyphs(&self) -> impl Iterator<Item = char> + '_ {
        self.0.iter().flatten().map(|(glyph, _)| *glyph)
    }

    pub fn is_free(&self, column: usize) -> bool {
        self.0.get(column).is_none_or(Option::is_none)
    }

    pub fn is_ink(&self, column: usize, ink: Ink) -> bool {
        matches!(self.0.get(column), Some(Some((_, of))) if *of == ink)
    }

    /// The line with its colours, without blanks at its end.
    pub fn line(&self, color: bool) -> String {
        let blank = (' ', Ink::Plain);
        let cells: Vec<(char, Ink)> = self.0.iter().map(|cell| cell.unwrap_or(blank)).collect();
        let used = cells.iter().rposition(|(glyph, _)| *glyph != ' ').map_or(0, |last| last + 1);
        let mut line = String::new();
        for run in cells[..used].chunk_by(|(_, one), (_, next)| one == next) {
            let text: String = run.iter().map(|(glyph, _)| glyph).collect();
            line.push_str(&run[0].1.paint(&text, color));
        }
        line
    }
}
