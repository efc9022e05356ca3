//! Contracts of the cluster tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Which cluster each customer is in.
pub const CLUSTERS: TableSpec = TableSpec {
    name: "clusters",
    row: "a customer",
    about: "Customers with an order and the cluster they are in; empty when a feature is missing. Where nobody has an order and `[clusters] features` are given, all customers.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("cluster", Kind::Score, "", "number of the cluster, as in `cluster_profiles`").nullable(),
        ColumnSpec::new("cluster_name", Kind::Category, "", "name from what set the cluster apart when it was first found")
            .nullable(),
        ColumnSpec::new("distance", Kind::Real, "standard deviations", "distance to the centre in scaled features")
            .nullable(),
        ColumnSpec::new(
            "cluster_probability",
            Kind::Real,
            "probability",
            "membership of this cluster, the largest of the customer's memberships; empty unless `[clusters] method` is \"mixture\"",
        )
        .nullable(),
        ColumnSpec::new(
            "second_cluster",
            Kind::Score,
            "",
            "number of the cluster of the next largest membership; empty as above, and with one cluster",
        )
        .nullable(),
        ColumnSpec::new("second_cluster_probability", Kind::Real, "probability", "membership of that one").nullable(),
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
    about: "Size of each cluster, its centre in original units, and what sets it apart from all customers. A cluster that shares at least half of its customers with one of the run before (Jaccard similarity; assignment by Kuhn 1955) keeps that one's number and name; any other gets a number that no cluster had.",
    columns: &[
        ColumnSpec::new(
            "cluster",
            Kind::Score,
            "",
            "number; in the first run from 0, falling by the cluster's mean of `number_by`, and then for as long as the cluster lasts",
        ),
        ColumnSpec::new("cluster_name", Kind::Text, "", "name from what set the cluster apart when it was first found"),
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
        ColumnSpec::new("since", Kind::Day, "", "as-of day of the run in which it was first found"),
        ColumnSpec::new(
            "overlap",
            Kind::Real,
            "share",
            "customers placed in both runs who are in the cluster now and were before ÷ those who are or were in it; empty when it is new, or shares no customer with the run before",
        )
        .nullable(),
        ColumnSpec::new("method", Kind::Category, "", "kmeans or mixture; the same in all rows"),
        ColumnSpec::new("features", Kind::Text, "", "what it is made by, joined by `, `; the same in all rows"),
        ColumnSpec::new(
            "numbers_used",
            Kind::Count,
            "numbers",
            "numbers that clusters have had so far; the next new one gets this number; the same in all rows",
        ),
        ColumnSpec::new("{name}_mean", Kind::Real, "as the feature", "mean of the feature in the cluster").per_name(),
        ColumnSpec::new("{name}_median", Kind::Real, "as the feature", "median of the feature in the cluster")
            .per_name(),
        ColumnSpec::new(
            "{name}_centre",
            Kind::Real,
            "as the feature",
            "centre of the cluster; for amounts about the geometric mean, as features are scaled by logarithms",
        )
        .per_name(),
    ],
    example: "SELECT cluster_name, size, apart FROM 'out/latest/cluster_profiles.parquet'",
};

/// Why there are as many clusters as there are.
pub const CLUSTER_CHOICE: TableSpec = TableSpec {
    name: "cluster_choice",
    row: "a number of clusters",
    about: "The candidates for k and what each index says of them; empty when k is given. The indices often disagree: the k that most of them put first is chosen, or the one of the best sum of ranks; of mixtures the one of the smallest BIC.",
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
        ColumnSpec::new(
            "bic",
            Kind::Real,
            "",
            "Bayesian information criterion (Schwarz 1978); smaller is better; empty unless the candidates are mixtures",
        )
        .nullable(),
        ColumnSpec::new("log_likelihood", Kind::Real, "", "natural logarithm of the likelihood of the mixture").nullable(),
        ColumnSpec::new("votes", Kind::Count, "indices", "of silhouette, Calinski–Harabasz, Davies–Bouldin and gap, those that put this k first"),
        ColumnSpec::new("chosen", Kind::Flag, "", "whether it was taken"),
    ],
    example: "SELECT * FROM 'out/latest/cluster_choice.parquet'",
};
