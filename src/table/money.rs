//! Money as exact integers: ten-thousandths of the currency's main unit.
//!
//! Sums of ten-thousandths are integer sums, so they do not depend on the order of rows or threads. Four
//! decimals keep unit prices such as 0.001 × 240 exact; the largest amount is about 9 × 10¹⁴ units.

/// Decimal places of [`Money`].
pub const MONEY_SCALE: i8 = 4;

/// Ten-thousandths in one unit of the currency.
const UNIT: i64 = 10_000;

/// An exact amount in ten-thousandths of the currency's main unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Money(pub i64);

impl Money {
    /// The nearest amount to a float, half away from zero; `None` when not finite or out of range.
    pub fn from_f64(value: f64) -> Option<Self> {
        let scaled = (value * UNIT as f64).round();
        (scaled.abs() < 9.0e18).then_some(Self(scaled as i64))
    }

    /// The amount in currency units, for models and display only.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / UNIT as f64
    }

    /// `quantity × price`, both in ten-thousandths, rounded half away from zero; `None` when out of range.
    pub fn product(quantity: i64, price: i64) -> Option<Self> {
        let exact = i128::from(quantity) * i128::from(price);
        let half = i128::from(UNIT / 2) * exact.signum();
        i64::try_from((exact + half) / i128::from(UNIT)).ok().map(Self)
    }

    /// Reads a plain decimal such as `-1234.50` with the given decimal mark; digits past the fourth round half
    /// away from zero. `None` when the text is not such a number or is out of range.
    pub fn parse(text: &str, decimal: u8) -> Option<Self> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let mut value: i64 = 0;
        let mut decimals: Option<u32> = None;
        let mut seen = 0_u32;
        let mut round_up = false;
        for &byte in digits {
            match byte {
                b'0'..=b'9' => {
                    seen += 1;
                    let digit = i64::from(byte - b'0');
                    match decimals {
                        Some(4) => {
                            round_up = digit >= 5;
                            decimals = Some(5);
                        }
                        Some(5) => {}
                        _ => {
                            value = value.checked_mul(10)?.checked_add(digit)?;
                            decimals = decimals.map(|d| d + 1);
                        }
                    }
                }
                _ if byte == decimal && decimals.is_none() => decimals = Some(0),
                _ => return None,
            }
        }
        if seen == 0 {
            return None;
        }
        let missing = 4 - decimals.unwrap_or(0).min(4);
        let value = value.checked_mul(10_i64.pow(missing))?.checked_add(i64::from(round_up))?;
        Some(Self(if negative { -value } else { value }))
    }
}

/// Ten-thousandths as text in currency units, without needless zeros past the second decimal: `12.00`, `0.125`.
pub fn format_money(ten_thousandths: i128) -> String {
    let sign = if ten_thousandths < 0 { "-" } else { "" };
    let absolute = ten_thousandths.unsigned_abs();
    let unit = u128::from(UNIT.unsigned_abs());
    let decimals = format!("{:04}", absolute % unit);
    let kept = decimals.trim_end_matches('0').len().max(2);
    format!("{sign}{}.{}", absolute / unit, &decimals[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_exactly() {
        for (text, expected) in [
            ("0", Some(0)),
            ("12.5", Some(125_000)),
            ("-12.50", Some(-125_000)),
            ("+3", Some(30_000)),
            (".5", Some(5_000)),
            ("4294967296", Some(42_949_672_960_000)),
            ("0.00005", Some(1)),
            ("0.00004999", Some(0)),
            ("", None),
            ("-", None),
            (".", None),
            ("1,234.5", None),
            ("1.2.3", None),
            ("1e3", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(Money::parse(text, b'.').map(|m| m.0), expected, "{text:?}");
        }
        assert_eq!(Money::parse("12,5", b','), Some(Money(125_000)));
        assert_eq!(Money::parse("12.5", b','), None);
    }

    #[test]
    fn products_round_half_away_from_zero() {
        assert_eq!(Money::product(30_000, 10), Some(Money(30)));
        assert_eq!(Money::product(5_000, 1), Some(Money(1)));
        assert_eq!(Money::product(-5_000, 1), Some(Money(-1)));
        assert_eq!(Money::product(4_999, 1), Some(Money(0)));
        assert_eq!(Money::product(i64::MAX, i64::MAX), None);
    }

    #[test]
    fn floats_outside_the_range_are_refused() {
        assert_eq!(Money::from_f64(2.675), Some(Money(26_750)));
        assert_eq!(Money::from_f64(f64::NAN), None);
        assert_eq!(Money::from_f64(f64::INFINITY), None);
        assert_eq!(Money::from_f64(1e300), None);
    }

    #[test]
    fn display_keeps_two_decimals_at_least() {
        assert_eq!(format_money(125_000), "12.50");
        assert_eq!(format_money(-1_250), "-0.125");
        assert_eq!(format_money(0), "0.00");
    }
}
