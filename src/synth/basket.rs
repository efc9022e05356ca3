//! What lies in a basket, so that its lines add up to the drawn total to the cent.
//!
//! The total is shared out to lines. A line takes a product whose list price suits its part; the last line, or every line of someone
//! who hunts for deals, takes a product that costs a little more than what is left, and the difference is its discount. So list
//! prices stay list prices, and the sum is exact.

use super::catalogue::{Catalogue, Product};
use super::random::Stream;

/// One product in a basket; money in cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item {
    /// Product code.
    pub(super) product: usize,
    /// Pieces.
    pub(super) quantity: i64,
    /// List price of one.
    pub(super) unit_price: i64,
    /// Taken off the line.
    pub(super) discount: i64,
}

impl Item {
    /// What the customer pays for the line.
    pub(super) fn amount(self) -> i64 {
        self.quantity * self.unit_price - self.discount
    }

    /// One piece at list price.
    pub(super) fn single(code: usize, product: &Product) -> Self {
        Self { product: code, quantity: 1, unit_price: product.price, discount: 0 }
    }
}

/// What a customer likes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taste {
    /// Favourite category.
    pub(super) category: usize,
    /// Whether every line is bought at a discount.
    pub(super) deal_seeker: bool,
}

/// Chance that a line is of the favourite category whatever the draw.
const CATEGORY_LOYALTY: f64 = 0.45;
/// The least that an ordinary line should cost, in cents.
const LEAST_LINE: i64 = 250;
/// The most ordinary lines of an order.
const MOST_LINES: usize = 12;
/// What the marked products must leave over for ordinary lines, in cents.
pub(super) const LEFT_OVER: i64 = 500;

/// Composes a basket that costs exactly `total` cents around the marked products, which must cost at least [`LEFT_OVER`] less.
pub(super) fn compose(
    catalogue: &Catalogue,
    marked: &[usize],
    total: i64,
    taste: Taste,
    extra_lines: f64,
    stream: &mut Stream,
) -> Vec<Item> {
    let mut items: Vec<Item> = marked.iter().map(|code| Item::single(*code, &catalogue.products[*code])).collect();
    let mut left = total - items.iter().map(|item| item.amount()).sum::<i64>();
    let wanted = (1 + stream.poisson(extra_lines)).min(MOST_LINES);
    let lines = wanted.min((left / LEAST_LINE).max(1) as usize);
    for open in (1..=lines as i64).rev() {
        let category = category(catalogue, taste, stream);
        let part = if open == 1 { left } else { share(left, open, stream) };
        let exact = open > 1 && !taste.deal_seeker;
        let item = line(catalogue, &items, category, part, exact, taste, stream);
        left -= item.amount();
        items.push(item);
    }
    items
}

/// A part of what is left for one of the open lines; every other one keeps at least a cent.
fn share(left: i64, open: i64, stream: &mut Stream) -> i64 {
    let part = left as f64 / open as f64 * stream.between(0.5, 1.5);
    (part as i64).clamp(1, left - (open - 1))
}

fn category(catalogue: &Catalogue, taste: Taste, stream: &mut Stream) -> usize {
    if stream.chance(CATEGORY_LOYALTY) {
        return taste.category;
    }
    stream.weighted(&catalogue.category_shares)
}

/// One line of about `part` cents when `exact` (list price, no discount), of exactly `part` cents otherwise.
fn line(
    catalogue: &Catalogue,
    taken: &[Item],
    category: usize,
    part: i64,
    exact: bool,
    taste: Taste,
    stream: &mut Stream,
) -> Item {
    let codes = Catalogue::ordinary(category);
    let dearest = catalogue.products[codes.end - 1].price;
    let wanted = 1 + stream.weighted(&[0.76, 0.17, 0.07]) as i64;
    let quantity = wanted.max((part + dearest - 1) / dearest).min(part.max(1));
    let each = (part + quantity - 1) / quantity;
    let first_above = codes.start + catalogue.products[codes.clone()].partition_point(|product| product.price < each);
    let is_free = |code: &usize| !taken.iter().any(|item| item.product == *code);
    if exact {
        let top = first_above.saturating_sub(stream.below(3) as usize);
        if let Some(code) = (codes.start..top).rev().find(is_free) {
            let unit_price = catalogue.products[code].price;
            return Item { product: code, quantity, unit_price, discount: 0 };
        }
    }
    let step = if taste.deal_seeker { 2 + stream.below(5) as usize } else { stream.below(2) as usize };
    let bottom = (first_above + step).min(codes.end - 1);
    discounted(catalogue, codes, bottom, first_above, part, quantity, is_free)
}

/// A product at or above `bottom` that is not in the basket yet, discounted to exactly `part` cents.
fn discounted(
    catalogue: &Catalogue,
    codes: std::ops::Range<usize>,
    bottom: usize,
    first_above: usize,
    part: i64,
    quantity: i64,
    is_free: impl Fn(&usize) -> bool,
) -> Item {
    let above = (bottom..codes.end).chain((first_above..bottom).rev()).find(&is_free);
    let everywhere = || (0..catalogue.products.len()).find(&is_free);
    let code = above.or_else(everywhere).unwrap_or(bottom);
    let unit_price = catalogue.products[code].price;
    let quantity = quantity.max((part + unit_price - 1) / unit_price);
    Item { product: code, quantity, unit_price, discount: quantity * unit_price - part }
}
