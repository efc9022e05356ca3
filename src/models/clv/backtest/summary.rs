//! A backtest for the console.

use crate::stage::SummaryTable;
use crate::table::format_day;

use super::super::baselines::Baseline;
use super::super::evidence::Evaluated;
use super::super::models_table::top_decile_share;
use super::super::options::PurchaseModel;
use super::super::past::Past;
use super::super::selection::Evidence;
use super::tables::calibration;

/// Figures by model, and the calibration of the model used.
pub(super) fn summary(evidence: &Evidence, used: PurchaseModel, chosen: bool) -> Vec<SummaryTable> {
    let Evidence { past, evaluated, choice, .. } = evidence;
    let mut notes = vec![if chosen {
        format!("* {} is chosen: {}", used.name(), choice.why)
    } else {
        format!("* {} is named in the pipeline; auto would choose {}: {}", used.name(), choice.model.name(), choice.why)
    }];
    notes.extend(verdict(evaluated, used));
    let born: f64 = past.newcomers.births.iter().sum();
    if born > 0.0 {
        let repeats: f64 = past.newcomers.repeats.iter().sum();
        let expected = evaluated.iter().find(|e| e.model() == Some(used)).and_then(|e| e.newcomers);
        let expected = expected.map_or_else(String::new, |e| format!("; {} expected {e:.0}", used.name()));
        notes.push(format!("{born:.0} customers born after the cut made {repeats:.0} repeat purchases{expected}"));
    }
    let mut tables = vec![SummaryTable {
        title: title(past),
        header: ["", "expected", "bias", "MAE", "RMSE", "log score", "80 % holds", "top tenth buys"]
            .map(str::to_owned)
            .to_vec(),
        rows: evaluated.iter().map(|e| row(past, e, used)).collect(),
        notes,
    }];
    if let Some(e) = evaluated.iter().find(|e| e.model() == Some(used)) {
        tables.push(calibration_summary(past, e));
    }
    tables
}

fn title(past: &Past) -> String {
    let made: u64 = past.made.iter().map(|n| u64::from(*n)).sum();
    let what = match &past.population.opportunities {
        None => "purchase days".to_owned(),
        Some(seen) => format!("{}s with a purchase", seen.period.name()),
    };
    format!(
        "fitted until {}, compared with the {} days until {}: {} customers, {made} {what}",
        format_day(past.cut.day),
        past.cut.holdout_days,
        format_day(past.cut.end()),
        past.made.len(),
    )
}

fn row(past: &Past, e: &Evaluated, used: PurchaseModel) -> Vec<String> {
    let mark = if e.model() == Some(used) { "* " } else { "  " };
    let name = Baseline::ALL.iter().find(|b| b.name() == e.name).map_or(e.name, |b| b.about());
    let percent = |share: Option<f64>| share.map_or_else(String::new, |s| format!("{:.1} %", 100.0 * s));
    vec![
        format!("{mark}{name}"),
        format!("{:.0}", e.accuracy.expected),
        e.accuracy.bias().map_or_else(String::new, |bias| format!("{:+.1} %", 100.0 * bias)),
        format!("{:.4}", e.accuracy.mae),
        format!("{:.4}", e.accuracy.rmse),
        format!("{:.4}", e.log_score),
        percent(e.coverage),
        percent(top_decile_share(past, &e.expected)),
    ]
}

/// A warning where a baseline does better than the model used.
fn verdict(evaluated: &[Evaluated], used: PurchaseModel) -> Option<String> {
    let model = evaluated.iter().find(|e| e.model() == Some(used))?;
    let better = evaluated.iter().filter(|e| e.purchases.is_none() && e.accuracy.mae < model.accuracy.mae);
    let names: Vec<&str> =
        better.filter_map(|e| Baseline::ALL.iter().find(|b| b.name() == e.name)).map(|b| b.about()).collect();
    let warning =
        format!("{} does not beat the naive prediction ({}): use its figures with care", used.name(), names.join(", "));
    (!names.is_empty()).then_some(warning)
}

fn calibration_summary(past: &Past, e: &Evaluated) -> SummaryTable {
    let rows = calibration(past, &e.expected).into_iter().map(|(x, customers, actual, expected)| {
        let x = if x == 7 { "7+".to_owned() } else { x.to_string() };
        vec![x, customers.to_string(), format!("{actual:.3}"), format!("{expected:.3}")]
    });
    SummaryTable {
        title: format!("{}: mean purchases in the holdout by repeat purchases before the cut", e.name),
        header: ["repeats", "customers", "actual", "expected"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes: Vec::new(),
    }
}
