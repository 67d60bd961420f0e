//! Bills as people and programs read them. Words are made here, from the rules' entries and the
//! numbers; nothing is decided.

pub mod excerpt;
