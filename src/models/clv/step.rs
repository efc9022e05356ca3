//! Choose, fit, score.

use crate::clean::ZeroAmount;
use crate::numerics::btyd::{Fit, GammaGamma, Intervals};
use crate::purchases::Sample;
use crate::stage::{Findings, Output, StageError, StageInputs, Step};
use crate::table::Table;

use super::backtest::backtest;
use super::choice::Choice;
use super::contract::CLV;
use super::covariates::Design;
use super::model_file::model_file;
use super::models_table;
use super::options::{ClvOptions, IntervalColumns, PurchaseModel};
use super::past::{Cut, Past};
use super::pinned::Pinned;
use super::population::Population;
use super::profit::Profit;
use super::purchases::{Aids, Ask, Purchases};
use super::quality::{quality, summary};
use super::season::Season;
use super::selection::{Evidence, design, select};
use super::spend::SpendFit;
use super::table::{clv_table, margins_table};

#[derive(Debug)]
pub(super) struct ClvStep {
    pub(super) options: ClvOptions,
    /// The model file that is pinned, if any.
    pub(super) pinned: Option<Pinned>,
}

/// The fits that a run uses, with how they came about.
pub(super) struct Fits {
    pub(super) purchases: Purchases,
    pub(super) spend: Option<Spend>,
    /// Names of the coefficients, with covariates.
    pub(super) design: Option<Design>,
    /// Why this model, with `auto`.
    pub(super) choice: Option<Choice>,
    pub(super) evidence: Option<Evidence>,
}

/// The spend model: fitted here, or taken from a model file.
pub(super) enum Spend {
    Fitted(SpendFit),
    Pinned(Fit<GammaGamma>),
}

impl Spend {
    pub(super) fn fit(&self) -> &Fit<GammaGamma> {
        match self {
            Self::Fitted(spend) => &spend.fit,
            Self::Pinned(fit) => fit,
        }
    }
}

impl Step for ClvStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        let all = self.options.intervals == IntervalColumns::All;
        let is_there = |name: &str| all || !name.starts_with("expected_purchases_{H}d_");
        let patterns = CLV.columns.iter().filter(|c| c.name.contains("{H}") && is_there(c.name));
        let expand = |pattern: &'static str| {
            self.options.horizons_days.iter().map(move |h| (CLV.name, pattern.replace("{H}", &h.to_string())))
        };
        patterns.flat_map(|c| expand(c.name)).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let history = inputs.tables.get("purchase_history")?;
        let seen = Population::of_table(history, inputs.run.as_of)?;
        let (fits, population) = self.fit(inputs, history, &seen)?;
        let population = population.as_ref().unwrap_or(&seen);
        let spend = fits.spend.as_ref().map(Spend::fit);
        let scores = fits.purchases.score(population, fits.design.as_ref(), spend, &self.ask());
        let profit = seen.has_money.then(|| Profit::of(inputs.tables, history, &self.options)).transpose()?;
        let mut quality = quality(&fits, &scores, seen.len());
        if let Some(pinned) = &self.pinned {
            quality.extend(pinned.drift(&fits.purchases, population, inputs.run.as_of));
        }
        let summary = summary(&fits, profit.as_ref());
        let model = model_file(&self.options, &fits, profit.as_ref(), inputs);
        let models = match &fits.evidence {
            Some(evidence) => evidence.table(fits.purchases.model)?,
            None => models_table::of_fit(&fits.purchases)?,
        };
        let table = clv_table(&self.options, history, &seen, scores, profit.as_ref())?;
        let margins = margins_table(history, profit)?;
        let tables = vec![table, models, margins];
        if !inputs.cleaned.has_transactions {
            return Ok(Output { tables, ..Output::default() });
        }
        Ok(Output { tables, models: vec![model], quality, summary, ..Output::default() })
    }

    fn backtest(&self, inputs: &StageInputs<'_>, holdout_days: Option<u32>) -> Option<Result<Findings, StageError>> {
        Some(backtest(&self.options, inputs, holdout_days))
    }
}

impl ClvStep {
    fn ask(&self) -> Ask {
        Ask {
            horizons_days: self.options.horizons_days.clone(),
            discount_rate_annual: self.options.discount_rate_annual,
            interval_level: self.options.interval_level,
            intervals: match self.options.intervals {
                IntervalColumns::All => Intervals::All,
                IntervalColumns::Value => Intervals::Value,
            },
        }
    }

    /// The fits, and the customers in more detail than `seen` where the model needs it.
    fn fit(
        &self,
        inputs: &StageInputs<'_>,
        history: &Table,
        seen: &Population,
    ) -> Result<(Fits, Option<Population>), StageError> {
        if let Some(pinned) = &self.pinned {
            pinned.check_data(inputs, seen.has_money)?;
        }
        let named = self.pinned.as_ref().map(|p| p.model).or(self.options.model.named());
        let (choice, evidence) = match named {
            Some(_) => (None, None),
            None => {
                let span = seen.tenure.iter().max().copied().unwrap_or(0);
                let (choice, evidence) = select(inputs, &self.options, seen.len(), span)?;
                (Some(choice), evidence)
            }
        };
        let model = named.or(choice.as_ref().map(|c| c.model)).unwrap_or(PurchaseModel::MbgNbd);
        let past = self.past(inputs, model)?;
        let population = past.as_ref().map_or(seen, |past| &past.population);
        let design = match self.pinned.as_ref() {
            Some(pinned) => pinned.design(inputs, history.text("customer_id")?)?,
            None => design(inputs, &self.options, history.text("customer_id")?)?,
        };
        let furthest = self.options.horizons_days.iter().max().copied().unwrap_or(0) as i32;
        let aids = Aids {
            calendar: past.as_ref().map(|p| &p.calendar),
            design: design.as_ref(),
            furthest_day: inputs.run.as_of + furthest,
        };
        let purchases = match &self.pinned {
            Some(pinned) => pinned.purchases(population, aids)?,
            None => Purchases::fit(model, population, &self.options, aids)?,
        };
        let spend = match &self.pinned {
            Some(pinned) => pinned.spend.clone().map(Spend::Pinned),
            None => seen.has_money.then(|| Spend::Fitted(SpendFit::of(population))),
        };
        Ok((Fits { purchases, spend, design, choice, evidence }, past.map(|past| past.population)))
    }

    /// The purchase days behind the histories, for the models that need them.
    fn past(&self, inputs: &StageInputs<'_>, model: PurchaseModel) -> Result<Option<Past>, StageError> {
        let season = self.pinned.as_ref().map_or(self.options.season, Pinned::season);
        let regular = matches!(model, PurchaseModel::BgCnbdK | PurchaseModel::MbgCnbdK);
        if model != PurchaseModel::BgBb && !regular && season == Season::None {
            return Ok(None);
        }
        let period = self.pinned.as_ref().map_or(self.options.opportunity, |p| p.opportunity(self.options.opportunity));
        let period = (model == PurchaseModel::BgBb).then_some(period);
        let now = Cut { day: inputs.run.as_of, holdout_days: 0 };
        Past::at(inputs.cleaned, now, &Sample::All, period).map(Some)
    }
}

/// The name of a policy in the model file.
pub(super) fn zero_amount_name(policy: ZeroAmount) -> &'static str {
    match policy {
        ZeroAmount::Exclude => "exclude",
        ZeroAmount::Purchase => "purchase",
    }
}
