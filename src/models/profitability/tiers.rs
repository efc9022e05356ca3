//! Value tiers and percentiles: customers by their place, equal ones together.

use super::analysis::Tiers;

/// The tiers, the best first.
pub(super) const TIERS: [&str; 5] = ["top", "high", "middle", "low", "unprofitable"];

/// The place of each customer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Places {
    /// Into [`TIERS`].
    pub(super) tiers: Vec<i32>,
    /// 0..100, with half of the equals.
    pub(super) percentiles: Vec<f64>,
    /// Rows from the highest contribution to the lowest, equal ones in their order.
    pub(super) order: Vec<u32>,
}

impl Places {
    /// Places customers by contribution; `cuts` are the shares at which the top, high and middle tier end.
    pub(super) fn of(contributions: &[i64], tiers: Tiers, cuts: [f64; 3]) -> Self {
        let n = contributions.len();
        let mut order: Vec<u32> = (0..n as u32).collect();
        order.sort_by_key(|row| std::cmp::Reverse(contributions[*row as usize]));
        let comes_in: i128 = contributions.iter().map(|c| i128::from((*c).max(0))).sum();
        let mut places = Self { tiers: vec![0; n], percentiles: vec![0.0; n], order: Vec::new() };
        let (mut above, mut before) = (0_usize, 0_i128);
        for equals in order.chunk_by(|a, b| contributions[*a as usize] == contributions[*b as usize]) {
            let contribution = contributions[equals[0] as usize];
            // a tier is told by what is above: those who have the same cannot be told apart
            let share = match tiers {
                Tiers::Quantile => above as f64 / n as f64,
                Tiers::Cumulative if comes_in > 0 => before as f64 / comes_in as f64,
                Tiers::Cumulative => 1.0,
            };
            let tier = if contribution < 0 { 4 } else { cuts.iter().filter(|cut| share >= **cut).count() };
            let below = n - above - equals.len();
            for row in equals {
                places.tiers[*row as usize] = tier as i32;
                places.percentiles[*row as usize] = 100.0 * (below as f64 + 0.5 * equals.len() as f64) / n as f64;
            }
            above += equals.len();
            before += i128::from(contribution.max(0)) * equals.len() as i128;
        }
        places.order = order;
        places
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn by_place_and_by_what_comes_in() {
        let contributions = [5, -3, 40, 20, 20, 0, 10, 5, -8, 0];
        let quantile = Places::of(&contributions, Tiers::Quantile, [0.1, 0.3, 0.6]);
        let names = |places: &Places| places.tiers.iter().map(|t| TIERS[*t as usize]).collect::<Vec<_>>();
        // above: 40 nobody, 20 one, 10 three, 5 four, 0 six
        assert_eq!(
            names(&quantile),
            ["middle", "unprofitable", "top", "high", "high", "low", "middle", "middle", "unprofitable", "low"]
        );
        assert_eq!(quantile.percentiles[2], 95.0);
        assert_eq!((quantile.percentiles[3], quantile.percentiles[4]), (80.0, 80.0));
        assert_eq!(quantile.percentiles[8], 5.0);
        assert_eq!(quantile.order, [2, 3, 4, 6, 0, 7, 5, 9, 1, 8]);
        // of 100 that come in there are before: 40 none, 20 40, 10 80, 5 90, 0 all
        let cumulative = Places::of(&contributions, Tiers::Cumulative, [0.3, 0.8, 0.95]);
        assert_eq!(
            names(&cumulative),
            ["middle", "unprofitable", "top", "high", "high", "low", "middle", "middle", "unprofitable", "low"]
        );
    }

    #[test]
    fn nobody_one_all_alike_and_nothing_but_losses() {
        let cuts = [0.05, 0.2, 0.5];
        assert_eq!(Places::of(&[], Tiers::Quantile, cuts).tiers, [] as [i32; 0]);
        let one = Places::of(&[7], Tiers::Quantile, cuts);
        assert_eq!((one.tiers, one.percentiles), (vec![0], vec![50.0]));
        for tiers in [Tiers::Quantile, Tiers::Cumulative] {
            assert_eq!(Places::of(&[3; 5], tiers, cuts).tiers, [0; 5], "who is alike is in one tier");
            assert_eq!(Places::of(&[-3, -1], tiers, cuts).tiers, [4; 2]);
        }
        assert_eq!(Places::of(&[0, 0], Tiers::Cumulative, cuts).tiers, [3; 2], "nothing comes in");
    }

    proptest! {
        #[test]
        fn more_is_never_a_lower_tier(contributions in prop::collection::vec(-50_i64..50, 1..60)) {
            for tiers in [Tiers::Quantile, Tiers::Cumulative] {
                let places = Places::of(&contributions, tiers, tiers.usual_cuts());
                for (a, b) in places.order.iter().zip(&places.order[1..]) {
                    let (a, b) = (*a as usize, *b as usize);
                    prop_assert!(contributions[a] >= contributions[b]);
                    prop_assert!(places.tiers[a] <= places.tiers[b] && places.percentiles[a] >= places.percentiles[b]);
                    prop_assert!(contributions[a] != contributions[b] || places.tiers[a] == places.tiers[b]);
                }
                prop_assert!(places.tiers.iter().zip(&contributions).all(|(tier, c)| (*tier == 4) == (*c < 0)));
                let mean: f64 = places.percentiles.iter().sum::<f64>() / contributions.len() as f64;
                prop_assert!((mean - 50.0).abs() < 1e-9);
            }
        }
    }
}
