//! What the lines of customers come to since a day: sold, returned, and the margin of both as far as it is known.

use rayon::prelude::*;

use crate::clean::{Cleaned, DAY_MINUTES, Extra, Line, NO_MARGIN, PARTITIONS};

use super::fold::Groups;
use super::one::Workspace;
use super::rules::Rules;

/// The lines of a customer since a day. Money in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineSums {
    /// Key of the customer.
    pub customer: u64,
    /// Orders with a positive amount.
    pub orders: u32,
    /// Orders, or parts of one, that took something back.
    pub returns: u32,
    /// Money of the lines that take nothing back.
    pub sold: i64,
    /// Money taken back, as a positive number.
    pub returned: i64,
    /// Margin of the lines sold whose margin is known.
    pub margin_sold: i64,
    /// Money of the lines sold whose margin is not known.
    pub sold_without_margin: i64,
    /// Margin that known returns took back: positive when they cost margin.
    pub margin_returned: i64,
    /// Money of the returns whose margin is not known, as a positive number.
    pub returned_without_margin: i64,
}

/// The sums of each customer with a line since the day `from` (inclusive), or ever. They come in no particular order.
///
/// # Errors
/// When temporary files can't be read.
pub fn line_sums(cleaned: &Cleaned, from: Option<i32>) -> std::io::Result<Vec<LineSums>> {
    let rules = Rules::of(cleaned);
    let start = from.map_or(i64::MIN, |day| i64::from(day) * i64::from(DAY_MINUTES));
    let found = (0..PARTITIONS).into_par_iter().map(|number| {
        let partition = cleaned.ledger.partition(number)?;
        let groups = Groups::of(&partition);
        let mut workspace = Workspace::default();
        let (mut rows, mut slips) = (Vec::new(), Vec::new());
        let customers = groups.iter().filter_map(|(lines, extras)| {
            rows.clear();
            rows.extend(0..lines.len() as u32);
            // drops lines that are merged into an equal one
            let folded = workspace.fold(lines, extras, &mut rows, rules.fold());
            rows.retain(|row| i64::from(lines[*row as usize].minute) >= start);
            if rows.is_empty() {
                return None;
            }
            let mut sums = add_up(lines, extras, &rows, &mut slips);
            sums.customer = folded.customer;
            let mut orders = 0;
            workspace.each_purchase(rules.fold(), |order| orders += u32::from(i64::from(order.minute()) >= start));
            sums.orders = orders;
            Some(sums)
        });
        Ok(customers.collect::<Vec<_>>())
    });
    let found: std::io::Result<Vec<Vec<LineSums>>> = found.collect();
    Ok(found?.into_iter().flatten().collect())
}

/// Adds up some lines of a customer; `slips` is scratch.
fn add_up(lines: &[Line], extras: &[Extra], rows: &[u32], slips: &mut Vec<(u64, u64)>) -> LineSums {
    let mut sums = LineSums::default();
    slips.clear();
    let add = |sum: &mut i64, amount: i64| *sum = sum.saturating_add(amount);
    for row in rows {
        let (line, extra) = (&lines[*row as usize], extras.get(*row as usize));
        let margin = extra.map(|extra| extra.margin).filter(|margin| *margin != NO_MARGIN);
        if line.amount >= 0 {
            add(&mut sums.sold, line.amount);
            match margin {
                Some(margin) => add(&mut sums.margin_sold, margin),
                None => add(&mut sums.sold_without_margin, line.amount),
            }
            continue;
        }
        add(&mut sums.returned, line.amount.saturating_neg());
        match margin {
            Some(margin) => add(&mut sums.margin_returned, margin.saturating_neg()),
            None => add(&mut sums.returned_without_margin, line.amount.saturating_neg()),
        }
        match (line.has_order, extra) {
            (true, extra) => slips.push((line.order, extra.map_or(0, |extra| extra.original))),
            (false, _) => sums.returns += 1,
        }
    }
    slips.sort_unstable();
    slips.dedup();
    sums.returns += slips.len() as u32;
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(order: u64, amount: i64) -> Line {
        Line { customer: 1, order, amount, minute: 0, has_order: order > 0 }
    }

    fn extra(margin: i64, original: u64) -> Extra {
        Extra { margin, original, ..Extra::default() }
    }

    #[test]
    fn what_is_known_and_what_is_not_stand_apart() {
        let lines = [line(1, 100), line(1, 40), line(2, -30), line(2, -20), line(3, -5), line(0, -1), line(4, 0)];
        let extras = [
            extra(25, 0),
            extra(NO_MARGIN, 0),
            extra(-10, 1),
            extra(NO_MARGIN, 1),
            extra(-2, 9),
            extra(4, 0),
            extra(-7, 0),
        ];
        let sums = add_up(&lines, &extras, &[0, 1, 2, 3, 4, 5, 6], &mut Vec::new());
        assert_eq!((sums.sold, sums.returned, sums.returns), (140, 56, 3));
        assert_eq!((sums.margin_sold, sums.sold_without_margin), (18, 40), "a free sample costs its 7");
        assert_eq!((sums.margin_returned, sums.returned_without_margin), (8, 20), "the last return earned 4");
        let some = add_up(&lines, &[], &[0, 2], &mut Vec::new());
        assert_eq!((some.sold_without_margin, some.returned_without_margin, some.returns), (100, 30, 1));
    }
}
