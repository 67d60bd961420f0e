//! An audit as an Excel workbook: all lines, the findings, the sums.

use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Color, Format, Formula, Workbook, Worksheet as Sheet, XlsxError};

use super::super::excerpt::harmless;
use super::{COLUMNS, SheetRow, Worksheet};

/// Columns that hold numbers.
const UNITS: [usize; 2] = [3, 7];
const AMOUNT: usize = 17;
const WIDTHS: [f64; 18] = [24.0, 13.0, 17.0, 13.0, 13.0, 15.0, 19.0, 15.0, 15.0, 17.0, 17.0, 24.0, 26.0, 8.0, 60.0, 12.0, 12.0, 12.0];

/// The workbook's bytes.
///
/// # Errors
/// Where the workbook cannot be made: more than 1,048,574 rows, which is all that a sheet holds.
pub fn workbook(worksheet: &Worksheet) -> Result<Vec<u8>, String> {
    write(worksheet).map_err(|problem| format!("the workbook cannot be written: {problem}"))
}

fn write(worksheet: &Worksheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let all: Vec<&SheetRow> = worksheet.rows.iter().collect();
    let findings: Vec<&SheetRow> = worksheet.rows.iter().filter(|row| row.is_difference).collect();
    fill(book.add_worksheet().set_name("Findings")?, &findings)?;
    fill(book.add_worksheet().set_name("Lines")?, &all)?;
    sums(book.add_worksheet().set_name("Sums")?, worksheet)?;
    book.save_to_buffer()
}

/// A header that stays, a filter on every column, a row of totals below.
fn fill(sheet: &mut Sheet, rows: &[&SheetRow]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_background_color(Color::RGB(0x00E8_EDF2)).set_text_wrap();
    let wrapped = Format::new().set_text_wrap();
    for (column, name) in (0u16..).zip(COLUMNS) {
        sheet.write_string_with_format(0, column, name, &head)?;
        sheet.set_column_width(column, WIDTHS[usize::from(column)])?;
    }
    for (row, of) in (1u32..).zip(rows) {
        for (column, cell) in of.cells().iter().enumerate() {
            let place = u16::try_from(column).unwrap_or(u16::MAX);
            match cell.parse::<f64>() {
                Ok(number) if UNITS.contains(&column) || column == AMOUNT => sheet.write_number(row, place, number)?,
                _ if cell.is_empty() => continue,
                _ => sheet.write_string_with_format(row, place, harmless(cell), &wrapped)?,
            };
        }
    }
    let last = u32::try_from(rows.len()).unwrap_or(u32::MAX - 2);
    sheet.set_freeze_panes(1, 1)?;
    if last > 0 {
        sheet.autofilter(0, 0, last, u16::try_from(COLUMNS.len() - 1).unwrap_or(u16::MAX))?;
    }
    totals(sheet, rows, last, &head)
}

fn totals(sheet: &mut Sheet, rows: &[&SheetRow], last: u32, head: &Format) -> Result<(), XlsxError> {
    let row = last + 2;
    sheet.write_string_with_format(row, 0, "total", head)?;
    for column in UNITS.into_iter().chain([AMOUNT]) {
        let sum: f64 = rows.iter().filter_map(|of| of.cells()[column].parse::<f64>().ok()).sum();
        let letter = char::from(b'A' + u8::try_from(column).unwrap_or(0));
        // Of what the filter shows; the value stands there for readers that do not reckon.
        let formula =
            Formula::new(format!("=SUBTOTAL(109,{letter}2:{letter}{})", last + 1)).set_result(format!("{}", (sum * 100.0).round() / 100.0));
        sheet.write_formula_with_format(row, u16::try_from(column).unwrap_or(u16::MAX), formula, head)?;
    }
    Ok(())
}

fn sums(sheet: &mut Sheet, worksheet: &Worksheet) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    sheet.set_column_width(0, 28.0)?;
    let mut row = 0;
    sheet.write_string(row, 0, worksheet.counts())?;
    if let Some(amounts) = worksheet.amounts() {
        row += 1;
        sheet.write_string(row, 0, amounts)?;
    }
    if let Some(source) = &worksheet.source_of_rates {
        row += 1;
        sheet.write_string(row, 0, harmless(source))?;
    }
    row += 2;
    for (column, name) in (0u16..).zip(["code", "rows", "differ", "units charged", "units supported", "amount"]) {
        sheet.write_string_with_format(row, column, name, &head)?;
    }
    for of in &worksheet.summary.codes {
        row += 1;
        sheet.write_string(row, 0, harmless(&of.code))?;
        sheet.write_number(row, 1, u32::try_from(of.rows).unwrap_or(u32::MAX))?;
        sheet.write_number(row, 2, u32::try_from(of.differences).unwrap_or(u32::MAX))?;
        sheet.write_number(row, 3, of.charged.to_f64().unwrap_or(0.0))?;
        sheet.write_number(row, 4, of.supported.to_f64().unwrap_or(0.0))?;
        if worksheet.rates.is_some() {
            sheet.write_number(row, 5, of.amount.to_f64().unwrap_or(0.0))?;
        }
    }
    Ok(())
}
