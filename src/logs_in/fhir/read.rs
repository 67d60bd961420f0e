//! One administration to one line of a log, or to the reason why it is none.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::resource::{Administration, Concept, Dosage, Medication, Quantity};
use crate::logs_in::Choices;
use crate::logs_in::draft::{Amount, Draft, Ending, Kind, Who, measured, per_hour, rate_of};
use crate::logs_in::names::{self, Called};
use crate::logs_in::report::{Report, Spot};
use crate::logs_in::sessions::Gathered;
use crate::logs_in::stamp::Stamp;
use crate::logs_in::terms::{Method, Taken, Terms, Way};
use crate::logs_in::wording;
use crate::reference::Drugs;
use crate::session::log::{Class, Route};

/// What reading needs to know.
pub struct Reader<'r> {
    pub medications: &'r HashMap<String, Medication>,
    pub choices: &'r Choices,
    pub drugs: &'r Drugs,
}

/// Why an administration is in no log.
enum Left {
    /// It bills nothing here.
    Out(String),
    /// It may have been something to bill: the source leaves it open.
    Open(String),
    /// It has a fault.
    Fault(String),
}

/// When, as the source says it.
struct When {
    at: Stamp,
    to: Option<Stamp>,
    /// A moment, not a stretch without an end.
    moment: bool,
}

impl Reader<'_> {
    /// Reads one; what it is not read for is told.
    pub fn read(&self, spot: Spot, one: &Administration, gathered: &mut Gathered, report: &mut Report) {
        let who = who(one);
        let named = self.drug(one);
        let what = named.as_ref().map_or_else(|| "a drug without a name".to_owned(), |(name, _)| name.clone());
        match self.draft(&spot, one, &who, named, report) {
            Ok(draft) => gathered.drafts.push(draft),
            Err(Left::Out(why)) => report.ignore(spot, what, why),
            Err(Left::Open(why)) => {
                gathered.left_out(who, spot.clone(), &what, &why, false);
                report.ignore(spot, what, why);
            }
            Err(Left::Fault(problem)) => {
                gathered.left_out(who, spot.clone(), &what, &problem, true);
                report.fault(spot, format!("{what}: {problem}"));
            }
        }
    }

    fn draft(
        &self,
        spot: &Spot,
        one: &Administration,
        who: &Who,
        named: Option<(String, Option<Class>)>,
        report: &mut Report,
    ) -> Result<Draft, Left> {
        was_given(one.status.as_deref())?;
        if who.encounter.is_none() && who.subject.is_none() {
            return Err(Left::Out("neither a patient nor a visit: whose is it?".to_owned()));
        }
        let none = Dosage { text: None, site: None, route: None, method: None, dose: None, rate_ratio: None, rate_quantity: None };
        let dosage = one.dosage.as_ref().unwrap_or(&none);
        let Taken { way, method: by_route } = route(dosage.route.as_ref())?;
        let route = match way {
            Way::Into(route) => route,
            Way::Other(name) => return Err(Left::Out(name)),
        };
        let (drug, class) = named.ok_or_else(|| Left::Open(unnamed(one)))?;
        let mut when = when(one)?;
        let method = dosage.method.as_ref().and_then(method).or(by_route);
        let mut remarks = Vec::new();
        let rate = rate(dosage, &mut remarks);
        let kind = kind(route, method, &mut when, dosage, rate.is_some() || dosage.rate_quantity.is_some() || dosage.rate_ratio.is_some())?;
        if let Some(doubt) = contradiction(dosage, &when, kind) {
            report.doubt(spot.clone(), format!("{drug}: {doubt}"));
            remarks.push(doubt);
        }
        if one.status.as_deref() == Some("stopped") {
            let reasons: Vec<_> = one.status_reason.iter().filter_map(words).collect();
            remarks.push(format!("stopped early{}{}", if reasons.is_empty() { "" } else { ": " }, reasons.join(", ")));
        }
        let dose = dosage.dose.as_ref().and_then(|dose| amount(dose, &mut remarks));
        // What still ran when it was exported may have been stopped early: its dose is what hung, and proves no end.
        let unfinished = one.status.as_deref() == Some("in-progress") && kind == Kind::Run && when.to.is_none();
        if unfinished {
            let hung = dose.as_ref().map(|dose| format!(": {dose} hung")).unwrap_or_default();
            remarks.push(format!("still running when it was exported{hung}"));
        }
        let dose = dose.filter(|_| !unfinished);
        let volume_ml = dose.as_ref().and_then(Amount::millilitres).filter(|volume| *volume > Decimal::ZERO);
        Ok(Draft {
            spot: spot.clone(),
            who: who.clone(),
            unit: None,
            drug,
            class,
            kind,
            at: when.at,
            to: when.to,
            link: one.request.as_ref().and_then(super::resource::Reference::named),
            ending: Ending::Ends,
            site: dosage.site.as_ref().and_then(words),
            route,
            dose,
            waste: None,
            volume_ml,
            rate_ml_per_h: rate,
            remarks,
        })
    }

    /// What it is called in the log.
    fn drug(&self, one: &Administration) -> Option<(String, Option<Class>)> {
        let contained;
        let mut concept = one.medication_codeable_concept.as_ref();
        let mut display = None;
        if let (None, Some(reference)) = (concept, &one.medication_reference) {
            display = reference.display.as_deref();
            let name = reference.named().unwrap_or_default();
            concept = if let Some(id) = name.strip_prefix('#') {
                let within = one.contained.iter().find(|resource| resource.id.as_deref() == Some(id));
                contained = within.and_then(|resource| serde_json::from_value::<Concept>(resource.code.clone()?).ok());
                contained.as_ref()
            } else {
                self.medication(&name).and_then(|medication| medication.code.as_ref())
            };
        }
        let (called, codes) = all_names(concept, display);
        names::choose(&called, &codes, &self.choices.formulary, self.drugs)
    }

    fn medication(&self, name: &str) -> Option<&Medication> {
        self.medications.get(name).or_else(|| {
            let at = name.rfind("/Medication/")?;
            self.medications.get(&name[at + 1..])
        })
    }
}

/// Why it has no name.
fn unnamed(one: &Administration) -> String {
    let points = one.medication_codeable_concept.is_none() && one.medication_reference.is_some();
    if points { "its Medication is in none of the files: name that file too".to_owned() } else { "no drug is named".to_owned() }
}

fn all_names<'c>(concept: Option<&'c Concept>, display: Option<&'c str>) -> (Vec<Called<'c>>, Vec<String>) {
    let terms = Terms::embedded();
    let (mut called, mut codes) = (Vec::new(), Vec::new());
    called.extend(concept.and_then(|concept| concept.text.as_deref()).map(|text| Called { text, rxnorm: false }));
    for coding in concept.into_iter().flat_map(|concept| &concept.coding) {
        let system = coding.system.as_deref().and_then(|url| terms.system(url));
        called.extend(coding.display.as_deref().map(|text| Called { text, rxnorm: system == Some("rxnorm") }));
        codes.extend(coding.code.as_deref().map(|code| system.map_or_else(|| code.to_owned(), |system| format!("{system} {code}"))));
    }
    called.extend(display.map(|text| Called { text, rxnorm: false }));
    (called, codes)
}

fn who(one: &Administration) -> Who {
    // An episode of care holds many visits, so it names none.
    let encounter = one.context.as_ref().and_then(super::resource::Reference::named).filter(|name| !name.contains("EpisodeOfCare/"));
    Who { encounter, subject: one.subject.as_ref().and_then(super::resource::Reference::named) }
}

fn was_given(status: Option<&str>) -> Result<(), Left> {
    match status {
        Some("completed" | "in-progress" | "stopped") => Ok(()),
        Some(other) => Err(Left::Out(format!("status {other}"))),
        None => Err(Left::Open("no status".to_owned())),
    }
}

/// All that a concept is called: `system code` where the system is known, then the words.
fn terms_of(concept: &Concept) -> impl Iterator<Item = String> {
    let coded = concept.coding.iter().flat_map(|coding| {
        let system = coding.system.as_deref().and_then(|url| Terms::embedded().system(url));
        let code = coding.code.as_ref().map(|code| system.map_or_else(|| code.clone(), |system| format!("{system} {code}")));
        code.into_iter().chain(coding.display.clone())
    });
    coded.chain(concept.text.clone())
}

fn words(concept: &Concept) -> Option<String> {
    let displays = concept.coding.iter().filter_map(|coding| coding.display.as_deref());
    let codes = concept.coding.iter().filter_map(|coding| coding.code.as_deref());
    let mut all = concept.text.as_deref().into_iter().chain(displays).chain(codes).map(str::trim);
    all.find(|text| !text.is_empty()).map(|text| text.strip_suffix("(qualifier value)").unwrap_or(text).trim().to_owned())
}

fn route(concept: Option<&Concept>) -> Result<Taken, Left> {
    let Some(concept) = concept else { return Err(Left::Open("no route".to_owned())) };
    let mut known: Option<Taken> = None;
    for taken in terms_of(concept).filter_map(|word| Terms::embedded().route(&word).cloned()) {
        match &mut known {
            None => known = Some(taken),
            Some(first) if first.way != taken.way => return Err(Left::Open("its route says two things".to_owned())),
            Some(first) => first.method = first.method.or(taken.method),
        }
    }
    known.ok_or_else(|| match words(concept) {
        Some(words) => Left::Open(format!("a route that is not known: {words}")),
        None => Left::Open("no route".to_owned()),
    })
}

fn method(concept: &Concept) -> Option<Method> {
    terms_of(concept).find_map(|word| Terms::embedded().method(&word))
}

fn when(one: &Administration) -> Result<When, Left> {
    let read =
        |text: &str| Stamp::fhir(text).map_err(|problem| if Stamp::is_date(text) { Left::Open(problem) } else { Left::Fault(problem) });
    match (&one.effective_date_time, &one.effective_period) {
        (Some(moment), _) => Ok(When { at: read(moment)?, to: None, moment: true }),
        (None, Some(period)) => {
            let start = period.start.as_deref().ok_or_else(|| Left::Open("a period without a start".to_owned()))?;
            Ok(When { at: read(start)?, to: period.end.as_deref().map(read).transpose()?, moment: false })
        }
        (None, None) => Err(Left::Open("no time: neither effectiveDateTime nor effectivePeriod".to_owned())),
    }
}

impl When {
    fn minutes(&self) -> Option<i64> {
        Some(self.to?.minutes_since(&self.at))
    }
}

/// What was done, by route, method and times. A vein at one moment is a push only where somebody
/// says so, and an infusion only where something ran.
fn kind(route: Route, method: Option<Method>, when: &mut When, dosage: &Dosage, ran: bool) -> Result<Kind, Left> {
    let text = dosage.text.as_deref().unwrap_or_default();
    let said_push = method.is_none() && wording::says_push(text);
    let lasted = when.minutes().is_some_and(|minutes| minutes != 0);
    let runs = ran || method == Some(Method::Infuse);
    match route {
        Route::IM => {
            when.to = None;
            Ok(Kind::Inject)
        }
        Route::IV if method == Some(Method::Push) || (said_push && !lasted && !runs) => {
            if !lasted {
                when.to = wording::minutes_over(text).and_then(|minutes| when.at.later(minutes));
            }
            Ok(Kind::Push)
        }
        Route::IV if when.moment && !runs => {
            Err(Left::Open("at one moment, without a method or a rate: a push, or the start of an infusion?".to_owned()))
        }
        Route::SC | Route::IA if !lasted && !runs && (when.moment || when.to.is_some()) => {
            when.to = None;
            Ok(Kind::Inject)
        }
        _ => Ok(Kind::Run),
    }
}

/// Where the words of the dosage and its times contradict each other.
fn contradiction(dosage: &Dosage, when: &When, kind: Kind) -> Option<String> {
    let text = dosage.text.as_deref()?;
    let ran = when.minutes().filter(|minutes| *minutes > 0)?;
    let tolerance = &Terms::embedded().length;
    if let Some(written) = wording::minutes_over(text).filter(|written| tolerance.exceeded(*written, ran)) {
        return Some(format!("the text says {written} minutes (`{}`), the times {ran}", text.trim()));
    }
    (kind == Kind::Run && wording::says_push(text) && tolerance.exceeded(0, ran))
        .then(|| format!("the text says push (`{}`), the times say {ran} minutes", text.trim()))
}

fn amount(dose: &Quantity, remarks: &mut Vec<String>) -> Option<Amount> {
    let value = dose.value.as_ref().and_then(measured).filter(|value| *value > Decimal::ZERO);
    match (value, dose.unit()) {
        (Some(value), Some(unit)) => Some(Amount { value, unit: unit.to_owned() }),
        _ => {
            remarks.push(format!("dose as written: {}", dose.words()));
            None
        }
    }
}

/// Millilitres an hour; a rate in other units is a comment.
fn rate(dosage: &Dosage, remarks: &mut Vec<String>) -> Option<Decimal> {
    let (rate, told) = if let Some(quantity) = &dosage.rate_quantity {
        (quantity.value.as_ref().and_then(measured).zip(quantity.unit()).and_then(|(value, unit)| rate_of(value, unit)), quantity.words())
    } else if let Some(ratio) = &dosage.rate_ratio {
        let told = |side: &Option<Quantity>| side.as_ref().map(Quantity::words).unwrap_or_default();
        (ratio_rate(ratio), format!("{} / {}", told(&ratio.numerator), told(&ratio.denominator)))
    } else {
        return None;
    };
    let rate = rate.filter(|rate| *rate > Decimal::ZERO);
    if rate.is_none() {
        remarks.push(format!("rate as written: {told}"));
    }
    rate
}

fn ratio_rate(ratio: &super::resource::Ratio) -> Option<Decimal> {
    let (above, below) = (ratio.numerator.as_ref()?, ratio.denominator.as_ref()?);
    let volume = Amount { value: measured(above.value.as_ref()?)?, unit: above.unit()?.to_owned() };
    let time = below.value.as_ref().map_or(Some(Decimal::ONE), measured)?;
    per_hour(&volume, time, below.unit()?)
}
