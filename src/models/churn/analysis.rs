//! The static parts of both analyses, and the checks of their options.

use crate::clean::attribute_names;
use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Section, SectionShape, Step, nearest};
use crate::table::TableSpec;

use super::contract::{
    CHURN, CHURN_CALIBRATION, CHURN_CUTS, CHURN_DRIVERS, CHURN_MODELS, PROPENSITIES, PROPENSITY_CALIBRATION,
    PROPENSITY_CUTS, PROPENSITY_DRIVERS, PROPENSITY_MODELS,
};
use super::history::{BUILT_IN, CONTRACT_DAYS};
use super::options::{OutcomeOptions, OutcomeWord, PropensityOptions};
use super::step::{ChurnStep, PropensityStep};
use super::task::{Outcome, Task};

/// Churn.
#[derive(Debug)]
pub struct ChurnAnalysis;

/// Propensities.
#[derive(Debug)]
pub struct PropensityAnalysis;

impl Analysis for ChurnAnalysis {
    fn name(&self) -> &'static str {
        "churn"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Predicts who will lapse (or buy, respond, or say yes in a column) within a horizon: logistic regression and a forest \
         on customers as they stood at several past days, tested on the newest horizon, beside P(alive) and the days since \
         the last purchase. The model with the smallest log loss in the test is used; probabilities are calibrated, and each \
         customer gets the three strongest reasons. It runs when the pipeline has a section `[churn]`, which may be empty."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "churn", repeated: false, schema: || schemars::schema_for!(OutcomeOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[churn]\nhorizon_days = 90\ncontact_cost = 1.5\nbenefit = 40\nsuccess_share = 0.2\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers", "clv"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&CHURN, &CHURN_MODELS, &CHURN_CALIBRATION, &CHURN_DRIVERS, &CHURN_CUTS]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let Some(section) = sections.first() else { return Ok(Box::new(ChurnStep { task: None })) };
        let mut wrong = Vec::new();
        let options: OutcomeOptions = section.read(&mut wrong);
        let task = check(options, None, OutcomeWord::Lapse, section, context, &mut wrong);
        if wrong.is_empty() { Ok(Box::new(ChurnStep { task: Some(task) })) } else { Err(wrong) }
    }
}

impl Analysis for PropensityAnalysis {
    fn name(&self) -> &'static str {
        "propensity"
    }

    fn layer(&self) -> Layer {
        Layer::Models
    }

    fn about(&self) -> &'static str {
        "Predicts any number of further outcomes in the same way as `[churn]`: who will buy, buy from a category, respond to a \
         campaign, or say yes in a column. Each has a name, which becomes part of its column names."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape {
            name: "propensity",
            repeated: true,
            schema: || schemars::schema_for!(PropensityOptions).into(),
        })
    }

    fn example(&self) -> &'static str {
        "[[propensity]]\nname = \"buys_again\"\noutcome = \"purchase\"\nhorizon_days = 60\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["cleaned sources", "customers", "clv"]
    }

    fn takes_room(&self) -> bool {
        true
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&PROPENSITIES, &PROPENSITY_MODELS, &PROPENSITY_CALIBRATION, &PROPENSITY_DRIVERS, &PROPENSITY_CUTS]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut tasks: Vec<Task> = Vec::new();
        for section in sections {
            let options: PropensityOptions = section.read(&mut wrong);
            section.check_name(&options.name, &mut wrong);
            if tasks.iter().any(|task| task.name.as_ref() == Some(&options.name)) {
                let message = format!("two propensities are called `{}`", options.name);
                wrong.push(Diagnostic::new(section.value_span("name"), message).hint("give each its own name"));
            }
            let name = Some(options.name);
            tasks.push(check(options.outcome, name, OutcomeWord::Purchase, section, context, &mut wrong));
        }
        if wrong.is_empty() { Ok(Box::new(PropensityStep { tasks })) } else { Err(wrong) }
    }
}

fn check(
    mut options: OutcomeOptions,
    name: Option<String>,
    default: OutcomeWord,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Task {
    check_numbers(&options, section, wrong);
    as_in_the_table(&mut options, context);
    let columns = [("label", &options.label), ("started", &options.started), ("ended", &options.ended)];
    for (key, column) in columns.into_iter().filter_map(|(key, column)| Some((key, column.as_ref()?))) {
        if let Some(message) = context.columns.unknown(column) {
            wrong.push(with_nearest(Diagnostic::new(section.value_span(key), message), column, context));
        }
    }
    let is_label = options.label.is_some();
    for (key, names) in [("features", options.features.as_deref().unwrap_or(&[])), ("exclude", &options.exclude)] {
        for feature in names {
            if let Some(diagnostic) = unknown_feature(feature, is_label, context) {
                wrong.push(Diagnostic { span: section.value_span(key), ..diagnostic });
            }
        }
    }
    let outcome = check_outcome(&options, default, section, wrong);
    let days = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
    Task {
        name,
        outcome,
        horizon_days: days(options.horizon_days),
        cuts: options.cuts,
        min_tenure_days: days(options.min_tenure_days),
        active_within_days: options.active_within_days.map(days),
        started: options.started,
        ended: options.ended,
        features: options.features,
        exclude: options.exclude,
        contact_cost: options.contact_cost,
        benefit: options.benefit,
        success_share: options.success_share,
        max_rows: options.max_rows as usize,
    }
}

/// Columns may be named as the file has them, too: `emp.var.rate` for `emp_var_rate`.
fn as_in_the_table(options: &mut OutcomeOptions, context: &CheckContext<'_>) {
    let own = [&mut options.label, &mut options.started, &mut options.ended].into_iter().flatten();
    let lists = options.features.iter_mut().chain([&mut options.exclude]).flatten();
    for name in own.chain(lists).filter(|name| context.columns.unknown(name).is_some()) {
        let snake = attribute_names([name.as_str()], "").pop().map(|(snake, _)| snake);
        if let Some(snake) = snake.filter(|snake| context.columns.unknown(snake).is_none()) {
            *name = snake;
        }
    }
}

fn check_outcome(
    options: &OutcomeOptions,
    default: OutcomeWord,
    section: &Section<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Outcome {
    let mut complain = |key: &str, message: &str, hint: &str| {
        wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
    };
    if let Some(column) = &options.label {
        if options.outcome.is_some() {
            complain("outcome", "`outcome` beside `label`", "keep one of them: `label` is the outcome");
        }
        return Outcome::Label { column: column.clone(), positive: options.positive.clone() };
    }
    if options.positive.is_some() {
        complain("positive", "`positive` without `label`", "name the column of the outcome: label = \"COLUMN\"");
    }
    let word = options.outcome.unwrap_or(default);
    if options.category.is_some() && word != OutcomeWord::Category {
        complain("category", "`category` without `outcome = \"category\"`", "add outcome = \"category\"");
    }
    match (word, &options.category) {
        (OutcomeWord::Lapse, _) => Outcome::Lapse,
        (OutcomeWord::Purchase, _) => Outcome::Purchase,
        (OutcomeWord::Respond, _) => Outcome::Respond,
        (OutcomeWord::Category, Some(category)) => Outcome::Category(category.clone()),
        (OutcomeWord::Category, None) => {
            complain("outcome", "`outcome = \"category\"` without `category`", "add category = \"NAME\"");
            Outcome::Purchase
        }
    }
}

fn check_numbers(options: &OutcomeOptions, section: &Section<'_>, wrong: &mut Vec<Diagnostic>) {
    let money = 0.0..=1e12;
    let checks = [
        ("horizon_days", f64::from(options.horizon_days), 1.0..=3650.0, "1 to 3650 days"),
        ("cuts", f64::from(options.cuts), 1.0..=24.0, "1 to 24"),
        ("min_tenure_days", f64::from(options.min_tenure_days), 0.0..=3650.0, "0 to 3650 days"),
        ("active_within_days", f64::from(options.active_within_days.unwrap_or(1)), 1.0..=36_500.0, "at least 1 day"),
        ("contact_cost", options.contact_cost, money.clone(), "an amount of at least 0"),
        ("benefit", options.benefit.unwrap_or_default(), money, "an amount of at least 0"),
        ("success_share", options.success_share, 0.0..=1.0, "a share from 0 to 1, such as 0.2"),
        ("max_rows", f64::from(options.max_rows), 1000.0..=1e7, "1,000 to 10,000,000 rows"),
    ];
    for (key, value, range, hint) in checks {
        if !range.contains(&value) {
            let message = format!("`{key}` is {value}");
            wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
        }
    }
}

/// Why a feature can't be named, if it can't: it must be a column of a customer table, and without `label` one that was
/// known at the cuts.
fn unknown_feature(feature: &str, is_label: bool, context: &CheckContext<'_>) -> Option<Diagnostic> {
    let unknown = context.columns.unknown(feature)?;
    if is_label {
        return Some(with_nearest(Diagnostic::new(0..0, unknown), feature, context));
    }
    if BUILT_IN.contains(&feature) || feature == CONTRACT_DAYS {
        return None;
    }
    let known = BUILT_IN.iter().copied().chain(context.attributes.iter().map(String::as_str));
    Some(Diagnostic::new(0..0, format!("no feature is called `{feature}`")).suggest(feature, known))
}

fn with_nearest(diagnostic: Diagnostic, name: &str, context: &CheckContext<'_>) -> Diagnostic {
    match nearest(name, context.columns.names()) {
        Some(right) => diagnostic.hint(format!("did you mean `{right}`?")),
        None => diagnostic.hint("`acrm schema` lists the columns of every table"),
    }
}
