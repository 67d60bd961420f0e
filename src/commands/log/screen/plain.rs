//! The words of a refusal as they are said here, where no command line is typed.

/// What stands in a command, and what stands for it in a form. Longer ones first.
const WORDS: [(&str, &str); 9] = [
    ("without --at it is now", "a time left empty is now"),
    ("first: hangtime log ", "first: "),
    ("hangtime log ", ""),
    ("--at \"", "time \""),
    ("--at ", "time "),
    ("--dose ", "dose "),
    ("--volume", "volume"),
    ("--site names it", "its site names it"),
    ("--site", "site"),
];

/// A text without the command line's own words.
pub fn plain(text: &str) -> String {
    WORDS.iter().fold(text.to_owned(), |text, (command, form)| text.replace(command, form))
}

/// A message as a sentence of its own.
pub fn sentence(message: &str) -> String {
    let plain = plain(message);
    let mut chars = plain.chars();
    let capital: String = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    ended(capital)
}

/// With a full stop, where it does not end with a mark of its own.
pub fn ended(words: String) -> String {
    if words.ends_with(['.', '?', '!']) { words } else { words + "." }
}

#[cfg(test)]
mod tests {
    use super::{plain, sentence};

    #[test]
    fn a_question_needs_no_full_stop() {
        assert_eq!(sentence("the file holds several sessions: which is meant?"), "The file holds several sessions: which is meant?");
        assert_eq!(sentence("no log is open"), "No log is open.");
    }

    #[test]
    fn a_help_for_the_command_line_reads_as_one_for_the_form() {
        let help = "if a new bag was hung, first: hangtime log stop \"NS\"; if it is the same: hangtime log check \"NS\"; at another place: --site";
        assert_eq!(plain(help), "if a new bag was hung, first: stop \"NS\"; if it is the same: check \"NS\"; at another place: site");
        assert_eq!(plain("correct the time; without --at it is now"), "correct the time; a time left empty is now");
        assert_eq!(
            plain("write \"Zofran\" --dose \"4 mg\"; of a fluid --volume, in mL"),
            "write \"Zofran\" dose \"4 mg\"; of a fluid volume, in mL"
        );
    }
}
