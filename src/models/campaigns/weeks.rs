//! Effects week by week since the start.

use arrow::array::{Date32Array, Float64Array, StringArray};

use crate::numerics::experiments::{Difference, Estimate, Moments};
use crate::numerics::surveys::inference::Confidence;
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::contract::CAMPAIGN_WEEKS;
use super::outcomes::{CONVERSION, REVENUE};
use super::study::{Comparison, Study};

/// Weeks that are looked at.
const MOST_WEEKS: i32 = 26;

/// Days of a week.
const DAYS: i32 = 7;

/// A row of `campaign_weeks`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WeekRow {
    pub(super) campaign_id: String,
    pub(super) variant: String,
    pub(super) outcome: &'static str,
    pub(super) week: i32,
    pub(super) first_day: i32,
    pub(super) is_in_window: bool,
    treated: Option<Moments>,
    control: Option<Moments>,
    pub(super) effect: Option<f64>,
    pub(super) standard_error: Option<f64>,
    pub(super) lower: Option<f64>,
    pub(super) upper: Option<f64>,
    effect_so_far: Option<f64>,
}

impl WeekRow {
    /// The effect with its error, if it has one.
    pub(super) fn estimate(&self) -> Option<Estimate> {
        let (effect, standard_error) = self.effect.zip(self.standard_error)?;
        Some(Estimate { effect, standard_error })
    }
}

/// The whole weeks from the start to `as_of`, at most to twice the window.
pub(super) fn weeks(study: &Study, as_of: i32, has_money: bool, confidence: Confidence) -> Vec<WeekRow> {
    let Some(window) = study.window.filter(|_| !study.spend_before.is_empty()) else { return Vec::new() };
    let days = (as_of - window.start + 1).min(2 * window.days);
    let count = (days / DAYS).clamp(0, MOST_WEEKS);
    let outcomes: &[&'static str] = if has_money { &[CONVERSION, REVENUE] } else { &[CONVERSION] };
    let mut rows = Vec::new();
    let mut by_week: Vec<Vec<(u32, i64)>> = vec![Vec::new(); count as usize];
    for purchase in &study.purchases {
        if let Some(own) = by_week.get_mut((purchase.day / DAYS) as usize) {
            own.push((purchase.member, purchase.revenue));
        }
    }
    for outcome in outcomes {
        let values: Vec<Vec<f64>> = by_week.iter().map(|bought| values(outcome, bought, study.members.len())).collect();
        for comparison in study.comparisons() {
            let mut so_far = Some(0.0);
            for (at, values) in values.iter().enumerate() {
                let first_day = window.start + DAYS * at as i32;
                let mut row = WeekRow {
                    campaign_id: study.id.clone(),
                    variant: comparison.name.clone(),
                    outcome,
                    week: at as i32 + 1,
                    first_day,
                    is_in_window: first_day + DAYS - 1 <= window.last_day(),
                    treated: moments(study, values, |variant| comparison.variants.contains(&variant)),
                    control: moments(study, values, |variant| study.variants[usize::from(variant)].is_control),
                    effect: None,
                    standard_error: None,
                    lower: None,
                    upper: None,
                    effect_so_far: None,
                };
                row.compare(confidence);
                so_far = so_far.zip(row.effect).map(|(sum, effect): (f64, f64)| sum + effect);
                row.effect_so_far = so_far;
                rows.push(row);
            }
        }
    }
    rows
}

fn values(outcome: &str, bought: &[(u32, i64)], members: usize) -> Vec<f64> {
    let mut values = vec![0.0; members];
    for (member, revenue) in bought {
        let own = &mut values[*member as usize];
        *own = if outcome == CONVERSION { 1.0 } else { *own + *revenue as f64 / 10_000.0 };
    }
    values
}

fn moments(study: &Study, values: &[f64], is_in: impl Fn(u16) -> bool) -> Option<Moments> {
    let own = study.members.iter().zip(values).filter(|(member, _)| is_in(member.variant));
    Moments::of(&own.map(|(_, value)| *value).collect::<Vec<_>>()).ok().flatten()
}

impl WeekRow {
    fn compare(&mut self, confidence: Confidence) {
        let Ok(difference) = Difference::of(self.treated.as_ref(), self.control.as_ref(), confidence) else { return };
        self.effect = Some(difference.effect);
        if let Ok(test) = difference.test {
            self.standard_error = Some(test.standard_error);
            (self.lower, self.upper) = (Some(test.lower), Some(test.upper));
        }
    }
}

/// The weeks of the window of a comparison, for its trend.
pub(super) fn in_window(rows: &[WeekRow], comparison: &Comparison, outcome: &str) -> Vec<(f64, Estimate)> {
    let own = rows.iter().filter(|row| row.variant == comparison.name && row.outcome == outcome && row.is_in_window);
    own.filter_map(|row| Some((f64::from(row.week), row.estimate()?))).collect()
}

/// The table of weeks.
pub(super) fn weeks_table(rows: &[WeekRow]) -> Result<Table, TableError> {
    let real = |value: fn(&WeekRow) -> Option<f64>| rows.iter().map(value).collect::<Float64Array>();
    let mean = |value: fn(&WeekRow) -> &Option<Moments>| {
        rows.iter().map(|row| value(row).map(|moments| moments.mean)).collect::<Float64Array>()
    };
    let size = |value: fn(&WeekRow) -> &Option<Moments>| {
        rows.iter().map(|row| value(row).map_or(0, |moments| moments.customers as i64)).collect::<Vec<_>>()
    };
    let words = |value: fn(&WeekRow) -> &str| {
        Categories::from_words(&rows.iter().map(|row| Some(value(row))).collect::<Vec<_>>())
    };
    TableBuilder::new(&CAMPAIGN_WEEKS)
        .text("campaign_id", StringArray::from_iter_values(rows.iter().map(|row| row.campaign_id.as_str())))
        .category("variant", words(|row| &row.variant))
        .category("outcome", words(|row| row.outcome))
        .count("week", rows.iter().map(|row| i64::from(row.week)).collect::<Vec<_>>())
        .day("first_day", rows.iter().map(|row| Some(row.first_day)).collect::<Date32Array>())
        .day("last_day", rows.iter().map(|row| Some(row.first_day + DAYS - 1)).collect::<Date32Array>())
        .with("is_in_window", Column::Flag(rows.iter().map(|row| Some(row.is_in_window)).collect()))
        .count("treated", size(|row| &row.treated))
        .count("control", size(|row| &row.control))
        .real("mean_treated", mean(|row| &row.treated))
        .real("mean_control", mean(|row| &row.control))
        .real("effect", real(|row| row.effect))
        .real("standard_error", real(|row| row.standard_error))
        .real("lower", real(|row| row.lower))
        .real("upper", real(|row| row.upper))
        .real("effect_so_far", real(|row| row.effect_so_far))
        .build()
}
