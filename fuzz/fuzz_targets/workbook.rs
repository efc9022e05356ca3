//! Excel and OpenDocument workbooks.
#![no_main]

libfuzzer_sys::fuzz_target!(init: acrm_fuzz::quiet_panics(), |bytes: &[u8]| acrm_fuzz::read("a.xlsx", bytes));
