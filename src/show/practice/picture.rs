//! What ran when, without a code: those are the learner's to find.

use crate::show::picture::Picture;
use crate::show::timeline::{Style, drawing};
use crate::{Bill, Reference};

/// The picture of a session; empty where nothing of it could be read.
#[must_use]
pub fn picture(bill: &Bill, reference: &Reference, width: usize) -> String {
    let style = Style { width, color: false, ascii: false };
    Picture::of(bill, reference).map(|picture| drawing(&picture.untold(), style)).unwrap_or_default()
}
