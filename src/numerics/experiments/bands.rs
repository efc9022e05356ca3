//! Days since the last purchase in bands, so that a campaign's segments can be found again on another night.

/// Bands of days since the last purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecencyBands {
    last_days: Vec<u32>,
}

impl Default for RecencyBands {
    /// A month, a quarter, half a year, a year.
    fn default() -> Self {
        Self { last_days: vec![30, 90, 180, 365] }
    }
}

impl RecencyBands {
    /// Name of the column that bands are made of, and what `segment_by` says.
    pub const COLUMN: &'static str = "days_since_last";

    /// Bands by their last days; `None` unless these rise.
    #[must_use]
    pub fn new(last_days: &[u32]) -> Option<Self> {
        let rise = last_days.windows(2).all(|pair| pair[0] < pair[1]);
        (rise && !last_days.is_empty()).then(|| Self { last_days: last_days.to_vec() })
    }

    /// The number of the band that holds so many days.
    #[must_use]
    pub fn number(&self, days: i64) -> usize {
        self.last_days.partition_point(|last| i64::from(*last) < days)
    }

    /// The labels, in order: `0-30 days`, `31-90 days`, ..., `over 365 days`.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let first = std::iter::once(0).chain(self.last_days.iter().map(|last| last + 1));
        let mut labels: Vec<String> =
            first.zip(&self.last_days).map(|(first, last)| format!("{first}-{last} days")).collect();
        labels.extend(self.last_days.last().map(|last| format!("over {last} days")));
        labels
    }

    /// Whether a band, by its label, holds so many days; `None` when it is no label of a band.
    ///
    /// # Example
    ///
    /// ```
    /// use acrm::numerics::experiments::RecencyBands;
    ///
    /// assert_eq!(RecencyBands::holds("31-90 days", 31), Some(true));
    /// assert_eq!(RecencyBands::holds("over 365 days", 365), Some(false));
    /// assert_eq!(RecencyBands::holds("At risk", 40), None);
    /// ```
    #[must_use]
    pub fn holds(label: &str, days: i64) -> Option<bool> {
        let range = label.strip_suffix(" days")?;
        if let Some(last) = range.strip_prefix("over ") {
            return last.parse::<i64>().ok().map(|last| days > last);
        }
        let (first, last) = range.split_once('-')?;
        let (first, last) = (first.parse::<i64>().ok()?, last.parse::<i64>().ok()?);
        Some((first..=last).contains(&days))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_in_the_band_of_its_number_and_in_no_other() {
        let bands = RecencyBands::new(&[7, 59, 400]).unwrap();
        let labels = bands.labels();
        assert_eq!(labels, ["0-7 days", "8-59 days", "60-400 days", "over 400 days"]);
        for days in 0..500 {
            let held = labels.iter().map(|label| RecencyBands::holds(label, days).unwrap()).collect::<Vec<_>>();
            assert_eq!(held.iter().filter(|held| **held).count(), 1);
            assert!(held[bands.number(days)]);
        }
    }

    #[test]
    fn bands_must_rise() {
        assert_eq!(RecencyBands::new(&[30, 30]), None);
        assert_eq!(RecencyBands::new(&[]), None);
    }
}
