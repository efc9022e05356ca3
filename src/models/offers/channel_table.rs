//! Response by segment and channel, pooled; and the best channel of each customer.

use arrow::array::{Array, Float64Array};

use crate::numerics::pooling::{Concentration, own_weight, pooled};
use crate::numerics::surveys::inference::{Confidence, Proportion};
use crate::stage::{StageInputs, customer_column};
use crate::table::{Categories, Column, Table, TableBuilder, TableError};

use super::channel::{Channels, Reached};
use super::contract::CHANNEL_RESPONSE;

/// Contacts and responses.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    contacts: u64,
    responses: u64,
}

impl Count {
    fn add(&mut self, reached: &Reached) {
        self.contacts += u64::from(reached.contacts);
        self.responses += u64::from(reached.responses);
    }

    fn rate(self) -> f64 {
        self.responses as f64 / self.contacts.max(1) as f64
    }

    fn kinds(self) -> [u32; 2] {
        [self.responses, self.contacts - self.responses].map(|count| u32::try_from(count).unwrap_or(u32::MAX))
    }
}

/// What is expected of a channel for a customer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Best {
    /// Place among the channels; none when there is none to use.
    pub(super) channel: Option<usize>,
    pub(super) response: Option<f64>,
    pub(super) note: String,
}

/// Rates of all segments and channels.
#[derive(Debug)]
pub(super) struct Rates<'a> {
    channels: &'a Channels,
    segment_by: &'a str,
    segments: Categories,
    /// By channel.
    all: Vec<Count>,
    /// By segment (the last for customers without one), then by channel.
    by_segment: Vec<Vec<Count>>,
    /// Pooled rates in the same order.
    pooled: Vec<Vec<f64>>,
    /// How far customers of a channel are alike.
    concentrations: Vec<f64>,
}

impl<'a> Rates<'a> {
    /// The rates by the words of a customer column.
    ///
    /// # Errors
    /// When no customer table has the column.
    pub(super) fn of(
        channels: &'a Channels,
        customers: usize,
        segment_by: &'a str,
        inputs: &StageInputs<'_>,
    ) -> Result<Self, TableError> {
        let segments = match customer_column(inputs.tables, segment_by)? {
            Column::Category(words) => words,
            other => {
                let words = (0..other.len()).map(|row| other.display(row)).collect::<Vec<_>>();
                let word = |text: &String| !text.is_empty();
                Categories::from_words(&words.iter().map(|t| Some(t.as_str()).filter(|_| word(t))).collect::<Vec<_>>())
            }
        };
        let count = channels.names.len();
        let mut found = Self {
            channels,
            segment_by,
            all: vec![Count::default(); count],
            by_segment: vec![vec![Count::default(); count]; segments.names.len() + 1],
            segments,
            pooled: Vec::new(),
            concentrations: Vec::new(),
        };
        for row in 0..customers {
            let segment = found.segment(row);
            for reached in channels.of_row(row) {
                found.all[reached.channel].add(reached);
                found.by_segment[segment][reached.channel].add(reached);
            }
        }
        found.pool(customers);
        Ok(found)
    }

    fn segment(&self, row: usize) -> usize {
        let codes = &self.segments.codes;
        if codes.is_null(row) { self.segments.names.len() } else { codes.value(row) as usize }
    }

    fn pool(&mut self, customers: usize) {
        let profile = |channel: usize| {
            let rate = self.all[channel].rate();
            [rate, 1.0 - rate]
        };
        let channels = 0..self.channels.names.len();
        let between = channels.clone().map(|channel| {
            let mut found = Concentration::default();
            self.by_segment.iter().for_each(|counts| found.add(&counts[channel].kinds(), &profile(channel)));
            found.estimate(&profile(channel))
        });
        let between = between.collect::<Vec<_>>();
        let mut within = vec![Concentration::default(); channels.len()];
        for row in 0..customers {
            for reached in self.channels.of_row(row) {
                let kinds = [reached.responses, reached.contacts - reached.responses];
                within[reached.channel].add(&kinds, &profile(reached.channel));
            }
        }
        let pooled_rate = |counts: &Vec<Count>| {
            let rate = |channel: usize| {
                let Count { contacts, responses } = counts[channel];
                pooled(responses as f64, contacts as f64, self.all[channel].rate(), between[channel])
            };
            channels.clone().map(rate).collect::<Vec<_>>()
        };
        let pooled = self.by_segment.iter().map(pooled_rate).collect();
        let concentrations = channels.clone().map(|channel| within[channel].estimate(&profile(channel))).collect();
        (self.pooled, self.concentrations) = (pooled, concentrations);
    }

    /// The best channel of those that a customer may be reached through: the highest response × value − cost, or the highest
    /// response where a value is not known; the cheaper one, then the first by name among equals.
    pub(super) fn best(&self, row: usize, may: impl Fn(usize) -> bool, value: Option<f64>) -> Best {
        let none = |note: &str| Best { channel: None, response: None, note: note.to_owned() };
        if self.channels.names.is_empty() {
            return none("no response of any channel is known");
        }
        let response = |channel: usize| {
            let own = self.channels.of_row(row).iter().find(|reached| reached.channel == channel);
            let [contacts, responses] = own.map_or([0.0, 0.0], |own| [own.contacts, own.responses].map(f64::from));
            pooled(responses, contacts, self.pooled[self.segment(row)][channel], self.concentrations[channel])
        };
        let cost = |channel: usize| self.channels.costs[channel].unwrap_or_default();
        let worth = |channel: usize| value.map_or(response(channel), |value| response(channel) * value - cost(channel));
        let allowed = (0..self.channels.names.len()).filter(|channel| may(*channel));
        let best =
            allowed.min_by(|a, b| worth(*b).total_cmp(&worth(*a)).then(cost(*a).total_cmp(&cost(*b))).then(a.cmp(b)));
        let Some(channel) = best else { return none("no consent for a channel whose response is known") };
        let own = self.channels.of_row(row).iter().find(|reached| reached.channel == channel);
        let note = match own {
            None => "no contact of their own: the rate of the segment".to_owned(),
            Some(Reached { contacts, responses, .. }) => {
                let weight = own_weight(f64::from(*contacts), self.concentrations[channel]);
                let thin = if weight < 0.5 { "thin: " } else { "" };
                format!("{thin}{responses} of {contacts} own contacts brought a response, weight {weight:.2}")
            }
        };
        Best { channel: Some(channel), response: Some(response(channel)), note }
    }

    /// The table.
    pub(super) fn table(&self) -> Result<Table, TableError> {
        let channels = 0..self.channels.names.len();
        let mut rows = channels.clone().map(|channel| (None, channel, self.all[channel])).collect::<Vec<_>>();
        for (segment, counts) in self.by_segment.iter().enumerate() {
            rows.extend(channels.clone().map(|channel| (Some(segment), channel, counts[channel])));
        }
        rows.retain(|(_, _, count)| count.contacts > 0);
        let shares = rows.iter().map(|(_, _, count)| {
            Proportion::of(count.responses, count.contacts, Confidence::default())
                .map_or([0.0; 3], |p| [p.share, p.lower, p.upper])
        });
        let shares = shares.collect::<Vec<_>>();
        let share = |at: usize| shares.iter().map(|share| share[at]).collect::<Vec<_>>();
        let by = rows.iter().map(|(segment, ..)| Some(segment.map_or("all", |_| self.segment_by))).collect::<Vec<_>>();
        let word = |(segment, ..): &(Option<usize>, usize, Count)| {
            segment.and_then(|segment| self.segments.names.get(segment)).map(String::as_str)
        };
        let pooled_rate = |(segment, channel, count): &(Option<usize>, usize, Count)| {
            segment.map_or(count.rate(), |segment| self.pooled[segment][*channel])
        };
        let cost = |(_, channel, _): &(Option<usize>, usize, Count)| self.channels.costs[*channel];
        let per_response = |row: &(Option<usize>, usize, Count)| {
            cost(row).filter(|_| row.2.responses > 0).map(|cost| cost / row.2.rate())
        };
        let codes = rows.iter().map(|(_, channel, _)| *channel as i32).collect();
        TableBuilder::new(&CHANNEL_RESPONSE)
            .category("segment_by", Categories::from_words(&by))
            .category("segment", Categories::from_words(&rows.iter().map(word).collect::<Vec<_>>()))
            .category("channel", Categories::from_codes(codes, self.channels.names.clone()))
            .count("contacts", rows.iter().map(|(.., count)| count.contacts as i64).collect::<Vec<_>>())
            .count("responses", rows.iter().map(|(.., count)| count.responses as i64).collect::<Vec<_>>())
            .real("rate", share(0))
            .real("rate_lower", share(1))
            .real("rate_upper", share(2))
            .real("rate_pooled", rows.iter().map(pooled_rate).collect::<Vec<_>>())
            .real("cost_per_contact", rows.iter().map(cost).collect::<Float64Array>())
            .real("cost_per_response", rows.iter().map(per_response).collect::<Float64Array>())
            .build()
    }
}
