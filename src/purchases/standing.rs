//! How customers stood at earlier days, and the purchases that they have made until now.

use rayon::prelude::*;

use crate::clean::{Cleaned, DAY_MINUTES, Extra, Line, NO_MARGIN, PARTITIONS};

use super::fold::Groups;
use super::one::{FoldRules, Workspace};
use super::rules::Rules;

/// An earlier day, and how far to look back from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lookback {
    /// The last day that counts; days since 1970-01-01.
    pub day: i32,
    /// Days up to and with that day whose money is [`Standing::recent_spend`].
    pub days: i32,
}

/// What was known of a customer at the end of an earlier day. Money in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Orders with a positive amount; no other figure means anything without one.
    pub orders: u32,
    /// Day of the last of them.
    pub last_purchase: i32,
    /// Money of all lines, refunds taken off.
    pub spend_net: i64,
    /// Money of the purchases of the last days.
    pub recent_spend: i64,
}

/// A purchase as it is known now. Money in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bought {
    /// Days since 1970-01-01.
    pub day: i32,
    /// What is left of its money after refunds that name it.
    pub amount: i64,
    /// Margin of its items with a known margin, and the money of these.
    pub margin: (i64, i64),
}

/// Gives each customer in the transactions to `each`: how they stood at the end of each day of `lookbacks`, in that order, and
/// their purchases in time order. What was refunded after such a day has changed nothing at it. The results come in no
/// particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn standings<T: Send>(
    cleaned: &Cleaned,
    lookbacks: &[Lookback],
    each: impl Fn(u64, &[Standing], &[Bought]) -> Option<T> + Sync,
) -> std::io::Result<Vec<T>> {
    let rules = Rules::of(cleaned);
    let found = (0..PARTITIONS).into_par_iter().map(|number| {
        let partition = cleaned.ledger.partition(number)?;
        let groups = Groups::of(&partition);
        let mut customer = Customer { with_margin: cleaned.has_margin, ..Customer::default() };
        let all = groups.iter().filter_map(|(lines, extras)| {
            customer.look(lines, extras, rules.fold(), lookbacks);
            each(lines[0].customer, &customer.standings, &customer.bought)
        });
        Ok(all.collect::<Vec<_>>())
    });
    let found: std::io::Result<Vec<Vec<T>>> = found.collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Buffers of one customer after the other.
#[derive(Default)]
struct Customer {
    with_margin: bool,
    workspace: Workspace,
    rows: Vec<u32>,
    by_order: Vec<(u64, u32)>,
    /// Minute and money of each purchase, as known now.
    purchases: Vec<(i32, i64)>,
    bought: Vec<Bought>,
    standings: Vec<Standing>,
}

impl Customer {
    fn look(&mut self, lines: &[Line], extras: &[Extra], rules: FoldRules<'_>, lookbacks: &[Lookback]) {
        self.rows.clear();
        self.rows.extend(0..lines.len() as u32);
        self.workspace.fold(lines, extras, &mut self.rows, rules);
        self.by_order.clear();
        if self.with_margin {
            self.by_order.extend(self.rows.iter().map(|row| (lines[*row as usize].order, *row)));
            self.by_order.sort_unstable();
        }
        self.bought.clear();
        self.purchases.clear();
        let (by_order, with_margin) = (&self.by_order, self.with_margin);
        self.workspace.each_purchase(rules, |order| {
            let rows = with_margin.then(|| order.rows(by_order)).into_iter().flatten();
            let items = rows.filter(|row| order.holds(&lines[*row])).map(|row| (&lines[row], extras.get(row)));
            let known = items.filter_map(|(line, extra)| Some((extra?.margin, line.amount)));
            let known = known.filter(|(margin, _)| *margin != NO_MARGIN);
            let margin = known.fold((0_i64, 0_i64), |sum, (margin, amount)| {
                (sum.0.saturating_add(margin), sum.1.saturating_add(amount))
            });
            let day = order.minute().div_euclid(DAY_MINUTES);
            self.bought.push(Bought { day, amount: order.amount(), margin });
            self.purchases.push((order.minute(), order.amount()));
        });
        self.bought.sort_unstable_by_key(|bought| (bought.day, bought.amount, bought.margin));
        self.standings.clear();
        for lookback in lookbacks {
            let plain = self.plain(lines, *lookback);
            let standing = plain.unwrap_or_else(|| self.folded_again(lines, extras, rules, *lookback));
            self.standings.push(standing);
        }
    }

    /// From the purchases as they are known now; `None` when refunds may have changed them since, or an order has lines on
    /// both sides of the day.
    fn plain(&self, lines: &[Line], lookback: Lookback) -> Option<Standing> {
        let [since, end] = minutes(lookback);
        let before = || self.purchases.iter().filter(|(minute, _)| i64::from(*minute) < end);
        let own = self.rows.iter().map(|row| &lines[*row as usize]).filter(|line| i64::from(line.minute) < end);
        let spend_net = own.map(|line| line.amount).fold(0, i64::saturating_add);
        let money = before().map(|(_, amount)| *amount).fold(0, i64::saturating_add);
        let has_refunds = self.rows.iter().any(|row| lines[*row as usize].amount < 0);
        if has_refunds || money != spend_net {
            return None;
        }
        let recent = before().filter(|(minute, _)| i64::from(*minute) >= since);
        Some(Standing {
            orders: before().count() as u32,
            last_purchase: before().last().map_or(0, |(minute, _)| minute.div_euclid(DAY_MINUTES)),
            spend_net,
            recent_spend: recent.map(|(_, amount)| *amount).fold(0, i64::saturating_add),
        })
    }

    /// From the lines up to the day.
    fn folded_again(&mut self, lines: &[Line], extras: &[Extra], rules: FoldRules<'_>, lookback: Lookback) -> Standing {
        let [since, end] = minutes(lookback);
        let mut rows: Vec<u32> =
            (0..lines.len() as u32).filter(|row| i64::from(lines[*row as usize].minute) < end).collect();
        if rows.is_empty() {
            return Standing::default();
        }
        let folded = self.workspace.fold(lines, extras, &mut rows, rules);
        let mut recent_spend = 0_i64;
        self.workspace.each_purchase(rules, |order| {
            if i64::from(order.minute()) >= since {
                recent_spend = recent_spend.saturating_add(order.amount());
            }
        });
        Standing {
            orders: folded.orders,
            last_purchase: folded.last_purchase,
            spend_net: folded.spend_net,
            recent_spend,
        }
    }
}

/// The first minute that counts as recent, and the first one after the day.
fn minutes(lookback: Lookback) -> [i64; 2] {
    let end = i64::from(lookback.day) + 1;
    [end - i64::from(lookback.days), end].map(|day| day * i64::from(DAY_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::purchases::tests::{line, rules};
    use proptest::prelude::*;

    fn extra(original: u64, margin: i64) -> Extra {
        Extra {
            original,
            margin,
            channel: u32::MAX,
            category: u32::MAX,
            product: u32::MAX,
            store: u32::MAX,
            ..Extra::default()
        }
    }

    fn look(lines: &[Line], extras: &[Extra], lookbacks: &[Lookback]) -> (Vec<Standing>, Vec<Bought>) {
        let mut customer = Customer { with_margin: !extras.is_empty(), ..Customer::default() };
        customer.look(lines, extras, rules(), lookbacks);
        (customer.standings, customer.bought)
    }

    #[test]
    fn a_refund_changes_nothing_before_its_day() {
        let lines = [line(0, 7, 10), line(20, 8, 30), line(40, 9, -30)];
        let extras = [extra(0, 40_000), extra(0, 120_000), extra(8, NO_MARGIN)];
        let lookbacks = [19, 30, 40].map(|day| Lookback { day, days: 20 });
        let (standings, bought) = look(&lines, &extras, &lookbacks);
        let standing = |orders, last_purchase, net: i64, recent: i64| Standing {
            orders,
            last_purchase,
            spend_net: net * 10_000,
            recent_spend: recent * 10_000,
        };
        assert_eq!(standings, [standing(1, 0, 10, 10), standing(2, 20, 40, 30), standing(1, 0, 10, 0)]);
        assert_eq!(bought, [Bought { day: 0, amount: 100_000, margin: (40_000, 100_000) }]);
    }

    #[test]
    fn an_order_with_lines_on_both_sides_counts_what_was_there() {
        let lookback = [Lookback { day: 5, days: 10 }];
        let (standings, _) = look(&[line(0, 7, 10), line(9, 7, 20)], &[], &lookback);
        assert_eq!((standings[0].orders, standings[0].spend_net), (1, 100_000));
        let (none, _) = look(&[line(9, 7, 20)], &[], &lookback);
        assert_eq!(none[0], Standing::default());
    }

    proptest! {
        /// The short way gives what folding the lines up to the day gives.
        #[test]
        fn standings_are_those_of_the_lines_until_then(
            days in prop::collection::vec((0..60i32, 0..6u64, 0..50i64), 1..12),
            cut in 0..60i32,
        ) {
            let lines: Vec<Line> = days.into_iter().map(|(day, order, units)| line(day, order, units)).collect();
            let lookback = Lookback { day: cut, days: 30 };
            let mut customer = Customer::default();
            customer.look(&lines, &[], rules(), &[lookback]);
            let short = customer.standings[0];
            let long = customer.folded_again(&lines, &[], rules(), lookback);
            if long.orders > 0 {
                prop_assert_eq!(short, long);
            } else {
                prop_assert_eq!(short.orders, 0);
            }
        }
    }
}
