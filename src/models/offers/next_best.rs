//! One row per customer: next best product, category, channel and time.

use arrow::array::{Array, Date32Array, Float64Array, Int32Array, StringArray};

use crate::clean::Cleaned;
use crate::table::{Categories, Table, TableBuilder, TableError};

use super::channel::Channels;
use super::channel_table::{Best, Rates};
use super::contract::NEXT_BEST;
use super::offers_table::Offered;
use super::options::Level;
use super::timing::{Timing, WEEKDAYS, WINDOW_HOURS};

/// The table.
pub(super) fn next_best_table(
    ids: &StringArray,
    offered: &[Offered<'_>],
    channels: &Channels,
    best: &[Best],
    timings: Option<&[Timing]>,
) -> Result<Table, TableError> {
    let rows = ids.len();
    let of = |level: Level| offered.iter().find(|offered| offered.assortment.level == level);
    let first = |level: Level, names: fn(&Offered<'_>) -> Vec<String>| match of(level) {
        None => Categories::from_codes(vec![-1; rows], Vec::new()),
        Some(offered) => {
            // names needn't differ, nor stand in order
            let (names, codes) = (names(offered), offered.first(rows));
            let word = |code: &i32| usize::try_from(*code).ok().map(|at| names[at].as_str());
            Categories::from_words(&codes.iter().map(word).collect::<Vec<_>>())
        }
    };
    let ids_of = |offered: &Offered<'_>| offered.assortment.ids.to_vec();
    let names_of = |offered: &Offered<'_>| offered.assortment.names.iter().map(|name| (*name).to_owned()).collect();
    let channel = |best: &Best| best.channel.map_or(-1, |at| at as i32);
    let notes = best.iter().map(|best| Some(best.note.as_str())).collect::<Vec<_>>();
    let timing = |row: usize| timings.map(|timings| timings[row]);
    let weekdays = (0..rows).map(|row| timing(row).map_or(-1, |timing| timing.weekday as i32)).collect();
    let hours = (0..rows).map(|row| timing(row)?.hour.map(|hour| hour as i32));
    let days = (0..rows).map(|row| timing(row).map(|timing| timing.day));
    TableBuilder::new(&NEXT_BEST)
        .text("customer_id", ids.clone())
        .category("next_product", first(Level::Product, ids_of))
        .category("next_product_name", first(Level::Product, names_of))
        .category("next_category", first(Level::Category, ids_of))
        .category("best_channel", Categories::from_codes(best.iter().map(channel).collect(), channels.names.clone()))
        .real("channel_response", best.iter().map(|best| best.response).collect::<Float64Array>())
        .category("channel_response_note", Categories::from_words(&notes))
        .category("send_weekday", Categories::from_codes(weekdays, WEEKDAYS.map(str::to_owned).to_vec()))
        .score("send_hour", hours.collect::<Int32Array>())
        .category("send_window", windows(timings, rows))
        .day("send_day", days.collect::<Date32Array>())
        .build()
}

/// `Tuesday 10:00-12:00`, or the weekday alone when hours are not known.
fn windows(timings: Option<&[Timing]>, rows: usize) -> Categories {
    let shown = |timing: &Timing| match timing.hour {
        Some(hour) => format!("{} {hour:02}:00-{:02}:00", WEEKDAYS[timing.weekday], hour + WINDOW_HOURS),
        None => WEEKDAYS[timing.weekday].to_owned(),
    };
    let Some(timings) = timings else { return Categories::from_codes(vec![-1; rows], Vec::new()) };
    let words = timings.iter().map(shown).collect::<Vec<_>>();
    Categories::from_words(&words.iter().map(|word| Some(word.as_str())).collect::<Vec<_>>())
}

/// The best channel of each customer: with consent, by the margin of an order where that is known.
pub(super) fn best_channels(
    channels: &Channels,
    rates: &Rates<'_>,
    customers: &Table,
    cleaned: &Cleaned,
) -> Result<Vec<Best>, TableError> {
    let consents = channels.names.iter().map(|name| customers.column(&format!("consent_{name}")).ok());
    let consents = consents.collect::<Vec<_>>();
    let margins = customers.column("margin")?.numbers();
    let orders = customers.column("orders")?.numbers();
    let known = || margins.iter().zip(&orders).filter(|(margin, orders)| !margin.is_nan() && **orders > 0.0);
    let total: f64 = known().map(|(margin, _)| margin).sum();
    let count: f64 = known().map(|(_, orders)| orders).sum();
    let mean = (cleaned.has_margin && count > 0.0).then(|| total / count);
    let value = |row: usize| {
        // drawn to everyone's by one order
        let own = if margins[row].is_nan() { 0.0 } else { margins[row] };
        let orders = if margins[row].is_nan() { 0.0 } else { orders[row] };
        mean.map(|mean| (own + mean) / (orders + 1.0))
    };
    let best = |row: usize| {
        let may = |channel: usize| consents[channel].is_none_or(|column| column.says_yes(row));
        rates.best(row, may, value(row))
    };
    Ok((0..customers.rows()).map(best).collect())
}
