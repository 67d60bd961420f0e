//! The log's shape and how it is read; no codes, no rules.

pub mod circumstance;
pub mod dates;
mod explain;
pub mod finding;
pub(crate) mod json;
pub mod locate;
pub mod log;
pub mod parse;
mod plain;
pub(crate) mod tokens;
pub(crate) mod unsound;
