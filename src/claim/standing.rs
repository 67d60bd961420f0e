//! What stands on each date, in any of a patient's sessions: what pairs (M3) and limits (E2) look at.

use chrono::NaiveDate;
use foldhash::HashSet;
use smallvec::SmallVec;

use super::Account;
use crate::reference::{CodeId, CodeSet, Pair, Reference};

/// What stands on each date, by date.
pub struct Standing(SmallVec<[(NaiveDate, Day); 1]>);

/// What stands on one date.
#[derive(Default)]
pub struct Day {
    /// The codes of which there are charges.
    codes: CodeSet,
    /// How many charges of each code there are, or were.
    counts: SmallVec<[(CodeId, usize); 8]>,
    /// Other services.
    services: HashSet<String>,
}

impl Standing {
    pub fn of(accounts: &[Account]) -> Self {
        let mut standing = Standing(SmallVec::new());
        for account in accounts {
            for of_one_day in account.charges.chunk_by(|one, other| one.unit.date == other.unit.date) {
                let day = standing.open(of_one_day[0].unit.date);
                of_one_day.iter().for_each(|charge| day.put(charge.unit.code));
            }
            for service in &account.coded.services {
                standing.open(account.coded.calendar.date(service.at)).services.insert(service.code.clone());
            }
        }
        standing
    }

    fn place(&self, date: NaiveDate) -> Result<usize, usize> {
        self.0.binary_search_by_key(&date, |(day, _)| *day)
    }

    pub fn on(&self, date: NaiveDate) -> Option<&Day> {
        self.place(date).ok().map(|at| &self.0[at].1)
    }

    fn open(&mut self, date: NaiveDate) -> &mut Day {
        let at = self.place(date).unwrap_or_else(|at| {
            self.0.insert(at, (date, Day::default()));
            at
        });
        &mut self.0[at].1
    }

    pub fn has_line(&self, code: &str, date: NaiveDate, reference: &Reference) -> bool {
        self.on(date).is_some_and(|day| day.has_line(reference.codes.find(code)))
    }

    pub fn billed_on(&self, date: NaiveDate) -> bool {
        self.on(date).is_some_and(|day| !day.codes.is_empty())
    }

    /// Whether on any date a charge may be the second column of a pair.
    pub fn may_pair(&self, reference: &Reference) -> bool {
        self.0.iter().any(|(_, day)| day.counts.iter().any(|(code, _)| day.may_pair(*code, reference)))
    }

    /// Whether no date has more of a code than either setting allows.
    pub fn keeps_limits(&self, reference: &Reference) -> bool {
        self.0.iter().all(|(_, day)| day.counts.iter().all(|(code, count)| *count <= reference.codes.least_limit(*code)))
    }

    /// One charge of a code goes.
    pub fn take(&mut self, code: CodeId, date: NaiveDate) {
        self.open(date).take(code);
    }
}

impl Day {
    fn put(&mut self, code: CodeId) {
        if self.codes.add(code) {
            self.counts.push((code, 0));
        }
        *self.count(code) += 1;
    }

    fn take(&mut self, code: CodeId) {
        let count = self.count(code);
        *count -= 1;
        if *count == 0 {
            self.codes.remove(code);
        }
    }

    /// However many charges there are, their codes are few.
    fn count(&mut self, code: CodeId) -> &mut usize {
        let known = self.counts.iter_mut().find(|(known, _)| *known == code);
        &mut known.expect("a code that was put").1
    }

    /// Whether some first column of a code's pairs may stand.
    pub fn may_pair(&self, second: CodeId, reference: &Reference) -> bool {
        !self.services.is_empty() || self.codes.meets(reference.facts.first_columns(second))
    }

    fn has_line(&self, code: Option<CodeId>) -> bool {
        code.is_some_and(|code| self.codes.has(code))
    }

    /// Whether the first column of a pair stands, as a line or as another service.
    pub fn has_first(&self, pair: &Pair, first: Option<CodeId>) -> bool {
        self.has_line(first) || (!self.services.is_empty() && self.services.contains(&pair.first))
    }
}
