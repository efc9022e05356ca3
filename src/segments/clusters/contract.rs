//! Contracts of the cluster tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Which cluster each customer is in.
pub const CLUSTERS: TableSpec = TableSpec {
    name: "clusters",
    row: "a customer",
    about: "Customers with an order and the cluster they are in; empty when a feature is missing.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("cluster", Kind::Score, "", "number from 0; falling by the cluster's mean of `number_by`")
            .nullable(),
        ColumnSpec::new("cluster_name", Kind::Category, "", "name from what sets the cluster apart").nullable(),
        ColumnSpec::new("distance", Kind::Real, "standard deviations", "distance to the centre in scaled features")
            .nullable(),
        ColumnSpec::new(
            "is_outlier",
            Kind::Flag,
            "",
            "whether no dense group is near (DBSCAN; Ester et al. 1996); empty unless `[clusters] outliers` asks for it",
        )
        .nullable(),
    ],
    example: "SELECT cluster_name, count(*) FROM 'out/latest/clusters.parquet' GROUP BY ALL",
};

/// What each cluster is.
pub const CLUSTER_PROFILES: TableSpec = TableSpec {
    name: "cluster_profiles",
    row: "a cluster",
    about: "Size of each cluster, its centre in original units, and what sets it apart from all customers.",
    columns: &[
        ColumnSpec::new("cluster", Kind::Score, "", "number from 0"),
        ColumnSpec::new("cluster_name", Kind::Text, "", "name from what sets the cluster apart"),
        ColumnSpec::new("size", Kind::Count, "customers", "customers in it, counted from the predictions"),
        ColumnSpec::new("share", Kind::Real, "share", "share of all placed customers, 0..1"),
        ColumnSpec::new(
            "apart",
            Kind::Text,
            "",
            "features by how far the cluster's mean is from everyone's, in standard deviations of the scaled feature; words that are frequent in it, by their lift",
        ),
        ColumnSpec::new(
            "stability",
            Kind::Real,
            "share",
            "mean of the largest Jaccard similarity with a cluster of each of 20 bootstrap samples (Hennig 2007): from 0.75 stable, below 0.5 dissolved; empty with features of words",
        )
        .nullable(),
        ColumnSpec::new("{name}_mean", Kind::Real, "as the feature", "mean of the feature in the cluster").per_name(),
        ColumnSpec::new("{name}_median", Kind::Real, "as the feature", "median of the feature in the cluster")
            .per_name(),
    ],
    example: "SELECT cluster_name, size, apart FROM 'out/latest/cluster_profiles.parquet'",
};

/// Why there are as many clusters as there are.
pub const CLUSTER_CHOICE: TableSpec = TableSpec {
    name: "cluster_choice",
    row: "a number of clusters",
    about: "The candidates for k and what each index says of them; empty when k is given. The indices often disagree: the chosen k has the best sum of ranks.",
    columns: &[
        ColumnSpec::new("k", Kind::Count, "clusters", "candidate"),
        ColumnSpec::new("inertia", Kind::Real, "", "sum of squared distances to the centres"),
        ColumnSpec::new("silhouette", Kind::Real, "", "mean silhouette (Rousseeuw 1987); larger is better"),
        ColumnSpec::new(
            "calinski_harabasz",
            Kind::Real,
            "",
            "variance ratio (Calinski & Harabasz 1974); larger is better",
        ),
        ColumnSpec::new(
            "davies_bouldin",
            Kind::Real,
            "",
            "mean similarity to the nearest cluster (Davies & Bouldin 1979); smaller is better",
        ),
        ColumnSpec::new(
            "gap",
            Kind::Real,
            "",
            "gap statistic (Tibshirani, Walther & Hastie 2001); empty unless `[clusters] gap` asks for it",
        )
        .nullable(),
        ColumnSpec::new("votes", Kind::Count, "indices", "indices that put this k first, the gap statistic among them"),
        ColumnSpec::new("chosen", Kind::Flag, "", "whether it was taken"),
    ],
    example: "SELECT * FROM 'out/latest/cluster_choice.parquet'",
};
