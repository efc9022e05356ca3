//! The profile of a customer beyond the sums: favourites by the assortment, basket size, rhythm, trend, share of wallet
//! and contactability.

use arrow::array::{Array, Date32Array, Float64Array, Int64Array};

use crate::clean::{Cleaned, DAY_MINUTES};
use crate::purchases::{Folded, brands};
use crate::table::{Categories, Column, TableBuilder};

use super::table::{Rows, all, buyers};

/// Attribute that tells what a customer spends with anyone.
const CATEGORY_SPEND: &str = "category_spend";

/// What the attributes that tell consent begin with.
const CONSENT: &str = "consent_";

/// Adds the columns of the profile.
pub(super) fn profile(builder: TableBuilder, rows: &Rows<'_>, cleaned: &Cleaned, as_of: i32) -> TableBuilder {
    let f = &rows.folded;
    let builder = rhythm(trend(builder, rows, cleaned), f, as_of);
    let (stores, store_ranks) = cleaned.stores.ranks();
    let store = |f: &Folded| store_ranks.get(f.store as usize).map_or(-1, |rank| *rank as i32);
    let brand = |f: &Folded| i32::try_from(f.brand).unwrap_or(-1);
    let newest = |f: &Folded| {
        let own = cleaned.interactions.touches.of(f.customer).last();
        own.map(|touch| touch.minute.div_euclid(DAY_MINUTES))
    };
    builder
        .category("favourite_brand", Categories::from_codes(all(f, brand), brands(cleaned).0))
        .category("favourite_store", Categories::from_codes(all(f, store), stores))
        .real("lines_per_order", buyers::<Float64Array, _>(f, |f| f64::from(f.item_lines) / f64::from(f.orders)))
        .category("contactable_by", contactable(rows, cleaned))
        .day("last_interaction", f.iter().map(newest).collect::<Date32Array>())
}

/// When a customer usually buys again.
fn rhythm(builder: TableBuilder, rows: &[Folded], as_of: i32) -> TableBuilder {
    let gap = |value: fn([f32; 3]) -> f32| {
        rows.iter().map(|f| f.gaps.map(|gaps| f64::from(value(gaps)))).collect::<Float64Array>()
    };
    let next = |quarter: usize| {
        let day = |f: &Folded| f.gaps.map(|gaps| f.last_purchase + gaps[quarter].round() as i32);
        rows.iter().map(day).collect::<Date32Array>()
    };
    let overdue = |f: &Folded| f.gaps.map(|gaps| (f64::from(as_of - f.last_purchase) - f64::from(gaps[1])).max(0.0));
    builder
        .real("gap_median_days", gap(|gaps| gaps[1]))
        .real("gap_spread_days", gap(|gaps| gaps[2] - gaps[0]))
        .real("days_overdue", rows.iter().map(overdue).collect::<Float64Array>())
        .day("next_purchase_from", next(0))
        .day("next_purchase_expected", next(1))
        .day("next_purchase_until", next(2))
}

/// Where the spend is going, and what part of it comes here.
fn trend(builder: TableBuilder, rows: &Rows<'_>, cleaned: &Cleaned) -> TableBuilder {
    let f = &rows.folded;
    let money =
        |value: fn(&Folded) -> i64| f.iter().map(|f| cleaned.has_money.then(|| value(f))).collect::<Int64Array>();
    let change = |f: &Folded| (f.earlier > 0).then(|| f.recent as f64 / f.earlier as f64 - 1.0);
    let share = |f: &Folded| {
        let list = f.discounts as f64 + (f.spend_net as f64 + f.refunds as f64);
        (cleaned.has_discounts && f.orders > 0 && list > 0.0).then(|| f.discounts as f64 / list)
    };
    let spend = cleaned.attributes.columns.iter().find(|(name, _)| name == CATEGORY_SPEND).map(|(_, column)| column);
    let wallet = |(row, f): (usize, &Folded)| {
        let total = spend?.number(known_row(rows, row)?).filter(|total| *total > 0.0)?;
        cleaned.has_money.then(|| f.last_year as f64 / 10_000.0 / total)
    };
    builder
        .money("spend_last_180d", money(|f| f.recent))
        .money("spend_previous_180d", money(|f| f.earlier))
        .real("spend_trend", f.iter().map(|f| change(f).filter(|_| cleaned.has_money)).collect::<Float64Array>())
        .real("discount_share", f.iter().map(share).collect::<Float64Array>())
        .real("wallet_share", f.iter().enumerate().map(wallet).collect::<Float64Array>())
}

/// The row of a customer among the known customers.
fn known_row(rows: &Rows<'_>, row: usize) -> Option<usize> {
    match &rows.known {
        None => Some(row),
        Some(positions) => (!positions.is_null(row)).then(|| positions.value(row) as usize),
    }
}

/// The channels that a customer may be reached by, in words.
fn contactable(rows: &Rows<'_>, cleaned: &Cleaned) -> Categories {
    let consents = cleaned.attributes.columns.iter().filter_map(|(name, column)| match column {
        Column::Flag(flags) => Some((name.strip_prefix(CONSENT)?, flags)),
        _ => None,
    });
    let consents = consents.take(i32::BITS as usize - 2).collect::<Vec<_>>();
    let sets = (0..rows.folded.len()).map(|row| {
        let known = known_row(rows, row);
        let given = |flags: &arrow::array::BooleanArray| known.is_some_and(|at| !flags.is_null(at) && flags.value(at));
        consents.iter().enumerate().filter(|(_, (_, flags))| given(flags)).fold(0_u32, |set, (at, _)| set | 1 << at)
    });
    let sets = sets.collect::<Vec<_>>();
    let mut used = sets.iter().copied().filter(|set| *set > 0).collect::<Vec<_>>();
    used.sort_unstable();
    used.dedup();
    let words = |set: &u32| {
        let own = consents.iter().enumerate().filter(|(at, _)| set & (1 << at) != 0).map(|(_, (name, _))| *name);
        own.collect::<Vec<_>>().join("+")
    };
    let code = |set: &u32| used.binary_search(set).map_or(-1, |at| at as i32);
    Categories::from_codes(sets.iter().map(code).collect(), used.iter().map(words).collect::<Vec<_>>())
}
