//! Minutes find their columns, labels their places.

use super::ink::{ASCII, Cells, Ink, UNICODE};
use super::lane::{self, Label};
use super::{Style, drawing};
use crate::show::picture::Picture;
use crate::{Options, Reference, Source, bill};

fn label(from: usize, to: usize, text: &str) -> Label {
    Label { from, to, text: text.to_owned(), ink: Ink::Plain }
}

fn written(labels: &[Label], columns: usize) -> Option<Vec<String>> {
    lane::write(labels, columns, &UNICODE).map(|lines| lines.iter().map(|cells| cells.line(false)).collect())
}

#[test]
fn a_label_fills_its_stretch_where_it_can() {
    let lines = written(&[label(2, 13, "96365"), label(13, 18, "96366")], 40);
    assert_eq!(lines.expect("room"), ["  └─ 96365 ─┘96366"]);
}

#[test]
fn labels_that_would_collide_hang_on_stems() {
    let lines = written(&[label(0, 0, "96374"), label(3, 3, "96375"), label(6, 6, "P3")], 40);
    assert_eq!(lines.expect("room"), ["│  │  P3", "│  96375", "96374"]);
}

#[test]
fn a_label_at_the_edge_moves_inwards() {
    assert_eq!(written(&[label(8, 8, "96375")], 10).expect("room"), ["     96375"]);
}

#[test]
fn too_many_labels_are_no_lane() {
    let labels: Vec<Label> = (0..8).map(|at| label(at, at, "96375")).collect();
    assert_eq!(written(&labels, 40), None);
}

#[test]
fn a_text_is_cut_to_columns_not_to_characters() {
    assert_eq!(UNICODE.fit("piperacillin-tazobactam", 10), "piperacil…");
    assert_eq!(ASCII.fit("piperacillin-tazobactam", 10), "piperac...");
    assert_eq!(UNICODE.fit("研究药研究药", 7), "研究药…");
    assert_eq!(UNICODE.fit("ten chars!", 10), "ten chars!");
}

#[test]
fn colour_surrounds_runs_of_cells() {
    let mut cells = Cells::default();
    cells.write(1, "##", Ink::Earned);
    assert_eq!(cells.line(true), " \u{1b}[32m##\u{1b}[0m");
    assert_eq!(cells.line(false), " ##");
}

/// The first line of each row, at 80 columns, without labels.
fn rows(events: &str) -> Vec<String> {
    let log = format!(r#"Session(id: "x", setting: Hospital, date: "2026-03-02", events: [{events}])"#);
    let bills = bill(&[Source::new("x.ron", log.as_bytes())], &Options::default(), Reference::embedded());
    let picture = Picture::of(&bills[0], Reference::embedded()).expect("a picture");
    let text = drawing(&picture, Style { width: 80, color: false, ascii: true });
    let names: Vec<&str> = picture.rows.iter().map(|row| row.name.as_str()).collect();
    let row = |line: &str| names.iter().find_map(|name| Some(line.strip_prefix(&format!(" {name}"))?.trim().to_owned()));
    text.lines().filter_map(row).collect()
}

#[test]
fn a_minute_is_seen_in_a_day() {
    let rows = rows(r#"Infuse(from: "00:00", to: "23:00", drug: "milrinone"), Infuse(from: "12:00", to: "12:01", drug: "cefepime")"#);
    assert!(rows[1].contains('#'), "{rows:?}");
}

#[test]
fn a_gap_is_seen_however_short() {
    let rows = rows(r#"Infuse(from: "00:00", to: "11:00", drug: "milrinone"), Infuse(from: "11:02", to: "23:00", drug: "milrinone")"#);
    let runs = rows[0].split(|glyph| glyph != '#').filter(|run| !run.is_empty()).count();
    assert_eq!(runs, 2, "{rows:?}");
}

#[test]
fn a_hole_is_seen_however_short() {
    let rows = rows(r#"Infuse(from: "08:00", to: "20:00", drug: "NS"), Push(at: "12:00", drug: "Zofran", minutes: 1)"#);
    assert!(rows[0].contains("#-#"), "{rows:?}");
}

#[test]
fn marks_of_one_column_are_counted() {
    let rows =
        rows(r#"Push(at: "08:00", drug: "morphine"), Push(at: "08:01", drug: "morphine"), Infuse(from: "08:00", to: "20:00", drug: "NS")"#);
    assert_eq!(rows[0].chars().next(), Some('2'), "{rows:?}");
}
