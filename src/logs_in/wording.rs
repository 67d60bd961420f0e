//! What free text says for certain of how a drug was given: "4 mg IV push over 2 minutes".

/// Whether it says that the drug was pushed.
#[must_use]
pub fn says_push(text: &str) -> bool {
    let words: Vec<String> = split(text);
    let at = words.iter().position(|word| matches!(word.as_str(), "push" | "ivp" | "pushed"));
    at.is_some_and(|at| !words[..at].iter().any(|word| matches!(word.as_str(), "not" | "no" | "never" | "don't")))
}

/// The minutes of "over 30 minutes", "over 1.5 h", "over 1 hour 30 minutes"; none where it says a
/// range or nothing.
#[must_use]
pub fn minutes_over(text: &str) -> Option<i64> {
    let words = split(text);
    let mut rest = &words[words.iter().position(|word| word == "over")? + 1..];
    let mut total = 0.0;
    let mut any = false;
    while let Some((minutes, used)) = length(rest) {
        total += minutes;
        any = true;
        rest = &rest[used..];
        if rest.first().is_some_and(|word| word == "and") {
            rest = &rest[1..];
        }
    }
    // An open end such as "or longer", or a range, is no length.
    let open = rest.first().is_some_and(|word| matches!(word.as_str(), "or" | "to" | "-"));
    (any && !open && (0.5..1e6).contains(&total)).then_some(total.round() as i64)
}

/// One "30 minutes" or "30min", in minutes, and how many words it took.
fn length(words: &[String]) -> Option<(f64, usize)> {
    let first = words.first()?;
    let digits = first.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(first.len());
    let number: f64 = first[..digits].parse().ok()?;
    let (unit, used) = if digits < first.len() { (&first[digits..], 1) } else { (words.get(1)?.as_str(), 2) };
    let each = match unit {
        "min" | "mins" | "minute" | "minutes" => 1.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 60.0,
        _ => return None,
    };
    Some((number * each, used))
}

fn split(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | ':'))
        .map(|word| word.trim_end_matches('.').to_owned())
        .filter(|word| !word.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_only_where_they_are_plain() {
        let said = [
            ("1 g IV over 30 minutes", Some(30)),
            ("over 30min.", Some(30)),
            ("infuse over 1.5 h", Some(90)),
            ("over 1 hour and 30 minutes", Some(90)),
            ("over 30-60 minutes", None),
            ("over 30 to 60 minutes", None),
            ("over 30 minutes to 60 minutes", None),
            ("over an hour", None),
            ("for 24 hours", None),
            ("", None),
        ];
        for (text, minutes) in said {
            assert_eq!(minutes_over(text), minutes, "{text}");
        }
    }

    #[test]
    fn a_push_is_a_word_and_not_denied() {
        assert!(says_push("4 mg IV push"));
        assert!(says_push("4 mg IVP"));
        assert!(!says_push("do not push"));
        assert!(!says_push("pushing fluids, IV bolus"));
    }
}
