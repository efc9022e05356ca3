//! One customer of a published run: every figure, and why each rule did or didn't match.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use polars::prelude::*;
use polars::sql::sql_expr;
use sqlparser::ast::{BinaryOperator, Expr as SqlExpr};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;

use crate::config::parse;
use crate::registry::published_tables;
use crate::stage::Section;

/// Why a customer can't be explained.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExplainError {
    /// The folder is no published run.
    #[error("{}: no published run\n  hint: name a folder such as out/latest or out/as_of=2024-03-01", path.display())]
    NoRun {
        /// As named.
        path: PathBuf,
    },
    /// The run doesn't know the customer.
    #[error("no customer `{id}` in {}\n  hint: ids are text, exactly as in the sources; leading zeros count", path.display())]
    NoCustomer {
        /// As asked for.
        id: String,
        /// The run.
        path: PathBuf,
    },
    /// A table of the run can't be read.
    #[error("{}: can't be read: {source}", path.display())]
    Table {
        /// The file.
        path: PathBuf,
        /// Why.
        source: PolarsError,
    },
}

/// The table that every run has.
const CUSTOMERS: &str = "customers";

/// The tables of target lists, which have several rows a customer: who is on which, what became of everybody who matched,
/// and what that means.
const LISTS: &str = "targets";
const CANDIDATES: &str = "target_candidates";
const EXCLUSIONS: &str = "target_exclusions";

/// What a run says of a customer's target lists.
#[derive(Default)]
struct Lists {
    listed: Option<DataFrame>,
    candidates: Option<DataFrame>,
    /// Outcomes and their meanings.
    meanings: Vec<(String, String)>,
}

/// Everything that a run says of a customer, as text.
///
/// # Errors
/// When the folder is no run, the customer isn't in it, or a table can't be read.
pub fn explain(run: &Path, customer: &str) -> Result<String, ExplainError> {
    let text = std::fs::read_to_string(run.join("pipeline.toml"));
    let text = text.map_err(|_| ExplainError::NoRun { path: run.to_path_buf() })?;
    let mut out = format!("customer {customer} in {}\n", run.display());
    let mut facts = DataFrame::empty();
    let mut lists = Lists { meanings: meanings(run), ..Lists::default() };
    for table in published_tables().filter(|t| t.is_per_customer() || [LISTS, CANDIDATES].contains(&t.name)) {
        let path = run.join(format!("{}.parquet", table.name));
        // some analyses run only when they are asked for, or have a source
        if !path.exists() && table.name != CUSTOMERS {
            continue;
        }
        let rows = rows_of(&path, customer).map_err(|source| ExplainError::Table { path, source })?;
        if table.name == CUSTOMERS && rows.height() == 0 {
            return Err(ExplainError::NoCustomer { id: customer.to_owned(), path: run.to_path_buf() });
        }
        match table.name {
            LISTS => lists.listed = Some(rows),
            CANDIDATES => lists.candidates = Some(rows),
            _ => {
                let _ = write!(out, "\n{}\n", table.name);
                if rows.height() == 0 {
                    out.push_str("  no row: the customer has no purchase\n");
                }
                write_figures(&mut out, &rows, 0);
                add_facts(&mut facts, &rows);
            }
        }
    }
    write_rules(&mut out, &text, &facts, &lists);
    Ok(out)
}

fn rows_of(path: &Path, customer: &str) -> PolarsResult<DataFrame> {
    rows_where(path, col("customer_id").eq(lit(customer)))
}

/// What the outcomes of this run's lists mean; nothing when it has none.
fn meanings(run: &Path) -> Vec<(String, String)> {
    let path = run.join(format!("{EXCLUSIONS}.parquet"));
    let read = || -> PolarsResult<Vec<(String, String)>> {
        let rows = rows_where(&path, lit(true))?;
        let (outcomes, meanings) = (rows.column("outcome")?.str()?, rows.column("meaning")?.str()?);
        let pairs = outcomes.iter().zip(meanings.iter());
        Ok(pairs.filter_map(|(outcome, meaning)| Some((outcome?.to_owned(), meaning?.to_owned()))).collect())
    };
    if path.exists() { read().unwrap_or_default() } else { Vec::new() }
}

fn rows_where(path: &Path, condition: Expr) -> PolarsResult<DataFrame> {
    let frame = LazyFrame::scan_parquet(PlRefPath::try_from_path(path)?, ScanArgsParquet::default())?;
    let money = |kind: &DataType| matches!(kind, DataType::Decimal(..));
    let words = |kind: &DataType| matches!(kind, DataType::Categorical(..) | DataType::Enum(..));
    let rows = frame.filter(condition).collect()?;
    let plain = rows.columns().iter().map(|column| match column.dtype() {
        kind if money(kind) => column.cast(&DataType::Float64),
        kind if words(kind) => column.cast(&DataType::String),
        _ => Ok(column.clone()),
    });
    DataFrame::new(rows.height(), plain.collect::<PolarsResult<Vec<_>>>()?)
}

fn shown(column: &Column, row: usize) -> String {
    match column.get(row) {
        Ok(AnyValue::Null) | Err(_) => "–".to_owned(),
        Ok(AnyValue::String(text)) => text.to_owned(),
        Ok(AnyValue::StringOwned(text)) => text.to_string(),
        Ok(AnyValue::Float64(value)) => crate::table::display_real(value),
        Ok(value) => value.to_string(),
    }
}

fn write_figures(out: &mut String, rows: &DataFrame, row: usize) {
    if row >= rows.height() {
        return;
    }
    let width = rows.columns().iter().map(|c| c.name().chars().count()).max().unwrap_or(0);
    for column in rows.columns().iter().filter(|c| c.name() != "customer_id") {
        let _ = writeln!(out, "  {:width$}  {}", column.name().as_str(), shown(column, row));
    }
}

/// Adds the columns of a table that no earlier one has; a customer without a row has empty cells.
fn add_facts(facts: &mut DataFrame, rows: &DataFrame) {
    let known = facts.get_column_names_owned();
    for column in rows.columns() {
        if known.contains(column.name()) {
            continue;
        }
        let one = if rows.height() == 0 {
            Column::full_null(column.name().clone(), 1, column.dtype())
        } else {
            column.slice(0, 1)
        };
        // the names differ and every column has one row, so this can't fail
        let _ = facts.with_column(one);
    }
}

fn write_rules(out: &mut String, pipeline: &str, facts: &DataFrame, lists: &Lists) {
    let document = parse(pipeline, &mut Vec::new());
    for (section, title) in [("segments", "rule segments"), ("targets", "target lists")] {
        let sections = document.sections.get(section).map_or(&[][..], Vec::as_slice);
        if sections.is_empty() {
            continue;
        }
        let _ = write!(out, "\n{title}\n");
        for written in sections {
            let (name, rule) = (text_of(written, "name"), text_of(written, "where"));
            let verdict = if holds(&rule, facts) { "matches" } else { "does not match" };
            let place = if section == "targets" { list_place(&name, lists.listed.as_ref()) } else { String::new() };
            let _ = writeln!(out, "  {name}: {verdict}{place}");
            for part in conjuncts(&rule) {
                let mark = if holds(&part, facts) { "✓" } else { "✗" };
                let _ = writeln!(out, "    {mark} {part}   ({})", values(&part, facts));
            }
            if section == "targets" {
                out.push_str(&list_reasons(&name, lists));
            }
        }
    }
}

fn text_of(section: &Section<'_>, key: &str) -> String {
    section.text(key).unwrap_or_default().to_owned()
}

/// The rule taken apart at its outer ANDs.
fn conjuncts(rule: &str) -> Vec<String> {
    fn split(expression: SqlExpr, parts: &mut Vec<String>) {
        match expression {
            SqlExpr::BinaryOp { left, op: BinaryOperator::And, right } => {
                split(*left, parts);
                split(*right, parts);
            }
            SqlExpr::Nested(inner) => split(*inner, parts),
            other => parts.push(other.to_string()),
        }
    }
    let parsed = Parser::new(&GenericDialect {}).try_with_sql(rule).and_then(|mut p| p.parse_expr());
    let mut parts = Vec::new();
    match parsed {
        Ok(expression) => split(expression, &mut parts),
        Err(_) => parts.push(rule.to_owned()),
    }
    parts
}

fn holds(condition: &str, facts: &DataFrame) -> bool {
    let evaluate = || -> PolarsResult<bool> {
        let out = facts.clone().lazy().select([sql_expr(condition)?.alias("rule")]).collect()?;
        Ok(out.column("rule")?.bool()?.get(0).unwrap_or(false))
    };
    evaluate().unwrap_or(false)
}

/// The customer's values of the columns in a condition.
fn values(condition: &str, facts: &DataFrame) -> String {
    let Ok(expression) = sql_expr(condition) else { return String::new() };
    let mut names: Vec<_> = expression.meta().root_names();
    names.sort();
    names.dedup();
    let value = |name: &PlSmallStr| match facts.column(name) {
        Ok(column) => format!("{name} = {}", shown(column, 0)),
        Err(_) => format!("{name} is in no table of this run"),
    };
    names.iter().map(value).collect::<Vec<_>>().join(", ")
}

/// What became of a customer who matches, and what a contact was expected to bring; nothing for others.
fn list_reasons(name: &str, lists: &Lists) -> String {
    let find = |candidates: &DataFrame| -> PolarsResult<Option<String>> {
        let targets = candidates.column("target")?.str()?.clone();
        let Some(row) = targets.iter().position(|t| t == Some(name)) else { return Ok(None) };
        let cell = |column: &str| candidates.column(column).map(|c| shown(c, row));
        let outcome = cell("outcome")?;
        let meaning = lists.meanings.iter().find(|(known, _)| *known == outcome).map_or("", |(_, meaning)| meaning);
        let mut text = format!("    → {outcome}: {meaning}\n");
        let said = |word: String| if word == "–" { "none".to_owned() } else { word };
        let _ = writeln!(text, "      offer {}, channel {}", said(cell("offer")?), said(cell("channel")?));
        if candidates.column("uplift_source")?.get(row).is_ok_and(|value| value != AnyValue::Null) {
            let _ = writeln!(
                text,
                "      uplift {}, {}: {}",
                cell("uplift")?,
                cell("uplift_source")?,
                cell("uplift_from")?
            );
            let _ = writeln!(
                text,
                "      expected profit {} = revenue {} × margin {} − cost {}",
                cell("expected_profit")?,
                cell("expected_revenue")?,
                cell("margin")?,
                cell("contact_cost")?
            );
        }
        Ok(Some(text))
    };
    lists.candidates.as_ref().and_then(|candidates| find(candidates).ok().flatten()).unwrap_or_default()
}

/// Where the customer stands on a target list.
fn list_place(name: &str, lists: Option<&DataFrame>) -> String {
    let Some(lists) = lists else { return String::new() };
    let find = || -> PolarsResult<Option<String>> {
        let targets = lists.column("target")?.str()?.clone();
        let Some(row) = targets.iter().position(|t| t == Some(name)) else { return Ok(None) };
        let cell = |column: &str| lists.column(column).map(|c| shown(c, row));
        Ok(Some(format!(
            ", rank {} of the list, arm {}, expected profit {}",
            cell("rank")?,
            cell("arm")?,
            cell("expected_profit")?
        )))
    };
    match find() {
        Ok(Some(place)) => place,
        _ => ", not on the list".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_come_apart_at_the_outer_ands() {
        let rule = "rfm_segment = 'At risk AND more' AND (clv_365d > 100 AND orders BETWEEN 2 AND 5) AND (a OR b)";
        let parts = conjuncts(rule);
        assert_eq!(parts, ["rfm_segment = 'At risk AND more'", "clv_365d > 100", "orders BETWEEN 2 AND 5", "a OR b"]);
    }
}
