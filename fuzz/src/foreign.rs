//! The way of what others write: claims, records of other systems, folders of facts. Any bytes, and
//! what must hold of what is read of them.

use std::path::PathBuf;
use std::sync::OnceLock;

use hangtime::audit::audit;
use hangtime::audit::patterns::patterns;
use hangtime::audit::summary::summary;
use hangtime::claims_in::{ClaimFile, Format, read, read_as};
use hangtime::logs_in::csv::{self, Lookup, Map};
use hangtime::logs_in::{Choices, File, Formulary, Ids, Import, fhir};
use hangtime::money::Rates;
use hangtime::reference::Part;
use hangtime::session::locate;
use hangtime::session::log::Setting;
use hangtime::show::audit::{page, table, worksheet};
use hangtime::show::findings::Drawer;
use hangtime::show::json;
use hangtime::{Options, Reference, Source, bill};
use rust_decimal::Decimal;

use crate::pages::{parses, well_formed};
use crate::through::{self, NOW, hash, in_time, tame};

/// Maps of tables: those that come with the program, and one with semicolons and decimal commas.
fn maps() -> &'static [Map] {
    static MAPS: OnceLock<Vec<Map>> = OnceLock::new();
    MAPS.get_or_init(|| {
        let own = ["events", "intervals", "mimic-iv"].map(|name| csv::embedded(name).expect("it comes with the program"));
        let semicolons = include_str!("../../tests/import/semicolons-map.ron");
        own.into_iter().chain([semicolons]).map(|text| Map::read(text).expect("a map")).collect()
    })
}

/// Reads the bytes as a claim, in the format that they show and in every other, and lays it beside a log.
///
/// # Panics
/// Where something that must hold does not.
pub fn claim(bytes: &[u8]) {
    in_time(bytes, || {
        let mut files = vec![read("any", bytes)];
        files.extend(Format::ALL.map(|format| read_as(format, "any", bytes)));
        files.iter().for_each(claim_holds);
        beside(files.swap_remove(0), hash(bytes));
        0
    });
}

/// What is read stands where it is said to stand, and an error goes with what was left out.
fn claim_holds(file: &ClaimFile) {
    const MOST: usize = 3_000;
    let text = &file.source.text;
    for line in &file.lines {
        let range = line.spot.range.clone();
        let stands = text.get(range.clone()).expect("a line is a part of the text");
        assert_eq!(locate::line_column(text, range.start), (line.spot.line, line.spot.column), "its place in lines and bytes");
        let word = |word: &str, length| word.len() == length && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        assert!(word(&line.code, 5), "{:?} is no code", line.code);
        assert!(line.modifiers.iter().all(|modifier| word(modifier, 2)), "{:?} are no modifiers", line.modifiers);
        assert!(stands.to_ascii_uppercase().replace(['\n', '\r'], "").contains(&line.code), "{} is not in {stands:?}", line.code);
    }
    let errors = file.findings.iter().filter(|finding| finding.is_error()).count();
    assert!(errors <= file.left_out && (errors == 0) == (file.left_out == 0), "{errors} errors, {} left out", file.left_out);
    assert!(file.findings.len() <= MOST, "{} findings", file.findings.len());
    for finding in &file.findings {
        assert!(text.get(ClaimFile::range(finding)).is_some(), "{} points nowhere", finding.message);
        tame("a claim's finding", &format!("{}{}{}", finding.message, finding.label, finding.help.clone().unwrap_or_default()), false);
    }
    for color in [false, true] {
        tame("a claim's findings", &Drawer::new(&file.source, color).draw(file.findings.iter().take(40), 0), color);
    }
}

/// The audit of a claim against a log of its first account.
fn beside(file: ClaimFile, chance: u64) {
    let reference = Reference::embedded();
    let account = file.lines.first().map(|line| (line.account.session.clone(), line.account.patient.clone()));
    let (session, patient) = account.unwrap_or_default();
    let date = file.lines.first().map_or_else(|| "2026-03-02".to_owned(), |line| line.date.to_string());
    let log = LOG.replace("\"2026-03-02\"", &format!("{date:?}")).replace("\"a\"", &format!("{:?}", session.unwrap_or_default()));
    let log = log.replace("\"p\"", &format!("{:?}", patient.unwrap_or_default()));
    let sources = [Source::new("any.ron", log.as_bytes())];
    let options = Options { now: Some(NOW), ..Options::default() };
    let bills = bill(&sources, &options, reference);
    let charged: Decimal = file.lines.iter().map(|line| line.units).sum();
    let rates = [None, Some("opps-2026"), Some("pfs-2026")][usize::try_from(chance % 3).unwrap_or(0)];
    let rates = rates.map(|name| Rates::named(name, reference).expect("rates that come with the program"));
    let audit = audit(&bills, &[file], &options, rates, reference);
    let told: Decimal = audit.rows.iter().filter_map(|row| row.charged.as_ref()).map(|side| side.units).sum();
    assert_eq!(charged, told, "every unit that was charged is in a row, and in one");
    let lines = bills.iter().filter_map(|bill| bill.claim.as_ref()).flat_map(|claim| &claim.lines);
    let supported: usize = lines.map(hangtime::claim::Line::units).sum();
    let sides = audit.rows.iter().filter_map(|row| row.supported.as_ref());
    let told: Decimal = sides.filter(|side| reference.codes.find(&side.code).is_some()).map(|side| side.units).sum();
    assert_eq!(Decimal::from(supported), told, "every unit that the log supports is in a row, and in one");
    let sheet = worksheet(&audit, &bills, &sources, summary(&audit, &bills), Some(patterns(&bills, reference)));
    for (differences, sums) in [(false, false), (true, false), (false, true)] {
        tame("audit", &table(&sheet, 80, differences, sums), false);
    }
    tame("audit csv", &sheet.csv(), false);
    parses("audit", &json::object(&sheet));
    well_formed("audit page", &page(&sheet));
}

/// Reads the bytes as resources and as tables of another system; every log that is written can be
/// read, and goes the whole way.
///
/// # Panics
/// Where something that must hold does not.
pub fn import(bytes: &[u8]) {
    in_time(bytes, || {
        let reference = Reference::embedded();
        let file = File::new("any", bytes.to_vec());
        let zone = [None, Some("America/Chicago"), Some("Australia/Lord_Howe")][usize::try_from(hash(bytes) % 3).unwrap_or(0)];
        let zone = zone.map(|zone| zone.parse().expect("a zone"));
        let choices = Choices { setting: Setting::Hospital, zone, ids: Ids::Kept, formulary: Formulary::default() };
        let files = [file];
        let mut units = imported(&fhir::read(&files, &choices, reference));
        for map in maps() {
            let lookup = map.lookup.as_ref().map(|columns| {
                let names = File::new("d_items.csv", include_bytes!("../../tests/import/d_items.csv").to_vec());
                Lookup::read(&names, columns, map.delimiter).expect("a lookup")
            });
            units += imported(&csv::read(&files, map, &lookup.unwrap_or_default(), &choices, reference));
            let (preview, report) = csv::preview(&files[0], 5, map, &Lookup::default(), &choices, reference);
            tame("preview", &preview, false);
            tame("preview", &report.told_ignored(), false);
        }
        // What else a user hands in: his own map, his own names.
        if let Ok(text) = std::str::from_utf8(bytes) {
            let _ = (Map::read(text), Formulary::read(text));
        }
        units
    });
}

fn imported(import: &Import) -> usize {
    tame("an import's report", &import.report.told_ignored(), false);
    let text = import.text();
    tame("an import", &text, false);
    if import.logs.is_empty() {
        return 0;
    }
    let source = Source::new("any.ron", text.as_bytes());
    let sessions = hangtime::read(&source).unwrap_or_else(|problems| panic!("{problems:?}\n{text}"));
    let ids: Vec<&str> = sessions.iter().map(|session| session.id.as_str()).collect();
    assert_eq!(ids, import.logs.iter().map(|log| log.id.as_str()).collect::<Vec<_>>(), "each log is read by its name");
    through::units_of(&through::take(
        text.as_bytes(),
        &Options { now: Some(NOW), ..Options::default() },
        Reference::embedded(),
        hash(text.as_bytes()),
    ))
}

/// Takes the bytes for one of the files of facts, the one whose name they hold, and bills by it.
///
/// # Panics
/// Where something that must hold does not.
pub fn facts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let named = |part: &&Part| text.contains(&format!("{part:?}("));
    let any = &Part::ALL[usize::try_from(hash(bytes) % 9).unwrap_or(0)];
    let part = Part::ALL.iter().find(named).unwrap_or(any);
    let folder = Folder::new();
    std::fs::write(folder.0.join(part.file()), bytes).expect("a file");
    in_time(bytes, || match Reference::load(&folder.0) {
        Ok(reference) => {
            let options = Options { now: Some(NOW), ..Options::default() };
            through::units_of(&through::take(LOG.as_bytes(), &options, &reference, hash(bytes)))
        }
        Err(problems) => {
            assert!(!problems.is_empty(), "what is refused has a reason");
            for problem in &problems {
                assert!(
                    problem.text.get(problem.range.clone()).is_some(),
                    "{:?} is no part of the file: {}",
                    problem.range,
                    problem.message
                );
                let drawn = hangtime::show::excerpt::harmless(&problem.message).into_owned();
                tame("a fault of facts", &drawn, false);
            }
            problems.len()
        }
    });
}

/// A folder that goes when it is done with.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("hangtime-facts-{}-{:?}", std::process::id(), std::thread::current().id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A bit of everything, so that much of the facts is asked for.
const LOG: &str = r#"Session(id: "a", patient: "p", setting: Hospital, date: "2026-03-02",
    sites: {"L port": (separate: "incompatible drugs"), "R arm": ()},
    drugs: {"study drug": (class: Therapeutic, code: "J3490")},
    circumstances: [OffCampus(Excepted), PolicyMet(drug: "infliximab")],
    events: [
    Push(at: "08:50", drug: "ondansetron", site: "R arm", dose: "4 mg", minutes: 2),
    Infuse(from: "09:00", to: "11:10", drug: "infliximab", site: "R arm", dose: "300 mg", waste: "100 mg", container: SingleDose),
    Infuse(from: "09:10", to: "10:00", drug: "ceftriaxone", site: "L port", dose: "1 g"),
    Infuse(from: "11:20", to: "13:05", drug: "NS", site: "R arm", volume_ml: 1000),
    Inject(at: "13:10", drug: "ketorolac", route: IM, dose: "30 mg", container: SingleDose),
    Infuse(from: "13:15", to: "14:00", drug: "paclitaxel", site: "R arm", dose: "260 mg"),
    Push(at: "14:10", drug: "morphine", site: "R arm", dose: "4 mg"),
    Push(at: "14:50", drug: "morphine", site: "R arm", dose: "4 mg"),
    Infuse(from: "15:00", to: "16:00", drug: "immune globulin", route: SC),
    Service(at: "16:10", code: "99213"),
    Infuse(from: "16:20", to: "17:00", drug: "study drug", site: "R arm", dose: "5 mg"),
    FlushPort(at: "17:10"),
])"#;
