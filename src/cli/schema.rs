//! `acrm schema`.

use crate::config::{json_schema, markdown_reference};
use crate::registry::{IDENTITY_TABLES, backtest_tables, published_tables};
use crate::report::{contract_json, contract_markdown};
use crate::stage::nearest;
use crate::table::TableSpec;

use super::Failure;
use super::args::{SchemaArgs, SchemaFormat};
use super::printer::Printer;

/// The contracts of all tables.
fn all_tables() -> impl Iterator<Item = &'static TableSpec> {
    published_tables().chain(IDENTITY_TABLES.iter().copied()).chain(backtest_tables())
}

pub(super) fn schema(arguments: &SchemaArgs, printer: &Printer) -> Result<(), Failure> {
    let text = match (arguments.table.as_deref(), arguments.format) {
        (Some("pipeline"), SchemaFormat::Json) => pretty(&json_schema()),
        (Some("pipeline"), SchemaFormat::Markdown) => markdown_reference(),
        (None, SchemaFormat::Markdown) => all_tables().map(contract_markdown).collect::<Vec<_>>().join("\n"),
        (None, SchemaFormat::Json) => pretty(&all_tables().map(contract_json).collect()),
        (Some(name), format) => {
            let found = all_tables().find(|t| t.name == name);
            let table = found.ok_or_else(|| {
                let names = || all_tables().map(|t| t.name).chain(["pipeline"]);
                let hint = match nearest(name, names()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => names().collect::<Vec<_>>().join(", "),
                };
                Failure::new(2, format!("no table is called `{name}`\n  hint: {hint}"))
            })?;
            match format {
                SchemaFormat::Markdown => contract_markdown(table),
                SchemaFormat::Json => pretty(&contract_json(table)),
            }
        }
    };
    Ok(printer.result(&text)?)
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
