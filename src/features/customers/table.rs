//! Folded customers and known customers to the published table and the purchase history.

use arrow::array::{Array, Date32Array, Float64Array, Int32Array, Int64Array, StringArray, StringBuilder};

use crate::clean::{Cleaned, IdSpace};
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::contract::{CUSTOMERS, PURCHASE_HISTORY};
use super::one::Folded;

/// Names of the weekdays from Monday.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// For each row of the customers table: its position among the folded and among the known customers.
struct Rows {
    folded: Vec<Option<u32>>,
    known: Vec<Option<u32>>,
    ids: StringArray,
}

/// The customers table and the purchase history.
pub(super) fn tables(folded: &[Folded], cleaned: &Cleaned, as_of: i32) -> Result<Vec<Table>, TableError> {
    let rows = union(folded, cleaned);
    let history = history(folded, &rows, cleaned.has_money, as_of)?;
    let mut builder = TableBuilder::new(&CUSTOMERS).text("customer_id", rows.ids.clone());
    let at = |row: &Option<u32>| row.map(|at| &folded[at as usize]);
    let count = |value: &dyn Fn(&Folded) -> i64| -> Int64Array {
        rows.folded.iter().map(|row| at(row).map_or(0, value)).collect::<Vec<_>>().into()
    };
    let bought = |row: &Option<u32>| at(row).filter(|f| f.orders > 0);
    let day = |value: &dyn Fn(&Folded) -> i32| -> Date32Array {
        rows.folded.iter().map(|row| bought(row).map(value)).collect()
    };
    let since = |value: &dyn Fn(&Folded) -> i32| -> Int64Array {
        rows.folded.iter().map(|row| bought(row).map(|f| i64::from(as_of - value(f)))).collect()
    };
    let money = |known: bool, value: &dyn Fn(&Folded) -> i64| -> Int64Array {
        if known { count(value) } else { Int64Array::new_null(rows.folded.len()) }
    };
    let mean = |f: &Folded| f.spend_net as f64 / 10_000.0 / f64::from(f.orders);
    let means: Float64Array = rows.folded.iter().map(|r| bought(r).filter(|_| cleaned.has_money).map(mean)).collect();
    builder = builder
        .count("orders", count(&|f| f.orders.into()))
        .count("purchase_days", count(&|f| f.purchase_days.into()))
        .day("first_purchase", day(&|f| f.first_purchase))
        .day("last_purchase", day(&|f| f.last_purchase))
        .count("days_since_last", since(&|f| f.last_purchase))
        .count("tenure_days", since(&|f| f.first_purchase))
        .money("spend_gross", money(cleaned.has_money, &|f| f.spend_net.saturating_add(f.refunds)))
        .money("refunds", money(cleaned.has_money, &|f| f.refunds))
        .money("spend_net", money(cleaned.has_money, &|f| f.spend_net))
        .money("margin", money(cleaned.has_margin, &|f| f.margin))
        .real("spend_mean", means);
    builder = favourites(builder, folded, &rows, cleaned);
    let positions: Option<Int64Array> = if rows.known.iter().enumerate().all(|(at, k)| *k == Some(at as u32)) {
        None
    } else {
        Some(rows.known.iter().map(|row| row.map(i64::from)).collect())
    };
    for (name, values) in &cleaned.attributes.columns {
        let values = positions.as_ref().map_or_else(|| values.clone(), |positions| values.take(positions));
        builder = builder.with(published_name(name), values);
    }
    Ok(vec![builder.build()?, history])
}

/// An attribute's column name; one that is taken by a computed column gets a prefix.
pub(super) fn published_name(attribute: &str) -> String {
    let taken = CUSTOMERS.columns.iter().any(|c| c.name == attribute);
    if taken { format!("source_{attribute}") } else { attribute.to_owned() }
}

fn favourites(builder: TableBuilder, folded: &[Folded], rows: &Rows, cleaned: &Cleaned) -> TableBuilder {
    let bought = |row: &Option<u32>| row.map(|at| &folded[at as usize]).filter(|f| f.orders > 0);
    let words = |names: Vec<String>, code: &dyn Fn(&Folded) -> i32| {
        let codes = rows.folded.iter().map(|row| bought(row).map_or(-1, code)).collect();
        Categories::from_codes(codes, names)
    };
    let (categories, category_ranks) = cleaned.categories.ranks();
    let (channels, channel_ranks) = cleaned.channels.ranks();
    let rank = |ranks: &[u32], number: u32| ranks.get(number as usize).map_or(-1, |rank| *rank as i32);
    let hours: Int32Array = if cleaned.has_time_of_day {
        rows.folded.iter().map(|row| bought(row).map(|f| i32::from(f.hour))).collect()
    } else {
        Int32Array::new_null(rows.folded.len())
    };
    builder
        .category("favourite_category", words(categories, &|f| rank(&category_ranks, f.category)))
        .category("favourite_channel", words(channels, &|f| rank(&channel_ranks, f.channel)))
        .category("favourite_weekday", words(WEEKDAYS.map(str::to_owned).to_vec(), &|f| i32::from(f.weekday)))
        .score("favourite_hour", hours)
}

/// Customers with a purchase day, for the models.
fn history(folded: &[Folded], rows: &Rows, has_money: bool, as_of: i32) -> Result<Table, TableError> {
    let buyers = || {
        let with_day = rows.folded.iter().enumerate().filter_map(|(row, at)| Some((row, &folded[(*at)? as usize])));
        with_day.filter(|(_, f)| f.purchase_days > 0)
    };
    let ids: StringArray = buyers().map(|(row, _)| Some(rows.ids.value(row))).collect();
    let count = |value: &dyn Fn(&Folded) -> i64| -> Int64Array {
        buyers().map(|(_, f)| value(f)).collect::<Vec<_>>().into()
    };
    let money = |value: &dyn Fn(&Folded) -> i64| -> Int64Array {
        if has_money { count(value) } else { Int64Array::new_null(ids.len()) }
    };
    TableBuilder::new(&PURCHASE_HISTORY)
        .count("x", count(&|f| i64::from(f.purchase_days) - 1))
        .count("t_x", count(&|f| i64::from(f.last_day - f.first_day)))
        .count("tenure_days", count(&|f| i64::from(as_of - f.first_day)))
        .money("repeat_spend", money(&|f| f.repeat_spend))
        .money("value_to_date", money(&|f| f.spend_net))
        .text("customer_id", ids.clone())
        .build()
}

/// All customers in the byte order of their ids.
fn union(folded: &[Folded], cleaned: &Cleaned) -> Rows {
    let space = &cleaned.customers;
    let known = &cleaned.attributes.keys;
    let mut keys: Vec<u64> = folded.iter().map(|f| f.customer).collect();
    let order = space.order(&keys);
    let mut rows = Rows { folded: Vec::new(), known: Vec::new(), ids: StringArray::new_null(0) };
    if known.is_empty() {
        rows.known = vec![None; keys.len()];
        rows.folded = order.iter().map(|at| Some(*at)).collect();
    } else if known.len() == keys.len() && order.iter().zip(known).all(|(at, key)| keys[*at as usize] == *key) {
        rows.known = (0..keys.len() as u32).map(Some).collect();
        rows.folded = order.iter().map(|at| Some(*at)).collect();
    } else {
        let from_folded = keys.len();
        keys.extend_from_slice(known);
        let mut last = None;
        for at in space.order(&keys) {
            let at = at as usize;
            if last != Some(keys[at]) {
                rows.folded.push(None);
                rows.known.push(None);
                last = Some(keys[at]);
            }
            let slot = if at < from_folded { &mut rows.folded } else { &mut rows.known };
            let number = if at < from_folded { at } else { at - from_folded };
            if let Some(place) = slot.last_mut() {
                *place = Some(number as u32);
            }
        }
    }
    rows.ids = id_texts(&rows, folded, known, space);
    rows
}

fn id_texts(rows: &Rows, folded: &[Folded], known: &[u64], space: &IdSpace) -> StringArray {
    let mut ids = StringBuilder::with_capacity(rows.folded.len(), rows.folded.len() * 8);
    let mut text = String::new();
    for (folded_at, known_at) in rows.folded.iter().zip(&rows.known) {
        let key = match (folded_at, known_at) {
            (Some(at), _) => folded[*at as usize].customer,
            (None, Some(at)) => known[*at as usize],
            (None, None) => continue,
        };
        text.clear();
        space.write_text(key, &mut text);
        ids.append_value(&text);
    }
    ids.finish()
}
