//! Finished campaigns put together: what small holdouts show that none shows alone.

use crate::models::campaigns::contract::CAMPAIGN_LIFTS;
use crate::numerics::surveys::inference::Confidence;
use crate::stage::SummaryTable;
use crate::table::{Column, Table};

use super::words::{Unit, grouped};

/// The effects of kinds of campaigns on all customers; none with fewer than two campaigns.
pub(super) fn summary(tables: &[Table], confidence: Confidence, currency: &str) -> Option<SummaryTable> {
    let lifts = tables.iter().find(|table| table.spec().name == CAMPAIGN_LIFTS.name)?;
    let column = |name: &str| lifts.column(name).ok();
    let number = |name: &str, row: usize| column(name).and_then(|column| column.number(row));
    let word = |name: &str, row: usize| column(name).map(|column| column.display(row)).unwrap_or_default();
    let whole: Vec<usize> =
        (0..lifts.rows()).filter(|row| column("segment_by").is_some_and(|by| Column::is_null(by, *row))).collect();
    if !whole.iter().any(|row| number("campaigns", *row).is_some_and(|campaigns| campaigns > 1.0)) {
        return None;
    }
    let rows = whole.iter().map(|row| {
        let kind = match (word("offer", *row), word("channel", *row)) {
            (offer, channel) if offer.is_empty() && channel.is_empty() => "all campaigns".to_owned(),
            (offer, channel) if offer.is_empty() => format!("all by {channel}"),
            (offer, channel) if channel.is_empty() => offer,
            (offer, channel) => format!("{offer}, {channel}"),
        };
        let figure = |name: &str, unit: Unit<'_>| {
            let effect = number(&format!("{name}_effect"), *row);
            let ends = effect.zip(number(&format!("{name}_effect_se"), *row)).map(|(effect, error)| {
                let half = confidence.z() * error;
                (effect - half, effect + half)
            });
            let (lower, upper) = ends.unzip();
            [unit.change(effect), unit.interval(lower, upper)]
        };
        let [conversion, conversion_ends] = figure("conversion", Unit::Share);
        let [revenue, revenue_ends] = figure("revenue", Unit::Money(currency));
        let count = |name: &str| grouped(number(name, *row).unwrap_or_default() as u64);
        vec![
            kind,
            count("campaigns"),
            count("treated"),
            count("control"),
            conversion,
            conversion_ends,
            revenue,
            revenue_ends,
            Unit::Money(currency).change(number("revenue_effect_shrunk", *row)),
        ]
    });
    let header =
        ["kind", "campaigns", "treated", "control", "conversion", "interval", "revenue", "interval", "to go by"];
    Some(SummaryTable {
        title: "finished campaigns put together".to_owned(),
        header: header.map(str::to_owned).to_vec(),
        rows: rows.collect(),
        notes: vec!["`to go by` is the revenue per contact that the next night's targeting expects".to_owned()],
    })
}
