//! What a customer's purchases let expect, as a feature.

use rayon::prelude::*;

use crate::numerics::btyd::Outlook;

use super::contacts::{Chosen, USUAL_DAYS};
use super::design::Seen;

/// The model of the purchases of a trial's customers as they stood before it, which looks as far ahead as the longest window;
/// none where there are no purchases, or the fit doesn't converge.
pub(super) fn outlook(seen: &[Seen], campaigns: &[Chosen]) -> Option<Outlook> {
    let windows = campaigns.iter().filter_map(|campaign| campaign.window);
    let horizon_days = windows.map(|window| window.last - window.start + 1).max().unwrap_or(USUAL_DAYS);
    let known = seen.iter().filter_map(|(_, habits, _)| habits.history()).collect::<Vec<_>>();
    Outlook::fit(&known, horizon_days).filter(|outlook| outlook.is_converged)
}

/// Gives customers the log-odds of a purchase.
pub(super) fn complete(outlook: &Outlook, seen: &mut [Seen]) {
    seen.par_iter_mut().for_each(|(_, habits, _)| {
        if let Some(history) = habits.history() {
            *habits = habits.expecting(outlook.log_odds(history) as f32);
        }
    });
}
