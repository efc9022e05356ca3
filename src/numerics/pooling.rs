//! Shares of thin evidence, drawn towards those of the group they belong to.
//!
//! Someone who clicked one of one e-mails doesn't click all of them. With own counts n_k of n, the shares π_k of the
//! group and a concentration M, the pooled share is `(n_k + M π_k) / (n + M)`: the mean of the posterior when shares
//! within the group follow a Dirichlet distribution (of two kinds: a beta distribution) with mean π and concentration M.
//! M is estimated from how far shares differ beyond chance.

/// The largest concentration: shares that don't differ beyond chance are those of the group.
pub const ALL_ALIKE: f64 = 1e6;

/// The smallest concentration: one observation of one's own counts for half at least of what is known of the others.
pub const LEAST: f64 = 1.0;

/// Collects groups of counts to estimate a concentration from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Concentration {
    groups: f64,
    trials: f64,
    trials_squared: f64,
    spread: f64,
}

impl Concentration {
    /// Adds the counts of one member; `profile` holds the shares of the group, one per count. Those without any count are
    /// left out.
    pub fn add(&mut self, counts: &[u32], profile: &[f64]) {
        let trials: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        if trials == 0.0 {
            return;
        }
        let distance = counts.iter().zip(profile).map(|(count, share)| (f64::from(*count) / trials - share).powi(2));
        self.groups += 1.0;
        self.trials += trials;
        self.trials_squared += trials * trials;
        self.spread += trials * distance.sum::<f64>();
    }

    /// The concentration M = (1 − ρ)/ρ with the correlation ρ of two observations of one member by moments, from
    /// [`LEAST`] to [`ALL_ALIKE`]; the latter when nothing can be said.
    ///
    /// # Formula
    /// With weights w_i = n_i / N, `A = Σ w_i Σ_k (n_ik/n_i − π_k)²`, `D = 1 − Σ π_k²`, `B = Σ (1 − w_i)/N` and
    /// `C = Σ w_i (1 − w_i)`: `ρ = (A − D B) / (D (C − B))` (Kleinman 1973, "Proportions with extraneous variance: single
    /// and independent samples", JASA 68, eqs. 2.3 and 2.4, summed over the kinds as Mosimann 1962 does).
    pub fn estimate(&self, profile: &[f64]) -> f64 {
        let diversity = 1.0 - profile.iter().map(|share| share * share).sum::<f64>();
        if self.groups < 2.0 || !(diversity > 0.0) {
            return ALL_ALIKE;
        }
        let chance = (self.groups - 1.0) / self.trials;
        let all = 1.0 - self.trials_squared / (self.trials * self.trials);
        // with one observation each, nobody can be told from chance
        if !(all - chance > 1e-12) {
            return ALL_ALIKE;
        }
        let correlation = (self.spread / self.trials - diversity * chance) / (diversity * (all - chance));
        if !(correlation > 0.0) {
            return ALL_ALIKE;
        }
        ((1.0 - correlation) / correlation).clamp(LEAST, ALL_ALIKE)
    }
}

/// The pooled share: `(count + M π) / (trials + M)`.
pub fn pooled(count: f64, trials: f64, share: f64, concentration: f64) -> f64 {
    (count + concentration * share) / (trials + concentration)
}

/// Weight of the own share in the pooled one, 0..1: n / (n + M).
pub fn own_weight(trials: f64, concentration: f64) -> f64 {
    trials / (trials + concentration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use rand_xoshiro::rand_core::{RngCore, SeedableRng};

    fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
        (random.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Members whose shares follow Beta(2, 6), concentration 8, by the median of seven uniform numbers' order statistic.
    fn members(random: &mut Xoshiro256PlusPlus, differ: bool) -> Vec<[u32; 2]> {
        let one = |random: &mut Xoshiro256PlusPlus| {
            let mut draws = [0.0; 7].map(|_: f64| uniform(random));
            draws.sort_unstable_by(f64::total_cmp);
            let share = if differ { draws[1] } else { 0.25 };
            let trials = 1 + (random.next_u64() % 12) as u32;
            let hits = (0..trials).filter(|_| uniform(random) < share).count() as u32;
            [hits, trials - hits]
        };
        (0..20_000).map(|_| one(random)).collect()
    }

    fn estimated(members: &[[u32; 2]], profile: &[f64]) -> f64 {
        let mut found = Concentration::default();
        members.iter().for_each(|own| found.add(own, profile));
        found.estimate(profile)
    }

    #[test]
    fn the_planted_concentration_is_found() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(5);
        let found = estimated(&members(&mut random, true), &[0.25, 0.75]);
        assert!((found - 8.0).abs() < 0.8, "{found}");
        let found = estimated(&members(&mut random, false), &[0.25, 0.75]);
        assert!(found > 100.0, "nobody differs: {found}");
    }

    #[test]
    fn what_says_nothing_leaves_the_shares_of_the_group() {
        assert_eq!(estimated(&[], &[0.5, 0.5]).to_bits(), ALL_ALIKE.to_bits());
        assert_eq!(estimated(&[[3, 4]], &[0.5, 0.5]).to_bits(), ALL_ALIKE.to_bits());
        assert_eq!(estimated(&[[1, 0]; 7], &[0.3, 0.7]).to_bits(), ALL_ALIKE.to_bits());
        assert_eq!(estimated(&[[3, 0], [2, 0]], &[1.0, 0.0]).to_bits(), ALL_ALIKE.to_bits());
        assert_eq!(estimated(&[[9, 0], [0, 9]], &[0.5, 0.5]).to_bits(), LEAST.to_bits());
    }

    proptest! {
        #[test]
        fn the_pooled_share_lies_between_own_and_group(
            hits in 0_u32..50, misses in 0_u32..50, share in 0.0..=1.0_f64, concentration in LEAST..ALL_ALIKE,
        ) {
            let trials = f64::from(hits + misses);
            let found = pooled(f64::from(hits), trials, share, concentration);
            let own = if trials > 0.0 { f64::from(hits) / trials } else { share };
            prop_assert!(found >= own.min(share) - 1e-12 && found <= own.max(share) + 1e-12);
            prop_assert!((0.0..1.0).contains(&own_weight(trials, concentration)));
        }
    }
}
