//! Every case file and every sample session is one test, found by walking the folders: a new case
//! needs no Rust.

mod support;

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use support::{Expected, files, header};

fn main() {
    let arguments = Arguments::from_args();
    let cases = files("tests/cases", "ron").into_iter().map(|path| {
        let name = short(&path);
        Trial::test(name, move || case(&path))
    });
    let samples = files("sessions", "ron").into_iter().map(|path| {
        let name = short(&path);
        Trial::test(name, move || sample(&path))
    });
    libtest_mimic::run(&arguments, cases.chain(samples).collect()).exit();
}

fn short(path: &Path) -> String {
    path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap_or(path).display().to_string()
}

fn case(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let expected = Expected::read(header(&text))?;
    if expected.source.is_none() {
        return Err("a case names its source".into());
    }
    expected.check(path, &text)?;
    Ok(())
}

fn sample(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let answer = std::fs::read_to_string(path.with_extension("answer"))?;
    let expected = Expected::read(answer.lines())?;
    expected.check(path, &text)?;
    Ok(())
}
