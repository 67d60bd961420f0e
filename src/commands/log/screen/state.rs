//! The screen's state: keys and readings go in, deeds come out. Nothing here touches disk, clock or
//! terminal.

use std::path::PathBuf;

use hangtime::Reference;
use hangtime::writing::fresh::Fresh;
use hangtime::writing::{Present, Refusal, Verb};
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use super::chart::Chart;
use super::chooser::{Chooser, Picked};
use super::deeds::{Deed, Order};
use super::form::Did;
use super::plain::{ended, plain};

/// Which log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: PathBuf,
    /// Which session of the file; the only one, where it is not said.
    pub session: Option<String>,
}

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Quit,
    /// To the background, as the shell's job.
    Suspend,
    /// Write an event.
    Write(Told),
    /// Take out the last event, if it is still this one.
    Undo(String),
    Open(Place),
    Create(PathBuf, Fresh),
}

/// An event as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub verb: Verb,
    /// The time as it was typed.
    pub said: Option<String>,
    /// The refusal that the nurse has read and overrules.
    pub anyway: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// Written: the line, and warnings about it.
    Written(String, Vec<String>),
    /// Taken out.
    Undone(String),
    /// This log is the one from now on.
    Opened(Place),
    Refused(Refusal),
    /// The disk did not do as told.
    Failed(String),
}

/// What keys mean at the moment.
#[derive(Debug)]
pub enum Mode {
    /// The log is looked at.
    Watch,
    /// A deed is being told.
    Tell(Order),
    /// What was told contradicts the log.
    Doubt(Order, Refusal),
    /// Whether to take this line out.
    Undo(String),
    /// Which log.
    Choose(Chooser),
}

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Done,
    Look,
    Wrong,
}

/// The screen.
#[derive(Debug)]
pub struct Screen<'r> {
    pub reference: &'r Reference,
    pub place: Option<Place>,
    /// What the log says; a refusal where it cannot be read.
    pub chart: Option<Result<Chart, Refusal>>,
    pub mode: Mode,
    pub message: Vec<(Tone, String)>,
    /// Lines of picture and bill that are scrolled out above.
    pub scroll: usize,
    pub present: Present,
}

impl<'r> Screen<'r> {
    pub fn new(reference: &'r Reference, present: Present, mode: Mode) -> Self {
        Screen { reference, place: None, chart: None, mode, message: Vec::new(), scroll: 0, present }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Option<Effect> {
        if key.kind == KeyEventKind::Release {
            return None;
        }
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Some(Effect::Quit),
                KeyCode::Char('z') => return Some(Effect::Suspend),
                _ => {}
            }
        }
        match std::mem::replace(&mut self.mode, Mode::Watch) {
            Mode::Watch => self.watch(key),
            Mode::Tell(order) => self.tell(order, key),
            Mode::Doubt(order, refusal) => self.doubt(order, &refusal, key),
            Mode::Undo(line) => match key.code {
                // Not the key that asked: held down, it would take out one after the other.
                KeyCode::Enter => Some(Effect::Undo(line)),
                _ => None,
            },
            Mode::Choose(mut chooser) => {
                self.message.clear();
                let picked = chooser.key(key, &self.reference.drugs);
                self.mode = Mode::Choose(chooser);
                match picked {
                    Picked::Nothing => None,
                    Picked::Open(place) => Some(Effect::Open(place)),
                    Picked::Create(path, fresh) => Some(Effect::Create(path, fresh)),
                    Picked::Quit => Some(Effect::Quit),
                    Picked::Unclear(problem) => {
                        self.say(Tone::Wrong, problem);
                        None
                    }
                }
            }
        }
    }

    /// Takes a text that is put in as a whole.
    pub fn paste(&mut self, text: &str) {
        match &mut self.mode {
            Mode::Tell(order) => order.form.paste(text, &self.reference.drugs),
            Mode::Choose(chooser) => chooser.paste(text, &self.reference.drugs),
            _ => {}
        }
    }

    fn watch(&mut self, key: KeyEvent) -> Option<Effect> {
        const PAGE: usize = 5;
        match key.code {
            KeyCode::Char('q' | 'Q') => return Some(Effect::Quit),
            KeyCode::Down => self.scroll = self.scroll.saturating_add(1),
            KeyCode::Up => self.scroll = self.scroll.saturating_sub(1),
            KeyCode::PageDown => self.scroll = self.scroll.saturating_add(PAGE),
            KeyCode::PageUp => self.scroll = self.scroll.saturating_sub(PAGE),
            KeyCode::Esc => self.message.clear(),
            KeyCode::Char(c) => self.begin(c.to_ascii_lowercase()),
            _ => {}
        }
        None
    }

    /// The form of a key.
    fn begin(&mut self, key: char) {
        self.message.clear();
        let Some(Ok(chart)) = &self.chart else {
            return self.say(Tone::Wrong, "Nothing can be written until the log can be read: q quits.");
        };
        if key == 'u' {
            return match &chart.last {
                Some(line) => self.mode = Mode::Undo(line.clone()),
                None => self.say(Tone::Look, "The log has no event: there is nothing to take out."),
            };
        }
        let Some(deed) = Deed::of(key) else {
            return self.say(Tone::Look, "No key of this screen; the keys stand below.");
        };
        match Order::new(deed, &chart.handover.running) {
            Ok(order) => self.mode = Mode::Tell(order),
            Err(problem) => self.say(Tone::Look, &problem),
        }
    }

    fn tell(&mut self, mut order: Order, key: KeyEvent) -> Option<Effect> {
        self.message.clear();
        match order.form.key(key, &self.reference.drugs) {
            Did::Left => return None,
            Did::Stays => {}
            Did::Sent => match order.verb() {
                Ok(verb) => {
                    let said = order.said_time();
                    self.mode = Mode::Tell(order);
                    return Some(Effect::Write(Told { verb, said, anyway: None }));
                }
                Err(problem) => self.say(Tone::Wrong, &problem),
            },
        }
        self.mode = Mode::Tell(order);
        None
    }

    /// Only a capital W writes what contradicts the log; whatever else goes back to the form.
    fn doubt(&mut self, order: Order, refusal: &Refusal, key: KeyEvent) -> Option<Effect> {
        self.message.clear();
        if key.code != KeyCode::Char('W') {
            let stays = matches!(key.code, KeyCode::Esc | KeyCode::Enter);
            self.mode = Mode::Tell(order);
            return if stays { None } else { self.key(key) };
        }
        let verb = order.verb().ok()?;
        let said = order.said_time();
        self.mode = Mode::Tell(order);
        Some(Effect::Write(Told { verb, said, anyway: Some(refusal.message.clone()) }))
    }

    /// Takes what came of an effect.
    pub fn answer(&mut self, outcome: Outcome) {
        self.message.clear();
        match outcome {
            Outcome::Written(line, doubts) => {
                self.mode = Mode::Watch;
                self.scroll = 0;
                self.say(Tone::Done, &format!("Written: {line}"));
                doubts.iter().for_each(|doubt| self.say(Tone::Look, doubt));
            }
            Outcome::Undone(line) => self.say(Tone::Done, &format!("Taken out: {line}")),
            Outcome::Opened(place) => {
                self.place = Some(place);
                self.chart = None;
                self.mode = Mode::Watch;
            }
            Outcome::Refused(refusal) => self.refused(refusal),
            Outcome::Failed(problem) => self.say(Tone::Wrong, &problem),
        }
    }

    fn refused(&mut self, refusal: Refusal) {
        self.say(Tone::Wrong, &ended(format!("Not written: {}", plain(&refusal.message))));
        refusal.findings.first().into_iter().for_each(|finding| self.say(Tone::Wrong, &finding.message));
        refusal.help.iter().for_each(|help| self.say(Tone::Look, &plain(help)));
        if !refusal.can_be_forced {
            return;
        }
        self.mode = match std::mem::replace(&mut self.mode, Mode::Watch) {
            Mode::Tell(order) => Mode::Doubt(order, refusal),
            other => other,
        };
    }

    /// Takes what the file says now.
    pub fn reading(&mut self, reading: Result<Chart, Refusal>, by_another: bool) {
        if by_another {
            self.say(Tone::Look, "Another program has changed the log: this is how it stands now.");
        }
        if let (Ok(chart), Some(place)) = (&reading, &mut self.place) {
            // Once nothing runs any more it would not be clear which session is meant.
            let named_once = chart.sessions.iter().filter(|id| **id == chart.id).count() == 1;
            if chart.sessions.len() > 1 && named_once {
                place.session = Some(chart.id.clone());
            }
        }
        self.chart = Some(reading);
    }

    pub fn say(&mut self, tone: Tone, words: &str) {
        self.message.push((tone, words.to_owned()));
    }
}
