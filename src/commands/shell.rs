//! `hangtime completions` and `hangtime man`, made from the command line's own description.

use clap::CommandFactory;

use super::output::Output;
use super::{Cli, Outcome};

pub fn completions(shell: clap_complete::Shell, output: &Output) -> Result<Outcome, String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hangtime", &mut script);
    output.print(&String::from_utf8_lossy(&script))
}

pub fn manual(output: &Output) -> Result<Outcome, String> {
    let mut text = Vec::new();
    let page = clap_mangen::Man::new(Cli::command());
    page.render(&mut text).map_err(|problem| format!("the manual cannot be made: {problem}"))?;
    let root = Cli::command();
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        let page = clap_mangen::Man::new(command.clone().bin_name(format!("hangtime {}", command.get_name())));
        text.extend_from_slice(format!("\n.SH HANGTIME {}\n", command.get_name().to_uppercase()).as_bytes());
        let sections = page.render_description_section(&mut text).and_then(|()| page.render_options_section(&mut text));
        sections.map_err(|problem| format!("the manual cannot be made: {problem}"))?;
    }
    output.print(&String::from_utf8_lossy(&text))
}
