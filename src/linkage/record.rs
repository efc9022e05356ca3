//! The records that are to be resolved, column by column.

use super::symbols::{NONE, Symbols};

/// No day.
pub(crate) const NO_DAY: i32 = i32::MIN;

/// A text column of [`Records`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it, and RawPerson documents each")]
pub enum Column {
    GivenName,
    FamilyName,
    Name,
    Email,
    Phone,
    Gender,
    Street,
    Postcode,
    City,
    Country,
    Source,
}

/// The number of text columns.
const COLUMNS: usize = Column::Source as usize + 1;

/// One record as a source writes it. Blank texts are the same as none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RawPerson<'a> {
    /// The key of the record, unique over all sources.
    pub id: &'a str,
    /// Given name or names.
    pub given_name: Option<&'a str>,
    /// Family name.
    pub family_name: Option<&'a str>,
    /// The whole name, read where given or family name is missing: `Given Family` or `Family, Given`.
    pub name: Option<&'a str>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Phone number in any notation.
    pub phone: Option<&'a str>,
    /// Day of birth, days since 1970-01-01.
    pub birth_date: Option<i32>,
    /// Gender, in any word or letter.
    pub gender: Option<&'a str>,
    /// Street and house number, or the whole address.
    pub street: Option<&'a str>,
    /// Postcode.
    pub postcode: Option<&'a str>,
    /// City.
    pub city: Option<&'a str>,
    /// Country: a two-letter code (ISO 3166-1) gives phone numbers their country; other texts are kept only.
    pub country: Option<&'a str>,
    /// The name of the source, for source priorities.
    pub source: Option<&'a str>,
    /// The day the record was last written, days since 1970-01-01: which value is newest.
    pub observed_day: Option<i32>,
}

/// A record that can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A second record with the same key.
    #[error("record `{0}` is there twice; a record key must be unique over all sources")]
    Duplicate(String),
    /// A record without a key.
    #[error("a record has no key")]
    NoKey,
}

#[derive(Debug, Clone, Default)]
struct TextColumn {
    symbols: Symbols,
    values: Vec<u32>,
}

/// Records, column by column; each distinct text is kept once. A row is named by its position from 0.
#[derive(Debug, Clone, Default)]
pub struct Records {
    ids: Symbols,
    columns: [TextColumn; COLUMNS],
    birth_date: Vec<i32>,
    observed_day: Vec<i32>,
}

impl Records {
    /// No records.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a record and gives its row.
    ///
    /// # Errors
    /// A record without key, or with the key of another.
    pub fn push(&mut self, person: RawPerson<'_>) -> Result<u32, RecordError> {
        if person.id.is_empty() {
            return Err(RecordError::NoKey);
        }
        let row = self.len() as u32;
        if self.ids.intern(person.id) != row + 1 {
            return Err(RecordError::Duplicate(person.id.to_owned()));
        }
        let texts = [
            person.given_name,
            person.family_name,
            person.name,
            person.email,
            person.phone,
            person.gender,
            person.street,
            person.postcode,
            person.city,
            person.country,
            person.source,
        ];
        for (column, text) in self.columns.iter_mut().zip(texts) {
            let symbol = column.symbols.intern(text.map_or("", str::trim));
            column.values.push(symbol);
        }
        self.birth_date.push(person.birth_date.unwrap_or(NO_DAY));
        self.observed_day.push(person.observed_day.unwrap_or(NO_DAY));
        Ok(row)
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.birth_date.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.birth_date.is_empty()
    }

    /// The key of a row.
    pub fn id(&self, row: u32) -> &str {
        self.ids.get(row + 1)
    }

    /// The row of a key.
    pub fn row(&self, id: &str) -> Option<u32> {
        self.ids.find(id).map(|symbol| symbol - 1)
    }

    /// The text of a row in a column, as it was written but for spaces at its ends.
    pub fn text(&self, row: u32, column: Column) -> Option<&str> {
        let symbol = self.symbol(row, column);
        (symbol != NONE).then(|| self.columns[column as usize].symbols.get(symbol))
    }

    /// The day of birth, days since 1970-01-01.
    pub fn birth_date(&self, row: u32) -> Option<i32> {
        Some(self.birth_date[row as usize]).filter(|day| *day != NO_DAY)
    }

    /// The day the record was last written, days since 1970-01-01.
    pub fn observed_day(&self, row: u32) -> Option<i32> {
        Some(self.observed_day[row as usize]).filter(|day| *day != NO_DAY)
    }

    /// The number of the row's text among the distinct texts of its column.
    pub(crate) fn symbol(&self, row: u32, column: Column) -> u32 {
        self.columns[column as usize].values[row as usize]
    }

    /// The distinct texts of a column.
    pub(crate) fn symbols(&self, column: Column) -> &Symbols {
        &self.columns[column as usize].symbols
    }

    /// The rows in the order of their keys: whatever the order of arrival, the same.
    pub(crate) fn rows_by_id(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        rayon::slice::ParallelSliceMut::par_sort_unstable_by(&mut rows[..], |a, b| self.id(*a).cmp(self.id(*b)));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_blanks_are_nothing() {
        let mut records = Records::new();
        let first = RawPerson { id: "b", email: Some(" x@y.org "), city: Some("  "), ..RawPerson::default() };
        assert_eq!(records.push(first), Ok(0));
        assert_eq!(records.push(RawPerson { id: "a", birth_date: Some(-3), ..RawPerson::default() }), Ok(1));
        assert_eq!(records.push(first), Err(RecordError::Duplicate("b".to_owned())));
        assert_eq!(records.push(RawPerson::default()), Err(RecordError::NoKey));
        assert_eq!(records.len(), 2);
        assert_eq!((records.text(0, Column::Email), records.text(0, Column::City)), (Some("x@y.org"), None));
        assert_eq!((records.birth_date(0), records.birth_date(1)), (None, Some(-3)));
        assert_eq!(records.rows_by_id(), [1, 0]);
        assert_eq!((records.row("a"), records.row("c")), (Some(1), None));
    }
}
