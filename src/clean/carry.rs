//! Lines of one order on which only the first says what holds for all.

use polars::prelude::*;

use hashbrown::HashSet;

use super::ids::hash_text;
use super::options::CleanOptions;

/// Columns that hold for all lines of an order.
const OF_THE_ORDER: &[&str] = &["customer_id", "timestamp", "status", "currency", "channel"];

/// What the line before says, and which orders were met.
#[derive(Debug, Default)]
pub(super) struct Carry {
    order: Option<String>,
    values: Vec<Option<String>>,
    totalled: HashSet<u64>,
}

impl Carry {
    /// The batch with its empty cells filled from the line before of the same order, and with the total of an order
    /// on the first of its lines only, as the options have it.
    pub(super) fn apply(&mut self, frame: DataFrame, options: &CleanOptions) -> PolarsResult<DataFrame> {
        if !options.carry_down && !options.amount_is_order_total {
            return Ok(frame);
        }
        let Ok(orders) = frame.column("transaction_id") else { return Ok(frame) };
        let orders = orders.as_materialized_series().cast(&DataType::String)?;
        let orders = orders.str()?.clone();
        let mut filled = frame;
        if options.carry_down {
            filled = self.carry_down(filled, &orders)?;
        }
        if options.amount_is_order_total {
            filled = self.total_once(filled, &orders)?;
        }
        Ok(filled)
    }

    fn carry_down(&mut self, mut frame: DataFrame, orders: &StringChunked) -> PolarsResult<DataFrame> {
        let start = self.order.take();
        self.values.resize(OF_THE_ORDER.len(), None);
        for (name, carried) in OF_THE_ORDER.iter().zip(&mut self.values) {
            let Ok(column) = frame.column(name) else { continue };
            let Ok(cells) = column.as_materialized_series().str().cloned() else { continue };
            let mut order = start.as_deref();
            let mut values = Vec::with_capacity(cells.len());
            for (id, text) in orders.iter().zip(cells.iter()) {
                if id.is_none() || id != order {
                    *carried = None;
                }
                order = id;
                let text = text.filter(|t| !t.trim().is_empty()).map(str::to_owned);
                if text.is_some() {
                    carried.clone_from(&text);
                }
                values.push(text.or_else(|| carried.clone()));
            }
            let values = StringChunked::from_iter_options((*name).into(), values.into_iter());
            frame.with_column(values.into_series().into_column())?;
        }
        self.order = orders.last().map(str::to_owned);
        Ok(frame)
    }

    fn total_once(&mut self, mut frame: DataFrame, orders: &StringChunked) -> PolarsResult<DataFrame> {
        let Ok(amounts) = frame.column("amount") else { return Ok(frame) };
        let amounts = amounts.as_materialized_series().cast(&DataType::String)?;
        let once = orders.iter().zip(amounts.str()?.iter()).map(|(order, amount)| {
            let Some(order) = order.map(hash_text) else { return amount.map(str::to_owned) };
            if self.totalled.contains(&order) {
                return Some("0".to_owned());
            }
            let amount = amount.filter(|text| !text.trim().is_empty())?;
            self.totalled.insert(order);
            Some(amount.to_owned())
        });
        let once = StringChunked::from_iter_options("amount".into(), once.collect::<Vec<_>>().into_iter());
        frame.with_column(once.into_series().into_column())?;
        Ok(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(frame: &DataFrame, name: &str) -> Vec<Option<String>> {
        frame.column(name).unwrap().str().unwrap().iter().map(|t| t.map(str::to_owned)).collect()
    }

    fn frame(rows: &[(&str, &str, &str)]) -> DataFrame {
        let column = |name: &str, cells: Vec<&str>| Series::new(name.into(), cells).into_column();
        DataFrame::new(
            rows.len(),
            vec![
                column("transaction_id", rows.iter().map(|r| r.0).collect()),
                column("status", rows.iter().map(|r| r.1).collect()),
                column("amount", rows.iter().map(|r| r.2).collect()),
            ],
        )
        .unwrap()
    }

    #[test]
    fn an_order_is_carried_over_the_end_of_a_batch_and_no_further() {
        let options = CleanOptions { carry_down: true, ..CleanOptions::default() };
        let mut carry = Carry::default();
        carry.apply(frame(&[("1", "paid", "5"), ("1", "", "6")]), &options).unwrap();
        let next = carry.apply(frame(&[("1", "", "7"), ("2", "", "8")]), &options).unwrap();
        assert_eq!(texts(&next, "status"), [Some("paid".to_owned()), None]);
    }

    #[test]
    fn the_total_of_an_order_counts_once() {
        let options = CleanOptions { amount_is_order_total: true, ..CleanOptions::default() };
        let rows = [("1", "", "58"), ("1", "", ""), ("2", "", "9"), ("1", "", "58"), ("3", "", "")];
        let once = Carry::default().apply(frame(&rows), &options).unwrap();
        let expected = [Some("58"), Some("0"), Some("9"), Some("0"), None];
        assert_eq!(texts(&once, "amount"), expected.map(|t| t.map(str::to_owned)));
    }
}
