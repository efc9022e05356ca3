//! The model of spend per purchase day.

use crate::numerics::btyd::{Correlation, Fit, GammaGamma, SpendExclusions, SpendTable, fit_gamma_gamma};

use super::population::Population;

/// The spend model with what its data look like.
#[derive(Debug, Clone)]
pub(super) struct SpendFit {
    pub(super) fit: Fit<GammaGamma>,
    pub(super) left_out: SpendExclusions,
    pub(super) correlation: Option<Correlation>,
}

impl SpendFit {
    /// Fits Gamma-Gamma (Fader & Hardie 2013, note 025) to customers with a repeat.
    pub(super) fn of(population: &Population) -> Self {
        let table = SpendTable::new(population.repeats(), &population.spend);
        Self { fit: fit_gamma_gamma(&table), left_out: table.excluded(), correlation: table.correlation() }
    }
}
