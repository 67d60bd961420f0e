//! Pictures in the terminal. Every file of `tests/timeline` begins with a command line, behind `$`;
//! what it prints follows. `BLESS=1 cargo test --test timeline` writes the pictures anew: look at
//! the difference before you keep it. The rest holds of the picture of every log there is.

#[path = "support/expected.rs"]
#[allow(dead_code)] // only how a case is read
mod expected;
#[path = "support/told.rs"]
#[allow(dead_code)]
mod told;

use std::path::Path;
use std::process::Command;

use expected::{Expected, files, header};
use hangtime::show::picture::{Fate, Picture};
use hangtime::show::timeline::{Style, draw};
use hangtime::{Bill, Reference, Source, bill};
use libtest_mimic::{Arguments, Failed, Trial};
use unicode_width::UnicodeWidthStr;

/// Widths at which every log is drawn.
const WIDTHS: [usize; 12] = [40, 41, 47, 53, 60, 71, 80, 93, 107, 120, 160, 200];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("a sample fits every width", a_sample_fits_every_width),
        Trial::test("no line is wider than the width", no_line_is_wider_than_the_width),
        Trial::test("every minute that ran is drawn once", every_minute_is_drawn_once),
        Trial::test("a bar is filled and bars of a row do not overlap", bars_are_filled),
        Trial::test("every unit is in the lane", every_unit_is_in_the_lane),
        Trial::test("all that is drawn lies on the axis", all_lies_on_the_axis),
        Trial::test("an untold picture names no code", an_untold_picture_names_no_code),
    ];
    for path in files("tests/timeline", "txt") {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        trials.push(Trial::test(name, move || blessed(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn blessed(path: &Path) -> Result<(), Failed> {
    let wanted = std::fs::read_to_string(path)?;
    let first = wanted.lines().next().unwrap_or_default();
    let words = first.strip_prefix("$ hangtime ").ok_or("the first line is not `$ hangtime ...`")?.split_whitespace();
    let ran = Command::new(env!("CARGO_BIN_EXE_hangtime")).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output()?;
    let came = format!("{first}\n{}{}", String::from_utf8(ran.stdout)?, String::from_utf8(ran.stderr)?);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, came)?;
    } else if wanted != came {
        return Err(format!("expected\n{wanted}\ncame\n{came}").into());
    }
    Ok(())
}

/// The bills of every sample and case, each under its own policies, that have a claim.
fn bills() -> Vec<Bill> {
    let mut all = Vec::new();
    for path in [files("sessions", "ron"), files("tests/cases", "ron"), files("tests/timeline", "ron")].concat() {
        let text = std::fs::read_to_string(&path).expect("a log");
        let options = Expected::read(header(&text)).expect("a header").options;
        all.extend(bill(&[Source::new(path.display().to_string(), text.as_bytes())], &options, Reference::embedded()));
    }
    assert!(all.len() > 300, "there are logs: {}", all.len());
    all
}

fn pictures() -> impl Iterator<Item = (Bill, Picture)> {
    bills().into_iter().filter_map(|bill| Picture::of(&bill, Reference::embedded()).map(|picture| (bill, picture)))
}

/// Holds of every picture, else names the session.
fn hold(holds: impl Fn(&Bill, &Picture) -> Result<(), String>) -> Result<(), Failed> {
    for (bill, picture) in pictures() {
        holds(&bill, &picture).map_err(|why| format!("{}: {why}\n{picture:#?}", bill.id))?;
    }
    Ok(())
}

fn fits(bill: &Bill, width: usize, ascii: bool) -> Result<(), Failed> {
    let text = draw(bill, Reference::embedded(), Style { width, color: false, ascii });
    if let Some(line) = text.lines().find(|line| line.width() > width) {
        return Err(format!("{}: {} columns at {width}:\n{line}\n{text}", bill.id, line.width()).into());
    }
    if text.lines().any(|line| line != line.trim_end()) {
        return Err(format!("{}: blanks end a line at {width}:\n{text}", bill.id).into());
    }
    if ascii && !text.is_ascii() {
        return Err(format!("{}: not ASCII:\n{text}", bill.id).into());
    }
    Ok(())
}

fn no_line_is_wider_than_the_width() -> Result<(), Failed> {
    for bill in bills() {
        for width in WIDTHS {
            fits(&bill, width, false)?;
            fits(&bill, width, true)?;
        }
    }
    Ok(())
}

fn a_sample_fits_every_width() -> Result<(), Failed> {
    for path in files("sessions", "ron").into_iter().step_by(4).chain(files("tests/timeline", "ron")) {
        let text = std::fs::read(&path)?;
        for bill in bill(&[Source::new(path.display().to_string(), &text)], &hangtime::Options::default(), Reference::embedded()) {
            for width in 40..=200 {
                fits(&bill, width, width % 2 == 0)?;
            }
        }
    }
    Ok(())
}

fn every_minute_is_drawn_once() -> Result<(), Failed> {
    hold(|bill, picture| {
        let claim = bill.claim.as_ref().ok_or("no claim")?;
        let drawn = |earned: bool| -> i64 {
            let bars = picture.rows.iter().flat_map(|row| &row.bars).flat_map(|bar| &bar.segments);
            let marks = picture.rows.iter().flat_map(|row| &row.marks).map(|mark| (&mark.fate, mark.minutes));
            let parts = bars.map(|segment| (&segment.fate, segment.minutes())).chain(marks);
            parts.filter(|(fate, _)| **fate != Fate::Paused && matches!(fate, Fate::Earned(_)) == earned).map(|(_, minutes)| minutes).sum()
        };
        let (billed, all) = (claim.billed_minutes(), claim.minutes());
        if (drawn(true), drawn(false), picture.minutes()) == (billed, all - billed, all) {
            return Ok(());
        }
        Err(format!("drawn {} and {}, billed {billed} of {all}", drawn(true), drawn(false)))
    })
}

fn bars_are_filled() -> Result<(), Failed> {
    hold(|_, picture| {
        for row in &picture.rows {
            if row.bars.windows(2).any(|pair| pair[0].to > pair[1].from) {
                return Err(format!("bars of {} overlap", row.name));
            }
            for bar in &row.bars {
                let ends = (bar.segments.first().map(|part| part.from), bar.segments.last().map(|part| part.to));
                let joined = bar.segments.windows(2).all(|pair| pair[0].to == pair[1].from);
                if ends != (Some(bar.from), Some(bar.to)) || !joined {
                    return Err(format!("a bar of {} has holes", row.name));
                }
            }
        }
        Ok(())
    })
}

fn every_unit_is_in_the_lane() -> Result<(), Failed> {
    hold(|bill, picture| {
        let drawn: usize = picture.rows.iter().flat_map(|row| &row.lane).map(|stretch| stretch.units).sum();
        let billed: usize = bill.claim.iter().flat_map(|claim| &claim.lines).map(hangtime::claim::Line::units).sum();
        if drawn == billed { Ok(()) } else { Err(format!("{drawn} units drawn, {billed} billed")) }
    })
}

fn all_lies_on_the_axis() -> Result<(), Failed> {
    hold(|_, picture| {
        let shown = |at| picture.axis.pieces.iter().any(|piece| piece.from <= at && at <= piece.to);
        let bars = picture.rows.iter().flat_map(|row| &row.bars).flat_map(|bar| [bar.from, bar.to]);
        let marks = picture.rows.iter().flat_map(|row| &row.marks).map(|mark| mark.at);
        match bars.chain(marks).find(|at| !shown(*at)) {
            Some(at) => Err(format!("{} is not shown", picture.calendar.stamp(at))),
            None => Ok(()),
        }
    })
}

fn an_untold_picture_names_no_code() -> Result<(), Failed> {
    for (bill, picture) in pictures() {
        let text = hangtime::show::timeline::drawing(&picture.untold(), Style { width: 80, color: false, ascii: false });
        let codes = bill.claim.iter().flat_map(|claim| &claim.lines).map(|line| &Reference::embedded().codes.get(line.code).code);
        if let Some(code) = codes.into_iter().find(|code| text.contains(code.as_str())) {
            return Err(format!("{}: {code} is in\n{text}", bill.id).into());
        }
    }
    Ok(())
}
