//! What proves the end of a run that has no stop: volume and charted rates, and the last check (U1).

use super::calendar::Minute;
use super::pair::Open;

/// When a run without a stop ended at the latest, by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// The later of both.
    pub stop: Minute,
    /// When the volume had run off.
    pub volume: Option<Minute>,
    /// The last check, and its event.
    pub check: Option<(Minute, usize)>,
}

/// The end that the record proves, where it proves any.
pub fn derive(run: &Open) -> Option<Derived> {
    let volume = runs_off(run);
    let check = run.last_check;
    let stop = volume.into_iter().chain(check.map(|(at, _)| at)).max()?;
    (stop > run.start).then_some(Derived { stop, volume, check })
}

/// The minute in which the volume has run off at each charted rate in turn, pauses excluded,
/// rounded down; `None` where volume or first rate is not charted.
pub fn runs_off(run: &Open) -> Option<Minute> {
    const MINUTES_AN_HOUR: i64 = 60;
    let mut left = i64::from(run.volume?.get()) * MINUTES_AN_HOUR;
    for (from, to) in run.running() {
        let mut at = from;
        loop {
            let rate = i64::from(run.rate_at(at)?.get());
            let until = run.next_rate_change(at).filter(|change| to.is_none_or(|to| *change < to)).or(to);
            match until {
                Some(until) if left > rate * until.since(at) => {
                    left -= rate * until.since(at);
                    at = until;
                }
                _ => return Some(at.plus(left / rate)),
            }
            if Some(at) == to {
                break;
            }
        }
    }
    None
}
