//! Named segments: every RFM code has exactly one name.
//!
//! Frequency and money place a customer in one of four tiers, and the tier
//! and recency together give the name. All scores are fifths, 5 being best
//! (for recency: most recent).
//!
//! | tier | rule | in words |
//! |---|---|---|
//! | top | f ≥ 4 and m ≥ 4 | buys often and spends much |
//! | frequent | f ≥ 4, or f = 3 and m ≥ 4; not top | buys often, or fairly often for much money |
//! | middle | f = 3, or m ≥ 4; neither of the above | average, or few purchases for much money |
//! | low | f ≤ 2 and m ≤ 3 | few purchases, no more than average money |
//!
//! | r | low | middle | frequent | top |
//! |---|---|---|---|---|
//! | 5 | New customers | Potential loyalists | Loyal customers | Champions |
//! | 4 | Promising | Potential loyalists | Loyal customers | Champions |
//! | 3 | About to sleep | Need attention | Loyal customers | Loyal customers |
//! | 2 | Hibernating | At risk | At risk | Cannot lose them |
//! | 1 | Lost | Hibernating | At risk | Cannot lose them |
//!
//! The names are those in general use; they come from practice and have no
//! canonical source. The borders are this program's: tiers are nested (more
//! purchases or more money never lead to a lower tier), so the table has
//! neither gaps nor overlaps.
//!
//! "New customers" and "Promising" take f ≤ 2 and not only f = 1, because
//! under mid-rank scoring one-time buyers score 2 once they are two fifths of
//! all customers.

use std::fmt;

/// The name of a group of RFM codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RfmSegment {
    /// Bought lately, often, and for much money.
    Champions,
    /// Buy often and have not been away for long.
    LoyalCustomers,
    /// Bought lately; average frequency, or few purchases for much money.
    PotentialLoyalists,
    /// Bought very lately, with few purchases so far.
    NewCustomers,
    /// Bought fairly lately, with few purchases so far.
    Promising,
    /// Average in recency and in worth; could go either way.
    NeedAttention,
    /// Average recency, few purchases: will be lost if nothing happens.
    AboutToSleep,
    /// Used to be worth something and have been away for long.
    AtRisk,
    /// Used to be among the best and have been away for long.
    CannotLoseThem,
    /// Away for long and of little or average worth.
    Hibernating,
    /// Away longest, with few purchases for little money.
    Lost,
}

/// The rank of a customer by frequency and money together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tier {
    Low,
    Middle,
    Frequent,
    Top,
}

/// Why a code has no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// A score lies outside 1..=bins.
    #[error("RFM code {r}-{f}-{m} is not a code of {bins} bins, scores lie in 1 to {bins}")]
    Code {
        /// Recency score found.
        r: u8,
        /// Frequency score found.
        f: u8,
        /// Monetary score found.
        m: u8,
        /// Number of bins.
        bins: u8,
    },
    /// Fewer than two bins: there is no best and no worst.
    #[error("{bins} bins can't be named, at least 2 are needed")]
    Bins {
        /// Number of bins found.
        bins: u8,
    },
}

impl RfmSegment {
    /// All segments, from the best customers to the lost ones.
    pub const ALL: [Self; 11] = [
        Self::Champions,
        Self::LoyalCustomers,
        Self::PotentialLoyalists,
        Self::NewCustomers,
        Self::Promising,
        Self::NeedAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CannotLoseThem,
        Self::Hibernating,
        Self::Lost,
    ];

    /// The segment of a code of `bins` bins per measure.
    ///
    /// Scores of other than five bins are first mapped to fifths
    /// ([`to_fifth`]).
    ///
    /// # Example
    ///
    /// ```
    /// use acrm::numerics::rfm_segments::RfmSegment;
    ///
    /// assert_eq!(RfmSegment::of(2, 3, 4, 5)?.name(), "At risk");
    /// assert_eq!(RfmSegment::of(10, 9, 10, 10)?, RfmSegment::Champions);
    /// # Ok::<(), acrm::numerics::rfm_segments::SegmentError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`SegmentError::Bins`] below 2 bins, [`SegmentError::Code`] if a score
    /// lies outside 1..=`bins`.
    pub fn of(r: u8, f: u8, m: u8, bins: u8) -> Result<Self, SegmentError> {
        if bins < 2 {
            return Err(SegmentError::Bins { bins });
        }
        if [r, f, m].iter().any(|score| !(1..=bins).contains(score)) {
            return Err(SegmentError::Code { r, f, m, bins });
        }
        Ok(Self::of_fifths(to_fifth(r, bins), to_fifth(f, bins), to_fifth(m, bins)))
    }

    /// The table of the module documentation.
    fn of_fifths(r: u8, f: u8, m: u8) -> Self {
        match (r, Tier::of(f, m)) {
            (4.., Tier::Top) => Self::Champions,
            (3, Tier::Top) | (3.., Tier::Frequent) => Self::LoyalCustomers,
            (4.., Tier::Middle) => Self::PotentialLoyalists,
            (5.., Tier::Low) => Self::NewCustomers,
            (4, Tier::Low) => Self::Promising,
            (3, Tier::Middle) => Self::NeedAttention,
            (3, Tier::Low) => Self::AboutToSleep,
            (0..=2, Tier::Top) => Self::CannotLoseThem,
            (2, Tier::Middle) | (0..=2, Tier::Frequent) => Self::AtRisk,
            (2, Tier::Low) | (0..=1, Tier::Middle) => Self::Hibernating,
            (0..=1, Tier::Low) => Self::Lost,
        }
    }

    /// The published name, as rules in a pipeline file write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Champions => "Champions",
            Self::LoyalCustomers => "Loyal customers",
            Self::PotentialLoyalists => "Potential loyalists",
            Self::NewCustomers => "New customers",
            Self::Promising => "Promising",
            Self::NeedAttention => "Need attention",
            Self::AboutToSleep => "About to sleep",
            Self::AtRisk => "At risk",
            Self::CannotLoseThem => "Cannot lose them",
            Self::Hibernating => "Hibernating",
            Self::Lost => "Lost",
        }
    }

    /// The rule in fifths, as documentation prints it.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Champions => "r 4-5, f 4-5, m 4-5",
            Self::LoyalCustomers => "r 3-5, f 4-5, m 1-3; or r 3-5, f 3, m 4-5; or r 3, f 4-5, m 4-5",
            Self::PotentialLoyalists => "r 4-5, f 3, m 1-3; or r 4-5, f 1-2, m 4-5",
            Self::NewCustomers => "r 5, f 1-2, m 1-3",
            Self::Promising => "r 4, f 1-2, m 1-3",
            Self::NeedAttention => "r 3, f 3, m 1-3; or r 3, f 1-2, m 4-5",
            Self::AboutToSleep => "r 3, f 1-2, m 1-3",
            Self::AtRisk => "r 1-2, f 4-5, m 1-3; or r 1-2, f 3, m 4-5; or r 2, f 3, m 1-3; or r 2, f 1-2, m 4-5",
            Self::CannotLoseThem => "r 1-2, f 4-5, m 4-5",
            Self::Hibernating => "r 2, f 1-2, m 1-3; or r 1, f 3, m 1-3; or r 1, f 1-2, m 4-5",
            Self::Lost => "r 1, f 1-2, m 1-3",
        }
    }
}

impl fmt::Display for RfmSegment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl Tier {
    /// The first table of the module documentation.
    fn of(f: u8, m: u8) -> Self {
        match (f, m) {
            (4.., 4..) => Self::Top,
            (4.., _) | (3, 4..) => Self::Frequent,
            (3, _) | (_, 4..) => Self::Middle,
            _ => Self::Low,
        }
    }
}

/// Maps a score of `bins` bins to a fifth: the lowest to 1, the highest to 5,
/// those between evenly, halves rounded up.
///
/// # Formula
///
/// ```text
/// fifth = 1 + round(4 (score − 1) / (bins − 1))
/// ```
///
/// `bins` must be at least 2 and `score` in 1..=`bins`; other values are taken
/// as the nearest allowed ones.
#[must_use]
pub fn to_fifth(score: u8, bins: u8) -> u8 {
    let steps = u32::from(bins.max(2)) - 1;
    let step = u32::from(score.max(1)) - 1;
    let fifth = 1 + (8 * step.min(steps) + steps) / (2 * steps);
    u8::try_from(fifth).unwrap_or(5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn all_codes() -> impl Iterator<Item = (u8, u8, u8)> {
        (1..=5).flat_map(|r| (1..=5).flat_map(move |f| (1..=5).map(move |m| (r, f, m))))
    }

    fn of(r: u8, f: u8, m: u8) -> RfmSegment {
        RfmSegment::of(r, f, m, 5).unwrap()
    }

    #[test]
    fn all_125_codes_have_one_name_and_every_name_is_reached() {
        let mut sizes = BTreeMap::new();
        for (r, f, m) in all_codes() {
            *sizes.entry(of(r, f, m)).or_insert(0) += 1;
        }
        assert_eq!(sizes.values().sum::<i32>(), 125);
        assert_eq!(sizes.len(), RfmSegment::ALL.len());
        let expected = [8, 28, 14, 6, 6, 7, 6, 23, 8, 13, 6];
        for (segment, size) in RfmSegment::ALL.iter().zip(expected) {
            assert_eq!(sizes[segment], size, "{segment}");
        }
    }

    #[test]
    fn names_are_unique_and_known_ones_are_spelt_as_rules_use_them() {
        let mut names: Vec<&str> = RfmSegment::ALL.iter().map(|s| s.name()).collect();
        assert!(names.contains(&"At risk"));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 11);
    }

    #[test]
    fn corners_mean_what_everyone_expects() {
        assert_eq!(of(5, 5, 5), RfmSegment::Champions);
        assert_eq!(of(1, 1, 1), RfmSegment::Lost);
        assert_eq!(of(1, 5, 5), RfmSegment::CannotLoseThem);
        assert_eq!(of(5, 1, 1), RfmSegment::NewCustomers);
        assert_eq!(of(3, 3, 3), RfmSegment::NeedAttention);
        assert_eq!(of(2, 3, 3), RfmSegment::AtRisk);
    }

    #[test]
    fn the_rule_texts_describe_the_table() {
        for (r, f, m) in all_codes() {
            let holders: Vec<_> = RfmSegment::ALL.into_iter().filter(|s| text_allows(s.rule(), r, f, m)).collect();
            assert_eq!(holders, [of(r, f, m)], "{r}-{f}-{m}");
        }
    }

    fn text_allows(rule: &str, r: u8, f: u8, m: u8) -> bool {
        rule.split("; or ").any(|part| {
            part.split(", ").all(|term| {
                let (axis, range) = term.split_once(' ').unwrap();
                in_range(range, [r, f, m]["rfm".find(axis).unwrap()])
            })
        })
    }

    fn in_range(range: &str, score: u8) -> bool {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        (low.parse().unwrap()..=high.parse().unwrap()).contains(&score)
    }

    #[test]
    fn more_purchases_or_money_never_lower_the_tier() {
        for f in 1..=5 {
            for m in 1..=5 {
                assert!(f == 5 || Tier::of(f, m) <= Tier::of(f + 1, m));
                assert!(m == 5 || Tier::of(f, m) <= Tier::of(f, m + 1));
            }
        }
    }

    #[test]
    fn along_each_measure_a_name_covers_one_unbroken_stretch() {
        type Line = fn(u8, u8, u8) -> RfmSegment;
        let lines: [Line; 3] = [|x, a, b| of(x, a, b), |x, a, b| of(a, x, b), |x, a, b| of(a, b, x)];
        for line in lines {
            for a in 1..=5 {
                for b in 1..=5 {
                    let mut names: Vec<_> = (1..=5).map(|x| line(x, a, b)).collect();
                    names.dedup();
                    let stretches = names.len();
                    names.sort_unstable();
                    names.dedup();
                    assert_eq!(names.len(), stretches);
                }
            }
        }
    }

    #[test]
    fn other_bin_counts_are_mapped_to_fifths() {
        let fifths = |bins: u8| (1..=bins).map(|s| to_fifth(s, bins)).collect::<Vec<_>>();
        assert_eq!(fifths(5), [1, 2, 3, 4, 5]);
        assert_eq!(fifths(2), [1, 5]);
        assert_eq!(fifths(3), [1, 3, 5]);
        assert_eq!(fifths(4), [1, 2, 4, 5]);
        assert_eq!(fifths(10), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        for bins in 2..=10 {
            assert!(fifths(bins).is_sorted());
            assert_eq!(RfmSegment::of(bins, bins, bins, bins), Ok(RfmSegment::Champions));
            assert_eq!(RfmSegment::of(1, 1, 1, bins), Ok(RfmSegment::Lost));
        }
    }

    #[test]
    fn codes_outside_the_bins_are_refused() {
        for (r, f, m) in [(0, 1, 1), (1, 6, 1), (1, 1, 9)] {
            let error = RfmSegment::of(r, f, m, 5).unwrap_err();
            assert!(error.to_string().contains("1 to 5"), "{error}");
        }
        assert_eq!(RfmSegment::of(1, 1, 1, 1), Err(SegmentError::Bins { bins: 1 }));
    }
}
