//! The `clv_models` table: every model and baseline with what speaks for it.

use arrow::array::{BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};

use crate::numerics::accuracy::deciles;
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::contract::CLV_MODELS;
use super::evidence::Evaluated;
use super::options::PurchaseModel;
use super::past::Past;
use super::purchases::Purchases;

/// The table of an evaluation; `used` is the model that `clv` comes from.
pub(super) fn of_evidence(past: &Past, evaluated: &[Evaluated], used: PurchaseModel) -> Result<Table, TableError> {
    let rows = evaluated.len();
    let real = |value: &dyn Fn(&Evaluated) -> Option<f64>| -> Float64Array { evaluated.iter().map(value).collect() };
    let count = |value: f64| Int64Array::from(vec![value as i64; rows]);
    let sum = |column: &[f64]| column.iter().sum::<f64>();
    let only_models =
        |column: f64| -> Int64Array { evaluated.iter().map(|e| e.newcomers.map(|_| column as i64)).collect() };
    let fit = |e: &Evaluated| e.purchases.as_ref().map(|p| p.status().to_string());
    let kinds: Vec<_> =
        evaluated.iter().map(|e| Some(if e.purchases.is_some() { "model" } else { "baseline" })).collect();
    TableBuilder::new(&CLV_MODELS)
        .category("model", Categories::from_words(&evaluated.iter().map(|e| Some(e.name)).collect::<Vec<_>>()))
        .category("kind", Categories::from_words(&kinds))
        .with("is_used", flags(evaluated.iter().map(|e| e.model() == Some(used))))
        .day("cut", Date32Array::from(vec![past.cut.day; rows]))
        .count("holdout_days", count(f64::from(past.cut.holdout_days)))
        .count("customers", count(past.made.len() as f64))
        .count("actual_purchases", count(past.made.iter().map(|n| f64::from(*n)).sum()))
        .real("expected_purchases", real(&|e| Some(e.accuracy.expected)))
        .real("bias", real(&|e| e.accuracy.bias()))
        .real("mae", real(&|e| Some(e.accuracy.mae)))
        .real("rmse", real(&|e| Some(e.accuracy.rmse)))
        .real("correlation", real(&|e| e.accuracy.correlation))
        .real("log_score", real(&|e| Some(e.log_score)))
        .real("interval_coverage", real(&|e| e.coverage))
        .real("top_decile_share", real(&|e| top_decile_share(past, &e.expected)))
        .real("actual_spend", real(&|e| e.spend.map(|s| s.actual)))
        .real("expected_spend", real(&|e| e.spend.map(|s| s.expected)))
        .real("spend_mae", real(&|e| e.spend.map(|s| s.mae)))
        .count("new_customers", only_models(sum(&past.newcomers.births)))
        .count("new_repeat_purchases", only_models(sum(&past.newcomers.repeats)))
        .real("expected_new_repeat_purchases", real(&|e| e.newcomers))
        .real("log_likelihood", real(&|e| e.purchases.as_ref().map(Purchases::log_likelihood)))
        .text("fit", evaluated.iter().map(fit).collect::<StringArray>())
        .build()
}

/// The table when nothing was held out: the fitted model alone.
pub(super) fn of_fit(purchases: &Purchases) -> Result<Table, TableError> {
    let none = || Float64Array::new_null(1);
    let uncounted = || Int64Array::new_null(1);
    let mut builder = TableBuilder::new(&CLV_MODELS)
        .category("model", Categories::from_words(&[Some(purchases.model.name())]))
        .category("kind", Categories::from_words(&[Some("model")]))
        .with("is_used", flags([true]))
        .day("cut", Date32Array::new_null(1))
        .real("log_likelihood", vec![purchases.log_likelihood()])
        .text("fit", vec![purchases.status().to_string()]);
    for name in ["holdout_days", "customers", "actual_purchases", "new_customers", "new_repeat_purchases"] {
        builder = builder.count(name, uncounted());
    }
    for name in [
        "expected_purchases",
        "bias",
        "mae",
        "rmse",
        "correlation",
        "log_score",
        "interval_coverage",
        "top_decile_share",
        "actual_spend",
        "expected_spend",
        "spend_mae",
        "expected_new_repeat_purchases",
    ] {
        builder = builder.real(name, none());
    }
    builder.build()
}

/// Part of all purchases made by the tenth with the highest expectation; none when nothing was bought.
pub(super) fn top_decile_share(past: &Past, expected: &[f64]) -> Option<f64> {
    let made: Vec<f64> = past.made.iter().map(|n| f64::from(*n)).collect();
    let total: f64 = made.iter().sum();
    let first = deciles(expected, &made).first().copied()?;
    (total > 0.0).then(|| first.actual / total)
}

fn flags(values: impl IntoIterator<Item = bool>) -> Column {
    Column::Flag(values.into_iter().map(Some).collect::<BooleanArray>())
}
