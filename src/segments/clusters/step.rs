//! Features to clusters.

use arrow::array::{Array, StringArray};

use crate::numerics::clusters::{
    Category, ClusterError, ClusterOptions, Clustering, DensityOptions, Feature, KSelection, Method, STABILITY_ROWS,
    Stability, StabilityOptions, bootstrap_stability, cluster_mixed, dbscan, mixture_stability,
};
use crate::stage::{Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Column, Quality, Tables};

use super::contract::CLUSTER_PROFILES;
use super::labels::{Labels, Made, centre_of, remembered};
use super::options::ClusterMethod;
use super::plots::plots;
use super::quality::{agreement, quality, summary};
use super::tables::{choice, clusters, empty, profiles};

#[derive(Debug)]
pub(super) struct ClustersStep {
    pub(super) features: Vec<String>,
    pub(super) method: ClusterMethod,
    pub(super) k: KSelection,
    pub(super) number_by: Option<String>,
    pub(super) with_gap: bool,
    pub(super) with_outliers: bool,
    pub(super) seed: u64,
    /// Whether the section was written.
    pub(super) with_plots: bool,
    /// Whether the features were written: then customers are clustered by them where nobody has an order.
    pub(super) are_features_given: bool,
}

/// The values of the features: numbers (NaN where a cell is empty), and words.
#[derive(Debug, Default)]
struct Values<'a> {
    numbers: Vec<(&'a str, Vec<f64>)>,
    words: Vec<(&'a str, Vec<i32>, Vec<String>)>,
}

impl Step for ClustersStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        let names = self.features.iter().flat_map(|f| [format!("{f}_mean"), format!("{f}_median"), centre_of(f)]);
        names.map(|name| (CLUSTER_PROFILES.name, name)).collect()
    }

    fn remembers(&self) -> Vec<(&'static str, String)> {
        remembered(&self.features)
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let orders = customers.integers("orders")?;
        let mut rows: Vec<i64> = (0..orders.len() as i64).filter(|row| orders.value(*row as usize) > 0).collect();
        if rows.is_empty() && self.are_features_given {
            rows = (0..orders.len() as i64).collect();
        }
        let all_ids = customers.text("customer_id")?;
        let ids = if rows.len() == customers.rows() {
            all_ids.clone()
        } else {
            StringArray::from_iter_values(rows.iter().map(|row| all_ids.value(*row as usize)))
        };
        let values = self.values(inputs.tables, &rows)?;
        if rows.is_empty() {
            return Ok(Output { tables: empty(ids)?, ..Output::default() });
        }
        self.cluster(ids, &values, inputs)
    }
}

/// What is wrong, with what to change.
fn fail(error: ClusterError) -> StageError {
    StageError::Data(format!("clusters: {error}\n  hint: change [clusters] k, features or method"))
}

impl ClustersStep {
    /// Clusters, labels, stability and outliers, and the tables of them.
    fn cluster(&self, ids: StringArray, values: &Values<'_>, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let features = values.numbers.iter().map(|(name, values)| Feature::new(name, values)).collect::<Vec<_>>();
        let categories = values.words.iter().map(|(name, codes, levels)| Category { name, codes, levels });
        let categories = categories.collect::<Vec<_>>();
        let options = ClusterOptions {
            method: match self.method {
                ClusterMethod::KMeans => Method::KMeans,
                ClusterMethod::Mixture => Method::Mixture,
            },
            k: self.k,
            number_by: self.number_by.as_deref().filter(|name| features.iter().any(|f| f.name == *name)),
            with_gap: self.with_gap,
            seed: self.seed,
            ..ClusterOptions::default()
        };
        let clustering = cluster_mixed(&features, &categories, &options).map_err(fail)?;
        let made = Made::of(self.method.name(), &self.features);
        let labels = Labels::of(&clustering, &ids, &made, inputs.history, inputs.run.as_of).map_err(fail)?;
        let stability =
            if categories.is_empty() { stability(&features, &clustering, self.seed).map_err(fail)? } else { None };
        let outliers = if self.with_outliers { Some(outliers(&features, &clustering).map_err(fail)?) } else { None };
        let mut lines = quality(&clustering, ids.len(), &labels, &made);
        lines.extend(stability.iter().map(agreement));
        if let Some(outliers) = &outliers {
            let count = outliers.iter().filter(|o| **o == Some(true)).count();
            lines.push(Quality::measured("clusters", "outliers", count as f64, "customers with no dense group near"));
        }
        let tables = vec![
            clusters(ids, &clustering, &labels, outliers.as_deref())?,
            profiles(&clustering, &labels, &made, stability.as_ref())?,
            choice(&clustering)?,
        ];
        let plots = if self.with_plots { plots(&clustering, &labels) } else { Vec::new() };
        Ok(Output { tables, quality: lines, summary: summary(&clustering, &labels), plots, ..Output::default() })
    }

    /// The features of some rows.
    fn values(&self, tables: &Tables, rows: &[i64]) -> Result<Values<'_>, StageError> {
        let mut found = Values::default();
        for name in &self.features {
            match customer_column(tables, name)? {
                Column::Text(_) | Column::Days(_) => {
                    return Err(StageError::Data(format!(
                        "clusters: feature `{name}` is free text\n  hint: leave it out"
                    )));
                }
                Column::Category(words) => {
                    let code =
                        |row: &i64| words.codes.is_valid(*row as usize).then(|| words.codes.value(*row as usize));
                    let codes = rows.iter().map(|row| code(row).unwrap_or(-1)).collect();
                    found.words.push((name, codes, words.names.to_vec()));
                }
                column => {
                    let mut values = column.numbers();
                    if rows.len() < values.len() {
                        values = rows.iter().map(|row| values[*row as usize]).collect();
                    }
                    found.numbers.push((name, values));
                }
            }
        }
        Ok(found)
    }
}

/// How much of the clusters comes back on bootstrap samples of at most some thousand customers.
fn stability(features: &[Feature<'_>], clustering: &Clustering, seed: u64) -> Result<Option<Stability>, ClusterError> {
    if clustering.profiles.len() < 2 {
        return Ok(None);
    }
    let rows = features.first().map_or(0, |feature| feature.values.len());
    let step = rows.div_ceil(STABILITY_ROWS).max(1);
    let spread = features.iter().map(|f| (f.name, f.values.iter().copied().step_by(step).collect::<Vec<_>>()));
    let spread = spread.collect::<Vec<_>>();
    let spread = spread.iter().map(|(name, values)| Feature::new(name, values)).collect::<Vec<_>>();
    let prepared = clustering.fitted.scaling.apply(&spread)?;
    if prepared.points.is_empty() {
        return Ok(None);
    }
    let options = StabilityOptions { seed, ..StabilityOptions::default() };
    match &clustering.soft {
        Some(soft) => mixture_stability(&prepared.points, &soft.mixture, soft.floor, &options).map(Some),
        None => bootstrap_stability(&prepared.points, &clustering.fitted.centres, &options).map(Some),
    }
}

/// Whether each customer is unlike all others; none for those who are not placed.
fn outliers(features: &[Feature<'_>], clustering: &Clustering) -> Result<Vec<Option<bool>>, ClusterError> {
    let prepared = clustering.fitted.scaling.apply(features)?;
    let found = dbscan(&prepared.points, &DensityOptions::default())?;
    let mut outliers = vec![None; prepared.total_rows];
    for (row, label) in prepared.rows.iter().zip(&found.labels) {
        outliers[*row as usize] = Some(label.is_none());
    }
    Ok(outliers)
}
