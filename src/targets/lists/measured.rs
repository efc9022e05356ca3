//! What earlier campaigns did, looked up for the customers of tonight.

use crate::numerics::experiments::RecencyBands;
use crate::stage::customer_column;
use crate::table::{Column, Table, TableError, Tables};

use super::channels;

/// The table of measured lifts.
const LIFTS: &str = "campaign_lifts";

/// A measured lift.
#[derive(Debug, Clone)]
pub(super) struct Lift {
    offer: Option<String>,
    channel: Option<String>,
    /// Place of the grouping, and of the label in it.
    segment: Option<(usize, usize)>,
    /// Incremental revenue of a contact.
    pub(super) revenue: Option<f64>,
    /// Incremental conversions of a contact.
    pub(super) conversion: Option<f64>,
    /// Weight of the own figure, 0..1.
    pub(super) weight: f64,
    /// Days in which the effect was measured.
    pub(super) window_days: Option<i64>,
    /// Where it comes from, in words.
    pub(super) from: String,
}

/// A column by which lifts differ.
#[derive(Debug)]
struct Grouping {
    name: String,
    labels: Vec<String>,
    /// Place of each customer's label tonight, or −1.
    codes: Vec<i32>,
}

/// All lifts.
#[derive(Debug, Default)]
pub(super) struct Lifts {
    pub(super) lifts: Vec<Lift>,
    groupings: Vec<Grouping>,
}

impl Lifts {
    /// The table of the run, if there is one.
    pub(super) fn of(tables: &Tables) -> Result<Self, TableError> {
        let Ok(table) = tables.get(LIFTS) else { return Ok(Self::default()) };
        let mut found = Self::default();
        let word = |column: &str, row: usize| -> Result<Option<String>, TableError> {
            Ok(table.categories(column)?.get(row).map(str::to_owned))
        };
        for row in 0..table.rows() {
            let segment = match (word("segment_by", row)?, word("segment", row)?) {
                (Some(by), Some(label)) => Some(found.place(&by, &label)),
                _ => None,
            };
            let lift = found.lift(table, row, segment, word("offer", row)?, word("channel", row)?)?;
            found.lifts.push(lift);
        }
        for grouping in &mut found.groupings {
            grouping.codes = codes(grouping, tables);
        }
        Ok(found)
    }

    fn lift(
        &self,
        table: &Table,
        row: usize,
        segment: Option<(usize, usize)>,
        offer: Option<String>,
        channel: Option<String>,
    ) -> Result<Lift, TableError> {
        let number = |column: &str| Ok::<_, TableError>(table.column(column)?.number(row));
        let named = [("offer ", &offer), ("channel ", &channel)];
        let mut parts: Vec<String> =
            named.into_iter().filter_map(|(what, name)| Some(format!("{what}{}", name.as_ref()?))).collect();
        parts.extend(segment.map(|(by, label)| {
            let grouping = &self.groupings[by];
            format!("{} {}", grouping.name, grouping.labels[label])
        }));
        if parts.is_empty() {
            parts.push("all campaigns".to_owned());
        }
        let campaigns = number("campaigns")?.unwrap_or(0.0);
        let noun = if (campaigns - 1.0).abs() < f64::EPSILON { "campaign" } else { "campaigns" };
        Ok(Lift {
            revenue: number("revenue_effect_shrunk")?,
            conversion: number("conversion_effect_shrunk")?,
            weight: number("evidence_weight")?.unwrap_or(0.0),
            window_days: number("window_days")?.map(|days| days.round() as i64),
            from: format!("{} ({campaigns} {noun})", parts.join(", ")),
            offer,
            channel,
            segment,
        })
    }

    /// Places of a grouping and a label, new or known.
    fn place(&mut self, by: &str, label: &str) -> (usize, usize) {
        let grouping = self.groupings.iter().position(|g| g.name == by).unwrap_or_else(|| {
            self.groupings.push(Grouping { name: by.to_owned(), labels: Vec::new(), codes: Vec::new() });
            self.groupings.len() - 1
        });
        let labels = &mut self.groupings[grouping].labels;
        let place = labels.iter().position(|l| l == label).unwrap_or_else(|| {
            labels.push(label.to_owned());
            labels.len() - 1
        });
        (grouping, place)
    }

    /// The lifts that fit an offer and a channel, the most specific first.
    pub(super) fn finder(
        &self,
        offer: Option<&str>,
        channel: Option<&str>,
        is_usable: impl Fn(&Lift) -> bool,
    ) -> Finder<'_> {
        let same_offer = |name: &str| offer.is_some_and(|o| o.trim().eq_ignore_ascii_case(name.trim()));
        let same_channel = |name: &str| channel.is_some_and(|c| channels::key(c) == channels::key(name));
        let mut fitting: Vec<(u8, usize)> = Vec::new();
        for (place, lift) in self.lifts.iter().enumerate().filter(|(_, lift)| is_usable(lift)) {
            let fits = lift.offer.as_deref().is_none_or(same_offer) && lift.channel.as_deref().is_none_or(same_channel);
            // an offer says more than a channel, a channel more than a segment
            let level = 4 * u8::from(lift.offer.is_some())
                + 2 * u8::from(lift.channel.is_some())
                + u8::from(lift.segment.is_some());
            if fits {
                fitting.push((level, place));
            }
        }
        let weight = |place: usize| self.lifts[place].weight;
        fitting.sort_by(|a, b| b.0.cmp(&a.0).then(weight(b.1).total_cmp(&weight(a.1))).then(a.1.cmp(&b.1)));
        Finder { lifts: self, fitting: fitting.into_iter().map(|(_, place)| place).collect() }
    }
}

/// The lifts that fit an offer and a channel.
pub(super) struct Finder<'a> {
    lifts: &'a Lifts,
    fitting: Vec<usize>,
}

impl Finder<'_> {
    /// Place of the most specific lift of a customer; among segments that say equally much, the one with most evidence.
    pub(super) fn find(&self, row: usize) -> Option<usize> {
        let holds = |place: &&usize| match self.lifts.lifts[**place].segment {
            None => true,
            Some((by, label)) => self.lifts.groupings[by].codes[row] == label as i32,
        };
        self.fitting.iter().find(holds).copied()
    }
}

/// The labels of tonight's customers; nobody has one where no table holds the column any more.
fn codes(grouping: &Grouping, tables: &Tables) -> Vec<i32> {
    let customers = tables.get("customers").map_or(0, |customers| customers.rows());
    let Ok(column) = customer_column(tables, &grouping.name) else { return vec![-1; customers] };
    let place = |found: Option<usize>| found.map_or(-1, |place| place as i32);
    if let Column::Category(categories) = &column {
        let of_name: Vec<i32> =
            categories.names.iter().map(|name| place(grouping.labels.iter().position(|l| l == name))).collect();
        return categories.codes.iter().map(|code| code.map_or(-1, |code| of_name[code as usize])).collect();
    }
    let in_bands = grouping.name == RecencyBands::COLUMN;
    let of_row = |row: usize| {
        if column.is_null(row) {
            return -1;
        }
        if in_bands {
            let days = column.number(row).unwrap_or_default() as i64;
            return place(grouping.labels.iter().position(|label| RecencyBands::holds(label, days) == Some(true)));
        }
        let shown = column.display(row);
        place(grouping.labels.iter().position(|label| *label == shown))
    };
    (0..column.len()).map(of_row).collect()
}
