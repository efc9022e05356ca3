//! Features to clusters to tables.

use arrow::array::{Array, BooleanArray, Float64Array, Int32Array, Int64Array};

use crate::numerics::clusters::{
    Category, ClusterError, ClusterOptions, ClusterProfile, Clustering, DensityOptions, Feature, FeatureProfile,
    KSelection, STABILITY_ROWS, Stability, StabilityOptions, bootstrap_stability, cluster_mixed, dbscan,
};
use crate::stage::{Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, Tables};

use super::contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};

#[derive(Debug)]
pub(super) struct ClustersStep {
    pub(super) features: Vec<String>,
    pub(super) k: KSelection,
    pub(super) number_by: Option<String>,
    pub(super) with_gap: bool,
    pub(super) with_outliers: bool,
    pub(super) seed: u64,
}

/// The values of the features: numbers (NaN where a cell is empty), and words.
#[derive(Debug, Default)]
struct Values<'a> {
    numbers: Vec<(&'a str, Vec<f64>)>,
    words: Vec<(&'a str, Vec<i32>, Vec<String>)>,
}

/// Agreement of bootstrap samples below which a clustering is flagged (Fang & Wang 2012 give no limit; at 0.6 the labels of
/// one customer in five or more change).
const LEAST_AGREEMENT: f64 = 0.6;

impl Step for ClustersStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        let kinds = ["mean", "median"];
        let names = self.features.iter().flat_map(|f| kinds.map(|kind| format!("{f}_{kind}")));
        names.map(|name| (CLUSTER_PROFILES.name, name)).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let orders = customers.integers("orders")?;
        let rows: Vec<i64> = (0..orders.len() as i64).filter(|row| orders.value(*row as usize) > 0).collect();
        let ids = if rows.len() == customers.rows() {
            customers.column("customer_id")?.clone()
        } else {
            customers.column("customer_id")?.take(&Int64Array::from(rows.clone()))
        };
        let values = self.values(inputs.tables, &rows)?;
        if rows.is_empty() {
            return Ok(Output { tables: self.empty(ids)?, ..Output::default() });
        }
        let features = values.numbers.iter().map(|(name, values)| Feature::new(name, values)).collect::<Vec<_>>();
        let categories = values.words.iter().map(|(name, codes, levels)| Category { name, codes, levels });
        let categories = categories.collect::<Vec<_>>();
        let options = ClusterOptions {
            k: self.k,
            number_by: self.number_by.as_deref().filter(|name| features.iter().any(|f| f.name == *name)),
            with_gap: self.with_gap,
            seed: self.seed,
            ..ClusterOptions::default()
        };
        let fail =
            |e: ClusterError| StageError::Data(format!("clusters: {e}\n  hint: change [clusters] k or features"));
        let clustering = cluster_mixed(&features, &categories, &options).map_err(fail)?;
        let stability =
            if categories.is_empty() { stability(&features, &clustering, self.seed).map_err(fail)? } else { None };
        let outliers = if self.with_outliers { Some(outliers(&features, &clustering).map_err(fail)?) } else { None };
        let tables = vec![
            clusters(ids, &clustering, outliers.as_deref())?,
            profiles(&clustering.profiles, stability.as_ref())?,
            choice(&clustering)?,
        ];
        let mut quality = quality(&clustering, rows.len());
        quality.extend(stability.iter().map(agreement));
        if let Some(outliers) = &outliers {
            let count = outliers.iter().filter(|o| **o == Some(true)).count();
            quality.push(Quality::measured("clusters", "outliers", count as f64, "customers with no dense group near"));
        }
        Ok(Output { tables, quality, summary: summary(&clustering), ..Output::default() })
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
    bootstrap_stability(&prepared.points, &clustering.fitted.centres, &options).map(Some)
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

fn agreement(stability: &Stability) -> Quality {
    let note = format!(
        "mean adjusted Rand index of 20 bootstrap samples of {} customers (Fang & Wang 2012); below {LEAST_AGREEMENT} the \
         clusters depend on who happens to be a customer",
        stability.rows
    );
    let line = Quality::measured("clusters", "stability", stability.agreement, note);
    Quality { ok: stability.agreement >= LEAST_AGREEMENT, limit: Some(LEAST_AGREEMENT), ..line }
}

impl ClustersStep {
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

    fn empty(&self, ids: Column) -> Result<Vec<Table>, TableError> {
        let none = Categories::from_codes(Vec::new(), Vec::new());
        let clusters = TableBuilder::new(&CLUSTERS)
            .with("customer_id", ids)
            .score("cluster", Vec::<i32>::new())
            .category("cluster_name", none)
            .real("distance", Vec::<f64>::new())
            .with("is_outlier", Column::Flag(BooleanArray::new_null(0)));
        Ok(vec![clusters.build()?, profiles(&[], None)?, choice_table(&[])?])
    }
}

fn clusters(ids: Column, clustering: &Clustering, outliers: Option<&[Option<bool>]>) -> Result<Table, TableError> {
    let names = clustering.profiles.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    let placement = &clustering.placement;
    let all = placement.clusters.iter().all(Option::is_some);
    let numbers: Vec<i32> = placement.clusters.iter().map(|c| c.map_or(-1, i32::from)).collect();
    let (cluster, distance) = if all {
        let distance = placement.distances.iter().map(|d| d.unwrap_or_default()).collect::<Vec<_>>();
        (Int32Array::from(numbers.clone()), Float64Array::from(distance))
    } else {
        let numbers = placement.clusters.iter().map(|c| c.map(i32::from)).collect();
        (numbers, placement.distances.iter().copied().collect())
    };
    let rows = numbers.len();
    let outliers = outliers.map_or_else(|| BooleanArray::new_null(rows), |flags| flags.iter().copied().collect());
    TableBuilder::new(&CLUSTERS)
        .with("customer_id", ids)
        .with("is_outlier", Column::Flag(outliers))
        .score("cluster", cluster)
        .category("cluster_name", Categories::from_codes(numbers, names))
        .real("distance", distance)
        .build()
}

fn profiles(profiles: &[ClusterProfile], stability: Option<&Stability>) -> Result<Table, TableError> {
    let stable = |p: &ClusterProfile| stability.and_then(|s| s.clusters.get(usize::from(p.cluster)).copied().flatten());
    let mut builder = TableBuilder::new(&CLUSTER_PROFILES)
        .score("cluster", profiles.iter().map(|p| i32::from(p.cluster)).collect::<Vec<_>>())
        .text("cluster_name", profiles.iter().map(|p| p.name.as_str()).collect::<Vec<_>>())
        .count("size", profiles.iter().map(|p| p.size as i64).collect::<Vec<_>>())
        .real("share", profiles.iter().map(|p| p.share).collect::<Vec<_>>())
        .real("stability", profiles.iter().map(stable).collect::<Float64Array>())
        .text("apart", profiles.iter().map(apart).collect::<Vec<_>>());
    let features = profiles.first().map_or(0, |p| p.features.len());
    for at in 0..features {
        let name = &profiles[0].features[at].name;
        let column =
            |value: fn(&FeatureProfile) -> f64| profiles.iter().map(|p| value(&p.features[at])).collect::<Vec<_>>();
        builder = builder
            .real(&format!("{name}_mean"), column(|f| f.mean))
            .real(&format!("{name}_median"), column(|f| f.median));
    }
    builder.build()
}

fn apart(profile: &ClusterProfile) -> String {
    let shown = profile.apart().into_iter().map(|f| format!("{} {:+.1} sd", f.name, f.deviation));
    let words = profile.over_represented().into_iter().map(|l| format!("{} {} ×{:.1}", l.category, l.level, l.lift));
    shown.chain(words).collect::<Vec<_>>().join(", ")
}

/// A row of the choice table: k, inertia, the three indices, the gap, votes, chosen.
type ChoiceRow = (i64, f64, [f64; 3], Option<f64>, i64, bool);

fn choice(clustering: &Clustering) -> Result<Table, TableError> {
    let rows: Vec<ChoiceRow> = clustering.choice.as_ref().map_or_else(Vec::new, |choice| {
        let row = |c: &crate::numerics::clusters::KScore| {
            let gap = choice.gap_of(c.k).map(|score| score.gap);
            (c.k as i64, c.inertia, c.values, gap, choice.votes_for(c.k) as i64, c.k == choice.k)
        };
        choice.candidates.iter().map(row).collect()
    });
    choice_table(&rows)
}

fn choice_table(rows: &[ChoiceRow]) -> Result<Table, TableError> {
    let index = |at: usize| rows.iter().map(|r| r.2[at]).collect::<Vec<_>>();
    TableBuilder::new(&CLUSTER_CHOICE)
        .count("k", rows.iter().map(|r| r.0).collect::<Vec<_>>())
        .real("inertia", rows.iter().map(|r| r.1).collect::<Vec<_>>())
        .real("silhouette", index(0))
        .real("calinski_harabasz", index(1))
        .real("davies_bouldin", index(2))
        .real("gap", rows.iter().map(|r| r.3).collect::<Float64Array>())
        .count("votes", rows.iter().map(|r| r.4).collect::<Vec<_>>())
        .with("chosen", Column::Flag(rows.iter().map(|r| Some(r.5)).collect()))
        .build()
}

fn quality(clustering: &Clustering, customers: usize) -> Vec<Quality> {
    let left_out = customers - clustering.placed_rows;
    let mut lines = vec![
        Quality::measured("clusters", "clusters", clustering.profiles.len() as f64, "clusters made"),
        Quality::measured("clusters", "inertia", clustering.inertia, "sum of squared distances, all placed customers"),
        Quality::measured("clusters", "customers_not_placed", left_out as f64, "a feature is missing or not finite"),
        Quality::measured(
            "clusters",
            "customers_fitted_on",
            clustering.fitted_rows as f64,
            "centres are fitted on these",
        ),
    ];
    if let Some(shortfall) = &clustering.shortfall {
        lines.push(Quality::at_most("clusters", "fewer_clusters_than_asked", 1.0, 0.0, shortfall.clone()));
    }
    if let Some(choice) = &clustering.choice {
        let note = match choice.best {
            Some([s, c, d]) => {
                let gap = choice.gap.as_ref().map_or_else(String::new, |gap| format!(", gap {}", gap.k));
                format!(
                    "of {} indices that put k = {} first (silhouette {s}, Calinski–Harabasz {c}, Davies–Bouldin {d}{gap})",
                    choice.voters(),
                    choice.k
                )
            }
            None => "too few distinct customers for the indices".to_owned(),
        };
        lines.push(Quality::measured("clusters", "k_votes", choice.votes() as f64, note));
    }
    lines
}

fn summary(clustering: &Clustering) -> Vec<(String, String)> {
    let k = clustering.profiles.len();
    let text = match clustering.choice.as_ref().and_then(|c| c.best.map(|best| (c, best))) {
        Some((choice, [s, c, d])) => {
            let (votes, voters) = (choice.votes(), choice.voters());
            let gap = choice.gap.as_ref().map_or_else(String::new, |gap| format!(", gap {}", gap.k));
            format!(
                "k = {k} by {votes} of {voters} indices (silhouette says {s}, Calinski–Harabasz {c}, Davies–Bouldin {d}{gap})"
            )
        }
        None => format!("k = {k}"),
    };
    vec![("k-means".to_owned(), text)]
}
