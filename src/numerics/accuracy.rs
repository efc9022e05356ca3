//! How good predictions of counts turned out to be.
//!
//! Sums run in the order given, so that the same columns give the same figures to the bit.

/// Figures of one column of predictions against what happened.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Accuracy {
    /// Sum of what happened.
    pub actual: f64,
    /// Sum of what was expected.
    pub expected: f64,
    /// Mean absolute error.
    pub mae: f64,
    /// Root of the mean squared error.
    pub rmse: f64,
    /// Pearson's correlation; `None` when either column does not vary.
    pub correlation: Option<f64>,
}

impl Accuracy {
    /// Compares two columns of the same length; all zero for empty ones.
    pub fn of(expected: &[f64], actual: &[f64]) -> Self {
        let n = expected.len().min(actual.len());
        if n == 0 {
            return Self::default();
        }
        let count = n as f64;
        let pairs = || expected.iter().zip(actual);
        let (sum_e, sum_a) = pairs().fold((0.0, 0.0), |(e, a), (x, y)| (e + x, a + y));
        let absolute: f64 = pairs().map(|(e, a)| (e - a).abs()).sum();
        let squared: f64 = pairs().map(|(e, a)| (e - a) * (e - a)).sum();
        let (mean_e, mean_a) = (sum_e / count, sum_a / count);
        let moments = pairs().fold((0.0, 0.0, 0.0), |(ee, aa, ea), (e, a)| {
            let (e, a) = (e - mean_e, a - mean_a);
            (ee + e * e, aa + a * a, ea + e * a)
        });
        let varies = moments.0 > 0.0 && moments.1 > 0.0;
        Self {
            actual: sum_a,
            expected: sum_e,
            mae: absolute / count,
            rmse: (squared / count).sqrt(),
            correlation: varies.then(|| moments.2 / (moments.0 * moments.1).sqrt()),
        }
    }

    /// Expected over actual, less one; `None` when nothing happened.
    pub fn bias(&self) -> Option<f64> {
        (self.actual > 0.0).then(|| self.expected / self.actual - 1.0)
    }
}

/// Logarithm of the Poisson probability of `count` at `mean` > 0.
pub fn ln_poisson(mean: f64, count: u32) -> f64 {
    let count = f64::from(count);
    count * mean.ln() - mean - libm::lgamma(count + 1.0)
}

/// One tenth of the customers, those with the highest predictions first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decile {
    /// Customers in it.
    pub customers: u64,
    /// Sum of the predictions.
    pub expected: f64,
    /// Sum of what happened.
    pub actual: f64,
}

/// The ten tenths in falling order of the predictions. Customers with equal predictions can't be told apart, so each
/// counts with the mean of its tie: no order of rows makes a tenth look better than another.
pub fn deciles(expected: &[f64], actual: &[f64]) -> Vec<Decile> {
    let n = expected.len().min(actual.len());
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| expected[*b].total_cmp(&expected[*a]).then(a.cmp(b)));
    let mut fair = vec![0.0; n];
    let mut start = 0;
    for tie in order.chunk_by(|a, b| expected[*a].total_cmp(&expected[*b]).is_eq()) {
        let mean = tie.iter().map(|at| actual[*at]).sum::<f64>() / tie.len() as f64;
        fair[start..start + tie.len()].fill(mean);
        start += tie.len();
    }
    let tenth = |k: usize| {
        let rows = n * k / 10..n * (k + 1) / 10;
        Decile {
            customers: rows.len() as u64,
            expected: order[rows.clone()].iter().map(|at| expected[*at]).sum(),
            actual: fair[rows].iter().sum(),
        }
    };
    (0..10).map(tenth).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;

    #[test]
    fn errors_are_those_of_the_textbook() {
        let found = Accuracy::of(&[1.0, 2.0, 4.0, 1.0], &[0.0, 2.0, 6.0, 1.0]);
        assert_eq!((found.expected, found.actual), (8.0, 9.0));
        assert_eq!((found.mae, found.rmse), (0.75, (5.0_f64 / 4.0).sqrt()));
        assert!((found.correlation.unwrap() - 0.985_843_3).abs() < 1e-6, "{found:?}");
        assert!((found.bias().unwrap() + 1.0 / 9.0).abs() < 1e-15);
    }

    #[test]
    fn nothing_to_compare_gives_no_ratio() {
        let found = Accuracy::of(&[0.5, 0.5], &[0.0, 0.0]);
        assert_eq!((found.correlation, found.bias(), found.mae), (None, None, 0.5));
        assert_eq!(Accuracy::of(&[], &[]), Accuracy::default());
    }

    #[test]
    fn poisson_probabilities_sum_to_one() {
        for mean in [1e-3, 0.7, 12.0] {
            let sum: f64 = (0..200).map(|k| ln_poisson(mean, k).exp()).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{mean}: {sum}");
        }
    }

    #[test]
    fn tenths_hold_everyone_and_ties_are_shared() {
        let expected: Vec<f64> = (0..25).map(|i| f64::from(i / 5)).collect();
        let actual: Vec<f64> = (0..25).map(f64::from).collect();
        let found = deciles(&expected, &actual);
        assert_eq!(found.iter().map(|d| d.customers).sum::<u64>(), 25);
        assert!((found.iter().map(|d| d.actual).sum::<f64>() - 300.0).abs() < 1e-9);
        assert_eq!((found[0].customers, found[0].actual), (2, 44.0));
        let (mut e, mut a) = (expected, actual);
        e.reverse();
        a.reverse();
        assert_eq!(deciles(&e, &a), found);
    }
}
