//! Contracts of the tables of offers.

use crate::table::{ColumnSpec, Kind, TableSpec};

/// What to offer whom.
pub const OFFERS: TableSpec = TableSpec {
    name: "offers",
    row: "a customer × level × rank",
    about: "The best products and categories for each customer, the best first. What a customer already bought is not offered (unless `repeat_after_days` says so), nor what is discontinued, out of stock, excluded or not in the products source. Who bought everything has no row. Made when the pipeline has a section [offers].",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("level", Kind::Category, "", "category or product"),
        ColumnSpec::new("rank", Kind::Score, "", "1 is the best"),
        ColumnSpec::new("item", Kind::Category, "", "product id or category"),
        ColumnSpec::new("item_name", Kind::Category, "", "name by the products source, else the item"),
        ColumnSpec::new(
            "score",
            Kind::Real,
            "",
            "what offers are ranked by: relevance × margin where margins are known, else relevance; equal scores by item id",
        ),
        ColumnSpec::new(
            "relevance",
            Kind::Real,
            "",
            "what the chosen model says; comparable within a level, see `offer_skill`",
        ),
        ColumnSpec::new(
            "purchase_probability",
            Kind::Real,
            "probability",
            "relevance × one factor, so that the offers of the time split add up to what was bought of them within holdout_days; empty when there was none to test on",
        )
        .nullable(),
        ColumnSpec::new(
            "margin",
            Kind::Real,
            "currency",
            "mean margin of an order of the item: its lines, else price − cost, else the mean of the others; empty when no margin is known",
        )
        .nullable(),
        ColumnSpec::new("expected_margin", Kind::Real, "currency", "purchase_probability × margin").nullable(),
        ColumnSpec::new("because", Kind::Category, "", "bought item that speaks most for it; empty when it is what others buy")
            .nullable(),
        ColumnSpec::new("because_share", Kind::Real, "share", "share of the buyers of `because` who bought the item too")
            .nullable(),
        ColumnSpec::new("reason", Kind::Category, "", "the same in words"),
    ],
    example: "SELECT item_name, count(*) AS customers, round(avg(expected_margin), 2) FROM 'out/latest/offers.parquet' WHERE level = 'product' AND rank = 1 GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
};

/// The best of everything, for rules and target lists.
pub const NEXT_BEST: TableSpec = TableSpec {
    name: "next_best",
    row: "a customer",
    about: "The next best product, category, channel and time of each customer, for rules and target lists. Made when the pipeline has a section [offers].",
    columns: &[
        ColumnSpec::new("customer_id", Kind::Text, "", "id as in the sources"),
        ColumnSpec::new("next_product", Kind::Category, "", "product id of the first offer; empty when there is none")
            .nullable(),
        ColumnSpec::new("next_product_name", Kind::Category, "", "its name").nullable(),
        ColumnSpec::new("next_category", Kind::Category, "", "category of the first offer; empty when there is none")
            .nullable(),
        ColumnSpec::new(
            "best_channel",
            Kind::Category,
            "",
            "channel of the highest response × value − cost with consent, or of the highest response where the value of a response (mean margin of an order) is not known; empty when no channel's response is known or none may be used",
        )
        .nullable(),
        ColumnSpec::new(
            "channel_response",
            Kind::Real,
            "probability",
            "response to be expected through it: own contacts pooled towards the segment's, these towards everyone's (empirical Bayes, beta-binomial)",
        )
        .nullable(),
        ColumnSpec::new("channel_response_note", Kind::Category, "", "what the figure rests on, or why there is none"),
        ColumnSpec::new(
            "send_weekday",
            Kind::Category,
            "",
            "weekday of most own orders and responses, pooled towards everyone's; empty when there is no order at all",
        )
        .nullable(),
        ColumnSpec::new(
            "send_hour",
            Kind::Score,
            "hour",
            "first hour of the best two hours, 0..22 business time, in the same way; empty when hours are not known",
        )
        .nullable(),
        ColumnSpec::new("send_window", Kind::Category, "", "weekday and hours in words").nullable(),
        ColumnSpec::new(
            "send_day",
            Kind::Day,
            "",
            "first send weekday between next_purchase_from and next_purchase_until, never before the day after as_of; the next one when the customer has no rhythm or is overdue; where the window holds no such weekday, its best day",
        )
        .nullable(),
    ],
    example: "SELECT best_channel, send_weekday, count(*) FROM 'out/latest/next_best.parquet' GROUP BY ALL ORDER BY 3 DESC",
};

/// How good the models are.
pub const OFFER_SKILL: TableSpec = TableSpec {
    name: "offer_skill",
    row: "a level, model and length of the list",
    about: "The models as they would have offered `holdout_days` ago, held against what customers bought since and had not bought before, with 95 % intervals; popularity is the baseline. Stock and status of that day are not known and so not applied. Made when the pipeline has a section [offers].",
    columns: &[
        ColumnSpec::new("level", Kind::Category, "", "category or product"),
        ColumnSpec::new("model", Kind::Category, "", "which model"),
        ColumnSpec::new(
            "setting",
            Kind::Category,
            "",
            "the penalty of a regression; `by expected margin` where offers are ranked by relevance × margin",
        )
        .nullable(),
        ColumnSpec::new("list_length", Kind::Score, "", "offers per customer"),
        ColumnSpec::new(
            "customers",
            Kind::Count,
            "",
            "customers tested: with a purchase before, and since with one of an item that could have been offered",
        ),
        ColumnSpec::new("hit_rate", Kind::Real, "share", "of them who bought one of the offers at least").nullable(),
        ColumnSpec::new("hit_rate_lower", Kind::Real, "share", "Wilson's interval").nullable(),
        ColumnSpec::new("hit_rate_upper", Kind::Real, "share", "its upper end").nullable(),
        ColumnSpec::new(
            "ndcg",
            Kind::Real,
            "0..1",
            "normalised discounted cumulative gain: bought offers count more in front (Järvelin & Kekäläinen 2002)",
        ),
        ColumnSpec::new("ndcg_lower", Kind::Real, "0..1", "its interval"),
        ColumnSpec::new("ndcg_upper", Kind::Real, "0..1", "its upper end"),
        ColumnSpec::new(
            "ndcg_gain",
            Kind::Real,
            "",
            "mean difference to popularity, ranked in the same way, on the same customers",
        )
        .nullable(),
        ColumnSpec::new("ndcg_gain_lower", Kind::Real, "", "its interval; above zero: better beyond chance").nullable(),
        ColumnSpec::new("ndcg_gain_upper", Kind::Real, "", "its upper end").nullable(),
        ColumnSpec::new("coverage", Kind::Real, "share", "of the items that could be offered, those offered to anyone"),
        ColumnSpec::new(
            "margin_per_customer",
            Kind::Real,
            "currency",
            "mean margin of the offers that were bought; empty when no margin is known",
        )
        .nullable(),
        ColumnSpec::new("is_baseline", Kind::Flag, "", "whether it is what everyone would be offered"),
        ColumnSpec::new("is_chosen", Kind::Flag, "", "whether the offers are made by it"),
    ],
    example: "SELECT level, model, setting, hit_rate, ndcg, is_chosen FROM 'out/latest/offer_skill.parquet' WHERE list_length = 3 ORDER BY level, ndcg DESC",
};

/// What channels bring.
pub const CHANNEL_RESPONSE: TableSpec = TableSpec {
    name: "channel_response",
    row: "a segment and channel",
    about: "Responses by channel, from the contacts source and from outbound interactions with an outcome; contacts of control groups are none. Made when the pipeline has a section [offers].",
    columns: &[
        ColumnSpec::new("segment_by", Kind::Category, "", "column that segments; `all` for everyone"),
        ColumnSpec::new("segment", Kind::Category, "", "its value; empty for everyone and for customers without one")
            .nullable(),
        ColumnSpec::new("channel", Kind::Category, "", "channel of the campaign, or touchpoint"),
        ColumnSpec::new("contacts", Kind::Count, "", "contacts; rows of one campaign (or day) are one"),
        ColumnSpec::new("responses", Kind::Count, "", "of them with a response"),
        ColumnSpec::new("rate", Kind::Real, "share", "responses ÷ contacts"),
        ColumnSpec::new("rate_lower", Kind::Real, "share", "Wilson's interval"),
        ColumnSpec::new("rate_upper", Kind::Real, "share", "its upper end"),
        ColumnSpec::new("rate_pooled", Kind::Real, "share", "pooled towards everyone's; what customers are drawn to"),
        ColumnSpec::new("cost_per_contact", Kind::Real, "currency", "mean cost of a contact whose cost is known")
            .nullable(),
        ColumnSpec::new(
            "cost_per_response",
            Kind::Real,
            "currency",
            "cost_per_contact ÷ rate; empty without a response",
        )
        .nullable(),
    ],
    example: "SELECT channel, segment, contacts, round(rate_pooled, 3), cost_per_response FROM 'out/latest/channel_response.parquet' ORDER BY channel, contacts DESC",
};
