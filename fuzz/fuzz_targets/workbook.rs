//! Excel and OpenDocument workbooks.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acrm_fuzz::read_guarded("a.xlsx", bytes));
