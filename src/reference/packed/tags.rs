//! The bytes of packed facts, shared by `build.rs`, which writes them, and by what reads them.
//!
//! A value is a tag and what follows it. Texts, lists and maps begin with their size, six bits a
//! byte, the lowest first, a seventh where more follow: so the whole is one text, whose parts need
//! no check. A structure is a map of its fields, and a name such as `Hospital` a text.

/// How many bits of a size a byte holds.
pub const BITS: u32 = 6;
/// Set in each byte of a size but the last.
pub const MORE: u8 = 1 << BITS;

/// A text: its length and its bytes.
pub const TEXT: u8 = 0;
/// A whole number not below zero, written as a size is.
pub const NUMBER: u8 = 1;
/// False, with nothing behind it.
pub const FALSE: u8 = 2;
/// True, with nothing behind it.
pub const TRUE: u8 = 3;
/// A list or tuple: how many values, and those.
pub const LIST: u8 = 4;
/// How many keys, and each with its value behind it.
pub const MAP: u8 = 5;
