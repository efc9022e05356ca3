//! The static part of the analysis, and its options.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{COHORT_PAYBACK, COHORTS};
use super::period::Period;
use super::step::CohortsStep;

/// How customers are followed by when and how they began.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CohortsOptions {
    /// `week`, `month` (default), `quarter` or `year`.
    pub period: Period,
    /// Share of the revenue that remains, for lines whose margin is not known. Without it, only known margins count.
    pub margin: Option<f64>,
}

/// Customers by their beginning.
#[derive(Debug)]
pub struct CohortsAnalysis;

impl Analysis for CohortsAnalysis {
    fn name(&self) -> &'static str {
        "cohorts"
    }

    fn layer(&self) -> Layer {
        Layer::Features
    }

    fn about(&self) -> &'static str {
        "Follows customers by the period of their first purchase, their first category and their acquisition channel: \
         retention, revenue, margin and cumulative value by age, and when the cost of acquisition is earned. It runs \
         when the pipeline has a section `[cohorts]`, which may be empty."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "cohorts", repeated: false, schema: || schemars::schema_for!(CohortsOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[cohorts]\nperiod = \"quarter\"\nmargin = 0.4\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&COHORTS, &COHORT_PAYBACK]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(CohortsStep { options: None })) };
        let mut wrong = Vec::new();
        let options: CohortsOptions = section.read(&mut wrong);
        if options.margin.is_some_and(|margin| !(0.0..=1.0).contains(&margin)) {
            let message = "`margin` is a share of the revenue".to_owned();
            wrong.push(Diagnostic::new(section.value_span("margin"), message).hint("0 to 1, such as 0.4"));
        }
        if wrong.is_empty() { Ok(Box::new(CohortsStep { options: Some(options) })) } else { Err(wrong) }
    }
}
