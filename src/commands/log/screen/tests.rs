use std::path::PathBuf;

use hangtime::Reference;
use hangtime::session::dates::read_date;
use hangtime::timeline::calendar::Calendar;
use hangtime::writing::{Present, Verb};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Color;

use super::chooser::{Chooser, Entry};
use super::desk;
use super::draw::draw;
use super::ink::Manner;
use super::state::{Effect, Mode, Outcome, Place, Screen, Told};

const PLAIN: Manner = Manner { color: false, ascii: false };

const RUNS: &str = r#"
    Push  (at: "09:02", drug: "Zofran", minutes: 2, dose: "4 mg"),
    Start (at: "09:05", drug: "Rocephin", dose: "1 g"),
    Stop  (at: "09:37", drug: "Rocephin"),
    Start (at: "09:40", drug: "NS", volume_ml: 500, rate_ml_per_h: 500),
    Start (at: "11:50", drug: "vancomycin", site: "R forearm"),
    Start (at: "11:55", drug: "vancomycin", site: "L hand", volume_ml: 100, rate_ml_per_h: 100),
"#;

fn present(time: &str) -> Present {
    let calendar = Calendar::new(read_date("2026-03-02").expect("a date"), None);
    let now = calendar.read(time).expect("a time");
    Present { universal: now, wall: now }
}

/// A screen on a log of these events.
fn screen(events: &str, time: &str) -> Screen<'static> {
    let text = format!("Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", patient: \"p-1\", events: [{events}])");
    on(&text, time)
}

fn on(text: &str, time: &str) -> Screen<'static> {
    let mut screen = Screen::new(Reference::embedded(), present(time), Mode::Watch);
    let place = Place { path: PathBuf::from("bed-4.ron"), session: None };
    screen.reading(desk::chart(text.as_bytes(), &place, present(time), Reference::embedded()), false);
    screen.place = Some(place);
    screen
}

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

/// Types; a line end is Enter, a tab is Tab. What the last key asked for.
fn types(screen: &mut Screen, keys: &str) -> Option<Effect> {
    let code = |c| match c {
        '\n' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\u{1b}' => KeyCode::Esc,
        c => KeyCode::Char(c),
    };
    keys.chars().map(|c| screen.key(key(code(c)))).last().flatten()
}

fn frame(screen: &Screen, width: u16, height: u16, manner: Manner) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal.draw(|frame| draw(frame, screen, manner)).expect("a frame");
    let buffer = terminal.backend().buffer();
    let row = |y: u16| (0..width).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..height).map(row).collect::<Vec<_>>().join("\n")
}

fn written(effect: Option<Effect>) -> (Verb, Option<String>) {
    match effect {
        Some(Effect::Write(Told { verb, said, anyway: None })) => (verb, said),
        other => panic!("not written: {other:?}"),
    }
}

#[test]
fn what_runs_is_told_with_what_is_to_be_looked_at() {
    let text = frame(&screen(RUNS, "12:41"), 80, 24, PLAIN);
    assert!(text.contains(" ! NS                     since 09:40, 3 h 1 min; ran off 10:40, no stop"), "{text}");
    assert!(text.contains(" ? vancomycin  R forearm  since 11:50, 51 min; no end ordered"), "{text}");
    assert!(text.contains("   vancomycin  L hand     since 11:55, 46 min; until 12:55"), "{text}");
    assert!(text.contains("Bill if all stopped now") && text.contains("96365 x1 vancomycin"), "{text}");
    assert!(text.contains("11:50-12:41"), "the picture: {text}");
    assert!(text.contains("Mon 2 Mar 12:41") && text.contains("u undo  q quit"), "{text}");
}

#[test]
fn no_size_is_too_small() {
    let mut all = vec![screen(RUNS, "12:41"), screen("", "09:00"), on("Session(", "09:00")];
    for keys in ["sroc", "t", "szzzz\n", "u", "nwords words words", "sns\t\t\t\t\t\t\t"] {
        let mut next = screen(RUNS, "12:41");
        types(&mut next, keys);
        next.message.push((super::state::Tone::Wrong, "many words ".repeat(60)));
        all.push(next);
    }
    let entries =
        (0..40).map(|at| Entry { place: Place { path: PathBuf::from("x.ron"), session: None }, told: format!("bed-{at}.ron 宽") });
    let chooser = Chooser::of_folder("Many.".to_owned(), entries.collect(), chrono::NaiveDate::default());
    all.push(Screen::new(Reference::embedded(), present("09:00"), Mode::Choose(chooser)));
    all.push(Screen::new(
        Reference::embedded(),
        present("09:00"),
        Mode::Choose(Chooser::of_folder("None.".to_owned(), Vec::new(), chrono::NaiveDate::default())),
    ));
    for screen in &mut all {
        for scroll in [0, 7, usize::MAX] {
            screen.scroll = scroll;
            for width in [1, 5, 27, 40, 71, 72, 133] {
                for height in [1, 2, 4, 7, 10, 24] {
                    frame(screen, width, height, PLAIN);
                }
            }
        }
    }
}

#[test]
fn at_forty_by_ten_runs_and_keys_and_the_active_question_are_in_sight() {
    let mut screen = screen(RUNS, "12:41");
    let text = frame(&screen, 40, 10, PLAIN);
    assert!(text.contains(" ! NS") && text.contains("q quit") && text.contains("If stopped now: 96365 x1"), "{text}");
    types(&mut screen, "sNS\t\t\t\t\t9:0");
    let text = frame(&screen, 40, 10, PLAIN);
    assert!(text.contains(" > time      9:0") && text.contains("Enter writes"), "{text}");
}

#[test]
fn nothing_depends_on_colour_and_ascii_is_ascii() {
    let mut screen = screen(RUNS, "12:41");
    types(&mut screen, "sroc");
    let mut terminal = Terminal::new(TestBackend::new(80, 24)).expect("a terminal");
    terminal.draw(|frame| draw(frame, &screen, Manner { color: false, ascii: true })).expect("a frame");
    for cell in terminal.backend().buffer().content() {
        assert!(cell.symbol().is_ascii(), "`{}`", cell.symbol());
        assert!(cell.fg == Color::Reset && cell.bg == Color::Reset, "{cell:?}");
    }
    let with = frame(&screen, 80, 24, Manner { color: true, ascii: false });
    assert_eq!(with, frame(&screen, 80, 24, PLAIN));
}

#[test]
fn a_start_is_told_field_by_field() {
    let mut screen = screen("", "09:05");
    let (verb, said) = written(types(&mut screen, "sroce\n1 g\t\t\tR arm\t9:03\n"));
    let Verb::Start(start) = verb else { panic!("{verb:?}") };
    assert_eq!((start.drug.as_str(), start.dose.as_deref(), start.site.as_deref()), ("Rocephin", Some("1 g"), Some("R arm")));
    assert_eq!(said.as_deref(), Some("9:03"));
}

#[test]
fn a_name_that_is_only_near_is_never_put_in_by_enter() {
    let mut screen = screen("", "09:05");
    let (verb, _) = written(types(&mut screen, "sceftrioxone\n"));
    assert!(matches!(verb, Verb::Start(start) if start.drug == "ceftrioxone"));
    screen.key(key(KeyCode::Down));
    assert_eq!(types(&mut screen, "\n"), None, "chosen with the arrow it is");
    let (verb, _) = written(types(&mut screen, "\n"));
    assert!(matches!(verb, Verb::Start(start) if start.drug == "ceftriaxone"));
}

#[test]
fn each_key_does_its_deed() {
    let of = |keys: &str| written(types(&mut screen(RUNS, "12:41"), keys)).0;
    assert!(matches!(of("t2\n"), Verb::Stop { which, reaction: false, .. } if which.site.as_deref() == Some("R forearm")));
    assert!(matches!(of("t\n"), Verb::Stop { which, .. } if which.drug.as_deref() == Some("NS") && which.site.is_none()));
    assert!(matches!(of("t\t\ty\n"), Verb::Stop { reaction: true, .. }));
    assert!(matches!(of("p\n"), Verb::Pause(_)));
    assert!(matches!(of("c\n"), Verb::Check(_)));
    assert!(matches!(of("r\t125 mL/h\n"), Verb::Rate { ml_per_h, .. } if ml_per_h == 125.0));
    assert!(matches!(of("hzofran\t4 mg\t2 min\n"), Verb::Push(push) if push.minutes == Some(2)));
    assert!(matches!(of("itoradol\ts\n"), Verb::Inject(inject) if inject.route == hangtime::session::log::Route::SC));
    assert!(matches!(of("nSite looks well.\n"), Verb::Note(words) if words == "Site looks well."));
    let held = r#"Start(at: "09:05", drug: "NS"), Pause(at: "09:30", drug: "NS")"#;
    assert!(matches!(written(types(&mut screen(held, "10:00"), "p\n")).0, Verb::Resume(_)));
}

#[test]
fn where_nothing_runs_nothing_is_stopped() {
    let mut screen = screen("", "09:05");
    assert_eq!(types(&mut screen, "t\n"), None);
    assert!(frame(&screen, 80, 24, PLAIN).contains("Nothing runs: s starts something."));
    assert_eq!(types(&mut screen, "u\n"), None);
    assert!(frame(&screen, 80, 24, PLAIN).contains("there is nothing to take out"));
}

#[test]
fn a_contradiction_is_written_only_by_a_capital_w() {
    let mut screen = screen(RUNS, "12:41");
    types(&mut screen, "sNS\n");
    let refusal = hangtime::writing::Refusal {
        message: "NS runs".to_owned(),
        help: Some("first: hangtime log stop \"NS\"".to_owned()),
        can_be_forced: true,
        ..Default::default()
    };
    screen.answer(Outcome::Refused(refusal.clone()));
    let text = frame(&screen, 80, 24, PLAIN);
    assert!(
        text.contains("Not written: NS runs.") && text.contains("first: stop \"NS\"") && text.contains("W (capital) writes it anyway"),
        "{text}"
    );
    assert_eq!(types(&mut screen, "w"), None, "a small one goes on in the form");
    assert!(matches!(&screen.mode, Mode::Tell(order) if order.form.field().text() == "NSw"));
    screen.answer(Outcome::Refused(refusal.clone()));
    assert_eq!(types(&mut screen, "\n"), None);
    screen.answer(Outcome::Refused(refusal.clone()));
    match types(&mut screen, "W") {
        Some(Effect::Write(Told { anyway, .. })) => assert_eq!(anyway, Some("NS runs".to_owned())),
        other => panic!("{other:?}"),
    }
    screen.answer(Outcome::Refused(hangtime::writing::Refusal { can_be_forced: false, ..refusal }));
    assert!(matches!(screen.mode, Mode::Tell(_)));
}

#[test]
fn an_undo_needs_another_key_than_its_own() {
    let mut screen = screen(RUNS, "12:41");
    assert_eq!(types(&mut screen, "uuuu"), None);
    types(&mut screen, "\u{1b}u");
    let line = r#"Start (at: "11:55", drug: "vancomycin", site: "L hand", volume_ml: 100, rate_ml_per_h: 100)"#;
    assert_eq!(types(&mut screen, "\n"), Some(Effect::Undo(line.to_owned())));
}

#[test]
fn control_keys_work_everywhere() {
    for keys in ["", "sroc", "u"] {
        let mut screen = screen(RUNS, "12:41");
        types(&mut screen, keys);
        assert_eq!(screen.key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL)), Some(Effect::Quit));
    }
}

#[test]
fn what_is_pasted_or_stands_in_a_file_brings_no_control_characters() {
    let mut screen = screen(r#"Start(at: "09:05", drug: "x\u{1b}[31my", site: "\u{202e}z")"#, "09:30");
    types(&mut screen, "n");
    screen.paste("a\u{1b}[2Jb\u{7}\nc");
    let text = frame(&screen, 80, 24, PLAIN);
    assert!(text.contains("a[2Jb") && !text.contains(|c: char| c.is_control() && c != '\n') && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn a_log_that_cannot_be_read_takes_no_key_but_quit() {
    let mut screen = on("Session(id: \"a\",", "09:00");
    assert_eq!(types(&mut screen, "s"), None);
    let text = frame(&screen, 80, 24, PLAIN);
    assert!(text.contains("the log cannot be read") && text.contains("Nothing can be written"), "{text}");
    assert_eq!(types(&mut screen, "q"), Some(Effect::Quit));
}

#[test]
fn of_several_sessions_the_chosen_one_stays_chosen() {
    let run = r#"Start(at: "09:05", drug: "NS")"#;
    let two = |events: &str| {
        format!(
            "[Session(id: \"a\", setting: Hospital, date: \"2026-03-02\", events: []),\n Session(id: \"b\", setting: Hospital, date: \"2026-03-02\", events: [{events}])]"
        )
    };
    let screen = on(&two(run), "09:30");
    let mut place = Place { path: PathBuf::from("bed-4.ron"), session: None };
    let mut again = Screen::new(Reference::embedded(), present("09:30"), Mode::Watch);
    again.place = Some(place.clone());
    again.reading(desk::chart(two(run).as_bytes(), &place, present("09:30"), Reference::embedded()), false);
    place = again.place.expect("a place");
    assert_eq!(place.session.as_deref(), Some("b"));
    assert!(matches!(&screen.chart, Some(Ok(chart)) if chart.id == "b"));
    assert!(desk::chart(two("").as_bytes(), &place, present("09:30"), Reference::embedded()).is_ok_and(|chart| chart.id == "b"));
}
