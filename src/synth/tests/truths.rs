//! What an analysis finds in the files is what was planted.

use std::collections::HashMap;

use serde_json::Value;

use super::read::{Shop, shop};

fn clean(customers: u64, seasonality: f64) -> Shop {
    shop(customers, |options| {
        options.dirt = 0.0;
        options.seasonality = seasonality;
    })
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

/// A difference of two means in standard errors.
fn z(first: &[f64], second: &[f64]) -> f64 {
    let moments = |sample: &[f64]| {
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        (mean, sample.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0) / n)
    };
    let ((a, variance_a), (b, variance_b)) = (moments(first), moments(second));
    (a - b) / (variance_a + variance_b).sqrt().max(1e-300)
}

/// A mean against a number, in standard errors.
fn z_mean(sample: &[f64], expected: f64) -> f64 {
    z(sample, &[expected, expected])
}

/// Weeks from a date to the end of 2025, as the ages T of the purchase model.
fn weeks_to_end(date: &str) -> f64 {
    let first: jiff::civil::Date = date.parse().unwrap();
    f64::from(first.until(jiff::civil::date(2025, 12, 31)).unwrap().get_days()) / 7.0
}

#[test]
fn rates_dropouts_and_spends_have_the_planted_means() {
    let shop = clean(9_000, 0.0);
    let truth = shop.table("truth_customers");
    let purchases = &shop.truth["planted"]["purchases"];
    let [r, alpha, a, b] = ["r", "alpha_weeks", "a", "b"].map(|name| number(&purchases[name]));
    let (lambda, dropout) = (truth.numbers("lambda_per_week"), truth.numbers("dropout_p"));
    assert!(z_mean(&lambda, r / alpha).abs() < 4.5);
    assert!(z_mean(&dropout, a / (a + b)).abs() < 4.5);
    assert!(z_mean(&truth.numbers("spend_mean"), number(&shop.truth["planted"]["spend"]["mean"])).abs() < 4.5);

    // Without seasons, P(X(T) = 0) = (α / (α + T))^r and E[X(T) | λ, p] = (1 − exp(−λ p T)) / p.
    let ages: Vec<f64> = truth.full("first_purchase").into_iter().map(weeks_to_end).collect();
    let repeats: Vec<f64> = truth.numbers("purchase_days").into_iter().map(|days| days - 1.0).collect();
    let none: Vec<f64> = (0..ages.len())
        .map(|at| f64::from(u8::from(repeats[at] < 0.5)) - (alpha / (alpha + ages[at])).powf(r))
        .collect();
    assert!(z_mean(&none, 0.0).abs() < 4.5);
    let surplus: Vec<f64> =
        (0..ages.len()).map(|at| repeats[at] + (-lambda[at] * dropout[at] * ages[at]).exp_m1() / dropout[at]).collect();
    assert!(z_mean(&surplus, 0.0).abs() < 4.5);
}

#[test]
fn files_hold_the_purchase_days_that_the_truth_states() {
    let shop = clean(700, 1.0);
    let transactions = shop.table("transactions");
    let mut days: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, time) in transactions.full("customer_id").into_iter().zip(transactions.full("timestamp")) {
        days.entry(id).or_default().push(&time[..10]);
    }
    let truth = shop.table("truth_customers");
    let (first, last, count) =
        (truth.full("first_purchase"), truth.full("last_purchase"), truth.numbers("purchase_days"));
    for (row, id) in truth.full("customer_id").into_iter().enumerate() {
        let mut own = days.remove(id).unwrap();
        own.sort_unstable();
        own.dedup();
        assert_eq!((own[0], own[own.len() - 1], own.len()), (first[row], last[row], count[row] as usize));
    }
    assert!(days.is_empty());
}

#[test]
fn channels_hours_and_patterns_come_out_as_planted() {
    let shop = clean(9_000, 1.0);
    let orders = number(&shop.truth["orders"]["orders"]);
    for share in shop.truth["planted"]["habits"]["channel_shares"].as_array().unwrap() {
        let found = number(&shop.truth["orders"]["orders_by_channel"][share[0].as_str().unwrap()]) / orders;
        assert!((found - number(&share[1])).abs() < 0.02, "{share} {found}");
    }
    for pair in shop.truth["basket_pairs"].as_array().unwrap() {
        let planted = number(&pair["planted"]["lift"]);
        assert!((number(&pair["lift"]) / planted - 1.0).abs() < 0.25, "{pair}");
        let support = number(&pair["orders_with_both"]) / orders;
        assert!((support / number(&pair["planted"]["support_both"]) - 1.0).abs() < 0.2, "{pair}");
    }
    for sequence in shop.truth["sequences"].as_array().unwrap() {
        let followed = number(&sequence["followed_within"]) / number(&sequence["orders_with_first"]);
        assert!(followed > 10.0 * number(&sequence["planted"]["second_background_share"]), "{sequence}");
    }
    let journey = &shop.truth["churn_journey"];
    let after = number(&journey["journeys_after_departure"]) / number(&journey["departures"]);
    assert!((after - number(&shop.truth["planted"]["churn_journey"]["after_last_purchase"])).abs() < 0.04);
}

#[test]
fn seasons_move_the_orders() {
    let shop = clean(9_000, 1.0);
    let mut months = [0.0_f64; 24];
    for time in shop.table("transactions").full("timestamp") {
        let (year, month): (usize, usize) = (time[..4].parse().unwrap(), time[5..7].parse().unwrap());
        months[(year - 2024) * 12 + month - 1] += 1.0;
    }
    // December against the months around it, where the growth of the shop hardly matters.
    let index: Vec<f64> =
        shop.truth["planted"]["habits"]["month_index"].as_array().unwrap().iter().map(number).collect();
    let found = months[11] / months[12];
    assert!((found / (index[11] / index[0]) - 1.0).abs() < 0.12, "{found}");
}

/// What campaign evaluation would see of one campaign: per arm, orders and money before it and conversion and money in it.
fn arms(shop: &Shop, campaign: &Value) -> [[Vec<f64>; 4]; 2] {
    let id = campaign["plan"]["campaign_id"].as_str().unwrap();
    let start = campaign["plan"]["start"].as_str().unwrap();
    let end: jiff::civil::Date = start.parse().unwrap();
    let end = end.saturating_add(jiff::Span::new().days(number(&campaign["plan"]["window_days"]) as i64)).to_string();
    let transactions = shop.table("transactions");
    let mut sums: HashMap<&str, [f64; 4]> = HashMap::new();
    let rows = transactions.full("customer_id").into_iter().zip(transactions.full("timestamp"));
    for ((customer, time), amount) in rows.zip(transactions.numbers("amount")) {
        let sum = sums.entry(customer).or_default();
        if time < start {
            sum[0] += 1.0;
            sum[1] += amount;
        } else if time < end.as_str() {
            sum[2] = 1.0;
            sum[3] += amount;
        }
    }
    let contacts = shop.table("contacts");
    let mut arms: [[Vec<f64>; 4]; 2] = Default::default();
    let rows = contacts.full("campaign_id").into_iter().zip(contacts.full("customer_id")).zip(contacts.full("arm"));
    for ((_, customer), arm) in rows.filter(|((campaign, _), _)| *campaign == id) {
        let arm = &mut arms[usize::from(arm == "control")];
        let sum = sums[customer];
        arm.iter_mut().zip(sum).for_each(|(values, value)| values.push(value));
    }
    arms
}

#[test]
fn arms_are_randomised_and_differ_by_the_true_effect() {
    let shop = clean(14_000, 1.0);
    for campaign in shop.truth["campaigns"].as_array().unwrap() {
        let [treated, control] = arms(&shop, campaign);
        let (n, m) = (treated[0].len() as f64, control[0].len() as f64);
        let share = number(&campaign["plan"]["treated_share"]);
        assert!((n / (n + m) - share).abs() < 4.5 * (share * (1.0 - share) / (n + m)).sqrt());
        assert!(z(&treated[0], &control[0]).abs() < 4.5, "lines before");
        assert!(z(&treated[1], &control[1]).abs() < 4.5, "money before");
        let total = &campaign["total"];
        for (what, truth) in [(2, "true_conversion_effect"), (3, "true_spend_effect")] {
            let shifted: Vec<f64> = control[what].iter().map(|value| value + number(&total[truth])).collect();
            assert!(z(&treated[what], &shifted).abs() < 4.5, "{truth}");
        }
        let converted = treated[2].iter().sum::<f64>().round() as u64;
        let cents = (control[3].iter().sum::<f64>() * 100.0).round() as u64;
        assert_eq!(Some(converted), total["treated"]["converted"].as_u64());
        assert_eq!(Some(cents), total["control"]["spend_cents"].as_u64());
    }
}

/// A campaign that is run again adds nothing with those who have left; else what its segment's lift makes of p (1 − p).
#[test]
fn campaigns_that_are_run_again_have_the_planted_effects() {
    let shop = clean(4_000, 0.0);
    let truth = shop.table("truth_customers");
    let alive = truth.full("alive_at_end").into_iter().map(|alive| alive == "true").collect::<Vec<_>>();
    let (lambda, mean) = (truth.numbers("lambda_per_week"), truth.numbers("spend_mean"));
    for name in ["spring", "autumn"] {
        let [moved, gained] = ["conversion", "spend"].map(|what| truth.numbers(&format!("{name}_again_{what}_effect")));
        let mut present = 0;
        for row in 0..alive.len() {
            if !alive[row] {
                assert!(moved[row] == 0.0 && gained[row] == 0.0, "{name} {row}");
                continue;
            }
            present += 1;
            let chance = -(-4.0 * lambda[row]).exp_m1();
            let lift = moved[row] / (chance * (1.0 - chance));
            assert!((-0.36..0.91).contains(&lift), "{name} {row}: {lift}");
            let per_buyer = gained[row] / mean[row] - moved[row];
            assert!(lift < 0.0 || per_buyer > -1e-9, "{name} {row}: {per_buyer}");
        }
        assert!(present > 1_000);
    }
}
