//! Column and table contracts: declared once, read by the writer, `acrm schema`, the rules and the tests.

use std::sync::Arc;

use arrow::datatypes::{DataType, Field};

use super::money::MONEY_SCALE;

/// The kind of values a column holds; it fixes the Arrow type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Free text, ids included.
    Text,
    /// A word out of few, stored as a dictionary.
    Category,
    /// A whole number.
    Count,
    /// A small whole number: a score or a label.
    Score,
    /// A finite real number.
    Real,
    /// Exact money in the run's currency.
    Money,
    /// A calendar day.
    Day,
    /// True or false.
    Flag,
    /// Calendar days, none or several, ascending.
    Days,
}

/// Precision of money columns.
const MONEY_PRECISION: u8 = 18;

impl Kind {
    /// The Arrow type that columns of this kind are published with.
    pub fn arrow_type(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Category => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Count => DataType::Int64,
            Self::Score => DataType::Int32,
            Self::Real => DataType::Float64,
            Self::Money => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE),
            Self::Day => DataType::Date32,
            Self::Flag => DataType::Boolean,
            Self::Days => DataType::List(Arc::new(Field::new_list_field(DataType::Date32, false))),
        }
    }

    /// The name of the kind in `acrm schema` and in the docs.
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Category => "category",
            Self::Count => "integer",
            Self::Score => "small integer",
            Self::Real => "real",
            Self::Money => "money (decimal 18,4)",
            Self::Day => "date",
            Self::Flag => "boolean",
            Self::Days => "list of dates",
        }
    }
}

/// How a declared name stands for several columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expansion {
    /// The name as it is.
    One,
    /// `{H}` in the name stands for each horizon of `[clv] horizons_days`.
    PerHorizon,
    /// `{name}` in the name stands for each name that the pipeline gives: an attribute, a feature, a rule.
    PerName,
}

/// One column of a table: its name, kind, unit and meaning.
#[derive(Debug, Clone, Copy)]
pub struct ColumnSpec {
    /// Column name, with a placeholder when `expansion` says so.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether a cell may be empty; the meaning says when.
    pub nullable: bool,
    /// Unit, or an empty string where there is none.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether the name stands for several columns.
    pub expansion: Expansion,
    /// The later per-customer table whose column of the same name is copied here once all tables are made.
    pub filled_by: Option<&'static str>,
}

impl ColumnSpec {
    /// A column that is never empty.
    pub const fn new(name: &'static str, kind: Kind, unit: &'static str, meaning: &'static str) -> Self {
        Self { name, kind, nullable: false, unit, meaning, expansion: Expansion::One, filled_by: None }
    }

    /// The same column, with empty cells allowed.
    pub const fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    /// The same column, once per horizon.
    pub const fn per_horizon(mut self) -> Self {
        self.expansion = Expansion::PerHorizon;
        self
    }

    /// The same column, once per name given by the pipeline.
    pub const fn per_name(mut self) -> Self {
        self.expansion = Expansion::PerName;
        self
    }

    /// The same column, not made with its table but copied from a later per-customer table that has a column of this
    /// name; empty where that table has no row, or is not made. Rules read the later table.
    pub const fn filled_by(mut self, table: &'static str) -> Self {
        self.filled_by = Some(table);
        self.nullable = true;
        self
    }

    /// Whether a column called `name` is (one of) the declared one(s).
    pub fn covers(&self, name: &str) -> bool {
        let placeholder = match self.expansion {
            Expansion::One => return self.name == name,
            Expansion::PerHorizon => "{H}",
            Expansion::PerName => "{name}",
        };
        let Some((before, after)) = self.name.split_once(placeholder) else { return false };
        let inner = name.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        match (inner, self.expansion) {
            (Some(inner), Expansion::PerHorizon) => !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_digit()),
            (Some(inner), _) => !inner.is_empty(),
            (None, _) => false,
        }
    }
}

/// The contract of a published table.
#[derive(Debug, Clone, Copy)]
pub struct TableSpec {
    /// Table name; the file is `NAME.parquet`.
    pub name: &'static str,
    /// What one row is.
    pub row: &'static str,
    /// What the table is for, in one or two sentences.
    pub about: &'static str,
    /// The columns in their published order.
    pub columns: &'static [ColumnSpec],
    /// A query on the table that a reader can start from.
    pub example: &'static str,
}

impl TableSpec {
    /// The declaration that covers a column: a literal name before patterns, the most specific pattern before others.
    pub fn column(&self, name: &str) -> Option<&'static ColumnSpec> {
        let literal = self.columns.iter().find(|c| c.expansion == Expansion::One && c.name == name);
        literal.or_else(|| self.columns.iter().filter(|c| c.covers(name)).max_by_key(|c| c.name.len()))
    }

    /// Whether a row is a customer, so that rules can use its columns.
    pub fn is_per_customer(&self) -> bool {
        self.row == "a customer"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_their_own_names_only() {
        let horizon = ColumnSpec::new("clv_{H}d", Kind::Money, "", "").per_horizon();
        assert!(horizon.covers("clv_365d"));
        for other in ["clv_d", "clv_365d_lower", "clv_xd", "clv"] {
            assert!(!horizon.covers(other), "{other}");
        }
        let named = ColumnSpec::new("in_{name}", Kind::Flag, "", "").per_name();
        assert!(named.covers("in_vip"));
        assert!(!named.covers("in_"));
    }
}
