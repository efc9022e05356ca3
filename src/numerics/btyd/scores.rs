//! The columns that scoring fills.

use super::score::Intervals;

/// Predictions over one horizon, one entry per customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HorizonScores {
    /// Expected purchase days.
    pub purchases: Vec<f64>,
    /// Lower end of the interval for the customer's own expected purchases; no
    /// entry unless asked for ([`Intervals::All`](super::Intervals::All)), and so for the upper end.
    pub purchases_lower: Vec<f64>,
    /// Upper end of that interval.
    pub purchases_upper: Vec<f64>,
    /// Probability of at least one purchase.
    pub p_purchase: Vec<f64>,
    /// Expected spend over the horizon, discounted, before any margin; expected
    /// discounted purchases where there is no spend model.
    pub value: Vec<f64>,
    /// Lower end of the interval for the customer's own value; no entry where no interval is asked for.
    pub value_lower: Vec<f64>,
    /// Upper end of that interval.
    pub value_upper: Vec<f64>,
}

/// Predictions, one entry per customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scores {
    /// Probability of being alive at the end of observation.
    pub p_alive: Vec<f64>,
    /// Expected spend per purchase day; 1 without a spend model.
    pub spend: Vec<f64>,
    /// Lower end of the interval for the customer's own mean spend; no entry
    /// unless asked for, and so for the upper end.
    pub spend_lower: Vec<f64>,
    /// Upper end of that interval.
    pub spend_upper: Vec<f64>,
    /// Per horizon, in the order of the options.
    pub horizons: Vec<HorizonScores>,
    /// Customers whose expected spend is infinite under the model (px + q ≤ 1)
    /// and was replaced by the harmonic mean.
    pub infinite_spend: u64,
}

/// Columns of [`Scores`] that do not depend on a horizon.
pub(crate) const FIXED: usize = 4;

/// Columns per horizon.
pub(crate) const PER_HORIZON: usize = 7;

impl Scores {
    /// Columns of `n` zeros; those of intervals that are not asked for are empty.
    pub(crate) fn zeroed(n: usize, horizons: usize, intervals: Intervals) -> Self {
        let column = || vec![0.0; n];
        let extra = || if intervals == Intervals::All { column() } else { Vec::new() };
        let worth = || if intervals == Intervals::None { Vec::new() } else { column() };
        let horizon = || HorizonScores {
            purchases: column(),
            purchases_lower: extra(),
            purchases_upper: extra(),
            p_purchase: column(),
            value: column(),
            value_lower: worth(),
            value_upper: worth(),
        };
        Self {
            p_alive: column(),
            spend: column(),
            spend_lower: extra(),
            spend_upper: extra(),
            horizons: (0..horizons).map(|_| horizon()).collect(),
            infinite_spend: 0,
        }
    }

    /// Puts the scores of some customers into the rows given, as they come.
    pub(crate) fn scatter(&mut self, rows: &[usize], part: Self) {
        self.infinite_spend += part.infinite_spend;
        let mut from = part;
        for (to, from) in self.columns().into_iter().zip(from.columns()) {
            // a column that was not asked for is empty on both sides
            rows.iter().zip(from.iter()).for_each(|(row, value)| to[*row] = *value);
        }
    }

    /// The fixed columns and then the columns of each horizon, in the order declared.
    fn columns(&mut self) -> Vec<&mut Vec<f64>> {
        let fixed = [&mut self.p_alive, &mut self.spend, &mut self.spend_lower, &mut self.spend_upper];
        let per_horizon = self.horizons.iter_mut().flat_map(|h| {
            [
                &mut h.purchases,
                &mut h.purchases_lower,
                &mut h.purchases_upper,
                &mut h.p_purchase,
                &mut h.value,
                &mut h.value_lower,
                &mut h.value_upper,
            ]
        });
        fixed.into_iter().chain(per_horizon).collect()
    }

    /// All columns cut into pieces of `size` customers: per piece, the columns in order.
    pub(crate) fn chunks(&mut self, size: usize) -> Vec<Vec<&mut [f64]>> {
        let count = self.p_alive.len().div_ceil(size);
        let mut pieces: Vec<Vec<&mut [f64]>> = (0..count).map(|_| Vec::new()).collect();
        for column in self.columns() {
            let mut parts = column.chunks_mut(size);
            for piece in &mut pieces {
                piece.push(parts.next().unwrap_or_default());
            }
        }
        pieces
    }
}
