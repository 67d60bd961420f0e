//! A session as a drawing: bars, marks and lanes on an axis of real minutes. No glyphs and no
//! columns here; the terminal and a page draw the same picture.

mod axis;
mod build;
#[cfg(test)]
mod tests;

use crate::reference::{Reference, Rule};
use crate::session::log::Route;
use crate::timeline::calendar::{Calendar, Minute};
use crate::{Bill, Status};

pub use axis::{Axis, Piece, Shift};

/// An idle stretch of so many minutes at most does not part the stretch of a code around it in the
/// lane (a push amid hydration, S2); the bar shows it all the same.
pub const HOLE: i64 = 10;

/// A drawn session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Nothing is billed until the record is complete (U1).
    pub held: bool,
    /// For labels: minutes are real ones, the clock on the wall may change (D2).
    pub calendar: Calendar,
    /// Which stretches of time are shown.
    pub axis: Axis,
    /// By access, then by first minute.
    pub rows: Vec<Row>,
}

/// A drug at an access; where it ran twice at once, a second row takes what does not fit beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The drug, or what was done.
    pub name: String,
    /// The access.
    pub site: Site,
    /// What ran, in clock order; bars of a row do not overlap.
    pub bars: Vec<Bar>,
    /// What has one minute, in clock order.
    pub marks: Vec<Mark>,
    /// What each stretch earned, in clock order.
    pub lane: Vec<Stretch>,
}

/// Where a row was given.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Site {
    /// The main access.
    Main,
    /// A site that the session lists as separate, by its place in that list and its name.
    Separate(u32, String),
}

/// One bag, or several that touch, from start to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bar {
    /// Its start.
    pub from: Minute,
    /// Its stop, pauses inside; its start where nothing proves a stop.
    pub to: Minute,
    /// How it ends.
    pub end: End,
    /// By which route.
    pub route: Route,
    /// Where a further bag was hung.
    pub bags: Vec<Minute>,
    /// What became of its minutes, in clock order; they fill it, and are one empty segment where
    /// nothing proves a stop.
    pub segments: Vec<Segment>,
}

/// How a bar ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The record has its stop.
    Charted,
    /// No stop is charted; volume and rate, or a last check, prove one (U1).
    Derived,
    /// On a pump that went home (O3): the bar runs to the end of the log.
    Home,
    /// Nothing proves a stop (U1).
    Unknown,
}

/// Minutes that share a fate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// First minute.
    pub from: Minute,
    /// The minute after the last.
    pub to: Minute,
    /// What became of them.
    pub fate: Fate,
    /// Units that begin here: one or none.
    pub units: usize,
}

/// What became of minutes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Fate {
    /// They earned this code, its modifiers behind it: `96365-XS`.
    Earned(String),
    /// They ran and earned nothing, by this rule.
    Nothing(Rule),
    /// They ran, and the picture does not tell what they earned.
    Ran,
    /// Nothing ran.
    Paused,
}

/// Something of one minute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Minute,
    /// Documented minutes of a push; else 0.
    pub minutes: i64,
    /// What.
    pub kind: Kind,
    /// What it earned.
    pub fate: Fate,
    /// Units that begin here: one or none.
    pub units: usize,
}

/// What was done at one minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A hand push.
    Push,
    /// An injection.
    Injection(Route),
    /// An on-body injector.
    OnBody,
    /// A further set-up under the skin.
    SetUp,
    /// Into a cavity.
    Cavity,
    /// Into lesions.
    Lesions,
    /// A port flush.
    Flush,
    /// A pump refill.
    Refill,
    /// A transfusion.
    Transfusion,
    /// Something else billed that day.
    Service,
}

/// A part of a row under one code or one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// First minute.
    pub from: Minute,
    /// The minute after the last; the first again for a mark and an unproven stop.
    pub to: Minute,
    /// [`Fate::Earned`] or [`Fate::Nothing`].
    pub fate: Fate,
    /// Units that begin here; none where it only adds minutes to a unit that began elsewhere.
    pub units: usize,
}

impl Picture {
    /// Draws a bill; nothing where the log has an error.
    #[must_use]
    pub fn of(bill: &Bill, reference: &Reference) -> Option<Picture> {
        let (claim, session) = (bill.claim.as_ref()?, bill.session.as_ref()?);
        let rows = build::rows(claim, session, reference);
        let axis = Axis::of(&rows, claim.coded.calendar);
        Some(Picture { held: bill.status == Status::Held, calendar: claim.coded.calendar, axis, rows })
    }

    /// The same without what was earned: for whoever is to find out.
    #[must_use]
    pub fn untold(mut self) -> Picture {
        for row in &mut self.rows {
            row.lane.clear();
            let segments = row.bars.iter_mut().flat_map(|bar| &mut bar.segments);
            for (fate, units) in segments
                .map(|segment| (&mut segment.fate, &mut segment.units))
                .chain(row.marks.iter_mut().map(|mark| (&mut mark.fate, &mut mark.units)))
            {
                *units = 0;
                if *fate != Fate::Paused {
                    *fate = Fate::Ran;
                }
            }
        }
        self
    }

    /// Minutes that ran, of bars and of pushes: as many as the bill accounts for.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.rows
            .iter()
            .map(|row| row.bars.iter().map(Bar::minutes).sum::<i64>() + row.marks.iter().map(|mark| mark.minutes).sum::<i64>())
            .sum()
    }
}

impl Bar {
    /// Minutes that ran, pauses left out.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.segments.iter().filter(|segment| segment.fate != Fate::Paused).map(Segment::minutes).sum()
    }
}

impl Segment {
    /// How many minutes.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.to.since(self.from)
    }
}
