//! Attributes of customers, coded as numbers that shift purchase and dropout rates.

use std::collections::BTreeMap;

use arrow::array::{Array, StringArray};

use crate::stage::StageError;
use crate::table::{Column, Tables, align};

/// A number with at most this many distinct values is used as it is; one with more counts in standard deviations.
const FEW_VALUES: usize = 12;

/// Groups that a number with many values is brought to, so that customers share their covariates.
const NUMBER_GROUPS: usize = 20;

/// Words of a category that get a coefficient of their own; the rarer ones share one.
const MOST_WORDS: usize = 12;

/// A word borne by a smaller share of the customers than this is rare.
const RARE_SHARE: f64 = 0.01;

/// What stands for an empty cell of a category.
const MISSING: &str = "(missing)";

/// What stands for the rare words of a category.
const OTHER: &str = "(other)";

/// The covariates of customers: a few groups, each with one vector for purchasing and one for dropout.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Design {
    /// Names of the coefficients of purchasing.
    pub(super) purchase_terms: Vec<String>,
    /// Names of the coefficients of dropout.
    pub(super) dropout_terms: Vec<String>,
    /// Distinct covariates: of purchasing, of dropout.
    pub(super) groups: Vec<(Vec<f64>, Vec<f64>)>,
    /// Group of each customer.
    pub(super) group_of: Vec<u32>,
}

/// A coefficient's name and the covariate of each customer.
type Term = (String, Vec<f64>);

impl Design {
    /// Codes the named attributes of the customers with these ids (in byte order).
    pub(super) fn of(
        tables: &Tables,
        ids: &StringArray,
        purchase: &[String],
        dropout: &[String],
    ) -> Result<Self, StageError> {
        let customers = tables.get("customers")?;
        let rows = align(ids, customers.text("customer_id")?);
        let mut coded: BTreeMap<&str, Vec<Term>> = BTreeMap::new();
        for name in purchase.iter().chain(dropout) {
            if !coded.contains_key(name.as_str()) {
                coded.insert(name, code(name, &customers.column(name)?.take(&rows)));
            }
        }
        let terms_of = |names: &[String]| names.iter().flat_map(|name| &coded[name.as_str()]).collect::<Vec<&Term>>();
        Ok(Self::group(&terms_of(purchase), &terms_of(dropout), ids.len()))
    }

    fn group(purchase: &[&Term], dropout: &[&Term], customers: usize) -> Self {
        let vector = |terms: &[&Term], row: usize| terms.iter().map(|(_, values)| values[row]).collect::<Vec<f64>>();
        let bits = |v: &[f64]| v.iter().map(|value| value.to_bits()).collect::<Vec<u64>>();
        let mut numbers: BTreeMap<(Vec<u64>, Vec<u64>), u32> = BTreeMap::new();
        let mut groups = Vec::new();
        let group_of = (0..customers).map(|row| {
            let covariates = (vector(purchase, row), vector(dropout, row));
            *numbers.entry((bits(&covariates.0), bits(&covariates.1))).or_insert_with(|| {
                groups.push(covariates.clone());
                groups.len() as u32 - 1
            })
        });
        let group_of = group_of.collect();
        let names = |terms: &[&Term]| terms.iter().map(|(name, _)| name.clone()).collect();
        Self { purchase_terms: names(purchase), dropout_terms: names(dropout), groups, group_of }
    }
}

/// The terms of one attribute: one for a number, one per word but the most frequent for a category.
fn code(name: &str, column: &Column) -> Vec<Term> {
    match numbers(column) {
        Some(values) => code_numbers(name, &values),
        None => code_words(name, &(0..column.len()).map(|row| column.display(row)).collect::<Vec<_>>()),
    }
}

/// The values of a column of numbers, or of text that holds nothing but numbers.
fn numbers(column: &Column) -> Option<Vec<Option<f64>>> {
    match column {
        Column::Flag(flags) => Some(flags.iter().map(|f| f.map(|f| f64::from(u8::from(f)))).collect()),
        Column::Text(_) | Column::Category(_) => {
            let cells = (0..column.len()).map(|row| match column.display(row) {
                text if text.trim().is_empty() => Some(None),
                text => text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).map(Some),
            });
            cells.collect()
        }
        _ => Some((0..column.len()).map(|row| column.number(row)).collect()),
    }
}

fn code_numbers(name: &str, values: &[Option<f64>]) -> Vec<Term> {
    let mut known: Vec<f64> = values.iter().flatten().copied().collect();
    known.sort_by(f64::total_cmp);
    let mut distinct = known.clone();
    distinct.dedup();
    let mut terms = Vec::new();
    if distinct.len() > 1 {
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        let few = distinct.len() <= FEW_VALUES;
        let filled = |coded: &dyn Fn(f64) -> f64| values.iter().map(|v| v.map_or(coded(mean), coded)).collect();
        if few {
            terms.push((name.to_owned(), filled(&|v| v)));
        } else {
            let variance = known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / known.len() as f64;
            let deviation = variance.sqrt().max(f64::MIN_POSITIVE);
            let groups = quantile_groups(&known);
            let coded = |v: f64| {
                (groups[groups.partition_point(|(end, _)| *end < v).min(groups.len() - 1)].1 - mean) / deviation
            };
            terms.push((format!("{name} (per standard deviation)"), filled(&coded)));
        }
    }
    if values.iter().any(Option::is_none) && !known.is_empty() {
        terms.push((format!("{name}={MISSING}"), values.iter().map(|v| f64::from(u8::from(v.is_none()))).collect()));
    }
    terms
}

/// Upper end and mean of equally large groups of sorted values; equal values stay together.
fn quantile_groups(sorted: &[f64]) -> Vec<(f64, f64)> {
    let mut groups = Vec::new();
    let mut start = 0;
    for k in 1..=NUMBER_GROUPS {
        let end = sorted[(sorted.len() * k / NUMBER_GROUPS).max(1) - 1];
        let past = sorted.partition_point(|v| *v <= end);
        if past > start {
            let own = &sorted[start..past];
            groups.push((end, own.iter().sum::<f64>() / own.len() as f64));
            start = past;
        }
    }
    groups
}

fn code_words(name: &str, words: &[String]) -> Vec<Term> {
    let word = |text: &str| if text.trim().is_empty() { MISSING.to_owned() } else { text.trim().to_owned() };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    words.iter().for_each(|text| *counts.entry(word(text)).or_default() += 1);
    let mut order: Vec<(&String, usize)> = counts.iter().map(|(word, count)| (word, *count)).collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let rare = (RARE_SHARE * words.len() as f64).ceil() as usize;
    let own: Vec<&String> = order.iter().take(MOST_WORDS).filter(|(_, n)| *n >= rare).map(|(word, _)| *word).collect();
    // the most frequent word is the one the others are compared with
    let mut terms: Vec<Term> = Vec::new();
    for base_less in own.iter().skip(1) {
        let flags = words.iter().map(|text| f64::from(u8::from(word(text) == **base_less))).collect();
        terms.push((format!("{name}={base_less}"), flags));
    }
    let others: Vec<f64> = words.iter().map(|text| f64::from(u8::from(!own.contains(&&word(text))))).collect();
    if others.iter().any(|flag| *flag > 0.0) && !own.is_empty() {
        terms.push((format!("{name}={OTHER}"), others));
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_word_is_the_base_and_rare_ones_share() {
        let mut words: Vec<String> = ["web"; 120].map(str::to_owned).to_vec();
        words.extend(["store"; 70].map(str::to_owned));
        words.extend(["fax", "telex"].map(str::to_owned));
        words.push(String::new());
        let terms = code_words("channel", &words);
        let names: Vec<&str> = terms.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["channel=store", "channel=(other)"]);
        assert_eq!(terms[1].1.iter().sum::<f64>(), 3.0);
    }

    #[test]
    fn numbers_with_few_values_stay_and_others_are_standardised() {
        let flags: Vec<Option<f64>> = [0.0, 1.0, 1.0, 0.0].map(Some).to_vec();
        assert_eq!(code_numbers("club", &flags), [("club".to_owned(), vec![0.0, 1.0, 1.0, 0.0])]);
        let ages: Vec<Option<f64>> = (0..1000).map(|i| (i % 50 > 0).then(|| f64::from(20 + i % 50))).collect();
        let terms = code_numbers("age", &ages);
        assert_eq!(terms.len(), 2);
        let (values, missing) = (&terms[0].1, &terms[1].1);
        assert_eq!(missing.iter().sum::<f64>(), 20.0);
        let mean = values.iter().sum::<f64>() / 1000.0;
        assert!(mean.abs() < 0.01, "{mean}");
        let mut distinct = values.clone();
        distinct.sort_by(f64::total_cmp);
        distinct.dedup();
        assert!(distinct.len() <= NUMBER_GROUPS + 1, "{}", distinct.len());
    }

    #[test]
    fn what_does_not_vary_has_no_coefficient() {
        assert!(code_numbers("age", &[Some(3.0), Some(3.0)]).is_empty());
        assert!(code_words("city", &["Rasht".to_owned(), "Rasht".to_owned()]).is_empty());
        assert!(code_numbers("age", &[None, None]).is_empty());
    }

    #[test]
    fn customers_with_equal_covariates_share_a_group() {
        let term: Term = ("a".into(), vec![0.0, 1.0, 0.0, 1.0]);
        let design = Design::group(&[&term], &[], 4);
        assert_eq!(design.group_of, [0, 1, 0, 1]);
        assert_eq!(design.groups, [(vec![0.0], vec![]), (vec![1.0], vec![])]);
    }
}
