//! JSON lines and arrays of JSON objects.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    acrm_fuzz::read("a.jsonl", bytes);
    acrm_fuzz::read("a.json", bytes);
});
