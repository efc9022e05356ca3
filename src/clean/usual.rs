//! Which amounts are usual: a limit derived from the amounts themselves, the same in whatever order they come.
//!
//! The modified z-score of Iglewicz & Hoaglin (1993, *How to Detect and Handle Outliers*, ASQC, ch. 3) on the
//! logarithm of positive amounts, since money is skewed:
//!
//! ```text
//! M = 0.6745 (ln a − median) / MAD,   MAD = median |ln a − median|
//! ```
//!
//! and where more than half of the amounts are alike, so that MAD is zero, `M = (ln a − median) / (1.253314 MeanAD)`
//! with the mean absolute deviation. Amounts are counted by magnitude in a histogram whose steps are 1/64 of an
//! octave's lower end, as in HDR histograms: sums over it depend on no order, and the limit is the end of a step, so
//! that what lies beyond it is known exactly.

use crate::table::{Quality, format_money};

use super::counts::Tally;

/// The score beyond which an amount is unusual. The authors' 3.5 is meant for normal data; logarithms of line amounts
/// have heavier tails: in published logs of a wholesaler and a grocer 3.5 takes a tenth of all money, 5 under 1 %.
const MOST_SCORE: f64 = 5.0;

/// The limit is never below this many times the median, however alike the amounts are.
const LEAST_RATIO: f64 = 10.0;

/// Positive amounts from which a limit can be derived.
const LEAST_AMOUNTS: u64 = 100;

/// Bits of an amount behind its leading one that tell its step.
const STEP_BITS: u32 = 6;

/// Steps of an octave.
const STEPS: usize = 1 << STEP_BITS;

/// Steps of all magnitudes that 64 bits hold.
const ALL_STEPS: usize = STEPS * (65 - STEP_BITS as usize);

/// Amounts of about one magnitude.
#[derive(Debug, Clone, Copy, Default)]
struct Step {
    positive: u64,
    tally: Tally,
}

/// Amounts by magnitude.
#[derive(Debug)]
pub(super) struct Amounts {
    steps: Vec<Step>,
}

impl Default for Amounts {
    fn default() -> Self {
        Self { steps: vec![Step::default(); ALL_STEPS] }
    }
}

/// The step of a magnitude.
fn step_of(magnitude: u64) -> usize {
    let octave = (magnitude | 1).ilog2();
    if octave < STEP_BITS {
        return magnitude as usize;
    }
    let shift = octave - STEP_BITS;
    (shift as usize + 1) * STEPS + ((magnitude >> shift) as usize & (STEPS - 1))
}

/// The least magnitude of a step.
fn start_of(step: usize) -> u64 {
    if step < STEPS {
        return step as u64;
    }
    let shift = step / STEPS - 1;
    ((STEPS + step % STEPS) as u64) << shift
}

/// A limit of usual amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsualLimit {
    /// The largest usual amount, in ten-thousandths.
    pub largest: i64,
    /// Positive amounts that it was derived from.
    pub amounts: u64,
}

impl Amounts {
    /// Counts an amount.
    #[inline]
    pub(super) fn add(&mut self, amount: i64) {
        // every magnitude has a step
        if let Some(step) = self.steps.get_mut(step_of(amount.unsigned_abs())) {
            step.positive += u64::from(amount > 0);
            step.tally.add(amount);
        }
    }

    /// The limit that the amounts derive; `None` when they are too few.
    pub(super) fn limit(&self) -> Option<UsualLimit> {
        let middle = |step: usize| (start_of(step) as f64 + (start_of(step + 1) - 1) as f64) / 2.0;
        let filled = self.steps.iter().enumerate().filter(|(_, step)| step.positive > 0);
        let logs = filled.map(|(at, step)| (libm::log(middle(at)), step.positive)).collect::<Vec<_>>();
        let amounts = logs.iter().map(|(_, count)| count).sum::<u64>();
        if amounts < LEAST_AMOUNTS {
            return None;
        }
        let median = weighted_median(&logs, amounts);
        let mut deviations = logs.iter().map(|(log, count)| ((log - median).abs(), *count)).collect::<Vec<_>>();
        deviations.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mean = deviations.iter().map(|(deviation, count)| deviation * *count as f64).sum::<f64>() / amounts as f64;
        let scale = match weighted_median(&deviations, amounts) {
            0.0 => 1.253_314 * mean,
            mad => mad / 0.6745,
        };
        let limit = (LEAST_RATIO * libm::exp(median)).max(libm::exp(median + MOST_SCORE * scale));
        // beyond what an amount can be, there is no limit
        let step = step_of(limit.min(i64::MAX as f64) as u64);
        let largest = i64::try_from(start_of(step + 1) - 1).unwrap_or(i64::MAX);
        Some(UsualLimit { largest, amounts })
    }

    /// What lies beyond a limit, up or down.
    pub(super) fn beyond(&self, limit: UsualLimit) -> Tally {
        let mut tally = Tally::default();
        for step in &self.steps[step_of(limit.largest.unsigned_abs()) + 1..] {
            tally.rows += step.tally.rows;
            tally.money += step.tally.money;
        }
        tally
    }
}

/// The value at or below which half of the counts lie; the values ascend.
fn weighted_median(values: &[(f64, u64)], total: u64) -> f64 {
    let mut below = 0;
    let half = values.iter().find(|(_, count)| {
        below += count;
        2 * below >= total
    });
    half.map_or(0.0, |(value, _)| *value)
}

/// How amounts beyond a limit come to be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LimitOrigin {
    /// No limit is set: amounts beyond the derived one are counted only.
    #[default]
    Unset,
    /// `largest_amount` is a number.
    Given,
    /// `largest_amount = "auto"`.
    Auto,
}

/// The line of `run_quality` about amounts beyond a limit; `cut` is the money that was cut off them.
pub(super) fn quality(
    source: &str,
    origin: LimitOrigin,
    derived: Option<UsualLimit>,
    beyond: Tally,
    cut: i128,
) -> Option<Quality> {
    let cut = if cut == 0 { String::new() } else { format!("; {} of it is cut", format_money(cut)) };
    let money = format!("their money is {}{cut}", format_money(beyond.money));
    let by = |limit: UsualLimit| {
        let largest = format_money(limit.largest.into());
        format!("accepted rows beyond {largest}, the limit that {} amounts derive; {money}", limit.amounts)
    };
    let (check, note) = match (origin, derived) {
        (LimitOrigin::Given, _) if beyond.rows == 0 => return None,
        (LimitOrigin::Given, _) => ("outliers", format!("accepted rows beyond largest_amount; {money}")),
        (LimitOrigin::Auto, Some(limit)) => ("outliers", by(limit)),
        (LimitOrigin::Auto, None) => {
            let note = format!("accepted rows beyond a limit: fewer than {LEAST_AMOUNTS} amounts derive none");
            ("outliers", note)
        }
        (LimitOrigin::Unset, Some(limit)) => {
            ("unusual_amounts", format!("{}; they are used as they are, see largest_amount in [clean]", by(limit)))
        }
        (LimitOrigin::Unset, None) => return None,
    };
    Some(Quality::measured(source, check, beyond.rows as f64, note))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(amounts: &[i64]) -> Amounts {
        let mut all = Amounts::default();
        amounts.iter().for_each(|amount| all.add(*amount));
        all
    }

    #[test]
    fn steps_follow_each_other_without_a_gap() {
        for step in 0..ALL_STEPS - 1 {
            assert_eq!((step_of(start_of(step)), step_of(start_of(step + 1) - 1)), (step, step), "{step}");
        }
        assert!(step_of(u64::MAX) < ALL_STEPS);
    }

    #[test]
    fn the_limit_is_that_of_the_modified_z_score() {
        // logarithms 0, ±0.1, ... ±5 around that of 100.00: the median is 0, MAD 2.5 within a step
        let amounts: Vec<i64> = (-50..=50).map(|at| (1e6 * (f64::from(at) / 10.0).exp()).round() as i64).collect();
        let limit = of(&amounts).limit().unwrap();
        let score = 0.6745 * (limit.largest as f64 / 1e6).ln() / 2.5;
        assert!((score - MOST_SCORE).abs() < 0.02, "{score}");
        assert_eq!(limit.amounts, 101);
    }

    #[test]
    fn alike_amounts_leave_room_and_few_derive_nothing() {
        let alike = of(&[99_900; 1000]);
        let limit = alike.limit().unwrap();
        assert!((999_000..1_020_000).contains(&limit.largest), "{limit:?}");
        assert_eq!(alike.beyond(limit), Tally::default());
        assert_eq!(of(&[10_000; 99]).limit(), None);
        assert_eq!(of(&[-10_000; 500]).limit(), None);
        assert_eq!(of(&[i64::MAX; 200]).limit().unwrap().largest, i64::MAX);
    }

    proptest! {
        #[test]
        fn what_lies_beyond_is_exact_and_in_no_order(
            mut amounts in prop::collection::vec(1_i64..100_000, 100..200),
            far in prop::collection::vec(any::<i64>(), 0..5),
        ) {
            amounts.extend(far);
            let all = of(&amounts);
            let limit = all.limit().unwrap();
            let mut expected = Tally::default();
            let beyond = amounts.iter().filter(|a| a.unsigned_abs() > limit.largest.unsigned_abs());
            beyond.for_each(|amount| expected.add(*amount));
            prop_assert_eq!(all.beyond(limit), expected);
            amounts.reverse();
            prop_assert_eq!(of(&amounts).limit(), Some(limit));
        }
    }
}
