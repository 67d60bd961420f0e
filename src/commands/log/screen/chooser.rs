//! Which log: one of the folder, or a new one.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use hangtime::reference::Drugs;
use hangtime::session::log::Setting;
use hangtime::writing::fresh::{Fresh, id_of};
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use super::form::{Did, Field, Form, What};
use super::state::Place;

/// A log to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub place: Place,
    /// Its name and what goes on in it.
    pub told: String,
}

/// The list of logs, and the form of a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chooser {
    /// Why it is asked.
    pub why: String,
    pub entries: Vec<Entry>,
    pub chosen: usize,
    /// The new log while it is told.
    pub form: Option<Form>,
    /// Whether a new log can be begun here.
    pub has_new: bool,
    today: NaiveDate,
}

/// What a key chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    Nothing,
    Open(Place),
    Create(PathBuf, Fresh),
    Quit,
    /// The form lacks something.
    Unclear(&'static str),
}

impl Chooser {
    /// Of a folder's logs; where there is none, the form of a new one.
    pub fn of_folder(why: String, entries: Vec<Entry>, today: NaiveDate) -> Self {
        let form = entries.is_empty().then(|| new_log(None));
        Chooser { why, entries, chosen: 0, form, has_new: true, today }
    }

    /// Of the sessions of a file.
    pub fn of_sessions(why: String, path: &Path, ids: &[String], today: NaiveDate) -> Self {
        let entry = |id: &String| Entry { place: Place { path: path.to_owned(), session: Some(id.clone()) }, told: id.clone() };
        Chooser { why, entries: ids.iter().map(entry).collect(), chosen: 0, form: None, has_new: false, today }
    }

    /// The form of a log that is not there yet.
    pub fn of_new(path: &Path, today: NaiveDate) -> Self {
        let why = format!("{} is not there yet: this begins it.", path.display());
        Chooser { why, entries: Vec::new(), chosen: 0, form: Some(new_log(Some(path))), has_new: true, today }
    }

    pub fn key(&mut self, key: KeyEvent, drugs: &Drugs) -> Picked {
        if let Some(form) = &mut self.form {
            return match form.key(key, drugs) {
                Did::Stays => Picked::Nothing,
                Did::Left if self.entries.is_empty() => Picked::Quit,
                Did::Left => {
                    self.form = None;
                    Picked::Nothing
                }
                Did::Sent => self.create(),
            };
        }
        let last = self.entries.len().saturating_sub(1);
        match key.code {
            KeyCode::Char('q') | KeyCode::Esc => return Picked::Quit,
            KeyCode::Char('n') if self.has_new => self.form = Some(new_log(None)),
            KeyCode::Down | KeyCode::Char('j') => self.chosen = (self.chosen + 1).min(last),
            KeyCode::Up | KeyCode::Char('k') => self.chosen = self.chosen.saturating_sub(1),
            KeyCode::Home => self.chosen = 0,
            KeyCode::End => self.chosen = last,
            KeyCode::Enter => return self.entries.get(self.chosen).map_or(Picked::Nothing, |entry| Picked::Open(entry.place.clone())),
            _ => {}
        }
        Picked::Nothing
    }

    pub fn paste(&mut self, text: &str, drugs: &Drugs) {
        if let Some(form) = &mut self.form {
            form.paste(text, drugs);
        }
    }

    /// The filled form as a log; without a file's name the form stays.
    fn create(&mut self) -> Picked {
        let Some(form) = &mut self.form else { return Picked::Nothing };
        let Some(file) = form.said(What::File) else {
            form.active = 0;
            return Picked::Unclear("The log needs a name: type it, such as bed-4.");
        };
        let path = super::super::write::with_ending(Path::new(&file));
        let fresh = Fresh {
            id: id_of(&path, self.today),
            setting: if form.choice(What::Setting) == Some(1) { Setting::Office } else { Setting::Hospital },
            date: self.today.to_string(),
            zone: form.said(What::Zone),
            patient: form.said(What::Patient),
            unit: form.said(What::Unit),
            reason: form.said(What::Reason),
        };
        Picked::Create(path, fresh)
    }
}

fn new_log(path: Option<&Path>) -> Form {
    let mut file = Field::typed(What::File);
    file.put(path.map(|path| path.display().to_string()).unwrap_or_default());
    let setting = Field::one_of(What::Setting, ["hospital", "office"]);
    let rest = [What::Patient, What::Unit, What::Reason, What::Zone].map(Field::typed);
    Form::new([file, setting].into_iter().chain(rest).collect())
}
