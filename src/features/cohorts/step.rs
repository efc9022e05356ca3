//! The tables.

use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, BooleanArray, Float64Array, Int64Array};
use hashbrown::HashMap;

use crate::clean::{Cleaned, DAY_MINUTES, NO_MARGIN, NO_NAME};
use crate::purchases::{Names, Purchases, baskets};
use crate::stage::{Output, StageError, StageInputs, Step};
use crate::table::{Categories, Column, Money, Table, TableBuilder, TableError};

use super::analysis::CohortsOptions;
use super::contract::{COHORT_PAYBACK, COHORTS};
use super::plots::retention;
use super::tally::{Cell, Cohort, CohortBy, Member, Order, Tally};

#[derive(Debug)]
pub(super) struct CohortsStep {
    /// None when the section is not there.
    pub(super) options: Option<CohortsOptions>,
}

impl Step for CohortsStep {
    fn is_idle(&self) -> bool {
        self.options.is_none()
    }

    fn run(&self, inputs: &StageInputs<'_>) -> Result<Output, StageError> {
        let Some(options) = &self.options else { return Ok(Output::default()) };
        let (cleaned, as_of) = (inputs.cleaned, inputs.run.as_of);
        let names = Names::of(cleaned);
        let known = Known::of(cleaned);
        let tally = Mutex::new(Tally::default());
        let each = |purchases: Purchases<'_>| -> Option<()> {
            let orders = orders(purchases, options);
            let member = Member {
                first_category: first_category(purchases),
                acquisition_channel: known.channel(purchases.customer),
                acquisition_cost: known.cost(purchases.customer),
                orders: &orders,
            };
            tally.lock().unwrap_or_else(PoisonError::into_inner).add(&member, options.period, as_of);
            None
        };
        baskets(cleaned, &names, each)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let tally = tally.into_inner().unwrap_or_else(PoisonError::into_inner);
        let has_margin = cleaned.has_margin || options.margin.is_some();
        let view = View { tally: &tally, options, names: &names, known: &known, has_margin, as_of };
        let cohorts = view.cohorts(cleaned.has_money)?;
        let plots = retention(&cohorts, options.period.name())?.into_iter().collect();
        Ok(Output { tables: vec![cohorts, view.payback()?], plots, ..Output::default() })
    }
}

/// Orders with their margins: each line's own, or the share of its money that remains.
fn orders(purchases: Purchases<'_>, options: &CohortsOptions) -> Vec<Order> {
    let margin = |amount: i64| (options.margin.unwrap_or_default() * amount as f64).round() as i64;
    let order = |basket| {
        let items = purchases.items_of(basket).iter();
        let margins = items.map(|item| if item.margin == NO_MARGIN { margin(item.amount) } else { item.margin });
        let day = basket.minute.div_euclid(DAY_MINUTES);
        Order { day, revenue: basket.amount, margin: margins.fold(0, i64::saturating_add) }
    };
    purchases.baskets.iter().map(order).collect()
}

/// The category of most of the money of the first order, the first by name among equals.
fn first_category(purchases: Purchases<'_>) -> Option<i32> {
    let items = purchases.items_of(purchases.baskets.first()?);
    let mut sums: Vec<(u32, i64)> = Vec::new();
    for item in items.iter().filter(|item| item.category != NO_NAME) {
        match sums.iter_mut().find(|(category, _)| *category == item.category) {
            Some((_, sum)) => *sum = sum.saturating_add(item.amount),
            None => sums.push((item.category, item.amount)),
        }
    }
    let best = sums.into_iter().max_by_key(|(category, sum)| (*sum, std::cmp::Reverse(*category)));
    best.map(|(category, _)| category as i32)
}

/// What the customers source tells of acquisition.
struct Known<'a> {
    rows: HashMap<u64, u32>,
    channels: Option<Categories>,
    costs: Option<&'a Column>,
}

impl<'a> Known<'a> {
    fn of(cleaned: &'a Cleaned) -> Self {
        let column = |name: &str| cleaned.attributes.columns.iter().find(|(n, _)| n == name).map(|(_, column)| column);
        let channels = match column("acquisition_channel") {
            Some(Column::Category(words)) => Some(words.clone()),
            Some(Column::Text(words)) => Some(Categories::from_words(&words.iter().collect::<Vec<_>>())),
            _ => None,
        };
        let costs = column("acquisition_cost");
        let wanted = channels.is_some() || costs.is_some();
        let rows = cleaned.attributes.keys.iter().enumerate().filter(|_| wanted).map(|(row, key)| (*key, row as u32));
        Self { rows: rows.collect(), channels, costs }
    }

    fn channel(&self, customer: u64) -> Option<i32> {
        let (row, channels) = (*self.rows.get(&customer)? as usize, self.channels.as_ref()?);
        (!channels.codes.is_null(row)).then(|| channels.codes.value(row))
    }

    /// In ten-thousandths.
    fn cost(&self, customer: u64) -> Option<f64> {
        self.costs?.number(*self.rows.get(&customer)? as usize).map(|cost| cost * 10_000.0)
    }
}

/// The tally as tables.
struct View<'a> {
    tally: &'a Tally,
    options: &'a CohortsOptions,
    names: &'a Names,
    known: &'a Known<'a>,
    has_margin: bool,
    as_of: i32,
}

/// A row of the table: the cohort, the age, and what was seen.
struct Row<'a> {
    by: CohortBy,
    which: i32,
    period: usize,
    cohort: &'a Cohort,
    cell: Option<Cell>,
    cumulative: (f64, f64),
}

impl View<'_> {
    fn label(&self, by: CohortBy, which: i32) -> String {
        match by {
            CohortBy::FirstPurchase => self.options.period.label(which),
            CohortBy::FirstCategory => self.names.categories.get(which as usize).cloned().unwrap_or_default(),
            CohortBy::AcquisitionChannel => {
                let names = self.known.channels.as_ref().map(|channels| &channels.names);
                names.and_then(|names| names.get(which as usize)).cloned().unwrap_or_default()
            }
        }
    }

    /// Every age of every cohort up to the greatest of its kind.
    fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        for by in CohortBy::ALL {
            let own = || self.tally.0.iter().filter(move |((kind, _), _)| *kind == by);
            let ages = own().map(|(_, cohort)| cohort.cells.len()).max().unwrap_or_default();
            for ((_, which), cohort) in own() {
                let mut cumulative = (0.0, 0.0);
                for period in 0..ages {
                    let cell = cohort.cells.get(period).copied();
                    if let Some(cell) = cell {
                        let per_head = |money: i64| Money(money).to_f64() / cell.observed as f64;
                        cumulative = (cumulative.0 + per_head(cell.revenue), cumulative.1 + per_head(cell.margin));
                    }
                    rows.push(Row { by, which: *which, period, cohort, cell, cumulative });
                }
            }
        }
        rows
    }

    fn is_complete(&self, row: &Row<'_>) -> bool {
        let end = |number: i32| self.options.period.start(number + 1) - 1;
        row.by != CohortBy::FirstPurchase || end(row.which + row.period as i32) <= self.as_of
    }

    fn cohorts(&self, has_money: bool) -> Result<Table, TableError> {
        let rows = self.rows();
        let count = |value: fn(&Cell) -> i64, known: bool| {
            rows.iter().map(|row| row.cell.as_ref().filter(|_| known).map(value)).collect::<Int64Array>()
        };
        let real = |value: fn(&Row<'_>) -> f64, known: bool| {
            rows.iter().map(|row| row.cell.filter(|_| known).map(|_| value(row))).collect::<Float64Array>()
        };
        let labels = rows.iter().map(|row| self.label(row.by, row.which)).collect::<Vec<_>>();
        let complete = rows.iter().map(|row| row.cell.map(|_| self.is_complete(row))).collect::<BooleanArray>();
        let retention = |row: &Row<'_>| row.cell.map_or(0.0, |cell| cell.active as f64 / cell.observed as f64);
        TableBuilder::new(&COHORTS)
            .category("cohort_by", kinds(rows.iter().map(|row| row.by)))
            .category("cohort", Categories::from_words(&labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()))
            .count("period", rows.iter().map(|row| row.period as i64).collect::<Vec<_>>())
            .count("cohort_customers", rows.iter().map(|row| row.cohort.customers).collect::<Vec<_>>())
            .count("customers_observed", count(|cell| cell.observed, true))
            .with("is_complete", Column::Flag(complete))
            .count("active", count(|cell| cell.active, true))
            .real("retention", real(retention, true))
            .money("revenue", count(|cell| cell.revenue, has_money))
            .money("margin", count(|cell| cell.margin, self.has_margin))
            .real("cumulative_revenue_per_customer", real(|row| row.cumulative.0, has_money))
            .real("cumulative_margin_per_customer", real(|row| row.cumulative.1, self.has_margin))
            .build()
    }

    fn payback(&self) -> Result<Table, TableError> {
        let rows = self.rows();
        let cohorts = self.tally.0.iter().collect::<Vec<_>>();
        let cost = |cohort: &Cohort| {
            let (known, sum) = cohort.costs;
            (known > 0).then(|| sum as f64 / 10_000.0 / known as f64)
        };
        let own = |key: &(CohortBy, i32)| {
            let key = *key;
            rows.iter().filter(move |row| (row.by, row.which) == key && row.cell.is_some())
        };
        let reached = |(key, cohort): &(&(CohortBy, i32), &Cohort)| {
            let cost = cost(cohort).filter(|_| self.has_margin)?;
            own(key).find(|row| row.cumulative.1 >= cost).map(|row| row.period as i64)
        };
        let earned = |key: &(CohortBy, i32)| own(key).last().filter(|_| self.has_margin).map(|row| row.cumulative.1);
        let labels = cohorts.iter().map(|((by, which), _)| self.label(*by, *which)).collect::<Vec<_>>();
        TableBuilder::new(&COHORT_PAYBACK)
            .category("cohort_by", kinds(cohorts.iter().map(|((by, _), _)| *by)))
            .category("cohort", Categories::from_words(&labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()))
            .count("cohort_customers", cohorts.iter().map(|(_, cohort)| cohort.customers).collect::<Vec<_>>())
            .real("acquisition_cost_mean", cohorts.iter().map(|(_, c)| cost(c)).collect::<Float64Array>())
            .real("margin_per_customer", cohorts.iter().map(|(key, _)| earned(key)).collect::<Float64Array>())
            .count("payback_period", cohorts.iter().map(reached).collect::<Int64Array>())
            .build()
    }
}

fn kinds(rows: impl Iterator<Item = CohortBy>) -> Categories {
    Categories::from_codes(rows.map(|by| by as i32).collect(), CohortBy::ALL.map(|by| by.name().to_owned()).to_vec())
}
