//! RON's tokens and brackets, in any text: nothing of logs, and nothing that `ron` would refuse is
//! refused here. Every walk is linear.

use std::ops::Range;

/// Nothing is followed deeper than this, where `ron` stops too.
pub(crate) const DEEPEST: usize = 128;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open(char),
    Close(char),
    Comma,
    Colon,
    /// A text, a byte text or a character, with its quotes.
    Quoted,
    /// A quote that the end of the file closes.
    OpenQuote,
    /// A comment that the end of the file closes.
    OpenComment,
    /// A name or a number.
    Word,
    /// Anything else, one character long.
    Other(char),
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

impl Token {
    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// The name that this first token of a value gives to it.
    pub(crate) fn name(self) -> Option<Range<usize>> {
        matches!(self.kind, Kind::Word | Kind::Open(_)).then(|| self.range())
    }
}

/// The tokens of a text, blanks and comments left out.
#[derive(Debug, Clone)]
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    /// The token at `at`, where it was looked at before it was taken.
    ahead: Option<Token>,
}

impl<'t> Tokens<'t> {
    /// From `at`, which must not stand within a token.
    pub(crate) fn new(text: &'t str, at: usize) -> Self {
        Tokens { text, at: text.ceil_char_boundary(at), ahead: None }
    }

    pub(crate) fn within(text: &'t str, range: &Range<usize>) -> Self {
        Tokens { text: &text[..range.end], at: range.start, ahead: None }
    }

    pub(crate) fn peek(&mut self) -> Option<Token> {
        self.ahead = self.next();
        self.ahead
    }

    /// The value that begins here; nothing before a comma, a colon or a closing bracket.
    pub(crate) fn value(&mut self) -> Option<Range<usize>> {
        let first = self.peek()?;
        if matches!(first.kind, Kind::Comma | Kind::Colon | Kind::Close(_)) {
            return None;
        }
        self.next();
        let mut end = match (first.kind, self.peek().map(|t| t.kind)) {
            (Kind::Open(_), _) => self.group_end(),
            (Kind::Word, Some(Kind::Open('(' | '{'))) => {
                self.next();
                self.group_end()
            }
            // `Some "x"` is a curiosity that `ron` lets pass.
            (Kind::Word, Some(Kind::Word | Kind::Quoted)) if &self.text[first.range()] == "Some" => {
                self.next().map_or(first.end, |t| t.end)
            }
            _ => first.end,
        };
        let inclusive = first.kind == Kind::Word && self.text[..end].ends_with("..");
        if inclusive && self.text[end..].starts_with('=') {
            self.next(); // `1..=2` is one value
            end = self.next().map_or(end, |t| t.end);
        }
        Some(first.start..end)
    }

    /// Goes behind the bracket that closes the one just read.
    fn group_end(&mut self) -> usize {
        if let Some(end) = self.plain_group_end() {
            self.at = end;
            self.ahead = None;
            return end;
        }
        let mut depth = 1_usize;
        for token in self.by_ref() {
            match token.kind {
                Kind::Open(_) => depth += 1,
                Kind::Close(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return token.end;
            }
        }
        self.text.len()
    }

    /// As [`Self::group_end`], where nothing stands within that could hide a bracket but plain texts.
    fn plain_group_end(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (self.ahead.map_or(self.at, |ahead| ahead.start), 1_usize);
        while depth > 0 {
            match *bytes.get(at)? {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth -= 1,
                // A raw text has no escapes and may hold quotes.
                b'"' if !matches!(bytes[at - 1], b'r' | b'#') => {
                    at += length_until(&bytes[at..], |byte| matches!(byte, b'"' | b'\\')).filter(|length| bytes[at + length] == b'"')?;
                }
                b'"' | b'/' | b'\'' => return None,
                _ => {}
            }
            at += 1;
        }
        Some(at)
    }

    /// Behind the quote that closes a text whose inside begins at `from`.
    fn quote_end(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = from;
        loop {
            at += bytes.get(at..)?.iter().position(|&b| b == b'"' || b == b'\\')?;
            if bytes[at] == b'"' {
                return Some(at + 1);
            }
            at += 2;
        }
    }

    /// Behind a character literal such as `'x'` or `'\u{E9}'` that begins at `from`.
    fn char_end(&self, from: usize) -> Option<usize> {
        let inner = self.text[from..].strip_prefix('\'')?;
        Some(from + 1 + behind_char(inner)?)
    }

    /// The end of a text or character that begins at `from`, and whether it is closed.
    fn quoted(&self, from: usize) -> Option<(Kind, usize)> {
        let closed = |end: Option<usize>| match end {
            Some(end) => (Kind::Quoted, end),
            None => (Kind::OpenQuote, self.text.len()),
        };
        let bare = &self.text[from..];
        let unprefixed = bare.strip_prefix('b').unwrap_or(bare);
        let prefix = bare.len() - unprefixed.len();
        if unprefixed.starts_with('"') {
            return Some(closed(self.quote_end(from + prefix + 1)));
        }
        if unprefixed.starts_with('\'') {
            return self.char_end(from + prefix).map(|end| (Kind::Quoted, end));
        }
        let raw = unprefixed.strip_prefix('r')?;
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inside = raw[hashes..].strip_prefix('"')?;
        let closing = format!("\"{}", &raw[..hashes]);
        let start = self.text.len() - inside.len();
        Some(closed(inside.find(&closing).map(|n| start + n + closing.len())))
    }

    /// Behind the nested comment whose inside begins at `from`.
    fn block_comment_end(&self, from: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (from, 1_usize);
        while depth > 0 {
            at += bytes.get(at..)?.iter().position(|&b| b == b'/' || b == b'*')?;
            match (bytes[at], bytes.get(at + 1)) {
                (b'/', Some(b'*')) => depth += 1,
                (b'*', Some(b'/')) => depth -= 1,
                _ => {
                    at += 1;
                    continue;
                }
            }
            at += 2;
        }
        Some(at)
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let token = self.ahead.take().or_else(|| self.plain()).or_else(|| self.read())?;
        self.at = token.end;
        Some(token)
    }
}

impl Tokens<'_> {
    /// A token of ASCII as most are, told by its bytes; any other needs [`Self::read`].
    fn plain(&mut self) -> Option<Token> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(self.at) {
            self.at += 1;
        }
        let (start, rest) = (self.at, bytes.get(self.at..)?);
        let (kind, length) = match *rest.first()? {
            open @ (b'(' | b'[' | b'{') => (Kind::Open(char::from(open)), 1),
            close @ (b')' | b']' | b'}') => (Kind::Close(char::from(close)), 1),
            b',' => (Kind::Comma, 1),
            b':' => (Kind::Colon, 1),
            b'"' => {
                let length = length_until(rest, |byte| matches!(byte, b'"' | b'\\')).filter(|length| rest[*length] == b'"')?;
                (Kind::Quoted, length + 1)
            }
            // These two may open a text.
            b'b' | b'r' => return None,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => {
                let length = length_until(rest, |byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'+' | b'-')));
                (Kind::Word, length.filter(|length| rest[*length].is_ascii())?)
            }
            _ => return None,
        };
        Some(Token { kind, start, end: start + length })
    }

    /// Any token.
    fn read(&mut self) -> Option<Token> {
        let (start, c) = loop {
            let rest = self.text.get(self.at..)?;
            let start = self.text.len() - rest.trim_start_matches(is_blank).len();
            let rest = &self.text[start..];
            if rest.starts_with("//") {
                self.at = rest.find('\n').map_or(self.text.len(), |n| start + n);
            } else if rest.starts_with("/*") {
                let Some(end) = self.block_comment_end(start + 2) else {
                    self.at = self.text.len();
                    return Some(Token { kind: Kind::OpenComment, start, end: self.at });
                };
                self.at = end;
            } else {
                break (start, rest.chars().next()?);
            }
        };
        let one = start + c.len_utf8();
        let (kind, end) = match c {
            '(' | '[' | '{' => (Kind::Open(c), one),
            ')' | ']' | '}' => (Kind::Close(c), one),
            ',' => (Kind::Comma, one),
            ':' => (Kind::Colon, one),
            '"' | '\'' => self.quoted(start).unwrap_or((Kind::Other(c), one)),
            _ if is_word(c) => {
                let quoted = if matches!(c, 'b' | 'r') { self.quoted(start) } else { None };
                let raw = if self.text[start..].starts_with("r#") { 2 } else { 0 };
                let word = &self.text[start + raw..];
                let end = self.text.len() - word.trim_start_matches(is_word).len();
                quoted.unwrap_or((Kind::Word, end))
            }
            _ => (Kind::Other(c), one),
        };
        Some(Token { kind, start, end })
    }
}

/// Where, behind the first byte, a token ends.
fn length_until(bytes: &[u8], ends: impl Fn(u8) -> bool) -> Option<usize> {
    bytes[1..].iter().position(|byte| ends(*byte)).map(|inner| inner + 1)
}

/// What `ron` takes for a blank.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r' | '\u{85}' | '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}')
}

/// Names and numbers; a little more than `ron` allows, so that a bad one stays in one piece.
pub(crate) fn is_word(c: char) -> bool {
    match c {
        '_' | '.' | '+' | '-' => true,
        '\0'..='\x7F' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{BF}' | '\u{2000}'..='\u{206F}' | '\u{3000}'..='\u{3020}' => {
            c.is_alphanumeric() || matches!(c, '\u{B7}' | '\u{203F}' | '\u{2040}' | '\u{2054}')
        }
        '\u{2190}'..='\u{2BFF}' | '\u{FE30}'..='\u{FFFF}' => c.is_alphanumeric(),
        _ => !c.is_whitespace(),
    }
}

/// Behind the `#![enable(...)]` lines that a file may open with.
pub(crate) fn skip_attributes(text: &str) -> usize {
    let mut at = 0;
    loop {
        let mut tokens = Tokens::new(text, at);
        let opening = [Kind::Other('#'), Kind::Other('!'), Kind::Open('[')];
        if !opening.iter().all(|kind| tokens.next().is_some_and(|t| t.kind == *kind)) {
            return at;
        }
        at = tokens.group_end();
    }
}

/// One value in brackets, with its key where it has one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub key: Option<Range<usize>>,
    pub value: Range<usize>,
}

/// The values within a value's brackets. Commas may be missing.
#[derive(Debug)]
pub(crate) struct Parts<'t>(Tokens<'t>);

impl<'t> Parts<'t> {
    /// `None` where the value has no brackets.
    pub(crate) fn of(text: &'t str, value: &Range<usize>) -> Option<Self> {
        let mut tokens = Tokens::within(text, value);
        let mut first = tokens.next()?;
        if first.kind == Kind::Word {
            first = tokens.next()?;
        }
        matches!(first.kind, Kind::Open(_)).then_some(Parts(tokens))
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let tokens = &mut self.0;
        while let Some(Kind::Comma | Kind::Colon) = tokens.peek().map(|t| t.kind) {
            tokens.next();
        }
        let first = tokens.value()?;
        match tokens.peek() {
            Some(colon) if colon.kind == Kind::Colon => {
                tokens.next();
                let value = tokens.value().unwrap_or(colon.end..colon.end);
                Some(Part { key: Some(first), value })
            }
            _ => Some(Part { key: None, value: first }),
        }
    }
}

/// A bracket that is open at some place of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The name before the bracket, or the bracket.
    pub name: Range<usize>,
    /// The bracket.
    pub open: Token,
    /// The key whose value stands at the place, or comes next.
    pub key: Option<Range<usize>>,
    /// Where that value (or, before a colon, the key) began, if it did.
    pub began: Option<usize>,
}

/// The brackets open at `offset`, outermost first.
pub(crate) fn frames(text: &str, offset: usize) -> Vec<Frame> {
    let mut open: Vec<Frame> = Vec::new();
    let mut last: Option<Token> = None;
    for token in Tokens::new(text, skip_attributes(text)).take_while(|t| t.start < offset) {
        let top = open.last_mut();
        match token.kind {
            Kind::Open(_) => {
                if let Some(top) = top {
                    top.began.get_or_insert(token.start);
                }
                if open.len() == DEEPEST {
                    break;
                }
                let word = last.filter(|t| t.kind == Kind::Word && token.kind == Kind::Open('('));
                let name = word.unwrap_or(token).range();
                open.push(Frame { name, open: token, key: None, began: None });
            }
            Kind::Close(_) => drop(open.pop()),
            Kind::Comma => {
                if let Some(top) = top {
                    (top.key, top.began) = (None, None);
                }
            }
            Kind::Colon => {
                if let Some(top) = top {
                    (top.key, top.began) = (last.map(Token::range), None);
                }
            }
            _ => {
                if let Some(top) = top {
                    top.began.get_or_insert(token.start);
                }
            }
        }
        last = Some(token);
    }
    open
}

/// Behind the quote that closes a character, of the text behind the one that opened it.
pub(crate) fn behind_char(inner: &str) -> Option<usize> {
    let mut chars = inner.char_indices();
    let (_, c) = chars.next()?;
    if c == '\\' {
        match chars.next()?.1 {
            'x' => drop(chars.nth(1)?),
            'u' => drop(chars.by_ref().take(9).find(|(_, c)| *c == '}')?),
            _ => {}
        }
    }
    let (at, close) = chars.next()?;
    (close == '\'').then_some(at + 1)
}
