//! JSON: one array of sessions, or one object a line.

use super::Exporter;
use super::view::Sheet;
use crate::Bill;

/// An array with one object a session.
pub struct Json;

impl Exporter for Json {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        let mut text = serde_json::to_string_pretty(sheets).expect("plain data");
        text.push('\n');
        text
    }
}

/// One object a line.
pub struct NdJson;

impl Exporter for NdJson {
    fn export(&self, _: &[Bill], sheets: &[Sheet]) -> String {
        sheets.iter().map(|sheet| serde_json::to_string(sheet).expect("plain data") + "\n").collect()
    }
}
