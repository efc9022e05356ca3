//! The columns of every table.

use arrow::array::RecordBatch;

use super::calendar::{DAYS, QUARTERS};
use super::campaign::{CAMPAIGNS, Effect};
use super::catalogue::{BRANDS, CATEGORIES};
use super::chunk::{Chunk, Latent, Record};
use super::columns::Columns;
use super::dirt::{bad_amount, bad_date};
use super::error::SynthError;
use super::lines::{Line, RowKind, number_text};
use super::names::TOWNS;
use super::options::Format;
use super::person::{ACQUISITION_CHANNELS, GENDERS};
use super::shop::Shop;

/// The files that grow with the customers: table and path inside the folder, without extension.
pub(super) const STREAMED: [(&str, &str); QUARTERS + 6] = [
    ("transactions", "transactions/transactions_2024q1"),
    ("transactions", "transactions/transactions_2024q2"),
    ("transactions", "transactions/transactions_2024q3"),
    ("transactions", "transactions/transactions_2024q4"),
    ("transactions", "transactions/transactions_2025q1"),
    ("transactions", "transactions/transactions_2025q2"),
    ("transactions", "transactions/transactions_2025q3"),
    ("transactions", "transactions/transactions_2025q4"),
    ("customers", "customers"),
    ("interactions", "interactions"),
    ("feedback", "feedback"),
    ("contacts", "contacts"),
    ("truth_customers", "truth_customers"),
    ("truth_pairs", "truth_pairs"),
];

/// The batches of a chunk, one for each of [`STREAMED`].
pub(super) fn batches(shop: &Shop, chunk: &Chunk) -> Result<Vec<RecordBatch>, SynthError> {
    let mut out = Vec::with_capacity(STREAMED.len());
    for lines in &chunk.lines {
        out.push(transactions(shop, chunk, lines)?);
    }
    out.push(customers(shop, chunk)?);
    out.push(interactions(shop, chunk)?);
    out.push(feedback(shop, chunk)?);
    out.push(contacts(shop, chunk)?);
    out.push(truth_customers(shop, chunk)?);
    out.push(truth_pairs(shop, chunk)?);
    Ok(out)
}

fn id(chunk: &Chunk, at: u32) -> &str {
    &chunk.ids[at as usize]
}

/// An order number on the stack, as text.
struct Number([u8; 9]);

impl AsRef<str> for Number {
    fn as_ref(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

fn transactions(shop: &Shop, chunk: &Chunk, lines: &[Line]) -> Result<RecordBatch, SynthError> {
    let products = &shop.catalogue.products;
    let channels = &shop.planted.habits.channel_shares;
    let head = Columns::new("transactions", shop.format)
        .text("transaction_id", lines.iter().map(|line| Number(number_text(line.order))))
        .text_or_null("customer_id", lines.iter().map(|line| line.customer.map(|at| id(chunk, at))));
    times_with_dirt(head, shop.format, lines)
        .text("product_id", lines.iter().map(|line| products[line.item.product].id.as_str()))
        .text("category", lines.iter().map(|line| CATEGORIES[products[line.item.product].category].name))
        .integers("quantity", lines.iter().map(|line| Some(line.item.quantity)))
        .cents("unit_price", lines.iter().map(|line| Some(line.item.unit_price)))
        .cents("discount", lines.iter().map(|line| Some(line.item.discount)))
        .amounts_with_dirt(shop.format, lines)
        .cents("cost", lines.iter().map(|line| Some(line.cost)))
        .cents("shipping", lines.iter().map(|line| Some(line.shipping)))
        .text("channel", lines.iter().map(|line| channels[line.channel].0))
        .text_or_null("store", lines.iter().map(|line| line.store.map(|town| STORES[town])))
        .text("currency", lines.iter().map(|_| "EUR"))
        .text("status", lines.iter().map(status))
        .text_or_null(
            "original_transaction_id",
            lines.iter().map(|line| line.original.map(|order| Number(number_text(order)))),
        )
        .finish()
}

const STORES: [&str; TOWNS.len()] =
    ["S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12"];

fn status(line: &Line) -> &'static str {
    match line.kind {
        RowKind::RefundLinked | RowKind::RefundUnlinked => "refunded",
        _ => "paid",
    }
}

fn times_with_dirt(columns: Columns, format: Format, lines: &[Line]) -> Columns {
    match format {
        Format::Parquet => columns.times("timestamp", lines.iter().map(|line| Some(line.time))),
        Format::Csv => {
            let text = |line: &Line| bad_date(line).map_or_else(|| super::calendar::text(line.time), str::to_owned);
            columns.text("timestamp", lines.iter().map(text))
        }
    }
}

impl Columns {
    fn amounts_with_dirt(self, format: Format, lines: &[Line]) -> Self {
        match format {
            Format::Parquet => self.cents("amount", lines.iter().map(|line| Some(line.item.amount()))),
            Format::Csv => self.text("amount", lines.iter().map(amount_text)),
        }
    }
}

fn amount_text(line: &Line) -> String {
    let cents = line.item.amount();
    let sign = if cents < 0 { "-" } else { "" };
    let units = || format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100);
    bad_amount(line).map_or_else(units, str::to_owned)
}

fn customers(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.records.iter();
    let consent = |which: usize| rows().map(move |row: &Record| row.person.consents[which]);
    Columns::new("customers", shop.format)
        .text("customer_id", rows().map(|row| id(chunk, row.id)))
        .text("first_name", rows().map(|row| row.person.first.latin.as_str()))
        .text("last_name", rows().map(|row| row.person.last.latin.as_str()))
        .text("name", rows().map(|row| format!("{} {}", row.person.first.latin, row.person.last.latin)))
        .text_or_null("email", rows().map(|row| row.person.email.as_deref()))
        .text_or_null("phone", rows().map(|row| row.person.phone.as_deref()))
        .dates("birth_date", rows().map(|row| row.person.birth_day))
        .text_or_null("gender", rows().map(|row| Some(GENDERS[row.person.gender]).filter(|text| !text.is_empty())))
        .text("street", rows().map(|row| row.person.street.as_str()))
        .text("postal_code", rows().map(|row| row.person.postal_code.as_str()))
        .text("city", rows().map(|row| TOWNS[row.person.town].name))
        .text("region", rows().map(|row| TOWNS[row.person.town].region))
        .text("country", rows().map(|row| TOWNS[row.person.town].country))
        .dates("acquired_at", rows().map(|row| Some(shop.calendar.epoch_day(row.acquired_day))))
        .text("acquisition_channel", rows().map(|row| ACQUISITION_CHANNELS[row.person.acquisition]))
        .cents("acquisition_cost", rows().map(|row| Some(row.person.acquisition_cents)))
        .flags("consent_email", consent(0))
        .flags("consent_sms", consent(1))
        .flags("consent_phone", consent(2))
        .cents("category_spend", rows().map(|row| row.category_spend))
        .finish()
}

fn interactions(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.touches.iter();
    Columns::new("interactions", shop.format)
        .text("customer_id", rows().map(|(at, _)| id(chunk, *at)))
        .times("timestamp", rows().map(|(_, touch)| Some(touch.time)))
        .text("touchpoint", rows().map(|(_, touch)| touch.touchpoint))
        .text("direction", rows().map(|(_, touch)| touch.direction))
        .text("outcome", rows().map(|(_, touch)| touch.outcome))
        .integers("duration_seconds", rows().map(|(_, touch)| touch.duration_seconds))
        .hundredths_of_cents("cost", rows().map(|(_, touch)| Some(touch.cost)))
        .text("topic", rows().map(|(_, touch)| touch.topic))
        .text_or_null("campaign_id", rows().map(|(_, touch)| touch.campaign))
        .text("experience", rows().map(|(_, touch)| touch.experience()))
        .integers("delay_days", rows().map(|(_, touch)| touch.delay_days))
        .finish()
}

fn feedback(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.answers.iter();
    Columns::new("feedback", shop.format)
        .text("customer_id", rows().map(|(at, _)| id(chunk, *at)))
        .times("timestamp", rows().map(|(_, answer)| Some(answer.time)))
        .integers("score", rows().map(|(_, answer)| Some(answer.score)))
        .text("instrument", rows().map(|(_, answer)| answer.instrument))
        .text("scale", rows().map(|(_, answer)| answer.scale))
        .text_or_null("text", rows().map(|(_, answer)| answer.text))
        .text("topic", rows().map(|(_, answer)| answer.topic))
        .finish()
}

fn contacts(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.contacts.iter();
    Columns::new("contacts", shop.format)
        .text("campaign_id", rows().map(|(_, contact)| shop.campaigns.list[contact.campaign].id))
        .text("customer_id", rows().map(|(at, _)| id(chunk, *at)))
        .times("contacted_at", rows().map(|(_, contact)| contact.contacted_at))
        .text("arm", rows().map(|(_, contact)| if contact.treated { "treatment" } else { "control" }))
        .times("responded_at", rows().map(|(_, contact)| contact.responded_at))
        .finish()
}

fn truth_customers(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.latents.iter();
    let calendar = &shop.calendar;
    let day = |day: usize| Some(calendar.epoch_day(day as i64));
    let after = |row: &Latent, days: usize| Some(row.history.purchases_after_end(calendar, days) as i64);
    let columns = Columns::new("truth_customers", shop.format)
        .text("customer_id", rows().map(|row| id(chunk, row.id)))
        .numbers("lambda_per_week", rows().map(|row| Some(row.history.lambda_per_week)))
        .numbers("dropout_p", rows().map(|row| Some(row.history.dropout)))
        .numbers("spend_mean", rows().map(|row| Some(row.spend_mean)))
        .flags("alive_at_end", rows().map(|row| row.history.alive_at_end(calendar)))
        .dates("first_purchase", rows().map(|row| day(row.history.first_day)))
        .dates("last_purchase", rows().map(|row| row.history.days.last().and_then(|last| day(*last))))
        .integers("purchase_days", rows().map(|row| Some(row.history.days.len() as i64)))
        .integers("orders", rows().map(|row| Some(row.orders as i64)))
        .integers("purchases_next_90d", rows().map(|row| after(row, 90)))
        .integers("purchases_next_365d", rows().map(|row| after(row, 365)))
        .text("favourite_channel", rows().map(|row| shop.planted.habits.channel_shares[row.ways.channel].0))
        .integers(
            "favourite_hour",
            rows().map(|row| Some(row.ways.hour as i64 + i64::from(shop.planted.habits.first_hour))),
        )
        .text("favourite_category", rows().map(|row| CATEGORIES[row.ways.taste.category].name))
        .flags("deal_seeker", rows().map(|row| row.ways.taste.deal_seeker))
        .numbers("satisfaction_deviation", rows().map(|row| Some(row.feeling.0)));
    effects(columns, shop, chunk).finish()
}

/// Names of a campaign's true effects on a customer.
const EFFECTS: [[&str; 7]; CAMPAIGNS] = [
    [
        "spring_segment",
        "spring_conversion_treated",
        "spring_conversion_control",
        "spring_spend_treated",
        "spring_spend_control",
        "spring_again_conversion_effect",
        "spring_again_spend_effect",
    ],
    [
        "autumn_segment",
        "autumn_conversion_treated",
        "autumn_conversion_control",
        "autumn_spend_treated",
        "autumn_spend_control",
        "autumn_again_conversion_effect",
        "autumn_again_spend_effect",
    ],
];

fn effects(mut columns: Columns, shop: &Shop, chunk: &Chunk) -> Columns {
    for (campaign, [segment, bought, idle, spent, kept, moved, gained]) in EFFECTS.into_iter().enumerate() {
        let rows = || chunk.latents.iter().map(move |row| row.effects[campaign]);
        let again = || chunk.latents.iter().map(move |row| row.effects_again[campaign]);
        let number = |what: fn(Effect) -> f64| rows().map(move |effect| effect.map(what));
        let name = move |effect: Effect| shop.campaigns.list[campaign].lifts[effect.segment].0;
        columns = columns
            .text_or_null(segment, rows().map(|effect| effect.map(name)))
            .numbers(bought, number(|effect| effect.conversion[0]))
            .numbers(idle, number(|effect| effect.conversion[1]))
            .numbers(spent, number(|effect| effect.spend[0]))
            .numbers(kept, number(|effect| effect.spend[1]))
            .numbers(moved, again().map(|effect| Some(effect.conversion[0] - effect.conversion[1])))
            .numbers(gained, again().map(|effect| Some(effect.spend[0] - effect.spend[1])));
    }
    columns
}

fn truth_pairs(shop: &Shop, chunk: &Chunk) -> Result<RecordBatch, SynthError> {
    let rows = || chunk.pairs.iter();
    let changes = rows().map(|pair| pair.changes.iter().map(|change| change.name()).collect::<Vec<_>>().join("+"));
    Columns::new("truth_pairs", shop.format)
        .text("customer_id", rows().map(|pair| id(chunk, pair.id)))
        .text("second_customer_id", rows().map(|pair| id(chunk, pair.second)))
        .text("changes", changes)
        .finish()
}

/// The assortment.
pub(super) fn products(shop: &Shop) -> Result<RecordBatch, SynthError> {
    let rows = || shop.catalogue.products.iter();
    Columns::new("products", shop.format)
        .text("product_id", rows().map(|product| product.id.as_str()))
        .text("name", rows().map(|product| product.name.as_str()))
        .text("category", rows().map(|product| CATEGORIES[product.category].name))
        .text("brand", rows().map(|product| BRANDS[product.brand]))
        .cents("cost", rows().map(|product| Some(product.cost)))
        .cents("price", rows().map(|product| Some(product.price)))
        .finish()
}

/// The campaigns.
pub(super) fn campaigns(shop: &Shop) -> Result<RecordBatch, SynthError> {
    let rows = || shop.campaigns.list.iter();
    let day = |day: usize| Some(shop.calendar.epoch_day(day.min(DAYS) as i64));
    Columns::new("campaigns", shop.format)
        .text("campaign_id", rows().map(|campaign| campaign.id))
        .dates("start", rows().map(|campaign| day(campaign.first_day())))
        .dates("end", rows().map(|campaign| day(campaign.last_day())))
        .text("name", rows().map(|campaign| campaign.name))
        .text("channel", rows().map(|campaign| campaign.channel))
        .numbers("cost_per_contact", rows().map(|campaign| Some(campaign.cost_per_contact)))
        .text("offer", rows().map(|campaign| campaign.offer))
        .finish()
}
