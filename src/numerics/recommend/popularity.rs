//! What everyone buys: the baselines.

use super::{Holdings, Model, RecommendError};

/// Relevance of an item is the share of those who have anything who have it.
pub fn popularity(holdings: &Holdings) -> Model {
    Model::of_base(shares(holdings))
}

/// Share of the customers with an item who have each; zeros when nobody has one.
pub(super) fn shares(holdings: &Holdings) -> Vec<f64> {
    let holders = holdings.holders().max(1) as f64;
    holdings.buyers().into_iter().map(|buyers| f64::from(buyers) / holders).collect()
}

/// The same with each customer's part in an item halved every `half_life_days` since they last bought it, so that what
/// sells now comes first. `ages_days` has one age for each pair of customer and item, in the order of the holdings.
///
/// # Errors
/// [`RecommendError::Length`] unless there is one age per pair, [`RecommendError::Option`] unless the half-life is
/// positive.
pub fn recent_popularity(holdings: &Holdings, ages_days: &[i32], half_life_days: f64) -> Result<Model, RecommendError> {
    if ages_days.len() != holdings.len() {
        let (found, expected) = (ages_days.len(), holdings.len());
        return Err(RecommendError::Length { what: "ages", found, expected });
    }
    if !(half_life_days > 0.0) {
        let (option, allowed) = ("half_life_days", "a positive number of days");
        return Err(RecommendError::Option { option, value: half_life_days, allowed });
    }
    let mut sums = vec![0.0; holdings.item_count()];
    let mut ages = ages_days.iter();
    for customer in 0..holdings.customers() {
        for (item, age) in holdings.of(customer).iter().zip(&mut ages) {
            sums[*item as usize] += (-f64::from((*age).max(0)) / half_life_days).exp2();
        }
    }
    let holders = holdings.holders().max(1) as f64;
    Ok(Model::of_base(sums.into_iter().map(|sum| sum / holders).collect()))
}
