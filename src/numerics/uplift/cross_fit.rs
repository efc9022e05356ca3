//! Scores of people by models that have not seen them.

use super::covariates::Covariates;
use super::error::UpliftError;
use super::models::{Learners, UpliftKind, fit_uplift, places};
use super::trial::{Trial, same_length};

/// Scores each row of a trial by models that were fitted to the other parts. `parts` holds the part of each row, from 0; all
/// rows of a person should be in one. The same whatever the number of threads.
///
/// The scores of each part are moved so that their mean is the mean of all. A model that was fitted without a part expects a
/// lower effect for everybody in it when the effect in it is high by chance: left as they are, scores of different parts
/// would run against what they are to be compared with.
///
/// # Errors
/// Per kind, what kept one of the parts from being scored.
pub fn cross_fit(
    kinds: &[UpliftKind],
    people: &Covariates,
    trial: &Trial<'_>,
    parts: &[u32],
    learners: Learners,
) -> Vec<Result<Vec<f64>, UpliftError>> {
    if let Err(error) = same_length("parts", parts.len(), trial.len()) {
        return kinds.iter().map(|_| Err(error.clone())).collect();
    }
    let last = parts.iter().copied().max().map_or(0, |last| last + 1);
    let fit = |part: u32| {
        let rows = |inside: bool| (0..parts.len() as u32).filter(move |row| (parts[*row as usize] == part) == inside);
        let (own, others) = (rows(true).collect::<Vec<_>>(), rows(false).collect::<Vec<_>>());
        let fitted = fit_uplift(kinds, people, trial, &others, learners);
        let unseen = people.select(&places(&own));
        let scores = fitted.into_iter().map(|model| Ok(model?.predict(&unseen)));
        let scores = scores.collect::<Vec<Result<_, UpliftError>>>();
        (own, scores)
    };
    // one after the other: each holds its people once more, and uses all threads by itself
    let scored: Vec<_> = (0..last).map(fit).collect();
    let gather = |kind: usize| {
        let mut all = vec![0.0; trial.len()];
        for (rows, scores) in &scored {
            let scores = scores[kind].as_ref().map_err(Clone::clone)?;
            let mean = scores.iter().sum::<f64>() / (scores.len().max(1)) as f64;
            rows.iter().zip(scores).for_each(|(row, score)| all[*row as usize] = score - mean);
        }
        let means = scored.iter().filter_map(|(_, scores)| scores[kind].as_ref().ok());
        let mean = means.flatten().sum::<f64>() / trial.len() as f64;
        all.iter_mut().for_each(|score| *score += mean);
        Ok(all)
    };
    (0..kinds.len()).map(gather).collect()
}
