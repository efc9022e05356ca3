//! A file as the cleaners see it: its columns with the notations they are in.

use polars::prelude::*;

use crate::notation::digits::{fold_digits, unguarded};
use crate::notation::ids::{IdError, expand_scientific, salesforce_15, without_decimals};
use crate::source::{Format, IdRepair, SourceError, SourceFile};

use super::notation::{AmountReading, DateReading, FileNotation};
use super::reject::Reason;
use super::values::{Ids, Origin, Parsed, decimals, ids};

/// A refused row.
#[derive(Debug)]
pub(super) struct Refused {
    /// Its line.
    pub(super) line: u64,
    /// Column in the file.
    pub(super) column: String,
    /// What stood there.
    pub(super) value: String,
    /// Why.
    pub(super) reason: Reason,
}

/// A file with the notations of its columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct FileView<'a> {
    /// Input table.
    pub(super) table: &'static str,
    /// The file.
    pub(super) source: &'a SourceFile,
    /// Its place among the files of its source.
    pub(super) number: usize,
    /// How its columns are written.
    pub(super) notation: &'a FileNotation,
    /// What to undo in ids.
    pub(super) repairs: &'a [IdRepair],
}

impl<'a> FileView<'a> {
    /// Where a column comes from.
    pub(super) fn origin(&self, standard: &'a str) -> Origin<'a> {
        Origin { file: &self.source.file.shown, column: self.source.columns.in_file(standard) }
    }

    /// Whether it is a sheet of a workbook.
    pub(super) fn is_sheet(&self) -> bool {
        self.source.file.format == Format::Workbook
    }

    /// How a column of dates is written.
    pub(super) fn dates(&self, standard: &str) -> DateReading {
        self.notation.dates.get(standard).cloned().unwrap_or_default()
    }

    /// How a column of amounts is written.
    pub(super) fn amount_reading(&self, standard: &str) -> AmountReading {
        self.notation.amounts.get(standard).copied().unwrap_or_default()
    }

    /// A column as ids, repaired where that is asked for; with the rows whose id can't be.
    pub(super) fn ids(&self, frame: &DataFrame, standard: &'a str) -> Result<Option<RepairedIds>, SourceError> {
        let Some(series) = series(frame, standard) else { return Ok(None) };
        let read = ids(&series, self.origin(standard))?;
        Ok(Some(match read {
            Ids::Text(texts) if !self.repairs.is_empty() => repaired(&texts, self.repairs),
            ids => RepairedIds { ids, refused: Vec::new() },
        }))
    }

    /// A column as amounts in ten-thousandths.
    pub(super) fn amounts(&self, frame: &DataFrame, standard: &'a str) -> Result<Option<Parsed<i64>>, SourceError> {
        let reading = self.amount_reading(standard);
        series(frame, standard).map(|s| decimals(&s, reading, self.origin(standard))).transpose()
    }
}

/// A column of a batch in one piece.
pub(super) fn series(frame: &DataFrame, standard: &str) -> Option<Series> {
    frame.column(standard).ok().map(|c| c.as_materialized_series().rechunk())
}

/// Ids, and the rows whose id could not be repaired.
#[derive(Debug)]
pub(super) struct RepairedIds {
    pub(super) ids: Ids,
    pub(super) refused: Vec<(usize, Reason)>,
}

impl RepairedIds {
    /// Why the id of a row could not be repaired, if it couldn't.
    pub(super) fn refusal(&self, row: usize) -> Option<Reason> {
        self.refused.binary_search_by_key(&row, |(at, _)| *at).ok().map(|at| self.refused[at].1)
    }
}

fn repaired(texts: &StringChunked, repairs: &[IdRepair]) -> RepairedIds {
    let mut refused = Vec::new();
    let one = |row: usize, text: &str, refused: &mut Vec<(usize, Reason)>| {
        let mut text = text.trim().to_owned();
        for repair in repairs {
            let outcome = match repair {
                IdRepair::Scientific => expand_scientific(&text).map(|found| found.unwrap_or_else(|| text.clone())),
                IdRepair::Salesforce => salesforce_id(&text),
                IdRepair::Decimals => Ok(without_decimals(&text).to_owned()),
                IdRepair::Digits => Ok(fold_digits(&text).into_owned()),
                IdRepair::Guards => Ok(unguarded(&text).to_owned()),
            };
            match outcome {
                Ok(id) => text = id,
                Err(error) => {
                    let is_suffix = matches!(error, IdError::Suffix { .. });
                    refused.push((row, if is_suffix { Reason::WrongCheckSuffix } else { Reason::LostDigits }));
                    break;
                }
            }
        }
        text
    };
    let ids = texts.iter().enumerate().map(|(row, text)| text.map(|text| one(row, text, &mut refused))).collect();
    RepairedIds { ids: Ids::Text(ids), refused }
}

/// The 15 characters of an 18-character Salesforce id; any other id as it is.
fn salesforce_id(text: &str) -> Result<String, IdError> {
    let is_long = text.len() == 18 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_long { salesforce_15(text).map(str::to_owned) } else { Ok(text.to_owned()) }
}
