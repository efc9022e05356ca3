//! Where customers stand in their life with a business, by rules over their own rhythm.
//!
//! The rhythm of a customer is the geometric mean of the days between their purchase days, drawn towards that of all
//! customers: `ln r = (w · ln g + Σ ln gap) / (w + n)` for `n` gaps of their own, the typical gap `g` of all and its
//! weight `w`. Logarithms make one long absence count for little. If gaps were exponential, the geometric mean would be
//! `exp(−γ) = 0.56` of the mean gap, so that a silence of 3 rhythms happens to one gap in five, one of 6 to three in a
//! hundred and one of 12 to one in a thousand.

/// A stage. The last three are silences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Known, and has not bought.
    Prospect,
    /// Bought once.
    FirstPurchase,
    /// Bought again.
    Repeat,
    /// Bought many times.
    Loyal,
    /// Loyal, and said to be pleased.
    Advocate,
    /// Silent for longer than usual.
    Slipping,
    /// Silent for so long that a return would be a surprise.
    Lapsed,
    /// Silent for so long that they are gone.
    Lost,
}

impl Stage {
    /// All stages, in their order.
    pub const ALL: [Self; 8] = [
        Self::Prospect,
        Self::FirstPurchase,
        Self::Repeat,
        Self::Loyal,
        Self::Advocate,
        Self::Slipping,
        Self::Lapsed,
        Self::Lost,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::FirstPurchase => "first purchase",
            Self::Repeat => "repeat",
            Self::Loyal => "loyal",
            Self::Advocate => "advocate",
            Self::Slipping => "slipping",
            Self::Lapsed => "lapsed",
            Self::Lost => "lost",
        }
    }

    fn is_silent(self) -> bool {
        self >= Self::Slipping
    }
}

/// Why a stage was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Became known without a purchase.
    Known,
    /// Bought for the first time.
    FirstPurchase,
    /// Bought again while active.
    NextPurchase,
    /// Bought again after a silence.
    Return,
    /// Did not buy for so many rhythms.
    Silence,
    /// Gave a good answer.
    GoodAnswer,
    /// Gave a poor answer.
    PoorAnswer,
}

impl Cause {
    /// All causes, in their order.
    pub const ALL: [Self; 7] = [
        Self::Known,
        Self::FirstPurchase,
        Self::NextPurchase,
        Self::Return,
        Self::Silence,
        Self::GoodAnswer,
        Self::PoorAnswer,
    ];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Known => "known, no purchase",
            Self::FirstPurchase => "first purchase",
            Self::NextPurchase => "next purchase",
            Self::Return => "return after silence",
            Self::Silence => "silence",
            Self::GoodAnswer => "good answer",
            Self::PoorAnswer => "poor answer",
        }
    }
}

/// What the stages go by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Geometric mean of the gaps of all customers, in days.
    pub typical_gap_days: f64,
    /// How many gaps of their own it counts for.
    pub prior_gaps: f64,
    /// Purchase days from which a customer is loyal.
    pub loyal_purchases: u32,
    /// Silence in rhythms after which a customer is slipping, lapsed and lost; ascending.
    pub silences: [f64; 3],
}

/// A change of stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Day on whose evening the customer stood in the new stage.
    pub day: i32,
    /// Stage before; none at the beginning.
    pub from: Option<Stage>,
    /// New stage.
    pub to: Stage,
    /// Why.
    pub cause: Cause,
}

/// Logarithms of gaps in whole days; a gap is at least a day.
#[derive(Debug, Clone)]
pub struct GapLogs(Vec<f64>);

impl GapLogs {
    /// Days whose logarithms are looked up: eleven years.
    const DAYS: i32 = 4096;

    /// Takes the logarithms of the usual gaps once.
    #[must_use]
    pub fn new() -> Self {
        Self((0..Self::DAYS).map(|days| f64::from(days.max(1)).ln()).collect())
    }

    fn of(&self, days: i32) -> f64 {
        let known = usize::try_from(days).ok().and_then(|days| self.0.get(days));
        known.copied().unwrap_or_else(|| f64::from(days.max(1)).ln())
    }
}

impl Default for GapLogs {
    fn default() -> Self {
        Self::new()
    }
}

/// The walk of one customer through the stages.
struct Walk<'a, F> {
    thresholds: &'a Thresholds,
    logs: &'a GapLogs,
    visit: F,
    stage: Option<Stage>,
    purchases: u32,
    last: i32,
    sum_ln_gaps: f64,
    /// What the typical gap adds to that sum.
    prior: f64,
    /// Logarithm of the first silence in rhythms.
    ln_silence: f64,
    pleased: bool,
}

impl<F: FnMut(Move)> Walk<'_, F> {
    fn enter(&mut self, day: i32, to: Stage, cause: Cause) {
        if self.stage != Some(to) {
            (self.visit)(Move { day, from: self.stage, to, cause });
            self.stage = Some(to);
        }
    }

    fn rhythm(&self) -> f64 {
        self.ln_rhythm().exp()
    }

    fn ln_rhythm(&self) -> f64 {
        let gaps = f64::from(self.purchases.saturating_sub(1));
        (self.prior + self.sum_ln_gaps) / (self.thresholds.prior_gaps + gaps)
    }

    fn active_stage(&self) -> Stage {
        match self.purchases {
            0 => Stage::Prospect,
            1 => Stage::FirstPurchase,
            n if n < self.thresholds.loyal_purchases => Stage::Repeat,
            _ if self.pleased => Stage::Advocate,
            _ => Stage::Loyal,
        }
    }

    /// Silences and answers before a day; `rhythm` is the one of now.
    fn advance(&mut self, until: i32, rhythm: f64, answers: &mut &[(i32, bool)]) {
        loop {
            let silence = self.next_silence(rhythm).filter(|(day, _)| *day < until);
            let answer = answers.first().copied().filter(|(day, _)| *day < until);
            match (silence, answer) {
                (Some((day, stage)), answer) if answer.is_none_or(|(at, _)| day <= at) => {
                    self.enter(day, stage, Cause::Silence);
                }
                (_, Some((day, pleased))) => {
                    *answers = &answers[1..];
                    self.pleased = pleased;
                    if self.stage.is_some_and(|stage| !stage.is_silent() && stage != Stage::Prospect) {
                        let cause = if pleased { Cause::GoodAnswer } else { Cause::PoorAnswer };
                        self.enter(day, self.active_stage(), cause);
                    }
                }
                _ => return,
            }
        }
    }

    /// The day on which the next silence begins, if nothing is bought.
    fn next_silence(&self, rhythm: f64) -> Option<(i32, Stage)> {
        let at = match self.stage? {
            Stage::Prospect | Stage::Lost => return None,
            Stage::Lapsed => 2,
            Stage::Slipping => 1,
            _ => 0,
        };
        let stages = [Stage::Slipping, Stage::Lapsed, Stage::Lost];
        let days = (self.thresholds.silences[at] * rhythm).floor().min(f64::from(i32::MAX / 4)) as i32;
        Some((self.last.saturating_add(days).saturating_add(1), stages[at]))
    }

    /// A purchase, after whatever came before it.
    fn buy(&mut self, day: i32, answers: &mut &[(i32, bool)]) {
        if self.purchases > 0 {
            let ln_gap = self.logs.of(day - self.last);
            // most gaps are too short for a silence, which a logarithm tells without an exponential
            let may_be_silent = self.ln_silence + self.ln_rhythm() <= ln_gap;
            if may_be_silent || !answers.is_empty() {
                self.advance(day, self.rhythm(), answers);
            }
            self.sum_ln_gaps += ln_gap;
        } else if !answers.is_empty() {
            self.advance(day, self.rhythm(), answers);
        }
        let was_silent = self.stage.is_some_and(Stage::is_silent);
        self.purchases += 1;
        self.last = day;
        let cause = match self.purchases {
            1 => Cause::FirstPurchase,
            _ if was_silent => Cause::Return,
            _ => Cause::NextPurchase,
        };
        self.enter(day, self.active_stage(), cause);
    }
}

/// Gives every change of stage of a customer until the end of the day `as_of` to `visit`, and returns the rhythm in
/// days. `days` are the purchase days, `answers` days with whether the answer was good; both ascending. Without a
/// purchase there is no change: such a customer is a prospect.
pub fn walk(
    days: &[i32],
    answers: &[(i32, bool)],
    as_of: i32,
    thresholds: &Thresholds,
    logs: &GapLogs,
    visit: impl FnMut(Move),
) -> f64 {
    let mut left = answers;
    let mut walk = Walk {
        thresholds,
        logs,
        visit,
        stage: None,
        purchases: 0,
        last: 0,
        sum_ln_gaps: 0.0,
        prior: thresholds.prior_gaps * thresholds.typical_gap_days.ln(),
        ln_silence: thresholds.silences[0].ln(),
        pleased: false,
    };
    for day in days.iter().take_while(|day| **day <= as_of) {
        walk.buy(*day, &mut left);
    }
    let rhythm = walk.rhythm();
    walk.advance(as_of.saturating_add(1), rhythm, &mut left);
    rhythm
}

/// Geometric mean of the gaps between the purchase days of customers, and how many there are; none without a gap.
pub fn typical_gap<'a>(customers: impl IntoIterator<Item = &'a [i32]>, logs: &GapLogs) -> Option<(f64, u64)> {
    let (mut sum, mut count) = (0.0, 0_u64);
    for days in customers {
        sum += days.windows(2).map(|pair| logs.of(pair[1] - pair[0])).sum::<f64>();
        count += days.len().saturating_sub(1) as u64;
    }
    (count > 0).then(|| ((sum / count as f64).exp(), count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Thresholds =
        Thresholds { typical_gap_days: 10.0, prior_gaps: 2.0, loyal_purchases: 4, silences: [3.0, 6.0, 12.0] };

    fn moves(days: &[i32], answers: &[(i32, bool)], as_of: i32) -> Vec<(i32, Stage, Cause)> {
        let mut found = Vec::new();
        walk(days, answers, as_of, &PLAIN, &GapLogs::new(), |step| found.push((step.day, step.to, step.cause)));
        found
    }

    #[test]
    fn a_regular_customer_climbs() {
        let expected = [
            (0, Stage::FirstPurchase, Cause::FirstPurchase),
            (10, Stage::Repeat, Cause::NextPurchase),
            (30, Stage::Loyal, Cause::NextPurchase),
        ];
        assert_eq!(moves(&[0, 10, 20, 30], &[], 40), expected);
    }

    #[test]
    fn silence_is_counted_in_rhythms() {
        // the rhythm is 10 days: slipping on the first day after the 30th, and so on
        let found = moves(&[0, 10], &[], 200);
        let silences = found[2..].iter().map(|(day, stage, _)| (*day, *stage)).collect::<Vec<_>>();
        assert_eq!(silences, [(41, Stage::Slipping), (71, Stage::Lapsed), (131, Stage::Lost)]);
        assert_eq!(moves(&[0, 10], &[], 40).len(), 2, "on the 30th day all is well");
    }

    #[test]
    fn a_return_is_a_return() {
        let found = moves(&[0, 10, 60], &[], 60);
        assert_eq!(found[3], (60, Stage::Repeat, Cause::Return));
    }

    #[test]
    fn the_pleased_among_the_loyal_are_advocates() {
        let found = moves(&[0, 10, 20, 30], &[(25, true), (33, false)], 40);
        assert_eq!(found[2], (30, Stage::Advocate, Cause::NextPurchase));
        assert_eq!(found[3], (33, Stage::Loyal, Cause::PoorAnswer));
    }

    #[test]
    fn without_a_purchase_there_is_no_walk() {
        assert!(moves(&[], &[(3, true)], 40).is_empty());
        assert_eq!(typical_gap([&[5][..], &[]], &GapLogs::new()), None);
    }

    #[test]
    fn the_typical_gap_is_the_geometric_mean() {
        let (gap, count) = typical_gap([&[0, 4][..], &[0, 9]], &GapLogs::new()).unwrap();
        assert!((gap - 6.0).abs() < 1e-12);
        assert_eq!(count, 2);
    }

    proptest! {
        /// What stood on an evening is the same whichever later day it is looked at from.
        #[test]
        fn the_past_does_not_change(gaps in prop::collection::vec(1_i32..80, 1..12), cut in 0_i32..600, later in 0_i32..300) {
            let days = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect::<Vec<_>>();
            let then = moves(&days, &[], cut);
            let now = moves(&days, &[], cut + later);
            let past = now.into_iter().filter(|(day, ..)| *day <= cut).collect::<Vec<_>>();
            prop_assert_eq!(then, past);
        }

        /// Days ascend, and each stage is left for another one.
        #[test]
        fn moves_are_moves(gaps in prop::collection::vec(1_i32..80, 1..12), answers in prop::collection::vec((0_i32..500, any::<bool>()), 0..5)) {
            let days = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect::<Vec<_>>();
            let mut answers = answers;
            answers.sort_unstable();
            let found = moves(&days, &answers, 900);
            prop_assert!(found.windows(2).all(|pair| pair[0].0 <= pair[1].0 && pair[0].1 != pair[1].1));
        }
    }
}
