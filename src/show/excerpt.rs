//! A finding drawn over the lines of the log that it concerns.

use std::borrow::Cow;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::session::finding::Severity;
use crate::session::locate::line_column;

/// Characters of a line that are kept before its label.
const BEFORE: usize = 80;

/// Characters of a line that are kept from its label on.
const AFTER: usize = 160;

/// Columns that a cut line and its label fit into: what is left is never cut once more.
const COLUMNS: usize = 2 * (BEFORE + AFTER);

/// Two labels at most this many lines apart share a picture.
const NEAR: usize = 60;

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Excerpt<'a> {
    /// How bad it is.
    pub severity: Severity,
    /// The rule's or finding's id, such as `U2`; may be empty.
    pub id: &'a str,
    /// What is the matter, in one line.
    pub message: &'a str,
    /// The file, as it was named.
    pub path: &'a str,
    /// The file's whole text.
    pub text: &'a str,
    /// The bytes that it is about, and a few words on them.
    pub primary: Option<(Range<usize>, &'a str)>,
    /// Other bytes that matter to it.
    pub second: Option<(Range<usize>, &'a str)>,
    /// What to do about it.
    pub help: Option<&'a str>,
}

/// Draws it as a compiler would: message, place, the lines with their labels, help.
#[must_use]
pub fn draw(e: &Excerpt, color: bool) -> String {
    draw_with(e, color, &|offset| line_column(e.text, offset))
}

/// The same for one of many: by an offset it is told line and column, and need not count from the top.
pub(super) fn draw_with(e: &Excerpt, color: bool, place: Place) -> String {
    let level = match e.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let mut title = level.primary_title(harmless(e.message));
    if !e.id.is_empty() {
        title = title.id(harmless(e.id));
    }
    let mut group = Group::with_title(title);
    let mut drawn_as = Vec::new();
    match &e.primary {
        None => group = group.element(Origin::path(harmless(e.path))),
        Some(_) if e.text.is_empty() => group = group.element(Origin::path(harmless(e.path)).line(1).char_column(1)),
        Some(primary) => {
            for part in pictures(e, primary, place) {
                let (snippet, drawn) = lines(e, &part, place);
                group = group.element(snippet);
                drawn_as.extend(drawn);
            }
        }
    }
    if let Some(help) = e.help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    // Without a link: a file's name must not reach the terminal as an escape sequence.
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let renderer = renderer.hyperlink(false).decor_style(DecorStyle::Ascii).term_width(COLUMNS);
    let mut drawn = renderer.render(&[group]);
    for (wrong, right) in drawn_as {
        drawn = drawn.replacen(&wrong, &right, 1);
    }
    drawn.push('\n');
    drawn
}

/// Line and column of an offset, from 1.
type Place<'p> = &'p dyn Fn(usize) -> (usize, usize);

/// Labels that share a picture, and how each is marked.
struct Picture<'a> {
    /// The number of the first line.
    line: usize,
    labels: Vec<(AnnotationKind, &'a Label<'a>)>,
}

/// One picture for both labels where they are near, else one each: only their lines are handed on,
/// so that neither a long file nor a long line matters.
fn pictures<'a>(e: &'a Excerpt, primary: &'a Label, place: Place) -> Vec<Picture<'a>> {
    let line = |label: &Label| place(label.0.start).0;
    let main = Picture { line: line(primary), labels: vec![(AnnotationKind::Primary, primary)] };
    let Some(second) = &e.second else {
        return vec![main];
    };
    let aside = Picture { line: line(second), labels: vec![(AnnotationKind::Context, second)] };
    if main.line.abs_diff(aside.line) > NEAR {
        return vec![main, aside];
    }
    let labels = main.labels.into_iter().chain(aside.labels).collect();
    vec![Picture { line: main.line.min(aside.line), labels }]
}

/// The bytes that a label underlines, and its words.
type Label<'a> = (Range<usize>, &'a str);

/// The lines of a picture, cut to size, and where that falsifies the column, the place as it will be
/// drawn and as it should be.
fn lines<'a>(e: &'a Excerpt, picture: &Picture<'a>, position: Place) -> (Snippet<'a, Annotation<'a>>, Option<(String, String)>) {
    let text = e.text;
    let labels = &picture.labels;
    let path = harmless(e.path);
    let mut drawn_as = None;
    let boundary = |at: usize| text.floor_char_boundary(at);
    let starts = || labels.iter().map(|(_, label)| boundary(label.0.start));
    let (first, last) = (starts().min().unwrap_or(0), starts().max().unwrap_or(0));
    let from = text[..first].rfind('\n').map_or(0, |n| n + 1);
    let to = text[last..].find('\n').map_or(text.len(), |n| last + n);
    let mut source = String::new();
    let mut annotations = Vec::new();
    let mut at = from;
    for line in text[from..to].split('\n') {
        let all = at..at + line.len();
        at = all.end + 1;
        let shown = all.start..all.start + line.trim_end_matches('\r').len();
        let within = |label: &Label| {
            let start = boundary(label.0.start);
            // What goes on over several lines is underlined on its first.
            let end = boundary(label.0.end).clamp(start, shown.end.max(start));
            (all.start..=all.end).contains(&start).then_some(start..end)
        };
        let here = || labels.iter().filter_map(|(kind, label)| Some((kind, label, within(label)?)));
        let focus = here().next().map_or(shown.start, |(_, _, range)| range.start);
        let window = window(text, &shown, focus);
        let line_start = source.len();
        if window.start > shown.start {
            source.push_str("...");
        }
        let base = source.len();
        let place = |at: usize| {
            let at = at.clamp(window.start, window.end);
            base + harmless(&text[window.start..at]).len()
        };
        for (kind, label, range) in here() {
            let cut_away = range.start < window.start || (range.start > window.end && window.end < shown.end);
            if !cut_away {
                let annotation = kind.span(place(range.start)..place(range.end));
                annotations.push(annotation.label(harmless(label.1)));
            }
        }
        source.push_str(&harmless(&text[window.clone()]));
        if let Some(range) = within(labels[0].1).filter(|_| window.start > shown.start) {
            let (line, column) = position(range.start);
            let drawn = 1 + source[line_start..place(range.start)].chars().count();
            drawn_as = Some((format!("{path}:{line}:{drawn}"), format!("{path}:{line}:{column}")));
        }
        if window.end < shown.end {
            source.push_str("...");
        }
        source.push('\n');
    }
    let snippet = Snippet::source(source).line_start(picture.line).path(path);
    (snippet.annotations(annotations), drawn_as)
}

/// The part of a line around `focus` that is shown.
fn window(text: &str, line: &Range<usize>, focus: usize) -> Range<usize> {
    if text[line.clone()].chars().nth(BEFORE + AFTER).is_none() {
        return line.clone();
    }
    let focus = focus.clamp(line.start, line.end);
    let before = text[line.start..focus].char_indices().rev().nth(BEFORE - 1);
    let after = text[focus..line.end].char_indices().nth(AFTER);
    let start = before.map_or(line.start, |(n, _)| line.start + n);
    start..after.map_or(line.end, |(n, _)| focus + n)
}

/// Text from a file with nothing in it that a terminal would obey: blanks of all kinds become
/// spaces; control, invisible and direction-changing characters are shown as `\u{FFFD}`.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| tame(c) == c) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().map(tame).collect()) }
}

/// One character of [`harmless`].
#[must_use]
pub fn tame(c: char) -> char {
    match c {
        '\t' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{AD}'
        | '\u{61C}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{E0000}'..='\u{E007F}' => '\u{FFFD}',
        c if c.is_control() => '\u{FFFD}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt<'a>(text: &'a str, primary: &str, label: &'a str) -> Excerpt<'a> {
        let at = text.find(primary).expect("stands in the text");
        Excerpt {
            severity: Severity::Error,
            id: "U2",
            message: "it stops before it starts",
            path: "a.ron",
            text,
            primary: Some((at..at + primary.len(), label)),
            second: None,
            help: None,
        }
    }

    #[test]
    fn two_labels_and_help_share_a_picture() {
        let text = "one\n  Start (at: \"09:05\"),\n  Stop  (at: \"08:37\"),\nend\n";
        let mut e = excerpt(text, "\"08:37\"", "28 minutes before that");
        e.second = Some((17..24, "started here"));
        e.help = Some("write the date too");
        let drawn = "\
error[U2]: it stops before it starts
 --> a.ron:3:14
  |
2 |   Start (at: \"09:05\"),
  |              ------- started here
3 |   Stop  (at: \"08:37\"),
  |              ^^^^^^^ 28 minutes before that
  |
  = help: write the date too
";
        assert_eq!(draw(&e, false), drawn);
        assert!(draw(&e, true).contains("\u{1b}["));
    }

    #[test]
    fn without_a_place_it_names_the_file() {
        let mut e = excerpt("x", "x", "");
        (e.primary, e.id, e.severity) = (None, "", Severity::Warning);
        assert_eq!(draw(&e, false), "warning: it stops before it starts\n--> a.ron\n");
    }

    #[test]
    fn far_labels_keep_their_own_line_numbers() {
        let text = format!("first\n{}last\n", "between\n".repeat(5000));
        let mut e = excerpt(&text, "last", "here");
        e.second = Some((0..5, "and there"));
        let drawn = draw(&e, false);
        assert!(drawn.contains("--> a.ron:5002:1") && drawn.contains("a.ron:1:1"), "{drawn}");
        assert!(drawn.contains("5002 | last") && drawn.contains("1 | first"), "{drawn}");
        assert!(drawn.lines().count() < 14, "{drawn}");
    }

    #[test]
    fn a_long_line_is_cut_and_its_column_kept() {
        let text = format!("{}NEEDLE{}", "x".repeat(3_000_000), "y".repeat(3_000_000));
        let drawn = draw(&excerpt(&text, "NEEDLE", "here"), false);
        assert!(drawn.contains("a.ron:1:3000001") && drawn.contains("NEEDLE"), "{drawn}");
        assert!(drawn.contains("^^^^^^ here") && drawn.len() < 1000, "{drawn}");
    }

    #[test]
    fn a_second_label_too_far_along_the_line_is_dropped() {
        let text = format!("AAA{}NEEDLE", "x".repeat(5000));
        let mut e = excerpt(&text, "NEEDLE", "here");
        e.second = Some((0..3, "there"));
        let drawn = draw(&e, false);
        assert!(drawn.contains("^^^^^^ here") && !drawn.contains("there"), "{drawn}");
        assert!(drawn.contains("a.ron:1:5004"), "{drawn}");
    }

    #[test]
    fn what_spans_lines_is_underlined_on_its_first() {
        let drawn = draw(&excerpt("Stop(\r\n  at: 1,\r\n)\r\n", "Stop(\r\n  at: 1,\r\n)", "this"), false);
        assert!(drawn.contains("1 | Stop(\n  | ^^^^^ this\n"), "{drawn}");
    }

    #[test]
    fn nothing_from_the_file_steers_the_terminal() {
        let text = "a \u{1b}[31m\u{202E}x\u{200B}\u{9B}\u{7F}\0 \tNEEDLE \u{2066}";
        let mut e = excerpt(text, "NEEDLE", "la\u{1b}bel");
        (e.message, e.path, e.help) = ("m\u{1b}]0;t\u{7}", "p\u{202E}\n", Some("h\u{8}"));
        let drawn = draw(&e, false);
        let bad = |c: char| c != '\n' && (c.is_control() || c == '\u{202E}' || c == '\u{200B}');
        assert!(!drawn.contains(bad), "{drawn:?}");
        assert!(drawn.contains("^^^^^^"), "{drawn}");
    }

    #[test]
    fn any_range_is_drawn() {
        for text in ["", "\n", "a\u{e9}\u{1F600}b", "\r\n\r\n", "x\ny"] {
            for start in 0..text.len() + 3 {
                for end in 0..text.len() + 3 {
                    let mut e = excerpt("", "", "l");
                    (e.text, e.primary) = (text, Some((start..end, "l")));
                    e.second = Some((end..start, "m"));
                    let drawn = draw(&e, false);
                    assert!(drawn.contains("a.ron:"), "{text:?} {start} {end}: {drawn}");
                }
            }
        }
    }
}
