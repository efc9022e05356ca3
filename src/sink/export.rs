//! Tables as delimited text that a spreadsheet can open without running anything in it.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end may be taken for a formula, whoever typed it (OWASP,
//! "CSV Injection"). Such text gets an apostrophe before it, which spreadsheets show as text. Two things stay as they
//! are: columns of numbers, which hold nothing but numbers, and telephone numbers in the international form of E.164,
//! a plus and 7 to 15 digits and nothing else: no formula can be made of digits, and dialling machines need them bare.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use super::error::SinkError;
use crate::table::Column;

/// Digits of a telephone number after its plus.
const E164_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// Writes columns as comma-separated UTF-8 text with a header, in the manner of RFC 4180; gives the size in bytes.
///
/// # Errors
/// When the file can't be written.
pub fn write_export(path: &Path, columns: &[(String, Column)]) -> Result<u64, SinkError> {
    let failed = |source| SinkError::io("write", path, source);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| SinkError::io("create the folder", folder, source))?;
    }
    let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(path).map_err(failed)?));
    let told = |error: csv::Error| failed(std::io::Error::other(error));
    writer.write_record(columns.iter().map(|(name, _)| safe_text(name).into_owned())).map_err(told)?;
    let rows = columns.first().map_or(0, |(_, column)| column.len());
    let mut cell = String::new();
    for row in 0..rows {
        for (_, column) in columns {
            cell.clear();
            column.write_cell(row, &mut cell);
            let is_text = matches!(column, Column::Text(_) | Column::Category(_));
            let shown = if is_text { safe_text(&cell) } else { Cow::Borrowed(cell.as_str()) };
            writer.write_field(shown.as_bytes()).map_err(told)?;
        }
        writer.write_record(None::<&[u8]>).map_err(told)?;
    }
    writer.flush().map_err(failed)?;
    drop(writer);
    Ok(fs::metadata(path).map_err(failed)?.len())
}

/// Text that no spreadsheet takes for a formula.
fn safe_text(text: &str) -> Cow<'_, str> {
    let starts = |c: char| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠');
    if text.starts_with(starts) && !is_e164(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+')
        .is_some_and(|rest| E164_DIGITS.contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Categories;
    use arrow::array::{Float64Array, StringArray};

    #[test]
    fn what_looks_like_a_formula_is_shown_as_text() {
        for (text, shown) in [
            ("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"),
            ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
            ("-2+3", "'-2+3"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("＝1+1", "'＝1+1"),
            ("+989121234567", "+989121234567"),
            ("+98 912 123 4567", "'+98 912 123 4567"),
            ("+1", "'+1"),
            ("mia@example.com", "mia@example.com"),
            ("O'Neill", "O'Neill"),
            ("", ""),
        ] {
            assert_eq!(safe_text(text), shown);
        }
    }

    #[test]
    fn cells_are_quoted_and_numbers_stay_numbers() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("activation/email.csv");
        let names = StringArray::from(vec![Some("a,\"b\"\n=1"), None]);
        let offers = Categories::from_words(&[Some("=evil"), Some("mug")]);
        let columns = [
            ("name".to_owned(), Column::Text(names)),
            ("offer".to_owned(), Column::Category(offers)),
            ("change".to_owned(), Column::Real(Float64Array::from(vec![-1.5, 2.0]))),
        ];
        let bytes = write_export(&path, &columns).expect("written");
        let text = fs::read_to_string(&path).expect("text");
        assert_eq!(text, "name,offer,change\n\"a,\"\"b\"\"\n=1\",'=evil,-1.5\n,mug,2\n");
        assert_eq!(bytes, text.len() as u64);
    }
}
