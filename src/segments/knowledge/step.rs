//! The tables.

use arrow::array::{Array, Int64Array, StringArray};
use rayon::prelude::*;

use crate::stage::{Output, StageError, StageInputs, Step, customer_column};
use crate::table::{Categories, Column, Quality, Table, TableBuilder, TableError, beside};

use super::analysis::KnowledgeOptions;
use super::contract::{KNOWLEDGE, KNOWLEDGE_GAPS, KNOWLEDGE_TODO};
use super::held::{Held, Knowledge, Row, Sources};

#[derive(Debug)]
pub(super) struct KnowledgeStep {
    pub(super) options: KnowledgeOptions,
}

/// Everything that the tables are made of.
struct View<'a> {
    ids: &'a StringArray,
    rows: Vec<Row>,
    values: Vec<f64>,
    collected: Vec<Knowledge>,
    /// Mean value of the customers of whom a kind is held, by kind.
    worth: [f64; Knowledge::ALL.len()],
}

impl Step for KnowledgeStep {
    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let cleaned = inputs.cleaned;
        if cleaned.attributes.keys.is_empty() && !cleaned.feedback.known && !cleaned.interactions.known {
            return Ok(Output::default());
        }
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let stale = self.options.stale_after_days as i32;
        let sources = Sources::of(customers, cleaned, inputs.run.as_of, stale)?;
        let rows = (0..ids.len()).into_par_iter().map(|row| sources.row(ids, row)).collect::<Vec<_>>();
        let values = values(inputs)?;
        let collected = Knowledge::ALL.into_iter().filter(|kind| sources.collects(*kind)).collect::<Vec<_>>();
        let worth = worth(&rows, &values);
        let view = View { ids, rows, values, collected, worth };
        let Column::Category(segments) = customer_column(inputs.tables, "rfm_segment")? else {
            return Err(StageError::Data("`rfm_segment` is not words".into()));
        };
        let coverage = (0..ids.len()).map(|row| view.coverage(row)).sum::<f64>() / ids.len().max(1) as f64;
        let quality =
            vec![Quality::measured("knowledge", "mean_coverage", coverage, "of the kinds that are collected")];
        let tables = vec![view.table()?, view.gaps(&segments)?, view.todo(self.options.todo_customers as usize)?];
        Ok(Output { tables, quality, ..Output::default() })
    }
}

/// The value of each customer: over the longest horizon of CLV, or what was spent.
fn values(inputs: &StageInputs<'_>) -> Result<Vec<f64>, StageError> {
    let customers = inputs.tables.get("customers")?;
    let clv = inputs.tables.get("clv")?;
    let horizon = |name: &str| name.strip_prefix("clv_")?.strip_suffix('d')?.parse::<u32>().ok();
    let is_told = |column: &Column| column.null_count() < column.len();
    let longest = clv.columns().iter().filter_map(|(name, column)| Some((horizon(name)?, name, column)));
    let longest = longest.max_by_key(|(days, ..)| *days).filter(|(.., column)| is_told(column));
    let worth = match longest {
        Some((_, name, _)) => beside(customers, clv, name)?.numbers(),
        None => customers.column("spend_net")?.numbers(),
    };
    Ok(worth.into_iter().map(|value| if value.is_nan() { 0.0 } else { value }).collect())
}

/// Mean value of the customers of whom each kind is held.
fn worth(rows: &[Row], values: &[f64]) -> [f64; Knowledge::ALL.len()] {
    let mut sums = [(0.0, 0_u64); Knowledge::ALL.len()];
    for (row, value) in rows.iter().zip(values) {
        for (sum, held) in sums.iter_mut().zip(row.held) {
            if held == Held::Fresh {
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
    }
    sums.map(|(sum, count)| if count == 0 { 0.0 } else { sum / count as f64 })
}

impl View<'_> {
    fn coverage(&self, row: usize) -> f64 {
        let held = self.collected.iter().filter(|kind| self.rows[row].held[**kind as usize] == Held::Fresh).count();
        held as f64 / self.collected.len() as f64
    }

    /// Of what is collected and not held, the kind whose knowledge goes with the highest value.
    fn most_wanted(&self, row: usize) -> Option<Knowledge> {
        let wanted = self.collected.iter().filter(|kind| self.rows[row].held[**kind as usize] != Held::Fresh);
        let by_worth = |a: &&Knowledge, b: &&Knowledge| {
            self.worth[**a as usize].total_cmp(&self.worth[**b as usize]).then_with(|| b.cmp(a))
        };
        wanted.max_by(by_worth).copied()
    }

    fn table(&self) -> Result<Table, TableError> {
        let mut builder = TableBuilder::new(&KNOWLEDGE).text("customer_id", self.ids.clone());
        for kind in Knowledge::ALL {
            let codes = self.rows.iter().map(|row| row.held[kind as usize] as i32).collect();
            let words = Categories::from_codes(codes, Held::NAMES.map(str::to_owned).to_vec());
            builder = builder.category(&format!("knows_{}", kind.name()), words);
        }
        let ages =
            |age: fn(&Row) -> Option<i32>| self.rows.iter().map(|row| age(row).map(i64::from)).collect::<Int64Array>();
        let wanted = (0..self.rows.len()).map(|row| self.most_wanted(row).map_or(-1, |kind| kind as i32)).collect();
        builder
            .count("behaviour_age_days", ages(|row| row.behaviour_age))
            .count("feedback_age_days", ages(|row| row.feedback_age))
            .count("service_age_days", ages(|row| row.service_age))
            .real("knowledge_coverage", (0..self.rows.len()).map(|row| self.coverage(row)).collect::<Vec<_>>())
            .real("value_at_stake", self.values.clone())
            .category("most_wanted", Categories::from_codes(wanted, kind_names()))
            .build()
    }

    fn gaps(&self, segments: &Categories) -> Result<Table, TableError> {
        // by kind and segment, those in none first
        let mut cells = vec![vec![[0.0_f64; 5]; segments.names.len() + 1]; Knowledge::ALL.len()];
        for (at, row) in self.rows.iter().enumerate() {
            let segment = if segments.codes.is_null(at) { 0 } else { segments.codes.value(at) as usize + 1 };
            for kind in Knowledge::ALL {
                let cell = &mut cells[kind as usize][segment];
                let held = row.held[kind as usize];
                let is = |state: Held| f64::from(u8::from(held == state));
                let at_stake = if held == Held::Fresh { 0.0 } else { self.values[at] };
                let own = [1.0, is(Held::Missing), is(Held::Stale), at_stake, self.values[at]];
                cell.iter_mut().zip(own).for_each(|(sum, value)| *sum += value);
            }
        }
        let named = |segment: usize| segment.checked_sub(1).map(|at| segments.names[at].as_str());
        let of_kind =
            |kind: Knowledge| cells[kind as usize].iter().enumerate().map(move |(at, cell)| ((kind, named(at)), *cell));
        let mut rows =
            Knowledge::ALL.into_iter().flat_map(of_kind).filter(|(_, cell)| cell[0] > 0.0).collect::<Vec<_>>();
        rows.sort_by(|(a, x), (b, y)| y[3].total_cmp(&x[3]).then_with(|| a.cmp(b)));
        let count = |column: usize| rows.iter().map(|(_, cell)| cell[column] as i64).collect::<Vec<_>>();
        let segments = rows.iter().map(|((_, segment), _)| *segment).collect::<Vec<_>>();
        let collected = rows.iter().map(|((kind, _), _)| Some(self.collected.contains(kind))).collect();
        let share = |cell: &[f64; 5]| if cell[4] > 0.0 { cell[3] / cell[4] } else { 0.0 };
        TableBuilder::new(&KNOWLEDGE_GAPS)
            .category("knowledge", kinds(rows.iter().map(|((kind, _), _)| *kind)))
            .category("rfm_segment", Categories::from_words(&segments))
            .with("is_collected", Column::Flag(collected))
            .count("customers", count(0))
            .count("missing", count(1))
            .count("stale", count(2))
            .real("value_at_stake", rows.iter().map(|(_, cell)| cell[3]).collect::<Vec<_>>())
            .real("value_share", rows.iter().map(|(_, cell)| share(cell)).collect::<Vec<_>>())
            .build()
    }

    fn todo(&self, most: usize) -> Result<Table, TableError> {
        let mut open = (0..self.rows.len()).filter_map(|row| Some((row, self.most_wanted(row)?))).collect::<Vec<_>>();
        // rows are in the order of the ids, so that equal values keep it
        let order = |(a, _): &(usize, Knowledge), (b, _): &(usize, Knowledge)| {
            self.values[*b].total_cmp(&self.values[*a]).then_with(|| a.cmp(b))
        };
        if open.len() > most {
            open.select_nth_unstable_by(most, order);
            open.truncate(most);
        }
        open.sort_unstable_by(order);
        let states = open.iter().map(|(row, kind)| self.rows[*row].held[*kind as usize] as i32).collect();
        let actions = open.iter().map(|(_, kind)| Some(kind.action())).collect::<Vec<_>>();
        TableBuilder::new(&KNOWLEDGE_TODO)
            .count("rank", (1..=open.len() as i64).collect::<Vec<_>>())
            .text("customer_id", StringArray::from_iter_values(open.iter().map(|(row, _)| self.ids.value(*row))))
            .category("knowledge", kinds(open.iter().map(|(_, kind)| *kind)))
            .category("state", Categories::from_codes(states, Held::NAMES.map(str::to_owned).to_vec()))
            .category("action", Categories::from_words(&actions))
            .real("value_at_stake", open.iter().map(|(row, _)| self.values[*row]).collect::<Vec<_>>())
            .build()
    }
}

fn kind_names() -> Vec<String> {
    Knowledge::ALL.map(|kind| kind.name().to_owned()).to_vec()
}

fn kinds(rows: impl Iterator<Item = Knowledge>) -> Categories {
    Categories::from_codes(rows.map(|kind| kind as i32).collect(), kind_names())
}
