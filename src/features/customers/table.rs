//! Folded customers and known customers to the published table and the purchase history.

use arrow::array::{Date32Builder, Int32Array, ListBuilder, StringArray};
use arrow::datatypes::{DataType, Field};

use crate::clean::Cleaned;
use crate::purchases::{Folded, FoldedPart};
use crate::table::{Categories, Column, EmptyCells, Table, TableBuilder, TableError};

use super::contract::{CUSTOMERS, PURCHASE_HISTORY};
use super::profile::{contactable, profile, wallet_share};
use super::rows::Rows;
use super::sheet::{BLOCK, Sheet};

/// Names of the weekdays from Monday.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The customers table and the purchase history.
pub(super) fn tables(folded: &[FoldedPart], cleaned: &Cleaned, as_of: i32) -> Result<Vec<Table>, TableError> {
    let rows = Rows::of(folded, cleaned);
    let with_day = folded.iter().flat_map(|part| &part.customers).filter(|f| f.purchase_days > 0).count();
    let (mut sheet, mut history) = (Sheet::new(rows.len()), Sheet::new(with_day));
    sums(&mut sheet, cleaned, as_of);
    favourites(&mut sheet, cleaned);
    profile(&mut sheet, cleaned, as_of);
    interactions(&mut sheet, cleaned);
    inputs(&mut history, cleaned, as_of);
    let mut days = day_lists(folded, with_day);
    let mut block = Vec::with_capacity(BLOCK);
    for from in (0..rows.len()).step_by(BLOCK) {
        let block_rows = from..rows.len().min(from + BLOCK);
        block.clear();
        block.extend(block_rows.clone().map(|row| rows.folded(row)));
        for own in block_rows.map(|row| rows.days(row)).filter(|own| !own.is_empty()) {
            days.values().append_slice(own);
            days.append(true);
        }
        sheet.fill(&block);
        block.retain(|f| f.purchase_days > 0);
        history.fill(&block);
    }
    let empty = EmptyCells::new(rows.len());
    let mut builder = sheet.finish(TableBuilder::new(&CUSTOMERS).text("customer_id", rows.ids.clone()), &empty);
    builder = match wallet_share(&rows, cleaned) {
        Some(shares) => builder.real("wallet_share", shares),
        None => builder.empty("wallet_share", &empty),
    };
    builder = match contactable(&rows, cleaned) {
        Some(channels) => builder.category("contactable_by", channels),
        None => builder.empty("contactable_by", &empty),
    };
    for (name, values) in &cleaned.attributes.columns {
        let values = rows.known.as_ref().map_or_else(|| values.clone(), |positions| values.take(positions));
        builder = builder.with(name, values);
    }
    let empty = EmptyCells::new(with_day);
    let inputs = TableBuilder::new(&PURCHASE_HISTORY).text("customer_id", buyer_ids(&rows, with_day));
    let inputs = history.finish(inputs, &empty).day_lists("days", days.finish());
    Ok(vec![builder.build()?, inputs.build()?])
}

/// A value of a customer with an order; none of another.
pub(super) fn buyer<T>(f: &Folded, value: impl FnOnce() -> T) -> Option<T> {
    (f.orders > 0).then(value)
}

fn sums(sheet: &mut Sheet<'_>, cleaned: &Cleaned, as_of: i32) {
    let (money, margin) = (cleaned.has_money, cleaned.has_margin);
    let mean = |f: &Folded| f.spend_net as f64 / 10_000.0 / f64::from(f.orders);
    sheet
        .add("orders", true, Column::Count, |f| Some(i64::from(f.orders)))
        .add("purchase_days", true, Column::Count, |f| Some(i64::from(f.purchase_days)))
        .add("first_purchase", true, Column::Day, |f| buyer(f, || f.first_purchase))
        .add("last_purchase", true, Column::Day, |f| buyer(f, || f.last_purchase))
        .add("days_since_last", true, Column::Count, move |f| buyer(f, || i64::from(as_of - f.last_purchase)))
        .add("tenure_days", true, Column::Count, move |f| buyer(f, || i64::from(as_of - f.first_purchase)))
        .add("spend_gross", money, Column::Money, |f| Some(f.spend_net.saturating_add(f.refunds)))
        .add("refunds", money, Column::Money, |f| Some(f.refunds))
        .add("spend_net", money, Column::Money, |f| Some(f.spend_net))
        .add("margin", margin, Column::Money, |f| Some(f.margin))
        .add("spend_mean", money, Column::Real, move |f| buyer(f, || mean(f)));
}

fn favourites(sheet: &mut Sheet<'_>, cleaned: &Cleaned) {
    let (categories, category_ranks) = cleaned.categories.ranks();
    let (channels, channel_ranks) = cleaned.channels.ranks();
    let rank = |ranks: &[u32], number: u32| ranks.get(number as usize).map(|rank| *rank as i32);
    let weekdays = WEEKDAYS.map(str::to_owned);
    sheet
        .add("favourite_category", !categories.is_empty(), words(categories), move |f| {
            buyer(f, || rank(&category_ranks, f.category)).flatten()
        })
        .add("favourite_channel", !channels.is_empty(), words(channels), move |f| {
            buyer(f, || rank(&channel_ranks, f.channel)).flatten()
        })
        .add("favourite_weekday", true, words(weekdays), |f| buyer(f, || i32::from(f.weekday)))
        .add("favourite_hour", cleaned.has_time_of_day, Column::Score, |f| buyer(f, || i32::from(f.hour)));
}

/// Codes to words.
pub(super) fn words(names: impl Into<std::sync::Arc<[String]>>) -> impl FnOnce(Int32Array) -> Column {
    let names = names.into();
    move |codes| Column::Category(Categories { codes, names })
}

fn interactions<'a>(sheet: &mut Sheet<'a>, cleaned: &'a Cleaned) {
    let found = &cleaned.interactions;
    sheet.add("interactions", found.known, Column::Count, |f| Some(i64::from(found.total(f.customer).0))).add(
        "interaction_cost",
        found.known && found.has_costs,
        Column::Money,
        |f| Some(found.total(f.customer).1),
    );
}

/// What the models need of a customer with a purchase day.
fn inputs(sheet: &mut Sheet<'_>, cleaned: &Cleaned, as_of: i32) {
    let (money, margin) = (cleaned.has_money, cleaned.has_margin);
    sheet
        .add("x", true, Column::Count, |f| Some(i64::from(f.purchase_days) - 1))
        .add("t_x", true, Column::Count, |f| Some(i64::from(f.last_day - f.first_day)))
        .add("tenure_days", true, Column::Count, move |f| Some(i64::from(as_of - f.first_day)))
        .add("repeat_spend", money, Column::Money, |f| Some(f.repeat_spend))
        .add("value_to_date", money, Column::Money, |f| Some(f.spend_net))
        .add("spend_with_margin", margin, Column::Money, |f| Some(f.spend_with_margin));
}

/// Ids of the customers with a purchase day.
fn buyer_ids(rows: &Rows<'_>, with_day: usize) -> StringArray {
    if with_day == rows.len() {
        return rows.ids.clone();
    }
    let kept = (0..rows.len()).filter(|row| !rows.days(*row).is_empty());
    StringArray::from_iter_values(kept.map(|row| rows.ids.value(row)))
}

/// Room for the purchase days of so many customers.
fn day_lists(folded: &[FoldedPart], customers: usize) -> ListBuilder<Date32Builder> {
    let days = Date32Builder::with_capacity(folded.iter().map(|part| part.days.len()).sum());
    ListBuilder::with_capacity(days, customers).with_field(Field::new_list_field(DataType::Date32, false))
}
