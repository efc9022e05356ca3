//! Which files a source is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::error::SourceError;
use super::fetch::{Remote, fetch};
use super::options::SourceOptions;
use super::workbook::sheets;

/// File formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Delimited text, plain or compressed.
    Csv,
    /// Apache Parquet.
    Parquet,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects.
    Json,
    /// Arrow IPC file (Feather).
    ArrowIpc,
    /// A sheet of a workbook: Excel or OpenDocument.
    Workbook,
}

impl Format {
    /// Whether its values are all text.
    pub fn is_text(self) -> bool {
        !matches!(self, Self::Parquet | Self::ArrowIpc)
    }
}

/// One file of a source; of a workbook, one sheet.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Where it is on this machine.
    pub path: PathBuf,
    /// As messages and the quarantine name it: relative to the pipeline file where it can be.
    pub shown: String,
    /// Its format.
    pub format: Format,
    /// Name of the sheet, for workbooks.
    pub sheet: Option<String>,
    /// Size on disk when it was found; what is appended later is not read.
    pub bytes: u64,
    /// Keeps a fetched file until it has been read.
    pub fetched: Option<Arc<tempfile::TempPath>>,
}

impl InputFile {
    /// A file on this machine.
    ///
    /// # Errors
    /// When it can't be looked at, or is empty.
    pub fn local(path: PathBuf, shown: String, format: Format) -> Result<Self, SourceError> {
        let bytes = std::fs::metadata(&path).map_err(|e| SourceError::unreadable(&shown, e, PERMISSION))?.len();
        if bytes == 0 {
            return Err(SourceError::Empty { file: shown });
        }
        Ok(Self { path, shown, format, sheet: None, bytes, fetched: None })
    }
}

/// The files of a source, sorted by name, each once. Objects and query results are fetched to `scratch`.
///
/// # Errors
/// When a pattern is malformed or matches nothing, a format is not known, a file is empty, or an address can't be
/// fetched.
pub fn discover(
    table: &str,
    options: &SourceOptions,
    base: &Path,
    scratch: &Path,
) -> Result<Vec<InputFile>, SourceError> {
    let mut files = Vec::new();
    for pattern in options.path.patterns() {
        let before = files.len();
        let looked_for = match Remote::of(pattern) {
            Some(remote) => {
                for object in fetch(table, &remote, options, base, scratch)? {
                    let file = InputFile::local(object.path.to_path_buf(), object.shown.clone(), Format::Csv)?;
                    let format = object.format.map_or_else(|| format_of_file(table, options, &object.shown), Ok)?;
                    files.push(InputFile { format, fetched: Some(Arc::new(object.path)), ..file });
                }
                pattern.clone()
            }
            None => {
                let absolute = base.join(pattern);
                for path in paths_of(table, pattern, &absolute)? {
                    let shown = path.strip_prefix(base).unwrap_or(&path).display().to_string();
                    let format = format_of_file(table, options, &shown)?;
                    files.push(InputFile::local(path, shown, format)?);
                }
                absolute.display().to_string()
            }
        };
        if files.len() == before {
            return Err(SourceError::NoFile { table: table.to_owned(), pattern: pattern.clone(), looked_for });
        }
    }
    files.sort_by(|a, b| a.shown.cmp(&b.shown));
    files.dedup_by(|a, b| a.path == b.path);
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        if file.format == Format::Workbook {
            all.extend(sheets(&file, options)?);
        } else {
            all.push(file);
        }
    }
    Ok(all)
}

const PERMISSION: &str = "check that the file is there and may be read";

/// The files that a path or glob names. A path with brackets that is a file is that file.
fn paths_of(table: &str, pattern: &str, absolute: &Path) -> Result<Vec<PathBuf>, SourceError> {
    if absolute.is_file() {
        return Ok(vec![absolute.to_path_buf()]);
    }
    let found = glob::glob(&absolute.display().to_string()).map_err(|e| SourceError::Pattern {
        table: table.to_owned(),
        pattern: pattern.to_owned(),
        reason: e.msg.to_owned(),
    })?;
    let mut paths = Vec::new();
    for path in found {
        let path = path.map_err(|e| SourceError::unreadable(&e.path().display().to_string(), e.error(), PERMISSION))?;
        if !path.is_dir() {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn format_of_file(table: &str, options: &SourceOptions, shown: &str) -> Result<Format, SourceError> {
    let format = options.format.or_else(|| format_of(&data_ending(shown)));
    format.ok_or_else(|| SourceError::UnknownFormat { table: table.to_owned(), file: shown.to_owned() })
}

/// The format that a file's name tells, if any.
pub fn format_of_name(name: &str) -> Option<Format> {
    format_of(&data_ending(name))
}

/// The ending that names the format, in lower case: `csv` of `a.CSV.gz`.
fn data_ending(name: &str) -> String {
    let lower = name.to_lowercase();
    let inner = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    inner.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_owned())
}

fn format_of(ending: &str) -> Option<Format> {
    Some(match ending {
        "csv" | "tsv" | "txt" | "tab" => Format::Csv,
        "parquet" | "pq" => Format::Parquet,
        "jsonl" | "ndjson" => Format::JsonLines,
        "json" => Format::Json,
        "arrow" | "ipc" | "feather" => Format::ArrowIpc,
        "xlsx" | "xlsm" | "xls" | "xlsb" | "ods" => Format::Workbook,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_tell_the_format() {
        for (name, format) in [
            ("a.csv", Some(Format::Csv)),
            ("A.TSV.GZ", Some(Format::Csv)),
            ("a.csv.zst", Some(Format::Csv)),
            ("a.parquet", Some(Format::Parquet)),
            ("a.ndjson", Some(Format::JsonLines)),
            ("a.json.gz", Some(Format::Json)),
            ("a.feather", Some(Format::ArrowIpc)),
            ("Report.XLSX", Some(Format::Workbook)),
            ("a.docx", None),
            ("noending", None),
        ] {
            assert_eq!(format_of_name(name), format, "{name}");
        }
    }

    #[test]
    fn a_file_whose_name_looks_like_a_glob_is_that_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("orders [2024].csv");
        std::fs::write(&path, "a\n1\n").unwrap();
        assert_eq!(paths_of("transactions", "orders [2024].csv", &path).unwrap(), [path]);
    }
}
