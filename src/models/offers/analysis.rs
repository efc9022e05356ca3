//! The static part of the analysis, and the checks of its options.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{CHANNEL_RESPONSE, NEXT_BEST, OFFER_SKILL, OFFERS};
use super::options::{Level, OffersOptions};
use super::step::OffersStep;

/// Next best offers.
#[derive(Debug)]
pub struct OffersAnalysis;

impl Analysis for OffersAnalysis {
    fn name(&self) -> &'static str {
        "offers"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Offers each customer the best products and categories that they have not bought: by what goes together, by \
         rules, by a regression or by what sells, whichever was best on a time split, with the margin in the score; the \
         channel by response and cost, pooled where evidence is thin; and the day and hours by own habits. It runs when \
         the pipeline has a section `[offers]`, which may be empty."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "offers", repeated: false, schema: || schemars::schema_for!(OffersOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[offers]\ntop = 5\nrepeat_after_days = 60\nexclude_products = [\"GIFT_50\"]\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&OFFERS, &NEXT_BEST, &OFFER_SKILL, &CHANNEL_RESPONSE]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(OffersStep { options: None })) };
        let mut wrong = Vec::new();
        let options: OffersOptions = section.read(&mut wrong);
        let mut refuse = |key: &str, is_right: bool, hint: &str| {
            if !is_right {
                wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` is out of range")).hint(hint));
            }
        };
        refuse("level", Level::ALL.iter().any(|level| options.level.has(*level)), "\"category\", \"product\" or both");
        refuse("top", (1..=100).contains(&options.top), "1 to 100");
        refuse("holdout_days", (1..=3650).contains(&options.holdout_days), "1 to 3650");
        refuse("repeat_after_days", options.repeat_after_days != Some(0), "1 or more; leave it out for never");
        if !options.repeat_categories.is_empty() && options.repeat_after_days.is_none() {
            let message = "`repeat_categories` without `repeat_after_days`".to_owned();
            let hint = "say after how many days they may be offered again, such as repeat_after_days = 30";
            wrong.push(Diagnostic::new(section.value_span("repeat_categories"), message).hint(hint));
        }
        if let Some(message) = context.columns.unknown(&options.segment_by) {
            let names = context.columns.names();
            wrong.push(Diagnostic::new(section.value_span("segment_by"), message).suggest(&options.segment_by, names));
        }
        if wrong.is_empty() { Ok(Box::new(OffersStep { options: Some(options) })) } else { Err(wrong) }
    }
}
