//! The profile of a customer beyond the sums: favourites by the assortment, basket size, rhythm, trend, share of wallet
//! and contactability.

use arrow::array::{Array, Float64Array};

use crate::clean::{Cleaned, DAY_MINUTES};
use crate::purchases::{Folded, brands};
use crate::table::{Categories, Column};

use super::rows::Rows;
use super::sheet::Sheet;
use super::table::{buyer, words};

/// Attribute that tells what a customer spends with anyone.
const CATEGORY_SPEND: &str = "category_spend";

/// What the attributes that tell consent begin with.
const CONSENT: &str = "consent_";

/// Adds the columns of the profile.
pub(super) fn profile<'a>(sheet: &mut Sheet<'a>, cleaned: &'a Cleaned, as_of: i32) {
    trend(sheet, cleaned);
    rhythm(sheet, as_of);
    let (stores, store_ranks) = cleaned.stores.ranks();
    let (brands, _) = brands(cleaned);
    let touches = &cleaned.interactions.touches;
    sheet
        .add("favourite_brand", !brands.is_empty(), words(brands), |f| i32::try_from(f.brand).ok())
        .add("favourite_store", !stores.is_empty(), words(stores), move |f| {
            store_ranks.get(f.store as usize).map(|rank| *rank as i32)
        })
        .add("lines_per_order", true, Column::Real, |f| buyer(f, || f64::from(f.item_lines) / f64::from(f.orders)))
        .add("last_interaction", cleaned.interactions.known, Column::Day, |f| {
            touches.of(f.customer).last().map(|touch| touch.minute.div_euclid(DAY_MINUTES))
        });
}

/// When a customer usually buys again.
fn rhythm(sheet: &mut Sheet<'_>, as_of: i32) {
    let next = |quarter: usize| move |f: &Folded| f.gaps.map(|gaps| f.last_purchase + gaps[quarter].round() as i32);
    sheet
        .add("gap_median_days", true, Column::Real, |f| f.gaps.map(|gaps| f64::from(gaps[1])))
        .add("gap_spread_days", true, Column::Real, |f| f.gaps.map(|gaps| f64::from(gaps[2] - gaps[0])))
        .add("days_overdue", true, Column::Real, move |f| {
            f.gaps.map(|gaps| (f64::from(as_of - f.last_purchase) - f64::from(gaps[1])).max(0.0))
        })
        .add("next_purchase_from", true, Column::Day, next(0))
        .add("next_purchase_expected", true, Column::Day, next(1))
        .add("next_purchase_until", true, Column::Day, next(2));
}

/// Where the spend is going, and what was taken off.
fn trend(sheet: &mut Sheet<'_>, cleaned: &Cleaned) {
    let money = cleaned.has_money;
    let share = |f: &Folded| {
        let list = f.discounts as f64 + (f.spend_net as f64 + f.refunds as f64);
        (f.orders > 0 && list > 0.0).then(|| f.discounts as f64 / list)
    };
    sheet
        .add("spend_last_180d", money, Column::Money, |f| Some(f.recent))
        .add("spend_previous_180d", money, Column::Money, |f| Some(f.earlier))
        .add("spend_trend", money, Column::Real, |f| (f.earlier > 0).then(|| f.recent as f64 / f.earlier as f64 - 1.0))
        .add("discount_share", cleaned.has_discounts, Column::Real, share);
}

/// What part of a customer's spend comes here; `None` when nothing tells what they spend with anyone.
pub(super) fn wallet_share(rows: &Rows<'_>, cleaned: &Cleaned) -> Option<Float64Array> {
    let (_, spend) = cleaned.attributes.columns.iter().find(|(name, _)| name == CATEGORY_SPEND)?;
    let share = |row| {
        let total = spend.number(rows.known_row(row)?).filter(|total| *total > 0.0)?;
        Some(rows.folded(row).last_year as f64 / 10_000.0 / total)
    };
    cleaned.has_money.then(|| (0..rows.len()).map(share).collect())
}

/// The channels that a customer may be reached by, in words; `None` when nothing tells.
pub(super) fn contactable(rows: &Rows<'_>, cleaned: &Cleaned) -> Option<Categories> {
    let consents = cleaned.attributes.columns.iter().filter_map(|(name, column)| match column {
        Column::Flag(flags) => Some((name.strip_prefix(CONSENT)?, flags)),
        _ => None,
    });
    let consents = consents.take(i32::BITS as usize - 2).collect::<Vec<_>>();
    if consents.is_empty() {
        return None;
    }
    let sets = (0..rows.len()).map(|row| {
        let known = rows.known_row(row);
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
    let names = used.iter().map(words).collect::<Vec<_>>();
    Some(Categories::from_codes(sets.iter().map(code).collect(), names))
}
