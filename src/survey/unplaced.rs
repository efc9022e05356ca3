//! Files that are no table of a pipeline, and tables that no file is.

use super::fit::{File, Fit};
use super::judge::judge;
use super::question::Question;
use super::role::{Role, Table};
use super::sources::Source;
use super::text::listed;
use super::words;

/// Names of the figures of a table that sums customers up.
const SUMMARY: &str = "x|t x|frequency|recency|t|monetary|monetary value|orders|last order|n orders|order count|\
    total orders|first order|t cal|x cal|n cal|total spent|total spend|m";

/// How a column of gaps between events begins.
const SINCE: [&str; 2] = ["days", "since"];

/// What the files leave open.
pub(super) fn questions(
    files: &[File<'_>],
    sources: &[Source<'_, '_>],
    left_out: &[(&File<'_>, Vec<Fit>)],
) -> Vec<Question> {
    let mut questions: Vec<Question> = left_out.iter().map(|(file, fits)| no_table(file, fits)).collect();
    if !sources.iter().any(|s| s.table == Table::Transactions) {
        questions.push(no_transactions(files, sources));
    }
    questions
}

/// Why a file fits no table.
fn no_table(file: &File<'_>, fits: &[Fit]) -> Question {
    let known = |role: Role| {
        file.columns.iter().any(|c| c.named(role).is_some_and(|m| m.points >= 6) && judge(role, &c.profile).is_some())
    };
    let has_customer = fits.iter().any(|f| f.column(Role::CustomerId).is_some());
    let has_day = file.columns.iter().any(|c| c.profile.has_dates());
    let mut lacks = Vec::new();
    if !has_customer {
        lacks.push("no column tells the customer");
    }
    if !has_day {
        lacks.push("no column is a date");
    }
    if has_customer && has_day && !known(Role::Amount) {
        lacks.push("its rows are neither purchases nor events");
    }
    if lacks.is_empty() {
        lacks.push("its columns don't make a table");
    }
    let names: Vec<&str> = file.columns.iter().map(|c| c.sample.name.as_str()).collect();
    let gaps = file
        .columns
        .iter()
        .map(|c| c.sample.name.as_str())
        .find(|name| words::words(name).starts_with(&SINCE.map(str::to_owned)));
    let gaps = gaps.filter(|_| !has_day).map_or(String::new(), |name| {
        format!(" {} are gaps between days, which have no beginning.", super::text::shown(name))
    });
    let mut text = format!(
        "what is {} for? It is left out: {}.{gaps} Its columns are {}.",
        file.sample.path,
        lacks.join(", "),
        listed(&names, 8)
    );
    let mut choices = Vec::new();
    if !has_customer && !has_day && gaps.is_empty() {
        text.push_str(" If each of its rows is a customer, the rows can be numbered:");
        choices = vec![
            "[sources.customers]".to_owned(),
            format!("path = {}", super::text::quoted(&file.sample.path)),
            "columns = { customer_id = \"#row\" }".to_owned(),
        ];
    }
    Question { file: file.sample.path.clone(), column: None, text, choices, blocking: false }
}

/// The export that is missing.
fn no_transactions(files: &[File<'_>], sources: &[Source<'_, '_>]) -> Question {
    let is_figure = |name: &str| {
        let key = words::words(name).concat();
        SUMMARY.split('|').any(|figure| words::words(figure).concat() == key)
    };
    let summary = files.iter().find(|f| f.columns.iter().filter(|c| is_figure(&c.sample.name)).count() >= 2);
    let why = match (summary, sources.first()) {
        (Some(file), _) => {
            let figures: Vec<&str> =
                file.columns.iter().map(|c| c.sample.name.as_str()).filter(|name| is_figure(name)).collect();
            format!(
                " {} sums its customers up ({}); the orders behind these figures are needed.",
                file.sample.path,
                listed(&figures, 5)
            )
        }
        (None, Some(source)) => format!(
            " {} is the table of {}.{}",
            source.lead().0.sample.path,
            source.table.name(),
            money_among_events(source)
        ),
        (None, None) => String::new(),
    };
    let without = if sources.iter().any(|s| s.table == Table::Customers) {
        " If there is none, customers are taken as this table has them: set as_of = \"...\" in [pipeline], the last day of these data."
    } else {
        ""
    };
    let text = format!(
        "which file has the transactions: a row per order or line, with the customer, the day and the money?{why}{without}"
    );
    let choices = [
        "[sources.transactions]",
        "path = \"...\"",
        "columns = { customer_id = \"...\", timestamp = \"...\", amount = \"...\" }",
    ];
    let file = files.first().map(|f| f.sample.path.clone()).unwrap_or_default();
    Question { file, column: None, text, choices: choices.map(str::to_owned).to_vec(), blocking: true }
}

/// Events of which some have an amount.
fn money_among_events(source: &Source<'_, '_>) -> String {
    let (file, _) = source.lead();
    let money = file
        .columns
        .iter()
        .find(|c| c.named(Role::Amount).is_some_and(|m| m.points >= 10) && judge(Role::Amount, &c.profile).is_some());
    let Some(column) = money.filter(|_| source.table == Table::Interactions) else { return String::new() };
    let (name, filled) = (super::text::shown(&column.sample.name), super::text::grouped(column.profile.filled));
    format!(
        " {name} stands in {filled} of its {}: are these the purchases?",
        super::text::counted(column.profile.rows, "row")
    )
}
