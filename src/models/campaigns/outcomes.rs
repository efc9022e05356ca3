//! What is measured of each member of a study.

use crate::table::{Column, Table, TableError};

use super::ledger::Log;
use super::options::CampaignsOptions;
use super::study::Study;

/// Names of the outcomes that transactions give.
pub(super) const CONVERSION: &str = "conversion";
pub(super) const ORDERS: &str = "orders";
pub(super) const REVENUE: &str = "revenue";
pub(super) const PROFIT: &str = "profit";
pub(super) const RESPONSE: &str = "response";

/// How an outcome is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// 0 or 1.
    YesNo,
    /// Currency units.
    Money,
    /// Any other number.
    Number,
}

/// One value per member.
#[derive(Debug, Clone)]
pub(super) struct Outcome {
    pub(super) name: String,
    pub(super) scale: Scale,
    /// Values; NaN where not known.
    pub(super) values: Vec<f64>,
    /// What to mind about it.
    pub(super) note: String,
    /// Whether it hangs on the window being over.
    pub(super) is_windowed: bool,
}

/// The outcomes of a study: purchases in its window, responses, and the columns that the options name.
pub(super) fn outcomes(
    study: &Study,
    customers: &Table,
    options: &CampaignsOptions,
    log: Log,
    has_money: bool,
) -> Result<Vec<Outcome>, TableError> {
    let mut found = columns(study, customers, options)?;
    let revenue = options.revenue().and_then(|name| found.iter().find(|outcome| outcome.name == name)).cloned();
    if let Some(own) = found.iter_mut().find(|outcome| revenue.as_ref().is_some_and(|named| named.name == outcome.name))
    {
        own.scale = Scale::Money;
    }
    // with neither margin nor cost, profit would be revenue under another name
    if let Some(mut revenue) = revenue.filter(|_| options.margin.or(study.cost_per_contact()).is_some()) {
        let share = options.margin.unwrap_or(1.0);
        let costs = study.costs();
        revenue.values = revenue.values.iter().zip(&costs).map(|(revenue, cost)| share * revenue - cost).collect();
        let note = profit_note(study, options.margin.is_none());
        found.push(Outcome { name: PROFIT.to_owned(), scale: Scale::Money, note, ..revenue });
    }
    for outcome in purchases(study, options, log, has_money) {
        // a column of the same name is what the pipeline asked for
        if !found.iter().any(|known| known.name == outcome.name) {
            found.push(outcome);
        }
    }
    if study.members.iter().any(|member| member.response.is_some()) {
        let value = |response: Option<bool>| response.map_or(f64::NAN, |yes| f64::from(u8::from(yes)));
        found.push(Outcome {
            name: RESPONSE.to_owned(),
            scale: Scale::YesNo,
            values: study.members.iter().map(|member| value(member.response)).collect(),
            note: String::new(),
            is_windowed: false,
        });
    }
    Ok(found)
}

fn columns(study: &Study, customers: &Table, options: &CampaignsOptions) -> Result<Vec<Outcome>, TableError> {
    let mut found = Vec::new();
    for name in &options.outcomes {
        let column = customers.column(name)?;
        let values: Vec<f64> =
            study.members.iter().map(|member| member.row.map_or(f64::NAN, |row| cell(column, row as usize))).collect();
        let missing = values.iter().filter(|value| value.is_nan()).count();
        let is_yes_no = values.iter().all(|value| value.is_nan() || *value == 0.0 || *value == 1.0);
        let scale = match column {
            Column::Money(_) => Scale::Money,
            _ if is_yes_no && missing < values.len() => Scale::YesNo,
            _ => Scale::Number,
        };
        let note = match missing {
            0 => String::new(),
            some if some == values.len() => format!("`{name}` holds no number and no yes or no"),
            some => format!("{some} customers without `{name}` left out"),
        };
        found.push(Outcome { name: name.clone(), scale, values, note, is_windowed: false });
    }
    Ok(found)
}

/// A cell as a number; words of yes and no count as 1 and 0.
fn cell(column: &Column, row: usize) -> f64 {
    if column.is_null(row) {
        return f64::NAN;
    }
    let word = match column {
        Column::Category(words) => words.get(row),
        Column::Text(words) => Some(words.value(row)),
        _ => return column.number(row).unwrap_or(f64::NAN),
    };
    match word.unwrap_or_default().trim().to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" => 1.0,
        "no" | "n" | "false" | "f" | "0" => 0.0,
        other => other.parse().ok().filter(|number: &f64| number.is_finite()).unwrap_or(f64::NAN),
    }
}

/// Purchases in the part of the window that is over; none without transactions or before the start.
fn purchases(study: &Study, options: &CampaignsOptions, log: Log, has_money: bool) -> Vec<Outcome> {
    let Some(window) = study.window.filter(|window| window.seen_days > 0 && !study.spend_before.is_empty()) else {
        return Vec::new();
    };
    let share = options.margin.or(log.margin_share());
    let count = study.members.len();
    let (mut orders, mut revenue, mut margin) = (vec![0.0_f64; count], vec![0_i64; count], vec![0.0; count]);
    for purchase in study.purchases.iter().filter(|purchase| purchase.day < window.seen_days) {
        let at = purchase.member as usize;
        orders[at] += 1.0;
        revenue[at] = revenue[at].saturating_add(purchase.revenue);
        margin[at] += if purchase.margin.is_nan() {
            share.unwrap_or(1.0) * purchase.revenue as f64 / 10_000.0
        } else {
            purchase.margin
        };
    }
    let outcome = |name: &str, scale, values, note: String| Outcome {
        name: name.to_owned(),
        scale,
        values,
        note,
        is_windowed: true,
    };
    let bought = orders.iter().map(|orders| f64::from(u8::from(*orders > 0.0))).collect();
    let mut found = vec![
        outcome(CONVERSION, Scale::YesNo, bought, String::new()),
        outcome(ORDERS, Scale::Number, orders, String::new()),
    ];
    if has_money {
        let money = revenue.iter().map(|revenue| *revenue as f64 / 10_000.0).collect();
        let profit = margin.iter().zip(study.costs()).map(|(margin, cost)| margin - cost).collect();
        found.push(outcome(REVENUE, Scale::Money, money, String::new()));
        if share.or(study.cost_per_contact()).is_some() {
            found.push(outcome(PROFIT, Scale::Money, profit, profit_note(study, share.is_none())));
        }
    }
    found
}

fn profit_note(study: &Study, margin_unknown: bool) -> String {
    let margin = margin_unknown.then_some("no margin is known, so all revenue counts: set `[campaigns] margin`");
    let cost = study.cost_per_contact().is_none().then_some("the cost of a contact is not told, so none is taken off");
    [margin, cost].into_iter().flatten().collect::<Vec<_>>().join("; ")
}
