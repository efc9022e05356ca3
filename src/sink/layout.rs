//! How each column is laid out in a Parquet file: decided from its kind and a look at its values.
//!
//! The choices are the cheapest in processor time that give a reasonable size, as measured on a million rows (ns and
//! bytes a row, with statistics and, unless stored, zstd level 1):
//!
//! - categories: own dictionary pages, 4 ns and 0.4 B (the writer's dictionary 23 ns, 0.3 B);
//! - whole numbers in a narrow range: own dictionary pages, 5 ns and 0.6 B (delta 5 ns, 0.7 B; plain 14 ns, 0.7 B);
//! - other whole numbers and money: delta, stored, 5 ns and 3.2 B (compressed 7 ns, 3.2 B; plain 20 ns, 3.4 B);
//! - reals that hardly repeat: plain, stored, 2 ns and 8.0 B (compressed 8 to 26 ns, 7.7 to 4.6 B; byte stream split
//!   8 to 13 ns, 7.2 to 6.9 B);
//! - reals of which half repeat: plain, 16 ns and 3.4 B (byte stream split 21 ns, 4.0 B; dictionary 24 ns, 4.1 B);
//! - reals of few values: the writer's dictionary, 8 ns and 0.4 B (plain 17 ns, 0.8 B);
//! - sorted ids: delta byte array, 20 ns and 0.1 B (plain 20 ns, 0.7 B; delta length 23 ns, 0.7 B);
//! - other text: plain, 50 ns and 4.6 B (delta length 52 ns, 5.1 B; delta byte array 65 ns, 5.7 B).
//!
//! Row groups of a quarter million and of a million rows cost the same, within what repeated runs differ.
//!
//! Stored pages belong to a column whose codec is zstd all the same: a version 2 page says itself whether it is
//! compressed, and readers handle both.

use std::collections::BTreeSet;

use arrow::array::{Array, ArrowPrimitiveType, Float64Array, PrimitiveArray, StringArray};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion};

use crate::table::Column;

/// Rows of a row group: enough to pack well, few enough for readers to work on several at once.
pub(super) const ROW_GROUP_ROWS: usize = 1 << 18;

/// Rows of a data page, the grain of the page index.
pub(super) const PAGE_ROWS: usize = 20_000;

/// Named in every file as its writer, in the only form whose statistics parquet-mr (Spark, Hive) trusts. The version is
/// that of this layout and not the program's, so that an upgrade alone changes no byte.
const CREATED_BY: &str = "acrm version 1 (build 1)";

/// Level of the compressor.
pub(super) const ZSTD_LEVEL: i32 = 1;

/// Widest range of whole numbers that is written from codes: eleven years of days.
const NARROW_RANGE: i64 = 4096;

/// Rows of a column that are looked at.
const SAMPLE_ROWS: usize = 1024;

/// Distinct values among the rows looked at, above which a column is not worth the writer's dictionary.
const SAMPLE_FEW: usize = 128;

/// The layout of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Dictionary pages written from the codes that the column already has.
    Codes,
    /// Dictionary pages of the whole numbers `low..low + span`.
    Range {
        /// Least value.
        low: i64,
        /// Number of values up to the greatest.
        span: usize,
    },
    /// The writer's own dictionary.
    Dictionary,
    /// No dictionary.
    Direct(Encoding),
    /// No dictionary, and pages that are not compressed: values that hardly repeat would not shrink.
    Stored(Encoding),
}

/// Compression of every column.
pub(super) fn compression() -> Compression {
    Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL).unwrap_or_default())
}

/// What holds for every column that nothing else is said of.
pub(super) fn base_properties() -> WriterPropertiesBuilder {
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_writer_version(WriterVersion::PARQUET_2_0)
        .set_compression(compression())
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_dictionary_enabled(false)
}

/// The layout of a column: a function of its kind and values only.
pub(super) fn layout_of(column: &Column) -> Layout {
    match column {
        Column::Category(_) => Layout::Codes,
        Column::Count(array) | Column::Money(array) => integers(array),
        Column::Score(array) => integers(array),
        Column::Day(array) => integers(array),
        Column::Real(array) => reals(array),
        Column::Text(array) if sample(array, |row| array.value(row)).is_few() => Layout::Dictionary,
        Column::Text(array) if is_sorted(array) => Layout::Direct(Encoding::DELTA_BYTE_ARRAY),
        Column::Text(_) | Column::Flag(_) | Column::Days(_) => Layout::Direct(Encoding::PLAIN),
    }
}

fn integers<T>(array: &PrimitiveArray<T>) -> Layout
where
    T: ArrowPrimitiveType,
    T::Native: Into<i64> + Ord,
{
    let least = arrow::compute::min(array).map(Into::into);
    let greatest = arrow::compute::max(array).map(Into::into);
    match (least, greatest) {
        (Some(low), Some(high)) if high.checked_sub(low).is_some_and(|range| range < NARROW_RANGE) => {
            Layout::Range { low, span: (high - low + 1) as usize }
        }
        (None, _) => Layout::Range { low: 0, span: 0 },
        _ if sample(array, |row| array.value(row)).is_repetitive() => Layout::Direct(Encoding::DELTA_BINARY_PACKED),
        _ => Layout::Stored(Encoding::DELTA_BINARY_PACKED),
    }
}

fn reals(array: &Float64Array) -> Layout {
    let sample = sample(array, |row| array.value(row).to_bits());
    if sample.is_few() {
        Layout::Dictionary
    } else if sample.is_repetitive() {
        Layout::Direct(Encoding::PLAIN)
    } else {
        Layout::Stored(Encoding::PLAIN)
    }
}

/// What an even sample of a column's cells holds.
#[derive(Debug, Clone, Copy)]
struct Sample {
    rows: usize,
    distinct: usize,
}

impl Sample {
    /// Whether so few values come again and again that a dictionary pays.
    fn is_few(self) -> bool {
        self.distinct <= SAMPLE_FEW && self.distinct * 4 <= self.rows
    }

    /// Whether at least every second value has been seen before.
    fn is_repetitive(self) -> bool {
        self.distinct * 2 <= self.rows
    }
}

fn sample<A: Array, T: Ord>(array: &A, value: impl Fn(usize) -> T) -> Sample {
    let step = array.len().div_ceil(SAMPLE_ROWS).max(1);
    let values = (0..array.len()).step_by(step).filter(|row| array.is_valid(*row)).map(value).collect::<Vec<_>>();
    let rows = values.len();
    Sample { rows, distinct: values.into_iter().collect::<BTreeSet<_>>().len() }
}

/// Whether the words are in byte order and no cell is empty.
pub(super) fn is_sorted(array: &StringArray) -> bool {
    array.null_count() == 0 && (1..array.len()).all(|row| array.value(row - 1) <= array.value(row))
}

#[cfg(test)]
mod tests {
    use arrow::array::Int64Array;

    use super::*;

    #[test]
    fn the_values_decide() {
        let few = Column::Text((0..100).map(|row| Some(["b", "a"][row % 2])).collect());
        assert_eq!(layout_of(&few), Layout::Dictionary);
        let ids = (0..100).map(|row| format!("{row:04}")).collect::<Vec<_>>();
        let sorted = Column::Text(StringArray::from(ids.clone()));
        assert_eq!(layout_of(&sorted), Layout::Direct(Encoding::DELTA_BYTE_ARRAY));
        let reversed = Column::Text(ids.into_iter().rev().map(Some).collect());
        assert_eq!(layout_of(&reversed), Layout::Direct(Encoding::PLAIN));
        assert_eq!(layout_of(&Column::Count(vec![5, 9].into())), Layout::Range { low: 5, span: 5 });
        let wide = |values: &[i64]| layout_of(&Column::Money(Int64Array::from(values.to_vec())));
        assert_eq!(wide(&[i64::MIN, i64::MAX]), Layout::Stored(Encoding::DELTA_BINARY_PACKED));
        assert_eq!(wide(&[0, 9999, 0, 0, 9999]), Layout::Direct(Encoding::DELTA_BINARY_PACKED));
        let empty = Column::Count(Int64Array::from(vec![None, None]));
        assert_eq!(layout_of(&empty), Layout::Range { low: 0, span: 0 });
        let real = |distinct: usize| {
            layout_of(&Column::Real((0..1000).map(|row| Some((row % distinct) as f64 / 3.0)).collect()))
        };
        assert_eq!(real(9), Layout::Dictionary);
        assert_eq!(real(400), Layout::Direct(Encoding::PLAIN));
        assert_eq!(real(1000), Layout::Stored(Encoding::PLAIN));
    }
}
