//! Which files a source is.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

use super::error::SourceError;
use super::options::SourceOptions;

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
    /// Arrow IPC file (Feather).
    ArrowIpc,
}

/// One file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where it is.
    pub path: PathBuf,
    /// As messages and the quarantine name it: relative to the pipeline file where it can be.
    pub shown: String,
    /// Its format.
    pub format: Format,
    /// Field separator, for text.
    pub delimiter: u8,
    /// Size on disk.
    pub bytes: u64,
}

/// The files of a source, sorted by path, each once.
///
/// # Errors
/// When a pattern is malformed or matches nothing, a format is not known, or a file is empty.
pub fn discover(table: &str, options: &SourceOptions, base: &Path) -> Result<Vec<InputFile>, SourceError> {
    let mut files = Vec::new();
    for pattern in options.path.patterns() {
        let absolute = base.join(pattern);
        let looked_for = absolute.display().to_string();
        let paths = glob::glob(&looked_for).map_err(|e| SourceError::Pattern {
            table: table.to_owned(),
            pattern: pattern.clone(),
            reason: e.msg.to_owned(),
        })?;
        let before = files.len();
        for path in paths {
            let path =
                path.map_err(|e| SourceError::unreadable(&e.path().display().to_string(), e.error(), PERMISSION))?;
            if path.is_dir() {
                continue;
            }
            files.push(input_file(table, options, base, path)?);
        }
        if files.len() == before {
            return Err(SourceError::NoFile { table: table.to_owned(), pattern: pattern.clone(), looked_for });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

const PERMISSION: &str = "check that the file is there and may be read";

fn input_file(table: &str, options: &SourceOptions, base: &Path, path: PathBuf) -> Result<InputFile, SourceError> {
    let shown = path.strip_prefix(base).unwrap_or(&path).display().to_string();
    let bytes = std::fs::metadata(&path).map_err(|e| SourceError::unreadable(&shown, e, PERMISSION))?.len();
    if bytes == 0 {
        return Err(SourceError::Empty { file: shown });
    }
    let ending = data_ending(&shown);
    let format = match options.format.or_else(|| format_of(&ending)) {
        Some(format) => format,
        None => return Err(SourceError::UnknownFormat { table: table.to_owned(), file: shown }),
    };
    let default = if ending == "tsv" { '\t' } else { ',' };
    let delimiter = u8::try_from(options.delimiter.unwrap_or(default)).unwrap_or(b',');
    Ok(InputFile { path, shown, format, delimiter, bytes })
}

/// The ending that names the format, in lower case: `csv` of `a.CSV.gz`.
fn data_ending(name: &str) -> String {
    let lower = name.to_lowercase();
    let inner = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    inner.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_owned())
}

fn format_of(ending: &str) -> Option<Format> {
    Some(match ending {
        "csv" | "tsv" | "txt" => Format::Csv,
        "parquet" | "pq" => Format::Parquet,
        "jsonl" | "ndjson" => Format::JsonLines,
        "arrow" | "ipc" | "feather" => Format::ArrowIpc,
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
            ("a.feather", Some(Format::ArrowIpc)),
            ("a.docx", None),
            ("noending", None),
        ] {
            assert_eq!(format_of(&data_ending(name)), format, "{name}");
        }
    }
}
