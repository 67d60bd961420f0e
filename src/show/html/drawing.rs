//! The picture of a session as SVG.

use std::fmt::Write as _;

use maud::{Markup, html};

use crate::show::picture::{Axis, Bar, End, Fate, Kind, Mark, Picture, Row, Site, Stretch};
use crate::timeline::calendar::Minute;

const WIDTH: f64 = 960.0;
/// Names stand left of this.
const LEFT: f64 = 190.0;
const RIGHT: f64 = 20.0;
/// The axis with its clock times.
const TOP: f64 = 40.0;
const BAR: f64 = 16.0;
/// From a row's top to its bar, and from line to line of its lane.
const PAD: f64 = 8.0;
const LINE: f64 = 13.0;
/// A cut gap.
const GAP: f64 = 26.0;
/// Points a character of a lane's label takes, at the most.
const GLYPH: f64 = 7.0;
const STEPS: [i64; 10] = [15, 30, 60, 120, 180, 240, 360, 720, 1440, 10080];
/// Points between two clock times.
const APART: f64 = 62.0;
/// A name longer than this is cut.
const LONGEST: usize = 27;

/// Minutes to points.
struct Scale<'p> {
    axis: &'p Axis,
    a_minute: f64,
}

impl<'p> Scale<'p> {
    fn of(axis: &'p Axis) -> Self {
        let minutes: i64 = axis.pieces.iter().map(|piece| piece.to.since(piece.from)).sum();
        let gaps = axis.pieces.len().saturating_sub(1);
        let room = WIDTH - LEFT - RIGHT - GAP * points(i64::try_from(gaps).unwrap_or(0));
        Scale { axis, a_minute: room.max(60.0) / points(minutes.max(1)) }
    }

    fn x(&self, at: Minute) -> f64 {
        let mut x = LEFT;
        for piece in &self.axis.pieces {
            if at <= piece.to {
                return x + points(at.since(piece.from).max(0)) * self.a_minute;
            }
            x += points(piece.to.since(piece.from)) * self.a_minute + GAP;
        }
        x - GAP
    }

    fn step(&self) -> i64 {
        STEPS.into_iter().find(|step| points(*step) * self.a_minute >= APART).unwrap_or(STEPS[STEPS.len() - 1])
    }
}

#[allow(clippy::cast_precision_loss)]
fn points(minutes: i64) -> f64 {
    minutes as f64
}

/// A number with one decimal, none where it is whole.
fn n(points: f64) -> String {
    let text = format!("{points:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// The drawing, with its text for those who do not see it.
pub fn drawing(picture: &Picture, id: &str, name: &str) -> Markup {
    let scale = Scale::of(&picture.axis);
    let mut rows = Vec::new();
    let mut y = TOP;
    for row in &picture.rows {
        let labels = labels(row, &scale);
        let lines = labels.iter().map(|label| label.line + 1).max().unwrap_or(0);
        let height = PAD + BAR + LINE * points(i64::try_from(lines).unwrap_or(0)) + PAD;
        rows.push((row, labels, y));
        y += height;
    }
    let bottom = y;
    html! {
        div.scroll role="region" aria-label="Timeline" tabindex="0" {
            svg.timeline viewBox={ "0 0 " (n(WIDTH)) " " (n(bottom + 4.0)) } role="img" aria-labelledby={ (id) "-title " (id) "-desc" } {
                title id={ (id) "-title" } { "Timeline of " (name) }
                desc id={ (id) "-desc" } { (words(picture)) }
                (axis(picture, &scale, bottom))
                @for (row, labels, y) in &rows { (self::row(picture, row, labels, *y, &scale)) }
            }
        }
        (legend(picture))
    }
}

fn axis(picture: &Picture, scale: &Scale, bottom: f64) -> Markup {
    let axis = &picture.axis;
    let step = scale.step();
    let several = axis.several_days();
    let clock = |at: Minute| picture.calendar.wall(at).format("%H:%M").to_string();
    let day = |at: Minute| picture.calendar.wall(at).format("%a %-d %b").to_string();
    html! {
        @for (number, piece) in axis.pieces.iter().enumerate() {
            @for tick in axis.ticks(piece.from, piece.to, step) {
                @let x = n(scale.x(tick));
                line.grid x1=(x) x2=(x) y1=(n(TOP - 4.0)) y2=(n(bottom)) {}
                @if step < 1440 { text.clock x=(x) y=(n(TOP - 10.0)) text-anchor="middle" { (clock(tick)) } }
            }
            @if several {
                @for at in std::iter::once(piece.from).chain(axis.days(piece.from, piece.to)) {
                    text.clock x=(n(scale.x(at))) y="12" { (day(at)) }
                }
            }
            @if number > 0 {
                @let x = n(scale.x(piece.from) - GAP / 2.0);
                line.fold x1=(x) x2=(x) y1=(n(TOP - 4.0)) y2=(n(bottom)) { title { "hours without events, cut out" } }
            }
        }
        @for shift in axis.shifts() {
            @let x = n(scale.x(shift.at));
            line.open x1=(x) x2=(x) y1=(n(TOP - 4.0)) y2=(n(bottom)) { title { "the clock on the wall changes" } }
        }
    }
}

/// What a stretch of the lane says, and where it finds room.
struct Label {
    x: f64,
    line: usize,
    text: String,
}

fn labels(row: &Row, scale: &Scale) -> Vec<Label> {
    let mut ends: Vec<f64> = Vec::new();
    let mut labels = Vec::new();
    for stretch in &row.lane {
        let Some(text) = said(stretch) else { continue };
        let width = GLYPH * points(i64::try_from(text.chars().count()).unwrap_or(0));
        let x = scale.x(stretch.from).min(WIDTH - width);
        let line = ends.iter().position(|end| *end <= x).unwrap_or(ends.len());
        if line == ends.len() {
            ends.push(0.0);
        }
        ends[line] = x + width + 4.0;
        labels.push(Label { x, line, text });
    }
    labels
}

fn said(stretch: &Stretch) -> Option<String> {
    match &stretch.fate {
        Fate::Earned(code) if stretch.units > 1 => Some(format!("{code} x{}", stretch.units)),
        Fate::Earned(code) => Some(code.clone()),
        Fate::Nothing(rule) => Some(rule.id().to_owned()),
        Fate::Ran | Fate::Paused => None,
    }
}

fn row(picture: &Picture, row: &Row, labels: &[Label], y: f64, scale: &Scale) -> Markup {
    let top = y + PAD;
    html! {
        g {
            text.label x="0" y=(n(top + BAR - 4.0)) { (short(&named(row))) title { (named(row)) } }
            text.clock x="0" y=(n(top + BAR + LINE - 4.0)) { (times(picture, row)) }
            @for bar in &row.bars { (self::bar(picture, row, bar, top, scale)) }
            @for mark in &row.marks { (self::mark(picture, row, mark, top, scale)) }
            @for label in labels {
                text.earned x=(n(label.x)) y=(n(top + BAR + LINE * points(i64::try_from(label.line + 1).unwrap_or(1)) - 2.0)) { (label.text) }
            }
        }
    }
}

fn bar(picture: &Picture, row: &Row, bar: &Bar, top: f64, scale: &Scale) -> Markup {
    let middle = n(top + BAR / 2.0);
    let told = format!("{}, {}", row.name, bar_words(picture, bar));
    html! {
        g {
            title { (told) }
            @for segment in &bar.segments {
                @let (x1, x2) = (scale.x(segment.from), scale.x(segment.to));
                @match &segment.fate {
                    Fate::Paused => line.pause x1=(n(x1)) x2=(n(x2)) y1=(middle) y2=(middle) {},
                    Fate::Nothing(_) => rect.idle x=(n(x1)) y=(n(top)) width=(n((x2 - x1).max(2.0))) height=(n(BAR)) {},
                    Fate::Earned(_) | Fate::Ran => rect.credit x=(n(x1)) y=(n(top)) width=(n((x2 - x1).max(2.0))) height=(n(BAR)) {},
                }
            }
            @if bar.end != End::Charted {
                @let x = scale.x(bar.to);
                line.open x1=(n(x + 1.0)) x2=(n(x + 1.0)) y1=(n(top - 3.0)) y2=(n(top + BAR + 3.0)) {}
            }
        }
    }
}

fn mark(picture: &Picture, row: &Row, mark: &Mark, top: f64, scale: &Scale) -> Markup {
    let (x, middle) = (scale.x(mark.at), top + BAR / 2.0);
    let corners: &[(f64, f64)] = match mark.kind {
        Kind::Push => &[(-6.0, -6.0), (6.0, -6.0), (0.0, 6.0)],
        Kind::Injection(_) | Kind::OnBody | Kind::SetUp => &[(0.0, -7.0), (7.0, 0.0), (0.0, 7.0), (-7.0, 0.0)],
        _ => &[(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)],
    };
    let mut shape = String::new();
    for (dx, dy) in corners {
        let _ = write!(shape, "{},{} ", n(x + dx), n(middle + dy));
    }
    html! {
        polygon.mark points=(shape.trim_end()) { title { (row.name) ", " (mark_words(picture, mark)) } }
    }
}

/// "09:05 to 09:37, 32 min", or how many of what there are.
fn times(picture: &Picture, row: &Row) -> String {
    match (row.bars.as_slice(), row.marks.as_slice()) {
        ([bar], []) if matches!(bar.end, End::Charted | End::Derived) => {
            format!("{} to {}, {} min", in_log(picture, bar.from), in_log(picture, bar.to), bar.minutes())
        }
        ([bar], []) => format!("from {}", in_log(picture, bar.from)),
        ([], [mark]) => format!("{} {}", kind_words(mark.kind), in_log(picture, mark.at)),
        (bars, marks) => {
            let minutes: i64 = bars.iter().map(Bar::minutes).sum();
            let count =
                |count: usize, one: &str, many: &str| (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }));
            let (mark, several) = if marks.iter().all(|mark| mark.kind == Kind::Push) { ("push", "pushes") } else { ("mark", "marks") };
            let minutes = (minutes > 0).then(|| format!("{minutes} min"));
            let parts = [count(bars.len(), "run", "runs"), minutes, count(marks.len(), mark, several)];
            parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    }
}

/// "09:05", on later days "+1 02:45", as the log writes it: it is short.
fn in_log(picture: &Picture, at: Minute) -> String {
    let days = (picture.calendar.date(at) - picture.calendar.session_date()).num_days();
    let clock = picture.calendar.wall(at).format("%H:%M");
    if days == 0 { clock.to_string() } else { format!("{days:+} {clock}") }
}

fn named(row: &Row) -> String {
    match &row.site {
        Site::Main => row.name.clone(),
        Site::Separate(_, site) => format!("{} ({site})", row.name),
    }
}

fn short(name: &str) -> String {
    if name.chars().count() <= LONGEST { name.to_owned() } else { name.chars().take(LONGEST - 1).chain(['…']).collect() }
}

fn clock(picture: &Picture, at: Minute) -> String {
    let wall = picture.calendar.wall(at);
    if picture.axis.several_days() { wall.format("%-d %b %H:%M").to_string() } else { wall.format("%H:%M").to_string() }
}

fn bar_words(picture: &Picture, bar: &Bar) -> String {
    let from = clock(picture, bar.from);
    match bar.end {
        End::Charted => format!("{from} to {}, {} minutes", clock(picture, bar.to), bar.minutes()),
        End::Derived => format!("{from} to {}, {} minutes, no stop charted", clock(picture, bar.to), bar.minutes()),
        End::Home => format!("from {from} on, goes on at home"),
        End::Unknown => format!("from {from} on, no stop and nothing proves one"),
    }
}

fn mark_words(picture: &Picture, mark: &Mark) -> String {
    format!("{} {}", kind_words(mark.kind), clock(picture, mark.at))
}

fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Push => "push",
        Kind::Injection(_) => "injection",
        Kind::OnBody => "on-body injector",
        Kind::SetUp => "set-up under the skin",
        Kind::Cavity => "into a cavity",
        Kind::Lesions => "into lesions",
        Kind::Flush => "port flush",
        Kind::Refill => "pump refill",
        Kind::Transfusion => "transfusion",
        Kind::Service => "other service",
    }
}

/// The whole picture in words.
fn words(picture: &Picture) -> String {
    let rows = picture.rows.iter().map(|row| {
        let mut parts: Vec<String> = row.bars.iter().map(|bar| bar_words(picture, bar)).collect();
        parts.extend(row.marks.iter().map(|mark| mark_words(picture, mark)));
        let lane: Vec<String> = row.lane.iter().filter_map(said).collect();
        if !lane.is_empty() {
            parts.push(format!("earned: {}", lane.join(", ")));
        }
        format!("{}: {}.", named(row), parts.join("; "))
    });
    rows.collect::<Vec<_>>().join(" ")
}

fn legend(picture: &Picture) -> Markup {
    let fates = || picture.rows.iter().flat_map(|row| &row.bars).flat_map(|bar| &bar.segments).map(|segment| &segment.fate);
    let idle = fates().any(|fate| matches!(fate, Fate::Nothing(_)));
    let told = !fates().any(|fate| *fate == Fate::Ran);
    let paused = fates().any(|fate| *fate == Fate::Paused);
    let open = picture.rows.iter().flat_map(|row| &row.bars).any(|bar| bar.end != End::Charted);
    let folded = picture.axis.pieces.len() > 1;
    html! {
        p.soft.legend {
            @if told { "Full: earned." } @else { "Full: ran." }
            @if idle { " Dashed outline: ran and earned nothing, under the rule named below it." }
            @if paused { " Dashed line: paused." }
            @if open { " Dashed edge: no stop is charted, or it goes on at home." }
            @if folded { " Dotted line: hours without events, cut out." }
        }
    }
}
