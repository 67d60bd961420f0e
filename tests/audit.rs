//! What was charged beside what a log supports: each finding once, worked out by hand.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// 09:00-10:45 ceftriaxone (105 minutes: 96365, 96366), famotidine 11:00-11:20 (96367), ketorolac IM
/// (96372-59), saline 12:00-12:30 (30 minutes: nothing); cefepime without a stop (96375).
const LOG: &str = r#"Session(id: "v-1", setting: Hospital, date: "2026-03-02", patient: "p-1", unit: "ED", events: [
    Infuse(from: "09:00", to: "10:45", drug: "ceftriaxone", dose: "1 g"),
    Infuse(from: "11:00", to: "11:20", drug: "famotidine"),
    Inject(at: "11:50", drug: "ketorolac", route: IM),
    Infuse(from: "12:00", to: "12:30", drug: "NS"),
    Start(at: "13:00", drug: "cefepime"),
])"#;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hangtime-audit-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn hangtime(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hangtime")).args(args).output().expect("it runs")
}

/// The rows of an audit as "charged | supported | finding | rule | amount".
fn rows(name: &str, log: &str, claim: &str, more: &[&str]) -> Vec<String> {
    let folder = Folder::new(name);
    let (log, claim) = (folder.file("log.ron", log), folder.file("claim.csv", claim));
    let output = hangtime(&[&["audit", &log, "--claim", &claim, "--format", "json"], more].concat());
    let sheet: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let side = |side: &Value| match side {
        Value::Null => "-".to_owned(),
        side => {
            let modifiers: Vec<&str> = side["modifiers"].as_array().expect("modifiers").iter().filter_map(Value::as_str).collect();
            let code = std::iter::once(side["code"].as_str().expect("a code")).chain(modifiers).collect::<Vec<_>>().join("-");
            format!("{} {code} x{}", &side["date"].as_str().expect("a date")[5..], side["units"].as_str().expect("units"))
        }
    };
    let row = |row: &Value| {
        let finding = row["policy"].as_str().or(row["finding"].as_str()).expect("a finding");
        let parts = [side(&row["charged"]), side(&row["supported"]), finding.to_owned(), row["rule"].as_str().unwrap_or("-").to_owned()];
        let amount = row["amount"].as_str().map(|usd| format!(" | {usd}")).unwrap_or_default();
        parts.join(" | ") + &amount
    };
    sheet["rows"].as_array().expect("rows").iter().map(row).collect()
}

fn claim(lines: &str) -> String {
    format!("account,dos,hcpcs,modifiers,units\n{lines}")
}

#[test]
fn all_that_agrees_agrees() {
    let lines =
        "v-1,2026-03-02,96365,,1\nv-1,2026-03-02,96366,,1\nv-1,2026-03-02,96367,,1\nv-1,2026-03-02,96372,59,1\nv-1,2026-03-02,96375,,1\n";
    let found = rows("agrees", LOG, &claim(lines), &[]);
    assert_eq!(found.len(), 5);
    assert!(found.iter().all(|row| row.contains("| agrees |")), "{found:#?}");
}

#[test]
fn each_difference_has_its_name_its_rule_and_its_amount() {
    let lines = "v-1,2026-03-02,96365,,1\nv-1,2026-03-02,96366,,2\nv-1,2026-03-03,96367,,1\nv-1,2026-03-02,96372,,1\n\
                 v-1,2026-03-02,96360,,1\nv-1,2026-03-02,99284,25,1\nx-9,2026-03-02,96365,,1\n";
    let found = rows("each", LOG, &claim(lines), &["--rates", "opps-2026"]);
    let expected = [
        "03-02 96360 x1 | - | not supported | T3 | 217.31",
        "03-02 96365 x1 | 03-02 96365 x1 | agrees | I2 | 0.00",
        "03-02 96366 x2 | 03-02 96366 x1 | overcharged | T2 | 47.84",
        "03-02 96372 x1 | 03-02 96372-59 x1 | wrong modifier | M3 | 0.00",
        "- | 03-02 96375 x1 | missing-or-policy",
        "03-02 99284-25 x1 | - | not judged | -",
        "03-03 96367 x1 | 03-02 96367 x1 | wrong date | D1 | 0.00",
        "03-02 96365 x1 | - | no log | - | 217.31",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (row, expected) in found.iter().zip(expected) {
        if expected.ends_with("missing-or-policy") {
            // A missing stop bills one push by default, and nothing under the strict reading.
            assert_eq!(row, "- | 03-02 96375 x1 | missing_stop=not_billable | U1 | -47.84");
        } else {
            assert_eq!(row, expected);
        }
    }
}

#[test]
fn a_code_that_only_the_log_gives_its_drug_is_compared() {
    let log = r#"Session(id: "v-3", setting: Hospital, date: "2026-03-02", drugs: { "study drug 7": (class: Therapeutic, code: "J9999", unit: "1 mg") },
        events: [Push(at: "09:00", drug: "study drug 7", dose: "3 mg")])"#;
    let found = rows("own-code", log, &claim("v-3,2026-03-02,96374,,1\nv-3,2026-03-02,J9999,,3\n"), &[]);
    assert_eq!(found, ["03-02 96374 x1 | 03-02 96374 x1 | agrees | I2", "03-02 J9999 x3 | 03-02 J9999 x3 | agrees | J1"]);
}

#[test]
fn what_another_reading_supports_names_the_reading() {
    let log = r#"Session(id: "v-2", setting: Hospital, date: "2026-03-02", events: [
        Infuse(from: "09:00", to: "10:00", drug: "vancomycin"), Infuse(from: "09:45", to: "10:30", drug: "cefepime")])"#;
    let found = rows("reading", log, &claim("v-2,2026-03-02,96365,,1\nv-2,2026-03-02,96368,,1\n"), &[]);
    assert_eq!(
        found,
        ["03-02 96365 x1 | 03-02 96365 x1 | agrees | I2", "- | 03-02 96367 x1 | overlap=any | S4", "03-02 96368 x1 | - | overlap=any | S4"]
    );
}

#[test]
fn a_patient_is_found_where_no_session_is_named_and_credits_are_taken_off() {
    let lines = "patient,date,code,units\nP-1,03/02/2026,96365,2\np-1,2026-03-02,96365,-1\n";
    let found = rows("patient", LOG, lines, &[]);
    assert_eq!(found[0], "03-02 96365 x1 | 03-02 96365 x1 | agrees | I2");
    assert!(found[1..].iter().all(|row| row.starts_with("- |")), "{found:#?}");
}

#[test]
fn a_drug_is_compared_where_any_was_charged() {
    let found = rows("drugs", LOG, &claim("v-1,2026-03-02,J0696,,3\n"), &[]);
    assert!(found.contains(&"03-02 J0696 x3 | 03-02 J0696 x4 | undercharged | J1".to_owned()), "{found:#?}");
    let found = rows("no-drugs", LOG, &claim("v-1,2026-03-02,96365,,1\n"), &[]);
    assert!(!found.iter().any(|row| row.contains("J0696")), "{found:#?}");
}

#[test]
fn a_held_session_and_one_with_an_error_say_which_record_is_missing() {
    let held = r#"Session(id: "h", setting: Hospital, date: "2026-03-02", events: [Start(at: "09:00", drug: "docetaxel")])"#;
    let folder = Folder::new("held");
    let wrong = r#"Session(id: "w", setting: Hospital, date: "2026-03-02", events: [Stop(at: "09:00", drug: "NS")])"#;
    let logs = [folder.file("h.ron", held), folder.file("w.ron", wrong)];
    let charged = folder.file("c.csv", &claim("h,2026-03-02,96413,,1\nw,2026-03-02,96360,,1\n"));
    let output = hangtime(&["audit", &logs[0], &logs[1], "--claim", &charged, "--width", "200"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("docetaxel has no stop, and nothing proves how long it ran"), "{text}");
    assert!(text.contains("the log of w has an error"), "{text}");
}

#[test]
fn the_workbook_holds_the_rows_of_the_json_with_filters_and_totals() {
    use calamine::{Data, Reader, Xlsx};
    let folder = Folder::new("workbook");
    let log = folder.file("log.ron", LOG);
    let charged = folder.file("c.csv", &claim("v-1,2026-03-02,96365,,1\nv-1,2026-03-02,96366,,2\n=1+1,2026-03-02,96365,,1\n"));
    let book = folder.0.join("audit.xlsx").display().to_string();
    assert_eq!(hangtime(&["audit", &log, "--claim", &charged, "--rates", "opps-2026", "-o", &book]).status.code(), Some(1));
    let csv = hangtime(&["audit", &log, "--claim", &charged, "--rates", "opps-2026", "--format", "csv"]).stdout;
    let csv: Vec<Vec<String>> = csv::Reader::from_reader(csv.as_slice())
        .records()
        .map(|row| row.expect("a row").iter().map(|cell| cell.trim_start_matches('\'').to_owned()).collect())
        .collect();
    let mut book: Xlsx<_> = calamine::open_workbook(&book).expect("a workbook");
    assert_eq!(book.sheet_names(), ["Findings", "Lines", "Sums"]);
    let lines = book.worksheet_range("Lines").expect("a sheet");
    let text = |cell: &Data| match cell {
        Data::Float(number) => number.to_string(),
        other => other.to_string(),
    };
    for (row, expected) in lines.rows().skip(1).zip(&csv) {
        for (at, (cell, expected)) in row.iter().zip(expected).enumerate() {
            let same = text(cell) == *expected || expected.parse::<f64>().is_ok_and(|number| number.to_string() == text(cell));
            assert!(same, "column {at}: {cell:?} is not {expected}");
        }
    }
    let totals = lines.rows().next_back().expect("totals");
    let sum: f64 = csv.iter().filter_map(|row| row[17].parse::<f64>().ok()).sum();
    assert!(matches!(totals[17], Data::Float(total) if (total - sum).abs() < 0.005), "{:?} is not {sum}", totals[17]);
    let formulas = book.worksheet_formula("Lines").expect("formulas");
    assert!(formulas.rows().flatten().any(|formula| formula.contains("SUBTOTAL")));
}

#[test]
fn a_summary_counts_by_code_and_unit_and_looks_for_patterns() {
    let folder = Folder::new("summary");
    // Twelve patients, each with one run of just 16 minutes, all at one time, all stopped on the hour.
    let sessions: Vec<String> = (1..=12)
        .map(|n| {
            format!(
                "Session(id: \"s-{n}\", setting: Hospital, date: \"2026-03-02\", patient: \"p-{n}\", unit: \"ED\", events: [Infuse(from: \"08:44\", to: \"09:00\", drug: \"ceftriaxone\")])"
            )
        })
        .collect();
    let log = folder.file("log.ron", &format!("[{}]", sessions.join(",\n")));
    let charged = folder.file("c.csv", &claim("s-1,2026-03-02,96365,,1\ns-2,2026-03-02,96365,,2\n"));
    let output = hangtime(&["audit", &log, "--claims", &charged, "--summary", "--format", "json", "--rates", "opps-2026"]);
    let sheet: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let code = &sheet["summary"]["codes"][0];
    assert_eq!((code["code"].as_str(), code["rows"].as_u64(), code["differences"].as_u64()), (Some("96365"), Some(12), Some(11)));
    assert_eq!((code["charged"].as_str(), code["supported"].as_str()), (Some("3"), Some("12")));
    assert_eq!(sheet["summary"]["units"][0]["sessions_that_differ"].as_u64(), Some(11));
    // One unit too many, ten missing.
    assert_eq!(sheet["summary"]["net"].as_str(), Some("-1955.79"));
    let patterns = &sheet["patterns"];
    let sixteen = &patterns["thresholds"][0];
    assert_eq!(
        (sixteen["threshold"].as_i64(), sixteen["test"]["found"].as_u64(), sixteen["test"]["of"].as_u64()),
        (Some(16), Some(12), Some(12))
    );
    // (1/11)^12.
    let chance = sixteen["test"]["chance"].as_f64().expect("a number");
    assert!((chance / (1.0_f64 / 11.0).powi(12) - 1.0).abs() < 1e-9, "{chance}");
    assert_eq!(sixteen["test"]["beyond_chance"], true);
    assert_eq!(patterns["full_hours"]["found"].as_u64(), Some(12));
    assert_eq!(patterns["identical"][0]["sessions"].as_array().map(Vec::len), Some(12));
    let text = hangtime(&["audit", &log, "--claims", &charged, "--summary", "--width", "80"]).stdout;
    let text = String::from_utf8_lossy(&text);
    for said in [
        "By code:",
        "By unit of the hospital:",
        "Patterns to look at; none of them is an error by itself",
        ">  16     12  ####",
        "Stops on the full hour: 12 of 12",
    ] {
        assert!(text.contains(said), "{said}:\n{text}");
    }
}

#[test]
fn a_broken_line_of_a_claim_is_told_with_its_place_and_the_rest_is_read() {
    let folder = Folder::new("broken");
    let log = folder.file("log.ron", LOG);
    let charged = folder.file("c.csv", &claim("v-1,2026-03-02,96365,,1\nv-1,yesterday,96366,,1\n"));
    let output = hangtime(&["audit", &log, "--claim", &charged]);
    let (text, complaints) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("agrees"), "{text}");
    assert!(complaints.contains("c.csv:3:5") && complaints.contains("1 part of"), "{complaints}");
    assert_eq!(hangtime(&["audit", &log, "--claim", "no-such.csv"]).status.code(), Some(2));
    assert_eq!(hangtime(&["audit", &log, "--claim", &charged, "--rates", "opps-2025"]).status.code(), Some(2));
    assert_eq!(hangtime(&["audit", &log, "--claim", &charged, "--format", "xlsx"]).status.code(), Some(2));
}

#[test]
fn the_three_claim_formats_come_to_one_audit() {
    let folder = Folder::new("formats");
    let log = folder.file(
        "log.ron",
        r#"Session(id: "v-3", setting: Hospital, date: "2026-03-02", events: [Infuse(from: "09:00", to: "09:30", drug: "ceftriaxone")])"#,
    );
    let csv = folder.file("c.csv", &claim("v-3,2026-03-02,96365,,1\n"));
    let fhir = folder.file(
        "c.json",
        r#"{"resourceType": "Claim", "status": "active", "identifier": [{"value": "v-3"}], "patient": {"reference": "Patient/1"}, "item": [
            {"sequence": 1, "productOrService": {"coding": [{"system": "http://www.ama-assn.org/go/cpt", "code": "96365"}]}, "servicedDate": "2026-03-02", "quantity": {"value": 1}}]}"#,
    );
    let x12 = folder.file(
        "c.837",
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260310*1200*^*00501*000000001*0*P*:~GS*HC*A*B*20260310*1200*1*X*005010X223A2~\
         ST*837*0001*005010X223A2~BHT*0019*00*1*20260310*1200*CH~HL*1**20*1~HL*2*1*22*0~SBR*P*18*******MB~NM1*IL*1*DOE*J****MI*M1~\
         CLM*v-3*100***13:A:1**A*Y*Y~HI*ABK:A419~LX*1~SV2*0335*HC:96365*100*UN*1~DTP*472*D8*20260302~SE*12*0001~GE*1*1~IEA*1*000000001~",
    );
    for charged in [csv, fhir, x12] {
        let output = hangtime(&["audit", &log, "--claim", &charged]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{charged}: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}
