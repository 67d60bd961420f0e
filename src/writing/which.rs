//! Which run is meant: by name, by any of the drug's names, or by being the only one.

use super::Refusal;
use super::log::listed;
use super::times::told;
use crate::reference::{Bag, Reference, nearest};
use crate::session::log::Session;
use crate::timeline::calendar::Minute;
use crate::timeline::{Running, Snapshot};

/// What there is to choose from, at the minute of the event.
pub struct Ward<'w> {
    /// When.
    pub at: Minute,
    /// What runs then.
    pub then: &'w Snapshot,
    /// What runs at the end of the log.
    pub end: &'w Snapshot,
    pub reference: &'w Reference,
    pub session: &'w Session,
    /// Whether to write what contradicts the log.
    pub anyway: bool,
}

/// The drug and site that go into an event.
pub struct Meant {
    pub drug: String,
    pub site: Option<String>,
}

impl Ward<'_> {
    /// The run that a drug's name and a site mean, or the only one that an event of this kind can mean.
    pub fn find(&self, drug: Option<&str>, site: Option<&str>, verb: &str, could_be: impl Fn(&Running) -> bool) -> Result<Meant, Refusal> {
        match drug {
            Some(drug) => self.named(drug, site, verb),
            None => self.only(site, verb, could_be),
        }
    }

    fn only(&self, site: Option<&str>, verb: &str, could_be: impl Fn(&Running) -> bool) -> Result<Meant, Refusal> {
        let begun = |run: &&Running| run.since <= self.at && !run.home && is_at(run, site);
        let all: Vec<&Running> = self.end.running.iter().filter(begun).collect();
        let fit: Vec<&Running> = all.iter().copied().filter(|run| could_be(run)).collect();
        let names = |runs: &[&Running]| listed(runs.iter().map(|run| run.written.as_str()));
        match (fit.as_slice(), all.as_slice()) {
            ([only], _) => Ok(Meant { drug: only.written.clone(), site: site.map(str::to_owned) }),
            ([], []) => Err(Refusal::new(format!("nothing runs{}: there is nothing to {verb}", self.where_(site))).help(self.help_start())),
            ([], held_or_not) => Err(Refusal::new(format!("there is nothing to {verb}")).help(format!(
                "{}: {}",
                if held_or_not.iter().all(|run| run.paused.is_some()) { "all is held" } else { "nothing is held; what runs is" },
                names(held_or_not)
            ))),
            (many, _) if many.iter().all(|run| run.bag == many[0].bag) => Err(self.at_two_sites(many, verb)),
            (many, _) => {
                let command = format!("hangtime log {verb} \"{}\"", many[0].written);
                Err(Refusal::new(format!("{} drugs run: which is meant?", many.len()))
                    .help(format!("name one, such as {command}; there is {}", names(many))))
            }
        }
    }

    fn named(&self, drug: &str, site: Option<&str>, verb: &str) -> Result<Meant, Refusal> {
        let bag = Bag::read(drug, &self.reference.drugs);
        let of_drug: Vec<&Running> = self.then.running.iter().filter(|run| run.bag == bag).collect();
        let at_site: Vec<&Running> = of_drug.iter().copied().filter(|run| is_at(run, site)).collect();
        match (at_site.as_slice(), of_drug.as_slice()) {
            ([only], _) => Ok(Meant { drug: only.written.clone(), site: site.map(str::to_owned) }),
            ([_, _, ..], _) => Err(self.at_two_sites(&at_site, verb)),
            _ if self.anyway => Ok(Meant { drug: drug.to_owned(), site: site.map(str::to_owned) }),
            ([], []) => Err(self.runs_not(drug, &bag, verb).forcible()),
            ([], elsewhere) => {
                let sites = listed(elsewhere.iter().map(|run| run.site.as_deref().unwrap_or("no site named")));
                Err(Refusal::new(format!("{drug} does not run{}", self.where_(site))).help(format!("it runs at: {sites}")).forcible())
            }
        }
    }

    fn at_two_sites(&self, runs: &[&Running], verb: &str) -> Refusal {
        let site = |run: &&Running| run.site.clone();
        let sites: Vec<String> = runs.iter().filter_map(site).collect();
        let refusal = Refusal::new(format!("{} runs at {} sites: which is meant?", runs[0].written, runs.len()));
        match sites.first() {
            Some(first) => refusal.help(format!(
                "hangtime log {verb} \"{}\" --site \"{first}\"; there is {}",
                runs[0].written,
                listed(sites.iter().map(String::as_str))
            )),
            None => refusal.help("name the `site` of each in an editor first"),
        }
    }

    /// A drug that does not run at that minute: when it did, or what was meant.
    fn runs_not(&self, drug: &str, bag: &Bag, verb: &str) -> Refusal {
        let calendar = &self.end.calendar;
        if let Some(later) = self.end.running.iter().find(|run| run.bag == *bag && run.since > self.at) {
            let (at, start) = (told(self.at, calendar), told(later.since, calendar));
            return Refusal::new(format!("{drug} starts only at {start}: it cannot {} at {at}", intransitive(verb)))
                .help("correct the time; if it was past midnight, write the day too: --at \"2026-03-03 00:40\"");
        }
        let refusal = Refusal::new(format!("{drug} does not run at {}", told(self.at, calendar)));
        let names: Vec<&str> = self.then.running.iter().flat_map(|run| [run.written.as_str(), run.name.as_str()]).collect();
        if names.is_empty() {
            return refusal.help(format!("nothing runs then; {}", self.help_start()));
        }
        if self.reference.drugs.find(drug).is_none()
            && let Some(near) = self.near(drug, &names)
        {
            return refusal.help(format!("did you mean \"{near}\"?"));
        }
        refusal.help(format!("what runs is {}", listed(self.then.running.iter().map(|run| run.written.as_str()))))
    }

    /// The running drug whose name is near, also by another of its names.
    fn near(&self, drug: &str, names: &[&str]) -> Option<String> {
        if let Some(near) = nearest(drug, names.iter().copied()).first() {
            return Some((*near).to_owned());
        }
        let known = nearest(drug, self.reference.drugs.names());
        known.into_iter().find_map(|name| {
            let bag = Bag::read(name, &self.reference.drugs);
            self.then.running.iter().find(|run| run.bag == bag).map(|run| run.written.clone())
        })
    }

    fn where_(&self, site: Option<&str>) -> String {
        site.map(|site| format!(" at `{site}`")).unwrap_or_default()
    }

    fn help_start(&self) -> &'static str {
        "if it hung before, chart its start: hangtime log start DRUG --at 09:05"
    }
}

/// Whether a run is at a site, whatever its capitals and blanks; without a site every run is.
pub fn is_at(run: &Running, site: Option<&str>) -> bool {
    site.is_none_or(|site| run.site.as_deref().is_some_and(|at| key(at) == key(site)))
}

/// Whether two sites are the same, none being one too.
pub fn is_same(one: Option<&str>, other: Option<&str>) -> bool {
    one.map(key) == other.map(key)
}

fn key(site: &str) -> String {
    site.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What a drug does of which a verb is said.
fn intransitive(verb: &str) -> &str {
    match verb {
        "pause" => "be held",
        "check" => "be seen running",
        "rate" => "change its rate",
        other => other,
    }
}
