//! Segments, elements and components of an X12 file, each with its bytes.

use std::borrow::Cow;
use std::ops::Range;

use super::cells::Bad;
use super::intake::Intake;
use super::text::quoted;

/// No segment is longer; a file whose terminator was lost would be one.
const LONGEST: usize = 65_536;

/// The signs that part an interchange, as its ISA states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs {
    pub(super) element: char,
    pub(super) component: char,
    segment: char,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment<'t> {
    text: Cow<'t, str>,
    /// Its bytes in the file.
    pub(super) range: Range<usize>,
    pub(super) signs: Signs,
}

impl<'t> Segment<'t> {
    /// A file may be wrapped at a fixed width: line ends within a segment mean nothing.
    fn new(text: &'t str, start: usize, signs: Signs) -> Self {
        let text = text.trim_end();
        let range = start..start + text.len();
        let is_wrapped = text.contains(['\n', '\r']);
        let text = if is_wrapped { Cow::Owned(text.replace(['\n', '\r'], "")) } else { Cow::Borrowed(text) };
        Segment { text, range, signs }
    }

    /// Its name: `CLM`.
    pub(super) fn id(&self) -> &str {
        self.text.split(self.signs.element).next().unwrap_or("")
    }

    /// The nth element, `CLM01` being the first; absent or empty it is none.
    pub(super) fn element(&self, n: usize) -> Option<Part<'_>> {
        let whole = Part { text: &self.text, range: self.range.clone() };
        whole.split(self.signs.element).nth(n).filter(|part| !part.text.is_empty())
    }

    /// The text of the nth element.
    pub(super) fn text(&self, n: usize) -> Option<&str> {
        self.element(n).map(|part| part.text)
    }

    /// The components of an element.
    pub(super) fn components(&self, n: usize) -> Vec<Part<'_>> {
        self.element(n).map(|part| part.split(self.signs.component).collect()).unwrap_or_default()
    }
}

/// A piece of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part<'s> {
    pub(super) text: &'s str,
    /// Its bytes; those of the whole segment where that is wrapped.
    pub(super) range: Range<usize>,
}

impl<'s> Part<'s> {
    fn split(self, sign: char) -> impl Iterator<Item = Part<'s>> {
        let is_wrapped = self.range.len() != self.text.len();
        let mut at = self.range.start;
        let whole = self.range;
        self.text.split(sign).map(move |piece| {
            let text = piece.trim();
            let start = at + (piece.len() - piece.trim_start().len());
            at += piece.len() + sign.len_utf8();
            Part { text, range: if is_wrapped { whole.clone() } else { start..start + text.len() } }
        })
    }
}

/// The segments that can follow a lost terminator: what begins a line with one of these is one.
const KNOWN: [&str; 28] = [
    "ISA", "GS", "ST", "BHT", "HL", "PRV", "SBR", "PAT", "NM1", "N3", "N4", "DMG", "REF", "PER", "CLM", "DTP", "AMT", "NTE", "CL1", "HI",
    "LX", "SV1", "SV2", "SVD", "CAS", "SE", "GE", "IEA",
];

/// Reads the ISA that stands at `at`: its signs, and where it ends.
fn signs(text: &str, at: usize) -> Result<(Signs, usize), Bad> {
    let isa = &text[at..];
    let bad = |message: &str| Bad::new(message).help("an ISA has 16 elements and ends with the signs that part components and segments");
    let element = isa.chars().nth(3).ok_or_else(|| bad("the file ends within its ISA"))?;
    if !element.is_ascii() || element.is_ascii_alphanumeric() || element.is_ascii_whitespace() {
        return Err(bad("the ISA does not state what parts elements"));
    }
    // Counted, not measured: many an export trims the blanks that make it 106 characters long.
    const WHOLE: usize = 300;
    let within = isa.char_indices().take(WHOLE);
    let last = within.filter(|(_, c)| *c == element).nth(15).map(|(n, _)| n + 1);
    let mut behind = last.map(|last| isa[last..].char_indices()).ok_or_else(|| bad("the ISA has fewer than 16 elements"))?;
    let (Some((_, component)), Some((n, segment))) = (behind.next(), behind.next()) else {
        return Err(bad("the file ends within its ISA"));
    };
    let plain = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ';
    if !plain(component) || !plain(segment) || component.is_ascii_whitespace() {
        return Err(bad("the ISA does not end with the signs that part components and segments"));
    }
    if component == element || segment == element || component == segment {
        return Err(bad("the ISA states one sign for two uses"));
    }
    // A terminator of CR LF is its CR; the LF is blank space in front of the next.
    let end = at + last.unwrap_or(0) + n + segment.len_utf8();
    Ok((Signs { element, component, segment }, end))
}

/// The segments of a file; what cannot be cut is told and passed over.
pub(super) struct Segments<'t> {
    text: &'t str,
    at: usize,
    signs: Option<Signs>,
    /// Whether the file ended within a segment.
    pub(super) cut: bool,
}

impl<'t> Segments<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Segments { text, at: 0, signs: None, cut: false }
    }

    /// The next segment.
    pub(super) fn next(&mut self, intake: &mut Intake) -> Option<Segment<'t>> {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            if self.at == self.text.len() {
                return None;
            }
            let start = self.at;
            if is_isa(&self.text[start..]) {
                match signs(self.text, start) {
                    Ok((signs, end)) => {
                        self.signs = Some(signs);
                        self.at = end;
                        return Some(Segment::new(self.text[start..end].trim_end_matches(signs.segment), start, signs));
                    }
                    Err(bad) => {
                        let line = self.text[start..].lines().next().unwrap_or("").chars().take(106).map(char::len_utf8).sum::<usize>();
                        intake.error(start..start + line, bad);
                        self.signs = None;
                        self.at = start + 3;
                    }
                }
            }
            let Some(signs) = self.signs else {
                // Without signs nothing can be cut; another interchange may follow.
                self.at = next_isa(self.text, self.at)?;
                continue;
            };
            if let Some(segment) = self.cut_one(start, signs, intake) {
                return Some(segment);
            }
        }
    }

    fn cut_one(&mut self, start: usize, signs: Signs, intake: &mut Intake) -> Option<Segment<'t>> {
        let window = self.text.floor_char_boundary(start + LONGEST);
        let body = &self.text[start..window];
        for (n, sign) in body.match_indices([signs.segment, '\n', '\r']) {
            let end = start + n;
            if sign.starts_with(signs.segment) {
                self.at = end + sign.len();
                return Some(Segment::new(&body[..n], start, signs));
            }
            // A line end is either a lost terminator or a file wrapped at a fixed width.
            if begins_segment(&self.text[end + 1..window], signs) {
                let end = start + body[..n].trim_end().len();
                let bad = Bad::new("a segment does not end with its terminator");
                let label = format!("{} should stand here", quoted(&signs.segment.to_string()));
                intake.warning(end..end, bad.label(label).help("the ISA states the terminator; the line's end is taken for it"));
                self.at = start + n + 1;
                return Some(Segment::new(&body[..n], start, signs));
            }
        }
        if window == self.text.len() {
            self.cut = true;
            self.at = window;
            let bad = Bad::new("the file ends within a segment").label("not read: it may be cut short");
            intake.error(start..start + body.trim_end().len(), bad);
            return None;
        }
        let shown: usize = body.chars().take(40).map(char::len_utf8).sum();
        intake.error(start..start + shown, Bad::new(format!("a segment does not end within {LONGEST} characters")).label("begins here"));
        let rest = &self.text[window..];
        self.at = rest.find([signs.segment, '\n']).map_or(self.text.len(), |n| window + n + 1);
        None
    }
}

/// Whether a line is the beginning of a segment.
fn begins_segment(line: &str, signs: Signs) -> bool {
    KNOWN.iter().any(|id| line.strip_prefix(id).is_some_and(|rest| rest.starts_with(signs.element)))
}

fn is_isa(text: &str) -> bool {
    text.get(..3).is_some_and(|id| id.eq_ignore_ascii_case("ISA")) && text[3..].starts_with(|c: char| !c.is_alphanumeric() && c != '_')
}

fn next_isa(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text[at..].find(['I', 'i'])?;
        let before = text[..at].chars().next_back();
        if is_isa(&text[at..]) && before.is_none_or(|c| !c.is_alphanumeric()) {
            return Some(at);
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISA: &str = "ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *260305*0900*^*00501*000000001*0*T*:";

    fn ids(text: &str) -> (Vec<String>, usize) {
        let (mut segments, mut intake, mut ids) = (Segments::new(text), Intake::new(), Vec::new());
        while let Some(segment) = segments.next(&mut intake) {
            ids.push(segment.id().to_owned());
        }
        (ids, intake.findings.len())
    }

    #[test]
    fn the_isa_states_the_signs() {
        for end in ["~", "~\n", "~\r\n", "'\n", "\n", "\r\n"] {
            let text = format!("{ISA}{end}GS*HC{end}ST*837*1{end}");
            assert_eq!(ids(&text), (vec!["ISA".into(), "GS".into(), "ST".into()], 0), "{end:?}");
        }
        assert_eq!(ids("ISA|1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|>!GS|a!").0, ["ISA", "GS"]);
    }

    #[test]
    fn an_interchange_that_cannot_be_cut_hides_no_other() {
        assert_eq!(ids(&format!("ISA*00*~GS*x~{ISA}~ST*837~")), (vec!["ISA".into(), "ST".into()], 1));
    }

    #[test]
    fn a_lost_terminator_is_told() {
        assert_eq!(ids(&format!("{ISA}~\nGS*HC\nST*837~\n")), (vec!["ISA".into(), "GS".into(), "ST".into()], 1));
        assert_eq!(ids(&format!("{ISA}~\nGS*H\nC~ST*837~")), (vec!["ISA".into(), "GS".into(), "ST".into()], 0));
    }

    #[test]
    fn elements_and_components_know_their_bytes() {
        let text = format!("{ISA}~SV1*HC:96365:59*300**1~");
        let (mut segments, mut intake) = (Segments::new(&text), Intake::new());
        segments.next(&mut intake);
        let sv1 = segments.next(&mut intake).expect("an SV1");
        let parts: Vec<&str> = sv1.components(1).iter().map(|part| &text[part.range.clone()]).collect();
        assert_eq!((parts, sv1.element(3), sv1.element(4).map(|part| part.text)), (vec!["HC", "96365", "59"], None, Some("1")));
    }
}
