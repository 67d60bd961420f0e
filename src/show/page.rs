//! Plain text laid out to a width: titles, paragraphs, headings and tables without lines.

/// Longer lines are hard to read, however wide the terminal.
const WIDEST: usize = 100;
/// Narrower than this a last column is no column.
const LEAST_LAST: usize = 10;
const INDENT: usize = 2;
const BETWEEN: usize = 2;

/// A page as it grows from the top.
pub struct Page {
    width: usize,
    text: String,
}

impl Page {
    /// A page that begins with its title.
    pub fn new(title: &str, width: usize) -> Self {
        let mut page = Page { width: width.min(WIDEST), text: String::new() };
        page.lines(title, 0, INDENT);
        page
    }

    /// A page without a title, to go on from something else.
    pub fn bare(width: usize) -> Self {
        Page { width: width.min(WIDEST), text: String::new() }
    }

    /// Words from the left edge.
    pub fn words_at_edge(&mut self, words: &str) {
        self.lines(words, 0, 0);
    }

    /// An empty line, then words from the left edge.
    pub fn paragraph(&mut self, words: &str) {
        self.text.push('\n');
        self.lines(words, 0, 0);
    }

    /// An empty line, then a heading; what belongs to it follows indented.
    pub fn heading(&mut self, heading: &str) {
        self.text.push('\n');
        self.lines(heading, 0, 0);
    }

    /// Words under a heading.
    pub fn words(&mut self, words: &str) {
        self.lines(words, INDENT, INDENT);
    }

    /// Things of a kind under a heading, each hanging so that it is told from the next.
    pub fn items<'i>(&mut self, items: impl IntoIterator<Item = &'i String>) {
        items.into_iter().for_each(|item| self.lines(item, INDENT, INDENT + 2));
    }

    /// A numbered step, hanging behind its number.
    pub fn numbered(&mut self, number: usize, words: &str) {
        let number = format!("{number:>4}. ");
        let room = self.width.saturating_sub(number.len());
        for (at, line) in wrap(words, room).iter().enumerate() {
            self.text.push_str(if at == 0 { &number } else { "      " });
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Words under a row of a table.
    pub fn inner(&mut self, words: &str) {
        self.lines(words, 13, 13);
    }

    /// Things of a kind under a numbered step.
    pub fn inner_items(&mut self, items: impl IntoIterator<Item = String>) {
        items.into_iter().for_each(|item| self.lines(&format!("- {item}"), 6, 8));
    }

    /// A heading and the words under it.
    pub fn section(&mut self, heading: &str, words: &str) {
        self.heading(heading);
        self.words(words);
    }

    /// Rows in columns, each cell wrapped in its own; where no room is left for the last column,
    /// the cells of a row follow each other.
    pub fn table<const N: usize>(&mut self, rows: &[[String; N]]) {
        match self.columns(rows) {
            Some(widths) => rows.iter().for_each(|row| self.row(row, &widths)),
            None => rows.iter().for_each(|row| self.lines(&in_turn(row), INDENT, INDENT + 2)),
        }
    }

    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }

    /// Widths of all columns: the first ones as wide as their cells, or a fair share where that
    /// would leave little for the last.
    fn columns<const N: usize>(&self, rows: &[[String; N]]) -> Option<Vec<usize>> {
        let room = self.width.saturating_sub(INDENT);
        let natural = |column: usize| rows.iter().map(|row| length(&row[column])).max().unwrap_or(0);
        let longest_word = |column: usize| rows.iter().flat_map(|row| pieces(&row[column])).map(length).max().unwrap_or(0);
        let left = |first: &[usize]| room.checked_sub(first.iter().map(|width| width + BETWEEN).sum());
        let mut widths: Vec<usize> = (0..N - 1).map(natural).collect();
        if left(&widths).is_none_or(|last| last < natural(N - 1).min(room / 3)) {
            let share = room.div_ceil(N);
            widths = (0..N - 1).map(|column| natural(column).min(share).max(longest_word(column))).collect();
        }
        let last = left(&widths)?;
        widths.push(last);
        (last >= longest_word(N - 1).max(LEAST_LAST.min(natural(N - 1)))).then_some(widths)
    }

    fn row<const N: usize>(&mut self, row: &[String; N], widths: &[usize]) {
        let cells: Vec<Vec<String>> = row.iter().zip(widths).map(|(cell, width)| wrap(cell, *width)).collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut text = " ".repeat(INDENT);
            for (cell, width) in cells.iter().zip(widths) {
                let words = cell.get(line).map_or("", String::as_str);
                text.push_str(words);
                text.push_str(&" ".repeat((width + BETWEEN).saturating_sub(length(words))));
            }
            self.text.push_str(text.trim_end());
            self.text.push('\n');
        }
    }

    fn lines(&mut self, words: &str, first: usize, hanging: usize) {
        let room = self.width.saturating_sub(hanging.max(first));
        for (at, line) in wrap(words, room).iter().enumerate() {
            self.text.push_str(&" ".repeat(if at == 0 { first } else { hanging }));
            self.text.push_str(line);
            self.text.push('\n');
        }
    }
}

/// "first: second; third", for a row that finds no room for its columns.
fn in_turn(row: &[String]) -> String {
    let Some((first, rest)) = row.split_first() else { return String::new() };
    let rest: Vec<&str> = rest.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    if rest.is_empty() { first.clone() } else { format!("{first}: {}", rest.join("; ")) }
}

/// Words in lines of at most a width. A longer word breaks behind its hyphens; what is longer
/// still has its line to itself.
pub(super) fn wrap(words: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        if length(word) <= width {
            set(&mut lines, word, " ", width);
            continue;
        }
        for (at, piece) in pieces(word).enumerate() {
            set(&mut lines, piece, if at == 0 { " " } else { "" }, width);
        }
    }
    lines
}

/// Puts a word behind the last line's, or on a line of its own.
fn set(lines: &mut Vec<String>, word: &str, between: &str, width: usize) {
    match lines.last_mut() {
        Some(line) if length(line) + length(between) + length(word) <= width => {
            line.push_str(between);
            line.push_str(word);
        }
        _ => lines.push(word.to_owned()),
    }
}

/// What no line break can part.
fn pieces(words: &str) -> impl Iterator<Item = &str> {
    words.split_whitespace().flat_map(|word| word.split_inclusive('-'))
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// "a, b and c".
pub fn listed<T: AsRef<str>>(all: &[T]) -> String {
    match all {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [first @ .., last] => format!("{} and {}", first.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "), last.as_ref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_wrap_at_the_width_and_long_ones_stand_alone() {
        assert_eq!(wrap("a bag of saline", 6), ["a bag", "of", "saline"]);
        assert_eq!(wrap("a thermometer", 4), ["a", "thermometer"]);
        assert_eq!(wrap("pertuzumab-trastuzumab-hyaluronidase", 24), ["pertuzumab-trastuzumab-", "hyaluronidase"]);
        assert!(wrap("  ", 4).is_empty());
    }

    #[test]
    fn a_last_column_hangs_under_itself() {
        let mut page = Page::new("t", 30);
        page.table(&[["T2".to_owned(), "one unit for each further started hour".to_owned()]]);
        assert_eq!(page.finish(), "t\n  T2  one unit for each\n      further started hour\n");
    }

    #[test]
    fn cells_without_room_follow_each_other() {
        let mut page = Page::new("t", 20);
        page.table(&[["hydroxyprogesterone".to_owned(), "therapeutic".to_owned()]]);
        assert_eq!(page.finish(), "t\n  hydroxyprogesterone:\n    therapeutic\n");
    }

    #[test]
    fn a_list_reads_as_a_sentence() {
        assert_eq!(listed(&["a", "b", "c"]), "a, b and c");
        assert_eq!(listed(&["a"]), "a");
    }
}
