//! The plots of a backtest.

use crate::stage::{Content, Emphasis, Plot, Series};
use crate::table::format_day;

use super::super::baselines::Baseline;
use super::super::evidence::Evaluated;
use super::super::options::PurchaseModel;
use super::super::past::Past;
use super::tables::{Week, calibration};
use crate::numerics::accuracy::deciles;

/// Tracking, calibration, lift and errors.
pub(super) fn plots(
    past: &Past,
    evaluated: &[Evaluated],
    weeks: &[(&'static str, Vec<Week>)],
    used: PurchaseModel,
) -> Vec<Plot> {
    // a line over another says nothing
    let (again, own): (Vec<&Evaluated>, Vec<&Evaluated>) =
        evaluated.iter().partition(|e| e.is_plain_again() && e.model() != Some(used));
    let weeks: Vec<_> = weeks.iter().filter(|(name, _)| !again.iter().any(|e| e.name == *name)).collect();
    let mut plots = Vec::new();
    if weeks.iter().any(|(_, weeks)| !weeks.is_empty()) {
        plots.push(tracking_plot(past, &weeks, used, true));
        plots.push(tracking_plot(past, &weeks, used, false));
    }
    plots.push(calibration_plot(past, &own, used));
    plots.push(lift_plot(past, &own, used));
    plots.push(error_plot(past, &own, used));
    plots
}

fn emphasis(name: &str, used: PurchaseModel) -> Emphasis {
    if name == used.name() { Emphasis::Chosen } else { Emphasis::Other }
}

/// The model used before the others, so that it stands beside what happened.
fn used_first<'a>(evaluated: &[&'a Evaluated], used: PurchaseModel) -> Vec<&'a Evaluated> {
    let (mut first, others): (Vec<_>, Vec<_>) = evaluated.iter().copied().partition(|e| e.model() == Some(used));
    first.extend(others);
    first
}

fn shown(e: &Evaluated) -> String {
    Baseline::ALL.iter().find(|b| b.name() == e.name).map_or(e.name, |b| b.about()).to_owned()
}

fn tracking_plot(past: &Past, weeks: &[&(&'static str, Vec<Week>)], used: PurchaseModel, cumulative: bool) -> Plot {
    let line = |weeks: &[Week], value: fn(&Week) -> f64| -> Vec<(f64, f64)> {
        let mut before = 0.0;
        let points = weeks.iter().map(|week| {
            let until = value(week);
            let own = if cumulative { until } else { until - before };
            before = until;
            (f64::from(week.end), own)
        });
        points.collect()
    };
    let tracked: Vec<_> = weeks.iter().copied().filter(|(_, weeks)| !weeks.is_empty()).collect();
    let actual = tracked.first().map(|(_, weeks)| line(weeks, |w| w.actual)).unwrap_or_default();
    let mut series = vec![Series { name: "actual".into(), points: actual, emphasis: Emphasis::Actual }];
    let (chosen, others): (Vec<_>, Vec<_>) = tracked.into_iter().partition(|one| one.0 == used.name());
    series.extend(chosen.into_iter().chain(others).map(|(name, weeks)| Series {
        name: (*name).to_owned(),
        points: line(weeks, |w| w.expected),
        emphasis: emphasis(name, used),
    }));
    let (name, title) = if cumulative {
        ("tracking", "Cumulative repeat purchases, made and expected")
    } else {
        ("tracking_weekly", "Repeat purchases by week, made and expected")
    };
    Plot {
        name: name.into(),
        title: title.into(),
        note: format!("customers known at the cut; models fitted until {}", format_day(past.cut.day)),
        x_title: "week ending".into(),
        y_title: "repeat purchase days".into(),
        content: Content::DayLines { series, cut: Some((past.cut.day, format!("cut, {}", format_day(past.cut.day)))) },
    }
}

fn calibration_plot(past: &Past, evaluated: &[&Evaluated], used: PurchaseModel) -> Plot {
    let rows = evaluated.first().map(|e| calibration(past, &e.expected)).unwrap_or_default();
    let label = |x: u32, n: u64| if x == 7 { format!("7+ ({n})") } else { format!("{x} ({n})") };
    let points = |values: Vec<f64>| values.into_iter().enumerate().map(|(at, v)| (at as f64, v)).collect();
    let actual = points(rows.iter().map(|row| row.2).collect());
    let mut series = vec![Series { name: "actual".into(), points: actual, emphasis: Emphasis::Actual }];
    series.extend(used_first(evaluated, used).into_iter().filter(|e| e.purchases.is_some()).map(|e| Series {
        name: e.name.to_owned(),
        points: points(calibration(past, &e.expected).into_iter().map(|row| row.3).collect()),
        emphasis: emphasis(e.name, used),
    }));
    Plot {
        name: "calibration".into(),
        title: "Mean purchases in the holdout by repeat purchases before the cut".into(),
        note: format!("{} days from {}", past.cut.holdout_days, format_day(past.cut.day + 1)),
        x_title: "repeat purchases before the cut (customers)".into(),
        y_title: "mean purchase days in the holdout".into(),
        content: Content::GroupedBars { categories: rows.iter().map(|row| label(row.0, row.1)).collect(), series },
    }
}

fn lift_plot(past: &Past, evaluated: &[&Evaluated], used: PurchaseModel) -> Plot {
    let made: Vec<f64> = past.made.iter().map(|n| f64::from(*n)).collect();
    let mean = made.iter().sum::<f64>() / made.len().max(1) as f64;
    let lift = |e: &Evaluated| -> Vec<(f64, f64)> {
        let tenths = deciles(&e.expected, &made).into_iter().enumerate();
        let own = |d: f64, n: u64| if mean > 0.0 && n > 0 { d / n as f64 / mean } else { 0.0 };
        tenths.map(|(at, d)| (at as f64, own(d.actual, d.customers))).collect()
    };
    let shown_ones = used_first(evaluated, used).into_iter().filter(|e| {
        e.model() == Some(used) || e.name == Baseline::SameRate.name() || e.name == Baseline::LastRepeated.name()
    });
    let series = shown_ones.map(|e| Series { name: shown(e), points: lift(e), emphasis: emphasis(e.name, used) });
    Plot {
        name: "decile_lift".into(),
        title: "Purchases of each tenth of the customers over the mean".into(),
        note: "tenths by expected purchases, the highest first; 1 is the mean of all customers".into(),
        x_title: "tenth".into(),
        y_title: "lift".into(),
        content: Content::GroupedBars {
            categories: (1..=10).map(|d| d.to_string()).collect(),
            series: series.collect(),
        },
    }
}

fn error_plot(past: &Past, evaluated: &[&Evaluated], used: PurchaseModel) -> Plot {
    let mut bars: Vec<_> = evaluated.iter().map(|e| (shown(e), e.accuracy.mae, emphasis(e.name, used))).collect();
    bars.sort_by(|a, b| a.1.total_cmp(&b.1));
    Plot {
        name: "errors".into(),
        title: "Mean absolute error per customer".into(),
        note: format!("purchase days in the {} days after {}", past.cut.holdout_days, format_day(past.cut.day)),
        x_title: "mean absolute error, purchase days".into(),
        y_title: String::new(),
        content: Content::Bars { bars },
    }
}
