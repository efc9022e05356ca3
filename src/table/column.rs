//! A column in memory: Arrow arrays by kind, with typed views for the numerics.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Date32Builder, Decimal128Array, DictionaryArray, Float64Array,
    Int32Array, Int64Array, ListArray, ListBuilder, StringArray,
};
use arrow::buffer::NullBuffer;
use arrow::datatypes::{DataType, Date32Type, Field, Int32Type};
use arrow::error::ArrowError;

use super::contract::Kind;
use super::money::MONEY_SCALE;

/// A column of few distinct words: one code a row into a list of names; no code is an empty cell.
#[derive(Debug, Clone)]
pub struct Categories {
    /// Index into `names` per row, or null.
    pub codes: Int32Array,
    /// The words.
    pub names: Arc<[String]>,
}

impl Categories {
    /// From one code per row; a negative code is an empty cell.
    pub fn from_codes(mut codes: Vec<i32>, names: impl Into<Arc<[String]>>) -> Self {
        let is_filled = codes.iter().any(|c| *c < 0).then(|| codes.iter().map(|c| *c >= 0).collect::<NullBuffer>());
        codes.iter_mut().for_each(|c| *c = (*c).max(0));
        let codes = Int32Array::new(codes.into(), is_filled);
        Self { codes, names: names.into() }
    }

    /// From one word per row, or none; the names are sorted, each once.
    pub fn from_words(words: &[Option<&str>]) -> Self {
        let names = words.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>();
        let code = |word: &Option<&str>| word.and_then(|w| names.binary_search(&w).ok()).map_or(-1, |at| at as i32);
        let codes = words.iter().map(code).collect();
        Self::from_codes(codes, names.into_iter().map(str::to_owned).collect::<Vec<_>>())
    }

    /// Rows.
    pub fn codes_len(&self) -> usize {
        self.codes.len()
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        if self.codes.is_null(row) {
            return None;
        }
        let code = usize::try_from(self.codes.value(row)).ok()?;
        self.names.get(code).map(String::as_str)
    }
}

/// The values of one column.
#[derive(Debug, Clone)]
pub enum Column {
    /// [`Kind::Text`].
    Text(StringArray),
    /// [`Kind::Category`].
    Category(Categories),
    /// [`Kind::Count`].
    Count(Int64Array),
    /// [`Kind::Score`].
    Score(Int32Array),
    /// [`Kind::Real`].
    Real(Float64Array),
    /// [`Kind::Money`], in ten-thousandths.
    Money(Int64Array),
    /// [`Kind::Day`], days since 1970-01-01.
    Day(Date32Array),
    /// [`Kind::Flag`].
    Flag(BooleanArray),
    /// [`Kind::Days`], lists of [`Date32Array`].
    Days(ListArray),
}

impl Column {
    /// The kind whose values this holds.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Category(_) => Kind::Category,
            Self::Count(_) => Kind::Count,
            Self::Score(_) => Kind::Score,
            Self::Real(_) => Kind::Real,
            Self::Money(_) => Kind::Money,
            Self::Day(_) => Kind::Day,
            Self::Flag(_) => Kind::Flag,
            Self::Days(_) => Kind::Days,
        }
    }

    /// Whether a cell clearly says yes: true, 1, or the word.
    pub fn says_yes(&self, row: usize) -> bool {
        match self {
            Self::Flag(flags) => !flags.is_null(row) && flags.value(row),
            Self::Count(numbers) => !numbers.is_null(row) && numbers.value(row) == 1,
            other => matches!(other.display(row).to_lowercase().as_str(), "true" | "yes" | "y" | "1"),
        }
    }

    fn array(&self) -> &dyn Array {
        match self {
            Self::Text(a) => a,
            Self::Category(c) => &c.codes,
            Self::Count(a) | Self::Money(a) => a,
            Self::Score(a) => a,
            Self::Real(a) => a,
            Self::Day(a) => a,
            Self::Flag(a) => a,
            Self::Days(a) => a,
        }
    }

    /// Gives back the room that its values don't take, unless others hold them too.
    pub fn shrink_to_fit(&mut self) {
        match self {
            Self::Text(a) => a.shrink_to_fit(),
            Self::Category(c) => c.codes.shrink_to_fit(),
            Self::Count(a) | Self::Money(a) => a.shrink_to_fit(),
            Self::Score(a) => a.shrink_to_fit(),
            Self::Real(a) => a.shrink_to_fit(),
            Self::Day(a) => a.shrink_to_fit(),
            Self::Flag(a) => a.shrink_to_fit(),
            Self::Days(a) => a.shrink_to_fit(),
        }
    }

    /// Rows.
    pub fn len(&self) -> usize {
        self.array().len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of empty cells.
    pub fn null_count(&self) -> usize {
        self.array().null_count()
    }

    /// Whether the cell of a row is empty.
    pub fn is_null(&self, row: usize) -> bool {
        self.array().is_null(row)
    }

    /// The column with its rows chosen by position; a null position gives an empty cell.
    ///
    /// # Panics
    /// When a position is past the end.
    #[must_use]
    pub fn take(&self, positions: &Int64Array) -> Self {
        match self {
            Self::Text(a) => Self::Text(positions.iter().map(|p| pick(p, a, StringArray::value)).collect()),
            Self::Category(c) => {
                let codes = positions.iter().map(|p| pick(p, &c.codes, Int32Array::value)).collect();
                Self::Category(Categories { codes, names: c.names.clone() })
            }
            Self::Count(a) => Self::Count(positions.iter().map(|p| pick(p, a, Int64Array::value)).collect()),
            Self::Money(a) => Self::Money(positions.iter().map(|p| pick(p, a, Int64Array::value)).collect()),
            Self::Score(a) => Self::Score(positions.iter().map(|p| pick(p, a, Int32Array::value)).collect()),
            Self::Real(a) => Self::Real(positions.iter().map(|p| pick(p, a, Float64Array::value)).collect()),
            Self::Day(a) => Self::Day(positions.iter().map(|p| pick(p, a, Date32Array::value)).collect()),
            Self::Flag(a) => Self::Flag(positions.iter().map(|p| pick(p, a, BooleanArray::value)).collect()),
            Self::Days(a) => Self::Days(day_lists(positions.iter().map(|p| pick(p, a, day_list)))),
        }
    }

    /// A cell that is a number, a day, a score or a flag, as a float; `None` when empty or text.
    pub fn number(&self, row: usize) -> Option<f64> {
        if self.is_null(row) {
            return None;
        }
        match self {
            Self::Text(_) | Self::Category(_) | Self::Days(_) => None,
            Self::Count(a) => Some(a.value(row) as f64),
            Self::Score(a) => Some(f64::from(a.value(row))),
            Self::Real(a) => Some(a.value(row)),
            Self::Money(a) => Some(super::money::Money(a.value(row)).to_f64()),
            Self::Day(a) => Some(f64::from(a.value(row))),
            Self::Flag(a) => Some(f64::from(u8::from(a.value(row)))),
        }
    }

    /// All cells as floats; NaN where empty or text.
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Count(a) if a.null_count() == 0 => a.values().iter().map(|v| *v as f64).collect(),
            Self::Money(a) if a.null_count() == 0 => a.values().iter().map(|v| super::Money(*v).to_f64()).collect(),
            Self::Real(a) if a.null_count() == 0 => a.values().to_vec(),
            _ => (0..self.len()).map(|row| self.number(row).unwrap_or(f64::NAN)).collect(),
        }
    }

    /// A cell as a reader would write it; empty cells are an empty text.
    pub fn display(&self, row: usize) -> String {
        let mut out = String::new();
        self.write_cell(row, &mut out);
        out
    }

    /// Appends a cell as [`display`](Self::display) shows it.
    pub fn write_cell(&self, row: usize, out: &mut String) {
        if self.is_null(row) {
            return;
        }
        match self {
            Self::Text(a) => out.push_str(a.value(row)),
            Self::Category(c) => out.push_str(c.get(row).unwrap_or_default()),
            Self::Real(a) => write_real(a.value(row), out),
            Self::Days(a) => {
                let days = day_list(a, row).iter().map(|day| super::day::format_day(*day));
                out.push_str(&days.collect::<Vec<_>>().join(" "));
            }
            other => out.push_str(&other.short_cell(row)),
        }
    }

    /// A filled cell of a kind that is never long.
    fn short_cell(&self, row: usize) -> String {
        match self {
            Self::Text(_) | Self::Category(_) | Self::Real(_) | Self::Days(_) => String::new(),
            Self::Count(a) => a.value(row).to_string(),
            Self::Score(a) => a.value(row).to_string(),
            Self::Money(a) => super::money::format_money(i128::from(a.value(row))),
            Self::Day(a) => super::day::format_day(a.value(row)),
            Self::Flag(a) => a.value(row).to_string(),
        }
    }

    /// Whether every real number is finite; true for other kinds.
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Real(a) if a.null_count() == a.len() => true,
            // cells that are empty mostly hold a zero
            Self::Real(a) => all_finite(a.values()) || a.iter().flatten().all(f64::is_finite),
            _ => true,
        }
    }

    /// The Arrow array that is published.
    ///
    /// # Errors
    /// When a category code has no name. Money of more than 18 digits is the writer's to refuse.
    pub fn to_arrow(&self) -> Result<ArrayRef, ArrowError> {
        Ok(match self {
            Self::Text(a) => Arc::new(a.clone()),
            Self::Category(c) => {
                let names = StringArray::from_iter_values(c.names.iter());
                Arc::new(DictionaryArray::<Int32Type>::try_new(c.codes.clone(), Arc::new(names))?)
            }
            Self::Count(a) => Arc::new(a.clone()),
            Self::Score(a) => Arc::new(a.clone()),
            Self::Real(a) => Arc::new(a.clone()),
            Self::Money(a) => {
                let wide = a.values().iter().map(|v| i128::from(*v)).collect::<Vec<_>>();
                let decimals = Decimal128Array::new(wide.into(), a.nulls().cloned());
                Arc::new(decimals.with_precision_and_scale(18, MONEY_SCALE)?)
            }
            Self::Day(a) => Arc::new(a.clone()),
            Self::Flag(a) => Arc::new(a.clone()),
            Self::Days(a) => Arc::new(a.clone()),
        })
    }
}

/// The days of a row of a column of lists of days.
pub fn day_list(lists: &ListArray, row: usize) -> &[i32] {
    let offsets = lists.value_offsets();
    let all = lists.values().as_primitive::<Date32Type>().values();
    &all[offsets[row] as usize..offsets[row + 1] as usize]
}

/// A column of lists of days, one a row.
pub fn day_lists<L: AsRef<[i32]>>(rows: impl IntoIterator<Item = Option<L>>) -> ListArray {
    let mut lists = ListBuilder::new(Date32Builder::new()).with_field(Field::new_list_field(DataType::Date32, false));
    for row in rows {
        lists.values().append_slice(row.as_ref().map_or(&[], AsRef::as_ref));
        lists.append(row.is_some());
    }
    lists.finish()
}

fn all_finite(values: &[f64]) -> bool {
    values.chunks(1024).all(|some| some.iter().fold(true, |all, value| all & value.is_finite()))
}

fn pick<'a, A: Array, T>(position: Option<i64>, array: &'a A, value: impl Fn(&'a A, usize) -> T) -> Option<T> {
    let row = usize::try_from(position?).ok()?;
    (!array.is_null(row)).then(|| value(array, row))
}

/// Six significant digits, without a tail of zeros: `182.3`, `0.00125`, `1e-9`.
pub(crate) fn display_real(value: f64) -> String {
    let mut out = String::new();
    write_real(value, &mut out);
    out
}

/// Appends a real number as [`display_real`] shows it.
fn write_real(value: f64, out: &mut String) {
    use std::fmt::Write;
    const DIGITS: i32 = 6;
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e15).contains(&size) {
        let rounded: f64 = format!("{value:.5e}").parse().unwrap_or(value);
        write!(out, "{rounded:e}").expect("writing to a string");
        return;
    }
    let magnitude = if size == 0.0 { 0 } else { size.log10().floor() as i32 };
    let mut decimals = (DIGITS - 1 - magnitude).max(0) as u32;
    let mut scaled = (size * 10_f64.powi(decimals as i32)).round() as u64;
    while decimals > 0 && scaled.is_multiple_of(10) {
        scaled /= 10;
        decimals -= 1;
    }
    let unit = 10_u64.pow(decimals);
    let sign = if value < 0.0 { "-" } else { "" };
    let written = if decimals == 0 {
        write!(out, "{sign}{scaled}")
    } else {
        write!(out, "{sign}{}.{:0width$}", scaled / unit, scaled % unit, width = decimals as usize)
    };
    written.expect("writing to a string");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reals_are_shown_with_six_digits() {
        for (value, text) in [
            (182.3, "182.3"),
            (0.001_25, "0.00125"),
            (0.0, "0"),
            (-1.0, "-1"),
            (1234.5678, "1234.57"),
            (1_000_000.0, "1000000"),
            (1e-9, "1e-9"),
            (0.999_999_9, "1"),
        ] {
            assert_eq!(display_real(value), text);
        }
    }
}
