//! `hangtime practice`: exercises, at the terminal, for scripts, on paper and on a page that marks.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use hangtime::Reference;
use hangtime::practice::answer::Answer;
use hangtime::practice::generate::{Wanted, exercise, rule_named};
use hangtime::practice::mark::{Marked, mark};
use hangtime::practice::progress::{self, Kept, Progress};
use hangtime::practice::{Case, Exercise, samples};
use hangtime::show::excerpt::harmless;
use hangtime::show::practice::{interactive, marks, progress as progress_page, sheet, task};

use super::Outcome;
use super::output::Output;

pub const EXAMPLES: &str = "\
Examples:
  hangtime practice                                an exercise, and its marks
  hangtime practice hydration                      on a topic
  hangtime practice T2 --seed 7                    on a rule, generated
  hangtime practice migraine --answer \"96365 1, 96375 x3, 96361 1\"
  hangtime practice --sheet 20 --seed 7 -o sheet.html
  hangtime practice --sheet 20 --seed 7 --answers -o key.html
  hangtime practice --interactive --seed 7 -o class.html
  hangtime practice --progress

Without --seed the exercises are the samples, those not yet done first; with it they are
generated, and the same seed gives the same exercises everywhere.

Exit status: 0 done, or all right; 1 an --answer is not all right; 2 it could not be done.";

#[derive(Debug, Args)]
pub struct PracticeArgs {
    /// A topic (hydration), a regimen (folfox), a sample's name, or a rule (T2).
    topic: Option<String>,
    /// How hard, from 1 to 6; at 6 modifiers count.
    #[arg(long, short, value_parser = clap::value_parser!(u8).range(1..=6))]
    level: Option<u8>,
    /// Generated exercises of this number, in the place of the samples.
    #[arg(long, short)]
    seed: Option<u64>,
    /// The answer, in the place of asking for it.
    #[arg(long, short, value_name = "LINES", conflicts_with_all = ["sheet", "interactive"])]
    answer: Option<String>,
    /// A page to print, with so many exercises.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=500))]
    sheet: Option<u16>,
    /// The key of that page, with the argument for every unit.
    #[arg(long, requires = "sheet", conflicts_with = "interactive")]
    answers: bool,
    /// A page that marks: ten exercises, or as many as --sheet says.
    #[arg(long)]
    interactive: bool,
    /// The page's file; without it, or with -, standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// What you got right and wrong so far, by rule.
    #[arg(long, conflicts_with_all = ["topic", "answer", "sheet", "interactive", "seed"])]
    progress: bool,
    /// Keep no record of how it went; HANGTIME_NO_PROGRESS does the same.
    #[arg(long)]
    no_progress: bool,
}

pub fn run(args: &PracticeArgs, output: &Output, facts: &Reference) -> Result<Outcome, String> {
    let mut book = Book::open(args.no_progress, output);
    if args.progress {
        return output.print(&progress_page(&book.progress, output.page_width()));
    }
    let mut exercises = Exercises::of(args, &book.progress, facts)?;
    if args.sheet.is_some() || args.interactive {
        const PAGE: u16 = 10;
        let wanted = usize::from(args.sheet.unwrap_or(PAGE));
        let mut cases: Vec<Case> = Vec::new();
        while cases.len() < wanted {
            let Some(case) = exercises.next_case()? else { break };
            cases.push(case);
        }
        if cases.len() < wanted && !output.quiet {
            output.tell(&format!("note: there are only {} exercises on that\n", cases.len()));
        }
        let page = if args.interactive { interactive(&cases) } else { sheet(&cases, args.answers) };
        return output.save(args.output.as_deref(), page.as_bytes());
    }
    if args.output.is_some() {
        return Err("-o is for pages: add --sheet 20 or --interactive".to_owned());
    }
    if let Some(answer) = &args.answer {
        let answer = Answer::read(answer)?;
        let case = exercises.next_case()?.ok_or("there is no such exercise")?;
        let marked = mark(&case, &answer);
        let printed = output.print(&marks(&case, &marked, output.page_width()))?;
        book.add(&case, &marked, output);
        return Ok(if marked.all_right() { printed } else { Outcome::SessionError });
    }
    if !std::io::stdin().is_terminal() {
        return Err("an answer is asked for at a terminal, and this is none: give it with --answer \"96365 1, 96366 2\", \
                    or make a page with --sheet 20 or --interactive"
            .to_owned());
    }
    ask(&mut exercises, &mut book, &mut std::io::stdin().lock(), output)
}

/// One exercise after the other, until the learner has enough.
fn ask(exercises: &mut Exercises, book: &mut Book, input: &mut impl BufRead, output: &Output) -> Result<Outcome, String> {
    loop {
        let Some(case) = exercises.next_case()? else {
            output.print("There are no more of these; `hangtime practice` has others.\n")?;
            return Ok(Outcome::Fine);
        };
        output.print(&task(&case, output.page_width()))?;
        let (answer, ended) = read_answer(input, output)?;
        let Some(answer) = answer else {
            output.print("\n")?;
            return Ok(Outcome::Fine);
        };
        let marked = mark(&case, &answer);
        output.print(&format!("\n{}", marks(&case, &marked, output.page_width())))?;
        book.add(&case, &marked, output);
        if ended {
            return Ok(Outcome::Fine);
        }
        output.print("\nEnter for the next, q to stop: ")?;
        let mut line = String::new();
        if input.read_line(&mut line).map_err(unread)? == 0 || !line.trim().is_empty() {
            output.print("\n")?;
            return Ok(Outcome::Fine);
        }
        output.print("\n")?;
    }
}

/// Lines up to an empty one. No answer where the input ends before any; and whether it has ended.
fn read_answer(input: &mut impl BufRead, output: &Output) -> Result<(Option<Answer>, bool), String> {
    let mut answer = Answer::default();
    let mut said = false;
    loop {
        output.print("> ")?;
        let mut line = String::new();
        if input.read_line(&mut line).map_err(unread)? == 0 {
            return Ok((said.then_some(answer), true));
        }
        let line = line.trim();
        if line.is_empty() {
            if said {
                return Ok((Some(answer), false));
            }
            output.print("Nothing at all? Then write `nothing`; Ctrl-D ends.\n")?;
            continue;
        }
        match Answer::read(line) {
            Ok(_) => {
                said = true;
                for part in line.split([',', ';']) {
                    answer.add(part)?;
                }
            }
            Err(problem) => {
                output.print(&format!("{}\n", harmless(&problem)))?;
            }
        }
    }
}

fn unread(problem: std::io::Error) -> String {
    format!("the answer cannot be read: {problem}")
}

/// Exercises in turn: samples, then what the seed generates.
struct Exercises<'f> {
    facts: &'f Reference,
    samples: std::vec::IntoIter<Exercise>,
    wanted: Wanted,
    seed: u64,
    number: u64,
    /// Whether there was one yet.
    served: bool,
}

impl<'f> Exercises<'f> {
    fn of(args: &PracticeArgs, progress: &Progress, facts: &'f Reference) -> Result<Self, String> {
        let wanted = Wanted { topic: args.topic.clone(), level: args.level };
        let mut chosen: Vec<Exercise> = Vec::new();
        if args.seed.is_none() {
            chosen = samples::all().iter().filter(|sample| fits(sample, &wanted, facts)).cloned().collect();
            chosen.sort_by_key(|sample| progress.done.contains(&sample.name));
        }
        if chosen.is_empty() {
            // Told before anything is asked.
            exercise(&wanted, args.seed.unwrap_or(1), 1)?;
        }
        Ok(Exercises { facts, samples: chosen.into_iter(), wanted, seed: args.seed.unwrap_or(1), number: 0, served: false })
    }

    /// The next; none where the topic has no more.
    fn next_case(&mut self) -> Result<Option<Case<'f>>, String> {
        let next = match self.samples.next() {
            Some(sample) => sample,
            None => {
                self.number += 1;
                match exercise(&self.wanted, self.seed, self.number) {
                    Ok(made) => made,
                    Err(_) if self.served => return Ok(None),
                    Err(problem) => return Err(problem),
                }
            }
        };
        self.served = true;
        let name = next.name.clone();
        Case::new(next, self.facts).map(Some).map_err(|problems| {
            format!("{name} cannot be billed: {}", problems.first().map_or("its log is wrong", |problem| problem.message.as_str()))
        })
    }
}

/// Whether a sample is of the topic, rule or name, and of the level.
fn fits(sample: &Exercise, wanted: &Wanted, facts: &Reference) -> bool {
    let of_level = wanted.level.is_none_or(|level| sample.level == level);
    of_level
        && wanted.topic.as_deref().is_none_or(|topic| {
            let named = sample.name.eq_ignore_ascii_case(topic) || sample.topic.eq_ignore_ascii_case(topic);
            let turns_on = |rule| Case::new(sample.clone(), facts).is_ok_and(|case| case.rules().contains(&rule));
            named || rule_named(topic).is_some_and(turns_on)
        })
}

/// The record of how it went, where one is kept.
struct Book {
    path: Option<PathBuf>,
    progress: Progress,
}

/// Where the record lies, for tests and for those who want it elsewhere.
const FOLDER: &str = "HANGTIME_DATA_DIR";
const NO_PROGRESS: &str = "HANGTIME_NO_PROGRESS";

impl Book {
    fn open(none: bool, output: &Output) -> Self {
        let off = none || std::env::var_os(NO_PROGRESS).is_some_and(|value| !value.is_empty() && value != "0");
        let path = if off { None } else { folder().map(|folder| folder.join("progress.json")) };
        let Some(path) = path else { return Book { path: None, progress: Progress::default() } };
        match progress::read(&path) {
            Kept::Progress(progress) => Book { path: Some(path), progress },
            Kept::Broken(why) => {
                let aside = progress::aside(&path);
                let moved = match std::fs::rename(&path, &aside) {
                    Ok(()) => format!("it is kept as {}, and a new one begins", aside.display()),
                    Err(_) => "nothing is recorded this time".to_owned(),
                };
                let keeps = aside.exists() && !path.exists();
                output.tell(&format!(
                    "warning: your progress in {} cannot be read ({}): {}\n",
                    harmless(&path.display().to_string()),
                    harmless(&why),
                    harmless(&moved)
                ));
                Book { path: keeps.then_some(path), progress: Progress::default() }
            }
        }
    }

    /// Records one exercise; where that fails it is told, and the marks stand all the same.
    fn add(&mut self, case: &Case, marked: &Marked, output: &Output) {
        let Some(path) = &self.path else { return };
        // Another terminal may have recorded something meanwhile.
        if let Kept::Progress(newest) = progress::read(path) {
            self.progress = newest;
        }
        self.progress.add(case, marked);
        if let Err(problem) = self.progress.write(path) {
            output.tell(&format!("warning: your progress cannot be written to {}: {problem}\n", harmless(&path.display().to_string())));
            self.path = None;
        }
    }
}

fn folder() -> Option<PathBuf> {
    match std::env::var_os(FOLDER) {
        Some(folder) if !folder.is_empty() => Some(PathBuf::from(folder)),
        _ => directories::ProjectDirs::from("", "", "hangtime").map(|folders| folders.data_dir().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Color;
    use super::*;

    fn answered(text: &str) -> (Option<Answer>, bool) {
        let output = Output::new(Color::Never, None, true);
        read_answer(&mut text.as_bytes(), &output).expect("readable")
    }

    #[test]
    fn an_answer_ends_with_an_empty_line_or_with_the_input() {
        let (answer, ended) = answered("96365 1\nrubbish\n96366 x2\n\nmore\n");
        assert_eq!((answer, ended), (Some(Answer::read("96365 1, 96366 2").expect("readable")), false));
        let (answer, ended) = answered("96365 1");
        assert_eq!((answer, ended), (Some(Answer::read("96365 1").expect("readable")), true));
        assert_eq!(answered(""), (None, true));
        assert_eq!(answered("\n\n"), (None, true));
        assert_eq!(answered("nothing\n\n"), (Some(Answer::default()), false));
    }
}
