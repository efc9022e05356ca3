//! Outcomes that a column holds: one row a customer, no time.

use arrow::array::Array;

use crate::clean::id_hash;
use crate::stage::{StageError, StageInputs, customer_column};
use crate::table::Column;

use super::rows::{Cells, Columns, RowSource};
use super::task::Task;

/// Words that mean yes where the pipeline doesn't say.
const YES: [&str; 5] = ["yes", "true", "y", "1", "t"];

/// Customers with their columns.
pub(super) struct Labelled {
    columns: Vec<(String, Column)>,
    /// The outcome of each customer; none where the cell is empty.
    pub(super) outcomes: Vec<Option<bool>>,
    pub(super) hashes: Vec<u64>,
    /// Columns of free text, which are not used.
    pub(super) texts: Vec<String>,
}

impl Labelled {
    /// Reads the label and the features of a task.
    ///
    /// # Errors
    /// When a column is missing, or nobody has the outcome.
    pub(super) fn of(
        task: &Task,
        label: &str,
        positive: Option<&str>,
        inputs: &StageInputs<'_>,
    ) -> Result<Self, StageError> {
        let tables = inputs.tables;
        let ids = tables.get("customers")?.text("customer_id")?;
        let names = match &task.features {
            Some(named) => named.clone(),
            None => inputs.cleaned.attributes.columns.iter().map(|(name, _)| name.clone()).collect(),
        };
        let outcomes = outcomes(&customer_column(tables, label)?, label, positive, task)?;
        let mut columns = Vec::new();
        let mut texts = Vec::new();
        for name in names.into_iter().filter(|name| name != label && task.allows(name)) {
            match customer_column(tables, &name)? {
                Column::Text(_) | Column::Days(_) => texts.push(name),
                column => columns.push((name, column)),
            }
        }
        let hashes = (0..ids.len()).map(|row| id_hash(ids.value(row))).collect();
        Ok(Self { columns, outcomes, hashes, texts })
    }
}

impl RowSource for Labelled {
    fn len(&self) -> usize {
        self.outcomes.len()
    }

    fn columns(&self, rows: &[usize]) -> Columns {
        let cells = |column: &Column| match column {
            Column::Category(words) => {
                let code = |row: &usize| if column.is_null(*row) { -1 } else { words.codes.value(*row) };
                Cells::Words(rows.iter().map(code).collect(), words.names.clone())
            }
            other => Cells::Numbers(rows.iter().map(|row| other.number(*row).unwrap_or(f64::NAN)).collect()),
        };
        Columns(self.columns.iter().map(|(name, column)| (name.clone(), cells(column))).collect())
    }
}

/// Some rows of another source.
pub(super) struct Picked<'a> {
    pub(super) source: &'a dyn RowSource,
    pub(super) rows: Vec<usize>,
}

impl RowSource for Picked<'_> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn columns(&self, rows: &[usize]) -> Columns {
        self.source.columns(&rows.iter().map(|row| self.rows[*row]).collect::<Vec<_>>())
    }
}

fn outcomes(
    column: &Column,
    label: &str,
    positive: Option<&str>,
    task: &Task,
) -> Result<Vec<Option<bool>>, StageError> {
    let is_yes = |text: &str| match positive {
        Some(word) => text.trim().eq_ignore_ascii_case(word.trim()),
        None => YES.contains(&text.trim().to_lowercase().as_str()),
    };
    // yes and no are read as true and false
    let yes = positive.is_none_or(|word| YES.contains(&word.trim().to_lowercase().as_str()));
    let cell = |row: usize| match column {
        _ if column.is_null(row) => None,
        Column::Flag(flags) => Some(flags.value(row) == yes),
        _ => Some(is_yes(&column.display(row))),
    };
    let outcomes = (0..column.len()).map(cell).collect::<Vec<_>>();
    if outcomes.contains(&Some(true)) || !outcomes.iter().any(Option::is_some) {
        return Ok(outcomes);
    }
    let mut found = (0..column.len()).map(|row| column.display(row)).filter(|t| !t.is_empty()).collect::<Vec<_>>();
    found.sort();
    found.dedup();
    found.truncate(8);
    Err(StageError::Data(format!(
        "{}: no customer has `{label}` = {}\n  hint: say which of its values means yes, positive = \"...\"; it holds {}",
        task.section(),
        positive.unwrap_or("yes"),
        found.join(", ")
    )))
}
