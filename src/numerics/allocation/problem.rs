//! What is to be decided, and the prices that decide it.

/// [`Candidate::channel`] of a contact that no capacity limits.
pub const NO_CHANNEL: u16 = u16::MAX;

/// A customer who may be put on a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// Number of the customer.
    pub customer: u32,
    /// Place of the list in [`Limits::lists`].
    pub list: u16,
    /// Place of the channel in [`Limits::capacities`], or [`NO_CHANNEL`].
    pub channel: u16,
    /// Expected profit of the choice, the cost already taken off; may be negative.
    pub profit: f64,
    /// What the choice takes of the budgets; at least 0.
    pub cost: f64,
}

/// Limits of a list.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ListLimits {
    /// Most that its candidates may cost together; no limit without one.
    pub budget: Option<f64>,
    /// Fewest customers.
    pub min_customers: u64,
    /// Most customers; no limit without one.
    pub max_customers: Option<u64>,
    /// What one of its customers takes of a channel's capacity.
    pub load: f64,
}

impl Default for ListLimits {
    fn default() -> Self {
        Self { budget: None, min_customers: 0, max_customers: None, load: 1.0 }
    }
}

/// All limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Those of each list.
    pub lists: Vec<ListLimits>,
    /// Most that everybody may cost together; no limit without one.
    pub budget: Option<f64>,
    /// Most contacts of each channel; no limit without one.
    pub capacities: Vec<Option<f64>>,
    /// Most lists of one customer; at least 1.
    pub max_lists: usize,
}

/// Shadow prices: what one unit more of a limit would earn. 0 where a limit doesn't bind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Prices {
    /// Of the budget of all lists, per unit of money.
    pub budget: f64,
    /// Of the budget of each list, per unit of money.
    pub list_budgets: Vec<f64>,
    /// Of the capacity of each channel, per contact.
    pub channels: Vec<f64>,
    /// Of the largest size of each list, per customer.
    pub max_customers: Vec<f64>,
    /// What the smallest size of each list costs, per customer it asks for.
    pub min_customers: Vec<f64>,
}

impl Prices {
    /// No price on anything.
    pub(super) fn zero(limits: &Limits) -> Self {
        let lists = vec![0.0; limits.lists.len()];
        Self {
            budget: 0.0,
            list_budgets: lists.clone(),
            channels: vec![0.0; limits.capacities.len()],
            max_customers: lists.clone(),
            min_customers: lists,
        }
    }

    /// What a candidate is worth after what they take of the limits is paid for at these prices.
    pub fn surplus(&self, candidate: &Candidate, limits: &Limits) -> f64 {
        let list = usize::from(candidate.list);
        let channel = self.channels.get(usize::from(candidate.channel)).map_or(0.0, |p| p * limits.lists[list].load);
        let money = (self.budget + self.list_budgets[list]) * candidate.cost;
        candidate.profit - money - channel - self.max_customers[list] + self.min_customers[list]
    }
}
