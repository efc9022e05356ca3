//! `acrm schema`.

use crate::config::{json_schema, markdown_reference};
use crate::registry::published_tables;
use crate::report::{contract_json, contract_markdown};
use crate::stage::nearest;

use super::Failure;
use super::args::{SchemaArgs, SchemaFormat};
use super::printer::Printer;

pub(super) fn schema(arguments: &SchemaArgs, printer: &Printer) -> Result<(), Failure> {
    let text = match (arguments.table.as_deref(), arguments.format) {
        (Some("pipeline"), SchemaFormat::Json) => pretty(&json_schema()),
        (Some("pipeline"), SchemaFormat::Markdown) => markdown_reference(),
        (None, SchemaFormat::Markdown) => published_tables().map(contract_markdown).collect::<Vec<_>>().join("\n"),
        (None, SchemaFormat::Json) => pretty(&published_tables().map(contract_json).collect()),
        (Some(name), format) => {
            let found = published_tables().find(|t| t.name == name);
            let table = found.ok_or_else(|| {
                let names = || published_tables().map(|t| t.name).chain(["pipeline"]);
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
