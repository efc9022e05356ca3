//! The table.

use arrow::array::Array;

use crate::stage::{Output, Rule, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Expansion, Quality, TableBuilder, Tables};

use super::contract::SEGMENTS;
use super::moves::{FOR_REASONS, Grouping, members, moves};
use super::previous::Previous;

#[derive(Debug)]
pub(super) struct MembershipsStep {
    pub(super) rules: Vec<(String, Rule)>,
}

impl Step for MembershipsStep {
    fn expanded_columns(&self) -> Vec<(&'static str, String)> {
        let names = self.rules.iter().flat_map(|(name, _)| [format!("in_{name}"), format!("in_{name}_since")]);
        names.map(|name| (SEGMENTS.name, name)).collect()
    }

    fn remembers(&self) -> Vec<(&'static str, String)> {
        let literal = SEGMENTS.columns.iter().filter(|c| c.expansion == Expansion::One);
        let literal = literal.map(|c| (SEGMENTS.name, c.name.to_owned()));
        let reasons = FOR_REASONS.iter().map(|name| ("customers", (*name).to_owned()));
        literal.chain(self.expanded_columns()).chain(reasons).collect()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let previous = Previous::new(inputs.history, ids);
        let as_of = inputs.run.as_of;
        let mut builder = TableBuilder::new(&SEGMENTS).text("customer_id", ids.clone());
        let mut groupings = Vec::new();
        for name in ["rfm_segment", "cluster_name"] {
            let now = words(inputs.tables, name)?;
            let entered = previous.words(name, &now, as_of);
            groupings.push(Grouping { name: name.to_owned(), now: now.clone() });
            builder = builder
                .category(name, now)
                .day(&format!("{name}_since"), entered.since)
                .category(&format!("{name}_from"), entered.from);
        }
        let lifecycle = inputs.tables.get("lifecycle")?;
        let stages = lifecycle.categories("lifecycle")?;
        groupings.push(Grouping { name: "lifecycle".to_owned(), now: stages.clone() });
        builder = builder
            .category("lifecycle", stages.clone())
            .day("lifecycle_since", lifecycle.days("lifecycle_since")?.clone())
            .category("lifecycle_from", lifecycle.categories("lifecycle_from")?.clone());
        let mut quality = Vec::new();
        for (name, rule) in &self.rules {
            let is_in = rule
                .evaluate(inputs.tables, ids.len())
                .map_err(|e| StageError::Rule { rule: rule.text().to_owned(), reason: e.to_string() })?;
            let count = is_in.iter().filter(|m| **m).count();
            quality.push(Quality::measured("segments", &format!("in_{name}"), count as f64, rule.text()));
            let column = format!("in_{name}");
            let since = previous.flags(&column, &is_in, as_of);
            groupings.push(Grouping { name: column.clone(), now: members(is_in.iter().copied()) });
            builder = builder.with(&column, Column::Flag(is_in.into())).day(&format!("{column}_since"), since);
        }
        let (moved, flows) = moves(&groupings, customers, inputs.history)?;
        Ok(Output { tables: vec![builder.build()?, moved, flows], quality, ..Output::default() })
    }
}

/// A grouping, one row per customer.
fn words(tables: &Tables, name: &str) -> Result<Categories, StageError> {
    match customer_column(tables, name)? {
        Column::Category(words) => Ok(words),
        other => Err(StageError::Data(format!("`{name}` is {:?}, not words", other.kind()))),
    }
}
