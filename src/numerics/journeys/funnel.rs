//! How many customers get how far through given steps, and how fast.

use rayon::prelude::*;

use super::error::JourneyError;
use super::sequence::{Journeys, days_to_seconds, seconds_to_days};
use crate::numerics::surveys::inference::{Confidence, Proportion};

/// Most steps.
pub const MAX_FUNNEL_STEPS: usize = 64;

/// Quartiles by linear interpolation between the order statistics (Hyndman & Fan 1996, type 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quartiles {
    /// A quarter is at most this.
    pub lower: f64,
    /// Half is at most this.
    pub median: f64,
    /// Three quarters are at most this.
    pub upper: f64,
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FunnelStep {
    /// Customers who reached it.
    pub customers: u64,
    /// Of those who reached the step before, of all customers for the first step; `None` if there were none.
    pub from_previous: Option<Proportion>,
    /// Of those who reached the first step; `None` if there were none.
    pub from_first: Option<Proportion>,
    /// Days from the step before to this one when it was first reached; `None` for the first step and if nobody reached
    /// it.
    pub days: Option<Quartiles>,
}

/// What a customer has done so far.
struct Progress {
    /// Per step, when it was last reached in order.
    last: [i64; MAX_FUNNEL_STEPS],
    reached: usize,
}

/// A funnel over all customers.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// All customers.
    pub customers: u64,
    /// The steps in order.
    pub steps: Vec<FunnelStep>,
}

/// Counts who goes through `steps` in order, each of which is any of some states; other events may lie between.
///
/// A customer reaches a step if there are events, one after another, for all steps up to it, each at most `within_days`
/// after the one before (any time if `None`). Every choice of events counts: someone who clicks in January and again in
/// May and buys two days later reaches the purchase within 7 days. One event is one step, also where a state belongs to
/// several.
///
/// # Errors
///
/// [`JourneyError::Option`] on no or more than 64 steps and on days that aren't positive,
/// [`JourneyError::UnknownState`].
pub fn funnel(
    journeys: &Journeys<'_>,
    steps: &[Vec<u32>],
    within_days: Option<f64>,
    confidence: Confidence,
) -> Result<Funnel, JourneyError> {
    if steps.is_empty() || steps.len() > MAX_FUNNEL_STEPS {
        return Err(JourneyError::Option { option: "steps", value: steps.len() as f64, allowed: "1 to 64 steps" });
    }
    let within = within_days.map_or(Ok(i64::MAX), |days| days_to_seconds("within_days", days))?;
    let masks = masks(journeys.states(), steps)?;
    let gaps = journeys.gather(
        || vec![Vec::new(); steps.len()],
        |gaps: &mut Vec<Vec<i64>>, _, journey| {
            let mut progress = Progress { last: [0; MAX_FUNNEL_STEPS], reached: 0 };
            for (state, time) in journey.states.iter().zip(journey.seconds) {
                progress.advance(masks[*state as usize], *time, within, gaps);
            }
        },
        |mut a, b| {
            a.iter_mut().zip(b).for_each(|(all, part)| all.extend(part));
            a
        },
    );
    let everyone = journeys.customers() as u64;
    let reached: Vec<u64> = gaps.iter().map(|gaps| gaps.len() as u64).collect();
    let step = |(at, gaps): (usize, Vec<i64>)| FunnelStep {
        customers: reached[at],
        from_previous: Proportion::of(reached[at], if at == 0 { everyone } else { reached[at - 1] }, confidence),
        from_first: Proportion::of(reached[at], reached[0], confidence),
        days: if at == 0 { None } else { quartiles(gaps) },
    };
    Ok(Funnel { customers: everyone, steps: gaps.into_iter().enumerate().map(step).collect() })
}

/// Per state the steps it belongs to, one bit each.
fn masks(states: usize, steps: &[Vec<u32>]) -> Result<Vec<u64>, JourneyError> {
    let mut masks = vec![0; states];
    for (at, step) in steps.iter().enumerate() {
        for state in step {
            let mask = masks.get_mut(*state as usize).ok_or(JourneyError::UnknownState { state: *state, states })?;
            *mask |= 1 << at;
        }
    }
    Ok(masks)
}

impl Progress {
    /// Takes an event; later steps first, so that it counts for one step of a chain only.
    ///
    /// The latest moment at which a step was reached is the best one for the next step, so it is all that is kept.
    fn advance(&mut self, mask: u64, time: i64, within: i64, gaps: &mut [Vec<i64>]) {
        let mut open = if self.reached >= 63 { mask } else { mask & ((1 << (self.reached + 1)) - 1) };
        while open != 0 {
            let step = 63 - open.leading_zeros() as usize;
            open &= !(1 << step);
            let gap = if step == 0 { 0 } else { time.saturating_sub(self.last[step - 1]) };
            if gap <= within {
                if step == self.reached {
                    self.reached += 1;
                    gaps[step].push(gap);
                }
                self.last[step] = time;
            }
        }
    }
}

fn quartiles(mut seconds: Vec<i64>) -> Option<Quartiles> {
    seconds.par_sort_unstable();
    let last = seconds.len().checked_sub(1)?;
    let at = |quarter: usize| {
        let (whole, rest) = (last * quarter / 4, last * quarter % 4);
        let (low, high) = (seconds[whole] as f64, seconds[(whole + 1).min(last)] as f64);
        seconds_to_days(low + (high - low) * rest as f64 / 4.0)
    };
    Some(Quartiles { lower: at(1), median: at(2), upper: at(3) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    fn run(customers: &[&[(u32, i64)]], steps: &[Vec<u32>], within: Option<f64>) -> Vec<(u64, Option<Quartiles>)> {
        let mut offsets = vec![0];
        let (mut states, mut seconds) = (Vec::new(), Vec::new());
        for events in customers {
            for (state, day) in *events {
                states.push(*state);
                seconds.push(day * DAY);
            }
            offsets.push(states.len());
        }
        let all = Journeys::new(&offsets, &states, &seconds, &[false; 4], i64::MAX).unwrap();
        let found = funnel(&all, steps, within, Confidence::default()).unwrap();
        assert_eq!(found.customers, customers.len() as u64);
        found.steps.iter().map(|step| (step.customers, step.days)).collect()
    }

    fn counts(customers: &[&[(u32, i64)]], steps: &[Vec<u32>], within: Option<f64>) -> Vec<u64> {
        run(customers, steps, within).iter().map(|step| step.0).collect()
    }

    #[test]
    fn order_and_time_decide() {
        let steps = [vec![0], vec![1], vec![2]];
        let customers: [&[(u32, i64)]; 5] =
            [&[(0, 1), (3, 2), (1, 4), (2, 10)], &[(1, 1), (0, 2), (2, 3)], &[(0, 1), (1, 40)], &[], &[(2, 1)]];
        assert_eq!(counts(&customers, &steps, None), [3, 2, 1]);
        assert_eq!(counts(&customers, &steps, Some(7.0)), [3, 1, 1]);
        assert_eq!(counts(&customers, &steps, Some(5.0)), [3, 1, 0]);
    }

    #[test]
    fn a_later_start_may_be_the_one_that_works() {
        let customers: [&[(u32, i64)]; 1] = [&[(0, 0), (0, 100), (1, 105), (2, 106), (0, 300)]];
        assert_eq!(counts(&customers, &[vec![0], vec![1], vec![2]], Some(10.0)), [1, 1, 1]);
        assert_eq!(run(&customers, &[vec![0], vec![1]], None)[1].1.unwrap().median, 5.0);
    }

    #[test]
    fn one_event_is_one_step() {
        assert_eq!(counts(&[&[(0, 1)]], &[vec![0], vec![0]], None), [1, 0]);
        assert_eq!(counts(&[&[(0, 1), (0, 1)]], &[vec![0], vec![0, 1]], None), [1, 1]);
        let all = vec![vec![0]; MAX_FUNNEL_STEPS];
        let long: Vec<(u32, i64)> = (0..70).map(|day| (0, day)).collect();
        assert_eq!(counts(&[&long], &all, Some(1.0)), vec![1; MAX_FUNNEL_STEPS]);
    }

    #[test]
    fn days_between_steps_have_quartiles() {
        let customers: Vec<Vec<(u32, i64)>> = (1..=5).map(|gap| vec![(0, 10), (1, 10 + gap)]).collect();
        let customers: Vec<&[(u32, i64)]> = customers.iter().map(Vec::as_slice).collect();
        let found = run(&customers, &[vec![0], vec![1]], None);
        assert_eq!(found[1].1, Some(Quartiles { lower: 2.0, median: 3.0, upper: 4.0 }));
        assert_eq!(quartiles(vec![0, DAY, 2 * DAY, 3 * DAY]).unwrap().lower, 0.75);
        assert_eq!(quartiles(Vec::new()), None);
    }

    #[test]
    fn shares_are_of_those_before() {
        let all = Journeys::new(&[0, 2, 3, 3], &[0, 1, 0], &[1, 2, 3], &[false, true], 9).unwrap();
        let found = funnel(&all, &[vec![0], vec![1]], None, Confidence::default()).unwrap();
        let share = |part: Option<Proportion>| part.map(|part| (part.successes, part.trials));
        assert_eq!(share(found.steps[0].from_previous), Some((2, 3)));
        assert_eq!(share(found.steps[1].from_previous), Some((1, 2)));
        assert_eq!(share(found.steps[1].from_first), Some((1, 2)));
        let nobody = Journeys::new(&[], &[], &[], &[false], 0).unwrap();
        let empty = funnel(&nobody, &[vec![0]], None, Confidence::default()).unwrap();
        assert_eq!((empty.steps[0].customers, empty.steps[0].from_previous), (0, None));
        assert!(matches!(funnel(&nobody, &[], None, Confidence::default()), Err(JourneyError::Option { .. })));
        let unknown = funnel(&nobody, &[vec![1]], None, Confidence::default());
        assert!(matches!(unknown, Err(JourneyError::UnknownState { state: 1, .. })));
    }

    /// Whether events for the steps can be chosen, by trying all.
    fn possible(events: &[(u32, i64)], steps: &[Vec<u32>], within: i64, after: Option<i64>) -> bool {
        let Some((first, rest)) = steps.split_first() else { return true };
        events.iter().enumerate().any(|(at, (state, day))| {
            let near = after.is_none_or(|before| day - before <= within);
            near && first.contains(state) && possible(&events[at + 1..], rest, within, Some(*day))
        })
    }

    proptest! {
        #[test]
        fn reached_means_that_events_can_be_chosen(
            mut events in prop::collection::vec((0u32..4, 0i64..40), 0..12),
            steps in prop::collection::vec(prop::collection::vec(0u32..4, 1..3), 1..5), within in 1i64..20,
        ) {
            events.sort_by_key(|(_, day)| *day);
            let found = counts(&[&events], &steps, Some(within as f64));
            for at in 0..steps.len() {
                prop_assert_eq!(found[at] == 1, possible(&events, &steps[..=at], within, None));
            }
        }
    }
}
