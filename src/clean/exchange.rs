//! Money in several currencies: what a unit is worth, or that it may not be added up.

use std::collections::BTreeMap;
use std::path::Path;

use crate::notation::amount::Currency;
use crate::table::{Money, parse_day};

use super::error::CleanError;
use super::options::CleanOptions;

/// What currencies are worth in the pipeline's.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    rates: BTreeMap<String, f64>,
    /// By currency, ascending by day.
    by_day: BTreeMap<String, Vec<(i32, f64)>>,
    /// The currency that money is counted in, as far as it is known.
    base: Option<String>,
}

/// What to do with money in a currency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Worth {
    /// It is in the pipeline's currency.
    Same,
    /// It is this many units.
    Factor(f64),
    /// No rate tells.
    Unknown,
}

/// The label of a currency, however it is written.
pub(super) fn label(text: &str) -> String {
    Currency::named(text).map_or_else(|| text.trim().to_uppercase(), |currency| currency.label().to_owned())
}

impl Exchange {
    /// The rates of a `[clean]` section; a table of rates lies beside the pipeline file, in `base`.
    ///
    /// # Errors
    /// When the table can't be read.
    pub(super) fn new(options: &CleanOptions, currency: &str, base: &Path) -> Result<Self, CleanError> {
        let rates = options.rates.iter().map(|(name, rate)| (label(name), *rate)).collect();
        let by_day = options.rates_by_day.as_deref().map(|name| read_rates(name, base)).transpose()?;
        let base = Some(currency).filter(|c| !c.is_empty()).map(label);
        Ok(Self { rates, by_day: by_day.unwrap_or_default(), base })
    }

    /// Whether there is any rate.
    pub(super) fn has_rates(&self) -> bool {
        !self.rates.is_empty() || !self.by_day.is_empty()
    }

    /// What a unit of a currency is worth on a day.
    pub(super) fn worth(&self, currency: &str, day: i32) -> Worth {
        if let Some(days) = self.by_day.get(currency) {
            let before = days.partition_point(|(from, _)| *from <= day);
            if let Some((_, rate)) = before.checked_sub(1).map(|at| days[at]) {
                return Worth::Factor(rate);
            }
        }
        match self.rates.get(currency) {
            Some(rate) => Worth::Factor(*rate),
            None if self.base.as_deref() == Some(currency) => Worth::Same,
            None => Worth::Unknown,
        }
    }

    /// Takes note of a currency when there are no rates: the currency so far, if it is another one.
    pub(super) fn clash(&mut self, currency: &str) -> Option<&str> {
        let same = |known: &str| match (Currency::named(known), Currency::named(currency)) {
            (Some(a), Some(b)) => a.may_be(b),
            _ => known == currency,
        };
        if self.base.is_none() {
            self.base = Some(currency.to_owned());
        }
        self.base.as_deref().filter(|known| !same(known))
    }
}

/// Money times a rate, to the nearest ten-thousandth; whole rates are exact.
pub(super) fn convert(amount: i64, rate: f64) -> Option<i64> {
    if rate.fract() == 0.0 && rate.abs() < 1e15 {
        return amount.checked_mul(rate as i64);
    }
    Money::from_f64(Money(amount).to_f64() * rate).map(|m| m.0)
}

fn read_rates(name: &str, base: &Path) -> Result<BTreeMap<String, Vec<(i32, f64)>>, CleanError> {
    let fail = |at: Option<u64>, reason: String| CleanError::Rates {
        file: name.to_owned(),
        at: at.map_or_else(String::new, |line| format!(", line {line}")),
        reason,
    };
    let mut reader = csv::Reader::from_path(base.join(name)).map_err(|e| fail(None, e.to_string()))?;
    let headers = reader.headers().map_err(|e| fail(Some(1), e.to_string()))?.clone();
    let position = |column: &str| {
        let found = headers.iter().position(|h| h.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(column));
        found.ok_or_else(|| fail(Some(1), format!("no column `{column}`")))
    };
    let (day, currency, rate) = (position("day")?, position("currency")?, position("rate")?);
    let mut rates: BTreeMap<String, Vec<(i32, f64)>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| fail(None, e.to_string()))?;
        let line = record.position().map(csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let on = parse_day(cell(day)).ok_or_else(|| fail(line, format!("`{}` is no day", cell(day))))?;
        let value = cell(rate).parse::<f64>().ok().filter(|v| v.is_finite() && *v > 0.0);
        let value = value.ok_or_else(|| fail(line, format!("`{}` is no rate", cell(rate))))?;
        rates.entry(label(cell(currency))).or_default().push((on, value));
    }
    for days in rates.values_mut() {
        days.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    }
    Ok(rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_rate_that_is_not_later_holds() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("r.csv"), "day,currency,rate\n2024-01-10,USD,0.9\n2024-01-01,usd,0.8\n")
            .unwrap();
        let options = CleanOptions {
            rates: BTreeMap::from([("toman".to_owned(), 10.0)]),
            rates_by_day: Some("r.csv".into()),
            ..CleanOptions::default()
        };
        let exchange = Exchange::new(&options, "EUR", folder.path()).unwrap();
        let day = |text| parse_day(text).unwrap();
        assert_eq!(exchange.worth("USD", day("2024-01-09")), Worth::Factor(0.8));
        assert_eq!(exchange.worth("USD", day("2024-01-10")), Worth::Factor(0.9));
        assert_eq!(exchange.worth("USD", day("2023-12-31")), Worth::Unknown);
        assert_eq!(exchange.worth(&label("تومان"), day("2024-01-01")), Worth::Factor(10.0));
        assert_eq!(exchange.worth("EUR", 0), Worth::Same);
        std::fs::write(folder.path().join("r.csv"), "day,currency,rate\n2024-01-10,USD,-1\n").unwrap();
        assert!(Exchange::new(&options, "EUR", folder.path()).unwrap_err().to_string().contains("line 2"));
    }

    #[test]
    fn without_rates_a_second_currency_clashes() {
        let mut exchange = Exchange::default();
        assert_eq!(exchange.clash("IRR"), None);
        assert_eq!(exchange.clash("IRR"), None);
        assert_eq!(exchange.clash("IRT"), Some("IRR"));
        let mut dollars = Exchange::default();
        assert_eq!(dollars.clash("$"), None);
        assert_eq!(dollars.clash("CAD"), None);
    }

    #[test]
    fn whole_rates_are_exact() {
        assert_eq!(convert(12_345, 10.0), Some(123_450));
        assert_eq!(convert(i64::MAX, 10.0), None);
        assert_eq!(convert(10_000, 0.92), Some(9_200));
    }
}
