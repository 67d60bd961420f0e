//! Time along the top: the stretches that are shown, the gaps that are cut out between them.

use chrono::Timelike;

use super::{Fate, Row};
use crate::timeline::calendar::{Calendar, Minute};
use crate::timeline::cover::Cover;

/// A gap of so many minutes, in which nothing runs and nothing is done, is cut and not drawn.
pub const FOLD: i64 = 180;

/// Minutes that stay of a gap on either side of its cut.
pub const MARGIN: i64 = 15;

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// No clock has ever changed by less; a walk with shorter steps misses no change.
const STRIDE: i64 = 15;

/// The time shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// In clock order, apart from each other; none where nothing was given.
    pub pieces: Vec<Piece>,
    calendar: Calendar,
}

/// A stretch of real minutes that is drawn whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// First minute.
    pub from: Minute,
    /// Last minute; the first again where one thing was done at one minute.
    pub to: Minute,
}

/// A change of the clock on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The first real minute by the new clock.
    pub at: Minute,
    /// By how many minutes it goes forward; negative where it goes back.
    pub forward: i64,
}

impl Axis {
    /// The axis on which rows fit.
    pub(super) fn of(rows: &[Row], calendar: Calendar) -> Axis {
        let mut busy = Cover::new();
        let mut add = |from: Minute, to: Minute| busy.add(from, to.plus(1));
        for row in rows {
            for bar in &row.bars {
                add(bar.from, bar.from);
                add(bar.to, bar.to);
                let ran = bar.segments.iter().filter(|segment| segment.fate != Fate::Paused);
                ran.for_each(|segment| add(segment.from, segment.to));
            }
            row.marks.iter().for_each(|mark| add(mark.at, mark.at));
        }
        let mut pieces: Vec<Piece> = Vec::new();
        for (from, after) in busy.stretches() {
            let to = after.plus(-1);
            match pieces.last_mut() {
                Some(last) if from.since(last.to) < FOLD => last.to = to,
                _ => pieces.push(Piece { from, to }),
            }
        }
        let cuts = pieces.len().saturating_sub(1);
        for at in 0..cuts {
            pieces[at].to = pieces[at].to.plus(MARGIN);
            pieces[at + 1].from = pieces[at + 1].from.plus(-MARGIN);
        }
        Axis { pieces, calendar }
    }

    /// The minutes from `from` to `to` at which the wall shows a multiple of `step` minutes; a
    /// multiple of days counts from the first day of the axis. An hour that comes twice is there
    /// twice.
    #[must_use]
    pub fn ticks(&self, from: Minute, to: Minute, step: i64) -> Vec<Minute> {
        if step >= DAY {
            let first = self.pieces.first().map_or(from, |piece| piece.from);
            let since = |at: &Minute| (self.calendar.date(*at) - self.calendar.date(first)).num_days();
            return self.days(from, to).into_iter().filter(|at| since(at) % (step / DAY) == 0).collect();
        }
        let mut ticks = Vec::new();
        let mut at = from;
        while at <= to {
            let past = self.minute_of_day(at) % step;
            if past == 0 {
                ticks.push(at);
            }
            at = at.plus((step - past).min(STRIDE));
        }
        ticks
    }

    /// The minutes after `from` and up to `to` with which a date begins: midnight, where the clock
    /// does not skip it.
    #[must_use]
    pub fn days(&self, from: Minute, to: Minute) -> Vec<Minute> {
        let mut days = Vec::new();
        let mut at = from;
        while at < to {
            let next = at.plus(STRIDE).min(to);
            if self.calendar.date(next) != self.calendar.date(at) {
                days.extend((1..=next.since(at)).map(|ahead| at.plus(ahead)).find(|m| self.calendar.date(*m) != self.calendar.date(at)));
            }
            at = next;
        }
        days
    }

    /// The changes of the clock within the pieces.
    #[must_use]
    pub fn shifts(&self) -> Vec<Shift> {
        let mut shifts = Vec::new();
        for piece in &self.pieces {
            let mut at = piece.from;
            while at < piece.to {
                let next = at.plus(STRIDE).min(piece.to);
                let forward = self.ahead(next) - self.ahead(at);
                if forward != 0 {
                    let first = (1..=next.since(at)).map(|later| at.plus(later)).find(|m| self.ahead(*m) != self.ahead(at));
                    shifts.extend(first.map(|at| Shift { at, forward }));
                }
                at = next;
            }
        }
        shifts
    }

    /// Whether more than one date is on it.
    #[must_use]
    pub fn several_days(&self) -> bool {
        match (self.pieces.first(), self.pieces.last()) {
            (Some(first), Some(last)) => self.calendar.date(first.from) != self.calendar.date(last.to),
            _ => false,
        }
    }

    /// Minutes since the wall's midnight.
    #[must_use]
    pub fn minute_of_day(&self, at: Minute) -> i64 {
        let wall = self.calendar.wall(at);
        i64::from(wall.hour()) * HOUR + i64::from(wall.minute())
    }

    /// How far the wall clock is ahead of universal time, in minutes.
    fn ahead(&self, at: Minute) -> i64 {
        self.calendar.wall(at).and_utc().timestamp().div_euclid(60) - at.0
    }
}
