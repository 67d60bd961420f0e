//! The command line; everything else is in the library.

#![forbid(unsafe_code)]

mod commands;

use std::process::ExitCode;

/// A stream takes and gives back many small pieces, a long log few that are very large: the system's
/// allocator hands the large ones back to the kernel each time.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run()
}
