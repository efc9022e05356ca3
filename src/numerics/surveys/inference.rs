//! Intervals and tests that the figures of surveys and journeys share.

use statrs::distribution::{Continuous, ContinuousCDF, Normal, StudentsT};
use statrs::function::beta::checked_beta_reg;

/// How sure an interval is meant to be, with the normal quantile that goes with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    level: f64,
    z: f64,
}

impl Default for Confidence {
    /// 95 %.
    fn default() -> Self {
        Self { level: 0.95, z: 1.959_963_984_540_054 }
    }
}

impl Confidence {
    /// A level between 0 and 1, both excluded; `None` for any other number.
    pub fn new(level: f64) -> Option<Self> {
        if !(level > 0.0 && level < 1.0) {
            return None;
        }
        let z = Normal::standard().inverse_cdf(0.5 + 0.5 * level);
        z.is_finite().then_some(Self { level, z })
    }

    /// The level, 0..1.
    pub fn level(self) -> f64 {
        self.level
    }

    /// Normal quantile at (1 + level) / 2.
    pub fn z(self) -> f64 {
        self.z
    }

    /// Student's t quantile at (1 + level) / 2; `None` unless `degrees` is a positive number.
    ///
    /// From 500 degrees on by an expansion about the normal quantile (Abramowitz & Stegun 26.7.5), whose error is below 1e-12
    /// there; below by statrs' quantile with a step of Newton's, as its search stops early.
    pub fn t(self, degrees: f64) -> Option<f64> {
        const LARGE: f64 = 500.0;
        if degrees >= LARGE {
            return Some(self.expanded_t(degrees));
        }
        let student = StudentsT::new(0.0, 1.0, degrees).ok()?;
        let found = student.inverse_cdf(0.5 + 0.5 * self.level);
        let step = student_p(found, degrees).map(|p| 0.5 * (p - (1.0 - self.level)) / student.pdf(found));
        let exact = found + step.filter(|step| step.abs() < 1e-3 * found.abs()).unwrap_or(0.0);
        Some(exact).filter(|t| t.is_finite())
    }

    fn expanded_t(self, degrees: f64) -> f64 {
        let z = self.z;
        let square = z * z;
        let terms = [
            (square + 1.0) / 4.0,
            ((5.0 * square + 16.0) * square + 3.0) / 96.0,
            (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
            ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92_160.0,
        ];
        z + z * terms.iter().rev().fold(0.0, |sum, term| (sum + term) / degrees)
    }
}

/// A share with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Proportion {
    /// How many had it.
    pub successes: u64,
    /// Of how many.
    pub trials: u64,
    /// Share, 0..1.
    pub share: f64,
    /// Lower end of the interval, 0..1.
    pub lower: f64,
    /// Upper end of the interval, 0..1.
    pub upper: f64,
}

impl Proportion {
    /// `successes` of `trials` with Wilson's interval; `None` if there is no trial or there are more successes than
    /// trials.
    ///
    /// # Formula
    /// `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)` (Wilson 1927, "Probable inference, the law of succession,
    /// and statistical inference", JASA 22, p. 209).
    pub fn of(successes: u64, trials: u64, confidence: Confidence) -> Option<Self> {
        if trials == 0 || successes > trials {
            return None;
        }
        let n = trials as f64;
        let share = successes as f64 / n;
        let ratio = confidence.z * confidence.z / n;
        let centre = (share + 0.5 * ratio) / (1.0 + ratio);
        let half = (ratio * (share * (1.0 - share) + 0.25 * ratio)).sqrt() / (1.0 + ratio);
        let lower = if successes == 0 { 0.0 } else { (centre - half).clamp(0.0, share) };
        let upper = if successes == trials { 1.0 } else { (centre + half).clamp(share, 1.0) };
        Some(Self { successes, trials, share, lower, upper })
    }
}

/// How far two shares are apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareDifference {
    /// First share less the second one, −1..1.
    pub difference: f64,
    /// Lower end of its interval.
    pub lower: f64,
    /// Upper end of its interval.
    pub upper: f64,
    /// Difference over its standard error if there were none; 0 if nobody or everybody has it in both.
    pub z: f64,
    /// Chance of a difference as large in either direction if there were none.
    pub p: f64,
}

impl ShareDifference {
    /// Compares two shares of different people.
    ///
    /// # Formula
    /// z is that of the pooled share (the root of Pearson's χ²). The interval is Newcombe's hybrid of the two Wilson
    /// intervals, `d − √((p₁−l₁)² + (u₂−p₂)²)` to `d + √((u₁−p₁)² + (p₂−l₂)²)` (Newcombe 1998, "Interval estimation for
    /// the difference between independent proportions", Statistics in Medicine 17, method 10).
    pub fn of(first: &Proportion, second: &Proportion) -> Self {
        let difference = first.share - second.share;
        let (n, m) = (first.trials as f64, second.trials as f64);
        let pooled = (first.successes + second.successes) as f64 / (n + m);
        let error = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
        let z = if error > 0.0 { difference / error } else { 0.0 };
        let below = (first.share - first.lower).hypot(second.upper - second.share);
        let above = (first.upper - first.share).hypot(second.share - second.lower);
        Self {
            difference,
            lower: (difference - below).max(-1.0),
            upper: (difference + above).min(1.0),
            z,
            p: normal_p(z),
        }
    }
}

/// Chance that a standard normal number is at least as far from 0 as `z`.
pub fn normal_p(z: f64) -> f64 {
    libm::erfc(z.abs() * std::f64::consts::FRAC_1_SQRT_2)
}

/// Chance that Student's t is at least as far from 0 as `t`; `None` unless `degrees` is a positive number.
///
/// # Formula
/// `I_x(ν/2, 1/2)` at `x = ν/(ν + t²)` (Abramowitz & Stegun 26.7.1 and 26.5.27).
pub fn student_p(t: f64, degrees: f64) -> Option<f64> {
    if !(degrees > 0.0 && t.is_finite()) {
        return None;
    }
    if degrees >= 1e6 {
        return Some(normal_p(t));
    }
    checked_beta_reg(0.5 * degrees, 0.5, degrees / (degrees + t * t)).ok().filter(|p| p.is_finite())
}

/// The least false discovery rate at which each of many tests would be called, in the order given.
///
/// # Formula
/// `q₍ᵢ₎ = min over j ≥ i of p₍ⱼ₎ m / j` (Benjamini & Hochberg 1995, "Controlling the false discovery rate", JRSS B 57,
/// procedure (1), as adjusted p-values).
pub fn q_values(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|a, b| p[*a].total_cmp(&p[*b]).then(a.cmp(b)));
    let mut q = vec![1.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, at) in order.iter().enumerate().rev() {
        least = least.min(p[*at] * (p.len() as f64 / (rank + 1) as f64));
        q[*at] = least;
    }
    q
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;
    use proptest::prelude::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance, "{got} against {want}");
    }

    #[test]
    fn quantiles_are_those_of_the_tables() {
        close(Confidence::new(0.95).unwrap().z(), Confidence::default().z(), 1e-12);
        close(Confidence::new(0.9).unwrap().z(), 1.644_853_626_951_472_7, 1e-12);
        let confidence = Confidence::default();
        for (degrees, t) in [
            (1.0, 12.706_204_736_174_7),
            (2.0, 4.302_652_729_749_46),
            (5.0, 2.570_581_835_636_31),
            (30.0, 2.042_272_456_301_24),
            (7.5, 2.333_039_626_864_97),
            (1000.0, 1.962_339_080_826_41),
            (499.9, 1.964_720_791_095_33),
            (500.0, 1.964_719_837_467_34),
        ] {
            close(confidence.t(degrees).unwrap(), t, 1e-9);
        }
        close(confidence.t(1e9).unwrap(), confidence.z(), 1e-8);
        for level in [0.0, 1.0, -0.1, f64::NAN] {
            assert_eq!(Confidence::new(level), None);
        }
        for degrees in [0.0, -1.0, f64::NAN] {
            assert_eq!(confidence.t(degrees), None);
            assert_eq!(student_p(1.0, degrees), None);
        }
    }

    #[test]
    fn tails_are_those_of_the_tables() {
        close(normal_p(1.959_963_984_540_054), 0.05, 1e-12);
        close(student_p(12.706_204_736_174_7, 1.0).unwrap(), 0.05, 1e-9);
        close(student_p(-2.042_272_456_301_24, 30.0).unwrap(), 0.05, 1e-9);
        assert_eq!(student_p(0.0, 3.0), Some(1.0));
    }

    #[test]
    fn wilson_of_newcombes_examples() {
        // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
        for (successes, trials, lower, upper) in
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
        {
            let found = Proportion::of(successes, trials, Confidence::default()).unwrap();
            close(found.lower, lower, 5e-5);
            close(found.upper, upper, 5e-5);
        }
        assert_eq!(Proportion::of(0, 0, Confidence::default()), None);
        assert_eq!(Proportion::of(2, 1, Confidence::default()), None);
    }

    #[test]
    fn difference_of_newcombes_examples() {
        // Newcombe 1998, table II, method 10.
        for (a, n, b, m, lower, upper) in [
            (56, 70, 48, 80, 0.0524, 0.3339),
            (9, 10, 3, 10, 0.1705, 0.8090),
            (5, 56, 0, 29, -0.0381, 0.1926),
            (10, 10, 0, 10, 0.6075, 1.0),
        ] {
            let part = |x, n| Proportion::of(x, n, Confidence::default()).unwrap();
            let found = ShareDifference::of(&part(a, n), &part(b, m));
            close(found.lower, lower, 5e-5);
            close(found.upper, upper, 5e-5);
        }
    }

    #[test]
    fn q_values_of_benjamini_and_hochbergs_example() {
        // Their section 3.3: four of the fifteen are called at 5 %.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let q = q_values(&p);
        assert_eq!(q.iter().filter(|q| **q <= 0.05).count(), 4);
        close(q[3], 0.0095 * 15.0 / 4.0, 1e-15);
        close(q[4], 0.0298 * 15.0 / 7.0, 0.01);
        assert_eq!(q[14], 1.0);
        assert!(q_values(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn wilson_holds_its_share_inside_the_unit_interval(n in 1u64..1_000_000, part in 0.0..=1.0f64, level in 0.01..0.999f64) {
            let successes = (part * n as f64) as u64;
            let found = Proportion::of(successes, n, Confidence::new(level).unwrap()).unwrap();
            prop_assert!(0.0 <= found.lower && found.lower <= found.share);
            prop_assert!(found.share <= found.upper && found.upper <= 1.0);
            prop_assert!(found.lower < found.upper);
        }

        #[test]
        fn q_values_keep_the_order_of_p_and_are_no_smaller(p in prop::collection::vec(0.0..=1.0f64, 0..40)) {
            let q = q_values(&p);
            for i in 0..p.len() {
                prop_assert!(q[i] >= p[i] && q[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || q[i] <= q[j]);
                }
            }
        }
    }
}
