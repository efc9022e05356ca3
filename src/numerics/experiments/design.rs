//! What a campaign can show before it is sent.

use crate::numerics::surveys::inference::Confidence;

use super::Unmeasured;

/// Chance to find an effect that is there, as is usual.
pub const POWER: f64 = 0.8;

/// A group of a campaign that is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group {
    /// Customers in it.
    pub customers: u64,
    /// Variance of the outcome in it.
    pub variance: f64,
}

/// The smallest effect that a two-sided test finds with the chance `power`.
///
/// # Formula
/// `(z_{1−α/2} + z_{power}) √(s₁²/n₁ + s₂²/n₂)` (Fleiss, Levin & Paik 2003, "Statistical Methods for Rates and Proportions",
/// ch. 4; the far tail is left out).
///
/// # Errors
/// An empty group, a variance below zero or both zero, a power outside 0.5 to 1.
pub fn minimum_detectable(
    treated: Group,
    control: Group,
    confidence: Confidence,
    power: f64,
) -> Result<f64, Unmeasured> {
    match (treated.customers, control.customers) {
        (0, 0) => return Err(Unmeasured::NoCustomers),
        (0, _) => return Err(Unmeasured::NoTreatment),
        (_, 0) => return Err(Unmeasured::NoControl),
        _ => {}
    }
    let error = treated.variance / treated.customers as f64 + control.variance / control.customers as f64;
    distances(confidence, power).and_then(|distances| {
        if !(treated.variance >= 0.0 && control.variance >= 0.0 && error.is_finite()) {
            Err(Unmeasured::OutOfRange)
        } else if error > 0.0 {
            Ok(distances * error.sqrt())
        } else {
            Err(Unmeasured::NoVariance)
        }
    })
}

/// Customers of both groups together that are needed to find `effect` with the chance `power`, when `treated_share` of them
/// are treated.
///
/// # Formula
/// `(z_{1−α/2} + z_{power})² (s₁²/π + s₂²/(1−π)) / effect²`, rounded up.
///
/// # Errors
/// An effect of zero, a share outside 0 to 1, variances as in [`minimum_detectable`]; [`Unmeasured::OutOfRange`] too when the
/// number is beyond counting.
pub fn needed_customers(
    effect: f64,
    variances: (f64, f64),
    treated_share: f64,
    confidence: Confidence,
    power: f64,
) -> Result<u64, Unmeasured> {
    const MOST: f64 = 1e15;
    let distances = distances(confidence, power)?;
    let is_share = treated_share > 0.0 && treated_share < 1.0;
    if !(is_share && effect.abs() > 0.0 && effect.is_finite() && variances.0 >= 0.0 && variances.1 >= 0.0) {
        return Err(Unmeasured::OutOfRange);
    }
    let variance = variances.0 / treated_share + variances.1 / (1.0 - treated_share);
    let needed = ((distances / effect).powi(2) * variance).ceil().max(2.0);
    if needed <= MOST { Ok(needed as u64) } else { Err(Unmeasured::OutOfRange) }
}

fn distances(confidence: Confidence, power: f64) -> Result<f64, Unmeasured> {
    if !(0.5..1.0).contains(&power) {
        return Err(Unmeasured::OutOfRange);
    }
    // the quantile at `power` is that of a two-sided interval of level 2 power − 1
    let beyond = if power > 0.5 { Confidence::new(2.0 * power - 1.0).ok_or(Unmeasured::OutOfRange)?.z() } else { 0.0 };
    Ok(confidence.z() + beyond)
}

/// A campaign as it is planned, and what it hopes for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Design {
    /// Those to be contacted.
    pub treated: Group,
    /// Those to be held back.
    pub control: Group,
    /// The effect per head that is hoped for, in units of the outcome.
    pub hoped: f64,
}

/// What a design can show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DesignAnswer {
    /// The smallest effect that it finds with a chance of [`POWER`].
    pub minimum_detectable: f64,
    /// Customers needed in both groups together, at the same share, for the hoped effect; `None` beyond counting.
    pub needed_customers: Option<u64>,
    /// Campaigns of this size whose holdouts, pooled, would find the hoped effect; `None` beyond counting.
    pub needed_campaigns: Option<u32>,
    /// Whether the hoped effect is at least the smallest that can be found.
    pub can_show: bool,
}

impl Design {
    /// Whether the campaign can show what it hopes for, and what it would take.
    ///
    /// # Errors
    /// As [`minimum_detectable`].
    pub fn answer(&self, confidence: Confidence) -> Result<DesignAnswer, Unmeasured> {
        let least = minimum_detectable(self.treated, self.control, confidence, POWER)?;
        let all = (self.treated.customers + self.control.customers) as f64;
        let share = self.treated.customers as f64 / all;
        let variances = (self.treated.variance, self.control.variance);
        let campaigns = (least / self.hoped).powi(2).ceil().max(1.0);
        Ok(DesignAnswer {
            minimum_detectable: least,
            needed_customers: needed_customers(self.hoped, variances, share, confidence, POWER).ok(),
            needed_campaigns: (campaigns <= 1e6).then_some(campaigns as u32),
            can_show: self.hoped.abs() >= least,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// R: power.t.test(delta = 0.5, sd = 1, power = 0.8) asks for 63.77 a group with t; 62.8 with the normal distribution.
    #[test]
    fn the_textbook_number_of_customers() {
        let needed = needed_customers(0.5, (1.0, 1.0), 0.5, Confidence::default(), POWER).unwrap();
        assert_eq!(needed, 126);
        // 10 % against 12 % at equal shares: 3,841 a group (Fleiss, Levin & Paik 2003, without the correction for continuity)
        let needed = needed_customers(0.02, (0.12 * 0.88, 0.1 * 0.9), 0.5, Confidence::default(), POWER).unwrap();
        assert!((needed as f64 / 2.0 - 3_841.0).abs() < 5.0, "{needed}");
    }

    #[test]
    fn a_small_campaign_is_told_so() {
        let group = |customers| Group { customers, variance: 0.1 * 0.9 };
        let small =
            Design { treated: group(450), control: group(50), hoped: 0.02 }.answer(Confidence::default()).unwrap();
        assert!(!small.can_show && small.minimum_detectable > 0.1);
        assert!(small.needed_campaigns.unwrap() > 30);
        let large =
            Design { treated: group(5000), control: group(5000), hoped: 0.02 }.answer(Confidence::default()).unwrap();
        assert!(large.can_show && large.needed_campaigns == Some(1));
        let none = Design { hoped: 0.0, ..Design { treated: group(9), control: group(9), hoped: 0.0 } };
        let none = none.answer(Confidence::default()).unwrap();
        assert_eq!((none.can_show, none.needed_customers, none.needed_campaigns), (false, None, None));
    }

    #[test]
    fn edges_are_said() {
        let group = |customers, variance| Group { customers, variance };
        let least = |t, c| minimum_detectable(t, c, Confidence::default(), POWER);
        assert_eq!(least(group(0, 1.0), group(0, 1.0)), Err(Unmeasured::NoCustomers));
        assert_eq!(least(group(5, 1.0), group(0, 1.0)), Err(Unmeasured::NoControl));
        assert_eq!(least(group(0, 1.0), group(5, 1.0)), Err(Unmeasured::NoTreatment));
        assert_eq!(least(group(5, 0.0), group(5, 0.0)), Err(Unmeasured::NoVariance));
        assert_eq!(least(group(5, f64::NAN), group(5, 0.0)), Err(Unmeasured::OutOfRange));
        for power in [0.4, 1.0, f64::NAN] {
            assert_eq!(
                minimum_detectable(group(5, 1.0), group(5, 1.0), Confidence::default(), power),
                Err(Unmeasured::OutOfRange)
            );
        }
        assert_eq!(needed_customers(0.0, (1.0, 1.0), 0.5, Confidence::default(), 0.8), Err(Unmeasured::OutOfRange));
        assert_eq!(needed_customers(1e-12, (1.0, 1.0), 0.5, Confidence::default(), 0.8), Err(Unmeasured::OutOfRange));
    }

    proptest! {
        #[test]
        fn the_needed_number_finds_just_the_effect(effect in 0.01..10.0f64, s in 0.1..100.0f64, share in 0.05..0.95f64) {
            let confidence = Confidence::default();
            let needed = needed_customers(effect, (s, 2.0 * s), share, confidence, POWER).unwrap() as f64;
            let error = (s / (needed * share) + 2.0 * s / (needed * (1.0 - share))).sqrt();
            prop_assert!(2.8016 * error <= effect * 1.0001);
        }
    }
}
