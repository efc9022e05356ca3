//! The codes of columns of few distinct values.
//!
//! The Parquet crate's own dictionary encoder hashes every cell, which for a category costs more than all else that
//! is done to it. A category comes with its codes, and a whole number in a narrow range is its own code.

use arrow::array::{Array, ArrowPrimitiveType, Int32Array, PrimitiveArray};
use arrow::buffer::NullBuffer;
use parquet::data_type::ByteArray;
use parquet::file::statistics::Statistics;

/// The distinct values of a chunk in ascending order, as Parquet stores them.
#[derive(Debug)]
pub(super) enum Values<'a> {
    /// Words in byte order.
    Words(Vec<&'a str>),
    /// Whole numbers of 32 bits, days included.
    Int32(Vec<i32>),
    /// Whole numbers of 64 bits, money included.
    Int64(Vec<i64>),
}

/// The rows of a column chunk as positions in its dictionary.
#[derive(Debug)]
pub(super) struct Coded<'a> {
    /// The dictionary.
    pub(super) values: Values<'a>,
    /// Position in the dictionary per row; of no meaning where the cell is empty.
    pub(super) codes: Vec<u32>,
    /// The empty cells, when there are any.
    pub(super) nulls: Option<NullBuffer>,
}

impl<'a> Coded<'a> {
    /// From category codes; `None` when a code has no name.
    pub(super) fn from_words(codes: &Int32Array, names: &'a [String]) -> Option<Self> {
        let used = used_offsets(codes, 0, names.len())?;
        let mut order = (0..names.len()).filter(|code| used[*code]).collect::<Vec<_>>();
        order.sort_by_key(|code| names[*code].as_bytes());
        let words = order.iter().map(|code| names[*code].as_str()).collect();
        Some(Self::new(codes, 0, &order, Values::Words(words)))
    }

    /// From 32-bit integers that lie in `low..low + span`; `None` when one doesn't.
    pub(super) fn from_int32<T>(array: &PrimitiveArray<T>, low: i64, span: usize) -> Option<Self>
    where
        T: ArrowPrimitiveType<Native = i32>,
    {
        let order = occurring(&used_offsets(array, low, span)?);
        let values = order.iter().map(|offset| (low + *offset as i64) as i32).collect();
        Some(Self::new(array, low, &order, Values::Int32(values)))
    }

    /// From 64-bit integers that lie in `low..low + span`; `None` when one doesn't.
    pub(super) fn from_int64<T>(array: &PrimitiveArray<T>, low: i64, span: usize) -> Option<Self>
    where
        T: ArrowPrimitiveType<Native = i64>,
    {
        let order = occurring(&used_offsets(array, low, span)?);
        let values = order.iter().map(|offset| low + *offset as i64).collect();
        Some(Self::new(array, low, &order, Values::Int64(values)))
    }

    /// `order` lists the offsets from `low` that occur, in the order of `values`.
    fn new<T>(array: &PrimitiveArray<T>, low: i64, order: &[usize], values: Values<'a>) -> Self
    where
        T: ArrowPrimitiveType,
        T::Native: Into<i64>,
    {
        let mut code_of = vec![0_u32; order.iter().max().map_or(1, |last| last + 1)];
        for (code, offset) in order.iter().enumerate() {
            code_of[*offset] = code as u32;
        }
        // an empty cell may hold any number
        let code = |value: T::Native| code_of.get(offset(value.into(), low)).copied().unwrap_or_default();
        let codes = if order.is_empty() {
            vec![0; array.len()]
        } else {
            array.values().iter().map(|value| code(*value)).collect()
        };
        Self { values, codes, nulls: array.nulls().filter(|nulls| nulls.null_count() > 0).cloned() }
    }
}

/// Distance from `low`; one that is negative becomes larger than any table.
fn offset(value: i64, low: i64) -> usize {
    value.wrapping_sub(low) as usize
}

/// Which of `low..low + span` occur; `None` when another number does.
fn used_offsets<T>(array: &PrimitiveArray<T>, low: i64, span: usize) -> Option<Vec<bool>>
where
    T: ArrowPrimitiveType,
    T::Native: Into<i64>,
{
    let mut used = vec![false; span];
    let values = array.values();
    match array.nulls() {
        Some(nulls) => {
            for row in nulls.valid_indices() {
                *used.get_mut(offset(values[row].into(), low))? = true;
            }
        }
        None => {
            for value in values {
                *used.get_mut(offset((*value).into(), low))? = true;
            }
        }
    }
    Some(used)
}

fn occurring(used: &[bool]) -> Vec<usize> {
    (0..used.len()).filter(|offset| used[*offset]).collect()
}

impl Values<'_> {
    /// Number of distinct values.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Words(words) => words.len(),
            Self::Int32(values) => values.len(),
            Self::Int64(values) => values.len(),
        }
    }

    /// All values in PLAIN encoding.
    pub(super) fn plain(&self) -> Vec<u8> {
        match self {
            Self::Words(words) => {
                let prefixed = words.iter().map(|word| ((word.len() as u32).to_le_bytes(), word.as_bytes()));
                prefixed.flat_map(|(length, word)| [&length[..], word].concat()).collect()
            }
            Self::Int32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Self::Int64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        }
    }

    /// One value as the column index holds it.
    pub(super) fn index_bytes(&self, code: u32) -> Vec<u8> {
        let at = code as usize;
        match self {
            Self::Words(words) => words[at].as_bytes().to_vec(),
            Self::Int32(values) => values[at].to_le_bytes().to_vec(),
            Self::Int64(values) => values[at].to_le_bytes().to_vec(),
        }
    }

    /// Statistics of the chunk: every value occurs, so the first is the least and the last the greatest.
    pub(super) fn statistics(&self, nulls: u64) -> Statistics {
        let distinct = Some(self.len() as u64);
        match self {
            Self::Words(words) => {
                let end = |word: Option<&&str>| word.map(|word| ByteArray::from(*word));
                Statistics::byte_array(end(words.first()), end(words.last()), distinct, Some(nulls), false)
            }
            Self::Int32(values) => {
                Statistics::int32(values.first().copied(), values.last().copied(), distinct, Some(nulls), false)
            }
            Self::Int64(values) => {
                Statistics::int64(values.first().copied(), values.last().copied(), distinct, Some(nulls), false)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_holds_what_occurs_in_byte_order() {
        let names = ["pear", "Apple", "unused", "fig"].map(str::to_owned);
        let codes = Int32Array::from(vec![Some(0), None, Some(3), Some(1), Some(0)]);
        let coded = Coded::from_words(&codes, &names).expect("every code has a name");
        assert!(matches!(&coded.values, Values::Words(words) if *words == ["Apple", "fig", "pear"]));
        assert_eq!((coded.codes[0], coded.codes[2], coded.codes[3]), (2, 1, 0));
        assert!(Coded::from_words(&Int32Array::from(vec![4]), &names).is_none());
        assert!(Coded::from_words(&Int32Array::from(vec![-1]), &names).is_none());
    }

    #[test]
    fn numbers_are_coded_in_their_order() {
        let coded = Coded::from_int32(&Int32Array::from(vec![-3, 7, -3, 0]), -3, 11).expect("in range");
        assert!(matches!(&coded.values, Values::Int32(values) if *values == [-3, 0, 7]));
        assert_eq!(coded.codes, [0, 2, 0, 1]);
        assert!(Coded::from_int32(&Int32Array::from(vec![8]), -3, 11).is_none());
    }
}
