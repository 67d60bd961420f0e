//! One event put into a log's text, or taken out: every other byte stays.

use std::ops::Range;

use super::style::{Style, begins_line, indent, line_end, step};
use super::words;
use crate::session::locate::{self, Step};
use crate::session::log::Event;
use crate::session::tokens::{Kind, Tokens};

/// The list of events of a session, and where it stands.
#[derive(Debug, Clone)]
pub struct Place<'t> {
    text: &'t str,
    session: Range<usize>,
    /// With its brackets.
    list: Range<usize>,
    events: Vec<Range<usize>>,
}

impl<'t> Place<'t> {
    /// The events of the nth session of a text that can be read.
    pub fn find(text: &'t str, number: usize) -> Option<Self> {
        let session = locate::sessions(text).into_iter().nth(number)?;
        let list = locate::find_in(text, session.clone(), &[Step::Field("events")])?;
        if !text[list.clone()].starts_with('[') || !text[list.clone()].ends_with(']') {
            return None;
        }
        let events = locate::entries(text, list.clone()).into_iter().map(|entry| entry.value).collect();
        Some(Place { text, session, list, events })
    }

    /// The text with an event behind the last one, and the event as written.
    pub fn with(&self, event: &Event) -> Option<(String, String)> {
        let written = words::line(event, &self.style())?;
        let close = self.list.end - 1;
        let text = match self.events.last() {
            None if begins_line(self.text, close) => self.first_line(close, &written),
            None if self.is_on_lines() && self.text[self.list.start + 1..close].trim().is_empty() => self.opened(close, &written),
            None => self.put(close, &written),
            Some(_) if begins_line(self.text, close) => self.last_line(close, &written),
            Some(last) => self.behind(last, &written),
        };
        Some((text, written))
    }

    /// The text without its last event, and the event as it was written.
    pub fn without_last(&self) -> Option<(String, &'t str)> {
        let last = self.events.last()?;
        let taken = &self.text[last.clone()];
        let own_comma = self.comma(last);
        let end = own_comma.as_ref().map_or(last.end, |comma| comma.end);
        if self.was_opened(last, own_comma.as_ref()) {
            let blanks = self.text[..last.start].trim_end_matches([' ', '\t']).len();
            let from = self.text[..blanks].strip_suffix('\n').map_or(blanks, str::len);
            let from = self.text[..from].strip_suffix('\r').map_or(from, str::len);
            return Some((self.cut(std::slice::from_ref(&(from..self.list.end - 1))), taken));
        }
        let before = self.events.len().checked_sub(2).map(|nth| &self.events[nth]);
        let before_comma = before.and_then(|before| self.comma(before));
        let rest = &self.text[end..];
        let line_rest = rest.split_inclusive('\n').next().unwrap_or_default();
        let alone = begins_line(self.text, last.start) && line_rest.ends_with('\n') && line_rest.trim().is_empty();
        let no_comma_left = own_comma.is_none();
        let cut = if begins_line(self.text, last.start) && (alone || begins_line(self.text, self.list.end - 1)) {
            // A comment that follows on its line was written by hand: it stays there.
            let from = if alone { line_start(self.text, last.start) } else { last.start };
            let blanks = line_rest.len() - line_rest.trim_start_matches([' ', '\t']).len();
            let to = end + if alone { line_rest.len() } else { blanks };
            before_comma.filter(|_| no_comma_left).into_iter().chain(std::iter::once(from..to)).collect()
        } else {
            self.inline(last, end, before_comma, no_comma_left)
        };
        Some((self.cut(&cut), taken))
    }

    /// What goes with an event that shares its line: the comma before it and the blanks between, or
    /// its own comma and the blanks before it; never a comment.
    #[allow(clippy::single_range_in_vec_init)] // stretches to cut, one or two
    fn inline(&self, last: &Range<usize>, end: usize, before_comma: Option<Range<usize>>, no_comma_left: bool) -> Vec<Range<usize>> {
        let Some(comma) = before_comma else {
            return vec![last.start..end];
        };
        let only_blanks = self.text[comma.end..last.start].trim().is_empty();
        match (only_blanks, no_comma_left) {
            (true, true) => vec![comma.start..end],
            (true, false) => vec![comma.end..end],
            (false, true) => vec![comma, last.start..end],
            (false, false) => vec![last.start..end],
        }
    }

    /// Before a bracket that stands alone on its line, where no event does yet.
    fn first_line(&self, close: usize, written: &str) -> String {
        let line = line_start(self.text, close);
        let indent = format!("{}{}", indent(self.text, close), step(self.text, &self.session));
        let end = line_end(self.text, close);
        let text = self.put(line, &format!("{indent}{written},{end}"));
        // An undo takes `[`, one event and `]` on three lines back to `[]`; without its comma the event
        // says that the brackets stood apart before.
        let opened = Place::find(&text, self.number()).is_some_and(|place| {
            let only = place.events.first().cloned();
            only.is_some_and(|only| place.was_opened(&only, place.comma(&only).as_ref()))
        });
        if opened { self.put(line, &format!("{indent}{written}{end}")) } else { text }
    }

    /// Within `[]` of a session that has lines.
    fn opened(&self, close: usize, written: &str) -> String {
        let outer = indent(self.text, self.list.start);
        let step = step(self.text, &self.session);
        let end = line_end(self.text, close);
        self.put(close, &format!("{end}{outer}{step}{written},{end}{outer}"))
    }

    /// Whether an event looks as [`Place::opened`] leaves it.
    fn was_opened(&self, only: &Range<usize>, comma: Option<&Range<usize>>) -> bool {
        let (Some(comma), [_], [outer, ..]) = (comma, self.events.as_slice(), [indent(self.text, self.list.start)]) else {
            return false;
        };
        let before = &self.text[self.list.start + 1..only.start];
        let after = &self.text[comma.end..self.list.end - 1];
        let line_ends = |text: &str| text.matches('\n').count();
        let blank = before.trim().is_empty() && after.trim().is_empty() && line_ends(before) == 1 && line_ends(after) == 1;
        let step = step(self.text, &self.session);
        let indented = before.ends_with(&format!("\n{outer}{step}")) && after.ends_with(&format!("\n{outer}"));
        let same_end = before.ends_with(&format!("\r\n{outer}{step}")) == after.starts_with("\r\n");
        blank && indented && same_end && comma.start == only.end && after.trim_start_matches(['\r', '\n']) == outer
    }

    /// Before a bracket that stands alone on its line, behind the others.
    fn last_line(&self, close: usize, written: &str) -> String {
        let indent = self.indent(close);
        let end = line_end(self.text, close);
        let line = line_start(self.text, close);
        let last = self.events.last().cloned().unwrap_or(line..line);
        match self.comma(&last) {
            Some(_) => self.put(line, &format!("{indent}{written},{end}")),
            None => format!("{},{}{indent}{written}{end}{}", &self.text[..last.end], &self.text[last.end..line], &self.text[line..]),
        }
    }

    /// Behind the last event, where the bracket follows on its line.
    fn behind(&self, last: &Range<usize>, written: &str) -> String {
        let apart = if begins_line(self.text, last.start) {
            format!("{}{}", line_end(self.text, last.start), indent(self.text, last.start))
        } else {
            self.style().comma.trim_start_matches(',').to_owned()
        };
        match self.comma(last) {
            Some(comma) => self.put(comma.end, &format!("{apart}{written},")),
            None => self.put(last.end, &format!(",{apart}{written}")),
        }
    }

    /// As the last event that begins a line; else a step beyond the closing bracket.
    fn indent(&self, close: usize) -> String {
        match self.events.iter().rev().find(|event| begins_line(self.text, event.start)) {
            Some(event) => indent(self.text, event.start).to_owned(),
            None => format!("{}{}", indent(self.text, close), step(self.text, &self.session)),
        }
    }

    fn style(&self) -> Style {
        Style::of(self.text, &self.events, !self.is_on_lines())
    }

    fn is_on_lines(&self) -> bool {
        self.text[self.session.clone()].contains('\n')
    }

    fn number(&self) -> usize {
        locate::sessions(self.text).iter().position(|session| *session == self.session).unwrap_or(0)
    }

    /// The comma behind an event.
    fn comma(&self, event: &Range<usize>) -> Option<Range<usize>> {
        let next = Tokens::new(&self.text[..self.list.end], event.end).next()?;
        (next.kind == Kind::Comma).then(|| next.range())
    }

    fn put(&self, at: usize, what: &str) -> String {
        format!("{}{what}{}", &self.text[..at], &self.text[at..])
    }

    /// The text without these stretches, given in order.
    fn cut(&self, stretches: &[Range<usize>]) -> String {
        let mut left = String::with_capacity(self.text.len());
        let mut from = 0;
        for stretch in stretches {
            left.push_str(&self.text[from..stretch.start]);
            from = stretch.end;
        }
        left + &self.text[from..]
    }
}

/// Where the line of a place begins.
pub fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}
