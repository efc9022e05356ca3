//! What every customer is drawn against: the calendar, the assortment, the campaigns and the planted truth.

use super::calendar::Calendar;
use super::campaign::Campaigns;
use super::catalogue::Catalogue;
use super::options::{Format, SynthOptions};
use super::params::Planted;
use super::random::{Purpose, Stream};

/// The shop, the same for every customer.
#[derive(Debug)]
pub(super) struct Shop {
    /// The planted numbers.
    pub(super) planted: Planted,
    /// Days and operational time.
    pub(super) calendar: Calendar,
    /// Products.
    pub(super) catalogue: Catalogue,
    /// Campaigns.
    pub(super) campaigns: Campaigns,
    /// File format; broken text exists only in CSV.
    pub(super) format: Format,
    /// Share of people with a second record.
    pub(super) duplicate_people: f64,
    seed: u64,
}

impl Shop {
    /// The shop that the options describe.
    pub(super) fn new(options: &SynthOptions) -> Self {
        let planted = Planted::new(options.seasonality, options.dirt);
        let calendar = Calendar::new(&planted.habits);
        Self {
            campaigns: Campaigns::new(&calendar, &planted.spend),
            catalogue: Catalogue::new(options.seed),
            planted,
            calendar,
            format: options.format,
            duplicate_people: options.duplicate_people,
            seed: options.seed,
        }
    }

    /// The stream of a customer for a purpose.
    pub(super) fn stream(&self, customer: u64, purpose: Purpose) -> Stream {
        Stream::new(self.seed, customer, purpose)
    }
}
