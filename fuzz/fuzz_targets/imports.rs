//! Bytes of another system to logs, and those all the way.

#![no_main]

use hangtime_fuzz::foreign;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| foreign::import(bytes));
