//! Each list on its own: down the ranking until budget or size is used up.

use crate::stage::{StageError, StageInputs, customer_column};

use super::control::is_control;
use super::matched::Matched;
use super::outcome::Outcome;
use super::target::Target;

/// Decides who of a list's customers is listed; gives their places in rank order.
pub(super) fn walk(target: &Target, matched: &mut Matched, inputs: &StageInputs<'_>) -> Result<Vec<usize>, StageError> {
    let cost = target.contact_cost();
    let open: Vec<usize> = matched.open().collect();
    let mut waiting = Vec::with_capacity(open.len());
    for at in open {
        let worth = matched.worth[at];
        let profit = worth.profit(cost);
        if profit.is_none() && target.uplift == super::target::UpliftChoice::Measured {
            matched.outcomes[at] = Outcome::NoFigure;
        } else if !worth.is_assumed() && profit.is_some_and(|profit| profit <= 0.0) {
            // an assumption is a placeholder and bars nobody
            matched.outcomes[at] = Outcome::NoProfit;
        } else {
            waiting.push(at);
        }
    }
    let by_profit =
        !target.is_ranked && waiting.iter().any(|at| matched.source(*at).is_some() && !matched.worth[*at].is_assumed());
    let values = customer_column(inputs.tables, &target.rank_by)?.numbers();
    let number = |value: f64| if value.is_nan() { f64::NEG_INFINITY } else { value };
    let value = |at: usize| number(values[matched.rows[at] as usize]);
    let key = |at: usize| {
        let profit = if by_profit { matched.worth[at].profit(cost).unwrap_or(f64::NEG_INFINITY) } else { 0.0 };
        (profit, value(at))
    };
    let mut order: Vec<((f64, f64), usize)> = waiting.into_iter().map(|at| (key(at), at)).collect();
    order.sort_unstable_by(|a, b| b.0.0.total_cmp(&a.0.0).then(b.0.1.total_cmp(&a.0.1)).then(a.1.cmp(&b.1)));
    let ids = inputs.tables.get("customers")?.text("customer_id")?.clone();
    let mut spent = 0_i64;
    let mut listed = Vec::new();
    let mut is_full = false;
    for (_, at) in order {
        let id = ids.value(matched.rows[at] as usize);
        let control = is_control(&inputs.run.pipeline, &target.salt, id, target.control_share);
        let cost = if control { 0 } else { target.cost };
        let over_budget = target.budget.is_some_and(|budget| spent.saturating_add(cost) > budget);
        is_full = is_full || over_budget || target.max_customers.is_some_and(|most| listed.len() as u64 >= most);
        if is_full {
            matched.outcomes[at] = Outcome::Cut;
            continue;
        }
        spent = spent.saturating_add(cost);
        matched.outcomes[at] = if control { Outcome::Control } else { Outcome::Treatment };
        listed.push(at);
    }
    Ok(listed)
}
