//! Which model of purchases a run uses, and on what evidence.

use crate::purchases::Sample;
use crate::stage::{StageError, StageInputs};
use crate::table::Table;

use super::choice::{Choice, choose, holdout_days, is_telling};
use super::covariates::Design;
use super::evidence::{Evaluated, evaluate};
use super::models_table;
use super::options::{ClvOptions, PurchaseModel};
use super::past::{Cut, Past};

/// Customers that `auto` looks at; more would not change which model predicts best.
const CUSTOMERS_FOR_CHOICE: usize = 8_000;

/// What was found when the history was cut.
#[derive(Debug)]
pub(super) struct Evidence {
    pub(super) past: Past,
    pub(super) design: Option<Design>,
    pub(super) evaluated: Vec<Evaluated>,
    pub(super) choice: Choice,
}

impl Evidence {
    /// Cuts the history and evaluates models on what came after the cut; the reason when that can't tell anything.
    pub(super) fn gather(
        inputs: &StageInputs<'_>,
        options: &ClvOptions,
        models: &[PurchaseModel],
        cut: Cut,
        sample: &Sample,
    ) -> Result<Result<Self, String>, StageError> {
        let period = models.contains(&PurchaseModel::BgBb).then_some(options.opportunity);
        let past = Past::at(inputs.cleaned, cut, sample, period)?;
        if !is_telling(past.made.len(), &past.made) {
            let made = past.made.iter().map(|n| u64::from(*n)).sum::<u64>();
            return Ok(Err(format!(
                "{} customers before the cut and {made} purchases in the {} days after it are too few to choose by",
                past.made.len(),
                cut.holdout_days
            )));
        }
        let design = design(inputs, options, &past.ids)?;
        let evaluated = evaluate(&past, models, options, design.as_ref())?;
        let Some(choice) = choose(&evaluated) else { return Ok(Err("no model was evaluated".into())) };
        Ok(Ok(Self { past, design, evaluated, choice }))
    }

    /// The `clv_models` table.
    pub(super) fn table(&self, used: PurchaseModel) -> Result<Table, StageError> {
        Ok(models_table::of_evidence(&self.past, &self.evaluated, used)?)
    }
}

/// The coded attributes, if any are asked for.
pub(super) fn design(
    inputs: &StageInputs<'_>,
    options: &ClvOptions,
    ids: &arrow::array::StringArray,
) -> Result<Option<Design>, StageError> {
    if !options.has_covariates() {
        return Ok(None);
    }
    let (purchase, dropout) = (&options.purchase_covariates, &options.dropout_covariates);
    Design::of(inputs.tables, ids, purchase, dropout).map(Some)
}

/// The model of `model = "auto"`: the customers' last days are held out. `span_days` is the longest tenure.
pub(super) fn select(
    inputs: &StageInputs<'_>,
    options: &ClvOptions,
    customers: usize,
    span_days: u32,
) -> Result<(Choice, Option<Evidence>), StageError> {
    let Some(holdout_days) = holdout_days(options, span_days) else {
        let reason = format!("the log spans {span_days} days, too few to hold any out");
        return Ok((Choice::without_evidence(reason), None));
    };
    let cut = Cut { day: inputs.run.as_of - holdout_days as i32, holdout_days };
    let sample = Sample::of(inputs.cleaned, customers, CUSTOMERS_FOR_CHOICE);
    match Evidence::gather(inputs, options, &options.candidates(), cut, &sample)? {
        Ok(evidence) => Ok((evidence.choice.clone(), Some(evidence))),
        Err(reason) => Ok((Choice::without_evidence(reason), None)),
    }
}
