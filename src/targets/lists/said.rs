//! Offers and channels: the same for everybody or each customer's own.

use crate::stage::customer_column;
use crate::table::{Categories, Column, TableError, Tables};

use super::target::Words;

/// A word for every customer.
#[derive(Debug)]
pub(super) struct Said {
    names: Vec<String>,
    /// Place of each customer's word; none where all have the first.
    codes: Option<Vec<i32>>,
}

impl Said {
    pub(super) fn of(words: &Words, tables: &Tables) -> Result<Self, TableError> {
        Ok(match words {
            Words::None => Self { names: Vec::new(), codes: None },
            Words::Same(word) => Self { names: vec![word.clone()], codes: None },
            Words::Column(name) => {
                let categories = match customer_column(tables, name)? {
                    Column::Category(categories) => categories,
                    column => {
                        let cells: Vec<String> = (0..column.len()).map(|row| column.display(row)).collect();
                        let filled = cells.iter().map(|cell| Some(cell.as_str()).filter(|cell| !cell.is_empty()));
                        Categories::from_words(&filled.collect::<Vec<_>>())
                    }
                };
                let codes = categories.codes.iter().map(|code| code.unwrap_or(-1)).collect();
                Self { names: categories.names.to_vec(), codes: Some(codes) }
            }
        })
    }

    /// All words.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is a word for anybody at all.
    pub(super) fn is_said(&self) -> bool {
        self.codes.is_some() || !self.names.is_empty()
    }

    /// Place of a customer's word.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        match &self.codes {
            Some(codes) => usize::try_from(codes[row]).ok(),
            None => (!self.names.is_empty()).then_some(0),
        }
    }

    /// A customer's word.
    pub(super) fn word(&self, row: usize) -> Option<&str> {
        self.place(row).map(|place| self.names[place].as_str())
    }
}
