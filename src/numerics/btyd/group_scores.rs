//! Scoring customers whose parameters depend on their covariates.

use super::covariate_fit::CovariateFit;
use super::fit::Fit;
use super::gamma_gamma::GammaGamma;
use super::score::{Customers, ScoreOptions, score_model};
use super::scores::Scores;
use rayon::prelude::*;

/// Groups whose scores are held beside the result at a time.
const BATCH: usize = 32;

/// Columns of the customers of one group.
#[derive(Debug, Default)]
struct Members {
    rows: Vec<usize>,
    x: Vec<u32>,
    t_x: Vec<u32>,
    t: Vec<u32>,
    spend: Vec<f64>,
}

/// Scores customers under a fit with covariates: `groups` are the distinct covariates
/// (of purchasing, of dropout), `group_of` the group of each customer.
///
/// Every group is scored as by [`score_model`] with its own parameters and their
/// covariance, and the scores come in the order of the customers, whatever the number
/// of threads. A customer without a group has zeros.
pub fn score_groups(
    fit: &CovariateFit,
    groups: &[(Vec<f64>, Vec<f64>)],
    group_of: &[u32],
    spend: Option<&Fit<GammaGamma>>,
    customers: &Customers<'_>,
    options: &ScoreOptions,
) -> Scores {
    let members = members_of(groups.len(), group_of, customers);
    let mut scores = Scores::zeroed(customers.x.len(), options.horizons_weeks.len(), options.intervals);
    for (groups, members) in groups.chunks(BATCH).zip(members.chunks(BATCH)) {
        let parts: Vec<Scores> = groups
            .par_iter()
            .zip(members)
            .map(|((purchase, dropout), own)| {
                let model = fit.model(purchase, dropout);
                let covariance = fit.log_covariance(purchase, dropout);
                let own = Customers {
                    x: &own.x,
                    t_x: &own.t_x,
                    t: &own.t,
                    units_per_week: customers.units_per_week,
                    spend_mean_repeat: &own.spend,
                };
                score_model(model.as_model(), covariance.as_deref(), spend, &own, options)
            })
            .collect();
        members.iter().zip(parts).for_each(|(own, part)| scores.scatter(&own.rows, part));
    }
    scores
}

fn members_of(groups: usize, group_of: &[u32], customers: &Customers<'_>) -> Vec<Members> {
    let mut members: Vec<Members> = (0..groups).map(|_| Members::default()).collect();
    for (row, group) in group_of.iter().enumerate().take(customers.x.len()) {
        let Some(own) = members.get_mut(*group as usize) else { continue };
        own.rows.push(row);
        own.x.push(customers.x[row]);
        own.t_x.push(customers.t_x[row]);
        own.t.push(customers.t[row]);
        own.spend.push(customers.spend_mean_repeat.get(row).copied().unwrap_or(f64::NAN));
    }
    members
}

#[cfg(test)]
mod tests {
    use super::super::covariate_fit::{Coefficient, CovariateModel};
    use super::super::fit::FitStatus;
    use super::super::score::Intervals;
    use super::super::simulation::Population;
    use super::super::spend::SpendTable;
    use super::super::{fit_gamma_gamma, score};
    use super::*;

    struct Shop {
        x: Vec<u32>,
        t_x: Vec<u32>,
        t: Vec<u32>,
        z: Vec<f64>,
    }

    impl Shop {
        fn new() -> Self {
            let truths = Population::bg(0.9, 5.0, 0.8, 6.0).customers(4000, 3, 20.0, 90.0);
            let day = |weeks: f64| (weeks * 7.0).round() as u32;
            Self {
                x: truths.iter().map(|c| c.x).collect(),
                t_x: truths.iter().map(|c| day(c.t_x)).collect(),
                t: truths.iter().map(|c| day(c.t)).collect(),
                z: truths.iter().map(|c| c.z).collect(),
            }
        }

        fn customers(&self) -> Customers<'_> {
            Customers { x: &self.x, t_x: &self.t_x, t: &self.t, units_per_week: 7.0, spend_mean_repeat: &self.z }
        }

        fn spend(&self) -> Fit<GammaGamma> {
            fit_gamma_gamma(&SpendTable::new(&self.x, &self.z))
        }
    }

    fn fit(model: CovariateModel) -> CovariateFit {
        let coefficient = Coefficient { estimate: 0.4, std_error: None };
        let own = |i: usize, j: usize| if i == j { 0.02 } else { 0.004 };
        CovariateFit {
            model,
            base: [0.9, 5.0, 0.8, 6.0],
            std_errors: None,
            purchase: vec![coefficient],
            dropout: vec![coefficient],
            covariance: Some((0..6).map(|i| (0..6).map(|j| own(i, j)).collect()).collect()),
            log_likelihood: 0.0,
            status: FitStatus::Converged,
        }
    }

    fn options() -> ScoreOptions {
        ScoreOptions {
            horizons_weeks: vec![13.0, 52.0],
            discount_rate_annual: 0.1,
            interval_level: 0.8,
            intervals: Intervals::All,
        }
    }

    #[test]
    fn one_group_without_covariates_is_scored_as_any_model() {
        let (shop, options) = (Shop::new(), options());
        let spend = shop.spend();
        for model in [CovariateModel::BgNbd, CovariateModel::MbgNbd, CovariateModel::ParetoNbd] {
            let fit = fit(model);
            let zero = [(vec![0.0], vec![0.0])];
            let got = score_groups(&fit, &zero, &vec![0; 4000], Some(&spend), &shop.customers(), &options);
            let base: Vec<Vec<f64>> =
                fit.covariance.as_ref().expect("given")[..4].iter().map(|row| row[..4].to_vec()).collect();
            let plain = fit.model(&[0.0], &[0.0]);
            let want = score_model(plain.as_model(), Some(&base), Some(&spend), &shop.customers(), &options);
            assert_eq!(got, want);
        }
    }

    #[test]
    fn groups_are_scored_apart_whatever_the_threads() {
        let (shop, options) = (Shop::new(), ScoreOptions { horizons_weeks: vec![13.0], ..options() });
        let fit = fit(CovariateModel::BgNbd);
        let groups: Vec<(Vec<f64>, Vec<f64>)> =
            (0..40).map(|g| (vec![f64::from(g % 7)], vec![f64::from(g % 3)])).collect();
        // the last ten customers have no group
        let group_of: Vec<u32> = (0..3990).map(|i| (i * 31) % 41).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
            pool.install(|| score_groups(&fit, &groups, &group_of, None, &shop.customers(), &options))
        };
        let scores = run(1);
        assert_eq!(scores, run(4));
        for i in [0, 1, 500, 3989] {
            let Some((w, z)) = groups.get(group_of[i] as usize) else { continue };
            let model = fit.geometric(w, z).expect("BG/NBD");
            let one = model.p_alive(shop.x[i], f64::from(shop.t_x[i]) / 7.0, f64::from(shop.t[i]) / 7.0);
            assert!((scores.p_alive[i] - one).abs() < 1e-12);
        }
        let outside = group_of.iter().position(|g| *g == 40).expect("some");
        assert_eq!((scores.p_alive[outside], scores.p_alive[3995]), (0.0, 0.0));
    }

    #[test]
    fn nobody_is_scored_too() {
        let none = Customers { x: &[], t_x: &[], t: &[], units_per_week: 7.0, spend_mean_repeat: &[] };
        let fit = fit(CovariateModel::ParetoNbd);
        let scores = score_groups(&fit, &[(vec![1.0], vec![1.0])], &[], None, &none, &options());
        assert_eq!(
            scores,
            score(&Shop::new().spend().map(|_| fit.pareto(&[], &[]).expect("Pareto")), None, &none, &options())
        );
    }
}
