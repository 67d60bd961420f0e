//! What spoils a text as a whole: brackets and quotes that do not pair, characters that only look
//! like RON's.

use super::locate;
use super::parse::TextProblem;
use super::tokens::{DEEPEST, Kind, Token, Tokens, is_word, skip_attributes};

/// What keeps a text's brackets and quotes from being sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unclosed {
    /// The text opened here ends where another should begin, or never.
    Quote { opened: usize, ran_on_to: usize },
    /// Never closed.
    Bracket { opened: usize, open: char },
    /// Closed by a bracket of another kind.
    Mismatch { opened: usize, open: char, closed_by: usize, close: char },
    /// Closes nothing.
    Stray { at: usize, close: char },
    /// A block comment that is never closed.
    Comment { opened: usize },
}

/// The first unclosed or mismatched quote or bracket, if any; nothing in a text that `ron` reads.
///
/// A missing quote turns all later ones inside out, so its sign is a text with a word on its heels,
/// as `x` is in `"09:05, drug: "x`.
#[must_use]
pub fn unclosed(text: &str) -> Option<Unclosed> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut tokens = Tokens::new(text, skip_attributes(text));
    let mut last: Option<Token> = None;
    while let Some(token) = tokens.next() {
        let quote = |t: Token| Some(Unclosed::Quote { opened: t.start, ran_on_to: t.end });
        if let Some(last) = last {
            let glued = last.end == token.start;
            let is_text = |t: Token| is_quote(t.kind) && !text[..t.end].ends_with('\'');
            if glued && is_text(last) && !may_follow(text, token, tokens.peek()) {
                return quote(last);
            }
            if glued && last.kind == Kind::Word && is_text(token) && &text[last.range()] != "Some" {
                return quote(token);
            }
        }
        match token.kind {
            Kind::OpenQuote => return quote(token),
            Kind::OpenComment => {
                return Some(Unclosed::Comment { opened: token.start });
            }
            Kind::Open(bracket) => {
                if open.len() == DEEPEST {
                    return None;
                }
                open.push((token.start, bracket));
            }
            Kind::Close(close) => {
                let closed_by = token.start;
                match open.pop() {
                    None => {
                        return Some(Unclosed::Stray { at: closed_by, close });
                    }
                    Some((_, '(')) if close == ')' => {}
                    Some((_, '[')) if close == ']' => {}
                    Some((_, '{')) if close == '}' => {}
                    Some((opened, open)) => {
                        return Some(Unclosed::Mismatch { opened, open, closed_by, close });
                    }
                }
            }
            _ => {}
        }
        last = Some(token);
    }
    open.pop().map(|(opened, open)| Unclosed::Bracket { opened, open })
}

/// Whether a token may stand right behind a text. A name with its colon or bracket may: there, only
/// a comma is missing.
fn may_follow(text: &str, token: Token, next: Option<Token>) -> bool {
    match token.kind {
        Kind::Word if &text[token.range()] == "." => true,
        Kind::Word => {
            let named = text[token.start..].starts_with(|c: char| c.is_alphabetic() || c == '_');
            let next = next.map(|t| t.kind);
            named && matches!(next, Some(Kind::Colon | Kind::Open('(') | Kind::Other('=')))
        }
        Kind::Open(_) => false,
        kind => !is_quote(kind),
    }
}

fn is_quote(kind: Kind) -> bool {
    matches!(kind, Kind::Quoted | Kind::OpenQuote)
}

/// The first character outside texts and comments that only looks like one of RON's.
pub(crate) fn stranger(text: &str) -> Option<TextProblem> {
    let outside = Tokens::new(text, skip_attributes(text))
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Other(_)))
        .flat_map(|token| text[token.range()].char_indices().map(move |(n, c)| (token.start + n, c)))
        .filter(|(at, c)| *c != '/' || !is_within_a_word(text, *at));
    let mut strangers = outside.filter_map(|(at, c)| Some((at, c, name_stranger(c)?)));
    let (at, c, (name, meant)) = strangers.next()?;
    let range = at..at + c.len_utf8();
    let message = match c {
        '#' | ';' | '/' => format!("`{c}` is no part of a log"),
        _ => format!("{name} (U+{:04X}) stands outside any text", c as u32),
    };
    let label = meant.map_or("delete it".to_owned(), |plain| format!("write {plain} instead"));
    let problem = TextProblem::new(range, message).label(label);
    Some(match strangers.count() {
        0 => problem,
        1 => problem.help("one more such character follows"),
        more => problem.help(format!("{more} more such characters follow")),
    })
}

/// The slash in `America/Chicago` is no comment gone wrong: quotes are missing there.
fn is_within_a_word(text: &str, at: usize) -> bool {
    text[..at].ends_with(is_word) && text[at + 1..].starts_with(is_word)
}

/// What a character that RON has no use for is called, and what was meant by it.
fn name_stranger(c: char) -> Option<(&'static str, Option<String>)> {
    let (name, plain) = match c {
        '#' => ("a hash", "`//` before a comment".to_owned()),
        '/' => ("a single slash", "`//` before a comment".to_owned()),
        ';' => ("a semicolon", "`,`".to_owned()),
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => ("a curly quote", "`\"`".to_owned()),
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2039}' | '\u{203A}' | '\u{B4}' => ("a curly single quote", "`\"`".to_owned()),
        '\u{A0}' | '\u{2007}' | '\u{202F}' => ("a no-break space", "a plain space".to_owned()),
        '\u{2000}'..='\u{200A}' | '\u{205F}' | '\u{3000}' => ("a space of unusual width", "a plain space".to_owned()),
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {
            return Some(("an invisible character", None));
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' => ("a dash", "`-`".to_owned()),
        '\u{3001}' | '\u{3002}' | '\u{60C}' => ("a foreign comma", "`,`".to_owned()),
        '\u{FF01}'..='\u{FF5E}' => {
            let plain = char::from_u32(c as u32 - 0xFEE0)?;
            ("a full-width character", format!("`{plain}`"))
        }
        _ => return None,
    };
    Some((name, Some(plain)))
}

/// An unsound bracket or quote, in words; the text begins at this line and column of a longer one.
pub(crate) fn unpaired(text: &str, begins: (usize, usize)) -> Option<TextProblem> {
    let place = |at| {
        let (line, column) = locate::behind(begins, locate::line_column(text, at));
        format!("{line}:{column}")
    };
    let one = |at: usize| at..at + 1;
    Some(match unclosed(text)? {
        Unclosed::Quote { opened, ran_on_to } => {
            let before = text[..opened].chars().next_back();
            let first_line = text[opened..ran_on_to].lines().next().unwrap_or_default();
            let range = opened..opened + first_line.len();
            if before.is_some_and(is_word) {
                TextProblem::new(one(opened), "a text has no opening quote").label("this would close it")
            } else if ran_on_to == text.len() {
                let curly = first_line.contains(['\u{201C}', '\u{201D}', '\u{201E}']);
                let label = if curly { "a curly quote does not close it" } else { "is a closing `\"` missing?" };
                TextProblem::new(range, "a text is never closed").label(label)
            } else if &text[opened..ran_on_to] == "\"\"" {
                TextProblem::new(range, "a text begins with two quotes").label("write one `\"` on each side")
            } else if first_line.contains(['\u{201C}', '\u{201D}', '\u{201E}']) {
                let message = format!("the text opened here runs on to {}", place(ran_on_to));
                TextProblem::new(range, message).label("a curly quote does not close it")
            } else {
                let message = format!("the text opened here runs on to {}", place(ran_on_to));
                TextProblem::new(range, message)
                    .label("is a closing `\"` missing?")
                    .second(ran_on_to - 1..ran_on_to, "this quote ends it")
                    .help("a quote within a text is written `\\\"`")
            }
        }
        Unclosed::Bracket { opened, open } => TextProblem::new(one(opened), format!("`{open}` is never closed"))
            .label("opened here")
            .help(format!("write its `{}` where it ends", closing(open))),
        Unclosed::Mismatch { opened, open, closed_by, close } => {
            let message = format!("`{open}` opened at {} is closed by `{close}`", place(opened));
            let wanted = closing(open);
            TextProblem::new(one(closed_by), message)
                .label(format!("expected `{wanted}`"))
                .second(one(opened), "opened here")
                .help(format!("a `{wanted}` is missing before this, or this `{close}` has nothing to close"))
        }
        Unclosed::Stray { at, close } => TextProblem::new(one(at), format!("`{close}` closes nothing")).label("one too many"),
        Unclosed::Comment { opened } => TextProblem::new(opened..opened + 2, "a comment is never closed")
            .label("opened here")
            .help("comments nest: each `/*` needs its own `*/`"),
    })
}

fn closing(open: char) -> char {
    match open {
        '[' => ']',
        '{' => '}',
        _ => ')',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::locate::tests::LOG;

    #[test]
    fn what_is_not_closed_is_found_where_it_opened() {
        use Unclosed::{Bracket, Comment, Mismatch, Quote, Stray};
        for (text, found) in [
            (LOG, None),
            ("#![type = \"x\"] A('(', \"a\nb\", 'x)", None),
            ("A([)", Some(Mismatch { opened: 2, open: '[', closed_by: 3, close: ')' })),
            ("A([]", Some(Bracket { opened: 1, open: '(' })),
            ("A()}", Some(Stray { at: 3, close: '}' })),
            ("A(/* /* */", Some(Comment { opened: 2 })),
            ("A(\"x)", Some(Quote { opened: 2, ran_on_to: 5 })),
            ("A(r#\"x\")", Some(Quote { opened: 2, ran_on_to: 8 })),
            ("A(\"9, b: \"x\")", Some(Quote { opened: 2, ran_on_to: 10 })),
            ("A(9\", b: \"x\")", Some(Quote { opened: 3, ran_on_to: 10 })),
            ("A(a: \"9\" b: \"x\")", None),
        ] {
            assert_eq!(unclosed(text), found, "{text}");
        }
    }
}
