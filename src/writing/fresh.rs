//! A log of which nothing has happened yet.

use std::fmt::Write as _;
use std::path::Path;

use chrono::NaiveDate;

use super::Refusal;
use super::words::quoted;
use crate::session::dates::{read_date, year_first};
use crate::session::log::Setting;
use crate::session::parse;
use crate::timeline::calendar::read_zone;

/// What is known of a session before its first event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fresh {
    /// Its name.
    pub id: String,
    /// Where it takes place.
    pub setting: Setting,
    /// Its day, `YYYY-MM-DD`.
    pub date: String,
    /// Its zone's name.
    pub zone: Option<String>,
    /// The patient's pseudonym.
    pub patient: Option<String>,
    /// The ward.
    pub unit: Option<String>,
    /// The drug that an office visit is for.
    pub reason: Option<String>,
}

impl Fresh {
    /// The text of the log.
    ///
    /// # Errors
    /// Where the date or the zone is none.
    pub fn text(&self) -> Result<String, Refusal> {
        read_date(&self.date).map_err(|message| match year_first(&self.date) {
            Some(date) if date != self.date => Refusal::new(message).help(format!("write {date}")),
            _ => Refusal::new(message),
        })?;
        if let Some(Err((message, help))) = self.zone.as_deref().map(read_zone) {
            let refusal = Refusal::new(message);
            return Err(match help {
                Some(help) => refusal.help(help),
                None => refusal,
            });
        }
        let mut text =
            format!("Session(\n    id: {},\n    setting: {:?},\n    date: \"{}\",\n", quoted(&self.id, false), self.setting, self.date);
        for (name, value) in [("zone", &self.zone), ("patient", &self.patient), ("unit", &self.unit), ("reason", &self.reason)] {
            if let Some(value) = value {
                let _ = writeln!(text, "    {name}: {},", quoted(value, false));
            }
        }
        text.push_str("    events: [],\n)\n");
        parse::sessions(&text).map_err(|_| Refusal::new("these words make no log"))?;
        Ok(text)
    }
}

/// A name for the session of a file: the day and the file's own name, the day only once.
#[must_use]
pub fn id_of(file: &Path, date: NaiveDate) -> String {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let date = date.to_string();
    if stem.contains(&date) || stem.contains(&date.replace('-', "")) { stem } else { format!("{date}-{stem}") }
}
