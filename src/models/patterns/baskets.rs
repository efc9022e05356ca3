//! What is bought together.

use arrow::array::Float64Array;

use crate::numerics::patterns::{
    Baskets, ItemsetOptions, Itemsets, PatternError, Rule, RuleOptions, association_rules, count_customers,
    frequent_itemsets, min_count,
};
use crate::table::{Column, Table, TableBuilder, TableError};

use super::analysis::PatternsOptions;
use super::collect::{Level, Orders};
use super::contract::{BASKET_RULES, BASKET_SETS};
use super::step::{Wording, levels};

/// Most sets, and most rules, of a level.
const MOST: usize = 100_000;

/// Sets and rules of one level.
pub(super) struct Together<'a> {
    level: Level,
    wording: &'a Wording<'a>,
    sets: Itemsets,
    customers: Vec<u32>,
    rules: Vec<Rule>,
}

/// The fewest orders that have a share of all; fewer than two are no pattern.
pub(super) fn fewest_orders(min_support: f64, orders: u32) -> u32 {
    min_count(min_support, orders).max(2)
}

/// Finds the sets and rules of a level that this share of the orders has.
pub(super) fn together<'a>(
    level: Level,
    orders: &Orders,
    wording: &'a Wording<'a>,
    options: &PatternsOptions,
    min_support: f64,
) -> Result<Together<'a>, PatternError> {
    let baskets = Baskets::new(&orders.items, &orders.starts)?;
    let least = fewest_orders(min_support, baskets.len() as u32);
    let wanted = ItemsetOptions { min_count: least, max_length: options.max_items, most: MOST };
    let sets = frequent_itemsets(&baskets, &wanted)?;
    let customers = count_customers(&baskets, &orders.customers, &sets)?;
    let wanted = RuleOptions { min_confidence: options.min_confidence, single_consequent: true, most: MOST };
    let rules = association_rules(&sets, &wanted)?;
    Ok(Together { level, wording, sets, customers, rules })
}

/// The sets of all levels.
pub(super) fn sets_table(found: &[Together<'_>]) -> Result<Table, TableError> {
    let rows = found.iter().flat_map(|t| t.sets.sets().iter().enumerate().map(move |(at, set)| (t, at, set)));
    let rows = rows.collect::<Vec<_>>();
    let flag = |values: Vec<bool>| Column::Flag(values.into());
    TableBuilder::new(&BASKET_SETS)
        .category("level", levels(rows.iter().map(|(t, ..)| t.level)))
        .text("items", rows.iter().map(|(t, _, set)| t.wording.items(&set.items)).collect::<Vec<_>>())
        .text("item_names", rows.iter().map(|(t, _, set)| t.wording.names(&set.items)).collect::<Vec<_>>())
        .count("length", rows.iter().map(|(_, _, set)| set.items.len() as i64).collect::<Vec<_>>())
        .count("orders", rows.iter().map(|(_, _, set)| i64::from(set.count)).collect::<Vec<_>>())
        .real(
            "support",
            rows.iter().map(|(t, _, set)| f64::from(set.count) / f64::from(t.sets.baskets())).collect::<Vec<_>>(),
        )
        .count("customers", rows.iter().map(|(t, at, _)| i64::from(t.customers[*at])).collect::<Vec<_>>())
        .with("is_closed", flag(rows.iter().map(|(_, _, set)| set.closed).collect()))
        .with("is_maximal", flag(rows.iter().map(|(_, _, set)| set.maximal).collect()))
        .build()
}

/// The rules of all levels.
pub(super) fn rules_table(found: &[Together<'_>]) -> Result<Table, TableError> {
    let rows = found.iter().flat_map(|t| t.rules.iter().map(move |rule| (t, rule))).collect::<Vec<_>>();
    let count = |value: fn(&Rule) -> u32| rows.iter().map(|(_, rule)| i64::from(value(rule))).collect::<Vec<_>>();
    let real = |value: fn(&Rule) -> f64| rows.iter().map(|(_, rule)| value(rule)).collect::<Vec<_>>();
    let some = |value: fn(&Rule) -> Option<f64>| {
        rows.iter().map(|(_, rule)| value(rule).filter(|v| v.is_finite())).collect::<Float64Array>()
    };
    let items = |side: fn(&Rule) -> usize| {
        rows.iter().map(|(t, rule)| t.wording.items(&t.sets.sets()[side(rule)].items)).collect::<Vec<_>>()
    };
    let names = |side: fn(&Rule) -> usize| {
        rows.iter().map(|(t, rule)| t.wording.names(&t.sets.sets()[side(rule)].items)).collect::<Vec<_>>()
    };
    TableBuilder::new(&BASKET_RULES)
        .category("level", levels(rows.iter().map(|(t, _)| t.level)))
        .text("if_items", items(|rule| rule.antecedent))
        .text("then_items", items(|rule| rule.consequent))
        .text("if_names", names(|rule| rule.antecedent))
        .text("then_names", names(|rule| rule.consequent))
        .count("orders_if", count(|rule| rule.antecedent_count))
        .count("orders_then", count(|rule| rule.consequent_count))
        .count("orders", count(|rule| rule.count))
        .count("customers", rows.iter().map(|(t, rule)| i64::from(t.customers[rule.both])).collect::<Vec<_>>())
        .real("support", real(Rule::support))
        .real("confidence", real(Rule::confidence))
        .real("lift", real(Rule::lift))
        .real("leverage", real(Rule::leverage))
        .real("conviction", some(Rule::conviction))
        .real("p_value", some(Rule::p_value))
        .build()
}
