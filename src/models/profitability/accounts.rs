//! One account per customer: what came in, and each cost.

use arrow::array::Array;
use hashbrown::{HashMap, HashSet};

use crate::clean::{Arm, Cleaned, Contact, DAY_MINUTES, Touch};
use crate::purchases::{LineSums, line_sums};
use crate::stage::{StageError, StageInputs};
use crate::table::{Column, Money, Table, align};

use super::analysis::ProfitabilityOptions;

/// What a customer brings and costs. Money in ten-thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Account {
    pub(super) orders: u32,
    pub(super) returns: u32,
    pub(super) sold: i64,
    pub(super) returned: i64,
    /// Margin of what was sold.
    pub(super) margin: i64,
    /// How much of what was sold and returned has a known margin, and how much has not.
    pub(super) with_margin: i64,
    pub(super) without_margin: i64,
    pub(super) has_lines: bool,
    /// Margin given back, and handling.
    pub(super) cost_of_returns: i64,
    pub(super) cost_of_service: i64,
    pub(super) cost_of_contacts: i64,
    pub(super) cost_of_acquisition: i64,
    /// Interactions behind the cost of service, and their part of it.
    pub(super) interactions: u32,
    pub(super) interaction_cost: i64,
}

impl Account {
    pub(super) fn revenue(&self) -> i64 {
        self.sold.saturating_sub(self.returned)
    }

    pub(super) fn contribution(&self) -> i64 {
        self.costs().into_iter().fold(self.margin, i64::saturating_sub)
    }

    /// The costs in the order of [`COSTS`].
    pub(super) fn costs(&self) -> [i64; 4] {
        [self.cost_of_returns, self.cost_of_service, self.cost_of_contacts, self.cost_of_acquisition]
    }

    /// Which of the costs is the largest, the first among equals; none when nothing costs anything.
    pub(super) fn largest_cost(&self) -> Option<usize> {
        let costs = self.costs();
        let best = (0..costs.len()).max_by_key(|at| (costs[*at], std::cmp::Reverse(*at)))?;
        (costs[best] > 0).then_some(best)
    }

    fn add_lines(&mut self, sums: &LineSums, rate: f64, handling: i64) {
        let at_rate = |money: i64| Money::from_f64(Money(money).to_f64() * rate).map_or(0, |margin| margin.0);
        let given_back = sums.margin_returned.saturating_add(at_rate(sums.returned_without_margin));
        let unknown = sums.sold_without_margin.saturating_add(sums.returned_without_margin);
        self.orders = sums.orders;
        self.returns = sums.returns;
        self.sold = sums.sold;
        self.returned = sums.returned;
        self.margin = sums.margin_sold.saturating_add(at_rate(sums.sold_without_margin));
        self.without_margin = unknown;
        self.with_margin = sums.sold.saturating_add(sums.returned).saturating_sub(unknown);
        self.has_lines = true;
        self.cost_of_returns = given_back.saturating_add(handling.saturating_mul(i64::from(sums.returns)));
    }
}

/// The names of the costs.
pub(super) const COSTS: [&str; 4] = ["returns", "service", "contacts", "acquisition"];

/// What belongs to nobody of the table, and what was not counted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct LeftOut {
    /// Interactions of unknown customers, and their cost.
    pub(super) interactions: u64,
    pub(super) interaction_cost: i64,
    /// Contacts of unknown customers.
    pub(super) contacts: u64,
    /// Interactions that are contacts whose campaign tells a cost, and their own cost.
    pub(super) covered: u64,
    pub(super) covered_cost: i64,
    /// Contacts of campaigns that tell no cost.
    pub(super) contacts_without_cost: u64,
}

/// The accounts of all rows of the customers table.
pub(super) struct Accounts {
    pub(super) rows: Vec<Account>,
    pub(super) left_out: LeftOut,
}

/// The campaigns that tell what a contact costs.
struct Campaigns<'a> {
    cleaned: &'a Cleaned,
    /// By the campaign's place among the ids of the contacts: first day, and cost of a contact.
    of_contacts: Vec<(Option<i32>, Option<i64>)>,
    /// Places among the ids of the contacts by places among those of the interactions.
    of_touches: Vec<Option<u32>>,
    from: i32,
    as_of: i32,
}

impl Accounts {
    /// Adds everything up over the window of the options.
    pub(super) fn of(inputs: &StageInputs<'_>, options: &ProfitabilityOptions) -> Result<Self, StageError> {
        let (cleaned, as_of) = (inputs.cleaned, inputs.run.as_of);
        let from = options.window_days.map(|days| as_of.saturating_sub(days.min(i32::MAX as u32) as i32) + 1);
        let customers = inputs.tables.get("customers")?;
        let ids = customers.text("customer_id")?;
        let keys: Vec<Option<u64>> = (0..ids.len()).map(|row| cleaned.customers.find(ids.value(row))).collect();
        let sums = line_sums(cleaned, from)
            .map_err(|source| StageError::Scratch { path: "transaction lines".into(), source })?;
        let sums: HashMap<u64, LineSums> = sums.into_iter().map(|sums| (sums.customer, sums)).collect();
        let rates = rates(inputs, options, customers)?;
        let handling = Money::from_f64(options.return_handling_cost).map_or(0, |cost| cost.0);
        let attributes = Attributes::of(customers);
        let campaigns = Campaigns::of(cleaned, from.unwrap_or(i32::MIN), as_of);
        let mut left_out = LeftOut::default();
        let rows = keys.iter().enumerate().map(|(row, key)| {
            let mut account = Account::default();
            if let Some(key) = key {
                if let Some(sums) = sums.get(key) {
                    account.add_lines(sums, rates[row], handling);
                }
                campaigns.charge(&mut account, *key, &mut left_out);
            }
            account.cost_of_service = account.interaction_cost.saturating_add(attributes.service(row));
            account.cost_of_acquisition = attributes.acquisition(row, from);
            account
        });
        let rows = rows.collect();
        let known: HashSet<u64> = keys.into_iter().flatten().collect();
        campaigns.count_unknown(&known, &mut left_out);
        Ok(Self { rows, left_out })
    }
}

impl<'a> Campaigns<'a> {
    fn of(cleaned: &'a Cleaned, from: i32, as_of: i32) -> Self {
        let outreach = &cleaned.outreach;
        let known = |id: &String| outreach.campaigns.get(id);
        let of_contacts = outreach.campaign_ids.iter().map(|id| {
            let campaign = known(id);
            (campaign.map(|c| c.start), campaign.and_then(|c| c.cost_per_contact))
        });
        let place = |id: &String| outreach.campaign_ids.binary_search(id).ok().map(|at| at as u32);
        let of_touches = cleaned.interactions.campaigns.iter().map(place).collect();
        Self { cleaned, of_contacts: of_contacts.collect(), of_touches, from, as_of }
    }

    fn is_in_window(&self, day: i32) -> bool {
        (self.from..=self.as_of).contains(&day)
    }

    /// Whether a customer was contacted in the window; without a time of its own a contact is of the campaign's first day.
    fn counts(&self, contact: &Contact) -> bool {
        let start = || self.of_contacts.get(contact.campaign as usize).and_then(|(start, _)| *start);
        let day = contact.contacted.map(|minute| minute.div_euclid(DAY_MINUTES)).or_else(start);
        contact.arm != Arm::Control && day.is_none_or(|day| self.is_in_window(day))
    }

    /// The contacts of a customer at what their campaigns say, and the interactions: those that are such a contact are
    /// not charged again, those of other campaigns are contacts, all others are service.
    fn charge(&self, account: &mut Account, customer: u64, left_out: &mut LeftOut) {
        let contacts = self.cleaned.outreach.contacts.of(customer);
        let cost_of = |campaign: u32| self.of_contacts.get(campaign as usize).and_then(|(_, cost)| *cost);
        for contact in contacts.iter().filter(|contact| self.counts(contact)) {
            match cost_of(contact.campaign) {
                Some(cost) => account.cost_of_contacts = account.cost_of_contacts.saturating_add(cost),
                None => left_out.contacts_without_cost += 1,
            }
        }
        let is_charged = |campaign: u32| {
            let charged = |contact: &Contact| contact.campaign == campaign && self.counts(contact);
            cost_of(campaign).is_some() && contacts.iter().any(charged)
        };
        for touch in self.touches(customer) {
            let campaign = self.of_touches.get(touch.campaign as usize).copied();
            match campaign {
                Some(Some(campaign)) if is_charged(campaign) => {
                    left_out.covered += 1;
                    left_out.covered_cost = left_out.covered_cost.saturating_add(touch.cost);
                }
                Some(_) => account.cost_of_contacts = account.cost_of_contacts.saturating_add(touch.cost),
                None => {
                    account.interactions += 1;
                    account.interaction_cost = account.interaction_cost.saturating_add(touch.cost);
                }
            }
        }
    }

    fn touches(&self, customer: u64) -> impl Iterator<Item = &'a Touch> {
        let own = self.cleaned.interactions.touches.of(customer);
        let (from, as_of) = (self.from, self.as_of);
        own.iter().filter(move |touch| (from..=as_of).contains(&touch.minute.div_euclid(DAY_MINUTES)))
    }

    /// What stands under customers who are not in the table.
    fn count_unknown(&self, known: &HashSet<u64>, left_out: &mut LeftOut) {
        let touches = self.cleaned.interactions.touches.rows().iter();
        for touch in touches.filter(|touch| !known.contains(&touch.customer)) {
            if self.is_in_window(touch.minute.div_euclid(DAY_MINUTES)) {
                left_out.interactions += 1;
                left_out.interaction_cost = left_out.interaction_cost.saturating_add(touch.cost);
            }
        }
        let contacts = self.cleaned.outreach.contacts.rows().iter();
        left_out.contacts += contacts.filter(|c| !known.contains(&c.customer) && self.counts(c)).count() as u64;
    }
}

/// The margin per unit of money of each row: that of the options, that of the customer's values, or that of all.
fn rates(inputs: &StageInputs<'_>, options: &ProfitabilityOptions, customers: &Table) -> Result<Vec<f64>, StageError> {
    if let Some(rate) = options.margin {
        return Ok(vec![rate; customers.rows()]);
    }
    let margins = inputs.tables.get("clv_margins")?;
    let places = align(customers.text("customer_id")?, margins.text("customer_id")?);
    let (own, overall) = (margins.reals("margin_rate")?, margins.reals("overall_margin_rate")?);
    let everybody = if overall.is_empty() { 1.0 } else { overall.value(0) };
    let rate = |row: usize| if places.is_null(row) { everybody } else { own.value(places.value(row) as usize) };
    Ok((0..customers.rows()).map(rate).collect())
}

/// What the customers source tells of costs.
struct Attributes<'a> {
    service: Option<&'a Column>,
    acquisition: Option<&'a Column>,
    acquired: Option<&'a Column>,
    first_purchase: Option<&'a Column>,
}

impl<'a> Attributes<'a> {
    fn of(customers: &'a Table) -> Self {
        let column = |name: &str| customers.column(name).ok();
        Self {
            service: column("service_cost"),
            acquisition: column("acquisition_cost"),
            acquired: column("acquired_at").filter(|column| matches!(column, Column::Day(_))),
            first_purchase: column("first_purchase"),
        }
    }

    fn service(&self, row: usize) -> i64 {
        money(self.service, row)
    }

    /// With a window only where the customer was acquired in it, by the attribute acquired_at or the first purchase.
    fn acquisition(&self, row: usize, from: Option<i32>) -> i64 {
        let day = |column: Option<&Column>| column.and_then(|column| column.number(row));
        let acquired = day(self.acquired).or_else(|| day(self.first_purchase));
        match (from, acquired) {
            (Some(from), day) if day.is_none_or(|day| day < f64::from(from)) => 0,
            _ => money(self.acquisition, row),
        }
    }
}

fn money(column: Option<&Column>, row: usize) -> i64 {
    column.and_then(|column| Money::from_f64(column.number(row)?)).map_or(0, |money| money.0)
}
