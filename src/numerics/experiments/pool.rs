//! Effects of several campaigns put together, and effects of segments drawn to their mean.

use statrs::function::gamma::checked_gamma_ur;

/// An effect with its standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The effect.
    pub effect: f64,
    /// Its standard error, above zero.
    pub standard_error: f64,
}

impl Estimate {
    fn is_usable(&self) -> bool {
        self.effect.is_finite() && self.standard_error > 0.0 && self.standard_error.is_finite()
    }
}

/// Effects put together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    /// How many effects.
    pub effects: u32,
    /// The mean effect, weighted by precision.
    pub effect: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// Variance of the true effects about their mean (τ²).
    pub between_variance: f64,
    /// Chance of effects as far apart as these if they were all the same; `None` of one.
    pub p_same: Option<f64>,
}

/// The mean of effects that may truly differ; those without a standard error above zero are left out, `None` if none remains.
///
/// # Formula
/// With `w = 1/s²`, `Q = Σ w (y − ȳ_w)²` and `τ² = max(0, (Q − (k−1)) / (Σw − Σw²/Σw))`, the mean with weights `1/(s² + τ²)`
/// (DerSimonian & Laird 1986, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, eq. 8 and 9).
#[must_use]
pub fn pool(estimates: &[Estimate]) -> Option<Pooled> {
    let used: Vec<&Estimate> = estimates.iter().filter(|estimate| estimate.is_usable()).collect();
    let first = *used.first()?;
    let weight = |estimate: &Estimate| estimate.standard_error.powi(-2);
    let total: f64 = used.iter().map(|e| weight(e)).sum();
    let fixed = used.iter().map(|e| weight(e) * e.effect).sum::<f64>() / total;
    let q: f64 = used.iter().map(|e| weight(e) * (e.effect - fixed).powi(2)).sum();
    let degrees = used.len() as f64 - 1.0;
    let scale = total - used.iter().map(|e| weight(e).powi(2)).sum::<f64>() / total;
    let between = if degrees > 0.0 && scale > 0.0 { ((q - degrees) / scale).max(0.0) } else { 0.0 };
    let random = |e: &Estimate| 1.0 / (e.standard_error.powi(2) + between);
    let weights: f64 = used.iter().map(|e| random(e)).sum();
    let effect = used.iter().map(|e| random(e) * e.effect).sum::<f64>() / weights;
    let p_same = match used.len() {
        1 => None,
        _ if q > 0.0 => checked_gamma_ur(0.5 * degrees, 0.5 * q).ok(),
        _ => Some(1.0),
    };
    let pooled = Pooled {
        effects: used.len() as u32,
        effect,
        standard_error: weights.powf(-0.5),
        between_variance: between,
        p_same,
    };
    let alone = Pooled { effect: first.effect, standard_error: first.standard_error, ..pooled };
    let found = if used.len() == 1 { alone } else { pooled };
    (found.effect.is_finite() && found.standard_error.is_finite()).then_some(found)
}

/// An effect drawn to a mean.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shrunk {
    /// The effect to go by.
    pub effect: f64,
    /// Weight of the own figure, 0..1; the rest is the mean's.
    pub weight: f64,
}

/// Draws an effect to a mean, the more the less it says itself.
///
/// # Formula
/// `w y + (1 − w) m` with `w = τ² / (τ² + s²)`: the posterior mean of a normal effect with mean m and variance τ² (Efron &
/// Morris 1975, "Data analysis using Stein's estimator and its generalizations", JASA 70).
#[must_use]
pub fn shrink(own: Option<Estimate>, mean: f64, between_variance: f64) -> Shrunk {
    let Some(own) = own.filter(Estimate::is_usable) else { return Shrunk { effect: mean, weight: 0.0 } };
    let between = if between_variance > 0.0 { between_variance } else { 0.0 };
    let weight = between / (between + own.standard_error.powi(2));
    Shrunk { effect: weight * own.effect + (1.0 - weight) * mean, weight }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn estimates(pairs: &[(f64, f64)]) -> Vec<Estimate> {
        pairs
            .iter()
            .map(|(effect, standard_error)| Estimate { effect: *effect, standard_error: *standard_error })
            .collect()
    }

    /// The eight schools of Rubin 1981: metafor's rma(method = "DL") gives 7.6856, standard error 4.0719, τ² 0 and
    /// Q = 4.7070 with p 0.6960.
    #[test]
    fn the_eight_schools() {
        let schools = estimates(&[
            (28.0, 15.0),
            (8.0, 10.0),
            (-3.0, 16.0),
            (7.0, 11.0),
            (-1.0, 9.0),
            (1.0, 11.0),
            (18.0, 10.0),
            (12.0, 18.0),
        ]);
        let found = pool(&schools).unwrap();
        for (got, want) in [(found.effect, 7.6856), (found.standard_error, 4.0719), (found.between_variance, 0.0)] {
            assert!((got - want).abs() < 1e-4, "{found:?}");
        }
        assert!((found.p_same.unwrap() - 0.696).abs() < 1e-3, "{found:?}");
        // nothing lies between them, so each is drawn wholly to the mean
        assert_eq!(shrink(Some(schools[0]), found.effect, found.between_variance).weight, 0.0);
    }

    #[test]
    fn two_effects_by_hand() {
        let two = estimates(&[(0.2, 0.1), (1.0, 0.2)]);
        let found = pool(&two).unwrap();
        let fixed: f64 = (100.0 * 0.2 + 25.0 * 1.0) / 125.0;
        let q = 100.0 * (0.2 - fixed).powi(2) + 25.0 * (1.0 - fixed).powi(2);
        let between = (q - 1.0) / (125.0 - (100.0 * 100.0 + 25.0 * 25.0) / 125.0);
        assert!((found.between_variance - between).abs() < 1e-12);
        let shrunk = shrink(Some(two[1]), 0.5, between);
        assert!((shrunk.weight - between / (between + 0.04)).abs() < 1e-12);
        assert!(shrunk.effect > 0.5 && shrunk.effect < 1.0);
    }

    #[test]
    fn one_stays_as_it_is_and_nothing_gives_nothing() {
        let one = pool(&estimates(&[(2.0, 0.5), (9.0, 0.0), (f64::NAN, 1.0)])).unwrap();
        assert_eq!((one.effects, one.effect, one.standard_error, one.p_same), (1, 2.0, 0.5, None));
        assert_eq!(pool(&[]), None);
        assert_eq!(shrink(None, 3.0, 1.0), Shrunk { effect: 3.0, weight: 0.0 });
    }

    proptest! {
        #[test]
        fn the_mean_lies_among_its_effects(pairs in prop::collection::vec((-100.0..100.0f64, 0.01..50.0f64), 1..20)) {
            let all = estimates(&pairs);
            let found = pool(&all).unwrap();
            let least = pairs.iter().map(|p| p.0).fold(f64::INFINITY, f64::min);
            let most = pairs.iter().map(|p| p.0).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(found.effect >= least - 1e-9 && found.effect <= most + 1e-9);
            prop_assert!(found.between_variance >= 0.0 && found.standard_error > 0.0);
            for own in all {
                let shrunk = shrink(Some(own), found.effect, found.between_variance);
                prop_assert!((0.0..=1.0).contains(&shrunk.weight));
                let (low, high) = (own.effect.min(found.effect), own.effect.max(found.effect));
                prop_assert!(shrunk.effect >= low - 1e-9 && shrunk.effect <= high + 1e-9);
            }
        }
    }
}
