//! Bytes to sessions, and every value's place in the text.

#![no_main]

use hangtime_fuzz::through;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| through::reader(bytes));
