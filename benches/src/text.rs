//! Sessions as text, and texts as sessions with nothing done to them.

use std::io::{self, BufRead, Write};

use hangtime::session::log::Session;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;

/// How sessions are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Text {
    /// One JSON object a line.
    NdJson,
    /// One list, an event a line.
    Ron,
}

fn ron() -> ron::Options {
    ron::Options::default().with_default_extension(Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES)
}

/// Writes sessions one by one.
///
/// # Errors
/// Where they cannot be written.
pub fn write(text: Text, sessions: impl Iterator<Item = Session>, to: &mut impl Write) -> io::Result<()> {
    match text {
        Text::NdJson => {
            for session in sessions {
                serde_json::to_writer(&mut *to, &session)?;
                to.write_all(b"\n")?;
            }
        }
        Text::Ron => {
            let manner = PrettyConfig::new().struct_names(true).depth_limit(2);
            to.write_all(b"[\n")?;
            for session in sessions {
                let one = ron().to_string_pretty(&session, manner.clone()).map_err(io::Error::other)?;
                to.write_all(one.as_bytes())?;
                to.write_all(b",\n")?;
            }
            to.write_all(b"]\n")?;
        }
    }
    Ok(())
}

/// Sessions as one text in memory.
///
/// # Panics
/// Never: memory takes all.
#[must_use]
pub fn written(text: Text, sessions: impl Iterator<Item = Session>) -> String {
    let mut bytes = Vec::new();
    write(text, sessions, &mut bytes).expect("memory takes all");
    String::from_utf8(bytes).expect("JSON and RON are text")
}

/// Reads NDJSON a line at a time into the structs of a log, and drops them. Returns the number of events.
///
/// # Errors
/// Where a line cannot be read.
pub fn parse_ndjson(mut from: impl BufRead) -> io::Result<usize> {
    let (mut line, mut events) = (Vec::new(), 0);
    while from.read_until(b'\n', &mut line)? > 0 {
        let session: Session = serde_json::from_slice(&line)?;
        events += session.events.len();
        line.clear();
    }
    Ok(events)
}

/// Reads a RON list into the structs of a log, and drops them. Returns the number of events.
///
/// # Errors
/// Where it cannot be read.
pub fn parse_ron(text: &str) -> io::Result<usize> {
    let sessions: Vec<Session> = ron().from_str(text).map_err(io::Error::other)?;
    Ok(sessions.iter().map(|session| session.events.len()).sum())
}

#[cfg(test)]
mod tests {
    use super::{Text, parse_ndjson, parse_ron, written};
    use crate::SEED;
    use crate::shapes::Shape;
    use hangtime::session::log::Session;
    use hangtime::{Source, read};

    #[test]
    fn what_is_written_is_read_again() {
        for shape in Shape::ALL {
            let sessions: Vec<Session> = (0..50).map(|n| shape.session(SEED, n, 20)).collect();
            let json = written(Text::NdJson, sessions.iter().cloned());
            let lines: Vec<Session> = json.lines().map(|line| serde_json::from_str(line).expect("a session")).collect();
            assert_eq!(lines, sessions);
            assert_eq!(parse_ndjson(json.as_bytes()).expect("sessions"), 1000);
            let ron = written(Text::Ron, sessions.iter().cloned());
            assert_eq!(read(&Source::new("list.ron", ron.as_bytes())).expect("sessions"), sessions);
            assert_eq!(parse_ron(&ron).expect("sessions"), 1000);
        }
    }
}
