//! Bytes to a claim, and its audit in every form.

#![no_main]

use hangtime_fuzz::foreign;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| foreign::claim(bytes));
