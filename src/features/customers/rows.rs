//! The rows of the customers table.

use arrow::array::{Array, Int64Array, StringArray, StringBuilder};

use crate::clean::{Cleaned, IdSpace};
use crate::purchases::{Folded, FoldedPart};

/// What each customer did, and where they stand among the known customers; in the byte order of their ids.
pub(super) struct Rows<'a> {
    parts: &'a [FoldedPart],
    /// Where each is: a part and a place in it, or none for those without transactions.
    places: Vec<Place>,
    known_keys: &'a [u64],
    /// Position among the known customers, or none; not kept when all are known, in order.
    pub(super) known: Option<Int64Array>,
    /// Their ids.
    pub(super) ids: StringArray,
}

/// A part and a place in it.
type Place = (u32, u32);

/// The place of a customer without transactions.
const NOWHERE: Place = (u32::MAX, 0);

impl<'a> Rows<'a> {
    /// Everyone who is folded or known.
    pub(super) fn of(parts: &'a [FoldedPart], cleaned: &'a Cleaned) -> Self {
        let space = &cleaned.customers;
        let known = cleaned.attributes.keys.as_slice();
        let count = parts.iter().map(|part| part.customers.len()).sum();
        let mut keys: Vec<u64> = Vec::with_capacity(count);
        let mut places: Vec<Place> = Vec::with_capacity(count);
        for (number, part) in parts.iter().enumerate() {
            keys.extend(part.customers.iter().map(|f| f.customer));
            places.extend((0..part.customers.len() as u32).map(|row| (number as u32, row)));
        }
        let order = space.order(&keys);
        let same = known.len() == count && order.iter().zip(known).all(|(at, key)| keys[*at as usize] == *key);
        if known.is_empty() || same {
            let ids = id_texts(order.iter().map(|at| keys[*at as usize]), space);
            let places = order.iter().map(|at| places[*at as usize]).collect();
            let positions = (!same).then(|| Int64Array::new_null(count));
            return Self { parts, places, known_keys: known, known: positions, ids };
        }
        keys.extend_from_slice(known);
        let (rows, positions) = merge(&keys, &space.order(&keys), count);
        let ids = id_texts(rows.iter().map(|(key, _)| *key), space);
        let place = |found: &Option<u32>| found.map_or(NOWHERE, |at| places[at as usize]);
        let places = rows.iter().map(|(_, found)| place(found)).collect();
        Self { parts, places, known_keys: known, known: Some(positions.into()), ids }
    }

    /// Number of customers.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// What a customer did.
    pub(super) fn folded(&self, row: usize) -> Folded {
        let (part, place) = self.places[row];
        let nothing = || Folded::empty(self.known_row(row).map_or(0, |known| self.known_keys[known]));
        self.parts.get(part as usize).map_or_else(nothing, |part| part.customers[place as usize])
    }

    /// The days when a customer bought.
    pub(super) fn days(&self, row: usize) -> &'a [i32] {
        let (part, place) = self.places[row];
        self.parts.get(part as usize).map_or(&[], |part| part.days_of(&part.customers[place as usize]))
    }

    /// The row of a customer among the known customers.
    pub(super) fn known_row(&self, row: usize) -> Option<usize> {
        match &self.known {
            None => Some(row),
            Some(positions) => (!positions.is_null(row)).then(|| positions.value(row) as usize),
        }
    }
}

/// Both kinds of customers in one order: the key of each with its place among the folded, and its position among the
/// known. `keys` holds those of the folded and then those of the known customers.
fn merge(keys: &[u64], order: &[u32], from_folded: usize) -> (Vec<(u64, Option<u32>)>, Vec<Option<i64>>) {
    let mut rows: Vec<(u64, Option<u32>)> = Vec::with_capacity(keys.len());
    let mut positions: Vec<Option<i64>> = Vec::with_capacity(keys.len());
    for place in order {
        let at = *place as usize;
        if rows.last().is_none_or(|(last, _)| *last != keys[at]) {
            rows.push((keys[at], None));
            positions.push(None);
        }
        if at < from_folded {
            if let Some((_, found)) = rows.last_mut() {
                *found = Some(*place);
            }
        } else if let Some(position) = positions.last_mut() {
            *position = Some((at - from_folded) as i64);
        }
    }
    (rows, positions)
}

fn id_texts(keys: impl ExactSizeIterator<Item = u64>, space: &IdSpace) -> StringArray {
    let mut ids = StringBuilder::with_capacity(keys.len(), keys.len() * 8);
    for key in keys {
        space.write_text(key, &mut ids);
        // ends the text that was written
        ids.append_value("");
    }
    ids.finish()
}
