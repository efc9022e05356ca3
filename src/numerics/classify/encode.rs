//! Columns of numbers and words to a matrix; everything that is learned for that comes from training rows alone.
//!
//! - A number is standardised, `(v − mean) ÷ sd`. One that is never negative and skewed ([`MOST_SKEWNESS`]) is taken as
//!   `ln(1 + v)` first: money and counts are. A missing number counts as the mean, and a column of its own says so.
//! - A word gets a column per level of 0 and 1, but for the most frequent one, which the others are compared with.
//!   Levels of few rows stand together, so do levels that training never saw; a missing word is a level.
//! - What never varies in training gets no column.

use ndarray::Array2;

/// Skewness (third standardised moment) from which a non-negative number is taken as its logarithm.
const MOST_SKEWNESS: f64 = 2.0;

/// The values of a feature, one per row.
#[derive(Debug, Clone, Copy)]
pub enum Values<'a> {
    /// Numbers; NaN is missing.
    Numbers(&'a [f64]),
    /// Words.
    Words {
        /// Place of each row's word among the names; negative is missing.
        codes: &'a [i32],
        /// The words.
        names: &'a [String],
    },
}

/// A named column of values.
#[derive(Debug, Clone, Copy)]
pub struct Feature<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its values.
    pub values: Values<'a>,
}

/// How words become columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EncodeOptions {
    /// Fewest training rows of a level that has a column of its own.
    pub rare_rows: usize,
    /// The same as a share of the training rows; the larger of both counts.
    pub rare_share: f64,
    /// Most levels of a feature with a column of their own, the most frequent ones.
    pub most_levels: usize,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self { rare_rows: 20, rare_share: 0.002, most_levels: 40 }
    }
}

/// What a column of the matrix stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum EncodedColumn {
    /// The standardised number.
    Number,
    /// That the value is missing.
    Missing,
    /// That the word is this one.
    Level(String),
    /// That the word is a rare or a new one.
    Other,
}

/// How a number is standardised.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Scale {
    is_log: bool,
    mean: f64,
    sd: f64,
}

impl Scale {
    fn of(&self, value: f64) -> f64 {
        if value.is_nan() {
            return 0.0;
        }
        let value = if self.is_log { value.max(0.0).ln_1p() } else { value };
        (value - self.mean) / self.sd
    }

    fn written(&self, encoded: f64) -> f64 {
        let value = self.mean + encoded * self.sd;
        if self.is_log { value.exp_m1() } else { value }
    }
}

/// A feature as it was learned.
#[derive(Debug, Clone, PartialEq)]
struct Learned {
    scale: Option<Scale>,
    /// The level that has no column.
    reference: Option<EncodedColumn>,
    /// Its columns in the matrix.
    columns: std::ops::Range<usize>,
    /// Mean of the number as it was written, where it is one.
    mean: f64,
}

/// A fitted encoding.
#[derive(Debug, Clone, PartialEq)]
pub struct Encoder {
    names: Vec<String>,
    learned: Vec<Learned>,
    columns: Vec<(usize, EncodedColumn)>,
    means: Vec<f64>,
}

impl Encoder {
    /// Learns from the training rows.
    pub fn fit(features: &[Feature<'_>], rows: &[usize], options: EncodeOptions) -> Self {
        let mut encoder = Self {
            names: features.iter().map(|f| f.name.to_owned()).collect(),
            learned: Vec::with_capacity(features.len()),
            columns: Vec::new(),
            means: Vec::new(),
        };
        for (number, feature) in features.iter().enumerate() {
            let start = encoder.columns.len();
            let mut learned = match feature.values {
                Values::Numbers(values) => encoder.learn_number(number, values, rows),
                Values::Words { codes, names } => encoder.learn_words(number, codes, names, rows, options),
            };
            learned.columns = start..encoder.columns.len();
            encoder.learned.push(learned);
        }
        encoder
    }

    fn push(&mut self, feature: usize, column: EncodedColumn, mean: f64) {
        self.columns.push((feature, column));
        self.means.push(mean);
    }

    fn learn_number(&mut self, feature: usize, values: &[f64], rows: &[usize]) -> Learned {
        let seen = rows.iter().map(|row| values[*row]).filter(|v| !v.is_nan()).collect::<Vec<_>>();
        let (mean, sd, skewness) = moments(&seen);
        let is_log = skewness > MOST_SKEWNESS && seen.iter().all(|v| *v >= 0.0);
        let scale = if is_log {
            let logs = seen.iter().map(|v| v.ln_1p()).collect::<Vec<_>>();
            let (mean, sd, _) = moments(&logs);
            Scale { is_log, mean, sd }
        } else {
            Scale { is_log, mean, sd }
        };
        let varies = scale.sd > 0.0 && scale.sd.is_finite();
        if varies {
            self.push(feature, EncodedColumn::Number, 0.0);
        }
        let missing = rows.len() - seen.len();
        if missing > 0 && missing < rows.len() {
            self.push(feature, EncodedColumn::Missing, missing as f64 / rows.len() as f64);
        }
        Learned { scale: varies.then_some(scale), reference: None, columns: 0..0, mean }
    }

    fn learn_words(
        &mut self,
        feature: usize,
        codes: &[i32],
        names: &[String],
        rows: &[usize],
        options: EncodeOptions,
    ) -> Learned {
        let mut counts = vec![0_usize; names.len() + 1];
        for row in rows {
            let place = usize::try_from(codes[*row]).unwrap_or(names.len());
            counts[place.min(names.len())] += 1;
        }
        let fewest = options.rare_rows.max((rows.len() as f64 * options.rare_share).ceil() as usize).max(1);
        let mut levels = (0..names.len()).filter(|at| counts[*at] >= fewest).collect::<Vec<_>>();
        levels.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then_with(|| names[*a].cmp(&names[*b])));
        levels.truncate(options.most_levels);
        let mut found = levels.iter().map(|at| (EncodedColumn::Level(names[*at].clone()), counts[*at]));
        let mut found = found.by_ref().collect::<Vec<_>>();
        let missing = counts[names.len()];
        let other = rows.len() - missing - found.iter().map(|(_, count)| count).sum::<usize>();
        found.extend((missing > 0).then_some((EncodedColumn::Missing, missing)));
        found.extend((other > 0).then_some((EncodedColumn::Other, other)));
        let most = found.iter().map(|(_, count)| *count).max();
        let reference = found.iter().position(|(_, count)| Some(*count) == most);
        let reference = reference.map(|at| found.remove(at).0);
        for (column, count) in found {
            self.push(feature, column, count as f64 / rows.len() as f64);
        }
        Learned { scale: None, reference, columns: 0..0, mean: f64::NAN }
    }

    /// The matrix of some rows: rows × columns. The features are those of the fit, in its order.
    pub fn matrix(&self, features: &[Feature<'_>], rows: &[usize]) -> Array2<f64> {
        let mut x = Array2::zeros((rows.len(), self.columns.len()));
        for (learned, feature) in self.learned.iter().zip(features) {
            match feature.values {
                Values::Numbers(values) => self.fill_number(&mut x, learned, values, rows),
                Values::Words { codes, names } => self.fill_words(&mut x, learned, (codes, names), rows),
            }
        }
        x
    }

    fn fill_number(&self, x: &mut Array2<f64>, learned: &Learned, values: &[f64], rows: &[usize]) {
        for column in learned.columns.clone() {
            let is_number = self.columns[column].1 == EncodedColumn::Number;
            let scale = learned.scale.filter(|_| is_number);
            for (at, row) in rows.iter().enumerate() {
                let value = values[*row];
                x[[at, column]] = scale.map_or_else(|| f64::from(u8::from(value.is_nan())), |scale| scale.of(value));
            }
        }
    }

    fn fill_words(&self, x: &mut Array2<f64>, learned: &Learned, (codes, names): (&[i32], &[String]), rows: &[usize]) {
        let place = |wanted: &EncodedColumn| learned.columns.clone().find(|c| self.columns[*c].1 == *wanted);
        let other = place(&EncodedColumn::Other);
        let missing = place(&EncodedColumn::Missing);
        let column_of = |name: &String| {
            let level = EncodedColumn::Level(name.clone());
            if learned.reference.as_ref() == Some(&level) { None } else { place(&level).or(other) }
        };
        let columns = names.iter().map(column_of).collect::<Vec<_>>();
        for (at, row) in rows.iter().enumerate() {
            let code = usize::try_from(codes[*row]).ok();
            let column = code.map_or(missing, |code| columns.get(code).copied().unwrap_or(other));
            if let Some(column) = column {
                x[[at, column]] = 1.0;
            }
        }
    }

    /// Names of the features, in the order of the fit.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What each column of the matrix stands for, with the number of its feature.
    pub fn columns(&self) -> &[(usize, EncodedColumn)] {
        &self.columns
    }

    /// The columns of a feature; empty for one that never varied.
    pub fn columns_of(&self, feature: usize) -> std::ops::Range<usize> {
        self.learned[feature].columns.clone()
    }

    /// A value in a column of the matrix as it was written, where the column is a number.
    pub fn written(&self, column: usize, encoded: f64) -> f64 {
        let (feature, kind) = &self.columns[column];
        let scale = self.learned[*feature].scale.filter(|_| *kind == EncodedColumn::Number);
        scale.map_or(encoded, |scale| scale.written(encoded))
    }

    /// Mean of each column over the training rows.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// Mean of a feature of numbers over the training rows, as it was written; NaN for words.
    pub fn mean_of(&self, feature: usize) -> f64 {
        self.learned[feature].mean
    }

    /// The level of a feature of words that has no column.
    pub fn reference_of(&self, feature: usize) -> Option<&EncodedColumn> {
        self.learned[feature].reference.as_ref()
    }
}

/// Mean, standard deviation and skewness; a column that is all alike has a deviation of exactly 0.
fn moments(values: &[f64]) -> (f64, f64, f64) {
    let Some(first) = values.first() else { return (0.0, 0.0, 0.0) };
    if values.iter().all(|v| v == first) {
        return (*first, 0.0, 0.0);
    }
    let n = values.len() as f64;
    let mean = values.iter().map(|v| v / n).sum::<f64>();
    let moment = |power: i32| values.iter().map(|v| (v - mean).powi(power) / n).sum::<f64>();
    let sd = moment(2).sqrt();
    (mean, sd, moment(3) / sd.powi(3))
}
