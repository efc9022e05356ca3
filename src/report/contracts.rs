//! Table contracts as Markdown and JSON.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::table::{ColumnSpec, Expansion, TableSpec};

/// A contract in Markdown.
pub fn contract_markdown(table: &'static TableSpec) -> String {
    let mut out = format!("## {}\n\nA row is {}. {}\n\n", table.name, table.row, table.about);
    out.push_str("| column | type | unit | may be empty | meaning |\n|---|---|---|---|---|\n");
    for column in table.columns {
        let empty = if column.nullable { "yes" } else { "" };
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {empty} | {}{} |",
            column.name,
            kind(column),
            column.unit,
            column.meaning,
            expansion(column)
        );
    }
    let _ = write!(out, "\n```sql\n{}\n```\n", table.example);
    out
}

/// A contract in JSON.
pub fn contract_json(table: &'static TableSpec) -> Value {
    let column = |c: &ColumnSpec| {
        json!({
            "name": c.name,
            "type": kind(c),
            "unit": c.unit,
            "nullable": c.nullable,
            "meaning": c.meaning,
            "filled_by": c.filled_by,
            "repeated": match c.expansion {
                Expansion::One => Value::Null,
                Expansion::PerHorizon => json!("per horizon"),
                Expansion::PerName => json!("per name"),
            },
        })
    };
    json!({
        "table": table.name,
        "row": table.row,
        "about": table.about,
        "columns": table.columns.iter().map(column).collect::<Vec<_>>(),
        "example": table.example,
    })
}

fn kind(column: &ColumnSpec) -> &'static str {
    if column.name == "{name}" { "as in the source" } else { column.kind.label() }
}

fn expansion(column: &ColumnSpec) -> &'static str {
    match column.expansion {
        Expansion::One => "",
        Expansion::PerHorizon => "; one column per horizon H of `[clv] horizons_days`",
        Expansion::PerName => "; one column per name",
    }
}
