//! Quantiles of gamma and beta distributions at many levels at once, good to
//! three digits: what an interval needs, at a fraction of an exact inversion.
//!
//! Levels are on the logit scale `ln(u/(1−u))`, on which the logarithm of a
//! gamma quantile is nearly a straight line in both tails.

use crate::numerics::special::{ln_gamma, logistic, softplus};

/// Points at which a density is tabulated.
const GRID: usize = 320;

/// A function known at ascending points, straight between and beyond them.
pub(crate) fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let last = xs.len() - 1;
    let k = xs.partition_point(|v| *v <= x).clamp(1, last);
    let width = xs[k] - xs[k - 1];
    if width > 0.0 { ys[k - 1] + (ys[k] - ys[k - 1]) * (x - xs[k - 1]) / width } else { ys[k] }
}

/// Points and logit levels of a distribution, from the logarithm of its
/// density over [low, high] and the decay rates of its tails outside.
fn levels_of(low: f64, high: f64, decay: (f64, f64), ln_density: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<f64>) {
    let step = (high - low) / (GRID - 1) as f64;
    let points: Vec<f64> = (0..GRID).map(|i| low + i as f64 * step).collect();
    let logs: Vec<f64> = points.iter().map(|w| ln_density(*w)).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let density: Vec<f64> = logs.iter().map(|l| (l - top).exp()).collect();
    let mut below = vec![0.0; GRID];
    below[0] = density[0] / decay.0;
    for i in 1..GRID {
        below[i] = below[i - 1] + 0.5 * step * (density[i] + density[i - 1]);
    }
    let mut above = vec![0.0; GRID];
    above[GRID - 1] = density[GRID - 1] / decay.1;
    for i in (0..GRID - 1).rev() {
        above[i] = above[i + 1] + 0.5 * step * (density[i] + density[i + 1]);
    }
    let levels = below.iter().zip(&above).map(|(b, a)| (b.max(1e-300) / a.max(1e-300)).ln()).collect();
    (points, levels)
}

/// Logarithms of the quantiles of Gamma(shape, 1) at ascending logit levels.
pub(crate) fn ln_gamma_quantiles(shape: f64, levels: &[f64]) -> Vec<f64> {
    // F(w) <= e^{shape·w}/Γ(1+shape) bounds the range below; Wilson & Hilferty's
    // cube root at six standard deviations is tighter for large shapes.
    let cube = |z: f64| (1.0 - 1.0 / (9.0 * shape) + z / (3.0 * shape.sqrt())).max(0.0).powi(3);
    let lowest = levels[0].min(-3.0) - 1.0;
    let low = ((lowest + ln_gamma(1.0 + shape)) / shape).max(shape.ln() + cube(-6.0).ln());
    let high = (shape * cube(6.0)).max(12.0).ln();
    let decay = ((shape - low.exp()).max(0.1 * shape), (high.exp() - shape).max(1.0));
    let (points, known) = levels_of(low, high, decay, |w| shape * w - w.exp());
    levels.iter().map(|level| interpolate(&known, &points, *level)).collect()
}

/// Quantiles of Beta(a, b) at `n` equally likely levels.
pub(crate) fn beta_nodes(a: f64, b: f64, n: usize) -> Vec<f64> {
    let centre = (a / b).ln();
    let reach = |shape: f64| if shape < 1.0 { 8.0 / shape } else { 4.0 + 6.0 / shape.sqrt() };
    let sharp = 8.0 * (1.0 / a + 1.0 / b).sqrt();
    let (low, high) = (centre - reach(a).min(2.0 * sharp + 2.0), centre + reach(b).min(2.0 * sharp + 2.0));
    let decay = (
        (a * logistic(-low) - b * logistic(low)).max(0.1 * a),
        (b * logistic(high) - a * logistic(-high)).max(0.1 * b),
    );
    let (points, known) = levels_of(low, high, decay, |w| -a * softplus(-w) - b * softplus(w));
    (0..n)
        .map(|i| {
            let u = (i as f64 + 0.5) / n as f64;
            logistic(interpolate(&known, &points, (u / (1.0 - u)).ln()))
        })
        .collect()
}

/// Quantiles of Gamma(shape, rate) at `n` equally likely levels.
pub(crate) fn gamma_nodes(shape: f64, rate: f64, n: usize) -> Vec<f64> {
    let levels: Vec<f64> = (0..n).map(|i| ((i as f64 + 0.5) / (n as f64 - i as f64 - 0.5)).ln()).collect();
    ln_gamma_quantiles(shape, &levels).iter().map(|w| w.exp() / rate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_quantiles_against_closed_forms() {
        let levels = [-4.0, -2.0, 0.0, 2.0, 4.0];
        // Exponential.
        for (w, level) in ln_gamma_quantiles(1.0, &levels).iter().zip(levels) {
            let want = softplus(level).ln();
            assert!((w - want).abs() < 2e-3, "{level}: {w} {want}");
        }
        // Median of a large shape: about shape - 1/3.
        for shape in [10.0, 300.0, 5000.0] {
            let median = ln_gamma_quantiles(shape, &levels)[2].exp();
            assert!((median / (shape - 1.0 / 3.0) - 1.0).abs() < 2e-3 / shape.sqrt() + 1e-4, "{shape}: {median}");
        }
        // Tiny shape: F(w) = e^{shape w}/Γ(1+shape) far below 1.
        let w = ln_gamma_quantiles(0.1, &levels)[0];
        assert!((0.1 * w - (logistic(-4.0).ln() + libm::lgamma(1.1))).abs() < 5e-3, "{w}");
    }

    #[test]
    fn beta_nodes_have_the_mean_of_the_distribution() {
        for (a, b) in [(1.0, 1.0), (0.8, 2.4), (0.8, 60.0), (30.0, 600.0), (0.4, 0.1)] {
            let mean = beta_nodes(a, b, 64).iter().sum::<f64>() / 64.0;
            assert!((mean / (a / (a + b)) - 1.0).abs() < 0.015, "{a} {b}: {mean}");
        }
    }
}
