//! What the fuzzers share: the way that an input takes, and how inputs are made. The tests of the
//! package take the same files in.

pub mod foreign;
pub mod large;
pub mod make;
pub mod pages;
pub mod through;
