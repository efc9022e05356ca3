//! Numbers as people read them.

/// A whole number with thin groups of three: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number as an axis shows it: large ones grouped, small ones with up to four decimals.
pub(super) fn number(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    if size >= 1000.0 {
        return format!("{sign}{}", grouped(size.round() as u64));
    }
    let text = format!("{size:.4}");
    format!("{sign}{}", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A size in the unit that suits it: `82.2 MB`.
pub(super) fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut value = size as f64 / 1000.0;
    let mut unit = 0;
    while value >= 1000.0 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_sized() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(
            (number(0.7545), number(-2500.0), number(40.0), number(0.0)),
            ("0.7545".into(), "−2,500".into(), "40".into(), "0".into())
        );
        assert_eq!(bytes(999), "1.0 kB");
        assert_eq!(bytes(82_196_399), "82.2 MB");
    }
}
