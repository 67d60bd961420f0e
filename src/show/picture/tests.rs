//! A log becomes the picture that a person would draw of it.

use chrono::Timelike;

use super::*;
use crate::{Options, Source, bill};

/// The picture of a session with these lines behind its date, in a hospital.
fn picture(rest: &str) -> Picture {
    let log = format!(r#"Session(id: "x", setting: Hospital, date: "2026-03-02", {rest})"#);
    let bills = bill(&[Source::new("x.ron", log.as_bytes())], &Options::default(), Reference::embedded());
    Picture::of(&bills[0], Reference::embedded()).unwrap_or_else(|| panic!("{:?}", bills[0].findings))
}

fn events(events: &str) -> Picture {
    picture(&format!("events: [{events}]"))
}

/// `09:05` of the wall.
fn clock(picture: &Picture, at: Minute) -> String {
    picture.calendar.wall(at).format("%H:%M").to_string()
}

fn bars(picture: &Picture, row: usize) -> Vec<String> {
    let bar = |bar: &Bar| format!("{}-{} {:?}", clock(picture, bar.from), clock(picture, bar.to), bar.end);
    picture.rows[row].bars.iter().map(bar).collect()
}

fn fate(fate: &Fate) -> String {
    match fate {
        Fate::Earned(code) => code.clone(),
        Fate::Nothing(rule) => rule.to_string(),
        Fate::Ran => "ran".to_owned(),
        Fate::Paused => "paused".to_owned(),
    }
}

fn segments(picture: &Picture, row: usize) -> Vec<String> {
    let all = picture.rows[row].bars.iter().flat_map(|bar| &bar.segments);
    all.map(|part| format!("{}-{} {}", clock(picture, part.from), clock(picture, part.to), fate(&part.fate))).collect()
}

fn lane(picture: &Picture, row: usize) -> Vec<String> {
    let told = |s: &Stretch| format!("{}-{} {} x{}", clock(picture, s.from), clock(picture, s.to), fate(&s.fate), s.units);
    picture.rows[row].lane.iter().map(told).collect()
}

fn pieces(picture: &Picture) -> Vec<String> {
    picture.axis.pieces.iter().map(|piece| format!("{}-{}", clock(picture, piece.from), clock(picture, piece.to))).collect()
}

#[test]
fn a_pause_is_part_of_the_bar_and_not_of_its_minutes() {
    let picture = events(
        r#"Start(at: "09:00", drug: "NS"), Pause(at: "09:30", drug: "NS"), Resume(at: "09:45", drug: "NS"), Stop(at: "11:00", drug: "NS")"#,
    );
    assert_eq!(bars(&picture, 0), ["09:00-11:00 Charted"]);
    assert_eq!(segments(&picture, 0), ["09:00-09:30 96360", "09:30-09:45 paused", "09:45-10:15 96360", "10:15-11:00 96361"]);
    assert_eq!(lane(&picture, 0), ["09:00-10:15 96360 x1", "10:15-11:00 96361 x1"]);
    assert_eq!(picture.minutes(), 105);
}

#[test]
fn what_overlaps_is_told_from_what_earned() {
    let picture = events(r#"Infuse(from: "08:00", to: "09:30", drug: "vancomycin"), Infuse(from: "09:05", to: "09:55", drug: "cefepime")"#);
    assert_eq!(segments(&picture, 1), ["09:05-09:30 S4", "09:30-09:55 96367"]);
}

#[test]
fn a_row_is_a_drug_at_an_access() {
    let picture = picture(
        r#"sites: {"port": (separate: "two lines ordered"), "arm": ()}, events: [
            Infuse(from: "08:00", to: "08:30", drug: "cefepime", site: "port"),
            Infuse(from: "09:00", to: "09:30", drug: "cefepime", site: "arm"),
            Push(at: "10:00", drug: "cefepime"), Service(at: "07:00", code: "99283"),
        ]"#,
    );
    let rows: Vec<(&str, &Site, usize, usize)> =
        picture.rows.iter().map(|row| (row.name.as_str(), &row.site, row.bars.len(), row.marks.len())).collect();
    let port = Site::Separate(1, "port".to_owned());
    assert_eq!(rows, [("99283", &Site::Main, 0, 1), ("cefepime", &Site::Main, 1, 1), ("cefepime", &port, 1, 0)]);
}

#[test]
fn bags_that_touch_are_one_bar_and_bags_apart_are_two() {
    let touching = events(r#"Infuse(from: "08:00", to: "08:30", drug: "KCl"), Infuse(from: "08:30", to: "09:00", drug: "KCl")"#);
    assert_eq!(bars(&touching, 0), ["08:00-09:00 Charted"]);
    assert_eq!(touching.rows[0].bars[0].bags.iter().map(|at| clock(&touching, *at)).collect::<Vec<_>>(), ["08:30"]);
    // One infusion by T1, but the bag hung for nobody between 08:45 and 09:00.
    let near = events(r#"Infuse(from: "08:00", to: "08:45", drug: "KCl"), Infuse(from: "09:00", to: "09:10", drug: "KCl")"#);
    assert_eq!(bars(&near, 0), ["08:00-08:45 Charted", "09:00-09:10 Charted"]);
    assert_eq!(lane(&near, 0), ["08:00-08:45 96365 x1", "09:00-09:10 96365 x0"]);
    let before = events(r#"Infuse(from: "07:40", to: "07:50", drug: "KCl"), Infuse(from: "08:00", to: "08:45", drug: "KCl")"#);
    assert_eq!(bars(&before, 0), ["07:40-07:50 Charted", "08:00-08:45 Charted"]);
}

#[test]
fn what_runs_twice_at_once_has_a_second_row() {
    let picture = picture(
        r#"sites: {"left": (), "right": ()}, events: [
            Infuse(from: "08:00", to: "09:00", drug: "NS", site: "left"),
            Infuse(from: "08:30", to: "09:30", drug: "NS", site: "right"),
        ]"#,
    );
    assert_eq!(bars(&picture, 0), ["08:00-09:30 Charted"]);
    assert_eq!(segments(&picture, 1), ["08:30-09:00 S3"]);
    assert_eq!((picture.rows[1].name.as_str(), picture.minutes()), ("normal saline", 120));
}

#[test]
fn an_end_says_what_proves_it() {
    let unknown = events(r#"Start(at: "09:10", drug: "ceftriaxone"), Note(at: "10:00", text: "home")"#);
    assert_eq!(bars(&unknown, 0), ["09:10-09:10 Unknown"]);
    assert_eq!(lane(&unknown, 0), ["09:10-09:10 96374 x1"]);
    let seen = events(r#"Start(at: "09:10", drug: "ceftriaxone"), Check(at: "09:40", drug: "ceftriaxone")"#);
    assert_eq!(bars(&seen, 0), ["09:10-09:40 Derived"]);
    let home =
        events(r#"Start(at: "09:10", drug: "fluorouracil", pump: Portable, continues_at_home: true), Push(at: "09:40", drug: "Zofran")"#);
    assert_eq!(bars(&home, 0), ["09:10-09:40 Home"]);
    // The second bag's end is not charted, the first one's is.
    let bags =
        events(r#"Infuse(from: "08:00", to: "08:30", drug: "KCl"), Start(at: "08:30", drug: "KCl"), Check(at: "09:00", drug: "KCl")"#);
    assert_eq!(bars(&bags, 0), ["08:00-09:00 Derived"]);
}

#[test]
fn a_run_ended_by_its_pause_is_charted() {
    let picture = events(r#"Start(at: "09:00", drug: "NS"), Pause(at: "09:40", drug: "NS"), Stop(at: "10:00", drug: "NS")"#);
    assert_eq!(bars(&picture, 0), ["09:00-09:40 Charted"]);
}

#[test]
fn hours_without_events_are_cut_and_shorter_gaps_are_not() {
    let with_gap = |second: &str| events(&format!(r#"Push(at: "08:00", drug: "Zofran"), Push(at: "{second}", drug: "Zofran")"#));
    assert_eq!(pieces(&with_gap("10:59")), ["08:00-10:59"]);
    assert_eq!(pieces(&with_gap("11:00")), ["08:00-08:15", "10:45-11:00"]);
    assert_eq!(pieces(&with_gap("+3 11:00")), ["08:00-08:15", "10:45-11:00"]);
    // A bag that runs is no gap; one that is paused for hours is.
    assert_eq!(pieces(&events(r#"Infuse(from: "08:00", to: "+1 08:00", drug: "NS")"#)), ["08:00-08:00"]);
    let paused = events(
        r#"Start(at: "08:00", drug: "NS"), Pause(at: "09:00", drug: "NS"), Resume(at: "15:00", drug: "NS"), Stop(at: "16:00", drug: "NS")"#,
    );
    assert_eq!(
        (pieces(&paused), bars(&paused, 0)),
        (vec!["08:00-09:15".to_owned(), "14:45-16:00".to_owned()], vec!["08:00-16:00 Charted".to_owned()])
    );
}

#[test]
fn days_begin_at_midnight() {
    let picture = events(r#"Infuse(from: "22:00", to: "+2 02:00", drug: "NS")"#);
    let piece = picture.axis.pieces[0];
    let days = picture.axis.days(piece.from, piece.to);
    assert_eq!(
        days.iter().map(|at| picture.calendar.wall(*at).to_string()).collect::<Vec<_>>(),
        ["2026-03-03 00:00:00", "2026-03-04 00:00:00"]
    );
    assert!(picture.axis.several_days());
}

fn at_the_change(date: &str, zone: &str, from: &str, to: &str) -> Picture {
    let log = format!(
        r#"Session(id: "x", setting: Hospital, date: "{date}", zone: "{zone}", events: [Infuse(from: "{from}", to: "{to}", drug: "vancomycin")])"#
    );
    let bills = bill(&[Source::new("x.ron", log.as_bytes())], &Options::default(), Reference::embedded());
    Picture::of(&bills[0], Reference::embedded()).unwrap_or_else(|| panic!("{:?}", bills[0].findings))
}

fn hours(picture: &Picture, step: i64) -> Vec<String> {
    let piece = picture.axis.pieces[0];
    picture.axis.ticks(piece.from, piece.to, step).into_iter().map(|at| clock(picture, at)).collect()
}

#[test]
fn an_hour_that_comes_twice_is_on_the_axis_twice() {
    let back = at_the_change("2026-10-31", "America/Chicago", "23:30", "+1 03:30");
    assert_eq!(hours(&back, 60), ["00:00", "01:00", "01:00", "02:00", "03:00"]);
    assert_eq!(hours(&back, 120), ["00:00", "02:00"]);
    let shifts = back.axis.shifts();
    assert_eq!((shifts.len(), shifts[0].forward, clock(&back, shifts[0].at)), (1, -60, "01:00".to_owned()));
    assert_eq!(back.minutes(), 300);
}

#[test]
fn an_hour_that_is_skipped_is_not_on_the_axis() {
    let forward = at_the_change("2026-03-08", "America/Chicago", "00:45", "03:20");
    assert_eq!(hours(&forward, 60), ["01:00", "03:00"]);
    assert_eq!((forward.axis.shifts()[0].forward, forward.minutes()), (60, 95));
}

#[test]
fn a_day_begins_where_midnight_is_skipped() {
    // In Beirut the clock goes from 00:00 to 01:00 on 29 March 2026.
    let picture = at_the_change("2026-03-28", "Asia/Beirut", "22:00", "+1 04:00");
    let piece = picture.axis.pieces[0];
    let days = picture.axis.days(piece.from, piece.to);
    assert_eq!(days.iter().map(|at| picture.calendar.wall(*at).hour()).collect::<Vec<_>>(), [1]);
}

#[test]
fn a_push_amid_hydration_does_not_part_the_lane() {
    let picture = events(r#"Infuse(from: "08:00", to: "10:00", drug: "NS"), Push(at: "08:20", drug: "Zofran", minutes: 2)"#);
    assert_eq!(segments(&picture, 0)[..2], ["08:00-08:20 96361", "08:20-08:22 S2"]);
    assert_eq!(lane(&picture, 0), ["08:00-10:00 96361 x2"]);
}

#[test]
fn an_untold_picture_tells_no_code_and_no_rule() {
    let told = events(
        r#"Infuse(from: "08:00", to: "09:30", drug: "vancomycin"), Infuse(from: "09:05", to: "09:55", drug: "cefepime"), Push(at: "09:00", drug: "Zofran")"#,
    );
    let untold = told.clone().untold();
    assert_eq!(segments(&untold, 2), ["09:05-09:30 ran", "09:30-09:55 ran"]);
    assert_eq!(untold.rows[1].marks[0].fate, Fate::Ran);
    assert!(untold.rows.iter().all(|row| row.lane.is_empty()));
    assert_eq!((untold.minutes(), untold.axis), (told.minutes(), told.axis));
}
