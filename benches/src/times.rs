//! Minutes since a session's midnight, and dates, as a log writes them.

/// The day on which all sessions of number 0 take place: 5 January 2026, counted from 1 January 1970.
pub const FIRST_DAY: u64 = 20_458;

/// `YYYY-MM-DD` of a day counted from 1 January 1970.
#[must_use]
pub fn date(day: u64) -> String {
    let (mut year, mut left) = (1970, day);
    while left >= days_of_year(year) {
        left -= days_of_year(year);
        year += 1;
    }
    let mut month = 1;
    while left >= days_of_month(year, month) {
        left -= days_of_month(year, month);
        month += 1;
    }
    format!("{year:04}-{month:02}-{:02}", left + 1)
}

/// A minute of a session that began on `day`: `HH:MM` on that day, with its date on later ones.
#[must_use]
pub fn time(day: u64, minute: u64) -> String {
    let clock = format!("{:02}:{:02}", minute / 60 % 24, minute % 60);
    if minute < 1440 { clock } else { format!("{} {clock}", date(day + minute / 1440)) }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_year(year: u64) -> u64 {
    if is_leap(year) { 366 } else { 365 }
}

fn days_of_month(year: u64, month: u64) -> u64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{FIRST_DAY, date, time};

    #[test]
    fn days_become_dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(FIRST_DAY), "2026-01-05");
        assert_eq!(date(FIRST_DAY + 785), "2028-02-29");
        assert_eq!(time(FIRST_DAY, 545), "09:05");
        assert_eq!(time(FIRST_DAY, 1440), "2026-01-06 00:00");
    }
}
