//! Accepted transaction lines, kept in partitions by customer so that each can be folded on its own in cache.
//!
//! Lines go to memory up to a budget and then to temporary files, one per partition: transactions are never all
//! in memory, however many there are.

use std::borrow::Cow;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Result, Write};
use std::path::PathBuf;

/// Number of partitions; at eight million lines each is a few hundred kilobytes.
pub const PARTITIONS: usize = 512;

/// Bytes of lines kept in memory before they go to temporary files.
const MEMORY_BUDGET_BYTES: usize = 384 << 20;

/// Lines in a block of a partition.
const BLOCK_LINES: usize = 512;

/// [`Extra::margin`] of a line without one.
pub const NO_MARGIN: i64 = i64::MIN;

/// An accepted line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// Key of the customer.
    pub customer: u64,
    /// Key of the order; meaningless when `has_order` is false.
    pub order: u64,
    /// Money in ten-thousandths; zero when the log has no money.
    pub amount: i64,
    /// Minutes since 1970-01-01 00:00 business time.
    pub minute: i32,
    /// Whether the line names its order.
    pub has_order: bool,
}

/// What only some logs carry about a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extra {
    /// Key of the order that a refund takes back; zero for none.
    pub original: u64,
    /// Margin in ten-thousandths, or [`NO_MARGIN`].
    pub margin: i64,
    /// Hash of every mapped column, for merging duplicates.
    pub identity: u64,
    /// Channel number, or `u32::MAX`.
    pub channel: u32,
    /// Category number, or `u32::MAX`.
    pub category: u32,
    /// Product number, or `u32::MAX`.
    pub product: u32,
    /// Store number, or `u32::MAX`.
    pub store: u32,
    /// Pieces in ten-thousandths; zero when not told.
    pub quantity: i64,
    /// Money taken off in ten-thousandths; zero when not told.
    pub discount: i64,
}

const LINE_BYTES: usize = 29;
const EXTRA_BYTES: usize = 56;

#[derive(Debug, Default)]
struct Partition {
    /// The block that lines are added to, and its extras.
    open: Vec<Line>,
    open_extras: Vec<Extra>,
    /// Full blocks.
    blocks: Vec<Vec<Line>>,
    extras: Vec<Vec<Extra>>,
    spilled: Option<PathBuf>,
}

impl Partition {
    /// Puts the open block, which is full or empty, beside the others and opens another.
    #[cold]
    fn next_block(&mut self, with_extras: bool) {
        let full = std::mem::replace(&mut self.open, Vec::with_capacity(BLOCK_LINES));
        let extras = if with_extras { Vec::with_capacity(BLOCK_LINES) } else { Vec::new() };
        let full_extras = std::mem::replace(&mut self.open_extras, extras);
        if !full.is_empty() {
            self.blocks.push(full);
        }
        if !full_extras.is_empty() {
            self.extras.push(full_extras);
        }
    }

    /// All blocks, each with its extras.
    fn all(&self) -> impl Iterator<Item = (&[Line], &[Extra])> {
        let full = self.blocks.iter().enumerate().map(|(at, lines)| (lines, self.extras.get(at)));
        let open = (!self.open.is_empty()).then_some((&self.open, Some(&self.open_extras)));
        full.chain(open).map(|(lines, extras)| (lines.as_slice(), extras.map_or(&[][..], Vec::as_slice)))
    }
}

/// Accepted lines by partition.
#[derive(Debug)]
pub struct Ledger {
    partitions: Vec<Partition>,
    with_extras: bool,
    lines: u64,
    bytes_in_memory: usize,
    scratch: PathBuf,
}

impl Ledger {
    /// An empty ledger that may write temporary files into `scratch`.
    pub fn new(with_extras: bool, scratch: PathBuf) -> Self {
        let partitions = std::iter::repeat_with(Partition::default).take(PARTITIONS).collect();
        Self { partitions, with_extras, lines: 0, bytes_in_memory: 0, scratch }
    }

    /// Number of lines.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether the lines carry extras.
    pub fn has_extras(&self) -> bool {
        self.with_extras
    }

    /// Adds a line; `extra` must be there just when the ledger has extras.
    ///
    /// # Errors
    /// When a temporary file can't be written.
    #[inline]
    pub fn push(&mut self, line: Line, extra: Option<Extra>) -> Result<()> {
        let partition = &mut self.partitions[partition_of(line.customer)];
        let full = partition.open.len() == partition.open.capacity();
        if full {
            partition.next_block(self.with_extras);
            let extra = if self.with_extras { size_of::<Extra>() } else { 0 };
            self.bytes_in_memory += BLOCK_LINES * (size_of::<Line>() + extra);
        }
        partition.open.push(line);
        if let (true, Some(extra)) = (self.with_extras, extra) {
            partition.open_extras.push(extra);
        }
        self.lines += 1;
        if full && self.bytes_in_memory > MEMORY_BUDGET_BYTES { self.spill() } else { Ok(()) }
    }

    /// The same lines under other customers, in partitions of these.
    ///
    /// # Errors
    /// When a temporary file can't be written or read.
    pub(super) fn rekeyed(&self, key: impl Fn(u64) -> u64) -> Result<Self> {
        let mut next = Self::new(self.with_extras, self.scratch.join("persons"));
        for number in 0..PARTITIONS {
            let partition = self.partition(number)?;
            let mut extras = partition.extras();
            for line in partition.lines() {
                next.push(Line { customer: key(line.customer), ..*line }, extras.next().copied())?;
            }
        }
        Ok(next)
    }

    /// Lets the lines go; what was folded from them stays. The count is kept.
    pub fn clear(&mut self) {
        self.partitions.iter_mut().for_each(|partition| *partition = Partition::default());
    }

    fn spill(&mut self) -> Result<()> {
        std::fs::create_dir_all(&self.scratch)?;
        for (number, partition) in self.partitions.iter_mut().enumerate() {
            let path = self.scratch.join(format!("lines-{number}"));
            let mut file = BufWriter::new(File::options().create(true).append(true).open(&path)?);
            for (lines, extras) in partition.all() {
                for (row, line) in lines.iter().enumerate() {
                    write_line(&mut file, line)?;
                    if let Some(extra) = extras.get(row) {
                        write_extra(&mut file, extra)?;
                    }
                }
            }
            file.flush()?;
            *partition = Partition { spilled: Some(path), ..Partition::default() };
        }
        self.bytes_in_memory = 0;
        Ok(())
    }

    /// The lines of a partition, and their extras (none when the ledger has none), in pieces.
    ///
    /// # Errors
    /// When a temporary file can't be read.
    pub fn partition(&self, number: usize) -> Result<PartitionLines<'_>> {
        let partition = &self.partitions[number];
        let mut found = PartitionLines::default();
        if let Some(path) = &partition.spilled {
            let (mut lines, mut extras) = (Vec::new(), Vec::new());
            read_spilled(path, self.with_extras, &mut lines, &mut extras)?;
            found.lines.push(Cow::Owned(lines));
            found.extras.push(Cow::Owned(extras));
        }
        for (lines, extras) in partition.all() {
            found.lines.push(Cow::Borrowed(lines));
            found.extras.push(Cow::Borrowed(extras));
        }
        Ok(found)
    }
}

/// The lines of a partition in pieces, without copying those in memory.
#[derive(Debug, Default)]
pub struct PartitionLines<'a> {
    lines: Vec<Cow<'a, [Line]>>,
    extras: Vec<Cow<'a, [Extra]>>,
}

impl PartitionLines<'_> {
    /// The lines in the order they were added.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().flat_map(|piece| piece.iter())
    }

    /// The extras, one per line, or none at all.
    pub fn extras(&self) -> impl Iterator<Item = &Extra> {
        self.extras.iter().flat_map(|piece| piece.iter())
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.lines.iter().map(|piece| piece.len()).sum()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lines of some customers only.
    #[must_use]
    pub fn of_customers(&self, keep: impl Fn(u64) -> bool) -> PartitionLines<'static> {
        let lines = self.lines().filter(|line| keep(line.customer)).copied().collect();
        let with_extras = self.lines().zip(self.extras()).filter(|(line, _)| keep(line.customer));
        let extras = with_extras.map(|(_, extra)| *extra).collect();
        PartitionLines { lines: vec![Cow::Owned(lines)], extras: vec![Cow::Owned(extras)] }
    }
}

/// The partition of a customer: the high bits of a multiplicative hash (Knuth, TAOCP 6.4).
#[inline]
fn partition_of(customer: u64) -> usize {
    let spread = customer.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (spread >> (64 - PARTITIONS.trailing_zeros())) as usize
}

fn write_line(out: &mut impl Write, line: &Line) -> Result<()> {
    out.write_all(&line.customer.to_le_bytes())?;
    out.write_all(&line.order.to_le_bytes())?;
    out.write_all(&line.amount.to_le_bytes())?;
    out.write_all(&line.minute.to_le_bytes())?;
    out.write_all(&[u8::from(line.has_order)])
}

fn write_extra(out: &mut impl Write, extra: &Extra) -> Result<()> {
    out.write_all(&extra.original.to_le_bytes())?;
    out.write_all(&extra.margin.to_le_bytes())?;
    out.write_all(&extra.identity.to_le_bytes())?;
    out.write_all(&extra.channel.to_le_bytes())?;
    out.write_all(&extra.category.to_le_bytes())?;
    out.write_all(&extra.product.to_le_bytes())?;
    out.write_all(&extra.store.to_le_bytes())?;
    out.write_all(&extra.quantity.to_le_bytes())?;
    out.write_all(&extra.discount.to_le_bytes())
}

fn read_spilled(path: &PathBuf, with_extras: bool, lines: &mut Vec<Line>, extras: &mut Vec<Extra>) -> Result<()> {
    let file = File::open(path)?;
    let record = LINE_BYTES + if with_extras { EXTRA_BYTES } else { 0 };
    let count = file.metadata()?.len() as usize / record;
    lines.reserve_exact(count);
    let mut input = BufReader::with_capacity(1 << 16, file);
    let mut bytes = [0_u8; LINE_BYTES + EXTRA_BYTES];
    for _ in 0..count {
        input.read_exact(&mut bytes[..record])?;
        lines.push(Line {
            customer: eight(&bytes, 0),
            order: eight(&bytes, 8),
            amount: eight(&bytes, 16).cast_signed(),
            minute: four(&bytes, 24).cast_signed(),
            has_order: bytes[28] == 1,
        });
        if with_extras {
            extras.push(Extra {
                original: eight(&bytes, 29),
                margin: eight(&bytes, 37).cast_signed(),
                identity: eight(&bytes, 45),
                channel: four(&bytes, 53),
                category: four(&bytes, 57),
                product: four(&bytes, 61),
                store: four(&bytes, 65),
                quantity: eight(&bytes, 69).cast_signed(),
                discount: eight(&bytes, 77).cast_signed(),
            });
        }
    }
    Ok(())
}

fn eight(bytes: &[u8], at: usize) -> u64 {
    let mut part = [0; 8];
    part.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(part)
}

fn four(bytes: &[u8], at: usize) -> u32 {
    let mut part = [0; 4];
    part.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(n: u64) -> (Line, Extra) {
        let line = Line {
            customer: n % 97,
            order: n.wrapping_mul(7),
            amount: -(n.cast_signed()) * 3,
            minute: n as i32 - 500,
            has_order: n % 3 == 0,
        };
        let extra = Extra {
            original: n,
            margin: NO_MARGIN,
            identity: !n,
            channel: u32::MAX,
            category: n as u32,
            product: n as u32 + 1,
            store: 7,
            quantity: -4,
            discount: n as i64,
        };
        (line, extra)
    }

    fn all(ledger: &Ledger) -> Vec<(Line, Extra)> {
        let mut found = Vec::new();
        for number in 0..PARTITIONS {
            let partition = ledger.partition(number).unwrap();
            assert!(partition.lines().all(|l| partition_of(l.customer) == number));
            found.extend(partition.lines().copied().zip(partition.extras().copied()));
        }
        found.sort_by_key(|(_, e)| e.original);
        found
    }

    #[test]
    fn spilled_lines_come_back_as_they_were() {
        let scratch = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::new(true, scratch.path().join("spill"));
        let expected: Vec<_> = (0..5000).map(sample).collect();
        for (at, (line, extra)) in expected.iter().enumerate() {
            ledger.push(*line, Some(*extra)).unwrap();
            if at == 1700 || at == 3100 {
                ledger.spill().unwrap();
            }
        }
        assert_eq!(ledger.lines(), 5000);
        assert_eq!(all(&ledger), expected);
    }

    #[test]
    fn lines_without_extras_spill_too() {
        let scratch = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::new(false, scratch.path().to_owned());
        for n in 0..100 {
            ledger.push(sample(n).0, None).unwrap();
        }
        ledger.spill().unwrap();
        let total: usize = (0..PARTITIONS).map(|n| ledger.partition(n).unwrap().len()).sum();
        assert_eq!(total, 100);
    }
}
