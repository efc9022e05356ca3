//! The paths that most often precede an event, against the same paths where it did not follow.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::error::JourneyError;
use super::lookback::{Before, Lookback, Outcome, PathOptions};
use super::sequence::Journeys;
use crate::numerics::surveys::inference::{Confidence, Proportion};

/// Most touchpoints of a path.
pub const MAX_PATH_STEPS: usize = 8;
/// Fills the places of a key behind a path; above every state.
const NO_STATE: u16 = u16::MAX;

/// A path in a fixed number of places.
type Key = [u16; MAX_PATH_STEPS];

/// One path and what it preceded.
#[derive(Debug, Clone, PartialEq)]
pub struct PathCount {
    /// States, oldest first; empty where there was no touchpoint.
    pub path: Vec<u32>,
    /// Cases with it.
    pub cases: u64,
    /// Controls with it.
    pub controls: u64,
    /// Its share of the cases that have a path, 0..1.
    pub case_share: f64,
    /// Its share of the controls, 0..1.
    pub control_share: f64,
    /// The case share over the control share; `None` if no control has the path.
    pub lift: Option<Lift>,
    /// Share of the cases among the cases and controls with this path.
    pub case_rate: Option<Proportion>,
}

/// A ratio of shares with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lift {
    /// The ratio.
    pub ratio: f64,
    /// Lower end of the interval.
    pub lower: f64,
    /// Upper end of the interval.
    pub upper: f64,
}

/// Paths before an event of interest.
#[derive(Debug, Clone, PartialEq)]
pub struct PathContrast {
    /// Moments that the event followed.
    pub cases: u64,
    /// Moments that it did not follow.
    pub controls: u64,
    /// Moments whose outcome lies after the end of the observation; in no other figure.
    pub undecided: u64,
    /// Cases without a touchpoint. Before conversions they have no path, as no control is without one; before silence
    /// theirs is the empty path.
    pub cases_without_touchpoint: u64,
    /// The most frequent paths among the cases.
    pub paths: Vec<PathCount>,
}

#[derive(Debug, Default)]
struct Counts {
    paths: HashMap<Key, [u64; 2], FixedState>,
    undecided: u64,
}

/// Counts the paths before an event and, as a contrast, where it did not follow; [`Before`] says what is compared with
/// what.
///
/// # Formula
/// Lift `(a/n)/(b/m)` with Katz's interval `exp(ln lift ± z √(1/a − 1/n + 1/b − 1/m))` (Katz, Baptista, Azen & Pike
/// 1978, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34, method C).
///
/// # Errors
///
/// [`JourneyError::Option`].
pub fn paths_before(
    journeys: &Journeys<'_>,
    before: Before,
    options: PathOptions,
    confidence: Confidence,
) -> Result<PathContrast, JourneyError> {
    let lookback = Lookback::new(before, options)?;
    let counts = journeys.gather(
        Counts::default,
        |counts, _, journey| {
            lookback.moments(journeys, journey, &mut |path, outcome| match outcome {
                Outcome::Case => counts.add(path, [1, 0]),
                Outcome::Control => counts.add(path, [0, 1]),
                Outcome::Undecided => counts.undecided += 1,
            });
        },
        Counts::merge,
    );
    Ok(counts.contrast(before, options.limit, confidence))
}

impl Counts {
    fn add(&mut self, path: &[u32], [cases, controls]: [u64; 2]) {
        let mut key = [NO_STATE; MAX_PATH_STEPS];
        key.iter_mut().zip(path).for_each(|(place, state)| *place = *state as u16);
        let counts = self.paths.entry(key).or_default();
        counts[0] += cases;
        counts[1] += controls;
    }

    fn merge(self, other: Self) -> Self {
        let (mut large, small) = if self.paths.len() < other.paths.len() { (other, self) } else { (self, other) };
        // Sums of whole numbers: the order of the entries doesn't matter.
        for (key, counts) in small.paths {
            let sums = large.paths.entry(key).or_default();
            sums[0] += counts[0];
            sums[1] += counts[1];
        }
        large.undecided += small.undecided;
        large
    }

    fn contrast(self, before: Before, limit: usize, confidence: Confidence) -> PathContrast {
        let mut rows: Vec<(Key, [u64; 2])> = self.paths.into_iter().collect();
        rows.sort_unstable_by(|(a, x), (b, y)| y[0].cmp(&x[0]).then(a.cmp(b)));
        let sum = |side: usize| rows.iter().map(|(_, counts)| counts[side]).sum::<u64>();
        let (cases, controls) = (sum(0), sum(1));
        let empty = |key: &Key| key[0] == NO_STATE;
        let without = rows.iter().find(|(key, _)| empty(key)).map_or(0, |(_, counts)| counts[0]);
        let compared = if before == Before::Silence { cases } else { cases - without };
        let rows = rows.into_iter().filter(|(key, counts)| counts[0] > 0 && (before == Before::Silence || !empty(key)));
        PathContrast {
            cases,
            controls,
            undecided: self.undecided,
            cases_without_touchpoint: without,
            paths: rows.take(limit).map(|(key, counts)| row(key, counts, [compared, controls], confidence)).collect(),
        }
    }
}

fn row(key: Key, [cases, controls]: [u64; 2], [n, m]: [u64; 2], confidence: Confidence) -> PathCount {
    let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 / all as f64 };
    let (case_share, control_share) = (share(cases, n), share(controls, m));
    let lift = (cases > 0 && controls > 0).then(|| {
        let ratio = case_share / control_share;
        let inverse = |count: u64| 1.0 / count as f64;
        let half = confidence.z() * (inverse(cases) - inverse(n) + inverse(controls) - inverse(m)).max(0.0).sqrt();
        Lift { ratio, lower: ratio * (-half).exp(), upper: ratio * half.exp() }
    });
    PathCount {
        path: key.into_iter().take_while(|state| *state != NO_STATE).map(u32::from).collect(),
        cases,
        controls,
        case_share,
        control_share,
        lift,
        case_rate: Proportion::of(cases, cases + controls, confidence),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;

    const DAY: i64 = 86_400;

    /// `customers` with journeys of states and days, 2 being a purchase, looked at over 1000 days.
    fn run(before: Before, customers: &[(usize, &[(u32, i64)])], limit: usize) -> PathContrast {
        let mut offsets = vec![0];
        let (mut states, mut seconds) = (Vec::new(), Vec::new());
        for (times, events) in customers {
            for _ in 0..*times {
                states.extend(events.iter().map(|(state, _)| *state));
                seconds.extend(events.iter().map(|(_, day)| day * DAY));
                offsets.push(states.len());
            }
        }
        let all = Journeys::new(&offsets, &states, &seconds, &[false, false, true], 1000 * DAY).unwrap();
        let options = PathOptions { steps: 2, limit, ..PathOptions::default() };
        paths_before(&all, before, options, Confidence::default()).unwrap()
    }

    #[test]
    fn lift_is_the_ratio_of_the_shares() {
        let found = run(
            Before::FirstConversion,
            &[
                (30, &[(0, 1), (2, 2)]),
                (10, &[(1, 1), (2, 2)]),
                (10, &[(0, 1)]),
                (30, &[(1, 1)]),
                (7, &[(2, 1)]),
                (3, &[(1, 990)]),
            ],
            9,
        );
        assert_eq!((found.cases, found.controls, found.undecided, found.cases_without_touchpoint), (47, 40, 3, 7));
        let best = &found.paths[0];
        assert_eq!((&best.path[..], best.cases, best.controls), (&[0][..], 30, 10));
        assert_eq!((best.case_share, best.control_share), (0.75, 0.25));
        let lift = best.lift.unwrap();
        let half = 1.959_963_984_540_054 * (1.0f64 / 30.0 - 1.0 / 40.0 + 1.0 / 10.0 - 1.0 / 40.0).sqrt();
        assert_eq!(lift.ratio, 3.0);
        assert!((lift.lower - 3.0 * (-half).exp()).abs() < 1e-12 && (lift.upper - 3.0 * half.exp()).abs() < 1e-12);
        assert_eq!(best.case_rate.unwrap().share, 0.75);
        assert_eq!(found.paths.len(), 2);
    }

    #[test]
    fn no_touchpoint_is_a_path_before_silence() {
        let found = run(Before::Silence, &[(4, &[(2, 1)]), (3, &[(2, 1), (0, 2), (1, 3), (2, 100)])], 9);
        assert_eq!((found.cases, found.controls, found.cases_without_touchpoint), (7, 3, 7));
        assert_eq!((found.paths[0].path.len(), found.paths[0].cases, found.paths[0].lift), (0, 7, None));
        assert_eq!(found.paths.len(), 1);
    }

    #[test]
    fn ties_are_in_the_order_of_the_states_and_the_rest_is_cut_off() {
        let found = run(
            Before::FirstConversion,
            &[(1, &[(1, 1), (2, 2)]), (1, &[(0, 1), (2, 2)]), (1, &[(0, 1), (1, 1), (2, 2)])],
            2,
        );
        assert_eq!(found.paths.iter().map(|row| row.path.clone()).collect::<Vec<_>>(), [vec![0, 1], vec![0]]);
        assert_eq!(found.paths[0].lift, None);
        assert_eq!(run(Before::Silence, &[], 5).paths, []);
    }
}
