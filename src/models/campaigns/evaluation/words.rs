//! Figures as they are shown.

use crate::models::campaigns::options::CampaignsOptions;
use crate::models::campaigns::outcomes::{CONVERSION, ORDERS, PROFIT, RESPONSE, REVENUE};
use crate::models::campaigns::results::ResultRow;

/// How figures of an outcome are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit<'a> {
    /// A share, shown in per cent.
    Share,
    /// Money in a currency.
    Money(&'a str),
    /// A plain number.
    Plain,
}

impl<'a> Unit<'a> {
    /// The unit of a row's outcome. A column counts as a share when its test of shares was made.
    pub(super) fn of(row: &ResultRow, options: &CampaignsOptions, currency: &'a str) -> Self {
        match row.outcome.as_str() {
            CONVERSION | RESPONSE => Self::Share,
            REVENUE | PROFIT => Self::Money(currency),
            name if options.revenue() == Some(name) => Self::Money(currency),
            ORDERS => Self::Plain,
            _ if row.figures.p_value_exact.or(row.figures.z_pooled).is_some() => Self::Share,
            _ => Self::Plain,
        }
    }

    /// A mean.
    pub(super) fn mean(self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| self.number(value, ""))
    }

    /// A difference, with its sign.
    pub(super) fn change(self, value: Option<f64>) -> String {
        value.map_or_else(String::new, |value| self.number(value, if value < 0.0 { "" } else { "+" }))
    }

    /// Two ends.
    pub(super) fn interval(self, lower: Option<f64>, upper: Option<f64>) -> String {
        lower.zip(upper).map_or_else(String::new, |(lower, upper)| {
            format!("{} to {}", self.change(Some(lower)), self.change(Some(upper)))
        })
    }

    /// A difference with its unit, for sentences.
    pub(super) fn said(self, value: f64) -> String {
        match self {
            Self::Share => format!("{:+.2} percentage points", 100.0 * value),
            Self::Money("") | Self::Plain => format!("{} a head", self.change(Some(value))),
            Self::Money(currency) => format!("{} {currency} a head", self.change(Some(value))),
        }
    }

    /// The name of the unit, for axes.
    pub(super) fn axis(self) -> String {
        match self {
            Self::Share => "percentage points".to_owned(),
            Self::Money("") => "per head".to_owned(),
            Self::Money(currency) => format!("{currency} per head"),
            Self::Plain => "per head".to_owned(),
        }
    }

    /// The factor from the table's unit to the one that is shown.
    pub(super) fn factor(self) -> f64 {
        if self == Self::Share { 100.0 } else { 1.0 }
    }

    fn number(self, value: f64, sign: &str) -> String {
        match self {
            Self::Share => format!("{sign}{:.2} %", 100.0 * value),
            Self::Money(_) => format!("{sign}{value:.2}"),
            Self::Plain => format!("{sign}{value:.4}"),
        }
    }
}

/// A chance as it is read.
pub(super) fn chance(p: Option<f64>) -> String {
    match p {
        None => String::new(),
        Some(p) if p < 0.0001 => "< 0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}

/// A count with separators.
pub(super) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_carry_sign_and_unit() {
        assert_eq!(Unit::Share.change(Some(0.0123)), "+1.23 %");
        assert_eq!(Unit::Money("EUR").said(-2.5), "-2.50 EUR a head");
        assert_eq!(Unit::Share.said(0.0123), "+1.23 percentage points");
        assert_eq!(Unit::Money("").said(2.5), "+2.50 a head");
        assert_eq!(Unit::Plain.interval(Some(-1.0), Some(0.5)), "-1.0000 to +0.5000");
        assert_eq!((grouped(1_234_567), grouped(999), grouped(0)), ("1,234,567".into(), "999".into(), "0".into()));
        assert_eq!((chance(Some(0.00001)), chance(None)), ("< 0.0001".to_owned(), String::new()));
    }
}
