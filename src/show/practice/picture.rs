//! What ran when, without a code: those are the learner's to find.

use crate::show::picture::{Picture, Segment};
use crate::show::timeline::{Style, drawing};
use crate::{Bill, Reference};

/// The picture of a session in letters; empty where nothing of it could be read.
#[must_use]
pub fn picture(bill: &Bill, reference: &Reference, width: usize) -> String {
    let style = Style { width, color: false, ascii: false };
    untold(bill, reference).map(|picture| drawing(&picture, style)).unwrap_or_default()
}

/// The picture of a session that tells neither codes nor where a unit begins.
pub fn untold(bill: &Bill, reference: &Reference) -> Option<Picture> {
    let mut picture = Picture::of(bill, reference)?.untold();
    for bar in picture.rows.iter_mut().flat_map(|row| &mut row.bars) {
        let mut joined: Vec<Segment> = Vec::new();
        for segment in std::mem::take(&mut bar.segments) {
            match joined.last_mut() {
                Some(last) if last.fate == segment.fate && last.to == segment.from => last.to = segment.to,
                _ => joined.push(segment),
            }
        }
        bar.segments = joined;
    }
    Some(picture)
}
