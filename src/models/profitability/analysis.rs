//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{PROFIT_CONCENTRATION, PROFIT_DECILES, PROFITABILITY};
use super::step::ProfitabilityStep;

/// How customers are put into tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tiers {
    /// By their place among all customers.
    #[default]
    Quantile,
    /// By the share of what comes in that the customers before them bring.
    Cumulative,
}

impl Tiers {
    /// The shares up to which a customer is in the top, high and middle tier, unless others are given.
    pub(super) fn usual_cuts(self) -> [f64; 3] {
        match self {
            Self::Quantile => [0.05, 0.2, 0.5],
            Self::Cumulative => [0.5, 0.8, 0.95],
        }
    }
}

/// What counts as profit.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ProfitabilityOptions {
    /// Days up to the as-of day that are looked at (365 is a year); default: all time. Acquisition counts where it fell into them.
    pub window_days: Option<u32>,
    /// Share of the money that is margin, for lines whose cost and margin are not known; default: what `[clv]` uses.
    pub margin: Option<f64>,
    /// What handling one return costs, besides the margin that goes back; default 0.
    pub return_handling_cost: f64,
    /// Tiers by `quantile` (default: of the customers) or by `cumulative` share of the contribution that comes in.
    pub tiers: Tiers,
    /// Where the top, high and middle tier end, as three rising shares; default `[0.05, 0.2, 0.5]` of the customers, or
    /// `[0.5, 0.8, 0.95]` of the contribution.
    pub tier_cuts: Vec<f64>,
}

impl ProfitabilityOptions {
    /// Where the tiers end.
    pub(super) fn cuts(&self) -> [f64; 3] {
        <[f64; 3]>::try_from(self.tier_cuts.as_slice()).unwrap_or_else(|_| self.tiers.usual_cuts())
    }

    fn check(&self, section: &Section<'_>, wrong: &mut Vec<Diagnostic>) {
        let mut say = |key: &str, message: &str, hint: &str| {
            wrong.push(Diagnostic::new(section.value_span(key), message.to_owned()).hint(hint.to_owned()));
        };
        if self.window_days == Some(0) {
            say(
                "window_days",
                "`window_days` is a number of days",
                "1 or more, such as 365; leave it out for all time",
            );
        }
        if self.margin.is_some_and(|margin| !(0.0..=1.0).contains(&margin)) {
            say("margin", "`margin` is a share of the money", "0 to 1, such as 0.4");
        }
        if !(self.return_handling_cost >= 0.0 && self.return_handling_cost <= LARGEST_COST) {
            say("return_handling_cost", "`return_handling_cost` is an amount per return", "0 or more, such as 3.50");
        }
        let is_share = |cut: &f64| (0.0..=1.0).contains(cut);
        let fits = self.tier_cuts.len() == 3 && self.tier_cuts.iter().all(is_share) && self.tier_cuts.is_sorted();
        if !self.tier_cuts.is_empty() && !fits {
            say("tier_cuts", "`tier_cuts` are three rising shares", "such as [0.05, 0.2, 0.5]");
        }
    }
}

/// Largest cost of a return that can be meant.
const LARGEST_COST: f64 = 1e9;

/// What customers leave, and what they cost.
#[derive(Debug)]
pub struct ProfitabilityAnalysis;

impl Analysis for ProfitabilityAnalysis {
    fn name(&self) -> &'static str {
        "profitability"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "What each customer contributes: margin less returns, service, contacts and acquisition. Names the customers who cost \
         more than they bring, why, and what would change it; puts everybody into value tiers; and shows how unevenly revenue \
         and contribution are spread. It runs when the pipeline has a section `[profitability]`, which may be empty."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "profitability",
            repeated: false,
            schema: || schemars::schema_for!(ProfitabilityOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[profitability]\nwindow_days = 365\nreturn_handling_cost = 3.5\ntiers = \"cumulative\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers", "clv", "clv_margins"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&PROFITABILITY, &PROFIT_DECILES, &PROFIT_CONCENTRATION]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(ProfitabilityStep { options: None })) };
        let mut wrong = Vec::new();
        let options: ProfitabilityOptions = section.read(&mut wrong);
        options.check(section, &mut wrong);
        if wrong.is_empty() { Ok(Box::new(ProfitabilityStep { options: Some(options) })) } else { Err(wrong) }
    }
}
