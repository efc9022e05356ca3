//! Contracts of the profitability tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// What each customer contributes.
pub const PROFITABILITY: TableSpec = TableSpec {
    name: "profitability",
    row: "a customer",
    about: "What each customer leaves after all that can be charged to them, over `window_days` or all time: contribution = profit_margin − cost_of_returns − cost_of_service − cost_of_contacts − cost_of_acquisition, exactly. Made when the pipeline has a section [profitability] and the log has money.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("profit_revenue", Kind::Money, "currency", "money of all lines, returns taken off"),
        ColumnSpec::new("profit_returned", Kind::Money, "currency", "money taken back, as a positive number"),
        ColumnSpec::new("profit_margin", Kind::Money, "currency", "margin of what was sold, before returns"),
        ColumnSpec::new(
            "margin_basis",
            Kind::Category,
            "",
            "where the margin comes from: known (cost or margin of the lines), rate (a share of the money), both; empty without a line",
        )
        .nullable(),
        ColumnSpec::new(
            "cost_of_returns",
            Kind::Money,
            "currency",
            "margin that returns took back, and `return_handling_cost` for each; negative when what came back had been sold below cost",
        ),
        ColumnSpec::new(
            "cost_of_service",
            Kind::Money,
            "currency",
            "cost of the interactions but for contacts of campaigns, and the attribute service_cost",
        ),
        ColumnSpec::new(
            "cost_of_contacts",
            Kind::Money,
            "currency",
            "cost_per_contact of each campaign that contacted the customer, control groups left out; where a campaign tells none, the cost of its interactions",
        ),
        ColumnSpec::new("cost_of_acquisition", Kind::Money, "currency", "the attribute acquisition_cost"),
        ColumnSpec::new("contribution", Kind::Money, "currency", "profit_margin less the four costs"),
        ColumnSpec::new(
            "contribution_share",
            Kind::Real,
            "share",
            "contribution ÷ profit_revenue; empty when that is not positive",
        )
        .nullable(),
        ColumnSpec::new("is_profitable", Kind::Flag, "", "whether the contribution is not negative"),
        ColumnSpec::new(
            "largest_cost",
            Kind::Category,
            "",
            "which of the four eats the most: returns, service, contacts, acquisition; empty when none costs anything",
        )
        .nullable(),
        ColumnSpec::new("profit_reason", Kind::Text, "", "why the customer costs more than they bring; empty otherwise")
            .nullable(),
        ColumnSpec::new("profit_remedy", Kind::Text, "", "what would change that; empty for the others").nullable(),
        ColumnSpec::new(
            "further_orders_needed",
            Kind::Count,
            "orders",
            "further orders at the customer's own mean margin that would make up for the loss; empty without a loss, or when orders leave no margin",
        )
        .nullable(),
        ColumnSpec::new(
            "affordable_service_contacts",
            Kind::Count,
            "",
            "interactions at the customer's own mean cost with which the contribution would be zero; empty without a loss, or when even none would not do",
        )
        .nullable(),
        ColumnSpec::new(
            "pays_back_in_days",
            Kind::Count,
            "days",
            "days until the value expected in `clv` makes up for the loss, between horizons by a straight line; empty without a loss, or when it does not within the longest",
        )
        .nullable(),
        ColumnSpec::new(
            "value_tier",
            Kind::Category,
            "",
            "top, high, middle or low by contribution, unprofitable below zero; equal contributions share a tier",
        ),
        ColumnSpec::new(
            "contribution_percentile",
            Kind::Real,
            "0..100",
            "customers with a lower contribution, and half of those with the same, in % of all",
        ),
    ],
    example: "SELECT profit_reason, profit_remedy, contribution FROM 'out/latest/profitability.parquet' WHERE NOT is_profitable ORDER BY contribution LIMIT 20",
};

/// Tenths of the customers by contribution.
pub const PROFIT_DECILES: TableSpec = TableSpec {
    name: "profit_deciles",
    row: "a tenth of the customers",
    about: "The whale curve: customers from the highest contribution to the lowest in ten parts of equal size, and what they bring together. Made when the pipeline has a section [profitability] and the log has money.",
    columns: &[
        ColumnSpec::new("decile", Kind::Count, "", "1 has the highest contributions"),
        ColumnSpec::new("customers", Kind::Count, "", "customers in it"),
        ColumnSpec::new("revenue", Kind::Money, "currency", "sum of their profit_revenue"),
        ColumnSpec::new("contribution", Kind::Money, "currency", "sum of their contribution"),
        ColumnSpec::new("contribution_highest", Kind::Money, "currency", "the highest among them"),
        ColumnSpec::new("contribution_lowest", Kind::Money, "currency", "the lowest among them"),
        ColumnSpec::new("cumulative_customers_share", Kind::Real, "share", "customers so far ÷ all"),
        ColumnSpec::new(
            "cumulative_revenue_share",
            Kind::Real,
            "share",
            "revenue so far ÷ all; empty when all is not positive",
        )
        .nullable(),
        ColumnSpec::new("cumulative_contribution", Kind::Money, "currency", "contribution so far"),
        ColumnSpec::new(
            "cumulative_contribution_share",
            Kind::Real,
            "share",
            "contribution so far ÷ all, above 1 where later customers cost money; empty when all is not positive",
        )
        .nullable(),
    ],
    example: "SELECT decile, contribution, round(100 * cumulative_contribution_share) AS percent FROM 'out/latest/profit_deciles.parquet'",
};

/// How unevenly revenue and contribution are spread.
pub const PROFIT_CONCENTRATION: TableSpec = TableSpec {
    name: "profit_concentration",
    row: "a figure of revenue or of contribution",
    about: "Concentration: points of the Lorenz curve from the largest customer on, the Gini coefficient, how few customers bring 80 %, and the peak of the whale curve. Made when the pipeline has a section [profitability] and the log has money.",
    columns: &[
        ColumnSpec::new("measure", Kind::Category, "", "revenue or contribution"),
        ColumnSpec::new(
            "figure",
            Kind::Category,
            "",
            "lorenz: what the largest customers_share bring; gini: 0 all alike, 1 all in one hand (Raffinetti, Siletti & Vernizzi 2015); pareto: the customers_share that brings 80 %; peak: the customers_share that brings anything, and what it brings",
        ),
        ColumnSpec::new("customers_share", Kind::Real, "share", "share of the customers, the largest first").nullable(),
        ColumnSpec::new("amount", Kind::Money, "currency", "what they bring together, to the cent").nullable(),
        ColumnSpec::new(
            "value",
            Kind::Real,
            "share",
            "amount ÷ total, or the Gini coefficient; empty when it has no meaning",
        )
        .nullable(),
        ColumnSpec::new("note", Kind::Text, "", "the figure in words, or why it is empty"),
    ],
    example: "SELECT note FROM 'out/latest/profit_concentration.parquet' WHERE figure IN ('pareto', 'peak')",
};
