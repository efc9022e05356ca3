//! Parquet and Arrow IPC.
#![no_main]

libfuzzer_sys::fuzz_target!(init: acrm_fuzz::quiet_panics(), |bytes: &[u8]| {
    acrm_fuzz::read("a.parquet", bytes);
    acrm_fuzz::read("a.arrow", bytes);
});
