//! The lane under a row: what each stretch earned, written where it is, on as few lines as do.

use super::ink::{Cells, Glyphs, Ink};

/// More lines than these are no drawing any more: then the row's codes are listed.
const MOST_LINES: usize = 3;

/// A text under a stretch of columns.
#[derive(Debug, Clone)]
pub struct Label {
    pub from: usize,
    /// The column after its last; `from` for a mark.
    pub to: usize,
    pub text: String,
    pub ink: Ink,
}

/// Writes the labels, from right to left: one that would run into its neighbour goes to a line
/// below, on a stem. `None` where that takes too many lines.
pub fn write(labels: &[Label], columns: usize, glyphs: &Glyphs) -> Option<Vec<Cells>> {
    let mut lines = vec![Cells::default()];
    // The leftmost column in use on each line.
    let mut limits = vec![columns + 1];
    for label in labels.iter().rev() {
        let long = label.text.chars().count();
        let whole = label.to.max(label.from + 1) - label.from;
        let bracketed = whole >= long + 4;
        // Bare words stand under the beginning of their stretch.
        let wide = if bracketed { whole } else { long };
        let from = label.from.min(columns.checked_sub(wide)?);
        let to = from + wide;
        let line = (0..MOST_LINES).find(|line| match limits.get(*line) {
            None => true,
            // Brackets may touch, bare words may not.
            Some(limit) => to + usize::from(!bracketed) <= *limit,
        })?;
        if line > 0 && limits[..line].iter().any(|limit| *limit <= label.from) {
            return None;
        }
        while lines.len() <= line {
            lines.push(Cells::default());
            limits.push(columns + 1);
        }
        for above in 0..line {
            lines[above].set(label.from, glyphs.stem, Ink::Dim);
            limits[above] = label.from;
        }
        limits[line] = from;
        draw(&mut lines[line], label, (from, to), long, bracketed, glyphs);
    }
    Some(lines)
}

fn draw(cells: &mut Cells, label: &Label, (from, to): (usize, usize), long: usize, bracketed: bool, glyphs: &Glyphs) {
    if bracketed {
        (from + 1..to - 1).for_each(|column| cells.set(column, glyphs.dash, Ink::Dim));
        cells.set(from, glyphs.left, Ink::Dim);
        cells.set(to - 1, glyphs.right, Ink::Dim);
    }
    let at = from + (to - from - long) / 2;
    if bracketed {
        cells.set(at - 1, ' ', Ink::Plain);
        cells.set(at + long, ' ', Ink::Plain);
    }
    cells.write(at, &label.text, label.ink);
}
