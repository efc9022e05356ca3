//! Was the lot drawn as it was meant to be?

use statrs::function::gamma::checked_gamma_ur;

use super::Unmeasured;

/// Pearson's χ² test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatioTest {
    /// The statistic.
    pub chi_squared: f64,
    /// Degrees of freedom.
    pub degrees: u32,
    /// Chance of a mismatch as large if there were none.
    pub p: f64,
}

impl RatioTest {
    fn of(chi_squared: f64, degrees: u32) -> Result<Self, Unmeasured> {
        // the regularised gamma function is not defined at zero
        let p = if chi_squared > 0.0 {
            checked_gamma_ur(0.5 * f64::from(degrees), 0.5 * chi_squared).map_err(|_| Unmeasured::NotFinite)?
        } else {
            1.0
        };
        Ok(Self { chi_squared, degrees, p })
    }
}

/// Compares the sizes of groups with the shares that they were to have.
///
/// # Formula
/// `Σ (observed − expected)² / expected` (Pearson 1900). A mismatch says that customers got lost in one group, or that groups
/// weren't drawn by lot; the effect can't be trusted then (Fabijan et al. 2019, "Diagnosing sample ratio mismatch in online
/// controlled experiments", KDD).
///
/// # Errors
/// [`Unmeasured::NoCustomers`] if there is nobody, [`Unmeasured::OutOfRange`] unless there are as many shares as sizes, at
/// least two, all above zero.
pub fn sample_ratio(sizes: &[u64], shares: &[f64]) -> Result<RatioTest, Unmeasured> {
    let total = sizes.iter().sum::<u64>() as f64;
    let whole: f64 = shares.iter().sum();
    if sizes.len() < 2 || sizes.len() != shares.len() || !shares.iter().all(|share| *share > 0.0) || !whole.is_finite()
    {
        return Err(Unmeasured::OutOfRange);
    }
    if !(total > 0.0) {
        return Err(Unmeasured::NoCustomers);
    }
    let term = |(size, share): (&u64, &f64)| {
        let expected = total * share / whole;
        (*size as f64 - expected).powi(2) / expected
    };
    RatioTest::of(sizes.iter().zip(shares).map(term).sum(), sizes.len() as u32 - 1)
}

/// Whether the share of the treated is the same in every segment: `segments` are (treated, control).
///
/// # Errors
/// [`Unmeasured::NoTreatment`] or [`Unmeasured::NoControl`] when a group is empty, [`Unmeasured::OutOfRange`] with fewer than
/// two segments that hold anybody.
pub fn independence(segments: &[(u64, u64)]) -> Result<RatioTest, Unmeasured> {
    let sum = |value: fn(&(u64, u64)) -> u64| segments.iter().map(value).sum::<u64>() as f64;
    let (treated, control) = (sum(|s| s.0), sum(|s| s.1));
    if !(treated > 0.0) {
        return Err(Unmeasured::NoTreatment);
    }
    if !(control > 0.0) {
        return Err(Unmeasured::NoControl);
    }
    let share = treated / (treated + control);
    let held = segments.iter().filter(|(t, c)| t + c > 0);
    let degrees = held.clone().count() as u32;
    if degrees < 2 {
        return Err(Unmeasured::OutOfRange);
    }
    let term = |(t, c): &(u64, u64)| {
        let size = (t + c) as f64;
        (*t as f64 - size * share).powi(2) / (size * share * (1.0 - share))
    };
    RatioTest::of(held.map(term).sum(), degrees - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() < 1e-7 * want.abs().max(1e-3), "{got} against {want}");
    }

    /// The example of Kohavi, Tang & Xu 2020, ch. 3: p is 1.8e-6.
    #[test]
    fn a_small_mismatch_of_many_is_found() {
        let found = sample_ratio(&[821_588, 815_482], &[0.5, 0.5]).unwrap();
        close(found.chi_squared, 6_106.0_f64.powi(2) / 1_637_070.0);
        assert!((found.p - 1.82e-6).abs() < 1e-8, "{}", found.p);
        assert!(sample_ratio(&[7530, 2470], &[0.75, 0.25]).unwrap().p > 0.4);
    }

    /// R: chisq.test(rbind(c(30, 10), c(20, 20)), correct = FALSE): X² = 5.3333, p = 0.02092.
    #[test]
    fn independence_as_r_tests_it() {
        let found = independence(&[(30, 10), (20, 20), (0, 0)]).unwrap();
        close(found.chi_squared, 16.0 / 3.0);
        close(found.p, 0.020_921_335_337_794);
        assert_eq!(independence(&[(3, 0), (4, 0)]), Err(Unmeasured::NoControl));
        assert_eq!(independence(&[(0, 3)]), Err(Unmeasured::NoTreatment));
        assert_eq!(independence(&[(5, 3)]), Err(Unmeasured::OutOfRange));
    }

    #[test]
    fn edges_are_said() {
        assert_eq!(sample_ratio(&[0, 0], &[0.5, 0.5]), Err(Unmeasured::NoCustomers));
        assert_eq!(sample_ratio(&[5], &[1.0]), Err(Unmeasured::OutOfRange));
        assert_eq!(sample_ratio(&[5, 5], &[1.0, 0.0]), Err(Unmeasured::OutOfRange));
        assert_eq!(sample_ratio(&[5, 5], &[f64::NAN, 0.5]), Err(Unmeasured::OutOfRange));
        close(sample_ratio(&[5, 5], &[0.5, 0.5]).unwrap().p, 1.0);
    }
}
