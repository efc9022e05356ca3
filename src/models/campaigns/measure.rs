//! The figures of one group of treated against one group of controls.

use crate::numerics::experiments::{
    BootstrapOptions, Difference, Group, Moments, POWER, ShareTest, Unmeasured, bootstrap, cuped, minimum_detectable,
    needed_customers, relative_lift,
};
use crate::numerics::surveys::inference::Confidence;

use super::outcomes::Scale;

/// A group smaller than this has intervals that are rough.
const TINY: u64 = 30;

/// The outcomes of two groups.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) treated: Vec<f64>,
    pub(super) control: Vec<f64>,
    /// The covariate of both; empty without one.
    pub(super) before_treated: Vec<f64>,
    pub(super) before_control: Vec<f64>,
}

/// How a cell is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measuring<'a> {
    pub(super) outcome: &'a str,
    pub(super) scale: Scale,
    pub(super) confidence: Confidence,
    pub(super) seed: u64,
}

/// What can be said of a cell; `None` for what can't.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) treated: u64,
    pub(super) control: u64,
    pub(super) mean_treated: Option<f64>,
    pub(super) mean_control: Option<f64>,
    pub(super) effect: Option<f64>,
    pub(super) standard_error: Option<f64>,
    pub(super) degrees: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    pub(super) bootstrap_lower: Option<f64>,
    pub(super) bootstrap_upper: Option<f64>,
    pub(super) p_value: Option<f64>,
    pub(super) p_value_adjusted: Option<f64>,
    pub(super) z_pooled: Option<f64>,
    pub(super) p_value_pooled: Option<f64>,
    pub(super) p_value_exact: Option<f64>,
    pub(super) relative_lift: Option<f64>,
    pub(super) cuped_theta: Option<f64>,
    pub(super) cuped_effect: Option<f64>,
    pub(super) cuped_standard_error: Option<f64>,
    pub(super) cuped_lower: Option<f64>,
    pub(super) cuped_upper: Option<f64>,
    pub(super) minimum_detectable_effect: Option<f64>,
    pub(super) customers_needed: Option<u64>,
    pub(super) is_tiny: bool,
    pub(super) notes: Vec<String>,
}

impl Cell {
    /// Everything that can be said of the cell.
    pub(super) fn figures(&self, how: Measuring<'_>) -> Figures {
        let mut figures =
            Figures { treated: self.treated.len() as u64, control: self.control.len() as u64, ..Figures::default() };
        let (Ok(treated), Ok(control)) = (Moments::of(&self.treated), Moments::of(&self.control)) else {
            figures.notes.push(Unmeasured::NotFinite.to_string());
            return figures;
        };
        figures.mean_treated = treated.map(|moments| moments.mean);
        figures.mean_control = control.map(|moments| moments.mean);
        figures.is_tiny = figures.treated.min(figures.control) < TINY;
        match Difference::of(treated.as_ref(), control.as_ref(), how.confidence) {
            Err(reason) => figures.notes.push(reason.to_string()),
            Ok(difference) => self.compare(&mut figures, difference, how),
        }
        if let (Some(treated), Some(control)) = (treated, control) {
            plan(&mut figures, &treated, &control, how.confidence);
        }
        figures
    }

    fn compare(&self, figures: &mut Figures, difference: Difference, how: Measuring<'_>) {
        figures.effect = Some(difference.effect);
        figures.relative_lift = figures.mean_control.and_then(|mean| relative_lift(difference.effect, mean));
        if let Ok(test) = difference.test {
            figures.standard_error = Some(test.standard_error);
            figures.degrees = Some(test.degrees);
            (figures.lower, figures.upper) = (Some(test.lower), Some(test.upper));
            figures.p_value = Some(test.p);
        }
        if how.scale == Scale::YesNo {
            self.compare_shares(figures, difference.test.is_ok(), how);
        } else if let Err(reason) = difference.test {
            figures.notes.push(reason.to_string());
        }
        let options = BootstrapOptions { confidence: how.confidence, seed: how.seed, ..BootstrapOptions::default() };
        if let Ok(interval) = bootstrap(&self.treated, &self.control, &options) {
            (figures.bootstrap_lower, figures.bootstrap_upper) = (Some(interval.lower), Some(interval.upper));
        }
        if self.before_treated.is_empty() && self.before_control.is_empty() {
            return;
        }
        let adjusted =
            cuped((&self.treated, &self.before_treated), (&self.control, &self.before_control), how.confidence);
        if let Ok(adjusted) = adjusted {
            figures.cuped_theta = Some(adjusted.theta);
            figures.cuped_effect = Some(adjusted.effect);
            figures.cuped_standard_error = Some(adjusted.test.standard_error);
            (figures.cuped_lower, figures.cuped_upper) = (Some(adjusted.test.lower), Some(adjusted.test.upper));
        }
    }

    /// Tests of shares; their interval where that of the means is none or rough.
    fn compare_shares(&self, figures: &mut Figures, has_interval: bool, how: Measuring<'_>) {
        let yes = |values: &[f64]| values.iter().filter(|value| **value > 0.5).count() as u64;
        let (treated, control) = ((yes(&self.treated), figures.treated), (yes(&self.control), figures.control));
        let Some(test) = ShareTest::of(treated, control, how.confidence) else { return };
        figures.p_value = test.fitting_p();
        figures.z_pooled = test.z;
        figures.p_value_pooled = test.p;
        figures.p_value_exact = test.p_exact.filter(|_| test.z.is_some());
        figures.is_tiny |= !test.is_large;
        // Welch's interval leaves the range of shares where there are few cases
        if !has_interval || !test.is_large {
            (figures.lower, figures.upper) = (Some(test.interval.lower), Some(test.interval.upper));
        }
        let outcome = how.outcome;
        if treated.0 + control.0 == 0 {
            figures.notes.push(format!("no {outcome} in either group"));
        } else if (treated.0, control.0) == (treated.1, control.1) {
            figures.notes.push(format!("{outcome} of all in both groups"));
        }
    }
}

/// What such groups can find, and how many customers the measured effect would need.
fn plan(figures: &mut Figures, treated: &Moments, control: &Moments, confidence: Confidence) {
    let (Some(first), Some(second)) = (treated.variance(), control.variance()) else { return };
    let group = |moments: &Moments, variance| Group { customers: moments.customers, variance };
    figures.minimum_detectable_effect =
        minimum_detectable(group(treated, first), group(control, second), confidence, POWER).ok();
    let all = (treated.customers + control.customers) as f64;
    let share = treated.customers as f64 / all;
    let needed = figures.effect.map(|effect| needed_customers(effect, (first, second), share, confidence, POWER));
    figures.customers_needed = needed.and_then(Result::ok).filter(|_| first + second > 0.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(treated: &[f64], control: &[f64]) -> Figures {
        let cell = Cell { treated: treated.to_vec(), control: control.to_vec(), ..Cell::default() };
        let how = Measuring { outcome: "response", scale: Scale::YesNo, confidence: Confidence::default(), seed: 1 };
        cell.figures(how)
    }

    /// A shop's districts: one with both groups, one without a control group, one without treated, one where nobody answered.
    #[test]
    fn an_empty_group_has_no_effect_and_says_so() {
        let both = measured(&[1.0, 1.0, 1.0, 0.0], &[1.0, 0.0, 0.0]);
        assert!((both.effect.unwrap() - (0.75 - 1.0 / 3.0)).abs() < 1e-12 && both.notes.is_empty());
        assert!(both.is_tiny && both.p_value == both.p_value_exact);
        let no_control = measured(&[1.0, 0.0], &[]);
        assert_eq!((no_control.effect, no_control.mean_treated), (None, Some(0.5)));
        assert_eq!(no_control.notes, ["no control"]);
        let no_treatment = measured(&[], &[1.0, 0.0]);
        assert_eq!((no_treatment.effect, no_treatment.mean_control), (None, Some(0.5)));
        assert_eq!(no_treatment.notes, ["no treatment"]);
        let silent = measured(&[0.0, 0.0, 0.0], &[0.0, 0.0]);
        assert_eq!((silent.effect, silent.p_value, silent.p_value_exact), (Some(0.0), None, None));
        assert_eq!(silent.notes, ["no response in either group"]);
        assert!(silent.lower.unwrap() < 0.0 && silent.upper.unwrap() > 0.0);
        assert_eq!((silent.customers_needed, silent.bootstrap_lower), (None, None));
        assert_eq!(measured(&[], &[]).notes, ["no customers"]);
    }
}
