//! X12 837: each session a CLM with its service lines, institutional (005010X223) or professional
//! (005010X222), in as much of an interchange as holds them together. Payer, provider, subscriber and
//! diagnoses are for the billing system to add; until then the file says that it is a test.

use std::collections::HashSet;
use std::fmt::Write as _;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::{Account, ClaimFormat, Item, Remark, Terms, accounts, some_of};
use crate::Bill;
use crate::session::log::Setting;
use crate::show::Exporter;
use crate::show::view::Sheet;

/// What parts elements, components, repetitions and segments, as the ISA states them.
const SIGNS: [char; 4] = ['*', ':', '^', '~'];

/// A procedure has room for so many modifiers.
const MODIFIERS: usize = 4;

/// 837 claims.
#[derive(Debug)]
pub struct X12<'t> {
    /// What is said beside the logs.
    pub terms: &'t Terms,
}

/// What differs between the two implementation guides.
struct Guide {
    setting: Setting,
    version: &'static str,
    /// Type of bill, outpatient hospital; or place of service, office. The first claim of its number.
    place: &'static str,
    /// Service lines in a claim.
    most_lines: usize,
}

const GUIDES: [Guide; 2] = [
    Guide { setting: Setting::Hospital, version: "005010X223A2", place: "13:A:1", most_lines: 999 },
    Guide { setting: Setting::Office, version: "005010X222A1", place: "11:B:1", most_lines: 50 },
];

impl Exporter for X12<'_> {
    fn export(&self, bills: &[Bill], sheets: &[Sheet]) -> String {
        let accounts = accounts(bills, sheets);
        let Some(last) = accounts.iter().map(|account| account.dates().1).max() else { return String::new() };
        let dated = self.terms.dated.unwrap_or(last);
        let numbered: Vec<(&Account, String)> = accounts.iter().zip(numbers(&accounts)).collect();
        let mut file = File { text: String::new(), since_start: 0 };
        let day = compact(dated);
        file.segment(&[
            "ISA",
            "00",
            "          ",
            "00",
            "          ",
            "ZZ",
            "HANGTIME       ",
            "ZZ",
            "NOT KNOWN      ",
            &day[2..],
            "0000",
            "^",
            "00501",
            "000000001",
            "0",
            "T",
            ":",
        ]);
        let mut groups = 0;
        for guide in &GUIDES {
            let of_guide: Vec<_> = numbered.iter().filter(|(account, _)| account.setting == guide.setting).collect();
            if of_guide.is_empty() {
                continue;
            }
            groups += 1;
            let group = groups.to_string();
            file.segment(&["GS", "HC", "HANGTIME", "NOTKNOWN", &day, "0000", &group, "X", guide.version]);
            file.start(guide, &day);
            for (account, number) in of_guide {
                self.claim(&mut file, account, number, guide);
            }
            let count = (file.since_start + 1).to_string();
            file.segment(&["SE", &count, "0001"]);
            file.segment(&["GE", "1", &group]);
        }
        file.segment(&["IEA", &groups.to_string(), "000000001"]);
        file.text
    }
}

impl ClaimFormat for X12<'_> {
    fn remarks(&self, accounts: &[Account]) -> Vec<Remark> {
        if accounts.is_empty() {
            return Vec::new();
        }
        let mut remarks = vec![Remark::note("payer, provider, subscriber and diagnoses are not in a log and not in these claims")];
        remarks.extend(self.terms.uncharged(accounts, "the lines are charged 0"));
        let numbers = numbers(accounts);
        for (account, number) in accounts.iter().zip(&numbers).filter(|(account, number)| account.session != *number) {
            remarks
                .push(Remark::warning(format!("the claim of `{}` is numbered `{number}`: an 837 cannot hold its name", account.session)));
        }
        for patient in accounts.iter().filter_map(|account| account.patient).filter(|patient| clean(patient) != *patient) {
            remarks.push(Remark::warning(format!("the patient `{patient}` is written `{}`: an 837 cannot hold the name", clean(patient))));
        }
        let long: Vec<&str> = numbers.iter().map(String::as_str).filter(|number| number.len() > KEPT).collect();
        if !long.is_empty() {
            remarks
                .push(Remark::note(format!("a payer need return no more than {KEPT} characters of a claim's number: {}", some_of(&long))));
        }
        for account in accounts {
            remarks.extend(full(account));
        }
        remarks
    }
}

/// What has no room in a claim.
fn full(account: &Account) -> Vec<Remark> {
    let guide = GUIDES.iter().find(|guide| guide.setting == account.setting);
    let most = guide.map_or(usize::MAX, |guide| guide.most_lines);
    let mut remarks = Vec::new();
    if account.items.len() > most {
        remarks.push(Remark::warning(format!("{} has {} lines, and a claim holds {most}: part it", account.session, account.items.len())));
    }
    for item in account.items.iter().filter(|item| item.modifiers.len() > MODIFIERS) {
        let left_out = item.modifiers[MODIFIERS..].join(", ");
        let place = format!("{}, {} {}", account.session, item.date, item.code);
        remarks.push(Remark::warning(format!("{place}: a procedure has room for {MODIFIERS} modifiers; left out: {left_out}")));
    }
    remarks
}

impl X12<'_> {
    fn claim(&self, file: &mut File, account: &Account, number: &str, guide: &Guide) {
        let amounts: Vec<Decimal> = account.items.iter().map(|item| self.terms.amount(item).unwrap_or_default()).collect();
        let total = amounts.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(*amount)).unwrap_or_default();
        file.segment(&["CLM", number, &plain(total), "", "", guide.place]);
        if guide.setting == Setting::Hospital {
            let (first, last) = account.dates();
            file.segment(&["DTP", "434", "RD8", &format!("{}-{}", compact(first), compact(last))]);
        }
        if let Some(patient) = account.patient {
            file.segment(&["REF", "EA", &clean(patient)]);
        }
        for (at, (item, amount)) in account.items.iter().zip(amounts).enumerate() {
            file.segment(&["LX", &(at + 1).to_string()]);
            let (procedure, amount, units) = (procedure(item), plain(amount), item.units.to_string());
            match guide.setting {
                Setting::Hospital => file.segment(&["SV2", self.terms.revenue.of(item), &procedure, &amount, "UN", &units]),
                // SV107 points at the first diagnosis, which the guide requires and no log holds.
                Setting::Office => file.segment(&["SV1", &procedure, &amount, "UN", &units, "", "", "1"]),
            }
            file.segment(&["DTP", "472", "D8", &compact(item.date)]);
        }
    }
}

/// `HC:96372:59`; a drug's name is the description, the seventh component, since no NDC is known.
fn procedure(item: &Item) -> String {
    let mut parts = vec!["HC".to_owned(), clean(item.code)];
    parts.extend(item.modifiers.iter().take(MODIFIERS).map(|modifier| clean(modifier)));
    if let Some(drug) = item.drug {
        const LONGEST: usize = 80;
        parts.resize(MODIFIERS + 2, String::new());
        parts.push(clean(drug).chars().take(LONGEST).collect());
    }
    parts.join(":").trim_end_matches(':').to_owned()
}

/// The file as it is written.
struct File {
    text: String,
    /// Segments from the last ST on.
    since_start: usize,
}

impl File {
    fn segment(&mut self, elements: &[&str]) {
        self.since_start += 1;
        let _ = writeln!(self.text, "{}~", elements.join("*"));
    }

    fn start(&mut self, guide: &Guide, day: &str) {
        self.since_start = 0;
        self.segment(&["ST", "837", "0001", guide.version]);
        self.segment(&["BHT", "0019", "00", "1", day, "0000", "CH"]);
    }
}

/// X12 knows no escape: what would part segments, and what is no plain letter or sign, becomes a hyphen.
fn clean(text: &str) -> String {
    let kept = |c: char| if (c.is_ascii_graphic() || c == ' ') && !SIGNS.contains(&c) { c } else { '-' };
    text.trim().chars().map(kept).collect()
}

/// A claim's number has so many characters at most...
const LONGEST: usize = 38;

/// ...of which a payer must return so many.
const KEPT: usize = 20;

/// The claims' numbers: the sessions' names as far as an 837 holds them, none changed into another's.
fn numbers(accounts: &[Account]) -> Vec<String> {
    let mut taken: HashSet<String> = accounts.iter().map(|account| account.session.to_owned()).collect();
    let number = |account: &Account| {
        let clean: String = clean(account.session).chars().take(LONGEST).collect();
        let clean = if clean.is_empty() { "-".to_owned() } else { clean };
        if clean == account.session {
            return clean;
        }
        let tries = (1_usize..).map(|nth| if nth == 1 { clean.clone() } else { with_tail(&clean, nth) });
        let mut free = tries.filter(|number| taken.insert(number.clone()));
        free.next().unwrap_or_default()
    };
    accounts.iter().map(number).collect()
}

/// The same with a number behind it, no longer than may be.
fn with_tail(name: &str, nth: usize) -> String {
    let tail = format!("-{nth}");
    name.chars().take(LONGEST - tail.len()).chain(tail.chars()).collect()
}

fn compact(date: NaiveDate) -> String {
    date.format("%Y%m%d").to_string()
}

fn plain(amount: Decimal) -> String {
    amount.normalize().to_string()
}
