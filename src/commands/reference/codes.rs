//! `hangtime codes [CODE]`: the codes of giving, or one code's fact sheet.

use hangtime::Reference;
use hangtime::reference::{Code, CodeId, Family, Kind, Lines, Mue, Once, Opps, Pair, Pfs, Primary, Role, Way};
use hangtime::session::log::Setting;
use hangtime::show::view::setting_word;

use super::UnknownName;
use hangtime::show::page::Page;

/// The codes, or the fact sheet of one.
///
/// # Errors
/// Names the nearest codes.
pub fn codes(reference: &Reference, name: Option<&str>, width: usize) -> Result<String, UnknownName> {
    let Some(name) = name else { return Ok(list(reference, width)) };
    let unknown = || UnknownName::new("code", name, reference.codes.all().iter().map(|code| code.code.as_str()), "codes");
    let id = reference.codes.find(&name.trim().to_ascii_uppercase()).ok_or_else(unknown)?;
    Ok(Sheet { reference, id, code: reference.codes.get(id) }.page(width))
}

fn list(reference: &Reference, width: usize) -> String {
    let mut list = Page::new("Codes. `hangtime codes 96367` shows the fact sheet of one.", width);
    list.heading("Drug administration, and transfusion");
    let rows: Vec<[String; 3]> =
        reference.codes.all().iter().map(|code| [code.code.clone(), code.label.clone(), role(reference, code).to_owned()]).collect();
    list.table(&rows);
    list.finish()
}

fn role(reference: &Reference, code: &Code) -> &'static str {
    let is_addon = |id| !reference.facts.primaries(id).is_empty();
    match reference.codes.find(&code.code) {
        _ if code.initial => "initial",
        Some(id) if is_addon(id) => "add-on",
        _ => "",
    }
}

/// A code and the facts around it.
struct Sheet<'r> {
    reference: &'r Reference,
    id: CodeId,
    code: &'r Code,
}

impl Sheet<'_> {
    fn page(&self, width: usize) -> String {
        let code = self.code;
        let mut page = Page::new(&format!("{}: {}", code.code, code.label), width);
        page.paragraph(&code.about);
        page.section("When it is assigned", &code.when);
        page.heading("By which rules");
        let rows: Vec<[String; 2]> = code.rules.iter().map(|rule| [rule.id().to_owned(), rule.entry().title.clone()]).collect();
        page.table(&rows);
        self.place(&mut page);
        self.pairs(&mut page);
        self.limits(&mut page);
        self.modifiers(&mut page);
        match &code.pfs {
            Some(pfs) => fee_schedule(&mut page, pfs),
            None => page.section("Physician fee schedule", "The code is not on it."),
        }
        match &code.opps {
            Some(opps) => outpatient(&mut page, opps),
            None => page.section("Hospital outpatient payment", "The code has no status there."),
        }
        self.groups(&mut page);
        self.life(&mut page);
        self.sources(&mut page);
        page.finish()
    }

    /// Initial, add-on or neither, and what it stands beside.
    fn place(&self, page: &mut Page) {
        let primaries = self.reference.facts.primaries(self.id);
        let words = match (self.code.initial, self.code.rank, primaries.is_empty()) {
            (true, Some(rank), _) => format!("It can be the initial service; in a hospital the {} of five in rank (I2).", ordinal(rank)),
            (true, None, _) => "It can be the initial service.".to_owned(),
            (false, _, false) => {
                "An add-on: never the initial service, and only beside one of its primaries in the encounter (E1).".to_owned()
            }
            (false, _, true) => "Outside the order of initial services: it neither takes nor needs that place (I5).".to_owned(),
        };
        page.section("Its place", &words);
        match self.code.once {
            Some(Once::Session) => page.words("Billed once a session, however many services fill it."),
            Some(Once::Date) => page.words("Billed once a date, however many services fill it."),
            None => {}
        }
        if self.code.initiates_pump {
            page.words("It starts a prolonged pump, so no refill is billed on its date (O4).");
        }
        if !primaries.is_empty() {
            page.heading("Its primaries");
            let rows: Vec<[String; 3]> = primaries.iter().map(|primary| self.beside(primary.primary, primary)).collect();
            page.table(&rows);
        }
        let addons = self.addons();
        if !addons.is_empty() {
            page.heading("Add-ons that may stand beside it");
            page.table(&addons);
        }
    }

    fn addons(&self) -> Vec<[String; 3]> {
        let codes = &self.reference.codes;
        let ids = codes.all().iter().filter_map(|code| codes.find(&code.code));
        ids.flat_map(|addon| self.reference.facts.primaries(addon).iter().map(move |primary| (addon, primary)))
            .filter(|(_, primary)| primary.primary == self.id)
            .map(|(addon, primary)| self.beside(addon, primary))
            .collect()
    }

    fn beside(&self, other: CodeId, edit: &Primary) -> [String; 3] {
        let other = self.reference.codes.get(other);
        let mut when = format!("from {}", edit.from);
        if let Some(until) = edit.until {
            when.push_str(&format!(" until {until}"));
        }
        if let Some(setting) = edit.setting {
            when.push_str(&format!(", {} only", setting_word(setting)));
        }
        [other.code.clone(), other.label.clone(), when]
    }

    /// Its pairs, those of one kind together.
    fn pairs(&self, page: &mut Page) {
        let name = self.code.code.as_str();
        let all = self.reference.facts.pairs();
        let goes: Vec<(&Pair, &str)> = all.iter().filter(|p| p.second == name).map(|p| (p, p.first.as_str())).collect();
        let stands: Vec<(&Pair, &str)> = all.iter().filter(|p| p.first == name).map(|p| (p, p.second.as_str())).collect();
        if goes.is_empty() && stands.is_empty() {
            page.section("Pairs on one date (NCCI)", "None.");
            return;
        }
        page.heading("Pairs on one date (NCCI)");
        page.words(
            "1: both stand where the record shows them separate, and a modifier says so. 0: never both. A setting that is not named has no such pair.",
        );
        if !goes.is_empty() {
            page.heading(&format!("Beside these {name} goes or carries the modifier (it is column 2)"));
            page.table(&by_indicator(&goes));
        }
        if !stands.is_empty() {
            page.heading(&format!("Beside {name} these go or carry the modifier (it is column 1)"));
            page.table(&by_indicator(&stands));
        }
    }

    fn limits(&self, page: &mut Page) {
        page.heading("Most units a patient and date (MUE)");
        let mues = [(Setting::Hospital, &self.code.mue.hospital), (Setting::Office, &self.code.mue.office)];
        let rows = mues.map(|(setting, mue)| [setting_word(setting).to_owned(), most(mue), format!("CMS's reason: \"{}\"", mue.why)]);
        page.table(&rows);
        let mut indicators = mues.map(|(_, mue)| mue.mai).to_vec();
        indicators.dedup();
        for mai in indicators {
            page.words(&format!("MAI {mai}: {}", mai_says(mai)));
        }
    }

    fn modifiers(&self, page: &mut Page) {
        page.heading("Modifiers it may carry");
        let rows = self.modifier_rows();
        if rows.is_empty() {
            page.words("None: it is never billed by itself.");
            return;
        }
        page.table(&rows);
        page.words("`hangtime modifiers XS` tells each.");
    }

    fn modifier_rows(&self) -> Vec<[String; 2]> {
        let limits = &self.reference.facts.limits;
        if [&limits.unlisted_therapeutic, &limits.unlisted_chemo].contains(&&self.code.code) {
            return Vec::new();
        }
        let mut rows = Vec::new();
        let of_an_initial = self.code.initial || self.is_further_hour();
        if of_an_initial && self.code.family != Family::Hydration {
            let words = "the initial of a separate access, and its further hours (M1, policy site_modifier)";
            rows.push(["XS or 59".to_owned(), words.to_owned()]);
        }
        if of_an_initial {
            let words = "the initial of a further encounter of the date, and its further hours (M2, policy encounter_modifier)";
            rows.push(["XE or 59".to_owned(), words.to_owned()]);
        }
        let bypassable = |pair: &Pair| [Setting::Hospital, Setting::Office].iter().any(|s| pair.bypassable(*s) == Some(true));
        if self.reference.facts.pairs_against(&self.code.code).any(bypassable) {
            let words = "beside the first code of a pair with indicator 1 (M3, policy ptp_modifier)";
            rows.push(["59, XS or XU".to_owned(), words.to_owned()]);
        }
        if self.is_first_of_an_office_infusion()
            && let Some(reduced) = self.reference.modifiers.of_kind(Kind::Reduced)
        {
            let code = self.reference.modifiers.get(reduced).code.clone();
            rows.push([code, "office: the first unit of an infusion broken off for a reaction (policy stopped_early)".to_owned()]);
        }
        for setting in [None, Some(Setting::Hospital), Some(Setting::Office)] {
            let facts = self.reference.modifiers.circumstances().iter();
            let of_these = facts.filter(|fact| fact.setting == setting && fact.lines != Lines::DrugLine);
            let codes: Vec<&str> = of_these.map(|fact| fact.modifier.as_str()).collect();
            let words = match setting {
                None => "a circumstance that the log states (M5)",
                Some(Setting::Hospital) => "hospital: a circumstance that the log states (M5)",
                Some(Setting::Office) => "office: a circumstance that the log states (M5)",
            };
            rows.push([codes.join(" "), words.to_owned()]);
        }
        rows
    }

    /// Whether it fills the place of an infusion's further hours.
    fn is_further_hour(&self) -> bool {
        [Family::Chemo, Family::Therapeutic, Family::Hydration].into_iter().any(|family| self.fills(family, Role::Hour))
    }

    fn is_first_of_an_office_infusion(&self) -> bool {
        [Family::Chemo, Family::Therapeutic].into_iter().any(|f| self.fills(f, Role::Initial) || self.fills(f, Role::Subsequent))
    }

    fn fills(&self, family: Family, role: Role) -> bool {
        self.reference.codes.at(family, Way::Infusion, role, Setting::Office) == Ok(self.id)
    }

    fn groups(&self, page: &mut Page) {
        let mut rows = Vec::new();
        if let Some(rbcs) = &self.code.rbcs {
            rows.push(["RBCS".to_owned(), format!("{}; {}; {}", rbcs.category, rbcs.subcategory, rbcs.family)]);
        }
        if let Some(betos) = &self.code.betos {
            rows.push(["BETOS".to_owned(), format!("{betos}: {}", betos_says(betos))]);
        }
        if !rows.is_empty() {
            page.heading("CMS's grouping of services");
            page.table(&rows);
        }
    }

    fn life(&self, page: &mut Page) {
        let until = self.code.until.as_ref().map_or(String::new(), |until| format!(" until {until}"));
        page.section("In force", &format!("from {}{until}", self.code.from));
        page.items(&self.code.history);
    }

    fn sources(&self, page: &mut Page) {
        let facts = &self.reference.facts;
        let mut rows = vec![["facts".to_owned(), cited(&self.reference.codes.source, &self.reference.codes.vintage)]];
        if !facts.primaries(self.id).is_empty() || !self.addons().is_empty() {
            rows.push(["add-ons".to_owned(), cited(&facts.primaries_source.0, &facts.primaries_source.1)]);
        }
        if facts.pairs().iter().any(|pair| pair.first == self.code.code || pair.second == self.code.code) {
            rows.push(["pairs".to_owned(), cited(&facts.pairs_source.0, &facts.pairs_source.1)]);
        }
        page.heading("Sources");
        page.table(&rows);
        page.words("CPT codes are the American Medical Association's; the words here are our own, not its descriptors.");
    }
}

fn cited(source: &str, vintage: &str) -> String {
    format!("{source}; as of {vintage}")
}

fn ordinal(rank: u8) -> String {
    match rank {
        1 => "highest".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "last".to_owned(),
        _ => format!("number {rank}"),
    }
}

/// "hospital 1, office 0", then the codes of that kind.
fn by_indicator(pairs: &[(&Pair, &str)]) -> Vec<[String; 2]> {
    let mut kinds: Vec<(Option<u8>, Option<u8>)> = pairs.iter().map(|(pair, _)| (pair.hospital, pair.office)).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
        .into_iter()
        .rev()
        .map(|(hospital, office)| {
            let settings = [("hospital", hospital), ("office", office)];
            let words: Vec<String> = settings.iter().filter_map(|(word, i)| i.map(|i| format!("{word} {i}"))).collect();
            let of_kind = pairs.iter().filter(|(pair, _)| (pair.hospital, pair.office) == (hospital, office));
            [words.join(", "), of_kind.map(|(_, other)| *other).collect::<Vec<_>>().join(" ")]
        })
        .collect()
}

fn most(mue: &Mue) -> String {
    let units = if mue.units == 1 { "1 unit".to_owned() } else { format!("{} units", mue.units) };
    format!("{units}, MAI {}", mue.mai)
}

fn mai_says(mai: u8) -> &'static str {
    match mai {
        1 => "judged by each claim line by itself.",
        2 => "absolute. The figure follows from law, policy or the code itself; units over it on a date are denied, whatever the record.",
        3 => "judged by the date. Units over it are denied at first, and may be paid on appeal where the record supports them.",
        _ => "an indicator that this page does not know.",
    }
}

fn fee_schedule(page: &mut Page, pfs: &Pfs) {
    page.heading("Physician fee schedule (office)");
    let row = |field: &str, value: &str, says: &str| [field.to_owned(), value.to_owned(), says.to_owned()];
    let rows = [
        row("status", &pfs.status, status_says(&pfs.status)),
        row("global days", &pfs.global_days, global_says(&pfs.global_days)),
        row("PC/TC", &pfs.pctc, pctc_says(&pfs.pctc)),
        row("multiple procedures", &pfs.mult_proc, multiple_says(&pfs.mult_proc)),
        row("both sides", &pfs.bilateral, bilateral_says(&pfs.bilateral)),
        row("assistant surgeon", &pfs.assistant, assistant_says(&pfs.assistant)),
        row("co-surgeons", &pfs.co_surgeon, not_permitted(&pfs.co_surgeon)),
        row("surgical team", &pfs.team, not_permitted(&pfs.team)),
        row("supervision", &pfs.phys_supervision, nine_says(&pfs.phys_supervision)),
        row("imaging family", &pfs.imaging_family, nine_says(&pfs.imaging_family)),
    ];
    page.table(&rows);
    page.heading("Relative value units");
    let facility = if pfs.fac_na { "NA: no professional payment there".to_owned() } else { pfs.fac_pe_rvu.clone() };
    let in_facility = if pfs.fac_na { String::new() } else { format!("; in a facility {}", pfs.fac_total_rvu) };
    let rows = [
        ["work".to_owned(), pfs.work_rvu.clone()],
        ["practice expense".to_owned(), format!("in an office {}; in a facility {facility}", pfs.nonfac_pe_rvu)],
        ["malpractice".to_owned(), pfs.mp_rvu.clone()],
        ["total".to_owned(), format!("in an office {}{in_facility}", pfs.nonfac_total_rvu)],
        ["amount in an office".to_owned(), amount(pfs)],
    ];
    page.table(&rows);
}

fn amount(pfs: &Pfs) -> String {
    match &pfs.amount_usd {
        Some(amount) => format!("${amount}, computed: the total times the year's national conversion factor, not adjusted for place"),
        None => "none: the schedule sets no price".to_owned(),
    }
}

fn status_says(status: &str) -> &'static str {
    match status {
        "A" => "active: paid by these units",
        "C" => "each contractor sets the price, from the record",
        "T" => "paid only where nothing else of the schedule is billed by the same provider for the date",
        "X" => "not a physician's service by law: no payment in an office",
        _ => "",
    }
}

fn global_says(days: &str) -> &'static str {
    match days {
        "000" => "a minor procedure: care on its own day is included",
        "XXX" => "the concept does not apply",
        "YYY" => "the contractor decides",
        "ZZZ" => "add-on: belongs to the period of the service beside it",
        _ => "",
    }
}

fn pctc_says(indicator: &str) -> &'static str {
    match indicator {
        "0" => "a physician's service: not split into professional and technical parts",
        "5" => "incident to: staff give it under a physician's supervision; not paid so in a hospital",
        "9" => "the concept does not apply",
        _ => "",
    }
}

fn multiple_says(indicator: &str) -> &'static str {
    match indicator {
        "0" => "no reduction beside other procedures",
        "2" => "the usual reduction beside other procedures",
        "9" => "the concept does not apply",
        _ => "",
    }
}

fn bilateral_says(indicator: &str) -> &'static str {
    match indicator {
        "0" => "no payment for a second side",
        "9" => "the concept does not apply",
        _ => "",
    }
}

fn assistant_says(indicator: &str) -> &'static str {
    match indicator {
        "0" => "paid only where the record shows the need",
        "1" => "not paid, by law",
        "9" => "the concept does not apply",
        _ => "",
    }
}

fn not_permitted(indicator: &str) -> &'static str {
    match indicator {
        "0" => "not permitted",
        "9" => "the concept does not apply",
        _ => "",
    }
}

fn nine_says(indicator: &str) -> &'static str {
    match indicator {
        "09" | "9" | "99" => "the concept does not apply",
        _ => "",
    }
}

fn outpatient(page: &mut Page, opps: &Opps) {
    page.heading("Hospital outpatient payment (OPPS)");
    let mut rows = vec![["status".to_owned(), format!("{}: {}", opps.si, indicator_says(&opps.si))]];
    let weight = opps.weight.as_ref().map(|weight| ["weight".to_owned(), weight.clone()]);
    let rate = opps.rate_usd.as_ref().map(|rate| ["rate".to_owned(), format!("${rate}, national, not adjusted for wages")]);
    rows.extend(opps.apc.as_ref().map(|apc| ["APC".to_owned(), apc.clone()]).into_iter().chain(weight).chain(rate));
    page.table(&rows);
}

fn indicator_says(indicator: &str) -> &'static str {
    match indicator {
        "S" => "paid by itself, and not reduced beside other services",
        "N" => "packaged: its payment lies within that of other services; it is reported all the same",
        "Q1" => "packaged beside a service of status S, T or V on its date; else paid by itself",
        _ => "",
    }
}

fn betos_says(betos: &str) -> &'static str {
    match betos {
        "P6C" => "minor procedures, other, on the physician fee schedule",
        "P6D" => "minor procedures, other, not on the physician fee schedule",
        "P7B" => "oncology, other than radiation",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(name: &str) -> String {
        codes(Reference::embedded(), Some(name), 100).expect("a known code")
    }

    #[test]
    fn an_add_on_names_its_primaries_with_dates_and_settings() {
        let page = sheet("96367");
        for part in ["An add-on", "from 2016-04-01, office only", "add-on: belongs to the period", "MAI 3", "S4"] {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
        assert!(sheet("96376").contains("until 2016-03-31, hospital only"));
    }

    #[test]
    fn an_initial_names_its_rank_its_pairs_and_its_add_ons() {
        let page = sheet("96365");
        for part in ["the third of five", "hospital 1, office 0", "96523", "Add-ons that may stand beside it", "XS or 59", "XE or 59", "53"]
        {
            assert!(page.contains(part), "{part} is missing:\n{page}");
        }
    }

    #[test]
    fn modifiers_follow_the_place_of_the_code() {
        let rows = |name: &str| {
            let reference = Reference::embedded();
            let id = reference.codes.find(name).expect("a known code");
            let sheet = Sheet { reference, id, code: reference.codes.get(id) };
            sheet.modifier_rows().into_iter().map(|[modifiers, _]| modifiers).collect::<Vec<_>>().join("|")
        };
        assert!(rows("96361").starts_with("XE or 59|"), "{}", rows("96361"));
        assert!(rows("96366").starts_with("XS or 59|XE or 59|"), "{}", rows("96366"));
        assert!(!rows("96368").contains("53|"), "{}", rows("96368"));
        assert!(rows("96417").contains("53|"), "{}", rows("96417"));
        assert!(rows("96372").starts_with("59, XS or XU|"), "{}", rows("96372"));
        assert_eq!(rows("96549"), "");
    }

    /// A value that no gloss explains would stand there bare.
    #[test]
    fn every_indicator_has_its_words() {
        for code in Reference::embedded().codes.all() {
            let name = &code.code;
            if let Some(pfs) = &code.pfs {
                let says = [
                    status_says(&pfs.status),
                    global_says(&pfs.global_days),
                    pctc_says(&pfs.pctc),
                    multiple_says(&pfs.mult_proc),
                    bilateral_says(&pfs.bilateral),
                    assistant_says(&pfs.assistant),
                    not_permitted(&pfs.co_surgeon),
                    not_permitted(&pfs.team),
                    nine_says(&pfs.phys_supervision),
                    nine_says(&pfs.imaging_family),
                ];
                assert!(says.iter().all(|words| !words.is_empty()), "{name}: {says:?}");
            }
            assert!(code.opps.as_ref().is_none_or(|opps| !indicator_says(&opps.si).is_empty()), "{name}");
            assert!(code.betos.as_ref().is_none_or(|betos| !betos_says(betos).is_empty()), "{name}");
            assert!(code.rank.is_none_or(|rank| (1..=5).contains(&rank)), "{name}");
            assert!([&code.mue.hospital, &code.mue.office].iter().all(|mue| (2..=3).contains(&mue.mai)), "{name}");
        }
    }
}
