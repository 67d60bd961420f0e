//! Events to runs: what is written, paired and timed (U1, U2), and nothing judged yet.

use super::{Policies, facts};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;
use hangtime::session::log::{Cavity, Class, Event, Pump, Route, Session};
use std::collections::{BTreeMap, BTreeSet};

/// Real minutes since 1970: of world time where the session has a zone, else of the wall clock.
pub type Minute = i64;

/// Whatever makes the session an error.
#[derive(Debug)]
pub struct Wrong(pub String);

pub fn wrong<T>(why: impl Into<String>) -> Result<T, Wrong> {
    Err(Wrong(why.into()))
}

// ------------------------------------------------------------------ calendar

#[derive(Debug, Clone)]
pub struct Calendar {
    date: NaiveDate,
    zone: Option<Tz>,
}

impl Calendar {
    fn of(session: &Session) -> Result<Self, Wrong> {
        let date = NaiveDate::parse_from_str(&session.date, "%Y-%m-%d").or_else(|e| wrong(e.to_string()))?;
        let zone = match &session.zone {
            Some(name) => Some(name.parse().or_else(|_| wrong("zone"))?),
            None => None,
        };
        Ok(Calendar { date, zone })
    }

    /// The date on which a minute lies, where the patient is.
    pub fn date_of(&self, minute: Minute) -> NaiveDate {
        let naive = NaiveDateTime::default() + TimeDelta::minutes(minute);
        match self.zone {
            Some(zone) => zone.from_utc_datetime(&naive).date_naive(),
            None => naive.date(),
        }
    }

    /// Reads "HH:MM", "+1 HH:MM", "YYYY-MM-DD HH:MM", each with seconds or an offset (D2).
    fn minute(&self, text: &str) -> Result<Minute, Wrong> {
        let text = text.replace('T', " ");
        let mut words: Vec<&str> = text.split_whitespace().collect();
        let mut offset = None;
        if words.len() > 1 {
            let last = words[words.len() - 1];
            let sign = if last.starts_with('-') { -1 } else { 1 };
            if let Some((h, m)) = last.trim_start_matches(['+', '-']).split_once(':')
                && last.starts_with(['+', '-'])
            {
                let (h, m): (i64, i64) = (number(h)?, number(m)?);
                offset = Some(sign * (60 * h + m));
                words.pop();
            }
        }
        let date = match words.as_slice() {
            [_] => self.date,
            [day, _] if day.starts_with('+') => self.date + TimeDelta::days(number(&day[1..])?),
            [day, _] => NaiveDate::parse_from_str(day, "%Y-%m-%d").or_else(|e| wrong(e.to_string()))?,
            _ => return wrong("time"),
        };
        let clock = words[words.len() - 1];
        let digits: Vec<i64> = match clock.split(':').collect::<Vec<_>>().as_slice() {
            [one] if one.len() == 4 => vec![number(&one[..2])?, number(&one[2..])?],
            [h, m] | [h, m, _] => vec![number(h)?, number(m)?],
            _ => return wrong("time"),
        };
        let (hour, minute) = (digits[0], digits[1]);
        if !(0..60).contains(&minute) || !(0..=24).contains(&hour) || (hour == 24 && minute > 0) {
            return wrong("time");
        }
        let local = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(60 * hour + minute);
        let naive_minute = |at: NaiveDateTime| at.and_utc().timestamp().div_euclid(60);
        let Some(zone) = self.zone else { return Ok(naive_minute(local)) };
        let readings = match zone.from_local_datetime(&local) {
            chrono::LocalResult::None => return wrong("a time that never was"),
            chrono::LocalResult::Single(one) => vec![one],
            chrono::LocalResult::Ambiguous(one, two) => vec![one, two],
        };
        let fits = |o: &i64, at: &chrono::DateTime<Tz>| i64::from(at.offset().fix().local_minus_utc()) == 60 * o;
        let readings: Vec<_> = readings.into_iter().filter(|at| offset.iter().all(|o| fits(o, at))).collect();
        match readings.as_slice() {
            [one] => Ok(naive_minute(one.naive_utc())),
            _ => wrong("a time with two readings, or an offset that is not the zone's"),
        }
    }
}

fn number(text: &str) -> Result<i64, Wrong> {
    text.parse().or_else(|_| wrong("number"))
}

// --------------------------------------------------------------------- drugs

/// "B + a" is the bag "a + b".
pub fn canonical(name: &str) -> String {
    let mut parts: Vec<String> = name.split('+').map(|part| part.trim().to_lowercase()).collect();
    parts.sort();
    parts.join(" + ")
}

pub fn components(name: &str) -> Vec<String> {
    canonical(name).split(" + ").map(str::to_owned).collect()
}

/// The class of a drug given this way: the session's word for the whole bag first, then the highest
/// component; fluid with potassium chloride alone stays fluid.
pub fn class_of(session: &Session, name: &str, route: Route, policies: &Policies) -> Result<Class, Wrong> {
    let said = |drug: &str| {
        let note = session.drugs.0.iter().find(|(key, _)| canonical(key) == drug);
        note.and_then(|(_, note)| note.class)
    };
    let settle = |class: Class| {
        let payer_has_none = policies.complex_biologics == "therapeutic";
        if class == Class::ComplexBiologic && payer_has_none { Class::Therapeutic } else { class }
    };
    let name = canonical(name);
    if let Some(class) = said(&name) {
        return Ok(settle(class));
    }
    let parts = components(&name);
    let mut classes = Vec::new();
    for part in &parts {
        match said(part).or_else(|| facts::class_of(part, route)) {
            Some(class) => classes.push(settle(class)),
            None => return wrong(format!("unknown drug {part}")),
        }
    }
    let fluid_or_salt = |(part, class): (&String, &Class)| part == "potassium chloride" || *class == Class::Hydration;
    if classes.contains(&Class::Hydration) && parts.iter().zip(&classes).all(fluid_or_salt) {
        return Ok(Class::Hydration);
    }
    Ok(classes.into_iter().max().expect("a name has a component"))
}

/// Chemo has codes of its own; a hormone is chemo in a vein only.
pub fn is_chemo(class: Class, route: Route) -> bool {
    match class {
        Class::Antineoplastic | Class::ComplexBiologic => true,
        Class::Hormonal => route == Route::IV,
        _ => false,
    }
}

pub fn is_drug(class: Class) -> bool {
    class != Class::Hydration && class != Class::NotSeparate
}

// --------------------------------------------------------------------- chart

/// `None` is the main access, else the site listed as separate.
pub type Access = Option<String>;

#[derive(Debug, Clone)]
pub struct Run {
    pub drug: String,
    pub class: Class,
    pub route: Route,
    pub access: Access,
    pub pump: bool,
    /// The pump goes home, whether or not somebody wrote a stop.
    pub home: bool,
    pub start: Minute,
    pub stop: Minute,
    /// The minutes that ran: start to stop less the pauses.
    pub minutes: BTreeSet<Minute>,
    /// Minutes that ran twice where runs were joined.
    pub twice: u32,
    /// Place in the file.
    pub order: usize,
    /// The stop is U1's, from volume and rates or a check.
    pub estimated: bool,
    pub reaction: bool,
    /// Counts as an infusion though short (`intended_53`); settled by the coder.
    pub broken_off: bool,
    /// Counts as more than 480 minutes on a pump (O3, O2); settled for home pumps here, for others by the coder.
    pub prolonged: bool,
}

/// A push, an injection, an on-body injector, a pump set-up: a drug at one minute.
#[derive(Debug, Clone)]
pub struct Given {
    pub drug: String,
    pub class: Class,
    pub route: Route,
    pub access: Access,
    pub at: Minute,
    pub minutes: u32,
    pub order: usize,
    /// A push that rests on a missing stop.
    pub assumed: bool,
}

#[derive(Debug, Clone)]
pub struct Chart {
    pub calendar: Calendar,
    pub first: Minute,
    /// The last event of the log.
    pub end: Minute,
    pub runs: Vec<Run>,
    /// Started, and nothing proves an end (U1 (3)); its `stop` is where it ceases to stand in hydration's way.
    pub unproven: Vec<Run>,
    /// Therapy on a pump that went home and is not proven prolonged (O3), to the end of the log.
    pub home_unproven: Vec<Run>,
    pub pushes: Vec<Given>,
    pub injections: Vec<Given>,
    pub on_body: Vec<Given>,
    pub set_ups: Vec<Given>,
    pub refills: Vec<(Minute, Pump)>,
    pub flushes: Vec<Minute>,
    pub transfusions: Vec<Minute>,
    pub instilled: Vec<(Minute, String, Class, Cavity)>,
    pub services: Vec<(Minute, String)>,
    /// A pump taken off that was put on elsewhere (O4).
    pub disconnect: bool,
}

/// One event of a run, ready for pairing.
struct Step {
    at: Minute,
    /// Stop, Pause, Check; then Start, Resume; then the rest.
    group: u8,
    order: usize,
    drug: String,
    site: Option<String>,
    act: Act,
}

enum Act {
    Stop { pump: bool, reaction: bool, own_start: Option<usize> },
    Pause,
    Check,
    Start(Box<Open>),
    Resume,
    Rate(f64),
}

/// A run that has begun.
#[derive(Clone)]
struct Open {
    run: Run,
    site: Option<String>,
    volume: Option<f64>,
    rates: Vec<(Minute, f64)>,
    /// Resumed ones have an end.
    pauses: Vec<(Minute, Option<Minute>)>,
    last_check: Option<Minute>,
}

impl Open {
    fn paused_since(&self) -> Option<Minute> {
        self.pauses.last().filter(|p| p.1.is_none()).map(|p| p.0)
    }

    fn paused_at(&self, minute: Minute) -> bool {
        self.pauses.iter().any(|(from, to)| *from <= minute && to.is_none_or(|to| minute < to))
    }

    fn minutes_until(&self, stop: Minute) -> BTreeSet<Minute> {
        (self.run.start..stop).filter(|m| !self.paused_at(*m)).collect()
    }

    fn ended(mut self, stop: Minute, estimated: bool) -> Result<Run, Wrong> {
        self.run.stop = stop;
        self.run.minutes = self.minutes_until(stop);
        self.run.estimated = estimated;
        if stop <= self.run.start { wrong("no minutes") } else { Ok(self.run) }
    }

    /// U1 (1): the minute in which the bag is empty, if volume and rates are charted.
    fn empty_at(&self) -> Option<Minute> {
        // In mL times 60, so that a rate an hour is taken off once a minute.
        let mut left = self.volume? * 60.0;
        let mut minute = self.run.start;
        while minute < self.run.start + 60 * 24 * 60 {
            if left <= 0.0 {
                return Some(minute);
            }
            if !self.paused_at(minute) {
                let rate = self.rates.iter().rfind(|r| r.0 <= minute)?.1;
                if left < rate {
                    return Some(minute);
                }
                left -= rate;
            }
            minute += 1;
        }
        None
    }

    /// U1: the later of the empty bag and the last check.
    fn proven_stop(&self) -> Option<Minute> {
        self.empty_at().max(self.last_check)
    }
}

/// Reads one session into runs and single events.
pub fn read(session: &Session, policies: &Policies) -> Result<Chart, Wrong> {
    let calendar = Calendar::of(session)?;
    let drugs: BTreeSet<String> = session.drugs.0.iter().map(|(name, _)| canonical(name)).collect();
    let sites: BTreeSet<&String> = session.sites.iter().flat_map(|s| &s.0).map(|(name, _)| name).collect();
    if drugs.len() < session.drugs.0.len() || sites.len() < session.sites.as_ref().map_or(0, |s| s.0.len()) {
        return wrong("a key that stands twice");
    }
    let access_of = |site: &Option<String>| -> Result<Access, Wrong> {
        let (Some(site), Some(sites)) = (site, &session.sites) else { return Ok(None) };
        match sites.0.iter().find(|(name, _)| name == site) {
            Some((name, note)) if note.separate.is_some() => Ok(Some(name.clone())),
            Some(_) => Ok(None),
            None => wrong(format!("no site {site}")),
        }
    };
    let mut chart = Chart {
        calendar: calendar.clone(),
        first: Minute::MAX,
        end: Minute::MIN,
        runs: Vec::new(),
        unproven: Vec::new(),
        home_unproven: Vec::new(),
        pushes: Vec::new(),
        injections: Vec::new(),
        on_body: Vec::new(),
        set_ups: Vec::new(),
        refills: Vec::new(),
        flushes: Vec::new(),
        transfusions: Vec::new(),
        instilled: Vec::new(),
        services: Vec::new(),
        disconnect: false,
    };
    let mut steps: Vec<Step> = Vec::new();
    // Every minute at which a drug is named, for S1's drugs without a proven stop.
    let mut named: BTreeMap<String, BTreeSet<Minute>> = BTreeMap::new();
    let mut times: Vec<Minute> = Vec::new();

    for (order, event) in session.events.iter().enumerate() {
        let mut time = |text: &str| -> Result<Minute, Wrong> {
            let at = calendar.minute(text)?;
            times.push(at);
            Ok(at)
        };
        let given = |at, drug: &str, route, site: &Option<String>, minutes: Option<u32>| -> Result<Given, Wrong> {
            Ok(Given {
                drug: canonical(drug),
                class: class_of(session, drug, route, policies)?,
                route,
                access: access_of(site)?,
                at,
                minutes: minutes.unwrap_or(0),
                order,
                assumed: false,
            })
        };
        #[allow(clippy::too_many_arguments)]
        let open = |at, drug: &str, site: &Option<String>, route, pump: Option<Pump>, home, volume, rate: Option<f64>| {
            if route == Route::IM {
                return wrong("a run into a muscle");
            }
            let run = Run {
                drug: canonical(drug),
                class: class_of(session, drug, route, policies)?,
                route,
                access: access_of(site)?,
                pump: pump.is_some(),
                home: home && pump.is_some(),
                start: at,
                stop: at,
                minutes: BTreeSet::new(),
                twice: 0,
                order,
                estimated: false,
                reaction: false,
                broken_off: false,
                prolonged: false,
            };
            let rates = rate.iter().map(|rate| (at, *rate)).collect();
            Ok(Open { run, site: site.clone(), volume, rates, pauses: Vec::new(), last_check: None })
        };
        let mut step = |at: Minute, group, drug: &str, site: &Option<String>, act| -> Result<(), Wrong> {
            access_of(site)?;
            let drug = canonical(drug);
            named.entry(drug.clone()).or_default().insert(at);
            steps.push(Step { at, group, order, drug, site: site.clone(), act });
            Ok(())
        };
        match event {
            Event::Start(e) => {
                let at = time(&e.at)?;
                let open = open(at, &e.drug, &e.site, e.route, e.pump, e.continues_at_home, e.volume_ml, e.rate_ml_per_h)?;
                step(at, 1, &e.drug, &e.site, Act::Start(Box::new(open)))?;
            }
            Event::Infuse(e) => {
                let (at, to) = (time(&e.from)?, time(&e.to)?);
                if to <= at {
                    return wrong("an infusion that ends before it begins");
                }
                let open = open(at, &e.drug, &e.site, e.route, e.pump, e.continues_at_home, e.volume_ml, e.rate_ml_per_h)?;
                step(at, 1, &e.drug, &e.site, Act::Start(Box::new(open)))?;
                let stop = Act::Stop { pump: false, reaction: false, own_start: Some(order) };
                step(to, 0, &e.drug, &e.site, stop)?;
            }
            Event::Stop(e) => {
                let stop = Act::Stop { pump: e.pump.is_some(), reaction: e.reaction, own_start: None };
                step(time(&e.at)?, 0, &e.drug, &e.site, stop)?;
            }
            Event::Pause(e) => step(time(&e.at)?, 0, &e.drug, &e.site, Act::Pause)?,
            Event::Check(e) => step(time(&e.at)?, 0, &e.drug, &e.site, Act::Check)?,
            Event::Resume(e) => step(time(&e.at)?, 1, &e.drug, &e.site, Act::Resume)?,
            Event::Rate(e) => step(time(&e.at)?, 2, &e.drug, &e.site, Act::Rate(e.ml_per_h))?,
            Event::Push(e) => chart.pushes.push(given(time(&e.at)?, &e.drug, Route::IV, &e.site, e.minutes)?),
            Event::Inject(e) => {
                if e.route == Route::IV {
                    return wrong("an injection into a vein is a push");
                }
                chart.injections.push(given(time(&e.at)?, &e.drug, e.route, &e.site, None)?);
            }
            Event::OnBodyInjector(e) => chart.on_body.push(given(time(&e.at)?, &e.drug, Route::SC, &e.site, None)?),
            Event::PumpSetup(e) => chart.set_ups.push(given(time(&e.at)?, &e.drug, Route::SC, &e.site, None)?),
            Event::FlushPort(e) => chart.flushes.push(time(&e.at)?),
            Event::PumpRefill(e) => chart.refills.push((time(&e.at)?, e.pump)),
            Event::Transfuse(e) => chart.transfusions.push(time(&e.at)?),
            Event::Instill(e) => {
                let at = time(&e.at)?;
                // No route is written: the list's ordinary class.
                let class = class_of(session, &e.drug, Route::IV, policies)?;
                named.entry(canonical(&e.drug)).or_default().insert(at);
                chart.instilled.push((at, canonical(&e.drug), class, e.cavity));
            }
            Event::Service(e) => chart.services.push((time(&e.at)?, e.code.clone())),
            Event::Note(e) => {
                time(&e.at)?;
            }
        }
    }
    for given in [&chart.pushes, &chart.injections, &chart.on_body, &chart.set_ups].into_iter().flatten() {
        named.entry(given.drug.clone()).or_default().insert(given.at);
    }
    chart.first = times.iter().min().copied().unwrap_or(0);
    chart.end = times.iter().max().copied().unwrap_or(0);

    for open in pair(steps, &mut chart)? {
        close_without_stop(open, &mut chart)?;
    }

    // S1: how long a drug without a proven stop stands in the way of hydration.
    let end = chart.end;
    for run in &mut chart.unproven {
        let next = named[&run.drug].range(run.start + 1..).next();
        run.stop = if run.home { end } else { next.copied().unwrap_or(end) };
    }
    chart.runs.sort_by_key(|run| (run.start, run.order));
    chart.pushes.sort_by_key(|push| (push.at, push.order));
    Ok(chart)
}

/// U2: pairs starts with what ends them; hands back what is still open at the end of the log.
fn pair(mut steps: Vec<Step>, chart: &mut Chart) -> Result<Vec<Open>, Wrong> {
    steps.sort_by_key(|step| (step.at, step.group, step.order));
    let mut open: Vec<Open> = Vec::new();
    let mut ever_started: BTreeSet<String> = BTreeSet::new();
    for step in steps {
        if let Act::Start(new) = step.act {
            let same = open.iter().position(|o| o.run.drug == step.drug && o.site == step.site);
            if let Some(same) = same {
                let before = open.remove(same);
                let run = match (before.paused_since(), before.proven_stop()) {
                    (Some(pause), _) => before.ended(pause, false)?,
                    (None, Some(stop)) if stop <= step.at => before.ended(stop, true)?,
                    _ => return wrong("a second start of an open drug"),
                };
                chart.runs.push(run);
            }
            ever_started.insert(step.drug);
            open.push(*new);
            continue;
        }
        let fits = |o: &Open| match &step.act {
            Act::Stop { own_start: Some(order), .. } => o.run.order == *order,
            _ => o.run.drug == step.drug && (step.site.is_none() || step.site == o.site),
        };
        let fitting: Vec<usize> = (0..open.len()).filter(|i| fits(&open[*i])).collect();
        let which = match fitting.as_slice() {
            [one] => *one,
            [] => match step.act {
                Act::Stop { pump: true, .. } if !ever_started.contains(&step.drug) => {
                    chart.disconnect = true;
                    continue;
                }
                _ => return wrong("nothing open that this event could mean"),
            },
            _ => return wrong("two open runs that this event could mean"),
        };
        let paused = open[which].paused_since();
        match step.act {
            Act::Stop { reaction, .. } => {
                let mut ended = open.remove(which);
                ended.run.reaction = reaction;
                chart.runs.push(ended.ended(paused.unwrap_or(step.at), false)?);
            }
            Act::Pause if paused.is_some() => return wrong("a second pause"),
            Act::Pause => open[which].pauses.push((step.at, None)),
            Act::Check if paused.is_some() => return wrong("a check while paused"),
            Act::Check => open[which].last_check = Some(step.at),
            Act::Resume => match open[which].pauses.last_mut().filter(|p| p.1.is_none()) {
                Some(pause) => pause.1 = Some(step.at),
                None => return wrong("a resume without a pause"),
            },
            Act::Rate(rate) => open[which].rates.push((step.at, rate)),
            Act::Start(_) => unreachable!("dealt with above"),
        }
    }
    Ok(open)
}

/// U1 and O3's home pumps: a run that has no stop at the end of the log.
fn close_without_stop(open: Open, chart: &mut Chart) -> Result<(), Wrong> {
    if let Some(pause) = open.paused_since() {
        chart.runs.push(open.ended(pause, false)?);
        return Ok(());
    }
    let Run { class, route, home, .. } = open.run;
    let chemo = is_chemo(class, route);
    if home && is_drug(class) && route != Route::SC {
        let proven = open.empty_at().map(|stop| open.minutes_until(stop).len());
        let prolonged = match route {
            _ if chemo => proven.is_none_or(|m| m > 480),
            _ => proven.is_some_and(|m| m > 480),
        };
        if prolonged || !chemo {
            let mut run = open.run.clone();
            run.stop = chart.end;
            run.minutes = open.minutes_until(chart.end);
            run.prolonged = prolonged;
            let place = if prolonged { &mut chart.runs } else { &mut chart.home_unproven };
            place.push(run);
            return Ok(());
        }
    }
    match open.proven_stop() {
        Some(stop) => chart.runs.push(open.ended(stop, true)?),
        None => chart.unproven.push(open.run),
    }
    Ok(())
}
