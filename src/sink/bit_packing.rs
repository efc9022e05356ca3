//! The run-length and bit-packing hybrid of the Parquet format (`Encodings.md`, "RLE = 3"), for codes and levels.

/// Values in a bit-packed group.
const GROUP: usize = 8;

/// Bits that hold every number up to `largest`.
pub(super) fn bits_for(largest: u32) -> u8 {
    (u32::BITS - largest.leading_zeros()) as u8
}

/// Appends `values` to `out`, each below 2^`width`: whole groups of equal values as runs, the others bit-packed.
pub(super) fn encode_hybrid(values: &[u32], width: u8, out: &mut Vec<u8>) {
    let mut packed_from = 0;
    let mut at = 0;
    while at + GROUP <= values.len() {
        let run = run_length(&values[at..]);
        if run == 0 {
            at += GROUP;
            continue;
        }
        pack(&values[packed_from..at], width, out);
        write_varint((run as u64) << 1, out);
        out.extend_from_slice(&values[at].to_le_bytes()[..usize::from(width).div_ceil(8)]);
        at += run;
        packed_from = at;
    }
    pack(&values[packed_from..], width, out);
}

/// Length of the run of equal values at the start, in whole groups; 0 when the first group is not of one value.
fn run_length(values: &[u32]) -> usize {
    let first = values[0];
    let groups = values.chunks_exact(GROUP).take_while(|group| group.iter().fold(0, |diff, v| diff | (v ^ first)) == 0);
    groups.count() * GROUP
}

/// Appends one bit-packed run, its last group filled up with zeros.
fn pack(values: &[u32], width: u8, out: &mut Vec<u8>) {
    if values.is_empty() {
        return;
    }
    let groups = values.len().div_ceil(GROUP);
    write_varint(((groups as u64) << 1) | 1, out);
    let end = out.len() + groups * usize::from(width);
    let mut bits = 0_u64;
    let mut held = 0;
    for value in values {
        bits |= u64::from(*value) << held;
        held += u32::from(width);
        if held >= u32::BITS {
            out.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= u32::BITS;
            held -= u32::BITS;
        }
    }
    out.extend_from_slice(&bits.to_le_bytes()[..(held as usize).div_ceil(8)]);
    out.resize(end, 0);
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A reader of the format, written from its description and not from the writer above.
    fn decode(bytes: &[u8], width: u8, count: usize) -> Vec<u32> {
        let mut values = Vec::new();
        let mut at = 0;
        while values.len() < count {
            let mut header = 0_u64;
            for shift in (0..).step_by(7) {
                let byte = bytes[at];
                at += 1;
                header |= u64::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
            }
            if header & 1 == 0 {
                let size = usize::from(width).div_ceil(8);
                let value = bytes[at..at + size].iter().rev().fold(0, |v, b| v << 8 | u32::from(*b));
                at += size;
                values.extend(std::iter::repeat_n(value, (header >> 1) as usize));
            } else {
                for index in 0..(header >> 1) as usize * 8 {
                    let bit = |b: usize| u32::from(bytes[at + b / 8] >> (b % 8) & 1);
                    let value = (0..usize::from(width)).map(|b| bit(index * usize::from(width) + b) << b).sum();
                    values.push(value);
                }
                at += (header >> 1) as usize * usize::from(width);
            }
        }
        assert_eq!(at, bytes.len(), "bytes left over");
        values.truncate(count);
        values
    }

    #[test]
    fn every_width_and_length_comes_back() {
        for width in 0..=32_u8 {
            let largest = if width == 0 { 0 } else { u32::MAX >> (32 - width) };
            assert_eq!(bits_for(largest), width);
            for length in [0, 1, 7, 8, 9, 31, 64, 1000] {
                let mixed = (0..length as u32).map(|i| i.wrapping_mul(2_654_435_761) & largest).collect::<Vec<_>>();
                let runs = (0..length as u32).map(|i| (i / 21) & largest).collect::<Vec<_>>();
                let tail = (0..length as u32).map(|i| if i % 100 < 70 { largest } else { i & largest }).collect();
                for values in [mixed, runs, tail] {
                    let mut bytes = Vec::new();
                    encode_hybrid(&values, width, &mut bytes);
                    assert_eq!(decode(&bytes, width, length), values, "width {width}, length {length}");
                }
            }
        }
    }

    #[test]
    fn a_constant_takes_a_few_bytes() {
        let mut bytes = Vec::new();
        encode_hybrid(&vec![5; 20_000], 3, &mut bytes);
        assert_eq!(bytes.len(), 4);
    }
}
