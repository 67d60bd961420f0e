//! The screen as a frame: what runs on top, picture and bill in the middle, the keys below. What
//! does not fit is left out, the least important first.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::body;
use super::chart::{Chart, Mark};
use super::chooser::Chooser;
use super::draw_form::{self, Drawn};
use super::ink::{Ink, Manner, flow};
use super::state::{Mode, Screen, Tone};
use hangtime::writing::Refusal;

/// Runs may take this share of what the keys leave.
const RUNS_SHARE: usize = 2;

/// Fewer lines show no picture.
const LEAST_BODY: usize = 3;

/// A message longer than this is cut.
const MOST_OF_A_MESSAGE: usize = 6;

/// Draws the screen.
pub fn draw(frame: &mut Frame, screen: &Screen, manner: Manner) {
    let area = frame.area();
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let head = head(screen, width, manner);
    let room = height.saturating_sub(1);
    let below = below(screen, width, room, manner);
    let left = room.saturating_sub(below.lines.len());
    let mut lines = vec![head];
    match (&screen.mode, &screen.chart) {
        (Mode::Choose(chooser), _) => lines.extend(logs(chooser, width, left, manner)),
        (_, Some(Ok(chart))) => lines.extend(middle(screen, chart, width, left, manner)),
        (_, Some(Err(refusal))) => lines.extend(unread(refusal, width, manner)),
        (_, None) => {}
    }
    lines.resize(1 + left, Line::default());
    let top = lines.len();
    lines.extend(below.lines);
    for (at, line) in lines.iter().take(height).enumerate() {
        let row = Rect { x: area.x, y: area.y + at as u16, width: area.width, height: 1 };
        frame.render_widget(line, row);
    }
    if let Some((column, row)) = below.cursor
        && top + row < height
    {
        let column = column.min(width.saturating_sub(1));
        frame.set_cursor_position(Position { x: area.x + column as u16, y: area.y + (top + row) as u16 });
    }
}

/// The file, the session and the time.
fn head(screen: &Screen, width: usize, manner: Manner) -> Line<'static> {
    let (mut left, right) = match (&screen.place, &screen.chart) {
        (Some(place), Some(Ok(chart))) => {
            let now = chart.handover.calendar.wall(chart.handover.now).format("%a %-d %b %H:%M").to_string();
            let name = place.path.display().to_string();
            ([vec![name], vec![chart.id.clone()], chart.about.clone()].concat().join("  "), now)
        }
        (Some(place), _) => (place.path.display().to_string(), String::new()),
        (None, _) => ("hangtime log".to_owned(), String::new()),
    };
    left = manner.fit(&left, width.saturating_sub(right.width() + 3));
    let gap = width.saturating_sub(left.width() + right.width() + 2);
    Line::from(vec![manner.span(&format!(" {left}"), Ink::Bold), Span::raw(" ".repeat(gap)), manner.span(&right, Ink::Plain)])
}

/// Runs, then picture and bill.
fn middle(screen: &Screen, chart: &Chart, width: usize, room: usize, manner: Manner) -> Vec<Line<'static>> {
    let runs = runs(chart, width, manner);
    let body_may = room.saturating_sub(runs.len()) > LEAST_BODY;
    let most = if body_may { room } else { (room / RUNS_SHARE).max(1).min(room) };
    let mut lines = cut(runs, most, manner);
    let left = room.saturating_sub(lines.len());
    if left > LEAST_BODY {
        lines.extend(body::draw(screen, chart, width, left, manner));
    } else if left > 0 {
        lines.push(manner.line(&manner.fit(&format!(" {}", body::in_a_line(chart)), width), Ink::Plain));
    }
    lines
}

/// As many lines as fit, the last one telling how many do not.
fn cut(mut lines: Vec<Line<'static>>, most: usize, manner: Manner) -> Vec<Line<'static>> {
    if lines.len() > most {
        let more = lines.len() - most.saturating_sub(1);
        lines.truncate(most.saturating_sub(1));
        lines.push(manner.line(&format!("   and {more} more"), Ink::Dim));
    }
    lines
}

/// A line a run, marked where it is to be looked at.
fn runs(chart: &Chart, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let handover = &chart.handover;
    let mut lines = Vec::new();
    if handover.running.is_empty() {
        lines.push(manner.line(" Nothing runs.", Ink::Plain));
    }
    let widest = |of: &dyn Fn(&hangtime::timeline::Running) -> usize| handover.running.iter().map(of).max().unwrap_or(0);
    let names = widest(&|run| run.written.width()).min(width / 3);
    let sites = widest(&|run| run.site.as_deref().unwrap_or_default().width()).min(width / 5);
    for run in &handover.running {
        let (since, state, mark) = chart.state(run);
        let (sign, ink) = match mark {
            Mark::Fine => (" ", Ink::Plain),
            Mark::Open => ("?", Ink::Plain),
            Mark::Due => ("!", Ink::Look),
        };
        let site = padded(run.site.as_deref().unwrap_or_default(), sites, manner);
        let mut line = Line::from(manner.span(&format!(" {sign} "), ink));
        line.push_span(manner.span(&padded(&run.written, names, manner), Ink::Bold));
        let rest = if sites > 0 { format!("  {site}  {since}, ") } else { format!("  {since}, ") };
        line.push_span(manner.span(&rest, Ink::Plain));
        let room = width.saturating_sub(line.width());
        line.push_span(manner.span(&manner.fit(&state, room), ink));
        lines.push(line);
    }
    for run in &handover.at_home {
        lines.push(manner.line(&manner.fit(&format!("   {} went home on its pump", run.written), width), Ink::Dim));
    }
    lines
}

fn padded(words: &str, width: usize, manner: Manner) -> String {
    let words = manner.fit(words, width);
    let blanks = width.saturating_sub(words.width());
    words + &" ".repeat(blanks)
}

/// A file that is no log any more.
fn unread(refusal: &Refusal, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let inner = width.saturating_sub(2);
    let mut lines = manner.wrapped(&refusal.message, inner, Ink::Wrong);
    for finding in &refusal.findings {
        lines.extend(manner.wrapped(&finding.message, inner, Ink::Plain));
        lines.extend(finding.help.iter().flat_map(|help| manner.wrapped(help, inner, Ink::Dim)));
    }
    lines.extend(refusal.help.iter().flat_map(|help| manner.wrapped(help, inner, Ink::Plain)));
    lines.iter_mut().for_each(|line| line.spans.insert(0, Span::raw(" ")));
    lines
}

/// The logs to choose from, the chosen one always in sight.
fn logs(chooser: &Chooser, width: usize, room: usize, manner: Manner) -> Vec<Line<'static>> {
    let mut lines: Vec<Line> = manner.wrapped(&format!(" {}", chooser.why), width.saturating_sub(1), Ink::Plain);
    lines.truncate(room / 2);
    let rows = room.saturating_sub(lines.len());
    let from = chooser.chosen.saturating_sub(rows.saturating_sub(1));
    for (at, entry) in chooser.entries.iter().enumerate().skip(from).take(rows) {
        let (sign, ink) = if at == chooser.chosen && chooser.form.is_none() { (">", Ink::Chosen) } else { (" ", Ink::Plain) };
        let told = manner.fit(&entry.told, width.saturating_sub(4));
        lines.push(Line::from(vec![Span::raw(format!(" {sign} ")), manner.span(&told, ink)]));
    }
    lines
}

/// Messages, the form, the keys.
fn below(screen: &Screen, width: usize, room: usize, manner: Manner) -> Drawn {
    let mut messages = messages(screen, width, manner);
    let keys = keys(screen, width, manner);
    let form = match &screen.mode {
        Mode::Tell(order) | Mode::Doubt(order, _) => Some((order.deed.title(), &order.form)),
        Mode::Choose(chooser) => chooser.form.as_ref().map(|form| ("A new log, of today", form)),
        Mode::Watch | Mode::Undo(_) => None,
    };
    // What runs stays in sight, if only by a line.
    let most = room.saturating_sub(1);
    messages.truncate(most.saturating_sub(keys.len()).max(1));
    let fixed = messages.len() + keys.len();
    let mut drawn = match form {
        Some((title, form)) => draw_form::draw(title, form, width, most.saturating_sub(fixed), manner),
        None => Drawn::default(),
    };
    drawn.lines.extend(messages);
    drawn.lines.extend(keys);
    drawn.lines.truncate(room);
    drawn
}

fn messages(screen: &Screen, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if let Mode::Undo(line) = &screen.mode {
        lines.extend(manner.wrapped(&format!("Take out the last event? {line}"), width.saturating_sub(2), Ink::Look));
    }
    for (tone, words) in &screen.message {
        let ink = match tone {
            Tone::Done => Ink::Good,
            Tone::Look => Ink::Plain,
            Tone::Wrong => Ink::Wrong,
        };
        lines.extend(manner.wrapped(words, width.saturating_sub(2), ink));
    }
    lines.truncate(MOST_OF_A_MESSAGE);
    lines.iter_mut().for_each(|line| line.spans.insert(0, Span::raw(" ")));
    lines
}

/// What each key does now.
fn keys(screen: &Screen, width: usize, manner: Manner) -> Vec<Line<'static>> {
    let keys: &[(&str, &str)] = match &screen.mode {
        Mode::Watch => &[
            ("s", "start"),
            ("t", "stop"),
            ("p", "pause/resume"),
            ("h", "push"),
            ("i", "inject"),
            ("c", "check"),
            ("r", "rate"),
            ("n", "note"),
            ("u", "undo"),
            ("q", "quit"),
        ],
        Mode::Tell(_) => &[("Enter", "writes"), ("Tab", "next"), ("Esc", "leaves")],
        Mode::Doubt(..) => &[("W", "(capital) writes it anyway"), ("Esc", "back to the form")],
        Mode::Undo(_) => &[("Enter", "takes it out"), ("Esc", "leaves it")],
        Mode::Choose(chooser) => match (&chooser.form, chooser.has_new) {
            (Some(_), _) => &[("Enter", "begins it"), ("Tab", "next"), ("Esc", "leaves")],
            (None, true) => &[("Enter", "opens"), ("n", "new log"), ("q", "quit")],
            (None, false) => &[("Enter", "opens"), ("q", "quit")],
        },
    };
    let part = |(key, does): &(&str, &str)| vec![manner.span(key, Ink::Chosen), manner.span(&format!(" {does}"), Ink::Plain)];
    let parts: Vec<Vec<Span>> = keys.iter().map(part).collect();
    let mut lines = flow(&parts, width.saturating_sub(2));
    lines.iter_mut().for_each(|line| line.spans.insert(0, Span::raw(" ")));
    lines
}
