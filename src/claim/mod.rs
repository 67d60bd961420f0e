//! Services to a claim: edits on the units, then modifiers, then dated lines.
//!
//! Sessions of one patient are billed together: encounters of a day (M2), pairs (M3) and unit
//! limits (E2) look at all of them.

pub mod circumstances;
mod contested;
pub mod doses;
mod drug_lines;
mod edits;
mod lines;
mod modifiers;
mod pairs;
mod product;
mod standing;
mod units;

use crate::coding::{Coded, Unbilled, Unit};
use crate::reference::{ModifierId, Reference, Rule};
use crate::session::finding::{Finding, Place};
use crate::timeline::Given;
use crate::timeline::minutes::Minutes;
use circumstances::Stated;
use doses::Dose;
pub use drug_lines::DrugLine;
use foldhash::HashMap;
pub use lines::Line;
use smallvec::SmallVec;
use standing::Standing;

/// The modifiers of a line, each with the rule that set it: a claim has room for four.
pub type Marks = SmallVec<[(ModifierId, Rule); 4]>;

/// A unit with the modifiers it carries, and the rule that set each.
#[derive(Debug)]
pub struct Charge {
    /// The unit.
    pub unit: Unit,
    /// Its modifiers, in the order of the line (M6).
    pub modifiers: Marks,
}

/// What becomes of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its lines may be billed; there may be none.
    Billable,
    /// A record is missing that bars the whole (U1).
    Held,
    /// The log is wrong.
    Error,
}

/// A session's bill.
#[derive(Debug)]
pub struct Claim {
    /// What becomes of it.
    pub status: Status,
    /// What may be billed: by date, initial first, then by code.
    pub lines: Vec<Line>,
    /// The drugs' own lines: by date, then by code. They hold no minutes.
    pub drug_lines: Vec<DrugLine>,
    /// Every dose, in the order of the drug lines.
    doses: Vec<Dose>,
    /// What may not, and why.
    pub unbilled: Vec<Unbilled>,
    /// What the coder should look at.
    pub findings: Vec<Finding>,
    /// The coded session that the lines refer to, less its units and unbilled minutes.
    pub coded: Coded,
}

/// A session that is ready to be billed.
#[derive(Debug)]
pub struct Record {
    /// Its services.
    pub coded: Coded,
    /// Its facts that set a modifier.
    pub stated: Vec<Stated>,
    /// Its doses.
    pub doses: Vec<Dose>,
}

/// A coded session on its way to the claim.
struct Account {
    coded: Coded,
    stated: Vec<Stated>,
    doses: Vec<Dose>,
    charges: Vec<Charge>,
    unbilled: Vec<Unbilled>,
    findings: Vec<Finding>,
    /// The minutes that ran.
    ran: i64,
    /// An edit found it wrong.
    barred: bool,
}

impl Account {
    fn open(Record { mut coded, stated, mut doses }: Record) -> Self {
        if coded.held {
            doses.clear();
        }
        let ran = coded.minutes();
        let units = std::mem::take(&mut coded.units);
        let unbilled = std::mem::take(&mut coded.unbilled);
        let findings = std::mem::take(&mut coded.findings);
        let charges = units.into_iter().map(|unit| Charge { unit, modifiers: Marks::new() }).collect();
        Account { coded, stated, doses, charges, unbilled, findings, ran, barred: false }
    }

    /// Takes the charges that fail out of the bill; their minutes are unbilled under a rule.
    fn remove(&mut self, rule: Rule, fails: impl Fn(&Charge) -> bool) -> usize {
        if !self.charges.iter().any(&fails) {
            return 0;
        }
        let (out, kept): (Vec<_>, Vec<_>) = std::mem::take(&mut self.charges).into_iter().partition(fails);
        self.charges = kept;
        let count = out.len();
        for Charge { unit, .. } in out {
            self.unbilled.extend(Unbilled::each(rule, unit.minutes));
        }
        count
    }

    /// The event with which a unit begins.
    fn place(&self, unit: &Unit) -> Place {
        Place::Event(self.coded.administrations[unit.given.0 as usize].event)
    }

    fn find(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn status(&self) -> Status {
        match (self.barred, self.coded.held) {
            (true, _) => Status::Error,
            (false, true) => Status::Held,
            (false, false) => Status::Billable,
        }
    }

    fn close(mut self, reference: &Reference) -> Claim {
        let status = self.status();
        let drug_lines = if status == Status::Billable { drug_lines::gather(&mut self, reference) } else { Vec::new() };
        let lines = lines::gather(std::mem::take(&mut self.charges), reference);
        let Account { coded, doses, unbilled, findings, ran, .. } = self;
        let mut claim = Claim { status, lines, drug_lines, doses, unbilled, findings, coded };
        if status == Status::Error {
            claim.lines.clear();
            claim.unbilled.clear();
        } else {
            assert_eq!(ran, claim.minutes(), "every minute that ran lies in a line or in unbilled");
        }
        claim
    }
}

/// Bills the sessions of one patient that were given together; returns the claims in the order of
/// the sessions.
///
/// # Panics
/// Where minutes are lost on the way, which would be a fault of the engine, not of the log.
#[must_use]
pub fn bill(sessions: Vec<Record>, reference: &Reference) -> Vec<Claim> {
    let mut accounts: Vec<Account> = sessions.into_iter().map(Account::open).collect();
    accounts.iter_mut().for_each(|account| edit_alone(account, reference));
    modifiers::mark_accesses(&mut accounts, reference);
    modifiers::mark_encounters(&mut accounts, reference);
    let mut standing = Standing::of(&accounts);
    pairs::resolve(&mut accounts, &mut standing, reference);
    units::limit(&mut accounts, &standing, reference);
    for account in &mut accounts {
        modifiers::mark_reduced(account, reference);
        circumstances::mark(account);
        modifiers::put_in_order(account, reference);
    }
    accounts.into_iter().map(|account| account.close(reference)).collect()
}

/// The edits that look at one session alone: add-ons, refills, flush, then codes in force and
/// facts that contradict. A session with an error keeps no charge, so that it touches no other.
fn edit_alone(account: &mut Account, reference: &Reference) {
    edits::require_primaries(account, reference);
    edits::refuse_refills(account, reference);
    edits::refuse_flush(account);
    let out_of_force = edits::bar_codes_out_of_force(account, reference);
    let too_early = circumstances::bar_before_their_time(account, reference);
    account.barred = circumstances::contradict(account, reference) || out_of_force || too_early;
    if account.barred {
        account.charges.clear();
        account.unbilled.clear();
        account.coded.services.clear();
        account.coded.extent = None;
    }
}

impl Claim {
    /// The doses that a line sums, in clock order.
    #[must_use]
    pub fn doses(&self, line: &DrugLine) -> &[Dose] {
        &self.doses[line.doses.clone()]
    }

    /// Minutes in lines and in `unbilled` together.
    #[must_use]
    pub fn minutes(&self) -> i64 {
        self.billed_minutes() + self.unbilled.iter().map(|left| left.minutes.total()).sum::<i64>()
    }

    /// How many minutes of each administration ran, in lines or not.
    #[must_use]
    pub fn ran(&self) -> HashMap<Given, i64> {
        let billed = self.lines.iter().flat_map(|line| &line.charges).map(|charge| &charge.unit.minutes);
        let mut ran = HashMap::default();
        for slice in billed.chain(self.unbilled.iter().map(|left| &left.minutes)).flat_map(Minutes::slices) {
            *ran.entry(slice.given()).or_default() += slice.len();
        }
        ran
    }

    /// Minutes in lines.
    #[must_use]
    pub fn billed_minutes(&self) -> i64 {
        self.lines.iter().flat_map(|line| &line.charges).map(|charge| charge.unit.minutes.total()).sum()
    }
}
