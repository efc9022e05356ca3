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

    /// Writes `rfm_segment At risk, clv_365d 182.3`.
    pub(super) fn write(&self, row: usize, out: &mut String) {
        for (at, (name, column)) in self.columns.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            out.push_str(name);
            out.push(' ');
            column.write_cell(row, out);
        }
    }
}
