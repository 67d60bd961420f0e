//! The clock of the place, for those who write a log as it happens.

use chrono::{DateTime, FixedOffset, Local, NaiveDateTime};
use hangtime::timeline::calendar::Minute;
use hangtime::writing::Present;

/// For tests: the present instead of the clock's, "2026-03-02 09:05", with or without an offset
/// such as " -0600" from universal time.
const NOW: &str = "HANGTIME_NOW";

/// The present. Nothing else reads the clock of the place.
pub fn now() -> Result<Present, String> {
    let now = match std::env::var(NOW) {
        Ok(text) => said(&text).ok_or_else(|| format!("{NOW} is `{text}`: expected a time such as 2026-03-02 09:05"))?,
        Err(_) => Local::now().fixed_offset(),
    };
    let minute = |wall: NaiveDateTime| Minute(wall.and_utc().timestamp().div_euclid(60));
    Ok(Present { universal: minute(now.naive_utc()), wall: minute(now.naive_local()) })
}

fn said(text: &str) -> Option<DateTime<FixedOffset>> {
    let with_offset = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M %z");
    let without = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").map(|wall| wall.and_utc().fixed_offset());
    with_offset.or_else(|_| without()).ok()
}
