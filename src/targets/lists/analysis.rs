//! The static part of the analysis, and the checks of its options.

use crate::stage::{Analysis, CheckContext, Diagnostic, Layer, Rule, Section, SectionShape, Step, nearest};
use crate::table::{Money, TableSpec};

use super::contract::TARGETS;
use super::options::TargetOptions;
use super::step::{Target, TargetsStep};

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
        "Lists the customers that match a rule, ranks them, cuts the list by budget and size, and sets a control group \
         aside by a salted hash that is the same on every rerun."
    }

    fn section(&self) -> Option<SectionShape> {
        Some(SectionShape { name: "targets", repeated: true, schema: || schemars::schema_for!(TargetOptions).into() })
    }

    fn example(&self) -> &'static str {
        "[[targets]]\nname = \"win_back\"\nwhere = \"rfm_segment = 'At risk' AND p_alive < 0.5\"\nchannel = \"email\"\n\
         cost_per_contact = 0.12\nbudget = 5000\ncontrol_share = 0.1\n"
    }

    fn reads(&self) -> &'static [&'static str] {
        &["customers", "rfm", "clv", "clusters", "segments"]
    }

    fn makes(&self) -> &'static [&'static TableSpec] {
        &[&TARGETS]
    }

    fn check(&self, sections: &[Section<'_>], context: &CheckContext<'_>) -> Result<Box<dyn Step>, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut targets: Vec<Target> = Vec::new();
        for section in sections {
            let options: TargetOptions = section.read(&mut wrong);
            section.check_name(&options.name, &mut wrong);
            if targets.iter().any(|t| t.name == options.name) {
                let message = format!("two target lists are called `{}`", options.name);
                wrong.push(Diagnostic::new(section.value_span("name"), message).hint("give each its own name"));
            }
            check_numbers(&options, section, &mut wrong);
            if let Some(target) = resolve(options, section, context, &mut wrong) {
                targets.push(target);
            }
        }
        if wrong.is_empty() { Ok(Box::new(TargetsStep { targets })) } else { Err(wrong) }
    }
}

fn check_numbers(options: &TargetOptions, section: &Section<'_>, wrong: &mut Vec<Diagnostic>) {
    let share = 0.0..=1.0;
    let money = 0.0..=1e12;
    let checks = [
        ("cost_per_contact", options.cost_per_contact, money.clone(), "an amount of at least 0"),
        ("budget", options.budget.unwrap_or_default(), money, "an amount of at least 0"),
        ("control_share", options.control_share, share, "a share from 0 to 1, such as 0.1"),
        ("assumed_uplift", options.assumed_uplift, -1.0..=10.0, "a share such as 0.05"),
    ];
    for (key, value, range, hint) in checks {
        if !range.contains(&value) {
            let message = format!("`{key}` is {value}");
            wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
        }
    }
}

fn resolve(
    options: TargetOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Target> {
    if !section.has("where") {
        let message = format!("target list `{}` has no `where`", options.name);
        wrong.push(Diagnostic::new(section.span(), message).hint("for example where = \"rfm_segment = 'At risk'\""));
        return None;
    }
    let rule = Rule::parse(&options.condition, &section.value_span("where"), context.columns);
    let rule = rule.map_err(|errors| wrong.extend(errors)).ok()?;
    let rank_by = options.rank_by.clone().unwrap_or_else(|| default_rank(context));
    if let Some(message) = context.columns.unknown(&rank_by) {
        let diagnostic = Diagnostic::new(section.value_span("rank_by"), message);
        wrong.push(match nearest(&rank_by, context.columns.names()) {
            Some(right) => diagnostic.hint(format!("did you mean `{right}`?")),
            None => diagnostic.hint("name a numeric column of a customer table"),
        });
        return None;
    }
    let ten_thousandths = |amount: f64| Money::from_f64(amount).map(|m| m.0);
    let consent = options.channel.as_ref().map(|channel| format!("consent_{channel}"));
    Some(Target {
        consent: consent.filter(|name| context.attributes.contains(name)),
        cost: ten_thousandths(options.cost_per_contact)?,
        budget: options.budget.and_then(ten_thousandths),
        is_value: rank_by.starts_with("clv_"),
        rank_by,
        rule,
        name: options.name,
        channel: options.channel,
        offer: options.offer,
        max_customers: options.max_customers,
        control_share: options.control_share,
        assumed_uplift: options.assumed_uplift,
    })
}

/// The value of the longest horizon, or expected purchases when the log has no money.
fn default_rank(context: &CheckContext<'_>) -> String {
    let prefix = if context.has_money { "clv_" } else { "expected_purchases_" };
    let horizon = |name: &str| name.strip_prefix(prefix)?.strip_suffix('d')?.parse::<u32>().ok();
    let longest = context.columns.names().filter_map(|n| Some((horizon(n)?, n))).max();
    longest.map_or_else(|| "orders".to_owned(), |(_, name)| name.to_owned())
}
