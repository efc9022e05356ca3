//! JSON objects, one a line or in an array, as columns of text. Numbers keep their digits.

use std::io::{self, BufRead, BufReader, Read};

use encoding_rs::UTF_8;
use polars::prelude::*;
use struson::reader::{JsonReader, JsonStreamReader, ReaderError, ValueType};

use super::batch::{Batch, Lines, Malformed, MalformedRow};
use super::decode::open_text;
use super::discover::{Format, InputFile};

/// Objects in a batch.
const BATCH_ROWS: usize = 1 << 14;

/// Objects at the beginning whose names are the columns of the file.
const HEAD_ROWS: usize = 10_000;

/// Most characters kept of a line that is set apart.
const KEPT: usize = 200;

/// Most bytes of a line.
const MOST_LINE_BYTES: u64 = 16 << 20;

/// The cells of an object; those of an object inside it go by `outer.inner`, lists are left out.
type Object = Vec<(String, Option<String>)>;

fn failed(error: &ReaderError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string().replace('\n', " "))
}

fn read_object<R: Read>(reader: &mut JsonStreamReader<R>, prefix: &str, into: &mut Object) -> Result<(), ReaderError> {
    reader.begin_object()?;
    while reader.has_next()? {
        let name = reader.next_name_owned()?;
        let name = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        let cell = match reader.peek()? {
            ValueType::Object => {
                read_object(reader, &name, into)?;
                continue;
            }
            ValueType::Array => {
                reader.skip_value()?;
                continue;
            }
            ValueType::String => Some(reader.next_string()?),
            ValueType::Number => Some(plain_number(reader.next_number_as_str()?)),
            ValueType::Boolean => Some(reader.next_bool()?.to_string()),
            ValueType::Null => {
                reader.next_null()?;
                None
            }
        };
        let cell = cell.filter(|text| !text.is_empty());
        match into.iter_mut().find(|(known, _)| *known == name) {
            // of a name that comes twice, the last holds
            Some((_, known)) => *known = cell,
            None => into.push((name, cell)),
        }
    }
    reader.end_object()
}

/// `1.25e2` as `125`: a number of JSON is exact, however it is written.
fn plain_number(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text.to_owned() };
    let Ok(power) = exponent.parse::<i32>() else { return text.to_owned() };
    if power.unsigned_abs() > 40 {
        return text.to_owned();
    }
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let point = whole.len() as i32 + power;
    let lead = "0".repeat(usize::try_from(1 - point).unwrap_or(0));
    let at = point.max(1) as usize;
    let all = format!("{lead}{whole}{decimals:0<fill$}", fill = at.saturating_sub(whole.len()));
    let (before, after) = all.split_at(at);
    let before = before.trim_start_matches('0');
    let before = if before.is_empty() { "0" } else { before };
    let after = after.trim_end_matches('0');
    if after.is_empty() { format!("{sign}{before}") } else { format!("{sign}{before}.{after}") }
}

/// Feeds each object of a file to `take` with its place, or the line that is none; `take` says whether to go on.
fn each_object(file: &InputFile, mut take: impl FnMut(Result<Object, MalformedRow>, u64) -> bool) -> io::Result<()> {
    let input = open_text(file, UTF_8)?;
    if file.format == Format::Json {
        return each_of_array(input, take);
    }
    let mut input = BufReader::with_capacity(1 << 16, input);
    let (mut text, mut line) = (Vec::new(), 0);
    loop {
        text.clear();
        if input.by_ref().take(MOST_LINE_BYTES).read_until(b'\n', &mut text)? == 0 {
            return Ok(());
        }
        line += 1;
        if text.len() as u64 == MOST_LINE_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("line {line} is longer than 16 MiB")));
        }
        if text.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let mut object = Object::new();
        let mut reader = JsonStreamReader::new(text.as_slice());
        let read = read_object(&mut reader, "", &mut object).and_then(|()| reader.consume_trailing_whitespace());
        let outcome = read.map(|()| object).map_err(|_| {
            let text = String::from_utf8_lossy(&text).trim_end().chars().take(KEPT).collect();
            MalformedRow { line, fault: Malformed::NotAnObject, text }
        });
        if !take(outcome, line) {
            return Ok(());
        }
    }
}

fn each_of_array(input: impl Read, mut take: impl FnMut(Result<Object, MalformedRow>, u64) -> bool) -> io::Result<()> {
    let mut reader = JsonStreamReader::new(input);
    let mut read = || -> Result<(), ReaderError> {
        reader.begin_array()?;
        let mut row = 0;
        while reader.has_next()? {
            row += 1;
            let outcome = if reader.peek()? == ValueType::Object {
                let mut object = Object::new();
                read_object(&mut reader, "", &mut object)?;
                Ok(object)
            } else {
                reader.skip_value()?;
                Err(MalformedRow { line: row, fault: Malformed::NotAnObject, text: String::new() })
            };
            if !take(outcome, row) {
                return Ok(());
            }
        }
        reader.end_array()
    };
    read().map_err(|e| failed(&e))
}

/// The names in the first objects of a file, in the order of their first appearance.
///
/// # Errors
/// When the file can't be read.
pub(super) fn names(file: &InputFile) -> io::Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    let mut known = std::collections::BTreeSet::new();
    let mut rows = 0;
    each_object(file, |object, _| {
        for (name, _) in object.into_iter().flatten() {
            if known.insert(name.clone()) {
                names.push(name);
            }
        }
        rows += 1;
        rows < HEAD_ROWS
    })?;
    Ok(names)
}

/// Feeds the objects of a file in batches to `take`; `wanted` are standard names with names in the file.
///
/// # Errors
/// When the file can't be read; errors of `take` pass through.
pub(super) fn batches<E: From<io::Error>>(
    file: &InputFile,
    wanted: &[(String, String)],
    mut take: impl FnMut(Batch) -> Result<(), E>,
) -> Result<(), E> {
    let mut rows = Rows::new(wanted);
    let mut outcome = Ok(());
    each_object(file, |object, line| {
        match object {
            Ok(object) => rows.push(&object, line),
            Err(row) => rows.malformed.push(row),
        }
        if rows.lines.len() + rows.malformed.len() < BATCH_ROWS {
            return true;
        }
        let full = std::mem::replace(&mut rows, Rows::new(wanted));
        outcome = full.finish().map_err(E::from).and_then(&mut take);
        outcome.is_ok()
    })?;
    outcome?;
    take(rows.finish()?)
}

struct Rows<'a> {
    wanted: &'a [(String, String)],
    builders: Vec<StringChunkedBuilder>,
    lines: Lines,
    malformed: Vec<MalformedRow>,
}

impl<'a> Rows<'a> {
    fn new(wanted: &'a [(String, String)]) -> Self {
        let builder = |(name, _): &(String, String)| StringChunkedBuilder::new(name.as_str().into(), BATCH_ROWS);
        let builders = wanted.iter().map(builder).collect();
        Self { wanted, builders, lines: Lines::default(), malformed: Vec::new() }
    }

    fn push(&mut self, object: &Object, line: u64) {
        self.lines.push(line);
        for (builder, (_, name)) in self.builders.iter_mut().zip(self.wanted) {
            let cell = object.iter().find(|(known, _)| known == name);
            builder.append_option(cell.and_then(|(_, text)| text.as_deref()));
        }
    }

    fn finish(self) -> io::Result<Batch> {
        let columns = self.builders.into_iter().map(|b| b.finish().into_series().into_column()).collect();
        let frame = DataFrame::new(self.lines.len(), columns).map_err(io::Error::other)?;
        Ok(Batch { frame, lines: self.lines, malformed: self.malformed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &str, name: &str) -> Batch {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let format = crate::source::format_of_name(name).unwrap();
        let file = InputFile::local(path, name.into(), format).unwrap();
        let wanted = [("id".to_owned(), "id".to_owned()), ("city".to_owned(), "address.city".to_owned())];
        let mut all = Vec::new();
        batches(&file, &wanted, |batch| -> io::Result<()> {
            all.push(batch);
            Ok(())
        })
        .unwrap();
        all.remove(0)
    }

    fn column(batch: &Batch, name: &str) -> Vec<Option<String>> {
        batch.frame.column(name).unwrap().str().unwrap().iter().map(|t| t.map(str::to_owned)).collect()
    }

    #[test]
    fn ids_keep_every_digit_and_bad_lines_are_set_apart() {
        let batch = read(
            "{\"id\": 18446744073709551617, \"address\": {\"city\": \"Yazd\"}}\n\n{\"id\": \"007\"\n{\"id\": 1e2}\n[1]\n",
            "a.jsonl",
        );
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(column(&batch, "id"), [some("18446744073709551617"), some("100")]);
        assert_eq!(column(&batch, "city"), [some("Yazd"), None]);
        assert_eq!(batch.malformed.iter().map(|m| m.line).collect::<Vec<_>>(), [3, 5]);
        assert_eq!((batch.lines.of(0), batch.lines.of(1)), (1, 4));
    }

    #[test]
    fn an_array_is_read_object_by_object() {
        let batch = read("[{\"id\": 1.50, \"list\": [1, {\"id\": 2}]}, 7, {\"id\": null}]", "a.json");
        assert_eq!(column(&batch, "id"), [Some("1.50".to_owned()), None]);
        assert_eq!(batch.malformed.len(), 1);
    }

    #[test]
    fn exponents_are_written_out() {
        let cases = [
            ("1e2", "100"),
            ("1.25E1", "12.5"),
            ("-5e-3", "-0.005"),
            ("12.50", "12.50"),
            ("0e5", "0"),
            ("1e99", "1e99"),
        ];
        for (text, plain) in cases {
            assert_eq!(plain_number(text), plain);
        }
    }
}
