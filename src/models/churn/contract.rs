//! Contracts of the tables; those of churn and of the propensities share their columns.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Churn per customer.
pub const CHURN: TableSpec = TableSpec {
    name: "churn",
    row: "a customer",
    about: "How probable the outcome of [churn] is for each customer within the horizon after the as-of day (by default: no purchase), and why. Customers too new to judge are left out. Made when the pipeline has a section [churn].",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("churn_probability", Kind::Real, "probability", "of the outcome within the horizon, calibrated"),
        ColumnSpec::new(
            "churn_probability_baseline",
            Kind::Real,
            "probability",
            "the same without the model: by P(alive), else by the days since the last purchase; with `label`, the share of the outcome",
        )
        .nullable(),
        ColumnSpec::new("churn_decile", Kind::Score, "", "tenth of the customers by probability; 1 is the most probable"),
        ColumnSpec::new(
            "churn_above_threshold",
            Kind::Flag,
            "",
            "whether a contact is expected to pay: probability × success_share × benefit > contact_cost; empty without `benefit`",
        )
        .nullable(),
        ColumnSpec::new(
            "churn_expected_loss",
            Kind::Real,
            "currency",
            "probability × clv of the horizon (of the nearest one that [clv] gives); empty without money",
        )
        .nullable(),
        ColumnSpec::new("churn_reason_1", Kind::Category, "", REASON).nullable(),
        ColumnSpec::new("churn_reason_2", Kind::Category, "", "the second strongest reason").nullable(),
        ColumnSpec::new("churn_reason_3", Kind::Category, "", "the third strongest reason").nullable(),
    ],
    example: "SELECT churn_reason_1, count(*), avg(churn_probability) FROM 'out/latest/churn.parquet' WHERE churn_decile = 1 GROUP BY ALL ORDER BY 2 DESC",
};

const REASON: &str = "what moves the probability most against an average customer: very low, low, high and very high are by more or less than a standard deviation from the mean; empty when nothing does";

/// Propensities per customer.
pub const PROPENSITIES: TableSpec = TableSpec {
    name: "propensities",
    row: "a customer",
    about: "How probable each outcome of [[propensity]] is for each customer, and why; empty for those who are too new to judge. Made when the pipeline has a section [[propensity]].",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("propensity_{name}", Kind::Real, "probability", "of the outcome within its horizon, calibrated")
            .nullable()
            .per_name(),
        ColumnSpec::new(
            "propensity_{name}_baseline",
            Kind::Real,
            "probability",
            "the same without the model: by P(alive), else by the days since the last purchase; with `label`, the share of the outcome",
        )
        .nullable()
        .per_name(),
        ColumnSpec::new(
            "propensity_{name}_decile",
            Kind::Score,
            "",
            "tenth of the customers by probability; 1 is the most probable",
        )
        .nullable()
        .per_name(),
        ColumnSpec::new(
            "propensity_{name}_above_threshold",
            Kind::Flag,
            "",
            "whether a contact is expected to pay; empty without `benefit`",
        )
        .nullable()
        .per_name(),
        ColumnSpec::new("propensity_{name}_reason_1", Kind::Category, "", REASON).nullable().per_name(),
        ColumnSpec::new("propensity_{name}_reason_2", Kind::Category, "", "the second strongest reason")
            .nullable()
            .per_name(),
        ColumnSpec::new("propensity_{name}_reason_3", Kind::Category, "", "the third strongest reason")
            .nullable()
            .per_name(),
    ],
    example: "SELECT customer_id, propensity_shoes FROM 'out/latest/propensities.parquet' WHERE propensity_shoes_decile = 1",
};

/// A list of columns behind the one that names the propensity.
const fn named<const N: usize, const M: usize>(columns: &[ColumnSpec; N]) -> [ColumnSpec; M] {
    assert!(M == N + 1);
    let mut all = [ColumnSpec::new("propensity", Kind::Category, "", "name of the propensity"); M];
    let mut at = 0;
    while at < N {
        all[at + 1] = columns[at];
        at += 1;
    }
    all
}

const MODELS: [ColumnSpec; 20] = [
    ColumnSpec::new(
        "model",
        Kind::Category,
        "",
        "logistic, forest; or a baseline: p_alive (BG/NBD or MBG/NBD), days_since_last, base_rate",
    ),
    ColumnSpec::new("kind", Kind::Category, "", "`model` or `baseline`"),
    ColumnSpec::new("is_used", Kind::Flag, "", "whether the probabilities come from it"),
    ColumnSpec::new("sample", Kind::Category, "", "train: rows that it was fitted on; test: rows that it had not seen"),
    ColumnSpec::new("test", Kind::Category, "", "how the test rows were chosen: out of time, or customers held out"),
    ColumnSpec::new("calibration", Kind::Category, "", "curve that its scores went through: none, platt, isotonic"),
    ColumnSpec::new("rows", Kind::Count, "rows", "customers × cuts"),
    ColumnSpec::new("positives", Kind::Count, "rows", "those with the outcome"),
    ColumnSpec::new("auc", Kind::Real, "", "area under the ROC curve; empty when the outcome always or never comes")
        .nullable(),
    ColumnSpec::new("auc_lower", Kind::Real, "", "lower end of its 95 % interval (DeLong et al. 1988)").nullable(),
    ColumnSpec::new("auc_upper", Kind::Real, "", "upper end").nullable(),
    ColumnSpec::new("log_loss", Kind::Real, "nats", "mean of −ln of the probability given to what came"),
    ColumnSpec::new("log_loss_lower", Kind::Real, "nats", "lower end of its 95 % interval"),
    ColumnSpec::new("log_loss_upper", Kind::Real, "nats", "upper end"),
    ColumnSpec::new("brier", Kind::Real, "", "mean squared difference of probability and outcome (Brier 1950)"),
    ColumnSpec::new("ks", Kind::Real, "share", "largest difference between the shares of both outcomes above a score")
        .nullable(),
    ColumnSpec::new("average_precision", Kind::Real, "share", "mean precision over the rows with the outcome")
        .nullable(),
    ColumnSpec::new("lift_top_decile", Kind::Real, "", "share of the outcome in the top tenth ÷ its share among all")
        .nullable(),
    ColumnSpec::new(
        "is_converged",
        Kind::Flag,
        "",
        "whether the fit reached its optimum; empty where that means nothing",
    )
    .nullable(),
    ColumnSpec::new("note", Kind::Text, "", "what else to know; empty for nothing"),
];

const CALIBRATION: [ColumnSpec; 10] = [
    ColumnSpec::new("decile", Kind::Count, "", "tenth of the test rows by probability; 1 is the most probable"),
    ColumnSpec::new("rows", Kind::Count, "rows", "customers × cuts"),
    ColumnSpec::new("positives", Kind::Count, "rows", "those with the outcome"),
    ColumnSpec::new("lowest", Kind::Real, "probability", "lowest probability in it"),
    ColumnSpec::new("highest", Kind::Real, "probability", "highest probability in it"),
    ColumnSpec::new("predicted", Kind::Real, "probability", "mean probability"),
    ColumnSpec::new("observed", Kind::Real, "share", "share with the outcome"),
    ColumnSpec::new("observed_lower", Kind::Real, "share", "lower end of its 95 % interval (Wilson 1927)"),
    ColumnSpec::new("observed_upper", Kind::Real, "share", "upper end"),
    ColumnSpec::new("captured", Kind::Real, "share", "of all rows with the outcome, those in this and higher tenths"),
];

const DRIVERS: [ColumnSpec; 7] = [
    ColumnSpec::new("model", Kind::Category, "", "logistic or forest"),
    ColumnSpec::new("rank", Kind::Count, "", "by log_loss_rise, from 1"),
    ColumnSpec::new("feature", Kind::Text, "", "name of the feature"),
    ColumnSpec::new(
        "auc_drop",
        Kind::Real,
        "",
        "by how much the AUC of the test falls when the values are dealt out anew (Breiman 2001)",
    ),
    ColumnSpec::new("log_loss_rise", Kind::Real, "nats", "by how much the mean log loss of the test rises"),
    ColumnSpec::new("direction", Kind::Text, "", "mean probability where the value is low and high, or by word"),
    ColumnSpec::new(
        "coefficient",
        Kind::Real,
        "log-odds",
        "of a number, per standard deviation, in the logistic regression; else empty",
    )
    .nullable(),
];

const CUTS: [ColumnSpec; 11] = [
    ColumnSpec::new("cut", Kind::Day, "", "last day that the features know; the as-of day with `label`"),
    ColumnSpec::new("outcome_from", Kind::Day, "", "first day of the outcome").nullable(),
    ColumnSpec::new("outcome_until", Kind::Day, "", "last day of the outcome").nullable(),
    ColumnSpec::new(
        "use",
        Kind::Category,
        "",
        "train, test, both (with a single cut or `label`), or score: the as-of day",
    ),
    ColumnSpec::new("customers", Kind::Count, "customers", "rows"),
    ColumnSpec::new("positives", Kind::Count, "customers", "those with the outcome; empty for score").nullable(),
    ColumnSpec::new("too_new", Kind::Count, "customers", "known for less than min_tenure_days; left out"),
    ColumnSpec::new("not_active", Kind::Count, "customers", "no purchase within active_within_days; left out"),
    ColumnSpec::new("ended", Kind::Count, "customers", "their contract had ended; left out"),
    ColumnSpec::new("orders_before", Kind::Count, "orders", "orders of the rows up to and with the cut"),
    ColumnSpec::new(
        "orders_after",
        Kind::Count,
        "orders",
        "orders of the rows within the horizon after it; empty for score",
    )
    .nullable(),
];

/// Quality of the churn models.
pub const CHURN_MODELS: TableSpec = TableSpec {
    name: "churn_models",
    row: "a model or baseline on a sample",
    about: "How good each model of [churn] and each baseline is, on rows that it was fitted on and on rows that it had not seen, and which is used.",
    columns: &MODELS,
    example: "SELECT model, auc, log_loss, is_used FROM 'out/latest/churn_models.parquet' WHERE sample = 'test' ORDER BY log_loss",
};

/// Calibration of the churn model.
pub const CHURN_CALIBRATION: TableSpec = TableSpec {
    name: "churn_calibration",
    row: "a tenth of the test rows",
    about: "What the used model of [churn] said of rows that it had not seen, and what came.",
    columns: &CALIBRATION,
    example: "SELECT decile, predicted, observed FROM 'out/latest/churn_calibration.parquet'",
};

/// Drivers of the churn models.
pub const CHURN_DRIVERS: TableSpec = TableSpec {
    name: "churn_drivers",
    row: "a feature of a model",
    about: "What each model of [churn] rests on, on rows that it had not seen.",
    columns: &DRIVERS,
    example: "SELECT feature, auc_drop, direction FROM 'out/latest/churn_drivers.parquet' WHERE model = 'logistic' ORDER BY rank LIMIT 10",
};

/// Cuts of the churn models.
pub const CHURN_CUTS: TableSpec = TableSpec {
    name: "churn_cuts",
    row: "a day that customers were looked at",
    about: "The days at which customers were looked at for [churn], who was left out, and what came after. Where customers were drawn, it counts those.",
    columns: &CUTS,
    example: "SELECT * FROM 'out/latest/churn_cuts.parquet' ORDER BY cut",
};

/// Quality of the propensity models.
pub const PROPENSITY_MODELS: TableSpec = TableSpec {
    name: "propensity_models",
    row: "a model or baseline on a sample",
    about: "As churn_models, for each [[propensity]].",
    columns: &named::<20, 21>(&MODELS),
    example: "SELECT propensity, model, auc FROM 'out/latest/propensity_models.parquet' WHERE sample = 'test' AND is_used",
};

/// Calibration of the propensity models.
pub const PROPENSITY_CALIBRATION: TableSpec = TableSpec {
    name: "propensity_calibration",
    row: "a tenth of the test rows",
    about: "As churn_calibration, for each [[propensity]].",
    columns: &named::<10, 11>(&CALIBRATION),
    example: "SELECT propensity, decile, predicted, observed FROM 'out/latest/propensity_calibration.parquet'",
};

/// Drivers of the propensity models.
pub const PROPENSITY_DRIVERS: TableSpec = TableSpec {
    name: "propensity_drivers",
    row: "a feature of a model",
    about: "As churn_drivers, for each [[propensity]].",
    columns: &named::<7, 8>(&DRIVERS),
    example: "SELECT propensity, feature, auc_drop FROM 'out/latest/propensity_drivers.parquet' WHERE rank <= 5",
};

/// Cuts of the propensity models.
pub const PROPENSITY_CUTS: TableSpec = TableSpec {
    name: "propensity_cuts",
    row: "a day that customers were looked at",
    about: "As churn_cuts, for each [[propensity]].",
    columns: &named::<11, 12>(&CUTS),
    example: "SELECT * FROM 'out/latest/propensity_cuts.parquet' ORDER BY propensity, cut",
};
