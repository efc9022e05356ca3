//! Contracts of `customers` and of the purchase history that the models read.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// The customer table.
pub const CUSTOMERS: TableSpec = TableSpec {
    name: "customers",
    row: "a customer",
    about: "Everyone who bought, returned something, or is in the customers source: what they did, and who they are.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new(
            "orders",
            Kind::Count,
            "orders",
            "orders with a positive amount; lines of one transaction id are one order",
        ),
        ColumnSpec::new(
            "purchase_days",
            Kind::Count,
            "days",
            "distinct days with a purchase whose total, refunds of the same day included, is positive",
        ),
        ColumnSpec::new("first_purchase", Kind::Day, "", "day of the first order; empty without one").nullable(),
        ColumnSpec::new("last_purchase", Kind::Day, "", "day of the last order; a refund never moves it").nullable(),
        ColumnSpec::new("days_since_last", Kind::Count, "days", "as_of − last_purchase").nullable(),
        ColumnSpec::new("tenure_days", Kind::Count, "days", "as_of − first_purchase").nullable(),
        ColumnSpec::new(
            "spend_gross",
            Kind::Money,
            "currency",
            "money of all lines before refunds; empty when the log has no money",
        )
        .nullable(),
        ColumnSpec::new("refunds", Kind::Money, "currency", "money taken back, as a positive number").nullable(),
        ColumnSpec::new("spend_net", Kind::Money, "currency", "spend_gross − refunds").nullable(),
        ColumnSpec::new(
            "margin",
            Kind::Money,
            "currency",
            "margin of the lines whose cost or margin is known; empty when none can be",
        )
        .nullable(),
        ColumnSpec::new("spend_mean", Kind::Real, "currency", "spend_net per order").nullable(),
        ColumnSpec::new(
            "favourite_category",
            Kind::Category,
            "",
            "product category of most lines; the first by name among equals",
        )
        .nullable(),
        ColumnSpec::new(
            "favourite_channel",
            Kind::Category,
            "",
            "channel of most orders; the first by name among equals",
        )
        .nullable(),
        ColumnSpec::new(
            "favourite_weekday",
            Kind::Category,
            "",
            "weekday of most orders; the earliest from Monday among equals",
        )
        .nullable(),
        ColumnSpec::new(
            "favourite_hour",
            Kind::Score,
            "hour",
            "hour of most orders, 0..23 business time; the earliest among equals",
        )
        .nullable(),
        ColumnSpec::new(
            "favourite_brand",
            Kind::Category,
            "",
            "brand of most lines, by the products source; the first by name among equals",
        )
        .nullable(),
        ColumnSpec::new(
            "favourite_store",
            Kind::Category,
            "",
            "store of most lines; the first by name among equals",
        )
        .nullable(),
        ColumnSpec::new("lines_per_order", Kind::Real, "lines", "basket size: lines that are no refund, per order")
            .nullable(),
        ColumnSpec::new(
            "discount_share",
            Kind::Real,
            "share",
            "money taken off ÷ (money taken off + spend_gross), 0..1; empty when the log tells no discounts",
        )
        .nullable(),
        ColumnSpec::new(
            "gap_median_days",
            Kind::Real,
            "days",
            "own rhythm: median of the days between purchase days; empty with fewer than two",
        )
        .nullable(),
        ColumnSpec::new("gap_spread_days", Kind::Real, "days", "upper − lower quartile of these days").nullable(),
        ColumnSpec::new(
            "days_overdue",
            Kind::Real,
            "days",
            "days_since_last − gap_median_days, not below 0; empty without a rhythm",
        )
        .nullable(),
        ColumnSpec::new("next_purchase_from", Kind::Day, "", "last_purchase + lower quartile of the gaps").nullable(),
        ColumnSpec::new("next_purchase_expected", Kind::Day, "", "last_purchase + gap_median_days").nullable(),
        ColumnSpec::new(
            "next_purchase_until",
            Kind::Day,
            "",
            "last_purchase + upper quartile of the gaps; a day that has passed means overdue",
        )
        .nullable(),
        ColumnSpec::new("spend_last_180d", Kind::Money, "currency", "money of the purchase days of the last 180 days")
            .nullable(),
        ColumnSpec::new("spend_previous_180d", Kind::Money, "currency", "the same of the 180 days before those")
            .nullable(),
        ColumnSpec::new(
            "spend_trend",
            Kind::Real,
            "",
            "spend_last_180d ÷ spend_previous_180d − 1; empty when the latter is 0",
        )
        .nullable(),
        ColumnSpec::new(
            "wallet_share",
            Kind::Real,
            "share",
            "money of the purchase days of the last 365 days ÷ the attribute category_spend; empty where that is not known",
        )
        .nullable(),
        ColumnSpec::new(
            "contactable_by",
            Kind::Category,
            "",
            "channels with a true consent attribute (consent_CHANNEL), joined by `+`; empty for none",
        )
        .nullable(),
        ColumnSpec::new("last_interaction", Kind::Day, "", "day of the newest interaction; empty without one")
            .nullable(),
        ColumnSpec::new("interactions", Kind::Count, "", "rows of the interactions source; empty without that source")
            .nullable(),
        ColumnSpec::new(
            "interaction_cost",
            Kind::Money,
            "currency",
            "cost of these interactions; empty when the source tells no costs",
        )
        .nullable(),
        ColumnSpec::new(
            "lifecycle",
            Kind::Category,
            "",
            "stage of the customer's life, from the table `lifecycle`",
        )
        .filled_by("lifecycle"),
        ColumnSpec::new(
            "satisfaction",
            Kind::Real,
            "0..100",
            "said or estimated, from the table `satisfaction`; empty without a feedback source",
        )
        .filled_by("satisfaction"),
        ColumnSpec::new(
            "knowledge_coverage",
            Kind::Real,
            "share",
            "of the kinds of knowledge that are collected, from the table `knowledge`; empty when only transactions are read",
        )
        .filled_by("knowledge"),
        ColumnSpec::new(
            "{name}",
            Kind::Text,
            "",
            "each attribute of the customers source, under its name in snake case; `source_` stands before a name that a computed column bears",
        )
        .nullable()
        .per_name(),
    ],
    example: "SELECT favourite_channel, count(*), sum(spend_net) FROM 'out/latest/customers.parquet' GROUP BY ALL",
};

/// What the purchase and spend models need of each customer with a purchase day; not published on its own.
pub const PURCHASE_HISTORY: TableSpec = TableSpec {
    name: "purchase_history",
    row: "a customer with a purchase day",
    about: "Inputs of the customer value models (Fader, Hardie & Lee 2005), in days.",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("x", Kind::Count, "days", "purchase_days − 1"),
        ColumnSpec::new("t_x", Kind::Count, "days", "last − first purchase day"),
        ColumnSpec::new("tenure_days", Kind::Count, "days", "as_of − first purchase day"),
        ColumnSpec::new("days", Kind::Days, "", "the purchase days"),
        ColumnSpec::new("repeat_spend", Kind::Money, "currency", "money of the repeat days").nullable(),
        ColumnSpec::new("value_to_date", Kind::Money, "currency", "spend_net so far").nullable(),
        ColumnSpec::new("spend_with_margin", Kind::Money, "currency", "money of the lines whose margin is known")
            .nullable(),
    ],
    example: "",
};
