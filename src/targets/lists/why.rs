//! Why a customer is on a list: their values of the columns in the rule.

use crate::stage::{Rule, customer_column};
use crate::table::{Column, TableError, Tables};

/// The columns of a rule, ready to be shown for any customer.
pub(super) struct Why {
    columns: Vec<(String, Column)>,
}

impl Why {
    pub(super) fn new(rule: &Rule, tables: &Tables) -> Result<Self, TableError> {
        let read = |(name, _): &(String, &'static str)| Ok((name.clone(), customer_column(tables, name)?));
        Ok(Self { columns: rule.columns().iter().map(read).collect::<Result<_, TableError>>()? })
    }

    /// `rfm_segment At risk, clv_365d 182.3`.
    pub(super) fn text(&self, row: usize) -> String {
        let mut text = String::new();
        for (name, column) in &self.columns {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(name);
            text.push(' ');
            text.push_str(&column.display(row));
        }
        text
    }
}
