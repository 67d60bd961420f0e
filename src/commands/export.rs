//! `hangtime bill --format fhir-claim|fhir-chargeitem|837|ft1`: what is said beside the logs, and what
//! is told beside the claims.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono::NaiveDate;
use clap::Args;
use hangtime::Bill;
use hangtime::money::Rates;
use hangtime::session::dates::read_date;
use hangtime::show::claims_out::{ChargeItems, ClaimFormat, FhirClaims, Ft1, RevenueCodes, Terms, X12, accounts, without_lines};
use hangtime::show::view::Sheet;

use super::bill::Format;
use super::output::Output;

#[derive(Debug, Args)]
#[command(next_help_heading = "For billing systems")]
pub struct ExportArgs {
    /// With 837 and fhir-claim: the hospital's revenue code of services, 0260 unless said; with a code in
    /// front that of one code, such as 96413=0335; may stand several times.
    #[arg(long, value_name = "[CODE=]0260")]
    revenue_code: Vec<Revenue>,
    /// With 837 and fhir-claim: the hospital's revenue code of the drugs' own lines, 0636 unless said.
    #[arg(long, value_name = "0636")]
    drug_revenue_code: Option<FourFigures>,
    /// With 837, ft1 and FHIR: what a unit is charged, a CSV file with the columns code,usd.
    #[arg(long, value_name = "FILE.csv", value_hint = clap::ValueHint::FilePath)]
    charges: Option<PathBuf>,
    /// With 837, ft1 and FHIR: the day of writing and posting, such as 2026-03-05; never the clock's.
    #[arg(long, value_name = "DATE", value_parser = read_date)]
    dated: Option<NaiveDate>,
}

/// A revenue code, for all services or for one code.
#[derive(Debug, Clone)]
struct Revenue {
    code: Option<String>,
    revenue: FourFigures,
}

/// Four figures.
#[derive(Debug, Clone)]
struct FourFigures(String);

impl FromStr for FourFigures {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_one = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        is_one.then(|| FourFigures(text.to_owned())).ok_or_else(|| "a revenue code has four figures, such as 0260".to_owned())
    }
}

impl FromStr for Revenue {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((code, revenue)) = text.split_once('=') else { return Ok(Revenue { code: None, revenue: text.parse()? }) };
        let code = code.trim().to_ascii_uppercase();
        if code.len() != 5 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err("the code in front of = has five characters, such as 96413=0335".to_owned());
        }
        Ok(Revenue { code: Some(code), revenue: revenue.trim().parse()? })
    }
}

impl ExportArgs {
    /// What is said beside the logs, refused before any is read.
    pub fn terms(&self, format: Format) -> Result<Terms, String> {
        let for_billing = matches!(format, Format::X12 | Format::FhirClaim | Format::FhirChargeitem | Format::Ft1);
        let with_revenue = matches!(format, Format::X12 | Format::FhirClaim);
        for (name, given, used, formats) in [
            ("--revenue-code", !self.revenue_code.is_empty(), with_revenue, "837 and fhir-claim"),
            ("--drug-revenue-code", self.drug_revenue_code.is_some(), with_revenue, "837 and fhir-claim"),
            ("--charges", self.charges.is_some(), for_billing, "837, ft1, fhir-claim and fhir-chargeitem"),
            ("--dated", self.dated.is_some(), for_billing, "837, ft1, fhir-claim and fhir-chargeitem"),
        ] {
            if given && !used {
                return Err(format!("{name} is for --format {formats}: leave it out"));
            }
        }
        Ok(Terms { revenue: self.revenue(), charges: self.charges.as_deref().map(charges).transpose()?, dated: self.dated })
    }

    fn revenue(&self) -> RevenueCodes {
        let usual = RevenueCodes::default();
        let of_all = self.revenue_code.iter().rfind(|revenue| revenue.code.is_none());
        let of_one = self.revenue_code.iter().filter_map(|revenue| Some((revenue.code.clone()?, revenue.revenue.0.clone())));
        RevenueCodes {
            services: of_all.map_or(usual.services, |revenue| revenue.revenue.0.clone()),
            drugs: self.drug_revenue_code.as_ref().map_or(usual.drugs, |revenue| revenue.0.clone()),
            of: of_one.collect::<BTreeMap<_, _>>(),
        }
    }
}

/// Charges are written as rates are.
fn charges(path: &Path) -> Result<Rates, String> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|problem| format!("charges {name} cannot be read: {problem}"))?;
    Rates::read(&name, &text).map_err(|problem| format!("charges {}", problem.trim_start_matches("rates ")))
}

/// The format for a billing system; absent where another is asked for.
pub fn format(format: Format, terms: &Terms) -> Option<Box<dyn ClaimFormat + '_>> {
    match format {
        Format::FhirClaim => Some(Box::new(FhirClaims { terms })),
        Format::FhirChargeitem => Some(Box::new(ChargeItems { terms })),
        Format::X12 => Some(Box::new(X12 { terms })),
        Format::Ft1 => Some(Box::new(Ft1 { terms, end: if std::io::stdout().is_terminal() { "\n" } else { "\r" } })),
        Format::Table | Format::Json | Format::Ndjson | Format::Csv | Format::Markdown => None,
    }
}

/// What is not in the claims, and what should be looked at before they go out.
pub fn tell(format: &dyn ClaimFormat, bills: &[Bill], sheets: &[Sheet], output: &Output) {
    if output.quiet {
        return;
    }
    for remark in without_lines(bills).into_iter().chain(format.remarks(&accounts(bills, sheets))) {
        output.remark(remark.severity.word(), &remark.text);
    }
}
