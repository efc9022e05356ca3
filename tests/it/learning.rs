//! The loop: a night chooses whom to contact, the campaign is measured against its control group, and the next night
//! chooses better. The customers' true effects are known here and nowhere in the files.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::support::{Dice, day_of_2024, folder, numbers, run_ok, table, texts};

/// Customers of the shop.
const CUSTOMERS: u64 = 12_000;

/// Days of a period; a campaign runs for one.
const PERIOD: u32 = 28;

/// Periods before the first campaign.
const BEFORE: u32 = 8;

/// Chance in a thousand of a purchase in a period, and what a contact adds to it, by group.
const CHANCE: u64 = 150;
const ADDED: [(&str, i64); 4] = [("A", 120), ("B", 0), ("C", -50), ("D", 40)];

/// Money of a purchase, share of it that is margin, cost of a contact, budget of a night.
const PRICE: f64 = 40.0;
const MARGIN: f64 = 0.5;
const COST: f64 = 0.5;
const BUDGET: f64 = 1_000.0;

fn group(customer: u64) -> usize {
    (Dice::new(customer).next() % 4) as usize
}

/// Profit that a contact really adds, in expectation.
fn true_profit(customer: u64) -> f64 {
    ADDED[group(customer)].1 as f64 / 1_000.0 * PRICE * MARGIN - COST
}

/// Purchases of a period, given who is contacted in it.
fn purchases(orders: &mut String, period: u32, contacted: &BTreeMap<u64, bool>) {
    for customer in 0..CUSTOMERS {
        let mut dice = Dice::new(customer * 1_000 + u64::from(period));
        let added = if contacted.get(&customer) == Some(&true) { ADDED[group(customer)].1 } else { 0 };
        if dice.below(1_000) < CHANCE.saturating_add_signed(added) {
            let day = day_of_2024(period * PERIOD + dice.below(u64::from(PERIOD)) as u32);
            let _ = writeln!(orders, "c{customer},{day},{PRICE}");
        }
    }
}

const PIPELINE: &str = "[pipeline]\nname = \"loop\"\n[sources.transactions]\npath = \"orders.csv\"\n\
    [sources.customers]\npath = \"customers.csv\"\n[sources.campaigns]\npath = \"campaigns.csv\"\n\
    [sources.contacts]\npath = \"contacts.csv\"\n[campaigns]\nsegments_by = [\"taste\"]\n\
    [clv]\nmodel = \"mbg_nbd\"\nmargin = 0.5\n[clusters]\nk = 2\n[targeting]\n\
    [[targets]]\nname = \"coupon\"\nwhere = \"orders > 0\"\nchannel = \"email\"\noffer = \"coupon\"\n\
    cost_per_contact = 0.5\nbudget = 1000\ncontrol_share = 0.3\n";

/// Who is on the list, and whether they are contacted.
fn listed(run: &Path) -> BTreeMap<u64, bool> {
    let list = table(run, "targets");
    let ids = texts(&list, "customer_id").into_iter().map(|id| id[1..].parse().expect("a number"));
    ids.zip(texts(&list, "arm").iter().map(|arm| arm == "treatment")).collect()
}

#[test]
fn measuring_makes_the_next_choice_better() {
    let mut orders = String::from("customer_id,timestamp,amount\n");
    (0..BEFORE).for_each(|period| purchases(&mut orders, period, &BTreeMap::new()));
    let mut customers = String::from("customer_id,taste\n");
    (0..CUSTOMERS).for_each(|c| customers += &format!("c{c},{}\n", ADDED[group(c)].0));
    // a campaign of long ago, so that the files are there from the first night on
    let mut campaigns =
        String::from("campaign_id,start,end,channel,offer,cost_per_contact\nOLD,2024-01-01,2024-01-02,post,,0.5\n");
    let mut contacts = String::from("campaign_id,customer_id,contacted_at,arm\nOLD,c0,2024-01-01,treatment\n");
    let folder = folder(&[("p.toml", PIPELINE), ("customers.csv", &customers)]);
    let mut earned = Vec::new();
    for round in 0..4 {
        for (name, text) in [("orders.csv", &orders), ("campaigns.csv", &campaigns), ("contacts.csv", &contacts)] {
            std::fs::write(folder.path().join(name), text).expect("a file");
        }
        let period = BEFORE + round;
        let as_of = day_of_2024(period * PERIOD - 1);
        run_ok(folder.path(), &["run", "p.toml", "--as-of", &as_of]);
        let list = listed(&folder.path().join("out/latest"));
        let treated = || list.iter().filter(|(_, contacted)| **contacted).map(|(customer, _)| *customer);
        assert!(treated().count() as f64 * COST <= BUDGET);
        earned.push((treated().map(true_profit).sum::<f64>(), treated().count()));
        let (start, end) = (day_of_2024(period * PERIOD), day_of_2024((period + 1) * PERIOD - 1));
        let _ = writeln!(campaigns, "ROUND{round},{start},{end},email,coupon,{COST}");
        for (customer, contacted) in &list {
            let (at, arm) = if *contacted { (start.as_str(), "treatment") } else { ("", "control") };
            let _ = writeln!(contacts, "ROUND{round},c{customer},{at},{arm}");
        }
        purchases(&mut orders, period, &list);
    }
    println!("true profit and contacts by round: {earned:?}");
    // everyone who is worth it and not held back, the best first, as far as the budget reaches
    let best = (BUDGET / COST) * true_profit_of("A");
    assert!(earned[0].0 < 0.3 * best, "the first night knows nothing: {earned:?}");
    assert!(earned[1].0 > 2.0 * earned[0].0.max(0.0) && earned[2].0 > earned[0].0, "{earned:?}");
    assert!(earned[3].0 >= 0.8 * best, "{earned:?} of {best}");
    let lifts = table(&folder.path().join("out/latest"), "campaign_lifts");
    assert!(numbers(&lifts, "campaigns").iter().any(|n| *n >= 3.0));
}

fn true_profit_of(name: &str) -> f64 {
    (0..CUSTOMERS).find(|c| ADDED[group(*c)].0 == name).map_or(0.0, true_profit)
}
