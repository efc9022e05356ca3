//! The lists as text files, one per channel, with what the channel needs and nothing else.

use arrow::array::{Int64Array, StringArray};

use crate::stage::{ExportFile, customer_column};
use crate::table::{Categories, Column, TableError};

use super::channels::{Kind, address_columns, dialled, key, kind};
use super::send_window::SendWindows;
use super::tables::{Listed, Lists};
use super::target::Activation;

/// The files. Control customers are in them only when the arm is shown; who has no channel is in none.
pub(super) fn files(lists: &Lists<'_>, activation: &Activation) -> Result<Vec<ExportFile>, TableError> {
    let channel_of = |l: &Listed| lists.matched[l.list].channels.word(lists.row(l.list, l.at));
    let mut channels: Vec<&str> = lists.matched.iter().flat_map(|m| m.channels.names()).map(String::as_str).collect();
    channels.sort_unstable_by_key(|name| key(name));
    channels.dedup_by_key(|name| key(name));
    let mut files = Vec::new();
    for channel in channels {
        let own: Vec<Listed> = lists
            .listed
            .iter()
            .filter(|l| channel_of(l).is_some_and(|name| key(name) == key(channel)))
            .filter(|l| activation.show_arm || !lists.is_control(l))
            .copied()
            .collect();
        files.push(file(lists, activation, channel, &own)?);
    }
    Ok(files)
}

fn file(lists: &Lists<'_>, activation: &Activation, channel: &str, own: &[Listed]) -> Result<ExportFile, TableError> {
    let rows: Vec<usize> = own.iter().map(|l| lists.row(l.list, l.at)).collect();
    let positions: Int64Array = rows.iter().map(|row| Some(*row as i64)).collect();
    let customers = lists.tables.get("customers")?;
    let pairs: Vec<(usize, usize)> = own.iter().map(|l| (l.list, l.at)).collect();
    let names: Vec<String> = lists.targets.iter().map(|t| t.name.clone()).collect();
    let mut columns = vec![
        (
            "customer_id".to_owned(),
            Column::Text(StringArray::from_iter_values(rows.iter().map(|row| lists.ids.value(*row)))),
        ),
        (
            "target".to_owned(),
            Column::Category(Categories::from_codes(own.iter().map(|l| l.list as i32).collect(), names)),
        ),
        ("offer".to_owned(), Column::Category(lists.words(&pairs, |m| &m.offers))),
        ("send_window".to_owned(), Column::Category(SendWindows::of(lists.tables)?.of_rows(rows.iter().copied()))),
    ];
    if activation.show_arm {
        let arms = ["treatment", "control"].map(str::to_owned).to_vec();
        let codes = own.iter().map(|l| i32::from(lists.is_control(l))).collect();
        columns.push(("arm".to_owned(), Column::Category(Categories::from_codes(codes, arms))));
    }
    let is_dialled = matches!(kind(channel), Some(Kind::Phone | Kind::Sms));
    for name in address_columns(customers, channel) {
        let column = customers.column(&name)?.take(&positions);
        columns.push((name, if is_dialled { numbers(&column) } else { column }));
    }
    for name in &activation.columns {
        if !columns.iter().any(|(known, _)| known == name) {
            columns.push((name.clone(), customer_column(lists.tables, name)?.take(&positions)));
        }
    }
    Ok(ExportFile { path: format!("activation/{}.csv", key(channel)), columns })
}

/// Telephone numbers as they are dialled.
fn numbers(column: &Column) -> Column {
    let number = |row: usize| (!column.is_null(row)).then(|| dialled(&column.display(row)));
    Column::Text((0..column.len()).map(number).collect())
}
