//! Contracts of the pattern tables.

use crate::table::{ColumnSpec, Kind, TableSpec};

const LEVEL: &str = "what the items are: category or product";
const NAMED: &str = "the same by the names of the products source, where it gives them";

/// What is bought together.
pub const BASKET_SETS: TableSpec = TableSpec {
    name: "basket_sets",
    row: "a set of items",
    about: "Items that are often in one order together (FP-growth; Han, Pei & Yin 2000). Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("level", Kind::Category, "", LEVEL),
        ColumnSpec::new("items", Kind::Text, "", "the items in byte order, joined by ` + `"),
        ColumnSpec::new("item_names", Kind::Text, "", NAMED),
        ColumnSpec::new("length", Kind::Count, "", "how many items"),
        ColumnSpec::new("orders", Kind::Count, "", "orders that hold them all"),
        ColumnSpec::new("support", Kind::Real, "share", "orders ÷ all orders"),
        ColumnSpec::new("customers", Kind::Count, "", "customers with such an order"),
        ColumnSpec::new("is_closed", Kind::Flag, "", "no frequent set with more items has as many orders"),
        ColumnSpec::new("is_maximal", Kind::Flag, "", "no set with more items is frequent"),
    ],
    example: "SELECT item_names, orders, customers FROM 'out/latest/basket_sets.parquet' WHERE length = 2 AND is_closed ORDER BY orders DESC LIMIT 20",
};

/// What goes with what.
pub const BASKET_RULES: TableSpec = TableSpec {
    name: "basket_rules",
    row: "a rule: who takes these also takes those",
    about: "Association rules between items of one order (Agrawal & Srikant 1994). Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("level", Kind::Category, "", LEVEL),
        ColumnSpec::new("if_items", Kind::Text, "", "antecedent, joined by ` + `"),
        ColumnSpec::new("then_items", Kind::Text, "", "consequent, joined by ` + `"),
        ColumnSpec::new("if_names", Kind::Text, "", NAMED),
        ColumnSpec::new("then_names", Kind::Text, "", NAMED),
        ColumnSpec::new("orders_if", Kind::Count, "", "orders that hold the antecedent"),
        ColumnSpec::new("orders_then", Kind::Count, "", "orders that hold the consequent"),
        ColumnSpec::new("orders", Kind::Count, "", "orders that hold both"),
        ColumnSpec::new("customers", Kind::Count, "", "customers with an order that holds both"),
        ColumnSpec::new("support", Kind::Real, "share", "orders ÷ all orders"),
        ColumnSpec::new("confidence", Kind::Real, "share", "orders ÷ orders_if"),
        ColumnSpec::new("lift", Kind::Real, "", "confidence ÷ share of the consequent in all orders; 1 is chance"),
        ColumnSpec::new("leverage", Kind::Real, "share", "support − what chance would give (Piatetsky-Shapiro 1991)"),
        ColumnSpec::new(
            "conviction",
            Kind::Real,
            "",
            "(1 − share of the consequent) ÷ (1 − confidence) (Brin et al. 1997); empty when confidence is 1, where it is infinite",
        )
        .nullable(),
        ColumnSpec::new("p_value", Kind::Real, "probability", "of the chi-squared test of independence; empty without variation")
            .nullable(),
    ],
    example: "SELECT if_names, then_names, confidence, lift, customers FROM 'out/latest/basket_rules.parquet' WHERE lift > 2 ORDER BY customers DESC LIMIT 20",
};

/// What follows what.
pub const PURCHASE_SEQUENCES: TableSpec = TableSpec {
    name: "purchase_sequences",
    row: "a sequence of purchases",
    about: "What many customers bought one after the other, on different days (PrefixSpan; Pei et al. 2004); each customer counts once. Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("level", Kind::Category, "", LEVEL),
        ColumnSpec::new("sequence", Kind::Text, "", "steps joined by ` → `, items of one day by ` + `"),
        ColumnSpec::new("sequence_names", Kind::Text, "", NAMED),
        ColumnSpec::new("steps", Kind::Count, "", "days"),
        ColumnSpec::new("customers", Kind::Count, "", "customers who have it"),
        ColumnSpec::new("support", Kind::Real, "share", "customers ÷ all customers with a purchase"),
        ColumnSpec::new("is_closed", Kind::Flag, "", "no longer frequent sequence has as many customers"),
        ColumnSpec::new(
            "last_gap_days",
            Kind::Real,
            "days",
            "median days from the last but one step to the last; empty with one step",
        )
        .nullable(),
        ColumnSpec::new(
            "total_days",
            Kind::Real,
            "days",
            "sum of the median days between the steps; empty with one step",
        )
        .nullable(),
    ],
    example: "SELECT sequence_names, customers, last_gap_days FROM 'out/latest/purchase_sequences.parquet' WHERE steps = 2 AND is_closed ORDER BY customers DESC LIMIT 20",
};

/// How customers begin.
pub const PURCHASE_PATHS: TableSpec = TableSpec {
    name: "purchase_paths",
    row: "a beginning of purchases",
    about: "First, second and third purchase days as a tree: how many customers go on where, and how many stop. The items are those of most money on the day. Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("level", Kind::Category, "", LEVEL),
        ColumnSpec::new("path", Kind::Text, "", "steps joined by ` → `; empty for the beginning of all"),
        ColumnSpec::new("path_names", Kind::Text, "", NAMED),
        ColumnSpec::new("steps", Kind::Count, "", "purchase days"),
        ColumnSpec::new("customers", Kind::Count, "", "customers who began so"),
        ColumnSpec::new("share", Kind::Real, "share", "of the customers of the path without its last step"),
        ColumnSpec::new("stopped", Kind::Count, "", "those who have not bought again since"),
    ],
    example: "SELECT path_names, customers, share, stopped FROM 'out/latest/purchase_paths.parquet' WHERE level = 'category' ORDER BY steps, customers DESC",
};

/// Who comes to a category and who goes.
pub const CATEGORY_MOVES: TableSpec = TableSpec {
    name: "category_moves",
    row: "a category",
    about: "Buyers of each category in the last 180 days against the 180 days before: who stayed, who came, from where, and who went, and where to. before − lost = kept, kept + gained = now. Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("category", Kind::Category, "", "product category"),
        ColumnSpec::new(
            "buyers_before",
            Kind::Count,
            "",
            "customers who bought it in the 180 days before the last 180",
        ),
        ColumnSpec::new("buyers", Kind::Count, "", "customers who bought it in the last 180 days"),
        ColumnSpec::new("kept", Kind::Count, "", "customers of both"),
        ColumnSpec::new("gained_from_others", Kind::Count, "", "came, and had bought other categories before"),
        ColumnSpec::new("gained_new", Kind::Count, "", "came, and had bought nothing before"),
        ColumnSpec::new("lost_to_others", Kind::Count, "", "went, and now buy other categories"),
        ColumnSpec::new("lost_silent", Kind::Count, "", "went, and now buy nothing"),
        ColumnSpec::new("revenue_before", Kind::Money, "currency", "money of its lines in the window before")
            .nullable(),
        ColumnSpec::new("revenue", Kind::Money, "currency", "money of its lines in the last 180 days").nullable(),
    ],
    example: "SELECT category, buyers - buyers_before AS net, lost_to_others, lost_silent FROM 'out/latest/category_moves.parquet' ORDER BY net",
};

/// When the trade is.
pub const TRADE_PROFILE: TableSpec = TableSpec {
    name: "trade_profile",
    row: "a month, weekday or hour, of a category or of all",
    about: "When customers buy. The index compares with an even spread over the days that the log spans: 1 is average. Made when the pipeline has a section [patterns].",
    columns: &[
        ColumnSpec::new("category", Kind::Category, "", "product category; empty for all orders").nullable(),
        ColumnSpec::new("unit", Kind::Category, "", "month, weekday or hour"),
        ColumnSpec::new("value", Kind::Count, "", "1..12, 1..7 from Monday, 0..23"),
        ColumnSpec::new("label", Kind::Category, "", "its name"),
        ColumnSpec::new("orders", Kind::Count, "", "orders, of a category those with a line of it"),
        ColumnSpec::new(
            "revenue",
            Kind::Money,
            "currency",
            "money of these lines; of all orders when the category is empty",
        )
        .nullable(),
        ColumnSpec::new(
            "index",
            Kind::Real,
            "",
            "orders ÷ what an even spread would give; empty when the log does not reach the unit",
        )
        .nullable(),
    ],
    example: "SELECT label, round(index, 2) FROM 'out/latest/trade_profile.parquet' WHERE unit = 'month' AND category IS NULL ORDER BY value",
};
