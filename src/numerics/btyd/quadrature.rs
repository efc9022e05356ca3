//! Quadrature rules for the few expectations that have no closed form.

use crate::numerics::special::ln_beta;

/// Nodes and weights of the n-point Gauss–Legendre rule on [−1, 1], by Newton
/// on the Legendre polynomial (Abramowitz & Stegun 25.4.29).
///
/// The rules in use (8, 16, 48) are made once.
pub(crate) fn gauss_legendre(n: usize) -> impl Iterator<Item = (f64, f64)> {
    use std::sync::LazyLock;
    static SHORT: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| legendre_rule(8));
    static MIDDLE: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| legendre_rule(16));
    static LONG: LazyLock<Vec<(f64, f64)>> = LazyLock::new(|| legendre_rule(48));
    let rule: &'static [(f64, f64)] = match n {
        0..=8 => &SHORT,
        9..=16 => &MIDDLE,
        _ => &LONG,
    };
    rule.iter().copied()
}

/// `∫_0^length f(u) du` for a function that is smooth in v = ln(1 + u/scale).
pub(crate) fn integrate_scaled(length: f64, scale: f64, mut f: impl FnMut(f64) -> f64) -> f64 {
    scaled_nodes(length, scale).map(|(u, weight)| weight * f(u)).sum()
}

/// Nodes and weights of that integral: 16-point Gauss–Legendre over panels at
/// most one wide in v.
pub(crate) fn scaled_nodes(length: f64, scale: f64) -> impl Iterator<Item = (f64, f64)> {
    let width = (length.max(0.0) / scale).ln_1p();
    let panels = width.ceil().clamp(1.0, 1000.0) as u32;
    let half = 0.5 * width / f64::from(panels);
    (0..panels).flat_map(move |k| {
        gauss_legendre(16).map(move |(node, weight)| {
            let v = half * (2.0 * f64::from(k) + 1.0 + node);
            let u = scale * v.exp_m1();
            (u.min(length), weight * half * (scale + u))
        })
    })
}

fn legendre_rule(n: usize) -> Vec<(f64, f64)> {
    let size = n as f64;
    (0..n)
        .map(|i| {
            let mut x = -(std::f64::consts::PI * (i as f64 + 0.75) / (size + 0.5)).cos();
            for _ in 0..50 {
                let (value, slope) = legendre(n, x);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-16 {
                    break;
                }
            }
            let slope = legendre(n, x).1;
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

/// Legendre polynomial of degree n and its derivative.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut now) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, now) = (now, ((2.0 * k - 1.0) * x * now - (k - 1.0) * before) / k);
    }
    (now, n as f64 * (x * now - before) / (x * x - 1.0))
}

/// Step in ln(p/(1−p)) that keeps the trapezoid rule exact to 1e-16 for Beta(a, b)
/// weights: the integrands here are analytic to ±π/2 and grow there at most like
/// e^{cd²/2}, c = ab/(a+b), at the distance d from the real line.
fn logit_step(a: f64, b: f64) -> f64 {
    0.25_f64.min(0.7 * ((a + b) / a / b).sqrt())
}

/// Where, within [left, right], Beta(a, b) weights are not negligible: for sharp ones
/// fifteen standard deviations about the mode.
fn logit_range(a: f64, b: f64, left: f64, right: f64) -> (f64, f64) {
    let deviation = ((a + b) / a / b).sqrt();
    let mode = (a / b).ln();
    if deviation < 0.1 { (mode - 15.0 * deviation, mode + 15.0 * deviation) } else { (left, right) }
}

/// Values p, 1 − p and weights whose weighted sums are expectations over
/// Beta(a, b), by the trapezoid rule in ln(p/(1−p)).
pub(crate) fn beta_rule(a: f64, b: f64) -> Vec<(f64, f64, f64)> {
    let norm = ln_beta(a, b);
    let step = logit_step(a, b);
    let (left, right) = (-40.0 / a.min(1.0), 40.0 / b.min(1.0));
    let (left, right) = logit_range(a, b, left.max(-700.0), right.min(700.0));
    let steps = ((right - left) / step).ceil();
    let mut rule = Vec::new();
    let mut i = 0.0;
    while i <= steps {
        let w = left + i * step;
        let (ln_p, ln_q) = (-softplus_neg(w), -softplus_neg(-w));
        let weight = step * (a * ln_p + b * ln_q - norm).exp();
        if weight > 1e-22 {
            rule.push((ln_p.exp(), ln_q.exp(), weight));
        }
        i += 1.0;
    }
    rule
}

/// `E_p[(1 − (1 + p z)^{−s})/p]` with p ~ Beta(a, b), by the trapezoid rule.
///
/// In w = ln(p/(1−p)) the integrand is analytic in a strip around the real line
/// and falls off exponentially, so the rule converges geometrically; the far
/// tails, where it falls like e^{aw} and e^{−bw}, are summed as geometric
/// series, which makes tiny a and b exact as well.
pub(crate) fn expected_by_trapezoid(s: f64, a: f64, b: f64, z: f64) -> f64 {
    let norm = ln_beta(a, b);
    let step = logit_step(a, b);
    let integrand = |w: f64| {
        // ln p and ln(1-p), exact in both tails
        let (ln_p, ln_q) = (-softplus_neg(w), -softplus_neg(-w));
        let p = ln_p.exp();
        let kept = -(-s * (p * z).ln_1p()).exp_m1();
        ((a - 1.0) * ln_p + b * ln_q - norm).exp() * kept
    };
    let (left, right) = logit_range(a, b, (1e-17 / (1.0 + z * s.max(1.0))).ln(), 40.0);
    let steps = ((right - left) / step).ceil();
    let mut total = 0.0;
    let mut i = 0.0;
    while i <= steps {
        total += integrand(left + i * step);
        i += 1.0;
    }
    let below = integrand(left) / (a * step).exp_m1();
    let above = integrand(left + steps * step) / (b * step).exp_m1();
    step * (total + below + above)
}

/// `ln(1 + e^{−w})`.
fn softplus_neg(w: f64) -> f64 {
    crate::numerics::special::softplus(-w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legendre_integrates_polynomials() {
        for n in [8, 16, 48] {
            let sum: f64 = gauss_legendre(n).map(|(x, w)| w * x.powi(14)).sum();
            assert!((sum - 2.0 / 15.0).abs() < 1e-14, "{n}: {sum}");
        }
    }

    #[test]
    fn trapezoid_and_series_agree() {
        for (s, a, b, z) in [
            (0.25, 0.8, 2.4, 13.0),
            (1.0, 1.0, 1.0, 100.0),
            (50.0, 1e-6, 1600.0, 2.0),
            (0.4, 0.5, 1e-4, 30.0),
            (0.7, 1222.0, 9043.0, 5.0),
            (700.0, 8.0, 2.0, 0.7),
        ] {
            let series = super::super::alive_series::AliveSeries::new(s, a, b).expected(1.0, z);
            let rule = expected_by_trapezoid(s, a, b, z);
            assert!((series - rule).abs() < 1e-11 * series, "{s} {a} {b} {z}: {series} {rule}");
        }
    }
}
