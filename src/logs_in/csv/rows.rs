//! A table's text to its rows, each with its line; a bad row stops no other.

use std::sync::Arc;

use csv::{ByteRecord, ReaderBuilder};

use crate::logs_in::report::{Report, Spot};

/// After so many quotes that were never closed the table is not one.
const MOST_OPEN_QUOTES: usize = 20;

/// Takes the header and a row; returns whether to go on.
pub type Take<'t> = dyn FnMut(&[String], Spot, &[String], &mut Report) -> bool + 't;

/// Hands over each row that has as many fields as the header and is UTF-8.
pub fn each(file: &Arc<str>, bytes: &[u8], delimiter: char, report: &mut Report, take: &mut Take) {
    let spot = |line: usize| Spot { file: file.clone(), line, column: None };
    let Ok(delimiter) = u8::try_from(delimiter) else {
        return report.fault(spot(1), "the delimiter must be one plain character");
    };
    let mut header: Option<Vec<String>> = None;
    let mut open_quotes = 0;
    let (mut start, mut lines_before) = (0, 0);
    'again: loop {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(&bytes[start..]);
        let mut record = ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(problem) => return report.fault(spot(lines_before + 1), format!("the table cannot be read: {problem}")),
            }
            let position = record.position().map_or((0, 0), |position| (position.byte(), position.line()));
            let (at, line) = (start + usize::try_from(position.0).unwrap_or(0), lines_before + usize::try_from(position.1).unwrap_or(0));
            let wanted = header.as_ref().map(Vec::len);
            if wanted.is_some_and(|wanted| wanted != record.len()) {
                let end = start + usize::try_from(reader.position().byte()).unwrap_or(0);
                let first = at + bytes[at..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
                let line = line + bytes[at..first].iter().filter(|byte| **byte == b'\n').count();
                let line_end = bytes[first..end.max(first)].iter().position(|byte| *byte == b'\n').map(|length| first + length + 1);
                report.seen += 1;
                match line_end.filter(|next| *next < end) {
                    // A quote that is never closed swallows the lines behind it: they are read again without it.
                    Some(next) => {
                        report.fault(spot(line), "a quote is opened and not closed on this line: the row is not read");
                        open_quotes += 1;
                        if open_quotes == MOST_OPEN_QUOTES {
                            return report.fault(spot(line), "too many open quotes: the rest of the table is not read");
                        }
                        (start, lines_before) = (next, line);
                        continue 'again;
                    }
                    None => report.fault(spot(line), format!("the row has {} fields, the header {}", record.len(), wanted.unwrap_or(0))),
                }
                continue;
            }
            let fields: Option<Vec<String>> =
                record.iter().map(|field| std::str::from_utf8(field).ok().map(|text| text.trim().to_owned())).collect();
            let Some(fields) = fields else {
                let column = record.iter().position(|field| std::str::from_utf8(field).is_err()).map(|at| at + 1);
                report.fault(Spot { column, ..spot(line) }, "this is not UTF-8: save the table as UTF-8");
                if header.is_none() {
                    return;
                }
                report.seen += 1;
                continue;
            };
            match &header {
                None => header = Some(fields),
                Some(header) => {
                    if !take(header, spot(line), &fields, report) {
                        return;
                    }
                }
            }
        }
        break;
    }
    if header.is_none() {
        report.fault(spot(1), "the table is empty: expected a first line that names the columns");
    }
}
