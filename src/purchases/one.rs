//! One customer's lines to one row.

use crate::clean::{DAY_MINUTES, Extra, Line, NO_MARGIN, ZeroAmount};
use crate::table::Money;

/// A day with a purchase whose total is positive (or any purchase, in a log without money).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PurchaseDay {
    /// Days since 1970-01-01.
    pub day: i32,
    /// Money of the day, refunds of the same day included.
    pub spend: Money,
}

/// Everything known of one customer from the transactions. Money in ten-thousandths, days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Folded {
    pub(crate) customer: u64,
    pub(crate) orders: u32,
    pub(crate) zero_orders: u32,
    pub(crate) purchase_days: u32,
    /// Days of the first and last order.
    pub(crate) first_purchase: i32,
    pub(crate) last_purchase: i32,
    /// First and last day with a positive total.
    pub(crate) first_day: i32,
    pub(crate) last_day: i32,
    pub(crate) refunds: i64,
    pub(crate) spend_net: i64,
    /// Money of the purchase days after the first.
    pub(crate) repeat_spend: i64,
    pub(crate) margin: i64,
    /// Money of the lines whose margin is known.
    pub(crate) spend_with_margin: i64,
    pub(crate) category: u32,
    pub(crate) channel: u32,
    /// Place of the brand and of the store of most lines.
    pub(crate) brand: u32,
    pub(crate) store: u32,
    /// Lines that are no refund.
    pub(crate) item_lines: u32,
    /// Money taken off.
    pub(crate) discounts: i64,
    /// Where the purchase days stand among those of the partition.
    pub(crate) days_at: u32,
    /// Quartiles of the days between purchase days; none with fewer than two.
    pub(crate) gaps: Option<[f32; 3]>,
    /// Money of the purchase days of the last and of the last but one window, and of the last year.
    pub(crate) recent: i64,
    pub(crate) earlier: i64,
    pub(crate) last_year: i64,
    pub(crate) weekday: u8,
    pub(crate) hour: u8,
    pub(crate) lines_without_margin: u32,
    /// Lines merged into an equal one, and their money.
    pub(crate) merged_lines: u32,
    pub(crate) merged_money: i64,
    /// A sum that doesn't fit 64 bits.
    pub(crate) overflow: bool,
}

/// What folding goes by.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoldRules<'a> {
    pub(super) zero_amount: ZeroAmount,
    pub(super) merge_duplicates: bool,
    pub(super) has_money: bool,
    /// Place of each category, and of each channel, in the order of the names.
    pub(super) category_ranks: &'a [u32],
    pub(super) channel_ranks: &'a [u32],
    pub(super) store_ranks: &'a [u32],
    /// Place of the brand of each product in the order of the names.
    pub(super) brand_of: &'a [u32],
}

/// An order while it is being put together. The refund lines of a transaction that name an original order are an
/// order of their own for each original, so that each cancels its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    minute: i32,
    /// The line that it is, when lines carry no key.
    row: u32,
    has_key: bool,
    key: u64,
    /// Key of the order that it takes back; zero for none.
    original: u64,
    channel: u32,
    amount: i64,
    /// Whether a named refund made it smaller: then an amount of zero is nothing left, and no free order.
    is_cancelled: bool,
}

impl Order {
    pub(super) fn minute(&self) -> i32 {
        self.minute
    }

    pub(super) fn amount(&self) -> i64 {
        self.amount
    }

    pub(super) fn channel(&self) -> u32 {
        self.channel
    }

    /// The lines that may be its items; `by_order` are all lines by the key of their order.
    pub(super) fn rows<'a>(&self, by_order: &'a [(u64, u32)]) -> impl Iterator<Item = usize> + use<'a> {
        let start = by_order.partition_point(|(key, _)| *key < self.key);
        let end = start + by_order[start..].partition_point(|(key, _)| *key == self.key);
        let keyed = if self.has_key { start..end } else { 0..0 };
        let own = (!self.has_key).then_some(self.row as usize);
        own.into_iter().chain(by_order[keyed].iter().map(|(_, row)| *row as usize))
    }

    /// Whether one of these lines is an item of it, and no refund.
    pub(super) fn holds(&self, line: &Line) -> bool {
        line.has_order == self.has_key && line.amount >= 0
    }

    fn is_part_of(&self, other: &Self) -> bool {
        self.has_key && other.has_key && (self.key, self.original) == (other.key, other.original)
    }

    fn part(&self, rules: FoldRules<'_>) -> Part {
        if self.is_cancelled && self.amount == 0 { Part::Nothing } else { classify(self.amount, rules) }
    }

    /// Takes in a later line of the same order. Of the channels of one minute the first by name stays, so that the
    /// order of rows doesn't matter; false when the amount leaves 64 bits.
    #[must_use]
    fn absorb(&mut self, later: &Self, channel_ranks: &[u32]) -> bool {
        let rank = |channel: u32| channel_ranks.get(channel as usize).copied().unwrap_or(u32::MAX);
        if later.minute == self.minute && rank(later.channel) < rank(self.channel) {
            self.channel = later.channel;
        }
        let (amount, overflow) = self.amount.overflowing_add(later.amount);
        self.amount = amount;
        !overflow
    }
}

/// Buffers that one thread reuses from customer to customer.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    orders: Vec<Order>,
    keys: Vec<(u64, u64)>,
    words: Vec<(u32, u32)>,
}

/// A sum that remembers whether it ever overflowed.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    total: i64,
    overflow: bool,
}

impl Sum {
    fn add(&mut self, value: i64) {
        let (total, overflow) = self.total.overflowing_add(value);
        self.total = total;
        self.overflow |= overflow;
    }
}

impl Workspace {
    /// Folds the lines of one customer, given by their positions among `lines`.
    pub(super) fn fold(
        &mut self,
        lines: &[Line],
        extras: &[Extra],
        rows: &mut Vec<u32>,
        rules: FoldRules<'_>,
    ) -> Folded {
        self.fold_days(lines, extras, rows, rules, |_| ())
    }

    /// The same, giving each purchase day to `visit`, from the first to the last.
    pub(super) fn fold_days(
        &mut self,
        lines: &[Line],
        extras: &[Extra],
        rows: &mut Vec<u32>,
        rules: FoldRules<'_>,
        visit: impl FnMut(PurchaseDay),
    ) -> Folded {
        let mut out = Folded::empty(lines[rows[0] as usize].customer);
        if rules.merge_duplicates {
            merge_equal(lines, extras, rows, &mut out);
        }
        out.item_lines = rows.iter().filter(|row| lines[**row as usize].amount >= 0).count() as u32;
        out.overflow |= !self.put_orders_together(lines, extras, rows, rules.channel_ranks);
        let mut net = Sum::default();
        self.orders.iter().for_each(|order| net.add(order.amount));
        out.spend_net = net.total;
        out.overflow |= net.overflow;
        let named = if extras.is_empty() { 0 } else { self.apply_named_refunds() };
        self.summarise(rules, named, &mut out, visit);
        if !extras.is_empty() {
            self.summarise_extras((lines, extras), rows, rules, &mut out);
        }
        out
    }

    /// The purchases of the customer that was folded last, in time order.
    pub(super) fn each_purchase(&self, rules: FoldRules<'_>, visit: impl FnMut(&Order)) {
        self.orders.iter().filter(|order| order.part(rules) == Part::Purchase).for_each(visit);
    }

    /// Lines to orders in time order; lines that share a transaction id are one order, on its earliest minute. False
    /// when an amount leaves 64 bits.
    fn put_orders_together(
        &mut self,
        lines: &[Line],
        extras: &[Extra],
        rows: &mut [u32],
        channel_ranks: &[u32],
    ) -> bool {
        let minute = |row: &u32| lines[*row as usize].minute;
        if !rows.is_sorted_by_key(minute) {
            rows.sort_by_key(minute);
        }
        self.orders.clear();
        let mut keyed = false;
        let mut fits = true;
        for row in rows.iter() {
            let line = &lines[*row as usize];
            keyed |= line.has_order;
            let extra = extras.get(*row as usize);
            let order = Order {
                minute: line.minute,
                row: *row,
                has_key: line.has_order,
                key: line.order,
                original: extra.filter(|_| line.amount < 0).map_or(0, |e| e.original),
                channel: extra.map_or(u32::MAX, |e| e.channel),
                amount: line.amount,
                is_cancelled: false,
            };
            match self.orders.last_mut() {
                Some(last) if order.is_part_of(last) => fits &= last.absorb(&order, channel_ranks),
                _ => self.orders.push(order),
            }
        }
        if keyed && self.has_split_order() {
            self.orders.sort_by_key(|o| (!o.has_key, o.key, o.original, o.minute));
            self.orders.dedup_by(|later, first| {
                let same = later.is_part_of(first);
                if same {
                    fits &= first.absorb(later, channel_ranks);
                }
                same
            });
            self.orders.sort_by_key(|o| o.minute);
        }
        fits
    }

    /// Whether the lines of some order were not adjacent in time.
    fn has_split_order(&mut self) -> bool {
        const FEW: usize = 24;
        let orders = &self.orders;
        if orders.len() <= FEW {
            return orders.iter().enumerate().any(|(at, o)| orders[..at].iter().any(|earlier| o.is_part_of(earlier)));
        }
        self.keys.clear();
        self.keys.extend(orders.iter().filter(|o| o.has_key).map(|o| (o.key, o.original)));
        self.keys.sort_unstable();
        self.keys.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// A refund that names its original order cancels that much of it; what is left stays a plain refund. Gives
    /// the money cancelled.
    fn apply_named_refunds(&mut self) -> i64 {
        let mut cancelled = 0_i64;
        for at in 0..self.orders.len() {
            let refund = self.orders[at];
            if refund.original == 0 || refund.amount >= 0 {
                continue;
            }
            let original = self.orders.iter_mut().find(|o| o.has_key && o.key == refund.original && o.amount > 0);
            let Some(original) = original else { continue };
            let part = original.amount.min(refund.amount.saturating_neg());
            original.amount -= part;
            original.is_cancelled = true;
            self.orders[at].amount += part;
            self.orders[at].is_cancelled = true;
            cancelled += part;
        }
        cancelled
    }

    /// Orders to days to the customer's figures. `named` is the money that named refunds cancelled.
    fn summarise(&mut self, rules: FoldRules<'_>, named: i64, out: &mut Folded, mut visit: impl FnMut(PurchaseDay)) {
        let mut weekdays = [0_u32; 7];
        let mut hours = [0_u32; 24];
        let mut refunds = Sum { total: named, overflow: false };
        let mut repeat = Sum::default();
        let mut at = 0;
        while at < self.orders.len() {
            let day = self.orders[at].minute.div_euclid(DAY_MINUTES);
            let mut day_total = Sum::default();
            let mut day_orders = 0;
            while let Some(order) = self.orders.get(at).filter(|o| o.minute.div_euclid(DAY_MINUTES) == day) {
                day_total.add(order.amount);
                match order.part(rules) {
                    Part::Purchase => {
                        day_orders += 1;
                        weekdays[(day + 3).rem_euclid(7) as usize] += 1;
                        hours[(order.minute.rem_euclid(DAY_MINUTES) / 60) as usize] += 1;
                    }
                    Part::Refund => refunds.add(order.amount.saturating_neg()),
                    Part::Zero => out.zero_orders += 1,
                    Part::Nothing => {}
                }
                at += 1;
            }
            out.overflow |= day_total.overflow;
            if day_orders == 0 {
                continue;
            }
            out.first_purchase = if out.orders == 0 { day } else { out.first_purchase };
            out.last_purchase = day;
            out.orders += day_orders;
            if classify(day_total.total, rules) != Part::Purchase {
                continue;
            }
            if out.purchase_days == 0 {
                out.first_day = day;
            } else {
                repeat.add(day_total.total);
            }
            out.last_day = day;
            out.purchase_days += 1;
            visit(PurchaseDay { day, spend: Money(day_total.total) });
        }
        out.refunds = refunds.total;
        out.repeat_spend = repeat.total;
        out.overflow |= refunds.overflow | repeat.overflow;
        out.weekday = most(&weekdays);
        out.hour = most(&hours);
    }

    fn summarise_extras(
        &mut self,
        (lines, extras): (&[Line], &[Extra]),
        rows: &[u32],
        rules: FoldRules<'_>,
        out: &mut Folded,
    ) {
        let mut margin = Sum::default();
        let mut spend = Sum::default();
        self.words.clear();
        for row in rows {
            let extra = &extras[*row as usize];
            if extra.margin == NO_MARGIN {
                out.lines_without_margin += 1;
            } else {
                margin.add(extra.margin);
                spend.add(lines[*row as usize].amount);
            }
            count_word(&mut self.words, extra.category);
            out.discounts = out.discounts.saturating_add(extra.discount);
        }
        out.margin = margin.total;
        out.spend_with_margin = spend.total;
        out.overflow |= margin.overflow | spend.overflow;
        out.category = most_frequent(&self.words, |category| rules.category_ranks[category as usize]);
        self.words.clear();
        for order in self.orders.iter().filter(|o| o.part(rules) == Part::Purchase) {
            count_word(&mut self.words, order.channel);
        }
        out.channel = most_frequent(&self.words, |channel| rules.channel_ranks[channel as usize]);
        out.store = self.most_of(extras, rows, |extra| extra.store, |store| rules.store_ranks[store as usize]);
        let brand = |extra: &Extra| rules.brand_of.get(extra.product as usize).copied().unwrap_or(u32::MAX);
        out.brand = self.most_of(extras, rows, brand, |brand| brand);
    }

    /// The word of most lines.
    fn most_of(
        &mut self,
        extras: &[Extra],
        rows: &[u32],
        word: impl Fn(&Extra) -> u32,
        rank: impl Fn(u32) -> u32,
    ) -> u32 {
        self.words.clear();
        rows.iter().for_each(|row| count_word(&mut self.words, word(&extras[*row as usize])));
        most_frequent(&self.words, rank)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Purchase,
    Refund,
    Zero,
    /// Cancelled to nothing, or a refund that was used up in cancelling.
    Nothing,
}

fn classify(amount: i64, rules: FoldRules<'_>) -> Part {
    match amount {
        a if a > 0 || !rules.has_money => Part::Purchase,
        0 if rules.zero_amount == ZeroAmount::Purchase => Part::Purchase,
        0 => Part::Zero,
        _ => Part::Refund,
    }
}

fn merge_equal(lines: &[Line], extras: &[Extra], rows: &mut Vec<u32>, out: &mut Folded) {
    let identity = |row: &u32| extras[*row as usize].identity;
    rows.sort_by_key(identity);
    rows.dedup_by(|later, first| {
        let (a, b) = (*later as usize, *first as usize);
        let same = lines[a] == lines[b] && extras[a] == extras[b];
        if same {
            out.merged_lines += 1;
            out.merged_money += lines[a].amount;
        }
        same
    });
}

fn count_word(words: &mut Vec<(u32, u32)>, word: u32) {
    if word == u32::MAX {
        return;
    }
    match words.iter_mut().find(|(w, _)| *w == word) {
        Some((_, count)) => *count += 1,
        None => words.push((word, 1)),
    }
}

/// The most frequent word, the first by name among equals; `u32::MAX` for none.
fn most_frequent(words: &[(u32, u32)], rank: impl Fn(u32) -> u32) -> u32 {
    words
        .iter()
        .max_by_key(|(word, count)| (*count, std::cmp::Reverse(rank(*word))))
        .map_or(u32::MAX, |(word, _)| *word)
}

/// Position of the largest count, the first among equals.
fn most(counts: &[u32]) -> u8 {
    // count and position as one number: its maximum needs no branch
    let keys = counts.iter().zip(0..=u8::MAX).map(|(count, at)| u64::from(*count) << 8 | u64::from(u8::MAX - at));
    u8::MAX - keys.max().unwrap_or(u64::from(u8::MAX)) as u8
}

impl Folded {
    /// A customer of whom no transaction is known.
    pub(crate) fn empty(customer: u64) -> Self {
        Self {
            customer,
            orders: 0,
            zero_orders: 0,
            purchase_days: 0,
            first_purchase: 0,
            last_purchase: 0,
            first_day: 0,
            last_day: 0,
            refunds: 0,
            spend_net: 0,
            repeat_spend: 0,
            margin: 0,
            spend_with_margin: 0,
            category: u32::MAX,
            channel: u32::MAX,
            brand: u32::MAX,
            store: u32::MAX,
            item_lines: 0,
            discounts: 0,
            days_at: 0,
            gaps: None,
            recent: 0,
            earlier: 0,
            last_year: 0,
            weekday: 0,
            hour: 0,
            lines_without_margin: 0,
            merged_lines: 0,
            merged_money: 0,
            overflow: false,
        }
    }
}
