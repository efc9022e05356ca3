//! The bridge from published columns to polars frames, for rules written in SQL.

use polars::prelude::*;

use super::column::Column as Values;
use super::contract::Kind;

/// A polars frame of the given columns. Money becomes currency units as floats, categories and text become strings.
///
/// # Errors
/// When polars refuses the columns (unequal lengths, equal names).
pub fn to_frame<'a>(columns: impl IntoIterator<Item = (&'a str, &'a Values)>) -> PolarsResult<DataFrame> {
    let mut height = 0;
    let mut series = Vec::new();
    for (name, values) in columns {
        height = values.len();
        series.push(to_series(name, values)?.into());
    }
    DataFrame::new(height, series)
}

/// The type that a column of this kind has in [`to_frame`].
pub fn frame_type(kind: Kind) -> DataType {
    match kind {
        Kind::Text | Kind::Category | Kind::Days => DataType::String,
        Kind::Count => DataType::Int64,
        Kind::Score => DataType::Int32,
        Kind::Real | Kind::Money => DataType::Float64,
        Kind::Day => DataType::Date,
        Kind::Flag => DataType::Boolean,
    }
}

fn to_series(name: &str, values: &Values) -> PolarsResult<Series> {
    let name = PlSmallStr::from(name);
    Ok(match values {
        Values::Text(a) => Series::new(name, a.iter().collect::<Vec<_>>()),
        Values::Category(c) => Series::new(name, (0..c.codes_len()).map(|row| c.get(row)).collect::<Vec<_>>()),
        Values::Count(a) if values.null_count() == 0 => Series::new(name, &a.values()[..]),
        Values::Count(a) => Series::new(name, a.iter().collect::<Vec<_>>()),
        Values::Score(a) if values.null_count() == 0 => Series::new(name, &a.values()[..]),
        Values::Score(a) => Series::new(name, a.iter().collect::<Vec<_>>()),
        Values::Real(a) if values.null_count() == 0 => Series::new(name, &a.values()[..]),
        Values::Real(a) => Series::new(name, a.iter().collect::<Vec<_>>()),
        Values::Money(a) => {
            let units = a.iter().map(|v| v.map(|v| super::Money(v).to_f64())).collect::<Vec<_>>();
            Series::new(name, units)
        }
        Values::Day(a) => Series::new(name, a.iter().collect::<Vec<_>>()).cast(&DataType::Date)?,
        Values::Flag(a) => Series::new(name, a.iter().collect::<Vec<_>>()),
        Values::Days(_) => Series::new(name, (0..values.len()).map(|row| values.display(row)).collect::<Vec<_>>()),
    })
}
