//! A fitted model of purchases, whatever its family, and what it says about customers.

use std::collections::BTreeMap;

use crate::numerics::btyd::{
    AnyModel, BgBb, Bootstrap, CovariateFit, CovariateRow, Customers, DAYS_PER_WEEK, FirstCoin, Fit, FitStatus,
    GammaGamma, Histories, Intervals, ModelKind, Opportunities, OpportunityCustomers, OpportunityScoreOptions,
    OpportunityTable, ScoreOptions, Scores, bootstrap, fit_bgbb, fit_covariates, fit_regular, group_by_covariates,
    score_bgbb, score_groups, score_model,
};
use crate::stage::StageError;

use super::covariates::Design;
use super::options::{ClvOptions, PurchaseModel};
use super::past::Calendar;
use super::period::Period;
use super::population::Population;
use super::season::{Clock, Season};

/// Seed of the bootstrap samples.
const BOOTSTRAP_SEED: u64 = 20_050_401;

/// Days in a year, for the discount rate per opportunity.
const DAYS_PER_YEAR: f64 = 365.25;

/// A fitted model of purchases.
#[derive(Debug, Clone)]
pub(super) struct Purchases {
    pub(super) model: PurchaseModel,
    pub(super) fitted: Fitted,
    pub(super) clock: Clock,
    pub(super) bootstrap: Option<Bootstrap>,
}

/// The fit by family.
#[derive(Debug, Clone)]
pub(super) enum Fitted {
    /// One set of parameters for all customers.
    Plain(Fit<AnyModel>),
    /// Parameters that depend on the customer's covariates.
    Covariates(Box<CovariateFit>),
    /// One opportunity per period.
    Opportunities(Fit<BgBb>, Period),
}

/// What a fit is given besides the customers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Aids<'a> {
    /// First and repeat purchases per day, for a seasonal clock.
    pub(super) calendar: Option<&'a Calendar>,
    /// Coded attributes.
    pub(super) design: Option<&'a Design>,
    /// The furthest day that will be asked about.
    pub(super) furthest_day: i32,
}

/// What to predict.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub(super) horizons_days: Vec<u32>,
    pub(super) discount_rate_annual: f64,
    pub(super) interval_level: f64,
    pub(super) intervals: Intervals,
}

impl Purchases {
    /// Fits a model to customers.
    pub(super) fn fit(
        model: PurchaseModel,
        population: &Population,
        options: &ClvOptions,
        aids: Aids<'_>,
    ) -> Result<Self, StageError> {
        let Some(kind) = model.kind() else { return Self::fit_opportunities(model, population) };
        let plain = |clock: &Clock| {
            Ok::<_, StageError>(fit_plain(kind, &histories(population, clock)?, population.ln_gaps, options))
        };
        let mut clock = Clock::Plain;
        if let (true, Some(calendar)) = (options.season != Season::None, aids.calendar) {
            let unseasonal = plain(&clock)?;
            let expected = unseasonal.model.as_model();
            let expected_new = |days: f64| expected.expected_new(days / DAYS_PER_WEEK);
            clock = Clock::seasonal(options.season, calendar, population.day, aids.furthest_day, &expected_new);
        }
        if let (Some(design), Some(family)) = (aids.design, model.with_covariates()) {
            let groups = group_by_covariates(&rows(population, &clock, design), DAYS_PER_WEEK).map_err(unusable)?;
            let fit = fit_covariates(&groups, family, options.covariate_ridge);
            return Ok(Self { model, fitted: Fitted::Covariates(Box::new(fit)), clock, bootstrap: None });
        }
        let fit = plain(&clock)?;
        let samples = options.bootstrap_samples;
        let bootstrap = if samples > 0 {
            Some(bootstrap(kind, &fit, &histories(population, &clock)?, samples, BOOTSTRAP_SEED))
        } else {
            None
        };
        Ok(Self { model, fitted: Fitted::Plain(fit), clock, bootstrap })
    }

    fn fit_opportunities(model: PurchaseModel, population: &Population) -> Result<Self, StageError> {
        let Some(seen) = &population.opportunities else {
            return Err(StageError::Data("bg_bb needs the periods of the purchases".into()));
        };
        let rows = seen.x.iter().zip(&seen.t_x).zip(&seen.n);
        let rows: Vec<_> = rows.map(|((x, t_x), n)| (Opportunities { x: *x, t_x: *t_x, n: *n }, 1.0)).collect();
        let fit = fit_bgbb(&OpportunityTable::new(&rows).0);
        let fitted = Fitted::Opportunities(fit, seen.period);
        Ok(Self { model, fitted, clock: Clock::Plain, bootstrap: None })
    }

    /// Predictions for customers; `design` codes the same attributes as the fit's.
    pub(super) fn score(
        &self,
        population: &Population,
        design: Option<&Design>,
        spend: Option<&Fit<GammaGamma>>,
        ask: &Ask,
    ) -> Scores {
        let (t_x, t) = self.clock.times(population);
        let customers = Customers {
            x: &population.x,
            t_x: &t_x,
            t: &t,
            units_per_week: self.clock.units_per_week(),
            spend_mean_repeat: &population.spend,
        };
        let weeks = |days: &u32| self.clock.weeks_after(population.day, *days);
        let options = ScoreOptions {
            horizons_weeks: ask.horizons_days.iter().map(weeks).collect(),
            discount_rate_annual: ask.discount_rate_annual,
            interval_level: ask.interval_level,
            intervals: ask.intervals,
        };
        match (&self.fitted, &population.opportunities, design) {
            (Fitted::Plain(fit), ..) => {
                score_model(fit.model.as_model(), self.log_covariance(), spend, &customers, &options)
            }
            (Fitted::Covariates(fit), _, Some(design)) => {
                score_groups(fit, &design.groups, &design.group_of, spend, &customers, &options)
            }
            (Fitted::Opportunities(fit, period), Some(seen), _) => {
                let customers = OpportunityCustomers {
                    x: &seen.x,
                    t_x: &seen.t_x,
                    n: &seen.n,
                    spend_mean_repeat: &population.spend,
                };
                let options = OpportunityScoreOptions {
                    horizons: ask.horizons_days.iter().map(|days| period.count(*days)).collect(),
                    discount_per_opportunity: (ask.discount_rate_annual.ln_1p() * period.days() / DAYS_PER_YEAR)
                        .exp_m1(),
                    interval_level: ask.interval_level,
                    intervals: options.intervals,
                };
                score_bgbb(fit, spend, &customers, &options)
            }
            // a fit with covariates is always asked together with its design, one of opportunities with their counts
            (Fitted::Covariates(_) | Fitted::Opportunities(..), ..) => Scores::default(),
        }
    }

    /// Repeats that the model expects of these customers until now, knowing only when they came; none with covariates.
    pub(super) fn expected_so_far(&self, population: &Population) -> Option<f64> {
        let mut since: BTreeMap<u32, f64> = BTreeMap::new();
        let each = |sum: BTreeMap<u32, f64>, expected: &dyn Fn(u32) -> f64| {
            Some(sum.iter().map(|(t, customers)| customers * expected(*t)).sum())
        };
        match &self.fitted {
            Fitted::Plain(fit) => {
                let (_, t) = self.clock.times(population);
                t.iter().for_each(|t| *since.entry(*t).or_default() += 1.0);
                let weeks = |t: u32| f64::from(t) / self.clock.units_per_week();
                each(since, &|t| fit.model.as_model().expected_new(weeks(t)))
            }
            Fitted::Opportunities(fit, _) => {
                population.observed().iter().for_each(|n| *since.entry(*n).or_default() += 1.0);
                each(since, &|n| fit.model.expected_new(n))
            }
            Fitted::Covariates(_) => None,
        }
    }

    /// How the fit ended.
    pub(super) fn status(&self) -> &FitStatus {
        match &self.fitted {
            Fitted::Plain(fit) => &fit.status,
            Fitted::Covariates(fit) => &fit.status,
            Fitted::Opportunities(fit, _) => &fit.status,
        }
    }

    /// Maximised log-likelihood; with a seasonal clock made comparable with those in plain days.
    pub(super) fn log_likelihood(&self) -> f64 {
        let own = match &self.fitted {
            Fitted::Plain(fit) => fit.log_likelihood,
            Fitted::Covariates(fit) => fit.log_likelihood,
            Fitted::Opportunities(fit, _) => fit.log_likelihood,
        };
        match &self.clock {
            Clock::Plain => own,
            Clock::Seasonal(seasons) => own + seasons.ln_intensities,
        }
    }

    /// The parameters in their published order; with covariates, of a customer whose covariates are all zero.
    pub(super) fn parameters(&self) -> Vec<f64> {
        match &self.fitted {
            Fitted::Plain(fit) => fit.model.as_model().parameters(),
            Fitted::Covariates(fit) => fit.base.to_vec(),
            Fitted::Opportunities(fit, _) => {
                vec![fit.model.alpha, fit.model.beta, fit.model.gamma, fit.model.delta]
            }
        }
    }

    /// Standard errors of the parameters, where they are known.
    pub(super) fn std_errors(&self) -> Option<Vec<f64>> {
        if let Some(bootstrap) = self.bootstrap.as_ref().filter(|b| !b.std_errors.is_empty()) {
            return Some(bootstrap.std_errors.clone());
        }
        match &self.fitted {
            Fitted::Plain(fit) => fit.std_errors.clone(),
            Fitted::Covariates(fit) => fit.std_errors.map(|e| e.to_vec()),
            Fitted::Opportunities(fit, _) => fit.std_errors.clone(),
        }
    }

    /// Covariance of the logarithms of the parameters, where it is known; with covariates, of those and the coefficients.
    pub(super) fn log_covariance(&self) -> Option<&[Vec<f64>]> {
        if let Some(bootstrap) = self.bootstrap.as_ref().filter(|b| !b.log_covariance.is_empty()) {
            return Some(&bootstrap.log_covariance);
        }
        match &self.fitted {
            Fitted::Plain(fit) => fit.log_covariance.as_deref(),
            Fitted::Covariates(fit) => fit.covariance.as_deref(),
            Fitted::Opportunities(fit, _) => fit.log_covariance.as_deref(),
        }
    }

    /// Regularity k of purchases, where the model has one.
    pub(super) fn regularity(&self) -> Option<u32> {
        match &self.fitted {
            Fitted::Plain(fit) => match fit.model {
                AnyModel::Regular(model) => Some(model.k),
                _ => None,
            },
            _ => None,
        }
    }
}

/// One set of parameters for all; the regularity as asked for, else the most likely one.
fn fit_plain(kind: ModelKind, histories: &Histories, ln_gaps: f64, options: &ClvOptions) -> Fit<AnyModel> {
    let coin = match kind {
        ModelKind::BgCnbdK => FirstCoin::Spared,
        ModelKind::MbgCnbdK => FirstCoin::Tossed,
        _ => return kind.fit(histories, ln_gaps),
    };
    match options.regularity {
        Some(k) => fit_regular(histories, ln_gaps, coin, k).map(AnyModel::Regular),
        None => kind.fit(histories, ln_gaps),
    }
}

/// The histories on a clock, in weeks.
pub(super) fn histories(population: &Population, clock: &Clock) -> Result<Histories, StageError> {
    let (t_x, t) = clock.times(population);
    match clock {
        Clock::Plain => Histories::from_days(&population.x, &t_x, &t),
        Clock::Seasonal(_) => {
            let weeks =
                |units: &[u32]| units.iter().map(|u| f64::from(*u) / clock.units_per_week()).collect::<Vec<_>>();
            Histories::from_values(&population.x, &weeks(&t_x), &weeks(&t), DAYS_PER_WEEK)
        }
    }
    .map_err(unusable)
}

fn rows(population: &Population, clock: &Clock, design: &Design) -> Vec<CovariateRow> {
    let (t_x, t) = clock.times(population);
    let weeks = |units: u32| f64::from(units) / clock.units_per_week();
    let row = |(at, group): (usize, &u32)| {
        let (purchase, dropout) = &design.groups[*group as usize];
        CovariateRow {
            purchase: purchase.clone(),
            dropout: dropout.clone(),
            x: population.x[at],
            t_x: weeks(t_x[at]),
            t: weeks(t[at]),
        }
    };
    design.group_of.iter().enumerate().map(row).collect()
}

fn unusable(error: impl std::fmt::Display) -> StageError {
    StageError::Data(format!("purchase histories: {error}"))
}
