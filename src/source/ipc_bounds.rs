//! Arrow files whose batches say that they hold more than they can: refused before the library makes room for them.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::Path;

use arrow_ipc::{Block, RecordBatch, root_as_footer, root_as_message};

/// What stands at the end of an Arrow file.
const MAGIC: &[u8; 6] = b"ARROW1";

/// Rows that a batch of any size may claim, and how many for each byte of the file.
const ALWAYS_PLAUSIBLE_ROWS: u64 = 1 << 20;
const ROWS_PER_BYTE: u64 = 1_000;

/// Bytes that a buffer may always unpack to, and how many for each of its packed bytes.
const ALWAYS_PLAUSIBLE_BYTES: u64 = 256 << 20;
const UNPACKED_PER_BYTE: u64 = 1_000;

/// Says what is wrong with what the batches of an Arrow file claim.
///
/// # Errors
/// When the footer can't be read, or a batch claims what the file can't hold.
pub(super) fn check(path: &Path) -> Result<()> {
    let mut file = BufReader::with_capacity(1 << 10, File::open(path)?);
    let bytes = file.get_ref().metadata()?.len();
    let end = read_at(&mut file, bytes.saturating_sub(10), 10.min(bytes))?;
    // whatever else is wrong with the file, the reader says
    if end.len() < 10 || !end.ends_with(MAGIC) {
        return Ok(());
    }
    let length = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    let start = bytes.checked_sub(10 + length).ok_or_else(|| damaged("its footer is longer than the file"))?;
    let footer = read_at(&mut file, start, length)?;
    let footer = root_as_footer(&footer).map_err(damaged)?;
    let blocks = footer.dictionaries().into_iter().flatten().chain(footer.recordBatches().into_iter().flatten());
    for block in blocks {
        check_block(&mut file, *block, bytes)?;
    }
    Ok(())
}

fn damaged(what: impl ToString) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_string())
}

fn read_at(file: &mut BufReader<File>, start: u64, length: u64) -> Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Looks at the message of a block and at the buffers that it describes.
fn check_block(file: &mut BufReader<File>, block: Block, bytes: u64) -> Result<()> {
    let beyond = || damaged("a batch goes beyond the end of the file");
    let offset = u64::try_from(block.offset()).map_err(damaged)?;
    let head = read_at(file, offset, 8)?;
    let number = |at: usize| head.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]));
    let (first, second) = (number(0).ok_or_else(beyond)?, number(4).ok_or_else(beyond)?);
    // since version 0.15 a mark stands before the length
    let (start, length) = if first == u32::MAX { (8, second) } else { (4, first) };
    let start = offset.saturating_add(start);
    let message = read_at(file, start, u64::from(length))?;
    if message.len() as u64 != u64::from(length) {
        return Err(beyond());
    }
    let message = root_as_message(&message).map_err(damaged)?;
    // where the body begins is what the block says, whatever the message takes
    let body = u64::try_from(block.metaDataLength()).map_err(damaged)?.saturating_add(offset);
    let batch = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = batch.or_else(|| message.header_as_record_batch()) else { return Ok(()) };
    check_batch(file, &batch, body, bytes)?;
    let body_bytes = [message.bodyLength(), block.bodyLength()];
    let fits = body_bytes
        .into_iter()
        .all(|length| u64::try_from(length).is_ok_and(|length| body.saturating_add(length) <= bytes));
    if fits { Ok(()) } else { Err(beyond()) }
}

fn check_batch(file: &mut BufReader<File>, batch: &RecordBatch<'_>, body: u64, bytes: u64) -> Result<()> {
    let most_rows = bytes.saturating_mul(ROWS_PER_BYTE).max(ALWAYS_PLAUSIBLE_ROWS);
    let plausible = |rows: i64| u64::try_from(rows).is_ok_and(|rows| rows <= most_rows);
    let nodes = batch.nodes().into_iter().flatten();
    if !plausible(batch.length()) || !nodes.map(|node| node.length()).all(plausible) {
        return Err(damaged(format!("a batch of a file of {bytes} bytes says that it has {} rows", batch.length())));
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let place = u64::try_from(buffer.offset()).ok().zip(u64::try_from(buffer.length()).ok());
        let place = place.filter(|(offset, length)| {
            body.checked_add(*offset).and_then(|at| at.checked_add(*length)).is_some_and(|end| end <= bytes)
        });
        let (offset, length) = place.ok_or_else(|| damaged("a buffer goes beyond the end of the file"))?;
        if batch.compression().is_none() || length < 8 {
            continue;
        }
        let head = read_at(file, body.saturating_add(offset), 8)?;
        let unpacked = head.try_into().map(i64::from_le_bytes).unwrap_or_default();
        let most = length.saturating_mul(UNPACKED_PER_BYTE).max(ALWAYS_PLAUSIBLE_BYTES);
        // −1 stands for a buffer that is not packed
        if unpacked != -1 && !u64::try_from(unpacked).is_ok_and(|unpacked| unpacked <= most) {
            return Err(damaged(format!("a buffer of {length} bytes says that it unpacks to {unpacked}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::*;

    fn file(compression: Option<IpcCompression>) -> Vec<u8> {
        let ids = Series::new("customer_id".into(), (0..500).map(|n| format!("c{n}")).collect::<Vec<_>>());
        let mut frame = DataFrame::new(500, vec![ids.into_column()]).unwrap();
        let mut bytes = Vec::new();
        IpcWriter::new(&mut bytes).with_compression(compression).finish(&mut frame).unwrap();
        bytes
    }

    fn checked(bytes: &[u8]) -> Result<()> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.arrow");
        std::fs::write(&path, bytes).unwrap();
        check(&path)
    }

    #[test]
    fn whole_files_pass() {
        checked(&file(None)).unwrap();
        checked(&file(Some(IpcCompression::ZSTD(Default::default())))).unwrap();
    }

    /// Whichever eight bytes of the file are turned into a huge number, the check ends and never panics; somewhere it
    /// notices.
    #[test]
    fn huge_claims_are_noticed() {
        let whole = file(Some(IpcCompression::ZSTD(Default::default())));
        let noticed = (0..whole.len() - 8).step_by(8).filter(|at| {
            let mut bytes = whole.clone();
            bytes[*at..at + 8].copy_from_slice(&(1_i64 << 40).to_le_bytes());
            checked(&bytes).is_err()
        });
        assert!(noticed.count() > 5);
    }
}
