//! The pipeline file: parsed, checked, and its errors shown.
#![no_main]

use acrm::config::{parse, render};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut diagnostics = Vec::new();
    let document = parse(text, &mut diagnostics);
    let _ = document.has_customers();
    let _ = render("p.toml", text, &diagnostics, false);
});
