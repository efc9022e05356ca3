//! The static part of the analysis.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, SharedSection, Step};
use crate::table::TableSpec;

use super::contract::{CONTACT_POLICY, TARGET_BUDGETS, TARGET_CANDIDATES, TARGET_DESIGN, TARGET_EXCLUSIONS, TARGETS};
use super::options::{TargetOptions, TargetingOptions};
use super::resolve::{policy, targets};
use super::step::TargetsStep;

/// Name of the section for all lists.
pub(super) const TARGETING: &str = "targeting";

/// Target lists.
#[derive(Debug)]
pub struct TargetsAnalysis;

impl Analysis for TargetsAnalysis {
    fn name(&self) -> &'static str {
        "targets"
    }

    fn layer(&self) -> Layer {
        Layer::Targets
    }

    fn about(&self) -> &'static str {
        "Lists the customers that match a rule, leaves out whom consent, suppression or the contact policy protect, \
         expects a profit of each contact, cuts the list by budget and size, and sets a control group aside by a salted \
         hash that is the same on every rerun."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "targets", repeated: true, schema: || schemars::schema_for!(TargetOptions).into() })
    }

    fn shared_section(&self) -> Option<SharedSection> {
        Some(SharedSection {
            shape: SectionShape {
                name: TARGETING,
                repeated: false,
                schema: || schemars::schema_for!(TargetingOptions).into(),
            },
            about: "What holds for all target lists together. The section turns the lists from one after the other into \
                    one optimisation: they compete for customers, budget and channels by expected profit.",
            example: "[targeting]\nbudget = 8000\ncapacity = { email = 50000, call = 300 }\ncontacts_per_window = 4\n\
                      cooldown_days = 3\nglobal_holdout_share = 0.02\nstrata = [\"rfm_segment\"]\n\
                      activation = { show_arm = false }\n",
        })
    }

    fn example(&self) -> &'static str {
        "[[targets]]\nname = \"win_back\"\nwhere = \"rfm_segment = 'At risk' AND p_alive < 0.5\"\nchannel = \"email\"\n\
         cost_per_contact = 0.12\nbudget = 5000\ncontrol_share = 0.1\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &[
            "contacts so far",
            "customers",
            "clv",
            "campaign_lifts",
            "next_best",
            "churn",
            "propensities",
            "uplift",
            "profitability",
            "rfm",
            "clusters",
            "lifecycle",
            "knowledge",
            "satisfaction",
            "segments",
        ]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&TARGETS, &TARGET_CANDIDATES, &TARGET_EXCLUSIONS, &TARGET_BUDGETS, &TARGET_DESIGN, &CONTACT_POLICY]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let policy = context.section(TARGETING).and_then(|section| policy(section, context, &mut wrong));
        let margin = context.section("clv").and_then(|clv| clv.number("margin"));
        let is_optimised = context.section(TARGETING).is_some();
        let targets = targets(sections, context, is_optimised, &mut wrong);
        if wrong.is_empty() { Ok(Box::new(TargetsStep { targets, policy, margin })) } else { Err(wrong) }
    }
}
