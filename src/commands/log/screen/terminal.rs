//! The terminal: taken over, given back whatever happens, and the loop between.

use std::io::{self, IsTerminal, stdout};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hangtime::writing::{Present, Refusal};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event};
use ratatui::crossterm::execute;

use super::super::super::clock;
use super::desk;
use super::draw::draw;
use super::ink::Manner;
use super::state::{Effect, Outcome, Screen};

/// How soon a signal or a minute that went by is seen.
const TICK: Duration = Duration::from_millis(200);

/// How soon a change by another program is seen.
const REREAD: Duration = Duration::from_secs(1);

/// Whether there is one that a screen can be drawn on; else why not.
pub fn is_fit() -> Result<(), &'static str> {
    if !io::stdin().is_terminal() || !stdout().is_terminal() {
        return Err("`hangtime log` alone draws a screen, and here is no terminal to draw it on");
    }
    match std::env::var("TERM") {
        Ok(kind) if kind == "dumb" => Err("`hangtime log` alone draws a screen, and this terminal (TERM=dumb) cannot show one"),
        _ => Ok(()),
    }
}

/// Ends the program when its terminal has gone: reading keys from one that has never returns.
#[cfg(unix)]
fn leave_with_the_terminal() {
    std::thread::spawn(|| {
        while io::stdin().is_terminal() {
            std::thread::sleep(REREAD);
        }
        // The store leaves the old text or the new one, whenever it is cut off.
        as_by_default(signal_hook::consts::SIGHUP as usize);
    });
}

#[cfg(not(unix))]
fn leave_with_the_terminal() {}

/// The terminal while the screen has it.
struct Stage {
    terminal: DefaultTerminal,
}

impl Stage {
    /// Takes it over; a panic gives it back before it tells itself.
    fn take() -> io::Result<Stage> {
        let terminal = ratatui::try_init()?;
        execute!(stdout(), EnableBracketedPaste)?;
        Ok(Stage { terminal })
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = execute!(stdout(), DisableBracketedPaste);
        let _ = execute!(stdout(), ratatui::crossterm::cursor::Show);
        // A panic has given it back before it told itself; once more would write over its words.
        if !std::thread::panicking() {
            let _ = ratatui::try_restore();
        }
    }
}

/// The signals that end the program or send it to the background.
struct Signals(Arc<AtomicUsize>);

impl Signals {
    #[cfg(unix)]
    fn watch() -> io::Result<Signals> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
        let seen = Arc::new(AtomicUsize::new(0));
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP] {
            signal_hook::flag::register_usize(signal, Arc::clone(&seen), signal as usize)?;
        }
        Ok(Signals(seen))
    }

    #[cfg(not(unix))]
    fn watch() -> io::Result<Signals> {
        Ok(Signals(Arc::new(AtomicUsize::new(0))))
    }

    /// The one that came since it was last asked.
    fn take(&self) -> Option<usize> {
        Some(self.0.swap(0, Ordering::Relaxed)).filter(|signal| *signal != 0)
    }
}

/// Why the loop ended.
enum End {
    Quit,
    Signal(usize),
}

/// Shows the screen until it is left.
///
/// # Errors
/// Where the terminal fails.
pub fn show(mut screen: Screen, manner: Manner) -> Result<(), String> {
    let signals = Signals::watch().map_err(|problem| format!("signals cannot be watched: {problem}"))?;
    let stage = Stage::take().map_err(|problem| format!("the terminal cannot be used: {problem}"))?;
    leave_with_the_terminal();
    let ended = run(&mut screen, stage, &signals, manner);
    match ended.map_err(|problem| format!("the terminal cannot be used any more: {problem}"))? {
        End::Quit => {}
        // As any program that does not know the signal: the shell is told so.
        End::Signal(signal) => as_by_default(signal),
    }
    Ok(())
}

#[cfg(unix)]
fn as_by_default(signal: usize) {
    let _ = signal_hook::low_level::emulate_default_handler(signal as i32);
}

#[cfg(not(unix))]
fn as_by_default(_: usize) {}

#[cfg(unix)]
const TO_BACKGROUND: usize = signal_hook::consts::SIGTSTP as usize;
#[cfg(not(unix))]
const TO_BACKGROUND: usize = usize::MAX;

fn run(screen: &mut Screen, mut stage: Stage, signals: &Signals, manner: Manner) -> io::Result<End> {
    let mut reader = Reader::default();
    loop {
        reader.read(screen);
        stage.terminal.draw(|frame| draw(frame, screen, manner))?;
        let mut effect = None;
        match signals.take() {
            Some(TO_BACKGROUND) => effect = Some(Effect::Suspend),
            Some(signal) => return Ok(End::Signal(signal)),
            None if event::poll(TICK)? => match event::read()? {
                Event::Key(key) => effect = screen.key(key),
                Event::Paste(text) => screen.paste(&text),
                _ => {}
            },
            None => {}
        }
        screen.present = clock::now().map_err(io::Error::other)?;
        match effect {
            None => {}
            Some(Effect::Quit) => return Ok(End::Quit),
            Some(Effect::Suspend) => {
                drop(stage);
                as_by_default(TO_BACKGROUND);
                stage = Stage::take()?;
                reader = Reader::default();
            }
            Some(effect) => {
                if let Some(outcome) = perform(effect, screen) {
                    screen.answer(outcome);
                }
                reader.is_own = true;
            }
        }
    }
}

fn perform(effect: Effect, screen: &Screen) -> Option<Outcome> {
    let (present, reference) = (screen.present, screen.reference);
    match (effect, &screen.place) {
        (Effect::Write(told), Some(place)) => Some(desk::write(place, &told, present, reference)),
        (Effect::Undo(line), Some(place)) => Some(desk::undo(place, &line, reference)),
        (Effect::Open(place), _) => Some(Outcome::Opened(place)),
        (Effect::Create(path, fresh), _) => Some(desk::create(&path, &fresh)),
        _ => None,
    }
}

/// What was read last, and when.
#[derive(Default)]
struct Reader {
    last: Option<(Result<Vec<u8>, Refusal>, Present)>,
    when: Option<Instant>,
    /// The screen itself has just written.
    is_own: bool,
}

impl Reader {
    /// Reads the log again where it may have changed, and works it out anew where it or the minute has.
    fn read(&mut self, screen: &mut Screen) {
        let Some(place) = screen.place.clone() else { return };
        let is_new = screen.chart.is_none() || self.is_own;
        if !is_new && self.when.is_some_and(|when| when.elapsed() < REREAD) {
            return;
        }
        self.when = Some(Instant::now());
        let bytes = desk::read(&place.path);
        let differs = self.last.as_ref().is_some_and(|(last, _)| *last != bytes);
        let stands = self.last.as_ref().is_some_and(|(_, present)| *present == screen.present) && !differs;
        if stands && screen.chart.is_some() {
            self.is_own = false;
            return;
        }
        let by_another = differs && !is_new;
        let chart = bytes.clone().and_then(|bytes| desk::chart(&bytes, &place, screen.present, screen.reference));
        screen.reading(chart, by_another);
        self.last = Some((bytes, screen.present));
        self.is_own = false;
    }
}
