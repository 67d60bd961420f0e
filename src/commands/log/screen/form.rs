//! A form: what is asked for one deed, filled in key by key.

use hangtime::reference::Drugs;
use hangtime::show::excerpt::harmless;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::names::{self, Name};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Drug,
    Which,
    Dose,
    Waste,
    Container,
    Volume,
    Rate,
    Minutes,
    Route,
    Site,
    Reaction,
    Words,
    Time,
    File,
    Setting,
    Patient,
    Unit,
    Reason,
    Zone,
}

impl What {
    /// The word before it.
    pub fn label(self) -> &'static str {
        match self {
            What::Drug => "drug",
            What::Which => "which",
            What::Dose => "dose",
            What::Waste => "waste",
            What::Container => "container",
            What::Volume => "volume mL",
            What::Rate => "rate mL/h",
            What::Minutes => "minutes",
            What::Route => "route",
            What::Site => "site",
            What::Reaction => "reaction",
            What::Words => "words",
            What::Time => "time",
            What::File => "file",
            What::Setting => "setting",
            What::Patient => "patient",
            What::Unit => "unit",
            What::Reason => "reason",
            What::Zone => "zone",
        }
    }

    /// What stands there while nothing is typed.
    pub fn example(self) -> &'static str {
        match self {
            What::Drug => "by any of its names; \"a + b\" is one bag",
            What::Dose => "such as 1 g",
            What::Waste => "what is thrown away, such as 45 mg",
            What::Volume => "such as 1000",
            What::Rate => "such as 125",
            What::Minutes => "such as 2",
            What::Site => "such as R forearm",
            What::Time => "now; or 9:05, 905, 9:05 pm",
            What::File => "such as bed-4",
            What::Patient => "a pseudonym, such as p-1093; never a name",
            What::Reason => "the drug that an office visit is for",
            What::Zone => "such as America/Chicago",
            _ => "",
        }
    }
}

/// How it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// In words; the number is where the cursor stands, in characters.
    Typed(String, usize),
    /// By one of these.
    OneOf(Vec<String>, usize),
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub what: What,
    pub answer: Answer,
}

impl Field {
    pub fn typed(what: What) -> Self {
        Field { what, answer: Answer::Typed(String::new(), 0) }
    }

    pub fn one_of(what: What, all: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Field { what, answer: Answer::OneOf(all.into_iter().map(Into::into).collect(), 0) }
    }

    /// What is answered, in words.
    pub fn text(&self) -> &str {
        match &self.answer {
            Answer::Typed(text, _) => text,
            Answer::OneOf(all, chosen) => all.get(*chosen).map_or("", String::as_str),
        }
    }

    pub fn put(&mut self, text: String) {
        if let Answer::Typed(old, cursor) = &mut self.answer {
            *cursor = text.chars().count();
            *old = text;
        }
    }
}

/// What a key did to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Did {
    /// It is being filled in.
    Stays,
    /// It is to be written.
    Sent,
    /// It is left without writing.
    Left,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Never empty.
    pub fields: Vec<Field>,
    /// Which is being answered.
    pub active: usize,
    /// Names that the drug may become.
    pub names: Vec<Name>,
    /// Which of them is chosen with the arrows.
    pub chosen: Option<usize>,
}

impl Form {
    pub fn new(fields: Vec<Field>) -> Self {
        Form { fields, active: 0, names: Vec::new(), chosen: None }
    }

    /// An answer in words, without blanks around it; `None` where there is none.
    pub fn said(&self, what: What) -> Option<String> {
        let field = self.fields.iter().find(|field| field.what == what)?;
        Some(field.text().trim().to_owned()).filter(|text| !text.is_empty())
    }

    /// Which one is chosen.
    pub fn choice(&self, what: What) -> Option<usize> {
        let field = self.fields.iter().find(|field| field.what == what)?;
        if let Answer::OneOf(_, chosen) = field.answer { Some(chosen) } else { None }
    }

    pub fn field(&self) -> &Field {
        &self.fields[self.active]
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent, drugs: &Drugs) -> Did {
        let held = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Esc => return Did::Left,
            KeyCode::Enter if self.completes(drugs) => self.go(1),
            KeyCode::Enter => return Did::Sent,
            KeyCode::Tab => {
                self.completes(drugs);
                self.go(1);
            }
            KeyCode::BackTab => self.go(-1),
            KeyCode::Down => self.down(1),
            KeyCode::Up => self.down(-1),
            KeyCode::Char('u') if held => self.edit(drugs, |text, cursor| {
                text.clear();
                *cursor = 0;
            }),
            KeyCode::Char(_) if held => {}
            KeyCode::Char(c) => self.insert(c, drugs),
            code => self.within(code, drugs),
        }
        Did::Stays
    }

    /// Takes a text that is put in as a whole.
    pub fn paste(&mut self, text: &str, drugs: &Drugs) {
        text.split(['\r', '\n']).next().unwrap_or_default().chars().for_each(|c| self.insert(c, drugs));
    }

    /// The next field, or the one before.
    fn go(&mut self, steps: isize) {
        let all = self.fields.len() as isize;
        self.active = (self.active as isize + steps).rem_euclid(all) as usize;
        self.chosen = None;
    }

    /// Puts in the name that is chosen, or the first that goes on from what is typed; false where
    /// there is none or the name stands there already.
    fn completes(&mut self, drugs: &Drugs) -> bool {
        if self.names.is_empty() || !self.asks_drug() {
            return false;
        }
        let typed = self.field().text().to_owned();
        let first = || self.names.first().filter(|name| name.continues && !names::is_whole(&typed, drugs));
        let Some(name) = self.chosen.map_or_else(first, |chosen| self.names.get(chosen)) else { return false };
        let whole = names::put(&typed, &name.name);
        let is_new = whole != typed;
        self.fields[self.active].put(whole);
        self.names.clear();
        self.chosen = None;
        is_new
    }

    fn asks_drug(&self) -> bool {
        matches!(self.field().what, What::Drug | What::Reason)
    }

    /// Among names, among answers, else among fields.
    fn down(&mut self, steps: isize) {
        let names = self.names.len() as isize;
        if names > 0 && self.asks_drug() {
            let next = self.chosen.map_or(if steps > 0 { 0 } else { names - 1 }, |at| (at as isize + steps).rem_euclid(names));
            self.chosen = Some(next as usize);
        } else if self.field().what == What::Which {
            self.choose(steps);
        } else {
            self.go(steps);
        }
    }

    fn choose(&mut self, steps: isize) {
        if let Answer::OneOf(all, chosen) = &mut self.fields[self.active].answer {
            *chosen = (*chosen as isize + steps).rem_euclid(all.len().max(1) as isize) as usize;
        }
    }

    fn insert(&mut self, c: char, drugs: &Drugs) {
        match &mut self.fields[self.active].answer {
            Answer::Typed(text, cursor) if harmless(c.encode_utf8(&mut [0; 4])).chars().eq([c]) => {
                let at = byte(text, *cursor);
                text.insert(at, c);
                *cursor += 1;
                self.look(drugs);
            }
            Answer::OneOf(all, chosen) => match c.to_digit(10) {
                Some(digit) if (1..=all.len()).contains(&(digit as usize)) => *chosen = digit as usize - 1,
                None if c == ' ' => self.choose(1),
                None => {
                    let begins = |answer: &String| answer.to_lowercase().starts_with(c.to_ascii_lowercase());
                    *chosen = all.iter().position(begins).unwrap_or(*chosen);
                }
                Some(_) => {}
            },
            Answer::Typed(..) => {}
        }
    }

    fn within(&mut self, code: KeyCode, drugs: &Drugs) {
        if matches!(self.field().answer, Answer::OneOf(..)) {
            match code {
                KeyCode::Left => self.choose(-1),
                KeyCode::Right => self.choose(1),
                _ => {}
            }
            return;
        }
        self.edit(drugs, |text, cursor| match code {
            KeyCode::Left => *cursor = cursor.saturating_sub(1),
            KeyCode::Right => *cursor = (*cursor + 1).min(text.chars().count()),
            KeyCode::Home => *cursor = 0,
            KeyCode::End => *cursor = text.chars().count(),
            KeyCode::Backspace if *cursor > 0 => {
                *cursor -= 1;
                text.remove(byte(text, *cursor));
            }
            KeyCode::Delete if *cursor < text.chars().count() => {
                text.remove(byte(text, *cursor));
            }
            _ => {}
        });
    }

    fn edit(&mut self, drugs: &Drugs, how: impl FnOnce(&mut String, &mut usize)) {
        if let Answer::Typed(text, cursor) = &mut self.fields[self.active].answer {
            let before = text.clone();
            how(text, cursor);
            if *text != before {
                self.look(drugs);
            }
        }
    }

    /// Looks up the names anew.
    fn look(&mut self, drugs: &Drugs) {
        self.chosen = None;
        self.names = if self.asks_drug() { names::complete(self.field().text(), drugs) } else { Vec::new() };
    }
}

/// Where the nth character begins.
fn byte(text: &str, nth: usize) -> usize {
    text.char_indices().nth(nth).map_or(text.len(), |(at, _)| at)
}
