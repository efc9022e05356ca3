//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{SATISFACTION, SATISFACTION_DRIVERS, SATISFACTION_GROUPS, SILENT_DETRACTORS};
use super::step::SatisfactionStep;

/// How answers are read.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SatisfactionOptions {
    /// Days after which an answer counts half; default 180.
    pub half_life_days: f64,
    /// Age of the answers that the figures of groups are made of; default 365.
    pub window_days: u32,
    /// What a complaint counts on the scale from 0 to 100; default 10.
    pub complaint_index: f64,
    /// Whether a low CES score is a good one, as where it asks how much effort it was; default false.
    pub ces_low_is_good: bool,
    /// Satisfaction below which a customer is unhappy; default 50.
    pub unhappy_below: f64,
    /// Share of the customers, by spend, who are valuable; default 0.25.
    pub valuable_share: f64,
}

impl Default for SatisfactionOptions {
    fn default() -> Self {
        Self {
            half_life_days: 180.0,
            window_days: 365,
            complaint_index: 10.0,
            ces_low_is_good: false,
            unhappy_below: 50.0,
            valuable_share: 0.25,
        }
    }
}

/// How satisfied customers are.
#[derive(Debug)]
pub struct SatisfactionAnalysis;

impl Analysis for SatisfactionAnalysis {
    fn name(&self) -> &'static str {
        "satisfaction"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Brings NPS, CSAT, CES, complaints and reviews to one scale with their age, gives NPS and CSAT by segment with \
         intervals, estimates those who never answered where that has skill, says what goes with good and bad answers, \
         and lists valuable customers who are unhappy and silent. It runs when there is a source of feedback."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "satisfaction",
            repeated: false,
            schema: || schemars::schema_for!(SatisfactionOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[satisfaction]\nhalf_life_days = 120\nunhappy_below = 40\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources but transactions", "customers", "purchase_history", "rfm", "lifecycle"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&SATISFACTION, &SATISFACTION_GROUPS, &SATISFACTION_DRIVERS, &SILENT_DETRACTORS]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let section = sections.first().cloned().unwrap_or_else(|| Section::absent("satisfaction"));
        let options: SatisfactionOptions = section.read(&mut wrong);
        let mut refuse = |key: &str, is_right: bool, hint: &str| {
            if !is_right {
                wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` is out of range")).hint(hint));
            }
        };
        refuse("half_life_days", options.half_life_days >= 1.0 && options.half_life_days.is_finite(), "1 or more");
        refuse("complaint_index", (0.0..=100.0).contains(&options.complaint_index), "0 to 100");
        refuse("unhappy_below", (0.0..=100.0).contains(&options.unhappy_below), "0 to 100");
        refuse("valuable_share", options.valuable_share > 0.0 && options.valuable_share <= 1.0, "above 0, at most 1");
        if wrong.is_empty() {
            Ok(Box::new(SatisfactionStep { options, with_plots: !sections.is_empty() }))
        } else {
            Err(wrong)
        }
    }
}
