//! Rows that a clean export would not have, each kind counted.

use serde::Serialize;

use super::basket::{self, Item, Taste};
use super::calendar::{DAY_SECONDS, opening};
use super::lines::{self, Line, Numbering, RowKind};
use super::orders::Order;
use super::random::Stream;
use super::shop::Shop;

/// Texts in place of an amount.
const BAD_AMOUNTS: [&str; 4] = ["n/a", "#REF!", "--", "12.50.00"];
/// Texts in place of a date.
const BAD_DATES: [&str; 4] = ["2025-02-30 10:15:00", "2024-13-07 11:20:00", "0000-00-00 00:00:00", "unknown"];

/// The text that a row has in place of its amount.
pub(super) fn bad_amount(line: &Line) -> Option<&'static str> {
    (line.kind == RowKind::BadAmount).then(|| BAD_AMOUNTS[(line.order % 4) as usize])
}

/// The text that a row has in place of its date.
pub(super) fn bad_date(line: &Line) -> Option<&'static str> {
    (line.kind == RowKind::BadDate).then(|| BAD_DATES[(line.order % 4) as usize])
}

/// Rows and stated money of one kind of row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct KindCount {
    /// Rows of the kind, copies in the next file not counted.
    pub(super) rows: u64,
    /// Money that they state, in cents.
    pub(super) amount_cents: i64,
    /// Copies of them in the next file, because the export windows overlap.
    pub(super) overlap_rows: u64,
    /// Money that the copies state, in cents.
    pub(super) overlap_amount_cents: i64,
}

impl KindCount {
    /// Adds the counts of other rows.
    pub(super) fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.amount_cents += other.amount_cents;
        self.overlap_rows += other.overlap_rows;
        self.overlap_amount_cents += other.overlap_amount_cents;
    }
}

/// A genuine order as it was written: its number and the record it was written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// Order number.
    pub(super) number: u64,
    /// Position of the customer's id among the ids of the chunk.
    pub(super) customer: u32,
    /// Town of the customer.
    pub(super) town: usize,
}

/// The dirty rows around one genuine order.
pub(super) fn around(
    shop: &Shop,
    order: &Order,
    written: Written,
    numbering: &mut Numbering,
    stream: &mut Stream,
) -> Vec<Line> {
    let rates = &shop.planted.dirt_rates;
    let mut out = Vec::new();
    if stream.chance(rates.refund_per_order) {
        out.extend(refund(shop, order, written, numbering, stream));
    }
    if stream.chance(rates.anonymous_per_order) {
        let guest = shifted(shop, order, 0, stream);
        out.extend(lines::of_order(shop, &guest, numbering.next(), None, written.town, RowKind::Anonymous));
    }
    if stream.chance(rates.zero_amount_per_order) {
        out.extend(zero_amount(shop, order, written, numbering, stream));
    }
    let kinds = [
        (rates.future_per_order, RowKind::Future, true),
        (rates.bad_amount_per_order, RowKind::BadAmount, shop.format == super::Format::Csv),
        (rates.bad_date_per_order, RowKind::BadDate, shop.format == super::Format::Csv),
    ];
    for (rate, kind, possible) in kinds {
        let happens = stream.chance(rate) && possible;
        let ahead = if kind == RowKind::Future { future_days(shop, order, stream) } else { 0 };
        if happens {
            let extra = shifted(shop, order, ahead, stream);
            let number = numbering.next();
            out.extend(lines::of_order(shop, &extra, number, Some(written.customer), written.town, kind));
        }
    }
    out.retain(|line| line.kind == RowKind::Future || line.time < shop.calendar.end());
    out
}

/// Copies of lines that are written twice.
pub(super) fn duplicates(shop: &Shop, lines: &[Line], stream: &mut Stream) -> Vec<Line> {
    let rate = shop.planted.dirt_rates.exact_duplicate_per_line;
    let mut copies: Vec<Line> = lines.iter().filter(|_| stream.chance(rate)).cloned().collect();
    for line in &mut copies {
        line.kind = RowKind::ExactDuplicate;
    }
    copies
}

/// The orders of a test account.
pub(super) fn test_orders(shop: &Shop, customer: u32, numbering: &mut Numbering, stream: &mut Stream) -> Vec<Line> {
    let mut out = Vec::new();
    for _ in 0..=stream.below(3) {
        let day = stream.below(super::calendar::DAYS as u64) as i64;
        let time = shop.calendar.midnight(day) + 9 * 3600 + stream.below(28_800) as i64;
        let order = Order { day_position: 0, time, channel: 1, items: Vec::new() };
        let order = shifted(shop, &order, 0, stream);
        out.extend(lines::of_order(shop, &order, numbering.next(), Some(customer), 0, RowKind::TestAccount));
    }
    out
}

/// One or two days to some years after the data: a wrong clock, a wrong century digit.
fn future_days(shop: &Shop, order: &Order, stream: &mut Stream) -> i64 {
    let to_end = super::calendar::DAYS as i64 - shop.calendar.day_of(order.time);
    to_end + stream.below(400) as i64 + if stream.chance(0.2) { 3_650 } else { 0 }
}

/// A small order at the place and hour of another, so many days later.
fn shifted(shop: &Shop, order: &Order, days: i64, stream: &mut Stream) -> Order {
    let total = 500 + stream.below(7_500) as i64;
    let taste = Taste { category: stream.weighted(&shop.catalogue.category_shares), deal_seeker: false };
    let items = basket::compose(&shop.catalogue, &[], total, taste, 0.5, stream);
    let midnight = order.time - order.time.rem_euclid(DAY_SECONDS);
    let second = 9 * 3600 + stream.below(39_600) as i64;
    Order {
        day_position: order.day_position,
        time: midnight + days * DAY_SECONDS + second,
        channel: order.channel,
        items,
    }
}

fn refund(
    shop: &Shop,
    order: &Order,
    written: Written,
    numbering: &mut Numbering,
    stream: &mut Stream,
) -> Option<Line> {
    let item = *stream.pick(&order.items);
    let linked = stream.chance(shop.planted.dirt_rates.refund_names_original);
    let pieces = if stream.chance(0.8) { item.quantity } else { 1 };
    let money = item.amount() * pieces / item.quantity;
    let time = opening(order.time + (stream.between(2.0, 21.0) * DAY_SECONDS as f64) as i64);
    let back = Item { quantity: -pieces, discount: money - pieces * item.unit_price, ..item };
    (money > 0).then(|| Line {
        order: numbering.next(),
        customer: Some(written.customer),
        time,
        item: back,
        cost: -pieces * shop.catalogue.products[item.product].cost,
        shipping: 0,
        channel: order.channel,
        store: (order.channel == 0).then_some(written.town),
        original: linked.then_some(written.number),
        kind: if linked { RowKind::RefundLinked } else { RowKind::RefundUnlinked },
    })
}

/// A free replacement some days after an order.
fn zero_amount(
    shop: &Shop,
    order: &Order,
    written: Written,
    numbering: &mut Numbering,
    stream: &mut Stream,
) -> Vec<Line> {
    let item = *stream.pick(&order.items);
    let time = order.time + (3 + stream.below(20) as i64) * DAY_SECONDS;
    let free = Item { quantity: 1, discount: item.unit_price, ..item };
    let order = Order { day_position: order.day_position, time, channel: order.channel, items: vec![free] };
    let mut rows =
        lines::of_order(shop, &order, numbering.next(), Some(written.customer), written.town, RowKind::ZeroAmount);
    for line in &mut rows {
        line.shipping = 0;
    }
    rows
}
