//! Bills as billing systems take them. Each line of `tests/export/commands` is a case, `FILE: options`:
//! what is written stands in FILE, what is told in `FILE.told`. `BLESS=1 cargo test --test export`
//! writes them anew: read the difference before you keep it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hangtime::audit::{Verdict, audit};
use hangtime::claims_in::{self, ClaimFile};
use hangtime::money::Rates;
use hangtime::session::finding::Severity;
use hangtime::show::claims_out::{ChargeItems, ClaimFormat, FhirClaims, Ft1, Terms, X12, accounts};
use hangtime::show::view::Sheet;
use hangtime::show::{Exporter, json::NdJson, sheets};
use hangtime::timeline::calendar::Minute;
use hangtime::{Bill, Options, Reference, Source, bill};
use serde_json::Value;

/// The present for every log: 2030-01-01.
const PRESENT: Minute = Minute(31_557_600);

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/export")
}

fn hangtime(line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hangtime"));
    command.args(line.split_whitespace()).current_dir(folder()).env_remove("CLICOLOR_FORCE").output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("text")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("text")
}

/// Bills of texts, and their sheets.
struct Billed {
    bills: Vec<Bill>,
    sheets: Vec<Sheet>,
}

fn options() -> Options {
    Options { now: Some(PRESENT), ..Options::default() }
}

fn billed(sources: &[Source]) -> Billed {
    let bills = bill(sources, &options(), Reference::embedded());
    let sheets = sheets(&bills, sources, Reference::embedded());
    Billed { bills, sheets }
}

impl Billed {
    fn of(text: &str) -> Billed {
        billed(&[Source::new("a.ron", text.as_bytes())])
    }

    fn written(&self, format: &dyn Exporter) -> String {
        format.export(&self.bills, &self.sheets)
    }

    fn remarks(&self, format: &dyn ClaimFormat) -> Vec<String> {
        format.remarks(&accounts(&self.bills, &self.sheets)).into_iter().map(|remark| remark.text).collect()
    }

    fn json(&self, format: &dyn Exporter) -> Value {
        serde_json::from_str(&self.written(format)).expect("JSON")
    }

    /// Lines and drug lines of all sessions.
    fn lines(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.lines.len() + sheet.drug_lines.len()).sum()
    }
}

/// Every log below a folder.
fn logs(below: &str) -> Vec<Source> {
    let ron = |path: &Path| path.extension().is_some_and(|ending| ending == "ron");
    let files = walkdir::WalkDir::new(root().join(below)).sort_by_file_name().into_iter().map(|entry| entry.expect("a file").into_path());
    files.filter(|path| ron(path)).map(|path| Source::new(path.display().to_string(), &std::fs::read(&path).expect("a file"))).collect()
}

/// The two formats that the project reads itself, each with the name of a file of it.
fn readable(terms: &Terms) -> [(&'static str, Box<dyn ClaimFormat + '_>); 2] {
    [("out.837", Box::new(X12 { terms })), ("out.json", Box::new(FhirClaims { terms }))]
}

#[test]
fn every_case_writes_and_tells_what_stands_beside_it() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = String::new();
    let commands = std::fs::read_to_string(folder().join("commands")).expect("the list of cases");
    for (name, line) in commands.lines().filter_map(|line| line.split_once(": ")) {
        let output = hangtime(&format!("bill {line}"));
        let told = format!("exit {}\n{}", output.status.code().unwrap_or(-1), err(&output));
        for (file, came) in [(name.to_owned(), out(&output).replace('\r', "\n")), (format!("{name}.told"), told)] {
            let path = folder().join(file);
            if bless {
                std::fs::write(&path, came).expect("it is written");
            } else {
                let wanted = std::fs::read_to_string(&path).unwrap_or_default();
                if wanted != came {
                    let _ = write!(wrong, "{}: expected\n{wanted}\ncame\n{came}\n", path.display());
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_page_says_what_is_true() {
    let page = std::fs::read_to_string(root().join("docs/export.md")).expect("the page");
    let mut run = 0;
    for block in page.split("\n```").skip(1).step_by(2) {
        let body = block.split_once('\n').map_or("", |(_, body)| body);
        let Some((line, wanted)) = body.strip_prefix("$ hangtime ").and_then(|body| body.split_once('\n')) else { continue };
        let output = hangtime(line);
        assert_eq!((out(&output).replace('\r', "\n") + &err(&output)).trim_end(), wanted.trim_end(), "{line}");
        run += 1;
    }
    assert_eq!(run, 2);
}

/// What is written must be read without a complaint, and lie beside the same bills without a difference.
fn comes_back(name: &str, text: &str, billed: &Billed) {
    let file = claims_in::read(name, text.as_bytes());
    let told: Vec<&str> =
        file.findings.iter().filter(|finding| finding.severity != Severity::Note).map(|finding| finding.message.as_str()).collect();
    assert_eq!(told, Vec::<&str>::new(), "{name}:\n{text}");
    assert_eq!(file.lines.len(), billed.lines(), "{name}: every line is there");
    let audit = audit(&billed.bills, std::slice::from_ref(&file), &options(), None, Reference::embedded());
    let differ: Vec<_> = audit.rows.iter().filter(|row| row.verdict != Verdict::Agrees).collect();
    assert!(differ.is_empty(), "{name}: {differ:#?}\n{text}");
    assert!(!audit.rows.is_empty(), "{name}: something was compared");
}

#[test]
fn what_is_written_for_all_samples_audits_without_a_difference() {
    let billed = billed(&logs("sessions"));
    assert!(billed.lines() > 300, "{}", billed.lines());
    for (name, format) in readable(&Terms::default()) {
        comes_back(name, &billed.written(&*format), &billed);
    }
}

#[test]
fn what_is_written_for_every_case_audits_without_a_difference() {
    let mut compared = 0;
    for source in logs("tests/cases") {
        let billed = billed(std::slice::from_ref(&source));
        // A year before 1990 is none that the readers take.
        let is_old = billed.sheets.iter().flat_map(|sheet| &sheet.lines).any(|line| line.date.as_str() < "1990");
        if accounts(&billed.bills, &billed.sheets).is_empty() || is_old {
            continue;
        }
        for (name, format) in readable(&Terms::default()) {
            // A name that an 837 cannot hold is told, and comes back as another.
            if !billed.remarks(&*format).iter().any(|told| told.contains("cannot hold its name")) {
                comes_back(&format!("{} {name}", source.name), &billed.written(&*format), &billed);
                compared += 1;
            }
        }
    }
    assert!(compared > 600, "{compared}");
}

/// The same by the commands themselves.
#[test]
fn a_file_that_bill_writes_is_one_that_audit_reads() {
    for format in ["837", "fhir-claim"] {
        let claim = std::env::temp_dir().join(format!("hangtime-export-{format}-{}", std::process::id()));
        std::fs::write(&claim, hangtime(&format!("bill --format {format} ../../sessions")).stdout).expect("it is written");
        let output = hangtime(&format!("audit ../../sessions --format json --claim {}", claim.display()));
        let _ = std::fs::remove_file(&claim);
        let sheet: Value = serde_json::from_str(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)));
        let rows = sheet["rows"].as_array().expect("rows");
        assert!(rows.len() > 300 && rows.iter().all(|row| row["finding"] == "agrees"), "{format}");
    }
}

#[test]
fn charges_come_back_and_add_up() {
    let rates = Rates::read("charges.csv", "code,usd\n96365,412.005\n96375,100\nJ0696,1.255\n").expect("charges");
    let terms = Terms { charges: Some(rates), ..Terms::default() };
    let billed = billed(&logs("sessions"));
    let expected = |code: &str, units: &str| match code {
        "96365" => format!("{:.2}", 412.01 * units.parse::<f64>().expect("units")),
        "96375" => format!("{:.2}", 100.0 * units.parse::<f64>().expect("units")),
        "J0696" => format!("{:.2}", (1.255 * units.parse::<f64>().expect("units") * 100.0 + 1e-6).round() / 100.0),
        _ => "0.00".to_owned(),
    };
    for (name, format) in readable(&terms) {
        let ClaimFile { lines, findings, .. } = claims_in::read(name, billed.written(&*format).as_bytes());
        assert!(findings.iter().all(|finding| finding.severity == Severity::Note), "{name}: the sums agree");
        for line in lines {
            let amount = line.amount.map_or("0.00".to_owned(), |amount| format!("{amount:.2}"));
            assert_eq!(amount, expected(&line.code, &line.units.to_string()), "{name}: {} x{}", line.code, line.units);
        }
        assert!(billed.remarks(&*format).iter().any(|told| told.starts_with("charges.csv has no charge for ")), "{name}");
    }
}

/// The fields of a segment, MSH's first being what parts them.
fn fields(segment: &str) -> Vec<&str> {
    segment.split('|').collect()
}

/// Text without HL7's escapes.
fn plain(text: &str) -> String {
    let mut plain = Vec::new();
    let mut parts = text.split('\\');
    plain.extend(parts.next().unwrap_or("").bytes());
    while let (Some(escape), Some(rest)) = (parts.next(), parts.next()) {
        match escape {
            "F" => plain.push(b'|'),
            "S" => plain.push(b'^'),
            "T" => plain.push(b'&'),
            "R" => plain.push(b'~'),
            "E" => plain.push(b'\\'),
            hex => {
                let hex = hex.strip_prefix('X').unwrap_or_else(|| panic!("{text}"));
                plain.extend((0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex")));
            }
        }
        plain.extend(rest.bytes());
    }
    String::from_utf8(plain).expect("text")
}

/// What a session bills, as "patient | date code-modifiers xUNITS | drug".
type Lines = BTreeMap<String, Vec<String>>;

fn lines_of_ft1(text: &str) -> Lines {
    let (mut lines, mut session, mut patient) = (Lines::new(), String::new(), String::new());
    for segment in text.split_terminator('\r') {
        let fields = fields(segment);
        match fields[0] {
            "MSH" => assert_eq!((fields.len(), fields[8], fields[11]), (18, "DFT^P03^DFT_P03", "2.5.1"), "{segment}"),
            "EVN" => assert_eq!(fields[2].len(), 8, "{segment}"),
            "PID" => (patient, session) = (plain(fields[3]), plain(fields[18])),
            "PV1" => assert_eq!((fields[2], plain(fields[19])), ("O", session.clone()), "{segment}"),
            "FT1" => {
                let of_session = lines.entry(session.clone()).or_default();
                assert_eq!(
                    (fields[1].to_owned(), fields[6], fields[7]),
                    ((of_session.len() + 1).to_string(), "CG", fields[25]),
                    "{segment}"
                );
                let code: Vec<String> = fields[25].split('^').map(plain).collect();
                let modifiers = fields.get(26).into_iter().flat_map(|field| field.split('~'));
                let modifiers = modifiers.map(|one| format!("-{}", plain(one.split('^').next().expect("a modifier"))));
                assert_eq!(code[2], if code[0].as_bytes()[0].is_ascii_digit() { "C4" } else { "HPC" }, "{segment}");
                let (date, units) = (fields[4], fields[10]);
                let code_and_modifiers = std::iter::once(code[0].clone()).chain(modifiers).collect::<String>();
                of_session.push(format!("{patient} | {date} {code_and_modifiers} x{units} | {}", code[1]));
            }
            other => panic!("a segment {other}"),
        }
    }
    lines
}

/// The same of the project's own format, and of the logs.
fn lines_of_ndjson(billed: &Billed) -> Lines {
    let mut lines = Lines::new();
    for (line, bill) in billed.written(&NdJson).lines().zip(&billed.bills) {
        let sheet: Value = serde_json::from_str(line).expect("JSON");
        let patient = bill.session.as_ref().and_then(|session| session.patient.clone()).unwrap_or_default();
        let all = |key: &str| sheet[key].as_array().expect("lines").clone();
        let text = |line: &Value, drug: &str| {
            let modifiers: String =
                line["modifiers"].as_array().expect("modifiers").iter().map(|one| format!("-{}", one.as_str().expect("text"))).collect();
            let date = line["date"].as_str().expect("a date").replace('-', "");
            format!("{patient} | {date} {}{modifiers} x{} | {drug}", line["code"].as_str().expect("a code"), line["units"])
        };
        let services = all("lines").into_iter().map(|line| text(&line, ""));
        let drugs = all("drug_lines").into_iter().map(|line| text(&line, line["drugs"][0].as_str().expect("a drug")));
        let of_session: Vec<String> = services.chain(drugs).collect();
        if !of_session.is_empty() {
            lines.insert(sheet["session"].as_str().expect("a name").to_owned(), of_session);
        }
    }
    lines
}

#[test]
fn ft1_says_what_ndjson_says() {
    let (terms, hostile) = (Terms::default(), std::fs::read_to_string(folder().join("hostile.ron")).expect("a log"));
    for billed in [billed(&logs("sessions")), Billed::of(&hostile)] {
        let expected = lines_of_ndjson(&billed);
        assert!(!expected.is_empty());
        assert_eq!(lines_of_ft1(&billed.written(&Ft1 { terms: &terms, end: "\r" })), expected);
    }
}

#[test]
fn no_two_messages_have_one_control_id_and_the_same_message_has_the_same() {
    let (terms, billed) = (Terms::default(), billed(&logs("sessions")));
    let written = billed.written(&Ft1 { terms: &terms, end: "\r" });
    let ids: Vec<&str> = written.split('\r').filter(|segment| segment.starts_with("MSH")).map(|segment| fields(segment)[9]).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(ids.iter().all(|id| id.len() <= 20), "MSH-10 has 20 characters at most");
    assert_eq!(written, billed.written(&Ft1 { terms: &terms, end: "\r" }));
}

/// Nothing is empty, as FHIR's JSON has it: no null, no empty text, list or object.
fn nothing_is_empty(value: &Value, place: &str) {
    match value {
        Value::Null => panic!("{place} is null"),
        Value::String(text) => assert!(!text.trim().is_empty(), "{place} is empty"),
        Value::Array(all) => {
            assert!(!all.is_empty(), "{place} is empty");
            all.iter().for_each(|one| nothing_is_empty(one, place));
        }
        Value::Object(all) => {
            assert!(!all.is_empty(), "{place} is empty");
            all.iter().for_each(|(key, one)| nothing_is_empty(one, &format!("{place}.{key}")));
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

fn resources(bundle: &Value) -> Vec<&Value> {
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&Value::from("Bundle"), &Value::from("collection")));
    let entries: Vec<&Value> = bundle["entry"].as_array().map(|all| all.iter().collect()).unwrap_or_default();
    let urls: BTreeSet<&str> = entries.iter().map(|entry| entry["fullUrl"].as_str().expect("a fullUrl")).collect();
    assert_eq!(urls.len(), entries.len(), "every resource has a name of its own");
    assert!(urls.iter().all(|url| url.starts_with("urn:uuid:") && url.len() == 45), "{urls:?}");
    entries.into_iter().map(|entry| &entry["resource"]).collect()
}

/// Whether it is there: known, or said to be unknown.
fn is_there(value: &Value) -> bool {
    let is_absent = value["extension"][0]["url"] == "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
    is_absent && value["extension"][0]["valueCode"] == "unknown" || value["identifier"]["value"].is_string()
}

#[test]
fn a_claim_has_what_r4_requires() {
    let (terms, billed) = (Terms::default(), billed(&logs("sessions")));
    let bundle = billed.json(&FhirClaims { terms: &terms });
    nothing_is_empty(&bundle, "Bundle");
    let claims = resources(&bundle);
    assert!(claims.len() > 80);
    for claim in claims {
        assert_eq!((&claim["resourceType"], &claim["status"], &claim["use"]), (&"Claim".into(), &"draft".into(), &"claim".into()));
        assert!(["institutional", "professional"].map(Value::from).contains(&claim["type"]["coding"][0]["code"]), "{claim}");
        for required in ["patient", "_created", "provider", "priority"] {
            assert!(is_there(&claim[required]), "{required} of {claim}");
        }
        let insurance = &claim["insurance"][0];
        assert!(insurance["sequence"] == 1 && insurance["focal"] == true && is_there(&insurance["coverage"]), "{claim}");
        let items = claim["item"].as_array().expect("items");
        for (at, item) in items.iter().enumerate() {
            assert_eq!(item["sequence"], at + 1, "{claim}");
            coded(&item["productOrService"]);
            assert!(item["servicedDate"].is_string() && item["quantity"]["value"].as_u64() > Some(0), "{item}");
        }
    }
    let dated = Terms { dated: chrono::NaiveDate::from_ymd_opt(2026, 3, 5), ..Terms::default() };
    let bundle = billed.json(&FhirClaims { terms: &dated });
    assert!(resources(&bundle).iter().all(|claim| claim["created"] == "2026-03-05" && claim["_created"].is_null()));
}

/// A code of figures is CPT's and has no words; one with a letter in front is HCPCS's.
fn coded(concept: &Value) {
    let code = concept["coding"][0]["code"].as_str().expect("a code");
    let is_cpt = code.as_bytes()[0].is_ascii_digit();
    let system = if is_cpt { "http://www.ama-assn.org/go/cpt" } else { "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets" };
    assert_eq!(concept["coding"][0]["system"], system, "{concept}");
    assert!(concept["coding"][0]["display"].is_null(), "{concept}");
}

#[test]
fn a_charge_item_has_what_r4_requires_and_every_reason() {
    let (terms, billed) = (Terms::default(), billed(&logs("sessions")));
    let bundle = billed.json(&ChargeItems { terms: &terms });
    nothing_is_empty(&bundle, "Bundle");
    let items = resources(&bundle);
    assert_eq!(items.len(), billed.lines());
    let reasons = billed.sheets.iter().flat_map(|sheet| {
        let services = sheet.lines.iter().map(|line| (&line.code, &line.modifiers, line.reasons.len()));
        services.chain(sheet.drug_lines.iter().map(|line| (&line.code, &line.modifiers, line.reasons.len())))
    });
    for (item, (code, modifiers, reasons)) in items.iter().zip(reasons) {
        assert_eq!((&item["resourceType"], &item["status"]), (&"ChargeItem".into(), &"billable".into()));
        assert!(is_there(&item["subject"]) && is_there(&item["context"]), "{item}");
        assert!(item["quantity"]["value"].as_u64() > Some(0), "{item}");
        coded(&item["code"]);
        assert_eq!(item["code"]["coding"][0]["code"], **code);
        let written = item["extension"].as_array().map_or(0, Vec::len);
        assert_eq!((written, item["note"].as_array().map(Vec::len)), (modifiers.len(), Some(reasons)), "{item}");
        for end in ["start", "end"] {
            let time = item["occurrencePeriod"][end].as_str().expect("a time");
            // A day, or an hour with its offset: 2026-03-02T09:05:00-06:00.
            assert!(time.len() == 10 || time.len() == 25, "{time}");
        }
    }
}

#[test]
fn an_hour_has_the_offset_of_its_own_side_of_a_clock_change() {
    let log = r#"Session(id: "fall", setting: Hospital, date: "2026-11-01", zone: "America/Chicago", events: [
        Infuse(from: "00:30", to: "01:30 -06:00", drug: "ceftriaxone")])"#;
    let (terms, billed) = (Terms::default(), Billed::of(log));
    let bundle = billed.json(&ChargeItems { terms: &terms });
    let periods: Vec<&Value> = resources(&bundle).into_iter().map(|item| &item["occurrencePeriod"]).collect();
    // 120 minutes: the first hour and a further one.
    assert_eq!(periods[0], &serde_json::json!({"start": "2026-11-01T00:30:00-05:00", "end": "2026-11-01T01:30:00-05:00"}));
    assert_eq!(periods[1], &serde_json::json!({"start": "2026-11-01T01:30:00-05:00", "end": "2026-11-01T01:30:00-06:00"}));
}

/// Every 837 stands as its frame counts it, whatever a log says.
fn is_framed(text: &str) {
    let (mut since_start, mut next) = (0, 1);
    for segment in text.lines() {
        let elements: Vec<&str> = segment.strip_suffix('~').unwrap_or_else(|| panic!("{segment}")).split('*').collect();
        since_start = if elements[0] == "ST" { 1 } else { since_start + 1 };
        match elements[0] {
            "ISA" => assert_eq!(segment.len(), 106, "{segment}"),
            "CLM" => {
                next = 1;
                assert!((1..=38).contains(&elements[1].len()), "{segment}");
            }
            "LX" => {
                assert_eq!(elements[1], next.to_string(), "each claim counts its lines from 1");
                next += 1;
            }
            "SV1" => assert_eq!((elements.len(), elements[3], elements[7]), (8, "UN", "1"), "{segment}"),
            "SV2" => assert_eq!((elements.len(), elements[1].len(), elements[4]), (6, 4, "UN"), "{segment}"),
            "SE" => assert_eq!(elements[1], since_start.to_string(), "SE counts the segments"),
            "GS" | "ST" | "BHT" | "DTP" | "REF" | "GE" | "IEA" => {}
            other => panic!("a segment {other}"),
        }
    }
}

#[test]
fn an_837_is_framed_as_it_says() {
    let (terms, hostile) = (Terms::default(), std::fs::read_to_string(folder().join("hostile.ron")).expect("a log"));
    for billed in [billed(&logs("sessions")), Billed::of(&hostile)] {
        is_framed(&billed.written(&X12 { terms: &terms }));
    }
}

#[test]
fn hostile_names_change_no_line() {
    let billed = Billed::of(&std::fs::read_to_string(folder().join("hostile.ron")).expect("a log"));
    let names: Vec<&str> = billed.bills.iter().map(|bill| bill.id.as_str()).collect();
    for (name, format) in readable(&Terms::default()) {
        let file = claims_in::read(name, billed.written(&*format).as_bytes());
        assert_eq!(file.lines.len(), billed.lines(), "{name}");
        let read: BTreeSet<String> = file.lines.iter().filter_map(|line| line.account.session.clone()).collect();
        assert_eq!(read.len(), names.len(), "{name}: no session takes another's number");
        if name == "out.json" {
            comes_back(name, &file.source.text, &billed);
        }
    }
    let told = billed.remarks(&X12 { terms: &Terms::default() });
    for changed in &names[2..] {
        assert!(told.iter().any(|remark| remark.contains(&format!("the claim of `{changed}` is numbered"))), "{changed}: {told:#?}");
    }
    assert!(!told.iter().any(|remark| remark.contains("the claim of `a-b` ")), "a name that fits is kept");
}

/// The program's own facts leave a line no more modifiers than an 837 holds; another folder's may.
#[test]
fn a_modifier_that_has_no_room_is_told() {
    let log = r#"Session(id: "five", setting: Hospital, date: "2026-03-02", events: [
        Infuse(from: "09:00", to: "09:40", drug: "ceftriaxone"), Inject(at: "10:00", drug: "ketorolac", route: IM)])"#;
    let (terms, mut billed) = (Terms::default(), Billed::of(log));
    billed.sheets[0].lines[1].modifiers = ["59", "XS", "Q0", "Q1", "PD"].map(str::to_owned).to_vec();
    assert!(billed.written(&X12 { terms: &terms }).contains("HC:96372:59:XS:Q0:Q1*"));
    let told = billed.remarks(&X12 { terms: &terms });
    assert!(told.contains(&"five, 2026-03-02 96372: a procedure has room for 4 modifiers; left out: PD".to_owned()), "{told:#?}");
    assert_eq!(billed.json(&FhirClaims { terms: &terms })["entry"][0]["resource"]["item"][1]["modifier"].as_array().map(Vec::len), Some(5));
    assert!(billed.written(&Ft1 { terms: &terms, end: "\r" }).contains("59^^CPTM~XS^^HPC~Q0^^HPC~Q1^^HPC~PD^^HPC"));
}

#[test]
fn what_bills_nothing_writes_nothing() {
    let log = r#"Session(id: "none", setting: Hospital, date: "2026-03-02", events: [Stop(at: "09:00", drug: "ceftriaxone")])"#;
    let (terms, billed) = (Terms::default(), Billed::of(log));
    assert_eq!(billed.written(&X12 { terms: &terms }), "");
    assert_eq!(billed.written(&Ft1 { terms: &terms, end: "\r" }), "");
    let empty = serde_json::json!({"resourceType": "Bundle", "type": "collection"});
    assert_eq!(billed.json(&FhirClaims { terms: &terms }), empty);
    assert_eq!(billed.json(&ChargeItems { terms: &terms }), empty);
    assert_eq!(billed.remarks(&X12 { terms: &terms }), Vec::<String>::new());
}

#[test]
fn a_command_line_that_cannot_be_meant_is_refused() {
    for (line, says) in [
        ("--format 837 --revenue-code 26", "a revenue code has four figures, such as 0260"),
        ("--format 837 --revenue-code 02600", "a revenue code has four figures"),
        ("--format 837 --revenue-code 9641=0335", "the code in front of = has five characters"),
        ("--format 837 --revenue-code 96413=335", "a revenue code has four figures"),
        ("--format 837 --drug-revenue-code 063x", "a revenue code has four figures"),
        ("--format ft1 --revenue-code 0260", "--revenue-code is for --format 837 and fhir-claim: leave it out"),
        ("--format csv --drug-revenue-code 0636", "--drug-revenue-code is for --format 837 and fhir-claim"),
        ("--dated 2026-03-05", "--dated is for --format 837, ft1, fhir-claim and fhir-chargeitem"),
        ("--format json --charges charges.csv", "--charges is for --format 837, ft1"),
        ("--format 837 --dated 3/5/26", "is not a date: expected YYYY-MM-DD"),
        ("--format 837 --charges none.csv", "charges none.csv cannot be read"),
        ("--format 837 --charges monday.ron", "charges monday.ron:1: the columns `code` and `usd` are needed"),
    ] {
        let output = hangtime(&format!("bill {line} monday.ron"));
        assert_eq!((output.status.code(), out(&output)), (Some(2), String::new()), "{line}");
        assert!(err(&output).contains(says), "{line}: {}", err(&output));
    }
}
