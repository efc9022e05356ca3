//! Features to clusters to tables.

use arrow::array::{Float64Array, Int32Array, Int64Array};

use crate::numerics::clusters::{
    ClusterOptions, ClusterProfile, Clustering, Feature, FeatureProfile, KSelection, cluster_customers,
};
use crate::stage::{Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, Tables};

use super::contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};

#[derive(Debug)]
pub(super) struct ClustersStep {
    pub(super) features: Vec<String>,
    pub(super) k: KSelection,
    pub(super) number_by: Option<String>,
    pub(super) seed: u64,
}

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
        let named = self.features.iter().zip(&values);
        let features = named.map(|(name, values)| Feature::new(name, values)).collect::<Vec<_>>();
        let options = ClusterOptions {
            k: self.k,
            number_by: self.number_by.as_deref(),
            seed: self.seed,
            ..ClusterOptions::default()
        };
        let clustering = cluster_customers(&features, &options)
            .map_err(|e| StageError::Data(format!("clusters: {e}\n  hint: change [clusters] k or features")))?;
        let tables = vec![clusters(ids, &clustering)?, profiles(&clustering.profiles)?, choice(&clustering)?];
        Ok(Output {
            tables,
            quality: quality(&clustering, rows.len()),
            summary: summary(&clustering),
            ..Output::default()
        })
    }
}

impl ClustersStep {
    /// One vector per feature; NaN where a cell is empty.
    fn values(&self, tables: &Tables, rows: &[i64]) -> Result<Vec<Vec<f64>>, StageError> {
        let read = |name: &String| -> Result<Vec<f64>, StageError> {
            let column = customer_column(tables, name)?;
            if matches!(column, Column::Text(_) | Column::Category(_)) {
                return Err(StageError::Data(format!(
                    "clusters: feature `{name}` is not numeric\n  hint: leave it out"
                )));
            }
            let mut values = column.numbers();
            if rows.len() < values.len() {
                values = rows.iter().map(|row| values[*row as usize]).collect();
            }
            Ok(values)
        };
        self.features.iter().map(read).collect()
    }

    fn empty(&self, ids: Column) -> Result<Vec<Table>, TableError> {
        let none = Categories::from_codes(Vec::new(), Vec::new());
        let clusters = TableBuilder::new(&CLUSTERS)
            .with("customer_id", ids)
            .score("cluster", Vec::<i32>::new())
            .category("cluster_name", none)
            .real("distance", Vec::<f64>::new());
        Ok(vec![clusters.build()?, profiles(&[])?, choice_table(&[])?])
    }
}

fn clusters(ids: Column, clustering: &Clustering) -> Result<Table, TableError> {
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
    TableBuilder::new(&CLUSTERS)
        .with("customer_id", ids)
        .score("cluster", cluster)
        .category("cluster_name", Categories::from_codes(numbers, names))
        .real("distance", distance)
        .build()
}

fn profiles(profiles: &[ClusterProfile]) -> Result<Table, TableError> {
    let mut builder = TableBuilder::new(&CLUSTER_PROFILES)
        .score("cluster", profiles.iter().map(|p| i32::from(p.cluster)).collect::<Vec<_>>())
        .text("cluster_name", profiles.iter().map(|p| p.name.as_str()).collect::<Vec<_>>())
        .count("size", profiles.iter().map(|p| p.size as i64).collect::<Vec<_>>())
        .real("share", profiles.iter().map(|p| p.share).collect::<Vec<_>>())
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
    shown.collect::<Vec<_>>().join(", ")
}

/// A row of the choice table: k, inertia, the three indices, votes, chosen.
type ChoiceRow = (i64, f64, [f64; 3], i64, bool);

fn choice(clustering: &Clustering) -> Result<Table, TableError> {
    let rows: Vec<ChoiceRow> = clustering.choice.as_ref().map_or_else(Vec::new, |choice| {
        let votes = |k: usize| choice.best.map_or(0, |best| best.iter().filter(|b| **b == k).count());
        let row = |c: &crate::numerics::clusters::KScore| {
            (c.k as i64, c.inertia, c.values, votes(c.k) as i64, c.k == choice.k)
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
        .count("votes", rows.iter().map(|r| r.3).collect::<Vec<_>>())
        .with("chosen", Column::Flag(rows.iter().map(|r| Some(r.4)).collect()))
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
                format!(
                    "of 3 indices that put k = {} first (silhouette {s}, Calinski–Harabasz {c}, Davies–Bouldin {d})",
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
    let text = match clustering.choice.as_ref().and_then(|c| c.best.map(|best| (c.votes(), best))) {
        Some((votes, [s, c, d])) => {
            format!("k = {k} by {votes} of 3 indices (silhouette says {s}, Calinski–Harabasz {c}, Davies–Bouldin {d})")
        }
        None => format!("k = {k}"),
    };
    vec![("k-means".to_owned(), text)]
}
