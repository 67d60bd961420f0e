//! What can be done with one key: its form, and what the filled form says.

use hangtime::session::log::{Container, Inject, Push, Route, Start};
use hangtime::timeline::Running;
use hangtime::writing::{Verb, Which};

use super::super::args::millilitres;
use super::form::{Field, Form, What};

/// One thing to do at the bedside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    Start,
    Stop,
    /// Pause what runs, resume what is held.
    Hold,
    Push,
    Inject,
    Check,
    Rate,
    Note,
}

impl Deed {
    /// What a key asks for.
    pub fn of(key: char) -> Option<Self> {
        Some(match key {
            's' => Deed::Start,
            't' => Deed::Stop,
            'p' => Deed::Hold,
            'h' => Deed::Push,
            'i' => Deed::Inject,
            'c' => Deed::Check,
            'r' => Deed::Rate,
            'n' => Deed::Note,
            _ => return None,
        })
    }

    /// Over the form.
    pub fn title(self) -> &'static str {
        match self {
            Deed::Start => "Start: a bag begins to run",
            Deed::Stop => "Stop: a bag ends",
            Deed::Hold => "Pause what runs, resume what is held",
            Deed::Push => "Push: by hand at the bedside",
            Deed::Inject => "Inject: into muscle, skin or artery",
            Deed::Check => "Check: it was seen running",
            Deed::Rate => "Rate: it changes",
            Deed::Note => "Note: free words",
        }
    }

    /// Whether it is about something that runs.
    fn is_of_a_run(self) -> bool {
        matches!(self, Deed::Stop | Deed::Hold | Deed::Check | Deed::Rate)
    }

    /// Whether it can be about this run.
    fn can_be(self, run: &Running) -> bool {
        self != Deed::Check || run.paused.is_none()
    }
}

/// A run to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Choice {
    which: Which,
    is_held: bool,
}

/// A deed and its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub deed: Deed,
    pub form: Form,
    runs: Vec<Choice>,
}

impl Order {
    /// The form of a deed.
    ///
    /// # Errors
    /// Where nothing runs to do it to.
    pub fn new(deed: Deed, running: &[Running]) -> Result<Self, String> {
        let fit: Vec<&Running> = running.iter().filter(|run| deed.can_be(run)).collect();
        if deed.is_of_a_run() && fit.is_empty() {
            let what = if running.is_empty() { "Nothing runs" } else { "All that hangs is held" };
            let key = if running.is_empty() { "s starts something" } else { "p resumes it" };
            return Err(format!("{what}: {key}."));
        }
        let runs = fit.iter().map(|run| choice(run, running)).collect();
        Ok(Order { deed, form: Form::new(fields(deed, &fit)), runs })
    }

    /// What the filled form says.
    ///
    /// # Errors
    /// Says which answer is none.
    pub fn verb(&self) -> Result<Verb, String> {
        let form = &self.form;
        let drug = || form.said(What::Drug).ok_or("which drug? type its name");
        let site = form.said(What::Site);
        Ok(match self.deed {
            Deed::Start => Verb::Start(Start {
                at: String::new(),
                drug: drug()?,
                site,
                route: Route::IV,
                pump: None,
                continues_at_home: false,
                volume_ml: self.amount(What::Volume)?,
                rate_ml_per_h: self.amount(What::Rate)?,
                dose: form.said(What::Dose),
                waste: form.said(What::Waste),
                container: self.container(),
            }),
            Deed::Stop => Verb::Stop { which: self.run().which, pump: None, reaction: form.choice(What::Reaction) == Some(1) },
            Deed::Hold if self.run().is_held => Verb::Resume(self.run().which),
            Deed::Hold => Verb::Pause(self.run().which),
            Deed::Check => Verb::Check(self.run().which),
            Deed::Rate => {
                let ml_per_h = self.amount(What::Rate)?.ok_or("which rate? type the millilitres an hour, such as 125")?;
                Verb::Rate { which: self.run().which, ml_per_h }
            }
            Deed::Push => Verb::Push(Push {
                at: String::new(),
                drug: drug()?,
                site,
                minutes: self.minutes()?,
                dose: form.said(What::Dose),
                waste: form.said(What::Waste),
                container: self.container(),
            }),
            Deed::Inject => Verb::Inject(Inject {
                at: String::new(),
                drug: drug()?,
                route: [Route::IM, Route::SC, Route::IA][form.choice(What::Route).unwrap_or(0).min(2)],
                site,
                dose: form.said(What::Dose),
                waste: form.said(What::Waste),
                container: self.container(),
            }),
            Deed::Note => Verb::Note(form.said(What::Words).ok_or("the note says nothing yet")?),
        })
    }

    /// The time as it was typed; else it is now.
    pub fn said_time(&self) -> Option<String> {
        self.form.said(What::Time)
    }

    fn run(&self) -> Choice {
        let nowhere = || Choice { which: Which::default(), is_held: false };
        self.runs.get(self.form.choice(What::Which).unwrap_or(0)).cloned().unwrap_or_else(nowhere)
    }

    fn amount(&self, what: What) -> Result<Option<f64>, String> {
        let said = self.form.said(what);
        said.map(|said| millilitres(&said)).transpose().map_err(|problem| format!("{}: {problem}", what.label()))
    }

    fn minutes(&self) -> Result<Option<u32>, String> {
        let Some(said) = self.form.said(What::Minutes) else { return Ok(None) };
        let bare = said.trim_end_matches("minutes").trim_end_matches("min").trim_end();
        bare.parse().map(Some).map_err(|_| format!("minutes: `{said}` is no whole number, such as 2"))
    }

    fn container(&self) -> Option<Container> {
        match self.form.choice(What::Container) {
            Some(1) => Some(Container::SingleDose),
            Some(2) => Some(Container::MultiDose),
            _ => None,
        }
    }
}

/// The site only where the drug runs at two, as a nurse would say it.
fn choice(run: &Running, running: &[Running]) -> Choice {
    let is_twice = running.iter().filter(|other| other.bag == run.bag).count() > 1;
    let site = run.site.clone().filter(|_| is_twice);
    Choice { which: Which { drug: Some(run.written.clone()), site }, is_held: run.paused.is_some() }
}

fn fields(deed: Deed, runs: &[&Running]) -> Vec<Field> {
    let typed = Field::typed;
    let container = || Field::one_of(What::Container, ["not said", "single dose", "multi dose"]);
    let which = || Field::one_of(What::Which, runs.iter().map(|run| named(run, deed)));
    let mut fields = match deed {
        Deed::Start => {
            vec![
                typed(What::Drug),
                typed(What::Dose),
                typed(What::Volume),
                typed(What::Rate),
                typed(What::Site),
                typed(What::Waste),
                container(),
            ]
        }
        Deed::Stop => vec![which(), Field::one_of(What::Reaction, ["no", "yes: the patient reacted"])],
        Deed::Hold | Deed::Check => vec![which()],
        Deed::Rate => vec![which(), typed(What::Rate)],
        Deed::Push => {
            vec![typed(What::Drug), typed(What::Dose), typed(What::Minutes), typed(What::Site), typed(What::Waste), container()]
        }
        Deed::Inject => {
            let route = Field::one_of(What::Route, ["im", "sc", "ia"]);
            vec![typed(What::Drug), route, typed(What::Dose), typed(What::Site), typed(What::Waste), container()]
        }
        Deed::Note => vec![typed(What::Words)],
    };
    // What is told most often comes before what seldom is.
    let seldom = fields.iter().position(|field| matches!(field.what, What::Waste | What::Reaction)).unwrap_or(fields.len());
    fields.insert(seldom, typed(What::Time));
    fields
}

fn named(run: &Running, deed: Deed) -> String {
    let site = run.site.as_ref().map(|site| format!(", {site}")).unwrap_or_default();
    let state = match (deed, run.paused) {
        (Deed::Hold, Some(_)) => "resume ",
        (Deed::Hold, None) => "pause ",
        _ => "",
    };
    format!("{state}{}{site}", run.written)
}
