//! Reading clean CSV, beside polars' own reader in the same run.
//!
//! Both give every column as text in batches, in file order. The ratio is of CPU seconds, medians of the rounds;
//! `cargo bench --bench reading`.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::fmt::Write as _;
use std::num::NonZeroUsize;
use std::path::Path;

use acrm::source::{ColumnMap, Format, InputFile, SourceError, SourceFile, SourceOptions, batches, head};
use polars::prelude::*;

const ROWS: u64 = 3_000_000;
const ROUNDS: usize = 7;

/// Lines of a shop: ids, times, text and money, every tenth line with quotes when asked for.
fn write_lines(path: &Path, quoted: bool) {
    let mut text = String::from("customer_id,timestamp,transaction_id,product_id,category,quantity,amount,channel\n");
    for n in 0..ROWS {
        let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let category = if quoted && n % 10 == 0 { "\"Home, garden\"" } else { "Home and garden" };
        let _ = writeln!(
            text,
            "C{:07},2024-{:02}-{:02} {:02}:{:02}:00,T{:09},P{:05},{category},{},{}.{:02},{}",
            spread >> 44,
            n % 12 + 1,
            n % 28 + 1,
            n % 24,
            n % 60,
            n / 3,
            (spread >> 32) % 20_000,
            n % 5 + 1,
            n % 400,
            n % 100,
            ["web", "store", "phone"][n as usize % 3]
        );
    }
    std::fs::write(path, text).expect("written");
}

/// CPU seconds of this process so far, to the hundredth: user and system ticks of `/proc/self/stat`.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let fields = stat.rsplit(") ").next().expect("a name in brackets").split(' ');
    fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().expect("ticks")).sum::<f64>() / 100.0
}

fn ours(file: &InputFile) -> usize {
    let head = head("transactions", file, &SourceOptions::default()).expect("a head");
    let columns = ColumnMap(head.names().map(|name| (name.to_owned(), name.to_owned())).collect());
    let source = SourceFile { file: file.clone(), head, columns };
    let mut rows = 0;
    batches("transactions", &source, |batch| -> Result<(), SourceError> {
        rows += batch.frame.height();
        Ok(())
    })
    .expect("read");
    rows
}

fn theirs(path: &Path) -> usize {
    let reader = LazyCsvReader::new(PlRefPath::try_from_path(path).expect("a path"));
    let frame = reader.with_infer_schema_length(Some(0)).with_low_memory(true).with_rechunk(false).finish();
    let batches = frame
        .and_then(|frame| frame.collect_batches(Engine::Streaming, true, NonZeroUsize::new(1 << 16), false))
        .expect("a plan");
    batches.map(|batch| batch.expect("read").height()).sum()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for quoted in [false, true] {
        let path = folder.path().join("lines.csv");
        write_lines(&path, quoted);
        let file = InputFile::local(path.clone(), "lines.csv".into(), Format::Csv).expect("there");
        let (mut own, mut peer) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
        for _ in 0..ROUNDS {
            let (wall, cpu) = (std::time::Instant::now(), cpu_seconds());
            assert_eq!(ours(&file) as u64, ROWS);
            own.0.push(cpu_seconds() - cpu);
            own.1.push(wall.elapsed().as_secs_f64());
            let (wall, cpu) = (std::time::Instant::now(), cpu_seconds());
            assert_eq!(theirs(&path) as u64, ROWS);
            peer.0.push(cpu_seconds() - cpu);
            peer.1.push(wall.elapsed().as_secs_f64());
        }
        let (own, peer) = ((median(own.0), median(own.1)), (median(peer.0), median(peer.1)));
        let what = if quoted { "with quoted fields" } else { "without quotes" };
        println!(
            "{ROWS} lines {what}: acrm {:.3} CPU s, {:.3} s; polars {:.3} CPU s, {:.3} s; acrm / polars: CPU {:.2}, time {:.2}",
            own.0,
            own.1,
            peer.0,
            peer.1,
            own.0 / peer.0,
            own.1 / peer.1
        );
    }
}
