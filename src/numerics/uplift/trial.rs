//! A finished trial: who was treated, and what came of it.

use super::error::UpliftError;

/// A trial, one row per person and campaign.
///
/// Every row has a weight. It is 1 where one lot decided about everybody. Where several campaigns with different
/// treated shares are put together ([`Trial::with_campaigns`]), it is the inverse of the chance of the arm that the row
/// is in, scaled so that the arms keep their sizes: within each campaign, treated and control then count as in one lot.
#[derive(Debug, Clone)]
pub struct Trial<'a> {
    treated: &'a [bool],
    outcomes: &'a [f64],
    weights: Option<Vec<f64>>,
    propensities: Option<Vec<f64>>,
    people: Option<&'a [u32]>,
    costs: Option<&'a [f64]>,
    share: f64,
}

impl<'a> Trial<'a> {
    /// A trial of people who were treated by one lot.
    ///
    /// # Errors
    /// Columns of different lengths, outcomes that are not finite, an empty arm.
    pub fn new(treated: &'a [bool], outcomes: &'a [f64]) -> Result<Self, UpliftError> {
        same_length("outcomes", outcomes.len(), treated.len())?;
        finite("outcomes", outcomes)?;
        let count = treated.iter().filter(|t| **t).count();
        if count == 0 {
            return Err(UpliftError::EmptyArm { arm: "treated" });
        }
        if count == treated.len() {
            return Err(UpliftError::EmptyArm { arm: "control" });
        }
        let share = count as f64 / treated.len() as f64;
        Ok(Self { treated, outcomes, weights: None, propensities: None, people: None, costs: None, share })
    }

    /// The same trial, made of several campaigns with a lot of their own: `campaigns` holds the number of each row's.
    ///
    /// # Errors
    /// Another length, or a campaign with an empty arm.
    pub fn with_campaigns(mut self, campaigns: &[u32]) -> Result<Self, UpliftError> {
        same_length("campaigns", campaigns.len(), self.len())?;
        let last = campaigns.iter().copied().max().map_or(0, |last| last as usize + 1);
        let mut counts = vec![[0_usize; 2]; last];
        for (campaign, treated) in campaigns.iter().zip(self.treated) {
            counts[*campaign as usize][usize::from(*treated)] += 1;
        }
        for (arm, name) in [(1, "treated"), (0, "control")] {
            if counts.iter().any(|count| count[arm] == 0 && count[1 - arm] > 0) {
                return Err(UpliftError::EmptyArm { arm: name });
            }
        }
        let shares = counts.iter().map(|[control, treated]| *treated as f64 / ((control + treated).max(1)) as f64);
        let shares = shares.collect::<Vec<_>>();
        let all = self.share;
        let weight = |(campaign, treated): (&u32, &bool)| {
            let share = shares[*campaign as usize];
            if *treated { all / share } else { (1.0 - all) / (1.0 - share) }
        };
        self.weights = Some(campaigns.iter().zip(self.treated).map(weight).collect());
        self.propensities = Some(campaigns.iter().map(|campaign| shares[*campaign as usize]).collect());
        Ok(self)
    }

    /// The same trial, in which a person may have several rows: `people` holds the number of each row's. Intervals then
    /// draw people, not rows.
    ///
    /// # Errors
    /// Another length.
    pub fn with_people(mut self, people: &'a [u32]) -> Result<Self, UpliftError> {
        same_length("people", people.len(), self.len())?;
        self.people = Some(people);
        Ok(self)
    }

    /// The same trial, from whose outcomes the cost of each treated row has been taken: `costs` holds it for all rows.
    ///
    /// # Errors
    /// Another length.
    pub fn with_costs(mut self, costs: &'a [f64]) -> Result<Self, UpliftError> {
        same_length("costs", costs.len(), self.len())?;
        self.costs = Some(costs);
        Ok(self)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.treated.len()
    }

    /// Whether there is no row; never so for a checked trial.
    pub fn is_empty(&self) -> bool {
        self.treated.is_empty()
    }

    /// Who was treated.
    pub fn treated(&self) -> &'a [bool] {
        self.treated
    }

    /// What came of it.
    pub fn outcomes(&self) -> &'a [f64] {
        self.outcomes
    }

    /// Treated rows and control rows.
    pub fn sizes(&self) -> (usize, usize) {
        let treated = self.treated.iter().filter(|t| **t).count();
        (treated, self.len() - treated)
    }

    /// Share of the treated among all rows.
    pub fn treated_share(&self) -> f64 {
        self.share
    }

    /// Chance that the row was treated: the treated share of its campaign.
    pub fn propensity(&self, row: usize) -> f64 {
        self.propensities.as_ref().map_or(self.share, |all| all[row])
    }

    /// Weight of a row.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |all| all[row])
    }

    fn cost(&self, row: usize) -> f64 {
        self.costs.map_or(0.0, |all| all[row])
    }

    /// The outcome of a row before the cost of its treatment.
    pub(super) fn gross(&self, row: usize) -> f64 {
        self.outcomes[row] + if self.treated[row] { self.cost(row) } else { 0.0 }
    }

    /// Mean of the costs that were taken from the outcomes, over the treated.
    pub(super) fn mean_cost(&self) -> f64 {
        let treated = (0..self.len()).filter(|row| self.treated[*row]);
        treated.map(|row| self.cost(row)).sum::<f64>() / self.sizes().0 as f64
    }

    /// The person of a row.
    pub(super) fn person(&self, row: usize) -> usize {
        self.people.map_or(row, |all| all[row] as usize)
    }

    /// One more than the greatest number of a person.
    pub(super) fn people(&self) -> usize {
        self.people.map_or(self.len(), |all| all.iter().max().map_or(0, |last| *last as usize + 1))
    }

    /// Whether every outcome is 0 or 1.
    pub fn is_yes_no(&self) -> bool {
        self.outcomes.iter().all(|y| *y == 0.0 || *y == 1.0)
    }

    /// That outcomes differ.
    pub(super) fn check_outcomes_vary(&self) -> Result<(), UpliftError> {
        let first = self.outcomes[0];
        if self.outcomes.iter().all(|y| *y == first) {
            return Err(UpliftError::OutcomesAlike { rows: self.len(), outcome: first });
        }
        Ok(())
    }
}

/// Refuses a column of another length.
pub(super) fn same_length(column: &'static str, found: usize, expected: usize) -> Result<(), UpliftError> {
    if found == expected { Ok(()) } else { Err(UpliftError::Length { column, found, expected }) }
}

/// Refuses a column with a number that is NaN or infinite.
pub(super) fn finite(column: &'static str, values: &[f64]) -> Result<(), UpliftError> {
    let row = values.iter().position(|value| !value.is_finite());
    row.map_or(Ok(()), |row| Err(UpliftError::NotFinite { column, row }))
}

/// The least and the greatest of some numbers; of none, infinity and its negative.
pub fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    let wider = |(least, most): (f64, f64), value: f64| (least.min(value), most.max(value));
    values.into_iter().fold((f64::INFINITY, f64::NEG_INFINITY), wider)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::*;

    #[test]
    fn an_empty_arm_is_named() {
        assert_eq!(Trial::new(&[], &[]).unwrap_err(), UpliftError::EmptyArm { arm: "treated" });
        assert_eq!(Trial::new(&[true], &[1.0]).unwrap_err(), UpliftError::EmptyArm { arm: "control" });
        let trial = Trial::new(&[true, false, true], &[1.0, 0.0, 0.0]).unwrap();
        assert_eq!(trial.with_campaigns(&[0, 0, 2]).unwrap_err(), UpliftError::EmptyArm { arm: "control" });
        let wrong = Trial::new(&[true, false], &[f64::NAN, 0.0]).unwrap_err();
        assert_eq!(wrong, UpliftError::NotFinite { column: "outcomes", row: 0 });
    }

    /// Both arms of every campaign weigh as much as the campaign's part of the whole arm.
    #[test]
    fn weights_undo_different_treated_shares() {
        let treated = [true, true, true, false, true, false, false, false];
        let campaigns = [0, 0, 0, 0, 1, 1, 1, 1];
        let trial = Trial::new(&treated, &[0.0; 8]).unwrap().with_campaigns(&campaigns).unwrap();
        let sum = |arm: bool, campaign: u32| {
            let rows = (0..8).filter(|row| treated[*row] == arm && campaigns[*row] == campaign);
            rows.map(|row| trial.weight(row)).sum::<f64>()
        };
        for arm in [true, false] {
            assert_eq!((sum(arm, 0), sum(arm, 1)), (2.0, 2.0));
        }
        assert_eq!((trial.propensity(0), trial.propensity(7)), (0.75, 0.25));
    }
}
