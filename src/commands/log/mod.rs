//! `hangtime log`: writing a log as it happens.

mod args;
#[cfg(feature = "screen")]
mod screen;
mod write;

#[cfg(not(feature = "screen"))]
use clap::CommandFactory;
use clap::Subcommand;
use hangtime::show::excerpt::harmless;
use hangtime::show::findings::Drawer;
use hangtime::writing::Refusal;
use hangtime::{Reference, Source};

#[cfg(not(feature = "screen"))]
use super::Cli;
use super::Outcome;
use super::output::Output;
use args::{FileArgs, InjectArgs, MarkArgs, NewArgs, NoteArgs, PushArgs, RateArgs, StartArgs, StatusArgs, StopArgs, UndoArgs};

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LogArgs {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    file: FileArgs,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Begin a log.
    #[command(after_help = NEW)]
    New(NewArgs),
    /// A bag begins to run.
    #[command(after_help = START)]
    Start(StartArgs),
    /// A bag ends, or a pump is taken off.
    #[command(after_help = STOP)]
    Stop(StopArgs),
    /// A bag is held.
    #[command(after_help = "Examples:\n  hangtime log pause\n  hangtime log pause NS --at 10:10")]
    Pause(MarkArgs),
    /// A held bag runs again.
    #[command(after_help = "Examples:\n  hangtime log resume\n  hangtime log resume NS --at 10:25")]
    Resume(MarkArgs),
    /// A bag was seen running.
    #[command(after_help = "Examples:\n  hangtime log check\n  hangtime log check NS --at 11:15")]
    Check(MarkArgs),
    /// The rate changes.
    #[command(after_help = "Examples:\n  hangtime log rate 100\n  hangtime log rate vancomycin 100 --at 10:20")]
    Rate(RateArgs),
    /// A push by hand at the bedside.
    #[command(after_help = "Examples:\n  hangtime log push Zofran --dose \"4 mg\" --minutes 2")]
    Push(PushArgs),
    /// An injection into muscle, skin or artery.
    #[command(after_help = "Examples:\n  hangtime log inject Toradol --route im --dose \"30 mg\"")]
    Inject(InjectArgs),
    /// Free words; they change nothing.
    #[command(after_help = "Examples:\n  hangtime log note Site looks well.")]
    Note(NoteArgs),
    /// Take out the last event of the file.
    #[command(after_help = "Examples:\n  hangtime log undo\n  hangtime log undo --file bed-4.ron")]
    Undo(UndoArgs),
    /// What runs, since when, and what the record lacks: for the hand-over.
    #[command(after_help = "Examples:\n  hangtime log status\n  hangtime log status --file bed-4.ron --format json")]
    Status(StatusArgs),
}

const NEW: &str = "\
Examples:
  hangtime log new bed-4
  hangtime log new bed-4.ron --zone America/Chicago --patient p-1093 --unit ED
  hangtime log new chair-2 --setting office --reason infliximab";

const START: &str = "\
Examples:
  hangtime log start ceftriaxone
  hangtime log start Rocephin --dose \"1 g\" --site \"R forearm\" --at 09:05
  hangtime log start normal saline --volume 1000 --rate 500
  hangtime log start fluorouracil --pump portable --home --volume 92 --rate 2";

const STOP: &str = "\
Examples:
  hangtime log stop                         what runs, where it is the only one
  hangtime log stop ceftriaxone --at 9:37
  hangtime log stop vancomycin --reaction
  hangtime log stop fluorouracil --pump portable";

pub const EXAMPLES: &str = "\
Without --file it is the log of this folder in which something runs or that has no event yet, else
that of today; where there are two, you are asked. Without --at it is now. What contradicts the log
is refused, with the reason; --anyway writes it all the same.

Without a command, in a terminal: a screen on which the same is done with a key each.

Examples:
  hangtime log                       the screen; --file bed-4.ron opens that log
  hangtime log new bed-4
  hangtime log start Rocephin --dose \"1 g\"
  hangtime log stop --at 9:37
  hangtime log status";

pub fn run(args: LogArgs, output: &Output, reference: &Reference) -> Result<Outcome, String> {
    match args.verb {
        #[cfg(feature = "screen")]
        None => screen::run(&args.file, output, reference),
        #[cfg(not(feature = "screen"))]
        None => help(&args.file, output),
        Some(Verb::New(args)) => write::new(&args, output),
        Some(Verb::Start(args)) => write::event(&args.where_, &args.verb(), output, reference),
        Some(Verb::Stop(args)) => write::event(&args.where_, &args.verb(), output, reference),
        Some(Verb::Pause(args)) => write::event(&args.where_, &hangtime::writing::Verb::Pause(args.which()), output, reference),
        Some(Verb::Resume(args)) => write::event(&args.where_, &hangtime::writing::Verb::Resume(args.which()), output, reference),
        Some(Verb::Check(args)) => write::event(&args.where_, &hangtime::writing::Verb::Check(args.which()), output, reference),
        Some(Verb::Rate(args)) => write::event(&args.where_, &args.verb()?, output, reference),
        Some(Verb::Push(args)) => write::event(&args.where_, &args.verb(), output, reference),
        Some(Verb::Inject(args)) => write::event(&args.where_, &args.verb(), output, reference),
        Some(Verb::Note(args)) => write::event(&args.where_, &args.verb(), output, reference),
        Some(Verb::Undo(args)) => write::undo(&args, output, reference),
        Some(Verb::Status(args)) => write::status(&args, output, reference),
    }
}

#[cfg(not(feature = "screen"))]
fn help(_: &FileArgs, output: &Output) -> Result<Outcome, String> {
    let mut root = Cli::command();
    root.build();
    let help = root.find_subcommand_mut("log").map(|log| log.render_help().to_string());
    output.print(&help.unwrap_or_default())
}

/// Tells why nothing was written.
fn refuse(refusal: &Refusal, source: Option<(&Source, usize)>, output: &Output) {
    if let Some((source, number)) = source {
        output.tell(&Drawer::new(source, output.color()).draw(refusal.findings.iter(), number));
    }
    output.complain(&refusal.message);
    if let Some(help) = &refusal.help {
        output.tell(&format!("  = help: {}\n", harmless(help)));
    }
    if refusal.can_be_forced {
        output.tell("  = nothing is written; --anyway writes it all the same\n");
    }
}
