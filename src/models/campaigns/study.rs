//! A campaign as an experiment: its window, its groups, and what is known of everybody in it.

use crate::clean::Campaign;

/// What all treatments together are called.
pub(super) const ALL_TREATMENTS: &str = "all treatments";

/// Days of a window when nothing tells them.
pub(super) const USUAL_DAYS: i32 = 28;

/// The days in which purchases count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    /// First day; days since 1970-01-01.
    pub(super) start: i32,
    /// Its length.
    pub(super) days: i32,
    /// Days of it up to the as-of day.
    pub(super) seen_days: i32,
}

impl Window {
    pub(super) fn last_day(self) -> i32 {
        self.start + self.days - 1
    }

    pub(super) fn is_complete(self) -> bool {
        self.seen_days >= self.days
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.start <= other.last_day() && other.start <= self.last_day()
    }
}

/// A group as it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variant {
    pub(super) name: String,
    pub(super) is_control: bool,
}

/// A customer assigned to one group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Member {
    /// Key of the customer.
    pub(super) key: u64,
    /// Row of the customers table, if they are in it.
    pub(super) row: Option<u32>,
    /// Number of the group.
    pub(super) variant: u16,
    /// How often they were contacted, by the rows that tell when.
    pub(super) dated_contacts: u16,
    /// Rows of theirs.
    pub(super) contacts: u16,
    /// Whether they responded, where that is told.
    pub(super) response: Option<bool>,
    /// Whether another campaign treated them in the same days.
    pub(super) overlaps: bool,
}

/// A purchase of a member from the start on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MemberPurchase {
    /// Number of the member.
    pub(super) member: u32,
    /// Days since the start.
    pub(super) day: i32,
    /// Money in ten-thousandths.
    pub(super) revenue: i64,
    /// Margin in currency units; NaN when the lines don't tell.
    pub(super) margin: f64,
}

/// A campaign with everybody in it.
#[derive(Debug)]
pub(super) struct Study {
    pub(super) id: String,
    /// What the campaigns source says.
    pub(super) campaign: Option<Campaign>,
    /// None when nobody tells the start.
    pub(super) window: Option<Window>,
    pub(super) variants: Vec<Variant>,
    /// Everybody in just one group, by customer id.
    pub(super) members: Vec<Member>,
    /// Customers in more than one group.
    pub(super) in_both: u64,
    /// Customers whose arm is not told, though others' is.
    pub(super) without_arm: u64,
    /// Rows that say a customer of the control group was contacted.
    pub(super) contacted_controls: u64,
    /// Campaigns that treated members in the same days, with how many.
    pub(super) overlapping: Vec<(String, u64)>,
    /// Purchases from the start to twice the window, by member.
    pub(super) purchases: Vec<MemberPurchase>,
    /// Per member: money of an equally long time before the start; empty without transactions.
    pub(super) spend_before: Vec<f64>,
    /// Per member: number among the RFM segments on the day before the start; empty without transactions.
    pub(super) rfm_before: Vec<Option<u8>>,
    /// Per member: days since the last purchase on that day; empty without transactions.
    pub(super) days_before: Vec<Option<i32>>,
}

impl Study {
    pub(super) fn offer(&self) -> Option<&str> {
        self.campaign.as_ref().and_then(|campaign| campaign.offer.as_deref())
    }

    pub(super) fn channel(&self) -> Option<&str> {
        self.campaign.as_ref().and_then(|campaign| campaign.channel.as_deref())
    }

    /// Cost of one contact in currency units, if told.
    pub(super) fn cost_per_contact(&self) -> Option<f64> {
        self.campaign.as_ref().and_then(|campaign| campaign.cost_per_contact).map(|cost| cost as f64 / 10_000.0)
    }

    pub(super) fn is_control(&self, member: &Member) -> bool {
        self.variants[usize::from(member.variant)].is_control
    }

    /// Paid contacts of each member. Where some rows tell when they were sent, the others were not.
    fn paid_contacts(&self) -> impl Fn(&Member) -> u16 + '_ {
        let dated = self.members.iter().any(|member| !self.is_control(member) && member.dated_contacts > 0);
        move |member| match (self.is_control(member), dated) {
            (true, _) => 0,
            (false, true) => member.dated_contacts,
            (false, false) => member.contacts,
        }
    }

    /// Cost of the contacts of each member, in currency units.
    pub(super) fn costs(&self) -> Vec<f64> {
        let cost = self.cost_per_contact().unwrap_or_default();
        let contacts = self.paid_contacts();
        self.members.iter().map(|member| f64::from(contacts(member)) * cost).collect()
    }

    /// Cost of the contacts of some members together, in currency units; summed in whole numbers.
    pub(super) fn cost_of(&self, members: &[u32]) -> f64 {
        let contacts = self.paid_contacts();
        let count: u64 = members.iter().map(|member| u64::from(contacts(&self.members[*member as usize]))).sum();
        let cost = self.campaign.as_ref().and_then(|campaign| campaign.cost_per_contact).unwrap_or_default();
        count as f64 * cost as f64 / 10_000.0
    }

    /// Whether there is anything to compare with.
    pub(super) fn has_control(&self) -> bool {
        self.members.iter().any(|member| self.is_control(member))
    }

    /// The comparisons: each treatment, and all together when there are several.
    pub(super) fn comparisons(&self) -> Vec<Comparison> {
        let treatments: Vec<u16> = (0..self.variants.len() as u16)
            .filter(|variant| !self.variants[usize::from(*variant)].is_control)
            .collect();
        let name = |variant: u16| self.variants[usize::from(variant)].name.clone();
        let mut found: Vec<Comparison> =
            treatments.iter().map(|variant| Comparison { name: name(*variant), variants: vec![*variant] }).collect();
        if treatments.len() != 1 {
            found.push(Comparison { name: ALL_TREATMENTS.to_owned(), variants: treatments });
        }
        found
    }
}

/// Some treatments against the control group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) name: String,
    pub(super) variants: Vec<u16>,
}
