//! Amounts, dates, letters and ids as people write them: told from samples, and read by what was told.
#![no_main]

use acrm::notation::{amount, dates, encoding, ids, letters, table_text};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = encoding::detect(bytes, true);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = table_text::detect(text, true);
    let cells = || text.lines().take(20);
    if let Some(reading) = amount::detect(cells()).decided() {
        for cell in cells() {
            let _ = amount::parse(cell, reading.notation);
        }
    }
    if let Some(reading) = dates::detect(cells()).decided() {
        for cell in cells() {
            let _ = dates::parse(cell, &reading.notation);
        }
    }
    let mut lines = text.lines();
    if let (Some(pattern), Some(date)) = (lines.next(), lines.next())
        && let Ok(notation) = dates::DateNotation::written(pattern, dates::Calendar::SolarHijri)
    {
        let _ = dates::parse(date, &notation);
    }
    for cell in cells() {
        let folded = letters::fold(cell, letters::Folding::NAMES).into_owned();
        assert_eq!(letters::fold(&folded, letters::Folding::NAMES), folded);
        let _ = ids::expand_scientific(cell);
        let _ = ids::salesforce_15(cell);
    }
});
