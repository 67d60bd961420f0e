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
    sections(&root, "hangtime", &mut text).map_err(|problem| format!("the manual cannot be made: {problem}"))?;
    output.print(&String::from_utf8_lossy(&text))
}

/// A section for each subcommand, and for those below it.
fn sections(parent: &clap::Command, name: &str, text: &mut Vec<u8>) -> std::io::Result<()> {
    for command in parent.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = format!("{name} {}", command.get_name());
        let page = clap_mangen::Man::new(command.clone().bin_name(&name));
        text.extend_from_slice(format!("\n.SH {}\n", name.to_uppercase()).as_bytes());
        page.render_description_section(text)?;
        page.render_options_section(text)?;
        sections(command, &name, text)?;
    }
    Ok(())
}
