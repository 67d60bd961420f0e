//! Amounts with their measure: what a dose says, and what one billing unit is. Exact decimals,
//! read from their text.

use foldhash::HashMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What kind of thing is measured; only amounts of one kind turn into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quantity {
    /// Milligrams and their kin.
    Mass,
    /// Millilitres.
    Volume,
    /// Units of what a drug does.
    Activity,
    /// Milliequivalents of a salt.
    Equivalents,
    /// Millimoles.
    Substance,
    /// Vials, whatever is in them.
    Vials,
    /// Doses, whatever their size.
    Doses,
}

/// One measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// As it is printed.
    pub name: String,
    /// As it is printed of several, where that differs.
    #[serde(default)]
    pub many: Option<String>,
    /// What it measures.
    pub kind: Quantity,
    /// How many of the kind's common measure it is.
    pub(super) size: String,
    /// Other ways to write it.
    pub(super) also: Vec<String>,
}

/// A measure by its position in `measures.ron`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MeasureId(u8);

/// A number and what it is a number of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// How many.
    pub number: Decimal,
    /// Of what.
    pub measure: MeasureId,
}

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadAmount {
    /// What is the matter, after the text in quotes: "is no amount".
    pub message: &'static str,
    /// What stands under it.
    pub label: String,
    /// How to mend it.
    pub help: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename = "Measures")]
pub(super) struct MeasuresFile {
    pub source: String,
    pub vintage: String,
    pub measures: Vec<Measure>,
}

/// All measures, found by any of their names.
#[derive(Debug, Clone)]
pub struct Measures {
    /// Where the facts are from.
    pub source: String,
    /// The day they are good for.
    pub vintage: String,
    all: Vec<Measure>,
    sizes: Vec<Decimal>,
    by_name: HashMap<String, MeasureId>,
}

/// Digits before and behind the point that a dose may have. With the sizes of the measures the
/// products stay within a decimal's 28, so every one of them is exact.
const MOST_DIGITS: (usize, usize) = (10, 6);

impl Measures {
    /// Of a file that the checks have passed.
    pub(super) fn of(file: MeasuresFile) -> Self {
        let size = |measure: &Measure| measure.size.parse().unwrap_or_else(|_| panic!("measures.ron: the size of {}", measure.name));
        let sizes = file.measures.iter().map(size).collect();
        let mut by_name = HashMap::default();
        for (id, measure) in (0..).map(MeasureId).zip(&file.measures) {
            for name in std::iter::once(&measure.name).chain(&measure.many).chain(&measure.also) {
                by_name.insert(name.to_lowercase(), id);
            }
        }
        Measures { source: file.source, vintage: file.vintage, all: file.measures, sizes, by_name }
    }

    /// A measure's entry.
    #[must_use]
    pub fn get(&self, id: MeasureId) -> &Measure {
        &self.all[usize::from(id.0)]
    }

    /// What an amount measures.
    #[must_use]
    pub fn kind(&self, amount: Amount) -> Quantity {
        self.get(amount.measure).kind
    }

    /// Every measure of a kind, by its printed name.
    #[must_use]
    pub fn names_of(&self, kind: Quantity) -> Vec<&str> {
        let of_kind = self.all.iter().filter(|measure| measure.kind == kind);
        of_kind.map(|measure| measure.many.as_deref().unwrap_or(&measure.name)).collect()
    }

    /// The number that an amount is in another measure of its kind.
    #[must_use]
    pub fn number_in(&self, amount: Amount, measure: MeasureId) -> Option<Decimal> {
        if amount.measure == measure {
            return Some(amount.number);
        }
        if self.kind(amount) != self.get(measure).kind {
            return None;
        }
        amount.number.checked_mul(self.size(amount.measure))?.checked_div(self.size(measure))
    }

    fn size(&self, measure: MeasureId) -> Decimal {
        self.sizes[usize::from(measure.0)]
    }

    /// Reads "1 g", "1,000 mg", "2.5 million units".
    ///
    /// # Errors
    /// Says what was expected.
    pub fn read(&self, text: &str) -> Result<Amount, BadAmount> {
        let text = text.trim();
        let at = text.bytes().position(|byte| !byte.is_ascii_digit() && !matches!(byte, b'.' | b',')).unwrap_or(text.len());
        let (number, measure) = text.split_at(at);
        if number.is_empty() {
            return Err(no_number(text));
        }
        let number = read_number(number)?;
        if measure.starts_with(['e', 'E']) && measure[1..].starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+')) {
            return Err(bad("is no number", "expected a number such as 1.5 or 1,000"));
        }
        if let Some(known) = self.by_name.get(measure.trim_start()) {
            return Ok(Amount { number, measure: *known });
        }
        let measure = measure.split_whitespace().collect::<Vec<_>>().join(" ");
        match self.by_name.get(&measure.to_lowercase()) {
            Some(measure) => Ok(Amount { number, measure: *measure }),
            None => Err(no_measure(&measure)),
        }
    }

    /// "1,500 mg", "1 unit".
    #[must_use]
    pub fn words(&self, amount: Amount) -> String {
        let mut text = String::new();
        self.push_words(amount, &mut text);
        text
    }

    /// Puts an amount's [`words`](Self::words) behind a text.
    pub fn push_words(&self, amount: Amount, text: &mut String) {
        let measure = self.get(amount.measure);
        let name = measure.many.as_ref().filter(|_| amount.number != Decimal::ONE).unwrap_or(&measure.name);
        push_grouped(amount.number, text);
        text.push(' ');
        text.push_str(name);
    }
}

/// "1,500", "67.9": thousands parted, no zeros at the end.
#[must_use]
pub fn grouped(number: Decimal) -> String {
    let mut text = String::new();
    push_grouped(number, &mut text);
    text
}

/// Puts a number, [`grouped`], behind a text.
pub fn push_grouped(number: Decimal, text: &mut String) {
    let number = number.normalize();
    if number.is_sign_negative() {
        text.push('-');
    }
    let mut buffer = itoa::Buffer::new();
    // Few numbers are so long that they need twice a word.
    let digits = match u64::try_from(number.mantissa().unsigned_abs()) {
        Ok(short) => buffer.format(short),
        Err(_) => buffer.format(number.mantissa().unsigned_abs()),
    };
    let scale = number.scale() as usize;
    let (whole, decimals) = digits.split_at(digits.len().saturating_sub(scale));
    push_thousands(if whole.is_empty() { "0" } else { whole }, text);
    if scale > 0 {
        text.push('.');
        text.extend(std::iter::repeat_n('0', scale - decimals.len()));
        text.push_str(decimals);
    }
}

fn push_thousands(digits: &str, text: &mut String) {
    let (first, mut rest) = digits.split_at(1 + (digits.len() - 1) % 3);
    text.push_str(first);
    while let Some((three, behind)) = rest.split_at_checked(3) {
        text.push(',');
        text.push_str(three);
        rest = behind;
    }
}

fn bad(message: &'static str, label: &str) -> BadAmount {
    BadAmount { message, label: label.to_owned(), help: None }
}

/// A number as an American chart writes it: a point before the decimals, commas between thousands.
fn read_number(text: &str) -> Result<Decimal, BadAmount> {
    if text.len() <= MOST_DIGITS.0
        && text.bytes().all(|b| b.is_ascii_digit())
        && let Ok(whole) = text.parse::<u64>()
    {
        return Ok(Decimal::from(whole));
    }
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, decimals)| (whole, Some(decimals)));
    let plain = whole.replace(',', "");
    let is_grouped = {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && !first.starts_with('0') && groups.all(|group| group.len() == 3)
    };
    let decimals_well = decimals.is_none_or(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    if !decimals_well || (whole.contains(',') && !is_grouped) || (whole.is_empty() && decimals.is_none()) {
        let with_point = text.replacen(',', ".", 1);
        let mended = text.matches(',').count() == 1 && decimals.is_none() && with_point.parse::<Decimal>().is_ok();
        return Err(BadAmount {
            help: mended.then(|| format!("decimals stand behind a point: {with_point}")),
            ..bad("is no number", "expected a number such as 1.5 or 1,000")
        });
    }
    let decimals = decimals.unwrap_or_default();
    let (most_whole, most_decimals) = MOST_DIGITS;
    if plain.trim_start_matches('0').len() > most_whole || decimals.trim_end_matches('0').len() > most_decimals {
        return Err(bad("has more digits than any dose", "too many digits"));
    }
    let number = format!("{}.{}", if plain.is_empty() { "0" } else { &plain }, if decimals.is_empty() { "0" } else { decimals });
    number.trim_end_matches('0').trim_end_matches('.').parse().map_err(|_| bad("is no number", "expected a number such as 1.5 or 1,000"))
}

fn no_number(text: &str) -> BadAmount {
    if text.is_empty() {
        return bad("is empty", "expected a number and its unit");
    }
    if text.starts_with(['-', '\u{2212}', '\u{2013}']) {
        return bad("is less than nothing", "expected a number above 0 and its unit");
    }
    BadAmount {
        help: Some("write what was given, such as \"1 g\" or \"40 mL\"".to_owned()),
        ..bad("is no amount", "expected a number and its unit")
    }
}

fn no_measure(measure: &str) -> BadAmount {
    if measure.is_empty() {
        return bad("has no unit", "of what? such as mg, g, mcg, units, mL, mEq");
    }
    if measure.contains('/') || measure.split(' ').any(|word| word == "per") {
        return BadAmount {
            help: Some("write the whole amount that was given, such as \"400 mg\"".to_owned()),
            ..bad("says how much per weight, time or volume, not how much", "not an amount")
        };
    }
    BadAmount {
        help: Some("known are ng, mcg, mg, g, mL, L, units, million units, mEq, mmol, vials and doses".to_owned()),
        ..bad("is in no known unit", "unit not known")
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;
    use crate::Reference;

    fn words(text: &str) -> String {
        let measures = &Reference::embedded().measures;
        measures.read(text).map_or_else(|bad| bad.message.to_owned(), |amount| measures.words(amount))
    }

    #[test]
    fn amounts_are_read_as_charts_write_them() {
        for (text, read) in [
            ("1 g", "1 g"),
            ("1g", "1 g"),
            (" 1,000 mg ", "1,000 mg"),
            ("0.50 MG", "0.5 mg"),
            (".5 mg", "0.5 mg"),
            ("007 mg", "7 mg"),
            ("500 \u{b5}g", "500 mcg"),
            ("500 \u{3bc}g", "500 mcg"),
            ("1 units", "1 unit"),
            ("10,000 U", "10,000 units"),
            ("2.5  million units", "2.5 million units"),
            ("40\u{a0}mL", "40 mL"),
            ("100 mg", "100 mg"),
        ] {
            assert_eq!(words(text), read, "{text}");
        }
    }

    #[test]
    fn thousands_are_parted_and_zeros_at_the_end_left_out() {
        for (number, shown) in [
            ("0", "0"),
            ("0.00", "0"),
            ("7", "7"),
            ("999", "999"),
            ("1000", "1,000"),
            ("12345.670", "12,345.67"),
            ("1234567", "1,234,567"),
            ("0.05", "0.05"),
            ("0.000001", "0.000001"),
            ("10.0", "10"),
            ("79228162514264337593543950335", "79,228,162,514,264,337,593,543,950,335"),
            ("-1234.5", "-1,234.5"),
        ] {
            assert_eq!(grouped(number.parse().expect("a number")), shown);
        }
    }

    #[test]
    fn what_is_no_amount_says_why() {
        for (text, message) in [
            ("lots", "is no amount"),
            ("", "is empty"),
            ("mg", "is no amount"),
            ("~5 mg", "is no amount"),
            ("-1 g", "is less than nothing"),
            ("1,5 g", "is no number"),
            ("0,500 g", "is no number"),
            ("1,00 g", "is no number"),
            ("1.2.3 g", "is no number"),
            ("5. mg", "is no number"),
            (". mg", "is no number"),
            (",5 mg", "is no number"),
            ("1.000,5 mg", "is no number"),
            ("1e999 g", "is no number"),
            ("1e3 mg", "is no number"),
            ("12", "has no unit"),
            ("5 MU", "is in no known unit"),
            ("5-10 mg", "is in no known unit"),
            ("5 mg/kg", "says how much per weight, time or volume, not how much"),
            ("5 mg per hour", "says how much per weight, time or volume, not how much"),
            ("99999999999 mg", "has more digits than any dose"),
            ("0.0000001 mg", "has more digits than any dose"),
        ] {
            assert_eq!(words(text), message, "{text}");
        }
    }

    #[test]
    fn measures_of_a_kind_turn_into_each_other_exactly() {
        let measures = &Reference::embedded().measures;
        for (text, unit, number) in [
            ("1 g", "1 mg", "1000"),
            ("0.1 mcg", "1 ng", "100"),
            ("3 ng", "1 mg", "0.000003"),
            ("9999999999.999999 g", "1 mg", "9999999999999.999"),
            ("1.2 million units", "1 unit", "1200000"),
            ("1.5 L", "1 mL", "1500"),
        ] {
            let unit = measures.read(unit).expect("an amount").measure;
            assert_eq!(measures.number_in(measures.read(text).expect("an amount"), unit), number.parse().ok(), "{text}");
        }
        let [mass, volume] = ["1 mg", "1 mL"].map(|text| measures.read(text).expect("an amount"));
        assert_eq!(measures.number_in(mass, volume.measure), None);
    }
}
