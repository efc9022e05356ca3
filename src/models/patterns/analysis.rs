//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{BASKET_RULES, BASKET_SETS, CATEGORY_MOVES, PURCHASE_PATHS, PURCHASE_SEQUENCES, TRADE_PROFILE};
use super::step::PatternsStep;

/// What counts as a pattern.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PatternsOptions {
    /// Share of all orders that a set of items must be in; default 0.005. Where more than 100,000 sets or rules reach it, it is
    /// raised until they don't, and `run_quality` says so.
    pub min_support: f64,
    /// Most items of a set; default 4.
    pub max_items: usize,
    /// Share of the orders with the antecedent that must hold the consequent; default 0.1.
    pub min_confidence: f64,
    /// Share of all customers who must have a sequence; default 0.01. Raised in the same way where more than 100 items or
    /// 10,000 sequences reach it.
    pub min_customers_share: f64,
    /// Most days of a sequence, and most items of it; default 3.
    pub max_steps: usize,
    /// Most days between two steps of a sequence; no limit by default.
    pub max_gap_days: Option<u32>,
}

impl Default for PatternsOptions {
    fn default() -> Self {
        Self {
            min_support: 0.005,
            max_items: 4,
            min_confidence: 0.1,
            min_customers_share: 0.01,
            max_steps: 3,
            max_gap_days: None,
        }
    }
}

/// Patterns in purchases.
#[derive(Debug)]
pub struct PatternsAnalysis;

impl Analysis for PatternsAnalysis {
    fn name(&self) -> &'static str {
        "patterns"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Finds what is bought together and what follows what, by category and by product; how customers begin; which \
         categories win and lose buyers to others; and in which months, weekdays and hours the trade is. It runs when \
         the pipeline has a section `[patterns]`, which may be empty."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "patterns",
            repeated: false,
            schema: || schemars::schema_for!(PatternsOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[patterns]\nmin_support = 0.01\nmin_confidence = 0.2\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&BASKET_SETS, &BASKET_RULES, &PURCHASE_SEQUENCES, &PURCHASE_PATHS, &CATEGORY_MOVES, &TRADE_PROFILE]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(PatternsStep { options: None })) };
        let mut wrong = Vec::new();
        let options: PatternsOptions = section.read(&mut wrong);
        let shares = [
            ("min_support", options.min_support),
            ("min_confidence", options.min_confidence),
            ("min_customers_share", options.min_customers_share),
        ];
        for (key, share) in shares {
            if !(share > 0.0 && share <= 1.0) {
                let message = format!("`{key}` is a share");
                wrong.push(
                    Diagnostic::new(section.value_span(key), message).hint("above 0 and at most 1, such as 0.01"),
                );
            }
        }
        for (key, most) in [("max_items", options.max_items), ("max_steps", options.max_steps)] {
            if !(1..=10).contains(&most) {
                let message = format!("`{key}` is out of range");
                wrong.push(Diagnostic::new(section.value_span(key), message).hint("1 to 10"));
            }
        }
        if wrong.is_empty() { Ok(Box::new(PatternsStep { options: Some(options) })) } else { Err(wrong) }
    }
}
