//! Special functions in the forms the likelihoods need: gamma-function
//! *differences* rather than gamma functions, so that nothing is lost when two
//! huge logarithms nearly cancel.
//!
//! Absolute accuracy is a few units in the last place of the result, or of
//! the smaller of the two ways of forming it; see each function. The log-gamma
//! function itself comes from `libm` (a port of musl's, itself FreeBSD msun).

/// Arguments above this use the Stirling series, whose first dropped term is
/// then below 1e-17.
const STIRLING_FROM: f64 = 16.0;

/// Differences over at most this many unit steps are formed term by term.
const DIRECT_STEPS: f64 = 1024.0;

/// Natural logarithm of the gamma function for `x > 0`.
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Natural logarithm of the beta function, `a > 0`, `b > 0`.
///
/// # Formula
/// `ln B(a, b) = ln Γ(s) − [ln Γ(s + l) − ln Γ(l)]` with `s` the smaller and
/// `l` the larger argument, so that a small argument loses no digits.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_ratio(large, small)
}

/// The part of `ln Γ(y)` that Stirling's leading terms leave out, for
/// `y ≥ 16`: `1/(12y) − 1/(360y³) + 1/(1260y⁵) − 1/(1680y⁷) + …`
/// (Abramowitz & Stegun 6.1.41).
fn stirling_rest(y: f64) -> f64 {
    let w = 1.0 / (y * y);
    let tail = w * (1.0 / 1188.0 - w * (691.0 / 360_360.0));
    (1.0 / 12.0 - w * (1.0 / 360.0 - w * (1.0 / 1260.0 - w * (1.0 / 1680.0 - tail)))) / y
}

/// `ln Γ(y + n) − ln Γ(y)` for `y > 0`, `n ≥ 0` (any real `n`).
///
/// Formed by Stirling's series with `ln_1p`, after moving `y` up to 16 by the
/// recurrence; the plain difference of two `ln Γ` loses all digits for large `y`.
pub fn ln_gamma_ratio(y: f64, n: f64) -> f64 {
    let mut base = y;
    let mut moved = 0.0;
    while base < STIRLING_FROM {
        moved += (n / base).ln_1p();
        base += 1.0;
    }
    let leading = (base - 0.5) * (n / base).ln_1p() + n * (base + n).ln() - n;
    leading + (stirling_rest(base + n) - stirling_rest(base)) - moved
}

/// `ln B(a, b + n) − ln B(a, b)` for `a, b > 0` and a whole number `n ≥ 0`.
///
/// # Formula
/// `−Σ_{i<n} ln(1 + a/(b+i))`, term by term up to 1024 terms; beyond that the
/// better conditioned of `R(b, n) − R(a+b, n)` and `R(b, a) − R(b+n, a)`, with
/// `R(y, n) = ln Γ(y+n) − ln Γ(y)`.
pub fn ln_beta_shift(a: f64, b: f64, n: f64) -> f64 {
    if n <= DIRECT_STEPS {
        let mut sum = 0.0;
        let mut i = 0.0;
        while i < n {
            sum -= (a / (b + i)).ln_1p();
            i += 1.0;
        }
        sum
    } else if n < a {
        ln_gamma_ratio(b, n) - ln_gamma_ratio(a + b, n)
    } else {
        ln_gamma_ratio(b, a) - ln_gamma_ratio(b + n, a)
    }
}

/// Digamma function ψ(x) for `x > 0` (Abramowitz & Stegun 6.3.5 and 6.3.18).
pub fn digamma(x: f64) -> f64 {
    let mut y = x;
    let mut moved = 0.0;
    while y < STIRLING_FROM {
        moved += 1.0 / y;
        y += 1.0;
    }
    let w = 1.0 / (y * y);
    let series = w * (1.0 / 12.0 - w * (1.0 / 120.0 - w * (1.0 / 252.0 - w * (1.0 / 240.0 - w / 132.0))));
    y.ln() - 0.5 / y - series - moved
}

/// Trigamma function ψ′(x) for `x > 0` (Abramowitz & Stegun 6.4.6 and 6.4.12).
pub fn trigamma(x: f64) -> f64 {
    let mut y = x;
    let mut moved = 0.0;
    while y < STIRLING_FROM {
        moved += 1.0 / (y * y);
        y += 1.0;
    }
    let w = 1.0 / (y * y);
    let series = w * (1.0 / 6.0 - w * (1.0 / 30.0 - w * (1.0 / 42.0 - w * (1.0 / 30.0 - w * (5.0 / 66.0)))));
    moved + (1.0 + 0.5 / y + series) / y
}

/// `₂F₁(1, b; c; z)` for `0 < b < c` and `0 ≤ z < 1`, by Gauss's continued fraction
/// (Abramowitz & Stegun 15; Lorentzen & Waadeland 2008, chapter VI), all of whose
/// partial denominators are positive here.
///
/// Sums of a geometric series against a ratio of rising factorials,
/// `Σ_n (b)_n/(c)_n zⁿ`, have this form.
pub fn hyp2f1_unit(b: f64, c: f64, z: f64) -> f64 {
    let coefficient = |n: u32| {
        let m = f64::from(n / 2);
        if n % 2 == 1 {
            (b + m) * (c - 1.0 + m) / ((c + 2.0 * m - 1.0) * (c + 2.0 * m))
        } else {
            m * (c - b + m - 1.0) / ((c + 2.0 * m - 2.0) * (c + 2.0 * m - 1.0))
        }
    };
    // Modified Lentz for 1/(1 − d₁z/(1 − d₂z/(1 − …))); d₁ = b/c also where c = 1.
    let (mut value, mut upper, mut lower) = (1.0, 1.0, 0.0);
    for n in 1..100_000 {
        let d = if n == 1 { b / c } else { coefficient(n) };
        lower = 1.0 / (1.0 - d * z * lower);
        upper = 1.0 - d * z / upper;
        if n == 1 {
            lower = 1.0;
            upper = 1.0 - d * z;
            value = upper;
            continue;
        }
        let step = upper * lower;
        value *= step;
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    1.0 / value
}

/// `ln(1 + e^u)` without overflow.
pub fn softplus(u: f64) -> f64 {
    if u > 0.0 { u + (-u).exp().ln_1p() } else { u.exp().ln_1p() }
}

/// `1/(1 + e^{-u})` without overflow, exact to the last place in both tails.
pub fn logistic(u: f64) -> f64 {
    if u >= 0.0 {
        1.0 / (1.0 + (-u).exp())
    } else {
        let e = u.exp();
        e / (1.0 + e)
    }
}

/// `(1 − e^{−u})/u`, continued by 1 at `u = 0`.
pub fn expm1_ratio(u: f64) -> f64 {
    if u.abs() < 1e-300 { 1.0 } else { -(-u).exp_m1() / u }
}

/// The integral of a discount factor, `∫_0^h e^{−δτ} dτ`, for `h ≥ 0`.
pub fn discounted_time(delta: f64, h: f64) -> f64 {
    h * expm1_ratio(delta * h)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, tolerance: f64) {
        assert!((got - want).abs() <= tolerance * want.abs().max(1e-300), "{got} against {want}");
    }

    #[test]
    fn gamma_differences_keep_their_digits() {
        close(ln_gamma_ratio(0.25, 3.0), (0.25f64 * 1.25 * 2.25).ln(), 1e-14);
        close(ln_gamma_ratio(1e13, 2.0), 2.0 * 1e13f64.ln() + 1e-13, 1e-15);
        close(ln_gamma_ratio(5.0, 1e-9), 1e-9 * digamma(5.0), 1e-8);
        close(ln_gamma_ratio(3.0, 7.5), ln_gamma(10.5) - ln_gamma(3.0), 1e-14);
    }

    #[test]
    fn beta_differences_of_huge_arguments_do_not_vanish() {
        // 19 steps, a = 1e8, b = 1e13: each is ln(1 - a/(a+b)).
        close(ln_beta_shift(1e8, 1e13, 19.0), -19.0 * 1e-5f64.ln_1p(), 1e-9);
        for (a, b) in [(0.8, 2.4), (1e-6, 1600.0), (1222.0, 9043.0)] {
            let far = ln_beta_shift(a, b, 1025.0);
            let near = ln_beta_shift(a, b, 1024.0) - (a / (b + 1024.0)).ln_1p();
            close(far, near, 1e-10);
        }
    }

    #[test]
    fn digamma_and_trigamma_at_known_points() {
        close(digamma(1.0), -0.577_215_664_901_532_9, 1e-14);
        close(digamma(0.5), -1.963_510_026_021_423_5, 1e-14);
        close(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0, 1e-14);
        close(trigamma(0.5), std::f64::consts::PI.powi(2) / 2.0, 1e-14);
    }

    #[test]
    fn hypergeometric_fraction_equals_its_series() {
        for (b, c, z) in [(1.18f64, 1.886, 1.0 / 1.1), (0.5, 0.6, 0.99), (700.0, 750.0, 0.95), (2.0, 1e6, 0.9)] {
            let (mut term, mut sum, mut n) = (1.0, 0.0, 0.0);
            while term > 1e-18 * sum {
                sum += term;
                term *= (b + n) / (c + n) * z;
                n += 1.0;
            }
            close(hyp2f1_unit(b, c, z), sum, 1e-12);
        }
        close(hyp2f1_unit(0.3, 0.7, 0.0), 1.0, 0.0);
    }

    #[test]
    fn logistic_and_softplus_have_tails() {
        close(logistic(-800.0) + 1.0, 1.0, 0.0);
        close(logistic(-50.0), (-50f64).exp(), 1e-15);
        close(softplus(900.0), 900.0, 0.0);
        close(softplus(-50.0), (-50f64).exp(), 1e-15);
    }
}
