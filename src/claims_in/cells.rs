//! The values that all formats write alike: dates, codes, modifiers, numbers.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;

use super::text::quoted;

/// Why a value cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bad {
    /// What is the matter, in one line.
    pub(super) message: String,
    /// What stands under it; may be empty.
    pub(super) label: String,
    /// How to mend it.
    pub(super) help: Option<String>,
}

impl Bad {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Bad { message: message.into(), label: String::new(), help: None }
    }

    pub(super) fn label(self, label: impl Into<String>) -> Self {
        Bad { label: label.into(), ..self }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Bad { help: Some(help.into()), ..self }
    }
}

/// A day as `YYYY-MM-DD`, `YYYYMMDD` or, as claims are American, `MM/DD/YYYY`; a time of day behind
/// it is dropped. Nothing else is guessed at.
pub(super) fn date(text: &str) -> Result<NaiveDate, Bad> {
    let text = text.trim();
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
    let found = if day.contains('/') { slashed(day) } else { dashed(day).or_else(|| compact(day)) };
    let Some((year, month, of_month)) = found else {
        return Err(Bad::new(format!("{} is no date", quoted(text))).help(unread_date(day)));
    };
    let Some(date) = NaiveDate::from_ymd_opt(year, month, of_month) else {
        let bad = Bad::new(format!("{} is not a day of the calendar", quoted(text)));
        let swapped = day.contains('/') && NaiveDate::from_ymd_opt(year, of_month, month).is_some();
        return Err(if swapped { bad.help("with slashes the month comes first: MM/DD/YYYY") } else { bad });
    };
    if !(1990..=2100).contains(&date.year()) {
        return Err(Bad::new(format!("{} lies in the year {}", quoted(text), date.year())));
    }
    of_day(time.trim(), text).map(|()| date)
}

fn unread_date(day: &str) -> String {
    const FORMS: &str = "dates are YYYY-MM-DD, YYYYMMDD or MM/DD/YYYY";
    if day.len() == 5 && digits(day) {
        format!("it looks like a spreadsheet's day number; format the column as a date: {FORMS}")
    } else {
        format!("{FORMS}; nothing else is guessed at")
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

type Ymd = (i32, u32, u32);

/// Parts of the date, each of as many digits as allowed.
fn dashed(day: &str) -> Option<Ymd> {
    let mut parts = day.split('-');
    let (y, m, d) = (parts.next()?, parts.next()?, parts.next()?);
    let sound = parts.next().is_none() && [y, m, d].into_iter().all(digits) && (y.len(), m.len(), d.len()) == (4, 2, 2);
    if sound { Some((y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)) } else { None }
}

fn compact(day: &str) -> Option<Ymd> {
    if day.len() == 8 && digits(day) { Some((day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?)) } else { None }
}

fn slashed(day: &str) -> Option<Ymd> {
    let mut parts = day.split('/');
    let (m, d, y) = (parts.next()?, parts.next()?, parts.next()?);
    let sound = parts.next().is_none() && [y, m, d].into_iter().all(digits) && y.len() == 4 && m.len() <= 2 && d.len() <= 2;
    if sound { Some((y.parse().ok()?, m.parse().ok()?, d.parse().ok()?)) } else { None }
}

/// A time behind a date says nothing here, unless it is universal time: before noon it may belong
/// to the day before on the ward's own clock. Midnight stands for a date without a time.
fn of_day(time: &str, whole: &str) -> Result<(), Bad> {
    let allowed = |c: char| c.is_ascii_digit() || ":.+- apmAPMZ".contains(c);
    let is_time = time.starts_with(|c: char| c.is_ascii_digit()) && time.chars().all(allowed);
    if !time.is_empty() && !is_time {
        return Err(Bad::new(format!("{} is no date", quoted(whole))).help("a time of day may follow the date, such as 2026-03-02 09:05"));
    }
    let universal = time.ends_with('Z') || time.ends_with("+00:00") || time.ends_with("-00:00");
    let hour = time.get(..2).and_then(|hour| hour.parse::<u32>().ok()).unwrap_or(0);
    let clock = time.split(['Z', '+', '-']).next().unwrap_or("");
    let midnight = clock.chars().all(|c| "0:.".contains(c));
    if universal && hour < 12 && !midnight {
        let bad = Bad::new(format!("{} is universal time: on the ward's clock it may be the day before", quoted(whole)));
        return Err(bad.help("write the date alone, or the time with its own offset: 2026-03-02T20:05:00-06:00"));
    }
    Ok(())
}

/// Whether a text has the shape of a CPT or HCPCS code, in capitals.
pub(super) fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 5
        && bytes[1..4].iter().all(u8::is_ascii_digit)
        && (bytes[0].is_ascii_digit() && (bytes[4].is_ascii_digit() || bytes[4].is_ascii_uppercase())
            || bytes[0].is_ascii_uppercase() && bytes[4].is_ascii_digit())
}

/// A code, and the modifiers that some exports put behind it: `96367-59`, `96367 XS 59`.
pub(super) fn code(text: &str) -> Result<(String, Vec<String>), Bad> {
    let text = text.trim();
    let (code, rest) = text.split_once(PARTING).unwrap_or((text, ""));
    let code = code.to_ascii_uppercase();
    if !is_code(&code) {
        let bad = Bad::new(format!("{} is no CPT or HCPCS code", quoted(text)));
        let behind = text.get(5..).filter(|behind| behind.len() == 2 && behind.bytes().all(|b| b.is_ascii_alphanumeric()));
        let behind = behind.filter(|_| is_code(&text[..5].to_ascii_uppercase()));
        return Err(match behind {
            Some(modifier) => bad.help(format!("part a modifier from its code: {}-{modifier}", &text[..5])),
            None => bad.help("a code has five characters, such as 96365 or J0696"),
        });
    }
    Ok((code, modifiers(rest)?))
}

/// What may stand between a code and its modifiers, and between these.
const PARTING: [char; 8] = [' ', ',', '-', ':', ';', '/', '|', '\u{A0}'];

/// Modifiers of one text: `XS 59`, `XS-59`, `XS,59`, `XS:59`.
pub(super) fn modifiers(text: &str) -> Result<Vec<String>, Bad> {
    let mut found = Vec::new();
    for part in text.split(PARTING).map(str::trim).filter(|part| !part.is_empty()) {
        add_modifier(&mut found, part)?;
    }
    Ok(found)
}

/// One modifier more; none stands twice.
pub(super) fn add_modifier(to: &mut Vec<String>, text: &str) -> Result<(), Bad> {
    let modifier = text.trim().to_ascii_uppercase();
    if modifier.len() != 2 || !modifier.bytes().all(|b| b.is_ascii_alphanumeric()) {
        let bad = Bad::new(format!("{} is no modifier", quoted(text)));
        return Err(bad.help("a modifier has two characters; several are parted by a blank: XS 59"));
    }
    if !to.contains(&modifier) {
        to.push(modifier);
    }
    Ok(())
}

/// A plain number: digits, one point, a minus sign in front.
pub(super) fn number(text: &str) -> Option<Decimal> {
    // 28 digits are exact; beyond that nothing is a count or a price.
    const LONGEST: usize = 24;
    let text = text.trim();
    let bare = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sound = bare.len() <= LONGEST && bare.bytes().any(|b| b.is_ascii_digit()) && bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if sound { text.parse().ok() } else { None }
}

/// Units, exactly as written.
pub(super) fn units(text: &str) -> Result<Decimal, Bad> {
    number(text).ok_or_else(|| {
        let bad = Bad::new(format!("{} is no number of units", quoted(text)));
        if text.contains(',') { bad.help("write the number with a point or nothing: 1000, 2.5") } else { bad }
    })
}

/// An amount of money: also with a dollar sign, thousands parted by commas, a credit in brackets.
pub(super) fn amount(text: &str) -> Result<Decimal, Bad> {
    let bare = text.trim();
    let (bare, credit) = match bare.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (bare, false),
    };
    let (bare, credit) = match bare.strip_prefix('-') {
        Some(rest) if !credit => (rest.trim(), true),
        _ => (bare, credit),
    };
    let bare = bare.strip_prefix('$').unwrap_or(bare).trim();
    let plain = if bare.contains(',') { without_commas(bare) } else { Some(bare.to_owned()) };
    let read = plain.filter(|plain| !plain.starts_with(['-', '+'])).and_then(|plain| number(&plain));
    let read = read.map(|amount| if credit { -amount } else { amount });
    read.ok_or_else(|| Bad::new(format!("{} is no amount", quoted(text))).help("an amount is written 1234.50, $1,234.50 or (12.00)"))
}

/// `1,234.50` without its comma, if each stands before three digits.
fn without_commas(text: &str) -> Option<String> {
    let whole = text.split('.').next().unwrap_or(text);
    let mut groups = whole.split(',');
    let first = groups.next().filter(|first| digits(first) && first.len() <= 3);
    (first.is_some() && groups.all(|group| group.len() == 3 && digits(group))).then(|| text.replace(',', ""))
}

/// A name of an account or patient, as written.
pub(super) fn name(text: &str) -> Result<String, Bad> {
    const LONGEST: usize = 200;
    if text.len() > LONGEST {
        return Err(Bad::new(format!("the number of an account or patient has {} characters", text.chars().count())));
    }
    if text.contains('\u{FFFD}') {
        return Err(Bad::new(format!("{} holds a character that is not UTF-8", quoted(text))).help("save the file as UTF-8"));
    }
    Ok(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_or_refused_never_guessed() {
        for text in ["2026-03-02", "20260302", "03/02/2026", "3/2/2026", "2026-03-02T00:00:00Z", "2026-03-02 14:05", "3/2/2026 12:00:00 AM"]
        {
            assert_eq!(date(text).map(|d| d.to_string()).as_deref(), Ok("2026-03-02"), "{text}");
        }
        for text in ["2026-03-02T20:05:00-06:00", "2026-03-02T23:00:00Z"] {
            assert!(date(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "02.03.2026",
            "3/2/26",
            "26-03-02",
            "2026-3-2",
            "46083",
            "2026-02-30",
            "13/02/2026",
            "0026-03-02",
            "2026/03/02",
            "2 Mar 2026",
            "2026-03-02x",
            "2026-03-02T01:30:00Z",
            "2026-03-02 noon",
            "2026-03",
            "\u{661}/2/2026",
        ] {
            assert!(date(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_code_may_carry_its_modifiers() {
        for text in ["96367-59", "96367 59", "96367:59", "96367,59", " 96367 - 59 "] {
            assert_eq!(code(text), Ok(("96367".to_owned(), vec!["59".to_owned()])), "{text}");
        }
        assert_eq!(code("j0696"), Ok(("J0696".to_owned(), vec![])));
        assert_eq!(code("0001A").map(|c| c.0).as_deref(), Ok("0001A"));
        for text in ["", "9636", "963650", "9636759", "ABCDE", "J069X", "96365.0", "\u{e9}6365", "96367-5", "0250"] {
            assert!(code(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_exact() {
        assert_eq!(units(" 2.50 ").map(|u| u.to_string()).as_deref(), Ok("2.50"));
        assert_eq!(units("-1").map(|u| u.to_string()).as_deref(), Ok("-1"));
        for text in ["", "1,000", "1e3", "two", "1.2.3", "--1", ".", "NaN", "1_000", "999999999999999999999999999999"] {
            assert!(units(text).is_err(), "{text}");
        }
        for (text, is) in [("$1,234.50", "1234.50"), ("(12.00)", "-12.00"), ("-$5", "-5"), ("300", "300")] {
            assert_eq!(amount(text).map(|a| a.to_string()).as_deref(), Ok(is), "{text}");
        }
        for text in ["", "12,5", "1234,567", "$", "((1))", "--5", "-(5)", "EUR 5"] {
            assert!(amount(text).is_err(), "{text}");
        }
    }
}
