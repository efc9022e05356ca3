//! Opening text files, compressed or not.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Result};
use std::path::Path;

/// A buffered reader over the uncompressed bytes of a file; gzip and zstd are told by their first bytes.
pub(super) fn open_decoded(path: &Path) -> Result<Box<dyn BufRead>> {
    let mut raw = BufReader::with_capacity(1 << 16, File::open(path)?);
    let magic = raw.fill_buf()?.iter().take(4).copied().collect::<Vec<_>>();
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(BufReader::new(flate2::bufread::MultiGzDecoder::new(raw))),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(BufReader::new(zstd::Decoder::with_buffer(raw)?)),
        _ => Box::new(raw),
    })
}

/// A CSV reader that yields the header as a plain record and doesn't mind ragged lines.
pub(super) fn csv_records(input: impl Read, delimiter: u8) -> csv::Reader<impl Read> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(input)
}
