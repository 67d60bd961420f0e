//! One row to one line of a log, or to the reason why it is none.

use rust_decimal::Decimal;

use super::Read;
use super::columns::{At, ColumnName, Places, places};
use super::map::{Action, Lookup, Map, RouteWord, Rows, Status, word};
use crate::logs_in::Choices;
use crate::logs_in::draft::{Amount, Draft, Ending, Kind, Who, number, rate_of};
use crate::logs_in::names::{self, Called};
use crate::logs_in::report::Spot;
use crate::logs_in::stamp::Stamp;
use crate::logs_in::terms::{Method, Terms, Way};
use crate::reference::Drugs;
use crate::session::log::{Class, Route};

/// Why a row is in no log.
pub enum Left {
    /// It bills nothing here.
    Out(String),
    /// It may have been something to bill: the source leaves it open.
    Open(String),
    /// It has a fault, in a column where that can be told.
    Fault(String, Option<ColumnName>),
}

/// Reads the rows of one table.
pub struct RowReader<'r> {
    header: Vec<String>,
    places: Places,
    map: &'r Map,
    lookup: &'r Lookup,
    choices: &'r Choices,
    drugs: &'r Drugs,
}

impl<'r> RowReader<'r> {
    /// Finds the map's columns in the header.
    ///
    /// # Errors
    /// Names the column that is not there, and the nearest.
    pub fn new(header: &[String], map: &'r Map, lookup: &'r Lookup, choices: &'r Choices, drugs: &'r Drugs) -> Result<Self, String> {
        Ok(RowReader { header: header.to_vec(), places: places(header, map)?, map, lookup, choices, drugs })
    }

    /// Reads one.
    pub fn read(&self, spot: Spot, fields: &[String]) -> Read {
        let row = Row { reader: self, fields };
        let who = Who { encounter: row.text(&self.places.encounter), subject: row.text(&self.places.patient) };
        let (drug, class) = row.drug().unwrap_or_default();
        let draft = row.draft(&spot, &who, &drug, class);
        let what = if drug.is_empty() { "a row without a drug".to_owned() } else { drug };
        Read { spot, who, what, draft }
    }
}

/// A row and how to read it.
struct Row<'r> {
    reader: &'r RowReader<'r>,
    fields: &'r [String],
}

impl Row<'_> {
    /// What stands there; an empty cell holds nothing.
    fn text(&self, at: &At) -> Option<String> {
        let parts: Vec<&str> = at.0.iter().map(|at| self.fields[*at].as_str()).filter(|part| !part.is_empty()).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn fault<T>(&self, at: &At, problem: impl Into<String>) -> Result<T, Left> {
        let column = at.0.first().map(|at| ColumnName::new(*at, &self.reader.header));
        Err(Left::Fault(problem.into(), column))
    }

    fn drug(&self) -> Option<(String, Option<Class>)> {
        let places = &self.reader.places;
        let key = self.text(&places.lookup);
        let listed = key.as_deref().and_then(|key| self.reader.lookup.find(key)).map(str::to_owned);
        let name = self.text(&places.drug).or(listed);
        let called: Vec<Called> = name.iter().map(|text| Called { text, rxnorm: false }).collect();
        names::choose(&called, key.as_slice(), &self.reader.choices.formulary, self.reader.drugs)
    }

    fn draft(&self, spot: &Spot, who: &Who, drug: &str, class: Option<Class>) -> Result<Draft, Left> {
        let places = &self.reader.places;
        let ending = self.status()?;
        let action = self.action()?;
        if who.encounter.is_none() && who.subject.is_none() {
            return self.fault(
                if places.encounter.0.is_empty() { &places.patient } else { &places.encounter },
                "neither a patient nor a visit: whose is it?",
            );
        }
        let marks = matches!(
            action,
            Some(Action::Stop | Action::Pause | Action::Resume | Action::Check | Action::Rate | Action::Note | Action::FlushPort)
        );
        let (route, method) = self.route(marks)?;
        let at = self.time(&places.at)?.map_or_else(|| self.fault(&places.at, "no time"), Ok)?;
        let to = self.time(&places.to)?;
        let kind = self.kind(action, method, &route, to.is_none_or(|to| to == at))?;
        let words = if kind == Kind::Note { self.text(&places.note).unwrap_or_else(|| drug.to_owned()) } else { drug.to_owned() };
        if words.is_empty() && kind != Kind::FlushPort {
            return self.fault(if places.drug.0.is_empty() { &places.lookup } else { &places.drug }, "no drug is named");
        }
        let mut remarks = Vec::new();
        let rate_ml_per_h = self.rate(kind, &mut remarks)?;
        let dose = self.amount(&places.dose, &places.dose_unit, &mut remarks)?;
        let volume_ml = match self.positive(&places.volume_ml)? {
            None => dose.as_ref().and_then(Amount::millilitres).filter(|volume| *volume > Decimal::ZERO),
            volume => volume,
        };
        let waste = self.amount(&places.waste, &At::default(), &mut remarks)?;
        if kind != Kind::Note {
            remarks.extend(self.text(&places.note));
        }
        Ok(Draft {
            spot: spot.clone(),
            who: who.clone(),
            unit: self.text(&places.unit),
            drug: words,
            class: self.class()?.or(class),
            kind,
            at,
            to: if matches!(kind, Kind::Run | Kind::Push) { to } else { None },
            link: self.text(&places.order),
            ending,
            site: self.text(&places.site),
            route: route.route().unwrap_or_default(),
            dose,
            waste,
            volume_ml,
            rate_ml_per_h,
            remarks,
        })
    }

    /// What was done; the action and the route must go together.
    fn kind(&self, action: Option<Action>, method: Option<Method>, route: &RouteWord, moment: bool) -> Result<Kind, Left> {
        let at = if action.is_some() { &self.reader.places.action } else { &self.reader.places.route };
        let stretch = self.reader.map.rows == Rows::Intervals && action.is_none_or(|action| action == Action::Infuse);
        match (kind(action, method), route) {
            (Kind::Run | Kind::Push, RouteWord::Transfusion) => Ok(Kind::Transfuse),
            (Kind::Stop | Kind::Pause | Kind::Resume | Kind::Check | Kind::Rate, RouteWord::Transfusion) => {
                Err(Left::Out("a transfusion has no more than its start in the log".to_owned()))
            }
            (Kind::Run, RouteWord::IM) if stretch => Ok(Kind::Inject),
            (Kind::Run, RouteWord::SC | RouteWord::IA) if stretch && moment => Ok(Kind::Inject),
            (Kind::Run, RouteWord::IM) => self.fault(at, "nothing runs into a muscle: map the word to Inject"),
            (Kind::Push, RouteWord::IM | RouteWord::SC | RouteWord::IA) => self.fault(at, "a push is into a vein: map the word to Inject"),
            (Kind::Inject, RouteWord::IV | RouteWord::Transfusion) => {
                self.fault(at, "an injection into a vein is a push or an infusion: map the word to Push or Start")
            }
            (kind, _) => Ok(kind),
        }
    }

    fn status(&self) -> Result<Ending, Left> {
        let at = &self.reader.places.status;
        let Some(written) = self.text(at) else { return Ok(Ending::Ends) };
        match self.reader.map.statuses.get(&word(&written)) {
            Some(Status::Ends) => Ok(Ending::Ends),
            Some(Status::Pauses) => Ok(Ending::Pauses),
            Some(Status::Ignore) => Err(Left::Out(format!("status {written}"))),
            None => self.fault(at, format!("the status `{written}` is not among the map's `statuses`")),
        }
    }

    fn action(&self) -> Result<Option<Action>, Left> {
        let at = &self.reader.places.action;
        if at.0.is_empty() {
            return Ok(None);
        }
        let Some(written) = self.text(at) else {
            return if self.reader.map.rows == Rows::Intervals { Ok(None) } else { self.fault(at, "no action") };
        };
        match self.reader.map.actions.get(&word(&written)) {
            Some(Action::Ignore) => Err(Left::Out(format!("action {written}"))),
            Some(action) => Ok(Some(*action)),
            None => self.fault(at, format!("the action `{written}` is not among the map's `actions`")),
        }
    }

    /// The route; what only marks a run needs none.
    fn route(&self, marks: bool) -> Result<(RouteWord, Option<Method>), Left> {
        let Some(written) = self.text(&self.reader.places.route) else {
            return match &self.reader.map.route {
                Some(RouteWord::Ignore(why)) if !marks => Err(Left::Out(why.clone())),
                Some(route) => Ok((route.clone(), None)),
                None if marks => Ok((RouteWord::IV, None)),
                None => Err(Left::Open("no route".to_owned())),
            };
        };
        if let Some(route) = self.reader.map.routes.get(&word(&written)) {
            return match route {
                RouteWord::Ignore(why) => Err(Left::Out(why.clone())),
                route => Ok((route.clone(), None)),
            };
        }
        match Terms::embedded().route(&written) {
            Some(taken) => match &taken.way {
                Way::Other(why) => Err(Left::Out(why.clone())),
                Way::Into(Route::IV) => Ok((RouteWord::IV, taken.method)),
                Way::Into(Route::IM) => Ok((RouteWord::IM, taken.method)),
                Way::Into(Route::SC) => Ok((RouteWord::SC, taken.method)),
                Way::Into(Route::IA) => Ok((RouteWord::IA, taken.method)),
            },
            None => self.fault(&self.reader.places.route, format!("the route `{written}` is not known: add it to the map's `routes`")),
        }
    }

    fn time(&self, at: &At) -> Result<Option<Stamp>, Left> {
        match self.text(at) {
            None => Ok(None),
            Some(written) => self.reader.map.time.read(&written).map(Some).or_else(|problem| self.fault(at, problem)),
        }
    }

    fn class(&self) -> Result<Option<Class>, Left> {
        let at = &self.reader.places.class;
        let Some(written) = self.text(at) else { return Ok(None) };
        match self.reader.map.classes.get(&word(&written)) {
            Some(class) => Ok(Some(*class)),
            None => self.fault(at, format!("the class `{written}` is not among the map's `classes`")),
        }
    }

    fn positive(&self, at: &At) -> Result<Option<Decimal>, Left> {
        let Some(written) = self.text(at) else { return Ok(None) };
        match number(&written, self.reader.map.decimal) {
            Some(value) if value > Decimal::ZERO => Ok(Some(value)),
            Some(_) => Ok(None),
            None => self.fault(at, format!("`{written}` is not a number")),
        }
    }

    /// "1 g" in one column, or the number and the unit in two.
    fn amount(&self, value: &At, unit: &At, remarks: &mut Vec<String>) -> Result<Option<Amount>, Left> {
        const PLACES: u32 = 6;
        let Some(written) = self.text(value) else { return Ok(None) };
        if unit.0.is_empty() {
            let amount = Amount::read(&written, self.reader.map.decimal);
            if amount.is_none() {
                remarks.push(format!("dose as written: {written}"));
            }
            return Ok(amount);
        }
        let Some(number) = self.positive(value)? else { return Ok(None) };
        match self.text(unit) {
            Some(unit) => Ok(Some(Amount { value: number.round_dp(PLACES), unit })),
            None => {
                remarks.push(format!("dose as written: {written}, no unit"));
                Ok(None)
            }
        }
    }

    fn rate(&self, kind: Kind, remarks: &mut Vec<String>) -> Result<Option<Decimal>, Left> {
        const PLACES: u32 = 3;
        let places = &self.reader.places;
        let value = self.positive(&places.rate)?;
        let unit = self.text(&places.rate_unit);
        let rate = value.zip(unit.as_deref()).and_then(|(value, unit)| rate_of(value, unit)).map(|rate| rate.round_dp(PLACES));
        if let (Some(value), None) = (value, rate) {
            remarks.push(format!("rate as written: {} {}", value.normalize(), unit.unwrap_or_default()));
        }
        if kind == Kind::Rate && rate.is_none() {
            return match value {
                Some(_) => Err(Left::Out("a change of a rate that is not in mL/h".to_owned())),
                None => self.fault(&places.rate, "a change of rate to nothing: is it a pause or a stop?"),
            };
        }
        Ok(rate)
    }
}

fn kind(action: Option<Action>, method: Option<Method>) -> Kind {
    match action {
        None if method == Some(Method::Push) => Kind::Push,
        None | Some(Action::Start | Action::Infuse | Action::Ignore) => Kind::Run,
        Some(Action::Stop) => Kind::Stop,
        Some(Action::Pause) => Kind::Pause,
        Some(Action::Resume) => Kind::Resume,
        Some(Action::Check) => Kind::Check,
        Some(Action::Rate) => Kind::Rate,
        Some(Action::Push) => Kind::Push,
        Some(Action::Inject) => Kind::Inject,
        Some(Action::OnBodyInjector) => Kind::OnBodyInjector,
        Some(Action::FlushPort) => Kind::FlushPort,
        Some(Action::Transfuse) => Kind::Transfuse,
        Some(Action::Note) => Kind::Note,
    }
}
