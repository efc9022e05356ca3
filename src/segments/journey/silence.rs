//! Who has fallen silent, and which part of their journey came before it.

use std::ops::Range;

use crate::numerics::lifecycle::Stage;
use crate::stage::StageError;
use crate::table::{Column, Tables, align};

/// Rhythms of the median customer that count as silence.
const SILENCE_RHYTHMS: f64 = 6.0;

/// Days that count as silence when nobody has bought.
const NO_RHYTHM_DAYS: f64 = 180.0;

/// Where a customer stands by the lifecycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Lapsed or lost.
    Silent,
    /// First purchase, repeat, loyal or advocate.
    Active,
    /// Slipping, or has not bought.
    Open,
}

/// Standings of the customers, and the median of their rhythms × 6 in days.
///
/// # Errors
/// When the lifecycle table is not as declared.
pub(super) fn standings(tables: &Tables) -> Result<(Vec<Standing>, f64), StageError> {
    let lifecycle = tables.get("lifecycle")?;
    let rows = align(tables.get("customers")?.text("customer_id")?, lifecycle.text("customer_id")?);
    let Column::Category(stages) = lifecycle.column("lifecycle")?.take(&rows) else {
        return Err(StageError::Data("`lifecycle` is not words".into()));
    };
    let standing = |row: usize| {
        let stage = stages.get(row).and_then(|name| Stage::ALL.into_iter().find(|stage| stage.name() == name));
        match stage {
            Some(Stage::Lapsed | Stage::Lost) => Standing::Silent,
            Some(Stage::FirstPurchase | Stage::Repeat | Stage::Loyal | Stage::Advocate) => Standing::Active,
            Some(Stage::Slipping | Stage::Prospect) | None => Standing::Open,
        }
    };
    let mut rhythms = lifecycle.reals("rhythm_days")?.iter().flatten().collect::<Vec<_>>();
    rhythms.sort_by(f64::total_cmp);
    let median = rhythms.get(rhythms.len() / 2).map(|rhythm| (SILENCE_RHYTHMS * rhythm).round());
    Ok(((0..rows.len()).map(standing).collect(), median.unwrap_or(NO_RHYTHM_DAYS)))
}

/// The events until so many seconds after the last purchase: what comes later came after the silence began.
pub(super) fn until_silence(states: &[u32], seconds: &[i64], purchase: u32, within: i64) -> Range<usize> {
    let last = states.iter().rposition(|state| *state == purchase);
    0..last.map_or(states.len(), |last| seconds.partition_point(|time| *time <= seconds[last].saturating_add(within)))
}

/// The last purchase that is at least so many seconds old, and the events in the seconds after it.
pub(super) fn after_last(states: &[u32], seconds: &[i64], purchase: u32, within: i64, until: i64) -> Range<usize> {
    let settled = seconds.partition_point(|time| time.saturating_add(within) <= until);
    let Some(start) = states[..settled].iter().rposition(|state| *state == purchase) else { return 0..0 };
    start..seconds.partition_point(|time| *time <= seconds[start].saturating_add(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUY: u32 = 9;

    #[test]
    fn what_comes_after_the_silence_began_is_left_out() {
        assert_eq!(until_silence(&[1, BUY, 2, 3], &[0, 10, 15, 40], BUY, 5), 0..3);
        assert_eq!(until_silence(&[1, 2], &[0, 10], BUY, 5), 0..2);
        assert_eq!(until_silence(&[], &[], BUY, 5), 0..0);
    }

    #[test]
    fn a_young_purchase_is_not_looked_at() {
        let (states, seconds) = ([BUY, 1, BUY, 2], [0, 3, 8, 9]);
        assert_eq!(after_last(&states, &seconds, BUY, 5, 20), 2..4);
        assert_eq!(after_last(&states, &seconds, BUY, 5, 12), 0..2);
        assert_eq!(after_last(&states, &seconds, BUY, 5, 4), 0..0);
        assert_eq!(after_last(&[1], &[0], BUY, 5, 20), 0..0);
    }
}
