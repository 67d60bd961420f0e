//! `hangtime compare`: the same sessions under several readings.

use clap::{Args, ValueEnum};
use hangtime::readings::contested;
use hangtime::reference::{PolicyEntry, Profile, nearest};
use hangtime::show::compare::comparison;
use hangtime::show::json;
use hangtime::show::points::points;
use hangtime::{Bill, Options, Reference, Source, bill};

use super::bill::{options, outcome, tell_errors};
use super::output::Output;
use super::{Logs, Outcome, inputs};

#[derive(Debug, Args)]
pub struct CompareArgs {
    #[command(flatten)]
    logs: Logs,
    /// The profiles to compare, names or files, the first with the others; else all that come with the program.
    #[arg(long, value_name = "NAME,NAME", value_delimiter = ',', conflicts_with_all = ["vary", "all"])]
    profiles: Vec<String>,
    /// One policy under all its values, the one in force first.
    #[arg(long, value_name = "POLICY", conflicts_with = "all")]
    vary: Option<String>,
    /// Try every policy, and name each contested point on which a bill depends.
    #[arg(long)]
    all: bool,
    /// How to print it.
    #[arg(long, short, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// One object.
    Json,
    /// For spreadsheets.
    Csv,
    /// For a note.
    Markdown,
}

pub fn run(args: &CompareArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    let base = options(&args.logs)?;
    let readings = if args.all { vec![("in force".to_owned(), base)] } else { readings(args, &base)? };
    let inputs = inputs::read(&args.logs.paths);
    let billed: Vec<(String, Vec<Bill>)> =
        readings.iter().map(|(name, options)| (name.clone(), bill(&inputs.sources, options, reference))).collect();
    let (first, options) = (&billed[0].1, &readings[0].1);
    let contested = contested(first, options, reference);
    let text = if args.all {
        let points = points(first, &contested);
        match args.format {
            Format::Table => points.text(output.page_width()),
            Format::Json => json::object(&points),
            Format::Csv => points.csv(),
            Format::Markdown => points.markdown(),
        }
    } else {
        let comparison = comparison(&billed, &contested, reference);
        match args.format {
            Format::Table => comparison.text(output.page_width()),
            Format::Json => json::object(&comparison),
            Format::Csv => comparison.csv(),
            Format::Markdown => comparison.markdown(),
        }
    };
    let printed = output.print(&text)?;
    tell_errors(first, &inputs.sources as &[Source], output);
    for problem in &inputs.problems {
        output.complain(problem);
    }
    Ok(printed.max(outcome(first, &inputs.problems)))
}

/// The readings to compare, each with how it bills.
fn readings(args: &CompareArgs, base: &Options) -> Result<Vec<(String, Options)>, String> {
    if let Some(name) = &args.vary {
        return vary(name, base);
    }
    if args.logs.profile.is_some() {
        return Err("--profile is the ground for --vary and --all: name the profiles to compare with --profiles".to_owned());
    }
    let profiles: Vec<String> = match args.profiles.as_slice() {
        [] => Profile::all().iter().map(|profile| profile.name.clone()).collect(),
        chosen => chosen.to_vec(),
    };
    let under = |profile: String| {
        let options = Options { profile: Some(profile.clone()), ..base.clone() };
        let name = options.policies(None).map_err(|unknown| unknown.to_string())?.name.into_owned();
        Ok((name, options))
    };
    profiles.into_iter().map(under).collect()
}

fn vary(name: &str, base: &Options) -> Result<Vec<(String, Options)>, String> {
    let names = PolicyEntry::all().iter().map(|entry| entry.name.as_str());
    let Some(entry) = PolicyEntry::all().iter().find(|entry| entry.name.eq_ignore_ascii_case(name)) else {
        let near = nearest(name, names.clone());
        let help = near.first().map_or_else(|| names.collect::<Vec<_>>().join(", "), |near| format!("did you mean `{near}`?"));
        return Err(format!("policy `{name}` is not known: {help}"));
    };
    let in_force = base.policies(None).map_err(|unknown| unknown.to_string())?.value(&entry.name);
    let mut values: Vec<&str> = entry.values.iter().map(|value| value.name.as_str()).collect();
    values.sort_by_key(|value| Some(*value) != in_force.as_deref());
    let under = |value: &str| {
        let mut options = base.clone();
        options.policies.push(format!("{}={value}", entry.name));
        (value.to_owned(), options)
    };
    Ok(values.into_iter().map(under).collect())
}
