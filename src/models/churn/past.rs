//! Customers as they stood at the end of past days, and as they stand now.

use std::sync::Arc;

use arrow::array::Array;
use hashbrown::HashMap;

use crate::clean::{Cleaned, DAY_MINUTES, NO_NAME, id_hash};
use crate::numerics::btyd::DayHistory;
use crate::numerics::classify::Spell;
use crate::purchases::{Names, Purchases, Sample, baskets_at};
use crate::stage::{StageError, StageInputs, nearest};
use crate::table::{Column, Table};

use super::history::{CONTRACT_DAYS, Known, NUMBERS, Observer, WORDS, word_names};
use super::rows::{Cells, Columns, CutCount, RowSource};
use super::task::{Outcome, Task};

/// Attributes that stand still, so that today's value was also that of the cuts.
const STANDING_STILL: [&str; 8] =
    ["gender", "birth_date", "city", "region", "country", "acquired_at", "acquisition_channel", "acquisition_cost"];

const DAYS_PER_YEAR: f64 = 365.25;

/// A customer at a cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    /// Row of the customers table.
    pub(super) customer: u32,
    /// Number of the cut, 0 the newest.
    pub(super) cut: u8,
    pub(super) outcome: bool,
    pub(super) orders_before: u32,
    pub(super) orders_after: u32,
    history: Option<DayHistory>,
    known: Known,
}

/// Each in a place of its own: so many large ones are not copied from list to list, nor there twice.
type SeenList = Vec<Box<Seen>>;

/// Why a customer is not looked at on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absent {
    TooNew,
    NotActive,
    Ended,
    /// Not a customer yet, or not asked.
    NotThere,
}

/// Everything that looking at customers takes.
pub(super) struct Past<'a> {
    task: &'a Task,
    cleaned: &'a Cleaned,
    customers: &'a Table,
    as_of: i32,
    names: Names,
    category: Option<u32>,
    row_of: HashMap<u64, u32>,
    keys: Vec<u64>,
    started: Option<Vec<Option<i32>>>,
    ended: Option<Vec<Option<i32>>>,
    with_contract_days: bool,
    numbers: Vec<usize>,
    words: Vec<usize>,
    word_names: Vec<Arc<[String]>>,
    attributes: Vec<(String, Column)>,
    /// Attributes that were left out because they may have changed since the cuts.
    pub(super) unused: Vec<String>,
}

impl<'a> Past<'a> {
    /// Prepares for a task.
    ///
    /// # Errors
    /// When a table is missing or an option names what isn't there.
    pub(super) fn of(task: &'a Task, inputs: &StageInputs<'a>) -> Result<Self, StageError> {
        let (cleaned, customers) = (inputs.cleaned, inputs.tables.get("customers")?);
        let names = Names::of(cleaned);
        let category = match &task.outcome {
            Outcome::Category(name) => Some(place_of(name, &names.categories, task)?),
            _ => None,
        };
        let ids = customers.text("customer_id")?;
        let keys = (0..ids.len()).map(|row| cleaned.customers.find(ids.value(row)).unwrap_or(u64::MAX));
        let keys = keys.collect::<Vec<_>>();
        let row_of = keys.iter().enumerate().map(|(row, key)| (*key, row as u32)).collect();
        let day_column = |name: &Option<String>| name.as_ref().map(|name| days(customers, name, task)).transpose();
        let wanted = |name: &str| match &task.features {
            Some(features) => features.iter().any(|f| f == name) && task.allows(name),
            None => task.allows(name),
        };
        let built_in = |all: &[&str]| (0..all.len()).filter(|at| wanted(all[*at])).collect::<Vec<_>>();
        let mut attributes = Vec::new();
        let mut unused = Vec::new();
        let own_days = [&task.started, &task.ended];
        for (name, _) in &cleaned.attributes.columns {
            let Ok(column) = customers.column(name) else { continue };
            let is_named = task.features.as_ref().is_some_and(|features| features.contains(name));
            if own_days.iter().any(|own| own.as_ref() == Some(name)) || !task.allows(name) {
                continue;
            }
            if is_named || (task.features.is_none() && STANDING_STILL.contains(&name.as_str())) {
                attributes.push((name.clone(), column.clone()));
            } else if task.features.is_none() && !matches!(column, Column::Text(_) | Column::Days(_)) {
                unused.push(name.clone());
            }
        }
        let words = built_in(&WORDS);
        let word_names = words.iter().map(|at| word_names(&names)[*at].into()).collect();
        Ok(Self {
            started: day_column(&task.started)?,
            ended: day_column(&task.ended)?,
            with_contract_days: wanted(CONTRACT_DAYS),
            numbers: built_in(&NUMBERS),
            words,
            word_names,
            attributes,
            unused,
            task,
            cleaned,
            customers,
            as_of: inputs.run.as_of,
            names,
            category,
            row_of,
            keys,
        })
    }

    /// The first day on which anyone was a customer.
    pub(super) fn first_day(&self) -> Result<Option<i32>, StageError> {
        let bought = self.customers.days("first_purchase")?.iter().flatten().min();
        let started = self.started.as_ref().and_then(|days| days.iter().flatten().min().copied());
        Ok([bought, started].into_iter().flatten().min())
    }

    /// Hash of the id of a row of the customers table.
    pub(super) fn hash(&self, customer: u32) -> u64 {
        self.customers.text("customer_id").map_or(0, |ids| id_hash(ids.value(customer as usize)))
    }

    /// About `most` rows of customers at the cuts (the newest first), with what came within the horizon after each; by cut
    /// and customer, with the counts of each cut.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn learning(&self, cuts: &[i32], most: usize) -> Result<(SeenList, Vec<CutCount>), StageError> {
        let wanted = (most / cuts.len().max(1)).max(1);
        let sample = Sample::of(self.cleaned, self.keys.len(), wanted);
        let horizon = self.task.horizon_days;
        let ends = cuts.first().map(|cut| cut + horizon);
        let days = ends.into_iter().chain(cuts.iter().copied()).collect::<Vec<_>>();
        let look = |customer: u64, states: &[Purchases<'_>]| {
            let row = *self.row_of.get(&customer)?;
            let at =
                |number: usize| self.look(row, &states[number + 1], Some(&states[number]), number, days[number + 1]);
            Some((row, (0..cuts.len()).map(at).collect::<Vec<_>>()))
        };
        let found = baskets_at(self.cleaned, &self.names, &days, &sample, look).map_err(scratch)?;
        let share = wanted as f64 / self.keys.len().max(1) as f64;
        let found = self.with_silent(found, share, |row, nothing| {
            (0..cuts.len()).map(|n| self.look(row, nothing, Some(nothing), n, days[n + 1])).collect::<Vec<_>>()
        });
        let purpose = |number: usize| match number {
            _ if cuts.len() == 1 => "both",
            0 => "test",
            _ => "train",
        };
        Ok(tally(found, cuts, |number| (purpose(number), Some((cuts[number] + 1, cuts[number] + horizon)))))
    }

    /// All customers as they stand now.
    ///
    /// # Errors
    /// When temporary files can't be read.
    pub(super) fn now(&self) -> Result<(SeenList, Vec<CutCount>), StageError> {
        let look = |customer: u64, states: &[Purchases<'_>]| {
            let row = *self.row_of.get(&customer)?;
            Some((row, [self.look(row, &states[0], None, 0, self.as_of)]))
        };
        let found = baskets_at(self.cleaned, &self.names, &[self.as_of], &Sample::All, look).map_err(scratch)?;
        let found = self.with_silent(found, 1.0, |row, nothing| [self.look(row, nothing, None, 0, self.as_of)]);
        Ok(tally(found, &[self.as_of], |_| ("score", None)))
    }

    /// Adds those who have a contract and no transaction.
    fn with_silent<S>(
        &self,
        mut found: Vec<(u32, S)>,
        share: f64,
        look: impl Fn(u32, &Purchases<'_>) -> S,
    ) -> Vec<(u32, S)> {
        if self.started.is_none() {
            return found;
        }
        let mut is_silent = vec![true; self.keys.len()];
        found.iter().for_each(|(row, _)| is_silent[*row as usize] = false);
        let drawn = |row: u32| share >= 1.0 || self.hash(row) as f64 <= share * u64::MAX as f64;
        for row in (0..self.keys.len() as u32).filter(|row| is_silent[*row as usize] && drawn(*row)) {
            let nothing = Purchases { customer: self.keys[row as usize], baskets: &[], items: &[] };
            found.push((row, look(row, &nothing)));
        }
        found
    }

    /// A customer at the end of `day`; `after` is what they had bought by the end of the horizon.
    fn look(
        &self,
        row: u32,
        before: &Purchases<'_>,
        after: Option<&Purchases<'_>>,
        number: usize,
        day: i32,
    ) -> Result<Box<Seen>, Absent> {
        let start = self.present(row, before, day)?;
        let outcome = match after {
            Some(after) => self.outcome(row, after, day)?,
            None => false,
        };
        let until = day + self.task.horizon_days;
        let orders_after = after.map_or(0, |after| orders_between(after, day, until).count());
        let observer = Observer { cleaned: self.cleaned, category: self.category };
        Ok(Box::new(Seen {
            customer: row,
            cut: number as u8,
            outcome,
            orders_before: before.baskets.len() as u32,
            orders_after: orders_after as u32,
            history: history(before, day),
            known: observer.look(before, day, start),
        }))
    }

    /// The day that a customer is known from, if they are looked at on this day.
    fn present(&self, row: u32, before: &Purchases<'_>, day: i32) -> Result<i32, Absent> {
        let of = |days: &Option<Vec<Option<i32>>>| days.as_ref().and_then(|days| days[row as usize]);
        let first_order = before.baskets.first().map(|basket| day_of(basket.minute));
        let start = if self.started.is_some() {
            let start = of(&self.started).ok_or(Absent::NotThere)?;
            let spell = Spell::at(start, of(&self.ended), day).ok_or(Absent::NotThere)?;
            if spell.has_ended {
                return Err(Absent::Ended);
            }
            start
        } else {
            let first = first_order.ok_or(Absent::NotThere)?;
            if of(&self.ended).is_some_and(|end| end <= day) {
                return Err(Absent::Ended);
            }
            first
        };
        if day - start < self.task.min_tenure_days {
            return Err(Absent::TooNew);
        }
        let last = before.baskets.last().map(|basket| day_of(basket.minute));
        if let Some(most) = self.task.active_within_days
            && last.is_none_or(|last| day - last > most)
        {
            return Err(Absent::NotActive);
        }
        Ok(start)
    }

    /// What came within the horizon after a day.
    fn outcome(&self, row: u32, after: &Purchases<'_>, day: i32) -> Result<bool, Absent> {
        let until = day + self.task.horizon_days;
        let mut orders = orders_between(after, day, until);
        Ok(match &self.task.outcome {
            Outcome::Lapse => match &self.ended {
                Some(ended) => ended[row as usize].is_some_and(|end| end > day && end <= until),
                None => orders.next().is_none(),
            },
            Outcome::Purchase => orders.next().is_some(),
            Outcome::Category(_) => {
                let holds = |item: &crate::purchases::Item| Some(item.category) == self.category;
                orders.any(|basket| after.items_of(basket).iter().any(holds))
            }
            Outcome::Respond => {
                let contacts = self.cleaned.outreach.contacts.of(self.keys[row as usize]);
                let within = |minute: Option<i32>| minute.map(day_of).is_some_and(|at| at > day && at <= until);
                let mut contacted = contacts.iter().filter(|c| within(c.contacted)).peekable();
                if contacted.peek().is_none() {
                    return Err(Absent::NotThere);
                }
                // a yes without its time counts for the day of the contact
                contacted.any(|c| c.responded.map_or(c.response == Some(true), |at| within(Some(at))))
            }
            Outcome::Label { .. } => false,
        })
    }

    /// The features of some of the rows.
    fn columns(&self, seen: &[Box<Seen>], cuts: &[i32], rows: &[usize]) -> Columns {
        let mut columns = Vec::new();
        for at in &self.numbers {
            let values = rows.iter().map(|row| f64::from(seen[*row].known.numbers[*at]));
            columns.push((NUMBERS[*at].to_owned(), Cells::Numbers(values.collect())));
        }
        for (at, names) in self.words.iter().zip(&self.word_names) {
            let code = |row: &usize| match seen[*row].known.words[*at] {
                NO_NAME => -1,
                place => place as i32,
            };
            columns.push((WORDS[*at].to_owned(), Cells::Words(rows.iter().map(code).collect(), names.clone())));
        }
        let day = |row: &usize| cuts[usize::from(seen[*row].cut)];
        for (name, column) in &self.attributes {
            let customer = |row: &usize| seen[*row].customer as usize;
            let cells = match column {
                Column::Category(words) => {
                    let code = |row: &usize| {
                        let at = customer(row);
                        if column.is_null(at) { -1 } else { words.codes.value(at) }
                    };
                    Cells::Words(rows.iter().map(code).collect(), words.names.clone())
                }
                Column::Day(days) => {
                    let per = if name == "birth_date" { DAYS_PER_YEAR } else { 1.0 };
                    let ago = |row: &usize| {
                        let at = customer(row);
                        let known = (!column.is_null(at)).then(|| days.value(at)).filter(|d| *d <= day(row));
                        known.map_or(f64::NAN, |then| f64::from(day(row) - then) / per)
                    };
                    Cells::Numbers(rows.iter().map(ago).collect())
                }
                other => {
                    let value = |row: &usize| other.number(customer(row)).unwrap_or(f64::NAN);
                    Cells::Numbers(rows.iter().map(value).collect())
                }
            };
            columns.push((name.clone(), cells));
        }
        if let Some(started) = self.started.as_ref().filter(|_| self.with_contract_days) {
            let age = |row: &usize| {
                let start = started[seen[*row].customer as usize];
                start.map_or(f64::NAN, |start| f64::from(day(row) - start))
            };
            columns.push((CONTRACT_DAYS.to_owned(), Cells::Numbers(rows.iter().map(age).collect())));
        }
        Columns(columns)
    }
}

/// Customers at their cuts.
pub(super) struct SeenRows<'a> {
    pub(super) past: &'a Past<'a>,
    pub(super) cuts: &'a [i32],
    pub(super) seen: &'a [Box<Seen>],
}

impl RowSource for SeenRows<'_> {
    fn len(&self) -> usize {
        self.seen.len()
    }

    fn columns(&self, rows: &[usize]) -> Columns {
        self.past.columns(self.seen, self.cuts, rows)
    }

    fn days_since_last(&self, rows: &[usize]) -> Option<Vec<f64>> {
        let at = NUMBERS.iter().position(|name| *name == "days_since_last")?;
        Some(rows.iter().map(|row| f64::from(self.seen[*row].known.numbers[at])).collect())
    }

    fn histories(&self, rows: &[usize]) -> Option<Vec<DayHistory>> {
        rows.iter().map(|row| self.seen[*row].history).collect()
    }
}

fn day_of(minute: i32) -> i32 {
    minute.div_euclid(DAY_MINUTES)
}

fn scratch(source: std::io::Error) -> StageError {
    StageError::Scratch { path: "transaction lines".into(), source }
}

/// The orders after a day, up to and with another.
fn orders_between<'p>(
    purchases: &'p Purchases<'p>,
    after: i32,
    until: i32,
) -> impl Iterator<Item = &'p crate::purchases::Basket> {
    let within = move |basket: &&crate::purchases::Basket| {
        let day = day_of(basket.minute);
        day > after && day <= until
    };
    purchases.baskets.iter().filter(within)
}

fn history(purchases: &Purchases<'_>, day: i32) -> Option<DayHistory> {
    let mut days = purchases.baskets.iter().map(|basket| day_of(basket.minute)).collect::<Vec<_>>();
    days.dedup();
    let (first, last) = (*days.first()?, *days.last()?);
    Some((days.len() as u32 - 1, (last - first) as u32, (day - first) as u32))
}

/// Rows by cut and customer, and the counts of each cut.
fn tally<S: IntoIterator<Item = Result<Box<Seen>, Absent>>>(
    found: Vec<(u32, S)>,
    cuts: &[i32],
    about: impl Fn(usize) -> (&'static str, Option<(i32, i32)>),
) -> (SeenList, Vec<CutCount>) {
    let count = |number: usize| {
        let (purpose, outcome) = about(number);
        let sum = outcome.map(|_| 0);
        CutCount {
            cut: cuts[number],
            outcome,
            purpose,
            customers: 0,
            positives: sum,
            too_new: 0,
            not_active: 0,
            ended: 0,
            orders_before: 0,
            orders_after: sum,
        }
    };
    let mut counts = (0..cuts.len()).map(count).collect::<Vec<_>>();
    let mut rows = Vec::with_capacity(found.len());
    for (_, own) in found {
        for (number, seen) in own.into_iter().enumerate() {
            let count = &mut counts[number];
            match seen {
                Ok(seen) => {
                    count.customers += 1;
                    count.orders_before += i64::from(seen.orders_before);
                    count.positives = count.positives.map(|sum| sum + i64::from(seen.outcome));
                    count.orders_after = count.orders_after.map(|sum| sum + i64::from(seen.orders_after));
                    rows.push(seen);
                }
                Err(Absent::TooNew) => count.too_new += 1,
                Err(Absent::NotActive) => count.not_active += 1,
                Err(Absent::Ended) => count.ended += 1,
                Err(Absent::NotThere) => {}
            }
        }
    }
    rows.sort_unstable_by_key(|seen| (seen.cut, seen.customer));
    (rows, counts)
}

/// The place of a category that an option names.
fn place_of(name: &str, names: &[String], task: &Task) -> Result<u32, StageError> {
    names.binary_search_by(|known| known.as_str().cmp(name)).map(|at| at as u32).map_err(|_| {
        let hint = match nearest(name, names.iter().map(String::as_str)) {
            Some(right) => format!("did you mean `{right}`?"),
            None => format!("known: {}", names.iter().take(20).cloned().collect::<Vec<_>>().join(", ")),
        };
        StageError::Data(format!("{}: nobody bought of the category `{name}`\n  hint: {hint}", task.section()))
    })
}

/// A column of days of the customers table.
fn days(customers: &Table, name: &str, task: &Task) -> Result<Vec<Option<i32>>, StageError> {
    match customers.column(name)? {
        Column::Day(days) => Ok(days.iter().collect()),
        other => Err(StageError::Data(format!(
            "{}: `{name}` is {}, not a date\n  hint: write the days as 2024-03-01",
            task.section(),
            other.kind().label()
        ))),
    }
}
