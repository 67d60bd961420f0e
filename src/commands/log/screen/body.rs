//! Picture and bill, side by side where there is room, else the bill above.

use hangtime::show::timeline::{self, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::chart::Chart;
use super::ink::{Ink, Manner, colored};
use super::state::Screen;

/// From this width on they stand side by side.
const SIDE_BY_SIDE: usize = 72;

/// What a bill takes of the width.
const LEAST_BILL: usize = 27;
const MOST_BILL: usize = 48;

/// A picture is drawn no narrower.
const LEAST_PICTURE: usize = 40;

/// Draws into so many lines.
pub fn draw(screen: &Screen, chart: &Chart, width: usize, room: usize, manner: Manner) -> Vec<Line<'static>> {
    let bill_width = if width < SIDE_BY_SIDE { width } else { (width / 3).clamp(LEAST_BILL, MOST_BILL) };
    let bill = bill(chart, bill_width.saturating_sub(1), manner);
    if width < SIDE_BY_SIDE {
        let mut all = bill;
        all.iter_mut().for_each(|line| line.spans.insert(0, Span::raw(" ")));
        all.push(Line::default());
        all.extend(picture(chart, width, manner));
        let mut lines = vec![manner.rule(title(chart), width)];
        lines.extend(seen(all, screen.scroll, room - 1));
        return lines;
    }
    let left = width - bill_width - 2;
    let picture = picture(chart, left, manner);
    let longest = picture.len().max(bill.len());
    let scroll = screen.scroll.min(longest.saturating_sub(room - 1));
    let (pictured, billed) = (seen(picture, scroll, room - 1), seen(bill, scroll, room - 1));
    let mut head = manner.rule("What ran", left);
    head.push_span(Span::raw("  "));
    head.spans.extend(manner.rule(title(chart), bill_width).spans);
    let mut lines = vec![head];
    for at in 0..pictured.len().max(billed.len()) {
        let mut line = pictured.get(at).cloned().unwrap_or_default();
        let gap = (left + 2).saturating_sub(line.width());
        line.push_span(Span::raw(" ".repeat(gap)));
        line.spans.extend(billed.get(at).cloned().unwrap_or_default().spans);
        lines.push(line);
    }
    lines
}

/// The lines from the scrolled-out ones on; the last ones stay in sight.
fn seen(lines: Vec<Line<'static>>, scroll: usize, room: usize) -> Vec<Line<'static>> {
    let from = scroll.min(lines.len().saturating_sub(room));
    lines.into_iter().skip(from).take(room).collect()
}

fn title(chart: &Chart) -> &'static str {
    if chart.supposes_stops { "Bill if all stopped now" } else { "Bill" }
}

fn picture(chart: &Chart, width: usize, manner: Manner) -> Vec<Line<'static>> {
    match &chart.picture {
        Some(picture) => {
            let style = Style { width: width.max(LEAST_PICTURE), color: manner.color, ascii: manner.ascii };
            colored(&timeline::drawing(picture, style))
        }
        None => {
            let mut lines = manner.wrapped("Not drawn: the log has an error.", width.saturating_sub(1), Ink::Plain);
            lines.iter_mut().for_each(|line| line.spans.insert(0, Span::raw(" ")));
            lines
        }
    }
}

/// "96365-59 x1 ceftriaxone", a line each; days apart where there are several.
fn bill(chart: &Chart, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let sheet = &chart.sheet;
    let mut lines = status(chart, width, manner);
    let of_line = |date: &str, code: &str, modifiers: &[String], units: u64, drugs: &[String]| Row {
        date: date.to_owned(),
        code: [&[code.to_owned()], modifiers].concat().join("-"),
        units: format!("x{units}"),
        drugs: drugs.join(", "),
    };
    let given = sheet.lines.iter().map(|line| of_line(&line.date, &line.code, &line.modifiers, line.units as u64, &line.drugs));
    let drugs = sheet.drug_lines.iter().map(|line| of_line(&line.date, &line.code, &line.modifiers, line.units, &line.drugs));
    let rows: Vec<Row> = given.chain(drugs).collect();
    lines.extend(rows_of(&rows, width, manner));
    let unbilled: i64 = sheet.unbilled.iter().map(|left| left.minutes).sum();
    if unbilled > 0 && sheet.status == "billable" {
        let mut rules: Vec<&str> = sheet.unbilled.iter().map(|left| left.rule).collect();
        rules.sort_unstable();
        rules.dedup();
        lines.extend(manner.wrapped(&format!("{unbilled} min earn nothing ({})", rules.join(", ")), width, Ink::Dim));
    }
    let warnings: Vec<&str> = sheet.findings.iter().filter(|finding| finding.severity == "warning").map(|finding| finding.id).collect();
    if !warnings.is_empty() {
        let plural = if warnings.len() == 1 { "" } else { "s" };
        lines.extend(manner.wrapped(&format!("{} warning{plural} ({})", warnings.len(), warnings.join(", ")), width, Ink::Look));
    }
    lines
}

fn status(chart: &Chart, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let sheet = &chart.sheet;
    match sheet.status {
        "error" => {
            let errors = sheet.findings.iter().filter(|finding| finding.severity == "error");
            let told = errors.map(|error| match error.line {
                Some(line) => format!("line {line}: {}", error.message),
                None => error.message.clone(),
            });
            let head = "Not billed: the log has an error.".to_owned();
            std::iter::once(head).chain(told).flat_map(|words| manner.wrapped(&words, width, Ink::Wrong)).collect()
        }
        "held" => manner.wrapped("Held: nothing is billed until the record is complete.", width, Ink::Look),
        _ if sheet.lines.is_empty() => manner.wrapped("Nothing here earns a unit yet.", width, Ink::Plain),
        _ => Vec::new(),
    }
}

struct Row {
    date: String,
    code: String,
    units: String,
    drugs: String,
}

fn rows_of(rows: &[Row], width: usize, manner: Manner) -> Vec<Line<'static>> {
    let codes = rows.iter().map(|row| row.code.width()).max().unwrap_or(0);
    let units = rows.iter().map(|row| row.units.width()).max().unwrap_or(0);
    let several_days = rows.iter().any(|row| row.date != rows[0].date);
    let mut lines = Vec::new();
    let mut day = None;
    for row in rows {
        if several_days && day != Some(&row.date) {
            lines.push(manner.line(&row.date, Ink::Dim));
            day = Some(&row.date);
        }
        let room = width.saturating_sub(codes + units + 2);
        let mut line = Line::from(manner.span(&format!("{:<codes$} {:<units$} ", row.code, row.units), Ink::Bold));
        line.push_span(manner.span(&manner.fit(&row.drugs, room), Ink::Plain));
        lines.push(line);
    }
    lines
}

/// The bill where there is no room for more than a line.
pub fn in_a_line(chart: &Chart) -> String {
    match chart.sheet.status {
        "error" => "Not billed: the log has an error.".to_owned(),
        "held" => "Held until the record is complete.".to_owned(),
        _ if chart.sheet.lines.is_empty() => "Nothing earns a unit yet.".to_owned(),
        _ => {
            let lines: Vec<String> = chart.sheet.lines.iter().map(|line| format!("{} x{}", line.code, line.units)).collect();
            format!("{}: {}", if chart.supposes_stops { "If stopped now" } else { "Bill" }, lines.join(", "))
        }
    }
}
