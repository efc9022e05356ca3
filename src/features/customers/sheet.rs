//! Columns that are filled block by block: the figures of a customer are fetched from memory once for all columns.

use arrow::array::{ArrowPrimitiveType, PrimitiveArray, PrimitiveBuilder};

use crate::purchases::Folded;
use crate::table::{Column, EmptyCells, TableBuilder};

/// Customers of a block: their figures stay in the cache of a core.
pub(super) const BLOCK: usize = 1024;

/// Columns under construction.
pub(super) struct Sheet<'a> {
    rows: usize,
    /// A column without a filling stays empty.
    columns: Vec<(&'static str, Option<Box<dyn Filling + 'a>>)>,
}

impl<'a> Sheet<'a> {
    /// For about so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self { rows, columns: Vec::new() }
    }

    /// Adds a column of a value of each customer; empty altogether when nothing is `known`.
    pub(super) fn add<T: ArrowPrimitiveType>(
        &mut self,
        name: &'static str,
        known: bool,
        wrap: impl FnOnce(PrimitiveArray<T>) -> Column + 'a,
        value: impl Fn(&Folded) -> Option<T::Native> + 'a,
    ) -> &mut Self {
        let filling = known.then(|| -> Box<dyn Filling + 'a> {
            Box::new(Cells { cells: PrimitiveBuilder::<T>::with_capacity(self.rows), value, wrap })
        });
        self.columns.push((name, filling));
        self
    }

    /// Adds the cells of some customers.
    pub(super) fn fill(&mut self, block: &[Folded]) {
        self.columns.iter_mut().filter_map(|(_, filling)| filling.as_mut()).for_each(|filling| filling.fill(block));
    }

    /// Hands the columns over to a table.
    pub(super) fn finish(self, builder: TableBuilder, empty: &EmptyCells) -> TableBuilder {
        self.columns.into_iter().fold(builder, |builder, (name, filling)| match filling {
            Some(filling) => builder.with(name, filling.finish()),
            None => builder.empty(name, empty),
        })
    }
}

/// A column under construction.
trait Filling {
    fn fill(&mut self, block: &[Folded]);
    fn finish(self: Box<Self>) -> Column;
}

struct Cells<T: ArrowPrimitiveType, V, W> {
    cells: PrimitiveBuilder<T>,
    value: V,
    wrap: W,
}

impl<T, V, W> Filling for Cells<T, V, W>
where
    T: ArrowPrimitiveType,
    V: Fn(&Folded) -> Option<T::Native>,
    W: FnOnce(PrimitiveArray<T>) -> Column,
{
    fn fill(&mut self, block: &[Folded]) {
        block.iter().for_each(|folded| self.cells.append_option((self.value)(folded)));
    }

    fn finish(mut self: Box<Self>) -> Column {
        let cells = self.cells.finish();
        (self.wrap)(cells)
    }
}
