//! The static part of the analysis, and its options.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::numerics::journeys::{MAX_FUNNEL_STEPS, MAX_PATH_STEPS};
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Rule, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{
    JOURNEY_ATTRIBUTION, JOURNEY_DIFFERENCES, JOURNEY_EXPERIENCE, JOURNEY_FUNNEL, JOURNEY_PATHS, JOURNEY_TRANSITIONS,
};
use super::step::JourneyStep;

/// What journeys are made of and how far they reach.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct JourneyOptions {
    /// Whether touches of one touchpoint with different outcomes are told apart, as in `call: unresolved`; default
    /// true. Outcomes of a touchpoint that has more than 8 are not.
    pub with_outcome: bool,
    /// Steps of the funnel: a touchpoint, a touchpoint with its outcome as in `call: resolved`, `touch` for any,
    /// `inbound` for any that customers begin, `purchase`. Default `["inbound", "purchase", "purchase"]`.
    pub funnel: Vec<String>,
    /// Most days between two steps of the funnel; no limit by default.
    pub funnel_within_days: Option<f64>,
    /// Touches of a path; default 3.
    pub path_steps: usize,
    /// Days before a purchase whose touches count for it, and days after a purchase whose touches may lead to silence;
    /// default 30.
    pub within_days: f64,
    /// Days without a purchase that count as silence in the paths; default 6 rhythms of the median customer of the
    /// lifecycle.
    pub silence_days: Option<f64>,
    /// Two groups to compare, each a name and an SQL condition over the columns of the customer tables. Without it,
    /// those who fell silent are compared with those who are active.
    pub compare: BTreeMap<String, String>,
}

impl Default for JourneyOptions {
    fn default() -> Self {
        Self {
            with_outcome: true,
            funnel: Vec::new(),
            funnel_within_days: None,
            path_steps: 3,
            within_days: 30.0,
            silence_days: None,
            compare: BTreeMap::new(),
        }
    }
}

/// Journeys of customers.
#[derive(Debug)]
pub struct JourneyAnalysis;

impl Analysis for JourneyAnalysis {
    fn name(&self) -> &'static str {
        "journey"
    }

    fn layer(&self) -> Layer {
        Layer::Segments
    }

    fn about(&self) -> &'static str {
        "Reads touches and purchases as one sequence per customer: which touch follows which, a funnel with time per \
         step, what comes before the first purchase, a repeat and silence, by which kinds of experience, which \
         touchpoints share the purchases, and where the journeys of two groups differ most. It describes; effects are \
         measured with control groups. It runs when the pipeline has a section `[journey]`, which may be empty, and a \
         source of interactions."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "journey", repeated: false, schema: || schemars::schema_for!(JourneyOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[journey]\nfunnel = [\"web_visit\", \"purchase\", \"purchase\"]\n\
         compare = { frequent = \"orders >= 3\", others = \"orders < 3\" }\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers", "rfm", "clv", "clusters", "lifecycle"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[
            &JOURNEY_TRANSITIONS,
            &JOURNEY_FUNNEL,
            &JOURNEY_PATHS,
            &JOURNEY_ATTRIBUTION,
            &JOURNEY_EXPERIENCE,
            &JOURNEY_DIFFERENCES,
        ]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(JourneyStep { options: None, groups: None })) };
        let mut wrong = Vec::new();
        let options: JourneyOptions = section.read(&mut wrong);
        let mut refuse = |key: &str, is_wrong: bool, hint: &str| {
            if is_wrong {
                wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` is out of range")).hint(hint));
            }
        };
        let is_span = |days: f64| days > 0.0 && days <= 3650.0;
        refuse("funnel", options.funnel.len() > MAX_FUNNEL_STEPS, "at most 64 steps");
        refuse(
            "funnel_within_days",
            options.funnel_within_days.is_some_and(|days| !is_span(days)),
            "above 0 and at most 3650 days",
        );
        refuse("path_steps", !(1..=MAX_PATH_STEPS).contains(&options.path_steps), "1 to 8");
        refuse("within_days", !is_span(options.within_days), "above 0 and at most 3650 days");
        let is_silence = |days: f64| days > options.within_days && is_span(days);
        refuse("silence_days", options.silence_days.is_some_and(|days| !is_silence(days)), "more than `within_days`");
        let groups = groups(&options, section, context, &mut wrong);
        if wrong.is_empty() { Ok(Box::new(JourneyStep { options: Some(options), groups })) } else { Err(wrong) }
    }
}

/// The groups to compare, in the order in which they are written.
fn groups(
    options: &JourneyOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<[(String, Rule); 2]> {
    if options.compare.is_empty() {
        return None;
    }
    let mut names = section.nested_keys("compare");
    names.sort_by_key(|(_, span)| span.start);
    let mut rules = Vec::new();
    for (name, _) in names {
        let Some(condition) = options.compare.get(&name) else { continue };
        match Rule::parse(condition, &section.nested_span("compare", &name), context.columns) {
            Ok(rule) => rules.push((name, rule)),
            Err(errors) => wrong.extend(errors),
        }
    }
    if options.compare.len() != 2 {
        let message = format!("`compare` needs two groups, found are {}", options.compare.len());
        let hint = "for example compare = { frequent = \"orders >= 3\", others = \"orders < 3\" }";
        wrong.push(Diagnostic::new(section.value_span("compare"), message).hint(hint));
    }
    rules.try_into().ok()
}
