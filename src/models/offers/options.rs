//! The `[offers]` section.

use schemars::JsonSchema;
use serde::Deserialize;

/// What is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Product categories.
    Category,
    /// Products.
    Product,
}

impl Level {
    /// Both, in the order of their numbers.
    pub(super) const ALL: [Self; 2] = [Self::Category, Self::Product];

    /// Its name in the tables.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::Product => "product",
        }
    }
}

/// One level or both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Levels {
    /// `"product"`
    One(Level),
    /// `["category", "product"]`
    Several(Vec<Level>),
}

impl Levels {
    /// Whether a level is asked for.
    pub(super) fn has(&self, level: Level) -> bool {
        match self {
            Self::One(one) => *one == level,
            Self::Several(several) => several.contains(&level),
        }
    }
}

/// How relevance is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelChoice {
    /// The model of the best NDCG on the time split.
    #[default]
    Auto,
    /// What most customers bought.
    Popularity,
    /// The same, purchases counting half after 90 days.
    RecentPopularity,
    /// Items that the same customers bought.
    ItemToItem,
    /// Items of the same order.
    Rules,
    /// Each item by a ridge regression on those most like it.
    ItemRegression,
}

/// What offers are ranked by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankBy {
    /// Relevance × margin, where margins are known.
    #[default]
    ExpectedMargin,
    /// Relevance alone.
    Relevance,
}

/// What is offered to whom.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OffersOptions {
    /// `"category"`, `"product"` or both, which is the default.
    pub level: Levels,
    /// Most offers per customer and level; default 3.
    pub top: usize,
    /// `auto` (default: the best NDCG on the time split), `popularity`, `recent_popularity`, `item_to_item`, `rules` or
    /// `item_regression`.
    pub model: ModelChoice,
    /// `expected_margin` (default: relevance × margin, where margins are known) or `relevance`.
    pub rank_by: RankBy,
    /// Days at the end that models are tested on; default 90.
    pub holdout_days: u32,
    /// Days after which what was bought may be offered again, for goods that are used up. Default: what was bought is not
    /// offered.
    pub repeat_after_days: Option<u32>,
    /// Categories that `repeat_after_days` holds for; default all.
    pub repeat_categories: Vec<String>,
    /// Categories that are never offered, nor their products.
    pub exclude_categories: Vec<String>,
    /// Product ids that are never offered.
    pub exclude_products: Vec<String>,
    /// Fewest customers who must have bought an item for it to be offered; default 1.
    pub min_customers: u32,
    /// Column of the customer tables whose groups thin evidence on channels is drawn to; default `favourite_channel`.
    pub segment_by: String,
    /// Outcomes of an outbound interaction that are a response, in any case; default clicked, replied, responded, reached,
    /// converted, accepted, interested, purchased, ordered, booked, redeemed.
    pub response_outcomes: Vec<String>,
}

impl Default for OffersOptions {
    fn default() -> Self {
        let outcomes = [
            "clicked",
            "replied",
            "responded",
            "reached",
            "converted",
            "accepted",
            "interested",
            "purchased",
            "ordered",
            "booked",
            "redeemed",
        ];
        Self {
            level: Levels::Several(Level::ALL.to_vec()),
            top: 3,
            model: ModelChoice::Auto,
            rank_by: RankBy::ExpectedMargin,
            holdout_days: 90,
            repeat_after_days: None,
            repeat_categories: Vec::new(),
            exclude_categories: Vec::new(),
            exclude_products: Vec::new(),
            min_customers: 1,
            segment_by: "favourite_channel".to_owned(),
            response_outcomes: outcomes.map(str::to_owned).to_vec(),
        }
    }
}
