//! Sections as they were written to checked lists and policy.

use crate::stage::{CheckContext, Diagnostic, Rule, Section, nearest};
use crate::table::{Kind, Money};

use super::channels;
use super::options::{TargetOptions, TargetingOptions, UpliftValue};
use super::target::{Activation, ConversionValue, Policy, Target, UpliftChoice, Words};

/// Most lists of one customer.
const MOST_CONTACTS: u8 = 100;

/// The lists.
pub(super) fn targets(
    sections: &[Section<'_>],
    context: &CheckContext<'_>,
    is_optimised: bool,
    wrong: &mut Vec<Diagnostic>,
) -> Vec<Target> {
    let mut targets: Vec<Target> = Vec::new();
    for section in sections {
        let options: TargetOptions = section.read(wrong);
        section.check_name(&options.name, wrong);
        if targets.iter().any(|t| t.name == options.name) {
            let message = format!("two target lists are called `{}`", options.name);
            wrong.push(Diagnostic::new(section.value_span("name"), message).hint("give each its own name"));
        }
        check_numbers(&options, section, wrong);
        if let Some(target) = resolve(options, section, context, is_optimised, wrong) {
            targets.push(target);
        }
    }
    targets
}

fn check_numbers(options: &TargetOptions, section: &Section<'_>, wrong: &mut Vec<Diagnostic>) {
    let share = 0.0..=1.0;
    let money = 0.0..=1e12;
    let value = match options.uplift_value {
        Some(UpliftValue::Amount(amount)) => amount,
        _ => 0.0,
    };
    let checks = [
        ("cost_per_contact", options.cost_per_contact, money.clone(), "an amount of at least 0"),
        ("budget", options.budget.unwrap_or_default(), money.clone(), "an amount of at least 0"),
        ("control_share", options.control_share, share.clone(), "a share from 0 to 1, such as 0.1"),
        ("assumed_uplift", options.assumed_uplift, -1.0..=10.0, "a share such as 0.05"),
        ("margin", options.margin.unwrap_or_default(), share, "a share from 0 to 1, such as 0.35"),
        ("uplift_value", value, money, "an amount of at least 0, or a column"),
    ];
    for (key, value, range, hint) in checks {
        if !range.contains(&value) {
            let message = format!("`{key}` is {value}");
            wrong.push(Diagnostic::new(section.value_span(key), message).hint(hint));
        }
    }
    if options.max_customers.is_some_and(|most| most < options.min_customers) {
        let message = format!("`min_customers` is {}, more than `max_customers`", options.min_customers);
        wrong.push(Diagnostic::new(section.value_span("min_customers"), message).hint("a number up to max_customers"));
    }
}

/// Reports a name that no customer table has as a column; whether it may be used.
fn known_column(
    name: &str,
    key: &str,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> bool {
    let Some(message) = context.columns.unknown(name) else { return true };
    let diagnostic = Diagnostic::new(section.value_span(key), message);
    wrong.push(match nearest(name, context.columns.names()) {
        Some(right) => diagnostic.hint(format!("did you mean `{right}`?")),
        None => diagnostic.hint("name a column of a customer table"),
    });
    false
}

/// The same for a column that must hold numbers.
fn numeric_column(
    name: &str,
    key: &str,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> bool {
    if !known_column(name, key, section, context, wrong) {
        return false;
    }
    let is_text = matches!(context.columns.kind(name), Some(Kind::Text | Kind::Category | Kind::Days));
    if is_text {
        let message = format!("`{name}` holds no numbers");
        wrong.push(Diagnostic::new(section.value_span(key), message).hint("name a numeric column of a customer table"));
    }
    !is_text
}

fn rule(
    key: &str,
    text: &str,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Rule> {
    Rule::parse(text, &section.value_span(key), context.columns).map_err(|errors| wrong.extend(errors)).ok()
}

fn resolve(
    options: TargetOptions,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    is_optimised: bool,
    wrong: &mut Vec<Diagnostic>,
) -> Option<Target> {
    if !section.has("where") {
        let message = format!("target list `{}` has no `where`", options.name);
        wrong.push(Diagnostic::new(section.span(), message).hint("for example where = \"rfm_segment = 'At risk'\""));
        return None;
    }
    let listed = rule("where", &options.condition, section, context, wrong);
    let suppress = options.suppress_where.as_ref().map(|text| rule("suppress_where", text, section, context, wrong));
    let rank_by = options.rank_by.clone().unwrap_or_else(|| default_rank(context));
    let is_right = known_column(&rank_by, "rank_by", section, context, wrong);
    let uplift = uplift(&options.uplift, section, context, wrong)?;
    let conversion_value = match options.uplift_value {
        None => None,
        Some(UpliftValue::Amount(amount)) => Some(ConversionValue::Amount(amount)),
        Some(UpliftValue::Column(name)) => {
            numeric_column(&name, "uplift_value", section, context, wrong).then_some(ConversionValue::Column(name))
        }
    };
    let value = value_column(&rank_by, is_optimised, context);
    if is_optimised && value.is_none() && uplift == UpliftChoice::Assumed {
        let message = format!("nothing tells what a contact of `{}` is worth", options.name);
        let hint = "[targeting] compares lists by money: give `uplift` a column, or transactions with amounts";
        wrong.push(Diagnostic::new(section.span(), message).hint(hint));
    }
    let ten_thousandths = |amount: f64| Money::from_f64(amount).map(|m| m.0);
    if !is_right {
        return None;
    }
    Some(Target {
        rule: listed?,
        suppress: suppress.flatten(),
        channel: channel(options.channel, context),
        offer: words(options.offer, context),
        cost: ten_thousandths(options.cost_per_contact)?,
        budget: options.budget.and_then(ten_thousandths),
        min_customers: options.min_customers,
        max_customers: options.max_customers,
        control_share: options.control_share,
        salt: options.salt.unwrap_or_else(|| options.name.clone()),
        name: options.name,
        is_ranked: options.rank_by.is_some(),
        value,
        rank_by,
        assumed_uplift: options.assumed_uplift,
        uplift,
        conversion_value,
        margin: options.margin,
        cooldown_days: options.cooldown_days,
    })
}

fn uplift(
    text: &str,
    section: &Section<'_>,
    context: &CheckContext<'_>,
    wrong: &mut Vec<Diagnostic>,
) -> Option<UpliftChoice> {
    Some(match text {
        "auto" => UpliftChoice::Auto,
        "assumed" => UpliftChoice::Assumed,
        "measured" => UpliftChoice::Measured,
        column if numeric_column(column, "uplift", section, context, wrong) => UpliftChoice::Column(column.to_owned()),
        _ => return None,
    })
}

/// A channel; a name that is known as one, or that a consent is told for, is never a column, so that `email` is not
/// the address.
fn channel(text: Option<String>, context: &CheckContext<'_>) -> Words {
    let Some(text) = text else { return Words::None };
    let consent = format!("consent_{}", channels::key(&text));
    let is_channel = channels::kind(&text).is_some() || context.attributes.contains(&consent);
    if is_channel { Words::Same(text) } else { words(Some(text), context) }
}

fn words(text: Option<String>, context: &CheckContext<'_>) -> Words {
    match text {
        None => Words::None,
        Some(text) if context.columns.has(&text) => Words::Column(text),
        Some(text) => Words::Same(text),
    }
}

/// The column of the longest horizon whose name begins so.
fn longest<'a>(prefix: &str, context: &CheckContext<'a>) -> Option<&'a str> {
    let horizon = |name: &str| name.strip_prefix(prefix)?.strip_suffix('d')?.parse::<u32>().ok();
    context.columns.names().filter_map(|n| Some((horizon(n)?, n))).max().map(|(_, name)| name)
}

/// The value of the longest horizon, or expected purchases when the log has no money.
fn default_rank(context: &CheckContext<'_>) -> String {
    let prefix = if context.has_money { "clv_" } else { "expected_purchases_" };
    longest(prefix, context).unwrap_or("orders").to_owned()
}

/// The money that an assumed uplift is a share of: what is ranked by, if that is value to come; for lists that compete,
/// else the value of the longest horizon.
fn value_column(rank_by: &str, is_optimised: bool, context: &CheckContext<'_>) -> Option<String> {
    if rank_by.starts_with("clv_") {
        return Some(rank_by.to_owned());
    }
    longest("clv_", context).filter(|_| is_optimised && context.has_money).map(str::to_owned)
}

/// The policy; errors go to `wrong`.
pub(super) fn policy(section: &Section<'_>, context: &CheckContext<'_>, wrong: &mut Vec<Diagnostic>) -> Option<Policy> {
    let options: TargetingOptions = section.read(wrong);
    let mut refuse = |key: &str, is_right: bool, hint: &str| {
        if !is_right {
            wrong.push(Diagnostic::new(section.value_span(key), format!("`{key}` is out of range")).hint(hint));
        }
    };
    refuse("budget", options.budget.is_none_or(|b| (0.0..=1e12).contains(&b)), "an amount of at least 0");
    refuse("global_holdout_share", (0.0..1.0).contains(&options.global_holdout_share), "a share from 0, below 1");
    refuse("max_contacts", (1..=MOST_CONTACTS).contains(&options.max_contacts), "a number from 1 to 100");
    refuse("window_days", (1..=3660).contains(&options.window_days), "days from 1 to 3660");
    for name in &options.strata {
        known_column(name, "strata", section, context, wrong);
    }
    for name in &options.suppression {
        known_column(name, "suppression", section, context, wrong);
    }
    for name in options.activation.iter().flat_map(|a| &a.columns) {
        known_column(name, "activation", section, context, wrong);
    }
    let suppress = options.suppress_where.as_ref().map(|text| rule("suppress_where", text, section, context, wrong));
    Some(Policy {
        budget: options.budget.and_then(Money::from_f64).map(|m| m.0),
        capacity: options.capacity.iter().map(|(channel, most)| (channels::key(channel), *most)).collect(),
        max_contacts: usize::from(options.max_contacts),
        contacts_per_window: options.contacts_per_window,
        window_days: options.window_days,
        cooldown_days: options.cooldown_days,
        touchpoints: options.contact_touchpoints,
        block_running: options.block_running,
        global_holdout_share: options.global_holdout_share,
        strata: options.strata,
        exclusive_controls: options.exclusive_controls,
        suppress: suppress.flatten(),
        suppression: options.suppression,
        activation: options.activation.map(|a| Activation { show_arm: a.show_arm, columns: a.columns }),
        what_if: options.what_if,
    })
}
