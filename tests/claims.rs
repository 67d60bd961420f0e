//! Claim files as others write them: what is read of each, and the exact messages, stand beside it
//! in `tests/claims`. `BLESS=1 cargo test --test claims` writes them anew: read the difference
//! before you keep it.

#[path = "support/random.rs"]
mod random;

use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hangtime::claims_in::{Charged, ClaimFile, Column, Format, accepted, read, read_as};
use hangtime::session::finding::{Finding, Severity};
use hangtime::session::locate;
use hangtime::show::excerpt::harmless;
use hangtime::show::findings::Drawer;
use libtest_mimic::{Arguments, Failed, Trial};
use random::Random;

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![
        Trial::test("the page's examples are read as it says", the_page_is_true),
        Trial::test("the page names every header", the_page_names_every_header),
        Trial::test("every spelling of a header reads back the same", headers_read_back),
        Trial::test("every shape of a table reads back the same", shapes_read_back),
        Trial::test("a format may be forced", a_format_may_be_forced),
        Trial::test("nothing of a file steers a terminal", nothing_steers_a_terminal),
        Trial::test("a large file takes time in proportion", large_files),
    ];
    for folder in ["good", "bad"] {
        for path in files(folder) {
            let name = format!("{folder}/{}", name(&path));
            trials.push(Trial::test(name, move || as_expected(&path, folder)));
        }
    }
    for path in files("good") {
        trials.push(Trial::test(format!("broken/{}", name(&path)), move || survives_damage(&path)));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/claims").join(folder);
    let walk = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_map(Result::ok);
    walk.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e != "expected")).collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// What was read, a line each, and what is said of it.
fn told(file: &ClaimFile) -> String {
    let mut text: String = file.lines.iter().map(|line| line_told(line) + "\n").collect();
    let drawn = Drawer::new(&file.source, false).draw(file.findings.iter(), 0);
    if !text.is_empty() && !drawn.is_empty() {
        text.push('\n');
    }
    let _ = write!(text, "{drawn}");
    text
}

fn line_told(line: &Charged) -> String {
    let account = &line.account;
    let name = |name: &Option<String>| name.as_ref().map_or("-".to_owned(), |name| harmless(name).into_owned());
    let mut told = format!("{}:{}  {} {}", line.spot.line, line.spot.column, name(&account.session), name(&account.patient));
    if !account.also.is_empty() {
        let _ = write!(told, " ({})", harmless(&account.also.join(" ")));
    }
    let code = [line.code.as_str()].into_iter().chain(line.modifiers.iter().map(String::as_str)).collect::<Vec<_>>().join("-");
    let _ = write!(told, "  {}", line.date);
    if let Some(through) = line.through {
        let _ = write!(told, "..{through}");
    }
    let _ = write!(told, " {code} x{}", line.units);
    if let Some(amount) = line.amount {
        let _ = write!(told, "  {amount}");
    }
    if !line.diagnoses.is_empty() {
        let _ = write!(told, "  [{}]", harmless(&line.diagnoses.join(" ")));
    }
    told
}

fn as_expected(path: &Path, folder: &str) -> Result<(), Failed> {
    let file = read(&name(path), &std::fs::read(path)?);
    let heaviest = file.findings.iter().map(|finding| finding.severity).min();
    let promised = match name(path).split('-').next() {
        Some("warn") => Some(Severity::Warning),
        Some("note") => Some(Severity::Note),
        _ => Some(Severity::Error),
    };
    if folder == "bad" && heaviest != promised {
        return Err(format!("the heaviest finding is {heaviest:?}, and the name says {promised:?}\n{}", told(&file)).into());
    }
    if folder == "good" && (heaviest == Some(Severity::Error) || file.lines.is_empty()) {
        return Err(format!("a good file has an error or no line\n{}", told(&file)).into());
    }
    is_sound(&file)?;
    let told = told(&file);
    let beside = PathBuf::from(format!("{}.expected", path.display()));
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(beside, told)?;
        return Ok(());
    }
    let wanted = std::fs::read_to_string(beside)?;
    if wanted == told { Ok(()) } else { Err(format!("expected\n{wanted}\ncame\n{told}").into()) }
}

/// What must hold of every reading, whatever the bytes.
fn is_sound(file: &ClaimFile) -> Result<(), Failed> {
    let text = &file.source.text;
    for line in &file.lines {
        let range = line.spot.range.clone();
        if text.get(range.clone()).is_none_or(str::is_empty) || locate::line_column(text, range.start) != (line.spot.line, line.spot.column)
        {
            return Err(format!("{} stands nowhere: {:?}", line.code, line.spot).into());
        }
        let is_word = |word: &str, length| word.len() == length && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if !is_word(&line.code, 5) || !line.modifiers.iter().all(|modifier| is_word(modifier, 2)) {
            return Err(format!("{} {:?} is no code and modifiers", line.code, line.modifiers).into());
        }
        if !text[range].to_ascii_uppercase().replace(['\n', '\r'], "").contains(&line.code) {
            return Err(format!("{} does not stand where it is said to", line.code).into());
        }
    }
    for finding in &file.findings {
        if text.get(ClaimFile::range(finding)).is_none() {
            return Err(format!("`{}` points nowhere: {:?}", finding.message, finding.place).into());
        }
    }
    let errors = file.findings.iter().filter(|finding| finding.is_error()).count();
    if errors > file.left_out || (errors == 0) != (file.left_out == 0) {
        return Err(format!("{errors} errors, {} left out", file.left_out).into());
    }
    Ok(())
}

/// Every truncation, and random changes, in every format: no panic, places that exist. A line that
/// is read of a cut file stands in the whole one, unless the cut went through its row.
fn survives_damage(path: &Path) -> Result<(), Failed> {
    let (name, bytes) = (name(path), std::fs::read(path)?);
    let whole = read(&name, &bytes);
    let try_one = |bytes: &[u8], what: &str| -> Result<ClaimFile, Failed> {
        let file = catch_unwind(AssertUnwindSafe(|| read(&name, bytes))).map_err(|_| format!("{what} panics"))?;
        is_sound(&file).map_err(|failed| format!("{what}: {}", failed.message().unwrap_or_default()))?;
        Ok(file)
    };
    for end in 0..bytes.len() {
        let cut = try_one(&bytes[..end], &format!("cut at {end}"))?;
        if matches!(cut.format, Some(Format::X12)) {
            for line in &cut.lines {
                let mut later = whole.lines.iter().filter(|other| other.spot == line.spot);
                if later.next().is_some_and(|other| line_told(other) != line_told(line)) {
                    return Err(format!("cut at {end}: {} is read otherwise", line_told(line)).into());
                }
            }
        }
    }
    let mut random = Random::new(bytes.len() as u64);
    for round in 0..120 {
        let mut changed = bytes.clone();
        for _ in 0..=random.below(4) {
            let at = random.below(changed.len());
            match random.below(5) {
                0 => changed[at] = random.below(256) as u8,
                1 => changed[at] = *random.one_of(b"~*:,;\"\t\n\r{}[]|^>-/ 0"),
                2 => drop(changed.remove(at)),
                3 => changed.insert(at, *random.one_of(b"~*:,;\"\t\n\r{}[]|^>-/ 0")),
                _ => {
                    let end = (at + random.below(40)).min(changed.len());
                    let piece = changed[at..end].to_vec();
                    let to = random.below(changed.len());
                    changed.splice(to..to, piece);
                }
            }
        }
        try_one(&changed, &format!("round {round}"))?;
        for format in Format::ALL {
            let file = catch_unwind(AssertUnwindSafe(|| read_as(format, &name, &changed)));
            is_sound(&file.map_err(|_| format!("round {round} as {format} panics"))?)?;
        }
    }
    Ok(())
}

/// Each header of the page and of the list, alone and in capitals, with signs between its words.
fn headers_read_back() -> Result<(), Failed> {
    let row = [
        (Column::Session, "A-1"),
        (Column::Date, "2026-03-02"),
        (Column::Code, "96367"),
        (Column::Modifier, "XS"),
        (Column::Units, "2"),
        (Column::Amount, "12.50"),
        (Column::Diagnosis, "R11.2"),
        (Column::Through, "2026-03-03"),
        (Column::Patient, "P-1"),
    ];
    let wanted = "2:1  A-1 P-1  2026-03-02..2026-03-03 96367-XS x2  12.50  [R11.2]";
    for (column, _) in row {
        for name in accepted(column) {
            for spelling in
                [(*name).to_owned(), name.to_uppercase(), name.replace(' ', "_"), name.replace(' ', ""), format!("\" {name} \"")]
            {
                let header: Vec<&str> = row.iter().map(|(of, _)| if *of == column { &spelling } else { accepted(*of)[0] }).collect();
                let cells: Vec<&str> = row.iter().map(|(_, cell)| *cell).collect();
                let file = read("h.csv", format!("{}\n{}\n", header.join(","), cells.join(",")).as_bytes());
                let told: Vec<String> = file.lines.iter().map(line_told).collect();
                if told != [wanted] || file.left_out > 0 {
                    return Err(format!("{spelling}: {told:?}\n{}", self::told(&file)).into());
                }
            }
        }
    }
    Ok(())
}

/// Random lines, written with any delimiter, quoting, line end, date form and way of modifiers.
fn shapes_read_back() -> Result<(), Failed> {
    let mut random = Random::new(7);
    for round in 0..600 {
        let delimiter = *random.one_of(&[',', ';', '\t']);
        let end = *random.one_of(&["\n", "\r\n"]);
        let (quotes, one_column, date_form) = (random.below(3), random.below(3), random.below(3));
        let mut header = vec!["account".to_owned(), "dos".to_owned(), "hcpcs".to_owned()];
        header.extend(match one_column {
            0 => vec!["modifiers".to_owned()],
            1 => (1..=4).map(|n| format!("mod{n}")).collect(),
            _ => vec![],
        });
        header.extend(["units", "amount"].map(str::to_owned));
        let quote =
            |cell: String| if quotes == 1 || cell.contains(delimiter) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell };
        let mut text = if random.below(2) == 0 { "\u{FEFF}".to_owned() } else { String::new() };
        text += &(header.into_iter().map(quote).collect::<Vec<_>>().join(&delimiter.to_string()) + end);
        let mut wanted = Vec::new();
        for n in 0..1 + random.below(6) {
            let account = random.one_of(&["A-1", "a \"b\" c", "00417", "x,y", "p;q"]).to_string();
            let code = random.one_of(&["96365", "J0696", "0001A", "C8957"]).to_string();
            let mut modifiers: Vec<&str> = ["XS", "59", "JZ", "KX"].into_iter().filter(|_| random.below(3) == 0).collect();
            modifiers.truncate(4);
            let (day, units, cents) = (1 + random.below(28), random.below(900) + 1, random.below(99_999));
            let date = match date_form {
                0 => format!("2026-03-{day:02}"),
                1 => format!("202603{day:02}"),
                _ => format!("{}3/{day}/2026", random.one_of(&["", "0"])),
            };
            let amount = format!("{}.{:02}", cents / 100, cents % 100);
            let sign = *random.one_of(&[" ", "-", ":", ","]);
            let mut cells = vec![account.clone(), date];
            cells.push(if one_column == 2 && !modifiers.is_empty() {
                format!("{code}{sign}{}", modifiers.join(sign))
            } else {
                code.clone()
            });
            match one_column {
                0 => cells.push(modifiers.join(sign)),
                1 => cells.extend((0..4).map(|n| modifiers.get(n).copied().unwrap_or("").to_owned())),
                _ => {}
            }
            cells.extend([units.to_string(), amount.clone()]);
            let cells =
                cells.into_iter().map(|cell| if cell.contains('"') { format!("\"{}\"", cell.replace('"', "\"\"")) } else { quote(cell) });
            text += &(cells.collect::<Vec<_>>().join(&delimiter.to_string()) + end);
            let code: String = [code.as_str()].into_iter().chain(modifiers).collect::<Vec<_>>().join("-");
            wanted.push(format!("{}:1  {account} -  2026-03-{day:02} {code} x{units}  {amount}", n + 2));
        }
        let file = read("s.csv", text.as_bytes());
        let came: Vec<String> = file.lines.iter().map(line_told).collect();
        if came != wanted || !file.findings.is_empty() {
            return Err(format!("round {round}\n{text}\nwanted {wanted:#?}\ncame {}", told(&file)).into());
        }
    }
    Ok(())
}

fn a_format_may_be_forced() -> Result<(), Failed> {
    let text = b"[account],dos,hcpcs,units\nA,2026-03-02,96365,1\n";
    assert_eq!(read("a", text).format, Some(Format::Fhir));
    let forced = read_as(Format::Csv, "a", text);
    assert_eq!((forced.lines.len(), forced.is_whole()), (1, true));
    assert_eq!("X12".parse(), Ok(Format::X12));
    assert_eq!("fihr".parse::<Format>(), Err("there is no claim format `fihr`: did you mean `fhir`?".to_owned()));
    for (text, format) in
        [("ISA*00", Format::X12), ("isa|", Format::X12), ("ISAAC,dos", Format::Csv), (" \n{", Format::Fhir), ("a,b", Format::Csv)]
    {
        assert_eq!(Format::of(text), format, "{text}");
    }
    Ok(())
}

/// An escape sequence in every place of every sample: no message and no drawing carries it.
fn nothing_steers_a_terminal() -> Result<(), Failed> {
    const EVIL: &str = "\u{1b}]0;x\u{7}\u{202E}\u{9B}";
    let obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202E}');
    for path in files("good") {
        let text = std::fs::read_to_string(&path)?;
        for at in (0..text.len()).step_by(19).filter(|at| text.is_char_boundary(*at)) {
            let file = read("a", format!("{}{EVIL}{}", &text[..at], &text[at..]).as_bytes());
            let words = |finding: &Finding| format!("{}{}{}", finding.message, finding.label, finding.help.clone().unwrap_or_default());
            let said: String = file.findings.iter().map(words).collect();
            let drawn = Drawer::new(&file.source, false).draw(file.findings.iter().take(5), 0);
            if said.contains(obeyed) || drawn.contains(obeyed) {
                return Err(format!("{} at {at}: {said:?}", path.display()).into());
            }
        }
    }
    Ok(())
}

/// Eight times the file in no more than some thirty times the time: a square would take sixty-four.
fn large_files() -> Result<(), Failed> {
    let isa = "ISA*0*0*0*0*0*0*0*0*0*0*^*0*0*0*T*:~ST*837*1*005010X222A1~CLM*A*1~";
    let many: [(&str, &str, &str); 9] = [
        ("rows", "account,dos,hcpcs,units\n", "A,2026-03-02,96365,1\n"),
        ("bad rows", "account,dos,hcpcs,units\n", "A,2026-03-02,9636,1\n"),
        ("open quotes", "account,dos,hcpcs,units\n", "\"\"\"A,2026-03-02,\"96365,1\n"),
        ("even quotes", "account,dos,hcpcs,units\n\"\"\"", "\"\"\n"),
        ("segments", isa, "LX*1~SV1*HC:96365*1*UN*1***1~DTP*472*D8*20260302~"),
        ("lost terminators", isa, "LX*1\nSV1*HC:96365*1*UN*1***1\nDTP*472*D8*20260302\n"),
        ("claims without lines", isa, "CLM*A*1~"),
        ("resources", "", "{\"resourceType\":\"Claim\",\"item\":[{\"productOrService\":{\"coding\":[{\"code\":\"96365\"}]}}]}\n"),
        ("brackets", "", "["),
    ];
    for (what, start, again) in many {
        let time = |times: usize| {
            let text = format!("{start}{}", again.repeat(times / again.len()));
            let begun = Instant::now();
            let file = read("a", text.as_bytes());
            assert!(file.findings.len() <= 3000, "{what}: {} findings", file.findings.len());
            begun.elapsed()
        };
        // A busy machine slows one measure, not all.
        let fair = |_| {
            let (small, large) = (time(100_000).min(time(100_000)), time(800_000));
            (large > small * 30 + Duration::from_millis(300)).then_some((small, large))
        };
        let unfair: Vec<_> = (0..4).map_while(fair).collect();
        if unfair.len() == 4 {
            return Err(format!("{what}: {unfair:?}").into());
        }
    }
    Ok(())
}

/// The page for coders.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/claims.md")
}

/// The page's fenced examples: each that names a file is read; the block behind it, `text`, is what
/// comes of it.
fn the_page_is_true() -> Result<(), Failed> {
    let page = std::fs::read_to_string(page())?;
    let (mut lines, mut anew) = (page.lines(), String::new());
    let mut example: Option<ClaimFile> = None;
    let mut examples = 0;
    while let Some(line) = lines.next() {
        anew += &format!("{line}\n");
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: String = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        match kind {
            "text" => {
                let came = told(&example.take().ok_or("an outcome has no example")?);
                anew += &format!("{}\n```\n", came.trim_end());
                examples += 1;
            }
            _ => {
                anew += &format!("{body}```\n");
                if example.replace(read(&format!("example.{kind}"), body.as_bytes())).is_some() {
                    return Err(format!("an example before\n{body}has no outcome").into());
                }
            }
        }
    }
    if example.is_some() || examples < 5 {
        return Err(format!("{examples} examples have an outcome, the last: {}", example.is_none()).into());
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(self::page(), anew)?;
    } else if anew != page {
        return Err(format!("the page should be\n{anew}").into());
    }
    Ok(())
}

fn the_page_names_every_header() -> Result<(), Failed> {
    let page = std::fs::read_to_string(page())?;
    let columns = [Column::Session, Column::Patient, Column::Date, Column::Through, Column::Code];
    let columns = columns.into_iter().chain([Column::Modifier, Column::Units, Column::Amount, Column::Diagnosis]);
    for name in columns.flat_map(accepted) {
        if !page.contains(&format!("`{name}`")) {
            return Err(format!("docs/claims.md does not name `{name}`").into());
        }
    }
    Ok(())
}
