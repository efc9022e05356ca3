//! Opening text files: compressed or not, in whatever encoding, as UTF-8.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Result};

use encoding_rs::{Encoding, UTF_8};

use crate::notation::encoding::Decoder;

use super::discover::InputFile;

/// Bytes of a file's beginning that its encoding and shape are told from.
const HEAD_BYTES: usize = 1 << 20;

/// A buffered reader over the uncompressed bytes of a file, up to the size it had when it was found; gzip and zstd
/// are told by their first bytes.
fn open_unpacked(file: &InputFile) -> Result<Box<dyn Read + Send>> {
    let mut raw = BufReader::with_capacity(1 << 18, File::open(&file.path)?.take(file.bytes));
    let magic = raw.fill_buf()?.iter().take(4).copied().collect::<Vec<_>>();
    Ok(match magic.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        [0x28, 0xb5, 0x2f, 0xfd] => Box::new(zstd::Decoder::with_buffer(raw)?),
        _ => Box::new(raw),
    })
}

/// The first uncompressed bytes of a file, and whether they are all of it.
pub(super) fn head_bytes(file: &InputFile) -> Result<(Vec<u8>, bool)> {
    let mut head = Vec::with_capacity(HEAD_BYTES.min(file.bytes as usize * 4 + 1));
    open_unpacked(file)?.take(HEAD_BYTES as u64 + 1).read_to_end(&mut head)?;
    let whole = head.len() <= HEAD_BYTES;
    head.truncate(HEAD_BYTES);
    Ok((head, whole))
}

/// A file as UTF-8 without a byte order mark. Text that is UTF-8 already is passed on as it is, to be checked where
/// it is split; whatever is wrong in another encoding ends the stream.
pub(super) fn open_text(file: &InputFile, encoding: &'static Encoding) -> Result<Box<dyn Read + Send>> {
    let unpacked = open_unpacked(file)?;
    if encoding != UTF_8 {
        return Ok(Box::new(Decoder::new(unpacked, encoding)));
    }
    let mut text = BufReader::with_capacity(1 << 16, unpacked);
    if text.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
        text.consume(3);
    }
    Ok(Box::new(text))
}
