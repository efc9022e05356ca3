//! The plots: the strongest rules, and the trade by month.

use crate::stage::{Content, Emphasis, Plot, Series};
use crate::table::{Table, TableError};

/// Rules that are drawn.
const RULES: usize = 15;

/// From the tables `basket_rules` and `trade_profile`.
pub(super) fn plots(rules: &Table, profile: &Table) -> Result<Vec<Plot>, TableError> {
    Ok([strongest(rules)?, months(profile)?].into_iter().flatten().collect())
}

/// The rules of the highest lift, of products or else of categories; of equals those of more orders, and of the two
/// directions of a pair the more certain one.
fn strongest(rules: &Table) -> Result<Option<Plot>, TableError> {
    let (levels, lifts, orders) = (rules.categories("level")?, rules.reals("lift")?, rules.integers("orders")?);
    let confidence = rules.reals("confidence")?;
    let (given, then) = (rules.text("if_names")?, rules.text("then_names")?);
    let of = |level: &str| (0..rules.rows()).filter(|row| levels.get(*row) == Some(level)).collect::<Vec<_>>();
    let found = ["product", "category"].into_iter().map(|level| (level, of(level)));
    let Some((level, mut rows)) = found.into_iter().find(|(_, rows)| !rows.is_empty()) else { return Ok(None) };
    rows.sort_by(|a, b| {
        let by_lift = lifts.value(*b).total_cmp(&lifts.value(*a)).then_with(|| orders.value(*b).cmp(&orders.value(*a)));
        by_lift.then_with(|| confidence.value(*b).total_cmp(&confidence.value(*a))).then(a.cmp(b))
    });
    // the lift is the same in both directions
    let mut shown: Vec<usize> = Vec::new();
    for row in rows {
        let is_back = |other: &usize| given.value(*other) == then.value(row) && then.value(*other) == given.value(row);
        if shown.len() < RULES && !shown.iter().any(is_back) {
            shown.push(row);
        }
    }
    let bar = |row: usize| {
        let name = format!("{} → {}", given.value(row), then.value(row));
        (name, (10.0 * lifts.value(row)).round() / 10.0, Emphasis::Other)
    };
    Ok(Some(Plot {
        name: "basket_rules".into(),
        title: "What goes with what: the rules of the highest lift".into(),
        note: format!("by {level}; a lift of 1 is chance"),
        x_title: "lift".into(),
        y_title: String::new(),
        content: Content::Bars { bars: shown.into_iter().map(bar).collect() },
    }))
}

/// Orders by month against an even spread.
fn months(profile: &Table) -> Result<Option<Plot>, TableError> {
    let (units, index) = (profile.categories("unit")?, profile.column("index")?);
    let (categories, labels) = (profile.categories("category")?, profile.categories("label")?);
    let rows = (0..profile.rows()).filter(|row| units.get(*row) == Some("month") && categories.get(*row).is_none());
    let rows = rows.filter_map(|row| Some((labels.get(row)?.to_owned(), index.number(row)?))).collect::<Vec<_>>();
    if rows.is_empty() {
        return Ok(None);
    }
    let points = rows.iter().enumerate().map(|(at, (_, index))| (at as f64, *index)).collect();
    Ok(Some(Plot {
        name: "trade_months".into(),
        title: "Orders by month".into(),
        note: "against an even spread over the days of the log; 1 is average".into(),
        x_title: "month".into(),
        y_title: "orders ÷ even spread".into(),
        content: Content::GroupedBars {
            categories: rows.into_iter().map(|(label, _)| label.chars().take(3).collect()).collect(),
            series: vec![Series { name: "orders".into(), points, emphasis: Emphasis::Other }],
        },
    }))
}
