//! What other budgets would earn.

use arrow::array::Float64Array;

use crate::numerics::allocation::{BudgetPoint, BudgetScope, budget_curve};
use crate::stage::StageError;
use crate::table::{Categories, Table, TableBuilder};

use super::compete::Competition;
use super::contract::TARGET_BUDGETS;
use super::target::Target;

/// Parts of the present budget that are looked at.
const FACTORS: [f64; 7] = [0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0];

/// What the common budget is called in the table.
const ALL_LISTS: &str = "all lists";

/// The table: the common budget, and that of each list that has its own.
pub(super) fn what_if(targets: &[Target], competition: &Competition, wanted: bool) -> Result<Table, StageError> {
    let own = targets.iter().enumerate().filter(|(_, t)| t.budget.is_some());
    let own = own.map(|(list, target)| (BudgetScope::List(list), target.name.as_str()));
    let scopes = [(BudgetScope::All, ALL_LISTS)].into_iter().chain(own).filter(|_| wanted);
    let mut lines: Vec<(&str, BudgetPoint)> = Vec::new();
    for (scope, name) in scopes {
        let points = budget_curve(&competition.candidates, &competition.limits, &competition.won, scope, &FACTORS);
        let points = points.map_err(|e| StageError::Data(format!("other budgets can't be looked at: {e}")))?;
        lines.extend(points.into_iter().map(|point| (name, point)));
    }
    let real = |value: fn(&BudgetPoint) -> f64| lines.iter().map(|(_, p)| Some(value(p))).collect::<Float64Array>();
    let names: Vec<Option<&str>> = lines.iter().map(|(name, _)| Some(*name)).collect();
    let table = TableBuilder::new(&TARGET_BUDGETS)
        .category("scope", Categories::from_words(&names))
        .real("factor", real(|p| p.factor))
        .real("budget", real(|p| p.budget))
        .real("expected_cost", real(|p| p.spent))
        .count("customers", lines.iter().map(|(_, p)| p.customers as i64).collect::<Vec<_>>())
        .real("expected_profit", real(|p| p.profit))
        .real("shadow_price", real(|p| p.price))
        .real("gap", real(BudgetPoint::gap));
    Ok(table.build()?)
}
