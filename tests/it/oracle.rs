//! What targeting by measured uplift earns on the synthetic retailer, in truth: each of its two campaigns with a control group
//! teaches, tonight's list spends the same budget on the same offer, and the shop's truth knows what each contact would bring.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use crate::support::{folder, numbers, run_ok, table, texts};

/// Share of revenue that remains.
const MARGIN: f64 = 0.4;

/// What is planted: purchases (r, α in weeks, a, b) and spend (p, q, γ).
const PURCHASES: [f64; 4] = [0.7, 5.7, 0.9, 3.4];
const SPEND: [f64; 3] = [5.5, 4.2, 32.0];
const WINDOW_WEEKS: f64 = 4.0;

/// A campaign of the shop with what is planted for it.
struct Campaign {
    id: &'static str,
    truth: &'static str,
    channel: &'static str,
    consent: &'static str,
    cost: f64,
    /// As many as were contacted last time.
    contacts: f64,
    /// What a contact adds to the log-odds of a purchase.
    lift: fn(&One) -> f64,
    /// Part of a purchase's mean that contacts add by moving small first purchases to large ones: κ · ½ E|G − 1| · (1/π +
    /// 1/(1 − π)) of a gamma variable G with shape p and mean 1, and the treated share π.
    larger: f64,
}

/// A customer who may be contacted.
struct One {
    /// True profit of a contact.
    profit: f64,
    /// Repeat purchase days, weeks to the last, weeks observed.
    history: [f64; 3],
    spend: f64,
    age_years: Option<f64>,
    value: f64,
    propensity: f64,
}

const CAMPAIGNS: [Campaign; 2] = [
    Campaign {
        id: "C2025-AUTUMN",
        truth: "autumn_again_spend_effect",
        channel: "sms",
        consent: "consent_sms",
        cost: 0.09,
        contacts: 29_000.0,
        lift: |one| {
            let band = one.age_years.map_or(3, |age| [35.0, 55.0].iter().filter(|limit| age >= **limit).count());
            [0.7, 0.3, -0.35, 0.2][band]
        },
        larger: 0.036,
    },
    Campaign {
        id: "C2025-SPRING",
        truth: "spring_again_spend_effect",
        channel: "email",
        consent: "consent_email",
        cost: 0.12,
        contacts: 20_000.0,
        lift: |one| {
            let silence_days = (one.history[2] - one.history[1]) * 7.0;
            [0.1, 0.55, 0.9, 0.7][[60.5, 150.5, 300.5].iter().filter(|limit| silence_days > **limit).count()]
        },
        larger: 0.054,
    },
];

/// The expected gain of a contact for somebody who knows all planted parameters, and of a customer what the files tell:
/// P(alive), E[p] and E[p (1 − p)] of BG/NBD (Fader, Hardie & Lee 2005) and the mean spend of Gamma-Gamma (Fader & Hardie 2013).
fn planted(campaign: &Campaign, one: &One) -> f64 {
    let [r, alpha, a, b] = PURCHASES;
    let [p, q, gamma] = SPEND;
    let [x, t_x, t] = one.history;
    let gone = if x > 0.0 { a / (b + x - 1.0) * ((alpha + t) / (alpha + t_x)).powf(r + x) } else { 0.0 };
    let stays = |weeks: f64| ((alpha + t) / (alpha + t + weeks)).powf(r + x);
    let (bought, moved) = (1.0 - stays(WINDOW_WEEKS), stays(WINDOW_WEEKS) - stays(2.0 * WINDOW_WEEKS));
    let mean = p * (gamma + one.spend) / (p * (x + 1.0) + q - 1.0);
    mean * ((campaign.lift)(one) * moved + campaign.larger * bought) / (1.0 + gone)
}

/// Columns of a published table by customer.
fn by_id(run: &Path, name: &str, columns: &[&str]) -> HashMap<String, Vec<f64>> {
    let frame = table(run, name);
    let columns = columns.iter().map(|column| numbers(&frame, column)).collect::<Vec<_>>();
    let cells = |row: usize| columns.iter().map(|column| column[row]).collect();
    texts(&frame, "customer_id").into_iter().enumerate().map(|(row, id)| (id, cells(row))).collect()
}

/// Everybody whom the list could contact, by id.
fn everybody(campaign: &Campaign, shop: &Path, run: &Path) -> HashMap<String, One> {
    let truth = by_id(shop, "truth_customers", &[campaign.truth]);
    let known = by_id(run, "customers", &[campaign.consent, "spend_mean", "birth_date"]);
    let clv = by_id(run, "clv", &["x", "t_x", "tenure_days", "clv_365d", "p_purchase_90d"]);
    let one = |(id, clv): (String, Vec<f64>)| {
        let [consent, spend_mean, birth] = known[&id][..] else { panic!("three columns") };
        let profit = MARGIN * truth.get(&id)?[0] - campaign.cost;
        // 2026-01-01 is day 20,454 since 1970
        let age_years = (!birth.is_nan()).then_some((20_454.0 - birth) / 365.25);
        let history = [clv[0], clv[1] / 7.0, clv[2] / 7.0];
        let spend = spend_mean * (clv[0] + 1.0);
        (consent == 1.0).then_some((id, One { profit, history, spend, age_years, value: clv[3], propensity: clv[4] }))
    };
    clv.into_iter().filter_map(one).collect()
}

/// A night of the shop with a list for a campaign, made from its pipeline file.
fn list_of(folder: &Path, campaign: &Campaign) {
    let shop = folder.join("shop");
    let text = fs::read_to_string(shop.join("pipeline.toml")).expect("the pipeline file");
    let (text, _) = text.split_once("# Whom to contact").expect("the lists of the example");
    let Campaign { id, channel, cost, contacts, .. } = campaign;
    let sections = format!(
        "[[uplift]]\nname = \"again\"\ncampaigns = [\"{id}\"]\noutcome = \"revenue\"\nwindow_days = 28\n\
        [[targets]]\nname = \"again\"\nwhere = \"orders >= 1\"\nchannel = \"{channel}\"\ncost_per_contact = {cost}\n\
        budget = {}\nmargin = {MARGIN}\nuplift = \"uplift_again\"\ncontrol_share = 0.0\n",
        contacts * cost
    );
    fs::write(shop.join("again.toml"), format!("{text}{sections}")).expect("written");
    run_ok(folder, &["run", "shop/again.toml", "--quiet"]);
}

#[test]
fn measured_uplift_earns_what_an_oracle_would() {
    let folder = folder(&[]);
    run_ok(folder.path(), &["synth", "--customers", "150000", "--out", "shop", "--seed", "11", "--format", "parquet"]);
    for campaign in &CAMPAIGNS {
        list_of(folder.path(), campaign);
        let shop = folder.path().join("shop");
        let run = shop.join("out/latest");
        let all = everybody(campaign, &shop, &run);
        let chosen = texts(&table(&run, "targets"), "customer_id");
        let count = chosen.len();
        assert!(count > 10_000 && count as f64 <= campaign.contacts, "{}: {count}", campaign.id);
        // test accounts have no truth
        let ours = chosen.iter().filter_map(|id| all.get(id)).map(|one| one.profit).sum::<f64>();
        let mut people = all.iter().collect::<Vec<_>>();
        people.sort_by_key(|(id, _)| *id);
        let mut earned = |by: &dyn Fn(&One) -> f64| {
            people.sort_by(|a, b| by(b.1).total_cmp(&by(a.1)));
            people[..count].iter().map(|(_, one)| one.profit).sum::<f64>()
        };
        let truth = earned(&|one| one.profit);
        let oracle = earned(&|one| planted(campaign, one));
        let others = [earned(&|one| one.value), earned(&|one| one.propensity)];
        let chance = all.values().map(|one| one.profit).sum::<f64>() * count as f64 / all.len() as f64;
        println!(
            "{}, {count} of {}: ours {ours:.0}, planted {oracle:.0}, truth {truth:.0}, others {others:.0?}, chance {chance:.0}",
            campaign.id,
            all.len()
        );
        assert!(ours > 0.9 * oracle, "{}: {ours} of {oracle}, {truth}", campaign.id);
        assert!(others.iter().all(|other| ours > 1.1 * other), "{}: {ours} {others:?}", campaign.id);
        assert!(ours > 1.5 * chance, "{}: {ours} {chance}", campaign.id);
    }
}
