//! A map's columns in a table's header.

use std::fmt;

use super::map::{Columns, Map};
use crate::reference::nearest;

/// A column as a message names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnName {
    pub number: usize,
    name: String,
}

impl ColumnName {
    /// The column at a place, from 0.
    pub fn new(at: usize, header: &[String]) -> Self {
        ColumnName { number: at + 1, name: header[at].clone() }
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "column {} ({})", self.number, self.name)
    }
}

/// Where a map's columns are in a header: one, or several that are joined.
#[derive(Debug, Clone, Default)]
pub struct At(pub Vec<usize>);

/// Where each column of the map is.
#[derive(Debug, Default)]
pub struct Places {
    pub encounter: At,
    pub patient: At,
    pub unit: At,
    pub drug: At,
    pub at: At,
    pub to: At,
    pub action: At,
    pub status: At,
    pub route: At,
    pub site: At,
    pub class: At,
    pub dose: At,
    pub dose_unit: At,
    pub waste: At,
    pub volume_ml: At,
    pub rate: At,
    pub rate_unit: At,
    pub order: At,
    pub note: At,
    pub lookup: At,
}

/// Finds the map's columns in the header.
///
/// # Errors
/// Names the column that is not there, and the nearest.
pub fn places(header: &[String], map: &Map) -> Result<Places, String> {
    let Columns {
        encounter,
        patient,
        unit,
        drug,
        at,
        to,
        action,
        status,
        route,
        site,
        class,
        dose,
        dose_unit,
        waste,
        volume_ml,
        rate,
        rate_unit,
        order,
        note,
    } = &map.columns;
    let find = |name: &Option<String>| name.as_deref().map_or(Ok(At::default()), |name| find(header, name));
    // With a second table for the names, the rows' own column of them may be missing.
    let (drug, lookup) = match &map.lookup {
        Some(lookup) => (self::find(header, drug).unwrap_or_default(), self::find(header, &lookup.column).unwrap_or_default()),
        None => (self::find(header, drug)?, At::default()),
    };
    if drug.0.is_empty() && lookup.0.is_empty() {
        self::find(header, &map.columns.drug)?;
    }
    Ok(Places {
        encounter: find(encounter)?,
        patient: find(patient)?,
        unit: find(unit)?,
        drug,
        at: self::find(header, at)?,
        to: find(to)?,
        action: find(action)?,
        status: find(status)?,
        route: find(route)?,
        site: find(site)?,
        class: find(class)?,
        dose: find(dose)?,
        dose_unit: find(dose_unit)?,
        waste: find(waste)?,
        volume_ml: find(volume_ml)?,
        rate: find(rate)?,
        rate_unit: find(rate_unit)?,
        order: find(order)?,
        note: find(note)?,
        lookup,
    })
}

fn find(header: &[String], name: &str) -> Result<At, String> {
    let one = |name: &str| {
        let mut found = header.iter().enumerate().filter(|(_, column)| column.as_str() == name).map(|(at, _)| at);
        match (found.next(), found.next()) {
            (Some(at), None) => Ok(at),
            (Some(_), Some(_)) => Err(format!("the table has the column `{name}` twice")),
            (None, _) => {
                let near = nearest(name, header.iter().map(String::as_str)).first().map(|near| format!(": did you mean `{near}`?"));
                Err(format!(
                    "the table has no column `{name}`{}",
                    near.unwrap_or_else(|| "; a map's delimiter is a comma unless it says otherwise".to_owned())
                ))
            }
        }
    };
    match one(name) {
        Err(_) if name.contains(" + ") => name.split(" + ").map(|part| one(part.trim())).collect::<Result<_, _>>().map(At),
        found => found.map(|at| At(vec![at])),
    }
}
