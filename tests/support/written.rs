//! Random verbs on files of random manners: every other byte stays, and an undo gives it back.

use hangtime::Reference;
use hangtime::session::log::{Event, Inject, Push, Route, Start};
use hangtime::session::parse::sessions;
use hangtime::timeline::calendar::Minute;
use hangtime::writing::{Log, Present, Verb, Which, apply};
use proptest::prelude::*;

/// Some days after 2 March 2026, in minutes since the start of 1970.
const LATER: Minute = Minute(29_568_960);

/// How a file is written.
#[derive(Debug, Clone)]
struct Manner {
    end: &'static str,
    step: &'static str,
    layout: usize,
    trailing: bool,
    name: usize,
    colon: &'static str,
    comments: [usize; 3],
    mark: bool,
    last_end: bool,
    in_list: usize,
    events: usize,
}

const COMMENTS: [&str; 5] = ["", " // a ] \" (", " /* [ \u{e9} /* nested ] */ \" */", " // Stop(at: \"x\"),", "  "];

fn manner() -> impl Strategy<Value = Manner> {
    let words = (
        prop_oneof![Just("\n"), Just("\r\n")],
        prop_oneof![Just("    "), Just("\t"), Just("  "), Just("")],
        0..5_usize,
        any::<bool>(),
        0..3_usize,
        prop_oneof![Just(": "), Just(":")],
    );
    let rest = ([0..5_usize, 0..5, 0..5], any::<bool>(), any::<bool>(), 0..3_usize, 0..4_usize);
    (words, rest).prop_map(|((end, step, layout, trailing, name, colon), (comments, mark, last_end, in_list, events))| Manner {
        end,
        step,
        layout,
        trailing,
        name,
        colon,
        comments,
        mark,
        last_end,
        in_list,
        events,
    })
}

impl Manner {
    fn event(&self, nth: usize) -> String {
        let (name, drug) = [("Push", "Zofran"), ("Check", "ceftriaxone"), ("Push", "Pepcid")][nth % 3];
        // A check needs its run.
        let name = if name == "Check" { "Inject" } else { name };
        let route = if name == "Inject" { format!(", route{}IM", self.colon) } else { String::new() };
        let pad = match self.name {
            0 => String::new(),
            1 => " ".repeat(6 - name.len()),
            _ => " ".to_owned(),
        };
        format!("{name}{pad}(at{c}\"08:0{nth}\", drug{c}\"{drug}\"{route})", c = self.colon)
    }

    /// A comment that goes before a line's end, or one that ends itself.
    fn comment(&self, nth: usize, line_ends: bool) -> &'static str {
        let comment = COMMENTS[self.comments[nth]];
        if comment.contains("//") && !line_ends { "" } else { comment }
    }

    fn text(&self) -> String {
        let (n, s) = (self.end, self.step);
        let comma = if self.trailing { "," } else { "" };
        let events: Vec<String> = (0..self.events).map(|nth| self.event(nth)).collect();
        let close_comment = self.comment(2, true);
        let list = match (self.layout, events.is_empty()) {
            (0 | 1, true) => format!("[{}]", self.comment(1, false)),
            (0, false) => format!("[{}{comma}{}]", events.join(", "), self.comment(1, false)),
            (1, false) => format!("[{}{comma}]", events.join(&format!(",{n}{s}{s} "))),
            (2, false) => {
                let lines = events.join(&format!(",{}{n}{s}{s}", self.comment(1, true)));
                format!("[{n}{s}{s}{lines}{comma}{close_comment}{n}{s}{s}{}{n}{s}]", self.comment(0, true))
            }
            (3, false) => format!("[{}{comma}{close_comment}{n}{s}]", events.join(", ")),
            (_, true) => format!("[{close_comment}{n}{s}]"),
            (_, false) => format!("[{n}{n}{s}{s}{}{comma}{n}{n}{s}]", events.join(&format!(",{n}{n}{s}{s}"))),
        };
        let session = format!(
            "Session({n}{s}id: \"a\",{}{n}{s}setting: Hospital,{n}{s}date: \"2026-03-02\",{n}{s}events: {list},{n})",
            self.comment(0, true)
        );
        let one_line = "Session(id: \"b\", setting: Office, date: \"2026-03-02\", events: [])";
        let file = match self.in_list {
            0 => session,
            1 => format!("[{one_line}, {session}]"),
            _ => format!("[{n}{session},{n}{one_line},{n}]"),
        };
        let last = if self.last_end { n } else { "" };
        format!("{}{file}{last}", if self.mark { "\u{FEFF}" } else { "" })
    }
}

fn drug(name: &str) -> Which {
    Which { drug: Some(name.to_owned()), site: None }
}

/// A verb that fits after those before it: one of each name in its turn.
fn verb(choice: usize, words: &str, running: bool, held: bool) -> Verb {
    let none = Which::default();
    match (choice % 8, running, held) {
        (0 | 1, false, _) => Verb::Start(Start {
            at: String::new(),
            drug: "Rocephin".to_owned(),
            site: None,
            route: Route::IV,
            pump: None,
            continues_at_home: false,
            volume_ml: choice.is_multiple_of(3).then_some(62.5),
            rate_ml_per_h: None,
            dose: Some("1 g".to_owned()),
            waste: None,
            container: None,
        }),
        (0, true, _) => Verb::Stop { which: none, pump: None, reaction: choice.is_multiple_of(3) },
        (1 | 2, true, false) => Verb::Pause(drug("ceftriaxone")),
        (1..=3, true, true) => Verb::Resume(none),
        (3, true, false) => Verb::Rate { which: none, ml_per_h: 100.0 },
        (4, true, false) => Verb::Check(drug("rocephin")),
        (5, ..) => Verb::Push(Push {
            at: String::new(),
            drug: "Zofran".to_owned(),
            site: (!words.is_empty()).then(|| words.to_owned()),
            minutes: Some(2),
            dose: None,
            waste: None,
            container: None,
        }),
        (6, ..) => Verb::Inject(Inject {
            at: String::new(),
            drug: "Toradol".to_owned(),
            route: Route::IM,
            site: None,
            dose: Some(words.to_owned()),
            waste: None,
            container: None,
        }),
        _ => Verb::Note(format!("{words}.")),
    }
}

fn is_spelt_by_hand(c: char) -> bool {
    !c.is_whitespace() && c != ','
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(
        std::env::var("ENCOUNTERS").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
    ) })]

    #[test]
    fn all_other_bytes_stay(manner in manner(), choices in proptest::collection::vec((0..1000_usize, "\\PC{0,8}|[a-z\"\\\\\n\t\r]{0,6}"), 1..7)) {
        let reference = Reference::embedded();
        let mut texts = vec![manner.text()];
        let (mut running, mut held) = (false, false);
        for (nth, (choice, words)) in choices.iter().enumerate() {
            let text = texts.last().expect("a text").clone();
            let log = Log::read(text.as_bytes(), Some("a"), reference).expect("a log");
            let verb = verb(*choice, words, running, held);
            let present = Present { universal: LATER, wall: LATER };
            let said = format!("2026-03-02 09:{:02}", 5 * nth);
            let change = apply(&log, &verb, Some(&said), present, false, reference)
                .unwrap_or_else(|refusal| panic!("{refusal:?}\n{verb:?}\n{text}"));
            let number = sessions(text.trim_start_matches('\u{FEFF}')).expect("a log").iter().position(|s| s.id == "a").expect("it");
            let mut wanted = sessions(text.trim_start_matches('\u{FEFF}')).expect("a log");
            wanted[number].events.push(change.event.clone());
            prop_assert_eq!(sessions(change.text.trim_start_matches('\u{FEFF}')).expect("a log"), wanted);
            // Nothing but the line, blanks and commas came to it, and all that was there is there in its order.
            let at = change.text.rfind(&change.line).expect("the line");
            let rest = format!("{}{}", &change.text[..at], &change.text[at + change.line.len()..]);
            let bare = |text: &str| text.chars().filter(|c| is_spelt_by_hand(*c)).collect::<String>();
            prop_assert_eq!(bare(&rest), bare(&text));
            prop_assert!(is_within(&text, &change.text), "{}\n{}", text, change.text);
            match &change.event {
                Event::Start(_) => running = true,
                Event::Stop(_) => (running, held) = (false, false),
                Event::Pause(_) => held = true,
                Event::Resume(_) => held = false,
                _ => {}
            }
            texts.push(change.text);
        }
        while let Some(text) = texts.pop() {
            let Some(before) = texts.last() else { break };
            let log = Log::read(text.as_bytes(), Some("a"), reference).expect("a log");
            prop_assert_eq!(&log.undo().expect("it has events").text, before);
        }
    }
}

/// Whether a text can be got from a longer one by taking characters out.
fn is_within(text: &str, longer: &str) -> bool {
    let mut rest = longer.chars();
    text.chars().all(|c| rest.any(|other| other == c))
}
