//! The static part of the analysis.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::backtest::{CLV_CALIBRATION, CLV_DECILES, CLV_HOLDOUT, CLV_TRACKING};
use super::contract::{CLV, CLV_MARGINS, CLV_MODELS};
use super::options::ClvOptions;
use super::pinned::Pinned;
use super::step::ClvStep;

/// Customer lifetime value.
#[derive(Debug)]
pub struct ClvAnalysis;

impl Analysis for ClvAnalysis {
    fn name(&self) -> &'static str {
        "clv"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Chooses a model of purchases by what it would have predicted of the most recent past, fits it and Gamma-Gamma by \
         maximum likelihood, and gives, per customer, P(alive), expected purchases and the discounted margin of each horizon \
         with an interval. `models/clv.json` holds the fit, `acrm backtest` shows how good it is."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "clv", repeated: false, schema: || schemars::schema_for!(ClvOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[clv]\nmodel = \"auto\"\nhorizons_days = [90, 365]\ndiscount_rate_annual = 0.1\nmargin = 0.35\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["purchase_history", "customers", "cleaned sources"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CLV, &CLV_MODELS, &CLV_MARGINS]
    }

    fn backtest_makes(&self) -> &'static [&'static TableSpec] {
        &[&CLV_MODELS, &CLV_CALIBRATION, &CLV_DECILES, &CLV_TRACKING, &CLV_HOLDOUT]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else {
            return Ok(Box::new(ClvStep { options: ClvOptions::default(), pinned: None }));
        };
        let mut wrong = Vec::new();
        let options: ClvOptions = section.read(&mut wrong);
        wrong.extend(options.check(section, context));
        let pinned = Pinned::read(&options, section, context.base).unwrap_or_else(|error| {
            wrong.push(error);
            None
        });
        if wrong.is_empty() { Ok(Box::new(ClvStep { options, pinned })) } else { Err(wrong) }
    }
}
