//! Moments that an event of interest did or did not follow, and what lay before them.

use super::error::JourneyError;
use super::paths::MAX_PATH_STEPS;
use super::sequence::{Journey, Journeys, days_to_seconds};

/// The event of interest, and what it is compared with.
///
/// The rule for comparing is fixed and draws nothing by lot: every moment that qualifies is taken. A moment whose
/// outcome lies after the end of the observation is neither case nor control; such moments are counted as undecided. W
/// is `within_days`, H is `silence_days`.
///
/// **Before a conversion.**
/// - A case is the conversion; its path are the touchpoints of the W days before it, back to the conversion before at
///   most.
/// - A control is a touchpoint of a customer to whom it might have happened (who has not bought yet, or who has) that
///   nothing follows for W days, neither a touchpoint nor a conversion; its path ends with it and goes back W days in
///   the same way.
///
/// So every row of touchpoints ends in one of two ways: in a conversion, or in W quiet days.
///
/// **Before falling silent.** Each conversion that no other follows within W days is judged at the landmark W days
/// after it (Anderson, Cain & Gelber 1983, "Analysis of survival by tumor response", J. Clin. Oncol. 1, p. 710), so
/// that a path can't be short merely because the next purchase came soon.
/// - A case is one that no conversion follows within H days.
/// - A control is one that a conversion follows within H days.
/// - The path of both are the touchpoints in the W days after it; none is a path, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Before {
    /// A customer's first conversion.
    FirstConversion,
    /// Any later conversion.
    RepeatConversion,
    /// Falling silent after a conversion.
    Silence,
}

/// What counts as a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathOptions {
    /// Number of touchpoints: the last so many, 1 to 8.
    pub steps: usize,
    /// Days that a path may span (W).
    pub within_days: f64,
    /// Days without a conversion that make a customer silent (H); used for [`Before::Silence`] only.
    pub silence_days: f64,
    /// Number of paths returned, the most frequent ones.
    pub limit: usize,
}

impl Default for PathOptions {
    fn default() -> Self {
        Self { steps: 3, within_days: 30.0, silence_days: 180.0, limit: 50 }
    }
}

/// What a moment turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The event followed.
    Case,
    /// It did not.
    Control,
    /// It may yet.
    Undecided,
}

/// Checked options.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lookback {
    before: Before,
    steps: usize,
    within: i64,
    silence: i64,
}

impl Lookback {
    pub(super) fn new(before: Before, options: PathOptions) -> Result<Self, JourneyError> {
        if !(1..=MAX_PATH_STEPS).contains(&options.steps) {
            return Err(JourneyError::Option { option: "steps", value: options.steps as f64, allowed: "1 to 8" });
        }
        let within = days_to_seconds("within_days", options.within_days)?;
        let silence = days_to_seconds("silence_days", options.silence_days)?;
        if before == Before::Silence && silence <= within {
            let value = options.silence_days;
            return Err(JourneyError::Option { option: "silence_days", value, allowed: "more than `within_days`" });
        }
        Ok(Self { before, steps: options.steps, within, silence })
    }

    /// Names each moment of a customer: its path (the last touchpoints, oldest first) and what it turned out to be.
    pub(super) fn moments<'a>(
        self,
        journeys: &Journeys<'_>,
        journey: Journey<'a>,
        found: &mut impl FnMut(&'a [u32], Outcome),
    ) {
        match self.before {
            Before::Silence => self.silences(journeys, journey, found),
            Before::FirstConversion | Before::RepeatConversion => self.conversions(journeys, journey, found),
        }
    }

    fn conversions<'a>(
        self,
        journeys: &Journeys<'_>,
        journey: Journey<'a>,
        found: &mut impl FnMut(&'a [u32], Outcome),
    ) {
        let (states, times) = (journey.states, journey.seconds);
        let first = self.before == Before::FirstConversion;
        let (mut start, mut bought) = (0, false);
        for (at, (state, time)) in states.iter().zip(times).enumerate() {
            let at_risk = first != bought;
            let back = |end: usize| {
                let early = times[start..end].partition_point(|other| time.saturating_sub(*other) > self.within);
                &states[(start + early).max(end.saturating_sub(self.steps))..end]
            };
            if journeys.is_conversion(*state) {
                if at_risk {
                    found(back(at), Outcome::Case);
                }
                (start, bought) = (at + 1, true);
            } else if at_risk {
                let next = times.get(at + 1).map(|next| next.saturating_sub(*time));
                let quiet = next.unwrap_or(journeys.observed_until().saturating_sub(*time));
                if quiet > self.within {
                    found(back(at + 1), Outcome::Control);
                } else if next.is_none() {
                    found(back(at + 1), Outcome::Undecided);
                }
            }
        }
    }

    fn silences<'a>(self, journeys: &Journeys<'_>, journey: Journey<'a>, found: &mut impl FnMut(&'a [u32], Outcome)) {
        let (states, times) = (journey.states, journey.seconds);
        let mut bought: Option<usize> = None;
        let mut judge = |bought: usize, next: Option<usize>| {
            let time = times[bought];
            let gap = times.get(next.unwrap_or(times.len())).map(|next| next.saturating_sub(time));
            let outcome = match gap {
                Some(gap) if gap <= self.within => return,
                Some(gap) if gap <= self.silence => Outcome::Control,
                Some(_) => Outcome::Case,
                None if journeys.observed_until().saturating_sub(time) > self.silence => Outcome::Case,
                None => Outcome::Undecided,
            };
            let rest = &times[bought + 1..next.unwrap_or(times.len())];
            let end = bought + 1 + rest.partition_point(|other| other.saturating_sub(time) <= self.within);
            found(&states[(bought + 1).max(end.saturating_sub(self.steps))..end], outcome);
        };
        for (at, _) in states.iter().enumerate().filter(|(_, state)| journeys.is_conversion(**state)) {
            if let Some(before) = bought {
                judge(before, Some(at));
            }
            bought = Some(at);
        }
        if let Some(last) = bought {
            judge(last, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// States 0 to 3 are touchpoints, 4 is a purchase.
    const KINDS: [bool; 5] = [false, false, false, false, true];

    fn run(before: Before, events: &[(u32, i64)], until: i64) -> Vec<(Vec<u32>, Outcome)> {
        let (states, seconds): (Vec<u32>, Vec<i64>) = events.iter().map(|(state, day)| (*state, day * DAY)).unzip();
        let offsets = [0, states.len()];
        let all = Journeys::new(&offsets, &states, &seconds, &KINDS, until * DAY).unwrap();
        let options = PathOptions { steps: 2, within_days: 10.0, silence_days: 60.0, limit: 9 };
        let mut found = Vec::new();
        let lookback = Lookback::new(before, options).unwrap();
        lookback.moments(&all, all.customer(0), &mut |path, outcome| found.push((path.to_vec(), outcome)));
        found
    }

    #[test]
    fn rows_of_touchpoints_end_in_a_purchase_or_in_quiet() {
        let events = [(0, 0), (1, 5), (2, 30), (3, 31), (1, 32), (4, 33), (0, 34), (4, 60), (1, 95)];
        let (case, control) = (Outcome::Case, Outcome::Control);
        let first = run(Before::FirstConversion, &events, 100);
        assert_eq!(first, [(vec![0, 1], control), (vec![3, 1], case)]);
        let repeat = run(Before::RepeatConversion, &events, 100);
        assert_eq!(repeat, [(vec![0], control), (vec![], case), (vec![1], Outcome::Undecided)]);
        assert_eq!(run(Before::RepeatConversion, &events, 106)[2], (vec![1], control));
    }

    #[test]
    fn silence_is_judged_at_the_landmark() {
        let events = [(4, 0), (0, 3), (1, 9), (2, 40), (4, 50), (3, 55), (4, 58), (4, 200), (0, 201), (1, 202)];
        let (case, control) = (Outcome::Case, Outcome::Control);
        let found = run(Before::Silence, &events, 300);
        assert_eq!(found, [(vec![0, 1], control), (vec![], case), (vec![0, 1], case)]);
        assert_eq!(run(Before::Silence, &events, 210)[2].1, Outcome::Undecided);
        assert!(run(Before::Silence, &[(0, 1)], 300).is_empty());
    }

    #[test]
    fn options_out_of_range_are_named() {
        let wrong = |options| Lookback::new(Before::Silence, options).unwrap_err();
        let good = PathOptions::default();
        for (options, name) in [
            (PathOptions { steps: 0, ..good }, "steps"),
            (PathOptions { steps: 9, ..good }, "steps"),
            (PathOptions { within_days: f64::NAN, ..good }, "within_days"),
            (PathOptions { silence_days: 30.0, ..good }, "silence_days"),
        ] {
            assert!(matches!(wrong(options), JourneyError::Option { option, .. } if option == name), "{name}");
        }
    }
}
