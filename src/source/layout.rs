//! How a text file is laid out: encoding, separator, header line.

use encoding_rs::{Encoding, UTF_8};

use crate::notation::table_text::{self, Header};
use crate::notation::{Detected, Verdict, encoding};

use super::decode::head_bytes;
use super::discover::InputFile;
use super::error::SourceError;
use super::head::format_hint;
use super::options::SourceOptions;

/// How the records of a text file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextLayout {
    /// Encoding of its bytes.
    pub encoding: &'static Encoding,
    /// Field separator.
    pub delimiter: u8,
    /// Physical line of the header, from 1; 0 when no line names the columns.
    pub header_line: u64,
}

/// NUL bytes are strays in a text when there is no more than one among so many bytes.
const STRAY_NUL: usize = 100;

/// Most characters of a line that a message quotes.
const QUOTED: usize = 120;

/// Tells the encoding of a text file: the declared one, or what its first bytes say.
///
/// # Errors
/// When it can't be told, or nothing is called as declared.
pub(super) fn encoding_of(
    table: &str,
    file: &InputFile,
    options: &SourceOptions,
    head: &[u8],
    whole: bool,
) -> Result<(&'static Encoding, Option<String>), SourceError> {
    if let Some(label) = &options.encoding {
        let named = encoding::named(label);
        let hint = "such as utf-8, utf-16le, windows-1252 or windows-1256";
        let unknown = || SourceError::unreadable(&file.shown, format!("no encoding is called `{label}`"), hint);
        return named.map(|encoding| (encoding, None)).ok_or_else(unknown);
    }
    let mut found: Detected<&'static Encoding> = encoding::detect(head, whole);
    let nuls = memchr::memchr_iter(0, head).count();
    if matches!(found.verdict, Verdict::Nothing) && nuls > 0 && nuls * STRAY_NUL <= head.len() {
        // the rows that hold them go to quarantine
        let rest: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
        found = encoding::detect(&rest, whole);
    }
    match &found.verdict {
        Verdict::Certain(reading) => Ok((reading.notation, None)),
        Verdict::Plausible { chosen, .. } => {
            let shown = chosen.examples.first().map_or(String::new(), |e| format!("; line {}: {}", e.sample, e.says));
            Ok((chosen.notation, Some(format!("encoding {} by its letters{shown}", chosen.notation.name()))))
        }
        Verdict::Ambiguous(readings) => {
            let shown = readings.iter().map(|r| {
                let example = r.examples.first().map_or(String::new(), |e| format!(", {}", e.says));
                format!("{}{example}", r.notation.name())
            });
            let reason = format!("its encoding could be {}", shown.collect::<Vec<_>>().join(" or "));
            Err(SourceError::unreadable(&file.shown, reason, &format!("set `encoding` in [sources.{table}]")))
        }
        Verdict::Conflict(_) | Verdict::Nothing => {
            let reason = found.unread.first().map_or("its encoding is not known", |u| u.reason.as_str());
            let hint = format!("is it a text file? if so, set `encoding` in [sources.{table}]");
            Err(SourceError::unreadable(&file.shown, reason, &hint))
        }
    }
}

/// Tells how a text file is laid out, from the options and its first bytes; also what was taken as plausible.
///
/// # Errors
/// When it can't be told; the message shows what was found and which option decides.
pub(super) fn text_layout(
    table: &str,
    file: &InputFile,
    options: &SourceOptions,
) -> Result<(TextLayout, Vec<String>), SourceError> {
    let fail = |e: std::io::Error| SourceError::of_text(table, file, &e);
    let (head, whole) = head_bytes(file).map_err(fail)?;
    let (encoding, note) = encoding_of(table, file, options, &head, whole)?;
    let text = decoded(&head, encoding);
    if text.trim().is_empty() {
        return Err(SourceError::Empty { file: file.shown.clone() });
    }
    let found = table_text::detect(&text, whole);
    let shape = found.decided().map(|reading| &reading.notation);
    let delimiter = match options.delimiter {
        Some(delimiter) => u8::try_from(delimiter).unwrap_or(b','),
        None if shape.is_some() => shape.and_then(|s| s.delimiter).and_then(|d| u8::try_from(d).ok()).unwrap_or(b','),
        None => undecided(table, file, &found, &text)?,
    };
    let header_line = match options.header_row {
        Some(line) => line as u64,
        None => header_line(table, file, &text, delimiter, shape.map(|s| (s.skipped_lines, s.header)))?,
    };
    Ok((TextLayout { encoding, delimiter, header_line }, note.into_iter().collect()))
}

/// A text whose separator is in doubt: one that has but a header line is taken by the separator that it holds.
fn undecided(
    table: &str,
    file: &InputFile,
    found: &Detected<table_text::TableShape>,
    text: &str,
) -> Result<u8, SourceError> {
    let reason = match &found.verdict {
        Verdict::Ambiguous(readings) => {
            let shown = readings.iter().map(|r| r.notation.to_string()).collect::<Vec<_>>();
            format!("it could be read as {}", shown.join(" or as "))
        }
        _ => {
            let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            let held = [b',', b';', b'\t', b'|'].into_iter().filter(|d| first.as_bytes().contains(d));
            match held.collect::<Vec<_>>().as_slice() {
                [] => return Ok(b','),
                [only] => return Ok(*only),
                _ => "no separator cuts its lines into the same number of fields".into(),
            }
        }
    };
    let first = text.lines().next().unwrap_or_default().chars().take(QUOTED).collect::<String>();
    let reason = format!("{reason}; it begins with \"{first}\"");
    Err(SourceError::unreadable(&file.shown, reason, &format!("set `delimiter` in [sources.{table}]")))
}

/// The first line that isn't blank, unless it is a title or already data.
fn header_line(
    table: &str,
    file: &InputFile,
    text: &str,
    delimiter: u8,
    shape: Option<(usize, Header)>,
) -> Result<u64, SourceError> {
    let lines = || text.split('\n').enumerate().map(|(at, line)| (at as u64 + 1, line.trim()));
    let declares_separator = |line: &str| line.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("sep="));
    let first = lines().find(|(_, line)| !line.is_empty() && !declares_separator(line)).unwrap_or((1, ""));
    let quoted = first.1.chars().take(QUOTED).collect::<String>();
    match shape {
        Some((_, Header::Absent)) => {
            let reason = format!("line {} reads like data, not like the names of columns: \"{quoted}\"", first.0);
            let hint = format!(
                "set header_row = 0 in [sources.{table}] and name columns by their place, such as customer_id = \"#1\"; \
                 or header_row = {} if it does name them",
                first.0
            );
            Err(SourceError::unreadable(&file.shown, reason, &hint))
        }
        Some((skipped, _)) if skipped as u64 >= first.0 => {
            let mark = char::from(delimiter).escape_default().to_string();
            let fields = first.1.split(char::from(delimiter)).filter(|field| !field.trim().is_empty()).count();
            let reason = format!(
                "line {} does not name the columns, it has {fields} filled field(s) cut by `{mark}`: \"{quoted}\"",
                first.0
            );
            let hint = format!("set header_row = {} in [sources.{table}] if that line does", skipped + 1);
            Err(SourceError::unreadable(&file.shown, reason, &hint))
        }
        _ => Ok(first.0),
    }
}

/// The beginning of a text; a character that the end cuts is left out, and malformed bytes are no concern here.
pub(super) fn decoded(head: &[u8], encoding: &'static Encoding) -> String {
    if encoding == UTF_8 {
        let text = String::from_utf8_lossy(head);
        return text.trim_start_matches('\u{feff}').to_owned();
    }
    encoding.decode_with_bom_removal(head).0.into_owned()
}

impl SourceError {
    /// What went wrong in reading a text file.
    pub(super) fn of_text(table: &str, file: &InputFile, error: &std::io::Error) -> Self {
        let fault = error.get_ref().and_then(|inner| inner.downcast_ref::<encoding::DecodeError>());
        let hint = match fault {
            Some(_) => format!("declare its `encoding` in [sources.{table}], or export it as UTF-8"),
            None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                "it ends too early: was it cut off? export or copy it again".to_owned()
            }
            None => format_hint(file.format).to_owned(),
        };
        Self::unreadable(&file.shown, error, &hint)
    }
}
