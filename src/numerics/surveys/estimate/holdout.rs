//! Folds, the choice of the penalty, and the skill on customers not seen.

use rayon::prelude::*;

use super::super::error::SurveyError;
use super::design::Design;
use super::moments::{Line, Moments, total};
use super::{EstimateOptions, PENALTIES, Skill};

/// Fewest folds: one to judge, and two of which each once judges the penalty.
const MIN_FOLDS: usize = 3;

/// Fold of each customer who answered, numbered without gaps, by a hash of their id.
pub(super) fn assign_folds(design: &Design<'_>, options: EstimateOptions) -> Result<Vec<usize>, SurveyError> {
    if options.folds < MIN_FOLDS {
        return Err(SurveyError::Option { option: "folds", value: options.folds as f64, allowed: "3 or more" });
    }
    let fold = |row: &usize| (mix(design.id(*row) ^ mix(options.seed)) % options.folds as u64) as usize;
    let drawn: Vec<usize> = design.answered().iter().map(fold).collect();
    let mut used = drawn.clone();
    used.sort_unstable();
    used.dedup();
    if used.len() < MIN_FOLDS {
        return Err(SurveyError::Folds { found: used.len(), needed: MIN_FOLDS });
    }
    Ok(drawn.iter().map(|fold| used.partition_point(|other| other < fold)).collect())
}

/// Spreads whole numbers over all 64 bits (the finaliser of `SplitMix64`; Steele, Lea & Flood 2014).
fn mix(number: u64) -> u64 {
    let mut state = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}

/// All folds but one.
fn without<'a>(folds: &[&'a Moments], left_out: usize) -> Vec<&'a Moments> {
    folds.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, fold)| *fold).collect()
}

/// The penalty of least squared error when each fold is predicted from the others; the larger one of equals.
pub(super) fn choose_penalty(folds: &[&Moments]) -> Result<f64, SurveyError> {
    let others: Vec<Moments> = (0..folds.len()).map(|at| total(&without(folds, at))).collect();
    let mut best = (f64::INFINITY, PENALTIES[0]);
    for penalty in PENALTIES.into_iter().rev() {
        let mut error = 0.0;
        for (fold, rest) in folds.iter().zip(&others) {
            error += fold.squared_error(&rest.ridge(penalty)?);
        }
        if error < best.0 {
            best = (error, penalty);
        }
    }
    Ok(best.1)
}

/// Predicts every customer who answered from the other folds, and compares with those folds' mean.
pub(super) fn skill(design: &Design<'_>, folds: &[usize], moments: &[Moments]) -> Result<Skill, SurveyError> {
    let all: Vec<&Moments> = moments.iter().collect();
    let lines = (0..all.len()).into_par_iter().map(|at| {
        let rest = without(&all, at);
        let (penalty, sum) = (choose_penalty(&rest)?, total(&rest));
        Ok((sum.ridge(penalty)?, sum.mean_target()))
    });
    let lines: Vec<(Line, f64)> = lines.collect::<Result<_, SurveyError>>()?;
    let errors = |(row, fold): (&usize, &usize)| {
        let (line, mean) = &lines[*fold];
        let answer = design.on_scale(design.target(*row));
        (answer - design.predict(line, *row), answer - design.on_scale(*mean))
    };
    let errors: Vec<(f64, f64)> = design.answered().par_iter().zip(folds).map(errors).collect();
    let n = errors.len() as f64;
    let squared = errors.iter().fold((0.0, 0.0), |(model, mean), (a, b)| (model + a * a, mean + b * b));
    let absolute = errors.iter().fold((0.0, 0.0), |(model, mean), (a, b)| (model + a.abs(), mean + b.abs()));
    Ok(Skill {
        r2: (squared.1 > 1e-12 * n).then(|| 1.0 - squared.0 / squared.1),
        mae: absolute.0 / n,
        baseline_mae: absolute.1 / n,
    })
}
