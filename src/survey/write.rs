//! The pipeline file.

use std::fmt::Write as _;

use super::clean;
use super::fit::{File, Fit};
use super::options::{self, Line};
use super::question::{Doubt, Place, Question};
use super::role::{Role, Table};
use super::sample::SampleFormat;
use super::sources::Source;
use super::text::{counted, listed, quoted, quoted_list, shown, wrapped};
use super::unplaced;

/// Width of the comments that stand by themselves.
const WIDTH: usize = 116;

/// Column where a comment behind a line begins at most.
const COMMENT_AT: usize = 64;

/// A piece of the file: a header with its lines, remarks before, questions behind.
#[derive(Default)]
struct Section {
    remarks: Vec<String>,
    header: String,
    lines: Vec<Line>,
    doubts: Vec<Doubt>,
}

/// The file's text and all questions in it, in order.
pub(super) fn pipeline(
    files: &[File<'_>],
    sources: &[Source<'_, '_>],
    left_out: &[(&File<'_>, Vec<Fit>)],
) -> (String, Vec<Question>) {
    let mut sections = Vec::new();
    let mut head = pipeline_section(sources, files);
    let mut cleaning = Section { header: "[clean]".to_owned(), ..Section::default() };
    for source in sources {
        let (options, columns, others) = source_sections(source, files);
        sections.extend([options, columns]);
        let (of_head, of_cleaning): (Vec<Doubt>, Vec<Doubt>) =
            others.into_iter().partition(|d| d.place == Place::Pipeline);
        head.doubts.extend(of_head);
        if source.table == Table::Transactions {
            let (lines, doubts) = clean::clean(source);
            cleaning.lines = lines;
            cleaning.doubts = of_cleaning;
            cleaning.doubts.extend(doubts);
        }
    }
    if let Some(transactions) = sources.iter().find(|s| s.table == Table::Transactions) {
        let (currency, doubt) = options::currency(transactions);
        head.lines.extend(currency);
        head.doubts.extend(doubt);
        head.doubts.extend(options::as_of(transactions));
    }
    sections.insert(0, head);
    if !(cleaning.lines.is_empty() && cleaning.doubts.is_empty()) {
        sections.push(cleaning);
    }
    let rest = unplaced::questions(files, sources, left_out);
    let questions =
        sections.iter().flat_map(|s| &s.doubts).map(|d| d.question.clone()).chain(rest.clone()).collect::<Vec<_>>();
    let mut out = intro(files, &questions);
    for section in &sections {
        section.write(&mut out);
    }
    if !rest.is_empty() {
        out.push('\n');
        for question in &rest {
            write_question(&mut out, question);
        }
    }
    (out, questions)
}

fn intro(files: &[File<'_>], questions: &[Question]) -> String {
    let blocking = questions.iter().filter(|q| q.blocking).count();
    let todo = match (blocking, questions.len()) {
        (0, 0) => "Nothing was in doubt.".to_owned(),
        (0, all) => format!("It runs as it is; look at {}.", counted(all, "QUESTION")),
        (some, all) => format!("{} of {} must be answered before it runs.", some, counted(all, "QUESTION")),
    };
    let text = format!(
        "Written by `acrm init` from {}. Behind every guess stands its evidence. {todo}",
        counted(files.len(), "file")
    );
    let mut out = String::new();
    write_comment(&mut out, &text);
    out
}

fn pipeline_section(sources: &[Source<'_, '_>], files: &[File<'_>]) -> Section {
    let file = sources.first().map(|s| s.lead().0).or(files.first());
    let stem = file.map_or("pipeline", |f| f.sample.stem());
    let name = super::words::words(stem).join("_");
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let name = if name.trim_matches('_').is_empty() { "pipeline".to_owned() } else { name };
    Section {
        header: "[pipeline]".to_owned(),
        lines: vec![(format!("name = {}", quoted(&name)), "it salts the control groups: keep it".to_owned())],
        ..Section::default()
    }
}

/// The sections of a source, and the questions that belong elsewhere.
fn source_sections(source: &Source<'_, '_>, files: &[File<'_>]) -> (Section, Section, Vec<Doubt>) {
    let (file, fit) = source.lead();
    let mut options = Section { header: format!("[sources.{}]", source.table.name()), ..Section::default() };
    let mut columns = Section { header: format!("[sources.{}.columns]", source.table.name()), ..Section::default() };
    options.remarks = remarks(source);
    options.lines = vec![(format!("path = {}", source.path(files)), form(file))];
    options.lines.extend(form_lines(file));
    let (dates, mut doubts) = options::dates(source);
    options.lines.extend(dates);
    let (evidence, amounts) = options::amounts(source);
    doubts.extend(amounts);
    if source.table != Table::Customers {
        let (zone, doubt) = options::timezone(source);
        options.lines.extend(zone);
        if source.table == Table::Transactions {
            doubts.extend(doubt);
        }
    }
    if let Some((repair, why)) = &source.repair_ids {
        options.lines.push((format!("repair_ids = [{}]", quoted(repair)), why.clone()));
    }
    doubts.extend(options::scientific_ids(source));
    doubts.extend(fit.doubts.iter().chain(&source.doubts).cloned());
    for mapped in &fit.mapped {
        let Some(standard) = source.table.standard(mapped.role) else { continue };
        let more = evidence.iter().filter(|(role, _)| *role == mapped.role).map(|(_, says)| format!("; {says}"));
        let names = quoted_list(&source.names(mapped.role));
        columns
            .lines
            .push((format!("{standard} = {names}"), format!("{}{}", mapped.evidence, more.collect::<String>())));
    }
    align_keys(&mut columns.lines);
    columns.remarks = column_remarks(source);
    for role in &fit.missing {
        doubts.push(missing(file, source.table, *role));
    }
    let (own, others): (Vec<Doubt>, Vec<Doubt>) =
        doubts.into_iter().partition(|d| matches!(d.place, Place::Source | Place::Columns));
    let (of_columns, of_options): (Vec<Doubt>, Vec<Doubt>) = own.into_iter().partition(|d| d.place == Place::Columns);
    options.doubts = of_options;
    columns.doubts = of_columns;
    (options, columns, others)
}

/// What no column of the file takes.
fn missing(file: &File<'_>, table: Table, role: Role) -> Doubt {
    let standard = table.standard(role).unwrap_or_default();
    let names: Vec<&str> = file.columns.iter().map(|c| c.sample.name.as_str()).collect();
    let what = match role {
        Role::Timestamp => format!("no column of {} is a date. On which day did it happen?", file.sample.path),
        Role::CustomerId => format!("no column of {} tells the customer. Who was it?", file.sample.path),
        Role::CampaignId => format!("no column of {} names the campaign. Which was it?", file.sample.path),
        _ => format!("no column of {} is the {standard}.", file.sample.path),
    };
    let text = format!("{what} The columns are {}.", listed(&names, 10));
    let choices = vec![format!("{standard} = \"...\"")];
    let question = Question { file: file.sample.path.clone(), column: None, text, choices, blocking: true };
    Doubt { place: Place::Columns, role: Some(role), question }
}

/// What was looked at.
fn remarks(source: &Source<'_, '_>) -> Vec<String> {
    let (file, _) = source.lead();
    let mut remarks: Vec<String> = Vec::new();
    for (file, _) in source.parts.iter().take(4) {
        let columns = counted(file.columns.len(), "column");
        remarks.push(format!("{}: {}, {columns}", file.sample.path, file.sample.rows_phrase()));
    }
    if source.parts.len() > 4 {
        remarks.push(format!("and {} more", counted(source.parts.len() - 4, "file")));
    }
    if let Some((platform, why)) = &file.platform {
        remarks.push(format!("Recognised as an export of {}, {why}", platform.name()));
    }
    if let SampleFormat::Workbook { other_sheets, .. } = &file.sample.format
        && !other_sheets.is_empty()
    {
        remarks.push(format!("Sheets that are not read: {}", listed(other_sheets, 8)));
    }
    remarks
}

/// Remarks on the columns: notes, no money, what is left out.
fn column_remarks(source: &Source<'_, '_>) -> Vec<String> {
    let (file, fit) = source.lead();
    let mut remarks = fit.notes.clone();
    let asked = fit.doubts.iter().any(|d| d.role == Some(Role::Amount) && d.question.blocking);
    if source.table == Table::Transactions && !fit.has_money() && !asked {
        remarks.push("No column is money: the result has counts, no spend".to_owned());
    }
    if source.table == Table::Transactions && fit.column(Role::TransactionId).is_none() {
        remarks.push("No column is an order id: every row is an order".to_owned());
    }
    if source.table == Table::Transactions {
        remarks.extend(rows_without_customer(source));
    }
    let free: Vec<&str> = (0..file.columns.len())
        .filter(|at| !fit.mapped.iter().any(|m| m.column == *at))
        .map(|at| file.columns[at].sample.name.as_str())
        .collect();
    if !free.is_empty() {
        let what = if source.table == Table::Customers { "Attributes, under their own names" } else { "Not read" };
        remarks.push(format!("{what}: {}", listed(&free, 12)));
    }
    remarks
}

/// Rows that go to quarantine for want of a customer.
fn rows_without_customer(source: &Source<'_, '_>) -> Option<String> {
    let parts = source.parts.iter().filter_map(|(file, fit)| Some((file, fit.column(Role::CustomerId)?)));
    let (rows, filled) = parts.fold((0, 0), |(rows, filled), (file, at)| {
        (rows + file.sample.rows_seen, filled + file.columns[at].profile.filled)
    });
    let empty = rows - filled;
    (empty > 0 && filled > 0).then(|| {
        let share = super::text::percent(empty, rows);
        format!(
            "No customer in {} ({share}): such rows go to quarantine, where their money is counted",
            counted(empty, "row")
        )
    })
}

/// How a file is written, as a comment.
fn form(file: &File<'_>) -> String {
    match &file.sample.format {
        SampleFormat::DelimitedText { encoding, delimiter, header_row } => {
            let encoding = encoding.as_ref().map_or("UTF-8", |e| e.label.as_str());
            let delimiter = if *delimiter == '\t' { "tabs".to_owned() } else { format!("`{delimiter}`") };
            format!("{encoding}, fields separated by {delimiter}, names in line {header_row}")
        }
        SampleFormat::Parquet => "Parquet".to_owned(),
        SampleFormat::JsonLines => "JSON, an object a line".to_owned(),
        SampleFormat::Json => "JSON".to_owned(),
        SampleFormat::ArrowIpc => "Arrow IPC".to_owned(),
        SampleFormat::Workbook { header_row, .. } => format!("workbook, names in row {header_row}"),
    }
}

/// The options that a file's form needs.
fn form_lines(file: &File<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let ending =
        file.sample.path.trim_end_matches(".gz").trim_end_matches(".zst").rsplit('.').next().unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    match &file.sample.format {
        SampleFormat::DelimitedText { encoding, header_row, .. } => {
            if !["csv", "tsv", "txt", "tab"].contains(&ending.as_str()) {
                lines.push(("format = \"csv\"".to_owned(), "its ending doesn't tell".to_owned()));
            }
            if let Some(encoding) = encoding {
                lines.push((format!("encoding = {}", quoted(&encoding.label)), encoding.evidence.clone()));
            }
            if *header_row != 1 {
                lines.push((format!("header_row = {header_row}"), header_says(*header_row)));
            }
        }
        SampleFormat::Workbook { sheet, header_row, .. } => {
            lines.push((format!("sheet = {}", quoted(sheet)), String::new()));
            if *header_row != 1 {
                lines.push((format!("header_row = {header_row}"), header_says(*header_row)));
            }
        }
        SampleFormat::Parquet | SampleFormat::JsonLines | SampleFormat::Json | SampleFormat::ArrowIpc => {}
    }
    lines
}

fn header_says(header_row: usize) -> String {
    if header_row == 0 {
        "no line names the columns".to_owned()
    } else {
        "titles or blank lines stand above".to_owned()
    }
}

/// Pads the keys of some lines so that the equals signs stand below each other.
fn align_keys(lines: &mut [Line]) {
    let key = |code: &str| code.split_once(" = ").map_or(0, |(key, _)| key.chars().count());
    let width = lines.iter().map(|(code, _)| key(code)).max().unwrap_or(0);
    for (code, _) in lines {
        if let Some((key, value)) = code.split_once(" = ") {
            *code = format!("{key:width$} = {value}");
        }
    }
}

impl Section {
    fn write(&self, out: &mut String) {
        out.push('\n');
        for remark in &self.remarks {
            write_comment(out, remark);
        }
        out.push_str(&self.header);
        out.push('\n');
        let width =
            self.lines.iter().map(|(code, _)| code.chars().count()).filter(|w| *w <= COMMENT_AT).max().unwrap_or(0);
        for (code, comment) in &self.lines {
            if comment.is_empty() {
                out.push_str(code);
            } else {
                let _ = write!(out, "{code:width$}   # {comment}");
            }
            out.push('\n');
        }
        for doubt in &self.doubts {
            write_question(out, &doubt.question);
        }
    }
}

fn write_comment(out: &mut String, text: &str) {
    for line in wrapped(text, WIDTH) {
        out.push_str("# ");
        out.push_str(&line);
        out.push('\n');
    }
}

fn write_question(out: &mut String, question: &Question) {
    let place = match &question.column {
        Some(column) if !question.text.contains(&shown(column)) => format!("{}: ", shown(column)),
        _ => String::new(),
    };
    write_comment(out, &format!("QUESTION: {place}{}", question.text));
    for choice in &question.choices {
        let _ = writeln!(out, "# {choice}");
    }
}
