//! The tables.

use arrow::array::{BooleanArray, Float64Array, Int32Array, StringArray};

use crate::numerics::clusters::{ClusterProfile, Clustering, FeatureProfile, KScore, MixtureScore, Stability};
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::contract::{CLUSTER_CHOICE, CLUSTER_PROFILES, CLUSTERS};
use super::labels::{Labels, Made, centre_of};

/// The tables when there is nobody to cluster.
pub(super) fn empty(ids: StringArray) -> Result<Vec<Table>, TableError> {
    let none = || Categories::from_codes(Vec::new(), Vec::new());
    let clusters = TableBuilder::new(&CLUSTERS)
        .text("customer_id", ids)
        .score("cluster", Vec::<i32>::new())
        .category("cluster_name", none())
        .real("distance", Vec::<f64>::new())
        .real("cluster_probability", Vec::<f64>::new())
        .score("second_cluster", Vec::<i32>::new())
        .real("second_cluster_probability", Vec::<f64>::new())
        .with("is_outlier", Column::Flag(BooleanArray::new_null(0)));
    let profiles = TableBuilder::new(&CLUSTER_PROFILES)
        .score("cluster", Vec::<i32>::new())
        .text("cluster_name", Vec::<&str>::new())
        .count("size", Vec::<i64>::new())
        .real("share", Vec::<f64>::new())
        .text("apart", Vec::<&str>::new())
        .real("stability", Vec::<f64>::new())
        .day("since", Vec::<i32>::new())
        .real("overlap", Vec::<f64>::new())
        .category("method", none())
        .text("features", Vec::<&str>::new())
        .count("numbers_used", Vec::<i64>::new());
    Ok(vec![clusters.build()?, profiles.build()?, choice_table(&[])?])
}

/// Where everyone is.
pub(super) fn clusters(
    ids: StringArray,
    clustering: &Clustering,
    labels: &Labels,
    outliers: Option<&[Option<bool>]>,
) -> Result<Table, TableError> {
    let placement = &clustering.placement;
    let rows = placement.clusters.len();
    let number = |label: u16| i32::from(labels.numbers[usize::from(label)]);
    let codes = placement.clusters.iter().map(|c| c.map_or(-1, i32::from)).collect();
    let all = clustering.placed_rows == rows;
    let (cluster, distance): (Int32Array, Float64Array) = if all {
        let numbers = placement.clusters.iter().map(|c| c.map(number).unwrap_or_default()).collect::<Vec<_>>();
        let distances = placement.distances.iter().map(|d| d.unwrap_or_default()).collect::<Vec<_>>();
        (numbers.into(), distances.into())
    } else {
        (placement.clusters.iter().map(|c| c.map(number)).collect(), placement.distances.iter().copied().collect())
    };
    let outliers = outliers.map_or_else(|| BooleanArray::new_null(rows), |flags| flags.iter().copied().collect());
    let builder = TableBuilder::new(&CLUSTERS)
        .text("customer_id", ids)
        .with("is_outlier", Column::Flag(outliers))
        .score("cluster", cluster)
        .category("cluster_name", Categories::from_codes(codes, labels.names.clone()))
        .real("distance", distance);
    let builder = match &clustering.soft {
        None => builder
            .real("cluster_probability", Float64Array::new_null(rows))
            .score("second_cluster", Int32Array::new_null(rows))
            .real("second_cluster_probability", Float64Array::new_null(rows)),
        Some(soft) => {
            let own = soft.memberships.iter().map(|m| m.map(|m| m.probability)).collect::<Float64Array>();
            let second = || soft.memberships.iter().map(|m| m.and_then(|m| m.second));
            builder
                .real("cluster_probability", own)
                .score("second_cluster", second().map(|s| s.map(|(label, _)| number(label))).collect::<Int32Array>())
                .real("second_cluster_probability", second().map(|s| s.map(|(_, p)| p)).collect::<Float64Array>())
        }
    };
    builder.build()
}

/// What they are, by number.
pub(super) fn profiles(
    clustering: &Clustering,
    labels: &Labels,
    made: &Made,
    stability: Option<&Stability>,
) -> Result<Table, TableError> {
    let places = labels.by_number();
    let profiles = places.iter().map(|at| &clustering.profiles[*at]).collect::<Vec<_>>();
    let stable = |at: &usize| stability.and_then(|s| s.clusters.get(*at).copied().flatten());
    let each = |value: &str| vec![value.to_owned(); places.len()];
    let mut builder = TableBuilder::new(&CLUSTER_PROFILES)
        .score("cluster", places.iter().map(|at| i32::from(labels.numbers[*at])).collect::<Vec<_>>())
        .text("cluster_name", places.iter().map(|at| labels.names[*at].as_str()).collect::<Vec<_>>())
        .count("size", profiles.iter().map(|p| p.size as i64).collect::<Vec<_>>())
        .real("share", profiles.iter().map(|p| p.share).collect::<Vec<_>>())
        .text("apart", profiles.iter().map(|p| apart(p)).collect::<Vec<_>>())
        .real("stability", places.iter().map(stable).collect::<Float64Array>())
        .day("since", places.iter().map(|at| labels.since[*at]).collect::<Vec<_>>())
        .real("overlap", places.iter().map(|at| labels.overlaps[*at]).collect::<Float64Array>())
        .category("method", Categories::from_codes(vec![0; places.len()], vec![made.method.clone()]))
        .text("features", each(&made.features))
        .count("numbers_used", vec![i64::from(labels.numbers_used); places.len()]);
    let features = profiles.first().map_or(&[][..], |p| &p.features);
    for (at, feature) in features.iter().enumerate() {
        let name = &feature.name;
        let column =
            |value: fn(&FeatureProfile) -> f64| profiles.iter().map(|p| value(&p.features[at])).collect::<Vec<_>>();
        builder = builder
            .real(&format!("{name}_mean"), column(|f| f.mean))
            .real(&format!("{name}_median"), column(|f| f.median))
            .real(&centre_of(name), column(|f| f.centre));
    }
    builder.build()
}

fn apart(profile: &ClusterProfile) -> String {
    let shown = profile.apart().into_iter().map(|f| format!("{} {:+.1} sd", f.name, f.deviation));
    let words = profile.over_represented().into_iter().map(|l| format!("{} {} ×{:.1}", l.category, l.level, l.lift));
    shown.chain(words).collect::<Vec<_>>().join(", ")
}

/// A candidate for k: its scores, the gap, votes, and whether it was taken.
struct Row<'a> {
    score: &'a KScore,
    gap: Option<f64>,
    votes: i64,
    chosen: bool,
}

/// Why there are as many as there are.
pub(super) fn choice(clustering: &Clustering) -> Result<Table, TableError> {
    let Some(choice) = &clustering.choice else { return choice_table(&[]) };
    let rows = choice.candidates.iter().map(|score| Row {
        score,
        gap: choice.gap_of(score.k).map(|score| score.gap),
        votes: choice.votes_for(score.k) as i64,
        chosen: score.k == choice.k,
    });
    choice_table(&rows.collect::<Vec<_>>())
}

fn choice_table(rows: &[Row<'_>]) -> Result<Table, TableError> {
    let index = |at: usize| rows.iter().map(|r| r.score.values[at]).collect::<Vec<_>>();
    let of_mixture =
        |value: fn(MixtureScore) -> f64| rows.iter().map(|r| r.score.mixture.map(value)).collect::<Float64Array>();
    TableBuilder::new(&CLUSTER_CHOICE)
        .count("k", rows.iter().map(|r| r.score.k as i64).collect::<Vec<_>>())
        .real("inertia", rows.iter().map(|r| r.score.inertia).collect::<Vec<_>>())
        .real("silhouette", index(0))
        .real("calinski_harabasz", index(1))
        .real("davies_bouldin", index(2))
        .real("gap", rows.iter().map(|r| r.gap).collect::<Float64Array>())
        .real("bic", of_mixture(|score| score.bic))
        .real("log_likelihood", of_mixture(|score| score.log_likelihood))
        .count("votes", rows.iter().map(|r| r.votes).collect::<Vec<_>>())
        .with("chosen", Column::Flag(rows.iter().map(|r| Some(r.chosen)).collect()))
        .build()
}
