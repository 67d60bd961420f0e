//! Lines of words in colours, or in none: nothing depends on them.

use hangtime::show::excerpt::harmless;
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What the terminal can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manner {
    pub color: bool,
    /// Only letters and signs of ASCII.
    pub ascii: bool,
}

/// How words look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Plain,
    Bold,
    Dim,
    Good,
    Look,
    Wrong,
    Chosen,
}

impl Manner {
    pub fn style(self, ink: Ink) -> Style {
        let style = Style::new();
        let colored = |color: Color| if self.color { style.fg(color) } else { style };
        match ink {
            Ink::Plain => style,
            Ink::Bold => style.add_modifier(Modifier::BOLD),
            Ink::Dim => style.add_modifier(Modifier::DIM),
            Ink::Good => colored(Color::Green),
            Ink::Look => colored(Color::Yellow).add_modifier(Modifier::BOLD),
            Ink::Wrong => colored(Color::Red).add_modifier(Modifier::BOLD),
            Ink::Chosen => style.add_modifier(Modifier::REVERSED),
        }
    }

    /// Words of a log or of ours.
    pub fn span(self, words: &str, ink: Ink) -> Span<'static> {
        let tame = harmless(words);
        let words = if self.ascii { tame.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect() } else { tame.into_owned() };
        Span::styled(words, self.style(ink))
    }

    pub fn line(self, words: &str, ink: Ink) -> Line<'static> {
        Line::from(self.span(words, ink))
    }

    /// Words on as many lines as they take.
    pub fn wrapped(self, words: &str, width: usize, ink: Ink) -> Vec<Line<'static>> {
        wrap(words, width).iter().map(|line| self.line(line, ink)).collect()
    }

    /// A heading with a rule behind it.
    pub fn rule(self, heading: &str, width: usize) -> Line<'static> {
        let dash = if self.ascii { "-" } else { "─" };
        let heading = self.fit(heading, width.saturating_sub(4));
        let rest = width.saturating_sub(heading.width() + 4);
        let mut line = Line::from(self.span(&dash.repeat(2), Ink::Dim));
        line.push_span(self.span(&format!(" {heading} "), Ink::Bold));
        line.push_span(self.span(&dash.repeat(rest), Ink::Dim));
        line
    }

    /// Words cut to a width.
    pub fn fit(self, words: &str, width: usize) -> String {
        let words = harmless(words);
        if words.width() <= width {
            return words.into_owned();
        }
        let more = if self.ascii { "~" } else { "…" };
        let mut used = more.width();
        let kept = words.chars().take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= width
        });
        let kept: String = kept.collect();
        format!("{}{more}", kept.trim_end())
    }
}

/// Words in lines of at most a width; a longer word is cut into pieces.
pub fn wrap(words: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(String::new()),
        }
        if lines.last().is_some_and(String::is_empty) {
            for c in word.chars() {
                if lines.last().is_some_and(|line| line.width() + c.width().unwrap_or(0) > width) {
                    lines.push(String::new());
                }
                lines.iter_mut().last().into_iter().for_each(|line| line.push(c));
            }
        }
    }
    lines
}

/// Things side by side on as many lines as they take.
pub fn flow(parts: &[Vec<Span<'static>>], width: usize) -> Vec<Line<'static>> {
    const BETWEEN: usize = 2;
    let mut lines: Vec<Line<'static>> = Vec::new();
    for part in parts {
        let wide: usize = part.iter().map(|span| span.content.width()).sum();
        match lines.last_mut() {
            Some(line) if line.width() + BETWEEN + wide <= width => {
                line.push_span(Span::raw(" ".repeat(BETWEEN)));
                line.spans.extend(part.iter().cloned());
            }
            _ => lines.push(Line::from(part.clone())),
        }
    }
    lines
}

/// The lines of a text that carries the colours of a terminal.
pub fn colored(text: &str) -> Vec<Line<'static>> {
    text.lines().map(colored_line).collect()
}

fn colored_line(line: &str) -> Line<'static> {
    let mut parts = line.split("\u{1b}[");
    let mut spans = vec![Span::raw(parts.next().unwrap_or_default().to_owned())];
    for part in parts {
        let (codes, words) = part.split_once('m').unwrap_or(("", part));
        let style = codes.split(';').fold(Style::new(), |style, code| match code {
            "1" => style.add_modifier(Modifier::BOLD),
            "2" => style.add_modifier(Modifier::DIM),
            "32" => style.fg(Color::Green),
            "33" => style.fg(Color::Yellow),
            "36" => style.fg(Color::Cyan),
            _ => style,
        });
        spans.push(Span::styled(words.to_owned(), style));
    }
    Line::from(spans)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_and_long_ones_are_cut() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("", 3), Vec::<String>::new());
        assert_eq!(wrap("wide 宽宽", 4), ["wide", "宽宽"]);
    }

    #[test]
    fn colours_of_a_terminal_become_styles() {
        let line = colored_line("a\u{1b}[1;36mb\u{1b}[0mc");
        assert_eq!(line.width(), 3);
        assert_eq!(line.spans[1].style, Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD));
        assert_eq!(line.spans[2].style, Style::new());
    }
}
