//! Customer lifetime value at a million customers, as ratios from one run: the BG/NBD fit beside Python's lifetimes (when
//! it is installed), the Pareto/NBD fit beside BG/NBD, and scoring with intervals beside writing the table.
//!
//! `cargo bench --bench clv`

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use acrm::models::clv::CLV;
use acrm::numerics::btyd::{
    Customers, Histories, Intervals, ModelKind, ScoreOptions, Scores, SpendTable, fit_bg_nbd, fit_gamma_gamma,
    fit_pareto_nbd, score,
};
use acrm::sink::write_table;
use acrm::table::{Table, TableBuilder};
use arrow::array::{Float64Array, Int64Array, StringArray};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

const CUSTOMERS: usize = 1_000_000;
const ROUNDS: usize = 5;

/// Days from the first purchase, observed for up to three years.
const SPAN_DAYS: u32 = 1095;

/// BG/NBD customers with r = 1, α = 60 days, a = 1, b = 4, whose gamma and beta variates are one logarithm each.
struct Shop {
    x: Vec<u32>,
    t_x: Vec<u32>,
    t: Vec<u32>,
    spend: Vec<f64>,
}

impl Shop {
    fn new(seed: u64) -> Self {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut uniform = || ((random.next_u64() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        let mut shop = Self { x: Vec::new(), t_x: Vec::new(), t: Vec::new(), spend: Vec::new() };
        for _ in 0..CUSTOMERS {
            let end = (uniform() * f64::from(SPAN_DAYS)) as u32;
            let rate = -uniform().ln() / 60.0;
            let leaves = 1.0 - uniform().powf(0.25);
            let (mut clock, mut last, mut x) = (0.0, 0_u32, 0_u32);
            loop {
                clock += -uniform().ln() / rate;
                if clock > f64::from(end) {
                    break;
                }
                let day = clock.ceil() as u32;
                if day > last && day <= end {
                    x += 1;
                    last = day;
                }
                if uniform() < leaves {
                    break;
                }
            }
            shop.x.push(x);
            shop.t_x.push(last);
            shop.t.push(end);
            shop.spend.push(if x > 0 { 5.0 + 60.0 * uniform() + 40.0 * uniform() } else { f64::NAN });
        }
        shop
    }

    fn customers(&self) -> Customers<'_> {
        Customers { x: &self.x, t_x: &self.t_x, t: &self.t, units_per_week: 7.0, spend_mean_repeat: &self.spend }
    }
}

/// Median seconds of a task.
fn seconds(mut task: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            task();
            start.elapsed().as_secs_f64()
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

/// Seconds that lifetimes takes to fit the same customers.
fn lifetimes_seconds(shop: &Shop, folder: &Path) -> Option<f64> {
    let path = folder.join("histories.csv");
    let mut text = String::from("x,t_x,t\n");
    for row in 0..CUSTOMERS {
        text.push_str(&format!(
            "{},{},{}\n",
            shop.x[row],
            f64::from(shop.t_x[row]) / 7.0,
            f64::from(shop.t[row]) / 7.0
        ));
    }
    std::fs::write(&path, text).ok()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/lifetimes_fit.py");
    let out = Command::new("python3").arg(script).arg(path).output().ok()?;
    String::from_utf8(out.stdout).ok()?.trim().parse().ok()
}

fn clv_table(shop: &Shop, scores: &Scores) -> Table {
    let count = |column: &[u32]| Int64Array::from_iter_values(column.iter().map(|v| i64::from(*v)));
    let none = || Float64Array::new_null(CUSTOMERS);
    let ids: Vec<String> = (0..CUSTOMERS).map(|n| format!("{n:07}")).collect();
    let mut builder = TableBuilder::new(&CLV)
        .text("customer_id", StringArray::from(ids))
        .count("x", count(&shop.x))
        .count("t_x", count(&shop.t_x))
        .count("tenure_days", count(&shop.t))
        .real(
            "spend_mean_repeat",
            shop.spend.iter().map(|z| Some(*z).filter(|z| z.is_finite())).collect::<Float64Array>(),
        )
        .real("p_alive", scores.p_alive.clone())
        .real("expected_spend", scores.spend.clone())
        .real("expected_spend_lower", none())
        .real("expected_spend_upper", none())
        .real("net_margin_ratio", none())
        .real("profit_to_date", none())
        .money("value_to_date", Int64Array::new_null(CUSTOMERS));
    for (days, horizon) in [90, 365].iter().zip(&scores.horizons) {
        builder = builder
            .real(&format!("expected_purchases_{days}d"), horizon.purchases.clone())
            .real(&format!("p_purchase_{days}d"), horizon.p_purchase.clone())
            .real(&format!("clv_{days}d"), horizon.value.clone())
            .real(&format!("clv_{days}d_lower"), horizon.value_lower.clone())
            .real(&format!("clv_{days}d_upper"), horizon.value_upper.clone());
    }
    builder.build().expect("the contract is kept")
}

fn main() {
    let shop = Shop::new(7);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let histories = || Histories::from_days(&shop.x, &shop.t_x, &shop.t).expect("valid histories");
    let bg = seconds(|| drop(fit_bg_nbd(&histories())));
    let pareto = seconds(|| drop(fit_pareto_nbd(&histories())));
    let fit = ModelKind::BgNbd.fit(&histories(), 0.0);
    let spend = fit_gamma_gamma(&SpendTable::new(&shop.x, &shop.spend));
    let options = ScoreOptions {
        horizons_weeks: vec![90.0 / 7.0, 365.0 / 7.0],
        discount_rate_annual: 0.1,
        interval_level: 0.8,
        intervals: Intervals::Value,
    };
    let known = fit_bg_nbd(&histories());
    let scoring = seconds(|| drop(score(&known, Some(&spend), &shop.customers(), &options)));
    let scores = score(&known, Some(&spend), &shop.customers(), &options);
    let table = clv_table(&shop, &scores);
    let writing = seconds(|| drop(write_table(&table, &folder.path().join("clv.parquet"), &[]).expect("written")));

    let mut out = std::io::stdout().lock();
    let mut say = |text: String| writeln!(out, "{text}").expect("written");
    say(format!("{CUSTOMERS} customers, medians of {ROUNDS} rounds; BG/NBD {}", fit.status));
    say(format!("BG/NBD fit       {bg:8.3} s"));
    say(format!("Pareto/NBD fit   {pareto:8.3} s   {:.1} × BG/NBD (at most 10)", pareto / bg));
    say(format!("scoring          {scoring:8.3} s   {:.2} × writing the table (at most 1)", scoring / writing));
    say(format!("writing clv      {writing:8.3} s"));
    match lifetimes_seconds(&shop, folder.path()) {
        Some(peer) => say(format!("lifetimes BG/NBD {peer:8.3} s   {:.0} × ours (at least 50)", peer / bg)),
        None => say("lifetimes is not installed: pip install lifetimes".to_owned()),
    }
}
