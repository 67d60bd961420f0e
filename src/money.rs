//! What lines would be paid: an estimate from published national rates or a user's own file.
//!
//! National and unadjusted: no wage index, no contract, no coverage, no coinsurance. It says how
//! large a difference is, not what anybody will pay.

use std::collections::HashMap;
use std::path::Path;

use rust_decimal::Decimal;

use crate::reference::{Reference, nearest};

/// Rates by code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// How they are named.
    pub name: String,
    /// Whose they are, and of when.
    pub source: String,
    rates: HashMap<String, Rate>,
}

/// What one unit of a code is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// US dollars a unit; absent where the code is never paid by itself.
    pub usd: Option<Decimal>,
    /// Whether it is paid by itself.
    pub status: Status,
}

/// Payment status of a code under outpatient payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Paid by itself (S, T, V and what has no packaging).
    Paid,
    /// Paid by itself and packages the conditional codes of its day (S, T, V).
    Packs,
    /// Packaged beside an S, T or V service of the day; else the dearest of the day is paid once (Q1).
    Conditional,
    /// Always packaged (N).
    Packaged,
}

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Payment {
    /// So many dollars.
    Usd(Decimal),
    /// Nothing by itself: packaged, and beside which code where it depends on one.
    Packaged(Option<String>),
    /// The rates do not have the code.
    Unknown,
}

impl Payment {
    /// Dollars, none for what is packaged or not known.
    #[must_use]
    pub fn usd(&self) -> Decimal {
        match self {
            Payment::Usd(usd) => *usd,
            Payment::Packaged(_) | Payment::Unknown => Decimal::ZERO,
        }
    }
}

/// The national rates that come with the program.
const OPPS: &str = "opps-2026";
const PFS: &str = "pfs-2026";

impl Rates {
    /// Rates that come with the program, `opps-2026` or `pfs-2026`, or a CSV file of a user's own
    /// with the columns `code`, `usd` and, where wanted, `status`.
    ///
    /// # Errors
    /// Names the rates there are, or says what is wrong in the file, with its line.
    pub fn named(name: &str, reference: &Reference) -> Result<Rates, String> {
        match name.to_ascii_lowercase().as_str() {
            OPPS => Ok(Self::opps(reference)),
            PFS => Ok(Self::pfs(reference)),
            _ if Path::new(name).extension().is_some() || name.contains(['/', '\\']) => {
                let text = std::fs::read_to_string(name).map_err(|problem| format!("rates {name} cannot be read: {problem}"))?;
                Self::read(name, &text)
            }
            _ => {
                let near = nearest(name, [OPPS, PFS]).first().map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                Err(format!("there are no rates `{name}`: {OPPS}, {PFS}, or the name of a CSV file with the columns code,usd{near}"))
            }
        }
    }

    /// Hospital outpatient: OPPS national rates, and the payment limits of drugs.
    fn opps(reference: &Reference) -> Rates {
        let mut rates = Self::drugs(reference);
        for code in reference.codes.all() {
            let Some(opps) = &code.opps else { continue };
            let status = Status::of(&opps.si);
            let usd = opps.rate_usd.as_deref().and_then(|usd| usd.parse().ok());
            rates.insert(code.code.clone(), Rate { usd, status });
        }
        let source = "OPPS Addendum B, January 2026, national and unadjusted; CMS Part B drug payment limits, July to September 2026";
        Rates { name: OPPS.to_owned(), source: source.to_owned(), rates }
    }

    /// Practitioner: non-facility amounts of the fee schedule, and the payment limits of drugs.
    fn pfs(reference: &Reference) -> Rates {
        let mut rates = Self::drugs(reference);
        for code in reference.codes.all() {
            let amount = code.pfs.as_ref().and_then(|pfs| pfs.amount_usd.as_deref()).and_then(|usd| usd.parse().ok());
            if let Some(usd) = amount {
                rates.insert(code.code.clone(), Rate { usd: Some(usd), status: Status::Paid });
            }
        }
        let source = "Physician Fee Schedule, July 2026, non-facility units times 33.4009, computed; CMS Part B drug payment limits, July to September 2026";
        Rates { name: PFS.to_owned(), source: source.to_owned(), rates }
    }

    fn drugs(reference: &Reference) -> HashMap<String, Rate> {
        let limits = reference.drugs.all().flat_map(|drug| &drug.codes).filter_map(|code| {
            let usd = code.limit.as_deref()?.parse().ok()?;
            Some((code.code.to_string(), Rate { usd: Some(usd), status: Status::Paid }))
        });
        limits.collect()
    }

    /// Reads a user's own rates.
    ///
    /// # Errors
    /// Says what is wrong, with the line.
    pub fn read(name: &str, text: &str) -> Result<Rates, String> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headers = reader.headers().map_err(|problem| format!("rates {name}: {problem}"))?.clone();
        let column = |wanted: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(wanted));
        let (Some(code), Some(usd)) = (column("code"), column("usd")) else {
            return Err(format!("rates {name}:1: the columns `code` and `usd` are needed, `status` may stand beside them"));
        };
        let status = column("status");
        let mut rates = HashMap::new();
        for record in reader.records() {
            let record = record.map_err(|problem| format!("rates {name}: {problem}"))?;
            let line = record.position().map_or(0, csv::Position::line);
            let wrong = |what: String| format!("rates {name}:{line}: {what}");
            let code = record.get(code).unwrap_or_default().to_ascii_uppercase();
            if code.len() != 5 || !code.chars().all(|c| c.is_ascii_alphanumeric()) {
                return Err(wrong(format!("`{code}` is no code: five letters and figures")));
            }
            let status = match status.and_then(|at| record.get(at)).filter(|status| !status.is_empty()) {
                Some(status) => {
                    Status::known(status).ok_or_else(|| wrong(format!("status `{status}` is not known: S, T, V, K, G, N or Q1")))?
                }
                None => Status::Paid,
            };
            let written = record.get(usd).unwrap_or_default().trim_start_matches('$').replace(',', "");
            let usd: Option<Decimal> = match (written.is_empty(), status) {
                (true, Status::Packaged) => None,
                _ => Some(written.parse().map_err(|_| wrong(format!("`{written}` is no amount in dollars, such as 217.31")))?),
            };
            if usd.is_some_and(|usd| usd.is_sign_negative()) {
                return Err(wrong(format!("`{written}` is less than nothing")));
            }
            if rates.insert(code.clone(), Rate { usd, status }).is_some() {
                return Err(wrong(format!("{code} stands a second time")));
            }
        }
        Ok(Rates { name: name.to_owned(), source: format!("{name}, the user's own"), rates })
    }

    /// The rate of a code.
    #[must_use]
    pub fn of(&self, code: &str) -> Option<&Rate> {
        self.rates.get(code)
    }

    /// What the lines of one patient's day come to, in their order: each a code and its units.
    #[must_use]
    pub fn pay(&self, day: &[(&str, Decimal)]) -> Vec<Payment> {
        let packer =
            day.iter().find(|(code, units)| *units > Decimal::ZERO && self.status(code) == Some(Status::Packs)).map(|(code, _)| *code);
        let dearest = self.dearest_conditional(day);
        day.iter()
            .enumerate()
            .map(|(at, (code, units))| {
                let Some(rate) = self.of(code) else { return Payment::Unknown };
                match (rate.status, rate.usd) {
                    (Status::Packaged, _) => Payment::Packaged(None),
                    (Status::Conditional, _) if packer.is_some() => Payment::Packaged(packer.map(str::to_owned)),
                    (Status::Conditional, Some(usd)) if dearest == Some(at) => Payment::Usd(usd),
                    (Status::Conditional, _) => Payment::Packaged(dearest.map(|at| day[at].0.to_owned())),
                    (_, Some(usd)) => Payment::Usd((usd * units).round_dp(2)),
                    (_, None) => Payment::Unknown,
                }
            })
            .collect()
    }

    fn status(&self, code: &str) -> Option<Status> {
        self.of(code).map(|rate| rate.status)
    }

    fn dearest_conditional(&self, day: &[(&str, Decimal)]) -> Option<usize> {
        let conditional =
            day.iter().enumerate().filter(|(_, (code, units))| *units > Decimal::ZERO && self.status(code) == Some(Status::Conditional));
        let usd = |code: &str| self.of(code).and_then(|rate| rate.usd).unwrap_or_default();
        // Of equals the first: the last of a reversed order.
        conditional.rev().max_by_key(|(_, (code, _))| usd(code)).map(|(at, _)| at)
    }
}

impl Status {
    /// By CMS's letters; what packages nothing and is not packaged counts as paid.
    fn of(letters: &str) -> Status {
        Self::known(letters).unwrap_or(Status::Paid)
    }

    fn known(letters: &str) -> Option<Status> {
        match letters.to_ascii_uppercase().as_str() {
            "S" | "T" | "V" => Some(Status::Packs),
            "N" => Some(Status::Packaged),
            "Q1" => Some(Status::Conditional),
            "K" | "G" | "A" => Some(Status::Paid),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paid(day: &[(&str, i64)]) -> Vec<String> {
        let rates = Rates::named(OPPS, Reference::embedded()).expect("they come with the program");
        let day: Vec<(&str, Decimal)> = day.iter().map(|(code, units)| (*code, Decimal::from(*units))).collect();
        let words = |payment| match payment {
            Payment::Usd(usd) => format!("{usd}"),
            Payment::Packaged(Some(by)) => format!("packaged by {by}"),
            Payment::Packaged(None) => "packaged".to_owned(),
            Payment::Unknown => "unknown".to_owned(),
        };
        rates.pay(&day).into_iter().map(words).collect()
    }

    #[test]
    fn an_infusion_is_paid_by_the_unit() {
        assert_eq!(paid(&[("96365", 1), ("96361", 2)]), ["217.31", "95.68"]);
    }

    #[test]
    fn a_conditional_code_is_packaged_beside_an_infusion_and_the_dearest_paid_once_alone() {
        let conditional: Vec<(String, Decimal)> = Reference::embedded()
            .codes
            .all()
            .iter()
            .filter_map(|code| {
                code.opps
                    .as_ref()
                    .filter(|opps| opps.si == "Q1")
                    .and_then(|opps| Some((code.code.clone(), opps.rate_usd.as_ref()?.parse().ok()?)))
            })
            .collect();
        let (code, usd) = &conditional[0];
        assert_eq!(paid(&[("96365", 1), (code, 3)])[1], "packaged by 96365");
        assert_eq!(paid(&[(code, 3)]), [usd.to_string()]);
    }

    #[test]
    fn a_code_that_is_always_packaged_earns_nothing() {
        let packaged =
            Reference::embedded().codes.all().iter().find(|code| code.opps.as_ref().is_some_and(|opps| opps.si == "N")).expect("one is");
        assert_eq!(paid(&[(&packaged.code, 1)]), ["packaged"]);
    }

    #[test]
    fn a_drug_is_paid_at_its_limit_and_an_unknown_code_is_not_guessed() {
        assert_eq!(paid(&[("J0690", 4), ("99999", 1)]), ["3.18", "unknown"]);
    }

    #[test]
    fn a_users_own_rates_are_a_table() {
        let rates = Rates::read("mine.csv", "Code, USD, status\n96365,\"$1,200.50\",S\n96375, , N\n").expect("they can be read");
        assert_eq!(
            rates.pay(&[("96365", Decimal::TWO), ("96375", Decimal::ONE)]),
            [Payment::Usd("2401.00".parse().expect("a number")), Payment::Packaged(None)]
        );
        for (text, says) in [
            ("code\n", "the columns `code` and `usd` are needed"),
            ("code,usd\n96365,lots\n", "mine.csv:2: `lots` is no amount"),
            ("code,usd\n9636,1\n", "`9636` is no code"),
            ("code,usd\n96365,1\n96365,2\n", "mine.csv:3: 96365 stands a second time"),
            ("code,usd,status\n96365,1,ZZ\n", "status `ZZ` is not known"),
            ("code,usd\n96365,-1\n", "less than nothing"),
        ] {
            let problem = Rates::read("mine.csv", text).expect_err(text);
            assert!(problem.contains(says), "{problem}");
        }
    }
}
