//! Rules: SQL expressions over the columns of the customer tables, parsed and evaluated by polars.

use std::ops::Range;

use polars::prelude::*;
use polars::sql::sql_expr;

use crate::table::{Kind, TableError, Tables, frame_type, to_frame};

use super::diagnostic::{Diagnostic, nearest};

/// The columns that rules may use: which table holds which.
#[derive(Debug, Clone, Default)]
pub struct RuleColumns {
    columns: Vec<(String, &'static str, Option<Kind>)>,
    /// Columns that there would be with a section, and how that is written.
    absent: Vec<(String, String)>,
    complete: bool,
}

impl RuleColumns {
    /// `complete` is false when a source could not be opened, so that its attributes are not known.
    pub fn new(complete: bool) -> Self {
        Self { complete, ..Self::default() }
    }

    /// Adds a column of a table, with its kind when that is known before anything is read; a name that an earlier
    /// table holds already keeps meaning the earlier one.
    pub fn add(&mut self, name: impl Into<String>, table: &'static str, kind: Option<Kind>) {
        let name = name.into();
        if self.table_of(&name).is_none() {
            self.columns.push((name, table, kind));
        }
    }

    /// Adds a column that there would be if the pipeline had a section, such as `[offers]`.
    pub fn add_absent(&mut self, name: impl Into<String>, section: impl Into<String>) {
        self.absent.push((name.into(), section.into()));
    }

    fn table_of(&self, name: &str) -> Option<&'static str> {
        self.columns.iter().find(|(n, ..)| n == name).map(|(_, t, _)| *t)
    }

    /// Whether a table has the column; false too for an attribute of a source that could not be opened.
    pub fn has(&self, name: &str) -> bool {
        self.table_of(name).is_some()
    }

    /// The kind of a column, where it is known before anything is read.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.columns.iter().find(|(n, ..)| n == name).and_then(|(.., kind)| *kind)
    }

    /// A frame without rows that has the named columns; `None` when the kind of one is not known.
    fn empty_frame(&self, names: &[(String, &'static str)]) -> Option<DataFrame> {
        let field = |(name, _): &(String, &'static str)| {
            let kind = self.columns.iter().find(|(n, ..)| n == name)?.2?;
            Some(Field::new(name.as_str().into(), frame_type(kind)))
        };
        let schema = names.iter().map(field).collect::<Option<Vec<_>>>()?;
        Some(DataFrame::empty_with_schema(&schema.into_iter().collect()))
    }

    /// Why a name can't be used, if it can't.
    pub fn unknown(&self, name: &str) -> Option<String> {
        let unknown = self.complete && self.table_of(name).is_none();
        unknown.then(|| match self.section_of(name) {
            Some(section) => format!("there is a column `{name}` only with a section `{section}`"),
            None => format!("no customer table has a column `{name}`"),
        })
    }

    /// The section without which there is no such column.
    fn section_of(&self, name: &str) -> Option<&str> {
        self.absent.iter().find(|(absent, _)| absent == name).map(|(_, section)| section.as_str())
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(n, ..)| n.as_str())
    }
}

/// A checked rule.
#[derive(Debug, Clone)]
pub struct Rule {
    text: String,
    expression: Expr,
    columns: Vec<(String, &'static str)>,
}

impl Rule {
    /// Parses a rule and resolves its columns.
    ///
    /// # Errors
    /// A diagnostic at `span` when the text is no SQL expression or names a column that does not exist.
    pub fn parse(text: &str, span: &Range<usize>, known: &RuleColumns) -> Result<Self, Vec<Diagnostic>> {
        let expression = sql_expr(text).map_err(|error| {
            let hint = "a rule is an SQL condition, for example: rfm_segment = 'At risk' AND clv_365d > 100";
            vec![Diagnostic::new(span.clone(), format!("rule can't be read: {}", first_line(&error))).hint(hint)]
        })?;
        let mut names: Vec<String> = expression.clone().meta().root_names().iter().map(ToString::to_string).collect();
        names.sort();
        names.dedup();
        let mut columns = Vec::new();
        let mut errors = Vec::new();
        for name in names {
            match (known.table_of(&name), known.unknown(&name)) {
                (Some(table), _) => columns.push((name, table)),
                (None, Some(why)) => errors.push(unknown_column(&name, why, text, span, known)),
                (None, None) => {}
            }
        }
        if errors.is_empty()
            && let Some(frame) = known.empty_frame(&columns).filter(|_| !columns.is_empty())
            && let Err(error) = matches(frame, &expression)
        {
            let hint = "compare numbers with numbers, words with 'words', days with DATE '2024-03-01'";
            let message = format!("rule can't be evaluated: {}", first_line(&error));
            errors.push(Diagnostic::new(span.clone(), message).hint(hint));
        }
        if errors.is_empty() { Ok(Self { text: text.to_owned(), expression, columns }) } else { Err(errors) }
    }

    /// The rule as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The columns that the rule uses, each with its table.
    pub fn columns(&self) -> &[(String, &'static str)] {
        &self.columns
    }

    /// Evaluates the rule on every customer; an unknown outcome (an empty cell) counts as no match.
    ///
    /// # Errors
    /// When a column is missing, or the expression does not evaluate to true or false.
    pub fn evaluate(&self, tables: &Tables, customers: usize) -> Result<Vec<bool>, PolarsError> {
        if self.columns.is_empty() {
            return matches(DataFrame::empty_with_height(1), &self.expression)
                .map(|m| vec![m.first().copied().unwrap_or(false); customers]);
        }
        let held: Vec<_> = self.columns.iter().map(|(n, t)| (n, aligned(tables, t, n))).collect();
        let mut columns = Vec::with_capacity(held.len());
        for (name, column) in &held {
            let column = column.as_ref().map_err(|e| match e {
                TableError::NoTable { table } => polars_err!(
                    ColumnNotFound: "`{name}` is a column of the table `{table}`, which this run doesn't make: it has no source or section for it"
                ),
                other => polars_err!(ColumnNotFound: "{other}"),
            })?;
            columns.push((name.as_str(), column));
        }
        matches(to_frame(columns)?, &self.expression).map_err(|e| polars_err!(ComputeError: "{}", first_line(&e)))
    }
}

/// Evaluates a condition on a frame; nulls are false.
fn matches(frame: DataFrame, condition: &Expr) -> PolarsResult<Vec<bool>> {
    let customers = frame.height();
    let out = frame.lazy().select([condition.clone().alias("rule")]).collect()?;
    let flags = out.column("rule")?.bool().map_err(
        |_| polars_err!(ComputeError: "the rule gives a value, not true or false; compare it with something"),
    )?;
    if flags.len() != customers {
        polars_bail!(ComputeError: "the rule gives one answer for all customers; leave sum, max and the like out");
    }
    Ok(flags.iter().map(|flag| flag.unwrap_or(false)).collect())
}

/// A column of whichever customer table holds it, with one row per row of `customers`.
///
/// # Errors
/// When no table holds it.
pub fn customer_column(tables: &Tables, column: &str) -> Result<crate::table::Column, crate::table::TableError> {
    let holds =
        |table: &&std::sync::Arc<crate::table::Table>| table.spec().is_per_customer() && table.column(column).is_ok();
    let customers = tables.iter().find(|t| t.spec().name == "customers" && t.column(column).is_ok());
    let table = customers.or_else(|| tables.iter().find(holds));
    let missing = || crate::table::TableError::NoTable { table: format!("with a column {column}") };
    aligned(tables, table.ok_or_else(missing)?.spec().name, column)
}

/// A column of a customer table with one row per row of `customers`.
fn aligned(tables: &Tables, table: &str, column: &str) -> Result<crate::table::Column, crate::table::TableError> {
    crate::table::beside(tables.get("customers")?, tables.get(table)?, column)
}

fn unknown_column(name: &str, why: String, text: &str, span: &Range<usize>, known: &RuleColumns) -> Diagnostic {
    let place = text.find(name).map_or_else(
        || span.clone(),
        |at| {
            let start = span.start + 1 + at;
            if start + name.len() < span.end { start..start + name.len() } else { span.clone() }
        },
    );
    let diagnostic = Diagnostic::new(place, why);
    match (known.section_of(name), nearest(name, known.names())) {
        (Some(section), _) => diagnostic.hint(format!("add `{section}`; `acrm schema pipeline` says what it takes")),
        (None, Some(right)) => diagnostic.hint(format!("did you mean `{right}`?")),
        (None, None) => diagnostic.hint("`acrm schema` lists the columns of every table"),
    }
}

fn first_line(error: &PolarsError) -> String {
    error.to_string().lines().next().unwrap_or_default().to_owned()
}
