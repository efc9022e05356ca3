//! Plots of a campaign: effects by segment, effects by week.

use crate::models::campaigns::outcomes::{CONVERSION, REVENUE};
use crate::models::campaigns::step::{CampaignsStep, Measured};
use crate::stage::{Content, Emphasis, Plot, Series};

use super::summary::main_row;
use super::words::Unit;

/// The plots of a campaign; `number` keeps file names apart.
pub(super) fn plots(own: &Measured, number: usize, step: &CampaignsStep, currency: &str) -> Vec<Plot> {
    [by_segment(own, number, step, currency), by_week(own, number, currency)].into_iter().flatten().collect()
}

/// A file name for a campaign.
fn file_name(what: &str, number: usize, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' };
    format!("{what}_{number:02}_{}", id.chars().map(plain).take(40).collect::<String>())
}

fn by_segment(own: &Measured, number: usize, step: &CampaignsStep, currency: &str) -> Option<Plot> {
    let comparison = own.study.comparisons().into_iter().next_back()?;
    let main = main_row(own, &comparison, step)?;
    let unit = Unit::of(main, &step.options, currency);
    let rows = own.rows.iter().filter(|row| {
        let is_mean = row.segment_by.is_some() && row.segment.is_none();
        row.variant == comparison.name && row.outcome == main.outcome && !is_mean
    });
    let drawn: Vec<(String, f64, f64, f64, Emphasis)> = rows
        .filter_map(|row| {
            let figures = &row.figures;
            let (effect, lower, upper) = (figures.effect?, figures.lower?, figures.upper?);
            let name = row.segment.clone().unwrap_or_else(|| "all customers".to_owned());
            let is_sure = lower > 0.0 || upper < 0.0;
            let emphasis = match (row.segment.is_none(), is_sure) {
                (true, _) => Emphasis::Actual,
                (false, true) => Emphasis::Chosen,
                (false, false) => Emphasis::Other,
            };
            let [effect, lower, upper] = [effect, lower, upper].map(|value| value * unit.factor());
            Some((name, effect, lower, upper, emphasis))
        })
        .collect();
    (!drawn.is_empty()).then(|| Plot {
        name: file_name("effects", number, &own.study.id),
        title: format!("{}: effect on {} per customer assigned", own.study.id, main.outcome),
        note: format!("{:.0} % intervals, not corrected for the number of segments", 100.0 * step.options.confidence),
        x_title: unit.axis(),
        y_title: String::new(),
        content: Content::Intervals { rows: drawn },
    })
}

fn by_week(own: &Measured, number: usize, currency: &str) -> Option<Plot> {
    let comparison = own.study.comparisons().into_iter().next_back()?;
    let window = own.study.window?;
    let of = |outcome: &str| -> Vec<_> {
        own.weeks
            .iter()
            .filter(|row| row.variant == comparison.name && row.outcome == outcome && row.effect.is_some())
            .collect()
    };
    let (outcome, rows) =
        [REVENUE, CONVERSION].map(|outcome| (outcome, of(outcome))).into_iter().find(|(_, rows)| rows.len() > 1)?;
    let unit = if outcome == REVENUE { Unit::Money(currency) } else { Unit::Share };
    let series = |name: &str, value: fn(&crate::models::campaigns::weeks::WeekRow) -> Option<f64>, emphasis| Series {
        name: name.to_owned(),
        points: rows
            .iter()
            .filter_map(|row| Some((f64::from(row.first_day + 3), value(row)? * unit.factor())))
            .collect(),
        emphasis,
    };
    let zero = rows.iter().map(|row| (f64::from(row.first_day + 3), 0.0)).collect();
    Some(Plot {
        name: file_name("weeks", number, &own.study.id),
        title: format!("{}: effect on {outcome} per customer and week", own.study.id),
        note: "weeks after the window show whether purchases were only brought forward".to_owned(),
        x_title: "middle of the week".to_owned(),
        y_title: unit.axis(),
        content: Content::DayLines {
            series: vec![
                series("effect", |row| row.effect, Emphasis::Chosen),
                series("lower", |row| row.lower, Emphasis::Other),
                series("upper", |row| row.upper, Emphasis::Other),
                Series { name: "no effect".to_owned(), points: zero, emphasis: Emphasis::Actual },
            ],
            cut: Some((window.last_day(), "end of window".to_owned())),
        },
    })
}
