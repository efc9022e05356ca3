//! How unevenly a total is spread over those who bring it: Lorenz shares, Gini coefficient, the whale curve.
//!
//! Amounts are whole numbers (money in ten-thousandths), so that sums are exact and no order of rows matters. They may
//! be negative, as profit is.
//!
//! Sources: Lorenz (1905), Publications of the American Statistical Association 9: 209-219, for the curve; Raffinetti,
//! Siletti & Vernizzi (2015), Statistical Methods & Applications 24: 507-521, for a Gini coefficient of amounts of
//! either sign that stays in 0..1 (that of Chen, Tsaur & Rhai 1982, Oxford Economic Papers 34: 473-478, needs a
//! positive total); Kaplan & Narayanan (2001), Journal of Cost Management 15(5): 5-15, for the whale curve: cumulative
//! profit of the customers from the most to the least profitable, whose peak is what would be earned without those who
//! cost more than they bring.

/// Amounts from the largest to the smallest, with their running totals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concentration {
    /// Falling.
    amounts: Vec<i64>,
    /// Sums of the first `n` amounts, from none on.
    cumulative: Vec<i128>,
}

/// The highest point of the whale curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peak {
    /// Those whose amount is positive.
    pub count: usize,
    /// What they bring together.
    pub amount: i128,
}

impl Concentration {
    /// The amounts of everybody, in any order.
    pub fn of(amounts: &[i64]) -> Self {
        let mut amounts = amounts.to_vec();
        amounts.sort_unstable_by(|a, b| b.cmp(a));
        let mut cumulative = Vec::with_capacity(amounts.len() + 1);
        let mut sum = 0_i128;
        cumulative.push(sum);
        cumulative.extend(amounts.iter().map(|amount| {
            sum += i128::from(*amount);
            sum
        }));
        Self { amounts, cumulative }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The sum of all.
    pub fn total(&self) -> i128 {
        self.cumulative.last().copied().unwrap_or_default()
    }

    /// The sum of the first `count`, the largest first.
    pub fn sum_of(&self, count: usize) -> i128 {
        self.cumulative[count.min(self.len())]
    }

    /// What the largest of a share (0..1) of all bring together; within a customer the curve is a straight line.
    pub fn top(&self, share: f64) -> f64 {
        let place = share.clamp(0.0, 1.0) * self.len() as f64;
        let whole = (place.floor() as usize).min(self.len());
        let rest = self.amounts.get(whole).map_or(0.0, |next| *next as f64 * (place - whole as f64));
        self.cumulative[whole] as f64 + rest
    }

    /// [`top`](Self::top) as a share of the total; `None` when the total is not positive, for a share of it means nothing.
    pub fn top_share(&self, share: f64) -> Option<f64> {
        let total = self.total();
        (total > 0).then(|| self.top(share) / total as f64)
    }

    /// The least number of customers, the largest first, who bring a share (0..1) of the total together; `None` when the
    /// total is not positive.
    pub fn count_for(&self, share: f64) -> Option<usize> {
        let total = self.total();
        if total <= 0 {
            return None;
        }
        let wanted = share.clamp(0.0, 1.0) * total as f64;
        self.cumulative.iter().position(|sum| *sum as f64 >= wanted)
    }

    /// Everybody who brings something, and how much that is.
    pub fn peak(&self) -> Peak {
        let count = self.amounts.partition_point(|amount| *amount > 0);
        Peak { count, amount: self.cumulative[count] }
    }

    /// The Gini coefficient of Raffinetti, Siletti & Vernizzi (2015): the sum of the differences of all pairs over
    /// the largest that the positive and the negative amounts allow, which is when one customer brings all that comes in
    /// and another takes all that goes out.
    ///
    /// # Formula
    /// ```text
    /// G = Σᵢ<ⱼ |xᵢ − xⱼ| / ((n − 1) (T⁺ + T⁻)),   T⁺ the sum of the positive amounts, T⁻ that of the negative ones
    /// ```
    /// Of amounts that are all positive it is n/(n − 1) times the usual coefficient. 0 is everybody alike, 1 all in one hand;
    /// `None` with fewer than two, or when all amounts are zero.
    pub fn gini(&self) -> Option<f64> {
        let n = self.len() as i128;
        let sizes: i128 = self.amounts.iter().map(|amount| i128::from(amount.unsigned_abs())).sum();
        if n < 2 || sizes == 0 {
            return None;
        }
        // of falling amounts the k-th, from 0, is the larger of n − 1 − k pairs and the smaller of k
        let pairs = |(k, amount): (usize, &i64)| (n - 1 - 2 * k as i128) as f64 * *amount as f64;
        let differences: f64 = self.amounts.iter().enumerate().map(pairs).sum();
        Some((differences / ((n - 1) as f64 * sizes as f64)).clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_hand() {
        let four = Concentration::of(&[10, 40, 30, 20]);
        assert_eq!(four.total(), 100);
        assert_eq!([0.0, 0.25, 0.375, 1.0].map(|share| four.top_share(share)), [0.0, 0.4, 0.55, 1.0].map(Some));
        assert_eq!([0.0, 0.4, 0.41, 0.9, 1.0].map(|share| four.count_for(share)), [0, 1, 2, 3, 4].map(Some));
        // differences of pairs: 10 + 20 + 30 + 10 + 20 + 10 = 100, over 3 · 100
        assert_eq!(four.gini(), Some(1.0 / 3.0));
        assert_eq!(four.peak(), Peak { count: 4, amount: 100 });
    }

    /// The largest takes 60 of 50: the others cost what he brings beyond the total.
    #[test]
    fn losses_make_the_curve_rise_above_the_total() {
        let curve = Concentration::of(&[-20, 60, 15, -5, 0]);
        assert_eq!((curve.total(), curve.peak()), (50, Peak { count: 2, amount: 75 }));
        assert_eq!(curve.top_share(0.2), Some(1.2));
        assert_eq!(curve.top_share(0.4), Some(1.5));
        assert_eq!(curve.top_share(1.0), Some(1.0));
        // falling 60 15 0 −5 −20: 4·60 + 2·15 + 0 + 2·5 + 4·20 = 360, over 4 · 100
        assert_eq!(curve.gini(), Some(0.9));
    }

    #[test]
    fn nobody_one_all_alike_and_nothing_but_losses() {
        let nobody = Concentration::of(&[]);
        assert_eq!(
            (nobody.total(), nobody.gini(), nobody.top_share(0.5), nobody.count_for(0.8)),
            (0, None, None, None)
        );
        assert_eq!((nobody.peak(), nobody.top(0.5)), (Peak { count: 0, amount: 0 }, 0.0));
        assert_eq!(Concentration::of(&[7]).gini(), None);
        assert_eq!(Concentration::of(&[7]).top_share(1.0), Some(1.0));
        assert_eq!(Concentration::of(&[3; 9]).gini(), Some(0.0));
        assert_eq!(Concentration::of(&[0; 9]).gini(), None);
        let losses = Concentration::of(&[-3, -1, -8]);
        assert_eq!((losses.top_share(0.5), losses.count_for(0.8)), (None, None));
        assert_eq!(losses.peak(), Peak { count: 0, amount: 0 });
        assert_eq!(Concentration::of(&[0, 0, 0, 5]).gini(), Some(1.0), "all in one hand");
        assert_eq!(Concentration::of(&[0, 0, -4, 5]).gini(), Some(1.0), "and all losses in another");
        assert!(
            Concentration::of(&[i64::MAX, i64::MAX, i64::MIN + 1]).gini().is_some_and(|g| (0.0..=1.0).contains(&g))
        );
    }

    fn naive(amounts: &[i64]) -> Option<f64> {
        let size: f64 = amounts.iter().map(|a| a.abs() as f64).sum();
        let pairs =
            amounts.iter().enumerate().flat_map(|(i, a)| amounts[..i].iter().map(move |b| (a - b).abs() as f64));
        (amounts.len() > 1 && size > 0.0).then(|| pairs.sum::<f64>() / ((amounts.len() - 1) as f64 * size))
    }

    proptest! {
        #[test]
        fn the_sorted_sum_is_that_of_all_pairs(amounts in prop::collection::vec(-1000_i64..1000, 0..40)) {
            match (Concentration::of(&amounts).gini(), naive(&amounts)) {
                (Some(fast), Some(slow)) => prop_assert!((fast - slow).abs() < 1e-12, "{fast} {slow}"),
                (fast, slow) => prop_assert_eq!(fast, slow),
            }
        }

        #[test]
        fn the_curve_rises_to_its_peak_and_falls_to_the_total(amounts in prop::collection::vec(-1000_i64..1000, 1..40)) {
            let curve = Concentration::of(&amounts);
            let peak = curve.peak().amount as f64;
            let points = (0..=20).map(|k| curve.top(f64::from(k) / 20.0)).collect::<Vec<_>>();
            prop_assert!(points.iter().all(|point| *point <= peak + 1e-9));
            prop_assert!(points.windows(3).all(|p| p[1] >= 0.5 * (p[0] + p[2]) - 1e-6), "it bends downwards");
            prop_assert_eq!(points[20], curve.total() as f64);
        }

        #[test]
        fn a_unit_change_and_the_order_change_nothing(amounts in prop::collection::vec(-1000_i64..1000, 2..30), unit in 2_i64..50) {
            let mut other: Vec<i64> = amounts.iter().map(|a| a * unit).collect();
            other.reverse();
            let (one, other) = (Concentration::of(&amounts).gini(), Concentration::of(&other).gini());
            prop_assert_eq!(one.is_some(), other.is_some());
            prop_assert!((one.unwrap_or(0.0) - other.unwrap_or(0.0)).abs() < 1e-12);
        }
    }
}
