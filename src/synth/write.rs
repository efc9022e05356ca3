//! Draws the customers chunk by chunk and writes each while the next are drawn.

use arrow::array::RecordBatch;
use rayon::prelude::*;

use super::chunk::Chunk;
use super::error::SynthError;
use super::lines::RowKind;
use super::options::{SynthOptions, SynthReport, WrittenFile};
use super::shop::Shop;
use super::sink::{self, Sink};
use super::tables::{self, STREAMED};
use super::tally::Tally;
use super::{pipeline, truth};

/// Customers of a chunk; part of the format, because rows are in time order within a chunk.
const CHUNK_CUSTOMERS: u64 = 8_192;
/// Chunks that are drawn while as many are written.
const WAVE_CHUNKS: u64 = 4;

/// The rows of a chunk as batches, and their counts.
type Drawn = (Vec<RecordBatch>, Tally);

/// Writes a synthetic retailer: seven tables, the truth behind them, and a pipeline file that runs over them.
///
/// `progress` is called with the name of the stage, the customers done and the customers in all.
///
/// # Errors
/// An option outside its range, or a file that cannot be written.
pub fn write(options: &SynthOptions, progress: &dyn Fn(&str, u64, u64)) -> Result<SynthReport, SynthError> {
    options.check()?;
    let shop = Shop::new(options);
    let mut files = Vec::new();
    let tally = stream(&shop, options, progress, &mut files)?;
    files.push(whole(options, ("products", "products"), &tables::products(&shop)?)?);
    files.push(whole(options, ("campaigns", "campaigns"), &tables::campaigns(&shop)?)?);
    sink::write_text(&options.out, "truth.json", &truth::text(&shop, options, &tally, &files)?)?;
    sink::write_text(&options.out, "pipeline.toml", &pipeline::text(options))?;
    let genuine = tally.kind(RowKind::Genuine);
    Ok(SynthReport {
        files,
        buyers: tally.buyers,
        orders: tally.patterns.orders,
        order_lines: genuine.rows,
        amount_cents: genuine.amount_cents,
        dirty_rows: tally.dirty_rows(),
    })
}

fn stream(
    shop: &Shop,
    options: &SynthOptions,
    progress: &dyn Fn(&str, u64, u64),
    files: &mut Vec<WrittenFile>,
) -> Result<Tally, SynthError> {
    let mut tally = Tally::default();
    let mut wave = draw_wave(shop, options, 0)?;
    let mut sinks = open(options, &wave)?;
    let wave_customers = CHUNK_CUSTOMERS * WAVE_CHUNKS;
    let mut number = 0;
    while !wave.is_empty() {
        for (_, counts) in &wave {
            tally.merge(counts);
        }
        let (written, next) = rayon::join(|| write_wave(&mut sinks, &wave), || draw_wave(shop, options, number + 1));
        written?;
        wave = next?;
        number += 1;
        progress("customers", (number * wave_customers).min(options.customers), options.customers);
    }
    for sink in sinks {
        files.push(sink.finish()?);
    }
    Ok(tally)
}

/// The chunks of a wave; none when all customers are drawn.
fn draw_wave(shop: &Shop, options: &SynthOptions, number: u64) -> Result<Vec<Drawn>, SynthError> {
    let first = number * WAVE_CHUNKS;
    let draw = |chunk: u64| {
        let from = (chunk * CHUNK_CUSTOMERS).min(options.customers);
        let to = ((chunk + 1) * CHUNK_CUSTOMERS).min(options.customers);
        let chunk = Chunk::draw(shop, from..to);
        Ok((tables::batches(shop, &chunk)?, chunk.tally))
    };
    let chunks = (first..first + WAVE_CHUNKS).filter(|chunk| chunk * CHUNK_CUSTOMERS < options.customers);
    chunks.collect::<Vec<_>>().into_par_iter().map(draw).collect()
}

/// Opens the streamed files; the pairs of records only if there are to be any.
fn open(options: &SynthOptions, wave: &[Drawn]) -> Result<Vec<Sink>, SynthError> {
    let Some((batches, _)) = wave.first() else {
        return Ok(Vec::new());
    };
    let wanted = STREAMED.iter().zip(batches);
    wanted
        .filter(|((table, _), _)| *table != "truth_pairs" || options.duplicate_people > 0.0)
        .map(|(file, batch)| Sink::create(&options.out, *file, batch.schema_ref(), options.format))
        .collect()
}

/// Appends the chunks of a wave in their order, the files side by side.
fn write_wave(sinks: &mut [Sink], wave: &[Drawn]) -> Result<(), SynthError> {
    sinks
        .par_iter_mut()
        .enumerate()
        .try_for_each(|(file, sink)| wave.iter().try_for_each(|(batches, _)| sink.write(&batches[file])))
}

fn whole(options: &SynthOptions, file: (&'static str, &str), batch: &RecordBatch) -> Result<WrittenFile, SynthError> {
    let mut sink = Sink::create(&options.out, file, batch.schema_ref(), options.format)?;
    sink.write(batch)?;
    sink.finish()
}
