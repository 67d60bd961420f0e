//! Bytes to a bill in every format, and to the readings on which it depends.

#![no_main]

use hangtime_fuzz::through;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    through::whole(bytes);
    through::readings(bytes);
});
