//! Delimited text in any encoding, plain or compressed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acrm_fuzz::read("a.csv", bytes));
