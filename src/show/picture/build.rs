//! Rows from a claim: each minute of each bag with what became of it.

use std::collections::{BTreeSet, HashMap};

use super::{Bar, End, Fate, HOLE, Kind, Mark, Row, Segment, Site, Stretch};
use crate::claim::{Claim, Line};
use crate::reference::Reference;
use crate::session::log::{Cavity, Event, Route, Session};
use crate::timeline::calendar::Minute;
use crate::timeline::minutes::Slice;
use crate::timeline::{AccessId, Administration, Given, Proof};

/// All rows, by access, then by first minute.
pub fn rows(claim: &Claim, session: &Session, reference: &Reference) -> Vec<Row> {
    let mut board = Board { claim, sheets: Vec::new(), known: HashMap::new() };
    let mut fates = fates(claim, reference);
    let bags = bags(&claim.coded.administrations);
    for (at, administration) in claim.coded.administrations.iter().enumerate() {
        let ran = std::mem::take(&mut fates[at]);
        match doing(&session.events[administration.event]) {
            // The minutes of a bag that is part of another are the other's.
            Doing::Hangs(_) if administration.part_of.is_some() => {}
            Doing::Hangs(route) => {
                let whole = [vec![administration], bags.get(&at).cloned().unwrap_or_default()].concat();
                let bars = bars(ran, &whole, route);
                board.hang(administration, bars);
            }
            Doing::Once(kind, name) => board.mark(administration, kind, name, ran.into_iter().next()),
        }
    }
    board.services();
    board.finish()
}

/// What an event does.
enum Doing {
    Hangs(Route),
    /// At one minute; with its name where it has no drug.
    Once(Kind, String),
}

fn doing(event: &Event) -> Doing {
    let kind = match event {
        Event::Start(start) => return Doing::Hangs(start.route),
        Event::Infuse(infuse) => return Doing::Hangs(infuse.route),
        Event::Inject(inject) => Kind::Injection(inject.route),
        Event::OnBodyInjector(_) => Kind::OnBody,
        Event::PumpSetup(_) => Kind::SetUp,
        Event::Instill(instill) if matches!(instill.cavity, Cavity::Lesions(_)) => Kind::Lesions,
        Event::Instill(_) => Kind::Cavity,
        Event::FlushPort(_) => return Doing::Once(Kind::Flush, "port".to_owned()),
        Event::PumpRefill(_) => return Doing::Once(Kind::Refill, "pump".to_owned()),
        Event::Transfuse(transfuse) => return Doing::Once(Kind::Transfusion, transfuse.product.clone()),
        _ => Kind::Push,
    };
    Doing::Once(kind, String::new())
}

/// What became of the minutes of each administration, in clock order.
fn fates(claim: &Claim, reference: &Reference) -> Vec<Vec<Segment>> {
    let mut fates: Vec<Vec<Segment>> = claim.coded.administrations.iter().map(|_| Vec::new()).collect();
    let mut take = |slice: &Slice, fate: Fate, units: usize| {
        fates[slice.given().0 as usize].push(Segment { from: slice.from(), to: slice.to(), fate, units });
    };
    for line in &claim.lines {
        let code = code(line, reference);
        for charge in &line.charges {
            for (at, slice) in charge.unit.minutes.slices().iter().enumerate() {
                take(slice, Fate::Earned(code.clone()), usize::from(at == 0));
            }
        }
    }
    for left in &claim.unbilled {
        left.minutes.slices().iter().for_each(|slice| take(slice, Fate::Nothing(left.rule), 0));
    }
    for segments in &mut fates {
        segments.sort_by_key(|segment| (segment.from, matches!(segment.fate, Fate::Nothing(_)), segment.to));
    }
    fates
}

/// `96365-XS`.
fn code(line: &Line, reference: &Reference) -> String {
    let modifiers = line.modifiers.iter().map(|modifier| reference.modifiers.get(*modifier).code.as_str());
    std::iter::once(reference.codes.get(line.code).code.as_str()).chain(modifiers).collect::<Vec<_>>().join("-")
}

/// The bags that are part of each host.
fn bags(administrations: &[Administration]) -> HashMap<usize, Vec<&Administration>> {
    let host = |mut given: Given| {
        while let Some(next) = administrations[given.0 as usize].part_of {
            given = next;
        }
        given.0 as usize
    };
    let mut bags: HashMap<usize, Vec<&Administration>> = HashMap::new();
    for administration in administrations {
        if let Some(part_of) = administration.part_of {
            bags.entry(host(part_of)).or_default().push(administration);
        }
    }
    bags
}

/// The bars of a host and its bags. Bags that touch are one bar; a gap between two bags parts it,
/// a pause does not; what ran in a minute that is taken already gets bars of its own.
fn bars(segments: Vec<Segment>, bags: &[&Administration], route: Route) -> Vec<Bar> {
    let begun: BTreeSet<Minute> = bags[1..].iter().map(|bag| bag.start).collect();
    let ended: BTreeSet<Minute> = bags[1..].iter().map(|bag| bag.stop).collect();
    let mut layers: Vec<Vec<Bar>> = Vec::new();
    for segment in segments {
        let free = |layer: &Vec<Bar>| layer.last().is_none_or(|bar| bar.to <= segment.from);
        let place = layers.iter().position(free).unwrap_or(layers.len());
        if place == layers.len() {
            layers.push(Vec::new());
        }
        let layer = &mut layers[place];
        let parts = |end: Minute| end < segment.from && (place > 0 || begun.contains(&segment.from) || ended.contains(&end));
        match layer.last_mut() {
            Some(bar) if !parts(bar.to) => {
                if bar.to < segment.from {
                    bar.segments.push(Segment { from: bar.to, to: segment.from, fate: Fate::Paused, units: 0 });
                }
                bar.to = segment.to;
                bar.segments.push(segment);
            }
            _ => {
                layer.push(Bar { from: segment.from, to: segment.to, end: End::Charted, route, bags: Vec::new(), segments: vec![segment] })
            }
        }
    }
    let mut bars: Vec<Bar> = layers.into_iter().flatten().collect();
    for bar in &mut bars {
        bar.bags = begun.range(bar.from.plus(1)..bar.to.max(bar.from.plus(1))).copied().collect();
        bar.end = end(bar, bags);
    }
    bars
}

/// The proof of the bag with which a bar ends; the host's own where it is none of the others.
fn end(bar: &Bar, bags: &[&Administration]) -> End {
    let last = bags[1..].iter().find(|bag| bag.stop == bar.to).unwrap_or(&bags[0]);
    match last.proof {
        None => End::Unknown,
        Some(Proof::Charted) => End::Charted,
        Some(Proof::Derived) => End::Derived,
        Some(Proof::AtHome | Proof::AtHomeUnproven) => End::Home,
    }
}

/// Rows as they fill.
struct Board<'c> {
    claim: &'c Claim,
    sheets: Vec<Sheet>,
    known: HashMap<(AccessId, String), usize>,
}

/// The rows of one drug at one access.
struct Sheet {
    access: AccessId,
    /// Its first minute, and of that minute the first event.
    first: (Minute, usize),
    name: String,
    layers: Vec<Vec<Bar>>,
    marks: Vec<Mark>,
}

impl Board<'_> {
    fn sheet(&mut self, access: AccessId, name: String, first: (Minute, usize)) -> &mut Sheet {
        let at = *self.known.entry((access, name.clone())).or_insert(self.sheets.len());
        if at == self.sheets.len() {
            self.sheets.push(Sheet { access, first, name, layers: Vec::new(), marks: Vec::new() });
        }
        let sheet = &mut self.sheets[at];
        sheet.first = sheet.first.min(first);
        sheet
    }

    fn name(&self, administration: &Administration, otherwise: String) -> String {
        administration.drug.map_or(otherwise, |drug| self.claim.coded.drugs[drug.0 as usize].name.to_string())
    }

    fn hang(&mut self, administration: &Administration, bars: Vec<Bar>) {
        let name = self.name(administration, String::new());
        let sheet = self.sheet(administration.access, name, (administration.start, administration.event));
        match sheet.layers.first_mut() {
            Some(all) => all.extend(bars),
            None => sheet.layers.push(bars),
        }
    }

    fn mark(&mut self, administration: &Administration, kind: Kind, name: String, ran: Option<Segment>) {
        let name = self.name(administration, name);
        let (minutes, fate, units) = ran.map_or((0, Fate::Ran, 0), |ran| (ran.minutes(), ran.fate, ran.units));
        let mark = Mark { at: administration.start, minutes, kind, fate, units };
        self.sheet(administration.access, name, (administration.start, administration.event)).marks.push(mark);
    }

    fn services(&mut self) {
        let claim = self.claim;
        for service in &claim.coded.services {
            let mark = Mark { at: service.at, minutes: 0, kind: Kind::Service, fate: Fate::Ran, units: 0 };
            self.sheet(AccessId::MAIN, service.code.clone(), (service.at, service.event)).marks.push(mark);
        }
    }

    fn finish(self) -> Vec<Row> {
        let accesses = &self.claim.coded.accesses;
        let mut sheets = self.sheets;
        sheets.sort_by_key(|sheet| (sheet.access, sheet.first));
        sheets.into_iter().flat_map(|sheet| sheet.rows(accesses)).collect()
    }
}

impl Sheet {
    fn rows(self, accesses: &[String]) -> Vec<Row> {
        let site = match self.access.separate() {
            None => Site::Main,
            Some(at) => Site::Separate(self.access.0, accesses[at].clone()),
        };
        let mut bars: Vec<Bar> = self.layers.into_iter().flatten().collect();
        bars.sort_by_key(|bar| (bar.from, bar.to));
        let mut marks = self.marks;
        marks.sort_by_key(|mark| mark.at);
        let mut rows = vec![Row { name: self.name, site, bars: Vec::new(), marks, lane: Vec::new() }];
        for bar in bars {
            let free = |row: &Row| row.bars.last().is_none_or(|last| last.to <= bar.from);
            if let Some(row) = rows.iter_mut().find(|row| free(row)) {
                row.bars.push(bar);
            } else {
                let (name, site) = (rows[0].name.clone(), rows[0].site.clone());
                rows.push(Row { name, site, bars: vec![bar], marks: Vec::new(), lane: Vec::new() });
            }
        }
        for row in &mut rows {
            row.lane = lane(row);
        }
        rows
    }
}

/// What each stretch of a row earned.
fn lane(row: &Row) -> Vec<Stretch> {
    let mut lane: Vec<Stretch> = row.bars.iter().flat_map(stretches).collect();
    let of_marks = row.marks.iter().filter(|mark| is_told(&mark.fate));
    lane.extend(of_marks.map(|mark| Stretch { from: mark.at, to: mark.at, fate: mark.fate.clone(), units: mark.units }));
    lane.sort_by_key(|stretch| stretch.from);
    lane
}

fn is_told(fate: &Fate) -> bool {
    matches!(fate, Fate::Earned(_) | Fate::Nothing(_))
}

/// Segments of one code or rule as one, over pauses, and over holes too short to tell.
fn stretches(bar: &Bar) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for segment in bar.segments.iter().filter(|segment| is_told(&segment.fate)) {
        if let [.., before, hole] = stretches.as_slice()
            && before.fate == segment.fate
            && matches!(hole.fate, Fate::Nothing(_))
            && hole.to.since(hole.from) <= HOLE
        {
            stretches.pop();
        }
        match stretches.last_mut() {
            Some(last) if last.fate == segment.fate => {
                last.to = segment.to;
                last.units += segment.units;
            }
            _ => stretches.push(Stretch { from: segment.from, to: segment.to, fate: segment.fate.clone(), units: segment.units }),
        }
    }
    stretches
}
