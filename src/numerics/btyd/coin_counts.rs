//! The distribution of counts where every purchase may be the last.

use super::negative_binomial::NegativeBinomial;
use super::quadrature::beta_rule;

/// Probabilities of 0, …, `most` purchases between `from` and `to` of a customer
/// who is alive: λ ~ Gamma(shape, scale), p ~ Beta(coin), a coin after each
/// purchase.
///
/// # Formula
/// For `from` = 0, Fader, Hardie & Lee (2005), eq. (8) given λ and p, averaged:
/// `(b)_n/(a+b)_n P(N = n) + B(a+1, b+n−1)/B(a, b) P(N ≥ n)`, the second term for
/// n ≥ 1 only, N negative binomial. A later start first has to be reached alive,
/// which given p happens with probability `(1 + p·from/scale)^{−shape}` and leaves
/// λ ~ Gamma(shape, scale + p·from); that average over p is done by quadrature.
pub(crate) fn coin_counts(shape: f64, scale: f64, coin: (f64, f64), from: f64, to: f64, most: usize) -> Vec<f64> {
    let length = to - from;
    if from <= 0.0 {
        return from_now(shape, length / scale, coin, most);
    }
    let mut counts = vec![0.0; most + 1];
    let mut reached = 0.0;
    for (p, q, weight) in beta_rule(coin.0, coin.1) {
        let weight = weight * (-shape * (p * from / scale).ln_1p()).exp();
        reached += weight;
        let at = NegativeBinomial::new(shape, length / (scale + p * from)).probabilities(most);
        let mut tail = 1.0;
        let mut kept = 1.0;
        counts[0] += weight * at[0];
        for n in 1..=most {
            tail = (tail - at[n - 1]).max(0.0);
            counts[n] += weight * kept * (q * at[n] + p * tail);
            kept *= q;
        }
    }
    counts[0] += 1.0 - reached;
    counts
}

/// The closed form for an interval that starts now.
fn from_now(shape: f64, z: f64, (a, b): (f64, f64), most: usize) -> Vec<f64> {
    let at = NegativeBinomial::new(shape, z).probabilities(most);
    let tails = NegativeBinomial::new(shape, z).tails(most);
    // (b)_{n-1}/(a+b)_{n-1}
    let mut kept = 1.0;
    let mut counts = vec![at[0]];
    for n in 1..=most {
        let i = n as f64 - 1.0;
        let last = a / (a + b + i);
        counts.push(kept * ((b + i) / (a + b + i) * at[n] + last * tails[n]));
        kept *= (b + i) / (a + b + i);
    }
    counts
}
