//! Who moved between the run before and this one, and whether the sums agree.

use arrow::array::{Array, Date32Array, Int64Array, StringArray};

use crate::history::History;
use crate::table::{Categories, Column, Table, TableBuilder, TableError, align};

use super::contract::{SEGMENT_FLOWS, SEGMENT_MOVES, SEGMENTS};

/// A grouping today, and as the run before knew it.
#[derive(Debug)]
pub(super) struct Grouping {
    /// Column of the `segments` table.
    pub(super) name: String,
    /// Today's group of each customer.
    pub(super) now: Categories,
}

/// Why a customer moved, as far as the customer tables tell.
const REASONS: [&str; 5] = ["new customer", "bought", "money changed", "nothing bought", "no longer known"];

const NEW: i32 = 0;
const BOUGHT: i32 = 1;
const MONEY_CHANGED: i32 = 2;
const NOTHING_BOUGHT: i32 = 3;
const GONE: i32 = 4;

/// The columns of the customers table that reasons are taken from.
pub(super) const FOR_REASONS: [&str; 3] = ["customer_id", "orders", "spend_net"];

/// A customer who moved.
struct Moved {
    id: String,
    grouping: usize,
    from: Option<String>,
    to: Option<String>,
    reason: i32,
}

/// Before and now of one segment.
#[derive(Debug, Clone, Copy, Default)]
struct Flow {
    before: i64,
    entered: i64,
    left: i64,
    now: i64,
}

/// The moves since the run before, and the flows of every segment.
pub(super) fn moves(
    groupings: &[Grouping],
    customers: &Table,
    history: &History,
) -> Result<(Table, Table), TableError> {
    let ids = customers.text("customer_id")?;
    let none = StringArray::from(Vec::<&str>::new());
    let old_ids = match history.column(SEGMENTS.name, "customer_id") {
        Some(Column::Text(ids)) => ids,
        _ => &none,
    };
    let before = align(ids, old_ids);
    let gone = align(old_ids, ids);
    let reasons = Reasons::of(customers, history, ids)?;
    let mut moved = Vec::new();
    let mut flows = Vec::new();
    for (number, grouping) in groupings.iter().enumerate() {
        let old = words_of(history, &grouping.name);
        let names = Words::of(old.as_ref(), &grouping.now);
        let mut own = vec![Flow::default(); names.all.len()];
        let mut note = |id: &str, from: Option<usize>, to: Option<usize>, reason: &dyn Fn() -> i32| {
            let has_moved = from != to;
            if let Some(from) = from {
                own[from].before += 1;
                own[from].left += i64::from(has_moved);
            }
            if let Some(to) = to {
                own[to].now += 1;
                own[to].entered += i64::from(has_moved);
            }
            if has_moved && old.is_some() {
                let word = |place: Option<usize>| place.map(|at| names.all[at].clone());
                let (from, to, reason) = (word(from), word(to), reason());
                moved.push(Moved { id: id.to_owned(), grouping: number, from, to, reason });
            }
        };
        for row in 0..ids.len() {
            let was = (!before.is_null(row)).then(|| before.value(row) as usize);
            let from = was.and_then(|at| place(old.as_ref()?, &names.old, at));
            let to = place(&grouping.now, &names.now, row);
            note(ids.value(row), from, to, &|| reasons.of_row(row, was.is_some()));
        }
        for row in (0..old_ids.len()).filter(|row| gone.is_null(*row)) {
            let from = old.as_ref().and_then(|old| place(old, &names.old, row));
            note(old_ids.value(row), from, None, &|| GONE);
        }
        let met = names.all.into_iter().zip(own).filter(|(_, flow)| flow.before + flow.now > 0);
        flows.extend(met.map(|(segment, flow)| (number, segment, flow)));
    }
    moved.sort_by(|a, b| (&a.id, a.grouping).cmp(&(&b.id, b.grouping)));
    Ok((moves_table(groupings, &moved, history.as_of)?, flows_table(groupings, &flows, history.as_of)?))
}

/// The words of a grouping before and now in byte order, and where those of each stand in it.
struct Words {
    all: Vec<String>,
    old: Vec<usize>,
    now: Vec<usize>,
}

impl Words {
    fn of(old: Option<&Categories>, now: &Categories) -> Self {
        let mut all = old.into_iter().chain([now]).flat_map(|words| words.names.iter().cloned()).collect::<Vec<_>>();
        all.sort_unstable();
        all.dedup();
        let places = |words: &Categories| {
            words.names.iter().map(|name| all.binary_search(name).unwrap_or_default()).collect::<Vec<_>>()
        };
        let (old, now) = (old.map(places).unwrap_or_default(), places(now));
        Self { all, old, now }
    }
}

/// Where the word of a row stands among all words.
fn place(words: &Categories, places: &[usize], row: usize) -> Option<usize> {
    (!words.codes.is_null(row)).then(|| places[words.codes.value(row) as usize])
}

/// What the run before says of a grouping: words, or flags as one word.
fn words_of(history: &History, name: &str) -> Option<Categories> {
    match history.column(SEGMENTS.name, name)? {
        Column::Category(words) => Some(words.clone()),
        Column::Flag(flags) => {
            let is_in = |row: usize| !flags.is_null(row) && flags.value(row);
            Some(members((0..flags.len()).map(is_in)))
        }
        _ => None,
    }
}

/// The members of a rule segment as a grouping of one word.
pub(super) fn members(is_in: impl Iterator<Item = bool>) -> Categories {
    Categories::from_codes(is_in.map(|is_in| i32::from(is_in) - 1).collect(), vec!["in".to_owned()])
}

/// What happened to customers since the run before.
struct Reasons<'a> {
    orders: &'a Int64Array,
    money: &'a Int64Array,
    old_rows: Int64Array,
    old_orders: Option<&'a Int64Array>,
    old_money: Option<&'a Int64Array>,
}

impl<'a> Reasons<'a> {
    fn of(customers: &'a Table, history: &'a History, ids: &StringArray) -> Result<Self, TableError> {
        let [id, orders, money] = FOR_REASONS;
        let old = |name: &str| history.column(customers.spec().name, name);
        let numbers = |name: &str| match old(name) {
            Some(Column::Count(numbers) | Column::Money(numbers)) => Some(numbers),
            _ => None,
        };
        let old_rows = match old(id) {
            Some(Column::Text(old_ids)) => align(ids, old_ids),
            _ => Int64Array::new_null(ids.len()),
        };
        Ok(Self {
            orders: customers.integers(orders)?,
            money: customers.integers(money)?,
            old_rows,
            old_orders: numbers(orders),
            old_money: numbers(money),
        })
    }

    fn of_row(&self, row: usize, was_known: bool) -> i32 {
        if !was_known {
            return NEW;
        }
        if self.old_rows.is_null(row) {
            return NOTHING_BOUGHT;
        }
        let at = self.old_rows.value(row) as usize;
        let change = |now: &Int64Array, old: Option<&Int64Array>| {
            let old = old.filter(|old| !old.is_null(at))?;
            (!now.is_null(row)).then(|| now.value(row) - old.value(at))
        };
        match (change(self.orders, self.old_orders), change(self.money, self.old_money)) {
            (Some(orders), _) if orders > 0 => BOUGHT,
            (Some(orders), _) if orders < 0 => MONEY_CHANGED,
            (_, Some(money)) if money != 0 => MONEY_CHANGED,
            _ => NOTHING_BOUGHT,
        }
    }
}

fn grouping_names(groupings: &[Grouping]) -> Vec<String> {
    groupings.iter().map(|grouping| grouping.name.clone()).collect()
}

fn moves_table(groupings: &[Grouping], moved: &[Moved], previous: Option<i32>) -> Result<Table, TableError> {
    let words =
        |value: fn(&Moved) -> Option<&str>| Categories::from_words(&moved.iter().map(value).collect::<Vec<_>>());
    let grouping = moved.iter().map(|m| m.grouping as i32).collect();
    TableBuilder::new(&SEGMENT_MOVES)
        .text("customer_id", StringArray::from_iter_values(moved.iter().map(|m| &m.id)))
        .category("grouping", Categories::from_codes(grouping, grouping_names(groupings)))
        .category("from_segment", words(|m| m.from.as_deref()))
        .category("to_segment", words(|m| m.to.as_deref()))
        .category(
            "reason",
            Categories::from_codes(moved.iter().map(|m| m.reason).collect(), REASONS.map(str::to_owned).to_vec()),
        )
        .day("previous_as_of", vec![previous.unwrap_or_default(); moved.len()])
        .build()
}

fn flows_table(
    groupings: &[Grouping],
    flows: &[(usize, String, Flow)],
    previous: Option<i32>,
) -> Result<Table, TableError> {
    let count = |value: fn(&Flow) -> i64| flows.iter().map(|(_, _, flow)| value(flow)).collect::<Vec<_>>();
    let segments = flows.iter().map(|(_, segment, _)| Some(segment.as_str())).collect::<Vec<_>>();
    let grouping = flows.iter().map(|(number, ..)| *number as i32).collect();
    TableBuilder::new(&SEGMENT_FLOWS)
        .category("grouping", Categories::from_codes(grouping, grouping_names(groupings)))
        .category("segment", Categories::from_words(&segments))
        .count("customers_before", count(|flow| flow.before))
        .count("entered", count(|flow| flow.entered))
        .count("left", count(|flow| flow.left))
        .count("customers", count(|flow| flow.now))
        .day("previous_as_of", flows.iter().map(|_| previous).collect::<Date32Array>())
        .build()
}
