//! Parquet files whose pages say that they hold more than they can: refused before the library makes room for them.
//!
//! Only the headers of the pages are read here, so a file of a hundred megabytes costs a few hundred small reads.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::Path;

use polars_parquet::parquet::metadata::ColumnChunkMetadata;
use polars_parquet::parquet::read::read_metadata;
use polars_parquet::parquet::schema::types::PhysicalType;
use polars_parquet_format::thrift::protocol::{TCompactInputProtocol, TInputProtocol, TType};
use polars_parquet_format::{KeyValue, PageHeader, PageType, RowGroup, SchemaElement, thrift};

/// Rows that a row group of any size may claim.
const ALWAYS_PLAUSIBLE_ROWS: u64 = 1 << 20;

/// Rows that a row group may claim for each byte of the file: a run of equal values takes next to nothing, but no
/// table is made of such runs alone.
const ROWS_PER_BYTE: u64 = 1_000;

/// Bytes that the values of a row group may take in a column of values of one length.
const MOST_FIXED_BYTES: u64 = 1 << 32;

/// Bytes that a byte of the footer may ask for: an element of a list takes eight and is written in one at least.
const MEMORY_PER_FOOTER_BYTE: usize = 16;

/// Levels of structures in a footer.
const DEEPEST: i8 = 16;

/// Bytes that the header of a page may have.
const MOST_HEADER_BYTES: usize = 1 << 20;

/// Says what is wrong with what the pages of a Parquet file claim.
///
/// # Errors
/// When the metadata can't be read, or a page claims what the file can't hold.
pub(super) fn check(path: &Path) -> Result<()> {
    let mut file = BufReader::with_capacity(1 << 10, File::open(path)?);
    let bytes = file.get_ref().metadata()?.len();
    check_footer(&mut file, bytes)?;
    let metadata = read_metadata(&mut file).map_err(|e| damaged(e.to_string()))?;
    let most_rows = bytes.saturating_mul(ROWS_PER_BYTE).max(ALWAYS_PLAUSIBLE_ROWS);
    for group in &metadata.row_groups {
        let rows = group.num_rows() as u64;
        if rows > most_rows {
            return Err(damaged(format!("a row group of a file of {bytes} bytes says that it has {rows} rows")));
        }
        for chunk in group.parquet_columns() {
            check_chunk(&mut file, chunk, rows, most_rows, bytes)?;
        }
    }
    Ok(())
}

/// Reads the footer once with a bound on what its lists may claim: polars takes their lengths at their word.
fn check_footer(file: &mut BufReader<File>, bytes: u64) -> Result<()> {
    let mut end = [0; 8];
    file.seek(SeekFrom::Start(bytes.saturating_sub(8)))?;
    file.read_exact(&mut end)?;
    let length = u64::from(u32::from_le_bytes([end[0], end[1], end[2], end[3]]));
    let start =
        bytes.checked_sub(8 + length).ok_or_else(|| damaged("its footer is longer than the file".to_owned()))?;
    file.seek(SeekFrom::Start(start))?;
    let bound = length as usize * MEMORY_PER_FOOTER_BYTE + 1024;
    let mut protocol = TCompactInputProtocol::new(file.take(length), bound);
    read_footer(&mut protocol).map_err(|e| damaged(e.to_string()))
}

/// Reads a `FileMetaData` as polars does, by the numbers of its fields whatever types they claim. What holds
/// lists is read for good; orders of columns that are newer than the reader are passed over.
fn read_footer(protocol: &mut impl TInputProtocol) -> thrift::Result<()> {
    protocol.read_struct_begin()?;
    loop {
        let field = protocol.read_field_begin()?;
        match (field.field_type, field.id) {
            (TType::Stop, _) => return protocol.read_struct_end(),
            (_, Some(1)) => protocol.read_i32().map(drop)?,
            (_, Some(2)) => each(protocol, |protocol, _| SchemaElement::read_from_in_protocol(protocol).map(drop))?,
            (_, Some(7)) => each(protocol, |protocol, kind| walk(protocol, kind, DEEPEST))?,
            (_, Some(3)) => protocol.read_i64().map(drop)?,
            (_, Some(4)) => each(protocol, |protocol, _| RowGroup::read_from_in_protocol(protocol).map(drop))?,
            (_, Some(5)) => each(protocol, |protocol, _| KeyValue::read_from_in_protocol(protocol).map(drop))?,
            (_, Some(6 | 9)) => protocol.read_bytes().map(drop)?,
            (kind, _) => walk(protocol, kind, DEEPEST)?,
        }
    }
}

/// Reads the elements of a list.
fn each<P: TInputProtocol>(
    protocol: &mut P,
    mut read: impl FnMut(&mut P, TType) -> thrift::Result<()>,
) -> thrift::Result<()> {
    let list = protocol.read_list_begin()?;
    (0..list.size).try_for_each(|_| read(protocol, list.element_type))?;
    protocol.read_list_end()
}

/// Passes over a value of any kind. A list that claims more elements than the bound allows is an error.
fn walk(protocol: &mut impl TInputProtocol, kind: TType, deepest: i8) -> thrift::Result<()> {
    match kind {
        TType::String => protocol.read_bytes().map(drop),
        TType::Struct if deepest > 0 => {
            protocol.read_struct_begin()?;
            loop {
                let field = protocol.read_field_begin()?;
                if field.field_type == TType::Stop {
                    return protocol.read_struct_end();
                }
                walk(protocol, field.field_type, deepest - 1)?;
            }
        }
        TType::List if deepest > 0 => each(protocol, |protocol, kind| walk(protocol, kind, deepest - 1)),
        other => protocol.skip_till_depth(other, deepest),
    }
}

fn damaged(what: String) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// Walks over the pages of a column chunk.
fn check_chunk(
    file: &mut BufReader<File>,
    chunk: &ColumnChunkMetadata,
    rows: u64,
    most_values: u64,
    file_bytes: u64,
) -> Result<()> {
    let name = || chunk.descriptor().path_in_schema.join(".");
    let values = chunk.num_values();
    let is_flat = chunk.descriptor().descriptor.max_rep_level == 0;
    let plausible = u64::try_from(values).is_ok_and(|v| v <= most_values && (!is_flat || v == rows));
    if !plausible {
        return Err(damaged(format!("column `{}` says that it has {values} values in {rows} rows", name())));
    }
    if let PhysicalType::FixedLenByteArray(length) = chunk.physical_type()
        && (length as u64).saturating_mul(values as u64) > MOST_FIXED_BYTES
    {
        return Err(damaged(format!("column `{}` says that a value of it has {length} bytes", name())));
    }
    let range = chunk.byte_range();
    let mut at = range.start;
    let mut left = values;
    while left > 0 {
        file.seek(SeekFrom::Start(at))?;
        let mut protocol = TCompactInputProtocol::new(&mut *file, MOST_HEADER_BYTES);
        let header = PageHeader::read_from_in_protocol(&mut protocol).map_err(|e| damaged(e.to_string()))?;
        left -=
            check_page(&header, left).ok_or_else(|| damaged(format!("a page of column `{}` is damaged", name())))?;
        at = file.stream_position()? + header.compressed_page_size as u64;
        if at > range.end.min(file_bytes) {
            return Err(damaged(format!("a page of column `{}` goes beyond its end", name())));
        }
    }
    Ok(())
}

/// The values of a page; nothing when its header can't be true.
fn check_page(header: &PageHeader, left: i64) -> Option<i64> {
    let holds = |number: i32| u64::try_from(number).ok();
    let unpacked = holds(header.uncompressed_page_size)?;
    let packed = holds(header.compressed_page_size)?;
    if let Some(dictionary) = header.dictionary_page_header.as_ref()
        && holds(dictionary.num_values)? > unpacked
    {
        return None;
    }
    let values = match header.type_ {
        PageType::DATA_PAGE => header.data_page_header.as_ref()?.num_values,
        PageType::DATA_PAGE_V2 => {
            let page = header.data_page_header_v2.as_ref()?;
            let levels = holds(page.definition_levels_byte_length)? + holds(page.repetition_levels_byte_length)?;
            if holds(page.num_nulls)? > holds(page.num_values)? || levels > unpacked.min(packed) {
                return None;
            }
            page.num_values
        }
        _ => 0,
    };
    Some(i64::from(values)).filter(|values| (0..=left).contains(values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars_parquet_format::{DataPageHeader, DictionaryPageHeader, Encoding};

    fn page(values: i32, bytes: i32) -> PageHeader {
        let data = DataPageHeader::new(values, Encoding::PLAIN, Encoding::RLE, Encoding::RLE, None);
        PageHeader::new(PageType::DATA_PAGE, bytes, bytes, None, data, None, None, None)
    }

    #[test]
    fn pages_hold_no_more_than_is_left_of_their_column() {
        assert_eq!(check_page(&page(7, 100), 7), Some(7));
        assert_eq!(check_page(&page(8, 100), 7), None);
        assert_eq!(check_page(&page(-5, 100), 7), None);
        assert_eq!(check_page(&page(7, -1), 7), None);
    }

    #[test]
    fn a_dictionary_has_no_more_values_than_bytes() {
        let dictionary = |values| PageHeader {
            type_: PageType::DICTIONARY_PAGE,
            dictionary_page_header: Some(DictionaryPageHeader::new(values, Encoding::PLAIN, None)),
            data_page_header: None,
            ..page(0, 100)
        };
        assert_eq!(check_page(&dictionary(100), 7), Some(0));
        assert_eq!(check_page(&dictionary(101), 7), None);
    }
}
