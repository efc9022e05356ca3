//! What a published table is: its contract, its columns, and the bridge between slices and frames.
//!
//! A contract ([`TableSpec`]) is declared once. The writer, `acrm schema`, the rules and the tests all read
//! that declaration; nothing else knows a column's type, unit or meaning.

mod align;
mod column;
mod contract;
mod day;
mod empty;
mod fill;
mod frame;
mod money;
mod quality;
mod table_set;

pub use align::{align, beside};
pub(crate) use column::display_real;
pub use column::{Categories, Column, day_list, day_lists};
pub use contract::{ColumnSpec, Expansion, Kind, TableSpec};
pub use day::{civil_date, civil_day, format_day, parse_day};
pub use empty::EmptyCells;
pub use fill::fill_columns;
pub use frame::{frame_type, to_frame};
pub use money::{MONEY_SCALE, Money, format_money};
pub use quality::{Quality, RUN_QUALITY};
pub use table_set::{Table, TableBuilder, TableError, Tables};
