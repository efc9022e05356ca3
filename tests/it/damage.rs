//! Damaged and hostile files: each a clear error by name, in bounded memory, and the last good output stays.

use std::io::Write;

use crate::support::{acrm, folder, root};

const PIPELINE: &str = "[pipeline]\nname = \"case\"\n[sources.transactions]\npath = \"orders.*\"\n";

/// Runs over one damaged file; what is said.
fn refused(name: &str, bytes: &[u8], options: &str) -> String {
    let folder = folder(&[("p.toml", &format!("{PIPELINE}{options}"))]);
    std::fs::write(folder.path().join(name), bytes).expect("written");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 3, "{}", ended.stderr.chars().take(2_000).collect::<String>());
    assert!(!folder.path().join("out/latest").exists());
    assert!(ended.stderr.len() < 5_000, "a message stays readable: {} bytes", ended.stderr.len());
    assert!(ended.stderr.contains(name), "{}", ended.stderr);
    ended.stderr
}

fn rows(count: usize) -> String {
    let rows: String = (0..count).map(|n| format!("C{n},2024-01-{:02},{}.50\n", n % 28 + 1, n % 90)).collect();
    format!("customer_id,timestamp,amount\n{rows}")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("compressed");
    out.finish().expect("compressed")
}

#[test]
fn archives_that_are_cut_off() {
    let whole = gzip(rows(50_000).as_bytes());
    let said = refused("orders.csv.gz", &whole[..whole.len() / 2], "");
    assert!(said.contains("cut off") || said.contains("ends"), "{said}");
    let whole = zstd::encode_all(rows(50_000).as_bytes(), 3).expect("compressed");
    refused("orders.csv.zst", &whole[..whole.len() / 2], "");
    let mut flipped = gzip(rows(50_000).as_bytes());
    let middle = flipped.len() / 2;
    flipped[middle..middle + 40].fill(0xff);
    refused("orders.csv.gz", &flipped, "");
}

#[test]
fn archives_that_unpack_to_far_more() {
    // half a gigabyte of one letter in half a megabyte
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(b"customer_id,timestamp,amount\n").expect("compressed");
    let letters = vec![b'x'; 1 << 20];
    for _ in 0..512 {
        out.write_all(&letters).expect("compressed");
    }
    let said = refused("orders.csv.gz", &out.finish().expect("compressed"), "delimiter = \",\"\n");
    assert!(said.contains("longer than 16 MiB"), "{said}");
}

#[test]
fn lines_of_a_million_columns() {
    let header = vec!["a"; 1_000_000].join(",");
    let said = refused("orders.csv", format!("{header}\n1,2\n").as_bytes(), "delimiter = \",\"\n");
    assert!(said.contains("1000000 columns"), "{said}");
    // in a row it is a row like any other that does not fit
    let folder = folder(&[("p.toml", PIPELINE)]);
    let row = vec!["1"; 1_000_000].join(",");
    std::fs::write(folder.path().join("orders.csv"), format!("{}{row}\n", rows(40))).expect("written");
    let ended = acrm(folder.path(), &["run", "p.toml"]);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
}

#[test]
fn bytes_that_are_no_text() {
    refused("orders.csv", &[0_u8; 100_000], "");
    let noise: Vec<u8> = (0..200_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for name in [
        "orders.csv",
        "orders.csv.gz",
        "orders.parquet",
        "orders.arrow",
        "orders.xlsx",
        "orders.xls",
        "orders.ods",
        "orders.json",
    ] {
        refused(name, &noise, "");
    }
    let endless = format!("{}D,2024-01-01,\"{}", rows(10), "y,".repeat(12 << 20));
    let said = refused("orders.csv", endless.as_bytes(), "");
    assert!(said.contains("line 12"), "{said}");
}

#[test]
fn nested_and_unfinished_json() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    refused("orders.json", deep.as_bytes(), "");
    refused("orders.json", b"[{\"customer_id\": 1, \"timestamp\": \"2024-01-01\"}, {\"customer_id\"", "");
}

#[test]
fn workbooks_that_are_cut_off() {
    for name in ["report.xlsx", "orders.xls", "orders.ods"] {
        let bytes = std::fs::read(root().join("tests/files").join(name)).expect("there");
        let ending = name.rsplit_once('.').expect("an ending").1;
        refused(&format!("orders.{ending}"), &bytes[..bytes.len() * 2 / 3], "");
    }
}

#[test]
fn workbooks_that_unpack_to_far_more() {
    let mut book = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated).large_file(true);
    book.start_file("xl/worksheets/sheet1.xml", options).expect("begun");
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..5_000 {
        book.write_all(&zeros).expect("compressed");
    }
    let said = refused("orders.xlsx", &book.finish().expect("finished").into_inner(), "");
    assert!(said.contains("unpacks"), "{said}");
}

/// A chain of sectors that runs in a circle, which readers follow for ever.
#[test]
fn old_workbooks_whose_sectors_run_in_a_circle() {
    let mut bytes = std::fs::read(root().join("tests/files/orders.xls")).expect("there");
    let first = u32::from_le_bytes(bytes[76..80].try_into().expect("four bytes")) as usize;
    let table = 512 * (first + 1);
    for entry in 0..4_u32 {
        let at = table + 4 * entry as usize;
        bytes[at..at + 4].copy_from_slice(&entry.to_le_bytes());
    }
    refused("orders.xls", &bytes, "");
}

/// Whatever byte of a Parquet or Arrow file's description of itself is wrong: an error or a table, never a crash.
#[test]
fn typed_files_whose_description_has_a_wrong_byte() {
    use polars::prelude::*;
    let mut frame =
        df!("customer_id" => ["A", "B"], "timestamp" => ["2024-01-01", "2024-01-02"], "amount" => [1.5, 2.5])
            .expect("a frame");
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame).expect("written");
    let mut arrow = std::io::Cursor::new(Vec::new());
    IpcWriter::new(&mut arrow).finish(&mut frame).expect("written");
    let folder = folder(&[("p.toml", PIPELINE)]);
    for (name, bytes) in [("orders.parquet", parquet), ("orders.arrow", arrow.into_inner())] {
        let length = u32::from_le_bytes(
            bytes[bytes.len() - if name.ends_with("arrow") { 10 } else { 8 }..][..4].try_into().expect("four bytes"),
        ) as usize;
        let start = bytes.len().saturating_sub(length + 10);
        for at in (start..bytes.len()).step_by(9) {
            let mut wrong = bytes.clone();
            wrong[at] ^= 0x55;
            std::fs::write(folder.path().join(name), &wrong).expect("written");
            let ended = acrm(folder.path(), &["check", "p.toml"]);
            assert!([0, 3].contains(&ended.code), "{name}, byte {at}: {}", ended.code);
        }
        std::fs::remove_file(folder.path().join(name)).expect("there");
    }
}

/// Whatever byte of the pages of a Parquet file is wrong: an error or rows, never a crash. Some make the reader ask for
/// exabytes.
#[test]
fn parquet_pages_with_a_wrong_byte() {
    use polars::prelude::*;
    let mut frame =
        df!("customer_id" => ["A", "B"], "timestamp" => ["2024-01-01", "2024-01-02"], "amount" => [1.5, 2.5])
            .expect("a frame");
    let mut parquet = Vec::new();
    ParquetWriter::new(&mut parquet).finish(&mut frame).expect("written");
    let folder = folder(&[("p.toml", PIPELINE)]);
    let length = u32::from_le_bytes(parquet[parquet.len() - 8..][..4].try_into().expect("four bytes")) as usize;
    for at in (4..parquet.len() - length - 8).step_by(5) {
        let mut wrong = parquet.clone();
        wrong[at] ^= 0x55;
        std::fs::write(folder.path().join("orders.parquet"), &wrong).expect("written");
        let ended = acrm(folder.path(), &["run", "p.toml", "--quiet"]);
        assert!([0, 3].contains(&ended.code), "byte {at}: {} {}", ended.code, ended.stderr);
    }
}
