//! Contracts of the uplift tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

const NAME: &str = "name of the section `[[uplift]]`";
const MODEL: &str = "interactions, two_model, class_transformation or x_learner";
const UNIT: &str = "outcome";

/// Expected effects.
pub const UPLIFT: TableSpec = TableSpec {
    name: "uplift",
    row: "a customer",
    about: "What a contact is expected to add, for each section [[uplift]]. Made when the pipeline has one.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "the customer"),
        ColumnSpec::new(
            "uplift_{name}",
            Kind::Real,
            UNIT,
            "expected outcome of a customer who is contacted less that of one who is not, in the outcome's unit; where no model ranks customers better than chance, that of a contact that moves everybody's odds alike, or the average effect for everybody; empty where nothing could be measured (`uplift_models` says why)",
        )
        .nullable()
        .per_name(),
    ],
    example: "SELECT customer_id, uplift_win_back FROM 'out/latest/uplift.parquet' ORDER BY uplift_win_back DESC LIMIT 1000",
};

/// How good the models are.
pub const UPLIFT_MODELS: TableSpec = TableSpec {
    name: "uplift_models",
    row: "a section and a model",
    about: "Models of uplift, judged on customers that they had not seen (cross-fitting in five parts by a hash of the customer id). Made when the pipeline has a section [[uplift]].",
    columns: &[
        ColumnSpec::new("name", Kind::Category, "", NAME),
        ColumnSpec::new("model", Kind::Category, "", MODEL),
        ColumnSpec::new("learner", Kind::Category, "", "what it is put together from: logistic, linear or forest"),
        ColumnSpec::new("outcome", Kind::Text, "", "conversion, revenue, profit, or a column of the customers table"),
        ColumnSpec::new("campaigns", Kind::Text, "", "ids of the campaigns, joined by `, `"),
        ColumnSpec::new("treated", Kind::Count, "", "contacts in the treatment arm"),
        ColumnSpec::new("control", Kind::Count, "", "contacts in the control arm"),
        ColumnSpec::new(
            "average_effect",
            Kind::Real,
            UNIT,
            "mean outcome of the treated less that of the control; where several campaigns treated different shares, each campaign counts with its size",
        )
        .nullable(),
        ColumnSpec::new("average_effect_lower", Kind::Real, UNIT, "lower end of its 95 % interval (Welch)").nullable(),
        ColumnSpec::new("average_effect_upper", Kind::Real, UNIT, "upper end").nullable(),
        ColumnSpec::new(
            "qini_coefficient",
            Kind::Real,
            "outcome per contact",
            "(area below the Qini curve Q(n) = Y_t − Y_c N_t/N_c − area below the line to its end) ÷ N²; 0 is targeting at random; customers of equal score are taken together",
        )
        .nullable(),
        ColumnSpec::new("qini_lower", Kind::Real, "outcome per contact", "lower end of its 95 % interval (bootstrap of customers)")
            .nullable(),
        ColumnSpec::new("qini_upper", Kind::Real, "outcome per contact", "upper end").nullable(),
        ColumnSpec::new(
            "qini_over_random",
            Kind::Real,
            "ratio",
            "the same difference of areas ÷ the area below the line; empty where the average effect is not above 0",
        )
        .nullable(),
        ColumnSpec::new(
            "auuc",
            Kind::Real,
            "outcome per contact",
            "area below the uplift curve U(n) = (Y_t/N_t − Y_c/N_c) n ÷ N²; half the average effect is targeting at random",
        )
        .nullable(),
        ColumnSpec::new("auuc_lower", Kind::Real, "outcome per contact", "lower end of its 95 % interval (bootstrap of customers)")
            .nullable(),
        ColumnSpec::new("auuc_upper", Kind::Real, "outcome per contact", "upper end").nullable(),
        ColumnSpec::new(
            "calibration_slope",
            Kind::Real,
            "ratio",
            "by how much the effect rises with the score: 1 where scores are effects, 0 where they say nothing; published effects keep this share of the spread, at most all of it",
        )
        .nullable(),
        ColumnSpec::new("calibration_slope_se", Kind::Real, "ratio", "its standard error").nullable(),
        ColumnSpec::new(
            "best_share",
            Kind::Real,
            "share",
            "share of the customers, in tenths, whose contact is worth most after its cost (revenue and profit only; otherwise contacts cost nothing); empty where no share is worth more than contacting nobody",
        )
        .nullable(),
        ColumnSpec::new(
            "policy_value",
            Kind::Real,
            "outcome per customer",
            "mean outcome when the best share is contacted and nobody else (inverse propensity, Hájek), before the cost of contacts",
        )
        .nullable(),
        ColumnSpec::new(
            "policy_gain",
            Kind::Real,
            "outcome per customer",
            "the same less contacting nobody, after the cost of contacts",
        )
        .nullable(),
        ColumnSpec::new("policy_gain_lower", Kind::Real, "outcome per customer", "lower end of its 95 % interval; the choice of the share is not in it")
            .nullable(),
        ColumnSpec::new("policy_gain_upper", Kind::Real, "outcome per customer", "upper end").nullable(),
        ColumnSpec::new("is_chosen", Kind::Flag, "", "whether `uplift_{name}` comes from it"),
        ColumnSpec::new("note", Kind::Text, "", "what could not be measured, what was left out, and what to make of it"),
    ],
    example: "SELECT name, model, qini_coefficient, qini_lower, qini_upper, is_chosen, note FROM 'out/latest/uplift_models.parquet'",
};

/// Effects by tenth.
pub const UPLIFT_DECILES: TableSpec = TableSpec {
    name: "uplift_deciles",
    row: "a section and a tenth of its customers",
    about: "The chosen model, or else that with the highest Qini coefficient, tenth by tenth: what it expected of customers that it had not seen, and what came. Made when the pipeline has a section [[uplift]].",
    columns: &[
        ColumnSpec::new("name", Kind::Category, "", NAME),
        ColumnSpec::new("model", Kind::Category, "", MODEL),
        ColumnSpec::new("decile", Kind::Count, "", "1 is the tenth with the highest scores"),
        ColumnSpec::new("treated", Kind::Count, "", "contacts in the treatment arm"),
        ColumnSpec::new("control", Kind::Count, "", "contacts in the control arm"),
        ColumnSpec::new("treated_mean", Kind::Real, UNIT, "mean outcome of the treated; empty where an arm is")
            .nullable(),
        ColumnSpec::new("control_mean", Kind::Real, UNIT, "mean outcome of the control").nullable(),
        ColumnSpec::new("uplift", Kind::Real, UNIT, "their difference").nullable(),
        ColumnSpec::new("uplift_lower", Kind::Real, UNIT, "lower end of its 95 % interval (Welch)").nullable(),
        ColumnSpec::new("uplift_upper", Kind::Real, UNIT, "upper end").nullable(),
        ColumnSpec::new("predicted_mean", Kind::Real, UNIT, "mean of what was expected, calibrated").nullable(),
    ],
    example: "SELECT decile, uplift, uplift_lower, uplift_upper, predicted_mean FROM 'out/latest/uplift_deciles.parquet' WHERE name = 'win_back' ORDER BY decile",
};

/// Qini and uplift curves.
pub const UPLIFT_CURVE: TableSpec = TableSpec {
    name: "uplift_curve",
    row: "a section, a model and a share of the customers",
    about: "The Qini and the uplift curve of each model at every hundredth. Made when the pipeline has a section [[uplift]].",
    columns: &[
        ColumnSpec::new("name", Kind::Category, "", NAME),
        ColumnSpec::new("model", Kind::Category, "", MODEL),
        ColumnSpec::new("share", Kind::Real, "share", "share of the customers who are targeted, best first"),
        ColumnSpec::new("qini", Kind::Real, "outcome per contact", "the Qini curve ÷ N"),
        ColumnSpec::new("qini_random", Kind::Real, "outcome per contact", "the line to its end: targeting at random"),
        ColumnSpec::new("uplift", Kind::Real, "outcome per contact", "the uplift curve ÷ N"),
    ],
    example: "SELECT share, qini, qini_random FROM 'out/latest/uplift_curve.parquet' WHERE name = 'win_back' AND model = 'x_learner' ORDER BY share",
};
