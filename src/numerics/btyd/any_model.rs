//! The continuous-time models by name, for those who choose one at run time.

use super::fit::Fit;
use super::geometric::{BetaGeometric, FirstCoin};
use super::geometric_fit::{self, fit_bg_nbd, fit_mbg_nbd};
use super::histories::Histories;
use super::model::TransactionModel;
use super::pareto::ParetoNbd;
use super::pareto_fit::{self, fit_pareto_nbd};
use super::regular::Regular;
use super::regular_fit::{self, MAX_REGULARITY, fit_regularity};
use serde::{Deserialize, Serialize};

/// Names of the continuous-time models, as a pipeline file writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// BG/NBD.
    BgNbd,
    /// MBG/NBD.
    MbgNbd,
    /// Pareto/NBD.
    ParetoNbd,
    /// BG/CNBD-k, k estimated.
    BgCnbdK,
    /// MBG/CNBD-k, k estimated.
    MbgCnbdK,
}

impl ModelKind {
    /// All of them, simplest first.
    pub const ALL: [Self; 5] = [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd, Self::BgCnbdK, Self::MbgCnbdK];

    /// Names of the four parameters, in their published order.
    pub fn parameter_names(self) -> [&'static str; 4] {
        match self {
            Self::ParetoNbd => ["r", "alpha", "s", "beta"],
            _ => ["r", "alpha", "a", "b"],
        }
    }

    /// Fits the model by maximum likelihood; never fails.
    ///
    /// `ln_gaps` is the sum over all customers of the logarithms of the gaps between
    /// purchases, in the unit of `histories`; only the CNBD-k models use it.
    pub fn fit(self, histories: &Histories, ln_gaps: f64) -> Fit<AnyModel> {
        let regular = |coin| fit_regularity(histories, ln_gaps, coin, MAX_REGULARITY).0.map(AnyModel::Regular);
        match self {
            Self::BgNbd => fit_bg_nbd(histories).map(AnyModel::BetaGeometric),
            Self::MbgNbd => fit_mbg_nbd(histories).map(AnyModel::BetaGeometric),
            Self::ParetoNbd => fit_pareto_nbd(histories).map(AnyModel::ParetoNbd),
            Self::BgCnbdK => regular(FirstCoin::Spared),
            Self::MbgCnbdK => regular(FirstCoin::Tossed),
        }
    }
}

/// Any continuous-time model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "model")]
pub enum AnyModel {
    /// BG/NBD or MBG/NBD.
    BetaGeometric(BetaGeometric),
    /// Pareto/NBD.
    ParetoNbd(ParetoNbd),
    /// BG/CNBD-k or MBG/CNBD-k.
    Regular(Regular),
}

impl AnyModel {
    /// What the model says about customers.
    pub fn as_model(&self) -> &dyn TransactionModel {
        match self {
            Self::BetaGeometric(m) => m,
            Self::ParetoNbd(m) => m,
            Self::Regular(m) => m,
        }
    }

    /// The same model fitted to other histories, from these parameters on; k of the
    /// CNBD-k models stays.
    pub(crate) fn refitted(&self, histories: &Histories) -> Fit<Self> {
        match self {
            Self::BetaGeometric(m) => geometric_fit::fit_from(histories, m.coin, Some(m)).map(Self::BetaGeometric),
            Self::ParetoNbd(m) => pareto_fit::fit_from(histories, Some(m)).map(Self::ParetoNbd),
            // ln_gaps only shifts the likelihood where k is given
            Self::Regular(m) => regular_fit::fit_from(histories, 0.0, m.coin, m.k, Some(m)).map(Self::Regular),
        }
    }

    /// Its name.
    pub fn kind(&self) -> ModelKind {
        match self {
            Self::BetaGeometric(BetaGeometric { coin: FirstCoin::Spared, .. }) => ModelKind::BgNbd,
            Self::BetaGeometric(_) => ModelKind::MbgNbd,
            Self::ParetoNbd(_) => ModelKind::ParetoNbd,
            Self::Regular(Regular { coin: FirstCoin::Spared, .. }) => ModelKind::BgCnbdK,
            Self::Regular(_) => ModelKind::MbgCnbdK,
        }
    }
}
