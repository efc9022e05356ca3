//! The weight of dropping out at all, `I(∞)` of [`super::lomax`], with first and
//! second derivatives by (r, α, s, β), and tables of it over many times.

use super::lomax::Lomax;
use super::second_order::PAIRS;

/// Step of the rule; the error is about e^{−33}.
const STEP: f64 = 0.3;

/// `ln g`, `ln(1 − g)` and the derivatives of `ln g`, g = I(∞).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Moments {
    pub ln_gone: f64,
    pub ln_kept: f64,
    pub first: [f64; 4],
    pub second: [f64; 10],
}

const WIDTH: usize = 16;

impl Moments {
    /// By the trapezoid rule, one pass for all.
    pub(crate) fn new(at: &Lomax) -> Self {
        let (first, last) = at.range();
        let nodes = ((last - first) / STEP).ceil();
        let mut sums = [0.0; WIDTH];
        // Left of the first node the integrand is e^w.
        add(&mut sums, &Node::new(at, first), 1.0 + 1.0 / STEP.exp_m1());
        let mut i = 1.0;
        while i <= nodes {
            add(&mut sums, &Node::new(at, first + i * STEP), 1.0);
            i += 1.0;
        }
        add_right_tail(&mut sums, &Node::new(at, first + nodes * STEP), (at.power + at.s) * STEP);
        let gone = sums[0] * STEP * at.s / at.beta;
        let kept = sums[1] * STEP * at.power / at.alpha;
        let of_gone: [f64; 4] = std::array::from_fn(|k| sums[2 + k] / sums[0]);
        let second = std::array::from_fn(|k| {
            let (i, j) = PAIRS[k];
            sums[6 + k] / sums[0] - of_gone[i] * of_gone[j]
        });
        Self { ln_gone: gone.ln(), ln_kept: kept.ln(), first: of_gone, second }
    }

    fn to_array(self) -> [f64; WIDTH] {
        let mut all = [self.ln_gone; WIDTH];
        all[1] = self.ln_kept;
        all[2..6].copy_from_slice(&self.first);
        all[6..].copy_from_slice(&self.second);
        all
    }

    fn from_array(all: &[f64; WIDTH]) -> Self {
        Self {
            ln_gone: all[0],
            ln_kept: all[1],
            first: std::array::from_fn(|k| all[2 + k]),
            second: std::array::from_fn(|k| all[6 + k]),
        }
    }
}

/// The integrand at one node, with the logarithmic derivatives.
struct Node {
    gone: f64,
    kept: f64,
    first: [f64; 4],
    second: [f64; 10],
}

impl Node {
    /// `gone` is `τ (1+τ/α)^{−A} (1+τ/β)^{−(s+1)}`; `kept`, for the complement (a purchase
    /// comes first), is the same with the roles of α, A and β, s exchanged.
    fn new(at: &Lomax, w: f64) -> Self {
        let tau = w.exp();
        let (l1, l2) = ((tau / at.alpha).ln_1p(), (tau / at.beta).ln_1p());
        let (i1, i2) = (1.0 / (at.alpha + tau), 1.0 / (at.beta + tau));
        let gone = (w - at.power * l1 - (at.s + 1.0) * l2).exp();
        let kept = gone * (at.beta + tau) / at.beta * at.alpha * i1;
        let (c1, c2) = (tau * i1 / at.alpha, tau * i2 / at.beta);
        let first = [-l1, at.power * c1, 1.0 / at.s - l2, (at.s + 1.0) * c2 - 1.0 / at.beta];
        let aa = -at.power * c1 * (1.0 / at.alpha + i1);
        let bb = 1.0 / (at.beta * at.beta) - (at.s + 1.0) * c2 * (1.0 / at.beta + i2);
        let second = [0.0, c1, 0.0, 0.0, aa, 0.0, 0.0, -1.0 / (at.s * at.s), c2, bb];
        Self { gone, kept, first, second }
    }
}

fn add(sums: &mut [f64; WIDTH], node: &Node, times: f64) {
    let f = times * node.gone;
    sums[0] += f;
    sums[1] += times * node.kept;
    for k in 0..4 {
        sums[2 + k] += f * node.first[k];
    }
    for (k, (i, j)) in PAIRS.iter().enumerate() {
        sums[6 + k] += f * (node.first[*i] * node.first[*j] + node.second[k]);
    }
}

/// What lies right of the last node: per step the integrand falls by e^{−fall}
/// and both ln(1+τ/·) grow by the step, so the sums are those of m and m² against
/// a geometric series.
fn add_right_tail(sums: &mut [f64; WIDTH], node: &Node, fall: f64) {
    let (q, rest) = ((-fall).exp(), -(-fall).exp_m1());
    let (m0, m1, m2) = (q / rest, q / (rest * rest), q * (1.0 + q) / (rest * rest * rest));
    let grow = [-STEP, 0.0, -STEP, 0.0];
    sums[0] += node.gone * m0;
    sums[1] += node.kept * m0;
    for k in 0..4 {
        sums[2 + k] += node.gone * (node.first[k] * m0 + grow[k] * m1);
    }
    for (k, (i, j)) in PAIRS.iter().enumerate() {
        let (di, dj, ei, ej) = (node.first[*i], node.first[*j], grow[*i], grow[*j]);
        sums[6 + k] += node.gone * ((di * dj + node.second[k]) * m0 + (di * ej + dj * ei) * m1 + ei * ej * m2);
    }
}

/// Moments at many ascending times t, α and β being those at t = 0.
///
/// They are smooth in v = ln(t + min(α, β)), with the nearest singularity π off
/// the real line, so beyond a few times they are interpolated between Chebyshev
/// points, to about 1e-13.
pub(crate) fn moments_at(times: &[f64], base: &Lomax) -> Vec<Moments> {
    let direct = |t: f64| Moments::new(&Lomax { alpha: base.alpha + t, beta: base.beta + t, ..*base });
    let offset = base.alpha.min(base.beta);
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Vec::new() };
    let (low, high) = ((first + offset).ln(), (last + offset).ln());
    let points = chebyshev_points(low, high);
    if times.len() <= 2 * points.len() {
        return times.iter().map(|t| direct(*t)).collect();
    }
    let known: Vec<[f64; WIDTH]> = points.iter().map(|v| direct((v.exp() - offset).max(0.0)).to_array()).collect();
    let weights = barycentric_weights(points.len());
    times.iter().map(|t| Moments::from_array(&interpolated(&points, &weights, &known, (t + offset).ln()))).collect()
}

/// Points enough for 1e-13, from the ellipse of analyticity of half-axis π.
fn chebyshev_points(low: f64, high: f64) -> Vec<f64> {
    let half = (0.5 * (high - low)).max(1e-9);
    let reach = std::f64::consts::PI / half;
    let count = (31.0 / reach.asinh()).ceil().clamp(4.0, 200.0) as usize;
    let at = |k: usize| (std::f64::consts::PI * (k as f64 + 0.5) / count as f64).cos();
    (0..count).map(|k| 0.5 * (low + high) + half * at(k)).collect()
}

/// Weights of barycentric interpolation at Chebyshev points of the first kind (Berrut
/// & Trefethen 2004, eq. (5.4)).
fn barycentric_weights(count: usize) -> Vec<f64> {
    let angle = |k: usize| (std::f64::consts::PI * (k as f64 + 0.5) / count as f64).sin();
    (0..count).map(|k| if k % 2 == 0 { angle(k) } else { -angle(k) }).collect()
}

/// Barycentric interpolation (Berrut & Trefethen 2004, eq. (4.2)).
fn interpolated(points: &[f64], weights: &[f64], known: &[[f64; WIDTH]], v: f64) -> [f64; WIDTH] {
    let mut sum = [0.0; WIDTH];
    let mut total = 0.0;
    for ((point, weight), values) in points.iter().zip(weights).zip(known) {
        let gap = v - point;
        if gap == 0.0 {
            return *values;
        }
        let weight = weight / gap;
        total += weight;
        for (s, value) in sum.iter_mut().zip(values) {
            *s += weight * value;
        }
    }
    sum.map(|s| s / total)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: [Lomax; 5] = [
        Lomax { power: 0.6, alpha: 10.6, s: 0.6, beta: 11.7 },
        Lomax { power: 30.0, alpha: 2.0, s: 0.3, beta: 200.0 },
        Lomax { power: 1.4, alpha: 1.4, s: 300.0, beta: 3.0e5 },
        Lomax { power: 0.01, alpha: 0.01, s: 0.01, beta: 0.01 },
        Lomax { power: 3.0, alpha: 5e4, s: 0.4, beta: 3.0 },
    ];

    #[test]
    fn values_equal_the_exact_rule() {
        for at in CASES {
            let m = Moments::new(&at);
            assert!((m.ln_gone - at.ln_ever()).abs() < 1e-9, "{at:?}: {} {}", m.ln_gone, at.ln_ever());
            assert!((m.ln_kept.exp() + m.ln_gone.exp() - 1.0).abs() < 1e-9, "{at:?}");
        }
    }

    #[test]
    fn derivatives_equal_differences() {
        for at in CASES {
            let moved = |k: usize, by: f64| {
                let f = |i: usize, v: f64| if i == k { v * (1.0 + by) } else { v };
                Moments::new(&Lomax {
                    power: f(0, at.power),
                    alpha: f(1, at.alpha),
                    s: f(2, at.s),
                    beta: f(3, at.beta),
                })
            };
            let own = [at.power, at.alpha, at.s, at.beta];
            let m = Moments::new(&at);
            for (k, size) in own.iter().enumerate() {
                let (up, down) = (moved(k, 1e-5), moved(k, -1e-5));
                let slope = (up.ln_gone - down.ln_gone) / 2e-5;
                assert!((slope - m.first[k] * size).abs() < 1e-5 * (1.0 + slope.abs()), "{at:?} {k}");
                for (n, (i, j)) in PAIRS.iter().enumerate() {
                    if *j == k {
                        let want = (up.first[*i] - down.first[*i]) / 2e-5;
                        let got = m.second[n] * size;
                        assert!(
                            (got - want).abs() < 1e-4 * (m.first[*i].abs() + want.abs()) + 1e-12,
                            "{at:?} {i} {j}: {got} {want}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn tables_equal_single_values() {
        let times: Vec<f64> = (0..400).map(|d| f64::from(d) / 7.0).collect();
        for base in CASES {
            let table = moments_at(&times, &base);
            for k in [0, 1, 57, 399] {
                let one = Moments::new(&Lomax { alpha: base.alpha + times[k], beta: base.beta + times[k], ..base });
                for (a, b) in table[k].to_array().iter().zip(one.to_array()) {
                    assert!((a - b).abs() < 1e-8 * (1e-3 + b.abs()), "{base:?} {k}: {a} {b}");
                }
            }
        }
    }
}
