//! Order lines as the till writes them, and the numbers of orders.

use serde::Serialize;

use super::basket::Item;
use super::orders::Order;
use super::shop::Shop;

/// What a row of the transactions is: genuine, or one of the kinds of dirt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowKind {
    /// A genuine line.
    Genuine,
    /// A genuine line written again, every column equal.
    ExactDuplicate,
    /// Money given back for a line of the order named in `original_transaction_id`.
    RefundLinked,
    /// Money given back without naming the order.
    RefundUnlinked,
    /// A line of a guest order, without customer id.
    Anonymous,
    /// A line of amount zero.
    ZeroAmount,
    /// An amount that is no number (CSV only).
    BadAmount,
    /// A date that does not exist (CSV only).
    BadDate,
    /// A date after the end of the data.
    Future,
    /// A line of a test account.
    TestAccount,
}

impl RowKind {
    /// All kinds in the order of their codes.
    pub(super) const ALL: [Self; 10] = [
        Self::Genuine,
        Self::ExactDuplicate,
        Self::RefundLinked,
        Self::RefundUnlinked,
        Self::Anonymous,
        Self::ZeroAmount,
        Self::BadAmount,
        Self::BadDate,
        Self::Future,
        Self::TestAccount,
    ];
}

/// A row of the transactions; money in cents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Order number.
    pub(super) order: u64,
    /// Position of the customer's id among the ids of the chunk.
    pub(super) customer: Option<u32>,
    /// When.
    pub(super) time: i64,
    /// What, at which price.
    pub(super) item: Item,
    /// What the goods cost the shop.
    pub(super) cost: i64,
    /// Shipping charged, on the first line of an order.
    pub(super) shipping: i64,
    /// Channel code.
    pub(super) channel: usize,
    /// Town of the store, for orders in a store.
    pub(super) store: Option<usize>,
    /// Order that a refund refers to.
    pub(super) original: Option<u64>,
    /// What the row is.
    pub(super) kind: RowKind,
}

impl Line {
    /// Cents that the row states, zero where it states none.
    pub(super) fn stated_cents(&self) -> i64 {
        if self.kind == RowKind::BadAmount { 0 } else { self.item.amount() }
    }
}

/// Numbers the orders of one customer so that no two orders of the shop share a number, whatever the number of customers.
#[derive(Debug, Clone)]
pub(super) struct Numbering {
    next: u64,
}

/// Order numbers are below two to this power.
const NUMBER_BITS: u32 = 45;
const NUMBER_MASK: u64 = (1 << NUMBER_BITS) - 1;

impl Numbering {
    /// The numbers of a customer, with room for 4080 orders.
    pub(super) fn new(customer: u64) -> Self {
        Self { next: customer << 12 }
    }

    /// The numbers of the test account beside a customer: the last 16 of the customer's room.
    pub(super) fn for_test_account(customer: u64) -> Self {
        Self { next: (customer << 12) + 4080 }
    }

    /// The next number: the counter scrambled by a bijection of the numbers below 2^45.
    pub(super) fn next(&mut self) -> u64 {
        self.next += 1;
        let first = self.next.wrapping_mul(0x0BB6_7AE8_584C_AA73) & NUMBER_MASK;
        (first ^ (first >> 23)).wrapping_mul(0x09E3_779B_97F4_A7C1) & NUMBER_MASK
    }
}

/// Writes an order number as nine letters and digits.
pub(super) fn number_text(number: u64) -> [u8; 9] {
    const DIGITS: &[u8; 32] = b"0123456789ABCDFGHJKLMNPQRSTUVWXY";
    let mut text = [0; 9];
    for (place, letter) in text.iter_mut().rev().enumerate() {
        *letter = DIGITS[(number >> (5 * place) & 31) as usize];
    }
    text
}

/// Shipping charged for an order, in cents.
fn shipping(channel: usize, total: i64) -> i64 {
    match channel {
        0 => 0,
        3 => 595,
        _ if total >= 6_000 => 0,
        _ => 495,
    }
}

/// The rows of an order.
pub(super) fn of_order(
    shop: &Shop,
    order: &Order,
    number: u64,
    customer: Option<u32>,
    town: usize,
    kind: RowKind,
) -> Vec<Line> {
    let store = (order.channel == 0).then_some(town);
    let total = order.total();
    let line = |(position, item): (usize, &Item)| Line {
        order: number,
        customer,
        time: order.time,
        item: *item,
        cost: item.quantity * shop.catalogue.products[item.product].cost,
        shipping: if position == 0 { shipping(order.channel, total) } else { 0 },
        channel: order.channel,
        store,
        original: None,
        kind,
    };
    order.items.iter().enumerate().map(line).collect()
}
