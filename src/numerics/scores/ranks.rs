//! Counting the distinct values of a column in rising order.
//!
//! Days and counts span few whole numbers and are counted directly; money is
//! sorted by its digits (least significant first), which for a million values
//! takes less than half the time of a comparison sort.

/// Widest span of values that is counted in one table rather than sorted.
const COUNTING_SPAN: u64 = 1 << 16;

/// Columns shorter than this are sorted by comparison.
const RADIX_MIN_ROWS: usize = 4096;

/// Bits sorted per pass; the table of counts then fits the first-level cache.
const DIGIT_BITS: u32 = 11;
const DIGITS: usize = 1 << DIGIT_BITS;

/// Calls `visit(value, below, ties)` for each distinct value, rising, where
/// `below` values are smaller and `ties` equal.
pub(super) fn for_each_distinct(values: &[i64], visit: impl FnMut(i64, u64, u64)) {
    let Some((smallest, span)) = span(values) else {
        return;
    };
    if span < COUNTING_SPAN {
        visit_counted(values, smallest, span, visit);
    } else {
        visit_sorted(values, smallest, span, visit);
    }
}

/// Smallest value and the distance from it to the largest.
fn span(values: &[i64]) -> Option<(i64, u64)> {
    let smallest = *values.iter().min()?;
    let largest = *values.iter().max()?;
    Some((smallest, offset(largest, smallest)))
}

/// `value − smallest`, which always fits 64 bits without a sign.
fn offset(value: i64, smallest: i64) -> u64 {
    value.wrapping_sub(smallest).cast_unsigned()
}

/// Counts values in a table that has a place for each possible one.
fn visit_counted(values: &[i64], smallest: i64, span: u64, mut visit: impl FnMut(i64, u64, u64)) {
    let mut counts = vec![0_u64; to_index(span) + 1];
    for &value in values {
        counts[to_index(offset(value, smallest))] += 1;
    }
    let mut below = 0;
    for (value, &ties) in (smallest..).zip(&counts) {
        if ties > 0 {
            visit(value, below, ties);
            below += ties;
        }
    }
}

/// Sorts distances from the smallest value and counts runs of equal ones.
fn visit_sorted(values: &[i64], smallest: i64, span: u64, mut visit: impl FnMut(i64, u64, u64)) {
    let mut keys: Vec<u64> = values.iter().map(|&value| offset(value, smallest)).collect();
    if keys.len() < RADIX_MIN_ROWS {
        keys.sort_unstable();
    } else {
        keys = radix_sorted(keys, span);
    }
    let mut below = 0;
    for run in keys.chunk_by(|a, b| a == b) {
        let ties = run.len() as u64;
        visit(smallest.wrapping_add_unsigned(run[0]), below, ties);
        below += ties;
    }
}

/// Sorts by digits of [`DIGIT_BITS`] bits, the least significant first.
fn radix_sorted(mut keys: Vec<u64>, span: u64) -> Vec<u64> {
    let mut sorted = vec![0_u64; keys.len()];
    let bits = u64::BITS - span.leading_zeros();
    for shift in (0..bits).step_by(DIGIT_BITS as usize) {
        let digit = |key: u64| to_index(key >> shift) & (DIGITS - 1);
        let mut places = [0_usize; DIGITS];
        for &key in &keys {
            places[digit(key)] += 1;
        }
        let mut start = 0;
        for place in &mut places {
            start += std::mem::replace(place, start);
        }
        for &key in &keys {
            let place = &mut places[digit(key)];
            sorted[*place] = key;
            *place += 1;
        }
        std::mem::swap(&mut keys, &mut sorted);
    }
    keys
}

/// A table position: below [`COUNTING_SPAN`], or masked by the caller.
fn to_index(value: u64) -> usize {
    value as usize
}
