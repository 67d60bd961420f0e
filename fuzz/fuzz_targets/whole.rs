//! Bytes to a bill in every format.

#![no_main]

use hangtime_fuzz::through;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| through::whole(bytes));
