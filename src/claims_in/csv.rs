//! Charges as a table.

use std::collections::BTreeMap;
use std::ops::Range;

use super::cells::{self, Bad};
use super::headers::{self, Column};
use super::intake::Intake;
use super::rows::{Cell, Row, Rows};
use super::text::quoted;
use super::{Account, Charged, Spot};

/// What parts the cells, the likelier first.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Titles and dates of an export may stand above its header, so many rows at most.
const MOST_ABOVE: usize = 20;

/// A header row and how its columns are read.
struct Table<'t> {
    header: Row<'t>,
    /// The columns of each kind, the preferred first.
    columns: BTreeMap<Column, Vec<usize>>,
    rows: Rows<'t>,
}

/// Reads a table; what is wrong is told.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let (start, stated) = stated_delimiter(text);
    let tables = DELIMITERS.into_iter().filter(|delimiter| stated.is_none_or(|stated| stated == *delimiter));
    // The delimiter under which the most columns are known; the first of equals.
    let table = tables
        .filter_map(|delimiter| table(text, start, delimiter))
        .reduce(|best, next| if next.known() > best.known() { next } else { best });
    let Some(mut table) = table else { return };
    if !table.is_complete(intake) {
        return;
    }
    table.tell_unread(intake);
    let mut without_code = 0;
    let mut first_without = 0..0;
    for row in table.rows.by_ref() {
        match charged(&row, &table.header, &table.columns, intake) {
            Ok(Some(line)) => intake.take(line),
            Ok(None) => {
                if without_code == 0 {
                    first_without = row.range;
                }
                without_code += 1;
            }
            Err((range, bad)) => intake.error(range, bad),
        }
    }
    if without_code > 0 {
        let what =
            if without_code == 1 { "1 row has no code and is".to_owned() } else { format!("{without_code} rows have no code and are") };
        let label = if without_code == 1 { "" } else { "the first" };
        intake.warning(first_without, Bad::new(format!("{what} not read")).label(label));
    }
}

/// `sep=;` in the first line, as Excel writes it.
fn stated_delimiter(text: &str) -> (usize, Option<u8>) {
    let line = text.lines().next().unwrap_or("");
    match line.trim().trim_matches('"').strip_prefix("sep=").map(str::as_bytes) {
        Some([delimiter]) if DELIMITERS.contains(delimiter) => (line.len(), Some(*delimiter)),
        _ => (0, None),
    }
}

/// The table under one delimiter: its header is the row of the first few that names most columns.
fn table(text: &str, start: usize, delimiter: u8) -> Option<Table<'_>> {
    let mut rows = Rows::new(text, start, delimiter);
    let mut best: Option<Table> = None;
    for _ in 0..MOST_ABOVE {
        let Some(header) = rows.next() else { break };
        let mut columns: BTreeMap<Column, Vec<(usize, usize)>> = BTreeMap::new();
        for (at, cell) in header.cells.iter().enumerate() {
            if let Some((column, rank)) = headers::find(&cell.text) {
                columns.entry(column).or_default().push((rank, at));
            }
        }
        let columns = columns.into_iter().map(|(column, mut found)| {
            // Several modifiers stand in the order of the file.
            if !matches!(column, Column::Modifier | Column::Diagnosis) {
                found.sort_unstable();
            }
            (column, found.into_iter().map(|(_, at)| at).collect())
        });
        let table = Table { header, columns: columns.collect(), rows: rows.clone() };
        if best.as_ref().is_none_or(|best| table.known() > best.known()) {
            best = Some(table);
        }
    }
    best
}

impl Table<'_> {
    fn known(&self) -> usize {
        self.columns.len()
    }

    /// Whether every column that is needed is there; else says which is not, and the nearest name.
    fn is_complete(&self, intake: &mut Intake) -> bool {
        let has = |column| self.columns.contains_key(&column);
        if self.known() == 0 {
            let bad = Bad::new("the table has no header that is known").label("read as the header");
            let help = format!(
                "the first row names the columns: {}, {}, {}, {}",
                example(Column::Session),
                example(Column::Date),
                example(Column::Code),
                example(Column::Units)
            );
            intake.error(self.header.range.clone(), bad.help(help));
            return false;
        }
        let mut complete = true;
        for column in [Column::Session, Column::Date, Column::Code, Column::Units] {
            if has(column) || (column == Column::Session && has(Column::Patient)) {
                continue;
            }
            complete = false;
            let what = if column == Column::Session { "the account or the patient" } else { column.words() };
            let bad = Bad::new(format!("the header has no column for {what}"));
            let slip = self.header.cells.iter().find_map(|cell| {
                let (of, name) = headers::slip_of(&cell.text).filter(|_| headers::find(&cell.text).is_none())?;
                (of == column || (column == Column::Session && of == Column::Patient)).then_some((cell, name))
            });
            match slip {
                Some((cell, name)) => intake.error(cell.range.clone(), bad.help(format!("did you mean `{name}`?"))),
                None => {
                    let or = if column == Column::Session { format!(", or {}", Column::Patient.some_names()) } else { String::new() };
                    intake.error(self.header.range.clone(), bad.help(format!("name it {}{or}", column.some_names())));
                }
            }
        }
        complete
    }

    /// Columns that are passed over: a slip in the name of one that is not there is a warning.
    fn tell_unread(&self, intake: &mut Intake) {
        let mut unread: Vec<&Cell> = Vec::new();
        for cell in self.header.cells.iter().filter(|cell| !cell.text.is_empty() && headers::find(&cell.text).is_none()) {
            match headers::slip_of(&cell.text) {
                Some((column, name)) if column == Column::Modifier || !self.columns.contains_key(&column) => {
                    let bad = Bad::new(format!("the column {} is not read", quoted(&cell.text)));
                    intake.warning(cell.range.clone(), bad.help(format!("did you mean `{name}`?")));
                }
                _ => unread.push(cell),
            }
        }
        if let [first, ..] = unread[..] {
            const MOST: usize = 12;
            let mut names: Vec<String> = unread.iter().take(MOST).map(|cell| quoted(&cell.text)).collect();
            if unread.len() > MOST {
                names.push(format!("{} more", unread.len() - MOST));
            }
            let what = if unread.len() == 1 { "a column is" } else { "some columns are" };
            intake.note(first.range.clone(), Bad::new(format!("{what} not read: {}", names.join(", "))));
        }
    }
}

fn example(column: Column) -> &'static str {
    headers::accepted(column).first().copied().unwrap_or("")
}

type Wrong = (Range<usize>, Bad);

/// One row's line; none where it has no code.
fn charged(row: &Row, header: &Row, columns: &BTreeMap<Column, Vec<usize>>, intake: &mut Intake) -> Result<Option<Charged>, Wrong> {
    is_sound(row, header)?;
    if let Some(range) = &row.over_lines {
        intake.warning(range.clone(), Bad::new("a cell runs over the end of its line").label("is a closing quote missing?"));
    }
    let filled = |column: Column| {
        let at = columns.get(&column).into_iter().flatten();
        at.filter_map(|at| row.cells.get(*at)).filter(|cell| !cell.text.is_empty())
    };
    let one = |column: Column| agreed(column, filled(column));
    let read = |cell: &Cell, bad: Bad| (cell.range.clone(), bad);

    let Some(code) = one(Column::Code)? else { return Ok(None) };
    let (code, mut modifiers) = cells::code(bare(&code.text)).map_err(|bad| read(code, bad))?;
    for cell in filled(Column::Modifier) {
        for modifier in cells::modifiers(bare(&cell.text)).map_err(|bad| read(cell, bad))? {
            if !modifiers.contains(&modifier) {
                modifiers.push(modifier);
            }
        }
    }
    let absent = |column: Column| (row.range.clone(), Bad::new(format!("{code} has no {}", column.words().trim_start_matches("the "))));
    let date_cell = one(Column::Date)?.ok_or_else(|| absent(Column::Date))?;
    let date = cells::date(bare(&date_cell.text)).map_err(|bad| read(date_cell, bad))?;
    let through = match one(Column::Through)? {
        None => None,
        Some(cell) => {
            let last = cells::date(bare(&cell.text)).map_err(|bad| read(cell, bad))?;
            if last < date {
                return Err(read(cell, Bad::new(format!("the last date of service, {last}, lies before the first, {date}"))));
            }
            Some(last).filter(|last| *last > date)
        }
    };
    let units_cell = one(Column::Units)?.ok_or_else(|| absent(Column::Units))?;
    let units = cells::units(bare(&units_cell.text)).map_err(|bad| read(units_cell, bad))?;
    let account = account(filled(Column::Session), filled(Column::Patient))?;
    if account.session.is_none() && account.patient.is_none() {
        return Err((row.range.clone(), Bad::new(format!("{code} has neither account nor patient"))));
    }
    // Units are what is compared: a price that cannot be read is no reason to lose the line.
    let priced =
        one(Column::Amount).and_then(|cell| cell.map(|cell| cells::amount(bare(&cell.text)).map_err(|bad| read(cell, bad))).transpose());
    let amount = priced.unwrap_or_else(|(range, bad)| {
        intake.warning(range, Bad { message: format!("{}: the line is read without", bad.message), ..bad });
        None
    });
    let parts =
        |cell: &Cell| cell.text.split([' ', ',', ';', '|', ':']).filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let diagnoses = filled(Column::Diagnosis).flat_map(parts).collect();
    let spot = Spot { range: row.range.clone(), ..Spot::default() };
    Ok(Some(Charged { account, date, through, code, modifiers, units, amount, diagnoses, spot }))
}

/// A row that is cut otherwise than its header would be read in the wrong columns.
fn is_sound(row: &Row, header: &Row) -> Result<(), Wrong> {
    if let Some(open) = row.open_quote {
        let bad = Bad::new("a cell's opening quote is never closed").label("opened here");
        return Err((open..open + 1, bad.help("close it, or write a quote inside a cell twice: \"\"")));
    }
    if let Some(range) = &row.after_quote {
        let bad = Bad::new("text follows a closing quote").label("this");
        return Err((range.clone(), bad.help("a quote inside a quoted cell is written twice: \"\"")));
    }
    let (cells, wanted) = (row.cells.len(), header.cells.len());
    let spare_empty = row.cells.iter().skip(wanted).all(|cell| cell.text.is_empty());
    if cells < wanted || !spare_empty {
        let bad = Bad::new(format!("the row has {cells} {}, the header {wanted}", if cells == 1 { "cell" } else { "cells" }));
        let help = if cells > wanted { "quote a cell that holds the delimiter" } else { "leave no column out, not even an empty one" };
        return Err((row.range.clone(), bad.help(help)));
    }
    Ok(())
}

/// The one value of a column that a file may have twice: what is filled must agree.
fn agreed<'c, 't>(column: Column, mut filled: impl Iterator<Item = &'c Cell<'t>>) -> Result<Option<&'c Cell<'t>>, Wrong> {
    let Some(first) = filled.next() else { return Ok(None) };
    match filled.find(|cell| !cell.text.eq_ignore_ascii_case(&first.text)) {
        None => Ok(Some(first)),
        Some(other) => {
            let message = format!("two columns say {}: {} and {}", column.words(), quoted(&first.text), quoted(&other.text));
            let bad = Bad::new(message).help("leave one of the columns, or give the other a header that is none");
            Err((other.range.clone(), bad))
        }
    }
}

fn account<'c, 't: 'c>(
    sessions: impl Iterator<Item = &'c Cell<'t>>,
    patients: impl Iterator<Item = &'c Cell<'t>>,
) -> Result<Account, Wrong> {
    let named = |cell: &Cell| cells::name(bare(&cell.text)).map_err(|bad| (cell.range.clone(), bad));
    let sessions = sessions.map(named).collect::<Result<Vec<_>, _>>()?;
    let patients = patients.map(named).collect::<Result<Vec<_>, _>>()?;
    let (mut sessions, mut patients) = (sessions.into_iter(), patients.into_iter());
    Ok(Account { session: sessions.next(), patient: patients.next(), also: sessions.chain(patients).collect() })
}

/// A cell that was kept from a spreadsheet's arithmetic: `="00123"`, `'00123`.
fn bare(text: &str) -> &str {
    let inner = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).or_else(|| text.strip_prefix('\''));
    inner.unwrap_or(text).trim()
}
