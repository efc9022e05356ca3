//! Parquet and Arrow IPC.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    acrm_fuzz::read_guarded("a.parquet", bytes);
    acrm_fuzz::read_guarded("a.arrow", bytes);
});
