//! What targeting by measured uplift earns on the synthetic retailer, in truth: an autumn campaign with a control group teaches,
//! tonight's list spends the same budget on the same offer, and the shop's truth knows what each contact would bring.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{folder, numbers, run_ok, table, texts};

/// Costs of a contact, and the share of revenue that remains.
const COST: f64 = 0.09;
const MARGIN: f64 = 0.4;

/// What is planted: purchases (r, α in weeks, a, b), spend (p, q, γ), lifts by age (under 35, to 54, from 55, unknown).
const PURCHASES: [f64; 4] = [0.7, 5.7, 0.9, 3.4];
const SPEND: [f64; 3] = [5.5, 4.2, 32.0];
const LIFTS: [f64; 4] = [0.7, 0.3, -0.35, 0.2];
const WINDOW_WEEKS: f64 = 4.0;

/// A customer who may be contacted: true profit of a contact, and what lists could go by.
struct One {
    profit: f64,
    planted: f64,
    value: f64,
    propensity: f64,
}

/// The expected profit of a contact for somebody who knows all planted parameters, and of a customer what the files tell:
/// P(alive) and E[p (1 − p)] of BG/NBD (Fader, Hardie & Lee 2005) and the mean spend of Gamma-Gamma (Fader & Hardie 2013).
fn planted([x, t_x, t]: [f64; 3], spend: f64, age_years: Option<f64>) -> f64 {
    let [r, alpha, a, b] = PURCHASES;
    let [p, q, gamma] = SPEND;
    let gone = if x > 0.0 { a / (b + x - 1.0) * ((alpha + t) / (alpha + t_x)).powf(r + x) } else { 0.0 };
    let stays = |weeks: f64| ((alpha + t) / (alpha + t + weeks)).powf(r + x);
    let moved = (stays(WINDOW_WEEKS) - stays(2.0 * WINDOW_WEEKS)) / (1.0 + gone);
    let band = age_years.map_or(3, |age| [35.0, 55.0].iter().filter(|limit| age >= **limit).count());
    MARGIN * LIFTS[band] * moved * p * (gamma + spend) / (p * (x + 1.0) + q - 1.0) - COST
}

/// Columns of a published table by customer.
fn by_id(run: &Path, name: &str, columns: &[&str]) -> HashMap<String, Vec<f64>> {
    let frame = table(run, name);
    let columns = columns.iter().map(|column| numbers(&frame, column)).collect::<Vec<_>>();
    let cells = |row: usize| columns.iter().map(|column| column[row]).collect();
    texts(&frame, "customer_id").into_iter().enumerate().map(|(row, id)| (id, cells(row))).collect()
}

/// Everybody whom the list could contact, by id.
fn everybody(shop: &Path, run: &Path) -> HashMap<String, One> {
    let truth = by_id(shop, "truth_customers", &["autumn_again_spend_effect"]);
    let known = by_id(run, "customers", &["consent_sms", "spend_mean", "birth_date"]);
    let clv = by_id(run, "clv", &["x", "t_x", "tenure_days", "clv_365d", "p_purchase_90d"]);
    let one = |(id, clv): (String, Vec<f64>)| {
        let [consent, spend_mean, birth] = known[&id][..] else { panic!("three columns") };
        let profit = MARGIN * truth.get(&id)?[0] - COST;
        // 2026-01-01 is day 20,454 since 1970
        let age = (!birth.is_nan()).then_some((20_454.0 - birth) / 365.25);
        let planted = planted([clv[0], clv[1] / 7.0, clv[2] / 7.0], spend_mean * (clv[0] + 1.0), age);
        (consent == 1.0).then_some((id, One { profit, planted, value: clv[3], propensity: clv[4] }))
    };
    clv.into_iter().filter_map(one).collect()
}

#[test]
fn measured_uplift_earns_what_an_oracle_would() {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "150000", "--out", "shop", "--seed", "11", "--format", "parquet"]);
    let shop = folder.path().join("shop");
    let pipeline = shop.join("pipeline.toml");
    let text = fs::read_to_string(&pipeline).expect("the pipeline file");
    let (text, _) = text.split_once("# Whom to contact").expect("the lists of the example");
    // as much as the autumn campaign cost: 29,000 contacts
    let budget = 29_000.0 * COST;
    let sections = format!(
        "[[uplift]]\nname = \"autumn\"\ncampaigns = [\"C2025-AUTUMN\"]\noutcome = \"conversion\"\nwindow_days = 28\n\
        [[targets]]\nname = \"again\"\nwhere = \"orders >= 1\"\nchannel = \"sms\"\ncost_per_contact = {COST}\nbudget = {budget}\n\
        margin = {MARGIN}\nuplift = \"uplift_autumn\"\nuplift_value = \"expected_spend\"\ncontrol_share = 0.0\n"
    );
    fs::write(&pipeline, format!("{text}{sections}")).expect("written");
    run_ok(folder.path(), &["run", "shop/pipeline.toml", "--quiet"]);
    let run = shop.join("out/latest");
    let all = everybody(&shop, &run);
    let chosen = texts(&table(&run, "targets"), "customer_id");
    let count = chosen.len();
    assert!(count > 10_000 && count as f64 * COST <= budget, "{count}");
    // test accounts have no truth
    let ours = chosen.iter().filter_map(|id| all.get(id)).map(|one| one.profit).sum::<f64>();
    let mut people = all.iter().collect::<Vec<_>>();
    people.sort_by_key(|(id, _)| *id);
    let mut earned = |by: &dyn Fn(&One) -> f64| {
        people.sort_by(|a, b| by(b.1).total_cmp(&by(a.1)));
        people[..count].iter().map(|(_, one)| one.profit).sum::<f64>()
    };
    let truth = earned(&|one| one.profit);
    let planted = earned(&|one| one.planted);
    let others = [earned(&|one| one.value), earned(&|one| one.propensity)];
    let chance = all.values().map(|one| one.profit).sum::<f64>() * count as f64 / all.len() as f64;
    println!(
        "{count} of {}: ours {ours:.0}, planted {planted:.0}, truth {truth:.0}, others {others:.0?}, chance {chance:.0}",
        all.len()
    );
    assert!(ours > 0.9 * planted, "{ours} of {planted}, {truth}");
    assert!(others.iter().all(|other| ours > 1.1 * other), "{ours} {others:?}");
    assert!(ours > 1.5 * chance, "{ours} {chance}");
}
