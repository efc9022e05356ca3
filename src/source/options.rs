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

/// A column's name in the files, or the names it has in different files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ColumnNames {
    /// One name.
    One(String),
    /// Several; in each file the first of them that it has.
    Many(Vec<String>),
}

impl ColumnNames {
    /// The names, the preferred one first.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
        }
    }
}

/// Calendars of written dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalendarName {
    /// The civil calendar of most of the world.
    Gregorian,
    /// Iran's and Afghanistan's calendar (Jalali, Shamsi): `1403/05/10`.
    SolarHijri,
    /// The Islamic calendar, as Umm al-Qura has it.
    LunarHijri,
}

/// What systems do to ids on the way, to be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdRepair {
    /// `3.1846205517092E13` is the id 31846205517092; an id whose digits are lost goes to quarantine.
    Scientific,
    /// The 18-character ids of Salesforce lose the 3 characters that check the other 15, once these are verified.
    Salesforce,
    /// Ids that passed through a table of numbers with gaps lose their decimals: `17850.0` is the id 17850.
    Decimals,
    /// Digits of other scripts become those of ASCII: `شعبه-۷` is the id شعبه-7.
    Digits,
    /// The marks by which a spreadsheet keeps ids as text come off: `'007` and `="007"` are the id 007.
    Guards,
}

/// Where a table comes from and how its files are written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SourceOptions {
    /// File, glob, or a list of them; relative to the pipeline file. CSV, TSV, JSON and JSON lines (plain, `.gz`,
    /// `.zst`), Parquet, Arrow IPC and workbooks (`.xlsx`, `.xls`, `.xlsb`, `.ods`) are told apart by their endings.
    /// `s3://`, `gs://`, `az://` and `https://` addresses, with `*` in the last part of the path, are fetched;
    /// `postgres://user@host/database` is asked `query`. Credentials come from the environment (`AWS_…`, `GOOGLE_…`,
    /// `AZURE_…`, `PGPASSWORD`).
    pub path: PathList,
    /// Format, when the file's ending doesn't tell: `csv`, `parquet`, `json_lines`, `json`, `arrow_ipc` or `workbook`.
    pub format: Option<Format>,
    /// What a database is asked, one SELECT.
    pub query: Option<String>,
    /// Standard name = name in the file, or a list of names when files differ; `#3` is the third column, `#row` the number
    /// of the row (its line, as messages name it), `=spring` the word spring in every row. Without it, columns that bear the
    /// standard names are taken.
    pub columns: BTreeMap<String, ColumnNames>,
    /// Further `columns`, of which each row of the file is read once with every entry: a survey with a column per question is
    /// `unpivot = [{ score = "q1", topic = "=price" }, { score = "q2", topic = "=service" }]`.
    pub unpivot: Vec<BTreeMap<String, ColumnNames>>,
    /// Encoding of text files, such as `utf-8`, `windows-1256` or `utf-16le`; default: found by looking at the bytes.
    pub encoding: Option<String>,
    /// Field separator of text files; default: found by looking at the first lines.
    pub delimiter: Option<char>,
    /// The line or sheet row that names the columns, from 1; `0` when none does. Default: the first that isn't blank.
    pub header_row: Option<usize>,
    /// Sheet of a workbook, or several, with `*` for any text; default: the only visible one with data.
    pub sheet: PathList,
    /// Decimal mark of text amounts; default: found by looking at the values of each column.
    pub decimal: Option<char>,
    /// What stands between thousands in text amounts; default: found, or the counterpart of `decimal`.
    pub thousands: Option<char>,
    /// How text dates are written, in strftime notation (`%d.%m.%Y %H:%M`), or `excel_1900`, `excel_1904`,
    /// `epoch_seconds`, `epoch_milliseconds`, `epoch_microseconds`, `epoch_nanoseconds`; default: found by looking at
    /// the values, and where they could be read in two ways, asked for.
    pub date_format: Option<String>,
    /// Calendar of text dates: `gregorian`, `solar_hijri` or `lunar_hijri`; default: found with `date_format`.
    pub calendar: Option<CalendarName>,
    /// Time zone of timestamps that carry no offset; default: the pipeline's.
    pub timezone: Option<String>,
    /// What to undo in ids: `scientific`, `salesforce`, `decimals` (`17850.0`), `digits` (of other scripts), `guards` (`'007`,
    /// `="007"`); default: nothing, ids are kept as they are written.
    pub repair_ids: Vec<IdRepair>,
}

impl SourceOptions {
    /// The columns of each reading of a file: `columns`, with those of each entry of `unpivot` in turn.
    pub fn readings(&self) -> Vec<BTreeMap<String, ColumnNames>> {
        if self.unpivot.is_empty() {
            return vec![self.columns.clone()];
        }
        let with = |more: &BTreeMap<String, ColumnNames>| {
            self.columns.iter().chain(more).map(|(standard, names)| (standard.clone(), names.clone())).collect()
        };
        self.unpivot.iter().map(with).collect()
    }
}
