//! Category columns as indicator columns that weigh as much as one number.
//!
//! # Formula
//!
//! ```text
//! x_l = (1[level = l] − p_l) / √(1 − Σ_m p_m²)
//! ```
//!
//! for the levels `l` with shares `p_l` of the rows used. The variances of the
//! indicators, `p_l (1 − p_l)`, add up to `1 − Σ p²`, so the whole category has
//! the total variance 1 of a standardised number, however many levels it has:
//! the balance that factor analysis of mixed data keeps between numbers and
//! categories (Pagès 2004, "Analyse factorielle de données mixtes", Revue de
//! statistique appliquée 52). That method divides each indicator by `√p_l`,
//! which makes the rarest level weigh most; a common divisor keeps distances a
//! multiple of "same or not" (Gower 1971, "A general coefficient of similarity
//! and some of its properties", Biometrics 27): two rows of different levels
//! are `2 / (1 − Σ p²)` apart in squares, whichever these are. With two equally
//! frequent levels the indicators are ±1/√2.
//!
//! Levels below 2 % of the rows, and those after the most frequent ones so
//! that there are at most ten in all, are pooled into one called "other". An
//! empty cell is a level called "missing". A level that the fitted rows didn't
//! have counts as "other" if there is one; else all its indicators are 0
//! before centring.

use super::ClusterError;
use super::points::to_f64;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most levels a category is coded into, "other" included.
pub const MAX_LEVELS: usize = 10;

/// Levels with a smaller share of the rows are pooled.
pub const RARE_SHARE: f64 = 0.02;

/// Name of the pooled levels.
pub const OTHER: &str = "other";

/// Name of the level of empty cells.
pub const MISSING: &str = "missing";

/// A category column to cluster by.
#[derive(Debug, Clone, Copy)]
pub struct Category<'a> {
    /// Name of the column.
    pub name: &'a str,
    /// Position among the levels per customer; negative where the cell is
    /// empty.
    pub codes: &'a [i32],
    /// Names of the levels.
    pub levels: &'a [String],
}

/// One level that has an indicator of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedLevel {
    /// Its name; [`OTHER`] for the pooled ones.
    pub name: String,
    /// Share of the fitted rows, 0..1.
    pub share: f64,
}

/// How a category column becomes indicators, fitted once and applied as often
/// as needed.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryCoding {
    /// Name of the column.
    pub name: String,
    /// The levels with an indicator, by falling share, pooled ones last.
    pub levels: Vec<CodedLevel>,
    /// Names of the pooled levels, sorted.
    pub pooled: Vec<String>,
    /// `√(1 − Σ p²)`; 0 if all fitted rows have the same level, and then the
    /// indicators are 0.
    pub divisor: f64,
}

impl CategoryCoding {
    /// Fits the coding to some rows of a column.
    ///
    /// # Errors
    ///
    /// [`ClusterError::UnknownLevel`] if a code has no level,
    /// [`ClusterError::NoRows`] without rows.
    pub fn fit(category: &Category<'_>, rows: &[u32]) -> Result<Self, ClusterError> {
        check(category)?;
        if rows.is_empty() {
            return Err(ClusterError::NoRows { rows: category.codes.len(), refused: category.codes.len() });
        }
        let mut counts = vec![0_usize; category.levels.len() + 1];
        for &row in rows {
            counts[slot(category, row as usize)] += 1;
        }
        let mut by_name: BTreeMap<&str, usize> = BTreeMap::new();
        for (slot, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            *by_name.entry(category.levels.get(slot).map_or(MISSING, String::as_str)).or_insert(0) += count;
        }
        let mut found: Vec<(&str, usize)> = by_name.into_iter().collect();
        // Sorting is stable: names decide between equals.
        found.sort_by_key(|(_, count)| Reverse(*count));
        Ok(Self::of_counts(category.name, &found, to_f64(rows.len())))
    }

    /// Keeps the frequent ones of levels sorted by falling count.
    fn of_counts(name: &str, found: &[(&str, usize)], total: f64) -> Self {
        let frequent = found.iter().take_while(|(_, count)| to_f64(*count) >= RARE_SHARE * total).count();
        let all = frequent == found.len() && frequent <= MAX_LEVELS;
        let (kept, rest) = found.split_at(if all { frequent } else { frequent.min(MAX_LEVELS - 1) });
        let coded = |name: &str, count: usize| CodedLevel { name: name.to_owned(), share: to_f64(count) / total };
        let mut levels: Vec<CodedLevel> = kept.iter().map(|&(name, count)| coded(name, count)).collect();
        if !rest.is_empty() {
            levels.push(coded(OTHER, rest.iter().map(|(_, count)| count).sum()));
        }
        let mut pooled: Vec<String> = rest.iter().map(|(name, _)| (*name).to_owned()).collect();
        pooled.sort_unstable();
        let same: f64 = levels.iter().map(|level| level.share * level.share).sum();
        let divisor = if levels.len() < 2 { 0.0 } else { (1.0 - same).max(0.0).sqrt() };
        Self { name: name.to_owned(), levels, pooled, divisor }
    }

    /// The level of each of some rows, as a position in
    /// [`CategoryCoding::levels`]; none for a level that has no indicator.
    ///
    /// # Errors
    ///
    /// [`ClusterError::UnknownLevel`] if a code has no level.
    pub fn levels_of(&self, category: &Category<'_>, rows: &[u32]) -> Result<Vec<Option<u16>>, ClusterError> {
        check(category)?;
        let names = category.levels.iter().map(String::as_str).chain([MISSING]);
        let positions: Vec<Option<u16>> = names.map(|name| self.position(name)).collect();
        Ok(rows.iter().map(|&row| positions[slot(category, row as usize)]).collect())
    }

    /// Writes the indicators of a level to `cells`, one per coded level.
    pub fn indicators(&self, level: Option<u16>, cells: &mut [f64]) {
        for ((number, cell), coded) in (0_u16..).zip(cells).zip(&self.levels) {
            let own = if level == Some(number) { 1.0 } else { 0.0 };
            *cell = if self.divisor > 0.0 { (own - coded.share) / self.divisor } else { 0.0 };
        }
    }

    /// Number of indicators.
    #[must_use]
    pub fn width(&self) -> usize {
        self.levels.len()
    }

    /// The indicator of a level.
    fn position(&self, name: &str) -> Option<u16> {
        let own = self.levels.iter().position(|level| level.name == name && !self.is_pool(level));
        let found = own.or_else(|| self.levels.iter().position(|level| self.is_pool(level)));
        found.and_then(|at| u16::try_from(at).ok())
    }

    /// Whether a level stands for the pooled ones. A level of the column may
    /// happen to have the same name.
    fn is_pool(&self, level: &CodedLevel) -> bool {
        !self.pooled.is_empty() && self.levels.last().is_some_and(|last| std::ptr::eq(last, level))
    }
}

/// Where the count of a row's level goes: empty cells come last.
fn slot(category: &Category<'_>, row: usize) -> usize {
    usize::try_from(category.codes[row]).unwrap_or(category.levels.len())
}

/// Checks that every code has a level.
fn check(category: &Category<'_>) -> Result<(), ClusterError> {
    let levels = category.levels.len();
    let wrong = category.codes.iter().position(|&code| usize::try_from(code).is_ok_and(|code| code >= levels));
    match wrong {
        Some(row) => {
            let (column, code) = (category.name.to_owned(), category.codes[row]);
            Err(ClusterError::UnknownLevel { column, row, code, levels })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|at| format!("level {at:02}")).collect()
    }

    /// Codes in which level `i` occurs `counts[i]` times.
    fn codes(counts: &[usize]) -> Vec<i32> {
        counts.iter().enumerate().flat_map(|(level, &count)| vec![level as i32; count]).collect()
    }

    fn fit(codes: &[i32], levels: &[String]) -> CategoryCoding {
        let rows: Vec<u32> = (0..codes.len() as u32).collect();
        CategoryCoding::fit(&Category { name: "channel", codes, levels }, &rows).unwrap()
    }

    /// The indicators of all rows, row after row.
    fn coded(coding: &CategoryCoding, codes: &[i32], levels: &[String]) -> Vec<Vec<f64>> {
        let rows: Vec<u32> = (0..codes.len() as u32).collect();
        let found = coding.levels_of(&Category { name: "channel", codes, levels }, &rows).unwrap();
        let cells = |level: Option<u16>| {
            let mut cells = vec![0.0; coding.width()];
            coding.indicators(level, &mut cells);
            cells
        };
        found.into_iter().map(cells).collect()
    }

    #[test]
    fn two_equal_levels_are_one_over_root_two() {
        let levels = names(2);
        let codes = codes(&[5, 5]);
        let rows = coded(&fit(&codes, &levels), &codes, &levels);
        let half = std::f64::consts::FRAC_1_SQRT_2;
        assert!((rows[0][0] - half).abs() < 1e-15 && (rows[0][1] + half).abs() < 1e-15);
        assert!((rows[9][0] + half).abs() < 1e-15);
    }

    #[test]
    fn rare_levels_and_those_beyond_ten_are_pooled() {
        let levels = names(14);
        let coding = fit(&codes(&[50, 30, 15, 4, 1]), &levels);
        assert_eq!(
            coding.levels.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(),
            ["level 00", "level 01", "level 02", "level 03", "other"]
        );
        assert_eq!(coding.pooled, ["level 04"]);
        let many = fit(&codes(&[9; 14]), &levels);
        assert_eq!((many.width(), many.pooled.len(), many.levels[9].name.as_str()), (10, 5, OTHER));
        assert!((many.levels[9].share - 5.0 / 14.0).abs() < 1e-15);
        let ten = fit(&codes(&[9; 10]), &levels);
        assert_eq!((ten.width(), ten.pooled.len()), (10, 0));
    }

    #[test]
    fn empty_cells_are_a_level_and_new_levels_are_other_or_none() {
        let levels = names(3);
        let coding = fit(&[0, 0, 1, -1, -1], &levels);
        assert!(coding.levels.iter().any(|level| level.name == MISSING));
        let unseen = coded(&coding, &[2], &levels);
        let all_zero: Vec<f64> = coding.levels.iter().map(|l| -l.share / coding.divisor).collect();
        assert_eq!(unseen[0], all_zero);
        let pooling = fit(&codes(&[60, 39, 1]), &levels);
        let newcomer = names(9);
        assert_eq!(coded(&pooling, &[8], &newcomer), coded(&pooling, &[2], &levels));
    }

    #[test]
    fn a_level_called_other_stays_apart_from_the_pool() {
        let levels: Vec<String> = ["other", "shop", "rare"].map(str::to_owned).to_vec();
        let coding = fit(&codes(&[60, 39, 1]), &levels);
        let rows = coded(&coding, &[0, 2], &levels);
        assert_ne!(rows[0], rows[1]);
        assert_eq!(coding.width(), 3);
    }

    #[test]
    fn one_level_is_zero_and_wrong_codes_are_errors() {
        let levels = names(2);
        let coding = fit(&[1, 1, 1], &levels);
        assert_eq!(coded(&coding, &[1, 0], &levels), [[0.0], [0.0]]);
        let category = Category { name: "channel", codes: &[0, 2], levels: &levels };
        let error = CategoryCoding::fit(&category, &[0]).unwrap_err();
        assert_eq!(error.to_string(), "category `channel` has code 2 in row 1, there are 2 levels");
        let none = Category { codes: &[], ..category };
        assert!(matches!(CategoryCoding::fit(&none, &[]), Err(ClusterError::NoRows { .. })));
    }

    proptest! {
        #[test]
        fn the_whole_category_has_variance_one(counts in prop::collection::vec(1_usize..40, 2..15), turn in 0_usize..9) {
            let levels = names(counts.len());
            let mut all = codes(&counts);
            let coding = fit(&all, &levels);
            let rows = coded(&coding, &all, &levels);
            let total: f64 = rows.iter().flatten().map(|cell| cell * cell).sum::<f64>() / rows.len() as f64;
            prop_assert!((total - 1.0).abs() < 1e-9, "{}", total);
            for column in 0..coding.width() {
                prop_assert!(rows.iter().map(|row| row[column]).sum::<f64>().abs() < 1e-9);
            }
            prop_assert!(coding.width() <= MAX_LEVELS);
            let turn = turn % all.len();
            all.rotate_left(turn);
            prop_assert_eq!(fit(&all, &levels), coding, "the order of rows makes no difference");
        }
    }
}
