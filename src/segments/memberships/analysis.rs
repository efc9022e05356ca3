//! The static part of the analysis, and the checks of its rules.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Rule, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{SEGMENT_FLOWS, SEGMENT_MOVES, SEGMENTS};
use super::step::MembershipsStep;

/// A rule segment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SegmentOptions {
    /// Name in snake case; the column is `in_NAME`.
    pub name: String,
    /// SQL condition over the columns of the customer tables.
    #[serde(rename = "where")]
    pub condition: String,
}

/// Groupings side by side.
#[derive(Debug)]
pub struct MembershipsAnalysis;

impl Analysis for MembershipsAnalysis {
    fn name(&self) -> &'static str {
        "segments"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Puts the named RFM segment, the cluster, the lifecycle stage and every rule segment of a customer side by side, \
         with the day of entry and the segment before, and lists who moved since the last run. A customer may be in \
         any number of rule segments."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "segments", repeated: true, schema: || schemars::schema_for!(SegmentOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[[segments]]\nname = \"vip\"\nwhere = \"orders >= 5 AND rfm_segment = 'Champions'\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["customers", "rfm", "clv", "clusters", "lifecycle", "customer tables", "previous run"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&SEGMENTS, &SEGMENT_MOVES, &SEGMENT_FLOWS]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut rules: Vec<(String, Rule)> = Vec::new();
        for section in sections {
            let options: SegmentOptions = section.read(&mut wrong);
            section.check_name(&options.name, &mut wrong);
            if rules.iter().any(|(name, _)| *name == options.name) {
                let message = format!("two segments are called `{}`", options.name);
                wrong.push(Diagnostic::new(section.value_span("name"), message).hint("give each its own name"));
            }
            if !section.has("where") {
                let message = format!("segment `{}` has no `where`", options.name);
                wrong.push(Diagnostic::new(section.span(), message).hint("for example where = \"orders >= 5\""));
                continue;
            }
            match Rule::parse(&options.condition, &section.value_span("where"), context.columns) {
                Ok(rule) => rules.push((options.name, rule)),
                Err(errors) => wrong.extend(errors),
            }
        }
        if wrong.is_empty() { Ok(Box::new(MembershipsStep { rules })) } else { Err(wrong) }
    }
}
