//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{LIFECYCLE, LIFECYCLE_MOVES};
use super::step::LifecycleStep;

/// By what customers stand where.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LifecycleOptions {
    /// Days between purchase days that are typical of all customers. Without it, their geometric mean, which moves with
    /// the data: `models/lifecycle.json` tells it. A number here keeps it from night to night.
    pub typical_gap_days: Option<f64>,
    /// How many gaps of a customer's own the typical gap counts for; default 2.
    pub prior_gaps: f64,
    /// Purchase days from which a customer is loyal; default 5.
    pub loyal_purchases: u32,
    /// Silence, in rhythms, after which a customer is slipping; default 3.
    pub slipping_after_rhythms: f64,
    /// Silence, in rhythms, after which a customer has lapsed; default 6.
    pub lapsed_after_rhythms: f64,
    /// Silence, in rhythms, after which a customer is lost; default 12.
    pub lost_after_rhythms: f64,
    /// Share of the scale from which an answer is a good one and makes a loyal customer an advocate; default 0.9, which
    /// is 9 of 10.
    pub good_answer: f64,
}

impl Default for LifecycleOptions {
    fn default() -> Self {
        Self {
            typical_gap_days: None,
            prior_gaps: 2.0,
            loyal_purchases: 5,
            slipping_after_rhythms: 3.0,
            lapsed_after_rhythms: 6.0,
            lost_after_rhythms: 12.0,
            good_answer: 0.9,
        }
    }
}

/// Stages of a customer's life.
#[derive(Debug)]
pub struct LifecycleAnalysis;

impl Analysis for LifecycleAnalysis {
    fn name(&self) -> &'static str {
        "lifecycle"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Places every customer in a stage: prospect, first purchase, repeat, loyal, advocate, and when they are silent \
         for longer than their own rhythm allows, slipping, lapsed and lost; with the day and the reason of entry, and \
         the moves of the last twelve months."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "lifecycle",
            repeated: false,
            schema: || schemars::schema_for!(LifecycleOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[lifecycle]\nloyal_purchases = 4\nslipping_after_rhythms = 2.5\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources but transactions", "customers", "purchase_history"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&LIFECYCLE, &LIFECYCLE_MOVES]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let section = sections.first().cloned().unwrap_or_else(|| Section::absent("lifecycle"));
        let options: LifecycleOptions = section.read(&mut wrong);
        let silences = [options.slipping_after_rhythms, options.lapsed_after_rhythms, options.lost_after_rhythms];
        if !(silences[0] > 0.0 && silences.is_sorted_by(|a, b| a < b)) {
            let message = "slipping, lapsed and lost must come one after the other".to_owned();
            let hint = "slipping_after_rhythms < lapsed_after_rhythms < lost_after_rhythms, all above 0";
            wrong.push(Diagnostic::new(section.value_span("lapsed_after_rhythms"), message).hint(hint));
        }
        let mut refuse = |key: &str, is_wrong: bool, hint: &str| {
            if is_wrong {
                wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` is out of range")).hint(hint));
            }
        };
        let is_gap = |days: f64| (1.0..=3650.0).contains(&days);
        refuse("typical_gap_days", options.typical_gap_days.is_some_and(|d| !is_gap(d)), "1 to 3650 days");
        refuse("prior_gaps", !(0.1..=100.0).contains(&options.prior_gaps), "0.1 to 100");
        refuse("loyal_purchases", options.loyal_purchases < 2, "2 or more");
        refuse("good_answer", !(0.0..=1.0).contains(&options.good_answer), "a share of the scale, 0 to 1");
        if wrong.is_empty() {
            Ok(Box::new(LifecycleStep { options, with_plots: !sections.is_empty() }))
        } else {
            Err(wrong)
        }
    }
}
