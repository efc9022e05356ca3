//! The options of a source in the pipeline file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::discover::Format;

/// One path or several.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PathList {
    /// A path or glob.
    One(String),
    /// Several paths or globs.
    Many(Vec<String>),
}

impl Default for PathList {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl PathList {
    /// The patterns.
    pub fn patterns(&self) -> &[String] {
        match self {
            Self::One(pattern) => std::slice::from_ref(pattern),
            Self::Many(patterns) => patterns,
        }
    }
}

/// Where a table comes from and how its files are written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceOptions {
    /// File, glob, or a list of them; relative to the pipeline file. CSV, TSV (plain, `.gz`, `.zst`), Parquet, JSON
    /// lines and Arrow IPC are told apart by their endings.
    pub path: PathList,
    /// Format, when the file's ending doesn't tell: `csv`, `parquet`, `json_lines` or `arrow_ipc`.
    pub format: Option<Format>,
    /// Standard name = name in the file. Without it, columns that bear the standard names are taken.
    pub columns: BTreeMap<String, String>,
    /// Field separator of text files; default: tab for `.tsv`, otherwise comma.
    pub delimiter: Option<char>,
    /// Decimal mark of text amounts.
    pub decimal: char,
    /// How text dates are written, in strftime notation (`%d.%m.%Y %H:%M`); default: ISO 8601.
    pub date_format: Option<String>,
    /// Time zone of timestamps that carry no offset; default: the pipeline's.
    pub timezone: Option<String>,
}

impl Default for SourceOptions {
    fn default() -> Self {
        Self {
            path: PathList::default(),
            format: None,
            columns: BTreeMap::new(),
            delimiter: None,
            decimal: '.',
            date_format: None,
            timezone: None,
        }
    }
}
