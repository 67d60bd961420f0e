//! Rows and cells of a table, each with its bytes in the file.
//!
//! A library that hands on the cells alone would leave a finding without its place, and would
//! swallow the rest of the file at a quote that nobody closes.

use std::borrow::Cow;
use std::ops::Range;

/// A quoted cell over more lines than this is a quote that was never closed.
const MOST_LINES: usize = 20;

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell<'t> {
    /// Its value, without quotes and outer blanks.
    pub(super) text: Cow<'t, str>,
    /// Its bytes, quotes and all.
    pub(super) range: Range<usize>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row<'t> {
    pub(super) range: Range<usize>,
    pub(super) cells: Vec<Cell<'t>>,
    /// A quote that opens a cell and is not closed.
    pub(super) open_quote: Option<usize>,
    /// A quoted cell that runs over the end of its line.
    pub(super) over_lines: Option<Range<usize>>,
    /// Text between a closing quote and the next delimiter.
    pub(super) after_quote: Option<Range<usize>>,
}

/// The rows of a text, blank ones left out.
#[derive(Debug, Clone)]
pub(super) struct Rows<'t> {
    text: &'t str,
    at: usize,
    delimiter: u8,
}

impl<'t> Rows<'t> {
    /// From a byte on; the delimiter is ASCII.
    pub(super) fn new(text: &'t str, at: usize, delimiter: u8) -> Self {
        Rows { text, at, delimiter }
    }

    fn row(&mut self) -> Row<'t> {
        let start = self.at;
        let mut row = Row { range: start..start, cells: Vec::new(), open_quote: None, over_lines: None, after_quote: None };
        loop {
            let end = self.cell(&mut row);
            self.at = end;
            if self.text.as_bytes().get(end) == Some(&self.delimiter) {
                self.at += 1;
                continue;
            }
            row.range = start..end;
            return row;
        }
    }

    /// Reads one cell; returns where it ends.
    fn cell(&self, row: &mut Row<'t>) -> usize {
        let bytes = self.text.as_bytes();
        let blank = bytes[self.at..].iter().take_while(|b| **b == b' ').count();
        let open = self.at + blank;
        if bytes.get(open) != Some(&b'"') {
            let end = self.end_of_plain(self.at);
            row.cells.push(self.plain_cell(self.at..end));
            return end;
        }
        let Some(close) = closing(bytes, open) else {
            row.open_quote.get_or_insert(open);
            let end = self.end_of_plain(open);
            row.cells.push(self.plain_cell(open..end));
            return end;
        };
        let inner = &self.text[open + 1..close];
        let lines = inner.bytes().filter(|b| *b == b'\n').count();
        if lines > MOST_LINES {
            row.open_quote.get_or_insert(open);
            let end = self.end_of_plain(open);
            row.cells.push(self.plain_cell(open..end));
            return end;
        }
        if inner.contains(['\n', '\r']) {
            row.over_lines.get_or_insert(open..close + 1);
        }
        let end = self.end_of_plain(close + 1);
        if !self.text[close + 1..end].trim().is_empty() {
            row.after_quote.get_or_insert(close + 1..end);
        }
        let text =
            if inner.contains('"') { Cow::Owned(inner.replace("\"\"", "\"").trim().to_owned()) } else { Cow::Borrowed(inner.trim()) };
        row.cells.push(Cell { text, range: open..close + 1 });
        end
    }

    fn plain_cell(&self, range: Range<usize>) -> Cell<'t> {
        let whole = &self.text[range.clone()];
        let text = whole.trim();
        let start = range.start + (whole.len() - whole.trim_start().len());
        Cell { text: Cow::Borrowed(text), range: start..start + text.len() }
    }

    fn end_of_plain(&self, from: usize) -> usize {
        let ends = |b: &u8| *b == self.delimiter || *b == b'\n' || *b == b'\r';
        self.text.as_bytes()[from..].iter().position(ends).map_or(self.text.len(), |n| from + n)
    }
}

/// The quote that closes the one at `open`: the last of the next odd run of quotes. Linear over a
/// whole file: where a search fails no odd run follows, so no later search fails.
fn closing(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        at += bytes[at..].iter().position(|b| *b == b'"')?;
        let run = bytes[at..].iter().take_while(|b| **b == b'"').count();
        if run % 2 == 1 {
            return Some(at + run - 1);
        }
        at += run;
    }
}

impl<'t> Iterator for Rows<'t> {
    type Item = Row<'t>;

    fn next(&mut self) -> Option<Row<'t>> {
        loop {
            let bytes = self.text.as_bytes();
            self.at += bytes[self.at..].iter().take_while(|b| matches!(**b, b'\n' | b'\r')).count();
            if self.at >= bytes.len() {
                return None;
            }
            let row = self.row();
            if row.cells.iter().any(|cell| !cell.text.is_empty()) {
                return Some(row);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        Rows::new(text, 0, b',').map(|row| row.cells.iter().map(|cell| cell.text.to_string()).collect()).collect()
    }

    #[test]
    fn cells_are_those_that_were_written() {
        assert_eq!(
            cells("a,b\r\n1, 2 \n\n,,\n\"x, \"\"y\"\"\",\"\"\r3,"),
            [vec!["a", "b"], vec!["1", "2"], vec!["x, \"y\"", ""], vec!["3", ""]]
        );
        assert_eq!(cells("a 20\" tube,b"), [["a 20\" tube", "b"]]);
        assert!(cells("").is_empty() && cells("\n\r\n , \n").is_empty());
    }

    #[test]
    fn every_cell_knows_its_bytes() {
        let text = "a, b ,\"c\"\n  \"d\"\"\" , \u{e9}";
        let found: Vec<&str> = Rows::new(text, 0, b',').flat_map(|row| row.cells).map(|cell| &text[cell.range]).collect();
        assert_eq!(found, ["a", "b", "\"c\"", "\"d\"\"\"", "\u{e9}"]);
    }

    #[test]
    fn an_open_quote_ends_with_its_line() {
        let text = format!("\"a,b\nc,d\n{}", "e,f\n".repeat(30));
        let rows: Vec<Row> = Rows::new(&text, 0, b',').collect();
        assert_eq!((rows.len(), rows[0].open_quote, rows[1].open_quote), (32, Some(0), None));
        let far = format!("\"a,b\n{}x,\"y\"\n", "e,f\n".repeat(30));
        assert_eq!(Rows::new(&far, 0, b',').count(), 32);
    }
}
