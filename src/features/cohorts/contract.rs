//! Contracts of the cohort tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// Retention, revenue and margin by age.
pub const COHORTS: TableSpec = TableSpec {
    name: "cohorts",
    row: "a cohort and a period of its age",
    about: "What became of customers who began together: in the same calendar period, with the same first category, or through the same acquisition channel. Cohorts by calendar period are followed by calendar periods, the others by periods since each customer's own first purchase, of which only those count whose period has passed. Made when the pipeline has a section [cohorts].",
    columns: &[
        ColumnSpec::new(
            "cohort_by",
            Kind::Category,
            "",
            "what customers have in common: first_purchase, first_category, acquisition_channel",
        ),
        ColumnSpec::new("cohort", Kind::Category, "", "which: 2024-03, a category, a channel"),
        ColumnSpec::new("period", Kind::Count, "periods", "age: 0 is the period of the first purchase"),
        ColumnSpec::new("cohort_customers", Kind::Count, "", "customers of the cohort"),
        ColumnSpec::new(
            "customers_observed",
            Kind::Count,
            "",
            "those of them whose period can be seen; empty when the period is still to come",
        )
        .nullable(),
        ColumnSpec::new("is_complete", Kind::Flag, "", "whether the whole period has passed; empty when it is to come")
            .nullable(),
        ColumnSpec::new("active", Kind::Count, "", "customers observed who bought in the period").nullable(),
        ColumnSpec::new("retention", Kind::Real, "share", "active ÷ customers_observed").nullable(),
        ColumnSpec::new(
            "revenue",
            Kind::Money,
            "currency",
            "money of the orders of the customers observed in the period, named refunds taken off",
        )
        .nullable(),
        ColumnSpec::new("margin", Kind::Money, "currency", "their margin; empty when margins are not known").nullable(),
        ColumnSpec::new(
            "cumulative_revenue_per_customer",
            Kind::Real,
            "currency",
            "sum over the ages so far of revenue ÷ customers_observed",
        )
        .nullable(),
        ColumnSpec::new("cumulative_margin_per_customer", Kind::Real, "currency", "the same of the margin").nullable(),
    ],
    example: "PIVOT (SELECT cohort, period, round(retention, 2) AS r FROM 'out/latest/cohorts.parquet' WHERE cohort_by = 'first_purchase') ON period USING first(r)",
};

/// When a cohort has earned what it cost.
pub const COHORT_PAYBACK: TableSpec = TableSpec {
    name: "cohort_payback",
    row: "a cohort",
    about: "What the customers of a cohort cost to acquire and how long their margin took to earn it. Made when the pipeline has a section [cohorts].",
    columns: &[
        ColumnSpec::new("cohort_by", Kind::Category, "", "as in `cohorts`"),
        ColumnSpec::new("cohort", Kind::Category, "", "as in `cohorts`"),
        ColumnSpec::new("cohort_customers", Kind::Count, "", "customers of the cohort"),
        ColumnSpec::new(
            "acquisition_cost_mean",
            Kind::Real,
            "currency",
            "mean of the attribute acquisition_cost over the customers of whom it is known",
        )
        .nullable(),
        ColumnSpec::new(
            "margin_per_customer",
            Kind::Real,
            "currency",
            "cumulative margin per customer at the greatest age observed",
        )
        .nullable(),
        ColumnSpec::new(
            "payback_period",
            Kind::Count,
            "periods",
            "first age at which the cumulative margin reaches the cost; empty when it has not, or either is not known",
        )
        .nullable(),
    ],
    example: "SELECT * FROM 'out/latest/cohort_payback.parquet' WHERE cohort_by = 'acquisition_channel' ORDER BY payback_period",
};
