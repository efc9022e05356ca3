//! A calendar of seasons: December is not February.
//!
//! # Method
//! All purchase rates rise and fall together with the calendar by a known factor
//! s(day), 1 on average over the year. Then a customer's history is an ordinary
//! one on the clock that runs s(day) times as fast: times between two dates are
//! replaced by the integral of s between them. Fitting, P(alive) and expected
//! purchases use that *operational time* (Gelman et al.'s offsets for Poisson
//! rates; Cox & Lewis 1966, chapter 3, time-dependent Poisson processes), so there
//! is no row per customer and period: one prefix sum over the days serves all.
//! Dropout runs on the same clock; under the coin models that is exact, since
//! coins are tossed at purchases.

/// Steps after which the index no longer moves.
const SWEEPS: usize = 20;

/// A change of the index below this ends the estimation.
const SETTLED: f64 = 1e-6;

/// A relative intensity for every day of a stretch of calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonalCalendar {
    /// Day number of the first day.
    first_day: i32,
    /// Operational days up to the start of each day; one more entry at the end.
    elapsed: Vec<f64>,
}

impl SeasonalCalendar {
    /// From the relative intensity of each day from `first_day` (any day number, such
    /// as days since 1970) on. Intensities that are negative or not finite count as 0.
    pub fn new(first_day: i32, intensities: &[f64]) -> Self {
        let mut elapsed = Vec::with_capacity(intensities.len() + 1);
        let mut sum = 0.0;
        elapsed.push(sum);
        for s in intensities {
            sum += if *s > 0.0 && s.is_finite() { *s } else { 0.0 };
            elapsed.push(sum);
        }
        Self { first_day, elapsed }
    }

    /// From an index per bucket (month, week of the year, …) and the bucket of each
    /// day. A bucket without an index counts as 1.
    pub fn from_buckets(first_day: i32, bucket_of_day: &[usize], index: &[f64]) -> Self {
        let intensities: Vec<f64> = bucket_of_day.iter().map(|b| index.get(*b).copied().unwrap_or(1.0)).collect();
        Self::new(first_day, &intensities)
    }

    /// Operational days from the start of the calendar to the start of `day`; days
    /// outside count at intensity 1.
    fn at(&self, day: i32) -> f64 {
        let offset = i64::from(day) - i64::from(self.first_day);
        let last = self.elapsed.len() - 1;
        match usize::try_from(offset) {
            Err(_) => day_count(offset),
            Ok(k) if k <= last => self.elapsed[k],
            Ok(k) => self.elapsed[last] + day_count(i64::try_from(k - last).unwrap_or(i64::MAX)),
        }
    }

    /// Operational days from `from` to `to`, both counted at the end of the day (the
    /// day of a purchase is over when its waiting time starts).
    pub fn days_between(&self, from: i32, to: i32) -> f64 {
        self.at(to.saturating_add(1)) - self.at(from.saturating_add(1))
    }

    /// The operational length of the `horizon_days` after `as_of`.
    pub fn horizon(&self, as_of: i32, horizon_days: u32) -> f64 {
        let end = i64::from(as_of) + i64::from(horizon_days);
        self.days_between(as_of, i32::try_from(end).unwrap_or(i32::MAX))
    }

    /// `Σ ln s(day)` over all repeat purchases (`repeats[i]` of them on the i-th day of
    /// the calendar): added to a log-likelihood in operational days it makes that
    /// comparable with one in plain days.
    pub fn ln_intensities(&self, repeats: &[f64]) -> f64 {
        let each = self.elapsed.windows(2).map(|w| w[1] - w[0]).zip(repeats);
        each.filter(|(s, n)| *s > 0.0 && **n > 0.0).map(|(s, n)| n * s.ln()).sum()
    }

    /// `t_x` and T of a customer in operational days.
    pub fn history_days(&self, first_purchase: i32, last_purchase: i32, as_of: i32) -> (f64, f64) {
        (self.days_between(first_purchase, last_purchase), self.days_between(first_purchase, as_of))
    }
}

fn day_count(days: i64) -> f64 {
    days as f64
}

/// Totals per day from which an index is estimated; all columns equally long.
#[derive(Debug, Clone, Copy)]
pub struct DailyTotals<'a> {
    /// Customers whose first purchase was on the day.
    pub births: &'a [f64],
    /// Repeat purchases on the day.
    pub repeats: &'a [f64],
    /// Bucket of the calendar that the day belongs to.
    pub bucket: &'a [usize],
}

/// Estimates a seasonal index: observed over expected repeat purchases by bucket.
///
/// `expected_new(t)` gives the expected repeat purchases of a new customer in the
/// first t (operational) days, under a model without seasons. Buckets are shrunk
/// towards 1 as if `prior_purchases` had been made at the average intensity; the
/// index is scaled to average 1 over the days given. Operational time depends on
/// the index, so the estimate is repeated until it settles.
pub fn seasonal_index(totals: &DailyTotals<'_>, expected_new: &dyn Fn(f64) -> f64, prior_purchases: f64) -> Vec<f64> {
    let buckets = totals.bucket.iter().copied().max().map_or(0, |b| b + 1);
    let mut index = vec![1.0; buckets];
    for _ in 0..SWEEPS {
        let next = sweep(totals, expected_new, prior_purchases, &index);
        let moved = next.iter().zip(&index).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        index = next;
        if moved < SETTLED {
            break;
        }
    }
    index
}

fn sweep(totals: &DailyTotals<'_>, expected_new: &dyn Fn(f64) -> f64, prior: f64, index: &[f64]) -> Vec<f64> {
    let days = totals.births.len().min(totals.repeats.len()).min(totals.bucket.len());
    let calendar = SeasonalCalendar::from_buckets(0, &totals.bucket[..days], index);
    // Expected repeats per day at the present index, and per unit of it.
    let mut observed = vec![0.0; index.len()];
    let mut expected = vec![0.0; index.len()];
    let expected_by_day = expected_repeats(&calendar, &totals.births[..days], expected_new);
    for (day, bought) in expected_by_day.iter().enumerate() {
        let b = totals.bucket[day];
        observed[b] += totals.repeats[day];
        expected[b] += bought / index[b].max(f64::MIN_POSITIVE);
    }
    let level = observed.iter().sum::<f64>() / expected.iter().zip(index).map(|(e, i)| e * i).sum::<f64>().max(1e-300);
    let raw: Vec<f64> = observed
        .iter()
        .zip(&expected)
        .map(|(o, e)| {
            let even = level * e;
            if even + prior > 0.0 { (o + prior) / (even + prior) } else { 1.0 }
        })
        .collect();
    let mean = totals.bucket[..days].iter().map(|b| raw[*b]).sum::<f64>() / (days.max(1)) as f64;
    raw.iter().map(|r| if mean > 0.0 { r / mean } else { 1.0 }).collect()
}

/// Expected repeat purchases per day of all cohorts, tabulating `expected_new` once
/// on a grid of operational days.
fn expected_repeats(calendar: &SeasonalCalendar, births: &[f64], expected_new: &dyn Fn(f64) -> f64) -> Vec<f64> {
    let total = calendar.elapsed[calendar.elapsed.len() - 1];
    let grid = total.ceil().max(0.0) as usize + 2;
    let known: Vec<f64> = (0..grid).map(|d| expected_new(d as f64)).collect();
    let look_up = |t: f64| {
        let k = (t.max(0.0) as usize).min(grid - 2);
        let part = t - k as f64;
        known[k] + part * (known[k + 1] - known[k])
    };
    let mut sums = vec![0.0; births.len()];
    for (born, count) in births.iter().enumerate().filter(|(_, count)| **count > 0.0) {
        let start = calendar.elapsed[born + 1];
        let mut before = 0.0;
        for (day, sum) in sums.iter_mut().enumerate().skip(born + 1) {
            let now = look_up(calendar.elapsed[day + 1] - start);
            *sum += count * (now - before);
            before = now;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "figures that are exact by construction are compared exactly")]
    use super::super::simulation::Random;
    use super::super::{BetaGeometric, Histories, fit_bg_nbd};
    use super::*;

    #[test]
    fn an_even_calendar_changes_nothing() {
        let calendar = SeasonalCalendar::new(19_000, &[1.0; 700]);
        assert_eq!(calendar.days_between(19_010, 19_050), 40.0);
        assert_eq!(calendar.history_days(19_000, 19_100, 19_300), (100.0, 300.0));
        assert_eq!(calendar.horizon(19_690, 90), 90.0);
        assert_eq!(calendar.days_between(18_990, 19_005), 15.0);
    }

    #[test]
    fn a_busy_month_is_longer() {
        let bucket: Vec<usize> = (0..360).map(|d| d / 30).collect();
        let mut index = vec![0.8; 12];
        index[11] = 3.2;
        let calendar = SeasonalCalendar::from_buckets(0, &bucket, &index);
        assert!((calendar.horizon(329, 30) - 96.0).abs() < 1e-9);
        assert!((calendar.days_between(-1, 359) - 360.0).abs() < 1e-9);
    }

    /// Customers simulated on the operational clock: the index, then the parameters
    /// in operational time, are found again.
    #[test]
    fn seasons_and_parameters_are_recovered() {
        let truth = [0.6, 0.7, 0.9, 1.0, 0.8, 0.7, 0.9, 1.0, 1.0, 1.2, 1.5, 1.7];
        let bucket: Vec<usize> = (0..720).map(|d| (d / 30) % 12).collect();
        let calendar = SeasonalCalendar::from_buckets(0, &bucket, &truth);
        let mut random = Random::new(8);
        let (mut births, mut repeats) = (vec![0.0; 720], vec![0.0; 720]);
        let mut seen = Vec::new();
        for i in 0..12_000 {
            let born = i % 540;
            births[born] += 1.0;
            let lambda = random.gamma(0.9) / 60.0;
            let p = random.beta(0.8, 4.0);
            let (mut clock, mut last, mut x) = (calendar.elapsed[born + 1], born, 0u32);
            loop {
                clock += random.exponential(lambda);
                let day = calendar.elapsed.partition_point(|e| *e < clock);
                if day == 0 || day > 720 {
                    break;
                }
                let day = day - 1;
                if day > last {
                    x += 1;
                    last = day;
                    repeats[day] += 1.0;
                }
                if random.uniform() < p {
                    break;
                }
            }
            seen.push((x, born as i32, last as i32));
        }
        let fit_on = |calendar: &SeasonalCalendar| {
            let x: Vec<u32> = seen.iter().map(|s| s.0).collect();
            let times: Vec<(f64, f64)> = seen.iter().map(|s| calendar.history_days(s.1, s.2, 719)).collect();
            let (t_x, t): (Vec<f64>, Vec<f64>) = times.into_iter().unzip();
            fit_bg_nbd(&Histories::from_values(&x, &t_x, &t, 1.0).expect("valid"))
        };
        let plain = fit_on(&SeasonalCalendar::new(0, &[1.0; 720]));
        let totals = DailyTotals { births: &births, repeats: &repeats, bucket: &bucket };
        let model: BetaGeometric = plain.model;
        let index = seasonal_index(&totals, &|t| model.expected_new(t), 20.0);
        for (got, want) in index.iter().zip(truth) {
            assert!((got / want - 1.0).abs() < 0.08, "{index:?}");
        }
        let seasonal = fit_on(&SeasonalCalendar::from_buckets(0, &bucket, &index));
        let index_calendar = SeasonalCalendar::from_buckets(0, &bucket, &index);
        let gained = seasonal.log_likelihood + index_calendar.ln_intensities(&repeats) - plain.log_likelihood;
        assert!(gained > 500.0, "{gained}");
        assert!((seasonal.model.r / 0.9 - 1.0).abs() < 0.08, "{:?}", seasonal.model);
        let year = |m: &BetaGeometric, h: f64| m.expected_purchases(2, 100.0, 300.0, h);
        let december = year(&seasonal.model, index_calendar.horizon(329, 30));
        let january = year(&seasonal.model, index_calendar.horizon(359, 30));
        assert!(december > 2.2 * january, "{december} {january}");
    }
}
