//! Buy-till-you-die models: how often a customer will buy, whether they are
//! still there, and how much they spend.
//!
//! Every model is fitted to [`Histories`] (compressed x, `t_x`, T) and predicts
//! from the same three numbers. Times are in one unit throughout, the week
//! wherever days come in.
//!
//! | model | purchases | dropout | fitted by |
//! |---|---|---|---|
//! | BG/NBD ([`BetaGeometric`]) | Poisson, gamma rates | coin after every repeat purchase | [`fit_bg_nbd`] |
//! | MBG/NBD ([`BetaGeometric`]) | Poisson, gamma rates | coin after every purchase | [`fit_mbg_nbd`] |
//! | Pareto/NBD ([`ParetoNbd`]) | Poisson, gamma rates | exponential lifetime, gamma rates | [`fit_pareto_nbd`] |
//! | (M)BG/CNBD-k ([`Regular`]) | Erlang-k gaps, gamma rates | coin, as BG or MBG | [`fit_regular`], [`fit_regularity`] |
//! | BG/BB ([`BgBb`]) | coin per opportunity | coin per opportunity | [`fit_bgbb`] |
//! | sBG ([`ShiftedBetaGeometric`]) | a subscription | coin per renewal | [`fit_sbg`] |
//! | Gamma-Gamma ([`GammaGamma`]) | spend per purchase day | | [`fit_gamma_gamma`] |
//!
//! Under BG/NBD (and BG/CNBD-k) a customer who never came back is alive with
//! certainty, however long ago that was: by construction, nobody drops out
//! before a repeat purchase. Under the others P(alive) falls with silence for
//! one-time buyers, too.
//!
//! The continuous-time models share one interface, [`TransactionModel`]; by name
//! they are [`ModelKind`] and [`AnyModel`]. Fits never fail: each ends in a
//! [`FitStatus`] that says in words whether it is a maximum, a limiting model or
//! mostly prior knowledge. [`score()`] predicts for many customers at once, with
//! intervals and without a row per draw; [`CountForecast`] gives whole
//! distributions of counts; [`fit_covariates`] lets what is known of a customer
//! shift their rates, and [`score_groups`] scores by it; [`SeasonalCalendar`] lets the
//! clock run with the seasons. Times of customers to score are whole units of a clock,
//! days or finer. [`bootstrap`] says how well parameters are known where the likelihood
//! is no parabola, [`likelihood_ratio_p`] whether a larger model is better than chance.

mod alive_series;
mod alive_table;
mod any_model;
mod bgbb;
mod bgbb_fit;
mod bgbb_score;
mod bootstrap;
mod coin_counts;
mod count_forecast;
mod covariate_fit;
mod covariates;
mod fit;
mod gamma_gamma;
mod gamma_gamma_fit;
mod geometric;
mod geometric_fit;
mod geometric_likelihood;
mod group_scores;
mod histories;
mod lomax;
mod lomax_moments;
mod mixture;
mod model;
mod nbd;
mod negative_binomial;
mod outlook;
mod own_gaps;
mod pareto;
mod pareto_fit;
mod pareto_likelihood;
mod phase_series;
mod purchase_term;
mod quadrature;
mod quantile;
mod ranks;
mod regular;
mod regular_fit;
mod sbg;
mod score;
mod scores;
mod seasonal;
mod second_order;
mod significance;
mod spend;
mod spread;
mod tails;
mod time_grid;

pub use alive_series::AliveSeries;
pub use any_model::{AnyModel, ModelKind};
pub use bgbb::{BgBb, Opportunities};
pub use bgbb_fit::{OpportunityTable, bgbb_gradient, bgbb_log_likelihood, fit_bgbb};
pub use bgbb_score::{OpportunityCustomers, OpportunityScoreOptions, score_bgbb};
pub use bootstrap::{Bootstrap, bootstrap, bootstrap_spend};
pub use count_forecast::CountForecast;
pub use covariate_fit::{Coefficient, CovariateFit, CovariateModel};
pub use covariates::{CovariateGroup, CovariateRow, fit_covariates, group_by_covariates};
pub use fit::{Fit, FitStatus, Limit};
pub use gamma_gamma::GammaGamma;
pub use gamma_gamma_fit::{MIN_SPENDERS, fit_gamma_gamma, spend_gradient, spend_log_likelihood};
pub use geometric::{BetaGeometric, FirstCoin};
pub use geometric_fit::{MIN_REPEAT_BUYERS, fit_bg_nbd, fit_mbg_nbd, table_gradient, table_log_likelihood};
pub use group_scores::score_groups;
pub use histories::{DAYS_PER_WEEK, Histories, HistoryError};
pub use model::{Ahead, AlivePart, Dropout, History, OddsGone, Plan, RatePart, TransactionModel};
pub use nbd::fit_nbd;
pub use outlook::{DayHistory, Outlook};
pub use pareto::ParetoNbd;
pub use pareto_fit::{fit_pareto_nbd, pareto_gradient, pareto_log_likelihood};
pub use regular::Regular;
pub use regular_fit::{MAX_REGULARITY, fit_regular, fit_regularity, regular_gradient, regular_log_likelihood};
pub use sbg::{ShiftedBetaGeometric, fit_sbg};
pub use score::{Customers, Intervals, ScoreOptions, score, score_model};
pub use scores::{HorizonScores, Scores};
pub use seasonal::{DailyTotals, SeasonalCalendar, seasonal_index};
pub use significance::likelihood_ratio_p;
pub use spend::{CORRELATION_LIMIT, Correlation, SpendExclusions, SpendTable};

#[cfg(test)]
mod bgbb_score_tests;
#[cfg(test)]
mod case_tests;
#[cfg(test)]
mod clock_tests;
#[cfg(test)]
mod coverage_tests;
#[cfg(test)]
mod fit_law_tests;
#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod recovery_tests;
#[cfg(test)]
mod simulation;
