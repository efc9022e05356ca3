//! The static part of the analysis, and the checks of its options.

use crate::numerics::experiments::RecencyBands;
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{CAMPAIGN_CHECKS, CAMPAIGN_LIFTS, CAMPAIGN_RESULTS, CAMPAIGN_WEEKS};
use super::options::{BY_RFM, CampaignsOptions, ExpectedShare};
use super::step::CampaignsStep;

/// Campaigns against their control groups.
#[derive(Debug)]
pub struct CampaignsAnalysis;

impl Analysis for CampaignsAnalysis {
    fn name(&self) -> &'static str {
        "campaigns"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Measures every campaign against its control group: conversion, orders, revenue and profit per head with intervals, \
         by segment and by week, what could spoil the comparison, and the lifts that the next night may expect. It runs \
         when there is a contacts source. `acrm evaluate` shows the same in words and plots."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "campaigns",
            repeated: false,
            schema: || schemars::schema_for!(CampaignsOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[campaigns]\nwindow_days = 28\nsegments_by = [\"rfm_segment\", \"days_since_last\"]\nexpected_treated_share = 0.9\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["customers", "cleaned sources", "previous run"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CAMPAIGN_RESULTS, &CAMPAIGN_CHECKS, &CAMPAIGN_WEEKS, &CAMPAIGN_LIFTS]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let absent = Section::absent("campaigns");
        let section = sections.first().unwrap_or(&absent);
        let options: CampaignsOptions = section.read(&mut wrong);
        check_numbers(&options, section, &mut wrong);
        check_columns(&options, section, context, &mut wrong);
        if wrong.is_empty() { Ok(Box::new(CampaignsStep { options })) } else { Err(wrong) }
    }
}

fn check_numbers(options: &CampaignsOptions, section: &Section<'_>, wrong: &mut Vec<Diagnostic>) {
    let mut refuse = |key: &str, message: &str, hint: &str| {
        wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` {message}")).hint(hint));
    };
    if options.window_days.is_some_and(|days| !(1..=3_650).contains(&days)) {
        refuse("window_days", "is out of range", "1 to 3650 days");
    }
    if !(options.confidence >= 0.5 && options.confidence <= 0.9999) {
        refuse("confidence", "is out of range", "from 0.5 to 0.9999, such as 0.95");
    }
    if options.margin.is_some_and(|margin| !(margin > 0.0 && margin <= 1.0)) {
        refuse("margin", "is a share", "above 0 and at most 1, such as 0.4");
    }
    if RecencyBands::new(&options.days_since_last_bands).is_none() {
        refuse("days_since_last_bands", "must rise", "such as [30, 90, 180, 365]");
    }
    let shares = match &options.expected_treated_share {
        None => Vec::new(),
        Some(ExpectedShare::Every(share)) => vec![*share],
        Some(ExpectedShare::ByCampaign(shares)) => shares.values().copied().collect(),
    };
    if shares.iter().any(|share| !(*share > 0.0 && *share < 1.0)) {
        refuse("expected_treated_share", "is a share", "between 0 and 1, such as 0.9 when a tenth is held back");
    }
}

fn check_columns(
    options: &CampaignsOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let attributes = || context.attributes.iter().map(String::as_str);
    let mut need = |key: &str, name: &str, own: &[&'static str]| {
        if !own.contains(&name) && !attributes().any(|known| known == name) {
            let message = format!("`{key}`: the customers source has no column `{name}`");
            let known = own.iter().copied().chain(attributes());
            wrong.push(Diagnostic::new(section.value_span(key), message).suggest(name, known));
        }
    };
    options.outcomes.iter().for_each(|name| need("outcomes", name, &[]));
    options.segments_by.iter().for_each(|name| need("segments_by", name, &[BY_RFM, RecencyBands::COLUMN]));
    options.covariate.iter().for_each(|name| need("covariate", name, &[]));
    for key in ["segments_by", "covariate"] {
        let named = if key == "covariate" { options.covariate.as_slice() } else { &options.segments_by };
        for name in named.iter().filter(|name| options.outcomes.contains(name)) {
            let message = format!("`{key}`: `{name}` is an outcome");
            let hint = "what came after the start can't decide whom a customer is compared with";
            wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
        }
    }
    if let Some(name) = options.revenue_outcome.as_ref().filter(|name| !options.outcomes.contains(name)) {
        let message = format!("`revenue_outcome`: `{name}` is none of `outcomes`");
        let known = options.outcomes.iter().map(String::as_str);
        wrong.push(Diagnostic::new(section.value_span("revenue_outcome"), message).suggest(name, known));
    }
}
