//! `hangtime import`: logs from other systems, and the same for `bill --from`.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use hangtime::logs_in::csv::{self, Lookup, Map};
use hangtime::logs_in::{Choices, File, Formulary, Ids, Import, Report, counted, fhir};
use hangtime::session::log::Setting;
use hangtime::stream::Unpacked;
use hangtime::timeline::calendar::read_zone;
use hangtime::{Form, Reference, Source};

use super::output::Output;
use super::{Outcome, inputs::Inputs};

#[derive(Debug, Subcommand)]
pub enum ImportArgs {
    /// Read FHIR R4 MedicationAdministration resources: alone, in a Bundle, an array or NDJSON.
    #[command(after_help = FHIR_EXAMPLES)]
    Fhir(FhirArgs),
    /// Read a table of a MAR or pump by a map of its columns.
    #[command(after_help = CSV_EXAMPLES)]
    Csv(CsvArgs),
}

const FHIR_EXAMPLES: &str = "\
Examples:
  hangtime import fhir bundle.json > logs.ron
  hangtime import fhir --zone America/Chicago --key-file key -o logs/ MedicationAdministration.ndjson.gz Medication.ndjson.gz
  hangtime bill --from fhir bundle.json                straight to the bill

What bills nothing here (oral, a patch, entered in error) or is left open by the source is passed over and listed.

Exit status: 0 all read, 1 something has a fault and is kept out, 2 a file could not be used.";

const CSV_EXAMPLES: &str = "\
Examples:
  hangtime import csv pump.csv --map events --preview          how the first rows would be read
  hangtime import csv pump.csv --map our-pumps.ron -o logs/
  hangtime import csv inputevents.csv --map mimic-iv --lookup d_items.csv > logs.ron
  hangtime bill --from csv --map our-pumps.ron pump.csv        straight to the bill

Maps that come with the program: events, intervals, mimic-iv. Print one with --show-map, and copy it.

Exit status: 0 all read, 1 a row has a fault and is kept out, 2 a file could not be used.";

#[derive(Debug, Args)]
pub struct FhirArgs {
    /// Files of JSON or NDJSON, packed by gzip or not; - for standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    out: OutArgs,
}

#[derive(Debug, Args)]
pub struct CsvArgs {
    /// Tables, packed by gzip or not; - for standard input.
    #[arg(required_unless_present = "show_map", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What the columns and words mean: a file, or events, intervals or mimic-iv.
    #[arg(long, value_name = "MAP")]
    map: String,
    /// A second table that holds the drugs' names, where the map says how.
    #[arg(long, value_name = "FILE")]
    lookup: Option<PathBuf>,
    /// Show how the first rows would be read, and write no log.
    #[arg(long, value_name = "ROWS", num_args = 0..=1, default_missing_value = "10", require_equals = true)]
    preview: Option<usize>,
    /// Print the map and stop.
    #[arg(long)]
    show_map: bool,
    #[command(flatten)]
    choices: ChoiceArgs,
    #[command(flatten)]
    out: OutArgs,
}

/// What the source does not say.
#[derive(Debug, Args)]
pub struct ChoiceArgs {
    /// Where it took place; no export says whether the place bills as a hospital or as a practice.
    #[arg(long, value_enum, value_name = "WHERE")]
    setting: Option<Where>,
    /// The zone of the clock on the wall, such as America/Chicago.
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// The key under which visits and patients get their pseudonyms; else a random one of this run alone.
    #[arg(long, value_name = "FILE", conflicts_with = "keep_ids")]
    key_file: Option<PathBuf>,
    /// Keep the source's own names of visits and patients.
    #[arg(long)]
    keep_ids: bool,
    /// Your own names and codes of drugs, as a RON map: { "CTX 1g": (name: "ceftriaxone") }
    #[arg(long, value_name = "FILE")]
    drugs: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Where {
    /// A hospital's outpatient department.
    Hospital,
    /// A practice that bills for itself.
    Office,
}

#[derive(Debug, Args)]
struct OutArgs {
    /// Write one file a session into this folder; else all as one list on standard output.
    #[arg(long, short = 'o', value_name = "DIR")]
    output: Option<PathBuf>,
    /// Write over files that are there.
    #[arg(long, requires = "output")]
    force: bool,
}

/// Another system's records as the source of a bill.
#[derive(Debug, Args)]
pub struct From {
    /// Read another system's records instead of logs.
    #[arg(long, value_enum, value_name = "KIND")]
    pub from: Option<Kind>,
    /// With --from csv: what the columns and words mean.
    #[arg(long, value_name = "MAP", requires = "from")]
    map: Option<String>,
    /// With --from csv: a second table that holds the drugs' names.
    #[arg(long, value_name = "FILE", requires = "map")]
    lookup: Option<PathBuf>,
    #[command(flatten)]
    choices: ChoiceArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// FHIR R4 MedicationAdministration.
    Fhir,
    /// A table, by --map.
    Csv,
    /// Logs as this program has them, one session a line in JSON; packed by gzip or not.
    Ndjson,
}

pub fn run(args: &ImportArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let (import, files, out) = match args {
        ImportArgs::Fhir(args) => {
            let (choices, notes) = args.choices.choose(None)?;
            let files = Files::read(&args.files);
            (with_notes(fhir::read(&files.read, &choices, reference), notes), files, &args.out)
        }
        ImportArgs::Csv(args) => {
            let text = map_text(&args.map)?;
            if args.show_map {
                return output.print(&text);
            }
            let (map, lookup) = map(&args.map, &text, args.lookup.as_deref())?;
            let (choices, notes) = args.choices.choose(Some(&map))?;
            let files = Files::read(&args.files);
            if let Some(most) = args.preview {
                return preview(&files, most, &map, &lookup, &choices, output, reference);
            }
            (with_notes(csv::read(&files.read, &map, &lookup, &choices, reference), notes), files, &args.out)
        }
    };
    tell(&import.report, output);
    let written = match &out.output {
        Some(folder) => write_all(&import, folder, out.force, output)?,
        None => output.print(&import.text())?,
    };
    for problem in &files.problems {
        output.complain(problem);
    }
    Ok(written.max(outcome(&import, &files.problems)))
}

/// The logs of `bill --from`, as one text; what is to be told of them is told.
pub fn sources(from: &From, kind: Kind, paths: &[PathBuf], output: &Output, reference: &Reference) -> Result<(Inputs, Outcome), String> {
    let (import, files) = match (kind, &from.map) {
        (Kind::Fhir, None) => {
            let (choices, notes) = from.choices.choose(None)?;
            let files = Files::read(paths);
            (with_notes(fhir::read(&files.read, &choices, reference), notes), files)
        }
        (Kind::Csv, Some(name)) => {
            let (map, lookup) = map(name, &map_text(name)?, from.lookup.as_deref())?;
            let (choices, notes) = from.choices.choose(Some(&map))?;
            let files = Files::read(paths);
            (with_notes(csv::read(&files.read, &map, &lookup, &choices, reference), notes), files)
        }
        (Kind::Csv, None) => return Err("--from csv needs --map: a file, or events, intervals or mimic-iv".to_owned()),
        (Kind::Ndjson, _) => {
            from.without_choices()?;
            return Ok((lines(paths), Outcome::Fine));
        }
        (Kind::Fhir, Some(_)) => return Err("--map is for --from csv".to_owned()),
    };
    tell(&import.report, output);
    let outcome = outcome(&import, &files.problems);
    for log in import.logs.iter().filter(|log| log.faults > 0) {
        let records = counted(log.faults, "record");
        output.complain(&format!(
            "{} is not billed: {records} of it could not be read. Mend them, or import the log and complete it",
            log.id
        ));
    }
    let sources = import.sound().map(|text| Source::new("<imported>", text.as_bytes())).into_iter().collect();
    Ok((Inputs { sources, problems: files.problems }, outcome))
}

/// Sessions that are written one a line, as sources.
fn lines(paths: &[PathBuf]) -> Inputs {
    let Files { read, mut problems } = Files::read(paths);
    let mut sources = Vec::new();
    for File { name, bytes } in read {
        let mut unpacked = Vec::new();
        if let Err(problem) = Unpacked::new(std::io::Cursor::new(bytes)).read_to_end(&mut unpacked) {
            problems.push(format!("{name} cannot be read: {problem}"));
        }
        sources.push(Source::of(&*name, &unpacked, Form::Lines));
    }
    Inputs { sources, problems }
}

impl From {
    /// NDJSON holds all that a log does.
    pub fn without_choices(&self) -> Result<(), String> {
        let ChoiceArgs { setting, zone, key_file, keep_ids, drugs } = &self.choices;
        let is_given = self.map.is_some() || setting.is_some() || zone.is_some() || key_file.is_some() || *keep_ids || drugs.is_some();
        match is_given {
            true => {
                Err("--map, --setting, --zone, --key-file, --keep-ids and --drugs are for --from fhir or csv: a session says them itself"
                    .to_owned())
            }
            false => Ok(()),
        }
    }
}

fn with_notes(mut import: Import, notes: Vec<String>) -> Import {
    import.report.notes.splice(0..0, notes);
    import
}

impl ChoiceArgs {
    /// What the command line or the map says, and a note on each thing that neither does.
    fn choose(&self, map: Option<&Map>) -> Result<(Choices, Vec<String>), String> {
        let mut notes = Vec::new();
        let setting = self.setting.map(|setting| if setting == Where::Office { Setting::Office } else { Setting::Hospital });
        let setting = setting.or(map.and_then(|map| map.setting)).unwrap_or_else(|| {
            notes.push("the setting is taken as hospital, the source does not say: --setting office makes it a practice".to_owned());
            Setting::Hospital
        });
        let zone = self.zone.as_deref().map(read_zone).transpose();
        let zone =
            zone.map_err(|(message, help)| format!("--zone: {message}{}", help.map(|help| format!("; {help}")).unwrap_or_default()))?;
        let ids = match &self.key_file {
            Some(path) => Ids::from_key(&read_file(path)?).map_err(|problem| format!("{}: {problem}", path.display()))?,
            None if self.keep_ids => Ids::Kept,
            None => {
                notes.push(
                    "visits and patients are named under a random key, otherwise in each run: --key-file FILE keeps the names".to_owned(),
                );
                Ids::random()?
            }
        };
        let formulary = match &self.drugs {
            Some(path) => {
                let text = String::from_utf8(read_file(path)?).map_err(|_| format!("{} is not UTF-8", path.display()))?;
                Formulary::read(&text).map_err(|problem| format!("{}: {problem}", path.display()))?
            }
            None => Formulary::default(),
        };
        Ok((Choices { setting, zone: zone.or(map.and_then(|map| map.zone)), ids, formulary }, notes))
    }
}

/// A map's text: a file's, or that of one that comes with the program.
fn map_text(name: &str) -> Result<String, String> {
    let path = Path::new(name);
    if path.extension().is_some() || path.components().count() > 1 || path.is_file() {
        return String::from_utf8(read_file(path)?).map_err(|_| format!("{name} is not UTF-8"));
    }
    csv::embedded(name).map(str::to_owned)
}

fn map(name: &str, text: &str, lookup: Option<&Path>) -> Result<(Map, Lookup), String> {
    let map = Map::read(text).map_err(|problem| format!("{name}: {problem}"))?;
    let lookup = match (lookup, &map.lookup) {
        (None, _) => Lookup::default(),
        (Some(path), Some(columns)) => {
            let bytes = File::new(&path.display().to_string(), read_file(path)?);
            Lookup::read(&bytes, columns, map.delimiter).map_err(|problem| format!("{}: {problem}", path.display()))?
        }
        (Some(_), None) => return Err(format!("{name} has no `lookup`, so --lookup has nothing to do")),
    };
    Ok((map, lookup))
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|problem| format!("{} cannot be read: {problem}", path.display()))
}

/// The files that could be read, and what became of the others.
struct Files {
    read: Vec<File>,
    problems: Vec<String>,
}

impl Files {
    fn read(paths: &[PathBuf]) -> Files {
        let mut files = Files { read: Vec::new(), problems: Vec::new() };
        for path in paths {
            if path.as_os_str() == "-" {
                let mut bytes = Vec::new();
                match std::io::stdin().lock().read_to_end(&mut bytes) {
                    Ok(_) => files.read.push(File::new("<stdin>", bytes)),
                    Err(problem) => files.problems.push(format!("standard input cannot be read: {problem}")),
                }
            } else {
                match read_file(path) {
                    Ok(bytes) => files.read.push(File::new(&path.display().to_string(), bytes)),
                    Err(problem) => files.problems.push(problem),
                }
            }
        }
        files
    }
}

fn preview(
    files: &Files,
    most: usize,
    map: &Map,
    lookup: &Lookup,
    choices: &Choices,
    output: &Output,
    reference: &Reference,
) -> Result<Outcome, String> {
    let mut worst = if files.problems.is_empty() { Outcome::Fine } else { Outcome::FileError };
    for file in &files.read {
        let (text, report) = csv::preview(file, most, map, lookup, choices, reference);
        worst = worst.max(output.print(&text)?);
        tell(&report, output);
        if !report.faults.is_empty() {
            worst = worst.max(if text.is_empty() { Outcome::FileError } else { Outcome::SessionError });
        }
    }
    files.problems.iter().for_each(|problem| output.complain(problem));
    Ok(worst)
}

/// Errors always; warnings, notes and what was passed over unless the user wants quiet.
fn tell(report: &Report, output: &Output) {
    if !output.quiet {
        output.tell(&report.told_ignored());
        report.notes.iter().for_each(|note| output.remark("note", note));
        report.told_doubts().iter().for_each(|doubt| output.remark("warning", doubt));
    }
    report.told_faults().iter().for_each(|fault| output.complain(fault));
}

/// 2 where nothing could be read, 1 where something is kept out.
fn outcome(import: &Import, problems: &[String]) -> Outcome {
    match (problems.is_empty(), import.report.faults.is_empty()) {
        (false, _) => Outcome::FileError,
        (true, true) => Outcome::Fine,
        (true, false) if import.report.seen == 0 => Outcome::FileError,
        (true, false) => Outcome::SessionError,
    }
}

fn write_all(import: &Import, folder: &Path, force: bool, output: &Output) -> Result<Outcome, String> {
    std::fs::create_dir_all(folder).map_err(|problem| format!("{} cannot be made: {problem}", folder.display()))?;
    let (mut taken, mut worst) = (HashSet::new(), Outcome::Fine);
    let mut written = 0;
    for log in &import.logs {
        let path = folder.join(format!("{}.ron", file_name(&log.id, &mut taken)));
        let mut options = OpenOptions::new();
        options.write(true);
        let file = if force { options.create(true).truncate(true).open(&path) } else { options.create_new(true).open(&path) };
        match file.and_then(|mut file| file.write_all(format!("{}\n", log.text).as_bytes())) {
            Ok(()) => written += 1,
            Err(problem) => {
                worst = Outcome::FileError;
                match problem.kind() {
                    ErrorKind::AlreadyExists => output.complain(&format!("{} is there already: --force writes over it", path.display())),
                    _ => output.complain(&format!("{} cannot be written: {problem}", path.display())),
                }
            }
        }
    }
    if !output.quiet {
        output.remark("note", &format!("{} written into {}", counted(written, "log"), folder.display()));
    }
    Ok(worst)
}

/// A session's id as a file's name: no folders, no two alike.
fn file_name(id: &str, taken: &mut HashSet<String>) -> String {
    const LONGEST: usize = 100;
    let plain: String =
        id.chars().take(LONGEST).map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect();
    let mut name = plain.clone();
    let mut further = 1;
    while !taken.insert(name.to_lowercase()) {
        further += 1;
        name = format!("{plain}-{further}");
    }
    name
}
