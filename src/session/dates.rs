//! Dates and clock times as people write them, by the text alone: what a minute they are is for
//! the calendar to say.

use chrono::NaiveDate;

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// Says what was expected.
pub fn read_date(text: &str) -> Result<NaiveDate, String> {
    let bytes = text.as_bytes();
    let shape = bytes.len() == 10 && bytes.iter().enumerate().all(|(i, b)| if i == 4 || i == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(format!("{} is not a date: expected YYYY-MM-DD, such as 2026-03-02", shown(text)));
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    NaiveDate::from_ymd_opt(i32::try_from(number(0..4)).unwrap_or(0), number(5..7), number(8..10))
        .ok_or_else(|| format!("`{text}` is not a day of the calendar"))
}

/// The date in `2026-3-2`, `2026/03/02`, `20260302` or `2026-03-02 09:05`, as it is written here.
/// Where the year does not come first, day and month cannot be told apart.
#[must_use]
pub fn year_first(text: &str) -> Option<String> {
    let day = text.trim().split([' ', 'T']).next()?;
    let date = if day.len() == 8 && day.bytes().all(|b| b.is_ascii_digit()) {
        NaiveDate::from_ymd_opt(day[..4].parse().ok()?, day[4..6].parse().ok()?, day[6..].parse().ok()?)
    } else {
        let mut parts = day.split(['-', '/', '.']);
        let (year, month, last) = (parts.next().filter(|year| year.len() == 4)?, parts.next()?, parts.next()?);
        NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, last.parse().ok()?)
    };
    Some(date?.format("%Y-%m-%d").to_string())
}

/// `09:05` where `905`, `9.05`, `09;05` or `0905h` was written for it.
#[must_use]
pub fn as_clock(written: &str) -> Option<String> {
    let bare = written.trim().trim_end_matches(['h', 'H', 'r', 's', '.']).trim_end();
    let (hour, minute) = match bare.split_once(['.', ';', ':', ',', 'h']) {
        Some(parts) => parts,
        None if matches!(bare.len(), 3 | 4) && bare.is_ascii() => bare.split_at(bare.len() - 2),
        None => return None,
    };
    let number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<u32>().ok()).flatten();
    let (h, m) = (number(hour)?, number(minute)?);
    (hour.len() <= 2 && minute.len() == 2 && h < 24 && m < 60).then(|| format!("{h:02}:{m:02}"))
}

/// A text as a message names it.
pub(crate) fn shown(text: &str) -> String {
    if text.trim().is_empty() { "an empty text".to_owned() } else { format!("`{text}`") }
}
