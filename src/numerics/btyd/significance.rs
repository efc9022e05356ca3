//! Is a larger model better than chance?

use crate::numerics::special::ln_gamma;

/// Significance of a gain in log-likelihood from `degrees` further free parameters: the
/// chance to gain as much if they changed nothing (Wilks 1938). 1 for no gain or no
/// further parameter.
///
/// # Formula
/// The upper tail of χ² at twice the gain g (Abramowitz & Stegun 26.4.4 and 26.4.5):
/// `erfc(√g) + e^{−g} Σ_{j=1}^{(ν−1)/2} g^{j−1/2}/Γ(j+1/2)` for odd ν,
/// `e^{−g} Σ_{j=0}^{ν/2−1} g^j/j!` for even ν.
pub fn likelihood_ratio_p(gain: f64, degrees: u32) -> f64 {
    if degrees == 0 || gain <= 0.0 || gain.is_nan() {
        return 1.0;
    }
    let odd = degrees % 2 == 1;
    let shift = if odd { 0.5 } else { 0.0 };
    let start = if odd { libm::erfc(gain.sqrt()) } else { 0.0 };
    let power = |j: u32| f64::from(j) + shift;
    let term = |j: u32| (power(j) * gain.ln() - gain - ln_gamma(power(j) + 1.0)).exp();
    (start + (0..degrees / 2).map(term).sum::<f64>()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabulated_percentage_points() {
        for (chi, degrees, p) in [
            (3.841_459, 1, 0.05),
            (5.991_465, 2, 0.05),
            (7.814_728, 3, 0.05),
            (9.487_729, 4, 0.05),
            (18.307_04, 10, 0.05),
            (24.995_79, 15, 0.05),
            (10.827_57, 1, 0.001),
            (31.264_13, 11, 0.001),
        ] {
            let got = likelihood_ratio_p(0.5 * chi, degrees);
            assert!((got / p - 1.0).abs() < 1e-5, "{chi} {degrees}: {got}");
        }
    }

    #[test]
    fn no_gain_says_nothing_and_a_huge_one_everything() {
        for gain in [0.0, -1.0, f64::NAN] {
            assert!(likelihood_ratio_p(gain, 2) >= 1.0);
        }
        assert!(likelihood_ratio_p(3.0, 0) >= 1.0);
        assert!(likelihood_ratio_p(2000.0, 3) <= 0.0);
        assert!(likelihood_ratio_p(1e-12, 1) > 0.999_99);
    }
}
