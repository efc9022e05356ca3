//! The static part of the analysis, and the checks of its options.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step};
use crate::table::TableSpec;

use super::contract::{UPLIFT, UPLIFT_CURVE, UPLIFT_DECILES, UPLIFT_MODELS};
use super::features::PURCHASE_FEATURES;
use super::options::UpliftOptions;
use super::past::Outcome;
use super::step::{Model, UpliftStep};

/// Who is moved by a contact.
#[derive(Debug)]
pub struct UpliftAnalysis;

impl Analysis for UpliftAnalysis {
    fn name(&self) -> &'static str {
        "uplift"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Learns from campaigns with a control group whom a contact moves: the expected additional outcome of each customer, \
         by the simplest of the models with the best Qini coefficients on customers that they had not seen, with intervals. Where no model ranks \
         customers better than chance it says so, and assumes that a contact moves the odds of everybody alike."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "uplift", repeated: true, schema: || schemars::schema_for!(UpliftOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[[uplift]]\nname = \"win_back\"\noutcome = \"conversion\"\nwindow_days = 28\nmodel = \"auto\"\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&UPLIFT, &UPLIFT_MODELS, &UPLIFT_DECILES, &UPLIFT_CURVE]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut models: Vec<Model> = Vec::new();
        for section in sections {
            let options: UpliftOptions = section.read(&mut wrong);
            section.check_name(&options.name, &mut wrong);
            if models.iter().any(|model| model.options.name == options.name) {
                let message = format!("two sections `[[uplift]]` are called `{}`", options.name);
                wrong.push(Diagnostic::new(section.value_span("name"), message).hint("give each its own name"));
            }
            if options.window_days.is_some_and(|days| !(1..=3_650).contains(&days)) {
                let diagnostic = Diagnostic::new(section.value_span("window_days"), "`window_days` is out of range");
                wrong.push(diagnostic.hint("1 to 3650, such as 28"));
            }
            if options.margin.is_some_and(|margin| !(margin > 0.0 && margin <= 1.0)) {
                let diagnostic = Diagnostic::new(section.value_span("margin"), "`margin` is a share of the revenue");
                wrong.push(diagnostic.hint("above 0 and at most 1, such as 0.4"));
            }
            let outcome = outcome(&options, section, context, &mut wrong);
            check_features(&options, section, context, &mut wrong);
            models.push(Model { outcome, options });
        }
        if wrong.is_empty() { Ok(Box::new(UpliftStep { models })) } else { Err(wrong) }
    }
}

fn outcome(
    options: &UpliftOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Outcome {
    let Some(text) = &options.outcome else {
        return if context.has_money { Outcome::Revenue } else { Outcome::Conversion };
    };
    match text.as_str() {
        "conversion" => Outcome::Conversion,
        "revenue" | "profit" if !context.has_money => {
            let message = format!("`outcome` is `{text}`, but the transactions carry no money");
            wrong.push(
                Diagnostic::new(section.value_span("outcome"), message).hint("map `amount`, or use \"conversion\""),
            );
            Outcome::Conversion
        }
        "revenue" => Outcome::Revenue,
        "profit" => Outcome::Profit,
        column => {
            let lower = column.to_lowercase();
            let known = |name: &&String| **name == column || **name == lower;
            let name = context.attributes.iter().find(known).cloned().unwrap_or_else(|| column.to_owned());
            if let Some(message) = context.columns.unknown(&name) {
                let names = ["conversion", "revenue", "profit"].into_iter();
                let names = names.chain(context.attributes.iter().map(String::as_str)).collect::<Vec<_>>();
                wrong.push(Diagnostic::new(section.value_span("outcome"), message).suggest(column, names));
            }
            Outcome::Column(name)
        }
    }
}

fn check_features(
    options: &UpliftOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) {
    let known = || PURCHASE_FEATURES.into_iter().chain(context.attributes.iter().map(String::as_str));
    let written = [("features", options.features.as_deref().unwrap_or_default()), ("exclude", &options.exclude[..])];
    for (key, names) in written {
        for name in names {
            // attributes of a source that can't be opened are not known
            let unknown = context.columns.unknown(name).is_some() && !known().any(|k| k == name);
            if unknown {
                let message = format!("`{key}` names `{name}`, which is no feature");
                wrong.push(Diagnostic::new(section.value_span(key), message).suggest(name, known()));
            }
        }
    }
}
