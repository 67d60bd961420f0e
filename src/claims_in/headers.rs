//! The names that exports give their columns.

use std::collections::HashMap;
use std::sync::OnceLock;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// The encounter.
    Session,
    /// The patient.
    Patient,
    /// Date of service, or its first.
    Date,
    /// The last date of service.
    Through,
    /// The code.
    Code,
    /// One modifier or several.
    Modifier,
    /// Units.
    Units,
    /// Amount.
    Amount,
    /// One diagnosis code or several.
    Diagnosis,
}

impl Column {
    /// What it is, in a message.
    pub(super) fn words(self) -> &'static str {
        match self {
            Column::Session => "the account",
            Column::Patient => "the patient",
            Column::Date => "the date of service",
            Column::Through => "the last date of service",
            Column::Code => "the code",
            Column::Modifier => "a modifier",
            Column::Units => "the units",
            Column::Amount => "the amount",
            Column::Diagnosis => "a diagnosis",
        }
    }

    /// A few of its names, for help.
    pub(super) fn some_names(self) -> String {
        let mut names = accepted(self).iter().take(5).map(|name| format!("`{name}`"));
        let first = names.next().unwrap_or_default();
        names.fold(first, |text, name| text + ", " + &name)
    }
}

/// The accepted names, those of each column in the order in which they are preferred where a file
/// has several. Case, blanks and signs do not matter; see [`plain`] for the short forms.
static NAMES: [(Column, &[&str]); 9] = [
    (
        Column::Session,
        &[
            "session",
            "encounter",
            "account",
            "visit",
            "session id",
            "encounter id",
            "encounter number",
            "csn",
            "account id",
            "account number",
            "patient account",
            "patient account number",
            "visit id",
            "visit number",
            "fin",
            "fin number",
            "har",
            "hospital account",
            "hospital account id",
            "patient control number",
            "pcn",
            "contact serial number",
            "claim",
            "claim id",
            "claim number",
        ],
    ),
    (
        Column::Patient,
        &[
            "patient",
            "patient id",
            "patient number",
            "patient key",
            "mrn",
            "medical record",
            "medical record number",
            "patient mrn",
            "member id",
            "member number",
            "subscriber id",
            "beneficiary id",
        ],
    ),
    (
        Column::Date,
        &[
            "date",
            "dos",
            "date of service",
            "service date",
            "service from date",
            "service date from",
            "from date",
            "date from",
            "from dos",
            "dos from",
            "service from",
            "start date",
            "service start date",
            "line date",
            "serviced date",
        ],
    ),
    (
        Column::Through,
        &[
            "through date",
            "thru date",
            "to date",
            "date to",
            "to dos",
            "dos to",
            "dos through",
            "service to date",
            "service date to",
            "service through date",
            "service to",
            "end date",
            "service end date",
        ],
    ),
    (
        Column::Code,
        &[
            "code",
            "hcpcs",
            "cpt",
            "hcpcs code",
            "cpt code",
            "hcpcs/cpt",
            "cpt/hcpcs",
            "hcpcs/cpt code",
            "cpt/hcpcs code",
            "cpt4",
            "procedure",
            "procedure code",
            "billing code",
            "service code",
        ],
    ),
    (
        Column::Modifier,
        &[
            "modifier",
            "modifiers",
            "hcpcs modifier",
            "cpt modifier",
            "procedure modifier",
            "hcpcs modifiers",
            "cpt modifiers",
            "procedure modifiers",
            "modifier code",
            "modifier list",
        ],
    ),
    (
        Column::Units,
        &[
            "units",
            "quantity",
            "unit",
            "count",
            "units of service",
            "service units",
            "billed units",
            "units billed",
            "charge units",
            "billed quantity",
            "service quantity",
            "charge quantity",
            "unit count",
            "number of units",
            "uos",
        ],
    ),
    (
        Column::Amount,
        &[
            "amount",
            "charge",
            "charges",
            "charge amount",
            "line charge",
            "total charge",
            "total charges",
            "billed amount",
            "amount billed",
            "billed",
            "gross charge",
            "gross charges",
            "charge total",
            "net",
            "extended amount",
        ],
    ),
    (
        Column::Diagnosis,
        &[
            "diagnosis",
            "diagnoses",
            "diagnosis code",
            "diagnosis codes",
            "dx",
            "dx code",
            "dx codes",
            "icd",
            "icd code",
            "principal diagnosis",
            "primary diagnosis",
        ],
    ),
];

/// The names that are read as this column.
#[must_use]
pub fn accepted(column: Column) -> &'static [&'static str] {
    NAMES.iter().find(|(of, _)| *of == column).map_or(&[], |(_, names)| names)
}

/// The short forms of words in a header.
static SHORT: [(&str, &str); 20] = [
    ("acct", "account"),
    ("amt", "amount"),
    ("chg", "charge"),
    ("cnt", "count"),
    ("dt", "date"),
    ("enc", "encounter"),
    ("med", "medical"),
    ("mod", "modifier"),
    ("mods", "modifiers"),
    ("nbr", "number"),
    ("no", "number"),
    ("num", "number"),
    ("pat", "patient"),
    ("proc", "procedure"),
    ("pt", "patient"),
    ("qty", "quantity"),
    ("rec", "record"),
    ("serv", "service"),
    ("svc", "service"),
    ("thru", "through"),
];

/// A header without case, blanks and signs, short forms written out: `Svc Dt`, `svc_dt` and
/// `SvcDt` are all `servicedate`. A number behind it falls off where several columns are one.
pub(super) fn plain(header: &str) -> String {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for c in header.chars().take(LONGEST) {
        let begins = c.is_uppercase() && before.is_lowercase() || c.is_ascii_digit() != before.is_ascii_digit();
        match c {
            '#' => words.extend(["number".to_owned(), String::new()]),
            c if c.is_alphanumeric() => {
                if begins {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_lowercase());
                }
            }
            _ => words.push(String::new()),
        }
        before = c;
    }
    words.iter().map(|word| SHORT.iter().find(|(short, _)| short == word).map_or(word.as_str(), |(_, long)| long)).collect()
}

/// A longer header is none of ours.
const LONGEST: usize = 60;

/// What a header names, and how much it is preferred, 0 the most.
pub(super) fn find(header: &str) -> Option<(Column, usize)> {
    static KNOWN: OnceLock<HashMap<String, (Column, usize)>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let mut known = HashMap::new();
        for (column, names) in &NAMES {
            for (rank, name) in names.iter().enumerate() {
                // `thrudate` has no words of its own to write out.
                for spelling in [plain(name), name.replace(' ', "")] {
                    known.entry(spelling).or_insert((*column, rank));
                }
            }
        }
        known
    });
    let name = plain(header);
    let several = |(column, _): &&(Column, usize)| matches!(column, Column::Modifier | Column::Diagnosis);
    known.get(&name).or_else(|| known.get(name.trim_end_matches(|c: char| c.is_ascii_digit())).filter(several)).copied()
}

/// The accepted name that an unknown header is a slip of.
pub(super) fn slip_of(header: &str) -> Option<(Column, &'static str)> {
    let wanted = plain(header);
    let wanted = wanted.trim_end_matches(|c: char| c.is_ascii_digit());
    if wanted.len() < 4 {
        return None;
    }
    let slips = NAMES.iter().flat_map(|(column, names)| names.iter().map(|name| (*column, *name))).filter_map(|(column, name)| {
        let typo = strsim::damerau_levenshtein(wanted, &plain(name));
        (typo <= (wanted.len() / 4).min(2)).then_some((typo, column, name))
    });
    slips.min_by_key(|(typo, ..)| *typo).map(|(_, column, name)| (column, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_by_many_spellings() {
        for (header, column) in [
            ("Acct #", Column::Session),
            ("ENC_ID", Column::Session),
            ("HospitalAccountID", Column::Session),
            ("Pt MRN", Column::Patient),
            ("Med Rec No", Column::Patient),
            ("SvcDt", Column::Date),
            ("svc_dt_from", Column::Date),
            ("CPT/HCPCS", Column::Code),
            ("Proc Code", Column::Code),
            ("CPT4", Column::Code),
            ("MOD1", Column::Modifier),
            ("Modifier 4", Column::Modifier),
            ("HCPCS Mod 2", Column::Modifier),
            ("Qty", Column::Units),
            ("Chg Amt", Column::Amount),
            ("ICD10", Column::Diagnosis),
            ("Dx 2", Column::Diagnosis),
        ] {
            assert_eq!(find(header).map(|(column, _)| column), Some(column), "{header}");
        }
        for header in ["", "Post Date", "Charge Code", "Patient Name", "Unit Price", "Date of Birth", "Rev Code", "Department"] {
            assert_eq!(find(header), None, "{header}");
        }
    }

    #[test]
    fn no_name_stands_for_two_columns() {
        for (column, names) in &NAMES {
            for name in *names {
                assert_eq!(find(name).map(|(found, _)| found), Some(*column), "{name}");
            }
        }
    }

    #[test]
    fn a_slip_is_known() {
        assert_eq!(slip_of("Unitz"), Some((Column::Units, "units")));
        assert_eq!(slip_of("Modifer 1"), Some((Column::Modifier, "modifier")));
        assert_eq!(slip_of("Department"), None);
    }
}
