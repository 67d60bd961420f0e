//! What ran when, in bars of text, without a code: those are the learner's to find.

use std::fmt::Write as _;

use crate::Bill;
use crate::practice::misread::ran;
use crate::show::excerpt::harmless;
use crate::timeline::Given;
use crate::timeline::calendar::Minute;

/// Columns of names, and of the bars.
const NAME: usize = 18;
const BARS: i64 = 36;

/// The picture of a session; empty where nothing of it could be read.
#[must_use]
pub fn picture(bill: &Bill) -> String {
    let Some(claim) = &bill.claim else { return String::new() };
    let coded = &claim.coded;
    let given: Vec<_> = (0u32..).map(Given).zip(&coded.administrations).filter(|(_, given)| given.drug.is_some()).collect();
    let ran = ran(claim, true);
    let ends = |at: &Given| ran.get(at).and_then(|stretches| stretches.last()).map(|(_, to)| *to);
    let (Some(first), Some(last)) =
        (given.iter().map(|(_, given)| given.start).min(), given.iter().map(|(at, given)| ends(at).unwrap_or(given.start)).max())
    else {
        return String::new();
    };
    let span = last.since(first).max(1);
    let column = |minute: Minute| usize::try_from(minute.since(first) * (BARS - 1) / span).unwrap_or(0);
    let clock = |minute: Minute| coded.calendar.wall(minute).format("%H:%M").to_string();
    let mut order = given;
    order.sort_by_key(|(at, given)| (given.start, *at));
    let mut text = String::new();
    for (at, given) in order {
        let Some(drug) = given.drug else { continue };
        let name: String = harmless(&coded.drugs[drug.0 as usize].name).chars().take(NAME).collect();
        let stretches = ran.get(&at).map_or(&[][..], Vec::as_slice);
        let mut bars = vec![' '; usize::try_from(BARS).unwrap_or(0)];
        if let (Some((from, _)), Some((_, to))) = (stretches.first(), stretches.last()) {
            bars[column(*from)..=column(*to)].fill('.');
        }
        for (from, to) in stretches {
            bars[column(*from)..=column(*to).max(column(*from))].fill('#');
        }
        let begin = column(given.start);
        if stretches.is_empty() {
            bars[begin] = 'o';
        }
        let bars: String = bars.into_iter().collect();
        let times = match ends(&at) {
            Some(to) => format!("{}-{}", clock(given.start), clock(to)),
            None => clock(given.start),
        };
        let _ = writeln!(text, "{name:NAME$}  {bars}  {times}");
    }
    text
}
