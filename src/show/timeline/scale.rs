//! Minutes to columns: one column is a round number of minutes, so that ticks stand evenly.

use crate::show::picture::{Axis, Piece};
use crate::timeline::calendar::Minute;

/// Minutes that a column may stand for, and the minutes from one labelled tick to the next.
const STEPS: [(i64, i64); 22] = [
    (1, 10),
    (2, 20),
    (3, 30),
    (4, 60),
    (5, 60),
    (6, 60),
    (10, 120),
    (12, 120),
    (15, 120),
    (20, 180),
    (30, 240),
    (60, 480),
    (90, 720),
    (120, DAY),
    (180, 2 * DAY),
    (360, 4 * DAY),
    (DAY / 2, 7 * DAY),
    (DAY, 14 * DAY),
    (4 * DAY, 56 * DAY),
    (16 * DAY, 224 * DAY),
    (32 * DAY, 448 * DAY),
    (64 * DAY, 896 * DAY),
];

const DAY: i64 = 24 * 60;

/// Columns of a cut: the sign with a blank on either side.
pub const CUT: usize = 3;

/// A piece narrower than this on average cannot be labelled: then the pieces are drawn in several
/// panels, one below the other.
const LEAST_PIECE: usize = 11;

/// So many columns are given for a drawing that begins with a tick.
const NEAR_TICK: i64 = 5;

/// Pieces side by side, with their columns.
#[derive(Debug, Clone)]
pub struct Panel {
    pub pieces: Vec<Placed>,
    /// Minutes a column.
    pub step: i64,
    /// Minutes from tick to tick.
    pub tick: i64,
}

/// A piece in its columns.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// The minute of its first column.
    pub from: Minute,
    pub to: Minute,
    pub column: usize,
    pub columns: usize,
}

/// Lays an axis out in so many columns, in as many panels as it needs, all by one scale.
pub fn panels(axis: &Axis, columns: usize) -> Vec<Panel> {
    let pieces = axis.pieces.len();
    if pieces == 0 {
        return Vec::new();
    }
    let most = ((columns + CUT) / (LEAST_PIECE + CUT)).max(1);
    let each = pieces.div_ceil(pieces.div_ceil(most));
    let lay = |(step, tick): (i64, i64), round: bool| -> Vec<Panel> {
        let panel = |pieces: &[Piece]| Panel { pieces: place(axis, pieces, step, if round { tick } else { step }), step, tick };
        axis.pieces.chunks(each).map(panel).collect()
    };
    let fits = |panels: &Vec<Panel>| panels.iter().all(|panel| panel.columns() <= columns);
    let best = STEPS.into_iter().flat_map(|step| [lay(step, true), lay(step, false)]).find(fits);
    best.unwrap_or_else(|| lay(STEPS[STEPS.len() - 1], false))
}

/// Pieces from a tick on, where one is near before them; else from the step before them.
fn place(axis: &Axis, pieces: &[Piece], step: i64, tick: i64) -> Vec<Placed> {
    let mut column = 0;
    let mut placed = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let past = |step: i64| axis.minute_of_day(piece.from) % step;
        let begin = if past(tick) <= NEAR_TICK * step { past(tick) } else { past(step) };
        let from = piece.from.plus(-begin);
        let columns = usize::try_from(nearest(piece.to.since(from), step) + 1).unwrap_or(1);
        placed.push(Placed { from, to: piece.to, column, columns });
        column += columns + CUT;
    }
    placed
}

fn nearest(minutes: i64, step: i64) -> i64 {
    (minutes + step / 2).div_euclid(step)
}

impl Panel {
    /// All its columns.
    pub fn columns(&self) -> usize {
        self.pieces.last().map_or(0, |last| last.column + last.columns)
    }

    /// The column nearest to a minute; a minute in a cut is the one before or after it.
    pub fn column(&self, at: Minute) -> usize {
        let next = self.pieces.partition_point(|piece| piece.from <= at);
        let piece = &self.pieces[next.saturating_sub(1)];
        let within = usize::try_from(nearest(at.since(piece.from), self.step)).unwrap_or(0);
        piece.column + within.min(piece.columns)
    }

    /// Whether a minute, or some of a stretch, is on this panel.
    pub fn shows(&self, from: Minute, to: Minute) -> bool {
        self.pieces.iter().any(|piece| from <= piece.to && to >= piece.from)
    }

    /// The columns of the cuts.
    pub fn cuts(&self) -> impl Iterator<Item = usize> + '_ {
        self.pieces.iter().skip(1).map(|piece| piece.column - CUT / 2 - 1)
    }
}
