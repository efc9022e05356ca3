//! What passed between the business and its customers, as it is kept.

use super::by_customer::{ByCustomer, OfCustomer};
use super::ids::Interner;

/// [`Touch`] fields that name nothing.
pub const NO_NAME: u32 = u32::MAX;

/// What an experience was with (Berry, Wall & Carbone 2006: mechanic, humanic and functional clues).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Experience {
    /// With people.
    Human,
    /// With places, pages and machines.
    Mechanical,
    /// With the goods or the service itself.
    Functional,
    /// Not said.
    Unknown,
}

impl Experience {
    /// All kinds, in their order.
    pub const ALL: [Self; 4] = [Self::Human, Self::Mechanical, Self::Functional, Self::Unknown];

    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Mechanical => "mechanical",
            Self::Functional => "functional",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn of(text: &str) -> Self {
        let text = text.trim().to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.name() == text).unwrap_or(Self::Unknown)
    }
}

/// Who began a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The customer.
    Inbound,
    /// The business.
    Outbound,
    /// Not said.
    Unknown,
}

impl Direction {
    pub(super) fn of(text: &str) -> Self {
        match text.trim().to_lowercase().as_str() {
            "inbound" | "in" | "incoming" => Self::Inbound,
            "outbound" | "out" | "outgoing" => Self::Outbound,
            _ => Self::Unknown,
        }
    }
}

/// A point of contact at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// Key of the customer.
    pub customer: u64,
    /// Minutes since 1970-01-01 00:00 business time.
    pub minute: i32,
    /// Place of its touchpoint among [`Interactions::touchpoints`].
    pub touchpoint: u32,
    /// Place of what came of it among [`Interactions::outcomes`], or [`NO_NAME`].
    pub outcome: u32,
    /// Place of what it was about among [`Interactions::topics`], or [`NO_NAME`].
    pub topic: u32,
    /// Place of its campaign among [`Interactions::campaigns`], or [`NO_NAME`].
    pub campaign: u32,
    /// With what.
    pub experience: Experience,
    /// Who began.
    pub direction: Direction,
    /// Cost in ten-thousandths; zero when not told.
    pub cost: i64,
}

impl OfCustomer for Touch {
    fn customer(&self) -> u64 {
        self.customer
    }

    fn given_to(self, customer: u64) -> Self {
        Self { customer, ..self }
    }
}

/// All interactions until the as-of day.
#[derive(Debug, Default)]
pub struct Interactions {
    /// Whether there is such a source.
    pub known: bool,
    /// Whether it tells costs.
    pub has_costs: bool,
    /// The rows.
    pub touches: ByCustomer<Touch>,
    /// Touchpoints in byte order.
    pub touchpoints: Vec<String>,
    /// Outcomes in byte order.
    pub outcomes: Vec<String>,
    /// Topics in byte order.
    pub topics: Vec<String>,
    /// Campaign ids in byte order.
    pub campaigns: Vec<String>,
}

impl Interactions {
    /// How many interactions a customer had, and what they cost in ten-thousandths.
    pub fn total(&self, customer: u64) -> (u32, i64) {
        let own = self.touches.of(customer);
        (own.len() as u32, own.iter().fold(0, |sum: i64, touch| sum.saturating_add(touch.cost)))
    }
}

/// Collects interactions; names are numbered as they come.
#[derive(Debug, Default)]
pub(super) struct TouchCollector {
    pub(super) touches: Vec<Touch>,
    pub(super) touchpoints: Interner,
    pub(super) outcomes: Interner,
    pub(super) topics: Interner,
    pub(super) campaigns: Interner,
}

impl TouchCollector {
    /// Puts the names in order, so that nothing depends on the order of the rows.
    pub(super) fn finish(self, known: bool, has_costs: bool) -> Interactions {
        let (touchpoints, touchpoint_ranks) = self.touchpoints.ranks();
        let (outcomes, outcome_ranks) = self.outcomes.ranks();
        let (topics, topic_ranks) = self.topics.ranks();
        let (campaigns, campaign_ranks) = self.campaigns.ranks();
        let mut touches = self.touches;
        for touch in &mut touches {
            touch.touchpoint = ranked(&touchpoint_ranks, touch.touchpoint);
            touch.outcome = ranked(&outcome_ranks, touch.outcome);
            touch.topic = ranked(&topic_ranks, touch.topic);
            touch.campaign = ranked(&campaign_ranks, touch.campaign);
        }
        let touches = ByCustomer::new(touches);
        Interactions { known, has_costs, touches, touchpoints, outcomes, topics, campaigns }
    }
}

/// The place of a number in the order of the names.
pub(super) fn ranked(ranks: &[u32], number: u32) -> u32 {
    ranks.get(number as usize).copied().unwrap_or(NO_NAME)
}
