//! What a customer's purchases let expect.

use ndarray::Array2;
use rayon::prelude::*;

use crate::numerics::btyd::Outlook;
use crate::numerics::uplift::{Covariates, UpliftError};

use super::contacts::{Chosen, USUAL_DAYS};
use super::design::Seen;

/// A model of the purchases of a trial's customers as they stood before it, which looks as far ahead as the longest window.
#[derive(Debug)]
pub(super) struct Expected {
    /// None where there are no purchases, or the fit doesn't converge.
    outlook: Option<Outlook>,
    /// Whether the outcome is a purchase, so that the model tells how far it can be moved.
    is_outcome: bool,
}

impl Expected {
    /// Expects nothing.
    pub(super) const NOTHING: Self = Self { outlook: None, is_outcome: false };

    /// Fits the model.
    pub(super) fn fit(seen: &[Seen], campaigns: &[Chosen], is_outcome: bool) -> Self {
        let windows = campaigns.iter().filter_map(|campaign| campaign.window);
        let horizon_days = windows.map(|window| window.last - window.start + 1).max().unwrap_or(USUAL_DAYS);
        let known = seen.iter().filter_map(|(_, habits, _)| habits.history()).collect::<Vec<_>>();
        let outlook = Outlook::fit(&known, horizon_days).filter(|outlook| outlook.is_converged);
        Self { outlook, is_outcome }
    }

    /// Gives customers the log-odds of a purchase.
    pub(super) fn complete(&self, seen: &mut [Seen]) {
        let Some(outlook) = &self.outlook else { return };
        seen.par_iter_mut().for_each(|(_, habits, _)| {
            if let Some(history) = habits.history() {
                *habits = habits.expecting(outlook.log_odds(history) as f32);
            }
        });
    }

    /// Customers with their matrix, and how far each can be moved.
    pub(super) fn covariates(&self, matrix: Array2<f64>, seen: &[Seen]) -> Result<Covariates, UpliftError> {
        let people = Covariates::new(matrix);
        let Some(outlook) = self.outlook.as_ref().filter(|_| self.is_outcome) else { return Ok(people) };
        let one = |(_, habits, _): &Seen| habits.history().map_or(1.0, |history| outlook.attenuation(history));
        people.with_attenuation(seen.par_iter().map(one).collect())
    }
}
