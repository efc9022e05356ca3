//! The static part of the analysis.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::CLV;
use super::options::ClvOptions;
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
        "Fits BG/NBD (or MBG/NBD, Pareto/NBD) and Gamma-Gamma by maximum likelihood and gives, per customer, P(alive), expected purchases and \
         the discounted value of each horizon with an interval. `models/clv.json` holds the fit."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "clv", repeated: false, schema: || schemars::schema_for!(ClvOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[clv]\nhorizons_days = [90, 365]\ndiscount_rate_annual = 0.1\nmargin = 0.35\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["purchase_history"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CLV]
    }

    fn check(&self, sections: &[Section<'_>], _: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let Some(section) = sections.first() else {
            return Ok(Box::new(ClvStep { options: ClvOptions::default() }));
        };
        let options: ClvOptions = section.read(&mut wrong);
        wrong.extend(options.check(section));
        if wrong.is_empty() { Ok(Box::new(ClvStep { options })) } else { Err(wrong) }
    }
}
