//! What the purchases of customers let expect of the next days: features for other models.
//!
//! Days since the last purchase mean something else with somebody who came every week than with somebody who came twice a
//! year. BG/NBD (Fader, Hardie & Lee 2005) and MBG/NBD (Batislam, Denizel & Filiztekin 2007) weigh number, recency and tenure
//! against each other; the more likely of them is taken.

use super::fit::Fit;
use super::geometric::BetaGeometric;
use super::geometric_fit::{fit_bg_nbd, fit_mbg_nbd};
use super::histories::{DAYS_PER_WEEK, Histories};

/// Chances nearer to 0 or 1 than this tell nothing more.
const LEAST: f64 = 1e-9;

/// Repeat purchase days, days to the last one, days observed.
pub type DayHistory = (u32, u32, u32);

/// BG/NBD or MBG/NBD, fitted to histories in days.
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
        let rank = |fit: &Fit<BetaGeometric>| (fit.status.is_converged(), fit.log_likelihood);
        let (fit, other) = (fit_mbg_nbd(&histories), fit_bg_nbd(&histories));
        let fit = if rank(&other) > rank(&fit) { other } else { fit };
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

    /// `E[p (1 − p)] ÷ (p̄ (1 − p̄))`, 0..1: the part of the uncertainty of a purchase within the horizon that would remain if a
    /// customer's own chance p were known. The rest is that it isn't: who may have left for good, or rarely buys.
    ///
    /// # Formula
    /// With P(alive) = a and the chance `s(h) = ((α + T) ÷ (α + T + h))^(r + x)` that somebody who is alive buys nothing for h
    /// (Fader, Hardie & Lee 2005): `p̄ = a (1 − s(h))` and `E[p (1 − p)] = a (s(h) − s(2h))`, as `E[e^(−2λh)] = s(2h)`.
    pub fn attenuation(&self, (x, t_x, t): DayHistory) -> f64 {
        let weeks = |days: u32| f64::from(days) / DAYS_PER_WEEK;
        let buys = |horizon: f64| self.model.p_purchase_if_alive(x, weeks(t), horizon);
        let (once, twice) = (buys(self.horizon_weeks), buys(2.0 * self.horizon_weeks));
        let left = (1.0 - self.p_purchase((x, t_x, t))) * once;
        if left > 0.0 { ((twice - once) / left).clamp(0.0, 1.0) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::geometric::FirstCoin;
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
        // whoever bought often has either left, or buys nearly for sure: little can be moved
        let [sure, gone, once] =
            [(10, 290, 300), (10, 60, 300), (0, 0, 300)].map(|history| outlook.attenuation(history));
        assert!(0.0 < gone && gone < sure && gone < once && sure < 1.0, "{sure} {gone} {once}");
        assert!((0.0..=1.0).contains(&outlook.attenuation((2_000, 10, 100_000))));
        assert!(outlook.log_odds((2_000, 10, 100_000)).is_finite());
        assert!(Outlook::fit(&[(1, 9, 3)], 28).is_none(), "the last purchase after the end");
    }

    /// Of histories without a first coin the model without it is taken, and its attenuation is that of customers drawn from it.
    #[test]
    fn the_more_likely_model_is_taken() {
        let mut random = Random::new(8);
        let model = BetaGeometric::bg_nbd(0.7, 40.0, 0.9, 3.4);
        let mut one = |t: f64, later: f64| {
            let (rate, dropout) = (random.gamma(model.r) / model.alpha, random.beta(model.a, model.b));
            let (mut x, mut t_x, mut there) = (0_u32, 0.0, true);
            loop {
                let next = t_x + random.exponential(rate);
                if next > t {
                    break;
                }
                (x, t_x) = (x + 1, next);
                there = random.uniform() >= dropout;
                if !there {
                    break;
                }
            }
            ((x, t_x as u32, t as u32), if there { 1.0 - (-rate * later).exp() } else { 0.0 })
        };
        let known = (0..40_000).map(|_| one(300.0, 28.0)).collect::<Vec<_>>();
        let histories = known.iter().map(|(history, _)| *history).collect::<Vec<_>>();
        let outlook = Outlook::fit(&histories, 28).expect("a fit");
        assert_eq!(outlook.model.coin, FirstCoin::Spared);
        for wanted in [0..1, 1..2, 3..6] {
            let alike =
                known.iter().filter(|((x, t_x, _), _)| wanted.contains(x) && (*x == 0 || (120..240).contains(t_x)));
            let (mut count, mut mean, mut within, mut expected) = (0.0, 0.0, 0.0, [0.0; 2]);
            for (history, p) in alike {
                let m = outlook.p_purchase(*history);
                (count, mean, within) = (count + 1.0, mean + p, within + p * (1.0 - p));
                expected = [expected[0] + m, expected[1] + outlook.attenuation(*history) * m * (1.0 - m)];
            }
            assert!(count > 1_000.0 && (mean / expected[0] - 1.0_f64).abs() < 0.06, "{wanted:?}: {mean} {expected:?}");
            assert!((within / expected[1] - 1.0_f64).abs() < 0.06, "{wanted:?}: {within} {expected:?}");
        }
    }
}
