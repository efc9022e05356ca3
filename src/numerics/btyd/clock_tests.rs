//! Clocks of days and of hours: many customers at once against one by one.

use super::simulation::{Law, Population, Truth};
use super::{
    BetaGeometric, CountForecast, Customers, FirstCoin, History, Intervals, ParetoNbd, Regular, ScoreOptions, Scores,
    TransactionModel, score_model,
};

const HOURS_PER_WEEK: f64 = 168.0;

/// Times in whole units of a clock.
struct Columns {
    x: Vec<u32>,
    t_x: Vec<u32>,
    t: Vec<u32>,
    units_per_week: f64,
}

impl Columns {
    fn new(truths: &[Truth], units_per_week: f64) -> Self {
        let units = |weeks: f64| (weeks * units_per_week).floor() as u32;
        Self {
            x: truths.iter().map(|c| c.x).collect(),
            t_x: truths.iter().map(|c| units(c.t_x)).collect(),
            t: truths.iter().map(|c| units(c.t)).collect(),
            units_per_week,
        }
    }

    /// The same times on a clock that runs `factor` times as fast.
    fn faster(&self, factor: u32) -> Self {
        let times = |v: &[u32]| v.iter().map(|t| t * factor).collect();
        Self {
            x: self.x.clone(),
            t_x: times(&self.t_x),
            t: times(&self.t),
            units_per_week: self.units_per_week * f64::from(factor),
        }
    }

    fn history(&self, i: usize) -> History {
        let weeks = |time: u32| f64::from(time) / self.units_per_week;
        History::new(self.x[i], weeks(self.t_x[i]), weeks(self.t[i]))
    }

    fn scored(&self, model: &dyn TransactionModel) -> Scores {
        let customers = Customers {
            x: &self.x,
            t_x: &self.t_x,
            t: &self.t,
            units_per_week: self.units_per_week,
            spend_mean_repeat: &[],
        };
        let options = ScoreOptions {
            horizons_weeks: vec![13.0, 52.0],
            discount_rate_annual: 0.1,
            interval_level: 0.8,
            intervals: Intervals::Value,
        };
        score_model(model, None, None, &customers, &options)
    }
}

fn family() -> Vec<(Population, Box<dyn TransactionModel>)> {
    let bg = Population::bg(0.8, 5.0, 0.8, 4.0);
    let regular = |k, coin| Regular { k, r: 0.8, alpha: 2.0, a: 0.8, b: 4.0, coin };
    vec![
        (bg, Box::new(BetaGeometric::bg_nbd(0.8, 5.0, 0.8, 4.0))),
        (Population { law: Law::Any(0.8, 4.0), ..bg }, Box::new(BetaGeometric::mbg_nbd(0.8, 5.0, 0.8, 4.0))),
        (
            Population { law: Law::Lifetime(0.7, 20.0), ..bg },
            Box::new(ParetoNbd { r: 0.8, alpha: 5.0, s: 0.7, beta: 20.0 }),
        ),
        (Population { k: 2, alpha: 2.0, ..bg }, Box::new(regular(2, FirstCoin::Spared))),
        (Population { k: 3, alpha: 2.0, law: Law::Any(0.8, 4.0), ..bg }, Box::new(regular(3, FirstCoin::Tossed))),
    ]
}

fn close(what: &str, got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs() + 1e-13, "{what}: {got} against {want}");
}

/// By the hour there are nearly as many T as customers, so that futures are interpolated.
#[test]
fn a_clock_of_hours_scores_many_as_one_by_one() {
    let delta = 1.1f64.ln() * 7.0 / 365.25;
    for (population, model) in family() {
        let columns = Columns::new(&population.customers(8000, 61, 4.0, 104.0), HOURS_PER_WEEK);
        let scores = columns.scored(model.as_ref());
        // many customers are scored to five digits of the discount where purchases are regular
        let digits = if model.phases() == 1 { 1e-8 } else { 2e-4 };
        for i in (0..8000).step_by(37) {
            let h = columns.history(i);
            let what = format!("{model:?} {h:?}");
            close(&what, scores.p_alive[i], model.p_alive(&h), 1e-10);
            for (horizon, s) in [13.0, 52.0].into_iter().zip(&scores.horizons) {
                close(&what, s.purchases[i], model.expected_purchases(&h, horizon), 1e-8);
                close(&what, s.p_purchase[i], model.p_alive(&h) * model.p_purchase_if_alive(&h, horizon), 1e-8);
                close(&what, s.value[i], model.discounted_purchases(&h, horizon, delta), digits);
            }
        }
    }
}

#[test]
fn a_clock_of_hours_counts_many_as_one_by_one() {
    for (population, model) in family() {
        let columns = Columns::new(&population.customers(8000, 62, 4.0, 104.0), HOURS_PER_WEEK);
        let (x, t_x, t) = (&columns.x, &columns.t_x, &columns.t);
        let forecast = CountForecast::new(model.as_ref(), x, t_x, t, HOURS_PER_WEEK, 13.0, 40);
        for i in (0..8000).step_by(97) {
            let h = columns.history(i);
            let counts = model.counts(&h, 0.0, 13.0, 40);
            for (n, (got, want)) in forecast.distribution(x[i], t_x[i], t[i]).iter().zip(counts).enumerate() {
                assert!((got - want).abs() < 2e-7, "{model:?} {h:?} {n}: {got} {want}");
                let rare = want > 1e-9 && (got / want).ln().abs() > 1e-2;
                assert!(!rare, "{model:?} {h:?} {n}: {got} {want}");
            }
        }
    }
}

/// Whole days told in hours are the same customers.
#[test]
fn days_told_in_hours_are_scored_alike() {
    for (population, model) in family() {
        let days = Columns::new(&population.customers(3000, 63, 4.0, 40.0), 7.0);
        let (own, other) = (days.scored(model.as_ref()), days.faster(24).scored(model.as_ref()));
        for i in 0..3000 {
            close("p_alive", own.p_alive[i], other.p_alive[i], 1e-10);
            for (a, b) in own.horizons.iter().zip(&other.horizons) {
                close("purchases", a.purchases[i], b.purchases[i], 1e-8);
                close("lower", a.value_lower[i], b.value_lower[i], 2e-5);
                close("upper", a.value_upper[i], b.value_upper[i], 2e-5);
            }
        }
    }
}
