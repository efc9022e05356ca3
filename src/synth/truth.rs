//! `truth.json`: what was planted, and how it came out.

use serde::Serialize;
use serde_json::{Value, json};

use super::campaign::Campaign;
use super::catalogue::{CATEGORIES, Catalogue, PAIRS, SEQUENCES};
use super::error::SynthError;
use super::lines::RowKind;
use super::options::{SynthOptions, WrittenFile};
use super::params::Planted;
use super::shop::Shop;
use super::tally::{ArmTally, SegmentTally, Tally};

#[derive(Serialize)]
struct Truth<'a> {
    about: &'static str,
    seed: u64,
    options: Value,
    calendar: Value,
    planted: &'a Planted,
    customers: Value,
    orders: Value,
    transaction_rows: Value,
    basket_pairs: Vec<Value>,
    sequences: Vec<Value>,
    churn_journey: Value,
    campaigns: Vec<Value>,
    files: Vec<Value>,
}

/// The whole truth as JSON text.
pub(super) fn text(
    shop: &Shop,
    options: &SynthOptions,
    tally: &Tally,
    files: &[WrittenFile],
) -> Result<String, SynthError> {
    let truth = Truth {
        about: "What was planted in this synthetic retailer, and how it came out. Money in EUR unless the name says cents.",
        seed: options.seed,
        options: json!({
            "customers": options.customers, "format": options.format.extension(), "dirt": options.dirt,
            "seasonality": options.seasonality, "duplicate_people": options.duplicate_people,
        }),
        calendar: calendar(),
        planted: &shop.planted,
        customers: customers(tally),
        orders: orders(shop, tally),
        transaction_rows: transaction_rows(tally),
        basket_pairs: (0..PAIRS.len()).map(|index| pair(shop, tally, index)).collect(),
        sequences: (0..SEQUENCES.len()).map(|index| sequence(shop, tally, index)).collect(),
        churn_journey: churn_journey(shop, tally),
        campaigns: shop
            .campaigns
            .list
            .iter()
            .zip(&tally.campaigns)
            .map(|(plan, result)| campaign(plan, result))
            .collect(),
        files: files
            .iter()
            .map(|file| json!({ "table": file.table, "path": relative(options, file), "rows": file.rows }))
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&truth)?;
    text.push('\n');
    Ok(text)
}

fn relative(options: &SynthOptions, file: &WrittenFile) -> String {
    let path = file.path.strip_prefix(&options.out).unwrap_or(&file.path);
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn calendar() -> Value {
    json!({
        "first_day": "2024-01-01", "last_day": "2025-12-31", "timezone": "Europe/Berlin", "currency": "EUR",
        "operational_time": "A day lasts month_index × weekday_index, scaled so that the two years last 731 days; the purchase \
            process runs in this time. First purchases stand in the middle of their day, the data end in the middle of the last.",
        "future": "truth_customers counts the process's purchases in the 90 and 365 days after the last day, and holds what each \
            campaign would add, in chance of a purchase and in spend, if it were run again from the day after on (*_again_*).",
    })
}

fn customers(tally: &Tally) -> Value {
    json!({
        "buyers": tally.buyers, "prospects": tally.prospects, "second_records": tally.second_records,
        "test_accounts": tally.test_accounts, "alive_at_end": tally.alive_at_end,
    })
}

fn orders(shop: &Shop, tally: &Tally) -> Value {
    let patterns = &tally.patterns;
    let channels: serde_json::Map<String, Value> = shop
        .planted
        .habits
        .channel_shares
        .iter()
        .zip(patterns.channels)
        .map(|((name, _), count)| ((*name).to_owned(), count.into()))
        .collect();
    let categories: serde_json::Map<String, Value> = CATEGORIES
        .iter()
        .zip(patterns.categories)
        .map(|(category, count)| (category.name.to_owned(), count.into()))
        .collect();
    json!({
        "orders": patterns.orders, "purchase_days": tally.purchase_days, "orders_by_channel": channels,
        "orders_by_month": patterns.months, "orders_by_weekday": patterns.weekdays, "orders_by_hour": patterns.hours,
        "lines": tally.kind(RowKind::Genuine).rows, "lines_by_category": categories,
        "amount_cents": tally.kind(RowKind::Genuine).amount_cents,
    })
}

fn transaction_rows(tally: &Tally) -> Value {
    let mut kinds = serde_json::Map::new();
    for kind in RowKind::ALL {
        let name = json!(kind).as_str().unwrap_or_default().to_owned();
        kinds.insert(name, json!(tally.kind(kind)));
    }
    let copies: u64 = tally.kinds.iter().map(|count| count.overlap_rows).sum();
    let own: u64 = tally.kinds.iter().map(|count| count.rows).sum();
    json!({
        "total": own + copies, "dirty": tally.dirty_rows(), "overlap_rows": copies, "by_kind": kinds,
        "about": "rows: written once; overlap_rows: written again at the start of the next quarter's file because the export \
            windows overlap. The amounts are what the rows state; a bad amount states none.",
    })
}

fn product_ids(shop: &Shop, codes: [usize; 2]) -> [&str; 2] {
    codes.map(|code| shop.catalogue.products[code].id.as_str())
}

fn pair(shop: &Shop, tally: &Tally, index: usize) -> Value {
    let plan = &PAIRS[index];
    let [only_first, only_second, both] = plan.shares;
    let [first, second, together] = tally.patterns.pairs[index];
    let orders = tally.patterns.orders as f64;
    json!({
        "products": product_ids(shop, Catalogue::pair(index)), "names": plan.products.map(|product| product.0),
        "planted": {
            "support_first": only_first + both, "support_second": only_second + both, "support_both": both,
            "lift": both / ((only_first + both) * (only_second + both)),
            "about": "Per order whose total leaves room for them; the few small orders that do not hold fewer.",
        },
        "orders_with_first": first, "orders_with_second": second, "orders_with_both": together,
        "lift": together as f64 * orders / (first as f64 * second as f64).max(1.0),
    })
}

fn sequence(shop: &Shop, tally: &Tally, index: usize) -> Value {
    let plan = &SEQUENCES[index];
    let [started, followed] = tally.patterns.sequences[index];
    json!({
        "products": product_ids(shop, Catalogue::sequence(index)), "names": plan.products.map(|product| product.0),
        "within_orders": plan.within_orders,
        "planted": {
            "first_share": plan.first_share, "follow_share": plan.follow_share, "second_background_share": plan.background_share,
            "about": "The second follows with follow_share in one of the next within_orders orders, if the customer places so many.",
        },
        "orders_with_first": started, "followed_within": followed,
    })
}

fn churn_journey(shop: &Shop, tally: &Tally) -> Value {
    let plan = &shop.planted.churn_journey;
    let purchases = tally.purchase_days as f64;
    let base = tally.departures as f64 / purchases.max(1.0);
    let (leaving, staying) = (plan.after_last_purchase * base, plan.after_other_purchase * (1.0 - base));
    json!({
        "steps": plan.steps, "departures": tally.departures, "departure_rate_per_purchase_day": base,
        "departure_rate_given_journey": leaving / (leaving + staying).max(f64::MIN_POSITIVE),
        "journeys_after_departure": tally.journeys[0], "journeys_after_other_purchase": tally.journeys[1],
        "about": "Journeys are counted as drawn; steps after the last day are not in the files.",
    })
}

fn campaign(plan: &Campaign, result: &[SegmentTally]) -> Value {
    let mut total = SegmentTally::default();
    for segment in result {
        total.merge(segment);
    }
    let segments: Vec<Value> = plan
        .lifts
        .iter()
        .zip(result)
        .map(|((name, lift), segment)| {
            let mut value = effects(segment);
            value["segment"] = json!(name);
            value["lift_parameter"] = json!(lift);
            value
        })
        .collect();
    let mut value = json!({ "plan": plan, "total": effects(&total), "segments": segments });
    value["about"] = json!(
        "true_*: mean over both arms of what was planted for each customer; treated, control: what happened. A conversion is a \
         purchase in the window_days from the start on."
    );
    value
}

fn effects(tally: &SegmentTally) -> Value {
    let customers = (tally.arms[0].customers + tally.arms[1].customers).max(1) as f64;
    let [bought, idle] = tally.conversion.map(|sum| sum / customers);
    let [spent, kept] = tally.spend.map(|sum| sum / customers);
    json!({
        "true_conversion_treated": bought, "true_conversion_control": idle, "true_conversion_effect": bought - idle,
        "true_spend_treated": spent, "true_spend_control": kept, "true_spend_effect": spent - kept,
        "treated": arm(&tally.arms[0]), "control": arm(&tally.arms[1]),
    })
}

fn arm(arm: &ArmTally) -> Value {
    json!({ "customers": arm.customers, "converted": arm.converted, "spend_cents": arm.spend_cents })
}
