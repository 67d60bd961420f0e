//! The runs that have begun and not ended, found by their drug.

use super::Open;
use crate::timeline::DrugId;
use smallvec::SmallVec;
use std::mem;

/// What runs. Of one drug little does at once, and is looked through; each drug is found at once.
pub(super) struct Hung {
    runs: Vec<Open>,
    of_drugs: SmallVec<[OfDrug; 8]>,
}

/// The runs of one drug.
#[derive(Default)]
struct OfDrug {
    /// Their places. The one to which something happened last stands last.
    places: SmallVec<[usize; 2]>,
    started: bool,
}

impl Hung {
    /// Nothing of so many drugs runs yet.
    pub fn nothing(drugs: usize) -> Self {
        Hung { runs: Vec::new(), of_drugs: (0..drugs).map(|_| OfDrug::default()).collect() }
    }

    /// Whether any of a drug has begun.
    pub fn has_started(&self, drug: DrugId) -> bool {
        self.of_drugs[drug.0 as usize].started
    }

    /// What runs of a drug.
    pub fn of(&self, drug: DrugId) -> impl Iterator<Item = &Open> {
        self.of_drugs[drug.0 as usize].places.iter().map(|place| &self.runs[*place])
    }

    /// Which run of a drug fits.
    pub fn which(&self, drug: DrugId, fits: impl Fn(&Open) -> bool) -> Option<usize> {
        self.of(drug).position(fits)
    }

    pub fn begin(&mut self, run: Open) {
        let of_drug = &mut self.of_drugs[run.drug.0 as usize];
        of_drug.started = true;
        of_drug.places.push(self.runs.len());
        self.runs.push(run);
    }

    /// The nth run of a drug, to which something happens.
    pub fn change(&mut self, drug: DrugId, nth: usize) -> &mut Open {
        let places = &mut self.of_drugs[drug.0 as usize].places;
        let (place, last) = (places[nth], places.len() - 1);
        places.swap(nth, last);
        &mut self.runs[place]
    }

    /// Takes out the nth run of a drug; the last of all takes its place.
    pub fn end(&mut self, drug: DrugId, nth: usize) -> Open {
        let place = self.of_drugs[drug.0 as usize].places.remove(nth);
        let last = self.runs.len() - 1;
        let run = self.runs.swap_remove(place);
        if let Some(moved) = self.runs.get(place) {
            let places = &mut self.of_drugs[moved.drug.0 as usize].places;
            places.iter_mut().filter(|its| **its == last).for_each(|its| *its = place);
        }
        run
    }

    /// Takes out all that runs, in the order of the file.
    pub fn end_all(&mut self) -> Vec<Open> {
        self.of_drugs.iter_mut().for_each(|of_drug| of_drug.places.clear());
        let mut runs = mem::take(&mut self.runs);
        runs.sort_unstable_by_key(|run| run.event);
        runs
    }
}
