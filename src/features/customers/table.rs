//! Folded customers and known customers to the published table and the purchase history.

use arrow::array::{Array, Date32Array, Float64Array, Int32Array, Int64Array, StringArray, StringBuilder};

use crate::clean::{Cleaned, IdSpace, Interactions};
use crate::purchases::{Folded, FoldedPart};
use crate::table::{Categories, Table, TableBuilder, TableError, day_lists};

use super::contract::{CUSTOMERS, PURCHASE_HISTORY};
use super::profile::profile;

/// Names of the weekdays from Monday.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The rows of the customers table: what each customer did, and where they stand among the known customers.
pub(super) struct Rows<'a> {
    pub(super) folded: Vec<Folded>,
    /// The purchase days of each.
    days: Vec<&'a [i32]>,
    /// Position among the known customers, or none; not kept when all are known, in order.
    pub(super) known: Option<Int64Array>,
    ids: StringArray,
}

/// The customers table and the purchase history.
pub(super) fn tables(mut folded: Vec<FoldedPart>, cleaned: &Cleaned, as_of: i32) -> Result<Vec<Table>, TableError> {
    let (customers, parts) = joined(&mut folded, cleaned.attributes.keys.len());
    let rows = union(customers, &parts, &folded, cleaned);
    let history = history(&rows, cleaned, as_of)?;
    let f = &rows.folded;
    let money = |known: bool, value: fn(&Folded) -> i64| {
        if known { Int64Array::from(all(f, value)) } else { Int64Array::new_null(f.len()) }
    };
    let mean = |f: &Folded| f.spend_net as f64 / 10_000.0 / f64::from(f.orders);
    let means = if cleaned.has_money { buyers(f, mean) } else { Float64Array::new_null(f.len()) };
    let mut builder = TableBuilder::new(&CUSTOMERS)
        .text("customer_id", rows.ids.clone())
        .count("orders", all(f, |f| i64::from(f.orders)))
        .count("purchase_days", all(f, |f| i64::from(f.purchase_days)))
        .day("first_purchase", buyers::<Date32Array, _>(f, |f| f.first_purchase))
        .day("last_purchase", buyers::<Date32Array, _>(f, |f| f.last_purchase))
        .count("days_since_last", buyers::<Int64Array, _>(f, |f| i64::from(as_of - f.last_purchase)))
        .count("tenure_days", buyers::<Int64Array, _>(f, |f| i64::from(as_of - f.first_purchase)))
        .money("spend_gross", money(cleaned.has_money, |f| f.spend_net.saturating_add(f.refunds)))
        .money("refunds", money(cleaned.has_money, |f| f.refunds))
        .money("spend_net", money(cleaned.has_money, |f| f.spend_net))
        .money("margin", money(cleaned.has_margin, |f| f.margin))
        .real("spend_mean", means);
    builder = interactions(favourites(builder, f, cleaned), f, &cleaned.interactions);
    builder = profile(builder, &rows, cleaned, as_of);
    for (name, values) in &cleaned.attributes.columns {
        let values = rows.known.as_ref().map_or_else(|| values.clone(), |positions| values.take(positions));
        builder = builder.with(name, values);
    }
    Ok(vec![builder.build()?, history])
}

/// A value of every customer.
pub(super) fn all<T>(rows: &[Folded], value: impl Fn(&Folded) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// A value of every customer with an order; empty for the others.
pub(super) fn buyers<A, T>(rows: &[Folded], value: impl Fn(&Folded) -> T) -> A
where
    A: From<Vec<T>> + FromIterator<Option<T>>,
{
    if rows.iter().all(|f| f.orders > 0) {
        return all(rows, value).into();
    }
    rows.iter().map(|f| (f.orders > 0).then(|| value(f))).collect()
}

fn interactions(builder: TableBuilder, rows: &[Folded], found: &Interactions) -> TableBuilder {
    let totals = rows.iter().map(|f| found.known.then(|| found.total(f.customer)));
    let (counts, costs): (Vec<_>, Vec<_>) =
        totals.map(|total| (total.map(|(count, _)| i64::from(count)), total.map(|(_, cost)| cost))).unzip();
    let costs = costs.into_iter().map(|cost| cost.filter(|_| found.has_costs));
    builder.count("interactions", Int64Array::from(counts)).money("interaction_cost", costs.collect::<Int64Array>())
}

fn favourites(builder: TableBuilder, rows: &[Folded], cleaned: &Cleaned) -> TableBuilder {
    let (categories, category_ranks) = cleaned.categories.ranks();
    let (channels, channel_ranks) = cleaned.channels.ranks();
    let rank = |ranks: &[u32], number: u32| ranks.get(number as usize).map_or(-1, |rank| *rank as i32);
    let code = |f: &Folded, code: i32| if f.orders > 0 { code } else { -1 };
    let hours =
        if cleaned.has_time_of_day { buyers(rows, |f| i32::from(f.hour)) } else { Int32Array::new_null(rows.len()) };
    let categories = Categories::from_codes(all(rows, |f| code(f, rank(&category_ranks, f.category))), categories);
    let channels = Categories::from_codes(all(rows, |f| code(f, rank(&channel_ranks, f.channel))), channels);
    let weekdays = Categories::from_codes(all(rows, |f| code(f, i32::from(f.weekday))), WEEKDAYS.map(str::to_owned));
    builder
        .category("favourite_category", categories)
        .category("favourite_channel", channels)
        .category("favourite_weekday", weekdays)
        .score("favourite_hour", hours)
}

/// Customers with a purchase day, for the models.
fn history(rows: &Rows, cleaned: &Cleaned, as_of: i32) -> Result<Table, TableError> {
    let with_day = || rows.folded.iter().filter(|f| f.purchase_days > 0);
    let ids = if rows.folded.iter().all(|f| f.purchase_days > 0) {
        rows.ids.clone()
    } else {
        let kept = rows.folded.iter().enumerate().filter(|(_, f)| f.purchase_days > 0);
        StringArray::from_iter_values(kept.map(|(row, _)| rows.ids.value(row)))
    };
    let money = |known: bool, value: fn(&Folded) -> i64| {
        if known { Int64Array::from_iter_values(with_day().map(value)) } else { Int64Array::new_null(ids.len()) }
    };
    TableBuilder::new(&PURCHASE_HISTORY)
        .day_lists("days", day_lists(rows.days.iter().filter(|days| !days.is_empty()).map(Some)))
        .count("x", Int64Array::from_iter_values(with_day().map(|f| i64::from(f.purchase_days) - 1)))
        .count("t_x", Int64Array::from_iter_values(with_day().map(|f| i64::from(f.last_day - f.first_day))))
        .count("tenure_days", Int64Array::from_iter_values(with_day().map(|f| i64::from(as_of - f.first_day))))
        .money("repeat_spend", money(cleaned.has_money, |f| f.repeat_spend))
        .money("value_to_date", money(cleaned.has_money, |f| f.spend_net))
        .money("spend_with_margin", money(cleaned.has_margin, |f| f.spend_with_margin))
        .text("customer_id", ids.clone())
        .build()
}

/// The customers of all partitions, which are left with their days, and the number of the partition of each. There is room
/// for `more`.
fn joined(folded: &mut [FoldedPart], more: usize) -> (Vec<Folded>, Vec<u32>) {
    let count = folded.iter().map(|part| part.customers.len()).sum::<usize>();
    let (mut all, mut parts) = (Vec::with_capacity(count + more), Vec::with_capacity(count));
    for (part, number) in folded.iter_mut().zip(0..) {
        let own = std::mem::take(&mut part.customers);
        parts.extend(std::iter::repeat_n(number, own.len()));
        all.extend(own);
    }
    (all, parts)
}

/// All customers in the byte order of their ids. Rows are large, so they are put in order where they stand.
fn union<'a>(mut all: Vec<Folded>, parts: &[u32], folded: &'a [FoldedPart], cleaned: &Cleaned) -> Rows<'a> {
    let space = &cleaned.customers;
    let known = &cleaned.attributes.keys;
    let mut keys: Vec<u64> = all.iter().map(|f| f.customer).collect();
    let mut order = space.order(&keys);
    let same = known.len() == keys.len() && order.iter().zip(known).all(|(at, key)| keys[*at as usize] == *key);
    let positions = if known.is_empty() || same {
        (!same).then(|| Int64Array::new_null(keys.len()))
    } else {
        let from_folded = keys.len();
        keys.extend_from_slice(known);
        let (places, positions) = merge(&keys, &space.order(&keys), from_folded);
        let mut place_of = |(key, place): (u64, Option<u32>)| {
            place.unwrap_or_else(|| {
                all.push(Folded::empty(key));
                all.len() as u32 - 1
            })
        };
        order = places.into_iter().map(&mut place_of).collect();
        Some(positions.into())
    };
    let days_of = |place: &u32| {
        let place = *place as usize;
        parts.get(place).map_or(&[][..], |part| folded[*part as usize].days_of(&all[place]))
    };
    let days = order.iter().map(days_of).collect();
    put_in_order(&mut all, order);
    let ids = id_texts(&all, space);
    Rows { folded: all, days, known: positions, ids }
}

/// Puts `rows` in an order given by the place of each: cycle by cycle, without a copy.
fn put_in_order<T>(rows: &mut [T], mut order: Vec<u32>) {
    for start in 0..order.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut order[at], at as u32) as usize;
            if from == start {
                break;
            }
            rows.swap(at, from);
            at = from;
        }
    }
}

/// Both kinds of customers in one order: the key of each with its place among the folded, and its position among the
/// known. `keys` holds those of the folded and then those of the known customers.
fn merge(keys: &[u64], order: &[u32], from_folded: usize) -> (Vec<(u64, Option<u32>)>, Vec<Option<i64>>) {
    let mut rows: Vec<(u64, Option<u32>)> = Vec::with_capacity(keys.len());
    let mut positions: Vec<Option<i64>> = Vec::with_capacity(keys.len());
    for place in order {
        let at = *place as usize;
        if rows.last().is_none_or(|(last, _)| *last != keys[at]) {
            rows.push((keys[at], None));
            positions.push(None);
        }
        if at < from_folded {
            if let Some((_, found)) = rows.last_mut() {
                *found = Some(*place);
            }
        } else if let Some(position) = positions.last_mut() {
            *position = Some((at - from_folded) as i64);
        }
    }
    (rows, positions)
}

fn id_texts(rows: &[Folded], space: &IdSpace) -> StringArray {
    let mut ids = StringBuilder::with_capacity(rows.len(), rows.len() * 8);
    let mut text = String::new();
    for row in rows {
        text.clear();
        space.write_text(row.customer, &mut text);
        ids.append_value(&text);
    }
    ids.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_in_order_by_the_place_of_each() {
        for order in [vec![], vec![0], vec![1, 2, 0, 4, 3, 5], vec![5, 4, 3, 2, 1, 0], vec![3, 0, 1, 2, 5, 4]] {
            let rows = (0..order.len()).map(|row| format!("row {row}")).collect::<Vec<_>>();
            let wanted = order.iter().map(|place| rows[*place as usize].clone()).collect::<Vec<_>>();
            let mut found = rows;
            put_in_order(&mut found, order);
            assert_eq!(found, wanted);
        }
    }
}
