//! Fit, score, and the table.

use arrow::array::{Array, Float64Array, Int64Array};

use crate::numerics::btyd::{
    AnyModel, CORRELATION_LIMIT, Correlation, Customers, Fit, GammaGamma, Histories, Intervals, ScoreOptions, Scores,
    SpendExclusions, SpendTable, fit_gamma_gamma, score_model,
};
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Money, Quality, Table, TableBuilder, TableError};

use super::contract::CLV;
use super::model_file::model_file;
use super::options::{ClvOptions, PurchaseModel};

/// Sum of the logarithms of the gaps between purchases; only the models of regular purchases use it.
const NO_GAPS: f64 = 0.0;

#[derive(Debug)]
pub(super) struct ClvStep {
    pub(super) options: ClvOptions,
}

/// The purchase histories as the numerics take them.
struct Data<'a> {
    table: &'a Table,
    x: Vec<u32>,
    t_x: Vec<u32>,
    tenure: Vec<u32>,
    /// Mean spend per repeat day; NaN where there is none.
    spend: Vec<f64>,
    has_money: bool,
}

/// The two fits.
pub(super) struct Fits {
    pub(super) purchases: Fit<AnyModel>,
    pub(super) spend: Option<SpendFit>,
}

/// The spend model with what its data look like.
pub(super) struct SpendFit {
    pub(super) fit: Fit<GammaGamma>,
    pub(super) left_out: SpendExclusions,
    pub(super) correlation: Option<Correlation>,
}

impl Step for ClvStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        let patterns = CLV.columns.iter().filter(|c| c.name.contains("{H}"));
        let expand = |pattern: &'static str| {
            self.options.horizons_days.iter().map(move |h| (CLV.name, pattern.replace("{H}", &h.to_string())))
        };
        patterns.flat_map(|c| expand(c.name)).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let data = Data::read(inputs.tables.get("purchase_history")?)?;
        let histories = Histories::from_days(&data.x, &data.t_x, &data.tenure)
            .map_err(|e| StageError::Data(format!("purchase histories: {e}")))?;
        let purchases = self.options.model.kind().fit(&histories, NO_GAPS);
        drop(histories);
        let spend = data.has_money.then(|| {
            let table = SpendTable::new(&data.x, &data.spend);
            SpendFit { fit: fit_gamma_gamma(&table), left_out: table.excluded(), correlation: table.correlation() }
        });
        let fits = Fits { purchases, spend };
        let scores = self.score(&data, &fits);
        let quality = quality(&fits, &scores, data.x.len());
        let summary = summary(&fits, self.options.model);
        let model = model_file(&self.options, &fits, inputs.run, data.x.len(), &inputs.cleaned.options);
        let table = self.table(&data, scores)?;
        Ok(Output { tables: vec![table], models: vec![model], quality, summary, ..Output::default() })
    }
}

impl ClvStep {
    fn score(&self, data: &Data<'_>, fits: &Fits) -> Scores {
        let customers =
            Customers { x: &data.x, t_x_days: &data.t_x, t_days: &data.tenure, spend_mean_repeat: &data.spend };
        let options = ScoreOptions {
            horizons_days: self.options.horizons_days.clone(),
            discount_rate_annual: self.options.discount_rate_annual,
            interval_level: self.options.interval_level,
            intervals: Intervals::Value,
        };
        let purchases = &fits.purchases;
        let spend = fits.spend.as_ref().map(|spend| &spend.fit);
        score_model(purchases.model.as_model(), purchases.log_covariance.as_deref(), spend, &customers, &options)
    }

    fn table(&self, data: &Data<'_>, scores: Scores) -> Result<Table, TableError> {
        let rows = data.x.len();
        let margin = self.options.margin;
        let value = |mut column: Vec<f64>| -> Float64Array {
            if !data.has_money {
                return Float64Array::new_null(rows);
            }
            if margin < 1.0 || margin > 1.0 {
                column.iter_mut().for_each(|v| *v *= margin);
            }
            column.into()
        };
        let whole = |column: &str| data.table.integers(column).cloned();
        let spend = if data.spend.iter().any(|z| z.is_nan()) {
            data.spend.iter().map(|z| Some(*z).filter(|z| z.is_finite())).collect()
        } else {
            Float64Array::from(data.spend.clone())
        };
        let mut builder = TableBuilder::new(&CLV)
            .text("customer_id", data.table.text("customer_id")?.clone())
            .count("x", whole("x")?)
            .count("t_x", whole("t_x")?)
            .count("tenure_days", whole("tenure_days")?)
            .real("spend_mean_repeat", spend)
            .real("p_alive", scores.p_alive)
            .money("value_to_date", whole("value_to_date")?);
        builder = if data.has_money {
            builder.real("expected_spend", scores.spend)
        } else {
            builder.real("expected_spend", Float64Array::new_null(rows))
        };
        for (days, horizon) in self.options.horizons_days.iter().zip(scores.horizons) {
            builder = builder
                .real(&format!("expected_purchases_{days}d"), horizon.purchases)
                .real(&format!("p_purchase_{days}d"), horizon.p_purchase)
                .real(&format!("clv_{days}d"), value(horizon.value))
                .real(&format!("clv_{days}d_lower"), value(horizon.value_lower))
                .real(&format!("clv_{days}d_upper"), value(horizon.value_upper));
        }
        builder.build()
    }
}

impl<'a> Data<'a> {
    fn read(table: &'a Table) -> Result<Self, TableError> {
        let days = |column: &str| -> Result<Vec<u32>, TableError> {
            Ok(table.integers(column)?.values().iter().map(|v| *v as u32).collect())
        };
        let x = days("x")?;
        let repeat = table.integers("repeat_spend")?;
        let has_money = repeat.null_count() == 0;
        Ok(Self {
            spend: spend_means(&x, repeat),
            x,
            t_x: days("t_x")?,
            tenure: days("tenure_days")?,
            table,
            has_money,
        })
    }
}

/// Mean spend per repeat day; NaN where x = 0 or the log has no money.
fn spend_means(x: &[u32], repeat: &Int64Array) -> Vec<f64> {
    if repeat.null_count() > 0 {
        return vec![f64::NAN; x.len()];
    }
    let mean = |(x, total): (&u32, &i64)| match x {
        0 => f64::NAN,
        x => Money(*total).to_f64() / f64::from(*x),
    };
    x.iter().zip(repeat.values()).map(mean).collect()
}

fn quality(fits: &Fits, scores: &Scores, customers: usize) -> Vec<Quality> {
    let converged = |ok: bool| f64::from(u8::from(!ok));
    let status = &fits.purchases.status;
    let mut lines = vec![
        Quality::measured("clv", "customers_scored", customers as f64, "customers with a purchase day"),
        Quality::at_most("clv", "purchase_fit_flagged", converged(status.is_converged()), 0.0, status.to_string()),
        Quality::measured(
            "clv",
            "purchase_log_likelihood",
            fits.purchases.log_likelihood,
            "natural logarithm, times in weeks",
        ),
    ];
    let Some(SpendFit { fit, left_out, correlation }) = &fits.spend else { return lines };
    let status = &fit.status;
    lines.push(Quality::at_most("clv", "spend_fit_flagged", converged(status.is_converged()), 0.0, status.to_string()));
    for (check, count, note) in [
        (
            "spend_model_without_repeat",
            left_out.no_repeat,
            "customers without a repeat day: the population mean is used",
        ),
        (
            "spend_model_not_positive",
            left_out.not_positive,
            "customers whose repeat spend is not positive; left out of the spend fit",
        ),
        (
            "spend_infinite_mean",
            scores.infinite_spend,
            "customers whose expected spend is infinite under the model; the harmonic mean is used",
        ),
    ] {
        lines.push(Quality::measured("clv", check, count as f64, note));
    }
    if let Some(correlation) = correlation {
        let strongest = correlation.pearson.abs().max(correlation.spearman.abs());
        let note = format!(
            "Pearson {:.6}, Spearman {:.6} over repeat buyers; past the limit spend depends on frequency and CLV is inflated",
            correlation.pearson, correlation.spearman
        );
        lines.push(Quality::at_most("clv", "frequency_spend_correlation", strongest, CORRELATION_LIMIT, note));
    }
    lines
}

fn summary(fits: &Fits, model: PurchaseModel) -> Vec<(String, String)> {
    let names = model.kind().parameter_names();
    let values = fits.purchases.model.as_model().parameters();
    let parameters = names.iter().zip(values).map(|(name, value)| match *name {
        "alpha" => format!("α {value:.3} weeks"),
        "beta" => format!("β {value:.3} weeks"),
        name => format!("{name} {value:.3}"),
    });
    let mut lines = vec![(
        model.name().to_owned(),
        format!(
            "{}, log-likelihood {:.1}; {}",
            parameters.collect::<Vec<_>>().join(", "),
            fits.purchases.log_likelihood,
            fits.purchases.status
        ),
    )];
    if let Some(SpendFit { fit, .. }) = &fits.spend {
        let m = &fit.model;
        let text = format!("p {:.2}, q {:.2}, γ {:.2}; {}", m.p, m.q, m.v, fit.status);
        lines.push(("gamma_gamma".to_owned(), text));
    }
    lines
}
