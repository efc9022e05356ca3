//! Yes or no in two groups.

use crate::numerics::surveys::inference::{Confidence, Proportion, ShareDifference};

use super::Interval;

/// The largest number of tables that an exact test goes through; where there are more, it adds nothing to z.
const MOST_TABLES: u64 = 10_000;

/// Tables as likely as the observed one, but for rounding, count as no likelier (as R and SciPy do).
const AS_LIKELY: f64 = 1.0 + 1e-7;

/// How sure a difference of two shares is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareTest {
    /// Difference over its standard error with the pooled share; `None` if nobody or everybody said yes.
    pub z: Option<f64>,
    /// Chance of a difference as large in either direction if there were none.
    pub p: Option<f64>,
    /// The same by Fisher's exact test; `None` in large tables.
    pub p_exact: Option<f64>,
    /// Newcombe's interval of the difference, which is there even when a group doesn't vary.
    pub interval: Interval,
    /// Whether every expected count is at least five, so that z may be trusted (Cochran 1954).
    pub is_large: bool,
}

impl ShareTest {
    /// Compares `yes` of `all` among the treated with the same of the control group; `None` if a group is empty.
    ///
    /// # Formula
    /// `z = (p₁ − p₂) / √(p(1−p)(1/n₁ + 1/n₂))` with the share p of both groups together.
    #[must_use]
    pub fn of(treated: (u64, u64), control: (u64, u64), confidence: Confidence) -> Option<Self> {
        let first = Proportion::of(treated.0, treated.1, confidence)?;
        let second = Proportion::of(control.0, control.1, confidence)?;
        let found = ShareDifference::of(&first, &second);
        let (yes, all) = ((treated.0 + control.0) as f64, (treated.1 + control.1) as f64);
        let varies = yes > 0.0 && yes < all;
        let smallest = yes.min(all - yes) * treated.1.min(control.1) as f64 / all;
        Some(Self {
            z: varies.then_some(found.z),
            p: varies.then_some(found.p),
            p_exact: fisher_exact(treated, control),
            interval: Interval { lower: found.lower, upper: found.upper },
            is_large: smallest >= 5.0,
        })
    }

    /// The chance to go by: z where the counts are large, Fisher's otherwise.
    #[must_use]
    pub fn fitting_p(&self) -> Option<f64> {
        if self.is_large { self.p } else { self.z.and(self.p_exact).or(self.p) }
    }
}

/// Two-sided chance of a table no likelier than the one observed; `None` if a group is empty, a count exceeds its group, or
/// there are too many tables to go through.
///
/// # Formula
/// Sum of the hypergeometric chances `C(n₁,a) C(n₂,k−a) / C(n₁+n₂,k) = n₁! n₂! k! (N−k)! / (N! a! (n₁−a)! (k−a)! (n₂−k+a)!)` that are at most that of the observed table (Fisher
/// 1935, "The logic of inductive inference", JRSS 98; two sides as by Irwin 1935).
#[must_use]
pub fn fisher_exact(treated: (u64, u64), control: (u64, u64)) -> Option<f64> {
    let ((a, n), (b, m)) = (treated, control);
    if n == 0 || m == 0 || a > n || b > m {
        return None;
    }
    let k = a + b;
    let (least, most) = (k.saturating_sub(m), k.min(n));
    if most - least > MOST_TABLES {
        return None;
    }
    let ln_factorial = |count: u64| libm::lgamma(count as f64 + 1.0);
    let margins = [n, m, k, n + m - k].map(ln_factorial).iter().sum::<f64>() - ln_factorial(n + m);
    let ln_chance = |a: u64| margins - [a, n - a, k - a, m + a - k].map(ln_factorial).iter().sum::<f64>();
    let observed = ln_chance(a) + AS_LIKELY.ln();
    let sum: f64 = (least..=most).map(ln_chance).filter(|chance| *chance <= observed).map(f64::exp).sum();
    Some(sum.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(got: Option<f64>, want: f64) {
        let got = got.expect("a figure");
        assert!((got - want).abs() < 1e-6, "{got} against {want}");
    }

    /// Fisher's lady tasting tea, and tables of R's documentation of `fisher.test` and of SciPy's.
    #[test]
    fn exact_tests_of_the_textbooks() {
        close(fisher_exact((3, 4), (1, 4)), 0.485_714_285_7);
        close(fisher_exact((10, 13), (2, 17)), 0.000_536_724_1);
        close(fisher_exact((8, 10), (1, 6)), 0.034_965_035);
        close(fisher_exact((0, 4), (0, 4)), 1.0);
    }

    #[test]
    fn small_counts_go_by_the_exact_test() {
        let small = ShareTest::of((5, 8), (1, 6), Confidence::default()).unwrap();
        assert!(!small.is_large && small.fitting_p() == small.p_exact);
        let large = ShareTest::of((300, 1000), (250, 1000), Confidence::default()).unwrap();
        assert!(large.is_large && large.fitting_p() == large.p);
    }

    #[test]
    fn without_a_yes_there_is_no_z_but_an_interval() {
        for (treated, control) in [((0, 7), (0, 5)), ((7, 7), (5, 5))] {
            let found = ShareTest::of(treated, control, Confidence::default()).unwrap();
            assert_eq!((found.z, found.p, found.fitting_p()), (None, None, None));
            assert!(found.interval.lower < 0.0 && found.interval.upper > 0.0);
        }
        assert_eq!(ShareTest::of((0, 0), (1, 5), Confidence::default()), None);
    }

    proptest! {
        #[test]
        fn exact_chances_are_chances_and_symmetric(n in 1u64..60, m in 1u64..60, x in 0.0..=1.0f64, y in 0.0..=1.0f64) {
            let (a, b) = ((x * n as f64) as u64, (y * m as f64) as u64);
            let p = fisher_exact((a, n), (b, m)).unwrap();
            prop_assert!(p > 0.0 && p <= 1.0);
            let other = fisher_exact((b, m), (a, n)).unwrap();
            prop_assert!((p - other).abs() < 1e-9);
        }
    }
}
