//! What the purchases of customers let expect of the next days, in one number: a feature for other models.
//!
//! Days since the last purchase mean something else with somebody who came every week than with somebody who came twice a
//! year. The MBG/NBD model (Batislam, Denizel & Filiztekin 2007) weighs number, recency and tenure against each other.

use super::geometric::BetaGeometric;
use super::geometric_fit::fit_mbg_nbd;
use super::histories::{DAYS_PER_WEEK, Histories};

/// Chances nearer to 0 or 1 than this tell nothing more.
const LEAST: f64 = 1e-9;

/// Repeat purchase days, days to the last one, days observed.
pub type DayHistory = (u32, u32, u32);

/// MBG/NBD, fitted to histories in days.
#[derive(Debug, Clone)]
pub struct Outlook {
    model: BetaGeometric,
    horizon_weeks: f64,
    /// Whether the fit converged.
    pub is_converged: bool,
}

impl Outlook {
    /// Fits it, to look `horizon_days` ahead; none where histories are impossible or there are none.
    pub fn fit(known: &[DayHistory], horizon_days: i32) -> Option<Self> {
        let column = |of: fn(&DayHistory) -> u32| known.iter().map(of).collect::<Vec<_>>();
        let histories = Histories::from_days(&column(|h| h.0), &column(|h| h.1), &column(|h| h.2)).ok()?;
        let fit = fit_mbg_nbd(&histories);
        let horizon_weeks = f64::from(horizon_days) / DAYS_PER_WEEK;
        Some(Self { is_converged: fit.status.is_converged(), model: fit.model, horizon_weeks })
    }

    /// Chance of a purchase within the horizon, 0..1.
    pub fn p_purchase(&self, (x, t_x, t): DayHistory) -> f64 {
        let weeks = |days: u32| f64::from(days) / DAYS_PER_WEEK;
        self.model.p_purchase(x, weeks(t_x), weeks(t), self.horizon_weeks)
    }

    /// Log-odds of a purchase within the horizon; finite.
    pub fn log_odds(&self, history: DayHistory) -> f64 {
        let chance = self.p_purchase(history).clamp(LEAST, 1.0 - LEAST);
        (chance / (1.0 - chance)).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::super::simulation::Random;
    use super::*;

    /// Who bought often and lately is expected back, who bought as often and long ago is not; one who bought once is between.
    #[test]
    fn rhythm_counts_not_recency_alone() {
        let mut random = Random::new(5);
        let one = |at: u32| {
            let (rate, dropout) = (random.gamma(0.8) / 40.0, random.beta(1.0, 3.0));
            let t = f64::from(60 + at * 13 % 600);
            let (mut x, mut t_x) = (0, 0.0);
            // the first purchase may be the last, too
            while random.uniform() >= dropout {
                let next = t_x + random.exponential(rate) + 1.0;
                if next > t {
                    break;
                }
                (x, t_x) = (x + 1, next);
            }
            (x, t_x as u32, t as u32)
        };
        let known = (0..4_000).map(one).collect::<Vec<_>>();
        let outlook = Outlook::fit(&known, 28).expect("a fit");
        assert!(outlook.is_converged);
        let [often, gone, once] = [(10, 290, 300), (10, 60, 300), (0, 0, 300)].map(|history| outlook.log_odds(history));
        assert!(often > once && once > gone, "{often} {once} {gone}");
        let p = outlook.p_purchase((10, 290, 300));
        assert!((often - (p / (1.0 - p)).ln()).abs() < 1e-12);
        assert!(outlook.log_odds((2_000, 10, 100_000)).is_finite());
        assert!(Outlook::fit(&[(1, 9, 3)], 28).is_none(), "the last purchase after the end");
    }
}
