//! What a file says about itself: each column's meaning and unit, the table, the run.

use std::collections::BTreeMap;

use arrow::datatypes::{Field, Schema};
use parquet::file::metadata::KeyValue;

use crate::table::{Column, ColumnSpec, Expansion, Kind, Table, TableSpec};

/// Key of `run` that names the currency of all money.
const CURRENCY: &str = "currency";

/// The Arrow schema, with the contract of each column in its metadata.
pub(super) fn table_schema(table: &Table, run: &[(String, String)]) -> Schema {
    let currency = run.iter().find(|(key, _)| key == CURRENCY).map(|(_, value)| value.as_str());
    let fields = table.columns().iter().map(|(name, column)| field(table.spec(), name, column, currency));
    Schema::new(fields.collect::<Vec<_>>())
}

fn field(table: &TableSpec, name: &str, column: &Column, currency: Option<&str>) -> Field {
    let kind = column.kind();
    let Some(spec) = table.column(name) else { return Field::new(name, kind.arrow_type(), true) };
    let mut metadata = BTreeMap::from([("meaning".to_owned(), meaning(spec, name))]);
    if !spec.unit.is_empty() {
        metadata.insert("unit".to_owned(), spec.unit.to_owned());
    }
    if let Some(currency) = currency.filter(|_| kind == Kind::Money || spec.unit == CURRENCY) {
        metadata.insert(CURRENCY.to_owned(), currency.to_owned());
    }
    Field::new(name, kind.arrow_type(), spec.nullable).with_metadata(metadata)
}

/// The declared meaning, its placeholder filled with what the name has in that place.
fn meaning(spec: &ColumnSpec, name: &str) -> String {
    let placeholder = match spec.expansion {
        Expansion::One => return spec.meaning.to_owned(),
        Expansion::PerHorizon => "{H}",
        Expansion::PerName => "{name}",
    };
    let inner = spec.name.split_once(placeholder).and_then(|(before, after)| {
        let rest = name.strip_prefix(before)?;
        rest.strip_suffix(after)
    });
    spec.meaning.replace(placeholder, inner.unwrap_or(placeholder))
}

/// The file's own metadata: the table, then the pairs of the run in their order.
pub(super) fn file_metadata(table: &TableSpec, run: &[(String, String)]) -> Vec<KeyValue> {
    let own = [("table", table.name), ("row", table.row)];
    let pairs = own.into_iter().chain(run.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    pairs.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned())).collect()
}
