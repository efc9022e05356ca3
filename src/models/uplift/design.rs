//! Features to the matrix that models learn from, and to that of tonight's customers.

use ndarray::{Array2, Axis, concatenate};

use crate::numerics::classify::{EncodeOptions, EncodedColumn, Encoder};
use crate::numerics::surveys::inference::Confidence;
use crate::numerics::uplift::{Effect, EffectColumn, Term, Trial, UpliftError, range};

use super::features::{FeatureSet, Habits};

/// A lot leaves arms alike in everything that was known before; a difference of so many standard errors is none of chance.
const FAR_APART: f64 = 5.0;

/// Mean length of a year.
const YEAR_DAYS: f64 = 365.25;

/// How words become columns: few, as effects are hard to tell apart.
const ENCODING: EncodeOptions = EncodeOptions { rare_rows: 50, rare_share: 0.01, most_levels: 12 };

/// A customer as seen on a day: row of the customers table, habits, the day.
pub(super) type Seen = (u32, Habits, i32);

/// How customers become rows of numbers.
#[derive(Debug)]
pub(super) struct Design<'a> {
    set: FeatureSet<'a>,
    encoder: Encoder,
    /// Columns of the encoder that have a column of their squares.
    squares: Vec<usize>,
    /// Number of campaigns.
    campaigns: usize,
    /// Least and greatest value of each column in the trial.
    ranges: Vec<(f64, f64)>,
}

/// A design with the matrix of the trial.
pub(super) struct Designed<'a> {
    pub(super) design: Design<'a>,
    pub(super) matrix: Array2<f64>,
    pub(super) doubts: Doubts,
}

/// What of the features can't be trusted, by name.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    /// Attributes that were left out: the arms differ in them.
    pub(super) arms_differ: Vec<String>,
    /// Attributes that were left out: they and the outcome only come together.
    pub(super) with_outcome: Vec<String>,
    /// Features from purchases in which the arms differ.
    pub(super) uneven: Vec<String>,
}

impl<'a> Design<'a> {
    /// Learns the encoding of the people of a trial; `campaigns` is the number of each row's.
    ///
    /// An attribute in which the arms differ was not known before the campaign (an outcome, the arm itself) or the arms were
    /// not drawn by lot. One that is never there without the outcome, or without which the outcome never is, came with it.
    /// Either is left out.
    ///
    /// # Errors
    /// As the trial's.
    pub(super) fn fit(
        set: FeatureSet<'a>,
        seen: &[Seen],
        trial: &Trial<'_>,
        campaigns: &[u32],
    ) -> Result<Designed<'a>, UpliftError> {
        let all = (0..seen.len()).collect::<Vec<_>>();
        let cells = set.cells(seen);
        let encoder = Encoder::fit(&cells.features(), &all, ENCODING);
        let matrix = encoder.matrix(&cells.features(), &all);
        let mut doubts = Doubts::default();
        for (place, name) in set.names().into_iter().enumerate() {
            let (mut differ, mut together) = (false, false);
            for column in encoder.columns_of(place) {
                let values = matrix.column(column).to_vec();
                differ |= is_uneven(&values, trial, campaigns)?;
                together |= set.is_attribute(place) && come_together(&values, trial.outcomes());
            }
            match (differ, together, set.is_attribute(place)) {
                (_, true, _) => doubts.with_outcome.push(name.to_owned()),
                (true, _, true) => doubts.arms_differ.push(name.to_owned()),
                (true, _, false) => doubts.uneven.push(name.to_owned()),
                (false, false, _) => {}
            }
        }
        let dropped = doubts.arms_differ.iter().chain(&doubts.with_outcome).cloned().collect::<Vec<_>>();
        if !dropped.is_empty() {
            let found = Self::fit(set.without(&dropped), seen, trial, campaigns)?;
            return Ok(Designed { doubts, ..found });
        }
        let is_square = |(at, (place, column)): (usize, &(usize, EncodedColumn))| {
            (!set.is_attribute(*place) && *column == EncodedColumn::Number).then_some(at)
        };
        let squares = encoder.columns().iter().enumerate().filter_map(is_square).collect();
        let campaign_count = campaigns.iter().max().map_or(0, |last| *last as usize + 1);
        let ranges = matrix.columns().into_iter().map(|column| range(column.iter().copied())).collect();
        let design = Self { set, encoder, squares, campaigns: campaign_count, ranges };
        let mut matrix = design.widened(&matrix);
        design.mark_campaigns(&mut matrix, campaigns);
        Ok(Designed { design, matrix, doubts })
    }

    /// Columns that may change the effect. The squares only tell the outcome, as steps follow a curve, too; so does what a model
    /// of all purchases expects, which says how far a customer can be moved, and no more than other features do by what.
    pub(super) fn effect_columns(&self) -> Vec<EffectColumn> {
        let encoded = self.encoder.columns();
        let one = |(column, (feature, kind)): (usize, &(usize, EncodedColumn))| {
            let is_level = matches!(kind, EncodedColumn::Level(_) | EncodedColumn::Other);
            let alternatives = if is_level { self.encoder.columns_of(*feature).len() } else { 1 };
            (!self.set.is_expected(*feature)).then_some(EffectColumn { column, alternatives })
        };
        let campaigns = self.campaigns.saturating_sub(1);
        let campaign = |number: usize| EffectColumn { column: encoded.len() + number, alternatives: campaigns };
        encoded.iter().enumerate().filter_map(one).chain((0..campaigns).map(campaign)).collect()
    }

    /// When a term changes the effect, in words.
    pub(super) fn spelled(&self, term: Term) -> String {
        let (Term::Slope(column) | Term::Step(column, _)) = term;
        let Some((feature, encoded)) = self.encoder.columns().get(column) else {
            return "with the campaign".to_owned();
        };
        let name = &self.encoder.names()[*feature];
        let name = if self.set.is_day(*feature) { format!("days since {name}") } else { name.clone() };
        match (encoded, term) {
            (EncodedColumn::Number, Term::Step(_, value)) => {
                let value = self.encoder.written(column, value);
                let years = value / YEAR_DAYS;
                let in_years = self.set.is_day(*feature) && years > 2.0;
                let in_years = if in_years { format!(" ({} years)", figures(years)) } else { String::new() };
                format!("where {name} is above {}{in_years}", figures(value))
            }
            (EncodedColumn::Number, Term::Slope(_)) => format!("with {name}"),
            (EncodedColumn::Missing, _) => format!("with {name} being unknown"),
            (EncodedColumn::Level(level), _) => format!("with {name} = {level}"),
            (EncodedColumn::Other, _) => format!("with {name} being rare"),
        }
    }

    /// Adds a column of zeros for each campaign but the first, and the squares.
    fn widened(&self, encoded: &Array2<f64>) -> Array2<f64> {
        let squares = encoded.select(Axis(1), &self.squares).mapv(|value| value * value - 1.0);
        let campaigns = Array2::zeros((encoded.nrows(), self.campaigns.saturating_sub(1)));
        let parts = [encoded.view(), campaigns.view(), squares.view()];
        concatenate(Axis(1), &parts).unwrap_or_else(|_| encoded.clone())
    }

    /// Says which campaign a row is of. The mean of each column is 0, so that a row of zeros is of no campaign in particular.
    fn mark_campaigns(&self, matrix: &mut Array2<f64>, campaigns: &[u32]) {
        let first = self.encoder.columns().len();
        for number in 1..self.campaigns {
            let share = campaigns.iter().filter(|own| **own as usize == number).count() as f64 / campaigns.len() as f64;
            let mut column = matrix.column_mut(first + number - 1);
            for (cell, own) in column.iter_mut().zip(campaigns) {
                *cell = f64::from(u8::from(*own as usize == number)) - share;
            }
        }
    }

    /// The matrix of customers who are in no campaign yet. What lies beyond the range of the trial, such as a longer silence
    /// than anybody's in it, counts as the end of the range: nothing was learned there.
    pub(super) fn matrix(&self, seen: &[Seen]) -> Array2<f64> {
        let cells = self.set.cells(seen);
        let all = (0..seen.len()).collect::<Vec<_>>();
        let mut encoded = self.encoder.matrix(&cells.features(), &all);
        for (mut column, (least, most)) in encoded.columns_mut().into_iter().zip(&self.ranges) {
            column.mapv_inplace(|value| value.max(*least).min(*most));
        }
        self.widened(&encoded)
    }
}

/// A number with three figures that count, and all of those before the point.
fn figures(value: f64) -> String {
    let digits = if value == 0.0 { 0 } else { (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize };
    format!("{value:.digits$}")
}

fn is_uneven(values: &[f64], trial: &Trial<'_>, campaigns: &[u32]) -> Result<bool, UpliftError> {
    let arms = Trial::new(trial.treated(), values)?.with_campaigns(campaigns)?;
    let found = Effect::average(&arms, Confidence::default())?;
    Ok(found.std_error.is_some_and(|error| found.effect.abs() > FAR_APART * error))
}

/// Whether one of two columns never leaves its usual value where the other has its own.
fn come_together(feature: &[f64], outcomes: &[f64]) -> bool {
    follows(feature, outcomes) || follows(outcomes, feature)
}

/// Whether one column has a value for at least half of the rows, another never changes there, and elsewhere it often does.
fn follows(usual: &[f64], other: &[f64]) -> bool {
    /// That as many rows fall into half of all by chance has a chance below one in a million.
    const ENOUGH: usize = 20;
    let Some(usual_value) = majority(usual) else { return false };
    let mut inside = usual.iter().zip(other).filter(|(value, _)| **value == usual_value).map(|(_, other)| *other);
    let Some(first) = inside.next() else { return false };
    inside.all(|value| value == first) && other.iter().filter(|value| **value != first).count() >= ENOUGH
}

/// The value of at least half of the rows (Boyer & Moore 1991, "MJRTY: a fast majority vote algorithm").
fn majority(values: &[f64]) -> Option<f64> {
    let (mut candidate, mut lead) = (*values.first()?, 0_usize);
    for value in values {
        if lead == 0 {
            candidate = *value;
        }
        if *value == candidate { lead += 1 } else { lead -= 1 }
    }
    let count = values.iter().filter(|value| **value == candidate).count();
    (2 * count >= values.len()).then_some(candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_comes_with_the_outcome_is_no_feature() {
        // a visit in every fifth row, a purchase in every tenth, always with a visit
        let every = |n: usize| (0..400).map(|row| f64::from(u8::from(row % n == 0))).collect::<Vec<_>>();
        let (visits, purchases, thirds) = (every(5), every(10), every(3));
        assert!(come_together(&visits, &purchases) && come_together(&purchases, &visits));
        assert!(!come_together(&thirds, &visits) && !come_together(&visits, &thirds));
        // too few to tell
        assert!(!come_together(&every(5)[..90], &every(10)[..90]));
        let ages = (0..400).map(f64::from).collect::<Vec<_>>();
        assert!(!come_together(&ages, &visits) && !come_together(&[], &[]));
    }

    #[test]
    fn numbers_are_short() {
        let written = [62.999_99, 0.123_45, 5.25, 1_234.56, -0.000_5, 0.0].map(figures);
        assert_eq!(written, ["63.0", "0.123", "5.25", "1235", "-0.000500", "0"]);
    }

    #[test]
    fn the_value_of_at_least_half() {
        assert_eq!(majority(&[1.0, 2.0, 1.0]), Some(1.0));
        assert_eq!(majority(&[1.0, 2.0, 3.0]), None);
        assert_eq!(majority(&[]), None);
    }
}
