//! A file's bytes to its text, and text of a file in a message.

use crate::session::finding::{Finding, Place};
use crate::show::excerpt::harmless;

use super::intake::{ID, Intake};

/// The text, without the mark that some editors put in front. Hospital exports are often in the
/// code page of the machine: what is not UTF-8 is replaced and told, since codes, dates and units
/// are plain letters and digits.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Intake), Box<Finding>> {
    let whole = |message: &str, help: &str| Err(Box::new(Finding::error(ID, Place::Text(0..0), message).help(help)));
    let export = "export the claim as CSV, X12 837 or FHIR JSON";
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return whole("the file is UTF-16, not UTF-8", "save it as UTF-8: Excel calls that CSV UTF-8");
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xD0\xCF\x11\xE0") {
        return whole("the file is a workbook or an archive, not text", "save its sheet as CSV");
    }
    if bytes.starts_with(b"%PDF") {
        return whole("the file is a PDF, not text", export);
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(at) = bytes.iter().position(|&b| b == 0) {
        return whole(&format!("byte {} is NUL: this is no text file", at + 1), export);
    }
    let mut intake = Intake::new();
    let text = match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(problem) => {
            let at = problem.valid_up_to();
            let message = format!("byte {} is not UTF-8 (0x{:02X}): such characters are replaced", at + 1, bytes[at]);
            let told = Finding::warning(ID, Place::Text(at..at + '\u{FFFD}'.len_utf8()), message);
            intake.tell(told.label("the first").help("save the file as UTF-8 where a name or number depends on it"));
            String::from_utf8_lossy(bytes).into_owned()
        }
    };
    let start = text.trim_start();
    if start.is_empty() {
        return whole("the file is empty", export);
    }
    if start.starts_with('<') {
        return whole("the file is XML or a web page", export);
    }
    Ok((text, intake))
}

/// A few characters of the file for a message, with nothing in them that steers a terminal.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((cut, _)) => format!("`{}...`", harmless(&text[..cut])),
        None => format!("`{}`", harmless(text)),
    }
}
